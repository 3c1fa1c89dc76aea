package aid

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
)

// File is the table of the aids that come with the program: those of which the name, the
// holder and the type were read in a source. Codes of one cell are side by side.
const File = "aids.csv"

// Columns are those of File, in order.
var Columns = []string{"code", "name", "holder", "holder_kind", "types", "levers", "steps", "audiences", "source", "address", "read_on"}

// Load writes the aids that come with the program. What is there already stays as it is, so
// that it may run at each start; an absent table is an empty one.
func (m *Room) Load(ctx context.Context, fsys fs.FS) (err error) {
	defer apperr.Wrap(&err, "aid.Load")
	f, err := fsys.Open(File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	list, err := ReadFile(csv.NewReader(f))
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		fresh := false
		for _, x := range list {
			_, added, err := m.insert(ctx, tx, cop.Seed, "données fournies avec Jalon", "donnees:"+strings.TrimPrefix(x.ID, shipped), x)
			if err != nil {
				return err
			}
			fresh = fresh || added
		}
		if !fresh {
			return nil
		}
		_, err := db.Bump(ctx, tx, Version, m.Now())
		return err
	})
}

// shipped begins the ids of the aids of File.
const shipped = "aide-"

// ReadFile reads the rows of File, and refuses what they may not say.
func ReadFile(r *csv.Reader) ([]Aid, error) {
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 || !slices.Equal(rows[0], Columns) {
		return nil, fmt.Errorf("%s: its columns are %v: %w", File, Columns, err)
	}
	var out []Aid
	for _, c := range rows[1:] {
		x := Aid{ID: shipped + c[0], Rev: 1, State: Published, Checked: c[10], Facts: Facts{Source: c[8], Address: c[9], ReadOn: c[10], Name: c[1], HolderKind: c[3],
			Types: strings.Fields(c[4]), Audiences: strings.Fields(c[7])}}
		if x.HolderKind == "state" || x.HolderKind == "europe" { // another holder helps in its own territory, which was not read
			x.Scale, x.Place, x.Territories = "country", "France", []string{"nation"}
		}
		if c[2] != "" {
			x.Holders = []string{c[2]}
		}
		for _, l := range strings.Fields(c[5]) {
			x.Serves = append(x.Serves, Serve{Lever: l, Steps: strings.Fields(c[6])})
		}
		if c[0] == "" || len(x.Holders) == 0 || len(x.Types) == 0 || x.Source == "" || x.ReadOn == "" {
			return nil, fmt.Errorf("%s, %q: an aid ships with its name, holder, type, source and day of reading", File, c[0])
		}
		if err := x.check(); err != nil {
			return nil, fmt.Errorf("%s, %s: %w", File, c[0], err)
		}
		out = append(out, x)
	}
	return out, nil
}
