package exits

import (
	"net/http"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/roadmap"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// CommitPath is where an organisation validates its parts in the roadmap of a COP.
func CommitPath(org string, c cop.COP) string {
	path := "/organismes/" + org + "/engagements/" + c.Slug
	if c.Cycle != cop.First {
		path += "?cycle=" + c.Cycle
	}
	return path
}

// done is an address that says that something was done.
func done(path string) string {
	if strings.Contains(path, "?") {
		return path + "&fait=1"
	}
	return path + "?fait=1"
}

// committing is an organisation before the roadmap of a region, for who speaks for it.
func (d Deps) committing(r *http.Request) (x place, o account.Organisation, err error) {
	if !roadmap.MayCommit(shell.Actor(r), r.PathValue("id")) {
		return x, o, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	if x, err = d.seen(r); err != nil {
		return x, o, err
	}
	o, err = account.FindOrganisation(r.Context(), d.Q, r.PathValue("id"))
	return x, o, err
}

func (d Deps) mine(w http.ResponseWriter, r *http.Request) error {
	x, o, err := d.committing(r)
	if err != nil {
		return err
	}
	return d.showMine(w, r, x, o, nil)
}

// showMine lists the actions where an organisation has a part, with what it validated.
func (d Deps) showMine(w http.ResponseWriter, r *http.Request, x place, o account.Organisation, wrong error) error {
	ctx, status := r.Context(), http.StatusOK
	if wrong != nil {
		status = apperr.Status(wrong)
	}
	here := CommitPath(o.ID, x.cop)
	v := sections.View{Heading: ui.Heading{Overline: "Engagements dans la feuille de route", Title: o.Name + nb + ": valider notre part, " + x.Name, Scope: []string{"cycle " + x.cop.Cycle},
		Lead: "Vous validez la part de votre organisme dans une action, et elle seule. C’est une validation enregistrée, pas une signature\u00a0; elle paraît avec l’édition, et n’engage à rien d’autre que ce que vous lisez."}}
	editions, err := composition.PublishedEditions(ctx, d.Q, composition.Roadmap, x.cop.ID, "")
	if err != nil {
		return err
	}
	if wrong != nil {
		v.Notices = sections.Wrong(nil, "", wrong)
	}
	way := []ui.Link{{Label: "Mon espace", Href: "/mon-espace"}, {Label: "Organismes", Href: "/organisations"}, {Label: o.Name, Href: "/organisations/" + o.ID}, {Label: "Engagements"}}
	if len(editions) == 0 {
		v.Parts = []sections.Part{{Empty: ui.Empty{Title: "La feuille de route n’est pas encore adoptée", Text: "Vous pourrez valider votre part quand les deux têtes de la COP l’auront adoptée."}}}
		return d.show(w, r, status, v, true, way...)
	}
	e := edition{place: x, Edition: editions[0]}
	parts, err := roadmap.PartsOf(ctx, d.Q, x.cop.ID, o.ID)
	if err != nil {
		return err
	}
	given, err := roadmap.Commitments(ctx, d.Q, e.ID)
	if err != nil {
		return err
	}
	done := map[string]roadmap.Commitment{}
	for _, g := range given {
		if g.Org == o.ID {
			done[g.Action] = g
		}
	}
	v.Parts = append(v.Parts, sections.Part{Facts: [][2]string{{"Édition", wording.Upper(e.name()) + ", adoptée le " + french.Day(e.PublishedOn)}, {"Empreinte de l’édition (SHA-256)", e.SHA256}}, Links: []ui.Link{{Label: "Lire l’édition", Href: e.page()}}})
	for _, p := range parts {
		part := sections.Part{ID: "action-" + p.ID, Title: p.Title, Links: []ui.Link{{Label: "Lire l’action", Href: "/actions/" + p.ID}}}
		for _, role := range roadmap.Roles() {
			if role[0] == p.Role {
				part.Facts = append(part.Facts, [2]string{"Rôle de l’organisme", role[1]})
			}
		}
		if g, ok := done[p.ID]; ok {
			part.Facts = append(part.Facts, [2]string{"Validation enregistrée", "le " + french.Date(g.At.In(x.cop.Location()))})
			if g.Words != "" {
				part.Facts = append(part.Facts, [2]string{"Vos mots", g.Words})
			}
			if g.ActionRev != p.Rev {
				part.Facts = append(part.Facts, [2]string{"Depuis", "l’action a été modifiée après cette validation"})
			}
		} else {
			words := ui.Field{ID: "words-" + p.ID, Name: "words", Label: "Vos mots (facultatif)", Type: "textarea", Rows: 2}
			if wrong != nil && shell.Typed(r, "action") == p.ID {
				words.Value = shell.Typed(r, "words")
			}
			part.Forms = []sections.Form{{ID: "valider-" + p.ID, Action: here, Hidden: [][2]string{{"action", p.ID}, {"sha256", e.SHA256}}, Fields: []ui.Field{words}, Submit: "Enregistrer notre validation"}}
		}
		v.Parts = append(v.Parts, part)
	}
	if len(parts) == 0 {
		v.Parts = append(v.Parts, sections.Part{Empty: ui.Empty{Title: "Votre organisme n’est dans aucune action retenue", Text: "Il n’est ni porteur ni partenaire d’une action de cette région. L’équipe de la COP peut l’y inscrire."}})
	}
	return d.show(w, r, status, v, true, way...)
}

func (d Deps) commit(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, o, err := d.committing(r)
	if err != nil {
		return err
	}
	editions, err := composition.PublishedEditions(r.Context(), d.Q, composition.Roadmap, x.cop.ID, "")
	if err != nil {
		return err
	}
	if len(editions) == 0 {
		return d.showMine(w, r, x, o, apperr.Conflictf("La feuille de route n’est pas adoptée\u00a0: rien n’a été enregistré."))
	}
	_, err = d.Room.Commit(r.Context(), shell.Actor(r), editions[0], o.ID, shell.Typed(r, "action"), strings.ToLower(shell.Typed(r, "sha256")), shell.Typed(r, "words"))
	switch {
	case err == nil:
		return shell.SeeOther(w, r, done(CommitPath(o.ID, x.cop)))
	case shell.Beside(err):
		return d.showMine(w, r, x, o, err)
	}
	return err
}
