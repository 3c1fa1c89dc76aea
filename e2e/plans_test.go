package e2e

import (
	"strings"
	"testing"

	"jalon/internal/app"
	"jalon/internal/testkit"
)

// A team enters the document of its region and a climate plan, with what they aim
// at; anyone then reads them beside the panorama. On two real regions: one of the
// mainland, one overseas with its SAR and its PPE.
func TestATeamEntersItsPlans(t *testing.T) {
	t.Run("grand-est", func(t *testing.T) {
		entersPlans(t, Start(t), "grand-est", "44", "SRADDET", "sraddet", "voitures-electriques", "459,7", "milliers de véhicules", "200067213")
	})
	t.Run("la-reunion", func(t *testing.T) {
		entersPlans(t, startOn(t, testkit.Postgres(t)), "la-reunion", "04", "PPE", "ppe", "om-mix-electrique", "100", "ktCO₂e", "249740119")
	})
}

func entersPlans(t *testing.T, a *app.App, slug, code, name, kind, lever, target, unit, epci string) {
	p := signIn(t, a, "plans."+slug+"@exemple.fr", "team", "region:"+code)
	p.Visit("/regions/" + slug + "/bureau/plans")
	both(p)
	p.Fill("#name", name+" de l’essai")
	p.Fill("#territory", "region:"+code)
	p.Fill("#source", "délibération (exemple inventé)")
	Eval[bool](p, `(document.querySelector("#kind").value = "`+kind+`", document.querySelector("#adopted").value = "2020-01-24", document.querySelector("#from").value = "mille", true)`)
	p.Expect("400")
	p.Follow("#ajouter form button")
	both(p)
	if v := Eval[string](p, `document.querySelector("#name").value`); !strings.HasPrefix(v, name) {
		t.Fatalf("what was typed is lost: %q", v)
	}
	p.Fill("#from", "2019")
	p.Follow("#ajouter form button")
	both(p)
	Eval[bool](p, `(document.querySelector("#lever").value = "`+lever+`", document.querySelector("#unit").value = "`+unit+`", true)`)
	p.Fill("#base_year", "2019")
	p.Fill("#base", "7,8")
	p.Fill("#target_year", "2035")
	p.Fill("#target", target)
	p.Fill("#objectif #page", "80")
	p.Follow("#objectif form button")
	both(p)
	p.Follow("#objectifs tbody a")
	both(p)

	p.Visit("/regions/" + slug + "/bureau/plans")
	p.Fill("#name", "Plan climat de l’essai")
	p.Fill("#territory", epci)
	p.Fill("#source", "délibération (exemple inventé)")
	Eval[bool](p, `(document.querySelector("#kind").value = "pcaet", true)`)
	p.Follow("#ajouter form button")
	Eval[bool](p, `(document.querySelector("#lever").value = "`+lever+`", document.querySelector("#measure").value = "gain", document.querySelector("#unit").value = "ktCO₂e", true)`)
	p.Fill("#base_year", "2019")
	p.Fill("#target_year", "2030")
	p.Fill("#target", "12,5")
	p.Follow("#objectif form button")

	for _, rows := range []string{"PCAET;999999999;Plan;" + lever + ";gain;2019;2030;7;ktCO2e;exemple inventé\n", "PCAET;" + epci + ";Plan climat importé;indicateur;gain;2019;2030;7;ktCO2e;exemple inventé\n"} {
		p.Visit("/regions/" + slug + "/bureau/plans/import")
		both(p)
		p.attach("#file", "plans.csv", "type;territoire;nom;levier;mesure;année de départ;année visée;valeur visée;unité;source\n"+strings.Replace(rows, "indicateur", lever, 1))
		p.Follow(`form[enctype] button`)
		both(p)
	}
	p.Follow("#enregistrer button")
	both(p)

	anyone := Open(t, a.URL())
	anyone.NoScript()
	anyone.Visit("/regions/" + slug + "/plans")
	if h1 := anyone.Text("h1"); !strings.Contains(h1, "se comparent au panorama sur 1 des") {
		t.Errorf("the page says %q", h1)
	}
	anyone = Open(t, a.URL())
	anyone.Visit("/regions/" + slug + "/plans")
	both(anyone)
	anyone.PDF(false)
}
