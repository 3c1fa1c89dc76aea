package territory

import (
	"slices"
	"strconv"
	"strings"

	"jalon/internal/french"
)

// Hit is one answer to a search.
type Hit struct {
	Territory Territory
	Matched   string // what was recognised when it is not the territory's name: a former commune, an arrondissement
	Note      string // French, for a former name or an overseas collectivity; empty otherwise
	Place     string // where it is, to tell homonyms apart: «Seine-Saint-Denis, Île-de-France»
}

// The bounds of a search: what one types, and what one reads.
const (
	maxQuery  = 96
	maxTokens = 8
	maxHits   = 100
	// scanBudget bounds the entries walked when words are scattered.
	scanBudget = 12_000
)

// The classes of a match, best first.
const (
	exact = iota
	exactCore
	prefix
	prefixCore
	inside
	scattered
)

// Search finds territories by name (no accents, case or hyphens needed, from
// the start of any word, «st» for «saint»), by code, SIREN or postcode. Best
// first: exact, then start of the name, then start of a word; then the wider
// scale, then the larger population. A former commune leads to today's.
func (t *Tree) Search(q string, limit int) []Hit { return t.SearchScale(q, limit) }

// SearchScale is Search within some scales only; with none, in all.
func (t *Tree) SearchScale(q string, limit int, scales ...Scale) []Hit {
	if len(q) > maxQuery {
		q = q[:maxQuery]
	}
	tokens := strings.Fields(french.Fold(strings.ToValidUTF8(q, " ")))
	if len(tokens) == 0 || limit <= 0 {
		return nil
	}
	tokens = tokens[:min(len(tokens), maxTokens)]
	s := seeker{t: t, scales: scales, best: make([]found, 0, min(limit, maxHits)), limit: min(limit, maxHits)}
	s.codes(tokens)
	for _, spelling := range spellings(tokens) {
		s.phrase(strings.Join(spelling, " "))
	}
	if len(tokens) > 1 && len(s.best) < s.limit {
		s.scattered(strings.Fields(saints(strings.Join(tokens, " "))))
	}
	hits := make([]Hit, 0, len(s.best))
	for _, b := range s.best {
		hits = append(hits, t.hit(b.target))
	}
	return hits
}

// spellings opens «st» into «saint»; as the last word it may also be the start
// of another one, «Strasbourg».
func spellings(tokens []string) [][]string {
	opened := strings.Fields(saints(strings.Join(tokens, " ")))
	if slices.Equal(opened, tokens) {
		return [][]string{tokens}
	}
	last := len(tokens) - 1
	if opened[last] == tokens[last] {
		return [][]string{opened}
	}
	asTyped := slices.Clone(opened)
	asTyped[last] = tokens[last]
	return [][]string{opened, asTyped}
}

type found struct {
	score  uint64
	target target
}

type seeker struct {
	t      *Tree
	scales []Scale
	best   []found // ascending by score, at most limit
	limit  int
}

// offer keeps a target among the best; one that is there already keeps its
// better score.
func (s *seeker) offer(class int, rank uint64, x target) {
	score := uint64(class)<<48 | rank
	if len(s.best) == s.limit && score >= s.best[len(s.best)-1].score {
		return
	}
	if len(s.scales) > 0 && !slices.Contains(s.scales, x.kind.scale()) {
		return
	}
	if i := slices.IndexFunc(s.best, func(f found) bool { return f.target == x }); i >= 0 {
		if s.best[i].score <= score {
			return
		}
		s.best = slices.Delete(s.best, i, i+1)
	} else if len(s.best) == s.limit {
		s.best = s.best[:len(s.best)-1]
	}
	at, _ := slices.BinarySearchFunc(s.best, score, func(f found, score uint64) int {
		if f.score <= score {
			return -1
		}
		return 1
	})
	s.best = slices.Insert(s.best, at, found{score, x})
}

// phrase offers every name in which q begins at a word.
func (s *seeker) phrase(q string) {
	f := s.t.find
	for _, e := range f.span(q) {
		n := &f.names[e.name]
		rest := n.text[e.from:]
		if len(q) > 8 && !strings.HasPrefix(rest, q) {
			continue
		}
		class := inside
		switch {
		case e.from == 0:
			class = prefix
		case e.from == n.core:
			class = prefixCore
		}
		if class != inside && len(rest) == len(q) {
			class -= prefix - exact
		}
		s.offer(class, n.rank, n.target)
	}
}

// scattered offers the names that hold every word typed, in any order; a word
// may also be that of the département or its code, or the commune's postcode:
// «saint denis 93», «saint étienne 42000».
func (s *seeker) scattered(tokens []string) {
	f := s.t.find
	spans := make([][]entry, len(tokens))
	for i, w := range tokens {
		spans[i] = f.span(w)
	}
	order := make([]int, len(tokens))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(spans[a]) - len(spans[b]) })
	walked := 0
	for n, driver := range order {
		if walked += len(spans[driver]); n > 0 && walked > scanBudget {
			return
		}
		for _, e := range spans[driver][:min(len(spans[driver]), 2*scanBudget)] {
			x := &f.names[e.name]
			if len(tokens[driver]) > 8 && !strings.HasPrefix(x.text[e.from:], tokens[driver]) {
				continue
			}
			if s.holdsAll(x, tokens, driver) {
				s.offer(scattered, x.rank, x.target)
			}
		}
	}
}

func (s *seeker) holdsAll(n *name, tokens []string, but int) bool {
	for i, w := range tokens {
		if i != but && !startsWord(n.text, w) && !s.around(n.target, w) {
			return false
		}
	}
	return true
}

func startsWord(text, w string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], w)
		if i < 0 {
			return false
		}
		if from += i; from == 0 || text[from-1] == ' ' {
			return true
		}
		from++
	}
}

// around tells whether w names or numbers the département of a commune, or is
// its postcode or code.
func (s *seeker) around(x target, w string) bool {
	at := x.at
	switch x.kind {
	case kindFormer:
		at = s.t.former[at].Commune
	case kindCommune:
	default:
		return false
	}
	if len(w) == 5 {
		if strings.EqualFold(s.t.communes[at].Code, w) {
			return true
		}
		if n, err := strconv.ParseUint(w, 10, 32); err == nil {
			_, ok := slices.BinarySearch(s.t.find.postcodes, n<<32|uint64(uint32(at)))
			return ok
		}
	}
	d, ok := s.t.deptAt[s.t.communes[at].Dept]
	if !ok {
		return false
	}
	return strings.EqualFold(s.t.depts[d].Code, w) || (len(w) > 2 && startsWord(s.t.find.depts[d], w))
}

// codes offers what a code designates: figures typed with spaces are one code.
func (s *seeker) codes(tokens []string) {
	q := strings.ToUpper(strings.Join(tokens, ""))
	digits := strings.Trim(q, "0123456789") == ""
	if !digits && (len(tokens) > 1 || len(q) < 2 || q[0] != '2' || (q[1] != 'A' && q[1] != 'B')) || len(q) > 9 {
		return
	}
	t := s.t
	for i := range t.regions {
		if t.regions[i].Code == q {
			s.offer(exact, uint64(kindRegion)<<40, target{kindRegion, int32(i)})
		}
	}
	for i := range t.depts {
		if t.depts[i].Code == q {
			s.offer(exact, uint64(kindDept)<<40, target{kindDept, int32(i)})
		} else if strings.HasPrefix(t.depts[i].Code, q) {
			s.offer(prefix, uint64(kindDept)<<40, target{kindDept, int32(i)})
		}
	}
	if len(q) <= 5 {
		s.communeCodes(q)
	}
	n, err := strconv.ParseUint(q, 10, 32)
	if err != nil {
		return
	}
	switch {
	case len(q) == 9:
		at, _ := slices.BinarySearch(t.find.sirens, n<<32)
		for ; at < len(t.find.sirens) && t.find.sirens[at]>>32 == n; at++ {
			k, i := kind(t.find.sirens[at]>>24&0xff), int32(t.find.sirens[at]&0xffffff)
			s.offer(exact, uint64(k)<<40, target{k, i})
		}
	case len(q) <= 5:
		scale, class := uint64(1), prefix
		for range 5 - len(q) {
			scale *= 10
		}
		if len(q) == 5 {
			class = exact
		}
		at, _ := slices.BinarySearch(t.find.postcodes, n*scale<<32)
		for ; at < len(t.find.postcodes) && t.find.postcodes[at]>>32 < (n+1)*scale; at++ {
			i := int32(t.find.postcodes[at] & 0xffffffff)
			s.offer(class, t.communeRank(kindCommune, i), target{kindCommune, i})
		}
	}
}

func (s *seeker) communeCodes(q string) {
	t := s.t
	at, _ := t.CommuneIndex(q)
	for ; int(at) < len(t.communes) && strings.HasPrefix(t.communes[at].Code, q); at++ {
		class := prefix
		if len(q) == 5 {
			class = exact
		}
		s.offer(class, t.communeRank(kindCommune, at), target{kindCommune, at})
	}
	if len(q) == 5 {
		i, ok := slices.BinarySearchFunc(t.former, q, func(f Former, q string) int { return strings.Compare(f.Code, q) })
		if _, inForce := t.CommuneIndex(q); ok && !inForce {
			s.offer(exact, t.communeRank(kindFormer, t.former[i].Commune), target{kindFormer, int32(i)})
		}
	}
}

func (t *Tree) communeRank(k kind, at int32) uint64 {
	return uint64(k)<<40 | uint64((1<<40-1)-max(t.communes[at].Population, 0))
}
