package aid

import (
	"cmp"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// Want is what somebody looks for aid for: an action, or a holder that has none yet.
type Want struct {
	Levers    []string // none: any aid
	Step      string   // of an action
	Phase     string   // of an action
	Holder    string   // an audience, empty when it is not known
	Places    []string // territories
	Starts    string   // a year, a month or a day
	Ends      string
	Invest    *int64 // cents; nil when the budget does not say
	Operation *int64
	Already   []string // aids in the funding plan
}

// WantOf is what an action looks for.
func WantOf(x action.Action) Want {
	w := Want{Levers: x.Levers, Step: x.Step, Phase: x.Phase, Holder: x.Holder.Kind, Starts: x.Starts, Ends: x.Ends, Invest: x.Budget.Invest, Operation: x.Budget.Operation}
	for _, p := range x.Places {
		w.Places = append(w.Places, p.Territory)
	}
	for _, f := range x.Funding {
		if f.Aid != "" {
			w.Already = append(w.Already, f.Aid)
		}
	}
	return w
}

// Fit says how an aid fits one criterion.
type Fit int

// The fits. Doubt is what nobody said; Part does not exclude; Miss does.
const (
	Fits Fit = iota
	Doubt
	Part
	Miss
)

// Reason is one criterion of a match, in a French sentence.
type Reason struct {
	Fit  Fit
	Text string
}

// Match is an aid with why it fits, and why not.
type Match struct {
	Aid     Aid
	Group   Fit // Fits, Part or Miss
	Reasons []Reason
	Planned bool // in the funding plan already
}

// Matches are the aids that serve what is wanted, by how they fit, the best first. Each
// group holds at most a few; the counts are whole.
type Matches struct {
	Fits, Part, Miss          []Match
	AllFits, AllPart, AllMiss int
	Unsaid                    int // aids of the catalogue whose lever nobody said nor found by words
}

// shown is how many matches of one group are explained.
const shown = 40

// scored is an aid before its reasons are written.
type scored struct {
	at, fits, against int
	group             Fit
}

// Match judges the aids of the shelf on a day. It is pure, and made for 20 000 aids: the
// sentences are written for those that are shown alone.
func (s *Shelf) Match(w Want, day string, tree *territory.Tree) Matches {
	here := make([]map[string]bool, len(w.Places))
	for i, p := range w.Places {
		here[i] = around([]string{p}, tree)
	}
	var m Matches
	groups := map[Fit][]scored{}
	for _, i := range s.withoutGeneric(s.candidates(w, here)) {
		sc := s.score(i, w, day, here)
		groups[sc.group] = append(groups[sc.group], sc)
	}
	for _, g := range []struct {
		fit Fit
		all *int
		to  *[]Match
	}{{Fits, &m.AllFits, &m.Fits}, {Part, &m.AllPart, &m.Part}, {Miss, &m.AllMiss, &m.Miss}} {
		list := groups[g.fit]
		*g.all = len(list)
		slices.SortFunc(list, func(a, b scored) int {
			return cmp.Or(cmp.Compare(a.against, b.against), cmp.Compare(b.fits, a.fits), cmp.Compare(a.at, b.at))
		})
		for _, sc := range list[:min(len(list), shown)] {
			x := s.Aids[sc.at]
			*g.to = append(*g.to, Match{Aid: x, Group: g.fit, Reasons: s.reasons(sc.at, w, day, here), Planned: slices.Contains(w.Already, x.ID)})
		}
	}
	if len(w.Levers) > 0 {
		for i := range s.entries {
			if len(s.entries[i].levers) == 0 && s.Aids[i].State == Published {
				m.Unsaid++
			}
		}
	}
	return m
}

// candidates are the aids that serve one of the levers, in the order of the shelf. One that
// a later edition replaced, or that was withdrawn, is none. A local version counts where it
// is open, so that its generic aid still answers elsewhere.
func (s *Shelf) candidates(w Want, here []map[string]bool) []int {
	var out []int
	add := func(i int) {
		x := &s.Aids[i]
		if x.State != Published || x.Generic != "" && len(here) > 0 && s.place(i, w, here) == Miss {
			return
		}
		out = append(out, i)
	}
	if len(w.Levers) == 0 {
		for i := range s.Aids {
			add(i)
		}
		return out
	}
	for _, l := range w.Levers {
		for _, i := range s.byLever[l] {
			add(i)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// criteria are judged in this order.
var criteria = []func(s *Shelf, i int, w Want, day string, here []map[string]bool) Fit{
	func(s *Shelf, i int, w Want, _ string, _ []map[string]bool) Fit { return s.lever(i, w) },
	func(s *Shelf, i int, w Want, _ string, _ []map[string]bool) Fit { return s.audience(i, w) },
	func(s *Shelf, i int, w Want, _ string, here []map[string]bool) Fit { return s.place(i, w, here) },
	func(s *Shelf, i int, w Want, day string, _ []map[string]bool) Fit { return s.dates(i, w, day) },
	func(s *Shelf, i int, w Want, _ string, _ []map[string]bool) Fit { return s.moment(i, w) },
	func(s *Shelf, i int, w Want, _ string, _ []map[string]bool) Fit { return s.pays(i, w) },
}

func (s *Shelf) score(i int, w Want, day string, here []map[string]bool) scored {
	sc := scored{at: i, group: Fits}
	for _, c := range criteria {
		switch f := c(s, i, w, day, here); f {
		case Fits:
			sc.fits++
		case Part:
			sc.against += 10
			sc.group = max(sc.group, Part)
		case Miss:
			sc.against += 100
			sc.group = Miss
		default:
			sc.against++
		}
	}
	if sc.group == Fits && sc.fits < fewest {
		sc.group = Part // too little is said to tell
	}
	return sc
}

// fewest is how many criteria must hold for an aid to fit: with fewer, too little is said.
const fewest = 2

func (s *Shelf) lever(i int, w Want) Fit {
	fit := Doubt
	for _, v := range s.Aids[i].Serves {
		if slices.Contains(w.Levers, v.Lever) {
			if !v.Suggested {
				return Fits
			}
			fit = Doubt
		}
	}
	return fit
}

func (s *Shelf) audience(i int, w Want) Fit {
	switch x := &s.Aids[i]; {
	case w.Holder == "" || len(x.Audiences) == 0:
		return Doubt
	case slices.Contains(x.Audiences, w.Holder):
		return Fits
	}
	return Miss
}

func (s *Shelf) place(i int, w Want, here []map[string]bool) Fit {
	x, e := &s.Aids[i], &s.entries[i]
	switch {
	case e.whole:
		return Fits
	case len(x.Territories) == 0 || len(here) == 0:
		return Doubt
	}
	in, part := 0, false
	for n, h := range here {
		switch {
		case slices.ContainsFunc(x.Territories, func(t string) bool { return h[t] }):
			in++
		case e.around[w.Places[n]]:
			part = true
		}
	}
	switch {
	case in == len(here):
		return Fits
	case in > 0 || part:
		return Part
	}
	return Miss
}

func (s *Shelf) dates(i int, w Want, day string) Fit {
	x := &s.Aids[i]
	switch {
	case x.Expired(day) && x.Recurrence == "recurring":
		return Part
	case x.Expired(day):
		return Miss
	case x.Opens > day || x.closesBefore(w.Starts):
		return Part
	case x.Closes == "" && x.Recurrence != "ongoing":
		return Doubt
	}
	return Fits
}

// closesBefore reports whether an aid closes before an action begins, as far as that is
// written: a year begins in January.
func (x *Aid) closesBefore(starts string) bool {
	return starts != "" && x.Closes != "" && x.Recurrence != "ongoing" && x.Closes < starts && !strings.HasPrefix(x.Closes, starts)
}

func (s *Shelf) moment(i int, w Want) Fit {
	x := &s.Aids[i]
	wanted := momentOf(w)
	switch {
	case wanted == "" || len(x.Moments) == 0:
		return Doubt
	case slices.Contains(x.Moments, wanted):
		return Fits
	}
	return Part
}

// momentOf is the step of a project at which an action is.
func momentOf(w Want) string {
	switch {
	case w.Step == "study" || w.Step == "decision" || w.Step == "" && (w.Phase == "idea" || w.Phase == "study"):
		return "preop"
	case w.Step == "infrastructure" || w.Step == "own" || w.Step == "" && w.Phase == "operation":
		return "op"
	case w.Step == "awareness":
		return "postop"
	}
	return ""
}

func (s *Shelf) pays(i int, w Want) Fit {
	x := &s.Aids[i]
	invests, runs := w.Invest != nil && *w.Invest > 0, w.Operation != nil && *w.Operation > 0
	switch {
	case len(x.Pays) == 0 || !invests && !runs:
		return Doubt
	case invests && slices.Contains(x.Pays, "investment"), runs && slices.Contains(x.Pays, "supply"):
		return Fits
	}
	return Part
}

// when is a date as a sentence says it: a day, a month or a year.
func when(date string) string {
	switch len(date) {
	case 10:
		return "le " + french.Day(date)
	case 7:
		return "en " + french.Month(date)
	}
	return "en " + date
}
