package plan

import (
	"math"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/territory"
)

// Fault refuses one field of a plan or of an objective, so that a form, or the
// reader of a file, says in which field or column it stands.
type Fault struct{ Field, Message string }

// Error is the sentence a user reads.
func (f *Fault) Error() string { return f.Message }

// Unwrap makes it an invalid input.
func (f *Fault) Unwrap() error { return apperr.Invalidf("%s", f.Message) }

func fault(field, message string) error { return &Fault{field, message} }

const (
	oldest = 1990 // base year of the national inventories
	latest = 2100
)

func (p Plan) check() error {
	ref, err := territory.ParseRef(p.Territory)
	switch {
	case !p.Kind.Valid():
		return fault("kind", "Choisissez le type de plan dans la liste.")
	case err != nil || ref == territory.France:
		return fault("territory", "Dites de quel territoire est ce plan, par exemple region:44 ou epci:246700488.")
	case p.Kind.Regional() && ref.Scale != territory.RegionS:
		return fault("territory", "Un document de ce type est celui d’une région.")
	case p.Kind.Climate() && (ref.Scale == territory.RegionS):
		return fault("territory", "Un plan climat est celui d’une intercommunalité, d’un établissement public territorial, d’une commune ou d’un périmètre, pas d’une région.")
	case strings.TrimSpace(p.Name) == "" || len(p.Name) > 300:
		return fault("name", "Donnez au plan un nom de 300 caractères au plus.")
	case stateNames[p.State] == "":
		return fault("state", "Dites où en est le plan\u00a0: en élaboration, en vigueur, en révision ou terminé.")
	case p.From != 0 && (p.From < oldest || p.From > latest), p.To != 0 && (p.To < oldest || p.To > latest):
		return fault("from", "Les années du plan vont de 1990 à 2100.")
	case p.From != 0 && p.To != 0 && p.To < p.From:
		return fault("to", "La fin du plan précède son début.")
	case p.Link != "" && !strings.HasPrefix(p.Link, "https://") && !strings.HasPrefix(p.Link, "http://") || len(p.Link) > 2000:
		return fault("link", "Le lien est l’adresse d’une page, https://…")
	case len(p.Source) > 500:
		return fault("source", "La source dépasse 500 caractères.")
	}
	if p.Adopted != "" {
		if _, err := time.Parse(time.DateOnly, p.Adopted); err != nil {
			return fault("adopted", "Écrivez la date d’adoption comme 2020-01-24, ou laissez-la vide.")
		}
	}
	return nil
}

func (o Objective) check() error {
	switch {
	case o.Lever == "" && strings.TrimSpace(o.Indicator) == "":
		return fault("lever", "Dites quel levier cet objectif concerne, ou ce qu’il mesure.")
	case len(o.Indicator) > 300:
		return fault("indicator", "Ce que mesure l’objectif dépasse 300 caractères.")
	case o.BaseYear < oldest || o.BaseYear > latest:
		return fault("base_year", "L’année de départ va de 1990 à 2100.")
	case o.TargetYear < oldest || o.TargetYear > latest:
		return fault("target_year", "L’année visée va de 1990 à 2100.")
	case o.TargetYear <= o.BaseYear:
		return fault("target_year", "L’année visée doit suivre l’année de départ.")
	case math.IsNaN(o.Target) || math.IsInf(o.Target, 0) || math.Abs(o.Target) > 1e12:
		return fault("target", "Cette valeur est trop grande pour un objectif.")
	case o.Base.Known && (math.IsNaN(o.Base.V) || math.IsInf(o.Base.V, 0) || math.Abs(o.Base.V) > 1e12):
		return fault("base", "Cette valeur est trop grande pour un point de départ.")
	case strings.TrimSpace(o.Unit) == "" || len(o.Unit) > 100:
		return fault("unit", "Donnez l’unité de l’objectif.")
	case len(o.Page) > 100 || len(o.Written) > 200:
		return fault("page", "La page citée dépasse 100 caractères.")
	case o.State != "" && o.State != "active" && o.State != "withdrawn":
		return fault("state", "Un objectif est actif ou retiré.")
	}
	return nil
}
