package compositions

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/exchange"
	"jalon/internal/policy"
	"jalon/internal/web/paper"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// paperView is a document within the frame of the site.
type paperView struct {
	Tabs    ui.Pages
	Notices []ui.Alert
	Doc     document.Document
	Links   []ui.Link
	Facts   [][2]string
	Files   ui.Table
	Digest  string
	Back    []ui.Link
}

var fileTypes = map[string]string{"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "odt": "application/vnd.oasis.opendocument.text", "pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"json": "application/json; charset=utf-8", "html": "text/html; charset=utf-8"}

// drafted is the document of a draft that has begun.
func (d Deps) drafted(r *http.Request) (x place, doc document.Document, err error) {
	x, t, made, err := d.made(r)
	if err == nil && !t.begun {
		err = apperr.NotFoundf("Ce document n’est pas encore commencé. Commencez-le depuis le bureau de la région.")
	}
	return x, made.Document, err
}

// made is the draft of an address and what it makes; nothing of one that nobody began.
func (d Deps) made(r *http.Request) (x place, t draft, made composition.Draft, err error) {
	if x, err = d.working(r); err != nil {
		return x, t, made, err
	}
	if t, err = d.draft(r.Context(), x); err != nil || !t.begun {
		return x, t, made, err
	}
	made, err = d.compose(r, x, t)
	return x, t, made, err
}

// preview is the draft as a page.
func (d Deps) preview(w http.ResponseWriter, r *http.Request) error {
	x, doc, err := d.drafted(r)
	if err != nil {
		return err
	}
	v := paperView{Tabs: x.tabs(shell.Actor(r), tabPreview), Doc: doc, Links: d.draftFiles(r, x)}
	if len(doc.Parts) == 0 {
		v.Notices = []ui.Alert{{State: "info", Title: "Le document est encore vide", Text: "Ajoutez des blocs ou écrivez un texte\u00a0: ils paraîtront ici.", Links: []ui.Link{{Label: "Composer " + x.words().The, Href: x.base()}}}}
	}
	page := d.Shell.Page(r, doc.Title, doc.Title+", projet.", trail(x, x.here(x.base()), ui.Link{Label: "Aperçu"})...)
	page.NoIndex, page.Canonical = true, ""
	page.Styles = append(page.Styles, paper.Stylesheet())
	return d.Shell.Render(w, r, page, paperPage(v))
}

// draftFiles are what may be taken away of a draft.
func (d Deps) draftFiles(r *http.Request, x place) []ui.Link {
	if !policy.Can(shell.Actor(r), policy.Export, x.thing()) {
		return nil
	}
	var out []ui.Link
	for _, f := range [][2]string{{"odt", "Texte (ODT)"}, {"pdf", "PDF"}, {"pptx", "Diaporama (PPTX)"}, {"xlsx", "Tableaux (XLSX)"}} {
		if (f[0] != "pdf" || d.PDF != nil) && (f[0] != "xlsx" || d.Kind == composition.Roadmap) {
			out = append(out, ui.Link{Label: f[1], Href: x.base() + "/fichiers/" + x.draftName() + "." + f[0]})
		}
	}
	return out
}

// draftFile is the draft in the format that its name asks: made whole, then sent.
func (d Deps) draftFile(w http.ResponseWriter, r *http.Request) error {
	x, err := d.working(r)
	if err != nil {
		return err
	}
	if !policy.Can(shell.Actor(r), policy.Export, x.thing()) {
		return apperr.New(apperr.Forbidden, nil, "Votre rôle permet de lire ce projet, pas d’en emporter les fichiers. Demandez-les à l’équipe de la COP.")
	}
	base, ext, _ := strings.Cut(r.PathValue("fichier"), ".")
	if base != x.draftName() || !slices.Contains([]string{"odt", "pdf", "pptx", "xlsx"}, ext) || ext == "xlsx" && d.Kind != composition.Roadmap {
		return apperr.NotFoundf("Ce fichier n’existe pas. La page de l’aperçu donne ceux que l’on peut emporter.")
	}
	_, doc, err := d.drafted(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	switch {
	case ext == "pptx":
		err = document.WritePPTX(&b, doc)
	case ext == "xlsx":
		var book []byte
		book, err = exchange.RoadmapBook(doc)
		b.Write(book)
	case ext == "odt":
		err = document.WriteODT(&b, doc)
	case d.PDF == nil:
		err = apperr.New(apperr.Unavailable, nil, "Le PDF demande un navigateur que cette installation n’a pas. Prenez le texte (ODT), ou imprimez l’aperçu.")
	default:
		var text []byte
		text, err = d.PDF(r.Context(), doc)
		b.Write(text)
	}
	if err != nil {
		return err
	}
	d.head(w.Header(), base+"-"+doc.Day+"."+ext, ext, sha256.Sum256(b.Bytes()))
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	_, err = w.Write(b.Bytes())
	return err
}

// head names a file that is sent, with its digest.
func (d Deps) head(h http.Header, name, ext string, sum [sha256.Size]byte) {
	if d.Shell.Demo {
		name = shell.DemoName(name)
	}
	h.Set("Content-Type", fileTypes[ext])
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
}
