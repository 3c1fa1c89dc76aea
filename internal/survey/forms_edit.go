package survey

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
)

// Questionnaire is what is asked, as it is being written: a national template, or
// the variant of a region. Published versions are apart: see FormVersions.
type Questionnaire struct {
	Code, Region, Cycle, Title string
	Rev                        int64
	Version                    int64 // the last that was published, 0 before the first
	Draft                      bool  // changed since
	Form                       questionnaire.Form
	At                         time.Time
}

const questionnaireColumns = `f.code, f.rev, f.region, f.cycle, f.title, f.version, f.state, f.at`

func scanQuestionnaire(r scanner, more ...any) (x Questionnaire, err error) {
	var at int64
	var state string
	err = r.Scan(append([]any{&x.Code, &x.Rev, &x.Region, &x.Cycle, &x.Title, &x.Version, &state, &at}, more...)...)
	x.Draft, x.At = state == "draft", time.UnixMilli(at).UTC()
	return x, err
}

// mostQuestionnaires bounds their list: a template a cycle and a variant a region.
const mostQuestionnaires = 500

// Published lists what is asked as anyone reads it, national templates first,
// without their documents: At is when the last version was
// published, whatever was written since.
func Published(ctx context.Context, q db.Q) ([]Questionnaire, error) {
	rows, err := q.Query(ctx, `SELECT f.code, f.rev, f.region, f.cycle, f.title, f.version, 'published', p.at
		FROM questionnaire f JOIN questionnaire_form p ON p.code = f.code AND p.version = f.version ORDER BY f.region, f.code LIMIT $1`, mostQuestionnaires)
	return db.Collect(rows, err, func(r *db.Rows) (Questionnaire, error) { return scanQuestionnaire(r) })
}

// VariantOf returns the variant of a region for a cycle; NotFound when it has none.
func VariantOf(ctx context.Context, q db.Q, region, cycle string) (Questionnaire, error) {
	var code string
	err := q.QueryRow(ctx, `SELECT code FROM questionnaire WHERE region = $1 AND cycle = $2 ORDER BY at DESC, code LIMIT 1`, region, cycle).Scan(&code)
	if err := db.OrNotFound(err, "Cette région n’a pas encore de variante."); err != nil {
		return Questionnaire{}, err
	}
	return FindQuestionnaire(ctx, q, code)
}

// FindQuestionnaire returns what is asked, with the document being written.
func FindQuestionnaire(ctx context.Context, q db.Q, code string) (Questionnaire, error) {
	var doc string
	x, err := scanQuestionnaire(q.QueryRow(ctx, `SELECT `+questionnaireColumns+`, f.doc FROM questionnaire f WHERE f.code = $1`, code), &doc)
	if err := db.OrNotFound(err, "Ce questionnaire n’existe pas."); err != nil {
		return x, err
	}
	if err := json.Unmarshal([]byte(doc), &x.Form); err != nil {
		return x, apperr.New(apperr.Unavailable, err, "Le questionnaire enregistré ne peut pas être lu. Rien n’a été perdu\u00a0: prévenez l’opérateur.")
	}
	return x, nil
}

// thing is a questionnaire for the table of rights: of the nation, or of the COPs
// of its region.
func (x Questionnaire) thing(ctx context.Context, q db.Q) (policy.Thing, error) {
	t := policy.Thing{Kind: policy.Questionnaire}
	if x.Region == "" {
		return t, nil
	}
	cops, err := cop.IDsOfRegion(ctx, q, x.Region)
	t.COPs = cops
	return t, err
}

// MayEditForm reports whether an actor may write a questionnaire.
func MayEditForm(ctx context.Context, q db.Q, a policy.Actor, x Questionnaire) (bool, error) {
	t, err := x.thing(ctx, q)
	return policy.Can(a, policy.Edit, t), err
}

func checkForm(ctx context.Context, q db.Q, a policy.Actor, v policy.Verb, x Questionnaire) error {
	t, err := x.thing(ctx, q)
	if err != nil {
		return err
	}
	return policy.Check(a, v, t)
}

func errFormMoved() error {
	return apperr.Conflictf("Quelqu’un d’autre a modifié ce questionnaire pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.")
}

// EditForm writes the draft of a questionnaire as it was at a revision. The draft
// may be faulty, as one is while it is being written: publishing is what refuses.
func (m *Room) EditForm(ctx context.Context, q db.Q, a policy.Actor, code string, rev int64, f questionnaire.Form, reason string) (x Questionnaire, err error) {
	defer apperr.Wrap(&err, "survey.EditForm(%s)", code)
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if x, err = lockForm(ctx, tx, a, code, rev); err != nil {
			return err
		}
		f.Code, f.Version, f.Base = x.Code, x.Form.Version, x.Form.Base
		x.Form, x.Draft = f, true
		return m.writeForm(ctx, tx, &x, a.Person, "edit", reason)
	})
	return x, err
}

// lockForm takes the row of a questionnaire until the transaction ends, at the
// revision that its writer saw; the questionnaire comes back even when it moved.
func lockForm(ctx context.Context, tx db.Q, a policy.Actor, code string, rev int64) (Questionnaire, error) {
	if _, err := tx.Exec(ctx, `UPDATE questionnaire SET rev = rev WHERE code = $1`, code); err != nil {
		return Questionnaire{}, err
	}
	x, err := FindQuestionnaire(ctx, tx, code)
	if err != nil {
		return x, err
	}
	if err := checkForm(ctx, tx, a, policy.Edit, x); err != nil {
		return x, err
	}
	if x.Rev != rev {
		return x, errFormMoved()
	}
	return x, nil
}

// writeForm replaces the document of a questionnaire whose row is held.
func (m *Room) writeForm(ctx context.Context, tx db.Q, x *Questionnaire, by, verb, reason string) error {
	doc, err := json.Marshal(x.Form)
	if err != nil {
		return err
	}
	if text := string(doc); len(doc) > questionnaire.Most || strings.Contains(text, `\u0000`) || !utf8.Valid(doc) {
		return apperr.Invalidf("Le questionnaire dépasse %d\u00a0Mo, ou contient un caractère qui ne se garde pas. Rien n’a été enregistré.", questionnaire.Most>>20)
	}
	state := "published"
	if x.Draft {
		state = "draft"
	}
	title := x.Title // anyone reads that of the last publication until the next
	if !x.Draft || x.Version == 0 {
		title = x.Form.Title
	}
	n, err := tx.Exec(ctx, `UPDATE questionnaire SET rev = rev + 1, title = $3, version = $4, doc = $5, state = $6, at = $7 WHERE code = $1 AND rev = $2`,
		x.Code, x.Rev, title, x.Version, string(doc), state, m.Now().UnixMilli())
	if err != nil {
		return err
	}
	if n == 0 {
		return errFormMoved()
	}
	x.Rev, x.Title = x.Rev+1, title
	if err := m.keepForm(ctx, tx, *x, by, reason); err != nil {
		return err
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: verb, Kind: string(policy.Questionnaire), Subject: x.Code, Rev: x.Rev})
	return err
}

// keepForm keeps a revision of the document, for ever.
func (m *Room) keepForm(ctx context.Context, tx db.Q, x Questionnaire, by, reason string) error {
	doc, err := json.Marshal(x.Form)
	if err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, "questionnaire_version", []string{"code", "rev", "at", "by", "reason", "body"}, [][]any{{x.Code, x.Rev, m.Now().UnixMilli(), by, reason, string(doc)}}, "")
	return err
}

// FormPast is a revision of a questionnaire while it was being written.
type FormPast struct {
	Rev    int64
	At     time.Time
	By     string
	Reason string
}

// FormHistory lists the revisions of a questionnaire, the last first, at most
// fifty.
func FormHistory(ctx context.Context, q db.Q, code string) ([]FormPast, error) {
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason FROM questionnaire_version WHERE code = $1 ORDER BY rev DESC LIMIT 50`, code)
	return db.Collect(rows, err, func(r *db.Rows) (p FormPast, err error) {
		var at int64
		err = r.Scan(&p.Rev, &at, &p.By, &p.Reason)
		p.At = time.UnixMilli(at).UTC()
		return p, err
	})
}

// FormRev returns the document as it was at a revision: what the second of two
// writers began from.
func FormRev(ctx context.Context, q db.Q, code string, rev int64) (f questionnaire.Form, err error) {
	var doc string
	err = q.QueryRow(ctx, `SELECT body FROM questionnaire_version WHERE code = $1 AND rev = $2`, code, rev).Scan(&doc)
	if err := db.OrNotFound(err, "Cet état du questionnaire n’existe pas."); err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(doc), &f)
}

// EditPart makes one act of an editor, meant for a revision. When somebody wrote
// meanwhile elsewhere in the questionnaire, both are kept; when it was in the same
// place, the second is told, with what is there now.
func (m *Room) EditPart(ctx context.Context, q db.Q, a policy.Actor, code string, rev int64, e questionnaire.Edit) (x Questionnaire, err error) {
	defer apperr.Wrap(&err, "survey.EditPart(%s)", code)
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		var moved error
		if x, moved = lockForm(ctx, tx, a, code, rev); moved != nil {
			if apperr.KindOf(moved) != apperr.Conflict {
				return moved
			}
			before, err := FormRev(ctx, tx, code, rev)
			if err != nil || !e.Untouched(before, x.Form) {
				return moved
			}
		}
		f, err := x.Form.With(e)
		if err != nil {
			return err
		}
		x.Form, x.Draft = f, true
		return m.writeForm(ctx, tx, &x, a.Person, "edit", e.Label)
	})
	return x, err
}
