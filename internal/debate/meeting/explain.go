package meeting

import (
	"context"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Prefix is that of the keys of figures of this room.
const Prefix = "participation"

// What the figures of this room count.
const (
	SeatsFigure    = "places"
	PeopleFigure   = "personnes"
	CommunesFigure = "communes"
	EPCIFigure     = "epci"
)

// Key is the permanent address of a figure: «participation/2023-24/region:44/places».
func Key(cycle, territory, what string) string {
	return strings.Join([]string{Prefix, cycle, territory, what}, "/")
}

// Rules are how people are counted, as pages and explanations say it.
func Rules() []string {
	return []string{
		"Places occupées" + nb + ": la somme des présents comptés à chaque réunion tenue, celles des COP départementales comprises. Une personne venue à trois réunions compte trois fois.",
		"Personnes différentes" + nb + ": chacune une fois. On reconnaît une personne à son adresse confirmée ou à son compte, sinon au même nom pour le même organisme ou la même commune. Qui vient une fois inscrit et une autre fois par le code de la salle peut compter deux fois" + nb + "; une salle comptée sans liste n’y est pas.",
		"Communes et EPCI (intercommunalités) représentés" + nb + ": ceux au nom desquels quelqu’un est noté présent, l’organisme étant choisi parmi ceux que Jalon connaît. Un organisme écrit autrement n’y est pas. Un EPCI compte dans chaque département où il a une commune, et une fois dans la région.",
	}
}

// Explain answers for the keys of this room.
func (m *Room) Explain(ctx context.Context, model *panorama.Model, key string) (x figure.Explanation, err error) {
	defer apperr.Wrap(&err, "meeting.Explain(%q)", key)
	none := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	part := strings.Split(key, "/")
	if len(part) != 4 || part[0] != Prefix {
		return x, none
	}
	ref, err := territory.ParseRef(part[2])
	if err != nil {
		return x, none
	}
	tree := model.Tree()
	t, err := tree.Lookup(ref)
	if err != nil {
		return x, none
	}
	region := ref.Code
	if ref.Scale == territory.Department {
		d, err := tree.Dept(ref.Code)
		if err != nil {
			return x, none
		}
		region = d.Region
	} else if ref.Scale != territory.RegionS {
		return x, none
	}
	c, err := cop.Find(ctx, m.DB, cop.RegionID(part[1], region))
	if err != nil {
		return x, none
	}
	p, err := ParticipationOf(ctx, m.DB, tree, c, c.DayAt(m.Now()))
	if err != nil {
		return x, err
	}
	place := p.Region
	if ref.Scale == territory.Department {
		place = p.Depts[ref.Code]
	}
	x.Figure = figure.Figure{Key: key, Territory: ref.String(), Class: figure.Computed, Source: "présences notées aux réunions de la COP", Year: m.Now().Year()}
	x.Page = "/regions/" + c.Slug + "/reunions/participation"
	if part[1] != cop.First {
		x.Page += "?cycle=" + part[1]
	}
	share := func(s Share, what, rule string) {
		x.Title, x.Sentence, x.Formula = t.Name+nb+": "+what+" représentés aux réunions de la COP", what+" au nom desquels quelqu’un est noté présent, sur tous", "représentés ÷ tous"
		x.Figure.Unit, x.Notes = "%", []string{rule}
		x.Inputs = []figure.Input{{Symbol: "représentés", Label: what + " représentés", Value: french.Integer(s.Part), Source: "listes de présence"}, {Symbol: "tous", Label: what + " du territoire", Value: french.Integer(s.Whole), Source: "code officiel géographique"}}
		if p.Lists == 0 || s.Whole == 0 {
			missing(&x, "aucune liste de présence n’est tenue à ce jour")
			return
		}
		x.Figure.Value = float64(s.Part) / float64(s.Whole) * 100
		x.Numbers = french.Integer(s.Part) + " ÷ " + french.Integer(s.Whole) + " = " + french.Percent(float64(s.Part)/float64(s.Whole), 2)
	}
	count := func(n, at int64, what, unit, rule, reason string) {
		x.Title, x.Sentence, x.Figure.Unit, x.Notes = t.Name+nb+": "+what, what+" aux réunions tenues à ce jour", unit, []string{rule}
		x.Formula = "somme sur les réunions où elles sont comptées"
		x.Inputs = []figure.Input{{Symbol: "réunions", Label: "réunions où l’on a compté", Value: french.Integer(at), Source: "réunions enregistrées par la COP"}}
		if at == 0 {
			missing(&x, reason)
			return
		}
		x.Figure.Value, x.Numbers = float64(n), french.Integer(n)+" à "+french.Integer(at)+nb+french.Plural(at, "réunion", "réunions")
	}
	rules := Rules()
	switch what := part[3]; {
	case what == SeatsFigure && ref.Scale == territory.RegionS:
		count(p.Seats, p.SeatsAt, "places occupées", "places", rules[0], "personne n’a été compté à ce jour")
	case what == PeopleFigure && ref.Scale == territory.RegionS:
		count(p.People, p.Lists, "personnes différentes", "personnes", rules[1], "aucune liste de présence n’est tenue à ce jour")
		x.Formula = "personnes reconnues, chacune une fois"
	case what == CommunesFigure:
		share(place.Communes, "communes", rules[2])
	case what == EPCIFigure:
		share(place.EPCI, "EPCI", rules[2])
	default:
		return x, none
	}
	return x, nil
}

func missing(x *figure.Explanation, reason string) {
	x.Figure.Class, x.Figure.Reason, x.Numbers = figure.Missing, reason, "–"
	x.Notes = append(x.Notes, "Pas de chiffre"+nb+": "+reason+".")
}
