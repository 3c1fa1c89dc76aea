package e2e

import (
	"strings"
	"testing"

	"jalon/internal/account"
	"jalon/internal/app"
)

const surveyDesk = "/regions/grand-est/bureau/questionnaire"

// grandEst are the organisations of reference that a campaign of that region
// invites: its council, départements, Alsace's authority, EPCI and communes.
func grandEst(o account.Organisation) bool {
	return o.Kind != account.OrgCommune || o.Region == "44"
}

// A whole campaign on the real Grand Est, as people who have never seen Jalon play
// it: the team prepares, imports its contacts, opens; an intercommunality answers at
// several and its vice-president validates from a phone; a mayor answers alone
// without script; the team counts, reminds and marks; the nation counts; the answer
// is corrected.
func TestAWholeCampaign(t *testing.T) {
	t.Parallel()
	a, pit := startWithMail(t, app.WithSeeds(grandEst))
	c := &campaign{t: t, a: a, pit: pit}
	c.prepare()
	c.importContacts()
	c.open()
	c.write()
	c.delegate()
	c.together()
	c.submit()
	c.validate()
	c.mayorAlone()
	c.follow()
	c.remind()
	c.mark()
	c.read()
	c.correct()
}

// prepare makes the campaign from the desk of the team.
func (c *campaign) prepare() {
	c.t.Helper()
	c.team = signIn(c.t, c.a, "equipe.grandest@exemple.fr", "team", "region:44")
	c.team.Visit("/regions/grand-est/bureau")
	c.team.Follow(`main a[href="` + surveyDesk + `"]`)
	both(c.team)
	c.team.Follow(`main a.fr-btn[href$="/reglages"]`)
	both(c.team)
	c.team.Fill("#message", "Nous préparons la feuille de route ensemble.\nMerci d’avance.")
	c.team.Fill("#contact", "cop@grandest.exemple.fr")
	c.team.choose("#closes_on", "2099-06-30")
	if !Eval[bool](c.team, `document.querySelector("[name=communes]").checked`) {
		c.team.Click("[name=communes] + label")
	}
	c.team.Follow("#reglages form button")
	both(c.team)
	if text := c.team.Text("h1"); !strings.Contains(text, "0\u00a0réponse validée sur 5") {
		c.t.Errorf("prepared: %s", text)
	}
}

// importContacts reads a file with a fault, says where, and takes the mended one.
func (c *campaign) importContacts() {
	c.t.Helper()
	c.team.Follow(`main a[href="` + surveyDesk + `/contacts"]`)
	both(c.team)
	const rows = "collectivité;email;nom;fonction\n246700488;climat@ems.exemple.fr;Camille Roux;service climat\n67447;maire@schiltigheim.exemple.fr;Danielle Muller;maire\n200094332;alsace@exemple.fr;;direction de l’environnement\n"
	c.team.Upload("#file", c.file("contacts.csv", rows+"35238;rennes@exemple.fr;;\n"))
	c.team.Follow("#fichier form button")
	if text := c.team.Text("main"); !strings.Contains(text, "35238") || !strings.Contains(text, "refusée") {
		c.t.Fatalf("the preview of a file with a fault: %s", text)
	}
	both(c.team)
	c.team.Follow(`main a[href="` + surveyDesk + `/contacts"].fr-link`)
	c.team.Upload("#file", c.file("contacts-2.csv", rows+"Colmar Agglomération;dgs@colmar.exemple.fr;;\n"))
	c.team.Follow("#fichier form button")
	if text := c.team.Text("main"); !strings.Contains(text, "Eurométropole de Strasbourg") {
		c.t.Fatalf("the preview: %s", text)
	}
	both(c.team)
	c.team.Follow("#enregistrer button")
	if text := c.team.Text("main"); !strings.Contains(text, "Contacts enregistrés") {
		c.t.Fatalf("applied: %s", text)
	}
	both(c.team)
}

func (c *campaign) open() {
	c.t.Helper()
	c.team.Visit(surveyDesk)
	c.team.Follow("#acte-open form button")
	if text := c.team.Text("main"); !strings.Contains(text, "La campagne est ouverte") {
		c.t.Fatalf("opened: %s", text)
	}
	both(c.team)
}

// write is the first quarter of an hour of who received the mail.
func (c *campaign) write() {
	c.t.Helper()
	p := Open(c.t, c.a.URL())
	c.writer = p
	p.Visit(c.mailedLink("climat@ems.exemple.fr", "Répondre au questionnaire"))
	both(p)
	if text := p.Text("h1"); !strings.Contains(text, "Eurométropole de Strasbourg") {
		c.t.Errorf("the link opens: %s", text)
	}
	p.Follow("main form button") // the name and the address came with the contact
	c.response = p.Path()
	both(p)
	if text := p.Text("main"); !strings.Contains(text, "Déjà rempli pour vous") {
		c.t.Errorf("nothing is said to be filled: %s", text)
	}
	p.Follow(".answer-progress a.fr-btn")
	both(p)
	p.Click(`[data-cell=population-epci] .answer-confirm label`)
	p.Until(`!document.querySelector("[data-cell=population-epci] .answer-say-prefilled")`)
	c.saved(p)
	both(p)
	p.Follow(`button[value=next]`)
	if !strings.HasSuffix(p.Path(), "/deplacements") {
		c.t.Fatalf("after the first part: %s", p.Path())
	}
	pick(p, "deplacements-quartiers.pertinence", "3")
	pick(p, "deplacements-quartiers.mobilisation", "engage")
	p.Until(`!document.querySelector("[data-question=deplacements-freins]").hidden`)
	p.Click(`[data-question=deplacements-freins] .answer-option label`)
	p.Fill("#c-deplacements-point-fort", "Les navettes fluviales du port")
	p.Press("\t")
	c.saved(p)
	both(p)
	p.Follow(`button[value=next]`)
	p.Click(`input[name="covoiturage.sans-objet"] + label`) // pas notre compétence
	p.Until(`document.querySelector("[data-question=covoiturage-actions]").hidden`)
	c.saved(p)
	both(p)
	p.Visit(c.response)
	both(p)
	if text := p.Text(`.answer-skipped`); !strings.Contains(text, "Covoiturage") || !strings.Contains(text, "passée par vous") {
		c.t.Errorf("the contents say of what is skipped: %s", text)
	}
}

// delegate gives a lever to a colleague, who comes by the mail.
func (c *campaign) delegate() {
	c.t.Helper()
	w := c.writer
	w.Follow(`main a[href$="/equipe"]`)
	both(w)
	w.Fill("#nom", "Karim Weber")
	w.Fill("#mel", "velo@ems.exemple.fr")
	w.Click(`input[name=parties][value=velo] + label`)
	w.Follow(`button[value=share]`)
	if text := w.Text("main"); !strings.Contains(text, "C’est confié") || !strings.Contains(text, "Karim Weber") {
		c.t.Fatalf("shared: %s", text)
	}
	both(w)
	p := Open(c.t, c.a.URL())
	c.colleague = p
	p.Visit(c.mailedLink("velo@ems.exemple.fr", "Répondre à ma partie"))
	both(p)
	p.Follow("main form button")
	both(p)
	p.Follow(`#theme-confie h3 a`)
	both(p)
}

// together: both are in the same part; one cell conflicts, and nothing is lost.
func (c *campaign) together() {
	c.t.Helper()
	w, k := c.writer, c.colleague
	w.Visit(c.response + "/velo")
	pick(w, "velo-plan.pertinence", "3")
	c.saved(w)
	pick(k, "velo-stationnement.pertinence", "2")
	pick(k, "velo-stationnement.mobilisation", "deploye")
	pick(k, "velo-plan.pertinence", "2")
	k.Until(`!!document.querySelector("[data-cell='velo-plan.pertinence'] .answer-say-conflict")`)
	both(k)
	if text := k.Text(`.answer-say-conflict`); !strings.Contains(text, "Camille Roux") || !strings.Contains(text, "très pertinente") {
		c.t.Errorf("the conflict says %q", text)
	}
	if n := k.Count(".answer-say-conflict"); n != 1 {
		c.t.Errorf("%d cells conflict, want one", n)
	}
	k.Visit(c.response + "/velo") // a page that is loaded again still asks
	k.Until(`!!document.querySelector("[data-cell='velo-plan.pertinence'] .answer-say-conflict")`)
	if got := Eval[string](k, `document.querySelector("[name='velo-plan.pertinence']:checked").value`); got != "2" {
		c.t.Errorf("what conflicts is lost: %q", got)
	}
	k.Click(`.answer-say-conflict button:nth-of-type(2)`) // the other's
	k.Until(`!document.querySelector(".answer-say-conflict")`)
	c.saved(k)
	w.Visit(c.response + "/velo")
	for key, want := range map[string]string{"velo-plan.pertinence": "3", "velo-stationnement.pertinence": "2", "velo-stationnement.mobilisation": "deploye"} {
		if got := Eval[string](w, `document.querySelector("[name='`+key+`']:checked").value`); got != want {
			c.t.Errorf("%s holds %q, want %q", key, got, want)
		}
	}
	if got := Eval[string](k, `document.querySelector("[name='velo-plan.pertinence']:checked").value`); got != "3" {
		c.t.Errorf("the colleague's page shows %q", got)
	}
}
