package web_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/testkit"
)

// What is served as a document is what the schema that is served accepts.
func TestQuestionnaireDocumentAndSchema(t *testing.T) {
	s := sqlite(t)
	p := s.get("/questionnaire.schema.json")
	if got := p.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/schema+json") {
		t.Errorf("the schema is %s", got)
	}
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(p.body))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("x.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("x.json")
	if err != nil {
		t.Fatal(err)
	}
	doc := s.get("/questionnaires/national-2025.json?version=1")
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(doc.body))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(value); err != nil {
		t.Error(err)
	}
	f, err := questionnaire.Read([]byte(doc.body))
	if err != nil || f.Code != "national-2025" {
		t.Errorf("%s, %v", f.Code, err)
	}
	for _, path := range []string{"/questionnaires/rien", "/questionnaires/rien.json", "/questionnaires/national-2025?version=9", "/questionnaires/national-2025?version=un", "/questionnaires/national-2025/versions/1", "/questionnaires/national-2025/versions/1..9", "/questionnaires/national-2025/versions/a..b"} {
		if p := s.get(path); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, p.Status)
		}
	}
}

var revision = regexp.MustCompile(`name="rev" value="(\d+)"`)

// send posts a document to the editor, as a browser does.
func (s *site) sendDocument(c *http.Client, address, rev string, doc []byte) page {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("rev", rev); err != nil {
		s.t.Fatal(err)
	}
	if doc != nil {
		part, err := w.CreateFormFile("fichier", "questionnaire.json")
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := part.Write(doc); err != nil {
			s.t.Fatal(err)
		}
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

// A document that is wrong is refused with each fault and its place, and nothing
// of it is kept; what is right takes the place of the draft.
func TestImportOfAQuestionnaire(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, base := s.signIn("import@exemple.fr", policy.NationalAdmin, "nation", "")
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		desk := base + "/national/questionnaires/national-2025"
		doc := []byte(s.get("/questionnaires/national-2025.json").body)
		rev := revision.FindStringSubmatch(s.visit(c, desk, nil).body)[1]
		for _, x := range []struct {
			name   string
			doc    []byte
			status int
			want   string
		}{
			{"no file", nil, 400, "Choisissez un fichier"},
			{"not JSON", []byte("PK\x03\x04 un classeur"), 400, "ce n’est pas du JSON lisible"},
			{"another JSON", []byte(`{"type":"FeatureCollection"}`), 400, "il manque «\u00a0code\u00a0»"},
			{"an id twice", bytes.Replace(doc, []byte(`"id": "velo-stationnement"`), []byte(`"id": "velo-plan"`), 1), 400, "Section «\u00a0velo\u00a0», question «\u00a0velo-actions\u00a0», ligne «\u00a0velo-plan\u00a0»"},
			{"script in an id", bytes.Replace(doc, []byte(`"id": "velo"`), []byte(`"id": "<script>"`), 1), 400, "n’est pas un identifiant"},
			{"3 MB", append(bytes.Clone(doc), bytes.Repeat([]byte(" "), 3<<20)...), 400, "dépasse 2\u00a0Mo"},
			{"5 MB", bytes.Repeat([]byte("x"), 5<<20), 413, ""},
		} {
			p := s.sendDocument(c, desk+"/import", rev, x.doc)
			if p.StatusCode != x.status || !strings.Contains(strings.ReplaceAll(p.body, "&#39;", "'"), x.want) {
				t.Errorf("%s: %s, %q is not there", x.name, p.Status, x.want)
			}
			if strings.Contains(p.body, "<script>»") {
				t.Errorf("%s: what was sent is drawn as it came", x.name)
			}
		}
		if now := revision.FindStringSubmatch(s.visit(c, desk, nil).body)[1]; now != rev {
			t.Fatalf("a refused document moved the draft from %s to %s", rev, now)
		}
		var f questionnaire.Form
		if err := json.Unmarshal(doc, &f); err != nil {
			t.Fatal(err)
		}
		f.Title = "Autre titre"
		good, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if p := s.sendDocument(c, desk+"/import", rev, good); p.StatusCode != http.StatusSeeOther {
			t.Fatalf("a good document: %s", p.Status)
		}
		if p := s.sendDocument(c, desk+"/import", rev, good); p.StatusCode != http.StatusConflict {
			t.Errorf("the same from an older page: %s", p.Status)
		}
		if p := s.visit(c, desk+"/document.json", nil); !strings.Contains(p.body, "Autre titre") {
			t.Error("the draft is not the document")
		}
		for _, path := range []string{"/questionnaires/national-2025.json", "/questionnaires/national-2025", "/questionnaires"} {
			if p := s.get(path); p.StatusCode != http.StatusOK || strings.Contains(p.body, "Autre titre") {
				t.Errorf("%s tells of a draft", path)
			}
		}
		// A preview, and a form that is wrong, keep the revision that they began at.
		p := s.visit(c, desk, url.Values{"rev": {"1"}, "what": {"row"}, "do": {"preview"}, "section": {"velo"}, "row": {"velo-plan"}, "label": {"Un plan"}, "step": {"etude"}, "to": {"velo-actions"}})
		if p.StatusCode != http.StatusOK || p.attr("#modifier [name=rev]", "value")[0] != "1" || !strings.Contains(p.texts("#apercu-corps")[0], "Un plan") {
			t.Errorf("a preview: %s", p.Status)
		}
		// A form that is wrong comes back as it was typed.
		rev = revision.FindStringSubmatch(s.visit(c, desk, nil).body)[1]
		p = s.visit(c, desk, url.Values{"rev": {rev}, "what": {"question"}, "do": {"save"}, "section": {"velo"}, "question": {"velo-freins"}, "type": {"number"}, "label": {"Combien de <b>km</b>"}, "min": {"beaucoup"}, "to": {"velo"}})
		if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, "n’est pas un nombre") || p.attr("#modifier #min", "value")[0] != "beaucoup" || p.attr("#modifier #label", "value")[0] != "Combien de <b>km</b>" {
			t.Errorf("%s: what was typed is lost", p.Status)
		}
	})
}

// A region makes its variant, publishes it and has its running campaign ask it;
// every state is kept and may be taken up again.
func TestVariantOfARegion(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, base := s.signIn("variante@exemple.fr", policy.Team, "region", "03")
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		desk := base + "/regions/guyane/bureau/questionnaire/modele"
		send := func(path string, want int, pairs ...string) page {
			t.Helper()
			form := url.Values{"rev": {revision.FindStringSubmatch(s.visit(c, desk, nil).body)[1]}}
			for i := 0; i < len(pairs); i += 2 {
				form[pairs[i]] = []string{pairs[i+1]}
			}
			p := s.visit(c, desk+path, form)
			if p.StatusCode != want {
				t.Fatalf("%s %v: %s, want %d", path, pairs, p.Status, want)
			}
			return p
		}
		send("/creer", http.StatusBadRequest, "base", "rien")
		send("/creer", http.StatusSeeOther, "base", "national-2025 1")
		if p := s.visit(c, base+"/regions/bretagne/bureau/questionnaire/modele", nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("the page of another region: %s", p.Status)
		}
		if p := s.get("/questionnaires/national-2025-03"); p.StatusCode != http.StatusNotFound {
			t.Errorf("a variant that is not published is read: %s", p.Status)
		}
		send("", http.StatusSeeOther, "what", "row", "do", "add", "section", "velo", "question", "velo-actions", "label", "Longer le fleuve", "step", "infrastructure", "for", "epci")
		send("/publier", http.StatusBadRequest, "reason", "")
		send("/publier", http.StatusSeeOther, "reason", "Le fleuve est la route.")
		p := s.get("/questionnaires/national-2025-03?type=epci")
		if text := strings.Join(p.texts("#variante td, #variante th"), " "); !strings.Contains(text, "Le fleuve est la route.") || !strings.Contains(text, "Longer le fleuve") {
			t.Errorf("the variant says %q", text)
		}
		checkPage(t, "variant", p)

		now := cop.RegionID(cop.First, "03")
		if home, err := cop.HomeOf(t.Context(), d, "03"); err == nil {
			now = home.ID
		}
		if _, err := d.Exec(t.Context(), `INSERT INTO campaign (id, rev, cop_id, region, cycle, form, form_version, communes, opens_on, closes_on, state, marked_on, message, contact, remind_max, remind_every, relevance, mobilisation, published_on, at)
			VALUES ('c', 7, $1, '03', '2025', 'national-2025', 1, FALSE, '', '', 'open', '', '', '', 3, 7, 0.5, 0.5, '', 0)`, now); err != nil {
			t.Fatal(err)
		}
		p = s.visit(c, desk, nil)
		checkPage(t, "editor of a variant", p)
		if p.attr("#appliquer [name=rev]", "value")[0] != "7" {
			t.Fatal("the campaign is not offered the variant")
		}
		if p := s.visit(c, desk+"/appliquer", url.Values{"rev": {"6"}, "campaign": {"c"}, "version": {"1"}, "reason": {"x"}}); p.StatusCode != http.StatusConflict {
			t.Errorf("at an old revision of the campaign: %s", p.Status)
		}
		if p := s.visit(c, desk+"/appliquer", url.Values{"rev": {"7"}, "campaign": {"c"}, "version": {"1"}, "reason": {"Notre variante."}}); p.StatusCode != http.StatusSeeOther {
			t.Errorf("the campaign takes the variant: %s", p.Status)
		}
		if p := s.visit(c, desk, nil); len(p.texts("#appliquer")) > 0 {
			t.Error("the campaign is offered what it asks already")
		}
		send("", http.StatusSeeOther, "what", "section", "do", "remove", "section", "velo")
		if p := s.visit(c, desk+"/sections/velo", nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("a section that went: %s", p.Status)
		}
		send("", http.StatusSeeOther, "what", "restore", "do", "restore", "state", "3")
		if p := s.visit(c, desk+"/sections/velo", nil); p.StatusCode != http.StatusOK {
			t.Errorf("a section that came back: %s", p.Status)
		}
	})
}
