package survey

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// Contact is somebody whom the questionnaire of an authority is sent to.
type Contact struct {
	Response           string
	Email, Name, Title string
	Source             string // where the address comes from, in French
	Silent             bool   // do not write
	Bounced            bool   // the address does not exist
	At                 time.Time
}

// Contacts lists the contacts of a response, in the order of their addresses.
func Contacts(ctx context.Context, q db.Q, response string) ([]Contact, error) {
	return contactsOf(ctx, q, []string{response})
}

// contactsOf reads the contacts of some responses, with what is known of their
// addresses, in one statement.
func contactsOf(ctx context.Context, q db.Q, responses []string) ([]Contact, error) {
	var b binder
	rows, err := q.Query(ctx, `SELECT k.response_id, k.email, k.name, k.title, k.source, k.silent, k.at, CASE WHEN x.email IS NULL THEN 0 ELSE 1 END
		  FROM response_contact k LEFT JOIN mail_bounce x ON x.email = k.email WHERE k.response_id IN `+b.in(responses)+` ORDER BY k.response_id, k.email`, b.args...)
	return db.Collect(rows, err, func(r *db.Rows) (c Contact, err error) {
		var at, bounced int64
		err = r.Scan(&c.Response, &c.Email, &c.Name, &c.Title, &c.Source, &c.Silent, &at, &bounced)
		c.At, c.Bounced = time.UnixMilli(at).UTC(), bounced == 1
		return c, err
	})
}

// AddContact keeps an address for an authority, or corrects the name beside it.
func (m *Room) AddContact(ctx context.Context, a policy.Actor, response, email, name, title string) (err error) {
	defer apperr.Wrap(&err, "survey.AddContact")
	email, err = mail.ParseAddress(strings.ToLower(strings.TrimSpace(email)))
	if err != nil {
		return &Fault{"email", "Écrivez une adresse électronique, comme mairie@exemple.fr."}
	}
	name, title = strings.Join(strings.Fields(name), " "), strings.Join(strings.Fields(title), " ")
	if utf8.RuneCountInString(name) > 200 || utf8.RuneCountInString(title) > 200 {
		return &Fault{"name", "Gardez le nom et la fonction à 200 caractères au plus."}
	}
	return m.touch(ctx, a, response, "contact", func(ctx context.Context, tx db.Q, r Response) error {
		if err := mail.ClearBounce(ctx, tx, email); err != nil { // whoever types an address again vouches for it
			return err
		}
		if _, err := db.Insert(ctx, tx, "response_contact", contactWritten, [][]any{{r.ID, email, name, title, "saisi par l’équipe", false, m.Now().UnixMilli()}}, keepSilence); err != nil {
			return err
		}
		c, err := FindCampaign(ctx, tx, r.Campaign)
		if err != nil || r.State != Listed {
			return err
		}
		return m.inviteOne(ctx, tx, c, r)
	})
}

var contactWritten = strings.Fields("response_id email name title source silent at")

// keepSilence corrects what is beside an address, and leaves the wish of whoever
// asked not to be written to.
const keepSilence = `ON CONFLICT (response_id, email) DO UPDATE SET name = excluded.name, title = excluded.title, source = excluded.source, at = excluded.at`

// RemoveContact forgets an address.
func (m *Room) RemoveContact(ctx context.Context, a policy.Actor, response, email string) error {
	return m.touch(ctx, a, response, "contact", func(ctx context.Context, tx db.Q, r Response) error {
		_, err := tx.Exec(ctx, `DELETE FROM response_contact WHERE response_id = $1 AND email = $2 AND NOT silent`, r.ID, email)
		return err
	})
}

// Silence says that a whole authority is not to be written to, or that it may be
// again. What it answers is taken all the same.
func (m *Room) Silence(ctx context.Context, a policy.Actor, response string, silent bool) error {
	return m.touch(ctx, a, response, "silence", func(ctx context.Context, tx db.Q, r Response) error {
		_, err := tx.Exec(ctx, `UPDATE response SET silent = $2 WHERE id = $1`, r.ID, silent)
		return err
	})
}

// SilenceContact says it of one address.
func (m *Room) SilenceContact(ctx context.Context, a policy.Actor, response, email string, silent bool) error {
	return m.touch(ctx, a, response, "silence", func(ctx context.Context, tx db.Q, r Response) error {
		_, err := tx.Exec(ctx, `UPDATE response_contact SET silent = $3 WHERE response_id = $1 AND email = $2`, r.ID, email, silent)
		return err
	})
}

// Refuse notes that an authority said that it will not answer, and why; an empty
// reason takes that back.
func (m *Room) Refuse(ctx context.Context, a policy.Actor, response, reason string) error {
	reason = strings.TrimSpace(reason)
	if utf8.RuneCountInString(reason) > 500 {
		return &Fault{"reason", "Dites la raison en 500 caractères au plus."}
	}
	return m.touch(ctx, a, response, "refuse", func(ctx context.Context, tx db.Q, r Response) error {
		if r.State == Done || r.State == Submitted {
			return apperr.Conflictf("Cette collectivité a déjà répondu\u00a0: sa réponse reste. Rien n’a été changé.")
		}
		state := Refused
		if reason == "" {
			state = backFrom(r)
		}
		_, err := tx.Exec(ctx, `UPDATE response SET state = $2, reason = $3 WHERE id = $1`, r.ID, string(state), reason)
		return err
	})
}

// backFrom is the state of a response whose refusal is taken back.
func backFrom(r Response) State {
	switch {
	case !r.StartedAt.IsZero():
		return Started
	case !r.OpenedAt.IsZero():
		return Opened
	case !r.InvitedAt.IsZero():
		return Invited
	}
	return Listed
}

// touch changes what the team keeps of one response: its row first, then the act,
// then the journal.
func (m *Room) touch(ctx context.Context, a policy.Actor, response, verb string, do func(ctx context.Context, tx db.Q, r Response) error) (err error) {
	defer apperr.Wrap(&err, "survey.touch(%s)", verb)
	r, err := FindResponse(ctx, m.DB, response)
	if err != nil {
		return err
	}
	if err := policy.Check(a, policy.Edit, r.Thing()); err != nil {
		return err
	}
	if !m.mayFollow(a, r) {
		return policy.Check(policy.Actor{}, policy.Read, r.Thing())
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1 WHERE id = $1`, response); err != nil {
			return err
		}
		r, err := FindResponse(ctx, tx, response)
		if err != nil {
			return err
		}
		if err := do(ctx, tx, r); err != nil {
			return err
		}
		return m.told(ctx, tx, a.Person, verb, r)
	})
}

// mayFollow reports whether an actor follows a campaign, over the COP or the
// département of a response: whoever answers for the authority does not.
func (m *Room) mayFollow(a policy.Actor, r Response) bool {
	return policy.Can(a, policy.Read, policy.Thing{Kind: policy.Campaign, COPs: []string{r.COP}, Department: r.Department})
}

// FindFollowed returns a response to whoever follows its campaign.
func (m *Room) FindFollowed(ctx context.Context, q db.Q, a policy.Actor, id string) (Response, error) {
	r, err := FindResponse(ctx, q, id)
	if err == nil && (!m.mayFollow(a, r) || !policy.Can(a, policy.Read, r.Thing())) {
		err = policy.Check(policy.Actor{}, policy.Read, r.Thing())
	}
	return r, err
}

// NoMail makes the word that stops mails about a response to an address.
func (m *Room) NoMail(response, email string) string {
	return m.Cursors.Seal("survey-no-mail", response, strings.ToLower(email))
}

// NoMailFor reads back whom a word stops mails to.
func (m *Room) NoMailFor(ctx context.Context, q db.Q, word string) (r Response, email string, err error) {
	parts, err := m.Cursors.Open("survey-no-mail", word, 2)
	if err != nil || len(parts) != 2 {
		return r, "", apperr.NotFoundf("Ce lien est incomplet ou a été modifié. Recopiez-le en entier depuis le courriel.")
	}
	r, err = FindResponse(ctx, q, parts[0])
	return r, parts[1], err
}

// StopMail is the wish of somebody who was written to: nothing more comes to this
// address about this questionnaire, but what they ask for themselves.
func (m *Room) StopMail(ctx context.Context, word string) (err error) {
	defer apperr.Wrap(&err, "survey.StopMail")
	r, email, err := m.NoMailFor(ctx, m.DB, word)
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1 WHERE id = $1`, r.ID); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "response_contact", contactWritten, [][]any{{r.ID, email, "", "", "a demandé à ne plus recevoir de courriel", true, m.Now().UnixMilli()}},
			`ON CONFLICT (response_id, email) DO UPDATE SET silent = TRUE`); err != nil {
			return err
		}
		r.Rev++
		return m.told(ctx, tx, "", "silence", r)
	})
}
