package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/questionnaire"
)

// The page evaluates conditions as the server does: one table of cases for both.
func TestConditionsInTheBrowser(t *testing.T) {
	raw, err := os.ReadFile("../internal/questionnaire/testdata/conditions.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name    string
		Form    questionnaire.Form
		Answers questionnaire.Answers
		Steps   []struct {
			Set   questionnaire.Answers
			Shown []string
		}
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	a := Start(t)
	p := signIn(t, a, "conditions@exemple.fr", "national_admin", "nation")
	p.Visit("/national/questionnaires/national-2025?apercu=commune")
	for _, c := range cases {
		spec, err := json.Marshal(c.Form.Spec(nil))
		if err != nil {
			t.Fatal(err)
		}
		answers, err := json.Marshal(c.Answers)
		if err != nil {
			t.Fatal(err)
		}
		steps, err := json.Marshal(c.Steps)
		if err != nil {
			t.Fatal(err)
		}
		got := Eval[[][]string](p, fmt.Sprintf(`(() => { const e = questionnaire(%s, %s); return %s.map((s) => { for (const [k, v] of Object.entries(s.Set || {})) e.set(k, v); return e.visible(); }); })()`, spec, answers, steps))
		for i, s := range c.Steps {
			if d := cmp.Diff(s.Shown, got[i]); d != "" {
				t.Errorf("%s, step %d:\n%s", c.Name, i, d)
			}
		}
	}
}

// wide is a form of 800 questions, 700 of which wait for a row of a grid.
func wide() questionnaire.Form {
	f := questionnaire.Form{Code: "grand", Version: 1, Title: "Huit cents questions", Framework: "2025-03",
		Scales: []questionnaire.Scale{{Code: "p", Label: "Pertinence", Options: []questionnaire.Option{{Code: "non", Label: "non"}, {Code: "oui", Label: "oui"}}}}}
	for i := range 800 {
		if i%20 == 0 {
			f.Sections = append(f.Sections, questionnaire.Section{ID: "s" + strconv.Itoa(i), Title: "Section " + strconv.Itoa(i/20+1), Skippable: true})
		}
		s := &f.Sections[len(f.Sections)-1]
		q := questionnaire.Question{ID: "q" + strconv.Itoa(i), Label: "Question " + strconv.Itoa(i), Type: questionnaire.Text}
		switch {
		case i%8 == 0:
			q.Type, q.Columns, q.Rows = questionnaire.Matrix, []string{"p"}, []questionnaire.Row{{ID: "r" + strconv.Itoa(i), Label: "Action " + strconv.Itoa(i), Step: questionnaire.Study}}
		case i == 1:
			// what everything would wait for
		default:
			q.When = &questionnaire.Condition{Rated: "q" + strconv.Itoa(i/8*8)}
		}
		s.Questions = append(s.Questions, q)
	}
	return f
}

// A keystroke in a page of 800 questions judges what depends on it and no more;
// the time that it takes is told, not held to.
func TestKeystrokeInAPageOf800Questions(t *testing.T) {
	a := Start(t)
	p := signIn(t, a, "grand@exemple.fr", "team", "region:94")
	doc, err := json.Marshal(wide())
	if err != nil {
		t.Fatal(err)
	}
	base := "/regions/corse/bureau/questionnaire/modele"
	p.Visit(base)
	p.Follow("#creer button")
	Eval[bool](p, `(() => { const d = new DataTransfer(); d.items.add(new File([`+strconv.Quote(string(doc))+`], "grand.json", {type: "application/json"}));
		document.querySelector("#importer details").open = true; document.querySelector("#fichier").files = d.files; return true; })()`)
	p.Follow(`#importer button[value="import"]`)
	p.Visit(base + "?apercu=epci")
	if n := p.Count("[data-question]"); n != 800 {
		t.Fatalf("%d questions on the page", n)
	}
	type keystroke struct {
		Evaluated, Shown, Hidden int
		Took                     float64
	}
	press := func(css string) keystroke {
		t.Helper()
		return Eval[keystroke](p, `(() => {
			const el = document.querySelector("`+css+`"), form = el.form;
			let out = {Evaluated: 0, Shown: 0, Hidden: 0};
			const listen = (e) => { out.Evaluated += e.detail.evaluated; out.Shown += e.detail.shown.length; out.Hidden += e.detail.hidden.length; };
			form.addEventListener("questionnaire", listen);
			const t0 = performance.now();
			el.type === "radio" || el.type === "checkbox" ? el.click() : (el.value += "x", el.dispatchEvent(new Event("input", {bubbles: true})));
			document.body.offsetHeight;
			out.Took = performance.now() - t0;
			form.removeEventListener("questionnaire", listen);
			return out;
		})()`)
	}
	for _, c := range []struct {
		css                      string
		evaluated, shown, hidden int
	}{
		{`[name=\"q1\"]`, 0, 0, 0},              // nothing waits for it
		{`[name=\"r8.p\"][value=oui]`, 7, 7, 0}, // seven questions wait for the grid
		{`[name=\"r8.p\"][value=non]`, 7, 0, 0}, // it is rated still
		{`[name=\"q9\"]`, 0, 0, 0},              // typing in what was shown
		{`[name=\"s0.sans-objet\"]`, 4, 0, 11},  // a section is skipped: what was asked in it goes
		{`[name=\"s0.sans-objet\"]`, 20, 11, 0}, // and comes back
	} {
		k := press(c.css)
		t.Logf("%s: %d conditions, %d shown, %d hidden, %.1f ms with layout", c.css, k.Evaluated, k.Shown, k.Hidden, k.Took)
		if k.Evaluated != c.evaluated || k.Shown != c.shown || k.Hidden != c.hidden {
			t.Errorf("%s: %+v, want %d conditions, %d shown, %d hidden", c.css, k, c.evaluated, c.shown, c.hidden)
		}
	}
	if n := Eval[int](p, `document.querySelectorAll("[data-question]:not([hidden])").length`); n != 101+7 {
		t.Errorf("%d questions are shown, want 108", n)
	}
}

// The nation writes the questionnaire: it edits a row beside its preview, two
// people write at once, it publishes, anyone reads what changed. A region makes
// its variant. With and without script, on paper and narrow.
func TestQuestionnaireIsWrittenAndPublished(t *testing.T) {
	a := Start(t)
	p := signIn(t, a, "ecrit@exemple.fr", "national_admin", "nation")
	base := "/national/questionnaires/national-2025"
	p.Visit(base)
	both(p)
	p.Visit(base + "/sections/velo")
	both(p)
	row := Eval[string](p, `document.querySelector('#questions a[href*="ligne="]').getAttribute("href")`)
	p.Visit(row)
	both(p)
	was := Eval[string](p, `document.querySelector("#modifier #label").value`)
	// The preview follows what is typed, and nothing is kept.
	p.Fill("#modifier #label", "Adopter un plan vélo à vingt ans")
	p.Until(`document.querySelector("#apercu-corps").textContent.includes("Adopter un plan vélo à vingt ans")`)
	p.Axe()
	// A rating shows what waits for it.
	before := Eval[int](p, `document.querySelectorAll("#apercu [data-question]:not([hidden])").length`)
	Eval[bool](p, `(document.querySelector("#apercu .answer-row input").click(), true)`)
	if after := Eval[int](p, `document.querySelectorAll("#apercu [data-question]:not([hidden])").length`); after <= before {
		t.Errorf("%d questions are shown before a row is rated, %d after", before, after)
	}
	p.Follow(`#modifier button[value="save"]`)
	both(p)
	if text := p.Text("#questions"); !strings.Contains(text, "à vingt ans") {
		t.Fatalf("the row is not saved: %s", text)
	}

	// Somebody writes the same row from an older page: both are shown, nothing is lost.
	p.Visit(row)
	rev := Eval[string](p, `document.querySelector("#modifier [name=rev]").value`)
	p.Fill("#modifier #label", "Première écriture")
	p.Follow(`#modifier button[value="save"]`)
	p.Visit(row)
	Eval[bool](p, `(document.querySelector("#modifier [name=rev]").value = "`+rev+`", true)`)
	p.Fill("#modifier #label", "Seconde écriture")
	p.Expect("409")
	p.Follow(`#modifier button[value="save"]`)
	both(p)
	if text := p.Text("#deux-versions"); !strings.Contains(text, "Première écriture") || !strings.Contains(text, "Seconde écriture") {
		t.Errorf("the conflict shows %q", text)
	}
	if v := Eval[string](p, `document.querySelector("#modifier #label").value`); v != "Seconde écriture" {
		t.Errorf("what was typed is lost: %q", v)
	}
	// Without script a button shows the preview of what is typed.
	p.NoScript()
	p.Follow(`#modifier button[value="preview"]`)
	if text := p.Text("#apercu-corps"); !strings.Contains(text, "Seconde écriture") {
		t.Error("the preview without script does not show what is typed")
	}
	p.Follow(`#modifier button[value="save"]`)
	p.Script()

	p.Visit(base)
	both(p)
	p.Fill("#publier #reason", "Une ligne est reformulée.")
	p.Follow(`#publier button[value="publish"]`)
	p.Visit("/questionnaires/national-2025/versions/1..2")
	both(p)
	if text := p.Text("#changements"); !strings.Contains(text, "Seconde écriture") || !strings.Contains(text, was) {
		t.Errorf("the comparison says %q", text)
	}
	for _, path := range []string{"/questionnaires", "/questionnaires/national-2025", "/questionnaires/national-2025?type=commune&version=1"} {
		p.Visit(path)
		both(p)
	}

	team := signIn(t, a, "variante@exemple.fr", "team", "region:44")
	desk := "/regions/grand-est/bureau/questionnaire/modele"
	team.Visit(desk)
	both(team)
	team.Follow(`#creer button`)
	both(team)
	team.Visit(desk + "/sections/velo")
	Eval[bool](team, `(document.querySelector("#ajouter-velo-actions details").open = true, true)`)
	team.Fill("#ligne-velo-actions-label", "Longer le canal de la Marne au Rhin")
	team.Follow("#ajouter-velo-actions button")
	both(team)
	team.Visit(desk)
	both(team)
	if text := team.Text("#parcours"); !strings.Contains(text, "trop de lignes") {
		t.Errorf("a row too many goes unsaid: %s", text)
	}
	team.Fill("#publier #reason", "Le canal traverse la région.")
	team.Follow(`#publier button[value="publish"]`)
	team.Visit("/questionnaires/national-2025-44?type=epci")
	both(team)
	if text := team.Text("#variante"); !strings.Contains(text, "Le canal traverse la région.") || !strings.Contains(text, "Longer le canal") {
		t.Errorf("the variant says %q", text)
	}
}
