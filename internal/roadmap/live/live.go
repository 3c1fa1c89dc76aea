// Package live makes the blocks of a roadmap from what the rooms hold: what both heads
// share, what the diagnosis found, the actions that they retained, how far these go, what
// is missing, how they are followed. It reads as anyone may: nothing that a team alone
// reads enters a document that both heads publish.
package live

import (
	"context"
	"slices"
	"sync"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/knowledge"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Sources is what the blocks read.
type Sources struct {
	DB       db.Q
	Model    func(ctx context.Context) (*panorama.Model, error)
	Coverage *coverage.Room
	// Told are the blocks of the diagnosis: those of its parts may stand in a roadmap.
	Told composition.Catalogue
}

// Catalogue is the list of live blocks; it is a composition.Catalogue.
type Catalogue struct {
	Sources
	blocks []block
	told   []composition.Live
}

// block is a live block: what it is, and how it is made.
type block struct {
	composition.Live
	make func(ctx context.Context, r *reading, params map[string]string) (composition.Made, error)
}

// New is the catalogue over its sources.
func New(s Sources) *Catalogue {
	c := &Catalogue{Sources: s, blocks: slices.Concat(opening(), planned(), covered(), lacking(), following(), annexed())}
	for _, l := range s.Told.List() {
		part, ok := places[l.Part]
		if l.Code == "ouverture/lecture" {
			part = composition.Annexes
		}
		if !ok {
			continue
		}
		l.Part, l.Usual = part, slices.Contains(usual, l.Code)
		c.told = append(c.told, l)
	}
	return c
}

// places say where the blocks of a diagnosis stand in a roadmap.
var places = map[composition.Part]composition.Part{
	composition.Opening: composition.Picture, composition.Aims: composition.Objectives, composition.Dynamics: composition.Picture,
	composition.Answers: composition.Picture, composition.Strengths: composition.Picture, composition.Priorities: composition.Picture,
}

// usual are those that the proposed plan holds.
var usual = []string{"cibles/chiffres-cles", "cibles/objectifs-partages", "ouverture/lecture"}

// List lists the blocks in the order of the parts.
func (c *Catalogue) List() (out []composition.Live) {
	for _, p := range composition.Roadmap.Parts() {
		for _, b := range c.blocks {
			if string(b.Part) == p[0] {
				out = append(out, b.Live)
			}
		}
		for _, l := range c.told {
			if string(l.Part) == p[0] {
				out = append(out, l)
			}
		}
	}
	return out
}

// Open starts the reading of one document.
func (c *Catalogue) Open(ctx context.Context, at composition.Place) (composition.Reading, error) {
	m, err := c.Model(ctx)
	if err != nil {
		return nil, err
	}
	told, err := c.Told.Open(ctx, at)
	if err != nil {
		return nil, err
	}
	return &reading{Catalogue: c, Place: at, model: m, diagnosis: told}, nil
}

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

// reading is what the blocks of one document share.
type reading struct {
	*Catalogue
	composition.Place
	model     *panorama.Model
	diagnosis composition.Reading

	onceActions  once[[]retained]
	onceCoverage once[coverage.Coverage]
	onceThemes   once[[]diagnosis.Theme]
	onceCross    once[[]action.CrossTheme]
	onceStops    once[stops]
	onceCOP      once[cop.COP]
	oncePlaces   once[map[string]where]
	onceEnding   once[ending]
}

// Make makes a block: of this catalogue, else of the diagnosis. A value that an option no
// longer has is said, never replaced.
func (r *reading) Make(ctx context.Context, code string, params map[string]string) (composition.Made, error) {
	for _, b := range r.blocks {
		if b.Code != code {
			continue
		}
		chosen, wrong := b.Choose(params)
		if wrong != "" {
			return composition.Made{Title: b.Name, Missing: wrong}, nil
		}
		return b.make(ctx, r, chosen)
	}
	return r.diagnosis.Make(ctx, code, params)
}

// base begins the addresses of what is of the region, own those of its COP.
func (r *reading) base() string { return cop.RegionPath(r.Region.Slug, cop.First) }
func (r *reading) own() string  { return cop.RegionPath(r.Region.Slug, r.Cycle) }

// key is the address of a sum of this roadmap.
func (r *reading) key(what string) string { return Key(r.Cycle, r.Region.Code, what) }

func (r *reading) conference(ctx context.Context) (cop.COP, error) {
	return r.onceCOP.get(func() (cop.COP, error) { return cop.Find(ctx, r.DB, r.COP) })
}

// coverage is how far the retained actions go, lever by lever.
func (r *reading) coverage(ctx context.Context) (coverage.Coverage, error) {
	return r.onceCoverage.get(func() (coverage.Coverage, error) { return r.Coverage.OfRegion(ctx, r.DB, r.Region.Code) })
}

func (r *reading) themes(ctx context.Context) ([]diagnosis.Theme, error) {
	return r.onceThemes.get(func() ([]diagnosis.Theme, error) { return diagnosis.Themes(ctx, r.DB, r.COP) })
}

func (r *reading) ending(ctx context.Context) (ending, error) {
	return r.onceEnding.get(func() (ending, error) {
		return endingOf(ctx, r.DB, r.COP)
	})
}

func (r *reading) ref() territory.Ref {
	return territory.Ref{Scale: territory.RegionS, Code: r.Region.Code}
}

// stops are the obstacles that went up to the nation, with what it answers by the line
// that each counts in.
type stops struct {
	list    []knowledge.Item
	answers map[string]knowledge.Group
}

// mostStops bounds what one document reads of the obstacles of a region.
const mostStops = 400

func (r *reading) stops(ctx context.Context) (stops, error) {
	return r.onceStops.get(func() (out stops, err error) {
		list, _, err := knowledge.Public(ctx, r.DB, knowledge.Filter{Kind: knowledge.Obstacle, Region: r.Region.Code}, mostStops)
		if err != nil {
			return out, err
		}
		out.list = slices.DeleteFunc(list, func(x knowledge.Item) bool { return x.MergedInto != "" || !x.Escalated() && x.Group == "" })
		out.answers, err = knowledge.AnswersTo(ctx, r.DB, out.list)
		return out, err
	})
}
