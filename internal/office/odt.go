package office

import (
	"io"
	"strconv"
	"strings"
	"time"
)

// TextProps is what is said of a text as a whole.
type TextProps struct {
	Title, Subject, Author string
	At                     time.Time
	Header, Footer         string // of each page but the first
	Mark                   string // a warning on every page, the first included
	Theme                  Theme
}

// The width of the text of a page (A4, 2 cm around), in points.
const (
	PageWidth  = 482
	PageHeight = 680
)

// Text is an ODT in the making: what is written to it comes one after the
// other.
type Text struct {
	props    TextProps
	body     doc
	auto     doc // automatic styles
	names    map[string]string
	entries  []entry
	toc      int // where the table of contents stands in body; -1 for none
	tocTitle string
	tables   int
	objects  int
	breaks   bool // the next paragraph begins a page
	begun    bool
}

type entry struct {
	level        int
	anchor, text string
}

// NewText begins a text.
func NewText(p TextProps) *Text { return &Text{props: p, names: map[string]string{}, toc: -1} }

// The styles of paragraphs.
const (
	BodyStyle     = "Corps"
	TitleStyle    = "Titre_20_principal"
	SubtitleStyle = "Sous-titre"
	CoverStyle    = "Couverture"
	QuoteStyle    = "Citation"
	QuoteTitle    = "Citation_20_titre"
	NoteStyle     = "Note"
	CaptionStyle  = "Legende"
	KeyStyle      = "Chiffre_20_cle"
	KeyLabel      = "Chiffre_20_libelle"
	MissingStyle  = "A_20_venir"
	cellStyle     = "Cellule"
	headStyle     = "Tete"
)

// Paragraph writes a paragraph in a style.
func (t *Text) Paragraph(style string, runs []Run) { t.paragraph(style, Left, runs) }

func (t *Text) paragraph(style string, align Align, runs []Run) {
	style = t.placed(style, align)
	t.body.raw(`<text:p text:style-name="`, style, `">`)
	t.runs(runs)
	t.body.raw(`</text:p>`)
}

// placed is a style that also begins the text or a page, or stands elsewhere
// than on the left.
func (t *Text) placed(style string, align Align) string {
	props, page := "", ""
	if !t.begun {
		page = ` style:master-page-name="Premiere"`
		t.begun, t.breaks = true, false
	}
	if t.breaks {
		props = ` fo:break-before="page"`
		t.breaks = false
	}
	if align != Left {
		props += ` fo:text-align="` + map[Align]string{Center: "center", Right: "end"}[align] + `"`
	}
	if props == "" && page == "" {
		return style
	}
	return t.style("P", "paragraph", style, `<style:paragraph-properties`+props+`/>`, page)
}

// style gives the name of an automatic style, made once.
func (t *Text) style(prefix, family, parent, properties string, more ...string) string {
	key := family + "\x00" + parent + "\x00" + properties + strings.Join(more, "")
	if n, ok := t.names[key]; ok {
		return n
	}
	n := prefix + strconv.Itoa(len(t.names)+1)
	t.names[key] = n
	t.auto.raw(`<style:style style:name="`, n, `" style:family="`, family, `"`)
	if parent != "" {
		t.auto.raw(` style:parent-style-name="`, parent, `"`)
	}
	t.auto.raw(more...)
	t.auto.raw(`>`, properties, `</style:style>`)
	return n
}

// runs writes runs of text, with their links.
func (t *Text) runs(runs []Run) {
	start := true
	for _, r := range runs {
		text := Clean(r.Text)
		if text == "" {
			continue
		}
		href := safe(r.Href)
		if strings.HasPrefix(r.Href, "#") {
			href = Clean(r.Href)
		}
		if href != "" {
			t.body.raw(`<text:a xlink:type="simple"`)
			t.body.attr("xlink:href", href)
			t.body.raw(`>`)
		}
		props := ""
		if r.Bold {
			props += ` fo:font-weight="bold"`
		}
		if r.Italic {
			props += ` fo:font-style="italic"`
		}
		if r.Size > 0 {
			props += ` fo:font-size="` + strconv.FormatFloat(r.Size, 'f', 1, 64) + `pt"`
		}
		if r.Color != "" {
			props += ` fo:color="#` + string(r.Color) + `"`
		}
		if props != "" {
			t.body.raw(`<text:span text:style-name="`, t.style("T", "text", "", `<style:text-properties`+props+`/>`), `">`)
		}
		t.spaced(text, start)
		if props != "" {
			t.body.raw(`</text:span>`)
		}
		if href != "" {
			t.body.raw(`</text:a>`)
		}
		start = strings.HasSuffix(text, " ")
	}
}

// spaced writes a text whose repeated spaces are kept.
func (t *Text) spaced(s string, start bool) {
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] == ' ' {
			j++
		}
		if n := j - i; n > 0 {
			if !start {
				t.body.raw(" ")
				n--
			}
			if n > 0 {
				t.body.raw(`<text:s text:c="`, strconv.Itoa(n), `"/>`)
			}
		}
		start = false
		i = j
		for j < len(s) && s[j] != ' ' {
			j++
		}
		t.body.text(s[i:j])
		i = j
	}
}

// Heading writes a title of a level from 1 to 3, with its anchor.
func (t *Text) Heading(level int, anchor, text string) {
	level = min(max(level, 1), 3)
	n := strconv.Itoa(level)
	style := t.placed("Heading_20_"+n, Left)
	t.body.raw(`<text:h text:style-name="`, style, `" text:outline-level="`, n, `">`)
	if anchor != "" {
		t.body.raw(`<text:bookmark-start`)
		t.body.attr("text:name", anchor)
		t.body.raw(`/>`)
	}
	t.spaced(Clean(text), true)
	if anchor != "" {
		t.body.raw(`<text:bookmark-end`)
		t.body.attr("text:name", anchor)
		t.body.raw(`/>`)
		t.entries = append(t.entries, entry{level, anchor, text})
	}
	t.body.raw(`</text:h>`)
}

// List writes a list of paragraphs.
func (t *Text) List(ordered bool, items [][]Run) {
	if len(items) == 0 {
		return
	}
	style := "Liste_20_a_20_puces"
	if ordered {
		style = "Liste_20_numerotee"
	}
	t.body.raw(`<text:list text:style-name="`, style, `">`)
	for _, item := range items {
		t.body.raw(`<text:list-item>`)
		t.paragraph("Liste", Left, item)
		t.body.raw(`</text:list-item>`)
	}
	t.body.raw(`</text:list>`)
}

// PageBreak makes what follows begin a page.
func (t *Text) PageBreak() { t.breaks = true }

// Contents sets the table of contents here; it lists all the titles of the
// text that have an anchor.
func (t *Text) Contents(title string) {
	t.toc, t.tocTitle = len(t.body.b), title
}

// contents is the table of contents. The page of each title is a reference
// that the reader's program fills in.
func (t *Text) contents() []byte {
	var d doc
	d.raw(`<text:table-of-content text:style-name="Sect" text:protected="true" text:name="Sommaire"><text:table-of-content-source text:outline-level="2" text:use-index-marks="false"><text:index-title-template text:style-name="Contents_20_Heading">`)
	d.text(t.tocTitle)
	d.raw(`</text:index-title-template>`)
	for _, level := range []string{"1", "2"} {
		d.raw(`<text:table-of-content-entry-template text:outline-level="`, level, `" text:style-name="Contents_20_`, level,
			`"><text:index-entry-link-start/><text:index-entry-text/><text:index-entry-tab-stop style:type="right" style:leader-char="."/><text:index-entry-page-number/><text:index-entry-link-end/></text:table-of-content-entry-template>`)
	}
	d.raw(`</text:table-of-content-source><text:index-body><text:index-title text:style-name="Sect" text:name="Sommaire_Titre"><text:p text:style-name="Contents_20_Heading">`)
	d.text(t.tocTitle)
	d.raw(`</text:p></text:index-title>`)
	for _, e := range t.entries {
		if e.level > 2 {
			continue
		}
		d.raw(`<text:p text:style-name="Contents_20_`, strconv.Itoa(e.level), `"><text:a xlink:type="simple" text:style-name="Index_20_Link" text:visited-style-name="Index_20_Link"`)
		d.attr("xlink:href", "#"+e.anchor)
		d.raw(`>`)
		d.text(e.text)
		d.raw(`<text:tab/><text:bookmark-ref text:reference-format="page"`)
		d.attr("text:ref-name", e.anchor)
		d.raw(`>–</text:bookmark-ref></text:a></text:p>`)
	}
	d.raw(`</text:index-body></text:table-of-content>`)
	return d.b
}

const odtNames = ` xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" office:version="1.3"`

const odtType = "application/vnd.oasis.opendocument.text"

// Write writes the text.
func (t *Text) Write(w io.Writer) error {
	var d doc
	d.raw(xmlHead, `<office:document-content`, odtNames, `><office:font-face-decls>`, fontFace, `</office:font-face-decls><office:automatic-styles>`,
		`<style:style style:name="Sect" style:family="section"><style:section-properties/></style:style>`, string(t.auto.b), `</office:automatic-styles><office:body><office:text>`)
	if t.toc >= 0 {
		d.raw(string(t.body.b[:t.toc]), string(t.contents()), string(t.body.b[t.toc:]))
	} else {
		d.raw(string(t.body.b))
	}
	if len(t.body.b) == 0 {
		d.raw(`<text:p text:style-name="Corps"/>`)
	}
	d.raw(`</office:text></office:body></office:document-content>`)
	var m doc
	m.raw(xmlHead, `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="`, odtType, `"/>`)
	for _, name := range []string{"content.xml", "styles.xml", "meta.xml"} {
		m.raw(`<manifest:file-entry manifest:full-path="`, name, `" manifest:media-type="text/xml"/>`)
	}
	m.raw(`</manifest:manifest>`)
	return writeZip(w, []part{
		{name: "mimetype", body: []byte(odtType), store: true},
		{name: "META-INF/manifest.xml", body: m.b},
		{name: "meta.xml", body: t.meta()},
		{name: "styles.xml", body: t.styles()},
		{name: "content.xml", body: d.b},
	})
}

func (t *Text) meta() []byte {
	var d doc
	at := t.props.At.UTC().Format("2006-01-02T15:04:05")
	d.raw(xmlHead, `<office:document-meta`, odtNames, `><office:meta><meta:generator>Jalon</meta:generator><dc:title>`)
	d.text(t.props.Title)
	d.raw(`</dc:title><dc:subject>`)
	d.text(t.props.Subject)
	d.raw(`</dc:subject><meta:initial-creator>`)
	d.text(t.props.Author)
	d.raw(`</meta:initial-creator><dc:creator>`)
	d.text(t.props.Author)
	d.raw(`</dc:creator><meta:creation-date>`, at, `</meta:creation-date><dc:date>`, at, `</dc:date><dc:language>`, Language, `</dc:language></office:meta></office:document-meta>`)
	return d.b
}
