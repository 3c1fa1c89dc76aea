package restitution

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// Consent is the written word of a région or a département that lets its answers
// be published by themselves.
type Consent struct {
	Response string `json:"-"`
	Name     string `json:"-"`
	Rev      int64  `json:"-"`
	Document string `json:"document"` // «courrier du président, n° 2027-114»
	Day      string `json:"day"`
	State    string `json:"state"` // given, withdrawn; empty when nothing was said
	Answered bool   `json:"-"`
}

// Given reports whether it is given, and not withdrawn.
func (c Consent) Given() bool { return c.State == "given" }

// Consents lists the régions and départements of a campaign and what each said.
func Consents(ctx context.Context, q db.Q, a policy.Actor, c survey.Campaign) (_ []Consent, err error) {
	defer apperr.Wrap(&err, "restitution.Consents(%s)", c.ID)
	if err := policy.Check(a, policy.Edit, c.Thing()); err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT r.id, r.name, r.seq, COALESCE(k.rev, 0), COALESCE(k.document, ''), COALESCE(k.day, ''), COALESCE(k.state, '') FROM response r LEFT JOIN open_consent k ON k.response_id = r.id
		WHERE r.campaign_id = $1 AND r.counted = $2 AND r.kind IN ($3, $4) ORDER BY r.sort_key, r.id`, c.ID, true, string(questionnaire.Region), string(questionnaire.Department))
	return db.Collect(rows, err, func(r *db.Rows) (x Consent, err error) {
		var seq int64
		err = r.Scan(&x.Response, &x.Name, &seq, &x.Rev, &x.Document, &x.Day, &x.State)
		x.Answered = seq > 0
		return x, err
	})
}

// SayConsent keeps a consent, or its withdrawal, as it was at a revision (0 when
// nothing was said yet): which document says so, of which day. What an edition
// already published stays published.
func (m *OpenRoom) SayConsent(ctx context.Context, q db.Q, a policy.Actor, c survey.Campaign, in Consent) (err error) {
	defer apperr.Wrap(&err, "restitution.SayConsent(%s)", in.Response)
	if err := policy.Check(a, policy.Edit, c.Thing()); err != nil {
		return err
	}
	in.Document = strings.TrimSpace(in.Document)
	switch {
	case in.State != "given" && in.State != "withdrawn":
		return apperr.Invalidf("Dites si l’accord est donné ou retiré.")
	case in.Document == "" || utf8.RuneCountInString(in.Document) > 300:
		return apperr.Invalidf("Nommez le document écrit qui porte cet accord ou son retrait, en 300 caractères au plus\u00a0: nature, auteur, référence. Votre saisie est conservée.")
	}
	if t, err := time.Parse(time.DateOnly, in.Day); err != nil || t.Year() < 2000 || t.After(m.Now().AddDate(0, 0, 1)) {
		return apperr.Invalidf("Donnez la date du document, comme 2026-11-26\u00a0: elle ne peut pas être à venir. Votre saisie est conservée.")
	}
	r, err := survey.FindResponse(ctx, q, in.Response)
	if err != nil {
		return err
	}
	if r.Campaign != c.ID || r.Kind != questionnaire.Region && r.Kind != questionnaire.Department {
		return apperr.NotFoundf("Seuls les régions et les départements de cette campagne peuvent être publiés seuls.")
	}
	return db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		var n int64
		var err error
		if in.Rev == 0 {
			n, err = db.Insert(ctx, tx, "open_consent", strings.Fields("response_id rev document day state at"), [][]any{{in.Response, 1, in.Document, in.Day, in.State, m.Now().UnixMilli()}}, "ON CONFLICT DO NOTHING")
		} else {
			n, err = tx.Exec(ctx, `UPDATE open_consent SET rev = rev + 1, document = $3, day = $4, state = $5, at = $6 WHERE response_id = $1 AND rev = $2`, in.Response, in.Rev, in.Document, in.Day, in.State, m.Now().UnixMilli())
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un de votre équipe a enregistré cet accord avant vous. Rien n’a été changé\u00a0: rechargez la page.")
		}
		body, err := json.Marshal(in)
		if err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "open_consent_version", strings.Fields("response_id rev at by reason body"), [][]any{{in.Response, in.Rev + 1, m.Now().UnixMilli(), a.Person, in.State, string(body)}}, ""); err != nil {
			return err
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "consent", Kind: "open_consent", Subject: in.Response, Rev: in.Rev + 1, COP: c.COP})
		return err
	})
}

// PublishedAlone reports whether an edition of open data published the answers of an
// authority by themselves, with a consent that still stands, and the last that did.
func PublishedAlone(ctx context.Context, q db.Q, response string) (e OpenEdition, alone bool, err error) {
	defer apperr.Wrap(&err, "restitution.PublishedAlone(%q)", response)
	rows, err := q.Query(ctx, `SELECT `+openColumns+` FROM open_edition e JOIN open_member m ON m.edition_id = e.id
		WHERE m.response_id = $1 AND m.grp = $2 AND EXISTS (SELECT 1 FROM open_consent k WHERE k.response_id = m.response_id AND k.state = 'given')
		ORDER BY e.seq DESC`, response, aloneKey(response))
	all, err := db.Collect(rows, err, func(r *db.Rows) (OpenEdition, error) { return scanOpen(r) })
	if err != nil || len(all) == 0 {
		return e, false, err
	}
	return all[0], true, nil
}
