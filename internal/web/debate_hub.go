package web

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/ambition"
	"jalon/internal/debate/contribution"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/policy"
	"jalon/internal/web/ambitions"
	"jalon/internal/web/objectives"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// debateActs are what one can do now in the debate of a COP, in the order of its page:
// a room gives none when nothing is open there.
func (s *server) debateActs() []func(context.Context, cop.COP) ([]sections.Tile, error) {
	return []func(context.Context, cop.COP) ([]sections.Tile, error){contributing, s.answering, ambitions.Acts(s.DB, s.Now), s.commenting}
}

func contributing(_ context.Context, c cop.COP) ([]sections.Tile, error) {
	return []sections.Tile{{Title: "Déposer une contribution", Text: "En deux minutes, sans compte\u00a0: une idée, un besoin, un exemple de chez vous.", Href: "/regions/" + c.Slug + "/contributions/nouvelle"}}, nil
}

// debateParts are what the rooms of the debate show on its page, in its order.
func (s *server) debateParts() []func(context.Context, policy.Actor, cop.COP) (sections.Part, error) {
	return []func(context.Context, policy.Actor, cop.COP) (sections.Part, error){s.lastContributions, s.questionsPart, s.consultationsPart, s.decisionsPart, s.debateFigures, s.letterPart}
}

// lastContributions are the three that were published last.
func (s *server) lastContributions(ctx context.Context, _ policy.Actor, c cop.COP) (p sections.Part, err error) {
	const shown = 3
	list, err := s.Debate.Contribution.List(ctx, s.DB, c, contribution.Filter{Sort: contribution.ByDate}, "", shown)
	if err != nil {
		return p, err
	}
	p = sections.Part{ID: "contributions", Title: "Les contributions"}
	if list.Total == 0 {
		p.Lead = "Aucune contribution n’est publiée pour l’instant\u00a0: chacune est lue par la modération avant de l’être."
		return p, nil
	}
	p.Lead = french.Integer(list.Total) + french.NoBreak + french.Plural(list.Total, "contribution publiée", "contributions publiées") + ". Les dernières\u00a0:"
	for _, x := range list.Rows {
		p.Links = append(p.Links, ui.Link{Label: x.Title, Href: contribution.Path(c, x.ID)})
	}
	p.Links = append(p.Links, ui.Link{Label: "Les lire toutes, ou chercher", Href: "/regions/" + c.Slug + "/contributions"})
	return p, nil
}

// reachable is what participants hold reachable for a lever of a region, beside its
// objective: empty where no debate was opened.
func reachable(q db.Q) func(ctx context.Context, c cop.COP, lever string) (objectives.Reachable, error) {
	return func(ctx context.Context, c cop.COP, lever string) (out objectives.Reachable, err error) {
		x, err := ambition.Find(ctx, q, policy.Actor{}, c, lever)
		if apperr.KindOf(err) == apperr.NotFound && err != nil {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		list, err := ambition.Answers(ctx, q, x.ID)
		if err != nil {
			return out, err
		}
		s := ambition.SpreadOf(list)
		p := ambitions.SpreadPart("atteignable", "Ce que les participants disent atteignable", s, nil)
		out = objectives.Reachable{ID: p.ID, Title: p.Title, Texts: []string{wording.Upper(ambitions.Median(s)) + "."}, Href: "/regions/" + c.Slug + "/ambitions/" + lever}
		if !s.Shown {
			return out, nil
		}
		out.Texts = append(out.Texts, p.List[1:]...) // the first says how the drawing is read
		out.Table = p.Tables[0]
		out.Measure, out.Value = string(objective.InLevel), french.Number(s.All.Median, 6)
		if s.InKt {
			out.Measure, out.Value = string(objective.InKt), french.Number(s.All.Median, 3)
		}
		out.Reason = "Médiane des " + ambitions.Answers(s.All.N) + " au débat sur l’ambition de ce levier."
		return out, nil
	}
}
