package followup

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/jobs"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// askKind is the job that writes what a round asks; dayTick looks each morning who did
// not answer, and which rounds end.
const (
	askKind = "followup.ask"
	dayTick = "followup.day"
	// watchTick applies the rules of alerts each night; tellTick tells them on Mondays.
	watchTick = "followup.watch"
	tellTick  = "followup.tell"
)

// mailPrefix begins the names of the mails of this room, followed by the id of the round.
const mailPrefix = "point/"

// remindEvery is how long after a mail a reminder may follow.
const remindEvery = 3 * 24 * time.Hour

type askArgs struct{ Round string }

func (m *Room) enqueueAsking(ctx context.Context, tx db.Q, round string) error {
	_, err := m.Queue.Enqueue(ctx, tx, askKind, askArgs{round}, jobs.Opts{Dedup: askKind + ":" + round})
	return err
}

// Ask writes now what a round asks, as its job does.
func (m *Room) Ask(ctx context.Context, round string) error { return m.ask(ctx, round) }

// send writes one mail to each person with all that they are asked and were not told.
func (m *Room) send(ctx context.Context, r Round) error {
	waiting, err := asksWhere(ctx, m.DB, `k.round_id = $1 AND k.state = 'waiting' ORDER BY k.email, k.id`, r.ID)
	if err != nil || len(waiting) == 0 {
		return err
	}
	for _, group := range byEmail(waiting) {
		if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
			var fresh []Ask
			for _, k := range group {
				n, err := tx.Exec(ctx, `UPDATE followup_ask SET state = 'sent', sent_at = $2 WHERE id = $1 AND state = 'waiting'`, k.ID, m.Now().UnixMilli())
				if err != nil {
					return err
				}
				if n == 1 {
					fresh = append(fresh, k)
				}
			}
			if len(fresh) == 0 {
				return nil
			}
			return m.post(ctx, tx, r, fresh, "ask/"+fresh[0].ID, false)
		}); err != nil {
			return err
		}
	}
	return nil
}

func byEmail(asks []Ask) (out [][]Ask) {
	for _, k := range asks {
		if n := len(out); n > 0 && out[n-1][0].Email == k.Email {
			out[n-1] = append(out[n-1], k)
			continue
		}
		out = append(out, []Ask{k})
	}
	return out
}

func (m *Room) post(ctx context.Context, tx db.Q, r Round, asks []Ask, name string, again bool) error {
	c, err := cop.Find(ctx, tx, r.COP)
	if err != nil {
		return err
	}
	titles := make([]string, 0, len(asks))
	for _, k := range asks {
		title, _, err := action.TitleOf(ctx, tx, k.Action)
		if err != nil {
			return err
		}
		titles = append(titles, title)
	}
	to := asks[0]
	// A copy of the data has another key: what it sends opens what it asked.
	token := m.token(r.ID, to.Email)
	if _, err := tx.Exec(ctx, `UPDATE followup_ask SET token_hash = $3 WHERE round_id = $1 AND email = $2 AND token_hash <> $3`, r.ID, to.Email, hashOf(token)); err != nil {
		return err
	}
	_, err = m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: mailPrefix + r.ID + "/" + name, To: mail.Address{Name: to.Name, Email: to.Email}, Person: "ask:" + to.ID, FromName: c.SenderName(), ReplyTo: c.ReplyTo(), COP: c.ID, Secret: true,
		Letter: letter(c, r, to, titles, m.BaseURL+LinkPath(token), again)})
	return err
}

const mostTitles = 15

// letter asks one person about all their actions, with one button.
func letter(c cop.COP, r Round, to Ask, titles []string, address string, again bool) mail.Letter {
	many := len(titles) > 1
	l := mail.Letter{Subject: "Où en est votre action\u00a0? Deux minutes pour la " + c.SenderName(), Greeting: "Bonjour,"}
	if to.Name != "" {
		l.Greeting = "Bonjour " + to.Name + ","
	}
	label := "Dire où en est l’action"
	text := "La " + c.SenderName() + " fait le point sur les actions qu’elle a retenues. Dites ce qui est fait, ce qui bloque et la prochaine étape. Deux minutes suffisent, depuis un téléphone, sans compte\u00a0; ce qui avait été dit la dernière fois est déjà rempli."
	if many {
		l.Subject = "Où en sont vos " + french.Integer(len(titles)) + "\u00a0actions\u00a0? Un point pour la " + c.SenderName()
		label = "Dire où en sont ces actions"
	}
	if again {
		l.Subject = "Rappel\u00a0: " + strings.ToLower(l.Subject[:1]) + l.Subject[1:]
		text = "La " + c.SenderName() + " n’a pas encore de nouvelles " + map[bool]string{true: "de ces actions", false: "de cette action"}[many] + ". Si rien n’a changé, un seul bouton le dit."
	}
	l.Blocks = append(l.Blocks, mail.Para(text))
	shown := titles
	if len(shown) > mostTitles {
		shown = shown[:mostTitles]
	}
	l.Blocks = append(l.Blocks, mail.List(shown...))
	if rest := len(titles) - len(shown); rest > 0 {
		l.Blocks = append(l.Blocks, mail.Para("et "+french.Integer(rest)+"\u00a0"+french.Plural(rest, "autre", "autres")+", que le lien liste."))
	}
	if r.Note != "" {
		l.Blocks = append(l.Blocks, mail.Quote("L’équipe de la COP", r.Note))
	}
	l.Blocks = append(l.Blocks, mail.Link(label, address), mail.Para("Vous pouvez répondre jusqu’au "+french.Day(r.ClosesOn)+", et corriger votre réponse par le même lien jusque-là."))
	l.Reason = reasons[to.Role] + " Si ce n’est plus vous, dites-le par le même lien\u00a0: la personne suivante sera interrogée, et nous ne vous écrirons plus pour ce tour."
	return l
}

var reasons = map[string]string{
	"contact": "Vous recevez ce message parce que vous êtes le contact de cette action ou de ces actions.",
	"author":  "Vous recevez ce message parce que vous avez écrit la fiche de cette action ou de ces actions, et que son contact n’a pas pu répondre.",
	"holder":  "Vous recevez ce message parce que votre organisme porte cette action ou ces actions, et que la personne interrogée d’abord n’a pas pu répondre.",
	"lead":    "Vous recevez ce message parce que vous suivez ce département, et que les porteurs interrogés d’abord n’ont pas pu répondre.",
}

// Due lists who would be reminded in a round now, one group a person, and how many wait
// but had a mail less than three days ago.
func (m *Room) Due(ctx context.Context, q db.Q, r Round) (due [][]Ask, spared int, err error) {
	defer apperr.Wrap(&err, "followup.Due(%s)", r.ID)
	asks, err := asksWhere(ctx, q, `k.round_id = $1 AND k.state = 'sent' AND k.email <> '' ORDER BY k.email, k.id`, r.ID)
	if err != nil || r.State != Open {
		return nil, 0, err
	}
	before := m.Now().Add(-remindEvery)
	for _, group := range byEmail(asks) {
		recent := false
		for _, k := range group {
			recent = recent || k.SentAt.After(before) || k.RemindedAt.After(before)
		}
		if recent {
			spared++
			continue
		}
		due = append(due, group)
	}
	return due, spared, nil
}

// Remind writes again, once, to who did not answer: one mail a person. Pressed twice, it
// writes once.
func (m *Room) Remind(ctx context.Context, a policy.Actor, id string) (n int, err error) {
	defer apperr.Wrap(&err, "followup.Remind(%s)", id)
	r, _, err := FindRound(ctx, m.DB, a, id)
	if err != nil {
		return 0, err
	}
	if r.State != Open {
		return 0, apperr.Conflictf("Ce tour n’est pas ouvert\u00a0: personne n’est relancé.")
	}
	due, _, err := m.Due(ctx, m.DB, r)
	if err != nil {
		return 0, err
	}
	for _, group := range due {
		if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
			before, now := m.Now().Add(-remindEvery).UnixMilli(), m.Now().UnixMilli()
			var fresh []Ask
			for _, k := range group {
				k1, err := tx.Exec(ctx, `UPDATE followup_ask SET reminded_at = $2 WHERE id = $1 AND state = 'sent' AND COALESCE(reminded_at, sent_at, 0) <= $3`, k.ID, now, before)
				if err != nil {
					return err
				}
				if k1 == 1 {
					fresh = append(fresh, k)
				}
			}
			if len(fresh) == 0 {
				return nil // another press was here
			}
			n++
			return m.post(ctx, tx, r, fresh, "remind/"+fresh[0].ID+"/"+itoa(now), true)
		}); err != nil {
			return n, err
		}
	}
	if n == 0 {
		return 0, apperr.Conflictf("Personne n’est à relancer maintenant\u00a0: tous ont répondu, ou ont reçu un courriel il y a moins de trois jours. Rien n’a été envoyé.")
	}
	return n, nil
}

// Morning passes what nobody answered in time to the next of the chain, and closes the
// rounds whose last day has passed.
func (m *Room) Morning(ctx context.Context) (err error) {
	defer apperr.Wrap(&err, "followup.Morning")
	rows, err := m.DB.Query(ctx, `SELECT `+roundColumns+` FROM followup_round r WHERE r.state = 'open' ORDER BY r.id`)
	list, err := db.Collect(rows, err, func(r *db.Rows) (Round, error) { return scanRound(r) })
	if err != nil {
		return err
	}
	for _, r := range list {
		c, err := cop.Find(ctx, m.DB, r.COP)
		if err != nil {
			return err
		}
		if c.DayAt(m.Now()) > r.ClosesOn {
			if _, err := m.CloseRound(ctx, policy.Actor{Person: byClock}, r.ID, r.Rev); err != nil && apperr.KindOf(err) != apperr.Conflict {
				return err
			}
			continue
		}
		before := m.Now().Add(-time.Duration(r.Fallback.Days) * 24 * time.Hour).UnixMilli()
		late, err := asksWhere(ctx, m.DB, `k.round_id = $1 AND k.state = 'sent' AND k.role <> 'team' AND k.sent_at <= $2 ORDER BY k.id`, r.ID, before)
		if err != nil {
			return err
		}
		for _, k := range late {
			if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
				return m.pass(ctx, tx, r, k, "passed", "Sans réponse après "+french.Integer(r.Fallback.Days)+"\u00a0"+french.Plural(r.Fallback.Days, "jour", "jours")+".")
			}); err != nil {
				return err
			}
		}
		if err := m.ask(ctx, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// OnBounce asks the next of the chain about what could not reach somebody. It reports
// whether the mail was of this room.
func (m *Room) OnBounce(ctx context.Context, tx db.Q, k mail.Kept) (mine bool, err error) {
	defer apperr.Wrap(&err, "followup.OnBounce")
	rest, mine := strings.CutPrefix(k.Dedup, mailPrefix)
	if !mine {
		return false, nil
	}
	id, _, _ := strings.Cut(rest, "/")
	r, err := round(ctx, tx, id)
	if err != nil || r.State != Open {
		return true, err
	}
	asks, err := asksWhere(ctx, tx, `k.round_id = $1 AND k.email = $2 AND k.state = 'sent' ORDER BY k.action_id`, id, strings.ToLower(k.To.Email))
	if err != nil {
		return true, err
	}
	for _, one := range asks {
		if err := m.pass(ctx, tx, r, one, "bounced", "L’adresse n’existe plus."); err != nil {
			return true, err
		}
	}
	if len(asks) > 0 {
		err = m.enqueueNext(ctx, tx, r, asks[0])
	}
	return true, err
}

// RegisterJobs gives the worker what this room does in the background.
func (m *Room) RegisterJobs(c *jobs.Config) {
	c.Handlers[askKind] = jobs.Handler{Do: func(ctx context.Context, j jobs.Job) error {
		var args askArgs
		if err := json.Unmarshal(j.Args, &args); err != nil {
			return jobs.Permanent(err)
		}
		return m.ask(ctx, args.Round)
	}}
	c.Handlers[dayTick] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error { return m.Morning(ctx) }}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		paris = time.UTC
	}
	c.Handlers[watchTick] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error { return m.WatchAll(ctx) }}
	c.Handlers[tellTick] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error {
		if m.Now().In(paris).Weekday() != time.Monday {
			return nil
		}
		_, err := m.TellAlerts(ctx)
		return err
	}}
	c.Periodic = append(c.Periodic, jobs.Periodic{Name: dayTick, Last: jobs.Daily(8, 15, paris)}, jobs.Periodic{Name: watchTick, Last: jobs.Daily(5, 20, paris)}, jobs.Periodic{Name: tellTick, Last: jobs.Daily(8, 40, paris)})
}

// enqueueNext has the mail of the next of the chain written.
func (m *Room) enqueueNext(ctx context.Context, tx db.Q, r Round, after Ask) error {
	_, err := m.Queue.Enqueue(ctx, tx, askKind, askArgs{r.ID}, jobs.Opts{Dedup: askKind + ":" + r.ID + ":" + after.ID})
	return err
}
