package live_test

import (
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/knowledge"
	"jalon/internal/policy"
	"jalon/internal/restitution"
	"jalon/internal/testkit"
)

// Every block of every region gives something, or says why not and what will come,
// whatever is known.
func TestNoBlockIsSilent(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		check := func(when string) {
			for _, region := range h.model.Tree().Regions() {
				r := h.open(t, region.Code)
				for _, l := range mine(h.catalogue) {
					m, err := r.Make(t.Context(), l.Code, nil)
					switch {
					case err != nil:
						t.Errorf("%s: %s of %s: %v", when, l.Code, region.Name, err)
					case m.Missing == "" && (len(m.Blocks) == 0 || m.Title == "" || len(m.Notes) == 0):
						t.Errorf("%s: %s of %s says nothing: %+v", when, l.Code, region.Name, m)
					case m.Missing != "" && (len(m.Blocks) > 0 || !strings.HasSuffix(m.Missing, ".")):
						t.Errorf("%s: %s of %s is missing and is there: %q", when, l.Code, region.Name, m.Missing)
					}
					for _, bad := range []string{"NaN", "%!", "  ", " :", " ;"} {
						if got := text(t, m); strings.Contains(got, bad) {
							t.Errorf("%s: %s of %s holds %q: %s", when, l.Code, region.Name, bad, got)
						}
					}
				}
			}
		}
		check("before anything")
		h.asked(t)
		h.knows(t)
		check("while it is asked")
		h.publish(t)
		h.themed(t)
		check("published")
	})
}

// What is published is shown, with figures that anyone has explained to them, and
// stays as it is while more answers come.
func TestAPublishedRestitutionIsShownAndStays(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		says(t, h.make(t, "44", "questionnaire/repondants", nil), "n’a pas été envoyé")
		h.asked(t)
		m := h.make(t, "44", "questionnaire/repondants", nil)
		says(t, m, "La campagne est en cours", "questionnaire/taux/"+cop.First+"/region:44/epci/"+today)
		says(t, h.make(t, "44", "questionnaire/familles", nil), "n’est pas encore publiée")
		h.knows(t)
		h.publish(t)
		h.themed(t)
		before := map[string]string{}
		for _, l := range mine(h.catalogue) {
			m := h.make(t, "44", l.Code, nil)
			if m.Missing != "" {
				t.Errorf("%s of a region that published: %s", l.Code, m.Missing)
			}
			before[l.Code] = text(t, m)
		}
		says(t, h.make(t, "44", "questionnaire/repondants", nil), "Communes", "Bas-Rhin", "communes à part")
		says(t, h.make(t, "44", "questionnaire/familles", nil), "à amplifier", "carte-des-leviers", "restitution/"+cop.First+"/region:44@"+today+"/tous/pertinence/l25-")
		says(t, h.make(t, "44", "questionnaire/actions", nil), "Les actions les moins engagées", "/engagement/")
		says(t, h.make(t, "44", "questionnaire/freins-besoins", nil), "Les freins les plus cités", "Les besoins les plus cités")
		says(t, h.make(t, "44", "questionnaire/levier", map[string]string{"levier": "l25-covoiturage"}), "Covoiturage", "Intercommunalités", "/type:")
		says(t, h.make(t, "44", "questionnaire/freins-retenus", nil), "Le raccordement prend trois ans", "en cours", "Un décret est en préparation.", "Le foncier manque", "2\u00a0freins sont retenus, dont 1")
		says(t, h.make(t, "44", "questionnaire/pertinence-rythme", nil), "En retard", "À contre-sens")
		says(t, h.make(t, "44", "points-forts/retenus", nil), "Un réseau cyclable continu", "Bas-Rhin", "120 km en trois ans.", "https://exemple.fr/rapport", "l’auteur n’a pas donné de résultat", "3\u00a0points forts sont retenus")
		says(t, h.make(t, "44", "points-forts/pratiques", nil), "Deux lignes à l’essai.", "1\u00a0bonne pratique d’une autre région")
		says(t, h.make(t, "44", "synthese/leviers", nil), "Un réseau cyclable continu", "Le foncier manque (et 1\u00a0autre)", "panorama/2024-07/")
		says(t, h.make(t, "44", "synthese/cartes", map[string]string{"nombre": "3"}), "Les 3\u00a0plus grands leviers portent", "Pertinence perçue")
		says(t, h.make(t, "44", "synthese/debat", nil), "Nommer le frein", "À débattre")

		says(t, h.make(t, "44", "synthese/scores", nil), "Rang quand les poids bougent", "diagnostic/score/", "de 0 à 1", "Voitures électriques", "0,")
		// Little is known of the levers of an overseas region: the title says so, and a
		// lever bears the name that it has in the rest of the document.
		says(t, h.make(t, "04", "synthese/scores", nil), "«\u00a0Mix électrique décarboné\u00a0»", "mais le premier ne repose que sur 20\u00a0% des poids")
		says(t, h.make(t, "04", "synthese/cartes", nil), "1. Mix électrique décarboné")
		says(t, h.make(t, "44", "synthese/choix", nil), "1\u00a0thème est mis en premier parmi les 2", "Tout le monde roule.", "Emplois de la transition")
		says(t, h.make(t, "44", "synthese/themes", nil), "Rouler autrement", "ses leviers portent", "Voitures électriques", "aucun n’est retenu")

		// Each figure is explained, to who leads the region as to anyone, as published.
		seen := 0
		for _, l := range mine(h.catalogue) {
			m := h.make(t, "44", l.Code, nil)
			doc := document.Document{Parts: []document.Part{{ID: "bloc", Blocks: m.Blocks}}}
			for _, key := range doc.Figures() {
				x, err := h.figures.Explain(t.Context(), key)
				if err != nil {
					t.Errorf("%s: %s: %v", l.Code, key, err)
					continue
				}
				if strings.HasPrefix(key, restitution.Prefix) && !strings.Contains(x.Figure.Version, "édition") {
					t.Errorf("%s is explained by %q", key, x.Figure.Version)
				}
				seen++
			}
		}
		if seen < 150 {
			t.Errorf("only %d figures", seen)
		}
		if _, err := d.Exec(t.Context(), `DELETE FROM answer WHERE region = '44' AND kind = 'commune'`); err != nil {
			t.Fatal(err)
		}
		for _, l := range mine(h.catalogue) {
			if got := text(t, h.make(t, "44", l.Code, nil)); got != before[l.Code] {
				t.Errorf("%s changed with the answers:\n%s\n%s", l.Code, before[l.Code], got)
			}
		}
	})
}

// Nothing that the team alone reads enters: what is proposed, what was set aside.
func TestOnlyWhatAnyoneMayRead(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	h := build(t, d)
	x := knowledge.Item{Kind: knowledge.Obstacle, Region: "44", Organisation: "Service", Territory: "region:44", Scale: "region", Levers: []string{"biogaz"}, Title: "Resté entre nous", Text: "Ce qui bloque.", Evidence: "Trois projets.", Nature: "norme", Level: "national"}
	if _, err := h.known.Add(t.Context(), d, as(policy.Expert, "44"), x); err != nil {
		t.Fatal(err)
	}
	x.Kind, x.Evidence, x.Nature, x.Level = knowledge.Strength, "", "", ""
	if _, err := h.known.Add(t.Context(), d, as(policy.Expert, "44"), x); err != nil {
		t.Fatal(err)
	}
	for _, l := range mine(h.catalogue) {
		if got := text(t, h.make(t, "44", l.Code, nil)); strings.Contains(got, "Resté entre nous") {
			t.Errorf("%s tells what was only proposed", l.Code)
		}
	}
}

// A region of one département, whose levers are not those of the nation, is read
// like another; what cannot be crossed says why.
func TestARegionOfOneDepartment(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	h := build(t, d)
	h.asked(t)
	h.publishIn(t, "04")
	m := h.make(t, "04", "questionnaire/repondants", nil)
	says(t, m, "communes à part")
	if strings.Contains(text(t, m), "taux-departements") {
		t.Error("one département is drawn beside nothing")
	}
	says(t, h.make(t, "04", "questionnaire/familles", nil), "restitution/"+cop.First+"/region:04@"+today)
	says(t, h.make(t, "04", "questionnaire/pertinence-rythme", nil), "propres à l’outre-mer")
	says(t, h.make(t, "04", "synthese/leviers", nil), "aucun levier du questionnaire ne lui correspond")
	says(t, h.make(t, "04", "synthese/debat", nil), "À débattre")
}

// What both heads shared stands beside what the panorama offers, and nothing that is
// only discussed.
func TestWhatIsSharedStandsBesideThePanorama(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	h := build(t, d)
	if got := text(t, h.make(t, "44", "synthese/leviers", nil)); strings.Contains(got, "Partagé") {
		t.Error("a column of what nobody shared")
	}
	for i, lever := range []string{"production-industrielle", "biogaz"} {
		rev, on, state, shared := 0, "", "discussed", any(nil)
		if i == 0 {
			rev, on, state, shared = 1, "2026-02-20", "shared", 4_321_000_000
		}
		if _, err := db.Insert(t.Context(), d, "objective", strings.Fields("id rev cop_id cycle region territory scale lever state kg level unit measure typed above reason by at shared_rev shared_kg shared_level shared_on sharing"),
			[][]any{{"o" + lever, 1, cop.RegionID(cop.First, "44"), cop.First, "44", "region:44", "region", lever, state, 9_876_000_000, nil, "", "kt", "", false, "", "", 0, rev, shared, nil, on, ""}}, ""); err != nil {
			t.Fatal(err)
		}
	}
	for _, code := range []string{"synthese/leviers", "synthese/cartes"} {
		m := h.make(t, "44", code, nil)
		says(t, m, map[string]string{"synthese/leviers": "4\u202f321,0", "synthese/cartes": "4,32\u00a0Mt"}[code])
		if got := text(t, m); strings.Contains(got, "9\u202f876") {
			t.Errorf("%s tells what is only discussed", code)
		}
	}
}

// A lever that is not asked, and one of another list, are said so.
func TestALeverThatIsNotThere(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	h := build(t, d)
	h.asked(t)
	h.publish(t)
	says(t, h.make(t, "44", "questionnaire/levier", map[string]string{"levier": "l25-top-50-sites-industriels"}), "n’est pas dans le questionnaire")
	says(t, h.make(t, "44", "questionnaire/levier", map[string]string{"levier": "inconnu"}), "n’existe plus")
	if _, err := h.open(t, "44").Make(t.Context(), "questionnaire/inconnu", nil); err == nil {
		t.Error("an unknown block is made")
	}
}

func BenchmarkAnswers(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(e), func(b *testing.B) {
			h := build(b, testkit.Open(b, e))
			h.asked(b)
			h.knows(b)
			h.publish(b)
			h.themed(b)
			for b.Loop() {
				r := h.open(b, "44")
				for _, l := range mine(h.catalogue) {
					if _, err := r.Make(b.Context(), l.Code, nil); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
