package exchange

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"jalon/internal/apperr"
)

// Decoupage is the content of one release of the public package
// @etalab/decoupage-administratif (Licence Ouverte): the administrative
// geography of France on 1 January of a year. Names are typeset in French;
// everything else is as published. Rows keep the line they came from.
type Decoupage struct {
	Version        string // of the package: «6.0.0»
	Year           int    // geography in force on 1 January
	PopulationYear int    // of the municipal populations; Mayotte keeps 2017 in every release so far
	Regions        []DecoupageArea
	Departments    []DecoupageArea
	Groups         []DecoupageGroup // EPCI with own taxation
	EPTs           []DecoupageGroup // of the Métropole du Grand Paris, since 2023
	Communes       []DecoupageCommune
	Former         []DecoupageFormer
}

// DecoupageArea is a region or a département; overseas collectivities are
// published among both, with the zone «com».
type DecoupageArea struct {
	Line   int
	Code   string
	Name   string
	Region string // départements only
	Zone   string // metro, drom, com
}

// DecoupageGroup is an EPCI or an EPT with the codes of its members.
type DecoupageGroup struct {
	Line    int
	SIREN   string
	Kind    string // CC, CA, CU, METRO, MET69, EPT
	Name    string
	Members []string
}

// DecoupageCommune is a commune in force.
type DecoupageCommune struct {
	Line       int
	Code       string
	Name       string
	Department string
	Region     string
	Zone       string
	SIREN      string
	Postcodes  []string
	Population int64 // -1 when not published: missing is not zero
	Group      string
	EPT        string
}

// DecoupageFormer is a code or a name that is no longer a commune.
type DecoupageFormer struct {
	Line    int
	Code    string
	Name    string // empty when only the code is published
	Kind    string // D déléguée, A associée, M arrondissement municipal, O old code
	Commune string // the commune it belongs to today
}

// DecoupageOptions say what the package cannot: the year of a release that is
// newer than this program.
type DecoupageOptions struct {
	Limits         Limits
	Year           int
	PopulationYear int
}

// DecoupageLimits are what the package may cost: it is 1.6 MB and opens into
// 13 MB today.
func DecoupageLimits() Limits {
	l := DefaultLimits()
	l.Size, l.Expanded, l.Ratio, l.Rows, l.Cell = 32<<20, 96<<20, 60, 200_000, 200
	return l
}

var (
	communeCode    = regexp.MustCompile(`^(\d{5}|2[AB]\d{3})$`)
	departmentCode = regexp.MustCompile(`^(\d{2,3}|2[AB])$`)
	regionCode     = regexp.MustCompile(`^\d{2,3}$`)
	sirenCode      = regexp.MustCompile(`^\d{9}$`)
	postcodeCode   = regexp.MustCompile(`^\d{5}$`)
	readmeRelease  = regexp.MustCompile(`(?m)^\|\s*(\d{4})\s*\|\s*([0-9.]+)\s*\|`)
)

// years finds the geography year in the package's own table of releases, and
// the population year among the releases whose figures were checked; the legal
// populations in force on 1 January of a year are those of three years before.
func (d *Decoupage) years(readme []byte, o DecoupageOptions) error {
	d.Year, d.PopulationYear = o.Year, o.PopulationYear
	if d.Year == 0 {
		for _, m := range readmeRelease.FindAllSubmatch(readme, -1) {
			if string(m[2]) == d.Version {
				d.Year, _ = strconv.Atoi(string(m[1])) // four digits: cannot fail
			}
		}
	}
	if d.Year < 2010 || d.Year > 2100 {
		return apperr.Invalidf("L’année du découpage %s n’est pas écrite dans le paquet\u00a0: indiquez-la (--year 2027).", d.Version)
	}
	if d.PopulationYear == 0 {
		d.PopulationYear = checkedPopulationYear(d.Version, d.Year-3)
	}
	return nil
}

// checkedPopulationYear corrects the rule of three years for the releases that
// were published before or after the yearly change.
func checkedPopulationYear(version string, otherwise int) int {
	for _, known := range []struct {
		prefix string
		year   int
	}{
		{"0.7.", 2016}, {"0.8.", 2016}, {"1.", 2019}, {"2.", 2020}, {"3.", 2020},
		{"4.0.", 2021}, {"4.1.", 2022}, {"5.3.", 2023}, {"6.0.", 2023},
	} {
		if strings.HasPrefix(version, known.prefix) {
			return known.year
		}
	}
	return otherwise
}

// typeset gives a published name the typography of the site: ’ and « ».
func typeset(s string) string {
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, "'", "’")), " ")
	for open := true; strings.Contains(s, `"`); open = !open {
		mark := "\u00a0»"
		if open {
			mark = "«\u00a0"
		}
		s = strings.Replace(s, `"`, mark, 1)
	}
	return s
}

// link gives each commune its EPCI and EPT, and checks that every code leads
// somewhere: a tree with a hole would lose inhabitants without a word.
func (d *Decoupage) link() error {
	communes := make(map[string]*DecoupageCommune, len(d.Communes))
	for i := range d.Communes {
		c := &d.Communes[i]
		if other, twice := communes[c.Code]; twice {
			return decoupageFault("communes.json", c.Line, c.Code, "commune en double (déjà ligne\u00a0%d)", other.Line)
		}
		communes[c.Code] = c
	}
	regions, departments := map[string]bool{}, map[string]string{}
	for _, r := range d.Regions {
		if regions[r.Code] {
			return decoupageFault("regions.json", r.Line, r.Code, "région en double")
		}
		regions[r.Code] = true
	}
	for _, p := range d.Departments {
		if _, twice := departments[p.Code]; twice {
			return decoupageFault("departements.json", p.Line, p.Code, "département en double")
		}
		if !regions[p.Region] {
			return decoupageFault("departements.json", p.Line, p.Region, "région inconnue")
		}
		departments[p.Code] = p.Region
	}
	for _, c := range d.Communes {
		if region, ok := departments[c.Department]; !ok || region != c.Region {
			return decoupageFault("communes.json", c.Line, c.Department, "département inconnu, ou hors de la région %s", c.Region)
		}
	}
	if err := linkGroups("epci.json", d.Groups, communes, func(c *DecoupageCommune) *string { return &c.Group }); err != nil {
		return err
	}
	if err := linkGroups("ept.json", d.EPTs, communes, func(c *DecoupageCommune) *string { return &c.EPT }); err != nil {
		return err
	}
	for _, f := range d.Former {
		if communes[f.Commune] == nil {
			return decoupageFault("communes.json", f.Line, f.Commune, "l’ancienne commune %s renvoie à une commune inconnue", f.Code)
		}
	}
	return nil
}

func linkGroups(file string, groups []DecoupageGroup, communes map[string]*DecoupageCommune, field func(*DecoupageCommune) *string) error {
	seen := map[string]bool{}
	for _, g := range groups {
		if seen[g.SIREN] {
			return decoupageFault(file, g.Line, g.SIREN, "groupement en double")
		}
		seen[g.SIREN] = true
		for _, code := range g.Members {
			c := communes[code]
			if c == nil {
				return decoupageFault(file, g.Line, code, "membre inconnu\u00a0: ce n’est pas une commune en vigueur")
			}
			if at := field(c); *at == "" {
				*at = g.SIREN
			} else {
				return decoupageFault(file, g.Line, code, "commune déjà membre de %s", *at)
			}
		}
	}
	return nil
}

func decoupageFault(file string, line int, value, format string, args ...any) error {
	return &CellError{File: file, Line: line, Value: clip(value), Reason: fmt.Sprintf(format, args...)}
}
