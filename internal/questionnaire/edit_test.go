package questionnaire

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jalon/internal/apperr"
)

func TestEdits(t *testing.T) {
	row := Row{ID: "r3", Label: "Nouvelle", Step: Study}
	for _, c := range []struct {
		e    Edit
		want []string // what Diff says
		err  string
	}{
		{e: Edit{What: "row", Do: "add", Question: "mx", Line: row}, want: []string{"La ligne «\u00a0Nouvelle\u00a0» est ajoutée à «\u00a0Vélo\u00a0»."}},
		{e: Edit{What: "row", Do: "add", Question: "mx", Line: Row{ID: "fin", Label: "x", Step: Study}}, err: "sert déjà"},
		{e: Edit{What: "row", Do: "add", Question: "rien", Line: row}, err: "n’est plus dans le questionnaire"},
		{e: Edit{What: "row", Do: "save", Row: "r1", Line: Row{ID: "autre", Label: "Plan vélo", Step: Study}}, want: []string{"Une ligne de «\u00a0Vélo\u00a0» change\u00a0: «\u00a0Plan\u00a0» devient «\u00a0Plan vélo\u00a0»."}},
		{e: Edit{What: "row", Do: "down", Row: "r1"}, want: []string{"La ligne «\u00a0Pistes\u00a0» change de place dans «\u00a0Vélo\u00a0»."}},
		{e: Edit{What: "row", Do: "up", Row: "r1"}},
		{e: Edit{What: "row", Do: "remove", Row: "r1"}, want: []string{"La ligne «\u00a0Plan\u00a0» est retirée de «\u00a0Vélo\u00a0»."}},
		{e: Edit{What: "question", Do: "add", Section: "fin", Ask: Question{ID: "q9", Label: "Neuf", Type: Text}}, want: []string{"La question «\u00a0Neuf\u00a0» est ajoutée à «\u00a0Fin\u00a0»."}},
		{e: Edit{What: "question", Do: "save", Question: "mot", To: "velo", Ask: Question{Label: "Un mot", Type: Text, Length: 100}}, want: []string{"La question «\u00a0Un mot\u00a0» passe de «\u00a0Fin\u00a0» à «\u00a0Vélo\u00a0»."}},
		{e: Edit{What: "question", Do: "remove", Question: "mot"}, want: []string{"La question «\u00a0Un mot\u00a0» est retirée de «\u00a0Fin\u00a0»."}},
		{e: Edit{What: "section", Do: "add", Section: "velo", Part: Section{ID: "s9", Title: "Neuve"}}, want: []string{"La section «\u00a0Neuve\u00a0» est ajoutée."}},
		{e: Edit{What: "section", Do: "save", Section: "fin", Part: Section{Title: "La fin", When: &Condition{Key: "freins", In: []string{"a"}}}}, want: []string{"Le titre de la section change\u00a0: «\u00a0Fin\u00a0» devient «\u00a0La fin\u00a0»."}},
		{e: Edit{What: "section", Do: "up", Section: "fin"}, want: []string{"La section «\u00a0Fin\u00a0» change de place."}},
		{e: Edit{What: "section", Do: "remove", Section: "fin"}, want: []string{"La section «\u00a0Fin\u00a0» est retirée.", "La question «\u00a0Combien\u00a0» est retirée de «\u00a0Fin\u00a0».", "La question «\u00a0Un mot\u00a0» est retirée de «\u00a0Fin\u00a0»."}},
		{e: Edit{What: "form", Do: "save", Form: Form{Title: "Autre"}}, want: []string{"Le titre du questionnaire change\u00a0: «\u00a0Essai\u00a0» devient «\u00a0Autre\u00a0»."}},
		{e: Edit{What: "lune"}, err: "n’existe pas"},
	} {
		f := smallForm(t)
		g, err := f.With(c.e)
		if c.err != "" {
			if err == nil || !strings.Contains(apperr.Message(err), c.err) {
				t.Errorf("%+v: %v", c.e, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%+v: %v", c.e, err)
			continue
		}
		var got []string
		for _, x := range Diff(f, g) {
			got = append(got, x.Text)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s %s:\n%s", c.e.What, c.e.Do, d)
		}
		if d := cmp.Diff(smallForm(t), f); d != "" {
			t.Errorf("%s %s changed the form it was given:\n%s", c.e.What, c.e.Do, d)
		}
	}
}

// Two acts in two places are both kept; in the same place the second is told.
func TestUntouched(t *testing.T) {
	f := smallForm(t)
	edits := []Edit{{What: "row", Do: "save", Row: "r1", Line: Row{Label: "a", Step: Study}}, {What: "row", Do: "save", Row: "r2", Line: Row{Label: "b", Step: Study}},
		{What: "question", Do: "save", Question: "mx", Ask: Question{Label: "c", Type: Matrix, Columns: []string{"p"}}}, {What: "section", Do: "save", Section: "velo", Part: Section{Title: "d"}}, {What: "form", Do: "save", Form: Form{Title: "e"}}}
	for i, first := range edits {
		now, err := f.With(first)
		if err != nil {
			t.Fatal(err)
		}
		for j, second := range edits {
			if got := second.Untouched(f, now); got != (i != j) {
				t.Errorf("%d then %d: untouched %v", i, j, got)
			}
		}
		for _, what := range []string{"up", "down"} {
			if !(Edit{What: "row", Do: what, Row: "r1"}).Untouched(f, now) {
				t.Error("a move loses nothing")
			}
		}
	}
	now, err := f.With(edits[1])
	if err != nil {
		t.Fatal(err)
	}
	if (Edit{What: "section", Do: "remove", Section: "velo"}).Untouched(f, now) || (Edit{What: "question", Do: "remove", Question: "mx"}).Untouched(f, now) {
		t.Error("what somebody just wrote is removed without a word")
	}
	if !(Edit{What: "row", Do: "remove", Row: "r1"}).Untouched(f, now) {
		t.Error("another row may go")
	}
}

func TestOptionsText(t *testing.T) {
	f, err := Read(national(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range f.Scales {
		got, err := ParseOptions(OptionsText(s.Options))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(s.Options, got); d != "" {
			t.Error(d)
		}
	}
	got, err := ParseOptions("Oui\n\nNon, jamais \n Oui\nautre | Autre | 0,5\n")
	want := []Option{{Code: "oui", Label: "Oui"}, {Code: "non-jamais", Label: "Non, jamais"}, {Code: "oui-2", Label: "Oui"}, {Code: "autre", Label: "Autre", Score: ptr(0.5)}}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
	if _, err := ParseOptions("a | b | c | d"); err == nil {
		t.Error("too many bars")
	}
	if _, err := ParseOptions("a | b | beaucoup"); err == nil {
		t.Error("a value that is no number")
	}
}

func TestFreeID(t *testing.T) {
	f := smallForm(t)
	for label, want := range map[string]string{"Fin": "fin-2", "L’été à vélo, œuvre": "l-ete-a-velo-oeuvre", "": "sans-nom", "R1": "r1-2"} {
		if got := f.FreeID("", label); got != want {
			t.Errorf("%q gives %q, want %q", label, got, want)
		}
	}
	if got := f.FreeID("r44-", "Canal"); got != "r44-canal" {
		t.Error(got)
	}
	rapid.Check(t, func(t *rapid.T) {
		id := f.FreeID("r44-", rapid.String().Draw(t, "label"))
		g, err := f.With(Edit{What: "row", Do: "add", Question: "mx", Line: Row{ID: id, Label: "x", Step: Study}})
		if err != nil {
			t.Fatal(err)
		}
		if err := Validate(g); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(g.Sections[0].Questions[0].Keys(), id+".p") {
			t.Fatal("not there")
		}
	})
}
