package follows

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/consultation"
	"jalon/internal/debate/follow"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// embeds are what another site may show, by their words in addresses.
var embeds = []struct{ word, title, empty string }{
	{"debat", "Le débat", "Le débat n’a pas encore commencé."},
	{"contributions", "Les dernières contributions", "Aucune contribution n’est encore publiée."},
	{"reunions", "Les réunions à venir", "Aucune réunion publique n’est prévue."},
	{"lettre", "La lettre", "Aucune lettre n’est encore partie."},
}

type embedView struct {
	Lang, Title, Site string
	Lines             []letterLine
	Empty             string
	More              ui.Link
	Demo              bool
	Style             string
}

// embedded is how many lines a frame holds: it is compact.
const embedded = 8

// frameHeader lets any site frame a page that acts on nothing: no script, no form, no
// cookie.
const frameHeader = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"

func (d Deps) embed(w http.ResponseWriter, r *http.Request) error {
	i := slices.IndexFunc(embeds, func(x struct{ word, title, empty string }) bool { return x.word == r.PathValue("quoi") })
	if i < 0 {
		return apperr.NotFoundf("Cet encadré n’existe pas.")
	}
	c, _, err := d.region(r)
	if err != nil {
		return err
	}
	v := embedView{Title: embeds[i].title + nb + "– " + c.SenderName(), Site: d.Shell.Site(r), Empty: embeds[i].empty, Demo: d.Shell.Demo, Style: d.Shell.Asset("app.css")}
	switch embeds[i].word {
	case "contributions":
		v.More = ui.Link{Label: "Lire les contributions, et contribuer", Href: c.Path() + "/contributions"}
		v.Lines, err = latest(r.Context(), d.Q, c, embedded)
	case "reunions":
		v.More = ui.Link{Label: "La page de la COP", Href: c.Path()}
		v.Lines, err = d.coming(r.Context(), c, embedded)
	case "lettre":
		v.More = ui.Link{Label: "Recevoir la lettre", Href: c.Path() + "/lettre"}
		var list []follow.Letter
		if list, err = follow.Letters(r.Context(), d.Q, c, false); err == nil {
			v.Lines = letterLines(c, list[:min(len(list), embedded)], c.Path()+"/lettre")
			for i := range v.Lines {
				v.Lines[i].Note = ""
			}
		}
	default:
		v.More = ui.Link{Label: "Entrer dans le débat", Href: c.Path() + "/debat"}
		v.Lines, err = d.debate(r.Context(), c)
	}
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := v.page().Render(r.Context(), &b); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", frameHeader)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes()) // whoever left does not need to hear it
	return nil
}

// latest are the last contributions that were published.
func latest(ctx context.Context, q db.Q, c cop.COP, most int) ([]letterLine, error) {
	rows, err := q.Query(ctx, `SELECT `+debate.PostColumns+` FROM debate_post p WHERE p.cop_id = $1 AND p.kind = 'contribution' AND p.state = 'published' ORDER BY p.published_at DESC, p.id DESC LIMIT $2`, c.ID, int64(most))
	return db.Collect(rows, err, func(r *db.Rows) (letterLine, error) {
		p, err := debate.ScanPost(r)
		return letterLine{Title: p.Title, When: french.Date(p.PublishedAt.In(c.Location())), Href: c.Path() + "/contributions/" + p.ID, Note: p.Signed}, err
	})
}

// coming are the next public meetings, the next first.
func (d Deps) coming(ctx context.Context, c cop.COP, most int) (out []letterLine, err error) {
	list, err := d.Room.COPs.Meetings(ctx, d.Q, policy.Actor{}, c, "", 200)
	for _, x := range slices.Backward(list.Rows) {
		if x.Day >= c.DayAt(d.Now()) && x.State == cop.Planned && len(out) < most {
			out = append(out, letterLine{Title: x.Title, When: french.Day(x.Day), Href: "/reunions/" + x.ID, Note: x.Place})
		}
	}
	return out, err
}

// debate is what goes on: texts in consultation, the next meeting, the last
// contributions.
func (d Deps) debate(ctx context.Context, c cop.COP) (out []letterLine, err error) {
	open, err := consultation.All(ctx, d.Q, c, false)
	if err != nil {
		return nil, err
	}
	for _, x := range open {
		if x.Phase(c.DayAt(d.Now())) == consultation.Open {
			out = append(out, letterLine{Title: x.Title, When: "en consultation jusqu’au " + french.Day(x.ClosesOn), Href: x.Path(c)})
		}
	}
	next, err := d.coming(ctx, c, 2)
	if err != nil {
		return nil, err
	}
	last, err := latest(ctx, d.Q, c, 3)
	return append(append(out, next...), last...), err
}

type codesView struct {
	Heading ui.Heading
	Fields  []ui.Field
	Links   []ui.Link
}

// codes gives what to copy into the pages of a region's site.
func (d Deps) codes(w http.ResponseWriter, r *http.Request) error {
	c, g, err := d.region(r)
	if err != nil {
		return err
	}
	v := codesView{Heading: ui.Heading{Overline: g.Name, Title: "Montrer le débat sur un autre site",
		Lead: "Copiez un de ces codes dans une page de votre site\u00a0: l’encadré se met à jour de lui-même, toutes les cinq minutes au plus. Il ne dépose aucun cookie et ne suit personne."}}
	for _, x := range embeds {
		path := "/integrer/regions/" + g.Slug + "/" + x.word
		v.Fields = append(v.Fields, ui.Field{ID: "code-" + x.word, Label: x.title, Type: "textarea", Rows: 3, Required: true, Attributes: map[string]any{"readonly": true, "required": false},
			Value: `<iframe src="` + d.Shell.Site(r) + path + `" title="` + x.title + nb + `– ` + c.SenderName() + `" width="100%" height="480" loading="lazy"></iframe>`})
		v.Links = append(v.Links, ui.Link{Label: "Voir l’encadré\u00a0: " + wording.Lower(x.title), Href: path})
	}
	page := d.Shell.Page(r, v.Heading.Title, v.Heading.Lead, wording.RegionTrail(g, ui.Link{Label: "Intégrer"})...)
	return d.Shell.Render(w, r, page, v.page())
}
