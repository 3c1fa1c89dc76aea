package e2e

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

const good = `<!doctype html><html lang="fr"><head><title>Bonne page</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/s.css"></head><body><header><a href="/autre">Une autre page</a></header>
<main><h1>Titre</h1><p id="p">Texte</p><button type="button">Agir</button></main></body></html>`

const bad = `<!doctype html><html><head><title>Mauvaise page</title><style>a:focus{outline:none}</style></head>
<body><div style="width:600px"><img src="/s.css?x"></div><script>document.title = "script"</script></body></html>`

// site serves a page without fault and one with many, under the policy of the
// real site.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	for path, body := range map[string]string{"/{$}": good, "/mauvaise": bad, "/autre": strings.Replace(good, "Texte", "Autre", 1)} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'")
			fmt.Fprint(w, body)
		})
	}
	mux.HandleFunc("GET /s.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, "a:focus,button:focus{outline:2px solid #004}")
	})
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestAGoodPagePasses(t *testing.T) {
	t.Parallel()
	p := Open(t, site(t))
	p.Visit("/")
	p.Axe()
	p.Narrow()
	if stops := p.Keyboard(10); !slices.Equal(stops, []string{"Une autre page", "Agir"}) {
		t.Errorf("the keyboard stops at %q", stops)
	}
	p.Follow("header a")
	if got := p.Text("#p"); got != "Autre" || p.Path() != "/autre" {
		t.Errorf("%q at %s", got, p.Path())
	}
	p.VisitStatus("/absente", 404)
}

func TestABadPageIsSeen(t *testing.T) {
	t.Parallel()
	p := Open(t, site(t))
	p.Visit("/mauvaise")
	found := strings.Join(p.violations(), "\n")
	for _, rule := range []string{"html-has-lang", "image-alt"} {
		if !strings.Contains(found, "axe "+rule) {
			t.Errorf("axe does not see %s in\n%s", rule, found)
		}
	}
	troubles := strings.Join(p.Troubles(), "\n")
	if !strings.Contains(troubles, "Content Security Policy") {
		t.Errorf("an inline script went unseen: %q", troubles)
	}
	p.Expect("Content Security Policy")
	p.Expect("Content-Security-Policy")
}

func TestOverflowIsSeen(t *testing.T) {
	t.Parallel()
	p := Open(t, site(t))
	p.Visit("/")
	p.Resize(320, 640)
	if got := p.overflows(); len(got) != 0 {
		t.Errorf("a page that fits: %q", got)
	}
	Eval[int](p, `(() => { const d = document.createElement("div"); d.append("large".repeat(200)); document.body.append(d); return 1 })()`)
	if got := p.overflows(); len(got) == 0 {
		t.Error("a word 5 000 pixels wide went unseen")
	}
}

func TestPictures(t *testing.T) {
	t.Parallel()
	p := Open(t, site(t))
	p.Visit("/")
	img, err := png.DecodeConfig(bytes.NewReader(p.Screenshot(320, 640)))
	if err != nil || img.Width != 320 {
		t.Errorf("%+v, %v", img, err)
	}
	if pdf := p.PDF(true); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Error("the print is no PDF")
	}
}

func TestWithoutScript(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<title>t</title><link rel="icon" href="data:,"><p>sans</p><script>document.querySelector("p").textContent = "avec"</script>`)
	})
	s := httptest.NewServer(mux)
	defer s.Close()
	p := Open(t, s.URL)
	p.NoScript()
	p.Visit("/")
	if got := p.Text("p"); got != "sans" {
		t.Errorf("without script: %q", got)
	}
	p.Script()
	p.Visit("/")
	if got := p.Text("p"); got != "avec" {
		t.Errorf("with script: %q", got)
	}
}
