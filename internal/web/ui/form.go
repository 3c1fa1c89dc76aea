package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// Option is one choice of a list, of radio buttons or of check boxes.
type Option struct {
	Value, Label, Help string
	Selected           bool
}

// Field is one question of a form. Its value always comes back as it was
// typed, with its error beside it.
type Field struct {
	// ID is the anchor of the field, Name what the form sends; Name is ID when
	// it is empty.
	ID, Name string
	Label    string
	// Help says what is expected, under the label.
	Help string
	// Error says what is wrong and how to mend it.
	Error string
	Value string
	// Type is «text» (default), «number» (a decimal number in French), «email»,
	// «search», «date», «file», «textarea», «select», «radio», «checkbox».
	Type string
	// Unit is written after the field.
	Unit         string
	Autocomplete string
	Required     bool
	Options      []Option
	Rows         int
	Accept       string
	// Attributes are added to the control, for htmx.
	Attributes templ.Attributes
}

func (f Field) name() string {
	if f.Name == "" {
		return f.ID
	}
	return f.Name
}

// controlType is the type attribute: numbers are text, for a decimal comma is
// refused by number fields in many browsers.
func (f Field) controlType() string {
	if f.Type == "" || f.Type == "number" {
		return "text"
	}
	return f.Type
}

// control are the attributes that every control shares.
func (f Field) control() templ.Attributes {
	a := templ.Attributes{}
	for k, v := range f.Attributes {
		a[k] = v
	}
	described := ""
	if f.Help != "" {
		described = f.ID + "-aide"
	}
	if f.Error != "" {
		if described != "" {
			described += " "
		}
		described += f.ID + "-erreur"
		a["aria-invalid"] = "true"
	}
	if described != "" {
		a["aria-describedby"] = described
	}
	if f.Required {
		a["required"] = true
	}
	if f.Autocomplete != "" {
		a["autocomplete"] = f.Autocomplete
	}
	if f.Type == "number" {
		a["inputmode"] = "decimal"
	}
	if f.Accept != "" {
		a["accept"] = f.Accept
	}
	return a
}

// groupAria are the attributes of a fieldset that holds choices.
func (f Field) groupAria() templ.Attributes {
	ids := f.ID + "-legende"
	if f.Help != "" {
		ids += " " + f.ID + "-aide"
	}
	if f.Error != "" {
		ids += " " + f.ID + "-erreur"
	}
	return templ.Attributes{"aria-labelledby": ids}
}

// chosen marks the selected option of a list.
func chosen(o Option, attr string) templ.Attributes {
	if !o.Selected {
		return nil
	}
	return templ.Attributes{attr: true}
}

// TwoVersions is the table of what is kept and of what somebody typed, where they
// differ: the second writer of a thing reads both.
func TwoVersions(kept, typed []Field) Table {
	t := Table{ID: "deux-versions", Caption: "Ce qui est enregistré, et ce que vous avez écrit", Columns: []Column{{Label: "Champ"}, {Label: "Enregistré", Wide: true}, {Label: "Le vôtre", Wide: true}}}
	for i := range kept {
		if a, b := kept[i].said(), typed[i].said(); a != b {
			t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: kept[i].Label}, {Text: a}, {Text: b}}})
		}
	}
	return t
}

// said is the value of a field as it reads: the labels of what is chosen.
func (f Field) said() string {
	if len(f.Options) == 0 {
		return f.Value
	}
	var out []string
	for _, o := range f.Options {
		if o.Selected {
			out = append(out, o.Label)
		}
	}
	return strings.Join(out, ", ")
}

// faults are the fields in error, in order.
func faults(fields []Field) []Field {
	var out []Field
	for _, f := range fields {
		if f.Error != "" {
			out = append(out, f)
		}
	}
	return out
}
