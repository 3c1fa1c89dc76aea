package testkit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// mailpitBinary asks the go command for the mail server that tools/mailpit.mod
// pins: it builds it the first time, then finds it in its cache.
var mailpitBinary = sync.OnceValues(func() (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", "tool", "-modfile=tools/mailpit.mod", "-n", "mailpit")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("testkit: mailpit: %w\n%s", err, &said)
	}
	return strings.TrimSpace(string(out)), nil
})

// moduleRoot is the first folder above that holds go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, serr := os.Stat(filepath.Join(dir, "go.mod")); serr == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", os.ErrNotExist
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}

// Mailpit is a real mail server that keeps what it receives and lets tests read
// it. It dies with the test, or with its process.
type Mailpit struct {
	SMTP string // host:port
	api  string
}

// StartMailpit starts one mail server.
func StartMailpit(t testing.TB) *Mailpit {
	t.Helper()
	path, err := mailpitBinary()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 { // another program may take a port between choosing and using it
		m, up := startMailpit(t, path)
		if up {
			return m
		}
	}
	t.Fatal("testkit: mailpit does not start")
	return nil
}

func startMailpit(t testing.TB, path string) (*Mailpit, bool) {
	m := &Mailpit{SMTP: freePort(t)}
	web := freePort(t)
	m.api = "http://" + web + "/api/v1"
	// The shell waits at the end of a pipe that only this process holds: when it
	// ends, however it ends, the server is stopped.
	cmd := exec.Command("/bin/sh", "-c", `"$0" "$@" </dev/null & server=$!; read _; kill "$server"; wait`,
		path, "--quiet", "--smtp", m.SMTP, "--listen", web, "--enable-chaos", "--disable-version-check", "--smtp-disable-rdns")
	pipe, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = pipe.Close()
		_ = cmd.Wait()
	})
	deadline, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if c, err := net.Dial("tcp", m.SMTP); err == nil {
			_ = c.Close()
			if err := m.get(deadline, "/info", nil); err == nil {
				return m, true
			}
		}
		select {
		case <-deadline.Done():
			return nil, false
		case <-tick.C:
		}
	}
}

func freePort(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Refuse makes the server answer every recipient, or every sender, with a code;
// 0 makes it accept them again.
func (m *Mailpit) Refuse(t testing.TB, recipient, sender int) {
	t.Helper()
	trigger := func(code int) map[string]int {
		if code == 0 {
			return map[string]int{"ErrorCode": 451, "Probability": 0}
		}
		return map[string]int{"ErrorCode": code, "Probability": 100}
	}
	body, err := json.Marshal(map[string]any{"Recipient": trigger(recipient), "Sender": trigger(sender)})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, m.api+"/chaos", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatal("testkit: mailpit:", resp.Status)
	}
}

// Received is one mail as the server read it.
type Received struct {
	ID      string
	From    struct{ Name, Address string }
	To      []struct{ Name, Address string }
	Subject string
	Text    string
	HTML    string
	Raw     string
}

// Received lists the mails that arrived, the first first.
func (m *Mailpit) Received(t testing.TB) []Received {
	t.Helper()
	var list struct{ Messages []struct{ ID string } }
	if err := m.get(t.Context(), "/messages?limit=1000", &list); err != nil {
		t.Fatal(err)
	}
	all := make([]Received, len(list.Messages))
	for i, one := range list.Messages {
		at := len(all) - 1 - i
		if err := m.get(t.Context(), "/message/"+one.ID, &all[at]); err != nil {
			t.Fatal(err)
		}
		var raw bytes.Buffer
		if err := m.get(t.Context(), "/message/"+one.ID+"/raw", &raw); err != nil {
			t.Fatal(err)
		}
		all[at].Raw = raw.String()
	}
	return all
}

func (m *Mailpit) get(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.api+path, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("testkit: mailpit: %s: %s", path, resp.Status)
	}
	switch v := into.(type) {
	case nil:
		return nil
	case io.Writer:
		_, err = io.Copy(v, resp.Body)
		return err
	}
	return json.NewDecoder(resp.Body).Decode(into)
}
