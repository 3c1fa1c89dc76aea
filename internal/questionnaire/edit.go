package questionnaire

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
)

// Edit is one act of an editor on a form. What names which part: «form»,
// «section», «question», «row»; Do is add, save, up, down or remove.
type Edit struct {
	What, Do string
	// Section, Question and Row say where: the part itself, or, to add one, what it
	// is added to.
	Section, Question, Row string
	// To moves a question to another section, a row to another matrix, as it is
	// saved; empty leaves it where it is.
	To string

	Form  Form     // title, introduction, pace, scales
	Part  Section  // without its questions
	Ask   Question // without its rows
	Line  Row
	Label string // what it did, in French: the reason that is kept
}

func gone(what string) error {
	return apperr.NotFoundf("%s n’est plus dans le questionnaire\u00a0: quelqu’un l’a peut-être retirée.", what)
}

func (f *Form) section(id string) (int, error) {
	i := slices.IndexFunc(f.Sections, func(s Section) bool { return s.ID == id })
	if i < 0 {
		return i, gone("Cette section")
	}
	return i, nil
}

func (f *Form) question(id string) (s, q int, err error) {
	for i := range f.Sections {
		if j := slices.IndexFunc(f.Sections[i].Questions, func(q Question) bool { return q.ID == id }); j >= 0 {
			return i, j, nil
		}
	}
	return -1, -1, gone("Cette question")
}

func (f *Form) row(id string) (s, q, r int, err error) {
	for i := range f.Sections {
		for j := range f.Sections[i].Questions {
			if k := slices.IndexFunc(f.Sections[i].Questions[j].Rows, func(r Row) bool { return r.ID == id }); k >= 0 {
				return i, j, k, nil
			}
		}
	}
	return -1, -1, -1, gone("Cette ligne")
}

// With is the form after an edit; the form itself is not changed.
func (f Form) With(e Edit) (Form, error) {
	out := f.Clone()
	var err error
	switch e.What {
	case "form":
		out.Title, out.Intro, out.Pace = e.Form.Title, e.Form.Intro, e.Form.Pace
		if e.Form.Scales != nil {
			out.Scales = e.Form.Scales
		}
	case "section":
		err = out.editSection(e)
	case "question":
		err = out.editQuestion(e)
	case "row":
		err = out.editRow(e)
	default:
		err = refuse("Ce geste n’existe pas. Rechargez la page et recommencez.")
	}
	return out, err
}

// step moves or removes an element of a list.
func step[T any](list []T, at int, do string) []T {
	switch {
	case do == "up" && at > 0:
		list[at-1], list[at] = list[at], list[at-1]
	case do == "down" && at+1 < len(list):
		list[at+1], list[at] = list[at], list[at+1]
	case do == "remove":
		list = slices.Delete(list, at, at+1)
	}
	return list
}

// taken refuses an id that is used, or is none.
func (f *Form) taken(id string) error {
	used := id == ""
	walkIDs(*f, func(x, _ string) { used = used || x == id })
	if used {
		return refuse("L’identifiant «\u00a0" + cut(id) + "\u00a0» sert déjà. Choisissez-en un autre.")
	}
	return nil
}

func (f *Form) editSection(e Edit) error {
	if e.Do == "add" {
		if err := f.taken(e.Part.ID); err != nil {
			return err
		}
		at := len(f.Sections)
		if i, err := f.section(e.Section); err == nil {
			at = i + 1
		}
		f.Sections = slices.Insert(f.Sections, at, e.Part)
		return nil
	}
	i, err := f.section(e.Section)
	if err != nil {
		return err
	}
	if e.Do == "save" {
		e.Part.ID, e.Part.Questions = f.Sections[i].ID, f.Sections[i].Questions
		f.Sections[i] = e.Part
		return nil
	}
	f.Sections = step(f.Sections, i, e.Do)
	return nil
}

func (f *Form) editQuestion(e Edit) error {
	if e.Do == "add" {
		i, err := f.section(e.Section)
		if err != nil {
			return err
		}
		if err := f.taken(e.Ask.ID); err != nil {
			return err
		}
		f.Sections[i].Questions = append(f.Sections[i].Questions, e.Ask)
		return nil
	}
	i, j, err := f.question(e.Question)
	if err != nil {
		return err
	}
	if e.Do != "save" {
		f.Sections[i].Questions = step(f.Sections[i].Questions, j, e.Do)
		return nil
	}
	was := f.Sections[i].Questions[j]
	e.Ask.ID, e.Ask.Rows = was.ID, was.Rows
	if e.Ask.Type != Matrix {
		e.Ask.Rows = nil
	}
	f.Sections[i].Questions[j] = e.Ask
	if e.To != "" && e.To != f.Sections[i].ID {
		to, err := f.section(e.To)
		if err != nil {
			return err
		}
		f.Sections[i].Questions = slices.Delete(f.Sections[i].Questions, j, j+1)
		f.Sections[to].Questions = append(f.Sections[to].Questions, e.Ask)
	}
	return nil
}

func (f *Form) editRow(e Edit) error {
	if e.Do == "add" {
		i, j, err := f.question(e.Question)
		if err != nil {
			return err
		}
		if err := f.taken(e.Line.ID); err != nil {
			return err
		}
		q := &f.Sections[i].Questions[j]
		q.Rows = append(q.Rows, e.Line)
		return nil
	}
	i, j, k, err := f.row(e.Row)
	if err != nil {
		return err
	}
	q := &f.Sections[i].Questions[j]
	if e.Do != "save" {
		q.Rows = step(q.Rows, k, e.Do)
		return nil
	}
	e.Line.ID = q.Rows[k].ID
	q.Rows[k] = e.Line
	if e.To != "" && e.To != q.ID {
		to, at, err := f.question(e.To)
		if err != nil {
			return err
		}
		q.Rows = slices.Delete(q.Rows, k, k+1)
		into := &f.Sections[to].Questions[at]
		into.Rows = append(into.Rows, e.Line)
	}
	return nil
}

// Untouched reports whether what an edit replaces is the same in two states of a
// form: then it may be made on the second as it was meant for the first, and
// nobody's work is lost.
func (e Edit) Untouched(before, now Form) bool {
	switch e.What + " " + e.Do {
	case "form save":
		return before.Title == now.Title && before.Intro == now.Intro && reflect.DeepEqual(before.Pace, now.Pace) && reflect.DeepEqual(before.Scales, now.Scales)
	case "section save":
		a, x := before.Section(e.Section)
		b, y := now.Section(e.Section)
		a.Questions, b.Questions = nil, nil
		return x && y && reflect.DeepEqual(a, b)
	case "question save":
		a, x := before.Question(e.Question)
		b, y := now.Question(e.Question)
		a.Rows, b.Rows = nil, nil
		return x && y && reflect.DeepEqual(a, b)
	case "row save":
		_, was := rowsOf(before)
		_, is := rowsOf(now)
		a, x := was[e.Row]
		b, y := is[e.Row]
		return x && y && reflect.DeepEqual(a.x, b.x)
	case "section remove", "question remove", "row remove":
		return e.whole(before) != "" && e.whole(before) == e.whole(now)
	}
	return true // what is added or moved replaces nothing
}

// whole is all of what an edit removes, as text.
func (e Edit) whole(f Form) string {
	g := Form{}
	switch e.What {
	case "section":
		s, ok := f.Section(e.Section)
		if !ok {
			return ""
		}
		g.Sections = []Section{s}
	case "question":
		q, ok := f.Question(e.Question)
		if !ok {
			return ""
		}
		g.Sections = []Section{{Questions: []Question{q}}}
	default:
		_, rows := rowsOf(f)
		r, ok := rows[e.Row]
		if !ok {
			return ""
		}
		return r.x.Label + "\x00" + r.x.Help + "\x00" + string(r.x.Step) + kindNames(r.x.For)
	}
	doc, err := json.Marshal(g)
	if err != nil {
		return ""
	}
	return string(doc)
}

// FreeID makes an id of the words of a label, that nothing in the form has yet.
func (f Form) FreeID(prefix, label string) string {
	words := strings.FieldsFunc(french.Fold(label), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	id := prefix + strings.Join(words[:min(len(words), 5)], "-")
	if len(id) > 60 {
		id = strings.TrimRight(id[:60], "-")
	}
	if len(words) == 0 {
		id = prefix + "sans-nom"
	}
	used := map[string]bool{}
	walkIDs(f, func(x, _ string) { used[x] = true })
	for base, n := id, 2; used[id]; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	return id
}

// OptionsText writes options as an editor shows them, one a line: «code | texte»,
// and «| valeur» when it has one.
func OptionsText(options []Option) string {
	var b strings.Builder
	for _, o := range options {
		b.WriteString(o.Code + " | " + o.Label)
		if o.Score != nil {
			b.WriteString(" | " + french.Significant(*o.Score, 17))
		}
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// ParseOptions reads them back; a line that is a text alone is given a code.
func ParseOptions(text string) ([]Option, error) {
	var out []Option
	for line := range strings.Lines(text) {
		if blank(line) {
			continue
		}
		part := strings.Split(line, "|")
		for i := range part {
			part[i] = strings.TrimSpace(part[i])
		}
		o := Option{Label: part[0]}
		switch len(part) {
		case 1:
			o.Code = Form{Sections: []Section{{ID: "x"}}}.FreeID("", part[0])
			for base, n := o.Code, 2; slices.ContainsFunc(out, func(x Option) bool { return x.Code == o.Code }); n++ {
				o.Code = base + "-" + strconv.Itoa(n)
			}
		case 2, 3:
			o.Code, o.Label = part[0], part[1]
			if len(part) == 3 && part[2] != "" {
				v, err := parseNumber(part[2])
				if err != nil {
					return nil, refuse("Valeur de «\u00a0" + cut(o.Label) + "\u00a0»\u00a0: " + apperr.Message(err))
				}
				o.Score = &v
			}
		default:
			return nil, refuse("«\u00a0" + cut(line) + "\u00a0» a trop de barres. Écrivez\u00a0: code | texte | valeur.")
		}
		out = append(out, o)
	}
	return out, nil
}
