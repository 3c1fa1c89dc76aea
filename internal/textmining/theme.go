package textmining

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Theme is a group of texts that use the same words.
type Theme struct {
	Terms   []string // the words that mark it, the strongest first
	Members []int    // texts, the closest first
}

// Label names a theme by its words.
func (t Theme) Label() string { return strings.Join(t.Terms[:min(3, len(t.Terms))], ", ") }

// Grouping says how themes are made; zero fields take what is proposed.
type Grouping struct {
	Themes  int     // how many at most; 0: by the number of texts, 3 to 20
	Nearest float64 // cosine under which a text is of no theme; 0: 0.12
	Terms   int     // words that name a theme; 0: 6
	// Former are the themes of an earlier grouping, as texts of this one: themes stay
	// where they were, and others are added when the number of texts asks for more,
	// unless that is clearly worse than to begin again.
	Former [][]int
}

func (g Grouping) filled(texts int) Grouping {
	if g.Themes <= 0 {
		g.Themes = min(max(int(0.8*math.Sqrt(float64(texts))), 3), 20)
		if n := len(g.Former); n > g.Themes && 3*n <= 4*g.Themes {
			g.Themes = n
		}
	}
	if g.Nearest == 0 {
		g.Nearest = 0.12
	}
	if g.Terms <= 0 {
		g.Terms = 6
	}
	return g
}

// weight is a term of a text and what it counts for.
type weight struct {
	term int32
	w    float64
}

// many are the texts from which on rounds that gain nearly nothing are not made.
const many = 10_000

// tries is how many starts are compared: themes of few texts depend on where one
// starts, and cost little.
func tries(texts int) int {
	switch {
	case texts <= 2_000:
		return 24
	case texts <= 10_000:
		return 6
	}
	return 2
}

// Themes groups texts by the words that they share (TF-IDF, spherical k-means from
// starts chosen by a fixed sequence, the best kept). rest are the texts of no
// theme: those that share too few words with any, or say nothing.
func (c *Corpus) Themes(g Grouping) (themes []Theme, rest []int) {
	g = g.filled(len(c.stems))
	vectors := widen(c.vectors(), len(c.names))
	var docs []int
	for i, v := range vectors {
		if len(v) > 0 {
			docs = append(docs, i)
		} else {
			rest = append(rest, i)
		}
	}
	k := min(g.Themes, len(docs))
	if k == 0 {
		return nil, rest
	}
	var best []int
	var centres centres
	top := -1.0
	times := tries(len(docs))
	if len(docs) > many && len(g.Former) > 1 {
		times = 1
	}
	for seed := range times {
		at, cs, score := cluster(vectors, docs, starts(vectors, docs, len(c.names), k, uint64(seed), nil))
		if score > top+1e-9 {
			best, centres, top = at, cs, score
		}
	}
	if n := len(g.Former); n > 1 && n <= k {
		warm := -1.0
		for seed := range times {
			at, cs, score := cluster(vectors, docs, starts(vectors, docs, len(c.names), k, uint64(seed), middles(vectors, g.Former, len(c.names))))
			if score > warm+1e-9 && score > top*clearlyWorse {
				best, centres, warm = at, cs, score
			}
			if n == k {
				break // nothing is drawn
			}
		}
	}
	themes = make([]Theme, k)
	type near struct {
		doc int
		cos float64
	}
	members := make([][]near, k)
	cosines := make([]float64, k)
	for n, d := range docs {
		x := best[n]
		centres.closeness(vectors[d], cosines)
		if cos := cosines[x]; cos >= g.Nearest {
			members[x] = append(members[x], near{d, cos})
		} else {
			rest = append(rest, d)
		}
	}
	for x := range themes {
		slices.SortFunc(members[x], func(a, b near) int { return cmp.Or(cmp.Compare(b.cos, a.cos), cmp.Compare(a.doc, b.doc)) })
		for _, m := range members[x] {
			themes[x].Members = append(themes[x].Members, m.doc)
		}
		themes[x].Terms = c.terms(centres.of(x), g.Terms)
	}
	themes = slices.DeleteFunc(themes, func(t Theme) bool { return len(t.Members) == 0 })
	slices.SortFunc(themes, func(a, b Theme) int {
		return cmp.Or(cmp.Compare(len(b.Members), len(a.Members)), cmp.Compare(a.Label(), b.Label()))
	})
	slices.Sort(rest)
	return themes, rest
}

// terms are the words that weigh most in a centre.
func (c *Corpus) terms(centre []float64, most int) []string {
	var all []weight
	for t, w := range centre {
		if w > 0.05 {
			all = append(all, weight{int32(t), w})
		}
	}
	slices.SortFunc(all, func(a, b weight) int {
		return cmp.Or(cmp.Compare(b.w, a.w), cmp.Compare(c.names[a.term], c.names[b.term]))
	})
	var out []string
	for _, x := range all[:min(most, len(all))] {
		out = append(out, c.said(x.term))
	}
	return out
}

// vectors are the texts as terms of unit length: those that only one text uses
// are left out of a corpus large enough to do without, those that half of them
// use say nothing.
func (c *Corpus) vectors() [][]weight {
	docs := make([]int, len(c.names))
	counts := make([]map[int32]int, len(c.stems))
	for i, stems := range c.stems {
		counts[i] = map[int32]int{}
		for _, s := range stems {
			if counts[i][s]++; counts[i][s] == 1 {
				docs[s]++
			}
		}
	}
	n := len(c.stems)
	out := make([][]weight, n)
	for i := range c.stems {
		var v []weight
		for term, tf := range counts[i] {
			if df := docs[term]; n < 10 || df > 1 && df <= n/2 {
				v = append(v, weight{term, (1 + math.Log(float64(tf))) * math.Log(1+float64(n)/float64(df))})
			}
		}
		slices.SortFunc(v, func(a, b weight) int { return cmp.Compare(a.term, b.term) }) // sums in one order: the same to the last bit
		sum := 0.0
		for _, x := range v {
			sum += x.w * x.w
		}
		for j := range v {
			v[j].w /= math.Sqrt(sum)
		}
		out[i] = v
	}
	return out
}

// company is how much a text takes of the words that its own keep company with,
// and mostCompany how many of them a word brings.
const (
	company     = 0.8
	mostCompany = 25
)

// widen adds to each text the words that its own words are met with elsewhere:
// «chaudière» and «isolation» are then close, though no text holds both twice.
// Short texts share too few words to be grouped without.
func widen(vectors [][]weight, terms int) [][]weight {
	holds := make([][]int32, terms) // texts, by term
	for i, v := range vectors {
		for _, x := range v {
			if len(holds[x.term]) < 400 { // enough to know the company of a word
				holds[x.term] = append(holds[x.term], int32(i))
			}
		}
	}
	sum, touched := make([]float64, terms), []int32{}
	take := func(most int) []weight { // what was summed, its heaviest terms, of unit length
		out := make([]weight, 0, len(touched))
		for _, t := range touched {
			if sum[t] > 0 {
				out = append(out, weight{t, sum[t]})
			}
			sum[t] = 0
		}
		touched = touched[:0]
		if len(out) > most {
			slices.SortFunc(out, heavier)
			out = out[:most]
		}
		slices.SortFunc(out, func(a, b weight) int { return cmp.Compare(a.term, b.term) })
		norm := 0.0
		for _, x := range out {
			norm += x.w * x.w
		}
		for j := range out {
			out[j].w /= math.Sqrt(norm)
		}
		return out
	}
	add := func(t int32, w float64) {
		if sum[t] == 0 {
			touched = append(touched, t)
		}
		sum[t] += w
	}
	meets := make([][]weight, terms)
	for t, in := range holds {
		for _, d := range in {
			for _, x := range vectors[d] {
				if x.term != int32(t) {
					add(x.term, x.w)
				}
			}
		}
		meets[t] = take(mostCompany)
	}
	out := make([][]weight, len(vectors))
	for i, v := range vectors {
		for _, x := range v {
			add(x.term, x.w)
			for _, y := range meets[x.term] {
				add(y.term, company*x.w*y.w)
			}
		}
		out[i] = take(60)
	}
	return out
}

// heavier is the order of weights, the heaviest first.
func heavier(a, b weight) int {
	switch {
	case a.w > b.w:
		return -1
	case a.w < b.w:
		return 1
	}
	return int(a.term) - int(b.term)
}
