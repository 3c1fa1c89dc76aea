package action

import (
	"strconv"
	"strings"

	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/panorama"
)

// Press is what the record of a list is made with: how codes are named, who publishes
// it and where, and what both heads said of it, in words.
type Press struct {
	COP     string
	Author  string
	Address string
	Demo    bool
	Lever   func(code string) string
	Place   func(ref string) string
	Said    []string
}

// Brings is what an action announces in one year in 2030, as a reader reads it, or why
// there is no number.
func Brings(impacts []Impact) (kt string, missing string) {
	var sum panorama.Kg
	known, qualitative := false, false
	for _, p := range impacts {
		switch {
		case p.Class == Quantified && p.Kg != nil:
			sum, known = sum+*p.Kg, true
		case p.Class == Qualitative:
			qualitative = true
		}
	}
	switch {
	case known:
		return french.Kt(int64(sum), french.Decimals(sum.Kt(), 2)), ""
	case qualitative:
		return "", "apport décrit en mots, sans chiffre"
	}
	return "", "apport non évalué"
}

// Record composes the «relevé de décisions» of a list: what was retained, action by
// action, what both heads said, and the digest of what they validated.
func Record(l Listing, p Press) document.Document {
	f := l.Frozen
	n := len(f.Actions)
	d := document.Document{Kind: "releve-d-actions", Title: "Relevé de décisions n°" + nb + french.Integer(l.Seq) + nb + ": " + f.Title, Subtitle: p.COP, Day: f.Day, Author: p.Author, Demo: p.Demo, Address: p.Address, Version: l.SHA256[:12],
		Scope: []string{french.Integer(n) + nb + french.Plural(n, "action", "actions"), "liste figée le " + french.Day(f.Day)}}
	switch l.State {
	case ListingProposed:
		d.Mark = "Projet, en attente de la validation des deux têtes"
	case ListingWithdrawn:
		d.Mark = "Liste retirée"
	default:
		d.Day = l.EndedOn
		d.Scope = append(d.Scope, "retenue le "+french.Day(l.EndedOn))
	}
	var sectoral, cross []FrozenAction
	for _, x := range f.Actions {
		if x.Kind == CrossCutting {
			cross = append(cross, x)
		} else {
			sectoral = append(sectoral, x)
		}
	}
	add := func(part document.Part) { d.Parts = append(d.Parts, part) }
	if len(sectoral) > 0 {
		t := document.Table{ID: "actions-sectorielles", Caption: "Les actions de la liste, par numéro", Columns: []document.Column{{Label: "Action"}, {Label: "Levier central"}, {Label: "Porteur"}, {Label: "Territoires"}, {Label: "Apport en 2030", Unit: "ktCO₂e par an", Number: true}}}
		for _, x := range sectoral {
			lever := ""
			if len(x.Levers) > 0 {
				lever = p.Lever(x.Levers[0])
			}
			kt, why := Brings(x.Impacts)
			t.Rows = append(t.Rows, []document.Cell{{Text: x.name()}, {Text: lever}, {Text: x.Holder}, {Text: p.places(x.Places)}, {Text: kt, Missing: why}})
		}
		k := len(sectoral)
		add(document.Part{ID: "actions", Title: french.Integer(k) + nb + french.Plural(k, "action sectorielle", "actions sectorielles"), Blocks: []document.Block{t},
			Notes: []string{"Apport annoncé par qui porte l’action, par rapport à 2019\u00a0; ce qui n’a pas de chiffre n’est pas compté comme nul. Les objectifs de la COP sont indicatifs."}})
	}
	if len(cross) > 0 {
		t := document.Table{ID: "actions-transversales", Caption: "Les actions transversales de la liste", Columns: []document.Column{{Label: "Action"}, {Label: "Thème transversal"}, {Label: "Leviers servis"}, {Label: "Porteur"}, {Label: "Territoires"}}}
		for _, x := range cross {
			var levers []string
			for _, c := range x.Levers {
				levers = append(levers, p.Lever(c))
			}
			t.Rows = append(t.Rows, []document.Cell{{Text: x.name()}, {Text: x.Cross}, {Text: strings.Join(levers, ", ")}, {Text: x.Holder}, {Text: p.places(x.Places)}})
		}
		k := len(cross)
		add(document.Part{ID: "transversales", Title: french.Integer(k) + nb + french.Plural(k, "action transversale", "actions transversales"), Blocks: []document.Block{t},
			Notes: []string{"Une action transversale sert plusieurs leviers\u00a0: elle est comptée à part, et aucune tonne ne lui est attribuée."}})
	}
	add(document.Part{ID: "une-par-une", Title: "Ce que dit chaque action", Blocks: p.each(f.Actions)})
	said := []document.Block{}
	for _, s := range p.Said {
		said = append(said, document.Para(s))
	}
	if len(said) == 0 {
		said = append(said, document.Para("Aucune des deux têtes n’a encore validé."))
	}
	add(document.Part{ID: "validations", Title: "Qui l’a validé", Blocks: said, Notes: []string{"Ces validations sont enregistrées par Jalon\u00a0; elles ne sont pas des signatures électroniques."}})
	proof := "Jalon vient de la recalculer\u00a0: c’est bien celle de ce qui est écrit ici."
	if !l.Intact() {
		proof = "Jalon vient de la recalculer\u00a0: elle ne correspond plus à ce qui est écrit ici. Signalez-le à l’équipe de la COP."
	}
	add(document.Part{ID: "empreinte", Title: "Ce qui prouve que la liste n’a pas changé", Blocks: []document.Block{document.Para("Empreinte SHA-256 de la liste figée" + nb + ": " + l.SHA256 + "."), document.Para(proof)}})
	return d
}

func (x FrozenAction) name() string {
	return "N°" + nb + strconv.FormatInt(x.Seq, 10) + nb + "– " + x.Title
}

func (p Press) places(all []Place) string {
	var out []string
	for i, x := range all {
		if i == 6 {
			out = append(out, "et "+french.Integer(len(all)-i)+nb+french.Plural(len(all)-i, "autre", "autres"))
			break
		}
		out = append(out, p.Place(x.Territory))
	}
	return strings.Join(out, ", ")
}

// each says an action in a few lines: its summary, its dates, its budget.
func (p Press) each(all []FrozenAction) (out []document.Block) {
	for _, x := range all {
		facts := []string{}
		if x.Starts != "" || x.Ends != "" {
			facts = append(facts, "de "+said(x.Starts)+" à "+said(x.Ends))
		}
		if x.Budget.Invest != nil {
			facts = append(facts, "investissement\u00a0: "+euros(*x.Budget.Invest))
		}
		if x.Budget.Operation != nil {
			facts = append(facts, "fonctionnement\u00a0: "+euros(*x.Budget.Operation)+" par an")
		}
		if x.Debated != "" {
			facts = append(facts, "débattue le "+french.Day(x.Debated))
		}
		out = append(out, document.Text{Spans: []document.Span{{Text: x.name() + ". ", Bold: true}, {Text: cut(x.Summary)}}})
		if len(facts) > 0 {
			out = append(out, document.Text{Spans: []document.Span{{Text: french.Upper(strings.Join(facts, "\u00a0; ")) + ".", Italic: true}}})
		}
	}
	return out
}

// said writes a date that may be a year, a month or a day.
func said(day string) string {
	if day == "" {
		return "…"
	}
	return french.When(day)
}

func euros(cents int64) string { return french.Number(float64(cents)/100, 0) + nb + "€" }

// mostSaid bounds what a record repeats of a summary, in characters: the page of the
// action has the rest.
const mostSaid = 900

func cut(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	r := []rune(text)
	if len(r) <= mostSaid {
		return text
	}
	return strings.TrimRight(string(r[:mostSaid]), " ,;.") + "…"
}
