package questionnaires

import (
	"encoding/json"
	"errors"
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/questionnaire"
	"jalon/internal/web/ui"
)

// previewView is a section as those who answer see it, of one kind of authority.
// Nothing in it is kept.
type previewView struct {
	Kinds    []ui.Link
	Kind     string
	Spec     string
	Wrong    string
	Sections []previewSection
	Empty    string
	Whole    bool // of the whole path: the page says so
}

type previewSection struct {
	ID, Title, Help string
	Skip            string // key
	Hidden          bool
	Questions       []previewQuestion
}

type previewQuestion struct {
	ID, Label, Help, Type, Unit string
	Hidden                      bool
	Options                     []questionnaire.Option
	Rows                        []previewRow
}

type previewRow struct {
	ID, Label, Sub string
	Cells          []previewCell
}

type previewCell struct {
	Key, Label string
	Options    []questionnaire.Option
}

// previewOf draws some sections of a path; all of them when none is named.
func previewOf(f questionnaire.Form, kind questionnaire.Kind, sections ...string) *previewView {
	if kind == "" {
		kind = questionnaire.Group
	}
	path := f.Path(kind)
	v := &previewView{Kind: string(kind), Whole: len(sections) == 0}
	g := path.Graph()
	state := g.Given(questionnaire.Answers{})
	shown := map[string]bool{}
	for _, id := range state.Shown() {
		shown[id] = true
	}
	var here []string
	for _, s := range path.Sections {
		if len(sections) > 0 && s.ID != sections[0] {
			continue
		}
		here = append(here, s.ID)
		x := previewSection{ID: s.ID, Title: s.Title, Help: s.Help, Hidden: !shown[s.ID]}
		if s.Skippable {
			x.Skip = s.Skip()
		}
		for _, q := range s.Questions {
			y := previewQuestion{ID: q.ID, Label: q.Label, Help: q.Help, Type: string(q.Type), Unit: q.Unit, Options: q.Options, Hidden: !shown[q.ID]}
			for _, r := range q.Rows {
				z := previewRow{ID: r.ID, Label: r.Label, Sub: r.Step.Name()}
				if r.Help != "" {
					z.Sub += " · " + r.Help
				}
				for _, c := range q.Columns {
					scale := path.Scale(c)
					z.Cells = append(z.Cells, previewCell{Key: r.ID + "." + c, Label: scale.Label, Options: scale.Options})
				}
				y.Rows = append(y.Rows, z)
			}
			x.Questions = append(x.Questions, y)
		}
		v.Sections = append(v.Sections, x)
	}
	if len(v.Sections) == 0 {
		v.Empty = "Rien ici n’est demandé à ce type de collectivité (" + kind.Name() + ")."
		return v
	}
	if spec, err := json.Marshal(g.Spec(nil, here...)); err == nil {
		v.Spec = string(spec)
	}
	return v
}

// preview draws what is being typed, as an answer to htmx; nothing is kept.
func (d Deps) preview(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	k, err := d.written(r)
	if err != nil {
		return err
	}
	v := typedPreview(r, k)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return previewBody(*v).Render(r.Context(), w)
}

// typedPreview is the section with what was typed in it, or what is wrong with it.
func typedPreview(r *http.Request, k desk) *previewView {
	kind, section := kindOf(r.PostForm.Get("apercu")), r.PostForm.Get("section")
	r.PostForm.Set("do", "preview") // what htmx sends has no button
	e, err := readEdit(r, k)
	f := k.x.Form
	if err == nil {
		f, err = f.With(e)
	}
	if err != nil {
		v := previewOf(k.x.Form, kind, section)
		v.Wrong = apperr.Message(err)
		var at *fault
		if errors.As(err, &at) {
			v.Wrong = at.message
		}
		return v
	}
	if e.What == "section" && e.Do == "add" {
		section = e.Part.ID
	}
	if e.What == "question" && e.To != "" {
		section = e.To
	}
	return previewOf(f, kind, section)
}

// kindPicks are the links that choose whose path the preview follows.
func kindPicks(address func(kind string) string, current string) []ui.Link {
	var out []ui.Link
	for _, k := range questionnaire.Kinds() {
		out = append(out, ui.Link{Label: capital(k.Name()), Href: address(string(k)), Current: string(k) == current})
	}
	return out
}

// loadTable says how long each path is, beside what it may be.
func loadTable(f questionnaire.Form) ui.Table {
	t := ui.Table{ID: "parcours-table", Caption: "Ce que chaque type de collectivité aurait à remplir", Columns: []ui.Column{{Label: "Parcours"}, {Label: "Sections", Number: true}, {Label: "Lignes à évaluer", Number: true}, {Label: "Lignes au plus", Number: true},
		{Label: "Temps estimé", Number: true, Unit: "min"}, {Label: "Temps au plus", Number: true, Unit: "min"}, {Label: "Avec le facultatif", Number: true, Unit: "min"}, {Label: "Verdict"}}}
	for _, l := range f.Loads() {
		verdict := ui.Cell{Text: "tient dans la limite"}
		if over := l.Over(); over != "" {
			verdict = ui.Cell{Text: "dépasse" + nb + ": " + over}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: capital(l.Kind.Name())}, {Text: french.Integer(l.Sections)}, {Text: french.Integer(l.Rows)}, {Text: french.Integer(l.MostRows)}, {Text: french.Integer(l.Minutes)}, {Text: french.Integer(l.MostMinutes)}, {Text: french.Integer(l.Whole)}, verdict}})
	}
	return t
}

func leverName(m *panorama.Model, code string) string {
	if l, err := m.Framework().Lever(code); err == nil {
		return l.ShortName
	}
	return ""
}
