package live

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/chart"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
)

// mostSaid is how many dissenting words a document quotes in full.
const mostSaid = 8

// sharedObjectives sets what both heads shared beside what the panorama offers, with
// who holds otherwise.
func sharedObjectives(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	p, err := r.panorama()
	if err != nil {
		return composition.Made{}, err
	}
	x, err := r.objectives(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	notes := []string{"Objectifs partagés par les deux têtes de la COP, indicatifs. Ce qui est encore discuté n’est pas dans ce document."}
	if len(x.by) == 0 {
		return none("Aucun objectif n’est encore partagé\u00a0: ce que le panorama propose reste la base de discussion",
			"Quand les deux têtes partagent une liste d’objectifs, ils paraissent ici levier par levier, avec les désaccords.", notes...), nil
	}
	t := document.Table{ID: "objectifs-partages", Caption: "Les objectifs partagés, face au panorama", Columns: []document.Column{{Label: "Levier"}, {Label: "Panorama", Unit: kilotonnes, Number: true}, {Label: "Objectif partagé", Unit: kilotonnes, Number: true},
		{Label: "Écart", Unit: kt, Number: true}, {Label: "Dans l’unité du levier"}, {Label: "Désaccords", Number: true}}}
	g := gauge{}
	dissent, levers := 0, 0
	for _, l := range r.lines(p, x) {
		if !objective.Subject(l.Lever.Code) {
			levers++
		}
		now := x.by[l.Lever.Code]
		g.add(l, now.Value)
		held := word("aucun")
		if n := len(x.held[l.Lever.Code]); n > 0 {
			held, dissent = word(french.Integer(n)), dissent+n
		}
		name := leverCell(l.Lever)
		if objective.Subject(l.Lever.Code) {
			name = word(l.Lever.ShortName) // it has no page
		}
		t.Rows = append(t.Rows, []document.Cell{name, mass(l.Objective, l.FigureKey), mass(now.Value.Kg, r.sharedKey(l)), difference(l, now.Value), levelCell(now.Value), held})
	}
	t.Note = "Écart\u00a0: objectif partagé moins panorama. Les autres leviers gardent ce que le panorama propose."
	made := composition.Made{Title: g.title(levers, len(p.Lines)), Notes: notes}
	if n := len(t.Rows) - levers; n > 0 { // they are no levers, and in no sum
		const one, many = "sujet de biodiversité et de ressources", "sujets de biodiversité et de ressources"
		made.Title += ", et " + howMany(n, one, many)
		if levers == 0 {
			made.Title = upper(howMany(n, one+" est partagé", many+" sont partagés"))
		}
	}
	if dissent > 0 {
		made.Title += ", avec " + howMany(dissent, "désaccord noté", "désaccords notés")
	}
	if g.levers > 0 {
		made.Blocks = append(made.Blocks, g.chart(r.Region.Code, r.Cycle))
	}
	made.Blocks = append(made.Blocks, t)
	return r.withDissent(made, p, x), nil
}

// lines are the lines of the panorama for which something is shared, and those of
// levers that the panorama of the region does not hold.
func (r *reading) lines(p panorama.Panorama, x shared) []panorama.Line {
	var out []panorama.Line
	known := map[string]bool{}
	for _, l := range p.Lines {
		known[l.Lever.Code] = true
		if _, ok := x.by[l.Lever.Code]; ok {
			out = append(out, l)
		}
	}
	var others []string
	for code := range x.by {
		if !known[code] {
			others = append(others, code)
		}
	}
	slices.Sort(others)
	for _, code := range others {
		if name, ok := objective.SubjectName(r.Book, code); ok {
			out = append(out, panorama.Line{Lever: framework.Lever{Code: code, Name: name, ShortName: name}, Objective: panorama.Amount{Reason: "la nation vise une cible\u00a0; aucune part n’en est proposée aux régions"}})
			continue
		}
		l, err := r.model.Framework().Lever(code)
		if err != nil {
			l.Code, l.ShortName = code, code
		}
		out = append(out, panorama.Line{Lever: l, Objective: panorama.Amount{Reason: "le panorama de la région n’a pas ce levier"}})
	}
	return out
}

func difference(l panorama.Line, v objective.Value) document.Cell {
	switch {
	case !v.Kg.Known:
		return absent(v.Kg.Reason)
	case !l.Objective.Known:
		return absent(l.Objective.Reason)
	}
	s := french.Kt(int64(v.Kg.Kg-l.Objective.Kg), 1)
	if v.Kg.Kg > l.Objective.Kg && s != french.Kt(0, 1) {
		s = "+" + s
	}
	return word(s)
}

func levelCell(v objective.Value) document.Cell {
	if !v.Level.Known {
		return absent(v.Level.Reason)
	}
	if strings.HasSuffix(v.Unit, objective.SinceStart) {
		return word(v.LevelText())
	}
	return word(v.LevelText() + " en 2030")
}

// sharedKey leads to how the objective of a lever was shared; a lever that the
// panorama of the region does not hold has no explanation.
func (r *reading) sharedKey(l panorama.Line) string {
	if l.FigureKey == "" {
		return ""
	}
	return objective.Key(l.Lever.Code, r.ref().String(), r.Cycle)
}

// gauge adds what is shared and what the panorama offers for the same levers: those
// for which both are known.
type gauge struct {
	shared, offered panorama.Kg
	levers          int
}

func (g *gauge) add(l panorama.Line, v objective.Value) {
	if v.Kg.Known && l.Objective.Known {
		g.shared, g.offered, g.levers = g.shared+v.Kg.Kg, g.offered+l.Objective.Kg, g.levers+1
	}
}

func (g *gauge) title(n, of int) string {
	s := upper(howMany(n, "objectif est partagé", "objectifs sont partagés")) + " sur " + howMany(of, "levier", "leviers")
	if g.levers == 0 {
		return s
	}
	s += "\u00a0: " + g.shared.Text() + " par an"
	switch d := g.shared - g.offered; {
	case d < 0:
		return s + ", " + (-d).Text() + " de moins que le panorama"
	case d > 0:
		return s + ", " + d.Text() + " de plus que le panorama"
	}
	return s + ", autant que le panorama"
}

func (g *gauge) chart(region, cycle string) document.Chart {
	key := func(side objective.Side) string { return objective.TotalKey(side, region, cycle) }
	t := document.Table{ID: "jauge", Caption: "Partagé et proposé, pour les mêmes leviers", Columns: []document.Column{{Label: "Ce qui est compté"}, {Label: "Total", Unit: kilotonnes, Number: true}, {Label: "Leviers", Number: true}},
		Rows: [][]document.Cell{{word("Objectifs partagés"), keyed(french.Kt(int64(g.shared), 1), key(objective.Compared)), word(french.Integer(g.levers))}, {word("Panorama, pour ces leviers"), keyed(french.Kt(int64(g.offered), 1), key(objective.Against)), word(french.Integer(g.levers))}}}
	bars := []chart.Bar{{Label: "Objectifs partagés", Value: g.shared.Kt(), Text: g.shared.Text()}, {Label: "Panorama, mêmes leviers", Value: g.offered.Kt(), Text: g.offered.Text(), Tone: chart.Second}}
	return document.Chart{ID: "jauge", Title: "Ce que la COP partage, face à ce que le panorama propose pour les mêmes leviers", Description: "Deux barres\u00a0: la somme des objectifs partagés, et celle du panorama pour les mêmes leviers.",
		Drawing: chart.Bars(bars, chart.Target{}), Table: t}
}

// withDissent adds who holds otherwise, by party, then what they say.
func (r *reading) withDissent(made composition.Made, p panorama.Panorama, x shared) composition.Made {
	type opinion struct {
		lever string
		d     objective.Dissent
	}
	by := map[string][]opinion{}
	total := 0
	for _, l := range r.lines(p, x) {
		for _, d := range x.held[l.Lever.Code] {
			by[d.Party] = append(by[d.Party], opinion{l.Lever.ShortName, d})
			total++
		}
	}
	if total == 0 {
		return made
	}
	t := document.Table{ID: "desaccords", Caption: "Les désaccords, par partie", Columns: []document.Column{{Label: "Partie"}, {Label: "Désaccords", Number: true}, {Label: "Sur quels leviers, et ce qu’elle tient"}}}
	var quotes []document.Block
	for _, party := range objective.Parties() {
		words := by[party[0]]
		if len(words) == 0 {
			continue
		}
		var on []string
		for _, w := range words {
			on = append(on, w.lever+" ("+w.d.Holds()+")")
			if w.d.Text != "" && len(quotes) < mostSaid {
				quotes = append(quotes, document.Quote{Title: w.d.Who() + ", sur " + guillemets(w.lever) + ", " + french.Day(w.d.Day), Spans: document.Plain(w.d.Text)})
			}
		}
		t.Rows = append(t.Rows, []document.Cell{word(party[1]), word(french.Integer(len(words))), word(strings.Join(on, "\u00a0; "))})
	}
	made.Blocks = append(append(made.Blocks, t), quotes...)
	if total > len(quotes) {
		made.Notes = append(made.Notes, upper(howMany(len(quotes), "désaccord est cité", "désaccords sont cités"))+" sur "+french.Integer(total)+"\u00a0: la page des objectifs les donne tous.")
	}
	made.Notes = append(made.Notes, "Un désaccord reste à côté de l’objectif tant qu’il n’est pas levé\u00a0: chacun répond de ce qu’il y dit.")
	return made
}
