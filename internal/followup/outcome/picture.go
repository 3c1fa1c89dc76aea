package outcome

import (
	"strconv"

	"jalon/internal/action"
	"jalon/internal/chart"
	"jalon/internal/document"
	"jalon/internal/followup"
	"jalon/internal/french"
	"jalon/internal/panorama"
)

// ByHolders names what holders say by its class.
func ByHolders(c followup.Class) string {
	switch c {
	case followup.Declared:
		return "déclaré par les porteurs"
	case followup.Estimated:
		return "estimé par les porteurs"
	}
	return "mesuré par les porteurs"
}

// BurnNote says what the way to 2030 counts.
const BurnNote = "Toutes les actions retenues, chiffrées et non abandonnées dont les dates sont connues, y compris celles que la couverture suppose déjà dans l’observé. La ligne de l’objectif va droit de zéro en 2019 à l’objectif de 2030\u00a0: un repère, pas un rythme demandé. " +
	"Ce qui est dit fait est le dernier point de chaque action à la fin de l’année\u00a0; déclaré, estimé et mesuré sont des actions différentes, et ne s’additionnent pas."

// farAbove is how many times above all else an objective is left out of the drawing.
const farAbove = 4

func kt(kg panorama.Kg, decimals int) string { return french.Number(kg.Kt(), decimals) }

func decimalsOf(kg panorama.Kg) int {
	switch a := max(kg, -kg); {
	case a >= 5_000*panorama.KgPerKt:
		return 1
	case a >= 100*panorama.KgPerKt:
		return 2
	}
	return 3
}

// BurnUp is the way to 2030: what was planned year by year, what is said done, and the
// objective. The same chart is on pages and in documents.
func BurnUp(id string, years []Year, objective panorama.Kg) document.Chart {
	c := document.Chart{ID: id, Title: "Le chemin jusqu’en 2030", Description: BurnNote}
	most := panorama.Kg(0)
	for _, y := range years {
		most = max(most, y.Planned.Kg)
		for _, s := range y.Said {
			most = max(most, s.Kg)
		}
	}
	d := decimalsOf(max(most, objective))
	c.Table = document.Table{ID: id + "-tableau", Caption: "Prévu et dit fait, année par année", Columns: []document.Column{{Label: "Fin de l’année"}, {Label: "Prévu", Unit: "ktCO₂e par an", Number: true}}}
	var ways []chart.Way
	point := func(year int, kg panorama.Kg, open bool) chart.CurvePoint {
		return chart.CurvePoint{Dated: chart.Dated{Year: year, Value: kg.Kt()}, Text: kt(kg, d) + "\u00a0ktCO₂e par an", Open: open}
	}
	planned := chart.Way{Name: "prévu en 2030", Tone: chart.Accent}
	for _, y := range years {
		planned.Points = append(planned.Points, point(y.Year, y.Planned.Kg, false))
	}
	if n := len(years); n > 0 {
		planned.Text = kt(years[n-1].Planned.Kg, d)
	}
	ways = append(ways, planned)
	tones := map[followup.Class]chart.Tone{followup.Declared: chart.Second, followup.Estimated: chart.Second, followup.Observed: chart.Ink}
	for _, class := range Classes() {
		c.Table.Columns = append(c.Table.Columns, document.Column{Label: french.Upper(ByHolders(class)), Unit: "ktCO₂e par an", Number: true})
		w := chart.Way{Name: ByHolders(class), Tone: tones[class], Dashed: class == followup.Estimated, Marked: true}
		begun := false
		for _, y := range years {
			s, ok := y.Said[class]
			if begun = begun || ok; !begun || y.Said == nil {
				continue
			}
			w.Points, w.Text = append(w.Points, point(y.Year, s.Kg, y.Partial)), kt(s.Kg, d)
		}
		if len(w.Points) > 0 {
			ways = append(ways, w)
		}
	}
	beyond := ""
	switch {
	case objective <= 0:
		beyond = "Aucun objectif n’est connu."
	case most > 0 && objective > farAbove*most:
		beyond = "Objectif de 2030\u00a0: " + kt(objective, d) + "\u00a0ktCO₂e par an, loin au-dessus de ce dessin."
	default:
		aim := chart.Way{Name: "objectif de 2030", Text: kt(objective, d), Tone: chart.Ink, Dashed: true}
		for _, y := range years {
			aim.Points = append(aim.Points, point(y.Year, objective*panorama.Kg(y.Year-action.Base)/(action.Horizon-action.Base), false))
		}
		ways = append(ways, aim)
	}
	for _, y := range years {
		year := strconv.Itoa(y.Year)
		if y.Partial {
			year += " (à ce jour)"
		}
		row := []document.Cell{{Text: year}, amount(y.Planned, d, "aucune action chiffrée et datée")}
		for _, class := range Classes() {
			s, ok := y.Said[class]
			switch {
			case y.Said == nil:
				row = append(row, document.Cell{Missing: "cette année n’est pas encore là"})
			case !ok:
				row = append(row, document.Cell{Missing: "aucun porteur n’a dit de quantité à cette date"})
			default:
				row = append(row, amount(s, d, ""))
			}
		}
		c.Table.Rows = append(c.Table.Rows, row)
	}
	if most > 0 {
		c.Drawing = chart.WaysDrawing(ways, beyond, french.Number)
	}
	return c
}

// amount is a cell of a sum; without any action it has a reason.
func amount(s Sum, decimals int, none string) document.Cell {
	if s.Actions == 0 && none != "" {
		return document.Cell{Missing: none}
	}
	return document.Cell{Text: kt(s.Kg, decimals)}
}
