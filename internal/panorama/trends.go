package panorama

import (
	"slices"
	"strings"

	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// Trend is one series of a territory against what it aims at.
type Trend struct {
	Curve     *series.Curve
	Pace1     series.Pace
	Pace3     series.Pace
	Judgement series.Judgement
	// National is the nation's target when it is a rate in the same unit: it may
	// be drawn under its name, and judges nothing.
	National *series.Target
}

// LeverTrend is a lever of a territory with every series that measures it. Main
// is the one that pages show first, -1 when there is none.
type LeverTrend struct {
	Line   *Line
	Trends []Trend
	Main   int
	Reason string // why there is no verdict
}

// Verdict is that of the main series.
func (l *LeverTrend) Verdict() series.Verdict {
	if l.Main < 0 {
		return series.NoTarget
	}
	return l.Trends[l.Main].Judgement.Verdict
}

// Own gives the targets that a territory has set itself for a lever: what it
// shares as an objective (series.Shared), what its plan says (series.Plan).
type Own func(lever string) []series.Target

// NoOwn is Own where nothing has been set.
func NoOwn(string) []series.Target { return nil }

// Trends sets every lever of a panorama against the series that measure it, in
// the order of the panorama. now is the year in course.
func Trends(p *Panorama, book *series.Book, curves map[string]*series.Curve, own Own, now int) []LeverTrend {
	rules := series.DefaultRules()
	out := make([]LeverTrend, 0, len(p.Lines))
	for i := range p.Lines {
		l := LeverTrend{Line: &p.Lines[i], Main: -1}
		targets := targetsOf(p, &p.Lines[i], own)
		for _, ind := range book.Catalogue.OfLever(p.Lines[i].Lever.Code) {
			if c := curves[ind.Code]; c != nil && c.Known() > 0 {
				l.Trends = append(l.Trends, TrendOf(book, c, targets, rules, now))
			}
		}
		l.choose()
		out = append(out, l)
	}
	return out
}

// TrendOf judges one curve.
func TrendOf(book *series.Book, c *series.Curve, targets []series.Target, rules series.Rules, now int) Trend {
	t := Trend{Curve: c, Pace1: c.PaceOver(1), Pace3: c.PaceOver(3), Judgement: rules.Judge(c, targets, now)}
	n, ok := book.Catalogue.National(c.Indicator.National)
	if ok && n.Target != nil && n.Rate() && series.SameRate(n.Unit, c.Indicator.Unit) {
		value, source := *n.Target, n.Aim
		if c.Aim != nil {
			value, source = c.Aim.Value, c.Aim.Text
		}
		t.National = &series.Target{Origin: series.Nation, Label: "cible nationale", Value: value, Unit: c.Indicator.Unit, Year: series.Horizon, Source: source}
	}
	return t
}

// TargetsFor lists the targets that may judge an indicator in a territory: those
// of the levers it is tied to, in the order of the rule.
func TargetsFor(p *Panorama, ind *series.Indicator, own Own) []series.Target {
	var out []series.Target
	for i := range p.Lines {
		if slices.Contains(ind.Levers, p.Lines[i].Lever.Code) {
			out = append(out, targetsOf(p, &p.Lines[i], own)...)
		}
	}
	slices.SortStableFunc(out, func(a, b series.Target) int { return rank(a.Origin) - rank(b.Origin) })
	return out
}

// choose takes the series with a verdict whose last value is the latest, else
// one that has a target, else the first of the catalogue.
func (l *LeverTrend) choose() {
	best := -1
	for i, t := range l.Trends {
		var score int
		last, _ := t.Curve.Last()
		switch {
		case t.Judgement.Verdict.Given():
			score = 20_000 + last.Year
		case t.Judgement.Target != nil:
			score = 10_000 + last.Year
		default:
			score = 1 // the order of the catalogue decides
		}
		if score > best {
			best, l.Main = score, i
		}
	}
	switch {
	case l.Main < 0:
		l.Reason = "Aucune série du catalogue ne mesure ce levier dans ce territoire."
	case !l.Trends[l.Main].Judgement.Verdict.Given():
		l.Reason = l.Trends[l.Main].Judgement.Reason
		if l.Line.Equiv.Reason != "" && l.Trends[l.Main].Judgement.Target == nil {
			l.Reason = "Pas de cible régionale\u00a0: " + lowerFirst(strings.TrimSuffix(l.Line.Equiv.Reason, ".")) + "."
		} else if !l.Line.Equiv.Target.Known && l.Trends[l.Main].Judgement.Target == nil {
			l.Reason = "Pas de cible régionale\u00a0: le panorama ne donne qu’une évolution, sans niveau de départ."
		}
	}
}

// targetsOf lists the targets of a lever in the order of the rule: the region's
// shared objective, the level of the State's panorama, the region's plan.
func targetsOf(p *Panorama, l *Line, own Own) []series.Target {
	targets := slices.Clone(own(l.Lever.Code))
	if t, ok := levelOf(p, l); ok {
		targets = append(targets, t)
	}
	slices.SortStableFunc(targets, func(a, b series.Target) int { return rank(a.Origin) - rank(b.Origin) })
	return targets
}

func rank(o series.Origin) int {
	return slices.Index([]series.Origin{series.Shared, series.Panorama, series.Plan, series.Nation}, o)
}

// levelOf is the 2030 level that the panorama publishes for a region: the value
// of 2019 and the objective in its unit. Nothing is added up for it, so that a
// rate has one too; under the region, and for the nation, there is none.
func levelOf(p *Panorama, l *Line) (series.Target, bool) {
	e := l.Equiv
	if p.Territory.Ref.Scale != territory.RegionS || e.Reason != "" || !e.Target.Known || !e.Start.Known || e.Kind == framework.NoUnit {
		return series.Target{}, false
	}
	return series.Target{Origin: series.Panorama, Label: "panorama de l’État, " + french.Month(p.Edition), Value: e.Target.V, Unit: e.Unit, Year: series.Horizon,
		Base: e.Start.V, BaseYear: 2019, Source: "sgpe-2024-07", Key: l.FigureKey}, true
}

func lowerFirst(s string) string {
	for i, r := range s {
		if i > 0 {
			return strings.ToLower(s[:i]) + s[i:]
		}
		_ = r
	}
	return s
}

// Given counts the levers that have a verdict, and those that a series measures.
func Given(all []LeverTrend) (verdicts, measured int) {
	for i := range all {
		if all[i].Verdict().Given() {
			verdicts++
		}
		if all[i].Main >= 0 {
			measured++
		}
	}
	return verdicts, measured
}

// Measured counts the territorial levers of 2026 that a series measures in a
// territory, and how many there are.
func (m *Model) Measured(book *series.Book, curves map[string]*series.Curve) (measured, of int) {
	for _, l := range m.Framework().Levers("2026") {
		if !l.Territorial {
			continue
		}
		of++
		if slices.ContainsFunc(book.Catalogue.OfLever(l.Code), func(i *series.Indicator) bool {
			c := curves[i.Code]
			return c != nil && c.Known() > 0
		}) {
			measured++
		}
	}
	return measured, of
}
