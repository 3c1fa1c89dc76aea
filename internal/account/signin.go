package account

import (
	"context"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/mail"
)

const (
	linkLife   = time.Hour
	codeTries  = 5
	window     = time.Hour
	perAddress = 5  // links asked for one address in an hour
	perMachine = 30 // links asked, or codes tried, from one machine in an hour
)

var errTooMany = apperr.New(apperr.TooMany, nil, "Trop de demandes de connexion. Attendez une heure, ou servez-vous du dernier mail reçu\u00a0: son lien et son code restent valables une heure.")

// attempt counts a try within the hour, one row for each hour; it refuses those
// beyond the limit. The name is hashed: the table tells nobody's address.
func (m *Room) attempt(ctx context.Context, tx db.Q, name string, most int64) error {
	win := m.Now().Truncate(window).UnixMilli()
	var n int64
	err := tx.QueryRow(ctx, `
		INSERT INTO attempt (name, win, n) VALUES ($1, $2, 1)
		    ON CONFLICT (name, win) DO UPDATE SET n = attempt.n + 1
		RETURNING n`, m.hash("attempt", name), win).Scan(&n)
	if err != nil {
		return err
	}
	if n > most {
		return errTooMany
	}
	return nil
}

// Tried counts a try under a name, in the same hours and the same table as those
// of signing in, and reports whether there were more than most: for the doors of
// other rooms. The count stays whatever the caller does next.
func (m *Room) Tried(ctx context.Context, name string, most int64) (over bool, err error) {
	defer apperr.Wrap(&err, "account.Tried")
	if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return m.attempt(ctx, tx, name, 1<<40) }); err != nil {
		return false, err
	}
	if err = m.refuse(ctx, name, most); errors.Is(err, errTooMany) {
		return true, nil
	}
	return false, err
}

// Over reports whether a thing was tried more than most times in this hour, and counts
// nothing: who asks may be told to wait before anything is looked for.
func (m *Room) Over(ctx context.Context, name string, most int64) (over bool, err error) {
	defer apperr.Wrap(&err, "account.Over")
	if err = m.refuse(ctx, name, most); errors.Is(err, errTooMany) {
		return true, nil
	}
	return false, err
}

// AskLink sends a link and a code to an address that has an account, and a word
// to one that has none, once a day. What it answers, and the work it does, are
// the same for both.
func (m *Room) AskLink(ctx context.Context, email, machine, next string) (err error) {
	defer apperr.Wrap(&err, "account.AskLink")
	email, err = Address(email)
	if err != nil {
		return err
	}
	// Counted in a transaction of its own: a refusal must not undo the count.
	if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return m.attempt(ctx, tx, "link|"+machine, 1<<40) }); err != nil {
		return err
	}
	if err := m.refuse(ctx, "link|"+machine, perMachine); err != nil {
		return err
	}
	if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return m.attempt(ctx, tx, "link|"+email, 1<<40) }); err != nil {
		return err
	}
	if err := m.refuse(ctx, "link|"+email, perAddress); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		a, err := FindByEmail(ctx, tx, email)
		known := err == nil
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return err
		}
		link, code, err := m.newLink(ctx, tx, a.ID, next)
		if err != nil {
			return err
		}
		letter := unknownLetter()
		dedup := "unknown/" + m.hash("mail", email) + "/" + m.Now().UTC().Format(time.DateOnly)
		if known {
			letter, dedup = linkLetter(a, m.BaseURL+link, code), "sign-in/"+m.hash("mail", link)
		}
		_, err = m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: dedup, To: mail.Address{Name: a.Name, Email: email}, Person: a.ID, FromName: "Jalon", Letter: letter,
			Secret: true, Expires: m.Now().Add(linkLife)})
		return err
	})
}

// refuse reads a count and says no beyond a limit.
func (m *Room) refuse(ctx context.Context, name string, most int64) error {
	var n int64
	err := m.DB.QueryRow(ctx, `SELECT COALESCE(CAST(SUM(n) AS BIGINT), 0) FROM attempt WHERE name = $1 AND win = $2`,
		m.hash("attempt", name), m.Now().Truncate(window).UnixMilli()).Scan(&n)
	if err != nil {
		return err
	}
	if n > most {
		return errTooMany
	}
	return nil
}

// Link makes a sign-in link for an account, for whoever runs the installation:
// the first administrator, or a place without mail.
func (m *Room) Link(ctx context.Context, a Account, next string) (link string, err error) {
	defer apperr.Wrap(&err, "account.Link")
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		link, _, err = m.newLink(ctx, tx, a.ID, next)
		return err
	})
	return m.BaseURL + link, err
}

func (m *Room) newLink(ctx context.Context, tx db.Q, account, next string) (path, code string, err error) {
	token, err := m.secret(32)
	if err != nil {
		return "", "", err
	}
	var b [8]byte
	if _, err := io.ReadFull(m.Random, b[:]); err != nil {
		return "", "", err
	}
	code = fmt.Sprintf("%08d", binary.BigEndian.Uint64(b[:])%100_000_000)
	now := m.Now()
	_, err = db.Insert(ctx, tx, "sign_in", []string{"token_hash", "code_hash", "account", "next", "at", "expires_at", "tries"},
		[][]any{{m.hash("link", token), m.hash("code", account+"|"+code), account, next, now.UnixMilli(), now.Add(linkLife).UnixMilli(), 0}}, "")
	return "/connexion/confirmer?jeton=" + token, code, err
}

func linkLetter(a Account, link, code string) mail.Letter {
	spaced := code[:4] + " " + code[4:]
	return mail.Letter{Subject: "Votre connexion à Jalon", Greeting: strings.TrimSpace("Bonjour "+a.Name) + ",",
		Blocks: []mail.Block{mail.Para("Ouvrez ce lien pour vous connecter. Il sert une fois, pendant une heure."), mail.Link("Me connecter à Jalon", link),
			mail.Para("Si le lien ne s’ouvre pas, saisissez ce code sur la page où vous avez demandé à vous connecter\u00a0:"), mail.Code(spaced)},
		Reason: "Vous recevez ce message parce que quelqu’un a demandé à se connecter avec votre adresse. Si ce n’est pas vous, ne faites rien\u00a0: sans ce lien ni ce code, personne n’entre."}
}

func unknownLetter() mail.Letter {
	return mail.Letter{Subject: "Votre demande de connexion à Jalon", Greeting: "Bonjour,",
		Blocks: []mail.Block{mail.Para("Quelqu’un a demandé à se connecter à Jalon avec votre adresse, à laquelle aucun compte n’est attaché."),
			mail.Para("Les comptes s’ouvrent sur invitation de l’équipe d’une COP. Si vous en attendez une, demandez à votre équipe quelle adresse elle a invitée.")},
		Reason: "Vous recevez ce message au plus une fois par jour. Si vous n’avez rien demandé, ne faites rien."}
}

var errLink = apperr.New(apperr.Forbidden, nil, "Ce lien a déjà servi, ou il a plus d’une heure. Demandez-en un nouveau\u00a0: il part aussitôt.")

// SignedIn is a session that has just begun.
type SignedIn struct {
	Cookie string // value of the session's cookie
	Life   time.Duration
	Next   string
}

// Confirm uses a link up: the row that it marks is the proof that nobody did
// before.
func (m *Room) Confirm(ctx context.Context, token, agent string) (s SignedIn, err error) {
	defer apperr.Wrap(&err, "account.Confirm")
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		s, err = m.use(ctx, tx, m.hash("link", token), agent)
		return err
	})
	if errors.Is(err, errLink) {
		return SignedIn{}, errors.Join(err, m.refusedLink(ctx, token))
	}
	return s, err
}

// refusedLink keeps in the journal that a link was tried again, or too late.
func (m *Room) refusedLink(ctx context.Context, token string) error {
	var account string
	err := m.DB.QueryRow(ctx, `SELECT account FROM sign_in WHERE token_hash = $1`, m.hash("link", token)).Scan(&account)
	if errors.Is(err, db.ErrNoRows) {
		return nil
	}
	return errors.Join(err, m.refused(ctx, account, "link"))
}

func (m *Room) use(ctx context.Context, tx db.Q, tokenHash, agent string) (s SignedIn, err error) {
	now := m.Now().UnixMilli()
	n, err := tx.Exec(ctx, `UPDATE sign_in SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 AND tries <= $3 AND account <> ''`, tokenHash, now, codeTries)
	if err != nil {
		return s, err
	}
	if n == 0 {
		return s, errLink
	}
	var account string
	if err := tx.QueryRow(ctx, `SELECT account, next FROM sign_in WHERE token_hash = $1`, tokenHash).Scan(&account, &s.Next); err != nil {
		return s, err
	}
	a, err := Find(ctx, tx, account)
	if err != nil || a.State != "active" {
		return s, errLink
	}
	s.Cookie, err = m.begin(ctx, tx, a.ID, agent, "", "")
	s.Life = sessionLife
	return s, err
}

// ConfirmCode is Confirm by the code of the mail, for those whose mail opens
// elsewhere, or whose gateway follows links. Five wrong codes close the link.
func (m *Room) ConfirmCode(ctx context.Context, email, code, machine, agent string) (s SignedIn, err error) {
	defer apperr.Wrap(&err, "account.ConfirmCode")
	if email, err = Address(email); err != nil {
		return s, err
	}
	code = strings.Join(strings.Fields(code), "")
	if len(code) != 8 || strings.Trim(code, "0123456789") != "" {
		return s, apperr.Invalidf("Le code a huit chiffres, comme 1234\u00a05678.")
	}
	if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return m.attempt(ctx, tx, "code|"+machine, 1<<40) }); err != nil {
		return s, err
	}
	if err := m.refuse(ctx, "code|"+machine, perMachine); err != nil {
		return s, err
	}
	a, err := FindByEmail(ctx, m.DB, email)
	if err != nil && apperr.KindOf(err) != apperr.NotFound {
		return s, err
	}
	wrong := apperr.New(apperr.Forbidden, nil, "Ce code n’est pas le bon, ou il n’est plus valable. Vérifiez-le dans le dernier courriel reçu, ou demandez-en un nouveau.")
	now := m.Now().UnixMilli()
	// The try is counted before it is judged, and stays counted.
	if _, err := m.DB.Exec(ctx, `UPDATE sign_in SET tries = tries + 1 WHERE account = $1 AND account <> '' AND used_at IS NULL AND expires_at > $2`, a.ID, now); err != nil {
		return s, err
	}
	rows, err := m.DB.Query(ctx, `SELECT token_hash, code_hash FROM sign_in
		WHERE account = $1 AND account <> '' AND used_at IS NULL AND expires_at > $2 AND tries <= $3 ORDER BY at DESC, token_hash LIMIT 5`, a.ID, now, codeTries)
	open, err := db.Collect(rows, err, func(r *db.Rows) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) })
	if err != nil {
		return s, err
	}
	given := m.hash("code", a.ID+"|"+code)
	for _, x := range open {
		if subtle.ConstantTimeCompare([]byte(x[1]), []byte(given)) == 1 {
			err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
				s, err = m.use(ctx, tx, x[0], agent)
				return err
			})
			return s, err
		}
	}
	return s, errors.Join(wrong, m.refusedCode(ctx, a.ID, machine))
}

// refusedCode keeps in the journal that a wrong code was tried on an account. An
// address without account costs a row too, so that the time taken tells nothing.
func (m *Room) refusedCode(ctx context.Context, account, machine string) error {
	if account != "" {
		return m.refused(ctx, account, "code")
	}
	return db.Tx(context.WithoutCancel(ctx), m.DB, func(ctx context.Context, tx db.Q) error { return m.attempt(ctx, tx, "refused|"+machine, 1<<40) })
}
