package web

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/debate/consultation"
	"jalon/internal/debate/contribution"
	"jalon/internal/debate/follow"
	"jalon/internal/debate/group"
	"jalon/internal/debate/meeting"
	"jalon/internal/debate/question"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
)

// shownOnHub is how many lines a room shows on the page of the debate.
const shownOnHub = 3

// openQuestions are the debates of a COP that take votes now.
func (s *server) openQuestions(ctx context.Context, c cop.COP) (open []question.Listed, err error) {
	list, _, err := s.Debate.Question.List(ctx, s.DB, policy.Actor{}, c, "")
	for _, x := range list {
		if x.Takes(c, s.Now()) {
			open = append(open, x)
		}
	}
	return open, err
}

func (s *server) answering(ctx context.Context, c cop.COP) ([]sections.Tile, error) {
	open, err := s.openQuestions(ctx, c)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	x := open[0]
	return []sections.Tile{{Title: "Donner son avis sur une question", Text: x.Question.Question, Href: "/regions/" + c.Slug + "/debats/" + x.ID}}, nil
}

func (s *server) commenting(ctx context.Context, c cop.COP) (out []sections.Tile, err error) {
	list, err := consultation.All(ctx, s.DB, c, false)
	for _, x := range list {
		if x.Phase(c.DayAt(s.Now())) == consultation.Open {
			return []sections.Tile{{Title: "Amender un texte", Text: x.Title + ", jusqu’au " + french.Day(x.ClosesOn) + ".", Href: x.Path(c)}}, err
		}
	}
	return nil, err
}

// questionsPart are the open debates, with how many people answered them.
func (s *server) questionsPart(ctx context.Context, _ policy.Actor, c cop.COP) (p sections.Part, err error) {
	open, err := s.openQuestions(ctx, c)
	if err != nil || len(open) == 0 {
		return p, err
	}
	base := "/regions/" + c.Slug + "/debats"
	p = sections.Part{ID: "questions", Title: "Les questions ouvertes", Links: []ui.Link{{Label: "Toutes les questions, avec leurs résultats", Href: base}}}
	t := ui.Table{ID: "questions-ouvertes", Caption: "Les questions qui prennent des avis en ce moment", CaptionHidden: true, Columns: []ui.Column{{Label: "Question", Wide: true}, {Label: "Personnes", Number: true}, {Label: "Votes", Number: true}}}
	for _, x := range open[:min(len(open), shownOnHub)] {
		votes := ui.Cell{Missing: "le premier calcul n’est pas encore fait"}
		if !x.Computed.IsZero() && x.Computed.Unix() > 0 {
			votes = ui.Cell{Text: french.Integer(x.Votes)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Question.Question, Href: base + "/" + x.ID}, {Text: french.Integer(x.People)}, votes}})
	}
	p.Tables = []ui.Table{t}
	return p, nil
}

// consultationsPart are the texts that one may amend, now or soon.
func (s *server) consultationsPart(ctx context.Context, _ policy.Actor, c cop.COP) (p sections.Part, err error) {
	list, err := consultation.All(ctx, s.DB, c, false)
	if err != nil || len(list) == 0 {
		return p, err
	}
	p = sections.Part{ID: "consultations", Title: "Les textes en consultation"}
	for _, x := range list {
		if at := x.Phase(c.DayAt(s.Now())); at == consultation.Open || at == consultation.Coming {
			p.Links = append(p.Links, ui.Link{Label: x.Title + ", du " + french.Day(x.OpensOn) + " au " + french.Day(x.ClosesOn), Href: x.Path(c)})
		}
	}
	if len(p.Links) == 0 {
		p.Lead = "Aucun texte n’est en consultation en ce moment."
	}
	p.Links = append(p.Links, ui.Link{Label: "Toutes les consultations", Href: c.Path() + "/consultations"})
	return p, nil
}

// decisionsPart are the last decisions of public meetings: what a page that anyone may
// keep shows does not depend on who reads it.
func (s *server) decisionsPart(ctx context.Context, _ policy.Actor, c cop.COP) (p sections.Part, err error) {
	list, err := s.Debate.Minutes.DecisionsOf(ctx, s.DB, policy.Actor{}, c, "", shownOnHub)
	if err != nil || len(list.Rows) == 0 {
		return p, err
	}
	p = sections.Part{ID: "decisions", Title: "Les dernières décisions"}
	for _, x := range list.Rows {
		p.Links = append(p.Links, ui.Link{Label: x.Sentence + " (" + french.Day(x.Day) + ")", Href: "/reunions/" + x.Meeting + "/decisions#decision-" + x.ID})
	}
	p.Links = append(p.Links, ui.Link{Label: "Toutes les décisions", Href: "/regions/" + c.Slug + "/decisions"})
	return p, nil
}

// letterPart leads to the letter of the region.
func (s *server) letterPart(ctx context.Context, _ policy.Actor, c cop.COP) (p sections.Part, err error) {
	list, err := follow.Letters(ctx, s.DB, c, false)
	p = sections.Part{ID: "lettre", Title: "La lettre de la COP", Lead: "Ce qui s’est dit, ce qui s’ouvre, ce qui est décidé\u00a0: un message de temps en temps, sans compte.", Links: []ui.Link{{Label: "La recevoir, ou lire les précédentes", Href: "/regions/" + c.Slug + "/lettre"}}}
	if len(list) > 0 {
		p.Lead += " " + french.Integer(len(list)) + french.NoBreak + french.Plural(len(list), "lettre parue", "lettres parues") + "."
	}
	return p, err
}

// debateFigures are what the debate amounts to, each with the page where one reads what
// it counts.
func (s *server) debateFigures(ctx context.Context, _ policy.Actor, c cop.COP) (p sections.Part, err error) {
	m, err := s.Model(ctx)
	if err != nil {
		return p, err
	}
	came, err := meeting.ParticipationOf(ctx, s.DB, m.Tree(), c, c.DayAt(s.Now()))
	if err != nil {
		return p, err
	}
	groups, err := group.Choices(ctx, s.DB, c.ID)
	if err != nil {
		return p, err
	}
	a, err := contribution.AnswersOf(ctx, s.DB, c.ID)
	if err != nil {
		return p, err
	}
	base := "/regions/" + c.Slug
	t := ui.Table{ID: "debat-en-chiffres", Caption: "Ce que compte le débat de cette COP", CaptionHidden: true, Columns: []ui.Column{{Label: "Ce qui est compté", Wide: true}, {Label: "Nombre", Number: true}}}
	add := func(label, href string, n int64, why string) {
		cell := ui.Cell{Text: french.Integer(n)}
		if n == 0 && why != "" {
			cell = ui.Cell{Missing: why}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: label, Href: href}, cell}})
	}
	const noList, noGroup, noPost = "aucune liste de présence n’est tenue", "aucun groupe n’est ouvert dans Jalon", "aucune contribution n’est publiée"
	add("Personnes différentes venues aux réunions", base+"/reunions/participation", came.People, noList)
	add("Groupes de travail actifs", base+"/groupes", int64(len(groups)), noGroup)
	add("Contributions publiées", base+"/contributions", a.Received, noPost)
	answered := ui.Cell{Missing: noPost}
	if a.Received > 0 {
		answered = ui.Cell{Text: french.Integer(a.Answered) + " sur " + french.Integer(a.Received)}
	}
	t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: "Contributions répondues", Href: base + "/contributions"}, answered}})
	return sections.Part{ID: "chiffres", Title: "Le débat en chiffres", Tables: []ui.Table{t}}, nil
}
