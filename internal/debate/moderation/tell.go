package moderation

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/mail"
)

// RulesPath is the page of the rules of a COP.
func RulesPath(c cop.COP) string { return "/regions/" + c.Slug + "/contributions/regles" }

// AppealPath is the address where a decision is appealed against: whoever holds it is
// the author.
func (m *Room) AppealPath(act string) string { return "/recours/" + m.Cursors.Seal("appeal", act) }

// of is a kind of text after «votre».
func of(k debate.Kind) string { return "votre " + k.Name() }

// named is a post in a sentence.
func named(p debate.Post) string {
	title := p.Title
	if title == "" {
		title = p.Text
	}
	return "«" + nb + clip(debate.Line(title), 80) + nb + "»"
}

// path is where a post is read, empty for nowhere.
func (m *Room) path(ctx context.Context, q db.Q, c cop.COP, p debate.Post) (string, error) {
	if where, ok := m.Where[p.Kind]; ok {
		return where(ctx, q, c, p)
	}
	if p.Kind == debate.Contribution {
		return "/regions/" + c.Slug + "/contributions/" + p.ID, nil
	}
	return "", nil
}

// tellAuthor tells the author of a text what was decided, why, and how to appeal.
func (m *Room) tellAuthor(ctx context.Context, tx db.Q, c cop.COP, p debate.Post, x Act) error {
	if p.Voice == "" {
		return nil
	}
	l := mail.Letter{}
	feminine := ""
	if p.Kind == debate.Contribution || p.Kind == debate.Statement {
		feminine = "e"
	}
	say := func(done string) { l.Subject = "Débat" + nb + ": " + of(p.Kind) + " " + done }
	add := func(b ...mail.Block) { l.Blocks = append(l.Blocks, b...) }
	switch {
	case x.Verb == Publish && x.Was == debate.PostPublished:
		say("a été relu" + feminine)
		add(mail.Para("Un modérateur de «" + nb + c.Name + nb + "» a masqué des passages de " + of(p.Kind) + " " + named(p) + ". Le reste se lit comme avant."))
	case x.Verb == Publish:
		say("est publié" + feminine)
		read := "le"
		if feminine != "" {
			read = "la"
		}
		add(mail.Para("L’équipe de «" + nb + c.Name + nb + "» a lu " + of(p.Kind) + " " + named(p) + nb + ": tout le monde peut maintenant " + read + " lire."))
	case x.Verb == Hide && x.By == "":
		say("est masqué" + feminine + " le temps d’une relecture")
		add(mail.Para("Plusieurs lecteurs ont signalé " + of(p.Kind) + " " + named(p) + ". Le texte ne se lit plus, jusqu’à ce qu’un modérateur l’ait relu" + nb + "; vous saurez ce qu’il décide. Vous n’avez rien à faire."))
	case x.Verb == Hide:
		say("est masqué" + feminine)
		add(mail.Para("Un modérateur de «" + nb + c.Name + nb + "» a masqué " + of(p.Kind) + " " + named(p) + "."))
	default:
		say("n’est pas publié" + feminine)
		add(mail.Para("Un modérateur de «" + nb + c.Name + nb + "» a lu " + of(p.Kind) + " " + named(p) + ", et ne l’a pas publié" + feminine + "."))
	}
	if x.Masked > 0 {
		add(mail.Para("Des passages qui désignent une personne, ou disent où la joindre, sont remplacés par " + Masked + "."))
	}
	if r := ReasonName(x.Reason); r != "" && x.Verb != Publish {
		add(mail.Para("Raison" + nb + ": " + r + "."))
	}
	if x.Note != "" {
		add(mail.Quote("Le mot du modérateur", x.Note))
	}
	if p.Read() {
		path, err := m.path(ctx, tx, c, p)
		if err != nil {
			return err
		}
		if path != "" {
			add(mail.Link("Lire le texte publié", m.BaseURL+path))
		}
	}
	if appealable(x) {
		add(mail.Para("Si vous pensez que c’est une erreur, écrivez pourquoi"+nb+": une autre personne relira votre texte."), mail.Link("Faire un recours", m.BaseURL+m.AppealPath(x.ID)))
	}
	add(mail.Link("Les règles de modération", m.BaseURL+RulesPath(c)))
	l.Reason = "Vous recevez ce message parce que vous avez déposé ce texte."
	return m.Tell(ctx, tx, c, p.Voice, "moderation/"+x.ID, l, false)
}

// appealable reports whether a decision may be appealed against: those by which a
// person keeps a text from being read.
func appealable(x Act) bool {
	return x.By != "" && (x.Verb == Refuse || x.Verb == Hide) && x.Appeal == ""
}
