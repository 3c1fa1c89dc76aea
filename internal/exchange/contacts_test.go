package exchange

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"jalon/internal/apperr"
	room "jalon/internal/survey"
)

func readContacts(t *testing.T, name string, in []byte) ([]room.ContactRow, error) {
	t.Helper()
	table, err := ReadTable(name, bytes.NewReader(in), ContactLimits())
	if err != nil {
		return nil, err
	}
	defer func() { _ = table.Close() }()
	rows, err := ReadContacts(table, nil)
	if err != nil {
		return nil, err
	}
	var out []room.ContactRow
	for r, err := range rows {
		if err != nil {
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}

func TestContactsOfACSVAndOfAWorkbook(t *testing.T) {
	rows, err := readContacts(t, "contacts.csv", []byte("Code INSEE;Courriel;Nom;Fonction\n67482;mairie@exemple.fr;Anne;DGS\n=1+1;b@exemple.fr;;\n67180;;;\n"))
	if err != nil || len(rows) != 3 || rows[0].Err != nil || rows[0].Authority.Text != "67482" || rows[0].Title.Text != "DGS" {
		t.Fatalf("%+v, %v", rows, err)
	}
	if rows[1].Err == nil || !strings.Contains(rows[1].Err.Error(), "formule") || rows[2].Err == nil {
		t.Errorf("%v, %v", rows[1].Err, rows[2].Err)
	}
	in := workbookOf(t, func(f *excelize.File) error {
		for at, v := range map[string]any{"A1": "SIREN", "B1": "mail", "A2": 246700488, "B2": "ems@exemple.fr"} {
			if err := f.SetCellValue("Sheet1", at, v); err != nil {
				return err
			}
		}
		if err := f.SetCellValue("Sheet1", "A3", "67482"); err != nil {
			return err
		}
		return f.SetCellFormula("Sheet1", "B3", `=CONCATENATE("a","@exemple.fr")`)
	})
	rows, err = readContacts(t, "contacts.xlsx", in)
	if err != nil || len(rows) != 2 || rows[0].Err != nil || rows[0].Authority.Text != "246700488" {
		t.Fatalf("%+v, %v", rows, err)
	}
	if rows[1].Err == nil {
		t.Errorf("a formula is taken: %+v", rows[1])
	}
}

func TestContactsOfAWrongSheetAreSaid(t *testing.T) {
	in := workbookOf(t, func(f *excelize.File) error { return f.SetCellValue("Sheet1", "A1", "budget") })
	_, err := readContacts(t, "contacts.xlsx", in)
	if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), "collectivité") && !strings.Contains(err.Error(), "authority") {
		t.Errorf("%v", err)
	}
}

func TestFiftyThousandContactsAreTooMany(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("collectivité;email\n")
	for i := range 50_000 {
		fmt.Fprintf(&b, "67482;agent%d@exemple.fr\n", i)
	}
	rows, err := readContacts(t, "contacts.csv", b.Bytes())
	if apperr.KindOf(err) != apperr.TooLarge || len(rows) > room.MaxContacts {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
