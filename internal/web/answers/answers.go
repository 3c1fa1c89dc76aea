// Package answers serves the pages where an authority answers a questionnaire:
// coming in by a link or a code, the parts of a response, who writes them, reading
// it over, validating it, its frozen versions.
package answers

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell   *shell.Shell
	Model   func(ctx context.Context) (*panorama.Model, error)
	Q       db.Q
	Room    *survey.Room
	Secure  bool // cookies only over https
	Trusted []netip.Prefix
	// PDF prints a document; nil when no browser is there to do it.
	PDF func(ctx context.Context, d document.Document) ([]byte, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"answer-home": d.home, "answer-code": d.code, "answer-leave": d.leave, "answer-link": d.link, "answer-sit": d.sit,
		"answer": d.at(d.contents), "answer-act": d.at(d.act), "answer-section": d.at(d.section), "answer-section-save": d.at(d.sectionSave),
		"answer-cells": d.cells, "answer-team": d.at(d.team), "answer-team-save": d.at(d.teamSave),
		"answer-review": d.at(d.review), "answer-validate": d.at(d.validate), "answer-validated": d.at(d.validated),
		"answer-version": d.at(d.version), "answer-receipt": d.at(d.receipt), "answer-file": d.at(d.file),
	}
}

// cookieName holds the seats that a browser has taken.
const cookieName = "jalon_sieges"

const cookieLife = 180 * 24 * time.Hour

func cookieOf(r *http.Request) string {
	if c, err := r.Cookie(cookieName); err == nil {
		return c.Value
	}
	return ""
}

// take adds a seat to those of the browser, in front.
func (d Deps) take(w http.ResponseWriter, r *http.Request, seat string) {
	ids := []string{seat}
	for _, id := range d.Room.CookieSeats(cookieOf(r)) {
		if id != seat {
			ids = append(ids, id)
		}
	}
	d.setCookie(w, d.Room.Cookie(ids), int(cookieLife/time.Second))
}

func (d Deps) setCookie(w http.ResponseWriter, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode})
}

// table is a response being answered, for whoever sits at it.
type table struct {
	survey.Desk
	Seats []survey.Seat
	FW    *framework.Framework
	zone  *time.Location
	names map[string]string
	path  string // /reponses/{id}
}

// at reads the response of an address for whoever sits at its table.
func (d Deps) at(h func(http.ResponseWriter, *http.Request, table) error) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		t, err := d.open(r)
		if err != nil {
			return err
		}
		return h(w, r, t)
	}
}

func (d Deps) open(r *http.Request) (t table, err error) {
	ctx := r.Context()
	t.path = "/reponses/" + r.PathValue("id")
	s, err := d.seat(r)
	if err != nil {
		return t, err
	}
	if t.Desk, err = d.Room.Open(ctx, d.Q, s, r.PathValue("id")); err != nil {
		return t, err
	}
	if t.Seats, err = survey.Seats(ctx, d.Q, t.Response.ID); err != nil {
		return t, err
	}
	m, err := d.Model(ctx)
	if err != nil {
		return t, err
	}
	t.FW = m.Framework()
	t.zone = d.zoneOf(ctx, t.Response.COP)
	t.names = map[string]string{}
	for _, x := range t.Seats {
		t.names[x.ID] = x.Known()
	}
	return t, d.nameAccounts(ctx, &t)
}

// seat finds the seat of whoever sends a request.
func (d Deps) seat(r *http.Request) (survey.Seat, error) {
	x, err := survey.FindResponse(r.Context(), d.Q, r.PathValue("id"))
	if err != nil {
		return survey.Seat{}, err
	}
	who := shell.Of(r)
	return d.Room.SeatAt(r.Context(), d.Q, cookieOf(r), who.Actor, who.Name, x)
}

// zoneOf is where the clock of a COP's pages stands.
func (d Deps) zoneOf(ctx context.Context, id string) *time.Location {
	c, err := cop.Find(ctx, d.Q, id)
	if err == nil {
		if zone, err := time.LoadLocation(c.Zone); err == nil {
			return zone
		}
	}
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return time.UTC
	}
	return zone
}

// nameAccounts names those who wrote by their account's own roles.
func (d Deps) nameAccounts(ctx context.Context, t *table) error {
	for _, x := range t.Drafts {
		id, ok := strings.CutPrefix(x.By, "account:")
		if !ok || t.names[x.By] != "" {
			continue
		}
		a, err := account.Find(ctx, d.Q, id)
		switch {
		case err == nil && a.Name != "":
			t.names[x.By] = a.Name
		case err == nil || apperr.KindOf(err) == apperr.NotFound:
			t.names[x.By] = "un compte de la collectivité"
		default:
			return err
		}
	}
	return nil
}

// who names the author of an answer.
func (t table) who(by string) string {
	switch {
	case by == t.Seat.ID:
		return "vous"
	case by == "":
		return "Jalon"
	case t.names[by] != "":
		return t.names[by]
	}
	return "l’équipe de la COP"
}

// clock writes an instant as people of the region read it: «14:32» today, with the
// day before.
func (d Deps) clock(t table, at time.Time) string {
	at, now := at.In(t.zone), d.now().In(t.zone)
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return french.Date(at) + " à " + at.Format("15:04")
}

func (d Deps) now() time.Time { return d.Room.Now() }

// writable reports whether cells may be written, and says why not.
func (t table) writable() (bool, ui.Alert) {
	closed := ui.Alert{State: "info"}
	switch {
	case t.Response.State == survey.Done:
		closed.Title, closed.Text = "Réponse validée", "Elle ne change plus. Pour la corriger, ouvrez une correction depuis le sommaire\u00a0: elle fera une nouvelle version."
	case t.Response.State == survey.Submitted:
		closed.Title, closed.Text = "Réponse envoyée pour validation", "Elle ne change plus tant qu’elle n’est pas validée ou renvoyée. Vous pouvez reprendre la main depuis le sommaire."
	case t.Response.State == survey.Refused:
		closed.Title, closed.Text = "Votre collectivité a dit qu’elle ne répondrait pas", "Vous pouvez reprendre la réponse depuis le sommaire\u00a0: ce qui était écrit est gardé."
	case t.Campaign.State == survey.CampaignDraft:
		closed.Title, closed.Text = "La campagne n’est pas encore ouverte", "Vous pourrez répondre le jour de l’ouverture."
	case !t.Campaign.State.Takes():
		closed.Title, closed.Text = "La campagne est close", "Ce qui a été écrit est gardé et reste lisible. Écrivez à l’équipe de la COP pour demander une réouverture."
	default:
		return true, ui.Alert{}
	}
	return false, closed
}

// frame is the frame of a page of a response.
func (d Deps) frame(r *http.Request, t table, title string, trail ...ui.Link) ui.Page {
	steps := []ui.Link{{Label: "Questionnaire", Href: "/questionnaire"}, {Label: t.Response.Name, Href: t.path}}
	p := d.Shell.Page(r, title+", "+t.Response.Name, "", append(steps, trail...)...)
	p.NoIndex, p.Canonical = true, ""
	return p
}

func readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return apperr.New(apperr.TooLarge, err, "Votre envoi dépasse 1\u00a0Mo. Rien n’a été enregistré, et votre navigateur garde ce que vous avez écrit\u00a0: revenez en arrière, puis raccourcissez le texte.")
		}
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	return nil
}

// beside puts the message of an error beside its field, the first one when it is
// about the whole.
func beside(fields []ui.Field, err error) []ui.Field {
	if err == nil || len(fields) == 0 {
		return fields
	}
	at := 0
	var f *survey.Fault
	if errors.As(err, &f) {
		for i := range fields {
			if fields[i].ID == f.Field || fields[i].Name == f.Field {
				at = i
			}
		}
	}
	fields[at].Error = apperr.Message(err)
	return fields
}

// statusOf is the status of a page that comes back, 200 without error.
func statusOf(err error) int {
	if err == nil {
		return http.StatusOK
	}
	return apperr.Status(err)
}
