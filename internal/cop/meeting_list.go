package cop

import (
	"context"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// MeetingFilter chooses the meetings of a list: those to come from a day, the soonest
// first, or those before it, the latest first; of a département or of a group, when
// they are said.
type MeetingFilter struct {
	Past       bool
	Today      string
	Department string
	Group      string
}

// MeetingList lists the meetings of a COP and of those of its départements that the
// actor may read, in one statement.
func (m *Room) MeetingList(ctx context.Context, q db.Q, a policy.Actor, c COP, f MeetingFilter, cursor string, limit int) (p Page[Meeting], err error) {
	defer apperr.Wrap(&err, "cop.MeetingList(%s)", c.ID)
	all := reads(a, c, policy.Meeting)
	list := "meeting-list?past=" + strconv.FormatBool(f.Past) + "&today=" + f.Today + "&department=" + f.Department + "&group=" + f.Group
	return page(m, list, c.ID, all, cursor, limit, func(day, id string, n int64) ([]Meeting, error) {
		where := `m.day >= $6 AND (m.day, m.id) > ($3, $4) ORDER BY m.day, m.id LIMIT $5`
		if f.Past {
			where = `m.day < $6 AND (m.day, m.id) < ($3, $4) ORDER BY m.day DESC, m.id DESC LIMIT $5`
		} else if day == "~" { // the first page of a list that goes up
			day = ""
		}
		rows, err := q.Query(ctx, meetingSelect+`
			WHERE m.cop_id IN (SELECT id FROM cop WHERE id = $1 OR parent = $1) AND (m.part = 'public' OR $2) AND ($7 = '' OR m.department = $7) AND ($8 = '' OR m.group_id = $8) AND `+where,
			c.ID, all, day, id, n, f.Today, f.Department, f.Group)
		return db.Collect(rows, err, func(r *db.Rows) (Meeting, error) { return scanMeeting(r) })
	}, func(x Meeting) (string, string) { return x.Day, x.ID })
}
