package survey

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"hash/crc32"
	"io"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
)

// PaperTables are the tables of exports, of forms that came back, of papers.
func PaperTables() []db.Table {
	return []db.Table{
		{Name: "survey_export", Order: []string{"id"}, Scope: db.Local, Personal: []string{"by"}, Owner: []string{"by"}},
		{Name: "survey_export_chunk", Order: []string{"export_id", "n"}, Scope: db.Local},
		{Name: "survey_return", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}, Owner: []string{"by"}},
		{Name: "survey_return_form", Order: []string{"return_id", "n"}, Scope: db.COP},
		{Name: "response_paper", Order: []string{"id"}, Scope: db.COP, Personal: []string{"signed_by", "title", "by"}, Free: []string{"signed_by", "title"}},
	}
}

// PaperForm is what is asked of one authority, on paper or in a workbook.
type PaperForm struct {
	Response Response
	Campaign Campaign
	Form     questionnaire.Form // its path
	Drafts   map[string]Draft
	Seal     string // says that this installation made it, for this response and this version
	// Blank gives each cell the mark of one that was empty when the form was made.
	Blank bool
}

// Mark is written beside each cell of a workbook, hidden: the revision that it was
// filled from and a sum of what stood there, which tells a cell that nobody touched.
func (p PaperForm) Mark(key string) string {
	d := p.Drafts[key]
	if p.Blank {
		d = Draft{}
	}
	return strconv.FormatInt(d.Rev, 10) + "~" + sumOf(d.Value)
}

func sumOf(s string) string { return strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(s))), 36) }

// FormFile is a workbook that came back, as it was read: nothing is judged yet.
type FormFile struct {
	Response, Form, Seal string
	Version              int64
	Cells                []FormCell
	Notes                []FormNote // lines that cannot be read
}

// FormCell is a filled cell of it.
type FormCell struct {
	Line   int    `json:"line"`
	Col    int    `json:"col"`
	Column string `json:"column,omitempty"`
	Key    string `json:"key"` // of an option of several choices: «question:option»
	Text   string `json:"text"`
	Mark   string `json:"mark,omitempty"`
}

// FormNote says something of a line.
type FormNote struct {
	Line   int    `json:"line"`
	Col    int    `json:"col,omitempty"`
	Value  string `json:"value,omitempty"`
	Reason string `json:"reason"` // French
	Kept   bool   `json:"kept,omitempty"`
}

// seal signs that a form was made here for a response and a version.
func (m *Room) seal(response, form string, version int64) string {
	return hex.EncodeToString(m.derive("paper-form", response+"\x00"+form+"\x00"+strconv.FormatInt(version, 10)))[:32]
}

// PaperOf is the form of a response, filled with its drafts.
func (m *Room) PaperOf(ctx context.Context, q db.Q, response string) (p PaperForm, err error) {
	defer apperr.Wrap(&err, "survey.PaperOf")
	if p.Response, err = FindResponse(ctx, q, response); err != nil {
		return p, err
	}
	if p.Campaign, err = FindCampaign(ctx, q, p.Response.Campaign); err != nil {
		return p, err
	}
	path, err := m.PathOf(ctx, q, p.Campaign.Form, p.Response.FormVersion, p.Response.Kind)
	if err != nil {
		return p, err
	}
	drafts, err := Drafts(ctx, q, response)
	if err != nil {
		return p, err
	}
	p.Form, p.Drafts = path.Form, make(map[string]Draft, len(drafts))
	for _, d := range drafts {
		p.Drafts[d.Key] = d
	}
	p.Seal = m.seal(response, p.Campaign.Form, p.Response.FormVersion)
	return p, nil
}

// BlankPaper is the form of a kind of authority, of nobody in particular.
func BlankPaper(f questionnaire.Form, kind questionnaire.Kind) PaperForm {
	return PaperForm{Form: f.Path(kind), Response: Response{Kind: kind, FormVersion: int64(f.Version)}}
}

// EachPaper yields the forms of a region's campaign, in the order of names, for the
// workbooks that its team sends or prints together.
func (m *Room) EachPaper(ctx context.Context, q db.Q, campaign string, f func(PaperForm) error) (err error) {
	defer apperr.Wrap(&err, "survey.EachPaper")
	rows, err := q.Query(ctx, `SELECT r.id FROM response r WHERE r.campaign_id = $1 AND r.state <> 'refused' ORDER BY r.sort_key, r.id`, campaign)
	ids, err := db.Strings(rows, err)
	if err != nil {
		return err
	}
	for _, id := range ids {
		p, err := m.PaperOf(ctx, q, id)
		if err != nil {
			return err
		}
		if err := f(p); err != nil {
			return err
		}
	}
	return nil
}

// TeamSeat is where somebody of a team sits to write for an authority: nobody
// validates there but on the strength of a signed paper.
func TeamSeat(a policy.Actor, r Response) Seat {
	return Seat{ID: "account:" + a.Person, Response: r.ID, Role: Writes, Account: a.Person, As: a}
}

// errForm is what is wrong with a whole file.
func errForm(format string, args ...any) error { return apperr.Invalidf(format, args...) }

// judged is a form that was read, held against the response that it is for.
type judged struct {
	Response Response
	Changes  []Change
	Cells    []FormCell // those of the changes, in the same order
	Notes    []FormNote
	Refused  int
	Same     int
}

// judgeForm finds whose form it is and turns its cells into changes. only, when it
// is not empty, is the response that it must be for.
func (m *Room) judgeForm(ctx context.Context, q db.Q, seat func(Response) (Seat, error), f FormFile, only string) (j judged, err error) {
	if !hmac.Equal([]byte(f.Seal), []byte(m.seal(f.Response, f.Form, f.Version))) {
		return j, errForm("Ce classeur porte une signature qui n’est pas celle de Jalon\u00a0: sa feuille cachée a été modifiée, ou il vient d’une autre installation. Téléchargez le formulaire de nouveau et recopiez-y vos réponses.")
	}
	r, p, err := m.at(ctx, q, Seat{Response: f.Response}, f.Response)
	if err != nil {
		return j, err
	}
	j.Response = r
	if only != "" && r.ID != only {
		return j, errForm("Ce formulaire est celui d’une autre collectivité (%s). Rien n’en a été repris.", r.Name)
	}
	s, err := seat(r)
	if err == nil {
		err = s.may(policy.Edit, r)
	}
	if err != nil {
		return j, errForm("Ce formulaire est celui d’une collectivité qui n’est pas de votre COP. Rien n’en a été repris.")
	}
	j.Notes = f.Notes
	j.Refused = len(f.Notes)
	if f.Version != r.FormVersion {
		j.Notes = append(j.Notes, FormNote{Line: 1, Kept: true, Reason: "Ce formulaire est de la version " + strconv.FormatInt(f.Version, 10) + " du questionnaire, la collectivité répond à la version " + strconv.FormatInt(r.FormVersion, 10) + "\u00a0: les réponses aux questions inchangées sont reprises, les autres sont listées ici."})
	}
	many := map[string][]string{}
	where := map[string]FormCell{}
	for _, c := range f.Cells {
		key, option, several := strings.Cut(c.Key, ":")
		cell, ok := p.cells[key]
		if !ok {
			j.Refused++
			j.Notes = append(j.Notes, FormNote{Line: c.Line, Col: c.Col, Value: clipped(c.Text), Reason: "Cette question n’est pas, ou n’est plus, dans le questionnaire de cette collectivité. La valeur est gardée ici, elle ne sera pas enregistrée."})
			continue
		}
		if first, twice := where[c.Key]; twice {
			j.Refused++
			j.Notes = append(j.Notes, FormNote{Line: c.Line, Col: c.Col, Value: clipped(c.Text), Reason: "Cette question est déjà remplie à la ligne " + strconv.Itoa(first.Line) + "\u00a0: une seule réponse est prise, la première."})
			continue
		}
		where[c.Key] = c
		if several {
			switch french.Fold(c.Text) {
			case "oui", "x", "1", "vrai":
				many[key] = append(many[key], option)
			case "non", "0", "faux":
				many[key] = append(many[key], "")
			default:
				j.refuse(c, "Écrivez «\u00a0oui\u00a0» ou laissez vide.")
			}
			continue
		}
		value := codeOf(cell, c.Text)
		if untouched(c.Mark, value) {
			j.Same++
			continue
		}
		if _, _, err := questionnaire.Check(p.Form, cell, value); err != nil {
			j.refuse(c, apperr.Message(err))
			continue
		}
		rev, _ := strconv.ParseInt(head(c.Mark, "~"), 10, 64)
		j.Changes, j.Cells = append(j.Changes, Change{Key: key, Value: value, Rev: rev}), append(j.Cells, c)
	}
	for _, c := range p.Form.Cells() { // in the order of the form
		options, ok := many[c.Key]
		if !ok {
			continue
		}
		value := strings.Join(strings.Fields(strings.Join(options, " ")), " ")
		at := FormCell{Key: c.Key}
		for _, o := range c.Options {
			if x, ok := where[c.Key+":"+o.Code]; ok && (at.Line == 0 || x.Line < at.Line) {
				at = x
			}
		}
		at.Key, at.Text = c.Key, value
		if untouched(at.Mark, value) {
			j.Same++
			continue
		}
		rev, _ := strconv.ParseInt(head(at.Mark, "~"), 10, 64)
		j.Changes, j.Cells = append(j.Changes, Change{Key: c.Key, Value: value, Rev: rev}), append(j.Cells, at)
	}
	return j, nil
}

func (j *judged) refuse(c FormCell, why string) {
	j.Refused++
	j.Notes = append(j.Notes, FormNote{Line: c.Line, Col: c.Col, Value: clipped(c.Text), Reason: why})
}

// untouched reports whether an answer still says what the form was filled with.
func untouched(mark, value string) bool {
	_, sum, ok := strings.Cut(mark, "~")
	return ok && sumOf(value) == sum
}

// codeOf reads a closed answer by its label or its code; anything else is as it is
// written.
func codeOf(c questionnaire.Cell, text string) string {
	if c.Type != questionnaire.Choice {
		return text
	}
	for _, o := range c.Options {
		if o.Code == text || french.Fold(o.Label) == french.Fold(text) {
			return o.Code
		}
	}
	return text
}

func head(s, sep string) string {
	s, _, _ = strings.Cut(s, sep)
	return s
}

func clipped(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:199]) + "…"
	}
	return s
}

type (
	// FormReader reads a workbook that came back.
	FormReader func(name string, r io.ReaderAt, size int64) (FormFile, error)
	// FormWriter makes a workbook.
	FormWriter func(w io.Writer, p PaperForm) error
)
