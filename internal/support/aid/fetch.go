package aid

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/french"
)

// API asks the API of Aides-territoires for all its published aids, page after page: its
// token (X-AUTH-TOKEN) opens a shorter one (JWT), as its documentation says. It may fail,
// hang, repeat itself or never end: each request and the whole are bounded, and nothing is
// given but the whole. The zero value of a bound is its default.
type API struct {
	URL, Token  string
	Each, Total time.Duration
	Size        int64 // bytes of an answer
	Most        int   // aids
	Tries       int
	Wait        func(ctx context.Context, d time.Duration) error
	HTTP        *http.Client
}

// pageSize is the most that the API gives at once.
const pageSize = 100

func (c API) orDefault() API {
	if c.Each <= 0 {
		c.Each = 30 * time.Second
	}
	if c.Total <= 0 {
		c.Total = 30 * time.Minute
	}
	if c.Size <= 0 {
		c.Size = 32 << 20
	}
	if c.Most <= 0 {
		c.Most = 50_000
	}
	if c.Tries <= 0 {
		c.Tries = 4
	}
	if c.Wait == nil {
		c.Wait = pause
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("the API may not send its token elsewhere") // a redirection is no answer
		}}
	}
	return c
}

// pause waits, or not when the caller has left.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

const keptAsIs = "Rien n’a été modifié."

// Fetch writes all the aids, one JSON object a line, and returns how many there are. What it
// wrote before an error is no whole, and is to be thrown away.
func (c API) Fetch(ctx context.Context, w io.Writer) (n int, err error) {
	defer apperr.Wrap(&err, "aid.Fetch")
	c = c.orDefault()
	base, ok := Link(strings.TrimRight(c.URL, "/"))
	if !ok {
		return 0, apperr.Invalidf("L’adresse de l’API ne se lit pas\u00a0: écrivez-la en entier, par exemple %s/api.", Site)
	}
	if c.Token == "" {
		return 0, apperr.Invalidf("Aucun jeton n’est réglé\u00a0: indiquez celui de l’API dans JALON_AIDS_TOKEN.")
	}
	ctx, cancel := context.WithTimeout(ctx, c.Total)
	defer cancel()
	token, err := c.open(ctx, base)
	if err != nil {
		return 0, err
	}
	for page := 1; ; page++ {
		got, err := c.page(ctx, base, token, page)
		if err != nil {
			return n, err
		}
		switch {
		case got.Count > c.Most:
			return n, apperr.New(apperr.TooLarge, nil, "L’API annonce %s aides, plus que les %s qu’un import accepte. %s", french.Integer(got.Count), french.Integer(c.Most), keptAsIs)
		case len(got.Results) == 0 && n < got.Count:
			return n, apperr.New(apperr.Unavailable, nil, "L’API annonce %s aides et n’en a donné que %s. %s", french.Integer(got.Count), french.Integer(n), keptAsIs)
		case n+len(got.Results) > got.Count:
			return n, apperr.New(apperr.Unavailable, nil, "L’API annonce %s aides et continue d’en donner après\u00a0: ses pages se répètent peut-être. %s", french.Integer(got.Count), keptAsIs)
		}
		for _, x := range got.Results {
			var line bytes.Buffer
			if err := json.Compact(&line, x); err != nil {
				return n, err
			}
			line.WriteByte('\n')
			if _, err := w.Write(line.Bytes()); err != nil {
				return n, err
			}
		}
		if n += len(got.Results); n >= got.Count {
			return n, nil
		}
	}
}

// open changes the token of the reader into one of the day.
func (c API) open(ctx context.Context, base string) (string, error) {
	var said struct {
		Token string `json:"token"`
	}
	err := c.ask(ctx, http.MethodPost, base+"/connexion/", http.Header{"X-Auth-Token": {c.Token}}, &said)
	if err == nil && said.Token == "" {
		err = apperr.New(apperr.Unavailable, nil, "L’API n’a pas donné de jeton de session. %s", keptAsIs)
	}
	return said.Token, err
}

type apiPage struct {
	Count   int               `json:"count"`
	Results []json.RawMessage `json:"results"`
}

func (c API) page(ctx context.Context, base, token string, page int) (p apiPage, err error) {
	v := url.Values{"page": {strconv.Itoa(page)}, "itemsPerPage": {strconv.Itoa(pageSize)}}
	return p, c.ask(ctx, http.MethodGet, base+"/aids/all/?"+v.Encode(), http.Header{"Authorization": {"Bearer " + token}}, &p)
}

// ask is one request, tried again when the API fails for a while.
func (c API) ask(ctx context.Context, method, address string, h http.Header, to any) error {
	wait := time.Second
	for try := 1; ; try++ {
		again, err := c.once(ctx, method, address, h, to)
		if err == nil || !again || try == c.Tries {
			return err
		}
		if ctx.Err() != nil {
			return apperr.New(apperr.Unavailable, err, "L’API n’a pas tout donné en %s. %s", c.Total, keptAsIs)
		}
		if err := c.Wait(ctx, wait); err != nil {
			return apperr.New(apperr.Unavailable, err, "L’attente de l’API a été interrompue. %s", keptAsIs)
		}
		wait *= 2
	}
}

func (c API) once(ctx context.Context, method, address string, h http.Header, to any) (again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.Each)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		return false, apperr.New(apperr.Invalid, err, "L’adresse de l’API ne se lit pas. %s", keptAsIs)
	}
	req.Header = h
	req.Header.Set("Accept", "application/json")
	res, err := c.HTTP.Do(req)
	if err != nil {
		return true, apperr.New(apperr.Unavailable, err, "L’API ne répond pas. %s", keptAsIs)
	}
	defer func() { _ = res.Body.Close() }() // nothing is written: a failed close loses nothing
	body, err := io.ReadAll(io.LimitReader(res.Body, c.Size+1))
	switch {
	case err != nil:
		return true, apperr.New(apperr.Unavailable, err, "La réponse de l’API s’est arrêtée au milieu. %s", keptAsIs)
	case int64(len(body)) > c.Size:
		return false, apperr.New(apperr.TooLarge, nil, "Une page de l’API dépasse %d\u00a0Mo. %s", c.Size>>20, keptAsIs)
	case res.StatusCode == http.StatusUnauthorized, res.StatusCode == http.StatusForbidden:
		return false, apperr.Invalidf("L’API refuse le jeton (%d)\u00a0: vérifiez JALON_AIDS_TOKEN. %s", res.StatusCode, keptAsIs)
	case res.StatusCode == http.StatusTooManyRequests, res.StatusCode >= http.StatusInternalServerError:
		return true, apperr.New(apperr.Unavailable, nil, "L’API répond une erreur (%d). %s", res.StatusCode, keptAsIs)
	case res.StatusCode != http.StatusOK:
		return false, apperr.Invalidf("L’API refuse la demande (%d). %s", res.StatusCode, keptAsIs)
	}
	if err := json.Unmarshal(body, to); err != nil {
		return false, apperr.New(apperr.Invalid, err, "L’API a répondu autre chose que ce que sa documentation dit («\u00a0%s\u00a0»). %s", clip(strings.Join(strings.Fields(fmt.Sprintf("%.200s", body)), " ")), keptAsIs)
	}
	return false, nil
}
