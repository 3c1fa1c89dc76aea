package knowledge

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/territory"
)

// Fault refuses one field, so that a form says in which one it stands.
type Fault struct{ Field, Message string }

// Error is the sentence a user reads.
func (f *Fault) Error() string { return f.Message }

// Unwrap makes it an invalid input.
func (f *Fault) Unwrap() error { return apperr.Invalidf("%s", f.Message) }

func fault(field, message string) error { return &Fault{field, message} }

const (
	mostLevers = 8
	longest    = 10_000
	longer     = 2_000
	short      = 200
)

// sized refuses a text that is too long, or missing where it is needed.
func sized(field, label, text string, most int, needed bool) error {
	switch {
	case needed && strings.TrimSpace(text) == "":
		return fault(field, "Remplissez «\u00a0"+label+"\u00a0».")
	case utf8.RuneCountInString(text) > most:
		return fault(field, "«\u00a0"+label+"\u00a0» dépasse "+strconv.Itoa(most)+" caractères\u00a0: raccourcissez-le. Votre texte est resté dans le formulaire.")
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (x Item) check() error {
	ref, err := territory.ParseRef(x.Territory)
	if err != nil || ref == territory.France {
		return fault("territory", "Dites de quel territoire il s’agit, par exemple region:44 ou epci:246700488.")
	}
	if string(ref.Scale) != x.Scale {
		return apperr.Invalidf("Le territoire et son échelle ne se correspondent pas.")
	}
	if err := first(sized("organisation", "Qui", x.Organisation, short, true), sized("title", "Titre", x.Title, short, true), sized("text", "Description", x.Text, longest, true),
		sized("result", "Résultat", x.Result, longer, false), sized("contact", "Contact", x.Contact, short, false), sized("replicable", "Comment le reprendre", x.Replicable, longer, false),
		sized("evidence", "Ce qui le montre", x.Evidence, longer, x.Kind == Obstacle), sized("source", "Source", x.Source, 500, false), checkLink(x.Link), checkDay("day", x.Day)); err != nil {
		return err
	}
	levers := slices.Compact(slices.Sorted(slices.Values(x.Levers)))
	switch {
	case x.Kind != Strength && x.Kind != Obstacle:
		return apperr.Invalidf("Un élément est un point fort ou un frein.")
	case len(levers) != len(x.Levers):
		return fault("lever", "Un levier est nommé deux fois.")
	case len(levers) > mostLevers:
		return fault("lever", "Choisissez huit leviers au plus.")
	case x.Theme != "" && !known(Themes(), x.Theme):
		return fault("theme", "Choisissez la thématique dans la liste.")
	case x.Theme == "" && len(levers) == 0:
		return fault("theme", "Choisissez un levier, ou la thématique à défaut.")
	case x.Kind == Obstacle && !known(Natures(), x.Nature):
		return fault("nature", "Choisissez la nature du frein dans la liste.")
	case x.Kind == Obstacle && !known(Levels(), x.Level):
		return fault("level", "Dites à quel niveau ce frein peut être levé.")
	case slices.ContainsFunc(levers, func(l string) bool { return l == "" || strings.ContainsAny(l, " \t\n") }):
		return fault("lever", "Choisissez un levier de la liste.")
	case strings.Contains(x.Contact, "@") && !serviceAddress(x.Contact):
		return fault("contact", "Donnez l’adresse d’un service (contact@…, climat@…) ou une fonction, pas l’adresse d’une personne.")
	}
	return nil
}

// serviceAddress reports whether an address that a text holds reads as that of a
// service: its local part is one word, without a dot between two names.
func serviceAddress(text string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool {
		return r == ' ' || r == ',' || r == ';' || r == '(' || r == ')' || r == '<' || r == '>'
	}) {
		if local, _, ok := strings.Cut(word, "@"); ok && strings.Contains(strings.Trim(local, "."), ".") {
			return false
		}
	}
	return true
}

func checkLink(link string) error {
	if link != "" && !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") || len(link) > 2000 || strings.ContainsAny(link, " \n\t\"<>") {
		return fault("link", "Le lien est l’adresse d’une page, https://…")
	}
	return nil
}

func checkDay(field, text string) error {
	if text == "" {
		return nil
	}
	if t, err := time.Parse(time.DateOnly, text); err != nil || t.Year() < 1990 || t.Year() > 2100 {
		return fault(field, "Écrivez une date comme 2024-05-27, ou laissez-la vide.")
	}
	return nil
}

func errMoved(what string) error {
	return apperr.Conflictf("Quelqu’un d’autre a modifié %s pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.", what)
}
