package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// people are those who answer at once; they wait together while the program is down.
type people struct {
	mu   sync.Mutex
	url  string
	up   chan struct{} // closed while the program answers
	down chan struct{} // closed while it does not
	acks chan struct{} // one for each acknowledgement, while somebody counts
}

func (c *people) open(url string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.url, c.down = url, make(chan struct{})
	close(c.up)
}

func (c *people) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.url, c.up = "", make(chan struct{})
	close(c.down)
}

// at waits for the program and gives its address.
func (c *people) at(ctx context.Context) string {
	for ctx.Err() == nil {
		c.mu.Lock()
		url, up := c.url, c.up
		c.mu.Unlock()
		if url != "" {
			return url
		}
		select {
		case <-up:
		case <-ctx.Done():
		}
	}
	return ""
}

// told counts an acknowledgement, without holding its author back once the program is
// about to be killed.
func (c *people) told(ctx context.Context) {
	c.mu.Lock()
	down := c.down
	c.mu.Unlock()
	select {
	case c.acks <- struct{}{}:
	case <-down: // nobody counts any more
	case <-ctx.Done():
	}
}

// person answers one response over HTTP and remembers what was acknowledged.
type person struct {
	crowd     *people
	id        string
	validates bool
	client    *http.Client
	seated    bool

	mu          sync.Mutex
	acked, sent map[string]int
	revs        map[string]int64
	seq, sealed int
	count       int
	failed      string
}

// downError is the program gone in mid-request: what was sent may be kept or not.
type downError struct{ error }

func (p *person) fail(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == "" {
		p.failed = fmt.Sprintf(format, args...)
	}
}

// live writes, and validates, until there is no more time.
func (p *person) live(ctx context.Context) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.fail("%v", err)
		return
	}
	p.client = &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	keys := []string{"velo-mot", "velo-plan.pertinence", "velo-garage.mobilisation", "haies-mot", "velo-plan.mobilisation"}
	for n := 1; ctx.Err() == nil; n++ {
		if !p.until(ctx, p.sit) || !p.until(ctx, func(ctx context.Context, url string) error { return p.write(ctx, url, keys[n%len(keys)], n) }) {
			return
		}
		if p.validates && !p.until(ctx, func(ctx context.Context, url string) error { return p.seal(ctx, url, n) }) {
			return
		}
	}
}

// until does something again for as long as the program dies in the middle of it.
func (p *person) until(ctx context.Context, do func(ctx context.Context, url string) error) bool {
	for ctx.Err() == nil {
		url := p.crowd.at(ctx)
		if url == "" {
			return false
		}
		switch err := do(ctx, url).(type) { //nolint:errorlint // never wrapped
		case nil:
			return true
		case downError:
			// It may be down for a moment that the crowd does not know of yet.
		default:
			if ctx.Err() == nil {
				p.fail("%v", err)
			}
			return false
		}
	}
	return false
}

func (p *person) send(ctx context.Context, method, address, kind, body string) (status int, location, page string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return 0, "", "", err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := p.client.Do(req)
	if err != nil {
		return 0, "", "", downError{err}
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, "", "", downError{err} // cut in the middle: not an acknowledgement
	}
	return res.StatusCode, res.Header.Get("Location"), string(b), nil
}

const formType = "application/x-www-form-urlencoded"

func (p *person) sit(ctx context.Context, url0 string) error {
	if p.seated {
		return nil
	}
	status, to, page, err := p.send(ctx, http.MethodPost, url0+"/questionnaire/lien-"+p.id, formType, url.Values{"nom": {"Camille"}}.Encode())
	if err != nil {
		return err
	}
	if status != http.StatusSeeOther || !strings.HasPrefix(to, "/reponses/"+p.id) {
		return fmt.Errorf("sitting down: %d %s %.300s", status, to, page)
	}
	p.seated = true
	return nil
}

// write saves one cell. Sent again after a kill with the same value, it is kept once.
func (p *person) write(ctx context.Context, url0, key string, n int) error {
	if key == "velo-mot" || p.validates {
		key = "velo-mot"
	}
	p.mu.Lock()
	p.sent[key] = n
	body, err := json.Marshal(map[string]any{"cells": []map[string]any{{"key": key, "value": value(key, n), "rev": p.revs[key]}}})
	p.mu.Unlock()
	if err != nil {
		return err
	}
	status, _, page, err := p.send(ctx, http.MethodPost, url0+"/reponses/"+p.id+"/cellules", "application/json", string(body))
	if err != nil {
		return err
	}
	var out struct {
		Cells []struct {
			Key, Verdict, Value, Message string
			Rev                          int64
		}
	}
	if err := json.NewDecoder(bytes.NewReader([]byte(page))).Decode(&out); err != nil || status != http.StatusOK || len(out.Cells) != 1 {
		return fmt.Errorf("saving %s: %d %.300s", key, status, page)
	}
	c := out.Cells[0]
	if c.Verdict == "refused" && p.validates { // what was validated, unheard of, is corrected
		if err := p.correct(ctx, url0); err != nil {
			return err
		}
		return p.write(ctx, url0, key, n)
	}
	if c.Verdict != "saved" && c.Verdict != "same" || c.Value != value(key, n) {
		return fmt.Errorf("saving write %d of %s: %s, %q is kept: %s", n, key, c.Verdict, c.Value, c.Message)
	}
	p.mu.Lock()
	p.acked[key], p.revs[key] = n, c.Rev
	p.count++
	p.mu.Unlock()
	p.crowd.told(ctx)
	return nil
}

func (p *person) correct(ctx context.Context, url0 string) error {
	status, _, page, err := p.send(ctx, http.MethodPost, url0+"/reponses/"+p.id, formType, url.Values{"do": {"correct"}, "raison": {"une coupure"}}.Encode())
	if err != nil {
		return err
	}
	if status != http.StatusSeeOther && status != http.StatusConflict {
		return fmt.Errorf("correcting: %d %.300s", status, page)
	}
	return nil
}

var stampField = regexp.MustCompile(`name="vu" value="([^"]+)"`)

// seal validates what was just written.
func (p *person) seal(ctx context.Context, url0 string, n int) error {
	status, _, page, err := p.send(ctx, http.MethodGet, url0+"/reponses/"+p.id+"/valider", "", "")
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("reading over: %d %.300s", status, page)
	}
	stamp := stampField.FindStringSubmatch(page)
	if stamp == nil {
		if strings.Contains(page, "Réponse validée") {
			return nil // kept, though nobody heard of it
		}
		return fmt.Errorf("nothing to validate: %.300s", page)
	}
	status, to, page, err := p.send(ctx, http.MethodPost, url0+"/reponses/"+p.id+"/valider", formType, url.Values{"do": {"validate"}, "vu": {stamp[1]}}.Encode())
	if err != nil {
		return err
	}
	_, seq, ok := strings.Cut(strings.TrimSuffix(to, "?fait=1"), "/versions/")
	if status != http.StatusSeeOther || !ok {
		return fmt.Errorf("validating: %d %s %.300s", status, to, page)
	}
	number, err := strconv.Atoi(seq)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.seq, p.sealed = number, n
	p.mu.Unlock()
	p.crowd.told(ctx)
	return nil
}
