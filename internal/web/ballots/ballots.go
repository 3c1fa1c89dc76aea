// Package ballots serves the votes taken live: the screen of the room, the phones,
// the facilitator.
package ballots

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/ballot"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/static"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const nb = "\u00a0"

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *ballot.Room
	// Secure says that cookies travel on https alone.
	Secure bool
	// Trusted are the front servers whose X-Forwarded-For is believed.
	Trusted []netip.Prefix

	counted *ballot.Counted
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	d.counted = &ballot.Counted{}
	return map[string]shell.Handler{
		"vote-code": d.askCode, "vote": d.phone, "vote-send": d.send, "vote-screen": d.screen,
		"ballots": d.list, "ballot-add": d.add, "ballot": d.one, "ballot-change": d.change, "ballot-live": d.live,
		"ballot-slips": d.slips, "ballot-slips-make": d.makeSlips,
	}
}

// place is a meeting with who reads it.
type place struct {
	meeting cop.Meeting
	cop     cop.COP
	may     bool // the reader runs its votes
}

func (x place) base() string { return wording.MeetingPath(x.meeting) + wording.MeetingVotes }

func (d Deps) meeting(r *http.Request) (x place, err error) {
	if x.meeting, x.cop, err = cop.FindMeeting(r.Context(), d.Q, shell.Actor(r), r.PathValue("id")); err != nil {
		return x, err
	}
	x.may = policy.Can(shell.Actor(r), policy.Edit, x.meeting.Thing(x.cop))
	return x, nil
}

// led is a meeting, for who runs its votes.
func (d Deps) led(r *http.Request) (x place, err error) {
	if x, err = d.meeting(r); err != nil {
		return x, err
	}
	return x, policy.Check(shell.Actor(r), policy.Edit, x.meeting.Thing(x.cop))
}

// ledVote is a ballot of a meeting, for who runs it.
func (d Deps) ledVote(r *http.Request) (x place, b ballot.Ballot, err error) {
	if x, err = d.led(r); err != nil {
		return x, b, err
	}
	b, at, _, err := ballot.Find(r.Context(), d.Q, shell.Actor(r), r.PathValue("vote"))
	if err == nil && at.ID != x.meeting.ID {
		err = apperr.NotFoundf("Ce vote n’est pas de cette réunion.")
	}
	return x, b, err
}

// sheet is the look of the screen and of the phones.
func sheet(p ui.Page) ui.Page {
	p.Styles = append(p.Styles, static.URL("debate.css"), static.URL("ballot.css"))
	return p
}

// page is a page of those who run votes.
func (d Deps) page(w http.ResponseWriter, r *http.Request, status int, x place, h ui.Heading, body templ.Component, live bool, last ...ui.Link) error {
	p := sheet(d.Shell.Page(r, h.Title, h.Title+".", wording.MeetingTrail(x.meeting, x.cop, last...)...))
	p.NoIndex, p.Canonical, p.Live = true, "", live
	return d.Shell.RenderStatus(w, r, status, p, body)
}

// unchanged answers 304 to who has already what a tag names, and sets what lets a
// browser ask again for nothing.
func (d Deps) unchanged(w http.ResponseWriter, r *http.Request, parts ...any) bool {
	h := fnv.New64a()
	for _, p := range append(parts, d.Shell.Version, r.URL.Path, r.URL.RawQuery) {
		_, _ = fmt.Fprint(h, p, "\x00") // a hash never fails
	}
	tag := `W/"` + strconv.FormatUint(h.Sum64(), 36) + `"`
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("ETag", tag)
	if !strings.Contains(r.Header.Get("If-None-Match"), tag) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// fragment sends a part of a page alone.
func fragment(w http.ResponseWriter, r *http.Request, c templ.Component) error {
	var b bytes.Buffer
	if err := c.Render(r.Context(), &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // whoever left does not need to hear that they left
	return nil
}

// found is the ballot of a code that somebody typed. Codes that do not exist are
// counted: nobody finds one by trying.
func (d Deps) found(r *http.Request) (ballot.Ballot, error) {
	device, machine := "", shell.Machine(r, d.Trusted)
	if c, err := r.Cookie(deviceCookie); err == nil {
		device = d.Room.Device(c.Value)
	}
	b, err := ballot.ByCode(r.Context(), d.Q, ballot.Typed(r.PathValue("code")))
	if err != nil && apperr.KindOf(err) != apperr.NotFound {
		return b, err
	}
	if !shell.Of(r).SignedIn() {
		if over := d.Room.Blocked(r.Context(), machine, device, b); over != nil {
			return ballot.Ballot{}, over
		}
	}
	if err != nil {
		if over := d.Room.Guessed(r.Context(), machine); over != nil {
			return b, over
		}
	}
	return b, err
}
