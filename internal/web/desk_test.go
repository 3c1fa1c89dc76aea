package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

const bureau = "/regions/guyane/bureau"

var actID = regexp.MustCompile(`/bureau/actes/([0-9a-f-]+)`)

// The préfet proposes the launch of Guyane, the président validates it: the
// public page then says that the COP is launched.
func TestTwoHeadsOnTheDesk(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		prefet, base := s.signIn("prefet@exemple.fr", policy.StateChair, "region", "03")
		president, base2 := s.signIn("president@exemple.fr", policy.RegionChair, "region", "03")

		p := s.visit(prefet, base+bureau, nil)
		p.has("h1", "rien n’attend")
		checkPage(t, "desk", p)
		typed := url.Values{"stage": {"lancement"}, "mark": {"opened"}, "day": {"2027-01-01"}, "note": {"au conseil"}}
		p = s.visit(prefet, base+bureau+"/evenements", typed)
		if v := p.attr("input#note", "value"); p.StatusCode != http.StatusBadRequest || len(v) != 1 || v[0] != "au conseil" {
			t.Fatalf("%s, the note holds %q", p.Status, v)
		}
		p.has("#day-erreur", "à venir") // beside the date, which is wrong
		typed.Set("day", "2026-03-01")
		p = s.visit(prefet, base+bureau+"/evenements", typed)
		p.has("h1", "1 acte attend une validation")
		p.has(".act", "Attend la Région")
		p.has(".act", "validation enregistrée le 2 mars 2026 par Anne Martin")
		p.has(".act", "poursuivre seul à partir du 1er avril 2026")
		checkPage(t, "desk with an act", p)
		if page := s.get("/regions/guyane"); strings.Contains(page.text("h1"), "lancée") {
			t.Error("launched by one head alone")
		}
		id := actID.FindStringSubmatch(p.body)[1]
		p = s.visit(prefet, base+bureau+"/actes/"+id, url.Values{"do": {"alone"}, "reason": {"pressé"}})
		if p.StatusCode != http.StatusForbidden || !strings.Contains(p.body, "30 jours") {
			t.Errorf("alone at once: %s", p.Status)
		}
		s.visit(president, base2+bureau, nil).has(".act button", "Enregistrer ma validation")
		p = s.visit(president, base2+bureau+"/actes/"+id, url.Values{"do": {"consent"}})
		p.has("#actes .act", "validé par les deux têtes")
		s.get("/regions/guyane").has("h1", "COP lancée le 1er mars 2026")
		// Who clicks twice reads that it is done; who comes after reads why not.
		p = s.visit(president, base2+bureau+"/actes/"+id, url.Values{"do": {"consent"}})
		p.has("main", "C’est enregistré")
		second, base3 := s.signIn("interim@exemple.fr", policy.RegionChair, "region", "03")
		if p = s.visit(second, base3+bureau+"/actes/"+id, url.Values{"do": {"consent"}}); p.StatusCode != http.StatusConflict {
			t.Errorf("validated twice: %s", p.Status)
		}
		// What moved since the last visit says who did it.
		typed.Set("stage", "diagnostic")
		s.visit(second, base3+bureau+"/evenements", typed)
		s.visit(prefet, base+bureau, nil).has("#nouveau li a", "Anne Martin a enregistré un événement d’étape")
		// An act of another COP is not of this one.
		if p := s.visit(president, base2+"/regions/bretagne/bureau/actes/"+id, url.Values{"do": {"consent"}}); p.StatusCode != http.StatusNotFound {
			t.Errorf("by the address of another COP: %s", p.Status)
		}
	})
}

func TestADelegateValidates(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		prefet, base := s.signIn("prefet@exemple.fr", policy.StateChair, "region", "03")
		team, base2 := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		p := s.visit(team, base2+bureau+"/evenements", url.Values{"stage": {"lancement"}, "mark": {"opened"}, "day": {"2026-03-01"}})
		p.has(".act", "Attend l’État et la Région")
		id := actID.FindStringSubmatch(p.body)[1]
		if p := s.visit(team, base2+bureau+"/actes/"+id, url.Values{"do": {"consent"}}); p.StatusCode != http.StatusForbidden {
			t.Errorf("the team validated: %s", p.Status)
		}
		account, err := s.accounts.Appoint(t.Context(), "equipe@exemple.fr", "", policy.Team, "region", "03", "")
		if err != nil {
			t.Fatal(err)
		}
		for what, typed := range map[string]url.Values{"liste": {"person": {"personne"}, "reach": {"all"}}, "acte à déléguer": {"person": {account.Account}, "reach": {"act:rien"}}, "Dites ce que": {"person": {account.Account}, "reach": {"tout"}}} {
			typed.Set("from", "2026-03-01")
			typed.Set("to", "2026-03-31")
			typed.Set("decision", "arrêté 2026-12")
			p := s.visit(prefet, base+bureau+"/delegations", typed)
			p.has("#delegations .fr-error-text", what)
			if v := p.attr("input#decision", "value"); p.StatusCode != http.StatusBadRequest || len(v) != 1 || v[0] != "arrêté 2026-12" {
				t.Errorf("%v: %s %q", typed, p.Status, v)
			}
		}
		p = s.visit(prefet, base+bureau+"/delegations", url.Values{"person": {account.Account}, "reach": {"kind:stage"}, "from": {"2026-03-01"}, "to": {"2026-03-31"}, "decision": {"arrêté 2026-12"}})
		p.has("#delegations li", "arrêté 2026-12")
		p.has("#delegations li", "les étapes")
		s.visit(team, base2+bureau, nil).has("#attente button", "Enregistrer ma validation") // the page offers what a delegation allows
		p = s.visit(team, base2+bureau+"/actes/"+id, url.Values{"do": {"consent"}})
		p.has(".act", "par délégation")
		s.now = s.now.Add(40 * 24 * time.Hour)
		acts, err := cop.Acts(t.Context(), d, cop.RegionID(cop.First, "03"))
		if err != nil || len(acts) != 1 || !acts[0].Has(cop.StateSide) || acts[0].Has(cop.RegionSide) {
			t.Errorf("%+v %v", acts, err)
		}
	})
}

// A team plans a meeting, says how many came, publishes news: anyone then reads
// them, and nothing of what is internal or a draft.
func TestTheWorkOfACOP(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		typed := url.Values{"title": {"Plénière de rentrée"}, "kind": {"pleniere"}, "stage": {"debat"}, "day": {"2026-03-20"}, "start": {"14:30"}, "end": {"14:00"}, "part": {"public"}}
		p := s.visit(team, base+bureau+"/reunions", typed)
		if v := p.attr("input#title", "value"); p.StatusCode != http.StatusBadRequest || len(v) != 1 || v[0] != "Plénière de rentrée" {
			t.Fatalf("%s, the title holds %q", p.Status, v)
		}
		typed.Set("end", "17:00")
		typed.Set("department", "973")
		typed.Set("join_url", "https://visio.exemple.fr/salle")
		p = s.visit(team, base+bureau+"/reunions", typed)
		p.has(".act", "Plénière de rentrée")
		checkPage(t, "meetings", p)
		id := regexp.MustCompile(`/bureau/reunions/([0-9a-f-]+)`).FindStringSubmatch(p.body)[1]
		held := url.Values{"rev": {"1"}, "do": {"held"}, "attendance": {"1 200"}, "counted": {"1"}}
		if p := s.visit(team, base+bureau+"/reunions/"+id, held); p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, "à venir") {
			t.Errorf("held before its day: %s", p.Status)
		}
		s.now = s.now.AddDate(0, 0, 20)
		p = s.visit(team, base+bureau+"/reunions/"+id, held)
		p.has(".act", "1 200 personnes, comptées")
		if x, _, err := cop.MeetingOf(t.Context(), d, id); err != nil || x.Department != "973" || x.JoinURL != "https://visio.exemple.fr/salle" || *x.Attendance != 1200 {
			t.Errorf("saying that it was held blanks what the form does not show: %+v %v", x, err)
		}
		if p := s.visit(team, base+bureau+"/reunions/"+id, held); p.StatusCode != http.StatusConflict {
			t.Errorf("the same form twice: %s", p.Status)
		}
		typed.Set("title", "Réunion interne")
		typed.Set("part", "internal")
		s.visit(team, base+bureau+"/reunions", typed).has(".act", "interne à la COP")

		p = s.visit(team, base+bureau+"/actualites", url.Values{"title": {"Le diagnostic avance"}, "text": {"Merci **à tous**.\n\n<script>alert(1)</script>"}})
		p.has(".act", "brouillon")
		checkPage(t, "news", p)
		id = regexp.MustCompile(`/bureau/actualites/([0-9a-f-]+)`).FindStringSubmatch(p.body)[1]
		public := s.get("/regions/guyane")
		if strings.Contains(public.body, "diagnostic avance") || strings.Contains(public.body, "Réunion interne") {
			t.Error("a draft, or what is internal, is public")
		}
		s.visit(team, base+bureau+"/actualites/"+id, url.Values{"rev": {"1"}, "do": {"publish"}}).has(".act", "publiée le")
		public = s.get("/regions/guyane")
		public.has("#actualites strong", "à tous")
		public.has("#reunions li", "Plénière de rentrée")
		if strings.Contains(public.body, "<script>alert") {
			t.Error("what a person wrote acts")
		}
		checkPage(t, "public page of a COP", public)
		ics := s.get("/regions/guyane/calendrier.ics")
		if !strings.Contains(ics.body, "Plénière de rentrée") || strings.Contains(ics.body, "Réunion interne") || !strings.HasPrefix(ics.Header.Get("Content-Type"), "text/calendar") {
			t.Errorf("the public calendar: %s", ics.body)
		}
		p = s.visit(team, base+bureau, nil)
		checkPage(t, "desk", p)
		keys := p.attr(`#liste input[name="key"]`, "value")
		if len(keys) == 0 {
			t.Fatal("no checklist")
		}
		s.visit(team, base+bureau+"/taches", url.Values{"key": {keys[0]}, "done": {"1"}}).has("#liste li", "fait")
		p = s.visit(team, base+bureau+"/journal", nil)
		p.has("#journal td", "Anne Martin")
		checkPage(t, "journal", p)
		if csv := s.visit(team, base+bureau+"/journal.csv", nil); !strings.Contains(csv.body, ";publish;news;") || strings.Contains(csv.body, "diagnostic avance") {
			t.Errorf("the journal holds acts, and no text: %s", csv.body)
		}
		// The acts of one person, of one kind, between two days; taken away as they
		// are chosen.
		p = s.visit(team, base+bureau+"/journal?quoi=news&du=2026-03-22", nil)
		for _, row := range p.texts("#journal tbody tr") {
			if !strings.Contains(row, "actualité") {
				t.Errorf("not of news: %s", row)
			}
		}
		p.has("#quoi option[selected]", "actualités")
		if csv := s.visit(team, base+bureau+"/journal.csv?quoi=news", nil); strings.Contains(csv.body, ";meeting;") || !strings.Contains(csv.body, ";news;") {
			t.Errorf("chosen by kind: %s", csv.body)
		}
		s.visit(team, base+bureau+"/journal?quoi=office", nil).has("main", "Aucun acte ne correspond")
		if p := s.visit(team, base+bureau+"/journal?du=hier", nil); p.StatusCode != http.StatusBadRequest {
			t.Errorf("a wrong day: %s", p.Status)
		}
		nation, base3 := s.signIn("nation@exemple.fr", policy.NationalAdmin, "nation", "")
		p = s.visit(nation, base3+"/national/journal?quoi=meeting", nil)
		p.has("#journal td", "Anne Martin")
		p.has("#journal td", "Guyane")
		checkPage(t, "national journal", p)
		if csv := s.visit(nation, base3+"/national/journal.csv", nil); !strings.Contains(csv.body, ";publish;news;") || !strings.Contains(csv.body, ";sign-in;session;") {
			t.Errorf("the national journal: %d bytes", len(csv.body))
		}
		other, base2 := s.signIn("ailleurs@exemple.fr", policy.Team, "region", "53")
		for _, path := range []string{bureau, bureau + "/reunions", bureau + "/actualites", bureau + "/journal", bureau + "/journal.csv", bureau + "/reglages"} {
			if p := s.visit(other, base2+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("the team of another region at %s: %s", path, p.Status)
			}
		}
	})
}

// Two people change what a COP says of itself: the second reads both versions,
// and loses nothing.
func TestSettingsOfACOP(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		page := base + bureau + "/reglages"
		p := s.visit(team, page, nil)
		p.has("#tetes .fr-hint-text, #tetes", "président de la collectivité territoriale de Guyane")
		checkPage(t, "settings", p)
		rev := p.attr("input[name=rev]", "value")[0]
		mine := url.Values{"do": {"cop"}, "rev": {rev}, "name": {"COP de Guyane"}, "presentation": {"Bienvenue **ici**."}, "contact": {"cop@exemple.fr"}, "patience": {"15"}}
		s.visit(team, page, mine).has("main", "C’est enregistré")
		s.get("/regions/guyane").has("#presentation strong", "ici")
		mine.Set("name", "Autre nom")
		p = s.visit(team, page, mine)
		if v := p.attr("input#name", "value"); p.StatusCode != http.StatusConflict || v[0] != "Autre nom" {
			t.Fatalf("%s %q", p.Status, v)
		}
		p.has("#deux-versions td", "COP de Guyane")
		mine.Set("rev", p.attr("input[name=rev]", "value")[0])
		mine.Set("patience", "mille")
		p = s.visit(team, page, mine)
		if v := p.attr("input#name", "value"); p.StatusCode != http.StatusBadRequest || v[0] != "Autre nom" {
			t.Errorf("%s %q", p.Status, v)
		}
		p = s.visit(team, page, url.Values{"do": {"office"}, "side": {"state"}, "holder": {"Claude Martin"}, "title": {"préfète de la région Guyane"}, "from": {"2026-01-01"}})
		p.has("#tetes li", "Claude Martin, préfète de la région Guyane, depuis le 1er janvier 2026")
		expert, base2 := s.signIn("expert@exemple.fr", policy.Expert, "region", "03")
		if p := s.visit(expert, base2+bureau+"/reglages", nil); p.StatusCode != http.StatusForbidden {
			t.Errorf("an expert at the settings: %s", p.Status)
		}
	})
}
