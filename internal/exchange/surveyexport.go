package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// SurveyWriters are the writers of exports of answers. Eight million answers go
// through them: what a closed answer is written as is made once for each option,
// and a row is three pieces put end to end.
func SurveyWriters() map[survey.ExportKind]survey.Writer {
	return map[survey.ExportKind]survey.Writer{survey.ExportLong: writeSurveyLong, survey.ExportWide: writeSurveyWide, survey.ExportJSON: writeSurveyJSON, survey.ExportCodebook: writeSurveyCodebook}
}

// askedCell is a cell of a form, with what its answers are written as.
type askedCell struct {
	key, label string
	slot       int // of the cell, or of an option; -1 for what is not closed
	typ        questionnaire.Type
	options    []questionnaire.Option
	option     string   // of several choices: the option that this slot is about
	pieces     [][]byte // by the byte that is packed; nil is no row
	head       []byte   // of what is not closed: all that comes before its value
}

// asked is a version of a form, laid out for reading packed answers.
type asked struct {
	form   questionnaire.Form
	closed []askedCell
	open   []askedCell
	byKey  map[string]int // in open
}

// layOut lists what a form asks. piece writes an answer, head what comes before
// the value of one that is not closed.
func layOut(x survey.Extract, f questionnaire.Form, piece func(c askedCell, o questionnaire.Option) []byte, head func(c askedCell) []byte) *asked {
	a := &asked{form: f, byKey: map[string]int{}}
	labels := cellLabels(f)
	slot := func(key string) int {
		if n, ok := x.Slots[key]; ok {
			return n
		}
		return -1
	}
	for _, c := range f.Cells() {
		cell := askedCell{key: c.Key, label: labels[c.Key], typ: c.Type, options: c.Options, slot: -1}
		switch c.Type {
		case questionnaire.Choice:
			cell.slot = slot(c.Key)
			for _, o := range c.Options {
				cell.pieces = append(cell.pieces, piece(cell, o))
			}
			a.closed = append(a.closed, cell)
		case questionnaire.Choices:
			for _, o := range c.Options {
				one := cell
				one.slot, one.option = slot(c.Key+":"+o.Code), o.Code
				one.pieces = [][]byte{nil, piece(cell, o)}
				a.closed = append(a.closed, one)
			}
		default:
			if free(c.Type) && !x.Texts {
				continue
			}
			cell.head = head(cell)
			a.byKey[c.Key] = len(a.open)
			a.open = append(a.open, cell)
		}
	}
	return a
}

// cellLabels names each cell in words: the question, or the row and the scale of
// a matrix, with the lever that it is about.
func cellLabels(f questionnaire.Form) map[string]string {
	out := map[string]string{}
	for _, s := range f.Sections {
		if s.Skippable {
			out[s.Skip()] = s.Title + "\u00a0: pas notre compétence"
		}
		for _, q := range s.Questions {
			if q.Type != questionnaire.Matrix {
				out[q.ID] = s.Title + "\u00a0: " + q.Label
				continue
			}
			for _, r := range q.Rows {
				for _, col := range q.Columns {
					out[r.ID+"."+col] = r.Label + "\u00a0: " + strings.ToLower(f.Scale(col).Label)
				}
			}
		}
	}
	return out
}

// layouts are the forms of an extract, found by what an answer says that it was
// given to.
type layouts map[string]*asked

func formKey(code string, version int64) string {
	return code + "\x00" + strconv.FormatInt(version, 10)
}

func layAll(x survey.Extract, piece func(questionnaire.Form, askedCell, questionnaire.Option) []byte, head func(questionnaire.Form, askedCell) []byte) layouts {
	out := layouts{}
	for _, f := range x.Forms {
		out[formKey(f.Code, int64(f.Version))] = layOut(x, f, func(c askedCell, o questionnaire.Option) []byte { return piece(f, c, o) }, func(c askedCell) []byte { return head(f, c) })
	}
	return out
}

func (l layouts) of(a *survey.Answered) (*asked, error) {
	f, ok := l[formKey(a.Form, a.FormVersion)]
	if !ok {
		return nil, noForm(a)
	}
	return f, nil
}

func noForm(a *survey.Answered) error {
	return apperr.New(apperr.Internal, nil, "Une réponse (%s) renvoie à une version du questionnaire qui n’est pas enregistrée (%s, version %d). Le fichier n’a pas été produit.", a.Name, a.Form, a.FormVersion)
}

// frozen is an answer of a document, its texts as they are quoted there.
type frozen struct{ key, value, class, source []byte }

// eachAnswer calls f for each answer of a document, as survey.Frozen is written. It
// reads bytes once and makes nothing: the documents of the nation are a gigabyte.
func eachAnswer(doc []byte, f func(frozen) error) error {
	start := bytes.Index(doc, []byte(`"answers":[`))
	if start < 0 {
		return nil
	}
	b := doc[start+len(`"answers":[`):]
	for len(b) > 0 && b[0] == '{' {
		var one frozen
		for b[0] == '{' || b[0] == ',' {
			b = b[1:]
			k := quoted(b)
			if k < 0 || k >= len(b) || b[k] != ':' {
				return errDocument
			}
			v := quoted(b[k+1:])
			if v < 0 || k+1+v >= len(b) {
				return errDocument
			}
			value := b[k+1 : k+1+v]
			switch string(b[1 : k-1]) {
			case "key":
				one.key = value
			case "value":
				one.value = value
			case "class":
				one.class = value
			case "source":
				one.source = value
			}
			b = b[k+1+v:]
		}
		if b[0] != '}' {
			return errDocument
		}
		if err := f(one); err != nil {
			return err
		}
		if b = b[1:]; len(b) > 1 && b[0] == ',' {
			b = b[1:]
		}
	}
	return nil
}

var errDocument = errors.New("exchange: a validated document is not written as it should be")

// bare is a quoted text without its quotes, and whether it is as it stands.
func bare(raw []byte) (text []byte, plain bool) {
	if len(raw) < 2 {
		return nil, true
	}
	text = raw[1 : len(raw)-1]
	return text, bytes.IndexByte(text, '\\') < 0
}

// unquote reads a quoted text.
func unquote(raw []byte) (s string, err error) {
	if text, plain := bare(raw); plain {
		return string(text), nil
	}
	err = json.Unmarshal(raw, &s)
	return s, err
}

// given reads from a document what the open questions of a form were answered:
// into values, by their place in open.
func (f *asked) given(doc []byte, values []string) error {
	clear(values)
	if len(f.open) == 0 || len(doc) == 0 {
		return nil
	}
	return eachAnswer(doc, func(one frozen) (err error) {
		key, _ := bare(one.key)
		if i, ok := f.byKey[string(key)]; ok {
			values[i], err = unquote(one.value)
		}
		return err
	})
}

// quoted is the length of the JSON text that b begins with, -1 when it does not.
func quoted(b []byte) int {
	if len(b) == 0 || b[0] != '"' {
		return -1
	}
	for i := 1; ; {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		end := i + n
		back := 0
		for end-1-back > 0 && b[end-1-back] == '\\' {
			back++
		}
		if back%2 == 0 {
			return end + 1
		}
		i = end + 1
	}
}

var (
	longColumns = []string{"collectivite", "siren", "insee", "nom", "type", "region", "departement", "taille", "questionnaire", "version", "question", "intitule", "valeur", "libelle", "classe", "source", "date", "valide_par"}
	wideColumns = []string{"collectivite", "siren", "insee", "nom", "type", "region", "departement", "taille", "questionnaire", "version", "date", "valide_par"}
)

// validatedBy names the role of whoever validated.
func validatedBy(role string) string {
	switch role {
	case "validator":
		return "validation"
	case "writer":
		return "rédaction"
	case "colleague":
		return "collègue"
	}
	return "compte"
}

func sizeName(code string) string {
	for _, s := range survey.Sizes() {
		if s.Code == code {
			return s.Name
		}
	}
	return code
}

func csvText(b []byte, s string) []byte { return appendCSV(b, Text(s), 0, ',') }

// free reports whether a type of question is answered by free words or a file.
func free(t questionnaire.Type) bool {
	return t == questionnaire.Text || t == questionnaire.Sheet || t == questionnaire.File
}

func csvCells(b []byte, texts ...string) []byte {
	for _, t := range texts {
		b = append(csvText(b, t), ';')
	}
	return b
}

// writeSurveyJSON writes one object a line of an array.
func writeSurveyJSON(ctx context.Context, w io.Writer, x survey.Extract) (rows int64, err error) {
	pair := func(b []byte, name, value string) []byte {
		return appendJSON(append(append(append(b, '"'), name...), "\":"...), value)
	}
	forms := layAll(x, func(_ questionnaire.Form, _ askedCell, o questionnaire.Option) []byte { return appendJSON(nil, o.Code) },
		func(_ questionnaire.Form, c askedCell) []byte { return append(appendJSON(nil, c.key), ':') })
	names := map[string][]byte{}
	for _, f := range forms {
		for _, c := range f.closed {
			names[c.key] = append(appendJSON(nil, c.key), ':')
		}
	}
	out := append(make([]byte, 0, 1<<20), "{\"responses\":["...)
	var values []string
	err = x.Each(ctx, func(a *survey.Answered) error {
		f, err := forms.of(a)
		if err != nil {
			return err
		}
		if rows > 0 {
			out = append(out, ',')
		}
		rows++
		out = append(out, "\n{"...)
		for i, p := range [][2]string{{"collectivite", a.Authority}, {"siren", a.SIREN}, {"insee", a.INSEE}, {"nom", a.Name}, {"type", string(a.Kind)}, {"region", a.Region}, {"departement", a.Department}, {"taille", a.Size},
			{"questionnaire", a.Form}, {"version", strconv.FormatInt(a.FormVersion, 10)}, {"date", a.At.Format("2006-01-02")}, {"valide_par", validatedBy(a.Role)}} {
			if i > 0 {
				out = append(out, ',')
			}
			out = pair(out, p[0], p[1])
		}
		out = append(out, ",\"reponses\":{"...)
		first, last := true, ""
		for i := range f.closed {
			c := &f.closed[i]
			n := int(questionnaire.At(a.Packed, c.slot))
			if n >= len(c.pieces) || c.pieces[n] == nil {
				continue
			}
			if c.option != "" && last == c.key { // one more option of the same question
				out = append(out[:len(out)-1], ',')
				out = append(append(out, c.pieces[n]...), ']')
				continue
			}
			if !first {
				out = append(out, ',')
			}
			first, last = false, c.key
			out = append(out, names[c.key]...)
			if c.option != "" {
				out = append(append(append(out, '['), c.pieces[n]...), ']')
				continue
			}
			out = append(out, c.pieces[n]...)
		}
		values = slices.Grow(values[:0], len(f.open))[:len(f.open)]
		if err := f.given(a.Doc, values); err != nil {
			return err
		}
		for i, v := range values {
			if v == "" {
				continue
			}
			if !first {
				out = append(out, ',')
			}
			first = false
			out = appendJSON(append(out, f.open[i].head...), v)
		}
		out = append(out, "}}"...)
		if len(out) >= 512<<10 {
			_, err = w.Write(out)
			out = out[:0]
		}
		return err
	})
	if err != nil {
		return rows, err
	}
	_, err = w.Write(append(out, "\n]}\n"...))
	return rows, err
}
