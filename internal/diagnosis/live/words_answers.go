package live

import (
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/territory"
)

const byJalon = "calculé par Jalon"

// hrefCell leads elsewhere; textColumn and numberColumn are heads of columns.
func hrefCell(text, href string) document.Cell        { return document.Linked(text, href) }
func textColumn(label string) document.Column         { return document.Heading(label) }
func numberColumn(label, unit string) document.Column { return document.NumberHeading(label, unit) }

// short cuts a text that a person wrote at a word.
func short(s string, n int) string { return french.Short(s, n) }

// orWhy is a text, or why there is none.
func orWhy(text, why string) document.Cell { return document.WordOr(text, why) }

// lacking is a block without anything to show: why, then what will come.
func lacking(why, coming string) composition.Made {
	return composition.Made{Missing: strings.TrimSpace(why + " " + coming)}
}

// made is a block of a part that a report writes.
func made(p document.Part) composition.Made {
	return composition.Made{Title: p.Title, Blocks: p.Blocks, Notes: p.Notes, Missing: p.Missing}
}

// where names the territory of an item, by its code when the tree does not hold it.
func (r *reading) where(x knowledge.Item) string {
	ref, err := territory.ParseRef(x.Territory)
	if err != nil || ref.Scale == territory.Perimeter {
		return knowledge.Named(knowledge.Scales(), x.Scale)
	}
	t, err := r.model.Tree().Lookup(ref)
	if err != nil {
		return ref.Code
	}
	return t.Name
}

// about names the levers of an item, its theme when it has none.
func (r *reading) about(x knowledge.Item) string {
	var out []string
	for _, code := range x.Levers {
		if l, err := r.model.Framework().Lever(code); err == nil {
			out = append(out, l.ShortName)
		}
	}
	if len(out) == 0 {
		return knowledge.Named(knowledge.Themes(), x.Theme)
	}
	return strings.Join(out, ", ")
}

// theme is that of an item: its own, or that of its first lever.
func (r *reading) theme(x knowledge.Item) string {
	if x.Theme == "" && len(x.Levers) > 0 {
		if l, err := r.model.Framework().Lever(x.Levers[0]); err == nil {
			return string(l.Theme)
		}
	}
	return x.Theme
}

// unless writes an error that a reader is told as a block that says so.
func unless(err error, coming string) (composition.Made, error) {
	if apperr.KindOf(err) == apperr.NotFound {
		return lacking(apperr.Message(err), coming), nil
	}
	return composition.Made{}, err
}
