// Package framework holds the referential of levers, versioned: the 30 GHG
// levers of 2023-24 and the 13 of overseas regions, the 50 of March 2025, the
// 22 of adaptation, those of 2026, and the crosswalks between them.
package framework

// Theme is one of the six themes of the plan.
type Theme string

// The six themes.
const (
	Move     Theme = "se-deplacer"
	House    Theme = "se-loger"
	Produce  Theme = "produire"
	Feed     Theme = "se-nourrir"
	Preserve Theme = "preserver"
	Consume  Theme = "consommer"
)

// UnitKind says what may be done with a physical unit.
type UnitKind string

// A quantity adds up over territories, a rate (km/voiture, L/100 km, kg/hab,
// kg/MWh) never does; some levers have no unit at all.
const (
	Quantity UnitKind = "quantity"
	Rate     UnitKind = "rate"
	NoUnit   UnitKind = "none"
)

// The versions of the referential. Objectives in kt belong to National and
// Overseas; the others show them only through the crosswalk.
const (
	National   = "2023-24"         // the 30 GHG levers of SNBC «run 1 bis»
	Overseas   = "2023-24-om"      // the 13 of overseas; Corse uses one of them
	March2025  = "2025"            // the 50, with biodiversity and resources
	Adaptation = "2025-adaptation" // the 22
	Year2026   = "2026"            // the whole list, territorial or not
	Wide2026   = "2026-larges"     // the wider levers that the State's notes name
)

// Lever is one lever of one version. Code is opaque and stable; names change,
// collide and hold commas.
type Lever struct {
	Code        string
	Version     string // «2023-24», «2023-24-om», «2025», «2025-adaptation», «2026», «2026-larges»
	SourceID    string // id in the State's file, or its name there; not unique (co2_enr)
	Name        string
	ShortName   string // unique within its version, for menus and charts
	Sector      string // code of sectors.csv; empty when the lever bears on no emission
	Theme       Theme
	Axes        []string
	Direction   string // «down» or «up»: what the physical quantity must do
	Scope       string // French: where the lever applies, empty when everywhere
	Regional    bool   // true when the State gives regional objectives
	Unit        string // French, unit once: «milliers de véhicules électriques»
	UnitShort   string // the unit alone, for the head of a column
	UnitKind    UnitKind
	Gloss       string // one plain sentence of ours: what the lever is
	Workstream  string // chantier, 2026
	Territorial bool   // 2026: one of the 89
	Wider       string // 2026: code of the wider lever that it is shown under
	Source      string // id of sources.csv
}

// Version is one publication of the list of levers.
type Version struct {
	ID          string
	Title       string // French
	Year        string
	Count       int
	Territorial int    // levers that the State calls territorial, 2026 only
	Derived     bool   // not a published list: what the State's notes regroup
	Source      string // id of sources.csv
}

// Sector is a family of emissions; its colour is the same everywhere.
type Sector struct {
	Code  string
	Name  string
	Color int // index of its colour, from 1
	Order int
}

// ThemeInfo names a theme for the screen.
type ThemeInfo struct {
	Code  Theme
	Name  string
	Order int
}

// Axis is one of the six environmental aims.
type Axis struct {
	Code string
	Name string // French
}

// Workstream is a chantier of the 2026 referential: a group of levers.
type Workstream struct {
	Code   string
	Name   string
	Theme  Theme
	Axes   []string
	Order  int
	Note   string // French: what differs between the State's two lists
	Source string
}

// LinkKind says how a lever of one version relates to one of another.
type LinkKind string

// One lever may equal another, be a part of a wider one, or have no match. A
// kt objective travels by OneToOne, and by PartOf towards the wider lever when
// its parts cover it; it is never split.
const (
	OneToOne LinkKind = "one-to-one"
	PartOf   LinkKind = "part-of"
	NoMatch  LinkKind = "no-match"
)

// Label is the French wording of the kind, read from From to To.
func (k LinkKind) Label() string {
	switch k {
	case OneToOne:
		return "même levier"
	case PartOf:
		return "partie d’un levier plus large"
	case NoMatch:
		return "sans correspondance"
	}
	return string(k)
}

// Link is one row of the crosswalk, «correspondance établie par Jalon». For
// PartOf, From is the narrower lever. To is empty for NoMatch, and ToVersion
// says in which version no match was found.
type Link struct {
	From, To  string
	Kind      LinkKind
	Reason    string // French
	Source    string
	ToVersion string
}

// Other is the end of the link that is not code, empty for NoMatch.
func (l Link) Other(code string) string {
	if l.From == code {
		return l.To
	}
	return l.From
}

// Target is a national target of a lever, mostly for the axes that have no kt.
// Value is text as published (point as decimal sign), empty when the plan
// gives none: missing is not zero. Year and BaseYear may be ranges or empty.
type Target struct {
	Lever    string
	Target   string // French
	Value    string
	Unit     string
	Year     string
	BaseYear string
	Source   string
	Text     string // French sentence
}

// Term is an entry of the glossary.
type Term struct {
	Term  string
	Gloss string
}

// Source is who published what, when, and under which licence.
type Source struct {
	ID        string
	Title     string
	Publisher string
	Date      string
	Licence   string
	Address   string // empty for what Jalon itself works out
}
