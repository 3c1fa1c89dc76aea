package account

import (
	"context"
	"encoding/json"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/jobs"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// Register adds the work that this room does in the background: the mails of
// invitations.
func (m *Room) Register(c *jobs.Config) {
	c.Handlers[inviteJob] = jobs.Handler{Do: func(ctx context.Context, j jobs.Job) error {
		var run string
		if err := json.Unmarshal(j.Args, &run); err != nil {
			return jobs.Permanent(err)
		}
		return m.WriteInvitations(ctx, run)
	}}
}

// given is one thing that a run gave to a person.
type given struct {
	account, name, email    string
	kind                    string
	role                    policy.Role
	scopeKind, scope, title string
	org, label              string
}

// WriteInvitations puts one letter to each person to whom a run brought
// something. Each has a name of its own: run again, it writes to nobody twice.
func (m *Room) WriteInvitations(ctx context.Context, id string) (err error) {
	defer apperr.Wrap(&err, "account.WriteInvitations(%s)", id)
	run, err := intake.Find(ctx, m.DB, id)
	if err != nil {
		return err
	}
	s, ok := m.ScopeOf(ctx, run)
	if !ok {
		return jobs.Permanent(apperr.NotFoundf("Cet envoi d’invitations n’existe pas."))
	}
	home, err := m.homeOf(ctx, m.DB, s.Region)
	if err != nil {
		return err
	}
	who, where, err := m.inviterOf(ctx, s)
	if err != nil {
		return err
	}
	rows, err := m.DB.Query(ctx, `
		SELECT i.account, a.name, a.email, i.kind, COALESCE(g.role, ''), COALESCE(g.scope_kind, ''), COALESCE(g.scope, ''), COALESCE(x.title, ''), COALESCE(o.name, ''), COALESCE(o.label, '')
		  FROM invitation i
		  JOIN account a ON a.id = i.account
		  LEFT JOIN role_grant g ON g.id = i.subject
		  LEFT JOIN membership x ON x.id = i.subject
		  LEFT JOIN organisation o ON o.id = COALESCE(x.organisation, g.scope)
		 WHERE i.run = $1 AND a.state = 'active'
		 ORDER BY i.account, i.kind DESC, i.subject`, id)
	all, err := db.Collect(rows, err, func(r *db.Rows) (x given, err error) {
		err = r.Scan(&x.account, &x.name, &x.email, &x.kind, &x.role, &x.scopeKind, &x.scope, &x.title, &x.org, &x.label)
		return x, err
	})
	if err != nil {
		return err
	}
	var people [][]given
	for _, x := range all {
		if n := len(people); n > 0 && people[n-1][0].account == x.account {
			people[n-1] = append(people[n-1], x)
		} else {
			people = append(people, []given{x})
		}
	}
	for part := range slices.Chunk(people, 100) {
		err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
			for _, p := range part {
				letter := m.inviteLetter(who, where, p)
				if _, err := m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: "invitation/" + id + "/" + p[0].account, To: mail.Address{Name: p[0].name, Email: p[0].email},
					Person: p[0].account, FromName: home.Name, ReplyTo: addressIn(home.Contact), COP: home.COP, Letter: letter}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// does says in one plain sentence what a role lets its holder do.
func does(r policy.Role) string {
	switch r {
	case policy.Writer:
		return "vous écrivez les réponses de votre organisme"
	case policy.Validator:
		return "vous validez ce que répond votre organisme, et vous y invitez vos collègues"
	case policy.Team:
		return "vous préparez la COP avec son équipe"
	case policy.DepartmentLead:
		return "vous conduisez la COP dans votre département"
	case policy.Expert:
		return "vous apportez votre expertise à la COP"
	case policy.Facilitator:
		return "vous animez un groupe de travail de la COP"
	case policy.Participant:
		return "vous participez aux travaux de la COP"
	case policy.StateChair, policy.RegionChair:
		return "vous co-animez la COP et validez ce qui l’engage"
	}
	return r.Name()
}

// inviterOf names who invites in a scope, and where it is.
func (m *Room) inviterOf(ctx context.Context, s InviteScope) (who, where string, err error) {
	tree, err := m.Tree(ctx)
	if err != nil {
		return "", "", err
	}
	who, where = "L’administration nationale des COP régionales", "toute la France"
	if s.Region != "" {
		r, err := tree.Region(s.Region)
		if err != nil {
			return "", "", err
		}
		who, where = "La COP régionale "+r.Name, r.Name
	}
	if s.Kind == "department" {
		d, err := tree.Dept(s.Code)
		where = d.Name
		return who, where, err
	}
	return who, where, nil
}

// inviteLetter says who invites, and what for. Names that people wrote stay in
// their boxes.
func (m *Room) inviteLetter(who, where string, all []given) mail.Letter {
	l := mail.Letter{Subject: who + " vous invite sur Jalon", Greeting: "Bonjour,",
		Reason: "Connectez-vous avec cette adresse\u00a0: Jalon vous envoie un lien, sans mot de passe. Si vous n’attendiez pas ce message, ne faites rien et prévenez l’équipe de la COP."}
	l.Blocks = append(l.Blocks, mail.Para(who+" vous invite sur Jalon, la plateforme des COP régionales."))
	told := map[string]bool{}
	for _, x := range all {
		if x.kind == "role" {
			text := "Votre rôle, " + x.role.Name() + "\u00a0: " + does(x.role)
			if x.scopeKind != "organisation" {
				text += " (" + where + ")"
			}
			l.Blocks = append(l.Blocks, mail.Para(text+"."))
		} else if x.org != "" && !told[x.org] {
			l.Blocks = append(l.Blocks, mail.Para("Vous êtes rattaché à cet organisme\u00a0:"))
		}
		if x.org != "" && !told[x.org] {
			l.Blocks = append(l.Blocks, mail.Quote(x.label, x.org))
			told[x.org] = true
		}
	}
	l.Blocks = append(l.Blocks, mail.Link("Me connecter", m.BaseURL+"/connexion"))
	return l
}
