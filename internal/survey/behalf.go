package survey

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// PaperSource is the source of an answer that the team typed from a paper.
func PaperSource(day string) string { return paperSource + french.Day(day) }

const paperSource = "saisie par l’équipe d’après le formulaire papier reçu le "

// FromPaper reports whether the team typed an answer from a paper: it has a source
// and did not come filled.
func (d Draft) FromPaper() bool { return strings.HasPrefix(d.Source, paperSource) }

// Paper is a paper form that the team received for an authority.
type Paper struct {
	ID, Response    string
	SHA256, File    string // of its scan
	ReceivedOn      string
	SignedBy, Title string // who signed it; empty when nobody did
	By              string
	At              time.Time
}

// recordFor keeps in the journal that somebody wrote for an authority.
func (m *Room) recordFor(ctx context.Context, tx db.Q, s Seat, r Response) error {
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: s.Actor(r).Person, ActingFor: r.Authority, Verb: "write", Kind: string(policy.Response), Subject: r.ID, Rev: r.Rev, COP: r.COP})
	return err
}

// onBehalf checks that an actor may write for an authority without being of it.
func onBehalf(a policy.Actor, r Response) (Seat, error) {
	if err := policy.Check(a, policy.Create, r.Thing()); err != nil { // teams and chairs; an authority only edits its own
		return Seat{}, err
	}
	return TeamSeat(a, r), nil
}

// comesFrom gives the answers that were just written their source.
func comesFrom(ctx context.Context, tx db.Q, response, source string, saved Saving) error {
	args := []any{source, response}
	for _, o := range saved.Outcomes {
		if o.Verdict == Saved || o.Verdict == ToSay {
			args = append(args, o.Key)
		}
	}
	if len(args) == 2 {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE draft SET source = $1 WHERE response_id = $2 AND question IN (`+db.Params(3, len(args)-2)+`)`, args...)
	return err
}

// AddPaper keeps the scan of a paper form with who signed it.
func (m *Room) AddPaper(ctx context.Context, a policy.Actor, p Paper, scan *blob.Staged) (_ Paper, err error) {
	defer apperr.Wrap(&err, "survey.AddPaper")
	r, err := FindResponse(ctx, m.DB, p.Response)
	if err != nil {
		return p, err
	}
	if _, err := onBehalf(a, r); err != nil {
		return p, err
	}
	if day, err := time.Parse(time.DateOnly, p.ReceivedOn); err != nil || day.After(m.Now().Add(24*time.Hour)) {
		return p, &Fault{Field: "received_on", Message: "Indiquez le jour où le papier a été reçu, pas plus tard qu’aujourd’hui."}
	}
	for _, text := range []string{p.SignedBy, p.Title, p.File} {
		if len([]rune(text)) > 200 {
			return p, &Fault{Field: "signed_by", Message: "Ce texte dépasse 200 caractères. Raccourcissez-le."}
		}
	}
	p.By, p.At, p.SHA256 = a.Person, m.Now(), scan.SHA256
	if p.ID, err = m.IDs.New(); err != nil {
		return p, err
	}
	return p, db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := scan.Store(ctx, tx, p.At); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO response_paper (id, response_id, sha256, file_name, received_on, signed_by, title, by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			p.ID, p.Response, p.SHA256, p.File, p.ReceivedOn, p.SignedBy, p.Title, p.By, p.At.UnixMilli()); err != nil {
			return err
		}
		_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, ActingFor: r.Authority, Verb: "file", Kind: string(policy.Response), Subject: r.ID, Rev: r.Rev, COP: r.COP})
		return err
	})
}

// PapersOf lists the papers of a response, the newest first.
func PapersOf(ctx context.Context, q db.Q, response string) ([]Paper, error) {
	rows, err := q.Query(ctx, `SELECT id, response_id, sha256, file_name, received_on, signed_by, title, by, at FROM response_paper WHERE response_id = $1 ORDER BY id DESC`, response)
	return db.Collect(rows, err, func(r *db.Rows) (p Paper, err error) {
		var at int64
		err = r.Scan(&p.ID, &p.Response, &p.SHA256, &p.File, &p.ReceivedOn, &p.SignedBy, &p.Title, &p.By, &at)
		p.At = time.UnixMilli(at).UTC()
		return p, err
	})
}

// SaveFor keeps answers that the team types from a paper: the rules are those of
// whoever answers, the source says where they come from.
func (m *Room) SaveFor(ctx context.Context, a policy.Actor, response string, paper Paper, changes []Change) (out Saving, err error) {
	defer apperr.Wrap(&err, "survey.SaveFor")
	r, err := FindResponse(ctx, m.DB, response)
	if err != nil {
		return out, err
	}
	s, err := onBehalf(a, r)
	if err != nil {
		return out, err
	}
	if paper.Response != r.ID {
		return out, apperr.Invalidf("Joignez d’abord le formulaire papier de cette collectivité. Rien n’a été enregistré.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if out, err = m.Save(ctx, tx, s, response, changes); err != nil {
			return err
		}
		if err := comesFrom(ctx, tx, response, PaperSource(paper.ReceivedOn), out); err != nil {
			return err
		}
		return m.recordFor(ctx, tx, s, r)
	})
	return out, err
}

// ValidateFor freezes a version on the strength of a signed paper: the team vouches
// for what the paper says, its scan is kept, and the version names who signed.
func (m *Room) ValidateFor(ctx context.Context, a policy.Actor, response string, paper Paper, seen string) (v Sealed, err error) {
	defer apperr.Wrap(&err, "survey.ValidateFor")
	r, err := FindResponse(ctx, m.DB, response)
	if err != nil {
		return v, err
	}
	if _, err := onBehalf(a, r); err != nil {
		return v, err
	}
	if paper.Response != r.ID || paper.SignedBy == "" || paper.Title == "" {
		return v, apperr.Invalidf("La validation pour le compte d’une collectivité demande le formulaire papier signé\u00a0: son image, le nom et la qualité de la personne qui l’a signé. Rien n’a été validé.")
	}
	// The account acts with the one right that the signed paper gives it, over this
	// authority alone.
	signed := policy.Actor{Person: a.Person, Grants: []policy.Grant{{Role: policy.Validator, Org: r.Authority}}}
	s := Seat{ID: "account:" + a.Person, Response: r.ID, Role: Validates, Name: paper.SignedBy, Title: paper.SignedBy + ", " + paper.Title + " (formulaire papier signé, reçu le " + french.Day(paper.ReceivedOn) + ")", Account: a.Person, As: signed}
	return m.Validate(ctx, m.DB, s, response, seen)
}
