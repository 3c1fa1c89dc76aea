package contribution

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

var tree = sync.OnceValues(territory.Embedded)

// room is the room as the program builds it, with the COP of Grand Est and a clock.
func room(t testing.TB, d *db.DB) (*Room, cop.COP, *time.Time) {
	t.Helper()
	x, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	j, queue := journal.New(ids, now, keys), jobs.New(ids, now)
	box := mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys})
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, x); err != nil {
		t.Fatal(err)
	}
	people := &account.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Outbox: box, Key: []byte("essai"), BaseURL: "https://jalon.test", COPsOf: cop.IDsOfRegion}
	m := &Room{Room: &debate.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Cursors: keys, Queue: queue, Outbox: box, COPs: cops, Accounts: people, BaseURL: "https://jalon.test",
		Links: &link.Links{IDs: ids, Now: now}, Tree: func(context.Context) (*territory.Tree, error) { return x, nil }}}
	m.OnConfirm = map[string]func(context.Context, db.Q, debate.Voice, string) (string, error){string(debate.Contribution): m.Confirmed, string(debate.Comment): m.Confirmed, SupportKind: m.Supported}
	m.OnState = map[debate.Kind]func(context.Context, db.Q, debate.Post, debate.PostState) error{debate.Contribution: m.Moved, debate.Comment: m.Commented}
	c, err := cop.Find(t.Context(), d, cop.RegionID(cop.First, "44"))
	if err != nil {
		t.Fatal(err)
	}
	return m, c, &at
}

func draft(title, text string) Draft {
	return Draft{Title: title, Text: text, Theme: "se-deplacer", Territory: "commune:67482", Speaker: debate.Person, Name: "Anne Martin", Email: "anne@exemple.fr", Consent: true}
}

// left is a contribution that was left and published.
func left(t testing.TB, m *Room, c cop.COP, d Draft) debate.Post {
	t.Helper()
	p, _, err := m.Leave(t.Context(), policy.Actor{}, c, d)
	if err != nil {
		t.Fatal(err)
	}
	return turned(t, m, p, debate.PostPublished)
}

func turned(t testing.TB, m *Room, p debate.Post, to debate.PostState) debate.Post {
	t.Helper()
	err := db.Tx(t.Context(), m.DB, func(ctx context.Context, tx db.Q) (err error) {
		p, err = m.Turn(ctx, tx, policy.Actor{Person: "modo"}, p, to, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// voice is an address that was confirmed.
func voice(t testing.TB, m *Room, c cop.COP, email string) string {
	t.Helper()
	var v debate.Voice
	err := db.Tx(t.Context(), m.DB, func(ctx context.Context, tx db.Q) (err error) {
		if v, _, err = m.Speak(ctx, tx, policy.Actor{}, c, debate.Speaker{Email: email}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE debate_voice SET state = 'confirmed' WHERE id = $1`, v.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v.ID
}

func titles(p Page) []string {
	var out []string
	for _, x := range p.Rows {
		out = append(out, x.Title)
	}
	return out
}

const bike = "Ouvrir des pistes pour les vélos entre Strasbourg et les villages autour."

func TestAContributionIsFoundByWhatItSays(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, at := room(t, d)
		ctx := t.Context()
		list := func(f Filter) []string {
			t.Helper()
			p, err := m.List(ctx, d, c, f, "", 10)
			if err != nil {
				t.Fatal(err)
			}
			if n := int64(len(p.Rows)); p.Total != n {
				t.Errorf("%+v: %d said, %d given", f, p.Total, n)
			}
			return titles(p)
		}
		p, _, err := m.Leave(ctx, policy.Actor{}, c, draft("Des pistes", bike))
		if err != nil || p.State != debate.PostUnconfirmed || p.Signed != "Anne Martin" {
			t.Fatalf("left: %+v, %v", p, err)
		}
		if got := list(Filter{}); len(got) != 0 {
			t.Errorf("before anybody read it: %q", got)
		}
		p = turned(t, m, p, debate.PostPublished)
		*at = at.Add(time.Minute)
		hedges := draft("Des haies", "Planter des haies le long des chemins, avec les agriculteurs du canton.")
		hedges.Theme, hedges.Territory, hedges.Speaker, hedges.Orgs = "preserver", "region:44", debate.Organisation, "Chambre d’agriculture"
		q := left(t, m, c, hedges)
		if q.Signed != "Chambre d’agriculture" {
			t.Errorf("signed %q", q.Signed)
		}
		for _, x := range []struct {
			f    Filter
			want string
		}{
			{Filter{}, "Des haies, Des pistes"}, {Filter{Words: "vélo"}, "Des pistes"}, {Filter{Words: "velo STRASBOURG"}, "Des pistes"}, {Filter{Words: "haie"}, "Des haies"}, {Filter{Words: "haies vélo"}, ""}, {Filter{Words: "licorne"}, ""},
			{Filter{Theme: "preserver"}, "Des haies"}, {Filter{Speaker: debate.Person}, "Des pistes"}, {Filter{Territory: "department:67"}, "Des pistes"}, {Filter{Territory: "commune:67482"}, "Des pistes"}, {Filter{Territory: "epci:246700488"}, "Des pistes"},
			{Filter{Territory: "department:68"}, ""}, {Filter{Lever: None}, "Des haies, Des pistes"}, {Filter{Study: None, Theme: "se-deplacer"}, "Des pistes"}, {Filter{Study: string(Retained)}, ""},
		} {
			if got := strings.Join(list(x.f), ", "); got != x.want {
				t.Errorf("%+v: %q, want %q", x.f, got, x.want)
			}
		}
		if near, err := m.Near(ctx, d, c, "Des pistes cyclables", "des pistes pour les vélos entre Strasbourg et les villages", 3); err != nil || len(near) != 1 || near[0].ID != p.ID {
			t.Errorf("near: %v, %v", near, err)
		}
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error { return m.SetStudy(ctx, tx, p.ID, Retained) }); err != nil {
			t.Fatal(err)
		}
		if got := list(Filter{Study: string(Retained)}); len(got) != 1 {
			t.Errorf("retained: %q", got)
		}
		turned(t, m, must(debate.FindPost(ctx, d, p.ID)), debate.PostHidden)
		if got := list(Filter{Words: "vélo"}); len(got) != 0 {
			t.Errorf("once hidden: %q", got)
		}
		if near, err := m.Near(ctx, d, c, "", bike, 3); err != nil || len(near) != 0 {
			t.Errorf("near what is hidden: %v, %v", near, err)
		}
		n, err := m.Count(ctx, d, c, Filter{})
		if err != nil || n.Total != 1 || n.Themes["preserver"] != 1 || len(n.Departments) != 0 || len(n.Days) != 1 {
			t.Errorf("counted: %+v, %v", n, err)
		}
	})
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

func TestPagesFollowBothOrders(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, at := room(t, d)
		ctx := t.Context()
		var all []debate.Post
		for i := range 12 {
			*at = at.Add(49 * time.Hour)
			x := draft(fmt.Sprintf("Proposition %d", i), bike)
			x.Email = fmt.Sprintf("p%d@exemple.fr", i)
			all = append(all, left(t, m, c, x))
		}
		for i := range 5 {
			for range 1 + i%2 {
				if sure, _, err := m.Support(ctx, policy.Actor{}, c, all[i].ID, debate.Speaker{Voice: voice(t, m, c, fmt.Sprintf("v%d@exemple.fr", i))}, "m"); err != nil || !sure {
					t.Fatal(sure, err)
				}
			}
		}
		for _, sort := range []string{ByDate, BySupport} {
			var got []string
			cursor := ""
			for range 10 {
				p, err := m.List(ctx, d, c, Filter{Sort: sort, Words: "pistes"}, cursor, 5)
				if err != nil || p.Total != 12 || len(p.Studs) != len(p.Rows) {
					t.Fatalf("%+v, %v", p, err)
				}
				got = append(got, titles(p)...)
				if cursor = p.Next; cursor == "" {
					break
				}
			}
			slices.Sort(got)
			if got = slices.Compact(got); len(got) != 12 {
				t.Errorf("%q: %d of 12 in its pages", sort, len(got))
			}
		}
		p := must(m.List(ctx, d, c, Filter{Sort: BySupport}, "", 5))
		if got := titles(p); got[0] != "Proposition 4" || p.Rows[0].Supports != 1 {
			t.Errorf("the most supported first: %q, %d", got, p.Rows[0].Supports)
		}
		if _, err := m.List(ctx, d, c, Filter{}, p.Next, 5); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("the cursor of another list: %v", err)
		}
		n := must(m.Count(ctx, d, c, Filter{}))
		if len(n.Days) != 23 || n.Days[0].Count != 1 || n.Days[1].Count != 0 || n.Departments["67"] != 12 || n.Groups["246700488"] != 12 || n.Supports != 5 {
			t.Errorf("counted: %+v", n)
		}
	})
}

// Twenty clicks of one voice are one support; twenty voices at once are twenty.
func TestOneSupportForEachVoice(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, _ := room(t, d)
		ctx := t.Context()
		p := left(t, m, c, draft("Des pistes", bike))
		var voices []string
		for i := range 20 {
			voices = append(voices, voice(t, m, c, fmt.Sprintf("v%d@exemple.fr", i)))
		}
		together := func(do func(i int) error) {
			t.Helper()
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					if err := do(i); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		held := func(want int64) {
			t.Helper()
			if x := must(debate.FindPost(ctx, d, p.ID)); x.Supports != want {
				t.Errorf("%d supports, want %d", x.Supports, want)
			}
			if v, err := Recount(ctx, d); err != nil || len(v.Problems) > 0 {
				t.Errorf("counted again: %q, %v", v.Problems, err)
			}
			if l := must(m.List(ctx, d, c, Filter{Sort: BySupport}, "", 5)); l.Rows[0].Supports != want {
				t.Errorf("the list says %d", l.Rows[0].Supports)
			}
		}
		support := func(voice string) error {
			_, _, err := m.Support(context.WithoutCancel(ctx), policy.Actor{}, c, p.ID, debate.Speaker{Voice: voice}, "hall-"+voice)
			return err
		}
		together(func(int) error { return support(voices[0]) })
		held(1)
		together(func(i int) error { return support(voices[i]) })
		held(20)
		together(func(i int) error {
			return m.Unsupport(context.WithoutCancel(ctx), policy.Actor{}, c, p.ID, voices[i%10])
		})
		held(10)
		if _, err := d.Exec(ctx, `UPDATE debate_post SET supports = 7 WHERE id = $1`, p.ID); err != nil {
			t.Fatal(err)
		}
		if v, err := Recount(ctx, d); err != nil || len(v.Problems) != 1 {
			t.Errorf("a wrong counter: %q, %v", v.Problems, err)
		}
	})
}

// A support left under an address counts once it is confirmed; that of one who
// supported two contributions that are merged counts once.
func TestASupportWaitsForItsAddressAndMergesOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, _ := room(t, d)
		ctx := t.Context()
		p, q := left(t, m, c, draft("Des pistes", bike)), left(t, m, c, draft("Des pistes encore", bike))
		sure, v, err := m.Support(ctx, policy.Actor{}, c, p.ID, debate.Speaker{Email: "eve@exemple.fr"}, "m")
		if err != nil || sure || must(debate.FindPost(ctx, d, p.ID)).Supports != 0 {
			t.Fatal(sure, err)
		}
		for range 2 {
			if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
				path, err := m.Supported(ctx, tx, v, p.ID)
				if path != "/regions/grand-est/contributions/"+p.ID {
					t.Errorf("read at %q", path)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		both := voice(t, m, c, "ada@exemple.fr")
		for _, x := range []string{p.ID, q.ID} {
			if _, _, err := m.Support(ctx, policy.Actor{}, c, x, debate.Speaker{Voice: both}, "m"); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			if _, err := m.Turn(ctx, tx, policy.Actor{Person: "modo"}, must(debate.FindPost(ctx, tx, p.ID)), debate.PostMerged, "les mêmes"); err != nil {
				return err
			}
			return m.SetMerged(ctx, tx, p.ID, q.ID)
		}); err != nil {
			t.Fatal(err)
		}
		if x := must(debate.FindPost(ctx, d, q.ID)); x.Supports != 2 {
			t.Errorf("%d supports once merged", x.Supports)
		}
		w := must(m.Find(ctx, d, policy.Actor{}, c, p.ID, ""))
		if w.Into.ID != q.ID || w.State != debate.PostMerged {
			t.Errorf("the merged one: %+v", w)
		}
		if w = must(m.Find(ctx, d, policy.Actor{}, c, q.ID, both)); len(w.Merged) != 1 || w.Merged[0].ID != p.ID || !w.Supported {
			t.Errorf("the other: %+v", w)
		}
		// By the address of the merged one, one supports and comments the other.
		if _, _, err := m.Support(ctx, policy.Actor{}, c, p.ID, debate.Speaker{Voice: voice(t, m, c, "zoe@exemple.fr")}, "m"); err != nil || must(debate.FindPost(ctx, d, q.ID)).Supports != 3 {
			t.Errorf("a support by the other address: %v", err)
		}
		if l := must(m.List(ctx, d, c, Filter{}, "", 5)); l.Total != 1 {
			t.Errorf("%d in the list", l.Total)
		}
	})
}

func TestCommentsAndTheirAnswers(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, _ := room(t, d)
		ctx := t.Context()
		p := left(t, m, c, draft("Des pistes", bike))
		say := func(to, text string) debate.Post {
			t.Helper()
			x, _, err := m.Comment(ctx, policy.Actor{}, c, p.ID, Reply{To: to, Text: text, Name: "Léo", Email: "leo@exemple.fr"})
			if err != nil {
				t.Fatal(err)
			}
			return turned(t, m, x, debate.PostPublished)
		}
		first := say("", "Je suis d’accord.")
		answer := say(first.ID, "Moi aussi.")
		say(answer.ID, "Moi de même.") // stands beside the answer
		say("", "Et les trains ?")
		list, next, err := m.Comments(ctx, d, p.ID, "", 1)
		if err != nil || len(list) != 1 || len(list[0].Replies) != 2 || list[0].Replies[1].Text != "Moi de même." || next == "" {
			t.Fatalf("comments: %+v, %v", list, err)
		}
		if list, next, err = m.Comments(ctx, d, p.ID, next, 1); err != nil || len(list) != 1 || list[0].Text != "Et les trains ?" || next != "" {
			t.Errorf("the page after: %+v, %v", list, err)
		}
		if n := must(debate.FindPost(ctx, d, p.ID)).Comments; n != 4 {
			t.Errorf("%d comments", n)
		}
		turned(t, m, must(debate.FindPost(ctx, d, first.ID)), debate.PostHidden)
		list, _, err = m.Comments(ctx, d, p.ID, "", 5)
		if err != nil || len(list) != 2 || list[0].Text != "" || len(list[0].Replies) != 2 {
			t.Errorf("once the first is hidden: %+v, %v", list, err)
		}
		if v, err := Recount(ctx, d); err != nil || len(v.Problems) > 0 {
			t.Errorf("counted again: %q, %v", v.Problems, err)
		}
		if _, _, err := m.Comment(ctx, policy.Actor{}, c, p.ID, Reply{To: first.ID, Text: "Trop tard.", Name: "Léo", Email: "leo@exemple.fr"}); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("an answer to what is hidden: %v", err)
		}
		if _, _, err := m.Comment(ctx, policy.Actor{}, c, p.ID, Reply{Text: strings.Repeat("a", 100_000), Name: "Léo", Email: "leo@exemple.fr"}); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("100 000 characters: %v", err)
		}
	})
}

func TestWhoReadsWhatIsNotPublished(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, _ := room(t, d)
		ctx := t.Context()
		p, v, err := m.Leave(ctx, policy.Actor{}, c, draft("Des pistes", bike))
		if err != nil {
			t.Fatal(err)
		}
		team := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
		other := policy.Actor{Person: "autre", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "53")}}}
		for name, x := range map[string]struct {
			a     policy.Actor
			voice string
		}{"anyone": {}, "another COP": {a: other}, "an address that nobody confirmed": {voice: v.ID}, "a voice that does not exist": {voice: "rien"}} {
			if _, err := m.Find(ctx, d, x.a, c, p.ID, x.voice); err == nil || apperr.KindOf(err) != apperr.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := m.Find(ctx, d, team, c, p.ID, ""); err != nil {
			t.Errorf("the team: %v", err)
		}
		if _, err := d.Exec(ctx, `UPDATE debate_voice SET state = 'confirmed' WHERE id = $1`, v.ID); err != nil {
			t.Fatal(err)
		}
		if w, err := m.Find(ctx, d, policy.Actor{}, c, p.ID, v.ID); err != nil || !w.Own {
			t.Errorf("its author: %v", err)
		}
		if _, _, err := m.Support(ctx, policy.Actor{}, c, p.ID, debate.Speaker{Voice: v.ID}, "m"); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("supported before it is published: %v", err)
		}
	})
}
