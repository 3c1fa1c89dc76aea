package french

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"strasbourg":                  "strasbourg",
		"L’Haÿ-les-Roses":             "l hay les roses",
		"L'Haÿ-les-Roses":             "l hay les roses",
		"Provence-Alpes-Côte d’Azur":  "provence alpes cote d azur",
		"Œting":                       "oeting",
		"SAINT-ÉTIENNE":               "saint etienne",
		"  Ambérieu -- en   Bugey ":   "amberieu en bugey",
		"E\u0301vreux":                "evreux",
		"Évreux\u00a0(27)":            "evreux 27",
		"Straße":                      "strasse",
		"2A004":                       "2a004",
		"Ærø":                         "aerø",
		"ᴭ":                           "ae",
		"\xff\xfe":                    "",
		"Dembéni\u202f/\u202fMamoudz": "dembeni mamoudz",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Fatalf("Fold(Fold(%q)) = %q, Fold = %q", s, twice, once)
		}
		if strings.Contains(once, "  ") || strings.TrimSpace(once) != once || !utf8.ValidString(once) {
			t.Fatalf("Fold(%q) = %q has stray spaces or bytes", s, once)
		}
	})
}

func TestSortKeyOrdersAsFrench(t *testing.T) {
	want := []string{"Ain", "cote", "coté", "côte", "côté", "Côtes-d’Armor", "Eure", "Eure-et-Loir", "Évreux", "Île-de-France", "La Réunion"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(SortKey(a), SortKey(b)) })
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func BenchmarkFold(b *testing.B) {
	for b.Loop() {
		Fold("Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson")
	}
}
