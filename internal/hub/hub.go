// Package hub asks the State's hub of territorial indicators (Écolab, API Cube
// REST) for series. It gives bytes: internal/exchange reads them. The hub may
// say «Continue wait» for a while, fail, hang or never end its answer: each
// request and the whole have a bound, and nothing is given but a whole answer.
package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"jalon/internal/apperr"
)

// Client asks one hub. The zero value of a bound is its default.
type Client struct {
	URL   string // up to the version: «https://…/cubejs-api/v1»
	Token string
	// Each bounds one request, Total one series with all its retries, Size the
	// bytes of an answer, Failures how many times in a row the hub may fail.
	Each, Total time.Duration
	Size        int64
	Failures    int
	// Wait pauses between two tries; tests give their own. Now is the clock of Total.
	Wait func(ctx context.Context, d time.Duration) error
	Now  func() time.Time
	HTTP *http.Client
}

// Query is what is asked, in the words of Cube.
type Query struct {
	Measures       []string        `json:"measures"`
	TimeDimensions []TimeDimension `json:"timeDimensions"`
	Dimensions     []string        `json:"dimensions"`
	Limit          int             `json:"limit"`
}

// TimeDimension is the date of a cube, by year.
type TimeDimension struct {
	Dimension   string `json:"dimension"`
	Granularity string `json:"granularity"`
}

// The defaults of the bounds, and the pauses between two tries.
const (
	eachDefault  = 30 * time.Second
	totalDefault = 3 * time.Minute
	sizeDefault  = 64 << 20
	failDefault  = 4
	firstPause   = time.Second
	lastPause    = 15 * time.Second
	longestGET   = 1800 // bytes of a query in an address
)

// failure is a try that did not give an answer: again says that another may.
type failure struct {
	again bool
	wait  bool // the hub computes: it is no failure of its own
	err   error
}

// Load asks until the hub gives a whole answer, refuses for good, or a bound is
// reached. The error says in French which.
func (c *Client) Load(ctx context.Context, q Query) (_ []byte, err error) {
	defer apperr.Wrap(&err, "hub.Load(%v)", q.Measures)
	d := c.orDefault()
	if d.URL == "" {
		return nil, apperr.Invalidf("Aucun hub n’est réglé\u00a0: indiquez son adresse dans JALON_HUB_URL et son jeton dans JALON_HUB_TOKEN.")
	}
	start := d.Now()
	ctx, cancel := context.WithTimeout(ctx, d.Total)
	defer cancel()
	pause, failures := firstPause, 0
	for {
		body, fail := d.once(ctx, q)
		if fail == nil {
			return body, nil
		}
		if !fail.wait {
			failures++
		}
		switch {
		case ctx.Err() != nil || d.Now().Sub(start)+pause > d.Total:
			return nil, apperr.New(apperr.Unavailable, fail.err, "Le hub d’indicateurs n’a pas répondu en %s. Les valeurs déjà connues restent affichées, avec leur date.", lasting(d.Total))
		case !fail.again:
			return nil, fail.err
		case failures >= d.Failures:
			return nil, apperr.New(apperr.Unavailable, fail.err, "Le hub d’indicateurs a échoué %d fois de suite. Les valeurs déjà connues restent affichées, avec leur date.", failures)
		}
		if err := d.Wait(ctx, pause); err != nil {
			return nil, apperr.New(apperr.Unavailable, err, "L’attente du hub d’indicateurs a été interrompue. Rien n’a été modifié.")
		}
		pause = min(2*pause, lastPause)
	}
}

func lasting(d time.Duration) string {
	return d.Round(time.Second).String()
}

// once is one request, bounded in time and in bytes.
func (c *Client) once(ctx context.Context, q Query) ([]byte, *failure) {
	ctx, cancel := context.WithTimeout(ctx, c.Each)
	defer cancel()
	req, err := c.request(ctx, q)
	if err != nil {
		return nil, &failure{err: err}
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return nil, &failure{again: true, err: err}
	}
	defer func() { _ = res.Body.Close() }() // nothing is written: a failed close loses nothing
	body, err := io.ReadAll(io.LimitReader(res.Body, c.Size+1))
	switch {
	case err != nil:
		return nil, &failure{again: true, err: err}
	case int64(len(body)) > c.Size:
		return nil, &failure{err: apperr.New(apperr.TooLarge, nil, "La réponse du hub ne s’arrête pas, ou dépasse %d\u00a0Mo. Rien n’a été modifié.", c.Size>>20)}
	case res.StatusCode == http.StatusUnauthorized, res.StatusCode == http.StatusForbidden:
		return nil, &failure{err: apperr.Invalidf("Le hub d’indicateurs refuse le jeton (%d)\u00a0: vérifiez JALON_HUB_TOKEN.", res.StatusCode)}
	case res.StatusCode == http.StatusTooManyRequests, res.StatusCode >= http.StatusInternalServerError:
		return nil, &failure{again: true, err: apperr.New(apperr.Unavailable, nil, "Le hub d’indicateurs répond une erreur (%d).", res.StatusCode)}
	case res.StatusCode != http.StatusOK:
		return nil, &failure{err: apperr.Invalidf("Le hub d’indicateurs refuse la demande (%d)\u00a0: «\u00a0%s\u00a0».", res.StatusCode, told(body))}
	}
	return whole(body)
}

// whole tells an answer from a wait and from half an answer.
func whole(body []byte) ([]byte, *failure) {
	var said struct {
		Error string          `json:"error"`
		Data  json.RawMessage `json:"data"`
	}
	switch err := json.Unmarshal(body, &said); {
	case err != nil:
		return nil, &failure{again: true, err: apperr.New(apperr.Unavailable, err, "La réponse du hub s’arrête au milieu.")}
	case strings.EqualFold(said.Error, "Continue wait"):
		return nil, &failure{again: true, wait: true, err: errors.New("continue wait")}
	case said.Error != "":
		return nil, &failure{err: apperr.Invalidf("Le hub d’indicateurs refuse la demande\u00a0: «\u00a0%s\u00a0».", told([]byte(said.Error)))}
	case said.Data == nil:
		return nil, &failure{err: apperr.New(apperr.Unavailable, nil, "La réponse du hub n’a pas de données.")}
	}
	return body, nil
}

// request is a GET while the query holds in an address, else a POST.
func (c *Client) request(ctx context.Context, q Query) (*http.Request, error) {
	text, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	address := strings.TrimRight(c.URL, "/") + "/load"
	var req *http.Request
	if asked := address + "?query=" + url.QueryEscape(string(text)); len(asked) <= longestGET {
		req, err = http.NewRequestWithContext(ctx, http.MethodGet, asked, http.NoBody)
	} else {
		req, err = http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader([]byte(`{"query":`+string(text)+`}`)))
	}
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "L’adresse du hub ne se lit pas\u00a0: vérifiez JALON_HUB_URL.")
	}
	req.Header.Set("Accept", "application/json")
	if req.Method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		req.Header.Set("Authorization", c.Token)
	}
	return req, nil
}

func (c *Client) orDefault() *Client {
	d := *c
	if d.Each <= 0 {
		d.Each = eachDefault
	}
	if d.Total <= 0 {
		d.Total = totalDefault
	}
	if d.Size <= 0 {
		d.Size = sizeDefault
	}
	if d.Failures <= 0 {
		d.Failures = failDefault
	}
	if d.Wait == nil {
		d.Wait = pauseFor
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.HTTP == nil {
		d.HTTP = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("the hub may not send its token elsewhere") // a redirection is no answer
		}}
	}
	return &d
}

// pauseFor waits, or not when the caller has left.
func pauseFor(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// told is the beginning of what the hub says, for a message.
func told(body []byte) string {
	s := strings.Join(strings.Fields(string(body)), " ")
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}
