package restitution

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Prefix begins the keys of the figures of restitutions.
const Prefix = "restitution"

// The measures that a key names.
const (
	MeasureAnswers = "reponses"
	MeasureEngaged = "engagement" // of a row
)

// FigureKey is the address of a figure of a view:
// restitution/2024/region:44/tous/pertinence/l25-velo. What is about no lever ends
// with its measure. A day after the territory (nation@2026-03-01) reads what was
// published by then, whoever asks.
func (v View) FigureKey(group, measure, about string) string {
	scope := "nation"
	if v.Region != "" {
		scope = "region:" + v.Region
	}
	if v.On != "" {
		scope += "@" + v.On
	}
	parts := []string{Prefix, v.Cycle, scope, group, measure}
	if about != "" {
		parts = append(parts, about)
	}
	return strings.Join(parts, "/")
}

// Explain answers for a key, with what whoever asks may read.
func (m *Room) Explain(ctx context.Context, key string) (e figure.Explanation, err error) {
	defer apperr.Wrap(&err, "restitution.Explain(%s)", key)
	unknown := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	parts := strings.Split(key, "/")
	if len(parts) < 5 || len(parts) > 6 {
		return e, unknown
	}
	region := ""
	scope, day, past := strings.Cut(parts[2], "@")
	if _, bad := time.Parse(time.DateOnly, day); past && (bad != nil || scope == "nation" && parts[3] != All) {
		return e, unknown
	}
	if scope != "nation" {
		ref, err := territory.ParseRef(scope)
		if err != nil || ref.Scale != territory.RegionS {
			return e, unknown
		}
		region = ref.Code
	}
	var a policy.Actor
	if m.Actor != nil {
		a = m.Actor(ctx)
	}
	department, _ := strings.CutPrefix(parts[3], string(ByDepartment)+":")
	if department == parts[3] {
		department = ""
	}
	var v View
	if past {
		if v, err = m.past(ctx, parts[1], region, day); err == nil && len(v.Editions) == 0 {
			err = unknown
		}
	} else {
		v, err = m.ForDepartment(ctx, a, parts[1], region, department, false)
	}
	if err != nil {
		return e, err
	}
	g, err := v.Group(parts[3])
	if err != nil {
		return e, err
	}
	tree, err := m.Tree(ctx)
	if err != nil {
		return e, err
	}
	d, _, _ := strings.Cut(parts[3], ":")
	if parts[3] == All {
		d = ""
	}
	about := ""
	if len(parts) == 6 {
		about = parts[5]
	}
	x := explaining{v: v, g: g, who: g.Name(Dimension(d), tree), group: parts[3]}
	x.e.Figure = figure.Figure{Key: key, Territory: scope, Class: figure.Computed, Unit: "sur 100", Version: v.version(),
		Source: "Réponses validées au questionnaire, cycle " + v.Cycle + ", au " + french.Day(v.Day(m.Now()))}
	if v.Region == "" {
		x.e.Figure.Territory = "france"
	}
	x.e.Page = v.page(tree, "")
	switch parts[4] {
	case MeasureAnswers:
		if about != "" {
			return e, unknown
		}
		x.answers()
	case Relevance.Name(), Mobilisation.Name():
		i, ok := v.Layout.Lever(about)
		if !ok {
			return e, unknown
		}
		x.e.Page = v.page(tree, about)
		axis := Relevance
		if parts[4] == Mobilisation.Name() {
			axis = Mobilisation
		}
		x.score(i, axis)
	case MeasureEngaged:
		if !x.engaged(about) {
			return e, unknown
		}
	default:
		return e, unknown
	}
	x.e.Notes = append(x.e.Notes, "Données de la "+v.Scope(m.Now())+".")
	if v.Public {
		x.e.Notes = append(x.e.Notes, "Rien n’est montré de moins de cinq collectivités, ni de ce qui permettrait d’en déduire moins de cinq par différence.")
	}
	return x.e, nil
}

func (v View) version() string {
	if v.Public && v.Region != "" {
		return "édition " + french.Integer(v.Editions[v.Region].Seq)
	}
	if v.Public {
		return french.Integer(len(v.Editions)) + nb + "éditions publiées"
	}
	return "en cours, réservée aux équipes"
}

func (v View) page(tree *territory.Tree, lever string) string {
	page := "/national/restitution"
	if r, err := tree.Region(v.Region); v.Region != "" && err == nil {
		page = "/regions/" + r.Slug + "/restitution"
		if lever != "" {
			page += "/" + lever
		}
	}
	return page + "?cycle=" + v.Cycle
}

// explaining is an explanation being written.
type explaining struct {
	v          View
	g          Group
	who, group string
	e          figure.Explanation
}

func (x *explaining) input(symbol, label string, n int) {
	x.e.Inputs = append(x.e.Inputs, figure.Input{Symbol: symbol, Label: label, Value: french.Integer(n), Source: "réponses validées"})
}

func (x *explaining) answers() {
	x.e.Title = "Taux de réponse\u00a0: " + strings.ToLower(x.who)
	x.e.Sentence = "Part des collectivités destinataires du questionnaire dont la réponse a été validée."
	x.e.Formula = "réponses validées ÷ collectivités destinataires × 100"
	x.e.Figure.Unit = "%"
	x.input("r", "réponses validées", x.g.Answers)
	x.input("N", "collectivités destinataires", x.g.Population)
	x.e.Notes = append(x.e.Notes, "Une collectivité qui a deux compétences (Corse, Paris, métropole de Lyon) répond et compte une seule fois. Les structures que l’équipe a ajoutées (PETR, parcs, syndicats) ne sont pas comptées ici.")
	if x.g.Population == 0 {
		x.e.Figure.Class, x.e.Figure.Reason = figure.Missing, "aucune collectivité n’est destinataire"
		return
	}
	x.e.Figure.Value = 100 * float64(x.g.Answers) / float64(x.g.Population)
	x.e.Numbers = french.Integer(x.g.Answers) + " ÷ " + french.Integer(x.g.Population) + " × 100 = " + french.Number(x.e.Figure.Value, 1)
}

func (x *explaining) score(i int, a Axis) {
	y := x.g.Lever(i)
	s := y.Scores[a]
	th := x.v.Thresholds()
	at := th.Relevance
	if a == Mobilisation {
		at = th.Mobilisation
	}
	x.e.Title = strings.ToUpper(a.Name()[:1]) + a.Name()[1:] + " du levier «\u00a0" + y.Lever.Title + "\u00a0», " + strings.ToLower(x.who)
	x.e.Sentence = "Moyenne, sur les collectivités qui ont noté au moins une action du levier, de la moyenne de leurs notes. C’est une lecture de Jalon, pas une mesure."
	x.e.Formula = "somme des moyennes de chaque collectivité ÷ nombre de collectivités qui ont noté × 100"
	if y.Hidden {
		x.e.Figure.Class, x.e.Figure.Reason = figure.Missing, y.Reason(a)
		return
	}
	x.input("n", "collectivités qui ont noté au moins une action", s.N)
	x.input("N", "collectivités à qui ce levier a été demandé", y.Population)
	x.input("–", "réponses validées parmi elles", y.Answers)
	x.input("–", "ont dit «\u00a0pas notre compétence\u00a0», laissées de côté", y.Skipped)
	x.input("–", "n’ont rien noté, laissées de côté", y.Silent)
	x.input("–", "notes «\u00a0non concerné\u00a0», laissées de côté", y.Out)
	x.input("–", "actions laissées sans aucune note", y.Blank)
	if !s.Known {
		x.e.Figure.Class, x.e.Figure.Reason = figure.Missing, y.Reason(a)
		return
	}
	x.e.Figure.Value = s.Value * 100
	total := s.Value * float64(s.N)
	x.e.Numbers = french.Number(total, 3) + " ÷ " + french.Integer(s.N) + " × 100 = " + french.Number(s.Value*100, 1)
	x.e.Notes = append(x.e.Notes,
		"Chaque note va de 0 à 1\u00a0: pertinence ÷ 3\u00a0; mobilisation rien 0, en réflexion 1, engagé 2, déployé 3, ÷ 3. «\u00a0Non concerné\u00a0» et les blancs sont laissés de côté et comptés.",
		"Intervalle de confiance à 95"+nb+"%\u00a0: "+s.Between()+". Écart type entre collectivités\u00a0: "+french.Number(s.Deviation*100, 1)+". Loi de Student à "+french.Integer(s.N-1)+nb+"degrés de liberté, corrigée de la population finie\u00a0: √(("+
			french.Integer(s.Population)+" − "+french.Integer(s.N)+") ÷ ("+french.Integer(s.Population)+" − 1)). Celles qui répondent ne sont pas tirées au sort\u00a0: l’intervalle ne dit rien de ce que les autres pensent autrement.",
		"Seuil de «\u00a0haut\u00a0»\u00a0: "+french.Number(at*100, 0)+" (au seuil, c’est haut). Famille\u00a0: "+th.Of(y.Scores[Relevance], y.Scores[Mobilisation]).Name()+". Pas de score sous cinq collectivités.")
}

// engaged explains the share engaged on a row; false when there is no such row.
func (x *explaining) engaged(id string) bool {
	for i := range x.v.Layout.Levers {
		for _, r := range x.g.Rows(i) {
			if r.Row.ID != id {
				continue
			}
			n, of := r.Engaged()
			x.e.Title = "Collectivités engagées\u00a0: " + r.Row.Label
			x.e.Sentence = "Part des collectivités qui ont engagé ou déployé cette action, parmi celles qu’elle concerne (" + strings.ToLower(x.who) + ")."
			x.e.Formula = "(engagé + déployé) ÷ (rien + en réflexion + engagé + déployé) × 100"
			x.e.Figure.Unit = "%"
			for k, c := range r.Counts[Mobilisation] {
				x.input("–", r.Row.Scales[Mobilisation][k].Label, c)
			}
			x.input("–", "sans note, laissées de côté", r.Blank[Mobilisation])
			if of < Fewest {
				x.e.Figure.Class, x.e.Figure.Reason, x.e.Inputs = figure.Missing, "moins de cinq collectivités sont concernées", nil
				return true
			}
			x.e.Figure.Value = 100 * float64(n) / float64(of)
			x.e.Numbers = french.Integer(n) + " ÷ " + french.Integer(of) + " × 100 = " + french.Number(x.e.Figure.Value, 1)
			return true
		}
	}
	return false
}
