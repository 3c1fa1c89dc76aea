// Package sections draws pages made of sections: what the pages of the debate share.
package sections

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// View is a page: parts that are empty are not drawn.
type View struct {
	Heading  ui.Heading
	Tabs     ui.Pages
	Done     bool
	Notices  []ui.Alert
	Conflict ui.Table
	Parts    []Part
	Foot     ui.Source
	Style    string // address of a style sheet of its own, empty for none
}

// Part is a section of a page.
type Part struct {
	ID, Title, Lead string
	Facts           [][2]string
	Markdown        string
	Tiles           []Tile
	List            []string
	Empty           ui.Empty
	Bodies          []templ.Component
	Tables          []ui.Table
	Pager           ui.Pager
	Links           []ui.Link
	Fold            string // folds the forms under these words
	Open            bool   // unfolded all the same: a form came back
	Forms           []Form
}

// Tile is a card that leads somewhere.
type Tile struct{ Title, Text, Href string }

// Form is one form of a section.
type Form struct {
	ID, Action, Rev, Submit string
	Title                   string // over it, when a section holds several
	Secondary               bool
	Get                     bool // it filters, and changes nothing
	Fields                  []ui.Field
	Groups                  []Group // after Fields, each under its title
	Hidden                  [][2]string
	Do                      string // value of the button «do»
	Trap                    bool   // holds the field that people do not see
	File                    bool   // one of its fields sends a file
}

// Group is some fields of a form under a title: a row of what repeats.
type Group struct {
	Title, Lead string
	Fields      []ui.Field
	Hidden      [][2]string
}

// All are the fields of a form as they are named apart from it: those of a group with
// its title.
func (f Form) All() []ui.Field {
	out := slices.Clone(f.Fields)
	for _, g := range f.Groups {
		for _, x := range g.Fields {
			x.Label = g.Title + "\u00a0: " + x.Label
			out = append(out, x)
		}
	}
	return out
}

func (f Form) encoding() templ.Attributes {
	if !f.File {
		return nil
	}
	return templ.Attributes{"enctype": "multipart/form-data"}
}

// TrapField is a field that people do not see: who fills it is a robot.
const TrapField = "site"

func (f Form) method() string {
	if f.Get {
		return "get"
	}
	return "post"
}

// Show draws a page; private ones are found by no search engine.
func Show(s *shell.Shell, w http.ResponseWriter, r *http.Request, status int, v View, private bool, way ...ui.Link) error {
	v.Done = v.Done || r.URL.Query().Get("fait") == "1"
	page := s.Page(r, v.Heading.Title, strings.Join(append([]string{v.Heading.Title}, v.Heading.Scope...), ", ")+".", way...)
	if v.Style != "" {
		page.Styles = append(page.Styles, v.Style)
	}
	if private {
		page.NoIndex, page.Canonical = true, ""
	}
	return s.RenderStatus(w, r, status, page, onePage(v))
}

// Wrong puts the message of an error beside its field, or above the form when it is
// about none of them.
func Wrong(fields []ui.Field, field string, err error) []ui.Alert {
	if err == nil {
		return nil
	}
	for i := range fields {
		if field != "" && (fields[i].ID == field || fields[i].Name == field) {
			fields[i].Error = apperr.Message(err)
			return nil
		}
	}
	return []ui.Alert{{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(err)}}
}

// Choose is a field that chooses one of a list; none names the choice of nothing, empty
// when one must be chosen.
func Choose(id, label, value, none string, options [][2]string) ui.Field {
	f := ui.Field{ID: id, Label: label, Type: "select", Required: none == ""}
	if none != "" {
		f.Options = append(f.Options, ui.Option{Label: none})
	}
	for _, o := range options {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: o[0] == value})
	}
	return f
}

// Values are those of a field that was sent several times, without what is empty.
func Values(r *http.Request, name string) []string {
	var out []string
	for _, v := range r.PostForm[name] {
		if v = shell.Clean(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}
