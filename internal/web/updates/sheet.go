package updates

import (
	"net/http"
	"time"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/french"
	"jalon/internal/plan"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Sheet draws, on the sheet of an action, where it stands: its last update with the class
// of each quantity, then all that was said, each class in a column of its own.
func Sheet(q db.Q, now func() time.Time) func(r *http.Request, x action.Action, c cop.COP, lever func(string) string) (sections.Part, error) {
	return func(r *http.Request, x action.Action, c cop.COP, lever func(string) string) (p sections.Part, err error) {
		p = sections.Part{ID: "suivi", Title: "Où en est-elle"}
		all, err := followup.Of(r.Context(), q, x.ID)
		if err != nil {
			return p, err
		}
		_, inner := followup.Mine(shell.Actor(r), c, x)
		if inner && followup.Ended(x) == "" {
			p.Links = append(p.Links, ui.Link{Label: "Dire où elle en est", Href: wording.ActionPath(x.ID) + "/point"})
		}
		var current []followup.Update
		for _, u := range all {
			if u.Standing != followup.Current {
				continue
			}
			if !inner {
				u = u.Shown()
			}
			current = append(current, u)
		}
		if len(current) == 0 {
			p.Lead = "Personne n’a encore dit où elle en est depuis qu’elle est retenue."
			return p, nil
		}
		rules, err := followup.RulesOf(r.Context(), q, c.ID)
		if err != nil {
			return p, err
		}
		last := current[0]
		age, n := rules.AgeOf(last.Day, c.DayAt(now()))
		p.Lead = "Dernier point d’avancement" + nb + ": le " + french.Day(last.Day) + ", " + by(last) + "."
		if age == followup.Old || age == followup.Silent {
			p.Lead += " C’était il y a " + french.Integer(n) + nb + "jours" + nb + ": depuis, personne n’a rien dit."
		}
		p.Lead += " Ce qui suit est ce que dit son porteur depuis que les deux têtes l’ont retenue" + nb + "; ce qu’elles ont validé n’en change pas."
		p.Facts = told(last, lever)
		if inner {
			for _, e := range last.Evidence {
				if followup.IsFile(e) {
					p.Links = append(p.Links, ui.Link{Label: "Ouvrir la pièce jointe au point du " + french.Day(last.Day), Href: wording.ActionPath(x.ID) + "/point/pieces/" + e})
				}
			}
		}
		if len(current) > 1 {
			p.Tables = []ui.Table{history(current, lever)}
		}
		return p, nil
	}
}

func by(u followup.Update) string {
	if u.Origin == followup.ByHolder {
		return "par son porteur"
	}
	return "par l’équipe de la COP"
}

// history lists what was said, a day a row; observed, declared and estimated quantities
// stay in three columns.
func history(list []followup.Update, lever func(string) string) ui.Table {
	t := ui.Table{ID: "suivi-histoire", Caption: "Tous les points d’avancement", Stack: true,
		Columns: []ui.Column{{Label: "Jour"}, {Label: "Avancement"}, {Label: "Observé"}, {Label: "Déclaré"}, {Label: "Estimé"}, {Label: "Ce qui bloque, prochaine étape", Wide: true}}}
	for _, u := range list {
		row := []ui.Cell{{Text: french.Day(u.Day), Sub: by(u)}, {Missing: "L’avancement n’a pas été dit ce jour-là."}}
		if u.Progress != nil {
			row[1] = ui.Cell{Text: french.Integer(*u.Progress) + nb + "%", Sub: action.Named(action.Statuses(), u.Status)}
		} else if u.Status != "" {
			row[1] = ui.Cell{Text: action.Named(action.Statuses(), u.Status)}
		}
		for _, class := range []followup.Class{followup.Observed, followup.Declared, followup.Estimated} {
			cell := ui.Cell{Missing: "Aucune quantité de cette classe n’a été dite ce jour-là."}
			for _, q := range u.Quantities {
				if q.Class == class && q.Quantity != nil {
					text := plan.Exact(*q.Quantity) + nb + q.Unit
					if cell.Text != "" {
						text = cell.Text + " ; " + text
					}
					cell = ui.Cell{Text: text, Sub: lever(q.Lever)}
				}
			}
			row = append(row, cell)
		}
		words := ui.Cell{Text: u.Blocked, Sub: u.Next}
		if u.Blocked == "" {
			words = ui.Cell{Text: u.Next}
		}
		if u.Unchanged && words.Text == "" {
			words.Text = "Rien n’a changé."
		}
		t.Rows = append(t.Rows, ui.Row{Cells: append(row, words)})
	}
	return t
}
