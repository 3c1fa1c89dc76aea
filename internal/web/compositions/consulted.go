package compositions

import (
	"context"
	"net/http"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/db"
	"jalon/internal/debate/consultation"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// consult makes the draft of a public consultation from the draft, and leads to it.
func (d Deps) consult(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, t, made, err := d.made(r)
	if err != nil {
		return err
	}
	if !t.begun {
		return shell.SeeOther(w, r, x.base())
	}
	c, again, err := d.Closing.Consult(r.Context(), shell.Actor(r), d.Consultation, d.Links, x.cop, t.Composition, made.Document)
	if err != nil && shell.Beside(err) {
		return d.showPublish(w, r, x, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	to := x.page() + "/bureau/consultations/" + c.ID
	if again {
		to += "?fait=deja"
	}
	return shell.SeeOther(w, r, to)
}

// consulted says what public consultations on the draft brought, and lets the team begin
// one.
func (d Deps) consulted(r *http.Request, x place, t draft, v *view) error {
	if d.Closing == nil || x.kind != composition.Roadmap {
		return nil
	}
	a := shell.Actor(r)
	list, err := roadmap.Consultations(r.Context(), d.Q, a, x.cop, t.Composition)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		table := ui.Table{ID: "consultations", Caption: "Les consultations sur ce projet", CaptionHidden: true, Columns: []ui.Column{{Label: "Consultation", Wide: true}, {Label: "Où elle en est"}, {Label: "Amendements sans réponse", Number: true}}}
		left := 0
		for _, c := range list {
			n, err := roadmap.Unanswered(r.Context(), d.Q, c.ID)
			if err != nil {
				return err
			}
			left += n
			if c.Phase(d.today(x)) == consultation.Open {
				v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "La consultation est encore ouverte, jusqu’au " + french.Day(c.ClosesOn), Text: "Une édition proposée avant ce jour est figée sans ce qui y sera encore écrit."})
			}
			desk, to := x.page()+"/bureau/consultations/"+c.ID, ""
			works := policy.Can(a, policy.Create, x.cop.Thing(policy.Debate))
			switch {
			case works:
				to = desk
			case c.State != string(consultation.Draft):
				to = c.Path(x.cop)
			}
			count := ui.Cell{Text: "aucun"}
			if n > 0 {
				count = ui.Cell{Text: french.Integer(n)}
				if works {
					count.Href, count.Name = desk+"/amendements", "amendements sans réponse"
				}
			}
			table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Title, Href: to}, {Text: phaseOf(string(c.Phase(d.today(x))), c.ClosesOn)}, count}})
		}
		if left > 0 {
			v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: french.Upper(french.Many(left, "amendement attend encore une réponse", "amendements attendent encore une réponse")), Text: "Vous pouvez proposer l’édition tout de même\u00a0: ceux qui ont écrit attendent qu’on leur dise pourquoi."})
		}
		v.Tables = append(v.Tables, section{ID: "consultation-publique", Title: "La consultation publique", Table: table})
	}
	preparing := slices.ContainsFunc(list, func(c consultation.Consultation) bool { return c.State == string(consultation.Draft) })
	if !preparing && policy.Can(a, policy.Edit, t.Thing()) && policy.Can(a, policy.Create, x.cop.Thing(policy.Debate)) {
		v.Forms = append(v.Forms, formView{ID: "consulter", Title: "Mettre ce projet en consultation", Action: x.base() + "/consultation", Submit: "Préparer la consultation", Second: true,
			Lead: "Chaque partie devient un article que chacun peut amender. Rien ne s’ouvre encore\u00a0: vous relisez le texte, choisissez les dates, puis vous ouvrez."})
	}
	comments, err := roadmap.Comments(r.Context(), d.Q, t.ID)
	if err != nil {
		return err
	}
	if n := len(slices.DeleteFunc(comments, func(c roadmap.Comment) bool { return c.Answered })); n > 0 {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: french.Upper(french.Many(n, "commentaire de la COP attend une réponse", "commentaires de la COP attendent une réponse")), Links: []ui.Link{{Label: "Lire les commentaires", Href: x.base() + "/relecture#commentaires"}}})
	}
	return nil
}

// phaseOf says where a consultation stands.
func phaseOf(phase, closes string) string {
	switch phase {
	case "draft":
		return "en préparation"
	case "coming":
		return "annoncée"
	case "open":
		return "ouverte jusqu’au " + french.Day(closes)
	}
	return "close depuis le " + french.Day(closes)
}

// heard says, where anyone reads the roadmap, what is or was in consultation: on the
// draft that comes, or on the one that an edition came from.
func (d Deps) heard(r *http.Request, x place, edition string) (notices []ui.Alert, facts [][2]string, links []ui.Link, err error) {
	if d.Closing == nil || x.kind != composition.Roadmap {
		return nil, nil, nil, nil
	}
	err = db.Snapshot(r.Context(), d.Q, func(ctx context.Context, q db.Q) error {
		list, err := roadmap.Consulted(ctx, q, x.cop, edition)
		if err != nil {
			return err
		}
		for _, c := range list {
			counts, err := consultation.Counts(ctx, q, c.ID)
			if err != nil {
				return err
			}
			all, answered := 0, 0
			for _, n := range counts {
				all, answered = all+n.All, answered+n.Answered
			}
			brought := "aucun amendement publié"
			if all > 0 {
				brought = french.Many(all, "amendement publié", "amendements publiés") + ", " + map[bool]string{true: french.Plural(all, "avec sa réponse", "tous avec leur réponse"), false: french.Many(answered, "a sa réponse", "ont leur réponse")}[answered == all]
			}
			to := ui.Link{Label: "La consultation sur le projet, amendements et réponses", Href: c.Path(x.cop)}
			if edition != "" {
				facts, links = append(facts, [2]string{"Consultation publique", "du " + french.Day(c.OpensOn) + " au " + french.Day(c.ClosesOn) + nb + ": " + brought}), append(links, to)
				continue
			}
			n := ui.Alert{State: "info", Text: french.Upper(brought) + ". L’équipe de la COP répond à chacun, et dit pourquoi.", Links: []ui.Link{to}}
			switch c.Phase(d.today(x)) {
			case consultation.Coming:
				n.Title, n.Text, n.Links[0].Label = "Le projet sera en consultation à partir du "+french.Day(c.OpensOn), "Il se lit déjà\u00a0; chacun pourra proposer d’en changer un article.", "Lire le projet"
			case consultation.Open:
				if all == 0 {
					n.Text = "Chacun peut proposer d’en changer un article. L’équipe de la COP répond à chaque proposition, et dit pourquoi."
				}
				n.Title, n.Links[0].Label = "Le projet est en consultation jusqu’au "+french.Day(c.ClosesOn), "Lire le projet et donner votre avis"
			case consultation.Closed, consultation.Draft:
				n.Title = "La consultation sur le projet est close depuis le soir du " + french.Day(c.ClosesOn)
			}
			notices = append(notices, n)
		}
		return nil
	})
	return notices, facts, links, err
}
