package app

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/exchange"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/mail"
	"jalon/internal/national"
	"jalon/internal/objective"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/restitution"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/web"
	"jalon/internal/web/operator"
	"jalon/internal/web/shell"
)

// rooms are those that write for people, built the same for serve and for the
// command line.
type rooms struct {
	journal   *journal.Journal
	queue     *jobs.Queue
	outbox    *mail.Outbox
	accounts  *account.Room
	cops      *cop.Room
	national  *national.Room
	plans     *plan.Room
	knowledge *knowledge.Room
	survey    *survey.Room
	openData  *restitution.OpenRoom
	// restitution reads what authorities answered together.
	restitution *restitution.Room
	objectives  *objective.Room
	diagnosis   *diagnosis.Room
	composed    *composition.Room
	debate      web.Debate
	action      web.Action
	follow      web.Follow
}

// rooms builds them with the keys of this installation and the address that
// links in mails begin with.
func (c *Core) rooms(desk *operator.Desk, base string) rooms {
	var r rooms
	r.journal = journal.New(c.IDs, c.now, db.NewCursors(desk.Key("journal")))
	r.cops = &cop.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, Cursors: db.NewCursors(desk.Key("cop")), Random: c.random}
	r.plans = &plan.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, Intake: c.Intake,
		Held: func(ctx context.Context, tx db.Q, person string) (policy.Actor, error) {
			return r.accounts.Held(ctx, tx, person)
		}}
	r.queue = jobs.New(c.IDs, c.now)
	if c.Config.RetentionJobs > 0 {
		r.queue.Keep = time.Duration(c.Config.RetentionJobs) * 24 * time.Hour
	}
	r.outbox = mail.New(mail.Options{IDs: c.IDs, Now: c.now, Queue: r.queue, Cursors: db.NewCursors(desk.Key("mail")),
		Keep: time.Duration(c.Config.RetentionMail) * 24 * time.Hour,
		OnBounce: func(ctx context.Context, tx db.Q, k mail.Kept) error {
			if mine, err := r.survey.OnBounce(ctx, tx, k); mine || err != nil {
				return err
			}
			if mine, err := r.follow.FollowUp.OnBounce(ctx, tx, k); mine || err != nil {
				return err
			}
			return r.accounts.OnBounce(ctx, tx, k)
		}})
	r.knowledge = &knowledge.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, Cursors: db.NewCursors(desk.Key("knowledge")), Queue: r.queue, Outbox: r.outbox,
		BaseURL: strings.TrimRight(base, "/"), Slug: c.regionSlug}
	r.accounts = &account.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Random: c.random, Journal: r.journal, Outbox: r.outbox, Key: desk.Key("account"),
		BaseURL: strings.TrimRight(base, "/"), COPsOf: cop.IDsOfRegion, Cursors: db.NewCursors(desk.Key("organisations")), RegionsOf: cop.RegionsOf,
		Intake: c.Intake, Queue: r.queue, Delegations: r.cops.MoveDelegations, HomeOf: homeOf, Demo: c.demo, Seeds: c.seeds, Tables: Tables(),
		Keep: account.Retention{Accounts: c.Config.RetentionAccounts, SignIn: c.Config.RetentionSignIn}, Provider: c.provider(strings.TrimRight(base, "/"))}
	r.survey = &survey.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Random: c.random, Journal: r.journal, Cursors: db.NewCursors(desk.Key("survey")), Queue: r.queue, Outbox: r.outbox,
		BaseURL: strings.TrimRight(base, "/"), Sources: c.prefill(), Tried: r.accounts.Tried,
		Contacts: func(ctx context.Context, q db.Q, authority string) ([]mail.Address, int, error) {
			o, err := account.FindOrganisation(ctx, q, authority)
			if err != nil {
				return nil, 0, err
			}
			return r.accounts.Contacts(ctx, q, o)
		}}
	r.survey.Intake = c.Intake
	r.survey.Writers, r.survey.ReadForm, r.survey.WriteForm = exchange.SurveyWriters(), exchange.ReadSurveyForm, exchange.WriteSurveyForm
	tree := func(ctx context.Context) (*territory.Tree, error) {
		m, err := c.Model(ctx)
		if err != nil {
			return nil, err
		}
		return m.Tree(), nil
	}
	r.survey.Tree = tree
	r.survey.Pass = r.survey.PassOn(r.knowledge)
	r.openData = &restitution.OpenRoom{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, Write: exchange.OpenDataFiles, Departments: c.departmentsOf}
	r.restitution = &restitution.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, COPs: r.cops, Tree: tree,
		Actor: func(ctx context.Context) policy.Actor { return shell.In(ctx).Actor }}
	r.objectives = &objective.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, COPs: r.cops}
	r.diagnosis = &diagnosis.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, COPs: r.cops, Model: c.Model, Book: c.Book, Restitution: r.restitution, Own: c.own}
	r.cops.OnEnd = map[string]func(context.Context, db.Q, cop.Act) error{cop.RestitutionAct: r.restitution.End}
	r.cops.OnEnd[cop.ObjectivesAct] = r.objectives.End
	r.cops.OnEnd[cop.ThemesAct] = r.diagnosis.EndChoice
	r.composed = &composition.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, COPs: r.cops}
	for _, k := range composition.Kinds() {
		r.cops.OnEnd[k.Act()] = r.composed.EndEdition
	}
	r.accounts.OnErase = append(r.accounts.OnErase, r.cops.Erase)
	r.cops.People = r.accounts
	r.accounts.Tree = func(ctx context.Context) (*territory.Tree, error) {
		m, err := c.Model(ctx)
		if err != nil {
			return nil, err
		}
		return m.Tree(), nil
	}
	r.debate = c.debateRooms(r, desk, base, tree)
	r.action = c.actionRooms(r, desk, base, tree)
	r.follow = c.followRooms(r, desk, base, tree)
	r.national = c.board(r.journal)
	return r
}

// homeOf tells the account room what a region's COP is to its organisations.
func homeOf(ctx context.Context, q db.Q, region string) (account.Home, error) {
	c, err := cop.HomeOf(ctx, q, region)
	return account.Home{COP: c.ID, Name: c.SenderName(), Contact: c.Contact}, err
}

// seedOrganisations brings the authorities and services that exist without
// anybody adding them up to the territories in force.
func (c *Core) seedOrganisations(ctx context.Context, r *account.Room, tree *territory.Tree) error {
	s, took, err := r.SeedReference(ctx, tree, c.tables)
	if err == nil && s != (account.Seeded{}) {
		c.Log.LogAttrs(ctx, slog.LevelInfo, "organisations brought up to date", slog.Int("added", s.Added), slog.Int("changed", s.Changed), slog.Int("gone", s.Gone), slog.Duration("took", took))
	}
	return err
}

// provider is the OpenID Connect provider that the configuration names, nil for
// none. It is met when somebody first signs in by it.
func (c *Core) provider(base string) *account.Provider {
	if !c.Config.OIDC() {
		return nil
	}
	return &account.Provider{Issuer: c.Config.OIDCIssuer, ClientID: c.Config.OIDCClientID, ClientSecret: c.Config.OIDCClientSecret, Name: c.Config.OIDCName,
		Scopes: c.Config.Scopes(), ACR: strings.Fields(c.Config.OIDCACR), EmailTrusted: c.Config.OIDCEmailTrusted,
		Return: base + "/connexion/oidc/retour", AfterLogout: base + "/deconnexion/retour", Now: c.now}
}

// departmentsOf lists the départements of a region by their codes.
func (c *Core) departmentsOf(ctx context.Context, region string) ([]string, error) {
	m, err := c.Model(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range m.Tree().Departments() {
		if d.Region == region {
			out = append(out, d.Code)
		}
	}
	return out, nil
}

// regionSlug is the word of a region in addresses.
func (c *Core) regionSlug(ctx context.Context, region string) (string, error) {
	m, err := c.Model(ctx)
	if err != nil {
		return "", err
	}
	r, err := m.Tree().Region(region)
	return r.Slug, err
}

// UserRequest is a role to give on the word of whoever runs the installation.
type UserRequest struct {
	Email, Name, Role string
	Scope             string // nation, region:44, department:67
}

// AddUser gives a role to an address and returns a link that signs them in once,
// within an hour: the first administrator has no mail yet.
func (c *Core) AddUser(ctx context.Context, in UserRequest) (link string, err error) {
	defer apperr.Wrap(&err, "app.AddUser")
	kind, scope, _ := strings.Cut(in.Scope, ":")
	role := policy.Role(in.Role)
	m, err := c.Model(ctx)
	if err != nil {
		return "", err
	}
	where := "toute la France"
	switch kind {
	case "nation":
		if scope != "" {
			return "", apperr.Invalidf("«\u00a0nation\u00a0» n’a pas de code.")
		}
	case "region":
		r, err := m.Tree().Region(scope)
		if err != nil {
			return "", err
		}
		where = r.Name
	case "department":
		d, err := m.Tree().Dept(scope)
		if err != nil {
			return "", err
		}
		where = d.Name
	default:
		return "", apperr.Invalidf("Le périmètre est «\u00a0nation\u00a0», «\u00a0region:44\u00a0» ou «\u00a0department:67\u00a0», et non «\u00a0%s\u00a0».", in.Scope)
	}
	if national := role == policy.NationalAdmin || role == policy.NationalReader; national != (kind == "nation") || role == policy.Operator {
		return "", apperr.Invalidf("Le rôle «\u00a0%s\u00a0» ne se donne pas sur ce périmètre.", in.Role)
	}
	r, err := c.openRooms(ctx)
	if err != nil {
		return "", err
	}
	g, err := r.accounts.Appoint(ctx, in.Email, in.Name, role, kind, scope, where)
	if err != nil {
		return "", err
	}
	a, err := account.Find(ctx, c.DB, g.Account)
	if err != nil {
		return "", err
	}
	return r.accounts.Link(ctx, a, "/mon-espace")
}

// UserLink makes a sign-in link for an account, where mails do not leave.
func (c *Core) UserLink(ctx context.Context, email string) (link string, err error) {
	defer apperr.Wrap(&err, "app.UserLink")
	email, err = account.Address(email)
	if err != nil {
		return "", err
	}
	a, err := account.FindByEmail(ctx, c.DB, email)
	if err != nil {
		return "", err
	}
	r, err := c.openRooms(ctx)
	if err != nil {
		return "", err
	}
	return r.accounts.Link(ctx, a, "/mon-espace")
}

func (c *Core) openRooms(ctx context.Context) (rooms, error) {
	desk, err := operator.Open(ctx, c.DB, c.now, c.random, strings.HasPrefix(c.Config.BaseURL, "https://"))
	if err != nil {
		return rooms{}, err
	}
	base := c.Config.BaseURL
	if base == "" {
		base = "http://" + c.Config.Addr
	}
	return c.rooms(desk, base), nil
}
