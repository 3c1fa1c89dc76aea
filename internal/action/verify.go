package action

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

// Verify reads every list of actions again: what was frozen against its digest, that
// against what the heads validate, and what is retained against the list that retained it.
func Verify(ctx context.Context, q db.Q) (v Verified, err error) {
	defer apperr.Wrap(&err, "action.Verify")
	type kept struct {
		Listing
		validated string
	}
	rows, err := q.Query(ctx, `SELECT l.id, l.cop_id, l.seq, l.state, l.sha256, l.body, COALESCE(a.sha256, '') FROM action_listing l LEFT JOIN act a ON a.id = l.act ORDER BY l.cop_id, l.seq`)
	all, err := db.Collect(rows, err, func(r *db.Rows) (k kept, err error) {
		var body string
		err = r.Scan(&k.ID, &k.COP, &k.Seq, &k.State, &k.SHA256, &body, &k.validated)
		k.body = []byte(body)
		return k, err
	})
	if err != nil {
		return v, err
	}
	listed := map[[2]string]bool{} // list, action
	for _, k := range all {
		v.Lists++
		at := "Actions de la COP " + k.COP + ", relevé n°" + nb + french.Integer(k.Seq) + nb + ": "
		switch {
		case !k.Intact() || json.Unmarshal(k.body, &k.Frozen) != nil:
			v.Problems = append(v.Problems, at+"ce qui est gardé n’a plus l’empreinte de ce qui a été figé.")
			continue
		case k.validated != k.SHA256:
			v.Problems = append(v.Problems, at+"l’empreinte que les têtes valident n’est pas celle de la liste gardée.")
		}
		if k.State == ListingRetained {
			for _, x := range k.Frozen.Actions {
				listed[[2]string{k.ID, x.Action}] = true
			}
		}
	}
	rows, err = q.Query(ctx, `SELECT id, cop_id, seq, list_id FROM action WHERE state = 'retained' ORDER BY cop_id, seq`)
	type retained struct {
		id, cop, list string
		seq           int64
	}
	actions, err := db.Collect(rows, err, func(r *db.Rows) (x retained, err error) {
		err = r.Scan(&x.id, &x.cop, &x.seq, &x.list)
		return x, err
	})
	for _, x := range actions {
		if !listed[[2]string{x.list, x.id}] {
			v.Problems = append(v.Problems, "Action n°"+nb+french.Integer(x.seq)+" de la COP "+x.cop+nb+": elle est retenue, et aucun relevé validé ne la nomme.")
		}
	}
	return v, err
}
