package diagnosis

import (
	"context"
	"strings"
	"sync"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// ScoreKey is the address of the score of a lever in the COP of a cycle:
// diagnostic/score/biogaz/region:44 in the first one, the cycle follows in the others.
func ScoreKey(lever, region, cycle string) string {
	key := Prefix + "/score/" + lever + "/region:" + region
	if cycle != cop.First {
		key += "/" + cycle
	}
	return key
}

// together is what many explanations of one document share.
type together struct {
	mu     sync.Mutex
	scores map[string]Scoring
}

type togetherKey struct{}

// Together lets the explanations asked for under a context share the scores that they
// are read from: a document shows thirty of them, and they are of one instant.
func Together(ctx context.Context) context.Context {
	return context.WithValue(ctx, togetherKey{}, &together{scores: map[string]Scoring{}})
}

// publicScores are the scores that anyone may read, once for a document.
func (m *Room) publicScores(ctx context.Context, copID string) (Scoring, error) {
	t, ok := ctx.Value(togetherKey{}).(*together)
	if !ok {
		return m.ScoresOf(ctx, copID, true)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, ok := t.scores[copID]; ok {
		return s, nil
	}
	s, err := m.ScoresOf(ctx, copID, true)
	if err == nil {
		t.scores[copID] = s
	}
	return s, err
}

// ExplainScore answers for the key of a score, as anyone may read it: what is not
// published counts for nothing in it.
func (m *Room) ExplainScore(ctx context.Context, key string) (e figure.Explanation, err error) {
	defer apperr.Wrap(&err, "diagnosis.ExplainScore(%s)", key)
	none := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	parts := strings.Split(key, "/")
	cycle := cop.First
	if len(parts) == 5 && parts[4] != cop.First {
		cycle, parts = parts[4], parts[:4]
	}
	if len(parts) != 4 || parts[0] != Prefix || parts[1] != "score" {
		return e, none
	}
	ref, err := territory.ParseRef(parts[3])
	if err != nil || ref.Scale != territory.RegionS {
		return e, none
	}
	c, err := cop.FindIn(ctx, m.DB, cycle, ref.String())
	if apperr.KindOf(err) == apperr.NotFound {
		return e, none
	}
	if err != nil {
		return e, err
	}
	s, err := m.publicScores(ctx, c.ID)
	if err != nil {
		return e, err
	}
	x, ok := s.Lever(parts[2])
	if !ok {
		return e, none
	}
	return s.explain(key, c, x), nil
}

func (s Scoring) explain(key string, c cop.COP, x Scored) figure.Explanation {
	e := figure.Explanation{Title: "Score du levier «\u00a0" + x.Name + "\u00a0», " + c.Name, Page: c.Path() + "/themes",
		Sentence: "Moyenne de critères ramenés chacun de 0 à 1 par une règle écrite, pondérée par l’équipe de la COP. Le score éclaire le choix des thèmes\u00a0; il ne choisit pas.",
		Formula:  "somme des (poids × note) ÷ somme des poids, sur les critères que l’on connaît",
		Figure: figure.Figure{Key: key, Value: french.Round(x.Score, 3), Unit: "de 0 à 1", Territory: "region:" + s.Region, Year: 2030, Class: figure.Computed, Version: s.Weights.Name(),
			Source: "panorama, plans, séries, questionnaire et connaissances de la région, au " + french.Day(s.Day)}}
	var terms, weights []string
	for i, r := range Criteria() {
		in := figure.Input{Symbol: string(rune('a' + i)), Label: r.Name, Source: r.Rule, Key: x.Facts[i].Key}
		w := s.Weights.Text(r.Code)
		if !x.Facts[i].Known {
			in.Value = "laissé de côté\u00a0: " + strings.TrimSuffix(x.Facts[i].Reason, ".")
		} else {
			in.Value = decimal(x.Notes[i]) + ", poids " + w + " (" + x.Facts[i].Text + ")"
			terms, weights = append(terms, w+" × "+decimal(x.Notes[i])), append(weights, w)
			e.Notes = append(e.Notes, r.Name+"\u00a0: "+x.Facts[i].Numbers+sense(s.Weights, r)+"."+after(x.Facts[i].Beside))
		}
		e.Inputs = append(e.Inputs, in)
	}
	if !x.Known {
		e.Figure.Class, e.Figure.Reason = figure.Missing, "aucun critère pondéré n’est connu pour ce levier"
		return e
	}
	e.Numbers = "(" + strings.Join(terms, " + ") + ") ÷ (" + strings.Join(weights, " + ") + ") = " + decimal(x.Score)
	e.Notes = append(e.Notes, "Ce score repose sur "+french.Percent(x.Standing, 2)+" des poids\u00a0: un critère inconnu n’est pas compté zéro, son poids est partagé entre les autres.",
		"Rang "+french.Integer(x.Rank)+" sur "+french.Integer(s.scored())+"\u00a0; de "+french.Integer(x.Low)+" à "+french.Integer(x.High)+" quand les poids bougent. "+DrawsRule,
		"Ce calcul ne lit que ce qui est public. Questionnaire\u00a0: "+s.Answers+".")
	return e
}

func (s Scoring) scored() int {
	n := 0
	for _, x := range s.Levers {
		if x.Known {
			n++
		}
	}
	return n
}

func sense(w Weights, r CriterionRule) string {
	if w.Turned[r.Code] {
		return ", puis 1 moins cette note\u00a0: l’équipe a retourné le sens du critère"
	}
	return ""
}

func after(text string) string {
	if text == "" {
		return ""
	}
	return " " + text
}
