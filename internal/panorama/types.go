package panorama

import (
	"jalon/internal/figure"
	"jalon/internal/framework"
	"jalon/internal/territory"
)

// Editions of the regional objectives. Pages show, and lower scales divide, the
// July one; December serves verify and the keys.
const (
	December = "2023-12"
	July     = "2024-07"
)

// State says how a lever reaches a territory.
type State string

// Published is the State's own value. Keyed is divided by an allocation key,
// Substitute by a stand-in (hatched, «estimation»), Unallocated by nothing:
// it then has no value, and a reason.
const (
	Published   State = "published"
	Keyed       State = "key"
	Substitute  State = "substitute"
	Unallocated State = "unallocated"
)

// Amount is a mass that may be missing. Reason (French) is empty only when Known.
type Amount struct {
	Kg     Kg
	Known  bool
	Reason string
}

// Key is the allocation key that gave a value.
type Key struct {
	Code   string // code of keys.csv, «population» for the substitute
	Label  string // French
	Year   int
	Unit   string // of the values imported, empty for the population
	Source string
	Scale  territory.Scale // the finest scale at which its values are known
	// Official is the label of the State's key, when the imported values count
	// something near it and Label says what; empty when they count the same.
	Official string
}

// Equivalent is a lever in its physical unit. A rate never adds up; below the
// region a quantity has only its Change, and a rate shows the region's own,
// marked RegionAverage. Decimals is what the ratio carries and no more.
type Equivalent struct {
	Unit          string
	UnitShort     string
	Kind          framework.UnitKind
	Start         Value // 2019
	Target        Value // 2030
	Change        Value
	Decimals      int
	Ratio         float64
	Relative      bool
	RegionAverage bool
	Reason        string // why there is no equivalent at all, empty when there is one
}

// Value is a number that may be missing, with its reason.
type Value struct {
	V      float64
	Known  bool
	Reason string
}

// Line is one lever of a territory's panorama.
type Line struct {
	Lever     framework.Lever
	Objective Amount // what this territory is invited to contribute
	Share     Value  // of the national objective of the lever, in [0,1]
	Region    Amount // the region's objective for the lever (Σ when there are several regions)
	State     State
	Class     figure.Class
	Key       *Key // nil when Published or Unallocated
	Equiv     Equivalent
	FigureKey string           // panorama/2024-07/{lever}/{ref}
	Imported  []PublishedValue // values published elsewhere, beside ours
	Emissions *EmissionShare   // second method, EPCI of the 13 mainland regions
}

// PublishedValue is an objective published by the State or another, imported.
type PublishedValue struct {
	Kg      Kg
	Gap     Amount // ours − published
	Level   Value  // its equivalent as published beside it, in Unit
	Unit    string
	Edition string
	Source  string
}

// EmissionShare is (2019 − 2030) × the region's percentage, the second method.
type EmissionShare struct {
	Amount  Amount
	Percent float64
	Sector  string
	// Subsector is the code of what Percent applies to in the sector, or codes
	// joined by «|»; empty for the whole sector.
	Subsector string
	InTotal   bool // false for energy, shown apart
	Source    string
}

// BesideLine is a lever of the second method that is not one of the 30: forests
// and wood products are one there, and their share cannot be split.
type BesideLine struct {
	Lever framework.Lever
	Share EmissionShare
}

// Total is a sum with its scope: which levers it holds and which it cannot.
type Total struct {
	Kg      Kg
	Known   int // levers in the sum
	Missing int // levers without a value, never counted as zero
	Scope   string
}

// Part is the piece of an EPCI or perimeter that lies in one region.
type Part struct {
	Region territory.Ref
	Name   string
	Total  Total
}

// Panorama is everything the page, the table and the API show of a territory.
type Panorama struct {
	Territory     territory.Territory
	Edition       string // «2024-07»
	Version       string // version of inputs and rules: any change of either changes it
	Lines         []Line // by descending objective, missing last, then code
	Total         Total  // with forests
	WithoutForest Total
	RegionTotal   Total // objective of the region(s) it belongs to
	Divided       Total // the part of RegionTotal that is divided at this scale
	Parts         []Part
	Beside        []BesideLine // EPCI with imported emissions only
	Overseas      bool         // 13 levers of their own, outside the national total
	SameAs        string       // an overseas département reads its region: «La Réunion»
	Regions       []territory.Ref
}
