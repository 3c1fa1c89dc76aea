package e2e

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"jalon/internal/app"
)

// chain is a whole COP: the people who put objectives on the table and publish the
// diagnosis, those who make an action of a contribution, then all of them to the
// signed roadmap, its follow-up, and the next COP. Each has a browser of their own.
type chain struct {
	diagnosing
	act acting
}

// Grand Est goes from open objectives to a roadmap that both heads adopt, through one
// round of updates and a review, into the cycle of adaptation: as new users would.
func TestACOPFromItsObjectivesToTheNext(t *testing.T) {
	t.Parallel()
	began := time.Now()
	morning := began.UTC().Truncate(24 * time.Hour).Add(9 * time.Hour)
	a, pit := startWithMail(t, app.WithSeeds(few), app.WithClock(func() time.Time { return morning.Add(time.Since(began)) }, rand.Reader))
	x := &chain{diagnosing: diagnosing{t: t, a: a, slug: "grand-est"},
		act: acting{debating: debating{t: t, a: a, pit: pit, today: morning.Format(time.DateOnly)}}}
	x.arrive("44")
	x.putsValues()
	x.sharesThem()
	x.listsThemes()
	x.choosesThemes()
	x.composes()
	x.proposes()
	x.validates()

	x.act.written()
	x.act.made()
	x.act.brings()
	x.act.funded()
	x.act.judged()
	x.act.retained()
	x.act.readByAnyone()

	x.leaves()
	x.adopts()
	x.proves()
	x.follows()
	x.reviews()
	x.closes()
	x.goesOn()
}

// adopts: the team composes the roadmap from the proposed plan, writes the word of both
// heads, and both adopt what was frozen; anyone reads it, each action at its address,
// every file as it was frozen.
func (x *chain) adopts() {
	x.t.Helper()
	p, desk := x.team, x.desk()+"/feuille-de-route"
	p.Visit(desk)
	both(p)
	p.Follow(`button[value=plan]`)
	both(p)
	block := strings.TrimPrefix(Eval[string](p, `document.querySelector("#preface .act").id`), "bloc-")
	p.Follow(`#bloc-` + block + ` a`)
	p.Fill("#texte", "Nous tenons cette feuille de route **ensemble**.")
	p.Fill("#reason", "Le mot des deux têtes")
	p.Follow("#ecrire form button")
	x.holds(p, "#apercu", "ensemble")
	p.Visit(desk + "/apercu")
	x.holds(p, "main", "Projet, non publié", "Replanter les haies du Kochersberg")
	both(p)
	p.Visit(desk + "/publication")
	both(p)
	p.Follow("#proposer form button")
	x.holds(p, "main", "attend la validation des deux têtes")
	x.bothHeads()
	anyone := Open(x.t, x.a.URL())
	anyone.Visit(x.page() + "/feuille-de-route")
	x.holds(anyone, "main", "Édition n° 1", "ensemble", "Replanter les haies du Kochersberg")
	both(anyone)
	anyone.Visit(x.page() + "/feuille-de-route/editions/1/actions/" + strings.TrimPrefix(x.act.action, "/actions/"))
	x.holds(anyone, "main", "Replanter les haies du Kochersberg", "300 km")
	phone(anyone)
	anyone.Visit(x.page() + "/feuille-de-route/editions/1")
	x.asFrozen(anyone, "pptx", "odt", "html", "json", "xlsx")
}

// asFrozen fetches every file that an edition lists, and holds each against its digest.
func (x *chain) asFrozen(p *Page, kinds ...string) {
	x.t.Helper()
	rows := Eval[[][]string](p, `[...document.querySelectorAll("#fichiers tbody tr")].map(r => [r.querySelector("a").getAttribute("href"), r.cells[2].textContent.trim()])`)
	found := map[string]bool{}
	for _, row := range rows {
		f, body := p.fetch(row[0])
		if sum := sha256.Sum256(body); f.Status != 200 || hex.EncodeToString(sum[:]) != row[1] {
			x.t.Errorf("%s: %d, %d bytes that are not those frozen", row[0], f.Status, len(body))
		}
		found[row[0][strings.LastIndex(row[0], ".")+1:]] = true
	}
	for _, k := range kinds {
		if !found[k] {
			x.t.Errorf("no %s among %v", k, rows)
		}
	}
}
