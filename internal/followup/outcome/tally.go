package outcome

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/panorama"
	"jalon/internal/plan"
)

// tally is what some actions come to by a day: it adds up, COP by COP.
type tally struct {
	day    string
	levers map[string]*Numbers
	years  [action.Horizon - action.Base + 1]Year
	stand  Standing
	groups []coverage.Group
	spread int64
}

func newTally(day string) *tally {
	t := &tally{day: day, levers: map[string]*Numbers{}, stand: Standing{Statuses: map[string]int64{}}}
	now, _ := strconv.Atoi(day[:4])
	for i := range t.years {
		y := &t.years[i]
		y.Year = action.Base + i
		if y.Year <= now {
			y.Said, y.Partial = Said{}, y.Year == now && day[5:] != "12-31"
		}
	}
	return t
}

func (t *tally) lever(code string) *Numbers {
	n := t.levers[code]
	if n == nil {
		n = newNumbers()
		t.levers[code] = n
	}
	return n
}

func (t *tally) plus(o *tally) {
	for code, n := range o.levers {
		t.lever(code).plus(*n)
	}
	for i, y := range o.years {
		t.years[i].Planned.add(y.Planned)
		t.years[i].Said.plus(y.Said)
	}
	t.stand.plus(o.stand)
	t.spread += o.spread
	t.groups = append(t.groups, o.groups...)
}

// last is the last word by a day, nil when there is none.
func last[T any](list []T, day string, of func(T) string) *T {
	for i := len(list) - 1; i >= 0; i-- {
		if of(list[i]) <= day {
			return &list[i]
		}
	}
	return nil
}

func saidDay(s said) string { return s.day }
func wordDay(w word) string { return w.day }

// statusOn is how an action went on a day: as it was said by then; as the register says
// when nothing was said since. Somebody may have spoken later, and nobody before: then
// it is not known.
func (f *fact) statusOn(h *history, day string) string {
	if h == nil {
		return f.status
	}
	if f.past { // the register of that day, unless somebody spoke of a later one by then
		if i := h.statusBy(day); i >= 0 && h.words[i].day >= f.statusDay {
			return h.words[i].status
		}
		return f.status
	}
	later := false
	for i := len(h.words) - 1; i >= 0; i-- {
		switch w := h.words[i]; {
		case w.status == "":
		case w.day <= day:
			if !later {
				return f.status // the register follows the last word, or was changed since
			}
			return w.status
		default:
			later = true
		}
	}
	if later {
		return ""
	}
	return f.status
}

// statusBy is the last word that says a status by a day, -1 when there is none.
func (h *history) statusBy(day string) int {
	for i := len(h.words) - 1; i >= 0; i-- {
		if w := h.words[i]; w.status != "" && w.day <= day {
			return i
		}
	}
	return -1
}

// statusSince is the day since which a past action had the status that it had on a day:
// that of the first of the words that say it without a break, or that of the register;
// empty when nobody said when.
func (f *fact) statusSince(h *history, day string) string {
	status := f.statusOn(h, day)
	since := ""
	if f.status == status {
		since = f.statusDay
	}
	if h == nil {
		return since
	}
	for i := h.statusBy(day); i >= 0; i-- {
		switch w := h.words[i]; {
		case w.status == "":
		case w.status != status:
			return since
		case since == "" || w.day < since:
			since = w.day
		}
	}
	return since
}

// part is what of an action counts: all of it, or what lies in a département; nil when
// nothing says which part does.
type part struct {
	share *big.Rat
	known bool
}

func (p part) of(kg panorama.Kg) panorama.Kg {
	if p.share == nil {
		return kg
	}
	x := new(big.Rat).Mul(p.share, new(big.Rat).SetInt64(int64(kg)))
	half := big.NewRat(1, 2)
	if x.Sign() < 0 {
		half.Neg(half)
	}
	x.Add(x, half)
	return panorama.Kg(new(big.Int).Quo(x.Num(), x.Denom()).Int64())
}

// take counts an action. ratio gives the ratio of a lever where the action is: units per
// kt, and its unit.
func (t *tally) take(f *fact, h *history, p part, ratio func(lever string) (float64, string)) {
	if f.since > t.day {
		return // retained later
	}
	status := f.statusOn(h, t.day)
	t.stand.take(f, h, status, t.day)
	for i := range f.levers {
		t.group(&f.levers[i], status, p)
	}
	if !p.known {
		t.spread++
		return
	}
	for i := range f.levers {
		l := &f.levers[i]
		var words []said
		if h != nil {
			words = h.said[l.Lever]
		}
		t.weigh(f, l, words, status, p, ratio)
	}
	t.unplanned(f, h, p)
}

// unplanned counts what is said of levers that the action has no figure for.
func (t *tally) unplanned(f *fact, h *history, p part) {
	if h == nil {
		return
	}
	for lever, words := range h.said {
		if f.cross || !slices.ContainsFunc(f.levers, func(l planned) bool { return l.Lever == lever }) {
			if last(words, t.day, saidDay) != nil && (p.share == nil || p.share.Sign() != 0) {
				t.lever(lever).Unweighed++
			}
		}
	}
}

// group is an impact as coverage reads it.
func (t *tally) group(l *planned, status string, p part) {
	if p.known && p.share != nil && p.share.Sign() == 0 {
		return
	}
	g := coverage.Group{Lever: l.Lever, Class: l.Class, Abandoned: status == "abandoned", Regional: !p.known, First: l.first, Counted: l.counted, Actions: 1}
	if l.Kg != nil {
		low, high := *l.Kg, *l.Kg
		if l.KgLow != nil {
			low = *l.KgLow
		}
		if l.KgHigh != nil {
			high = *l.KgHigh
		}
		g.Kg = coverage.Range{Low: p.of(low), Central: p.of(*l.Kg), High: p.of(high)}
		if *l.Kg < 0 {
			g.Increases = 1
		}
		if l.Gross {
			g.Gross, g.GrossKg = 1, g.Kg.Central
		}
	}
	if l.Outside != "" {
		g.First = coverage.Outside
	}
	if status == "paused" {
		g.Paused = 1
	}
	if status == "blocked" {
		g.Blocked = 1
	}
	t.groups = append(t.groups, g)
}

func (t *tally) weigh(f *fact, l *planned, words []said, status string, p part, ratio func(string) (float64, string)) {
	if p.share != nil && p.share.Sign() == 0 {
		return
	}
	n := t.lever(l.Lever)
	mass := func(kg panorama.Kg) panorama.Kg { return p.of(action.Share(kg, l.counted)) }
	standing := l.Class == action.Quantified && l.Kg != nil && status != "abandoned"
	var due int64
	var dated bool
	if standing {
		n.Quantified++
		if due, dated = partOn(l.Impact, f.starts, f.ends, t.day); dated {
			n.Due.add(Sum{1, mass(action.Share(*l.Kg, due))})
		} else {
			n.Undated++
		}
	}
	for i := range t.years {
		y := &t.years[i]
		if standing {
			if there, ok := l.At(y.Year, f.starts, f.ends); ok {
				y.Planned.add(Sum{1, mass(action.Share(*l.Kg, there))})
			}
		}
		if y.Said == nil {
			continue
		}
		end := min(strconv.Itoa(y.Year)+"-12-31", t.day)
		if s := last(words, end, saidDay); s != nil && s.weighed {
			y.Said.add(s.class, Sum{1, mass(s.kg)})
		}
	}
	s := last(words, t.day, saidDay)
	switch {
	case s == nil:
		if standing {
			n.Silent++
		}
		return
	case !s.weighed:
		n.Unweighed++
		return
	}
	n.Said.add(s.class, Sum{1, mass(s.kg)})
	if !standing || !dated {
		return
	}
	if g, ok := gapOf(f, l, *s, status, t.day, mass, ratio); ok {
		was := n.Gaps[s.class]
		was.add(g)
		n.Gaps[s.class] = was
	}
}

// held tells that an action waits: what lacks of its quantity is delay.
func held(status string) bool {
	return slices.Contains([]string{"coming", "late", "paused", "blocked"}, status)
}

// gapOf explains one action.
func gapOf(f *fact, l *planned, s said, status, day string, mass func(panorama.Kg) panorama.Kg, ratio func(string) (float64, string)) (g Gap, ok bool) {
	now := l.Impact
	then, starts, ends := now, f.starts, f.ends
	if l.then != nil && l.then.Quantity != nil && l.then.Unit == now.Unit {
		then, starts, ends = l.then.Impact, l.then.starts, l.then.ends
	}
	if now.Quantity == nil || *now.Quantity == 0 || then.Quantity == nil {
		return g, false
	}
	was, ok := partOn(then, starts, ends, day)
	if !ok {
		return g, false
	}
	is, ok := partOn(now, f.starts, f.ends, day)
	if !ok {
		return g, false
	}
	quantity, ok := plan.Convert(s.quantity, s.unit, now.Unit)
	if !ok {
		if s.unit != now.Unit {
			return g, false
		}
		quantity = s.quantity
	}
	own := float64(*now.Kg) / *now.Quantity // kg for one unit of the action
	common, rated := own, false
	if r, unit := ratio(l.Lever); r != 0 {
		if in, ok := plan.Convert(1, now.Unit, unit); ok {
			common, rated = in*panorama.KgPerKt/r, true
		}
	}
	at := func(kg float64) panorama.Kg { return mass(panorama.Kg(math.Round(kg))) }
	planned := *then.Quantity
	first, moved := planned*float64(was)/10_000, planned*float64(is)/10_000
	g = Gap{Actions: 1, Due: at(first * common), Done: mass(s.kg)}
	if !rated {
		g.Unrated = 1
	}
	left := g.Done - g.Due
	if rated {
		g.Factor = at(quantity * (own - common))
	}
	less := quantity*sign(common) < first*sign(common)
	if held(status) && less {
		g.Delay = left - g.Factor
		return g, true
	}
	g.Delay = at((moved - first) * common)
	g.Volume = left - g.Factor - g.Delay
	return g, true
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

// over tells that nobody is asked any more how an action goes.
func over(status string) bool { return status == "done" || status == "abandoned" }

func (s *Standing) take(f *fact, h *history, status, day string) {
	s.Actions++
	s.Statuses[status]++
	age := len(s.Ages) - 1
	days := -1
	if h != nil {
		if w := last(h.words, day, wordDay); w != nil {
			days = daysBetween(w.day, day)
			age = slices.IndexFunc(ages[:], func(most int) bool { return days <= most })
			if age < 0 {
				age = len(ages)
			}
		}
	}
	s.Ages[age]++
	if over(status) {
		return
	}
	s.Awaited++
	fresh := days >= 0 && days < 365
	if fresh {
		s.Fresh++
	}
	if f.ends != "" {
		s.Dated++
		if fresh {
			s.FreshDated++
		}
	}
}

func daysBetween(from, to string) int {
	a, err := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err != nil || err2 != nil {
		return -1
	}
	return int(b.Sub(a).Hours() / 24)
}
