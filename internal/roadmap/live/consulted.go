package live

import (
	"context"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/debate"
	"jalon/internal/debate/consultation"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/roadmap"
)

// consulted is what the public consultation on this draft brought: each amendment with
// what was decided of it, and why. What people wrote stays on the page of the
// consultation, where they may take it back: a frozen document names no person.
func consulted(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	c, err := r.conference(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	list, err := roadmap.Consulted(ctx, r.DB, c, "")
	if err != nil {
		return composition.Made{}, err
	}
	if len(list) == 0 {
		return composition.Made{Missing: "Le projet n’a pas été mis en consultation publique."}, nil
	}
	all, answered, kept := 0, 0, 0
	var blocks []document.Block
	for _, x := range list {
		opening := document.Text{Spans: []document.Span{{Text: x.Title, Href: x.Path(c)}, {Text: ", du " + french.Day(x.OpensOn) + " au " + french.Day(x.ClosesOn) + "."}}}
		amendments, err := consultation.Amendments(ctx, r.DB, x.ID, "")
		if err != nil {
			return composition.Made{}, err
		}
		blocks = append(blocks, opening)
		if len(amendments) == 0 {
			continue
		}
		titles, err := articleTitles(ctx, r, x)
		if err != nil {
			return composition.Made{}, err
		}
		t := document.Table{ID: "amendements-" + x.ID, Caption: "Les amendements, et la réponse de l’équipe", Columns: []document.Column{document.Heading("Article"), document.Heading("Proposition"), document.Heading("De"), document.Heading("Réponse"), document.Heading("Pourquoi")}}
		for _, a := range amendments {
			all++
			from := document.Word("une personne")
			if a.Speaker != debate.Person {
				from = document.WordOr(a.Signed, "un organisme")
			}
			verdict, why := document.Absent("l’équipe n’a pas encore répondu"), document.Absent("sans réponse pour l’instant")
			if a.Verdict != "" {
				answered++
				verdict, why = document.Word(a.Verdict.Name()), document.WordOr(french.Short(strings.Join(strings.Fields(a.Reason), " "), 400), "sans commentaire")
				if a.Verdict == consultation.Retained || a.Verdict == consultation.Partly {
					kept++
				}
			}
			t.Rows = append(t.Rows, []document.Cell{document.WordOr(french.Short(titles[a.Origin], 120), "article retiré depuis"), document.Linked(a.Form.Name(), consultation.PathOf(x, c, a)), from, verdict, why})
		}
		blocks = append(blocks, t)
	}
	title := "La consultation n’a reçu aucun amendement"
	if all > 0 {
		title = "La consultation a reçu " + howMany(all, "amendement", "amendements") + "\u00a0; " + howMany(kept, "est retenu", "sont retenus") + ", en entier ou en partie"
		if answered < all {
			title += ", et " + howMany(all-answered, "attend encore une réponse", "attendent encore une réponse")
		}
	}
	return composition.Made{Title: title, Blocks: blocks,
		Notes: []string{"Amendements publiés et réponses de l’équipe de la COP, au " + french.Day(r.Day) + ". Leur texte se lit sur la page de la consultation, où chacun peut encore retirer le sien\u00a0; ce document n’en garde que la réponse."}}, nil
}

// articleTitles are the titles of the articles of a consultation by their origin, in the
// last version where each stands.
func articleTitles(ctx context.Context, r *reading, x consultation.Consultation) (map[string]string, error) {
	out := map[string]string{}
	for v := range x.Version {
		list, err := consultation.ArticlesOf(ctx, r.DB, x.ID, v+1)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			out[a.Origin] = a.Title
		}
	}
	return out, nil
}
