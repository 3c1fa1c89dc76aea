package app

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

func nationalForm(t *testing.T, d *db.DB, k questionnaire.Kind) questionnaire.Form {
	t.Helper()
	m := &survey.Room{DB: d, Now: coreOn(d).now}
	if err := m.Load(context.Background(), data.FS); err != nil {
		t.Fatal(err)
	}
	f, err := survey.FormAt(context.Background(), d, survey.National, 1)
	if err != nil {
		t.Fatal(err)
	}
	return f.Path(k)
}

// hintsOf are the hints of an authority, by the key of their cell.
func hintsOf(t *testing.T, c *Core, f questionnaire.Form, r survey.Response) map[string][]survey.Hint {
	t.Helper()
	out := map[string][]survey.Hint{}
	for _, source := range c.prefill() {
		all, err := source(context.Background(), c.DB, r, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range all {
			out[h.Key] = append(out[h.Key], h)
		}
	}
	return out
}

// Real authorities of the Grand Est, of each kind.
var (
	alsace   = survey.Response{ID: "r1", Authority: "alsace", Region: "44", Department: "67", Kind: questionnaire.Department, Name: "Collectivité européenne d’Alsace"}
	grandEst = survey.Response{ID: "r2", Authority: "region-44", Region: "44", Kind: questionnaire.Region, Name: "Région Grand Est"}
	ay       = survey.Response{ID: "r3", Authority: "commune-51030", Region: "44", Department: "51", Kind: questionnaire.Commune, Name: "Aÿ-Champagne"}
	saverne  = survey.Response{ID: "r4", Authority: "epci-200068112", Region: "44", Department: "67", Kind: questionnaire.Group}
	pays     = survey.Response{ID: "r5", Authority: "o-petr", Region: "44", Department: "67", Kind: questionnaire.Group, Name: "PETR du Pays de Saverne"}
)

func TestPrefillOfRealAuthorities(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := coreOn(d)
		importFunded(t, c)
		t.Run("a department of two", func(t *testing.T) {
			h := hintsOf(t, c, nationalForm(t, d, questionnaire.Department), alsace)
			if n := h["identite-nom"]; len(n) != 1 || !n[0].Fill || n[0].Value != "Collectivité européenne d’Alsace" || n[0].Source == "" {
				t.Errorf("name: %+v", n)
			}
			if n := h["population-departement"]; len(n) != 1 || !n[0].Fill || len(n[0].Value) != 7 || !strings.Contains(n[0].Source, "INSEE") {
				t.Errorf("population: %+v", n)
			}
			if n := h["collectivite"]; len(n) != 1 || n[0].Value != "" || !strings.Contains(n[0].Text, "président de la Collectivité européenne d’Alsace") {
				t.Errorf("who heads it: %+v", n)
			}
			// Both départements, each under its name and its own figure.
			velo := texts(h["velo"])
			if !strings.Contains(velo, "(Bas-Rhin)") || !strings.Contains(velo, "(Haut-Rhin)") {
				t.Errorf("vélo: %s", velo)
			}
			covoiturage := h["covoiturage-aires.mobilisation"]
			if len(covoiturage) != 1 || covoiturage[0].Value != "engage" || covoiturage[0].Fill || !strings.Contains(covoiturage[0].Text, "Fonds vert, 932\u202f074\u00a0€") {
				t.Errorf("covoiturage: %+v", covoiturage)
			}
			if n := h["covoiturage-service.mobilisation"]; len(n) != 0 {
				t.Errorf("a row that a département is not asked: %+v", n)
			}
			// Four projects on one row: the three largest, then how many more.
			all := h["batiments-renover.mobilisation"]
			if len(all) != 4 || !strings.Contains(all[0].Text, "Herrlisheim") || all[0].Value != "engage" || all[1].Value != "" || all[3].Value != "" || !strings.Contains(all[3].Text, "Et 1\u00a0autre projet financé (900\u202f000\u00a0€).") {
				t.Errorf("buildings: %s", texts(all))
			}
		})
		t.Run("a region", func(t *testing.T) {
			h := hintsOf(t, c, nationalForm(t, d, questionnaire.Region), grandEst)
			e := h["electrique"]
			if len(e) == 0 || !strings.HasPrefix(e[0].Text, "Repère pour 2030 (Grand Est)\u00a0: ") || !strings.Contains(e[0].Text, "de moins qu’en 2019") || !strings.HasPrefix(e[0].Link, "/chiffres/panorama/2024-07/") || e[0].Class != string(figure.Reference) {
				t.Errorf("electric cars: %+v", e)
			}
			if n := h["batiments-renover.mobilisation"]; len(n) != 1 || !strings.Contains(n[0].Text, "522\u202f848\u00a0€") {
				t.Errorf("buildings: %+v", n)
			}
			if !slices.ContainsFunc(slices.Concat(values(h)...), func(x survey.Hint) bool { return strings.HasSuffix(x.Link, "/rythme") }) {
				t.Error("no series of the region is beside a lever")
			}
		})
		t.Run("a commune", func(t *testing.T) {
			form := nationalForm(t, d, questionnaire.Commune)
			h := hintsOf(t, c, form, ay)
			if n := h["population-commune"]; len(n) != 1 || n[0].Value == "0" {
				t.Errorf("population: %+v", n)
			}
			if len(h["population-departement"]) != 0 {
				t.Error("a commune is told of a question that it is not asked")
			}
			if n := h["batiments-renover.mobilisation"]; len(n) != 2 || n[0].Value != "engage" {
				t.Errorf("buildings: %+v", n)
			}
			if v := texts(h["velo"]); !strings.HasPrefix(v, "Repère pour 2030 (Aÿ-Champagne) pour «\u00a0vélo et transports en commun\u00a0»\u00a0: ") {
				t.Errorf("vélo: %s", v)
			}
			// What no key divides among communes is said of its EPCI, under its name.
			if v := texts(h["reemploi"]); !strings.HasPrefix(v, "Repère pour 2030 (CC de la Grande Vallée de la Marne)\u00a0: ") {
				t.Errorf("waste: %s", v)
			}
		})
		t.Run("a recipient outside the tree", func(t *testing.T) {
			h := hintsOf(t, c, nationalForm(t, d, questionnaire.Group), pays)
			if len(h) != 1 || h["identite-nom"][0].Value != pays.Name {
				t.Errorf("%+v", h)
			}
		})
	})
}

// A plan that Jalon follows says its state, to be confirmed.
func TestThePlanOfAnEPCIIsKnown(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, c := context.Background(), coreOn(d)
		for i, p := range []struct{ id, kind, territory, state string }{
			{"p1", "pcaet", "epci:200068112", "revising"}, {"p2", "crte", "epci:200068112", "ended"}, {"p3", "crte", "epci:200067684", "in_force"},
		} {
			if _, err := d.Exec(ctx, `INSERT INTO plan (id, rev, kind, territory, region, department, name, adopted, from_year, to_year, link, state, source)
				VALUES ($1, 1, $2, $3, '44', '67', 'Plan climat du Pays de Saverne', '2020-02-27', $4, $4, '', $5, 'observatoire')`, p.id, p.kind, p.territory, i, p.state); err != nil {
				t.Fatal(err)
			}
		}
		h := hintsOf(t, c, nationalForm(t, d, questionnaire.Group), saverne)
		if n := h["identite-pcaet"]; len(n) != 1 || n[0].Value != "revision" || !n[0].Fill || !strings.Contains(n[0].Text, "en révision, adopté le 27") || n[0].Source != "plans suivis dans Jalon\u00a0: observatoire" {
			t.Errorf("PCAET: %+v", n)
		}
		if n := h["identite-crte"]; len(n) != 0 {
			t.Errorf("a contract that has ended, or another's: %+v", n)
		}
	})
}

// What was validated in an earlier campaign comes back cell by cell, as something
// to confirm: never what an option no longer is, nor what is brought anew.
func TestTheLastValidatedAnswerComesBack(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, c := context.Background(), coreOn(d)
		form := nationalForm(t, d, questionnaire.Commune)
		seen := func(response, campaign, authority string, seq int64, doc string, at int64) {
			t.Helper()
			if _, err := d.Exec(ctx, `INSERT INTO response (id, rev, campaign_id, authority, cop_id, region, department, kind, size, capacities, metropole, counted, name, sort_key, state,
				form_version, seq, rows_asked, rows_rated, prefilled, answered, silent, reminders, reason)
				VALUES ($1, 1, $2, $3, 'cop', '44', '51', 'commune', 's3', 'commune', $5, $6, 'Aÿ', 'ay', 'validated', 1, $4, 25, 25, 0, 30, $5, 0, '')`, response, campaign, authority, seq, false, true); err != nil {
				t.Fatal(err)
			}
			if seq == 0 {
				return
			}
			if _, err := d.Exec(ctx, `INSERT INTO response_version (response_id, seq, form, form_version, packed, doc, sha256, by, at, reason) VALUES ($1, $2, 'national-2025', 1, $3, $4, '', '', $5, '')`,
				response, seq, []byte{1}, doc, at); err != nil {
				t.Fatal(err)
			}
		}
		const day = 24 * 3600 * 1000
		seen("old", "c0", ay.Authority, 1, `{"answers":[{"key":"velo-stationnement.mobilisation","value":"rien"}]}`, day)
		seen("last", "c1", ay.Authority, 2, `{"answers":[{"key":"velo-stationnement.mobilisation","value":"engage"},{"key":"velo-freins","value":"foncier norme"},
			{"key":"haies-plantation.pertinence","value":"9"},{"key":"gone.pertinence","value":"3"},{"key":"velo-commentaire","value":"ancien"},{"key":"finir-minutes","value":"20"},{"key":"identite-nom","value":"Aÿ"}]}`, 800*day)
		seen("other", "c1", "commune-51029", 1, `{"answers":[{"key":"velo-stationnement.pertinence","value":"3"}]}`, 900*day)
		seen("now", "c2", ay.Authority, 0, "", 0)
		r := ay
		r.ID, r.Campaign = "now", "c2"
		h := hintsOf(t, c, form, r)
		got := h["velo-stationnement.mobilisation"]
		if len(got) != 1 || got[0].Value != "engage" || !got[0].Fill || got[0].Source != "votre réponse validée le "+french.Date(time.UnixMilli(800*day)) || got[0].Class != string(figure.Estimated) {
			t.Errorf("%+v", got)
		}
		if n := h["velo-freins"]; len(n) != 1 || n[0].Value != "foncier norme" {
			t.Errorf("%+v", n)
		}
		for _, key := range []string{"haies-plantation.pertinence", "velo-stationnement.pertinence", "velo-commentaire", "finir-minutes", "gone.pertinence"} {
			if len(h[key]) != 0 {
				t.Errorf("%s: %+v", key, h[key])
			}
		}
		// What is known today comes before what was answered then.
		if n := h["identite-nom"]; len(n) != 2 || n[0].Value != "Aÿ-Champagne" {
			t.Errorf("%+v", n)
		}
	})
}

// The sources cost the same number of statements for a commune of 25 rows and for
// a département of 54 with its projects.
func TestPrefillCostsAsManyStatements(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := coreOn(d)
		importFunded(t, c)
		count := func(r survey.Response) int {
			q := &asked{Q: d}
			for _, source := range c.prefill() {
				if _, err := source(context.Background(), q, r, nationalForm(t, d, r.Kind)); err != nil {
					t.Fatal(err)
				}
			}
			return q.n
		}
		few, many := count(ay), count(alsace)
		if few != many || many > 4 {
			t.Errorf("%d statements for a commune, %d for a département", few, many)
		}
	})
}

// asked counts the statements that read rows.
type asked struct {
	db.Q
	n int
}

func (a *asked) Query(ctx context.Context, query string, args ...any) (*db.Rows, error) {
	a.n++
	return a.Q.Query(ctx, query, args...)
}

func (a *asked) QueryRow(ctx context.Context, query string, args ...any) *db.Row {
	a.n++
	return a.Q.QueryRow(ctx, query, args...)
}

func texts(all []survey.Hint) string {
	var out []string
	for _, h := range all {
		out = append(out, h.Text)
	}
	return strings.Join(out, "\n")
}

func values(m map[string][]survey.Hint) (out [][]survey.Hint) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// No rating comes without its source, and none but an earlier answer is filled.
func TestNoRatingIsFilledWithoutASource(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := coreOn(d)
		importFunded(t, c)
		for _, r := range []survey.Response{alsace, grandEst, ay, saverne} {
			form := nationalForm(t, d, r.Kind)
			asked := map[string]questionnaire.Cell{}
			for _, x := range form.Cells() {
				asked[x.Key] = x
			}
			for key, all := range hintsOf(t, c, form, r) {
				for _, h := range all {
					_, section := form.Section(key)
					cell, ok := asked[key]
					switch {
					case !ok && !section:
						t.Errorf("%s: a hint for %q, which is not asked", r.Authority, key)
					case h.Source == "" || h.Class == "" || h.Text == "" && !h.Fill:
						t.Errorf("%s: %s comes without its source: %+v", r.Authority, key, h)
					case h.Fill && cell.Row != "":
						t.Errorf("%s: %s is rated for them", r.Authority, key)
					case section && h.Value != "":
						t.Errorf("%s: a section %s has an answer", r.Authority, key)
					}
				}
			}
		}
	})
}

func TestRulesOfProjectsNameRowsThatAreAsked(t *testing.T) {
	rules, err := loadProjectRules(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		rows := map[string]bool{}
		for _, k := range questionnaire.Kinds() {
			for _, c := range nationalForm(t, d, k).Cells() {
				rows[c.Row] = true
			}
		}
		for _, r := range rules {
			if !rows[r.row] {
				t.Errorf("%s is no row of the national template", r.row)
			}
		}
	})
	for _, tt := range []struct {
		measure, name string
		kind          questionnaire.Kind
		want          string
	}{
		{"Ingénierie", "Modification du plan local d'urbanisme (PLU) de la commune", questionnaire.Commune, "foncier-urbanisme"},
		{"Ingénierie", "Gestion des eaux pluviales", questionnaire.Commune, ""},
		{"Ingénierie", "Ligne capillaire fret Woippy Hauconcourt - étude de pertinence économique", questionnaire.Group, ""},
		{"Rénovation énergétique des bâtiments publics locaux", "Isolation et pompes à chaleur logement communal", questionnaire.Commune, "renovation-logements"},
		{"Rénovation énergétique des bâtiments publics locaux", "Remplacement de la chaudière fioul de la mairie", questionnaire.Commune, "batiments-fioul-fin"},
		{"Rénovation énergétique des bâtiments publics locaux", "Raccordement du collège à un réseau de chaleur", questionnaire.Department, "batiments-gaz-fin"},
		{"Rénovation énergétique des bâtiments publics locaux", "Raccordement de l'école à un réseau de chaleur", questionnaire.Commune, "batiments-renover"},
		{"Recyclage foncier", "Friche Point P", questionnaire.Commune, "foncier-friches"},
		{"Recyclage foncier", "Friche Point P", questionnaire.Department, "foncier-projets"},
		{"Prévention des risques d’incendies de forêt et de végétation", "Réalisation d'un pélicandrome", questionnaire.Department, ""},
	} {
		x := prefilled{form: embeddedForm(t).Path(tt.kind), cell: map[string]questionnaire.Cell{}}
		for _, c := range x.form.Cells() {
			x.cell[c.Key] = c
		}
		got := x.financed([]survey.Project{{Programme: fondsVertProgramme, Measure: tt.measure, Name: tt.name, Year: 2023, Source: "s"}}, rules)
		switch {
		case tt.want == "" && len(got) != 0:
			t.Errorf("%s: %+v", tt.name, got)
		case tt.want != "" && (len(got) != 1 || got[0].Key != mobilised(tt.want)):
			t.Errorf("%s: %+v, want %s", tt.name, got, tt.want)
		}
	}
}

func embeddedForm(t testing.TB) (f questionnaire.Form) {
	t.Helper()
	text, err := data.FS.ReadFile("questionnaire-national.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}
