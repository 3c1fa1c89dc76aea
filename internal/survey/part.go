package survey

import (
	"slices"

	"jalon/internal/questionnaire"
)

// Part is where one section of a response stands.
type Part struct {
	Section    questionnaire.Section
	Asked      int // rows
	Rated      int
	Answered   int // cells, flags apart
	Prefilled  int // that came filled
	ToConfirm  int // of these, those that nobody has confirmed
	Skipped    bool
	Seen       bool // gone through
	Done       bool
	SkippedBy  string // a seat's id
	LastBy     string // who wrote last in it
	Colleagues []Seat // to whom it was given
	Unsettled  int    // blockers in it
}

// Parts lists the sections that are asked, in order.
func (t Desk) Parts(seats []Seat) []Part {
	s := t.Path.Graph.Given(t.Answers)
	cells := map[string][]questionnaire.Cell{}
	for _, c := range s.Visible() {
		cells[c.Section] = append(cells[c.Section], c)
	}
	blocked := map[string]int{}
	for _, b := range t.Blockers() {
		blocked[b.Section]++
	}
	var out []Part
	for _, section := range t.Path.Form.Sections {
		if !s.Shows(section.ID) {
			continue
		}
		p := Part{Section: section, Seen: t.Answers[section.Seen()] == questionnaire.Gone, Unsettled: blocked[section.ID]}
		rows := map[string]bool{} // asked → rated on every column
		var last Draft
		for _, c := range cells[section.ID] {
			d := t.Drafts[c.Key]
			if d.By != "" && !d.At.Before(last.At) {
				last = d
			}
			if c.Flag {
				continue
			}
			if c.Row != "" {
				if was, ok := rows[c.Row]; !ok || was {
					rows[c.Row] = d.Value != ""
				}
			}
			if d.Value != "" {
				p.Answered++
			}
			if d.Source != "" {
				p.Prefilled++
			}
			if d.ToConfirm() {
				p.ToConfirm++
			}
		}
		p.LastBy = last.By
		p.Asked = len(rows)
		for _, rated := range rows {
			if rated {
				p.Rated++
			}
		}
		if section.Skippable && t.Answers[section.Skip()] == questionnaire.Skipped {
			p.Skipped, p.SkippedBy = true, t.Drafts[section.Skip()].By
		}
		p.Done = p.Skipped || p.Unsettled == 0 && p.Rated == p.Asked && (p.Asked > 0 || p.Seen || p.Answered > 0 && p.ToConfirm == 0)
		for _, x := range seats {
			if x.Role == Colleague && x.EndedAt.IsZero() && slices.Contains(x.Sections, section.ID) {
				p.Colleagues = append(p.Colleagues, x)
			}
		}
		out = append(out, p)
	}
	return out
}

// PrefilledShare is the share of the answers that came filled, and how many
// answers there are; it is 0 of 0 when nothing is answered.
func (t Desk) PrefilledShare() (prefilled, answered int) {
	for _, c := range t.Path.Graph.Given(t.Answers).Visible() {
		d := t.Drafts[c.Key]
		if d.Value == "" || c.Flag {
			continue
		}
		answered++
		if d.Source != "" {
			prefilled++
		}
	}
	return prefilled, answered
}
