package office

import (
	"io"
	"strconv"
	"time"
)

// The size of a slide, in points: 16 to 9.
const (
	SlideWidth  = 960
	SlideHeight = 540
)

// emu is a point in the units of the format.
const emu = 12700

// Deck is a presentation.
type Deck struct {
	Title, Subject, Author string
	At                     time.Time // said to be made at
	Theme                  Theme
	Footer                 string // on each slide but the first
	Mark                   string // a warning on every slide: «données de démonstration»
	Slides                 []Slide
}

// Theme is the colours that a person who edits the deck is offered.
type Theme struct {
	Ink, Paper, Muted, Accent, Line, Warn, WarnBack Color
	Accents                                         [6]Color
}

// Slide is one slide: its title, what stands on it in the order it is read,
// and what the speaker reads.
type Slide struct {
	Title     string
	TitleSize float64 // 0 for that of the master
	Cover     bool
	Subtitle  string // of a cover
	Elements  []Element
	Notes     []string
}

// Frame is a place on a slide, in points.
type Frame struct{ X, Y, W, H float64 }

// Element is a TextBox, a Grid or a Picture.
type Element interface{ element() }

// TextBox is a text that can be edited. Body says that it is the text of the
// slide, which outlines show.
type TextBox struct {
	Name       string
	Frame      Frame
	Paras      []Para
	Fill, Edge Color
	Inset      float64
	Middle     bool // stands in the middle of its height
	Body       bool
}

// Para is a paragraph of a slide. Bullet is «•», or «1» for a number.
type Para struct {
	Runs   []Run
	Align  Align
	Bullet string
	Start  int     // number of the first of a list, from 1
	After  float64 // space under it, in points
}

// Grid is a real table; its first row is its head.
type Grid struct {
	Name, Description string
	X, Y              float64
	Widths, Heights   []float64
	Rows              [][]GridCell
}

// GridCell is a cell of a slide.
type GridCell struct {
	Runs  []Run
	Align Align
	Fill  Color
}

// Picture is a drawing on a slide.
type Picture struct {
	Frame   Frame
	Drawing Drawing
}

func (TextBox) element() {}
func (Grid) element()    {}
func (Picture) element() {}

// pack is a deck in the making.
type pack struct {
	deck  Deck
	parts []part
	types doc
}

func (p *pack) add(name, contentType string, body []byte) {
	p.parts = append(p.parts, part{name: name, body: body})
	if contentType != "" {
		p.types.raw(`<Override PartName="/`, name, `" ContentType="application/`, contentType, `+xml"/>`)
	}
}

// rels are the relations of one part.
type rels struct{ list []rel }

type rel struct{ kind, target, mode string }

func (r *rels) add(kind, target string) string {
	return r.put(rel{kind, target, ""})
}

func (r *rels) link(href string) string {
	return r.put(rel{"hyperlink", href, "External"})
}

func (r *rels) put(x rel) string {
	for i, have := range r.list {
		if have == x {
			return "rId" + strconv.Itoa(i+1)
		}
	}
	r.list = append(r.list, x)
	return "rId" + strconv.Itoa(len(r.list))
}

const officeRels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

func (r *rels) bytes() []byte {
	var d doc
	d.raw(xmlHead, `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for i, x := range r.list {
		kind := officeRels + x.kind
		if x.kind == "metadata/core-properties" {
			kind = "http://schemas.openxmlformats.org/package/2006/relationships/" + x.kind
		}
		d.raw(`<Relationship Id="rId`, strconv.Itoa(i+1), `" Type="`, kind, `"`)
		d.attr("Target", x.target)
		if x.mode != "" {
			d.raw(` TargetMode="`, x.mode, `"`)
		}
		d.raw(`/>`)
	}
	d.raw(`</Relationships>`)
	return d.b
}

const presentationML = "vnd.openxmlformats-officedocument.presentationml."

// Write writes the deck.
func (k Deck) Write(w io.Writer) error {
	p := &pack{deck: k}
	if len(p.deck.Slides) == 0 {
		p.deck.Slides = []Slide{{Title: k.Title, Cover: true}}
	}
	var top rels
	top.add("officeDocument", "ppt/presentation.xml")
	top.add("metadata/core-properties", "docProps/core.xml")
	top.add("extended-properties", "docProps/app.xml")
	p.add("_rels/.rels", "", top.bytes())
	p.add("docProps/core.xml", "vnd.openxmlformats-package.core-properties", p.core())
	p.add("docProps/app.xml", "vnd.openxmlformats-officedocument.extended-properties", p.app())
	p.presentation()
	p.masters()
	for i := range p.deck.Slides {
		p.slide(i)
	}
	var types doc
	types.raw(xmlHead, `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`, string(p.types.b), `</Types>`)
	return writeZip(w, append([]part{{name: "[Content_Types].xml", body: types.b}}, p.parts...))
}

func (p *pack) core() []byte {
	var d doc
	d.raw(xmlHead, `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>`)
	d.text(p.deck.Title)
	d.raw(`</dc:title><dc:subject>`)
	d.text(p.deck.Subject)
	d.raw(`</dc:subject><dc:creator>`)
	d.text(p.deck.Author)
	d.raw(`</dc:creator><cp:lastModifiedBy>`)
	d.text(p.deck.Author)
	at := p.deck.At.UTC().Format("2006-01-02T15:04:05Z")
	d.raw(`</cp:lastModifiedBy><dcterms:created xsi:type="dcterms:W3CDTF">`, at, `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">`, at,
		`</dcterms:modified><dc:language>`, Language, `</dc:language></cp:coreProperties>`)
	return d.b
}

func (p *pack) app() []byte {
	n := strconv.Itoa(len(p.deck.Slides))
	return []byte(xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><TotalTime>0</TotalTime><Application>Jalon</Application><PresentationFormat>Grand écran</PresentationFormat><Slides>` + n + `</Slides><Notes>` + n + `</Notes></Properties>`)
}

const mainNames = ` xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"`

func (p *pack) presentation() {
	var r rels
	master := r.add("slideMaster", "slideMasters/slideMaster1.xml")
	notes := r.add("notesMaster", "notesMasters/notesMaster1.xml")
	r.add("presProps", "presProps.xml")
	r.add("theme", "theme/theme1.xml")
	var d doc
	d.raw(xmlHead, `<p:presentation`, mainNames, ` saveSubsetFonts="1"><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="`, master, `"/></p:sldMasterIdLst><p:notesMasterIdLst><p:notesMasterId r:id="`, notes, `"/></p:notesMasterIdLst><p:sldIdLst>`)
	for i := range p.deck.Slides {
		d.raw(`<p:sldId id="`, strconv.Itoa(256+i), `" r:id="`, r.add("slide", "slides/slide"+strconv.Itoa(i+1)+".xml"), `"/>`)
	}
	d.raw(`</p:sldIdLst><p:sldSz`)
	d.intAttr("cx", SlideWidth*emu)
	d.intAttr("cy", SlideHeight*emu)
	d.raw(`/><p:notesSz cx="6858000" cy="9144000"/><p:defaultTextStyle><a:defPPr><a:defRPr lang="`, Language, `"/></a:defPPr></p:defaultTextStyle></p:presentation>`)
	p.add("ppt/presentation.xml", presentationML+"presentation.main", d.b)
	p.add("ppt/_rels/presentation.xml.rels", "", r.bytes())
	p.add("ppt/presProps.xml", presentationML+"presProps", []byte(xmlHead+`<p:presentationPr`+mainNames+`/>`))
}
