package action

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/textmining"
)

// Filter chooses actions; a zero field chooses all.
type Filter struct {
	COP        string
	Cycle      string
	States     []State
	PoolState  string
	Kind       Kind
	Lever      string
	Central    bool // Lever is the central one
	Theme      string
	Cross      string
	Department string   // all of it is there, as the action's own département says
	Places     []string // one of them is a place of the action: see Inside and Around
	Org        string   // of the holder
	Holder     string   // as its name is written
	Author     string
	Step       string
	Phase      string
	Status     string
	Class      Class // of one of its impacts
	From, To   int   // years that its calendar touches
	Below      int   // completeness under this
	Since      time.Time
	List       string
	Lacks      string // holder, impact, funding, dates: what it does not say
	Words      string // what a reader searched for
	Order      Order

	common map[string]bool // words of many actions: see commonOf
}

// Check refuses a code that no list holds.
func (f Filter) Check() error {
	in := func(list [][2]string, code string) bool {
		return code == "" || listed(list, code)
	}
	for _, s := range f.States {
		if s.Name() == "" {
			return apperr.Invalidf("Cet état n’existe pas\u00a0: choisissez dans la liste.")
		}
	}
	switch {
	case !in(PoolStates(), f.PoolState), !in(Steps(), f.Step), !in(Phases(), f.Phase), !in(Statuses(), f.Status),
		f.Kind != "" && f.Kind != Sectoral && f.Kind != CrossCutting,
		f.Class != "" && f.Class != Quantified && f.Class != Qualitative && f.Class != Unassessed,
		!slices.Contains([]string{"", "holder", "impact", "funding", "dates", "budget"}, f.Lacks):
		return apperr.Invalidf("Ce filtre n’existe pas\u00a0: choisissez dans les listes.")
	case f.From > 0 && f.To > 0 && f.From > f.To:
		return apperr.Invalidf("Ces années sont à l’envers\u00a0: la première vient après la dernière.")
	case len(f.Holder) > 1_000, len(f.Words) > 300:
		return apperr.Invalidf("Cette recherche est trop longue\u00a0: gardez quelques mots.")
	case len(f.Places) > 2_000:
		return apperr.Invalidf("Ce territoire en contient trop\u00a0: choisissez un département.")
	}
	return nil
}

// Inside lists a territory and what lies whole or in part in it, as actions may name
// them: what happens in a département happens in its EPCI and communes.
func Inside(tree *territory.Tree, ref territory.Ref) ([]string, error) {
	communes, err := tree.CommunesOf(ref)
	if err != nil {
		return nil, err
	}
	return InsideOf(tree, ref, communes), nil
}

// InsideOf is Inside for a territory whose communes are known: a free perimeter.
func InsideOf(tree *territory.Tree, ref territory.Ref, communes []int32) []string {
	seen := map[string]bool{ref.String(): true}
	out := []string{ref.String()}
	add := func(r territory.Ref) {
		if r.Code != "" && !seen[r.String()] {
			seen[r.String()] = true
			out = append(out, r.String())
		}
	}
	for _, i := range communes {
		c := tree.Communes()[i]
		add(territory.Ref{Scale: territory.CommuneS, Code: c.Code})
		add(territory.Ref{Scale: territory.EPCI, Code: c.EPCI})
		if ref.Scale == territory.RegionS {
			add(territory.Ref{Scale: territory.Department, Code: c.Dept})
		}
	}
	return out
}

// Around lists a territory and those that hold it, but for the nation: what is near a
// commune happens there, in its EPCI or in its département.
func Around(tree *territory.Tree, ref territory.Ref) ([]string, error) {
	parents, err := tree.Parents(ref)
	out := []string{ref.String()}
	for _, p := range parents {
		if p != territory.France {
			out = append(out, p.String())
		}
	}
	return out, err
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

// values binds texts as rows: hundreds of them are then joined, where a list would be
// gone through for each row.
func (b *binder) values(all []string) string {
	out := make([]string, 0, len(all))
	for _, v := range all {
		out = append(out, "(CAST("+b.bind(v)+" AS TEXT))")
	}
	return "VALUES " + strings.Join(out, ", ")
}

// fewWords bounds the words of a search.
const fewWords = 6

// where is the filter as SQL over x.
func (f Filter) where(b *binder) string {
	text := "x.state <> '" + hiddenState + "'"
	and := func(s string) { text += " AND " + s }
	for _, c := range []struct{ column, value string }{{"cop_id", f.COP}, {"cycle", f.Cycle}, {"pool_state", f.PoolState}, {"kind", string(f.Kind)}, {"theme", f.Theme}, {"cross_theme", f.Cross},
		{"department", f.Department}, {"holder_org", f.Org}, {"holder", f.Holder}, {"author", f.Author}, {"step", f.Step}, {"phase", f.Phase}, {"status", f.Status}, {"list_id", f.List}} {
		if c.value != "" {
			and("x." + c.column + " = " + b.bind(c.value))
		}
	}
	if len(f.States) > 0 {
		states := make([]string, 0, len(f.States))
		for _, s := range f.States {
			states = append(states, string(s))
		}
		and("x.state IN (" + b.in(states) + ")")
	}
	switch {
	case f.Lever != "" && f.Central:
		and("x.lever = " + b.bind(f.Lever))
	case f.Lever != "":
		and("x.id IN (SELECT action_id FROM action_lever WHERE lever = " + b.bind(f.Lever) + ")")
	}
	if len(f.Places) > 0 {
		and("x.id IN (SELECT action_id FROM action_place WHERE territory IN (" + b.values(f.Places) + "))")
	}
	if f.Class != "" {
		and("x.id IN (SELECT action_id FROM action_impact WHERE class = " + b.bind(string(f.Class)) + ")")
	}
	if f.From > 0 {
		and("(x.last_year >= " + b.bind(int64(f.From)) + " OR x.last_year = 0 AND x.first_year > 0)")
	}
	if f.To > 0 {
		and("x.first_year > 0 AND x.first_year <= " + b.bind(int64(f.To)))
	}
	if f.Below > 0 {
		and("x.complete < " + b.bind(int64(f.Below)))
	}
	if !f.Since.IsZero() {
		and("x.changed >= " + b.bind(f.Since.UnixMilli()))
	}
	switch f.Lacks {
	case "holder":
		and("x.holder = ''")
	case "impact":
		and("x.kind = 'sectoral' AND NOT EXISTS (SELECT 1 FROM action_impact i WHERE i.action_id = x.id AND i.class = 'quantified')")
	case "funding":
		and("x.funded IS NULL")
	case "budget":
		and("x.invest IS NULL AND x.operation IS NULL")
	case "dates":
		and("(x.starts = '' OR x.ends = '')")
	}
	for _, w := range f.words() {
		if f.common[w] {
			and("EXISTS (SELECT 1 FROM action_word w WHERE w.word = " + b.bind(w) + " AND w.action_id = x.id)")
		} else {
			and("x.id IN (SELECT action_id FROM action_word WHERE word = " + b.bind(w) + ")")
		}
	}
	return text
}

// words are the stems that a search looks for.
func (f Filter) words() []string {
	words := textmining.NewStemmer().Stems(f.Words)
	return words[:min(len(words), fewWords)]
}

// commonFrom is how many actions make a word common. SQLite gathers all that a word is in
// before it reads any; a common word is looked up in each row of the list instead, which
// soon has enough of them.
const commonFrom = 4_000

// commonOf tells which of some words are common, in one statement; none for no words.
func commonOf(ctx context.Context, q db.Q, words []string) (map[string]bool, error) {
	if len(words) == 0 {
		return nil, nil
	}
	var b binder
	counts := make([]string, len(words))
	for i, w := range words {
		counts[i] = "(SELECT COUNT(*) FROM (SELECT 1 FROM action_word WHERE word = " + b.bind(w) + " LIMIT " + b.bind(int64(commonFrom)) + ") t)"
	}
	found, to := make([]int64, len(words)), make([]any, len(words))
	for i := range found {
		to[i] = &found[i]
	}
	if err := q.QueryRow(ctx, `SELECT `+strings.Join(counts, ", "), b.args...).Scan(to...); err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for i, w := range words {
		out[w] = found[i] == commonFrom
	}
	return out, nil
}

// openInvest is the budget of whoever may know all that they list.
const openInvest = "x.invest"

// readable is what an actor may read of what a filter chooses, as SQL: what is public,
// and what policy adds; and the budget of it that they may know.
func readable(a policy.Actor, chosen Filter, b *binder) (text, invest string) {
	f := policy.Where(a, policy.Read, policy.Action)
	if f.All || chosen.COP != "" && slices.Contains(f.COPs, chosen.COP) {
		return "TRUE", openInvest
	}
	text = "x.state IN ('debated', 'retaining', 'retained')"
	if len(f.COPs) > 0 {
		text += " OR x.cop_id IN (" + b.in(f.COPs) + ")"
	}
	if len(f.Departments) > 0 {
		text += " OR x.department IN (" + b.in(f.Departments) + ")"
	}
	if len(f.Orgs) > 0 {
		text += " OR x.holder_org IN (" + b.in(f.Orgs) + ")"
	}
	if f.Own != "" {
		text += " OR x.author = " + b.bind(f.Own)
	}
	return "(" + text + ")", "CASE WHEN x.budget_hidden THEN NULL ELSE x.invest END"
}
