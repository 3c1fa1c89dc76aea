package account

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Role is a role that an account holds over a scope.
type Role struct {
	ID, Account string
	Role        policy.Role
	ScopeKind   string // nation, region, department, organisation, group
	Scope       string // code or id; empty for the nation
	GrantedBy   string
	At          time.Time
	Name, Email string // of the account, in listings
}

const roleColumns = `g.id, g.account, g.role, g.scope_kind, g.scope, g.granted_by, g.at, a.name, a.email`

func scanRole(r *db.Rows) (g Role, err error) {
	var at int64
	err = r.Scan(&g.ID, &g.Account, &g.Role, &g.ScopeKind, &g.Scope, &g.GrantedBy, &at, &g.Name, &g.Email)
	g.At = time.UnixMilli(at).UTC()
	return g, err
}

// Roles lists the roles that an account holds now.
func Roles(ctx context.Context, q db.Q, account string) ([]Role, error) {
	rows, err := q.Query(ctx, `SELECT `+roleColumns+` FROM role_grant g JOIN account a ON a.id = g.account WHERE g.account = $1 AND g.ended_at IS NULL ORDER BY g.id`, account)
	return db.Collect(rows, err, scanRole)
}

// Holders lists who holds a role over a scope now, by name.
func Holders(ctx context.Context, q db.Q, scopeKind, scope string) ([]Role, error) {
	rows, err := q.Query(ctx, `SELECT `+roleColumns+` FROM role_grant g JOIN account a ON a.id = g.account
		WHERE g.scope_kind = $1 AND g.scope = $2 AND g.ended_at IS NULL ORDER BY g.role, a.name, g.id`, scopeKind, scope)
	return db.Collect(rows, err, scanRole)
}

// mayGrant tells policy where a role would hold. A role over a region must be
// allowed for each of its COPs; a region without a COP has nobody to give it
// but the nation. A département lies in its region, whose heads name its lead:
// the tree says in which, read before any transaction.
func (m *Room) mayGrant(ctx context.Context, q db.Q, tree *territory.Tree, by policy.Actor, role policy.Role, kind, id string) error {
	refused := apperr.New(apperr.Forbidden, nil, "Votre rôle ne permet pas de donner celui-ci ici\u00a0: on ne donne que des rôles au-dessous du sien, dans son périmètre. Rien n’a été enregistré.")
	var grants []policy.Grant
	var at policy.Thing
	switch kind {
	case "nation":
		grants = []policy.Grant{{Role: role, Nation: true}}
	case "region":
		cops, err := m.COPsOf(ctx, q, id)
		if err != nil {
			return err
		}
		for _, c := range cops {
			grants = append(grants, policy.Grant{Role: role, COP: c})
		}
	case "department":
		grants = []policy.Grant{{Role: role, Department: id}}
		if d, err := tree.Dept(id); err == nil { // one that is no more is left to whoever holds it, and to the nation
			if at.COPs, err = m.COPsOf(ctx, q, d.Region); err != nil {
				return err
			}
		}
	case "organisation":
		if role != policy.Writer && role != policy.Validator {
			return apperr.Invalidf("Pour un organisme, seuls se donnent les rôles de rédaction et de validation. Rien n’a été enregistré.")
		}
		o, err := FindOrganisation(ctx, q, id)
		if err != nil {
			return err
		}
		if at, err = m.Thing(ctx, q, o, policy.RoleGrant); err != nil {
			return err
		}
		grants = []policy.Grant{{Role: role, Org: id}}
	case "group":
		if role != policy.Facilitator && role != policy.Participant {
			return apperr.Invalidf("Pour un groupe, seuls se donnent les rôles d’animation et de participation. Rien n’a été enregistré.")
		}
		grants = []policy.Grant{{Role: role, Group: id}}
		if m.GroupAt != nil {
			var err error
			if at, _, _, err = m.GroupAt(ctx, q, id); err != nil {
				return err
			}
		}
	}
	if len(grants) == 0 {
		return apperr.Invalidf("Choisissez où le rôle s’exerce.")
	}
	for _, g := range grants {
		if !policy.MayGrant(by, g, at) {
			return refused
		}
	}
	return nil
}

// Give gives a role to an address, whose account is made when there is none,
// and tells it by mail. Giving a role that is held already changes nothing.
func (m *Room) Give(ctx context.Context, by policy.Actor, email, name string, role policy.Role, kind, scope, where string) (g Role, err error) {
	defer apperr.Wrap(&err, "account.Give(%s, %s:%s)", role, kind, scope)
	if !role.Valid() {
		return g, apperr.Invalidf("Choisissez un rôle dans la liste.")
	}
	tree, err := m.Tree(ctx)
	if err != nil {
		return g, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if err := m.mayGrant(ctx, tx, tree, by, role, kind, scope); err != nil {
			return err
		}
		g, err = m.give(ctx, tx, by, email, name, role, kind, scope, where)
		return err
	})
	return g, err
}

// Appoint gives a role on the word of whoever runs the installation, who is
// above every role: the first national administrator.
func (m *Room) Appoint(ctx context.Context, email, name string, role policy.Role, kind, scope, where string) (g Role, err error) {
	defer apperr.Wrap(&err, "account.Appoint")
	if !role.Valid() {
		return g, apperr.Invalidf("Rôle inconnu\u00a0: «\u00a0%s\u00a0».", role)
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		g, err = m.give(ctx, tx, policy.Actor{}, email, name, role, kind, scope, where)
		return err
	})
	return g, err
}

func (m *Room) give(ctx context.Context, tx db.Q, by policy.Actor, email, name string, role policy.Role, kind, scope, where string) (g Role, err error) {
	a, fresh, err := m.Ensure(ctx, tx, by, email, name)
	if err != nil {
		return g, err
	}
	// The account first: of two who give the same role at once, the second finds it.
	if _, err := tx.Exec(ctx, `UPDATE account SET rev = rev WHERE id = $1`, a.ID); err != nil {
		return g, err
	}
	held, err := Roles(ctx, tx, a.ID)
	if err != nil {
		return g, err
	}
	for _, h := range held {
		if h.Role == role && h.ScopeKind == kind && h.Scope == scope {
			return h, nil
		}
	}
	id, err := m.IDs.New()
	if err != nil {
		return g, err
	}
	g = Role{ID: id, Account: a.ID, Role: role, ScopeKind: kind, Scope: scope, GrantedBy: by.Person, At: m.Now(), Name: a.Name, Email: a.Email}
	if _, err := db.Insert(ctx, tx, "role_grant", []string{"id", "account", "role", "scope_kind", "scope", "granted_by", "at"},
		[][]any{{g.ID, g.Account, string(g.Role), g.ScopeKind, g.Scope, g.GrantedBy, g.At.UnixMilli()}}, ""); err != nil {
		return g, err
	}
	if err := m.record(ctx, tx, by.Person, "give", "role_grant", g.ID, 0, ""); err != nil {
		return g, err
	}
	letter := mail.Letter{Subject: "Un rôle vous est confié sur Jalon", Greeting: "Bonjour,",
		Blocks: []mail.Block{mail.Para("Vous avez désormais ce rôle sur Jalon, la plateforme des COP régionales\u00a0: " + role.Name() + ", " + where + "."),
			mail.Link("Me connecter", m.BaseURL+"/connexion")},
		Reason: "Connectez-vous avec cette adresse\u00a0: Jalon vous envoie un lien, sans mot de passe. Si vous n’attendiez pas ce message, ne faites rien et prévenez l’équipe de la COP."}
	home, err := m.homeOfScope(ctx, tx, kind, scope)
	if err != nil {
		return g, err
	}
	told := mail.Mail{Dedup: "role/" + g.ID, To: mail.Address{Name: a.Name, Email: a.Email}, Person: a.ID, FromName: home.Name, ReplyTo: addressIn(home.Contact), COP: home.COP, Letter: letter}
	if fresh { // an invitation, which no choice of theirs can have stopped
		_, err = m.Outbox.Enqueue(ctx, tx, told)
		return g, err
	}
	_, err = m.Notify(ctx, tx, a.ID, Tasks, nil, told)
	return g, err
}

// homeOfScope is the COP in whose name one writes about a role over a scope, and
// that of Jalon for the nation or where there is no COP yet.
func (m *Room) homeOfScope(ctx context.Context, tx db.Q, kind, scope string) (home Home, err error) {
	region := ""
	switch kind {
	case "region":
		region = scope
	case "group":
		if m.GroupAt != nil {
			if _, _, region, err = m.GroupAt(ctx, tx, scope); err != nil && apperr.KindOf(err) != apperr.NotFound {
				return home, err
			}
		}
	case "department": // its préfecture says the region, in this transaction
		scope = "prefecture-" + scope
		fallthrough
	case "organisation":
		o, err := FindOrganisation(ctx, tx, scope)
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return home, err
		}
		region = o.Region
	}
	if m.HomeOf == nil {
		region = ""
	}
	home, err = m.homeOf(ctx, tx, region)
	if apperr.KindOf(err) == apperr.NotFound {
		return Home{Name: "Jalon"}, nil
	}
	return home, err
}

// End ends a role. Whoever may give it may end it; one may always end one's own.
func (m *Room) End(ctx context.Context, by policy.Actor, id string) (err error) {
	defer apperr.Wrap(&err, "account.End(%s)", id)
	tree, err := m.Tree(ctx)
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		rows, err := tx.Query(ctx, `SELECT `+roleColumns+` FROM role_grant g JOIN account a ON a.id = g.account WHERE g.id = $1 AND g.ended_at IS NULL`, id)
		found, err := db.Collect(rows, err, scanRole)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return apperr.NotFoundf("Ce rôle n’existe pas, ou il est déjà terminé.")
		}
		g := found[0]
		if g.Account != by.Person {
			if err := m.mayGrant(ctx, tx, tree, by, g.Role, g.ScopeKind, g.Scope); err != nil {
				return err
			}
		}
		if g.Role == policy.NationalAdmin {
			if err := m.keepAnAdmin(ctx, tx, g.Account); err != nil {
				return err
			}
		}
		n, err := tx.Exec(ctx, `UPDATE role_grant SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL`, id, m.Now().UnixMilli(), by.Person)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.NotFoundf("Ce rôle n’existe pas, ou il est déjà terminé.")
		}
		return m.record(ctx, tx, by.Person, "end", "role_grant", id, 0, "")
	})
}
