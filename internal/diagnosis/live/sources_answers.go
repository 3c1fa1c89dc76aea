package live

import (
	"context"
	"slices"
	"sync"
	"time"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/framework"
	"jalon/internal/knowledge"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/report"
	"jalon/internal/restitution"
	"jalon/internal/series"
	"jalon/internal/survey"
	"jalon/internal/territory"
)

// said is what authorities answered, what works and what blocks, each read when a
// block first asks for it.
type said struct {
	published *published
	strong    *[]knowledge.Item
	stops     *stops
	practices *practices
}

// published is the restitution that both heads published; why there is none (French)
// else.
type published struct {
	report.Told
	View restitution.View
	None string
}

// stops are the obstacles that the region retained, with what the nation answers by
// the line that each counts in.
type stops struct {
	list    []knowledge.Item
	more    bool
	answers map[string]knowledge.Group
}

// practices are the good practices of the other regions, and those that this one
// takes up.
type practices struct {
	shared, taken []knowledge.Item
	notes         map[string]knowledge.Uptake
}

// most bounds what one document lists of a region.
const most = 400

// told is the restitution of the region as anyone reads it. Its figures lead to the
// edition itself: who composes the document reads more, and the explanations kept
// with it must not.
func (r *reading) told(ctx context.Context) (*published, error) {
	if r.said.published != nil {
		return r.said.published, nil
	}
	v, err := r.Restitution.For(ctx, policy.Actor{}, r.Cycle, r.Region.Code, true)
	out := &published{}
	switch {
	case apperr.KindOf(err) == apperr.NotFound:
		out.None = apperr.Message(err)
	case err != nil:
		return nil, err
	default:
		out.View = v.Kept()
		out.Told = report.Tell(report.Answered{View: out.View, Tree: r.model.Tree(), Now: r.Now()})
	}
	r.said.published = out
	return out, nil
}

// strengths are the strong points retained, the newest first.
func (r *reading) strengths(ctx context.Context) ([]knowledge.Item, error) {
	if r.said.strong == nil {
		list, _, err := knowledge.Public(ctx, r.DB, knowledge.Filter{Kind: knowledge.Strength, Region: r.Region.Code}, most)
		if err != nil {
			return nil, err
		}
		r.said.strong = &list
	}
	return *r.said.strong, nil
}

// obstacles are those retained; one that is grouped with another counts there.
func (r *reading) obstacles(ctx context.Context) (*stops, error) {
	if r.said.stops != nil {
		return r.said.stops, nil
	}
	if _, to := r.Period(); to < r.Day { // of a period that is over
		c, err := cop.Find(ctx, r.DB, r.COP)
		if err != nil {
			return nil, err
		}
		before, err := c.EndOf(to)
		if err != nil {
			return nil, err
		}
		list, answers, err := knowledge.ObstaclesBy(ctx, r.DB, r.Region.Code, before)
		if err != nil {
			return nil, err
		}
		r.said.stops = &stops{list, false, answers}
		return r.said.stops, nil
	}
	list, more, err := knowledge.Public(ctx, r.DB, knowledge.Filter{Kind: knowledge.Obstacle, Region: r.Region.Code}, most)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(x knowledge.Item) bool { return x.MergedInto != "" })
	answers, err := knowledge.AnswersTo(ctx, r.DB, list)
	if err != nil {
		return nil, err
	}
	r.said.stops = &stops{list, more, answers}
	return r.said.stops, nil
}

// shared are the good practices of the other regions.
func (r *reading) shared(ctx context.Context) (*practices, error) {
	if r.said.practices != nil {
		return r.said.practices, nil
	}
	all, _, err := knowledge.Public(ctx, r.DB, knowledge.Filter{Kind: knowledge.Strength, Shared: true}, most)
	if err != nil {
		return nil, err
	}
	out := &practices{shared: slices.DeleteFunc(all, func(x knowledge.Item) bool { return x.Region == r.Region.Code })}
	if out.taken, out.notes, err = knowledge.TakenUp(ctx, r.DB, r.Region.Code); err != nil {
		return nil, err
	}
	r.said.practices = out
	return out, nil
}

func (r *reading) ref() territory.Ref {
	return territory.Ref{Scale: territory.RegionS, Code: r.Region.Code}
}

// rates are the response rates of the campaign of the region at the end of the day;
// ok is false when nobody was asked by then.
func (r *reading) rates(ctx context.Context) (set survey.RateSet, ok bool, err error) {
	zone, err := time.LoadLocation("Europe/Paris") // the hour of the explanation
	if err != nil {
		return set, false, err
	}
	day, err := time.ParseInLocation(time.DateOnly, r.Day, zone)
	if err != nil {
		return set, false, err
	}
	rows, err := survey.RatesAt(ctx, r.DB, r.Cycle, day.AddDate(0, 0, 1))
	rows = slices.DeleteFunc(rows, func(x survey.RateRow) bool { return x.Region != r.Region.Code || x.Mark == survey.CampaignDraft })
	return survey.RatesOf(rows).Regions[r.Region.Code], len(rows) > 0, err
}

// same are the levers of the other lists that are one with a lever, or hold it, or
// that it holds; itself first.
func (r *reading) same(code string) []string {
	out := []string{code}
	for _, k := range r.model.Framework().Crosswalk(code) {
		if other := k.Other(code); other != "" && k.Kind != framework.NoMatch {
			out = append(out, other)
		}
	}
	return out
}

// touches reports whether an item is about a lever, whatever the list that its
// author took it from.
func touches(x knowledge.Item, codes []string) bool {
	return slices.ContainsFunc(x.Levers, func(l string) bool { return slices.Contains(codes, l) })
}

// asked lists the levers that a questionnaire may hold, to choose one: those of the
// list that the program's own form follows.
var asked = sync.OnceValue(func() [][2]string {
	fw, err := framework.Load(data.FS)
	if err != nil {
		return nil // the program does not start on such tables: see its own loading
	}
	var out [][2]string
	for _, l := range fw.Levers(framework.March2025) {
		out = append(out, [2]string{l.Code, l.Name})
	}
	return out
})

// verdictOf is the verdict on a lever of a questionnaire: that of the lever of the
// panorama which it is, or which holds it. The trend is nil without any series.
func verdictOf(all []panorama.LeverTrend, codes []string) (*panorama.LeverTrend, series.Verdict) {
	var found *panorama.LeverTrend
	for i := range all {
		if !slices.Contains(codes, all[i].Line.Lever.Code) || all[i].Main < 0 {
			continue
		}
		if all[i].Verdict().Given() {
			return &all[i], all[i].Verdict()
		}
		if found == nil {
			found = &all[i]
		}
	}
	if found == nil {
		return nil, series.NoTarget
	}
	return found, found.Verdict()
}

// usually is a block that the proposed plan of a diagnosis holds.
func usually(part composition.Part, code, name, help string, make makes) block {
	return block{composition.Live{Code: string(part) + "/" + code, Part: part, Name: name, Help: help, Usual: true}, make}
}

type makes = func(ctx context.Context, r *reading, params map[string]string) (composition.Made, error)

// ofAnswers is a block of the published restitution: without one it says why, and in
// any case what will come where there is nothing to show.
func ofAnswers(coming string, make func(ctx context.Context, r *reading, p *published, params map[string]string) (composition.Made, error)) makes {
	return func(ctx context.Context, r *reading, params map[string]string) (composition.Made, error) {
		p, err := r.told(ctx)
		if err != nil {
			return composition.Made{}, err
		}
		if p.None != "" {
			return lacking(p.None, coming), nil
		}
		out, err := make(ctx, r, p, params)
		if out.Missing != "" {
			out = lacking(out.Missing, coming)
		}
		return out, err
	}
}
