package demo

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/diagnosis"
	"jalon/internal/diagnosis/live"
	"jalon/internal/figure"
	"jalon/internal/followup"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/mail"
	"jalon/internal/national"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/renewal"
	"jalon/internal/restitution"
	roadmap "jalon/internal/roadmap/live"
	"jalon/internal/support/aid"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/web"
)

// Step invents what happens in one room. It only writes the script: what it
// puts there is played afterwards, with that of every other step, in the order
// of time.
type Step struct {
	Name  string
	Write func(*Script)
}

// Steps lists the steps. Their order does not matter to what happens, for each
// thing has its moment, but for the people, whom the others call by their roles.
func Steps() []Step {
	return []Step{
		{"people", people},
		{"memberships", memberships},
		{"conferences", conferences},
		{"stages", stages},
		{"delegations", delegations},
		{"meetings", meetings},
		{"news", news},
		{"documents", documents},
		{"checklists", checklists},
		{"departments", departments},
		{"nights", nights},
		{"plans", plans},
		{"questionnaires", questionnaires},
		{"known", known},
		{"restitutions", restitutions},
		{"perimeters", perimeters},
		{"objectives", objectives},
		{"themes", themes},
		{"diagnoses", diagnoses},
		{"voices", voices},
		{"groups", groups},
		{"gatherings", gatheringsOf},
		{"contributions", contributions},
		{"sessions", sessions},
		{"questions", questions},
		{"ambitions", ambitions},
		{"consultations", consultations},
		{"letters", letters},
		{"actions", actions},
		{"followup", followed},
		{"roadmaps", roadmaps},
		{"renewals", renewals},
	}
}

// Script is what happens, and who is there.
type Script struct {
	Today  time.Time // midnight UTC of the day that everything is relative to
	Size   Size
	Tree   *territory.Tree
	Random *rand.Rand // of the step being written: another step changes nothing to it

	Accounts *account.Room
	COPs     *cop.Room
	National *national.Room
	Plans    *plan.Room
	Survey   *survey.Room
	Known    *knowledge.Room
	Told     Told
	Blocks   map[composition.Kind]composition.Catalogue // the live blocks of documents
	Debate   web.Debate
	Actions  *action.Room
	Aids     *aid.Room
	Followup *followup.Room
	Renewal  *renewal.Room

	Adaptation *adaptation.Room

	explain figure.Explainer
	model   func(ctx context.Context) (*panorama.Model, error)

	seed   uint64
	db     *db.DB
	clock  time.Time
	scenes []scene
	names  map[string]bool // addresses already given
	cast   map[string][]*Person
	actors map[string]policy.Actor
	shown  []shown // whom visitors may be

	staffed []string          // organisations that somebody writes for
	crte    []*contract       // perimeters that objectives are discussed for
	forum   map[string]*forum // the debate of a region
	setup   func(ctx context.Context) error
}

// scene is something that happens at a moment.
type scene struct {
	at   time.Time
	what string
	do   func(ctx context.Context) error
}

func newScript(p Place, o Options) (*Script, error) {
	s := &Script{Today: today(p.Now()), Size: o.Size, Tree: p.Tree, seed: uint64(o.Seed), db: p.DB, names: map[string]bool{}, cast: map[string][]*Person{}, actors: map[string]policy.Actor{}}
	now := func() time.Time { return s.clock }
	random := &source{s.rand("ids")}
	ids := db.NewIDs(now, random)
	cursors := db.NewCursors(make([]byte, 32)) // nobody pages through a list here
	log := journal.New(ids, now, cursors)
	queue := jobs.New(ids, now)
	s.COPs = &cop.Room{DB: p.DB, IDs: ids, Now: now, Journal: log, Cursors: cursors, Random: random}
	s.Accounts = &account.Room{DB: p.DB, IDs: ids, Now: now, Random: random, Journal: log, Key: make([]byte, 32), BaseURL: strings.TrimRight(p.BaseURL, "/"),
		Outbox: mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: cursors}), COPsOf: cop.IDsOfRegion, RegionsOf: cop.RegionsOf, Seeds: p.Seeds, Cursors: cursors, Queue: queue, Delegations: s.COPs.MoveDelegations,
		Tree: func(context.Context) (*territory.Tree, error) { return p.Tree, nil },
		HomeOf: func(ctx context.Context, q db.Q, region string) (account.Home, error) {
			c, err := cop.HomeOf(ctx, q, region)
			return account.Home{COP: c.ID, Name: c.SenderName(), Contact: c.Contact}, err
		}}
	s.Adaptation = &adaptation.Room{DB: p.DB, IDs: ids, Now: now, Journal: log, COPs: s.COPs, Model: p.Model, Cursors: cursors}
	s.COPs.People = s.Accounts // whom an act waits for is told
	s.National = &national.Room{DB: p.DB, IDs: ids, Now: now, Journal: log, Registry: p.Metrics,
		Tree: func(context.Context) (*territory.Tree, error) { return p.Tree, nil }}
	s.Plans = &plan.Room{DB: p.DB, IDs: ids, Now: now, Journal: log}
	s.Survey = &survey.Room{DB: p.DB, IDs: ids, Now: now, Random: random, Journal: log, Cursors: cursors, Queue: queue, Outbox: s.Accounts.Outbox, BaseURL: s.Accounts.BaseURL, Tree: s.Accounts.Tree, Sources: p.Sources}
	s.Known = &knowledge.Room{DB: p.DB, IDs: ids, Now: now, Journal: log, Cursors: cursors, Queue: queue, Outbox: s.Accounts.Outbox, BaseURL: s.Accounts.BaseURL,
		Slug: func(_ context.Context, region string) (string, error) {
			r, err := p.Tree.Region(region)
			return r.Slug, err
		}}
	anyone := func(context.Context) policy.Actor { return policy.Actor{} }
	t := Told{National: s.National, Survey: s.Survey, Objectives: &objective.Room{DB: p.DB, IDs: ids, Now: now, Journal: log, COPs: s.COPs},
		Restitution: &restitution.Room{DB: p.DB, IDs: ids, Now: now, Journal: log, COPs: s.COPs, Actor: anyone, Tree: s.Accounts.Tree}}
	t.Diagnosis = &diagnosis.Room{DB: p.DB, IDs: ids, Now: now, Journal: log, COPs: s.COPs, Model: p.Model, Book: p.Book, Own: p.Own, Restitution: t.Restitution}
	t.Composed = &composition.Room{DB: p.DB, IDs: ids, Now: now, Journal: log, COPs: s.COPs}
	t.Coverage = &coverage.Room{DB: p.DB, Now: now, Model: p.Model, Book: p.Book}
	s.Told, s.explain, s.model = t, p.Explain(t), p.Model
	s.COPs.OnEnd = map[string]func(context.Context, db.Q, cop.Act) error{cop.RestitutionAct: t.Restitution.End, cop.ObjectivesAct: t.Objectives.End, cop.ThemesAct: t.Diagnosis.EndChoice}
	for _, k := range composition.Kinds() {
		s.COPs.OnEnd[k.Act()] = t.Composed.EndEdition
	}
	s.Debate = p.Debate(&debate.Room{DB: p.DB, IDs: ids, Now: now, Random: random, Journal: log, Cursors: cursors, Queue: queue, Outbox: s.Accounts.Outbox, COPs: s.COPs, Accounts: s.Accounts,
		Links: &link.Links{IDs: ids, Now: now}, Tree: s.Accounts.Tree, BaseURL: s.Accounts.BaseURL})
	s.Actions = &action.Room{DB: p.DB, IDs: ids, Now: now, Journal: log, Cursors: cursors, COPs: s.COPs, Links: s.Debate.Shared.Links}
	s.COPs.OnEnd[cop.ActionsAct] = s.Actions.End
	s.Followup = &followup.Room{DB: p.DB, IDs: ids, Now: now, Journal: log, COPs: s.COPs, Register: s.Actions, Knowledge: s.Known, Queue: queue, Outbox: s.Accounts.Outbox, Links: cursors, BaseURL: s.Accounts.BaseURL}
	s.Aids = &aid.Room{DB: p.DB, IDs: ids, Now: now, Random: random, Journal: log, Cursors: cursors, Queue: queue, Outbox: s.Accounts.Outbox, Accounts: s.Accounts, COPs: s.COPs, Links: s.Debate.Shared.Links, Tree: s.Accounts.Tree,
		Knowledge: s.Known, BaseURL: s.Accounts.BaseURL}
	book, err := p.Book()
	if err != nil {
		return nil, err
	}
	s.Renewal = &renewal.Room{DB: p.DB, IDs: ids, Now: now, Journal: log, COPs: s.COPs, Register: s.Actions, Knowledge: s.Known, Model: p.Model, Adaptation: &adaptation.Room{DB: p.DB, IDs: ids, Now: now, Journal: log, COPs: s.COPs, Model: p.Model},
		Coverage: &coverage.Room{DB: p.DB, Now: now, Model: p.Model, Book: p.Book}}
	found := live.New(live.Sources{DB: p.DB, Now: now, Model: p.Model, Book: book, Restitution: t.Restitution, Diagnosis: t.Diagnosis})
	s.Blocks = map[composition.Kind]composition.Catalogue{composition.Diagnosis: found, composition.Roadmap: roadmap.New(roadmap.Sources{DB: p.DB, Model: p.Model, Coverage: t.Coverage, Told: found})}
	s.setup = func(ctx context.Context) error {
		s.clock = s.Day(opened + 1)
		if err := s.COPs.Load(ctx, p.Tables, p.Tree); err != nil {
			return err
		}
		if err := s.Survey.Load(ctx, p.Tables); err != nil {
			return err
		}
		if err := s.Known.Load(ctx, p.Tables, p.Tree); err != nil {
			return err
		}
		_, _, err := s.Accounts.SeedReference(ctx, p.Tree, p.Tables)
		return err
	}
	return s, nil
}

// rand is a source of its own for each name.
func (s *Script) rand(name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))                    // a hash never fails
	return rand.New(rand.NewPCG(s.seed, h.Sum64())) //nolint:gosec // the same each time is what is wanted; no secret is drawn from it
}

func (s *Script) begin(step string) { s.Random = s.rand(step) }

// source reads bytes from a seeded source, for ids.
type source struct{ *rand.Rand }

func (r *source) Read(b []byte) (int, error) {
	for i := 0; i < len(b); i += 8 {
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], r.Uint64())
		copy(b[i:], word[:])
	}
	return len(b), nil
}

var _ io.Reader = (*source)(nil)

// opened is how many days ago the COPs began to work on Jalon.
const opened = 210

// Day is midnight UTC of some days ago; days to come are negative.
func (s *Script) Day(ago int) time.Time { return s.Today.AddDate(0, 0, -ago) }

// Date writes such a day as rooms keep it.
func (s *Script) Date(ago int) string { return s.Day(ago).Format(time.DateOnly) }

// Weekday moves a Saturday or a Sunday to the Friday before.
func (s *Script) Weekday(ago int) int {
	switch s.Day(ago).Weekday() {
	case time.Saturday:
		return ago + 1
	case time.Sunday:
		return ago + 2
	}
	return ago
}

// At is a moment of work of some days ago: the same day in Guadeloupe and in La
// Réunion.
func (s *Script) At(ago int) time.Time {
	return s.Day(ago).Add(8*time.Hour + time.Duration(s.Random.IntN(8*3600))*time.Second)
}

// Scene puts something in the script. What has not happened yet today is not
// there.
func (s *Script) Scene(at time.Time, what string, do func(ctx context.Context) error) {
	if at.Before(s.Today) {
		s.scenes = append(s.scenes, scene{at, what, do})
	}
}

// play does all that the script says, in the order of time. It returns how many
// things were done.
func (s *Script) play(ctx context.Context, l *lease) (int, error) {
	if err := s.setup(ctx); err != nil {
		return 0, err
	}
	slices.SortStableFunc(s.scenes, func(a, b scene) int { return a.at.Compare(b.at) })
	var said time.Time
	for i, x := range s.scenes {
		if now := l.p.Now(); i%32 == 0 || now.Sub(said).Abs() > leaseLife/5 {
			said = now
			if err := l.beat(ctx); err != nil {
				return i, err
			}
		}
		s.clock = x.at
		if err := x.do(ctx); err != nil {
			if ctx.Err() != nil {
				return i, ctx.Err()
			}
			return i, apperr.New(apperr.KindOf(err), fmt.Errorf("%s, %s: %w", x.at.Format(time.DateOnly), x.what, err), "La démonstration n’a pas pu être faite. Relancez «\u00a0jalon demo\u00a0»\u00a0: elle recommence depuis le début.")
		}
	}
	return len(s.scenes), s.offer(ctx)
}

type shown struct {
	region, first string
	person        *Person
}

// Show lets visitors be somebody, whose first page is at an address. An empty
// region is the national level.
func (s *Script) Show(p *Person, region, first string) {
	s.shown = append(s.shown, shown{region, first, p})
}

func (s *Script) offer(ctx context.Context) error {
	by := map[string][]account.Persona{}
	for _, x := range s.shown {
		by[x.region] = append(by[x.region], account.Persona{Account: x.person.id, Role: x.person.Role, Place: x.person.Where, First: x.first})
	}
	return db.Tx(ctx, s.db, func(ctx context.Context, tx db.Q) error {
		for region, all := range by {
			if err := account.Offer(ctx, tx, region, all); err != nil {
				return err
			}
		}
		return nil
	})
}

// Pick chooses one of a list.
func Pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// Between is a number between two, both included.
func Between(r *rand.Rand, low, high int) int { return low + r.IntN(high-low+1) }

// Lively reports whether a region has a full activity at this size.
func (s *Script) Lively(region string) bool {
	return s.Size == Full || slices.Contains([]string{"44", "53", "04"}, region)
}
