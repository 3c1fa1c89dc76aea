package cop

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

const grandEst = "2025-r44"

func (r *room) cop(id string) COP {
	r.t.Helper()
	c, err := Find(r.t.Context(), r.DB, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func (r *room) department(code string, both bool) COP {
	r.t.Helper()
	for _, x := range tree(r.t).Departments() {
		if x.Code == code {
			c, err := r.OpenDepartment(r.t.Context(), prefet, grandEst, x, both)
			if err != nil {
				r.t.Fatal(err)
			}
			return c
		}
	}
	r.t.Fatalf("no département %s", code)
	return COP{}
}

// acts counts the rows of the journal.
func (r *room) acts(f journal.Filter) int {
	r.t.Helper()
	n, _, err := journal.Count(r.t.Context(), r.DB, f)
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

func must[T any](t *testing.T) func(T, error) T {
	return func(x T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

func people(n int64) *int64 { return &n }

func plenary(day string) Meeting {
	return Meeting{COP: grandEst, Kind: Plenary, Stage: Launch, Title: "Plénière de lancement", Day: day, Start: "14:00", End: "17:30", Place: "Strasbourg", Part: policy.Public, State: Planned}
}

func TestMeetings(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		bad := func(change func(*Meeting), says string) {
			t.Helper()
			x := plenary("2026-02-20")
			change(&x)
			_, err := r.AddMeeting(ctx, team, x)
			want(t, err, apperr.Invalid, says)
		}
		bad(func(x *Meeting) { x.Title = " " }, "titre")
		bad(func(x *Meeting) { x.Day = "20/02/2026" }, "écrivez une date")
		bad(func(x *Meeting) { x.Start = "9h" }, "14:30")
		bad(func(x *Meeting) { x.End = "13:00" }, "avant de commencer")
		bad(func(x *Meeting) { x.Kind = "fête" }, "type")
		bad(func(x *Meeting) { x.Part = "" }, "publique ou interne")
		bad(func(x *Meeting) { x.Attendance = people(12) }, "une fois la réunion tenue")
		bad(func(x *Meeting) { x.State, x.Counted = MeetingOn, true }, "combien")
		bad(func(x *Meeting) { x.State, x.Day = MeetingOn, "2026-03-03" }, "à venir")
		bad(func(x *Meeting) { x.State, x.Attendance = MeetingOn, people(-1) }, "présents")
		_, err := r.AddMeeting(ctx, elsewhere, plenary("2026-02-20"))
		want(t, err, apperr.Forbidden, "")

		x := must[Meeting](t)(r.AddMeeting(ctx, team, plenary("2026-02-20")))
		inside := plenary("2026-02-25")
		inside.Part, inside.Title = Internal, "Réunion d’équipe"
		inside = must[Meeting](t)(r.AddMeeting(ctx, team, inside))
		x.State, x.Attendance, x.Counted = MeetingOn, people(240), true
		held := must[Meeting](t)(r.SaveMeeting(ctx, prefet, x, "après la séance"))
		if held.Rev != 2 || *held.Attendance != 240 || !held.UpdatedAt.IsZero() && held.UpdatedAt.Year() < 1970 {
			t.Errorf("%+v", held)
		}
		_, err = r.SaveMeeting(ctx, team, x, "")
		want(t, err, apperr.Conflict, "pendant votre saisie")
		_, err = r.SaveMeeting(ctx, policy.Actor{}, inside, "")
		want(t, err, apperr.NotFound, "")
		wrong := held
		wrong.End = "01:00"
		_, err = r.SaveMeeting(ctx, team, wrong, "")
		want(t, err, apperr.Invalid, "avant de commencer")

		c := r.cop(grandEst)
		seen := must[Page[Meeting]](t)(r.Meetings(ctx, d, policy.Actor{}, c, "", 10))
		if len(seen.Rows) != 1 || seen.Rows[0].ID != x.ID {
			t.Errorf("the public sees %+v", seen.Rows)
		}
		first := must[Page[Meeting]](t)(r.Meetings(ctx, d, team, c, "", 1))
		second := must[Page[Meeting]](t)(r.Meetings(ctx, d, team, c, first.Next, 1))
		if first.Rows[0].ID != inside.ID || second.Rows[0].ID != x.ID || second.Next != "" {
			t.Errorf("%+v then %+v", first, second)
		}
		_, err = r.Meetings(ctx, d, policy.Actor{}, c, first.Next, 1)
		want(t, err, apperr.Invalid, "adresse")
		if _, _, err := FindMeeting(ctx, d, policy.Actor{}, inside.ID); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("the public reads an internal meeting: %v", err)
		}

		declared := plenary("2026-02-10")
		declared.State, declared.Attendance = MeetingOn, people(300)
		must[Meeting](t)(r.AddMeeting(ctx, team, declared))
		unknown := plenary("2026-02-11")
		unknown.State = MeetingOn
		must[Meeting](t)(r.AddMeeting(ctx, team, unknown))
		got := must[[]Mobilisation](t)(MobilisationAt(ctx, d, "2025", "2026-03-01"))
		if diff := cmp.Diff([]Mobilisation{{COP: grandEst, Kind: Plenary, Held: 3, Counted: 240, CountedAt: 1, Declared: 300, DeclaredAt: 1, Largest: 300, WithoutFigure: 1}}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNews(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		c := r.cop(grandEst)
		_, err := r.AddNews(ctx, team, grandEst, "", "texte")
		want(t, err, apperr.Invalid, "titre")
		_, err = r.AddNews(ctx, elsewhere, grandEst, "Titre", "texte")
		want(t, err, apperr.NotFound, "")
		x := must[News](t)(r.AddNews(ctx, team, grandEst, "La COP est lancée", "Première **réunion**."))
		if _, _, err := FindNews(ctx, d, policy.Actor{}, x.ID); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("the public reads a draft: %v", err)
		}
		x = must[News](t)(r.Publish(ctx, team, x.ID, x.Rev))
		at := x.PublishedAt
		_, err = r.Publish(ctx, team, x.ID, x.Rev)
		want(t, err, apperr.Conflict, "")
		_, err = r.Unpublish(ctx, team, x.ID, x.Rev, "")
		want(t, err, apperr.Invalid, "pourquoi")
		_, err = r.SaveNews(ctx, elsewhere, x.ID, x.Rev, "Faux", "faux", "")
		want(t, err, apperr.Forbidden, "")
		r.now = r.now.Add(time.Hour)
		x = must[News](t)(r.SaveNews(ctx, prefet, x.ID, x.Rev, "La COP 2025 est lancée", "Première réunion.", "titre"))
		y := must[News](t)(r.AddNews(ctx, team, grandEst, "Deuxième", "texte"))
		y = must[News](t)(r.Publish(ctx, team, y.ID, y.Rev))
		z := must[News](t)(r.AddNews(ctx, team, grandEst, "Brouillon", "texte"))
		if !x.PublishedAt.Equal(at) {
			t.Errorf("published on %s, then %s", at, x.PublishedAt)
		}
		var ids []string
		for cursor := ""; ; {
			p := must[Page[News]](t)(r.NewsOf(ctx, d, team, c, cursor, 1))
			for _, n := range p.Rows {
				ids = append(ids, n.ID)
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{z.ID, y.ID, x.ID}, ids); diff != "" {
			t.Error(diff)
		}
		if p := must[Page[News]](t)(r.NewsOf(ctx, d, policy.Actor{}, c, "", 10)); len(p.Rows) != 2 {
			t.Errorf("%+v", p.Rows)
		}
		x = must[News](t)(r.Unpublish(ctx, team, x.ID, x.Rev, "erreur de date"))
		if p := must[Page[News]](t)(r.NewsOf(ctx, d, policy.Actor{}, c, "", 10)); len(p.Rows) != 1 || x.Part != Draft {
			t.Errorf("%+v", p.Rows)
		}
	})
}

var (
	pdf   = []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
	paper = NewDocument{Title: "Arrêté", Kind: DecisionDoc, Stage: Roadmap, Day: "2026-02-01", Part: Internal}
)

func TestDocuments(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		c := r.cop(grandEst)
		claim := blob.Claim{Name: "arrete.pdf", Type: "application/pdf"}
		add := func(a policy.Actor, in NewDocument, body io.Reader, claim blob.Claim) (Document, error) {
			return r.AddDocument(ctx, a, grandEst, in, body, claim)
		}
		_, err := add(elsewhere, paper, bytes.NewReader(pdf), claim)
		want(t, err, apperr.NotFound, "")
		_, err = add(team, NewDocument{Title: "x"}, bytes.NewReader(pdf), claim)
		want(t, err, apperr.Invalid, "type")
		before := r.acts(journal.Filter{Verb: "refuse", Kind: "document"})
		_, err = add(team, paper, strings.NewReader("<html>"), claim) // it lies
		want(t, err, apperr.Invalid, "")
		_, err = add(team, paper, io.LimitReader(endless{}, 100<<20), claim) // 100 MB
		if k := apperr.KindOf(err); k != apperr.TooLarge && k != apperr.Invalid {
			t.Errorf("%v", err)
		}
		if n := r.acts(journal.Filter{Verb: "refuse", Kind: "document"}); n != before+2 {
			t.Errorf("%d refusals are in the journal", n-before)
		}
		x := must[Document](t)(add(team, paper, bytes.NewReader(pdf), claim))
		expert := policy.Actor{Person: "expert", Grants: []policy.Grant{{Role: policy.Expert, COP: grandEst}}}
		public := paper
		public.Part = policy.Public
		_, err = add(expert, public, bytes.NewReader(pdf), claim)
		want(t, err, apperr.Forbidden, "")
		must[Document](t)(add(expert, paper, bytes.NewReader(pdf), claim))

		if _, _, err := OpenDocument(ctx, d, policy.Actor{}, x.ID); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("the public opens an internal document: %v", err)
		}
		if p := must[Page[Document]](t)(r.Documents(ctx, d, policy.Actor{}, c, "", 10)); len(p.Rows) != 0 {
			t.Errorf("%+v", p.Rows)
		}
		other := append(bytes.Clone(pdf), '\n')
		y := must[Document](t)(r.SaveDocument(ctx, team, x.ID, x.Rev, public, bytes.NewReader(other), claim, "version signée"))
		if y.SHA256 == x.SHA256 || y.Part != policy.Public || y.Rev != 2 {
			t.Errorf("%+v", y)
		}
		_, err = r.SaveDocument(ctx, team, x.ID, x.Rev, public, nil, claim, "")
		want(t, err, apperr.Conflict, "pendant votre saisie")
		_, body, err := OpenDocument(ctx, d, policy.Actor{}, x.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, other) {
			t.Errorf("%q %v", got, err)
		}
		// A file of an older version is still used.
		if _, err := blob.Remove(ctx, d, x.SHA256, r.now.AddDate(1, 0, 0)); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("the older file was removed: %v", err)
		}
		want(t, r.WithdrawDocument(ctx, team, x.ID, y.Rev, ""), apperr.Invalid, "pourquoi")
		if err := r.WithdrawDocument(ctx, team, x.ID, y.Rev, "remplacé"); err != nil {
			t.Fatal(err)
		}
		_, _, err = FindDocument(ctx, d, policy.Actor{}, x.ID)
		want(t, err, apperr.NotFound, "")
		if _, _, err = FindDocument(ctx, d, team, x.ID); err != nil {
			t.Error(err)
		}
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, pdf), nil }
