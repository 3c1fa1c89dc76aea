package objective

import (
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
)

// Fault is something wrong with what was typed, and in which field.
type Fault struct{ Field, Message string }

// Error is the sentence a user reads.
func (f *Fault) Error() string { return f.Message }

// Unwrap makes it an invalid input.
func (f *Fault) Unwrap() error { return apperr.Invalidf("%s", f.Message) }

func fault(field, message string) error { return &Fault{field, message} }

// Unconfirmed is a value above what is known of the whole emissions of its lever:
// nothing is kept until somebody confirms it.
type Unconfirmed struct{ Ceiling Ceiling }

// Error is the sentence a user reads.
func (u *Unconfirmed) Error() string {
	return "Cette valeur dépasse ce que l’on sait des émissions de ce levier. Rien n’a été enregistré\u00a0: corrigez-la, ou confirmez-la."
}

// Unwrap makes it an invalid input.
func (u *Unconfirmed) Unwrap() error { return apperr.Invalidf("%s", u.Error()) }

const (
	longest = 2_000
	short   = 200
)

func text(field, value, what string, limit int) error {
	switch {
	case strings.TrimSpace(value) == "":
		return fault(field, what)
	case len([]rune(value)) > limit:
		return fault(field, "Ce texte est trop long\u00a0: "+french.Integer(limit)+" caractères au plus.")
	}
	return nil
}
