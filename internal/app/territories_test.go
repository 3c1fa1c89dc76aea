package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

// edition writes a release of the public package as a folder: one département,
// with the communes and former codes given.
func edition(t *testing.T, version string, year int, communes, epci string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "package-"+version)
	for name, text := range map[string]string{
		"package.json":           fmt.Sprintf(`{"name":"@etalab/decoupage-administratif","version":%q}`, version),
		"README.md":              fmt.Sprintf("| Année | Version |\n|---|---|\n| %d | %s | x |\n", year, version),
		"data/regions.json":      `[{"code":"44","nom":"Grand Est","zone":"metro"}]`,
		"data/departements.json": `[{"code":"67","region":"44","nom":"Bas-Rhin","zone":"metro"}]`,
		"data/epci.json":         epci,
		"data/communes.json":     communes,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func communes(rows ...string) string { return "[\n" + strings.Join(rows, ",\n") + "\n]" }

func commune(code, name string, population int, more string) string {
	return fmt.Sprintf(`{"code":%q,"nom":%q,"departement":"67","region":"44","zone":"metro","type":"commune-actuelle","population":%d%s}`, code, name, population, more)
}

// A newer edition says what appears, merges, vanishes and moves before anything
// is kept, then comes into force at once.
func TestANewerEditionTellsWhatChangesThenComesIntoForce(t *testing.T) {
	before := edition(t, "8.0.0", 2027, communes(
		commune("67001", "Achenheim", 2000, ""), commune("67002", "Adamswiller", 400, ""), commune("67003", "Albé", 500, ""), commune("67482", "Strasbourg", 290000, "")),
		`[{"code":"246700488","nom":"Eurométropole de Strasbourg","type":"METRO","membres":[{"code":"67482"},{"code":"67001"}]}]`)
	after := edition(t, "8.1.0", 2028, communes(
		commune("67001", "Achenheim-le-Haut", 2010, `,"anciensCodes":["67001","67002"]`), commune("67999", "Neuville", 120, ""), commune("67482", "Strasbourg", 291000, "")),
		`[{"code":"246700488","nom":"Eurométropole de Strasbourg","type":"METRO","membres":[{"code":"67482"}]},{"code":"200000001","nom":"Vallée neuve","type":"CC","membres":[{"code":"67001"},{"code":"67999"}]}]`)
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		c := coreOn(d)
		if o, err := c.Import(ctx, ImportRequest{Kind: "territories", Path: before, Apply: true}); err != nil || !o.Applied {
			t.Fatalf("the first: %v\n%s", err, o)
		}
		r := ImportRequest{Kind: "territories", Path: after}
		o, err := c.Import(ctx, r)
		if err != nil || o.Applied {
			t.Fatalf("dry run: %v\n%s", err, o)
		}
		text := o.String()
		for _, says := range []string{
			"Édition 8.0.0 (géographie 2027) → 8.1.0 (géographie 2028)", "Communes\u00a0: 4 → 3",
			"communes apparues\u00a0: 67999", "Neuville",
			"communes fusionnées\u00a0: 67002 Adamswiller", "(dans 67001",
			"communes disparues sans suite connue\u00a0: 67003 Albé",
			"communes renommées\u00a0: 67001 Achenheim → Achenheim-le-Haut",
			"communes qui changent d’EPCI\u00a0: 67001", "EPCI apparus\u00a0: 200000001",
			"rien n’a été enregistré",
		} {
			if !strings.Contains(text, says) {
				t.Errorf("does not say %q in\n%s", says, text)
			}
		}
		if tree, err := c.tree(ctx); err != nil || tree.Edition().Name != "8.0.0" {
			t.Errorf("a dry run moved the edition: %v %v", tree.Edition(), err)
		}
		r.Apply = true
		if o, err = c.Import(ctx, r); err != nil || !o.Applied {
			t.Fatalf("apply: %v\n%s", err, o)
		}
		tree, err := c.tree(ctx)
		if err != nil || tree.Edition().Name != "8.1.0" || len(tree.Communes()) != 3 {
			t.Fatalf("in force: %+v %v", tree.Edition(), err)
		}
		if now, ok := tree.Successor("67002"); !ok || now.Code != "67001" {
			t.Errorf("the merged commune leads to %+v", now)
		}
		if _, err := c.Import(ctx, r); apperr.KindOf(err) != apperr.Conflict || !strings.Contains(apperr.Message(err), "déjà été importé") {
			t.Errorf("the same again: %v", err)
		}
	})
}

func TestAnEditionThatIsNoneIsRefusedWhole(t *testing.T) {
	c := coreOn(testkit.DB(t))
	for name, tt := range map[string]struct{ path, says string }{
		"a CSV":         {file(t, "communes.csv", "code;nom\n67482;Strasbourg\n"), "communes.csv"},
		"nothing there": {filepath.Join(t.TempDir(), "rien.tgz"), "ne peut pas être lu"},
		"an orphan":     {edition(t, "8.0.0", 2027, communes(commune("67482", "Strasbourg", -1, "")), `[]`), "communes.json, ligne\u00a02"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Import(context.Background(), ImportRequest{Kind: "territories", Path: tt.path, Apply: true})
			if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), tt.says) {
				t.Errorf("got %v", err)
			}
		})
	}
	if n := rowsIn(t, c.DB, "territory_row"); n != 0 {
		t.Errorf("%d rows kept", n)
	}
}
