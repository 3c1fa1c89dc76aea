package aid

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// Filter chooses aids; a zero field chooses all.
type Filter struct {
	Words    string
	Audience string
	Place    string // a territory: what is open there, or in part of it
	Lever    string
	Step     string // of an action
	Type     string
	Holder   string // kind of holder
	Over     bool   // those that are over, or to come, too
	Owner    string // code of a region: its own aids alone
}

// Check refuses a code that no list holds.
func (f Filter) Check() error {
	switch {
	case f.Audience != "" && !known(Audiences(), f.Audience), f.Type != "" && !known(Types(), f.Type), f.Step != "" && !known(action.Steps(), f.Step), f.Holder != "" && !known(HolderKinds(), f.Holder):
		return apperr.Invalidf("Ce filtre n’existe pas\u00a0: choisissez dans les listes.")
	case len(f.Words) > 300 || len(f.Lever) > 100:
		return apperr.Invalidf("Cette recherche est trop longue\u00a0: gardez quelques mots.")
	}
	if f.Place != "" {
		if _, err := territory.ParseRef(f.Place); err != nil {
			return apperr.Invalidf("Ce territoire n’existe pas\u00a0: choisissez-le dans la liste des territoires.")
		}
	}
	return nil
}

// Query is a filter as an address holds it, always in the same order; ReadQuery reads it.
func (f Filter) Query() string {
	v := url.Values{}
	for _, x := range [][2]string{{"mots", f.Words}, {"public", f.Audience}, {"lieu", f.Place}, {"levier", f.Lever}, {"etape", f.Step}, {"type", f.Type}, {"porteur", f.Holder}} {
		if x[1] != "" {
			v.Set(x[0], x[1])
		}
	}
	if f.Over {
		v.Set("closes", "1")
	}
	return v.Encode()
}

// ReadQuery reads a filter from an address.
func ReadQuery(v url.Values) Filter {
	get := func(name string) string {
		return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(v.Get(name), "\x00", ""), ""))
	}
	return Filter{Words: get("mots"), Audience: get("public"), Place: get("lieu"), Lever: get("levier"), Step: get("etape"), Type: get("type"), Holder: get("porteur"), Over: get("closes") == "1"}
}

// Page is a part of a list; Next is the cursor of the part after it, empty at the end.
type Page struct {
	Aids  []Aid
	Total int
	Next  string
}

// List returns a part of the catalogue as a filter chooses it, by name.
func (m *Room) List(ctx context.Context, f Filter, cursor string, most int) (p Page, err error) {
	defer apperr.Wrap(&err, "aid.List")
	if err := f.Check(); err != nil {
		return p, err
	}
	tree, err := m.Tree(ctx)
	if err != nil {
		return p, err
	}
	s, err := m.Shelf(ctx)
	if err != nil {
		return p, err
	}
	name, after := "aids?"+f.Query()+"&"+f.Owner, []string{"", ""}
	if cursor != "" {
		if after, err = m.Cursors.Open(name, cursor, 2); err != nil {
			return p, err
		}
	}
	found := s.Search(f, m.Today(), tree)
	p.Total = len(found)
	for _, i := range found {
		x, e := &s.Aids[i], &s.entries[i]
		if e.sort < after[0] || e.sort == after[0] && x.ID <= after[1] {
			continue
		}
		if len(p.Aids) == most {
			last := p.Aids[most-1]
			p.Next = m.Cursors.Seal(name, french.SortKey(last.Name), last.ID)
			break
		}
		p.Aids = append(p.Aids, *x)
	}
	return p, nil
}

// Search returns the places on the shelf of the aids that a filter chooses: a generic aid is
// left out where a local version of it answers.
func (s *Shelf) Search(f Filter, day string, tree *territory.Tree) []int {
	words := strings.Fields(french.Fold(f.Words))
	var here map[string]bool
	if f.Place != "" {
		here = around([]string{f.Place}, tree)
	}
	var out []int
	keep := func(i int) {
		if s.chosen(i, f, day, words, here) {
			out = append(out, i)
		}
	}
	if f.Lever != "" {
		for _, i := range s.byLever[f.Lever] {
			keep(i)
		}
	} else {
		for i := range s.Aids {
			keep(i)
		}
	}
	return s.withoutGeneric(out)
}

// withoutGeneric leaves out the generic aids of which a local version is there.
func (s *Shelf) withoutGeneric(list []int) []int {
	hidden := map[int]bool{}
	for _, i := range list {
		if g := s.Aids[i].Generic; g != "" {
			if n, ok := s.byID[g]; ok {
				hidden[n] = true
			}
		}
	}
	if len(hidden) == 0 {
		return list
	}
	return slices.DeleteFunc(list, func(i int) bool { return hidden[i] })
}

func (s *Shelf) chosen(i int, f Filter, day string, words []string, here map[string]bool) bool {
	x, e := &s.Aids[i], &s.entries[i]
	switch {
	case x.State == Withdrawn && f.Owner == "", !f.Over && !x.Open(day), f.Owner != "" && x.Owner != f.Owner,
		f.Audience != "" && len(x.Audiences) > 0 && !slices.Contains(x.Audiences, f.Audience), f.Audience != "" && len(x.Audiences) == 0 && x.Imported(),
		f.Type != "" && !slices.Contains(x.Types, f.Type), f.Holder != "" && x.HolderKind != f.Holder:
		return false
	}
	if f.Step != "" {
		ok := false
		for _, l := range e.levers {
			if f.Lever != "" && l != f.Lever {
				continue
			}
			if yes, _ := x.ServesStep(l, f.Step); yes {
				ok = true
			}
		}
		if !ok && !(len(e.levers) == 0 && slices.Contains(SuggestedSteps(x.Moments), f.Step)) {
			return false
		}
	}
	if here != nil && !e.whole && len(x.Territories) > 0 {
		// Open where the place is, or in a part of it.
		if !slices.ContainsFunc(x.Territories, func(t string) bool { return here[t] }) && !e.around[f.Place] {
			return false
		}
	}
	for _, w := range words {
		if !strings.Contains(e.folded, w) {
			return false
		}
	}
	return true
}

// Count is how many aids a lever has on a day, and how many were read at a source in the
// last six months.
func (s *Shelf) Count(lever, day string) (n, fresh int) {
	for _, x := range s.ForLever(lever, day) {
		n++
		if !x.Stale(day) {
			fresh++
		}
	}
	return n, fresh
}
