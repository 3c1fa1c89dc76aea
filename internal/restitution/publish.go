package restitution

import (
	"context"
	"encoding/json"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/survey"
)

const nb = french.NoBreak

// Thing is the restitution of a campaign for the table of rights; published, its
// Part is public.
func Thing(c survey.Campaign) policy.Thing {
	return policy.Thing{Kind: policy.Restitution, COPs: []string{c.COP}}
}

// Propose freezes the answers of a campaign as they are, and asks both heads to
// publish them. It refuses what would tell what fewer than five authorities said,
// compared with what is published already.
func (m *Room) Propose(ctx context.Context, a policy.Actor, campaign string) (e Edition, err error) {
	defer apperr.Wrap(&err, "restitution.Propose(%s)", campaign)
	c, err := survey.FindCampaign(ctx, m.DB, campaign)
	if err != nil {
		return e, err
	}
	if err := policy.Check(a, policy.Export, Thing(c)); err != nil {
		return e, err
	}
	conference, err := cop.Find(ctx, m.DB, c.COP)
	if err != nil {
		return e, err
	}
	var now frozen
	if err := db.Snapshot(ctx, m.DB, func(ctx context.Context, q db.Q) (err error) {
		now, err = freeze(ctx, q, c)
		return err
	}); err != nil {
		return e, err
	}
	if len(now.Answers) < Fewest {
		return e, apperr.Invalidf("Moins de cinq collectivités ont répondu\u00a0: publier la restitution dirait ce que chacune a répondu. Attendez d’autres réponses.")
	}
	if err := m.apart(ctx, campaign, now); err != nil {
		return e, err
	}
	body, sum, err := now.pack()
	if err != nil {
		return e, err
	}
	at := m.Now()
	e = Edition{Campaign: c.ID, COP: c.COP, Region: c.Region, Cycle: c.Cycle, State: EditionProposed, Day: conference.DayAt(at), Answers: len(now.Answers), By: a.Person, At: at, SHA256: sum}
	if e.ID, err = m.IDs.New(); err != nil {
		return e, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The campaign is the root: of two who propose at once, the second reads the
		// first one's edition.
		if _, err := tx.Exec(ctx, `UPDATE campaign SET rev = rev WHERE id = $1`, c.ID); err != nil {
			return err
		}
		var waiting int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM restitution WHERE campaign_id = $1 AND state = 'proposed'`, c.ID).Scan(&waiting); err != nil {
			return err
		}
		if waiting > 0 {
			return apperr.Conflictf("Une publication attend déjà la validation des deux têtes\u00a0: rien n’a été ajouté. Retirez-la au bureau pour en proposer une autre.")
		}
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) + 1 FROM restitution WHERE campaign_id = $1`, c.ID).Scan(&e.Seq); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "restitution", []string{"id", "campaign_id", "seq", "cop_id", "region", "cycle", "state", "day", "published_on", "answers", "act", "by", "at", "sha256", "body"},
			[][]any{{e.ID, e.Campaign, e.Seq, e.COP, e.Region, e.Cycle, string(e.State), e.Day, "", e.Answers, "", e.By, at.UnixMilli(), e.SHA256, body}}, ""); err != nil {
			return err
		}
		act, err := m.COPs.ProposeIn(ctx, tx, a, c.COP, cop.NewAct{Kind: cop.RestitutionAct, Subject: e.ID, SHA256: sum,
			Title: "Publication de la restitution du questionnaire\u00a0: " + french.Integer(e.Answers) + nb + "réponses au " + french.Day(e.Day)})
		if err != nil {
			return err
		}
		e.Act = act.ID
		// An act that one head alone ends is ended already: its edition is kept as End left it.
		if _, err = tx.Exec(ctx, `UPDATE restitution SET act = $2 WHERE id = $1`, e.ID, act.ID); err != nil {
			return err
		}
		e, err = findEdition(ctx, tx, e.ID)
		return err
	})
	return e, err
}

// apart refuses an edition that differs too little from a published one. All of
// them are looked at, not the newest alone: whoever kept an old one would read what
// changes once and goes back.
func (m *Room) apart(ctx context.Context, campaign string, now frozen) error {
	rows, err := m.DB.Query(ctx, `SELECT id FROM restitution WHERE campaign_id = $1 AND state = 'published' ORDER BY seq DESC`, campaign)
	ids, err := db.Collect(rows, err, func(r *db.Rows) (id string, err error) { err = r.Scan(&id); return id, err })
	if err != nil {
		return err
	}
	for i, id := range ids {
		var body []byte // one at a time: an edition holds all its answers
		if err := m.DB.QueryRow(ctx, `SELECT body FROM restitution WHERE id = $1`, id).Scan(&body); err != nil {
			return err
		}
		before, err := unpack(body)
		if err != nil {
			return err
		}
		few, changed := moved(before, now)
		switch {
		case changed == 0 && i == 0:
			return apperr.Invalidf("Aucune réponse n’a changé depuis l’édition publiée\u00a0: elle dit déjà ce qu’il y a à dire.")
		case len(few) > 0:
			return apperr.Invalidf("Pour %s, une à quatre réponses seulement diffèrent d’une édition déjà publiée\u00a0: comparer les deux éditions dirait ce que ces collectivités ont répondu. Attendez d’autres réponses.", few[0])
		}
	}
	return nil
}

// End publishes an edition, or drops it, when its act ends.
func (m *Room) End(ctx context.Context, tx db.Q, act cop.Act) error {
	if act.State == cop.ActWithdrawn {
		_, err := tx.Exec(ctx, `UPDATE restitution SET state = 'withdrawn' WHERE id = $1 AND state = 'proposed'`, act.Subject)
		return err
	}
	c, err := cop.Find(ctx, tx, act.COP)
	if err != nil {
		return err
	}
	day := c.DayAt(m.Now())
	n, err := tx.Exec(ctx, `UPDATE restitution SET state = 'published', published_on = $2 WHERE id = $1 AND state = 'proposed'`, act.Subject, day)
	if err != nil || n == 0 {
		return err
	}
	e, err := findEdition(ctx, tx, act.Subject)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE campaign SET rev = rev + 1, published_on = $2 WHERE id = $1`, e.Campaign, day); err != nil {
		return err
	}
	by := act.ProposedBy
	if len(act.Consents) > 0 {
		by = act.Consents[len(act.Consents)-1].Person
	}
	campaign, err := survey.FindCampaign(ctx, tx, e.Campaign)
	if err != nil {
		return err
	}
	text, err := json.Marshal(campaign)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "campaign_version", []string{"id", "rev", "at", "by", "reason", "body"},
		[][]any{{campaign.ID, campaign.Rev, m.Now().UnixMilli(), by, "Restitution publiée.", string(text)}}, ""); err != nil {
		return err
	}
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: "publish", Kind: "restitution", Subject: e.ID, Rev: e.Seq, COP: e.COP}); err != nil {
		return err
	}
	_, err = db.Bump(ctx, tx, survey.Version, m.Now())
	return err
}

// LatestCycle is the cycle of the newest campaign of a region, or of the nation;
// fallback when there is none.
func LatestCycle(ctx context.Context, q db.Q, region, fallback string) (string, error) {
	rows, err := q.Query(ctx, `SELECT cycle FROM campaign WHERE CAST($1 AS TEXT) = '' OR region = $1 ORDER BY at DESC, id DESC LIMIT 1`, region)
	all, err := db.Collect(rows, err, func(r *db.Rows) (c string, err error) { err = r.Scan(&c); return c, err })
	if err != nil || len(all) == 0 {
		return fallback, err
	}
	return all[0], nil
}
