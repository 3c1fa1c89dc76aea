// Package e2e walks through the pages as people do, in a real browser: with and
// without script, by keyboard, on a narrow screen, on paper, and through the
// eyes of an accessibility checker. Its helpers fail the test themselves, in
// words that say what a person would have met.
package e2e

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long one step in the browser may take before the test fails.
// It bounds a step that never ends; nothing waits for it.
const patience = 30 * time.Second

var errNoBrowser = errors.New(`Chromium est introuvable : installez-le (Debian : apt-get install chromium) ou donnez son chemin dans JALON_CHROMIUM.
Chromium not found: install it (Debian: apt-get install chromium) or set JALON_CHROMIUM to its path`)

// browser is the one Chromium of the test process.
type browser struct {
	once sync.Once
	ctx  context.Context
	stop context.CancelFunc
	err  error
}

var shared browser

// Main runs the tests of a package that uses this one, then closes the browser:
// func TestMain(m *testing.M) { os.Exit(e2e.Main(m)) }.
func Main(m *testing.M) int {
	status := m.Run()
	shared.close()
	return status
}

func findBrowser() (string, error) {
	for _, name := range []string{os.Getenv("JALON_CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}

func (b *browser) start() (context.Context, error) {
	b.once.Do(func() {
		path, err := findBrowser()
		if err != nil {
			b.err = err
			return
		}
		alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(),
			chromedp.ExecPath(path),
			chromedp.Headless,
			chromedp.NoSandbox, // the tests run as root in the CI, and open only our own pages
			chromedp.DisableGPU,
			chromedp.NoFirstRun,
			chromedp.NoDefaultBrowserCheck,
			chromedp.Flag("headless", "new"),
			chromedp.Flag("disable-background-networking", true),
			chromedp.Flag("disable-component-update", true),
			chromedp.Flag("disable-dev-shm-usage", true),
			chromedp.Flag("disable-extensions", true),
			chromedp.Flag("disable-sync", true),
			chromedp.Flag("force-color-profile", "srgb"),
			chromedp.Flag("hide-scrollbars", true),
			chromedp.Flag("lang", "fr-FR"),
			chromedp.Env("LANG=fr_FR.UTF-8"),
		)
		ctx, stopBrowser := chromedp.NewContext(alloc)
		b.ctx, b.stop = ctx, func() { stopBrowser(); stopAlloc() }
		if err := chromedp.Do(ctx); err != nil {
			b.err = errors.Join(errors.New("chromium did not start"), err)
		}
	})
	return b.ctx, b.err
}

func (b *browser) close() {
	if b.stop == nil {
		return
	}
	if b.err == nil {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		defer cancel()
		_ = chromedp.Cancel(ctx)
	}
	b.stop()
}

// Page is one tab with nothing remembered from any other test.
type Page struct {
	t    testing.TB
	ctx  context.Context
	base string

	mu       sync.Mutex
	troubles []string // what the console complained of
	expected []string // parts of complaints that the test provokes
}

// Open gives a fresh tab on the site at base («http://127.0.0.1:4321»), 1280 by
// 900. When the test ends it fails if the page broke its content policy, threw,
// or asked for something that is not there.
func Open(t testing.TB, base string) *Page {
	t.Helper()
	parent, err := shared.start()
	if err != nil {
		t.Fatal(err)
	}
	p := &Page{t: t, base: base}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	p.ctx = ctx
	t.Cleanup(func() {
		for _, trouble := range p.Troubles() {
			t.Errorf("the browser's console: %s", trouble)
		}
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil { // the tab's life is that of the test, not of its first step
		t.Fatalf("a tab did not open: %v", err)
	}
	p.Resize(1280, 900)
	return p
}

// listen gathers what the console says; it runs inside the reader of messages
// and only notes.
func (p *Page) listen(ev any) {
	switch e := ev.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Source == log.EntrySourceSecurity {
			p.note(e.Entry.Text + " " + e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		p.note(text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			for _, a := range e.Args {
				p.note(a.Description + string(a.Value))
			}
		}
	}
}

func (p *Page) note(trouble string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.troubles = append(p.troubles, trouble)
}

// run does steps and fails the test when one does not come to its end.
func (p *Page) run(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// get does an action that answers.
func get[T any](p *Page, what string, a chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	return v
}
