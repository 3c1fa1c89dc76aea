package roadmap

import (
	"bytes"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/french"
)

// shown is a figure as a document shows it: the text, and the unit beside it or in the
// head of its column.
type shown struct {
	Key, Text, Unit, Missing string
	Led                      bool // its cell leads elsewhere: pages do not lead to its explanation
}

// shownIn lists each time that a document shows a figure, in the order of reading.
func shownIn(d document.Document) (out []shown) {
	add := func(s shown) {
		if s.Key != "" {
			out = append(out, s)
		}
	}
	spans := func(list []document.Span) {
		for _, s := range list {
			add(shown{Key: s.Figure, Text: s.Text})
		}
	}
	table := func(t document.Table) {
		for _, r := range t.Rows {
			for i, c := range r {
				unit := ""
				if i < len(t.Columns) {
					unit = t.Columns[i].Unit
				}
				add(shown{Key: c.Figure, Text: c.Text, Unit: unit, Missing: c.Missing, Led: c.Href != ""})
			}
		}
	}
	for _, p := range d.Parts {
		for _, b := range p.Blocks {
			switch b := b.(type) {
			case document.Text:
				spans(b.Spans)
			case document.List:
				for _, it := range b.Items {
					spans(it)
				}
			case document.Quote:
				spans(b.Spans)
			case document.KeyFigures:
				for _, k := range b.Figures {
					add(shown{Key: k.Figure, Text: k.Value, Unit: k.Unit, Missing: k.Missing})
				}
			case document.Table:
				table(b)
			case document.Chart:
				table(b.Table)
			}
		}
	}
	return out
}

var written = regexp.MustCompile(`^([+−-]?)\s?(\d[\d \x{202f}\x{a0}]*(?:,\d+)?)(.*)$`)

// number reads a number as Jalon writes it, half of its last decimal, and what follows;
// ok is false for words.
func number(text string) (v, slack float64, rest string, ok bool) {
	m := written.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, 0, "", false
	}
	digits := strings.NewReplacer("\u202f", "", "\u00a0", "", " ", "", ",", ".").Replace(m[2])
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return 0, 0, "", false
	}
	decimals := 0
	if _, after, found := strings.Cut(digits, "."); found {
		decimals = len(after)
	}
	if m[1] == "−" || m[1] == "-" {
		v = -v
	}
	return v, math.Pow10(-decimals) / 2, strings.TrimSpace(m[3]), true
}

// sizes are the units that are written one for the other, each with its family and how
// much of it one is.
var sizes = map[string]struct {
	family string
	of     float64
}{
	"kgCO₂e": {"mass", 1}, "tCO₂e": {"mass", 1e3}, "ktCO₂e": {"mass", 1e6}, "MtCO₂e": {"mass", 1e9}, "kg": {"mass", 1}, "t": {"mass", 1e3}, "kt": {"mass", 1e6}, "Mt": {"mass", 1e9},
	"€": {"money", 1}, "k€": {"money", 1e3}, "M€": {"money", 1e6}, "Md€": {"money", 1e9}, "%": {"part", 1},
}

// scale is how many of the unit that an explanation is in make one that is shown; ok is
// false for units that say two things.
func scale(shown, explained string) (float64, bool) {
	first := func(s string) string {
		s, _, _ = strings.Cut(strings.ReplaceAll(strings.TrimSpace(s), "\u00a0", " "), " ")
		return s
	}
	a, b := first(shown), first(explained)
	if a == b || a == "" || b == "" {
		return 1, true
	}
	x, known := sizes[a]
	y, too := sizes[b]
	if !known || !too || x.family != y.family {
		return 0, false
	}
	return x.of / y.of, true
}

// against compares a figure as it is shown with its explanation; compared is false for
// words and for units that do not convert, which nothing here can judge.
func (s shown) against(f figure.Figure) (differs string, compared bool) {
	if s.Missing != "" || s.Text == "" || s.Text == "–" {
		if f.Known() {
			return "le document dit qu’il manque, son explication vaut " + valueText(f) + unitText(f.Unit), true
		}
		return "", true
	}
	v, slack, rest, ok := number(s.Text)
	if !ok {
		return "", false
	}
	unit := s.Unit
	if rest != "" {
		unit = rest
	}
	if !f.Known() {
		return "le document montre " + s.Text + unitText(s.Unit) + ", son explication dit qu’il manque", true
	}
	by, ok := scale(unit, f.Unit)
	if !ok {
		return "", false
	}
	if math.Abs(v*by-f.Value) > slack*by*(1+1e-6)+1e-6*math.Abs(f.Value)+1e-9 {
		return "le document montre " + s.Text + unitText(s.Unit) + ", son explication vaut " + valueText(f) + unitText(f.Unit), true
	}
	return "", true
}

func unitText(unit string) string {
	if unit == "" {
		return ""
	}
	return "\u00a0" + unit
}

// read is a figure that the page of an archive shows: its key, and its text.
type read struct{ key, text string }

// pageFigures lists the numbers of a page that lead to an explanation.
func pageFigures(page []byte) (out []read, err error) {
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, err
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" || n.Namespace != "" {
			continue
		}
		_, key, ok := strings.Cut(attribute(n, "href"), "/chiffres/")
		if !ok {
			continue
		}
		if plain, err := url.PathUnescape(key); err == nil {
			key = plain
		}
		text := textOf(n)
		if attribute(n, "class") == "why" { // the value stands above, in the same key figure
			for p := n.Parent; p != nil; p = p.Parent {
				if i := strings.Fields(attribute(p, "class")); slices.Contains(i, "key") {
					text = textOf(within(p, "key-n"))
					break
				}
			}
		}
		if _, _, _, ok := number(text); ok {
			out = append(out, read{key, text})
		}
	}
	return out, nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func within(n *html.Node, class string) *html.Node {
	for x := range n.Descendants() {
		if slices.Contains(strings.Fields(attribute(x, "class")), class) {
			return x
		}
	}
	return nil
}

func textOf(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			b.WriteString(x.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// page compares the numbers of the page with those of the document that it was drawn
// from, both ways.
func (c *Checked) page(body []byte, list []shown, titles map[string]string, bad func(string, ...any)) {
	found, err := pageFigures(body)
	if err != nil {
		bad("%s\u00a0: la page ne se lit pas.", document.PagePart)
		return
	}
	texts, onPage := map[string][]string{}, map[string][]string{}
	for _, s := range list {
		if _, _, _, ok := number(s.Text); ok {
			texts[s.Key] = append(texts[s.Key], strings.TrimSpace(s.Text))
		}
	}
	name := func(key string) string {
		if titles[key] != "" {
			return titles[key] + "\u00a0» (" + key + ")"
		}
		return key + "\u00a0»"
	}
	told, wrong := map[read]bool{}, map[string]bool{}
	for _, f := range found {
		c.OnPage++
		onPage[f.key] = append(onPage[f.key], f.text)
		switch {
		case told[f] || slices.Contains(texts[f.key], f.text):
		case len(texts[f.key]) == 0:
			told[f] = true
			bad("Le chiffre «\u00a0%s\u00a0: la page montre %s, le document figé ne le montre pas.", name(f.key), f.text)
		default:
			told[f], wrong[f.key] = true, true
			bad("Le chiffre «\u00a0%s\u00a0: la page montre %s, le document figé montre %s.", name(f.key), f.text, strings.Join(once(texts[f.key]), " et "))
		}
	}
	for _, s := range list {
		text := strings.TrimSpace(s.Text)
		if _, _, _, ok := number(text); !ok || s.Led || wrong[s.Key] || told[read{s.Key, text}] || slices.Contains(onPage[s.Key], text) {
			continue
		}
		told[read{s.Key, text}] = true
		bad("Le chiffre «\u00a0%s\u00a0: le document figé montre %s, la page ne le montre pas.", name(s.Key), text)
	}
}

func once(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// figures checks that each figure that is shown has its kept explanation and says what it
// says, in the document and on the page, and that sums that are written out come to what
// they say.
func (c *Checked) figures(f document.Frozen, page []byte, bad func(string, ...any)) {
	keys := f.Document.Figures()
	c.Figures, c.Explained, c.Unexplained = len(keys), len(f.Explanations), len(f.Unexplained)
	bare, at := map[string]bool{}, map[string]int{}
	for _, u := range f.Unexplained {
		bare[u.Key] = true
	}
	for i, e := range f.Explanations {
		if _, twice := at[e.Figure.Key]; !twice {
			at[e.Figure.Key] = i
		}
	}
	said, used, next := map[string]figure.Explanation{}, map[int]bool{}, 0
	for _, key := range keys {
		if bare[key] {
			continue
		}
		i, ok := at[key]
		if !ok && next < len(f.Explanations) && !slices.Contains(keys, f.Explanations[next].Figure.Key) {
			i, ok = next, true // another name of the same figure: explanations stand in the order of figures
		}
		next++
		if !ok {
			bad("Le chiffre «\u00a0%s\u00a0» n’a pas d’explication gardée.", key)
			continue
		}
		said[key], used[i] = f.Explanations[i], true
	}
	values, titles := map[string]float64{}, map[string]string{}
	for i, e := range f.Explanations {
		if was, ok := values[e.Figure.Key]; ok && was != e.Figure.Value {
			bad("Le chiffre «\u00a0%s\u00a0» a deux valeurs.", e.Figure.Key)
		}
		values[e.Figure.Key] = e.Figure.Value
		if !used[i] {
			bad("L’explication gardée de «\u00a0%s\u00a0» n’est celle d’aucun chiffre du document.", e.Figure.Key)
		}
		if ok, checked := addsUp(e.Numbers); checked {
			c.Sums++
			if !ok {
				bad("Le calcul du chiffre «\u00a0%s\u00a0» ne donne pas ce qu’il annonce\u00a0: %s.", e.Figure.Key, e.Numbers)
			}
		}
	}
	list := shownIn(f.Document)
	told := map[string]bool{}
	for _, s := range list {
		e, ok := said[s.Key]
		if !ok {
			continue
		}
		titles[s.Key] = e.Title
		differs, compared := s.against(e.Figure)
		if compared {
			c.Compared++
		} else {
			c.Words++
		}
		if line := fmt.Sprintf("Le chiffre «\u00a0%s\u00a0» (%s)\u00a0: %s.", e.Title, s.Key, differs); differs != "" && !told[line] {
			told[line] = true
			bad("%s", line)
		}
	}
	if page != nil {
		c.page(page, list, titles, bad)
	}
}

// Compare tells how the figures of a frozen document differ from their explanations, and
// from those of its page when there is one: French, one each.
func Compare(f document.Frozen, page []byte) []string {
	var c Checked
	c.figures(f, page, func(format string, args ...any) { c.Differences = append(c.Differences, fmt.Sprintf(format, args...)) })
	return c.Differences
}

func (c Checked) compared() string {
	text := french.Integer(c.Compared) + " comparé(s) à leur explication"
	if c.Words > 0 {
		text += ", " + french.Integer(c.Words) + " en mots ou dans une autre unité, que rien ici ne juge"
	}
	return text + ", " + french.Integer(c.OnPage) + " relu(s) sur la page"
}
