package survey

import (
	"context"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// Figures begins the keys of the figures of this room:
// questionnaire/taux/<cycle>/<territory>/<type>, then a day when it is a past one.
const Figures = "questionnaire"

// RateKind is one of the rates that are published.
type RateKind struct {
	Code, Name string
	Of         func(RateSet) Rate
	Definition string
}

const twice = " Une collectivité qui a deux compétences (Corse, Paris, métropole de Lyon) compte une fois dans chacun des deux taux et une seule dans le total."

// RateKinds lists the published rates, with what each divides by what.
func RateKinds() []RateKind {
	whole := " divisées par toutes les collectivités de ce type dont le siège est dans le territoire, qu’elles aient ouvert le questionnaire ou non."
	return []RateKind{
		{"total", "Régions, départements et EPCI", func(s RateSet) Rate { return s.Total }, "Réponses validées au moins une fois par les régions, départements et EPCI," + whole + " Hors communes, hors établissements publics territoriaux, hors organismes ajoutés par l’équipe." + twice},
		{"regions", "Régions", func(s RateSet) Rate { return s.Regions }, "Réponses validées des régions," + whole},
		{"departements", "Départements", func(s RateSet) Rate { return s.Departments }, "Réponses validées des départements," + whole},
		{"epci", "Intercommunalités (EPCI)", func(s RateSet) Rate { return s.Groups }, "Réponses validées des EPCI à fiscalité propre, métropoles comprises," + whole + " Un EPCI à cheval sur deux régions répond une fois et compte là où est son siège."},
		{"metropoles", "dont métropoles", func(s RateSet) Rate { return s.Metropoles }, "Réponses validées des métropoles," + whole + " Elles sont aussi dans le taux des EPCI."},
		{"ept", "Établissements publics territoriaux", func(s RateSet) Rate { return s.EPT }, "Réponses validées des établissements publics territoriaux de la métropole du Grand Paris," + whole + " À part\u00a0: ils n’entrent dans aucun autre taux."},
		{"communes", "Communes", func(s RateSet) Rate { return s.Communes }, "Réponses validées des communes," + whole + " À part\u00a0: elles n’entrent pas dans le taux de la région. Seules comptent les campagnes qui invitent les communes."},
	}
}

// RateKindOf finds a rate by its code.
func RateKindOf(code string) (RateKind, bool) {
	for _, k := range RateKinds() {
		if k.Code == code {
			return k, true
		}
	}
	return RateKind{}, false
}

// NationRule says which régions the rate of the nation holds.
const NationRule = "Le taux national réunit les seules régions dont l’équipe a marqué la campagne «\u00a0presque finalisée\u00a0» ou «\u00a0close\u00a0», avec sa date\u00a0: les autres recueillent encore."

// RateKey is the address of a rate as a figure; place is «nation», «region:44» or
// «department:67».
func RateKey(cycle, place, kind string) string {
	return strings.Join([]string{Figures, "taux", cycle, place, kind}, "/")
}

// RateKeyOn is the address of the same on a past day.
func RateKeyOn(cycle, place, kind, day string) string { return RateKey(cycle, place, kind) + "/" + day }

// endOf is when a day ends in Paris, the hour of the nation.
func endOf(day string) (time.Time, error) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.ParseInLocation(time.DateOnly, day, paris)
	return t.AddDate(0, 0, 1), err
}

// Explain answers for a rate: what was divided by what, and when.
func (m *Room) Explain(ctx context.Context, key string) (e figure.Explanation, err error) {
	defer apperr.Wrap(&err, "survey.Explain(%s)", key)
	unknown := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	parts := strings.Split(key, "/")
	if len(parts) < 5 || len(parts) > 6 || parts[0] != Figures || parts[1] != "taux" {
		return e, unknown
	}
	suffix, at := "", m.Now()
	if len(parts) == 6 {
		if at, err = endOf(parts[5]); err != nil || at.AddDate(0, 0, -1).After(m.Now()) {
			return e, unknown
		}
		suffix = "/" + parts[5]
	}
	kind, ok := RateKindOf(parts[4])
	if _, err := cop.FindCycle(ctx, m.DB, parts[2]); err != nil || !ok {
		return e, unknown
	}
	tree, err := m.Tree(ctx)
	if err != nil {
		return e, err
	}
	var rows []RateRow
	if suffix == "" {
		rows, err = RateRows(ctx, m.DB, parts[2], "")
	} else if rows, err = RatesAt(ctx, m.DB, parts[2], at); err == nil {
		at = at.AddDate(0, 0, -1) // the day itself, as it is written
	}
	if err != nil {
		return e, err
	}
	// Nobody was asked yet in a campaign that is not open: that is no rate of zero.
	rates := RatesOf(slices.DeleteFunc(rows, func(x RateRow) bool { return x.Mark == CampaignDraft }))
	var set RateSet
	page, note := "/national/questionnaire", ""
	var where string
	if parts[3] == "nation" {
		set, where, note = rates.Nation, "France", NationRule
		for _, code := range rates.Marked {
			if r, err := tree.Region(code); err == nil {
				e.Inputs = append(e.Inputs, inputOf(r.Name, kind.Of(rates.Regions[code]), RateKey(parts[2], "region:"+code, kind.Code)+suffix))
			}
		}
	} else {
		ref, err := territory.ParseRef(parts[3])
		if err != nil || ref.String() != parts[3] {
			return e, unknown
		}
		switch ref.Scale {
		case territory.RegionS:
			r, err := tree.Region(ref.Code)
			if err != nil {
				return e, unknown
			}
			set, where, page = rates.Regions[ref.Code], r.Name, "/regions/"+r.Slug+"/questionnaire"
		case territory.Department:
			d, err := tree.Dept(ref.Code)
			if err != nil {
				return e, unknown
			}
			r, err := tree.Region(d.Region)
			if err != nil {
				return e, err
			}
			set, where, page = rates.Departments[ref.Code], d.Name, "/regions/"+r.Slug+"/questionnaire"
			note = "Une collectivité à cheval sur deux départements compte dans celui de son siège\u00a0; une région n’est d’aucun."
		default:
			return e, unknown
		}
	}
	r := kind.Of(set)
	e.Title = "Taux de réponse, " + strings.ToLower(kind.Name[:1]) + kind.Name[1:] + ", " + where
	e.Sentence, e.Formula, e.Page = kind.Definition, "Taux = réponses validées ÷ collectivités", page
	if note != "" {
		e.Notes = append(e.Notes, note)
	}
	e.Figure = figure.Figure{Key: key, Unit: "%", Territory: parts[3], Year: at.Year(), Class: figure.Computed, Version: "définition 1", Source: "Jalon, campagnes du cycle " + parts[2] + ", au " + french.Date(at)}
	if !r.Known() {
		e.Figure.Class, e.Figure.Reason = figure.Missing, "aucune collectivité de ce type n’est destinataire d’une campagne ouverte ici"
		if parts[3] == "nation" {
			e.Figure.Reason = "aucune région n’a encore marqué sa campagne «\u00a0presque finalisée\u00a0» ou «\u00a0close\u00a0»"
		}
		return e, nil
	}
	e.Figure.Value = 100 * r.Ratio()
	e.Numbers = french.Integer(r.Answers) + " ÷ " + french.Integer(r.Authorities) + " = " + french.Percent(r.Ratio(), 3)
	if parts[3] != "nation" {
		e.Inputs = append(e.Inputs, figure.Input{Symbol: "R", Label: "Réponses validées", Value: french.Integer(r.Answers), Source: "réponses au questionnaire"},
			figure.Input{Symbol: "C", Label: "Collectivités", Value: french.Integer(r.Authorities), Source: "découpage en vigueur"})
	}
	return e, nil
}

func inputOf(name string, r Rate, key string) figure.Input {
	value := "–"
	if r.Known() {
		value = french.Integer(r.Answers) + " sur " + french.Integer(r.Authorities)
	}
	return figure.Input{Symbol: "+", Label: name, Value: value, Source: "réponses au questionnaire", Key: key}
}

// RatesAt is what a past day is told from: who is asked today, and who had
// validated by then. A campaign made later has nothing to tell.
func RatesAt(ctx context.Context, q db.Q, cycle string, end time.Time) (rows []RateRow, err error) {
	defer apperr.Wrap(&err, "survey.RatesAt")
	found, err := q.Query(ctx, `SELECT c.id, r.region, r.department, COALESCE(p.body, ''), c.communes, r.capacities, r.metropole, r.counted,
		       CASE WHEN v.at < $2 THEN 1 ELSE 0 END, COUNT(*)
		  FROM response r JOIN campaign c ON c.id = r.campaign_id
		  JOIN campaign_version p ON p.id = c.id AND p.rev = (SELECT MAX(w.rev) FROM campaign_version w WHERE w.id = c.id AND w.at < $2)
		  LEFT JOIN response_version v ON v.response_id = r.id AND v.seq = 1
		 WHERE c.cycle = $1
		 GROUP BY c.id, r.region, r.department, COALESCE(p.body, ''), c.communes, r.capacities, r.metropole, r.counted, CASE WHEN v.at < $2 THEN 1 ELSE 0 END`, cycle, end.UnixMilli())
	return db.Collect(found, err, func(r *db.Rows) (x RateRow, err error) {
		var capacities, body string
		var answered int64
		err = r.Scan(&x.Campaign, &x.Region, &x.Department, &body, &x.Communes, &capacities, &x.Metropole, &x.Counted, &answered, &x.N)
		if err == nil {
			x.Mark, err = stateIn(body)
		}
		x.Capacities, x.Answered = split(capacities), answered == 1
		return x, err
	})
}
