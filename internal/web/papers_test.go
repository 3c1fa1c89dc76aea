package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

// filledIn is a workbook as its authority gives it back: one answer beside a key.
func filledIn(t *testing.T, form, key, column, value string) string {
	t.Helper()
	x, err := excelize.OpenReader(strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := x.GetRows("Questionnaire")
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if len(r) > 0 && strings.Fields(r[0] + " -")[0] == key {
			cell, err := excelize.CoordinatesToCellName(int(column[0]-'A')+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := x.SetCellValue("Questionnaire", cell, value); err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := x.Write(&b); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
	}
	t.Fatalf("no row for %s", key)
	return ""
}

// sendAs posts a form with a file under a name.
func (s *site) sendAs(c *http.Client, address, field, name, body string, fields url.Values) page {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := w.WriteField(k, v[0]); err != nil {
			s.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write([]byte(body))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := c.Post(address, w.FormDataContentType(), &b)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.read(res)
}

func TestAnAuthorityAnswersOffLine(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.campaign()
		link := s.response("r1", "epci-1", "CC du Pays de Wissembourg")
		s.response("r2", "epci-2", "CC du Pays Rhénan")
		c, base := s.browser()
		s.visit(c, base+link, url.Values{"nom": {"Camille"}, "mel": {"camille@exemple.fr"}})
		p := s.visit(c, base+"/reponses/r1/formulaire", nil)
		checkPage(t, "off line", p)
		form := s.fetch(c, base+"/reponses/r1/formulaire.xlsx")
		if form.StatusCode != http.StatusOK || !strings.Contains(form.Header.Get("Content-Disposition"), "questionnaire-cc-du-pays-de-wissembourg") {
			t.Fatalf("%s %v", form.Status, form.Header)
		}
		for _, path := range []string{"/reponses/r2/formulaire", "/reponses/r2/formulaire.xlsx", "/reponses/r2/imprimer"} {
			if got := s.fetch(c, base+path).StatusCode; got != http.StatusNotFound {
				t.Errorf("%s of another authority: %d", path, got)
			}
		}
		printed := s.visit(c, base+"/reponses/r1/imprimer", nil)
		printed.has("h1", "Essai")
		printed.has("th[scope=row]", "Adopter un plan vélo")
		if n := len(printed.texts(".box")); n < 10 {
			t.Errorf("%d boxes to tick", n)
		}

		p = s.sendAs(c, base+"/reponses/r1/formulaire", "files", "rempli.xlsx", filledIn(t, form.body, "velo-plan.pertinence", "D", "très pertinent"), nil)
		checkPage(t, "preview", p)
		p.has("h1", "1 formulaire prêt")
		var kept int
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM draft WHERE question = 'velo-plan.pertinence'`).Scan(&kept); err != nil || kept != 0 {
			t.Errorf("written before it was agreed: %d %v", kept, err)
		}
		p = s.sendAs(c, base+"/reponses/r1/formulaire", "files", "rempli.xlsx", filledIn(t, form.body, "velo-plan.pertinence", "D", "3"), nil)
		p.has("button", "Enregistrer 1 réponse")
		rev := p.attr("main form input[name=rev]", "value")[0]
		p = s.visit(c, p.Request.URL.String(), url.Values{"rev": {rev}})
		p.has("h1", "1 réponse enregistrée")
		checkPage(t, "applied", p)
		list, err := survey.Drafts(t.Context(), d, "r1")
		if err != nil {
			t.Fatal(err)
		}
		got := survey.AnswersOf(list)["velo-plan.pertinence"]
		if got != "3" {
			t.Errorf("kept %q", got)
		}
		for _, x := range list {
			if x.Key == "velo-plan.pertinence" && x.Source != "" {
				t.Errorf("its own answer has a source: %q", x.Source)
			}
		}
	})
}

// A team keeps a paper, types it, and validates on the strength of the signature.
func TestATeamTypesAPaper(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.campaign()
		s.response("r1", "epci-1", "CC du Pays de Wissembourg")
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		far, _ := s.signIn("loin@exemple.fr", policy.Team, "region", "53")
		here := base + "/reponses/r1/papier"
		if got := s.visit(far, here, nil).StatusCode; got != http.StatusNotFound {
			t.Errorf("another team: %d", got)
		}
		p := s.visit(team, here, nil)
		checkPage(t, "papers", p)
		if got := s.visit(team, here+"/velo", url.Values{"rev-velo-plan.pertinence": {"0"}, "v-velo-plan.pertinence": {"3"}}); got.StatusCode != http.StatusBadRequest {
			t.Errorf("typed without a paper: %s", got.Status)
		}
		p = s.sendAs(team, here, "scan", "papier.exe", "MZ", url.Values{"received_on": {"2024-05-20"}})
		if p.StatusCode != http.StatusBadRequest {
			t.Errorf("a program: %s", p.Status)
		}
		scan := "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
		p = s.sendAs(team, here, "scan", "papier.pdf", scan, url.Values{"received_on": {"2199-01-01"}, "signed_by": {"Jeanne Martin"}, "title": {"présidente"}})
		if p.StatusCode != http.StatusBadRequest || p.attr("input#signed_by", "value")[0] != "Jeanne Martin" {
			t.Errorf("a day to come: %s", p.Status)
		}
		p = s.sendAs(team, here, "scan", "papier.pdf", scan, url.Values{"received_on": {"2024-05-20"}, "signed_by": {"Jeanne Martin"}, "title": {"présidente"}})
		p.has("td", "Jeanne Martin")
		checkPage(t, "a paper", p)
		p = s.visit(team, here+"/velo", nil)
		checkPage(t, "a part", p)
		p = s.visit(team, here+"/velo", url.Values{"rev-velo-plan.pertinence": {"0"}, "v-velo-plan.pertinence": {"3"}, "rev-velo-plan.mobilisation": {"0"}, "v-velo-plan.mobilisation": {"n’importe quoi"}})
		if p.StatusCode != http.StatusConflict {
			t.Errorf("an unknown answer: %s", p.Status)
		}
		p = s.visit(team, here+"/velo", url.Values{"rev-velo-plan.mobilisation": {"0"}, "v-velo-plan.mobilisation": {"engage"}})
		p.has("main", "C’est enregistré")
		list, err := survey.Drafts(t.Context(), d, "r1")
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			if strings.HasPrefix(x.Key, "velo-plan.") && !strings.Contains(x.Source, "papier reçu le 20") {
				t.Errorf("%s: source %q", x.Key, x.Source)
			}
		}
		var acts int
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM journal WHERE acting_for = 'epci-1' AND subject = 'r1' AND verb IN ('file', 'write')`).Scan(&acts); err != nil || acts != 3 {
			t.Errorf("%d acts for the authority, %v", acts, err)
		}
		p = s.visit(team, here, nil)
		if len(p.attr("input[name=vu]", "value")) == 0 {
			t.Fatalf("nothing to validate: %q", p.texts("main"))
		}
		stamp := p.attr("input[name=vu]", "value")[0]
		if got := s.visit(team, here+"/valider", url.Values{"vu": {stamp}}); got.StatusCode != http.StatusBadRequest {
			t.Errorf("validated without a word: %s", got.Status)
		}
		if got := s.visit(team, here+"/valider", url.Values{"vu": {"autre"}, "sure": {"1"}}); got.StatusCode != http.StatusConflict {
			t.Errorf("validated unseen: %s", got.Status)
		}
		s.visit(team, here+"/valider", url.Values{"vu": {stamp}, "sure": {"1"}})
		v, err := survey.VersionAt(t.Context(), d, "r1", 1)
		if err != nil || !strings.Contains(v.Title, "Jeanne Martin, présidente") {
			t.Errorf("%+v %v", v.Frozen, err)
		}
	})
}
