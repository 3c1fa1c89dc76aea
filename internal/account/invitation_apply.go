package account

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/jobs"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// FindRun returns a run of invitations to whoever staged it: nobody else may
// know what it holds.
func (m *Room) FindRun(ctx context.Context, q db.Q, by policy.Actor, id string) (run intake.Run, s InviteScope, err error) {
	defer apperr.Wrap(&err, "account.FindRun(%s)", id)
	run, err = intake.Find(ctx, q, id)
	if err != nil {
		return run, s, err
	}
	s, ok := m.ScopeOf(ctx, run)
	if !ok || by.Person == "" || run.By != by.Person {
		return run, s, apperr.NotFoundf("Cet envoi d’invitations n’existe pas, ou il est à quelqu’un d’autre.")
	}
	return run, s, nil
}

// RefuseFile notes that a file could not even be staged: one row of the journal
// and nothing else.
func (m *Room) RefuseFile(ctx context.Context, by policy.Actor, s InviteScope) (err error) {
	defer apperr.Wrap(&err, "account.RefuseFile")
	return db.Tx(context.WithoutCancel(ctx), m.DB, func(ctx context.Context, tx db.Q) error {
		return m.recordAt(ctx, tx, by.Person, "refuse", "invitation", s.Kind+":"+or(s.Code, "france"), 0, s.Region)
	})
}

// Invited is what an applied run brought.
type Invited struct{ People, Accounts, Roles, Memberships int }

// ApplyInvitations makes a staged run real, all of it or nothing: accounts,
// memberships, roles, and the job that writes to each person once. Rights are
// judged again, and held until the end. What is there already is left as it is,
// so that the same rows applied again bring nothing.
func (m *Room) ApplyInvitations(ctx context.Context, by policy.Actor, id string, rev int64) (out Invited, err error) {
	defer apperr.Wrap(&err, "account.ApplyInvitations(%s)", id)
	run, s, err := m.FindRun(ctx, m.DB, by, id)
	if err != nil {
		return out, err
	}
	run.Rev = rev
	var rows []Invite
	for in, err := range intake.Each[Invite](ctx, m.DB, id) {
		if err != nil {
			return out, err
		}
		rows = append(rows, in)
	}
	tree, err := m.Tree(ctx)
	if err != nil {
		return out, err
	}
	_, err = m.Intake.Apply(ctx, m.DB, run, true, func(ctx context.Context, tx db.Q) error {
		a := &applying{Room: m, tree: tree, tx: tx, by: by.Person, run: id, scope: s, rows: rows}
		if err := a.judge(ctx); err != nil {
			return err
		}
		for _, step := range []func(context.Context) error{a.accounts, a.memberships, a.roles, a.end} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		out = a.out
		return nil
	})
	return out, err
}

// applying is one run as it becomes real, within its transaction.
type applying struct {
	*Room
	tree  *territory.Tree
	tx    db.Q
	by    string
	run   string
	scope InviteScope
	rows  []Invite
	out   Invited

	byEmail map[string]Account
	fresh   [][]any // rows of invitation
}

// each500 calls fn with the values by 500, as placeholders and arguments.
func each500(values []string, fn func(in string, args []any) error) error {
	for part := range slices.Chunk(values, 500) {
		b := &binder{}
		if err := fn(b.in(part), b.args); err != nil {
			return err
		}
	}
	return nil
}

// judge reads the inviter's rights again, holds the roles that they rest on, and
// refuses the whole run at the first row that is above them.
func (a *applying) judge(ctx context.Context) error {
	if _, err := db.Bump(ctx, a.tx, "import:invitations", a.Now()); err != nil { // one at a time, whatever the scope
		return err
	}
	actor, err := a.Held(ctx, a.tx, a.by)
	if err != nil {
		return err
	}
	if err := a.mayInvite(ctx, a.tx, actor, a.scope); err != nil {
		return err
	}
	var ids []string
	for _, in := range a.rows {
		if in.Org != "" {
			ids = append(ids, in.Org)
		}
	}
	orgs, err := resolveIDs(ctx, a.tx, ids)
	if err != nil {
		return err
	}
	j := a.referee(a.tree, actor, a.scope)
	for _, in := range a.rows {
		o := orgs[in.Org]
		if in.Org != "" && o.State != OrgActive {
			return apperr.Conflictf("Ligne\u00a0%d\u00a0: l’organisme n’existe plus. Rien n’a été envoyé\u00a0: préparez de nouveau l’envoi.", in.Line)
		}
		why, err := j.may(ctx, a.tx, in, o)
		if err != nil {
			return err
		}
		if why != "" {
			return apperr.New(apperr.Forbidden, nil, "Ligne\u00a0%d\u00a0: %s. Vos droits ont changé depuis la préparation\u00a0: rien n’a été envoyé.", in.Line, why)
		}
	}
	return nil
}

func resolveIDs(ctx context.Context, q db.Q, ids []string) (map[string]Organisation, error) {
	slices.Sort(ids)
	out := map[string]Organisation{}
	err := each500(slices.Compact(ids), func(in string, args []any) error {
		rows, err := q.Query(ctx, `SELECT `+orgColumns+` FROM organisation o WHERE o.id IN `+in, args...)
		found, err := db.Collect(rows, err, func(r *db.Rows) (Organisation, error) { return scanOrg(r) })
		for _, o := range found {
			out[o.ID] = o
		}
		return err
	})
	return out, err
}

// accounts makes those that are missing and holds them all, so that who gives
// the same role at this moment finds it.
func (a *applying) accounts(ctx context.Context) error {
	a.byEmail = map[string]Account{}
	names := map[string]string{}
	var emails []string
	for _, in := range a.rows {
		if _, known := names[in.Email]; !known {
			emails = append(emails, in.Email)
		}
		names[in.Email] = or(names[in.Email], in.Name)
	}
	slices.Sort(emails)
	a.out.People = len(emails)
	made := make(map[string]bool, len(emails))
	values := make([][]any, len(emails))
	now := a.Now().UnixMilli()
	for i, email := range emails {
		id, err := a.IDs.New()
		if err != nil {
			return err
		}
		made[id] = true
		values[i] = []any{id, 1, email, strings.TrimSpace(names[email]), "digest", "active", now}
	}
	if _, err := db.Insert(ctx, a.tx, "account", []string{"id", "rev", "email", "name", "notify", "state", "created_at"}, values, "ON CONFLICT (email) DO NOTHING"); err != nil {
		return err
	}
	var versions [][]any
	err := each500(emails, func(in string, args []any) error {
		if _, err := a.tx.Exec(ctx, `UPDATE account SET rev = rev WHERE email IN `+in, args...); err != nil {
			return err
		}
		rows, err := a.tx.Query(ctx, `SELECT `+accountColumns+` FROM account WHERE state = 'active' AND email IN `+in, args...)
		found, err := db.Collect(rows, err, func(r *db.Rows) (Account, error) { return scanAccount(r) })
		if err != nil {
			return err
		}
		for _, x := range found {
			a.byEmail[x.Email] = x
			if !made[x.ID] {
				continue
			}
			body, err := json.Marshal(x)
			if err != nil {
				return err
			}
			versions = append(versions, []any{x.ID, x.Rev, now, a.by, "invitation", string(body)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, email := range emails {
		if a.byEmail[email].ID == "" {
			return apperr.Conflictf("Le compte de %s a été effacé. Rien n’a été envoyé\u00a0: retirez cette adresse, puis préparez de nouveau l’envoi.", email)
		}
	}
	a.out.Accounts = len(versions)
	_, err = db.Insert(ctx, a.tx, "account_version", versionColumns, versions, "")
	return err
}

// memberships adds those that are not there, and keeps their versions.
func (a *applying) memberships(ctx context.Context) error {
	wanted := map[string]Membership{}
	seen := map[string]bool{}
	var values [][]any
	var ids []string
	for _, in := range a.rows {
		account := a.byEmail[in.Email].ID
		key := account + "|" + in.Org
		if in.Org == "" || seen[key] {
			continue
		}
		seen[key] = true
		id, err := a.IDs.New()
		if err != nil {
			return err
		}
		x := Membership{ID: id, Rev: 1, Account: account, Organisation: in.Org, Title: in.Title, AddedBy: a.by, At: a.Now()}
		wanted[id], values, ids = x, append(values, x.values()), append(ids, id)
	}
	if _, err := db.Insert(ctx, a.tx, "membership", membershipWritten, values, "ON CONFLICT (account, organisation) WHERE ended_at IS NULL DO NOTHING"); err != nil {
		return err
	}
	var versions [][]any
	err := each500(ids, func(in string, args []any) error {
		rows, err := a.tx.Query(ctx, `SELECT id FROM membership WHERE id IN `+in, args...)
		found, err := db.Strings(rows, err)
		if err != nil {
			return err
		}
		for _, id := range found {
			v, err := wanted[id].version(a.Now(), a.by, "invitation")
			if err != nil {
				return err
			}
			versions = append(versions, v)
			a.fresh = append(a.fresh, []any{a.run, id, "membership", wanted[id].Account})
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.out.Memberships = len(versions)
	_, err = db.Insert(ctx, a.tx, "membership_version", versionColumns, versions, "")
	return err
}

// roles gives those that are not held: the accounts are, so nobody gives one
// meanwhile.
func (a *applying) roles(ctx context.Context) error {
	held := map[string]bool{}
	var accounts []string
	for _, x := range a.byEmail {
		accounts = append(accounts, x.ID)
	}
	slices.Sort(accounts)
	if err := each500(accounts, func(in string, args []any) error {
		rows, err := a.tx.Query(ctx, `SELECT account, role, scope_kind, scope FROM role_grant WHERE ended_at IS NULL AND account IN `+in, args...)
		_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
			var account, role, kind, scope string
			err := r.Scan(&account, &role, &kind, &scope)
			held[account+"|"+role+"|"+kind+":"+scope] = true
			return struct{}{}, err
		})
		return err
	}); err != nil {
		return err
	}
	var values [][]any
	for _, in := range a.rows {
		account := a.byEmail[in.Email].ID
		key := account + "|" + string(in.Role) + "|" + in.ScopeKind + ":" + in.Scope
		if in.Role == "" || held[key] {
			continue
		}
		held[key] = true
		id, err := a.IDs.New()
		if err != nil {
			return err
		}
		values = append(values, []any{id, account, string(in.Role), in.ScopeKind, in.Scope, a.by, a.Now().UnixMilli()})
		a.fresh = append(a.fresh, []any{a.run, id, "role", account})
	}
	a.out.Roles = len(values)
	_, err := db.Insert(ctx, a.tx, "role_grant", []string{"id", "account", "role", "scope_kind", "scope", "granted_by", "at"}, values, "")
	return err
}

const inviteJob = "account.invite"

// end keeps what is new, says who did it, and has the mails written by a job:
// the transaction stays short, and each person is written to once.
func (a *applying) end(ctx context.Context) error {
	if _, err := db.Insert(ctx, a.tx, "invitation", []string{"run", "subject", "kind", "account"}, a.fresh, ""); err != nil {
		return err
	}
	if err := a.recordAt(ctx, a.tx, a.by, "apply", "invitation", a.run, 0, a.scope.Region); err != nil {
		return err
	}
	if len(a.fresh) == 0 {
		return nil
	}
	_, err := a.Queue.Enqueue(ctx, a.tx, inviteJob, a.run, jobs.Opts{Dedup: fmt.Sprintf("%s:%s", inviteJob, a.run)})
	return err
}
