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

// Lever is one lever of one version. Code is opaque and stable; names change,
// collide and hold commas.
type Lever struct {
	Code        string
	Version     string // «2023-24», «2023-24-om», «2025», «2025-adaptation», «2026»
	SourceID    string // id in the State's file; not unique (co2_enr)
	Name        string
	ShortName   string // unique within its version, for menus and charts
	Sector      string // code of sectors.csv
	Theme       Theme
	Axes        []string
	Direction   string // «down» or «up»: what the physical quantity must do
	Regional    bool   // false for «gestion des forêts»
	Unit        string // French, unit once: «milliers de véhicules électriques»
	UnitKind    UnitKind
	Gloss       string // one plain sentence of ours: what the lever is
	Workstream  string // chantier, 2026
	Territorial bool   // 2026: one of the 89
	Wider       string // 2026: code of the wider lever that it is shown under
}
