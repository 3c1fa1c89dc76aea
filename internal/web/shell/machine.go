package shell

import (
	"net/http"
	"net/netip"
	"strings"
)

// Machine is where a request comes from, for limits: the peer of the connection
// or, when that is a front server that the operator trusts, the last address of
// X-Forwarded-For that is not one of those. Whatever else the header says was
// written by the client. An IPv6 machine is its network of 64 bits, all of which
// it can use.
func Machine(r *http.Request, trusted []netip.Prefix) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	at := peer.Addr().Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && within(trusted, at); i-- {
		next, ok := hop(hops[i])
		if !ok {
			break // what cannot be read is no address: the last that can be is the machine
		}
		at = next
	}
	if at.Is6() {
		if net, err := at.Prefix(64); err == nil {
			return net.String()
		}
	}
	return at.String()
}

func within(trusted []netip.Prefix, a netip.Addr) bool {
	for _, p := range trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// hop reads one address of the header, with or without a port.
func hop(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		p, err := netip.ParseAddrPort(text)
		if err != nil {
			return netip.Addr{}, false
		}
		a = p.Addr()
	}
	return a.Unmap().WithZone(""), true
}
