package instructions

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/debate/contribution"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// mine is how an address asks for what the reader was given.
const mine = "moi"

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	return d.showDesk(w, r, http.StatusOK, x, nil, nil)
}

// asked reads the filter of an address.
func asked(r *http.Request) (f contribution.StudyFilter, a string) {
	q := func(name string) string { return shell.Clean(r.URL.Query().Get(name)) }
	f = contribution.StudyFilter{State: contribution.InstructionState(q("etat")), Verdict: contribution.Study(q("suite-donnee")), Theme: q("theme"), Lever: q("levier"), Department: q("departement"), Group: q("groupe"), Assignee: q("a")}
	a = f.Assignee
	if a == mine {
		f.Assignee = shell.Actor(r).Person
	}
	return f, a
}

// showDesk draws what there is to study: with what a form held, when it is shown again.
func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, x where, wrong error, notices []ui.Alert) error {
	ctx, a := r.Context(), shell.Actor(r)
	f, assignee := asked(r)
	list, err := d.Room.Studying(ctx, d.Q, a, x.cop, f, r.URL.Query().Get("suite"), perPage)
	if err != nil {
		return err
	}
	all, err := d.Room.Answers(ctx, d.Q, x.cop)
	if err != nil {
		return err
	}
	p, err := d.people(r, x)
	if err != nil {
		return err
	}
	judges := d.judges(r, x)
	v := view{Tabs: x.tabs(judges, x.desk()), Notices: notices, Heading: ui.Heading{Overline: "Contributions à étudier", Title: x.Name + nb + ": " + answeredFinding(all), Scope: []string{"réservé à ceux qui étudient les contributions"}}}
	if all.Median > 0 {
		v.Heading.Scope = append(v.Heading.Scope, "réponse en "+days(all.Median.Hours()/24)+" d’attente médiane")
	}
	for _, l := range []struct{ label, query string }{{"Toutes", ""}, {"À attribuer", "?etat=unassigned"}, {"À l’étude", "?etat=studied"}, {"Avis rendu", "?etat=advised"}, {"Répondues", "?etat=answered"}, {"Confiées à moi", "?a=" + mine}} {
		current := strings.TrimPrefix(l.query, "?etat=") == string(f.State) && assignee == ""
		if l.query == "?a="+mine {
			current = assignee == mine
		}
		v.Views = append(v.Views, ui.Link{Label: l.label, Href: x.desk() + l.query, Current: current})
	}
	lv := &listView{Action: x.desk(), FilterTo: x.desk(), Pager: ui.Pager{Next: next(r, list.Next)}, Empty: ui.Empty{Title: "Aucune contribution à cette adresse", Text: "Une contribution arrive ici dès qu’elle est publiée. Changez de filtre pour en voir d’autres."}}
	if q := r.URL.RawQuery; q != "" {
		lv.Action += "?" + q
	}
	lv.Filters = d.filters(x, f, assignee, p)
	total := french.Integer(list.Total)
	if list.More {
		total = "plus de " + total
	}
	t := ui.Table{ID: "contributions", Caption: total + nb + french.Plural(list.Total, "contribution", "contributions") + ", celles qui attendent depuis le plus longtemps d’abord", Columns: []ui.Column{{Label: "Contribution", Wide: true}, {Label: "État"}, {Label: "Levier ou thématique"}, {Label: "Confiée à"}, {Label: "Avis attendu le"}, {Label: "Soutiens", Number: true}}}
	today := x.cop.DayAt(d.Now())
	for _, row := range list.Rows {
		i := row.Instruction
		state := ui.Cell{Text: i.State.Name()}
		if i.Verdict != "" {
			state.Sub = i.Verdict.Name()
		}
		holder, due := ui.Cell{Text: p.holder(i)}, ui.Cell{Missing: "aucune date n’est fixée"}
		if holder.Text == "" {
			holder = ui.Cell{Missing: "elle n’est confiée à personne"}
		}
		if i.Due != "" {
			due = ui.Cell{Text: french.Day(i.Due)}
			if i.Due < today && i.State == contribution.Studied {
				due.Sub = "en retard"
			}
		}
		first := ui.Cell{Text: row.Post.Title, Href: x.desk() + "/" + row.Post.ID, Sub: "publiée le " + french.Date(i.PublishedAt.In(x.cop.Location()))}
		if judges {
			pick := row.Post.ID + ":" + strconv.FormatInt(i.Rev, 10)
			first.Check = &ui.Check{Name: "post", Value: pick, Label: "Choisir" + nb + ": " + row.Post.Title, Checked: ticked(r, row.Post.ID)}
		}
		what := x.about(row.Post.Lever, row.Post.Theme)
		about := ui.Cell{Text: what}
		if what == "" {
			about = ui.Cell{Missing: "son auteur ne l’a pas dit"}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{first, state, about, holder, due, {Text: french.Integer(row.Post.Supports)}}})
	}
	lv.Table = t
	if judges {
		lv.Fields = holderFields(p, shell.Typed(r, "group"), shell.Typed(r, "person"), shell.Typed(r, "due"))
		wrongIn(lv.Fields, wrong)
	}
	v.List = lv
	return d.show(w, r, status, v, x.trail(ui.Link{Label: "Contributions à étudier"})...)
}

func ticked(r *http.Request, id string) bool {
	for _, p := range r.PostForm["post"] {
		if post, _, _ := strings.Cut(p, ":"); post == id {
			return true
		}
	}
	return false
}

func days(n float64) string {
	if n < 1 {
		return "moins d’un jour"
	}
	return french.Number(n, 0) + nb + french.Plural(int(n+0.5), "jour", "jours")
}

func answeredFinding(f contribution.Answers) string {
	switch {
	case f.Received == 0:
		return "aucune contribution n’est encore publiée"
	case f.Answered == f.Received:
		return "toutes les contributions ont leur réponse"
	}
	return french.Integer(f.Answered) + nb + french.Plural(f.Answered, "contribution", "contributions") + " sur " + french.Integer(f.Received) + nb + french.Plural(f.Answered, "a sa réponse", "ont leur réponse")
}

func holderFields(p people, group, person, due string) []ui.Field {
	return []ui.Field{choose("group", "À un groupe de travail", group, "aucun", p.groups), choose("person", "Ou à une personne", person, "personne", p.persons),
		{ID: "due", Label: "Avis attendu le", Type: "date", Value: due}}
}

func (d Deps) filters(x where, f contribution.StudyFilter, assignee string, p people) []ui.Field {
	var states, verdicts, themes, levers, places [][2]string
	for _, s := range contribution.InstructionStates() {
		states = append(states, [2]string{string(s), s.Name()})
	}
	states = append(states, [2]string{string(contribution.Split), contribution.Split.Name()})
	for _, s := range contribution.Verdicts() {
		verdicts = append(verdicts, [2]string{string(s), s.Name()})
	}
	for _, t := range x.fw.Themes() {
		themes = append(themes, [2]string{string(t.Code), t.Name})
	}
	for _, l := range x.fw.Levers(framework.National) {
		levers = append(levers, [2]string{l.Code, l.Name})
	}
	for _, dept := range x.tree.Departments() {
		if dept.Region == x.Code {
			places = append(places, [2]string{dept.Code, dept.Name})
		}
	}
	return []ui.Field{choose("etat", "État", string(f.State), "tous", states), choose("suite-donnee", "Réponse", string(f.Verdict), "toutes", verdicts), choose("theme", "Thématique", f.Theme, "toutes", themes), choose("levier", "Levier", f.Lever, "tous", levers),
		choose("departement", "Département", f.Department, "tous", places), choose("groupe", "Groupe", f.Group, "tous", p.groups), choose("a", "Confiée à", assignee, "tous", append([][2]string{{mine, "moi"}}, p.persons...))}
}

// many gives to a group or a person the contributions that were ticked.
func (d Deps) many(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	if err := d.mayJudge(r, x); err != nil {
		return err
	}
	chosen := map[string]int64{}
	for _, v := range r.PostForm["post"] {
		id, rev, ok := strings.Cut(shell.Clean(v), ":")
		n, bad := strconv.ParseInt(rev, 10, 64)
		if !ok || bad != nil {
			return apperr.Invalidf("Le formulaire est incomplet. Rechargez la page et recommencez.")
		}
		chosen[id] = n
	}
	out, err := d.Room.AssignMany(r.Context(), shell.Actor(r), chosen, contribution.Holder{Group: shell.Typed(r, "group"), Person: shell.Typed(r, "person"), Due: shell.Typed(r, "due")})
	if err != nil && shell.Beside(err) {
		return d.showDesk(w, r, apperr.Status(err), x, err, nil)
	}
	if err != nil {
		return err
	}
	var notice ui.Alert
	for _, o := range out {
		if o.Err == nil {
			continue
		}
		notice.Links = append(notice.Links, ui.Link{Label: apperr.Message(o.Err), Href: x.desk() + "/" + o.Post})
	}
	if len(notice.Links) == 0 {
		q := r.URL.Query()
		q.Set("fait", "1")
		return shell.SeeOther(w, r, x.desk()+"?"+q.Encode())
	}
	done, left := len(out)-len(notice.Links), len(notice.Links)
	notice.State, notice.Title = "warning", french.Integer(done)+nb+french.Plural(done, "contribution attribuée", "contributions attribuées")+"\u00a0; "+french.Integer(left)+nb+french.Plural(left, "ne l’est pas", "ne le sont pas")
	notice.Text = wording.Upper(french.Plural(left, "elle a changé pendant votre saisie", "elles ont changé pendant votre saisie")) + nb + ": relisez, puis recommencez si c’est toujours utile."
	return d.showDesk(w, r, http.StatusConflict, x, nil, []ui.Alert{notice})
}
