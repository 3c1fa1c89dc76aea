package aid

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Checker asks addresses whether they answer. It never reaches a private network: the
// address is judged when the connection opens, after names were resolved, so that no name
// and no redirection leads inside. The zero value is what the program uses.
type Checker struct {
	Most  int           // addresses at once a night
	Each  time.Duration // for one
	Allow func(netip.Addr) bool
}

const (
	linksANight  = 400
	linkTimeout  = 10 * time.Second
	linkHops     = 5
	linkBytes    = 4 << 10
	linkEvery    = 14 // days between two tries of one aid
	linkOutlived = 20 * time.Minute
)

// public reports whether an address is of the open internet.
func public(a netip.Addr) bool {
	a = a.Unmap()
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return a.IsValid() && a.IsGlobalUnicast() && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast()
}

// reserved are what net/netip does not name: shared, test, benchmark, relay and translated
// ranges, and the address of this network.
var reserved = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16")}

var errInside = errors.New("aid: this address is not of the open internet")

func (c Checker) client() *http.Client {
	allow := c.Allow
	if allow == nil {
		allow = public
	}
	dialer := &net.Dialer{Timeout: c.Each, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !allow(at.Addr()) {
			return errInside
		}
		return nil
	}}
	return &http.Client{Timeout: c.Each, Transport: &http.Transport{Proxy: nil, DialContext: dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10, TLSHandshakeTimeout: c.Each},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if _, ok := Link(r.URL.String()); !ok || len(via) >= linkHops {
				return errInside
			}
			return nil
		}}
}

// dead reports whether an address is gone for sure: not found, or no such host. What fails
// for a while, refuses robots or takes too long is not.
func (c Checker) dead(ctx context.Context, client *http.Client, link string) (gone, asked bool) {
	ctx, cancel := context.WithTimeout(ctx, c.Each)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, http.NoBody)
	if err != nil {
		return true, true
	}
	req.Header.Set("User-Agent", "Jalon (vérification de lien)")
	req.Header.Set("Range", "bytes=0-1023")
	res, err := client.Do(req)
	var dns *net.DNSError
	switch {
	case errors.Is(err, errInside):
		return false, false
	case errors.As(err, &dns):
		return dns.IsNotFound, dns.IsNotFound
	case err != nil:
		return false, false
	}
	defer func() { _ = res.Body.Close() }() // only its status counts
	_, _ = io.CopyN(io.Discard, res.Body, linkBytes)
	return res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone, res.StatusCode < http.StatusInternalServerError
}

// CheckLinks asks the links of the aids that were not asked for two weeks, the longest ago
// first, at most some a night, and marks those that are gone. It returns how many it asked.
func (m *Room) CheckLinks(ctx context.Context, c Checker) (n int, err error) {
	defer apperr.Wrap(&err, "aid.CheckLinks")
	if c.Most <= 0 {
		c.Most = linksANight
	}
	if c.Each <= 0 {
		c.Each = linkTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, linkOutlived)
	defer cancel()
	today := m.Today()
	before := m.Now().AddDate(0, 0, -linkEvery).Format(time.DateOnly)
	rows, err := m.DB.Query(ctx, `SELECT `+columns+` FROM aid x WHERE x.state = 'published' AND x.tried < $1 ORDER BY x.tried, x.id LIMIT $2`, before, int64(c.Most))
	list, err := db.Collect(rows, err, func(r *db.Rows) (Aid, error) { return scan(r) })
	if err != nil {
		return 0, err
	}
	client, moved := c.client(), false
	for _, x := range list {
		link := x.Origin
		if link == "" {
			link = x.Address
		}
		broken := x.Broken
		if link != "" {
			if ctx.Err() != nil {
				break
			}
			if gone, asked := c.dead(ctx, client, link); asked {
				broken = gone
			}
			n++
		}
		if _, err := m.DB.Exec(ctx, `UPDATE aid SET broken = $3, tried = $4 WHERE id = $1 AND rev = $2`, x.ID, x.Rev, broken, today); err != nil {
			return n, err
		}
		moved = moved || broken != x.Broken
	}
	if moved {
		_, err = db.Bump(ctx, m.DB, Version, m.Now())
	}
	return n, err
}
