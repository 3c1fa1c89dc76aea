package shell

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
)

// Clean is a text that somebody typed, as a database takes it.
func Clean(s string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), ""))
}

// ReadForm reads the fields of a form that was sent.
func ReadForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	return nil
}

// Typed is what somebody typed in a field of a form that was read.
func Typed(r *http.Request, name string) string { return Clean(r.PostForm.Get(name)) }

// Rev is the revision that a form was made from, in its field «rev».
func Rev(r *http.Request) (int64, error) {
	n, err := strconv.ParseInt(Typed(r, "rev"), 10, 64)
	if err != nil {
		return 0, apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	return n, nil
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
