package diagnosis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

// Verified is what Verify read again.
type Verified struct {
	Choices  int64
	Problems []string // French, one each
}

// Verify reads every choice of themes again, and compares what is kept with what
// both heads validated.
func Verify(ctx context.Context, q db.Q) (v Verified, err error) {
	defer apperr.Wrap(&err, "diagnosis.Verify")
	return v, verifyChoices(ctx, q, &v)
}

func verifyChoices(ctx context.Context, q db.Q, v *Verified) error {
	type kept struct {
		cop, sha256, body, validated string
		seq                          int64
	}
	rows, err := q.Query(ctx, `SELECT h.cop_id, h.seq, h.sha256, h.body, COALESCE(a.sha256, '') FROM diagnosis_choice h LEFT JOIN act a ON a.id = h.act ORDER BY h.cop_id, h.seq`)
	all, err := db.Collect(rows, err, func(r *db.Rows) (k kept, err error) {
		return k, r.Scan(&k.cop, &k.seq, &k.sha256, &k.body, &k.validated)
	})
	for _, k := range all {
		v.Choices++
		sum := sha256.Sum256([]byte(k.body))
		at := "Thèmes de la COP " + k.cop + ", choix n°\u00a0" + number(k.seq) + "\u00a0: "
		switch {
		case hex.EncodeToString(sum[:]) != k.sha256:
			v.Problems = append(v.Problems, at+"ce qui est gardé n’a plus l’empreinte de ce qui a été figé.")
		case k.validated != k.sha256:
			v.Problems = append(v.Problems, at+"l’empreinte que les têtes valident n’est pas celle du choix gardé.")
		}
	}
	return err
}
