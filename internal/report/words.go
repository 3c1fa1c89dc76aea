package report

import (
	"strings"

	"jalon/internal/document"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
)

const nb = french.NoBreak

// ktUnit is the unit of objectives in the head of a column.
const ktUnit = "ktCO₂e par an"

// span is a run of text, bold a strong one, link one that leads somewhere and
// number one whose explanation is a click away.
func span(text string) document.Span           { return document.Span{Text: text} }
func bold(text string) document.Span           { return document.Span{Text: text, Bold: true} }
func link(text, href string) document.Span     { return document.Span{Text: text, Href: href} }
func number(text, figure string) document.Span { return document.Span{Text: text, Figure: figure} }

// item is a line of a list: what it is in bold, then what it says.
func item(head, text string) []document.Span {
	return []document.Span{bold(head), span(nb + ": " + text)}
}

// paragraphs cuts what a person wrote at its empty lines.
func paragraphs(text string) []document.Block {
	var out []document.Block
	for p := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, document.Para(p))
		}
	}
	return out
}

// quoted sets words between French quotes.
func quoted(s string) string { return "«" + nb + s + nb + "»" }

// counted writes a count and its noun: «16 COP», «1 région».
func counted(n int, one, many string) string {
	return french.Integer(n) + nb + french.Plural(n, one, many)
}

// agree picks the verb that a count wants.
func agree(n int, one, many string) string { return french.Plural(n, one, many) }

// totalKey is the key of the total of the nation or of a region.
func totalKey(p panorama.Panorama) string {
	return panorama.FigureKey(p.Edition, panorama.TotalName, p.Territory.Ref)
}

// cell, numeric and blank are the cells of a table.
func cell(text string) document.Cell { return document.Cell{Text: text} }

func blank(why string) document.Cell { return document.Cell{Missing: why} }

func numeric(text, figure string) document.Cell { return document.Cell{Text: text, Figure: figure} }

// ktCell is an objective in kilotonnes.
func ktCell(a panorama.Amount, figure string) document.Cell {
	if !a.Known {
		return blank(a.Reason)
	}
	return numeric(french.Kt(int64(a.Kg), 1), figure)
}

// Family is a family of levers and what its members ask together.
type Family struct {
	Code, Name string
	Kg         panorama.Kg
	Levers     []panorama.Line
}

// BySector groups the known lines of a panorama by sector; a family without any is
// left out.
func BySector(fw *framework.Framework, p panorama.Panorama) []Family {
	var out []Family
	for _, s := range fw.Sectors() {
		out = group(out, p, s.Code, s.Name, func(l panorama.Line) bool { return l.Lever.Sector == s.Code })
	}
	return out
}

// ByTheme groups them by theme of everyday life.
func ByTheme(fw *framework.Framework, p panorama.Panorama) []Family {
	var out []Family
	for _, t := range fw.Themes() {
		out = group(out, p, string(t.Code), t.Name, func(l panorama.Line) bool { return l.Lever.Theme == t.Code })
	}
	return out
}

func group(out []Family, p panorama.Panorama, code, name string, keep func(panorama.Line) bool) []Family {
	s := Family{Code: code, Name: name}
	for _, l := range p.Lines {
		if keep(l) && l.Objective.Known {
			s.Kg += l.Objective.Kg
			s.Levers = append(s.Levers, l)
		}
	}
	if len(s.Levers) == 0 {
		return out
	}
	return append(out, s)
}

// Largest is the family that asks the most.
func Largest(all []Family) Family {
	var out Family
	for _, s := range all {
		if s.Kg > out.Kg {
			out = s
		}
	}
	return out
}

// part is a share of a total in percent for a column.
func part(kg, total panorama.Kg) document.Cell {
	if total <= 0 {
		return blank("le total manque")
	}
	return cell(french.Number(float64(kg)/float64(total)*100, 1))
}

// The words of provenance that documents use.
const (
	computed  = "calculé par Jalon"
	declared  = "déclaré"
	fromState = "publié par l’État"
)

// upperFirst begins a sentence.
func upperFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

// lowerFirst writes a sentence after a colon.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToLower(string(r[0])) + string(r[1:])
}
