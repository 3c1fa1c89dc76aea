package outcome

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

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

	rev    int64 // that places and ramps were read at
	places []action.Place
	ramps  map[string][]action.Ramp
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

// kept is what was read last of each COP. A COP that was read never changes: a later
// reading makes another one of it, of what moved alone.
type kept struct {
	mu    sync.Mutex
	cops  map[string]*slot
	lists sync.Map // by id, listing: retained lists never change
	past  map[pastDay][]*file
}

// slot is a COP: whoever reads it holds mu, so that it is read once.
type slot struct {
	mu   sync.Mutex
	file atomic.Pointer[file]
}

// listing is a list that both heads retained: the day, then by action and by lever.
type listing struct {
	day string
	of  map[string]map[string]retained
}

// file is a COP as it was read, at the versions of its actions and of what is said of
// them.
type file struct {
	id, region string
	actions    int64
	words      int64
	facts      []*fact
	said       map[string]*history
	holders    []string
	past       bool // its actions are those of a past day

	mu sync.Mutex
	// whole is what all of its actions come to on a day, by a model.
	day, model string
	whole      *tally
}

// as tells that the file holds what was written by some versions.
func (f *file) as(v versioned) bool {
	return f != nil && f.actions >= v.actions && f.words >= v.words
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

// slots gives the place of each COP, in their order.
func (k *kept) slots(all []versioned) []*slot {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cops == nil {
		k.cops = map[string]*slot{}
	}
	out := make([]*slot, len(all))
	for i, v := range all {
		if k.cops[v.id] == nil {
			k.cops[v.id] = &slot{}
		}
		out[i] = k.cops[v.id]
	}
	return out
}

// files brings what is kept of some regions up to date, all of them without region: one
// statement when nothing moved; three more when somebody spoke and four more when actions
// moved, of the COPs that moved alone, and there of what moved.
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
	slots := m.kept.slots(all)
	var moved []*reading
	for i, v := range all {
		if slots[i].file.Load().as(v) {
			continue
		}
		slots[i].mu.Lock() // in the order of their ids: two readers never wait for each other
		defer slots[i].mu.Unlock()
		if was := slots[i].file.Load(); !was.as(v) {
			moved = append(moved, &reading{slot: slots[i], was: was, file: &file{id: v.id, region: v.region, actions: v.actions, words: v.words}})
		}
	}
	if err := m.read(ctx, q, moved); err != nil {
		return nil, err
	}
	for _, s := range slots {
		out = append(out, s.file.Load())
	}
	return out, nil
}

// reading is a COP that is read again.
type reading struct {
	*file
	slot *slot
	was  *file // nil the first time
}

// read reads some COPs again, from what was known of them, and keeps them once all is
// read.
func (m *Room) read(ctx context.Context, q db.Q, all []*reading) error {
	var acted []*reading
	for _, r := range all {
		if r.was != nil && r.was.actions == r.actions {
			r.facts, r.holders = r.was.facts, r.was.holders
		} else {
			acted = append(acted, r)
		}
	}
	if err := m.readFacts(ctx, q, acted); err != nil {
		return err
	}
	if err := readSaid(ctx, q, all); err != nil {
		return err
	}
	for _, r := range all {
		r.slot.file.Store(r.file)
	}
	return nil
}

// fewest is how many things of a COP are asked for by name: above it, all of them are.
const fewest = 100

// which is what is read of some things: all those of some COPs, and some by their id.
type which struct{ cops, ids []string }

// add asks for some things of a COP, and reports whether all of it will be read.
func (w *which) add(cop string, first bool, ids []string) (all bool) {
	if first || len(ids) > fewest {
		w.cops = append(w.cops, cop)
		return true
	}
	w.ids = append(w.ids, ids...)
	return false
}

// where writes which rows are read: cop and id say how they are found, with the list of
// parameters at %s.
func (w which) where(cop, id string) (text string, args []any) {
	var parts []string
	if len(w.cops) > 0 {
		parts = append(parts, fmt.Sprintf(cop, holes(1, len(w.cops))))
	}
	if len(w.ids) > 0 {
		parts = append(parts, fmt.Sprintf(id, holes(1+len(w.cops), len(w.ids))))
	}
	return `(` + strings.Join(parts, ` OR `) + `)`, append(anys(w.cops), anys(w.ids)...)
}

func (w which) none() bool { return len(w.cops)+len(w.ids) == 0 }
