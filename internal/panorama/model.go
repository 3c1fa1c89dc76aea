// Package panorama computes the panorama des leviers: what each territory is
// invited to contribute, lever by lever, to the national objective for 2030.
// Nation → region is published by the State and held as published; below, one
// step goes from the region to its communes by key, in whole kilograms, and
// every other territory is a sum of communes: closure is exact by construction.
package panorama

import (
	"io/fs"
	"sync"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/territory"
)

// ForestLever is shown but not regionalised; totals say whether they hold it.
const ForestLever = "gestion-forets"

// MixLever is «décarbonation du mix électrique», of Corse and overseas. The
// source gives it the id of «électricité renouvelable»: it is another lever.
const MixLever = "om-mix-electrique"

// Inputs is all that a model is computed from. Version names it: two models of
// the same version give the same figures.
type Inputs struct {
	Tables     fs.FS // data/
	Keys       []KeyValue
	Objectives []ImportedObjective
	Levels     []ImportedLevel
	Emissions  []Emission
	Version    string
}

// ImportedObjective is an objective published for a territory, received by import.
type ImportedObjective struct {
	Territory territory.Ref
	Lever     string
	Kg        Kg
	Edition   string
	Source    string
	Run       string // orders imports of the same edition
}

// ImportedLevel is the physical quantity published beside an objective.
type ImportedLevel struct {
	Territory territory.Ref
	Lever     string
	Level     float64
	Unit      string
	Edition   string
}

// Model is an immutable snapshot: inputs and everything allocated from them.
type Model struct {
	tree     *territory.Tree
	fw       *framework.Framework
	ref      *Reference
	version  string
	levers   []framework.Lever // the 30, then the 13 of overseas
	national int               // how many of levers are the 30
	index    map[string]int
	communes []territory.Commune

	regionCommunes map[string][]int32
	keys           map[string][]*keySet
	parts          [][]Kg                      // lever → commune → kg, zero where not divided
	divisions      []map[string]*division      // lever → region
	published      map[string][]PublishedValue // ref|lever
	emissions      emissionIndex
	percentages    map[string][]Percentage // region

	imported time.Time // see Changed

	known sync.Map // territory.Ref → Panorama: see Of
}

// NewModel reads the tables and divides every lever in every mainland region.
func NewModel(tree *territory.Tree, fw *framework.Framework, in Inputs) (_ *Model, err error) {
	defer apperr.Wrap(&err, "panorama.NewModel")
	ref, err := LoadReference(in.Tables)
	if err != nil {
		return nil, err
	}
	m := &Model{
		tree: tree, fw: fw, ref: ref, version: in.Version, communes: tree.Communes(),
		index: map[string]int{}, regionCommunes: map[string][]int32{}, keys: keySets(in.Keys),
		published: indexObjectives(in.Objectives, in.Levels), emissions: indexEmissions(in.Emissions),
		percentages: map[string][]Percentage{}, imported: lastRun(in),
	}
	m.levers = append(append(m.levers, fw.Levers("2023-24")...), fw.Levers("2023-24-om")...)
	m.national = len(fw.Levers("2023-24"))
	for i, l := range m.levers {
		m.index[l.Code] = i
	}
	for _, p := range ref.Percentages {
		m.percentages[p.Region] = append(m.percentages[p.Region], p)
	}
	for i := range m.communes {
		r := m.communes[i].Region
		m.regionCommunes[r] = append(m.regionCommunes[r], int32(i))
	}
	return m, m.divideAll()
}

func (m *Model) divideAll() error {
	m.parts = make([][]Kg, len(m.levers))
	m.divisions = make([]map[string]*division, len(m.levers))
	for l := range m.levers {
		m.divisions[l] = map[string]*division{}
		if l < m.national {
			m.parts[l] = make([]Kg, len(m.communes))
		}
		for _, r := range m.tree.Regions() {
			d := &division{}
			cell, ok := m.ref.Cell(July, r.Code, m.levers[l].Code)
			if ok && cell.Objective.Known && l < m.national && !r.Overseas {
				var err error
				if d, err = m.divide(l, r.Code, cell.Objective.Kg); err != nil {
					return apperr.New(apperr.KindOf(err), err, "%s, %s", m.levers[l].Name, r.Name)
				}
			}
			m.divisions[l][r.Code] = d
		}
	}
	return nil
}

// Version names the inputs and rules that gave this model.
func (m *Model) Version() string { return m.version }

// Tree is the tree of territories that the model was computed on.
func (m *Model) Tree() *territory.Tree { return m.tree }

// Framework is the referential that the model was computed on.
func (m *Model) Framework() *framework.Framework { return m.fw }

// Reference is what the State published, as held under data/.
func (m *Model) Reference() *Reference { return m.ref }

// Coverages says, for each imported key, how far it goes in each region that it
// touches: what is incomplete is not applied, and said.
func (m *Model) Coverages() []Coverage {
	var out []Coverage
	for _, k := range sortedKeys(m.keys) {
		for _, set := range m.keys[k] {
			for _, r := range m.tree.Regions() {
				if c := m.coverage(set, r.Code); c.Known > 0 {
					out = append(out, c)
				}
			}
		}
	}
	return out
}

func indexObjectives(in []ImportedObjective, levels []ImportedLevel) map[string][]PublishedValue {
	type cell struct{ at, edition string }
	last := map[cell]ImportedObjective{}
	for _, o := range in {
		k := cell{o.Territory.String() + "|" + o.Lever, o.Edition}
		if old, ok := last[k]; !ok || old.Run <= o.Run {
			last[k] = o
		}
	}
	out := map[string][]PublishedValue{}
	beside := map[cell]ImportedLevel{}
	for _, l := range levels {
		beside[cell{l.Territory.String() + "|" + l.Lever, l.Edition}] = l
	}
	for k, o := range last {
		v := PublishedValue{Kg: o.Kg, Edition: o.Edition, Source: o.Source, Level: blank("La publication ne donne pas d’ordre de grandeur.")}
		if l, ok := beside[k]; ok {
			v.Level, v.Unit = Value{V: l.Level, Known: true}, l.Unit
		}
		out[k.at] = append(out[k.at], v)
	}
	for _, vs := range out {
		sortPublished(vs)
	}
	return out
}
