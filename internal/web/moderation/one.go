package moderation

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/moderation"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	x, err := d.moderating(r)
	if err != nil {
		return err
	}
	return d.showOne(w, r, http.StatusOK, x, nil)
}

// found is a text of the COP of an address.
func (d Deps) found(r *http.Request, x where) (moderation.Item, error) {
	i, err := d.Room.One(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"))
	if err == nil && i.Post.COP != x.cop.ID {
		err = apperr.NotFoundf("Ce texte n’est pas de cette COP.")
	}
	return i, err
}

func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, x where, wrong error) error {
	i, err := d.found(r, x)
	if err != nil {
		return err
	}
	p := i.Post
	v := view{Tabs: x.deskTabs(""), Heading: ui.Heading{Overline: "Modération", Title: wording.Upper(p.Kind.Name()) + nb + ": " + quoted(p), Scope: []string{p.State.Name(), "déposé le " + french.Date(p.At.In(x.cop.Location()))}}}
	if p.Signed != "" {
		v.Heading.Scope = append(v.Heading.Scope, "signé "+p.Signed)
	}
	if p.State == debate.PostWaiting {
		v.Heading.Scope = append(v.Heading.Scope, waits(i.Since, d.Now()))
	}
	acts, err := moderation.ActsOn(r.Context(), d.Q, p.ID)
	if err != nil {
		return err
	}
	if wrong != nil && apperr.KindOf(wrong) == apperr.Conflict {
		text := apperr.Message(wrong)
		if len(acts) > 0 {
			said, err := d.decided(r, x.cop, acts[0])
			if err != nil {
				return err
			}
			text = "Rien de ce que vous aviez choisi n’est enregistré. " + said
			if acts[0].Note != "" {
				text += " Son mot à l’auteur" + nb + ": «" + nb + acts[0].Note + nb + "»."
			}
		}
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Quelqu’un a traité ce texte avant vous", Text: text})
		wrong = nil
	}
	if i.Late {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Ce texte attend depuis plus longtemps que le délai annoncé"})
	}
	body := part{ID: "texte", Title: "Le texte", Text: p.Text, Spots: i.Spots}
	if p.Text == "" {
		body.Lead = "Ce texte a été effacé à la demande de son auteur."
	}
	v.Parts = append(v.Parts, body)
	if list := reported(i.Reports); len(list) > 0 {
		v.Parts = append(v.Parts, part{ID: "signalements", Title: "Ce que des lecteurs signalent", List: list})
	}
	if err := d.near(r, x, p, &v); err != nil {
		return err
	}
	if f := d.decisionForm(r, x, i, wrong); f != nil {
		v.Parts = append(v.Parts, part{ID: "decider", Title: "Votre décision", Form: f})
	}
	if len(acts) > 0 {
		past := part{ID: "histoire", Title: "Ce qui a été décidé"}
		for _, y := range acts {
			said, err := d.decided(r, x.cop, y)
			if err != nil {
				return err
			}
			if y.Masked > 0 {
				said += " " + french.Integer(y.Masked) + nb + french.Plural(y.Masked, "passage masqué", "passages masqués") + nb + "; le texte d’origine est gardé."
			}
			if y.Note != "" {
				said += " Mot à l’auteur" + nb + ": «" + nb + y.Note + nb + "»."
			}
			past.List = append(past.List, said)
			if l, ok, err := moderation.AppealOf(r.Context(), d.Q, y.ID); err != nil {
				return err
			} else if ok {
				past.Links = append(past.Links, ui.Link{Label: "Le recours de l’auteur, du " + french.Date(l.At.In(x.cop.Location())), Href: x.desk() + "/recours/" + l.ID})
			}
		}
		v.Parts = append(v.Parts, past)
	}
	return d.show(w, r, status, v, true, x.trail(ui.Link{Label: "Modération", Href: x.desk()}, ui.Link{Label: wording.Upper(p.Kind.Name())})...)
}

// near adds the published texts that say much the same.
func (d Deps) near(r *http.Request, x where, p debate.Post, v *view) error {
	if d.Room.Near == nil || p.Text == "" {
		return nil
	}
	list, err := d.Room.Near(r.Context(), p)
	if err != nil || len(list) == 0 {
		return err
	}
	n := part{ID: "proches", Title: "Des textes proches sont déjà publiés", Lead: "Un doublon se refuse, une idée voisine se publie\u00a0: elle pourra être fusionnée à l’étude."}
	for _, y := range list {
		n.Links = append(n.Links, ui.Link{Label: wording.Clip(y.Title, 100), Href: x.base() + "/contributions/" + y.ID})
	}
	v.Parts = append(v.Parts, n)
	return nil
}

// decisionForm offers what may be done of a text as it stands.
func (d Deps) decisionForm(r *http.Request, x where, i moderation.Item, wrong error) *formView {
	p := i.Post
	f := &formView{Action: x.desk() + "/textes/" + p.ID, Rev: strconv.FormatInt(p.Rev, 10)}
	masks := ui.Field{ID: "mask", Label: "Passages à remplacer par " + moderation.Masked, Type: "checkbox", Help: "Le texte d’origine est gardé, et l’auteur est prévenu. Ne changez rien d’autre\u00a0: ce sont ses mots."}
	for _, s := range i.Spots {
		if s.Mask {
			masks.Options = append(masks.Options, ui.Option{Value: s.Text, Label: s.Text, Help: s.What, Selected: has(r.PostForm["mask"], s.Text)})
		}
	}
	if len(masks.Options) > 0 {
		f.Fields = append(f.Fields, masks)
	}
	f.Fields = append(f.Fields, ui.Field{ID: "passages", Label: "Autres passages à masquer, un par ligne", Type: "textarea", Rows: 2, Value: shell.Typed(r, "passages"), Help: "Recopiez-les tels qu’ils sont écrits."},
		reasonField("reason", "aucune\u00a0: le texte est publié", shell.Typed(r, "reason")), ui.Field{ID: "note", Label: "Un mot à l’auteur", Type: "textarea", Rows: 3, Value: shell.Typed(r, "note")})
	switch p.State {
	case debate.PostWaiting:
		f.Buttons = [][2]string{{string(moderation.Publish), "Publier"}, {string(moderation.Refuse), "Refuser"}}
	case debate.PostHidden:
		f.Buttons = [][2]string{{string(moderation.Publish), "Publier de nouveau"}, {string(moderation.Refuse), "Refuser"}}
	case debate.PostRefused:
		f.Buttons = [][2]string{{string(moderation.Publish), "Revenir sur le refus et publier"}}
	case debate.PostPublished:
		f.Buttons = [][2]string{{string(moderation.Publish), "Laisser publié"}, {string(moderation.Hide), "Masquer"}}
	default:
		return nil
	}
	if wrong != nil {
		at := "reason"
		if strings.Contains(apperr.Message(wrong), "passage") {
			at = "passages"
		}
		for n := range f.Fields {
			if f.Fields[n].ID == at {
				f.Fields[n].Error = apperr.Message(wrong)
			}
		}
	}
	return f
}

func has(list []string, text string) bool {
	for _, x := range list {
		if shell.Clean(x) == text {
			return true
		}
	}
	return false
}

func (d Deps) decide(w http.ResponseWriter, r *http.Request) error {
	x, err := d.moderating(r)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	i, err := d.found(r, x)
	if err != nil {
		return err
	}
	decision := moderation.Decision{Verb: moderation.Verb(shell.Typed(r, "do")), Reason: shell.Typed(r, "reason"), Note: shell.Typed(r, "note")}
	for _, m := range r.PostForm["mask"] {
		decision.Mask = append(decision.Mask, shell.Clean(m))
	}
	for line := range strings.Lines(shell.Typed(r, "passages")) {
		if line = strings.TrimSpace(line); line != "" {
			decision.Mask = append(decision.Mask, line)
		}
	}
	if _, err = d.Room.Decide(r.Context(), shell.Actor(r), i.Post.ID, rev, decision); err != nil {
		if shell.Beside(err) {
			return d.showOne(w, r, apperr.Status(err), x, err)
		}
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"?fait=1")
}

func (d Deps) appeal(w http.ResponseWriter, r *http.Request) error {
	x, err := d.moderating(r)
	if err != nil {
		return err
	}
	return d.showAppeal(w, r, http.StatusOK, x, nil)
}

func (d Deps) showAppeal(w http.ResponseWriter, r *http.Request, status int, x where, wrong error) error {
	ctx := r.Context()
	l, err := moderation.FindAppeal(ctx, d.Q, r.PathValue("id"))
	if err == nil && l.COP != x.cop.ID {
		err = apperr.NotFoundf("Ce recours n’est pas de cette COP.")
	}
	if err != nil {
		return err
	}
	act, err := moderation.FindAct(ctx, d.Q, l.Act)
	if err != nil {
		return err
	}
	p, err := debate.FindPost(ctx, d.Q, l.Post)
	if err != nil {
		return err
	}
	said, err := d.decided(r, x.cop, act)
	if err != nil {
		return err
	}
	title := "un recours attend votre décision"
	switch l.State {
	case moderation.AppealUpheld:
		title = "le refus est maintenu"
	case moderation.AppealReversed:
		title = "le texte est publié après recours"
	}
	v := view{Tabs: x.deskTabs(""), Heading: ui.Heading{Overline: "Recours", Title: quoted(p) + nb + ": " + title, Scope: []string{"déposé le " + french.Date(l.At.In(x.cop.Location()))}}}
	decision := part{ID: "decision", Title: "La décision contestée", Lead: said}
	if act.Note != "" {
		decision.List = []string{"Mot à l’auteur" + nb + ": «" + nb + act.Note + nb + "»"}
	}
	v.Parts = []part{{ID: "recours", Title: "Ce que dit l’auteur", Text: l.Text}, {ID: "texte", Title: "Son texte", Text: p.Text}, decision}
	if l.State != moderation.AppealOpen {
		who, err := d.name(r, l.By)
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, part{ID: "fin", Title: "La réponse, définitive", Lead: "Par " + who + ", le " + french.Date(l.EndedAt.In(x.cop.Location())) + ".", Text: l.Note})
		if wrong != nil {
			v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Quelqu’un a tranché ce recours avant vous", Text: "Rien de ce que vous aviez écrit n’est enregistré. Votre réponse était" + nb + ": «" + nb + shell.Typed(r, "note") + nb + "»."})
		}
		return d.show(w, r, status, v, true, x.trail(ui.Link{Label: "Modération", Href: x.desk()}, ui.Link{Label: "Recours"})...)
	}
	if err := d.Room.MayEnd(ctx, d.Q, shell.Actor(r), x.cop, act); err != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Une autre personne tranche ce recours", Text: "Vous avez pris la décision qu’il conteste. Vos collègues le voient dans la liste des recours."})
	} else {
		note := ui.Field{ID: "note", Label: "Votre réponse à l’auteur", Type: "textarea", Rows: 4, Required: true, Value: shell.Typed(r, "note"), Help: "Il la lit avec la décision, qui est définitive. Les deux raisons sont gardées."}
		if wrong != nil {
			note.Error = apperr.Message(wrong)
		}
		v.Parts = append(v.Parts, part{ID: "trancher", Title: "Votre décision", Form: &formView{Action: x.desk() + "/recours/" + l.ID, Rev: strconv.FormatInt(l.Rev, 10), Fields: []ui.Field{note}, Buttons: [][2]string{{"publish", "Publier le texte"}, {"uphold", "Maintenir le refus"}}}})
	}
	return d.show(w, r, status, v, true, x.trail(ui.Link{Label: "Modération", Href: x.desk()}, ui.Link{Label: "Recours"})...)
}

func (d Deps) endAppeal(w http.ResponseWriter, r *http.Request) error {
	x, err := d.moderating(r)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	l, err := moderation.FindAppeal(r.Context(), d.Q, r.PathValue("id"))
	if err == nil && l.COP != x.cop.ID {
		err = apperr.NotFoundf("Ce recours n’est pas de cette COP.")
	}
	if err != nil {
		return err
	}
	do := shell.Typed(r, "do")
	if do != "publish" && do != "uphold" {
		err = apperr.Invalidf("Choisissez ce que vous décidez\u00a0: publier le texte, ou maintenir le refus.")
	} else {
		_, err = d.Room.EndAppeal(r.Context(), shell.Actor(r), l.ID, rev, do == "publish", shell.Typed(r, "note"))
	}
	if err != nil && shell.Beside(err) {
		return d.showAppeal(w, r, apperr.Status(err), x, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"/recours/"+l.ID+"?fait=1")
}
