package exchange

import (
	"iter"

	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/intake"
)

var warmingColumns = Synonyms{"region": {"région", "territory", "territoire"}, "year": {"année", "annee"}, "degrees": {"degrés", "degres", "réchauffement"}, "reference": {"référence", "par rapport à"}, "source": {}, "address": {"adresse", "lien", "url"}}

// ReadWarming reads «region, year, degrees, reference, source», each row with its verdict:
// a warming without its source is refused. kept receives what is accepted.
func ReadWarming(t *Table, m Mapping, known func(region string) bool, kept func(adaptation.Degree)) (iter.Seq2[intake.Row, error], error) {
	c, err := t.Columns(warmingColumns, m)
	if err != nil {
		return nil, err
	}
	if err := c.Require("region", "year", "degrees", "reference", "source"); err != nil {
		return nil, err
	}
	return func(yield func(intake.Row, error) bool) {
		for row, err := range t.Rows() {
			if err != nil {
				yield(intake.Row{}, err)
				return
			}
			if !yield(judgeWarming(c, row, known, kept), nil) {
				return
			}
		}
	}, nil
}

func judgeWarming(c *Columns, row Row, known func(region string) bool, kept func(adaptation.Degree)) intake.Row {
	if row.Fault != nil {
		return intake.Refuse(row.Line, row.Fault)
	}
	var text [6]string
	for i, key := range []string{"region", "year", "degrees", "reference", "source", "address"} {
		var err error
		if text[i], err = c.Cell(row, key).Text(); err != nil {
			return intake.Refuse(row.Line, err)
		}
	}
	d, err := adaptation.ReadDegree(text[0], text[1], text[2], text[3], text[4], text[5])
	if err == nil && !known(d.Region) {
		err = apperr.Invalidf("«\u00a0%s\u00a0» n’est pas une région d’outre-mer.", d.Region)
	}
	if err != nil {
		return intake.Refuse(row.Line, err)
	}
	kept(d)
	return intake.Accept(row.Line, d)
}
