package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/config"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// coreOn is the core of the program on a test's database.
func coreOn(d *db.DB) *Core {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	c := base(config.Config{}, []Option{WithClock(func() time.Time { at = at.Add(time.Second); return at }, rand.Reader)})
	c.DB = d
	c.Store = panorama.NewStore(d, c.tables, c.tree)
	return c
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func rowsIn(t *testing.T, d *db.DB, table string) (n int) {
	t.Helper()
	if err := d.QueryRow(context.Background(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

const keyHead = "territory;key;year;value;source\n"

// Each row is a file that must be refused, whole, at its place.
func TestBadFilesAreRefusedAtTheirPlace(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := coreOn(d)
		for _, tt := range []struct{ name, kind, text, place, says string }{
			{"unknown code", "keys", keyHead + "commune:67999;parc-thermique;2021;1;x\n", "ligne\u00a02, colonne\u00a01", "67999"},
			{"wrong scale", "keys", keyHead + "region:44;parc-thermique;2021;1;x\n", "ligne\u00a02, colonne\u00a01", "mauvaise échelle"},
			{"malformed number", "keys", keyHead + "67482;parc-thermique;2021;douze;x\n", "ligne\u00a02, colonne\u00a04", "pas un nombre"},
			{"negative", "keys", keyHead + "67482;parc-thermique;2021;-3;x\n", "ligne\u00a02, colonne\u00a04", "négatif"},
			{"doubled", "keys", keyHead + "67482;parc-thermique;2021;3;x\n67482;parc-thermique;2021;4;x\n", "ligne\u00a03, colonne\u00a01", "ligne en double"},
			{"no territory", "keys", keyHead + ";parc-thermique;2021;3;x\n", "ligne\u00a02, colonne\u00a01", "doit être remplie"},
			{"no value, no reason", "keys", keyHead + "67482;parc-thermique;2021;;x\n", "ligne\u00a02, colonne\u00a04", "une absence n’est pas un zéro"},
			{"unit mismatch", "objectives", "territory;lever;kt;equivalent;unit;edition;source\ndepartment:67;voitures-electriques;190,5;90;véhicules;2024;x\n", "ligne\u00a02, colonne\u00a05", "milliers de véhicules"},
			{"emissions by commune", "emissions", "epci;secteur;année;valeur;unité;source\n67482;transports;2019;1;t;x\n", "ligne\u00a02, colonne\u00a01", "par EPCI"},
			{"holder's SIREN", "perimeters", "type;nom;siren;code;du;au\nCRTE;Essai;123456789;67482;;\n", "ligne\u00a02, colonne\u00a03", "SIREN"},
			{"day", "perimeters", "type;nom;siren;code;du;au\nCRTE;Essai;;67482;27/05/2024;\n", "ligne\u00a02, colonne\u00a05", "2024-05-27"},
			{"two holders", "perimeters", "type;nom;siren;code;du;au\nCRTE;Essai;246700488;67482;;\nCRTE;Essai;;67001;;\n", "ligne\u00a03, colonne\u00a03", "porteur"},
			{"doubled member", "perimeters", "type;nom;siren;code;du;au\nPNR;Essai;;67482;;\nPNR;Essai;;67482;;\n", "ligne\u00a03, colonne\u00a04", "membre en double"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				o, err := c.Import(context.Background(), ImportRequest{Kind: tt.kind, Path: file(t, "essai.csv", tt.text), Apply: true})
				if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), "Rien n’a été enregistré") {
					t.Errorf("got %v", err)
				}
				if text := o.String(); !strings.Contains(text, "essai.csv, "+tt.place) || !strings.Contains(text, tt.says) {
					t.Errorf("got %q, want %q saying %q", text, tt.place, tt.says)
				}
			})
		}
		for _, table := range []string{"observation", "published_edition", "perimeter"} {
			if n := rowsIn(t, d, table); n != 0 {
				t.Errorf("%s holds %d rows", table, n)
			}
		}
	})
}

// What cannot be read as a table is refused before any row.
func TestHostileFilesAreRefusedAsAWhole(t *testing.T) {
	c := coreOn(testkit.DB(t))
	huge := filepath.Join(t.TempDir(), "deux-gigas.csv")
	f, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(2 << 30); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, path, says string
		kind             apperr.Kind
	}{
		{"2 GB", huge, "dépasse", apperr.TooLarge},
		{"missing", filepath.Join(t.TempDir(), "rien.csv"), "ne peut pas être lu", apperr.Invalid},
		{"CP1252", file(t, "cp.csv", "territoire;cl\xe9;ann\xe9e;valeur;source\n67482;parc-thermique;2021;1;\xe9t\xe9\n"), "ligne\u00a01, colonne\u00a02", apperr.Invalid},
		{"unknown column", file(t, "x.csv", "territory;key;year;value;source;quoi\n"), "«\u00a0quoi\u00a0»", apperr.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.Import(context.Background(), ImportRequest{Kind: "keys", Path: tt.path, Apply: true})
			if apperr.KindOf(err) != tt.kind || !strings.Contains(apperr.Message(err), tt.says) {
				t.Errorf("got %v", err)
			}
		})
	}
	o, err := c.Import(context.Background(), ImportRequest{Kind: "keys", Encoding: "windows-1252", Path: file(t, "cp.csv", "territoire;cl\xe9;ann\xe9e;valeur;source\n67482;parc-thermique;2021;1;\xe9t\xe9\n")})
	if err != nil || !strings.Contains(o.String(), "Windows-1252") {
		t.Errorf("declared: %v %s", err, o)
	}
	if _, err := c.Import(context.Background(), ImportRequest{Kind: "keys", Path: file(t, "x.csv", "territory;key;year;value;source;quoi\n67482;parc-thermique;2021;1;x;y\n"), Mapping: exchange.Mapping{"quoi": exchange.Ignored}}); err != nil {
		t.Errorf("mapped: %v", err)
	}
}

func TestADryRunKeepsNothingAndApplyShowsAllAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		c := coreOn(d)
		before := objectiveOf(t, c, "commune:2A004", "voitures-electriques")
		if before.Known {
			t.Fatal("a commune reads no estimation")
		}
		r := ImportRequest{Kind: "keys", Path: file(t, "cle.csv", corsica(t, c))}
		o, err := c.Import(ctx, r)
		if err != nil || o.Applied || rowsIn(t, d, "observation") != 0 {
			t.Fatalf("dry run: %v, applied %v, %d rows", err, o.Applied, rowsIn(t, d, "observation"))
		}
		r.Apply = true
		if o, err = c.Import(ctx, r); err != nil || !o.Applied || len(o.Warnings) != 0 {
			t.Fatalf("apply: %v\n%s", err, o)
		}
		if after := objectiveOf(t, c, "commune:2A004", "voitures-electriques"); !after.Known {
			t.Errorf("the key divides nothing: %s", after.Reason)
		}
		if _, err := c.Import(ctx, r); apperr.KindOf(err) != apperr.Conflict || !strings.Contains(apperr.Message(err), "déjà été importé") {
			t.Errorf("same file: %v", err)
		}
		m, err := c.Model(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if p := m.Verify().Problems; len(p) != 0 {
			t.Errorf("closure: %v", p)
		}
	})
}

// corsica is a whole key of one region.
func corsica(t *testing.T, c *Core) string {
	t.Helper()
	m, err := c.Model(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(keyHead)
	for i, x := range m.Tree().Communes() {
		if x.Region == "94" {
			fmt.Fprintf(&b, "commune:%s;parc-thermique;2021;%d,5;essai\n", x.Code, i%13)
		}
	}
	return b.String()
}

func objectiveOf(t *testing.T, c *Core, ref, lever string) panorama.Amount {
	t.Helper()
	m, err := c.Model(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.panoramaOf(context.Background(), m, ref)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range p.Lines {
		if l.Lever.Code == lever {
			return l.Objective
		}
	}
	t.Fatalf("%s: no lever %s", ref, lever)
	return panorama.Amount{}
}

func TestObjectivesEmissionsAndPerimetersComeIn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		c := coreOn(d)
		for _, in := range []struct{ kind, text string }{
			{"objectives", "territory;lever;kt;equivalent;unit;edition;source\ndepartment:67;voitures-electriques;190,5;90,2;milliers de véhicules;2024-12;DREAL\n"},
			{"emissions", "epci;secteur;année;valeur;unité;source\n246700488;transports;2019;1 000 000;tCO2e;ATMO\n246700488;transports;2030;500 000;tCO2e;ATMO\n"},
			{"perimeters", "type;nom;siren;code;du;au\nCRTE;Essai;246700488;67482;2024-01-01;\nCRTE;Essai;246700488;67001;2024-01-01;\nPNR;Parc;;246700488;;\n"},
		} {
			if o, err := c.Import(ctx, ImportRequest{Kind: in.kind, Path: file(t, in.kind+".csv", in.text), Apply: true}); err != nil || !o.Applied {
				t.Fatalf("%s: %v\n%s", in.kind, err, o)
			}
		}
		m, err := c.Model(ctx)
		if err != nil {
			t.Fatal(err)
		}
		p, err := m.Of(territory.Ref{Scale: territory.Department, Code: "67"})
		if err != nil {
			t.Fatal(err)
		}
		q, err := m.Of(territory.Ref{Scale: territory.EPCI, Code: "246700488"})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range p.Lines {
			if l.Lever.Code == "voitures-electriques" && (len(l.Imported) != 1 || l.Imported[0].Kg != 190_500_000) {
				t.Errorf("published beside ours: %+v", l.Imported)
			}
		}
		seen := panorama.Kg(0)
		for _, l := range q.Lines {
			if l.Emissions != nil && l.Emissions.Amount.Known {
				seen += l.Emissions.Amount.Kg
			}
		}
		if seen < 495_000_000 || seen > 505_000_000 {
			t.Errorf("the second method shares %d kg out of 500 kt", seen)
		}
		// The same file again updates what bears the same name.
		if _, err := c.Import(ctx, ImportRequest{Kind: "perimeters", Again: true, Apply: true, Path: file(t, "p.csv", "type;nom;siren;code;du;au\nptrte;essai;;67482;;\n")}); err != nil {
			t.Fatal(err)
		}
		all, _, err := territory.ListPerimeters(ctx, d, territory.PerimeterFilter{})
		if err != nil || len(all) != 2 || all[0].Count != 1 || all[0].Rev != 2 {
			t.Errorf("got %+v, %v", all, err)
		}
	})
}

// A public file of an older geography: a merged commune, an arrondissement, a
// code that nobody knows, a value that is not published.
func TestPublicFilesAreReadByTodaysCommunes(t *testing.T) {
	c := coreOn(testkit.DB(t))
	m, err := c.Model(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var merged territory.Former
	for _, f := range m.Tree().Formers() {
		if f.Kind == territory.FormerCode {
			merged = f
		}
	}
	into := m.Tree().Communes()[merged.Commune].Code
	text := "CODGEO;P22_LOG;P22_RP_CGAZV;P22_RP_CFIOUL\n" +
		into + ";9;1,5;10\n" + merged.Code + ";9;2;5\n75101;9;3;7\n75102;9;4;\n99999;9;1;1\n67482;9;s;2\n"
	o, err := c.Import(context.Background(), ImportRequest{Kind: "insee-logement", Path: file(t, "base-cc-logement-2022.csv", text), Apply: true})
	if err != nil {
		t.Fatalf("%v\n%s", err, o)
	}
	want := map[string]string{ // territory → oil, gas; «-» is missing
		"commune:" + into: "15 3.5", "commune:75056": "7 7", "commune:67482": "2 -",
	}
	for ref, values := range want {
		got := ""
		for _, key := range []string{"cle/logements-fioul-2019", "cle/logements-gaz-2019"} {
			var v *float64
			if err := c.DB.QueryRow(context.Background(), `SELECT value FROM observation WHERE series = $1 AND territory = $2`, key, ref).Scan(&v); err != nil {
				t.Fatalf("%s %s: %v", key, ref, err)
			}
			if v == nil {
				got += " -"
			} else {
				got += " " + exchange.Plain(*v)
			}
		}
		if got != " "+values {
			t.Errorf("%s: got%s, want %s", ref, got, values)
		}
	}
	if text := o.String(); !strings.Contains(text, "code de commune inconnu") || !strings.Contains(text, "couverture incomplète") {
		t.Errorf("got %s", text)
	}
}

func TestCoverageNamesWhatIsMissing(t *testing.T) {
	c := coreOn(testkit.DB(t))
	text := corsica(t, c)
	text = text[:strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n")+1]
	o, err := c.Import(context.Background(), ImportRequest{Kind: "keys", Path: file(t, "cle.csv", text), Apply: true})
	if err != nil || len(o.Warnings) != 1 || !strings.Contains(o.Warnings[0], "Corse") || !strings.Contains(o.Warnings[0], "1 territoire") {
		t.Errorf("%v %v", err, o.Warnings)
	}
	if got := objectiveOf(t, c, "commune:2A004", "voitures-electriques"); got.Known {
		t.Error("an incomplete key divides")
	}
}
