package grids

import (
	"net/http"
	"slices"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// forms are those of who may take a step with an action, the next step first; what came
// back is as it was typed.
func (d Deps) forms(x where, a action.Action, who policy.Actor, edits, judges bool, in typed) (out []formView) {
	back := func(t action.Turn) *action.Assessment {
		if in.turn == t {
			return &in.said
		}
		return a.Grid.Of(t)
	}
	path, rev := wording.GridPath(a.ID), strconv.FormatInt(a.Rev, 10)
	may := action.Reachable(who, a, a.Thing(x.cop))
	open := a.State == action.Draft || a.State == action.Pool || a.State == action.Proposed
	if edits && open {
		f := x.asked(a, action.SelfTurn, back(action.SelfTurn), "auto-evaluation")
		f.Title, f.Lead = map[bool]string{true: "Votre auto-évaluation", false: "L’auto-évaluation"}[!judges || a.Author == who.Person], "Répondez comme vous le pensez aujourd’hui\u00a0: l’équipe de la COP lit vos raisons, donne son avis, puis la décision est prise. Vous pouvez enregistrer et y revenir."
		f.Buttons = [][2]string{{"self", "Enregistrer l’auto-évaluation"}}
		f.Folded = a.State == action.Proposed && in.turn != action.SelfTurn || judges && len(a.Grid.Self.Unsaid(action.SelfTurn, a.Kind)) == 0 && in.turn != action.SelfTurn
		if slices.Contains(may, action.Proposed) && !action.AsksReason(a.State, action.Proposed) {
			f.Buttons = append(f.Buttons, [2]string{"self-propose", "Enregistrer et proposer l’action"})
		}
		out = append(out, f)
	}
	if slices.Contains(may, action.Proposed) {
		f := formView{ID: "proposer", Title: "Proposer l’action", Lead: "Ce qui est demandé avant de proposer\u00a0:", Action: path, Rev: rev, Guards: action.Guards(a, action.Proposed), Buttons: [][2]string{{"propose", "Proposer l’action à l’équipe de la COP"}}}
		if a.State == action.Pool {
			f.Title = "Proposer de nouveau l’action"
			f.Groups = []group{{Fields: []ui.Field{{ID: "propose-reason", Name: "reason", Type: "textarea", Rows: 2, Required: true, Label: "Ce qui a changé depuis", Value: in.typedFor("propose"), Help: "La raison reste dans l’historique de l’action."}}}}
		}
		out = append(out, f)
	}
	if judges && a.State == action.Proposed {
		out = append(out, x.judging(a, back, in)...)
	}
	if slices.Contains(may, action.Pool) && a.State != action.Proposed {
		pool := selected("pool-state", "Statut au vivier", "choisissez", action.PoolStates(), in.moved.PoolState)
		pool.Name, pool.Required = "pool", true
		out = append(out, formView{ID: "vivier", Title: "Placer au vivier", Action: path, Rev: rev, Folded: in.do != "pool", Buttons: [][2]string{{"pool", "Placer l’action au vivier"}},
			Groups: []group{{Fields: []ui.Field{pool, {ID: "pool-reason", Name: "reason", Type: "textarea", Rows: 2, Required: true, Label: "Raison", Value: in.typedFor("pool")}}}}})
	}
	if slices.Contains(may, action.Withdrawn) {
		asked := action.AsksReason(a.State, action.Withdrawn)
		out = append(out, formView{ID: "retirer", Title: "Retirer l’action", Lead: "L’action reste dans l’historique et n’apparaît plus dans les listes.", Action: path, Rev: rev, Folded: in.do != "withdraw", Buttons: [][2]string{{"withdraw", "Retirer l’action"}},
			Groups: []group{{Fields: []ui.Field{{ID: "withdraw-reason", Name: "reason", Type: "textarea", Rows: 2, Required: asked, Label: "Raison", Value: in.typedFor("withdraw")}}}}})
	}
	return out
}

// typedFor is the reason that came back for one of the steps.
func (in typed) typedFor(do string) string {
	if in.do == do {
		return in.reason
	}
	return ""
}

// judging are the forms of the team: its opinion, then the decision, which begins with
// what the opinion read.
func (x where) judging(a action.Action, back func(action.Turn) *action.Assessment, in typed) (out []formView) {
	said := back(action.OpinionTurn)
	if said == nil && a.Grid.Self != nil { // the team reads what was written, and corrects it
		said = &action.Assessment{Met: a.Grid.Self.Met, Why: a.Grid.Self.Why, Levers: a.Grid.Self.Levers}
	}
	f := x.asked(a, action.OpinionTurn, said, "avis")
	f.Title, f.Lead, f.Buttons = "L’avis de l’équipe", "Un oui ou un non à chaque critère, avec sa raison. Le formulaire part de l’auto-évaluation\u00a0: corrigez ce que vous lisez autrement.", [][2]string{{"opinion", "Enregistrer l’avis"}}
	f.Folded = a.Grid.Opinion != nil && in.turn != action.OpinionTurn
	out = append(out, f)
	said = back(action.DecisionTurn)
	if said == nil && a.Grid.Opinion != nil {
		said = &action.Assessment{Met: a.Grid.Opinion.Met, Why: a.Grid.Opinion.Why, Levers: a.Grid.Opinion.Levers}
	}
	if a.Grid.Opinion == nil { // the opinion comes first
		return out
	}
	g := x.asked(a, action.DecisionTurn, said, "decision")
	g.Title, g.Lead, g.Buttons = "La décision", "Elle part de l’avis. Qualifiée, l’action peut être débattue\u00a0; au vivier, elle est gardée avec son statut et peut revenir.", [][2]string{{"decision", "Enregistrer la décision"}}
	if ok, lacks := action.Eligible(said, a.Kind); !ok {
		for _, l := range lacks {
			g.Guards = append(g.Guards, action.Guard{Said: l})
		}
	} else {
		g.Guards = []action.Guard{{OK: true, Said: "L’avis constate une dimension nouvelle et une action structurante\u00a0: elle peut être qualifiée."}}
	}
	return append(out, g)
}

// mostMeetings is how many meetings and decisions a form offers.
const mostMeetings = 50

// withDebate adds, before the other forms, the one that says where a qualified action
// was debated.
func (d Deps) withDebate(r *http.Request, x where, a action.Action, judges bool, in typed, forms []formView) ([]formView, error) {
	if !judges || a.State != action.Qualified {
		return forms, nil
	}
	ctx, who, today := r.Context(), shell.Actor(r), x.cop.DayAt(d.Now())
	past, err := d.Room.COPs.MeetingList(ctx, d.Q, who, x.cop, cop.MeetingFilter{Past: true, Today: x.cop.DayAt(d.Now().AddDate(0, 0, 1))}, "", mostMeetings)
	if err != nil {
		return nil, err
	}
	var meetings, decisions [][2]string
	for _, m := range past.Rows {
		meetings = append(meetings, [2]string{m.ID, french.Day(m.Day) + "\u00a0: " + m.Title})
	}
	if d.Minutes != nil {
		taken, err := d.Minutes.DecisionsOf(ctx, d.Q, who, x.cop, "", mostMeetings)
		if err != nil {
			return nil, err
		}
		for _, t := range taken.Rows {
			if t.Day <= today {
				decisions = append(decisions, [2]string{t.ID, french.Day(t.Day) + "\u00a0: " + wording.Clip(t.Sentence, 90)})
			}
		}
	}
	m := selected("meeting", "Réunion où elle a été débattue", "aucune de la liste", meetings, in.moved.Debate.Meeting)
	m.Help = "Les cinquante dernières réunions de la COP, celle d’aujourd’hui comprise."
	c := selected("decision", "Décision qui en parle", "aucune de la liste", decisions, in.moved.Debate.Decision)
	f := formView{ID: "debat", Title: "Noter le débat", Lead: "Une réunion, ou une décision\u00a0; sinon le jour du débat et où il a eu lieu. L’action devient publique une fois débattue.", Action: wording.GridPath(a.ID), Rev: strconv.FormatInt(a.Rev, 10), Buttons: [][2]string{{"debate", "L’action a été débattue"}},
		Groups: []group{{Fields: []ui.Field{m, c, {ID: "on", Label: "Ou le jour du débat", Type: "date", Value: in.moved.Debate.On}, {ID: "debate-reason", Name: "reason", Type: "textarea", Rows: 2, Label: "Où et comment", Value: in.typedFor("debate"), Help: "Demandé quand il n’y a ni réunion ni décision."}}}}}
	return append([]formView{f}, forms...), nil
}
