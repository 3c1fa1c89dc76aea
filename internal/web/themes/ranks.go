package themes

import (
	"github.com/a-h/templ"

	"jalon/internal/diagnosis"
	"jalon/internal/french"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// drawnRanks is how many levers the chart shows at least: the table has them all.
const drawnRanks = 10

// rankChart draws the first levers, and those that some weights bring among the
// first; nil when no lever has a rank.
func rankChart(s diagnosis.Scoring) templ.Component {
	r := ui.Ranks{ID: "rangs", Top: diagnosis.TopOf, TopLabel: "Les cinq premiers rangs sont à gauche de ce trait", Description: "Premier rang à gauche. Une barre courte\u00a0: le rang tient, quels que soient les poids. Une barre longue\u00a0: il en dépend."}
	sure := 0
	for _, l := range s.Levers {
		if !l.Known {
			continue
		}
		if r.Most++; l.High <= diagnosis.TopOf {
			sure++
		}
		if l.Rank > drawnRanks && l.Low > diagnosis.TopOf {
			continue
		}
		text := ordinal(l.Rank) + ", toujours"
		if l.High > l.Low {
			text = ordinal(l.Rank) + ", de " + french.Integer(l.Low) + " à " + french.Integer(l.High)
		}
		r.Rows = append(r.Rows, ui.Rank{Name: l.Name, Href: wording.LeverPath(l.Lever), Text: text, Low: min(l.Low, l.Rank), At: l.Rank, High: max(l.High, l.Rank)})
	}
	if len(r.Rows) == 0 {
		return nil
	}
	r.Title = "Aucun levier n’est toujours parmi les cinq premiers"
	if sure > 0 {
		r.Title = french.Integer(sure) + nb + french.Plural(sure, "levier reste", "leviers restent") + " parmi les cinq premiers dans neuf tirages sur dix au moins"
	}
	if rest := r.Most - len(r.Rows); rest > 0 {
		r.Description += " Les " + french.Integer(rest) + " autres leviers sont dans le tableau."
	}
	return ui.RankChart(r)
}
