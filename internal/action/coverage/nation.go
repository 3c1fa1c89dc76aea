package coverage

import (
	"context"
	"sync"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// Nation is every region, and their sum by lever. An action belongs to one COP: it is
// counted once.
type Nation struct {
	Regions []Coverage
	// Cells are the sums of the regions, by lever, mainland levers first; overseas levers
	// are of their own and in no sum with the others.
	Cells []Cell
	// Total holds the mainland levers, WithoutForest all of them but forests; Overseas
	// those of the overseas regions.
	Total, WithoutForest, Overseas Total
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

// kept is the last nation that was read, and what it was read from.
type kept struct {
	mu     sync.Mutex
	from   [3]int64
	model  string
	nation *Nation
}

// versions names all that coverage is read from.
func (m *Room) versions(ctx context.Context, q db.Q) (from [3]int64, err error) {
	for i, name := range []string{action.Version, objective.Version, series.TrendsVersion} {
		if from[i], err = db.Version(ctx, q, name); err != nil {
			return from, err
		}
	}
	return from, nil
}

// OfNation reads every region: the same statements however many actions, and three when
// nothing changed since it was read last.
func (m *Room) OfNation(ctx context.Context, q db.Q) (_ *Nation, err error) {
	defer apperr.Wrap(&err, "coverage.OfNation")
	from, err := m.versions(ctx, q)
	if err != nil {
		return nil, err
	}
	model, book, err := m.inputs(ctx)
	if err != nil {
		return nil, err
	}
	m.kept.mu.Lock()
	defer m.kept.mu.Unlock()
	if m.kept.nation != nil && m.kept.from == from && m.kept.model == model.Version() {
		return m.kept.nation, nil
	}
	n, err := m.nation(ctx, q, model, book)
	if err != nil {
		return nil, err
	}
	m.kept.from, m.kept.model, m.kept.nation = from, model.Version(), n
	return n, nil
}

func (m *Room) nation(ctx context.Context, q db.Q, model *panorama.Model, book *series.Book) (*Nation, error) {
	all, err := groups(ctx, q, "")
	if err != nil {
		return nil, err
	}
	shared, err := objective.InForceOfRegions(ctx, q)
	if err != nil {
		return nil, err
	}
	var n Nation
	for _, r := range model.Tree().Regions() {
		x := Coverage{Region: r}
		ref := territory.Ref{Scale: territory.RegionS, Code: r.Code}
		if x.Panorama, err = model.Of(ref); err != nil {
			return nil, err
		}
		curves, err := book.Read(ctx, q, ref.String())
		if err != nil {
			return nil, err
		}
		x.build(book, curves, shared[ref.String()], all[r.Code])
		n.Regions = append(n.Regions, x)
	}
	n.add(model)
	return &n, nil
}

// add makes the sums of the regions.
func (n *Nation) add(model *panorama.Model) {
	var main, wood, over []Cell
	fw := model.Framework()
	for _, version := range []string{"2023-24", "2023-24-om"} {
		for _, l := range fw.Levers(version) {
			c, ok := n.lever(l.Code)
			if !ok {
				continue
			}
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
	p.Qualitative, p.Unassessed = p.Qualitative+o.Qualitative, p.Unassessed+o.Unassessed
}
