package chart

import (
	"strings"
	"unicode"
)

// Fit breaks text into lines that hold in a box of w by h units when written
// at size units a letter height. It returns nil when they do not hold: a label
// that is cut says less than none, and the name is in the table. Widths are an
// estimate, on the safe side, of common sans-serif fonts.
func Fit(text string, w, h, size int) []string {
	room := float64(w)
	lines, line, width := []string{}, "", 0.0
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' }) {
		ww := textWidth(word, size)
		if ww > room {
			return nil
		}
		space := 0.0
		if line != "" {
			space = textWidth(" ", size)
		}
		if width+space+ww > room {
			lines, line, width, space = append(lines, line), "", 0, 0
		}
		if line != "" {
			line += " "
		}
		line += word
		width += space + ww
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines)*lineHeight(size) > h {
		return nil
	}
	return lines
}

// lineHeight is the distance between two lines of text of a given size.
func lineHeight(size int) int { return (size*6 + 4) / 5 }

// LineHeight is the distance, in units, between two lines that Fit made.
func LineHeight(size int) int { return lineHeight(size) }

// textWidth estimates the width of s written at size.
func textWidth(s string, size int) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case strings.ContainsRune("iljtfrI.,:;!'’|()- \u00a0\u202f", r):
			w += 0.36
		case strings.ContainsRune("mwMW", r):
			w += 0.9
		case unicode.IsUpper(r):
			w += 0.7
		default:
			w += 0.61
		}
	}
	return w * float64(size)
}
