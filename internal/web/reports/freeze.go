package reports

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/report"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// freezeView is the form by which a document is frozen with the publisher's own
// words.
type freezeView struct {
	Heading  ui.Heading
	Action   string
	Hidden   [][2]string // the edition
	Intro    ui.Field
	Remarks  []ui.Field
	Added    bool // some remark is written, or wrong: the list stands open
	Back     string
	MakesPDF bool
}

const remarkPrefix = "remarque-"

func mayFreeze(r *http.Request) error {
	return policy.Check(shell.Actor(r), policy.Create, policy.Thing{Kind: policy.Report})
}

// asked reads which document a form speaks of, and what was added to it.
func (d Deps) asked(r *http.Request, v url.Values) (kind, ask, document.Document, error) {
	k, err := byCode(v.Get("document"))
	if err != nil {
		return k, ask{}, document.Document{}, err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return k, ask{}, document.Document{}, err
	}
	a, err := d.read(r, m, k, v)
	if err != nil {
		return k, a, document.Document{}, err
	}
	a.Intro, a.Remarks = typed(v.Get("intro")), map[string]string{}
	for name := range v {
		if id, ok := strings.CutPrefix(name, remarkPrefix); ok && typed(v.Get(name)) != "" {
			a.Remarks[id] = typed(v.Get(name))
		}
	}
	doc, err := k.make(r.Context(), d, m, a)
	return k, a, doc, err
}

// typed is a text as it is kept: no bytes that are no text, nothing around it.
func typed(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""))
}

func (d Deps) freezeForm(w http.ResponseWriter, r *http.Request) error {
	if err := mayFreeze(r); err != nil {
		return err
	}
	v := r.URL.Query()
	v.Del("intro") // only a form adds words
	k, a, doc, err := d.asked(r, v)
	if err != nil {
		return err
	}
	return d.showFreeze(w, r, http.StatusOK, k, a, doc, nil)
}

// showFreeze draws the form, filled with what was typed.
func (d Deps) showFreeze(w http.ResponseWriter, r *http.Request, status int, k kind, a ask, doc document.Document, wrong error) error {
	v := freezeView{Action: "/national/documents/figer", Back: k.Path + a.query(k), MakesPDF: d.Store.PDF != nil,
		Heading: ui.Heading{Overline: "Figer une édition", Title: doc.Title, Scope: []string{"situation au " + french.Day(a.Day)},
			Lead: "Ce qui est figé ne change plus\u00a0: le document, ses chiffres avec leur explication, et ses fichiers. Une correction se fait en figeant une autre édition."}}
	v.Hidden = [][2]string{{"document", k.Code}, {"jour", a.Day}, {"cycle", a.Cycle}, {"region", a.Region.Slug}}
	v.Intro = ui.Field{ID: "intro", Label: "Mot d’ouverture", Type: "textarea", Rows: 5, Value: a.Intro, Help: "Il paraîtra en tête, sous le nom de l’équipe nationale. Une ligne vide sépare les paragraphes. 4\u202f000 caractères au plus."}
	message := ""
	if wrong != nil {
		message = apperr.Message(wrong)
	}
	if wrong != nil && len([]rune(strings.TrimSpace(a.Intro))) > report.LongestIntro {
		v.Intro.Error = message
	}
	for _, p := range doc.Parts {
		if p.ID == "mot-d-ouverture" {
			continue
		}
		f := ui.Field{ID: remarkPrefix + p.ID, Label: p.Title, Type: "textarea", Value: a.Remarks[p.ID]}
		if len([]rune(strings.TrimSpace(f.Value))) > report.LongestRemark {
			f.Error = message
		}
		v.Added = v.Added || f.Value != ""
		v.Remarks = append(v.Remarks, f)
	}
	page := d.Shell.Page(r, "Figer\u00a0: "+doc.Title, "", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Documents", Href: "/national/documents"}, ui.Link{Label: "Figer"})
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, freezePage(v))
}

func (d Deps) freeze(w http.ResponseWriter, r *http.Request) error {
	if err := mayFreeze(r); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	k, a, doc, err := d.asked(r, r.PostForm)
	if err != nil {
		return err
	}
	if err := a.Check(); err != nil {
		return d.showFreeze(w, r, http.StatusUnprocessableEntity, k, a, doc, err)
	}
	p, err := d.Room.Publish(r.Context(), shell.Actor(r), doc)
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/national/publications/"+p.ID)
}

// frozenTable lists the publications.
func (d Deps) frozenTable(r *http.Request) (ui.Table, error) {
	t := ui.Table{ID: "figees", Caption: "Éditions figées", CaptionHidden: true, Columns: []ui.Column{{Label: "Document", Wide: true}, {Label: "Situation au"}, {Label: "N°", Number: true}, {Label: "Figé le"}, {Label: "Par"}, {Label: "Empreinte SHA-256"}}}
	list, err := report.Publications(r.Context(), d.DB, shell.Actor(r), 100)
	if err != nil {
		return t, err
	}
	names := map[string]string{}
	for _, p := range list {
		if _, ok := names[p.By]; !ok {
			if names[p.By], err = d.name(r, p.By); err != nil {
				return t, err
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: p.Title, Href: "/national/publications/" + p.ID}, {Text: french.Day(p.Day)}, {Text: french.Integer(p.Seq)},
			{Text: french.Date(p.At)}, {Text: names[p.By]}, {Text: p.SHA256[:16] + "…"}}})
	}
	return t, nil
}

// name is who froze a document; an account that was erased has no name left.
func (d Deps) name(r *http.Request, id string) (string, error) {
	a, err := account.Find(r.Context(), d.DB, id)
	switch {
	case apperr.KindOf(err) == apperr.NotFound:
		return "compte effacé", nil
	case err != nil:
		return "", err
	case a.Name == "":
		return "sans nom", nil
	}
	return a.Name, nil
}

type publicationView struct {
	Heading ui.Heading
	Figures []ui.KeyFigure
	Files   ui.Table
	Digest  string
}

// partNames are what the parts of a publication are, for a person.
var partNames = map[string]string{document.SlidesPart: "Diaporama (PPTX)", document.TextPart: "Texte (ODT)", document.PDFPart: "PDF", document.PagePart: "Page (HTML)", document.DocumentPart: "Données et explications (JSON)"}

// publication is a frozen document: its files with their digests.
func (d Deps) publication(w http.ResponseWriter, r *http.Request) error {
	p, err := report.Publication(r.Context(), d.DB, shell.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	by, err := d.name(r, p.By)
	if err != nil {
		return err
	}
	frozen, err := document.Load(r.Context(), d.DB, p)
	if err != nil {
		return err
	}
	v := publicationView{Digest: p.SHA256, Heading: ui.Heading{Overline: "Édition figée n°" + nb + french.Integer(p.Seq), Title: p.Title,
		Scope: []string{"situation au " + french.Day(p.Day), "figée le " + french.Date(p.At), "par " + by}}}
	v.Figures = []ui.KeyFigure{
		{Label: "Parties", Value: ui.Value{Text: french.Integer(len(frozen.Document.Parts))}, Meaning: "dans l’ordre du document"},
		{Label: "Chiffres expliqués", Value: ui.Value{Text: french.Integer(len(frozen.Explanations))}, Meaning: "leur explication est gardée avec le document"},
	}
	v.Files = ui.Table{ID: "fichiers", Caption: "Fichiers", CaptionHidden: true, Columns: []ui.Column{{Label: "Fichier"}, {Label: "Taille", Unit: "Ko", Number: true}, {Label: "Empreinte SHA-256", Wide: true}}}
	files := mayExport(r, pointEtape) == nil
	for _, e := range p.Manifest {
		c := ui.Cell{Text: partNames[e.Path]}
		if c.Text == "" {
			c.Text = e.Path
		}
		if files {
			c.Href = "/national/publications/" + p.ID + "/" + e.Path
		}
		v.Files.Rows = append(v.Files.Rows, ui.Row{Cells: []ui.Cell{c, {Text: french.Number(float64(e.Size)/1024, 0)}, {Text: e.SHA256}}})
	}
	page := d.Shell.Page(r, p.Title+", édition n°\u00a0"+french.Integer(p.Seq), "", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Documents", Href: "/national/documents"}, ui.Link{Label: "Édition figée"})
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.Render(w, r, page, publicationPage(v))
}

// publicationFile gives a part as it was frozen, byte for byte.
func (d Deps) publicationFile(w http.ResponseWriter, r *http.Request) error {
	if err := mayExport(r, pointEtape); err != nil {
		return err
	}
	p, err := report.Publication(r.Context(), d.DB, shell.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	path := r.PathValue("fichier")
	body, err := document.Open(r.Context(), d.DB, p, path)
	if err != nil {
		return err
	}
	_, ext, _ := strings.Cut(path, ".")
	f := format{Ext: ext, Type: map[string]string{"json": "application/json; charset=utf-8", "html": "text/html; charset=utf-8"}[ext]}
	if known, err := formatOf(ext); err == nil {
		f = known
	}
	sum := ""
	for _, e := range p.Manifest {
		if e.Path == path {
			sum = e.SHA256
		}
	}
	attach(w.Header(), p.Kind+"-"+p.Day+"-edition-"+strconv.FormatInt(p.Seq, 10)+"."+ext, f, sum, p.Version)
	http.ServeContent(w, r, "", time.Time{}, body)
	return nil
}
