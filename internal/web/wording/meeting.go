package wording

import (
	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
)

// MeetingFields are the questions of a form that plans a meeting of a COP, with what
// was typed and what is wrong with it, beside its title.
func MeetingFields(tree *territory.Tree, c cop.COP, x cop.Meeting, wrong string) []ui.Field {
	kind := ui.Field{ID: "kind", Label: "Type", Type: "select", Required: true}
	for _, k := range cop.MeetingKinds() {
		kind.Options = append(kind.Options, ui.Option{Value: string(k), Label: k.Name(), Selected: x.Kind == k})
	}
	stage := ui.Field{ID: "stage", Label: "Étape", Type: "select", Required: true}
	for _, s := range cop.Stages() {
		stage.Options = append(stage.Options, ui.Option{Value: string(s), Label: s.Name(), Selected: x.Stage == s})
	}
	part := ui.Field{ID: "part", Label: "Qui la voit", Type: "select", Required: true, Options: []ui.Option{
		{Value: policy.Public, Label: "tout le monde", Selected: x.Part == policy.Public}, {Value: cop.Internal, Label: "les personnes de la COP", Selected: x.Part == cop.Internal}}}
	return []ui.Field{{ID: "title", Label: "Titre", Required: true, Value: x.Title, Error: wrong}, kind, stage, {ID: "day", Label: "Date", Type: "date", Required: true, Value: x.Day},
		{ID: "start", Label: "Début", Value: x.Start, Help: "Comme 14:30, à l’heure de la région."}, {ID: "end", Label: "Fin", Value: x.End},
		{ID: "place", Label: "Lieu", Value: x.Place, Help: "Nom, adresse et commune de la salle. Vide pour une réunion à distance."},
		{ID: "join_url", Label: "Lien pour y participer à distance", Value: x.JoinURL, Help: "Commence par https://. Montré aux seules personnes inscrites et confirmées."}, MeetingDepartment(tree, c, x), part}
}

// MeetingDepartment is the question of the département that a meeting is about: the
// département itself in its own COP.
func MeetingDepartment(tree *territory.Tree, c cop.COP, x cop.Meeting) ui.Field {
	f := ui.Field{ID: "department", Label: "Département", Type: "select", Help: "Celui que la réunion concerne, quand elle ne concerne pas toute la COP.",
		Options: []ui.Option{{Value: "", Label: "toute la COP"}}}
	for _, d := range tree.Departments() {
		if d.Region == c.Region && (c.Department() == "" || c.Department() == d.Code) {
			f.Options = append(f.Options, ui.Option{Value: d.Code, Label: d.Name, Selected: d.Code == x.Department})
		}
	}
	return f
}
