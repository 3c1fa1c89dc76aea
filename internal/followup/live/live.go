// Package live makes the blocks of the review of a year: where actions stand, what is
// planned, said and observed, what changed since the last review, what blocks, what is
// learnt. A review speaks of updates up to the last day of its year, whatever is said
// later.
package live

import (
	"context"
	"slices"
	"time"

	"jalon/internal/composition"
	"jalon/internal/db"
	"jalon/internal/followup/outcome"
	"jalon/internal/french"
)

const nb = french.NoBreak

// Sources is what the blocks read.
type Sources struct {
	DB      db.Q
	Outcome *outcome.Room
	// Told holds the blocks of the diagnosis, some of which a review takes up.
	Told composition.Catalogue
}

// Catalogue is the list of live blocks; it is a composition.Catalogue.
type Catalogue struct {
	Sources
	blocks []block
}

type block struct {
	composition.Live
	make func(ctx context.Context, r *reading) (composition.Made, error)
}

// New is the catalogue over its sources.
func New(s Sources) *Catalogue {
	return &Catalogue{Sources: s, blocks: []block{
		{composition.Live{Code: "avancement/statuts", Part: composition.Progress, Usual: true, Name: "Les actions par statut, et l’âge des nouvelles", Help: "Actions retenues par statut à la fin de l’année, et de quand date leur dernier point d’avancement."}, statuses},
		{composition.Live{Code: "avancement/en-difficulte", Part: composition.Progress, Usual: true, Name: "Les actions en retard ou bloquées", Help: "Chacune nommée, avec ce que son porteur dit qui bloque."}, troubled},
		{composition.Live{Code: "couverture/trois-lectures", Part: composition.Cover, Usual: true, Name: "Prévu, dit fait, observé, levier par levier", Help: "Trois choses côte à côte, jamais additionnées."}, three},
		{composition.Live{Code: "couverture/chemin", Part: composition.Cover, Usual: true, Name: "Le chemin jusqu’en 2030", Help: "Ce qui était prévu année par année, ce qui est dit fait, et l’objectif."}, way},
		{composition.Live{Code: "couverture/ecarts", Part: composition.Cover, Usual: true, Name: "D’où viennent les écarts", Help: "Délai, volume, facteur\u00a0: les trois s’additionnent exactement."}, gaps},
		{composition.Live{Code: "evolution/derniere-revue", Part: composition.Compared, Usual: true, Name: "Face à la dernière revue publiée", Help: "Les chiffres tels que la dernière revue les a figés, à côté de ceux de l’année."}, compared},
		{composition.Live{Code: "besoins/freins", Part: composition.Needs, Usual: true, Name: "Les freins, et ce que répond l’échelon national", Help: "Freins retenus par la COP à la fin de l’année, avec la réponse de l’échelon national à ceux qui y remontent."}, told("questionnaire/freins-retenus")},
		{composition.Live{Code: "besoins/alertes", Part: composition.Needs, Usual: true, Name: "Les alertes, et ce que l’équipe en a fait", Help: "Celles de l’année, par règle\u00a0: levées, répondues, closes, encore là."}, alerts},
		{composition.Live{Code: "lecons/terminees", Part: composition.Lessons, Usual: true, Name: "Les actions terminées dans l’année", Help: "Chacune nommée\u00a0: de quoi faire une bonne pratique."}, finished},
		{composition.Live{Code: "lecons/pratiques", Part: composition.Lessons, Usual: true, Name: "Les bonnes pratiques tirées de ces actions", Help: "Celles que l’équipe a retenues, avec l’action d’où chacune vient."}, practices},
		{composition.Live{Code: "suite/silencieuses", Part: composition.Following, Usual: true, Name: "Les actions dont on n’a pas de nouvelles", Help: "Actions en cours sans point d’avancement depuis un an."}, silent},
	}}
}

// List lists the blocks in the order of the parts.
func (c *Catalogue) List() []composition.Live {
	out := make([]composition.Live, len(c.blocks))
	for i, b := range c.blocks {
		out[i] = b.Live
	}
	return out
}

// Open starts the reading of one document.
func (c *Catalogue) Open(_ context.Context, at composition.Place) (composition.Reading, error) {
	r := &reading{Catalogue: c, Place: at}
	r.from, r.day = at.Period()
	if r.from == "" { // without a year, that of the day
		r.from = r.day[:4] + "-01-01"
	}
	return r, nil
}

// reading is what the blocks of one review share.
type reading struct {
	*Catalogue
	composition.Place
	from    string // the first day of the period, and
	day     string // its last one
	outcome *outcome.Outcome
	items   []outcome.Item
	told    composition.Reading
}

// Make makes a block.
func (r *reading) Make(ctx context.Context, code string, _ map[string]string) (composition.Made, error) {
	i := slices.IndexFunc(r.blocks, func(b block) bool { return b.Code == code })
	if i < 0 {
		return composition.Made{}, composition.ErrUnknown
	}
	return r.blocks[i].make(ctx, r)
}

// come is what the actions of the region come to by the day of the review.
func (r *reading) come(ctx context.Context) (*outcome.Outcome, error) {
	if r.outcome != nil {
		return r.outcome, nil
	}
	o, err := r.Outcome.Of(ctx, r.DB, outcome.Ask{Region: r.Region.Code, Day: r.day})
	if err != nil {
		return nil, err
	}
	r.outcome = &o
	return r.outcome, nil
}

// named are the actions of the region as they stood that day.
func (r *reading) named(ctx context.Context) ([]outcome.Item, error) {
	if r.items != nil {
		return r.items, nil
	}
	var err error
	r.items, err = r.Outcome.Named(ctx, r.DB, outcome.Ask{Region: r.Region.Code, Day: r.day})
	return r.items, err
}

// told is a block of the diagnosis, as of the day of the document.
func told(code string) func(ctx context.Context, r *reading) (composition.Made, error) {
	return func(ctx context.Context, r *reading) (m composition.Made, err error) {
		if r.told == nil {
			if r.told, err = r.Told.Open(ctx, r.Place); err != nil {
				return m, err
			}
		}
		return r.told.Make(ctx, code, nil)
	}
}

// eve is the day before the period.
func (r *reading) eve() string {
	at, err := time.Parse(time.DateOnly, r.from)
	if err != nil {
		return r.from
	}
	return at.AddDate(0, 0, -1).Format(time.DateOnly)
}

// inYear names the period in a sentence.
func (r *reading) inYear() string {
	return "du " + french.Day(r.from) + " au " + french.Day(r.day)
}

// until says of which days the figures speak.
func (r *reading) until() string {
	return "Au " + french.Day(r.day) + ". " + outcome.AsOfRule
}

// held says it of figures that are read beside objectives and series, and what of them is
// of the day of the document when the period was over.
func (r *reading) held() []string {
	out := []string{r.until()}
	if r.day < r.Day {
		out = append(out, "Série observée\u00a0: aucune année après "+r.day[:4]+". Les valeurs observées, les ratios et les objectifs proposés à la discussion n’ont pas d’historique dans Jalon\u00a0: ce sont ceux qui étaient publiés le "+french.Day(r.Day)+", jour où cette revue est établie.")
	}
	return out
}

func lacking(title, text string) composition.Made {
	return composition.Made{Title: title, Missing: text}
}
