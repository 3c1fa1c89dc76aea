package web

import (
	"context"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// ownActions are the actions that somebody wrote, whose holder they belong to or whose
// contact they are, each with what waits for them.
func (s *server) ownActions(ctx context.Context, a policy.Actor, email string) (t ui.Table, more bool, err error) {
	all, more, err := action.Mine(ctx, s.DB, a, email)
	if err != nil {
		return t, false, err
	}
	t = ui.Table{ID: "mes-actions", Caption: "Mes actions", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Où elle en est"}, {Label: "Ce qui vous attend", Wide: true}}}
	cops := map[string]cop.COP{}
	for _, x := range all {
		c, ok := cops[x.COP]
		if !ok {
			if c, err = cop.Find(ctx, s.DB, x.COP); err != nil {
				return t, false, err
			}
			cops[x.COP] = c
		}
		waits := ui.Cell{Text: "rien pour l’instant"}
		todo, href := awaited(a, x, c, s.Now())
		if len(todo) > 0 {
			waits = ui.Cell{Text: todo[0], Href: href, Sub: strings.Join(todo[1:], "\u00a0; ")}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Title, Href: wording.ActionPath(x.ID), Sub: wording.ActionNumber(x.Seq) + ", " + c.SenderName()}, {Text: x.State.Name(), Sub: action.Named(action.Statuses(), x.Status)}, waits}})
	}
	return t, more, nil
}

// awaited is what an action waits from somebody who works on it, the first with where it
// is done.
func awaited(a policy.Actor, x action.Action, c cop.COP, now time.Time) (out []string, href string) {
	for _, l := range wording.ActionSteps(a, x, c) {
		if href == "" {
			href = l.Href
		}
		out = append(out, l.Label)
	}
	if !policy.Can(a, policy.Edit, x.Thing(c)) || x.State == action.Retaining {
		return out, href
	}
	edit := func(part, text string) {
		if href == "" {
			href = wording.ActionPath(x.ID) + "/modifier" + part
		}
		out = append(out, text)
	}
	late := 0
	for _, k := range x.Tasks {
		if k.Done == "" && k.Due != "" && k.Due < now.In(c.Location()).Format(time.DateOnly)[:min(len(k.Due), len(time.DateOnly))] {
			late++
		}
	}
	if late > 0 {
		edit("/taches", french.Integer(late)+"\u00a0"+french.Plural(int64(late), "tâche en retard", "tâches en retard"))
	}
	if lacks := x.Completeness().Lacks; len(lacks) > 0 {
		edit("", "dire encore "+french.List(lacks))
	}
	return out, href
}
