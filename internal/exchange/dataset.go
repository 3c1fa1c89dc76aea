package exchange

import (
	"context"
	"iter"
	"strconv"
	"strings"
)

// Datum is one cell going out. A number is exact decimal text with a point, so
// that no format adds or loses a digit; an empty number is missing, never zero.
type Datum struct {
	Text   string
	Number bool
}

// Text is a cell of words or of a code, never taken for a number.
func Text(s string) Datum { return Datum{Text: s} }

// Number is a cell holding exact decimal text («966.14»), "" when missing.
func Number(s string) Datum { return Datum{Text: s, Number: true} }

// Integer is a cell holding a count.
func Integer[T ~int | ~int32 | ~int64](n T) Datum { return Number(strconv.FormatInt(int64(n), 10)) }

// KgAsKt writes whole kilograms as kilotonnes, exactly: «966.140371».
func KgAsKt(kg int64) string {
	sign := ""
	u := uint64(kg)
	if kg < 0 {
		sign, u = "-", uint64(-kg)
	}
	whole, frac := strconv.FormatUint(u/1_000_000, 10), strconv.FormatUint(u%1_000_000, 10)
	frac = strings.TrimRight(strings.Repeat("0", 6-len(frac))+frac, "0")
	if frac == "" {
		return sign + whole
	}
	return sign + whole + "." + frac
}

// Fixed writes a number with a count of decimals, as published ratios carry.
func Fixed(v float64, decimals int) string {
	s := strconv.FormatFloat(v, 'f', max(decimals, 0), 64)
	if strings.HasPrefix(s, "-") && strings.Trim(s, "-0.") == "" {
		return s[1:] // no negative zero
	}
	return s
}

// Field describes one column of a data set: what its codebook says of it.
type Field struct {
	Name    string `json:"name"`  // permanent
	Label   string `json:"label"` // French
	Unit    string `json:"unit,omitempty"`
	Number  bool   `json:"number"`
	Missing string `json:"missing,omitempty"` // what an empty cell means, in French
}

// Dataset is a table going out, read once.
type Dataset struct {
	Name   string // file name without its extension
	Title  string // French
	Note   string // scope and what the reader must know, in French
	Source string
	Fields []Field
	Rows   iter.Seq2[[]Datum, error]
}

// Names lists the columns.
func (d Dataset) Names() []string {
	names := make([]string, len(d.Fields))
	for i, f := range d.Fields {
		names[i] = f.Name
	}
	return names
}

// Slice makes rows that are all there into a sequence.
func Slice(rows [][]Datum) iter.Seq2[[]Datum, error] {
	return func(yield func([]Datum, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Plain writes a double with the fewest digits that give it back.
func Plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Until stops a sequence when ctx ends: a reader who left costs no more work.
func Until(ctx context.Context, rows iter.Seq2[[]Datum, error]) iter.Seq2[[]Datum, error] {
	return func(yield func([]Datum, error) bool) {
		n := 0
		for row, err := range rows {
			if n++; n%256 == 0 && ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// Codebook describes every column of some data sets, as a data set itself.
func Codebook(sets []Dataset) Dataset {
	var rows [][]Datum
	for _, d := range sets {
		for _, f := range d.Fields {
			kind := "texte"
			if f.Number {
				kind = "nombre"
			}
			rows = append(rows, []Datum{Text(d.Name), Text(d.Title), Text(f.Name), Text(f.Label), Text(kind), Text(f.Unit), Text(f.Missing), Text(d.Source), Text(d.Note)})
		}
	}
	return Dataset{
		Name: "codebook", Title: "Dictionnaire des colonnes de tous les jeux", Source: "Jalon",
		Note: "Les CSV sont en UTF-8 avec BOM, séparés par «\u00a0;\u00a0», à virgule décimale\u00a0; un texte qui commence par = + - @ y est précédé d’une apostrophe.",
		Fields: []Field{{Name: "dataset", Label: "Jeu de données"}, {Name: "title", Label: "Titre du jeu"}, {Name: "column", Label: "Colonne"}, {Name: "label", Label: "Contenu"},
			{Name: "type", Label: "texte ou nombre"}, {Name: "unit", Label: "Unité"}, {Name: "missing", Label: "Sens d’une cellule vide"}, {Name: "source", Label: "Source du jeu"}, {Name: "note", Label: "Portée du jeu"}},
		Rows: Slice(rows),
	}
}
