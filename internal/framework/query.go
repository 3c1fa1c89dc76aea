package framework

import (
	"slices"
	"strings"

	"jalon/internal/apperr"
)

// Framework is the whole referential, read once and never changed; it may be
// read from several goroutines. Slices are copies that the caller may sort.
type Framework struct {
	versions    []Version
	levers      []Lever
	index       map[string]int
	sectors     []Sector
	themes      []ThemeInfo
	workstreams []Workstream
	links       map[string][]Link // by either end
	targets     map[string][]Target
	glossary    []Term
	sources     []Source
	sourceIndex map[string]int
}

// Versions lists the published lists of levers, oldest first.
func (f *Framework) Versions() []Version { return slices.Clone(f.versions) }

// Levers lists the levers of a version in the order of its table: by sector for
// 2023-24, as published for the others. An unknown version has none.
func (f *Framework) Levers(version string) []Lever {
	var out []Lever
	for _, l := range f.levers {
		if l.Version == version {
			out = append(out, l.clone())
		}
	}
	return out
}

// Lever returns the lever of a code, whatever its version.
func (f *Framework) Lever(code string) (Lever, error) {
	i, ok := f.index[code]
	if !ok {
		return Lever{}, apperr.NotFoundf("Aucun levier ne porte le code «\u00a0%s\u00a0». La page «\u00a0Leviers\u00a0» les liste tous.", code)
	}
	return f.levers[i].clone(), nil
}

// BySourceID lists the levers of a version that the State's file calls id:
// several may share one, so an import must look at the name and the region too.
func (f *Framework) BySourceID(version, id string) []Lever {
	var out []Lever
	for _, l := range f.levers {
		if l.Version == version && l.SourceID == id && id != "" {
			out = append(out, l.clone())
		}
	}
	return out
}

// Under lists the 2026 levers that are shown under the wider lever of code.
func (f *Framework) Under(code string) []Lever {
	var out []Lever
	for _, l := range f.levers {
		if l.Wider == code && code != "" {
			out = append(out, l.clone())
		}
	}
	return out
}

// Sectors lists the sectors in the order of screens and charts.
func (f *Framework) Sectors() []Sector { return slices.Clone(f.sectors) }

// Sector returns the sector of a code; a lever without emissions has none.
func (f *Framework) Sector(code string) (Sector, error) {
	for _, s := range f.sectors {
		if s.Code == code {
			return s, nil
		}
	}
	return Sector{}, apperr.NotFoundf("Aucun secteur ne porte le code «\u00a0%s\u00a0».", code)
}

// Themes lists the six themes in order.
func (f *Framework) Themes() []ThemeInfo { return slices.Clone(f.themes) }

// Axes lists the six environmental axes in order.
func (f *Framework) Axes() []Axis { return axes() }

func axes() []Axis {
	return []Axis{
		{"attenuation", "Atténuation"},
		{"adaptation", "Adaptation"},
		{"eau", "Eau"},
		{"economie-circulaire", "Économie circulaire"},
		{"pollution", "Pollution"},
		{"biodiversite", "Biodiversité"},
	}
}

// Workstreams lists the chantiers of 2026 in order.
func (f *Framework) Workstreams() []Workstream {
	out := slices.Clone(f.workstreams)
	for i := range out {
		out[i].Axes = slices.Clone(out[i].Axes)
	}
	return out
}

// Crosswalk lists the links of a lever, whichever end it is.
func (f *Framework) Crosswalk(code string) []Link { return slices.Clone(f.links[code]) }

// Links lists every link once, in the order of the levers it comes from.
func (f *Framework) Links() (out []Link) {
	for _, l := range f.levers {
		for _, k := range f.links[l.Code] {
			if k.From == l.Code {
				out = append(out, k)
			}
		}
	}
	return out
}

// Targets lists the national targets of a lever; none is not zero.
func (f *Framework) Targets(lever string) []Target { return slices.Clone(f.targets[lever]) }

// Glossary lists our words in French order.
func (f *Framework) Glossary() []Term { return slices.Clone(f.glossary) }

// Define finds a term of the glossary, whatever its capitals.
func (f *Framework) Define(term string) (Term, error) {
	for _, t := range f.glossary {
		if strings.EqualFold(t.Term, term) {
			return t, nil
		}
	}
	return Term{}, apperr.NotFoundf("Le glossaire n’a pas d’entrée «\u00a0%s\u00a0».", term)
}

// Source returns the source of an id.
func (f *Framework) Source(id string) (Source, error) {
	i, ok := f.sourceIndex[id]
	if !ok {
		return Source{}, apperr.NotFoundf("Aucune source ne porte le code «\u00a0%s\u00a0».", id)
	}
	return f.sources[i], nil
}

// Sources lists the sources, for the data page.
func (f *Framework) Sources() []Source { return slices.Clone(f.sources) }

// ObjectiveVia lists the 2023-24 levers whose kt, added, are the objective of
// the lever of code: itself when it belongs to 2023-24, its equal by one-to-one
// links, or the parts that together make a wider lever. It is empty when the
// lever is «sans objectif chiffré», which includes every part of a wider one:
// an objective is never split. The error is for an unknown code.
func (f *Framework) ObjectiveVia(code string) ([]Lever, error) {
	if _, err := f.Lever(code); err != nil {
		return nil, err
	}
	for _, equal := range f.equals(code) {
		if l := f.levers[f.index[equal]]; kilotonnes(l.Version) {
			return []Lever{l.clone()}, nil
		}
	}
	var out []Lever
	for _, equal := range f.equals(code) {
		for _, k := range f.links[equal] {
			if k.Kind != PartOf || k.To != equal {
				continue
			}
			l := f.levers[f.index[k.From]]
			seen := slices.ContainsFunc(out, func(o Lever) bool { return o.Code == l.Code })
			if kilotonnes(l.Version) && !seen {
				out = append(out, l.clone())
			}
		}
	}
	return out, nil
}

func kilotonnes(version string) bool { return version == National || version == Overseas }

// equals walks the one-to-one links from code, itself first.
func (f *Framework) equals(code string) []string {
	out := []string{code}
	for i := 0; i < len(out); i++ {
		for _, k := range f.links[out[i]] {
			if k.Kind == OneToOne && !slices.Contains(out, k.Other(out[i])) {
				out = append(out, k.Other(out[i]))
			}
		}
	}
	return out
}

func (l Lever) clone() Lever {
	l.Axes = slices.Clone(l.Axes)
	return l
}
