package textmining

import (
	"fmt"
	"math/rand"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// crowd are n texts as a region would receive: three sentences of a vocabulary of
// which few words are common (Zipf), one in five about bicycles.
func crowd(n int, seed int64) []string {
	r := rand.New(rand.NewSource(seed))
	z := rand.NewZipf(r, 1.1, 8, 29_999)
	syllables := strings.Fields("ba co di fu gé la mé no pi ru sa to vé chan bri tron ple dou gar lin por ver mar ten sou")
	word := func() string {
		i := int(z.Uint64())
		w := syllables[i%25] + syllables[i/25%25]
		if i >= 625 {
			w += syllables[i/625%25] + syllables[i/15625%25]
		}
		return w
	}
	out := make([]string, n)
	for i := range out {
		w := make([]string, 25+r.Intn(50))
		for j := range w {
			w[j] = word()
		}
		if i%5 == 0 {
			w[r.Intn(len(w))] = "vélos"
		}
		out[i] = strings.Join(w, " ")
	}
	return out
}

// What a person would type of each labelled comment, five words that follow each
// other, is found first among two thousand others; and the sixty, which say each
// each something else, few are proposed for one another: those of the same boiler.
func TestNearAgainstAHand(t *testing.T) {
	texts, _ := comments(t)
	k := NewKindred()
	for i, x := range texts {
		k.Put(fmt.Sprint(i), "", x)
	}
	proposed := 0
	for i, x := range texts {
		for _, kin := range k.Near(x, 3) {
			if kin.ID != fmt.Sprint(i) && kin.Score >= Close {
				proposed++
				t.Logf("%.2f %q and %s", kin.Score, x, texts[atoi(t, kin.ID)])
			}
		}
	}
	for i, x := range crowd(2_000, 4) {
		k.Put(fmt.Sprint("c", i), "", x)
	}
	first, close := 0, 0
	for i, x := range texts {
		all := strings.Fields(x)
		from := (len(all) - 5) / 2
		got := k.Near(strings.Join(all[from:from+5], " "), 3)
		if len(got) > 0 && got[0].ID == fmt.Sprint(i) {
			first++
			if got[0].Score >= Close {
				close++
			}
		}
	}
	t.Logf("%d of 60 found first by five words, %d close; %d wrongly proposed by a whole text", first, close, proposed)
	if first < 57 || close < 55 || proposed > 4 {
		t.Errorf("%d of 60 found first by five words, %d close; %d wrongly proposed", first, close, proposed)
	}
}

func atoi(t *testing.T, s string) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(s, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNear(t *testing.T) {
	k := NewKindred()
	if got := k.Near("pistes cyclables", 3); got != nil {
		t.Errorf("of nothing: %v", got)
	}
	k.Put("a", "Des pistes cyclables entre les villages", "Les enfants vont au collège par la route départementale, où les voitures roulent vite ; il faudrait une voie séparée et éclairée, avec un revêtement qui tienne l’hiver.")
	k.Put("b", "Planter des haies", "Le bocage a disparu, replantons des haies le long des chemins.")
	k.Put("c", "Un marché de producteurs", "Chaque samedi, sur la place.")
	for draft, want := range map[string]string{
		"pistes cyclables villages":                         "a",
		"une piste cyclable entre deux villages":            "a",
		"PISTE CYCLABLE ECLAIREE":                           "a", // accents and capitals
		"Je propose de replanter des haies":                 "b",
		"haies bocag":                                       "b", // the last word is being typed
		"un marche de producteurs le samedi":                "c",
		"Une taxe sur les billets d’avion":                  "",
		"":                                                  "",
		"de la des les":                                     "",
		"\xff\x00 <script>":                                 "",
		strings.Repeat("zzz", 40_000):                       "",
		strings.Repeat("pistes cyclables villages ", 4_000): "a",
	} {
		got := k.Near(draft, 2)
		if want == "" && len(got) > 0 && got[0].Score >= Close || want != "" && (len(got) == 0 || got[0].ID != want || got[0].Score < Close || got[0].Score > 1) {
			t.Errorf("%.40q: %v, not %q", draft, got, want)
		}
	}
	k.Put("a", "Autre chose", "Un composteur par immeuble")
	if got := k.Near("pistes cyclables villages", 2); len(got) != 0 {
		t.Errorf("a text that was replaced is still found: %v", got)
	}
	k.Drop("b")
	k.Drop("b")
	if got := k.Near("replanter des haies", 2); len(got) != 0 || k.Len() != 2 {
		t.Errorf("a text that was dropped is still found: %v of %d", got, k.Len())
	}
}

// What an index answers does not depend on how it came to hold what it holds.
func TestNearForgetsNothing(t *testing.T) {
	texts := crowd(3_000, 9)
	once, often := NewKindred(), NewKindred()
	for i, x := range texts {
		often.Put(fmt.Sprint(i), x[:20], texts[(i+7)%len(texts)])
		once.Put(fmt.Sprint(i), "", x)
	}
	for i, x := range texts {
		often.Put(fmt.Sprint(i), "", x)
		often.Put("passing", "", x)
	}
	often.Drop("passing")
	for i := 0; i < len(texts); i += 100 {
		if d := cmp.Diff(once.Near(texts[i], 5), often.Near(texts[i], 5)); d != "" {
			t.Errorf("text %d: %s", i, d)
		}
	}
}

// The few first are those of scoring every text.
func TestNearIsExact(t *testing.T) {
	texts := crowd(1_000, 3)
	k := NewKindred()
	for i, x := range texts {
		k.Put(fmt.Sprint(i), "", x)
	}
	for i := 0; i < len(texts); i += 50 {
		all := k.Near(texts[i], len(texts))
		for most := range 6 {
			got := k.Near(texts[i], most)
			if !slices.Equal(got, all[:most]) && most > 0 {
				t.Errorf("text %d, %d first: %v, of all %v", i, most, got, all[:most])
			}
		}
	}
}

func TestNearForMany(t *testing.T) {
	k := NewKindred()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			for j := range 50 {
				id := fmt.Sprint(i, " ", j)
				k.Put(id, "Haies", fmt.Sprint("haie numéro ", i*50+j))
				k.Near("planter une haie", 3)
				if j%2 == 1 {
					k.Drop(id)
				}
			}
		})
	}
	wg.Wait()
	if k.Len() != 500 || len(k.Near("haies", 1000)) != 500 {
		t.Errorf("%d texts, %d found", k.Len(), len(k.Near("haies", 1000)))
	}
}

func BenchmarkNear(b *testing.B) {
	texts := crowd(100_000, 1)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	k := NewKindred()
	b.Run("fill", func(b *testing.B) {
		for b.Loop() {
			k = NewKindred()
			for i, x := range texts {
				k.Put(fmt.Sprintf("01900000-0000-7000-8000-%012d", i), x[:30], x)
			}
		}
	})
	runtime.GC()
	runtime.ReadMemStats(&after)
	mb := float64(after.HeapAlloc-before.HeapAlloc) / 1e6
	for name, draft := range map[string]string{"five words": strings.Join(strings.Fields(texts[50])[:5], " ") + " vélos", "a text": texts[77] + " vélos", "a long text": strings.Join(texts[:200], " ")} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				k.Near(draft, 5)
			}
			b.ReportMetric(mb, "MB")
		})
	}
	runtime.KeepAlive(texts)
}
