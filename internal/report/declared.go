package report

import (
	"cmp"
	"slices"
	"strings"

	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/national"
)

// The topics of declared figures: they stand beside the metric of that family.
const (
	topicSurvey  = "questionnaire/"
	topicMeeting = ""
)

// declaredOf are the figures declared by the day, from before Jalon, on a topic:
// those of the questionnaire, or all the others; parts first, then the largest.
func (b *builder) declaredOf(topic string) []national.Declared {
	var out []national.Declared
	for _, x := range b.declared {
		if strings.HasPrefix(x.Metric, topicSurvey) == (topic == topicSurvey) {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(x, y national.Declared) int {
		if px, py := x.Unit == "%", y.Unit == "%"; px != py {
			return map[bool]int{true: -1, false: 1}[px]
		}
		return cmp.Compare(y.Value, x.Value)
	})
	return out
}

// metric is the key of a figure of the board for all the COPs of the cycle.
func (b *builder) metric(key string) string {
	return national.FigureKey(key, "nation", b.Day, b.Cycle)
}

// saidFirst is the first of the declared figures as a title says it.
func saidFirst(all []document.KeyFigure) string {
	value := all[0].Value
	if all[0].Unit == "%" {
		value += nb + "%" // any other unit is in the name
	}
	return all[0].Label + nb + ": " + value + ", selon l’État"
}

// declaredFigures are the same as key figures, four at most; each bears the day
// of its source and never joins a counted one.
func (b *builder) declaredFigures(topic string) []document.KeyFigure {
	all := b.declaredOf(topic)
	var out []document.KeyFigure
	for _, x := range all[:min(4, len(all))] {
		out = append(out, document.KeyFigure{Label: x.Name, Value: x.AsPublished, Unit: x.Unit, Meaning: "au " + french.Day(x.Day), Class: declared})
	}
	return out
}

// declaredNotes say what each leaves out, and who published it.
func (b *builder) declaredNotes(topic string) []string {
	var out []string
	for _, x := range b.declaredOf(topic) {
		source := b.sourceTitle(x.Source)
		if x.URL != "" {
			source += ", " + x.URL
		}
		out = append(out, x.Name+nb+": "+strings.TrimSuffix(lowerFirst(x.Scope), ".")+". Source"+nb+": "+source+".")
	}
	return out
}
