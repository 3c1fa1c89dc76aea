package restitution

import (
	"slices"

	"jalon/internal/questionnaire"
)

// cells are the closed answers of a form, without the flags of identity that would
// say who answers.
func cells(f questionnaire.Form) []OpenCell {
	var out []OpenCell
	for _, s := range f.Sections {
		if s.Lever == "" && s.Theme == "" {
			continue // who answers, and closing words
		}
		if s.Skippable {
			out = append(out, OpenCell{Key: s.Skip(), Section: s, Label: "Levier passé\u00a0: pas notre compétence", Options: []questionnaire.Option{{Code: questionnaire.Skipped, Label: "oui"}}})
		}
		for _, q := range s.Questions {
			switch q.Type {
			case questionnaire.Choice, questionnaire.Choices:
				out = append(out, OpenCell{Key: q.ID, Section: s, Label: q.Label, Many: q.Type == questionnaire.Choices, Options: q.Options})
			case questionnaire.Matrix:
				for _, r := range q.Rows {
					for _, col := range q.Columns {
						out = append(out, OpenCell{Key: r.ID + "." + col, Section: s, Label: r.Label, Column: col, Step: r.Step, Options: f.Scale(col).Options})
					}
				}
			}
		}
	}
	return out
}

// asked are the keys that a kind of groups is asked.
func asked(f questionnaire.Form, kind string) map[string]bool {
	paths := []questionnaire.Kind{questionnaire.Kind(kind)}
	if kind == Heads {
		paths = []questionnaire.Kind{questionnaire.Region, questionnaire.Department}
	}
	out := map[string]bool{}
	for _, k := range paths {
		for _, c := range f.Path(k).Cells() {
			out[c.Key] = true
		}
	}
	return out
}

// count counts every cell in every group, then adds groups up to totals.
func (d *OpenData) count(slots questionnaire.Slots, c Content, packed map[Held][]byte, editions []OpenEdition) {
	d.Cells = cells(d.Form)
	at := map[string]int{}
	for _, g := range c.Groups {
		x := OpenCounts{Group: g, Since: d.Edition.Seq, Counts: make([][]int, len(d.Cells))}
		if slices.Contains(d.Edition.Kept.Groups, g.Key) {
			x.Since = since(editions, g.Key)
		}
		on := asked(d.Form, g.Kind)
		members := c.of(g.Key)
		x.Respondents = len(members)
		if g.Alone == "" {
			d.Edition.Respondents += len(members)
		}
		for n, cell := range d.Cells {
			if !on[cell.Key] {
				continue
			}
			counts := make([]int, len(cell.Options)+1)
			for _, h := range members {
				cell.add(counts, slots, packed[Held{Response: h.Response, Seq: h.Seq}])
			}
			x.Counts[n] = counts
		}
		at[g.Key] = len(d.Groups)
		d.Groups = append(d.Groups, x)
	}
	for _, u := range c.Unions() {
		x := OpenCounts{Group: OpenGroup{Key: "total." + u.Key, Kind: u.Kind, Departments: u.Departments}, Total: u.Groups, Since: d.Edition.Seq, Counts: make([][]int, len(d.Cells))}
		for _, key := range u.Groups {
			g := d.Groups[at[key]]
			x.Respondents += g.Respondents
			for n, counts := range g.Counts {
				if counts == nil {
					continue
				}
				if x.Counts[n] == nil {
					x.Counts[n] = make([]int, len(counts))
				}
				for i, v := range counts {
					x.Counts[n][i] += v
				}
			}
		}
		d.Groups = append(d.Groups, x)
	}
}

// since is the last edition in which a group took new answers.
func since(editions []OpenEdition, group string) int64 {
	for _, e := range slices.Backward(editions) {
		if !slices.Contains(e.Kept.Groups, group) {
			return e.Seq
		}
	}
	return 1
}

// add counts one packed response in a cell; the last place is of those who gave no
// answer.
func (c OpenCell) add(counts []int, slots questionnaire.Slots, packed []byte) {
	get := func(key string) byte {
		slot, ok := slots[key]
		if !ok {
			return questionnaire.None
		}
		return questionnaire.At(packed, slot)
	}
	if !c.Many {
		if b := get(c.Key); int(b) < len(c.Options) {
			counts[b]++
		} else {
			counts[len(c.Options)]++
		}
		return
	}
	any := false
	for i, o := range c.Options {
		if get(c.Key+":"+o.Code) == 1 {
			counts[i]++
			any = true
		}
	}
	if !any {
		counts[len(c.Options)]++
	}
}
