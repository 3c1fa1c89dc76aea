package ballot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// perMachine is how many devices may vote on a question from one address of the
// network: three hundred phones share that of their room.
const perMachine = 1000

// guesses is how many unknown codes or slips one machine may try in an hour. A whole
// room that types badly is far below.
const guesses = 1000

// Voice is what a phone sends.
type Voice struct {
	Device  string // from its cookie
	Slip    string // as typed, when the ballot asks for one
	Machine string
	Choices []int // places of the options, from 0
	College debate.College
}

// ErrClosed says that a vote does not take voices.
var ErrClosed = apperr.Conflictf("Ce vote n’est pas ouvert\u00a0: votre voix n’a pas été enregistrée. Si vous aviez déjà voté, votre premier choix compte toujours.")

// ErrNoDevice says that a browser kept nothing of this vote.
var ErrNoDevice = apperr.Invalidf("Votre navigateur n’a pas gardé le témoin (cookie) qui sert à ne compter qu’une voix par appareil. Autorisez les cookies pour ce site, puis envoyez de nouveau\u00a0: vos choix sont restés dans le formulaire. Sinon, levez la main\u00a0: l’animateur compte aussi les mains.")

// ErrSlip says that a slip is not of a vote.
var ErrSlip = apperr.Invalidf("Ce code de bulletin n’est pas de ce vote. Recopiez celui du papier qui vous a été remis\u00a0: 8 lettres et chiffres.")

var errGuesses = apperr.New(apperr.TooMany, nil, "Trop de codes inconnus ont été essayés depuis ce réseau. Attendez l’heure suivante, ou levez la main\u00a0: l’animateur compte aussi les mains.")

// NewDevice names a browser that comes for the first time.
func (m *Room) NewDevice() (cookie, device string, err error) {
	if device, err = m.IDs.New(); err != nil {
		return "", "", err
	}
	return m.Cursors.Seal("vote-device", device), device, nil
}

// Device is the browser that a cookie names, "" when it is not one of ours.
func (m *Room) Device(cookie string) string {
	if cookie == "" {
		return ""
	}
	parts, err := m.Cursors.Open("vote-device", cookie, 1)
	if err != nil || len(parts) != 1 {
		return ""
	}
	return parts[0]
}

// Guessed counts an unknown code or slip from a machine, and reports whether it tried
// too many.
func (m *Room) Guessed(ctx context.Context, machine string) error {
	over, err := m.Accounts.Tried(ctx, "vote-code|"+machine, guesses)
	if err == nil && over {
		err = errGuesses
	}
	return err
}

// Blocked refuses a machine that tried too many codes: a guess that happens to be right
// must not be told. b is the ballot that it asks for, zero for none: a device that voted
// at its meeting already is let through. A cookie alone proves nothing, anybody gets one.
func (m *Room) Blocked(ctx context.Context, machine, device string, b Ballot) error {
	over, err := m.Accounts.Over(ctx, "vote-code|"+machine, guesses)
	if err != nil || !over {
		return err
	}
	if device == "" || b.ID == "" {
		return errGuesses
	}
	all, err := OfMeeting(ctx, m.DB, b.Meeting)
	if err != nil {
		return err
	}
	for _, of := range all {
		if said, err := Said(ctx, m.DB, of, device); err != nil || said != nil {
			return err
		}
	}
	return errGuesses
}

// check reads the choices of a voice.
func (b Ballot) check(v Voice) (string, error) {
	choices := slices.Clone(v.Choices)
	slices.Sort(choices)
	choices = slices.Compact(choices)
	switch {
	case len(choices) == 0:
		return "", apperr.Invalidf("Choisissez une réponse, puis envoyez.")
	case int64(len(choices)) > b.Most:
		return "", apperr.Invalidf("Vous avez coché %d réponses\u00a0: gardez-en %d au plus.", len(choices), b.Most)
	case choices[0] < 0 || choices[len(choices)-1] >= len(b.Options):
		return "", apperr.Invalidf("Cette réponse n’est pas dans la liste. Rechargez la page.")
	case v.College != "" && v.College.Name() == "":
		return "", apperr.Invalidf("Choisissez votre collège dans la liste, ou laissez vide.")
	}
	out := make([]string, len(choices))
	for i, c := range choices {
		out[i] = strconv.Itoa(c)
	}
	return strings.Join(out, ","), nil
}

// of is a thing of a ballot, as a digest that says nothing of another one.
func (b Ballot) of(what, text string) string {
	sum := sha256.Sum256([]byte(what + "\x00" + b.ID + "\x00" + text))
	return hex.EncodeToString(sum[:16])
}

// Vote keeps a voice: a device, or a slip, has one, which it may change until the vote
// is closed. The row of the ballot is written last: a vote that closes meanwhile
// refuses the voice whole. It is written before a voice that is there already, as Close
// does: the two never wait for one another.
func (m *Room) Vote(ctx context.Context, b Ballot, v Voice) (changed bool, err error) {
	defer apperr.Wrap(&err, "ballot.Vote(%s)", b.ID)
	choices, err := b.check(v)
	if err != nil {
		return false, err
	}
	if b.State != Open {
		return false, ErrClosed
	}
	if !b.Slips && v.Device == "" {
		return false, ErrNoDevice
	}
	if !b.Colleges {
		v.College = ""
	}
	now := m.Now().UnixMilli()
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		voter, machine := b.of("device", v.Device), b.of("machine", v.Machine)
		if b.Slips {
			voter = b.of("slip", Typed(v.Slip))
			n, err := tx.Exec(ctx, `UPDATE ballot_slip SET used_at = COALESCE(used_at, $3) WHERE ballot_id = $1 AND hash = $2`, b.ID, voter, now)
			if err != nil {
				return err
			}
			if n == 0 {
				return ErrSlip
			}
		}
		added, err := db.Insert(ctx, tx, "ballot_vote", []string{"ballot_id", "voter", "choices", "college", "machine", "at"},
			[][]any{{b.ID, voter, choices, string(v.College), machine, now}}, "ON CONFLICT (ballot_id, voter) DO NOTHING")
		if err != nil {
			return err
		}
		changed = added == 0
		count := func() error {
			n, err := tx.Exec(ctx, `UPDATE ballot SET voices = voices + $2, tick = tick + 1 WHERE id = $1 AND state = 'open'`, b.ID, added)
			if err == nil && n == 0 {
				err = ErrClosed
			}
			return err
		}
		if changed {
			if err := count(); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE ballot_vote SET choices = $3, college = $4, at = $5 WHERE ballot_id = $1 AND voter = $2`, b.ID, voter, choices, string(v.College), now)
			return err
		}
		if !b.Slips {
			var n int64
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM ballot_vote WHERE ballot_id = $1 AND machine = $2`, b.ID, machine).Scan(&n); err != nil {
				return err
			}
			if n > perMachine {
				return apperr.New(apperr.TooMany, nil, "Plus de 1\u202f000 appareils ont déjà voté depuis ce réseau\u00a0: votre voix n’a pas été enregistrée. Levez la main\u00a0: l’animateur compte aussi les mains.")
			}
		}
		return count()
	})
	return changed, err
}

// Bounced counts a vote of a device that keeps no cookie: the facilitator sees how
// many there were.
func (m *Room) Bounced(ctx context.Context, b Ballot) (err error) {
	defer apperr.Wrap(&err, "ballot.Bounced(%s)", b.ID)
	_, err = m.DB.Exec(ctx, `UPDATE ballot SET refused = refused + 1, tick = tick + 1 WHERE id = $1`, b.ID)
	return err
}

// Said is what a device chose, nil before it votes.
func Said(ctx context.Context, q db.Q, b Ballot, device string) (choices []int, err error) {
	defer apperr.Wrap(&err, "ballot.Said(%s)", b.ID)
	rows, err := q.Query(ctx, `SELECT choices FROM ballot_vote WHERE ballot_id = $1 AND voter = $2`, b.ID, b.of("device", device))
	all, err := db.Collect(rows, err, func(r *db.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return places(all[0])
}

func places(text string) (out []int, err error) {
	for one := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(one)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// slipsMost is how many slips are printed at once.
const slipsMost = 500

// NewSlips makes one-use codes to hand out, and returns them: they are kept as digests,
// and never shown again.
func (m *Room) NewSlips(ctx context.Context, a policy.Actor, id string, n int) (codes []string, err error) {
	defer apperr.Wrap(&err, "ballot.NewSlips(%s)", id)
	b, x, c, err := Find(ctx, m.DB, a, id)
	if err != nil {
		return nil, err
	}
	if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
		return nil, err
	}
	switch {
	case !b.Slips:
		return nil, apperr.Invalidf("Ce vote n’est pas à bulletins\u00a0: chaque appareil y a une voix.")
	case b.State != Draft && b.State != Open:
		return nil, apperr.Conflictf("Ce vote est %s\u00a0: on n’y ajoute pas de bulletin.", b.State.Name())
	case n < 1 || n > slipsMost:
		return nil, apperr.Invalidf("Demandez de 1 à %d bulletins à la fois.", slipsMost)
	}
	var rows [][]any
	seen := map[string]bool{}
	for len(codes) < n {
		code, err := m.random(slipLength)
		if err != nil {
			return nil, err
		}
		if !seen[code] {
			seen[code] = true
			codes = append(codes, code)
			rows = append(rows, []any{b.ID, b.of("slip", code), m.Now().UnixMilli()})
		}
	}
	slices.Sort(codes)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE ballot SET rev = rev + 1 WHERE id = $1`, id); err != nil {
			return err
		}
		if b, err = one(ctx, tx, id); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "ballot_slip", []string{"ballot_id", "hash", "at"}, rows, "ON CONFLICT (ballot_id, hash) DO NOTHING"); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "print", strconv.Itoa(n)+" bulletins", b)
	})
	return codes, err
}

// SlipsOf counts the slips of a ballot, and those that served.
func SlipsOf(ctx context.Context, q db.Q, id string) (made, used int64, err error) {
	defer apperr.Wrap(&err, "ballot.SlipsOf(%s)", id)
	err = q.QueryRow(ctx, `SELECT COUNT(*), COUNT(used_at) FROM ballot_slip WHERE ballot_id = $1`, id).Scan(&made, &used)
	return made, used, err
}
