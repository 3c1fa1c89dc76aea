// Package french writes numbers, dates and names as French readers expect, and
// folds and orders names for search. It knows nothing else.
package french

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold reduces a name to what people type: lower case, no accents, ligatures
// opened, and one space for every run of hyphens, apostrophes, punctuation and
// blanks. «L’Haÿ-les-Roses» becomes «l hay les roses». Two names that fold alike
// are the same name for a search; the result holds only letters, digits and
// single inner spaces, so that it can be a LIKE column of either engine.
func Fold(s string) string {
	if folded(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	put := func(r rune) {
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
	}
	for _, r := range s {
		if r < utf8.RuneSelf {
			switch {
			case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
				put(r)
			case 'A' <= r && r <= 'Z':
				put(r + 'a' - 'A')
			default:
				gap = true
			}
			continue
		}
		if l := bareLetter(r); l != 0 {
			put(rune(l))
			continue
		}
		if openLigature(r, put) {
			continue
		}
		foldRare(r, put, &gap)
	}
	return b.String()
}

// openLigature puts the two letters of a ligature that French names use.
func openLigature(r rune, put func(rune)) bool {
	switch r {
	case 'œ', 'Œ':
		put('o')
		put('e')
	case 'æ', 'Æ':
		put('a')
		put('e')
	case 'ß', 'ẞ':
		put('s')
		put('s')
	default:
		return false
	}
	return true
}

// folded tells whether s is its own fold, to spare the copy.
func folded(s string) bool {
	prev := byte(' ')
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		case c == ' ' && prev != ' ':
		default:
			return false
		}
		prev = c
	}
	return s == "" || prev != ' '
}

// bareLetter is the one letter under the accented letters that French names use.
func bareLetter(r rune) byte {
	switch r {
	case 'à', 'â', 'ä', 'á', 'ã', 'å', 'À', 'Â', 'Ä', 'Á', 'Ã', 'Å':
		return 'a'
	case 'ç', 'Ç':
		return 'c'
	case 'é', 'è', 'ê', 'ë', 'É', 'È', 'Ê', 'Ë':
		return 'e'
	case 'î', 'ï', 'í', 'ì', 'Î', 'Ï', 'Í', 'Ì':
		return 'i'
	case 'ñ', 'Ñ':
		return 'n'
	case 'ô', 'ö', 'ó', 'ò', 'õ', 'Ô', 'Ö', 'Ó', 'Ò', 'Õ':
		return 'o'
	case 'û', 'ù', 'ü', 'ú', 'Û', 'Ù', 'Ü', 'Ú':
		return 'u'
	case 'ÿ', 'ý', 'Ÿ', 'Ý':
		return 'y'
	}
	return 0
}

// foldRare takes the long way for the letters of other languages: compatibility
// decomposition, then without its marks.
func foldRare(r rune, put func(rune), gap *bool) {
	if unicode.Is(unicode.Mn, r) {
		return
	}
	for _, d := range norm.NFKD.String(string(r)) {
		switch d = unicode.ToLower(d); {
		case unicode.Is(unicode.Mn, d), openLigature(d, put): // ᴭ decomposes to Æ
		case unicode.IsLetter(d), unicode.IsDigit(d):
			put(d)
		default:
			*gap = true
		}
	}
}

// SortKey is a text whose bytes order names as a French reader expects, word by
// word, accents and case counting only between names that are otherwise alike:
// cote, coté, côte, côté. It is made here because the two engines collate
// differently; keep it in a column and order by it. The separator sorts before
// every letter and is accepted by both engines.
func SortKey(s string) string {
	return Fold(s) + "\x1f" + norm.NFC.String(strings.ToLower(s)) + "\x1f" + norm.NFC.String(s)
}
