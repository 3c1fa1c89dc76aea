package framework

import (
	"encoding/csv"
	"errors"
	"io"
	"io/fs"

	"jalon/internal/apperr"
)

// row reads the cells of one line by the name of their column, and remembers
// the first name that the table does not have.
type row struct {
	columns map[string]int
	cells   []string
	missing *string
}

func (r row) get(column string) string {
	i, ok := r.columns[column]
	if !ok {
		if *r.missing == "" {
			*r.missing = column
		}
		return ""
	}
	return r.cells[i]
}

// readTable gives each line of a table to add, and puts the table and the line
// in front of what add refuses.
func readTable(fsys fs.FS, name string, add func(row) error) error {
	file, err := fsys.Open(name)
	if err != nil {
		return apperr.New(apperr.Internal, err, "La table %s manque.", name)
	}
	defer func() { _ = file.Close() }()
	rd := csv.NewReader(file)
	head, err := rd.Read()
	if err != nil {
		return apperr.New(apperr.Invalid, err, "La table %s n’a pas de ligne d’en-tête lisible.", name)
	}
	columns := make(map[string]int, len(head))
	for i, c := range head {
		if _, dup := columns[c]; dup {
			return invalid("La table %s a deux colonnes «\u00a0%s\u00a0».", name, c)
		}
		columns[c] = i
	}
	for {
		cells, err := rd.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return apperr.New(apperr.Invalid, err, "La table %s est illisible.", name)
		}
		var missing string
		err = add(row{columns, cells, &missing})
		line, _ := rd.FieldPos(0)
		if missing != "" {
			err = invalid("la colonne «\u00a0%s\u00a0» manque", missing)
		}
		if err != nil {
			return apperr.New(apperr.Invalid, err, "%s, ligne %d\u00a0: %s.", name, line, apperr.Message(err))
		}
	}
}

func invalid(format string, args ...any) error { return apperr.Invalidf(format, args...) }
