package cops

import (
	"net/http"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/survey"
)

// askedLine is where the questionnaire to the authorities stands, in one line.
type askedLine struct{ Text, Label, Href string }

// asked reads where the campaign of a region's COP stands; ok is false when there
// is none. Two statements, whatever the number of authorities.
func (d Deps) asked(r *http.Request, c cop.COP, on string) (line askedLine, ok bool, err error) {
	if c.Department() != "" || c.Cycle != cop.First { // the pages of a region are those of the first cycle
		return line, false, nil
	}
	x, err := survey.CampaignOf(r.Context(), d.Q, c.ID)
	if apperr.KindOf(err) == apperr.NotFound {
		return line, false, nil
	}
	if err != nil {
		return line, false, err
	}
	rows, err := survey.RateRows(r.Context(), d.Q, x.Cycle, x.ID)
	if err != nil {
		return line, false, err
	}
	rate := survey.RatesOf(rows).Regions[x.Region].Total
	return askedLine{Text: askedText(x, rate, on)}, true, nil
}

// askedText says the rate and the days left, as far as they are known.
func askedText(x survey.Campaign, rate survey.Rate, on string) string {
	if x.State == survey.CampaignDraft {
		if x.OpensOn != "" {
			return "La campagne n’est pas ouverte" + nb + ": ouverture prévue le " + french.Day(x.OpensOn) + "."
		}
		return "La campagne n’est pas ouverte."
	}
	text := "Campagne " + x.State.Name()
	if rate.Known() {
		text += nb + ": " + french.Percent(rate.Ratio(), 3) + " des régions, départements et EPCI ont répondu (" + french.Integer(rate.Answers) + " sur " + french.Integer(rate.Authorities) + ")"
	}
	if left := daysLeft(x, on); left != "" {
		text += nb + "; " + left
	}
	return text + "."
}

// daysLeft is how long answers are still taken; empty when no date says so.
func daysLeft(x survey.Campaign, on string) string {
	today, err := time.Parse(time.DateOnly, on)
	end, err2 := time.Parse(time.DateOnly, x.ClosesOn)
	if err != nil || err2 != nil || !x.State.Takes() {
		return ""
	}
	switch n := int(end.Sub(today).Hours() / 24); {
	case n < 0:
		return "la date de clôture annoncée, le " + french.Day(x.ClosesOn) + ", est passée"
	case n == 0:
		return "dernier jour pour répondre"
	default:
		return "il reste " + strconv.Itoa(n) + nb + french.Plural(n, "jour", "jours") + ", jusqu’au " + french.Day(x.ClosesOn)
	}
}

// readFirst leads to what an act is about, where it is a document that was frozen.
func readFirst(x cop.Act, c cop.COP) string {
	switch x.Kind {
	case cop.ObjectivesAct:
		return c.Path() + "/bureau/objectifs/partages/" + x.Subject
	case cop.ThemesAct:
		return c.Path() + "/bureau/themes/choix"
	case cop.DiagnosisAct:
		return c.Path() + "/bureau/diagnostic/editions/" + x.Subject
	case cop.RoadmapAct:
		return c.Path() + "/bureau/feuille-de-route/editions/" + x.Subject
	case cop.CloseAct:
		return c.Path() + "/bureau/points-de-sortie/cloture"
	case cop.ReviewAct:
		return c.Path() + "/bureau/suivi/editions/" + x.Subject
	case cop.ActionsAct:
		return c.Path() + "/bureau/actions/releves/" + x.Subject
	case cop.MinutesAct:
		return "/reunions/" + x.Subject + "/compte-rendu"
	case cop.RestitutionAct:
		return "/regions/" + c.Slug + "/restitution?edition=" + x.Subject
	}
	return ""
}
