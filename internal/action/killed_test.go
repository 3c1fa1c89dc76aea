package action_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

const childVar = "JALON_TEST_ACTION_CHILD"

// TestMain lets the test binary play the programs that tests kill or starve.
func TestMain(m *testing.M) {
	if where := os.Getenv(childVar); where != "" {
		if err := child(context.Background(), where, os.Getenv(childVar+"_DSN"), os.Getenv(childVar+"_RUN")); err != nil {
			fmt.Printf("failed|%d|%s\n", apperr.KindOf(err), apperr.Message(err))
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child applies a run, and stops for ever where it is told to.
func child(ctx context.Context, where, dsn, id string) error {
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return err
	}
	here := func(point string) {
		if point == where {
			fmt.Println("here")
			_, _ = os.Stdin.Read(make([]byte, 1)) // until the kill
		}
	}
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	ids := db.NewIDs(now, rand.Reader)
	batches := 0
	c, err := cop.OfRegion(ctx, d, "44")
	if err != nil {
		return err
	}
	room := &action.Room{DB: d, IDs: ids, Intake: intake.New(ids, now),
		Now: func() time.Time {
			if batches++; batches == 3 {
				here("between two batches")
			}
			return at
		},
		Journal: journal.New(ids, func() time.Time { here("before the commit"); return at }, db.NewCursors([]byte("essai"))),
		Held: func(context.Context, db.Q, string) (policy.Actor, error) {
			here("in the transaction")
			return over("équipe", policy.Team, "44"), nil
		}}
	run, err := intake.Find(ctx, d, id)
	if err != nil {
		return err
	}
	if where == "a full disk" {
		limit := syscall.Rlimit{Cur: 1 << 20, Max: 1 << 20}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			return err
		}
	}
	_, err = room.ApplyRun(ctx, over("équipe", policy.Team, "44"), c, run.ID, run.Rev)
	return err
}

// lines is a file of n actions.
func lines(n int) []byte {
	var b bytes.Buffer
	b.WriteString("Identifiant;Titre;Résumé;Leviers;Territoires\n")
	for i := range n {
		fmt.Fprintf(&b, "%d;Planter des haies n° %d;%s;Gestion des haies;Bas-Rhin\n", i, i, strings.Repeat("Avec les agriculteurs de la vallée. ", 10))
	}
	return b.Bytes()
}

// staged gives a file of 1 200 actions that waits to be applied, in a database that two
// processes may open.
func staged(t *testing.T, engine db.Engine) (*kit, string, intake.Run) {
	t.Helper()
	d, dsn := testkit.Shared(t, engine)
	k := newKit(t, d).importing()
	run, bad := k.stage(t, "a.csv", lines(1_200), nil, action.Chosen{})
	if run.State != intake.Staged {
		t.Fatalf("%+v %s", run, said(bad))
	}
	return k, dsn, run
}

func startChild(t *testing.T, where, dsn, run string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"="+where, childVar+"_DSN="+dsn, childVar+"_RUN="+run)
	return cmd
}

// nothing checks that no page sees anything of the file, then that it is applied whole
// and once, and that what was left unseen goes.
func (k *kit) nothing(t *testing.T, run intake.Run) {
	t.Helper()
	ctx := t.Context()
	if now, err := intake.Find(ctx, k.db, run.ID); err != nil || now.State != intake.Staged || now.Rev != run.Rev {
		t.Errorf("the run: %+v, %v", now, err)
	}
	if p, err := k.room.List(ctx, k.db, k.team, action.Filter{}, "", 10); err != nil || p.Total != 0 || len(k.all(t)) != 0 {
		t.Errorf("half of a file is seen: %d, %v", p.Total, err)
	}
	if n := k.rows(t, "journal WHERE verb = 'import'"); n != 0 {
		t.Errorf("%d imports told", n)
	}
	if out := k.apply(t, run); out.Added != 1_200 {
		t.Errorf("applied again: %+v", out)
	}
	k.room.Now = func() time.Time { return time.Date(2026, 3, 2, 13, 30, 0, 0, time.UTC) }
	if err := k.room.DropStale(ctx); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"action", "action_version", "action_lever", "action_place"} {
		if n := k.rows(t, table); n != 1_200 {
			t.Errorf("%d rows of %s", n, table)
		}
	}
	if n := k.rows(t, "(SELECT DISTINCT origin FROM action) o"); n != 1_200 {
		t.Errorf("%d different actions", n)
	}
	if n := k.rows(t, "action_word WHERE action_id NOT IN (SELECT id FROM action)"); n != 0 {
		t.Errorf("%d words of nothing", n)
	}
}

// The program is killed as by a power cut while a file is applied: nothing of it is
// seen, and it is applied again without doubles.
func TestKilledWhileAFileIsApplied(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		for _, where := range []string{"between two batches", "in the transaction", "before the commit"} {
			t.Run(string(engine)+"/"+where, func(t *testing.T) {
				k, dsn, run := staged(t, engine)
				cmd := startChild(t, where, dsn, run.ID)
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
				line, err := bufio.NewReader(out).ReadString('\n')
				if err != nil || line != "here\n" {
					t.Fatalf("%q, %v", line, err)
				}
				if n := k.rows(t, "action WHERE cop_id >= 'import:' AND cop_id < 'import;'"); n < 500 {
					t.Errorf("killed too early to prove anything: %d rows unseen", n)
				}
				if err := cmd.Process.Kill(); err != nil { // SIGKILL
					t.Fatal(err)
				}
				if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != -1 {
					t.Fatalf("it ended by itself: %v", err)
				}
				k.nothing(t, run)
			})
		}
	}
}

// A disk that refuses to grow a file answers as a full one does: it is said in French,
// and nothing of the file is seen. PostgreSQL keeps its files itself: what it says of a
// full disk is read by the db package.
func TestAFileAppliedOnAFullDisk(t *testing.T) {
	k, dsn, run := staged(t, db.SQLite)
	out, err := startChild(t, "a full disk", dsn, run.ID).CombinedOutput()
	if want := fmt.Sprintf("failed|%d|Le disque est plein", apperr.Unavailable); err == nil || !strings.HasPrefix(string(out), want) {
		t.Fatalf("%v: %s", err, out)
	}
	k.nothing(t, run)
}

// A database that is full refuses a file as it is sent and as it is judged; there is
// nothing left of it once there is room.
func TestAFileSentToAFullDatabase(t *testing.T) {
	k := newKit(t, testkit.Open(t, db.SQLite)).importing()
	ctx := t.Context()
	body := lines(3_000)
	full := func(more int) {
		t.Helper()
		var pages int
		if err := k.db.QueryRow(ctx, `SELECT page_count FROM pragma_page_count`).Scan(&pages); err != nil {
			t.Fatal(err)
		}
		if _, err := k.db.Exec(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+more)); err != nil {
			t.Fatal(err)
		}
	}
	said := func(what string, err error) {
		t.Helper()
		if apperr.KindOf(err) != apperr.Unavailable || !strings.Contains(apperr.Message(err), "Le disque est plein") {
			t.Errorf("%s: %v", what, err)
		}
	}
	u := action.Upload{Name: "a.csv", Chosen: action.Chosen{Choices: action.Choices{State: action.Proposed}}}
	full(20)
	_, err := k.room.Keep(ctx, k.team, k.cop, nil, u, bytes.NewReader(body))
	said("kept", err)
	if n := k.rows(t, "action_import") + k.rows(t, "action_import_part"); n != 0 {
		t.Errorf("%d rows of a file that was not kept", n)
	}
	full(1_000_000)
	if u, err = k.room.Keep(ctx, k.team, k.cop, nil, u, bytes.NewReader(body)); err != nil {
		t.Fatal(err)
	}
	full(100)
	_, err = k.verdicts(t, u)
	said("judged", err)
	full(1_000_000)
	if n := k.rows(t, "import_run WHERE state = 'staged'"); n != 0 {
		t.Errorf("%d runs could be applied", n)
	}
	run, err := k.verdicts(t, u)
	if err != nil || run.Rows != 3_000 {
		t.Fatalf("%+v, %v", run, err)
	}
	if out := k.apply(t, run); out.Added != 3_000 {
		t.Errorf("%+v", out)
	}
}
