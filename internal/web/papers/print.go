package papers

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/document"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/web/static"
)

// sheet is a questionnaire to be printed.
type sheet struct {
	survey.PaperForm
	Code    string // that a letter bears, to find the response again
	Contact string
	Back    string // where the page leads, on screen
	PDF     string
	Inline  bool // stands alone: its style is within
	CSS     string
	Demo    bool // the people and their acts are invented
}

// title is what the sheet is called.
func (s sheet) title() string {
	if s.Response.Name != "" {
		return s.Form.Title + " – " + s.Response.Name
	}
	return s.Form.Title + " – " + s.Response.Kind.Name()
}

// ticked reports whether an option of a cell is answered.
func (s sheet) ticked(key, code string) bool {
	return strings.Contains(" "+s.Drafts[key].Value+" ", " "+code+" ")
}

func (d Deps) sheetOf(r *http.Request) (s sheet, err error) {
	t, err := d.seated(r)
	if err != nil {
		return s, err
	}
	p, err := d.Room.PaperOf(r.Context(), d.Q, t.ID)
	if err != nil {
		return s, err
	}
	if r.URL.Query().Get("vierge") == "1" {
		p.Drafts = nil
	}
	return sheet{Demo: d.Shell.Demo, PaperForm: p, Code: t.ID[max(0, len(t.ID)-12):], Contact: p.Campaign.Contact, Back: t.path + "/formulaire", PDF: t.path + "/imprimer.pdf"}, nil
}

func (d Deps) print(w http.ResponseWriter, r *http.Request) error {
	s, err := d.sheetOf(r)
	if err != nil {
		return err
	}
	return d.sendSheet(w, r, s)
}

func (d Deps) printPDF(w http.ResponseWriter, r *http.Request) error {
	s, err := d.sheetOf(r)
	if err != nil {
		return err
	}
	return d.sendPDF(w, r, s)
}

// blankSheet is what a kind of authority is asked, whoever it is.
func (d Deps) blankSheet(r *http.Request) (s sheet, err error) {
	code := r.PathValue("code")
	kind := questionnaire.Kind(r.URL.Query().Get("type"))
	if kind == "" {
		kind = questionnaire.Commune
	}
	if kind.Name() == "" {
		return s, apperr.NotFoundf("Ce type de collectivité n’existe pas" + nb + ": choisissez commune, epci, departement ou region.")
	}
	version, err := strconv.ParseInt(r.URL.Query().Get("version"), 10, 64)
	if err != nil {
		q, err := survey.FindQuestionnaire(r.Context(), d.Q, code)
		if err != nil {
			return s, err
		}
		version = q.Version
	}
	f, err := survey.FormAt(r.Context(), d.Q, code, version)
	if err != nil {
		return s, err
	}
	query := "?type=" + string(kind) + "&version=" + strconv.FormatInt(version, 10)
	return sheet{Demo: d.Shell.Demo, PaperForm: survey.BlankPaper(f, kind), Back: "/questionnaires/" + code, PDF: "/questionnaires/" + code + "/imprimer.pdf" + query}, nil
}

func (d Deps) blank(w http.ResponseWriter, r *http.Request) error {
	s, err := d.blankSheet(r)
	if err != nil {
		return err
	}
	return d.sendSheet(w, r, s)
}

func (d Deps) blankPDF(w http.ResponseWriter, r *http.Request) error {
	s, err := d.blankSheet(r)
	if err != nil {
		return err
	}
	return d.sendPDF(w, r, s)
}

func (d Deps) sendSheet(w http.ResponseWriter, r *http.Request, s sheet) error {
	s.CSS = static.URL("form-paper.css")
	if d.Shell.Asset != nil {
		s.CSS = d.Shell.Asset("form-paper.css")
	}
	if document.Browser() == "" {
		s.PDF = ""
	}
	var b bytes.Buffer
	if err := paperSheet(s).Render(r.Context(), &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	_, err := w.Write(b.Bytes())
	return err
}

func (d Deps) sendPDF(w http.ResponseWriter, r *http.Request, s sheet) error {
	s.Inline = true
	var b bytes.Buffer
	if err := paperSheet(s).Render(r.Context(), &b); err != nil {
		return err
	}
	body, err := document.PDF(r.Context(), b.Bytes())
	if err != nil {
		return err
	}
	return d.attach(w, "questionnaire.pdf", "application/pdf", body)
}
