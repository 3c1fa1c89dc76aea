// Package outcome says what retained actions come to: what was planned, what those who
// carry them say is done, what an indicator observes. Three different things, side by
// side, never added together.
package outcome

import (
	"context"
	"time"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Prefix is that of the keys of figures of this room.
const Prefix = "suivi"

// Room reads what actions come to. Time is given.
type Room struct {
	DB       *db.DB
	Now      func() time.Time
	Model    func(ctx context.Context) (*panorama.Model, error)
	Coverage *coverage.Room

	kept kept
}

// Ask says whose actions are read: those of a region, some of them when a field is
// given.
type Ask struct {
	Region     string
	Department string
	Theme      string
	Holder     string // as the actions write it
	// Day is the last day that is spoken of: all is read as it stood at its end. Empty, it
	// is today, as things stand now.
	Day string
}

// whole reports whether all actions of the region are asked for.
func (a Ask) whole() bool { return a.Department == "" && a.Theme == "" && a.Holder == "" }

// Sum is a number of actions and what they make, in kg of CO₂e a year.
type Sum struct {
	Actions int64
	Kg      panorama.Kg
}

func (s *Sum) add(o Sum) { s.Actions, s.Kg = s.Actions+o.Actions, s.Kg+o.Kg }

// Said is what is said to be done, apart by class.
type Said map[followup.Class]Sum

func (s Said) add(class followup.Class, x Sum) {
	was := s[class]
	was.add(x)
	s[class] = was
}

func (s Said) plus(o Said) {
	for class, x := range o {
		s.add(class, x)
	}
}

// Classes lists the classes in the order of the pages.
func Classes() []followup.Class {
	return []followup.Class{followup.Declared, followup.Estimated, followup.Observed}
}

// Gap explains, for the actions of which a quantity is said, what stands between what
// was planned by the day and what is said to be done: Done less Due is Delay plus
// Volume plus Factor, to the kilogram.
type Gap struct {
	Actions               int64
	Due, Done             panorama.Kg
	Delay, Volume, Factor panorama.Kg
	// Unrated counts the actions whose quantity the ratio of the lever does not read:
	// their own factor stands for it, and their Factor is nil.
	Unrated int64
}

func (g *Gap) add(o Gap) {
	g.Actions, g.Due, g.Done = g.Actions+o.Actions, g.Due+o.Due, g.Done+o.Done
	g.Delay, g.Volume, g.Factor, g.Unrated = g.Delay+o.Delay, g.Volume+o.Volume, g.Factor+o.Factor, g.Unrated+o.Unrated
}

// GapRule is how a gap is explained, as pages write it.
const GapRule = "L’écart va de ce que les deux têtes avaient retenu (la quantité, aux dates et à la montée en charge de leur relevé de décisions, au ratio du levier) à ce qui est dit fait (la quantité dite, au facteur de l’action). " +
	"Délai\u00a0: la part qui aurait dû être là et que de nouvelles dates reportent\u00a0; et tout ce qui manque, quand l’action est dite à venir, en retard, en pause ou bloquée. " +
	"Volume\u00a0: la quantité dite moins celle qui était prévue à ce jour, aux dates d’aujourd’hui. " +
	"Facteur\u00a0: ce que change le facteur propre à l’action, au lieu du ratio du levier, sur la quantité dite. " +
	"Les trois s’additionnent exactement. Seules y sont les actions dont une quantité est dite, non abandonnées et dont les dates sont connues."

// DueRule is what is planned by a day, as pages write it.
const DueRule = "Prévu à ce jour\u00a0: la part de chaque action que sa montée en charge donne à la fin de l’année passée, plus le chemin de l’année en cours au prorata des jours\u00a0; sans montée en charge, une droite du début à la fin de l’action."

// ThreeRule says why the three are apart, as pages write it.
const ThreeRule = "Trois choses différentes ne s’additionnent pas\u00a0: ce qui est attendu des actions retenues\u00a0; ce que les porteurs disent fait, selon qu’ils le déclarent, l’estiment ou l’ont mesuré\u00a0; ce que l’indicateur observe sur tout le territoire, avec ou sans ces actions."

// Lever is one lever: its coverage, and what is said of its actions.
type Lever struct {
	coverage.Cell
	Numbers
}

// Numbers are what is said of the actions of a lever by a day.
type Numbers struct {
	Quantified int64 // actions with a figure, not abandoned
	Due        Sum   // planned by the day, of those whose dates are known
	Undated    int64 // of Quantified, without dates
	Said       Said
	Silent     int64 // of Quantified, those of which no quantity was ever said
	Unweighed  int64 // actions of which a quantity is said, that no factor turns into kg
	Gaps       map[followup.Class]Gap
}

func (n *Numbers) plus(o Numbers) {
	n.Quantified, n.Undated, n.Silent, n.Unweighed = n.Quantified+o.Quantified, n.Undated+o.Undated, n.Silent+o.Silent, n.Unweighed+o.Unweighed
	n.Due.add(o.Due)
	n.Said.plus(o.Said)
	for class, g := range o.Gaps {
		was := n.Gaps[class]
		was.add(g)
		n.Gaps[class] = was
	}
}

func newNumbers() *Numbers { return &Numbers{Said: Said{}, Gaps: map[followup.Class]Gap{}} }

// Year is a year of the way to 2030.
type Year struct {
	Year    int
	Planned Sum
	Said    Said // by the end of the year; nil for a year to come
	Partial bool // the year is not over
}

// Standing counts actions by how they go, and by how old the last word about them is.
type Standing struct {
	Actions  int64
	Statuses map[string]int64 // of action.Statuses, "" when nobody said
	// Ages counts them by the age of the last word, in the classes of Ages.
	Ages  [5]int64
	Fresh int64 // of Awaited, those whose last word is less than a year old
	// Awaited are those that are not over: somebody is asked about them. Dated are
	// those of them with an end date.
	Awaited, Dated int64
	FreshDated     int64
}

func (s *Standing) plus(o Standing) {
	s.Actions, s.Fresh, s.Awaited, s.Dated, s.FreshDated = s.Actions+o.Actions, s.Fresh+o.Fresh, s.Awaited+o.Awaited, s.Dated+o.Dated, s.FreshDated+o.FreshDated
	for status, n := range o.Statuses {
		s.Statuses[status] += n
	}
	for i, n := range o.Ages {
		s.Ages[i] += n
	}
}

// AgeNames are the classes of Standing.Ages.
func AgeNames() [5]string {
	return [5]string{"30 jours ou moins", "de 31 à 60 jours", "de 61 à 180 jours", "plus de 180 jours", "jamais"}
}

// ages bounds the first four classes but the last, in days.
var ages = [3]int{30, 60, 180}

// Outcome is what the actions that were asked for come to.
type Outcome struct {
	Ask
	Place  territory.Territory
	At     territory.Region
	Levers []Lever // in the order of the panorama
	Years  []Year  // 2019 to 2030
	// Total sums the levers; its Gaps too.
	Total Numbers
	Cover coverage.Total
	Standing
	Holders []string // that some action of the region names
	// AsOf tells that a day was asked for: all is read as it stood at its end.
	AsOf bool
	// Spread tells actions that are not given to the département, for want of shares.
	Spread int64
}

// Lever gives one lever.
func (o Outcome) Lever(code string) (Lever, bool) {
	for _, l := range o.Levers {
		if l.Line.Lever.Code == code {
			return l, true
		}
	}
	return Lever{}, false
}

// Objective is the sum of the objectives that are known.
func (o Outcome) Objective() panorama.Kg { return o.Cover.Objective }

// partOn is the part of an impact that is there on a day, in ten-thousandths: the end of
// the year before, and its way to the end of this one by days.
func partOn(p action.Impact, starts, ends, day string) (int64, bool) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0, false
	}
	before, known := p.At(t.Year()-1, starts, ends)
	if !known {
		return 0, false
	}
	after, _ := p.At(t.Year(), starts, ends)
	days := int64(time.Date(t.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay())
	return before + (after-before)*int64(t.YearDay())/days, true
}
