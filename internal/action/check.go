package action

import (
	"slices"
	"strconv"
	"strings"
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

// The longest texts, in characters.
const (
	LongestTitle   = 300
	LongestSummary = 20_000
	mostPlaces     = 600
	mostLevers     = 12
)

// whole is all of a thing, in ten-thousandths.
const whole = 10_000

// sized refuses a text that is too long.
func sized(field, label, text string, most int) error {
	if utf8.RuneCountInString(text) > most {
		return fault(field, "«\u00a0"+label+"\u00a0» dépasse "+strconv.Itoa(most)+" caractères\u00a0: raccourcissez-le. Votre texte est resté dans le formulaire.")
	}
	return nil
}

// check refuses what an action may not say, field by field.
func (x Action) check() error {
	if strings.TrimSpace(x.Title) == "" {
		return fault("title", "Donnez un titre à l’action.")
	}
	for _, t := range []struct {
		field, label, text string
		most               int
	}{{"title", "Titre", x.Title, LongestTitle}, {"summary", "Résumé", x.Summary, LongestSummary}, {"holder", "Porteur", x.Holder.Name, LongestTitle}} {
		if err := sized(t.field, t.label, t.text, t.most); err != nil {
			return err
		}
	}
	if x.Kind != Sectoral && x.Kind != CrossCutting {
		return fault("kind", "Dites si l’action est sectorielle ou transversale.")
	}
	if len(x.Levers) > mostLevers {
		return fault("levers", "Une action porte sur "+strconv.Itoa(mostLevers)+" leviers au plus.")
	}
	for i, l := range x.Levers {
		if slices.Contains(x.Levers[:i], l) {
			return fault("levers", "Le même levier est donné deux fois.")
		}
	}
	return x.checkPlaces()
}

// checkPlaces wants each territory once, and shares that are all there and sum to the
// whole, or none.
func (x Action) checkPlaces() error {
	if len(x.Places) > mostPlaces {
		return fault("places", "Une action porte sur "+strconv.Itoa(mostPlaces)+" territoires au plus\u00a0: dites plutôt le département ou la région.")
	}
	seen := map[string]bool{}
	var sum int64
	shared := 0
	for _, p := range x.Places {
		if _, err := territory.ParseRef(p.Territory); err != nil || seen[p.Territory] {
			return fault("places", "Un territoire est inconnu, ou donné deux fois.")
		}
		seen[p.Territory] = true
		if p.Share != nil {
			if *p.Share < 0 {
				return fault("places", "La part d’un territoire n’est jamais négative.")
			}
			shared, sum = shared+1, sum+*p.Share
		}
	}
	switch {
	case shared > 0 && shared < len(x.Places):
		return fault("places", "Donnez la part de chaque territoire, ou d’aucun.")
	case shared > 0 && sum != whole:
		return fault("places", "Les parts des territoires font "+percentOf(sum)+", et non 100\u00a0%\u00a0: corrigez-les.")
	}
	return nil
}

// percentOf writes ten-thousandths as a percentage.
func percentOf(v int64) string {
	text := strconv.FormatInt(v/100, 10)
	if rest := v % 100; rest != 0 {
		text += "," + strings.TrimRight(strconv.FormatInt(100+rest, 10)[1:], "0")
	}
	return text + "\u00a0%"
}
