package knowledge

import (
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// said2 is what an item says, as its pages draw it.
func said2(x where, t knowledge.Item) (facts [][2]string, texts []text, links []ui.Link) {
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, [2]string{label, value})
		}
	}
	add("Qui", t.Organisation)
	add("Où", placeName(x.tree, t.Territory))
	add("Levier ou thématique", about(x.fw, t.Levers, t.Theme))
	if t.Kind == knowledge.Obstacle {
		add("Nature", knowledge.Named(knowledge.Natures(), t.Nature))
		add("Peut être levé au niveau", knowledge.Named(knowledge.Levels(), t.Level))
	}
	add("Contact", t.Contact)
	add("Date", dayOf(t.Day))
	add("Source", t.Source)
	for _, s := range []text{{"description", "De quoi il s’agit", t.Text}, {"resultat", "Le résultat", t.Result}, {"reprendre", "Comment le reprendre ailleurs", t.Replicable}, {"preuve", "Ce qui le montre", t.Evidence}} {
		if s.Markdown != "" {
			texts = append(texts, s)
		}
	}
	if t.Link != "" {
		links = []ui.Link{{Label: wording.Clip(t.Link, 80), Href: t.Link}}
	}
	return facts, texts, links
}

// relations adds to a page what an obstacle is merged with, and what the nation
// answers.
func (p pages) relations(r *http.Request, base string, t knowledge.Item, v *view) error {
	if p.kind != knowledge.Obstacle {
		return nil
	}
	if t.MergedInto != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Ce frein est regroupé avec un autre", Text: "Il reste lisible, et compte avec celui-là.", Links: []ui.Link{{Label: "Lire le frein avec lequel il compte", Href: base + t.MergedInto}}})
	}
	in, err := knowledge.MergedIn(r.Context(), p.Q, t.ID)
	if err != nil {
		return err
	}
	if len(in) > 0 {
		m := ui.Table{ID: "regroupes", Caption: "Les freins regroupés dans celui-ci", Columns: []ui.Column{{Label: "Frein", Wide: true}, {Label: "Qui"}}}
		for _, y := range in {
			m.Rows = append(m.Rows, ui.Row{Cells: []ui.Cell{{Text: y.Title, Href: base + y.ID}, {Text: y.Organisation}}})
		}
		v.Tables = append(v.Tables, titled{ID: "avec", Title: "Regroupés avec lui", Table: m})
	}
	g, ok, err := knowledge.AnswerOf(r.Context(), p.Q, t)
	if err != nil || !ok {
		return err
	}
	v.Facts = append(v.Facts, [2]string{"Échelon national", answered(g)})
	if g.Answer != "" {
		v.Texts = append([]text{{"reponse", "La réponse de l’échelon national", g.Answer}}, v.Texts...)
	}
	return nil
}

// actions adds to a page the actions that are linked to its item: those that take up a
// good practice, or that met an obstacle.
func (d Deps) actions(r *http.Request, a policy.Actor, t knowledge.Item, v *view) error {
	if d.Actions == nil {
		return nil
	}
	end, title := link.End{Kind: link.Practice, ID: t.ID}, "Actions liées"
	if t.FromAction() != "" {
		title = "L’action dont elle est tirée, et celles qui s’y lient"
	}
	if t.Kind == knowledge.Obstacle {
		end.Kind, title = link.Obstacle, "Actions que ce frein ralentit ou bloque"
	}
	all, err := d.Actions(r.Context(), a, end)
	if err != nil || len(all) == 0 {
		return err
	}
	of := ui.Table{ID: "actions-liees-tableau", Caption: title, CaptionHidden: true, Columns: []ui.Column{{Label: "Action", Wide: true}}}
	for _, l := range all {
		of.Rows = append(of.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Label, Href: l.Href}}})
	}
	v.Tables = append(v.Tables, titled{ID: "actions-liees", Title: title, Table: of})
	return nil
}

// answered is what the nation says of a line, in a few words.
func answered(g knowledge.Group) string {
	s := knowledge.Named(knowledge.Statuses(), g.Status)
	if g.Day != "" {
		s += ", le " + dayOf(g.Day)
	}
	return s
}

// decisions are the forms by which a team says what it makes of an item.
func (p pages) decisions(r *http.Request, x where, t knowledge.Item, here string) ([]formView, error) {
	n := strconv.FormatInt(t.Rev, 10)
	why := func(id string) ui.Field {
		return ui.Field{ID: id, Name: "reason", Label: "Pourquoi", Help: "Nécessaire pour écarter, faire compléter ou faire remonter. Le proposant le lira."}
	}
	f := formView{ID: "decider", Title: "Ce que l’équipe en fait", Action: here + "/suite", Rev: n, Fields: []ui.Field{why("reason")}}
	add := func(value, label string) { f.Buttons = append(f.Buttons, [2]string{value, label}) }
	if t.State != knowledge.Retained {
		add("retain", "Retenir et publier")
	}
	switch {
	case t.Kind == knowledge.Strength && t.State == knowledge.Retained && !t.Shared:
		add("share", "Partager avec les autres régions")
	case t.Shared:
		add("unshare", "Ne plus partager")
	case t.Kind == knowledge.Obstacle && t.State == knowledge.Retained && t.MergedInto == "" && !t.Escalated():
		add("escalate", "Faire remonter à l’échelon national")
	}
	if t.MergedInto != "" {
		add("unmerge", "Séparer de l’autre frein")
	}
	if !t.Escalated() && t.MergedInto == "" {
		if t.State != knowledge.Incomplete {
			add("complete", "Faire compléter")
		}
		if t.State != knowledge.SetAside {
			add("aside", "Écarter")
		}
	}
	out := []formView{f}
	if len(f.Buttons) == 0 {
		out[0].Fields = nil
		out[0].Lead = "Ce frein est remonté à l’échelon national\u00a0: il attend sa réponse, et reste lisible."
	}
	if t.Kind != knowledge.Obstacle || t.State != knowledge.Retained || t.MergedInto != "" {
		return out, nil
	}
	list, err := p.Room.List(r.Context(), p.Q, shell.Actor(r), knowledge.Filter{Kind: knowledge.Obstacle, Region: x.Code, State: knowledge.Retained}, "", 200)
	if err != nil {
		return nil, err
	}
	var options [][2]string
	for _, y := range list.Rows {
		if y.ID != t.ID && y.MergedInto == "" {
			options = append(options, [2]string{y.ID, wording.Clip(y.Title, 90)})
		}
	}
	if len(options) > 0 {
		out = append(out, formView{ID: "regrouper", Title: "Regrouper avec un frein semblable", Action: here + "/suite", Rev: n, Hidden: [][2]string{{"do", "merge"}}, Submit: "Regrouper",
			Lead: "Les deux restent lisibles, et se séparent à tout moment.", Fields: []ui.Field{choose("into", "Compter ce frein avec", "", "", options), {ID: "reason-merge", Name: "reason", Label: "Pourquoi"}}})
	}
	return out, nil
}

func (p pages) judge(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, t, err := p.find(r)
	if err != nil {
		return err
	}
	n, err := shell.Rev(r)
	if err != nil {
		return err
	}
	ctx, a, reason := r.Context(), shell.Actor(r), shell.Typed(r, "reason")
	switch do := shell.Typed(r, "do"); {
	case do == "merge" && p.kind == knowledge.Obstacle:
		_, err = p.Room.Merge(ctx, p.Q, a, t.ID, n, shell.Typed(r, "into"), reason)
	case do == "unmerge" && p.kind == knowledge.Obstacle:
		_, err = p.Room.Unmerge(ctx, p.Q, a, t.ID, n, reason)
	case do == "escalate":
		_, err = p.Room.Escalate(ctx, p.Q, a, t.ID, n, reason)
	default:
		_, err = p.Room.Judge(ctx, p.Q, a, t.ID, n, knowledge.Decision(do), reason)
	}
	if err != nil && beside(err) {
		now, ferr := knowledge.Find(ctx, p.Q, a, t.ID)
		if ferr != nil {
			return ferr
		}
		return p.showOne(w, r, apperr.Status(err), x, now, nil, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/bureau"+p.path()+"/"+t.ID+"?fait=1")
}
