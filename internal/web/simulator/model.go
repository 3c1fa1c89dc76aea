package simulator

import (
	"context"

	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// FromModel reads the snapshot in force.
func FromModel(model func(ctx context.Context) (*panorama.Model, error)) func(ctx context.Context) (Source, error) {
	return func(ctx context.Context) (Source, error) {
		m, err := model(ctx)
		if err != nil {
			return nil, err
		}
		return modelSource{m}, nil
	}
}

type modelSource struct{ m *panorama.Model }

func (s modelSource) Regions() []territory.Region { return s.m.Tree().Regions() }

func (s modelSource) Lookup(ref territory.Ref) (territory.Territory, error) {
	return s.m.Tree().Lookup(ref)
}

// Of is the panorama with the exact starting points: pages round them, but a
// level computed from a rounded start would differ from the one they show.
func (s modelSource) Of(ref territory.Ref) (panorama.Panorama, error) {
	p, err := s.m.Of(ref)
	if err != nil {
		return p, err
	}
	for i := range p.Lines {
		l := &p.Lines[i]
		if c, ok := s.m.Reference().Cell(p.Edition, ref.Code, l.Lever.Code); ok && l.Equiv.Start.Known && c.Start.Known {
			l.Equiv.Start.V = c.Start.V
		}
	}
	return p, nil
}

func (s modelSource) Sectors() []Sector {
	all := s.m.Framework().Sectors()
	out := make([]Sector, len(all))
	for i, sec := range all {
		out[i] = Sector{Code: sec.Code, Name: sec.Name, Color: sec.Color}
	}
	return out
}
