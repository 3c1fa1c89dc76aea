package app

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/testkit"
)

// What a public file counts in place of the State's key is said wherever the
// figure is explained, not only while it is imported.
func TestAFigureSaysWhatItsImportedKeyCounts(t *testing.T) {
	ctx := context.Background()
	c := coreOn(testkit.DB(t))
	m, err := c.Model(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("Code commune;Energie;Parc au 01/01/2021\n")
	for _, x := range m.Tree().Communes() {
		if x.Region == "94" {
			b.WriteString(x.Code + ";Diesel;10\n" + x.Code + ";Electrique;3\n")
		}
	}
	o, err := c.Import(ctx, ImportRequest{Kind: "sdes-parc", Path: file(t, "parc.csv", b.String()), Apply: true})
	if err != nil {
		t.Fatalf("%v\n%s", err, o)
	}
	if m, err = c.Model(ctx); err != nil {
		t.Fatal(err)
	}
	x, err := m.Explain(ctx, "panorama/2024-07/voitures-electriques/commune:2A004")
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(x.Notes, "\n")
	if !strings.Contains(notes, "Clé\u00a0: Voitures particulières thermiques de tous âges (2021)") ||
		!strings.Contains(notes, "La clé de l’État entre les régions compte autre chose\u00a0: Véhicules thermiques de plus de 5 ans.") {
		t.Errorf("notes: %s", notes)
	}
	for _, in := range x.Inputs {
		if strings.Contains(in.Label, "plus de 5 ans") {
			t.Errorf("an input says what was not counted: %s", in.Label)
		}
	}
}

// A terminal shows no more digits than the ratio carries, and each scope once.
func TestTheTableOfATerminal(t *testing.T) {
	c := coreOn(testkit.DB(t))
	var out bytes.Buffer
	if err := c.WritePanorama(context.Background(), &out, &out, PanoramaRequest{Territory: "region:44", Format: TableFormat}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, says := range []string{" 600  km/voiture", " 1\u202f000  km/voiture", "Total affiché\u00a0: 22\u202f116,24\u00a0kt (30 leviers, forêts comprises)\n", "(29 leviers, hors gestion des forêts)\n"} {
		if !strings.Contains(text, says) {
			t.Errorf("does not say %q in\n%s", says, text)
		}
	}
	for _, not := range []string{"600,0", "1\u202f000,0", "30 leviers)"} {
		if strings.Contains(text, not) {
			t.Errorf("says %q in\n%s", not, text)
		}
	}
	out.Reset()
	if err := c.WritePanorama(context.Background(), &out, &out, PanoramaRequest{Territory: "epci:246700488", Format: TableFormat}); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, " leviers, hors gestion des forêts\u00a0; ") || !strings.Contains(text, " sans valeur)") {
		t.Errorf("the scope of an EPCI: %s", text)
	}
}

// A program may ask for decimal points, in an export as in a panorama; the
// record of what was made tells the two files apart.
func TestAnExportWithDecimalPoints(t *testing.T) {
	ctx := context.Background()
	c := coreOn(testkit.DB(t))
	objective := func(sign rune) string {
		dir := t.TempDir()
		if err := c.Export(ctx, ExportRequest{Name: "panorama-regions.csv", Dir: dir, Decimal: sign}, &bytes.Buffer{}); err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join(dir, "panorama-regions.csv"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "panorama-regions.csv.sha256")); err != nil {
			t.Error(err)
		}
		return string(body)
	}
	comma, point, usual := objective(','), objective('.'), objective(0)
	if comma != usual || comma == point {
		t.Errorf("the default is the comma: %v, a point changes the file: %v", comma == usual, comma != point)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(point, "\ufeff")))
	r.Comma = ';'
	if _, err := r.ReadAll(); err != nil {
		t.Error(err)
	}
	recent, err := c.Downloads(t.TempDir()).Recent(ctx, 10)
	if err != nil || len(recent) != 3 || recent[1].What != "panorama-regions.csv (point décimal)" || recent[0].What != "panorama-regions.csv" {
		t.Errorf("%+v %v", recent, err)
	}
}

// What a killed import had written unseen goes a day later, with its rows.
func TestWhatAKilledImportLeftGoesADayLater(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		c := coreOn(d)
		v := 1.0
		rows := func(yield func(intake.Row, error) bool) {
			yield(intake.Accept(2, []series.Observation{{Series: "cle/parc-thermique", Territory: "commune:67482", Year: 2021, Value: &v, Source: "x"}}), nil)
		}
		// Staged and never applied: killed between the two.
		if _, err := c.Intake.Stage(ctx, d, intake.File{Kind: "keys", Name: "tue.csv", SHA256: "tue"}, rows, writeUnseen(true)); err != nil {
			t.Fatal(err)
		}
		other := ImportRequest{Kind: "keys", Path: file(t, "autre.csv", keyHead+"67001;parc-thermique;2021;1;x\n")}
		if _, err := c.Import(ctx, other); err != nil {
			t.Fatal(err)
		}
		if n := rowsIn(t, d, "observation"); n != 1 {
			t.Errorf("swept at once: %d", n)
		}
		now := c.now
		c.now = func() time.Time { return now().Add(25 * time.Hour) }
		if _, err := c.Import(ctx, other); err != nil {
			t.Fatal(err)
		}
		if n := rowsIn(t, d, "observation"); n != 0 {
			t.Errorf("%d figures of a killed import stay", n)
		}
		run, err := intake.Runs(ctx, d, "keys", "", 10)
		if err != nil || run[len(run)-1].State != intake.Abandoned {
			t.Errorf("%+v %v", run, err)
		}
		if left, err := intake.Verdicts(ctx, d, run[len(run)-1].ID, "", 0, 10); err != nil || len(left) != 0 {
			t.Errorf("%d rows stay, %v", len(left), err)
		}
	})
}

// An equivalent published beside an objective is an input of the bundle too:
// without it, the version that the page names would have no bundle.
func TestTheBundleHoldsPublishedEquivalents(t *testing.T) {
	ctx := context.Background()
	c := coreOn(testkit.DB(t))
	text := "territory;lever;kt;equivalent;unit;edition;source\ndepartment:67;voitures-electriques;190,5;90,2;milliers de véhicules;2024-12;DREAL\n"
	if _, err := c.Import(ctx, ImportRequest{Kind: "objectives", Path: file(t, "o.csv", text), Apply: true}); err != nil {
		t.Fatal(err)
	}
	store := c.Downloads(t.TempDir())
	names, err := store.Names(ctx)
	if err != nil {
		t.Fatal(err)
	}
	f, err := store.File(ctx, names[len(names)-1])
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := VerifyBundle(ctx, f.Path, &out); err != nil || !strings.Contains(out.String(), "Aucune différence") {
		t.Errorf("%v %s", err, &out)
	}
}

// Sub-sectors are read and told by their names, not only by the codes of their
// publisher.
func TestSubsectorsHaveNames(t *testing.T) {
	ctx := context.Background()
	c := coreOn(testkit.DB(t))
	head := "epci;secteur;sous-secteur;année;valeur;unité;source\n"
	text := head + "246700488;agriculture;Élevage;2019;9;kt;x\n246700488;agriculture;cae_1.gb;2030;7;kt;x\n"
	if o, err := c.Import(ctx, ImportRequest{Kind: "emissions", Path: file(t, "e.csv", text), Apply: true}); err != nil {
		t.Fatalf("%v\n%s", err, o)
	}
	o, err := c.Import(ctx, ImportRequest{Kind: "emissions", Path: file(t, "f.csv", head+"246700488;agriculture;vaches;2019;9;kt;x\n")})
	if err == nil || !strings.Contains(o.String(), "cae_1.ga (énergie), cae_1.gb (élevage), cae_1.gc (pratiques culturales) sont attendus") {
		t.Errorf("%v\n%s", err, o)
	}
	m, err := c.Model(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.panoramaOf(ctx, m, "epci:246700488")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"elevage-durable": "", "fertilisation-azotee": "Le sous-secteur «\u00a0pratiques culturales\u00a0» n’a pas été importé pour 2019 et 2030", "covoiturage": "Le secteur auquel",
	}
	for _, l := range p.Lines {
		if says, ok := want[l.Lever.Code]; ok {
			if l.Emissions == nil || l.Emissions.Amount.Known != (says == "") || !strings.HasPrefix(l.Emissions.Amount.Reason, says) {
				t.Errorf("%s: %+v", l.Lever.Code, l.Emissions)
			}
			if l.Lever.Code == "elevage-durable" && l.Emissions != nil && (l.Emissions.Amount.Kg != 2*panorama.KgPerKt || panorama.SubsectorNames(l.Emissions.Subsector) != "élevage") {
				t.Errorf("%+v", l.Emissions)
			}
		}
	}
}
