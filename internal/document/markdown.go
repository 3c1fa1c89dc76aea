package document

import (
	"net/url"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	reading "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Markdown is a text that a person wrote as blocks of a document: paragraphs,
// lists, quotes, bold, italic and links. Nothing else goes through: a heading is a
// paragraph in bold, an image its description, raw HTML nothing at all, and a link
// that is neither a page nor an address keeps its words alone.
func Markdown(source string) []Block {
	src := []byte(source)
	w := written{src: src}
	root := goldmark.DefaultParser().Parse(reading.NewReader(src))
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		w.block(n)
	}
	return w.out
}

// written is a text being read.
type written struct {
	src []byte
	out []Block
}

func (w *written) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		if spans := w.spans(n, Span{Bold: true}); len(spans) > 0 {
			w.out = append(w.out, Text{spans})
		}
	case *ast.List:
		l := List{Ordered: n.IsOrdered()}
		w.items(n, &l, "")
		if len(l.Items) > 0 {
			w.out = append(w.out, l)
		}
	case *ast.Blockquote:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if spans := w.spans(c, Span{}); len(spans) > 0 {
				w.out = append(w.out, Quote{Spans: spans})
			}
		}
	case *ast.CodeBlock:
		w.lines(n)
	case *ast.FencedCodeBlock:
		w.lines(n)
	case *ast.Paragraph, *ast.TextBlock:
		if spans := w.spans(n, Span{}); len(spans) > 0 {
			w.out = append(w.out, Text{spans})
		}
	}
}

// items lays a list out flat: those of a list within come after their own, told
// apart by a dash.
func (w *written) items(list ast.Node, l *List, mark string) {
	for it := list.FirstChild(); it != nil; it = it.NextSibling() {
		var spans []Span
		for c := it.FirstChild(); c != nil; c = c.NextSibling() {
			if c.Kind() == ast.KindList {
				continue
			}
			if more := w.spans(c, Span{}); len(more) > 0 {
				if len(spans) > 0 {
					spans = append(spans, Span{Text: " "})
				}
				spans = append(spans, more...)
			}
		}
		if len(spans) > 0 {
			if mark != "" {
				spans = append(Plain(mark), spans...)
			}
			l.Items = append(l.Items, spans)
		}
		for c := it.FirstChild(); c != nil; c = c.NextSibling() {
			if c.Kind() == ast.KindList {
				w.items(c, l, mark+"–"+nb)
			}
		}
	}
}

// lines is a block of code as a paragraph: a diagnosis has none, and what somebody
// set four spaces to the right is not lost.
func (w *written) lines(n ast.Node) {
	var b strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		b.Write(line.Value(w.src))
	}
	if s := strings.Join(strings.Fields(b.String()), " "); s != "" {
		w.out = append(w.out, Para(s))
	}
}

// spans are the runs under a node, in the manner of what is around them.
func (w *written) spans(n ast.Node, like Span) []Span {
	var out []Span
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		inner := like
		switch x := c.(type) {
		case *ast.Text:
			plain := string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(x.Segment.Value(w.src)))))
			if x.SoftLineBreak() || x.HardLineBreak() {
				plain += " "
			}
			out = run(out, like, plain)
			continue
		case *ast.String:
			out = run(out, like, string(x.Value))
			continue
		case *ast.AutoLink:
			inner.Href = harmless(string(x.URL(w.src)))
			out = run(out, inner, string(x.Label(w.src)))
			continue
		case *ast.RawHTML:
			continue
		case *ast.Link:
			inner.Href = harmless(string(x.Destination))
		case *ast.Emphasis:
			inner.Bold, inner.Italic = like.Bold || x.Level > 1, like.Italic || x.Level == 1
		}
		for _, s := range w.spans(c, inner) {
			out = run(out, s, s.Text)
		}
	}
	return out
}

// run adds words to those before them: in one with the last when they are of its
// manner.
func run(out []Span, like Span, words string) []Span {
	if words == "" {
		return out
	}
	if n := len(out) - 1; n >= 0 && out[n].Bold == like.Bold && out[n].Italic == like.Italic && out[n].Href == like.Href {
		out[n].Text += words
		return out
	}
	like.Text = words
	return append(out, like)
}

// harmless is an address that a document may lead to, "" for any other.
func harmless(href string) string {
	u, err := url.Parse(href)
	switch {
	case err != nil:
		return ""
	case u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "mailto":
		return href
	case u.Scheme == "" && strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//"):
		return href
	}
	return ""
}
