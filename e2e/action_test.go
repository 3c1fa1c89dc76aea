package e2e

import (
	"regexp"
	"strings"
)

const (
	actionsPage      = "/regions/grand-est/actions"
	coverageOfHedges = "/regions/grand-est/couverture/gestion-haies"
)

// acting is the people of an action, each in a browser of their own: it goes from what
// somebody wrote to what both heads retain, as people who have never seen the register do
// it. The team makes it of a contribution, says in km what it brings and reads it in kt,
// plans its money with an aid, assesses, advises, decides and debates it; the préfet and
// the president retain it; an inhabitant without an account reads it on a phone, and the
// coverage moved; a neighbour reads the same without script.
type acting struct {
	debating
	prefet, council *Page
	action          string // path
}

// tick chooses the boxes of a form by their ids.
func (p *Page) tick(ids ...string) {
	p.t.Helper()
	if missing := Eval[[]string](p, `(() => { for (const d of document.querySelectorAll("main details")) d.open = true;
		return `+quote(ids)+`.filter(id => { const e = document.getElementById(id); if (e) e.checked = true; return !e }) })()`); len(missing) > 0 {
		p.t.Fatalf("%s: no box %q", p.Path(), missing)
	}
}

// written: a citizen asks for hedges, and the team publishes it.
func (x *acting) written() {
	x.t.Helper()
	x.team = signIn(x.t, x.a, "equipe.actions@exemple.fr", "team", "region:44")
	p := Open(x.t, x.a.URL())
	x.citizen = p
	p.Resize(320, 640)
	p.Visit(callPage + "/nouvelle")
	fields := contributed("Replanter les haies du Kochersberg", "Planter 300 km de haies le long des chemins, avec les agriculteurs, et les entretenir.", "lea@exemple.fr")
	fields["theme"] = "preserver"
	p.set(fields)
	p.Follow(`form button[value=deposer]`)
	x.confirms(p, phone, "lea@exemple.fr", "Replanter les haies")
	m := x.team
	m.Visit(debateDesk + "/moderation")
	m.Follow(`.act h3 a`)
	m.Follow(`#decider button[value=publish]`)
	p.Visit(callPage)
	p.Follow("#liste h3 a")
	x.post = p.Path()
}

// made: from the contribution, a form that already says what it said. A wrong place
// loses nothing.
func (x *acting) made() {
	x.t.Helper()
	p := x.team
	p.Visit(debateDesk + "/contributions/" + x.post[strings.LastIndex(x.post, "/")+1:])
	p.Follow(`main a[href*="/actions/nouvelle?contribution="]`)
	p.holds("title", "Replanter les haies du Kochersberg")
	both(p)
	p.set(map[string]string{"lever": "gestion-haies", "places": "Commune qui n’existe pas", "step": "infrastructure", "holder": "Syndicat des haies"})
	p.refused("#nouvelle button[type=submit]", "400")
	p.holds("holder", "Syndicat des haies")
	both(p)
	p.set(map[string]string{"places": "Bas-Rhin"})
	p.Follow("#nouvelle button[type=submit]")
	x.action = regexp.MustCompile(`^/actions/[^/?]+`).FindString(p.Path())
	if x.action == "" {
		x.t.Fatalf("made, and at %s: %s", p.Path(), p.Text("main"))
	}
	both(p)
}

// brings: kilometres are typed, and kilotonnes read; the keyboard goes through the form.
func (x *acting) brings() {
	x.t.Helper()
	p := x.team
	p.Visit(x.action + "/modifier/apports")
	both(p)
	if stops := p.Keyboard(60); len(stops) < 8 {
		x.t.Errorf("the keyboard stops at %q", stops)
	}
	p.set(map[string]string{"impacts.gestion-haies.class": "quantified", "impacts.gestion-haies.quantity": "beaucoup", "impacts.gestion-haies.unit": "km"})
	p.refused("#formulaire button[type=submit]", "400")
	p.holds("impacts.gestion-haies.quantity", "beaucoup")
	p.set(map[string]string{"impacts.gestion-haies.quantity": "300"})
	p.Follow("#formulaire button[type=submit]")
	both(p)
	p.Visit(x.action + "/modifier/calendrier")
	p.set(map[string]string{"starts": "2026", "ends": "2029", "status": "coming"})
	p.Follow("#formulaire button[type=submit]")
	p.Visit(x.action)
	p.reads("#apports", "300 km", "9,01")
	both(p)
	x.citizen.VisitStatus(x.action, 404) // read by nobody else before the debate
}

// funded: what it costs, then an aid that fits goes to the plan.
func (x *acting) funded() {
	x.t.Helper()
	p := x.team
	p.Visit(x.action + "/modifier/budget")
	p.set(map[string]string{"invest": "2 400 000", "funding.0.funder": "Région", "funding.0.amount": "600000", "funding.0.state": "granted"})
	both(p)
	p.Follow("#formulaire button[type=submit]")
	p.Visit(x.action + "/aides")
	both(p)
	p.Follow(`main button[value=plan]`)
	p.Visit(x.action)
	p.reads("main", "2 400 000", "Région")
}

// reading is one reading of the grid, whole.
func (p *Page) reading(prefix string) {
	p.t.Helper()
	p.tick(prefix+"-born-0", prefix+"-lever-0", prefix+"-potential-0", prefix+"-actors-0", prefix+"-actors-ways-1")
	p.set(map[string]string{prefix + "-born-why": "Née d’une contribution.", prefix + "-lever-why": "Les haies sont son objet.", prefix + "-potential-why": "Un vingtième de l’objectif.", prefix + "-actors-why": "Communes et agriculteurs."})
}

// judged: who proposes assesses, the team advises and decides, the debate is dated.
func (x *acting) judged() {
	x.t.Helper()
	p, grid := x.team, x.action+"/grille"
	p.Visit(grid)
	both(p)
	p.reading("self")
	p.Follow(`main button[name=do][value=self]`)
	if p.Count(`main button[name=do][value=propose]`) > 0 {
		both(p)
		p.Follow(`main button[name=do][value=propose]`)
	}
	p.reading("opinion")
	p.tick("opinion-verdict-0")
	p.set(map[string]string{"opinion-reason": "Prête, et peut être reprise ailleurs."})
	p.Follow(`main button[name=do][value=opinion]`)
	both(p)
	p.tick("decision-verdict-0")
	p.set(map[string]string{"decision-reason": "Nouvelle et structurante."})
	p.Follow(`main button[name=do][value=decision]`)
	p.reads("main", "qualifiée")
	both(p)
	p.set(map[string]string{"on": x.today, "debate-reason": "Lue en groupe de travail."})
	p.Follow(`main button[name=do][value=debate]`)
	p.reads("main", "débattue")
	both(p)
}

// retained: one list, which the préfet validates by keyboard and the president on a
// phone that runs no script.
func (x *acting) retained() {
	x.t.Helper()
	x.neighbour = Open(x.t, x.a.URL()) // a browser keeps a public page for a while
	x.neighbour.Visit(coverageOfHedges)
	before := x.neighbour.Text("main")
	if strings.Contains(before, "Replanter les haies") {
		x.t.Errorf("counted before it is retained: %s", before)
	}
	p := x.team
	p.Visit(debateDesk + "/actions/retenir")
	both(p)
	p.Follow(`main button[name=do][value=all]`)
	both(p)
	x.prefet = signIn(x.t, x.a, "prefete.actions@exemple.fr", "state_chair", "region:44")
	x.council = signIn(x.t, x.a, "president.actions@exemple.fr", "region_chair", "region:44")
	p = x.prefet
	p.Visit(debateDesk)
	Eval[bool](p, `(document.querySelector("#attente button[value=consent]").focus(), true)`)
	p.Enter()
	p.reads("#attente", "Attend la Région")
	p = x.council
	p.NoScript()
	p.Resize(320, 640)
	p.Visit(debateDesk)
	p.Follow("#attente button[value=consent]")
	p.reads("#actes", "validé par les deux têtes")
	p.Script()
}

// readByAnyone: on a phone without an account, then without script.
func (x *acting) readByAnyone() {
	x.t.Helper()
	p := x.citizen
	p.Visit(actionsPage)
	p.reads("main", "Replanter les haies du Kochersberg")
	phone(p)
	p.Visit(x.action)
	p.reads("main", "retenue", "300 km")
	phone(p)
	p.Visit(coverageOfHedges)
	p.reads("#actions", "Replanter les haies du Kochersberg")
	p.reads("#cascade", "9,01")
	phone(p)
	n := x.neighbour
	n.NoScript()
	n.Resize(320, 640)
	for _, at := range []string{x.action, actionsPage + "/releves/1", "/regions/grand-est/couverture"} {
		n.Visit(at)
		bare(n)
	}
	n.Visit(x.action)
	n.reads("main", "retenue")
}
