package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/testkit"
)

var start = time.Date(2024, 5, 27, 8, 0, 0, 0, time.UTC)

// notebook is a journal whose clock goes forward a second at every other act,
// so that some acts share an instant.
func notebook() *journal.Journal {
	var acts int
	now := func() time.Time { acts++; return start.Add(time.Duration(acts/4) * time.Second) }
	return journal.New(db.NewIDs(now, rand.NewChaCha8([32]byte{})), now, db.NewCursors([]byte("secret")))
}

func record(t testing.TB, j *journal.Journal, q db.Q, entries ...journal.Entry) {
	t.Helper()
	for _, e := range entries {
		if _, err := j.Record(t.Context(), q, e); err != nil {
			t.Fatal(err)
		}
	}
}

func subjects(entries []journal.Entry) (s []string) {
	for _, e := range entries {
		s = append(s, e.Subject)
	}
	return s
}

func sample(t *testing.T, q db.Q) *journal.Journal {
	j := notebook()
	record(t, j, q,
		journal.Entry{Actor: "anne", Verb: "open", Kind: "cycle", Subject: "c1"},
		journal.Entry{Actor: "anne", Verb: "invite", Kind: "membership", Subject: "m1", COP: "bretagne"},
		journal.Entry{Actor: "bruno", ActingFor: "prefet-53", Verb: "propose", Kind: "stage", Subject: "s1", Rev: 3, COP: "bretagne"},
		journal.Entry{Actor: "chloe", Verb: "consent", Kind: "stage", Subject: "s1", Rev: 4, COP: "bretagne"},
		journal.Entry{Verb: "close", Kind: "stage", Subject: "s2", Rev: 1, COP: "normandie"},
	)
	return j
}

func TestListChoosesAndPages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		j := sample(t, d)
		for name, c := range map[string]struct {
			f    journal.Filter
			want []string
		}{
			"all":                     {journal.Filter{}, []string{"s2", "s1", "s1", "m1", "c1"}},
			"of two COPs":             {journal.Filter{COPs: []string{"bretagne", "normandie"}}, []string{"s2", "s1", "s1", "m1"}},
			"of no COP of the reader": {journal.Filter{COPs: []string{}}, nil},
			"of a person":             {journal.Filter{Actor: "anne"}, []string{"m1", "c1"}},
			"of a thing":              {journal.Filter{Kind: "stage", Subject: "s1"}, []string{"s1", "s1"}},
			"of a kind, in a COP":     {journal.Filter{COPs: []string{"bretagne"}, Kind: "stage", Verb: "propose"}, []string{"s1"}},
			"since":                   {journal.Filter{From: start.Add(2 * time.Second)}, []string{"s2", "s1"}},
			"until":                   {journal.Filter{To: start.Add(time.Second)}, []string{"c1"}},
		} {
			var got []string
			cursor := ""
			for {
				p, err := j.List(t.Context(), d, c.f, cursor, 2)
				if err != nil {
					t.Fatal(name, err)
				}
				got = append(got, subjects(p.Entries)...)
				if cursor = p.Next; cursor == "" {
					break
				}
				if len(p.Entries) != 2 {
					t.Error(name, ": a page that is not the last holds", len(p.Entries))
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if n, more, err := journal.Count(t.Context(), d, c.f); n != len(c.want) || more || err != nil {
				t.Errorf("%s: counted %d, %v, %v", name, n, more, err)
			}
		}
		p, err := j.List(t.Context(), d, journal.Filter{Actor: "anne"}, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := j.List(t.Context(), d, journal.Filter{Actor: "bruno"}, p.Next, 1); apperr.KindOf(err) != apperr.Invalid {
			t.Error("a cursor served another filter:", err)
		}
	})
}

func TestAnActUndoneLeavesNoRow(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		j, undone := notebook(), errors.New("undone")
		err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
			if _, err := j.Record(ctx, tx, journal.Entry{Actor: "anne", Verb: "open", Kind: "cycle", Subject: "c1"}); err != nil {
				return err
			}
			return undone
		})
		if n, _, cerr := journal.Count(t.Context(), d, journal.Filter{}); n != 0 || cerr != nil || !errors.Is(err, undone) {
			t.Error(n, cerr, err)
		}
	})
}

func TestRecordTakesIdsOnly(t *testing.T) {
	d := testkit.DB(t)
	j := notebook()
	for _, e := range []journal.Entry{
		{}, {Verb: "open", Kind: "cycle"}, {Verb: "open", Subject: "c1"}, {Kind: "cycle", Subject: "c1"},
		{Verb: "open", Kind: "cycle", Subject: "Anne Martin"},
		{Verb: "open", Kind: "cycle", Subject: "c1", Actor: strings.Repeat("a", 101)},
	} {
		if _, err := j.Record(t.Context(), d, e); err == nil {
			t.Errorf("%+v was recorded", e)
		}
	}
}

func TestAllGoesThroughEveryPageOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		j := notebook()
		const acts = 1203
		err := db.Tx(t.Context(), d, func(_ context.Context, tx db.Q) error {
			for i := range acts {
				record(t, j, tx, journal.Entry{Actor: "anne", Verb: "vote", Kind: "ballot", Subject: fmt.Sprint("b", i)})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		next := acts
		for e, err := range journal.All(t.Context(), d, journal.Filter{Actor: "anne"}) {
			next--
			if err != nil || e.Subject != fmt.Sprint("b", next) {
				t.Fatal(e, err, next)
			}
		}
		if next != 0 {
			t.Error("left:", next)
		}
		for range journal.All(t.Context(), d, journal.Filter{}) {
			break // a reader may stop
		}
		if n, more, err := journal.Count(t.Context(), d, journal.Filter{}); n != journal.CountLimit || !more || err != nil {
			t.Error(n, more, err)
		}
		stopped, cancel := context.WithCancel(t.Context())
		cancel()
		for _, err := range journal.All(stopped, d, journal.Filter{}) {
			if err == nil {
				t.Error("a stopped export went on")
			}
		}
	})
}

func TestRecordOfAnExport(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	e := journal.Entry{ID: "018f", At: start, Actor: "bruno", ActingFor: "prefet-53", Verb: "propose", Kind: "stage", Subject: "s1", Rev: 3, COP: "bretagne"}
	want := []string{"2024-05-27T10:00:00.000+02:00", "018f", "bruno", "prefet-53", "propose", "stage", "s1", "3", "bretagne"}
	if diff := cmp.Diff(want, e.Record(paris)); diff != "" || len(journal.Header()) != len(want) {
		t.Error(diff)
	}
	if none := (journal.Entry{At: start}).Record(time.UTC); none[7] != "" {
		t.Error("a thing without revision has none, not zero:", none)
	}
}

// The journal is append-only by this: no source of the program holds a
// statement that would change or remove a row.
func TestNothingChangesOrRemovesAnAct(t *testing.T) {
	forbidden := regexp.MustCompile(`(?i)\b(UPDATE|DELETE\s+FROM|REPLACE\s+INTO|TRUNCATE(\s+TABLE)?)\s+"?journal"?\b|\bINTO\s+journal\b[^` + "`" + `]*\bON\s+CONFLICT\b`)
	for _, text := range []string{"DELETE FROM journal", "update\n journal SET actor = ''", "INSERT INTO journal (id) VALUES ($1) ON CONFLICT (id) DO UPDATE"} {
		if !forbidden.MatchString(text) {
			t.Errorf("the test would not see %q", text)
		}
	}
	files := 0
	err := fs.WalkDir(os.DirFS("../.."), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && path != "." && (strings.HasPrefix(e.Name(), ".") || e.Name() == "bin" || e.Name() == "node_modules") {
			return fs.SkipDir
		}
		if ext := filepath.Ext(path); e.IsDir() || ext != ".go" && ext != ".sql" || strings.HasPrefix(path, "internal/journal/") && strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		body, err := os.ReadFile(filepath.Join("../..", path))
		if m := forbidden.Find(body); m != nil {
			t.Errorf("%s: %s", path, bytes.TrimSpace(m))
		}
		return err
	})
	if err != nil || files < 50 {
		t.Error(files, err)
	}
}

func BenchmarkListOfAMillionActs(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			d := testkit.Open(b, engine)
			if err := db.Tx(b.Context(), d, fill); err != nil {
				b.Fatal(err)
			}
			j := notebook()
			for name, f := range map[string]journal.Filter{
				"all": {}, "cop": {COPs: []string{"cop7"}}, "actor": {Actor: "a777"}, "cops+kind": {COPs: []string{"cop7", "cop8"}, Kind: "stage"},
			} {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						if p, err := j.List(b.Context(), d, f, "", 50); err != nil || len(p.Entries) != 50 {
							b.Fatal(len(p.Entries), err)
						}
					}
				})
			}
		})
	}
}

func fill(ctx context.Context, tx db.Q) error {
	columns := []string{"id", "at", "actor", "verb", "kind", "subject", "rev", "cop_id"}
	kinds := []string{"stage", "membership", "meeting", "document"}
	rows := make([][]any, 0, 10_000)
	for i := range 1_000_000 {
		rows = append(rows, []any{fmt.Sprintf("%08d", i), start.UnixMilli() + int64(i), fmt.Sprint("a", i%5000), "edit",
			kinds[i%len(kinds)], fmt.Sprint("s", i%40_000), 1, fmt.Sprint("cop", i%19)})
		if len(rows) == cap(rows) {
			if _, err := db.Insert(ctx, tx, "journal", columns, rows, ""); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	return nil
}
