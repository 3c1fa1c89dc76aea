package adaptations

import (
	"slices"
	"strings"

	"jalon/internal/adaptation"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
)

// warmingSource names what the trajectory comes from.
func (p place) warmingSource() (text, address string) {
	if p.warming.Address != "" || len(p.warming.Steps) == 0 {
		return p.warming.Source, p.warming.Address
	}
	if s, err := p.frame.Source(p.warming.Source); err == nil {
		return s.Title + ", " + s.Publisher, s.Address
	}
	return p.warming.Source, ""
}

// warmingPart is what the département prepares for.
func (p place) warmingPart() sections.Part {
	part := sections.Part{ID: "rechauffement", Title: "Le climat auquel se préparer", Lead: p.warming.Text()}
	if len(p.warming.Steps) > 0 {
		if source, address := p.warmingSource(); source != "" {
			part.Lead += " Source" + nb + ": " + source + "."
			if address != "" {
				part.Links = append(part.Links, ui.Link{Label: "D’où vient cette trajectoire", Href: address})
			}
		}
	}
	return part
}

// groups are the fields of a fiche under the titles of the State's sheet.
var groups = []struct {
	title string
	keys  []string
}{
	{"Contexte territorial", []string{"region", "department", "effect", "sensitivity", "lever"}},
	{"Description", []string{"level", "text", "ends", "criteria"}},
	{"Parties prenantes et soutien", []string{"parties", "engineering", "funding"}},
	{"Freins à lever", []string{"regional", "national"}},
	{"Budget", []string{"budget"}},
}

func (p place) value(x adaptation.Priority, key string) string {
	switch key {
	case "region":
		return p.regionName(x.Region)
	case "department":
		return p.deptName(x.Department)
	}
	return x.Input().Value(p.frame, key)
}

// sheetParts are a fiche on a page: the sixteen fields, «–» where nothing is said.
func (p place) sheetParts(x adaptation.Priority) (out []sections.Part) {
	out = append(out, p.warmingPart())
	for i, g := range groups {
		part := sections.Part{ID: "partie-" + french.Integer(i+1), Title: g.title}
		for _, key := range g.keys {
			text := p.value(x, key)
			if key == "text" && text != "" { // its paragraphs and lists are written in markdown
				part.Markdown = text
				continue
			}
			if text == "" {
				text = "– (non renseigné)"
			}
			part.Facts = append(part.Facts, [2]string{labelOf(key), oneLine(text)})
		}
		out = append(out, part)
	}
	return out
}

// oneLine sets the lines of a field one after the other.
func oneLine(text string) string {
	var out []string
	for _, l := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, " · ")
}

// longest is how many characters of a field a sheet of one page holds: the rest is on the
// page of the priority, and the sheet says so.
const longest = 900

// document is a fiche per page.
func (d Deps) document(p place, list []adaptation.Priority, title, address string) document.Document {
	doc := document.Document{Kind: "fiches-adaptation", Title: title, Subtitle: "Priorités d’adaptation au changement climatique, " + p.cycleWord(), Day: p.cop.DayAt(d.Now()), Demo: d.Shell.Demo, Address: d.Shell.Absolute(address), Sheets: true}
	if slices.ContainsFunc(list, func(x adaptation.Priority) bool { return !x.Adopted() }) {
		doc.Mark = "Projet" + nb + ": des fiches ne sont pas encore adoptées"
	}
	return d.fill(doc, p, list)
}

func (d Deps) fill(doc document.Document, p place, list []adaptation.Priority) document.Document {
	for _, x := range list {
		part := document.Part{ID: x.ID, Title: x.Title}
		part.Blocks = append(part.Blocks, document.Text{Spans: []document.Span{{Text: p.deptName(x.Department) + ", " + p.cycleWord() + ". ", Bold: true}, {Text: "État" + nb + ": " + x.State.Name() + ". "}, {Text: "Réchauffement" + nb + ": " + p.warming.Text(), Italic: true}}})
		t := document.Table{ID: "fiche", Columns: []document.Column{{Label: "Champ"}, {Label: "Ce que dit la fiche"}}}
		cut := false
		for _, g := range groups {
			for _, key := range g.keys {
				text := oneLine(p.value(x, key))
				if r := []rune(text); len(r) > longest {
					text, cut = string(r[:longest])+"…", true
				}
				c := document.Cell{Text: text}
				if text == "" {
					c = document.Cell{Missing: "non renseigné"}
				}
				t.Rows = append(t.Rows, []document.Cell{{Text: labelOf(key)}, c})
			}
		}
		if x.Reason != "" {
			t.Rows = append(t.Rows, []document.Cell{{Text: "Réponse de la région"}, {Text: x.State.Name() + nb + ": " + oneLine(x.Reason)}})
		}
		part.Blocks = append(part.Blocks, t)
		source, _ := p.warmingSource()
		if source != "" {
			part.Notes = append(part.Notes, "Réchauffement"+nb+": "+source+".")
		}
		if cut {
			part.Notes = append(part.Notes, "Un champ long est coupé à la page\u00a0: il est entier sur la page de la priorité.")
		}
		doc.Parts = append(doc.Parts, part)
	}
	return doc
}
