package config

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// OIDC says whether sign-in by an OpenID Connect provider is set.
func (c Config) OIDC() bool { return c.OIDCIssuer != "" }

// Scopes are those of OIDCScopes, one by one.
func (c Config) Scopes() []string { return strings.Fields(c.OIDCScopes) }

// identityProblems checks what concerns sign-in, front servers and the time
// that accounts are kept.
func (c *Config) identityProblems() []string {
	var all []string
	add := func(name, value string, err error) {
		if err != nil {
			all = append(all, name+" = «\u00a0"+value+"\u00a0»\u00a0: "+err.Error())
		}
	}
	if c.OIDCIssuer == "" && (c.OIDCClientID != "" || c.OIDCClientSecret != "") {
		add("JALON_OIDC_ISSUER", "", errors.New("indiquez aussi l’adresse du fournisseur, ou retirez JALON_OIDC_CLIENT_ID et JALON_OIDC_CLIENT_SECRET"))
	}
	if c.OIDCIssuer != "" {
		add("JALON_OIDC_ISSUER", c.OIDCIssuer, checkIssuer(c.OIDCIssuer))
		if c.OIDCClientID == "" {
			add("JALON_OIDC_CLIENT_ID", "", errors.New("le fournisseur donne cet identifiant quand il enregistre Jalon"))
		}
		if !slices.Contains(c.Scopes(), "openid") {
			add("JALON_OIDC_SCOPES", c.OIDCScopes, errors.New("«\u00a0openid\u00a0» doit y figurer"))
		}
		if c.OIDCName == "" {
			add("JALON_OIDC_NAME", "", errors.New("donnez le nom que porte le bouton"))
		}
	}
	for text := range strings.SplitSeq(c.TrustedProxy, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		p, err := parsePrefix(text)
		if err != nil {
			add("JALON_TRUSTED_PROXY", text, errors.New("écrivez des réseaux séparés par des virgules, par exemple 10.0.0.0/8, 2001:db8::/32"))
			continue
		}
		c.TrustedProxies = append(c.TrustedProxies, p)
	}
	for _, x := range []struct {
		name string
		days int
		min  int
	}{{"JALON_RETENTION_ACCOUNTS", c.RetentionAccounts, 0}, {"JALON_RETENTION_SIGNIN", c.RetentionSignIn, 1}} {
		if x.days < x.min || x.days > 36500 {
			add(x.name, "", errors.New("écrivez un nombre de jours, jusqu’à 36500"))
		}
	}
	if c.RetentionAccounts > 0 && c.RetentionAccounts < 60 {
		add("JALON_RETENTION_ACCOUNTS", "", errors.New("60 jours au moins, ou 0 pour ne jamais effacer\u00a0: le courriel qui prévient part 30 jours avant"))
	}
	return all
}

// parsePrefix reads a network, or one address.
func parsePrefix(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return netip.Prefix{}, err
		}
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}

// checkIssuer wants https, but for a provider on this machine.
func checkIssuer(text string) error {
	if err := checkURL(text); err != nil {
		return err
	}
	u, err := url.Parse(text)
	if err != nil {
		return err
	}
	if host := u.Hostname(); u.Scheme != "https" && host != "localhost" && host != "127.0.0.1" && host != "::1" {
		return errors.New("le fournisseur se joint en https")
	}
	return nil
}
