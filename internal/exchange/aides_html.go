package exchange

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// dropped are the elements of which nothing is kept, what they hold neither.
var dropped = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Iframe: true, atom.Object: true, atom.Noscript: true, atom.Template: true, atom.Svg: true, atom.Form: true, atom.Textarea: true, atom.Select: true, atom.Title: true}

var (
	markChars  = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "`", "\\`", "#", `\#`, "~", `\~`, "|", `\|`)
	manyBreaks = regexp.MustCompile(`\n{3,}`)
	manySpaces = regexp.MustCompile(`[ \t\r\n]+`)
)

// MarkdownOf turns the HTML that a source writes into markdown: paragraphs, lists, headings,
// bold, italics and links to the web alone. What runs, embeds or styles is dropped, and
// nothing of it can come back: what is left is escaped.
func MarkdownOf(text string) string {
	if !strings.ContainsAny(text, "<&") {
		return strings.TrimSpace(markChars.Replace(text))
	}
	z := html.NewTokenizer(strings.NewReader(text))
	var b strings.Builder
	var links []string
	skip := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			lines := strings.Split(b.String(), "\n")
			for i := range lines {
				lines[i] = strings.TrimSpace(lines[i])
			}
			return strings.TrimSpace(manyBreaks.ReplaceAllString(strings.Join(lines, "\n"), "\n\n"))
		case html.TextToken:
			if skip == 0 {
				b.WriteString(markChars.Replace(manySpaces.ReplaceAllString(string(z.Text()), " ")))
			}
		case html.StartTagToken:
			t := z.Token()
			if dropped[t.DataAtom] {
				skip++
			}
			if skip == 0 {
				links = opened(&b, t, links)
			}
		case html.SelfClosingTagToken:
			if t := z.Token(); skip == 0 && t.DataAtom == atom.Br {
				b.WriteString("\n\n")
			}
		case html.EndTagToken:
			t := z.Token()
			if dropped[t.DataAtom] {
				skip = max(skip-1, 0)
			}
			if skip == 0 {
				links = shut(&b, t, links)
			}
		}
	}
}

func opened(b *strings.Builder, t html.Token, links []string) []string {
	switch t.DataAtom {
	case atom.P, atom.Div, atom.Ul, atom.Ol, atom.Br, atom.Table, atom.Tr, atom.Blockquote, atom.Section:
		b.WriteString("\n\n")
	case atom.Li:
		b.WriteString("\n- ")
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		b.WriteString("\n\n#### ")
	case atom.Td, atom.Th:
		b.WriteString(" ")
	case atom.A:
		link := ""
		for _, a := range t.Attr {
			if u, err := url.Parse(strings.TrimSpace(a.Val)); a.Key == "href" && err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" {
				link = strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "<", "%3C", ">", "%3E").Replace(u.String())
			}
		}
		if links = append(links, link); link != "" {
			b.WriteString("[")
		}
	}
	return links
}

func shut(b *strings.Builder, t html.Token, links []string) []string {
	switch t.DataAtom {
	case atom.P, atom.Div, atom.Ul, atom.Ol, atom.Table, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Section:
		b.WriteString("\n\n")
	case atom.A:
		if len(links) == 0 {
			return links
		}
		if last := links[len(links)-1]; last != "" {
			b.WriteString("](" + last + ")")
		}
		return links[:len(links)-1]
	}
	return links
}
