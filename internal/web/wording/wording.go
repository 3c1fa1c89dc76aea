// Package wording turns what rooms know into what pages say: amounts in French,
// states of keys, breadcrumbs. Pages of every room share it, so that one thing
// is said one way.
package wording

import (
	"math"
	"strconv"
	"strings"

	"jalon/internal/figure"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
)

// Kilotonnes is the unit of objectives in the head of a column.
const Kilotonnes = "ktCO₂e par an"

const nb = french.NoBreak

// PanoramaPath is the address of the panorama of a territory.
func PanoramaPath(t territory.Territory) string {
	if t.Ref.Scale == territory.Nation {
		return "/france/panorama"
	}
	return t.Path + "/panorama"
}

// FigurePath is the address of the page that explains a figure.
func FigurePath(key string) string { return "/chiffres/" + key }

// LeverPath is the address of the page of a lever.
func LeverPath(code string) string { return "/leviers/" + code }

// TotalKey is the key of the total of a territory.
func TotalKey(edition string, ref territory.Ref) string {
	return "panorama/" + edition + "/" + panorama.TotalName + "/" + ref.String()
}

// Trail is the way down from the nation to a territory, itself last. A
// territory over several regions or départements skips that step.
func Trail(tree *territory.Tree, t territory.Territory) []ui.Link {
	out := []ui.Link{{Label: "France", Href: "/france/panorama"}}
	if t.Ref.Scale == territory.Nation {
		return out
	}
	count := map[territory.Scale]int{}
	for _, p := range t.Parents {
		count[p.Scale]++
	}
	for _, p := range t.Parents {
		if count[p.Scale] > 1 {
			continue
		}
		x, err := tree.Lookup(p)
		if err != nil || x.Name == t.Name && p.Scale == territory.RegionS {
			continue // an overseas département bears the name of its region
		}
		out = append(out, ui.Link{Label: x.Name, Href: PanoramaPath(x)})
	}
	return append(out, ui.Link{Label: t.Name, Href: PanoramaPath(t)})
}

// Exact is an amount to the kilogram, for tooltips: «966,1408 ktCO₂e».
func Exact(kg panorama.Kg) string {
	s := strconv.FormatFloat(kg.Kt(), 'f', 6, 64)
	decimals := len(strings.TrimRight(s, "0")) - strings.IndexByte(s, '.') - 1
	return french.Number(kg.Kt(), decimals) + nb + "ktCO₂e"
}

// TableDecimals is how many decimals a column of kilotonnes shows, so that the
// smallest territories still read and the largest do not pretend.
func TableDecimals(total panorama.Kg) int {
	switch a := max(total, -total); {
	case a >= 5_000*panorama.KgPerKt:
		return 1
	case a >= 100*panorama.KgPerKt:
		return 2
	}
	return 3
}

// Mass is an amount for a sentence: «22,1 MtCO₂e».
func Mass(kg panorama.Kg) string { return kg.Text() }

// Less is an amount as a change of emissions: «22,1 MtCO₂e de moins», or «de
// plus» when emissions rise.
func Less(kg panorama.Kg) string { return kg.Less() }

// ShareDecimals is how many decimals a column of parts in percent shows, all
// the same: two, or what the smallest of them needs to be read.
func ShareDecimals(parts ...float64) int {
	least := 0.0
	for _, v := range parts {
		if v = math.Abs(v); v > 0 && (least == 0 || v < least) {
			least = v
		}
	}
	return min(max(2, french.Decimals(least*100, 1)), 6)
}

// Share is a part in percent for a column of that many decimals.
func Share(v float64, decimals int) string { return french.Number(v*100, decimals) }

// MarkOf is how charts draw the state of a line.
func MarkOf(s panorama.State) ui.Mark {
	switch s {
	case panorama.Substitute:
		return ui.Estimated
	case panorama.Unallocated:
		return ui.Outlined
	}
	return ui.Plain
}

// Origin says in a few words how a line came by its value.
func Origin(l panorama.Line) string { return l.Origin() }

// KeyName is a key and its year: «population municipale (2023)».
func KeyName(k *panorama.Key) string { return k.Name() }

// Class is the provenance of a figure as components take it.
func Class(c figure.Class) (class, label string) { return string(c), c.Label() }

// Level is a number of an equivalent, with a sign when it is a change.
func Level(v panorama.Value, decimals int, change bool) string {
	for decimals > 0 && v.V == french.Round(v.V, decimals-1) {
		decimals-- // no digit that says nothing
	}
	s := french.Number(v.V, decimals)
	if change && v.V > 0 {
		return "+" + s
	}
	return s
}

// Reading is one of the three numbers of an equivalent, all written with the
// same decimals: the fewest that lose nothing of any of them.
func Reading(e panorama.Equivalent, v panorama.Value, change bool) string {
	return e.Reading(v, change)
}

// Equivalent is the physical reading of a line in one phrase, empty when it has
// none: «7,8 → 459,7 milliers de véhicules électriques».
func Equivalent(e panorama.Equivalent) string { return e.Text() }

// Changed says when the figures of a page last changed, and by what.
func Changed(m *panorama.Model) string {
	at, imported := m.Changed()
	version := " (version des données" + nb + ": " + m.Version() + ")"
	switch {
	case at.IsZero():
		return "inconnue" + version
	case imported:
		return french.Date(at) + ", par un import de données" + version
	}
	return french.Date(at) + ", publication de l’État" + version
}

// SectorLook is the name and the colour of sectors by code.
func SectorLook(fw *framework.Framework) map[string]framework.Sector {
	out := map[string]framework.Sector{}
	for _, s := range fw.Sectors() {
		out[s.Code] = s
	}
	return out
}

// Lower writes a label inside a sentence; a word all in capitals stays so.
func Lower(s string) string { return french.Lower(s) }

// Clip cuts a text to n characters, and shows that it did.
func Clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return strings.TrimSpace(string(runes[:n-1])) + "…"
}

// RegionTrail is the way down to a page of the COP of a region.
func RegionTrail(r territory.Region, last ...ui.Link) []ui.Link {
	return append([]ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Les COP régionales", Href: "/regions"}, {Label: r.Name, Href: "/regions/" + r.Slug}}, last...)
}

// Upper begins a sentence.
func Upper(s string) string { return french.Upper(s) }

// Fraction says a part as people do, «un quart», «plus d’un quart», when it is
// near enough to one, and as a percentage otherwise.
func Fraction(part float64) string { return french.Fraction(part) }

// Where is a sector after «dans».
func Where(s framework.Sector) string { return s.Inside() }

// Scope are the short facts that bound every total of a panorama.
func Scope(p panorama.Panorama) []string {
	version := "référentiel 2023-24, " + french.Month(p.Edition)
	if p.Overseas {
		version = "leviers de l’outre-mer, " + french.Month(p.Edition)
	}
	return []string{"objectif indicatif, non contraignant", version, p.Total.Scope}
}

// Communes names communes for a sentence, the first most of them and how many
// others.
func Communes(tree *territory.Tree, idx []int32, most int) string {
	all := tree.Communes()
	var names []string
	for _, i := range idx[:min(most, len(idx))] {
		names = append(names, all[i].Name)
	}
	if more := len(idx) - len(names); more > 0 {
		return strings.Join(names, ", ") + " et " + french.Integer(more) + nb + french.Plural(more, "autre", "autres")
	}
	return french.List(names)
}
