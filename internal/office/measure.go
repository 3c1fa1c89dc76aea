package office

import (
	"strings"
	"unicode/utf8"
)

// Font is the typeface of every document: on each system one of the same
// widths stands for it.
const Font = "Arial"

// narrow are the widths of ASCII from the space on, in thousandths of the
// size: those of Arial, Helvetica and Liberation Sans.
var narrow = [95]int16{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}

// accents are letters as wide as the one after them.
const accents = "àaâaäaáaãaåaçcéeèeêeëeîiïiíiìiôoöoóoòoõoûuùuüuúuÿyñnÀAÂAÄAÁAÇCÉEÈEÊEËEÎIÏIÔOÖOÓOÛUÙUÜUÚUÑN"

var accented = func() map[rune]rune {
	m := map[rune]rune{}
	var from rune
	for i, r := range []rune(accents) {
		if i%2 == 0 {
			from = r
		} else {
			m[from] = r
		}
	}
	return m
}()

// runeWidth is the width of a letter in thousandths of its size.
func runeWidth(r rune) int {
	if r < 0x20 {
		return 0
	}
	if r < 0x7f {
		return int(narrow[r-0x20])
	}
	if b, ok := accented[r]; ok {
		return int(narrow[b-0x20])
	}
	switch r {
	case '\u00a0', '\u202f', '’', '‘', '·':
		return 278
	case '«', '»', '–', '€', '−', '×', '≥', '≤', '≈', '•':
		return 584
	case '₂', '²', '³':
		return 400
	}
	return 1015
}

// Width is the width of a text written at a size, in points; the letters that
// are not known are taken for wide ones.
func Width(s string, size float64, bold bool) float64 {
	w := 0
	for _, r := range Clean(s) {
		w += runeWidth(r)
	}
	if bold {
		w += w * 7 / 100
	}
	return float64(w) * size / 1000
}

// Wrap cuts a text into the lines that it takes in a width, in points: at
// spaces, and within a word that is wider than the line. An empty text is one
// empty line.
func Wrap(s string, width, size float64, bold bool) []string {
	var lines []string
	line, used := "", 0.0
	space := Width(" ", size, bold)
	for word := range strings.SplitSeq(Clean(s), " ") {
		w := Width(word, size, bold)
		if line != "" && used+space+w > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		for w > width && utf8.RuneCountInString(word[:min(len(word), 8)]) > 1 {
			head := fit(word, width, size, bold)
			lines = append(lines, word[:head])
			w -= Width(word[:head], size, bold)
			word = word[head:]
		}
		if line != "" {
			line += " "
			used += space
		}
		line, used = line+word, used+w
	}
	return append(lines, line)
}

// fit is how many bytes of a word hold in a width, one letter at least.
func fit(word string, width, size float64, bold bool) int {
	used, room := 0, width*1000/size
	if bold {
		room = room * 100 / 107
	}
	for i, r := range word {
		used += runeWidth(r)
		if i > 0 && float64(used) > room {
			return i
		}
	}
	return len(word)
}

// Words are the pieces of a text that no line breaks.
func Words(s string) []string {
	return strings.FieldsFunc(Clean(s), func(r rune) bool { return r == ' ' })
}
