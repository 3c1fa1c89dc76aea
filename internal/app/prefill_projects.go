package app

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// projectRule is a row of data/questionnaire-projects.csv: a project of this
// measure whose name bears one of these words concerns this row of the
// questionnaire. Our reading, never the State's.
type projectRule struct {
	programme, measure string   // folded
	words              []string // folded, a «*» at the end for what begins so; any project when there is none
	row                string
}

const projectTable = "questionnaire-projects.csv"

func loadProjectRules(tables fs.FS) (_ []projectRule, err error) {
	defer apperr.Wrap(&err, "app.loadProjectRules")
	f, err := tables.Open(projectTable)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != "programme,measure,words,row,source" {
		return nil, fmt.Errorf("%s: columns", projectTable)
	}
	var out []projectRule
	for _, r := range rows[1:] {
		rule := projectRule{programme: french.Fold(r[0]), measure: french.Fold(r[1]), row: r[3]}
		if r[2] != "" {
			rule.words = strings.Split(r[2], "|")
		}
		out = append(out, rule)
	}
	return out, nil
}

// fits reports whether a project is one of the rule's.
func (r projectRule) fits(programme, measure, name string) bool {
	if r.programme != programme || r.measure != measure {
		return false
	}
	return len(r.words) == 0 || slices.ContainsFunc(r.words, func(w string) bool {
		if start, ok := strings.CutSuffix(w, "*"); ok {
			return strings.Contains(" "+name, " "+start)
		}
		return strings.Contains(" "+name+" ", " "+w+" ")
	})
}

// mostProjects is how many projects are named beside one row: the largest ones.
const mostProjects = 3

// financed puts each project beside the first row of the table that it fits and
// that is asked. It offers «engagé» for a press of a button, and writes nothing:
// the project may have ended, or bear on something else.
func (x *prefilled) financed(projects []survey.Project, rules []projectRule) (out []survey.Hint) {
	byRow := map[string][]survey.Project{}
	for _, p := range projects {
		programme, measure, name := french.Fold(p.Programme), french.Fold(p.Measure), french.Fold(p.Name)
		for _, rule := range rules {
			if _, asked := x.cell[mobilised(rule.row)]; asked && rule.fits(programme, measure, name) {
				byRow[rule.row] = append(byRow[rule.row], p)
				break
			}
		}
	}
	for _, c := range x.form.Cells() {
		all := byRow[c.Row]
		if len(all) == 0 || c.Column != questionnaire.Mobilisation || !stillOffered(c, engaged) {
			continue
		}
		for i, p := range all {
			if i == mostProjects {
				out = append(out, survey.Hint{Key: c.Key, Text: others(all[i:]), Source: p.Source, Class: string(figure.Provider)})
				break
			}
			h := survey.Hint{Key: c.Key, Source: p.Source, Class: string(figure.Provider),
				Text: "Projet financé en " + strconv.Itoa(p.Year) + "\u00a0: " + p.Title() + " (" + p.Programme + ", " + euros(p.Cents) + ")"}
			if i == 0 { // one button is enough: the answer is the same
				h.Value = engaged
				h.Text += "\u00a0; compter comme engagé\u00a0?"
			} else {
				h.Text += "."
			}
			out = append(out, h)
		}
	}
	return out
}

// engaged is the mobilisation that a financed project says.
const engaged = "engage"

func mobilised(row string) string { return row + "." + questionnaire.Mobilisation }

// others says how many more projects there are; what they add up to only when each
// amount is known.
func others(rest []survey.Project) string {
	var sum int64
	known := true
	for _, p := range rest {
		if p.Cents == nil {
			known = false
			continue
		}
		sum += *p.Cents
	}
	text := fmt.Sprintf("Et %s\u00a0%s", french.Integer(len(rest)), french.Plural(len(rest), "autre projet financé", "autres projets financés"))
	if known {
		text += " (" + euros(&sum) + french.Plural(len(rest), "", " en tout") + ")"
	}
	return text + "."
}

// euros writes an amount to the euro.
func euros(cents *int64) string {
	if cents == nil {
		return "montant non publié"
	}
	return french.Integer((*cents+50)/100) + "\u00a0€"
}
