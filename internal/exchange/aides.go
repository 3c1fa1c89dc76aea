package exchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/support/aid"
)

// Fields of an aid as the API of Aides-territoires gives it: read in its code, of the
// controller that answers /api/aids/ (MTES-MCT/aides-territoires-symfony,
// src/Controller/Api/Aid/AidController.php). A file in table form has the same names, and
// separates what a list holds by «|».
var aidColumns = Synonyms{
	"id": {"id"}, "slug": {"slug"}, "url": {"url"}, "name": {"name"}, "name_initial": {"name_initial"}, "short_title": {"short_title"}, "financers": {"financers"}, "instructors": {"instructors"},
	"programs": {"programs"}, "description": {"description"}, "eligibility": {"eligibility"}, "perimeter": {"perimeter"}, "perimeter_scale": {"perimeter_scale"}, "mobilization_steps": {"mobilization_steps"},
	"origin_url": {"origin_url"}, "categories": {"categories"}, "is_call_for_project": {"is_call_for_project"}, "application_url": {"application_url"}, "targeted_audiences": {"targeted_audiences"}, "aid_types": {"aid_types"},
	"is_charged": {"is_charged"}, "destinations": {"destinations"}, "start_date": {"start_date"}, "predeposit_date": {"predeposit_date"}, "submission_deadline": {"submission_deadline"},
	"subvention_rate_lower_bound": {"subvention_rate_lower_bound"}, "subvention_rate_upper_bound": {"subvention_rate_upper_bound"}, "subvention_comment": {"subvention_comment"}, "loan_amount": {"loan_amount"},
	"recoverable_advance_amount": {"recoverable_advance_amount"}, "contact": {"contact"}, "recurrence": {"recurrence"}, "project_examples": {"project_examples"}, "date_updated": {"date_updated"}, "european_aid": {"european_aid"},
}

// Limits of a file of aids.
const (
	mostAids     = 50_000
	longestAid   = 2 << 20
	mostAidsFile = 1 << 30
	listMark     = "|"
)

// ReadAids reads a file of aids: JSON (a list, an answer of the API with its «results», or
// one object a line) or a table. What is no aid at all ends the reading; what is wrong in
// one aid is its own verdict. Close must be called once the rows are read.
func ReadAids(name string, r io.Reader, m Mapping, o Options) (rows iter.Seq2[aid.Raw, error], done func() error, err error) {
	none := func() error { return nil }
	if ext := strings.ToLower(filepath.Ext(name)); ext != ".json" && ext != ".jsonl" && ext != ".ndjson" {
		t, err := ReadTableWith(name, r, o)
		if err != nil {
			return nil, none, err
		}
		rows, err := aidTable(t, m)
		if err != nil {
			return nil, none, errors.Join(err, t.Close())
		}
		return rows, t.Close, nil
	}
	return aidJSON(name, r), none, nil
}

func aidTable(t *Table, m Mapping) (iter.Seq2[aid.Raw, error], error) {
	c, err := t.Columns(aidColumns, m)
	if err != nil {
		return nil, err
	}
	if err := c.Require("id", "name"); err != nil {
		return nil, err
	}
	return each(t, func(row Row) aid.Raw {
		fields := map[string]any{}
		for key := range aidColumns {
			text, err := c.Cell(row, key).Text()
			if err != nil {
				return aid.Raw{Line: row.Line, Err: err}
			}
			if text == "" {
				continue
			}
			fields[key] = text
		}
		return rawAid(row.Line, fields)
	}), nil
}

// aidJSON reads objects one after the other: a file of 200 MB is never held whole.
func aidJSON(name string, r io.Reader) iter.Seq2[aid.Raw, error] {
	return func(yield func(aid.Raw, error) bool) {
		in := bufio.NewReader(io.LimitReader(r, mostAidsFile))
		if mark, err := in.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
			_, _ = in.Discard(3) // it was just read
		}
		head, _ := in.Peek(64) // an empty file is told below
		d := json.NewDecoder(in)
		d.UseNumber()
		fail := func(err error) {
			yield(aid.Raw{}, apperr.New(apperr.Invalid, err, "%s\u00a0: ce n’est pas une liste d’aides en JSON (il commence par «\u00a0%s\u00a0»).", name, clip(string(bytes.ToValidUTF8(head, nil)))))
		}
		nested, err := enterList(d, in, head)
		if err != nil {
			fail(err)
			return
		}
		line := 0
		for !nested || d.More() {
			var raw json.RawMessage
			if err := d.Decode(&raw); errors.Is(err, io.EOF) && !nested {
				return
			} else if err != nil {
				fail(err)
				return
			}
			if line++; line > mostAids {
				yield(aid.Raw{}, apperr.New(apperr.TooLarge, nil, "%s\u00a0: plus de %d aides. Découpez le fichier.", name, mostAids))
				return
			}
			if !yield(oneAid(line, raw), nil) {
				return
			}
		}
		if _, err := d.Token(); err != nil { // the list is closed, or the file was cut
			fail(err)
		}
	}
}

// enterList goes to the first object; false when the file is one object a line.
func enterList(d *json.Decoder, _ *bufio.Reader, head []byte) (nested bool, err error) {
	text := bytes.TrimSpace(head)
	switch {
	case len(text) == 0:
		return false, io.ErrUnexpectedEOF
	case text[0] == '[':
		_, err = d.Token()
		return true, err
	case text[0] != '{':
		return false, errors.New("neither a list nor an object")
	case !bytes.HasPrefix(bytes.ReplaceAll(text, []byte(" "), nil), []byte(`{"count"`)) && !bytes.HasPrefix(bytes.ReplaceAll(text, []byte(" "), nil), []byte(`{"results"`)):
		return false, nil
	}
	for {
		t, err := d.Token()
		if err != nil {
			return false, err
		}
		if t == "results" {
			t, err = d.Token()
			if err == nil && t != json.Delim('[') {
				err = errors.New("results is no list")
			}
			return true, err
		}
	}
}

func oneAid(line int, raw json.RawMessage) aid.Raw {
	if len(raw) > longestAid {
		return aid.Raw{Line: line, Err: apperr.Invalidf("cette aide dépasse %d\u00a0Mo", longestAid>>20)}
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var fields map[string]any
	if err := d.Decode(&fields); err != nil || fields == nil {
		return aid.Raw{Line: line, Err: apperr.Invalidf("ce n’est pas une aide\u00a0: «\u00a0%s\u00a0»", clip(string(raw)))}
	}
	return rawAid(line, fields)
}

// aidReader reads the fields of one aid, up to the first that is wrong.
type aidReader struct {
	fields map[string]any
	err    error
}

func (a *aidReader) wrong(key, what string) {
	if a.err == nil {
		a.err = apperr.Invalidf("le champ «\u00a0%s\u00a0» n’est pas %s\u00a0: «\u00a0%s\u00a0»", key, what, clip(fmt.Sprint(a.fields[key])))
	}
}

func (a *aidReader) text(key string) string {
	switch v := a.fields[key].(type) {
	case nil:
	case string:
		return clean(v)
	case json.Number:
		return v.String()
	default:
		a.wrong(key, "un texte")
	}
	return ""
}

// clean is a text without what no database keeps, on one edge.
func clean(s string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD"))
}

// list reads names: texts, or objects that have one.
func (a *aidReader) list(key string) (out []string) {
	switch v := a.fields[key].(type) {
	case nil:
	case string:
		for _, s := range strings.Split(v, listMark) {
			if s = clean(s); s != "" {
				out = append(out, s)
			}
		}
	case []any:
		for _, x := range v {
			if o, ok := x.(map[string]any); ok {
				x = o["name"]
			}
			s, ok := x.(string)
			if !ok {
				a.wrong(key, "une liste de noms")
				return nil
			}
			if s = clean(s); s != "" {
				out = append(out, s)
			}
		}
	default:
		a.wrong(key, "une liste de noms")
	}
	return out
}

func (a *aidReader) day(key string) string {
	s := a.text(key)
	if s == "" {
		return ""
	}
	if len(s) > len(time.DateOnly) {
		s = s[:len(time.DateOnly)]
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		a.wrong(key, "une date (2026-05-30)")
	}
	return s
}

func (a *aidReader) number(key string) *int64 {
	s := a.text(key)
	if s == "" {
		return nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || f > 1e12 || f != math.Trunc(f) {
		a.wrong(key, "un nombre entier")
		return nil
	}
	n := int64(f)
	return &n
}

func (a *aidReader) flag(key string) bool {
	switch v := a.fields[key].(type) {
	case nil:
	case bool:
		return v
	case string:
		switch strings.ToLower(clean(v)) {
		case "true", "1", "oui", "vrai":
			return true
		case "", "false", "0", "non", "faux":
			return false
		}
		a.wrong(key, "oui ou non")
	default:
		a.wrong(key, "oui ou non")
	}
	return false
}

func rawAid(line int, fields map[string]any) aid.Raw {
	a := &aidReader{fields: fields}
	r := aid.Raw{Line: line, ID: a.text("id"), Slug: a.text("slug"), URL: a.text("url"), Name: a.text("name"), Initial: a.text("name_initial"), Short: a.text("short_title"),
		Financers: a.list("financers"), Instructors: a.list("instructors"), Programmes: a.list("programs"), Categories: a.list("categories"), Types: a.list("aid_types"), Steps: a.list("mobilization_steps"),
		Audiences: a.list("targeted_audiences"), Destinations: a.list("destinations"), Perimeter: a.text("perimeter"), Scale: a.text("perimeter_scale"), Recurrence: a.text("recurrence"), European: a.text("european_aid"),
		Start: a.day("start_date"), Predeposit: a.day("predeposit_date"), Deadline: a.day("submission_deadline"), Updated: a.text("date_updated"), RateMin: a.number("subvention_rate_lower_bound"), RateMax: a.number("subvention_rate_upper_bound"),
		Loan: a.number("loan_amount"), Advance: a.number("recoverable_advance_amount"), RateNote: a.text("subvention_comment"), Origin: a.text("origin_url"), Apply: a.text("application_url"),
		Call: a.flag("is_call_for_project"), Charged: a.flag("is_charged"),
		Description: MarkdownOf(a.text("description")), Eligibility: MarkdownOf(a.text("eligibility")), Examples: MarkdownOf(a.text("project_examples")), Contact: MarkdownOf(a.text("contact"))}
	r.Err = a.err
	return r
}
