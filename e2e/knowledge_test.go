package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"jalon/internal/app"
	"jalon/internal/testkit"
)

// A team records a strong point and an obstacle, and sends the obstacle up; the
// nation groups it with another region's and answers; each region reads the
// answer, and who raised it is written to. A good practice is found and taken up.
// On two real regions: one of the mainland, one overseas.
func TestTeamsSayWhatWorksAndWhatBlocks(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { whatBlocks(t, Start(t)) })
	t.Run("postgresql", func(t *testing.T) { whatBlocks(t, startOn(t, testkit.Postgres(t))) })
}

func choosing(p *Page, values ...string) {
	for i := 0; i < len(values); i += 2 {
		Eval[bool](p, `(document.querySelector("`+values[i]+`").value = "`+values[i+1]+`", true)`)
	}
}

func whatBlocks(t *testing.T, a *app.App) {
	teams := map[string]*Page{}
	for _, r := range [][3]string{{"grand-est", "44", "Délais d’autorisation des méthaniseurs"}, {"la-reunion", "04", "Autorisations trop longues pour la biomasse"}} {
		slug := r[0]
		p := signIn(t, a, "connaissance."+slug+"@exemple.fr", "team", "region:"+r[1])
		teams[slug] = p

		p.Visit("/regions/" + slug + "/bureau/points-forts")
		both(p)
		p.Fill("#title", "Des haies replantées par les communes")
		p.Fill("#organisation", "Syndicat de rivière (exemple inventé)")
		p.Fill("#territory", "region:99")
		p.Fill("#text", "Les communes replantent des haies avec les agriculteurs, et les entretiennent ensemble.")
		p.Fill("#result", "12 km en deux ans (exemple inventé).")
		p.Fill("#contact", "Direction de l’environnement")
		choosing(p, "#lever", "gestion-haies")
		p.Expect("400")
		p.Follow("#proposer form button")
		both(p)
		if v := Eval[string](p, `document.querySelector("#title").value`); !strings.HasPrefix(v, "Des haies") {
			t.Fatalf("what was typed is lost: %q", v)
		}
		p.Fill("#territory", "region:"+r[1])
		p.Follow("#proposer form button")
		both(p)
		p.Follow(`#decider button[value="retain"]`)
		p.Follow(`#decider button[value="share"]`)
		both(p)

		p.Visit("/regions/" + slug + "/bureau/freins")
		p.Fill("#title", r[2])
		p.Fill("#organisation", "Service instructeur (exemple inventé)")
		p.Fill("#text", "L’instruction dépasse souvent deux ans.")
		p.Fill("#evidence", "Trois dossiers arrêtés (exemple inventé).")
		choosing(p, "#lever", "biogaz", "#nature", "norme", "#level", "national")
		p.Follow("#proposer form button")
		p.Follow(`#decider button[value="retain"]`)
		p.Fill("#reason", "Le délai est fixé par un texte national.")
		p.Follow(`#decider button[value="escalate"]`)
		both(p)
	}

	nation := signIn(t, a, "connaissance.nation@exemple.fr", "national_admin", "nation")
	nation.Visit("/national/freins?nature=norme")
	both(nation)
	nation.Follow(`#freins-nationaux tbody tr:last-child a`)
	both(nation)
	nation.Follow(`#regrouper form button`)
	both(nation)
	if text := nation.Text("h1"); nation.Count("#freins-tenus tbody tr") != 2 {
		t.Fatalf("%s holds %s", text, nation.Text("#tenus"))
	}
	nation.Fill("#repondre #title", "Délais d’autorisation")
	nation.Fill("#answer", "Un décret simplifie l’instruction (exemple inventé).")
	choosing(nation, "#status", "cours", "#day", time.Now().UTC().Format(time.DateOnly))
	nation.Follow("#repondre form button")
	both(nation)
	nation.PDF(false)

	for slug, p := range teams {
		p.Visit("/regions/" + slug + "/bureau/freins")
		both(p)
		p.Follow("#tous tbody a")
		if text := p.Text("#reponse"); !strings.Contains(text, "Un décret simplifie") {
			t.Errorf("%s reads %s", slug, text)
		}
		both(p)
	}
	var letters int64
	for wait := time.Now().Add(20 * time.Second); letters < 2 && time.Now().Before(wait); {
		if err := a.DB.QueryRow(context.Background(), `SELECT COUNT(*) FROM mail_outbox WHERE dedup LIKE 'knowledge-answer/%'`).Scan(&letters); err != nil {
			t.Fatal(err)
		}
		Eval[bool](nation, `new Promise(r => setTimeout(() => r(true), 200))`)
	}
	if letters != 2 {
		var why string
		_ = a.DB.QueryRow(context.Background(), `SELECT kind || ' ' || state || ' ' || COALESCE(error, '') FROM job WHERE kind = 'knowledge.tell'`).Scan(&why)
		t.Errorf("%d letters: %s", letters, why)
	}

	anyone := Open(t, a.URL())
	anyone.NoScript()
	anyone.Visit("/bonnes-pratiques?mots=haies")
	if anyone.Count("#pratiques tbody tr") != 2 {
		t.Errorf("found: %s", anyone.Text("main"))
	}
	anyone.Visit("/regions/grand-est/freins")
	if text := anyone.Text("#tous"); !strings.Contains(text, "en cours") {
		t.Errorf("in public: %s", text)
	}
	anyone = Open(t, a.URL())
	for _, path := range []string{"/bonnes-pratiques", "/bonnes-pratiques?echelle=commune", "/bonnes-pratiques/etape-2024-la-reunion", "/regions/grand-est/freins", "/regions/grand-est/points-forts", "/regions/mayotte/notes", "/regions/mayotte/freins"} {
		anyone.Visit(path)
		both(anyone)
	}
	anyone.Visit("/bonnes-pratiques")
	anyone.PDF(false)

	p := teams["grand-est"]
	p.Visit("/bonnes-pratiques/etape-2024-la-reunion")
	p.Follow(`main a[href$="/inspirer"]`)
	both(p)
	p.Fill("#note", "Relancer chaque collectivité par téléphone.")
	p.Follow(`#inspirer button[value="take"]`)
	both(p)
	if text := p.Text("#inspirent"); !strings.Contains(text, "Grand Est") {
		t.Errorf("taken up: %s", text)
	}

	p.Visit("/regions/grand-est/bureau/notes")
	both(p)
	p.Fill("#demande-title", "La ressource en biomasse")
	p.Fill("#demande-asked_of", "Observatoire (exemple inventé)")
	choosing(p, "#demande-lever", "biogaz", "#demande-due", "2030-01-01")
	p.Follow("#demander form button")
	p.Fill("#findings", "La ressource **suffit** aux projets connus.")
	p.Fill("#sources", "Exemple inventé.")
	p.Fill("#limits", "Une seule année.")
	p.Fill("#signature", "Observatoire (exemple inventé)")
	choosing(p, "#day", "2026-01-15")
	p.Follow("#ecrire form button")
	both(p)
	p.Follow(`#decider button[value="publish"]`)
	anyone.Visit("/regions/grand-est/notes")
	both(anyone)
	anyone.Follow("#toutes tbody a")
	both(anyone)
	p.VisitStatus("/national/freins", 404)
}
