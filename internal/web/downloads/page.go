package downloads

import (
	"net/http"
	"os"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Store *Store
}

// Handlers are those of this folder, by the names of the list of routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"data": d.page, "data-file": d.file}
}

// view is what the page shows.
type view struct {
	Version string
	Bundle  ui.Link
	Digest  ui.Link
	Sets    ui.Table
	Book    []set
	Recent  ui.Table
	Debates []ui.Link // the regions, whose debates are open data too
}

// set is one data set of the codebook.
type set struct {
	ID, Title, Note, Source string
	Columns                 ui.Table
}

func (d Deps) page(w http.ResponseWriter, r *http.Request) error {
	sets, m, err := d.Store.Catalogue(r.Context())
	if err != nil {
		return err
	}
	recent, err := d.Store.Recent(r.Context(), 20)
	if err != nil {
		return err
	}
	bundle := exchange.BundleName(m.Version())
	v := view{
		Version: m.Version(),
		Bundle:  ui.Link{Label: "Télécharger le lot (ZIP)", Href: "/donnees/" + bundle},
		Digest:  ui.Link{Label: "Empreinte SHA-256", Href: "/donnees/" + bundle + ".sha256", Note: "du lot"},
		Sets:    setsTable(append(sets, exchange.Codebook(sets))),
		Recent:  recentTable(recent),
	}
	for _, g := range m.Tree().Regions() {
		v.Debates = append(v.Debates, ui.Link{Label: g.Name, Href: "/regions/" + g.Slug})
	}
	for _, s := range sets {
		v.Book = append(v.Book, set{ID: "colonnes-" + s.Name, Title: s.Title, Note: s.Note, Source: s.Source, Columns: columnsTable(s)})
	}
	w.Header().Set("Cache-Control", "no-cache") // the list of files moves without the data
	title := "Données ouvertes\u00a0: tout ce que montre Jalon, et de quoi le recalculer"
	page := d.Shell.Page(r, title, "Panoramas, objectifs, leviers, clés et territoires en CSV, XLSX et JSON, avec leur dictionnaire et un lot qui se recalcule.",
		ui.Link{Label: "Accueil", Href: "/"}, ui.Link{Label: "Données", Href: "/donnees"})
	return d.Shell.Render(w, r, page, dataPage(title, v))
}

func setsTable(sets []exchange.Dataset) ui.Table {
	t := ui.Table{ID: "jeux", Caption: "Jeux de données et leurs formats", CaptionHidden: true,
		Columns: []ui.Column{{Label: "Jeu", Wide: true}, {Label: "CSV"}, {Label: "XLSX"}, {Label: "JSON"}}}
	for _, s := range sets {
		file := "/donnees/" + s.Name
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: s.Title, Sub: s.Note},
			{Text: "CSV", Href: file + ".csv"},
			{Text: "XLSX", Href: file + ".xlsx"},
			{Text: "JSON", Href: file + ".json"},
		}})
	}
	return t
}

func columnsTable(s exchange.Dataset) ui.Table {
	t := ui.Table{ID: "c-" + s.Name, Caption: "Colonnes du jeu " + s.Name, CaptionHidden: true,
		Columns: []ui.Column{{Label: "Colonne"}, {Label: "Contenu", Wide: true}, {Label: "Type"}, {Label: "Unité"}, {Label: "Cellule vide"}}}
	for _, f := range s.Fields {
		kind := "texte"
		if f.Number {
			kind = "nombre"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: f.Name}, {Text: f.Label}, {Text: kind}, {Text: f.Unit}, {Text: f.Missing}}})
	}
	return t
}

func recentTable(all []Export) ui.Table {
	t := ui.Table{ID: "exports", Caption: "Derniers fichiers produits", CaptionHidden: true,
		Columns: []ui.Column{{Label: "Fichier"}, {Label: "Produit le"}, {Label: "Lignes", Number: true}, {Label: "Version des données"}, {Label: "SHA-256", Wide: true}}}
	for _, e := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: e.What}, {Text: french.Date(e.At)}, {Text: french.Integer(e.Rows)}, {Text: e.Version}, {Text: e.SHA256}}})
	}
	return t
}

// file sends a file whole, with its length and digest, or its digest alone when
// the name ends with .sha256.
func (d Deps) file(w http.ResponseWriter, r *http.Request) (err error) {
	name, digestOnly := strings.CutSuffix(r.PathValue("file"), ".sha256")
	f, err := d.Store.File(r.Context(), name)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=60, must-revalidate")
	h.Set("Access-Control-Allow-Origin", "*")
	if digestOnly {
		saved := f.Name
		if d.Shell.Demo {
			saved = shell.DemoName(saved)
		}
		text := f.SHA256 + "  " + saved + "\n"
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(text)))
		_, err := w.Write([]byte(text))
		return err
	}
	body, err := os.Open(f.Path)
	if err != nil {
		return apperr.New(apperr.Unavailable, err, "Le fichier vient d’être remplacé par une version plus récente. Recommencez.")
	}
	defer func() { _ = body.Close() }()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	h.Set("ETag", `"`+f.SHA256+`"`)
	h.Set("Repr-Digest", "sha-256=:"+base64Of(f.SHA256)+":")
	h.Set("X-Data-Version", f.Version)
	http.ServeContent(w, r, "", f.At, body)
	return nil
}
