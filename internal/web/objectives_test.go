package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/objective"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// place is a territory of the table of a region.
func (s *site) place(region, ref string) objective.Place {
	s.t.Helper()
	m, err := s.store.Model(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := cop.Find(s.t.Context(), s.d, cop.RegionID(cop.First, region))
	if err != nil {
		s.t.Fatal(err)
	}
	where, err := territory.ParseRef(ref)
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := objective.PlaceOf(s.t.Context(), s.d, m, c, where)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// sharing puts an objective on the table of a region and proposes another to both
// heads: the lever of the first, the number of the list.
func (s *site) sharing(team policy.Actor, region string) (lever, list string) {
	s.t.Helper()
	p := s.place(region, "region:"+region)
	var offered []string
	for _, l := range p.Panorama.Lines {
		if l.Objective.Known {
			offered = append(offered, l.Lever.Code)
		}
	}
	for _, code := range offered[:2] {
		if _, err := s.aims.Put(s.t.Context(), team, p, objective.NewValue{Lever: code, Measure: objective.InKt, Typed: "1", Reason: "essai"}); err != nil {
			s.t.Fatal(err)
		}
	}
	x, err := s.aims.ProposeSharing(s.t.Context(), team, p, []objective.Pick{{Lever: offered[1], Rev: 1}})
	if err != nil {
		s.t.Fatal(err)
	}
	return offered[0], strconv.FormatInt(x.Seq, 10)
}

const aimed = "/regions/grand-est/bureau/objectifs"

// A team puts values on the table, is asked to confirm the one that goes too far,
// reads both versions when somebody came first, notes a dissent, and gives a list to
// both heads; anyone then reads it, and only then.
func TestATeamSharesItsObjectives(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		p := s.visit(team, base+aimed, nil)
		p.has("h1", "aucun objectif n’est encore sur la table")
		p.has("#jauge .gauge-rest", "Reste à trouver")
		if n := len(p.attr(`#leviers input[type=checkbox]`, "value")); n != 30 {
			t.Errorf("%d boxes", n)
		}
		// A dissent from what the State offers brings its value on the table.
		bare := base + aimed + "/region/covoiturage"
		s.visit(team, bare, nil).has("#noter", "celle que l’État propose y sera mise")
		p = s.visit(team, bare+"/desaccords", url.Values{"do": {"add"}, "subject": {"propose"}, "party": {"economique"}, "measure": {"kt"}, "name": {"La chambre"}, "value": {""}, "text": {"Trop vite."}})
		p.has("h1", "discuté")
		p.has("#desaccords", "La chambre")
		late := s.visit(team, bare+"/desaccords", url.Values{"do": {"add"}, "subject": {"propose"}, "party": {"citoyens"}, "measure": {"kt"}, "name": {"Autre voix"}, "value": {""}, "text": {"Trop peu."}})
		late.has("#noter #text", "Trop peu.")
		if late.StatusCode != http.StatusConflict || s.count("objective_dissent") != 1 {
			t.Errorf("a value stands meanwhile: %s", late.Status)
		}
		p = s.visit(team, bare, url.Values{"do": {"withdraw"}, "rev": {"2"}, "withdraw-reason": {"On en reste là."}})
		p.has(".fr-alert", "enregistré")
		page := base + aimed + "/region/voitures-electriques"
		s.visit(team, page, nil).has("#value", "")
		p = s.visit(team, page, url.Values{"do": {"put"}, "rev": {"0"}, "measure": {"kt"}, "value": {"deux mille"}, "reason": {"Parce que."}})
		p.has(".fr-error-text", "n’est pas un nombre")
		if got := p.attr("#value", "value"); p.StatusCode != http.StatusBadRequest && p.StatusCode != http.StatusUnprocessableEntity || len(got) != 1 || got[0] != "deux mille" || p.text("#reason") != "Parce que." {
			t.Errorf("%s, the form came back with %q", p.Status, got)
		}
		p = s.visit(team, page, url.Values{"do": {"put"}, "rev": {"0"}, "measure": {"kt"}, "value": {"900000"}, "reason": {"Tout."}})
		p.has("#confirm .fr-hint-text", "objectif national de ce levier")
		if p.attr("#value", "value")[0] != "900000" || s.count("objective") != 1 {
			t.Error("what is to be confirmed was kept, or lost")
		}
		p = s.visit(team, page, url.Values{"do": {"put"}, "rev": {"0"}, "measure": {"kt"}, "value": {"900000"}, "reason": {"Tout."}, "confirm": {"1"}})
		p.has(".fr-alert", "enregistré")
		p.has("#valeurs td", "900 000,00")
		p.has("h1", "900 MtCO₂e de moins par an, discuté")
		// Somebody else comes first.
		p = s.visit(team, page, url.Values{"do": {"put"}, "rev": {"0"}, "measure": {"level"}, "value": {"432,1"}, "reason": {"Mieux."}})
		p.has("#deux-versions td", "900000")
		p.has("#deux-versions td", "432,1")
		if p.StatusCode != http.StatusConflict || p.attr("#valeur input[name=rev]", "value")[0] != "1" {
			t.Errorf("%s", p.Status)
		}
		p = s.visit(team, page, url.Values{"do": {"put"}, "rev": {"1"}, "measure": {"level"}, "value": {"432,1"}, "reason": {"Mieux."}})
		p.has("#valeurs td", "432,1 milliers de véhicules")
		p.has("#versions td", "900 000 ktCO₂e")
		p = s.visit(team, page+"/desaccords", url.Values{"do": {"add"}, "party": {"associations"}, "measure": {"kt"}, "name": {""}, "value": {""}, "text": {"Trop peu."}})
		p.has("#noter .fr-error-text", "Dites qui")
		if p.text("#text") != "Trop peu." {
			t.Error("the dissent was lost")
		}
		p = s.visit(team, page+"/desaccords", url.Values{"do": {"add"}, "party": {"associations"}, "measure": {"kt"}, "name": {"Alsace Nature"}, "value": {"1 200"}, "text": {"Trop peu."}})
		p.has("#desaccords", "Alsace Nature (Associations)")
		p.has("#desaccords", "tient pour 1 200 ktCO₂e")
		p.has(".steps [aria-current=step]", "Discuté")
		p = s.visit(team, base+aimed, nil)
		p.has("#leviers td", "Alsace Nature")
		p.has("#sujets td", "Protéger au moins 30 %")
		p = s.visit(team, base+aimed+"/region/nature-bio", url.Values{"do": {"put"}, "rev": {"0"}, "measure": {"level"}, "value": {"18"}, "reason": {"Le bio."}})
		p.has("#valeurs td", "18 %")
		p.has("#valeurs td", "Cultiver 21 % de la surface agricole")
		if p = s.visit(team, base+aimed+"/region/nature-bio", url.Values{"do": {"withdraw"}, "rev": {"1"}, "withdraw-reason": {"Plus tard."}}); !strings.Contains(p.body, "Plus tard.") {
			t.Errorf("withdrawn: %s", p.Status)
		}
		// Nobody else reads what is discussed.
		if body := s.get("/regions/grand-est/objectifs").body; strings.Contains(body, "432,1") || strings.Contains(body, "Alsace Nature") {
			t.Error("anyone reads what is discussed")
		}
		away, other := s.signIn("ailleurs@exemple.fr", policy.Team, "region", "53")
		for _, path := range []string{aimed, aimed + "/region/voitures-electriques", aimed + "/departement-67"} {
			if p := s.visit(away, other+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("another region at %s: %s", path, p.Status)
			}
		}
		// A list of a page that is no longer up to date.
		p = s.visit(team, base+aimed+"/region", url.Values{"do": {"picked"}, "pick": {"voitures-electriques:1", "biogaz:0:5"}})
		p.has("#change td", "proposé")
		p.has("#change td", "432,1")
		if p.StatusCode != http.StatusConflict || s.count("objective_sharing") != 0 || len(p.attr("#leviers input[checked]", "value")) != 2 {
			t.Errorf("%s", p.Status)
		}
		all := p.attr("input[name=all]", "value")
		if len(all) != 1 {
			t.Fatalf("%q", all)
		}
		asIs := p.attr(`#leviers input[value^="biogaz:"]`, "value")
		p = s.visit(team, base+aimed+"/region", url.Values{"do": {"picked"}, "pick": append(asIs, all...)})
		p.has("h1", "Grand Est : 2 objectifs, ")
		p.has("#liste td", "Proposition de l’État, reprise telle quelle.")
		// It does not change while it waits, and what was typed is kept.
		p = s.visit(team, page, url.Values{"do": {"put"}, "rev": {"4"}, "measure": {"kt"}, "value": {"77"}, "reason": {"Encore."}})
		p.has(".fr-alert", "attend la validation")
		if p.StatusCode != http.StatusConflict || p.attr("#value", "value")[0] != "77" {
			t.Errorf("%s", p.Status)
		}
		if p := s.get("/regions/grand-est/objectifs/partages/1"); p.StatusCode != http.StatusNotFound {
			t.Errorf("anyone reads a list that waits: %s", p.Status)
		}
		s.visit(team, base+"/regions/grand-est/bureau", nil).has("#attente a", "Lire ce qui est à valider")
		var act string
		if err := d.QueryRow(t.Context(), `SELECT act FROM objective_sharing`).Scan(&act); err != nil {
			t.Fatal(err)
		}
		for email, role := range map[string]policy.Role{"prefete@exemple.fr": policy.StateChair, "president@exemple.fr": policy.RegionChair} {
			head, at := s.signIn(email, role, "region", "44")
			if p := s.visit(head, at+"/regions/grand-est/bureau/actes/"+act, url.Values{"do": {"consent"}}); p.StatusCode != http.StatusOK {
				t.Fatalf("%s: %s", role, p.Status)
			}
		}
		p = s.get("/regions/grand-est/objectifs")
		p.has("h1", "2 objectifs partagés sur 30 leviers")
		p.has("#desaccords", "Alsace Nature")
		p.has("#leviers td", "partagé")
		why := append(p.attr("#jauge a", "href"), p.attr("#leviers a.cell-why", "href")...)
		if len(why) != 2+30+2 {
			t.Errorf("the figures of the page lead to %d explanations: %q", len(why), why)
		}
		for _, href := range why {
			if x := s.get(href); x.StatusCode != http.StatusOK {
				t.Errorf("%s leads nowhere: %s", href, x.Status)
			}
		}
		p = s.get("/regions/grand-est/objectifs/partages/1")
		p.has("h1", "Grand Est : 2 objectifs, ")
		p.has("#validations li", "validation enregistrée le 2 mars 2026")
		p.has("#empreinte", "c’est bien celle")
		// The comparison of plans reads what was shared.
		if cells := s.get("/regions/grand-est/plans").row("#comparaison", "Biogaz"); !strings.HasPrefix(cells[len(cells)-1], cells[1]+" objectif partagé") {
			t.Errorf("the ambition beside plans: %q", cells)
		}
		if all := s.get("/objectifs.csv").body; !strings.Contains(all, ";objectif/voitures-electriques/region:44") || !strings.Contains(all, "objectif/voitures-electriques/region:53") {
			t.Error("the regions together: no key leads to what is read")
		}
		csv := s.get("/regions/grand-est/objectifs.csv").body
		if !strings.HasPrefix(csv, "\ufeffcode_levier;") || !strings.Contains(csv, ";432,1;") || !strings.Contains(csv, "Alsace Nature") || !strings.Contains(csv, ";objectif/voitures-electriques/region:44") || strings.Count(csv, "\n") != 31 {
			t.Errorf("%s", csv)
		}
	})
}

// A département's lead writes for it, reads of the region what is shared, and knows
// nothing of the tables of others.
func TestADepartmentPutsItsObjectives(t *testing.T) {
	s := sqlite(t)
	lead, base := s.signIn("sous-prefet@exemple.fr", policy.DepartmentLead, "department", "67")
	p := s.visit(lead, base+aimed, nil)
	p.has(".fr-alert", "ce que la région a partagé")
	p.has("nav a", "Bas-Rhin")
	if n := len(p.attr("#leviers input", "value")); n != 0 {
		t.Errorf("%d boxes", n)
	}
	page := base + aimed + "/departement-67"
	if p := s.visit(lead, page, nil); p.StatusCode != http.StatusOK || len(p.attr("#partager button", "value")) != 0 {
		t.Errorf("%s", p.Status)
	}
	p = s.visit(lead, page+"/residentiel-gaz", url.Values{"do": {"put"}, "rev": {"0"}, "measure": {"kt"}, "value": {"−4"}, "reason": {"Froid."}})
	p.has("h1", "de plus par an, discuté")
	p.has("#valeurs td", "hausse des émissions")
	for _, path := range []string{aimed + "/departement-68", aimed + "/region/biogaz", aimed + "/departement-75", aimed + "/lieu", aimed + "/departement-67/hirondelles", aimed + "/perimetre-inconnu"} {
		if p := s.visit(lead, base+path, nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, p.Status)
		}
	}
	if p := s.visit(lead, page, url.Values{"do": {"all"}, "all": {"residentiel-gaz:1"}}); p.StatusCode != http.StatusForbidden {
		t.Errorf("a lead shares: %s", p.Status)
	}
	// What the region gave to its heads is not a département's to read before they
	// shared it; what is given of the département is.
	whole := policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "44")}}}
	_, list := s.sharing(whole, "44")
	here := s.place("44", "department:67")
	own, err := s.aims.ProposeSharing(t.Context(), whole, here, []objective.Pick{{Lever: "residentiel-gaz", Rev: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if rows := s.visit(lead, page, nil).texts("#listes tbody tr"); len(rows) != 1 || !strings.Contains(rows[0], "Bas-Rhin") {
		t.Errorf("%q", rows)
	}
	if p := s.visit(lead, base+aimed+"/partages/"+list, nil); p.StatusCode != http.StatusNotFound {
		t.Errorf("the region's list: %s", p.Status)
	}
	s.visit(lead, base+aimed+"/partages/"+strconv.FormatInt(own.Seq, 10), nil).has("#validations p", "Aucune des deux têtes")
	free, err := territory.CreatePerimeter(t.Context(), s.d, s.place("44", "region:44").Tree(), "crte-essai", territory.PerimeterInput{Kind: territory.CRTE, Name: "CRTE d’essai", Members: []string{"246700488"}}, territory.Act{By: "x", Reason: "essai", At: s.now})
	if err != nil {
		t.Fatal(err)
	}
	team, home := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
	s.visit(team, home+aimed, nil).has("nav a", "CRTE d’essai (CRTE / PTRTE)")
	p = s.visit(team, home+aimed+"/perimetre-"+free.ID+"/voitures-electriques", url.Values{"do": {"put"}, "rev": {"0"}, "measure": {"level"}, "value": {"12"}, "reason": {"Essai."}})
	p.has("#valeurs td", "variation depuis 2019")
	if p := s.visit(lead, base+aimed+"/perimetre-"+free.ID, nil); p.StatusCode != http.StatusNotFound {
		t.Errorf("a lead on a perimeter: %s", p.Status)
	}
}
