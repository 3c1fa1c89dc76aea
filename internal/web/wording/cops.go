package wording

import (
	"slices"

	"jalon/internal/cop"
)

// stageClasses groups the stages as maps colour them.
var stageClasses = []struct {
	label  string
	stages []cop.Stage
}{
	{"préparation", []cop.Stage{cop.Preparation}},
	{"lancement", []cop.Stage{cop.Launch}},
	{"diagnostic, débat ou partage", []cop.Stage{cop.Diagnosis, cop.Debate, cop.Sharing}},
	{"feuille de route", []cop.Stage{cop.Roadmap}},
	{"suivi", []cop.Stage{cop.Following}},
}

// StageLegend names the colours of the stages on a map, in their order.
func StageLegend() []string {
	var out []string
	for _, c := range stageClasses {
		out = append(out, c.label)
	}
	return out
}

// StageClass is the colour of a stage on a map, from 1.
func StageClass(s cop.Stage) int {
	return 1 + slices.IndexFunc(stageClasses, func(c struct {
		label  string
		stages []cop.Stage
	}) bool {
		return slices.Contains(c.stages, s)
	})
}
