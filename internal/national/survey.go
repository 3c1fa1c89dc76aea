package national

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/survey"
)

// Survey are the metrics of the questionnaire.
func Survey() Source {
	m := func(key, name, unit string, kind Kind, total Aggregation, definition, leaves string) Metric {
		return Metric{Key: key, Name: name, Unit: unit, Kind: kind, Total: total, Past: FromRecords, Class: figure.Computed, Rows: "/regions/{slug}/questionnaire", Version: 1, Definition: definition, LeavesOut: leaves}
	}
	return Source{
		Metrics: []Metric{
			m("questionnaire/reponses-validees", "Réponses validées", "réponses", Count, Sum, "Les collectivités, communes comprises, dont la réponse au questionnaire a été validée au moins une fois à cette date.",
				"Les réponses en cours n’y sont pas, ni celles des organismes ajoutés par l’équipe."),
			m("questionnaire/taux-regions-departements-epci", "Réponse des régions, départements et EPCI", "%", Rate, RateOfSums,
				"La part des régions, départements et EPCI de la région qui ont validé leur réponse au questionnaire.",
				"Hors communes. Une collectivité de deux compétences compte une fois. Ce chiffre réunit toutes les campagnes\u00a0: le taux national publié ne retient que celles qui sont marquées presque finalisées ou closes."),
			m("questionnaire/taux-communes", "Réponse des communes", "%", Rate, RateOfSums, "La part des communes de la région qui ont validé leur réponse au questionnaire.", "Hors régions, départements et EPCI\u00a0; les campagnes qui n’invitent pas les communes n’y sont pas."),
			m("questionnaire/campagnes-marquees", "Campagnes presque finalisées ou closes", "campagnes", Count, Sum, "Les campagnes que l’équipe de la région a marquées presque finalisées ou closes à cette date.",
				"Une campagne ouverte ou pas encore ouverte compte pour zéro\u00a0; une région sans campagne n’a pas de chiffre."),
		},
		Read: readSurvey,
	}
}

func readSurvey(ctx context.Context, q db.Q, cycle, day string) (Values, error) {
	all, err := cop.InCycle(ctx, q, cycle)
	if err != nil {
		return nil, err
	}
	rows, err := survey.RatesAt(ctx, q, cycle, EndOf(day))
	if err != nil {
		return nil, err
	}
	rates := survey.RatesOf(rows)
	marks, answers := map[string]survey.CampaignState{}, map[string]int64{}
	for _, x := range rows {
		marks[x.Region] = x.Mark
		if x.Answered && x.Counted {
			answers[x.Region] += x.N
		}
	}
	const none = "aucune campagne de questionnaire n’était préparée à cette date"
	v := Values{}
	for _, c := range all {
		mark, known := marks[c.Region]
		if !known {
			for _, k := range []string{"reponses-validees", "taux-regions-departements-epci", "taux-communes", "campagnes-marquees"} {
				v.Set("questionnaire/"+k, c.ID, Missing(none))
			}
			continue
		}
		set := rates.Regions[c.Region]
		note := "campagne " + mark.Name()
		with := func(x Value) Value {
			x.Note = note
			return x
		}
		v.Set("questionnaire/reponses-validees", c.ID, with(Counted(answers[c.Region])))
		v.Set("questionnaire/taux-regions-departements-epci", c.ID, with(Ratio(set.Total.Answers, set.Total.Authorities, "aucune collectivité n’est destinataire")))
		v.Set("questionnaire/taux-communes", c.ID, with(Ratio(set.Communes.Answers, set.Communes.Authorities, "les communes ne sont pas invitées")))
		n := int64(0)
		if mark.Marked() {
			n = 1
		}
		v.Set("questionnaire/campagnes-marquees", c.ID, with(Counted(n)))
	}
	return v, nil
}
