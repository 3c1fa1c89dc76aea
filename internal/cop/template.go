package cop

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// Item is a line of a template: what a team has to do at a stage, or a criterion
// of the grid by which actions are judged.
type Item struct {
	Stage Stage  `json:"stage,omitempty"`
	Code  string `json:"code"`
	Name  string `json:"name"`
	Help  string `json:"help,omitempty"`
	Proof string `json:"proof,omitempty"` // what shows that it is done: see Facts
}

// Template is what a cycle gives its COPs to start from: regions adapt a copy,
// which what the nation changes afterwards leaves alone.
type Template struct {
	Stages         []Stage  `json:"stages"`
	Themes         []string `json:"themes"` // codes of themes
	Checklist      []Item   `json:"checklist"`
	Grid           []Item   `json:"grid"`
	Questionnaires []Item   `json:"questionnaires"`
}

func (t Template) check() error {
	if len(t.Stages) == 0 || len(t.Checklist) > 300 || len(t.Grid) > 50 || len(t.Questionnaires) > 50 {
		return apperr.Invalidf("Un modèle garde au moins une étape, 300 points à vérifier au plus, et 50 critères au plus.")
	}
	for _, s := range t.Stages {
		if s.order() < 0 {
			return apperr.Invalidf("L’étape «\u00a0%s\u00a0» n’existe pas.", s)
		}
	}
	for _, list := range [][]Item{t.Checklist, t.Grid, t.Questionnaires} {
		seen := map[string]bool{}
		for _, x := range list {
			key := string(x.Stage) + "/" + x.Code
			if x.Code == "" || strings.TrimSpace(x.Name) == "" || strings.ContainsAny(x.Code, " /") {
				return apperr.Invalidf("Chaque ligne du modèle a un code, sans espace, et un nom.")
			}
			if seen[key] {
				return apperr.Invalidf("Le code «\u00a0%s\u00a0» est employé deux fois.", x.Code)
			}
			seen[key] = true
		}
	}
	for _, x := range t.Checklist {
		if !slices.Contains(t.Stages, x.Stage) {
			return apperr.Invalidf("«\u00a0%s\u00a0» est attaché à une étape que le modèle ne garde pas.", x.Name)
		}
	}
	return nil
}

// readTemplates reads the template of each cycle: the rows of «*» are those of
// every cycle.
func readTemplates(fsys fs.FS) (map[string]Template, error) {
	rows, err := readTable(fsys, "cop-templates.csv")
	if err != nil {
		return nil, err
	}
	cycles, err := readTable(fsys, "cycles.csv")
	if err != nil {
		return nil, err
	}
	out := map[string]Template{}
	for _, c := range cycles {
		t := Template{Stages: Stages()}
		for i, r := range rows {
			if r["cycle"] != "*" && r["cycle"] != c["code"] {
				continue
			}
			x := Item{Stage: Stage(r["stage"]), Code: r["code"], Name: r["name"], Help: r["help"], Proof: r["proof"]}
			switch r["part"] {
			case "check":
				t.Checklist = append(t.Checklist, x)
			case "grid":
				t.Grid = append(t.Grid, x)
			case "questionnaire":
				t.Questionnaires = append(t.Questionnaires, x)
			case "theme":
				t.Themes = append(t.Themes, x.Code)
			default:
				return nil, fmt.Errorf("cop-templates.csv, row %d: %+v", i+2, r)
			}
		}
		slices.SortStableFunc(t.Checklist, func(a, b Item) int { return a.Stage.order() - b.Stage.order() })
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("cop-templates.csv, %s: %w", c["code"], err)
		}
		out[c["code"]] = t
	}
	return out, nil
}

func (m *Room) seedTemplate(ctx context.Context, tx db.Q, cycle string, t Template) error {
	body, err := json.Marshal(t)
	if err != nil {
		return err
	}
	n, err := db.Insert(ctx, tx, "cycle_template", []string{"id", "rev", "body"}, [][]any{{cycle, int64(1), string(body)}}, "ON CONFLICT (id) DO NOTHING")
	if err != nil || n == 0 {
		return err
	}
	return m.version(ctx, tx, "cycle_template", cycle, 1, Seed, "données fournies avec Jalon", t)
}

// InForce is a template as it stands. Rev is 0 while a COP follows its cycle's.
type InForce struct {
	Template
	Rev int64
	Own bool // adapted by the COP
}

// CycleTemplate returns the template of a cycle.
func CycleTemplate(ctx context.Context, q db.Q, cycle string) (h InForce, err error) {
	var body string
	if err := q.QueryRow(ctx, `SELECT rev, body FROM cycle_template WHERE id = $1`, cycle).Scan(&h.Rev, &body); err != nil {
		return h, db.OrNotFound(err, "Ce cycle n’a pas de modèle.")
	}
	return h, json.Unmarshal([]byte(body), &h.Template)
}

// TemplateOf returns the template that a COP follows: its own copy, its region's
// for a département, or else its cycle's. It is one statement.
func TemplateOf(ctx context.Context, q db.Q, c COP) (h InForce, err error) {
	var body, from string
	if err := q.QueryRow(ctx, `
		SELECT rev, body, id FROM (
			SELECT rev, body, id, 1 AS rank FROM cop_template WHERE id = $1
			UNION ALL SELECT rev, body, id, 2 AS rank FROM cop_template WHERE id = $2
			UNION ALL SELECT rev, body, id, 3 AS rank FROM cycle_template WHERE id = $3) AS t
		ORDER BY rank LIMIT 1`, c.ID, c.Parent, c.Cycle).Scan(&h.Rev, &body, &from); err != nil {
		return h, db.OrNotFound(err, "Ce cycle n’a pas de modèle.")
	}
	if h.Own = from == c.ID; !h.Own {
		h.Rev = 0
	}
	return h, json.Unmarshal([]byte(body), &h.Template)
}

// SaveCycleTemplate edits the template of a cycle at a revision. COPs that
// adapted theirs keep it.
func (m *Room) SaveCycleTemplate(ctx context.Context, a policy.Actor, cycle string, rev int64, t Template, reason string) (err error) {
	defer apperr.Wrap(&err, "cop.SaveCycleTemplate(%s)", cycle)
	if err := policy.Check(a, policy.Edit, policy.Thing{Kind: policy.Cycle}); err != nil {
		return err
	}
	body, err := encode(t)
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE cycle_template SET rev = rev + 1, body = $3 WHERE id = $1 AND rev = $2`, cycle, rev, body)
		if err != nil {
			return err
		}
		if n == 0 {
			return errMoved("ce modèle")
		}
		if err := m.version(ctx, tx, "cycle_template", cycle, rev+1, a.Person, reason, t); err != nil {
			return err
		}
		return m.record(ctx, tx, a, "edit", "cycle_template", cycle, rev+1, "")
	})
}

// SaveTemplate edits the copy of a COP at a revision; the first time, at
// revision 0, it makes the copy.
func (m *Room) SaveTemplate(ctx context.Context, a policy.Actor, copID string, rev int64, t Template, reason string) (err error) {
	defer apperr.Wrap(&err, "cop.SaveTemplate(%s)", copID)
	c, err := Find(ctx, m.DB, copID)
	if err != nil {
		return err
	}
	if err := policy.Check(a, policy.Edit, c.Thing(policy.COP)); err != nil {
		return err
	}
	body, err := encode(t)
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var n int64
		if rev == 0 {
			n, err = db.Insert(ctx, tx, "cop_template", []string{"id", "rev", "body"}, [][]any{{copID, int64(1), body}}, "ON CONFLICT (id) DO NOTHING")
		} else {
			n, err = tx.Exec(ctx, `UPDATE cop_template SET rev = rev + 1, body = $3 WHERE id = $1 AND rev = $2`, copID, rev, body)
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return errMoved("ce modèle")
		}
		return m.kept(ctx, tx, a, "edit", "cop_template", copID, rev+1, copID, reason, t)
	})
}

func encode(t Template) (string, error) {
	if err := t.check(); err != nil {
		return "", err
	}
	body, err := json.Marshal(t)
	return string(body), err
}
