package questionnaire

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/data"
	"jalon/internal/apperr"
)

func national(t testing.TB) []byte {
	t.Helper()
	doc, err := data.FS.ReadFile("questionnaire-national.json")
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestReadTheNationalTemplate(t *testing.T) {
	f, err := Read(national(t))
	if err != nil {
		t.Fatal(err)
	}
	// What is written back is the same document.
	doc, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(doc)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(f, again); d != "" {
		t.Error(d)
	}
}

const small = `{"code":"essai","version":1,"title":"Essai","framework":"2025-03",
 "scales":[{"code":"p","label":"P","options":[{"code":"0","label":"non"},{"code":"1","label":"oui","score":1}]}],
 "sections":[
  {"id":"velo","title":"Vélo","skippable":true,"questions":[
    {"id":"mx","type":"matrix","label":"Actions","columns":["p"],"rows":[{"id":"r1","label":"Plan","step":"etude"},{"id":"r2","label":"Pistes","step":"infrastructure","for":["commune"]}]},
    {"id":"freins","type":"choices","label":"Freins","role":"obstacles","when":{"rated":"mx"},"options":[{"code":"a","label":"A"},{"code":"b","label":"B"}]}]},
  {"id":"fin","title":"Fin","when":{"key":"freins","in":["a"]},"questions":[
    {"id":"n","type":"number","label":"Combien","unit":"km","min":0,"max":100,"usual_min":1,"usual_max":50},
    {"id":"mot","type":"text","label":"Un mot","length":100}]}]}`

// Each fault is said in French, with where it is.
func TestReadSaysWhatIsWrongAndWhere(t *testing.T) {
	if _, err := Read([]byte(small)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"not JSON", `"title":"Essai",`, `"title":"Essai"`, "Ligne 1\u00a0: ce n’est pas du JSON lisible."},
		{"not JSON further on", `"mot","type"`, `"mot" "type"`, "Ligne 9\u00a0:"},
		{"nothing", small, ``, "ce n’est pas du JSON lisible"},
		{"another thing", small, `[1,2]`, "il faut un objet."},
		{"no title", `"title":"Essai",`, ``, "il manque «\u00a0title\u00a0»."},
		{"blank title", `"title":"Essai"`, `"title":"  "`, "Le questionnaire n’a pas de titre."},
		{"unknown field", `"title":"Essai"`, `"title":"Essai","titre":"x"`, "le champ «\u00a0titre\u00a0» n’existe pas ici."},
		{"bad id", `"id":"fin"`, `"id":"Fin de l’été"`, "«\u00a0Fin de l’été\u00a0» n’est pas un identifiant"},
		{"double question", `"id":"mot"`, `"id":"n"`, "Section «\u00a0fin\u00a0», question «\u00a0n\u00a0»\u00a0: cet identifiant sert déjà"},
		{"double row", `"id":"r2"`, `"id":"r1"`, "Section «\u00a0velo\u00a0», question «\u00a0mx\u00a0», ligne «\u00a0r1\u00a0»\u00a0: cet identifiant sert déjà"},
		{"double option", `{"code":"b","label":"B"}`, `{"code":"a","label":"B"}`, "option «\u00a0a\u00a0»\u00a0: ce code est deux fois"},
		{"unknown scale", `"columns":["p"]`, `"columns":["q"]`, "la colonne «\u00a0q\u00a0» n’est pas une échelle"},
		{"reserved scale", `"code":"p","label"`, `"code":"vu","label"`, "ce code est réservé"},
		{"bounds", `"max":100`, `"max":-1`, "le minimum dépasse le maximum"},
		{"usual bounds", `"usual_max":50`, `"usual_max":500`, "les bornes habituelles sortent"},
		{"bounds of a text", `"length":100`, `"length":100,"min":1`, "seul un nombre a une unité"},
		{"condition on nothing", `"key":"freins"`, `"key":"rien"`, "Section «\u00a0fin\u00a0»\u00a0: la condition attend la réponse «\u00a0rien\u00a0», qui n’existe pas."},
		{"condition on no option", `"in":["a"]`, `"in":["z"]`, "qui n’a pas cette option"},
		{"condition on no matrix", `"rated":"mx"`, `"rated":"freins"`, "la condition attend la grille «\u00a0freins\u00a0»"},
		{"cycle", `"label":"Actions"`, `"label":"Actions","when":{"key":"freins"}`, "Des conditions s’attendent l’une l’autre, ou attendent ce qu’elles cachent\u00a0: «\u00a0mx\u00a0», «\u00a0freins\u00a0»"},
		{"two conditions in one", `{"rated":"mx"}`, `{"rated":"mx","key":"n"}`, "question «\u00a0freins\u00a0», champ «\u00a0when\u00a0»\u00a0: une condition tient en un seul"},
		{"in without key", `{"rated":"mx"}`, `{"rated":"mx","in":["a"]}`, "«\u00a0in\u00a0» accompagne «\u00a0key\u00a0»."},
		{"unknown kind", `"for":["commune"]`, `"for":["canton"]`, "ligne «\u00a0r2\u00a0», type de collectivité 1\u00a0: il faut l’un de «\u00a0commune\u00a0»"},
		{"unknown step", `"step":"etude"`, `"step":"fête"`, "champ «\u00a0step\u00a0»\u00a0: il faut l’un de"},
		{"no options", `,"options":[{"code":"a","label":"A"},{"code":"b","label":"B"}]`, ``, "une question à choix a des options"},
		{"score", `"score":1`, `"score":2`, "le nombre est hors de ce qui est admis"},
		{"huge number", `"max":100`, `"max":1e999`, "un nombre y est trop grand"},
		{"NUL", `"label":"Plan"`, `"label":"Pl\u0000an"`, "ligne «\u00a0r1\u00a0», champ «\u00a0label\u00a0»\u00a0: le texte contient un caractère nul"},
		{"sum of one", `"unit":"km"`, `"sum":"parts"`, "au moins deux nombres"},
		{"255 options", `{"code":"b","label":"B"}`, strings.TrimSuffix(strings.Repeat(`{"code":"x","label":"X"},`, 255), ","), "la liste dépasse 254 éléments."},
		{"too large", small, strings.Repeat(" ", Most+1), "dépasse 2\u00a0Mo"},
		{"deep conditions", `{"rated":"mx"}`, strings.Repeat(`{"not":`, 30) + `{"rated":"mx"}` + strings.Repeat(`}`, 30), "trop imbriquée"},
		{"script", `"id":"fin"`, `"id":"<script>alert(1)</script>"`, "n’est pas un identifiant"},
	} {
		doc := strings.Replace(small, c.old, c.new, 1)
		if doc == small {
			t.Errorf("%s: nothing replaced", c.name)
			continue
		}
		_, err := Read([]byte(doc))
		var faults Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: %v, want faults", c.name, err)
			continue
		}
		all := ""
		for _, f := range faults {
			all += f.String() + "\n"
		}
		if !strings.Contains(all, c.want) {
			t.Errorf("%s: %q is not in\n%s", c.name, c.want, all)
		}
		if apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("%s: not an invalid input", c.name)
		}
	}
}

// The published file is a schema of the dialect it says, and every field of the
// document is in it.
func TestSchemaKnowsEveryField(t *testing.T) {
	if _, err := compiled(); err != nil {
		t.Fatal(err)
	}
	one := 1.0
	full := Form{Code: "r-44", Version: 2, Title: "T", Intro: "I", Framework: "x", Pace: &Pace{Row: 1, Other: 1}, Base: &Base{Code: "n", Version: 1, Changes: []string{"c"}},
		Scales: []Scale{{Code: "p", Label: "P", Help: "H", Options: []Option{{Code: "a", Label: "A", Score: &one}}}},
		Sections: []Section{{ID: "s", Title: "S", Help: "H", Theme: "t", Lever: "l", Skippable: true, For: Kinds(), When: &Condition{All: []Condition{{Any: []Condition{{Key: "b", In: []string{"a"}}}}, {Not: &Condition{Key: "b"}}}},
			Questions: []Question{{ID: "m", Type: Matrix, Label: "M", Help: "H", For: Kinds(), When: &Condition{Key: "b"}, Required: true, Columns: []string{"p"}, Rows: []Row{{ID: "r", Label: "R", Help: "H", Step: Study, For: Kinds()}}},
				{ID: "c", Type: Choices, Label: "C", Role: RoleNeeds, Options: []Option{{Code: "a", Label: "A"}}, When: &Condition{Rated: "m"}},
				{ID: "n1", Type: Number, Label: "N", Unit: "%", Min: &one, Max: &one, UsualMin: &one, UsualMax: &one, Sum: "g"}, {ID: "n2", Type: Number, Label: "N", Sum: "g"}, {ID: "t", Type: Text, Label: "T", Length: 3}}},
			{ID: "s2", Title: "S", Questions: []Question{{ID: "b", Type: Choice, Label: "B", Options: []Option{{Code: "a", Label: "A"}}}}}}}
	if err := Validate(full); err != nil {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	if doc, err := os.ReadFile("../../data/questionnaire-national.json"); err == nil {
		f.Add(doc)
	}
	f.Add([]byte(`{"code":"x","version":1,"title":"x","framework":"x","scales":[],"sections":[{"id":"s","title":"s","when":{"not":{"key":"q"}},"questions":[{"id":"q","type":"sheet","label":"q"}]}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		form, err := Read(doc)
		if err != nil {
			var faults Faults
			if !errors.As(err, &faults) || len(faults) == 0 || len(faults) > MostFaults || faults.Error() == "" {
				t.Fatalf("%v is no list of faults", err)
			}
			return
		}
		// What was read can be kept, read again, evaluated and walked.
		again, err := json.Marshal(form)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(again); err != nil {
			t.Fatalf("read once, refused twice: %v\n%s", err, again)
		}
		for _, k := range Kinds() {
			p := form.Path(k)
			p.Progress(Answers{})
			p.Pack(Slots{}, Answers{})
		}
		for _, c := range form.Cells() {
			if got, ok := form.Cell(c.Key); !ok || got.Key != c.Key {
				t.Fatalf("cell %q is not found", c.Key)
			}
		}
	})
}
