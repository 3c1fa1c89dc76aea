package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"jalon/internal/db"
	"jalon/internal/questionnaire"
	"jalon/internal/testkit"
)

// second publishes a second version of the form of these tests: the bicycle plan
// is asked no more, another row is, and the campaign takes it.
func (b *bench) second(t testing.TB) {
	t.Helper()
	var f questionnaire.Form
	must(t, json.Unmarshal([]byte(asked), &f))
	f.Version = 2
	rows := &f.Sections[1].Questions[0].Rows
	*rows = append(slices.Clone((*rows)[1:]), questionnaire.Row{ID: "velo-pont", Label: "Passerelle", Step: questionnaire.Infrastructure})
	must(t, db.Tx(t.Context(), b.DB, func(ctx context.Context, tx db.Q) error { return b.publish(ctx, tx, f, Seed, "essai") }))
	exec(t, b.DB, `UPDATE campaign SET form_version = 2`)
}

// A form from another version: what the page still holds is refused by itself, what
// the new one asks too is kept, and nothing that was answered is lost.
func TestAFormFromAnotherVersion(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		_, link := b.response(t, "r1", "Commune", questionnaire.Commune)
		s := b.seated(t, link, "Camille")
		v := b.elected(t, s, "Élue")
		b.save(t, s, Change{Key: "velo-plan.pertinence", Value: "3"}, Change{Key: "velo-plan.mobilisation", Value: "engage"}, Change{Key: "velo-garage.pertinence", Value: "3"})
		b.second(t)
		desk, err := b.Open(ctx, b.DB, s, "r1") // follows
		must(t, err)
		if r := desk.Response; r.FormVersion != 2 || r.Asked != 2 || r.Rated != 0 || len(desk.Left) != 2 || desk.Left[1].Value != "3" {
			t.Fatalf("%+v, left %+v", r, desk.Left)
		}
		out := b.save(t, s, Change{Key: "velo-plan.pertinence", Value: "0", Rev: 1}, Change{Key: "velo-garage.mobilisation", Value: "engage"}, Change{Key: "velo-pont.pertinence", Value: "3"})
		is(t, "from the old page", out, Rejected, Saved, Saved)
		if out[0].Mine != "0" {
			t.Errorf("what was typed does not come back: %+v", out[0])
		}
		one, err := b.Validate(ctx, b.DB, v, "r1", b.stampOf(t, v))
		must(t, err)
		if _, there := one.Map()["velo-plan.pertinence"]; there || one.FormVersion != 2 || one.Rated != 1 {
			t.Errorf("%+v", one)
		}
		drafts, err := Drafts(ctx, b.DB, "r1")
		must(t, err)
		if AnswersOf(drafts)["velo-plan.pertinence"] != "3" {
			t.Error("an answer that is asked no more is lost")
		}
	})
}

// What was validated keeps the form that it answered, until somebody corrects it.
func TestAValidatedAnswerKeepsItsForm(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		_, link := b.response(t, "r1", "Commune", questionnaire.Commune)
		s := b.seated(t, link, "Camille")
		v := b.elected(t, s, "Élue")
		b.save(t, s, Change{Key: "velo-plan.pertinence", Value: "3"})
		_, err := b.Validate(ctx, b.DB, v, "r1", b.stampOf(t, v))
		must(t, err)
		b.second(t)
		desk, err := b.Open(ctx, b.DB, s, "r1")
		must(t, err)
		if desk.Response.FormVersion != 1 || len(desk.Left) != 0 {
			t.Errorf("%+v", desk.Response)
		}
		must(t, b.Correct(ctx, b.DB, s, "r1", "nouvelle version"))
		if r := b.read(t, "r1"); r.FormVersion != 2 || r.Asked != 2 || r.State != Started {
			t.Errorf("%+v", r)
		}
		old, err := VersionAt(ctx, b.DB, "r1", 1)
		must(t, err)
		if old.FormVersion != 1 || old.Map()["velo-plan.pertinence"] != "3" {
			t.Errorf("%+v", old)
		}
	})
}

// An authority over two regions, or with two capacities, answers once, where its
// seat is: one row of answers, under its home, whatever it is read by.
func TestAnswersCountAtHome(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		_, link := b.response(t, "r1", "EPCI sur deux régions", questionnaire.Group)
		exec(t, b.DB, `UPDATE response SET capacities = 'epci departement' WHERE id = 'r1'`)
		s := b.seated(t, link, "Camille")
		v := b.elected(t, s, "Élue")
		b.save(t, s, Change{Key: "velo-plan.pertinence", Value: "3"})
		for range 2 {
			_, err := b.Validate(ctx, b.DB, v, "r1", b.stampOf(t, v))
			must(t, err)
			must(t, b.Correct(ctx, b.DB, s, "r1", "encore"))
		}
		var n int64
		var region, department string
		must(t, b.DB.QueryRow(ctx, `SELECT COUNT(*), MAX(region), MAX(department) FROM answer WHERE authority = 'org-r1'`).Scan(&n, &region, &department))
		if n != 1 || region != "44" || department != "67" {
			t.Errorf("%d answers, in %s %s", n, region, department)
		}
	})
}

func BenchmarkSave(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			room := newBench(b, testkit.Open(b, engine))
			_, link := room.response(b, "r1", "EPCI", questionnaire.Group)
			s := room.seated(b, link, "Camille")
			rev := int64(0)
			for b.Loop() {
				out, err := room.Save(b.Context(), room.DB, s, "r1", []Change{{Key: "haies-mot", Value: fmt.Sprint("mot ", rev), Rev: rev}})
				if err != nil || out.Outcomes[0].Verdict != Saved {
					b.Fatal(err, out)
				}
				rev++
			}
		})
	}
}

func BenchmarkValidate(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			room := newBench(b, testkit.Open(b, engine))
			_, link := room.response(b, "r1", "EPCI", questionnaire.Group)
			s := room.seated(b, link, "Camille")
			v := room.elected(b, s, "Élue")
			room.save(b, s, Change{Key: "velo-plan.pertinence", Value: "3"})
			stamp := room.stampOf(b, v)
			for b.Loop() {
				if _, err := room.Validate(b.Context(), room.DB, v, "r1", stamp); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				exec(b, room.DB, `UPDATE response SET state = 'started' WHERE id = 'r1'`)
				b.StartTimer()
			}
		})
	}
}
