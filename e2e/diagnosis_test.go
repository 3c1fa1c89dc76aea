package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/app"
	"jalon/internal/document"
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

// composes starts from the proposed plan, writes, moves, removes and adds.
func (x *diagnosing) composes() {
	x.t.Helper()
	p, desk := x.team, x.desk()+"/diagnostic"
	p.Visit(x.desk())
	p.Follow(`main a[href="` + desk + `"]`)
	x.look(p)
	p.Follow(`button[value=plan]`)
	x.look(p)
	x.titled = strings.TrimPrefix(Eval[string](p, `document.querySelector("#ouverture .act").id`), "bloc-")
	p.Follow(`#bloc-` + x.titled + ` a`)
	x.look(p)
	p.Fill("#titre", "Pourquoi ce diagnostic")
	p.Fill("#texte", "La COP réunit **ceux qui agissent**.\n\n- baisser les émissions\n- préserver l’eau\n\n> Rien n’est décidé ici.")
	p.Fill("#reason", "Le premier mot des deux têtes")
	p.Follow("#ecrire form button")
	x.holds(p, "#apercu", "ceux qui agissent", "Rien n’est décidé ici.")

	p.Visit(desk)
	x.moved = strings.TrimPrefix(Eval[string](p, `document.querySelector("#cibles .act:nth-of-type(2)").id`), "bloc-")
	p.Follow(`#bloc-` + x.moved + ` button[value=down]`)
	if at := Eval[string](p, `document.querySelector("#cibles .act:nth-of-type(3)").id`); at != "bloc-"+x.moved {
		x.t.Errorf("moved, and third is %s", at)
	}
	p.Visit(desk)
	x.withdrawn = strings.TrimPrefix(Eval[string](p, `document.querySelector("#dynamiques .act:last-of-type").id`), "bloc-")
	p.Follow(`#bloc-` + x.withdrawn + ` button[value=withdraw]`)
	p.Visit(desk)
	if n := p.Count(`#retires #bloc-` + x.withdrawn); n != 1 {
		x.t.Errorf("the block is not among those removed")
	}
	p.Follow(`#dynamiques a[href*="/ajouter?"]`)
	x.look(p)
	p.Follow(`form:has(input[value="dynamiques/serie"]) button`)
	options := Eval[[]string](p, `[...document.querySelector("select[id^=option-]").options].map(o => o.value)`)
	if len(options) < 3 {
		x.t.Fatalf("%q is offered", options)
	}
	p.choose("select[id^=option-]", options[2])
	p.Follow("#ecrire form button")
	x.holds(p, "main", "C’est enregistré")
	x.look(p)
	p.Visit(desk + "/apercu")
	x.holds(p, "main", "Projet, non publié", "ceux qui agissent")
	x.look(p)
	p.Visit(desk + "/publication")
	x.holds(p, "main", "À lire avant de proposer", "Ce qui manque")
	x.look(p)
}

// writesTogether: the préfet's chair has the opening open while the team saves it;
// both texts are shown, and none is lost.
func (x *diagnosing) writesTogether() {
	x.t.Helper()
	p, at := x.prefet, x.desk()+"/diagnostic/blocs/"+x.titled
	p.Visit(at)
	p.Fill("#texte", "Le texte du préfet.")
	x.team.Visit(at)
	x.team.Fill("#texte", "Le texte de l’équipe, **ceux qui agissent**.")
	x.team.Follow("#ecrire form button")
	p.Expect("409")
	p.Follow("#ecrire form button")
	x.holds(p, "main", "Quelqu’un d’autre a modifié ce bloc pendant votre saisie", "Le texte de l’équipe", "Le texte du préfet.")
	if got := Eval[string](p, `document.querySelector("#texte").value`); got != "Le texte du préfet." {
		x.t.Errorf("what was typed is lost: %q", got)
	}
	both(p)
	p.Fill("#texte", "Le texte de l’équipe, **ceux qui agissent**, relu par le préfet.")
	p.Follow("#ecrire form button")
	x.holds(p, "#apercu", "relu par le préfet")
}

// proposes freezes the edition.
func (x *diagnosing) proposes() {
	x.t.Helper()
	p := x.team
	p.Visit(x.desk() + "/diagnostic/publication")
	p.Follow("#proposer form button")
	x.holds(p, "main", "attend la validation des deux têtes")
	x.look(p)
	p.Follow(`.fr-alert a[href*="/editions/"]`)
	x.edition = p.Path()
	x.holds(p, "main", "Édition proposée, non publiée")
}

var explained = regexp.MustCompile(`^/regions/[a-z-]+/.*/chiffres/`)

// validates: the other head reads what is proposed from its desk, opens the
// explanation of a figure, then both validate.
func (x *diagnosing) validates() {
	x.t.Helper()
	p := x.council
	p.Visit(x.desk())
	p.Follow(`#attente a[href="` + x.edition + `"]`)
	x.holds(p, "main", "Édition proposée, non publiée", "ceux qui agissent")
	p.Narrow()
	p.Resize(1280, 900)
	p.Follow(`main a.why[href*="/chiffres/"]`)
	if !explained.MatchString(p.Path()) {
		x.t.Errorf("the figure leads to %s", p.Path())
	}
	x.holds(p, "main", "Explication gardée avec l’édition n° 1")
	both(p)
	anyone := Open(x.t, x.a.URL())
	anyone.VisitStatus(x.page()+"/diagnostic/editions/1", 404)
	x.bothHeads()
}

// isReadByAnyone: the page, the explanation of a figure, and every file as it was
// frozen.
func (x *diagnosing) isReadByAnyone() {
	x.t.Helper()
	p := Open(x.t, x.a.URL())
	p.Visit(x.page() + "/diagnostic")
	x.holds(p, "main", "n° 1")
	both(p)
	p.Follow(`main a[href="` + x.page() + `/diagnostic/editions/1"]`)
	x.holds(p, "main", "ceux qui agissent", "Empreinte validée par les deux têtes")
	both(p)
	rows := Eval[[][]string](p, `[...document.querySelectorAll("#fichiers tbody tr")].map(r => [r.querySelector("a").getAttribute("href"), r.cells[2].textContent.trim()])`)
	want := 4
	if document.Browser() != "" {
		want++
	}
	if len(rows) != want {
		x.t.Errorf("%d files, want %d: %q", len(rows), want, rows)
	}
	for _, row := range rows {
		f, body := p.fetch(row[0])
		if sum := sha256.Sum256(body); f.Status != 200 || hex.EncodeToString(sum[:]) != row[1] || !strings.HasPrefix(f.Name, "attachment") {
			x.t.Errorf("%s: %d, %s, %d bytes that are not those frozen", row[0], f.Status, f.Name, len(body))
		}
		p.keep(row[0][strings.LastIndex(row[0], "."):], 1, body)
	}
	p.Paper()
	if pdf := p.PDF(false); len(pdf) < 20_000 {
		x.t.Errorf("printed in %d bytes", len(pdf))
	}
	p.media("screen", "", "")
	p.Follow(`main a.why[href*="/chiffres/"]`)
	x.holds(p, "main", "Explication gardée avec l’édition n° 1", "telle qu’elle était ce jour-là")
	x.look(p)
	p.NoScript()
	p.Follow(`.fr-alert a[href$="/diagnostic/editions/1"]`)
}

// changesItsMind: what moves in the draft and on the table leaves the edition as it
// was.
func (x *diagnosing) changesItsMind() {
	x.t.Helper()
	anyone, at := Open(x.t, x.a.URL()), x.page()+"/diagnostic/editions/1"
	anyone.Visit(at)
	before := anyone.Text("main")
	p := x.team
	p.Visit(x.desk() + "/objectifs/region/velo-transports-commun")
	p.Fill("#value", "77,25")
	p.Fill("#reason", "Le budget a baissé.")
	p.Follow("#valeur form button")
	x.holds(p, "#valeurs", "77,25")
	p.Visit(x.desk() + "/diagnostic/blocs/" + x.titled)
	p.Fill("#texte", "Tout autre chose.")
	p.Follow("#ecrire form button")
	p.Visit(x.desk() + "/diagnostic/apercu")
	x.holds(p, "main", "Tout autre chose.")
	anyone.Visit(at + "?relu=1")
	if after := anyone.Text("main"); after != before {
		x.t.Errorf("the edition changed: %.300s", after)
	}
}
