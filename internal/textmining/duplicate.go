package textmining

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
)

// Alike is the share of stems and pairs of stems that two texts hold in common,
// from which on they are taken to say the same. It is a parameter: this is our
// proposal.
const Alike = 0.6

// Corpus is a list of texts read once.
type Corpus struct {
	texts  []string
	stems  [][]int32 // of each text, in its order
	names  []string  // of stems
	spoken []map[string]int
}

// Read reads texts, in an order that the caller keeps.
func Read(texts []string) *Corpus {
	c := &Corpus{texts: texts, stems: make([][]int32, len(texts))}
	s, at := NewStemmer(), map[string]int32{}
	for i, text := range texts {
		for _, w := range words(text) {
			stem := s.of(w)
			n, ok := at[stem]
			if !ok {
				n = int32(len(c.names))
				at[stem] = n
				c.names, c.spoken = append(c.names, stem), append(c.spoken, map[string]int{})
			}
			c.spoken[n][w]++
			c.stems[i] = append(c.stems[i], n)
		}
	}
	return c
}

// Said is the form of a stem that texts use most.
func (c *Corpus) said(stem int32) string {
	best, times := "", 0
	for w, n := range c.spoken[stem] {
		if n > times || n == times && w < best {
			best, times = w, n
		}
	}
	return best
}

// shingles are the distinct stems and pairs of stems of a text, as numbers that
// texts share, the rarest first.
func (c *Corpus) shingles() (sets [][]int32, kinds int) {
	at, seen := map[[2]int32]int32{}, []int32{}
	all := make([][]int32, len(c.stems))
	for i, stems := range c.stems {
		var own []int32
		add := func(a, b int32) {
			n, ok := at[[2]int32{a, b}]
			if !ok {
				n = int32(len(seen))
				at[[2]int32{a, b}] = n
				seen = append(seen, 0)
			}
			own = append(own, n)
		}
		for j, s := range stems {
			add(s, -1)
			if j > 0 {
				add(stems[j-1], s)
			}
		}
		slices.Sort(own)
		own = slices.Compact(own)
		for _, n := range own {
			seen[n]++
		}
		all[i] = own
	}
	for _, own := range all {
		slices.SortFunc(own, func(a, b int32) int { return cmp.Or(cmp.Compare(seen[a], seen[b]), cmp.Compare(a, b)) })
	}
	return all, len(seen)
}

// Duplicates groups the texts that say almost the same: each text joins the first
// group whose first text is alike enough, so that no chain of small changes brings
// two different texts together. Only groups of two and more are given, the largest
// first, their members in the order of the texts. A text without a word of its
// own is alone.
//
// It is exact, without comparing every pair: two texts that are alike share one
// of their few rarest shingles.
func (c *Corpus) Duplicates(alike float64) [][]int {
	alike = min(max(alike, 0.05), 1)
	all, kinds := c.shingles()
	stamp := make([]int32, kinds) // the text that holds a shingle, one more than its place
	groups := map[int][]int{}
	exact := map[string]int{}    // the group of a whole set of shingles
	held := map[int32][]int{}    // first texts, by their rarest shingles
	looked := map[int]struct{}{} // of one text
	for i, own := range all {
		if len(own) == 0 {
			continue
		}
		key := make([]byte, 0, 4*len(own))
		for _, n := range own {
			key = binary.LittleEndian.AppendUint32(key, uint32(n))
		}
		if first, ok := exact[string(key)]; ok {
			groups[first] = append(groups[first], i)
			continue
		}
		for _, n := range own {
			stamp[n] = int32(i) + 1
		}
		few := len(own) - int(math.Ceil(alike*float64(len(own))-1e-9)) + 1
		found := -1
		clear(looked)
		for _, n := range own[:min(few, len(own))] {
			for _, other := range held[n] {
				if _, again := looked[other]; again || found >= 0 && other > found {
					continue
				}
				looked[other] = struct{}{}
				if jaccard(stamp, int32(i)+1, len(own), all[other], alike) {
					found = other
				}
			}
		}
		if found < 0 {
			found = i
			for _, n := range own[:min(few, len(own))] {
				held[n] = append(held[n], i)
			}
		}
		exact[string(key)] = found
		groups[found] = append(groups[found], i)
	}
	var out [][]int
	for _, g := range groups {
		if len(g) > 1 {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b []int) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a[0], b[0])) })
	return out
}

// jaccard reports whether two sets are alike enough: that of size, whose shingles
// bear a mark, and another.
func jaccard(stamp []int32, mark int32, size int, other []int32, alike float64) bool {
	if short, long := min(size, len(other)), max(size, len(other)); float64(short) < alike*float64(long) {
		return false
	}
	both := 0
	for _, n := range other {
		if stamp[n] == mark {
			both++
		}
	}
	return float64(both) >= alike*float64(size+len(other)-both)
}
