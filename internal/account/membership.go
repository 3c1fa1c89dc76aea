package account

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// Membership is a person in an organisation. One may belong to several; it is
// ended, never removed.
type Membership struct {
	ID           string    `json:"id"`
	Rev          int64     `json:"-"`
	Account      string    `json:"account"`
	Organisation string    `json:"organisation"`
	Title        string    `json:"title"`   // function, as the person says it
	Contact      bool      `json:"contact"` // written to when the organisation is
	AddedBy      string    `json:"added_by"`
	At           time.Time `json:"at"`
	EndedAt      time.Time `json:"ended_at"`
	Name, Email  string    `json:"-"` // of the account, in listings
	OrgName      string    `json:"-"` // of the organisation, in listings
	OrgLabel     string    `json:"-"`
}

const membershipColumns = `x.id, x.rev, x.account, x.organisation, x.title, x.contact, x.added_by, x.at, COALESCE(x.ended_at, 0), a.name, a.email, o.name, o.label`

const membershipTables = ` FROM membership x JOIN account a ON a.id = x.account JOIN organisation o ON o.id = x.organisation `

func scanMembership(r interface{ Scan(...any) error }) (x Membership, err error) {
	var at, ended int64
	err = r.Scan(&x.ID, &x.Rev, &x.Account, &x.Organisation, &x.Title, &x.Contact, &x.AddedBy, &at, &ended, &x.Name, &x.Email, &x.OrgName, &x.OrgLabel)
	x.At = time.UnixMilli(at).UTC()
	if ended > 0 {
		x.EndedAt = time.UnixMilli(ended).UTC()
	}
	return x, err
}

// Memberships lists the organisations of an account now, the oldest first.
func Memberships(ctx context.Context, q db.Q, account string) ([]Membership, error) {
	rows, err := q.Query(ctx, `SELECT `+membershipColumns+membershipTables+`WHERE x.account = $1 AND x.ended_at IS NULL ORDER BY x.id`, account)
	return db.Collect(rows, err, func(r *db.Rows) (Membership, error) { return scanMembership(r) })
}

// Members lists the people of an organisation now, at most limit, contacts
// first.
func Members(ctx context.Context, q db.Q, organisation string, limit int) ([]Membership, error) {
	rows, err := q.Query(ctx, `SELECT `+membershipColumns+membershipTables+`WHERE x.organisation = $1 AND x.ended_at IS NULL
		ORDER BY CASE WHEN x.contact THEN 0 ELSE 1 END, a.name, x.id LIMIT $2`, organisation, int64(limit))
	return db.Collect(rows, err, func(r *db.Rows) (Membership, error) { return scanMembership(r) })
}

// FindMembership returns a membership by its id, whoever asks.
func FindMembership(ctx context.Context, q db.Q, id string) (Membership, error) {
	x, err := scanMembership(q.QueryRow(ctx, `SELECT `+membershipColumns+membershipTables+`WHERE x.id = $1`, id))
	return x, db.OrNotFound(err, "Ce rattachement n’existe pas, ou il est réservé à d’autres rôles que les vôtres.")
}

var membershipWritten = []string{"id", "rev", "account", "organisation", "title", "contact", "added_by", "at"}

func (x Membership) values() []any {
	return []any{x.ID, x.Rev, x.Account, x.Organisation, x.Title, x.Contact, x.AddedBy, x.At.UnixMilli()}
}

func (x Membership) version(at time.Time, by, reason string) ([]any, error) {
	body, err := json.Marshal(x)
	return []any{x.ID, x.Rev, at.UnixMilli(), by, reason, string(body)}, err
}

func (m *Room) membershipVersion(ctx context.Context, tx db.Q, x Membership, by, reason string) error {
	row, err := x.version(m.Now(), by, reason)
	if err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, "membership_version", versionColumns, [][]any{row}, "")
	return err
}

var versionColumns = []string{"id", "rev", "at", "by", "reason", "body"}

func checkTitle(title string) error {
	if utf8.RuneCountInString(title) > 200 {
		return apperr.Invalidf("La fonction s’écrit en 200 caractères au plus.")
	}
	return nil
}

// Attach adds a person to an organisation, and tells them by mail. Who belongs
// to it already stays as they are.
func (m *Room) Attach(ctx context.Context, by policy.Actor, organisation, email, name, title string, contact bool) (x Membership, fresh bool, err error) {
	defer apperr.Wrap(&err, "account.Attach(%s)", organisation)
	title = strings.TrimSpace(title)
	if err := checkTitle(title); err != nil {
		return x, false, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		o, rights, err := m.Open(ctx, tx, by, organisation)
		if err != nil {
			return err
		}
		if err := rights.Check(policy.Create, policy.Membership); err != nil {
			return err
		}
		if o.State != OrgActive {
			return apperr.Invalidf("Cet organisme n’existe plus\u00a0: on n’y rattache personne. Rien n’a été enregistré.")
		}
		a, _, err := m.Ensure(ctx, tx, by, email, name)
		if err != nil {
			return err
		}
		if x, fresh, err = m.attach(ctx, tx, by.Person, a, o, title, contact); err != nil || !fresh {
			return err
		}
		if err := m.recordAt(ctx, tx, by.Person, "create", "membership", x.ID, 1, o.Region); err != nil {
			return err
		}
		return m.tellAttached(ctx, tx, x, a, o)
	})
	return x, fresh, err
}

// attach writes the row; the key lets one in of those who add the same person
// at once.
func (m *Room) attach(ctx context.Context, tx db.Q, by string, a Account, o Organisation, title string, contact bool) (x Membership, fresh bool, err error) {
	id, err := m.IDs.New()
	if err != nil {
		return x, false, err
	}
	x = Membership{ID: id, Rev: 1, Account: a.ID, Organisation: o.ID, Title: title, Contact: contact, AddedBy: by, At: m.Now(), Name: a.Name, Email: a.Email, OrgName: o.Name, OrgLabel: o.Label}
	n, err := db.Insert(ctx, tx, "membership", membershipWritten, [][]any{x.values()}, "ON CONFLICT (account, organisation) WHERE ended_at IS NULL DO NOTHING")
	if err != nil {
		return x, false, err
	}
	if n == 0 {
		x, err = scanMembership(tx.QueryRow(ctx, `SELECT `+membershipColumns+membershipTables+`WHERE x.account = $1 AND x.organisation = $2 AND x.ended_at IS NULL`, a.ID, o.ID))
		return x, false, err
	}
	return x, true, m.membershipVersion(ctx, tx, x, by, "rattachement")
}

func (m *Room) tellAttached(ctx context.Context, tx db.Q, x Membership, a Account, o Organisation) error {
	home, err := m.homeOf(ctx, tx, o.Region)
	if err != nil {
		return err
	}
	letter := mail.Letter{Subject: "Vous êtes rattaché à un organisme sur Jalon", Greeting: "Bonjour,",
		Blocks: []mail.Block{mail.Para("L’équipe de la COP vous a rattaché à cet organisme sur Jalon, la plateforme des COP régionales\u00a0:"), mail.Quote(o.Label, o.Name),
			mail.Link("Me connecter", m.BaseURL+"/connexion")},
		Reason: "Connectez-vous avec cette adresse\u00a0: Jalon vous envoie un lien, sans mot de passe. Si vous n’attendiez pas ce message, ne faites rien et prévenez l’équipe de la COP."}
	_, err = m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: "membership/" + x.ID, To: mail.Address{Name: a.Name, Email: a.Email}, Person: a.ID,
		FromName: home.Name, ReplyTo: addressIn(home.Contact), COP: home.COP, Letter: letter})
	return err
}

// openMembership finds a membership that an actor may change, and takes its row
// as it was at a revision.
func (m *Room) openMembership(ctx context.Context, tx db.Q, by policy.Actor, id string, rev int64) (x Membership, o Organisation, err error) {
	if x, err = FindMembership(ctx, tx, id); err != nil {
		return x, o, err
	}
	if o, err = FindOrganisation(ctx, tx, x.Organisation); err != nil {
		return x, o, err
	}
	if x.Account != by.Person || by.Person == "" {
		rights, err := m.Rights(ctx, tx, by, o)
		if err != nil {
			return x, o, err
		}
		if err := rights.Check(policy.Edit, policy.Membership); err != nil {
			return x, o, err
		}
	}
	n, err := tx.Exec(ctx, `UPDATE membership SET rev = rev + 1 WHERE id = $1 AND rev = $2 AND ended_at IS NULL`, id, rev)
	if err != nil {
		return x, o, err
	}
	if n == 0 {
		return x, o, apperr.Conflictf("Ce rattachement a changé pendant votre saisie, ou il est terminé. Rien n’a été enregistré\u00a0: rechargez la page, puis recommencez.")
	}
	x, err = FindMembership(ctx, tx, id)
	return x, o, err
}

// SaveMembership changes the function of a person, and whether they are a
// contact.
func (m *Room) SaveMembership(ctx context.Context, by policy.Actor, id string, rev int64, title string, contact bool) (x Membership, err error) {
	defer apperr.Wrap(&err, "account.SaveMembership(%s)", id)
	title = strings.TrimSpace(title)
	if err := checkTitle(title); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var o Organisation
		if x, o, err = m.openMembership(ctx, tx, by, id, rev); err != nil {
			return err
		}
		x.Title, x.Contact = title, contact
		if _, err := tx.Exec(ctx, `UPDATE membership SET title = $2, contact = $3 WHERE id = $1`, id, title, contact); err != nil {
			return err
		}
		if err := m.membershipVersion(ctx, tx, x, by.Person, "modification"); err != nil {
			return err
		}
		return m.recordAt(ctx, tx, by.Person, "edit", "membership", id, x.Rev, o.Region)
	})
	return x, err
}

// Detach ends a membership. One may always end one's own.
func (m *Room) Detach(ctx context.Context, by policy.Actor, id string, rev int64) (err error) {
	defer apperr.Wrap(&err, "account.Detach(%s)", id)
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, o, err := m.openMembership(ctx, tx, by, id, rev)
		if err != nil {
			return err
		}
		if err := m.detach(ctx, tx, by.Person, x, "fin"); err != nil {
			return err
		}
		return m.recordAt(ctx, tx, by.Person, "end", "membership", id, x.Rev, o.Region)
	})
}

// detach ends a membership whose row is held, at its present revision.
func (m *Room) detach(ctx context.Context, tx db.Q, by string, x Membership, reason string) error {
	x.EndedAt = m.Now()
	if _, err := tx.Exec(ctx, `UPDATE membership SET ended_at = $2, ended_by = $3 WHERE id = $1`, x.ID, x.EndedAt.UnixMilli(), by); err != nil {
		return err
	}
	return m.membershipVersion(ctx, tx, x, by, reason)
}
