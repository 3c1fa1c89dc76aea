package plan

import (
	"encoding/csv"
	"fmt"
	"strings"
	"sync"

	"jalon/data"
	"jalon/internal/apperr"
)

// Document is what the own planning document of a region is called, and the
// article of the law that says so.
type Document struct {
	Kind    Kind
	Article string
}

var documents = sync.OnceValues(func() (_ map[string][]Document, err error) {
	defer apperr.Wrap(&err, "plan.Documents")
	f, err := data.FS.Open("regional-documents.csv")
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	out := map[string][]Document{}
	for i, r := range rows[1:] {
		k := Kind(r[1])
		if !k.Regional() {
			return nil, fmt.Errorf("regional-documents.csv, row %d: %q is no document of a region", i+2, r[1])
		}
		out[r[0]] = append(out[r[0]], Document{Kind: k, Article: r[2]})
	}
	return out, f.Close()
})

// Documents lists the own planning documents of a region, in the order in which
// they are looked for: one in eleven regions, two elsewhere.
func Documents(region string) ([]Document, error) {
	all, err := documents()
	if err == nil && len(all[region]) == 0 {
		err = apperr.NotFoundf("Cette région n’existe pas.")
	}
	return all[region], err
}

// Expected says in French which document of the region is looked for: «Le
// document de la Région est ici le SRADDET.»
func Expected(all []Document) string {
	names := make([]string, len(all))
	for i, d := range all {
		names[i] = "le " + d.Kind.Name()
		if d.Kind == PPE {
			names[i] = "la " + d.Kind.Name()
		}
	}
	if len(names) == 1 {
		return "Le document de la Région est ici " + names[0] + "."
	}
	return "Les documents de la Région sont ici " + strings.Join(names, " et ") + "."
}
