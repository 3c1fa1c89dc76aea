// Package objectives serves the objectives of a COP: the table where a region puts
// them, discusses and shares them, their closure down to départements and
// perimeters, and the nation's sum of ambitions.
package objectives

import (
	"context"
	"maps"
	"net/url"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *objective.Room
	Book  *series.Book // names the subjects of biodiversity and resources
	// Reachable is what the participants of a COP hold reachable for a lever; its title
	// is empty when nobody was asked. Nil when nobody ever is.
	Reachable func(ctx context.Context, c cop.COP, lever string) (Reachable, error)
}

// Reachable is what participants hold reachable, beside an objective. Measure and Value
// are their median as the form of a value takes it, empty when too few answered.
type Reachable struct {
	ID, Title      string
	Texts          []string
	Table          ui.Table
	Href           string // the page of the debate
	Measure, Value string
	Reason         string // what the form says of a value taken from there
}

// links leads to the debate, and fills the form of a value without sending it.
func (x Reachable) links(here string) []ui.Link {
	out := []ui.Link{{Label: "Lire les réponses et leurs conditions", Href: x.Href}}
	if x.Value != "" {
		out = append(out, ui.Link{Label: "Reprendre cette médiane dans le formulaire ci-dessous (rien n’est enregistré avant votre envoi)", Href: here + "?" + url.Values{"mesure": {x.Measure}, "valeur": {x.Value}, "raison": {x.Reason}}.Encode() + "#valeur"})
	}
	return out
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	out := d.tableHandlers()
	maps.Copy(out, d.closureHandlers())
	return out
}
