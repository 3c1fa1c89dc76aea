package roadmap

import (
	"context"
	"errors"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/consultation"
	"jalon/internal/document"
	"jalon/internal/link"
	"jalon/internal/policy"
)

// longestArticle bounds what an article takes of a block.
const longestArticle = 18_000

// Articles are the parts of a draft as the articles of a consultation: what the team
// wrote, word for word, and what live blocks show, in lines.
func Articles(d document.Document) (out []consultation.Article) {
	for _, p := range d.Parts {
		a := consultation.Article{Title: p.Title, Text: markdownOf(p.Blocks)}
		if p.Chapter != "" && a.Title != p.Chapter {
			a.Title = p.Chapter + "\u00a0: " + p.Title
		}
		if r := []rune(a.Title); len(r) > 190 {
			a.Title = string(r[:189]) + "…"
		}
		if a.Text != "" {
			out = append(out, a)
		}
	}
	return out
}

func markdownOf(blocks []document.Block) string {
	var b strings.Builder
	left := 0
	for _, x := range blocks {
		var lines []string
		switch x := x.(type) {
		case document.Text:
			lines = []string{spansOf(x.Spans)}
		case document.Quote:
			if x.Title == composition.Nothing {
				continue // what is not there yet is amended by nobody
			}
			lines = []string{spansOf(x.Spans)}
		case document.List:
			for _, it := range x.Items {
				lines = append(lines, "- "+spansOf(it))
			}
		case document.KeyFigures:
			for _, k := range x.Figures {
				if k.Missing == "" {
					lines = append(lines, "- "+k.Label+"\u00a0: "+k.Value+"\u00a0"+k.Unit)
				}
			}
		case document.Table:
			lines = linesOf(x)
		case document.Chart:
			lines = []string{x.Title + "."}
		}
		text := strings.Join(lines, "\n")
		if text == "" {
			continue
		}
		if b.Len()+len(text) > longestArticle {
			left++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(text)
	}
	if left > 0 {
		b.WriteString("\n\nLa suite, trop longue pour un article, se lit dans le projet que la COP met en ligne.")
	}
	return b.String()
}

func spansOf(list []document.Span) string {
	var b strings.Builder
	for _, s := range list {
		switch {
		case s.Bold && strings.TrimSpace(s.Text) == s.Text && s.Text != "":
			b.WriteString("**" + s.Text + "**")
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// linesOf is a table as a list: its first cell, then the others with their heads. A sheet
// is its title alone.
func linesOf(t document.Table) (out []string) {
	if t.Detail && strings.HasPrefix(t.Caption, "Action ") {
		return []string{"- " + t.Caption}
	}
	if t.Caption != "" {
		out = append(out, "**"+t.Caption+"**", "")
	}
	for _, row := range t.Rows {
		var said []string
		for i, c := range row {
			if i > 0 && c.Text != "" && i < len(t.Columns) && (c.Href == "" || strings.HasPrefix(c.Href, "/actions/")) {
				unit := ""
				if t.Columns[i].Unit != "" {
					unit = "\u00a0" + t.Columns[i].Unit
				}
				said = append(said, strings.ToLower(t.Columns[i].Label)+"\u00a0: "+c.Text+unit)
			}
		}
		if len(row) > 0 {
			out = append(out, "- "+row[0].Text+map[bool]string{true: " ("}[len(said) > 0]+strings.Join(said, "\u00a0; ")+map[bool]string{true: ")"}[len(said) > 0])
		}
	}
	return out
}

// Consult makes the draft of a consultation from a draft roadmap: an article for each
// part, all in one act. It opens nothing: the team reads it again, dates it and opens it.
// One is prepared at a time: whoever asks for another while it is gets that one, and again
// is true.
func (m *Room) Consult(ctx context.Context, a policy.Actor, rooms *consultation.Room, links *link.Links, c cop.COP, of composition.Composition, d document.Document) (x consultation.Consultation, again bool, err error) {
	defer apperr.Wrap(&err, "roadmap.Consult(%s)", of.ID)
	if err := policy.Check(a, policy.Edit, of.Thing()); err != nil {
		return x, false, err
	}
	if err := policy.Check(a, policy.Create, c.Thing(policy.Debate)); err != nil {
		return x, false, err
	}
	articles := Articles(d)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		again = false
		// The draft is the root: of two who ask at once, the second reads the first one's.
		if n, err := tx.Exec(ctx, `UPDATE composition SET rev = rev WHERE id = $1`, of.ID); err != nil || n == 0 {
			return errors.Join(err, apperr.NotFoundf("Ce projet n’existe plus. Rien n’a été créé."))
		}
		all, err := Consultations(ctx, tx, a, c, of)
		if err != nil {
			return err
		}
		for _, y := range all {
			if y.State == string(consultation.Draft) {
				x, again = y, true
				return nil
			}
		}
		if len(articles) == 0 {
			return apperr.Invalidf("Le projet est vide\u00a0: écrivez un texte ou ajoutez un bloc avant de le mettre en consultation. Rien n’a été créé.")
		}
		now := m.Now()
		if x, err = rooms.CreateIn(ctx, tx, a, c, consultation.Input{Title: "Votre avis sur le projet de feuille de route", OpensOn: c.DayAt(now.AddDate(0, 0, 7)), ClosesOn: c.DayAt(now.AddDate(0, 0, 35)),
			Presentation: "Voici le projet de feuille de route de la COP, partie par partie. Chacun peut proposer d’en changer un article, de le supprimer ou d’y faire une remarque\u00a0; l’équipe répond à chaque proposition, et dit pourquoi."}, articles); err != nil {
			return err
		}
		return links.Join(ctx, tx, c.ID, a.Person, link.End{Kind: link.Consultation, ID: x.ID}, link.End{Kind: link.Document, ID: of.ID})
	})
	return x, again, err
}
