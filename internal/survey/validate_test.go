package survey

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/questionnaire"
)

// elected names a validator and sits them down.
func (b *bench) elected(t testing.TB, s Seat, name string) Seat {
	t.Helper()
	v, err := b.NameValidator(t.Context(), b.DB, s, s.Response, Person{name, fold(name) + "@exemple.fr"}, "vice-présidente")
	must(t, err)
	v, err = b.SitDown(t.Context(), b.Door(v.ID).Secret, Person{Name: name})
	must(t, err)
	return v
}

func (b *bench) stampOf(t testing.TB, s Seat) string {
	t.Helper()
	desk, err := b.Open(t.Context(), b.DB, s, s.Response)
	must(t, err)
	return desk.Stamp
}

func (b *bench) drain(t testing.TB) {
	t.Helper()
	c := jobs.Config{DB: b.DB, Queue: b.Queue, Handlers: map[string]jobs.Handler{}}
	b.RegisterJobs(&c)
	b.Outbox.Register(&c, nil)
	_, err := jobs.NewWorker(c).Drain(t.Context())
	must(t, err)
}

func (b *bench) mails(t testing.TB, like string) (n int) {
	t.Helper()
	rows, err := b.DB.Query(t.Context(), `SELECT dedup FROM mail_outbox`)
	all, err := db.Collect(rows, err, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) })
	must(t, err)
	for _, s := range all {
		if strings.HasPrefix(s, like) {
			n++
		}
	}
	return n
}

func TestFromDraftToCorrection(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		passed := map[int64]string{}
		b.Pass = func(_ context.Context, _ db.Q, v Validated) error {
			passed[v.Seq] += v.Answers["haies-mot"]
			return nil
		}
		_, link := b.response(t, "r1", "EPCI", questionnaire.Group)
		s := b.seated(t, link, "Camille")
		b.save(t, s, Change{Key: "velo-plan.pertinence", Value: "3"}, Change{Key: "velo-plan.mobilisation", Value: "engage"}, Change{Key: "velo-freins", Value: "argent norme"}, Change{Key: "haies-mot", Value: "un"}, Change{Key: "haies.sans-objet", Value: "oui"})
		kindIs(t, "nobody validates", b.Submit(ctx, b.DB, s, "r1"), apperr.Invalid)
		v := b.elected(t, s, "Élue")
		must(t, b.Submit(ctx, b.DB, s, "r1"))
		kindIs(t, "twice", b.Submit(ctx, b.DB, s, "r1"), apperr.Conflict)
		out := b.save(t, s, Change{Key: "haies-mot", Value: "trop tard", Rev: 1}, Change{Key: "velo-freins", Value: "norme argent", Rev: 1})
		is(t, "while it waits", out, Rejected, Same)
		if out[0].Mine != "trop tard" || out[0].Value != "un" || out[0].Message == "" {
			t.Errorf("%+v", out[0])
		}
		kindIs(t, "sent back without a word", b.SendBack(ctx, b.DB, v, "r1", " "), apperr.Invalid)
		kindIs(t, "sent back by a writer", b.SendBack(ctx, b.DB, s, "r1", "x"), apperr.Forbidden)
		must(t, b.SendBack(ctx, b.DB, v, "r1", "Précisez les haies."))
		if r := b.read(t, "r1"); r.State != Started || r.Reason != "Précisez les haies." {
			t.Errorf("%+v", r)
		}
		seen := b.stampOf(t, v)
		is(t, "open again", b.save(t, s, Change{Key: "haies.sans-objet", Value: "", Rev: 1}), Saved)
		must(t, b.Submit(ctx, b.DB, s, "r1"))
		_, err := b.Validate(ctx, b.DB, v, "r1", seen)
		kindIs(t, "what changed since it was read", err, apperr.Conflict)
		one, err := b.Validate(ctx, b.DB, v, "r1", b.stampOf(t, v))
		must(t, err)
		if one.Seq != 1 || one.By != v.ID || one.Title != "vice-présidente" || one.Map()["velo-freins"] != "norme argent" || len(one.SHA256) != 64 || one.Rated != 1 || one.Asked != 3 {
			t.Errorf("%+v", one)
		}
		_, err = b.Validate(ctx, b.DB, v, "r1", b.stampOf(t, v))
		kindIs(t, "twice", err, apperr.Conflict)
		is(t, "after", b.save(t, s, Change{Key: "haies-mot", Value: "après", Rev: 1}), Rejected)
		b.drain(t)
		kindIs(t, "corrected without a reason", b.Correct(ctx, b.DB, s, "r1", ""), apperr.Invalid)
		must(t, b.Correct(ctx, b.DB, s, "r1", "chiffre faux"))
		is(t, "in the correction", b.save(t, s, Change{Key: "haies-mot", Value: "deux", Rev: 1}), Saved)
		two, err := b.Validate(ctx, b.DB, v, "r1", b.stampOf(t, v))
		must(t, err)
		b.drain(t)
		old, err := VersionAt(ctx, b.DB, "r1", 1)
		must(t, err)
		if two.Seq != 2 || two.Reason != "chiffre faux" || old.Map()["haies-mot"] != "un" || old.SHA256 != one.SHA256 || passed[1] != "un" || passed[2] != "deux" {
			t.Errorf("%+v, %+v, %v", two, old, passed)
		}
		if n := b.mails(t, mailPrefix+"r1/receipt/1/"); n != 2 {
			t.Errorf("%d receipts of the first version", n)
		}
		slots, err := Slots(ctx, b.DB)
		must(t, err)
		var packed []byte
		var seq int64
		must(t, b.DB.QueryRow(ctx, `SELECT packed, seq FROM answer WHERE response_id = 'r1'`).Scan(&packed, &seq))
		if seq != 2 || questionnaire.At(packed, slots["velo-plan.pertinence"]) != 1 || questionnaire.At(packed, slots["velo-freins:argent"]) != 1 || questionnaire.At(packed, slots["velo-garage.pertinence"]) != questionnaire.None {
			t.Errorf("seq %d, %v", seq, packed)
		}
	})
}

func TestDeclineAndResume(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		_, link := b.response(t, "r1", "Commune", questionnaire.Commune)
		s := b.seated(t, link, "Camille")
		b.save(t, s, Change{Key: "haies-mot", Value: "un"})
		kindIs(t, "without a reason", b.Decline(ctx, b.DB, s, "r1", ""), apperr.Invalid)
		must(t, b.Decline(ctx, b.DB, s, "r1", "Trop long."))
		is(t, "once declined", b.save(t, s, Change{Key: "haies-mot", Value: "deux", Rev: 1}), Rejected)
		must(t, b.Resume(ctx, b.DB, s, "r1"))
		is(t, "resumed", b.save(t, s, Change{Key: "haies-mot", Value: "deux", Rev: 1}), Saved)
		exec(t, b.DB, `UPDATE campaign SET state = 'closed'`)
		out := b.save(t, s, Change{Key: "haies-mot", Value: "trois", Rev: 2})
		is(t, "closed", out, Rejected)
		if out[0].Mine != "trois" || out[0].Value != "deux" {
			t.Errorf("%+v", out[0])
		}
		_, err := b.SitDown(ctx, b.Door(link.ID).Secret, Person{"Camille", "c@exemple.fr"})
		kindIs(t, "sits down at a closed one", err, apperr.Forbidden)
	})
}

func TestLinksAndCodes(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		tries := map[string]int64{}
		b.Tried = func(_ context.Context, name string, most int64) (bool, error) {
			tries[name]++
			return tries[name] > most, nil
		}
		r, link := b.response(t, "r1", "Commune", questionnaire.Commune)
		door := b.Door(link.ID)
		o, err := b.Behind(ctx, b.DB, door.Secret)
		must(t, err)
		if o.Response.Name != r.Name || o.Why != nil || b.read(t, "r1").State != Invited {
			t.Errorf("looking behind a link changes nothing: %+v", o)
		}
		_, err = b.Behind(ctx, b.DB, door.Secret[:20])
		kindIs(t, "cut", err, apperr.NotFound)
		_, wrong := b.BehindCode(ctx, link.Email, "00000000", "1.2.3.4")
		_, unknown := b.BehindCode(ctx, "personne@exemple.fr", door.Code, "1.2.3.4")
		if wrong == nil || apperr.Message(wrong) != apperr.Message(unknown) {
			t.Errorf("%v and %v differ", wrong, unknown)
		}
		s, err := b.SitDownByCode(ctx, strings.ToUpper(link.Email), door.Code[:4]+" "+door.Code[4:], "1.2.3.4", Person{"Camille", "camille@exemple.fr"})
		must(t, err)
		if again, err := b.SitDown(ctx, door.Secret, Person{"Camille Durand", "CAMILLE@exemple.fr"}); err != nil || again.ID != s.ID {
			t.Errorf("the same person has two places: %v %v", again, err)
		}
		for range triesPerAddress + 1 {
			_, err = b.BehindCode(ctx, link.Email, "00000000", "1.2.3.4")
		}
		kindIs(t, "too many", err, apperr.TooMany)
		cookie := b.Cookie([]string{s.ID})
		if ids := b.CookieSeats(cookie); len(ids) != 1 || ids[0] != s.ID || b.CookieSeats("x"+cookie) != nil {
			t.Error("the cookie")
		}
		var f *Fault
		_, err = b.SitDown(ctx, door.Secret, Person{"", "x@exemple.fr"})
		if !errors.As(err, &f) && apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("no name: %v", err)
		}
	})
}

// Twenty people at once, some writing and some validating: one version is made,
// and it holds every answer that was acknowledged before it.
func TestValidationWhileColleaguesWrite(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		_, link := b.response(t, "r1", "EPCI", questionnaire.Group)
		s := b.seated(t, link, "Camille")
		v := b.elected(t, s, "Élue")
		_, err := b.Open(ctx, b.DB, s, "r1")
		must(t, err)
		var kept [10]atomic.Value
		var validated atomic.Int64
		var g errgroup.Group
		for i := range 10 {
			g.Go(func() error {
				key := []string{"haies-mot", "velo-plan.pertinence", "velo-plan.mobilisation", "velo-garage.pertinence", "velo-garage.mobilisation", "velo-epci.pertinence", "velo-epci.mobilisation", "haies-fait", "agents", "population"}[i]
				value := []string{"un", "3", "engage", "3", "engage", "3", "engage", "oui", "5", "7"}[i]
				for rev := range int64(4) {
					out, err := b.Save(ctx, b.DB, s, "r1", []Change{{Key: key, Value: value, Rev: rev}})
					if err != nil {
						return err
					}
					if o := out.Outcomes[0]; o.Verdict == Rejected {
						return nil
					} else if o.Verdict == Saved {
						kept[i].Store(fmt.Sprintf("%s=%s", key, value))
					}
				}
				return nil
			})
			g.Go(func() error {
				for range 20 {
					desk, err := b.Open(ctx, b.DB, v, "r1")
					if err != nil {
						return err
					}
					if desk.Response.State == Done {
						return nil
					}
					_, err = b.Validate(ctx, b.DB, v, "r1", desk.Stamp)
					switch {
					case err == nil:
						validated.Add(1)
					case apperr.KindOf(err) != apperr.Conflict:
						return err
					}
				}
				return nil
			})
		}
		must(t, g.Wait())
		if validated.Load() != 1 {
			t.Fatalf("%d validations", validated.Load())
		}
		one, err := VersionAt(ctx, b.DB, "r1", 1)
		must(t, err)
		drafts, err := Drafts(ctx, b.DB, "r1")
		must(t, err)
		answers := AnswersOf(drafts)
		frozen := one.Map()
		for i := range kept {
			if text, ok := kept[i].Load().(string); ok {
				key, value, _ := strings.Cut(text, "=")
				if answers[key] != value || frozen[key] != value {
					t.Errorf("%s was acknowledged: draft %q, version %q", text, answers[key], frozen[key])
				}
			}
		}
		if b.read(t, "r1").Seq != 1 {
			t.Error("more than one version")
		}
	})
}

// Twenty people on one cell: each revision has one author, and no write that was
// acknowledged is lost.
func TestTwentyOnOneCell(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		_, link := b.response(t, "r1", "EPCI", questionnaire.Group)
		s := b.seated(t, link, "Camille")
		var saved atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				out, err := b.Save(t.Context(), b.DB, s, "r1", []Change{{Key: "haies-mot", Value: fmt.Sprint("mot ", i)}})
				if err == nil && out.Outcomes[0].Verdict == Saved {
					saved.Add(1)
				}
				return err
			})
		}
		must(t, g.Wait())
		if r := b.read(t, "r1"); saved.Load() != 1 || r.Answered != 1 {
			t.Errorf("%d saved, %d answered", saved.Load(), r.Answered)
		}
	})
}
