package meeting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// How somebody was noted as present.
const (
	ByList = "list" // ticked on the list of those who registered
	ByDoor = "door" // read the code at the entrance
	BySpot = "spot" // added on the spot
)

// Presence is somebody who came.
type Presence struct {
	ID        string
	Voice     string
	Name      string
	Org       string
	OrgName   string
	Authority string
	College   debate.College
	Territory string
	How       string
	At        time.Time
}

// NewPresence is what somebody says who is there.
type NewPresence struct {
	Name      string
	Org       string
	OrgName   string
	College   debate.College
	Territory string
	Once      string // what makes the same form, sent twice, count once
}

const presenceColumns = `p.id, p.voice_id, p.name, p.org, p.org_name, p.authority, p.college, p.territory, p.how, p.at`

func scanPresence(r interface{ Scan(...any) error }) (p Presence, err error) {
	var at int64
	err = r.Scan(&p.ID, &p.Voice, &p.Name, &p.Org, &p.OrgName, &p.Authority, &p.College, &p.Territory, &p.How, &at)
	p.At = time.UnixMilli(at).UTC()
	return p, err
}

// identity says that it is the same person from one meeting of a COP to another: the
// same voice or else the same name for the same organisation or commune. Whoever gave
// a name alone is nobody else. It is a digest: the name goes, it stays.
func identity(copID, id, voice string, in NewPresence) string {
	from := "p|" + id
	switch of := in.Org + "|" + french.Fold(in.OrgName) + "|" + in.Territory; {
	case voice != "":
		from = "v|" + voice
	case in.Name != "" && of != "||":
		from = "n|" + copID + "|" + french.Fold(in.Name) + "|" + of
	}
	sum := sha256.Sum256([]byte(from))
	return hex.EncodeToString(sum[:16])
}

// present notes somebody, once for each voice and each device; new tells whether they
// were not noted yet.
func (m *Room) present(ctx context.Context, tx db.Q, a policy.Actor, x cop.Meeting, voice, device, how string, in NewPresence) (fresh bool, err error) {
	id, err := m.IDs.New()
	if err != nil {
		return false, err
	}
	authority, college, err := authorityOf(ctx, tx, in.Org, in.College)
	if err != nil {
		return false, err
	}
	n, err := db.Insert(ctx, tx, "meeting_presence", []string{"id", "cop_id", "meeting_id", "voice_id", "device", "who", "name", "org", "org_name", "authority", "college", "territory", "how", "at", "by"},
		[][]any{{id, x.COP, x.ID, voice, device, identity(x.COP, id, voice, in), in.Name, in.Org, in.OrgName, authority, string(college), in.Territory, how, m.Now().UnixMilli(), a.Person}}, "ON CONFLICT DO NOTHING")
	if err != nil || n > 0 {
		return n > 0, err
	}
	// They were noted before: somebody may have taken it back.
	n, err = tx.Exec(ctx, `UPDATE meeting_presence SET gone_at = NULL WHERE meeting_id = $1 AND gone_at IS NOT NULL AND (voice_id = $2 AND voice_id <> '' OR device = $3 AND device <> '')`, x.ID, voice, device)
	return n > 0, err
}

// onTheDay refuses what is noted of a meeting that has not come, or does not take place.
func (m *Room) onTheDay(c cop.COP, x cop.Meeting) error {
	switch {
	case x.State == cop.Cancelled:
		return apperr.Invalidf("Cette réunion est annulée\u00a0: personne n’y est noté présent.")
	case c.DayAt(m.Now()) < x.Day:
		return apperr.Invalidf("Les présences se notent à partir du jour de la réunion, %s.", When(x))
	}
	return nil
}

// Tick notes as present those who registered, and takes back those who were noted by
// mistake, by their seats. Two people who tick at once lose nothing: each sends what
// they changed.
func (m *Room) Tick(ctx context.Context, a policy.Actor, id string, here, gone []string) (err error) {
	defer apperr.Wrap(&err, "meeting.Tick(%s)", id)
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, c, err := m.mine(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if err := m.onTheDay(c, x); err != nil {
			return err
		}
		for _, seat := range here {
			s, err := FindSeat(ctx, tx, seat)
			if err != nil {
				return err
			}
			if s.Meeting != x.ID {
				return apperr.NotFoundf("Cette inscription n’est pas à cette réunion.")
			}
			if _, err := m.present(ctx, tx, a, x, s.Voice, "", ByList, NewPresence{Name: s.Name, Org: s.Org, OrgName: s.OrgName, College: s.College, Territory: s.Territory}); err != nil {
				return err
			}
		}
		for _, seat := range gone {
			if _, err := tx.Exec(ctx, `UPDATE meeting_presence SET gone_at = $3 WHERE meeting_id = $1 AND gone_at IS NULL AND voice_id IN (SELECT s.voice_id FROM meeting_seat s WHERE s.id = $2 AND s.meeting_id = $1)`,
				x.ID, seat, m.Now().UnixMilli()); err != nil {
				return err
			}
		}
		return m.settle(ctx, tx, a, x, false)
	})
}

// Leave takes back somebody who was noted present by mistake.
func (m *Room) Leave(ctx context.Context, a policy.Actor, id, presence string) (err error) {
	defer apperr.Wrap(&err, "meeting.Leave(%s)", id)
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, _, err := m.mine(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE meeting_presence SET gone_at = $3 WHERE meeting_id = $1 AND id = $2 AND gone_at IS NULL`, x.ID, presence, m.Now().UnixMilli()); err != nil {
			return err
		}
		return m.settle(ctx, tx, a, x, false)
	})
}

func (in *NewPresence) check() error {
	in.Name, in.OrgName = debate.Line(in.Name), debate.Line(in.OrgName)
	switch {
	case in.Name == "":
		return apperr.Invalidf("Donnez le nom de la personne.")
	case in.Org == "" && in.OrgName == "" && in.Territory == "":
		return apperr.Invalidf("Dites pour quel organisme, ou de quelle commune.")
	case in.College != "" && in.College.Name() == "":
		return apperr.Invalidf("Choisissez le collège dans la liste.")
	}
	if err := debate.Long("le nom de l’organisme", in.OrgName, 200); err != nil {
		return err
	}
	return debate.Long("le nom", in.Name, 100)
}

// Add notes somebody who came without having registered.
func (m *Room) Add(ctx context.Context, a policy.Actor, id string, in NewPresence) (err error) {
	defer apperr.Wrap(&err, "meeting.Add(%s)", id)
	if err := in.check(); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, c, err := m.mine(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if err := m.onTheDay(c, x); err != nil {
			return err
		}
		device := ""
		if in.Once != "" {
			device = "spot:" + in.Once
		}
		if _, err := m.present(ctx, tx, a, x, "", device, BySpot, in); err != nil {
			return err
		}
		return m.settle(ctx, tx, a, x, false)
	})
}

// SetHeads keeps how many people were counted in the room, by college when somebody
// did; nil when nobody counts them any more.
func (m *Room) SetHeads(ctx context.Context, a policy.Actor, id string, rev int64, heads *int64, colleges map[debate.College]int64) (err error) {
	defer apperr.Wrap(&err, "meeting.SetHeads(%s)", id)
	var sum int64
	for c, n := range colleges {
		if c.Name() == "" || n < 0 {
			return apperr.Invalidf("Le nombre de personnes d’un collège s’écrit en chiffres, à partir de 0.")
		}
		sum += n
	}
	switch {
	case heads != nil && (*heads < 0 || *heads > 1_000_000):
		return apperr.Invalidf("Le nombre de personnes va de 0 à 1\u202f000\u202f000.")
	case len(colleges) > 0 && heads == nil:
		heads = &sum
	case heads != nil && sum > *heads:
		return apperr.Invalidf("Les collèges font %s personnes, plus que les %s comptées\u00a0: vérifiez les nombres.", french.Integer(sum), french.Integer(*heads))
	}
	text := ""
	if len(colleges) > 0 {
		b, err := json.Marshal(colleges)
		if err != nil {
			return err
		}
		text = string(b)
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, c, err := m.mine(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if err := m.onTheDay(c, x); err != nil {
			return err
		}
		if _, err := m.ensure(ctx, tx, x); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE meeting_entry SET rev = rev + 1, heads = $3, colleges = $4 WHERE meeting_id = $1 AND rev = $2`, x.ID, rev, heads, text)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un a enregistré un autre nombre pendant votre saisie. Le vôtre n’est pas enregistré\u00a0: relisez le sien ci-dessous.")
		}
		e, err := EntryOf(ctx, tx, x)
		if err != nil {
			return err
		}
		if err := m.keptEntry(ctx, tx, a, "count", e); err != nil {
			return err
		}
		return m.settle(ctx, tx, a, x, false)
	})
}

// Close says that a meeting was held, with those who were counted there.
func (m *Room) Close(ctx context.Context, a policy.Actor, id string) (err error) {
	defer apperr.Wrap(&err, "meeting.Close(%s)", id)
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, c, err := m.mine(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if err := m.onTheDay(c, x); err != nil {
			return err
		}
		return m.settle(ctx, tx, a, x, true)
	})
}

// settle keeps the attendance of the meeting in step with what was counted: at once
// when it was held already, or when the list is closed. Nothing counted is no zero.
func (m *Room) settle(ctx context.Context, tx db.Q, a policy.Actor, x cop.Meeting, held bool) error {
	if !held && x.State != cop.MeetingOn {
		return nil
	}
	if _, err := m.ensure(ctx, tx, x); err != nil { // one after the other: the last count is that of all
		return err
	}
	n, known, err := m.Seats(ctx, tx, x)
	if err != nil {
		return err
	}
	if !known {
		if held {
			return apperr.Invalidf("Personne n’est noté présent, et personne n’a été compté\u00a0: notez d’abord qui est venu, ou combien.")
		}
		return nil
	}
	return m.COPs.CountMeeting(ctx, tx, a, x.ID, n, "présences notées à la réunion")
}

// Seats is how many seats were filled: the people counted in the room or, when nobody
// counted them, those on the list. known is false when nothing was recorded.
func (m *Room) Seats(ctx context.Context, q db.Q, x cop.Meeting) (n int64, known bool, err error) {
	e, err := EntryOf(ctx, q, x)
	if err != nil {
		return 0, false, err
	}
	if e.Heads != nil {
		return *e.Heads, true, nil
	}
	var ever int64
	err = q.QueryRow(ctx, `SELECT COUNT(*), COUNT(CASE WHEN gone_at IS NULL THEN 1 END) FROM meeting_presence WHERE meeting_id = $1`, x.ID).Scan(&ever, &n)
	return n, ever > 0, err
}

// Line is a person of the list of a meeting: who registered, came, or both.
type Line struct {
	Seat     Seat // zero for who had not registered
	Presence Presence
	Here     bool
	Email    string
}

// List reads who registered and who came, by name, in two statements: for those who
// organise alone.
func (m *Room) List(ctx context.Context, q db.Q, a policy.Actor, id, search string) (out []Line, err error) {
	defer apperr.Wrap(&err, "meeting.List(%s)", id)
	x, _, err := m.mine(ctx, q, a, id)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT `+seatColumns+`, v.email FROM meeting_seat s JOIN debate_voice v ON v.id = s.voice_id WHERE s.meeting_id = $1 AND s.state <> 'unconfirmed' ORDER BY s.name_key, s.id`, x.ID)
	if out, err = db.Collect(rows, err, func(r *db.Rows) (l Line, err error) {
		l.Seat, err = scanSeat(more{r, []any{&l.Email}})
		return l, err
	}); err != nil {
		return nil, err
	}
	rows, err = q.Query(ctx, `SELECT `+presenceColumns+` FROM meeting_presence p WHERE p.meeting_id = $1 AND p.gone_at IS NULL ORDER BY p.at, p.id`, x.ID)
	came, err := db.Collect(rows, err, func(r *db.Rows) (Presence, error) { return scanPresence(r) })
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, l := range out {
		at[l.Seat.Voice] = i
	}
	for _, p := range came {
		if i, ok := at[p.Voice]; ok && p.Voice != "" {
			out[i].Presence, out[i].Here = p, true
			continue
		}
		out = append(out, Line{Presence: p, Here: true})
	}
	return keep(out, search), nil
}

// Name is who a line is about.
func (l Line) Name() string {
	if l.Seat.ID != "" {
		return l.Seat.Name
	}
	return l.Presence.Name
}

// Of is for whom they come, as typed or chosen.
func (l Line) Of() string {
	if l.Seat.ID != "" {
		return l.Seat.OrgName
	}
	return l.Presence.OrgName
}

// keep leaves the lines that bear each word of a search, and those who gave up only
// when they came all the same.
func keep(all []Line, search string) []Line {
	words := strings.Fields(french.Fold(search))
	out := all[:0]
	for _, l := range all {
		text := french.Fold(l.Name() + " " + l.Of() + " " + l.Email)
		ok := l.Here || l.Seat.State != Cancelled
		for _, w := range words {
			ok = ok && strings.Contains(text, w)
		}
		if ok {
			out = append(out, l)
		}
	}
	return out
}

// more reads columns after those of a row.
type more struct {
	r    interface{ Scan(...any) error }
	dest []any
}

// Scan reads a row and what follows it.
func (x more) Scan(dest ...any) error { return x.r.Scan(append(dest, x.dest...)...) }
