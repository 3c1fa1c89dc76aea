package survey

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
)

// Change is one cell as somebody left it.
type Change struct {
	Key, Value string
	Rev        int64  // of the cell that they were looking at; 0 when it had no answer
	Reason     string // of a correction to what came prefilled
	Confirm    bool   // zero is meant, what is unusual is meant, what came prefilled is right
	attached   bool   // a file that was received: naming one gives no right to read it
}

// Verdict is what became of a change.
type Verdict string

// The verdicts. What was refused or conflicts is not written: the outcome bears
// both values, so that the page loses none.
const (
	Saved    Verdict = "saved"
	Same     Verdict = "same"     // already so
	ToSay    Verdict = "confirm"  // saved, and unusual: to be confirmed
	Clash    Verdict = "conflict" // somebody else changed it first
	Rejected Verdict = "refused"
)

// Outcome is what became of one change, and the cell as it stands now.
type Outcome struct {
	Verdict Verdict
	Mine    string // what was sent
	Draft          // what is kept
	Message string // French; "" when there is nothing to say
}

// Saving is what became of a save.
type Saving struct {
	At       time.Time
	Outcomes []Outcome
	Asked    int64 // rows
	Rated    int64
	Answered int64
	Response Response // as it was before
	Path     *Path
}

// maxChanges is how many cells one save takes: a page sends its own, a paper form
// all of them.
const maxChanges = 2000

// Save keeps cells as they are typed. Each is guarded by its own revision: one that
// somebody else changed is a conflict of that cell alone, and the others are kept.
// The response's own rev does not move: answers are not what its team decides on.
func (m *Room) Save(ctx context.Context, q db.Q, s Seat, response string, changes []Change) (out Saving, err error) {
	defer apperr.Wrap(&err, "survey.Save")
	if len(changes) > maxChanges {
		return out, apperr.New(apperr.TooLarge, nil, "Trop de réponses d’un seul envoi. Rien n’a été enregistré\u00a0: enregistrez page par page.")
	}
	r, p, err := m.at(ctx, q, s, response)
	if err != nil {
		return out, err
	}
	if err := s.may(policy.Edit, r); err != nil {
		return out, err
	}
	out.Response, out.Path = r, p
	if r.fresh() { // a form that came back on paper may come before anybody opened a page
		if err := m.fill(ctx, q, r, p); err != nil {
			return out, err
		}
	}
	out.At = m.Now().UTC().Truncate(time.Millisecond)
	todo := m.judge(s, p, changes, &out)
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		return m.keep(ctx, tx, s, r, p, todo, &out)
	})
	return out, err
}

// at reads the response that a seat sits at, and its path, in one statement.
func (m *Room) at(ctx context.Context, q db.Q, s Seat, response string) (Response, *Path, error) {
	r, form, err := responseAndForm(ctx, q, response)
	if err != nil {
		return r, nil, err
	}
	if r.ID != s.Response {
		return r, nil, errSeat
	}
	p, err := m.PathOf(ctx, q, form, r.FormVersion, r.Kind)
	return r, p, err
}

// responseAndForm reads a response with the code of its form, in one statement.
func responseAndForm(ctx context.Context, q db.Q, id string) (r Response, form string, err error) {
	r, err = scanResponse(rowWith{q.QueryRow(ctx, `SELECT `+responseColumns+`, c.form FROM response r JOIN campaign c ON c.id = r.campaign_id WHERE r.id = $1`, id), []any{&form}})
	return r, form, db.OrNotFound(err, "Cette réponse n’existe pas.")
}

// rowWith scans more columns after those that a function knows.
type rowWith struct {
	row  scanner
	more []any
}

func (r rowWith) Scan(to ...any) error { return r.row.Scan(append(to, r.more...)...) }

// work is a change that may be written.
type work struct {
	Change
	at      int // in the outcomes
	warning string
	number  bool
}

// judge checks changes by themselves, before anything is locked.
func (m *Room) judge(s Seat, p *Path, changes []Change, out *Saving) []work {
	var todo []work
	seen := map[string]int{}
	for _, c := range changes {
		refuse := func(why string) {
			out.Outcomes = append(out.Outcomes, Outcome{Verdict: Rejected, Mine: c.Value, Message: why, Draft: Draft{Key: c.Key}})
		}
		cell, ok := p.cells[c.Key]
		switch {
		case !ok:
			refuse("Cette question n’est pas, ou n’est plus, de votre questionnaire. Rechargez la page\u00a0: vos autres réponses sont gardées.")
			continue
		case !s.Writer(cell.Section):
			refuse("Cette partie a été confiée à quelqu’un d’autre. Rien n’y a été changé.")
			continue
		}
		value, warning, err := questionnaire.Check(p.Form, cell, c.Value)
		if err == nil && len([]rune(c.Reason)) > 1000 {
			err = apperr.Invalidf("La raison dépasse 1\u00a0000 caractères. Raccourcissez-la.")
		}
		if err != nil {
			refuse(apperr.Message(err))
			continue
		}
		if cell.Type == questionnaire.File && value != "" && !c.attached {
			refuse("Envoyez le fichier lui-même, depuis la page de la question.")
			continue
		}
		mine := c.Value
		if cell.Type == questionnaire.Number && value == "0" && warning == "" {
			warning = ZeroAsked
		}
		c.Value = value
		w := work{Change: c, warning: warning, number: cell.Type == questionnaire.Number}
		if i, twice := seen[c.Key]; twice { // the last one wins, as in a form
			w.at = todo[i].at
			todo[i] = w
			continue
		}
		seen[c.Key], w.at = len(todo), len(out.Outcomes)
		out.Outcomes = append(out.Outcomes, Outcome{Verdict: Same, Mine: mine, Draft: Draft{Key: c.Key, Value: value}})
		todo = append(todo, w)
	}
	return todo
}

// keep writes what may be written of a save.
func (m *Room) keep(ctx context.Context, tx db.Q, s Seat, r Response, p *Path, todo []work, out *Saving) error {
	// The root is locked first: a validation comes before this save, or after it.
	n, err := tx.Exec(ctx, `UPDATE response SET rev = rev WHERE id = $1 AND state IN ('listed', 'invited', 'opened', 'started')
		AND EXISTS (SELECT 1 FROM campaign c WHERE c.id = response.campaign_id AND c.state IN ('open', 'nearly'))`, r.ID)
	if err != nil {
		return err
	}
	now, err := FindResponse(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return m.shut(ctx, tx, now, todo, out)
	}
	if now.FormVersion != r.FormVersion {
		return apperr.Conflictf("Le questionnaire vient de changer de version. Rien n’est perdu\u00a0: rechargez la page et reprenez.")
	}
	was, err := m.near(ctx, tx, r.ID, p, todo)
	if err != nil {
		return err
	}
	before := tally(p, was, todo)
	recount, wrote := false, false
	for _, w := range todo {
		old, has := was[w.Key]
		next, verdict := w.after(old)
		o := &out.Outcomes[w.at]
		o.Verdict, o.Draft = verdict, next
		switch verdict {
		case Clash:
			o.Message = "Cette réponse a été changée entre-temps. La vôtre n’a pas été enregistrée\u00a0: choisissez."
		case Same:
			if w.warning != "" && next.Reason == "" && next.Class != string(figure.ConfirmedZero) {
				o.Verdict, o.Message = ToSay, w.warning
			}
		default:
			if verdict == ToSay {
				o.Message = w.unsaid()
			}
			next.By, next.At, next.Rev = s.ID, out.At, old.Rev+1
			if err := put(ctx, tx, r.ID, next, has); err != nil {
				return err
			}
			o.Draft, was[w.Key] = next, next
			recount, wrote = recount || p.deep[w.Key], true
		}
	}
	if !wrote {
		out.Asked, out.Rated, out.Answered = now.Asked, now.Rated, now.Answered
		return nil
	}
	after := tally(p, was, todo)
	rated, asked := now.Rated+after.rated-before.rated, now.Asked
	if recount {
		all, err := Drafts(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		g := p.Graph.Given(AnswersOf(all)).Progress()
		rated, asked = int64(g.Rated), int64(g.Rows)
	}
	out.Asked, out.Rated, out.Answered = asked, rated, now.Answered+after.answered-before.answered
	if now.State == Started && rated == now.Rated && asked == now.Asked && out.Answered == now.Answered {
		return nil
	}
	started := out.At.UnixMilli()
	_, err = tx.Exec(ctx, `UPDATE response SET rows_asked = $2, rows_rated = $3, answered = $4, state = 'started', started_at = COALESCE(started_at, $5) WHERE id = $1`, r.ID, asked, rated, out.Answered, started)
	return err
}

// shut says why nothing is written any more, beside what was typed.
func (m *Room) shut(ctx context.Context, tx db.Q, r Response, todo []work, out *Saving) error {
	why := "La campagne n’accepte plus de réponses. Ceci n’a pas été enregistré\u00a0: gardez-en une copie et écrivez à l’équipe de la COP."
	switch r.State {
	case Submitted:
		why = "La réponse attend sa validation\u00a0: elle ne change plus. Ceci n’a pas été enregistré. Reprenez la main depuis le sommaire, ou demandez à qui valide de la renvoyer."
	case Done:
		why = "La réponse vient d’être validée\u00a0: elle ne change plus. Ceci n’a pas été enregistré. Ouvrez une correction depuis le sommaire pour l’ajouter."
	case Refused:
		why = "Votre collectivité a dit qu’elle ne répondrait pas. Ceci n’a pas été enregistré. Reprenez la réponse depuis le sommaire."
	}
	drafts, err := Drafts(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	for _, w := range todo {
		o := &out.Outcomes[w.at]
		o.Draft = Draft{Key: w.Key}
		for _, d := range drafts {
			if d.Key == w.Key {
				o.Draft = d
			}
		}
		if o.Draft.Value != w.Value {
			o.Verdict, o.Message = Rejected, why
		}
	}
	out.Asked, out.Rated, out.Answered = r.Asked, r.Rated, r.Answered
	return nil
}

// after is what a cell becomes.
func (w work) after(old Draft) (Draft, Verdict) {
	next := old
	next.Key = w.Key
	class := string(figure.Declared)
	switch {
	case w.Value == "":
		class = string(figure.Missing)
	case w.number && w.Value == "0" && w.Confirm:
		class = string(figure.ConfirmedZero)
	}
	if old.Value == w.Value { // never a conflict, whatever the revision
		switch {
		case w.Value == "":
			return next, Same
		case w.Confirm && (old.Class != class || w.warning != "" && old.Reason == ""):
			next.Class = class
			switch {
			case next.Reason != "":
			case old.ToConfirm():
				next.Reason = Kept
			case w.warning != "" && class != string(figure.ConfirmedZero):
				next.Reason = Meant
			}
			return next, Saved
		case w.Reason != "" && w.Reason != old.Reason:
			next.Reason = w.Reason
			return next, Saved
		}
		return next, Same
	}
	if w.Rev != old.Rev {
		return old, Clash
	}
	next.Value, next.Class, next.Reason = w.Value, class, w.Reason
	if next.Source != "" && next.Reason == "" && old.Reason != Kept {
		next.Reason = old.Reason // of the correction before
	}
	if w.warning != "" && w.Confirm && next.Reason == "" && class != string(figure.ConfirmedZero) {
		next.Reason = Meant
	}
	if w.warning != "" && !w.Confirm || next.Value != "" && next.Corrected() && next.Reason == "" {
		return next, ToSay
	}
	return next, Saved
}

// unsaid is what is asked of a value that was saved and needs a word.
func (w work) unsaid() string {
	if w.warning != "" && !w.Confirm {
		return w.warning
	}
	return "Dites en quelques mots pourquoi vous corrigez cette réponse préremplie."
}

// ZeroAsked holds «zero» and «I do not know» apart.
const ZeroAsked = "Zéro est-il bien la valeur\u00a0? Confirmez-le, ou videz le champ si vous ne savez pas."

// Meant is the reason of an unusual value that was confirmed without another one.
const Meant = "valeur inhabituelle, confirmée"

func put(ctx context.Context, tx db.Q, response string, d Draft, has bool) error {
	if has {
		n, err := tx.Exec(ctx, `UPDATE draft SET value = $3, class = $4, source = $5, reason = $6, by = $7, at = $8, rev = rev + 1 WHERE response_id = $1 AND question = $2 AND rev = $9`,
			response, d.Key, d.Value, d.Class, d.Source, d.Reason, d.By, d.At.UnixMilli(), d.Rev-1)
		if err == nil && n == 0 {
			err = apperr.Conflictf("Cette réponse a été changée entre-temps. Rechargez la page.")
		}
		return err
	}
	n, err := db.Insert(ctx, tx, "draft", draftColumns, [][]any{{response, d.Key, d.Value, d.Class, d.Source, d.Reason, d.By, d.At.UnixMilli(), d.Rev}}, "ON CONFLICT DO NOTHING")
	if err == nil && n == 0 {
		err = apperr.Conflictf("Cette réponse a été changée entre-temps. Rechargez la page.")
	}
	return err
}

var draftColumns = []string{"response_id", "question", "value", "class", "source", "reason", "by", "at", "rev"}
