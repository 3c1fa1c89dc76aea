package account

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Handover is what an actor may give of somebody's to somebody else, and what
// stays because it is above them.
type Handover struct {
	Account     Account
	Roles       []Role
	Memberships []Membership
	Left        int // roles and memberships of other scopes
}

// Transferable lists what an actor may transfer of an account: nothing of it may
// be known to whom nothing of it is.
func (m *Room) Transferable(ctx context.Context, q db.Q, by policy.Actor, account string) (h Handover, err error) {
	defer apperr.Wrap(&err, "account.Transferable(%s)", account)
	tree, err := m.Tree(ctx)
	if err != nil {
		return h, err
	}
	return m.transferable(ctx, q, tree, by, account)
}

func (m *Room) transferable(ctx context.Context, q db.Q, tree *territory.Tree, by policy.Actor, account string) (h Handover, err error) {
	hidden := apperr.NotFoundf("Cette personne n’existe pas, ou elle n’a rien dans votre périmètre.")
	if h.Account, err = Find(ctx, q, account); err != nil {
		return h, hidden
	}
	roles, err := Roles(ctx, q, account)
	if err != nil {
		return h, err
	}
	for _, g := range roles {
		err := m.mayGrant(ctx, q, tree, by, g.Role, g.ScopeKind, g.Scope)
		switch kind := apperr.KindOf(err); {
		case err == nil:
			h.Roles = append(h.Roles, g)
		case kind == apperr.Forbidden, kind == apperr.Invalid, kind == apperr.NotFound:
			h.Left++
		default:
			return h, err
		}
	}
	memberships, err := Memberships(ctx, q, account)
	if err != nil {
		return h, err
	}
	for _, x := range memberships {
		o, err := FindOrganisation(ctx, q, x.Organisation)
		if err != nil {
			return h, err
		}
		rights, err := m.Rights(ctx, q, by, o)
		if err != nil {
			return h, err
		}
		if rights.Can(policy.Edit, policy.Membership) && rights.Can(policy.Create, policy.Membership) {
			h.Memberships = append(h.Memberships, x)
		} else {
			h.Left++
		}
	}
	if len(h.Roles)+len(h.Memberships) == 0 {
		return h, hidden
	}
	return h, nil
}

// Transferred is what a transfer did.
type Transferred struct {
	ID                 string
	To                 Account
	Roles, Memberships int
	Delegations        int // that the actor gives as a head
	Left               int // that stay with the person: above the actor, or of another scope
}

// NewTransfer is what a person says of a transfer. Rev is the account's when they
// read it.
type NewTransfer struct {
	Account     string
	Rev         int64
	Email, Name string
	Day         string // of leaving, today at the latest: a transfer takes effect at once
	Reason      string
}

func (m *Room) checkTransfer(in *NewTransfer) (err error) {
	in.Reason = strings.TrimSpace(in.Reason)
	if in.Email, err = Address(in.Email); err != nil {
		return err
	}
	day, err := time.Parse(time.DateOnly, in.Day)
	switch {
	case err != nil:
		return apperr.New(apperr.Invalid, err, "Indiquez la date du départ, par exemple 2026-03-02.")
	case day.After(m.Now().Add(24 * time.Hour)): // whatever the time zone
		return apperr.Invalidf("Un transfert prend effet aussitôt\u00a0: la date du départ ne peut pas être à venir. Faites-le le jour venu.")
	case in.Reason == "" || utf8.RuneCountInString(in.Reason) > 500:
		return apperr.Invalidf("Dites pourquoi en quelques mots, 500 caractères au plus\u00a0: «\u00a0départ à la retraite\u00a0».")
	}
	return nil
}

// Transfer gives all that an actor may transfer of somebody to another address,
// in one act. What was done keeps its author. Of two who transfer at once, one
// wins and the other is told.
func (m *Room) Transfer(ctx context.Context, by policy.Actor, in NewTransfer) (out Transferred, err error) {
	defer apperr.Wrap(&err, "account.Transfer(%s)", in.Account)
	if err := m.checkTransfer(&in); err != nil {
		return out, err
	}
	tree, err := m.Tree(ctx)
	if err != nil {
		return out, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE account SET rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'active'`, in.Account, in.Rev)
		if err != nil {
			return err
		}
		h, err := m.transferable(ctx, tx, tree, by, in.Account)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Ce compte a changé pendant votre saisie\u00a0: quelqu’un d’autre l’a peut-être déjà transféré. Rien n’a été enregistré\u00a0: rechargez la page pour voir ce qui reste.")
		}
		if h.Account.Email == in.Email {
			return apperr.Invalidf("C’est l’adresse de la personne elle-même. Écrivez celle de qui lui succède.")
		}
		if err := m.version(ctx, tx, h.Account, by.Person, "transfert"); err != nil {
			return err
		}
		if out.To, _, err = m.Ensure(ctx, tx, by, in.Email, in.Name); err != nil {
			return err
		}
		if out.ID, err = m.IDs.New(); err != nil {
			return err
		}
		out.Left = h.Left
		if err := m.handOver(ctx, tx, by, h, &out); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "transfer", []string{"id", "from_account", "to_account", "by", "at", "day", "reason"},
			[][]any{{out.ID, in.Account, out.To.ID, by.Person, m.Now().UnixMilli(), in.Day, in.Reason}}, ""); err != nil {
			return err
		}
		region := regionOf(ctx, tx, tree, h)
		if err := m.recordAt(ctx, tx, by.Person, "transfer", "account", out.ID, 0, region); err != nil {
			return err
		}
		return m.tellTransfer(ctx, tx, in, h, out, region)
	})
	return out, err
}

// regionOf is the region of what changes hands, when it has one: whose journal
// shows the act.
func regionOf(ctx context.Context, q db.Q, tree *territory.Tree, h Handover) string {
	for _, g := range h.Roles {
		switch g.ScopeKind {
		case "region":
			return g.Scope
		case "department":
			if d, err := tree.Dept(g.Scope); err == nil {
				return d.Region
			}
		case "organisation":
			if o, err := FindOrganisation(ctx, q, g.Scope); err == nil && o.Region != "" {
				return o.Region
			}
		}
	}
	for _, x := range h.Memberships {
		if o, err := FindOrganisation(ctx, q, x.Organisation); err == nil && o.Region != "" {
			return o.Region
		}
	}
	return ""
}

func (m *Room) handOver(ctx context.Context, tx db.Q, by policy.Actor, h Handover, out *Transferred) error {
	// The account first, as who gives a role does.
	if _, err := tx.Exec(ctx, `UPDATE account SET rev = rev WHERE id = $1`, out.To.ID); err != nil {
		return err
	}
	held, err := Roles(ctx, tx, out.To.ID)
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, g := range held {
		has[string(g.Role)+"|"+g.ScopeKind+":"+g.Scope] = true
	}
	now := m.Now().UnixMilli()
	for _, g := range h.Roles {
		n, err := tx.Exec(ctx, `UPDATE role_grant SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL`, g.ID, now, by.Person)
		if err != nil {
			return err
		}
		if n == 0 {
			continue // ended a moment ago: there is nothing left to give
		}
		out.Roles++
		if has[string(g.Role)+"|"+g.ScopeKind+":"+g.Scope] {
			continue
		}
		id, err := m.IDs.New()
		if err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "role_grant", []string{"id", "account", "role", "scope_kind", "scope", "granted_by", "at"},
			[][]any{{id, out.To.ID, string(g.Role), g.ScopeKind, g.Scope, by.Person, now}}, ""); err != nil {
			return err
		}
	}
	for _, x := range h.Memberships {
		n, err := tx.Exec(ctx, `UPDATE membership SET rev = rev + 1 WHERE id = $1 AND rev = $2 AND ended_at IS NULL`, x.ID, x.Rev)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Le rattachement à %s vient d’être modifié. Rien n’a été enregistré\u00a0: rechargez la page, puis recommencez.", x.OrgName)
		}
		x.Rev++
		if err := m.detach(ctx, tx, by.Person, x, "transfert"); err != nil {
			return err
		}
		if _, _, err := m.attach(ctx, tx, by.Person, out.To, Organisation{ID: x.Organisation, Name: x.OrgName, Label: x.OrgLabel}, x.Title, x.Contact); err != nil {
			return err
		}
		out.Memberships++
	}
	if m.Delegations == nil {
		return nil
	}
	moved, left, err := m.Delegations(ctx, tx, by, h.Account.ID, out.To.ID)
	out.Delegations, out.Left = moved, out.Left+left
	return err
}

// tellTransfer writes to both. What a person wrote stays in its box.
func (m *Room) tellTransfer(ctx context.Context, tx db.Q, in NewTransfer, h Handover, out Transferred, region string) error {
	home, err := m.homeOf(ctx, tx, region)
	if err != nil {
		return err
	}
	var lines []string
	for _, g := range h.Roles {
		lines = append(lines, g.Role.Name()+"\u00a0: "+does(g.Role))
	}
	if n := len(h.Memberships); n > 0 {
		lines = append(lines, french.Integer(n)+"\u00a0"+french.Plural(n, "organisme de rattachement", "organismes de rattachement"))
	}
	if n := out.Delegations; n > 0 {
		lines = append(lines, french.Integer(n)+"\u00a0"+french.Plural(n, "délégation", "délégations"))
	}
	on := ", au " + french.Day(in.Day) + "."
	for _, x := range []struct {
		to            Account
		subject, text string
		more          []mail.Block
	}{
		{h.Account, "Vos rôles sur Jalon sont transmis", "Vos rôles et rattachements sur Jalon sont transmis à " + out.To.Email + on + " Ce que vous avez fait reste à votre nom.", nil},
		{out.To, "Des rôles vous sont transmis sur Jalon", "Vous reprenez sur Jalon, la plateforme des COP régionales, les rôles et rattachements de " + h.Account.Email + on,
			[]mail.Block{mail.Link("Me connecter", m.BaseURL+"/connexion")}},
	} {
		blocks := append([]mail.Block{mail.Para(x.text), mail.List(lines...), mail.Quote("Raison indiquée", in.Reason)}, x.more...)
		if _, err := m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: "transfer/" + out.ID + "/" + x.to.ID, To: mail.Address{Name: x.to.Name, Email: x.to.Email}, Person: x.to.ID,
			FromName: home.Name, ReplyTo: addressIn(home.Contact), COP: home.COP, Letter: mail.Letter{Subject: x.subject, Greeting: "Bonjour,", Blocks: blocks,
				Reason: "Si vous n’attendiez pas ce message, prévenez l’équipe de la COP."}}); err != nil {
			return err
		}
	}
	return nil
}
