// Package follow keeps who follows what: levers, territories, groups,
// contributions, and the letter of a region.
package follow

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "follow", Order: []string{"id"}, Scope: db.COP},
		{Name: "follow_news", Order: []string{"id"}, Scope: db.Local},
		{Name: "follow_news_subject", Order: []string{"news_id", "kind", "subject"}, Scope: db.Local},
		{Name: "letter_reader", Order: []string{"id"}, Scope: db.COP},
		{Name: "letter", Order: []string{"id"}, Scope: db.COP},
		{Name: "letter_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
	}
}

// Room does what people do here.
type Room struct {
	*debate.Room
	// Names says, by kind, how a subject is called («le levier Vélo») and where it is
	// read; a kind that is not there cannot be followed.
	Names map[Kind]func(ctx context.Context, q db.Q, c cop.COP, id string) (Named, error)
	// Since are the parts of «Depuis la dernière lettre», in order.
	Since []func(ctx context.Context, q db.Q, c cop.COP, from time.Time) (Part, error)
}

// Kind is the kind of a subject.
type Kind string

// What may be followed. A subject of Region is the COP itself.
const (
	Lever        Kind = "lever"     // by its code
	Territory    Kind = "territory" // commune:67482, department:67
	Group        Kind = "group"
	Contribution Kind = "contribution"
	Question     Kind = "question"
	Consultation Kind = "consultation"
	Region       Kind = "region" // all that is published; its id is that of the COP
)

// Subject is what somebody follows.
type Subject struct {
	Kind Kind
	ID   string
}

// Named is how a subject is called, with its article, and where it is read.
type Named struct{ Name, Path string }

// NameOf names a subject of a COP.
func (m *Room) NameOf(ctx context.Context, q db.Q, c cop.COP, s Subject) (n Named, err error) {
	defer apperr.Wrap(&err, "follow.NameOf(%s)", s.Kind)
	name, ok := m.Names[s.Kind]
	if !ok || s.ID == "" || len(s.ID) > 100 {
		return n, apperr.NotFoundf("Ce sujet ne se suit pas, ou n’existe plus.")
	}
	return name(ctx, q, c, s.ID)
}

// Confirmation is the kind of confirmation of a subscription.
const Confirmation = "follow"

// Follow begins to follow a subject. sure tells that it is done: otherwise a link was
// sent to the address. Twice is once.
func (m *Room) Follow(ctx context.Context, a policy.Actor, c cop.COP, who debate.Speaker, s Subject) (v debate.Voice, sure bool, err error) {
	defer apperr.Wrap(&err, "follow.Follow(%s)", s.Kind)
	name, err := m.NameOf(ctx, m.DB, c, s)
	if err != nil {
		return v, false, err
	}
	id, err := m.IDs.New()
	if err != nil {
		return v, false, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if v, sure, err = m.Speak(ctx, tx, a, c, who); err != nil {
			return err
		}
		state := "waiting"
		if sure {
			state = "on"
		}
		var kept string
		// What somebody types under an address does not end what its owner follows.
		if err := tx.QueryRow(ctx, `
			INSERT INTO follow (id, cop_id, voice_id, kind, subject, state, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (cop_id, kind, subject, voice_id) DO UPDATE SET state = CASE WHEN $6 = 'on' OR follow.state = 'on' THEN 'on' ELSE 'waiting' END, ended_at = NULL
			RETURNING id`, id, c.ID, v.ID, string(s.Kind), s.ID, state, m.Now().UnixMilli()).Scan(&kept); err != nil {
			return err
		}
		if !sure {
			return m.AskConfirm(ctx, tx, c, v, Confirmation, kept, "votre abonnement ("+name.Name+")")
		}
		_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "follow", Kind: "follow", Subject: kept, COP: c.ID})
		return err
	})
	return v, sure, err
}

// Confirmed begins a subscription whose address was confirmed: what OnConfirm does.
func (m *Room) Confirmed(ctx context.Context, tx db.Q, v debate.Voice, id string) (path string, err error) {
	if _, err := tx.Exec(ctx, `UPDATE follow SET state = 'on' WHERE id = $1 AND voice_id = $2 AND state = 'waiting'`, id, v.ID); err != nil {
		return "", err
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: v.Account, Verb: "follow", Kind: "follow", Subject: id, COP: v.COP})
	return "", err
}

// NameOfID says what a confirmation of this room confirms.
func (m *Room) NameOfID(ctx context.Context, q db.Q, id string) (_ string, err error) {
	var s Subject
	var copID string
	if err := q.QueryRow(ctx, `SELECT cop_id, kind, subject FROM follow WHERE id = $1`, id).Scan(&copID, &s.Kind, &s.ID); err != nil {
		return "", db.OrNotFound(err, "Cet abonnement n’existe plus.")
	}
	c, err := cop.Find(ctx, q, copID)
	if err != nil {
		return "", err
	}
	n, err := m.NameOf(ctx, q, c, s)
	return "votre abonnement (" + n.Name + ")", err
}

// Stop ends a subscription of a voice. Twice is once.
func (m *Room) Stop(ctx context.Context, v debate.Voice, id string) (err error) {
	defer apperr.Wrap(&err, "follow.Stop")
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE follow SET state = 'ended', ended_at = $3 WHERE id = $1 AND voice_id = $2 AND state <> 'ended'`, id, v.ID, m.Now().UnixMilli())
		if err != nil || n == 0 {
			return err
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: v.Account, Verb: "unfollow", Kind: "follow", Subject: id, COP: v.COP})
		return err
	})
}

// Follows tells whether a voice follows a subject.
func Follows(ctx context.Context, q db.Q, voice string, c cop.COP, s Subject) (yes bool, err error) {
	defer apperr.Wrap(&err, "follow.Follows")
	var n int64
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM follow WHERE cop_id = $1 AND kind = $2 AND subject = $3 AND voice_id = $4 AND state = 'on'`, c.ID, string(s.Kind), s.ID, voice).Scan(&n)
	return n > 0, err
}

// Section is what a voice follows, on its own page.
func (m *Room) Section(ctx context.Context, q db.Q, v debate.Voice) (out debate.Section, err error) {
	defer apperr.Wrap(&err, "follow.Section")
	out = debate.Section{ID: "abonnements", Title: "Ce que je suis"}
	c, err := cop.Find(ctx, q, v.COP)
	if err != nil {
		return out, err
	}
	type row struct {
		id string
		s  Subject
		at int64
	}
	rows, err := q.Query(ctx, `SELECT id, kind, subject, at FROM follow WHERE voice_id = $1 AND state = 'on' ORDER BY at DESC, id DESC LIMIT 500`, v.ID)
	all, err := db.Collect(rows, err, func(r *db.Rows) (x row, err error) { return x, r.Scan(&x.id, &x.s.Kind, &x.s.ID, &x.at) })
	if err != nil {
		return out, err
	}
	for _, x := range all {
		n, err := m.NameOf(ctx, q, c, x.s)
		if apperr.KindOf(err) == apperr.NotFound && err != nil {
			n, err = Named{Name: "un sujet qui n’est plus publié"}, nil
		}
		if err != nil {
			return out, err
		}
		out.Rows = append(out.Rows, debate.LeftRow{Text: n.Name, Path: n.Path, At: time.UnixMilli(x.at).UTC(), Stop: "/abonnements/" + x.id, Label: "Ne plus suivre"})
	}
	return out, nil
}

// Forget removes what an erased voice followed and read: what OnErase does.
func (m *Room) Forget(ctx context.Context, tx db.Q, v debate.Voice) (err error) {
	defer apperr.Wrap(&err, "follow.Forget")
	for _, text := range []string{`DELETE FROM follow WHERE voice_id = $1`, `DELETE FROM letter_reader WHERE voice_id = $1`} {
		if _, err := tx.Exec(ctx, text, v.ID); err != nil {
			return err
		}
	}
	return nil
}
