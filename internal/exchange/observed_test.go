package exchange_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
)

func open(t testing.TB, name, text string) *exchange.Table {
	t.Helper()
	table, err := exchange.ReadTable(name, strings.NewReader(text), exchange.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	})
	return table
}

// told writes a public file's rows as text: code, values, or the refusal.
func told(t *testing.T, f exchange.Format) (out []string) {
	t.Helper()
	for r, err := range f.Rows {
		if err != nil {
			t.Fatal(err)
		}
		line := r.Code.Value
		for _, v := range r.Values {
			if v == nil {
				line += " -"
			} else {
				line += " " + exchange.Plain(*v)
			}
		}
		if r.Err != nil {
			line = apperr.Message(r.Err)
		}
		out = append(out, line)
	}
	return out
}

func TestPublicFormats(t *testing.T) {
	flows, years := "", ""
	for y := 9; y < 25; y++ {
		flows += fmt.Sprintf(",naf%02dart%02d", y, y+1)
		years += fmt.Sprintf(",%d", y)
	}
	for _, tt := range []struct {
		name, text string
		read       func(*exchange.Table, exchange.Mapping) (exchange.Format, error)
		mapping    exchange.Mapping
		year       int
		want       []string
		refused    string
	}{
		{name: "insee", read: exchange.ReadHousing, year: 2022, text: "CODGEO;P22_LOG;P22_RP_CFIOUL;P22_RP_CGAZV\n01001;9;12,5;3\n2A004;9;;s\n", want: []string{"01001 12.5 3", "2A004 - -"}},
		{name: "insee of another year", read: exchange.ReadHousing, year: 2016, text: "CODGEO;P16_RP_CFIOUL;P16_RP_CGAZV\n01001;1;2\n", want: []string{"01001 1 2"}},
		{name: "insee without gas", read: exchange.ReadHousing, text: "CODGEO;P22_RP_CFIOUL\n01001;1\n", refused: "P22_RP_CGAZV"},
		{name: "insee renamed, mapped", read: exchange.ReadHousing, year: 2022, mapping: exchange.Mapping{"insee": "code"}, text: "insee;P22_RP_CFIOUL;P22_RP_CGAZV\n01001;1;2\n", want: []string{"01001 1 2"}},
		{name: "two years", read: exchange.ReadHousing, text: "CODGEO;P22_RP_CFIOUL;P16_RP_CFIOUL;P22_RP_CGAZV\n", refused: "plusieurs millésimes"},
		{name: "cerema", read: exchange.ReadLand, year: 2020, text: "idcom,naf11art21" + flows + "\n01001,155" + years + "\n", want: []string{"01001 155"}},
		{name: "cerema, total that is not the sum", read: exchange.ReadLand, year: 2020, text: "idcom,naf11art21" + flows + "\n01001,999" + years + "\n",
			want: []string{"f.csv, ligne\u00a02, colonne\u00a02 («\u00a0naf11art21\u00a0»)\u00a0: le total ne correspond pas à la somme des dix flux annuels (155 m²) (lu\u00a0: «\u00a0999\u00a0»)"}},
		{name: "cerema of a later window", read: exchange.ReadLand, text: "idcom,naf15art16\n01001,1\n", refused: "dix flux annuels"},
		{name: "sdes 2021", read: exchange.ReadFleet, year: 2021, text: "Code commune;Energie;Vignette Crit'air;Parc au 01/01/2021\n01001;Diesel;2;40\n01001;Electrique et hydrogène;E;3\n01001;Essence HR;1;2\n",
			want: []string{"01001 40", "01001 0", "01001 2"}},
		{name: "sdes 2022, last year read", read: exchange.ReadFleet, year: 2022, text: "Code commune de résidence;Carburant;Crit'Air;2021;2022\n01001;Gaz;1;7;8\n01001;Vapeur;1;7;8\n",
			want: []string{"01001 8", "f.csv, ligne\u00a03, colonne\u00a02 («\u00a0Carburant\u00a0»)\u00a0: énergie inconnue\u00a0: diesel, essence, gaz, hybride, électrique ou inconnu sont attendus (lu\u00a0: «\u00a0Vapeur\u00a0»)"}},
		{name: "sdes without a year", read: exchange.ReadFleet, text: "Code commune;Energie;Parc\n", refused: "Parc au 01/01"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := tt.read(open(t, "f.csv", tt.text), tt.mapping)
			if tt.refused != "" {
				if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), tt.refused) {
					t.Errorf("got %v, want %q", err, tt.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, told(t, f)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if f.Year != tt.year || f.Document == "" || len(f.Keys) != len(f.Unit) {
				t.Errorf("got %+v", f)
			}
		})
	}
}

func TestCatalogueDescribesEveryColumn(t *testing.T) {
	m, observed := corsica(t)
	sets, err := exchange.Catalogue(m, tables(), observed)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, d := range sets {
		if names[d.Name] || d.Title == "" || d.Source == "" {
			t.Errorf("%s: twice, or without title or source", d.Name)
		}
		names[d.Name] = true
		for _, f := range d.Fields {
			if f.Label == "" {
				t.Errorf("%s: column %s is not described", d.Name, f.Name)
			}
		}
		if strings.HasPrefix(d.Name, "panorama-") && d.Name != "panorama-regions" {
			continue
		}
		for row, err := range d.Rows {
			if err != nil {
				t.Fatal(err)
			}
			if len(row) != len(d.Fields) {
				t.Fatalf("%s: %d cells, %d columns", d.Name, len(row), len(d.Fields))
			}
			for i, c := range row {
				if c.Number != d.Fields[i].Number {
					t.Fatalf("%s, %s: a number said a word, or the reverse", d.Name, d.Fields[i].Name)
				}
			}
		}
	}
}

// FuzzKeys holds that no file of keys stops the reader otherwise than by a
// message.
func FuzzKeys(f *testing.F) {
	f.Add("territory;key;year;value;source\n67482;parc-thermique;2021;1,5;x\n")
	f.Add("territoire,clé,année,valeur,source,raison\n,,,,,\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := exchange.ReadTable("f.csv", strings.NewReader(text), exchange.Limits{})
		if err != nil {
			return
		}
		defer table.Close()
		rows, err := exchange.ReadKeys(table, nil)
		if err != nil {
			return
		}
		for r, err := range rows {
			if err == nil && r.Err == nil && r.Quantity.Value == nil && r.Quantity.Reason == "" {
				t.Fatalf("a value that is neither there nor missing: %+v", r)
			}
		}
	})
}

// FuzzBundle holds that no archive stops the reader otherwise than by a message.
func FuzzBundle(f *testing.F) {
	f.Add("PK\x05\x06")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := exchange.ReadBundle("lot.zip", strings.NewReader(text), int64(len(text))); err == nil {
			t.Fatal("read")
		}
	})
}

// FuzzPlans holds that no file of plans is our own fault.
func FuzzPlans(f *testing.F) {
	head := "plan;territory;name;lever;base_year;base;target_year;target;unit;source\n"
	for _, s := range []string{head + "PCAET;246700488;Plan;biogaz;2019;1;2030;2;TWh;x\n", head + "SRADDET;44;;;20;=1+1;2030;-;;\n", "plan;territory\n", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		table, err := exchange.ReadTable("plans.csv", strings.NewReader(text), exchange.Limits{})
		if err != nil {
			return
		}
		defer func() { _ = table.Close() }()
		rows, err := exchange.ReadPlans(table, nil)
		if err != nil {
			if apperr.KindOf(err) == apperr.Internal {
				t.Fatal(err)
			}
			return
		}
		for r, err := range rows {
			if err != nil {
				return
			}
			if r.Err == nil && (r.Kind.Value == "" || r.Source == "" || r.BaseYear == 0) {
				t.Fatalf("an accepted row lacks what it must have: %+v", r)
			}
			if r.Err != nil && apperr.KindOf(r.Err) == apperr.Internal {
				t.Fatal(r.Err)
			}
		}
	})
}
