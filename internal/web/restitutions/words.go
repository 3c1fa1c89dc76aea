package restitutions

import "strconv"

// whole and decimal write numbers for a table of data: a comma, no space.
func whole(n int) string { return strconv.Itoa(n) }

func decimal(v float64, n int) string {
	b := []byte(strconv.FormatFloat(v, 'f', n, 64))
	for i := range b {
		if b[i] == '.' {
			b[i] = ','
		}
	}
	return string(b)
}

// after is what follows the i-th of n names.
func after(i, n int) string {
	if i == n-1 {
		return "."
	}
	return ", "
}
