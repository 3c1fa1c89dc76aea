package groups

import (
	"context"
	"net/http"

	"jalon/internal/cop"
	"jalon/internal/debate/group"
	"jalon/internal/debate/meeting"
	"jalon/internal/french"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// shownMeetings is how many next meetings the page of the debate shows.
const shownMeetings = 6

// hub is the page of the debate of a region: what one can do now, the next meetings,
// the groups, then what each other room shows.
func (d Deps) hub(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	ctx, a := r.Context(), shell.Actor(r)
	v := sections.View{Heading: ui.Heading{Overline: "Le débat de la COP", Scope: []string{"cycle " + x.cop.Cycle, "ouvert à toutes et à tous"}}, Tabs: wording.RegionTabs(x.Region, wording.TabDebate),
		Foot: ui.Source{Text: "participants, groupes et équipe de la COP.", Print: true}}
	var acts []sections.Tile
	for _, of := range d.Acts {
		tiles, err := of(ctx, x.cop)
		if err != nil {
			return err
		}
		acts = append(acts, tiles...)
	}
	meetings, err := cop.NextMeetings(ctx, d.Q, x.cop, d.Room.Today(x.cop), shownMeetings)
	if err != nil {
		return err
	}
	if len(meetings) > 0 {
		m := meetings[0]
		acts = append(acts, sections.Tile{Title: "Venir à une réunion", Text: "La prochaine\u00a0: " + m.Title + ", le " + french.Day(m.Day) + ".", Href: "/reunions/" + m.ID})
	}
	v.Heading.Title = x.Name + nb + ": " + doing(len(acts))
	now := sections.Part{ID: "maintenant", Title: "Ce que vous pouvez faire maintenant", Tiles: acts}
	if len(acts) == 0 {
		now.Empty = ui.Empty{Title: "Rien n’est ouvert à la participation en ce moment", Text: "Les contributions, les débats, les réunions et les consultations s’ouvriront ici.", Action: ui.Link{Label: "Où en est la COP", Href: x.base()}}
	}
	next, err := d.nextPart(ctx, meetings)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, now, next)
	groups, err := d.hubGroups(r, x)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, groups)
	for _, of := range d.Hub {
		p, err := of(ctx, a, x.cop)
		if err != nil {
			return err
		}
		if p.Title != "" {
			v.Parts = append(v.Parts, p)
		}
	}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, wording.RegionTrail(x.Region, ui.Link{Label: wording.TabDebate})...)
}

func doing(n int) string {
	if n == 0 {
		return "le débat n’a rien d’ouvert en ce moment"
	}
	return french.Integer(n) + nb + french.Plural(n, "façon de prendre part au débat", "façons de prendre part au débat") + " en ce moment"
}

// nextPart are the meetings to come, with the seats that are left.
func (d Deps) nextPart(ctx context.Context, list []cop.Meeting) (sections.Part, error) {
	p := sections.Part{ID: "reunions", Title: "Les prochaines réunions publiques"}
	t := ui.Table{ID: "prochaines", Caption: "Les réunions à venir, la plus proche d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Date"}, {Label: "Réunion", Wide: true}, {Label: "Lieu"}, {Label: "Places"}}}
	for _, m := range list {
		e, err := meeting.EntryOf(ctx, d.Q, m)
		if err != nil {
			return p, err
		}
		when := ui.Cell{Text: french.Day(m.Day), Sub: m.Start}
		place := ui.Cell{Text: m.Place}
		switch {
		case m.Place == "" && m.JoinURL != "":
			place = ui.Cell{Text: "en ligne"}
		case m.Place == "":
			place = ui.Cell{Missing: "le lieu n’est pas encore dit"}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{when, {Text: m.Title, Href: "/reunions/" + m.ID, Sub: m.Kind.Name()}, place, seats(e)}})
	}
	if len(t.Rows) == 0 {
		p.Empty = ui.Empty{Title: "Aucune réunion publique n’est annoncée", Text: "Celles que l’équipe de la COP annonce sont ici, et dans le calendrier de la COP."}
		return p, nil
	}
	p.Tables = []ui.Table{t}
	return p, nil
}

// seats says what is left of the seats of a meeting.
func seats(e meeting.Entry) ui.Cell {
	n, limited := e.Left()
	switch {
	case e.Mode == meeting.None:
		return ui.Cell{Text: "sans inscription"}
	case !limited:
		return ui.Cell{Text: "sans limite"}
	case n == 0:
		return ui.Cell{Text: "complet, liste d’attente"}
	}
	return ui.Cell{Text: french.Integer(n) + nb + french.Plural(n, "place libre", "places libres")}
}

func (d Deps) hubGroups(r *http.Request, x where) (sections.Part, error) {
	p := sections.Part{ID: "groupes", Title: "Les groupes de travail"}
	all, err := group.Of(r.Context(), d.Q, x.cop.ID, d.Room.Today(x.cop))
	if err != nil {
		return p, err
	}
	if len(all) == 0 {
		p.Lead = "La COP n’a pas encore publié de groupe de travail."
		return p, nil
	}
	p.Lead = wording.Upper(finding(all)) + "."
	p.Links = []ui.Link{{Label: "Lire leurs mandats, et qui y siège", Href: x.base() + "/groupes"}}
	return p, nil
}
