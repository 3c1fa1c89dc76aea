package api

import (
	"net/http"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/debate/contribution"
	"jalon/internal/web/shell"
)

// contributionOf is a published contribution, without what says who a person is.
type contributionOf struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Text        string `json:"text"`
	Speaker     string `json:"speaker"`
	Orgs        string `json:"organisations,omitempty"`
	Theme       string `json:"theme,omitempty"`
	Lever       string `json:"lever,omitempty"`
	Territory   string `json:"territory"`
	PublishedAt string `json:"published_at"`
	Supports    int64  `json:"supports"`
	Comments    int64  `json:"comments"`
	Study       string `json:"study,omitempty"`
	Page        string `json:"page"`
}

// contributions answers /api/v1/contributions/{territory}: what a region published,
// page by page, the oldest first.
func (d Deps) contributions(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "limit", "cursor")
	if err != nil {
		return err
	}
	limit, err := limitOf(q, 200)
	if err != nil {
		return err
	}
	t, c, err := d.regionOf(r, "Les contributions")
	if err != nil {
		return err
	}
	var at int64
	id, name := "", "contributions|"+c.ID
	if cursor := q.Get("cursor"); cursor != "" {
		parts, ok := shell.Unseal(d.CursorKey, name, cursor)
		if !ok || len(parts) != 2 {
			return apperr.Invalidf("Ce curseur n’est pas celui de cette liste\u00a0: repartez de la première page.")
		}
		id = parts[1]
		if at, err = strconv.ParseInt(parts[0], 10, 64); err != nil {
			return err
		}
	}
	list, err := contribution.After(r.Context(), d.Q, c, at, id, limit+1)
	if err != nil {
		return err
	}
	out, next := listOf[contributionOf]{t, c.ID, []contributionOf{}, nil}, ""
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = shell.Seal(d.CursorKey, name, strconv.FormatInt(last.Published.UnixMilli(), 10), last.ID)
	}
	for _, o := range list {
		out.Items = append(out.Items, contributionOf{o.ID, o.Title, o.Text, o.Speaker, o.Orgs, o.Theme, o.Lever, o.Territory, o.Published.Format(time.RFC3339), o.Supports, o.Comments, string(o.Study), contribution.Path(c, o.ID)})
	}
	return sendList(w, out, next)
}
