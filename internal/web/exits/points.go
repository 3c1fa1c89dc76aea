package exits

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/action/coverage"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/territory"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func (d Deps) public(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	e, err := d.exit(r.Context(), x)
	if err != nil {
		return err
	}
	v := sections.View{Heading: ui.Heading{Overline: "Points de sortie de la COP", Title: x.Name + nb + ": " + finding(e), Scope: scope(e), Explain: wording.FigurePath(roadmap.Key(x.cop.Cycle, x.Code, roadmap.PointsFigure)),
		Lead: "Une COP se termine avec quatre choses, que le document fondateur de 2024 nomme. Cette page dit où en est chacune, par quelle règle, et ce qui manque."},
		Tabs: x.publicTabs("/feuille-de-route/points-de-sortie"), Notices: closed(e),
		Foot: ui.Source{Text: "objectifs partagés, diagnostic publié, participation, actions retenues et suites de la COP, dans Jalon, à jour.", Print: true}}
	if v.Parts, err = d.points(r.Context(), x, e, shell.Actor(r), false); err != nil {
		return err
	}
	return d.show(w, r, http.StatusOK, v, false, trail(x, ui.Link{Label: "Feuille de route", Href: x.page() + "/feuille-de-route"}, ui.Link{Label: here})...)
}

func scope(e roadmap.Exit) []string {
	return []string{"cycle " + e.COP.Cycle, "au " + french.Day(e.Day), "objectifs indicatifs, proposés à la discussion"}
}

// closed says that a COP is closed, and with which reasons for what lacked.
func closed(e roadmap.Exit) []ui.Alert {
	if e.Close.State != roadmap.Closed {
		return nil
	}
	text := "Ses deux têtes l’ont close"
	if !e.COP.Both {
		text = "Sa tête l’a close"
	}
	missing := 0
	for _, p := range e.Close.Body.Points {
		if !p.Met {
			missing++
		}
	}
	if missing == 0 {
		text += ", ses quatre points de sortie étant atteints ce jour-là."
	} else {
		text += ", en disant pourquoi " + french.Plural(missing, "un point manquait", french.Integer(missing)+nb+"points manquaient") + ". Les raisons se lisent sous chaque point."
	}
	return []ui.Alert{{State: "info", Title: "Cette COP est close depuis le " + french.Day(e.Close.EndedOn), Text: text}}
}

// points are the sections of the four, with their evidence; desk adds what only a team
// reads, and where what lacks is mended.
func (d Deps) points(ctx context.Context, x place, e roadmap.Exit, a policy.Actor, desk bool) ([]sections.Part, error) {
	p := e.Participation
	key := func(name string) string { return wording.FigurePath(roadmap.Key(x.cop.Cycle, x.Code, name)) }
	parts := []sections.Part{{Bodies: []templ.Component{ui.KeyFigures([]ui.KeyFigure{
		figure("Leviers partagés", e.SharedLevers(), len(e.Levers), "", key(roadmap.LeversFigure), "un objectif régional validé par les deux têtes"),
		figure("Ont pris part", p.Total.Part, p.Total.Whole, "", key(roadmap.TookFigure), "régions, départements et EPCI ensemble\u00a0; la majorité commence à "+french.Integer(p.Total.Whole/2+1)),
		figure("Thèmes servis", len(e.Themes)-len(e.Uncovered()), len(e.Themes), "aucun thème prioritaire n’est choisi", key(roadmap.ThemesFigure), "par une action retenue, avec un porteur et une date de fin"),
	})}}}
	for _, q := range e.Points() {
		part := sections.Part{ID: q.Code, Title: french.Integer(q.N) + ". " + q.Title, Lead: q.Finding, Facts: [][2]string{{"État", state(q.Met)}, {"Règle", q.Rule}}}
		for _, c := range e.Close.Body.Points {
			if c.Code == q.Code && c.Reason != "" && e.Close.State == roadmap.Closed {
				part.Facts = append(part.Facts, [2]string{"Raison donnée à la clôture", c.Reason})
			}
		}
		if len(q.Lacks) > 0 {
			part.Tables = append(part.Tables, lacks(x, q, desk))
		}
		switch q.Code {
		case roadmap.Shared:
			part.Links = []ui.Link{{Label: "Les objectifs de la région, levier par levier", Href: x.page() + "/objectifs"}}
		case roadmap.Portrayed:
			part.Tables = append(part.Tables, rates(x, e))
			if desk && policy.Can(a, policy.Read, x.thing(policy.Campaign)) {
				part.Tables = append(part.Tables, silent(e), took(e))
			}
			for _, n := range e.Published {
				part.Links = append(part.Links, ui.Link{Label: "Le diagnostic publié, édition n°" + nb + french.Integer(n.Seq) + ", le " + french.Day(n.PublishedOn), Href: x.page() + "/diagnostic/editions/" + french.Integer(n.Seq)})
			}
			part.Links = append(part.Links, ui.Link{Label: "Le questionnaire et ses taux", Href: x.region() + "/questionnaire"}, ui.Link{Label: "Qui est venu aux réunions", Href: x.region() + "/reunions/participation"})
		case roadmap.Covered:
			if len(e.Themes) > 0 {
				part.Tables = append(part.Tables, themes(e))
			}
			cover, err := d.coverage(ctx, x)
			if err != nil {
				return nil, err
			}
			part.Tables = append(part.Tables, cover)
			part.Links = []ui.Link{{Label: "Les thèmes prioritaires et leurs raisons", Href: x.page() + "/themes"}, {Label: "Les actions retenues", Href: x.page() + "/actions"}, {Label: "La couverture, levier par levier", Href: x.region() + "/couverture"}}
		case roadmap.Handed:
			part.Tables = append(part.Tables, handed(x, e, desk)...)
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func figure(label string, part, whole int, missing, explain, meaning string) ui.KeyFigure {
	v := ui.Value{Text: french.Integer(part), Unit: "sur " + french.Integer(whole), Explain: explain, Name: label}
	if whole == 0 {
		v = ui.Value{Missing: missing}
	}
	return ui.KeyFigure{Label: label, Value: v, Meaning: meaning}
}

func state(met bool) string {
	if met {
		return "atteint"
	}
	return "pas encore atteint"
}

// lacks is what a point lacks, with where a team mends it.
func lacks(x place, q roadmap.Point, desk bool) ui.Table {
	t := ui.Table{ID: q.Code + "-manque", Caption: "Ce qui manque au point " + french.Integer(q.N), Stack: true, Columns: []ui.Column{{Label: "Ce qui manque", Wide: true}}}
	if desk {
		t.Columns = append(t.Columns, ui.Column{Label: "Y remédier"})
	}
	for _, l := range q.Lacks {
		row := ui.Row{Cells: []ui.Cell{{Text: l.Text}}}
		if desk && l.Mend != "" {
			at := x.bureau()
			if l.Mend == "/questionnaire" {
				at = x.region() + "/bureau" // of the region, whatever the cycle
			}
			row.Cells = append(row.Cells, ui.Cell{Text: mends[strings.SplitN(l.Mend, "#", 2)[0]], Href: at + l.Mend})
		} else if desk {
			row.Cells = append(row.Cells, ui.Cell{Text: "au panorama"})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// mends are the names of the pages where what lacks is mended.
var mends = map[string]string{"/objectifs": "partager un objectif", "/diagnostic/publication": "publier le diagnostic", "/questionnaire": "relancer les collectivités", "/themes/choix": "choisir les thèmes",
	"/actions": "ouvrir le registre des actions", "/points-de-sortie": "l’écrire plus bas"}

func percent(s roadmap.Share) string {
	return french.Number(100*float64(s.Part)/float64(s.Whole), 1)
}

// rates are who took part by what they are.
func rates(x place, e roadmap.Exit) ui.Table {
	p := e.Participation
	t := ui.Table{ID: "taux", Caption: "Qui a pris part", Columns: []ui.Column{{Label: "Collectivités", Wide: true}, {Label: "Ont pris part", Number: true}, {Label: "En tout", Number: true}, {Label: "Part", Unit: "%", Number: true}}}
	for _, l := range []struct {
		label, name, sub string
		share            roadmap.Share
	}{
		{"Régions, départements et EPCI", roadmap.TookFigure, "comptés par la règle, chacun une fois", p.Total}, {"Régions", roadmap.RegionsFigure, "", p.Regions}, {"Départements", roadmap.DepartmentsFigure, "", p.Departments},
		{"EPCI (intercommunalités)", roadmap.EPCIFigure, "", p.EPCI}, {"Communes", roadmap.CommunesFigure, "à part, hors de la règle", p.Communes},
	} {
		row := ui.Row{Current: l.name == roadmap.TookFigure, Cells: []ui.Cell{{Text: l.label, Sub: l.sub}, {Text: french.Integer(l.share.Part), Explain: wording.FigurePath(roadmap.Key(x.cop.Cycle, x.Code, l.name)), Name: l.label}, {Text: french.Integer(l.share.Whole)}, {Missing: "aucune dans la région"}}}
		if l.share.Whole > 0 {
			row.Cells[3] = ui.Cell{Text: percent(l.share)}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// silent are the authorities that left no trace yet.
func silent(e roadmap.Exit) ui.Table {
	t := ui.Table{ID: "silencieuses", Caption: "Les collectivités dont on n’a encore aucune trace", Stack: true, Columns: []ui.Column{{Label: "Collectivité", Wide: true}, {Label: "Type"}, {Label: "Départements"}}}
	for _, a := range e.Participation.Counted {
		if !a.Took() {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Name, Href: "/organismes/" + a.Code}, {Text: a.Kind}, {Text: strings.Join(a.Departments, ", ")}}})
		}
	}
	if len(t.Rows) == 0 {
		t.Rows = []ui.Row{{Cells: []ui.Cell{{Text: "Aucune\u00a0: toutes ont pris part."}, {Missing: "aucune"}, {Missing: "aucune"}}}}
	}
	return t
}

// took are the authorities that took part, and how.
func took(e roadmap.Exit) ui.Table {
	t := ui.Table{ID: "venues", Caption: "Celles qui ont pris part, et comment", Stack: true, Columns: []ui.Column{{Label: "Collectivité", Wide: true}, {Label: "Par"}}}
	for _, a := range e.Participation.Counted {
		if !a.Took() {
			continue
		}
		var by []string
		for _, x := range []struct {
			did bool
			how string
		}{{a.Answered, "une réponse validée"}, {a.Came, "une présence notée"}, {a.Wrote, "une contribution signée"}} {
			if x.did {
				by = append(by, x.how)
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Name}, {Text: strings.Join(by, ", ")}}})
	}
	if len(t.Rows) == 0 {
		t.Rows = []ui.Row{{Cells: []ui.Cell{{Text: "Aucune pour l’instant."}, {Missing: "aucune"}}}}
	}
	return t
}

func themes(e roadmap.Exit) ui.Table {
	t := ui.Table{ID: "themes-servis", Caption: "Les thèmes prioritaires et les actions qui les servent", Columns: []ui.Column{{Label: "Thème prioritaire", Wide: true}, {Label: "Actions retenues", Number: true}, {Label: "dont porteur et date de fin", Number: true}}}
	for _, c := range e.Themes {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Theme.Name}, {Text: french.Integer(c.Actions)}, {Text: french.Integer(c.Whole)}}})
	}
	return t
}

// coverage is how far retained actions go, lever by lever: shown, and judged by nobody.
func (d Deps) coverage(ctx context.Context, x place) (ui.Table, error) {
	c, err := d.Room.Coverage.OfRegion(ctx, d.Q, x.Code)
	if err != nil {
		return ui.Table{}, err
	}
	t := ui.Table{ID: "couverture-leviers", Caption: "Ce que couvrent les actions retenues, levier par levier (aucun seuil n’est fixé)", Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Actions retenues", Number: true}, {Label: "Part de l’objectif prévue", Unit: "%", Number: true}}}
	for _, l := range c.Cells {
		cell := ui.Cell{Missing: "pas d’objectif connu pour ce levier"}
		if part, ok := l.PlannedPart(); ok {
			cell = ui.Cell{Text: french.Number(100*part, 1), Explain: wording.FigurePath(coverage.Key(l.Line.Lever.Code, territory.Ref{Scale: territory.RegionS, Code: x.Code}, coverage.PlannedIs)), Name: l.Line.Lever.Name}
			if l.Planned.Actions == 0 {
				cell = ui.Cell{Missing: "aucune action retenue et chiffrée"}
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Line.Lever.Name, Href: x.region() + "/couverture/" + l.Line.Lever.Code}, {Text: french.Integer(l.Planned.Actions)}, cell}})
	}
	return t, nil
}

// handed are the subjects of the next COP and how this one is followed.
func handed(x place, e roadmap.Exit, desk bool) (out []ui.Table) {
	s := ui.Table{ID: "sujets", Caption: "Les sujets de la prochaine COP", Stack: true, Columns: []ui.Column{{Label: "Sujet", Wide: true}, {Label: "Pourquoi", Wide: true}}}
	f := ui.Table{ID: "suivi", Caption: "Comment cette COP est suivie", Stack: true, Columns: []ui.Column{{Label: "Qui suit", Wide: true}, {Label: "Par quels indicateurs", Wide: true}, {Label: "Rythme"}, {Label: "Prochaine date"}}}
	if desk {
		s.Columns, f.Columns = append(s.Columns, ui.Column{Label: "Lu par"}), append(f.Columns, ui.Column{Label: "Lu par"})
	}
	who := func(part string) ui.Cell {
		return ui.Cell{Text: map[bool]string{true: "chacun", false: "le bureau seulement"}[part == policy.Public]}
	}
	for _, one := range e.Subjects {
		if !desk && one.Part == cop.Internal {
			continue
		}
		why := ui.Cell{Text: wording.Clip(one.Text, 400)}
		if one.Text == "" {
			why = ui.Cell{Missing: "aucune raison n’est écrite"}
		}
		row := ui.Row{Cells: []ui.Cell{{Text: one.Title}, why}}
		if desk {
			row.Cells[0].Href = x.desk() + "/sujets/" + one.ID
			row.Cells = append(row.Cells, who(one.Part))
		}
		s.Rows = append(s.Rows, row)
	}
	for _, one := range e.Arrangements {
		if !desk && one.Part == cop.Internal {
			continue
		}
		next := ui.Cell{Text: french.Day(one.NextOn)}
		if one.NextOn < e.Day {
			next.Sub = "passée"
		}
		row := ui.Row{Cells: []ui.Cell{{Text: one.Who, Sub: one.Note}, {Text: one.Indicators}, {Text: roadmap.PaceName(one.Every)}, next}}
		if desk {
			row.Cells[0].Href = x.desk() + "/suivi/" + one.ID
			row.Cells = append(row.Cells, who(one.Part))
		}
		f.Rows = append(f.Rows, row)
	}
	for _, t := range []ui.Table{s, f} {
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}
