package objective

import (
	"slices"
	"strings"

	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// Subjects of biodiversity and resources are put on the table like levers, by a code
// of their own: several bear the name of one.
const subjectPrefix = "nature-"

// Subject reports whether the code of a lever is that of a subject of biodiversity
// and resources, which does not count in CO₂.
func Subject(lever string) bool { return strings.HasPrefix(lever, subjectPrefix) }

// SubjectName is the name of a subject; false when the code is none of the book's.
func SubjectName(book *series.Book, code string) (string, bool) {
	for _, x := range book.Nature {
		if subjectPrefix+x.Code == code {
			return x.Name, true
		}
	}
	return "", false
}

// subject is a subject as a line of the table, with the national target in words.
type subject struct {
	line panorama.Line
	aim  string
}

const noRegional = "La nation vise une cible\u00a0; aucune part n’en est proposée aux régions."

// WithSubjects adds to the place of a region the subjects of biodiversity and
// resources that have a national target, each in the unit of that target.
func (p Place) WithSubjects(book *series.Book) Place {
	if book == nil || p.Ref().Scale != territory.RegionS {
		return p
	}
	p.subjects = nil
	for _, x := range book.Nature {
		targets := p.model.Framework().Targets(x.Lever)
		i := slices.IndexFunc(targets, func(t framework.Target) bool { return t.Target == x.Target })
		if i < 0 {
			continue
		}
		t := targets[i]
		unit := t.Unit
		if strings.HasPrefix(unit, "%") && strings.HasPrefix(strings.TrimSpace(t.Value), "-") {
			unit += sinceBase + t.BaseYear + ")"
		}
		l := framework.Lever{Code: subjectPrefix + x.Code, Name: x.Name, ShortName: x.Name, Unit: unit, UnitShort: unit, UnitKind: framework.Quantity}
		p.subjects = append(p.subjects, subject{aim: strings.TrimSuffix(t.Text, "."), line: panorama.Line{Lever: l, Objective: panorama.Amount{Reason: noKg}, State: panorama.Unallocated, Equiv: panorama.Equivalent{Unit: unit, Reason: noRegional}}})
	}
	return p
}

// sinceBase begins the end of the unit of a change.
const sinceBase = " (variation depuis "

// Aim is what the nation aims at for a subject, in words; empty for a lever.
func (p Place) Aim(lever string) string {
	for _, s := range p.subjects {
		if s.line.Lever.Code == lever {
			return s.aim
		}
	}
	return ""
}

// SubjectLines are the subjects of biodiversity and resources of a region, with what
// the COP put on the table. They are in no sum.
func (p Place) SubjectLines(rows []Objective, onTable bool) []Line {
	lines := make([]panorama.Line, len(p.subjects))
	for i, s := range p.subjects {
		lines[i] = s.line
	}
	return p.beside(lines, rows, onTable)
}
