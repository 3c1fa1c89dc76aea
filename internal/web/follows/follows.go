// Package follows serves addresses: confirming one, what it left and receives, the
// letter of a region, what other sites embed.
package follows

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/follow"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *follow.Room
	// Secure says whether the site is served over https.
	Secure bool
	// TrustedProxies are the front servers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"voice-confirm": d.confirmable, "voice-confirmed": d.confirm, "voice": d.voice, "voice-save": d.saveVoice, "voice-withdraw": d.withdraw, "voice-data": d.voiceData,
		"voice-erase": d.eraseAsk, "voice-erased": d.erase, "voice-stop": d.stopPage, "voice-stopped": d.stop, "voices": d.mine,
	}
}

const nb = french.NoBreak

// perHour is how many forms of these pages one machine sends in an hour: a whole
// office behind one address, not a robot.
const perHour = 300

// counted refuses a machine that sends too much.
func (d Deps) counted(r *http.Request, door string) error {
	over, err := d.Room.Accounts.Tried(r.Context(), "debate-"+door+"|"+shell.Machine(r, d.TrustedProxies), perHour)
	if err == nil && over {
		err = apperr.New(apperr.TooMany, nil, "Trop d’envois depuis votre réseau en une heure. Rien n’a changé\u00a0: réessayez plus tard.")
	}
	return err
}

// own draws a page that belongs to whoever holds its address: nobody indexes it, and
// no site is told of it.
func (d Deps) own(w http.ResponseWriter, r *http.Request, status int, title string, c cop.COP, body templ.Component) error {
	page := d.Shell.Page(r, title, "", ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: c.Name, Href: c.Path()}, ui.Link{Label: title})
	page.NoIndex, page.Canonical, page.PrintNote = true, "", "" // its address opens it: not on paper
	w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	return d.Shell.RenderStatus(w, r, status, page, body)
}
