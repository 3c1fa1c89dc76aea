package meetings

import (
	"net/http"
	"slices"

	"jalon/internal/cop"
	"jalon/internal/debate/meeting"
	"jalon/internal/french"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// participationView says who came to the meetings of a COP.
type participationView struct {
	Heading ui.Heading
	Keys    []ui.KeyFigure
	Table   ui.Table
	Rules   []string
	Links   []ui.Link
}

func (d Deps) participation(w http.ResponseWriter, r *http.Request) error {
	c, err := d.copOf(r)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	p, err := meeting.ParticipationOf(r.Context(), d.Q, m.Tree(), c, d.today(c))
	if err != nil {
		return err
	}
	base := "/regions/" + c.Slug + "/reunions"
	if c.Cycle != cop.First {
		base += "?cycle=" + c.Cycle
	}
	v := participationView{Heading: ui.Heading{Overline: "Réunions", Title: c.Name + nb + ": qui est venu", Scope: []string{"cycle " + c.Cycle, "au " + french.Day(d.today(c)), "réunions internes comprises"}}, Rules: meeting.Rules(), Links: []ui.Link{{Label: "Les réunions de la COP", Href: base}}}
	if p.SeatsAt > 0 {
		v.Heading.Title = c.Name + nb + ": " + french.Integer(p.Seats) + nb + french.Plural(p.Seats, "place occupée", "places occupées") + ", à " + french.Integer(p.SeatsAt) + nb + french.Plural(p.SeatsAt, "réunion", "réunions")
	}
	region := "region:" + c.Region
	key := func(label, what, reason, meaning string, n, at int64) {
		x := ui.Value{Missing: reason}
		if at == 0 {
			meaning = ""
		} else {
			x = ui.Value{Text: french.Integer(n), Provenance: "computed", ProvenanceLabel: "calculé par Jalon", Explain: wording.FigurePath(meeting.Key(c.Cycle, region, what)), Name: label}
		}
		v.Keys = append(v.Keys, ui.KeyFigure{Label: label, Value: x, Meaning: meaning})
	}
	key("Places occupées", meeting.SeatsFigure, "personne n’a été compté à ce jour", "à "+french.Integer(p.SeatsAt)+nb+french.Plural(p.SeatsAt, "réunion où l’on a compté", "réunions où l’on a compté"), p.Seats, p.SeatsAt)
	key("Personnes différentes", meeting.PeopleFigure, "aucune liste de présence n’est tenue à ce jour", "sur les listes de "+french.Integer(p.Lists)+nb+french.Plural(p.Lists, "réunion", "réunions"), p.People, p.Lists)
	v.Table = ui.Table{ID: "departements", Caption: "Communes et EPCI représentés aux réunions, par département", Columns: []ui.Column{{Label: "Département"}, {Label: "Communes représentées", Number: true}, {Label: "sur", Number: true}, {Label: "Part", Unit: "%", Number: true},
		{Label: "EPCI représentés", Number: true}, {Label: "sur", Number: true}, {Label: "Part", Unit: "%", Number: true}, {Label: "Communes d’où l’on est venu", Number: true}}}
	var codes []string
	for code := range p.Depts {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		x, err := m.Tree().Dept(code)
		if err != nil {
			return err
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: placeCells(x.Name, c.Cycle, "department:"+code, p.Depts[code], p.Lists)})
	}
	v.Table.Foot = []ui.Row{{Cells: placeCells("Région", c.Cycle, region, p.Region, p.Lists)}}
	page := d.Shell.Page(r, v.Heading.Title, "Places occupées, personnes différentes, part des communes et des intercommunalités venues aux réunions de la COP, par département.",
		ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: c.Name, Href: c.Path()}, ui.Link{Label: "Réunions", Href: base}, ui.Link{Label: "Qui est venu"})
	return d.Shell.Render(w, r, page, participationTemplate(v))
}

func placeCells(name, cycle, ref string, p meeting.Place, lists int64) []ui.Cell {
	const none = "aucune liste de présence n’est tenue à ce jour"
	out := []ui.Cell{{Text: name}}
	for _, x := range []struct {
		s    meeting.Share
		what string
	}{{p.Communes, meeting.CommunesFigure}, {p.EPCI, meeting.EPCIFigure}} {
		whole := ui.Cell{Text: french.Integer(x.s.Whole)}
		if lists == 0 || x.s.Whole == 0 {
			out = append(out, ui.Cell{Missing: none}, whole, ui.Cell{Missing: none})
			continue
		}
		out = append(out, ui.Cell{Text: french.Integer(x.s.Part)}, whole, ui.Cell{Text: french.Number(float64(x.s.Part)/float64(x.s.Whole)*100, 1), Explain: wording.FigurePath(meeting.Key(cycle, ref, x.what))})
	}
	if lists == 0 {
		return append(out, ui.Cell{Missing: none})
	}
	return append(out, ui.Cell{Text: french.Integer(p.Homes)})
}
