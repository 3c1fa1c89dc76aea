package knowledge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func room(t testing.TB, d *db.DB) *Room {
	t.Helper()
	now := func() time.Time { return noon }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	queue := jobs.New(ids, now)
	m := &Room{DB: d, IDs: ids, Now: now, Journal: journal.New(ids, now, keys), Cursors: keys, Queue: queue, BaseURL: "https://jalon.example",
		Outbox: mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys}),
		Slug: func(ctx context.Context, _ string) (string, error) { // reads on the pool, as the program's does
			_, err := db.Version(ctx, d, Version)
			return "grand-est", err
		}}
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: m.Journal, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	if err := m.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	return m
}

func team(region string) policy.Actor { return over("equipe-"+region, policy.Team, region) }

func over(person string, role policy.Role, region string) policy.Actor {
	return policy.Actor{Person: person, Grants: []policy.Grant{{Role: role, COP: cop.RegionID(cop.First, region)}}}
}

var admin = policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}

func obstacle(region, title string) Item {
	return Item{Kind: Obstacle, Region: region, Organisation: "Service " + title, Territory: "region:" + region, Scale: "region", Levers: []string{"biogaz"}, Title: title, Text: "Ce qui bloque.", Evidence: "Trois projets arrêtés.",
		Nature: "norme", Level: "national"}
}

func strength(region, title string) Item {
	return Item{Kind: Strength, Region: region, Organisation: "Syndicat", Territory: "region:" + region, Scale: "region", Theme: "preserver", Title: title, Text: "Des haies replantées."}
}

// retained is an obstacle, or a strong point, that the team of its region kept.
func retained(t testing.TB, m *Room, x Item) Item {
	t.Helper()
	x, err := m.Add(t.Context(), m.DB, team(x.Region), x)
	if err != nil {
		t.Fatal(err)
	}
	if x, err = m.Judge(t.Context(), m.DB, team(x.Region), x.ID, x.Rev, Retain, ""); err != nil {
		t.Fatal(err)
	}
	return x
}

func kindIs(t *testing.T, what string, err error, want apperr.Kind) {
	t.Helper()
	if apperr.KindOf(err) != want {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestProposedThenRetained(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		expert := over("experte", policy.Expert, "44")
		x, err := m.Add(ctx, d, expert, strength("44", "Haies replantées"))
		if err != nil || x.State != Proposed {
			t.Fatal(x, err)
		}
		_, err = m.Add(ctx, d, expert, strength("53", "Ailleurs"))
		kindIs(t, "in another region", err, apperr.NotFound)
		_, err = Find(ctx, d, policy.Actor{}, x.ID)
		kindIs(t, "read by anyone before", err, apperr.NotFound)
		_, err = Find(ctx, d, team("53"), x.ID)
		kindIs(t, "read by another region before", err, apperr.NotFound)
		_, err = m.Judge(ctx, d, expert, x.ID, x.Rev, Retain, "")
		kindIs(t, "retained by its author", err, apperr.Forbidden)
		var f *Fault
		if _, err = m.Judge(ctx, d, team("44"), x.ID, x.Rev, PutAside, " "); !errors.As(err, &f) || f.Field != "reason" {
			t.Errorf("set aside without a reason: %v", err)
		}
		if x, err = m.Judge(ctx, d, team("44"), x.ID, x.Rev, Complete, "Donnez le résultat."); err != nil || x.State != Incomplete || x.Said == "" {
			t.Fatal(x, err)
		}
		x.Result = "12 km en deux ans."
		if x, err = m.Save(ctx, d, expert, x, "complété"); err != nil || x.State != Proposed || x.Result == "" {
			t.Fatal(x, err)
		}
		stale := x
		if x, err = m.Judge(ctx, d, team("44"), x.ID, x.Rev, Retain, ""); err != nil {
			t.Fatal(err)
		}
		_, err = m.Save(ctx, d, team("44"), stale, "")
		kindIs(t, "an older revision", err, apperr.Conflict)
		x.Title = "Autre titre"
		_, err = m.Save(ctx, d, expert, x, "")
		kindIs(t, "its author, once retained", err, apperr.Forbidden)
		if y, err := Find(ctx, d, policy.Actor{}, x.ID); err != nil || y.Result != "12 km en deux ans." {
			t.Error(y, err)
		}
		past, err := History(ctx, d, x.ID)
		if err != nil || len(past) != 4 || past[0].Item.State != Retained || past[3].Item.Result != "" {
			t.Errorf("%d versions, %v", len(past), err)
		}
		_, err = Practice(ctx, d, x.ID)
		kindIs(t, "not shared yet", err, apperr.NotFound)
		if x, err = m.Judge(ctx, d, team("44"), x.ID, x.Rev, Share, ""); err != nil || !x.Shared {
			t.Fatal(err)
		}
		if _, err := Practice(ctx, d, x.ID); err != nil {
			t.Error(err)
		}
	})
}

func TestHostileWords(t *testing.T) {
	m := room(t, testkit.Open(t, db.SQLite))
	for field, wrong := range map[string]func(x *Item){
		"title":        func(x *Item) { x.Title = "  " },
		"text":         func(x *Item) { x.Text = strings.Repeat("é", 1<<19) },
		"theme":        func(x *Item) { x.Theme, x.Levers = "autre", nil },
		"nature":       func(x *Item) { x.Nature = "magie" },
		"level":        func(x *Item) { x.Level = "mondial" },
		"link":         func(x *Item) { x.Link = "javascript:alert(1)" },
		"day":          func(x *Item) { x.Day = "hier" },
		"lever":        func(x *Item) { x.Levers = []string{"biogaz", "biogaz"} },
		"territory":    func(x *Item) { x.Territory = "nation" },
		"organisation": func(x *Item) { x.Organisation = "" },
		"evidence":     func(x *Item) { x.Evidence = "" },
		"contact":      func(x *Item) { x.Contact = "prenom.nom@exemple.fr" },
	} {
		x := obstacle("44", "Frein")
		wrong(&x)
		var f *Fault
		if _, err := m.Add(t.Context(), m.DB, team("44"), x); !errors.As(err, &f) || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	x := obstacle("44", "Frein")
	x.Contact = "climat@exemple.fr"
	if _, err := m.Add(t.Context(), m.DB, team("44"), x); err != nil {
		t.Error(err)
	}
}

// A correction of an answer corrects what it gave, and never doubles it.
func TestAnAnswerIsProposedOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		_, changed, err := m.Propose(ctx, d, "reponse/1/q12", "", obstacle("44", "Raccordement"))
		if err != nil || !changed {
			t.Fatal(err)
		}
		if _, changed, err = m.Propose(ctx, d, "reponse/1/q12", "", obstacle("44", "Raccordement")); err != nil || changed {
			t.Errorf("the same again: %v %v", changed, err)
		}
		in := obstacle("44", "Raccordement au réseau")
		x, changed, err := m.Propose(ctx, d, "reponse/1/q12", "", in)
		if err != nil || !changed || x.Title != in.Title || x.Rev != 2 {
			t.Errorf("corrected: %+v %v", x, err)
		}
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				_, _, err := m.Propose(ctx, d, "reponse/2/q12", "", obstacle("44", "Autre"))
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
		p, err := m.List(ctx, d, team("44"), Filter{Kind: Obstacle, Region: "44"}, "", 50)
		if err != nil || len(p.Rows) != 2 || p.Total != 2 {
			t.Errorf("%d rows, %v", len(p.Rows), err)
		}
	})
}

// Merged with trace: both readable, the national count follows, and comes back.
func TestMergeAndUnmerge(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		a, b, other := retained(t, m, obstacle("44", "Permis longs")), retained(t, m, obstacle("44", "Délais de permis")), retained(t, m, obstacle("53", "Ailleurs"))
		var err error
		if a, err = m.Escalate(ctx, d, team("44"), a.ID, a.Rev, "Le code ne dépend pas de nous."); err != nil {
			t.Fatal(err)
		}
		_, err = m.Merge(ctx, d, team("44"), b.ID, b.Rev, other.ID, "")
		kindIs(t, "into another region's", err, apperr.Invalid)
		if b, err = m.Merge(ctx, d, team("44"), b.ID, b.Rev, a.ID, "la même chose"); err != nil || b.MergedInto != a.ID {
			t.Fatal(b, err)
		}
		if g, ok, err := AnswerOf(ctx, d, b); err != nil || !ok || g.Regions != 1 || g.Raisers != 2 {
			t.Errorf("merged: %+v %v %v", g, ok, err)
		}
		if in, err := MergedIn(ctx, d, a.ID); err != nil || len(in) != 1 {
			t.Error(in, err)
		}
		a, _ = Find(ctx, d, team("44"), a.ID)
		_, err = m.Merge(ctx, d, team("44"), a.ID, a.Rev, b.ID, "")
		kindIs(t, "into what is merged into it", err, apperr.Conflict)
		_, err = m.Escalate(ctx, d, team("44"), b.ID, b.Rev, "aussi")
		kindIs(t, "a merged one goes up", err, apperr.Conflict)
		if b, err = m.Unmerge(ctx, d, team("44"), b.ID, b.Rev, "non"); err != nil || b.MergedInto != "" {
			t.Fatal(err)
		}
		if g, _, err := AnswerOf(ctx, d, a); err != nil || g.Raisers != 1 {
			t.Errorf("unmerged: %+v %v", g, err)
		}
		past, err := History(ctx, d, b.ID)
		if err != nil || len(past) != 4 || past[1].Item.MergedInto != a.ID {
			t.Errorf("%d versions, %v", len(past), err)
		}
	})
}

// Of twenty who do the same thing at once, one is kept and the others are told.
func TestTwentyAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		once := func(what string, do func() error) {
			t.Helper()
			won := make(chan bool, 20)
			var g errgroup.Group
			for range 20 {
				g.Go(func() error {
					err := do()
					if apperr.KindOf(err) == apperr.Conflict {
						return nil
					}
					won <- err == nil
					return err
				})
			}
			if err := g.Wait(); err != nil || len(won) != 1 {
				t.Errorf("%s: %d were kept, %v", what, len(won), err)
			}
		}
		x, err := m.Add(ctx, d, team("44"), strength("44", "Haies"))
		if err != nil {
			t.Fatal(err)
		}
		once("retain", func() error {
			_, err := m.Judge(ctx, d, team("44"), x.ID, 1, Retain, "")
			return err
		})
		a, b := retained(t, m, obstacle("44", "Un")), retained(t, m, obstacle("44", "Deux"))
		var turn atomic.Int64
		once("merge either way", func() error {
			from, into := a, b
			if turn.Add(1)%2 == 0 {
				from, into = b, a
			}
			_, err := m.Merge(ctx, d, team("44"), from.ID, from.Rev, into.ID, "")
			return err
		})
		c := retained(t, m, obstacle("44", "Trois"))
		once("escalate", func() error {
			_, err := m.Escalate(ctx, d, team("44"), c.ID, c.Rev, "il le faut")
			return err
		})
		var groups int64
		if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM obstacle_group`).Scan(&groups); err != nil || groups != 1 {
			t.Errorf("%d lines, %v", groups, err)
		}
		c, _ = Find(ctx, d, admin, c.ID)
		once("answer", func() error {
			_, err := m.Answer(ctx, d, admin, c.Group, 1, Reply{Title: "Trois", Nature: "norme", Level: "national", Status: "etude", Answer: "Un texte vient.", Day: "2026-03-01"}, "")
			return err
		})
		once("take up", func() error {
			_, err := m.TakeUp(ctx, d, team("44"), "etape-2024-corse", "44", true, "")
			return err
		})
		once("let go", func() error {
			_, err := m.TakeUp(ctx, d, team("44"), "etape-2024-corse", "44", false, "")
			return err
		})
	})
}

// Merging, answering, correcting and grouping at once never wait for each other
// both ways: on PostgreSQL that would undo one of them with an error of its own.
func TestAllAtOnceNeverDeadlocks(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		var up []Item
		for i, region := range []string{"44", "44", "53", "04"} {
			x := retained(t, m, obstacle(region, fmt.Sprint("Frein ", i)))
			x, err := m.Escalate(ctx, d, team(region), x.ID, x.Rev, "hors de portée")
			if err != nil {
				t.Fatal(err)
			}
			up = append(up, x)
		}
		var g errgroup.Group
		for i := range 40 {
			g.Go(func() error {
				x, y := up[i%4], up[(i+1+i/4)%4]
				now, err := Find(ctx, d, admin, x.ID)
				if err != nil {
					return err
				}
				switch i % 5 {
				case 0:
					_, err = m.Merge(ctx, d, team("44"), up[0].ID, now.Rev, up[1].ID, "")
				case 1:
					_, err = m.Answer(ctx, d, admin, x.Home, 1, Reply{Title: "T", Nature: "norme", Level: "national", Status: "etude", Answer: "R", Day: "2026-03-01"}, "")
				case 2:
					_, err = m.Join(ctx, d, admin, x.ID, now.Rev, y.Home, "")
				case 3:
					_, err = m.Save(ctx, d, team(x.Region), now, "relecture")
				default:
					_, err = m.Leave(ctx, d, admin, x.ID, now.Rev, "")
				}
				if k := apperr.KindOf(err); k == apperr.Conflict || k == apperr.Forbidden || k == apperr.NotFound {
					return nil
				}
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
		// Whatever came first, the weights are those of the rows.
		for _, x := range up {
			was, err := oneGroup(ctx, d, x.Home)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error { return m.recount(ctx, tx, x.Home) }); err != nil {
				t.Fatal(err)
			}
			if now, err := oneGroup(ctx, d, x.Home); err != nil || now.Weight != was.Weight {
				t.Errorf("weighs %d, and its rows %d: %v", was.Weight, now.Weight, err)
			}
		}
	})
}

// Grouped over regions, answered once, and told once to each who raised it.
func TestTheAnswerComesDown(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		for _, who := range []string{"equipe-44", "equipe-04"} {
			if _, err := db.Insert(ctx, d, "account", strings.Fields("id rev email name notify state created_at"), [][]any{{who, 1, who + "@exemple.fr", who, "digest", "active", 0}}, ""); err != nil {
				t.Fatal(err)
			}
		}
		same := obstacle("04", "Délais de permis")
		same.Organisation = "Service Permis longs" // each region has its own service of that name
		a, b := retained(t, m, obstacle("44", "Permis longs")), retained(t, m, same)
		twin := retained(t, m, obstacle("04", "Encore les permis"))
		var err error
		for _, x := range []*Item{&a, &b} {
			if *x, err = m.Escalate(ctx, d, team(x.Region), x.ID, x.Rev, "hors de portée"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err = m.Merge(ctx, d, team("04"), twin.ID, twin.Rev, b.ID, ""); err != nil {
			t.Fatal(err)
		}
		b, _ = Find(ctx, d, admin, b.ID)
		_, err = m.Join(ctx, d, team("04"), b.ID, b.Rev, a.Group, "")
		kindIs(t, "grouped by a region", err, apperr.NotFound)
		if b, err = m.Join(ctx, d, admin, b.ID, b.Rev, a.Group, "même texte"); err != nil {
			t.Fatal(err)
		}
		p, err := m.Groups(ctx, d, admin, GroupFilter{Lever: "biogaz", Nature: "norme"}, "", 50)
		if err != nil || len(p.Rows) != 1 || p.Rows[0].Regions != 2 || p.Rows[0].Raisers != 3 {
			t.Fatalf("%+v %v", p, err)
		}
		held, err := Held(ctx, d, a.Group)
		if err != nil || len(held) != 3 {
			t.Errorf("%d held, %v", len(held), err)
		}
		_, err = m.Groups(ctx, d, team("44"), GroupFilter{}, "", 50)
		kindIs(t, "the nation's list, by a region", err, apperr.NotFound)
		in := Reply{Title: "Permis", Nature: "norme", Level: "national", Status: "etude", Answer: "Un décret se prépare.", Day: "2026-03-01"}
		g, err := m.Answer(ctx, d, admin, a.Group, 1, in, "")
		if err != nil {
			t.Fatal(err)
		}
		job := jobs.Job{Args: []byte(fmt.Sprintf(`{"Group":%q,"Rev":%d}`, g.ID, g.Rev))}
		for range 2 {
			if err := m.tell(ctx, job); err != nil {
				t.Fatal(err)
			}
		}
		mails, err := m.Outbox.List(ctx, d, mail.Filter{}, "", 50)
		if err != nil || len(mails.Mails) != 2 {
			t.Fatalf("%d mails, %v", len(mails.Mails), err)
		}
		if r, ok, err := AnswerOf(ctx, d, twin); err != nil || ok {
			t.Errorf("as it was before merging: %+v %v %v", r, ok, err)
		}
		twin, _ = Find(ctx, d, admin, twin.ID)
		if r, ok, err := AnswerOf(ctx, d, twin); err != nil || !ok || r.Answer != in.Answer {
			t.Errorf("merged: %+v %v %v", r, ok, err)
		}
		if b, err = m.Leave(ctx, d, admin, b.ID, b.Rev, "non"); err != nil {
			t.Fatal(err)
		}
		if p, err = m.Groups(ctx, d, admin, GroupFilter{}, "", 50); err != nil || len(p.Rows) != 2 {
			t.Errorf("%+v %v", p, err)
		}
		in.Status = "guérison"
		_, err = m.Answer(ctx, d, admin, a.Group, g.Rev, in, "")
		kindIs(t, "an unknown status", err, apperr.Invalid)
		tally, err := TallyNow(ctx, d)
		if err != nil || !slices.Contains(tally, Tally{Region: "44", Escalated: 1, Replied: 1}) || !slices.Contains(tally, Tally{Region: "04", Escalated: 1}) {
			t.Errorf("%+v %v", tally, err)
		}
	})
}
