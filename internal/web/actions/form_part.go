package actions

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// part is a part of an action that is written on its own page. values are the fields of
// the form as the action says them, groups draws them, read writes them in the action:
// what the part does not hold is never touched.
type part struct {
	code, name, lead string
	fills            []string // what Completeness says that it lacks
	values           func(w writing, x action.Action) url.Values
	groups           func(w writing, v url.Values) []sections.Group
	read             func(w writing, v url.Values, x *action.Action, bad faults) error
	// after is done once the part is kept, nil for nothing.
	after func(w writing, v url.Values) error
	// more is what the page shows besides its form, nil for nothing.
	more func(w writing) ([]sections.Part, error)
}

// parts are those of an action, in the order in which one writes it.
func parts() []part {
	return []part{presentationPart(), territoriesPart(), holdersPart(), calendarPart(), impactsPart(), moneyPart(), indicatorsPart(), tasksPart(), obstaclesPart(), tiesPart(), documentsPart(), visibilityPart()}
}

func partOf(code string) (part, error) {
	for _, p := range parts() {
		if p.code == code {
			return p, nil
		}
	}
	return part{}, apperr.NotFoundf("Cette page n’existe pas.")
}

// lacks is what the part still misses, in words.
func (p part) lacks(x action.Action) (out []string) {
	for _, l := range x.Completeness().Lacks {
		if slices.Contains(p.fills, l) {
			out = append(out, l)
		}
	}
	return out
}

// progress lists the parts of an action with what each misses.
func (d Deps) progress(rw http.ResponseWriter, r *http.Request) error {
	w, err := d.writing(r)
	if err != nil {
		return err
	}
	t := ui.Table{ID: "parties", Caption: "Les parties de l’action", CaptionHidden: true, Columns: []ui.Column{{Label: "Partie", Wide: true}, {Label: "Ce qui manque"}}}
	for _, p := range parts() {
		missing := ui.Cell{Text: "–", Sub: "rien n’est demandé ici"}
		if len(p.fills) > 0 {
			missing = ui.Cell{Text: "complète"}
		}
		if lacks := p.lacks(w.x); len(lacks) > 0 {
			missing = ui.Cell{Text: french.List(lacks)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: p.name, Href: w.base() + "/" + p.code}, missing}})
	}
	c := w.x.Completeness()
	lead := "Chaque partie s’enregistre seule, dans l’ordre que vous voulez. Complétude\u00a0: " + french.Integer(c.Points) + "\u00a0%."
	v := sections.View{Heading: ui.Heading{Overline: "Écrire l’action", Title: w.x.Title, Scope: w.scope()}, Notices: w.standing(),
		Parts: []sections.Part{{Lead: lead, Tables: []ui.Table{t}}}}
	if r.URL.Query().Get("fait") == "brouillon" {
		v.Notices = append([]ui.Alert{{State: "success", Title: "Votre brouillon est enregistré", Text: "Vous le retrouvez à cette adresse, dès maintenant ou plus tard\u00a0: " + d.Shell.Absolute(w.base()) + ". Rien n’en est public avant le débat."}}, v.Notices...)
	}
	next := sections.Part{ID: "suite", Title: "Et ensuite", Links: wording.ActionSteps(w.who, w.x, w.cop)}
	next.Links = append(next.Links, ui.Link{Label: "Voir la page de l’action", Href: wording.ActionPath(w.x.ID)}, ui.Link{Label: "La grille de l’action COP", Href: wording.GridPath(w.x.ID)})
	if w.x.State == action.Draft {
		next.Lead = "Quand l’action est assez décrite, remplissez l’auto-évaluation de la grille, puis proposez l’action à l’équipe de la COP."
	}
	v.Parts = append(v.Parts, next)
	return w.show(rw, http.StatusOK, v, w.steps(ui.Link{Label: "Écrire"})...)
}

func (w writing) scope() []string {
	out := []string{"action " + number(w.x.Seq), w.x.Kind.Name(), wording.ActionBadge(w.x)}
	if !w.x.Changed.IsZero() {
		out = append(out, "modifiée le "+french.Date(w.x.Changed))
	}
	return out
}

// standing says what its state means for who writes an action.
func (w writing) standing() []ui.Alert {
	switch w.x.State {
	case action.Retained:
		if !policy.Can(w.who, policy.Judge, w.x.Thing(w.cop)) {
			return []ui.Alert{{State: "warning", Title: "Cette action est retenue", Text: "L’équipe de la COP seule la change maintenant\u00a0: dites-lui ce qui devrait l’être."}}
		}
		return []ui.Alert{{State: "info", Title: "Cette action est retenue", Text: "Chaque changement demande sa raison, que l’historique garde."}}
	case action.Retaining:
		return []ui.Alert{{State: "warning", Title: "Cette action attend la validation des deux têtes", Text: "Elle ne change pas pendant ce temps."}}
	case action.Merged:
		return []ui.Alert{{State: "warning", Title: "Cette action a été fusionnée avec une autre", Text: "Modifiez celle qui la remplace.", Links: []ui.Link{{Label: "L’action qui la remplace", Href: wording.ActionPath(w.x.MergedInto)}}}}
	}
	if s := w.x.State; (s == action.Qualified || s == action.Debated || s == action.Withdrawn) && !policy.Can(w.who, policy.Judge, w.x.Thing(w.cop)) {
		return []ui.Alert{{State: "warning", Title: "L’équipe de la COP a qualifié cette action", Text: "Elle seule la change maintenant\u00a0: dites-lui ce qui devrait l’être."}}
	}
	return nil
}

func (d Deps) part(rw http.ResponseWriter, r *http.Request) error {
	w, err := d.writing(r)
	if err != nil {
		return err
	}
	p, err := partOf(r.PathValue("partie"))
	if err != nil {
		return err
	}
	return w.showPart(rw, http.StatusOK, p, p.values(w, w.x), nil, nil)
}

// form is that of a part, filled with what was kept or typed.
func (w writing) form(p part, v url.Values) sections.Form {
	f := sections.Form{ID: "formulaire", Action: w.base() + "/" + p.code, Rev: strconv.FormatInt(w.x.Rev, 10), Submit: "Enregistrer", Groups: p.groups(w, v), File: p.code == "documents"}
	if n := len(f.Groups); n > 0 && f.Groups[0].Title == "" {
		f.Fields, f.Groups = f.Groups[0].Fields, f.Groups[1:]
	}
	if w.x.State == action.Retained {
		f.Groups = append(f.Groups, sections.Group{Title: "Pourquoi ce changement", Fields: []ui.Field{{ID: "reason", Label: "Raison", Type: "textarea", Required: true, Value: v.Get("reason"), Help: "L’action est retenue\u00a0: l’historique garde pourquoi elle change."}}})
	}
	return f
}

// showPart draws the page of a part. was is what was kept when somebody else changed the
// same part meanwhile, nil otherwise.
func (w writing) showPart(rw http.ResponseWriter, status int, p part, v url.Values, bad faults, was *url.Values) error {
	f := w.form(p, v)
	view := sections.View{Heading: ui.Heading{Overline: "Écrire l’action", Title: p.name, Scope: append([]string{w.x.Title}, w.scope()...), Lead: p.lead}, Notices: w.standing()}
	view.Notices = append(bad.beside(&f), view.Notices...)
	if was != nil {
		a, b := beside(w.form(p, *was).All(), f.All())
		view.Conflict = ui.TwoVersions(a, b)
	}
	if lacks := p.lacks(w.x); len(lacks) > 0 && was == nil && len(bad) == 0 {
		view.Notices = append(view.Notices, ui.Alert{State: "info", Title: "Il manque encore " + french.List(lacks), Text: "Rien n’empêche d’enregistrer avant."})
	}
	main := sections.Part{Forms: []sections.Form{f}}
	if len(f.Fields)+len(f.Groups) == 0 {
		main.Forms = nil
	}
	view.Parts = []sections.Part{main}
	if p.more != nil {
		more, err := p.more(w)
		if err != nil {
			return err
		}
		view.Parts = append(view.Parts, more...)
	}
	view.Parts = append(view.Parts, sections.Part{ID: "parties", Title: "Les autres parties", Links: w.around(p)})
	if status == http.StatusOK && w.r.URL.Query().Get("fait") == "partie" {
		view.Notices = append([]ui.Alert{{State: "success", Title: "C’est enregistré", Text: "Le " + french.Date(w.x.Changed.In(w.cop.Location())) + ", à " + w.x.Changed.In(w.cop.Location()).Format("15:04") + "."}}, view.Notices...)
	}
	return w.show(rw, status, view, w.steps(ui.Link{Label: "Écrire", Href: w.base()}, ui.Link{Label: p.name})...)
}

// around leads to the part that follows, and back to the list.
func (w writing) around(p part) []ui.Link {
	all := parts()
	out := []ui.Link{{Label: "Toutes les parties, et ce qui leur manque", Href: w.base()}}
	if i := slices.IndexFunc(all, func(x part) bool { return x.code == p.code }); i+1 < len(all) {
		out = append(out, ui.Link{Label: "La suivante\u00a0: " + all[i+1].name, Href: w.base() + "/" + all[i+1].code})
	}
	return append(out, ui.Link{Label: "La grille de l’action COP", Href: wording.GridPath(w.x.ID)})
}

// beside sets two lists of fields side by side, by their ids: rows may be more in one.
func beside(kept, typed []ui.Field) (a, b []ui.Field) {
	at := map[string]int{}
	for _, f := range kept {
		at[f.ID] = len(a)
		a, b = append(a, f), append(b, ui.Field{ID: f.ID, Label: f.Label})
	}
	for _, f := range typed {
		if i, ok := at[f.ID]; ok {
			b[i] = f
			continue
		}
		a, b = append(a, ui.Field{ID: f.ID, Label: f.Label}), append(b, f)
	}
	return a, b
}

// readSent reads the form of a part, with its file when it sends one.
func readSent(r *http.Request) error {
	return shell.ReadUpload(r, "Cet envoi est trop lourd\u00a0: un document pèse 25\u00a0Mo au plus. Rien n’a été enregistré.")
}

// typed are the fields of a form that was sent, as a database takes them.
func typed(r *http.Request) url.Values {
	out := url.Values{}
	for name, values := range r.PostForm {
		for _, v := range values {
			out.Add(name, strings.ReplaceAll(shell.Clean(v), "\r\n", "\n"))
		}
	}
	return out
}

// mostTries bounds how often a part is set again on an action that others change: each
// time, one of them kept another part.
const mostTries = 12

// savePart keeps a part of an action. When others changed other parts since the form was
// made, it is set on what they wrote; when they changed this one, both versions come back.
func (d Deps) savePart(rw http.ResponseWriter, r *http.Request) (err error) {
	if err := readSent(r); err != nil {
		return err
	}
	p, err := partOf(r.PathValue("partie"))
	if err != nil {
		return err
	}
	for range mostTries {
		w, err := d.writing(r)
		if err != nil {
			return err
		}
		v := typed(r)
		rev, bad := v.Get("rev"), faults{}
		if rev != strconv.FormatInt(w.x.Rev, 10) {
			moved, err := w.moved(p, rev)
			if err != nil {
				return err
			}
			if moved {
				was := p.values(w, w.x)
				return w.showPart(rw, http.StatusConflict, p, v, bad, &was)
			}
		}
		if p.code == "documents" {
			return w.saveFile(rw, p, v)
		}
		in := w.x
		if err := p.read(w, v, &in, bad); err != nil {
			return err
		}
		if len(bad) > 0 {
			return w.showPart(rw, http.StatusBadRequest, p, v, bad, nil)
		}
		_, err = d.Room.Save(r.Context(), d.Q, w.who, in, v.Get("reason"))
		switch {
		case err == nil:
			if p.after != nil {
				if err := p.after(w, v); err != nil {
					return err
				}
			}
			return shell.SeeOther(rw, r, w.base()+"/"+p.code+"?fait=partie")
		case apperr.KindOf(err) == apperr.Conflict && w.behind():
			continue
		case !shell.Beside(err):
			return err
		}
		bad.refuse(err, w.form(p, v))
		return w.showPart(rw, statusOf(err), p, v, bad, nil)
	}
	return apperr.Conflictf("Cette action change sans cesse en ce moment. Revenez en arrière\u00a0: votre navigateur garde ce que vous avez écrit\u00a0; puis enregistrez à nouveau.")
}

// behind reports whether somebody changed the action since it was read.
func (w writing) behind() bool {
	now, _, err := action.Find(w.r.Context(), w.d.Q, w.who, w.x.ID)
	return err == nil && now.Rev != w.x.Rev
}

// moved reports whether a part changed since a revision: also when nobody knows it.
func (w writing) moved(p part, rev string) (bool, error) {
	n, err := strconv.ParseInt(rev, 10, 64)
	if err != nil {
		return true, nil //nolint:nilerr // a form without a revision is compared with what is kept
	}
	past, err := action.VersionAt(w.r.Context(), w.d.Q, w.x.ID, n)
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return !reflect.DeepEqual(p.values(w, past.Action), p.values(w, w.x)), nil
}
