package ballots

import (
	"net/http"
	"strings"

	"jalon/internal/debate/ballot"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// screenView is what the room looks at.
type screenView struct {
	Ballot  ballot.Ballot
	Voices  string
	Word    string
	QR      ui.QR
	Address string
	Result  *resultView
	Live    string
}

// screen is made to be projected: the question, the code, how many voices came, and
// the results once the facilitator shows them. It asks for its middle again every
// three seconds, and reads one row to answer that nothing moved.
func (d Deps) screen(w http.ResponseWriter, r *http.Request) error {
	b, err := d.found(r)
	if err != nil {
		return err
	}
	if r.PathValue("code") != b.Code {
		return shell.SeeOther(w, r, "/ecran/"+b.Code)
	}
	if d.unchanged(w, r, b.ID, b.Rev, b.Tick) {
		return nil
	}
	site := d.Shell.Site(r)
	v := screenView{Ballot: b, Voices: french.Integer(b.Voices), Word: french.Plural(b.Voices, "voix reçue", "voix reçues"), Address: strings.TrimPrefix(strings.TrimPrefix(site, "https://"), "http://") + "/vote",
		QR: ui.QR{Address: site + "/vote/" + b.Code, Code: b.Code, Title: "Code à lire avec un téléphone pour voter"}, Live: "/ecran/" + b.Code + "?partie=1"}
	if b.Shown {
		res, err := d.counted.Of(r.Context(), d.Q, b)
		if err != nil {
			return err
		}
		v.Result = resultOf(b, res, false)
	}
	if r.URL.Query().Get("partie") == "1" {
		return fragment(w, r, screenMiddle(v))
	}
	p := sheet(d.Shell.Page(r, b.Question, "Écran du vote."))
	if b.State == ballot.Draft {
		p.Title = "Le vote va s’ouvrir" // the question is not put yet
	}
	p.Bare, p.NoIndex, p.Live, p.Refresh, p.Canonical = true, true, true, 4, ""
	return d.Shell.Render(w, r, p, screenPage(v))
}
