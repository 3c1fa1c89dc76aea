package coverage

import (
	"context"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/objective"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// AsOfRule says what of a past day is read and what has no history, as pages write it.
const AsOfRule = "Actions, recoupements tranchés et objectifs partagés\u00a0: tels qu’ils étaient écrits à la fin de ce jour. Série observée\u00a0: aucune année d’après. " +
	"Les valeurs observées, les ratios et les objectifs proposés à la discussion n’ont pas d’historique dans Jalon\u00a0: ce sont ceux qui sont publiés aujourd’hui."

// AsOf is what a territory was held against at the end of a day, without any action: the
// objectives that were in force before the instant, and the series up to its year. The
// values of series, the ratios and the objectives that the panorama offers have no history
// here: they are those of now. CellOf counts actions against it.
func (m *Room) AsOf(ctx context.Context, q db.Q, ref territory.Ref, day string, before time.Time) (x Coverage, err error) {
	defer apperr.Wrap(&err, "coverage.AsOf(%s, %s)", ref, day)
	year, err := strconv.Atoi(day[:4])
	if err != nil {
		return x, err
	}
	book, err := m.held(ctx, ref, &x)
	if err != nil {
		return x, err
	}
	shared, err := objective.InForceBy(ctx, q, ref.String(), before)
	if err != nil {
		return x, err
	}
	curves, err := book.Read(ctx, q, ref.String())
	if err != nil {
		return x, err
	}
	then := make(map[string]*series.Curve, len(curves))
	for code, c := range curves {
		then[code] = c.Until(year)
	}
	x.build(book, then, shared, nil)
	return x, nil
}
