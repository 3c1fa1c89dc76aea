package db_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

// TestMain lets the test binary play the processes that tests kill or starve.
func TestMain(m *testing.M) {
	if role := os.Getenv("JALON_TEST_CHILD"); role != "" {
		if err := child(context.Background(), role, os.Getenv("JALON_TEST_CHILD_DIR")); err != nil {
			fmt.Println("child:", err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func startChild(t *testing.T, role, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "JALON_TEST_CHILD="+role, "JALON_TEST_CHILD_DIR="+dir)
	return cmd
}

func child(ctx context.Context, role, dir string) error {
	if dsn := os.Getenv("JALON_TEST_CHILD_DSN"); dsn != "" {
		return starvedServer(ctx, dsn, dir)
	}
	path := filepath.Join(dir, "jalon.db")
	d, err := db.Open(ctx, path) // synchronous = FULL, as in production
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	switch role {
	case "writer":
		for i := 0; ; i++ {
			if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
				return set(ctx, tx, fmt.Sprintf("%08d", i), "value")
			}); err != nil {
				return err
			}
			fmt.Println(i) // the acknowledgement
		}
	case "starved":
		return starved(ctx, d, dir)
	}
	return fmt.Errorf("unknown role %q", role)
}

// starved fills a database, forbids files to grow (as a full disk or a quota
// would), then writes, backs up and reads.
func starved(ctx context.Context, d *db.DB, dir string) error {
	body := strings.Repeat("x", 4000)
	for i := range 200 {
		if err := set(ctx, d, fmt.Sprintf("before %d", i), body); err != nil {
			return err
		}
	}
	whole := filepath.Join(dir, "whole.db")
	if _, err := db.Backup(ctx, d, whole); err != nil {
		return err
	}
	if err := starve(300 << 10); err != nil {
		return err
	}
	_, err := db.Backup(ctx, d, filepath.Join(dir, "copy.db"))
	report("backup", err)
	_, err = db.Restore(ctx, whole, filepath.Join(dir, "copy again.db"))
	report("restore", err)
	for i := range 400 {
		if err = set(ctx, d, fmt.Sprintf("after %d", i), body); err != nil {
			break
		}
	}
	report("write", err)
	var n int
	if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM setting WHERE name >= $1`, "before").Scan(&n); err != nil {
		return err
	}
	fmt.Printf("rows|%d|\n", n)
	return nil
}

func starve(size uint64) error {
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size})
}

func report(what string, err error) {
	fmt.Printf("%s|%d|%s\n", what, apperr.KindOf(err), apperr.Message(err))
}

// starvedServer backs up a database of a server where no file may grow.
func starvedServer(ctx context.Context, dsn, dir string) error {
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return err
	}
	if err := starve(8 << 10); err != nil {
		return err
	}
	_, err = db.Backup(ctx, d, filepath.Join(dir, "copy.dump"))
	report("backup", err)
	return d.Close()
}

func TestEveryAcknowledgedRowSurvivesKill9(t *testing.T) {
	dir := t.TempDir()
	cmd := startChild(t, "writer", dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := -1
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatal(lines.Text())
		}
		if last = n; n == 150 {
			if err := cmd.Process.Kill(); err != nil { // SIGKILL
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || last < 150 {
		t.Fatalf("the writer stopped by itself after %d: %v", last, err)
	}
	d, err := db.Open(t.Context(), filepath.Join(dir, "jalon.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	all := names(t, d)
	// One more may have been written and not yet acknowledged.
	if len(all) < last+1 || len(all) > last+2 || all[last] != fmt.Sprintf("%08d", last) {
		t.Errorf("%d rows after %d acknowledged", len(all), last+1)
	}
	problems, err := db.Strings(d.Query(t.Context(), `SELECT integrity_check FROM pragma_integrity_check`))
	if err != nil || len(problems) != 1 || problems[0] != "ok" {
		t.Errorf("%v %v", problems, err)
	}
}

func TestAFullDiskIsSaidAndLosesNothing(t *testing.T) {
	dir := t.TempDir()
	out, err := startChild(t, "starved", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		if p := strings.Split(strings.TrimSpace(line), "|"); len(p) == 3 {
			got[p[0]] = p[1:]
		}
	}
	for _, what := range []string{"backup", "restore", "write"} {
		if p := got[what]; len(p) != 2 || p[0] != strconv.Itoa(int(apperr.Unavailable)) || !strings.Contains(p[1], "Le disque est plein") {
			t.Errorf("%s: %q", what, p)
		}
	}
	if len(got["rows"]) == 0 || got["rows"][0] != "200" {
		t.Errorf("rows: %q\n%s", got["rows"], out)
	}
	left, err := filepath.Glob(filepath.Join(dir, "copy*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestABackupOfAServerOnAFullDiskIsSaid(t *testing.T) {
	dir, dsn := t.TempDir(), testkit.Postgres(t)
	d, err := db.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	fill(t, d)
	before := filepath.Join(dir, "copy.dump")
	if err := os.WriteFile(before, []byte("yesterday's"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := startChild(t, "starved server", dir)
	cmd.Env = append(cmd.Env, "JALON_TEST_CHILD_DSN="+dsn)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "backup|"+strconv.Itoa(int(apperr.Unavailable))+"|Le disque est plein") {
		t.Errorf("%v\n%s", err, out)
	}
	only(t, before)
	if kept, err := os.ReadFile(before); err != nil || string(kept) != "yesterday's" {
		t.Errorf("the backup of yesterday: %q %v", kept, err)
	}
}

func TestAFullDatabaseIsSaidAndTheTransactionUndone(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	ctx := t.Context()
	var pages int
	if err := d.QueryRow(ctx, `SELECT page_count FROM pragma_page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Exec(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+20)); err != nil {
		t.Fatal(err)
	}
	err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
		for i := range 100 {
			if err := set(ctx, tx, fmt.Sprint(i), strings.Repeat("x", 4000)); err != nil {
				return err
			}
		}
		return nil
	})
	if apperr.KindOf(err) != apperr.Unavailable || !strings.Contains(apperr.Message(err), "Le disque est plein") {
		t.Errorf("%v", err)
	}
	if all := names(t, d); len(all) != 0 {
		t.Errorf("%d rows stayed", len(all))
	}
	if err := set(ctx, d, "small", ""); err != nil {
		t.Errorf("the writer is still usable: %v", err)
	}
}
