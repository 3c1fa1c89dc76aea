package document

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/chart"
	"jalon/internal/french"
	"jalon/internal/office"
)

// nb never breaks a line.
const nb = french.NoBreak

// DemoMark is what a document made of invented data says on each page.
const DemoMark = "Données de démonstration"

// absolute is an address that can be followed out of the site: a path is set
// after the address of the site, when the document knows its own.
func (d Document) absolute(href string) string {
	href = d.Kept(href)
	if !strings.HasPrefix(href, "/") || strings.HasPrefix(href, "//") {
		return href
	}
	base, err := url.Parse(d.Address)
	if err != nil || base.Host == "" {
		return ""
	}
	return base.Scheme + "://" + base.Host + href
}

// figures is where the explanations of today's figures are.
const figures = "/chiffres/"

// FigurePath is the page that explains a figure as of today.
func FigurePath(key string) string {
	if key == "" {
		return ""
	}
	return figures + key
}

// FigurePath is the page that explains a figure of a document: today's, or the
// one kept with it.
func (d Document) FigurePath(key string) string { return d.Kept(FigurePath(key)) }

// Kept is an address of a document: one of a figure leads to the explanation that
// the document keeps, when it keeps them.
func (d Document) Kept(href string) string {
	if key, ok := strings.CutPrefix(href, figures); ok && d.FigureBase != "" {
		return d.FigureBase + key
	}
	return href
}

// follow is where a run or a cell leads: its own address before that of its
// figure.
func (d Document) follow(href, figure string) string {
	if href == "" {
		href = d.FigurePath(figure)
	}
	return d.absolute(href)
}

// Chaptered reports whether the parts of a document stand in chapters.
func (d Document) Chaptered() bool {
	return slices.ContainsFunc(d.Parts, func(p Part) bool { return p.Chapter != "" })
}

// at is when a document says that it was made: its day, so that two documents
// of one day are the same.
func (d Document) at() time.Time {
	t, err := time.Parse(time.DateOnly, d.Day)
	if err != nil {
		return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}

// mark is the warning of every page.
func (d Document) mark() string {
	if d.Demo && d.Mark != "" {
		return DemoMark + " – " + d.Mark
	}
	if d.Demo {
		return DemoMark
	}
	return d.Mark
}

// asOf is the day in words, «Situation au 27 mai 2024».
func (d Document) asOf() string {
	if d.Day == "" {
		return ""
	}
	return "Situation au " + french.Day(d.Day)
}

// Cover are the lines under the title of the first page, in order: scope, day,
// author, version.
func (d Document) Cover() []string {
	var out []string
	if len(d.Scope) > 0 {
		out = append(out, strings.Join(d.Scope, " · "))
	}
	for _, s := range []string{d.asOf(), d.Author} {
		if s != "" {
			out = append(out, s)
		}
	}
	if d.Version != "" {
		out = append(out, "Version"+nb+": "+d.Version)
	}
	return out
}

// runs are spans as office writes them; links of a path need the site.
func (d Document) runs(spans []Span, size float64) []office.Run {
	out := make([]office.Run, 0, len(spans))
	for _, s := range spans {
		out = append(out, office.Run{Text: s.Text, Bold: s.Bold, Italic: s.Italic, Size: size, Href: d.follow(s.Href, s.Figure)})
	}
	return out
}

// plain is the text of spans.
func plain(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// drawing gives the shapes of a chart their colours.
func (d Document) drawing(c Chart) office.Drawing {
	out := office.Drawing{W: c.Drawing.W, H: c.Drawing.H, Title: c.Title, Description: c.Description}
	for _, s := range c.Drawing.Shapes {
		if x, ok := d.shape(s); ok {
			out.Shapes = append(out.Shapes, x)
		}
	}
	return out
}

func (d Document) shape(s chart.Shape) (office.Shape, bool) {
	x := office.Shape{Fill: color(s.Fill), Edge: color(s.Edge), Href: d.absolute(s.Href), Title: s.Title}
	if s.Fill == chart.Absent { // outlined, never filled
		x.Fill, x.Edge, x.Dashed = paper, control, true
	}
	switch {
	case s.Box != nil:
		x.Kind, x.X, x.Y, x.W, x.H = office.Box, s.Box.X, s.Box.Y, s.Box.W, s.Box.H
	case s.Path != nil:
		x.Kind = office.Path
		for _, r := range s.Path.Rings {
			ring := make([]office.Point, len(r))
			for i, p := range r {
				ring[i] = office.Point{X: p.X, Y: p.Y}
			}
			x.Rings = append(x.Rings, ring)
		}
	case s.Line != nil:
		x.Kind, x.From, x.To = office.Line, office.Point{X: s.Line.From.X, Y: s.Line.From.Y}, office.Point{X: s.Line.To.X, Y: s.Line.To.Y}
		x.Width, x.Dashed = s.Line.Width, s.Line.Dashed
		if x.Edge == "" {
			x.Edge = ink
		}
	case s.Label != nil:
		x.Kind, x.From = office.Label, office.Point{X: s.Label.At.X, Y: s.Label.At.Y}
		x.Text, x.Size, x.Bold = s.Label.Text, s.Label.Size, s.Label.Bold
		x.Anchor = map[string]office.Align{"middle": office.Center, "end": office.Right}[s.Label.Anchor]
		if x.Edge == "" {
			x.Edge = ink
		}
	default:
		return x, false
	}
	return x, true
}

// head is the head of a column with its unit.
func (c Column) head() string {
	if c.Unit == "" {
		return c.Label
	}
	return c.Label + " (" + c.Unit + ")"
}

// reasons numbers the distinct reasons for the missing values of a table, in
// the order of reading.
func (t Table) reasons() []string {
	var out []string
	seen := map[string]bool{}
	for _, row := range t.Rows {
		for _, c := range row {
			if c.Missing != "" && !seen[c.Missing] {
				seen[c.Missing] = true
				out = append(out, c.Missing)
			}
		}
	}
	return out
}

// shown is what a cell says: a missing value is a dash and the number of its
// reason.
func (c Cell) shown(reasons []string) string {
	if c.Missing == "" {
		return c.Text
	}
	for i, r := range reasons {
		if r == c.Missing {
			return "–" + nb + "(" + strconv.Itoa(i+1) + ")"
		}
	}
	return "–"
}

// foot are the lines under a table: its note, then why values are missing.
func (t Table) foot() []string {
	var out []string
	if t.Note != "" {
		out = append(out, t.Note)
	}
	for i, r := range t.reasons() {
		out = append(out, "("+strconv.Itoa(i+1)+") "+r)
	}
	return out
}

// value is the number of a key figure with its unit.
func (k KeyFigure) value() string {
	if k.Missing != "" {
		return "–"
	}
	return k.Value
}
