package knowledge

import (
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/territory"
)

// Load writes the good practices that come with the program, those of the
// founding document. What is there already stays as it is, so that it may run at
// each start.
func (m *Room) Load(ctx context.Context, fsys fs.FS, tree *territory.Tree) (err error) {
	defer apperr.Wrap(&err, "knowledge.Load")
	f, err := fsys.Open("good-practices.csv")
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return fmt.Errorf("good-practices.csv: %w", err)
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		fresh := false
		for _, r := range rows[1:] {
			region, err := tree.Region(r[1])
			if err != nil {
				return err
			}
			x := Item{ID: r[0], Kind: Strength, Region: region.Code, Author: cop.Seed, Origin: "donnees:" + r[0], Organisation: "COP régionale, " + region.Name, Territory: "region:" + region.Code, Scale: "region",
				Title: r[2], Text: r[3], Theme: r[4], Source: "SGPE, point d’étape des COP régionales, 27\u00a0mai\u00a02024", Day: "2024-05-27", State: Retained, Shared: true}
			if err := x.check(); err != nil {
				return fmt.Errorf("good-practices.csv, %s: %w", r[0], err)
			}
			_, added, err := m.insert(ctx, tx, cop.Seed, "données fournies avec Jalon", x)
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
	return err
}
