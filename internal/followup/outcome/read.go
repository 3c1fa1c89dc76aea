package outcome

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"

	"jalon/internal/action"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/panorama"
)

// fact is one retained action, as far as its follow-up needs it.
type fact struct {
	id, cop, title, theme, holder string
	seq                           int64
	cross                         bool
	status, starts, ends, list    string
	past                          bool   // as it stood on a past day
	statusDay                     string // of a past one: since when it has its status
	since                         string // the day that the list retained it, empty when no list did
	levers                        []planned
	places                        []action.Place
}

// planned is what an action brings to a lever, now and as both heads retained it.
type planned struct {
	action.Impact
	counted int64
	first   int
	then    *retained // nil when no list holds it: what is there now stands for it
}

// retained is what a list says of an impact.
type retained struct {
	action.Impact
	starts, ends string
}

// word is what somebody said of an action, its last word for a day.
type word struct {
	day, status, blocked string
	progress             int64 // -1 when it is not said
}

// said is a quantity of a lever, the last word for its day.
type said struct {
	day      string
	quantity float64
	unit     string
	class    followup.Class
	kg       panorama.Kg
	weighed  bool
}

// history is what was said of an action, by day.
type history struct {
	words []word
	said  map[string][]said // by lever
}

// kept is what was read last of each COP, at the versions of its actions and of what is
// said of them.
type kept struct {
	mu    sync.Mutex
	cops  map[string]*file
	lists map[string]listing // retained lists never change
	past  map[pastDay][]*file
}

// listing is a list that both heads retained: the day, then by action and by lever.
type listing struct {
	day string
	of  map[string]map[string]retained
}

// file is a COP as it was read.
type file struct {
	cop     string
	region  string
	actions int64 // version
	words   int64 // version
	facts   []*fact
	said    map[string]*history
	// whole is what all of its actions come to on a day.
	day   string
	whole *tally
	past  bool // its actions are those of a past day
}

type versioned struct {
	id, region     string
	actions, words int64
}

// holes writes the parameters of a list, from a number on.
func holes(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(from+i))
	}
	return b.String()
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = x
	}
	return out
}

// files brings what is kept of some regions up to date, all of them without region: one
// statement when nothing moved; three more when actions did, two more when somebody
// spoke, of the COPs that moved alone. The lock is held by the caller.
func (m *Room) files(ctx context.Context, q db.Q, region string) (out []*file, err error) {
	text, args := `SELECT c.id, c.region, COALESCE(v.version, 0), COALESCE(w.version, 0) FROM cop c
		LEFT JOIN data_version v ON v.name = $1 || c.id LEFT JOIN data_version w ON w.name = $2 || c.id`, []any{action.VersionOf(""), followup.VersionOf("")}
	if region != "" {
		text, args = text+` WHERE c.region = $3`, append(args, region)
	}
	rows, err := q.Query(ctx, text+` ORDER BY c.id`, args...)
	all, err := db.Collect(rows, err, func(r *db.Rows) (v versioned, err error) {
		err = r.Scan(&v.id, &v.region, &v.actions, &v.words)
		return v, err
	})
	if err != nil {
		return nil, err
	}
	if m.kept.cops == nil {
		m.kept.cops, m.kept.lists = map[string]*file{}, map[string]listing{}
	}
	fresh := map[string]*file{}
	var moved, spoken []string
	for _, v := range all {
		was := m.kept.cops[v.id]
		f := &file{cop: v.id, region: v.region, actions: v.actions, words: v.words}
		if was != nil && was.actions == v.actions && was.words == v.words {
			out = append(out, was)
			continue
		}
		if was != nil && was.actions == v.actions {
			f.facts = was.facts
		} else {
			moved = append(moved, v.id)
		}
		if was != nil && was.words == v.words {
			f.said = was.said
		} else {
			spoken = append(spoken, v.id)
			f.said = map[string]*history{}
		}
		fresh[v.id] = f
		out = append(out, f)
	}
	if err := m.readFacts(ctx, q, moved, fresh); err != nil {
		return nil, err
	}
	if err := readSaid(ctx, q, spoken, fresh); err != nil {
		return nil, err
	}
	for id, f := range fresh { // once all is read
		m.kept.cops[id] = f
	}
	return out, nil
}

// readFacts reads the retained actions of some COPs, their places, and the lists that
// retained them when they were not read yet.
func (m *Room) readFacts(ctx context.Context, q db.Q, cops []string, into map[string]*file) error {
	if len(cops) == 0 {
		return nil
	}
	rows, err := q.Query(ctx, `SELECT a.id, a.cop_id, a.seq, a.kind, a.title, a.theme, a.holder, a.status, a.starts, a.ends, a.list_id, CASE WHEN REPLACE(a.body, '"ramp":', '') <> a.body THEN a.body ELSE '' END,
			COALESCE(i.lever, ''), COALESCE(i.class, ''), i.quantity, COALESCE(i.unit, ''), i.kg, i.kg_low, i.kg_high, COALESCE(i.counted, 0), COALESCE(i.first_year, 0), COALESCE(i.gross, FALSE), COALESCE(i.outside, FALSE)
		  FROM action a LEFT JOIN action_impact i ON i.action_id = a.id
		 WHERE a.state = 'retained' AND a.cop_id IN (`+holes(1, len(cops))+`) ORDER BY a.cop_id, a.seq, i.lever`, anys(cops)...)
	byID := map[string]*fact{}
	lists := map[string]bool{}
	_, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var x fact
		var p planned
		var kind, body, class string
		var outside bool
		if err := r.Scan(&x.id, &x.cop, &x.seq, &kind, &x.title, &x.theme, &x.holder, &x.status, &x.starts, &x.ends, &x.list, &body,
			&p.Lever, &class, &p.Quantity, &p.Unit, &p.Kg, &p.KgLow, &p.KgHigh, &p.counted, &p.first, &p.Gross, &outside); err != nil {
			return none, err
		}
		f := byID[x.id]
		if f == nil {
			x.cross = action.Kind(kind) == action.CrossCutting
			f = &x
			byID[x.id] = f
			into[x.cop].facts = append(into[x.cop].facts, f)
			if x.list != "" {
				lists[x.list] = true
			}
		}
		if p.Lever == "" || f.cross {
			return none, nil
		}
		if p.Class = action.Class(class); outside {
			p.Outside = "dit" // that it is said is enough here
		}
		if body != "" {
			if p.Ramp, err = rampOf(body, p.Lever); err != nil {
				return none, err
			}
		}
		f.levers = append(f.levers, p)
		return none, nil
	})
	if err != nil {
		return err
	}
	rows, err = q.Query(ctx, `SELECT p.action_id, p.territory, p.share FROM action_place p JOIN action a ON a.id = p.action_id
		WHERE a.state = 'retained' AND a.cop_id IN (`+holes(1, len(cops))+`) ORDER BY p.action_id, p.territory`, anys(cops)...)
	if _, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var id string
		var p action.Place
		err = r.Scan(&id, &p.Territory, &p.Share)
		if f := byID[id]; f != nil {
			f.places = append(f.places, p)
		}
		return none, err
	}); err != nil {
		return err
	}
	if err := m.readLists(ctx, q, lists); err != nil {
		return err
	}
	for _, f := range byID {
		f.retainedBy(m.kept.lists[f.list])
	}
	return nil
}

// retainedBy sets beside an action what the list that retained it says.
func (f *fact) retainedBy(l listing) {
	f.since = l.day
	for i := range f.levers {
		if then, ok := l.of[f.id][f.levers[i].Lever]; ok {
			f.levers[i].then = &then
		}
	}
}

func rampOf(body, lever string) ([]action.Ramp, error) {
	var x struct {
		Impacts []struct {
			Lever string        `json:"lever"`
			Ramp  []action.Ramp `json:"ramp"`
		} `json:"impacts"`
	}
	if err := json.Unmarshal([]byte(body), &x); err != nil {
		return nil, err
	}
	for _, i := range x.Impacts {
		if i.Lever == lever {
			return i.Ramp, nil
		}
	}
	return nil, nil
}

// readLists reads what both heads retained, where it was not read yet.
func (m *Room) readLists(ctx context.Context, q db.Q, ids map[string]bool) error {
	var missing []string
	for id := range ids {
		if _, ok := m.kept.lists[id]; !ok {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	rows, err := q.Query(ctx, `SELECT l.id, l.ended_on, l.body FROM action_listing l WHERE l.state = 'retained' AND l.id IN (`+holes(1, len(missing))+`)`, anys(missing)...)
	_, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var id, day, body string
		if err := r.Scan(&id, &day, &body); err != nil {
			return none, err
		}
		var l action.FrozenList
		if err := json.Unmarshal([]byte(body), &l); err != nil {
			return none, err
		}
		out := listing{day, map[string]map[string]retained{}}
		for _, x := range l.Actions {
			of := map[string]retained{}
			for _, i := range x.Impacts {
				of[i.Lever] = retained{i, x.Starts, x.Ends}
			}
			out.of[x.Action] = of
		}
		m.kept.lists[id] = out
		return none, nil
	})
	return err
}

// readSaid reads what stands of what was said in some COPs.
func readSaid(ctx context.Context, q db.Q, cops []string, into map[string]*file) error {
	if len(cops) == 0 {
		return nil
	}
	of := func(cop, id string) *history {
		h := into[cop].said[id]
		if h == nil {
			h = &history{}
			into[cop].said[id] = h
		}
		return h
	}
	rows, err := q.Query(ctx, `SELECT u.cop_id, u.action_id, u.day, u.status, u.blocked, COALESCE(u.progress, -1) FROM followup_update u
		WHERE u.cop_id IN (`+holes(1, len(cops))+`) AND u.standing = 'current'`, anys(cops)...)
	if _, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var cop, id string
		var w word
		if err := r.Scan(&cop, &id, &w.day, &w.status, &w.blocked, &w.progress); err != nil {
			return none, err
		}
		h := of(cop, id)
		h.words = append(h.words, w)
		return none, nil
	}); err != nil {
		return err
	}
	rows, err = q.Query(ctx, `SELECT x.cop_id, x.action_id, x.lever, x.day, x.quantity, x.unit, x.class, x.kg FROM followup_quantity x
		WHERE x.cop_id IN (`+holes(1, len(cops))+`) AND x.standing = 'current'`, anys(cops)...)
	if _, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var cop, id, lever, class string
		var s said
		var kg *int64
		if err := r.Scan(&cop, &id, &lever, &s.day, &s.quantity, &s.unit, &class, &kg); err != nil {
			return none, err
		}
		s.class = followup.Class(class)
		if kg != nil {
			s.kg, s.weighed = panorama.Kg(*kg), true
		}
		h := of(cop, id)
		if h.said == nil {
			h.said = map[string][]said{}
		}
		h.said[lever] = append(h.said[lever], s)
		return none, nil
	}); err != nil {
		return err
	}
	for _, cop := range cops {
		for _, h := range into[cop].said {
			slices.SortFunc(h.words, func(a, b word) int { return cmp.Compare(a.day, b.day) })
			for _, list := range h.said {
				slices.SortFunc(list, func(a, b said) int { return cmp.Compare(a.day, b.day) })
			}
		}
	}
	return nil
}
