package action

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// Order is how a list is sorted.
type Order string

// The orders. ByTitle is the default.
const (
	ByTitle    Order = ""
	ByNumber   Order = "number"
	ByChange   Order = "changed" // the last changed first
	ByStart    Order = "starts"
	ByComplete Order = "complete" // the least complete first
	ByInvest   Order = "invest"   // the dearest first; what has no budget last
)

// column is what an order reads, and whether it goes down.
func (o Order) column(invest string) (name string, down bool, number bool) {
	switch o {
	case ByNumber:
		return "x.seq", false, true
	case ByChange:
		return "x.changed", true, true
	case ByStart:
		return "x.starts", false, false
	case ByComplete:
		return "x.complete", false, true
	case ByInvest:
		return "COALESCE(" + invest + ", -1)", true, true
	}
	return "x.sort", false, false
}

// Row is an action as lists show it.
type Row struct {
	ID, COP, Cycle, Region string
	Rev, Seq               int64
	Kind                   Kind
	State                  State
	PoolState              string
	Author                 string
	Title                  string
	Theme, Cross, Lever    string
	HolderOrg, Holder      string
	Department             string
	Step, Phase, Status    string
	Starts, Ends           string
	First, Last            int // years, 0 when they are not said
	Invest, Operation      *int64
	Funded                 *int64
	Complete               int
	MergedInto, List       string
	Changed                time.Time
	// What is kept from who reads only what is public.
	budgetHidden, fundingHidden, impactHidden bool
	quiet                                     bool // its impacts are not read: who reads it may not know them

	Levers  []string // the central one first
	Places  []Place
	Impacts []RowImpact
}

// RowImpact is what an action brings to one lever, as lists show it.
type RowImpact struct {
	Lever         string
	Class         Class
	Quantity      *float64
	Unit          string
	Gross         bool
	Kg, Low, High *panorama.Kg
	Counted       int64 // ten-thousandths
}

// Brings sums what an action brings, in kg of CO₂e per year in 2030; false when
// nothing of it is quantified.
func (x Row) Brings() (kg panorama.Kg, known bool) {
	for _, p := range x.Impacts {
		if p.Kg != nil {
			kg, known = kg+*p.Kg, true
		}
	}
	return kg, known
}

// KeepsImpact reports whether the reader of this row may not know what the action brings.
func (x Row) KeepsImpact() bool { return x.quiet }

// Page is a part of a list; Next is the cursor of the part after it, empty at the end.
// Total is exact to 1 000, and More says that there are more.
type Page struct {
	Rows  []Row
	Next  string
	Total int64
	More  bool
}

const countedTo = 1000

const rowFields = `x.id, x.rev, x.cop_id, x.cycle, x.region, x.seq, x.kind, x.state, x.pool_state, x.author, x.title, x.theme, x.cross_theme, x.lever, x.holder_org, x.holder, x.department, x.step, x.phase, x.status,
	x.starts, x.ends, x.first_year, x.last_year, x.invest, x.operation, x.funded, x.complete, x.merged_into, x.list_id, x.changed, x.budget_hidden, x.funding_hidden, x.impact_hidden, x.sort`

func scanRow(r interface{ Scan(...any) error }) (x Row, sort string, err error) {
	var kind, state string
	var first, last, complete, changed int64
	err = r.Scan(&x.ID, &x.Rev, &x.COP, &x.Cycle, &x.Region, &x.Seq, &kind, &state, &x.PoolState, &x.Author, &x.Title, &x.Theme, &x.Cross, &x.Lever, &x.HolderOrg, &x.Holder, &x.Department, &x.Step, &x.Phase, &x.Status,
		&x.Starts, &x.Ends, &first, &last, &x.Invest, &x.Operation, &x.Funded, &complete, &x.MergedInto, &x.List, &changed, &x.budgetHidden, &x.fundingHidden, &x.impactHidden, &sort)
	x.Kind, x.State, x.First, x.Last, x.Complete, x.Changed = Kind(kind), State(state), int(first), int(last), int(complete), time.UnixMilli(changed).UTC()
	return x, sort, err
}

// inner reports whether somebody reads all of an action: see Action.Inner.
func (x Row) inner(a policy.Actor) bool {
	return policy.Where(a, policy.Read, policy.Action).Admits(policy.Thing{Kind: policy.Action, COPs: []string{x.COP}, Department: x.Department, Org: x.HolderOrg, Author: x.Author})
}

// kept is a row without the money that an action keeps from who reads only what is
// public, and without what it brings, which is known once it is retained.
func (x Row) kept(a policy.Actor) Row {
	if !x.budgetHidden && !x.fundingHidden && !x.impactHidden || x.inner(a) {
		return x
	}
	if x.budgetHidden {
		x.Invest, x.Operation = nil, nil
	}
	if x.fundingHidden {
		x.Funded = nil
	}
	x.quiet = x.impactHidden && x.State != Retained
	return x
}

// key is what a cursor says of the last row of a page.
func (x Row) key(o Order, sort string) string {
	switch o {
	case ByNumber:
		return strconv.FormatInt(x.Seq, 10)
	case ByChange:
		return strconv.FormatInt(x.Changed.UnixMilli(), 10)
	case ByStart:
		return x.Starts
	case ByComplete:
		return strconv.Itoa(x.Complete)
	case ByInvest:
		if x.Invest == nil {
			return "-1"
		}
		return strconv.FormatInt(*x.Invest, 10)
	}
	return sort
}

// List returns the actions that a filter chooses and that the actor may read: six
// statements, whatever there is, and one more when words are looked for.
func (m *Room) List(ctx context.Context, q db.Q, a policy.Actor, f Filter, cursor string, limit int) (p Page, err error) {
	defer apperr.Wrap(&err, "action.List(%s)", f.COP)
	if err := f.Check(); err != nil {
		return p, err
	}
	name, err := json.Marshal(f)
	if err != nil {
		return p, err
	}
	list := "action" + string(name)
	from, err := m.Cursors.Open(list, cursor, 2)
	if err != nil {
		return p, err
	}
	if f.common, err = commonOf(ctx, q, f.words()); err != nil {
		return p, err
	}
	var b binder
	may, invest := readable(a, f, &b)
	where := f.where(&b) + " AND " + may
	if p.Total, p.More, err = count(ctx, q, where, b.args); err != nil {
		return p, err
	}
	column, down, number := f.Order.column(invest)
	sign, way := ">", ""
	if down {
		sign, way = "<", " DESC"
	}
	if from != nil {
		var last any = from[0]
		if number {
			if last, err = strconv.ParseInt(from[0], 10, 64); err != nil {
				return p, err
			}
		}
		at, id := b.bind(last), b.bind(from[1])
		where += " AND " + column + " " + sign + "= " + at + " AND (" + column + " " + sign + " " + at + " OR x.id > " + id + ")" // in this form an index begins there
	}
	// Who comes is read from narrow indexes; whole rows are those of one page.
	rows, err := q.Query(ctx, `SELECT x.id FROM action x WHERE `+where+` ORDER BY `+column+way+`, x.id LIMIT `+b.bind(int64(limit)+1), b.args...)
	ids, err := db.Strings(rows, err)
	if err != nil || len(ids) == 0 {
		return p, err
	}
	more := len(ids) > limit
	ids = ids[:min(len(ids), limit)]
	found, sorts, err := rowsOf(ctx, q, ids)
	if err != nil {
		return p, err
	}
	for _, id := range ids {
		if x, ok := found[id]; ok { // else it went between two statements
			p.Rows = append(p.Rows, x.kept(a))
		}
	}
	if last, ok := found[ids[len(ids)-1]]; more && ok {
		if last.budgetHidden && invest != openInvest {
			last.Invest = nil // as the list is sorted
		}
		p.Next = m.Cursors.Seal(list, last.key(f.Order, sorts[last.ID]), last.ID)
	}
	return p, Dress(ctx, q, p.Rows)
}

// rowsOf reads rows by their ids, with what each is sorted by.
func rowsOf(ctx context.Context, q db.Q, ids []string) (found map[string]Row, sorts map[string]string, err error) {
	found, sorts = make(map[string]Row, len(ids)), make(map[string]string, len(ids))
	var b binder
	rows, err := q.Query(ctx, `SELECT `+rowFields+` FROM action x WHERE x.id IN (`+b.in(ids)+`)`, b.args...)
	err = each(rows, err, func(r *db.Rows) error {
		x, sort, err := scanRow(r)
		found[x.ID], sorts[x.ID] = x, sort
		return err
	})
	return found, sorts, err
}

func count(ctx context.Context, q db.Q, where string, args []any) (n int64, more bool, err error) {
	b := binder{args: slices.Clone(args)}
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM action x WHERE `+where+` LIMIT `+b.bind(int64(countedTo)+1)+`) t`, b.args...).Scan(&n); err != nil {
		return 0, false, err
	}
	return min(n, countedTo), n > countedTo, nil
}

// Dress gives rows their levers, places and impacts: three statements.
func Dress(ctx context.Context, q db.Q, rows []Row) (err error) {
	if len(rows) == 0 {
		return nil
	}
	at := make(map[string]*Row, len(rows))
	ids := make([]string, 0, len(rows))
	for i := range rows {
		at[rows[i].ID] = &rows[i]
		ids = append(ids, rows[i].ID)
	}
	var b binder
	in := b.in(ids)
	found, err := q.Query(ctx, `SELECT action_id, lever FROM action_lever WHERE action_id IN (`+in+`) ORDER BY action_id, central DESC, lever`, b.args...)
	if err := each(found, err, func(r *db.Rows) error {
		var id, lever string
		err := r.Scan(&id, &lever)
		if err == nil {
			at[id].Levers = append(at[id].Levers, lever)
		}
		return err
	}); err != nil {
		return err
	}
	found, err = q.Query(ctx, `SELECT action_id, territory, share FROM action_place WHERE action_id IN (`+in+`) ORDER BY action_id, territory`, b.args...)
	if err := each(found, err, func(r *db.Rows) error {
		var id string
		var p Place
		err := r.Scan(&id, &p.Territory, &p.Share)
		if err == nil {
			at[id].Places = append(at[id].Places, p)
		}
		return err
	}); err != nil {
		return err
	}
	found, err = q.Query(ctx, `SELECT action_id, lever, class, quantity, unit, gross, kg, kg_low, kg_high, counted FROM action_impact WHERE action_id IN (`+in+`) ORDER BY action_id, lever`, b.args...)
	return each(found, err, func(r *db.Rows) error {
		var id, class string
		var p RowImpact
		var kg, low, high *int64
		err := r.Scan(&id, &p.Lever, &class, &p.Quantity, &p.Unit, &p.Gross, &kg, &low, &high, &p.Counted)
		if err == nil {
			p.Class, p.Kg, p.Low, p.High = Class(class), (*panorama.Kg)(kg), (*panorama.Kg)(low), (*panorama.Kg)(high)
			if !at[id].quiet {
				at[id].Impacts = append(at[id].Impacts, p)
			}
		}
		return err
	})
}

// each reads rows one by one.
func each(rows *db.Rows, err error, do func(*db.Rows) error) error {
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) { return struct{}{}, do(r) })
	return err
}

// Tally is how many actions a filter chooses of one code, with what they bring and cost.
type Tally struct {
	Code     string
	Count    int64
	Kg       panorama.Kg // of those that are quantified
	Counted  int64       // actions with a quantified impact
	Invest   int64       // cents, of those that say it
	Budgeted int64
}

// TallyBy counts the actions that a filter chooses and that the actor may read by state,
// status, phase, theme, lever, department, holder or author: one statement.
func (m *Room) TallyBy(ctx context.Context, q db.Q, a policy.Actor, f Filter, by string) (out []Tally, err error) {
	defer apperr.Wrap(&err, "action.TallyBy(%s)", by)
	column, ok := map[string]string{"state": "x.state", "status": "x.status", "phase": "x.phase", "theme": "x.theme", "lever": "x.lever", "department": "x.department", "holder": "x.holder", "author": "x.author", "region": "x.region", "step": "x.step"}[by]
	if !ok {
		return nil, apperr.Invalidf("Ce regroupement n’existe pas\u00a0: choisissez dans la liste.")
	}
	if err := f.Check(); err != nil {
		return nil, err
	}
	var b binder
	may, invest := readable(a, f, &b)
	kg := "x.kg"
	if invest != openInvest {
		kg = "CASE WHEN x.impact_hidden AND x.state <> 'retained' THEN NULL ELSE x.kg END"
	}
	where := f.where(&b) + " AND " + may
	rows, err := q.Query(ctx, `SELECT `+column+`, COUNT(*), CAST(COALESCE(SUM(`+invest+`), 0) AS BIGINT), COUNT(`+invest+`), CAST(COALESCE(SUM(`+kg+`), 0) AS BIGINT), COUNT(`+kg+`) FROM action x WHERE `+where+` GROUP BY `+column+` ORDER BY `+column, b.args...)
	return db.Collect(rows, err, func(r *db.Rows) (t Tally, err error) {
		var kg int64
		err = r.Scan(&t.Code, &t.Count, &t.Invest, &t.Budgeted, &kg, &t.Counted)
		t.Kg = panorama.Kg(kg)
		return t, err
	})
}
