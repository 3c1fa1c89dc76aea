package diagnosis

import (
	"cmp"
	"math"
	"slices"
)

// ThemeScore is that of a theme, from those of its levers.
type ThemeScore struct {
	Known bool    `json:"known"`
	Score float64 `json:"score"`
	Rank  int     `json:"rank"` // among the themes that have a score, 0 without one
	// Counted is how many levers are in the mean, Left those that are not, by name;
	// Plain tells that none has an objective, so that all count the same.
	Counted int      `json:"counted"`
	Left    []string `json:"left"`
	Plain   bool     `json:"plain"`
	Reason  string   `json:"reason"` // why there is no score
}

// ThemeRule is how the score of a theme comes from its levers, in French.
const ThemeRule = "Le score d’un thème est la moyenne des scores de ses leviers, chacun compté selon l’objectif proposé pour la région (un levier qui évite deux fois plus compte deux fois plus). Un levier sans score, ou sans objectif qui évite quelque chose, " +
	"n’y entre pas, et c’est dit\u00a0; quand aucun levier du thème n’a d’objectif, tous comptent autant. Un sujet transversal sans levier n’a pas de score."

// ScoreThemes gives each theme its score from those of levers, in the same order.
func ScoreThemes(themes []Theme, levers []Scored) []ThemeScore {
	by := map[string]Scored{}
	for _, l := range levers {
		by[l.Lever] = l
	}
	out := make([]ThemeScore, len(themes))
	values := make([]float64, len(themes))
	for i, t := range themes {
		out[i] = scoreTheme(t, by)
		if values[i] = math.NaN(); out[i].Known {
			values[i] = out[i].Score
		}
	}
	for i, rank := range ranks(values) {
		out[i].Rank = rank
	}
	return out
}

func scoreTheme(t Theme, by map[string]Scored) ThemeScore {
	var weighed, plain []Scored
	out := ThemeScore{Left: []string{}}
	for _, code := range t.Levers {
		s, ok := by[code]
		switch {
		case !ok:
			out.Left = append(out.Left, code)
		case !s.Known:
			out.Left = append(out.Left, s.Name)
		case s.HasKg && s.Kg > 0:
			weighed = append(weighed, s)
		default:
			plain = append(plain, s)
		}
	}
	weight := func(s Scored) float64 { return float64(s.Kg) }
	if len(weighed) == 0 {
		weighed, plain, out.Plain, weight = plain, nil, true, func(Scored) float64 { return 1 }
	}
	for _, s := range plain {
		out.Left = append(out.Left, s.Name)
	}
	if out.Counted = len(weighed); out.Counted == 0 {
		out.Plain = false
		if out.Reason = "aucun levier de ce thème n’a de score"; len(t.Levers) == 0 {
			out.Reason = "ce sujet transversal ne nomme aucun levier"
		}
		return out
	}
	// In one order, whatever that of the list: sums of floats then are the same.
	slices.SortFunc(weighed, func(a, b Scored) int { return cmp.Compare(a.Lever, b.Lever) })
	sum, total := 0.0, 0.0
	for _, s := range weighed {
		sum, total = sum+weight(s)*s.Score, total+weight(s)
	}
	out.Known, out.Score = true, sum/total
	return out
}

// Departs are the themes left aside that are scored above a chosen one, by their
// place: what the heads are asked to say why of.
func Departs(chosen []bool, scores []ThemeScore) map[int][]int {
	out := map[int][]int{}
	for i := range scores {
		if !chosen[i] || !scores[i].Known {
			continue
		}
		for j := range scores {
			if !chosen[j] && scores[j].Known && scores[j].Score > scores[i].Score+level {
				out[i] = append(out[i], j)
			}
		}
	}
	return out
}
