package e2e

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"jalon/internal/web"
)

// kinds are the pages that differ from the sample of their route in what they
// show: each is held to the same as the samples.
var kinds = []string{
	"/regions/grand-est/panorama?vue=themes",
	"/regions/grand-est/panorama?vue=tableau",
	"/regions/grand-est/panorama?vue=axes",
	"/regions/corse/panorama",
	"/regions/la-reunion/panorama",
	"/france/panorama?vue=themes",
	"/departements/974/panorama",
	"/communes/97411/panorama",
	"/leviers?version=2025",
	"/leviers?version=2026",
	"/leviers/gestion-prairies",
	"/simulateur/mayotte",
	"/comparer",
	"/comparer?a=department:67&b=epci:246700488",
	"/chiffres/panorama/2024-07/production-industrielle/department:67",
	"/recherche?q=zzzzqqq",
}

// addresses are all that a reader without an account can open and that is a
// page: the list of routes, so that a new one is walked without being told.
func addresses(t *testing.T) []string {
	all := []string{"/epci/" + astride(t) + "/panorama"}
	for _, r := range web.Routes() {
		if r.Method == "GET" && r.Sample != "" && slices.Contains(r.Formats, "text/html") {
			all = append(all, r.Sample)
		}
	}
	return append(all, kinds...)
}

// each opens every address in the same tab, as a subtest of its own.
func each(t *testing.T, p *Page, paths []string, check func()) {
	t.Helper()
	for _, path := range paths {
		t.Run(strings.Trim(unsafe.ReplaceAllString(path, "-"), "-"), func(t *testing.T) {
			outer := p.t
			p.t = t
			defer func() { p.t = outer }()
			p.Visit(path)
			check()
			p.Calm()
		})
	}
}

// facts is what a page says of itself, read in one go.
type facts struct {
	Lang, Title, H1                      string
	Headings, Mains, Links, Tables, Rows int
	Fields, Charts                       int
	Listed                               int    // regions that a list leads to
	Skipped                              string // a level of heading that was jumped over
	Bare                                 string // tables without a name or heads
}

const readFacts = `(() => {
	const all = s => [...document.querySelectorAll(s)];
	const levels = all("main h1, main h2, main h3, main h4").map(e => [+e.tagName[1], e.textContent.trim()]);
	let last = 0, skipped = "";
	for (const [n, text] of levels) { if (n > last + 1 && last) skipped ||= "h" + n + " «" + text + "» after h" + last; last = n; }
	return {
		Lang: document.documentElement.lang, Title: document.title, H1: document.querySelector("h1")?.textContent.trim() ?? "",
		Headings: all("h1").length, Mains: all("main").length, Links: all("main a[href]").length,
		Tables: all("main table").length, Rows: all("main tr").length, Charts: all("main svg[role]").length,
		Listed: all('main li a[href^="/regions/"]').length,
		Fields: all("main input:not([type=hidden]), main select, main textarea").length,
		Skipped: skipped, Bare: all("main table").filter(t => !t.caption || !t.querySelector("th")).map(t => t.id || "table").join(", "),
	};
})()`

// walk is what the tabs that go through the pages side by side have found.
type walk struct {
	mu   sync.Mutex
	seen map[string]facts // by address
}

// Every page, as people with the most different means read it. Nobody writes
// meanwhile, so that two tabs share the pages: each goes through one half of them.
func TestEveryPage(t *testing.T) {
	a, all := Start(t), addresses(t)
	w := walk{seen: map[string]facts{}}
	t.Run("tabs", func(t *testing.T) {
		const tabs = 2
		for n := range tabs {
			var mine []string
			for i := n; i < len(all); i += tabs {
				mine = append(mine, all[i])
			}
			t.Run(strconv.Itoa(n+1), func(t *testing.T) {
				t.Parallel()
				w.read(t, Open(t, a.URL()), mine)
			})
		}
	})
	titles := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(w.seen)) {
		title := w.seen[path].Title
		if other, ok := titles[title]; ok && pathOnly(other) != pathOnly(path) {
			t.Errorf("%s: title %q is also that of %s", path, title, other)
		}
		titles[title] = path
	}
}

// read goes through pages wide, narrow and in the dark, then without script, where
// they say the same.
func (w *walk) read(t *testing.T, p *Page, paths []string) {
	with := map[string]facts{}
	each(t, p, paths, func() {
		path := p.Path()
		f := Eval[facts](p, readFacts)
		with[path] = f
		if f.Lang != "fr" {
			p.t.Errorf("lang %q", f.Lang)
		}
		if !strings.HasSuffix(f.Title, " – Jalon") && f.Title != "Jalon" {
			p.t.Errorf("title %q", f.Title)
		}
		if f.Headings != 1 || f.Mains != 1 || f.H1 == "" {
			p.t.Errorf("%d h1 (%q), %d main", f.Headings, f.H1, f.Mains)
		}
		if f.Skipped != "" {
			p.t.Error(f.Skipped)
		}
		if f.Bare != "" {
			p.t.Errorf("tables without a name or heads: %s", f.Bare)
		}
		if f.Charts > 0 && f.Tables == 0 && f.Listed < 18 {
			p.t.Errorf("%d charts, no table and no list of the regions", f.Charts)
		}
		p.Narrow()
		p.Axe()
		p.Picture(320, 640)
		p.Resize(1280, 900)
		p.Axe()
		p.Picture(1280, 900)
		p.AxeInTheDark()
		p.Light()
	})
	w.mu.Lock()
	maps.Copy(w.seen, with)
	w.mu.Unlock()
	if t.Failed() {
		return
	}
	p.NoScript()
	for path, f := range with {
		p.Visit(path)
		without := Eval[facts](p, readFacts)
		if without != f {
			t.Errorf("%s: without script %+v, with it %+v", path, without, f)
		}
	}
}

func pathOnly(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return path
}
