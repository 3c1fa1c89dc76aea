package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"jalon/internal/document"
)

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
	if n := p.Count(".fr-error-text"); n > 0 {
		x.t.Errorf("%d fields are said to be wrong where two versions differ", n)
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
