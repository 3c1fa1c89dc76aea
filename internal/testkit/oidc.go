package testkit

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Fault is a way in which a provider misbehaves.
type Fault string

// The faults.
const (
	WrongNonce       Fault = "nonce"
	WrongIssuer      Fault = "issuer"
	WrongAudience    Fault = "audience"
	OtherParty       Fault = "azp"
	ExpiredToken     Fault = "expired"
	BadSignature     Fault = "signature"
	AlgNone          Fault = "none"
	AlgHMAC          Fault = "hmac" // signed with the client's secret, or with the public key as a secret
	NoIDToken        Fault = "no-id-token"
	OtherSubject     Fault = "other-subject" // userinfo is about somebody else
	UserinfoIssuer   Fault = "userinfo-issuer"
	UserinfoAudience Fault = "userinfo-audience"
	UserinfoForged   Fault = "userinfo-signature"
	UserinfoHTML     Fault = "userinfo-html"
	Denied           Fault = "denied" // the person gives up there
	Down             Fault = "down"
	TokenDown        Fault = "token-down"
	OtherState       Fault = "state"
)

// OIDCPerson is who signs in at the provider.
type OIDCPerson struct {
	Sub, Email, Given, Usual string
	Verified                 any // email_verified: true, false, "true", nil for no such claim
	ACR                      string
}

// OIDC is a real OpenID Connect provider on this machine: discovery, the code
// flow with PKCE, keys of two kinds, userinfo as JSON or as a signed JWT, sign-out.
// It refuses what a strict provider would, and misbehaves when told to.
type OIDC struct {
	Issuer                 string
	ClientID, ClientSecret string
	Return, AfterLogout    string // the addresses that it knows the client by
	Now                    func() time.Time
	ES256                  bool // signs with an elliptic curve
	SignedUserinfo         bool // as ProConnect does
	PostSecret             bool // takes the client's secret in the form only
	Interactive            bool // shows a page with a button, as to a person

	mu      sync.Mutex
	person  OIDCPerson
	fault   Fault
	codes   map[string]url.Values
	access  map[string]OIDCPerson
	issued  map[string]bool // ID tokens
	logouts int
	tokens  int
	rsa     *rsa.PrivateKey
	ec      *ecdsa.PrivateKey
	server  *httptest.Server
}

// NewOIDC starts a provider, stopped with the test.
func NewOIDC(t testing.TB, now func() time.Time) *OIDC {
	t.Helper()
	o := &OIDC{ClientID: "jalon", ClientSecret: "/+ " + rand.Text(), Now: now, codes: map[string]url.Values{}, access: map[string]OIDCPerson{}, issued: map[string]bool{}}
	var err error
	if o.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if o.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /op/.well-known/openid-configuration", o.discovery)
	mux.HandleFunc("GET /op/jwks", o.jwks)
	mux.HandleFunc("GET /op/authorize", o.authorize)
	mux.HandleFunc("POST /op/token", o.token)
	mux.HandleFunc("GET /op/userinfo", o.userinfo)
	mux.HandleFunc("GET /op/logout", o.logout)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	o.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := o.Fault(); f == Down || f == TokenDown && r.URL.Path == "/op/token" {
			http.Error(w, "en panne", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(o.server.Close)
	o.Issuer = o.server.URL + "/op"
	return o
}

// SignsIn says who signs in next, and how the provider misbehaves.
func (o *OIDC) SignsIn(p OIDCPerson, f Fault) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.person, o.fault = p, f
}

// Fault is how the provider misbehaves now.
func (o *OIDC) Fault() Fault {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.fault
}

// Logouts counts the sign-outs that were asked for with a token of its own.
func (o *OIDC) Logouts() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.logouts
}

// Tokens counts the codes that were exchanged.
func (o *OIDC) Tokens() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tokens
}

func (o *OIDC) discovery(w http.ResponseWriter, _ *http.Request) {
	auth := []string{"client_secret_basic", "client_secret_post"}
	if o.PostSecret {
		auth = auth[1:]
	}
	answer(w, map[string]any{"issuer": o.Issuer, "authorization_endpoint": o.Issuer + "/authorize", "token_endpoint": o.Issuer + "/token",
		"userinfo_endpoint": o.Issuer + "/userinfo", "jwks_uri": o.Issuer + "/jwks", "end_session_endpoint": o.Issuer + "/logout",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "code_challenge_methods_supported": []string{"S256"},
		"id_token_signing_alg_values_supported": []string{"RS256", "ES256"}, "token_endpoint_auth_methods_supported": auth,
		"authorization_response_iss_parameter_supported": true})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v) // whoever left does not need to hear it
}

func (o *OIDC) jwks(w http.ResponseWriter, _ *http.Request) {
	point, err := o.ec.PublicKey.Bytes()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, map[string]any{"keys": []any{
		map[string]string{"kty": "RSA", "kid": "r", "use": "sig", "alg": "RS256", "n": b64(o.rsa.N.Bytes()), "e": b64(big.NewInt(int64(o.rsa.E)).Bytes())},
		map[string]string{"kty": "EC", "kid": "e", "use": "sig", "alg": "ES256", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])},
	}})
}

var signInPage = template.Must(template.New("").Parse(`<!DOCTYPE html><html lang="fr"><head><title>Fournisseur d’essai</title></head><body><main><h1>Fournisseur d’essai</h1>
<p>{{.Name}}</p><p><a id="continuer" href="{{.To}}">Continuer</a></p></main></body></html>`))

func (o *OIDC) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch {
	case q.Get("client_id") != o.ClientID, q.Get("redirect_uri") != o.Return, q.Get("response_type") != "code":
		http.Error(w, "client inconnu", http.StatusBadRequest)
		return
	case q.Get("state") == "", q.Get("nonce") == "", q.Get("code_challenge_method") != "S256", len(q.Get("code_challenge")) != 43, !strings.Contains(" "+q.Get("scope")+" ", " openid "):
		http.Error(w, "demande incomplète", http.StatusBadRequest)
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	back := url.Values{"state": {q.Get("state")}, "iss": {o.Issuer}}
	if o.fault == OtherState {
		back.Set("state", rand.Text())
	}
	if o.fault == Denied {
		back.Set("error", "access_denied")
		back.Set("error_description", "L'utilisateur a renoncé")
	} else {
		code := rand.Text()
		o.codes[code] = q
		back.Set("code", code)
	}
	to := o.Return + "?" + back.Encode()
	if o.Interactive {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = signInPage.Execute(w, map[string]any{"Name": o.person.Given, "To": template.URL(to)}) // #nosec G203 -- our own address
		return
	}
	http.Redirect(w, r, to, http.StatusFound)
}

func (o *OIDC) token(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, code string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"error": %q}`, code)
	}
	id, secret, basic := r.BasicAuth()
	if basic {
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	} else {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if id != o.ClientID || secret != o.ClientSecret || basic && o.PostSecret {
		refuse(http.StatusUnauthorized, "invalid_client")
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	asked, ok := o.codes[r.PostFormValue("code")]
	delete(o.codes, r.PostFormValue("code")) // a code serves once
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || asked.Get("redirect_uri") != r.PostFormValue("redirect_uri") || asked.Get("code_challenge") != b64(sum[:]) {
		refuse(http.StatusBadRequest, "invalid_grant")
		return
	}
	o.tokens++
	now := o.Now()
	claims := map[string]any{"iss": o.Issuer, "aud": o.ClientID, "sub": o.person.Sub, "nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()}
	if o.person.ACR != "" {
		claims["acr"] = o.person.ACR
	}
	switch o.fault {
	case WrongNonce:
		claims["nonce"] = rand.Text()
	case WrongIssuer:
		claims["iss"] = "https://ailleurs.exemple.fr"
	case WrongAudience:
		claims["aud"] = []string{"un autre", "encore un autre"}
	case OtherParty:
		claims["aud"], claims["azp"] = []string{o.ClientID, "un autre"}, "un autre"
	case ExpiredToken:
		claims["exp"] = now.Add(-time.Minute).Unix()
	}
	access := rand.Text()
	half := sha256.Sum256([]byte(access))
	claims["at_hash"] = b64(half[:16])
	o.access[access] = o.person
	raw := o.sign(claims, o.fault == BadSignature)
	switch o.fault {
	case AlgNone:
		raw = part(map[string]string{"alg": "none", "typ": "JWT"}) + "." + part(claims) + "."
	case AlgHMAC:
		head := part(map[string]string{"alg": "HS256", "typ": "JWT"}) + "." + part(claims)
		mac := hmac.New(sha256.New, []byte(o.ClientSecret))
		_, _ = mac.Write([]byte(head)) // a hash never fails
		raw = head + "." + b64(mac.Sum(nil))
	}
	o.issued[raw] = true
	tokens := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": raw}
	if o.fault == NoIDToken {
		delete(tokens, "id_token")
	}
	answer(w, tokens)
}

func (o *OIDC) userinfo(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	p, ok := o.access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if !ok {
		http.Error(w, "jeton inconnu", http.StatusUnauthorized)
		return
	}
	claims := map[string]any{"sub": p.Sub, "email": p.Email, "given_name": p.Given, "usual_name": p.Usual}
	if p.Verified != nil {
		claims["email_verified"] = p.Verified
	}
	switch {
	case o.fault == OtherSubject:
		claims["sub"] = "quelqu-un-d-autre"
	case o.fault == UserinfoHTML:
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<p>Connectez-vous"))
		return
	}
	if !o.SignedUserinfo {
		answer(w, claims)
		return
	}
	maps.Copy(claims, map[string]any{"iss": o.Issuer, "aud": o.ClientID})
	switch o.fault {
	case UserinfoIssuer:
		claims["iss"] = "https://ailleurs.exemple.fr"
	case UserinfoAudience:
		claims["aud"] = "un autre"
	}
	w.Header().Set("Content-Type", "application/jwt")
	_, _ = w.Write([]byte(o.sign(claims, o.fault == UserinfoForged))) // whoever left does not need to hear it
}

func (o *OIDC) logout(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.issued[q.Get("id_token_hint")] || q.Get("post_logout_redirect_uri") != o.AfterLogout {
		http.Error(w, "demande refusée", http.StatusBadRequest)
		return
	}
	o.logouts++
	http.Redirect(w, r, o.AfterLogout+"?"+url.Values{"state": {q.Get("state")}}.Encode(), http.StatusFound)
}

// sign writes a JWT; forged, its claims are not those that were signed.
func (o *OIDC) sign(claims map[string]any, forged bool) string {
	header := map[string]string{"alg": "RS256", "typ": "JWT", "kid": "r"}
	if o.ES256 {
		header["alg"], header["kid"] = "ES256", "e"
	}
	text := part(header) + "." + part(claims)
	signed := text
	if forged {
		signed += "."
	}
	sum := sha256.Sum256([]byte(signed))
	var sig []byte
	if o.ES256 {
		r, s, err := ecdsa.Sign(rand.Reader, o.ec, sum[:])
		if err != nil {
			panic(err) // a key of ours signs
		}
		sig = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	} else {
		var err error
		if sig, err = rsa.SignPKCS1v15(rand.Reader, o.rsa, crypto.SHA256, sum[:]); err != nil {
			panic(err) // a key of ours signs
		}
	}
	return text + "." + b64(sig)
}

func part(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers always marshal
	}
	return b64(b)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
