package shell

import (
	"strings"

	"jalon/internal/apperr"
)

// Clean is a text that somebody typed, as a database takes it.
func Clean(s string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), ""))
}

// Beside reports whether an error belongs beside a form, which comes back filled:
// what was typed, what came meanwhile, what is not allowed. Others are pages of their
// own.
func Beside(err error) bool {
	switch apperr.KindOf(err) {
	case apperr.Invalid, apperr.Forbidden, apperr.Conflict, apperr.TooMany, apperr.TooLarge:
		return true
	}
	return false
}
