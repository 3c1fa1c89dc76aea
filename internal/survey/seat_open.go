package survey

import (
	"cmp"
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// How often links and codes may be tried within an hour.
const (
	triesPerMachine = 60
	triesPerAddress = 10
)

var (
	errLink  = apperr.NotFoundf("Ce lien ne mène à aucun questionnaire\u00a0: il est incomplet, ou il a été remplacé. Vérifiez qu’il est entier, ou saisissez sur la page «\u00a0Répondre au questionnaire\u00a0» le code à huit chiffres du même courriel.")
	errCode  = apperr.New(apperr.Forbidden, nil, "Cette adresse et ce code ne vont pas ensemble, ou ce code n’est plus valable. Vérifiez-les dans le dernier courriel reçu\u00a0; le code a huit chiffres.")
	errEnded = apperr.New(apperr.Forbidden, nil, "Cet accès a été fermé par la collectivité. Ce qui a été écrit est gardé. Demandez un nouveau lien à la personne qui pilote la réponse, ou à l’équipe de la COP.")
	errClose = apperr.New(apperr.Forbidden, nil, "La campagne est close\u00a0: ce lien n’ouvre plus le questionnaire. Ce qui a été écrit est gardé. Écrivez à l’équipe de la COP pour demander une réouverture.")
	errDraft = apperr.New(apperr.Forbidden, nil, "La campagne n’est pas encore ouverte. Gardez ce lien\u00a0: il servira le jour de l’ouverture.")
	errMany  = apperr.New(apperr.TooMany, nil, "Trop d’essais depuis cet appareil ou pour cette adresse. Rien n’est perdu\u00a0: attendez une heure, ou ouvrez le lien du courriel.")
)

// Opening is what a link or a code opens, said before anybody sits down.
type Opening struct {
	Seat     Seat
	Response Response
	Campaign Campaign
	// Why says why nobody may sit down, and what to do; nil when they may.
	Why error
}

func (m *Room) opening(ctx context.Context, q db.Q, s Seat) (o Opening, err error) {
	o.Seat = s
	if o.Response, err = FindResponse(ctx, q, s.Response); err != nil {
		return o, err
	}
	if o.Campaign, err = FindCampaign(ctx, q, o.Response.Campaign); err != nil {
		return o, err
	}
	switch {
	case !s.EndedAt.IsZero():
		o.Why = errEnded
	case o.Campaign.State == CampaignDraft:
		o.Why = errDraft
	case !o.Campaign.State.Takes() && !(o.Response.Seq > 0 && s.Role != Colleague):
		o.Why = errClose // whoever validated may come back to read what they said
	}
	return o, nil
}

// Behind says whose questionnaire a link opens. It changes nothing: gateways that
// read mails before people follow links.
func (m *Room) Behind(ctx context.Context, q db.Q, secret string) (o Opening, err error) {
	defer apperr.Wrap(&err, "survey.Behind")
	s, err := scanSeat(q.QueryRow(ctx, `SELECT `+seatColumns+` FROM response_seat s WHERE s.token_hash = $1`, tokenHash(secret)))
	if err = db.OrNotFound(err, "link"); apperr.KindOf(err) == apperr.NotFound {
		return o, errLink
	}
	if err != nil {
		return o, err
	}
	return m.opening(ctx, q, s)
}

// BehindCode is Behind by the address and the code of a mail. Tries are counted,
// and an address that is not known gets the same answer as a wrong code.
func (m *Room) BehindCode(ctx context.Context, email, code, machine string) (o Opening, err error) {
	defer apperr.Wrap(&err, "survey.BehindCode")
	code = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, code)
	where := `s.email = $1`
	if siren := strings.Join(strings.Fields(email), ""); french.ValidSIREN(siren) {
		// A letter on paper went to no address: its authority's number stands for one.
		email, where = siren, `s.role = 'writer' AND s.response_id IN (SELECT r.id FROM response r JOIN organisation o ON o.id = r.authority WHERE o.siren = $1)`
	} else if email, err = mail.ParseAddress(strings.ToLower(strings.TrimSpace(email))); err != nil {
		return o, apperr.Invalidf("Écrivez l’adresse électronique à laquelle le code a été envoyé, comme mairie@exemple.fr, ou le numéro SIREN de la collectivité s’il est venu par lettre.")
	}
	if len(code) != 8 {
		return o, apperr.Invalidf("Le code a huit chiffres, comme 1234\u00a05678.")
	}
	for name, most := range map[string]int64{"survey|" + machine: triesPerMachine, "survey|" + email: triesPerAddress} {
		if m.Tried == nil {
			break
		}
		if over, err := m.Tried(ctx, name, most); err != nil || over {
			return o, cmp.Or(err, errMany)
		}
	}
	type held struct {
		s    Seat
		hash string
	}
	rows, err := m.DB.Query(ctx, `SELECT `+seatColumns+`, s.code_hash FROM response_seat s WHERE `+where+` ORDER BY s.id DESC LIMIT 200`, email)
	all, err := db.Collect(rows, err, func(r *db.Rows) (h held, err error) {
		h.s, err = scanSeat(r, &h.hash)
		return h, err
	})
	if err != nil {
		return o, err
	}
	for _, h := range all {
		if subtle.ConstantTimeCompare([]byte(h.hash), []byte(m.hash("seat-code-hash", h.s.ID+"|"+code))) == 1 {
			return m.opening(ctx, m.DB, h.s)
		}
	}
	return o, errCode
}

// Person is who says that they sit down.
type Person struct{ Name, Email string }

func (p Person) check() (Person, error) {
	p.Name = strings.Join(strings.Fields(p.Name), " ")
	if p.Name == "" || utf8.RuneCountInString(p.Name) > 120 {
		return p, &Fault{Field: "nom", Message: "Écrivez votre nom (120 caractères au plus)\u00a0: vos collègues verront qui a écrit quoi."}
	}
	email, err := mail.ParseAddress(strings.ToLower(strings.TrimSpace(p.Email)))
	if err != nil || len(email) > 254 {
		return p, &Fault{Field: "mel", Message: "Écrivez votre adresse électronique, comme prenom.nom@exemple.fr."}
	}
	p.Email = email
	return p, nil
}

// Fault is a field that cannot be taken, and why.
type Fault struct{ Field, Message string }

func (f *Fault) Error() string { return f.Message }
func (f *Fault) Unwrap() error { return apperr.Invalidf("%s", f.Message) }

// SitDown takes a seat by its link. Whoever else comes by the same link of an
// authority gets a place of their own, so that each answer bears its author's
// name; the links of a colleague and of a validator are theirs alone.
func (m *Room) SitDown(ctx context.Context, secret string, p Person) (s Seat, err error) {
	defer apperr.Wrap(&err, "survey.SitDown")
	o, err := m.Behind(ctx, m.DB, secret)
	if err != nil {
		return s, err
	}
	return m.sit(ctx, o, p)
}

// SitDownByCode takes a seat by the address and the code of its mail.
func (m *Room) SitDownByCode(ctx context.Context, email, code, machine string, p Person) (s Seat, err error) {
	defer apperr.Wrap(&err, "survey.SitDownByCode")
	o, err := m.BehindCode(ctx, email, code, machine)
	if err != nil {
		return s, err
	}
	return m.sit(ctx, o, p)
}

func (m *Room) sit(ctx context.Context, o Opening, p Person) (s Seat, err error) {
	if o.Why != nil {
		return s, o.Why
	}
	if o.Seat.Role != Writes {
		p.Email = o.Seat.Email // the link went to that address, and answers for it
	}
	if p, err = p.check(); err != nil {
		return s, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		now := m.Now().UnixMilli()
		// The root first: two people who sit down at once come one after the other.
		if _, err := tx.Exec(ctx, `UPDATE response SET rev = rev WHERE id = $1`, o.Response.ID); err != nil {
			return err
		}
		s, err = FindSeat(ctx, tx, o.Seat.ID)
		if err != nil {
			return err
		}
		if !s.EndedAt.IsZero() {
			return errEnded
		}
		if s.Role == Writes && s.Email != p.Email && !s.OpenedAt.IsZero() {
			if s, err = m.beside(ctx, tx, s, p); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `UPDATE response_seat SET name = $2, email = $3, opened_at = COALESCE(opened_at, $4) WHERE id = $1`, s.ID, p.Name, p.Email, now); err != nil {
			return err
		}
		s.Name, s.Email = p.Name, p.Email
		n, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1, state = 'opened', opened_at = COALESCE(opened_at, $2) WHERE id = $1 AND state IN ('listed', 'invited')`, s.Response, now)
		if err != nil {
			return err
		}
		if s.OpenedAt.IsZero() {
			s.OpenedAt = time.UnixMilli(now).UTC()
			err = m.record(ctx, tx, s, o.Response, "sit-down", o.Response.Rev+n)
		}
		return err
	})
	return s, err
}

// beside finds or adds the place of another person who came by a link.
func (m *Room) beside(ctx context.Context, tx db.Q, link Seat, p Person) (Seat, error) {
	all, err := Seats(ctx, tx, link.Response)
	if err != nil {
		return link, err
	}
	for _, x := range all {
		if x.Role == Writes && x.Email == p.Email && x.EndedAt.IsZero() {
			return x, nil
		}
	}
	if len(all) >= maxSeats {
		return link, errTable
	}
	s, _, err := m.NewSeat(ctx, tx, Seat{Response: link.Response, Role: Writes, Name: p.Name, Email: p.Email, By: "seat:" + link.ID})
	return s, err
}

// maxSeats is how many people one table takes, those who left included.
const maxSeats = 100

var errTable = apperr.Conflictf("Cent personnes ont déjà pris place pour cette réponse\u00a0: il n’y en a plus. Demandez à l’équipe de la COP.")

// Cookie seals the seats of a browser, the last taken first, at most eight. A seat
// that was ended opens nothing, whatever the cookie says.
func (m *Room) Cookie(seats []string) string {
	return m.Cursors.Seal("survey-seats", strings.Join(seats[:min(8, len(seats))], " "))
}

// CookieSeats reads a cookie; nil for one that was altered.
func (m *Room) CookieSeats(cookie string) []string {
	parts, err := m.Cursors.Open("survey-seats", cookie, 1)
	if err != nil || len(parts) == 0 || len(cookie) > 1024 {
		return nil
	}
	return strings.Fields(parts[0])
}

// SeatAt finds the seat of whoever asks for a response: of those of their cookie and
// the one that their account's roles give over the authority, the one that may do
// most. No other role
// sits at the table: a team reads elsewhere.
func (m *Room) SeatAt(ctx context.Context, q db.Q, cookie string, who policy.Actor, name string, r Response) (s Seat, err error) {
	defer apperr.Wrap(&err, "survey.SeatAt")
	best, found := AccountSeat(who, name, r)
	for _, id := range m.CookieSeats(cookie) {
		s, err := FindSeat(ctx, q, id)
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return s, err
		}
		if err == nil && s.Response == r.ID && s.EndedAt.IsZero() && (found != nil || s.Role.rank() > best.Role.rank()) {
			best, found = s, nil
		}
	}
	return best, found
}

// rank orders the roles of whoever came by several links, as a mayor does who
// answers alone.
func (r SeatRole) rank() int { return slices.Index([]SeatRole{Colleague, Writes, Validates}, r) }

// AccountSeat is the seat that an account has by its own roles over an authority.
func AccountSeat(who policy.Actor, name string, r Response) (Seat, error) {
	org := policy.Thing{Kind: policy.Response, Org: r.Authority}
	s := Seat{ID: "account:" + who.Person, Response: r.ID, Name: name, Account: who.Person, As: who}
	switch {
	case who.Person == "":
	case who.Holds(org, policy.Validator):
		s.Role = Validates
		return s, nil
	case who.Holds(org, policy.Writer):
		s.Role = Writes
		return s, nil
	}
	return Seat{}, errSeat
}

// record keeps an act in the journal, under the seat or the account that did it.
func (m *Room) record(ctx context.Context, tx db.Q, s Seat, r Response, verb string, rev int64) error {
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: s.Actor(r).Person, ActingFor: r.Authority, Verb: verb, Kind: "response", Subject: r.ID, Rev: rev, COP: r.COP})
	return err
}
