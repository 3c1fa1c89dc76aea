package e2e

import (
	"bytes"
	"regexp"
	"strings"

	"jalon/internal/roadmap"
)

// leaves: before its roadmap, the COP says what the next one takes up and who follows
// what; its exit points say what lacks.
func (x *chain) leaves() {
	x.t.Helper()
	p, desk := x.team, x.desk()+"/points-de-sortie"
	p.Visit(desk)
	both(p)
	p.set(map[string]string{"title": "L’eau et l’agriculture", "text": "Née du débat."})
	p.Follow("#sujet button[type=submit]")
	p.set(map[string]string{"who": "Le comité de pilotage", "indicators": "Kilomètres de haies plantés", "every": "year", "next_on": "2031-03-02"})
	p.Follow("#modalite button[type=submit]")
	x.holds(p, "main", "L’eau et l’agriculture", "Kilomètres de haies plantés")
	both(p)
	anyone := Open(x.t, x.a.URL())
	anyone.Visit(x.page() + "/feuille-de-route/points-de-sortie")
	both(anyone)
}

// proves: whoever downloads the archive checks off line what both heads adopted.
func (x *chain) proves() {
	x.t.Helper()
	p := Open(x.t, x.a.URL())
	p.Visit(x.page() + "/feuille-de-route/editions/1/adoption")
	both(p)
	f, body := p.fetch(x.page() + "/feuille-de-route/editions/1/archive.zip")
	c, err := roadmap.Check(bytes.NewReader(body), int64(len(body)))
	if err != nil || f.Status != 200 || len(c.Differences) > 0 || c.Figures == 0 {
		x.t.Errorf("the archive: %d, %d figures, %q, %v", f.Status, c.Figures, c.Differences, err)
	}
}

var pointLink = regexp.MustCompile(`(/point/[A-Za-z0-9_.~-]+)`)

// follows: one mail, one link, two minutes on a phone without an account; the sheet and
// the dashboard say it to anyone.
func (x *chain) follows() {
	x.t.Helper()
	p, desk := x.team, x.desk()+"/suivi"
	p.Visit(desk)
	both(p)
	p.set(map[string]string{"name": "Premier tour"})
	p.Follow("#tour button[type=submit]")
	both(p)
	p.Follow("#ouverture button[type=submit]")
	both(p)
	h := Open(x.t, x.a.URL())
	h.Resize(320, 640)
	h.Visit(x.act.mailed("equipe.actions@exemple.fr", "Deux minutes suffisent", pointLink))
	phone(h)
	if h.Count("#point") == 0 {
		h.Follow(`#actions a[href*="/point/"]`)
		phone(h)
	}
	h.set(map[string]string{"progress": "20", "status": "going", "quantity-gestion-haies": "beaucoup", "quantity-gestion-haies-class": "declared", "next": "Commander les plants"})
	h.refused("#point button[type=submit]", "400")
	h.holds("next", "Commander les plants")
	h.set(map[string]string{"quantity-gestion-haies": "45"})
	h.Follow("#point button[type=submit]")
	h.reads("main", "Merci, c’est enregistré")
	phone(h)
	anyone := Open(x.t, x.a.URL())
	anyone.Visit(x.act.action)
	x.holds(anyone, "main", "45 km", "Commander les plants")
	both(anyone)
	anyone.Visit(x.page() + "/suivi")
	x.holds(anyone, "main", "Haies")
	both(anyone)
}

// reviews: the review of the year is composed, and both heads publish it.
func (x *chain) reviews() {
	x.t.Helper()
	year := x.act.today[:4]
	p, desk := x.team, x.desk()+"/suivi/revues/"+year
	p.Visit(x.desk() + "/suivi/revues")
	both(p)
	p.Follow(`main a[href="` + desk + `"]`)
	p.Follow(`button[value=plan]`)
	both(p)
	p.Visit(desk + "/apercu")
	x.holds(p, "main", "La seule action en cours a donné des nouvelles dans l’année")
	both(p)
	p.Visit(desk + "/publication")
	p.Follow("#proposer form button")
	x.holds(p, "main", "attend la validation des deux têtes")
	x.bothHeads()
	anyone := Open(x.t, x.a.URL())
	anyone.Visit(x.page() + "/suivi/revues/" + year + "/editions/1")
	x.holds(anyone, "main", "Empreinte validée par les deux têtes")
	both(anyone)
	x.asFrozen(anyone, "pptx", "odt", "html", "json")
}

// closes: the COP closes with its reasons for what lacks.
func (x *chain) closes() {
	x.t.Helper()
	p := x.team
	p.Visit(x.desk() + "/points-de-sortie")
	why := map[string]string{}
	for _, id := range Eval[[]string](p, `[...document.querySelectorAll("#clore [id^=raison-]")].map(e => e.id).filter(id => document.getElementById(id).matches("input, textarea"))`) {
		why[id] = "Nous le reprenons dans la COP suivante."
	}
	if len(why) == 0 {
		x.t.Error("nothing lacks, where few authorities took part")
	}
	p.set(why)
	p.Follow("#clore button[type=submit]")
	both(p)
	x.bothHeads()
	anyone := Open(x.t, x.a.URL())
	anyone.Visit(x.page())
	x.holds(anyone, "main", "Cette COP est close")
	both(anyone)
}

// goesOn: the nation opens the cycle of adaptation, the region carries over what it
// chooses, and a préfet's team writes a priority that both heads of its département adopt.
func (x *chain) goesOn() {
	x.t.Helper()
	nation := signIn(x.t, x.a, "nation@exemple.fr", "national_admin", "nation")
	nation.Visit("/national/cycles/2025")
	nation.Follow("#ouvrir form button")
	p := x.team
	p.Visit(x.desk() + "/reprise")
	x.holds(p, "main", "Replanter les haies du Kochersberg", "L’eau et l’agriculture")
	both(p)
	p.set(map[string]string{"way.gestion-haies": "cross", "theme": "adaptation"})
	p.Follow("#choix button[value=choose]")
	x.holds(p, "#reprendre", "reprendra 1 action")
	both(p)
	p.Follow("#appliquer button[type=submit]")
	both(p)
	anyone := Open(x.t, x.a.URL())
	anyone.Visit(x.page() + "/cycles/2025")
	x.holds(anyone, "main", "reprise")
	both(anyone)
	anyone.Visit(x.page() + "/cycles/2023-24/archive")
	x.holds(anyone, "main", "Feuille de route")
	both(anyone)

	up, down := x.page()+"/cycles/2025", "/departements/67/cycles/2025"
	h := x.prefet
	h.Visit(up + "/bureau/departements")
	h.choose("#department", "67")
	h.Click("#heads-1")
	h.Follow("#ajouter form button")
	lead := signIn(x.t, x.a, "prefet67@exemple.fr", "department_lead", "department:67")
	lead.Visit(down + "/bureau/adaptation/nouvelle")
	both(lead)
	lead.set(map[string]string{"title": "De l’ombre dans les écoles", "effect": "chaleur", "level": "1", "ends": "2028", "budget": "1,2 M€"})
	lead.Follow("#fiche-nouvelle button[type=submit]")
	both(lead)
	lead.Follow("#adopter-form button[type=submit]")
	council := signIn(x.t, x.a, "cd67@exemple.fr", "region_chair", "department:67")
	council.Visit(down + "/bureau")
	council.Follow("#attente button[value=consent]")
	anyone.Visit(down + "/priorites")
	if !strings.Contains(anyone.Text("main"), "De l’ombre dans les écoles") {
		x.t.Errorf("the priority is not read: %.300s", anyone.Text("main"))
	}
	both(anyone)
	anyone.Visit(down + "/priorites/fiches")
	both(anyone)
}
