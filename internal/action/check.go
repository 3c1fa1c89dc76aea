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

// listed reports whether a list of codes holds one.
func listed(list [][2]string, code string) bool {
	return slices.ContainsFunc(list, func(x [2]string) bool { return x[0] == code })
}

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
		if !codes.MatchString(l) {
			return fault("levers", "Ce levier n’existe pas\u00a0: choisissez dans la liste.")
		}
		if slices.Contains(x.Levers[:i], l) {
			return fault("levers", "Le même levier est donné deux fois.")
		}
	}
	for _, c := range []struct {
		field, code string
		list        [][2]string
	}{{"step", x.Step, Steps()}, {"phase", x.Phase, Phases()}, {"status", x.Status, Statuses()}} {
		if c.code != "" && !listed(c.list, c.code) {
			return fault(c.field, "Choisissez dans la liste.")
		}
	}
	for _, h := range x.Hidden {
		if !listed(Groups(), h) {
			return fault("hidden", "Choisissez dans la liste ce qui n’est pas publié.")
		}
	}
	for _, err := range []error{x.checkPlaces(), x.checkDates(), x.checkStatus(), x.checkMoney(), x.checkMeasures(), x.checkNumbers(), x.checkSize()} {
		if err != nil {
			return err
		}
	}
	return nil
}

// The most of each part, so that an action stays a page.
const mostParts = 60

// checkMoney wants amounts that are not negative, and funders with a name and a state.
func (x Action) checkMoney() error {
	for _, m := range []struct {
		field string
		v     *int64
	}{{"invest", x.Budget.Invest}, {"operation", x.Budget.Operation}, {"fte", x.Budget.FTE}} {
		if m.v != nil && *m.v < 0 {
			return fault(m.field, "Un budget n’est pas négatif.")
		}
		if m.v != nil && *m.v > mostCents {
			return fault(m.field, "Ce budget dépasse cent milliards\u00a0: vérifiez l’unité, qui est l’euro (ou le nombre de personnes à temps plein).")
		}
	}
	if len(x.Funding) > mostParts {
		return fault("funding", "Un plan de financement a "+strconv.Itoa(mostParts)+" lignes au plus.")
	}
	for _, f := range x.Funding {
		switch {
		case strings.TrimSpace(f.Funder) == "":
			return fault("funding", "Nommez chaque financeur, ou videz sa ligne.")
		case !listed(FundingStates(), f.State):
			return fault("funding", "Dites où en est le financement de «\u00a0"+f.Funder+"\u00a0».")
		case f.Amount != nil && *f.Amount < 0:
			return fault("funding", "Le montant de «\u00a0"+f.Funder+"\u00a0» n’est pas négatif.")
		case f.Amount != nil && *f.Amount > mostCents:
			return fault("funding", "Le montant de «\u00a0"+f.Funder+"\u00a0» dépasse cent milliards d’euros\u00a0: vérifiez-le.")
		}
	}
	return nil
}

// checkMeasures bounds indicators, tasks and people.
func (x Action) checkMeasures() error {
	for _, n := range []struct {
		field, what string
		n           int
	}{{"indicators", "indicateurs", len(x.Indicators)}, {"tasks", "tâches", len(x.Tasks)}, {"partners", "partenaires", len(x.Partners) + len(x.CoHolders)}, {"obstacles", "freins", len(x.Met)}, {"relations", "liens", len(x.Relations)}, {"impacts", "apports", len(x.Impacts)}} {
		if n.n > mostParts {
			return fault(n.field, "Une action a "+strconv.Itoa(mostParts)+" "+n.what+" au plus.")
		}
	}
	for _, i := range x.Indicators {
		if strings.TrimSpace(i.Name) == "" {
			return fault("indicators", "Nommez chaque indicateur, ou videz sa ligne.")
		}
		for _, v := range i.Values {
			if _, _, ok := span(v.Day); !ok {
				return fault("indicators", "Une valeur de «\u00a0"+i.Name+"\u00a0» n’a pas de date\u00a0: écrivez 2026-03-14.")
			}
		}
	}
	return nil
}

// Gap is what a budget of investment still wants: what it costs less what funders
// granted or paid; nil when the budget is missing. Hoped is what is asked or considered.
func (x Action) Gap() (gap *int64, hoped int64) {
	for _, f := range x.Funding {
		if f.Amount != nil && (f.State == "considered" || f.State == "asked") {
			hoped += *f.Amount
		}
	}
	if x.Budget.Invest == nil {
		return nil, hoped
	}
	left := *x.Budget.Invest
	if got := x.funded(); got != nil {
		left -= *got
	}
	return &left, hoped
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
			if *p.Share < 0 || *p.Share > whole {
				return fault("places", "La part d’un territoire va de 0 à 100\u00a0%.")
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
