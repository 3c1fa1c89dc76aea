package updates

import (
	"mime"
	"net/http"
	"net/url"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/followup"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// door is a personal link with the names of what it is about.
type door struct {
	followup.Link
	where
	token string
}

func (d Deps) door(w http.ResponseWriter, r *http.Request) (x door, err error) {
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is the key
	x.token = r.PathValue("jeton")
	if x.Link, err = d.Room.Opened(r.Context(), d.Q, x.token); err != nil {
		return x, err
	}
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, err
	}
	x.where.cop = x.Link.COP
	x.region, err = x.model.Tree().Region(x.where.cop.Region)
	return x, err
}

func (x door) path(it followup.Item) string {
	return followup.LinkPath(url.PathEscape(x.token)) + "/" + it.Ask.ID
}

// point lists what a personal link asks; a single action is asked at once.
func (d Deps) point(w http.ResponseWriter, r *http.Request) error {
	x, err := d.door(w, r)
	if err != nil {
		return err
	}
	if len(x.Items) == 1 {
		return d.showPoint(w, r, http.StatusOK, x, x.Items[0], sentForm{})
	}
	v := sections.View{Heading: ui.Heading{Overline: x.where.cop.SenderName(), Title: "Où en sont vos actions", Scope: x.scope()}}
	left := 0
	t := ui.Table{ID: "actions", Caption: "Vos actions", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Votre réponse"}}}
	for _, it := range x.Items {
		state := ui.Cell{Text: "à dire"}
		switch {
		case it.Mine.ID != "":
			state = ui.Cell{Text: "dit le " + french.Day(it.Mine.Day)}
		case it.Ask.State == "refused":
			state = ui.Cell{Text: "pas la bonne personne"}
		case followup.Ended(it.Action) != "":
			state = ui.Cell{Text: "ne se suit plus"}
		case it.Ask.State == "answered" || it.Ask.State == "closed" && it.Ask.Reason != "":
			state = ui.Cell{Text: "une autre personne a répondu"}
		case x.Round.State != followup.Open:
			state = ui.Cell{Text: "sans réponse"}
		default:
			left++
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: it.Action.Title, Href: x.path(it)}, state}})
	}
	lead := "Choisissez une action" + nb + ": deux minutes chacune, et ce qui avait été dit est déjà rempli."
	switch {
	case x.Round.State != followup.Open:
		lead = "Ce tour de suivi est clos" + nb + ": voici ce qui a été dit. Pour dire autre chose, écrivez à l’équipe de la COP" + contact(x.where.cop) + "."
	case left == 0:
		lead = "Vous avez tout dit, merci. Vous pouvez encore corriger chaque réponse jusqu’à la fin du tour."
	}
	v.Parts = []sections.Part{{ID: "vos-actions", Lead: lead, Tables: []ui.Table{t}}}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, true, ui.Link{Label: x.where.cop.SenderName(), Href: x.where.cop.Path()}, ui.Link{Label: "Point d’avancement"})
}

func (x door) scope() []string {
	if x.Round.State != followup.Open {
		return []string{"tour clos" + nb + ": plus rien ne s’enregistre"}
	}
	return []string{"deux minutes, sans compte", "jusqu’au " + french.Day(x.Round.ClosesOn)}
}

func (x door) item(r *http.Request) (followup.Item, error) {
	for _, it := range x.Items {
		if it.Ask.ID == r.PathValue("demande") {
			return it, nil
		}
	}
	return followup.Item{}, apperr.NotFoundf("Cette action n’est pas demandée par ce lien. Ouvrez-le depuis le courriel reçu.")
}

func (d Deps) pointOne(w http.ResponseWriter, r *http.Request) error {
	x, err := d.door(w, r)
	if err != nil {
		return err
	}
	it, err := x.item(r)
	if err != nil {
		return err
	}
	return d.showPoint(w, r, http.StatusOK, x, it, sentForm{})
}

// showPoint is the page of one action by a personal link: the receipt of what was said,
// then the form.
func (d Deps) showPoint(w http.ResponseWriter, r *http.Request, status int, x door, it followup.Item, sent sentForm) error {
	v := sections.View{Heading: ui.Heading{Overline: "Point d’avancement, " + x.where.cop.SenderName(), Title: it.Action.Title, Scope: x.scope()}}
	if x.Name != "" {
		v.Heading.Scope = append(v.Heading.Scope, "pour "+x.Name)
	}
	received := r.URL.Query().Get("recu") == "1" && it.Mine.ID != ""
	if received {
		next := ui.Alert{State: "success", Title: "Merci, c’est enregistré", Text: "Vous pouvez corriger jusqu’au " + french.Day(x.Round.ClosesOn) + ", par le même lien."}
		if len(x.Items) > 1 {
			next.Links = []ui.Link{{Label: "Revenir à vos actions", Href: followup.LinkPath(x.token)}}
		}
		v.Notices = append(v.Notices, next)
	}
	if r.URL.Query().Get("passe") == "1" {
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: "C’est noté", Text: "La personne suivante sera interrogée. Nous ne vous écrirons plus à propos de cette action pendant ce tour."})
	}
	if it.Spoken {
		title := "Ce qui a été dit le " + french.Day(it.Last.Day)
		if it.Last.Ask == it.Ask.ID {
			title = "Ce que vous avez dit le " + french.Day(it.Last.Day)
		}
		v.Parts = append(v.Parts, sections.Part{ID: "dernier", Title: title, Facts: told(it.Last, x.lever)})
	}
	why := followup.Ended(it.Action)
	if x.Round.State != followup.Open {
		why = "Ce tour de suivi est clos. Pour dire autre chose, écrivez à l’équipe de la COP" + contact(x.where.cop) + "."
	}
	if why != "" {
		v.Parts = append(v.Parts, sections.Part{ID: "clos", Title: "Plus rien ne s’enregistre ici", Lead: why})
		v.Parts = append(v.Parts, kept(it.Action, sent, x.lever)...)
		return sections.Show(d.Shell, w, r, status, v, true, ui.Link{Label: x.where.cop.SenderName(), Href: x.where.cop.Path()}, ui.Link{Label: "Point d’avancement"})
	}
	seen := int64(0)
	if it.Spoken {
		seen = it.Last.Seq
	}
	t := sent.typed
	if t == nil {
		t = prefilled(it.Action, it.Last)
		if it.Mine.ID != "" {
			t["said_by"] = it.Mine.SaidBy
		}
	}
	f := formOf(it.Action, t, x.lever, x.path(it), seen)
	name := t["said_by"]
	if name == "" {
		name = x.Name
	}
	f.Groups = append(f.Groups, sections.Group{Title: "Vous", Fields: []ui.Field{{ID: "said_by", Label: "Votre nom", Value: name, Autocomplete: "name", Help: "L’équipe de la COP seule le lit."}}})
	v.Notices = append(v.Notices, d.answerOf(&v, &f, it.Action, it.Last, x.where, sent)...)
	form := sections.Part{ID: "dire", Title: "Dire où elle en est", Lead: "Remplissez ce que vous savez" + nb + ": rien n’est obligatoire. Ce qui vient de la dernière fois est déjà là.", Forms: []sections.Form{f}}
	if it.Mine.ID != "" {
		form.Title, form.Fold, form.Open = "Corriger votre réponse", "Ouvrir le formulaire", sent.typed != nil
	}
	if it.Spoken && it.Mine.ID == "" && sent.typed == nil {
		v.Parts = append(v.Parts, sections.Part{ID: "rien", Title: "Rien n’a changé" + nb + "?", Lead: "Un bouton suffit" + nb + ": ce qui est écrit ci-dessus est répété à la date d’aujourd’hui.", Forms: []sections.Form{{ID: "inchange", Action: x.path(it), Submit: "Rien n’a changé", Hidden: [][2]string{{"do", "unchanged"}}}}})
	}
	v.Parts = append(v.Parts, form)
	if it.Ask.Waits() {
		v.Parts = append(v.Parts, sections.Part{ID: "pas-moi", Title: "Ce n’est plus vous" + nb + "?", Fold: "Dire qui est la bonne personne", Forms: []sections.Form{{ID: "refus", Action: x.path(it), Submit: "Je ne suis pas la bonne personne", Secondary: true, Hidden: [][2]string{{"do", "refuse"}},
			Fields: []ui.Field{{ID: "reason", Label: "Qui peut répondre, si vous le savez", Value: t["reason"]}}}}})
	}
	return sections.Show(d.Shell, w, r, status, v, true, ui.Link{Label: x.where.cop.SenderName(), Href: x.where.cop.Path()}, ui.Link{Label: "Point d’avancement"})
}

// kept is what somebody typed where nothing is kept any more: it stays on the page, to be
// copied.
func kept(x action.Action, sent sentForm, lever func(string) string) []sections.Part {
	if sent.typed == nil {
		return nil
	}
	f := formOf(x, sent.typed, lever, "", 0)
	var facts [][2]string
	for _, f := range f.All() {
		if f.Value != "" {
			facts = append(facts, [2]string{f.Label, f.Value})
		}
	}
	for _, name := range []string{"reason", "said_by"} {
		if sent.typed[name] != "" {
			facts = append(facts, [2]string{map[string]string{"reason": "Qui peut répondre", "said_by": "Qui l’a dit"}[name], sent.typed[name]})
		}
	}
	if len(facts) == 0 {
		return nil
	}
	return []sections.Part{{ID: "ecrit", Title: "Ce que vous aviez écrit", Facts: facts}}
}

func contact(c cop.COP) string {
	if c.Contact == "" {
		return ""
	}
	return " (" + c.Contact + ")"
}

// answerOf puts in a form that came back what refused it: both versions when somebody
// wrote meanwhile.
func (d Deps) answerOf(v *sections.View, f *sections.Form, x action.Action, last followup.Update, at where, sent sentForm) []ui.Alert {
	if sent.err == nil {
		return nil
	}
	sent.chooseAgain(f)
	if apperr.KindOf(sent.err) == apperr.Conflict {
		kept := formOf(x, prefilled(x, last), at.lever, "", 0)
		mine := formOf(x, sent.typed, at.lever, "", 0)
		v.Conflict = ui.TwoVersions(kept.All(), mine.All())
		if len(v.Conflict.Rows) > 0 {
			return nil
		}
	}
	return refuse(f, sent.field, sent.err)
}

// pointSend keeps what a personal link says.
func (d Deps) pointSend(w http.ResponseWriter, r *http.Request) error {
	sent, closing, err := read(r)
	defer closing()
	if err != nil {
		return err
	}
	x, err := d.door(w, r)
	if err != nil {
		return err
	}
	it, err := x.item(r)
	if err != nil {
		return err
	}
	if sent.typed["do"] == "refuse" {
		if sent.err = d.Room.Refuse(r.Context(), x.token, it.Ask.ID, sent.typed["reason"]); sent.err != nil {
			return d.pointAgain(w, r, sent)
		}
		return shell.SeeOther(w, r, x.path(it)+"?passe=1")
	}
	if sent.err == nil {
		_, sent.err = d.Room.Answer(r.Context(), x.token, it.Ask.ID, sent.update)
	}
	if sent.err != nil {
		return d.pointAgain(w, r, sent)
	}
	return shell.SeeOther(w, r, x.path(it)+"?recu=1")
}

// pointAgain shows a form that was refused, from what is there now: somebody may have
// spoken meanwhile, or the round ended.
func (d Deps) pointAgain(w http.ResponseWriter, r *http.Request, sent sentForm) error {
	if !shell.Beside(sent.err) {
		return sent.err
	}
	x, err := d.door(w, r)
	if err != nil {
		return err
	}
	it, err := x.item(r)
	if err != nil {
		return err
	}
	if sent.typed["do"] == "refuse" && x.Round.State == followup.Open && followup.Ended(it.Action) == "" {
		reason := sent.typed["reason"] // the other form stays as it was
		sent.typed = prefilled(it.Action, it.Last)
		sent.typed["reason"] = reason
	}
	return d.showPoint(w, r, apperr.Status(sent.err), x, it, sent)
}

// subject is an action that somebody with an account speaks of.
func (d Deps) subject(r *http.Request) (x where, a action.Action, origin followup.Origin, err error) {
	if a, x.cop, err = action.Find(r.Context(), d.Q, shell.Actor(r), r.PathValue("id")); err != nil {
		return x, a, "", err
	}
	origin, ok := followup.Mine(shell.Actor(r), x.cop, a)
	if !ok {
		return x, a, "", policy.Check(policy.Actor{}, policy.Edit, a.Thing(x.cop))
	}
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, a, "", err
	}
	x.region, err = x.model.Tree().Region(x.cop.Region)
	return x, a, origin, err
}

// own is the form of an action, for its holder with an account and for the team.
func (d Deps) own(w http.ResponseWriter, r *http.Request) error {
	return d.showOwn(w, r, http.StatusOK, sentForm{})
}

func (d Deps) showOwn(w http.ResponseWriter, r *http.Request, status int, sent sentForm) error {
	x, a, origin, err := d.subject(r)
	if err != nil {
		return err
	}
	all, err := followup.Of(r.Context(), d.Q, a.ID)
	if err != nil {
		return err
	}
	var last followup.Update
	var seen int64
	for _, u := range all {
		seen = max(seen, u.Seq)
		if last.ID == "" && u.Standing == followup.Current {
			last = u
		}
	}
	address := wording.ActionPath(a.ID) + "/point"
	v := sections.View{Heading: ui.Heading{Overline: "Où en est l’action " + wording.ActionNumber(a.Seq), Title: a.Title, Scope: []string{x.cop.SenderName()}}}
	if origin == followup.ByTeam {
		v.Heading.Scope = append(v.Heading.Scope, "vous parlez pour l’équipe de la COP")
	}
	if last.ID != "" {
		v.Parts = append(v.Parts, sections.Part{ID: "dernier", Title: "Ce qui a été dit le " + french.Day(last.Day), Facts: told(last, x.lever)})
	}
	trail := []ui.Link{{Label: x.region.Name, Href: x.cop.Path()}, {Label: "Action " + wording.ActionNumber(a.Seq), Href: wording.ActionPath(a.ID)}, {Label: "Point d’avancement"}}
	if why := followup.Ended(a); why != "" {
		v.Parts = append(v.Parts, sections.Part{ID: "clos", Title: "Plus rien ne s’enregistre ici", Lead: why, Links: []ui.Link{{Label: "Revenir à l’action", Href: wording.ActionPath(a.ID)}}})
		v.Parts = append(v.Parts, kept(a, sent, x.lever)...)
		return sections.Show(d.Shell, w, r, status, v, true, trail...)
	}
	t := sent.typed
	today := x.cop.DayAt(d.Now())
	if t == nil {
		t = prefilled(a, last)
		t["day"] = today
	}
	f := formOf(a, t, x.lever, address, seen)
	f.Fields = append([]ui.Field{{ID: "day", Label: "Jour dont vous parlez", Type: "date", Required: true, Value: t["day"]}}, f.Fields...)
	if origin == followup.ByTeam {
		f.Groups = append(f.Groups, sections.Group{Title: "Qui l’a dit", Fields: []ui.Field{{ID: "said_by", Label: "Nom, et comment (appel, réunion)", Value: t["said_by"], Help: "L’équipe de la COP seule le lit."}}})
	}
	v.Notices = append(v.Notices, d.answerOf(&v, &f, a, last, x, sent)...)
	if last.ID != "" && sent.typed == nil {
		v.Parts = append(v.Parts, sections.Part{ID: "rien", Title: "Rien n’a changé" + nb + "?", Lead: "Un bouton suffit" + nb + ": ce qui est écrit ci-dessus est répété à la date d’aujourd’hui.", Forms: []sections.Form{{ID: "inchange", Action: address, Submit: "Rien n’a changé", Hidden: [][2]string{{"do", "unchanged"}, {"day", today}}}}})
	}
	v.Parts = append(v.Parts, sections.Part{ID: "dire", Title: "Dire où elle en est", Forms: []sections.Form{f}})
	return sections.Show(d.Shell, w, r, status, v, true, trail...)
}

func (d Deps) ownSay(w http.ResponseWriter, r *http.Request) error {
	sent, closing, err := read(r)
	defer closing()
	if err != nil {
		return err
	}
	_, a, _, err := d.subject(r)
	if err != nil {
		return err
	}
	if sent.err == nil {
		sent.update.Action = a.ID
		_, sent.err = d.Room.Say(r.Context(), d.Q, shell.Actor(r), sent.update)
	}
	if sent.err != nil {
		if !shell.Beside(sent.err) {
			return sent.err
		}
		return d.showOwn(w, r, apperr.Status(sent.err), sent)
	}
	return shell.SeeOther(w, r, wording.ActionPath(a.ID)+"?fait=1#suivi")
}

// file sends a piece of evidence to who may open it.
func (d Deps) file(w http.ResponseWriter, r *http.Request) error {
	name, body, err := followup.OpenFile(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"), strings.ToLower(r.PathValue("piece")))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Type", body.Blob().Type)
	h.Set("X-Content-Type-Options", "nosniff")
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": name})
	if disposition == "" {
		disposition = "attachment"
	}
	h.Set("Content-Disposition", disposition)
	http.ServeContent(w, r, "", body.Blob().At, body)
	return nil
}
