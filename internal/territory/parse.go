package territory

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/french"
)

// embeddedTable is the edition that the program carries.
const embeddedTable = "territories/2026.tsv.gz"

// Embedded is the edition that the program carries. It is read once, in a tenth of
// a second, and shared by all who ask: nothing changes a tree.
func Embedded() (*Tree, error) { return carried() }

var carried = sync.OnceValues(readEmbedded)

func readEmbedded() (_ *Tree, err error) {
	defer apperr.Wrap(&err, "Embedded")
	packed, err := fs.ReadFile(data.FS, embeddedTable)
	if err != nil {
		return nil, err
	}
	zr, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Grow(4 * len(packed))
	if _, err := io.Copy(&b, zr); err != nil {
		return nil, err
	}
	return Parse(b.String())
}

// Parse reads the reduced table of an edition (see exchange.Decoupage.WriteTable
// for its rows). The rows of one kind may come in any order, the kinds must not:
// a row may only name what stands above it. The tree keeps table in memory and
// points into it.
func Parse(table string) (*Tree, error) {
	p := parser{t: &Tree{
		table:    table,
		regionAt: map[string]int{}, regionSlug: map[string]int{}, deptAt: map[string]int{},
		groupAt: map[string]int{}, eptAt: map[string]int{}, overseasAt: map[string]int{},
	}}
	p.t.communes = make([]Commune, 0, strings.Count(table, "\nC\t"))
	p.t.former = make([]Former, 0, strings.Count(table, "\nF\t"))
	p.postcodes = make([]string, 0, cap(p.t.communes)+cap(p.t.communes)/16)
	for line := range strings.SplitSeq(table, "\n") {
		p.line++
		if line == "" || line[0] == '#' {
			continue
		}
		if err := p.row(line); err != nil {
			return nil, err
		}
	}
	return p.finish()
}

type parser struct {
	t         *Tree
	line      int
	cells     [9]string
	postcodes []string // one array for all: 35 000 small ones would cost more
	formerOf  []string
	dept      string // of the last commune: they come grouped
	region    string
}

func (p *parser) fault(format string, args ...any) error {
	return apperr.Invalidf("Table des territoires, ligne\u00a0%d\u00a0: %s.", p.line, fmt.Sprintf(format, args...))
}

func (p *parser) row(line string) error {
	n := 0
	for rest, more := line, true; more; n++ {
		if n == len(p.cells) {
			return p.fault("trop de colonnes")
		}
		p.cells[n], rest, more = strings.Cut(rest, "\t")
	}
	c := p.cells[:n]
	if n != width(c[0]) {
		return p.fault("ligne inconnue ou incomplète")
	}
	if c[0] != "E" && c[1] == "" {
		return p.fault("code vide")
	}
	switch c[0] {
	case "E":
		return p.edition(c)
	case "R":
		p.t.regions = append(p.t.regions, Region{Code: c[1], Name: c[2], Slug: slug(c[2]), Overseas: c[3] == "drom"})
		return p.once(p.t.regionAt, c[1], len(p.t.regions)-1)
	case "O":
		p.t.overseas = append(p.t.overseas, Overseas{Code: c[1], Name: c[2]})
		return p.once(p.t.overseasAt, c[1], len(p.t.overseas)-1)
	case "D":
		if _, ok := p.t.regionAt[c[3]]; !ok {
			return p.fault("le département %s renvoie à une région inconnue, %s", c[1], c[3])
		}
		p.t.depts = append(p.t.depts, Dept{Code: c[1], Name: c[2], Region: c[3]})
		return p.once(p.t.deptAt, c[1], len(p.t.depts)-1)
	case "G":
		p.t.groups = append(p.t.groups, Group{SIREN: c[1], Kind: c[2], Name: c[3]})
		return p.once(p.t.groupAt, c[1], len(p.t.groups)-1)
	case "T":
		p.t.epts = append(p.t.epts, Group{SIREN: c[1], Kind: "EPT", Name: c[2]})
		return p.once(p.t.eptAt, c[1], len(p.t.epts)-1)
	case "F":
		p.t.former = append(p.t.former, Former{Code: c[1], Kind: c[2], Name: c[4]})
		p.formerOf = append(p.formerOf, c[3])
		return nil
	}
	return p.commune(c)
}

// width is how many cells a row of a kind has; 0 for a kind that is unknown.
func width(kind string) int {
	switch kind {
	case "C":
		return 9
	case "E":
		return 6
	case "F":
		return 5
	case "R", "D", "G":
		return 4
	case "O", "T":
		return 3
	}
	return 0
}

func (p *parser) once(at map[string]int, code string, i int) error {
	if _, twice := at[code]; twice {
		return p.fault("code en double, %s", code)
	}
	at[code] = i
	return nil
}

func (p *parser) edition(c []string) error {
	if p.t.edition.Name != "" || c[1] == "" {
		return p.fault("édition sans nom, ou écrite deux fois")
	}
	year, err1 := strconv.Atoi(c[2])
	population, err2 := strconv.Atoi(c[3])
	if err1 != nil || err2 != nil {
		return p.fault("année illisible")
	}
	p.t.edition = Edition{Name: c[1], Year: year, PopulationYear: population, Note: c[4], Source: c[5]}
	return nil
}

func (p *parser) commune(c []string) error {
	m := Commune{Code: c[1], Name: c[2], EPCI: c[4], EPT: c[5], Population: -1, SIREN: c[7]}
	if c[3] != p.dept || c[3] == "" {
		p.dept, p.region = c[3], ""
		if d, ok := p.t.deptAt[c[3]]; ok {
			p.region = p.t.depts[d].Region
		} else if _, ok := p.t.overseasAt[c[3]]; !ok {
			return p.fault("la commune %s renvoie à un département inconnu, %s", c[1], c[3])
		}
	}
	if m.Region = p.region; m.Region != "" {
		m.Dept = c[3]
	} else {
		m.Overseas = c[3]
	}
	if m.EPCI != "" {
		g, ok := p.t.groupAt[m.EPCI]
		if !ok {
			return p.fault("la commune %s renvoie à un EPCI inconnu, %s", c[1], m.EPCI)
		}
		m.EPCI = p.t.groups[g].SIREN
	}
	if _, ok := p.t.eptAt[m.EPT]; m.EPT != "" && !ok {
		return p.fault("la commune %s renvoie à un EPT inconnu, %s", c[1], m.EPT)
	}
	if c[6] != "-" {
		n, err := strconv.ParseInt(c[6], 10, 64)
		if err != nil || n < 0 {
			return p.fault("population illisible, %s", c[6])
		}
		m.Population = n
	}
	if m.SIREN == "=" {
		m.SIREN = french.CommuneSIREN(m.Code)
	}
	if c[8] != "" {
		from := len(p.postcodes)
		for code := range strings.SplitSeq(c[8], ",") {
			p.postcodes = append(p.postcodes, code)
		}
		m.Postcodes = p.postcodes[from:len(p.postcodes):len(p.postcodes)]
	}
	p.t.communes = append(p.t.communes, m)
	return nil
}

// finish orders the rows and ties them together.
func (p *parser) finish() (*Tree, error) {
	t := p.t
	if t.edition.Name == "" || len(t.regions) == 0 || len(t.communes) == 0 {
		return nil, apperr.Invalidf("Table des territoires\u00a0: édition, régions ou communes manquantes.")
	}
	slices.SortFunc(t.regions, func(a, b Region) int {
		return strings.Compare(french.SortKey(a.Name), french.SortKey(b.Name))
	})
	byCode := func(a, b string) int { return strings.Compare(a, b) }
	slices.SortFunc(t.depts, func(a, b Dept) int { return byCode(a.Code, b.Code) })
	slices.SortFunc(t.groups, func(a, b Group) int { return byCode(a.SIREN, b.SIREN) })
	slices.SortFunc(t.epts, func(a, b Group) int { return byCode(a.SIREN, b.SIREN) })
	slices.SortFunc(t.overseas, func(a, b Overseas) int { return byCode(a.Code, b.Code) })
	slices.SortFunc(t.communes, func(a, b Commune) int { return byCode(a.Code, b.Code) })
	for i := range t.regions {
		t.regionAt[t.regions[i].Code], t.regionSlug[t.regions[i].Slug] = i, i
	}
	for i := range t.depts {
		t.deptAt[t.depts[i].Code] = i
	}
	for i := range t.groups {
		t.groupAt[t.groups[i].SIREN] = i
	}
	for i := range t.epts {
		t.eptAt[t.epts[i].SIREN] = i
	}
	for i := range t.overseas {
		t.overseasAt[t.overseas[i].Code] = i
	}
	if err := t.tie(); err != nil {
		return nil, err
	}
	for i, code := range p.formerOf {
		c, ok := t.CommuneIndex(code)
		if !ok {
			return nil, apperr.Invalidf("Table des territoires\u00a0: l’ancienne commune %s renvoie à une commune inconnue, %s.", t.former[i].Code, code)
		}
		t.former[i].Commune = c
	}
	slices.SortFunc(t.former, func(a, b Former) int {
		if c := byCode(a.Code, b.Code); c != 0 {
			return c
		}
		return byCode(a.Kind+a.Name, b.Kind+b.Name)
	})
	t.find = newFinder(t)
	return t, nil
}

// tie lists the communes of each territory, in ascending order since communes
// are walked in theirs.
func (t *Tree) tie() error {
	t.byRegion, t.byDept = make([][]int32, len(t.regions)), make([][]int32, len(t.depts))
	t.all = make([]int32, 0, len(t.communes))
	for i := range t.communes {
		c, at := &t.communes[i], int32(i)
		if i > 0 && t.communes[i-1].Code == c.Code {
			return apperr.Invalidf("Table des territoires\u00a0: commune en double, %s.", c.Code)
		}
		if c.Overseas != "" {
			o := &t.overseas[t.overseasAt[c.Overseas]]
			o.Communes = append(o.Communes, at)
			continue
		}
		t.all = append(t.all, at)
		r, d := t.regionAt[c.Region], t.deptAt[c.Dept]
		t.byRegion[r], t.byDept[d] = append(t.byRegion[r], at), append(t.byDept[d], at)
		if c.EPCI != "" {
			g := &t.groups[t.groupAt[c.EPCI]]
			g.Communes = append(g.Communes, at)
		}
		if c.EPT != "" {
			g := &t.epts[t.eptAt[c.EPT]]
			g.Communes = append(g.Communes, at)
		}
	}
	return nil
}

// slug is the name of a region in an address: «provence-alpes-cote-d-azur».
func slug(name string) string { return strings.ReplaceAll(french.Fold(name), " ", "-") }
