// Package ambitions serves the debate on how far a lever may go.
package ambitions

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/ambition"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell   *shell.Shell
	Model   func(ctx context.Context) (*panorama.Model, error)
	Q       db.Q
	Now     func() time.Time
	Room    *ambition.Room
	Trusted []netip.Prefix // front servers
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"ambitions": d.all, "ambition": d.one, "ambition-give": d.give, "ambition-csv": d.csv,
		"ambition-desk": d.desk, "ambition-open": d.open, "ambition-edit": d.edit, "ambition-save": d.save}
}

const nb = french.NoBreak

// title names these pages in trails and tabs.
const title = "Ambitions des leviers"

// where is the COP of the region of an address, with what its panorama offers.
type where struct {
	territory.Region
	cop   cop.COP
	model *panorama.Model
	place objective.Place
}

func (x where) base() string { return "/regions/" + x.Slug }
func (x where) list() string { return x.base() + "/ambitions" }
func (x where) desk() string { return x.base() + "/bureau/ambitions" }

func (d Deps) seen(r *http.Request) (x where, err error) {
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, err
	}
	if x.Region, err = x.model.Tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	if x.cop, err = cop.OfRegion(r.Context(), d.Q, x.Code); err != nil {
		return x, err
	}
	x.place, err = objective.PlaceOf(r.Context(), d.Q, x.model, x.cop, territory.Ref{Scale: territory.RegionS, Code: x.Code})
	return x, err
}

func (x where) today(now time.Time) string { return x.cop.DayAt(now) }

func (x where) lever(code string) string {
	if l, ok := x.place.Line(code); ok {
		return l.Lever.Name
	}
	return code
}

func trail(x where, last ...ui.Link) []ui.Link {
	return wording.RegionTrail(x.Region, append([]ui.Link{{Label: wording.TabDebate, Href: x.base() + "/debat"}}, last...)...)
}

func wrongIn(fields []ui.Field, err error) []ui.Alert {
	var f *ambition.Fault
	field := ""
	if errors.As(err, &f) {
		field = f.Field
	}
	return sections.Wrong(fields, field, err)
}

// taking says when a debate takes answers.
func taking(x ambition.Debate, today string) string {
	switch {
	case x.State == ambition.Withdrawn:
		return "retiré"
	case x.When(today) == ambition.Before:
		return "s’ouvre le " + french.Day(x.Opens)
	case x.When(today) == ambition.After:
		return "fermé depuis le " + french.Day(x.Closes)
	}
	return "ouvert jusqu’au " + french.Day(x.Closes)
}

func answers[N int | int64](n N) string {
	return french.Integer(n) + nb + french.Plural(n, "réponse", "réponses")
}

// all lists the levers of a region whose ambition is in debate.
func (d Deps) all(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	list, err := ambition.Of(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	today, open := x.today(d.Now()), 0
	t := ui.Table{ID: "leviers", Caption: "Les leviers en débat", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Débat"}, {Label: "Réponses", Number: true}}}
	for _, y := range list {
		if y.State != ambition.Open {
			continue
		}
		if y.When(today) == ambition.Now {
			open++
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.lever(y.Lever), Href: x.list() + "/" + y.Lever}, {Text: taking(y.Debate, today)}, {Text: french.Integer(y.Answers)}}})
	}
	v := sections.View{Heading: ui.Heading{Overline: "Jusqu’où un levier peut aller", Title: x.Name + nb + ": " + finding(open, len(t.Rows)), Scope: []string{"objectifs indicatifs, non contraignants", "cycle " + x.cop.Cycle},
		Lead: "Pour chaque levier, chaque partie dit ce qu’elle tient pour atteignable en 2030, et à quelle condition."}, Tabs: wording.RegionTabs(x.Region, wording.TabDebate),
		Foot: ui.Source{Text: "réponses des participants, comptées une par adresse confirmée.", Print: true}}
	p := sections.Part{ID: "liste", Title: "Les leviers en débat", Tables: []ui.Table{t}}
	if len(t.Rows) == 0 {
		p.Tables, p.Empty = nil, ui.Empty{Title: "Aucun levier n’est en débat pour l’instant", Text: "L’équipe de la COP ouvrira ici le débat sur l’ambition de chaque levier.", Action: ui.Link{Label: "Lire ce que l’État propose", Href: x.base() + "/objectifs"}}
	}
	v.Parts = []sections.Part{p}
	if policy.Can(shell.Actor(r), policy.Create, x.cop.Thing(policy.Debate)) {
		v.Parts = append(v.Parts, sections.Part{Links: []ui.Link{{Label: "Ouvrir ou fermer un débat, au bureau", Href: x.desk()}}})
	}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, trail(x, ui.Link{Label: title})...)
}

func finding(open, all int) string {
	switch {
	case all == 0:
		return "aucun levier n’est encore en débat"
	case open == 0:
		return "le débat est fermé sur " + french.Integer(all) + nb + french.Plural(all, "levier", "leviers")
	}
	return french.Integer(open) + nb + french.Plural(open, "levier est ouvert", "leviers sont ouverts") + " à vos réponses"
}

// Acts is what one can do now there, for the page of the debate.
func Acts(q db.Q, now func() time.Time) func(ctx context.Context, c cop.COP) ([]sections.Tile, error) {
	return func(ctx context.Context, c cop.COP) ([]sections.Tile, error) {
		list, err := ambition.Of(ctx, q, c.ID)
		n := 0
		for _, y := range list {
			if y.State == ambition.Open && y.When(c.DayAt(now())) == ambition.Now {
				n++
			}
		}
		if n == 0 {
			return nil, err
		}
		return []sections.Tile{{Title: "Dire jusqu’où un levier peut aller", Text: french.Integer(n) + nb + french.Plural(n, "levier attend", "leviers attendent") + " ce que vous tenez pour atteignable en 2030.", Href: "/regions/" + c.Slug + "/ambitions"}}, err
	}
}

// collegeOptions are the colleges of a form.
func collegeOptions() [][2]string {
	var out [][2]string
	for _, c := range debate.Colleges() {
		out = append(out, [2]string{string(c), c.Name()})
	}
	return out
}

// Answers writes how many answers there are.
func Answers(n int) string { return answers(n) }
