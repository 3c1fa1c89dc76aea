package objective

import (
	"context"
	"encoding/json"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
)

// Verified is what Verify read again.
type Verified struct {
	Lists    int64
	Problems []string // French, one each
}

// Verify reads every list of objectives again: what was frozen against its digest,
// that against what the heads validate, and what is in force against the list that
// shared it.
func Verify(ctx context.Context, q db.Q) (v Verified, err error) {
	defer apperr.Wrap(&err, "objective.Verify")
	type kept struct {
		SharingList
		validated string
	}
	rows, err := q.Query(ctx, `SELECT s.id, s.cop_id, s.seq, s.state, s.sha256, s.body, COALESCE(a.sha256, '') FROM objective_sharing s LEFT JOIN act a ON a.id = s.act ORDER BY s.cop_id, s.seq`)
	all, err := db.Collect(rows, err, func(r *db.Rows) (k kept, err error) {
		var body string
		err = r.Scan(&k.ID, &k.COP, &k.Seq, &k.State, &k.SHA256, &body, &k.validated)
		k.body = []byte(body)
		return k, err
	})
	if err != nil {
		return v, err
	}
	shared := map[string]FrozenLine{} // by objective: the last list that shared it
	for _, k := range all {
		v.Lists++
		at := "Objectifs de la COP " + k.COP + ", liste n°" + nb + french.Integer(k.Seq) + nb + ": "
		switch {
		case !k.Intact() || json.Unmarshal(k.body, &k.Frozen) != nil:
			v.Problems = append(v.Problems, at+"ce qui est gardé n’a plus l’empreinte de ce qui a été figé.")
			continue
		case k.validated != k.SHA256:
			v.Problems = append(v.Problems, at+"l’empreinte que les têtes valident n’est pas celle de la liste gardée.")
		}
		for _, l := range k.Frozen.Lines {
			if k.State == SharingShared {
				shared[l.Objective] = l
			}
		}
	}
	rows, err = q.Query(ctx, `SELECT `+columns+` FROM objective o WHERE o.shared_rev > 0 ORDER BY o.cop_id, o.territory, o.lever`)
	objectives, err := db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scan(r) })
	for _, o := range objectives {
		if l, ok := shared[o.ID]; !ok || !same(l.Value, o.SharedValue) {
			v.Problems = append(v.Problems, "Objectif de la COP "+o.COP+", "+o.Territory+", levier «\u00a0"+o.Lever+"\u00a0»"+nb+": la valeur en vigueur n’est pas celle de la liste qui l’a partagée.")
		}
	}
	return v, err
}

// same reports whether two values are one, whatever the words of what they lack.
func same(a, b Value) bool {
	return a.Kg.Known == b.Kg.Known && a.Kg.Kg == b.Kg.Kg && a.Level.Known == b.Level.Known && (!a.Level.Known || a.Level.V == b.Level.V && a.Unit == b.Unit) // written and read back, not computed
}
