package french

import "strconv"

// ValidSIREN reports whether s is nine digits of which the last checks the
// others: a SIREN typed with a slip is refused rather than kept.
func ValidSIREN(s string) bool {
	if len(s) != 9 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return luhnDigit(s[:8]) == int(s[8]-'0')
}

// CommuneSIREN is the SIREN that most communes bear: 21, the code without its
// middle zero, and the check digit. Communes created since have another one.
func CommuneSIREN(code string) string {
	if len(code) != 5 || code[0] < '0' || code[0] > '9' || code[1] < '0' || code[1] > '9' {
		return ""
	}
	s := "21" + code[:2] + "0" + code[2:]
	if code[:2] == "97" {
		s = "21" + code[:3] + "0" + code[3:]
	}
	return s + strconv.Itoa(luhnDigit(s))
}

// luhnDigit is the digit that makes s a valid SIREN.
func luhnDigit(s string) int {
	sum := 0
	for i := range len(s) {
		n := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return (10 - sum%10) % 10
}
