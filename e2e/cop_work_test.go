package e2e

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"jalon/internal/testkit"
)

// onEach runs a journey over a database of its own, on both engines.
func onEach(t *testing.T, journey func(t *testing.T, dsn string)) {
	t.Run("sqlite", func(t *testing.T) { journey(t, filepath.Join(t.TempDir(), "jalon.db")) })
	t.Run("postgresql", func(t *testing.T) { journey(t, testkit.Postgres(t)) })
}

// choose sets a field that is not typed: a list, a date.
func (p *Page) choose(css, value string) {
	p.t.Helper()
	if !Eval[bool](p, `(() => { const e = document.querySelector(`+js(css)+`); e.value = `+js(value)+`; return e.value === `+js(value)+` })()`) {
		p.t.Fatalf("%s does not take %q", css, value)
	}
}

func js(s string) string { return strconv.Quote(s) }

// attach puts a file in a field, as choosing it would.
func (p *Page) attach(css, name, content string) {
	p.t.Helper()
	Eval[bool](p, `(() => { const d = new DataTransfer(); d.items.add(new File([`+js(content)+`], `+js(name)+`, {type: "application/pdf"})); document.querySelector(`+js(css)+`).files = d.files; return true })()`)
}

// A département has its own desk: its lead writes priorities, both its heads
// adopt them, and the region sets one aside with its reason, which the lead
// reads.
func TestADepartmentSendsItsPrioritiesUp(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		a := startOn(t, dsn)
		nation := signIn(t, a, "nation@exemple.fr", "national_admin", "nation")
		nation.Follow(`main a[href="/national/cycles"]`)
		both(nation)
		nation.Follow(`main a[href="/national/cycles/2025"]`)
		both(nation)
		nation.Follow("#ouvrir form button")
		both(nation)

		prefet := signIn(t, a, "prefet44@exemple.fr", "state_chair", "region:44")
		up, down := "/regions/grand-est/cycles/2025", "/departements/67/cycles/2025"
		prefet.Visit("/regions/grand-est/bureau")
		prefet.Follow(`#autres-bureaux a[href="` + up + `/bureau"]`)
		both(prefet)
		prefet.Follow(`main a[href="` + up + `/bureau/departements"]`)
		both(prefet)
		prefet.choose("#department", "67")
		prefet.Click("#heads-1")
		prefet.Follow("#ajouter form button")
		both(prefet)

		lead := signIn(t, a, "prefet67@exemple.fr", "department_lead", "department:67")
		lead.Follow(`main a[href="/departements/67/bureau"]`)
		if lead.Path() != down+"/bureau" {
			t.Fatalf("the desk is at %s", lead.Path())
		}
		both(lead)
		lead.Follow(`main a[href="` + down + `/bureau/priorites"]`)
		both(lead)
		lead.Fill("#title", "De l’ombre dans les écoles")
		lead.Fill("#text", "Des arbres et des *préaux*.\n\n- cours\n- rues")
		lead.choose("#theme", "se-loger")
		lead.Follow("#ajouter form button")
		both(lead)
		if stops := lead.Keyboard(60); len(stops) < 20 {
			t.Errorf("the keyboard stops at %q", stops)
		}
		lead.Follow("#adopter button")
		both(lead)

		council := signIn(t, a, "cd67@exemple.fr", "region_chair", "department:67")
		council.NoScript()
		council.Resize(320, 640)
		council.Visit(down + "/bureau")
		council.Follow("#attente button[value=consent]")
		if text := council.Text("#actes"); !strings.Contains(text, "validé par les deux têtes") {
			t.Fatalf("after both: %s", text)
		}

		prefet.Visit(up + "/bureau")
		both(prefet)
		prefet.Follow(`#a-faire a[href*="/priorites/"]`)
		both(prefet)
		prefet.Click("#answer-2")
		prefet.Expect("400")
		prefet.Follow("#repondre button")
		both(prefet)
		if !Eval[bool](prefet, `document.querySelector("#answer-2").checked`) {
			t.Error("the answer is lost")
		}
		prefet.Fill("#reason", "Le plan régional des écoles le porte déjà.")
		prefet.Follow("#repondre button")
		both(prefet)

		lead.Visit(down + "/bureau/priorites")
		both(lead)
		lead.Follow("main .act a")
		both(lead)
		if text := lead.Text("main"); !strings.Contains(text, "Le plan régional des écoles le porte déjà.") || !strings.Contains(text, "écartée par la région") {
			t.Errorf("the lead reads %s", text)
		}
		anyone := Open(t, a.URL())
		anyone.Visit("/departements/67/cop")
		if anyone.Path() != down {
			t.Errorf("the public page is at %s", anyone.Path())
		}
		both(anyone)
		anyone.Visit("/departements/68/cop")
		both(anyone)
	})
}

// A team deposits a document, what lies is refused in words, and anyone
// downloads the public one from the page of the COP, which prints.
func TestATeamPublishesADocument(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		a := startOn(t, dsn)
		team := signIn(t, a, "equipe@exemple.fr", "team", "region:44")
		base := "/regions/grand-est/bureau"
		team.Visit(base + "/documents")
		both(team)
		fill := func(title string) {
			team.Fill("#title", title)
			team.choose("#kind", "feuille-de-route")
			team.choose("#stage", "feuille-de-route")
			team.choose("#day", "2024-09-27")
			team.choose("#part", "public")
		}
		fill("Feuille de route du Grand Est")
		team.attach("#file", "feuille.pdf", "ceci n’est pas un PDF")
		team.Expect("400")
		team.Follow("#ajouter form button")
		both(team)
		if got := Eval[string](team, `document.querySelector("#title").value`); got != "Feuille de route du Grand Est" {
			t.Errorf("what was typed is lost: %q", got)
		}
		team.attach("#file", "feuille.pdf", "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n")
		team.Follow("#ajouter form button")
		both(team)
		team.Follow(`#liste a[aria-label^="Modifier"]`)
		both(team)

		team.Visit(base + "/reglages")
		team.Fill("#presentation", "La COP du Grand Est réunit ceux qui agissent.\n\n- baisser les émissions\n- préserver l’eau")
		team.Fill("#contact", "cop@exemple.fr")
		team.Follow("#cop form button")
		both(team)
		for _, x := range [][2]string{{"Atelier sur l’eau", "2999-01-15"}, {"Plénière", "2024-06-10"}} {
			team.Visit(base + "/reunions")
			team.Fill("#title", x[0])
			team.choose("#day", x[1])
			team.Fill("#place", "Metz")
			team.Follow("#ajouter form button")
		}
		team.Visit(base + "/actualites")
		team.Fill("#title", "Le bilan est paru")
		team.Fill("#text", "Merci *à tous*.")
		team.Follow("#ajouter form button")
		team.Follow("main button[value=publish]")
		team.Visit(base)
		both(team)
		team.Follow("#mon-calendrier button[value=new]")
		both(team)
		team.Visit(base + "/evenements")
		both(team)
		team.Follow(`#evenements a[href*="/evenements/"]`)
		both(team)

		anyone := Open(t, a.URL())
		anyone.Visit("/regions/grand-est")
		both(anyone)
		if n := anyone.Count(`.steps [aria-current="step"]`); n != 1 {
			t.Errorf("%d stages are said to be the current one", n)
		}
		got := Eval[string](anyone, `fetch(document.querySelector("#documents a").href).then(async r => r.status + " " + r.headers.get("Content-Disposition") + " " + (await r.text()).slice(0, 8))`)
		if got != `200 attachment; filename=feuille.pdf %PDF-1.7` {
			t.Errorf("the download: %q", got)
		}
		anyone.Paper()
		anyone.Picture(794, 1123)
		if pdf := anyone.PDF(false); len(pdf) < 5000 {
			t.Errorf("printed in %d bytes", len(pdf))
		}
	})
}

// The national administration opens the cycle of 2026, and a region adapts its
// template; it comes back to the nation's on a phone and without script.
func TestARegionAdaptsTheTemplate(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		a := startOn(t, dsn)
		nation := signIn(t, a, "nation@exemple.fr", "national_admin", "nation")
		nation.Visit("/national/cycles/2026")
		nation.Click(".lines:nth-of-type(2) summary")
		both(nation)
		nation.Fill("#grid-4-name", "Elle dit qui la porte")
		nation.Fill("#reason", "Un critère de plus")
		nation.Follow("#editeur button")
		nation.Follow("#ouvrir form button")
		both(nation)

		team := signIn(t, a, "equipe@exemple.fr", "team", "region:44")
		team.Visit("/regions/grand-est/cycles/2026/bureau/modele")
		both(team)
		team.Click(".lines summary")
		team.Click("#check-0-ligne input[type=checkbox]")
		team.Fill("#check-1-name", "Écrire la présentation avec les habitants")
		both(team)
		team.Follow("#editeur button[value=save]")
		both(team)
		if text := team.Text("#difference"); !strings.Contains(text, "Écrire la présentation avec les habitants") || !strings.Contains(text, "retiré") {
			t.Fatalf("the difference: %s", text)
		}
		team.Visit("/regions/grand-est/cycles/2026/bureau")
		both(team)
		team.NoScript()
		team.Resize(320, 640)
		team.Visit("/regions/grand-est/cycles/2026/bureau/modele")
		team.Follow("#difference button[value=reset]")
		if h1 := team.Text("h1"); !strings.Contains(h1, "0 écart") && !strings.Contains(h1, "0\u00a0écart") {
			t.Errorf("after coming back: %s", h1)
		}
	})
}
