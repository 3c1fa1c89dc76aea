package restitution

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/territory"
)

// Room reads restitutions. It keeps the answers of each cycle added up, and at
// each reading takes in those validated since, by one statement.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
	COPs    *cop.Room
	// Actor says who asks for a figure; Tree names territories.
	Actor func(ctx context.Context) policy.Actor
	Tree  func(ctx context.Context) (*territory.Tree, error)

	mu       sync.Mutex
	kept     map[scope]*kept
	forms    formsKept
	editions struct {
		sync.Mutex
		boards map[string]*Board
	}
}

// scope is a cycle, or one region of it.
type scope struct{ cycle, region string }

// kept is what a process holds of a scope.
type kept struct {
	sync.Mutex
	scope
	layout  *Layout
	forms   string                     // what the layout and the paths were made from
	paths   map[string]survey.Campaign // by region
	answers map[string]*answer         // by id of response
	last    int64                      // the newest instant of validation read
	cells   map[stratum]*cell
	board   *Board // nil when something changed since it was made
	people  string // what the populations were read as
}

// answer is one validated response, as it was counted.
type answer struct {
	stratum
	at     int64
	seq    int64
	packed []byte
}

// overlap is how long before the newest instant read the next reading begins: a
// transaction may end after one that began later, and the clocks of two replicas
// differ. What was read already is recognised by its number.
const overlap = 10 * time.Second

// Read is the board of a cycle as the database holds it now.
// Region narrows it to one, and costs no more than that; empty is the nation.
func (m *Room) Read(ctx context.Context, cycle, region string) (_ *Board, err error) {
	defer apperr.Wrap(&err, "restitution.Read(%s, %s)", cycle, region)
	m.mu.Lock()
	if m.kept == nil {
		m.kept = map[scope]*kept{}
	}
	at := scope{cycle, region}
	k := m.kept[at]
	if k == nil {
		k = &kept{scope: at, answers: map[string]*answer{}}
		m.kept[at] = k
	}
	m.mu.Unlock()
	k.Lock()
	defer k.Unlock()
	var b *Board
	err = db.Snapshot(ctx, m.DB, func(ctx context.Context, q db.Q) (err error) {
		b, err = k.read(ctx, m, q)
		return err
	})
	return b, err
}

func (k *kept) read(ctx context.Context, m *Room, q db.Q) (*Board, error) {
	campaigns, err := survey.Campaigns(ctx, q, k.cycle)
	if err != nil {
		return nil, err
	}
	if k.region != "" {
		campaigns = slices.DeleteFunc(campaigns, func(c survey.Campaign) bool { return c.Region != k.region })
	}
	forms, version, err := m.published(ctx, q)
	if err != nil {
		return nil, err
	}
	key := version
	by := map[string]survey.Campaign{}
	for _, c := range campaigns {
		by[c.Region] = c
		key += fmt.Sprintf("|%s %s %d", c.Region, c.Form, c.FormVersion)
	}
	people, outside, said, err := populations(ctx, q, campaigns)
	if err != nil {
		return nil, err
	}
	if k.board != nil && k.people != said {
		k.last = 0 // an authority may have changed groups, and its answer with it, at no new instant
	}
	changed, err := k.changes(ctx, q)
	if err != nil {
		return nil, err
	}
	if k.layout == nil || k.forms != key || changed.whole {
		slots, err := survey.Slots(ctx, q)
		if err != nil {
			return nil, err
		}
		k.layout, k.forms, k.paths = NewLayout(forms, slots), key, by
		k.recount(changed)
	} else {
		k.paths = by
		k.apply(changed)
	}
	if k.board == nil || k.people != said {
		k.people = said
		k.board = k.make(people, outside)
	}
	out := *k.board // the campaigns may have changed their dates or thresholds
	out.Campaigns = by
	return &out, nil
}

// published reads the published forms once for each set of them: a form never
// changes.
func (m *Room) published(ctx context.Context, q db.Q) ([]questionnaire.Form, string, error) {
	rows, err := q.Query(ctx, `SELECT code, version FROM questionnaire_form ORDER BY code, version`)
	list, err := db.Collect(rows, err, func(r *db.Rows) (f formRef, err error) {
		err = r.Scan(&f.code, &f.version)
		return f, err
	})
	if err != nil {
		return nil, "", err
	}
	m.forms.Lock()
	defer m.forms.Unlock()
	if slices.Equal(list, m.forms.list) && m.forms.key != "" {
		return m.forms.all, m.forms.key, nil
	}
	var key strings.Builder
	all := make([]questionnaire.Form, 0, len(list))
	for _, r := range list {
		f, err := survey.FormAt(ctx, q, r.code, r.version)
		if err != nil {
			return nil, "", err
		}
		all = append(all, f)
		fmt.Fprintf(&key, "%s %d;", r.code, r.version)
	}
	m.forms.list, m.forms.all, m.forms.key = list, all, key.String()+"."
	return all, m.forms.key, nil
}

type formRef struct {
	code    string
	version int64
}

type formsKept struct {
	sync.Mutex
	list []formRef
	all  []questionnaire.Form
	key  string
}

// news is what a reading brought.
type news struct {
	answers map[string]*answer
	whole   bool // everything was read: what was kept is forgotten
	last    int64
}

// changes reads what was validated since the last reading; everything at first,
// and when answers went away. One statement reads the answers, whatever their
// number.
func (k *kept) changes(ctx context.Context, q db.Q) (news, error) {
	if k.last == 0 {
		return k.since(ctx, q, 0)
	}
	n, err := k.since(ctx, q, k.last-overlap.Milliseconds())
	if err != nil {
		return n, err
	}
	fresh := 0
	for id := range n.answers {
		if k.answers[id] == nil {
			fresh++
		}
	}
	var total int
	count, args := `SELECT COUNT(*) FROM answer WHERE cycle = $1`, []any{k.cycle}
	if k.region != "" {
		count, args = count+` AND region = $2`, append(args, k.region)
	}
	if err := q.QueryRow(ctx, count, args...).Scan(&total); err != nil {
		return n, err
	}
	if total != len(k.answers)+fresh {
		return k.since(ctx, q, 0)
	}
	return n, nil
}

// since reads the answers validated from an instant on, but for those that are
// kept as they are. From the beginning, all of them.
func (k *kept) since(ctx context.Context, q db.Q, from int64) (n news, err error) {
	n = news{answers: map[string]*answer{}, whole: from == 0, last: k.last}
	text, args := `SELECT response_id, region, department, kind, size, seq, at, packed FROM answer WHERE cycle = $1`, []any{k.cycle}
	if k.region != "" {
		text, args = text+` AND region = $2`, append(args, k.region)
	}
	if !n.whole {
		args = append(args, from)
		text += fmt.Sprintf(` AND at >= $%d`, len(args))
	}
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return n, err
	}
	defer func() { _ = rows.Close() }()
	// Few distinct texts come back thousands of times: one copy of each is kept.
	texts := map[string]string{}
	once := func(s string) string {
		if t, ok := texts[s]; ok {
			return t
		}
		texts[s] = s
		return s
	}
	var id, region, department, kind, size string
	for rows.Next() {
		x := &answer{}
		if err := rows.Scan(&id, &region, &department, &kind, &size, &x.seq, &x.at, &x.packed); err != nil {
			return n, err
		}
		if old := k.answers[id]; !n.whole && old != nil && old.seq == x.seq && old.at == x.at {
			continue
		}
		x.stratum = stratum{once(region), once(department), questionnaire.Kind(once(kind)), once(size)}
		n.answers[id] = x
		n.last = max(n.last, x.at)
	}
	return n, rows.Err()
}

// populations counts, in each stratum, the authorities to which the questionnaire
// was put, and names the responses of recipients outside the tree. An index holds
// all that it reads, in the order that it groups by.
func populations(ctx context.Context, q db.Q, campaigns []survey.Campaign) (map[stratum]int, map[string]string, string, error) {
	people, outside := map[stratum]int{}, map[string]string{}
	if len(campaigns) == 0 {
		return people, outside, "", nil
	}
	regions, ids := map[string]string{}, []any{}
	for _, c := range campaigns {
		regions[c.ID] = c.Region
		ids = append(ids, c.ID)
	}
	in := db.Params(1, len(ids))
	rows, err := q.Query(ctx, `SELECT r.campaign_id, r.department, r.kind, r.size, COUNT(*) FROM response r WHERE r.campaign_id IN (`+in+`) AND r.counted = TRUE
		GROUP BY r.campaign_id, r.department, r.kind, r.size ORDER BY r.campaign_id, r.department, r.kind, r.size`, ids...)
	var key strings.Builder
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var s stratum
		var id string
		var n int
		err := r.Scan(&id, &s.department, &s.kind, &s.size, &n)
		s.region = regions[id]
		people[s] = n
		fmt.Fprintf(&key, "%s %s %s %s %d;", s.region, s.department, s.kind, s.size, n)
		return struct{}{}, err
	})
	if err != nil {
		return nil, nil, "", err
	}
	rows, err = q.Query(ctx, `SELECT r.id, r.campaign_id FROM response r WHERE r.campaign_id IN (`+in+`) AND r.counted = FALSE ORDER BY r.id`, ids...)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var id, campaign string
		err := r.Scan(&id, &campaign)
		outside[id] = regions[campaign]
		key.WriteString(id)
		return struct{}{}, err
	})
	return people, outside, key.String(), err
}

// pathOf is what an authority of a stratum is asked, by the form of its region.
func (k *kept) pathOf(s stratum) path {
	c, ok := k.paths[s.region]
	if !ok {
		return path{}
	}
	return k.layout.path(c.Form, c.FormVersion, s.kind)
}

func (k *kept) cell(s stratum) *cell {
	c := k.cells[s]
	if c == nil {
		c = &cell{stratum: s, path: k.pathOf(s), tally: k.layout.tally()}
		k.cells[s] = c
	}
	return c
}

// apply takes out what each answer was, and adds what it is.
func (k *kept) apply(n news) {
	for id, x := range n.answers {
		if old := k.answers[id]; old != nil {
			c := k.cell(old.stratum)
			k.layout.count(&c.tally, c.path, old.packed, -1)
		}
		c := k.cell(x.stratum)
		k.layout.count(&c.tally, c.path, x.packed, 1)
		k.answers[id] = x
	}
	if k.last = n.last; len(n.answers) > 0 {
		k.board = nil
	}
}

// recount counts everything again: under a new layout, or after a whole reading.
func (k *kept) recount(n news) {
	if n.whole {
		k.answers = n.answers
	} else {
		maps.Copy(k.answers, n.answers)
	}
	k.cells, k.board, k.last = map[stratum]*cell{}, nil, n.last
	for _, x := range k.answers {
		c := k.cell(x.stratum)
		k.layout.count(&c.tally, c.path, x.packed, 1)
	}
}

// make is a board that nothing changes any more.
func (k *kept) make(people map[stratum]int, outside map[string]string) *Board {
	b := &Board{Layout: k.layout, Outside: map[string]int{}, Last: map[string]int64{}, cuts: newCuts()}
	seen := map[stratum]*cell{}
	for s, c := range k.cells {
		x := &cell{stratum: s, path: c.path, tally: k.layout.tally()}
		x.tally.plus(c.tally)
		seen[s] = x
		b.cells = append(b.cells, x)
	}
	for s, n := range people {
		if seen[s] == nil {
			seen[s] = &cell{stratum: s, path: k.pathOf(s), tally: k.layout.tally()}
			b.cells = append(b.cells, seen[s])
		}
		seen[s].population = n
	}
	for id, region := range outside {
		if x := k.answers[id]; x != nil {
			k.layout.count(&seen[x.stratum].tally, seen[x.stratum].path, x.packed, -1)
			b.Outside[region]++
		}
	}
	for _, x := range k.answers {
		b.Last[x.region] = max(b.Last[x.region], x.at)
	}
	slices.SortFunc(b.cells, func(x, y *cell) int { return order(x.stratum, y.stratum) })
	return b
}
