package survey

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
)

// SeatRole is what somebody does at the table of a response.
type SeatRole string

// The roles of a seat.
const (
	Writes    SeatRole = "writer"
	Colleague SeatRole = "colleague" // writes the sections that they were given
	Validates SeatRole = "validator"
)

// Name is the French name of a role.
func (r SeatRole) Name() string {
	return map[SeatRole]string{Writes: "rédaction", Colleague: "rédaction d’une partie", Validates: "validation"}[r]
}

// Seat is somebody who answers for an authority. One that an account takes by its
// own roles has no row: its ID is «account:» and the account's.
type Seat struct {
	ID, Response       string
	Role               SeatRole
	Name, Email, Title string
	Account            string
	Sections           []string // of a colleague; all when empty
	By                 string   // the seat or the account that gave it
	At                 time.Time
	OpenedAt, EndedAt  time.Time // zero when not
	// As is who acts when an account does, with its own grants.
	As policy.Actor
}

// Actor is what the table of rights asks of a seat. It has rights over its own
// authority alone.
func (s Seat) Actor(r Response) policy.Actor {
	if s.As.Person != "" {
		return s.As
	}
	role := policy.Writer
	if s.Role == Validates {
		role = policy.Validator
	}
	return policy.Actor{Person: "seat:" + s.ID, Grants: []policy.Grant{{Role: role, Org: r.Authority}}}
}

// Writer reports whether a seat may write in a section.
func (s Seat) Writer(section string) bool {
	return len(s.Sections) == 0 || slices.Contains(s.Sections, section)
}

// Known is what to call somebody: their name, or their address.
func (s Seat) Known() string {
	if s.Name != "" {
		return s.Name
	}
	return s.Email
}

// may checks what a seat does to its response.
func (s Seat) may(v policy.Verb, r Response) error {
	if s.As.Person == "" && (s.Response != r.ID || !s.EndedAt.IsZero()) {
		return errSeat
	}
	return policy.Check(s.Actor(r), v, r.Thing())
}

var errSeat = apperr.NotFoundf("Cette réponse n’existe pas, ou vous n’êtes pas à sa table. Rouvrez le lien que vous avez reçu, ou demandez-en un à votre collectivité.")

// Door is how the holder of a seat comes in.
type Door struct {
	Secret string
	Link   string // whole address
	Code   string // eight digits, for gateways that break links; asked with the address it was sent to
}

// Door makes the link and the code of a seat. They are drawn from its id and the
// key of this installation: a reminder bears the same link as the invitation,
// while the database keeps neither.
func (m *Room) Door(seat string) Door {
	secret := m.derive("seat-link", seat)
	code := fmt.Sprintf("%08d", binary.BigEndian.Uint64(m.derive("seat-code", seat))%100_000_000)
	token := base64.RawURLEncoding.EncodeToString(secret[:24])
	return Door{Secret: token, Link: m.BaseURL + "/questionnaire/" + token, Code: code}
}

// derive is 32 bytes that nobody makes without the key.
func (m *Room) derive(purpose, text string) []byte {
	sum := sha256.Sum256([]byte(m.Cursors.Seal(purpose, text)))
	return sum[:]
}

func (m *Room) hash(purpose, text string) string { return hex.EncodeToString(m.derive(purpose, text)) }

// tokenHash is what the database keeps of a link: its secret is long enough to
// need no key, so that links outlive a move to another installation.
func tokenHash(secret string) string {
	sum := sha256.Sum256([]byte("survey-seat|" + secret))
	return hex.EncodeToString(sum[:])
}

// NewSeat adds a seat to a response and gives its door. Give it the transaction of
// what it is part of: an invitation, a delegation.
func (m *Room) NewSeat(ctx context.Context, tx db.Q, s Seat) (_ Seat, door Door, err error) {
	defer apperr.Wrap(&err, "survey.NewSeat")
	out, doors, err := m.NewSeats(ctx, tx, []Seat{s})
	if err != nil {
		return s, door, err
	}
	return out[0], doors[0], nil
}

// NewSeats adds many seats at once.
func (m *Room) NewSeats(ctx context.Context, tx db.Q, seats []Seat) (_ []Seat, doors []Door, err error) {
	rows := make([][]any, 0, len(seats))
	out := slices.Clone(seats)
	for i := range out {
		s := &out[i]
		if s.ID, err = m.IDs.New(); err != nil {
			return nil, nil, err
		}
		s.At = m.Now().UTC().Truncate(time.Millisecond)
		door := m.Door(s.ID)
		doors = append(doors, door)
		rows = append(rows, []any{s.ID, s.Response, string(s.Role), s.Name, strings.ToLower(strings.TrimSpace(s.Email)), s.Title, s.Account, strings.Join(s.Sections, " "),
			tokenHash(door.Secret), m.hash("seat-code-hash", s.ID+"|"+door.Code), s.By, s.At.UnixMilli()})
	}
	_, err = db.Insert(ctx, tx, "response_seat", strings.Fields("id response_id role name email title account sections token_hash code_hash by at"), rows, "")
	return out, doors, err
}

const seatColumns = `s.id, s.response_id, s.role, s.name, s.email, s.title, s.account, s.sections, s.by, s.at, s.opened_at, s.ended_at`

func scanSeat(r scanner, more ...any) (s Seat, err error) {
	var sections string
	var at int64
	var opened, ended *int64
	err = r.Scan(append([]any{&s.ID, &s.Response, &s.Role, &s.Name, &s.Email, &s.Title, &s.Account, &sections, &s.By, &at, &opened, &ended}, more...)...)
	s.Sections, s.At = split(sections), time.UnixMilli(at).UTC()
	if opened != nil {
		s.OpenedAt = time.UnixMilli(*opened).UTC()
	}
	if ended != nil {
		s.EndedAt = time.UnixMilli(*ended).UTC()
	}
	return s, err
}

// Seats lists who sits at the table of a response, those who left included.
func Seats(ctx context.Context, q db.Q, response string) ([]Seat, error) {
	rows, err := q.Query(ctx, `SELECT `+seatColumns+` FROM response_seat s WHERE s.response_id = $1 ORDER BY s.id`, response)
	return db.Collect(rows, err, func(r *db.Rows) (Seat, error) { return scanSeat(r) })
}

// FindSeat returns a seat by its id.
func FindSeat(ctx context.Context, q db.Q, id string) (Seat, error) {
	s, err := scanSeat(q.QueryRow(ctx, `SELECT `+seatColumns+` FROM response_seat s WHERE s.id = $1`, id))
	if err = db.OrNotFound(err, "seat"); apperr.KindOf(err) == apperr.NotFound {
		return s, errSeat
	}
	return s, err
}

// sections keeps those that a form has, each once.
func sectionsOf(f questionnaire.Form, ids []string) []string {
	var out []string
	for _, id := range ids {
		if _, ok := f.Section(id); ok && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
