package web

import (
	"context"
	"strconv"

	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/web/ui"
)

// adopted is where an action stands in the roadmap that its COP last published; false
// when it is not there.
func (s *server) adopted(ctx context.Context, c cop.COP, action string) (link ui.Link, ok bool, err error) {
	k, e, ok, err := s.shelf.Last(ctx, s.DB, c.ID, c.Path()+composition.Roadmap.Path(""))
	if err != nil || !ok {
		return link, false, err
	}
	if _, ok = k.Sheet(action); !ok {
		return link, false, nil
	}
	return ui.Link{Label: "Cette action dans la feuille de route, édition n°\u00a0" + strconv.FormatInt(e.Seq, 10), Href: k.Path(action)}, true, nil
}
