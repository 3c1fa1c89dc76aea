package account

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/mail"
)

// Notice is a kind of message that somebody may receive at once, gathered once a
// day, or not at all.
type Notice string

// The kinds. What opens a door (a sign-in, a first role) is of none of them: it
// always leaves.
const (
	Tasks     Notice = "tasks"     // roles given, acts that wait for me
	News      Notice = "news"      // of the COPs that I follow
	Reminders Notice = "reminders" // of what I have to do
)

// Notices lists the kinds in the order of the screens.
func Notices() []Notice { return []Notice{Tasks, News, Reminders} }

var noticeNames = map[Notice]string{Tasks: "Rôles et validations qui m’attendent", News: "Nouvelles de mes COP", Reminders: "Rappels"}

// Name is how a kind is called on screen.
func (n Notice) Name() string { return noticeNames[n] }

// The choices for a kind.
const (
	Immediate = "immediate"
	Digest    = "digest"
	None      = "none"
)

// digestHour is when the digest of a day leaves, in the reader's zone.
const digestHour = 7

var paris = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return time.UTC
	}
	return zone
}()

// Choices tells when an account receives each kind. One that nothing was chosen
// for follows the single choice of before there were kinds.
func Choices(ctx context.Context, q db.Q, a Account) (map[Notice]string, error) {
	out := map[Notice]string{}
	for _, n := range Notices() {
		out[n] = a.Notify
	}
	rows, err := q.Query(ctx, `SELECT kind, choice FROM notice WHERE account = $1 ORDER BY kind`, a.ID)
	chosen, err := db.Collect(rows, err, func(r *db.Rows) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) })
	for _, x := range chosen {
		out[Notice(x[0])] = x[1]
	}
	return out, err
}

func checkChoices(choices map[Notice]string) error {
	for _, n := range Notices() {
		if c := choices[n]; c != Immediate && c != Digest && c != None {
			return apperr.Invalidf("Choisissez quand recevoir «\u00a0%s\u00a0».", n.Name())
		}
	}
	return nil
}

func saveChoices(ctx context.Context, tx db.Q, account string, choices map[Notice]string) error {
	for _, n := range Notices() {
		if _, err := tx.Exec(ctx, `INSERT INTO notice (account, kind, choice) VALUES ($1, $2, $3) ON CONFLICT (account, kind) DO UPDATE SET choice = excluded.choice`,
			account, string(n), choices[n]); err != nil {
			return err
		}
	}
	return nil
}

// Slot tells whether an account wants a kind of message, and when: at once is
// the zero Slot. The zone is the reader's, Paris when nil.
func (m *Room) Slot(ctx context.Context, q db.Q, a Account, kind Notice, zone *time.Location) (_ mail.Slot, wanted bool, err error) {
	choices, err := Choices(ctx, q, a)
	if err != nil || a.State != "active" {
		return mail.Slot{}, false, err
	}
	switch choices[kind] {
	case None:
		return mail.Slot{}, false, nil
	case Immediate:
		return mail.Slot{}, true, nil
	}
	if zone == nil {
		zone = paris
	}
	return mail.NextSlot(m.Now(), digestHour, zone), true, nil
}

// Notify puts a mail of a kind in the outbox for an account, when and if they
// want it, with what stops that kind in one click. The caller gives the rest of
// the mail. It reports whether one was put; an account that is gone, or wants
// none, is no error.
func (m *Room) Notify(ctx context.Context, tx db.Q, account string, kind Notice, zone *time.Location, letter mail.Mail) (put bool, err error) {
	defer apperr.Wrap(&err, "account.Notify(%s)", kind)
	a, err := Find(ctx, tx, account)
	if apperr.KindOf(err) == apperr.NotFound && errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	slot, wanted, err := m.Slot(ctx, tx, a, kind, zone)
	if err != nil || !wanted {
		return false, err
	}
	letter.To, letter.Person, letter.Slot = mail.Address{Name: a.Name, Email: a.Email}, a.ID, slot
	if strings.HasPrefix(m.BaseURL, "https://") { // a one-click address must be: RFC 8058
		letter.Unsubscribe = m.BaseURL + m.StopPath(a.ID, kind)
	}
	if letter.Letter.Greeting == "" {
		letter.Letter.Greeting = strings.TrimSpace("Bonjour "+a.Name) + ","
	}
	return m.Outbox.Enqueue(ctx, tx, letter)
}

// StopPath is the address that stops a kind of message for an account, by a POST
// alone: whoever holds it needs no session.
func (m *Room) StopPath(account string, kind Notice) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(account + "|" + string(kind)))
	return "/desabonnement?jeton=" + text + "." + m.hash("stop", text)
}

var errStop = apperr.New(apperr.NotFound, nil, "Ce lien de désabonnement n’est pas entier, ou n’est plus valable. Réglez les messages que vous recevez dans «\u00a0Mon espace\u00a0».")

// StopKind reads which kind a token stops.
func (m *Room) StopKind(token string) (account string, kind Notice, err error) {
	text, sig, ok := strings.Cut(token, ".")
	if !ok || len(token) > 500 || !hmac.Equal([]byte(sig), []byte(m.hash("stop", text))) {
		return "", "", errStop
	}
	body, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", "", errStop
	}
	account, name, _ := strings.Cut(string(body), "|")
	if kind = Notice(name); kind.Name() == "" {
		return "", "", errStop
	}
	return account, kind, nil
}

// Stop stops a kind of message, for whoever holds its token. Twice is once.
func (m *Room) Stop(ctx context.Context, token string) (kind Notice, err error) {
	defer apperr.Wrap(&err, "account.Stop")
	account, kind, err := m.StopKind(token)
	if err != nil {
		return "", err
	}
	return kind, db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE account SET rev = rev + 1 WHERE id = $1 AND state = 'active'`, account)
		if err != nil {
			return err
		}
		if n == 0 {
			return errStop
		}
		a, err := Find(ctx, tx, account)
		if err != nil {
			return err
		}
		choices, err := Choices(ctx, tx, a)
		if err != nil {
			return err
		}
		choices[kind] = None
		if err := saveChoices(ctx, tx, account, choices); err != nil {
			return err
		}
		if err := m.version(ctx, tx, a, account, "désabonnement"); err != nil {
			return err
		}
		return m.record(ctx, tx, account, "unsubscribe", "notice/"+string(kind), account, a.Rev, "")
	})
}
