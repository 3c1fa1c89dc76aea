package series

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// Received is one value of a series as a file gives it, before it is judged.
type Received struct {
	Line      int // unique in the import
	Where     string
	Indicator string // code of the catalogue
	Ref       territory.Ref
	Name      string // of the territory, as the file writes it; may be empty
	Year      int
	Day       string
	Value     *float64
	Reason    string
	Written   string
	Unit      string // empty when the source gives none
	Source    string
	Label     string
	Aim       int // target year of a row that is an aim; 0 otherwise
}

// Judged is the verdict on one row: an observation to keep, or nothing to keep
// (another day of the same year counts, a value was already given), a remark,
// or the reason of a refusal.
type Judged struct {
	Line   int
	Keep   *Observation
	Remark string
	Err    error
}

// Bounds are the jumps that are told, and those that are left out, as a ratio of
// two years that follow one another.
type Bounds struct{ Odd, Absurd float64 }

// DefaultBounds tell a value that is five times another, and leave out one that
// is a thousand times another.
func DefaultBounds() Bounds { return Bounds{Odd: 5, Absurd: 1000} }

// Text is the rule of the judgement, in French.
func (b Bounds) Text() []string {
	return []string{
		"Refusé\u00a0: série ou territoire inconnus, unité autre que celle du catalogue, valeur négative d’une quantité, part au-dessus de 100\u00a0%, deux valeurs différentes pour une année, " +
			"un 31 décembre et le 1er janvier qui le suit, une année de cible avant ou égale à l’année de la ligne, des codes de région donnés pour des départements.",
		"Refusé\u00a0: une série dont toutes les années déjà connues sont environ mille fois plus grandes ou plus petites (l’unité a changé sans que le fichier le dise).",
		fmt.Sprintf("Laissé de côté avec une remarque\u00a0: une valeur %s fois plus grande ou plus petite que sa voisine, et loin de la médiane de sa série\u00a0; une année d’avant que la série soit complète.", french.Significant(b.Absurd, 4)),
		fmt.Sprintf("Accepté avec une remarque\u00a0: une valeur plus de %s fois plus grande ou plus petite en un an, une année qui manque, la même valeur donnée deux fois.", french.Significant(b.Odd, 3)),
	}
}

// Incoming judges the rows of one import.
type Incoming struct {
	catalogue *Catalogue
	book      *Book // nil when nothing is known yet
	tree      *territory.Tree
	bounds    Bounds
}

// Incoming starts the judgement of an import.
func (b *Book) Incoming(tree *territory.Tree) *Incoming {
	in := NewIncoming(b.Catalogue, tree)
	in.book = b
	return in
}

// NewIncoming is Incoming where no figure is known yet.
func NewIncoming(c *Catalogue, tree *territory.Tree) *Incoming {
	return &Incoming{catalogue: c, tree: tree, bounds: DefaultBounds()}
}

// Judge gives one verdict a row, in the order of the lines: each row by itself,
// then each series of a territory as a whole.
func (in *Incoming) Judge(rows []Received) []Judged {
	out := make([]Judged, len(rows))
	groups := map[[2]string][]int{}
	misplaced := in.misplaced(rows)
	for i, r := range rows {
		out[i].Line = r.Line
		obs, err := in.row(r)
		if err == nil && misplaced[r.Indicator] && r.Ref.Scale == territory.Department {
			err = apperr.Invalidf("codes de région donnés pour des départements\u00a0: tous ceux de cette série sont parmi les 18 codes de région")
		}
		if err != nil {
			out[i].Err = located(r, err)
			continue
		}
		out[i].Keep = &obs
		key := [2]string{obs.Series, obs.Territory}
		groups[key] = append(groups[key], i)
	}
	for _, at := range groups {
		in.series(rows, out, at)
	}
	return out
}

// row judges what can be known of a row alone.
func (in *Incoming) row(r Received) (Observation, error) {
	ind, err := in.catalogue.Find(r.Indicator)
	if err != nil {
		return Observation{}, apperr.Invalidf("série inconnue du catalogue\u00a0: «\u00a0%s\u00a0»", clip(r.Indicator))
	}
	place, err := in.tree.Lookup(r.Ref)
	if err != nil {
		return Observation{}, apperr.Invalidf("%s", strings.TrimSuffix(apperr.Message(err), "."))
	}
	if err := in.named(r, place.Name); err != nil {
		return Observation{}, err
	}
	if r.Unit != "" && !ind.Measured(r.Unit) {
		return Observation{}, apperr.Invalidf("unité «\u00a0%s\u00a0»\u00a0: le catalogue attend «\u00a0%s\u00a0» pour cette série", clip(r.Unit), ind.Published)
	}
	year := r.Year
	if year == 0 {
		year = YearOf(r.Day)
	}
	if year < 1800 || year > 2200 {
		return Observation{}, apperr.Invalidf("année impossible\u00a0: %d", year)
	}
	if r.Day != "" && YearOf(r.Day) != year {
		return Observation{}, apperr.Invalidf("la date «\u00a0%s\u00a0» n’est pas de l’année %d", r.Day, year)
	}
	if r.Aim != 0 && r.Aim <= year {
		return Observation{}, apperr.Invalidf("l’année de la cible (%d) n’est pas après l’année de départ (%d)", r.Aim, year)
	}
	if r.Aim != 0 {
		return Observation{}, apperr.Invalidf("cette ligne porte une cible pour %d\u00a0: une série ne contient que ce qui a été observé", r.Aim)
	}
	if r.Value != nil {
		switch v := *r.Value; {
		case math.IsNaN(v) || math.IsInf(v, 0):
			return Observation{}, apperr.Invalidf("ce n’est pas un nombre")
		case v < 0 && !ind.Signed():
			return Observation{}, apperr.Invalidf("valeur négative («\u00a0%s\u00a0») pour une %s", clip(r.Written), kindWord(ind.Kind))
		case v > 100 && ind.Percent():
			return Observation{}, apperr.Invalidf("part de plus de 100\u00a0%% («\u00a0%s\u00a0»)", clip(r.Written))
		}
	}
	return Observation{Series: Trends + "/" + ind.Code, Territory: r.Ref.String(), Year: year, Value: r.Value, Reason: r.Reason, AsPublished: r.Written,
		Unit: ind.Published, Class: figure.Provider, Source: r.Source, Label: r.Label, Day: r.Day}, nil
}

// named refuses the name of a region beside the code of a département: every
// code of a region is also that of a département.
func (in *Incoming) named(r Received, name string) error {
	if r.Name == "" || r.Ref.Scale != territory.Department || french.Fold(r.Name) == french.Fold(name) {
		return nil
	}
	if region, err := in.tree.Region(r.Ref.Code); err == nil && french.Fold(region.Name) == french.Fold(r.Name) {
		return apperr.Invalidf("code de région donné pour un département\u00a0: %s est %s en région, %s en département", r.Ref.Code, region.Name, name)
	}
	return nil
}

// misplaced finds the series of which all the départements bear codes that are
// also those of regions, and many of them: no file has such départements alone.
func (in *Incoming) misplaced(rows []Received) map[string]bool {
	codes := map[string]map[string]bool{}
	for _, r := range rows {
		if r.Ref.Scale == territory.Department {
			if codes[r.Indicator] == nil {
				codes[r.Indicator] = map[string]bool{}
			}
			codes[r.Indicator][r.Ref.Code] = true
		}
	}
	out := map[string]bool{}
	for ind, set := range codes {
		all := len(set) >= 10
		for code := range set {
			if _, err := in.tree.Region(code); err != nil {
				all = false
			}
		}
		out[ind] = all
	}
	return out
}

// series judges the rows of one series in one territory: at are their places.
func (in *Incoming) series(rows []Received, out []Judged, at []int) {
	ind, err := in.catalogue.Find(rows[at[0]].Indicator)
	if err != nil {
		return
	}
	sort.SliceStable(at, func(i, j int) bool {
		a, b := out[at[i]].Keep, out[at[j]].Keep
		if a.Year != b.Year {
			return a.Year < b.Year
		}
		return a.Day < b.Day
	})
	in.days(rows, out, at)
	in.doubles(rows, out, at)
	in.unit(rows, out, at)
	in.early(rows, out, at, ind)
	in.absurd(rows, out, at)
	var before *Observation
	for _, i := range at {
		o := out[i].Keep
		switch {
		case o == nil:
			continue
		case o.Value == nil:
			if before == nil {
				out[i].Keep = nil // the source lists years before its series begins
			}
			continue
		case before != nil:
			in.compare(rows[i], &out[i], before, ind)
		}
		if out[i].Keep != nil {
			before = o
		}
	}
}

// early leaves out the years before the series counts all of what it says.
func (in *Incoming) early(rows []Received, out []Judged, at []int, ind *Indicator) {
	for _, i := range at {
		if o := out[i].Keep; o != nil && o.Year < ind.Since {
			out[i].Keep = nil
			if o.Value != nil {
				out[i].Remark = told(rows[i], fmt.Sprintf("%d\u00a0: avant %d cette série est incomplète, la valeur est laissée de côté", o.Year, ind.Since))
			}
		}
	}
}

// days refuses the last day of a year beside the first of the next.
func (in *Incoming) days(rows []Received, out []Judged, at []int) {
	for n := 1; n < len(at); n++ {
		a, b := out[at[n-1]].Keep, out[at[n]].Keep
		if a == nil || b == nil || !Touching(a.Day, b.Day) {
			continue
		}
		err := apperr.Invalidf("%s et %s se touchent\u00a0: est-ce un état ou deux années\u00a0? Gardez l’une des deux dates", french.Day(a.Day), french.Day(b.Day))
		out[at[n-1]].Err, out[at[n]].Err = located(rows[at[n-1]], err), located(rows[at[n]], err)
	}
	for _, i := range at {
		if out[i].Err != nil {
			out[i].Keep = nil
		}
	}
}

// doubles keeps one row a year: the last day; of one day, the only value.
func (in *Incoming) doubles(rows []Received, out []Judged, at []int) {
	for n := 1; n < len(at); n++ {
		i, j := at[n-1], at[n]
		a, b := out[i].Keep, out[j].Keep
		if a == nil || b == nil || a.Year != b.Year {
			continue
		}
		switch {
		case a.Day != b.Day:
			out[i].Keep = nil
		case equal(a.Value, b.Value):
			out[i].Keep = nil
			out[i].Remark = told(rows[i], fmt.Sprintf("%d est donnée deux fois, avec la même valeur\u00a0: une seule est gardée", a.Year))
		case a.Value == nil:
			out[i].Keep = nil
			out[i].Remark = told(rows[i], fmt.Sprintf("%d est donnée deux fois, ici sans valeur\u00a0: l’autre est gardée", a.Year))
		case b.Value == nil:
			out[j].Keep = nil
			out[j].Remark = told(rows[j], fmt.Sprintf("%d est donnée deux fois, ici sans valeur\u00a0: l’autre est gardée", a.Year))
			at[n-1], at[n] = j, i // the kept one is compared with what follows
		default:
			err := apperr.Invalidf("année %d en double, avec deux valeurs (%s et %s)", a.Year, rows[i].Written, rows[j].Written)
			out[j].Keep, out[j].Err = nil, located(rows[j], err)
			at[n-1], at[n] = j, i
		}
	}
}

// compare tells a hole and a jump.
func (in *Incoming) compare(r Received, j *Judged, before *Observation, ind *Indicator) {
	o := j.Keep
	gap := o.Year - before.Year
	if gap > ind.Every && gap > 1 {
		j.Remark = told(r, fmt.Sprintf("aucune valeur entre %d et %d", before.Year, o.Year))
	}
	if *before.Value <= 0 || *o.Value <= 0 || Partial(o.Day) {
		return
	}
	if ratio := apart(*before.Value, *o.Value); math.Pow(ratio, 1/float64(gap)) > in.bounds.Odd {
		j.Remark = told(r, fmt.Sprintf("%s en %d après %s en %d\u00a0: un écart de %s fois, à vérifier", r.Written, o.Year, before.AsPublished, before.Year, french.Significant(ratio, 2)))
	}
}

// apart is how many times one is the other, whichever is the larger.
func apart(a, b float64) float64 { return math.Max(a/b, b/a) }

// absurd leaves out, with a remark, the value of a pair a thousand times apart
// that is the farther from the median of its series: it is not a change of what
// is measured, and a curve must not show it.
func (in *Incoming) absurd(rows []Received, out []Judged, at []int) {
	var logs []float64
	var kept []int
	for _, i := range at {
		if o := out[i].Keep; o != nil && o.Value != nil && *o.Value > 0 {
			logs, kept = append(logs, math.Log(*o.Value)), append(kept, i)
		}
	}
	if len(kept) < 2 {
		return
	}
	sorted := slices.Sorted(slices.Values(logs))
	median := sorted[len(sorted)/2]
	for n := 1; n < len(kept); n++ {
		a, b := kept[n-1], kept[n]
		if out[a].Keep == nil || out[b].Keep == nil {
			continue
		}
		ratio := apart(*out[a].Keep.Value, *out[b].Keep.Value)
		if ratio < in.bounds.Absurd {
			continue
		}
		far, other := a, b
		if math.Abs(logs[n]-median) > math.Abs(logs[n-1]-median) {
			far, other = b, a
		}
		out[far].Remark = told(rows[far], fmt.Sprintf("%s en %d, %s en %d\u00a0: un écart de %s fois n’est pas une évolution, la première valeur est laissée de côté", rows[far].Written, out[far].Keep.Year,
			rows[other].Written, out[other].Keep.Year, french.Significant(ratio, 3)))
		out[far].Keep = nil
	}
}

// unit refuses a series of which every year already known is about a thousand
// times what is known: its unit has changed without a word.
func (in *Incoming) unit(rows []Received, out []Judged, at []int) {
	first := out[at[0]].Keep
	if in.book == nil || first == nil {
		return
	}
	known, ok := in.book.Embedded(rows[at[0]].Indicator, first.Territory)
	if !ok {
		return
	}
	up, down, both := 0, 0, 0
	for _, i := range at {
		o := out[i].Keep
		if o == nil || o.Value == nil || *o.Value <= 0 {
			continue
		}
		p, ok := known.In(o.Year)
		if !ok || p.Value <= 0 {
			continue
		}
		both++
		switch ratio := *o.Value * known.Indicator.Factor / p.Value; {
		case ratio > 500 && ratio < 2000:
			up++
		case ratio > 1.0/2000 && ratio < 1.0/500:
			down++
		}
	}
	if both < 2 || up < both && down < both {
		return
	}
	for _, i := range at {
		if out[i].Keep != nil {
			out[i].Keep = nil
			out[i].Err = located(rows[i], apperr.Invalidf("toute la série est environ mille fois %s que celle que Jalon connaît\u00a0: l’unité a changé, «\u00a0%s\u00a0» est attendu", map[bool]string{true: "plus grande", false: "plus petite"}[up == both], known.Indicator.Published))
		}
	}
}

func equal(a, b *float64) bool {
	return a == nil && b == nil || a != nil && b != nil && same(*a, *b)
}

func kindWord(k Kind) string {
	if k == Ratio {
		return "part ou un rapport"
	}
	return "quantité"
}

func located(r Received, err error) error {
	if r.Where == "" {
		return err
	}
	return apperr.New(apperr.KindOf(err), err, "%s\u00a0: %s", r.Where, apperr.Message(err))
}

func told(r Received, what string) string {
	if r.Where == "" {
		return what
	}
	return r.Where + "\u00a0: " + what
}

func clip(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return s
}

// Files names what an import brought, for a person: «12 séries, 17 territoires».
func Files(rows []Judged) string {
	names, places := []string{}, []string{}
	for _, r := range rows {
		if r.Keep != nil {
			names, places = append(names, r.Keep.Series), append(places, r.Keep.Territory)
		}
	}
	slices.Sort(names)
	slices.Sort(places)
	n, p := len(slices.Compact(names)), len(slices.Compact(places))
	return fmt.Sprintf("%s\u00a0%s, %s\u00a0%s", french.Integer(n), french.Plural(n, "série", "séries"), french.Integer(p), french.Plural(p, "territoire", "territoires"))
}
