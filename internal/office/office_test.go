package office

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files again")

var day = time.Date(2024, 5, 27, 0, 0, 0, 0, time.UTC)

var look = Theme{Ink: "14201f", Paper: "ffffff", Muted: "435257", Accent: "0b4f57", Line: "c9d3d5", Warn: "633d00", WarnBack: "fff4dc",
	Accents: [6]Color{"0b4f57", "0d3b66", "f4b942", "f08a6c", "1d5c33", "66767b"}}

// hostile is a text that must break nothing.
const hostile = "Agir & <réduire> \"vite\" \x00\x01\x1b\xff\xfe]]> l’énergie\u202e\ufffe — «\u00a0été\u00a0»\ttab\nligne"

func drawing() Drawing {
	return Drawing{W: 400, H: 200, Title: "Carte & co", Description: "Une carre <trouée>.", Shapes: []Shape{
		{Kind: Path, Rings: [][]Point{{{10, 10}, {190, 10}, {190, 190}, {10, 190}}, {{60, 60}, {60, 120}, {120, 120}, {120, 60}}}, Fill: "1d676e", Edge: "ffffff", Title: "Bretagne : débat", Href: "https://jalon.example/regions/bretagne"},
		{Kind: Box, X: 210, Y: 20, W: 100, H: 50, Fill: "f4b942", Edge: "66767b", Dashed: true},
		{Kind: Line, From: Point{210, 150}, To: Point{390, 100}, Width: 2, Edge: "14201f"},
		{Kind: Label, From: Point{300, 180}, Text: hostile, Size: 14, Anchor: Center, Edge: "14201f", Bold: true},
		{Kind: Box}, {Kind: Path, Rings: [][]Point{{{1, 1}}}}, {Kind: Label, Text: " ", Size: 3}, // nothing to see
	}}
}

func deck() Deck {
	return Deck{Title: hostile, Subject: "Essai", Author: "SGPE", At: day, Theme: look, Footer: hostile, Mark: "Données de démonstration", Slides: []Slide{
		{Cover: true, Title: "Point d’étape", Subtitle: "Mai 2024"},
		{Title: hostile, Notes: []string{"Source : " + hostile, ""}, Elements: []Element{
			TextBox{Body: true, Frame: Body(), Paras: []Para{{Runs: []Run{{Text: hostile, Size: 18}, {Text: "lien", Href: "https://jalon.example/?a=1&b=2", Bold: true}, {Text: "pas un lien", Href: "javascript:alert(1)"}}},
				{Bullet: "•", Runs: []Run{{Text: "un", Italic: true}}}, {Bullet: "1", Start: 2, Runs: []Run{{Text: "deux", Color: "0b4f57"}}}, {}}},
			TextBox{Frame: Frame{40, 400, 200, 40}, Fill: "f1f5f5", Edge: "c9d3d5", Middle: true}}},
		{Title: "Tableau et carte", Elements: []Element{
			Grid{Description: "Deux colonnes", X: 40, Y: 100, Widths: []float64{200, 200}, Heights: []float64{20, 20}, Rows: [][]GridCell{{{Runs: []Run{{Text: "Région"}}}, {Runs: []Run{{Text: "kt"}}, Align: Right}}, {{Runs: []Run{{Text: hostile}}, Fill: "f1f5f5"}}}},
			Grid{}, Picture{Frame: Frame{500, 100, 400, 200}, Drawing: drawing()}, Picture{}}},
	}}
}

func text() *Text {
	t := NewText(TextProps{Title: hostile, Author: "SGPE", At: day, Header: hostile, Footer: "Mai 2024", Mark: "Données de démonstration", Theme: look})
	t.Paragraph(TitleStyle, []Run{{Text: "Point  d’étape"}})
	t.PageBreak()
	t.Paragraph(BodyStyle, nil)
	t.Contents("Sommaire")
	t.PageBreak()
	t.Heading(1, "un", hostile)
	t.Paragraph(BodyStyle, []Run{{Text: hostile, Bold: true}, {Text: "lien", Href: "https://jalon.example/?a=1&b=2"}, {Text: "ancre", Href: "#un"}, {Text: "pas un lien", Href: "javascript:alert(1)"}})
	t.List(true, [][]Run{{{Text: "un"}}, {{Text: "deux", Italic: true, Size: 9, Color: "0b4f57"}}})
	t.List(false, nil)
	t.Table(TextTable{Caption: hostile, Widths: []float64{2, 1}, Head: []TextCell{{Runs: []Run{{Text: "Région"}}, Fill: "f1f5f5"}, {Runs: []Run{{Text: "kt"}}, Align: Right}}, Rows: [][]TextCell{{{Runs: []Run{{Text: hostile}}}}, {}}})
	t.Table(TextTable{})
	t.Drawing(drawing(), PageWidth, 300)
	t.Drawing(Drawing{}, PageWidth, 300)
	return t
}

func bytesOf(t testing.TB, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t testing.TB, b []byte) (names []string, files map[string][]byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := files[f.Name]; twice {
			t.Errorf("%s is there twice", f.Name)
		}
		names = append(names, f.Name)
		files[f.Name] = body
	}
	return names, files
}

// wellFormed reads a part to its end and checks that ids stand once.
func wellFormed(t testing.TB, name string, body []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(body))
	ids := map[string]bool{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		seen := map[xml.Name]bool{}
		for _, a := range e.Attr {
			if seen[a.Name] {
				t.Errorf("%s: %s has %s twice", name, e.Name.Local, a.Name.Local)
			}
			seen[a.Name] = true
			if e.Name.Local == "cNvPr" && a.Name.Local == "id" {
				if ids[a.Value] {
					t.Errorf("%s: the id %s stands twice", name, a.Value)
				}
				ids[a.Value] = true
			}
		}
	}
}

func TestPPTXHoldsTogether(t *testing.T) {
	b := bytesOf(t, deck().Write)
	names, files := open(t, b)
	if names[0] != "[Content_Types].xml" {
		t.Errorf("the first part is %s", names[0])
	}
	types := string(files["[Content_Types].xml"])
	for _, name := range names {
		wellFormed(t, name, files[name])
		switch {
		case name == "[Content_Types].xml":
		case strings.HasSuffix(name, ".rels"):
			source := path.Join(path.Dir(path.Dir(name)), strings.TrimSuffix(path.Base(name), ".rels"))
			checkRels(t, name, source, files)
		case !strings.Contains(types, `PartName="/`+name+`"`):
			t.Errorf("%s has no content type", name)
		}
	}
	for _, x := range []struct{ part, has string }{
		{"ppt/slides/slide2.xml", `type="title"`}, {"ppt/slides/slide2.xml", `buAutoNum type="arabicPeriod" startAt="2"`}, {"ppt/slides/slide1.xml", `type="ctrTitle"`},
		{"ppt/slides/slide3.xml", `<a:tblPr firstRow="1"`}, {"ppt/slides/slide3.xml", `<a:custGeom>`}, {"ppt/slides/slide3.xml", `descr="Une carre &lt;trouée&gt;."`},
		{"ppt/slides/slide3.xml", `descr="Bretagne : débat"`}, {"ppt/slides/_rels/slide2.xml.rels", `https://jalon.example/?a=1&amp;b=2`}, {"ppt/notesSlides/notesSlide2.xml", "Source :"},
		{"docProps/core.xml", "<dc:language>fr-FR"}, {"ppt/slides/slide1.xml", "Données de démonstration"}, {"ppt/slides/slide3.xml", "Données de démonstration"},
	} {
		if !strings.Contains(string(files[x.part]), x.has) {
			t.Errorf("%s does not hold %s", x.part, x.has)
		}
	}
	if strings.Contains(string(b), "javascript") || bytes.Contains(files["ppt/slides/_rels/slide2.xml.rels"], []byte("javascript")) {
		t.Error("an address that is not safe became a link")
	}
	golden(t, "pptx", names, files, "ppt/slides/slide3.xml")
}

// checkRels checks that what a part points to is there, and that each relation
// that it names exists.
func checkRels(t testing.TB, name, source string, files map[string][]byte) {
	t.Helper()
	var list struct {
		Relationship []struct {
			ID         string `xml:"Id,attr"`
			Target     string `xml:"Target,attr"`
			TargetMode string `xml:"TargetMode,attr"`
		}
	}
	if err := xml.Unmarshal(files[name], &list); err != nil {
		t.Error(err)
	}
	ids := map[string]bool{}
	for _, r := range list.Relationship {
		ids[r.ID] = true
		if to := path.Join(path.Dir(source), r.Target); r.TargetMode != "External" && files[to] == nil {
			t.Errorf("%s points to %s, which is not there", name, to)
		}
	}
	for _, piece := range strings.Split(string(files[source]), ` r:id="`)[1:] {
		if id, _, _ := strings.Cut(piece, `"`); !ids[id] {
			t.Errorf("%s names %s, which %s has not", source, id, name)
		}
	}
}

func TestODTHoldsTogether(t *testing.T) {
	b := bytesOf(t, text().Write)
	names, files := open(t, b)
	if names[0] != "mimetype" || !bytes.Contains(b[:100], []byte("mimetypeapplication/vnd.oasis.opendocument.text")) {
		t.Errorf("a reader does not find the type in the first bytes: %q", b[:80])
	}
	for _, name := range names[1:] {
		wellFormed(t, name, files[name])
		if name != "META-INF/manifest.xml" && !bytes.Contains(files["META-INF/manifest.xml"], []byte(`full-path="`+name+`"`)) {
			t.Errorf("%s is not in the manifest", name)
		}
	}
	content, styles := string(files["content.xml"]), string(files["styles.xml"])
	for _, has := range []string{"<table:table-header-rows>", "<svg:title>Carte &amp; co</svg:title>", "<svg:desc>Une carre", `text:reference-format="page" text:ref-name="un"`, `svg:fill-rule="evenodd"`, `<text:s text:c="1"/>`, `text:outline-level="1"`, `style:master-page-name="Premiere"`} {
		if !strings.Contains(content, has) {
			t.Errorf("content.xml does not hold %s", has)
		}
	}
	for _, piece := range strings.Split(content, `:style-name="`)[1:] {
		if name, _, _ := strings.Cut(piece, `"`); !strings.Contains(content+styles, `style:name="`+name+`"`) {
			t.Errorf("the style %s is nowhere", name)
		}
	}
	if strings.Contains(content, "javascript") {
		t.Error("an address that is not safe became a link")
	}
	golden(t, "odt", names, files, "content.xml")
}

// golden compares the list of the parts, and one of them, with what was
// written last.
func golden(t *testing.T, name string, names []string, files map[string][]byte, shown string) {
	t.Helper()
	var b strings.Builder
	for _, n := range names {
		sum := sha256.Sum256(files[n])
		fmt.Fprintf(&b, "%s %d %s\n", n, len(files[n]), hex.EncodeToString(sum[:]))
	}
	readable := strings.ReplaceAll(string(files[shown]), "><", ">\n<") + "\n"
	for file, got := range map[string]string{name + "-manifest.txt": b.String(), name + "-shown.xml": readable} {
		file = filepath.Join("testdata", file)
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s (go test ./internal/office -update, then look at it): %s", file, d)
		}
	}
}

func TestSameBytes(t *testing.T) {
	for range 5 {
		if !bytes.Equal(bytesOf(t, deck().Write), bytesOf(t, deck().Write)) || !bytes.Equal(bytesOf(t, text().Write), bytesOf(t, text().Write)) {
			t.Fatal("two files of one content differ")
		}
	}
}

func TestEmptyFiles(t *testing.T) {
	_, files := open(t, bytesOf(t, Deck{}.Write))
	for n, f := range files {
		wellFormed(t, n, f)
	}
	if files["ppt/slides/slide1.xml"] == nil {
		t.Error("a deck without a slide opens nowhere")
	}
	_, files = open(t, bytesOf(t, NewText(TextProps{}).Write))
	for n, f := range files {
		if n != "mimetype" {
			wellFormed(t, n, f)
		}
	}
}

func TestLibreOfficeOpensBoth(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{"essai.pptx": deck().Write, "essai.odt": text().Write} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath("soffice"); err != nil {
				t.Skip("LibreOffice is not on this machine")
			}
			dir := t.TempDir()
			file := filepath.Join(dir, name)
			if err := os.WriteFile(file, bytesOf(t, write), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), "soffice", "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "pdf", "--outdir", dir, file).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			b, err := os.ReadFile(strings.TrimSuffix(file, filepath.Ext(file)) + ".pdf")
			if err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) {
				t.Errorf("no PDF: %v, %s", err, out)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float64
		want  []string
	}{
		{"", 100, []string{""}},
		{"un deux trois", 1000, []string{"un deux trois"}},
		{"un deux trois", 50, []string{"un deux", "trois"}},
		{"anticonstitutionnellement", 50, []string{"anticons", "titutionn", "ellemen", "t"}},
	} {
		got := Wrap(c.text, c.width, 12, false)
		if strings.Join(got, "") != strings.ReplaceAll(c.text, " ", "") && c.width < 1000 && !strings.Contains(c.text, " ") {
			t.Errorf("letters were lost: %q", got)
		}
		for _, line := range got {
			if Width(line, 12, false) > c.width+12 {
				t.Errorf("%q is wider than %v", line, c.width)
			}
		}
		if c.text != "anticonstitutionnellement" && cmp.Diff(c.want, got) != "" {
			t.Errorf("Wrap(%q, %v) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add(hostile)
	f.Add("]]>")
	f.Fuzz(func(t *testing.T, s string) {
		d := deck()
		d.Slides = []Slide{{Title: s, Notes: []string{s}, Elements: []Element{TextBox{Name: s, Paras: []Para{{Bullet: s, Runs: []Run{{Text: s, Href: "https://x.example/" + s}}}}}, Picture{Frame: Body(), Drawing: Drawing{W: 10, H: 10, Title: s, Shapes: []Shape{{Kind: Label, Text: s, Size: 3}}}}}}}
		_, files := open(t, bytesOf(t, d.Write))
		for n, b := range files {
			wellFormed(t, n, b)
		}
		x := NewText(TextProps{Title: s})
		x.Heading(1, s, s)
		x.Paragraph(BodyStyle, []Run{{Text: s, Href: "#" + s}})
		_, files = open(t, bytesOf(t, x.Write))
		for n, b := range files {
			if n != "mimetype" {
				wellFormed(t, n, b)
			}
		}
	})
}

// A spreadsheet begins with its type, uncompressed, and is well formed whatever its
// cells hold: a text that begins like a formula is a text.
func TestSheetIsWellFormed(t *testing.T) {
	var b bytes.Buffer
	rows := func(yield func([]SheetCell, error) bool) {
		_ = yield([]SheetCell{{Text: "=1+1 & <b>\x00"}, {Text: "12.5", Number: true}, {}}, nil) && yield([]SheetCell{{Text: "deux\nlignes"}}, nil)
	}
	n, err := WriteSheet(&b, "Données", []string{"Texte", "Nombre", "Vide"}, rows)
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if f := z.File[0]; f.Name != "mimetype" || f.Method != zip.Store || !bytes.Contains(b.Bytes()[:90], []byte("mimetypeapplication/vnd.oasis.opendocument.spreadsheet")) {
		t.Errorf("the type is not first, or not as it is: %+v", f.FileHeader)
	}
	r, err := z.Open("content.xml")
	if err != nil {
		t.Fatal(err)
	}
	var cells, texts int
	for dec := xml.NewDecoder(r); ; {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			switch e.Name.Local {
			case "table-cell":
				cells++
				for _, a := range e.Attr {
					if a.Name.Local == "formula" {
						t.Error("a text became a formula")
					}
				}
			case "p":
				texts++
			}
		}
	}
	if cells != 7 || texts != 7 {
		t.Errorf("%d cells, %d paragraphs", cells, texts)
	}
}
