// Package questionnaire is what is asked of authorities: a versioned document
// of sections, questions and rows, the path that each kind of authority follows
// through it, what an answer must look like and when a question is shown. It is
// pure: no database, no page.
//
// An answer is a text under the key of a cell: «id» of a question,
// «row.column» of a matrix, «section.sans-objet» for a lever skipped in one act.
package questionnaire

import (
	"slices"
)

// Kind is the path that an authority follows.
type Kind string

// The paths, from the shortest.
const (
	Commune    Kind = "commune"
	Group      Kind = "epci"
	Department Kind = "departement"
	Region     Kind = "region"
)

// Kinds lists the paths in the order of the screens.
func Kinds() []Kind { return []Kind{Commune, Group, Department, Region} }

// Name is the French name of who follows the path.
func (k Kind) Name() string {
	return map[Kind]string{Commune: "commune", Group: "intercommunalité", Department: "département", Region: "région"}[k]
}

// KindOf is the path of an authority that holds some capacities (as
// territory.Capacity writes them): the widest one, since it answers once. Empty
// for whoever holds none, whom the team invited besides: they follow Group's.
func KindOf(capacities []string) Kind {
	for _, k := range []Kind{Region, Department, Group, Commune} {
		if slices.Contains(capacities, string(k)) || k == Group && slices.Contains(capacities, "ept") {
			return k
		}
	}
	return Group
}

// Step is what kind of act a row of a matrix is.
type Step string

// The five step types.
const (
	Decision       Step = "decision"       // decision and norms
	Study          Step = "etude"          // study
	Infrastructure Step = "infrastructure" // infrastructure
	Awareness      Step = "sensibilisation"
	Example        Step = "exemplarite" // the authority's own example
)

// Steps lists the step types.
func Steps() []Step { return []Step{Decision, Study, Infrastructure, Awareness, Example} }

// Name is the French name of a step type.
func (s Step) Name() string {
	return map[Step]string{Decision: "décision et règles", Study: "étude", Infrastructure: "infrastructure", Awareness: "sensibilisation et suivi", Example: "exemplarité de la collectivité"}[s]
}

// Type is the type of a question.
type Type string

// The types of questions.
const (
	Choice  Type = "choice"
	Choices Type = "choices"
	Matrix  Type = "matrix"
	Number  Type = "number"
	Date    Type = "date"
	File    Type = "file" // the answer is «sha256 name»
	Text    Type = "text"
	Sheet   Type = "sheet" // an action sheet: JSON of Sheet's fields, kept as data
)

// The two scales that a matrix rates its rows on; a form may define others.
const (
	Relevance    = "pertinence"
	Mobilisation = "mobilisation"
)

// Form is one version of a questionnaire.
type Form struct {
	Code    string `json:"code"` // «national-2025», «national-2025-44»
	Version int    `json:"version"`
	Title   string `json:"title"`
	Intro   string `json:"intro,omitempty"` // markdown
	// Framework is the referential whose levers sections name.
	Framework string `json:"framework"`
	// Pace is how long answers take; our own estimates when nil.
	Pace *Pace `json:"pace,omitempty"`
	// Base is what a regional variant was made from; nil for a national template.
	Base     *Base     `json:"base,omitempty"`
	Scales   []Scale   `json:"scales"`
	Sections []Section `json:"sections"`
}

// Base says what a variant starts from and what it changed, in words.
type Base struct {
	Code    string   `json:"code"`
	Version int      `json:"version"`
	Changes []string `json:"changes,omitempty"`
}

// Scale is what rows of a matrix are rated on.
type Scale struct {
	Code    string   `json:"code"`
	Label   string   `json:"label"`
	Help    string   `json:"help,omitempty"`
	Options []Option `json:"options"`
}

// Option is one closed answer. Its place in the list is what is packed: a later
// version may rename one or add at the end, never reorder.
type Option struct {
	Code  string   `json:"code"`
	Label string   `json:"label"`
	Score *float64 `json:"score,omitempty"` // 0 to 1; nil is left out and counted («non concerné»)
}

// Section is a lever, or a theme.
type Section struct {
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	Help      string     `json:"help,omitempty"`
	Theme     string     `json:"theme,omitempty"`     // of data/themes.csv
	Lever     string     `json:"lever,omitempty"`     // code of the framework
	Skippable bool       `json:"skippable,omitempty"` // «pas notre compétence», in one act
	For       []Kind     `json:"for,omitempty"`       // everyone when empty
	When      *Condition `json:"when,omitempty"`
	Questions []Question `json:"questions"`
}

// Skip is the key under which a section is skipped, with the value Skipped.
func (s Section) Skip() string { return s.ID + ".sans-objet" }

// Skipped is the answer that skips a section.
const Skipped = "oui"

// Question is one question; a matrix has Rows and Columns.
type Question struct {
	ID       string     `json:"id"`
	Type     Type       `json:"type"`
	Label    string     `json:"label"`
	Help     string     `json:"help,omitempty"`
	Role     string     `json:"role,omitempty"` // what the answers are used for: see Roles
	For      []Kind     `json:"for,omitempty"`
	When     *Condition `json:"when,omitempty"`
	Required bool       `json:"required,omitempty"`
	Options  []Option   `json:"options,omitempty"` // choice, choices
	Rows     []Row      `json:"rows,omitempty"`    // matrix
	Columns  []string   `json:"columns,omitempty"` // matrix: codes of scales
	Unit     string     `json:"unit,omitempty"`    // number
	Min      *float64   `json:"min,omitempty"`     // hard bounds
	Max      *float64   `json:"max,omitempty"`
	UsualMin *float64   `json:"usual_min,omitempty"` // soft bounds: «inhabituel, confirmez»
	UsualMax *float64   `json:"usual_max,omitempty"`
	Sum      string     `json:"sum,omitempty"`    // numbers of one group add up to 100
	Length   int        `json:"length,omitempty"` // text: most characters, 4 000 when zero
}

// What the answers of a question are used for, besides the restitution.
const (
	RoleObstacles = "obstacles" // choices: what blocks on this lever
	RoleNeeds     = "besoins"   // choices: engineering, funding, legal, data
	RoleStrength  = "point-fort"
	RoleComment   = "commentaire"
)

// Row is a typical action that authorities rate.
type Row struct {
	ID    string `json:"id"` // unique in the form, and the same in each version and variant
	Label string `json:"label"`
	Help  string `json:"help,omitempty"`
	Step  Step   `json:"step"`
	For   []Kind `json:"for,omitempty"`
}

// Condition says when something is shown, from other answers alone. One of its
// fields is set; the page evaluates the same JSON.
type Condition struct {
	All []Condition `json:"all,omitempty"`
	Any []Condition `json:"any,omitempty"`
	Not *Condition  `json:"not,omitempty"`
	// Key is a cell; it holds when its answer is one of In, or is there at all
	// when In is empty.
	Key string   `json:"key,omitempty"`
	In  []string `json:"in,omitempty"`
	// Rated is a matrix; it holds when a row of it is rated on any column.
	Rated string `json:"rated,omitempty"`
}

func serves(kinds []Kind, k Kind) bool { return len(kinds) == 0 || slices.Contains(kinds, k) }

// Answers are the answers of a response, by the key of their cell. An empty text
// is no answer.
type Answers map[string]string
