package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"jalon/internal/chart"
	"jalon/internal/office"
)

var formats = map[string]func(io.Writer, Document) error{"pptx": WritePPTX, "odt": WriteODT}

func sample() Document { return Specimen() }

func rendered(t testing.TB, format string, d Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := formats[format](&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parts are the XML files of an archive, each well formed.
func parts(t testing.TB, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(body)
		if f.Name == "mimetype" {
			continue
		}
		for d := xml.NewDecoder(bytes.NewReader(body)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
	return out
}

func TestSameDocumentSameBytes(t *testing.T) {
	for format := range formats {
		first := rendered(t, format, sample())
		for range 10 { // maps of places are walked in another order each time
			if !bytes.Equal(first, rendered(t, format, sample())) {
				t.Fatalf("%s: two files of one document differ", format)
			}
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// letters is what is left of a text without marks and spaces.
func bare(s string) string {
	s = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`).Replace(tags.ReplaceAllString(s, ""))
	return strings.Join(strings.Fields(office.Clean(s)), "")
}

// words are all the texts that a document holds.
func words(d Document) []string {
	out := append([]string{d.Title, d.Subtitle}, d.Scope...)
	span := func(list []Span) {
		for _, s := range list {
			out = append(out, s.Text)
		}
	}
	table := func(x Table) {
		out = append(out, x.Caption, x.Note)
		for _, r := range x.Rows {
			for _, c := range r {
				out = append(out, c.Text, c.Missing)
			}
		}
	}
	for _, p := range d.Parts {
		out = append(out, p.Title, p.Missing)
		out = append(out, p.Notes...)
		for _, b := range p.Blocks {
			switch b := b.(type) {
			case Text:
				span(b.Spans)
			case Quote:
				out = append(out, b.Title)
				span(b.Spans)
			case List:
				for _, it := range b.Items {
					span(it)
				}
			case KeyFigures:
				for _, k := range b.Figures {
					out = append(out, k.Label, k.Value, k.Meaning, k.Missing, k.Class)
				}
			case Table:
				table(b)
			case Chart:
				out = append(out, b.Title, b.Description)
				table(b.Table)
			}
		}
	}
	return out
}

func whole1(t testing.TB, files map[string]string) string {
	t.Helper()
	var b strings.Builder
	for i := 1; files[fmt.Sprintf("ppt/slides/slide%d.xml", i)] != ""; i++ {
		s := files[fmt.Sprintf("ppt/slides/slide%d.xml", i)]
		if cut := strings.Index(s, `name="Avertissement`); cut > 0 { // the foot of each slide
			s = s[:cut]
		}
		b.WriteString(bare(s))
	}
	for i := 1; files[fmt.Sprintf("ppt/notesSlides/notesSlide%d.xml", i)] != ""; i++ {
		b.WriteString(bare(files[fmt.Sprintf("ppt/notesSlides/notesSlide%d.xml", i)]))
	}
	return b.String()
}

// What a document says is in each format, whole: a slide that is full hands
// over to the next one, a card that is too small to its notes.
func TestNothingIsLost(t *testing.T) {
	deck := parts(t, rendered(t, "pptx", sample()))
	said := map[string]string{"pptx": whole1(t, deck), "odt": bare(parts(t, rendered(t, "odt", sample()))["content.xml"])}
	for format, text := range said {
		for _, w := range words(sample()) {
			if k := bare(w); len(k) < 200 && !strings.Contains(text, k) {
				t.Errorf("%s: %q is nowhere", format, w)
			}
		}
	}
	if n := strings.Count(said["pptx"], "Anticonstitutionnellementhyper"); n != 1 {
		t.Errorf("the long word is there %d times", n)
	}
	if n := sample().Slides(); deck[fmt.Sprintf("ppt/slides/slide%d.xml", n)] == "" || deck[fmt.Sprintf("ppt/slides/slide%d.xml", n+1)] != "" {
		t.Errorf("Slides() = %d, which the deck has not", n)
	}
}

var frames = regexp.MustCompile(`<a:off x="(-?\d+)" y="(-?\d+)"/><a:ext cx="(\d+)" cy="(\d+)"/>`)

// inside checks that nothing of a deck stands outside its slide, and that what
// stands under the title ends before the foot.
func inside(t *testing.T, d Document) {
	t.Helper()
	for name, s := range parts(t, rendered(t, "pptx", d)) {
		if !strings.HasPrefix(name, "ppt/slides/slide") {
			continue
		}
		body := s
		if cut := strings.Index(s, `name="Avertissement`); cut > 0 {
			body = s[:cut]
		}
		for _, f := range frames.FindAllStringSubmatch(body, -1) {
			var v [4]int
			for i := range v {
				v[i], _ = strconv.Atoi(f[i+1])
			}
			if right, bottom := v[0]+v[2], v[1]+v[3]; v[0] < 0 || v[1] < 0 || right > 961*12700 || bottom > 501*12700 {
				t.Errorf("%s: a frame of %d %d %d %d overflows", name, v[0]/12700, v[1]/12700, v[2]/12700, v[3]/12700)
			}
		}
	}
}

func TestNothingOverflows(t *testing.T) { inside(t, sample()) }

// monster is a document of all that a form lets through, and more.
func monster() Document {
	long := strings.Repeat("mot ", 2500)
	word := strings.Repeat("hyperplanification", 600)
	bad := "a\x00b\x1b\xff\u202e<script>&\"'«\u00a0»]]>"
	huge := Table{Caption: long, Note: word, Columns: []Column{{Label: bad}, {Label: word, Unit: long, Number: true}}}
	huge.Rows = [][]Cell{{{Text: long}, {Text: word}}, {{Text: bad}}, {}, {{Missing: long}, {Text: "3"}, {Text: "de trop"}}}
	wide := Table{Caption: "large"}
	for i := range 24 {
		wide.Columns = append(wide.Columns, Column{Label: fmt.Sprintf("Colonne %d", i), Number: i > 0})
	}
	for range 60 {
		var r []Cell
		for i := range 24 {
			r = append(r, Cell{Text: fmt.Sprint(i * 1111)})
		}
		wide.Rows = append(wide.Rows, r)
	}
	list := List{Ordered: true}
	for i := range 120 {
		list.Items = append(list.Items, Plain(fmt.Sprintf("point %d", i+1)))
	}
	list.Items = append(list.Items, nil, Plain(""), Plain(long))
	return Document{Title: long, Subtitle: word, Day: "hier", Version: long, Scope: []string{long, bad}, Author: word, Demo: true, Address: "not an address",
		Parts: []Part{{}, {Title: word, ID: bad, Missing: long}, {Title: bad, Blocks: []Block{
			Text{}, Para(""), Para(long), Para(word), Para(bad), list, List{}, Quote{Title: long, Spans: Plain(word)}, Quote{}, KeyFigures{},
			KeyFigures{[]KeyFigure{{}, {Label: long, Value: word, Unit: long, Meaning: word, Class: long}, {Missing: long}, {Label: bad, Value: "1"}, {Label: "cinq", Value: "5"}}},
			Table{}, Table{Caption: "vide", Columns: []Column{{Label: "a"}}}, Table{Rows: [][]Cell{{}}}, huge, wide,
			Chart{}, Chart{Title: long, Description: bad, Drawing: chart.Drawing{W: 10}}, Chart{Title: "plat", Drawing: chart.Drawing{W: 4000, H: 3, Shapes: []chart.Shape{{}, {Box: &chart.Rect{}}, {Box: &chart.Rect{W: 10, H: 2}, Fill: "unknown"}}}},
			Chart{Title: "haut", Drawing: chart.Drawing{W: 3, H: 4000, Shapes: []chart.Shape{{Path: &chart.Path{}}, {Line: &chart.Line{}}, {Label: &chart.Label{Text: bad, Size: -3}}, {Label: &chart.Label{Text: bad, Size: 2}}}}, Table: huge},
			Chart{Drawing: chart.Bars([]chart.Bar{{Label: word, Text: long, Value: math.Inf(1)}, {Label: bad, Value: -3}, {Value: math.NaN()}}, chart.Target{Value: -1e308, Label: word})},
		}}}}
}

func TestMonstersAreWritten(t *testing.T) {
	for _, d := range []Document{{}, {Parts: []Part{{}}}, monster()} {
		inside(t, d)
		parts(t, rendered(t, "odt", d))
	}
	text := whole1(t, parts(t, rendered(t, "pptx", monster())))
	for i := range 120 {
		if !strings.Contains(text, fmt.Sprintf("point%d", i+1)) {
			t.Errorf("item %d is lost", i+1)
		}
	}
	if n := strings.Count(text, "hyperplanification"); n < 600 {
		t.Errorf("a long word is cut: %d pieces", n)
	}
}

func TestDemonstrationIsSaidEverywhere(t *testing.T) {
	d := sample()
	files := parts(t, rendered(t, "pptx", d))
	for i := 1; i <= d.Slides(); i++ {
		if !strings.Contains(files[fmt.Sprintf("ppt/slides/slide%d.xml", i)], DemoMark) {
			t.Errorf("slide %d does not say that its data are invented", i)
		}
	}
	if n := strings.Count(parts(t, rendered(t, "odt", d))["styles.xml"], DemoMark); n != 2 {
		t.Errorf("%d of the 2 pages of the text say that its data are invented", n)
	}
	d.Demo = false
	for format := range formats {
		for name, s := range parts(t, rendered(t, format, d)) {
			if strings.Contains(s, DemoMark) {
				t.Errorf("%s: %s says that real data are invented", format, name)
			}
		}
	}
}

func TestLinksAreAbsoluteOrNone(t *testing.T) {
	d := sample()
	for format := range formats {
		all := strings.Join(mapValues(parts(t, rendered(t, format, d))), "")
		if !strings.Contains(all, "https://jalon.example/chiffres/panorama/2024-07/total/region:44") || !strings.Contains(all, "https://jalon.example/methode") {
			t.Errorf("%s: a figure or a page has no link", format)
		}
	}
	d.Address = ""
	for format := range formats {
		all := strings.Join(mapValues(parts(t, rendered(t, format, d))), "")
		if strings.Contains(all, `"/chiffres`) || strings.Contains(all, `"/methode`) {
			t.Errorf("%s: a path leads nowhere out of the site", format)
		}
	}
}

func mapValues(m map[string]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

func TestLibreOfficeOpensDocuments(t *testing.T) {
	for format := range formats {
		for name, d := range map[string]Document{"sample": sample(), "monster": monster()} {
			t.Run(format+"/"+name, func(t *testing.T) {
				if _, err := exec.LookPath("soffice"); err != nil {
					t.Skip("LibreOffice is not on this machine")
				}
				dir := t.TempDir()
				file := filepath.Join(dir, "d."+format)
				if err := os.WriteFile(file, rendered(t, format, d), 0o600); err != nil {
					t.Fatal(err)
				}
				out, err := exec.CommandContext(t.Context(), "soffice", "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "pdf", "--outdir", dir, file).CombinedOutput()
				if err != nil {
					t.Fatalf("%v: %s", err, out)
				}
				b, err := os.ReadFile(filepath.Join(dir, "d.pdf"))
				if err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) {
					t.Fatalf("no PDF: %v, %s", err, out)
				}
				if format == "pptx" {
					if n := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(b, -1)); n != d.Slides() {
						t.Errorf("%d pages for %d slides", n, d.Slides())
					}
				}
			})
		}
	}
}

func BenchmarkRender(b *testing.B) {
	d := sample()
	for len(d.Parts) < 24 {
		d.Parts = append(d.Parts, sample().Parts...)
	}
	for format, write := range formats {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				if err := write(io.Discard, d); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(d.Slides()), "slides")
		})
	}
}
