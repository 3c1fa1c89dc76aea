package grids

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// mostPairs bounds the page: the closest come first.
const mostPairs = 100

func (d Deps) pairs(w http.ResponseWriter, r *http.Request) error {
	return d.showPairs(w, r, http.StatusOK, nil)
}

// showPairs lists the actions that look alike, two by two, then those that were merged.
func (d Deps) showPairs(w http.ResponseWriter, r *http.Request, status int, bad error) error {
	x, err := d.atDesk(r, policy.Judge)
	if err != nil {
		return err
	}
	all, err := d.Room.Pairs(r.Context(), d.Q, shell.Actor(r), x.cop, x.tree(), x.lever, mostPairs)
	if err != nil {
		return err
	}
	n := len(all)
	v := view{Heading: ui.Heading{Overline: "Actions proches", Title: french.Integer(n) + nb + french.Plural(n, "paire d’actions se ressemble", "paires d’actions se ressemblent"), Scope: []string{x.cop.Name}}, Tabs: d.deskTabs(r, x, tabPairs), Notices: wrong(bad),
		Lead: "Une intercommunalité et une de ses communes déclarent parfois la même action. Jalon rapproche celles d’un même levier et d’un même lieu dont les mots se ressemblent\u00a0; c’est à vous de dire si elles n’en font qu’une."}
	t := ui.Table{ID: "paires", Caption: "Les plus proches d’abord", Stack: true, Columns: []ui.Column{{Label: "Une action", Wide: true}, {Label: "Une autre", Wide: true}, {Label: "Ce qu’elles ont en commun", Wide: true}, {Label: "Suite"}}}
	for _, p := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: number(p.A) + " " + p.A.Title, Href: wording.ActionPath(p.A.ID), Sub: p.A.Holder.Name}, {Text: number(p.B) + " " + p.B.Title, Href: wording.ActionPath(p.B.ID), Sub: p.B.Holder.Name},
			{Text: wording.Upper(strings.Join(p.Why, "\u00a0; ")) + "."}, {Text: "comparer et décider", Href: x.desk() + "/doublons/" + p.A.ID + "/" + p.B.ID}}})
	}
	v.Table = t
	if n == 0 {
		v.Empty = &ui.Empty{Title: "Aucune action n’en rappelle une autre", Text: "Jalon compare les actions du même levier et du même lieu. Celles que vous avez dites distinctes ne reviennent pas."}
	}
	merged, err := d.listed(r, x, action.Merged)
	if err != nil {
		return err
	}
	for _, a := range merged {
		v.Forms = append(v.Forms, formView{ID: "separer-" + a.ID, Title: "Fusionnée\u00a0: " + number(a) + " " + a.Title, Folded: true, Lead: "Cette action est remplacée par une autre. Séparées, elle retrouve son état et ses liens\u00a0; l’autre retrouve ce qu’elle disait, sauf si quelqu’un l’a modifiée depuis.",
			Action: x.desk() + "/doublons", Rev: strconv.FormatInt(a.Rev, 10), Hidden: [][2]string{{"id", a.ID}}, Buttons: [][2]string{{"unmerge", "Séparer de nouveau"}},
			Groups: []group{{Fields: []ui.Field{{ID: "raison-" + a.ID, Name: "reason", Type: "textarea", Rows: 2, Required: true, Label: "Raison"}}}}})
	}
	return d.private(w, r, status, x, v, ui.Link{Label: tabPairs})
}

// actPairs parts two actions that were merged.
func (d Deps) actPairs(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.atDesk(r, policy.Judge)
	if err != nil {
		return err
	}
	rev, err := strconv.ParseInt(shell.Typed(r, "rev"), 10, 64)
	if err != nil {
		rev = -1
	}
	p, err := d.Room.Unmerge(r.Context(), d.Q, shell.Actor(r), shell.Typed(r, "id"), rev, shell.Typed(r, "reason"))
	if err != nil && shell.Beside(err) {
		return d.showPairs(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	word := "separees"
	if p.KeptChanged {
		word = "separees-gardee"
	}
	return shell.SeeOther(w, r, x.desk()+"/doublons?fait="+word)
}

// two reads the two actions of an address.
func (d Deps) two(r *http.Request) (x where, a, b action.Action, err error) {
	if x, err = d.atDesk(r, policy.Judge); err != nil {
		return x, a, b, err
	}
	who := shell.Actor(r)
	if a, _, err = action.Find(r.Context(), d.Q, who, r.PathValue("id")); err != nil {
		return x, a, b, err
	}
	if b, _, err = action.Find(r.Context(), d.Q, who, r.PathValue("autre")); err != nil {
		return x, a, b, err
	}
	if a.COP != x.cop.ID || b.COP != x.cop.ID || a.ID == b.ID {
		err = apperr.NotFoundf("Ces deux actions ne sont pas celles d’une même COP.")
	}
	return x, a, b, err
}

func (d Deps) pair(w http.ResponseWriter, r *http.Request) error {
	return d.showPair(w, r, http.StatusOK, nil)
}

// said is what an action says in a group of Choices, in a few words.
func (x where) said(a action.Action, g string, themes []action.CrossTheme) ui.Cell {
	nothing := ui.Cell{Missing: "Cette action n’en dit rien."}
	or := func(parts ...string) ui.Cell {
		parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
		if len(parts) == 0 {
			return nothing
		}
		return ui.Cell{Text: parts[0], Sub: strings.Join(parts[1:], "\u00a0; ")}
	}
	switch g {
	case "title":
		return or(a.Title, wording.Clip(a.Summary, 400))
	case "holder":
		return or(a.Holder.Name, a.Contact, a.Referent)
	case "places":
		return or(x.places(a.Places))
	case "dates":
		when := ""
		if a.Starts != "" || a.Ends != "" {
			when = "de " + orDots(a.Starts) + " à " + orDots(a.Ends)
		}
		phase, status := "", ""
		if a.Phase != "" {
			phase = action.Named(action.Phases(), a.Phase)
		}
		if a.Status != "" {
			status = action.Named(action.Statuses(), a.Status)
		}
		return or(when, phase, status)
	case "impacts":
		kt, why := action.Brings(a.Impacts)
		if kt != "" {
			kt += nb + "ktCO₂e par an en 2030"
		} else {
			kt = why
		}
		return or(x.about(a, themes), kt)
	case "budget":
		invest := ""
		if a.Budget.Invest != nil {
			invest = "investissement\u00a0: " + french.Number(float64(*a.Budget.Invest)/100, 0) + nb + "€"
		}
		funders := ""
		if n := len(a.Funding); n > 0 {
			funders = french.Integer(n) + nb + french.Plural(n, "financeur", "financeurs")
		}
		return or(invest, funders)
	}
	tasks, indicators := "", ""
	if n := len(a.Tasks); n > 0 {
		tasks = french.Integer(n) + nb + french.Plural(n, "tâche", "tâches")
	}
	if n := len(a.Indicators); n > 0 {
		indicators = french.Integer(n) + nb + french.Plural(n, "indicateur", "indicateurs")
	}
	return or(tasks, indicators)
}

func orDots(day string) string {
	if day == "" {
		return "…"
	}
	return day
}

// showPair sets two actions side by side, to choose what stands.
func (d Deps) showPair(w http.ResponseWriter, r *http.Request, status int, bad error) error {
	x, a, b, err := d.two(r)
	if err != nil {
		return err
	}
	themes, err := action.CrossThemes(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Actions proches", Title: "Les actions " + number(a) + " et " + number(b) + "\u00a0: une ou deux\u00a0?", Scope: []string{x.cop.Name}}, Tabs: d.deskTabs(r, x, tabPairs)}
	t := ui.Table{ID: "cote-a-cote", Caption: "Ce que dit chacune", Stack: true, Columns: []ui.Column{{Label: ""}, {Label: "Action " + number(a), Wide: true}, {Label: "Action " + number(b), Wide: true}}}
	t.Columns[0].Label = "Partie"
	t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: "État"}, {Text: wording.ActionBadge(a)}, {Text: wording.ActionBadge(b)}}})
	kept := ui.Field{ID: "kept", Label: "L’action qui reste", Type: "radio", Help: "L’autre la désigne, n’est plus comptée, et garde son historique. Ses liens passent à celle qui reste, et son porteur devient co-porteur.",
		Options: []ui.Option{{Value: a.ID, Label: number(a) + " " + a.Title, Selected: shell.Typed(r, "kept") == a.ID}, {Value: b.ID, Label: number(b) + " " + b.Title, Selected: shell.Typed(r, "kept") == b.ID}}}
	fields := []ui.Field{kept}
	for _, c := range action.MergeChoices() {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c[1]}, x.said(a, c[0], themes), x.said(b, c[0], themes)}})
		value := shell.Typed(r, "from."+c[0])
		fields = append(fields, ui.Field{ID: c[0], Name: "from." + c[0], Label: c[1], Type: "select", Options: []ui.Option{{Label: "de l’action qui reste"}, {Value: a.ID, Label: "de l’action " + number(a), Selected: value == a.ID}, {Value: b.ID, Label: "de l’action " + number(b), Selected: value == b.ID}}})
	}
	v.Table = t
	fields = append(fields, ui.Field{ID: "reason", Label: "Pourquoi ces deux actions n’en sont qu’une", Type: "textarea", Rows: 2, Required: true, Value: shell.Typed(r, "reason")})
	path := x.desk() + "/doublons/" + a.ID + "/" + b.ID
	revs := [][2]string{{"rev-a", strconv.FormatInt(a.Rev, 10)}, {"rev-b", strconv.FormatInt(b.Rev, 10)}}
	f := formView{ID: "fusionner", Title: "N’en faire qu’une", Lead: "Choisissez, partie par partie, ce qui vaut pour l’action qui reste\u00a0: rien ne s’additionne, une quantité déclarée deux fois n’est comptée qu’une.", Action: path, Hidden: revs, Groups: []group{{Fields: fields}}, Buttons: [][2]string{{"merge", "Fusionner ces deux actions"}}}
	if !f.beside(bad) {
		v.Notices = wrong(bad)
	}
	v.Forms = []formView{f, {ID: "distinctes", Title: "Ce sont deux actions", Lead: "Jalon le retient et ne les rapproche plus.", Action: path, Hidden: revs, Groups: []group{{Fields: []ui.Field{{ID: "distinct-reason", Name: "reason", Label: "Raison", Rows: 2, Type: "textarea"}}}}, Buttons: [][2]string{{"dismiss", "Elles sont distinctes"}}}}
	return d.private(w, r, status, x, v, ui.Link{Label: tabPairs, Href: x.desk() + "/doublons"}, ui.Link{Label: "Comparer"})
}

func (d Deps) merge(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, a, b, err := d.two(r)
	if err != nil {
		return err
	}
	pick := func(id, field string) action.Pick {
		n, err := strconv.ParseInt(shell.Typed(r, field), 10, 64)
		if err != nil {
			n = -1
		}
		return action.Pick{ID: id, Rev: n}
	}
	one, other := pick(a.ID, "rev-a"), pick(b.ID, "rev-b")
	word, to := "distinctes", x.desk()+"/doublons"
	switch shell.Typed(r, "do") {
	case "dismiss":
		err = d.Room.Dismiss(r.Context(), shell.Actor(r), one, other, shell.Typed(r, "reason"))
	case "merge":
		in := action.Merging{Kept: one, Other: other, Reason: shell.Typed(r, "reason")}
		switch shell.Typed(r, "kept") {
		case a.ID:
		case b.ID:
			in.Kept, in.Other = other, one
		default:
			return d.showPair(w, r, http.StatusBadRequest, &action.Fault{Field: "kept", Message: "Choisissez l’action qui reste."})
		}
		for _, c := range action.MergeChoices() {
			if shell.Typed(r, "from."+c[0]) == in.Other.ID {
				in.From = append(in.From, c[0])
			}
		}
		word = "fusion"
		_, err = d.Room.Merge(r.Context(), d.Q, shell.Actor(r), in)
	default:
		err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if err != nil && shell.Beside(err) {
		return d.showPair(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, to+"?fait="+word)
}
