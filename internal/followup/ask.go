package followup

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// Person is somebody who may be asked.
type Person struct{ ID, Name, Email string }

// Ask is what is asked of one person about one action in a round.
type Ask struct {
	ID, Round, COP, Action      string
	Rank                        int64
	Role                        string // of Steps
	Name, Email, Person         string
	State                       string // waiting, sent, answered, refused, bounced, passed, closed
	Reason                      string
	SentAt, RemindedAt, EndedAt time.Time
}

// Waits reports whether an answer is expected of an ask.
func (a Ask) Waits() bool { return a.State == "waiting" || a.State == "sent" }

const askColumns = `k.id, k.round_id, k.cop_id, k.action_id, k.rank, k.role, k.name, k.email, k.person, k.state, k.reason, k.sent_at, k.reminded_at, k.ended_at`

func scanAsk(s interface{ Scan(...any) error }) (a Ask, err error) {
	var sent, reminded, ended *int64
	err = s.Scan(&a.ID, &a.Round, &a.COP, &a.Action, &a.Rank, &a.Role, &a.Name, &a.Email, &a.Person, &a.State, &a.Reason, &sent, &reminded, &ended)
	a.SentAt, a.RemindedAt, a.EndedAt = instant(sent), instant(reminded), instant(ended)
	return a, err
}

func instant(ms *int64) time.Time {
	if ms == nil {
		return time.Time{}
	}
	return time.UnixMilli(*ms).UTC()
}

// Asks lists what is asked in a round, action by action, in the order of the chain.
func Asks(ctx context.Context, q db.Q, round string) (_ []Ask, err error) {
	defer apperr.Wrap(&err, "followup.Asks(%s)", round)
	return asksWhere(ctx, q, `k.round_id = $1 ORDER BY k.action_id, k.rank`, round)
}

func asksWhere(ctx context.Context, q db.Q, where string, args ...any) ([]Ask, error) {
	rows, err := q.Query(ctx, `SELECT `+askColumns+` FROM followup_ask k WHERE `+where, args...)
	return db.Collect(rows, err, func(r *db.Rows) (Ask, error) { return scanAsk(r) })
}

// token is the personal link of an address in a round. It is drawn from both and the key
// of this installation: a reminder bears the same link as the first mail, while the
// database keeps its digest alone.
func (m *Room) token(round, email string) string {
	sum := sha256.Sum256([]byte(m.Links.Seal("followup-link", round, email)))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte("followup-link|" + token))
	return hex.EncodeToString(sum[:])
}

// LinkPath is the address of a personal link.
func LinkPath(token string) string { return "/point/" + token }

// Asked reports whether a round asks about an action: it is retained, goes on, and nobody
// has said where it stands since the day that answers count from.
func Asked(r Round, x action.Action, last Update, spoken bool) bool {
	return Ended(x) == "" && x.Status != "done" && (!spoken || last.Day < r.Period)
}

// whom lists who stands at each step of the chain for an action, the first that can be
// written to of each; a step without an address is left out, but the team's, which is
// told on its desk.
func (m *Room) whom(ctx context.Context, q db.Q, x action.Action, after int64) (p Person, rank int64, role string, err error) {
	for i, s := range Steps() {
		rank, role = int64(i+1), s[0]
		if rank <= after {
			continue
		}
		if role == "team" {
			return Person{Name: "L’équipe de la COP"}, rank, role, nil
		}
		var found []Person
		switch {
		case role == "contact":
			found = []Person{{Name: x.Contact, Email: x.Email}}
		case m.People != nil:
			if found, err = m.People(ctx, q, role, x); err != nil {
				return p, 0, "", err
			}
		}
		for _, f := range found {
			email, err := mail.ParseAddress(f.Email)
			if err != nil {
				continue
			}
			var bounced, asked int64
			if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM mail_bounce WHERE email = $1`, email).Scan(&bounced); err != nil {
				return p, 0, "", err
			}
			if after > 0 { // nobody is asked twice about the same action
				if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM followup_ask k JOIN followup_round r ON r.id = k.round_id WHERE r.cop_id = $1 AND r.state = 'open' AND k.action_id = $2 AND k.email = $3`, x.COP, x.ID, email).Scan(&asked); err != nil {
					return p, 0, "", err
				}
			}
			if bounced == 0 && asked == 0 {
				return Person{f.ID, f.Name, email}, rank, role, nil
			}
		}
	}
	return p, 0, "", nil
}

// put writes an ask once, as waiting; the team's is sent as soon as it is there.
func (m *Room) putAsk(ctx context.Context, tx db.Q, r Round, x action.Action, p Person, rank int64, role string) error {
	id, err := m.IDs.New()
	if err != nil {
		return err
	}
	state, hash := "waiting", ""
	var sent *int64
	if role == "team" {
		now := m.Now().UnixMilli()
		state, sent = "sent", &now
	} else {
		hash = hashOf(m.token(r.ID, p.Email))
	}
	_, err = db.Insert(ctx, tx, "followup_ask", strings.Fields("id round_id cop_id action_id rank role name email person token_hash state reason sent_at"),
		[][]any{{id, r.ID, r.COP, x.ID, rank, role, cut(strings.TrimSpace(p.Name), longestName), p.Email, p.ID, hash, state, "", sent}}, "ON CONFLICT (round_id, action_id, rank) DO NOTHING")
	return err
}

// ask writes what a round asks and sends the mails, one to each person. It may stop and
// be done again at any moment: nobody is written to twice.
func (m *Room) ask(ctx context.Context, id string) (err error) {
	defer apperr.Wrap(&err, "followup.ask(%s)", id)
	r, err := round(ctx, m.DB, id)
	if err != nil || r.State != Open {
		return err
	}
	list, last, err := m.toFollow(ctx, r.COP)
	if err != nil {
		return err
	}
	asks, err := Asks(ctx, m.DB, r.ID)
	if err != nil {
		return err
	}
	settled, after := map[string]bool{}, map[string]int64{}
	for _, k := range asks {
		settled[k.Action] = settled[k.Action] || k.Waits() || k.State == "answered"
		after[k.Action] = max(after[k.Action], k.Rank)
	}
	type line struct {
		x    action.Action
		p    Person
		rank int64
		role string
	}
	var lines []line
	for _, x := range list {
		u, spoken := last[x.ID]
		if settled[x.ID] || !Asked(r, x, u, spoken) {
			continue
		}
		p, rank, role, err := m.whom(ctx, m.DB, x, after[x.ID])
		if err != nil {
			return err
		}
		if role == "" {
			continue // the chain is at its end
		}
		lines = append(lines, line{x, p, rank, role})
	}
	for part := range slices.Chunk(lines, 100) {
		if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
			for _, l := range part {
				if err := m.putAsk(ctx, tx, r, l.x, l.p, l.rank, l.role); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return m.send(ctx, r)
}

// toFollow lists the retained actions of a COP, with the last word about each.
func (m *Room) toFollow(ctx context.Context, copID string) (list []action.Action, last map[string]Update, err error) {
	if last, err = LastOf(ctx, m.DB, copID); err != nil {
		return nil, nil, err
	}
	list, err = RetainedOf(ctx, m.DB, copID)
	return list, last, err
}

// RetainedOf lists the retained actions of a COP, by their numbers.
func RetainedOf(ctx context.Context, q db.Q, copID string) (list []action.Action, err error) {
	open := func(action.Action) policy.Thing {
		return policy.Thing{Kind: policy.Action, COPs: []string{copID}, Part: policy.Public}
	}
	for x, err := range action.Each(ctx, q, policy.Actor{}, open, copID) {
		if err != nil {
			return nil, err
		}
		if x.State == action.Retained {
			list = append(list, x)
		}
	}
	return list, nil
}

// pass asks the next one of the chain about an action, once the ask before ended in a
// state; the mail leaves with send.
func (m *Room) pass(ctx context.Context, tx db.Q, r Round, k Ask, state, reason string) error {
	// The action before its asks, as say holds them.
	x, err := action.Hold(ctx, tx, k.Action)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE followup_ask SET state = $2, reason = $3, ended_at = $4 WHERE id = $1 AND state IN ('waiting', 'sent')`, k.ID, state, reason, m.Now().UnixMilli())
	if err != nil || n == 0 {
		return err // somebody answered meanwhile
	}
	if Ended(x) != "" {
		return nil
	}
	p, rank, role, err := m.whom(ctx, tx, x, k.Rank)
	if err != nil || role == "" {
		return err
	}
	return m.putAsk(ctx, tx, r, x, p, rank, role)
}
