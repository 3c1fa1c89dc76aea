package questionnaire

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func smallForm(t testing.TB) Form {
	t.Helper()
	f, err := Read([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestDiffInFrench(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(f *Form)
		want   []string
	}{
		{"nothing", func(*Form) {}, nil},
		{"a row is added", func(f *Form) {
			q := &f.Sections[0].Questions[0]
			q.Rows = append(q.Rows, Row{ID: "r3", Label: "Stationnement", Step: Study})
		}, []string{"La ligne «\u00a0Stationnement\u00a0» est ajoutée à «\u00a0Vélo\u00a0»."}},
		{"a row goes", func(f *Form) { f.Sections[0].Questions[0].Rows = f.Sections[0].Questions[0].Rows[1:] }, []string{"La ligne «\u00a0Plan\u00a0» est retirée de «\u00a0Vélo\u00a0»."}},
		{"rows change places", func(f *Form) { slices.Reverse(f.Sections[0].Questions[0].Rows) }, []string{"La ligne «\u00a0Pistes\u00a0» change de place dans «\u00a0Vélo\u00a0»."}},
		{"a row is reworded", func(f *Form) { f.Sections[0].Questions[0].Rows[0].Label = "Plan vélo" }, []string{"Une ligne de «\u00a0Vélo\u00a0» change\u00a0: «\u00a0Plan\u00a0» devient «\u00a0Plan vélo\u00a0»."}},
		{"kinds", func(f *Form) { f.Sections[0].Questions[0].Rows[0].For = []Kind{Department, Commune} }, []string{"La ligne «\u00a0Plan\u00a0» était posée à toutes les collectivités\u00a0; elle l’est maintenant à la commune et au département."}},
		{"bounds", func(f *Form) { f.Sections[1].Questions[0].Max = ptr(200) }, []string{"La question «\u00a0Combien\u00a0» change de bornes\u00a0: de 0 à 200 (de 0 à 100 auparavant)."}},
		{"options", func(f *Form) {
			f.Sections[0].Questions[1].Options = append(f.Sections[0].Questions[1].Options, Option{Code: "c", Label: "C"})
		}, []string{"La question «\u00a0Freins\u00a0» gagne la réponse «\u00a0C\u00a0»."}},
		{"sections change places", func(f *Form) { slices.Reverse(f.Sections) }, []string{"La section «\u00a0Fin\u00a0» change de place."}},
		{"a question moves", func(f *Form) {
			f.Sections[0].Questions = append(f.Sections[0].Questions, f.Sections[1].Questions[1])
			f.Sections[1].Questions = f.Sections[1].Questions[:1]
		}, []string{"La question «\u00a0Un mot\u00a0» passe de «\u00a0Fin\u00a0» à «\u00a0Vélo\u00a0»."}},
		{"a condition", func(f *Form) { f.Sections[1].When = nil }, []string{"La section «\u00a0Fin\u00a0» n’est plus posée dans les mêmes cas."}},
		{"a help", func(f *Form) { f.Sections[1].Help = "Aide" }, []string{"L’aide de la section «\u00a0Fin\u00a0» est ajoutée\u00a0: «\u00a0Aide\u00a0»."}},
	} {
		f := smallForm(t)
		c.change(&f)
		var got []string
		for _, x := range Diff(smallForm(t), f) {
			got = append(got, x.Text)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s:\n%s", c.name, d)
		}
	}
}

// Nothing differs from itself, whatever the form; what is added one way is removed
// the other way.
func TestDiffBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Custom(anyForm).Draw(t, "a"), rapid.Custom(anyForm).Draw(t, "b")
		if got := Diff(a, a); len(got) > 0 {
			t.Fatalf("%+v", got)
		}
		count := func(list []Change, k ChangeKind, what string) (n int) {
			for _, c := range list {
				if c.Kind == k && c.What == what {
					n++
				}
			}
			return n
		}
		there, back := Diff(a, b), Diff(b, a)
		for _, what := range []string{"section", "question", "ligne"} {
			if count(there, Added, what) != count(back, Removed, what) || count(there, Moved, what) != count(back, Moved, what) {
				t.Fatalf("%s:\n%+v\n%+v", what, there, back)
			}
		}
	})
}

func TestCompatible(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(f *Form)
		refused bool
		want    string
	}{
		{"an option at the end", func(f *Form) { f.Scales[0].Options = append(f.Scales[0].Options, Option{Code: "2", Label: "x"}) }, false, ""},
		{"an option renamed", func(f *Form) { f.Scales[0].Options[0].Label = "jamais" }, false, ""},
		{"a scale is reordered", func(f *Form) { slices.Reverse(f.Scales[0].Options) }, true, "L’échelle «\u00a0P\u00a0» perd une réponse"},
		{"an option goes", func(f *Form) { f.Sections[0].Questions[1].Options = f.Sections[0].Questions[1].Options[1:] }, true, "La question «\u00a0Freins\u00a0» perd"},
		{"an option comes first", func(f *Form) {
			f.Sections[0].Questions[1].Options = append([]Option{{Code: "z", Label: "Z"}}, f.Sections[0].Questions[1].Options...)
		}, true, "change l’ordre"},
		{"another type", func(f *Form) { f.Sections[1].Questions[1].Type = Date }, true, "change de type"},
		{"another unit", func(f *Form) { f.Sections[1].Questions[0].Unit = "m" }, true, "change d’unité"},
		{"narrower bounds", func(f *Form) { f.Sections[1].Questions[0].Max = ptr(60) }, false, "bornes plus étroites"},
		{"wider bounds", func(f *Form) { f.Sections[1].Questions[0].Max = nil }, false, ""},
		{"a row goes", func(f *Form) { f.Sections[0].Questions[0].Rows = f.Sections[0].Questions[0].Rows[:1] }, false, "La ligne «\u00a0Pistes\u00a0» n’est plus demandée (commune)"},
		{"a row goes for one kind", func(f *Form) { f.Sections[0].Questions[0].Rows[0].For = []Kind{Group, Department, Region} }, false, "La ligne «\u00a0Plan\u00a0» n’est plus demandée (commune)"},
		{"a row is reworded", func(f *Form) { f.Sections[0].Questions[0].Rows[0].Label = "Autre" }, false, "vérifiez qu’elle désigne la même action"},
		{"a row is added", func(f *Form) {
			f.Sections[0].Questions[0].Rows = append(f.Sections[0].Questions[0].Rows, Row{ID: "r9", Label: "x", Step: Study})
		}, false, ""},
	} {
		f := smallForm(t)
		c.change(&f)
		got := Compatible(smallForm(t), f)
		text := ""
		for _, e := range got {
			text += e.Message + "\n"
		}
		if (len(Refusals(got)) > 0) != c.refused || c.want == "" && len(got) > 0 || !strings.Contains(text, c.want) {
			t.Errorf("%s: refused %v, %q", c.name, len(Refusals(got)) > 0, text)
		}
	}
}

func TestVariant(t *testing.T) {
	base := smallForm(t)
	v := Variant(base, "essai-44")
	q := &v.Sections[0].Questions[0]
	q.Rows = append(slices.Clone(q.Rows), Row{ID: "r44-canal", Label: "Piste du canal", Step: Infrastructure})
	v = Vary(base, v, "Le canal traverse la région.")
	if err := Validate(v); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(&Base{Code: "essai", Version: 1, Changes: []string{"Le canal traverse la région.", "La ligne «\u00a0Piste du canal\u00a0» est ajoutée à «\u00a0Vélo\u00a0»."}}, v.Base); d != "" {
		t.Error(d)
	}
	if f := VariantFaults(base, v, "44"); len(f) > 0 {
		t.Error(f)
	}
	if f := VariantFaults(base, v, "27"); len(f) != 1 || !strings.Contains(f.Error(), "commence par «\u00a0r27-\u00a0»") {
		t.Error(f)
	}
	if f := NationalFaults(v); len(f) != 1 {
		t.Errorf("a national template with a region's id: %v", f)
	}
	worth := Variant(smallForm(t), "essai-44")
	worth.Scales[0].Options[1].Score = ptr(0.2)
	if f := VariantFaults(base, worth, "44"); len(f) != 1 || !strings.Contains(f.Error(), "la même dans toutes les régions") {
		t.Error(f)
	}
	if len(base.Sections[0].Questions[0].Rows) != 2 {
		t.Error("the template was changed")
	}
}
