package outcome

import (
	"context"
	"slices"

	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// today is the day of a reading.
func (m *Room) today(a Ask) string {
	if a.Day != "" {
		return a.Day
	}
	return m.Now().UTC().Format("2006-01-02")
}

// ratios gives the ratio of each lever of a coverage.
func ratios(x coverage.Coverage) func(string) (float64, string) {
	of := make(map[string]panorama.Equivalent, len(x.Cells))
	for _, c := range x.Cells {
		of[c.Line.Lever.Code] = c.Line.Equiv
	}
	return func(lever string) (float64, string) {
		e := of[lever]
		if e.Reason != "" {
			return 0, ""
		}
		return e.Ratio, e.UnitShort
	}
}

// wholeOn is what all the actions of a COP come to on a day, counted once a version.
func (f *file) wholeOn(day, model string, ratio func(string) (float64, string)) *tally {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.whole != nil && f.day == day && f.model == model {
		return f.whole
	}
	t := newTally(day)
	for _, x := range f.facts {
		t.take(x, f.said[x.id], part{known: true}, ratio)
	}
	if !f.past { // what is planned is read from coverage
		t.groups = nil
	}
	f.whole, f.day, f.model = t, day, model
	return t
}

// Of reads what the actions of a region come to, or some of them, now or, when a day is
// given, as it stood at the end of it: three statements when nothing moved since they were
// read last, three more when somebody spoke, seven when actions moved, however many actions
// and updates there are.
func (m *Room) Of(ctx context.Context, q db.Q, a Ask) (o Outcome, err error) {
	defer apperr.Wrap(&err, "outcome.Of(%+v)", a)
	model, err := m.Model(ctx)
	if err != nil {
		return o, err
	}
	dated := a.Day != ""
	a.Day = m.today(a)
	if a.Department != "" {
		ref := territory.Ref{Scale: territory.Department, Code: a.Department}
		if same, ok := model.Tree().SameAs(ref); ok { // overseas, a département is its region
			if a.Region, a.Department = same.Code, ""; a.Holder == "" && a.Theme == "" {
				if !dated {
					a.Day = ""
				}
				return m.Of(ctx, q, a)
			}
		} else {
			d, err := model.Tree().Dept(a.Department)
			if err != nil {
				return o, err
			}
			if a.Region == "" {
				a.Region = d.Region
			}
			if d.Region != a.Region {
				return o, apperr.NotFoundf("Ce département n’est pas dans cette région.")
			}
		}
	}
	if dated {
		return m.past(ctx, q, a)
	}
	o.Ask = a
	var base coverage.Coverage
	if a.Department != "" {
		base, err = m.Coverage.Without(ctx, q, territory.Ref{Scale: territory.Department, Code: a.Department})
	} else {
		base, err = m.regional(ctx, q, a.Region)
	}
	if err != nil {
		return o, err
	}
	o.At, o.Place = base.Region, base.Panorama.Territory
	files, err := m.files(ctx, q, a.Region)
	if err != nil {
		return o, err
	}
	if a.whole() {
		t := newTally(a.Day)
		ratio := ratios(base)
		for _, f := range files {
			t.plus(f.wholeOn(a.Day, model.Version(), ratio))
		}
		o.build(base, t, nil)
	} else {
		t, err := chosen(model.Tree(), files, a, ratios(base))
		if err != nil {
			return o, err
		}
		o.build(base, t, t.groups)
	}
	o.Holders = holding(files)
	return o, nil
}

// Warm reads every region, one after the other, so that who opens a dashboard of one waits
// for no other.
func (m *Room) Warm(ctx context.Context) (err error) {
	defer apperr.Wrap(&err, "outcome.Warm")
	model, err := m.Model(ctx)
	if err != nil {
		return err
	}
	for _, r := range model.Tree().Regions() {
		if _, err := m.files(ctx, m.DB, r.Code); err != nil {
			return err
		}
	}
	_, err = m.OfNation(ctx, m.DB, "")
	return err
}

// regional is the coverage of a region, as what is kept of the nation says it.
func (m *Room) regional(ctx context.Context, q db.Q, region string) (coverage.Coverage, error) {
	n, err := m.Coverage.OfNation(ctx, q)
	if err != nil {
		return coverage.Coverage{}, err
	}
	for _, x := range n.Regions {
		if x.Region.Code == region {
			return x, nil
		}
	}
	return coverage.Coverage{}, apperr.NotFoundf("Cette région n’existe pas.")
}

// chosen counts the actions that were asked for.
func chosen(tree *territory.Tree, files []*file, a Ask, ratio func(string) (float64, string)) (*tally, error) {
	t := newTally(a.Day)
	for _, f := range files {
		for _, x := range f.facts {
			if a.Theme != "" && x.theme != a.Theme || a.Holder != "" && x.holder != a.Holder {
				continue
			}
			p := part{known: true}
			if a.Department != "" {
				p.share, p.known = coverage.PartIn(tree, x.places, func(i int32) bool { return tree.Communes()[i].Dept == a.Department })
				if p.known && p.share.Sign() == 0 {
					continue
				}
			}
			t.take(x, f.said[x.id], p, ratio)
		}
	}
	return t, nil
}

// build sets the levers of a coverage beside what is said of them. groups are the
// actions that were chosen, nil for all of them.
func (o *Outcome) build(base coverage.Coverage, t *tally, groups []coverage.Group) {
	o.Total = *newNumbers()
	var cells []coverage.Cell
	for _, c := range base.Cells {
		if !o.whole() || o.AsOf {
			if o.Holder != "" {
				c.Done = coverage.Done{Kg: panorama.Amount{Reason: "L’indicateur observe tout le territoire, pas ce que fait un porteur."}}
			}
			c = coverage.CellOf(c.Line, c.Objective, c.Done, groups)
		}
		l := Lever{Cell: c, Numbers: *newNumbers()}
		if n := t.levers[c.Line.Lever.Code]; n != nil {
			l.Numbers = *n
		}
		o.Levers, cells = append(o.Levers, l), append(cells, c)
		o.Total.plus(l.Numbers)
	}
	o.Cover, o.Years, o.Standing, o.Spread = coverage.Sum(cells), t.years[:], t.stand, t.spread
}

// holding lists who holds an action of some COPs, in the order of names.
func holding(files []*file) []string {
	if len(files) == 1 {
		return slices.Clone(files[0].holders)
	}
	var all []*fact
	for _, f := range files {
		all = append(all, f.facts...)
	}
	return holders(all)
}

// Nation is every region, and their sum by lever: mainland levers, then those of
// overseas, which are in no sum with the others.
type Nation struct {
	Regions []Outcome
	Outcome
	Overseas []Lever
}

// OfNation reads every region: three statements when nothing moved.
func (m *Room) OfNation(ctx context.Context, q db.Q, day string) (n Nation, err error) {
	defer apperr.Wrap(&err, "outcome.OfNation")
	model, err := m.Model(ctx)
	if err != nil {
		return n, err
	}
	c, err := m.Coverage.OfNation(ctx, q)
	if err != nil {
		return n, err
	}
	day = m.today(Ask{Day: day})
	files, err := m.files(ctx, q, "")
	if err != nil {
		return n, err
	}
	of := map[string][]*file{}
	for _, f := range files {
		of[f.region] = append(of[f.region], f)
	}
	all := newTally(day)
	for _, x := range c.Regions {
		r := Outcome{Ask: Ask{Region: x.Region.Code, Day: day}, At: x.Region, Place: x.Panorama.Territory}
		t, ratio := newTally(day), ratios(x)
		for _, f := range of[x.Region.Code] {
			t.plus(f.wholeOn(day, model.Version(), ratio))
		}
		all.plus(t)
		r.build(x, t, nil)
		n.Regions = append(n.Regions, r)
	}
	n.Ask = Ask{Day: day}
	n.Total = *newNumbers()
	main := map[string]bool{}
	for _, l := range model.Framework().Levers("2023-24") {
		main[l.Code] = true
	}
	for _, cell := range c.Cells {
		l := Lever{Cell: cell, Numbers: *newNumbers()}
		if x := all.levers[cell.Line.Lever.Code]; x != nil {
			l.Numbers = *x
		}
		if !main[cell.Line.Lever.Code] {
			n.Overseas = append(n.Overseas, l)
			continue
		}
		n.Levers = append(n.Levers, l)
		n.Total.plus(l.Numbers)
	}
	n.Cover, n.Years, n.Standing = c.Total, all.years[:], all.stand
	return n, nil
}
