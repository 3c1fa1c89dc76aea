package shell

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"syscall"

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

// TooLongATable is what is said of a table that is over the limit of its form.
const TooLongATable = "Le fichier dépasse 25\u00a0Mo. Rien n’a été enregistré\u00a0: découpez-le, ou retirez les colonnes inutiles."

// inMemory is how much of a form with a file stays in memory; the rest is on the disk
// until the request ends.
const inMemory = 1 << 20

// ReadUpload reads a form that may bring a file. tooLarge is what is said of one that is
// over the limit of its route.
func ReadUpload(r *http.Request, tooLarge string) error {
	var err error
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		err = r.ParseMultipartForm(inMemory)
	} else { // ParseMultipartForm would hide what is wrong in it
		err = r.ParseForm()
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return apperr.New(apperr.TooLarge, err, "%s", tooLarge)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return apperr.New(apperr.Unavailable, err, "Le disque du serveur est plein\u00a0: ce fichier n’a pas pu être reçu, rien n’a été enregistré. Prévenez l’exploitant, puis envoyez-le de nouveau.")
	case err != nil:
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
