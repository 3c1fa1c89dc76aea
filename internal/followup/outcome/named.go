package outcome

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Item is an action as a review names it.
type Item struct {
	ID, Title, Holder, Theme string
	Seq                      int64
	Status                   string
	Blocked                  string // what the last word says blocks it
	Said                     string // the day of the last word, empty when there is none
	Progress                 int64  // -1 when it was not said
	Retained                 string // the day that both heads retained it, empty when no list did
	Since                    string // the day of its status when a day is given, empty when it is not known
}

// Named lists the actions that were asked for of a region as they stood on a day, by
// number, whatever their département.
func (m *Room) Named(ctx context.Context, q db.Q, a Ask) (out []Item, err error) {
	defer apperr.Wrap(&err, "outcome.Named(%+v)", a)
	day := m.today(a)
	var before time.Time
	if a.Day != "" {
		if before, err = endOf(ctx, q, a.Region, day); err != nil {
			return nil, err
		}
	}
	files, err := m.files(ctx, q, a.Region)
	if err != nil {
		return nil, err
	}
	if !before.IsZero() {
		if files, err = m.pastFiles(ctx, q, a.Region, day, before, files); err != nil {
			return nil, err
		}
	}
	for _, f := range files {
		for _, x := range f.facts {
			if x.since > day || a.Theme != "" && x.theme != a.Theme || a.Holder != "" && x.holder != a.Holder {
				continue
			}
			h := f.said[x.id]
			i := Item{ID: x.id, Title: x.title, Holder: x.holder, Theme: x.theme, Seq: x.seq, Retained: x.since, Status: x.statusOn(h, day), Progress: -1}
			if x.past {
				i.Since = x.statusSince(h, day)
			}
			if h != nil {
				if w := last(h.words, day, wordDay); w != nil {
					i.Said, i.Blocked, i.Progress = w.day, w.blocked, w.progress
				}
			}
			out = append(out, i)
		}
	}
	return out, nil
}
