// Package meetings serves meetings to those who come: registration, attendance, the
// code at the door.
package meetings

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/meeting"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/static"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *meeting.Room
	// Secure says whether the site is served over https.
	Secure bool
	// TrustedProxies are the front servers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Parts are what other rooms show of a meeting on its page, as links: its agenda, its
	// minutes, its votes.
	Parts []func(ctx context.Context, a policy.Actor, x cop.Meeting, c cop.COP) ([]ui.Link, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"meeting": d.meeting, "meeting-ics": d.ics, "meeting-list": d.list, "participation": d.participation,
		"seat-new": d.newSeat, "seat-add": d.addSeat, "seat": d.seat, "seat-cancel": d.cancelSeat,
		"meeting-new": d.newMeeting, "meeting-plan": d.plan, "meeting-desk": d.desk, "meeting-desk-save": d.saveDesk,
		"presence": d.presences, "presence-save": d.savePresences, "presence-csv": d.csv, "presence-sheet": d.sheet,
		"door-screen": d.screen, "door-new": d.newDoor, "door": d.door, "door-enter": d.enter, "door-type": d.typeDoor, "door-typed": d.typedDoor,
	}
}

const nb = french.NoBreak

// perHour is how many forms of these pages one machine sends in an hour: a whole room
// behind one address, not a robot.
const perHour = 600

// counted refuses a machine that sends too much.
func (d Deps) counted(r *http.Request, door string, most int64) error {
	over, err := d.Room.Accounts.Tried(r.Context(), "meeting-"+door+"|"+shell.Machine(r, d.TrustedProxies), most)
	if err == nil && over {
		err = apperr.New(apperr.TooMany, nil, "Trop d’envois depuis votre réseau en une heure. Rien n’est enregistré\u00a0: réessayez plus tard, ou adressez-vous à l’accueil.")
	}
	return err
}

// found is the meeting of an address, and what whoever asks may do there.
type found struct {
	x    cop.Meeting
	c    cop.COP
	e    meeting.Entry
	a    policy.Actor
	mine bool // they organise it
}

func (d Deps) find(r *http.Request) (found, error) {
	q := r.URL.Query()
	if token := q.Get("inscription"); token != "" { // from the mails of who registered
		if s, err := d.Room.OpenSeat(r.Context(), d.Q, r.PathValue("id"), token); err == nil {
			return d.of(r, s.Meeting)
		}
	}
	return d.asked(r, q.Get("invitation"))
}

// of is the meeting of an id, for whoever holds an address that opens it.
func (d Deps) of(r *http.Request, id string) (f found, err error) {
	f.a = shell.Actor(r)
	if f.x, f.c, err = cop.MeetingOf(r.Context(), d.Q, id); err != nil {
		return f, err
	}
	f.mine = policy.Can(f.a, policy.Edit, f.x.Thing(f.c))
	f.e, err = meeting.EntryOf(r.Context(), d.Q, f.x)
	return f, err
}

// asked is find, for whoever was invited too: an internal meeting is not hidden from
// those who are asked to come.
func (d Deps) asked(r *http.Request, invitation string) (found, error) {
	f, err := d.of(r, r.PathValue("id"))
	if err == nil && d.Room.OpenInvite(f.x, invitation) == "" {
		err = policy.Check(f.a, policy.Read, f.x.Thing(f.c))
	}
	return f, err
}

// organised is find, for those who organise the meeting.
func (d Deps) organised(r *http.Request) (found, error) {
	f, err := d.find(r)
	if err == nil {
		err = policy.Check(f.a, policy.Edit, f.x.Thing(f.c))
	}
	return f, err
}

// today is the day it is where the COP is.
func (d Deps) today(c cop.COP) string { return c.DayAt(d.Now()) }

// trail leads to a meeting.
func (f found) trail(more ...ui.Link) []ui.Link {
	out := []ui.Link{{Label: "Les COP régionales", Href: "/regions"}, {Label: f.c.Name, Href: f.c.Path()}}
	if len(more) == 0 {
		return append(out, ui.Link{Label: f.x.Title})
	}
	return append(append(out, ui.Link{Label: f.x.Title, Href: f.x.Path()}), more...)
}

// tabs are the pages of those who organise.
func (f found) tabs(here string) []ui.Link {
	if !f.mine {
		return nil
	}
	var out []ui.Link
	for _, x := range []struct{ label, path string }{{"La réunion", ""}, {"Organiser", "/organiser"}, {"Présences", "/presences"}, {"Code à l’entrée", "/entree"}, {"Émargement", "/emargement"}, {"Ordre du jour, votes, décisions", wording.MeetingAgenda}} {
		out = append(out, ui.Link{Label: x.label, Href: f.x.Path() + x.path, Current: x.path == here})
	}
	return out
}

// private draws a page that nobody indexes.
func (d Deps) private(w http.ResponseWriter, r *http.Request, status int, title string, body templ.Component, trail ...ui.Link) error {
	page := d.Shell.Page(r, title, "", trail...)
	page.Styles = append(page.Styles, static.URL("debate.css"))
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, body)
}

// scope is the line under the title of each page of a meeting.
func (f found) scope() []string {
	out := []string{f.x.Kind.Name(), meeting.When(f.x)}
	if f.x.Part != policy.Public {
		out = append(out, "interne à la COP")
	}
	return out
}
