package diagnosis

import (
	"cmp"
	"math"
	"slices"
)

// Criterion is one of what the score of a lever is made of.
type Criterion string

// The criteria, in the order of pages.
const (
	Gap       Criterion = "ecart"
	Pace      Criterion = "rythme"
	Size      Criterion = "poids"
	Family    Criterion = "questionnaire"
	Obstacles Criterion = "freins"
	Strong    Criterion = "points-forts"
)

// CriterionRule says what a criterion is and how it is brought to 0-1.
type CriterionRule struct {
	Code Criterion `json:"code"`
	Name string    `json:"name"`
	Rule string    `json:"rule"` // a sentence: how the note comes from the fact
	// Turns tells that the team may turn its sense: the note is then 1 less it.
	Turns bool `json:"turns"`
}

// Enough is how many obstacles, or strong points, bring the note to 1.
const Enough = 5

// familyPart is what the relevance of a lever is multiplied by, for its family.
var familyPart = map[string]float64{"debloquer": 1, "amplifier": 0.6, "clarifier": 0.2}

// Criteria lists the criteria with their rules, in the order of pages. A note of 1
// always pleads for putting the lever first.
func Criteria() []CriterionRule {
	return []CriterionRule{
		{Code: Gap, Name: "Écart des plans au panorama", Rule: "Ce qui manque au document de la Région pour atteindre l’objectif proposé, rapporté à cet objectif\u00a0: 0 quand le document vise autant ou plus, 1 quand il ne vise rien."},
		{Code: Pace, Name: "Rythme", Rule: "Ce qui manque au rythme observé, rapporté au rythme requis jusqu’en 2030\u00a0: 0 quand la cible est atteinte ou que le rythme suffit, 1 quand rien ne bouge ou que la valeur s’éloigne."},
		{Code: Size, Name: "Taille de l’objectif", Rule: "L’objectif proposé pour le levier, rapporté au plus grand de la région\u00a0: 1 pour celui-ci, 0 pour un levier qui n’évite rien."},
		{Code: Family, Name: "Réponses au questionnaire", Rule: "La pertinence que les collectivités donnent au levier (de 0 à 1), multipliée par 1 s’il est «\u00a0à débloquer\u00a0», par 0,6 s’il est «\u00a0à amplifier\u00a0», par 0,2 s’il est «\u00a0à clarifier\u00a0»."},
		{Code: Obstacles, Name: "Freins", Turns: true, Rule: "Le nombre de freins retenus qui portent sur le levier, divisé par 5, et 1 au-delà\u00a0: un levier où beaucoup bloque appelle un débat."},
		{Code: Strong, Name: "Points forts", Turns: true, Rule: "Le nombre de points forts retenus qui portent sur le levier, divisé par 5, et 1 au-delà\u00a0: un débat s’appuie sur ce qui marche déjà."},
	}
}

// Rule is that of a criterion; false for a code that is none.
func (c Criterion) Rule() (CriterionRule, bool) {
	all := Criteria()
	i := slices.IndexFunc(all, func(r CriterionRule) bool { return r.Code == c })
	if i < 0 {
		return CriterionRule{}, false
	}
	return all[i], true
}

// Fact is what is known of a lever for a criterion.
type Fact struct {
	Known bool    `json:"known"`
	Note  float64 `json:"note"` // 0 to 1 by the rule of the criterion, before the team turns it
	// Text is the fact as pages say it, Numbers how the note comes from it.
	Text    string `json:"text"`
	Numbers string `json:"numbers"`
	Reason  string `json:"reason"` // why nothing is known
	Key     string `json:"key"`    // of its figure
	Page    string `json:"page"`   // where it is read, when it has no figure
	Beside  string `json:"beside"` // what must be read with it
}

// Evidence is what is known of a lever, one fact for each criterion in their order.
type Evidence struct {
	Lever string `json:"lever"`
	Name  string `json:"name"`
	Theme string `json:"theme"` // one of the six
	Kg    int64  `json:"kg"`    // the objective proposed
	HasKg bool   `json:"has_kg"`
	Facts []Fact `json:"facts"`
}

// Scored is a lever with its score, and how far that depends on the weights.
type Scored struct {
	Evidence
	Notes []float64 `json:"notes"` // as they count: turned where the team said so
	Known bool      `json:"known"`
	Score float64   `json:"score"` // 0 to 1
	// Standing is the part of the weights that the score stands on; Least and Most
	// are what the score would be, were all that is unknown at 0, or at 1.
	Standing float64 `json:"standing"`
	Least    float64 `json:"least"`
	Most     float64 `json:"most"`
	Rank     int     `json:"rank"` // 0 without a score
	// Low and High hold 90 % of the ranks that drawn weights give, Top the part of
	// the draws that put it among the first: see Sensitivity.
	Low  int     `json:"low"`
	High int     `json:"high"`
	Top  float64 `json:"top"`
}

// Part is the part of the score's weights that a criterion has for this lever, once
// those that are unknown are left out.
func (s Scored) Part(w Weights, i int) float64 {
	if !s.Facts[i].Known || s.Standing == 0 {
		return 0
	}
	return w.shares()[i] / s.Standing
}

// matrix is the notes of levers, one column a criterion: NaN where nothing is known.
type matrix [][]float64

func notesOf(all []Evidence, w Weights) matrix {
	m := make(matrix, len(all))
	for i, e := range all {
		m[i] = make([]float64, len(Criteria()))
		for j, c := range Criteria() {
			switch f := e.Facts[j]; {
			case !f.Known:
				m[i][j] = math.NaN()
			case w.Turned[c.Code]:
				m[i][j] = 1 - f.Note
			default:
				m[i][j] = f.Note
			}
		}
	}
	return m
}

// score is the mean of what is known in a row, and the part of the weights that
// it stands on; the score of nothing is NaN.
func score(row, shares []float64) (value, standing float64) {
	sum := 0.0
	for j, note := range row {
		if !math.IsNaN(note) {
			sum += shares[j] * note
			standing += shares[j]
		}
	}
	if standing == 0 {
		return math.NaN(), 0
	}
	return sum / standing, standing
}

func (m matrix) scores(shares []float64) []float64 {
	out := make([]float64, len(m))
	for i, row := range m {
		out[i], _ = score(row, shares)
	}
	return out
}

// level is how near two scores are one.
const level = 1e-9

// ranks gives 1 to the highest; levers of one score share a rank, and what has no
// score has the rank 0.
func ranks(scores []float64) []int {
	order := make([]int, 0, len(scores))
	for i, v := range scores {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(scores[b], scores[a]), a-b) })
	out := make([]int, len(scores))
	for n, i := range order {
		out[i] = n + 1
		if n > 0 && scores[order[n-1]]-scores[i] <= level {
			out[i] = out[order[n-1]]
		}
	}
	return out
}

// Score gives each lever its score and its rank, the first one first; those that
// nothing is known of come last, by code.
func Score(all []Evidence, w Weights) []Scored {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Evidence) int { return cmp.Compare(a.Lever, b.Lever) })
	m, shares := notesOf(all, w), w.shares()
	scores := m.scores(shares)
	rank := ranks(scores)
	s := sensitivity(m, shares)
	out := make([]Scored, len(all))
	for i, e := range all {
		x := Scored{Evidence: e, Rank: rank[i], Notes: make([]float64, len(m[i]))}
		for j, note := range m[i] {
			if !math.IsNaN(note) {
				x.Notes[j] = note
			}
		}
		if _, x.Standing = score(m[i], shares); rank[i] > 0 {
			x.Known, x.Score, x.Low, x.High, x.Top = true, scores[i], s.low[i], s.high[i], s.top[i]
			x.Least = x.Score * x.Standing
			x.Most = x.Least + 1 - x.Standing
		}
		out[i] = x
	}
	slices.SortStableFunc(out, func(a, b Scored) int {
		if a.Known != b.Known {
			if a.Known {
				return -1
			}
			return 1
		}
		return a.Rank - b.Rank
	})
	return out
}
