package e2e

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"jalon/internal/app"
	"jalon/internal/testkit"
)

// An inhabitant looks for their commune as they write it, and reads how much,
// why it says nothing of their commune yet, and where a figure comes from.
func TestAnInhabitantFindsTheirCommune(t *testing.T) {
	p := Open(t, Start(t).URL())
	p.Resize(320, 640)
	p.Visit("/")
	p.Fill("main input[name=q]", "saint etienne 42000")
	p.Follow("main form button")
	if !strings.Contains(p.Text("main"), "Saint-Étienne") {
		t.Fatalf("not found: %s", p.Text("main"))
	}
	p.Follow(`main a[href="/communes/42218/panorama"]`)
	p.Narrow()
	p.Axe()
	if text := p.Text("main"); !strings.Contains(text, "habitant") || !strings.Contains(text, "Auvergne-Rhône-Alpes") {
		t.Errorf("what the commune reads: %s", text)
	}
	p.Follow(`main a.why`)
	if !strings.HasPrefix(p.Path(), "/chiffres/") {
		t.Errorf("the figure leads to %s", p.Path())
	}
	p.Axe()
}

// Someone who uses only the keyboard goes from the first page to a panorama.
func TestByKeyboardAlone(t *testing.T) {
	p := Open(t, Start(t).URL())
	p.Visit("/")
	p.Press(kb.Tab)
	if at := Eval[stop](p, focused); !strings.Contains(at.Name, "contenu") {
		t.Fatalf("the first stop is «%s», not the way to the content", at.Name)
	}
	p.Press(kb.Enter)
	p.Until(`document.activeElement?.id === "contenu"`)
	p.Press(kb.Tab)
	for range 12 {
		if Eval[bool](p, `document.activeElement?.name === "q"`) {
			break
		}
		p.Press(kb.Tab)
	}
	p.Press("67482")
	p.Enter()
	if !strings.Contains(p.Text("main"), "Strasbourg") {
		t.Errorf("at %s: %s", p.Path(), p.Text("main"))
	}
	p.Visit("/regions/grand-est/panorama?vue=tableau")
	if names := p.Keyboard(400); len(names) < 60 {
		t.Errorf("only %d stops: %q", len(names), names)
	}
}

// The simulator computes the same with and without script, and its address is
// its state.
func TestTheSimulatorWithAndWithoutScript(t *testing.T) {
	a := Start(t)
	const level = `document.querySelector("[data-gauge-rest]").textContent.trim()`
	with := Open(t, a.URL())
	with.Visit("/simulateur/grand-est?depart=zero")
	const css = `main form.sim input[name="vk-voitures-electriques"]`
	before := Eval[string](with, level)
	with.Fill(css, "1200")
	with.Press(kb.Tab)
	with.Until(level + ` !== ` + quote(before))
	live := Eval[string](with, level)
	with.Axe()

	without := Open(t, a.URL())
	without.NoScript()
	without.Visit("/simulateur/grand-est?depart=zero")
	without.Fill(css, "1200")
	without.Follow("main form.sim button[type=submit]")
	if got := Eval[string](without, level); got != live {
		t.Errorf("without script «%s», with it «%s»", got, live)
	}
	address := Eval[string](without, `location.pathname + location.search`)
	other := Open(t, a.URL())
	other.Visit(address)
	if got := Eval[string](other, level); got != live {
		t.Errorf("who receives the link reads «%s», not «%s»", got, live)
	}
}

// A public simulator's own link opens on ours.
func TestAPublicSimulatorLink(t *testing.T) {
	p := Open(t, Start(t).URL())
	p.Visit("/simulateur/grand-est")
	whole := Eval[string](p, `document.querySelector("[data-gauge-rest]").textContent.trim()`)
	p.Visit("/simulateur/grand-est?c-tr_voi_elec=10&t-tr_voi_elec=20")
	if text := p.Text("main"); strings.Contains(text, "Page introuvable") || whole == "" {
		t.Error(text)
	}
}

var pages = regexp.MustCompile(`/Type\s*/Page[^s]`)

// An agent prints the panorama of their region for a meeting.
func TestOnPaper(t *testing.T) {
	p := Open(t, Start(t).URL())
	for _, path := range []string{"/regions/grand-est/panorama", "/epci/246700488/panorama", "/leviers/voitures-electriques", "/comparer?a=region:44&b=region:53"} {
		p.Visit(path)
		for _, a3 := range []bool{false, true} {
			if n := len(pages.FindAll(p.PDF(a3), -1)); n < 1 || n > 8 {
				t.Errorf("%s prints on %d pages (A3: %v)", path, n, a3)
			}
		}
	}
	p.Visit("/regions/grand-est/panorama")
	p.Paper()
	if Eval[bool](p, `!!document.querySelector("header nav")?.offsetParent`) {
		t.Error("the menu is printed")
	}
	p.Axe()
}

// A page that is not there says where to go.
func TestLost(t *testing.T) {
	p := Open(t, Start(t).URL())
	for _, path := range []string{"/communes/99999/panorama", "/regions/atlantide/panorama", "/rien"} {
		p.Expect("404")
		p.VisitStatus(path, 404)
		p.Axe()
		p.Narrow()
		if p.Count("main a[href]")+p.Count("main form") == 0 {
			t.Errorf("%s: no way out", path)
		}
	}
}

// Who runs the platform draws a perimeter, and two of them at once lose nothing:
// the whole journey, on each engine.
func TestAnOperatorDrawsAPerimeter(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { drawsAPerimeter(t, Start(t)) })
	t.Run("postgresql", func(t *testing.T) {
		drawsAPerimeter(t, startOn(t, testkit.Postgres(t)))
	})
}

func drawsAPerimeter(t *testing.T, a *app.App) {
	link, err := a.OperatorLink(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	p := Open(t, a.URL())
	p.Visit(strings.TrimPrefix(link, a.URL()))
	p.Axe()
	p.Follow("main form button")
	p.Visit("/perimetres/nouveau")
	p.Axe()
	p.Narrow()
	p.Resize(1280, 900)
	p.Fill("#name", "Pays de l’épreuve")
	p.Expect("422")
	p.Follow("main form.form button[type=submit]")
	p.Axe()
	if got := Eval[string](p, `document.querySelector("#name").value`); got != "Pays de l’épreuve" {
		t.Fatalf("what was typed is lost: %q", got)
	}
	Eval[bool](p, `(document.querySelector("[name=kind]").value = "crte") !== ""`)
	p.Fill("#members", "67482 Strasbourg\n67180 Haguenau")
	p.Follow("main form.form button[type=submit]")
	if !strings.Contains(p.Text("h1"), "Pays de l’épreuve") {
		t.Fatalf("at %s: %s", p.Path(), p.Text("main"))
	}
	p.Axe()
	edit := strings.TrimSuffix(p.Path(), "/panorama") + "/modifier"
	p.Visit(edit)
	stale := Eval[string](p, `document.querySelector("input[name=rev]").value`)
	p.Fill("#name", "Pays de l’épreuve, un")
	p.Fill("#reason", "nom")
	p.Follow("main form.form button[type=submit]")
	p.Visit(edit)
	Eval[bool](p, `(document.querySelector("input[name=rev]").value = `+quote(stale)+`) !== ""`)
	p.Fill("#name", "Pays de l’épreuve, deux")
	p.Fill("#reason", "nom")
	p.Expect("409")
	p.Follow("main form.form button[type=submit]")
	p.Axe()
	if text := p.Text("main"); !strings.Contains(text, "Pays de l’épreuve, un") || Eval[string](p, `document.querySelector("#name").value`) != "Pays de l’épreuve, deux" {
		t.Errorf("both versions should be there: %s", text)
	}
}
