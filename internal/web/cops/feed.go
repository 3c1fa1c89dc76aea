package cops

import (
	"net/http"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// feedView shows the address of a private calendar, the only time it is shown.
type feedView struct {
	workView
	Address string
}

// changeFeed opens the private calendar of the reader, whose address is shown in
// the answer and nowhere else, or closes it.
func (d Deps) changeFeed(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, where, err := d.find(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	switch r.PostForm.Get("do") {
	case "end":
		if err := d.Room.EndFeed(r.Context(), a, c.ID); err != nil {
			return err
		}
		return d.back(w, r, c)
	case "new":
	default:
		return apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	secret, err := d.Room.NewFeed(r.Context(), a, c.ID)
	if err != nil {
		return err
	}
	v := feedView{Address: d.Shell.Absolute("/calendriers/" + secret + ".ics")}
	if d.Shell.BaseURL == "" {
		v.Address = "http://" + r.Host + v.Address
	}
	v.workView = workView{Heading: ui.Heading{Overline: "Calendrier privé", Title: where + nb + ": l’adresse de votre calendrier", Scope: []string{"montrée cette fois seulement"}}, Tabs: tabs(r, c, "/bureau/calendrier")}
	return d.private(w, r, http.StatusOK, v.Heading, feedPage(v), trail(c, where, ui.Link{Label: "Bureau", Href: c.Path() + "/bureau"}, ui.Link{Label: "Calendrier"})...)
}

// feed is the private calendar that a secret opens, with the rights that its
// owner has today.
func (d Deps) feed(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "private, no-store")
	person, id, err := cop.FeedOf(r.Context(), d.Q, strings.TrimSuffix(r.PathValue("secret"), ".ics"))
	if err != nil {
		return err
	}
	a, err := d.ActorOf(r.Context(), person)
	if err != nil {
		return err
	}
	return d.sendCalendar(w, r, a, id)
}
