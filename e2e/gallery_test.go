package e2e

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"jalon/internal/web/static"
	"jalon/internal/web/ui"
)

// gallery serves every component under the policy of the real site.
func gallery(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", ui.ContentSecurityPolicy)
		if err := ui.Gallery(static.URL).Render(r.Context(), w); err != nil {
			t.Error(err)
		}
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestEveryComponentIsAccessible(t *testing.T) {
	t.Parallel()
	p := Open(t, gallery(t))
	p.Visit("/")
	p.Axe()
	p.Narrow()
	p.Resize(1280, 900)
	p.Dark()
	p.Visit("/")
	p.Axe()
	p.Screenshot(1280, 900)
	p.Screenshot(320, 900)
	p.PDF(false)
}

func TestArrowsMoveInAChart(t *testing.T) {
	t.Parallel()
	p := Open(t, gallery(t))
	p.Visit("/")
	const stops = `document.querySelectorAll('#par-secteur svg.wide a:not([tabindex="-1"])').length`
	if got := Eval[int](p, stops); got != 1 {
		t.Errorf("the treemap takes %d stops of the keyboard, want 1", got)
	}
	const name = `document.activeElement.querySelector('title')?.textContent ?? ''`
	first := Eval[string](p, `document.querySelector('#par-secteur svg.wide a').focus();`+name)
	press := func(key string) string {
		return Eval[string](p, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown',{key:'`+key+`',bubbles:true,cancelable:true}));`+name)
	}
	last := press("End")
	if last == "" || last == first {
		t.Fatalf("End stays on %q", last)
	}
	if got := press("Home"); got != first {
		t.Errorf("Home leads to %q, want %q", got, first)
	}
	right := press("ArrowRight")
	if right == "" || right == first {
		t.Errorf("the right arrow stays on %q", right)
	}
	if got := Eval[int](p, stops); got != 1 {
		t.Errorf("after moving, the treemap takes %d stops, want 1", got)
	}
}

func TestWithoutScriptEveryCellIsAStop(t *testing.T) {
	t.Parallel()
	p := Open(t, gallery(t))
	p.NoScript()
	p.Visit("/")
	if got := p.Count(`#par-secteur svg.wide a[tabindex]`); got != 0 {
		t.Errorf("%d cells are kept from the keyboard without script", got)
	}
	if got := p.Count(`[data-print][hidden]`); got != 1 {
		t.Errorf("the button that needs script is shown without it")
	}
}
