package composition

import (
	"context"
	"errors"

	"jalon/internal/document"
	"jalon/internal/territory"
)

// Part is one of the parts of a document. Those of a diagnosis are the four of the
// founding document, with what opens it and what it comes to.
type Part string

// The parts, in the order of the document.
const (
	Opening    Part = "ouverture"
	Aims       Part = "cibles"        // what is aimed at: panorama, plans, objectives
	Dynamics   Part = "dynamiques"    // what happens: series, pace, notes of expertise
	Answers    Part = "questionnaire" // what authorities answered, what blocks
	Strengths  Part = "points-forts"  // what works
	Priorities Part = "synthese"      // what it comes to: scores, themes put first

	Preface    Part = "preface"    // the word of both heads
	Objectives Part = "objectifs"  // what is shared per lever
	Picture    Part = "etat"       // the territory as the diagnosis found it
	Plan       Part = "plan"       // actions by theme, by département, one by one
	Cover      Part = "couverture" // how far they go
	Needs      Part = "besoins"    // needs, obstacles sent to the nation
	Following  Part = "suivi"      // who follows what, the next COP
	Annexes    Part = "annexes"    // sources, method
	Progress   Part = "avancement" // where actions stand
	Compared   Part = "evolution"  // against the last review
	Lessons    Part = "lecons"     // good practices drawn from actions
)

// Place is what a live block is made for: the region's COP in a cycle, as of a day,
// as anyone may read it. Nothing that only the team reads goes into a document that
// both heads publish.
type Place struct {
	COP, Cycle string
	Region     territory.Region
	Day        string // today in the region: 2024-05-27
	Term       string // the year of a review, empty for the other documents
}

// Period is what the document speaks of: its first day, empty when it speaks of a day
// alone, and its last one, which is over when Day is after it. A review speaks of its year.
func (p Place) Period() (from, to string) {
	if p.Term == "" {
		return "", p.Day
	}
	return p.Term + "-01-01", min(p.Day, p.Term+"-12-31")
}

// Live is a block of the catalogue: what it shows is read anew each time, until the
// document is frozen.
type Live struct {
	Code string // cibles/panorama
	Part Part
	Name string // French, in the menu: «Le panorama, levier par levier»
	Help string // French: what it shows and where it comes from
	// Options are the choices that it takes, each with its values; the first value
	// is the default. A free one has no value: a text of one line.
	Options []Option
	// Usual tells that the proposed plan of its document holds it.
	Usual bool
}

// Option is a choice of a live block.
type Option struct {
	Name   string
	Label  string
	Values [][2]string // code, French name
}

// Made is what a live block gives to a document.
type Made struct {
	Title  string // the finding, used when the team wrote none
	Blocks []document.Block
	Notes  []string // sources and limits
	// Missing says why there is nothing to show (French); Blocks is then empty. A
	// series that was withdrawn is said so here, and the rest of the document stands.
	Missing string
}

// Catalogue gives the live blocks: what they are, and what one makes of a place. A
// reading shares what its blocks need (panorama, curves, answers), so that a whole
// document costs a bounded number of statements.
type Catalogue interface {
	List() []Live
	// Open starts the reading of one document.
	Open(ctx context.Context, at Place) (Reading, error)
}

// Reading makes the blocks of one document.
type Reading interface {
	Make(ctx context.Context, code string, params map[string]string) (Made, error)
}

// ErrUnknown is returned for a block that the catalogue does not hold.
var ErrUnknown = errors.New("composition: no such block")
