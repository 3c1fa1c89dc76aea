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
	most := h / lineHeight(size)
	if most <= 0 {
		return nil
	}
	var lines []string
	line, width := "", 0.0
	for word := range strings.SplitSeq(text, " ") {
		ww := textWidth(word, size)
		if ww > room || len(lines) >= most {
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
	if len(lines) > most {
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
		w += letterWidth(r)
	}
	return w * float64(size)
}

// letterWidth is the width of a letter in parts of its size.
func letterWidth(r rune) float64 {
	switch r {
	case 'i', 'l', 'j', 't', 'f', 'r', 'I', '.', ',', ':', ';', '!', '\'', '’', '|', '(', ')', '-', ' ', '\u00a0', '\u202f':
		return 0.36
	case 'm', 'w', 'M', 'W':
		return 0.9
	}
	if unicode.IsUpper(r) {
		return 0.7
	}
	return 0.61
}
