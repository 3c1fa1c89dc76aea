package shell

import (
	"bytes"
	"context"
	"io"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
)

// clean lets through what a text needs (paragraphs, lists, emphasis, links,
// headings under those of the page) and nothing that acts or loads.
var clean = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "ul", "ol", "li", "em", "strong", "blockquote", "br", "h3", "h4", "code", "pre", "hr")
	p.AllowStandardURLs()
	p.AllowAttrs("href").OnElements("a")
	p.RequireNoFollowOnLinks(true)
	return p
}()

// Markdown draws what a person wrote: cleaned when it is drawn, so that a text
// kept before a rule was made obeys it too. Headings begin under those of the
// page.
func Markdown(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b bytes.Buffer
		if err := goldmark.Convert([]byte(text), &b); err != nil {
			return err
		}
		html := b.Bytes()
		for from, to := range map[string]string{"h1>": "h3>", "h2>": "h4>"} {
			html = bytes.ReplaceAll(html, []byte("<"+from), []byte("<"+to))
			html = bytes.ReplaceAll(html, []byte("</"+from), []byte("</"+to))
		}
		_, err := w.Write(clean.SanitizeBytes(html))
		return err
	})
}
