package restitution

import (
	"context"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// Near says how far those beside whom an authority reads itself are like it.
type Near string

// From the nearest; Nobody is when fewer than five others answered anywhere.
const (
	NearDepartment Near = "department" // same kind, same size, same département
	NearSize       Near = "size"       // same kind, same size, same region
	NearRegion     Near = "region"     // same kind, same region
	NearNation     Near = "nation"     // same kind and size, the nation
	NearKind       Near = "kind"       // same kind, the nation
	Nobody         Near = ""
)

// Beside is what an authority answered, beside similar ones.
type Beside struct {
	Near   Near
	Others int // similar authorities that validated an answer, itself left out
	Levers []BesideLever
}

// BesideLever is one part of the questionnaire that rates actions.
type BesideLever struct {
	Section       questionnaire.Section
	Skipped       bool // «pas notre compétence»
	Asked, Rated  int  // rows
	Own, Mean     [2]float64
	HasOwn, Known [2]bool // relevance, mobilisation: whether there is a score
	Rating        [2]int  // others who rated it
}

// sheetRow is where the two scores of a row lie in a packed answer.
type sheetRow struct {
	slot   [2]int
	scores [2][]questionnaire.Option
}

// sheetLevers are the parts of a form that rate actions, with their rows.
func sheetLevers(f questionnaire.Form, slots questionnaire.Slots) (sections []questionnaire.Section, rows [][]sheetRow) {
	for _, s := range f.Sections {
		var own []sheetRow
		for _, q := range s.Questions {
			for _, r := range q.Rows {
				x := sheetRow{slot: [2]int{-1, -1}}
				for i, col := range []string{questionnaire.Relevance, questionnaire.Mobilisation} {
					if n, ok := slots[r.ID+"."+col]; ok && slices.Contains(q.Columns, col) {
						x.slot[i], x.scores[i] = n, f.Scale(col).Options
					}
				}
				own = append(own, x)
			}
		}
		if len(own) > 0 {
			sections, rows = append(sections, s), append(rows, own)
		}
	}
	return sections, rows
}

// scored is the mean of the rated rows of a lever, on an axis: the score of one
// authority.
func scored(rows []sheetRow, packed []byte, axis int) (mean float64, rated int) {
	for _, r := range rows {
		b := questionnaire.At(packed, r.slot[axis])
		if int(b) < len(r.scores[axis]) && r.scores[axis][b].Score != nil {
			mean += *r.scores[axis][b].Score
			rated++
		}
	}
	if rated > 0 {
		mean /= float64(rated)
	}
	return mean, rated
}

// Compare sets answers beside those of others. No mean is given of fewer than five.
func Compare(f questionnaire.Form, slots questionnaire.Slots, a questionnaire.Answers, others [][]byte) []BesideLever {
	sections, rows := sheetLevers(f, slots)
	own := f.Pack(slots, a)
	var out []BesideLever
	for i, s := range sections {
		x := BesideLever{Section: s, Skipped: s.Skippable && a[s.Skip()] == questionnaire.Skipped, Asked: len(rows[i])}
		skip := -1
		if n, ok := slots[s.Skip()]; ok && s.Skippable {
			skip = n
		}
		for axis := range 2 {
			if mean, rated := scored(rows[i], own, axis); rated > 0 && !x.Skipped {
				x.Own[axis], x.HasOwn[axis], x.Rated = mean, true, max(x.Rated, rated)
			}
			sum := 0.0
			for _, packed := range others {
				if skip >= 0 && questionnaire.At(packed, skip) != questionnaire.None {
					continue
				}
				if mean, rated := scored(rows[i], packed, axis); rated > 0 {
					sum += mean
					x.Rating[axis]++
				}
			}
			if x.Rating[axis] >= Least {
				x.Mean[axis], x.Known[axis] = sum/float64(x.Rating[axis]), true
			}
		}
		out = append(out, x)
	}
	return out
}

// SheetOf reads an authority beside similar ones: the nearest group in which at
// least five others have validated an answer. One statement in most regions, two
// where the group is widened to the nation.
func SheetOf(ctx context.Context, q db.Q, cycle string, r survey.Response, f questionnaire.Form, a questionnaire.Answers) (b Beside, err error) {
	defer apperr.Wrap(&err, "restitution.SheetOf(%s)", r.ID)
	slots, err := survey.Slots(ctx, q)
	if err != nil {
		return b, err
	}
	var chosen [][]byte
	for _, region := range []string{r.Region, ""} {
		rows, err := q.Query(ctx, `SELECT a.size, a.department, a.packed FROM answer a JOIN response o ON o.id = a.response_id
			WHERE a.cycle = $1 AND ($2 = '' OR a.region = $2) AND a.kind = $3 AND a.response_id <> $4 AND o.counted = $5`, cycle, region, string(r.Kind), r.ID, true)
		type other struct {
			size, department string
			packed           []byte
		}
		all, err := db.Collect(rows, err, func(r *db.Rows) (x other, err error) { return x, r.Scan(&x.size, &x.department, &x.packed) })
		if err != nil {
			return b, err
		}
		type group struct {
			near  Near
			takes func(other) bool
		}
		size := func(x other) bool { return x.size == r.Size }
		groups := []group{{NearDepartment, func(x other) bool { return size(x) && x.department == r.Department && r.Department != "" }}, {NearSize, size}, {NearRegion, func(other) bool { return true }}}
		if region == "" {
			groups = []group{{NearNation, size}, {NearKind, func(other) bool { return true }}}
		}
		for _, g := range groups {
			chosen = nil
			for _, x := range all {
				if g.takes(x) {
					chosen = append(chosen, x.packed)
				}
			}
			if len(chosen) >= Least {
				b.Near = g.near
				break
			}
		}
		if b.Near != Nobody {
			break
		}
	}
	if b.Near == Nobody {
		chosen = nil
	}
	b.Others, b.Levers = len(chosen), Compare(f, slots, a, chosen)
	return b, nil
}
