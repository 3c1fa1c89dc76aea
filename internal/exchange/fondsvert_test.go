package exchange

import (
	"strings"
	"testing"

	"jalon/internal/apperr"
)

// funded reads rows of a file, the faults of which are its verdicts.
func funded(t *testing.T, text string, year int) ([]FundedRow, error) {
	t.Helper()
	table, err := ReadTable("f.csv", strings.NewReader(text), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = table.Close() }()
	read, err := ReadFunded(table, nil, year)
	if err != nil {
		return nil, err
	}
	var out []FundedRow
	for r, err := range read {
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func TestReadFunded(t *testing.T) {
	// The edition of 2023, as published, then one that says its year.
	rows, err := funded(t, "nom_demarche_ds;numero_dossier_ds;nom_du_projet;nom_beneficiaire_principal;siren;montant_engage;code_commune;axe\n"+
		"Recyclage foncier;12401491;Friche  Point P ;ERQUY ;212200547;483 900,00 €;22172;3\n"+
		"Ingénierie;Non Renseigné;Étude;AY;215 100 264 00017;16\u202f100,05\u00a0€;NULL;2\n"+
		"Ingénierie;3;Étude;Association;NULL;;NULL;2\n"+
		"Ingénierie;4;Étude;AY;215100264;0 €;NULL;2\n", 2023)
	if err != nil || len(rows) != 4 {
		t.Fatalf("%v, %d rows", err, len(rows))
	}
	for i, want := range []struct {
		file, name, siren, commune string
		cents                      int64
	}{{"12401491", "Friche Point P", "212200547", "22172", 48_390_000}, {"", "Étude", "215100264", "", 1_610_005}, {"3", "Étude", "", "", -1}, {"4", "Étude", "215100264", "", 0}} {
		r := rows[i]
		cents := int64(-1)
		if r.Cents != nil {
			cents = *r.Cents
		}
		if r.Err != nil || r.File != want.file || r.Name != want.name || r.SIREN.Value != want.siren || r.Commune != want.commune || cents != want.cents || r.Year != 2023 {
			t.Errorf("line %d: %+v, %d cents", r.Line, r, cents)
		}
	}
	rows, err = funded(t, "demarche;nom_projet;siren_beneficiaire;montant_engage;annee\nRecyclage foncier;Friche;212200547;12,5;2025\n", 0)
	if err != nil || len(rows) != 1 || rows[0].Err != nil || rows[0].Year != 2025 || *rows[0].Cents != 1250 {
		t.Errorf("%v %+v", err, rows)
	}
	if _, err := funded(t, "demarche;nom_projet;siren;montant\nRecyclage foncier;Friche;212200547;12,5\n", 0); apperr.KindOf(err) != apperr.Invalid || !strings.Contains(err.Error(), "l’année") {
		t.Errorf("no year: %v", err)
	}
	if _, err := funded(t, "demarche;nom_projet;montant\nRecyclage foncier;Friche;12,5\n", 2023); apperr.KindOf(err) != apperr.Invalid {
		t.Errorf("no SIREN: %v", err)
	}
}

// Whatever a cell holds, a row is read whole or refused at its place.
func FuzzReadFunded(f *testing.F) {
	for _, s := range []string{"21 667,00 €", "€", "-1", "1e9", "NULL", "=1+1", "1.234,5 €"} {
		f.Add(s, "212200547")
	}
	f.Add("1", "21220054700017")
	f.Fuzz(func(t *testing.T, amount, siren string) {
		if strings.ContainsAny(amount+siren, ";\n\r\"\x00") {
			t.Skip()
		}
		table, err := ReadTable("f.csv", strings.NewReader("demarche;nom_projet;siren;montant\nm;n;"+siren+";"+amount+"\n"), Limits{})
		if err != nil {
			return
		}
		defer func() { _ = table.Close() }()
		read, err := ReadFunded(table, nil, 2023)
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range read {
			if err != nil || r.Err != nil {
				continue
			}
			if r.Cents != nil && *r.Cents < 0 || r.SIREN.Value != "" && len(r.SIREN.Value) != 9 {
				t.Errorf("%q, %q: %+v", amount, siren, r)
			}
		}
	})
}
