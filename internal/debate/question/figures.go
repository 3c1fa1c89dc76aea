package question

import (
	"slices"
	"strconv"
	"time"

	"jalon/internal/debate"
	"jalon/internal/opinion"
)

// What is needed to be shown, published with the figures.
const (
	LeastPeople  = 10 // of a debate, under which nothing but counts is shown
	LeastGroup   = 5  // of a group
	LeastAnswers = 5  // to a statement, of all or in a group
	LeastPlace   = 10 // of a territory or a college, in each number shown
)

// mostDots is how many people are drawn on the map, drawn at random when there are
// more: a page stays light.
const mostDots = 400

// Options are those that groups are made with.
func (x Question) Options() opinion.Options {
	return opinion.Options{MinGroup: LeastGroup, Seed: uint64(x.Num)}
}

// Figures are what is shown of a debate: everything that its pages say comes from here,
// and can be computed again from the exported matrix.
type Figures struct {
	At         time.Time          `json:"at"`
	Votes      int                `json:"votes"`  // answers to the statements that are read
	People     int                `json:"people"` // who answered at least one
	Counted    int                `json:"counted"`
	Sizes      []int              `json:"sizes"` // of groups; empty when there are none
	Confidence opinion.Confidence `json:"confidence"`
	Explained  [2]float64         `json:"explained"`
	Statements []Tally            `json:"statements"`
	Marks      [][]opinion.Mark   `json:"marks"` // by group
	Shared     []int              `json:"shared"`
	Rejected   []int              `json:"rejected"`
	Divisive   []opinion.Gap      `json:"divisive"`
	Dots       []Dot              `json:"dots"`
	Colleges   []Part             `json:"colleges"`
	Places     []Part             `json:"places"`
	Days       []Day              `json:"days"`
}

// Tally is what was answered to a statement.
type Tally struct {
	N         int             `json:"n"`
	All       opinion.Tally   `json:"all"`
	Groups    []opinion.Tally `json:"groups"`
	Extremity float64         `json:"extremity"`
}

// Dot is somebody on the map.
type Dot struct {
	X     float32 `json:"x"`
	Y     float32 `json:"y"`
	Group int8    `json:"g"`
}

// Part is how a college or a territory, or several that are too small apart, spreads
// over groups; a hidden number is -1.
type Part struct {
	Of     []string `json:"of"`
	Total  int      `json:"total"`
	Groups []int    `json:"groups"`
}

// Day is what came in a day of the COP.
type Day struct {
	Day    string `json:"day"`
	People int    `json:"people"`
	Votes  int64  `json:"votes"`
}

func (f Figures) tally(n int64) (Tally, bool) {
	i, ok := slices.BinarySearchFunc(f.Statements, int(n), func(t Tally, n int) int { return t.N - n })
	if !ok {
		return Tally{}, false
	}
	return f.Statements[i], true
}

// Tally is what was answered to a statement, by its number.
func (f Figures) Tally(n int) (Tally, bool) { return f.tally(int64(n)) }

// Enough reports whether there are people enough to show more than counts.
func (f Figures) Enough() bool { return f.People >= LeastPeople }

func collegeAt(c string) int { return slices.Index(debate.Colleges(), debate.College(c)) }

// compute finds groups and what is shown of them. It reads nothing but the matrix.
func (in matrix) compute() (Figures, opinion.State) {
	r := opinion.Refresh(in.votes, in.question.Options(), in.before)
	f := figuresOf(in.votes, r, in.shown)
	names := make([]string, len(debate.Colleges()))
	for i, c := range debate.Colleges() {
		names[i] = string(c)
	}
	f.Colleges = parts(r, in.college, names)
	f.Places = parts(r, in.place, in.places)
	return f, r.State
}

// figuresOf is what a result shows, for the statements that are read.
func figuresOf(v *opinion.Votes, r opinion.Result, shown []Statement) Figures {
	f := Figures{Votes: v.Len(), Counted: r.Counted, Sizes: r.Sizes, Confidence: r.Confidence, Explained: r.Explained}
	last := int32(-1)
	for vote := range v.All() {
		if vote.Participant != last {
			f.People, last = f.People+1, vote.Participant
		}
	}
	for _, s := range shown {
		if int(s.N) < len(r.Statements) {
			x := r.Statements[s.N]
			f.Statements = append(f.Statements, Tally{N: int(s.N), All: x.All, Groups: x.Groups, Extremity: x.Extremity})
		}
	}
	for g := range r.Groups {
		f.Marks = append(f.Marks, first(r.Marks(g, LeastAnswers), 6))
	}
	for _, s := range first(r.Shared(opinion.For, LeastAnswers), 10) {
		f.Shared = append(f.Shared, s.Number)
	}
	for _, s := range first(r.Shared(opinion.Against, LeastAnswers), 10) {
		f.Rejected = append(f.Rejected, s.Number)
	}
	f.Divisive = first(r.Divisive(LeastAnswers), 10)
	for p, g := range r.Group {
		if g >= 0 && r.Groups > 0 && len(f.Dots) < mostDots {
			f.Dots = append(f.Dots, Dot{r.X[p], r.Y[p], g})
		}
	}
	return f
}

func first[T any](all []T, most int) []T { return all[:min(len(all), most)] }

// parts crosses groups with what people said of themselves, with no number under the
// minimum.
func parts(r opinion.Result, of []int16, names []string) []Part {
	if r.Groups == 0 || len(names) == 0 {
		return nil
	}
	var out []Part
	for _, row := range opinion.Cross(r.Group, of, r.Groups, len(names), LeastPlace) {
		p := Part{Total: row.Total}
		for _, c := range row.Categories {
			p.Of = append(p.Of, names[c])
		}
		for _, cell := range row.Groups {
			if cell.Hidden {
				p.Groups = append(p.Groups, -1)
			} else {
				p.Groups = append(p.Groups, cell.People)
			}
		}
		out = append(out, p)
	}
	return out
}

// follow adds the days: people by the day of their first vote, votes by the day on
// which they were first counted.
func (f *Figures) follow(before Figures, in matrix, now time.Time) {
	days := map[string]*Day{}
	at := func(day string) *Day {
		if days[day] == nil {
			days[day] = &Day{Day: day}
		}
		return days[day]
	}
	for _, d := range before.Days {
		at(d.Day).Votes = d.Votes
	}
	for _, t := range in.came {
		at(in.cop.DayAt(t)).People++
	}
	if more := f.Votes - before.Votes; more > 0 {
		at(in.cop.DayAt(now)).Votes += int64(more)
	}
	f.Days = nil
	for _, d := range days {
		f.Days = append(f.Days, *d)
	}
	slices.SortFunc(f.Days, func(a, b Day) int {
		if a.Day < b.Day {
			return -1
		}
		return 1
	})
}

// GroupName is the letter of a group.
func GroupName(g int) string {
	if g < 0 || g > 25 {
		return strconv.Itoa(g)
	}
	return string(rune('A' + g))
}
