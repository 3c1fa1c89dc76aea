package paper

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"jalon/internal/apperr"
	"jalon/internal/chart"
	"jalon/internal/document"
)

func page(t testing.TB, d document.Document) (*html.Node, string) {
	t.Helper()
	var b bytes.Buffer
	if err := Body(d).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	n, err := html.Parse(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return n, b.String()
}

func all(n *html.Node, selector string) []*html.Node {
	return cascadia.QueryAll(n, cascadia.MustCompile(selector))
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// hostile is a document of texts and addresses that must become nothing else.
func hostile() document.Document {
	bad := `"><script>alert(1)</script>` + "\x00\x1b<b>"
	return document.Document{Title: bad, Subtitle: bad, Author: bad, Version: bad, Scope: []string{bad}, Address: "javascript:alert(1)", Day: "hier", Parts: []document.Part{
		{}, {ID: bad, Title: bad, Missing: bad}, {ID: "x", Notes: []string{bad}}, {ID: "x", Title: bad, Blocks: []document.Block{
			document.Text{}, document.Text{Spans: []document.Span{{Text: bad, Href: "javascript:alert(1)"}, {Text: bad, Href: "//evil.example"}, {Text: bad, Figure: bad}, {Text: bad, Bold: true, Italic: true}}},
			document.List{}, document.Quote{}, document.KeyFigures{}, document.KeyFigures{Figures: []document.KeyFigure{{Label: bad, Missing: bad, Class: bad}}},
			document.Table{}, document.Table{Caption: bad, Rows: [][]document.Cell{{{Text: bad}, {Missing: bad}}, {}}},
			document.Chart{}, document.Chart{Title: bad, Description: bad, Drawing: chart.Drawing{W: 10, H: 10, Shapes: []chart.Shape{{}, {Label: &chart.Label{Text: bad, Size: -1, Anchor: bad}},
				{Box: &chart.Rect{W: -4}, Fill: chart.Tone(bad), Edge: chart.Tone(bad), Href: "javascript:alert(1)", Title: bad}}}},
		}}}}
}

// Every page lives under a policy that runs and styles nothing inline; its ids
// stand once, and what points within it finds its place.
func TestPageIsSound(t *testing.T) {
	for _, d := range []document.Document{document.Specimen(), hostile(), {}} {
		n, text := page(t, d)
		for _, selector := range []string{"[style]", "style", "script", "[onclick]", `a[href^="javascript"]`, `a[href^="//"]`, "img", "iframe"} {
			if found := all(n, selector); len(found) > 0 {
				t.Errorf("%.20q: the page holds %s", d.Title, selector)
			}
		}
		ids := map[string]bool{}
		for _, e := range all(n, "[id]") {
			if id := attr(e, "id"); ids[id] || id == "" || strings.ContainsAny(id, " <>\"") {
				t.Errorf("%.20q: the id %q stands twice, or is none", d.Title, id)
			}
			ids[attr(e, "id")] = true
		}
		for _, name := range []string{"aria-labelledby", "aria-describedby"} {
			for _, e := range all(n, "["+name+"]") {
				if !ids[attr(e, name)] {
					t.Errorf("%.20q: %s names %q, which is not there", d.Title, e.Data, attr(e, name))
				}
			}
		}
		for _, e := range all(n, `a[href^="#"]`) {
			if !ids[attr(e, "href")[1:]] {
				t.Errorf("%.20q: %q leads nowhere", d.Title, attr(e, "href"))
			}
		}
		if strings.ContainsRune(text, 0) || strings.Contains(text, "\x1b") {
			t.Errorf("%.20q: a control character is on the page", d.Title)
		}
	}
}

func TestPageShowsEverything(t *testing.T) {
	n, text := page(t, document.Specimen())
	for selector, want := range map[string]int{
		".paper-toc li": 9, "section.paper-part": 9, ".keys .key": 4, ".paper-quote": 1, ".empty": 1, "svg.drawing": 3, "details table": 2, "figure table": 2, ".paper-invented": 1, ".paper-demo": 1,
		`a[href="/chiffres/panorama/2024-07/total/region:44"]`: 4, "svg.drawing > title": 3, "svg.drawing > desc": 3, `svg[role="group"] a path`: 18, `svg[role="img"]`: 1, ".paper-notes": 2,
	} {
		if got := len(all(n, selector)); got != want {
			t.Errorf("%d of %s, want %d", got, selector, want)
		}
	}
	for _, a := range all(n, "svg a") {
		if attr(a, "aria-label") == "" {
			t.Error("an element of a chart is a link without a name")
		}
	}
	if _, again := page(t, document.Specimen()); again != text {
		t.Error("two pages of one document differ")
	}
}

func TestStandaloneNeedsNothing(t *testing.T) {
	b, err := Standalone(t.Context(), document.Specimen())
	if err != nil {
		t.Fatal(err)
	}
	n, err := html.Parse(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for _, selector := range []string{"script", "link", "[src]", "[style]", `a[href^="/"]`} {
		if len(all(n, selector)) > 0 {
			t.Errorf("the file holds %s", selector)
		}
	}
	if len(all(n, `html[lang="fr"] head > title`)) != 1 || len(all(n, `a[href^="https://jalon.example/chiffres/"]`)) == 0 {
		t.Error("the file has no language, no title or no link back")
	}
	if regexp.MustCompile(`@import|url\((?:"|')?(?:https?:|//)`).Match(b) {
		t.Error("the style loads something")
	}
	again, err := Standalone(t.Context(), document.Specimen())
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("two files of one document differ: %v", err)
	}
}

// A poster is printed on one A3 sheet, on its side, with the address for phones.
func TestPosterPDF(t *testing.T) {
	d := document.Specimen()
	d.Poster, d.Parts = true, d.Parts[:1]
	b, err := Standalone(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if d.Address == "" || !bytes.Contains(b, []byte("qr-code")) || bytes.Contains(b, []byte("paper-toc\"")) {
		t.Error("the sheet of a poster has no address for phones, or has contents")
	}
	pdf, err := document.PosterPDF(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	boxes := regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`).FindAllSubmatch(pdf, -1)
	if len(boxes) != 1 || string(boxes[0][1][:4]) != "1191" && string(boxes[0][1][:4]) != "1190" {
		t.Errorf("sheets: %q", boxes)
	}
}

func TestPDF(t *testing.T) {
	if document.Browser() == "" {
		t.Fatal("Chromium is needed, as by the journeys of e2e")
	}
	b, err := Standalone(t.Context(), document.Specimen())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var texts []string
	for range 2 {
		pdf, err := document.PDF(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		for _, mark := range []string{"%PDF-", "/StructTreeRoot", "/Lang (fr)", "/MarkInfo", "/Outlines", "/Title", "/Figure", "/TH", "/Table"} {
			if !bytes.Contains(pdf, []byte(mark)) {
				t.Errorf("the PDF has no %s", mark)
			}
		}
		if bytes.Contains(pdf, []byte("/JavaScript")) {
			t.Error("the PDF holds a script")
		}
		texts = append(texts, said(t, pdf))
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := document.PDF(gone, b); apperr.KindOf(err) != apperr.Unavailable {
		t.Errorf("who asked has left: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "jalon-pdf-*")); err != nil || len(left) > 0 {
		t.Errorf("profiles stay behind: %v, %v", left, err)
	}
	if texts[0] != texts[1] {
		t.Error("two PDFs of one document do not say the same")
	}
}

var dates = regexp.MustCompile(`/(CreationDate|ModDate) \(D:[^)]*\)|/ID \[[^\]]*\]`)

// said is the text of a PDF, or its bytes without its dates where no tool reads
// it.
func said(t testing.TB, pdf []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		return string(dates.ReplaceAll(pdf, nil))
	}
	cmd := exec.CommandContext(t.Context(), tool, "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{"Seize régions sur dix-huit", "Pays de la Loire", "À venir", "Levier n° 40"} {
		if !strings.Contains(text, want) {
			t.Errorf("the PDF does not say %q", want)
		}
	}
	if n := strings.Count(text, document.DemoMark); n < 5 {
		t.Errorf("data are said to be invented on %d pages only", n)
	}
	return text
}

func TestNoBrowserNoPDF(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv(document.BrowserVar, "")
	_, err := document.PDF(t.Context(), []byte("<p>x"))
	if apperr.KindOf(err) != apperr.Unavailable || !strings.Contains(apperr.Message(err), "ODT") {
		t.Errorf("without a browser: %v", err)
	}
	t.Setenv(document.BrowserVar, "/bin/false")
	if _, err := document.PDF(t.Context(), []byte("<p>x")); apperr.KindOf(err) != apperr.Unavailable {
		t.Errorf("with a browser that dies: %v", err)
	}
}

// Every format of a report of some thirty slides, one after the other.
func BenchmarkEveryFormat(b *testing.B) {
	d := document.Specimen()
	for d.Slides() < 25 {
		d.Parts = append(d.Parts, document.Specimen().Parts...)
	}
	for b.Loop() {
		if err := errors.Join(document.WritePPTX(io.Discard, d), document.WriteODT(io.Discard, d), Body(d).Render(b.Context(), io.Discard)); err != nil {
			b.Fatal(err)
		}
		alone, err := Standalone(b.Context(), d)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := document.PDF(b.Context(), alone); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(d.Slides()), "slides")
}
