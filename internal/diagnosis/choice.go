package diagnosis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// ChoiceState is where a choice stands.
type ChoiceState string

// The states of a choice.
const (
	ChoiceProposed  ChoiceState = "proposed"
	ChoiceRecorded  ChoiceState = "recorded"
	ChoiceWithdrawn ChoiceState = "withdrawn"
)

// Choice is what both heads are asked to put first, or did. Its Body is frozen when
// it is proposed: what changes afterwards changes nothing in it.
type Choice struct {
	ID, COP string
	Seq     int64
	State   ChoiceState
	Act, By string
	At      time.Time
	EndedOn string // day, once recorded
	SHA256  string // of the body as it is kept
	Body    ChoiceBody
}

// ChoiceBody is what a choice froze: the list of themes, what is put first and why,
// and the scores of that day with their weights and rules. It holds what anyone may
// read: both heads publish it by their second word.
type ChoiceBody struct {
	Day       string          `json:"day"`
	Themes    []ChosenTheme   `json:"themes"` // the whole list, in its order
	Scoring   Scoring         `json:"scoring"`
	Criteria  []CriterionRule `json:"criteria"`
	ThemeRule string          `json:"theme_rule"`
}

// ChosenTheme is a theme as it was when a choice was proposed.
type ChosenTheme struct {
	Theme   Theme      `json:"theme"`
	Rev     int64      `json:"rev"`
	Chosen  bool       `json:"chosen"`
	Why     string     `json:"why"`
	Score   ThemeScore `json:"score"`
	Above   []string   `json:"above"`   // themes left aside that are scored above this one, by name
	Against string     `json:"against"` // why it is chosen all the same
}

// Chosen are the themes put first, in the order of the list.
func (b ChoiceBody) Chosen() []ChosenTheme {
	var out []ChosenTheme
	for _, t := range b.Themes {
		if t.Chosen {
			out = append(out, t)
		}
	}
	return out
}

// ChoiceInput is what a head fills: the themes to put first, as they were read, and
// why.
type ChoiceInput struct {
	Revs    map[string]int64 // every theme of the page, as it was read
	Chosen  map[string]bool
	Why     map[string]string
	Against map[string]string
}

// ProposeChoice freezes the list of themes with those to put first, and asks both
// heads. A theme that changed since the page was read is a conflict that names it; a
// chosen theme scored below one left aside asks why.
func (m *Room) ProposeChoice(ctx context.Context, a policy.Actor, copID string, in ChoiceInput) (c Choice, err error) {
	defer apperr.Wrap(&err, "diagnosis.ProposeChoice(%s)", copID)
	of, err := m.ofCOP(ctx, a, policy.Propose, copID)
	if err != nil {
		return c, err
	}
	// What anyone may read: the choice is published as it is frozen.
	scoring, err := m.ScoresOf(ctx, copID, true)
	if err != nil {
		return c, err
	}
	exist, err := m.Exist(ctx, of.Region)
	if err != nil {
		return c, err
	}
	at := m.Now()
	c = Choice{COP: copID, State: ChoiceProposed, By: a.Person, At: at}
	if c.ID, err = m.IDs.New(); err != nil {
		return c, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if err := lockThemes(ctx, tx, copID); err != nil {
			return err
		}
		if err := noneWaits(ctx, tx, copID); err != nil {
			return err
		}
		themes, err := themesIn(ctx, tx, copID, ThemeKept)
		if err != nil {
			return err
		}
		body, err := freezeChoice(themes, exist, scoring, in)
		if err != nil {
			return err
		}
		return m.proposed(ctx, tx, a, &c, body)
	})
	return c, err
}

func noneWaits(ctx context.Context, tx db.Q, copID string) error {
	var waiting int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM diagnosis_choice WHERE cop_id = $1 AND state = 'proposed'`, copID).Scan(&waiting); err != nil {
		return err
	}
	if waiting > 0 {
		return apperr.Conflictf("Un choix de thèmes attend déjà la validation des deux têtes\u00a0: rien n’a été ajouté, et votre saisie est restée ci-dessous. Lisez ce choix\u00a0; pour en proposer un autre, il faut d’abord le retirer au bureau.")
	}
	return nil
}

// freezeChoice makes the body of a choice, or says all that is to be mended.
func freezeChoice(themes []Theme, exist map[string]bool, scoring Scoring, in ChoiceInput) (b ChoiceBody, err error) {
	b = ChoiceBody{Day: scoring.Day, Scoring: scoring, Criteria: Criteria(), ThemeRule: ThemeRule}
	var moved []string
	chosen := make([]bool, len(themes))
	for i, t := range themes {
		chosen[i] = in.Chosen[t.ID]
		if rev, ok := in.Revs[t.ID]; !ok || rev != t.Rev {
			moved = append(moved, "«\u00a0"+t.Name+"\u00a0»")
		}
	}
	for id := range in.Chosen {
		if in.Chosen[id] && !slices.ContainsFunc(themes, func(t Theme) bool { return t.ID == id }) {
			moved = append(moved, "un thème que vous aviez coché, et qui n’est plus dans la liste")
		}
	}
	if len(moved) > 0 {
		slices.Sort(moved)
		return b, apperr.Conflictf("La liste a changé depuis que cette page a été ouverte\u00a0: %s. Rien n’a été proposé\u00a0; votre saisie est restée ci-dessous, devant les thèmes tels qu’ils sont maintenant.", strings.Join(moved, ", "))
	}
	scores := ScoreThemes(themes, scoring.Levers)
	departs := Departs(chosen, scores)
	var faults ThemeFaults
	if !slices.Contains(chosen, true) {
		faults.add("chosen", "Cochez au moins un thème à mettre en priorité.")
	}
	for i, t := range themes {
		x := ChosenTheme{Theme: t, Rev: t.Rev, Chosen: chosen[i], Score: scores[i], Above: []string{}}
		if x.Chosen {
			x.Why, x.Against = strings.TrimSpace(in.Why[t.ID]), strings.TrimSpace(in.Against[t.ID])
			if t.Emptied(exist) {
				faults.add("chosen-"+t.ID, "Ce thème n’a plus de levier\u00a0: il ne peut pas être mis en priorité. Rendez-lui des leviers, ou décochez-le.")
			}
			faults.text("why-"+t.ID, "Pourquoi ce thème", x.Why, 2_000, true)
			for _, j := range departs[i] {
				x.Above = append(x.Above, themes[j].Name)
			}
			if len(x.Above) > 0 {
				faults.text("against-"+t.ID, "Pourquoi s’écarter des scores", x.Against, 2_000, true)
			} else {
				x.Against = ""
			}
		}
		b.Themes = append(b.Themes, x)
	}
	return b, faults.err()
}

// proposed writes a choice and opens its act.
func (m *Room) proposed(ctx context.Context, tx db.Q, a policy.Actor, c *Choice, body ChoiceBody) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	c.Body, c.SHA256 = body, hex.EncodeToString(sum[:])
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) + 1 FROM diagnosis_choice WHERE cop_id = $1`, c.COP).Scan(&c.Seq); err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "diagnosis_choice", strings.Fields("id cop_id seq state act by at ended_on sha256 body"),
		[][]any{{c.ID, c.COP, c.Seq, string(c.State), "", c.By, c.At.UnixMilli(), "", c.SHA256, string(text)}}, ""); err != nil {
		return err
	}
	n := len(body.Chosen())
	var names []string
	for _, t := range body.Chosen() {
		names = append(names, t.Theme.Name)
	}
	title := "Choix de " + french.Integer(n) + "\u00a0" + french.Plural(n, "thème prioritaire", "thèmes prioritaires") + "\u00a0: " + clipText(strings.Join(names, ", "), 200)
	act, err := m.COPs.ProposeIn(ctx, tx, a, c.COP, cop.NewAct{Kind: cop.ThemesAct, Subject: c.ID, SHA256: c.SHA256, Title: title})
	if err != nil {
		return err
	}
	// An act that one head alone ends is ended already: its choice is kept as
	// EndChoice left it.
	if _, err := tx.Exec(ctx, `UPDATE diagnosis_choice SET act = $2 WHERE id = $1`, c.ID, act.ID); err != nil {
		return err
	}
	if *c, err = FindChoice(ctx, tx, c.ID); err != nil {
		return err
	}
	return m.themeTold(ctx, tx, a.Person, "propose", "diagnosis_choice", c.ID, c.Seq, c.COP)
}

// EndChoice puts the themes of a choice first, or drops the choice, when its act
// ends: see cop.Room.OnEnd.
func (m *Room) EndChoice(ctx context.Context, tx db.Q, act cop.Act) (err error) {
	defer apperr.Wrap(&err, "diagnosis.EndChoice(%s)", act.Subject)
	if act.State == cop.ActWithdrawn {
		_, err := tx.Exec(ctx, `UPDATE diagnosis_choice SET state = 'withdrawn' WHERE id = $1 AND cop_id = $2 AND state = 'proposed'`, act.Subject, act.COP)
		return err
	}
	of, err := cop.Find(ctx, tx, act.COP)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE diagnosis_choice SET state = 'recorded', ended_on = $2 WHERE id = $1 AND cop_id = $3 AND state = 'proposed'`, act.Subject, of.DayAt(m.Now()), act.COP)
	if err != nil || n == 0 {
		return err
	}
	c, err := FindChoice(ctx, tx, act.Subject)
	if err != nil {
		return err
	}
	by := act.ProposedBy
	if len(act.Consents) > 0 {
		by = act.Consents[len(act.Consents)-1].Person
	}
	// Rows of themes are taken in order, and the version of public pages last: who
	// saves a theme at once waits for this, and never the other way round.
	rows, err := tx.Query(ctx, `SELECT `+themeColumns+` FROM diagnosis_theme t WHERE t.cop_id = $1 ORDER BY t.id`, act.COP)
	all, err := db.Collect(rows, err, func(r *db.Rows) (Theme, error) { return scanTheme(r) })
	if err != nil {
		return err
	}
	for _, t := range all {
		if err := m.putFirst(ctx, tx, by, t, c); err != nil {
			return err
		}
	}
	return m.themeTold(ctx, tx, by, "choose", "diagnosis_choice", c.ID, c.Seq, c.COP)
}

// putFirst gives a theme its place by a choice; nothing is written of a theme for
// which nothing changes.
func (m *Room) putFirst(ctx context.Context, tx db.Q, by string, t Theme, c Choice) error {
	was := t
	t.Priority, t.Why, t.Choice = false, "", ""
	for _, x := range c.Body.Chosen() {
		if x.Theme.ID == t.ID {
			t.Priority, t.Why, t.Choice = true, x.Why, c.ID
		}
	}
	if !was.Priority && !t.Priority {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE diagnosis_theme SET rev = rev + 1, priority = $2, chosen_why = $3, choice = $4 WHERE id = $1`, t.ID, t.Priority, t.Why, t.Choice); err != nil {
		return err
	}
	t, err := FindTheme(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	reason := "Les deux têtes ont choisi d’autres thèmes prioritaires."
	if t.Priority {
		reason = "Thème prioritaire\u00a0: " + t.Why
	}
	return m.themeVersion(ctx, tx, by, "choose", "diagnosis_theme", t.ID, t.Rev, t.COP, reason, t)
}

func clipText(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return strings.TrimSpace(string(r[:n-1])) + "…"
}
