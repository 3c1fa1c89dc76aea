package adaptation

import (
	"cmp"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/framework"
	"jalon/internal/french"
)

// Other is the code of what a list does not say: its words are beside.
const Other = "autre"

// Field is one of the sixteen fields of the State's sheet.
type Field struct {
	Key    string
	Column string // the exact name of the column of the State's table
	Label  string // as the State's sheet and our forms say it
}

// Fields lists the sixteen, in the order of the State's table.
func Fields() []Field {
	return []Field{
		{"title", "Intitule_de_la_priorite_identifiee", "Intitulé de la priorité"},
		{"region", "Region", "Région"},
		{"department", "Departement", "Département"},
		{"effect", "Effet_du_changement_climatique", "Effet du changement climatique"},
		{"sensitivity", "Sensibilite", "Sensibilité"},
		{"lever", "Levier", "Levier"},
		{"level", "Niveau_de_priorite", "Niveau de priorité"},
		{"text", "Description_de_la_priorite", "Description"},
		{"ends", "Date_de_fin_prevue_pour_l_action", "Date de fin prévue"},
		{"criteria", "Criteres_de_reussites_yc_indic_de_performance_2", "Critères de réussite"},
		{"parties", "Identification_des_parties_prenantes_a_mobiliser_si_deja_disponible_", "Parties prenantes à mobiliser"},
		{"engineering", "Porteur_d_aide_ingenierie_si_identifie_", "Porteur d’aide, ingénierie"},
		{"funding", "Porteur_d_aide_financement_si_identifie_", "Porteur d’aide, financement"},
		{"regional", "Freins_a_lever_Remontees_regionales", "Freins à lever, remontées régionales"},
		{"national", "Freins_a_lever_Remontees_nationales", "Freins à lever, remontées nationales"},
		{"budget", "Budget_total_anticipe_evoque_a_date_", "Budget total anticipé"},
	}
}

// Effects lists the effects of climate change, by code: what the State's table leaves to
// words is counted by these; «autre» keeps the words.
func Effects() [][2]string {
	return [][2]string{
		{"chaleur", "Vagues de chaleur"},
		{"secheresse", "Sécheresse et manque d’eau"},
		{"inondation", "Inondations par débordement de cours d’eau"},
		{"ruissellement", "Fortes pluies et ruissellement"},
		{"argiles", "Retrait-gonflement des argiles"},
		{"feux", "Feux de forêt et de végétation"},
		{"mouvements", "Glissements de terrain, chutes de blocs"},
		{"littoral", "Montée de la mer, érosion et submersion"},
		{"tempetes", "Tempêtes, cyclones et grêle"},
		{"neige", "Recul de la neige et des glaciers"},
		{"vivant", "Atteintes au vivant\u00a0: dépérissements, ravageurs, maladies"},
		{Other, "Autre effet"},
	}
}

// Levels lists the levels of priority, the first before the others.
func Levels() [][2]string {
	return [][2]string{{"1", "Très prioritaire"}, {"2", "Prioritaire"}, {"3", "À préparer"}, {Other, "Autre niveau"}}
}

// Named is the name of a code of a list, empty when it is not there.
func Named(list [][2]string, code string) string {
	for _, x := range list {
		if x[0] == code {
			return x[1]
		}
	}
	return ""
}

// EffectName is the effect as it reads.
func (s Sheet) EffectName() string {
	if s.Effect == Other {
		return s.EffectOther
	}
	return Named(Effects(), s.Effect)
}

// LevelName is the level of priority as it reads.
func (s Sheet) LevelName() string {
	if s.Level == Other {
		return s.LevelOther
	}
	return Named(Levels(), s.Level)
}

// EndsText is the end as it reads.
func (s Sheet) EndsText() string {
	switch len(s.Ends) {
	case len("2006-01"):
		return french.Month(s.Ends)
	case len(time.DateOnly):
		return french.Day(s.Ends)
	}
	return s.Ends
}

// BudgetText is the budget as it was written, and the amount that it says when it was
// written otherwise.
func (s Sheet) BudgetText() string {
	if s.Cents == nil {
		return s.Budget
	}
	amount := Euros(*s.Cents)
	if strings.EqualFold(bare(s.Budget), bare(amount)) {
		return amount
	}
	return s.Budget + "\u00a0(" + amount + ")"
}

func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\u202f' {
			return -1
		}
		return r
	}, s)
}

// Euros writes cents as euros.
func Euros(cents int64) string {
	if cents%100 == 0 {
		return french.Integer(cents/100) + "\u00a0€"
	}
	return french.Number(float64(cents)/100, 2) + "\u00a0€"
}

// LeverName is the name of a lever of adaptation, empty for none.
func LeverName(fw *framework.Framework, code string) string {
	if l, err := fw.Lever(code); err == nil {
		return l.Name
	}
	return code
}

// Value is a field as it reads, by its key, but for those of the place.
func (in Input) Value(fw *framework.Framework, key string) string {
	switch key {
	case "title":
		return in.Title
	case "text":
		return in.Text
	case "effect":
		return in.EffectName()
	case "lever":
		if in.Lever == "" {
			return ""
		}
		return LeverName(fw, in.Lever)
	case "level":
		return in.LevelName()
	case "ends":
		return in.EndsText()
	case "budget":
		return in.BudgetText()
	}
	if p := in.words(key); p != nil {
		return *p
	}
	return ""
}

// words is the field of free words of a key.
func (s *Sheet) words(key string) *string {
	switch key {
	case "sensitivity":
		return &s.Sensitivity
	case "criteria":
		return &s.Criteria
	case "parties":
		return &s.Parties
	case "engineering":
		return &s.Engineering
	case "funding":
		return &s.Funding
	case "regional":
		return &s.Regional
	case "national":
		return &s.National
	}
	return nil
}

// Missing lists the fields that say nothing yet, as forms name them: the sheet is
// adopted all the same, when its heads want it so.
func (in Input) Missing() (out []string) {
	for _, f := range Fields() {
		switch f.Key {
		case "region", "department":
			continue
		case "effect":
			if in.Effect != "" {
				continue
			}
		case "lever":
			if in.Lever != "" {
				continue
			}
		default:
			if strings.TrimSpace(in.Value(nil, f.Key)) != "" {
				continue
			}
		}
		out = append(out, f.Label)
	}
	return out
}

// Filled counts the fields that say something, of the sixteen.
func (in Input) Filled() int { return len(Fields()) - len(in.Missing()) }

// The longest words, in characters.
const (
	longestTitle = 300
	longestText  = 20_000
	longestWords = 5_000
	longestShort = 200
)

// check brings what was written to what is kept, or says which field refuses. theme is
// that of the lever.
func (in Input) check(fw *framework.Framework) (out Input, theme string, err error) {
	out = in
	trim := func(s *string) { *s = strings.TrimSpace(*s) }
	for _, s := range []*string{&out.Title, &out.Text, &out.EffectOther, &out.Sensitivity, &out.LevelOther, &out.Ends, &out.Criteria, &out.Parties, &out.Engineering, &out.Funding, &out.Regional, &out.National, &out.Budget} {
		trim(s)
	}
	switch {
	case out.Title == "":
		return out, "", fault("title", "Donnez à la priorité un intitulé.")
	case len([]rune(out.Title)) > longestTitle || len(out.Title) > longestTitle:
		return out, "", fault("title", "L’intitulé dépasse 300\u00a0caractères\u00a0: gardez une phrase, et mettez le reste dans la description.")
	case len(out.Text) > longestText:
		return out, "", fault("text", "La description dépasse 20\u202f000\u00a0caractères.")
	case out.Effect != "" && Named(Effects(), out.Effect) == "":
		return out, "", fault("effect", "Cet effet n’est pas dans la liste\u00a0: choisissez «\u00a0Autre effet\u00a0» et dites lequel.")
	case out.Effect == Other && out.EffectOther == "":
		return out, "", fault("effect_other", "Dites de quel autre effet il s’agit.")
	case out.Level != "" && Named(Levels(), out.Level) == "":
		return out, "", fault("level", "Ce niveau n’est pas dans la liste\u00a0: choisissez «\u00a0Autre niveau\u00a0» et dites lequel.")
	case out.Level == Other && out.LevelOther == "":
		return out, "", fault("level_other", "Dites de quel autre niveau il s’agit.")
	}
	if out.Effect != Other {
		out.EffectOther = ""
	}
	if out.Level != Other {
		out.LevelOther = ""
	}
	for _, f := range []struct{ key, text string }{{"effect_other", out.EffectOther}, {"level_other", out.LevelOther}, {"budget", out.Budget}} {
		if len([]rune(f.text)) > longestShort {
			return out, "", fault(f.key, "Ce champ dépasse 200\u00a0caractères\u00a0: gardez l’essentiel.")
		}
	}
	for _, f := range Fields() {
		if p := out.words(f.Key); p != nil && len([]rune(*p)) > longestWords {
			return out, "", fault(f.Key, "«\u00a0"+f.Label+"\u00a0» dépasse 5\u202f000\u00a0caractères\u00a0: gardez l’essentiel.")
		}
	}
	if out.Lever != "" {
		l, err := fw.Lever(out.Lever)
		if err != nil || l.Version != framework.Adaptation {
			return out, "", fault("lever", "Ce levier n’est pas un des 22\u00a0leviers d’adaptation\u00a0: choisissez-le dans la liste.")
		}
		theme = string(l.Theme)
	}
	if out.Ends, err = when(out.Ends); err != nil {
		return out, "", err
	}
	// An amount that cannot be read, or could be in two ways, stays what was written.
	out.Cents = nil
	if cents, err := action.Cents("budget", out.Budget); err == nil {
		out.Cents = cents
	}
	return out, theme, nil
}

// when reads a year, a month or a day as forms receive them.
func when(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	for _, l := range [][2]string{{"2006", "2006"}, {"2006-01", "2006-01"}, {time.DateOnly, time.DateOnly}, {"1/2006", "2006-01"}, {"2/1/2006", time.DateOnly}} {
		if t, err := time.Parse(l[0], text); err == nil && t.Year() >= 2000 && t.Year() <= 2150 {
			return t.Format(cmp.Or(l[1], l[0])), nil
		}
	}
	return "", fault("ends", "Cette date ne se lit pas\u00a0: écrivez une année (2028), un mois (2028-06) ou un jour (30/06/2028).")
}
