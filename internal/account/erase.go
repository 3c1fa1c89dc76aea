package account

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// ErasedName is what an erased person shows as.
const ErasedName = "personne effacée"

// ErasePhrase is what a person types to ask for their own erasure.
const ErasePhrase = "effacer mon compte"

// erasedAddress takes the place of an address: unique, and nobody's (RFC 2606).
func erasedAddress(id string) string { return id + "@efface.invalid" }

// AskErase is the first step of one's own erasure, on the words that a person
// typed. Nothing is erased: it gives what the second step asks for, good for ten
// minutes of the same session.
func (m *Room) AskErase(ctx context.Context, by policy.Actor, session, typed string) (token string, err error) {
	defer apperr.Wrap(&err, "account.AskErase")
	if err := policy.Check(by, policy.Edit, policy.Thing{Kind: policy.Self, Author: by.Person}); err != nil {
		return "", err
	}
	if strings.ToLower(strings.Join(strings.Fields(typed), " ")) != ErasePhrase {
		return "", apperr.Invalidf("Écrivez «\u00a0%s\u00a0» pour confirmer. Rien n’a été effacé.", ErasePhrase)
	}
	if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return m.keepAnAdmin(ctx, tx, by.Person) }); err != nil {
		return "", err
	}
	return m.seal("erase", Flow{State: session, Account: by.Person, Until: m.Now().Add(flowLife).UnixMilli()})
}

// EraseSelf erases the account of whoever asks, after AskErase. Rows that must
// stay (acts, words given, the journal) keep the opaque id.
func (m *Room) EraseSelf(ctx context.Context, by policy.Actor, session, token string) (err error) {
	defer apperr.Wrap(&err, "account.EraseSelf")
	if err := policy.Check(by, policy.Edit, policy.Thing{Kind: policy.Self, Author: by.Person}); err != nil {
		return err
	}
	if f, ok := m.unseal("erase", token); !ok || f.State != session || f.Account != by.Person {
		return apperr.New(apperr.Forbidden, nil, "Cette confirmation date de plus de dix minutes, ou d’une autre session. Rien n’a été effacé\u00a0: recommencez.")
	}
	named, err := m.beforeErasing(ctx, by.Person)
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return m.erase(ctx, tx, by.Person, by.Person, named) })
}

// beforeErasing does the long reading that erasing an account rests on, outside
// of the transaction.
func (m *Room) beforeErasing(ctx context.Context, id string) (mail.Naming, error) {
	a, err := Find(ctx, m.DB, id)
	if err != nil {
		return mail.Naming{}, err
	}
	return m.Outbox.FindNaming(ctx, m.DB, a.Email, a.Name)
}

// erase empties an account of what tells who it was, everywhere that a room
// lists.
func (m *Room) erase(ctx context.Context, tx db.Q, by, id string, named mail.Naming) error {
	if err := m.keepAnAdmin(ctx, tx, id); err != nil {
		return err
	}
	before, err := Find(ctx, tx, id)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE account SET rev = rev + 1, email = $2, name = $3, notify = 'none', state = 'erased', warned_at = NULL WHERE id = $1 AND state = 'active'`,
		id, erasedAddress(id), ErasedName)
	if err != nil {
		return err
	}
	if n == 0 {
		return apperr.NotFoundf("Ce compte est déjà effacé.")
	}
	now := m.Now().UnixMilli()
	for _, text := range []string{
		`DELETE FROM session WHERE account = $1`,
		`DELETE FROM sign_in WHERE account = $1`,
		`DELETE FROM identity WHERE account = $1`,
		`DELETE FROM notice WHERE account = $1`,
		`UPDATE account_version SET body = '{}' WHERE id = $1`,
	} {
		if _, err := tx.Exec(ctx, text, id); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE role_grant SET ended_at = $2, ended_by = $3 WHERE account = $1 AND ended_at IS NULL`, id, now, by); err != nil {
		return err
	}
	if err := m.forgetBelonging(ctx, tx, by, id, before.Email); err != nil {
		return err
	}
	if err := m.Outbox.Forget(ctx, tx, id, before.Email, before.Name, named); err != nil {
		return err
	}
	for _, forget := range m.OnErase {
		if err := forget(ctx, tx, id); err != nil {
			return err
		}
	}
	for _, forget := range m.OnEraseAddress {
		if err := forget(ctx, tx, before.Email); err != nil {
			return err
		}
	}
	if err := m.sweepAddress(ctx, tx, id, before.Email); err != nil {
		return err
	}
	a, err := Find(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := m.version(ctx, tx, a, by, "effacement"); err != nil {
		return err
	}
	return m.record(ctx, tx, by, "erase", "account", id, a.Rev, "")
}

// sweepAddress takes an address out of every personal column that any room
// lists, so that a room that comes later is covered too.
func (m *Room) sweepAddress(ctx context.Context, tx db.Q, id, email string) error {
	known := slices.Concat(Tables(), mail.Tables(), journal.Tables()) // done with, or of ids only
	for _, t := range m.Tables {
		if len(t.Personal) == 0 || slices.ContainsFunc(known, func(x db.Table) bool { return x.Name == t.Name }) {
			continue
		}
		columns, err := db.Columns(ctx, tx, t.Name)
		if err != nil {
			return err
		}
		for _, c := range columns {
			if c.Type != db.Text || !slices.Contains(t.Personal, c.Name) || slices.Contains(t.Free, c.Name) {
				continue
			}
			if c.Key > 0 {
				_, err = tx.Exec(ctx, `DELETE FROM `+t.Name+` WHERE `+c.Name+` = $1`, email)
			} else {
				_, err = tx.Exec(ctx, `UPDATE `+t.Name+` SET `+c.Name+` = $2 WHERE `+c.Name+` = $1`, email, erasedAddress(id))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// adminsVersion is the row that whoever ends a national administration takes
// first: of the last two who leave at once, one stays.
const adminsVersion = "national_admins"

// keepAnAdmin refuses to let the last national administrator go.
func (m *Room) keepAnAdmin(ctx context.Context, tx db.Q, leaving string) error {
	held, err := Roles(ctx, tx, leaving)
	if err != nil || !slices.ContainsFunc(held, func(g Role) bool { return g.Role == policy.NationalAdmin }) {
		return err
	}
	if _, err := db.Bump(ctx, tx, adminsVersion, m.Now()); err != nil {
		return err
	}
	var others int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM role_grant WHERE role = $1 AND ended_at IS NULL AND account <> $2`, string(policy.NationalAdmin), leaving).Scan(&others); err != nil {
		return err
	}
	if others == 0 {
		return apperr.New(apperr.Forbidden, nil, "Vous êtes la dernière personne chargée de l’administration nationale. Rien n’a été changé\u00a0: donnez d’abord ce rôle à quelqu’un d’autre, page «\u00a0Les rôles\u00a0».")
	}
	return nil
}
