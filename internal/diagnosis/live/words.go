package live

import (
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/series"
)

const nbsp = french.NoBreak

// The units of heads of columns.
const (
	kilotonnes = "ktCO₂e par an"
	kt         = "kt"
)

// word, keyed and absent are the cells of a table: a text, a number that leads to
// its explanation, and why there is none.
func word(text string) document.Cell { return document.Word(text) }

func keyed(text, figure string) document.Cell { return document.Keyed(text, figure) }

func absent(why string) document.Cell { return document.Absent(why) }

// plainly is a reason inside a table: without its capital nor its stop.
func plainly(why string) string { return document.Absent(why).Missing }

// leverCell leads to the page of a lever.
func leverCell(l framework.Lever) document.Cell {
	return document.Cell{Text: l.ShortName, Href: "/leviers/" + l.Code}
}

// mass is an objective in kt.
func mass(a panorama.Amount, figure string) document.Cell {
	if !a.Known {
		return absent(a.Reason)
	}
	return keyed(french.Kt(int64(a.Kg), 1), figure)
}

// ratio is a part in percent.
func ratio(v panorama.Value, figure string) document.Cell {
	if !v.Known {
		return absent(v.Reason)
	}
	return keyed(french.Number(v.V*100, 1), figure)
}

// howMany writes a count and its noun: «16 leviers».
func howMany(n int, one, many string) string { return french.Many(n, one, many) }

// entry is a line of a list: what it is, then what it says.
func entry(head, text string) []document.Span { return document.Labelled(head, text) }

// guillemets sets words between French quotes.
func guillemets(s string) string { return french.Quoted(s) }

// lower and upper set a word inside or at the head of a sentence; a word all in
// capitals stays so.
func lower(s string) string { return french.Lower(s) }

func upper(s string) string { return french.Upper(s) }

// none is a block that has nothing to show, with why.
func none(title, why string, notes ...string) composition.Made {
	return composition.Made{Title: title, Missing: why, Notes: notes}
}

// shown writes a value with three significant digits, signed a change.
func shown(v float64) string { return french.Significant(v, 3) }

func signed(v float64) string {
	if s := shown(v); v <= 0 || s == "0" {
		return s
	}
	return "+" + shown(v)
}

// paceCell is a pace, or why there is none.
func paceCell(p series.Pace, figure, why string) document.Cell {
	if !p.Known {
		return absent(why)
	}
	return keyed(signed(p.PerYear), figure)
}

// The sources that most blocks cite.
func sourceOfPanorama(p panorama.Panorama) []string {
	out := []string{"SGPE, simulateur territorial de la planification écologique, objectifs affichés par région en " + french.Month(p.Edition) + ". Objectifs indicatifs, non contraignants\u00a0: baisse annuelle attendue en 2030 par rapport à 2019."}
	if p.Overseas {
		out = append(out, "Outre-mer\u00a0: 13\u00a0leviers propres, hors de l’objectif national, publiés sans ordre de grandeur.")
	}
	return out
}
