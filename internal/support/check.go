package support

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/action"
	"jalon/internal/apperr"
)

// Fault is an error about one field of a form.
type Fault struct{ Field, Message string }

func (f *Fault) Error() string { return f.Message }

// Unwrap gives the kind and the message that a person reads.
func (f *Fault) Unwrap() error { return apperr.Invalidf("%s", f.Message) }

// Most is the longest text of a measure, in characters.
const Most = 400

// check tidies a measure and refuses what it cannot be. levers says which codes exist.
func (x *Measure) check(lever func(code string) bool) error {
	x.Text, x.Publisher, x.Link, x.Reviewed = strings.Join(strings.Fields(x.Text), " "), strings.Join(strings.Fields(x.Publisher), " "), strings.TrimSpace(x.Link), strings.TrimSpace(x.Reviewed)
	switch {
	case !lever(x.Lever):
		return &Fault{"lever", "Choisissez un levier de la liste."}
	case !known(action.Steps(), x.Step):
		return &Fault{"step", "Choisissez une étape de la liste."}
	case !known(Kinds(), string(x.Kind)):
		return &Fault{"kind", "Choisissez ce que c’est dans la liste."}
	case x.Text == "":
		return &Fault{"text", "Écrivez le texte\u00a0: une phrase qui commence par un verbe, ou le titre d’une ressource."}
	case utf8.RuneCountInString(x.Text) > Most:
		return &Fault{"text", "Ce texte est trop long\u00a0: gardez une phrase, de 400 caractères au plus."}
	case utf8.RuneCountInString(x.Publisher) > 200:
		return &Fault{"publisher", "Ce nom est trop long\u00a0: 200 caractères au plus."}
	case x.Kind == Resource && x.Publisher == "":
		return &Fault{"publisher", "Dites qui publie cette ressource."}
	}
	for _, a := range x.Audience {
		if !known(Audiences(), a) {
			return &Fault{"audience", "Choisissez les publics dans la liste."}
		}
	}
	slices.Sort(x.Audience)
	x.Audience = slices.Compact(x.Audience)
	if x.Link != "" {
		u, err := url.Parse(x.Link)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(x.Link) > 1000 {
			return &Fault{"link", "Écrivez une adresse complète, qui commence par https://."}
		}
	}
	if _, err := time.Parse(time.DateOnly, x.Reviewed); err != nil {
		return &Fault{"reviewed", "Écrivez la date de relecture\u00a0: jour, mois, année."}
	}
	return nil
}
