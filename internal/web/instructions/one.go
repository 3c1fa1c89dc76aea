package instructions

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/contribution"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// pieces is how many contributions one may be cut into at once.
const pieces = 4

func (d Deps) mayJudge(r *http.Request, x where) error {
	return policy.Check(shell.Actor(r), policy.Judge, x.cop.Thing(policy.Instruction))
}

// study is a contribution of the COP of an address, for who may read its study.
type study struct {
	contribution.Instruction
	post          debate.Post
	judges, edits bool
}

func (d Deps) find(r *http.Request, x where) (s study, err error) {
	a := shell.Actor(r)
	i, c, err := d.Room.StudyFor(r.Context(), d.Q, a, r.PathValue("id"))
	if err == nil && c.ID != x.cop.ID {
		err = apperr.NotFoundf("Cette contribution n’est pas de cette COP.")
	}
	if err != nil {
		return s, err
	}
	s.Instruction, s.judges, s.edits = i, policy.Can(a, policy.Judge, i.Thing(c)), policy.Can(a, policy.Edit, i.Thing(c))
	s.post, err = debate.FindPost(r.Context(), d.Q, i.Post)
	return s, err
}

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	return d.showOne(w, r, http.StatusOK, x, nil)
}

func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, x where, wrong error) error {
	s, err := d.find(r, x)
	if err != nil {
		return err
	}
	p, err := d.people(r, x)
	if err != nil {
		return err
	}
	v := view{Tabs: x.tabs(d.judges(r, x), ""), Heading: ui.Heading{Overline: "Contribution à étudier", Title: s.post.Title, Scope: []string{s.State.Name(), "signée " + s.post.Signed, "publiée le " + french.Date(s.PublishedAt.In(x.cop.Location())), french.Integer(s.post.Supports) + nb + french.Plural(s.post.Supports, "soutien", "soutiens")}}}
	if s.Verdict != "" {
		v.Heading.Scope[0] += nb + ": " + s.Verdict.Name()
	}
	if !s.post.Read() {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Cette contribution ne se lit plus", Text: "La modération l’a masquée ou refusée\u00a0: son étude attend."})
	}
	if wrong != nil && apperr.KindOf(wrong) == apperr.Conflict {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
	}
	text := part{ID: "texte", Title: "Le texte", Text: s.post.Text, Links: []ui.Link{{Label: "La page publique de la contribution", Href: contribution.Path(x.cop, s.Post)}}}
	if s.judges && s.post.Read() {
		text.Links = append(text.Links, ui.Link{Label: "En faire une action", Href: wording.ProposePath(x.cop, "contribution", s.Post)})
	}
	if about := x.about(s.post.Lever, s.post.Theme); about != "" {
		text.Facts = append(text.Facts, [2]string{"Levier ou thématique", about})
	}
	if h := p.holder(s.Instruction); h != "" {
		text.Facts = append(text.Facts, [2]string{"Confiée à", h})
	}
	if s.Due != "" {
		text.Facts = append(text.Facts, [2]string{"Avis attendu le", french.Day(s.Due)})
	}
	v.Parts = append(v.Parts, text)
	if s.Verdict != "" {
		v.Parts = append(v.Parts, part{ID: "reponse", Title: "La réponse publiée" + nb + ": " + s.Verdict.Name(), Text: s.Reason})
	}
	opinions, err := d.opinions(r, x, s, p)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, opinions...)
	relations, err := d.relations(r, x, s)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, relations...)
	d.forms(r, x, s, p, wrong, &v)
	facts, err := contribution.Became(r.Context(), d.Q, s.Post)
	if err != nil {
		return err
	}
	if len(facts) > 0 {
		h := part{ID: "histoire", Title: "Ce qu’elle est devenue, tel que tout le monde le lit"}
		for _, f := range facts {
			h.List = append(h.List, french.Date(f.At.In(x.cop.Location()))+nb+": "+f.Text)
		}
		v.Parts = append(v.Parts, h)
	}
	return d.show(w, r, status, v, x.trail(ui.Link{Label: "Contributions à étudier", Href: x.desk()}, ui.Link{Label: wording.Clip(s.post.Title, 60)})...)
}

func (d Deps) opinions(r *http.Request, x where, s study, p people) (out []part, err error) {
	list, err := contribution.OpinionsOn(r.Context(), d.Q, s.Post)
	if err != nil {
		return nil, err
	}
	for n, o := range list {
		who, err := p.who(r, d.Q, o.By)
		if err != nil {
			return nil, err
		}
		out = append(out, part{ID: "avis-" + strconv.Itoa(n+1), Title: "Avis" + nb + ": " + o.Verdict.Name(), Lead: "Par " + who + ", le " + french.Date(o.At.In(x.cop.Location())) + ". Lu par ceux qui étudient, pas publié.", Text: o.Text})
	}
	return out, nil
}

// relations says what a contribution is read with, what is read with it, what it comes
// from, what comes from it.
func (d Deps) relations(r *http.Request, x where, s study) ([]part, error) {
	list, err := contribution.RelationsOf(r.Context(), d.Q, s.Post)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	t := ui.Table{ID: "liens", Caption: "Fusions et scissions, la plus ancienne d’abord", Columns: []ui.Column{{Label: "Avec", Wide: true}, {Label: "Lien"}, {Label: "Le"}, {Label: "Raison", Wide: true}}}
	for _, l := range list {
		other, title, what := l.Into, l.IntoTitle, "lue avec celle-là"
		switch {
		case l.Kind == contribution.Merging && l.Into == s.Post:
			other, title, what = l.From, l.FromTitle, "lue avec celle-ci"
		case l.Kind == contribution.Splitting && l.Into == s.Post:
			other, title, what = l.From, l.FromTitle, "d’où vient celle-ci"
		case l.Kind == contribution.Splitting:
			what = "issue de celle-ci"
		}
		cell := ui.Cell{Text: what}
		if !l.EndedAt.IsZero() {
			cell.Sub = "jusqu’au " + french.Date(l.EndedAt.In(x.cop.Location()))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: title, Href: x.desk() + "/" + other}, cell, {Text: french.Date(l.At.In(x.cop.Location()))}, {Text: wording.Clip(l.Reason, 200)}}})
	}
	return []part{{ID: "avec", Title: "Avec d’autres contributions", Tables: []ui.Table{t}}}, nil
}

// forms are what the reader may do of a contribution as its study stands. The one that
// was sent comes back filled, with what is wrong or with both versions.
func (d Deps) forms(r *http.Request, x where, s study, p people, wrong error, v *view) {
	sent := shell.Typed(r, "do")
	typed := func(do, name, kept string) string {
		if sent == do {
			return shell.Typed(r, name)
		}
		return kept
	}
	add := func(do, title, lead, fold, submit string, fields, kept []ui.Field) {
		f := &formView{Action: x.desk() + "/" + s.Post, Rev: strconv.FormatInt(s.Rev, 10), Do: do, Submit: submit, Fields: fields}
		one := part{ID: do, Title: title, Lead: lead, Fold: fold, Form: f, Open: sent == do}
		if sent == do && wrong != nil {
			if apperr.KindOf(wrong) == apperr.Conflict {
				if kept != nil {
					v.Conflict = ui.TwoVersions(kept, fields)
				}
			} else {
				wrongIn(f.Fields, wrong)
			}
		}
		v.Parts = append(v.Parts, one)
	}
	area := func(id, label, value, help string) ui.Field {
		return ui.Field{ID: id, Label: label, Type: "textarea", Rows: 4, Required: true, Value: value, Help: help}
	}
	if s.State == contribution.Joined {
		if s.judges {
			add("unmerge", "La lire de nouveau à part", "Les soutiens qu’elle avait apportés à l’autre lui reviennent.", "Séparer cette contribution", "Séparer", []ui.Field{area("why-unmerge", "Pourquoi", typed("unmerge", "why-unmerge", ""), "Gardé dans l’historique.")}, nil)
		}
		return
	}
	if s.State == contribution.Split {
		return
	}
	if s.edits {
		add("advise", "Votre avis", "L’équipe le lit avant de répondre. Il n’est pas publié.", "", "Rendre cet avis", []ui.Field{verdictField("verdict", "La suite que vous proposez", contribution.Study(typed("advise", "verdict", ""))),
			area("text", "Pourquoi", typed("advise", "text", ""), "Ce qui existe déjà, ce que cela coûterait, qui pourrait le porter.")}, nil)
	}
	if !s.judges {
		return
	}
	assign := func(g, person, due string) []ui.Field { return holderFields(p, g, person, due) }
	add("assign", "À qui la confier", "", "", "Enregistrer", assign(typed("assign", "group", s.Group), typed("assign", "person", s.Assignee), typed("assign", "due", s.Due)), assign(s.Group, s.Assignee, s.Due))
	answer := func(verdict, reason string) []ui.Field {
		f := verdictField("answer-verdict", "La suite donnée", contribution.Study(verdict))
		why := area("reason", "La raison", reason, "Publiée sur la page de la contribution. Son auteur la reçoit aussitôt, ceux qui la soutiennent dans leur message du jour.")
		return []ui.Field{f, why}
	}
	title, submit := "Répondre", "Publier la réponse"
	lead := "La réponse est publique, et engage la COP\u00a0: elle se revoit, mais reste lisible dans l’historique."
	if s.Verdict != "" {
		title, submit = "Revoir la réponse", "Publier la nouvelle réponse"
	}
	add("answer", title, lead, "", submit, answer(typed("answer", "answer-verdict", string(s.Verdict)), typed("answer", "reason", s.Reason)), answer(string(s.Verdict), s.Reason))
	add("merge", "La fusionner avec une autre", "Celle-ci reste lisible, avec ses commentaires. Ses soutiens comptent avec ceux de l’autre, une fois par personne. Son auteur et ceux qui la soutiennent sont prévenus. Cela se défait.", "Fusionner cette contribution", "Fusionner",
		[]ui.Field{{ID: "into", Label: "La contribution qui reste", Required: true, Value: typed("merge", "into", ""), Help: "L’adresse de sa page, copiée depuis votre navigateur."}, area("why-merge", "Pourquoi", typed("merge", "why-merge", ""), "Gardé dans l’historique.")}, nil)
	if s.State == contribution.Answered {
		return
	}
	var cut []ui.Field
	for n := 1; n <= pieces; n++ {
		i := strconv.Itoa(n)
		cut = append(cut, ui.Field{ID: "title-" + i, Label: "Titre de la partie " + i, Required: n < 3, Value: typed("cut", "title-"+i, "")}, ui.Field{ID: "text-" + i, Label: "Texte de la partie " + i, Type: "textarea", Rows: 3, Required: n < 3, Value: typed("cut", "text-"+i, "")})
	}
	cut = append(cut, area("why-split", "Pourquoi", typed("cut", "why-split", ""), "Gardé dans l’historique."))
	add("cut", "La scinder en plusieurs", "Pour un texte qui dit plusieurs choses\u00a0: chaque partie devient une contribution, au nom de son auteur, avec sa réponse. Recopiez ses mots. Le texte d’origine reste lisible.", "Scinder cette contribution", "Scinder", cut, nil)
}

func (d Deps) change(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	s, err := d.find(r, x)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	ctx, a := r.Context(), shell.Actor(r)
	typed := func(name string) string { return shell.Typed(r, name) }
	switch typed("do") {
	case "assign":
		_, err = d.Room.Assign(ctx, a, s.Post, rev, contribution.Holder{Group: typed("group"), Person: typed("person"), Due: typed("due")})
	case "advise":
		_, err = d.Room.Opine(ctx, a, s.Post, rev, contribution.Study(typed("verdict")), typed("text"))
	case "answer":
		_, err = d.Room.Answer(ctx, a, s.Post, rev, contribution.Study(typed("answer-verdict")), typed("reason"))
	case "merge":
		_, err = d.Room.Merge(ctx, a, s.Post, rev, idIn(typed("into")), typed("why-merge"))
	case "unmerge":
		_, err = d.Room.Unmerge(ctx, a, s.Post, rev, typed("why-unmerge"))
	case "cut":
		var list []contribution.Piece
		for n := 1; n <= pieces; n++ {
			i := strconv.Itoa(n)
			if y := (contribution.Piece{Title: typed("title-" + i), Text: typed("text-" + i)}); strings.TrimSpace(y.Title+y.Text) != "" {
				list = append(list, y)
			}
		}
		_, err = d.Room.Cut(ctx, a, s.Post, rev, list, typed("why-split"))
	default:
		err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if err != nil && shell.Beside(err) && apperr.KindOf(err) != apperr.Forbidden {
		return d.showOne(w, r, apperr.Status(err), x, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"/"+s.Post+"?fait=1")
}
