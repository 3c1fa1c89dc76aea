package objective

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// RegionCell is what is read of one lever in one region.
type RegionCell struct {
	Cell
	Region territory.Region
	// Dissent counts who does not hold the value, where the reader may know it.
	Dissent int64
}

// NationLine sets the regions beside the nation, for one lever.
type NationLine struct {
	Lever    framework.Lever
	National panorama.Amount // missing for a lever that the nation does not have
	Offered  panorama.Total  // what the panorama offers the regions of the line
	Sum      panorama.Total  // what is read for them
	// How many regions shared an objective, discuss one, or only have what is offered.
	Shared, Discussed, Only int
	// Left is the national objective less what is offered to the regions, and Why
	// names it.
	Left    panorama.Amount
	Why     []string
	Regions []RegionCell // in the order of the tree
}

// Gap is what is read less what is offered, over the regions that have both.
func (l NationLine) Gap() (kg panorama.Kg) {
	for _, c := range l.Regions {
		if c.Read.Known && c.Offered.Known {
			kg += c.Read.Kg - c.Offered.Kg
		}
	}
	return kg
}

// Consolidation is what the COPs of a cycle aim at together. The five overseas
// regions have levers of their own, outside the national objective, and so has
// Corse beside those of the nation.
type Consolidation struct {
	Cycle    string
	Lines    []NationLine // the levers of the nation over the 13 regions, the largest first
	Corse    []NationLine // those that Corse has besides
	Overseas []NationLine // those of the five
	// Total is over Lines, the rest of it as on each line.
	Total NationLine
}

// Line finds a lever in any of the three lists.
func (c Consolidation) Line(lever string) (NationLine, bool) {
	for _, list := range [][]NationLine{c.Lines, c.Overseas, c.Corse} {
		for _, l := range list {
			if l.Lever.Code == lever {
				return l, true
			}
		}
	}
	return NationLine{}, false
}

// Consolidate adds up what is read of each region. rows are what the COPs put on
// the table for their regions, dissent counts by objective who does not hold it.
func Consolidate(m *panorama.Model, cycle string, rows []Objective, dissent map[string]int64, onTable func(Objective) bool) (Consolidation, error) {
	out := Consolidation{Cycle: cycle}
	t := byPlaceOf(rows)
	land, own, away := map[string]*NationLine{}, map[string]*NationLine{}, map[string]*NationLine{}
	for _, r := range m.Tree().Regions() {
		p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: r.Code})
		if err != nil {
			return out, err
		}
		for _, line := range p.Lines {
			c := RegionCell{Region: r, Cell: regionCell(t, p, line, onTable)}
			if o := t[[2]string{p.Territory.Ref.String(), line.Lever.Code}]; o != nil && (o.State == Shared || onTable(*o)) {
				c.Dissent = dissent[o.ID]
			}
			_, national := m.Reference().National[line.Lever.Code]
			list := land
			switch {
			case r.Overseas:
				list = away
			case !national:
				list = own
			}
			l := list[line.Lever.Code]
			if l == nil {
				l = &NationLine{Lever: line.Lever, National: panorama.Amount{Reason: "ce levier n’a pas d’objectif national"}}
				list[line.Lever.Code] = l
			}
			l.add(c)
		}
	}
	for _, x := range []struct {
		from map[string]*NationLine
		to   *[]NationLine
	}{{land, &out.Lines}, {own, &out.Corse}, {away, &out.Overseas}} {
		for _, l := range x.from {
			*x.to = append(*x.to, *l)
		}
	}
	for i := range out.Lines {
		l := &out.Lines[i]
		l.National = panorama.Amount{Kg: m.Reference().National[l.Lever.Code], Known: true}
		l.Left = panorama.Amount{Kg: l.National.Kg - l.Offered.Kg, Known: true}
		l.Why = why(m, *l)
		out.Total.include(*l)
	}
	order(out.Lines, func(l NationLine) panorama.Kg { return l.National.Kg })
	for _, list := range [][]NationLine{out.Corse, out.Overseas} {
		order(list, func(l NationLine) panorama.Kg { return l.Offered.Kg })
	}
	return out, nil
}

func order(list []NationLine, by func(NationLine) panorama.Kg) {
	slices.SortFunc(list, func(a, b NationLine) int {
		return cmp.Or(cmp.Compare(by(b), by(a)), cmp.Compare(a.Lever.Code, b.Lever.Code))
	})
}

func count(t *panorama.Total, a panorama.Amount) {
	if a.Known {
		t.Kg += a.Kg
		t.Known++
	} else {
		t.Missing++
	}
}

func (l *NationLine) add(c RegionCell) {
	count(&l.Offered, c.Offered)
	count(&l.Sum, c.Read)
	switch c.State {
	case Shared:
		l.Shared++
	case Discussed, Sharing:
		l.Discussed++
	case Offered, Withdrawn:
		l.Only++
	}
	l.Regions = append(l.Regions, c)
}

// include adds a line to the total of lines.
func (l *NationLine) include(x NationLine) {
	for _, p := range []struct {
		to *panorama.Total
		by panorama.Total
	}{{&l.Offered, x.Offered}, {&l.Sum, x.Sum}} {
		p.to.Kg, p.to.Known, p.to.Missing = p.to.Kg+p.by.Kg, p.to.Known+p.by.Known, p.to.Missing+p.by.Missing
	}
	l.National = panorama.Amount{Kg: l.National.Kg + x.National.Kg, Known: true}
	l.Left = panorama.Amount{Kg: l.Left.Kg + x.Left.Kg, Known: true}
	l.Shared, l.Discussed, l.Only = l.Shared+x.Shared, l.Discussed+x.Discussed, l.Only+x.Only
}

// why names what the State offers the regions more or less than its national
// objective: what it left out of December's division, the values that it changed
// after, and what it does not explain.
func why(m *panorama.Model, l NationLine) (out []string) {
	left := l.Left.Kg
	for _, r := range m.Reference().Residuals {
		if r.Lever == l.Lever.Code {
			out = append(out, roundKt(-r.Kg)+"\u00a0: "+lower(r.Reason))
			left += r.Kg
		}
	}
	var moved panorama.Kg
	n := 0
	for _, a := range m.Reference().Adjusted {
		region, err := m.Tree().Region(a.Region)
		if a.Lever != l.Lever.Code || err != nil || region.Overseas {
			continue
		}
		moved += a.From.Kg
		// A value that went to another lever is no more of this one.
		if now, ok := m.Reference().Cell(panorama.July, a.Region, a.Lever); ok && now.Objective.Known {
			moved -= now.Objective.Kg
		}
		n++
	}
	if n > 0 {
		out = append(out, roundKt(moved)+"\u00a0: "+french.Integer(n)+french.NoBreak+french.Plural(n, "valeur régionale ajustée", "valeurs régionales ajustées")+" par l’État entre décembre 2023 et juillet 2024")
		left -= moved
	}
	var beyond panorama.Kg
	for _, r := range m.Tree().Regions() {
		if c, ok := m.Reference().Cell(panorama.December, r.Code, l.Lever.Code); ok && r.Overseas && c.Objective.Known {
			beyond += c.Objective.Kg
		}
	}
	if beyond != 0 {
		out = append(out, roundKt(beyond)+"\u00a0: part des cinq régions d’outre-mer en décembre 2023, remplacée par les leviers qui leur sont propres")
		left -= beyond
	}
	for _, c := range l.Regions {
		if !c.Offered.Known {
			out = append(out, c.Region.Name+"\u00a0: "+lower(c.Offered.Reason))
		}
	}
	if left > 1_000_000 || left < -1_000_000 {
		out = append(out, roundKt(left)+"\u00a0: la publication ne l’explique pas")
	}
	return out
}

func roundKt(kg panorama.Kg) string { return french.Number(kg.Kt(), 1) + nb + "kt" }

// ReadConsolidation reads what an actor may know of the objectives of a cycle: what
// is shared for anyone, what is on the table in the regions where they read it. It
// takes three statements, whatever there is.
func ReadConsolidation(ctx context.Context, q db.Q, m *panorama.Model, cycle string, a policy.Actor) (c Consolidation, err error) {
	defer apperr.Wrap(&err, "objective.ReadConsolidation(%q)", cycle)
	rows, err := standingOfRegions(ctx, q, cycle)
	if err != nil {
		return c, err
	}
	dissent, err := heldIn(ctx, q, cycle)
	if err != nil {
		return c, err
	}
	cops, err := cop.InCycle(ctx, q, cycle)
	if err != nil {
		return c, err
	}
	may := map[string]bool{}
	for _, x := range cops {
		may[x.ID] = policy.Can(a, policy.Read, Thing(x, "", false))
	}
	return Consolidate(m, cycle, rows, dissent, func(o Objective) bool { return may[o.COP] })
}

// heldIn counts who does not hold each objective of the regions of a cycle.
func heldIn(ctx context.Context, q db.Q, cycle string) (map[string]int64, error) {
	rows, err := q.Query(ctx, `
		SELECT d.objective_id, COUNT(*) FROM objective_dissent d JOIN objective o ON o.id = d.objective_id
		 WHERE o.cycle = $1 AND o.scale = 'region' AND d.state = 'held' GROUP BY d.objective_id`, cycle)
	type held struct {
		id string
		n  int64
	}
	all, err := db.Collect(rows, err, func(r *db.Rows) (x held, err error) { return x, r.Scan(&x.id, &x.n) })
	out := map[string]int64{}
	for _, x := range all {
		out[x.id] = x.n
	}
	return out, err
}

// LatestCycle is the newest cycle in which a region shared an objective, else the
// first one.
func LatestCycle(ctx context.Context, q db.Q) (cycle string, err error) {
	err = q.QueryRow(ctx, `SELECT COALESCE(MAX(o.cycle), '') FROM objective o WHERE o.scale = 'region' AND o.shared_rev > 0`).Scan(&cycle)
	if cycle == "" {
		cycle = cop.First
	}
	return cycle, err
}

// lower begins a text inside a sentence; a word all in capitals stays so.
func lower(s string) string {
	r := []rune(strings.TrimSuffix(s, "."))
	if len(r) > 1 && unicode.IsLower(r[1]) || len(r) > 1 && r[1] == '’' {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// Tally counts what a COP put on the table for its region, among what counts in CO₂.
type Tally struct{ Shared, Discussed int64 }

// TallyNow counts it for each COP of a cycle that has some, in one statement.
func TallyNow(ctx context.Context, q db.Q, cycle string) (_ map[string]Tally, err error) {
	defer apperr.Wrap(&err, "objective.TallyNow(%q)", cycle)
	type one struct {
		cop string
		Tally
	}
	rows, err := q.Query(ctx, `
		SELECT o.cop_id, COUNT(CASE WHEN o.shared_rev > 0 AND o.shared_kg IS NOT NULL THEN 1 END), COUNT(CASE WHEN o.state IN ('discussed', 'sharing') AND o.kg IS NOT NULL THEN 1 END)
		  FROM objective o WHERE o.cycle = $1 AND o.scale = 'region' GROUP BY o.cop_id`, cycle)
	all, err := db.Collect(rows, err, func(r *db.Rows) (x one, err error) { return x, r.Scan(&x.cop, &x.Shared, &x.Discussed) })
	out := map[string]Tally{}
	for _, x := range all {
		out[x.cop] = x.Tally
	}
	return out, err
}
