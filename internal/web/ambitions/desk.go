package ambitions

import (
	"net/http"
	"slices"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/ambition"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// working is seen, for who may read the desk of debates.
func (d Deps) working(r *http.Request, v policy.Verb) (where, error) {
	x, err := d.seen(r)
	if err != nil {
		return x, err
	}
	return x, policy.Check(shell.Actor(r), v, x.cop.Thing(policy.Debate))
}

func deskTabs(x where) ui.Pages {
	return ui.Pages{Tabs: []ui.Link{{Label: wording.TabCOP, Href: x.base()}, {Label: wording.TabDebate, Href: x.base() + "/debat"}, {Label: "Bureau", Href: x.base() + "/bureau"},
		{Label: title, Href: x.desk(), Current: true}, {Label: wording.TabObjectives, Href: x.base() + "/bureau/objectifs"}}}
}

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.working(r, policy.Read)
	if err != nil {
		return err
	}
	return d.showDesk(w, r, http.StatusOK, x, ambition.Debate{Opens: x.today(d.Now()), State: ambition.Open}, nil)
}

func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, x where, typed ambition.Debate, wrong error) error {
	list, err := ambition.Of(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	today, open := x.today(d.Now()), 0
	t := ui.Table{ID: "leviers", Caption: "Les leviers mis en débat", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Débat"}, {Label: "Réponses", Number: true}}}
	for _, y := range list {
		if y.State == ambition.Open && y.When(today) == ambition.Now {
			open++
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.lever(y.Lever), Href: x.desk() + "/" + y.Lever}, {Text: taking(y.Debate, today)}, {Text: answers(y.Answers)}}})
	}
	v := sections.View{Heading: ui.Heading{Overline: title + ", bureau", Title: x.Name + nb + ": " + finding(open, len(list)), Scope: []string{"réservé à celles et ceux qui travaillent pour la COP"}}, Tabs: deskTabs(x)}
	p := sections.Part{ID: "liste", Title: "Les leviers mis en débat", Tables: []ui.Table{t}, Links: []ui.Link{{Label: "Ce que chacun en lit", Href: x.list()}}}
	if len(list) == 0 {
		p.Tables, p.Empty = nil, ui.Empty{Title: "Aucun levier n’est encore en débat", Text: "Ouvrez-en un ci-dessous\u00a0: chaque partie dira ce qu’elle tient pour atteignable, et la médiane se lira à côté de l’objectif."}
	}
	v.Parts = []sections.Part{p}
	if policy.Can(shell.Actor(r), policy.Create, x.cop.Thing(policy.Debate)) {
		var levers [][2]string
		for _, l := range x.place.Panorama.Lines {
			if !slices.ContainsFunc(list, func(y ambition.Listed) bool { return y.Lever == l.Lever.Code }) {
				levers = append(levers, [2]string{l.Lever.Code, l.Lever.Name})
			}
		}
		fields := append([]ui.Field{sections.Choose("lever", "Levier", typed.Lever, "", levers)}, debateFields(typed)...)
		v.Notices = append(v.Notices, wrongIn(fields, wrong)...)
		v.Parts = append(v.Parts, sections.Part{ID: "ouvrir", Title: "Mettre un levier en débat", Forms: []sections.Form{{ID: "debat", Action: x.desk(), Fields: fields, Submit: "Ouvrir le débat"}}})
	}
	return sections.Show(d.Shell, w, r, status, v, true, trail(x, ui.Link{Label: title})...)
}

func debateFields(t ambition.Debate) []ui.Field {
	return []ui.Field{{ID: "text", Label: "Ce que vous demandez", Type: "textarea", Rows: 4, Value: t.Text, Help: "Le contexte en quelques phrases\u00a0; la page montre déjà ce que propose l’État et ce que visent les plans."},
		{ID: "opens", Label: "Premier jour", Type: "date", Required: true, Value: t.Opens}, {ID: "closes", Label: "Dernier jour", Type: "date", Required: true, Value: t.Closes, Help: "Les réponses sont prises jusqu’à la fin de ce jour."}}
}

func typedDebate(r *http.Request) ambition.Debate {
	return ambition.Debate{Lever: shell.Typed(r, "lever"), Text: shell.Typed(r, "text"), Opens: shell.Typed(r, "opens"), Closes: shell.Typed(r, "closes"), State: shell.Typed(r, "state")}
}

func (d Deps) open(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.working(r, policy.Create)
	if err != nil {
		return err
	}
	typed := typedDebate(r)
	if _, ok := x.place.Line(typed.Lever); !ok {
		err = apperr.Invalidf("Choisissez un levier dans la liste.")
	} else {
		_, err = d.Room.Begin(r.Context(), shell.Actor(r), x.cop, typed)
	}
	if err != nil && shell.Beside(err) {
		return d.showDesk(w, r, apperr.Status(err), x, typed, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"?fait=1")
}

func (d Deps) edit(w http.ResponseWriter, r *http.Request) error {
	x, err := d.working(r, policy.Edit)
	if err != nil {
		return err
	}
	y, err := ambition.Find(r.Context(), d.Q, shell.Actor(r), x.cop, r.PathValue("levier"))
	if err != nil {
		return err
	}
	return d.showEdit(w, r, http.StatusOK, x, y, y, nil)
}

func (d Deps) showEdit(w http.ResponseWriter, r *http.Request, status int, x where, kept, shown ambition.Debate, wrong error) error {
	v := sections.View{Heading: ui.Heading{Overline: title + ", bureau", Title: x.lever(kept.Lever), Scope: []string{taking(kept, x.today(d.Now()))}}, Tabs: deskTabs(x)}
	with := func(y ambition.Debate) []ui.Field {
		return append(debateFields(y), sections.Choose("state", "État", y.State, "", [][2]string{{ambition.Open, "ouvert entre ces deux jours"}, {ambition.Withdrawn, "retiré\u00a0: la page n’est plus publique, les réponses sont gardées"}}))
	}
	fields := with(shown)
	if wrong != nil && apperr.KindOf(wrong) == apperr.Conflict {
		v.Conflict = ui.TwoVersions(with(kept), fields)
	} else {
		v.Notices = append(v.Notices, wrongIn(fields, wrong)...)
	}
	fields = append(fields, ui.Field{ID: "reason", Label: "Pourquoi", Value: shell.Typed(r, "reason"), Help: "Reste dans l’histoire du débat."})
	v.Parts = []sections.Part{{ID: "changer", Title: "Changer ce débat", Forms: []sections.Form{{ID: "debat", Action: x.desk() + "/" + kept.Lever, Rev: strconv.FormatInt(kept.Rev, 10), Fields: fields, Submit: "Enregistrer"}}, Links: []ui.Link{{Label: "La page du débat", Href: x.list() + "/" + kept.Lever}}}}
	return sections.Show(d.Shell, w, r, status, v, true, trail(x, ui.Link{Label: title, Href: x.desk()}, ui.Link{Label: x.lever(kept.Lever)})...)
}

func (d Deps) save(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.working(r, policy.Edit)
	if err != nil {
		return err
	}
	kept, err := ambition.Find(r.Context(), d.Q, shell.Actor(r), x.cop, r.PathValue("levier"))
	if err != nil {
		return err
	}
	typed := typedDebate(r)
	typed.ID, typed.Lever = kept.ID, kept.Lever
	if typed.Rev, err = shell.Rev(r); err != nil {
		return err
	}
	if _, err = d.Room.Change(r.Context(), shell.Actor(r), typed, debate.Line(shell.Typed(r, "reason"))); err != nil && shell.Beside(err) {
		return d.showEdit(w, r, apperr.Status(err), x, kept, typed, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"?fait=1")
}
