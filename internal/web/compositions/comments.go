package compositions

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const tabComments = "Relecture"

// passages are what a block says, one paragraph each; a table is one.
func passages(blocks []document.Block) (out []string) {
	text := func(list []document.Span) string {
		var b strings.Builder
		for _, s := range list {
			b.WriteString(s.Text)
		}
		return strings.TrimSpace(b.String())
	}
	add := func(s string) {
		if s != "" {
			out = append(out, s)
		}
	}
	for _, b := range blocks {
		switch b := b.(type) {
		case document.Text:
			add(text(b.Spans))
		case document.Quote:
			add(text(b.Spans))
		case document.List:
			for _, it := range b.Items {
				add(text(it))
			}
		case document.KeyFigures:
			for _, k := range b.Figures {
				add(strings.TrimSpace(k.Label + nb + ": " + k.Value + nb + k.Unit + k.Missing))
			}
		case document.Table:
			add("Tableau" + nb + ": " + b.Caption)
		case document.Chart:
			add("Image" + nb + ": " + b.Title)
		}
	}
	return out
}

// readers is what somebody reads the draft as: of the COP, or of one of its départements.
func (x place) readers(a policy.Actor) policy.Thing {
	if policy.Can(a, policy.Read, x.thing()) {
		return x.thing()
	}
	for _, dept := range x.tree.Departments() {
		if t := (policy.Thing{Kind: x.kind.Policy(), Department: dept.Code}); dept.Region == x.Code && policy.Can(a, policy.Read, t) {
			return t
		}
	}
	return x.thing()
}

// comments is the draft passage by passage, with what its readers say of it.
func (d Deps) comments(w http.ResponseWriter, r *http.Request) error {
	return d.showComments(w, r, http.StatusOK, nil)
}

func (d Deps) showComments(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	x, t, made, err := d.made(r)
	if err != nil {
		return err
	}
	if !t.begun {
		return shell.SeeOther(w, r, x.base())
	}
	all, err := roadmap.Comments(r.Context(), d.Q, t.ID)
	if err != nil {
		return err
	}
	waiting := 0
	for _, c := range all {
		if !c.Answered {
			waiting++
		}
	}
	v := sections.View{Heading: ui.Heading{Overline: x.words().Shared, Title: x.Name + nb + ": personne n’a encore commenté le projet", Scope: []string{"lu par ceux qui lisent le projet", "jamais public"}}, Tabs: x.tabs(shell.Actor(r), tabComments), Done: r.URL.Query().Get("fait") == "1"}
	if len(all) > 0 {
		v.Heading.Title = x.Name + nb + ": " + french.Many(len(all), "commentaire", "commentaires") + " sur le projet, " + map[bool]string{true: "tous ont une réponse", false: french.Many(waiting, "attend une réponse", "attendent une réponse")}[waiting == 0]
	}
	if wrong != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
	}
	list := d.Catalogue.List()
	block, at := r.FormValue("bloc"), r.FormValue("passage")
	var parts []sections.Part
	for _, b := range composition.Kept(t.blocks) {
		lines := passages(append(document.Markdown(b.Text), made.Made[b.ID].Blocks...))
		if len(lines) == 0 {
			continue
		}
		title := b.Title
		if title == "" {
			title = made.Made[b.ID].Title
		}
		if title == "" {
			title = composition.BlockName(list, b)
		}
		const most = 40
		table := ui.Table{ID: "passages-" + b.ID, Caption: title, CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "N°"}, {Label: "Passage", Wide: true}, {Label: "Ce qui en est dit"}, {Label: "Commenter"}}}
		for i, line := range lines[:min(most, len(lines))] {
			n := strconv.Itoa(i + 1)
			here := 0
			for _, c := range all {
				if c.Block == b.ID && c.Paragraph == int64(i+1) {
					here++
				}
			}
			saidOf := ui.Cell{Text: "rien encore"}
			if here > 0 {
				saidOf = ui.Cell{Text: french.Many(here, "commentaire", "commentaires"), Href: "#commentaires"}
			}
			table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: n}, {Text: french.Short(line, 320)}, saidOf, {Text: "Commenter le passage " + n, Href: x.base() + "/relecture?" + url.Values{"bloc": {b.ID}, "passage": {n}}.Encode() + "#commenter"}}})
			if block == b.ID && at == n {
				f := ui.Field{ID: "texte", Label: "Votre commentaire", Type: "textarea", Value: r.FormValue("texte"), Help: "Sur le passage\u00a0: «\u00a0" + french.Short(line, 300) + "\u00a0». L’équipe de la COP y répondra ici\u00a0; il n’est jamais public.", Required: true}
				if wrong != nil {
					f.Error = apperr.Message(wrong)
				}
				parts = append([]sections.Part{{ID: "commenter", Title: "Commenter le passage " + n + " de «\u00a0" + title + "\u00a0»", Forms: []sections.Form{{ID: "commenter-forme", Action: x.base() + "/relecture", Submit: "Envoyer à l’équipe", Fields: []ui.Field{f}, Hidden: [][2]string{{"bloc", b.ID}, {"passage", n}, {"citation", french.Short(line, 380)}}}}}}, parts...)
			}
		}
		p := sections.Part{ID: "bloc-" + b.ID, Title: title, Tables: []ui.Table{table}}
		if len(lines) > most {
			p.Lead = fmt.Sprintf("Les %d premiers passages\u00a0; l’aperçu montre le bloc entier.", most)
		}
		parts = append(parts, p)
	}
	saidParts, err := d.saidOf(r, x, t, made, all)
	if err != nil {
		return err
	}
	at2 := 0
	if len(parts) > 0 && parts[0].ID == "commenter" {
		at2 = 1
	}
	v.Parts = slices.Concat(parts[:at2], saidParts, parts[at2:])
	if len(v.Parts) == 0 {
		v.Parts = []sections.Part{{ID: "vide", Empty: ui.Empty{Title: "Le projet est encore vide", Text: "Ses passages se liront ici dès que l’équipe aura écrit un texte ou ajouté un bloc.", Action: ui.Link{Label: "Composer " + x.words().The, Href: x.base()}}}}
	}
	return sections.Show(d.Shell, w, r, status, v, true, trail(x, x.here(x.base()), ui.Link{Label: tabComments})...)
}

// saidOf are the comments, those that wait first, each with its form for who may answer.
func (d Deps) saidOf(r *http.Request, x place, t draft, made composition.Draft, all []roadmap.Comment) (out []sections.Part, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	ids := make([]string, 0, 2*len(all))
	for _, c := range all {
		ids = append(ids, c.Author, c.AnsweredBy)
	}
	names, err := d.Names(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	who := func(id string) string {
		if names[id] == "" {
			return "une personne partie depuis"
		}
		return names[id]
	}
	zone, may := x.cop.Location(), policy.Can(shell.Actor(r), policy.Edit, t.Thing())
	out = append(out, sections.Part{ID: "commentaires", Title: "Les commentaires", Lead: "Ceux qui attendent une réponse d’abord. Une réponse ne change pas le texte\u00a0: elle dit ce que l’équipe en fait."})
	for _, c := range all {
		lines := []string{}
		for _, b := range t.blocks {
			if b.ID == c.Block {
				lines = passages(append(document.Markdown(b.Text), made.Made[b.ID].Blocks...))
			}
		}
		p := sections.Part{ID: "commentaire-" + c.ID, Title: "Sur «\u00a0" + french.Short(c.Quote, 90) + "\u00a0»"}
		p.Facts = [][2]string{{who(c.Author) + ", " + french.Date(c.At.In(zone)), c.Text}}
		if !slices.ContainsFunc(lines, func(l string) bool { return french.Short(l, 380) == c.Quote }) {
			p.Lead = "Ce passage a changé depuis, ou n’est plus dans le projet. Il disait\u00a0: «\u00a0" + c.Quote + "\u00a0»"
		}
		switch {
		case c.Answered:
			p.Facts = append(p.Facts, [2]string{"Réponse de " + who(c.AnsweredBy) + ", " + french.Date(c.AnsweredAt.In(zone)), c.Answer})
		case may:
			p.Forms = []sections.Form{{ID: "repondre-" + c.ID, Action: x.base() + "/relecture/" + c.ID, Rev: strconv.FormatInt(c.Rev, 10), Submit: "Répondre", Secondary: true, Fields: []ui.Field{{ID: "reponse-" + c.ID, Name: "reponse", Label: "Votre réponse", Type: "textarea", Value: answerKept(r, c.ID), Required: true}}}}
		default:
			p.Facts = append(p.Facts, [2]string{"Réponse", "l’équipe n’a pas encore répondu"})
		}
		out = append(out, p)
	}
	return out, nil
}

// answerKept is the answer that came back with an error.
func answerKept(r *http.Request, id string) string {
	if r.PathValue("id") == id {
		return r.FormValue("reponse")
	}
	return ""
}

// comment keeps what somebody says of a passage.
func (d Deps) comment(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.working(r)
	if err != nil {
		return err
	}
	t, err := composition.Of(r.Context(), d.Q, x.kind, x.cop.ID, x.term)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(r.FormValue("passage"), 10, 64)
	if err != nil || n < 1 {
		return apperr.Invalidf("Choisissez le passage que vous commentez dans la liste. Rien n’a été enregistré.")
	}
	a := shell.Actor(r)
	_, err = d.Closing.Comment(r.Context(), a, x.readers(a), t, roadmap.Comment{Block: r.FormValue("bloc"), Paragraph: n, Quote: strings.TrimSpace(r.FormValue("citation")), Text: r.FormValue("texte")})
	if err != nil && shell.Beside(err) {
		return d.showComments(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/relecture?fait=1#commentaires")
}

// answer answers a comment.
func (d Deps) answer(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.working(r)
	if err != nil {
		return err
	}
	t, err := composition.Of(r.Context(), d.Q, x.kind, x.cop.ID, x.term)
	if err != nil {
		return err
	}
	if err := policy.Check(shell.Actor(r), policy.Edit, t.Thing()); err != nil {
		return err
	}
	n, err := shell.Rev(r)
	if err != nil {
		return err
	}
	err = d.Closing.Answer(r.Context(), shell.Actor(r), t, r.PathValue("id"), n, r.FormValue("reponse"))
	if err != nil && shell.Beside(err) {
		return d.showComments(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/relecture?fait=1#commentaires")
}
