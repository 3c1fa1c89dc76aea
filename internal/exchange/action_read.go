package exchange

import (
	"encoding/json"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/french"
)

// What a file of actions may hold: rows, and MiB. It is read as a stream, from where it
// is kept by parts: its size costs disk for a day, not memory.
const (
	ActionRows = 100_000
	ActionMiB  = 100
)

// ActionLimits bound a file of actions that is sent on a page.
func ActionLimits() Limits {
	l := UploadLimits()
	l.Size = ActionMiB << 20
	l.Rows, l.Columns, l.Cell = ActionRows+4, 120, 30_000
	return l
}

// ActionFile is a file of actions, opened: its shape, and what each column holds.
type ActionFile struct {
	*Table
	Format ActionFormat
	// Columns holds a key for each header, empty for one that nobody decided.
	Columns []string
	first   int // line of the first row
}

// mostSheets is how many sheets of a workbook are looked at for a known shape.
const mostSheets = 8

// OpenActions opens a file of actions and tells its shape: a shape that a document
// describes by its own headers, wherever they stand in the first two rows of a sheet;
// else the generic one. said is what a person decided, by header.
func OpenActions(name string, r io.ReaderAt, size int64, o Options, said [][2]string) (*ActionFile, error) {
	open := func(sheet string, skip int) (*Table, error) {
		at := o
		at.Sheet, at.SkipRows = sheet, skip
		return ReadTableWith(name, io.NewSectionReader(r, 0, size), at)
	}
	t, err := open(o.Sheet, o.SkipRows)
	if err != nil {
		return nil, err
	}
	format := formatOf(t.Header)
	if format.ID == GenericActions && o.SkipRows == 0 {
		sheets := t.Sheets
		if o.Sheet != "" || len(sheets) == 0 {
			sheets = []string{o.Sheet}
		}
		for _, sheet := range sheets[:min(len(sheets), mostSheets)] {
			for skip := range 2 {
				other, err := open(sheet, skip)
				if err != nil {
					continue // what is refused is told of the sheet that is read
				}
				if f := formatOf(other.Header); f.ID != GenericActions {
					if err := t.Close(); err != nil {
						return nil, errors.Join(err, other.Close())
					}
					return newActionFile(other, f, said), nil
				}
				if err := other.Close(); err != nil {
					return nil, errors.Join(err, t.Close())
				}
			}
		}
	}
	return newActionFile(t, format, said), nil
}

func newActionFile(t *Table, f ActionFormat, said [][2]string) *ActionFile {
	out := &ActionFile{Table: t, Format: f, Columns: f.decide(t.Header, said), first: t.Line + 1}
	if f.ID == TeTActions && t.Line == 2 {
		out.first = t.Line + 2 // a row of explanations is under the header
	}
	return out
}

// Undecided reports whether a person must still say what a column holds, or which one
// holds the title.
func (f *ActionFile) Undecided() bool {
	return slices.Contains(f.Columns, "") || !slices.Contains(f.Columns, "title")
}

// Decided fails with what a person must still say of the columns.
func (f *ActionFile) Decided() error {
	if !f.Undecided() {
		return nil
	}
	e := &MappingError{File: f.Name, Line: f.Line}
	for i, key := range f.Columns {
		if key == "" {
			e.Unknown = append(e.Unknown, headerName(f.Header[i], i))
		}
	}
	if !slices.Contains(f.Columns, "title") {
		e.Missing = []string{"Titre"}
	}
	for _, x := range actionFields {
		e.Fields = append(e.Fields, x.Key)
	}
	return e
}

// Twice names a field that several columns hold and that only one may.
func (f *ActionFile) Twice() string {
	seen := map[string]bool{}
	for _, key := range f.Columns {
		i := slices.IndexFunc(actionFields, func(x ActionField) bool { return x.Key == key })
		if i >= 0 && !actionFields[i].Many && seen[key] {
			return actionFields[i].Label
		}
		seen[key] = true
	}
	return ""
}

// Samples are the first values of each column, to recognise it by.
func (f *ActionFile) Samples(most int) ([][]string, error) {
	out := make([][]string, len(f.Header))
	rows := 0
	for row, err := range f.Rows() {
		if err != nil {
			return out, err
		}
		if row.Line < f.first {
			continue
		}
		for i, c := range row.Cells {
			if c = trimSpaces(c); c != "" && len(out[i]) < most && i < len(out) {
				out[i] = append(out[i], clip(c))
			}
		}
		if rows++; rows == 50 {
			break
		}
	}
	return out, nil
}

// ActionRow is one row: what was read of it, and its cells by what they hold.
type ActionRow struct {
	action.Received
	Raw     []string
	Remarks []string // a formula of which the last value was taken
	Err     error
	cells   map[string][]Cell
}

// Read gives the rows in their order.
func (f *ActionFile) Read() iter.Seq2[ActionRow, error] {
	var given []string
	for _, key := range f.Columns {
		if key != Ignored && key != "" && !slices.Contains(given, key) {
			given = append(given, key)
		}
	}
	return func(yield func(ActionRow, error) bool) {
		for row, err := range f.Rows() {
			if err != nil {
				yield(ActionRow{}, err)
				return
			}
			if row.Line < f.first {
				continue
			}
			r := f.row(row)
			r.Given = given
			if !yield(r, nil) {
				return
			}
		}
	}
}

// row reads one row; the first cell that cannot be read is its fault.
func (f *ActionFile) row(row Row) ActionRow {
	r := ActionRow{Raw: slices.Clone(row.Cells), cells: map[string][]Cell{}}
	r.Line, r.Format, r.Prefix = row.Line, f.Format.ID, f.Format.prefix
	if row.Fault != nil {
		r.Err = row.Fault
		return r
	}
	for i, key := range f.Columns {
		if key == Ignored || key == "" || i >= len(row.Cells) {
			continue
		}
		c := given(Cell{File: f.Name, Line: row.Line, Col: i + 1, Column: f.Header[i], Value: trimSpaces(row.Cells[i]), decimal: f.decimal, kind: row.kind(i)})
		if rest, ok := strings.CutPrefix(c.Value, "'"); ok && c.kind == cellText && Inert(rest) == c.Value {
			c.Value = rest // what our own files make inert
		}
		if c.kind == cellFormula && c.Value != "" {
			r.Remarks = append(r.Remarks, "«\u00a0"+c.Column+"\u00a0» est une formule\u00a0: sa dernière valeur est prise")
			c.kind = cellText
			if _, err := strconv.ParseFloat(c.Value, 64); err == nil {
				c.kind = cellNumber
			}
		}
		if f := c.readable(); f != nil {
			r.Err = f
			return r
		}
		if c.Value != "" || c.kind == cellFormula {
			r.cells[key] = append(r.cells[key], c)
		}
	}
	r.Err = r.fill(f.Format)
	return r
}

// one is the first cell that holds a field; an empty one when none does.
func (r *ActionRow) one(key string) Cell {
	if c := r.cells[key]; len(c) > 0 {
		return c[0]
	}
	return Cell{Line: r.Line}
}

func (r *ActionRow) all(key string) (out []string) {
	for _, c := range r.cells[key] {
		out = append(out, c.Value)
	}
	return out
}

// fill reads the cells into what an action says.
func (r *ActionRow) fill(f ActionFormat) error {
	r.ID, r.Title, r.Summary, r.Sub = r.one("id").Value, r.one("title").Value, r.one("summary").Value, r.one("sub").Value
	if french.Fold(r.ID) == "non renseigne" {
		r.ID = ""
	}
	if r.Title == "" && r.Sub == "" {
		c := r.one("title")
		c.Column = "Titre"
		return c.Fault("cette ligne n’a pas de titre")
	}
	for _, c := range r.cells["note"] {
		r.Notes = append(r.Notes, [2]string{c.Column, c.Value})
	}
	r.Kind, r.Holder, r.Email, r.Referent = r.one("kind").Value, r.one("holder").Value, r.one("email").Value, r.one("referent").Value
	r.Contact = strings.Join(r.all("contact"), " ")
	r.Step, r.Phase, r.Status, r.Pool = r.one("step").Value, r.one("phase").Value, r.one("status").Value, r.one("pool").Value
	r.tetStatus(f)
	r.Measure = r.one("measure").Value
	for _, t := range []struct {
		key string
		to  *[]string
	}{{"levers", &r.Levers}, {"places", &r.Places}, {"co_holders", &r.CoHolders}, {"partners", &r.Partners}} {
		for _, text := range r.all(t.key) {
			*t.to = append(*t.to, list(text)...)
		}
	}
	if d := r.one("department").Value; d != "" && len(r.Places) == 0 {
		r.Places = []string{strings.Repeat("0", max(0, 2-len(d))) + d} // where the export names no commune
	}
	for _, t := range strings.Split(r.one("tasks").Value, "\n") {
		if t = strings.TrimSpace(t); t != "" {
			r.Tasks = append(r.Tasks, action.Task{Title: t})
		}
	}
	return first(
		func() (err error) {
			c := r.one("siren")
			if c, err = sirenOf(c); err == nil {
				r.SIREN = c.Value
			}
			return err
		},
		func() (err error) { r.Starts, err = r.when("starts"); return err },
		func() (err error) { r.Ends, err = r.when("ends"); return err },
		func() (err error) { r.Budget.Invest, err = r.euros("invest"); return err },
		func() (err error) { r.Budget.Operation, err = r.euros("operation"); return err },
		func() (err error) { r.Budget.FTE, err = r.hundredths("fte"); return err },
		func() error { return r.funders(f) },
		r.indicator,
	)
}

// tetStatus brings the statuses that only the 28 columns know to ours; «à discuter»
// has none, and is kept in words.
func (r *ActionRow) tetStatus(f ActionFormat) {
	if f.ID != TeTActions {
		return
	}
	switch french.Fold(r.Status) {
	case "realise":
		r.Status = "terminé"
	case "a discuter":
		r.Notes, r.Status = append(r.Notes, [2]string{"Statut", r.Status}), ""
	}
}

// list cuts a cell of several values: a JSON list, or lines, semicolons or bars. A
// comma cuts nothing here, for names hold some.
func list(text string) (out []string) {
	if strings.HasPrefix(text, "[") && json.Unmarshal([]byte(text), &out) == nil {
		return out
	}
	for _, p := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '|' || r == '\n' || r == '\r' }) {
		if p = trimSpaces(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func (r *ActionRow) when(key string) (string, error) {
	c := r.one(key)
	if c.Value == "" {
		return "", nil
	}
	text, err := ParseWhen(c.Value)
	if err != nil {
		return "", c.Fault("%s", err.Error())
	}
	return text, nil
}

func (r *ActionRow) euros(key string) (*int64, error) {
	c := r.one(key)
	if c.Value == "" {
		return nil, nil
	}
	d := c.decimal
	if c.kind == cellNumber {
		d = PointDecimal
	}
	n, err := ParseEuros(c.Value, d)
	if err != nil {
		return nil, c.Fault("%s", err.Error())
	}
	return &n, nil
}

func (r *ActionRow) hundredths(key string) (*int64, error) {
	c := r.one(key)
	c.Value = trimSpaces(strings.TrimSuffix(strings.ToUpper(c.Value), "ETP"))
	if c.Value == "" {
		return nil, nil
	}
	v, err := c.NonNegative()
	if err != nil {
		return nil, err
	}
	if v > 1e6 {
		return nil, c.Fault("ce nombre d’équivalents temps plein est trop grand")
	}
	n := int64(v*100 + 0.5)
	return &n, nil
}

// Refused is a row that was refused, as it was sent: what goes out to be mended.
type Refused struct {
	Cells []string `json:"cells"`
}

// place puts a fault of the register at the cell that holds its field.
func (r ActionRow) place(err error) error {
	var f *action.Fault
	if !errors.As(err, &f) {
		return err
	}
	if c := r.cells[f.Field]; len(c) > 0 {
		return c[0].Fault("%s", strings.TrimSuffix(f.Message, "."))
	}
	return apperr.Invalidf("%s", f.Message)
}

// OwnHeaders are the headers of a file without those that a file of refused rows adds,
// so that what was said of the columns is remembered when it comes back.
func OwnHeaders(header []string) (out []string) {
	for _, h := range header {
		if !slices.Contains(refusedHeads[:], h) {
			out = append(out, h)
		}
	}
	return out
}

// FieldTwice names a field that two columns were said to hold and that only one may.
func FieldTwice(said [][2]string) string {
	f := ActionFile{}
	for _, s := range said {
		f.Columns = append(f.Columns, s[1])
	}
	return f.Twice()
}
