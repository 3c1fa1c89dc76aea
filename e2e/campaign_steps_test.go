package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/app"
	"jalon/internal/testkit"
)

// campaign is the people of a campaign, each in a browser of their own.
type campaign struct {
	t   *testing.T
	a   *app.App
	pit *testkit.Mailpit

	team, writer, colleague, elected *Page
	response                         string // path of the answer that is written at several
}

func (c *campaign) file(name, text string) string {
	c.t.Helper()
	path := filepath.Join(c.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return path
}

var seatLink = regexp.MustCompile(`https?://[^/\s]+(/questionnaire/[A-Za-z0-9_-]+)\s`)

// mailedLink waits for a mail and gives the path of its personal link.
func (c *campaign) mailedLink(email, words string) string {
	c.t.Helper()
	text := mailTo(c.t, c.pit, email, words)
	link := seatLink.FindStringSubmatch(text)
	if link == nil {
		c.t.Fatalf("no personal link in the mail:\n%s", text)
	}
	return link[1]
}

// saved waits until the page says that nothing waits to be saved.
func (c *campaign) saved(p *Page) {
	c.t.Helper()
	p.Until(savedNow)
	p.Until(`!Object.keys(localStorage).some((k) => k.startsWith("jalon:"))`)
}

// pick rates a cell as one does with a finger, by its label.
func pick(p *Page, key, value string) {
	p.t.Helper()
	p.Click(fmt.Sprintf(`input[name="%s"][value="%s"] + label`, key, value))
}

// submit names who validates, reads over, sends.
func (c *campaign) submit() {
	c.t.Helper()
	w := c.writer
	w.Visit(c.response + "/relire")
	both(w)
	if n := w.Count("#envoyer"); n != 0 {
		c.t.Error("an answer can be sent to nobody")
	}
	w.Follow(`main a[href$="/equipe#valideur"]`)
	w.Fill("#valideur-nom", "Hélène Schmitt")
	w.Fill("#fonction", "vice-présidente au climat")
	w.Fill("#valideur-mel", "h.schmitt@ems.exemple.fr")
	w.Follow(`button[value=elect]`)
	both(w)
	w.Follow(`.fr-alert a[href$="/relire"]`)
	if text := w.Text("main"); !strings.Contains(text, "Les navettes fluviales du port") || !strings.Contains(text, "Pas notre compétence") {
		c.t.Errorf("read over: %s", text)
	}
	w.Follow(`#envoyer button`)
	if text := w.Text("main"); !strings.Contains(text, "Réponse envoyée pour validation") {
		c.t.Fatalf("sent: %s", text)
	}
	both(w)
}

// validate is a phone in a corridor: the link, what matters, one button.
func (c *campaign) validate() {
	c.t.Helper()
	p := Open(c.t, c.a.URL())
	c.elected = p
	look := func() { c.t.Helper(); p.Narrow(); p.Axe(); p.Picture(320, 640) }
	p.Resize(320, 640)
	p.Visit(c.mailedLink("h.schmitt@ems.exemple.fr", "Relire et valider"))
	look()
	p.Follow("main form button")
	if p.Path() != c.response+"/valider" {
		c.t.Errorf("the elected sits down at %s", p.Path())
	}
	look()
	if text := p.Text("main"); !strings.Contains(text, "Covoiturage, par Camille Roux") {
		c.t.Errorf("what is to be validated: %s", text)
	}
	p.Follow(`main a[href$="/relire"]`)
	look()
	p.Visit(c.response + "/valider")
	p.Follow(`button[value=validate]`)
	look()
	if text := p.Text("main"); !strings.Contains(text, "La réponse est validée") {
		c.t.Fatalf("validated: %s", text)
	}
	for _, email := range []string{"h.schmitt@ems.exemple.fr", "climat@ems.exemple.fr"} {
		if text := mailTo(c.t, c.pit, email, "La réponse de votre collectivité est validée"); !strings.Contains(text, "version 1") {
			c.t.Errorf("the receipt: %s", text)
		}
	}
	if got := Eval[string](p, `fetch(location.pathname + "/recu.pdf").then(async r => r.status + " " + (await r.text()).slice(0, 5))`); got != "200 %PDF-" {
		c.t.Errorf("the receipt as PDF: %s", got)
	}
}

// mayorAlone answers, names herself and validates, on a phone that runs no script.
func (c *campaign) mayorAlone() {
	c.t.Helper()
	p := Open(c.t, c.a.URL())
	p.NoScript()
	p.Resize(320, 640)
	look := func() {
		c.t.Helper()
		p.Script()
		p.Narrow()
		p.Axe()
		p.Picture(320, 640)
		p.NoScript()
	}
	p.Visit(c.mailedLink("maire@schiltigheim.exemple.fr", "Répondre au questionnaire"))
	look()
	p.Follow("main form button")
	mine := p.Path()
	look()
	p.Follow(".answer-progress a.fr-btn")
	Eval[bool](p, `(document.querySelector("button[value=confirm-all]").focus(), true)`) // one scrolls to it
	p.Follow(`button[value=confirm-all]`)
	look()
	p.Follow(`button[value=next]`)
	pick(p, "deplacements-services.pertinence", "2")
	pick(p, "deplacements-services.mobilisation", "reflexion")
	p.Follow(`button[value=next]`)
	look()
	p.Click(`.answer-skip label`)
	p.Follow(`button[value=next]`)
	p.Visit(mine + "/relire")
	look()
	p.Follow(`main a[href$="/equipe#valideur"]`)
	p.Fill("#valideur-nom", "Danielle Muller")
	p.Fill("#fonction", "maire")
	p.Fill("#valideur-mel", "maire@schiltigheim.exemple.fr")
	p.Follow(`button[value=elect]`)
	look()
	p.Follow(`.fr-alert a[href$="/relire"]`)
	p.Follow(`#envoyer button`)
	look()
	p.Visit(c.mailedLink("maire@schiltigheim.exemple.fr", "Relire et valider"))
	p.Follow("main form button")
	look()
	p.Follow(`button[value=validate]`)
	look()
	if text := p.Text("main"); !strings.Contains(text, "La réponse est validée") {
		c.t.Fatalf("the mayor alone: %s", text)
	}
}

// follow is the team's morning.
func (c *campaign) follow() {
	c.t.Helper()
	c.team.Visit(surveyDesk)
	if text := c.team.Text("h1"); !strings.Contains(text, "2\u00a0réponses validées sur 5") {
		c.t.Errorf("followed: %s", text)
	}
	both(c.team)
	c.team.Fill("#nom", "eurometropole")
	c.team.Follow("form.filters button")
	if text := c.team.Text("#destinataires"); !strings.Contains(text, "Eurométropole de Strasbourg") || !strings.Contains(text, "validée") {
		c.t.Errorf("the list: %s", text)
	}
	c.team.Follow("#destinataires tbody th a")
	both(c.team)
}

// remind writes to those who have not finished, in two presses; before enough days
// have gone by it says why nobody is written to.
func (c *campaign) remind() {
	c.t.Helper()
	c.team.Visit(surveyDesk + "?etat=a-relancer")
	c.team.Follow(`#liste button[value=filtre]`)
	if text := c.team.Text("main"); !strings.Contains(text, "a reçu un courriel il y a moins de") {
		c.t.Errorf("reminded on the same day: %s", text)
	}
	both(c.team)
	if _, err := c.a.DB.Exec(c.t.Context(), `UPDATE response SET invited_at = invited_at - 30 * 86400000 WHERE invited_at IS NOT NULL`); err != nil { // a month goes by
		c.t.Fatal(err)
	}
	c.team.Visit(surveyDesk + "?etat=a-relancer")
	c.team.Follow(`#liste button[value=filtre]`)
	both(c.team)
	c.team.Follow(`#envoyer button`)
	if text := c.team.Text("main"); !strings.Contains(text, "2\u00a0relances partent") {
		c.t.Errorf("reminded: %s", text)
	}
	mailTo(c.t, c.pit, "alsace@exemple.fr", "Collectivité européenne d’Alsace")
	mailTo(c.t, c.pit, "dgs@colmar.exemple.fr", "Répondre au questionnaire")
}

// mark has the region enter the national rate.
func (c *campaign) mark() {
	c.t.Helper()
	anyone := Open(c.t, c.a.URL())
	anyone.Visit("/national/questionnaire")
	before := anyone.Text("main")
	c.team.Visit(surveyDesk)
	c.team.Follow("#acte-nearly form button")
	both(c.team)
	anyone.Visit("/national/questionnaire?relu=1")
	if text := anyone.Text("main"); text == before || !strings.Contains(text, "presque finalisée") {
		c.t.Errorf("the national rate: %s", text)
	}
	both(anyone)
	anyone.Visit("/regions/grand-est/questionnaire")
	both(anyone)
}

// read is the restitution for the team, and the authority's own sheet.
func (c *campaign) read() {
	c.t.Helper()
	c.team.Visit("/regions/grand-est/restitution")
	if text := c.team.Text("main"); !strings.Contains(text, "synthèse partielle au") {
		c.t.Errorf("the restitution: %s", text)
	}
	both(c.team)
	c.writer.Visit(c.response)
	both(c.writer)
	c.writer.Follow(`main a[href$="/fiche"]`)
	both(c.writer)
}

// correct makes a second version and keeps the first.
func (c *campaign) correct() {
	c.t.Helper()
	w := c.writer
	w.Visit(c.response)
	w.Click("#corriger summary")
	w.Fill("#raison", "Le plan piéton vient d’être voté.")
	w.Follow(`button[value=correct]`)
	w.Visit(c.response + "/deplacements")
	pick(w, "deplacements-quartiers.mobilisation", "deploye")
	c.saved(w)
	w.Visit(c.response + "/relire")
	w.Follow(`#envoyer button`)
	p := c.elected
	p.Visit(c.response + "/valider")
	p.Follow(`button[value=validate]`)
	if p.Path() != c.response+"/versions/2?fait=1" {
		c.t.Fatalf("corrected: %s", p.Path())
	}
	if text := p.Text("main"); !strings.Contains(text, "Le plan piéton vient d’être voté.") {
		c.t.Errorf("the second version: %s", text)
	}
	p.Narrow()
	p.Axe()
	p.Visit(c.response + "/versions/1")
	if text := p.Text("main"); !strings.Contains(text, "Une version plus récente existe") {
		c.t.Errorf("the first version: %s", text)
	}
}
