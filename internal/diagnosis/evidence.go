package diagnosis

import (
	"context"
	"math"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/restitution"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// Scoring is the scores of the levers of a region on a day, with all that they are
// made of.
type Scoring struct {
	COP     string   `json:"cop"`
	Region  string   `json:"region"`
	Day     string   `json:"day"`
	Public  bool     `json:"public"`  // made of what anyone may read
	Answers string   `json:"answers"` // what the questionnaire said that day, or why it says nothing
	Weights Weights  `json:"weights"`
	Levers  []Scored `json:"levers"` // by rank
}

// Lever is the score of a lever, false when the region has no such lever.
func (s Scoring) Lever(code string) (Scored, bool) {
	i := slices.IndexFunc(s.Levers, func(x Scored) bool { return x.Lever == code })
	if i < 0 {
		return Scored{}, false
	}
	return s.Levers[i], true
}

// ScoresOf scores the levers of a region as they are now. public reads what anyone
// may; else the answers to the questionnaire are those of the moment, published or
// not: the caller then judges who asks.
func (m *Room) ScoresOf(ctx context.Context, copID string, public bool) (s Scoring, err error) {
	defer apperr.Wrap(&err, "diagnosis.ScoresOf(%s)", copID)
	c, err := cop.Find(ctx, m.DB, copID)
	if err != nil {
		return s, err
	}
	w, err := WeightsOf(ctx, m.DB, copID)
	if err != nil {
		return s, err
	}
	s = Scoring{COP: c.ID, Region: c.Region, Day: c.DayAt(m.Now()), Public: public, Weights: w}
	g, err := m.gather(ctx, c, public)
	if err != nil {
		return s, err
	}
	s.Answers = g.told
	s.Levers = Score(g.all(), w)
	return s, nil
}

// gathered is what the rooms say of the levers of a region.
type gathered struct {
	slug    string
	fw      *framework.Framework
	plans   []plan.Line
	trends  map[string]*panorama.LeverTrend
	view    restitution.View
	answers restitution.Group
	told    string // what the questionnaire is read from, or why it is not
	asked   bool
	tagged  map[knowledge.Kind]map[string][]string // kind → lever → items
	largest panorama.Kg
}

func (m *Room) gather(ctx context.Context, c cop.COP, public bool) (g gathered, err error) {
	model, err := m.Model(ctx)
	if err != nil {
		return g, err
	}
	ref := territory.Ref{Scale: territory.RegionS, Code: c.Region}
	g.slug, g.fw = c.Slug, model.Framework()
	compared, err := plan.Read(ctx, m.DB, model, c.Region, nil)
	if err != nil {
		return g, err
	}
	g.plans = compared.Lines
	for _, l := range g.plans {
		if l.Line.Objective.Known {
			g.largest = max(g.largest, l.Line.Objective.Kg)
		}
	}
	if err := m.gatherTrends(ctx, &g, compared.Region, ref); err != nil {
		return g, err
	}
	if err := m.gatherAnswers(ctx, &g, c, public); err != nil {
		return g, err
	}
	list, err := knowledge.RetainedOn(ctx, m.DB, c.Region)
	g.tagged = map[knowledge.Kind]map[string][]string{knowledge.Obstacle: {}, knowledge.Strength: {}}
	for _, x := range list {
		g.tagged[x.Kind][x.Lever] = append(g.tagged[x.Kind][x.Lever], x.Item)
	}
	return g, err
}

func (m *Room) gatherTrends(ctx context.Context, g *gathered, p panorama.Panorama, ref territory.Ref) error {
	book, err := m.Book()
	if err != nil {
		return err
	}
	curves, err := book.Read(ctx, m.DB, ref.String())
	if err != nil {
		return err
	}
	own, err := m.Own(ctx, ref)
	if err != nil {
		return err
	}
	g.trends = map[string]*panorama.LeverTrend{}
	all := panorama.Trends(&p, book, curves, own, m.Now().Year())
	for i := range all {
		g.trends[all[i].Line.Lever.Code] = &all[i]
	}
	return nil
}

func (m *Room) gatherAnswers(ctx context.Context, g *gathered, c cop.COP, public bool) error {
	g.view = restitution.View{Cycle: c.Cycle, Region: c.Region, Public: public}
	var err error
	if public {
		g.view.Board, err = m.Restitution.Published(ctx, c.Cycle, c.Region)
	} else {
		g.view.Board, err = m.Restitution.Read(ctx, c.Cycle, c.Region)
	}
	if err != nil {
		return err
	}
	switch {
	case public && len(g.view.Editions) == 0:
		g.told = "la restitution du questionnaire n’est pas encore publiée"
	case len(g.view.Campaigns) == 0:
		g.told = "la région n’a pas encore de questionnaire dans ce cycle"
	default:
		g.asked, g.answers, g.told = true, g.view.Whole(), g.view.Scope(m.Now())
	}
	return nil
}

func (g *gathered) all() []Evidence {
	out := make([]Evidence, 0, len(g.plans))
	for i := range g.plans {
		l := &g.plans[i]
		x := Evidence{Lever: l.Line.Lever.Code, Name: LeverName(g.fw, l.Line.Lever.Code), Theme: string(l.Line.Lever.Theme), Kg: int64(l.Line.Objective.Kg), HasKg: l.Line.Objective.Known}
		code := x.Lever
		x.Facts = []Fact{gapFact(l), paceFact(g.trends[code], g.slug), g.size(l), g.family(code), g.count(knowledge.Obstacle, code), g.count(knowledge.Strength, code)}
		out = append(out, x)
	}
	return out
}

func unknown(reason string) Fact { return Fact{Reason: reason} }

// decimal writes a note, or a score, as pages do.
func decimal(v float64) string { return french.Number(v, 2) }

func clamp(v float64) float64 { return math.Min(math.Max(v, 0), 1) }

func gapFact(l *plan.Line) Fact {
	p := l.Panorama.Kt
	switch {
	case !p.Known:
		return unknown(p.Reason)
	case p.V <= 0:
		return unknown("l’objectif proposé n’évite pas d’émissions\u00a0: il n’y a pas d’écart à combler")
	case !l.Gap.Known:
		return unknown(l.Gap.Reason)
	}
	note := clamp(-l.Gap.V / p.V)
	f := Fact{Known: true, Note: note, Key: plan.Prefix + "/" + l.Line.Lever.Code + "/" + l.Line.FigureKey[lastSlash(l.Line.FigureKey)+1:]}
	f.Text = "le document vise " + plan.Number(l.Regional[0].Effort.Kt.V) + " sur " + plan.Number(p.V) + "\u00a0ktCO₂e"
	f.Numbers = "(" + plan.Number(p.V) + " − " + plan.Number(l.Regional[0].Effort.Kt.V) + ") ÷ " + plan.Number(p.V) + ", entre 0 et 1 = " + decimal(note)
	return f
}

func paceFact(t *panorama.LeverTrend, slug string) Fact {
	if t == nil || t.Main < 0 || !t.Verdict().Given() {
		reason := "aucune série ne mesure ce levier dans la région"
		if t != nil && t.Reason != "" {
			reason = t.Reason
		}
		return unknown(reason)
	}
	x := t.Trends[t.Main]
	j := x.Judgement
	f := Fact{Known: true, Text: j.Verdict.Label(), Beside: j.Reason, Page: "/regions/" + slug + "/tendances", Key: series.Trends + "/" + x.Curve.Indicator.Code + "/" + x.Curve.Territory + "/rythme"}
	last, _ := x.Curve.Last()
	switch {
	case j.Verdict == series.Ahead && (!j.Required.Known || reached(last.Value, x)):
		f.Numbers = "la cible est atteinte\u00a0: 0"
	case !j.Required.Known || j.Required.PerYear == 0:
		f.Note, f.Numbers = 1, "l’année de la cible est passée\u00a0: 1"
	default:
		f.Note = clamp(1 - j.Pace.PerYear/j.Required.PerYear)
		f.Numbers = "1 − " + french.Significant(j.Pace.PerYear, 3) + " ÷ " + french.Significant(j.Required.PerYear, 3) + ", entre 0 et 1 = " + decimal(f.Note)
	}
	return f
}

// reached tells that what is left to go is nothing, or is behind.
func reached(last float64, x panorama.Trend) bool {
	switch x.Curve.Indicator.Direction {
	case series.Up:
		return last >= x.Judgement.Target.Value
	case series.Down:
		return last <= x.Judgement.Target.Value
	}
	return last == x.Judgement.Target.Value // a value without direction is reached when it is there
}

func (g *gathered) size(l *plan.Line) Fact {
	o := l.Line.Objective
	switch {
	case !o.Known:
		return unknown(o.Reason)
	case g.largest <= 0:
		return unknown("aucun levier de la région n’évite d’émissions dans ce panorama")
	}
	note := clamp(float64(o.Kg) / float64(g.largest))
	return Fact{Known: true, Note: note, Text: o.Kg.Less(), Key: l.Line.FigureKey,
		Numbers: french.Significant(o.Kg.Kt(), 4) + " ÷ " + french.Significant(g.largest.Kt(), 4) + ", entre 0 et 1 = " + decimal(note)}
}

func lastSlash(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '/' {
			return i
		}
	}
	return -1
}
