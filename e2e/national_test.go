package e2e

import (
	"strings"
	"testing"
)

// The national team opens the board: what stalls first, then the table that it
// filters, sorts and reads as of the point d'étape of May 2024, a figure and
// what it counts, what moved, the timeline, what was declared before Jalon.
func TestTheNationalTeamReadsTheBoard(t *testing.T) {
	a := Start(t)
	p := signIn(t, a, "lecture@exemple.fr", "national_admin", "nation")
	p.Follow(`main a[href="/national"]`)
	both(p)
	if text := p.Text("#bloquees"); !strings.Contains(text, "jours, à l’étape") {
		t.Errorf("what stalls: %s", text)
	}
	p.Click("details.filters summary")
	Eval[bool](p, `(document.querySelector("#jour").value = "2024-05-27", true)`)
	both(p)
	p.Follow(".filters form button")
	both(p)
	if text := p.Text(".keys"); !strings.Contains(text, "16") || p.Count("#tableau-national tbody tr") != 18 {
		t.Errorf("May 2024: %s", text)
	}
	for _, name := range []string{"Guyane", "Mayotte"} {
		if !Eval[bool](p, `[...document.querySelectorAll("#tableau-national tbody tr")].some(r => r.innerText.includes("`+name+`") && r.innerText.includes("annoncé"))`) {
			t.Errorf("%s is not being launched", name)
		}
	}
	p.Follow(`#tableau-national thead a[href*="tri=cop%2Fjours-depuis"]`)
	if got := Eval[string](p, `document.querySelector("th[aria-sort]").getAttribute("aria-sort")`); got != "descending" {
		t.Errorf("sorted %s", got)
	}
	p.Axe()
	pdf := p.PDF(false)
	if len(pdf) < 5000 {
		t.Errorf("printed in %d bytes", len(pdf))
	}
	p.Visit("/national?jour=2024-05-27&territoire=outre-mer")
	both(p)
	p.Visit("/national?jour=2024-05-27&etape=suivi") // nobody
	both(p)
	p.Visit("/national/indicateurs/cop/personnes-comptees?jour=2024-05-27")
	both(p)
	p.Visit("/national/indicateurs/cop/jours-depuis?jour=2024-05-27")
	p.Follow(`#par-region a[href="/chiffres/national/cop/jours-depuis/region:44/2024-05-27"]`)
	both(p)
	for _, path := range []string{"/national/indicateurs", "/national/frise", "/national/frise?jour=2024-05-27", "/national/mouvements?du=2024-05-27&au=2025-06-30", "/national/mouvements?du=2024-05-27&au=2024-05-28", "/national/chiffres-declares"} {
		p.Visit(path)
		both(p)
	}
	p.Fill("#name", "COP départementales tenues")
	p.Fill("#value", "80")
	p.Fill("#published", "plus de 80")
	p.Fill("#unit", "COP")
	Eval[bool](p, `(document.querySelector("#day").value = "2999-01-01", true)`)
	p.Fill("#scope", "France entière, année 2025.")
	p.Fill("#source", "Ministère, 27 novembre 2025")
	p.Expect("400")
	p.Follow("#saisir form button")
	both(p)
	Eval[bool](p, `(document.querySelector("#day").value = "2025-11-27", true)`)
	p.Follow("#saisir form button")
	if text := p.Text("#declares"); !strings.Contains(text, "plus de 80") {
		t.Errorf("declared: %s", text)
	}
	p.Visit("/national/chiffres-declares/2025-11-27-cop-departementales-tenues")
	both(p)

	team := signIn(t, a, "equipe.declare@exemple.fr", "team", "region:44")
	team.NoScript()
	team.Resize(320, 640)
	team.Visit("/national")
	if team.Count(`a[href*="tableau.csv"]`) != 0 || team.Count("#avant-jalon") != 0 {
		t.Error("a region's team is offered what is not theirs")
	}
	team.VisitStatus("/national/chiffres-declares", 404)
}
