package contribution

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/framework"
	"jalon/internal/territory"
	"jalon/internal/textmining"
)

// The orders of a list.
const (
	ByDate    = ""
	BySupport = "soutiens"
)

// None chooses what bears no lever, or is not studied yet: the empty value of a
// filter chooses all.
const None = "aucun"

// Filter chooses contributions; a zero field chooses all.
type Filter struct {
	Words     string // what a reader searched for
	Theme     string
	Lever     string // None: without a lever
	Territory string // a département or an EPCI holds its communes
	Study     string // None: not studied yet
	Speaker   string
	Sort      string
}

// Check refuses what no list holds.
func (f Filter) Check(fw *framework.Framework, tree *territory.Tree) error {
	wrong := func(what string) error {
		return apperr.Invalidf("Ce filtre n’existe pas (%s)\u00a0: choisissez dans les listes.", what)
	}
	if _, err := fw.Lever(f.Lever); err != nil && f.Lever != "" && f.Lever != None {
		return wrong("levier")
	}
	if f.Theme != "" && !slices.ContainsFunc(fw.Themes(), func(t framework.ThemeInfo) bool { return string(t.Code) == f.Theme }) {
		return wrong("thématique")
	}
	if f.Study != "" && f.Study != None && Study(f.Study).Name() == "" {
		return wrong("suite donnée")
	}
	if f.Speaker != "" && debate.SpeakerName(f.Speaker) == "" {
		return wrong("qui parle")
	}
	if f.Sort != ByDate && f.Sort != BySupport {
		return wrong("ordre")
	}
	if f.Territory != "" {
		ref, err := territory.ParseRef(f.Territory)
		if err == nil {
			_, err = tree.Lookup(ref)
		}
		if err != nil {
			return wrong("territoire")
		}
	}
	if len(f.Words) > 300 {
		return apperr.Invalidf("Cette recherche est trop longue\u00a0: gardez quelques mots.")
	}
	return nil
}

// Page is a part of a list; Next is the cursor of the part after it, empty at the
// end.
type Page struct {
	Rows  []debate.Post
	Studs []Study // of each row
	Total int64
	Next  string
	// Searched tells that the search held a word to search by.
	Searched bool
}

// chosen goes through the slots that a filter chooses, in its order.
func (s *shelf) chosen(f Filter, yield func(n int32)) (searched bool) {
	words := textmining.NewStemmer().Query(f.Words)
	if len(words) > 8 {
		words = words[:8]
	}
	bits := s.holding(words)
	order := s.byDate
	if f.Sort == BySupport {
		order = s.byLike
	}
	ref, _ := territory.ParseRef(f.Territory)
	for _, n := range order {
		if bits != nil && bits[n/64]&(1<<(n%64)) == 0 {
			continue
		}
		x := &s.rows[n]
		switch {
		case f.Theme != "" && x.theme != f.Theme,
			f.Lever == None && x.lever != "", f.Lever != "" && f.Lever != None && x.lever != f.Lever,
			f.Study == None && x.study != "", f.Study != "" && f.Study != None && x.study != f.Study,
			f.Speaker != "" && x.speaker != f.Speaker:
			continue
		}
		switch ref.Scale {
		case territory.Department:
			if x.department != ref.Code {
				continue
			}
		case territory.EPCI:
			if x.group != ref.Code {
				continue
			}
		case territory.CommuneS, territory.EPT, territory.Perimeter:
			if x.place != f.Territory {
				continue
			}
		}
		yield(n)
	}
	return len(words) > 0
}

// List returns the published contributions that a filter chooses, by date or by
// support: two statements, however many there are.
func (m *Room) List(ctx context.Context, q db.Q, c cop.COP, f Filter, cursor string, limit int) (p Page, err error) {
	defer apperr.Wrap(&err, "contribution.List")
	name, err := json.Marshal(f)
	if err != nil {
		return p, err
	}
	list := "contributions" + c.ID + string(name)
	from, err := m.Cursors.Open(list, cursor, 3)
	if err != nil {
		return p, err
	}
	var after row
	if from != nil {
		after.id = from[2]
		if after.at, err = strconv.ParseInt(from[1], 10, 64); err != nil {
			return p, err
		}
		if after.supports, err = strconv.ParseInt(from[0], 10, 64); err != nil {
			return p, err
		}
	}
	var last row
	var ids []string
	more := false
	err = m.onShelf(ctx, q, c, func(s *shelf) error {
		p.Searched = s.chosen(f, func(n int32) {
			p.Total++
			x := &s.rows[n]
			if from != nil {
				past := cmp.Or(cmp.Compare(after.at, x.at), cmp.Compare(after.id, x.id))
				if f.Sort == BySupport {
					past = cmp.Or(cmp.Compare(after.supports, x.supports), past)
				}
				if past <= 0 {
					return
				}
			}
			if len(ids) == limit {
				more = true
				return
			}
			ids, p.Studs, last = append(ids, x.id), append(p.Studs, Study(x.study)), *x
		})
		return nil
	})
	if err != nil {
		return p, err
	}
	if more {
		p.Next = m.Cursors.Seal(list, strconv.FormatInt(last.supports, 10), strconv.FormatInt(last.at, 10), last.id)
	}
	studs := map[string]Study{}
	for i, id := range ids {
		studs[id] = p.Studs[i]
	}
	if p.Rows, err = m.posts(ctx, q, ids); err != nil {
		return p, err
	}
	p.Studs = p.Studs[:0]
	for _, x := range p.Rows { // one may have left meanwhile
		p.Studs = append(p.Studs, studs[x.ID])
	}
	return p, nil
}

// Figures is what a filter chooses, counted.
type Figures struct {
	Total       int64
	Supports    int64
	Departments map[string]int64 // by code; those about the whole region are not there
	Groups      map[string]int64 // by SIREN of the EPCI
	Themes      map[string]int64
	Studies     map[Study]int64
	Days        []Day // those between the first and the last, none left out
}

// mostDays bounds a curve: ten years of empty days.
const mostDays = 3660

// Day is what was published on one day of the COP.
type Day struct {
	Day   string
	Count int64
}

// Count counts what a filter chooses: one statement. What it gives is shared: it is only
// read.
func (m *Room) Count(ctx context.Context, q db.Q, c cop.COP, f Filter) (x Figures, err error) {
	defer apperr.Wrap(&err, "contribution.Count")
	x = Figures{Departments: map[string]int64{}, Groups: map[string]int64{}, Themes: map[string]int64{}, Studies: map[Study]int64{}}
	f.Sort = ByDate
	zone := c.Location()
	err = m.onShelf(ctx, q, c, func(s *shelf) error {
		s.counting.Lock() // one counts, the others read what it found
		defer s.counting.Unlock()
		if kept, ok := s.counted[f]; ok {
			x = kept
			return nil
		}
		var day time.Time // the one that is counted; the newest comes first
		s.chosen(f, func(n int32) {
			r := &s.rows[n]
			x.Total++
			x.Supports += r.supports
			x.Themes[r.theme]++
			x.Studies[Study(r.study)]++
			if r.department != "" {
				x.Departments[r.department]++
			}
			if r.group != "" {
				x.Groups[r.group]++
			}
			if day.IsZero() || r.at < day.UnixMilli() {
				at := time.UnixMilli(r.at).In(zone)
				from := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone)
				for d := day.AddDate(0, 0, -1); !day.IsZero() && d.After(from) && len(x.Days) < mostDays; d = d.AddDate(0, 0, -1) {
					x.Days = append(x.Days, Day{Day: d.Format(time.DateOnly)})
				}
				day = from
				x.Days = append(x.Days, Day{Day: day.Format(time.DateOnly)})
			}
			x.Days[len(x.Days)-1].Count++
		})
		slices.Reverse(x.Days)
		if len(s.counted) < 200 {
			s.counted[f] = x
		}
		return nil
	})
	return x, err
}
