package territory

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/french"
)

// finder answers a search from sorted arrays: every word of every name starts an
// entry, so that what a user types is always the beginning of a range. It is
// built once with the tree and holds no map.
type finder struct {
	names     []name
	entries   []entry // by the first eight letters from a word on
	postcodes []uint64
	sirens    []uint64
	depts     []string // folded names, at their place in the tree
}

// name is one folded spelling of one target.
type name struct {
	text   string
	core   uint8 // where the name starts after its article or its kind: «le havre», «cc du pays»
	target target
	rank   uint64 // scale, then population: lower comes first
}

// target is a row of the tree: an index in the list that kind names.
type target struct {
	kind kind
	at   int32
}

type kind uint8

const (
	kindRegion kind = iota
	kindDept
	kindGroup
	kindEPT
	kindCommune
	kindFormer
)

func (k kind) scale() Scale {
	return [...]Scale{RegionS, Department, EPCI, EPT, CommuneS, CommuneS}[k]
}

type entry struct {
	key  uint64
	name int32
	from uint8
}

func newFinder(t *Tree) *finder {
	f := &finder{
		names:     make([]name, 0, len(t.communes)+len(t.former)+len(t.communes)/4),
		entries:   make([]entry, 0, 4*len(t.communes)),
		postcodes: make([]uint64, 0, len(t.communes)+len(t.communes)/16),
		sirens:    make([]uint64, 0, len(t.communes)+len(t.groups)),
	}
	for i, r := range t.regions {
		f.add(r.Name, kindRegion, i, t.populationOf(t.byRegion[i]))
		if short := initials(r.Code); short != "" {
			f.add(short, kindRegion, i, t.populationOf(t.byRegion[i]))
		}
	}
	for i, d := range t.depts {
		f.add(d.Name, kindDept, i, t.populationOf(t.byDept[i]))
		f.depts = append(f.depts, french.Fold(d.Name))
	}
	for i, g := range t.groups {
		f.add(g.Name, kindGroup, i, t.populationOf(g.Communes))
		f.siren(g.SIREN, kindGroup, i)
	}
	for i, g := range t.epts {
		f.add(g.Name, kindEPT, i, t.populationOf(g.Communes))
		f.siren(g.SIREN, kindEPT, i)
	}
	for i := range t.communes {
		c := &t.communes[i]
		f.add(c.Name, kindCommune, i, c.Population)
		f.siren(c.SIREN, kindCommune, i)
		for _, p := range c.Postcodes {
			if n, err := strconv.ParseUint(p, 10, 32); err == nil {
				f.postcodes = append(f.postcodes, n<<32|uint64(i))
			}
		}
	}
	for i, old := range t.former {
		// The seat of a merged commune often keeps the name: one hit is enough.
		if old.Name != "" && !strings.EqualFold(old.Name, t.communes[old.Commune].Name) {
			f.add(old.Name, kindFormer, i, t.communes[old.Commune].Population)
		}
	}
	f.entries = slices.Clip(sortEntries(f.entries))
	f.names = slices.Clip(f.names)
	slices.Sort(f.postcodes)
	slices.Sort(f.sirens)
	return f
}

// initials is how people shorten the name of a region, by its code.
func initials(code string) string {
	switch code {
	case "11":
		return "idf"
	case "24":
		return "cvl"
	case "27":
		return "bfc"
	case "32":
		return "hdf"
	case "84":
		return "aura"
	case "93":
		return "paca"
	}
	return ""
}

func (f *finder) siren(code string, k kind, at int) {
	if n, err := strconv.ParseUint(code, 10, 32); err == nil && len(code) == 9 {
		f.sirens = append(f.sirens, n<<32|uint64(k)<<24|uint64(at))
	}
}

// add indexes a name, and its elided form: people type «lhay» and «dascq».
func (f *finder) add(published string, k kind, at int, population int64) {
	text := french.Fold(published)
	if strings.Contains(text, "st") {
		text = saints(text)
	}
	if len(text) > 255 {
		text = text[:255]
	}
	rank := uint64(k)<<40 | uint64((1<<40-1)-max(population, 0))
	f.index(text, k, at, rank)
	if joined := elided(text); joined != text {
		f.index(joined, k, at, rank)
	}
}

func (f *finder) index(text string, k kind, at int, rank uint64) {
	n := int32(len(f.names))
	f.names = append(f.names, name{text: text, core: core(text, k), target: target{k, int32(at)}, rank: rank})
	for from := 0; from < len(text); {
		f.entries = append(f.entries, entry{key8(text[from:], 0), n, uint8(from)})
		next := strings.IndexByte(text[from:], ' ')
		if next < 0 {
			break
		}
		from += next + 1
	}
}

// core is where the name proper begins: an article does not count, nor the
// kind of a group.
func core(text string, k kind) uint8 {
	at := 0
	cut := func(words ...string) {
		for _, w := range words {
			if strings.HasPrefix(text[at:], w) && len(text) > at+len(w) {
				at += len(w)
				return
			}
		}
	}
	if k == kindGroup {
		if cut("cc ", "ca ", "cu ", "metropole ", "eurometropole "); at > 0 {
			cut("de la ", "de l ", "du ", "des ", "de ", "d ")
			cut("pays de la ", "pays de l ", "pays du ", "pays des ", "pays de ", "pays d ", "grand ")
		}
	}
	cut("le ", "la ", "les ", "l ")
	return uint8(min(at, 255))
}

// saints writes «st» and «ste» in full, so that both spellings are one.
func saints(text string) string {
	words := strings.Split(text, " ")
	for i, w := range words {
		switch w {
		case "st":
			words[i] = "saint"
		case "ste":
			words[i] = "sainte"
		case "sts":
			words[i] = "saints"
		case "stes":
			words[i] = "saintes"
		}
	}
	return strings.Join(words, " ")
}

// elided glues a lone l or d to the word it precedes.
func elided(text string) string {
	if !strings.Contains(text, "l ") && !strings.Contains(text, "d ") {
		return text
	}
	b := make([]byte, 0, len(text))
	for i := range len(text) {
		if text[i] == ' ' && i > 0 && (text[i-1] == 'l' || text[i-1] == 'd') && (i == 1 || text[i-2] == ' ') {
			continue
		}
		b = append(b, text[i])
	}
	return string(b)
}

// key8 packs the first eight bytes so that integers order as the texts do; pad
// fills a shorter text: 0 for the start of its range, 255 for the end.
func key8(s string, pad byte) uint64 {
	k := uint64(0)
	for i := range 8 {
		b := pad
		if i < len(s) {
			b = s[i]
		}
		k = k<<8 | uint64(b)
	}
	return k
}

// sortEntries is a radix sort, from the last byte of the key to the first:
// several times faster than comparing, for a table built at each start.
func sortEntries(a []entry) []entry {
	b := make([]entry, len(a))
	for shift := 0; shift < 64; shift += 8 {
		var count [257]int
		for i := range a {
			count[byte(a[i].key>>shift)+1]++
		}
		for i := 1; i < len(count); i++ {
			count[i] += count[i-1]
		}
		for i := range a {
			d := byte(a[i].key >> shift)
			b[count[d]] = a[i]
			count[d]++
		}
		a, b = b, a
	}
	return a
}

// span is the range of entries whose text from the word on begins with prefix,
// for up to eight letters; a longer prefix is checked by the caller.
func (f *finder) span(prefix string) []entry {
	lo, hi := key8(prefix, 0), key8(prefix, 255)
	from, _ := slices.BinarySearchFunc(f.entries, lo, func(e entry, k uint64) int { return cmp.Compare(e.key, k) })
	n, _ := slices.BinarySearchFunc(f.entries[from:], hi, func(e entry, k uint64) int {
		if e.key <= k {
			return -1
		}
		return 1
	})
	return f.entries[from : from+n]
}
