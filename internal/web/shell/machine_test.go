package shell

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

// A header is believed only from a front server that the operator named, and
// only as far as that server wrote it.
func TestMachine(t *testing.T) {
	front := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:ffff::/48")}
	for _, c := range []struct {
		name, peer string
		header     []string
		trusted    []netip.Prefix
		want       string
	}{
		{"no front server", "192.0.2.1:999", nil, nil, "192.0.2.1"},
		{"a forged header without front server", "192.0.2.1:999", []string{"203.0.113.9"}, nil, "192.0.2.1"},
		{"a forged header from outside the network", "192.0.2.1:999", []string{"203.0.113.9"}, front, "192.0.2.1"},
		{"through the front server", "10.1.1.1:80", []string{"203.0.113.9"}, front, "203.0.113.9"},
		{"a client that forged, through it", "10.1.1.1:80", []string{"198.51.100.1, 203.0.113.9"}, front, "203.0.113.9"},
		{"forged as one of ours", "10.1.1.1:80", []string{"10.9.9.9, 203.0.113.9"}, front, "203.0.113.9"},
		{"two front servers", "10.1.1.1:80", []string{"198.51.100.1, 203.0.113.9, 10.2.2.2"}, front, "203.0.113.9"},
		{"two headers", "10.1.1.1:80", []string{"198.51.100.1", "203.0.113.9"}, front, "203.0.113.9"},
		{"not an address", "10.1.1.1:80", []string{"203.0.113.9, <script>"}, front, "10.1.1.1"},
		{"not an address further on", "10.1.1.1:80", []string{"pirate, 203.0.113.9"}, front, "203.0.113.9"},
		{"with a port", "10.1.1.1:80", []string{"203.0.113.9:5555"}, front, "203.0.113.9"},
		{"no header", "10.1.1.1:80", nil, front, "10.1.1.1"},
		{"all of ours", "10.1.1.1:80", []string{"10.3.3.3"}, front, "10.3.3.3"},
		{"IPv6 is its network", "[2001:db8:1:2:3:4:5:6]:80", nil, front, "2001:db8:1:2::/64"},
		{"IPv6 through IPv6", "[2001:db8:ffff::1]:80", []string{"[2001:db8:1:2::9]:443"}, front, "2001:db8:1:2::/64"},
		{"IPv4 in IPv6", "[::ffff:10.1.1.1]:80", []string{"::ffff:203.0.113.9"}, front, "203.0.113.9"},
		{"a socket", "@", []string{"203.0.113.9"}, front, "@"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		for _, h := range c.header {
			r.Header.Add("X-Forwarded-For", h)
		}
		if got := Machine(r, c.trusted); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
