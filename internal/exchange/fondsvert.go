package exchange

import (
	"iter"
	"math"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
)

// FundedRow is one public project that was financed, as a file gives it. Whose
// SIREN it is is for the room to say, through the cell.
type FundedRow struct {
	Line    int
	File    string // number of the request, as its service gave it; «Non Renseigné» is none
	Measure string // of the programme: «Recyclage foncier»
	Name    string
	Holder  string // who receives the money, as written
	SIREN   Cell   // nine digits or, as SIRET, fourteen
	Commune string // INSEE code, empty when not given
	Year    int    // 0 when the file does not say
	Cents   *int64 // nil when the file gives no amount
	Err     error
}

// Columns as read in the State's public export of the Fonds vert, edition 2023,
// and in those of later years, that add the year.
var fundedColumns = Synonyms{
	"file":    {"numero_dossier_ds", "numéro de dossier"},
	"measure": {"nom_demarche_ds", "demarche", "mesure"},
	"name":    {"nom_du_projet", "nom_projet", "projet"},
	"holder":  {"nom_beneficiaire_principal", "raison_sociale_beneficiaire", "bénéficiaire"},
	"siren":   {"siret", "siren_beneficiaire", "siret_beneficiaire"},
	"commune": {"code_commune"},
	"year":    {"annee_millesime", "année", "millésime"},
	"amount":  {"montant_engage", "montant"},
}

// ReadFunded reads the public export of financed projects: of its many columns
// those above. Amounts are written «21 667,00 €». year is that of the projects
// when the file does not say it, 0 when nobody did: the edition of 2023 says it in
// the name of the file alone.
func ReadFunded(t *Table, m Mapping, year int) (iter.Seq2[FundedRow, error], error) {
	c, err := t.Columns(fundedColumns, m)
	if err != nil {
		return nil, err
	}
	if err := c.RequireOnly("measure", "name", "siren", "amount"); err != nil {
		return nil, err
	}
	if year == 0 && !c.Has("year") {
		return nil, apperr.Invalidf("%s\u00a0: ce fichier ne dit pas l’année de ses projets. Donnez-la, par exemple --year 2023.", t.Name)
	}
	return each(t, func(row Row) FundedRow {
		cell := func(key string) Cell { return given(c.Cell(row, key)) }
		r := FundedRow{Line: row.Line, SIREN: cell("siren")}
		r.Err = first(
			func() (err error) { r.File, err = cell("file").Text(); return err },
			func() (err error) { r.Measure, err = cell("measure").Required(); return err },
			func() (err error) { r.Name, err = cell("name").Required(); return err },
			func() (err error) { r.Holder, err = cell("holder").Text(); return err },
			func() (err error) { r.Commune, err = cell("commune").Text(); return err },
			func() (err error) { r.Year, err = yearOr(cell("year"), year); return err },
			func() (err error) { r.SIREN, err = sirenOf(r.SIREN); return err },
			func() (err error) { r.Cents, err = cents(cell("amount")); return err },
		)
		if french.Fold(r.File) == "non renseigne" {
			r.File = ""
		}
		r.Name = strings.Join(strings.Fields(r.Name), " ")
		return r
	}), nil
}

func yearOr(c Cell, year int) (int, error) {
	if c.Empty() && year != 0 {
		return year, nil
	}
	return c.Year()
}

// given takes «NULL», which the export writes where it knows nothing, for an
// empty cell.
func given(c Cell) Cell {
	if c.Value == "NULL" {
		c.Value = ""
	}
	return c
}

// sirenOf brings a SIRET to its SIREN. A number of which the check digit is wrong
// is a slip, that would give a project to nobody or to somebody else. None at all
// is a holder without a number.
func sirenOf(c Cell) (Cell, error) {
	text, err := c.Text()
	if err != nil || text == "" {
		return c, err
	}
	digits := strings.Map(func(r rune) rune {
		if isSpace(r) {
			return -1
		}
		return r
	}, text)
	if len(digits) == 14 {
		digits = digits[:9]
	}
	if !french.ValidSIREN(digits) {
		return c, c.Fault("un SIREN (9 chiffres) ou un SIRET (14 chiffres) est attendu")
	}
	c.Value = digits
	return c, nil
}

// cents reads an amount in euros as whole cents; nil when none is written.
func cents(c Cell) (*int64, error) {
	c.Value = trimSpaces(strings.TrimSuffix(c.Value, "€"))
	if c.Empty() {
		return nil, nil
	}
	v, err := c.NonNegative()
	if err != nil {
		return nil, err
	}
	n := math.Round(v * 100)
	switch {
	case n > 1e14: // a thousand billion euros: no project of an authority
		return nil, c.Fault("ce montant est trop grand pour un projet")
	case math.Abs(v*100-n) > 1e-3:
		return nil, c.Fault("un montant en euros a deux décimales au plus")
	}
	out := int64(n)
	return &out, nil
}
