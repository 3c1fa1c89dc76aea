package cops

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// priorityLine is a priority in a list.
type priorityLine struct {
	ID, Title, State, From, Theme string
}

type prioritiesView struct {
	workView
	Lines []priorityLine
	Lead  string
}

// priorityView is a priority, what was said of it, and what the reader may do.
type priorityView struct {
	workView
	Line              priorityLine
	Text, Rev         string
	Answer            *ui.Alert
	Conflict, History ui.Table
	MayEdit, MayAdopt bool
	AnswerFields      []ui.Field
	Adopts            string // who adopts it
	Sheet             string // address of its sheet of adaptation
}

func (d Deps) priorities(w http.ResponseWriter, r *http.Request) error {
	return d.showPriorities(w, r, http.StatusOK, cop.NewPriority{}, "")
}

func (d Deps) showPriorities(w http.ResponseWriter, r *http.Request, status int, typed cop.NewPriority, wrong string) error {
	c, where, err := d.find(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	list, err := cop.Priorities(r.Context(), d.Q, a, c)
	if err != nil {
		return err
	}
	themes, places, err := d.words(r, c)
	if err != nil {
		return err
	}
	v := prioritiesView{workView: workView{Heading: ui.Heading{Overline: "Priorités", Title: where + nb + ": les priorités des départements", Scope: []string{"cycle " + c.Cycle}},
		Tabs: tabs(r, c, "/bureau/priorites"), Done: r.URL.Query().Get("fait") == "1", Action: c.Path() + "/bureau/priorites"}}
	if v.Lead = "Ce que les COP des départements ont adopté. La région reprend chaque priorité, la fusionne avec une autre ou l’écarte, avec sa raison."; c.Parent != "" {
		v.Heading.Title = where + nb + ": les priorités du département"
		v.Lead = "Ce que la COP du département adopte monte à la région, qui le reprend, le fusionne ou l’écarte. Vous lisez ici sa réponse."
		v.MayAdd = policy.Can(a, policy.Create, c.Thing(policy.Priority))
		v.Fields = priorityFields(typed, themes, wrong)
	}
	for _, x := range list {
		v.Lines = append(v.Lines, priorityLine{ID: x.ID, Title: x.Title, State: x.State.Name(), From: places[x.COP], Theme: themes[x.Theme]})
	}
	if len(list) == 0 {
		v.Empty = &ui.Empty{Title: "Aucune priorité pour l’instant", Text: "Elles paraîtront ici quand les COP des départements les auront adoptées."}
		if c.Parent != "" {
			v.Empty.Text = "Écrivez ci-dessous ce que le département demande à sa région de reprendre."
		}
	}
	return d.private(w, r, status, v.Heading, prioritiesPage(v), trail(c, where, ui.Link{Label: "Priorités"})...)
}

// words gives the names of the themes by their codes, and those of the places of
// the COPs of a region by their ids.
func (d Deps) words(r *http.Request, c cop.COP) (themes, places map[string]string, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return nil, nil, err
	}
	themes, places = map[string]string{"": "plusieurs thématiques"}, map[string]string{}
	for _, t := range m.Framework().Themes() {
		themes[string(t.Code)] = t.Name
	}
	all, err := cop.ListOfRegion(r.Context(), d.Q, c.Region)
	if err != nil {
		return nil, nil, err
	}
	for _, x := range all {
		places[x.ID] = x.Name
		if dept, err := m.Tree().Dept(x.Department()); err == nil {
			places[x.ID] = dept.Name
		}
	}
	return themes, places, nil
}

func priorityFields(x cop.NewPriority, themes map[string]string, wrong string) []ui.Field {
	theme := ui.Field{ID: "theme", Label: "Thématique", Type: "select", Required: true}
	for _, code := range sortedKeys(themes) {
		theme.Options = append(theme.Options, ui.Option{Value: code, Label: themes[code], Selected: x.Theme == code})
	}
	return []ui.Field{{ID: "title", Label: "Titre", Required: true, Value: x.Title, Error: wrong}, theme,
		{ID: "text", Label: "Ce que le département demande, et pourquoi", Type: "textarea", Rows: 8, Value: x.Text, Help: "Une ligne vide sépare les paragraphes, «\u00a0-\u00a0» commence une liste."}}
}

func typedPriority(r *http.Request) cop.NewPriority {
	return cop.NewPriority{Title: strings.TrimSpace(r.PostForm.Get("title")), Text: r.PostForm.Get("text"), Theme: r.PostForm.Get("theme")}
}

func (d Deps) addPriority(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	x, err := d.Room.AddPriority(r.Context(), shell.Actor(r), c.ID, typedPriority(r))
	if err != nil {
		if beside(err) {
			return d.showPriorities(w, r, apperr.Status(err), typedPriority(r), apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/priorites/"+x.ID+"?fait=1")
}

// theirs returns a priority that the COP of the address wrote, or that went up
// to it.
func (d Deps) theirs(r *http.Request) (x cop.Priority, c, of cop.COP, where string, err error) {
	if c, where, err = d.find(r); err != nil {
		return x, c, of, where, err
	}
	x, of, err = cop.FindPriority(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"))
	if err != nil && apperr.KindOf(err) != apperr.NotFound {
		return x, c, of, where, err
	}
	up := of.Parent == c.ID && x.State != cop.PriorityDraft && x.State != cop.PriorityProposed
	if err != nil || of.ID != c.ID && !up {
		err = apperr.New(apperr.NotFound, err, "Cette priorité n’existe pas dans cette COP.")
	}
	return x, c, of, where, err
}

func (d Deps) priority(w http.ResponseWriter, r *http.Request) error {
	return d.showPriority(w, r, http.StatusOK, "", "")
}

// showPriority draws a priority; on says which form an error is about: edit,
// adopt or answer. What the form sent comes back in it.
func (d Deps) showPriority(w http.ResponseWriter, r *http.Request, status int, on, wrong string) error {
	x, c, of, where, err := d.theirs(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	themes, places, err := d.words(r, c)
	if err != nil {
		return err
	}
	v := priorityView{Line: priorityLine{ID: x.ID, Title: x.Title, State: x.State.Name(), From: places[x.COP], Theme: themes[x.Theme]}, Text: x.Text, Rev: strconv.FormatInt(x.Rev, 10)}
	v.workView = workView{Heading: ui.Heading{Overline: "Priorité", Title: x.Title, Scope: []string{v.Line.From, v.Line.Theme, v.Line.State}},
		Tabs: tabs(r, c, "/bureau/priorites"), Done: r.URL.Query().Get("fait") == "1", Action: c.Path() + "/bureau/priorites/" + x.ID}
	if on == "adopt" {
		v.Error = wrong
	}
	typed := cop.NewPriority{Title: x.Title, Text: x.Text, Theme: x.Theme}
	if on == "edit" {
		kept := typed
		typed = typedPriority(r)
		if status == http.StatusConflict {
			v.Conflict = both("Ce qui est enregistré, et ce que vous avez écrit", [][3]string{{"Titre", kept.Title, typed.Title}, {"Thématique", themes[kept.Theme], themes[typed.Theme]}, {"Texte", kept.Text, typed.Text}})
		}
	}
	if of.ID == c.ID && x.State == cop.PriorityDraft && policy.Can(a, policy.Edit, of.Thing(policy.Priority)) {
		v.MayEdit, v.MayAdopt = true, true
		v.Fields = priorityFields(typed, themes, only(on == "edit", wrong))
		if v.Adopts = "L’adoption est un acte du préfet de département."; of.Both {
			v.Adopts = "L’adoption est un acte des deux têtes du département" + nb + ": le préfet et la présidence du conseil départemental."
		}
	}
	if c.Parent == "" && policy.Can(a, policy.Edit, c.Thing(policy.Priority)) {
		if v.AnswerFields, err = d.answerFields(r, c, x, places, only(on == "answer", wrong)); err != nil {
			return err
		}
		if on == "answer" && status == http.StatusConflict {
			v.Conflict = both("La réponse enregistrée, et la vôtre", [][3]string{{"Réponse", x.State.Name(), cop.PriorityState(r.PostForm.Get("answer")).Name()}, {"Raison", x.Reason, r.PostForm.Get("reason")}})
		}
	}
	if x.State == cop.TakenUp || x.State == cop.Merged || x.State == cop.SetAside {
		v.Answer = &ui.Alert{State: "info", Title: "Réponse de la région" + nb + ": " + x.State.Name(), Text: x.Reason}
	}
	if v.Sheet = of.Path() + "/bureau/adaptation/" + x.ID; of.ID != c.ID {
		v.Sheet = of.Path() + "/priorites/" + x.ID // what anyone reads of it
	}
	if v.History, err = d.priorityHistory(r, of, x); err != nil {
		return err
	}
	return d.private(w, r, status, v.Heading, priorityPage(v), trail(c, where, ui.Link{Label: "Priorités", Href: c.Path() + "/bureau/priorites"}, ui.Link{Label: x.Title})...)
}

// answerFields are what the region answers; the priorities that it may merge
// with are those that went up to it.
func (d Deps) answerFields(r *http.Request, c cop.COP, x cop.Priority, places map[string]string, wrong string) ([]ui.Field, error) {
	all, err := cop.Priorities(r.Context(), d.Q, shell.Actor(r), c)
	if err != nil {
		return nil, err
	}
	f := r.PostForm
	answer := ui.Field{ID: "answer", Label: "Réponse de la région", Type: "radio", Required: true, Error: wrong}
	for _, s := range []struct {
		state cop.PriorityState
		label string
	}{{cop.TakenUp, "Reprendre"}, {cop.Merged, "Fusionner avec une autre"}, {cop.SetAside, "Écarter"}} {
		answer.Options = append(answer.Options, ui.Option{Value: string(s.state), Label: s.label, Selected: f.Get("answer") == string(s.state)})
	}
	into := ui.Field{ID: "into", Label: "Fusionner avec", Type: "select", Options: []ui.Option{{Label: "Aucune en particulier"}}}
	for _, o := range all {
		if o.ID != x.ID && o.COP != c.ID {
			into.Options = append(into.Options, ui.Option{Value: o.ID, Label: places[o.COP] + nb + ": " + o.Title, Selected: f.Get("into") == o.ID})
		}
	}
	return []ui.Field{answer, into, {ID: "reason", Label: "Raison", Type: "textarea", Rows: 4, Value: f.Get("reason"), Help: "Demandée pour fusionner ou écarter" + nb + ": le département la lit."}}, nil
}

func (d Deps) priorityHistory(r *http.Request, of cop.COP, x cop.Priority) (t ui.Table, err error) {
	t = ui.Table{ID: "historique", Caption: "Ce que la priorité a été, du plus récent au plus ancien", Columns: []ui.Column{{Label: "Le"}, {Label: "Par"}, {Label: "État"}, {Label: "Titre", Wide: true}, {Label: "Raison", Wide: true}}}
	all, err := cop.PriorityVersions(r.Context(), d.Q, shell.Actor(r), x.ID)
	if err != nil {
		return t, err
	}
	people, err := d.names(r, of)
	if err != nil {
		return t, err
	}
	for _, one := range all {
		if err := d.know(r, people, one.By); err != nil {
			return t, err
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Date(one.At.In(of.Location()))}, {Text: whoIs(people, one.By)}, {Text: one.Body.State.Name()}, {Text: one.Body.Title}, {Text: one.Body.Reason}}})
	}
	return t, nil
}

func (d Deps) changePriority(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	x, c, _, _, err := d.theirs(r)
	if err != nil {
		return err
	}
	rev, err := revOf(r)
	if err != nil {
		return err
	}
	a, f, do := shell.Actor(r), r.PostForm, r.PostForm.Get("do")
	switch do {
	case "edit":
		_, err = d.Room.SavePriority(r.Context(), a, x.ID, rev, typedPriority(r))
	case "adopt":
		_, _, err = d.Room.AdoptPriority(r.Context(), a, x.ID, rev)
	case "answer":
		_, err = d.Room.Answer(r.Context(), a, x.ID, rev, cop.PriorityState(f.Get("answer")), strings.TrimSpace(f.Get("reason")), f.Get("into"))
	default:
		err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if err != nil && beside(err) {
		return d.showPriority(w, r, apperr.Status(err), do, apperr.Message(err))
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/priorites/"+x.ID+"?fait=1")
}
