package objective

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Place is a territory whose objectives a COP puts on its table, as the panorama in
// force reads it: the region itself, one of its départements, or a perimeter that
// touches it. It is read once and not changed.
type Place struct {
	COP        cop.COP
	Department string // code of the one that it is, empty for the region and for a perimeter
	Panorama   panorama.Panorama

	model    *panorama.Model
	communes []int32
	whole    panorama.Panorama // of the region that the COP is of
	subjects []subject
}

// PlaceOf reads a place; apperr.NotFound when the territory is none of this COP's.
func PlaceOf(ctx context.Context, q db.Q, m *panorama.Model, c cop.COP, ref territory.Ref) (p Place, err error) {
	defer apperr.Wrap(&err, "objective.PlaceOf(%s, %s)", c.ID, ref)
	p = Place{COP: c, model: m}
	none := apperr.NotFoundf("Ce territoire n’est pas de ceux dont cette COP peut discuter les objectifs\u00a0: sa région, ses départements, et les périmètres qui la touchent.")
	if p.whole, err = m.Of(territory.Ref{Scale: territory.RegionS, Code: c.Region}); err != nil {
		return p, err
	}
	switch ref.Scale {
	case territory.RegionS:
		if ref.Code != c.Region {
			return p, none
		}
	case territory.Department:
		d, err := m.Tree().Dept(ref.Code)
		if err != nil {
			return p, err
		}
		if d.Region != c.Region {
			return p, none
		}
		p.Department = d.Code
	case territory.Perimeter:
		return p.perimeter(ctx, q, ref.Code, none)
	default:
		return p, none
	}
	if p.communes, err = m.Tree().CommunesOf(ref); err != nil {
		return p, err
	}
	p.Panorama, err = m.Of(ref)
	return p, err
}

func (p Place) perimeter(ctx context.Context, q db.Q, id string, none error) (Place, error) {
	free, err := territory.FindPerimeter(ctx, q, id)
	if err != nil {
		return p, err
	}
	if free.State == territory.PerimeterWithdrawn {
		return p, apperr.NotFoundf("Le périmètre «\u00a0%s\u00a0» a été retiré\u00a0: il n’a plus d’objectifs.", free.Name)
	}
	if p.communes, err = territory.MembersOf(ctx, q, p.model.Tree(), id); err != nil {
		return p, err
	}
	p.Panorama = p.model.OfCommunes(free.Territory(p.model.Tree()), p.communes)
	if !slices.Contains(p.Panorama.Regions, territory.Ref{Scale: territory.RegionS, Code: p.COP.Region}) {
		return p, none
	}
	return p, nil
}

// Tree is the tree of territories that the place is read in.
func (p Place) Tree() *territory.Tree { return p.model.Tree() }

// Ref is the territory of the place.
func (p Place) Ref() territory.Ref { return p.Panorama.Territory.Ref }

// Thing is the place for the table of rights: shared tells that it is about what
// both heads shared.
func (p Place) Thing(shared bool) policy.Thing { return Thing(p.COP, p.Department, shared) }

// Line is what the panorama offers there for a lever, or a subject of biodiversity and
// resources; false when it is none of the territory's.
func (p Place) Line(lever string) (panorama.Line, bool) {
	i := slices.IndexFunc(p.Panorama.Lines, func(l panorama.Line) bool { return l.Lever.Code == lever })
	if i >= 0 {
		return p.Panorama.Lines[i], true
	}
	for _, s := range p.subjects {
		if s.line.Lever.Code == lever {
			return s.line, true
		}
	}
	return panorama.Line{}, false
}

// SinceStart ends the unit of a lever of which only the change is known.
const SinceStart = " (variation depuis 2019)"

// Unit is what a level of the lever is written in there: the level of 2030, or the
// change since 2019 where no starting point is published, which the unit says. reason
// is why a level cannot be written, empty when it can.
func (p Place) Unit(l panorama.Line) (e panorama.Equivalent, unit, reason string) {
	e = l.Equiv
	if Subject(l.Lever.Code) {
		return e, e.Unit, ""
	}
	if e.Reason != "" && !l.Objective.Known && len(p.Panorama.Regions) == 1 {
		// What is not divided down to here still turns into its unit by the region's ratio.
		if whole := p.regional(l.Lever.Code); whole.Reason == "" {
			e = whole
			e.Relative, e.RegionAverage = false, e.Kind == framework.Rate
		}
	}
	switch {
	case e.Reason != "":
		return e, "", e.Reason
	case e.RegionAverage:
		return e, "", "Sous la région, ce levier n’a qu’une moyenne régionale, qui ne se répartit pas\u00a0: écrivez l’objectif en kt."
	case len(p.Panorama.Regions) > 1:
		return e, "", "Ce territoire s’étend sur plusieurs régions, dont les équivalences diffèrent\u00a0: écrivez l’objectif en kt."
	}
	if !e.Relative || !e.Start.Known {
		e.Relative = false
		return e, e.Unit + SinceStart, ""
	}
	return e, e.Unit, ""
}

// Offered is what the panorama offers, as a value that could be put on the table.
func (p Place) Offered(l panorama.Line) Value {
	e, unit, reason := p.Unit(l)
	v := Value{Kg: l.Objective, Unit: unit, Level: panorama.Value{Reason: reason}}
	if Subject(l.Lever.Code) {
		v.Level.Reason = l.Equiv.Reason
		return v
	}
	switch {
	case !l.Objective.Known || reason != "":
		if v.Level.Reason == "" {
			v.Level.Reason = l.Objective.Reason
		}
	case e.Relative:
		v.Level = e.Target
	default:
		v.Level = e.Change
	}
	return v
}

// Read turns what somebody wrote into a value in both measures.
func (p Place) Read(l panorama.Line, measure Measure, typed string) (Value, error) {
	e, unit, reason := p.Unit(l)
	v := Value{Unit: unit, Level: panorama.Value{Reason: reason}}
	switch measure {
	case InKt:
		if Subject(l.Lever.Code) {
			return v, fault("measure", noKg)
		}
		kg, err := panorama.ReadKt(typed)
		if err != nil {
			return v, fault("value", apperr.Message(err))
		}
		v.Kg = panorama.Amount{Kg: kg, Known: true}
		if reason == "" {
			v.Level = panorama.Value{V: panorama.Level(e, kg), Known: true}
		}
	case InLevel:
		if reason != "" {
			return v, fault("measure", reason)
		}
		level, err := panorama.ReadLevel(typed)
		if err != nil {
			return v, fault("value", apperr.Message(err))
		}
		if Subject(l.Lever.Code) {
			v.Kg = panorama.Amount{Reason: noKg}
			v.Level = panorama.Value{V: panorama.RoundTo(level, mostDecimals), Known: true}
			return v, nil
		}
		// What is typed finer than the panorama writes it is read as finely.
		e.Decimals = max(e.Decimals, min(decimals(typed), mostDecimals))
		v.Level = panorama.Value{V: panorama.RoundTo(level, e.Decimals), Known: true}
		v.Kg = panorama.Amount{Kg: panorama.MassOfLevel(e, level), Known: true}
	default:
		return v, fault("measure", "Dites si vous écrivez des kilotonnes ou l’unité du levier.")
	}
	if v.Kg.Kg > most || v.Kg.Kg < -most {
		return v, fault("value", "La valeur doit rester entre −1\u202f000\u202f000 et 1\u202f000\u202f000\u00a0kt par an.")
	}
	return v, nil
}

// most bounds an objective: five times the national objective of all levers.
const most panorama.Kg = 1_000_000 * panorama.KgPerKt

const mostDecimals = 6

func decimals(typed string) int {
	if i := strings.LastIndexAny(typed, ",."); i >= 0 {
		return len(strings.TrimRight(strings.TrimSpace(typed[i+1:]), "0"))
	}
	return 0
}

// Ceiling is what is known of the whole emissions of the lever beside a value.
func (p Place) Ceiling(l panorama.Line, v Value) Ceiling {
	k := Known{Lever: l.Lever, Equiv: l.Equiv, Territory: p.Panorama.Territory.Name, Sector: p.model.SectorEmissions(p.communes, l.Lever.Sector), SectorName: p.sectorName(l.Lever.Sector)}
	if p.Panorama.Territory.Ref.Scale != territory.RegionS {
		// Under the region no starting point is published: the region's bounds it.
		if len(p.Panorama.Regions) == 1 {
			k.Equiv, k.Region = p.regional(l.Lever.Code), p.whole.Territory.Name
		}
	}
	if kg, ok := p.model.Reference().National[l.Lever.Code]; ok {
		k.National = panorama.Amount{Kg: kg, Known: true}
	}
	return CeilingOf(k, v)
}

// regional is a lever in its unit in the region that the COP is of.
func (p Place) regional(lever string) panorama.Equivalent {
	i := slices.IndexFunc(p.whole.Lines, func(x panorama.Line) bool { return x.Lever.Code == lever })
	if i < 0 {
		return panorama.Equivalent{Reason: noLevel}
	}
	return p.whole.Lines[i].Equiv
}

func (p Place) sectorName(code string) string {
	i := slices.IndexFunc(p.model.Framework().Sectors(), func(s framework.Sector) bool { return s.Code == code })
	if i < 0 {
		return code
	}
	return p.model.Framework().Sectors()[i].Name
}
