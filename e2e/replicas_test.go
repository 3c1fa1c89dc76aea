package e2e

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jalon/internal/testkit"
)

// replica is one «jalon serve» of several on one database: a process of its own,
// that can be killed.
type replica struct {
	cmd *exec.Cmd
	url string
}

// build makes the program once for a test.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "jalon")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../cmd/jalon").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

func env(dsn, dir string) []string {
	return append(os.Environ(), "JALON_DB="+dsn, "JALON_DATA_DIR="+dir, "JALON_ADDR=127.0.0.1:0", "JALON_BASE_URL=")
}

// serve starts a replica and reads the address that it opened.
func serve(t *testing.T, program, dsn string, flags ...string) *replica {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, program, append([]string{"serve"}, flags...)...)
	cmd.Env = append(env(dsn, t.TempDir()), "JALON_METRICS_ADDR=")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, after, ok := strings.Cut(lines.Text(), "Jalon est ouvert\u00a0: "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return &replica{cmd: cmd, url: strings.TrimSpace(after)}
		}
	}
	t.Fatal("the program did not say where it listens")
	return nil
}

// worker starts what works in the background, and serves no page.
func worker(t *testing.T, program, dsn string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, program, "worker")
	cmd.Env = append(env(dsn, t.TempDir()), "JALON_METRICS_ADDR=")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	if !lines.Scan() || !strings.Contains(lines.Text(), "tâches de fond") {
		t.Fatalf("the worker said %q", lines.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
}

// kill ends a replica as a power cut would.
func (r *replica) kill(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = r.cmd.Wait()
}

// visit reads a page, or sends a form when there is one, and gives the page at
// the end of redirections.
func visit(t *testing.T, c *http.Client, address string, form url.Values) (int, string) {
	t.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// Two programs that serve pages and one that works, on one PostgreSQL: somebody signs in on one, writes on the other,
// the first is killed, and nothing is lost. Each later part of Jalon adds a step.
func TestTwoReplicas(t *testing.T) {
	t.Parallel()
	program, dsn := build(t), testkit.Postgres(t)
	one, two := serve(t, program, dsn, "--no-jobs"), serve(t, program, dsn, "--no-jobs")
	worker(t, program, dsn)

	add := exec.CommandContext(t.Context(), program, "user", "add", "equipe@exemple.fr", "--role", "team", "--scope", "region:44", "--name", "Anne")
	add.Env = env(dsn, t.TempDir())
	out, err := add.CombinedOutput()
	if err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
	_, after, ok := strings.Cut(string(out), "jeton=")
	if !ok {
		t.Fatalf("no link: %s", out)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: 30 * time.Second}
	if status, page := visit(t, c, one.url+"/connexion/confirmer", url.Values{"jeton": {strings.Fields(after)[0]}}); status != http.StatusOK || !strings.Contains(page, "Mes sessions") {
		t.Fatalf("signing in on the first: %d", status)
	}
	// Cookies have no port: the session is the same for the second.
	status, page := visit(t, c, two.url+"/regions/grand-est/bureau/actualites", url.Values{"title": {"Écrit sur le second"}, "text": {"Et lu partout."}})
	if status != http.StatusOK || !strings.Contains(page, "Écrit sur le second") {
		t.Fatalf("writing on the second: %d", status)
	}
	if status, page = visit(t, c, one.url+"/regions/grand-est/bureau/actualites", nil); status != http.StatusOK || !strings.Contains(page, "Écrit sur le second") {
		t.Errorf("reading on the first: %d", status)
	}
	id := strings.SplitN(strings.SplitN(page, "/bureau/actualites/", 2)[1], `"`, 2)[0]
	sendsFromTheOther(t, c, one, two)
	editsOnOneReadsOnTheOther(t, c, one, two)
	keepsOneNight(t, dsn)
	file := deposits(t, c, one)
	one.kill(t)
	if status, page = visit(t, &http.Client{Timeout: 30 * time.Second}, two.url+file, nil); status != http.StatusOK || page != deposited {
		t.Errorf("the document after the first died: %d, %d bytes of %d", status, len(page), len(deposited))
	}
	if status, page = visit(t, c, two.url+"/regions/grand-est/bureau/actualites/"+id, url.Values{"rev": {"1"}, "do": {"publish"}}); status != http.StatusOK || !strings.Contains(page, "publiée le") {
		t.Errorf("publishing after the first died: %d", status)
	}
	if status, page = visit(t, &http.Client{Timeout: 30 * time.Second}, two.url+"/regions/grand-est", nil); status != http.StatusOK || !strings.Contains(page, "Et lu partout.") {
		t.Errorf("anyone on the second: %d", status)
	}
	three := serve(t, program, dsn, "--no-jobs")
	if status, _ = visit(t, c, three.url+"/mon-espace", nil); status != http.StatusOK {
		t.Errorf("the session on a new one: %d", status)
	}
	restartsInTurn(t, c, program, dsn, two, three)
}
