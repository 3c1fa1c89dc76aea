package roadmap

import (
	"context"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/figure"
	"jalon/internal/french"
)

// Prefix is that of the keys of figures of this room.
const Prefix = "sortie"

// The figures of the exit points of a region.
const (
	PointsFigure      = "points" // met, of four; of the nation too
	LeversFigure      = "leviers"
	TookFigure        = "participation"
	RegionsFigure     = "regions"
	DepartmentsFigure = "departements"
	EPCIFigure        = "epci"
	CommunesFigure    = "communes"
	ThemesFigure      = "themes"
)

// Nation is the place of a key that is about all the regions.
const Nation = "nation"

// Key is the address of a figure of the exit points: place is a region's code, or Nation.
func Key(cycle, place, name string) string {
	return strings.Join([]string{Prefix, cycle, place, name}, "/")
}

// counted is a figure that counts a part of a whole, and the terms of both.
type counted struct {
	title, unit, formula string
	share                Share
	inputs               []figure.Input
	notes                []string
	page                 string
}

// Explain answers for a figure of the exit points: what was counted, out of what.
func (m *Room) Explain(ctx context.Context, key string) (e figure.Explanation, err error) {
	defer apperr.Wrap(&err, "roadmap.Explain(%s)", key)
	unknown := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	parts := strings.Split(key, "/")
	if len(parts) != 4 || parts[0] != Prefix {
		return e, unknown
	}
	if _, err := cop.FindCycle(ctx, m.DB, parts[1]); err != nil {
		return e, unknown
	}
	model, err := m.Model(ctx)
	if err != nil {
		return e, err
	}
	var x counted
	var place string
	if parts[2] == Nation {
		if parts[3] != PointsFigure {
			return e, unknown
		}
		all, err := m.InCycle(ctx, m.DB, model, parts[1])
		if err != nil {
			return e, err
		}
		x, place = nationOf(all), Nation
	} else {
		c, err := cop.FindIn(ctx, m.DB, parts[1], "region:"+parts[2])
		if err != nil {
			return e, unknown
		}
		at, err := m.Of(ctx, m.DB, model, c)
		if err != nil {
			return e, err
		}
		var found bool
		if x, found = at.counted(parts[3]); !found {
			return e, unknown
		}
		place = "region:" + parts[2]
	}
	now := m.Now()
	e = figure.Explanation{Title: x.title, Formula: x.formula, Numbers: of(x.share.Part, x.share.Whole), Inputs: x.inputs, Notes: x.notes, Page: x.page,
		Figure: figure.Figure{Key: key, Value: float64(x.share.Part), Unit: x.unit, Territory: place, Year: now.Year(), Class: figure.Computed, Source: "Jalon, points de sortie des COP", Version: "règles écrites de la page des points de sortie"}}
	if x.share.Whole == 0 {
		e.Figure.Class, e.Figure.Reason = figure.Missing, "il n’y a rien à compter"
	}
	e.Sentence = x.title + nb + ": " + of(x.share.Part, x.share.Whole) + ", au " + french.Date(now) + "."
	return e, nil
}

// counted is a figure of a region by its name.
func (x Exit) counted(name string) (c counted, ok bool) {
	p := x.Participation
	c.page = x.COP.Path() + "/feuille-de-route/points-de-sortie"
	in := func(symbol, label string, n int, source string) {
		c.inputs = append(c.inputs, figure.Input{Symbol: symbol, Label: label, Value: french.Integer(n), Source: source})
	}
	took := func(title, what string, s Share) {
		c.title, c.unit, c.share, c.formula = title+", "+x.Region.Name, "collectivités", s, what+" qui ont pris part, sur toutes celles de la région"
		in("A", what+" qui ont pris part", s.Part, "réponses validées, présences notées, contributions signées")
		in("B", what+" de la région", s.Whole, "collectivités et territoires en vigueur")
		c.notes = []string{Rule(Portrayed)}
	}
	switch name {
	case PointsFigure:
		c.title, c.unit, c.share, c.formula = "Points de sortie atteints, "+x.Region.Name, "points", Share{x.Met(), len(Codes())}, "points atteints, sur les quatre"
		for _, q := range x.Points() {
			c.inputs = append(c.inputs, figure.Input{Symbol: french.Integer(q.N), Label: q.Title, Value: map[bool]string{true: "atteint", false: "pas encore atteint"}[q.Met], Source: q.Finding})
			c.notes = append(c.notes, french.Integer(q.N)+". "+q.Rule)
		}
	case LeversFigure:
		c.title, c.unit, c.share, c.formula = "Leviers dont l’objectif est partagé, "+x.Region.Name, "leviers", Share{x.SharedLevers(), len(x.Levers)}, "leviers dont l’objectif régional est partagé, sur tous ceux du panorama de la région"
		in("A", "leviers dont l’objectif est partagé", x.SharedLevers(), "objectifs partagés par les deux têtes")
		for _, k := range x.Earlier {
			in("–", "dont partagés par la COP "+k.Cycle+", toujours en vigueur", k.Levers, "objectifs partagés par les deux têtes de la COP "+k.Cycle)
		}
		in("B", "leviers du panorama de la région", len(x.Levers), "panorama des leviers, SGPE")
		c.notes = []string{Rule(Shared)}
	case TookFigure:
		took("Collectivités qui ont pris part", "régions, départements et EPCI", p.Total)
		in("C", "dont une réponse validée au questionnaire", p.Answered, "questionnaire")
		in("D", "dont une présence notée en leur nom", p.Came, "réunions tenues")
		in("E", "dont une contribution signée en leur nom", p.Wrote, "contributions publiées")
		c.notes = append(c.notes, "C, D et E ne s’ajoutent pas"+nb+": une collectivité peut être dans les trois, et compte une fois dans A.")
	case RegionsFigure:
		took("Régions qui ont pris part", "régions et collectivités qui en ont les compétences", p.Regions)
	case DepartmentsFigure:
		took("Départements qui ont pris part", "départements", p.Departments)
	case EPCIFigure:
		took("EPCI qui ont pris part", "EPCI", p.EPCI)
	case CommunesFigure:
		took("Communes qui ont pris part", "communes", p.Communes)
		c.notes = append(c.notes, "Les communes sont hors de la règle de la majorité.")
	case ThemesFigure:
		bare := len(x.Uncovered())
		c.title, c.unit, c.share, c.formula = "Thèmes prioritaires servis par une action retenue, "+x.Region.Name, "thèmes", Share{len(x.Themes) - bare, len(x.Themes)}, "thèmes prioritaires qui ont une action retenue, avec porteur et date de fin, sur tous les thèmes prioritaires"
		for _, t := range x.Themes {
			c.inputs = append(c.inputs, figure.Input{Symbol: "–", Label: t.Theme.Name, Value: french.Integer(t.Whole) + nb + french.Plural(t.Whole, "action", "actions"), Source: "actions retenues"})
		}
		c.notes = []string{Rule(Covered)}
	default:
		return c, false
	}
	return c, true
}

func nationOf(all []Exit) (c counted) {
	c = counted{title: "Points de sortie atteints, toutes les COP régionales", unit: "points", formula: "points atteints dans chaque région, ajoutés", page: "/national/points-de-sortie"}
	for _, x := range all {
		n := x.Met()
		c.share.Part, c.share.Whole = c.share.Part+n, c.share.Whole+len(Codes())
		c.inputs = append(c.inputs, figure.Input{Symbol: x.Region.Code, Label: x.Region.Name, Value: french.Integer(n), Source: "points de sortie de la région", Key: Key(x.COP.Cycle, x.Region.Code, PointsFigure)})
	}
	return c
}
