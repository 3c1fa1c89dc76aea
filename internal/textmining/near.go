package textmining

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	jalon "jalon/internal/french"
)

// Close is the score from which a text is worth proposing to who writes: «proche
// de…, soutenir plutôt». It is a parameter: this is our proposal, measured on the
// labelled comments (TestNearAgainstAHand).
const Close = 0.45

const (
	unsaid = 0.9  // what a word of the draft that the other text lacks costs
	beyond = 0.08 // what a word that the other text has beyond the draft costs
	mostOf = 400  // distinct stems read of a text or a draft: hostile ones hold more
)

// Kindred finds, while somebody types, the texts that already say what the draft
// says. It lives in memory and holds no text, only stems: a room fills it from its
// table at the first question and then by what changed since (Put and Drop may be
// repeated), so that each replica has its own and a restart loses nothing. Safe
// for several goroutines.
//
// The score is Tversky's index on stems weighed by their rarity (idf):
//
//	both / (both + 0.9 × draft only + 0.08 × other only)
//
// so that a draft of five words finds the long text that holds them, which cosine
// and Jaccard drown, and that a short text is preferred to a long one that holds
// them too. The title of a text is also a text of its own: the better score counts.
// A score is between 0 and 1; 1 is the same stems.
type Kindred struct {
	mu      sync.RWMutex
	stemmer *Stemmer
	terms   map[string]int32
	seen    []int32    // texts that hold a term
	posts   [][]uint32 // texts by term: number of the text × 2, + 1 when its title holds it
	texts   []kin      // those replaced or dropped have no id
	at      map[string]uint32
	scratch sync.Pool
}

// kin is a text: its stems, those of the title first.
type kin struct {
	id    string
	stems []int32
	title int
}

// Kin is a text close to a draft.
type Kin struct {
	ID    string
	Score float64 // 0 to 1
}

// NewKindred makes an empty one.
func NewKindred() *Kindred {
	return &Kindred{stemmer: NewStemmer(), terms: map[string]int32{}, at: map[string]uint32{}}
}

// Len is how many texts it holds.
func (k *Kindred) Len() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return len(k.at)
}

// Put adds a text, or takes it in the place of the one of the same id.
func (k *Kindred) Put(id, title, text string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.drop(id)
	n := uint32(len(k.texts))
	t := kin{id: id}
	t.stems = k.known(t.stems, title)
	t.title = len(t.stems)
	t.stems = slices.Clip(k.known(t.stems, text))
	for i, s := range t.stems {
		mark := n << 1
		if i < t.title {
			mark |= 1
		}
		k.posts[s] = append(k.posts[s], mark)
		k.seen[s]++
	}
	k.texts = append(k.texts, t)
	k.at[id] = n
}

// Drop forgets a text.
func (k *Kindred) Drop(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.drop(id)
}

func (k *Kindred) drop(id string) {
	n, ok := k.at[id]
	if !ok {
		return
	}
	for _, s := range k.texts[n].stems {
		k.seen[s]--
	}
	delete(k.at, id)
	k.texts[n] = kin{}
	if gone := len(k.texts) - len(k.at); gone > 1000 && gone > len(k.texts)/2 {
		k.sweep()
	}
}

// sweep leaves out what was dropped, when it is more than half.
func (k *Kindred) sweep() {
	texts := k.texts
	k.texts = make([]kin, 0, len(k.at))
	for i := range k.posts {
		k.posts[i] = k.posts[i][:0]
	}
	for _, t := range texts {
		if t.id == "" {
			continue
		}
		n := uint32(len(k.texts))
		for i, s := range t.stems {
			mark := n << 1
			if i < t.title {
				mark |= 1
			}
			k.posts[s] = append(k.posts[s], mark)
		}
		k.texts = append(k.texts, t)
		k.at[t.id] = n
	}
}

// known adds the stems of a text that are not yet in own, as numbers.
func (k *Kindred) known(own []int32, text string) []int32 {
	for _, w := range words(text) {
		if len(own) >= mostOf {
			break
		}
		stem := k.stemmer.of(w)
		n, ok := k.terms[stem]
		if !ok {
			n = int32(len(k.seen))
			k.terms[strings.Clone(stem)] = n
			k.seen, k.posts = append(k.seen, 0), append(k.posts, nil)
		}
		if !slices.Contains(own, n) {
			own = append(own, n)
		}
	}
	return own
}

// draft reads what is being typed: the terms that texts hold, and the weight of
// those that no text holds. A last word that no text holds is not finished yet,
// and does not count.
func (k *Kindred) draft(text string) (terms []int32, unknown float64) {
	s := NewStemmer()
	all := words(text)
	typing := len(all) > 0 && !strings.HasSuffix(text, " ") && endsInWord(text)
	strange := map[string]bool{}
	for i, w := range all {
		if len(terms)+len(strange) >= mostOf {
			break
		}
		n, ok := k.terms[s.of(w)]
		if !ok || k.seen[n] == 0 {
			n, ok = k.terms[s.of(jalon.Fold(w))] // typed without its accents, or with too many
		}
		switch {
		case ok && k.seen[n] > 0:
			if !slices.Contains(terms, n) {
				terms = append(terms, n)
			}
		case i == len(all)-1 && typing:
		default:
			strange[s.of(w)] = true
		}
	}
	// An unknown word weighs what a word of few texts does: it tells the draft apart,
	// but a slip of the keyboard must not hide all kin.
	return terms, float64(len(strange)) * math.Log(1+math.Sqrt(float64(len(k.at))))
}

func endsInWord(text string) bool {
	last := rune(0)
	for _, r := range text {
		last = r
	}
	return unicode.IsLetter(last) || unicode.IsDigit(last)
}

func (k *Kindred) weigh(term int32) float64 {
	return math.Log(1 + float64(len(k.at))/float64(k.seen[term]))
}

// overlap is the room that a question needs, kept from one to the next.
type overlap struct {
	all, title []float32
	touched    []uint32
}

// Near lists the texts closest to a draft, the closest first, most at most. Those
// under Close share words and no more.
func (k *Kindred) Near(text string, most int) []Kin {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if len(k.at) == 0 || most <= 0 {
		return nil
	}
	terms, unknown := k.draft(text)
	if len(terms) == 0 {
		return nil
	}
	o, _ := k.scratch.Get().(*overlap)
	if o == nil {
		o = &overlap{}
	}
	defer k.scratch.Put(o)
	for len(o.all) < len(k.texts) {
		o.all, o.title = append(o.all, 0), append(o.title, 0)
	}
	whole := unknown
	for _, t := range terms {
		w := k.weigh(t)
		whole += w
		for _, mark := range k.posts[t] {
			n := mark >> 1
			if o.all[n] == 0 {
				o.touched = append(o.touched, n)
			}
			o.all[n] += float32(w)
			if mark&1 == 1 {
				o.title[n] += float32(w)
			}
		}
	}
	found := k.closest(o, whole, most)
	for _, n := range o.touched {
		o.all[n], o.title[n] = 0, 0
	}
	o.touched = o.touched[:0]
	return found
}

// closest scores the texts that may still be among the first: what a text shares
// bounds its score.
func (k *Kindred) closest(o *overlap, whole float64, most int) []Kin {
	bound := func(n uint32) float64 { return tversky(float64(o.all[n]), whole, float64(o.all[n])) }
	var best []Kin
	worst := 0.0
	order := func(a, b Kin) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID)) }
	for _, n := range o.touched {
		t := k.texts[n]
		if t.id == "" || len(best) == most && bound(n) < worst {
			continue
		}
		title, all := 0.0, 0.0
		for i, s := range t.stems {
			all += k.weigh(s)
			if i < t.title {
				title = all
			}
		}
		score := tversky(float64(o.all[n]), whole, all)
		if t.title > 1 {
			score = max(score, tversky(float64(o.title[n]), whole, title))
		}
		best = append(best, Kin{t.id, min(score, 1)})
		if len(best) > most {
			slices.SortFunc(best, order)
			best = best[:most]
		}
		if len(best) == most {
			slices.SortFunc(best, order)
			worst = best[most-1].Score
		}
	}
	slices.SortFunc(best, order)
	return best
}

func tversky(both, draft, other float64) float64 {
	return both / (both + unsaid*max(draft-both, 0) + beyond*max(other-both, 0))
}
