package cop

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// Facts is what a COP holds that proves a line of its checklist done: nobody has
// to tick what Jalon sees.
type Facts struct {
	COP        COP
	Events     []Event
	Offices    []Office
	Meetings   map[Stage]int64 // by stage, not cancelled
	Documents  map[Stage]int64
	Priorities int64 // that its départements adopted and that it answered
	Today      string
}

// proves tells whether the facts show a line done. A proof reads
// «event/STAGE/MARK», «meeting/STAGE», «meeting», «document/STAGE», «offices»,
// «presentation», «contact» or «priorities».
func (f Facts) proves(proof string) bool {
	what, rest, _ := strings.Cut(proof, "/")
	switch what {
	case "event":
		stage, mark, _ := strings.Cut(rest, "/")
		gone := Corrected(f.Events)
		for _, e := range f.Events {
			if e.State == Recorded && !gone[e.ID] && string(e.Stage) == stage && string(e.Mark) == mark {
				return true
			}
		}
	case "meeting":
		if rest == "" {
			for _, n := range f.Meetings {
				if n > 0 {
					return true
				}
			}
		}
		return f.Meetings[Stage(rest)] > 0
	case "document":
		return f.Documents[Stage(rest)] > 0
	case "offices":
		return HeadOn(f.Offices, StateSide, f.Today).ID != "" && (!f.COP.Both || HeadOn(f.Offices, RegionSide, f.Today).ID != "")
	case "presentation":
		return strings.TrimSpace(f.COP.Presentation) != ""
	case "contact":
		return f.COP.Contact != ""
	case "priorities":
		return f.Priorities > 0
	}
	return false
}

// Check is a line of the checklist of a COP.
type Check struct {
	Item
	Done   bool
	Proved bool // by what the COP holds: nobody ticks it
	Note   string
	By     string
	At     time.Time
}

// Key names a line among those of a COP.
func (x Item) Key() string { return string(x.Stage) + "/" + x.Code }

// checklist puts what was ticked and what is proved beside the lines of a
// template.
func checklist(t Template, f Facts, ticked map[string]Check) []Check {
	out := make([]Check, 0, len(t.Checklist))
	for _, item := range t.Checklist {
		c := ticked[item.Key()]
		c.Item = item
		if item.Proof != "" && f.proves(item.Proof) {
			c.Done, c.Proved = true, true
		}
		out = append(out, c)
	}
	return out
}

// Tick says that a line is done, or is not after all.
func (m *Room) Tick(ctx context.Context, a policy.Actor, copID, key string, done bool, note string) (err error) {
	defer apperr.Wrap(&err, "cop.Tick(%s, %s)", copID, key)
	c, err := Find(ctx, m.DB, copID)
	if err != nil {
		return err
	}
	if err := policy.Check(a, policy.Edit, c.Thing(policy.COP)); err != nil {
		return err
	}
	if len(note) > 2_000 {
		return apperr.Invalidf("La note dépasse 2\u202f000 caractères.")
	}
	t, err := TemplateOf(ctx, m.DB, c)
	if err != nil {
		return err
	}
	known := false
	for _, item := range t.Checklist {
		known = known || item.Key() == key
	}
	if !known {
		return apperr.NotFoundf("Ce point n’est plus dans la liste de la COP\u00a0: rechargez la page.")
	}
	id, err := m.IDs.New()
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "cop_check", []string{"id", "cop_id", "item", "done", "note", "by", "at"},
			[][]any{{id, copID, key, done, note, a.Person, m.Now().UnixMilli()}}, ""); err != nil {
			return err
		}
		return m.record(ctx, tx, a, "tick", "check", id, 0, copID)
	})
}

// ticked reads the last word on each line.
func ticked(ctx context.Context, q db.Q, copID string) (map[string]Check, error) {
	rows, err := q.Query(ctx, `
		SELECT c.item, c.done, c.note, c.by, c.at FROM cop_check c
		 WHERE c.cop_id = $1 AND c.id = (SELECT MAX(l.id) FROM cop_check l WHERE l.cop_id = c.cop_id AND l.item = c.item)`, copID)
	out := map[string]Check{}
	_, err = db.Collect(rows, err, func(r *db.Rows) (c Check, err error) {
		var key string
		var at int64
		err = r.Scan(&key, &c.Done, &c.Note, &c.By, &at)
		c.At = time.UnixMilli(at).UTC()
		out[key] = c
		return c, err
	})
	return out, err
}

// counts counts the meetings and documents of a COP by stage, in one statement.
func counts(ctx context.Context, q db.Q, copID string) (meetings, documents map[Stage]int64, err error) {
	meetings, documents = map[Stage]int64{}, map[Stage]int64{}
	rows, err := q.Query(ctx, `
		SELECT 'meeting', stage, COUNT(*) FROM meeting WHERE cop_id = $1 AND state <> 'cancelled' GROUP BY stage
		UNION ALL SELECT 'document', stage, COUNT(*) FROM cop_document WHERE cop_id = $1 AND state = 'kept' GROUP BY stage`, copID)
	_, err = db.Collect(rows, err, func(r *db.Rows) (n int64, err error) {
		var what string
		var stage Stage
		if err = r.Scan(&what, &stage, &n); what == "meeting" {
			meetings[stage] = n
		} else {
			documents[stage] = n
		}
		return n, err
	})
	return meetings, documents, err
}
