package knowledge

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// From tells what somebody wrote from what boxes ticked in a questionnaire gave:
// thousands for a campaign, among which the first would be lost.
type From string

// What a list holds.
const (
	Anyhow   From = ""
	ByPeople From = "people" // or taken up by somebody since
	ByBoxes  From = "boxes"
)

// Filter chooses items; a zero field chooses all.
type Filter struct {
	Kind   Kind
	Region string
	State  State
	Shared bool // good practices alone
	Theme  string
	Lever  string
	Scale  string
	Nature string
	Level  string
	From   From
	Words  string // what a reader searched for
}

// Check refuses a code that no list holds.
func (f Filter) Check() error {
	switch {
	case f.State != "" && f.State.Name() == "", f.Theme != "" && !known(Themes(), f.Theme), f.Scale != "" && !known(Scales(), f.Scale),
		f.Nature != "" && !known(Natures(), f.Nature), f.Level != "" && !known(Levels(), f.Level):
		return apperr.Invalidf("Ce filtre n’existe pas\u00a0: choisissez dans les listes.")
	case f.From != Anyhow && f.From != ByPeople && f.From != ByBoxes:
		return apperr.Invalidf("Cette origine n’existe pas\u00a0: choisissez dans la liste.")
	case len(f.Words) > 300:
		return apperr.Invalidf("Cette recherche est trop longue\u00a0: gardez quelques mots.")
	}
	return nil
}

// binder gathers the arguments of a statement.
type binder struct{ args []any }

func (b *binder) bind(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

func (b *binder) in(values []string) string {
	out := make([]string, 0, len(values)+1)
	for _, v := range values {
		out = append(out, b.bind(v))
	}
	return strings.Join(append(out, "NULL"), ", ")
}

// where is the filter as SQL over i.
func (f Filter) where(b *binder) string {
	text := "i.kind = " + b.bind(string(f.Kind))
	for _, c := range []struct{ column, value string }{{"region", f.Region}, {"state", string(f.State)}, {"theme", f.Theme}, {"scale", f.Scale}, {"nature", f.Nature}, {"level", f.Level}} {
		if c.value != "" {
			text += " AND i." + c.column + " = " + b.bind(c.value)
		}
	}
	if f.From != Anyhow {
		text += " AND i.ticked = " + b.bind(f.From == ByBoxes)
	}
	if f.Shared {
		text += " AND i.shared = " + b.bind(true)
	}
	if f.Lever != "" {
		text += " AND i.id IN (SELECT item FROM knowledge_lever WHERE lever = " + b.bind(f.Lever) + ")"
	}
	return text
}

// readable is what an actor may read of the items of a region, as SQL: what is
// retained, and what policy adds.
func readable(a policy.Actor, k Kind, cops []string, b *binder) string {
	own := within(policy.Where(a, policy.Read, k.Policy()), "i", cops, b)
	if own == "TRUE" {
		return own // said so, an index alone is read
	}
	return "(i.state = 'retained' OR " + own + ")"
}

// searched is where a list is read from: the items, or those that hold the
// longest of the words searched for, newest first, which also hold the others.
// CROSS JOIN keeps that order on SQLite, and is a plain join on PostgreSQL.
func (f Filter) searched(b *binder) (from, where, at, id string) {
	words := stems(f.Words, fewWords)
	if len(words) == 0 {
		return "knowledge_item i", "TRUE", "i.at", "i.id"
	}
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	where = "i.id = w.item AND w.word = " + b.bind(words[0])
	for _, word := range words[1:] {
		where += " AND EXISTS (SELECT 1 FROM knowledge_word o WHERE o.item = w.item AND o.word = " + b.bind(word) + ")"
	}
	return "knowledge_word w CROSS JOIN knowledge_item i", where, "w.at", "w.item"
}

// within is a filter of policy over the rows of a region, whose COPs are given.
func within(f policy.Filter, table string, cops []string, b *binder) string {
	if f.All || slices.ContainsFunc(f.COPs, func(c string) bool { return slices.Contains(cops, c) }) {
		return "TRUE"
	}
	text := "FALSE"
	if len(f.Departments) > 0 {
		text += " OR " + table + ".department IN (" + b.in(f.Departments) + ")"
	}
	if len(f.Orgs) > 0 {
		text += " OR " + table + ".org IN (" + b.in(f.Orgs) + ")"
	}
	if f.Own != "" {
		text += " OR " + table + ".author = " + b.bind(f.Own)
	}
	return "(" + text + ")"
}

// Page is a part of a list; Next is the cursor of the part after it, empty at
// the end. Total is exact to 1 000, and More says that there are more.
type Page[T any] struct {
	Rows  []T
	Next  string
	Total int64
	More  bool
}

const countedTo = 1000

// tickedTo is how far what was ticked is counted exactly.
const tickedTo = 20_000

// CountTicked counts what boxes of questionnaires gave to a region and that nobody
// took up, as far as the actor may read: exact to 20 000, and more beyond.
func CountTicked(ctx context.Context, q db.Q, a policy.Actor, k Kind, region string) (n int64, more bool, err error) {
	defer apperr.Wrap(&err, "knowledge.CountTicked(%s)", region)
	cops, err := cop.IDsOfRegion(ctx, q, region)
	if err != nil {
		return 0, false, err
	}
	var b binder
	where := Filter{Kind: k, Region: region, From: ByBoxes}.where(&b) + " AND " + readable(a, k, cops, &b)
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM knowledge_item i WHERE `+where+` LIMIT `+b.bind(int64(tickedTo)+1)+`) t`, b.args...).Scan(&n); err != nil {
		return 0, false, err
	}
	return min(n, tickedTo), n > tickedTo, nil
}

// List returns the items that a filter chooses and that the actor may read, the
// newest first: three statements, whatever there is. Without a region, only what
// is retained is listed.
func (m *Room) List(ctx context.Context, q db.Q, a policy.Actor, f Filter, cursor string, limit int) (p Page[Item], err error) {
	defer apperr.Wrap(&err, "knowledge.List(%s)", f.Kind)
	if err := f.Check(); err != nil {
		return p, err
	}
	var cops []string
	if f.Region == "" {
		f.State = Retained
	} else if cops, err = cop.IDsOfRegion(ctx, q, f.Region); err != nil {
		return p, err
	}
	name, err := json.Marshal(f)
	if err != nil {
		return p, err
	}
	list := "knowledge" + string(name)
	from, err := m.Cursors.Open(list, cursor, 2)
	if err != nil {
		return p, err
	}
	var b binder
	table, where, at, id := f.searched(&b)
	where += " AND " + f.where(&b) + " AND " + readable(a, f.Kind, cops, &b)
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM `+table+` WHERE `+where+` LIMIT `+b.bind(int64(countedTo)+1)+`) t`, b.args...).Scan(&p.Total); err != nil {
		return p, err
	}
	if p.More = p.Total > countedTo; p.More {
		p.Total = countedTo
	}
	b.args = b.args[:len(b.args)-1]
	if from != nil {
		last, err := strconv.ParseInt(from[0], 10, 64)
		if err != nil {
			return p, err
		}
		where += " AND (" + at + ", " + id + ") < (" + b.bind(last) + ", " + b.bind(from[1]) + ")"
	}
	rows, err := q.Query(ctx, `SELECT `+itemColumns+` FROM `+table+` WHERE `+where+` ORDER BY `+at+` DESC, `+id+` DESC LIMIT `+b.bind(int64(limit)+1), b.args...)
	if p.Rows, err = items(rows, err); err != nil {
		return p, err
	}
	if len(p.Rows) > limit {
		p.Rows = p.Rows[:limit]
		last := p.Rows[limit-1]
		p.Next = m.Cursors.Seal(list, strconv.FormatInt(last.At.UnixMilli(), 10), last.ID)
	}
	return p, nil
}

// GroupFilter chooses lines of the nation's list; a zero field chooses all.
type GroupFilter struct{ Nature, Level, Lever, Status string }

// Groups lists the nation's lines, the heaviest first, those whose obstacles all
// count elsewhere left out.
func (m *Room) Groups(ctx context.Context, q db.Q, a policy.Actor, f GroupFilter, cursor string, limit int) (p Page[Group], err error) {
	defer apperr.Wrap(&err, "knowledge.Groups")
	if err := policy.Check(a, policy.Read, National()); err != nil {
		return p, err
	}
	if f.Nature != "" && !known(Natures(), f.Nature) || f.Level != "" && !known(Levels(), f.Level) || f.Status != "" && !known(Statuses(), f.Status) {
		return p, apperr.Invalidf("Ce filtre n’existe pas\u00a0: choisissez dans les listes.")
	}
	name, err := json.Marshal(f)
	if err != nil {
		return p, err
	}
	list := "obstacles" + string(name)
	from, err := m.Cursors.Open(list, cursor, 2)
	if err != nil {
		return p, err
	}
	var b binder
	where := "g.weight > 0"
	for _, c := range []struct{ column, value string }{{"nature", f.Nature}, {"level", f.Level}, {"status", f.Status}} {
		if c.value != "" {
			where += " AND g." + c.column + " = " + b.bind(c.value)
		}
	}
	if f.Lever != "" {
		where += " AND EXISTS (SELECT 1 FROM knowledge_item i JOIN knowledge_lever l ON l.item = i.id WHERE i.grp = g.id AND l.lever = " + b.bind(f.Lever) + ")"
	}
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM obstacle_group g WHERE `+where+` LIMIT `+b.bind(int64(countedTo)+1)+`) t`, b.args...).Scan(&p.Total); err != nil {
		return p, err
	}
	if p.More = p.Total > countedTo; p.More {
		p.Total = countedTo
	}
	b.args = b.args[:len(b.args)-1]
	if from != nil {
		w, err := strconv.ParseInt(from[0], 10, 64)
		if err != nil {
			return p, err
		}
		where += " AND (g.weight, g.id) < (" + b.bind(w) + ", " + b.bind(from[1]) + ")"
	}
	rows, err := q.Query(ctx, `SELECT `+groupColumns+` FROM obstacle_group g WHERE `+where+` ORDER BY g.weight DESC, g.id DESC LIMIT `+b.bind(int64(limit)+1), b.args...)
	if p.Rows, err = db.Collect(rows, err, func(r *db.Rows) (Group, error) { return scanGroup(r) }); err != nil {
		return p, err
	}
	if len(p.Rows) > limit {
		p.Rows = p.Rows[:limit]
		last := p.Rows[limit-1]
		p.Next = m.Cursors.Seal(list, strconv.FormatInt(last.Weight, 10), last.ID)
	}
	return p, nil
}

// RegionsOf tells which regions some lines of the nation hold obstacles of, in
// one statement.
func RegionsOf(ctx context.Context, q db.Q, groups []Group) (map[string][]string, error) {
	out := map[string][]string{}
	if len(groups) == 0 {
		return out, nil
	}
	var b binder
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	rows, err := q.Query(ctx, `SELECT DISTINCT i.grp, i.region FROM knowledge_item i WHERE i.grp IN (`+b.in(ids)+`) ORDER BY i.grp, i.region`, b.args...)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var g, region string
		err := r.Scan(&g, &region)
		out[g] = append(out[g], region)
		return struct{}{}, err
	})
	return out, err
}

// AnswersTo reads what the nation says of a page of obstacles, by the line that
// each counts in, in one statement.
func AnswersTo(ctx context.Context, q db.Q, list []Item) (map[string]Group, error) {
	var ids []string
	for _, x := range list {
		if x.Group != "" && !slices.Contains(ids, x.Group) {
			ids = append(ids, x.Group)
		}
	}
	var b binder
	rows, err := q.Query(ctx, `SELECT `+groupColumns+` FROM obstacle_group g WHERE g.id IN (`+b.in(ids)+`) ORDER BY g.id`, b.args...)
	groups, err := db.Collect(rows, err, func(r *db.Rows) (Group, error) { return scanGroup(r) })
	out := map[string]Group{}
	for _, g := range groups {
		out[g.ID] = g
	}
	return out, err
}

// Public lists what anyone reads of the items that a filter chooses, the newest
// first: one statement. more says that there are others.
func Public(ctx context.Context, q db.Q, f Filter, limit int) (list []Item, more bool, err error) {
	defer apperr.Wrap(&err, "knowledge.Public(%s)", f.Kind)
	if err := f.Check(); err != nil {
		return nil, false, err
	}
	f.State = Retained
	var b binder
	rows, err := q.Query(ctx, `SELECT `+itemColumns+` FROM knowledge_item i WHERE `+f.where(&b)+` ORDER BY i.at DESC, i.id DESC LIMIT `+b.bind(int64(limit)+1), b.args...)
	if list, err = items(rows, err); err != nil {
		return nil, false, err
	}
	more = len(list) > limit
	return list[:min(len(list), limit)], more, nil
}
