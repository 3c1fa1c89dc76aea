package contribution

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/jobs"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// comments are the sixty labelled texts of the mining.
func comments(t testing.TB) (out []string) {
	t.Helper()
	text, err := os.ReadFile("../../textmining/testdata/comments.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		_, said, _ := strings.Cut(strings.TrimSpace(line), "\t")
		out = append(out, said)
	}
	return out
}

// publish writes contributions in a state, without passing by the form.
func publish(t testing.TB, m *Room, c cop.COP, state debate.PostState, texts ...string) (ids []string) {
	t.Helper()
	var rows [][]any
	for _, text := range texts {
		id, err := m.IDs.New()
		if err != nil {
			t.Fatal(err)
		}
		ms := m.Now().UnixMilli()
		ids = append(ids, id)
		rows = append(rows, []any{id, int64(1), c.ID, "contribution", "", "", string(state), strings.Join(strings.Fields(text)[:4], " "), text, "person", "Anne M.", "", "", "region:44", ms, ms, int64(0), int64(0)})
	}
	for part := range slices.Chunk(rows, 500) {
		if _, err := db.Insert(t.Context(), m.DB, "debate_post", []string{"id", "rev", "cop_id", "kind", "parent", "voice_id", "state", "title", "text", "speaker", "signed", "theme", "lever", "territory", "at", "published_at", "supports", "comments"}, part, ""); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

var team = policy.Actor{Person: "p-equipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "44")}}}

func TestThemesKeepTheirNames(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, at := room(t, d)
		ctx := t.Context()
		if none, err := ThemesOf(ctx, d, c); err != nil || len(none.Themes) != 0 || !none.At.IsZero() {
			t.Fatalf("before any grouping: %+v, %v", none, err)
		}
		texts := comments(t)
		publish(t, m, c, debate.PostPublished, texts[:48]...)
		secret := publish(t, m, c, debate.PostWaiting, strings.Repeat("Nucléaire souterrain secret. ", 8), "Encore un nucléaire souterrain secret.", "Toujours le nucléaire souterrain secret.")
		*at = at.Add(time.Minute)
		if err := m.Regroup(ctx, c.ID); err != nil {
			t.Fatal(err)
		}
		first, err := ThemesOf(ctx, d, c)
		if err != nil || len(first.Themes) < 3 || first.Texts != 48 {
			t.Fatalf("grouped: %+v, %v", first, err)
		}
		sum := first.Alone
		for _, x := range first.Themes {
			sum += x.Texts
			if len(x.Words) == 0 || x.Label() == "" || len(x.Typical) == 0 || slices.Contains(x.Words, "nucléaire") {
				t.Errorf("%+v", x)
			}
			for _, p := range x.Typical {
				if p.State != debate.PostPublished || slices.Contains(secret, p.ID) {
					t.Errorf("typical of %s: %+v", x.Label(), p)
				}
			}
		}
		if sum != 48 {
			t.Errorf("%d texts placed", sum)
		}
		named := first.Themes[0]
		if err := m.RenameTheme(ctx, team, c, named.ID, named.Rev, "  Se déplacer\u00a0  sans voiture "); err != nil {
			t.Fatal(err)
		}
		// More comes: names stay with their themes.
		*at = at.Add(time.Hour)
		publish(t, m, c, debate.PostPublished, texts[48:]...)
		if err := m.Regroup(ctx, c.ID); err != nil {
			t.Fatal(err)
		}
		second, err := ThemesOf(ctx, d, c)
		if err != nil || second.Texts != 60 {
			t.Fatalf("grouped again: %+v, %v", second, err)
		}
		i := slices.IndexFunc(second.Themes, func(x Theme) bool { return x.ID == named.ID })
		if i < 0 || second.Themes[i].Name != "Se déplacer sans voiture" || second.Themes[i].Rev != 2 {
			t.Fatalf("the name is lost: %+v", second.Themes)
		}
		// A typical one is withdrawn: it is no more read, without a new grouping.
		gone := second.Themes[i].Typical[0].ID
		if _, err := d.Exec(ctx, `UPDATE debate_post SET state = 'hidden' WHERE id = $1`, gone); err != nil {
			t.Fatal(err)
		}
		third, err := ThemesOf(ctx, d, c)
		if err != nil || slices.ContainsFunc(third.Themes[i].Typical, func(p debate.Post) bool { return p.ID == gone }) || len(third.Themes[i].Typical) == 0 {
			t.Errorf("a text that is hidden is still typical: %+v, %v", third.Themes[i], err)
		}
		// Its texts, page by page.
		var seen []string
		for after := ""; ; {
			x, posts, next, err := m.ThemeTexts(ctx, d, c, named.ID, after, 3)
			if err != nil || x.Name != "Se déplacer sans voiture" {
				t.Fatalf("%+v, %v", x, err)
			}
			for _, p := range posts {
				if p.ID == gone || slices.Contains(seen, p.ID) || slices.Contains(secret, p.ID) {
					t.Errorf("read %s", p.ID)
				}
				seen = append(seen, p.ID)
			}
			if after = next; next == "" {
				break
			}
		}
		if int64(len(seen)) != second.Themes[i].Texts-1 {
			t.Errorf("%d texts read of %d, one hidden", len(seen), second.Themes[i].Texts)
		}
		if _, _, _, err := m.ThemeTexts(ctx, d, c, named.ID, "n’importe quoi", 3); apperr.KindOf(err) == apperr.Internal {
			t.Errorf("a cursor of nobody: %v", err)
		}
		var rows, runs, versions int64
		if err := d.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM debate_theme_text), (SELECT COUNT(*) FROM debate_grouping), (SELECT COUNT(*) FROM debate_theme_version)`).Scan(&rows, &runs, &versions); err != nil || rows > 60 || runs != 2 || versions != 1 {
			t.Errorf("%d texts kept, %d runs, %d versions, %v", rows, runs, versions, err)
		}
	})
}

func TestRenameTheme(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, _ := room(t, d)
		ctx := t.Context()
		publish(t, m, c, debate.PostPublished, comments(t)...)
		if err := m.Regroup(ctx, c.ID); err != nil {
			t.Fatal(err)
		}
		all, err := ThemesOf(ctx, d, c)
		if err != nil {
			t.Fatal(err)
		}
		x := all.Themes[0]
		if err := m.RenameTheme(ctx, policy.Actor{}, c, x.ID, x.Rev, "Moi"); apperr.KindOf(err) != apperr.Forbidden && apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("anyone renames: %v", err)
		}
		if err := m.RenameTheme(ctx, team, c, x.ID, x.Rev, strings.Repeat("é", 81)); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("too long: %v", err)
		}
		if err := m.RenameTheme(ctx, team, c, "absent", 1, "Rien"); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a theme that is not: %v", err)
		}
		// Of twenty at once, one renames and the others are told.
		var wg sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			wg.Go(func() { errs[i] = m.RenameTheme(ctx, team, c, x.ID, x.Rev, fmt.Sprint("Nom ", i)) })
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			switch {
			case err == nil:
				done++
			case apperr.KindOf(err) != apperr.Conflict:
				t.Errorf("%v", err)
			}
		}
		if done != 1 {
			t.Errorf("%d renamed", done)
		}
		if err := m.RenameTheme(ctx, team, c, x.ID, x.Rev+1, ""); err != nil {
			t.Error(err)
		}
		all, err = ThemesOf(ctx, d, c)
		if err != nil || all.Themes[0].Name != "" || all.Themes[0].Label() != strings.Join(x.Words[:min(3, len(x.Words))], ", ") {
			t.Errorf("given back its words: %+v, %v", all.Themes[0], err)
		}
	})
}

// Groupings of the same COP at once: one is shown, whole.
func TestGroupingsAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, _ := room(t, d)
		ctx := t.Context()
		publish(t, m, c, debate.PostPublished, comments(t)...)
		for range 2 {
			var wg sync.WaitGroup
			errs := make([]error, 20)
			for i := range errs {
				wg.Go(func() { errs[i] = m.Regroup(ctx, c.ID) })
			}
			wg.Wait()
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
			all, err := ThemesOf(ctx, d, c)
			if err != nil {
				t.Fatal(err)
			}
			sum := all.Alone
			for _, x := range all.Themes {
				sum += x.Texts
				_, posts, _, err := m.ThemeTexts(ctx, d, c, x.ID, "", 100)
				if err != nil || int64(len(posts)) != x.Texts {
					t.Errorf("%d texts of %d, %v", len(posts), x.Texts, err)
				}
			}
			if sum != 60 {
				t.Errorf("%d texts placed", sum)
			}
		}
	})
}

// Contributions are grouped when there are enough, then when enough is new.
func TestWhenContributionsAreGrouped(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, at := room(t, d)
		ctx := t.Context()
		config := jobs.Config{Handlers: map[string]jobs.Handler{}}
		m.RegisterThemes(&config)
		tick := config.Periodic[0].Name
		// runs works what a tick puts, and says how many groupings there were.
		runs := func() (n int) {
			t.Helper()
			*at = at.Add(15 * time.Minute)
			if err := config.Handlers[tick].Do(ctx, jobs.Job{}); err != nil {
				t.Fatal(err)
			}
			rows, err := d.Query(ctx, `SELECT id, kind, args FROM job`)
			waiting, err := db.Collect(rows, err, func(r *db.Rows) (x [3]string, err error) {
				err = r.Scan(&x[0], &x[1], &x[2])
				return x, err
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range waiting {
				if h, ok := config.Handlers[x[1]]; ok {
					if err := h.Do(ctx, jobs.Job{Args: json.RawMessage(x[2])}); err != nil {
						t.Fatal(err)
					}
					n++
				}
				if _, err := d.Exec(ctx, `DELETE FROM job WHERE id = $1`, x[0]); err != nil {
					t.Fatal(err)
				}
			}
			return n
		}
		texts := comments(t)
		publish(t, m, c, debate.PostPublished, texts[:11]...)
		for _, step := range []struct {
			name string
			do   func()
			want int
		}{
			{"eleven", func() {}, 0},
			{"twelve", func() { publish(t, m, c, debate.PostPublished, texts[11]) }, 1},
			{"nothing new", func() {}, 0},
			{"four more", func() { publish(t, m, c, debate.PostPublished, texts[12:16]...) }, 0},
			{"a fifth", func() { publish(t, m, c, debate.PostPublished, texts[16]) }, 1},
			{"one more", func() { publish(t, m, c, debate.PostPublished, texts[17]) }, 0},
			{"a day later", func() { *at = at.Add(24 * time.Hour) }, 1},
			{"five hidden", func() {
				if _, err := d.Exec(ctx, `UPDATE debate_post SET state = 'hidden' WHERE text IN (`+db.Params(1, 5)+`)`, texts[0], texts[1], texts[2], texts[3], texts[4]); err != nil {
					t.Fatal(err)
				}
			}, 1},
			{"nothing new again", func() {}, 0},
		} {
			step.do()
			if got := runs(); got != step.want {
				t.Errorf("%s: %d groupings, not %d", step.name, got, step.want)
			}
		}
		if err := config.Handlers["debate.regroup"].Do(context.Background(), jobs.Job{Args: json.RawMessage("{")}); err == nil {
			t.Error("a job that cannot be read passed")
		}
	})
}

// BenchmarkRegroup groups a hundred thousand contributions, from the table to the
// themes that are shown, once and again.
func BenchmarkRegroup(b *testing.B) {
	d := testkit.Open(b, db.SQLite)
	m, c, at := room(b, d)
	said := comments(b)
	texts := make([]string, 100_000)
	for i := range texts {
		one, other := strings.Fields(said[i*7%60]), strings.Fields(said[i*13%59])
		texts[i] = strings.Join(append(slices.Clone(one), other[i%len(other)/2:]...), " ") + fmt.Sprint(" ", i%500)
	}
	publish(b, m, c, debate.PostPublished, texts...)
	*at = at.Add(time.Minute)
	for _, name := range []string{"first", "again"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := m.Regroup(b.Context(), c.ID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	if err := m.Regroup(b.Context(), c.ID); err != nil {
		b.Fatal(err)
	}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := ThemesOf(b.Context(), d, c); err != nil {
				b.Fatal(err)
			}
		}
	})
}
