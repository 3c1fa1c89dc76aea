package framework

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"jalon/data"
	"jalon/internal/apperr"
)

// tables copies the embedded tables, with one replaced or changed.
func tables(t testing.TB, name string, change func(string) string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	for _, n := range []string{"sources.csv", "sectors.csv", "themes.csv", "workstreams.csv", "levers.csv", "crosswalks.csv", "targets-national.csv", "glossary.csv"} {
		b, err := fs.ReadFile(data.FS, n)
		if err != nil {
			t.Fatal(err)
		}
		s := string(b)
		if n == name {
			if s = change(s); s == "" {
				continue
			}
		}
		out[n] = &fstest.MapFile{Data: []byte(s)}
	}
	return out
}

func TestLoadRefusesWhatDoesNotHoldTogether(t *testing.T) {
	replace := func(old, with string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, with, 1) }
	}
	for _, c := range []struct {
		title, table, want string
		change             func(string) string
	}{
		{"a missing table", "themes.csv", "themes.csv", func(string) string { return "" }},
		{"a missing column", "sectors.csv", "color_index", replace("color_index", "couleur")},
		{"a column twice", "sectors.csv", "deux colonnes", replace("color_index", "name")},
		{"a short line", "sectors.csv", "sectors.csv", replace(",1,1\n", ",1\n")},
		{"a code twice", "levers.csv", "en double", func(s string) string { return s + s[strings.Index(s, "covoiturage,"):] }},
		{"an unknown sector", "levers.csv", "secteur", replace("transport-voyageurs", "nulle-part")},
		{"an unknown theme", "levers.csv", "thématique", replace("se-deplacer", "se-perdre")},
		{"an unknown axis", "levers.csv", "axe", replace(",attenuation,", ",magie,")},
		{"an unknown version", "levers.csv", "référentiel", replace(",2023-24,", ",1999,")},
		{"an unknown source", "levers.csv", "source", replace("sgpe-2024-07", "on-dit")},
		{"a unit without direction", "levers.csv", "unité", replace(",up,", ",,")},
		{"an unknown wider lever", "levers.csv", "élargi", replace(",w26-efficacite-carburants-vehicules,", ",w26-rien,")},
		{"a link to nowhere", "crosswalks.csv", "levier inconnu", replace("l25-covoiturage", "l25-nulle-part")},
		{"a link of unknown kind", "crosswalks.csv", "sorte", replace("one-to-one", "presque")},
		{"a crosswalk that goes round", "crosswalks.csv", "tourne en rond", func(s string) string {
			return s + "velo-transports-commun,t26-transports-commun,part-of,Essai.,jalon,2026\n"
		}},
		{"a crosswalk that goes round far away", "crosswalks.csv", "tourne en rond", func(s string) string {
			return s + "w26-renovation-residentiel,l25-residentiel-gaz,part-of,Essai.,jalon,2025\n"
		}},
		{"two levers of one list that are the same", "crosswalks.csv", "même liste", func(s string) string {
			return s + "covoiturage,l25-velo,one-to-one,Essai.,jalon,2025\n"
		}},
		{"a target of nothing", "targets-national.csv", "inconnu", replace("l25-aires-protegees", "l25-nulle-part")},
		{"a target with a decimal comma", "targets-national.csv", "illisible", replace(",42.5,", ",\"42,5\",")},
		{"a term twice", "glossary.csv", "en double", func(s string) string { return s + s[strings.Index(s, "axe,"):] }},
	} {
		t.Run(c.title, func(t *testing.T) {
			_, err := Load(tables(t, c.table, c.change))
			if err == nil {
				t.Fatal("Load accepted it")
			}
			msg := apperr.Message(err)
			if !strings.Contains(msg, c.want) || !strings.Contains(msg, c.table) {
				t.Errorf("%q does not tell of %q in %s", msg, c.want, c.table)
			}
		})
	}
}

func FuzzLoadLevers(f *testing.F) {
	b, err := fs.ReadFile(data.FS, "levers.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
	f.Add("code\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		fsys, ok := tables(t, "levers.csv", func(string) string { return s }).(fstest.MapFS)
		if !ok {
			t.Fatal("not a map")
		}
		fsys["levers.csv"] = &fstest.MapFile{Data: []byte(s)}
		if fw, err := Load(fsys); err == nil {
			for _, v := range fw.Versions() {
				if v.Count != len(fw.Levers(v.ID)) {
					t.Fatalf("%s counts %d levers and lists %d", v.ID, v.Count, len(fw.Levers(v.ID)))
				}
			}
		}
	})
}
