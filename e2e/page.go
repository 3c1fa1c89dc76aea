package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Visit opens a path of the site and fails unless it answers 200.
func (p *Page) Visit(path string) {
	p.t.Helper()
	p.VisitStatus(path, 200)
}

// VisitStatus opens a path that answers a given status: a page that helps is a
// page too.
func (p *Page) VisitStatus(path string, status int64) {
	p.t.Helper()
	if status >= 400 {
		p.Expect("Failed to load resource: the server responded with a status of")
	}
	if r := get(p, "visit "+path, chromedp.NavigateResponse(p.base+path)); r != nil && r.Status != status {
		p.t.Fatalf("%s answers %d, want %d", path, r.Status, status)
	}
}

// Path is where the page is now, query included: the address is the state.
func (p *Page) Path() string {
	p.t.Helper()
	return strings.TrimPrefix(get(p, "address", chromedp.Location()), p.base)
}

// Resize gives the window a size in CSS pixels.
func (p *Page) Resize(width, height int64) {
	p.t.Helper()
	p.run("resize", chromedp.EmulateViewport(width, height))
}

// Zoom shows the page as at 200 %: half the pixels on the same screen.
func (p *Page) Zoom() {
	p.t.Helper()
	p.run("zoom", chromedp.EmulateViewport(640, 450, chromedp.EmulateScale(2)))
}

// Dark makes the person prefer dark pages, and no motion: a colour on its way from
// one scheme to the other is neither's.
func (p *Page) Dark() {
	p.t.Helper()
	p.media("", "prefers-color-scheme", "dark", "prefers-reduced-motion", "reduce")
}

// Light makes the person prefer light pages again.
func (p *Page) Light() { p.t.Helper(); p.media("", "prefers-color-scheme", "light") }

// Paper shows the page as it prints.
func (p *Page) Paper() { p.t.Helper(); p.media("print") }

func (p *Page) media(media string, features ...string) {
	p.t.Helper()
	params := emulation.SetEmulatedMediaParams{Media: media}
	for pair := range slices.Chunk(features, 2) {
		params.Features = append(params.Features, &emulation.MediaFeature{Name: pair[0], Value: pair[1]})
	}
	p.run("media", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, params)
		return err
	}))
}

// NoScript turns scripts off for the pages visited next.
func (p *Page) NoScript() { p.t.Helper(); p.scripts(false) }

// Script turns scripts on again.
func (p *Page) Script() { p.t.Helper(); p.scripts(true) }

func (p *Page) scripts(on bool) {
	p.t.Helper()
	p.run("script", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// Click presses the first element that matches a CSS selector.
func (p *Page) Click(css string) {
	p.t.Helper()
	p.run("click "+css, chromedp.Click(chromedp.CSS(css)))
}

// Follow presses what loads another page and waits until it has.
func (p *Page) Follow(css string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(css))); err != nil {
		p.t.Fatalf("follow %s: %v", css, err)
	}
}

// Fill replaces what a field holds with a text that the keyboard types.
func (p *Page) Fill(css, text string) {
	p.t.Helper()
	p.run("focus "+css, chromedp.Focus(chromedp.CSS(css)))
	Eval[bool](p, `(document.activeElement.select(), true)`)
	p.run("fill "+css, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// Enter presses Enter where it loads another page, and waits until it has.
func (p *Page) Enter() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		p.t.Fatalf("enter: %v", err)
	}
}

// Press sends keys to what has the focus (see package kb for the others than
// letters).
func (p *Page) Press(keys string) {
	p.t.Helper()
	p.run("press", chromedp.KeyEvent(keys))
}

// Until waits for a condition on the page, an expression in its own language.
func (p *Page) Until(condition string) {
	p.t.Helper()
	p.run("until "+condition, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for {
			// A page that leads on to another takes the question away with it: it is
			// asked again of the next one, as long as one has patience.
			_, err := chromedp.Poll[bool](condition)(ctx, t)
			if err == nil || ctx.Err() != nil || !left(err) {
				return err
			}
		}
	}))
}

// left reports whether an answer is missing because the page was left.
func left(err error) bool {
	return slices.ContainsFunc([]string{"Cannot find context", "context was destroyed", "Inspected target navigated"}, func(said string) bool { return strings.Contains(err.Error(), said) })
}

// Text is what a person reads in the first element that matches.
func (p *Page) Text(css string) string {
	p.t.Helper()
	return strings.TrimSpace(get(p, "text of "+css, chromedp.Text(chromedp.CSS(css))))
}

// Count is how many elements match.
func (p *Page) Count(css string) int {
	p.t.Helper()
	return Eval[int](p, "document.querySelectorAll("+quote(css)+").length")
}

// Eval asks the page for a value. It goes through the debugger, which no
// content policy stops.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	return get(p, "eval", chromedp.Evaluate[T](expression, awaited))
}

func awaited(e *runtime.EvaluateParams) {
	yes := true
	e.AwaitPromise = &yes
}

// Screenshot is the whole page as a PNG at a size. With JALON_SHOTS set to a
// folder it is kept there too, by the test's name, for people to look at.
func (p *Page) Screenshot(width, height int64) []byte {
	p.t.Helper()
	p.Resize(width, height)
	png := get(p, "screenshot", chromedp.FullScreenshot(100))
	p.keep(".png", width, png)
	return png
}

// Picture keeps a screenshot for people to look at when JALON_SHOTS asks for it,
// and costs nothing otherwise.
func (p *Page) Picture(width, height int64) {
	p.t.Helper()
	if os.Getenv("JALON_SHOTS") != "" {
		p.Screenshot(width, height)
	}
}

// PDF prints the page: A4 upright, or A3 lying.
func (p *Page) PDF(a3 bool) []byte {
	p.t.Helper()
	const inch = 25.4
	yes := true
	params := page.PrintToPDFParams{PaperWidth: 210 / inch, PaperHeight: 297 / inch, PrintBackground: &yes, GenerateTaggedPDF: &yes}
	if a3 {
		params.PaperWidth, params.PaperHeight = 420/inch, 297/inch
	}
	pdf := get(p, "print", func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		r, err := cdp.Call(ctx, t, page.PrintToPDF, params)
		return r.Data, err
	})
	width := int64(210)
	if a3 {
		width = 420
	}
	p.keep(".pdf", width, pdf)
	return pdf
}

var unsafe = regexp.MustCompile(`[^\p{L}\p{N}]+`)

func (p *Page) keep(ext string, width int64, data []byte) {
	p.t.Helper()
	dir := os.Getenv("JALON_SHOTS")
	if dir == "" {
		return
	}
	name := strings.Trim(unsafe.ReplaceAllString(p.t.Name()+p.Path(), "-"), "-")
	if len(name) > 120 {
		name = name[:120]
	}
	path := filepath.Join(dir, name+"-"+quote(width)+ext)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Expect says that the test itself provokes a complaint holding this text.
func (p *Page) Expect(part string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = append(p.expected, part)
}

// Troubles are the complaints of the console so far that nobody expects:
// breaches of the content policy, exceptions, things not found.
func (p *Page) Troubles() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var left []string
	for _, trouble := range p.troubles {
		if !slices.ContainsFunc(p.expected, func(part string) bool { return strings.Contains(trouble, part) }) {
			left = append(left, trouble)
		}
	}
	return left
}

// Calm fails for what the console complained of so far and forgets it, so that a
// tab that walks through many pages names the one at fault.
func (p *Page) Calm() {
	p.t.Helper()
	for _, trouble := range p.Troubles() {
		p.t.Errorf("%s: the browser's console: %s", p.Path(), trouble)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.troubles = nil
}

// quote writes v for the page's own language.
func quote(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(b)
}

// coldCache forgets what the tab has already loaded.
var coldCache = chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
	_, err := cdp.Call(ctx, t, network.ClearBrowserCache, cdp.Empty{})
	return err
})

// Upload chooses a file of this machine in a field.
func (p *Page) Upload(css, path string) {
	p.t.Helper()
	p.run("choose a file in "+css, chromedp.SetUploadFiles(chromedp.CSS(css), []string{path}))
}
