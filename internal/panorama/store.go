package panorama

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"math"
	"strings"
	"sync"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/framework"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// Rules is the version of the computation itself. It changes when the same
// inputs would give other figures.
const Rules = "1"

// DataVersion and TreeVersion are the names, in data_version, of what a model
// is computed from: an import that touches either bumps it.
const (
	DataVersion = "panorama"
	TreeVersion = "territories"
)

// Store keeps the current model, computed again when its inputs change.
type Store struct {
	q      db.Q
	tables fs.FS
	tree   func(context.Context) (*territory.Tree, error)

	mu    sync.Mutex
	stamp [2]int64
	model *Model
}

// NewStore returns a store over the tables of data/, the imported observations
// of q and the tree that tree loads.
func NewStore(q db.Q, tables fs.FS, tree func(context.Context) (*territory.Tree, error)) *Store {
	return &Store{q: q, tables: tables, tree: tree}
}

// Model returns the model of the inputs as they are now. It costs one small
// statement when nothing changed.
func (s *Store) Model(ctx context.Context) (_ *Model, err error) {
	defer apperr.Wrap(&err, "panorama.Store.Model")
	stamp, err := s.stamps(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.model != nil && s.stamp == stamp {
		return s.model, nil
	}
	m, err := s.build(ctx)
	if err != nil {
		return nil, err
	}
	s.model, s.stamp = m, stamp
	return m, nil
}

func (s *Store) stamps(ctx context.Context) (out [2]int64, err error) {
	err = s.q.QueryRow(ctx, `
		SELECT COALESCE(MAX(CASE WHEN name = $1 THEN version END), 0),
		       COALESCE(MAX(CASE WHEN name = $2 THEN version END), 0)
		  FROM data_version`, DataVersion, TreeVersion).Scan(&out[0], &out[1])
	return out, err
}

func (s *Store) build(ctx context.Context) (*Model, error) {
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	fw, err := framework.Load(s.tables)
	if err != nil {
		return nil, err
	}
	var imported []series.Observation
	err = db.Snapshot(ctx, s.q, func(ctx context.Context, q db.Q) error {
		for _, family := range []string{series.Keys, series.Objectives, series.Equivalent, series.Emissions} {
			rows, err := series.History(ctx, q, family)
			if err != nil {
				return err
			}
			imported = append(imported, rows...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return FromObservations(tree, fw, s.tables, imported)
}

// FromObservations computes a model from the tables and the figures received
// from outside: what the program and a bundle both do. Its version names the
// rules, the tables, the tree and the imports by their content, so that two
// installations that hold the same things show the same version.
func FromObservations(tree *territory.Tree, fw *framework.Framework, tables fs.FS, imported []series.Observation) (*Model, error) {
	in, err := InputsFrom(imported)
	if err != nil {
		return nil, err
	}
	digest, err := tablesDigest(tables)
	if err != nil {
		return nil, err
	}
	in.Tables = tables
	in.Version = strings.Join([]string{"r" + Rules, digest, tree.Edition().Name, importsDigest(imported)}, "-")
	return NewModel(tree, fw, in)
}

// InputsFrom sorts observations into keys, objectives and emissions. Of each
// figure the last import holds; when that one says that there is no value, with
// its reason, the figure is withdrawn.
func InputsFrom(imported []series.Observation) (in Inputs, err error) {
	for _, o := range standing(imported) {
		ref, err := territory.ParseRef(o.Territory)
		if err != nil {
			return in, err
		}
		family, name, _ := strings.Cut(o.Series, "/")
		switch family {
		case series.Keys:
			in.Keys = append(in.Keys, KeyValue{Key: name, Territory: ref, Year: o.Year, Value: *o.Value, Unit: o.Unit, Source: o.Source, Edition: o.Edition, Counts: o.Label})
		case series.Objectives:
			in.Objectives = append(in.Objectives, ImportedObjective{Territory: ref, Lever: name, Kg: kgOf(*o.Value), Edition: o.Label, Source: o.Source, Run: o.Edition})
		case series.Equivalent:
			in.Levels = append(in.Levels, ImportedLevel{Territory: ref, Lever: name, Level: *o.Value, Unit: o.Unit, Edition: o.Label})
		case series.Emissions:
			sector, sub, _ := strings.Cut(name, "/")
			in.Emissions = append(in.Emissions, Emission{EPCI: ref.Code, Sector: sector, Subsector: sub, Year: o.Year, Kg: kgOf(*o.Value), Source: o.Source, Run: o.Edition})
		}
	}
	return in, nil
}

// standing keeps the last import of each figure, those without a value apart.
// Two editions of an objective, as their publisher names them, are two figures.
func standing(imported []series.Observation) []series.Observation {
	type figure struct {
		series, territory, label string
		year                     int
	}
	last := map[figure]int{}
	of := func(o series.Observation) figure {
		f := figure{series: o.Series, territory: o.Territory, year: o.Year}
		if family, _, _ := strings.Cut(o.Series, "/"); family == series.Objectives || family == series.Equivalent {
			f.label = o.Label
		}
		return f
	}
	for i, o := range imported {
		if j, ok := last[of(o)]; !ok || imported[j].Edition <= o.Edition {
			last[of(o)] = i
		}
	}
	var out []series.Observation
	for i, o := range imported {
		if last[of(o)] == i && o.Value != nil {
			out = append(out, o)
		}
	}
	return out
}

// kgOf turns imported kilotonnes into kilograms; an import keeps six decimals.
func kgOf(kt float64) Kg { return Kg(math.Round(kt * KgPerKt)) }

// inputTables are the tables that a figure of the panorama depends on.
var inputTables = [...]string{
	"adjusted-cells.csv", "epci-percentages.csv", "key-inputs.csv", "keys.csv", "known-residuals.csv", "lever-keys.csv",
	"lever-scales.csv", "levers.csv", "objectives-national.csv", "objectives-regional.csv",
}

func tablesDigest(tables fs.FS) (string, error) {
	h := sha256.New()
	for _, name := range inputTables {
		b, err := fs.ReadFile(tables, name)
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(b)
		h.Write([]byte(name))
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil))[:8], nil
}

// importsDigest leaves out the ids of imports, which differ from one
// installation to another, but keeps their order.
func importsDigest(imported []series.Observation) string {
	if len(imported) == 0 {
		return "0"
	}
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, o := range imported {
		o.Edition = ""
		_ = enc.Encode(o) // a hash never fails to be written
	}
	return hex.EncodeToString(h.Sum(nil))[:8]
}

// Explain answers «D'où vient ce chiffre ?» for the keys of this room.
func (s *Store) Explain(ctx context.Context, key string) (figure.Explanation, error) {
	m, err := s.Model(ctx)
	if err != nil {
		return figure.Explanation{}, err
	}
	return m.Explain(ctx, key)
}
