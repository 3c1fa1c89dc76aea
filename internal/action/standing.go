package action

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/panorama"
)

// Standing is where the actions of a COP stand: by state, cross-cutting ones apart; what
// is known of what retained ones bring; what those on their way would, if they were.
type Standing struct {
	Sectoral, Cross map[State]int64
	// Quantified, Qualitative and Unassessed share the retained sectoral actions by the
	// best that is known of one of their levers.
	Quantified, Qualitative, Unassessed int64
	// Way is what WayCounted actions on their way were said to bring: it covers nothing.
	Way        panorama.Kg
	WayCounted int64
}

// Any reports whether the register of the COP holds anything.
func (s Standing) Any() bool { return len(s.Sectoral)+len(s.Cross) > 0 }

// OnTheWay counts the sectoral actions, or the others, that are proposed and not retained.
func OnTheWay(by map[State]int64) int64 {
	return by[Proposed] + by[Qualified] + by[Debated] + by[Retaining]
}

// StandingIn reads the actions of each COP of a cycle, in two statements whatever there is.
func StandingIn(ctx context.Context, q db.Q, cycle string) (_ map[string]Standing, err error) {
	defer apperr.Wrap(&err, "action.StandingIn(%q)", cycle)
	out := map[string]Standing{}
	rows, err := q.Query(ctx, `
		SELECT x.cop_id, x.state, x.kind, COUNT(*), COUNT(x.kg), CAST(COALESCE(SUM(x.kg), 0) AS BIGINT)
		  FROM action x
		 WHERE x.cycle = $1 AND x.state IN ('proposed', 'qualified', 'debated', 'retaining', 'retained', 'pool')
		 GROUP BY x.cop_id, x.state, x.kind`, cycle)
	err = each(rows, err, func(r *db.Rows) error {
		var id, state, kind string
		var n, counted, kg int64
		if err := r.Scan(&id, &state, &kind, &n, &counted, &kg); err != nil {
			return err
		}
		s, ok := out[id]
		if !ok {
			s = Standing{Sectoral: map[State]int64{}, Cross: map[State]int64{}}
		}
		switch at := State(state); {
		case Kind(kind) == CrossCutting:
			s.Cross[at] = n
		case at == Retained:
			s.Sectoral[at], s.Quantified, s.Unassessed = n, counted, n-counted
		case at == Pool:
			s.Sectoral[at] = n
		default:
			s.Sectoral[at], s.Way, s.WayCounted = n, s.Way+panorama.Kg(kg), s.WayCounted+counted
		}
		out[id] = s
		return nil
	})
	if err != nil {
		return nil, err
	}
	rows, err = q.Query(ctx, `
		SELECT t.cop_id, COUNT(*)
		  FROM (SELECT i.cop_id, i.action_id
		          FROM action_impact i
		         WHERE i.state = 'retained'
		         GROUP BY i.cop_id, i.action_id
		        HAVING COUNT(CASE WHEN i.class = 'quantified' THEN 1 END) = 0 AND COUNT(CASE WHEN i.class = 'qualitative' THEN 1 END) > 0) AS t
		 GROUP BY t.cop_id`)
	return out, each(rows, err, func(r *db.Rows) error {
		var id string
		var n int64
		if err := r.Scan(&id, &n); err != nil {
			return err
		}
		if s, ok := out[id]; ok {
			s.Qualitative, s.Unassessed = n, s.Unassessed-n
			out[id] = s
		}
		return nil
	})
}
