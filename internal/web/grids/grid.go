package grids

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/debate/minutes"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func (d Deps) grid(w http.ResponseWriter, r *http.Request) error {
	return d.showGrid(w, r, http.StatusOK, typed{}, nil)
}

// typed is a form that came back: what was asked for, and with what.
type typed struct {
	do     string
	turn   action.Turn
	said   action.Assessment
	moved  action.Turned
	reason string
}

// showGrid draws the grid of an action, what lacks before its next step, and the forms
// of who may take it.
func (d Deps) showGrid(w http.ResponseWriter, r *http.Request, status int, in typed, bad error) error {
	x, a, err := d.ofAction(r)
	if err != nil {
		return err
	}
	themes, err := action.CrossThemes(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	who := shell.Actor(r)
	t := a.Thing(x.cop)
	edits, judges := policy.Can(who, policy.Edit, t), policy.Can(who, policy.Judge, t)
	v := view{Heading: ui.Heading{Overline: "Grille de l’action COP", Title: a.Title, Scope: []string{"action " + number(a), a.Kind.Name(), x.about(a, themes), wording.ActionBadge(a)}},
		Tabs: ui.Pages{Tabs: []ui.Link{{Label: "L’action", Href: wording.ActionPath(a.ID)}, {Label: "La grille", Href: wording.GridPath(a.ID), Current: true}}}, Path: way(a)}
	if policy.Can(who, policy.Read, x.cop.Thing(policy.Desk)) {
		v.Tabs.Tabs = append([]ui.Link{{Label: "Actions", Href: x.desk()}}, v.Tabs.Tabs...)
	}
	v.Lead = "Une action COP a une dimension nouvelle\u00a0: un critère au moins. Et elle est structurante pour la planification écologique du territoire\u00a0: les trois critères."
	v.Notices = append(v.Notices, x.standing(a, policy.Can(who, policy.Read, x.cop.Thing(policy.Desk)))...)
	forms := d.forms(x, a, who, edits, judges, in)
	if forms, err = d.withDebate(r, x, a, judges, in, forms); err != nil {
		return err
	}
	beside := false
	for _, f := range forms {
		beside = f.beside(bad) || beside
	}
	if !beside {
		v.Notices = append(wrong(bad), v.Notices...)
	}
	if status == http.StatusConflict && in.turn != "" {
		v.Conflict = ui.TwoVersions(x.asked(a, in.turn, a.Grid.Of(in.turn), "").fields(), x.asked(a, in.turn, &in.said, "").fields())
	}
	v.Forms = forms
	// Who only reads what is public reads of the grid what the action publishes of it.
	seen := a.For(shell.Actor(r), x.cop)
	if table := x.readings(seen, edits || judges); seen.Grid.Self != nil || seen.Grid.Opinion != nil || seen.Grid.Decision != nil || !edits {
		v.First = append(v.First, section{ID: "lectures", Title: "Ce que dit la grille", Table: table, Texts: conclusions(seen, edits || judges)})
	}
	return d.private(w, r, status, x, v, ui.Link{Label: "Action " + number(a), Href: wording.ActionPath(a.ID)}, ui.Link{Label: "Grille"})
}

// way is how far an action is on its way to the list.
func way(a action.Action) []step {
	order := []action.State{action.Proposed, action.Qualified, action.Debated, action.Retained}
	text := map[action.State]string{action.Proposed: "par qui la porte, avec son auto-évaluation", action.Qualified: "par l’équipe de la COP, selon la grille", action.Debated: "en réunion", action.Retained: "par les deux têtes, sur une liste"}
	at := slices.Index(order, a.State)
	if a.State == action.Retaining {
		at = slices.Index(order, action.Debated)
	}
	var out []step
	for i, s := range order {
		x := step{Name: wording.Upper(s.Name()), Text: text[s], Class: "step-announced"}
		if i <= at {
			x.Class = "step-done"
		}
		if i == at {
			x.Class, x.Current = "step-open", true
		}
		out = append(out, x)
	}
	return out
}

func here(s step) templ.Attributes {
	if s.Current {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

// standing says where an action stands that is not on its plain way.
func (x where) standing(a action.Action, desk bool) []ui.Alert {
	switch a.State {
	case action.Pool:
		text := "Statut\u00a0: " + action.Named(action.PoolStates(), a.PoolState) + "."
		if a.Grid.Decision != nil {
			text += " Raison\u00a0: " + a.Grid.Decision.Reason
		}
		return []ui.Alert{{State: "info", Title: "Cette action est au vivier", Text: text + " Elle n’est pas perdue\u00a0: elle peut être proposée de nouveau."}}
	case action.Merged:
		return []ui.Alert{{State: "info", Title: "Cette action a été fusionnée avec une autre", Text: "Celle qui la remplace est comptée à sa place.", Links: []ui.Link{{Label: "L’action qui la remplace", Href: wording.ActionPath(a.MergedInto)}}}}
	case action.Withdrawn:
		return []ui.Alert{{State: "warning", Title: "Cette action a été retirée", Text: "Son historique garde la raison."}}
	case action.Retaining:
		out := ui.Alert{State: "info", Title: "Cette action attend la validation des deux têtes", Text: "Elle ne change pas pendant ce temps."}
		if desk {
			out.Links = []ui.Link{{Label: "La liste à retenir", Href: x.desk() + "/releves/" + a.List}}
		}
		return []ui.Alert{out}
	case action.Retained:
		links := []ui.Link{}
		if a.List != "" {
			links = append(links, ui.Link{Label: "Les relevés de décisions", Href: x.home() + "/actions/releves"})
		}
		out := []ui.Alert{{State: "success", Title: "Retenue le " + french.Day(a.RetainedOn), Text: "Elle ne change plus d’état\u00a0: seul son statut évolue, avec sa raison.", Links: links}}
		if a.Status == "abandoned" {
			out = append(out, ui.Alert{State: "warning", Title: "Le projet est abandonné", Text: a.StatusReason + " L’action reste dans la liste, et cela s’y lit."})
		}
		return out
	}
	return nil
}

// yes writes an answer of the grid in words.
func yes(as *action.Assessment, c action.Criterion) ui.Cell {
	met, said := false, false
	if as != nil {
		met, said = as.Met[c.Code]
	}
	switch {
	case as == nil:
		return ui.Cell{Missing: "Cette lecture de la grille n’a pas été faite."}
	case !said:
		return ui.Cell{Missing: "Pas de réponse à ce critère."}
	}
	out := ui.Cell{Text: "non", Sub: as.Why[c.Code]}
	if met {
		out.Text = "oui"
		for i, w := range c.Ways {
			if as.Met[w.Code] {
				out.Text += map[bool]string{true: "\u00a0: ", false: "\u00a0; "}[i == 0 || out.Text == "oui"] + w.Label
			}
		}
		if other := as.Why["actors.other"]; c.Code == "actors" && as.Met["actors.other"] && other != "" {
			out.Sub += " Autre forme\u00a0: " + other
		}
	}
	return out
}

// turns are the readings that somebody may know of: what the team thinks is for who
// writes the action and for the team, until it is decided.
func turns(a action.Action, inside bool) []action.Turn {
	var out []action.Turn
	if inside || a.Grid.Self != nil {
		out = append(out, action.SelfTurn)
	}
	if inside && a.Grid.Opinion != nil {
		out = append(out, action.OpinionTurn)
	}
	if a.Grid.Decision != nil {
		out = append(out, action.DecisionTurn)
	}
	return out
}

// readings sets the three readings of the grid side by side.
func (x where) readings(a action.Action, inside bool) ui.Table {
	t := ui.Table{ID: "grille", Caption: "Les critères, tels que chacun les a lus", CaptionHidden: true, Columns: []ui.Column{{Label: "Critère", Wide: true}}}
	for _, turn := range turns(a, inside) {
		t.Columns = append(t.Columns, ui.Column{Label: wording.Upper(turn.Name())})
	}
	group := ""
	for _, c := range action.Criteria(a.Kind) {
		if g := dimension(c); g != group {
			group = g
			t.Rows = append(t.Rows, ui.Row{Group: true, Cells: []ui.Cell{{Text: g}}})
		}
		row := ui.Row{Cells: []ui.Cell{{Text: c.Label}}}
		for _, turn := range turns(a, inside) {
			row.Cells = append(row.Cells, yes(a.Grid.Of(turn), c))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func dimension(c action.Criterion) string {
	if c.Structuring {
		return "Action structurante\u00a0: les trois critères"
	}
	return "Dimension nouvelle\u00a0: un critère au moins"
}

// conclusions say what each reading ends on, by whom and when for who is inside.
func conclusions(a action.Action, inside bool) (out []string) {
	for _, t := range turns(a, inside) {
		as := a.Grid.Of(t)
		if as == nil {
			continue
		}
		text := wording.Upper(t.Name()) + "\u00a0: "
		if ok, _ := action.Eligible(as, a.Kind); ok {
			text += "la grille est remplie"
		} else {
			text += "la grille n’est pas remplie"
		}
		if as.Verdict != "" {
			text += ", " + action.Named(t.Verdicts(), as.Verdict)
		}
		if as.On != "" {
			text += ", le " + french.Day(as.On)
		}
		if inside && as.By != "" {
			text += ", par " + as.By
		}
		text += "."
		if as.Reason != "" {
			text += " " + as.Reason
		}
		out = append(out, text)
	}
	return out
}

// asked is the form of a reading of the grid, with what was said.
func (x where) asked(a action.Action, turn action.Turn, as *action.Assessment, id string) formView {
	if as == nil {
		as = &action.Assessment{}
	}
	f := formView{ID: id, Action: wording.GridPath(a.ID), Rev: strconv.FormatInt(a.Rev, 10)}
	name := string(turn) + "-"
	for _, c := range action.Criteria(a.Kind) {
		if n := len(f.Groups); n == 0 || f.Groups[n-1].Title != dimension(c) {
			f.Groups = append(f.Groups, group{Title: dimension(c)})
		}
		g := &f.Groups[len(f.Groups)-1]
		met, said := as.Met[c.Code]
		g.Fields = append(g.Fields, ui.Field{ID: name + c.Code, Name: "met." + c.Code, Type: "radio", Label: c.Label, Help: c.Help,
			Options: []ui.Option{{Value: "yes", Label: "Oui", Selected: said && met}, {Value: "no", Label: "Non", Selected: said && !met}}})
		if len(c.Ways) > 0 {
			ways := ui.Field{ID: name + c.Code + "-ways", Name: "way", Type: "checkbox", Label: map[bool]string{true: "Par quelle forme de mobilisation, si oui", false: "Par quelle voie, si oui"}[c.Structuring]}
			for _, w := range c.Ways {
				ways.Options = append(ways.Options, ui.Option{Value: w.Code, Label: w.Label, Selected: as.Met[w.Code]})
			}
			g.Fields = append(g.Fields, ways)
		}
		if c.Code == "actors" {
			g.Fields = append(g.Fields, ui.Field{ID: name + "other", Name: "why.actors.other", Label: "Autre forme de mobilisation", Value: as.Why["actors.other"]})
		}
		if c.Code == "lever" && a.Kind == action.CrossCutting {
			served := ui.Field{ID: name + "levers", Name: "levers", Type: "checkbox", Label: "Les leviers que l’action sert, deux au moins"}
			for _, l := range x.levers() {
				served.Options = append(served.Options, ui.Option{Value: l.Code, Label: l.Name, Selected: slices.Contains(as.Levers, l.Code)})
			}
			g.Fields = append(g.Fields, served)
		}
		g.Fields = append(g.Fields, ui.Field{ID: name + c.Code + "-why", Name: "why." + c.Code, Type: "textarea", Rows: 2, Label: map[bool]string{true: "Pourquoi", false: "Pourquoi, si oui"}[c.Structuring], Value: as.Why[c.Code],
			Required: c.Structuring && turn == action.OpinionTurn, Help: "À propos de «\u00a0" + c.Label + "\u00a0»." + map[bool]string{true: " Demandé avant de proposer l’action."}[c.Structuring && turn == action.SelfTurn]})
	}
	if all := turn.Verdicts(); all != nil {
		what := map[action.Turn]string{action.OpinionTurn: "Sens de l’avis", action.DecisionTurn: "Décision"}[turn]
		v := ui.Field{ID: name + "verdict", Name: "verdict", Type: "radio", Label: what}
		for _, o := range all {
			v.Options = append(v.Options, ui.Option{Value: o[0], Label: wording.Upper(o[1]), Selected: as.Verdict == o[0]})
		}
		end := group{Title: "En conclusion", Fields: []ui.Field{v}}
		if turn == action.DecisionTurn {
			end.Fields = append(end.Fields, poolField(a.PoolState))
		}
		end.Fields = append(end.Fields, ui.Field{ID: name + "reason", Name: "reason", Type: "textarea", Label: "Raison", Value: as.Reason, Required: true})
		f.Groups = append(f.Groups, end)
	}
	return f
}

func poolField(value string) ui.Field {
	f := selected("pool", "Statut au vivier", "aucun\u00a0: l’action est qualifiée", action.PoolStates(), value)
	f.Help = "Si l’action va au vivier. «\u00a0hors COP mais CRTE\u00a0»\u00a0: elle relève du contrat de relance et de transition écologique de son territoire."
	return f
}

// act takes the step that a form asks for.
func (d Deps) act(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	rev, err := strconv.ParseInt(shell.Typed(r, "rev"), 10, 64)
	if err != nil {
		rev = -1 // no revision: a conflict
	}
	ctx, a, id := r.Context(), shell.Actor(r), r.PathValue("id")
	in := typed{do: shell.Typed(r, "do"), reason: shell.Typed(r, "reason")}
	in.moved = action.Turned{ID: id, Rev: rev, Reason: in.reason, PoolState: shell.Typed(r, "pool"), Debate: action.Debate{On: shell.Typed(r, "on"), Meeting: shell.Typed(r, "meeting"), Decision: shell.Typed(r, "decision"), Reason: in.reason}}
	in.said = readGrid(r)
	in.said.By = shell.Of(r).Name
	in.moved.By = in.said.By
	word := "1"
	switch in.do {
	case "self", "self-propose":
		in.turn = action.SelfTurn
		var x action.Action
		if x, err = d.Room.Assess(ctx, d.Q, a, id, rev, in.turn, in.said); err == nil && in.do == "self-propose" && x.State != action.Proposed {
			in.moved.To, in.moved.Rev, word = action.Proposed, x.Rev, "proposee"
			_, err = d.Room.Move(ctx, d.Q, a, in.moved)
		}
	case "opinion":
		in.turn, word = action.OpinionTurn, "avis"
		_, err = d.Room.Assess(ctx, d.Q, a, id, rev, in.turn, in.said)
	case "decision":
		in.turn, word = action.DecisionTurn, "decision"
		_, err = d.Room.Decide(ctx, d.Q, a, id, rev, in.said, in.moved.PoolState)
	case "propose", "debate", "withdraw", "pool":
		in.moved.To = map[string]action.State{"propose": action.Proposed, "debate": action.Debated, "withdraw": action.Withdrawn, "pool": action.Pool}[in.do]
		word = map[string]string{"propose": "proposee", "debate": "debat", "withdraw": "retrait", "pool": "vivier"}[in.do]
		if in.moved.Debate.Decision != "" && in.do == "debate" {
			err = d.decidedAt(r, &in.moved.Debate)
		}
		if err == nil {
			_, err = d.Room.Move(ctx, d.Q, a, in.moved)
		}
	default:
		err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if err != nil && shell.Beside(err) {
		return d.showGrid(w, r, apperr.Status(err), in, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, wording.GridPath(id)+"?fait="+word)
}

// readGrid reads the answers of a form.
func readGrid(r *http.Request) action.Assessment {
	as := action.Assessment{Met: map[string]bool{}, Why: map[string]string{}, Verdict: shell.Typed(r, "verdict"), Reason: shell.Typed(r, "reason")}
	for _, c := range action.Criteria(action.Sectoral) { // the codes are the same for both kinds
		if v := shell.Typed(r, "met."+c.Code); v != "" {
			as.Met[c.Code] = v == "yes"
		}
		as.Why[c.Code] = shell.Typed(r, "why."+c.Code)
	}
	as.Why["actors.other"] = shell.Typed(r, "why.actors.other")
	for _, way := range r.PostForm["way"] {
		as.Met[shell.Clean(way)] = true
	}
	for _, l := range r.PostForm["levers"] {
		as.Levers = append(as.Levers, shell.Clean(l))
	}
	return as
}

// decidedAt reads the decision that an action was debated by: its meeting says the day.
func (d Deps) decidedAt(r *http.Request, in *action.Debate) error {
	_, x, _, err := minutes.FindDecision(r.Context(), d.Q, shell.Actor(r), in.Decision)
	if err == nil {
		in.Meeting, in.On = x.ID, x.Day
	}
	return err
}
