package account

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"jalon/internal/apperr"
)

const (
	providerPatience = 8 * time.Second  // for one answer of the provider
	discoveryLife    = time.Hour        // what it says of itself is read again after
	discoveryAgain   = 10 * time.Second // a provider that was away is asked again after
	providerAnswer   = 1 << 20          // bytes of an answer
)

// signatures are the algorithms that we take: those of key pairs. «none», and
// those that a shared secret signs, are not among them.
var signatures = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// Provider is an OpenID Connect provider that people may sign in by, as
// ProConnect. It is met when somebody first asks: one that is away stops
// neither the start of the program nor sign-in by mail.
type Provider struct {
	Issuer, ClientID, ClientSecret string
	Name                           string // as the button says it
	Scopes                         []string
	ACR                            []string // levels, one of which is required; none: any
	EmailTrusted                   bool     // every address was checked, though no claim says so
	Return, AfterLogout            string   // our own addresses, as the provider knows them
	Now                            func() time.Time
	Client                         *http.Client // nil: one with limits

	mu     sync.Mutex
	found  *discovered
	until  time.Time // found is good, or failed stands, until then
	failed error
}

// discovered is what a provider says of itself.
type discovered struct {
	*oidc.Provider
	EndSession  string   `json:"end_session_endpoint"`
	PKCE        []string `json:"code_challenge_methods_supported"`
	TokenAuth   []string `json:"token_endpoint_auth_methods_supported"`
	SaysIssuer  bool     `json:"authorization_response_iss_parameter_supported"`
	TokenIssuer string   `json:"issuer"`
}

// errAway is what people read when the provider does not answer.
func (p *Provider) errAway(err error) error {
	return apperr.New(apperr.Unavailable, err, "%s ne répond pas pour l’instant. Rien n’a été enregistré\u00a0: connectez-vous par courriel, ou réessayez dans quelques minutes.", p.Name)
}

// errRefused is what people read when an answer of the provider does not hold:
// what does not is for the log.
func (p *Provider) errRefused(err error) error {
	return apperr.New(apperr.Forbidden, err, "La réponse de %s n’a pas pu être vérifiée\u00a0: personne n’a été connecté. Recommencez\u00a0; si cela se répète, connectez-vous par courriel et prévenez l’équipe de Jalon.", p.Name)
}

// limited reads no more than an answer may hold.
type limited struct{ next http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := l.next.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, providerAnswer), res.Body}
	}
	return res, err
}

func (p *Provider) with(ctx context.Context) context.Context {
	client := p.Client
	if client == nil {
		client = &http.Client{Timeout: providerPatience, Transport: limited{http.DefaultTransport}}
	}
	return oidc.ClientContext(ctx, client)
}

// discover meets the provider, or remembers it.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.Now()
	if now.Before(p.until) {
		return p.found, p.failed
	}
	// Whoever asked may leave: the next one finds what was asked for.
	ctx, cancel := context.WithTimeout(p.with(context.WithoutCancel(ctx)), providerPatience)
	defer cancel()
	found := &discovered{}
	var err error
	if found.Provider, err = oidc.NewProvider(ctx, p.Issuer); err == nil {
		err = found.Claims(found)
	}
	switch {
	case err == nil:
		p.found, p.failed, p.until = found, nil, now.Add(discoveryLife)
	case p.found != nil: // what it said an hour ago most likely still holds
		p.until = now.Add(discoveryAgain)
	default:
		p.failed, p.until = p.errAway(err), now.Add(discoveryAgain)
	}
	return p.found, p.failed
}

func (p *Provider) oauth(d *discovered) *oauth2.Config {
	end := d.Endpoint()
	// Trying one way then the other would use the code up.
	end.AuthStyle = oauth2.AuthStyleInHeader
	if len(d.TokenAuth) > 0 && !slices.Contains(d.TokenAuth, "client_secret_basic") {
		end.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: end, RedirectURL: p.Return, Scopes: p.Scopes}
}

// address is where the browser goes to sign in there.
func (p *Provider) address(ctx context.Context, f Flow) (string, error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce)}
	// A provider that says nothing of PKCE ignores what it does not know.
	if len(d.PKCE) == 0 || slices.Contains(d.PKCE, "S256") {
		options = append(options, oauth2.S256ChallengeOption(f.Verifier))
	}
	if len(p.ACR) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.ACR, " ")))
	}
	return p.oauth(d).AuthCodeURL(f.State, options...), nil
}

// Claims are what the provider says of a person, each verified.
type Claims struct {
	Subject  string
	Email    string // as it says it; empty when it does not
	Name     string
	Asserted bool   // the address is the person's, the provider says
	Refused  bool   // the provider says that it is not checked
	IDToken  string // kept with the session, to end it there too
	suspect  string // subject of a token that is signed but does not hold
}

// exchange turns a code into claims. With an error, suspect may still tell for
// whom somebody tried, when the provider did sign that.
func (p *Provider) exchange(ctx context.Context, f Flow, code, issuer string) (c Claims, err error) {
	d, err := p.discover(ctx)
	if err != nil {
		return c, err
	}
	if d.SaysIssuer && issuer == "" || issuer != "" && issuer != p.Issuer {
		return c, p.errRefused(errors.New("the answer comes from another issuer: " + issuer))
	}
	ctx, cancel := context.WithTimeout(p.with(ctx), providerPatience)
	defer cancel()
	tokens, err := p.oauth(d).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		var said *oauth2.RetrieveError
		if errors.As(err, &said) && said.Response.StatusCode < http.StatusInternalServerError {
			return c, p.errRefused(err)
		}
		return c, p.errAway(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	if raw == "" {
		return c, p.errRefused(errors.New("no id_token"))
	}
	c.IDToken = raw
	token, err := p.verify(ctx, d, raw, f.Nonce)
	if err == nil && token.AccessTokenHash != "" {
		err = token.VerifyAccessToken(tokens.AccessToken)
	}
	if err != nil {
		c.suspect = p.signer(ctx, d, raw)
		return c, p.errRefused(err)
	}
	c.Subject, c.suspect = token.Subject, token.Subject
	if err := p.userinfo(ctx, d, tokens.AccessToken, &c); err != nil {
		return c, err
	}
	return c, nil
}

// verify holds an ID token to all that it owes: signature, issuer, audience,
// expiry, nonce, and the level of authentication when one is asked.
func (p *Provider) verify(ctx context.Context, d *discovered, raw, nonce string) (*oidc.IDToken, error) {
	token, err := d.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: signatures, Now: p.Now}).Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	var more struct {
		Party string `json:"azp"`
		ACR   string `json:"acr"`
	}
	if err := token.Claims(&more); err != nil {
		return nil, err
	}
	switch {
	case token.Subject == "" || len(token.Subject) > 255:
		return nil, errors.New("no subject")
	case nonce == "" || token.Nonce != nonce:
		return nil, errors.New("the nonce is not ours")
	case len(token.Audience) > 1 && more.Party == "" || more.Party != "" && more.Party != p.ClientID:
		return nil, errors.New("issued to another party: " + more.Party)
	case len(p.ACR) > 0 && !slices.Contains(p.ACR, more.ACR):
		return nil, errors.New("the level is not one that is asked: " + more.ACR)
	}
	return token, nil
}

// signer is the subject of a token that the provider did sign, whatever else is
// wrong with it; empty when it did not.
func (p *Provider) signer(ctx context.Context, d *discovered, raw string) string {
	token, err := d.Verifier(&oidc.Config{SkipClientIDCheck: true, SkipExpiryCheck: true, SkipIssuerCheck: true, SupportedSigningAlgs: signatures, Now: p.Now}).Verify(ctx, raw)
	if err != nil {
		return ""
	}
	return token.Subject
}

// userinfo reads who the person is, as JSON or as a signed JWT, which is held to
// the same issuer, audience and keys as the ID token.
func (p *Provider) userinfo(ctx context.Context, d *discovered, access string, c *Claims) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.UserInfoEndpoint(), nil)
	if err != nil {
		return p.errRefused(err)
	}
	r.Header.Set("Authorization", "Bearer "+access)
	r.Header.Set("Accept", "application/json, application/jwt")
	client, _ := ctx.Value(oauth2.HTTPClient).(*http.Client)
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(r)
	if err != nil {
		return p.errAway(err)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, providerAnswer))
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return p.errAway(err)
	}
	if res.StatusCode != http.StatusOK {
		return p.errAway(errors.New("userinfo answers " + res.Status))
	}
	said := struct {
		Subject  string `json:"sub"`
		Email    string `json:"email"`
		Verified any    `json:"email_verified"`
		Name     string `json:"name"`
		Given    string `json:"given_name"`
		Usual    string `json:"usual_name"`
		Family   string `json:"family_name"`
	}{}
	media, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return p.errRefused(err)
	case media == "application/jwt":
		err = p.signedUserinfo(ctx, d, strings.TrimSpace(string(body)), &said)
	case media == "application/json":
		err = json.Unmarshal(body, &said)
	default:
		err = errors.New("userinfo is " + media)
	}
	if err == nil && said.Subject != c.Subject {
		err = errors.New("userinfo is about another subject")
	}
	if err != nil {
		return p.errRefused(err)
	}
	c.Email, c.Name = said.Email, said.Name
	if c.Name == "" {
		if said.Usual == "" {
			said.Usual = said.Family
		}
		c.Name = strings.TrimSpace(said.Given + " " + said.Usual)
	}
	switch said.Verified {
	case true, "true":
		c.Asserted = true
	case nil:
		c.Asserted = p.EmailTrusted
	default:
		c.Refused = true
	}
	return nil
}

func (p *Provider) signedUserinfo(ctx context.Context, d *discovered, raw string, into any) error {
	// It may have no expiry: it was fetched just now. One that it has counts.
	token, err := d.Verifier(&oidc.Config{ClientID: p.ClientID, SkipExpiryCheck: true, SupportedSigningAlgs: signatures, Now: p.Now}).Verify(ctx, raw)
	if err != nil {
		return err
	}
	var timed struct {
		Expiry int64 `json:"exp"`
	}
	if err := token.Claims(&timed); err != nil {
		return err
	}
	if timed.Expiry != 0 && token.Expiry.Before(p.Now()) {
		return errors.New("userinfo has expired")
	}
	return token.Claims(into)
}

// logout is where the browser goes to sign out there too; empty when the
// provider has no such place, or cannot be asked.
func (p *Provider) logout(ctx context.Context, idToken, state string) string {
	d, err := p.discover(ctx)
	if err != nil || d.EndSession == "" {
		return ""
	}
	u, err := url.Parse(d.EndSession)
	if err != nil || u.Host == "" {
		return ""
	}
	q := u.Query()
	q.Set("id_token_hint", idToken)
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", p.AfterLogout)
	q.Set("state", state)
	u.RawQuery = q.Encode()
	return u.String()
}
