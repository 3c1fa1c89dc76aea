package knowledge

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/followup"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func drawPath(id string) string { return wording.ActionPath(id) + "/bonne-pratique" }

// drawing is the action of an address, for who reads it and may bring strong points where
// it takes place; anyone else does not know the page.
func (p pages) drawing(r *http.Request) (x where, a action.Action, c cop.COP, err error) {
	if a, c, err = action.Find(r.Context(), p.Q, shell.Actor(r), r.PathValue("id")); err != nil {
		return x, a, c, err
	}
	m, err := p.Model(r.Context())
	if err != nil {
		return x, a, c, err
	}
	region, err := m.Tree().Region(a.Region)
	if err != nil {
		return x, a, c, err
	}
	x, err = p.workingIn(r, where{Region: region, tree: m.Tree(), fw: m.Framework()}, knowledge.Strength.Policy())
	return x, a.For(shell.Actor(r), c), c, err
}

// draw is the form by which somebody makes a good practice of an action that is over,
// filled with what is known of it.
func (p pages) draw(w http.ResponseWriter, r *http.Request) error {
	x, a, c, err := p.drawing(r)
	if err != nil {
		return err
	}
	t, err := p.drawn(r, x, a)
	if err != nil {
		return err
	}
	return p.showDraw(w, r, http.StatusOK, x, a, c, t, false, nil)
}

func (p pages) showDraw(w http.ResponseWriter, r *http.Request, status int, x where, a action.Action, c cop.COP, t knowledge.Item, share bool, wrong error) error {
	actor := shell.Actor(r)
	v := view{Heading: ui.Heading{Overline: "Action " + strconv.FormatInt(a.Seq, 10) + " de " + c.SenderName(), Title: "En faire une bonne pratique\u00a0: " + a.Title, Scope: []string{"réservé à ceux qui travaillent pour la région"},
		Lead: "Ce que les autres régions liront si l’équipe de la COP la partage. La fiche de l’action et la bonne pratique mèneront l’une à l’autre."},
		Links: []ui.Link{{Label: "Revenir à la fiche de l’action", Href: wording.ActionPath(a.ID)}}}
	there, err := knowledge.DrawnFrom(r.Context(), p.Q, []string{a.ID})
	if err != nil {
		return err
	}
	if was, ok := there[a.ID]; ok {
		n := ui.Alert{State: "info", Title: "Une bonne pratique a déjà été tirée de cette action", Text: "«\u00a0" + was.Title + "\u00a0», " + stateOf(was) + ". Il n’y en a qu’une par action\u00a0: complétez celle-là."}
		if ok, err := knowledge.May(r.Context(), p.Q, actor, policy.Read, was); err != nil {
			return err
		} else if ok {
			n.Links = []ui.Link{{Label: "La lire, la compléter", Href: x.base() + "/bureau" + p.path() + "/" + was.ID}}
		} else { // its words are not for this reader
			n.Text = "L’équipe de la COP l’examine. Il n’y en a qu’une par action."
		}
		if wrong != nil {
			n.State, n.Title = "warning", "Rien n’a été enregistré\u00a0: une bonne pratique a déjà été tirée de cette action"
		}
		v.Notices = append(v.Notices, n)
		if wrong == nil {
			return p.show(w, r, status, v, true, p.drawTrail(x, a)...)
		}
	} else if why := followup.Unfinished(a); why != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Cette action n’est pas terminée", Text: why})
		if wrong == nil {
			return p.show(w, r, status, v, true, p.drawTrail(x, a)...)
		}
	}
	fields := p.fields(x, t)
	for i := range fields {
		switch fields[i].ID {
		case "text":
			fields[i].Rows = 10
			fields[i].Help = "Rempli d’après la fiche et le dernier point d’avancement\u00a0: relisez, puis dites ce qui a fait la différence."
		case "result":
			fields[i].Rows = 6
			fields[i].Help = "Ce qui est fait et ce que cela a coûté, tels que le porteur les a dits."
		case "link":
			fields[i].Help = "La fiche de l’action, où sont ses documents."
		}
	}
	if policy.Can(actor, policy.Judge, policy.Thing{Kind: policy.Strength, COPs: []string{c.ID}}) {
		fields = append(fields, ui.Field{ID: "share", Label: "Partager", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "La retenir et la partager tout de suite avec les autres régions", Selected: share}}})
	}
	wrongIn(fields, wrong)
	lead := "L’équipe de la COP l’examine avant que quiconque la lise."
	v.Forms = []formView{{ID: "bonne-pratique", Title: "La bonne pratique", Action: drawPath(a.ID), Submit: "Enregistrer la bonne pratique", Fields: fields, Lead: lead}}
	return p.show(w, r, status, v, true, p.drawTrail(x, a)...)
}

func (p pages) drawTrail(x where, a action.Action) []ui.Link {
	return trail(x, ui.Link{Label: "Actions", Href: x.base() + "/actions"}, ui.Link{Label: "Action " + strconv.FormatInt(a.Seq, 10), Href: wording.ActionPath(a.ID)}, ui.Link{Label: "En faire une bonne pratique"})
}

// drawn is what an action already says of the good practice that it may become.
func (p pages) drawn(r *http.Request, x where, a action.Action) (t knowledge.Item, err error) {
	t = knowledge.Item{Kind: knowledge.Strength, Title: wording.Clip(a.Title, 190), Organisation: wording.Clip(a.Holder.Name, 190), Territory: "region:" + x.Code, Source: "Action " + strconv.FormatInt(a.Seq, 10) + " de la COP, d’après son porteur", Link: p.Shell.Site(r) + wording.ActionPath(a.ID), Day: a.StatusOn}
	if len(t.Day) != len("2006-01-02") {
		t.Day = ""
	}
	if d := a.Department(); d != "" {
		t.Territory = "department:" + d
	} else if len(a.Places) == 1 {
		t.Territory = a.Places[0].Territory
	}
	t.Levers = a.Levers[:min(len(a.Levers), 3)]
	if len(t.Levers) == 0 {
		t.Theme = a.Theme // said when it is one of those of good practices
	}
	last, spoken, err := followup.Last(r.Context(), p.Q, a.ID)
	if err != nil {
		return t, err
	}
	text := []string{a.Summary}
	var done []string
	for _, k := range a.Tasks {
		if k.Done != "" {
			done = append(done, "- "+k.Title+" ("+french.When(k.Done)+")")
		}
	}
	if len(done) > 0 {
		text = append(text, "Ce qui a été fait\u00a0:\n\n"+strings.Join(done, "\n"))
	}
	if spoken && last.Note != "" {
		text = append(text, last.Note)
	}
	t.Text = wording.Clip(strings.Join(text, "\n\n"), 9_000)
	var result []string
	if spoken {
		for _, q := range last.Quantities {
			if q.Quantity != nil {
				result = append(result, "- "+wording.LeverName(x.fw, q.Lever)+nb+": "+plan.Exact(*q.Quantity)+nb+q.Unit+" ("+q.Class.Name()+", au "+french.Day(last.Day)+")")
			}
		}
		if last.Spent != nil {
			result = append(result, "- Dépensé depuis le début\u00a0: "+action.Euros(*last.Spent))
		}
	}
	if a.Budget.Invest != nil {
		result = append(result, "- Investissement prévu\u00a0: "+action.Euros(*a.Budget.Invest))
	}
	t.Result = wording.Clip(strings.Join(result, "\n"), 1_900)
	return t, nil
}

func (p pages) drawSave(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, a, c, err := p.drawing(r)
	if err != nil {
		return err
	}
	share := shell.Typed(r, "share") == "1"
	t, err := p.read(r, x)
	if err == nil {
		var kept knowledge.Item
		if kept, err = p.FollowUp.DrawPractice(r.Context(), p.Q, shell.Actor(r), a.ID, t, share); err == nil {
			return shell.SeeOther(w, r, x.base()+"/bureau"+p.path()+"/"+kept.ID+"?fait=1")
		}
	}
	if beside(err) {
		return p.showDraw(w, r, apperr.Status(err), x, a, c, t, share, err)
	}
	return err
}
