package followup_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"jalon/internal/action"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/testkit"
)

const childVar = "JALON_TEST_FOLLOWUP_CHILD"

// TestMain lets the test binary play the program that a test kills.
func TestMain(m *testing.M) {
	if where := os.Getenv(childVar); where != "" {
		if err := child(context.Background(), where, os.Getenv(childVar+"_DSN"), os.Getenv(childVar+"_ROUND")); err != nil {
			fmt.Println("failed", err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child writes what a round asks, and stops for ever where it is told to.
func child(ctx context.Context, where, dsn, round string) error {
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return err
	}
	// after is a clock that stops the program at one of its readings.
	after := func(point string, n int) func() time.Time {
		return func() time.Time {
			if n--; n == 0 && point == where {
				fmt.Println("here")
				_, _ = os.Stdin.Read(make([]byte, 1)) // until the kill
			}
			return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
		}
	}
	still, cursors := after("", 0), db.NewCursors([]byte("essai"))
	queue := jobs.New(db.NewIDs(still, rand.Reader), still)
	ids := db.NewIDs(still, rand.Reader)
	register := &action.Room{DB: d, IDs: ids, Now: still, Journal: journal.New(ids, still, cursors), Cursors: cursors}
	room := &followup.Room{DB: d, IDs: db.NewIDs(after("while asks are written", 150), rand.Reader), Now: after("within the asks of one person", 51), Register: register, Links: cursors, BaseURL: "https://jalon.exemple.fr", Queue: queue,
		Outbox: mail.New(mail.Options{IDs: ids, Now: after("before a mail is kept", 20), Queue: queue, Cursors: cursors})}
	return room.Ask(ctx, round)
}

const people, each6 = 40, 6

// crowded is a round that is open, over 240 actions of 40 people, in a database that two
// processes may open; nobody was written to yet.
func crowded(t *testing.T, engine db.Engine) (*kit, string, followup.Round) {
	t.Helper()
	d, dsn := testkit.Shared(t, engine)
	k := newKit(t, d)
	for i := range people * each6 {
		k.retained(t, fmt.Sprintf("a%03d", i), int64(i+1), func(x *action.Action) { x.Email = fmt.Sprintf("p%02d@exemple.fr", i%people) })
	}
	r, err := k.room.AddRound(t.Context(), k.team, k.cop, followup.Round{Name: "Printemps 2026", Period: "2026-03-01", ClosesOn: "2026-04-30", Fallback: followup.Fallback{Days: 7}})
	if err != nil {
		t.Fatal(err)
	}
	if r, err = k.room.OpenRound(t.Context(), k.team, r.ID, r.Rev); err != nil {
		t.Fatal(err)
	}
	return k, dsn, r
}

// The program is killed as by a power cut while a round writes to its people: begun again,
// it writes to each of them, once, about all that is asked of them.
func TestKilledWhileARoundWrites(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		for _, where := range []string{"while asks are written", "within the asks of one person", "before a mail is kept"} {
			t.Run(string(engine)+"/"+where, func(t *testing.T) {
				k, dsn, r := crowded(t, engine)
				cmd := exec.CommandContext(t.Context(), os.Args[0])
				cmd.Env = append(os.Environ(), childVar+"="+where, childVar+"_DSN="+dsn, childVar+"_ROUND="+r.ID)
				in, err := cmd.StdinPipe()
				if err != nil {
					t.Fatal(err)
				}
				defer in.Close()
				out, err := cmd.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "here\n" {
					t.Fatalf("%q, %v", line, err)
				}
				if err := cmd.Process.Kill(); err != nil { // SIGKILL
					t.Fatal(err)
				}
				if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != -1 {
					t.Fatalf("it ended by itself: %v", err)
				}
				before := len(k.mails(t))
				if before >= people || where == "before a mail is kept" && before != 19 {
					t.Fatalf("%d mails before the kill prove nothing", before)
				}
				k.wroteOnce(t, r)
			})
		}
	}
}

// wroteOnce has a round written, as its job does again, and checks what each got.
func (k *kit) wroteOnce(t *testing.T, r followup.Round) {
	t.Helper()
	for range 2 {
		if err := k.room.Ask(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
	}
	mails := k.mails(t)
	if len(mails) != people {
		t.Fatalf("%d people were written to", len(mails))
	}
	for i := range people {
		got := mails[fmt.Sprintf("p%02d@exemple.fr", i)]
		if len(got) != 1 {
			t.Errorf("person %d got %d mails", i, len(got))
			continue
		}
		var titles []string
		for _, b := range got[0].Letter.Blocks {
			titles = append(titles, b.Items...)
		}
		for n := range each6 {
			if title := fmt.Sprintf("Haies a%03d", i+n*people); !slices.Contains(titles, title) {
				t.Errorf("person %d is not asked about %s: %s", i, title, strings.Join(titles, ", "))
			}
		}
		l, err := k.room.Opened(t.Context(), k.db, linkIn(t, got[0]))
		if err != nil || len(l.Items) != each6 {
			t.Errorf("the link of person %d opens %d actions (%v)", i, len(l.Items), err)
		}
	}
	asks, err := followup.Asks(t.Context(), k.db, r.ID)
	if err != nil || len(asks) != people*each6 {
		t.Fatalf("%d asks (%v)", len(asks), err)
	}
	for _, a := range asks {
		if a.State != "sent" || a.SentAt.IsZero() {
			t.Errorf("%s is %s", a.Action, a.State)
		}
	}
}
