package aid

import (
	"net/url"
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

// The longest texts, in characters, and the longest lists.
const (
	longestName  = 300
	longestText  = 40_000
	longestLink  = 2_000
	longestList  = 60
	longestPlain = 2_000
)

func sized(field, label, text string, most int) error {
	if utf8.RuneCountInString(text) > most {
		return fault(field, "«\u00a0"+label+"\u00a0» dépasse "+strconv.Itoa(most)+" caractères\u00a0: raccourcissez-le. Votre texte est resté dans le formulaire.")
	}
	return nil
}

// Link reads an address that a page may show as a link: http or https, with a host.
func Link(text string) (string, bool) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err != nil || len(text) > longestLink || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return "", false
	}
	return u.String(), true
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// check refuses what an aid may not say, field by field.
func (x Aid) check() error {
	if strings.TrimSpace(x.Name) == "" {
		return fault("name", "Donnez un nom à l’aide.")
	}
	for _, t := range []struct {
		field, label, text string
		most               int
	}{{"name", "Nom", x.Name, longestName}, {"short", "Titre court", x.Short, longestName}, {"initial", "Nom d’origine", x.Initial, longestName}, {"rate_note", "Précision sur le taux", x.RateNote, longestPlain},
		{"place", "Périmètre", x.Place, longestName}, {"description", "Description", x.Description, longestText}, {"eligibility", "Conditions", x.Eligibility, longestText},
		{"examples", "Exemples", x.Examples, longestText}, {"contact", "Contact", x.Contact, longestText}, {"local", "Particularités locales", x.Local, longestPlain}, {"source", "Source", x.Source, longestPlain}} {
		if err := sized(t.field, t.label, t.text, t.most); err != nil {
			return err
		}
	}
	for _, l := range []struct {
		field string
		list  [][2]string
		codes []string
	}{{"types", Types(), x.Types}, {"moments", Moments(), x.Moments}, {"audiences", Audiences(), x.Audiences}, {"pays", Destinations(), x.Pays}} {
		for _, c := range l.codes {
			if !known(l.list, c) {
				return fault(l.field, "«\u00a0"+c+"\u00a0» n’est pas dans la liste\u00a0: choisissez dans la liste.")
			}
		}
	}
	if x.Recurrence != "" && !known(Recurrences(), x.Recurrence) || x.Scale != "" && !known(Scales(), x.Scale) || x.HolderKind != "" && !known(HolderKinds(), x.HolderKind) {
		return fault("recurrence", "Ce choix n’existe pas\u00a0: choisissez dans la liste.")
	}
	if len(x.Holders) > longestList || len(x.Serves) > longestList || len(x.Territories) > longestList {
		return fault("holders", "Cette liste est trop longue\u00a0: gardez "+strconv.Itoa(longestList)+" lignes au plus.")
	}
	for _, d := range []struct{ field, day string }{{"opens", x.Opens}, {"predeposit", x.Predeposit}, {"closes", x.Closes}, {"read_on", x.ReadOn}} {
		if d.day != "" && !isDay(d.day) {
			return fault(d.field, "Cette date ne se lit pas\u00a0: écrivez le jour, le mois et l’année.")
		}
	}
	if x.Opens != "" && x.Closes != "" && x.Closes < x.Opens {
		return fault("closes", "L’aide ferme avant d’ouvrir\u00a0: vérifiez les deux dates.")
	}
	return x.checkMore()
}

func (x Aid) checkMore() error {
	for _, r := range []*int64{x.RateMin, x.RateMax} {
		if r != nil && (*r < 0 || *r > 100) {
			return fault("rate_max", "Un taux va de 0 à 100\u00a0%.")
		}
	}
	if x.RateMin != nil && x.RateMax != nil && *x.RateMin > *x.RateMax {
		return fault("rate_max", "Le taux le plus haut est sous le taux le plus bas\u00a0: vérifiez les deux.")
	}
	for _, l := range []struct{ field, link string }{{"address", x.Address}, {"origin", x.Origin}, {"apply", x.Apply}} {
		if _, ok := Link(l.link); l.link != "" && !ok {
			return fault(l.field, "Cette adresse ne se lit pas\u00a0: écrivez-la en entier, avec https://.")
		}
	}
	for _, t := range x.Territories {
		if _, err := territory.ParseRef(t); err != nil {
			return fault("territories", "«\u00a0"+t+"\u00a0» ne désigne pas un territoire.")
		}
	}
	for i, s := range x.Serves {
		if s.Lever == "" || slices.ContainsFunc(x.Serves[:i], func(o Serve) bool { return o.Lever == s.Lever }) {
			return fault("serves", "Un levier se dit une fois par aide.")
		}
	}
	for _, f := range x.Kept {
		if !known(Sanctuaries(), f) {
			return fault("kept", "Ce champ ne se transmet pas aux versions locales.")
		}
	}
	if x.ID != "" && (x.Previous == x.ID || x.Generic == x.ID) {
		return fault("generic", "Une aide n’est ni l’édition précédente ni la version locale d’elle-même.")
	}
	return nil
}
