package minutes

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/ballot"
	"jalon/internal/document"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

const theCOP = "2023-24-r44"

var (
	theTeam   = policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: theCOP}}}
	theGuide  = policy.Actor{Person: "animatrice", Grants: []policy.Grant{{Role: policy.Facilitator, Group: "groupe"}}}
	otherOne  = policy.Actor{Person: "autre", Grants: []policy.Grant{{Role: policy.Facilitator, Group: "ailleurs"}}}
	somebody  = policy.Actor{Person: "quelqu-un"}
	sometimes = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
)

func newRoom(t *testing.T, d *db.DB) (*Room, cop.Meeting) {
	t.Helper()
	now := func() time.Time { return sometimes }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("k"))
	j := journal.New(ids, now, keys)
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Random: rand.Reader}
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if err := cops.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	x, err := cops.AddMeeting(t.Context(), theTeam, cop.Meeting{COP: theCOP, Kind: cop.GroupMeeting, Stage: cop.Launch, Title: "Groupe mobilité", Day: "2026-03-02", Start: "14:00", End: "16:00", Part: policy.Public, State: cop.Planned, Group: "groupe"})
	if err != nil {
		t.Fatal(err)
	}
	queue := jobs.New(ids, now)
	outbox := mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys})
	accounts := &account.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Key: []byte("k"), Journal: j, Outbox: outbox, Queue: queue, BaseURL: "http://jalon.example"}
	shared := &debate.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Cursors: keys, COPs: cops, Accounts: accounts, Outbox: outbox, Links: &link.Links{IDs: ids, Now: now}, BaseURL: "http://jalon.example"}
	return &Room{Room: shared, Ballots: &ballot.Room{Room: shared}}, x
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

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func press(draw func()) Press {
	return Press{Lever: func(c string) string { return c }, Person: func(id string) string { return "Anne " + id }, Day: "2026-03-02", Author: "Équipe de la COP",
		Draw: func(context.Context, document.Document) ([]document.File, error) {
			if draw != nil {
				draw()
			}
			return nil, nil
		}}
}

// Several people write at once: those of different sections all go through, of those
// of the same one a single one does, and nothing of what it kept is lost.
func TestMinutesInCommon(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, x := newRoom(t, d)
		var items []Item
		for i := range 12 {
			items = append(items, must[Item](t)(m.AddItem(ctx, theGuide, x.ID, ItemInput{Title: fmt.Sprint("Point ", i), Planned: 10, Levers: []string{"biogaz"}})))
		}
		var kept, refused atomic.Int64
		var g errgroup.Group
		for i := range 12 {
			g.Go(func() error { return m.Write(ctx, theGuide, x.ID, items[i].ID, 0, fmt.Sprint("Texte ", i)) })
		}
		for i := range 24 {
			g.Go(func() error {
				switch err := m.Write(ctx, theGuide, x.ID, Opening, 0, fmt.Sprint("Ouverture ", i)); {
				case err == nil:
					kept.Add(1)
				case apperr.KindOf(err) == apperr.Conflict:
					refused.Add(1)
				default:
					return err
				}
				return nil
			})
		}
		ok(t, g.Wait())
		all := must[map[string]Section](t)(Sections(ctx, d, x.ID))
		if kept.Load() != 1 || refused.Load() != 23 || len(all) != 13 || all[items[7].ID].Text != "Texte 7" {
			t.Errorf("%d kept, %d refused, %d sections", kept.Load(), refused.Load(), len(all))
		}
		ok(t, m.Write(ctx, theGuide, x.ID, Opening, 1, "Relu."))
		if err := m.Write(ctx, theGuide, x.ID, Opening, 1, "De trop."); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("an old page: %v", err)
		}
		// The agenda: hours follow the durations, points move, and who has no right writes nothing.
		ok(t, m.MoveItem(ctx, theGuide, x.ID, items[1].ID, true))
		ok(t, m.MoveItem(ctx, theGuide, x.ID, items[1].ID, true))
		ok(t, m.SaveItem(ctx, theGuide, x.ID, items[0].ID, 1, ItemInput{Title: "Changé", Planned: 25}))
		ok(t, m.DropItem(ctx, theGuide, x.ID, items[11].ID, 1))
		list := must[[]Item](t)(Agenda(ctx, d, x))
		if len(list) != 11 || list[0].ID != items[1].ID || list[0].At != "14:00" || list[1].At != "14:10" || list[2].At != "14:35" || list[1].Title != "Changé" || len(list[1].Levers) != 0 || len(list[0].Levers) != 1 {
			t.Errorf("%+v", list[:3])
		}
		for _, a := range []policy.Actor{{}, somebody, otherOne} {
			if _, err := m.AddItem(ctx, a, x.ID, ItemInput{Title: "x"}); apperr.KindOf(err) != apperr.Forbidden {
				t.Errorf("%q: %v", a.Person, err)
			}
		}
	})
}

// Of twenty-four who approve at once one does; what is written meanwhile is either in
// the frozen document or refused.
func TestApproveOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, x := newRoom(t, d)
		for _, s := range []string{"Ouvrir une ligne de car.", "Demander une étude.", "Se revoir en mai."} {
			must[Decision](t)(m.Decide(ctx, theGuide, x.ID, DecisionInput{Sentence: s}))
		}
		ok(t, m.Write(ctx, theGuide, x.ID, Opening, 0, "**Bienvenue** <script>alert(1)</script>"))
		rev := func() int64 { return must[Minutes](t)(Of(ctx, d, x)).Rev }
		if _, err := m.Approve(ctx, theGuide, x.ID, rev(), press(nil)); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("a draft is approved: %v", err)
		}
		ok(t, m.Propose(ctx, theGuide, x.ID, rev()))
		// Somebody writes while it is being drawn.
		now := rev()
		if _, err := m.Approve(ctx, theGuide, x.ID, now, press(func() { ok(t, m.Write(ctx, theTeam, x.ID, Closing, 0, "Merci.")) })); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("what changed meanwhile is approved unread: %v", err)
		}
		now = rev()
		var done, conflicts atomic.Int64
		var g errgroup.Group
		for i := range 24 {
			g.Go(func() error {
				a := theGuide
				if i%2 == 0 {
					a = theTeam
				}
				switch _, err := m.Approve(ctx, a, x.ID, now, press(nil)); {
				case err == nil:
					done.Add(1)
				case apperr.KindOf(err) == apperr.Conflict:
					conflicts.Add(1)
				default:
					return err
				}
				return nil
			})
		}
		ok(t, g.Wait())
		editions := must[[]Edition](t)(Editions(ctx, d, x.ID))
		if done.Load() != 1 || conflicts.Load() != 23 || len(editions) != 1 {
			t.Fatalf("%d approved, %d refused, %d editions", done.Load(), conflicts.Load(), len(editions))
		}
		pub := must[document.Publication](t)(document.Find(ctx, d, editions[0].Publication))
		if err := document.Verify(ctx, d, pub); err != nil || pub.SHA256 != editions[0].SHA256 {
			t.Errorf("%v %s", err, pub.SHA256)
		}
		frozen := must[document.Frozen](t)(document.Load(ctx, d, pub)).Document
		text := fmt.Sprint(frozen.Parts)
		for _, want := range []string{"Ouvrir une ligne de car.", "Merci.", "Approuvé par Anne", "n’est pas une signature électronique", "SHA-256"} {
			if !strings.Contains(text, want) {
				t.Errorf("the record does not say %q", want)
			}
		}
		if strings.Contains(text, "<script>") {
			t.Error("the record holds a script")
		}
		for name, err := range map[string]error{"a text": m.Write(ctx, theTeam, x.ID, Opening, 1, "Trop tard."), "a point": func() error { _, err := m.AddItem(ctx, theTeam, x.ID, ItemInput{Title: "x"}); return err }(),
			"a decision": func() error {
				_, err := m.Decide(ctx, theTeam, x.ID, DecisionInput{Sentence: "x"})
				return err
			}()} {
			if apperr.KindOf(err) != apperr.Conflict {
				t.Errorf("%s goes through once it is approved: %v", name, err)
			}
		}
		if err := m.Reopen(ctx, theTeam, x.ID, rev(), " "); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("opened again without a reason: %v", err)
		}
		ok(t, m.Reopen(ctx, theTeam, x.ID, rev(), "Une faute dans un nom"))
		ok(t, m.Write(ctx, theTeam, x.ID, Opening, 1, "Corrigé."))
		ok(t, m.Propose(ctx, theTeam, x.ID, rev()))
		second := must[Edition](t)(m.Approve(ctx, theTeam, x.ID, rev(), press(nil)))
		if second.Seq != 2 || second.Reason != "Une faute dans un nom" || second.SHA256 == editions[0].SHA256 {
			t.Errorf("%+v", second)
		}
		ok(t, m.AskHeads(ctx, theTeam, x.ID, 2))
		if err := m.AskHeads(ctx, theTeam, x.ID, 2); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("asked twice: %v", err)
		}
		act := must[cop.Act](t)(cop.FindAct(ctx, d, must[[]Edition](t)(Editions(ctx, d, x.ID))[0].Act))
		if act.SHA256 != second.SHA256 || act.State != cop.ActPending {
			t.Errorf("%+v", act)
		}
	})
}

func TestDecisions(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, x := newRoom(t, d)
		for _, bad := range []DecisionInput{{}, {Sentence: strings.Repeat("é", 301)}, {Sentence: "x", Kind: "loi"}, {Sentence: "x", Reached: "vote", Ballot: "inconnu"}, {Sentence: "x", Contributions: []string{"inconnue"}}, {Sentence: "x", Item: "inconnu"}} {
			if _, err := m.Decide(ctx, theGuide, x.ID, bad); apperr.KindOf(err) != apperr.Invalid {
				t.Errorf("%.40v: %v", bad, err)
			}
		}
		b := must[ballot.Ballot](t)(m.Ballots.Create(ctx, theGuide, x.ID, ballot.Input{Question: "Q", Kind: ballot.Single, Options: []string{"Oui", "Non"}}))
		one := must[Decision](t)(m.Decide(ctx, theGuide, x.ID, DecisionInput{Sentence: "Ouvrir une ligne.", Reached: "vote", Ballot: b.ID, Levers: []string{"biogaz"}}))
		for range 4 {
			must[Decision](t)(m.Decide(ctx, theGuide, x.ID, DecisionInput{Sentence: "Une autre."}))
		}
		back := must[[]link.Link](t)(link.To(ctx, d, link.End{Kind: link.Lever, ID: "biogaz"}))
		if len(back) != 1 || back[0].From.ID != one.ID {
			t.Errorf("a lever does not lead back: %+v", back)
		}
		ok(t, m.SaveDecision(ctx, theGuide, x.ID, one.ID, 1, DecisionInput{Sentence: "Ouvrir deux lignes.", Kind: "orientation"}))
		if err := m.SaveDecision(ctx, theGuide, x.ID, one.ID, 1, DecisionInput{Sentence: "Rien."}); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("an old page: %v", err)
		}
		if err := m.Settle(ctx, theGuide, one.ID, 2, "dropped", ""); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("dropped without a reason: %v", err)
		}
		ok(t, m.Settle(ctx, theGuide, one.ID, 2, "dropped", "pas de budget"))
		got, _, _, err := FindDecision(ctx, d, somebody, one.ID)
		if err != nil || got.State != "dropped" || got.Sentence != "Ouvrir deux lignes." || len(got.Levers) != 0 || got.Ballot != "" {
			t.Errorf("%+v %v", got, err)
		}
		c := must[cop.COP](t)(cop.Find(ctx, d, theCOP))
		seen, cursor := 0, ""
		for {
			p := must[cop.Page[Decision]](t)(m.DecisionsOf(ctx, d, somebody, c, cursor, 2))
			seen += len(p.Rows)
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if seen != 5 {
			t.Errorf("%d decisions by pages of two", seen)
		}
		x.Part = cop.Internal
		must[cop.Meeting](t)(m.COPs.SaveMeeting(ctx, theTeam, x, ""))
		if p := must[cop.Page[Decision]](t)(m.DecisionsOf(ctx, d, somebody, c, "", 10)); len(p.Rows) != 0 {
			t.Errorf("anyone reads %d decisions of an internal meeting", len(p.Rows))
		}
		if p := must[cop.Page[Decision]](t)(m.DecisionsOf(ctx, d, theTeam, c, "", 10)); len(p.Rows) != 5 {
			t.Errorf("the team reads %d decisions", len(p.Rows))
		}
	})
}

func TestTasks(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, x := newRoom(t, d)
		g := must[account.Role](t)(m.Accounts.Appoint(ctx, "paul@exemple.fr", "Paul", policy.Expert, "region", "44", ""))
		late := must[Task](t)(m.AddTask(ctx, theGuide, x.ID, TaskInput{What: "Écrire la note", Holder: "Paul", Email: "Paul@exemple.fr", Due: "2026-02-20"}))
		must[Task](t)(m.AddTask(ctx, theGuide, x.ID, TaskInput{What: "Relire", Org: "DREAL", Email: "inconnu@exemple.fr", Due: "2026-03-04"}))
		must[Task](t)(m.AddTask(ctx, theGuide, x.ID, TaskInput{What: "Un jour", Org: "DREAL"}))
		if late.Account != g.Account {
			t.Errorf("%+v is not %s's", late, g.Account)
		}
		for range 2 {
			ok(t, m.Remind(ctx))
		}
		var mails int64
		ok(t, d.QueryRow(ctx, `SELECT COUNT(*) FROM mail_outbox WHERE dedup LIKE 'meeting-task/%'`).Scan(&mails))
		if mails != 2 { // given, then late: once each
			t.Errorf("%d mails", mails)
		}
		due := must[[]cop.Due](t)(Due(ctx, d, theCOP, "2026-03-09"))
		if len(due) != 2 || due[0].Day != "2026-02-20" {
			t.Errorf("%+v", due)
		}
		holder := policy.Actor{Person: g.Account}
		if _, err := m.EndTask(ctx, somebody, late.ID, 1, TaskDone, "", ""); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("anyone ends it: %v", err)
		}
		if _, err := m.EndTask(ctx, holder, late.ID, 1, TaskDropped, "", ""); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("dropped without a reason: %v", err)
		}
		if _, err := m.EndTask(ctx, holder, late.ID, 1, TaskDone, "2027-01-01", ""); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("done tomorrow: %v", err)
		}
		done := must[Task](t)(m.EndTask(ctx, holder, late.ID, 1, TaskDone, "", "note envoyée"))
		if done.EndedOn != "2026-03-02" || done.Late("2026-03-02") {
			t.Errorf("%+v", done)
		}
		if _, err := m.EndTask(ctx, theGuide, late.ID, 1, TaskOpen, "", ""); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("an old page: %v", err)
		}
	})
}

func TestFiles(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, x := newRoom(t, d)
		c := must[cop.COP](t)(cop.Find(ctx, d, theCOP))
		text := func() *strings.Reader { return strings.NewReader("bonjour à tous\n") }
		shown := must[File](t)(m.AddFile(ctx, theGuide, x.ID, FileInput{Part: policy.Public}, text(), blob.Claim{Name: "support.txt"}))
		must[File](t)(m.AddFile(ctx, theGuide, x.ID, FileInput{Title: "Interne", Part: cop.Internal}, text(), blob.Claim{Name: "note.txt"}))
		if _, err := m.AddFile(ctx, theGuide, x.ID, FileInput{Part: policy.Public}, text(), blob.Claim{Name: "photo.png"}); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("a text that claims to be a picture: %v", err)
		}
		if _, err := m.AddFile(ctx, somebody, x.ID, FileInput{Part: policy.Public}, text(), blob.Claim{Name: "a.txt"}); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("anyone brings a file: %v", err)
		}
		for who, want := range map[*policy.Actor]int{&somebody: 1, &theGuide: 2, &otherOne: 1} {
			if list := must[[]File](t)(Files(ctx, d, *who, x, c)); len(list) != want {
				t.Errorf("%s reads %d files, want %d", who.Person, len(list), want)
			}
		}
		if err := m.WithdrawFile(ctx, theGuide, x.ID, shown.ID, ""); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("withdrawn without a reason: %v", err)
		}
		ok(t, m.WithdrawFile(ctx, theGuide, x.ID, shown.ID, "mauvaise version"))
		if _, _, err := OpenFile(ctx, d, theGuide, x.ID, shown.ID); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a withdrawn file opens: %v", err)
		}
	})
}
