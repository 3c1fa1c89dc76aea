package questions

import (
	"net/http"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/debate/group"
	"jalon/internal/debate/question"
	"jalon/internal/diagnosis"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// reading is the region of an address, for who may read its desk of debates: over the
// region, over one of its départements or over a group of the COP.
func (d Deps) reading(r *http.Request) (x where, err error) {
	if r.Method == http.MethodPost {
		if err := shell.ReadForm(r); err != nil {
			return x, err
		}
	}
	if x, err = d.region(r); err != nil {
		return x, err
	}
	if x.groups, err = group.Choices(r.Context(), d.Q, x.cop.ID); err != nil {
		return x, err
	}
	a, thing := shell.Actor(r), x.cop.Thing(policy.Debate)
	if policy.Can(a, policy.Edit, thing) {
		return x, nil
	}
	for _, dept := range x.tree.Departments() {
		thing.Department = dept.Code
		if dept.Region == x.Code && policy.Can(a, policy.Edit, thing) {
			return x, nil
		}
	}
	for _, g := range x.groups {
		if thing = x.cop.Thing(policy.Debate); g.ID != "" {
			thing.Group = g.ID
			if policy.Can(a, policy.Edit, thing) {
				return x, nil
			}
		}
	}
	return x, apperr.NotFoundf("Cette page n’existe pas.")
}

// working is a debate of the desk.
func (d Deps) working(r *http.Request) (x where, err error) {
	if x, err = d.reading(r); err != nil {
		return x, err
	}
	if x.Question, err = question.Find(r.Context(), d.Q, r.PathValue("id")); err != nil {
		return x, err
	}
	if x.Question.COP != x.cop.ID {
		return x, apperr.NotFoundf("Ce débat n’est pas de cette région.")
	}
	return x, nil
}

func (x where) deskTabs(here string) ui.Pages {
	all := []ui.Link{{Label: wording.TabCOP, Href: "/regions/" + x.Slug}, {Label: "Bureau", Href: "/regions/" + x.Slug + "/bureau"}, {Label: "Débats", Href: x.desk()}, {Label: "Ce que lit le public", Href: x.base()}}
	for i := range all {
		all[i].Current = all[i].Href == here
	}
	return ui.Pages{Tabs: all}
}

func (x where) deskTrail(last ...ui.Link) []ui.Link {
	return wording.RegionTrail(x.Region, append([]ui.Link{{Label: "Bureau", Href: "/regions/" + x.Slug + "/bureau"}, {Label: "Débats", Href: x.desk()}}, last...)...)
}

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.reading(r)
	if err != nil {
		return err
	}
	return d.showDesk(w, r, http.StatusOK, x, question.Input{Proposals: question.Anyone, AsksTerritory: true, AsksCollege: true}, nil)
}

func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, x where, typed question.Input, wrong error) error {
	all, next, err := d.Room.List(r.Context(), d.Q, shell.Actor(r), x.cop, r.URL.Query().Get("apres"))
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Débats de la COP", Title: x.Name + nb + ": " + openQuestions(all), Scope: []string{"réservé à ceux qui travaillent pour la COP", "cycle " + x.cop.Cycle},
		Lead: "Une question, 15 à 40" + nb + "affirmations écrites par l’équipe pour commencer, celles des participants ensuite. Chacun répond sans compte, sur son téléphone."}, Tabs: x.deskTabs(x.desk())}
	t := ui.Table{ID: "debats", Caption: "Les débats, le plus récent d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Débat", Wide: true}, {Label: "État"}, {Label: "Affirmations", Number: true}, {Label: "À modérer", Number: true}, {Label: "Personnes", Number: true}, {Label: "Votes", Number: true}}}
	for _, y := range all {
		here := x
		here.Question = y.Question
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: y.Title, Href: x.desk() + "/" + y.ID, Sub: y.Question.Question}, {Text: d.when(here)}, {Text: french.Integer(y.Shown)}, {Text: french.Integer(y.Waiting)}, {Text: french.Integer(y.People)}, {Text: french.Integer(y.Votes)}}})
	}
	p := part{ID: "liste", Title: "Les débats", Tables: []ui.Table{t}}
	if len(t.Rows) == 0 {
		p.Tables, p.Empty = nil, ui.Empty{Title: "Aucun débat pour l’instant", Text: "Préparez le premier ci-dessous\u00a0: personne ne le voit avant que vous ne l’ouvriez."}
	}
	if next != "" {
		p.Links = []ui.Link{{Label: "Débats plus anciens", Href: x.desk() + "?apres=" + next}}
	}
	v.Parts = append(v.Parts, p)
	if policy.Can(shell.Actor(r), policy.Create, x.cop.Thing(policy.Debate)) {
		f := formView{Action: x.desk(), Submit: "Préparer ce débat", Fields: x.fields(typed)}
		v.Parts = append(v.Parts, part{ID: "preparer", Title: "Préparer un débat", Notices: wrongIn(f.Fields, wrong), Fold: "Écrire la question", Unfolded: wrong != nil || len(t.Rows) == 0, Forms: []formView{f}})
	}
	return d.show(w, r, status, v, true, wording.RegionTrail(x.Region, ui.Link{Label: "Bureau", Href: "/regions/" + x.Slug + "/bureau"}, ui.Link{Label: "Débats"})...)
}

// fields are the form of a debate.
func (x where) fields(in question.Input) []ui.Field {
	theme := ui.Field{ID: "theme", Label: "Thématique", Type: "select", Options: []ui.Option{{Label: "aucune"}}}
	for _, t := range x.fw.Themes() {
		theme.Options = append(theme.Options, ui.Option{Value: string(t.Code), Label: t.Name, Selected: string(t.Code) == in.Theme})
	}
	levers := ui.Field{ID: "levers", Label: "Leviers", Type: "checkbox", Help: "Ceux dont parle la question, s’il y en a."}
	for _, l := range x.fw.Levers(framework.National) {
		levers.Options = append(levers.Options, ui.Option{Value: l.Code, Label: diagnosis.LeverName(x.fw, l.Code), Selected: slices.Contains(in.Levers, l.Code)})
	}
	who := ui.Field{ID: "proposals", Label: "Qui peut proposer une affirmation", Type: "radio", Help: "Elles sont toutes relues avant d’être soumises à tous."}
	for _, p := range question.Proposals() {
		who.Options = append(who.Options, ui.Option{Value: p[0], Label: p[1], Selected: p[0] == in.Proposals})
	}
	of := ui.Field{ID: "group", Label: "Groupe de travail", Type: "select", Help: "Celui qui tient ce débat, s’il y en a un\u00a0: qui l’anime peut alors le modifier.", Options: []ui.Option{{Label: "aucun"}}}
	known := in.Group == ""
	for _, g := range x.groups {
		known = known || g.ID == in.Group
		of.Options = append(of.Options, ui.Option{Value: g.ID, Label: g.Name, Selected: g.ID == in.Group})
	}
	if !known { // closed since
		of.Options = append(of.Options, ui.Option{Value: in.Group, Label: "un groupe qui est clos", Selected: true})
	}
	return []ui.Field{
		{ID: "title", Label: "Titre", Required: true, Value: in.Title, Help: "Quelques mots\u00a0: «\u00a0Le vélo au quotidien\u00a0»."},
		{ID: "question", Label: "Question posée", Required: true, Value: in.Question, Help: "Elle ne change plus une fois le débat ouvert."},
		{ID: "text", Label: "Présentation", Type: "textarea", Rows: 5, Value: in.Text, Help: "Pourquoi ce débat, et ce que l’on fera des réponses."},
		{ID: "opens_on", Label: "Premier jour", Type: "date", Value: in.OpensOn, Help: "Vide\u00a0: dès que vous l’ouvrez."},
		{ID: "closes_on", Label: "Dernier jour", Type: "date", Value: in.ClosesOn, Help: "Vide\u00a0: jusqu’à ce que vous le fermiez. Les réponses sont prises jusqu’au soir de ce jour."},
		theme, levers, of, who,
		{ID: "asks", Label: "Ce que l’on propose aux participants de dire", Type: "checkbox", Help: "Toujours facultatif pour eux, et jamais montré sous 10\u00a0personnes.", Options: []ui.Option{{Value: "territory", Label: "leur département", Selected: in.AsksTerritory}, {Value: "college", Label: "leur collège", Selected: in.AsksCollege}}},
	}
}

// readInput is what the form of a debate sent; what it does not name is left as it was.
func (x where) readInput(r *http.Request, was question.Input) question.Input {
	in := question.Input{Title: shell.Typed(r, "title"), Question: shell.Typed(r, "question"), Text: shell.Typed(r, "text"), OpensOn: shell.Typed(r, "opens_on"), ClosesOn: shell.Typed(r, "closes_on"), Proposals: shell.Typed(r, "proposals"), Group: was.Group,
		AsksTerritory: slices.Contains(r.PostForm["asks"], "territory"), AsksCollege: slices.Contains(r.PostForm["asks"], "college")}
	if _, shown := r.PostForm["group"]; shown {
		in.Group = shell.Typed(r, "group")
	}
	for _, t := range x.fw.Themes() {
		if string(t.Code) == shell.Typed(r, "theme") {
			in.Theme = string(t.Code)
		}
	}
	for _, l := range x.fw.Levers(framework.National) {
		if slices.Contains(r.PostForm["levers"], l.Code) {
			in.Levers = append(in.Levers, l.Code)
		}
	}
	return in
}

func (d Deps) add(w http.ResponseWriter, r *http.Request) error {
	x, err := d.reading(r)
	if err != nil {
		return err
	}
	in := x.readInput(r, question.Input{})
	y, err := d.Room.Create(r.Context(), shell.Actor(r), x.cop, in)
	if err != nil {
		if !shell.Beside(err) {
			return err
		}
		return d.showDesk(w, r, apperr.Status(err), x, in, err)
	}
	return shell.SeeOther(w, r, x.desk()+"/"+y.ID+"?fait=1")
}

// seed adds the statements of the team; the form comes back when one is refused.
func (d Deps) seed(w http.ResponseWriter, r *http.Request) error {
	x, err := d.working(r)
	if err != nil {
		return err
	}
	typed := shell.Typed(r, "lines")
	n, left, err := d.Room.Seed(r.Context(), shell.Actor(r), x.cop, x.Question, typed)
	if err != nil {
		if !shell.Beside(err) {
			return err
		}
		return d.showOne(w, r, apperr.Status(err), x, forms{on: "seed", lines: typed, wrong: err, input: x.Input})
	}
	done := count(n, "affirmation ajoutée", "affirmations ajoutées")
	if len(left) > 0 {
		done += "\u00a0; déjà là, laissées de côté" + nb + ": " + strings.Join(left, " / ")
	}
	return d.showOne(w, r, http.StatusOK, x, forms{done: done, input: x.Input})
}
