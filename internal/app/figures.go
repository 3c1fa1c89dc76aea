package app

import (
	"context"
	"strings"

	"jalon/internal/action/coverage"
	"jalon/internal/debate/meeting"
	"jalon/internal/diagnosis"
	"jalon/internal/figure"
	"jalon/internal/followup/outcome"
	"jalon/internal/national"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/restitution"
	"jalon/internal/roadmap"
	blocks "jalon/internal/roadmap/live"
	"jalon/internal/series"
	"jalon/internal/survey"
	"jalon/internal/territory"
)

// explain says who answers for the figures of each room, with what anyone may read
// of them.
func (c *Core) explain(f *figure.Registry, r rooms) {
	f.Register("panorama", c.explainPanorama)
	f.Register(national.Prefix, r.national.Explain)
	f.Register(plan.Prefix, c.modelled(func(ctx context.Context, m *panorama.Model, key string) (figure.Explanation, error) {
		return plan.Explain(ctx, c.DB, m, key)
	}))
	f.Register(restitution.Prefix, r.restitution.Explain)
	f.Register(diagnosis.Prefix, r.diagnosis.ExplainScore)
	f.Register(series.Trends, c.explainSeries)
	f.Register(survey.Figures, r.survey.Explain)
	f.Register(objective.Prefix, c.modelled(r.objectives.Explain))
	f.Register(coverage.Prefix, r.action.Coverage.Explain)
	f.Register(coverage.SheetPrefix, r.action.Coverage.ExplainSheet)
	f.Register(coverage.ActionPrefix, r.action.Coverage.ExplainAction)
	f.Register(blocks.Prefix, (&blocks.Catalogue{Sources: blocks.Sources{DB: c.DB, Model: c.Model, Coverage: r.action.Coverage}}).Explain)
	f.Register(roadmap.Prefix, r.follow.Roadmap.Explain)
	f.Register(outcome.Prefix, r.follow.Outcome.Explain)
	f.Register(meeting.Prefix, c.modelled(r.debate.Meeting.Explain))
}

// modelled is an explainer that reads the panorama of the data as they are now.
func (c *Core) modelled(of func(ctx context.Context, m *panorama.Model, key string) (figure.Explanation, error)) figure.Explainer {
	return func(ctx context.Context, key string) (figure.Explanation, error) {
		m, err := c.Model(ctx)
		if err != nil {
			return figure.Explanation{}, err
		}
		return of(ctx, m, key)
	}
}

// explainSeries answers for the figures of series, and names their territory.
func (c *Core) explainSeries(ctx context.Context, key string) (figure.Explanation, error) {
	book, err := c.Book()
	if err != nil {
		return figure.Explanation{}, err
	}
	m, err := c.Model(ctx)
	if err != nil {
		return figure.Explanation{}, err
	}
	place := func(text string) (name, page string, err error) {
		ref, err := territory.ParseRef(text)
		if err != nil {
			return "", "", err
		}
		t, err := m.Tree().Lookup(ref)
		if err != nil {
			return "", "", err
		}
		switch ref.Scale {
		case territory.RegionS:
			region, err := m.Tree().Region(ref.Code)
			return t.Name, "/regions/" + region.Slug, err
		case territory.Department:
			return t.Name, "/departements/" + ref.Code, nil
		}
		return t.Name, "", nil
	}
	return book.Explain(ctx, c.DB, place, key)
}

// explainPanorama also answers for free perimeters, which the model of the
// tree does not hold.
func (c *Core) explainPanorama(ctx context.Context, key string) (figure.Explanation, error) {
	m, err := c.Model(ctx)
	if err != nil {
		return figure.Explanation{}, err
	}
	parts := strings.Split(key, "/")
	if len(parts) < 4 || len(parts) > 5 || parts[1] != panorama.July {
		return m.Explain(ctx, key)
	}
	id, ok := strings.CutPrefix(parts[3], string(territory.Perimeter)+":")
	if !ok {
		return m.Explain(ctx, key)
	}
	p, err := territory.FindPerimeter(ctx, c.DB, id)
	if err != nil {
		return figure.Explanation{}, err
	}
	communes, err := territory.MembersOf(ctx, c.DB, m.Tree(), id)
	if err != nil {
		return figure.Explanation{}, err
	}
	ask := ""
	if len(parts) == 5 {
		ask = parts[4]
	}
	return m.ExplainIn(m.OfCommunes(p.Territory(m.Tree()), communes), communes, parts[2], ask)
}
