package outcome

import (
	"context"
	"time"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/territory"
)

// AsOfRule says what a past day reads, as pages write it.
const AsOfRule = "Actions, relevés, recoupements et objectifs partagés\u00a0: tels qu’ils étaient écrits à la fin de ce jour\u00a0; ce qui a changé depuis n’y est pas. " +
	"Points d’avancement\u00a0: ceux qui disent un jour jusqu’à celui-là, même écrits après."

// pastDay is a past day of a region.
type pastDay struct{ region, day string }

// mostPast bounds the days that are kept: a review reads one.
const mostPast = 12

// endOf is the instant at which a day is over where the COP of a region is held.
func endOf(ctx context.Context, q db.Q, region, day string) (time.Time, error) {
	c, err := cop.OfRegion(ctx, q, region)
	if err != nil {
		return time.Time{}, err
	}
	return c.EndOf(day)
}

// pastFiles is what files are with the register of a past day: two statements, and that of
// the lists that were not read yet, unless the day was read already and no action moved
// since.
func (m *Room) pastFiles(ctx context.Context, q db.Q, region, day string, before time.Time, now []*file) ([]*file, error) {
	key := pastDay{region, day}
	m.kept.mu.Lock()
	was := m.kept.past[key]
	m.kept.mu.Unlock()
	if len(was) == len(now) {
		same := len(was) > 0
		for i, f := range was {
			same = same && f.id == now[i].id && f.actions == now[i].actions && f.words == now[i].words
		}
		if same {
			return was, nil
		}
	}
	cops := make([]string, len(now))
	by := make(map[string]*file, len(now))
	out := make([]*file, len(now))
	for i, f := range now {
		cops[i] = f.id
		out[i] = &file{id: f.id, region: f.region, actions: f.actions, words: f.words, said: f.said, past: true}
		by[f.id] = out[i]
	}
	then, err := action.StoodBy(ctx, q, cops, before)
	if err != nil {
		return nil, err
	}
	lists := map[string]bool{}
	for _, x := range then.Actions {
		if x.State == action.Retained && x.List != "" {
			lists[x.List] = true
		}
	}
	if err := m.readLists(ctx, q, lists); err != nil {
		return nil, err
	}
	for _, x := range then.Actions {
		if x.State == action.Retained {
			f := factOf(x, then)
			f.retainedBy(m.kept.list(x.List))
			by[x.COP].facts = append(by[x.COP].facts, f)
		}
	}
	for _, f := range out {
		f.holders = holders(f.facts)
	}
	m.kept.mu.Lock()
	defer m.kept.mu.Unlock()
	if m.kept.past == nil || len(m.kept.past) >= mostPast {
		m.kept.past = map[pastDay][]*file{}
	}
	m.kept.past[key] = out
	return out, nil
}

// factOf is an action as its follow-up needs it.
func factOf(x action.Action, then action.Then) *fact {
	f := &fact{id: x.ID, cop: x.COP, title: x.Title, theme: x.Theme, holder: x.Holder.Name, seq: x.Seq, cross: x.Kind == action.CrossCutting,
		status: x.Status, statusDay: x.StatusOn, past: true, starts: x.Starts, ends: x.Ends, list: x.List, places: x.Places}
	if f.cross {
		return f
	}
	for _, p := range x.Impacts {
		f.levers = append(f.levers, planned{Impact: p, counted: then.Counted(x.ID, p.Lever), first: action.YearOf(x.Starts)})
	}
	return f
}

// past reads a day as it stood at its end.
func (m *Room) past(ctx context.Context, q db.Q, a Ask) (o Outcome, err error) {
	o.Ask, o.AsOf = a, true
	before, err := endOf(ctx, q, a.Region, a.Day)
	if err != nil {
		return o, err
	}
	ref := territory.Ref{Scale: territory.RegionS, Code: a.Region}
	if a.Department != "" {
		ref = territory.Ref{Scale: territory.Department, Code: a.Department}
	}
	base, err := m.Coverage.AsOf(ctx, q, ref, a.Day, before)
	if err != nil {
		return o, err
	}
	o.At, o.Place = base.Region, base.Panorama.Territory
	model, err := m.Model(ctx)
	if err != nil {
		return o, err
	}
	now, err := m.files(ctx, q, a.Region)
	if err != nil {
		return o, err
	}
	files, err := m.pastFiles(ctx, q, a.Region, a.Day, before, now)
	if err != nil {
		return o, err
	}
	t := newTally(a.Day)
	if a.whole() {
		ratio := ratios(base)
		for _, f := range files {
			t.plus(f.wholeOn(a.Day, model.Version(), ratio))
		}
	} else if t, err = chosen(model.Tree(), files, a, ratios(base)); err != nil {
		return o, err
	}
	o.build(base, t, t.groups)
	o.Holders = holding(files)
	return o, nil
}
