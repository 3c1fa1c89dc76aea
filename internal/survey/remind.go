package survey

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/jobs"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// remindTick looks each morning who is due; remindKind writes to a selection.
const (
	remindTick = "survey.remind"
	remindKind = "survey.remind-some"
)

// Spared says why a response is not reminded, empty when it is due. It is pure: a
// preview and the job that writes say the same.
func Spared(c Campaign, r Response, now time.Time) string {
	last := r.InvitedAt
	if r.RemindedAt.After(last) {
		last = r.RemindedAt
	}
	switch {
	case !c.State.Takes():
		return "la campagne ne prend pas de réponse en ce moment"
	case r.Silent:
		return "à ne pas contacter"
	case r.State == Done:
		return "a déjà validé sa réponse"
	case r.State == Refused:
		return "a dit qu’elle ne répondra pas"
	case r.State == Listed:
		return "n’a pas encore été invitée, faute d’adresse"
	case c.RemindMax == 0:
		return "la campagne n’envoie aucune relance (réglages)"
	case r.Reminders >= c.RemindMax:
		return "a déjà reçu " + french.Integer(c.RemindMax) + "\u00a0" + french.Plural(c.RemindMax, "relance", "relances") + ", le maximum"
	case now.Sub(last) < time.Duration(c.RemindEvery)*24*time.Hour:
		return "a reçu un courriel il y a moins de " + french.Integer(c.RemindEvery) + "\u00a0jours"
	}
	return ""
}

// noAddress is why nobody can be written to, said like Spared.
const noAddress = "n’a plus d’adresse qui fonctionne"

// Due is a response that a reminder would go to, and to whom.
type Due struct {
	Response Response
	To       []mail.Address
}

// SparedGroup is how many are not reminded for one reason.
type SparedGroup struct {
	Why   string
	N     int
	Names []string // the first of them
}

// RemindPlan is what a press of «relancer» would do.
type RemindPlan struct {
	Due    []Due
	Spared []SparedGroup
}

// maxReminded is how many are reminded at once: a whole region.
const maxReminded = 8000

// PlanReminders says who of a selection would be written to, and why the others
// would not. Without ids it is all that the filter chooses. What an actor may not
// change is left out.
func (m *Room) PlanReminders(ctx context.Context, q db.Q, a policy.Actor, campaign string, f Follow, ids []string) (p RemindPlan, err error) {
	defer apperr.Wrap(&err, "survey.PlanReminders")
	c, err := FindCampaign(ctx, q, campaign)
	if err != nil {
		return p, err
	}
	if err := f.check(); err != nil {
		return p, err
	}
	if len(ids) > maxReminded {
		return p, apperr.Invalidf("Huit mille destinataires à la fois au plus\u00a0: choisissez un département.")
	}
	var b binder
	where := f.where(campaign, &b) + " AND " + within(policy.Where(a, policy.Edit, policy.Response), &b)
	if len(ids) > 0 {
		where += " AND r.id IN " + b.in(ids)
	}
	rows, err := q.Query(ctx, `SELECT `+responseColumns+` FROM response r WHERE `+where+` ORDER BY r.sort_key, r.id LIMIT `+b.bind(int64(maxReminded)), b.args...)
	list, err := db.Collect(rows, err, func(r *db.Rows) (Response, error) { return scanResponse(r) })
	if err != nil {
		return p, err
	}
	spare := func(r Response, why string) {
		at := slices.IndexFunc(p.Spared, func(g SparedGroup) bool { return g.Why == why })
		if at < 0 {
			p.Spared, at = append(p.Spared, SparedGroup{Why: why}), len(p.Spared)
		}
		g := &p.Spared[at]
		if g.N++; len(g.Names) < 20 {
			g.Names = append(g.Names, r.Name)
		}
	}
	var due []Response
	for _, r := range list {
		if why := Spared(c, r, m.Now()); why != "" {
			spare(r, why)
			continue
		}
		due = append(due, r)
	}
	for part := range slices.Chunk(due, 500) {
		who, err := m.remindTo(ctx, q, part)
		if err != nil {
			return p, err
		}
		for _, r := range part {
			if len(who[r.ID]) == 0 {
				spare(r, noAddress)
				continue
			}
			x := Due{Response: r}
			for _, s := range who[r.ID] {
				x.To = append(x.To, mail.Address{Name: s.Name, Email: s.Email})
			}
			p.Due = append(p.Due, x)
		}
	}
	slices.SortStableFunc(p.Spared, func(a, b SparedGroup) int { return b.N - a.N })
	return p, nil
}

// remindTo finds the seats that a reminder goes to: the validators of what waits
// for them, else those who write, whose addresses work and who did not ask to be
// left alone. Where no seat is left, a contact gets one when it is written to.
func (m *Room) remindTo(ctx context.Context, q db.Q, list []Response) (map[string][]Seat, error) {
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	var b binder
	rows, err := q.Query(ctx, `SELECT `+seatColumns+` FROM response_seat s WHERE s.response_id IN `+b.in(ids)+` AND s.ended_at IS NULL AND s.email <> '' AND s.role IN ('writer', 'validator')
		   AND NOT EXISTS (SELECT 1 FROM mail_bounce x WHERE x.email = s.email)
		   AND NOT EXISTS (SELECT 1 FROM response_contact k WHERE k.response_id = s.response_id AND k.email = s.email AND k.silent) ORDER BY s.id`, b.args...)
	seats, err := db.Collect(rows, err, func(r *db.Rows) (Seat, error) { return scanSeat(r) })
	if err != nil {
		return nil, err
	}
	by := map[string][]Seat{}
	for _, s := range seats {
		by[s.Response] = append(by[s.Response], s)
	}
	out := map[string][]Seat{}
	var bare []Response
	for _, r := range list {
		want := Writes
		if r.State == Submitted && slices.ContainsFunc(by[r.ID], func(s Seat) bool { return s.Role == Validates }) {
			want = Validates
		}
		seen := map[string]bool{}
		for _, s := range by[r.ID] {
			if s.Role == want && !seen[s.Email] {
				seen[s.Email] = true
				out[r.ID] = append(out[r.ID], s)
			}
		}
		if len(out[r.ID]) == 0 {
			bare = append(bare, r)
		}
	}
	if len(bare) == 0 {
		return out, nil
	}
	who, err := m.reach(ctx, q, bare)
	if err != nil {
		return nil, err
	}
	for _, r := range bare {
		for _, to := range who[r.ID] {
			out[r.ID] = append(out[r.ID], Seat{Response: r.ID, Role: Writes, Name: to.Name, Email: strings.ToLower(to.Email), By: "campaign:" + r.Campaign})
		}
	}
	return out, nil
}

// remindArgs is a selection to write to; By is who pressed.
type remindArgs struct {
	Campaign, By string
	IDs          []string
}

// remindedAtOnce is how many one job writes to.
const remindedAtOnce = 100

// Remind writes to a selection, by jobs of a hundred. press names the form that was
// sent, so that sent twice it writes once. It returns how many are due now.
func (m *Room) Remind(ctx context.Context, a policy.Actor, campaign string, f Follow, ids []string, press string) (n int, err error) {
	defer apperr.Wrap(&err, "survey.Remind")
	p, err := m.PlanReminders(ctx, m.DB, a, campaign, f, ids)
	if err != nil {
		return 0, err
	}
	c, err := FindCampaign(ctx, m.DB, campaign)
	if err != nil {
		return 0, err
	}
	if press == "" || len(press) > 100 {
		return 0, apperr.Invalidf("Le formulaire est incomplet. Revenez à la liste et recommencez\u00a0: rien n’a été envoyé.")
	}
	due := make([]string, len(p.Due))
	for i, x := range p.Due {
		due[i] = x.Response.ID
	}
	if len(due) == 0 {
		return 0, apperr.Conflictf("Plus personne n’est à relancer dans cette sélection\u00a0: rien n’a été envoyé.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		for part := range slices.Chunk(due, remindedAtOnce) {
			if _, err := m.Queue.Enqueue(ctx, tx, remindKind, remindArgs{campaign, a.Person, part}, jobs.Opts{Dedup: remindKind + ":" + press + ":" + part[0]}); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `UPDATE campaign SET rev = rev + 1 WHERE id = $1`, c.ID); err != nil {
			return err
		}
		c, err := FindCampaign(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		return m.keepCampaign(ctx, tx, a.Person, "remind", "relance de "+french.Integer(len(due))+" destinataires", c)
	})
	return len(due), err
}

// remindSome writes to those of a selection that are still due. Done again it
// writes to nobody twice: the first time moved their date.
func (m *Room) remindSome(ctx context.Context, args remindArgs) (n int, err error) {
	defer apperr.Wrap(&err, "survey.remindSome(%s)", args.Campaign)
	c, err := FindCampaign(ctx, m.DB, args.Campaign)
	if err != nil || !c.State.Takes() {
		return 0, err
	}
	from, err := m.sender(ctx, m.DB, c)
	if err != nil {
		return 0, err
	}
	var b binder
	rows, err := m.DB.Query(ctx, `SELECT `+responseColumns+` FROM response r WHERE r.campaign_id = `+b.bind(c.ID)+` AND r.id IN `+b.in(args.IDs)+` ORDER BY r.id`, b.args...)
	list, err := db.Collect(rows, err, func(r *db.Rows) (Response, error) { return scanResponse(r) })
	if err != nil {
		return 0, err
	}
	now := m.Now()
	list = slices.DeleteFunc(list, func(r Response) bool { return Spared(c, r, now) != "" })
	who, err := m.remindTo(ctx, m.DB, list)
	if err != nil {
		return 0, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		for _, r := range list {
			if len(who[r.ID]) == 0 {
				continue
			}
			k, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1, reminders = reminders + 1, reminded_at = $2 WHERE id = $1 AND state = $3 AND reminders = $4 AND NOT silent`,
				r.ID, now.UnixMilli(), string(r.State), r.Reminders)
			if err != nil {
				return err
			}
			if k == 0 {
				continue // it moved on, or another worker was here
			}
			n++
			for _, s := range who[r.ID] {
				if s.ID == "" {
					if s, _, err = m.NewSeat(ctx, tx, s); err != nil {
						return err
					}
				}
				if err := m.post(ctx, tx, from, r, s, "remind/"+itoa(r.Reminders+1)+"/"+s.ID, m.remindLetter(from, r, s)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return n, err
}

// remindLetter says the sentence that fits where the answer stands.
func (m *Room) remindLetter(from sender, r Response, s Seat) mail.Letter {
	l := mail.Letter{Subject: "Rappel\u00a0: questionnaire de la " + from.name + ", " + r.Name, Greeting: greet(s),
		Reason: "Vous recevez ce rappel parce que la réponse de " + r.Name + " à la " + from.name + " n’est pas encore validée."}
	text := "La " + from.name + " n’a pas encore reçu la réponse de " + r.Name + "."
	switch {
	case r.State == Submitted && s.Role == Validates:
		l.Subject = "À valider\u00a0: la réponse de " + r.Name
		text = "La réponse de " + r.Name + " est prête et attend votre validation. Relisez-la, puis validez-la ou renvoyez-la à qui l’a rédigée\u00a0: cinq minutes suffisent."
	case r.State == Submitted:
		text = "La réponse de " + r.Name + " est prête, mais aucun élu ne l’a validée\u00a0: elle ne compte pas encore. Transmettez-la à la personne qui valide depuis la page «\u00a0Qui fait quoi\u00a0»."
	case r.State == Started && r.Asked > 0 && r.Rated > 0:
		text = "La réponse de " + r.Name + " est commencée\u00a0: " + french.Integer(r.Rated) + " des " + french.Integer(r.Asked) + " actions sont renseignées. Ce qui est écrit vous attend."
	case r.State == Started:
		text = "La réponse de " + r.Name + " est commencée. Ce qui est écrit vous attend."
	case r.State == Opened:
		text = "Le questionnaire de " + r.Name + " a été ouvert, sans réponse pour l’instant. Comptez " + minutes(r) + ", en plusieurs fois si vous voulez."
	case r.State == Invited:
		text += " Comptez " + minutes(r) + ", en plusieurs fois si vous voulez."
	}
	l.Blocks = append(l.Blocks, mail.Para(text+from.until()))
	return withDoor(l, from, m.Door(s.ID))
}

// remindAll puts the jobs that remind who is due in each campaign that runs.
func (m *Room) remindAll(ctx context.Context, tick string) (err error) {
	defer apperr.Wrap(&err, "survey.remindAll")
	rows, err := m.DB.Query(ctx, `SELECT `+campaignColumns+` FROM campaign c WHERE c.state IN ('open', 'nearly') AND c.remind_max > 0 ORDER BY c.id`)
	list, err := db.Collect(rows, err, func(r *db.Rows) (Campaign, error) { return scanCampaign(r) })
	if err != nil {
		return err
	}
	for _, c := range list {
		before := m.Now().Add(-time.Duration(c.RemindEvery) * 24 * time.Hour).UnixMilli()
		rows, err := m.DB.Query(ctx, `SELECT r.id FROM response r WHERE r.campaign_id = $1 AND r.state IN ('invited', 'opened', 'started', 'submitted') AND NOT r.silent AND r.reminders < $2
			   AND COALESCE(r.reminded_at, r.invited_at, 0) <= $3 ORDER BY r.id`, c.ID, c.RemindMax, before)
		ids, err := db.Strings(rows, err)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(ids, remindedAtOnce) {
			if _, err := m.Queue.Enqueue(ctx, m.DB, remindKind, remindArgs{Campaign: c.ID, IDs: part}, jobs.Opts{Dedup: remindKind + ":" + tick + ":" + part[0]}); err != nil {
				return err
			}
		}
	}
	return nil
}

// RegisterCampaigns gives the worker what campaigns do in the background:
// invitations, reminders each working morning, recipients each night.
func (m *Room) RegisterCampaigns(c *jobs.Config) {
	c.Handlers[inviteKind] = jobs.Handler{Do: m.inviteJob}
	c.Handlers[remindKind] = jobs.Handler{Do: func(ctx context.Context, j jobs.Job) error {
		var args remindArgs
		if err := json.Unmarshal(j.Args, &args); err != nil {
			return jobs.Permanent(err)
		}
		_, err := m.remindSome(ctx, args)
		return err
	}}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		paris = time.UTC
	}
	c.Handlers[remindTick] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error {
		now := m.Now().In(paris)
		if now.Weekday() == time.Saturday || now.Weekday() == time.Sunday {
			return nil
		}
		return m.remindAll(ctx, now.Format(time.DateOnly))
	}}
	c.Handlers[refreshKind] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error { return m.refreshAll(ctx) }}
	c.Periodic = append(c.Periodic, jobs.Periodic{Name: remindTick, Last: jobs.Daily(8, 30, paris)}, jobs.Periodic{Name: refreshKind, Last: jobs.Daily(3, 50, paris)})
}

// refreshAll brings the recipients of campaigns that are not closed up to the
// territories in force.
func (m *Room) refreshAll(ctx context.Context) error {
	rows, err := m.DB.Query(ctx, `SELECT c.id FROM campaign c WHERE c.state <> 'closed' ORDER BY c.id`)
	ids, err := db.Strings(rows, err)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := m.refresh(ctx, "", id); err != nil {
			return err
		}
	}
	return nil
}
