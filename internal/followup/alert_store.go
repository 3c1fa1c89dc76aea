package followup

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// Alert is what a rule raised, and what became of it.
type Alert struct {
	ID, COP, Region     string
	Rev                 int64
	Rule, Kind, Subject string
	Live                bool   // its cause lasts
	State               string // raised, taken, explained, wrong, closed
	Said                string
	Answer, By          string
	RaisedAt            time.Time
	AnsweredAt          time.Time
	ClosedAt            time.Time
}

// AnswerStates lists what may be answered to an alert, with their French names.
func AnswerStates() [][2]string {
	return [][2]string{{"taken", "prise en charge"}, {"explained", "expliquée"}, {"wrong", "à tort"}}
}

// StateName is the French name of the state of an alert.
func (a Alert) StateName() string {
	switch a.State {
	case "raised":
		return "sans réponse"
	case "closed":
		return "close\u00a0: sa cause a disparu"
	}
	return action.Named(AnswerStates(), a.State)
}

const alertColumns = `t.id, t.rev, t.cop_id, t.region, t.rule, t.kind, t.subject, t.live, t.state, t.said, t.answer, t.by, t.raised_at, t.answered_at, t.closed_at`

func scanAlert(s interface{ Scan(...any) error }) (a Alert, err error) {
	var live *string
	var raised int64
	var answered, closed *int64
	err = s.Scan(&a.ID, &a.Rev, &a.COP, &a.Region, &a.Rule, &a.Kind, &a.Subject, &live, &a.State, &a.Said, &a.Answer, &a.By, &raised, &answered, &closed)
	a.Live, a.RaisedAt, a.AnsweredAt, a.ClosedAt = live != nil, time.UnixMilli(raised).UTC(), instant(answered), instant(closed)
	return a, err
}

// Alerts lists those of a COP whose cause lasts, the unanswered first, then the last
// hundred whose cause is gone.
func Alerts(ctx context.Context, q db.Q, copID string) (live, gone []Alert, err error) {
	defer apperr.Wrap(&err, "followup.Alerts(%s)", copID)
	rows, err := q.Query(ctx, `SELECT `+alertColumns+` FROM followup_alert t WHERE t.cop_id = $1 AND t.live IS NOT NULL ORDER BY t.raised_at DESC, t.id`, copID)
	if live, err = db.Collect(rows, err, func(r *db.Rows) (Alert, error) { return scanAlert(r) }); err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(live, func(a, b Alert) int {
		if (a.State == "raised") != (b.State == "raised") {
			if a.State == "raised" {
				return -1
			}
			return 1
		}
		return 0
	})
	rows, err = q.Query(ctx, `SELECT `+alertColumns+` FROM followup_alert t WHERE t.cop_id = $1 AND t.state = 'closed' ORDER BY t.raised_at DESC, t.id LIMIT 100`, copID)
	gone, err = db.Collect(rows, err, func(r *db.Rows) (Alert, error) { return scanAlert(r) })
	return live, gone, err
}

// AnswerAlert keeps what the team answers to an alert, with its words: taken up,
// explained, or wrong.
func (m *Room) AnswerAlert(ctx context.Context, a policy.Actor, id string, rev int64, state, words string) (x Alert, err error) {
	defer apperr.Wrap(&err, "followup.AnswerAlert(%s)", id)
	words = strings.TrimSpace(words)
	if action.Named(AnswerStates(), state) == state {
		return x, fault("state", "Choisissez\u00a0: prise en charge, expliquée, ou à tort.")
	}
	if words == "" || utf8.RuneCountInString(words) > LongestText {
		return x, fault("answer", "Dites en quelques mots ce qui est fait, ou pourquoi ce n’est pas un problème.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE followup_alert SET rev = rev + 1, state = $3, answer = $4, by = $5, answered_at = $6 WHERE id = $1 AND rev = $2 AND live IS NOT NULL`, id, rev, state, words, a.Person, m.Now().UnixMilli())
		if err != nil {
			return err
		}
		if x, err = scanAlert(tx.QueryRow(ctx, `SELECT `+alertColumns+` FROM followup_alert t WHERE t.id = $1`, id)); err != nil {
			return db.OrNotFound(err, "Cette alerte n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
		}
		c, err := cop.Find(ctx, tx, x.COP)
		if err != nil {
			return err
		}
		if err := policy.Check(a, policy.Judge, c.Thing(policy.FollowUp)); err != nil {
			return err
		}
		switch {
		case n == 0 && !x.Live:
			return apperr.Conflictf("La cause de cette alerte a disparu\u00a0: elle est close, et n’attend plus de réponse. Rien n’a été enregistré.")
		case n == 0:
			return apperr.Conflictf("Quelqu’un a répondu à cette alerte pendant que vous écriviez\u00a0: «\u00a0%s\u00a0». Votre texte est resté dans le formulaire\u00a0; enregistrez à nouveau s’il dit mieux.", x.Answer)
		}
		if err := m.keepAlert(ctx, tx, a.Person, x); err != nil {
			return err
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "answer", Kind: "followup_alert", Subject: id, Rev: x.Rev, COP: x.COP})
		return err
	})
	return x, err
}

func (m *Room) keepAlert(ctx context.Context, tx db.Q, by string, x Alert) error {
	body, err := json.Marshal(map[string]string{"state": x.State, "said": x.Said, "answer": x.Answer})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO followup_alert_version (id, rev, at, by, reason, body) VALUES ($1, $2, $3, $4, '', $5)`, x.ID, x.Rev, m.Now().UnixMilli(), by, string(body))
	return err
}

// Watch applies the rules of a COP: what is found is raised once, what is found no more is
// closed by itself. Done again it changes nothing.
func (m *Room) Watch(ctx context.Context, c cop.COP) (raised, closed int, err error) {
	defer apperr.Wrap(&err, "followup.Watch(%s)", c.ID)
	rules, err := RulesOf(ctx, m.DB, c.ID)
	if err != nil {
		return 0, 0, err
	}
	facts, err := m.facts(ctx, c)
	if err != nil {
		return 0, 0, err
	}
	found := Find(facts, rules)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		raised, closed = 0, 0
		// One at a time looks at a COP.
		if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, c.ID); err != nil {
			return err
		}
		live, _, err := Alerts(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		have := map[string]Alert{}
		for _, x := range live {
			have[Finding{x.Rule, x.Kind, x.Subject, ""}.Live(c.ID)] = x
		}
		now := m.Now().UnixMilli()
		for _, f := range found {
			key := f.Live(c.ID)
			if x, ok := have[key]; ok {
				delete(have, key)
				if x.Said != f.Said {
					if _, err := tx.Exec(ctx, `UPDATE followup_alert SET said = $2 WHERE id = $1`, x.ID, f.Said); err != nil {
						return err
					}
				}
				continue
			}
			id, err := m.IDs.New()
			if err != nil {
				return err
			}
			n, err := tx.Exec(ctx, `INSERT INTO followup_alert (id, rev, cop_id, region, rule, kind, subject, live, state, said, answer, by, raised_at) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, 'raised', $8, '', '', $9) ON CONFLICT (live) DO NOTHING`,
				id, c.ID, c.Region, f.Rule, f.Kind, f.Subject, key, f.Said, now)
			if err != nil {
				return err
			}
			raised += int(n)
		}
		for _, x := range have {
			if _, err := tx.Exec(ctx, `UPDATE followup_alert SET rev = rev + 1, live = NULL, state = 'closed', closed_at = $2 WHERE id = $1`, x.ID, now); err != nil {
				return err
			}
			closed++
		}
		return nil
	})
	return raised, closed, err
}

// facts reads what the rules look at.
func (m *Room) facts(ctx context.Context, c cop.COP) (f Facts, err error) {
	f = Facts{Today: c.DayAt(m.Now()), Bounced: map[string]bool{}}
	if f.Actions, f.Last, err = m.toFollow(ctx, c.ID); err != nil {
		return f, err
	}
	if len(f.Actions) == 0 {
		return f, nil // what the COP follows begins with its first retained action
	}
	if m.Lagging != nil {
		if f.Lagging, err = m.Lagging(ctx, m.DB, c); err != nil {
			return f, err
		}
	}
	var aids []string
	for _, x := range f.Actions {
		for _, g := range x.Funding {
			if g.Aid != "" && !slices.Contains(aids, g.Aid) {
				aids = append(aids, g.Aid)
			}
		}
	}
	if m.Closing != nil && len(aids) > 0 {
		if f.Aids, err = m.Closing(ctx, m.DB, aids); err != nil {
			return f, err
		}
	}
	rows, err := m.DB.Query(ctx, `SELECT email FROM mail_bounce`)
	gone, err := db.Strings(rows, err)
	for _, email := range gone {
		f.Bounced[email] = true
	}
	return f, err
}

// WatchAll applies the rules in each COP that follows an action or has an alert.
func (m *Room) WatchAll(ctx context.Context) (err error) {
	defer apperr.Wrap(&err, "followup.WatchAll")
	rows, err := m.DB.Query(ctx, `SELECT DISTINCT cop_id FROM action WHERE state = 'retained' UNION SELECT DISTINCT cop_id FROM followup_alert WHERE live IS NOT NULL ORDER BY 1`)
	ids, err := db.Strings(rows, err)
	if err != nil {
		return err
	}
	for _, id := range ids {
		c, err := cop.Find(ctx, m.DB, id)
		if err != nil {
			return err
		}
		if _, _, err := m.Watch(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// TellAlerts writes to the team of each COP what was raised since the last letter and is
// not answered; nothing new, no letter.
func (m *Room) TellAlerts(ctx context.Context) (sent int, err error) {
	defer apperr.Wrap(&err, "followup.TellAlerts")
	if m.TellTeam == nil {
		return 0, nil
	}
	rows, err := m.DB.Query(ctx, `SELECT `+alertColumns+` FROM followup_alert t WHERE t.state = 'raised' AND t.told_at IS NULL ORDER BY t.cop_id, t.raised_at, t.id`)
	all, err := db.Collect(rows, err, func(r *db.Rows) (Alert, error) { return scanAlert(r) })
	if err != nil {
		return 0, err
	}
	for len(all) > 0 {
		n := slices.IndexFunc(all, func(a Alert) bool { return a.COP != all[0].COP })
		if n < 0 {
			n = len(all)
		}
		group := all[:n]
		all = all[n:]
		c, err := cop.Find(ctx, m.DB, group[0].COP)
		if err != nil {
			return sent, err
		}
		rules, err := RulesOf(ctx, m.DB, c.ID)
		if err != nil {
			return sent, err
		}
		if !rules.Digest {
			continue
		}
		letter, err := m.digest(ctx, c, group)
		if err != nil {
			return sent, err
		}
		if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
			for _, a := range group {
				if _, err := tx.Exec(ctx, `UPDATE followup_alert SET told_at = $2 WHERE id = $1 AND told_at IS NULL`, a.ID, m.Now().UnixMilli()); err != nil {
					return err
				}
			}
			k, err := m.TellTeam(ctx, tx, c, mail.Mail{Dedup: "followup-alerts/" + c.ID + "/" + group[0].ID, FromName: c.SenderName(), ReplyTo: c.ReplyTo(), COP: c.ID, Letter: letter})
			sent += k
			return err
		}); err != nil {
			return sent, err
		}
	}
	return sent, nil
}

const mostTold = 20

func (m *Room) digest(ctx context.Context, c cop.COP, group []Alert) (l mail.Letter, err error) {
	n := len(group)
	l.Subject = "Suivi des actions\u00a0: " + french.Integer(n) + "\u00a0" + french.Plural(n, "alerte nouvelle", "alertes nouvelles")
	l.Blocks = append(l.Blocks, mail.Para("Depuis la dernière lettre, "+c.SenderName()+", les règles que vous avez choisies ont relevé ceci. Chaque alerte attend une réponse\u00a0: prise en charge, expliquée, ou à tort."))
	var items []string
	for _, a := range group[:min(n, mostTold)] {
		name := RuleNamed(a.Rule)
		if a.Kind == "action" {
			title, _, err := action.TitleOf(ctx, m.DB, a.Subject)
			if err != nil {
				return l, err
			}
			name += ", «\u00a0" + title + "\u00a0»"
		}
		items = append(items, name+". "+a.Said)
	}
	l.Blocks = append(l.Blocks, mail.List(items...))
	if n > mostTold {
		l.Blocks = append(l.Blocks, mail.Para("et "+french.Integer(n-mostTold)+"\u00a0autres."))
	}
	l.Blocks = append(l.Blocks, mail.Link("Répondre aux alertes", m.BaseURL+DeskPath(c)+"/alertes"))
	l.Reason = "Vous recevez cette lettre, une fois par semaine au plus, parce que vous êtes de l’équipe de la COP. Réglez les «\u00a0Rappels\u00a0» dans «\u00a0Mon espace\u00a0», ou coupez la lettre pour toute l’équipe dans les réglages du suivi."
	return l, nil
}
