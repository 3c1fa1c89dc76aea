// Package paper draws a document as a page of the site, and as one file that
// stands alone: the one that is printed to PDF and frozen.
package paper

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/office"
	"jalon/internal/web/static"
	"jalon/internal/web/ui"
)

const nb = french.NoBreak

// Stylesheet is the sheet that a page with a document loads, in ui.Page.Styles.
func Stylesheet() string { return static.URL("paper.css") }

// view is a document on a page: how its links are written.
type view struct {
	document.Document
	alone   bool
	anchors []string
}

// Body is the content of a page: the document within the frame of the site.
func Body(d document.Document) templ.Component {
	return clean(whole(view{Document: d, anchors: d.Anchors()}))
}

// Blocks is what a part of a document holds, without its title: for a page that
// shows a piece of it.
func Blocks(d document.Document, p document.Part) templ.Component {
	d.Parts = []document.Part{p}
	return clean(inside(view{Document: d, anchors: d.Anchors()}, 0, p))
}

// Standalone is the document in one file, which needs nothing else: no script,
// no file of the site, links that lead back to it.
func Standalone(ctx context.Context, d document.Document) (_ []byte, err error) {
	defer apperr.Wrap(&err, "paper.Standalone(%q)", d.Kind)
	var b bytes.Buffer
	err = clean(standalone(view{Document: d, alone: true, anchors: d.Anchors()})).Render(ctx, &b)
	return b.Bytes(), err
}

// clean leaves out what no reader sees and no parser likes: control characters
// and broken letters that a text brought.
func clean(c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var b bytes.Buffer
		if err := c.Render(ctx, &b); err != nil {
			return err
		}
		_, err := io.WriteString(w, office.Clean(b.String()))
		return err
	})
}

// css is the style of a file that stands alone: always light, as paper is.
func css() templ.Component {
	return templ.Raw("<style>" + strings.ReplaceAll(static.Text("app.css"), "(prefers-color-scheme: dark)", "(max-width: 0)") + static.Text("paper.css") + "</style>")
}

// policy lets a file that stands alone load nothing.
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

// named are the titles that name a part: that of its chapter too, for parts of
// several chapters may bear the same («Ce que nous en retenons»).
func (v view) named(i int) string {
	own := v.anchors[i] + "-h"
	for at := i; at >= 0; at-- {
		if v.Parts[at].Chapter != "" {
			return v.anchors[at] + "-c " + own
		}
	}
	return own
}

// link is an address that a reader can follow from where the document is read,
// "" when there is none.
func (v view) link(href string) string {
	href = v.Kept(href)
	u, err := url.Parse(href)
	switch {
	case err != nil || href == "":
		return ""
	case u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "mailto":
		return href
	case u.Scheme != "" || strings.HasPrefix(href, "//"):
		return ""
	case strings.HasPrefix(href, "#"), !v.alone && strings.HasPrefix(href, "/"):
		return href
	case strings.HasPrefix(href, "/"):
		if base, err := url.Parse(v.Address); err == nil && base.Host != "" {
			return base.Scheme + "://" + base.Host + href
		}
	}
	return ""
}

func (v view) figure(key string) string {
	if key == "" {
		return ""
	}
	return v.link(v.FigurePath(key))
}

func (v view) heading() ui.Heading {
	h := ui.Heading{Overline: v.Subtitle, Title: v.Title, Scope: v.Scope}
	if v.Day != "" {
		h.Scope = append(append([]string{}, h.Scope...), "situation au "+french.Day(v.Day))
	}
	return h
}

// chapter is a run of parts under one name.
type chapter struct {
	Name     string
	From, To int
}

func (v view) chapters() []chapter {
	var out []chapter
	for i, p := range v.Parts {
		if p.Chapter != "" || len(out) == 0 {
			out = append(out, chapter{Name: p.Chapter, From: i})
		}
		out[len(out)-1].To = i + 1
	}
	return out
}

// id names a thing of a part.
func (v view) id(part, block int) string {
	return v.anchors[part] + "-" + strconv.Itoa(block+1)
}

// table is a table of a document as pages show tables.
func (v view) table(t document.Table, id string) ui.Table {
	out := ui.Table{ID: id, Caption: t.Caption}
	n := len(t.Columns)
	for _, r := range t.Rows {
		n = max(n, len(r))
	}
	for i := range n {
		var c ui.Column
		if i < len(t.Columns) {
			c = ui.Column{Label: t.Columns[i].Label, Unit: t.Columns[i].Unit, Number: t.Columns[i].Number}
		}
		out.Columns = append(out.Columns, c)
	}
	for _, r := range t.Rows {
		var row ui.Row
		for i := range n {
			var c ui.Cell
			if i < len(r) {
				c = ui.Cell{Text: r[i].Text, Missing: r[i].Missing, Href: v.link(r[i].Href)}
				if c.Href == "" {
					c.Explain = v.figure(r[i].Figure)
				}
				if c.Explain != "" && len(r) > 0 {
					c.Name = r[0].Text
				}
			}
			row.Cells = append(row.Cells, c)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// keys are key figures as pages show them.
func (v view) keys(k document.KeyFigures) []ui.KeyFigure {
	var out []ui.KeyFigure
	for _, f := range k.Figures {
		value := ui.Value{Text: f.Value, Unit: f.Unit, Missing: f.Missing, ProvenanceLabel: f.Class, Explain: v.figure(f.Figure), Name: f.Label}
		value.Provenance = provenance(f.Class)
		k := ui.KeyFigure{Label: f.Label, Value: value, Meaning: f.Meaning}
		if value.Provenance == "" {
			k.Trend = f.Class
		}
		out = append(out, k)
	}
	return out
}

// provenance is the class that a French word of provenance stands for, "" for a
// word that is none.
func provenance(word string) string {
	for _, c := range []figure.Class{figure.Reference, figure.Provider, figure.Computed, figure.Declared, figure.Estimated, figure.ConfirmedZero, figure.Missing} {
		if c.Label() == word {
			return string(c)
		}
	}
	return ""
}

func (v view) svg(c document.Chart, id string) templ.Component {
	return templ.Raw(document.ChartSVG(c, id, v.link))
}
