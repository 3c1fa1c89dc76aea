package national

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/french"
)

// Kind is what sort of value a metric has.
type Kind string

// The kinds.
const (
	Count Kind = "count" // how many
	Rate  Kind = "rate"  // a part of a whole: both are kept, neither alone
	Date  Kind = "day"   // a date
	Span  Kind = "span"  // days between two dates
	Step  Kind = "stage" // a stage of a COP
)

// Aggregation is how a metric of COPs becomes one of the nation.
type Aggregation string

// The aggregations.
const (
	Sum        Aggregation = "sum"
	RateOfSums Aggregation = "rate_of_sums"
	Highest    Aggregation = "highest"
	NoTotal    Aggregation = "none"
)

// Name is the French of an aggregation.
func (a Aggregation) Name() string {
	switch a {
	case Sum:
		return "somme des COP qui ont un chiffre"
	case RateOfSums:
		return "rapport des sommes, sur les COP qui ont les deux termes"
	case Highest:
		return "le plus grand chiffre des COP"
	}
	return "aucun\u00a0: ce chiffre n’a pas de sens pour le pays entier"
}

// Past says what a past day may be told from.
type Past string

// What a past day is told from. Rows that bear their own day tell any day, even
// before Jalon; those that bear the instant they were written tell the days since
// Jalon keeps nights; the others are known by their nights alone.
const (
	FromDays    Past = "days"
	FromRecords Past = "records"
	FromNights  Past = "nights"
)

// Name is the French of what a past day is told from.
func (p Past) Name() string {
	switch p {
	case FromDays:
		return "recalculé à toute date, d’après des faits datés"
	case FromRecords:
		return "recalculé à toute date depuis le premier relevé de nuit"
	}
	return "lu dans le relevé de la nuit\u00a0: une nuit manquée reste sans chiffre"
}

// Metric is a figure of each COP that the board may show. Its key is the name of
// the room that gives it and its own: cop/reunions-tenues.
type Metric struct {
	Key        string
	Name       string // French: «Réunions tenues»
	Unit       string // French, plural: «réunions»; empty for a date or a stage
	Definition string // a sentence: what it counts
	LeavesOut  string // a sentence: what it leaves out, «hors communes»
	Kind       Kind
	Total      Aggregation
	Past       Past
	Class      figure.Class
	// Rows is the address of what it counts in one region, {slug} being the
	// region's; those who may not read these rows are told so there.
	Rows string
	// Version grows when the definition changes: nights of another version are
	// not compared.
	Version int64
	// Coming, when it is not empty, says which part will fill the metric: nothing
	// does yet.
	Coming string
	// Shown makes the metric a column of the board when the reader chose none.
	Shown bool
}

// RowsOf is the address of what a metric counts in a region.
func (m Metric) RowsOf(slug string) string { return strings.ReplaceAll(m.Rows, "{slug}", slug) }

// Value is what a metric says of a COP. Missing is never zero: a value that is
// not Known has its Reason.
type Value struct {
	Known  bool
	Reason string
	N      int64  // count, days, numerator of a rate, rank of a stage
	Whole  int64  // denominator of a rate
	Text   string // code of a stage; a day
	Note   string // French: what must be read beside it
	Source string // who says so, when it is not Jalon that counts
	Night  bool   // read from the night's row
}

// Missing is a value that is not there, and why.
func Missing(reason string) Value { return Value{Reason: reason} }

// Counted is a count.
func Counted(n int64) Value { return Value{Known: true, N: n} }

// Ratio is a part of a whole; without a whole there is none.
func Ratio(part, whole int64, reason string) Value {
	if whole == 0 {
		return Missing(reason)
	}
	return Value{Known: true, N: part, Whole: whole}
}

// Show writes a value in French, without its unit; «–» when it is missing.
func (m Metric) Show(v Value) string {
	if !v.Known {
		return "–"
	}
	switch m.Kind {
	case Rate:
		return french.Number(100*float64(v.N)/float64(v.Whole), 1)
	case Date:
		return french.Day(v.Text)
	case Step:
		return cop.Stage(v.Text).Name()
	}
	return french.Integer(v.N)
}

// UnitText is the unit as a head of column bears it.
func (m Metric) UnitText() string {
	switch m.Kind {
	case Rate:
		return "%"
	case Span:
		return "jours"
	}
	return m.Unit
}

// same reports whether two values say the same thing.
func (v Value) same(w Value) bool {
	return v.Known == w.Known && v.N == w.N && v.Whole == w.Whole && v.Text == w.Text
}

// Values is what a source says: by metric, then by COP.
type Values map[string]map[string]Value

// Set says a value.
func (v Values) Set(metric, copID string, x Value) {
	if v[metric] == nil {
		v[metric] = map[string]Value{}
	}
	v[metric][copID] = x
}

// Source is what gives values of some metrics, together because they come from
// the same rows: Read costs a number of statements that does not depend on how
// many COPs there are, nor on what they hold.
type Source struct {
	Metrics []Metric
	// Read gives the values of a cycle on a day, for the COPs of its regions. A
	// COP that it leaves out has no row at all: it is missing, with Absent.
	Read func(ctx context.Context, q db.Q, cycle, day string) (Values, error)
	// Absent says why a COP that Read leaves out has no value.
	Absent string
}

// Registry holds every metric, in the order of registration.
type Registry struct {
	sources []Source
	metrics []Metric
	source  map[string]int // by key
}

// Add registers what a source gives. A key given twice, or a metric without its
// definition, is a programming error, said at start.
func (r *Registry) Add(s Source) {
	if r.source == nil {
		r.source = map[string]int{}
	}
	for _, m := range s.Metrics {
		room, name, ok := strings.Cut(m.Key, "/")
		_, dup := r.source[m.Key]
		switch {
		case dup:
			panic("national: metric registered twice: " + m.Key)
		case !ok || room == "" || name == "" || strings.Contains(name, "/"):
			panic("national: a key is room/name: " + m.Key)
		case m.Name == "" || m.Definition == "" || m.Version < 1 || m.Coming == "" && s.Read == nil:
			panic("national: metric without name, definition, version or function: " + m.Key)
		}
		r.source[m.Key] = len(r.sources)
		r.metrics = append(r.metrics, m)
	}
	r.sources = append(r.sources, s)
}

// Metrics lists the metrics in the order of registration, those to come last.
func (r *Registry) Metrics() []Metric {
	out := slices.Clone(r.metrics)
	slices.SortStableFunc(out, func(x, y Metric) int {
		return strings.Compare(mark(x), mark(y))
	})
	return out
}

func mark(m Metric) string {
	if m.Coming != "" {
		return "1"
	}
	return "0"
}

// Find returns a metric by its key.
func (r *Registry) Find(key string) (Metric, error) {
	if _, ok := r.source[key]; ok {
		return r.metrics[slices.IndexFunc(r.metrics, func(m Metric) bool { return m.Key == key })], nil
	}
	return Metric{}, apperr.NotFoundf("Aucun indicateur ne porte le nom «\u00a0%s\u00a0».", key)
}
