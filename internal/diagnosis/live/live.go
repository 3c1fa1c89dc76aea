// Package live makes the blocks of a diagnosis from what the rooms hold: what is
// aimed at, what happens, what authorities answered, what works, and what it comes
// to. It reads as anyone may: nothing that a team alone reads enters a document.
package live

import (
	"context"
	"slices"
	"time"

	"jalon/internal/composition"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/panorama"
	"jalon/internal/restitution"
	"jalon/internal/series"
)

// Sources is what the blocks read.
type Sources struct {
	DB          db.Q
	Now         func() time.Time
	Model       func(ctx context.Context) (*panorama.Model, error)
	Book        *series.Book
	Restitution *restitution.Room
	Diagnosis   *diagnosis.Room
}

// Catalogue is the list of live blocks; it is a composition.Catalogue.
type Catalogue struct {
	Sources
	blocks   []block
	councils authorities
}

// block is a live block: what it is, and how it is made.
type block struct {
	composition.Live
	make func(ctx context.Context, r *reading, params map[string]string) (composition.Made, error)
}

// New is the catalogue over its sources.
func New(s Sources) *Catalogue {
	return &Catalogue{Sources: s, blocks: slices.Concat(opening(), aims(), dynamics(s.Book), answers(), strengths(), synthesis())}
}

// List lists the blocks in the order of the parts.
func (c *Catalogue) List() []composition.Live {
	out := make([]composition.Live, len(c.blocks))
	for i, b := range c.blocks {
		out[i] = b.Live
	}
	return out
}

// Open starts the reading of one document.
func (c *Catalogue) Open(ctx context.Context, at composition.Place) (composition.Reading, error) {
	m, err := c.Model(ctx)
	if err != nil {
		return nil, err
	}
	return &reading{Catalogue: c, Place: at, model: m}, nil
}

// reading is what the blocks of one document share: each source is read once, when
// a block first asks for it.
type reading struct {
	*Catalogue
	composition.Place
	model *panorama.Model
	measured
	said said // sources_answers.go
}

// Make makes a block. Parameters that the block does not know are left aside, and
// those that it is not given take their first value. A value that an option no longer
// has is said, never replaced: the text above the block may speak of it.
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
	return composition.Made{}, composition.ErrUnknown
}
