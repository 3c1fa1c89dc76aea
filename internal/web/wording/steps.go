package wording

import "jalon/internal/french"

// Steps names the classes of a map of counts: «0 à 3», «4 à 9».
func Steps(bounds []float64) (out []string) {
	low := int64(0)
	for _, b := range bounds {
		high := int64(b)
		label := french.Integer(low)
		if high > low {
			label += " à " + french.Integer(high)
		}
		out, low = append(out, label), high+1
	}
	return out
}
