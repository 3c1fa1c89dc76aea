package questionnaire

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jalon/internal/apperr"
)

func ptr(v float64) *float64 { return &v }

func TestCheck(t *testing.T) {
	f := Form{Sections: []Section{{ID: "s", Skippable: true, Questions: []Question{
		{ID: "n", Type: Number, Unit: "km", Min: ptr(0), Max: ptr(10_000), UsualMin: ptr(1), UsualMax: ptr(500)},
		{ID: "d", Type: Date}, {ID: "t", Type: Text, Length: 10}, {ID: "free", Type: Text},
		{ID: "c", Type: Choice, Options: []Option{{Code: "engage", Label: "Engagé"}, {Code: "rien", Label: "rien d’engagé"}}},
		{ID: "cs", Type: Choices, Options: []Option{{Code: "a", Label: "A"}, {Code: "b", Label: "B"}}},
		{ID: "f", Type: File}, {ID: "sh", Type: Sheet},
	}}}}
	sha := strings.Repeat("a1", 32)
	for _, c := range []struct{ key, text, want, warning, err string }{
		{"n", "12,5", "12.5", "", ""},
		{"n", "12.5 km", "12.5", "", ""},
		{"n", " 1\u202f234,50 ", "1234.5", "Inhabituel\u00a0: d’ordinaire de 1 à 500\u00a0km. Confirmez 1\u202f234,5\u00a0km, ou corrigez.", ""},
		{"n", "0", "0", "Inhabituel\u00a0: d’ordinaire de 1 à 500\u00a0km. Confirmez 0\u00a0km, ou corrigez.", ""},
		{"n", "−1", "", "", "−1\u00a0km est hors des bornes admises\u00a0: de 0 à 10\u202f000\u00a0km."},
		{"n", "1.234,5", "", "", "se lit de deux façons"},
		{"n", "douze", "", "", "n’est pas un nombre"},
		{"n", "1e3", "", "", "n’est pas un nombre"},
		{"n", "NaN", "", "", "n’est pas un nombre"},
		{"n", "9999999999999999999", "", "", "trop grand"},
		{"n", "", "", "", ""},
		{"d", "2026-11-26", "2026-11-26", "", ""},
		{"d", "26/11/2026", "2026-11-26", "", ""},
		{"d", "31/02/2026", "", "", "n’est pas une date"},
		{"d", "0001-01-01", "", "", "n’est pas une date"},
		{"t", "  un\r\nmot ", "un\nmot", "", ""},
		{"t", "onze lettres", "", "", "12 caractères, 10 au plus"},
		{"free", strings.Repeat("é", 4001), "", "", "4\u202f001 caractères, 4\u202f000 au plus"},
		{"free", strings.Repeat("x", 1<<20), "", "", "Il n’a pas été enregistré"},
		{"free", "<script>alert(1)</script>", "<script>alert(1)</script>", "", ""}, // kept as it was written, escaped where it is drawn
		{"free", "a\x00b", "", "", "un caractère qui ne se garde pas"},
		{"free", "\xff", "", "", "un caractère qui ne se garde pas"},
		{"c", "rien", "rien", "", ""},
		{"c", "Rien d’engagé", "rien", "", ""},
		{"c", "autre", "", "", "n’est pas une des réponses possibles"},
		{"cs", "b  a b", "a b", "", ""},
		{"cs", "a z", "", "", "«\u00a0z\u00a0» n’est pas"},
		{"s.sans-objet", "oui", "oui", "", ""},
		{"s.vu", "oui", "oui", "", ""},
		{"f", sha + " délibération 2026.pdf", sha + " délibération 2026.pdf", "", ""},
		{"f", sha + " ../../etc/passwd", "", "", "n’a pas été reçu"},
		{"sh", `{"title":"Piste","budget":12000}`, `{"title":"Piste","budget":12000}`, "", ""},
		{"sh", `{}`, "", "", ""},
		{"sh", `{"summary":"sans titre"}`, "", "", "Donnez un titre"},
		{"sh", `{"title":"x","autre":1}`, "", "", "ne peut pas être lue"},
		{"sh", `{"title":"x","starts":"2028","ends":"2026-05"}`, "", "", "La fin vient avant le début"},
		{"sh", `{"title":"x","link":"javascript:alert(1)"}`, "", "", "commence par https://"},
	} {
		cell, ok := f.Cell(c.key)
		if !ok {
			t.Fatalf("no cell %q", c.key)
		}
		got, warning, err := Check(f, cell, c.text)
		if c.err != "" {
			if err == nil || !strings.Contains(apperr.Message(err), c.err) || apperr.KindOf(err) != apperr.Invalid {
				t.Errorf("%s %.40q: %v, want %q", c.key, c.text, err, c.err)
			}
			continue
		}
		if err != nil || got != c.want || warning != c.warning {
			t.Errorf("%s %.40q: %q, %q, %v; want %q, %q", c.key, c.text, got, warning, err, c.want, c.warning)
		}
	}
}

// What Check keeps, it keeps again unchanged.
func TestCheckIsCanonical(t *testing.T) {
	f, err := Read([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	cells := f.Cells()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(cells).Draw(t, "cell")
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`-?[0-9]{1,3}([ ,.][0-9]{1,3})?`), rapid.SampledFrom([]string{"a b", "b a", "0", "1", "oui"})).Draw(t, "text")
		first, _, err := Check(f, c, text)
		if err != nil {
			return
		}
		again, _, err := Check(f, c, first)
		if err != nil || again != first {
			t.Fatalf("%q, then %q (%v)", first, again, err)
		}
	})
}

func TestMakeSheet(t *testing.T) {
	got, err := MakeSheet(map[string]string{"title": " Piste ", "budget": "1 200 000", "quantity": "12,5", "unit": "km", "starts": "2026", "ends": "2027-06"})
	if want := `{"title":"Piste","starts":"2026","ends":"2027-06","budget":1200000,"quantity":12.5,"unit":"km"}`; err != nil || got != want {
		t.Errorf("%s, %v", got, err)
	}
	s, err := ReadSheet(got)
	if err != nil || s.Title != "Piste" || *s.Budget != 1_200_000 {
		t.Errorf("%+v, %v", s, err)
	}
	if got, err := MakeSheet(map[string]string{"title": " "}); got != "" || err != nil {
		t.Errorf("an empty sheet gives %q, %v", got, err)
	}
	_, err = MakeSheet(map[string]string{"title": "x", "budget": "environ 3 M€"})
	var f *SheetFault
	if !errors.As(err, &f) || f.Field != "budget" {
		t.Errorf("%v", err)
	}
}

func TestCheckSums(t *testing.T) {
	f := Form{Sections: []Section{{ID: "s", Questions: []Question{{ID: "a", Type: Number, Sum: "p"}, {ID: "b", Type: Number, Sum: "p"}, {ID: "c", Type: Number, Sum: "p", When: &Condition{Key: "t"}}, {ID: "t", Type: Text}}}}}
	for _, c := range []struct {
		a     Answers
		wrong bool
	}{
		{nil, false}, {Answers{"a": "60"}, false}, {Answers{"a": "60", "b": "40"}, false}, {Answers{"a": "33.3", "b": "66.6"}, false},
		{Answers{"a": "60", "b": "30"}, true}, {Answers{"a": "120"}, true},
		{Answers{"a": "60", "b": "30", "c": "10"}, true}, // c is not asked
		{Answers{"a": "60", "b": "30", "c": "10", "t": "x"}, false}, {Answers{"a": "60", "b": "30", "t": "x"}, false},
	} {
		if got := CheckSums(f, c.a); len(got) > 0 != c.wrong {
			t.Errorf("%v: %+v", c.a, got)
		}
	}
	got := CheckSums(f, Answers{"a": "60", "b": "30"})
	if d := cmp.Diff([]SumFault{{Group: "p", Message: "Ces nombres font 90 ensemble\u00a0: il faut 100.", Keys: []string{"a", "b"}, Total: 90, Whole: true}}, got); d != "" {
		t.Error(d)
	}
}
