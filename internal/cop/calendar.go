package cop

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// Appointment is an entry of a calendar: a meeting, or what happened to a stage.
type Appointment struct {
	UID        string // stable: the same thing, whenever the calendar is read
	Sequence   int64  // grows when the thing changes
	COP        string
	Name       string
	Day        string
	Start, End time.Time // zero for a whole day
	Place      string
	Note       string
	Path       string // of its page
	Category   string
	Private    bool
	Tentative  bool // announced, not sure
	Cancelled  bool
	UpdatedAt  time.Time
}

// Calendar lists what the actor may see of a COP and of those of its
// départements between two days, in three statements: the private meetings of a
// COP only to those who read them.
func Calendar(ctx context.Context, q db.Q, a policy.Actor, copID, from, to string) (c COP, _ []Appointment, err error) {
	defer apperr.Wrap(&err, "cop.Calendar(%s)", copID)
	if c, err = Find(ctx, q, copID); err != nil {
		return c, nil, err
	}
	all := reads(a, c, policy.Meeting)
	rows, err := q.Query(ctx, meetingSelect+`
		WHERE m.cop_id IN (SELECT id FROM cop WHERE id = $1 OR parent = $1) AND (m.part = 'public' OR $2) AND m.day >= $3 AND m.day <= $4
		ORDER BY m.day, m.id`, c.ID, all, from, to)
	meetings, err := db.Collect(rows, err, func(r *db.Rows) (Meeting, error) { return scanMeeting(r) })
	if err != nil {
		return c, nil, err
	}
	events, err := Events(ctx, q, c.ID)
	if err != nil {
		return c, nil, err
	}
	out := make([]Appointment, 0, len(meetings)+len(events))
	for _, x := range meetings {
		out = append(out, x.Appointment(c))
	}
	gone := Corrected(events)
	for _, e := range events {
		// A date known to the month only has no place on a day.
		if e.State != Recorded || gone[e.ID] || e.Precision != "day" || e.Day < from || e.Day > to {
			continue
		}
		known, err := time.Parse(time.DateOnly, e.KnownOn)
		if err != nil {
			return c, nil, err
		}
		out = append(out, Appointment{UID: "etape-" + e.ID, COP: c.ID, Name: c.Name + "\u00a0: " + e.Stage.Name() + ", " + e.Mark.Name(), Day: e.Day, Note: e.Note,
			Path: c.Path(), Category: e.Stage.Name(), Tentative: e.Mark == Announced, UpdatedAt: known})
	}
	slices.SortStableFunc(out, func(x, y Appointment) int { return strings.Compare(x.Day, y.Day) })
	return c, out, nil
}

func instant(day, hour string, zone *time.Location) time.Time {
	if hour == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", day+" "+hour, zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// ICS writes a calendar as RFC 5545 wants it: lines of 75 octets at most, ended
// by CR LF, whole days without hours and hours in UTC, so that no time zone has
// to be described. host is the name of the site, for ids and addresses.
func ICS(name, baseURL string, entries []Appointment) string {
	host := baseURL
	if _, after, ok := strings.Cut(host, "://"); ok {
		host = after
	}
	host, _, _ = strings.Cut(host, "/")
	var b strings.Builder
	line := func(property, value string) { fold(&b, property+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Jalon//COP//FR")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("NAME", escape(name))
	line("X-WR-CALNAME", escape(name))
	line("REFRESH-INTERVAL;VALUE=DURATION", "PT6H")
	for _, e := range entries {
		first, err := time.Parse(time.DateOnly, e.Day)
		if err != nil {
			continue
		}
		line("BEGIN", "VEVENT")
		line("UID", e.UID+"@"+host)
		line("DTSTAMP", utc(e.UpdatedAt))
		line("SEQUENCE", strconv.FormatInt(e.Sequence, 10))
		switch {
		case e.Start.IsZero():
			line("DTSTART;VALUE=DATE", first.Format("20060102"))
			line("DTEND;VALUE=DATE", first.AddDate(0, 0, 1).Format("20060102"))
			line("TRANSP", "TRANSPARENT")
		default:
			line("DTSTART", utc(e.Start))
			if e.End.After(e.Start) {
				line("DTEND", utc(e.End))
			}
		}
		line("SUMMARY", escape(e.Name))
		if e.Place != "" {
			line("LOCATION", escape(e.Place))
		}
		if e.Note != "" {
			line("DESCRIPTION", escape(e.Note))
		}
		if e.Path != "" {
			line("URL", strings.TrimSuffix(baseURL, "/")+e.Path)
		}
		if e.Category != "" {
			line("CATEGORIES", escape(e.Category))
		}
		class, status := "PUBLIC", "CONFIRMED"
		if e.Private {
			class = "PRIVATE"
		}
		if e.Tentative {
			status = "TENTATIVE"
		}
		if e.Cancelled {
			status = "CANCELLED"
		}
		line("CLASS", class)
		line("STATUS", status)
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return b.String()
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// escape makes a text of one line, and drops the control characters that the
// format has no place for.
func escape(s string) string {
	s = strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\r\n", "\\n", "\n", "\\n", "\r", "\\n", "\t", " ").Replace(s)
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// fold cuts a line every 75 octets at most, between two characters.
func fold(b *strings.Builder, s string) {
	width := 0
	for _, r := range s {
		n := len(string(r))
		if width+n > 75 {
			b.WriteString("\r\n ")
			width = 1
		}
		b.WriteRune(r)
		width += n
	}
	b.WriteString("\r\n")
}

// NewFeed gives a person the secret of their own calendar of a COP, to put in an
// address; the one they had stops working.
func (m *Room) NewFeed(ctx context.Context, a policy.Actor, copID string) (token string, err error) {
	defer apperr.Wrap(&err, "cop.NewFeed(%s)", copID)
	c, err := Find(ctx, m.DB, copID)
	if err != nil {
		return "", err
	}
	if err := policy.Check(a, policy.Read, part(c.Thing(policy.Meeting), Internal)); err != nil {
		return "", err
	}
	secret := make([]byte, 32)
	if _, err := io.ReadFull(m.Random, secret); err != nil {
		return "", err
	}
	token = base64.RawURLEncoding.EncodeToString(secret)
	id, err := m.IDs.New()
	if err != nil {
		return "", err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := m.endFeeds(ctx, tx, a, copID); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "calendar_feed", []string{"id", "hash", "person", "cop_id", "at"},
			[][]any{{id, digest(token), a.Person, copID, m.Now().UnixMilli()}}, ""); err != nil {
			return err
		}
		return m.record(ctx, tx, a, "create", "calendar_feed", id, 0, copID)
	})
	return token, err
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// EndFeed stops the private calendar of a person.
func (m *Room) EndFeed(ctx context.Context, a policy.Actor, copID string) (err error) {
	defer apperr.Wrap(&err, "cop.EndFeed(%s)", copID)
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := m.endFeeds(ctx, tx, a, copID)
		if err != nil || n == 0 {
			return err
		}
		return m.record(ctx, tx, a, "end", "calendar_feed", copID, 0, copID)
	})
}

func (m *Room) endFeeds(ctx context.Context, tx db.Q, a policy.Actor, copID string) (int64, error) {
	return tx.Exec(ctx, `UPDATE calendar_feed SET ended_at = $3 WHERE person = $1 AND cop_id = $2 AND ended_at IS NULL`, a.Person, copID, m.Now().UnixMilli())
}

// FeedSince is when a person opened the private calendar that they have of a
// COP; zero when they have none.
func FeedSince(ctx context.Context, q db.Q, a policy.Actor, copID string) (at time.Time, err error) {
	var ms int64
	err = q.QueryRow(ctx, `SELECT COALESCE(MAX(at), 0) FROM calendar_feed WHERE person = $1 AND cop_id = $2 AND ended_at IS NULL`, a.Person, copID).Scan(&ms)
	if ms > 0 {
		at = time.UnixMilli(ms).UTC()
	}
	return at, err
}

// FeedOf tells whose private calendar a secret opens, and of which COP. Their
// rights are then those of today: who lost a role sees what everybody sees.
func FeedOf(ctx context.Context, q db.Q, token string) (person, copID string, err error) {
	defer apperr.Wrap(&err, "cop.FeedOf")
	err = q.QueryRow(ctx, `SELECT person, cop_id FROM calendar_feed WHERE hash = $1 AND ended_at IS NULL`, digest(token)).Scan(&person, &copID)
	return person, copID, db.OrNotFound(err, "Cette adresse de calendrier n’est plus valable.")
}
