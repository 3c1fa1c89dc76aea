package exits

import (
	"errors"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// typed is what came back of a form of the desk: which one, what was in it, what was
// wrong.
type typed struct {
	form        string // subject, arrangement, close
	subject     roadmap.Subject
	arrangement roadmap.Arrangement
	reasons     map[string]string
	wrong       error
}

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	return d.showDesk(w, r, http.StatusOK, typed{})
}

func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, t typed) error {
	x, err := d.working(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	e, err := d.exit(r.Context(), x)
	if err != nil {
		return err
	}
	v := sections.View{Heading: ui.Heading{Overline: here + ", bureau", Title: x.Name + nb + ": " + finding(e), Scope: append(scope(e), "réservé à celles et ceux qui travaillent pour la COP")}, Tabs: x.tabs(shell.Actor(r)), Notices: closed(e)}
	if e.Close.State == roadmap.CloseProposed {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "La clôture de la COP attend ses deux têtes", Text: "Elle a été proposée le " + french.Date(e.Close.At.In(x.cop.Location())) + ".",
			Links: []ui.Link{{Label: "Lire ce qui sera validé", Href: x.desk() + "/cloture"}, {Label: "Aller au bureau", Href: x.bureau() + "#acte-" + e.Close.Act}}})
	}
	if v.Parts, err = d.points(r.Context(), x, e, a, true); err != nil {
		return err
	}
	if policy.Can(a, policy.Create, x.thing(policy.Roadmap)) {
		if t.form != "subject" {
			t.subject = roadmap.Subject{Part: policy.Public}
		}
		if t.form != "arrangement" {
			t.arrangement = roadmap.Arrangement{Part: policy.Public}
		}
		s, f := subjectFields(t.subject), arrangementFields(t.arrangement)
		switch t.form {
		case "subject":
			v.Notices = append(wrongIn(s, t.wrong), v.Notices...)
		case "arrangement":
			v.Notices = append(wrongIn(f, t.wrong), v.Notices...)
		}
		v.Parts = append(v.Parts,
			sections.Part{ID: "ajouter-sujet", Title: "Ajouter un sujet pour la prochaine COP", Fold: "Écrire un sujet", Open: t.form == "subject", Forms: []sections.Form{{ID: "sujet", Action: x.desk() + "/sujets", Fields: s, Submit: "Ajouter le sujet"}}},
			sections.Part{ID: "ajouter-suivi", Title: "Ajouter une modalité de suivi", Fold: "Écrire qui suit quoi", Open: t.form == "arrangement", Forms: []sections.Form{{ID: "modalite", Action: x.desk() + "/suivi", Fields: f, Submit: "Ajouter la modalité"}}})
	}
	if policy.Can(a, policy.Propose, x.thing(policy.Roadmap)) && e.Close.State == "" {
		p := closePart(x, e, t)
		if t.form == "close" {
			v.Notices = append(wrongIn(p.Forms[0].Fields, t.wrong), v.Notices...)
		}
		v.Parts = append(v.Parts, p)
	} else if t.form == "close" && t.wrong != nil {
		v.Notices = append([]ui.Alert{{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(t.wrong)}}, v.Notices...)
	}
	v.Parts = append(v.Parts, sections.Part{Links: []ui.Link{{Label: "La page que chacun lit", Href: x.public()}}})
	return d.show(w, r, status, v, true, trail(x, ui.Link{Label: "Bureau", Href: x.bureau()}, ui.Link{Label: here})...)
}

// closePart asks both heads to close the COP, with a reason for each point that lacks.
func closePart(x place, e roadmap.Exit, t typed) sections.Part {
	f := sections.Form{ID: "clore", Action: x.desk() + "/cloture", Submit: "Figer et proposer la clôture aux deux têtes"}
	for _, p := range e.Points() {
		if !p.Met {
			f.Fields = append(f.Fields, ui.Field{ID: "raison-" + p.Code, Label: "Pourquoi la COP se clôt sans le point " + french.Integer(p.N) + " (" + p.Title + ")", Type: "textarea", Rows: 3, Required: true, Value: t.reasons[p.Code],
				Help: "Cette raison est figée avec la clôture, et publiée avec elle."})
		}
	}
	lead := "Clore fige où en est chaque point, et demande aux deux têtes de le valider. Ce qui suit (le suivi des actions, les revues) continue. La clôture ne se propose pas tant qu’une autre validation attend."
	if len(f.Fields) > 0 {
		lead += " Une COP peut se clore sans tous ses points, en disant pourquoi."
	}
	return sections.Part{ID: "cloture", Title: "Clore la COP", Lead: lead, Fold: "Proposer la clôture", Open: t.form == "close", Forms: []sections.Form{f}}
}

func wrongIn(fields []ui.Field, err error) []ui.Alert {
	var f *roadmap.Fault
	field := ""
	if errors.As(err, &f) {
		field = f.Field
	}
	return sections.Wrong(fields, field, err)
}

var readers = [][2]string{{policy.Public, "chacun\u00a0: cela paraît sur la page des points de sortie, et compte dans la règle"}, {cop.Internal, "le bureau seulement, pour l’instant"}}

// part is the field of who reads; two forms of one page have it.
func part(id, value string) ui.Field {
	f := sections.Choose(id, "Qui le lit", value, "", readers)
	f.Name = "part"
	return f
}

func subjectFields(s roadmap.Subject) []ui.Field {
	return []ui.Field{{ID: "title", Label: "Le sujet", Required: true, Value: s.Title, Help: "Par exemple\u00a0: «\u00a0L’eau et l’agriculture face à la sécheresse\u00a0»."},
		{ID: "text", Label: "Pourquoi, et d’où il vient", Type: "textarea", Rows: 4, Value: s.Text},
		part("sujet-part", s.Part)}
}

func arrangementFields(x roadmap.Arrangement) []ui.Field {
	return []ui.Field{{ID: "who", Label: "Qui suit", Required: true, Value: x.Who, Help: "Une instance, un service\u00a0: «\u00a0Le comité de pilotage, secrétariat DREAL et Région\u00a0»."},
		{ID: "indicators", Label: "Par quels indicateurs", Type: "textarea", Rows: 3, Required: true, Value: x.Indicators},
		sections.Choose("every", "Rythme", x.Every, "Choisissez", roadmap.Paces()),
		{ID: "next_on", Label: "Prochaine date", Type: "date", Required: true, Value: x.NextOn},
		{ID: "note", Label: "Précisions", Type: "textarea", Rows: 2, Value: x.Note},
		part("modalite-part", x.Part)}
}

func readSubject(r *http.Request) roadmap.Subject {
	return roadmap.Subject{Title: shell.Typed(r, "title"), Text: shell.Typed(r, "text"), Part: shell.Typed(r, "part"), State: roadmap.Kept}
}

func readArrangement(r *http.Request) roadmap.Arrangement {
	return roadmap.Arrangement{Who: shell.Typed(r, "who"), Indicators: shell.Typed(r, "indicators"), Every: shell.Typed(r, "every"), NextOn: shell.Typed(r, "next_on"), Note: shell.Typed(r, "note"), Part: shell.Typed(r, "part"), State: roadmap.Kept}
}

// sent reads a form of the desk, for who reads the desk.
func (d Deps) sent(r *http.Request) (place, error) {
	if err := shell.ReadForm(r); err != nil {
		return place{}, err
	}
	return d.working(r)
}

// back shows the desk again with what was typed, when the error belongs there.
func (d Deps) back(w http.ResponseWriter, r *http.Request, x place, t typed, anchor string) error {
	switch {
	case t.wrong == nil:
		return shell.SeeOther(w, r, x.desk()+"?fait=1#"+anchor)
	case shell.Beside(t.wrong):
		return d.showDesk(w, r, apperr.Status(t.wrong), t)
	}
	return t.wrong
}

func (d Deps) addSubject(w http.ResponseWriter, r *http.Request) error {
	x, err := d.sent(r)
	if err != nil {
		return err
	}
	t := typed{form: "subject", subject: readSubject(r)}
	t.subject.COP = x.cop.ID
	_, t.wrong = d.Room.SaveSubject(r.Context(), shell.Actor(r), t.subject, "")
	return d.back(w, r, x, t, roadmap.Handed)
}

func (d Deps) addArrangement(w http.ResponseWriter, r *http.Request) error {
	x, err := d.sent(r)
	if err != nil {
		return err
	}
	t := typed{form: "arrangement", arrangement: readArrangement(r)}
	t.arrangement.COP = x.cop.ID
	_, t.wrong = d.Room.SaveArrangement(r.Context(), shell.Actor(r), t.arrangement, "")
	return d.back(w, r, x, t, roadmap.Handed)
}

func (d Deps) propose(w http.ResponseWriter, r *http.Request) error {
	x, err := d.sent(r)
	if err != nil {
		return err
	}
	t := typed{form: "close", reasons: map[string]string{}}
	for _, code := range roadmap.Codes() {
		t.reasons[code] = shell.Typed(r, "raison-"+code)
	}
	_, t.wrong = d.Room.ProposeClose(r.Context(), shell.Actor(r), x.cop.ID, t.reasons)
	return d.back(w, r, x, t, "")
}

// one is a row of the desk that is edited on its own page.
type one struct {
	title, path, name string
	rev               int64
	withdrawn         bool
	kept, shown       []ui.Field
}

// showOne is the page of a subject or of an arrangement; wrong is what was wrong with
// what was typed.
func (d Deps) showOne(w http.ResponseWriter, r *http.Request, x place, o one, wrong error) error {
	status := http.StatusOK
	v := sections.View{Heading: ui.Heading{Overline: here + ", bureau", Title: wording.Clip(o.title, 120), Scope: []string{o.name}}, Tabs: x.tabs(shell.Actor(r))}
	if wrong != nil {
		status = apperr.Status(wrong)
		v.Notices = wrongIn(o.shown, wrong)
		if apperr.KindOf(wrong) == apperr.Conflict {
			v.Notices, v.Conflict = nil, ui.TwoVersions(o.kept, o.shown)
			if len(v.Conflict.Rows) == 0 {
				v.Notices = wrongIn(nil, wrong)
			}
		}
	}
	if policy.Can(shell.Actor(r), policy.Edit, x.thing(policy.Roadmap)) {
		rev := strconv.FormatInt(o.rev, 10)
		p := sections.Part{ID: "modifier", Title: "Modifier", Forms: []sections.Form{{ID: "ligne", Action: o.path, Rev: rev, Fields: o.shown, Submit: "Enregistrer", Do: "save"}}}
		if o.withdrawn {
			v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Retiré", Text: "Enregistrer le reprend."})
		} else {
			p.Forms = append(p.Forms, sections.Form{ID: "retirer", Title: "Retirer", Action: o.path, Rev: rev, Secondary: true, Do: "withdraw", Submit: "Retirer", Fields: []ui.Field{{ID: "reason", Label: "Pourquoi", Required: true, Help: "Ce qui est retiré reste gardé, et se reprend."}}})
		}
		v.Parts = append(v.Parts, p)
	} else {
		f := sections.Part{}
		for _, k := range o.kept {
			if k.Value != "" {
				f.Facts = append(f.Facts, [2]string{k.Label, k.Value})
			}
		}
		v.Parts = append(v.Parts, f)
	}
	return d.show(w, r, status, v, true, trail(x, ui.Link{Label: "Bureau", Href: x.bureau()}, ui.Link{Label: here, Href: x.desk()}, ui.Link{Label: wording.Clip(o.title, 60)})...)
}

// turn reads what a page of one row asks: a new text, or its withdrawal, and why.
func turn(r *http.Request) (rev int64, withdraw bool, reason string, err error) {
	rev, err = shell.Rev(r)
	if withdraw = shell.Typed(r, "do") == "withdraw"; withdraw {
		if reason = shell.Typed(r, "reason"); reason == "" && err == nil {
			err = apperr.Invalidf("Dites pourquoi vous retirez cette ligne\u00a0: rien n’a été enregistré.")
		}
	}
	return rev, withdraw, reason, err
}

func (d Deps) foundSubject(r *http.Request) (x place, s roadmap.Subject, o one, err error) {
	if x, err = d.working(r); err != nil {
		return x, s, o, err
	}
	if s, err = roadmap.FindSubject(r.Context(), d.Q, shell.Actor(r), r.PathValue("id")); err == nil && s.COP != x.cop.ID {
		err = apperr.NotFoundf("Ce sujet n’est pas de cette région.")
	}
	return x, s, one{s.Title, x.desk() + "/sujets/" + s.ID, "sujet pour la prochaine COP", s.Rev, s.State == roadmap.Withdrawn, subjectFields(s), subjectFields(s)}, err
}

func (d Deps) subject(w http.ResponseWriter, r *http.Request) error {
	x, _, o, err := d.foundSubject(r)
	if err != nil {
		return err
	}
	return d.showOne(w, r, x, o, nil)
}

func (d Deps) saveSubject(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, s, o, err := d.foundSubject(r)
	if err != nil {
		return err
	}
	in := readSubject(r)
	rev, withdraw, reason, err := turn(r)
	if withdraw {
		in = s
		in.State = roadmap.Withdrawn
	}
	in.ID, in.Rev = s.ID, rev
	if o.shown = subjectFields(in); err == nil {
		_, err = d.Room.SaveSubject(r.Context(), shell.Actor(r), in, reason)
	}
	return d.saved(w, r, x, o, err)
}

func (d Deps) saved(w http.ResponseWriter, r *http.Request, x place, o one, err error) error {
	switch {
	case err == nil:
		return shell.SeeOther(w, r, x.desk()+"?fait=1#"+roadmap.Handed)
	case shell.Beside(err):
		return d.showOne(w, r, x, o, err)
	}
	return err
}

func (d Deps) foundArrangement(r *http.Request) (x place, a roadmap.Arrangement, o one, err error) {
	if x, err = d.working(r); err != nil {
		return x, a, o, err
	}
	if a, err = roadmap.FindArrangement(r.Context(), d.Q, shell.Actor(r), r.PathValue("id")); err == nil && a.COP != x.cop.ID {
		err = apperr.NotFoundf("Cette modalité de suivi n’est pas de cette région.")
	}
	return x, a, one{a.Who, x.desk() + "/suivi/" + a.ID, "modalité de suivi", a.Rev, a.State == roadmap.Withdrawn, arrangementFields(a), arrangementFields(a)}, err
}

func (d Deps) arrangement(w http.ResponseWriter, r *http.Request) error {
	x, _, o, err := d.foundArrangement(r)
	if err != nil {
		return err
	}
	return d.showOne(w, r, x, o, nil)
}

func (d Deps) saveArrangement(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, a, o, err := d.foundArrangement(r)
	if err != nil {
		return err
	}
	in := readArrangement(r)
	rev, withdraw, reason, err := turn(r)
	if withdraw {
		in = a
		in.State = roadmap.Withdrawn
	}
	in.ID, in.Rev = a.ID, rev
	if o.shown = arrangementFields(in); err == nil {
		_, err = d.Room.SaveArrangement(r.Context(), shell.Actor(r), in, reason)
	}
	return d.saved(w, r, x, o, err)
}

// close is what both heads are asked to validate, or did.
func (d Deps) close(w http.ResponseWriter, r *http.Request) error {
	x, err := d.working(r)
	if err != nil {
		return err
	}
	c, err := roadmap.CloseOf(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	if c.ID == "" {
		return apperr.NotFoundf("La clôture de cette COP n’est pas proposée.")
	}
	v := sections.View{Heading: ui.Heading{Overline: "Clôture de la COP", Title: x.Name + nb + ": ce que les deux têtes valident en closant la COP", Scope: []string{"situation au " + french.Day(c.Body.Day)}}, Tabs: x.tabs(shell.Actor(r))}
	if c.State == roadmap.Closed {
		v.Heading.Title = x.Name + nb + ": la COP est close depuis le " + french.Day(c.EndedOn)
	} else {
		v.Notices = []ui.Alert{{State: "info", Title: "Proposée, pas encore validée", Text: "Chaque tête la valide depuis le bureau\u00a0; ce qu’elle lit ici est ce qui sera gardé, mot pour mot.", Links: []ui.Link{{Label: "Aller au bureau", Href: x.bureau() + "#acte-" + c.Act}}}}
	}
	if !c.Intact() {
		v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "Ce texte n’est plus celui qui a été figé", Text: "Son empreinte ne correspond plus. Prévenez l’administrateur."})
	}
	for i, p := range c.Body.Points {
		one := sections.Part{ID: p.Code, Title: french.Integer(i+1) + ". " + p.Title, Lead: p.Finding, List: p.Lacks, Facts: [][2]string{{"État", state(p.Met)}, {"Règle", p.Rule}}}
		if p.Reason != "" {
			one.Facts = append(one.Facts, [2]string{"Raison donnée", p.Reason})
		}
		v.Parts = append(v.Parts, one)
	}
	v.Parts = append(v.Parts, sections.Part{ID: "empreinte", Title: "Empreinte", Facts: [][2]string{{"SHA-256 de ce qui est validé", c.SHA256}}})
	return d.show(w, r, http.StatusOK, v, true, trail(x, ui.Link{Label: "Bureau", Href: x.bureau()}, ui.Link{Label: here, Href: x.desk()}, ui.Link{Label: "Clôture"})...)
}
