package survey

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// binder gathers the arguments of a statement.
type binder struct{ args []any }

func (b *binder) bind(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

// in is a list in brackets, that holds nothing when it is empty.
func (b *binder) in(values []string) string {
	out := make([]string, 0, len(values)+1)
	for _, v := range values {
		out = append(out, b.bind(v))
	}
	return "(" + strings.Join(append(out, "NULL"), ", ") + ")"
}

// Follow chooses recipients of a campaign; a zero field chooses all.
type Follow struct {
	State      string // a State, or one of the groups below
	Department string
	Type       string // a Type's code
	Words      string // of the name
}

// The groups of states that a team looks at.
const (
	Unfinished = "a-relancer"   // invited, and not validated
	NoAddress  = "sans-adresse" // nobody could be written to
	Mute       = "ne-pas-contacter"
)

// NoDepartment is the département of those that have none.
const NoDepartment = "sans"

// Type is a type of recipient, as lists and rates name it.
type Type struct{ Code, Name, Many string }

// Types lists them. An authority that holds several capacities is listed under the
// widest, and counts in the rate of each.
func Types() []Type {
	return []Type{{"region", "Région", "Régions"}, {"departement", "Département", "Départements"}, {"epci", "Intercommunalité (EPCI)", "Intercommunalités (EPCI)"}, {"metropole", "dont métropole", "dont métropoles"},
		{"ept", "Établissement public territorial", "Établissements publics territoriaux"}, {"commune", "Commune", "Communes"}, {"autre", "Hors découpage", "Hors découpage"}}
}

func knownType(code string) bool {
	for _, t := range Types() {
		if t.Code == code {
			return true
		}
	}
	return false
}

// TypeName names the type of a response.
func TypeName(r Response) string {
	switch {
	case len(r.Capacities) == 0:
		return "hors découpage"
	case r.Metropole:
		return "métropole"
	case len(r.Capacities) == 1 && r.Capacities[0] == "ept":
		return "établissement public territorial"
	}
	return r.Kind.Name()
}

func (f Follow) check() error {
	ok := f.State == "" || f.State == Unfinished || f.State == NoAddress || f.State == Mute
	for _, s := range States() {
		ok = ok || string(s) == f.State
	}
	if !ok || f.Type != "" && !knownType(f.Type) || len(f.Department) > 4 {
		return apperr.Invalidf("Ce filtre n’existe pas\u00a0: choisissez dans les listes.")
	}
	if len(f.Words) > 200 {
		return apperr.Invalidf("Cette recherche est trop longue\u00a0: gardez quelques mots.")
	}
	return nil
}

// where is the filter as SQL over r and o.
func (f Follow) where(campaign string, b *binder) string {
	text := "r.campaign_id = " + b.bind(campaign)
	switch f.State {
	case "":
	case Unfinished:
		text += " AND r.state IN ('invited', 'opened', 'started', 'submitted') AND NOT r.silent"
	case NoAddress:
		text += " AND r.state = 'listed' AND NOT r.silent"
	case Mute:
		text += " AND r.silent"
	default:
		text += " AND r.state = " + b.bind(f.State)
	}
	switch f.Type {
	case "":
	case "metropole":
		text += " AND r.metropole"
	case "ept":
		text += " AND r.capacities = 'ept'"
	case "autre":
		text += " AND r.capacities = ''"
	case "epci":
		text += " AND r.kind = 'epci' AND r.capacities NOT IN ('ept', '')"
	default:
		text += " AND r.kind = " + b.bind(f.Type)
	}
	switch f.Department {
	case "":
	case NoDepartment:
		text += " AND r.department = ''"
	default:
		text += " AND r.department = " + b.bind(f.Department)
	}
	for word := range strings.FieldsSeq(french.Fold(f.Words)) {
		text += " AND EXISTS (SELECT 1 FROM organisation w WHERE w.id = r.authority AND w.name_fold LIKE " + b.bind("%"+word+"%") + ")"
	}
	return text
}

// within is what an actor may read of the recipients of a region, as SQL over r.
func within(f policy.Filter, b *binder) string {
	if f.All {
		return "TRUE"
	}
	return "(r.cop_id IN " + b.in(f.COPs) + " OR r.department IN " + b.in(f.Departments) + ")"
}

// Followed is a recipient in the team's list.
type Followed struct {
	Response
	Contacts int64 // addresses that may be written to
}

// FollowPage is a part of the list; Next is the cursor of the part after it.
type FollowPage struct {
	Rows  []Followed
	Next  string
	Total int64
	More  bool
}

const (
	countedTo    = 1000
	followedSize = 50
)

// List returns the recipients that a filter chooses and that the actor may follow,
// in the order of their names: two statements, whatever their number.
func (m *Room) List(ctx context.Context, q db.Q, a policy.Actor, campaign string, f Follow, cursor string) (p FollowPage, err error) {
	defer apperr.Wrap(&err, "survey.List")
	if err := f.check(); err != nil {
		return p, err
	}
	name, err := json.Marshal(f)
	if err != nil {
		return p, err
	}
	list := "recipients/" + campaign + string(name)
	from, err := m.Cursors.Open(list, cursor, 2)
	if err != nil {
		return p, err
	}
	var b binder
	where := f.where(campaign, &b) + " AND " + within(policy.Where(a, policy.Read, policy.Campaign), &b)
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM response r WHERE `+where+` LIMIT `+b.bind(int64(countedTo)+1)+`) t`, b.args...).Scan(&p.Total); err != nil {
		return p, err
	}
	if p.More = p.Total > countedTo; p.More {
		p.Total = countedTo
	}
	b.args = b.args[:len(b.args)-1]
	if from != nil {
		where += " AND (r.sort_key, r.id) > (" + b.bind(from[0]) + ", " + b.bind(from[1]) + ")"
	}
	rows, err := q.Query(ctx, `SELECT `+responseColumns+`,
		       (SELECT COUNT(*) FROM response_contact k WHERE k.response_id = r.id AND NOT k.silent AND NOT EXISTS (SELECT 1 FROM mail_bounce x WHERE x.email = k.email))
		  FROM response r WHERE `+where+` ORDER BY r.sort_key, r.id LIMIT `+b.bind(int64(followedSize)+1), b.args...)
	p.Rows, err = db.Collect(rows, err, func(r *db.Rows) (x Followed, err error) {
		x.Response, err = scanResponse(also{r, &x.Contacts})
		return x, err
	})
	if err == nil && len(p.Rows) > followedSize {
		p.Rows = p.Rows[:followedSize]
		last := p.Rows[followedSize-1]
		p.Next = m.Cursors.Seal(list, last.SortKey, last.ID)
	}
	return p, err
}

// also scans one column more than a response has.
type also struct {
	scanner
	more any
}

func (a also) Scan(dest ...any) error { return a.scanner.Scan(append(dest, a.more)...) }

// Select lists the ids that a filter chooses among those that an actor may change.
func (m *Room) Select(ctx context.Context, q db.Q, a policy.Actor, campaign string, f Follow) ([]string, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	var b binder
	where := f.where(campaign, &b) + " AND " + within(policy.Where(a, policy.Edit, policy.Response), &b)
	rows, err := q.Query(ctx, `SELECT r.id FROM response r WHERE `+where+` ORDER BY r.sort_key, r.id`, b.args...)
	return db.Strings(rows, err)
}

// EachFollowed reads every recipient that a filter chooses, for a file.
func (m *Room) EachFollowed(ctx context.Context, q db.Q, a policy.Actor, campaign string, f Follow, keep func(Response) error) error {
	if err := f.check(); err != nil {
		return err
	}
	var b binder
	where := f.where(campaign, &b) + " AND " + within(policy.Where(a, policy.Read, policy.Campaign), &b)
	rows, err := q.Query(ctx, `SELECT `+responseColumns+` FROM response r WHERE `+where+` ORDER BY r.sort_key, r.id`, b.args...)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		x, err := scanResponse(r)
		if err == nil {
			err = keep(x)
		}
		return struct{}{}, err
	})
	return err
}

// DayCount is how many authorities validated for the first time on a day.
type DayCount struct {
	Day   string
	N     int64 // that day
	Total int64 // since the opening
}

// Curve counts the first validations of campaigns day by day, in the days of UTC.
// An empty list is the whole cycle.
func Curve(ctx context.Context, q db.Q, cycle string, campaigns []string) ([]DayCount, error) {
	var b binder
	where := "c.cycle = " + b.bind(cycle)
	if len(campaigns) > 0 {
		where += " AND c.id IN " + b.in(campaigns)
	}
	// Whole days since 1970: integer division is the same on both engines here,
	// since what is divided is never negative.
	rows, err := q.Query(ctx, `SELECT v.at - v.at % 86400000, COUNT(*) FROM response_version v JOIN response r ON r.id = v.response_id JOIN campaign c ON c.id = r.campaign_id
		 WHERE v.seq = 1 AND `+where+` GROUP BY v.at - v.at % 86400000 ORDER BY 1`, b.args...)
	total := int64(0)
	return db.Collect(rows, err, func(r *db.Rows) (d DayCount, err error) {
		var at int64
		err = r.Scan(&at, &d.N)
		total += d.N
		d.Day, d.Total = time.UnixMilli(at).UTC().Format(time.DateOnly), total
		return d, err
	})
}
