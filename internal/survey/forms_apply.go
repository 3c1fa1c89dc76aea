package survey

import (
	"context"
	"encoding/json"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
)

// Applied says what a version does to a campaign that takes it.
type Applied struct {
	Effects []questionnaire.Effect
	Moving  int64 // responses that will be answered in it
	Kept    int64 // validated, which keep the version that they answered
}

// WouldApply examines what taking another version does to a campaign, before
// anything is written.
func WouldApply(ctx context.Context, q db.Q, c Campaign, code string, version int64) (p Applied, err error) {
	next, err := FormAt(ctx, q, code, version)
	if err != nil {
		return p, err
	}
	old, err := FormAt(ctx, q, c.Form, c.FormVersion)
	if err != nil {
		return p, err
	}
	p.Effects = questionnaire.Compatible(old, next)
	err = q.QueryRow(ctx, `SELECT COUNT(CASE WHEN r.state IN ('submitted', 'validated') THEN NULL ELSE 1 END), COUNT(CASE WHEN r.seq > 0 THEN 1 END)
		FROM response r WHERE r.campaign_id = $1`, c.ID).Scan(&p.Moving, &p.Kept)
	return p, err
}

// ApplyForm has a campaign take another version of its questionnaire, or its
// region's variant, while it runs. No answer is lost: drafts stay, those of cells
// that are asked no more are listed by Leftovers, versions that were validated
// keep the form that they answered. A response follows when it is next opened
// (Follow); all of them at once when the questionnaire itself changes, since a
// response names a version alone. What would change the meaning of an answer is
// refused.
func (m *Room) ApplyForm(ctx context.Context, q db.Q, a policy.Actor, campaign string, rev int64, code string, version int64, reason string) (c Campaign, p Applied, err error) {
	defer apperr.Wrap(&err, "survey.ApplyForm(%s)", campaign)
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE campaign SET rev = rev WHERE id = $1`, campaign); err != nil {
			return err
		}
		if c, err = FindCampaign(ctx, tx, campaign); err != nil {
			return err
		}
		if err := policy.Check(a, policy.Edit, policy.Thing{Kind: policy.Questionnaire, COPs: []string{c.COP}}); err != nil {
			return err
		}
		switch {
		case c.Rev != rev:
			return apperr.Conflictf("Quelqu’un d’autre a modifié cette campagne pendant votre lecture. Rien n’a été enregistré\u00a0: relisez, puis recommencez.")
		case c.State == CampaignClosed:
			return apperr.Invalidf("Cette campagne est close\u00a0: son questionnaire ne change plus. Rouvrez-la d’abord.")
		case c.Form == code && c.FormVersion == version:
			return apperr.Invalidf("La campagne pose déjà cette version. Rien n’a changé.")
		}
		if err := servesRegion(ctx, tx, code, c.Region); err != nil {
			return err
		}
		if p, err = WouldApply(ctx, tx, c, code, version); err != nil {
			return err
		}
		if refused := questionnaire.Refusals(p.Effects); len(refused) > 0 {
			return refused
		}
		other := c.Form != code
		n, err := tx.Exec(ctx, `UPDATE campaign SET rev = rev + 1, form = $3, form_version = $4 WHERE id = $1 AND rev = $2`, c.ID, c.Rev, code, version)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un d’autre a modifié cette campagne pendant votre lecture. Rien n’a été enregistré.")
		}
		c.Rev, c.Form, c.FormVersion = c.Rev+1, code, version
		if other {
			if _, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1, form_version = $2 WHERE campaign_id = $1`, c.ID, version); err != nil {
				return err
			}
		}
		body, err := json.Marshal(c)
		if err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "campaign_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{c.ID, c.Rev, m.Now().UnixMilli(), a.Person, reason, string(body)}}, ""); err != nil {
			return err
		}
		if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "change_form", Kind: string(policy.Campaign), Subject: c.ID, Rev: c.Rev, COP: c.COP}); err != nil {
			return err
		}
		_, err = db.Bump(ctx, tx, Version, m.Now())
		return err
	})
	return c, p, err
}

// servesRegion refuses the variant of another region.
func servesRegion(ctx context.Context, q db.Q, code, region string) error {
	x, err := FindQuestionnaire(ctx, q, code)
	if err != nil {
		return err
	}
	if x.Region != "" && x.Region != region {
		return apperr.Invalidf("Ce questionnaire est la variante d’une autre région. Rien n’a été enregistré.")
	}
	return nil
}

// Follow has a response take the version that its campaign asks now, as it is
// opened. One that waits for its validator, or is validated, keeps its own until
// somebody corrects it: then call it again, in the act of correcting, with again
// true.
func (m *Room) Follow(ctx context.Context, q db.Q, r Response, c Campaign, again bool) (Response, error) {
	if r.FormVersion == c.FormVersion || !again && (r.State == Submitted || r.State == Done) {
		return r, nil
	}
	if _, err := q.Exec(ctx, `UPDATE response SET rev = rev + 1, form_version = $2 WHERE id = $1 AND form_version <> $2`, r.ID, c.FormVersion); err != nil {
		return r, err
	}
	return FindResponse(ctx, q, r.ID)
}

// Leftovers are the answers that the path of a response asks no more: kept, listed
// to whoever answers and to the team, in no count.
func Leftovers(f questionnaire.Form, drafts []Draft) []Draft {
	g := f.Graph()
	var out []Draft
	for _, d := range drafts {
		if _, asked := g.Cell(d.Key); !asked && d.Value != "" {
			out = append(out, d)
		}
	}
	return out
}
