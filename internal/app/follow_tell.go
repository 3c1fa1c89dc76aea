package app

import (
	"context"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/contribution"
	"jalon/internal/debate/follow"
	"jalon/internal/debate/group"
	"jalon/internal/debate/meeting"
	"jalon/internal/debate/minutes"
	"jalon/internal/debate/question"
	"jalon/internal/french"
	"jalon/internal/link"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/web"
)

// tellFollowers joins the rooms that make news to those who follow it: nothing is told
// that anyone may not read.
func tellFollowers(d web.Debate) {
	t := teller{d}
	d.Contribution.Title = t.title
	d.Contribution.Told = t.contribution
	d.Shared.Links.OnJoin[link.Lever] = t.lever
	d.Question.Announce = t.question
	then := d.Shared.COPs.OnMeeting
	d.Shared.COPs.OnMeeting = func(ctx context.Context, tx db.Q, c cop.COP, before, x cop.Meeting) error {
		if then != nil {
			if err := then(ctx, tx, c, before, x); err != nil {
				return err
			}
		}
		return t.meeting(ctx, tx, c, before, x)
	}
	f := d.Follow
	f.Names[follow.Group] = func(ctx context.Context, q db.Q, c cop.COP, id string) (n follow.Named, err error) {
		g, err := group.Find(ctx, q, id)
		if err == nil && g.COP != c.ID {
			err = apperr.NotFoundf("Ce groupe n’existe pas.")
		}
		return follow.Named{Name: "le groupe de travail «\u00a0" + g.Name + "\u00a0»", Path: "/regions/" + c.Slug + "/groupes/" + id}, err
	}
	f.Names[follow.Question] = func(ctx context.Context, q db.Q, c cop.COP, id string) (n follow.Named, err error) {
		x, err := question.Find(ctx, q, id)
		if err == nil && (x.COP != c.ID || x.State == question.Draft) {
			err = apperr.NotFoundf("Ce débat n’existe pas, ou n’est pas encore ouvert.")
		}
		return follow.Named{Name: "la question «\u00a0" + x.Question + "\u00a0»", Path: questionPath(c, x)}, err
	}
}

func questionPath(c cop.COP, x question.Question) string {
	return "/regions/" + c.Slug + "/debats/" + x.ID
}

func decisionPath(x minutes.Decision) string {
	return "/reunions/" + x.Meeting + "/decisions#decision-" + x.ID
}

type teller struct{ web.Debate }

// title names what is linked to a contribution, for anyone: a decision of a public
// meeting that stands, a public meeting, a group. Anything else has no name.
func (t teller) title(ctx context.Context, q db.Q, kind, id string) (title, href string, err error) {
	switch kind {
	case link.Decision:
		x, err := standing(ctx, q, id)
		if err != nil || x.ID == "" {
			return "", "", err
		}
		return x.Sentence, decisionPath(x), nil
	case link.Action:
		return action.TitleOf(ctx, q, id)
	case link.Meeting:
		x, _, err := cop.FindMeeting(ctx, q, policy.Actor{}, id)
		if apperr.KindOf(err) == apperr.NotFound && err != nil {
			return "", "", nil
		}
		return x.Title, "/reunions/" + id, err
	case link.Group:
		g, err := group.Find(ctx, q, id)
		if err != nil || g.Part != policy.Public {
			return "", "", err
		}
		c, err := cop.Find(ctx, q, g.COP)
		return g.Name, "/regions/" + c.Slug + "/groupes/" + id, err
	}
	return "", "", nil
}

// standing is a decision that anyone reads and that was not dropped, empty otherwise.
func standing(ctx context.Context, q db.Q, id string) (x minutes.Decision, err error) {
	x, _, _, err = minutes.FindDecision(ctx, q, policy.Actor{}, id)
	switch {
	case err != nil && (apperr.KindOf(err) == apperr.NotFound || apperr.KindOf(err) == apperr.Forbidden), err == nil && x.State == "dropped":
		return minutes.Decision{}, nil
	}
	return x, err
}

// contribution tells what became of one to those who follow it, its lever or its place.
func (t teller) contribution(ctx context.Context, tx db.Q, c cop.COP, p debate.Post, e contribution.Fact) error {
	subjects := []follow.Subject{{Kind: follow.Contribution, ID: p.ID}}
	if p.Lever != "" {
		subjects = append(subjects, follow.Subject{Kind: follow.Lever, ID: p.Lever})
	}
	if p.Territory != "" {
		subjects = append(subjects, follow.Subject{Kind: follow.Territory, ID: p.Territory})
	}
	l := mail.Letter{Subject: "Une contribution que vous suivez, ou sur ce que vous suivez", Blocks: []mail.Block{mail.Para("La contribution «\u00a0" + p.Title + "\u00a0»\u00a0: " + e.Text), mail.Link("Lire la contribution et sa suite", t.Shared.BaseURL+contribution.Path(c, p.ID))}}
	return t.Follow.Announce(ctx, tx, c, subjects, "contribution/"+p.ID+"/"+string(e.Kind)+"/"+e.Subject, l)
}

// lever tells a decision to those who follow its lever.
func (t teller) lever(ctx context.Context, tx db.Q, l link.Link) error {
	if l.From.Kind != link.Decision {
		return nil
	}
	x, err := standing(ctx, tx, l.From.ID)
	if err != nil || x.ID == "" {
		return err
	}
	c, err := cop.Find(ctx, tx, x.COP)
	if err != nil {
		return err
	}
	return t.Follow.Announce(ctx, tx, c, []follow.Subject{{Kind: follow.Lever, ID: l.To.ID}}, "decision/"+x.ID+"/"+l.To.ID,
		mail.Letter{Subject: "Une décision sur un levier que vous suivez", Blocks: []mail.Block{mail.Quote("La décision, "+french.Day(x.Day), x.Sentence), mail.Link("La lire, avec sa réunion", t.Shared.BaseURL+decisionPath(x))}})
}

// question tells that a debate opened, or what the team draws from it.
func (t teller) question(ctx context.Context, tx db.Q, c cop.COP, x question.Question, verb string) error {
	subjects := []follow.Subject{{Kind: follow.Question, ID: x.ID}, {Kind: follow.Region, ID: c.ID}}
	for _, l := range x.Levers {
		subjects = append(subjects, follow.Subject{Kind: follow.Lever, ID: l})
	}
	if x.Group != "" {
		subjects = append(subjects, follow.Subject{Kind: follow.Group, ID: x.Group})
	}
	l := mail.Letter{Subject: "Une question est mise en débat", Blocks: []mail.Block{mail.Quote("La question", x.Question), mail.Link("Donner son avis, sans compte", t.Shared.BaseURL+questionPath(c, x))}}
	if verb == "conclude" {
		l = mail.Letter{Subject: "Ce que la COP retient d’un débat", Blocks: []mail.Block{mail.Para("La question\u00a0: «\u00a0" + x.Question + "\u00a0»."), mail.Quote("Ce que l’équipe en retient", x.Conclusion), mail.Link("Lire les résultats", t.Shared.BaseURL+questionPath(c, x)+"/resultats")}}
	}
	return t.Follow.Announce(ctx, tx, c, subjects, "question/"+x.ID+"/"+verb, l)
}

// meeting tells those who follow a group that it meets in public, and what a meeting
// decided when it becomes one that anyone reads.
func (t teller) meeting(ctx context.Context, tx db.Q, c cop.COP, before, x cop.Meeting) error {
	if x.Part != policy.Public {
		return nil
	}
	if before.ID != "" && before.Part != policy.Public {
		if err := t.opened(ctx, tx, x.ID); err != nil {
			return err
		}
	}
	if x.Group == "" || x.State != cop.Planned || x.Day < c.DayAt(t.Shared.Now()) || before.Group == x.Group && before.Part == x.Part {
		return nil
	}
	name, err := group.Name(ctx, tx, x.Group)
	if err != nil || name == "" {
		return err
	}
	return t.Follow.Announce(ctx, tx, c, []follow.Subject{{Kind: follow.Group, ID: x.Group}}, "meeting/"+x.ID+"/"+x.Group,
		mail.Letter{Subject: "Le groupe «\u00a0" + name + "\u00a0» se réunit", Blocks: []mail.Block{mail.Para("«\u00a0" + x.Title + "\u00a0», " + meeting.When(x) + "."), mail.Link("La réunion, et comment y venir", t.Shared.BaseURL+"/reunions/"+x.ID)}})
}

// opened tells the decisions of a meeting that nobody could read until then.
func (t teller) opened(ctx context.Context, tx db.Q, id string) error {
	rows, err := tx.Query(ctx, `SELECT id FROM decision WHERE meeting_id = $1 AND state <> 'dropped' ORDER BY id`, id)
	all, err := db.Strings(rows, err)
	if err != nil {
		return err
	}
	for _, one := range all {
		links, err := link.From(ctx, tx, link.End{Kind: link.Decision, ID: one})
		if err != nil {
			return err
		}
		for _, l := range links {
			if then, ok := t.Shared.Links.OnJoin[l.To.Kind]; ok {
				if err := then(ctx, tx, l); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// decisionsSince are the decisions of public meetings that were held since the letter
// before.
func decisionsSince(d web.Debate) func(context.Context, db.Q, cop.COP, string) (follow.Part, error) {
	return func(ctx context.Context, q db.Q, c cop.COP, from string) (follow.Part, error) {
		out := follow.Part{Title: "Décisions des réunions"}
		list, err := d.Minutes.DecisionsOf(ctx, q, policy.Actor{}, c, "", listed)
		for _, x := range list.Rows {
			if x.Day >= from && x.State != "dropped" {
				out.Items = append(out.Items, follow.Item{Text: x.Sentence + " (" + french.Day(x.Day) + ")", Path: decisionPath(x)})
			}
		}
		return out, err
	}
}

// answersSince says how many contributions were answered, with the last ones.
func answersSince(ctx context.Context, q db.Q, c cop.COP, from int64) (follow.Part, error) {
	out := follow.Part{Title: "Contributions répondues"}
	type line struct{ id, title string }
	rows, err := q.Query(ctx, `SELECT p.id, p.title FROM contribution_instruction i JOIN debate_post p ON p.id = i.post_id
		WHERE i.cop_id = $1 AND i.state = 'answered' AND i.answered_at > $2 AND p.state = 'published' ORDER BY i.answered_at DESC, p.id LIMIT `+strconv.Itoa(listed), c.ID, from)
	all, err := db.Collect(rows, err, func(r *db.Rows) (x line, err error) { return x, r.Scan(&x.id, &x.title) })
	for _, x := range all {
		out.Items = append(out.Items, follow.Item{Text: x.title, Path: contribution.Path(c, x.id)})
	}
	return out, err
}
