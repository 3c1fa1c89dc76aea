package panorama

import (
	"fmt"

	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// ShareOfNation is the part of the national objective that the levers of the nation
// have in a territory, in [0,1]. A lever of Corse's own, and those overseas, are in
// no national objective: they do not count.
func (m *Model) ShareOfNation(p Panorama) Value {
	kg, known := ofNation(p)
	if known == 0 {
		return Value{Reason: "les leviers de ce territoire sont hors de l’objectif national"}
	}
	nation, err := m.Of(territory.France)
	if err != nil || nation.Total.Kg <= 0 {
		return Value{Reason: "l’objectif national n’est pas connu"}
	}
	return Value{V: float64(kg) / float64(nation.Total.Kg), Known: true}
}

func ofNation(p Panorama) (kg Kg, levers int) {
	for i := range p.Lines {
		if p.Lines[i].Share.Known {
			kg += p.Lines[i].Objective.Kg
			levers++
		}
	}
	return kg, levers
}

// explainTotalShare turns the explanation of a total into that of its part of the
// national objective.
func (m *Model) explainTotalShare(x figure.Explanation, p Panorama) (figure.Explanation, error) {
	total := x.Figure.Key
	x.Figure.Key += "/" + AskShare
	x.Title = retitled(x.Title, "part de l’objectif national")
	x.Figure.Unit, x.Formula, x.Numbers, x.Inputs, x.Notes = "%", "", "", nil, nil
	v := m.ShareOfNation(p)
	if !v.Known {
		x.Figure.Class, x.Figure.Value, x.Figure.Reason, x.Sentence = figure.Missing, 0, v.Reason, v.Reason
		return x, nil
	}
	nation, err := m.Of(territory.France)
	if err != nil {
		return figure.Explanation{}, err
	}
	kg, levers := ofNation(p)
	x.Figure.Value = v.V * 100
	x.Sentence = "Part de l’objectif national qui revient à ce territoire\u00a0: elle suit sa taille et ses activités, et ne mesure pas un effort."
	x.Formula = "somme des leviers nationaux du territoire ÷ objectif national"
	x.Numbers = fmt.Sprintf("%s ÷ %s = %s", kt(kg), kt(nation.Total.Kg), french.Percent(v.V, 4))
	x.Inputs = []figure.Input{{Symbol: "O", Label: fmt.Sprintf("somme de %d leviers du territoire", levers), Value: kt(kg), Source: figure.Computed.Label(), Key: total},
		{Symbol: "N", Label: "objectif national (" + nation.Total.Scope + ")", Value: kt(nation.Total.Kg), Source: "SGPE, panorama national", Key: FigureKey(July, TotalName, territory.France)}}
	return x, nil
}
