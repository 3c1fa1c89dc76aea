package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/hub"
	"jalon/internal/series"
)

// WithHub gives the client of the hub, so that tests bound its patience.
func WithHub(h *hub.Client) Option { return func(c *Core) { c.hub = h } }

// hubClient is the one of the settings.
func (c *Core) hubClient() *hub.Client {
	if c.hub != nil {
		return c.hub
	}
	return &hub.Client{URL: c.Config.HubURL, Token: c.Config.HubToken}
}

// readFromHub asks for every series of the catalogue that the hub holds. One that
// fails is told and left out: what is known of it stays, with its date. When all
// fail, nothing is imported.
func (c *Core) readFromHub(ctx context.Context, book *series.Book) (*seriesRead, error) {
	client := c.hubClient()
	read := &seriesRead{}
	sum := sha256.New()
	edition := "Hub d’indicateurs territoriaux, interrogé le " + french.Date(c.now())
	var last error
	asked, failed, inARow := 0, 0, 0
	for _, ind := range book.Catalogue.All() {
		for _, scale := range hubScales(&ind) {
			if inARow == mostInARow {
				break
			}
			asked++
			body, err := client.Load(ctx, hubQuery(&ind, scale))
			if err == nil {
				var s exchange.HubSeries
				if s, err = exchange.ReadHubOf(ind.HubMeasure+" ("+scale+")", bytes.NewReader(body), ind.HubMeasure); err == nil {
					_, _ = sum.Write(body) // a hash never fails
					read.names, inARow = append(read.names, ind.Code), 0
					if err := receivedFromHub(s, book, edition, read); err != nil {
						return nil, err
					}
					continue
				}
			}
			if ctx.Err() != nil || apperr.KindOf(err) == apperr.Invalid && strings.Contains(apperr.Message(err), "JALON_HUB") {
				return nil, err // it would be the same for the others
			}
			if failed, last = failed+1, err; apperr.KindOf(err) != apperr.Invalid {
				inARow++ // a question that the hub refuses says nothing of the next one
			}
			read.aside(ind.Name + "\u00a0: " + apperr.Message(err))
			if inARow == mostInARow {
				read.aside("Le hub a échoué pour trois séries de suite\u00a0: les suivantes n’ont pas été demandées")
			}
		}
	}
	if asked == failed {
		return nil, last
	}
	read.digest = hex.EncodeToString(sum.Sum(nil))
	return read, nil
}

// mostInARow is how many series may fail one after the other before the hub is
// held to be down: waiting for ninety more would help nobody.
const mostInARow = 3

// hubScales are the scales that a series is asked for: the region; the
// département too for a quantity, of which ratios are made again.
func hubScales(ind *series.Indicator) []string {
	if ind.HubMeasure == "" {
		return nil
	}
	if ind.Kind == series.Quantity && (ind.Scale == "department" || ind.Scale == "commune") {
		return []string{"region", "departement"}
	}
	return []string{"region"}
}

// mostHubRows is how many elements an answer may have: a hundred départements for
// a hundred years.
const mostHubRows = 50_000

func hubQuery(ind *series.Indicator, scale string) hub.Query {
	cube, _, _ := strings.Cut(ind.HubMeasure, ".")
	q := hub.Query{Measures: []string{ind.HubMeasure}, Dimensions: []string{cube + ".geocode_" + scale, cube + ".libelle_" + scale}, Limit: mostHubRows,
		TimeDimensions: []hub.TimeDimension{{Dimension: cube + ".date_mesure", Granularity: "year"}}}
	if name, _, ok := strings.Cut(ind.HubDim, "="); ok {
		q.Dimensions = append(q.Dimensions, cube+"."+name)
	}
	return q
}
