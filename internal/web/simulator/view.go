package simulator

import (
	"strconv"

	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/web/ui"
)

// view is everything that the page shows, written in French.
type view struct {
	Path     string // /simulateur/grand-est
	Query    string // canonical, empty at the start
	Share    string // absolute address of this simulation
	Blank    bool
	Name     string
	Heading  ui.Heading
	From     string // the territory the reader came from, when it is smaller
	Overseas bool
	Fields   []ui.Field // those in error, for the summary
	Remarks  []string   // those that belong to no field
	All      tallyView
	Sectors  []sectorView
	Source   ui.Source
}

// href is the address of this simulation with another ending of the path.
func (v view) href(suffix string) string { return withQuery(v.Path+suffix, v.Query) }

// blankHref keeps what is done and starts aims from nothing.
func (v view) blankHref() string { return v.Path + "?depart=zero" }

type tallyView struct {
	Gauge ui.Gauge
	Done  string
}

type sectorView struct {
	ID, Name string
	Color    int
	Tally    tallyView
	Levers   []leverView
}

type leverView struct {
	Code, Name, Gloss string
	Href              string
	Objective         string // sentence
	Explain           string
	NoUnit            string // reason
	Data              map[string]string
	Rows              []rowView
	Warnings          []warningView
}

type rowView struct {
	Label  string
	Help   string
	Fields []ui.Field // kt, then the physical unit
}

type warningView struct {
	Code, Text string
	Shown      bool
}

// makeView writes a simulation for the page.
func makeView(s *panorama.Simulation, src Source, remarks []panorama.Remark) view {
	p := s.Panorama()
	v := view{
		Query: s.Query(), Blank: s.Blank(), Name: p.Territory.Name, Overseas: p.Overseas,
		All: makeTally("jauge", "Tous les leviers", s.Tally("")),
	}
	all := s.Tally("")
	v.Heading = ui.Heading{
		Overline: "Simulateur",
		Title:    p.Territory.Name + french.NoBreak + ": composer autrement les " + kt(all.Objective) + " de l’objectif 2030",
		Scope:    scope(p, all),
		Explain:  "/chiffres/panorama/" + p.Edition + "/total/" + p.Territory.Ref.String(),
	}
	typed := map[string]panorama.Remark{}
	for _, r := range remarks {
		if r.Entry.Lever == "" {
			v.Remarks = append(v.Remarks, r.Message)
			continue
		}
		typed[panorama.FieldName(r.Entry, r.Unit)] = r
	}
	sectors := src.Sectors()
	order := make([]string, len(sectors))
	names := map[string]Sector{}
	for i, sec := range sectors {
		order[i], names[sec.Code] = sec.Code, sec
	}
	for _, t := range s.BySector(order) {
		sv := sectorView{ID: "secteur-" + t.Sector, Name: t.Sector, Color: names[t.Sector].Color}
		if n := names[t.Sector].Name; n != "" {
			sv.Name = n
		}
		sv.Tally = makeTally("jauge-"+t.Sector, sv.Name, t)
		for _, l := range p.Lines {
			if l.Lever.Sector == t.Sector {
				sv.Levers = append(sv.Levers, makeLever(s, l, typed))
			}
		}
		v.Sectors = append(v.Sectors, sv)
	}
	for _, sec := range v.Sectors {
		for _, l := range sec.Levers {
			for _, row := range l.Rows {
				for _, f := range row.Fields {
					if f.Error != "" {
						f.Label = l.Name + ", " + f.Label
						v.Fields = append(v.Fields, f)
					}
				}
			}
		}
	}
	return v
}

func scope(p panorama.Panorama, all panorama.Tally) []string {
	out := []string{
		"objectif indicatif, non contraignant",
		"référentiel 2023-24, " + french.Month(p.Edition),
		french.Integer(all.Levers) + french.NoBreak + french.Plural(all.Levers, "levier", "leviers"),
		"kt = milliers de tonnes de CO₂e par an en 2030, par rapport à 2019",
	}
	if all.Without > 0 {
		out = append(out, french.Integer(all.Without)+french.NoBreak+french.Plural(all.Without, "levier sans objectif", "leviers sans objectif")+", hors du total")
	}
	return out
}

func makeTally(id, label string, t panorama.Tally) tallyView {
	return tallyView{
		Gauge: ui.Gauge{
			ID: id, Label: label, Assigned: ktText(t.Aim), Objective: kt(t.Objective), Rest: restText(t),
			AssignedAmount: float64(t.Aim), ObjectiveAmount: float64(t.Objective),
		},
		Done: doneText(t),
	}
}

func makeLever(s *panorama.Simulation, l panorama.Line, typed map[string]panorama.Remark) leverView {
	e := l.Equiv
	v := leverView{
		Code: l.Lever.Code, Name: l.Lever.ShortName, Gloss: l.Lever.Gloss, Href: "/leviers/" + l.Lever.Code,
		Objective: objectiveText(l), Data: leverData(l),
	}
	if v.Name == "" {
		v.Name = l.Lever.Name
	}
	if l.FigureKey != "" && l.Objective.Known {
		v.Explain = "/chiffres/" + l.FigureKey
	}
	if !panorama.HasUnit(e) {
		v.NoUnit = e.Reason
		if v.NoUnit == "" {
			v.NoUnit = "Aucun ordre de grandeur n’est publié pour ce levier."
		}
	}
	labels := map[panorama.Side]string{panorama.Done: "Fait depuis 2019", panorama.Aim: "Visé en 2030"}
	helps := map[panorama.Side]string{panorama.Aim: "ce qui est déjà fait compris"}
	for _, side := range panorama.Sides() {
		row := rowView{Label: labels[side], Help: helps[side]}
		entry := panorama.Entry{Lever: l.Lever.Code, Side: side}
		row.Fields = append(row.Fields, field(s, entry, false, labels[side]+", en kt", "kt", typed))
		if panorama.HasUnit(e) {
			row.Fields = append(row.Fields, field(s, entry, true, labels[side]+", en "+unitShort(e), unitShort(e), typed))
		}
		v.Rows = append(v.Rows, row)
	}
	v.Warnings = warnings(s, l)
	return v
}

func warnings(s *panorama.Simulation, l panorama.Line) []warningView {
	out := []warningView{{Code: string(panorama.UnderDone), Text: "Le visé est inférieur à ce qui est déjà fait."}}
	if e := l.Equiv; panorama.HasUnit(e) && e.Relative {
		text := "Le niveau passerait sous zéro."
		if most := panorama.MassOfLevel(e, 0); most > 0 {
			text = "Le niveau passerait sous zéro" + french.NoBreak + ": au plus " + kt(most) + " d’après le niveau de 2019."
		}
		out = append(out, warningView{Code: string(panorama.UnderZero), Text: text})
	}
	for _, w := range s.Warnings(l.Lever.Code) {
		for i := range out {
			out[i].Shown = out[i].Shown || out[i].Code == string(w)
		}
	}
	return out
}

// field is one of the two fields of an entry; a value that could not be read
// comes back as it was typed.
func field(s *panorama.Simulation, e panorama.Entry, unit bool, label, short string, typed map[string]panorama.Remark) ui.Field {
	name := panorama.FieldName(e, unit)
	f := ui.Field{ID: name, Label: label, Unit: short, Type: "number", Value: s.Field(e, unit)}
	if r, ok := typed[name]; ok {
		f.Value, f.Error = r.Typed, r.Message
	}
	return f
}

func unitShort(e panorama.Equivalent) string {
	if e.UnitShort != "" {
		return e.UnitShort
	}
	return e.Unit
}

// objectiveText is the objective of a lever in kt and in what one can picture.
func objectiveText(l panorama.Line) string {
	if !l.Objective.Known {
		if l.Objective.Reason != "" {
			return "Pas d’objectif régional. " + l.Objective.Reason
		}
		return "Pas d’objectif régional."
	}
	text := "Objectif de la région" + french.NoBreak + ": " + kt(l.Objective.Kg)
	e := l.Equiv
	switch {
	case !panorama.HasUnit(e):
	case e.Relative:
		text += ", soit de " + levelText(e, 0) + " à " + levelText(e, l.Objective.Kg) + french.NoBreak + e.Unit
	default:
		text += ", soit " + levelText(e, l.Objective.Kg) + french.NoBreak + e.Unit
	}
	return text + "."
}

// leverData is what simulator.js needs of a lever.
func leverData(l panorama.Line) map[string]string {
	d := map[string]string{"data-lever": l.Lever.Code}
	if l.Objective.Known {
		d["data-kg"] = strconv.FormatInt(int64(l.Objective.Kg), 10)
	}
	if e := l.Equiv; panorama.HasUnit(e) {
		d["data-ratio"] = strconv.FormatFloat(e.Ratio, 'g', -1, 64)
		d["data-decimals"] = strconv.Itoa(e.Decimals)
		if e.Relative {
			d["data-start"] = strconv.FormatFloat(e.Start.V, 'g', -1, 64)
		}
	}
	return d
}

func withQuery(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}
