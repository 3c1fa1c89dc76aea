package compositions

import (
	"errors"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/web/paper"
	"jalon/internal/web/ui"
)

// posterOf is a published edition of a roadmap on one large sheet.
func (d Deps) posterOf(r *http.Request) (f frozen, out document.Document, err error) {
	if f, err = d.read(r); err != nil {
		return f, out, err
	}
	kept, err := d.Shelf.Of(r.Context(), d.Q, f.pub, f.base)
	if err != nil {
		return f, out, err
	}
	out = kept.Poster()
	if f.Retired() {
		out.Mark = "Édition retirée le " + french.Day(f.EndedOn)
	}
	return f, out, nil
}

// poster is that sheet as a page: it prints on A3.
func (d Deps) poster(w http.ResponseWriter, r *http.Request) error {
	f, doc, err := d.posterOf(r)
	if err != nil {
		return err
	}
	v := paperView{Doc: doc, Digest: f.SHA256, Back: []ui.Link{{Label: "Lire l’édition entière", Href: f.base}}}
	if d.PDF != nil {
		v.Back = append(v.Back, ui.Link{Label: "Cette affiche, pour l’imprimeur (PDF, A3)", Href: f.base + "/affiche.pdf"})
	}
	page := d.Shell.Page(r, v.Doc.Title+", en affiche", v.Doc.Title+", édition n°"+nb+french.Integer(f.Seq)+", sur une feuille A3.", f.trail(ui.Link{Label: "Édition n°" + nb + french.Integer(f.Seq), Href: f.base}, ui.Link{Label: "Affiche"})...)
	page.Styles = append(page.Styles, paper.Stylesheet())
	return d.Shell.Render(w, r, page, paperPage(v))
}

// posterFile is that sheet as a printer takes it.
func (d Deps) posterFile(w http.ResponseWriter, r *http.Request) error {
	f, doc, err := d.posterOf(r)
	if err != nil {
		return err
	}
	if d.PDF == nil {
		return apperr.New(apperr.Unavailable, errors.New("no browser"), "Le PDF demande un navigateur que cette installation n’a pas. Imprimez la page de l’affiche sur une feuille A3.")
	}
	body, err := d.PDF(r.Context(), doc)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="affiche-`+f.Slug+"-edition-"+strconv.FormatInt(f.Seq, 10)+`.pdf"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, err = w.Write(body)
	return err
}
