package e2e

import (
	"strings"
	"testing"

	"jalon/internal/app"
	"jalon/internal/testkit"
)

// diagnosing is the people of two COPs who put objectives on the table, choose what
// comes first, and publish what they share; each in a browser of their own.
type diagnosing struct {
	t *testing.T
	a *app.App

	slug                     string
	team, prefet, council    *Page
	edition                  string // path of the proposed edition, for who reads the draft
	moved, withdrawn, titled string // ids of blocks that the team touches
}

func (x *diagnosing) page() string { return "/regions/" + x.slug }
func (x *diagnosing) desk() string { return x.page() + "/bureau" }

// A region puts its objectives on the table and shares them, says what comes first
// and why, composes its diagnosis and publishes it; a second one, overseas, composes
// its own. From real series, as people who have never seen Jalon do.
func TestTwoRegionsShareTheirDiagnosis(t *testing.T) {
	t.Parallel()
	a := startOn(t, testkit.Postgres(t))
	east := &diagnosing{t: t, a: a, slug: "grand-est"}
	east.arrive("44")
	east.putsValues()
	east.sharesThem()
	east.isReadBeside()
	east.listsThemes()
	east.choosesThemes()
	east.composes()
	east.writesTogether()
	east.proposes()
	east.validates()
	east.isReadByAnyone()
	east.changesItsMind()

	island := &diagnosing{t: t, a: a, slug: "la-reunion"}
	island.arrive("04")
	island.composes()
	island.proposes()
	island.validates()
	island.isReadByAnyone()
}

// look sees a page wide then narrow, on the journey of the first region only: the
// second one shows the same pages, but for its document.
func (x *diagnosing) look(p *Page) {
	if x.slug == "grand-est" {
		both(p)
	}
}

// arrive signs in the team and both heads.
func (x *diagnosing) arrive(code string) {
	x.t.Helper()
	x.team = signIn(x.t, x.a, "equipe."+x.slug+"@exemple.fr", "team", "region:"+code)
	x.prefet = signIn(x.t, x.a, "prefet."+x.slug+"@exemple.fr", "state_chair", "region:"+code)
	x.council = signIn(x.t, x.a, "presidence."+x.slug+"@exemple.fr", "region_chair", "region:"+code)
}

// holds fails unless a text is in what is read.
func (x *diagnosing) holds(p *Page, css string, wants ...string) {
	x.t.Helper()
	text := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(p.Text(css))
	for _, want := range wants {
		if !strings.Contains(text, want) {
			x.t.Errorf("%s, %s: no «%s» in %.600s", p.Path(), css, want, text)
		}
	}
}

// putsValues: one value in kt, one in the unit of the lever, one above all that is
// emitted, which is asked to be confirmed, and a party that does not hold it.
func (x *diagnosing) putsValues() {
	x.t.Helper()
	p, base := x.team, x.desk()+"/objectifs"
	p.Visit(x.desk())
	p.Follow(`main a[href="` + base + `"]`)
	both(p)
	p.Follow(`#leviers a[href="` + base + `/region/velo-transports-commun"]`)
	both(p)
	p.Expect("400")
	p.Fill("#value", "douze")
	p.Fill("#reason", "Le schéma cyclable de la région est voté.")
	p.Follow("#valeur form button")
	both(p)
	if got := Eval[string](p, `document.querySelector("#reason").value`); got != "Le schéma cyclable de la région est voté." {
		x.t.Errorf("what was typed is lost: %q", got)
	}
	p.Fill("#value", "120,5")
	p.Follow("#valeur form button")
	x.holds(p, "#valeurs", "120,50", "Sur la table")
	both(p)

	p.Visit(base + "/region/voitures-electriques")
	p.choose("#measure", "level")
	p.Fill("#value", "900")
	p.Fill("#reason", "Ce que disent les immatriculations de 2024.")
	p.Follow("#valeur form button")
	x.holds(p, "#valeurs", "900", "Sur la table")

	p.Visit(base + "/region/residentiel-fioul")
	p.Fill("#value", "99999")
	p.Fill("#reason", "Tout le fioul, et davantage.")
	p.Follow("#valeur form button")
	both(p)
	x.holds(p, "#valeur", "confirme")
	p.Click(`#valeur input[name=confirm] + label`)
	p.Follow("#valeur form button")
	x.holds(p, "#valeurs", "99 999", "confirmé par son auteur")
	p.Click("#noter summary")
	p.choose("#party", "associations")
	p.Fill("#name", "France Nature Environnement Grand Est")
	p.Fill("#text", "Personne ne croit à ce chiffre.")
	p.Follow("#noter form button")
	x.holds(p, "#desaccords", "France Nature Environnement Grand Est", "Personne ne croit à ce chiffre.")
	both(p)
}

// sharesThem: the list is frozen, and both heads validate it from their desks.
func (x *diagnosing) sharesThem() {
	x.t.Helper()
	p := x.team
	p.Visit(x.desk() + "/objectifs")
	x.holds(p, "#leviers", "120,5", "99 999", "1 partie")
	both(p)
	if stops := p.Keyboard(90); len(stops) < 60 {
		x.t.Errorf("the keyboard stops at %q", stops)
	}
	p.Follow(`button[value=all]`)
	x.holds(p, "main", "Cette liste attend la validation des deux têtes", "France Nature Environnement Grand Est")
	both(p)
	x.bothHeads()
	anyone := Open(x.t, x.a.URL())
	anyone.Visit(x.page() + "/objectifs")
	x.holds(anyone, "main", "120,5", "France Nature Environnement Grand Est")
	both(anyone)
	anyone.Follow(`main a[href="` + x.page() + `/objectifs/partages/1"]`)
	x.holds(anyone, "main", "99 999", "c’est bien celle de ce qui est affiché")
	both(anyone)
}

// bothHeads validate what waits at the desk: the préfet by keyboard, the president
// of the region on a phone that runs no script.
func (x *diagnosing) bothHeads() {
	x.t.Helper()
	p := x.prefet
	p.Visit(x.desk())
	Eval[bool](p, `(document.querySelector("#attente button[value=consent]").focus(), true)`)
	p.Enter()
	x.holds(p, "#attente", "Attend la Région")
	p = x.council
	p.NoScript()
	p.Resize(320, 640)
	p.Visit(x.desk())
	p.Follow("#attente button[value=consent]")
	x.holds(p, "#actes", "validé par les deux têtes")
	p.Script()
}

// isReadBeside: the nation adds the ambition to the others, the plans stand beside
// it, and the départements close on it.
func (x *diagnosing) isReadBeside() {
	x.t.Helper()
	nation := signIn(x.t, x.a, "lecture@exemple.fr", "national_reader", "nation")
	nation.Visit("/national/objectifs")
	x.holds(nation, "h1", "1 région a partagé des objectifs, sur 13")
	both(nation)
	nation.Visit("/national/objectifs/velo-transports-commun")
	x.holds(nation, "main", "120,50")
	both(nation)
	anyone := Open(x.t, x.a.URL())
	anyone.Visit(x.page() + "/plans")
	x.holds(anyone, "main", "120,5")
	anyone.Visit(x.page() + "/objectifs/bouclage")
	x.holds(anyone, "main", "Bas-Rhin")
	both(anyone)
	anyone.Visit("/departements/67/objectifs")
	both(anyone)
}

// listsThemes starts from the six of the plan and makes one of them the region's own.
func (x *diagnosing) listsThemes() {
	x.t.Helper()
	p, desk := x.team, x.desk()+"/themes"
	p.Visit(x.desk())
	p.Follow(`main a[href="` + desk + `"]`)
	both(p)
	p.Follow(`form[action="` + desk + `/depart"] button`)
	if n := p.Count("#liste .act"); n != 6 {
		x.t.Fatalf("%d themes to start with", n)
	}
	both(p)
	p.Follow("#liste .act h3 a")
	p.Fill("#name", "Aller au travail autrement")
	p.Fill("#reason", "C’est ainsi que la région le dit.")
	p.Follow("#modifier form button")
	x.holds(p, "h1", "Aller au travail autrement")
	both(p)
	p.Visit(desk + "/notes")
	both(p)
	p.Fill("#ecart", "vingt")
	p.Fill("#reason", "Les têtes regardent d’abord les écarts.")
	p.Expect("400")
	p.Follow("#ponderation form button")
	x.holds(p, "#ponderation", "Écrivez un nombre de 0 à 10")
	if y := Eval[int](p, `Math.round(document.querySelector("#ponderation").getBoundingClientRect().top)`); y < -50 || y > 900 {
		x.t.Errorf("what is wrong is %d pixels away from what is seen", y)
	}
	both(p)
	p.Fill("#ecart", "3")
	p.Follow("#ponderation form button")
	x.holds(p, "#poids-histoire", "Les têtes regardent d’abord les écarts.")
}

// choosesThemes: the last of the scores is put first, which asks why; both heads
// validate, and anyone reads it.
func (x *diagnosing) choosesThemes() {
	x.t.Helper()
	p := x.team
	p.Visit(x.desk() + "/themes/choix")
	both(p)
	if stops := p.Keyboard(60); len(stops) < 12 {
		x.t.Errorf("the keyboard stops at %q", stops)
	}
	p.Expect("400")
	p.Follow("#choisir form button")
	both(p)
	id := Eval[string](p, `(() => { // the theme whose score is the lowest
		const score = a => parseFloat((a.textContent.match(/score (\d,\d+) sur 1/) || ["", "9"])[1].replace(",", "."));
		const all = [...document.querySelectorAll("#chosen .act")].sort((a, b) => score(a) - score(b));
		return all[0].querySelector("input[name=chosen]").value })()`)
	p.Click(`label[for="chosen-` + id + `"]`)
	p.Fill("#why-"+id, "C’est là que tout le monde attend la COP.")
	p.Follow("#choisir form button")
	x.holds(p, "#choisir", "Ce choix s’écarte des scores")
	both(p)
	p.Fill("#against-"+id, "Le débat y est mûr.")
	p.Follow("#choisir form button")
	x.holds(p, "#attente", "C’est là que tout le monde attend la COP.")
	both(p)
	x.bothHeads()
	anyone := Open(x.t, x.a.URL())
	anyone.Visit(x.page() + "/themes")
	x.holds(anyone, "#priorites", "C’est là que tout le monde attend la COP.", "Le débat y est mûr.")
	both(anyone)
}
