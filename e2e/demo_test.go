package e2e

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/app"
	"jalon/internal/config"
	"jalon/internal/demo"
)

// whyMailed is the sentence that ends every mail.
var whyMailed = regexp.MustCompile(`Vous recevez ce (message|rappel) parce que`)

// A visitor opens the demonstration on a phone, becomes somebody in one click,
// reads the banner, then a mail, and becomes somebody else.
func TestADemonstrationIsVisited(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "jalon-demo.db")
	if _, err := app.FillDemo(context.Background(), config.Config{Addr: "127.0.0.1:0", DB: file, DataDir: t.TempDir()}, demo.Options{}); err != nil {
		t.Fatal(err)
	}
	a := startOn(t, file)
	p := Open(t, a.URL())
	p.Visit("/demonstration")
	both(p)
	if text := p.Text(".fr-notice"); !strings.Contains(text, "Données de démonstration") {
		t.Errorf("the banner says %q", text)
	}
	p.NoScript()
	p.Resize(320, 640)
	p.Follow("#tetes li:first-child button")
	if p.Path() != "/regions/grand-est/bureau" {
		t.Fatalf("the préfet is at %s", p.Path())
	}
	p.Script()
	both(p)
	p.Follow(`.fr-notice a[href="/demonstration"]`)
	both(p)
	p.Follow("#nation li:first-child button")
	if p.Path() != "/national" {
		t.Fatalf("the national team is at %s", p.Path())
	}
	both(p)
	p.Follow(`.fr-notice a[href="/demonstration/courriels"]`)
	both(p)
	p.Follow("#courriels tbody tr:first-child a")
	both(p)
	// The last mail is that of the day: an invitation, a reminder, a request.
	if text := p.Text(".letter"); !strings.Contains(text, "Bonjour") || !whyMailed.MatchString(text) {
		t.Errorf("the mail says %q", text)
	}
	p.Visit("/operateur/courriels")
	both(p)
	for _, path := range []string{"/regions/grand-est", "/regions/guyane", "/regions/bretagne", "/regions/grand-est/panorama?integre=1", "/regions/grand-est/themes", "/regions/grand-est/objectifs", "/regions/grand-est/diagnostic/editions/1"} {
		p.Visit(path)
		both(p)
	}
	// The préfet's delegate in La Réunion finds what waits for them.
	p.Visit("/demonstration?region=04")
	p.Follow("#equipe li:last-child button")
	if p.Path() != "/regions/la-reunion/bureau/diagnostic/publication" {
		t.Fatalf("the delegate is at %s", p.Path())
	}
	both(p)
	p.Visit("/regions/la-reunion/bureau")
	if text := p.Text("main"); !strings.Contains(text, "Publication du diagnostic partagé") || !strings.Contains(text, "Enregistrer ma validation") {
		t.Errorf("the delegate's desk says %q", text)
	}
}
