package panorama

import (
	"encoding/csv"
	"io/fs"
	"slices"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/territory"
)

// Cell is the State's objective for one lever in one region, as one edition
// publishes it, with what turns it into its physical unit.
type Cell struct {
	Objective   Amount
	AsPublished string
	Ratio       float64
	RatioText   string // as published: it carries the digits
	Start       Value  // 2019
	Relative    bool
	Unit        string // this region's own wording of the unit, may be empty
	UnitReason  string
	Source      string
}

type cellKey struct{ edition, region, lever string }

type scaleKey struct {
	lever string
	scale territory.Scale
}

// ScaleRule is how one lever is divided down to one scale, before any key is
// imported, and the reason in French.
type ScaleRule struct {
	State  State
	Key    string
	Reason string
}

// OfficialKey is the State's allocation key of a lever, from nation to region.
type OfficialKey struct {
	Key         string
	Label       string
	Producer    string
	Year        string
	Unit        string
	Recomputed  bool
	Formula     string
	Coefficient float64
	Scope       string // French: which regions the key serves
	Source      string
	Note        string
}

// Percentage is the part of one lever in the fall of a sector's emissions in a
// region, of the State's second method.
type Percentage struct {
	Lever     string
	Sector    string
	Subsector string
	Region    string
	Percent   float64
	InTotal   bool
	Source    string
}

// Adjusted is a mainland cell that the State changed between the two editions.
type Adjusted struct {
	Region, Lever string
	From, To      Amount
	Reason        string
}

// Residual is a difference between the nation and the sum of its regions that
// is known and named.
type Residual struct {
	Edition, Lever string
	Kg             Kg
	Reason         string
}

// Reference is everything that the State published and that the repository
// holds under data/, read once and never changed.
type Reference struct {
	National    map[string]Kg
	nationalSrc map[string]string
	cells       map[cellKey]Cell
	rules       map[scaleKey]ScaleRule
	Keys        map[string]OfficialKey        // by key code
	Official    map[string]OfficialKey        // by lever
	keyInputs   map[string]map[string]float64 // key → region → value
	inputYear   map[string]string
	Percentages []Percentage
	Adjusted    []Adjusted
	Residuals   []Residual
}

// Cell returns the State's cell; a lever that the edition does not give in the
// region is missing, never zero.
func (r *Reference) Cell(edition, region, lever string) (Cell, bool) {
	c, ok := r.cells[cellKey{edition, region, lever}]
	return c, ok
}

// Rule returns how lever is divided at scale when nothing was imported.
func (r *Reference) Rule(lever string, scale territory.Scale) ScaleRule {
	if rule, ok := r.rules[scaleKey{lever, scale}]; ok {
		return rule
	}
	return ScaleRule{State: Unallocated, Reason: "Aucune clé publique ne permet de répartir ce levier sous la région."}
}

// table reads one CSV of data/ and gives each row as a function of column name.
func table(fsys fs.FS, name string, row func(get func(string) string) error) (err error) {
	defer apperr.Wrap(&err, "data table %s", name)
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	rd := csv.NewReader(f)
	head, err := rd.Read()
	if err != nil {
		return err
	}
	rows, err := rd.ReadAll()
	if err != nil {
		return err
	}
	for n, cells := range rows {
		var missing string
		get := func(col string) string {
			if i := slices.Index(head, col); i >= 0 {
				return cells[i]
			}
			missing = col
			return ""
		}
		if err = row(get); err == nil && missing != "" {
			err = apperr.Invalidf("la colonne %q manque", missing)
		}
		if err != nil {
			return apperr.New(apperr.KindOf(err), err, "%s, ligne %d", name, n+2)
		}
	}
	return nil
}

func amount(kt, reason string) (Amount, error) {
	if kt == "" {
		if reason == "" {
			return Amount{}, apperr.Invalidf("une valeur manquante n’a pas de raison")
		}
		return Amount{Reason: reason}, nil
	}
	kg, err := ParseKt(kt)
	return Amount{Kg: kg, Known: true}, err
}

func float(s string) (float64, error) {
	if s == "" {
		return 0, nil
	}
	return strconv.ParseFloat(s, 64)
}

// LoadReference reads the tables of data/; an error names the table and line.
func LoadReference(fsys fs.FS) (*Reference, error) {
	r := &Reference{
		National: map[string]Kg{}, nationalSrc: map[string]string{}, cells: map[cellKey]Cell{},
		rules: map[scaleKey]ScaleRule{}, Keys: map[string]OfficialKey{}, Official: map[string]OfficialKey{},
		keyInputs: map[string]map[string]float64{}, inputYear: map[string]string{},
	}
	for _, t := range []struct {
		name string
		row  func(get func(string) string) error
	}{
		{"objectives-national.csv", r.nationalRow},
		{"objectives-regional.csv", r.cellRow},
		{"lever-scales.csv", r.ruleRow},
		{"keys.csv", r.keyRow},
		{"lever-keys.csv", r.leverKeyRow},
		{"key-inputs.csv", r.inputRow},
		{"epci-percentages.csv", r.percentRow},
		{"adjusted-cells.csv", r.adjustedRow},
		{"known-residuals.csv", r.residualRow},
	} {
		if err := table(fsys, t.name, t.row); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Reference) nationalRow(get func(string) string) error {
	kg, err := ParseKt(get("kt"))
	r.National[get("lever")], r.nationalSrc[get("lever")] = kg, get("source")
	return err
}

func (r *Reference) cellRow(get func(string) string) (err error) {
	c := Cell{
		AsPublished: get("as_published"), RatioText: get("ratio"), Relative: get("relative") == "true",
		Unit: get("unit"), UnitReason: get("unit_reason"), Source: get("source"),
	}
	if c.Objective, err = amount(get("kt"), get("reason")); err != nil {
		return err
	}
	if c.Ratio, err = float(c.RatioText); err != nil {
		return err
	}
	if start := get("start_2019"); start != "" {
		c.Start.Known = true
		if c.Start.V, err = float(start); err != nil {
			return err
		}
	}
	k := cellKey{get("edition"), get("region"), get("lever")}
	if _, dup := r.cells[k]; dup {
		return apperr.Invalidf("la cellule %v est en double", k)
	}
	r.cells[k] = c
	return nil
}

func (r *Reference) ruleRow(get func(string) string) error {
	r.rules[scaleKey{get("lever"), territory.Scale(get("scale"))}] = ScaleRule{State: State(get("state")), Key: get("key"), Reason: get("reason")}
	return nil
}

func (r *Reference) keyRow(get func(string) string) error {
	r.Keys[get("key")] = OfficialKey{
		Key: get("key"), Label: get("label"), Producer: get("producer"), Year: get("year"), Unit: get("unit"),
		Recomputed: get("recomputable") == "true", Formula: get("formula"), Source: get("source"), Note: get("note"),
	}
	return nil
}

func (r *Reference) leverKeyRow(get func(string) string) (err error) {
	k, ok := r.Keys[get("key")]
	if !ok {
		return apperr.Invalidf("la clé %q n’est pas dans keys.csv", get("key"))
	}
	if f := get("formula"); f != "" {
		k.Formula = f
	}
	k.Scope = get("scope")
	k.Coefficient, err = float(get("coefficient"))
	r.Official[get("lever")] = k
	return err
}

func (r *Reference) inputRow(get func(string) string) error {
	v, err := float(get("value"))
	key := get("key")
	if r.keyInputs[key] == nil {
		r.keyInputs[key] = map[string]float64{}
	}
	r.keyInputs[key][get("region")], r.inputYear[key] = v, get("year")
	return err
}

func (r *Reference) percentRow(get func(string) string) error {
	p, err := float(get("pct"))
	r.Percentages = append(r.Percentages, Percentage{
		Lever: get("lever"), Sector: get("sector"), Subsector: get("subsector"), Region: get("region"),
		Percent: p, InTotal: get("in_total") == "true", Source: get("source"),
	})
	return err
}

func (r *Reference) adjustedRow(get func(string) string) (err error) {
	a := Adjusted{Region: get("region"), Lever: get("lever"), Reason: get("reason")}
	if a.From, err = amount(get("kt_2023_12"), a.Reason); err != nil {
		return err
	}
	a.To, err = amount(get("kt_2024_07"), a.Reason)
	r.Adjusted = append(r.Adjusted, a)
	return err
}

func (r *Reference) residualRow(get func(string) string) error {
	kg, err := ParseKt(get("residual_kt"))
	r.Residuals = append(r.Residuals, Residual{Edition: get("edition"), Lever: get("lever"), Kg: kg, Reason: get("reason")})
	return err
}
