package action

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"

	"jalon/internal/panorama"
)

const (
	// mostCents bounds an amount, so that those of a whole nation are summed without
	// going round: a hundred billion euros.
	mostCents = 10_000_000_000_000
	// mostKg bounds what one action brings to one lever, for the same reason: more than
	// what the nation emits in a year.
	mostKg panorama.Kg = 1_000_000_000_000
	// longest bounds a text of a part, in characters; heaviest a whole action, in bytes.
	longest  = 5_000
	heaviest = 512 << 10
)

// codes are what a lever may be named by.
var codes = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,79}$`)

// checkNumbers wants numbers that are some, and each lever once among what an action
// brings.
func (x Action) checkNumbers() error {
	odd := func(all ...*float64) bool {
		for _, v := range all {
			if v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
				return true
			}
		}
		return false
	}
	for _, i := range x.Indicators {
		if odd(i.Start, i.Target) {
			return fault("indicators", "Le départ ou la cible de «\u00a0"+i.Name+"\u00a0» n’est pas un nombre.")
		}
		for _, v := range i.Values {
			if odd(&v.V) {
				return fault("indicators", "Une valeur de «\u00a0"+i.Name+"\u00a0» n’est pas un nombre.")
			}
		}
	}
	seen := map[string]bool{}
	for _, p := range x.Impacts {
		switch {
		case !codes.MatchString(p.Lever) || seen[p.Lever]:
			return fault("impacts", "Dites ce que l’action apporte à chaque levier une fois, sur une seule ligne par levier.")
		case p.Class != Quantified && p.Class != Qualitative && p.Class != Unassessed:
			return fault("impacts", "Dites si l’apport est chiffré, qualitatif ou non évalué.")
		case odd(p.Quantity, p.Low, p.High, &p.Factor):
			return fault("impacts", "La quantité d’un apport n’est pas un nombre.")
		}
		for _, kg := range []*panorama.Kg{p.Kg, p.KgLow, p.KgHigh} {
			if kg != nil && (*kg > mostKg || *kg < -mostKg) {
				return fault("impacts", "Un apport dépasse ce que la France émet en un an\u00a0: vérifiez la quantité et son unité.")
			}
		}
		seen[p.Lever] = true
	}
	return nil
}

// checkSize wants texts that a page can show.
func (x Action) checkSize() error {
	type named struct{ field, label, text string }
	all := []named{{"contact", "Contact", x.Contact}, {"email", "Adresse", x.Email}, {"referent", "Élu référent", x.Referent}, {"status_reason", "Raison du statut", x.StatusReason}, {"budget", "Note sur le budget", x.Budget.Note},
		{"theme", "Thème", x.Theme}, {"cross", "Thème transversal", x.Cross}}
	for _, p := range append(append([]Party{x.Holder}, x.CoHolders...), x.Partners...) {
		all = append(all, named{"partners", "Partenaire", p.Name}, named{"partners", "Rôle d’un partenaire", p.Role})
	}
	for _, t := range x.Tasks {
		all = append(all, named{"tasks", "Tâche", t.Title}, named{"tasks", "Qui fait la tâche", t.Who})
	}
	for _, f := range x.Funding {
		all = append(all, named{"funding", "Financeur", f.Funder}, named{"funding", "Note sur le financement", f.Note})
	}
	for _, i := range x.Indicators {
		all = append(all, named{"indicators", "Indicateur", i.Name}, named{"indicators", "Unité de l’indicateur", i.Unit})
	}
	for _, m := range x.Met {
		all = append(all, named{"obstacles", "Frein", m.Text})
	}
	for _, p := range x.Impacts {
		all = append(all, named{"impacts", "Comment l’apport est calculé", p.How}, named{"impacts", "Source de l’apport", p.Source})
	}
	for _, t := range all {
		if err := sized(t.field, t.label, t.text, longest); err != nil {
			return err
		}
	}
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	if len(body) > heaviest {
		return fault("summary", "Cette action dit trop de choses pour une seule page (plus de "+strconv.Itoa(heaviest>>10)+"\u00a0Ko)\u00a0: joignez plutôt un document. Votre texte est resté dans le formulaire.")
	}
	return nil
}
