package cop

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// FirstOf is the first event of a stage with a mark that had happened on a day;
// corrected and withdrawn ones do not count.
func FirstOf(events []Event, on string, stage Stage, mark Mark) (Event, bool) {
	gone := Corrected(events)
	for _, e := range events {
		if e.State == Recorded && !gone[e.ID] && e.Stage == stage && e.Mark == mark && e.Day <= on {
			return e, true
		}
	}
	return Event{}, false
}

// Activity is what a region's COP, and those of its départements, hold in Jalon.
type Activity struct {
	COP         string
	News        int64 // published by the instant asked, and published still
	Documents   int64 // public ones listed now
	Pending     int64 // acts that waited for a head
	Delegations int64 // in force
	Departments int64 // COPs of départements opened
	Adopted     int64 // priorities that a département adopted, whatever the region answered
	TakenUp     int64 // of which the region took up or merged
}

// ActivityAt counts them for a cycle on a day that ends at an instant, by
// region's COP, in one statement. Documents and priorities are as they are now:
// their rows do not say since when.
func ActivityAt(ctx context.Context, q db.Q, cycle, on string, end time.Time) (_ []Activity, err error) {
	defer apperr.Wrap(&err, "cop.ActivityAt(%s, %s)", cycle, on)
	rows, err := q.Query(ctx, `
		SELECT t.region_cop, t.what, COUNT(*)
		  FROM (SELECT COALESCE(c.parent, c.id) AS region_cop, 'news' AS what FROM news x JOIN cop c ON c.id = x.cop_id
		         WHERE c.cycle = $1 AND x.part = 'public' AND x.published_at < $3
		        UNION ALL SELECT COALESCE(c.parent, c.id), 'document' FROM cop_document x JOIN cop c ON c.id = x.cop_id
		         WHERE c.cycle = $1 AND x.part = 'public' AND x.state = 'kept'
		        UNION ALL SELECT COALESCE(c.parent, c.id), 'pending' FROM act x JOIN cop c ON c.id = x.cop_id
		         WHERE c.cycle = $1 AND x.at < $3 AND COALESCE(x.ended_at, $3) >= $3
		        UNION ALL SELECT COALESCE(c.parent, c.id), 'delegation' FROM delegation x JOIN cop c ON c.id = x.cop_id
		         WHERE c.cycle = $1 AND x.from_day <= $2 AND x.to_day >= $2 AND x.at < $3 AND COALESCE(x.ended_at, $3) >= $3
		        UNION ALL SELECT c.parent, 'department' FROM cop c JOIN cop_version v ON v.id = c.id AND v.rev = 1
		         WHERE c.cycle = $1 AND c.parent IS NOT NULL AND v.at < $3
		        UNION ALL SELECT c.parent, x.state FROM priority x JOIN cop c ON c.id = x.cop_id
		         WHERE c.cycle = $1 AND c.parent IS NOT NULL) t
		 GROUP BY t.region_cop, t.what
		 ORDER BY 1, 2`, cycle, on, end.UnixMilli())
	type line struct {
		cop, what string
		n         int64
	}
	lines, err := db.Collect(rows, err, func(r *db.Rows) (x line, err error) {
		err = r.Scan(&x.cop, &x.what, &x.n)
		return x, err
	})
	var out []Activity
	for _, x := range lines {
		if len(out) == 0 || out[len(out)-1].COP != x.cop {
			out = append(out, Activity{COP: x.cop})
		}
		a := &out[len(out)-1]
		switch x.what {
		case "news":
			a.News = x.n
		case "document":
			a.Documents = x.n
		case "pending":
			a.Pending = x.n
		case "delegation":
			a.Delegations = x.n
		case "department":
			a.Departments = x.n
		case string(TakenUp), string(Merged):
			a.Adopted, a.TakenUp = a.Adopted+x.n, a.TakenUp+x.n
		case string(PriorityAdopted), string(SetAside):
			a.Adopted += x.n
		}
	}
	return out, err
}
