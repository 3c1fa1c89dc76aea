package questionnaire

import "slices"

// Holds evaluates a condition. A nil condition holds. The same rules are written
// once more in web/static, for the page: a table of cases holds both.
func (c *Condition) Holds(f Form, a Answers) bool {
	if c == nil {
		return true
	}
	switch {
	case len(c.All) > 0:
		return !slices.ContainsFunc(c.All, func(x Condition) bool { return !x.Holds(f, a) })
	case len(c.Any) > 0:
		return slices.ContainsFunc(c.Any, func(x Condition) bool { return x.Holds(f, a) })
	case c.Not != nil:
		return !c.Not.Holds(f, a)
	case c.Key != "":
		v := a[c.Key]
		return v != "" && (len(c.In) == 0 || slices.Contains(c.In, v))
	case c.Rated != "":
		for _, s := range f.Sections {
			for _, q := range s.Questions {
				if q.ID != c.Rated {
					continue
				}
				for _, r := range q.Rows {
					for _, col := range q.Columns {
						if a[r.ID+"."+col] != "" {
							return true
						}
					}
				}
			}
		}
	}
	return false
}

// Visible lists the cells that are asked, given the answers: those of sections
// that are not skipped, whose conditions hold. A flag that skips its section is
// always there.
func (f Form) Visible(a Answers) []Cell {
	var out []Cell
	for _, s := range f.Sections {
		if !s.When.Holds(f, a) {
			continue
		}
		skipped := s.Skippable && a[s.Skip()] == Skipped
		shown := map[string]bool{}
		for _, q := range s.Questions {
			shown[q.ID] = q.When.Holds(f, a)
		}
		for _, c := range f.CellsOf(s) {
			if c.Flag || !skipped && shown[c.Question] {
				out = append(out, c)
			}
		}
	}
	return out
}

// Progress says how far a response is.
type Progress struct {
	Done, Total int // sections that have been gone through, of those that are asked
	Rows, Rated int // rows of matrices that are asked, and those rated
	Minutes     int // that are left, rounded up
}

// Seconds that a row and another question take, as our own estimate: a commune's
// 25 rows are 10 minutes.
const (
	secondsRow   = 20
	secondsOther = 12
)

// Progress measures the answers against the path that they are on. A section is
// done when it is skipped, or when each row is rated and each required question
// is answered.
func (f Form) Progress(a Answers) Progress {
	var p Progress
	seconds := 0
	for _, s := range f.Sections {
		if !s.When.Holds(f, a) {
			continue
		}
		p.Total++
		if s.Skippable && a[s.Skip()] == Skipped {
			p.Done++
			continue
		}
		done := true
		for _, q := range s.Questions {
			if !q.When.Holds(f, a) {
				continue
			}
			if q.Type != Matrix {
				if a[q.ID] == "" {
					if q.Required {
						done = false
						seconds += secondsOther
					}
				}
				continue
			}
			for _, r := range q.Rows {
				p.Rows++
				if slices.ContainsFunc(q.Columns, func(col string) bool { return a[r.ID+"."+col] == "" }) {
					done = false
					seconds += secondsRow
				} else {
					p.Rated++
				}
			}
		}
		if done {
			p.Done++
		}
	}
	p.Minutes = (seconds + 59) / 60
	return p
}
