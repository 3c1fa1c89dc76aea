package contribution

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/territory"
	"jalon/internal/textmining"
)

// A shelf holds in memory what is published in a COP, without its texts: lists,
// searches, maps and near texts of 100 000 contributions are read from it in a few
// milliseconds, whatever the filters, where a database would count rows one by one.
// It is filled from the table at the first question, then follows what changed since:
// each change moves seq and changed_at of its row. A transaction commits later than
// it reads the time, so that changes are asked again for as long as one may last.
type shelf struct {
	load, study once // the first reading of rows, of texts
	mu          sync.RWMutex
	counting    sync.Mutex
	counted     map[Filter]Figures // since the last change
	told        *Answers           // since the last change
	turn        int64              // counts changes

	seen   int64            // the latest changed_at that was read
	seqs   map[string]int64 // of each row that was read
	slots  map[string]int32
	rows   []row
	byDate []int32 // slots, the newest first
	byLike []int32 // slots, the most supported first, then the newest
	terms  map[string]int32
	posts  [][]int32 // slots by stem
	same   map[string]string
	kin    *textmining.Kindred // nil until somebody writes
}

// row is what lists choose by.
type row struct {
	id                       string
	at, supports             int64
	theme, lever, speaker    string
	study                    string
	place, department, group string
	stems                    []int32
}

// late is for how long a change may come after one that was read: no transaction of
// a page lasts as long.
const late = 60_000

// once is a long reading that whoever comes first starts, and that goes on when they
// leave: the next one finds it done.
type once struct {
	mu      sync.Mutex
	running chan struct{}
	done    bool
	err     error
}

// longest is how long a first reading may last.
const longest = 2 * time.Minute

// run starts do unless it runs or is done, and waits for it at most as long as asked,
// or as ctx lives: done is false when it is not over.
func (o *once) run(ctx context.Context, most time.Duration, do func(ctx context.Context) error) (done bool, err error) {
	o.mu.Lock()
	if o.done {
		o.mu.Unlock()
		return true, nil
	}
	if o.running == nil {
		ended := make(chan struct{})
		o.running = ended
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
		go func() {
			defer cancel()
			err := do(ctx)
			o.mu.Lock()
			defer o.mu.Unlock()
			o.done, o.err, o.running = err == nil, err, nil // asked again next time
			close(ended)
		}()
	}
	running := o.running
	o.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	select {
	case <-running:
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.done, o.err
	case <-ctx.Done():
		return false, nil
	}
}

// onShelf reads something of a COP from memory, once it is up to date: one statement
// when nothing changed, one more when something did.
func (m *Room) onShelf(ctx context.Context, q db.Q, c cop.COP, read func(s *shelf) error) (err error) {
	defer apperr.Wrap(&err, "contribution.onShelf(%s)", c.ID)
	s := m.shelf(c)
	tree, err := m.Tree(ctx)
	if err != nil {
		return err
	}
	done, err := s.load.run(ctx, longest, func(ctx context.Context) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		rows, err := q.Query(ctx, `SELECT `+shelfColumns+` FROM contribution c JOIN debate_post p ON p.id = c.post_id WHERE c.cop_id = $1 AND p.state = 'published'`, c.ID)
		return s.take(rows, err, tree, true)
	})
	if err == nil && !done {
		err = apperr.New(apperr.Unavailable, ctx.Err(), "Les contributions sont en cours de lecture après un redémarrage. Rien n’est perdu\u00a0: rechargez la page dans un instant.")
	}
	if err != nil {
		return err
	}
	if err := s.refresh(ctx, q, tree, c.ID, m.Now().UnixMilli()); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return read(s)
}

// shelf is that of a COP.
func (m *Room) shelf(c cop.COP) *shelf {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shelves == nil {
		m.shelves = map[string]*shelf{}
	}
	s := m.shelves[c.ID]
	if s == nil {
		s = &shelf{seqs: map[string]int64{}, slots: map[string]int32{}, terms: map[string]int32{}, same: map[string]string{}, counted: map[Filter]Figures{}}
		m.shelves[c.ID] = s
	}
	return s
}

const shelfColumns = `p.id, c.seq, c.changed_at, p.state, p.theme, p.lever, p.territory, p.speaker, p.published_at, p.supports, c.study, c.stems`

// refresh reads what changed.
func (s *shelf) refresh(ctx context.Context, q db.Q, tree *territory.Tree, copID string, now int64) error {
	s.mu.RLock()
	since := min(s.seen, now) - late // a machine whose clock is ahead hides nothing of the others
	s.mu.RUnlock()
	rows, err := q.Query(ctx, `SELECT post_id, seq FROM contribution WHERE cop_id = $1 AND changed_at >= $2`, copID, since)
	type change struct {
		id  string
		seq int64
	}
	all, err := db.Collect(rows, err, func(r *db.Rows) (x change, err error) {
		err = r.Scan(&x.id, &x.seq)
		return x, err
	})
	if err != nil {
		return err
	}
	var moved []string
	s.mu.RLock()
	for _, x := range all {
		if s.seqs[x.id] < x.seq {
			moved = append(moved, x.id)
		}
	}
	s.mu.RUnlock()
	if len(moved) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for part := range slices.Chunk(moved, 500) {
		list, args := in(nil, part)
		rows, err := q.Query(ctx, `SELECT `+shelfColumns+` FROM contribution c JOIN debate_post p ON p.id = c.post_id WHERE c.post_id IN (`+list+`)`, args...)
		if err := s.take(rows, err, tree, false); err != nil {
			return err
		}
		if s.kin != nil {
			rows, err := q.Query(ctx, `SELECT id, state, title, text FROM debate_post WHERE id IN (`+list+`)`, args...)
			if err := akin(s.kin, rows, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// take reads rows of shelfColumns. All of them at once are put in order once.
func (s *shelf) take(rows *db.Rows, err error, tree *territory.Tree, all bool) error {
	clear(s.counted)
	s.told, s.turn = nil, s.turn+1
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var x row
		var seq, changed int64
		var state, stems string
		if err := r.Scan(&x.id, &seq, &changed, &state, &x.theme, &x.lever, &x.place, &x.speaker, &x.at, &x.supports, &x.study, &stems); err != nil {
			return struct{}{}, err
		}
		if seq < s.seqs[x.id] {
			return struct{}{}, nil // somebody read a later one meanwhile
		}
		s.seen, s.seqs[x.id] = max(s.seen, changed), seq
		if state != string(debate.PostPublished) {
			s.remove(x.id)
			return struct{}{}, nil
		}
		x.department, x.group = around(tree, x.place)
		for _, text := range []*string{&x.theme, &x.lever, &x.speaker, &x.study, &x.place, &x.department, &x.group} {
			*text = s.one(*text)
		}
		for stem := range strings.FieldsSeq(stems) {
			x.stems = append(x.stems, s.term(stem))
		}
		s.put(x, all)
		return struct{}{}, nil
	})
	if err == nil && all {
		slices.SortFunc(s.byDate, s.newer)
		slices.SortFunc(s.byLike, s.liked)
	}
	return err
}

// one keeps a text once, however many rows bear it.
func (s *shelf) one(text string) string {
	if kept, ok := s.same[text]; ok {
		return kept
	}
	text = strings.Clone(text)
	s.same[text] = text
	return text
}

// term is the number of a stem.
func (s *shelf) term(stem string) int32 {
	t, ok := s.terms[stem]
	if !ok {
		t = int32(len(s.posts))
		s.terms[strings.Clone(stem)] = t
		s.posts = append(s.posts, nil)
	}
	return t
}

// put takes a row, in the place of the one of the same id: one that says the same
// words keeps its slot, so that thousands of supports add none.
func (s *shelf) put(x row, unsorted bool) {
	if n, ok := s.slots[x.id]; ok {
		if slices.Equal(s.rows[n].stems, x.stems) {
			s.unplace(n)
			s.rows[n] = x
			s.place(n)
			return
		}
		s.remove(x.id)
	}
	n := int32(len(s.rows))
	for _, t := range x.stems {
		s.posts[t] = append(s.posts[t], n)
	}
	s.rows = append(s.rows, x)
	s.slots[x.id] = n
	if unsorted {
		s.byDate, s.byLike = append(s.byDate, n), append(s.byLike, n)
		return
	}
	s.place(n)
}

func (s *shelf) place(n int32) {
	at, _ := slices.BinarySearchFunc(s.byDate, n, s.newer)
	s.byDate = slices.Insert(s.byDate, at, n)
	at, _ = slices.BinarySearchFunc(s.byLike, n, s.liked)
	s.byLike = slices.Insert(s.byLike, at, n)
}

func (s *shelf) unplace(n int32) {
	if at, ok := slices.BinarySearchFunc(s.byDate, n, s.newer); ok {
		s.byDate = slices.Delete(s.byDate, at, at+1)
	}
	if at, ok := slices.BinarySearchFunc(s.byLike, n, s.liked); ok {
		s.byLike = slices.Delete(s.byLike, at, at+1)
	}
}

func (s *shelf) remove(id string) {
	n, ok := s.slots[id]
	if !ok {
		return
	}
	s.unplace(n)
	for _, t := range s.rows[n].stems {
		if at, ok := slices.BinarySearch(s.posts[t], n); ok { // slots only grow
			s.posts[t] = slices.Delete(s.posts[t], at, at+1)
		}
	}
	delete(s.slots, id)
	s.rows[n] = row{}
}

// newer and liked are the two orders of lists.
func (s *shelf) newer(a, b int32) int {
	x, y := &s.rows[a], &s.rows[b]
	return cmp.Or(cmp.Compare(y.at, x.at), cmp.Compare(y.id, x.id))
}

func (s *shelf) liked(a, b int32) int {
	return cmp.Or(cmp.Compare(s.rows[b].supports, s.rows[a].supports), s.newer(a, b))
}

// holding are the slots whose text holds every word of a search, as bits.
func (s *shelf) holding(words textmining.Query) []uint64 {
	var all []uint64
	for _, any := range words {
		bits := make([]uint64, len(s.rows)/64+1)
		for _, stem := range any {
			if t, ok := s.terms[stem]; ok {
				for _, n := range s.posts[t] {
					bits[n/64] |= 1 << (n % 64)
				}
			}
		}
		if all == nil {
			all = bits
			continue
		}
		for i := range all {
			all[i] &= bits[i]
		}
	}
	return all
}

// around are the département and the EPCI of a territory, empty where it has not one.
func around(tree *territory.Tree, text string) (department, group string) {
	ref, err := territory.ParseRef(text)
	if err != nil {
		return "", ""
	}
	switch ref.Scale {
	case territory.CommuneS:
		if x, err := tree.Commune(ref.Code); err == nil {
			return x.Dept, x.EPCI
		}
	case territory.Department:
		return ref.Code, ""
	case territory.EPCI:
		if parts, err := tree.Parts(ref); err == nil && len(parts) == 1 {
			return parts[0].Dept, ref.Code
		}
		return "", ref.Code
	}
	return "", ""
}

// akin has the near texts follow rows of posts.
func akin(kin *textmining.Kindred, rows *db.Rows, err error) error {
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var id, state, title, text string
		err := r.Scan(&id, &state, &title, &text)
		if state == string(debate.PostPublished) {
			kin.Put(id, title, text)
		} else {
			kin.Drop(id)
		}
		return struct{}{}, err
	})
	return err
}

// patience is how long who types waits for texts that are read the first time: later,
// nothing near is shown yet.
const patience = 2 * time.Second

// Near lists the published contributions closest to what somebody types, the closest
// first: those that are worth supporting instead. The first question of a process
// reads every text, in the background when it is long.
func (m *Room) Near(ctx context.Context, q db.Q, c cop.COP, title, text string, most int) (_ []debate.Post, err error) {
	defer apperr.Wrap(&err, "contribution.Near")
	if err := m.onShelf(ctx, q, c, func(*shelf) error { return nil }); err != nil {
		return nil, err
	}
	s := m.shelf(c)
	done, err := s.study.run(ctx, patience, func(ctx context.Context) error { return s.learn(ctx, q, c.ID) })
	if err != nil || !done {
		return nil, err
	}
	s.mu.RLock()
	kin := s.kin
	s.mu.RUnlock()
	typed := debate.Line(title) + "\n" + debate.Tidy(text)
	for _, w := range textmining.Personal(typed) { // a telephone number makes no idea new
		typed = strings.ReplaceAll(typed, w.Text, " ")
	}
	var ids []string
	for _, k := range kin.Near(typed, most) {
		if k.Score >= textmining.Close {
			ids = append(ids, k.ID)
		}
	}
	return m.posts(ctx, q, ids)
}

// learn reads every text of a COP once, then what changed meanwhile.
func (s *shelf) learn(ctx context.Context, q db.Q, copID string) error {
	s.mu.RLock()
	since := s.seen - late
	s.mu.RUnlock()
	kin := textmining.NewKindred()
	rows, err := q.Query(ctx, `SELECT id, state, title, text FROM debate_post WHERE cop_id = $1 AND kind = 'contribution' AND state = 'published'`, copID)
	if err := akin(kin, rows, err); err != nil {
		return err
	}
	s.mu.Lock() // nothing is refreshed between what is read here and what follows
	defer s.mu.Unlock()
	rows, err = q.Query(ctx, `SELECT p.id, p.state, p.title, p.text FROM contribution c JOIN debate_post p ON p.id = c.post_id WHERE c.cop_id = $1 AND c.changed_at >= $2`, copID, since)
	if err := akin(kin, rows, err); err != nil {
		return err
	}
	s.kin = kin
	return nil
}

// posts reads posts in the order of their ids, those that everybody reads.
func (m *Room) posts(ctx context.Context, q db.Q, ids []string) ([]debate.Post, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := in(nil, ids)
	rows, err := q.Query(ctx, `SELECT `+debate.PostColumns+` FROM debate_post p WHERE p.id IN (`+list+`) AND p.state IN ('published', 'merged')`, args...)
	out, err := db.Collect(rows, err, func(r *db.Rows) (debate.Post, error) { return debate.ScanPost(r) })
	slices.SortFunc(out, func(a, b debate.Post) int {
		return cmp.Compare(slices.Index(ids, a.ID), slices.Index(ids, b.ID))
	})
	return out, err
}
