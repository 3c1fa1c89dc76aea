package live

import (
	"cmp"
	"context"
	"slices"

	"jalon/internal/action/coverage"
	"jalon/internal/chart"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
)

// covered is how far the retained actions go.
func covered() []block {
	return []block{
		{Live: composition.Live{Code: "couverture/leviers", Part: composition.Cover, Name: "Fait, attendu, encore à trouver", Usual: true,
			Help: "Levier par levier\u00a0: l’objectif, ce qui est fait depuis 2019, ce qui est attendu des actions retenues, ce qui reste à trouver."}, make: cover},
		{Live: composition.Live{Code: "couverture/sans-action", Part: composition.Cover, Name: "Les leviers sans action", Usual: true,
			Help: "Les leviers qu’aucune action retenue ne sert, le plus grand objectif d’abord."}, make: bare},
	}
}

// mostBars is how many levers the picture of a coverage holds.
const mostBars = 12

func cover(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	x, err := r.coverage(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if x.Total.Levers == 0 {
		return composition.Made{Missing: "Aucun objectif n’est publié ni partagé pour cette région\u00a0: sans lui, rien ne dit ce que les actions couvrent."}, nil
	}
	cells := slices.Clone(x.Cells)
	slices.SortStableFunc(cells, func(a, b coverage.Cell) int {
		if a.Objective.Known != b.Objective.Known {
			if a.Objective.Known {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.Objective.Kg, a.Objective.Kg)
	})
	t := document.Table{ID: "couverture", Caption: "Fait, attendu, encore à trouver, levier par levier", Columns: []document.Column{document.Heading("Levier"), document.NumberHeading("Objectif", kilotonnes), document.NumberHeading("Déjà fait", kilotonnes),
		document.NumberHeading("Attendu des actions", kilotonnes), document.Heading("Entre"), document.NumberHeading("Reste à trouver", kilotonnes)},
		Note: "Trois choses ne se mélangent pas\u00a0: ce qu’une série mesure, ce que les actions retenues apporteraient, ce qui reste. Un reste négatif dépasse l’objectif."}
	var bars []chart.Bar
	data := document.Table{ID: "couverture-part", Caption: "Part de l’objectif attendue des actions", Columns: []document.Column{document.Heading("Levier"), document.NumberHeading("Part attendue", percent)}}
	for _, c := range cells {
		t.Rows = append(t.Rows, r.coverRow(c))
		part, ok := c.PlannedPart()
		if !ok || len(bars) >= mostBars {
			continue
		}
		text := french.Number(100*part, 0) + nbsp + percent
		if c.Planned.Actions == 0 {
			text = "–"
			data.Rows = append(data.Rows, []document.Cell{document.Word(c.Line.Lever.ShortName), document.Absent("aucune action retenue n’y est chiffrée")})
		} else {
			data.Rows = append(data.Rows, []document.Cell{document.Word(c.Line.Lever.ShortName), document.Keyed(french.Number(100*part, 0), coverage.Key(c.Line.Lever.Code, r.ref(), coverage.PlannedIs))})
		}
		bars = append(bars, chart.Bar{Label: c.Line.Lever.ShortName, Value: 100 * part, Text: text})
	}
	made := composition.Made{Title: finding(x.Total), Notes: []string{"Couverture calculée par Jalon au " + french.Day(r.Day) + ". Une action abandonnée, en mots ou non évaluée n’est pas comptée\u00a0; ce qui est supposé déjà dans la mesure n’est pas ajouté.", coverage.TogetherRule}}
	if x.Total.Missing > 0 {
		made.Notes = append(made.Notes, french.Upper(howMany(x.Total.Missing, "levier n’a", "leviers n’ont"))+" pas d’objectif connu et "+french.Plural(x.Total.Missing, "n’est", "ne sont")+" dans aucune somme.")
	}
	if len(bars) > 0 {
		made.Blocks = append(made.Blocks, document.Chart{ID: "couverture-image", Title: "Ce que les actions retenues couvriraient des plus grands objectifs", Description: "Une barre par levier, du plus grand objectif au plus petit\u00a0: la part attendue des actions retenues. La ligne marque l’objectif entier.",
			Drawing: chart.Bars(bars, chart.Target{Value: 100, Label: "l’objectif"}), Table: data})
	}
	made.Blocks = append(made.Blocks, t)
	return made, nil
}

func (r *reading) coverRow(c coverage.Cell) []document.Cell {
	key := func(p coverage.Part) string { return coverage.Key(c.Line.Lever.Code, r.ref(), p) }
	aim := document.Absent(c.Objective.Reason)
	if c.Objective.Known {
		aim = document.Keyed(french.Kt(int64(c.Objective.Kg), 1), c.Objective.Key)
	}
	done := document.Absent(c.Done.Kg.Reason)
	if c.Done.Kg.Known {
		done = document.Keyed(french.Kt(int64(c.Done.Kg.Kg), 1), key(coverage.DoneIs))
	}
	planned, range_ := document.Absent("aucune action retenue et chiffrée n’y est attendue"), document.Absent("aucune action retenue et chiffrée n’y est attendue")
	if c.Planned.Actions > 0 {
		planned = document.Keyed(french.Kt(int64(c.Planned.Kg.Central), 1), key(coverage.PlannedIs))
		range_ = document.WordOr(between(c.Planned.Kg.Low, c.Planned.Kg.High), "aucune fourchette n’est donnée")
	}
	rest := document.Absent(c.Rest.Reason)
	if c.Rest.Known {
		rest = document.Keyed(french.Kt(int64(c.Rest.Central), 1), key(coverage.RestIs))
	}
	return []document.Cell{document.Linked(c.Line.Lever.ShortName, r.base()+"/couverture/"+c.Line.Lever.Code), aim, done, planned, range_, rest}
}

func finding(t coverage.Total) string {
	part := func(kg float64) string {
		return french.Number(100*kg/float64(t.Objective), 0) + nbsp + percent
	}
	if t.Objective <= 0 {
		return "Ce que les actions retenues apportent, levier par levier"
	}
	out := "Les actions retenues couvriraient " + part(float64(t.Planned.Central)) + " de l’objectif"
	if t.Actions == 0 {
		out = "Aucune action retenue et chiffrée ne couvre encore l’objectif"
	}
	if t.Measured > 0 && t.Done >= 0 {
		out += "\u00a0; " + part(float64(t.Done)) + " " + french.Plural(2, "est déjà fait", "sont déjà faits")
	}
	return out + "\u00a0; il reste " + t.Gap.Text() + " à trouver"
}

func bare(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	x, err := r.coverage(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	list := slices.DeleteFunc(slices.Clone(x.Cells), func(c coverage.Cell) bool { return c.Planned.Any() || !c.Objective.Known })
	if len(list) == 0 {
		return composition.Made{Title: "Chaque levier qui a un objectif a au moins une action retenue", Blocks: []document.Block{document.Para("Une action ne suffit pas à couvrir un objectif\u00a0: le tableau de couverture dit ce qui reste à trouver.")}}, nil
	}
	slices.SortStableFunc(list, func(a, b coverage.Cell) int { return cmp.Compare(b.Objective.Kg, a.Objective.Kg) })
	t := document.Table{ID: "leviers-sans-action", Caption: "Les leviers qu’aucune action retenue ne sert", Columns: []document.Column{document.Heading("Levier"), document.NumberHeading("Objectif", kilotonnes), document.Heading("Pour commencer")}}
	var sum int64
	for _, c := range list {
		sum += int64(c.Objective.Kg)
		t.Rows = append(t.Rows, []document.Cell{document.Linked(c.Line.Lever.ShortName, "/leviers/"+c.Line.Lever.Code), document.Keyed(french.Kt(int64(c.Objective.Kg), 1), c.Objective.Key), document.Linked("les actions usuelles et les aides de ce levier", "/leviers/"+c.Line.Lever.Code+"/actions")})
	}
	return composition.Made{Title: french.Upper(howMany(len(list), "levier n’a", "leviers n’ont")) + " encore aucune action retenue, pour " + french.MassText(sum) + " d’objectif", Blocks: []document.Block{t},
		Notes: []string{"Une action qui sert ces leviers peut exister sans être retenue\u00a0: proposée, débattue, ou au vivier."}}, nil
}
