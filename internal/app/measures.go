package app

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"jalon/internal/action"
	"jalon/internal/db"
	"jalon/internal/support"
	"jalon/internal/support/aid"
	"jalon/internal/web/measures"
)

// helpVersion is the version of what public pages show of measures and of
// aids, which open and close from one day to the next.
func helpVersion(ctx context.Context, q db.Q, day string) (string, error) {
	a, err := db.Version(ctx, q, support.Version)
	if err != nil {
		return "", err
	}
	b, err := db.Version(ctx, q, aid.Version)
	return fmt.Sprintf("%d.%d.%s", a, b, day), err
}

// sharing says under which levers the content of a lever is kept, read again only when
// the nation or a region wrote something.
func (c *Core) sharing() func(context.Context) (support.Sharing, error) {
	var mu sync.Mutex
	var kept support.Sharing
	version := int64(-1)
	return func(ctx context.Context) (support.Sharing, error) {
		v, err := db.Version(ctx, c.DB, support.Version)
		if err != nil {
			return support.Sharing{}, err
		}
		mu.Lock()
		defer mu.Unlock()
		if v == version {
			return kept, nil
		}
		m, err := c.Model(ctx)
		if err != nil {
			return support.Sharing{}, err
		}
		counts, err := support.Counts(ctx, c.DB)
		if err != nil {
			return support.Sharing{}, err
		}
		s, err := support.Share(c.tables, m.Framework(), counts)
		if err != nil {
			return s, err
		}
		kept, version = s, v
		return s, nil
	}
}

// aidsOf are the aids of the catalogue as the cartography of a lever shows them: those of
// the nation, and of the region that is read.
func aidsOf(room *aid.Room) func(ctx context.Context, levers []string, region string) ([]measures.AidLine, error) {
	return func(ctx context.Context, levers []string, region string) ([]measures.AidLine, error) {
		shelf, err := room.Shelf(ctx)
		if err != nil {
			return nil, err
		}
		var out []measures.AidLine
		day, at := room.Today(), map[string]int{}
		for _, l := range levers {
			for _, x := range shelf.ForLever(l, day) {
				if x.Owner != "" && x.Owner != region {
					continue
				}
				i, ok := at[x.ID]
				if !ok {
					i = len(out)
					at[x.ID] = i
					link := x.Origin
					if link == "" {
						link = x.Address
					}
					out = append(out, measures.AidLine{ID: x.ID, Name: x.Name, Holder: x.Holder(), Types: aid.Names(aid.Types(), x.Types), Href: x.Path(), Link: link, Checked: x.Checked, Stale: x.Stale(day)})
				}
				out[i].Levers = append(out[i].Levers, l)
				for _, s := range action.Steps() {
					if yes, _ := x.ServesStep(l, s[0]); yes && !slices.Contains(out[i].Steps, s[0]) {
						out[i].Steps = append(out[i].Steps, s[0])
					}
				}
			}
		}
		return out, nil
	}
}
