package roadmap

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/testkit/registered"
)

var reference = sync.OnceValues(func() (*panorama.Model, error) {
	tree, err := territory.Embedded()
	if err != nil {
		return nil, err
	}
	fw, err := framework.Load(data.FS)
	if err != nil {
		return nil, err
	}
	return panorama.NewModel(tree, fw, panorama.Inputs{Tables: data.FS, Version: "essai"})
})

func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// ended is the room with its COPs, as the program builds it.
func ended(t testing.TB, d *db.DB) *Room {
	t.Helper()
	model, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	ids, keys := db.NewIDs(noon, rand.Reader), db.NewCursors([]byte("essai"))
	j := journal.New(ids, noon, keys)
	cops := &cop.Room{DB: d, IDs: ids, Now: noon, Journal: j, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, model.Tree()); err != nil {
		t.Fatal(err)
	}
	m := &Room{DB: d, IDs: ids, Now: noon, Journal: j, COPs: cops, Composed: &composition.Room{DB: d, IDs: ids, Now: noon, Journal: j, COPs: cops},
		Model: func(context.Context) (*panorama.Model, error) { return model, nil }}
	cops.OnEnd = map[string]func(context.Context, db.Q, cop.Act) error{cop.CloseAct: m.EndClose, cop.RoadmapAct: m.Composed.EndEdition}
	return m
}

func over(person string, role policy.Role, region string) policy.Actor {
	return policy.Actor{Person: person, Grants: []policy.Grant{{Role: role, COP: cop.RegionID(cop.First, region)}}}
}

var (
	theCOP   = cop.RegionID(cop.First, "44")
	team     = over("équipe", policy.Team, "44")
	prefet   = over("préfet", policy.StateChair, "44")
	chair    = over("présidente", policy.RegionChair, "44")
	expert   = over("expert", policy.Expert, "44")
	stranger = over("ailleurs", policy.Team, "53")
)

func (m *Room) exec(t testing.TB, text string, args ...any) {
	t.Helper()
	if _, err := m.DB.Exec(t.Context(), text, args...); err != nil {
		t.Fatal(err)
	}
}

func (m *Room) stands(t testing.TB) Exit {
	t.Helper()
	c, err := cop.Find(t.Context(), m.DB, theCOP)
	if err != nil {
		t.Fatal(err)
	}
	x, err := m.Of(t.Context(), m.DB, must(reference()), c)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func want(t testing.TB, what string, err error, kind apperr.Kind) {
	t.Helper()
	if err == nil || apperr.KindOf(err) != kind {
		t.Errorf("%s: %v, want %v", what, err, kind)
	}
}

// share gives a lever a shared objective, as sharing.go leaves it.
func (m *Room) share(t testing.TB, lever string, rev int64) {
	m.exec(t, `INSERT INTO objective (id, rev, cop_id, cycle, region, territory, scale, lever, state, kg, level, unit, measure, typed, above, reason, by, at, sharing, shared_rev, shared_kg, shared_level, shared_on)
		VALUES ($1, 1, $2, $3, '44', 'region:44', 'region', $4, 'shared', 1000, NULL, '', 'kt', '1', FALSE, '', '', 0, '', $5, 1000, NULL, '2026-02-01')`, "o-"+lever, theCOP, cop.First, lever, rev)
}

func (m *Room) post(t testing.TB, id, org, speaker, state string) {
	m.exec(t, `INSERT INTO debate_voice (id, rev, cop_id, email, name, account, org, org_name, college, territory, state, notify, at) VALUES ($1, 1, $2, $3, 'A', '', $4, '', '', '', 'confirmed', 'none', 0)`, "v-"+id, theCOP, id+"@exemple.fr", org)
	m.exec(t, `INSERT INTO debate_post (id, rev, cop_id, kind, parent, voice_id, state, title, text, speaker, signed, theme, lever, territory, at, published_at, supports, comments) VALUES ($1, 1, $2, 'contribution', '', $3, $4, 'T', 'T', $5, '', '', '', '', 0, 0, 0, 0)`, "p-"+id, theCOP, "v-"+id, state, speaker)
}

func (m *Room) came(t testing.TB, id, org, meeting string, gone any) {
	m.exec(t, `INSERT INTO meeting_presence (id, cop_id, meeting_id, voice_id, device, who, name, org, org_name, authority, college, territory, how, at, by, gone_at) VALUES ($1, $2, $3, '', '', $1, 'A', $4, '', '', '', '', 'list', 0, '', $5)`, id, theCOP, meeting, org, gone)
}

// A COP where nothing was done meets nothing, and each point says what lacks.
func TestAnEmptyCOPMeetsNoPoint(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := ended(t, d)
		x := m.stands(t)
		if x.Met() != 0 || len(x.Points()) != 4 || len(x.Missing) != len(x.Levers) || len(x.Levers) == 0 {
			t.Fatalf("%d met, %d levers, %d missing", x.Met(), len(x.Levers), len(x.Missing))
		}
		for _, p := range x.Points() {
			if p.Rule == "" || p.Title == "" || p.Finding == "" || len(p.Lacks) == 0 {
				t.Errorf("point %d says nothing: %+v", p.N, p)
			}
		}
		p := x.Participation
		if p.Total.Whole != len(p.Counted) || p.Regions.Whole != 1 || p.Departments.Whole != 9 || p.EPCI.Whole < 140 || p.Communes.Whole < 5000 || p.Total.Part != 0 {
			t.Errorf("%+v", p.Total)
		}
		all, err := m.InCycle(t.Context(), d, must(reference()), cop.First)
		if err != nil || len(all) != 18 {
			t.Fatalf("%d regions: %v", len(all), err)
		}
		for _, x := range all {
			if n := panorama.LeversOf(must(reference()).Reference(), must(reference()).Framework(), x.Region); n != len(x.Levers) {
				t.Errorf("%s: %d levers on the board, %d here", x.Region.Name, n, len(x.Levers))
			}
		}
	})
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// The first point asks for every lever of the panorama; what is only discussed is not
// shared.
func TestEveryLeverIsShared(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := ended(t, d)
		levers := m.stands(t).Levers
		for i, l := range levers {
			rev := int64(1)
			if i == 0 {
				rev = 0 // on the table, never shared
			}
			m.share(t, l.Code, rev)
		}
		m.share(t, "levier-d-ailleurs", 1)
		x := m.stands(t)
		if p := x.Points()[0]; p.Met || len(p.Lacks) != 1 || !strings.Contains(p.Lacks[0].Text, levers[0].Name) || x.SharedLevers() != len(levers)-1 {
			t.Errorf("%+v", p)
		}
		m.exec(t, `UPDATE objective SET shared_rev = 1`)
		if p := m.stands(t).Points()[0]; !p.Met {
			t.Errorf("%+v", p)
		}
		e, err := m.Explain(t.Context(), Key(cop.First, Nation, PointsFigure))
		if err != nil || e.Figure.Value != 1 || len(e.Inputs) != 18 {
			t.Errorf("%+v %v", e.Figure, err)
		}
	})
}

// Each trace counts, an authority once, and what is no trace does not.
func TestWhoTookPart(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := ended(t, d)
		m.exec(t, `INSERT INTO campaign (id, rev, cop_id, region, cycle, form, form_version, communes, opens_on, closes_on, state, marked_on, message, contact, remind_max, remind_every, relevance, mobilisation, published_on, at)
			VALUES ('c', 1, $1, '44', $2, 'f', 1, FALSE, '', '', 'open', '', '', '', 0, 0, 0, 0, '', 0)`, theCOP, cop.First)
		answer := func(org string, seq int64) {
			m.exec(t, `INSERT INTO response (id, rev, campaign_id, authority, cop_id, region, department, kind, size, capacities, metropole, counted, name, sort_key, state, form_version, seq, rows_asked, rows_rated, prefilled, answered, silent, reminders, reason)
				VALUES ($1, 1, 'c', $2, $3, '44', '', '', '', '', FALSE, TRUE, '', '', 'validated', 1, $4, 0, 0, 0, 0, FALSE, 0, '')`, "r-"+org, org, theCOP, seq)
		}
		m.exec(t, `INSERT INTO meeting (id, rev, cop_id, kind, stage, title, day, start_at, end_at, place, part, attendance, counted, note, state) VALUES ('held', 1, $1, 'plenary', '', 'M', '2026-02-01', '', '', '', 'public', NULL, FALSE, '', 'held')`, theCOP)
		m.exec(t, `INSERT INTO meeting (id, rev, cop_id, kind, stage, title, day, start_at, end_at, place, part, attendance, counted, note, state) VALUES ('off', 1, $1, 'plenary', '', 'M', '2026-02-01', '', '', '', 'public', NULL, FALSE, '', 'cancelled')`, theCOP)
		var epci []string
		for _, a := range m.stands(t).Participation.Counted {
			if a.Has(territory.AsGroup) {
				epci = append(epci, a.Code)
			}
		}
		answer(epci[0], 1)
		answer(epci[1], 0) // not validated
		m.came(t, "a", epci[0], "held", nil)
		m.came(t, "b", epci[2], "held", nil)
		m.came(t, "c", epci[3], "held", int64(5)) // taken back
		m.came(t, "d", epci[4], "off", nil)       // cancelled
		m.post(t, "e", epci[0], "organisme", "published")
		m.post(t, "f", epci[5], "organisme", "published")
		m.post(t, "g", epci[6], "personne", "published") // in their own name
		m.post(t, "h", epci[7], "organisme", "waiting")
		m.post(t, "i", "commune-67482", "organisme", "published")
		p := m.stands(t).Participation
		if p.Total.Part != 3 || p.EPCI.Part != 3 || p.Answered != 1 || p.Came != 2 || p.Wrote != 2 || p.Communes.Part != 1 || p.Departments.Part != 0 {
			t.Errorf("%+v", p)
		}
		half := p.Total.Whole / 2
		for i, code := range epci[10:] {
			if n := m.stands(t).Participation.Total; n.Part > half {
				if !n.Most() || slices.ContainsFunc(m.stands(t).Points()[1].Lacks, func(l Lack) bool { return strings.Contains(l.Text, "moitié") }) {
					t.Errorf("%d of %d is not most", n.Part, n.Whole)
				}
				break
			} else if n.Most() {
				t.Fatalf("%d of %d is most", n.Part, n.Whole)
			} else if i == len(epci)-11 {
				t.Fatal("half was never passed")
			}
			answer(code, 1)
		}
		e, err := m.Explain(t.Context(), Key(cop.First, "44", TookFigure))
		if err != nil || e.Figure.Value != float64(m.stands(t).Participation.Total.Part) || len(e.Inputs) != 5 {
			t.Errorf("%+v %v", e.Figure, err)
		}
		for _, bad := range []string{"sortie", "sortie/2024/44/rien", Key(cop.First, "99", TookFigure), Key(cop.First, Nation, TookFigure), Key("1900", "44", TookFigure)} {
			_, err := m.Explain(t.Context(), bad)
			want(t, bad, err, apperr.NotFound)
		}
	})
}

// Half is not most; one more is.
func TestHalfIsNotMost(t *testing.T) {
	for _, c := range []struct {
		s    Share
		most bool
	}{{Share{5, 10}, false}, {Share{6, 10}, true}, {Share{5, 11}, false}, {Share{6, 11}, true}, {Share{0, 0}, false}, {Share{1, 1}, true}} {
		if c.s.Most() != c.most {
			t.Errorf("%+v: %v", c.s, !c.most)
		}
	}
}

// A theme is served by an action that has a holder and an end; one that was given up
// serves nothing, and an action counts once for a theme.
func TestThemesAreServed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := ended(t, d)
		theme := func(id, kind, subject, levers string, first bool) {
			m.exec(t, `INSERT INTO diagnosis_theme (id, rev, cop_id, region, cycle, position, name, text, kind, subject, maps, levers, state, priority, chosen_why, choice) VALUES ($1, 1, $2, '44', $3, 1, $1, '', $4, $5, '', $6, 'kept', $7, '', '')`, id, theCOP, cop.First, kind, subject, levers, first)
		}
		theme("mobilite", "levers", "", "covoiturage velo", true)
		theme("metiers", "cross", "emploi", "", true)
		theme("forets", "levers", "", "forets", false)
		n := int64(0)
		act := func(id, kind, state, status, cross, holder, ends string, levers ...string) {
			n++
			m.exec(t, `INSERT INTO action (id, rev, cop_id, cycle, region, seq, kind, state, pool_state, author, origin, title, sort, theme, cross_theme, lever, holder_org, holder, department, step, phase, status, starts, ends, first_year, last_year, invest, operation, funded, complete, merged_into, list_id, at, changed, body)
				VALUES ($1, 1, $2, $3, '44', $4, $5, $6, '', '', NULL, $1, $1, '', $7, '', '', $8, '', '', '', $9, '', $10, 0, 0, NULL, NULL, NULL, 0, '', '', 0, 0, '{}')`, id, theCOP, cop.First, n, kind, state, cross, holder, status, ends)
			for _, l := range levers {
				m.exec(t, `INSERT INTO action_lever (action_id, lever, central) VALUES ($1, $2, TRUE)`, id, l)
			}
		}
		act("sans-fin", "sectoral", "retained", "", "", "Région", "", "velo")
		act("debattue", "sectoral", "debated", "", "", "Région", "2030", "velo")
		act("abandonnee", "sectoral", "retained", "abandoned", "", "Région", "2030", "velo")
		act("autre", "sectoral", "retained", "", "", "Région", "2030", "velos")
		x := m.stands(t)
		if len(x.Themes) != 2 || len(x.Uncovered()) != 2 || x.Themes[0].Actions+x.Themes[1].Actions != 1 {
			t.Fatalf("%+v", x.Themes)
		}
		act("bonne", "sectoral", "retained", "", "", "Région", "2030-06", "velo", "covoiturage")
		act("metier", "cross", "retained", "", "emploi-competences", "Région", "2029", "velo")
		x = m.stands(t)
		for _, c := range x.Themes {
			if actions := map[string]int64{"mobilite": 2, "metiers": 1}[c.Theme.ID]; c.Whole != 1 || c.Actions != actions {
				t.Errorf("%s: %d, %d whole", c.Theme.ID, c.Actions, c.Whole)
			}
		}
		if p := x.Points()[2]; !p.Met {
			t.Errorf("%+v", p)
		}
	})
}

func follows() Arrangement {
	return Arrangement{COP: theCOP, Who: "Le comité de pilotage", Indicators: "Les indicateurs des leviers", Every: "half", NextOn: "2026-06-30", Part: policy.Public}
}

// What is written at the desk alone does not meet the point, nor does a date that is past.
func TestWhatIsLeftToTheNextCOP(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), ended(t, d)
		fourth := func() Point { return m.stands(t).Points()[3] }
		s, err := m.SaveSubject(ctx, team, Subject{COP: theCOP, Title: "L’eau", Part: cop.Internal}, "")
		if err != nil || s.Rev != 1 {
			t.Fatal(s, err)
		}
		late := follows()
		late.NextOn = "2026-03-01"
		a, err := m.SaveArrangement(ctx, team, late, "")
		if err != nil {
			t.Fatal(err)
		}
		if p := fourth(); p.Met || len(p.Lacks) != 2 {
			t.Errorf("%+v", p)
		}
		s.Part, a.NextOn = policy.Public, "2026-03-02"
		if s, err = m.SaveSubject(ctx, prefet, s, ""); err != nil || s.Rev != 2 {
			t.Fatal(s, err)
		}
		if a, err = m.SaveArrangement(ctx, chair, a, ""); err != nil || a.Rev != 2 {
			t.Fatal(a, err)
		}
		if p := fourth(); !p.Met {
			t.Errorf("%+v", p)
		}
		old := s
		old.Rev, old.Title = 1, "Autre"
		_, err = m.SaveSubject(ctx, team, old, "")
		want(t, "the second writer", err, apperr.Conflict)
		for what, bad := range map[string]Arrangement{"nobody": {COP: theCOP, Indicators: "x", Every: "year", NextOn: "2026-06-30", Part: policy.Public}, "no day": {COP: theCOP, Who: "x", Indicators: "x", Every: "year", NextOn: "juin", Part: policy.Public},
			"no pace": {COP: theCOP, Who: "x", Indicators: "x", Every: "parfois", NextOn: "2026-06-30", Part: policy.Public}, "nobody reads": {COP: theCOP, Who: "x", Indicators: "x", Every: "year", NextOn: "2026-06-30"}} {
			_, err := m.SaveArrangement(ctx, team, bad, "")
			var f *Fault
			if !errors.As(err, &f) {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err = m.SaveSubject(ctx, expert, Subject{COP: theCOP, Title: "x", Part: policy.Public}, "")
		want(t, "an expert", err, apperr.Forbidden)
		_, err = m.SaveSubject(ctx, stranger, s, "")
		want(t, "another region", err, apperr.NotFound)
		s.State = Withdrawn
		if _, err = m.SaveSubject(ctx, team, s, "repris ailleurs"); err != nil {
			t.Fatal(err)
		}
		if p := fourth(); p.Met {
			t.Errorf("%+v", p)
		}
	})
}

// counter counts the statements of a reading.
type counter struct {
	db.Q
	n *int
}

func (c counter) Query(ctx context.Context, query string, args ...any) (*db.Rows, error) {
	*c.n++
	return c.Q.Query(ctx, query, args...)
}

func (c counter) QueryRow(ctx context.Context, query string, args ...any) *db.Row {
	*c.n++
	return c.Q.QueryRow(ctx, query, args...)
}

// The page of the nation asks as many statements when nothing was done as when levers are
// shared, people came and wrote, and actions are retained.
func TestTheNationCostsTheSameEmptyAndFull(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := ended(t, d)
		cost := func() int {
			n := 0
			all, err := m.InCycle(t.Context(), counter{d, &n}, must(reference()), cop.First)
			if err != nil || len(all) != 18 {
				t.Fatalf("%d regions: %v", len(all), err)
			}
			return n
		}
		empty := cost()
		x := m.stands(t)
		for i, l := range x.Levers {
			m.share(t, l.Code, 1)
			m.post(t, fmt.Sprint("post", i), fmt.Sprint("org", i), "organisme", "published")
			m.came(t, fmt.Sprint("came", i), fmt.Sprint("org", i), "m", nil)
		}
		tree := must(reference()).Tree()
		if _, err := registered.Fill(t.Context(), d, tree, registered.Size{Actions: 200, At: noon(), Seed: 3}); err != nil {
			t.Fatal(err)
		}
		if full := cost(); full != empty || empty == 0 {
			t.Errorf("%d statements empty, %d full", empty, full)
		}
		if after := m.stands(t); len(after.Missing) == len(x.Missing) {
			t.Error("nothing that was written is read")
		}
	})
}
