package restitution

import (
	"context"
	"crypto/rand"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/testkit/answered"
)

// conference is the room with its COPs, as the program builds them.
func conference(t *testing.T, d *db.DB) *Room {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
	ids := db.NewIDs(now, rand.Reader)
	j := journal.New(ids, now, db.NewCursors([]byte("essai")))
	tree, err := territory.LoadActive(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	m := &Room{DB: d, IDs: ids, Now: now, Journal: j, COPs: cops, Tree: func(context.Context) (*territory.Tree, error) { return tree, nil }}
	cops.OnEnd = map[string]func(context.Context, db.Q, cop.Act) error{cop.RestitutionAct: m.End}
	return m
}

func over(person string, role policy.Role, region string) policy.Actor {
	return policy.Actor{Person: person, Grants: []policy.Grant{{Role: role, COP: cop.RegionID(cop.First, region)}}}
}

func answeredIn(t *testing.T, d *db.DB) {
	t.Helper()
	answered.Fill(t, d, answered.Campaign{Form: answered.WideForm(6), Cycle: cop.First, Regions: map[string][]string{"44": {"08", "10", "51", "52", "54", "55", "57", "67", "68", "88"}, "53": {"22", "29", "35", "56"}}, Communes: 30, Groups: 8, Share: 0.7, Seed: 3,
		COP: func(r string) string { return cop.RegionID(cop.First, r) }})
}

func kind(t *testing.T, what string, err error, want apperr.Kind) {
	t.Helper()
	if apperr.KindOf(err) != want {
		t.Errorf("%s: %v", what, err)
	}
}

// Both heads publish what was frozen when it was proposed: answers that come after
// are in no published edition, and nobody reads anything before.
func TestBothHeadsPublish(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), conference(t, d)
		answeredIn(t, d)
		team, state, region := over("équipe", policy.Team, "44"), over("préfet", policy.StateChair, "44"), over("présidente", policy.RegionChair, "44")
		_, err := m.For(ctx, policy.Actor{}, cop.First, "44", false)
		kind(t, "read by anyone before", err, apperr.NotFound)
		_, err = m.For(ctx, over("ailleurs", policy.Team, "53"), cop.First, "44", false)
		kind(t, "read by another region before", err, apperr.NotFound)
		live, err := m.For(ctx, team, cop.First, "44", false)
		if err != nil || live.Public {
			t.Fatal(err)
		}
		_, err = m.Propose(ctx, over("ailleurs", policy.Team, "53"), "campagne-44")
		if k := apperr.KindOf(err); k != apperr.Forbidden && k != apperr.NotFound {
			t.Errorf("proposed by another region: %v", err)
		}
		e, err := m.Propose(ctx, team, "campagne-44")
		if err != nil || e.State != EditionProposed || e.Answers != live.Whole().Answers || e.Act == "" {
			t.Fatalf("%+v %v", e, err)
		}
		_, err = m.Propose(ctx, state, "campagne-44")
		kind(t, "proposed twice", err, apperr.Conflict)
		act, err := m.COPs.Consent(ctx, state, e.Act)
		if err != nil || act.State != cop.ActPending || act.SHA256 != e.SHA256 {
			t.Fatalf("%+v %v", act, err)
		}
		_, err = m.For(ctx, policy.Actor{}, cop.First, "44", false)
		kind(t, "read by anyone after one word", err, apperr.NotFound)
		if _, err := d.Exec(ctx, `DELETE FROM answer WHERE region = '44' AND department = '67' AND kind = 'commune'`); err != nil {
			t.Fatal(err)
		}
		if _, err := m.COPs.Consent(ctx, region, e.Act); err != nil {
			t.Fatal(err)
		}
		v, err := m.For(ctx, policy.Actor{}, cop.First, "44", false)
		if err != nil || !v.Public || v.Whole().Answers != e.Answers {
			t.Fatalf("published %+v %v", v.Whole().Answers, err)
		}
		for i := range v.Layout.Levers {
			if a, b := v.Whole().Lever(i).Scores, live.Whole().Lever(i).Scores; a != b {
				t.Errorf("published %+v, frozen from %+v", a, b)
			}
		}
		c, err := survey.FindCampaign(ctx, d, "campagne-44")
		if err != nil || c.PublishedOn != "2026-03-02" {
			t.Errorf("published on %q %v", c.PublishedOn, err)
		}
		// What the team reads is what there is now.
		if now, err := m.For(ctx, team, cop.First, "44", false); err != nil || now.Public || now.Whole().Answers >= e.Answers {
			t.Errorf("the team reads %d %v", now.Whole().Answers, err)
		}
		// The nation is made of what is published, each once.
		if all, err := m.For(ctx, policy.Actor{}, cop.First, "", false); err != nil || all.Whole().Answers != e.Answers || len(all.Campaigns) != 1 {
			t.Errorf("the nation reads %v", err)
		}
		// The edition tells nobody: no name, no id, no instant.
		var body []byte
		if err := d.QueryRow(ctx, `SELECT body FROM restitution WHERE id = $1`, e.ID).Scan(&body); err != nil {
			t.Fatal(err)
		}
		f, err := unpack(body)
		if err != nil || len(f.Answers) != e.Answers {
			t.Fatal(err)
		}
	})
}

// Withdrawn, a proposal leaves nothing published and another may follow.
func TestAWithdrawnProposal(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	ctx, m := t.Context(), conference(t, d)
	answeredIn(t, d)
	team := over("équipe", policy.Team, "44")
	e, err := m.Propose(ctx, team, "campagne-44")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.COPs.Withdraw(ctx, team, e.Act, "trop tôt"); err != nil {
		t.Fatal(err)
	}
	if _, err := m.For(ctx, policy.Actor{}, cop.First, "44", false); apperr.KindOf(err) != apperr.NotFound {
		t.Errorf("read after it was withdrawn: %v", err)
	}
	if e, err = m.Propose(ctx, team, "campagne-44"); err != nil || e.Seq != 2 {
		t.Errorf("proposed again: %+v %v", e, err)
	}
}

// Of twenty who propose at once, one does.
func TestOneProposalAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := conference(t, d)
		answeredIn(t, d)
		var won atomic.Int64
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				_, err := m.Propose(t.Context(), over("équipe", policy.Team, "44"), "campagne-44")
				if err == nil {
					won.Add(1)
				}
				if apperr.KindOf(err) == apperr.Conflict {
					return nil
				}
				return err
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 {
			t.Errorf("%d were kept, %v", won.Load(), err)
		}
	})
}

// A new edition that differs by one to four answers in a group would tell what
// those said: it is refused, and says where.
func TestEditionsStayApart(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	ctx, m := t.Context(), conference(t, d)
	answeredIn(t, d)
	team, state, region := over("équipe", policy.Team, "44"), over("préfet", policy.StateChair, "44"), over("présidente", policy.RegionChair, "44")
	publish := func() error {
		e, err := m.Propose(ctx, team, "campagne-44")
		if err != nil {
			return err
		}
		for _, a := range []policy.Actor{state, region} {
			if _, err := m.COPs.Consent(ctx, a, e.Act); err != nil {
				return err
			}
		}
		return nil
	}
	if err := publish(); err != nil {
		t.Fatal(err)
	}
	if err := publish(); err == nil || !strings.Contains(apperr.Message(err), "Aucune réponse n’a changé") {
		t.Errorf("the same again: %v", err)
	}
	remove := func(n int) {
		t.Helper()
		if _, err := d.Exec(ctx, `DELETE FROM answer WHERE response_id IN (SELECT response_id FROM answer WHERE region = '44' AND department = '67' AND kind = 'commune' ORDER BY response_id LIMIT $1)`, n); err != nil {
			t.Fatal(err)
		}
	}
	remove(3)
	if err := publish(); err == nil || !strings.Contains(apperr.Message(err), "une à quatre réponses") {
		t.Errorf("three less: %v", err)
	}
	remove(4)
	if err := publish(); err != nil {
		t.Errorf("seven less: %v", err)
	}
}

// Three corrections are three authorities, though three answers went and three
// came; a council is no part of its département's group; and an edition is held
// against each of those that were published.
func TestWhatMovedBetweenEditions(t *testing.T) {
	answer := func(department string, kind questionnaire.Kind, n byte) frozenAnswer {
		return frozenAnswer{department, string(kind), "s1", []byte{n}}
	}
	edition := func(communes ...byte) (f frozen) {
		for _, n := range communes {
			f.Answers = append(f.Answers, answer("67", questionnaire.Commune, n))
		}
		return f
	}
	for _, c := range []struct {
		name          string
		before, after frozen
		few           int
	}{
		{"nothing", edition(1, 2, 3), edition(3, 2, 1), 0},
		{"three corrected", edition(1, 1, 1, 1, 1, 1), edition(1, 1, 1, 2, 2, 2), 2},
		{"five corrected", edition(1, 1, 1, 1, 1, 1), edition(1, 2, 2, 2, 2, 2), 0},
		{"four come", edition(1), edition(1, 1, 2, 3, 4), 2},
		{"five come", edition(1), edition(1, 1, 2, 3, 4, 5), 0},
	} {
		if few, _ := moved(c.before, c.after); len(few) != c.few {
			t.Errorf("%s: %v", c.name, few)
		}
	}
	before, after := edition(1, 1, 1, 1, 1), edition(1, 2, 2, 2, 2)
	after.Answers = append(after.Answers, answer("67", questionnaire.Department, 9))
	if few, _ := moved(before, after); len(few) != 3 {
		t.Errorf("four communes and their council: %v", few)
	}
}

// Who keeps an old edition reads no less than who keeps the last.
func TestEveryEditionIsHeldAgainst(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	ctx, m := t.Context(), conference(t, d)
	answeredIn(t, d)
	c, err := survey.FindCampaign(ctx, d, "campagne-44")
	if err != nil {
		t.Fatal(err)
	}
	first, err := freeze(ctx, d, c)
	if err != nil {
		t.Fatal(err)
	}
	turn := func(n int) frozen { // the first n communes of a département say something else
		out := first
		out.Answers = nil
		for _, a := range first.Answers {
			if n > 0 && a.Kind == string(questionnaire.Commune) && a.Department == "67" {
				a.Packed = append([]byte{254}, a.Packed...)
				n--
			}
			out.Answers = append(out.Answers, a)
		}
		return out
	}
	for i, f := range []frozen{first, turn(8)} {
		body, sum, err := f.pack()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Insert(ctx, d, "restitution", []string{"id", "campaign_id", "seq", "cop_id", "region", "cycle", "state", "day", "published_on", "answers", "act", "by", "at", "sha256", "body"},
			[][]any{{"e" + sum, c.ID, i + 1, c.COP, c.Region, c.Cycle, "published", "2026-03-02", "2026-03-02", len(f.Answers), "", "", 0, sum, body}}, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.apart(ctx, c.ID, turn(3)); err == nil || !strings.Contains(apperr.Message(err), "une à quatre réponses") {
		t.Errorf("five from the last, three from the first: %v", err)
	}
	if err := m.apart(ctx, c.ID, first); err != nil {
		t.Errorf("all as in the first, eight from the last: %v", err)
	}
}

// In public no group is under five, and no total less its parts is: neither by
// type, nor by département, nor by size, nor lever by lever.
func TestPublicGroups(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	ctx, m := t.Context(), conference(t, d)
	answeredIn(t, d)
	c, err := survey.FindCampaign(ctx, d, "campagne-44")
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.Read(ctx, cop.First, "44")
	if err != nil {
		t.Fatal(err)
	}
	v := View{Board: b, Cycle: c.Cycle, Region: "44", Public: true}
	whole := v.Whole()
	for _, dim := range []Dimension{ByKind, ByDepartment, BySize} {
		parent := whole
		if dim == BySize {
			if parent, err = v.Group("type:" + string(questionnaire.Group)); err != nil {
				t.Fatal(err)
			}
		}
		total := 0
		rated := make([][2]int, len(v.Layout.Levers))
		groups := v.Cut(dim)
		for _, g := range groups {
			if g.Answers > 0 && g.Answers < Fewest {
				t.Errorf("%s %v: %d answers", dim, g.Codes, g.Answers)
			}
			total += g.Answers
			for i := range v.Layout.Levers {
				for a, s := range g.Lever(i).Scores {
					if s.N > 0 && s.N < Fewest {
						t.Errorf("%s %v: lever %d rated by %d", dim, g.Codes, i, s.N)
					}
					rated[i][a] += s.N
				}
			}
		}
		if rest := parent.Answers - total; rest > 0 && rest < Fewest {
			t.Errorf("%s: the whole less its groups leaves %d", dim, rest)
		}
		for i := range rated {
			for a, s := range parent.Lever(i).Scores {
				if rest := s.N - rated[i][a]; rest > 0 && rest < Fewest {
					t.Errorf("%s: lever %d, the whole less its groups leaves %d", dim, i, rest)
				}
			}
		}
	}
	// The council of a département is told with the others and the region.
	if _, err := v.Group("type:" + string(questionnaire.Region)); apperr.KindOf(err) != apperr.NotFound {
		t.Errorf("the region alone: %v", err)
	}
	if g, err := v.Group("type:region+departement"); err != nil || g.Answers != 11 {
		t.Errorf("region and départements: %d %v", g.Answers, err)
	}
	if g, err := v.Group("departement:67"); err != nil || g.Answers != b.Of(Filter{Department: "67"}).Answers-1 {
		t.Errorf("a département: %d %v", g.Answers, err)
	}
	// What is explained is what is shown.
	if _, err := m.Explain(ctx, "restitution/"+cop.First+"/region:44/tous/reponses"); apperr.KindOf(err) != apperr.NotFound {
		t.Errorf("explained to anyone before it is published: %v", err)
	}
	m.Actor = func(context.Context) policy.Actor { return over("équipe", policy.Team, "44") }
	x, err := m.Explain(ctx, "restitution/"+cop.First+"/region:44/tous/pertinence/essai-l2")
	want := b.Of(Filter{}).Lever(1).Scores[Relevance]
	if err != nil || x.Figure.Value != want.Value*100 || len(x.Inputs) < 5 {
		t.Errorf("%+v %v", x.Figure, err)
	}
	for _, key := range []string{"", "/tous", "/tous/pertinence", "/tous/pertinence/inconnu", "/tous/magie/essai-l2", "/type:inconnu/reponses", "/tous/reponses/x", "/tous/engagement/inconnu"} {
		if _, err := m.Explain(ctx, "restitution/"+cop.First+"/region:44"+key); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("%q: %v", key, err)
		}
	}
}
