package document

import (
	"strings"

	"jalon/internal/french"
)

// Word is a cell that holds words.
func Word(text string) Cell { return Cell{Text: text} }

// Keyed is a cell with a number that leads to its explanation.
func Keyed(text, figure string) Cell { return Cell{Text: text, Figure: figure} }

// Linked is a cell that leads elsewhere.
func Linked(text, href string) Cell { return Cell{Text: text, Href: href} }

// Absent is a cell without value, and why: a reason reads inside a table without its
// capital nor its stop.
func Absent(why string) Cell { return Cell{Missing: french.Lower(strings.TrimSuffix(why, "."))} }

// WordOr is a cell that holds words, or why there are none.
func WordOr(text, why string) Cell {
	if strings.TrimSpace(text) == "" {
		return Absent(why)
	}
	return Word(text)
}

// Heading is the head of a column of words.
func Heading(label string) Column { return Column{Label: label} }

// NumberHeading is that of a column of numbers.
func NumberHeading(label, unit string) Column {
	return Column{Label: label, Unit: unit, Number: true}
}

// Labelled is a line of a list: what it is, then what it says.
func Labelled(head, text string) []Span {
	return []Span{{Text: head, Bold: true}, {Text: french.NoBreak + ": " + text}}
}
