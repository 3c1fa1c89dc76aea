package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// seedOrganisations brings a few organisations in: a test of a page needs no
// forty thousand.
func (s *site) seedOrganisations() {
	s.t.Helper()
	tree, err := territory.Embedded()
	if err != nil {
		s.t.Fatal(err)
	}
	all, _, err := account.Reference(tree, data.FS)
	if err != nil {
		s.t.Fatal(err)
	}
	few := []string{"region-44", "commune-67482", "epci-246700488", "commune-35238", "dreal-44", "guyane", "commune-97302"}
	list := slices.DeleteFunc(all, func(o account.Organisation) bool { return !slices.Contains(few, o.ID) })
	if _, err := s.accounts.Seed(s.t.Context(), "few", list); err != nil || len(list) != len(few) {
		s.t.Fatal(len(list), err)
	}
}

// upload sends a file as a browser does.
func (s *site) upload(c *http.Client, address, name, body string, fields url.Values) page {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := w.WriteField(k, v[0]); err != nil {
			s.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := part.Write([]byte(body)); err != nil {
		s.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
	res, err := c.Post(address, w.FormDataContentType(), &b)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.read(res)
}

func TestOrganisationPages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.seedOrganisations()
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		p := s.visit(team, base+"/organisations?q=strasbourg", nil)
		p.has("#organismes a", "Strasbourg")
		checkPage(t, "organisations", p)
		if strings.Contains(s.visit(team, base+"/organisations", nil).body, "Rennes") {
			t.Error("another region's are listed")
		}
		p = s.visit(team, base+"/organisations/nouvelle", nil)
		checkPage(t, "new organisation", p)
		form := url.Values{"name": {"Alter Alsace"}, "kind": {"association"}, "siren": {"123456789"}, "region": {"44"}}
		p = s.visit(team, base+"/organisations", form)
		if v := p.attr("input#name", "value"); p.StatusCode != http.StatusBadRequest || v[0] != "Alter Alsace" {
			t.Fatalf("%s %q", p.Status, v)
		}
		p.has("#siren-erreur", "neuf chiffres")
		form.Set("siren", "")
		p = s.visit(team, base+"/organisations", form)
		p.has("h1", "Alter Alsace")
		one := p.Request.URL.Path
		p = s.visit(team, base+one+"/modifier", nil)
		checkPage(t, "edit organisation", p)
		form.Set("rev", "1")
		form.Set("name", "Alter Alsace Énergies")
		s.visit(team, base+one+"/modifier", form).has("h1", "Énergies")
		form.Set("name", "Autre nom")
		p = s.visit(team, base+one+"/modifier", form)
		if v := p.attr("input#name", "value"); p.StatusCode != http.StatusConflict || v[0] != "Autre nom" {
			t.Errorf("%s %q", p.Status, v)
		}
		p.has("#deux-versions td", "Alter Alsace Énergies")

		p = s.visit(team, base+"/organisations/commune-67482/personnes", url.Values{"email": {"maire@exemple.fr"}, "name": {"Anne Maire"}, "title": {"maire"}, "contact": {"1"}})
		p.has("#personnes h3", "Anne Maire")
		p.has("#personnes p", "va à ses contacts")
		checkPage(t, "organisation", p)
		p = s.visit(team, base+"/roles", url.Values{"email": {"maire@exemple.fr"}, "role": {string(policy.Validator)}, "organisation": {"Strasbourg"}})
		if p.StatusCode != http.StatusOK {
			t.Fatalf("a role over an organisation: %s %s", p.Status, p.texts(".fr-error-text"))
		}
		p = s.visit(team, base+"/roles", url.Values{"email": {"maire@exemple.fr"}, "role": {string(policy.Writer)}, "organisation": {"rennes"}})
		p.has(".fr-error-text", "Aucun organisme")
		p = s.visit(team, base+"/organisations/commune-67482", nil)
		p.has("#roles li", "Anne Maire : validation pour une collectivité")

		maire, base2 := s.signIn("maire@exemple.fr", policy.Validator, "organisation", "commune-67482")
		p = s.visit(maire, base2+"/mon-espace", nil)
		p.has("#organismes li", "Strasbourg")
		p.has("#roles li", "validation pour une collectivité, Strasbourg")
		checkPage(t, "self with organisations", p)
		s.visit(maire, base2+"/organisations/commune-67482", nil).has("#personnes h3", "Anne Maire")
		for _, path := range []string{"/organisations/commune-35238", "/organisations/nouvelle", "/organisations/inconnue", "/invitations"} {
			if p := s.visit(maire, base2+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("a validator at %s: %s", path, p.Status)
			}
		}

		// The mayor leaves: the team hands over.
		a, err := account.FindByEmail(t.Context(), d, "maire@exemple.fr")
		if err != nil {
			t.Fatal(err)
		}
		path := base + "/personnes/" + a.ID + "/transfert"
		p = s.visit(team, path, nil)
		p.has("#transmis li", "validation pour une collectivité, Strasbourg")
		checkPage(t, "transfer", p)
		hand := url.Values{"rev": p.attr("input[name=rev]", "value"), "email": {"suite@exemple.fr"}, "day": {"2026-03-01"}, "reason": {""}}
		p = s.visit(team, path, hand)
		if v := p.attr("input#email", "value"); p.StatusCode != http.StatusBadRequest || v[0] != "suite@exemple.fr" {
			t.Errorf("%s %q", p.Status, v)
		}
		hand.Set("reason", "fin de mandat")
		s.visit(team, path, hand).has("main", "ont changé de main")
		if p := s.visit(team, path, hand); p.StatusCode != http.StatusNotFound {
			t.Errorf("handed over twice: %s", p.Status)
		}
		s.visit(team, base+"/organisations/commune-67482", nil).has("#roles li", "suite@exemple.fr")
		other, base3 := s.signIn("ailleurs@exemple.fr", policy.Team, "region", "53")
		if p := s.visit(other, strings.Replace(path, base, base3, 1), nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("another team at a transfer: %s", p.Status)
		}
	})
}

func TestInvitationPages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.seedOrganisations()
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		p := s.visit(team, base+"/invitations", nil)
		checkPage(t, "invitations", p)
		if csv := s.visit(team, base+"/invitations/modele.csv", nil); !strings.Contains(csv.body, "email;nom;role;organisme;fonction\r\n") {
			t.Errorf("the model: %q", csv.body)
		}
		scope := url.Values{"scope": {"region:44"}}
		count := func() (n int64) {
			if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM journal WHERE verb = 'refuse' AND kind = 'invitation'`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		refusals := count()
		for name, body := range map[string]string{
			"vide.csv": "", "photo.csv": "%PDF-1.7 bla", "zip.csv": "PK\x03\x04 pas un classeur", "colonnes.csv": "a;b\n1;2\n", "utf16.csv": "\xff\xfee\x00m\x00", "latin.csv": "email;nom\na@b.fr;H\xe9l\xe8ne\n",
		} {
			p := s.upload(team, base+"/invitations", name, body, scope)
			if p.StatusCode != http.StatusBadRequest || len(p.texts(".fr-error-text")) == 0 {
				t.Errorf("%s: %s", name, p.Status)
			}
		}
		if n := count() - refusals; n != 6 {
			t.Errorf("%d refusals in the journal", n)
		}
		p = s.upload(team, base+"/invitations", "ouvert.csv", "email;nom\n\"a@b.fr;x\n", scope)
		p.has(".fr-alert", "jamais fermé")
		if p := s.upload(team, base+"/invitations", "gros.csv", strings.Repeat("x", 27<<20), scope); p.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(p.body, "25") {
			t.Errorf("a file too large: %s", p.Status)
		}
		p = s.upload(team, base+"/invitations", "essai.csv", "\ufeffCourriel;Nom;Rôle;Collectivité;Fonction\r\nmaire@exemple.fr;Anne;validation;67482;maire\r\nagent@exemple.fr;=1+1;rédaction;67482;\r\nx@exemple.fr;;rédaction;35238;\r\n", scope)
		p.has(".fr-alert__title", "2 lignes sont refusées")
		p.has("#lignes td", "formule")
		p.has("#lignes td", "pas de votre périmètre")
		checkPage(t, "preview", p)
		run := p.Request.URL.Path
		if rows := s.visit(team, base+run+"?voir=refusees", nil).texts("#lignes tbody tr"); len(rows) != 2 {
			t.Errorf("%d rows refused", len(rows))
		}
		if csv := s.visit(team, base+run+"/verdicts.csv", nil); strings.Count(csv.body, "\r\n") != 4 || !strings.Contains(csv.body, ";'=1+1;") {
			t.Errorf("the verdicts: %q", csv.body)
		}
		p = s.visit(team, base+"/invitations?reprendre="+strings.TrimPrefix(run, "/invitations/"), nil)
		if text := p.text("textarea#lines"); !strings.Contains(text, "maire@exemple.fr;Anne;validation;67482;maire") {
			t.Errorf("to be mended: %q", text)
		}
		scope.Set("lines", "maire@exemple.fr;Anne;validation;67482;maire\nagent@exemple.fr;Paul;rédaction;67482;")
		p = s.visit(team, base+"/invitations", scope)
		p.has("main button", "Envoyer 2 invitations")
		run = p.Request.URL.Path
		rev := p.attr("input[name=rev]", "value")[0]
		other, base2 := s.signIn("autre@exemple.fr", policy.Team, "region", "44")
		for _, path := range []string{run, run + "/verdicts.csv", "/invitations?reprendre=" + strings.TrimPrefix(run, "/invitations/")} {
			if p := s.visit(other, base2+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("somebody else's preview: %s", p.Status)
			}
		}
		if p := s.visit(other, base2+run+"/envoyer", url.Values{"rev": {rev}}); p.StatusCode != http.StatusNotFound {
			t.Errorf("sent by somebody else: %s", p.Status)
		}
		s.visit(team, base+run+"/envoyer", url.Values{"rev": {rev}}).has(".fr-alert__title", "Invitations envoyées")
		if p := s.visit(team, base+run+"/envoyer", url.Values{"rev": {rev}}); p.StatusCode != http.StatusConflict {
			t.Errorf("sent twice: %s", p.Status)
		}
		p = s.visit(team, base+"/invitations", scope)
		p.has("#lines-erreur", "déjà été importé")
		p = s.visit(team, base+"/invitations", url.Values{"scope": {"region:53"}, "lines": {"a@exemple.fr;;equipe"}})
		if p.StatusCode != http.StatusForbidden {
			t.Errorf("in the name of another COP: %s", p.Status)
		}
	})
}

// Each role opens of these pages what the table of rights foresees, and
// «not found» otherwise.
func TestRolesOnOrganisationPages(t *testing.T) {
	s := sqlite(t)
	s.seedOrganisations()
	for _, role := range policy.Roles() {
		kind, scope := "region", "44"
		switch role {
		case policy.Operator:
			continue
		case policy.NationalAdmin, policy.NationalReader:
			kind, scope = "nation", ""
		case policy.DepartmentLead:
			kind, scope = "department", "67"
		case policy.Writer, policy.Validator:
			kind, scope = "organisation", "commune-67482"
		}
		c, base := s.signIn(string(role)+"@exemple.fr", role, kind, scope)
		g, err := s.accounts.Appoint(t.Context(), string(role)+"@exemple.fr", "", role, kind, scope, "")
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.accounts.Actor(t.Context(), g.Account)
		if err != nil {
			t.Fatal(err)
		}
		some := func(v policy.Verb, k policy.Kind) bool { return !policy.Where(a, v, k).None() }
		home := policy.Thing{Kind: policy.Organisation, COPs: []string{cop.RegionID(cop.First, "44")}, Department: "67", Org: "commune-67482"}
		for path, allowed := range map[string]bool{
			"/organisations": some(policy.Read, policy.Organisation), "/organisations/nouvelle": some(policy.Create, policy.Organisation),
			"/invitations": some(policy.Create, policy.Invitation), "/invitations/modele.csv": some(policy.Create, policy.Invitation),
			"/organisations/commune-67482": policy.Can(a, policy.Read, home), "/organisations/commune-67482/modifier": policy.Can(a, policy.Edit, home),
			"/organisations/commune-35238": a.Is(policy.NationalAdmin) || a.Is(policy.NationalReader), "/invitations/inconnue": false, "/personnes/inconnue/transfert": false,
		} {
			want := http.StatusNotFound
			if allowed {
				want = http.StatusOK
			} else if path == "/organisations/commune-67482/modifier" && policy.Can(a, policy.Read, home) {
				want = http.StatusForbidden
			}
			if p := s.visit(c, base+path, nil); p.StatusCode != want {
				t.Errorf("%s at %s: %s, want %d", role, path, p.Status, want)
			}
		}
	}
}
