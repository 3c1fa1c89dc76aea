package meeting

import (
	"context"
	"slices"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

const (
	remindTick = "meeting.remind"
	nightTick  = "meeting.night"
)

// remindHour is from when the reminders of a day leave, in the time of the COP.
const remindHour = 8

// How long what people said to register is kept after a meeting.
const (
	keepNeeds = 30 * 24 * time.Hour
	keepNames = 365 * 24 * time.Hour
)

// RegisterJobs gives the jobs of this room to a worker: reminders each hour, because the
// COPs live in many time zones, and what is closed or forgotten each night.
func (m *Room) RegisterJobs(c *jobs.Config) {
	c.Handlers[remindTick] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error { return m.RemindAll(ctx) }}
	c.Handlers[nightTick] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error { return m.Night(ctx) }}
	c.Periodic = append(c.Periodic, jobs.Periodic{Name: remindTick, Last: jobs.Every(time.Hour)}, jobs.Periodic{Name: nightTick, Last: jobs.Daily(4, 20, time.UTC)})
}

// between lists the meetings of some days, in a state.
func between(ctx context.Context, q db.Q, state, from, to string) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT m.id FROM meeting m JOIN meeting_entry e ON e.meeting_id = m.id WHERE m.state = $1 AND m.day >= $2 AND m.day <= $3 ORDER BY m.day, m.id`, state, from, to)
	return db.Strings(rows, err)
}

// RemindAll tells those who hold a seat that the day is near, once for each day that
// the meeting chose.
func (m *Room) RemindAll(ctx context.Context) (err error) {
	defer apperr.Wrap(&err, "meeting.RemindAll")
	now := m.Now()
	ids, err := between(ctx, m.DB, cop.Planned, now.AddDate(0, 0, -1).Format(time.DateOnly), now.AddDate(0, 0, 92).Format(time.DateOnly))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := m.remind(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (m *Room) remind(ctx context.Context, id string) error {
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, c, err := cop.MeetingOf(ctx, tx, id)
		if err != nil {
			return err
		}
		e, err := EntryOf(ctx, tx, x)
		if err != nil {
			return err
		}
		local := m.Now().In(c.Location())
		day, err := time.Parse(time.DateOnly, x.Day)
		if err != nil {
			return err
		}
		today, err := time.Parse(time.DateOnly, local.Format(time.DateOnly))
		if err != nil {
			return err
		}
		left := int64(day.Sub(today).Hours() / 24)
		if x.State != cop.Planned || local.Hour() < remindHour || !slices.Contains(e.Remind, int(left)) {
			return nil
		}
		seats, err := holders(ctx, tx, x.ID, `s.state = 'confirmed'`)
		if err != nil {
			return err
		}
		for _, s := range seats {
			if err := m.Tell(ctx, tx, c, s.Voice, "meeting-remind/"+x.ID+"/"+x.Day+"/"+strconv.FormatInt(left, 10), m.reminder(c, x, e, s, left), false); err != nil {
				return err
			}
		}
		return nil
	})
}

func holders(ctx context.Context, q db.Q, meeting, which string) ([]Seat, error) {
	rows, err := q.Query(ctx, `SELECT `+seatColumns+` FROM meeting_seat s WHERE s.meeting_id = $1 AND `+which+` ORDER BY s.id`, meeting)
	return db.Collect(rows, err, func(r *db.Rows) (Seat, error) { return scanSeat(r) })
}

// changed tells those who come, and those who were invited and said nothing, what
// changed of a meeting that is still to come.
func (m *Room) changed(ctx context.Context, tx db.Q, c cop.COP, before, x cop.Meeting) (err error) {
	defer apperr.Wrap(&err, "meeting.changed(%s)", x.ID)
	if before.ID == "" {
		return nil // planned just now: nobody comes yet
	}
	today := c.DayAt(m.Now())
	if x.State == cop.MeetingOn || before.State == cop.MeetingOn || max(before.Day, x.Day) < today {
		return nil
	}
	rev := "meeting-change/" + x.ID + "/" + strconv.FormatInt(x.Rev, 10)
	if m.notice(before, x, true, "").Subject != "" {
		seats, err := holders(ctx, tx, x.ID, `s.state IN ('confirmed', 'waiting')`)
		if err != nil {
			return err
		}
		for _, s := range seats {
			told := m.notice(before, x, s.State == Confirmed, m.seatKey(s))
			if told.Subject == "" {
				continue
			}
			if err := m.Tell(ctx, tx, c, s.Voice, rev, told, false); err != nil {
				return err
			}
		}
	}
	if m.notice(before, x, false, "").Subject == "" {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT i.email, i.name FROM meeting_invite i WHERE i.meeting_id = $1
		AND NOT EXISTS (SELECT 1 FROM debate_voice v LEFT JOIN meeting_seat s ON s.voice_id = v.id AND s.meeting_id = $1 WHERE v.cop_id = i.cop_id AND v.email = i.email AND (v.notify = 'none' OR s.state IN ('confirmed', 'waiting', 'cancelled')))
		ORDER BY i.email`, x.ID)
	guests, err := db.Collect(rows, err, func(r *db.Rows) (a mail.Address, err error) {
		err = r.Scan(&a.Email, &a.Name)
		return a, err
	})
	if err != nil {
		return err
	}
	for _, g := range guests {
		l := m.notice(before, x, false, m.inviteKey(x, g.Email))
		l.Greeting = "Bonjour,"
		if _, err := m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: rev + "/" + g.Email, To: g, FromName: c.SenderName(), ReplyTo: c.ReplyTo(), COP: c.ID, Letter: l}); err != nil {
			return err
		}
	}
	return nil
}

// Night says held the meetings of the days before at which people were noted, and
// forgets what is kept no longer: what people need 30 days after the meeting, names a
// year after it. Organisations, communes and colleges stay: they are what is counted.
func (m *Room) Night(ctx context.Context) (err error) {
	defer apperr.Wrap(&err, "meeting.Night")
	now := m.Now()
	ids, err := between(ctx, m.DB, cop.Planned, now.AddDate(0, -2, 0).Format(time.DateOnly), now.Format(time.DateOnly))
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
			x, c, err := cop.MeetingOf(ctx, tx, id)
			if err != nil || x.Day >= c.DayAt(now) {
				return err
			}
			if _, known, err := m.Seats(ctx, tx, x); err != nil || !known {
				return err
			}
			return m.settle(ctx, tx, policy.Actor{}, x, true)
		})
		if err != nil {
			return err
		}
	}
	needs, names := now.Add(-keepNeeds).Format(time.DateOnly), now.Add(-keepNames).Format(time.DateOnly)
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		for _, x := range []struct {
			text string
			arg  any
		}{
			{`UPDATE meeting_seat SET needs = '' WHERE needs <> '' AND meeting_id IN (SELECT id FROM meeting WHERE day < $1)`, needs},
			{`UPDATE meeting_seat SET name = '', name_key = '' WHERE name <> '' AND meeting_id IN (SELECT id FROM meeting WHERE day < $1)`, names},
			{`UPDATE meeting_presence SET name = '' WHERE name <> '' AND meeting_id IN (SELECT id FROM meeting WHERE day < $1)`, names},
			{`DELETE FROM meeting_invite WHERE meeting_id IN (SELECT id FROM meeting WHERE day < $1)`, needs},
			{`DELETE FROM meeting_seat WHERE state = 'unconfirmed' AND at < $1`, now.Add(-8 * 24 * time.Hour).UnixMilli()},
		} {
			if _, err := tx.Exec(ctx, x.text, x.arg); err != nil {
				return err
			}
		}
		return nil
	})
}
