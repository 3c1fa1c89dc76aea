package coverage

import (
	"context"
	"maps"
	"slices"
	"sync"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// Nation is every region, and their sum by lever. An action belongs to one COP; what two
// COPs declare is in both regions and counts once here.
type Nation struct {
	Regions []Coverage
	// Cells are the sums of the regions, by lever, mainland levers first; overseas levers
	// are of their own and in no sum with the others.
	Cells []Cell
	// Total holds the mainland levers, WithoutForest all of them but forests; Overseas
	// those of the overseas regions.
	Total, WithoutForest, Overseas Total
	// Twice is what is declared in two regions, with what the sums do not add.
	Twice []Twice

	overseas map[string]bool // levers
	version  string
}

// Sides gives the mainland levers, then those of overseas.
func (n *Nation) Sides() (main, over []Cell) {
	for _, c := range n.Cells {
		if n.overseas[c.Line.Lever.Code] {
			over = append(over, c)
		} else {
			main = append(main, c)
		}
	}
	return main, over
}

// cell returns the sum of a lever.
func (n *Nation) cell(lever string) (Cell, bool) {
	for _, c := range n.Cells {
		if c.Line.Lever.Code == lever {
			return c, true
		}
	}
	return Cell{}, false
}

// Of returns the lever of a region.
func (n Nation) Of(region, lever string) (Cell, bool) {
	for _, r := range n.Regions {
		if r.Region.Code == region {
			return r.Cell(lever)
		}
	}
	return Cell{}, false
}

// kept is the last nation that was read, and what it was read from: the actions of each
// COP at their version, and all else, which moves once a year.
type kept struct {
	mu      sync.Mutex
	from    [2]int64 // objectives, series
	model   string
	regions []known
	cops    map[string]inForce
	nation  *Nation
}

// known is what a region is held against.
type known struct {
	region   territory.Region
	panorama panorama.Panorama
	curves   map[string]*series.Curve
	shared   []objective.Objective
}

// inForce is what is retained in a COP, at a version of its actions.
type inForce struct {
	region  string
	version int64
	groups  []Group
	objects []object
}

// versions names all that coverage is read from: objectives and series, then the actions
// of each COP. Two statements.
func (m *Room) versions(ctx context.Context, q db.Q) (from [2]int64, cops map[string]inForce, err error) {
	if from, err = heldFrom(ctx, q); err != nil {
		return from, nil, err
	}
	rows, err := q.Query(ctx, `SELECT c.id, c.region, COALESCE(v.version, 0) FROM cop c LEFT JOIN data_version v ON v.name = $1 || c.id`, action.VersionOf(""))
	type one struct {
		id string
		inForce
	}
	all, err := db.Collect(rows, err, func(r *db.Rows) (x one, err error) {
		err = r.Scan(&x.id, &x.region, &x.version)
		return x, err
	})
	cops = make(map[string]inForce, len(all))
	for _, x := range all {
		cops[x.id] = x.inForce
	}
	return from, cops, err
}

// heldFrom are the versions of objectives and of series.
func heldFrom(ctx context.Context, q db.Q) (from [2]int64, err error) {
	rows, err := q.Query(ctx, `SELECT name, version FROM data_version WHERE name IN ($1, $2)`, objective.Version, series.TrendsVersion)
	named, err := db.Collect(rows, err, scanVersion)
	for _, v := range named {
		from[map[string]int{objective.Version: 0, series.TrendsVersion: 1}[v.name]] = v.version
	}
	return from, err
}

type version struct {
	name    string
	version int64
}

func scanVersion(r *db.Rows) (v version, err error) {
	err = r.Scan(&v.name, &v.version)
	return v, err
}

// OfNation reads every region: two statements when nothing changed since it was read
// last; when actions did, at most four more, one of them of the COPs that moved alone and
// three of what is declared in two regions.
func (m *Room) OfNation(ctx context.Context, q db.Q) (_ *Nation, err error) {
	defer apperr.Wrap(&err, "coverage.OfNation")
	from, cops, err := m.versions(ctx, q)
	if err != nil {
		return nil, err
	}
	model, book, err := m.inputs(ctx)
	if err != nil {
		return nil, err
	}
	m.kept.mu.Lock()
	defer m.kept.mu.Unlock()
	same := m.kept.nation != nil && m.kept.from == from && m.kept.model == model.Version()
	if !same {
		if m.kept.regions, err = regionsOf(ctx, q, model, book); err != nil {
			return nil, err
		}
	}
	var stale []string
	for id, c := range cops {
		if was, ok := m.kept.cops[id]; ok && was.version == c.version {
			cops[id] = was
		} else {
			stale = append(stale, id)
		}
	}
	if same && len(stale) == 0 {
		return m.kept.nation, nil
	}
	m.kept.nation = nil // until all is read
	slices.Sort(stale)
	all, err := impacts(ctx, q, stale)
	if err != nil {
		return nil, err
	}
	of := map[string][]object{}
	for _, x := range all {
		of[x.cop] = append(of[x.cop], x)
	}
	for id, list := range of {
		c := cops[id]
		c.groups = grouped(list)
		c.objects = slices.DeleteFunc(list, func(x object) bool { return !x.whole() })
		cops[id] = c
	}
	var things []object
	for _, id := range slices.Sorted(maps.Keys(cops)) {
		things = append(things, cops[id].objects...)
	}
	declared, by, err := twice(ctx, q, things, func(cop string) string { return cops[cop].region })
	if err != nil {
		return nil, err
	}
	m.kept.from, m.kept.model, m.kept.cops = from, model.Version(), cops
	m.kept.nation = nationOf(model, book, m.kept.regions, cops, declared, by)
	return m.kept.nation, nil
}

// regionsOf reads what each region is held against.
func regionsOf(ctx context.Context, q db.Q, model *panorama.Model, book *series.Book) (out []known, err error) {
	shared, err := objective.InForceOfRegions(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, r := range model.Tree().Regions() {
		ref := territory.Ref{Scale: territory.RegionS, Code: r.Code}
		k := known{region: r, shared: shared[ref.String()]}
		if k.panorama, err = model.Of(ref); err != nil {
			return nil, err
		}
		if k.curves, err = book.Read(ctx, q, ref.String()); err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

// nationOf builds every region and their sums from what was read.
func nationOf(model *panorama.Model, book *series.Book, regions []known, cops map[string]inForce, twice []Twice, by map[string]object) *Nation {
	of := map[string][]Group{}
	for _, id := range slices.Sorted(maps.Keys(cops)) {
		of[cops[id].region] = append(of[cops[id].region], cops[id].groups...)
	}
	n := Nation{Twice: twice, overseas: map[string]bool{}, version: model.Version()}
	for _, k := range regions {
		x := Coverage{Region: k.region, Panorama: k.panorama}
		x.build(book, k.curves, k.shared, of[k.region.Code])
		n.Regions = append(n.Regions, x)
	}
	n.add(model, by)
	return &n
}

// add makes the sums of the regions.
func (n *Nation) add(model *panorama.Model, by map[string]object) {
	var main, wood, over []Cell
	fw := model.Framework()
	for _, version := range []string{"2023-24", "2023-24-om"} {
		for _, l := range fw.Levers(version) {
			c, ok := n.lever(l.Code)
			if !ok {
				continue
			}
			n.once(&c, by)
			n.overseas[l.Code] = version != "2023-24"
			n.Cells = append(n.Cells, c)
			switch {
			case version != "2023-24":
				over = append(over, c)
			case l.Code == panorama.ForestLever:
				main = append(main, c)
			default:
				main, wood = append(main, c), append(wood, c)
			}
		}
	}
	n.Total, n.WithoutForest, n.Overseas = Sum(main), Sum(wood), Sum(over)
}

// lever adds one lever over the regions that have it. Its objective is the sum of those
// that are known; so is what is done, with how many regions it is known in.
func (n *Nation) lever(code string) (sum Cell, found bool) {
	sum.Objective.Reason, sum.Done.Kg.Reason = "Aucune région n’a d’objectif pour ce levier.", "Aucune série ne dit, dans aucune région, ce qui est déjà fait."
	for _, r := range n.Regions {
		c, ok := r.Cell(code)
		if !ok {
			continue
		}
		if !found {
			sum.Line = panorama.Line{Lever: c.Line.Lever}
		}
		found = true
		sum.Planned.plus(c.Planned)
		sum.Done.Of++
		if c.Done.Kg.Known {
			sum.Done.Summed++
			sum.Done.Slack += c.Done.Slack
			sum.Done.Kg = panorama.Amount{Kg: sum.Done.Kg.Kg + c.Done.Kg.Kg, Known: true}
			sum.Done.Year = max(sum.Done.Year, c.Done.Year)
		}
		if c.Objective.Known {
			sum.Objective.Amount = panorama.Amount{Kg: sum.Objective.Kg + c.Objective.Kg, Known: true}
			if c.Objective.Origin == Shared {
				sum.Objective.Origin = Shared
			}
			// A region without an objective has nothing left to find that anyone knows.
			sum.Rest.Range, sum.Rest.Known = sum.Rest.Plus(c.Rest.Range), true
			sum.Rest.WithoutDone = sum.Rest.WithoutDone || c.Rest.WithoutDone
		}
	}
	if !sum.Rest.Known {
		sum.Rest.Reason = sum.Objective.Reason
	}
	return sum, found
}

func (p *Planned) plus(o Planned) {
	p.add(o.Actions, o.Kg)
	p.Gross, p.GrossKg = p.Gross+o.Gross, p.GrossKg+o.GrossKg
	p.Started.add(o.Started.Actions, o.Started.Kg)
	p.Undated.add(o.Undated.Actions, o.Undated.Kg)
	p.Regional.add(o.Regional.Actions, o.Regional.Kg)
	p.Abandoned.add(o.Abandoned.Actions, o.Abandoned.Kg)
	p.Increases, p.Reduced, p.Paused, p.Blocked = p.Increases+o.Increases, p.Reduced+o.Reduced, p.Paused+o.Paused, p.Blocked+o.Blocked
	p.Estimated += o.Estimated
	p.Qualitative, p.Unassessed = p.Qualitative+o.Qualitative, p.Unassessed+o.Unassessed
}
