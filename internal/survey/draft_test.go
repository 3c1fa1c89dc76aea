package survey

import (
	"context"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/questionnaire"
)

func TestSaveCellByCell(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		_, link := b.response(t, "r1", "Commune d’essai", questionnaire.Commune)
		s, other := b.seated(t, link, "Camille"), b.seated(t, link, "Dominique")
		if s.ID == other.ID {
			t.Fatal("two people of one link have one place")
		}
		out := b.save(t, s, Change{Key: "velo-plan.pertinence", Value: "3"}, Change{Key: "haies-mot", Value: "Bonjour"}, Change{Key: "velo-plan.pertinence2", Value: "3"}, Change{Key: "velo-garage.pertinence", Value: "7"})
		is(t, "first", out, Saved, Saved, Rejected, Rejected)
		if out[3].Mine != "7" || out[3].Message == "" || out[1].Rev != 1 {
			t.Errorf("%+v", out)
		}
		// The second writer of one cell is told both values; their other cells are kept.
		out = b.save(t, other, Change{Key: "haies-mot", Value: "Bonsoir", Rev: 0}, Change{Key: "velo-plan.mobilisation", Value: "engage"})
		is(t, "stale", out, Clash, Saved)
		if out[0].Value != "Bonjour" || out[0].Mine != "Bonsoir" || out[0].By != s.ID || !out[0].At.Equal(noon) {
			t.Errorf("conflict: %+v", out[0])
		}
		is(t, "the same words never conflict", b.save(t, other, Change{Key: "haies-mot", Value: " Bonjour "}), Same)
		is(t, "theirs, having seen", b.save(t, other, Change{Key: "haies-mot", Value: "Bonsoir", Rev: 1}), Saved)
		is(t, "emptied", b.save(t, other, Change{Key: "haies-mot", Value: "", Rev: 2}), Saved)
		d, err := Drafts(t.Context(), b.DB, "r1")
		must(t, err)
		if len(d) != 3 || d[0].Key != "haies-mot" || d[0].Value != "" || d[0].Rev != 3 || d[0].Class != string(figure.Missing) {
			t.Errorf("an emptied answer keeps its row: %+v", d)
		}
		r := b.read(t, "r1")
		if r.State != Started || r.Asked != 2 || r.Rated != 1 || r.Answered != 2 || r.StartedAt.IsZero() {
			t.Errorf("%+v", r)
		}
	})
}

// The counters, moved by differences, are what counting again would give.
func TestCountersAreExact(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		_, link := b.response(t, "r1", "EPCI", questionnaire.Group)
		s := b.seated(t, link, "Camille")
		_, err := b.Open(t.Context(), b.DB, s, "r1")
		must(t, err)
		rev := map[string]int64{}
		for i, c := range []Change{
			{Key: "velo-plan.pertinence", Value: "3"}, {Key: "velo-plan.mobilisation", Value: "engage"}, {Key: "velo-epci.mobilisation", Value: "engage"}, {Key: "velo-epci.pertinence", Value: "0"},
			{Key: "velo.sans-objet", Value: "oui"}, {Key: "velo.sans-objet", Value: ""}, {Key: "velo-plan.pertinence", Value: ""}, {Key: "haies-fait", Value: "oui"}, {Key: "haies-plante.pertinence", Value: "3"},
			{Key: "haies-plante.mobilisation", Value: "engage"}, {Key: "haies-fait", Value: "non"}, {Key: "haies-fait", Value: "oui"}, {Key: "velo.vu", Value: "oui"}, {Key: "population", Value: "12"},
		} {
			c.Rev = rev[c.Key]
			is(t, c.Key, b.save(t, s, c), Saved)
			rev[c.Key]++
			desk, err := b.Open(t.Context(), b.DB, s, "r1")
			must(t, err)
			answered := int64(0)
			for k, v := range desk.Answers {
				if cell, _ := desk.Form().Cell(k); v != "" && !cell.Flag {
					answered++
				}
			}
			if r := desk.Response; r.Asked != int64(desk.Progress.Rows) || r.Rated != int64(desk.Progress.Rated) || r.Answered != answered {
				t.Fatalf("after %d (%s): %d %d %d, want %+v and %d", i, c.Key, r.Asked, r.Rated, r.Answered, desk.Progress, answered)
			}
		}
	})
}

func TestZeroAndTheUnusualAreConfirmed(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		_, link := b.response(t, "r1", "Commune", questionnaire.Commune)
		s := b.seated(t, link, "Camille")
		out := b.save(t, s, Change{Key: "agents", Value: "0"}, Change{Key: "population", Value: "250 000"})
		is(t, "kept, and asked", out, ToSay, ToSay)
		desk, err := b.Open(t.Context(), b.DB, s, "r1")
		must(t, err)
		if n := len(desk.Blockers()); n != 2 || desk.Drafts["population"].Value != "250000" {
			t.Errorf("%d blockers, %+v", n, desk.Drafts)
		}
		is(t, "confirmed", b.save(t, s, Change{Key: "agents", Value: "0", Rev: 1, Confirm: true}, Change{Key: "population", Value: "250000", Rev: 1, Confirm: true}), Saved, Saved)
		desk, err = b.Open(t.Context(), b.DB, s, "r1")
		must(t, err)
		if n := len(desk.Blockers()); n != 0 || desk.Drafts["agents"].Class != string(figure.ConfirmedZero) || desk.Drafts["population"].Class != string(figure.Declared) {
			t.Errorf("%v, %+v", desk.Blockers(), desk.Drafts)
		}
		is(t, "out of hard bounds", b.save(t, s, Change{Key: "agents", Value: "501", Rev: 2}), Rejected)
	})
}

func TestWhatIsKnownComesFilled(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.Sources = []Source{func(_ context.Context, _ db.Q, _ Response, _ questionnaire.Form) ([]Hint, error) {
			return []Hint{{Key: "population", Value: "1234", Source: "Insee, 2022", Class: string(figure.Reference), Fill: true},
				{Key: "population", Value: "9", Source: "autre", Fill: true}, {Key: "agents", Value: "trois", Source: "illisible", Fill: true},
				{Key: "velo-plan.mobilisation", Value: "engage", Text: "projet financé en 2023"}, {Key: "velo-garage.pertinence", Value: "3", Fill: true}}, nil
		}}
		_, link := b.response(t, "r1", "Commune", questionnaire.Commune)
		s := b.seated(t, link, "Camille")
		desk, err := b.Open(t.Context(), b.DB, s, "r1")
		must(t, err)
		if d := desk.Drafts["population"]; len(desk.Drafts) != 1 || d.Value != "1234" || !d.ToConfirm() || desk.Response.Prefilled != 1 || desk.Response.Asked != 2 || desk.Response.Answered != 1 {
			t.Fatalf("%+v %+v", desk.Drafts, desk.Response)
		}
		is(t, "corrected without a reason", b.save(t, s, Change{Key: "population", Value: "1300", Rev: 1}), ToSay)
		desk, err = b.Open(t.Context(), b.DB, s, "r1")
		must(t, err)
		if x := desk.Blockers(); len(x) != 1 || x[0].Key != "population" {
			t.Errorf("%+v", x)
		}
		is(t, "its reason", b.save(t, s, Change{Key: "population", Value: "1300", Rev: 2, Reason: "recensement de 2025"}), Saved)
		desk, err = b.Open(t.Context(), b.DB, s, "r1")
		must(t, err)
		if d := desk.Drafts["population"]; len(desk.Blockers()) != 0 || !d.Corrected() || d.Source != "Insee, 2022" || d.Reason != "recensement de 2025" {
			t.Errorf("%+v", d)
		}
		_, link = b.response(t, "r2", "Commune", questionnaire.Commune)
		s = b.seated(t, link, "Camille")
		_, err = b.Open(t.Context(), b.DB, s, "r2")
		must(t, err)
		is(t, "confirmed", b.save(t, s, Change{Key: "population", Value: "1234", Rev: 1, Confirm: true}), Saved)
		desk, err = b.Open(t.Context(), b.DB, s, "r2")
		must(t, err)
		if d := desk.Drafts["population"]; d.ToConfirm() || d.Corrected() || len(desk.Blockers()) != 0 {
			t.Errorf("%+v", d)
		}
	})
}

func TestBadTextIsGivenBack(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		_, link := b.response(t, "r1", "Commune", questionnaire.Commune)
		s := b.seated(t, link, "Camille")
		huge := strings.Repeat("a", 1<<20)
		script := `<script>alert("x")</script>`
		out := b.save(t, s, Change{Key: "haies-mot", Value: huge}, Change{Key: "agents", Value: "deux"}, Change{Key: "population", Value: "x\x00"})
		is(t, "refused", out, Rejected, Rejected, Rejected)
		if out[0].Mine != huge || out[1].Mine != "deux" || !strings.Contains(out[0].Message, "caractères") {
			t.Error("what was typed does not come back")
		}
		is(t, "a script is a text", b.save(t, s, Change{Key: "haies-mot", Value: script}), Saved)
		_, err := b.Save(t.Context(), b.DB, s, "r1", make([]Change, maxChanges+1))
		kindIs(t, "too many", err, apperr.TooLarge)
	})
}

// A colleague writes in the sections that they were given, and nobody at another
// authority's table.
func TestSeatsStayAtTheirTable(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		_, link := b.response(t, "r1", "Commune", questionnaire.Commune)
		_, elsewhere := b.response(t, "r2", "Autre commune", questionnaire.Commune)
		s, stranger := b.seated(t, link, "Camille"), b.seated(t, elsewhere, "Sacha")
		_, err := b.Save(ctx, b.DB, stranger, "r1", []Change{{Key: "haies-mot", Value: "x"}})
		kindIs(t, "another table", err, apperr.NotFound)
		_, err = b.Open(ctx, b.DB, stranger, "r1")
		kindIs(t, "another table, read", err, apperr.NotFound)
		_, err = b.Share(ctx, b.DB, s, "r1", Person{"Noor", "noor@exemple.fr"}, []string{"inconnue"})
		kindIs(t, "no section", err, apperr.Invalid)
		c, err := b.Share(ctx, b.DB, s, "r1", Person{"Noor", "noor@exemple.fr"}, []string{"velo"})
		must(t, err)
		c, err = b.SitDown(ctx, b.Door(c.ID).Secret, Person{Name: "Noor K.", Email: "voleur@exemple.fr"})
		must(t, err)
		if c.Email != "noor@exemple.fr" {
			t.Errorf("a colleague's link answers for another address: %s", c.Email)
		}
		is(t, "their part alone", b.save(t, c, Change{Key: "velo-plan.pertinence", Value: "3"}, Change{Key: "haies-mot", Value: "x"}), Saved, Rejected)
		kindIs(t, "submits", b.Submit(ctx, b.DB, c, "r1"), apperr.Invalid)
		kindIs(t, "declines", b.Decline(ctx, b.DB, c, "r1", "non"), apperr.Forbidden)
		_, err = b.Validate(ctx, b.DB, s, "r1", "")
		kindIs(t, "a writer validates", err, apperr.Forbidden)
		must(t, b.EndSeat(ctx, b.DB, s, "r1", c.ID))
		_, err = b.SitDown(ctx, b.Door(c.ID).Secret, Person{Name: "Noor"})
		kindIs(t, "an ended seat", err, apperr.Forbidden)
		kindIs(t, "the authority's own link", b.EndSeat(ctx, b.DB, s, "r1", link.ID), apperr.Conflict)
	})
}
