package french

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Upper is a text that begins with a capital.
func Upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// Lower sets a word inside a sentence: a word all in capitals stays so.
func Lower(s string) string {
	r := []rune(s)
	if len(r) > 1 && strings.ToUpper(string(r[1])) == string(r[1]) && strings.ToLower(string(r[1])) != string(r[1]) {
		return s
	}
	if len(r) == 0 {
		return s
	}
	return strings.ToLower(string(r[0])) + string(r[1:])
}

// Many writes a count and its noun: «16 leviers».
func Many[T ~int | ~int32 | ~int64](n T, one, many string) string {
	return Integer(n) + NoBreak + Plural(n, one, many)
}

// Short cuts a text that a person wrote at a word, its spaces made single; those that do
// not break stay.
func Short(s string, n int) string {
	r := []rune(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' }), " "))
	if len(r) <= n {
		return string(r)
	}
	cut := string(r[:n-1])
	if i := strings.LastIndexByte(cut, ' '); i > n/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:") + "…"
}

// Quoted sets words between French quotes.
func Quoted(s string) string { return "«" + NoBreak + s + NoBreak + "»" }
