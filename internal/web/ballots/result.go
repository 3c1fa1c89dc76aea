package ballots

import (
	"jalon/internal/debate/ballot"
	"jalon/internal/french"
	"jalon/internal/web/ui"
)

// resultView is what a vote says, as bars and as a table.
type resultView struct {
	Lead  string
	Bars  ui.Bars
	Table ui.Table
}

// percent is a share as it reads, or why there is none.
func percent(n, of int64) string {
	if of == 0 {
		return "–"
	}
	return french.Number(float64(n)*100/float64(of), 0) + nb + "%"
}

func voices(n int64) string { return french.Integer(n) + nb + french.Plural(n, "voix", "voix") }

// resultOf draws the results of a ballot: shares are of the voices, so that those of
// several choices add up to more than a hundred.
func resultOf(b ballot.Ballot, r ballot.Result, full bool) *resultView {
	v := &resultView{Lead: voices(r.Voices) + " par téléphone"}
	if b.Slips {
		v.Lead = french.Integer(r.Voices) + nb + french.Plural(r.Voices, "bulletin reçu", "bulletins reçus")
	}
	if b.Present != nil && *b.Present > 0 {
		v.Lead += ", sur " + french.Integer(*b.Present) + nb + french.Plural(*b.Present, "personne présente", "personnes présentes") + " (" + percent(r.Voices, *b.Present) + ")"
	}
	if b.Kind == ballot.Multiple {
		v.Lead += ". Plusieurs choix par voix" + nb + ": le total dépasse 100" + nb + "%"
	}
	v.Lead += "."
	v.Bars = ui.Bars{ID: "resultats-" + b.Code, Title: b.Question, Most: 100}
	v.Table = ui.Table{ID: "tableau-" + b.Code, Caption: "Résultats" + nb + ": " + b.Question, CaptionHidden: true, Columns: []ui.Column{{Label: "Réponse", Wide: true}, {Label: "Voix", Number: true}, {Label: "Part des voix", Number: true}}}
	if b.Hands != nil {
		v.Table.Columns = append(v.Table.Columns, ui.Column{Label: "À main levée, comptées à part", Number: true})
	}
	if full {
		for _, c := range r.Colleges {
			name := c.College.Name()
			if name == "" {
				name = "Collège non dit"
			}
			v.Table.Columns = append(v.Table.Columns, ui.Column{Label: name, Number: true})
		}
	}
	for i, o := range b.Options {
		share := percent(r.Counts[i], r.Voices)
		s := ui.Stat{Name: o, Text: share + " – " + voices(r.Counts[i])}
		if r.Voices > 0 {
			s.Amount = float64(r.Counts[i]) * 100 / float64(r.Voices)
		} else {
			s.Missing = "aucune voix reçue"
		}
		row := ui.Row{Cells: []ui.Cell{{Text: o}, {Text: french.Integer(r.Counts[i])}, {Text: share}}}
		if r.Voices == 0 {
			row.Cells[2] = ui.Cell{Missing: "aucune voix reçue"}
		}
		if b.Hands != nil {
			s.Note = "et " + french.Integer(b.Hands[i]) + nb + french.Plural(b.Hands[i], "main levée", "mains levées") + ", à part"
			row.Cells = append(row.Cells, ui.Cell{Text: french.Integer(b.Hands[i])})
		}
		if full {
			for _, c := range r.Colleges {
				row.Cells = append(row.Cells, ui.Cell{Text: french.Integer(c.Counts[i])})
			}
		}
		v.Bars.Rows = append(v.Bars.Rows, s)
		v.Table.Rows = append(v.Table.Rows, row)
	}
	return v
}
