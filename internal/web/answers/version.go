package answers

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

func faultIn(err error, f **survey.Fault) bool { return errors.As(err, f) }

// sealed reads the version of an address, with the table as its form was then.
func (d Deps) sealed(r *http.Request, t table) (survey.Sealed, table, error) {
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	if err != nil {
		return survey.Sealed{}, t, apperr.NotFoundf("Cette version de la réponse n’existe pas.")
	}
	v, err := survey.VersionAt(r.Context(), d.Q, t.Response.ID, seq)
	if err != nil {
		return v, t, err
	}
	t.Path, err = d.Room.PathOf(r.Context(), d.Q, v.Form, v.FormVersion, t.Response.Kind)
	return v, t, err
}

func (t table) frozenNotes(v survey.Sealed) func(key string) string {
	cells := map[string]survey.FrozenCell{}
	for _, c := range v.Answers {
		cells[c.Key] = c
	}
	return func(key string) string {
		k := cells[key]
		c, _ := t.Path.Cell(key)
		switch {
		case c.Flag && k.Value != "":
			return ", dit par " + t.who(k.By)
		case k.Source != "" && k.Reason != "" && k.Reason != survey.Kept:
			return " (corrige ce qui était prérempli\u00a0: " + k.Reason + ")"
		case k.Source != "":
			return " (prérempli\u00a0: " + k.Source + ")"
		}
		return ""
	}
}

func (t table) proof(v survey.Sealed) [][2]string {
	by := t.who(v.By)
	if by == "vous" {
		by = t.Seat.Known()
	}
	if v.Title != "" {
		by += ", " + v.Title
	}
	at := v.At.In(t.zone)
	out := [][2]string{{"Version", french.Integer(v.Seq)}, {"Validée le", french.Date(at) + " à " + at.Format("15:04")}, {"Par", by}, {"Actions évaluées", french.Integer(v.Rated) + " sur " + french.Integer(v.Asked)},
		{"Venues préremplies", french.Integer(v.Prefilled) + " réponses sur " + french.Integer(len(v.Answers))}, {"Questionnaire", t.Form().Title + ", version " + french.Integer(v.FormVersion)}, {"Empreinte (SHA-256)", v.SHA256}}
	if v.Reason != "" {
		out = append(out, [2]string{"Raison de la correction", v.Reason})
	}
	return out
}

func (d Deps) version(w http.ResponseWriter, r *http.Request, t table) error {
	v, t, err := d.sealed(r, t)
	if err != nil {
		return err
	}
	x := readView{Print: true, Heading: ui.Heading{Overline: t.Response.Name, Title: "Réponse validée, version " + french.Integer(v.Seq), Scope: []string{"figée, ne change plus"}}, Facts: t.proof(v)}
	if r.URL.Query().Get("fait") == "1" {
		x.Notices = append(x.Notices, ui.Alert{State: "success", Title: "La réponse est validée. Merci\u00a0!", Text: "Elle compte dès maintenant. Le reçu part par courriel à celles et ceux qui l’ont écrite et validée."})
	}
	if v.Seq < t.Response.Seq {
		x.Notices = append(x.Notices, ui.Alert{State: "info", Title: "Une version plus récente existe", Links: []ui.Link{{Label: "Lire la version " + french.Integer(t.Response.Seq), Href: t.path + "/versions/" + strconv.FormatInt(t.Response.Seq, 10)}}})
	}
	x.Parts = t.readParts(v.Map(), t.frozenNotes(v))
	for i := range x.Parts {
		x.Parts[i].Href = ""
	}
	if d.PDF != nil {
		x.Links = append(x.Links, ui.Link{Label: "Télécharger le reçu (PDF)", Href: t.path + "/versions/" + strconv.FormatInt(v.Seq, 10) + "/recu.pdf"})
	} else {
		x.Links = append(x.Links, ui.Link{Label: "Cette installation ne produit pas de PDF\u00a0: imprimez cette page, c’est le reçu."})
	}
	x.Links = append(x.Links, ui.Link{Label: "Revenir au sommaire", Href: t.path})
	return d.Shell.Render(w, r, d.frame(r, t, x.Heading.Title, ui.Link{Label: "Version " + french.Integer(v.Seq)}), readPage(x))
}

// receipt is a version as a PDF, made when it is asked for: what it shows is
// frozen, so that it says the same each time.
func (d Deps) receipt(w http.ResponseWriter, r *http.Request, t table) error {
	v, t, err := d.sealed(r, t)
	if err != nil {
		return err
	}
	if d.PDF == nil {
		return apperr.New(apperr.Unavailable, nil, "Cette installation ne produit pas de PDF. La page de la version s’imprime\u00a0: c’est le même reçu.")
	}
	body, err := d.PDF(r.Context(), t.receiptDocument(v, d.Shell.Absolute(t.path+"/versions/"+strconv.FormatInt(v.Seq, 10))))
	if err != nil {
		return err
	}
	name := "recu-questionnaire-v" + strconv.FormatInt(v.Seq, 10) + ".pdf"
	if d.Shell.Demo {
		name = shell.DemoName(name)
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return nil
}

func (t table) receiptDocument(v survey.Sealed, address string) document.Document {
	at := v.At.In(t.zone)
	doc := document.Document{Kind: "recu-questionnaire", Title: "Réponse de " + t.Response.Name + " au questionnaire de la COP régionale", Subtitle: "Reçu de la version " + french.Integer(v.Seq),
		Day: at.Format(time.DateOnly), Version: "empreinte " + v.SHA256, Scope: []string{t.Form().Title}, Author: t.Response.Name, Address: address}
	proof := document.Part{ID: "preuve", Title: "Ce qui a été validé"}
	var rows [][]document.Cell
	for _, f := range t.proof(v) {
		rows = append(rows, []document.Cell{{Text: f[0]}, {Text: f[1]}})
	}
	proof.Blocks = append(proof.Blocks, document.Table{ID: "preuve", Caption: "Validation", Columns: []document.Column{{Label: "Quoi"}, {Label: "Valeur"}}, Rows: rows})
	doc.Parts = append(doc.Parts, proof)
	var silent []string
	for _, p := range t.readParts(v.Map(), t.frozenNotes(v)) {
		if p.silent() {
			silent = append(silent, p.Title)
			continue
		}
		part := document.Part{ID: p.ID, Title: p.Title}
		if p.Note != "" {
			part.Blocks = append(part.Blocks, document.Para(p.Note))
		}
		if len(p.Table.Rows) > 0 {
			x := document.Table{ID: p.Table.ID, Caption: p.Table.Caption}
			for _, c := range p.Table.Columns {
				x.Columns = append(x.Columns, document.Column{Label: c.Label})
			}
			for _, row := range p.Table.Rows {
				var cells []document.Cell
				for _, c := range row.Cells {
					cells = append(cells, document.Cell{Text: c.Text})
				}
				x.Rows = append(x.Rows, cells)
			}
			part.Blocks = append(part.Blocks, x)
		}
		if len(p.Answers) > 0 {
			x := document.Table{ID: "r-" + p.ID, Caption: "Autres réponses", Columns: []document.Column{{Label: "Question"}, {Label: "Réponse"}}}
			for _, a := range p.Answers {
				x.Rows = append(x.Rows, []document.Cell{{Text: a[0]}, {Text: a[1]}})
			}
			part.Blocks = append(part.Blocks, x)
		}
		doc.Parts = append(doc.Parts, part)
	}
	if len(silent) > 0 {
		doc.Parts = append(doc.Parts, document.Part{ID: "sans-reponse", Title: "Parties sans réponse", Blocks: []document.Block{document.Para(strings.Join(silent, ", ") + ".")}})
	}
	return doc
}

// silent reports whether nothing was answered in a part.
func (p readPart) silent() bool {
	if p.Note != "" || slices.ContainsFunc(p.Answers, func(a [2]string) bool { return a[1] != "–" }) {
		return false
	}
	return !slices.ContainsFunc(p.Table.Rows, func(r ui.Row) bool {
		return slices.ContainsFunc(r.Cells[1:], func(c ui.Cell) bool { return c.Text != "–" })
	})
}
