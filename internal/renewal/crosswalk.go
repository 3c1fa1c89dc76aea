package renewal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Crosswalk is a table of correspondence that the nation sent.
type Crosswalk struct {
	ID, State, FileName, SHA256, Reason string
	Rev                                 int64
	Body                                []byte
	At                                  time.Time
}

// The states of a crosswalk.
const (
	Waiting   = "draft"
	Current   = "current"
	Replaced  = "replaced"
	Withdrawn = "withdrawn"
)

// StateName is the French name of one of them.
func StateName(state string) string {
	return map[string]string{Waiting: "à l’essai", Current: "en vigueur", Replaced: "remplacée", Withdrawn: "retirée"}[state]
}

const crosswalkColumns = `x.id, x.rev, x.state, x.file_name, x.sha256, x.body, x.at, x.reason`

func scanCrosswalk(r interface{ Scan(...any) error }) (x Crosswalk, err error) {
	var body string
	var at int64
	err = r.Scan(&x.ID, &x.Rev, &x.State, &x.FileName, &x.SHA256, &body, &at, &x.Reason)
	x.Body, x.At = []byte(body), time.UnixMilli(at).UTC()
	return x, err
}

// Crosswalks lists those that were sent, the last one first.
func Crosswalks(ctx context.Context, q db.Q) (_ []Crosswalk, err error) {
	defer apperr.Wrap(&err, "renewal.Crosswalks")
	rows, err := q.Query(ctx, `SELECT `+crosswalkColumns+` FROM renewal_crosswalk x ORDER BY x.at DESC, x.id DESC LIMIT 50`)
	return db.Collect(rows, err, func(r *db.Rows) (Crosswalk, error) { return scanCrosswalk(r) })
}

// FindCrosswalk returns one by its id.
func FindCrosswalk(ctx context.Context, q db.Q, id string) (_ Crosswalk, err error) {
	defer apperr.Wrap(&err, "renewal.FindCrosswalk")
	x, err := scanCrosswalk(q.QueryRow(ctx, `SELECT `+crosswalkColumns+` FROM renewal_crosswalk x WHERE x.id = $1`, id))
	return x, db.OrNotFound(err, "Cette table de correspondance n’existe pas.")
}

// Framework is the referential with the crosswalk in force.
func (m *Room) Framework(ctx context.Context, q db.Q) (*framework.Framework, error) {
	model, err := m.Model(ctx)
	if err != nil {
		return nil, err
	}
	fw := model.Framework()
	x, err := scanCrosswalk(q.QueryRow(ctx, `SELECT `+crosswalkColumns+` FROM renewal_crosswalk x WHERE x.state = 'current'`))
	switch {
	case errors.Is(err, db.ErrNoRows):
		return fw, nil
	case err != nil:
		return nil, err
	}
	with, verdicts, err := fw.Crosswalked(x.Body)
	if err != nil {
		return nil, err
	}
	if with == nil {
		for _, v := range verdicts {
			if v.Reason != "" {
				return nil, apperr.Invalidf("La table de correspondance en vigueur ne va plus avec cette version de Jalon (ligne %d\u00a0: %s). L’administration nationale la retire ou la remplace.", v.Line, v.Reason)
			}
		}
	}
	return with, nil
}

// Judged is a crosswalk with what is said of each of its lines.
type Judged struct {
	Crosswalk
	Lines  []framework.Verdict
	Good   bool
	Refuse int // lines that are refused
}

// Judge says what is wrong in a crosswalk, line by line.
func (m *Room) Judge(ctx context.Context, x Crosswalk) (j Judged, err error) {
	defer apperr.Wrap(&err, "renewal.Judge")
	j.Crosswalk = x
	model, err := m.Model(ctx)
	if err != nil {
		return j, err
	}
	with, lines, err := model.Framework().Crosswalked(x.Body)
	j.Lines, j.Good = lines, err == nil && with != nil
	for _, v := range lines {
		if v.Reason != "" {
			j.Refuse++
		}
	}
	return j, err
}

func mayCross(a policy.Actor) error {
	return policy.Check(a, policy.Edit, policy.Thing{Kind: policy.Cycle})
}

// Try keeps a crosswalk that somebody sends, on trial: nothing reads it until it is put
// in force. What is no crosswalk at all is refused.
func (m *Room) Try(ctx context.Context, a policy.Actor, fileName string, body []byte) (x Crosswalk, err error) {
	defer apperr.Wrap(&err, "renewal.Try")
	if err := mayCross(a); err != nil {
		return x, err
	}
	sum := sha256.Sum256(body)
	x = Crosswalk{Rev: 1, State: Waiting, FileName: fileName, SHA256: hex.EncodeToString(sum[:]), Body: body, At: m.Now()}
	if _, err := m.Judge(ctx, x); err != nil {
		return x, err
	}
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	return x, db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "renewal_crosswalk", strings.Fields("id rev state file_name sha256 body by at reason"),
			[][]any{{x.ID, x.Rev, x.State, x.FileName, x.SHA256, string(x.Body), a.Person, x.At.UnixMilli(), ""}}, ""); err != nil {
			return err
		}
		_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "try", Kind: "crosswalk", Subject: x.ID, Rev: x.Rev})
		return err
	})
}

// Turn puts a crosswalk in force, in place of the one that is, or withdraws it. One that
// has a line that is refused is never put in force.
func (m *Room) Turn(ctx context.Context, a policy.Actor, id string, rev int64, to, reason string) (err error) {
	defer apperr.Wrap(&err, "renewal.Turn(%s)", to)
	if err := mayCross(a); err != nil {
		return err
	}
	x, err := FindCrosswalk(ctx, m.DB, id)
	if err != nil {
		return err
	}
	switch {
	case to != Current && to != Withdrawn:
		return apperr.Invalidf("Cet état n’existe pas. Rechargez la page et recommencez.")
	case strings.TrimSpace(reason) == "" || len(reason) > longestReason:
		return &Fault{"reason", "Dites en quelques mots pourquoi\u00a0: c’est gardé avec la décision."}
	}
	if to == Current {
		j, err := m.Judge(ctx, x)
		if err != nil {
			return err
		}
		if !j.Good {
			return apperr.Invalidf("Des lignes de cette table sont refusées\u00a0: elle ne peut pas entrer en vigueur. Corrigez le fichier, puis déposez-le de nouveau.")
		}
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if to == Current {
			if _, err := tx.Exec(ctx, `UPDATE renewal_crosswalk SET rev = rev + 1, state = 'replaced' WHERE state = 'current' AND id <> $1`, id); err != nil {
				return err
			}
		}
		n, err := tx.Exec(ctx, `UPDATE renewal_crosswalk SET rev = rev + 1, state = $3, reason = $4 WHERE id = $1 AND rev = $2`, id, rev, to, reason)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un d’autre a changé cette table de correspondance. Rien n’a été enregistré\u00a0: relisez-la, puis recommencez.")
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "turn", Kind: "crosswalk", Subject: id, Rev: rev + 1})
		return err
	})
}
