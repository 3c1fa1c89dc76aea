package live

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"jalon/internal/cop"
	"jalon/internal/knowledge"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// once is a source that is read when a block first asks for it, and then shared.
type once[T any] struct {
	do  sync.Once
	v   T
	err error
}

func (o *once[T]) get(read func() (T, error)) (T, error) {
	o.do.Do(func() { o.v, o.err = read() })
	return o.v, o.err
}

// authorities are those of an edition of the tree: finding where each decides takes
// longer than reading a document, and lasts as long as the edition.
type authorities struct {
	mu   sync.Mutex
	tree *territory.Tree
	all  *territory.Authorities
}

func (x *authorities) of(tree *territory.Tree) (_ *territory.Authorities, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.tree == tree {
		return x.all, nil
	}
	all, err := tree.Authorities()
	if err == nil {
		x.tree, x.all = tree, all
	}
	return all, err
}

// measured are the sources of what is aimed at and of what happens.
type measured struct {
	onceConference once[conference]
	oncePanorama   once[panorama.Panorama]
	oncePlans      once[plans]
	onceCurves     once[map[string]*series.Curve]
	onceTrends     once[[]panorama.LeverTrend]
	onceObjectives once[shared]
	onceNotes      once[[]knowledge.Note]
}

// conference is the COP with what happened in it by the day of the document.
type conference struct {
	cop.COP
	cycle cop.Cycle
	state cop.State
}

func (r *reading) conference(ctx context.Context) (conference, error) {
	return r.onceConference.get(func() (c conference, err error) {
		if c.COP, err = cop.Find(ctx, r.DB, r.COP); err != nil {
			return c, err
		}
		if c.cycle, err = cop.FindCycle(ctx, r.DB, c.Cycle); err != nil {
			return c, err
		}
		events, err := cop.Events(ctx, r.DB, c.ID)
		c.state = cop.StateAt(events, r.Day)
		return c, err
	})
}

// base is what the addresses of the region begin with.
func (r *reading) base() string { return "/regions/" + r.Region.Slug }

func (r *reading) panorama() (panorama.Panorama, error) {
	return r.oncePanorama.get(func() (panorama.Panorama, error) { return r.model.Of(r.ref()) })
}

// plans is what the plans of the region and of its territories say, and their
// comparison with the panorama.
type plans struct {
	plan.Comparison
	aims plan.Aims
	own  panorama.Own
}

func (r *reading) plans(ctx context.Context) (plans, error) {
	return r.oncePlans.get(func() (x plans, err error) {
		p, err := r.panorama()
		if err != nil {
			return x, err
		}
		all, err := plan.OfRegion(ctx, r.DB, r.Region.Code)
		if err != nil {
			return x, err
		}
		objectives, err := plan.ObjectivesIn(ctx, r.DB, r.Region.Code)
		if err != nil {
			return x, err
		}
		x.aims, x.own = plan.AimsFrom(r.Region.Code, all, objectives), plan.Targets(p, all, objectives)
		members := func(id string) ([]int32, error) { return territory.MembersOf(ctx, r.DB, r.model.Tree(), id) }
		x.Comparison, err = plan.Compare(r.model, p, all, objectives, members, nil)
		return x, err
	})
}

// shared is what both heads shared for the region, by lever, and who does not hold
// it.
type shared struct {
	by   map[string]objective.Reading
	held map[string][]objective.Dissent
	own  panorama.Own
}

// objectives reads as anyone may: what is discussed is not there, nor what was said
// of it since the sharing.
func (r *reading) objectives(ctx context.Context) (shared, error) {
	return r.onceObjectives.get(func() (shared, error) {
		p, err := r.panorama()
		if err != nil {
			return shared{}, err
		}
		x := shared{own: panorama.NoOwn, by: map[string]objective.Reading{}, held: map[string][]objective.Dissent{}}
		rows, err := objective.OfTerritory(ctx, r.DB, r.COP, r.ref().String())
		if err != nil {
			return x, err
		}
		of := map[string]objective.Objective{}
		for _, o := range rows {
			if now, ok := o.Now(false); ok {
				x.by[o.Lever], of[o.ID] = now, o
			}
		}
		if len(of) == 0 {
			return x, nil
		}
		x.own = objective.Targets(p, rows)
		dissent, err := objective.Dissents(ctx, r.DB, r.COP, false)
		for id, o := range of {
			x.held[o.Lever] = dissent[id]
		}
		return x, err
	})
}

// curves are all the series of the region, ratios that their terms make included.
func (r *reading) curves(ctx context.Context) (map[string]*series.Curve, error) {
	return r.onceCurves.get(func() (map[string]*series.Curve, error) {
		all, err := r.Book.Read(ctx, r.DB, r.ref().String())
		if err == nil {
			r.Book.Complete(all)
		}
		return all, err
	})
}

// year is that of the document.
func (r *reading) year() int {
	if len(r.Day) >= 4 {
		if y, err := strconv.Atoi(r.Day[:4]); err == nil {
			return y
		}
	}
	return r.Now().Year()
}

// trends are the levers of the panorama against their series, judged by what the
// region shared, then by the panorama, then by its own plans.
func (r *reading) trends(ctx context.Context) ([]panorama.LeverTrend, error) {
	return r.onceTrends.get(func() ([]panorama.LeverTrend, error) {
		p, err := r.panorama()
		if err != nil {
			return nil, err
		}
		curves, err := r.curves(ctx)
		if err != nil {
			return nil, err
		}
		own, err := r.own(ctx)
		if err != nil {
			return nil, err
		}
		return panorama.Trends(&p, r.Book, curves, own, r.year()), nil
	})
}

// own are the targets of the region besides the panorama: what it shares, what its
// plans say.
func (r *reading) own(ctx context.Context) (panorama.Own, error) {
	x, err := r.plans(ctx)
	if err != nil {
		return nil, err
	}
	o, err := r.objectives(ctx)
	if err != nil {
		return nil, err
	}
	return func(lever string) []series.Target { return append(slices.Clone(o.own(lever)), x.own(lever)...) }, nil
}

func (r *reading) notes(ctx context.Context) ([]knowledge.Note, error) {
	return r.onceNotes.get(func() ([]knowledge.Note, error) {
		return knowledge.PublishedNotes(ctx, r.DB, r.Region.Code)
	})
}
