package exchange

import (
	"iter"
	"slices"
	"strings"

	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/intake"
)

// AdaptationLimits bound a file of priorities of adaptation: the State's table has a few
// per département.
func AdaptationLimits() Limits {
	l := UploadLimits()
	l.Rows = 10_000
	return l
}

// AdaptationRow is a row of such a file as it was sent: what is staged while its columns
// wait for a person.
type AdaptationRow struct {
	Header  []string `json:"header,omitempty"` // of the first one alone: the head of the table
	Cells   []string `json:"cells,omitempty"`
	Remarks []string `json:"remarks,omitempty"`
}

// AdaptationRows gives the head of a table, then its rows, each as text: the last value of
// a formula is taken and said, an error of the workbook refuses its row.
func AdaptationRows(t *Table) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		if !yield(intake.Accept(t.Line, AdaptationRow{Header: t.Header}), nil) {
			return
		}
		for row, err := range t.Rows() {
			if err != nil {
				yield(intake.Row{}, err)
				return
			}
			if !yield(adaptationRow(t, row), nil) {
				return
			}
		}
	}
}

func adaptationRow(t *Table, row Row) intake.Row {
	if row.Fault != nil {
		return intake.Refuse(row.Line, row.Fault)
	}
	out := AdaptationRow{Cells: make([]string, len(row.Cells))}
	for i, text := range row.Cells {
		c := given(Cell{File: t.Name, Line: row.Line, Col: i + 1, Column: t.Header[i], Value: trimSpaces(text), decimal: t.decimal, kind: row.kind(i)})
		if rest, ok := strings.CutPrefix(c.Value, "'"); ok && c.kind == cellText && Inert(rest) == c.Value {
			c.Value = rest // what our own files make inert
		}
		if c.kind == cellFormula && c.Value != "" {
			out.Remarks = append(out.Remarks, "«\u00a0"+c.Column+"\u00a0» est une formule\u00a0: sa dernière valeur est prise")
			c.kind = cellText
		}
		if f := c.readable(); f != nil {
			return intake.Refuse(row.Line, f)
		}
		out.Cells[i] = c.Value
	}
	return intake.Accept(row.Line, out)
}

// headWords is the head of a column without what tools change in it: case, accents,
// underscores.
func headWords(s string) string { return french.Fold(strings.ReplaceAll(s, "_", " ")) }

// AdaptationColumns gives each head what it holds: what a person said of it last, then the
// names of the State's table, as Grist writes them in its addresses and on its screens.
// Empty when nobody knows.
func AdaptationColumns(header []string, said [][2]string) []string {
	out := make([]string, len(header))
	taken := map[string]bool{}
	for i, h := range header {
		if headWords(h) == "" {
			out[i] = Ignored
			continue
		}
		for _, s := range said {
			if out[i] == "" && headWords(s[0]) == headWords(h) {
				out[i] = s[1]
			}
		}
		if out[i] != "" && out[i] != Ignored {
			taken[out[i]] = true
		}
	}
	grist, _ := FindActionFormat(GristActions)
	for i, h := range header {
		if out[i] != "" {
			continue
		}
		for n, f := range adaptation.Fields() {
			names := []string{f.Column, f.Label, grist.known[n][0]}
			if !taken[f.Key] && slices.ContainsFunc(names, func(s string) bool { return headWords(s) == headWords(h) }) {
				out[i], taken[f.Key] = f.Key, true
			}
		}
	}
	return out
}

// DecidedColumns refuses columns of which a person must still say something: one that
// nobody knows, one thing said twice, no title.
func DecidedColumns(columns []string) error {
	seen := map[string]bool{}
	for _, key := range columns {
		switch {
		case key == "":
			return apperr.Invalidf("Dites ce que contient chaque colonne, ou qu’elle n’est pas à reprendre.")
		case key != Ignored && seen[key]:
			return apperr.Invalidf("Deux colonnes contiennent «\u00a0%s\u00a0»\u00a0: gardez-en une.", adaptationLabel(key))
		case key != Ignored && adaptationLabel(key) == "":
			return apperr.Invalidf("Ce champ n’est pas de la fiche. Choisissez-le dans la liste.")
		}
		seen[key] = true
	}
	if !seen["title"] {
		return apperr.Invalidf("Dites quelle colonne contient l’intitulé des priorités\u00a0: sans lui, aucune ligne ne peut être lue.")
	}
	return nil
}

func adaptationLabel(key string) string {
	for _, f := range adaptation.Fields() {
		if f.Key == key {
			return f.Label
		}
	}
	return ""
}

// JudgeAdaptation gives each row its verdict, at its line and at the column of the field
// that refuses it.
func JudgeAdaptation(judge *adaptation.Incoming, columns []string, rows iter.Seq2[intake.Line, error]) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		for l, err := range rows {
			if err != nil {
				yield(intake.Row{}, err)
				return
			}
			row, ok := judgeAdaptation(judge, columns, l)
			if ok && !yield(row, nil) {
				return
			}
		}
	}
}

// WriteAdaptation is the State's table, with its sixteen columns by their exact names: what
// comes back by the import makes no double.
func WriteAdaptation(name, title string, list []adaptation.Priority, fw *framework.Framework, region, department func(code string) string) Dataset {
	d := Dataset{Name: name, Title: title, Source: "Jalon", Note: "Les 16\u00a0colonnes de la table de l’État «\u00a0COP Volet Adaptation\u00a0». Une cellule vide n’est pas renseignée."}
	for _, f := range adaptation.Fields() {
		d.Fields = append(d.Fields, Field{Name: f.Column, Label: f.Label, Missing: "non renseigné"})
	}
	d.Rows = func(yield func([]Datum, error) bool) {
		for _, p := range list {
			row := make([]Datum, 0, len(d.Fields))
			for _, f := range adaptation.Fields() {
				var text string
				switch f.Key {
				case "region":
					text = region(p.Region)
				case "department":
					text = department(p.Department)
				case "ends":
					text = p.Ends
				case "budget":
					text = p.Budget
				default:
					text = p.Input().Value(fw, f.Key)
				}
				row = append(row, Text(text))
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return d
}
