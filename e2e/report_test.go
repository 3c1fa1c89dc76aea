package e2e

import (
	"encoding/base64"
	"strings"
	"testing"

	"jalon/internal/app"
	"jalon/internal/document"
	"jalon/internal/testkit"
)

// fetched is what a link of the page gives to whoever is signed in.
type fetched struct {
	Status                  int
	Type, Name, Digest, B64 string
}

// fetch takes the file of an address as the page's reader.
func (p *Page) fetch(path string) (fetched, []byte) {
	p.t.Helper()
	f := Eval[fetched](p, `fetch("`+path+`").then(async r => {
		const bytes = new Uint8Array(await r.arrayBuffer());
		let text = "";
		for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
		return {Status: r.status, Type: r.headers.get("Content-Type"), Name: r.headers.get("Content-Disposition"), Digest: r.headers.get("Repr-Digest"), B64: btoa(text)};
	})`)
	body, err := base64.StdEncoding.DecodeString(f.B64)
	if err != nil {
		p.t.Fatal(err)
	}
	return f, body
}

// The national team opens the point d’étape of a day, takes it away, freezes it
// with two sentences of their own, and finds it again as it was.
func TestTheNationalTeamPublishesItsReport(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { publishes(t, Start(t)) })
	t.Run("postgresql", func(t *testing.T) { publishes(t, startOn(t, testkit.Postgres(t))) })
}

func publishes(t *testing.T, a *app.App) {
	p := signIn(t, a, "sgpe@exemple.fr", "national_admin", "nation")
	p.Visit("/national/documents")
	both(p)
	p.Visit("/national/point-d-etape?jour=2024-05-27")
	both(p)
	if text := strings.ReplaceAll(p.Text("main"), "\u00a0", " "); !strings.Contains(text, "16 COP sont lancées sur 18") {
		t.Errorf("the page: %.300s", text)
	}
	p.PDF(false)
	formats := map[string]string{"pptx": "PK", "odt": "PK"}
	if document.Browser() != "" {
		formats["pdf"] = "%PDF-"
	}
	for ext, magic := range formats {
		f, body := p.fetch("/national/point-d-etape." + ext + "?jour=2024-05-27")
		if f.Status != 200 || !strings.HasPrefix(string(body), magic) || !strings.Contains(f.Name, "point-d-etape-2024-05-27."+ext) || !strings.HasPrefix(f.Digest, "sha-256=:") {
			t.Errorf("%s: %d %s %s %s, %d bytes", ext, f.Status, f.Type, f.Name, f.Digest, len(body))
		}
	}
	p.Follow(`main a[href^="/national/documents/figer"]`)
	both(p)
	p.Fill("#intro", strings.Repeat("trop ", 1000))
	p.Expect("422")
	p.Follow("main form button")
	if text := p.Text("#erreurs"); !strings.Contains(text, "4") {
		t.Errorf("the error: %s", text)
	}
	both(p)
	p.Fill("#intro", "Deux phrases de l’équipe. Elles ouvrent le document.")
	p.Follow("main form button")
	if !strings.HasPrefix(p.Path(), "/national/publications/") {
		t.Fatalf("frozen, and at %s: %s", p.Path(), p.Text("main"))
	}
	both(p)
	_, once := p.fetch(p.Path() + "/document.pptx")
	_, again := p.fetch(p.Path() + "/document.pptx")
	if len(once) == 0 || string(once) != string(again) {
		t.Error("a frozen file changes")
	}
	p.Visit("/national/documents")
	if text := p.Text("#editions-figees"); !strings.Contains(text, "27") || !strings.Contains(text, "sgpe") {
		t.Errorf("frozen: %s", text)
	}
	both(p)
}

// Anyone reads the studies, at 320 pixels, without script.
func TestAnyoneReadsTheStudies(t *testing.T) {
	for _, path := range []string{"/etudes", "/etudes/guide-du-panorama?region=grand-est", "/etudes/guide-du-panorama?region=mayotte", "/etudes/retour-des-questionnaires", "/etudes/actions-et-mesures?region=bretagne"} {
		p := Open(t, Start(t).URL())
		p.Visit(path)
		both(p)
	}
	p := Open(t, Start(t).URL())
	p.NoScript()
	p.Visit("/etudes")
	p.Follow("#guide-du-panorama form button")
	if !strings.Contains(p.Text("h1"), "Guide du panorama") {
		t.Errorf("at %s", p.Path())
	}
}
