package knowledge

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// pages are those of strong points, or of obstacles.
type pages struct {
	Deps
	kind knowledge.Kind
}

func (p pages) path() string {
	if p.kind == knowledge.Obstacle {
		return "/freins"
	}
	return "/points-forts"
}

func (p pages) title() string {
	if p.kind == knowledge.Obstacle {
		return "Freins"
	}
	return "Points forts"
}

func (p pages) plural() string {
	if p.kind == knowledge.Obstacle {
		return "freins"
	}
	return "points forts"
}

func (p pages) fields(x where, t knowledge.Item) []ui.Field {
	levers := leverOptions(x.fw)
	at := func(i int) string {
		if i < len(t.Levers) {
			return t.Levers[i]
		}
		return ""
	}
	place := t.Territory
	if place == "" {
		place = "region:" + x.Code
	}
	f := []ui.Field{{ID: "title", Label: "Titre", Required: true, Value: t.Title, Help: "Ce qu’il faut en retenir, en une phrase."},
		{ID: "organisation", Label: "Qui", Required: true, Value: t.Organisation, Help: "La collectivité, le service ou l’organisation concernée."},
		{ID: "territory", Label: "Où", Value: place, Help: "Le SIREN d’une intercommunalité, ou une référence comme region:" + x.Code + "."},
		choose("lever", "Levier", at(0), "aucun\u00a0: une thématique", levers), choose("lever2", "Deuxième levier", at(1), "aucun", levers), choose("lever3", "Troisième levier", at(2), "aucun", levers),
		choose("theme", "Thématique", ownTheme(x.fw, at(0), t.Theme), "celle du levier", knowledge.Themes()),
		{ID: "text", Label: "Description", Type: "textarea", Rows: 6, Required: true, Value: t.Text}}
	if p.kind == knowledge.Obstacle {
		f = append(f, choose("nature", "Nature du frein", t.Nature, "", knowledge.Natures()), choose("level", "Niveau auquel il peut être levé", t.Level, "", knowledge.Levels()),
			ui.Field{ID: "evidence", Label: "Ce qui le montre", Type: "textarea", Rows: 3, Required: true, Value: t.Evidence, Help: "Un exemple, un chiffre, un texte\u00a0: ce qui permet de le vérifier."})
	} else {
		f = append(f, ui.Field{ID: "result", Label: "Résultat", Type: "textarea", Rows: 3, Value: t.Result}, ui.Field{ID: "replicable", Label: "Comment le reprendre ailleurs", Type: "textarea", Rows: 3, Value: t.Replicable},
			ui.Field{ID: "contact", Label: "Contact", Value: t.Contact, Help: "Une fonction ou un service, pas une personne\u00a0: cette page sera publique."})
	}
	return append(f, ui.Field{ID: "day", Label: "Date", Type: "date", Value: t.Day}, ui.Field{ID: "source", Label: "Source", Value: t.Source}, ui.Field{ID: "link", Label: "Lien", Value: t.Link, Help: "Une adresse https://…"})
}

// read reads the form of an item.
func (p pages) read(r *http.Request, x where) (t knowledge.Item, err error) {
	t = knowledge.Item{Kind: p.kind, Region: x.Code, Org: x.org, Title: shell.Typed(r, "title"), Organisation: shell.Typed(r, "organisation"), Territory: shell.Typed(r, "territory"), Theme: shell.Typed(r, "theme"), Text: shell.Typed(r, "text"), Result: shell.Typed(r, "result"),
		Replicable: shell.Typed(r, "replicable"), Contact: shell.Typed(r, "contact"), Evidence: shell.Typed(r, "evidence"), Nature: shell.Typed(r, "nature"), Level: shell.Typed(r, "level"), Day: shell.Typed(r, "day"), Source: shell.Typed(r, "source"), Link: shell.Typed(r, "link")}
	for _, field := range []string{"lever", "lever2", "lever3"} {
		code := shell.Typed(r, field)
		if code == "" {
			continue
		}
		if err := knownLever(x.fw, field, code); err != nil {
			return t, err
		}
		t.Levers = append(t.Levers, code)
		if l, err := x.fw.Lever(code); err == nil && t.Theme == "" {
			t.Theme = string(l.Theme)
		}
	}
	t.Territory, t.Scale, t.Department, err = p.locate(r, x, t.Territory)
	return t, err
}

func (p pages) desk(w http.ResponseWriter, r *http.Request) error {
	return p.showDesk(w, r, http.StatusOK, knowledge.Item{}, nil)
}

func (p pages) showDesk(w http.ResponseWriter, r *http.Request, status int, typed knowledge.Item, wrong error) error {
	x, err := p.working(r, p.kind.Policy())
	if err != nil {
		return err
	}
	f := knowledge.Filter{Kind: p.kind, Region: x.Code, State: knowledge.State(shell.Clean(r.URL.Query().Get("etat"))), From: p.from(r), Words: shell.Clean(r.URL.Query().Get("q"))}
	list, err := p.Room.List(r.Context(), p.Q, shell.Actor(r), f, r.URL.Query().Get("suite"), perPage)
	if err != nil {
		return err
	}
	here := x.base() + "/bureau" + p.path()
	v := view{Heading: ui.Heading{Overline: p.title(), Title: x.Name + nb + ": " + counted(list.Total, list.More, p.kind.Name(), p.plural()), Scope: []string{"réservé à ceux qui travaillent pour la région"}},
		Tabs: tabs(x, true, here), FilterTo: here, ListTitle: "La liste", Empty: ui.Empty{Title: "Rien à cette adresse", Text: "Proposez le premier, ou changez de filtre."},
		Pager: ui.Pager{Next: next(r, list.Next)}}
	states := [][2]string{}
	for _, s := range knowledge.States() {
		states = append(states, [2]string{string(s), s.Name()})
	}
	v.Filters = []ui.Field{{ID: "q-mots", Name: "q", Label: "Mots", Type: "search", Value: f.Words}, choose("etat", "État", string(f.State), "tous", states)}
	if p.kind == knowledge.Obstacle {
		v.Filters = append(v.Filters, choose("origine", "Origine", shell.Clean(r.URL.Query().Get("origine")), "écrits ou repris par quelqu’un", [][2]string{{fromAnswers, "cochés dans le questionnaire"}, {fromAll, "tous"}}))
		if v.Aside, err = p.ticked(r, x, f.From); err != nil {
			return err
		}
	}
	v.List = ui.Table{ID: "tous", Caption: p.title() + " de la région", Columns: []ui.Column{{Label: "Titre", Wide: true}, {Label: "État"}, {Label: "Qui"}, {Label: "Levier ou thématique"}, {Label: "Signalé le"}}}
	for _, t := range list.Rows {
		v.List.Rows = append(v.List.Rows, ui.Row{Cells: []ui.Cell{{Text: t.Title, Href: here + "/" + t.ID}, {Text: stateOf(t), Sub: said(t)}, {Text: t.Organisation}, {Text: about(x.fw, t.Levers, t.Theme)}, {Text: french.Date(t.At)}}})
	}
	fields := p.fields(x, typed)
	wrongIn(fields, wrong)
	v.Forms = []formView{{ID: "proposer", Title: "Proposer un " + p.kind.Name(), Action: here, Submit: "Proposer", Fields: fields, Lead: "L’équipe de la COP l’examine avant que quiconque le lise."}}
	return p.show(w, r, status, v, true, trail(x, ui.Link{Label: p.title(), Href: here})...)
}

// What the address of the list says of where obstacles come from.
const (
	fromAnswers = "questionnaire"
	fromAll     = "tous"
)

// from is whose words a list of the team holds: what people wrote, unless the
// address asks for what was ticked in the questionnaire, or for both.
func (p pages) from(r *http.Request) knowledge.From {
	switch asked := shell.Clean(r.URL.Query().Get("origine")); {
	case asked == fromAll:
		return knowledge.Anyhow
	case asked == fromAnswers && p.kind == knowledge.Obstacle:
		return knowledge.ByBoxes
	case asked != "":
		return "?" // no list holds it: refused
	}
	return knowledge.ByPeople
}

// ticked counts in one line what the boxes of the questionnaire gave, and leads
// to where they are read together.
func (p pages) ticked(r *http.Request, x where, from knowledge.From) (a aside, err error) {
	n, more, err := knowledge.CountTicked(r.Context(), p.Q, shell.Actor(r), p.kind, x.Code)
	if err != nil || n == 0 {
		return a, err
	}
	a.Text = counted(n, more, "frein coché dans le questionnaire", "freins cochés dans le questionnaire") + nb + ":"
	if more {
		a.Text = "Plus" + strings.TrimPrefix(a.Text, "plus")
	}
	a.Links = []ui.Link{{Label: "lisez-les par levier dans la restitution", Href: x.base() + "/restitution"}}
	here := x.base() + "/bureau" + p.path()
	if from == knowledge.ByBoxes {
		a.Links = append(a.Links, ui.Link{Label: "revenir à ce que des personnes ont écrit", Href: here})
	} else {
		a.Links = append(a.Links, ui.Link{Label: "les voir ici", Href: here + "?origine=" + fromAnswers})
	}
	return a, nil
}

// stateOf is where an item stands, in words.
func stateOf(t knowledge.Item) string {
	switch {
	case t.MergedInto != "":
		return "regroupé avec un autre"
	case t.Escalated():
		return "remonté à l’échelon national"
	case t.Shared:
		return "retenu et partagé"
	}
	return t.State.Name()
}

func said(t knowledge.Item) string {
	if t.State == knowledge.Incomplete || t.State == knowledge.SetAside {
		return wording.Clip(t.Said, 120)
	}
	return ""
}

func (p pages) add(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := p.working(r, p.kind.Policy())
	if err != nil {
		return err
	}
	t, err := p.read(r, x)
	if err == nil {
		t, err = p.Room.Add(r.Context(), p.Q, shell.Actor(r), t)
	}
	if err != nil && beside(err) {
		return p.showDesk(w, r, apperr.Status(err), t, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/bureau"+p.path()+"/"+t.ID+"?fait=1")
}

// find reads the item of an address, which must be of its region and kind.
func (p pages) find(r *http.Request) (x where, t knowledge.Item, err error) {
	if x, err = p.working(r, p.kind.Policy()); err != nil {
		return x, t, err
	}
	t, err = knowledge.Find(r.Context(), p.Q, shell.Actor(r), r.PathValue("id"))
	if err == nil && (t.Region != x.Code || t.Kind != p.kind) {
		err = apperr.NotFoundf("Ce %s n’est pas de cette région.", p.kind.Name())
	}
	return x, t, err
}

func (p pages) one(w http.ResponseWriter, r *http.Request) error {
	x, t, err := p.find(r)
	if err != nil {
		return err
	}
	return p.showOne(w, r, http.StatusOK, x, t, nil, nil)
}

// showOne draws an item with what the actor may do to it; typed is the form that
// came back, and wrong what was refused.
func (p pages) showOne(w http.ResponseWriter, r *http.Request, status int, x where, t knowledge.Item, typed *knowledge.Item, wrong error) error {
	ctx, a := r.Context(), shell.Actor(r)
	here := x.base() + "/bureau" + p.path() + "/" + t.ID
	v := view{Heading: ui.Heading{Overline: p.title(), Title: t.Title, Scope: []string{stateOf(t), placeName(x.tree, t.Territory)}}, Tabs: tabs(x, true, x.base()+"/bureau"+p.path())}
	v.Facts, v.Texts, v.Links = said2(x, t)
	if t.State == knowledge.Incomplete && t.Said != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "L’équipe demande de compléter", Text: t.Said})
	}
	if t.State == knowledge.SetAside {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Écarté par l’équipe", Text: t.Said})
	}
	if err := p.relations(r, x.base()+"/bureau/freins/", t, &v); err != nil {
		return err
	}
	if err := p.actions(r, a, t, &v); err != nil {
		return err
	}
	past, err := knowledge.History(ctx, p.Q, t.ID)
	if err != nil {
		return err
	}
	h := ui.Table{ID: "versions", Caption: "Chaque version, la dernière d’abord", Columns: []ui.Column{{Label: "Version"}, {Label: "Le"}, {Label: "Titre", Wide: true}, {Label: "État"}, {Label: "Pourquoi"}}}
	for _, y := range past {
		h.Rows = append(h.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.FormatInt(y.Rev, 10)}, {Text: french.Date(y.At)}, {Text: y.Item.Title}, {Text: stateOf(y.Item)}, {Text: wording.Clip(y.Reason, 200)}}})
	}
	v.Tables = append(v.Tables, titled{ID: "histoire", Title: "Son histoire", Table: h})
	team, err := knowledge.May(ctx, p.Q, a, policy.Judge, t)
	if err != nil {
		return err
	}
	edit, err := knowledge.May(ctx, p.Q, a, policy.Edit, t)
	if err != nil {
		return err
	}
	if team {
		f, err := p.decisions(r, x, t, here)
		if err != nil {
			return err
		}
		if typed == nil && wrong != nil && len(f[0].Fields) > 0 {
			f[0].Fields[0].Value = shell.Typed(r, "reason")
			wrongIn(f[0].Fields, wrong)
			v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
		}
		v.Forms = append(v.Forms, f...)
	}
	if open := t.State == knowledge.Proposed || t.State == knowledge.Incomplete; team || edit && open {
		shown := t
		if typed != nil {
			shown = *typed
		}
		fields := p.fields(x, shown)
		if typed != nil {
			wrongIn(fields, wrong)
			if status == http.StatusConflict {
				v.Conflict = ui.TwoVersions(p.fields(x, t), fields)
			}
		}
		v.Forms = append(v.Forms, formView{ID: "corriger", Title: "Corriger", Action: here, Rev: strconv.FormatInt(t.Rev, 10), Submit: "Enregistrer", Fields: fields})
	} else if wrong != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
	}
	return p.show(w, r, status, v, true, trail(x, ui.Link{Label: p.title(), Href: x.base() + "/bureau" + p.path()}, ui.Link{Label: wording.Clip(t.Title, 60)})...)
}

func (p pages) save(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, was, err := p.find(r)
	if err != nil {
		return err
	}
	n, err := shell.Rev(r)
	if err != nil {
		return err
	}
	t, err := p.read(r, x)
	t.ID, t.Rev = was.ID, n
	if err == nil {
		_, err = p.Room.Save(r.Context(), p.Q, shell.Actor(r), t, "saisie")
	}
	if err != nil && beside(err) {
		now, ferr := knowledge.Find(r.Context(), p.Q, shell.Actor(r), was.ID)
		if ferr != nil {
			return ferr
		}
		return p.showOne(w, r, apperr.Status(err), x, now, &t, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/bureau"+p.path()+"/"+was.ID+"?fait=1")
}
