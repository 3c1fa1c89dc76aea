package demo

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Person is somebody invented, and the role that they hold.
type Person struct {
	Name, Email string
	Woman       bool
	Role        policy.Role
	Kind, Scope string // where: nation, region, department, organisation
	Where       string // as the mail says it
	Since       int    // days ago

	id string // of their account, once the role is given
}

// Actor is what policy knows of somebody at the moment that the script has
// reached.
func (s *Script) Actor(ctx context.Context, p *Person) (policy.Actor, error) {
	if a, ok := s.actors[p.id]; ok {
		return a, nil
	}
	a, err := s.Accounts.Actor(ctx, p.id)
	if err == nil {
		s.actors[p.id] = a
	}
	return a, err
}

// moved says that roles or COPs changed, so that nobody's rights are known any
// more.
func (s *Script) moved() { clear(s.actors) }

func key(role policy.Role, scope string) string { return string(role) + "/" + scope }

// Holding lists who holds a role over a region, a département, an organisation
// or, for an empty scope, the nation. The first of each kind is whom the page of
// the demonstration shows.
func (s *Script) Holding(role policy.Role, scope string) []*Person { return s.cast[key(role, scope)] }

// Head is who holds a role first.
func (s *Script) Head(role policy.Role, scope string) *Person { return s.Holding(role, scope)[0] }

// Invent adds somebody to the cast, whose role is given in time by somebody who
// may: nil is whoever runs the installation.
func (s *Script) Invent(role policy.Role, kind, scope, where string, since int, by *Person) *Person {
	p := &Person{Role: role, Kind: kind, Scope: scope, Where: where, Since: since}
	p.Name, p.Woman = s.name()
	p.Email = s.address(p.Name)
	s.cast[key(role, scope)] = append(s.cast[key(role, scope)], p)
	s.Scene(s.At(since), "role of "+p.Email, func(ctx context.Context) (err error) {
		var g account.Role
		if by == nil {
			g, err = s.Accounts.Appoint(ctx, p.Email, p.Name, role, kind, scope, where)
		} else {
			var a policy.Actor
			if a, err = s.Actor(ctx, by); err == nil {
				g, err = s.Accounts.Give(ctx, a, p.Email, p.Name, role, kind, scope, where)
			}
		}
		p.id = g.Account
		return err
	})
	return p
}

// people gives every role in every region.
func people(s *Script) {
	admin := s.Invent(policy.NationalAdmin, "nation", "", "toute la France", opened, nil)
	s.Show(admin, "", "/national")
	s.Show(s.Invent(policy.NationalReader, "nation", "", "toute la France", opened-1, admin), "", "/national")
	largest := s.largest()
	for _, r := range s.Tree.Regions() {
		in := func(role policy.Role, since int, by *Person) *Person {
			return s.Invent(role, "region", r.Code, r.Name, since, by)
		}
		show := func(p *Person, first string) *Person {
			s.Show(p, r.Code, first)
			return p
		}
		page := "/regions/" + r.Slug
		prefect := show(in(policy.StateChair, opened-2, admin), page+"/bureau")
		president := show(in(policy.RegionChair, opened-2, admin), page+"/bureau")
		team := show(in(policy.Team, opened-4, prefect), page+"/bureau")
		show(in(policy.Team, opened-5, president), page+"/bureau")
		show(in(policy.Expert, opened-10, team), page+"/bureau")
		show(in(policy.Facilitator, opened-12, team), page)
		departments := 0
		for _, d := range s.Tree.Departments() {
			if d.Region == r.Code {
				lead := s.Invent(policy.DepartmentLead, "department", d.Code, d.Name, opened-8, admin)
				if departments++; departments <= 2 {
					first := "/mon-espace"
					if s.Lively(r.Code) { // their COP is open
						first = "/departements/" + d.Code + "/bureau"
					}
					show(lead, first)
				}
			}
		}
		g := largest[r.Code]
		office := "epci-" + g.SIREN
		first := "/organisations/" + office
		if asked(r.Code) { // the questionnaire waits for them
			first = "/questionnaire"
		}
		show(s.Invent(policy.Validator, "organisation", office, g.Name, opened-30, admin), first)
		show(s.Invent(policy.Writer, "organisation", office, g.Name, opened-31, admin), first)
		s.staffed = append(s.staffed, office)
		show(in(policy.Participant, opened-20, team), page)
		if !s.Lively(r.Code) {
			continue
		}
		in(policy.Team, Between(s.Random, 1, 9), team) // who has just come
		in(policy.Expert, Between(s.Random, 20, 120), team)
		in(policy.Facilitator, Between(s.Random, 2, 30), team)
		s.crowd(r, team, Between(s.Random, 30, 60))
	}
}

// largest finds the intercommunalité of most people in each region.
func (s *Script) largest() map[string]territory.Group {
	people := map[string]map[string]int64{}
	for _, c := range s.Tree.Communes() {
		if c.Region != "" && c.EPCI != "" {
			if people[c.Region] == nil {
				people[c.Region] = map[string]int64{}
			}
			people[c.Region][c.EPCI] += max(c.Population, 0)
		}
	}
	out := map[string]territory.Group{}
	for _, g := range s.Tree.Groups() {
		for region, n := range people {
			if n[g.SIREN] > people[region][out[region].SIREN] {
				out[region] = g
			}
		}
	}
	return out
}

// crowd brings the participants of a region at once, as the list of those who
// came to its launch would: by sets of rows, and without a mail, which would be
// past the time that mails are kept.
func (s *Script) crowd(r territory.Region, by *Person, n int) {
	type guest struct{ name, email string }
	guests := make([]guest, n)
	for i := range guests {
		name, _ := s.name()
		guests[i] = guest{name, s.address(name)}
	}
	s.Scene(s.At(opened-25), "participants of "+r.Slug, func(ctx context.Context) error {
		return db.Tx(ctx, s.db, func(ctx context.Context, tx db.Q) error {
			var accounts, versions, grants [][]any
			now := s.clock.UnixMilli()
			for _, g := range guests {
				id, err := s.Accounts.IDs.New()
				if err != nil {
					return err
				}
				role, err := s.Accounts.IDs.New()
				if err != nil {
					return err
				}
				body, err := json.Marshal(account.Account{ID: id, Email: g.email, Name: g.name, Notify: "digest", State: "active"})
				if err != nil {
					return err
				}
				accounts = append(accounts, []any{id, 1, g.email, g.name, "digest", "active", now})
				versions = append(versions, []any{id, 1, now, by.id, "création", string(body)})
				grants = append(grants, []any{role, id, string(policy.Participant), "region", r.Code, by.id, now})
				for _, e := range []journal.Entry{{Actor: by.id, Verb: "create", Kind: "account", Subject: id, Rev: 1}, {Actor: by.id, Verb: "give", Kind: "role_grant", Subject: role}} {
					if _, err := s.Accounts.Journal.Record(ctx, tx, e); err != nil {
						return err
					}
				}
			}
			for _, t := range []struct {
				table   string
				columns []string
				rows    [][]any
			}{
				{"account", []string{"id", "rev", "email", "name", "notify", "state", "created_at"}, accounts},
				{"account_version", []string{"id", "rev", "at", "by", "reason", "body"}, versions},
				{"role_grant", []string{"id", "account", "role", "scope_kind", "scope", "granted_by", "at"}, grants},
			} {
				if _, err := db.Insert(ctx, tx, t.table, t.columns, t.rows, ""); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// As puts in the script what somebody does in a COP, with the rights that they
// have then.
func (s *Script) As(p *Person, at time.Time, what string, do func(ctx context.Context, a policy.Actor) error) {
	s.Scene(at, what, func(ctx context.Context) error {
		if p.id == "" {
			return apperr.New(apperr.Internal, nil, "%s n’a pas encore de rôle.", p.Email)
		}
		a, err := s.Actor(ctx, p)
		if err != nil {
			return err
		}
		return do(ctx, a)
	})
}
