// Package api is the JSON API, version 1: the same data as the pages, for
// programs. What is missing is null with its reason beside; a mass is given
// twice, in whole kilograms and in exact kilotonnes.
package api

import (
	"context"
	_ "embed" // openapi.json
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apikey"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/minutes"
	"jalon/internal/debate/question"
	"jalon/internal/exchange"
	"jalon/internal/figure"
	"jalon/internal/national"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/series"
	"jalon/internal/support/aid"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
)

//go:embed openapi.json
var openAPI []byte

// OpenAPI is the description of the API, as served.
func OpenAPI() []byte { return slices.Clone(openAPI) }

// Deps is what the API needs.
type Deps struct {
	Model   func(ctx context.Context) (*panorama.Model, error)
	Explain figure.Explainer
	// Perimeter finds a free perimeter and its communes.
	Perimeter func(ctx context.Context, id string) (territory.Territory, []int32, error)
	// Board is the national board, for those whose role reads it.
	Board *national.Room
	// Book is the catalogue of series, Q holds those that came in by imports.
	Book *series.Book
	Q    db.Q
	Now  func() time.Time
	// Own gives the targets that a territory has set itself; nil where no room does.
	Own func(ctx context.Context, ref territory.Ref) (panorama.Own, error)
	// Ambition tells what a region's COP shared, beside its plans; nil where no room does.
	Ambition func(ctx context.Context, region string) (plan.Ambition, error)
	// COPs lists meetings, Minutes what they decided, Debates the debates on a question.
	COPs    *cop.Room
	Minutes *minutes.Room
	Debates *question.Room
	// CursorKey signs the cursors of lists.
	CursorKey []byte
	// Actions is the register, Coverage what covers objectives, Aids the catalogue, Keys
	// what lets programs write.
	Actions  *action.Room
	Coverage *coverage.Room
	Aids     *aid.Room
	Keys     *apikey.Room
	// Tried counts tries under a name in the hour, and reports whether there were too many.
	Tried func(ctx context.Context, name string, most int64) (bool, error)
}

// Handlers are those of the API, by the names of the list of routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"api-openapi":     d.openAPI,
		"api-territories": d.territories,
		"api-territory":   d.territory,
		"api-children":    d.children,
		"api-levers":      d.levers,
		"api-lever":       d.lever,
		"api-panorama":    d.panorama,
		"api-figure":      d.figure,

		"api-board-figure": d.boardFigure,
		"api-board":        d.board,
		"api-metrics":      d.metrics,
		"api-series":       d.seriesList,
		"api-series-one":   d.seriesOne,
		"api-trends":       d.trends,
		"api-plans":        d.plans,
		"api-objectives":   d.objectives,
		"api-themes":       d.themes,
		"api-diagnoses":    d.diagnoses,

		"api-contributions": d.contributions,
		"api-meetings":      d.meetings,
		"api-decisions":     d.decisions,
		"api-debates":       d.debates,

		"api-actions":     d.actions,
		"api-action":      d.action,
		"api-action-add":  d.actionAdd,
		"api-action-save": d.actionSave,
		"api-coverage":    d.coverage,
		"api-aids":        d.aids,
		"api-aid":         d.aid,
		"api-measures":    d.measures,
	}
}

func (d Deps) openAPI(w http.ResponseWriter, _ *http.Request) error {
	return send(w, openAPI)
}

// answer sends v as JSON.
func answer(w http.ResponseWriter, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return send(w, append(body, '\n'))
}

func send(w http.ResponseWriter, body []byte) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, err := w.Write(body)
	return err
}

// query reads the parameters of a request and refuses those that nothing reads:
// a misspelt filter would otherwise give everything.
func query(r *http.Request, known ...string) (url.Values, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "L’adresse ne peut pas être lue\u00a0: ses paramètres sont mal écrits.")
	}
	for name, values := range q {
		if !slices.Contains(known, name) {
			return nil, apperr.Invalidf("Paramètre inconnu\u00a0: «\u00a0%s\u00a0».", name)
		}
		if len(values) > 1 {
			return nil, apperr.Invalidf("Le paramètre «\u00a0%s\u00a0» est donné deux fois.", name)
		}
		if len(values[0]) > 300 {
			return nil, apperr.Invalidf("Le paramètre «\u00a0%s\u00a0» est trop long.", name)
		}
	}
	return q, nil
}

const (
	defaultLimit = 50
	mostLimit    = 1000
)

func limitOf(q url.Values, most int) (int, error) {
	text := q.Get("limit")
	if text == "" {
		return min(defaultLimit, most), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, apperr.Invalidf("limit est un nombre de 1 à %d.", most)
	}
	return n, nil
}

// mass is an amount in the two forms, both null when it is missing.
type mass struct {
	Kt     *json.Number `json:"kt"`
	Kg     *int64       `json:"kg"`
	Reason string       `json:"reason,omitempty"`
}

func massOf(a panorama.Amount) mass {
	if !a.Known {
		return mass{Reason: a.Reason}
	}
	return kgOf(a.Kg)
}

func kgOf(k panorama.Kg) mass {
	kg := int64(k)
	kt := json.Number(exchange.KgAsKt(kg))
	return mass{Kt: &kt, Kg: &kg}
}

func valueOf(v panorama.Value, text func(float64) string) *json.Number {
	if !v.Known {
		return nil
	}
	n := json.Number(text(v.V))
	return &n
}

// why is the reason of a value that is not there.
func why(v panorama.Value) string {
	if v.Known {
		return ""
	}
	return v.Reason
}
