package account

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

const (
	flowLife      = 10 * time.Minute
	returnsPerHub = 120 // returns from a provider, from one machine in an hour
)

// Flow is what a browser keeps while it is away at the provider, in a cookie
// that we signed: an answer that does not fit it is not for this browser.
type Flow struct {
	State    string `json:"s"`
	Nonce    string `json:"n,omitempty"`
	Verifier string `json:"v,omitempty"`
	Next     string `json:"u,omitempty"`
	Account  string `json:"a,omitempty"` // who was signed in already, and binds the provider to their account
	Until    int64  `json:"t"`
}

// seal writes a flow as its cookie holds it; the purpose keeps that of a sign-in
// from being taken for that of a sign-out.
func (m *Room) seal(purpose string, f Flow) (string, error) {
	body, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	return text + "." + m.hash(purpose, text), nil
}

func (m *Room) unseal(purpose, cookie string) (f Flow, ok bool) {
	text, sig, found := strings.Cut(cookie, ".")
	if !found || len(cookie) > 4000 || !hmac.Equal([]byte(sig), []byte(m.hash(purpose, text))) {
		return Flow{}, false
	}
	body, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(body, &f) != nil || m.Now().UnixMilli() >= f.Until {
		return Flow{}, false
	}
	return f, f.State != ""
}

// StartFederated begins a sign-in by the provider: where the browser goes, and
// the cookie that it keeps meanwhile. With an account, the provider is bound to
// it at the return.
func (m *Room) StartFederated(ctx context.Context, account, next string) (address, cookie string, life time.Duration, err error) {
	defer apperr.Wrap(&err, "account.StartFederated")
	if m.Provider == nil {
		return "", "", 0, errNoProvider
	}
	f := Flow{Next: next, Account: account, Until: m.Now().Add(flowLife).UnixMilli()}
	for _, s := range []*string{&f.State, &f.Nonce, &f.Verifier} {
		if *s, err = m.secret(32); err != nil {
			return "", "", 0, err
		}
	}
	if address, err = m.Provider.address(ctx, f); err != nil {
		return "", "", 0, err
	}
	cookie, err = m.seal("oidc", f)
	return address, cookie, flowLife, err
}

var errNoProvider = apperr.New(apperr.NotFound, nil, "Ce site n’a pas d’autre façon de se connecter que le courriel.")

var errFlow = apperr.New(apperr.Forbidden, nil, "Cette connexion n’a pas commencé dans ce navigateur, a déjà servi, ou date de plus de dix minutes. Personne n’a été connecté\u00a0: recommencez.")

// Answer is what the provider sends back through the browser.
type Answer struct {
	State, Code, Issuer, Error string
}

// FinishFederated ends a sign-in by the provider. Whatever is wrong, nobody is
// signed in and nothing is bound; the journal has a row when it is known whose
// account was tried. here is the account that the browser is signed in to.
func (m *Room) FinishFederated(ctx context.Context, cookie, here string, in Answer, machine, agent string) (s SignedIn, err error) {
	defer apperr.Wrap(&err, "account.FinishFederated")
	if m.Provider == nil {
		return s, errNoProvider
	}
	f, ok := m.unseal("oidc", cookie)
	if !ok || !hmac.Equal([]byte(in.State), []byte(f.State)) || f.Account != "" && f.Account != here {
		return s, errors.Join(errFlow, m.refused(ctx, or(f.Account, here), "oidc-state"))
	}
	var c Claims
	switch err = m.onceOnly(ctx, f, machine); {
	case err != nil:
	case in.Error != "":
		err = m.declined(in.Error)
	case in.Code == "":
		err = m.Provider.errRefused(errors.New("no code"))
	default:
		if c, err = m.Provider.exchange(ctx, f, in.Code, in.Issuer); err == nil {
			if s, err = m.enterFederated(ctx, f, c, agent); err == nil {
				return s, nil
			}
		}
	}
	account := f.Account
	if account == "" && c.suspect != "" {
		id, ferr := m.identified(ctx, m.DB, c.suspect)
		if ferr != nil {
			return s, errors.Join(err, ferr)
		}
		account = id
	}
	return s, errors.Join(err, m.refused(ctx, account, "oidc"))
}

// onceOnly marks a state as used, here or in any replica, and counts the machine.
func (m *Room) onceOnly(ctx context.Context, f Flow, machine string) error {
	if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return m.attempt(ctx, tx, "oidc|"+machine, 1<<40) }); err != nil {
		return err
	}
	if err := m.refuse(ctx, "oidc|"+machine, returnsPerHub); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := db.Insert(ctx, tx, "attempt", []string{"name", "win", "n"}, [][]any{{m.hash("oidc-state", f.State), f.Until, 1}}, "ON CONFLICT (name, win) DO NOTHING")
		if err != nil {
			return err
		}
		if n == 0 {
			return errFlow
		}
		return nil
	})
}

// declined is what the provider says when it signed nobody in.
func (m *Room) declined(code string) error {
	cause := errors.New("the provider answers " + clip(code, 100))
	if code == "access_denied" || code == "login_required" || code == "interaction_required" || code == "consent_required" {
		return apperr.New(apperr.Forbidden, cause, "Vous n’avez pas terminé la connexion avec %s\u00a0: personne n’a été connecté. Recommencez, ou connectez-vous par courriel.", m.Provider.Name)
	}
	if code == "temporarily_unavailable" || code == "server_error" {
		return m.Provider.errAway(cause)
	}
	return m.Provider.errRefused(cause)
}

func clip(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "")
	}
	return s
}

// identified is the account that a subject is bound to, empty when none is.
func (m *Room) identified(ctx context.Context, q db.Q, sub string) (account string, err error) {
	err = q.QueryRow(ctx, `SELECT account FROM identity WHERE issuer = $1 AND sub = $2`, m.Provider.Issuer, sub).Scan(&account)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return account, err
}

// enterFederated finds the account of a person whom the provider told, by what
// does not change of them, and opens a session. The first time, the address
// finds the account, when the provider says that it is theirs.
func (m *Room) enterFederated(ctx context.Context, f Flow, c Claims, agent string) (s SignedIn, err error) {
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		id, err := m.identified(ctx, tx, c.Subject)
		if err != nil {
			return err
		}
		switch {
		case id != "" && f.Account != "" && id != f.Account:
			return apperr.New(apperr.Forbidden, nil, "Cette identité de %s est déjà liée à un autre compte que le vôtre. Rien n’a été changé.", m.Provider.Name)
		case id == "":
			if id, err = m.bind(ctx, tx, f, c); err != nil {
				return err
			}
		}
		a, err := Find(ctx, tx, id)
		if err != nil {
			return err
		}
		if a.State != "active" {
			return m.errUninvited()
		}
		if s.Cookie, err = m.begin(ctx, tx, a.ID, agent, m.Provider.Issuer, c.IDToken); err != nil {
			return err
		}
		s.Life, s.Next = sessionLife, f.Next
		return nil
	})
	if err != nil {
		return SignedIn{}, err
	}
	return s, nil
}

func (m *Room) errUninvited() error {
	return apperr.New(apperr.Forbidden, nil, "%s vous a reconnu, mais aucun accès à Jalon n’est ouvert à l’adresse qu’il nous a donnée. Les comptes s’ouvrent sur invitation de l’équipe d’une COP\u00a0: "+
		"demandez-lui quelle adresse elle a invitée. Lire les panoramas et les pages des COP ne demande aucun compte.", m.Provider.Name)
}

// bind binds a subject to an account: that of whoever began signed in, else that
// of the address, which the provider must assert. Before it does, nothing tells
// whether the address has an account.
func (m *Room) bind(ctx context.Context, tx db.Q, f Flow, c Claims) (account string, err error) {
	account = f.Account
	if account == "" {
		email, err := Address(c.Email)
		switch {
		case c.Email == "" || err != nil:
			return "", apperr.New(apperr.Forbidden, err, "%s n’a pas donné d’adresse électronique à Jalon\u00a0: personne n’a été connecté. Connectez-vous par courriel.", m.Provider.Name)
		case c.Refused || !c.Asserted:
			return "", apperr.New(apperr.Forbidden, nil, "%s n’a pas vérifié votre adresse électronique\u00a0: personne n’a été connecté. Vérifiez-la auprès de votre fournisseur, ou connectez-vous par courriel, "+
				"puis liez %s depuis «\u00a0Mon espace\u00a0».", m.Provider.Name, m.Provider.Name)
		}
		a, err := FindByEmail(ctx, tx, email)
		if apperr.KindOf(err) == apperr.NotFound {
			return "", m.errUninvited()
		}
		if err != nil {
			return "", err
		}
		account = a.ID
		// The account first: of two subjects who come at once for one address, the
		// second finds the first.
		if _, err := tx.Exec(ctx, `UPDATE account SET rev = rev WHERE id = $1`, account); err != nil {
			return "", err
		}
		var others int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM identity WHERE account = $1 AND issuer = $2 AND sub <> $3`, account, m.Provider.Issuer, c.Subject).Scan(&others); err != nil {
			return "", err
		}
		if others > 0 {
			return "", apperr.New(apperr.Forbidden, nil, "Cette adresse est déjà liée à une autre identité de %s\u00a0: elle a peut-être changé de titulaire. Personne n’a été connecté. "+
				"Connectez-vous par courriel, puis liez %s depuis «\u00a0Mon espace\u00a0».", m.Provider.Name, m.Provider.Name)
		}
	}
	n, err := db.Insert(ctx, tx, "identity", []string{"issuer", "sub", "account", "at"},
		[][]any{{m.Provider.Issuer, c.Subject, account, m.Now().UnixMilli()}}, "ON CONFLICT (issuer, sub) DO NOTHING")
	if err != nil {
		return "", err
	}
	if n == 0 { // somebody bound it meanwhile, most likely themselves in another tab
		bound, err := m.identified(ctx, tx, c.Subject)
		if err != nil {
			return "", err
		}
		if bound != account {
			return "", apperr.Conflictf("Cette identité vient d’être liée à un autre compte. Rien n’a été changé.")
		}
		return account, nil
	}
	return account, m.record(ctx, tx, account, "bind", "identity", account, 0, "")
}

// Bound reports whether the provider is bound to an account.
func (m *Room) Bound(ctx context.Context, account string) (bool, error) {
	if m.Provider == nil {
		return false, nil
	}
	var n int64
	err := m.DB.QueryRow(ctx, `SELECT COUNT(*) FROM identity WHERE account = $1 AND issuer = $2`, account, m.Provider.Issuer).Scan(&n)
	return n > 0, err
}

// Unbind forgets the provider's identities of an account: they sign in by mail.
func (m *Room) Unbind(ctx context.Context, by policy.Actor) (err error) {
	defer apperr.Wrap(&err, "account.Unbind")
	if err := policy.Check(by, policy.Edit, policy.Thing{Kind: policy.Self, Author: by.Person}); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `DELETE FROM identity WHERE account = $1`, by.Person)
		if err != nil || n == 0 {
			return err
		}
		return m.record(ctx, tx, by.Person, "unbind", "identity", by.Person, 0, "")
	})
}

// EndFederated closes a session and says where to go to close that of the
// provider too, with the cookie that its return is checked against; both are
// empty when the session came by mail, or the provider has no such place.
func (m *Room) EndFederated(ctx context.Context, account, session string) (address, cookie string, life time.Duration, err error) {
	defer apperr.Wrap(&err, "account.EndFederated")
	var issuer, token string
	err = m.DB.QueryRow(ctx, `SELECT issuer, id_token FROM session WHERE account = $1 AND id = $2`, account, session).Scan(&issuer, &token)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return "", "", 0, err
	}
	if err := m.Close(ctx, account, session); err != nil && apperr.KindOf(err) != apperr.NotFound {
		return "", "", 0, err
	}
	if m.Provider == nil || token == "" || issuer != m.Provider.Issuer {
		return "", "", 0, nil
	}
	state, err := m.secret(32)
	if err != nil {
		return "", "", 0, err
	}
	if address = m.Provider.logout(ctx, token, state); address == "" {
		return "", "", 0, nil
	}
	cookie, err = m.seal("logout", Flow{State: state, Until: m.Now().Add(flowLife).UnixMilli()})
	return address, cookie, flowLife, err
}

// Ended reports whether a return from the provider ends a sign-out that this
// browser began.
func (m *Room) Ended(cookie, state string) bool {
	f, ok := m.unseal("logout", cookie)
	return ok && hmac.Equal([]byte(f.State), []byte(state))
}

// refused keeps that somebody was refused at the door of an account, when it is
// known whose. It stands in a transaction of its own: the refusal undid the
// other.
func (m *Room) refused(ctx context.Context, account, how string) error {
	if account == "" {
		return nil
	}
	return db.Tx(context.WithoutCancel(ctx), m.DB, func(ctx context.Context, tx db.Q) error {
		return m.record(ctx, tx, "", "refuse", "sign-in/"+how, account, 0, "")
	})
}
