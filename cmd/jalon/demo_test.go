package main

import (
	"bufio"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"jalon/internal/db"
)

// opened starts «jalon demo» and waits for the address that it prints.
func opened(t *testing.T, dir string, args ...string) (c *exec.Cmd, said, page string) {
	t.Helper()
	c = program(dir, append([]string{"demo", "--small"}, args...)...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for r := bufio.NewScanner(out); r.Scan(); {
		said += r.Text() + "\n"
		if _, address, ok := strings.Cut(r.Text(), "n’importe quel rôle\u00a0: "); ok {
			return c, said, address
		}
	}
	t.Fatalf("no address: %s (%v)", said, c.Wait())
	return nil, "", ""
}

func ended(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
}

// Killed while it fills, the command begins again; then it uses what it made,
// in a file of its own.
func TestADemonstrationSurvivesKill9(t *testing.T) {
	dir := t.TempDir()
	c := program(dir, "demo", "--small")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	half := halfDone(t, filepath.Join(dir, "data", "jalon-demo.db"))
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	if !half {
		t.Fatal("it was not seen filling")
	}
	c, said, page := opened(t, dir)
	if !strings.Contains(said, "faite à l’instant") {
		t.Errorf("after it was killed: %s", said)
	}
	r, err := http.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r.Body)
	if err != nil || r.Body.Close() != nil || !strings.Contains(string(text), "Données de démonstration") {
		t.Errorf("%s: %s %v", page, r.Status, err)
	}
	ended(t, c)
	c, said, _ = opened(t, dir)
	if !strings.Contains(said, "reprise telle que vous l’aviez laissée") {
		t.Errorf("the second time: %s", said)
	}
	ended(t, c)
	c, said, _ = opened(t, dir, "--reset")
	if !strings.Contains(said, "faite à l’instant") {
		t.Errorf("--reset: %s", said)
	}
	ended(t, c)
	if s := jalon(t, dir, "user", "add", "anne@exemple.fr", "--role", "national_admin"); s.code != 0 {
		t.Fatalf("the real database beside it: %+v", s)
	}
	refused := program(dir, "demo")
	refused.Env = append(refused.Env, "JALON_DB="+filepath.Join(dir, "autre.db"))
	for i, e := range refused.Env {
		if strings.HasPrefix(e, "JALON_DB=") && i < len(refused.Env)-1 {
			refused.Env[i] = "JALON_DB=" + filepath.Join(dir, "autre.db")
		}
	}
	user := program(dir, "user", "add", "anne@exemple.fr", "--role", "national_admin")
	user.Env = refused.Env
	if out, err := user.CombinedOutput(); err != nil {
		t.Fatalf("%s %v", out, err)
	}
	out, err := refused.CombinedOutput()
	if err == nil || refused.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), "Rien n’y a été touché") {
		t.Errorf("on a real database: %v %s", err, out)
	}
}

// halfDone waits until a database is seen being filled.
func halfDone(t *testing.T, file string) bool {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(time.Minute); ; {
		select {
		case <-end:
			return false
		case <-tick.C:
		}
		d, err := db.Open(t.Context(), file)
		if err != nil {
			continue // not there yet
		}
		var n int64
		err = d.QueryRow(t.Context(), `SELECT COUNT(*) FROM account a JOIN demo d ON d.state = 'filling'`).Scan(&n)
		if cerr := d.Close(); cerr != nil {
			continue
		}
		if err == nil && n > 20 {
			return true
		}
	}
}
