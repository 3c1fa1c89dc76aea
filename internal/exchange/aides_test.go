package exchange_test

import (
	"strings"
	"testing"

	"jalon/internal/exchange"
	"jalon/internal/support/aid"
)

// oneAid is an aid as the documented controller of the API gives it.
const oneAid = `{"id":165123,"slug":"planter-des-haies-2026","url":"/aides/planter-des-haies-2026/","name":"Planter des haies","name_initial":"AAP Haies 2026","short_title":null,
"financers":["Région Grand Est"],"financers_full":[{"id":12,"name":"Région Grand Est","logo":null}],"instructors":[],"instructors_full":[],"programs":["Pacte en faveur de la haie"],
"description":"<p>Pour <strong>planter</strong> des haies&nbsp;:</p><ul><li>étude</li><li>travaux</li></ul><script>alert(1)</script><a href=\"javascript:alert(1)\">ici</a> <a href=\"https://exemple.fr/a_(b)\">là</a>",
"eligibility":"Les EPCI","perimeter":"Grand Est","perimeter_scale":"Région","mobilization_steps":["Réflexion / conception","Mise en œuvre / réalisation"],"origin_url":"https://exemple.fr/haies","categories":["Nature / environnement / Biodiversité"],
"is_call_for_project":true,"application_url":"javascript:alert(1)","targeted_audiences":["Intercommunalités / Pays","Agriculteurs"],"aid_types":["Subvention","Ingénierie technique"],"aid_types_full":[],"is_charged":false,
"destinations":["Dépenses d’investissement"],"start_date":"2026-01-05","predeposit_date":null,"submission_deadline":"2026-06-30","subvention_rate_lower_bound":40,"subvention_rate_upper_bound":80,"subvention_comment":null,
"loan_amount":null,"recoverable_advance_amount":null,"contact":"<p>haies@grandest.fr</p>","recurrence":"Récurrente","project_examples":null,"date_created":"2025-12-01T10:00:00+01:00","date_updated":"2026-01-02T10:00:00+01:00","project_references":[],"european_aid":null,"is_live":true}`

func readAids(t *testing.T, name, text string) (out []aid.Raw, fault error) {
	t.Helper()
	rows, done, err := exchange.ReadAids(name, strings.NewReader(text), nil, exchange.Options{})
	if err != nil {
		return nil, err
	}
	for r, err := range rows {
		if err != nil {
			return out, err
		}
		out = append(out, r)
	}
	if err := done(); err != nil {
		t.Fatal(err)
	}
	return out, nil
}

// The three shapes of a file of aids, and a table, give the same aid.
func TestReadAidsInEachShape(t *testing.T) {
	for name, text := range map[string]string{"liste.json": "[" + oneAid + "]", "api.json": `{"count":1,"previous":null,"next":null,"results":[` + oneAid + `]}`, "lignes.jsonl": strings.ReplaceAll(oneAid, "\n", "") + "\n"} {
		got, err := readAids(t, name, text)
		if err != nil || len(got) != 1 || got[0].Err != nil {
			t.Fatalf("%s: %+v %v", name, got, err)
		}
		r := got[0]
		if r.ID != "165123" || r.Financers[0] != "Région Grand Est" || *r.RateMax != 80 || r.Deadline != "2026-06-30" || !r.Call || r.Charged || r.Loan != nil || len(r.Steps) != 2 {
			t.Errorf("%s: %+v", name, r)
		}
		want := "Pour planter des haies\u00a0:\n\n- étude\n- travaux\n\nici [là](https://exemple.fr/a_%28b%29)"
		if r.Description != want {
			t.Errorf("%s: description %q", name, r.Description)
		}
	}
	table := "id;name;financers;aid_types;targeted_audiences;submission_deadline;subvention_rate_upper_bound;is_call_for_project\n7;Planter;Région Grand Est|ADEME;Subvention;Communes|Agriculteurs;2026-06-30;80;oui\n8;Sans date;ADEME;Prêt;;30 juin;;\n"
	got, err := readAids(t, "aides.csv", table)
	if err != nil || len(got) != 2 || len(got[0].Financers) != 2 || got[0].Audiences[1] != "Agriculteurs" || !got[0].Call || got[1].Err == nil {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := readAids(t, "autre.csv", "titre;porteur\nA;B\n"); err == nil || !strings.Contains(err.Error(), "titre") {
		t.Errorf("columns that nobody knows are guessed: %v", err)
	}
}

// What is no list of aids ends the reading; what is wrong in one is its own verdict.
func TestReadAidsThatAreNonsense(t *testing.T) {
	for name, text := range map[string]string{"page.json": "<!DOCTYPE html><html><body>502</body></html>", "vide.json": "", "nombre.json": "42", "coupe.json": "[" + oneAid + ",{\"id\":", "liste.json": `{"count":2,"results":"non"}`, "ouverte.json": "[" + oneAid} {
		if got, err := readAids(t, name, text); err == nil {
			t.Errorf("%s: read as %+v", name, got)
		}
	}
	var b strings.Builder
	b.WriteString("[")
	wrong := []string{`12`, `null`, `"texte"`, `{"id":1,"name":{"a":1}}`, `{"id":1,"name":"x","aid_types":[1,2]}`, `{"id":1,"name":"x","submission_deadline":"demain"}`, `{"id":1,"name":"x","subvention_rate_upper_bound":"beaucoup"}`,
		`{"id":1,"name":"x","loan_amount":-4}`, `{"id":1,"name":"x","is_charged":"peut-être"}`, `{"id":[1],"name":"x"}`}
	b.WriteString(strings.Join(wrong, ","))
	b.WriteString("," + oneAid + "]")
	got, err := readAids(t, "melange.json", b.String())
	if err != nil || len(got) != len(wrong)+1 {
		t.Fatalf("%d rows, %v", len(got), err)
	}
	for i, r := range got[:len(wrong)] {
		if r.Err == nil || r.Line != i+1 {
			t.Errorf("line %d %s: %v", r.Line, wrong[i], r.Err)
		}
	}
	if got[len(wrong)].Err != nil {
		t.Error(got[len(wrong)].Err)
	}
}

func FuzzMarkdownOf(f *testing.F) {
	f.Add("<p>a <b>b</b></p><script>x</script><a href='javascript:1'>c</a>")
	f.Add("<a href=https://x.fr>un <a href=>deux</a></a></a><ul><li>&lt;img onerror=1&gt;")
	f.Fuzz(func(t *testing.T, text string) {
		got := strings.NewReplacer(`\\`, "", `\<`, "", `\>`, "").Replace(exchange.MarkdownOf(text))
		if strings.ContainsAny(got, "<>") || strings.Contains(strings.ToLower(got), "](javascript") {
			t.Errorf("%q gives %q", text, got)
		}
	})
}

func BenchmarkReadAids(b *testing.B) {
	text := "[" + strings.Repeat(oneAid+",", 999) + oneAid + "]"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		rows, _, err := exchange.ReadAids("a.json", strings.NewReader(text), nil, exchange.Options{})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, err := range rows {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 1000 {
			b.Fatal(n)
		}
	}
}
