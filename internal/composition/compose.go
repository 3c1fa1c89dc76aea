package composition

import "time"

// Composition is the root of what a team composes.
type Composition struct {
	ID     string `json:"id"`
	Rev    int64  `json:"-"`
	COP    string `json:"cop"`
	Region string `json:"region"`
	Cycle  string `json:"cycle"`
	Kind   Kind   `json:"kind"`
	// Term tells apart what a COP composes again and again: the year of a review,
	// empty for what it composes once.
	Term  string `json:"term,omitempty"`
	Title string `json:"title"` // empty for the usual one
}

// Block is a block of a document: a text of the team when Live is empty.
type Block struct {
	ID       string            `json:"id"`
	Rev      int64             `json:"-"`
	Of       string            `json:"of"` // id of the composition
	Part     Part              `json:"part"`
	Position int64             `json:"position"`
	Live     string            `json:"live"`
	Params   map[string]string `json:"params"`
	Title    string            `json:"title"`
	Text     string            `json:"text"`  // markdown; above a live block, the team's own words
	State    string            `json:"state"` // kept, withdrawn
}

// Edition is a document that was frozen, to be published by both heads.
type Edition struct {
	ID, COP, Region, Cycle string
	Kind                   Kind
	Term                   string
	Seq                    int64
	State                  EditionState
	Day                    string
	PublishedOn            string
	Publication            string // id of the frozen document
	Act, By                string
	At                     time.Time
	SHA256                 string
	// Why says why it follows the edition before it; EndedOn and EndedWhy when and why
	// it was withdrawn once published: it is read still, and says so.
	Why, EndedOn, EndedWhy string
}

// EditionState is where an edition stands.
type EditionState string

// The states of an edition.
const (
	EditionProposed  EditionState = "proposed"
	EditionPublished EditionState = "published"
	EditionWithdrawn EditionState = "withdrawn"
)
