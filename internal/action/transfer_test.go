package action_test

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/action"
	"jalon/internal/exchange"
	"jalon/internal/policy"
)

// full is an action that says all that a wide table holds.
func full() action.Action {
	n := func(v int64) *int64 { return &v }
	target := 12.5
	return action.Action{Kind: action.Sectoral, State: action.Proposed, Title: "=Planter des haies", Summary: "Sur deux lignes\net plus ; «\u00a0avec\u00a0» virgule, tout.", Levers: []string{"gestion-haies", "gestion-prairies"}, Places: []action.Place{{Territory: "department:67"}, {Territory: "commune:67482"}},
		Holder: action.Party{Name: "Chambre d’agriculture"}, Partners: []action.Party{{Name: "DREAL"}, {Name: "Région"}}, Contact: "Ana Roux", Email: "ana@exemple.fr", Referent: "Luc Petit", Step: "infrastructure", Starts: "2025-03-14", Ends: "2030",
		Phase: "study", Status: "going", Budget: action.Budget{Invest: n(123_456_78), Operation: n(10_00), FTE: n(150)},
		Funding: []action.Funding{{Funder: "ADEME", Amount: n(2_166_700), State: "granted"}, {Funder: "Région", State: "asked"}}, Indicators: []action.Indicator{{ID: "1", Name: "Haies", Unit: "km", Target: &target, Year: 2030}},
		Tasks: []action.Task{{ID: "1", Title: "Choisir les essences"}}}
}

func (k *kit) list(t testing.TB) iter.Seq2[action.Action, error] {
	t.Helper()
	return action.Each(context.Background(), k.db, k.team, func(x action.Action) policy.Thing { return x.Thing(k.cop) }, k.cop.ID)
}

// same compares what files hold: not the ids, the numbers and the days of a register.
func same(x, y action.Action) string {
	for _, a := range []*action.Action{&x, &y} {
		a.ID, a.Rev, a.COP, a.Seq, a.Author, a.Origin = "", 0, "", 0, "", ""
		a.At, a.Changed = a.At.UTC().Truncate(1), a.Changed.UTC().Truncate(1)
		a.At, a.Changed = a.At.AddDate(-a.At.Year(), 0, 0), a.Changed.AddDate(-a.Changed.Year(), 0, 0)
	}
	b, _ := json.Marshal(x)
	c, _ := json.Marshal(y)
	return cmp.Diff(string(b), string(c))
}

// What goes out as a wide table comes back the same, in another register; in its own
// it is recognised by its identifier, and changes nothing.
func TestWhatGoesOutComesBack(t *testing.T) {
	names := exchange.ActionNames{Lever: func(s string) string { return s }, SIREN: func(string) string { return "" }, Territory: func(s string) string { return s }}
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		x, err := k.importing().room.Add(ctx, k.db, k.team, k.cop, full())
		if err != nil {
			t.Fatal(err)
		}
		for name, write := range map[string]func(*bytes.Buffer, exchange.Dataset) (int64, error){
			"a.xlsx": func(b *bytes.Buffer, d exchange.Dataset) (int64, error) { return exchange.WriteXLSX(b, d) },
			"a.csv":  func(b *bytes.Buffer, d exchange.Dataset) (int64, error) { return exchange.WriteCSV(b, d, ',') },
		} {
			var b bytes.Buffer
			if n, err := write(&b, exchange.ActionsDataset("actions", "Actions", "", k.list(t), names)); err != nil || n != 1 {
				t.Fatal(n, err)
			}
			run, bad := k.stage(t, name, b.Bytes(), nil, action.Chosen{Choices: action.Choices{State: action.Proposed, Update: true}})
			if len(bad) > 0 {
				t.Fatal(name, said(bad))
			}
			out := k.apply(t, run)
			if out.Same != 1 || out.Added != 0 {
				t.Errorf("%s into its own register: %+v", name, out)
			}
			if _, err := k.db.Exec(ctx, `UPDATE action SET cop_id = 'ailleurs-`+strings.TrimPrefix(name, "a.")+`' WHERE id = $1`, x.ID); err != nil {
				t.Fatal(err)
			}
			run, bad = k.stage(t, name, b.Bytes(), nil, action.Chosen{Again: true})
			if len(bad) > 0 {
				t.Fatal(name, said(bad))
			}
			if out := k.apply(t, run); out.Added != 1 {
				t.Fatalf("%s into another: %+v", name, out)
			}
			y := k.all(t)[0]
			if d := same(x, y); d != "" {
				t.Errorf("%s: %s", name, d)
			}
			if _, err := k.db.Exec(ctx, `UPDATE action SET cop_id = 'parti' WHERE id = $1`, y.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := k.db.Exec(ctx, `UPDATE action SET cop_id = $2 WHERE id = $1`, x.ID, k.cop.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := k.db.Exec(ctx, `DELETE FROM action WHERE cop_id = 'parti'`); err != nil {
				t.Fatal(err)
			}
		}
		// The 28 columns and the schema of projects are read by our own readers again.
		var tet, projects bytes.Buffer
		if _, err := exchange.WriteTeT(&tet, "Plan", k.list(t), names); err != nil {
			t.Fatal(err)
		}
		if _, err := exchange.WriteProjects(&projects, false, "", k.list(t), names); err != nil {
			t.Fatal(err)
		}
		if run, bad := k.stage(t, "tet.xlsx", tet.Bytes(), nil, action.Chosen{}); len(bad) > 0 || run.Rows != 2 {
			t.Errorf("28 columns: %d rows, %s", run.Rows, said(bad))
		}
		if run, bad := k.stage(t, "projets.csv", projects.Bytes(), nil, action.Chosen{}); len(bad) > 0 || run.Rows != 1 {
			t.Errorf("projects: %d rows, %s", run.Rows, said(bad))
		}
	})
}

// A spreadsheet of OpenDocument is opened by LibreOffice, with its numbers and its
// texts, where it is installed.
func TestSpreadsheetOpensInLibreOffice(t *testing.T) {
	office, err := exec.LookPath("libreoffice")
	if err != nil {
		t.Skip("LibreOffice is not installed here: ", err)
	}
	names := exchange.ActionNames{Lever: func(s string) string { return s }, SIREN: func(string) string { return "" }, Territory: func(s string) string { return s }}
	list := func(yield func(action.Action, error) bool) { yield(full(), nil) }
	dir := t.TempDir()
	var b bytes.Buffer
	if _, err := exchange.WriteODS(&b, exchange.ActionsDataset("actions", "", "", list, names)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.ods"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	convert := func(to, from string) string {
		c := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+dir+"/profil", "--headless", "--convert-to", to, "--outdir", dir, filepath.Join(dir, from))
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if err := os.WriteFile(filepath.Join(dir, "calc.csv"), []byte("a;b\n1;2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := convert("ods", "calc.csv"); !strings.Contains(out, "calc.ods") {
		t.Skip("LibreOffice is here without its spreadsheet: ", out)
	}
	convert("csv:Text - txt - csv (StarCalc):59,34,76", "a.ods")
	text, err := os.ReadFile(filepath.Join(dir, "a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"=Planter des haies", "Sur deux lignes", "123456", "Choisir les essences"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in what LibreOffice reads: %s", want, text)
		}
	}
}
