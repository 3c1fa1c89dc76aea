package renewals

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/renewal"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// desk is where a team reads what its new COP may take from the last one.
func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.at(r)
	if err != nil {
		return err
	}
	if len(x.earlier) == 0 {
		return d.nothing(w, r, http.StatusOK, x)
	}
	p, err := d.Room.Propose(r.Context(), d.Q, shell.Actor(r), x.to, x.from)
	if err != nil {
		return err
	}
	return d.showDesk(w, r, http.StatusOK, x, p, nil, nil)
}

// nothing is the page of a region where no COP follows another one.
func (d Deps) nothing(w http.ResponseWriter, r *http.Request, status int, x where) error {
	v := sections.View{Heading: ui.Heading{Overline: "Bureau de la COP", Title: x.place() + nb + ": pas encore de COP suivante", Scope: []string{"réservé à l’équipe"}}}
	v.Parts = []sections.Part{{Empty: ui.Empty{Title: "Aucune COP ne suit celle du cycle " + x.to.Cycle, Text: "L’administration nationale ouvre un cycle\u00a0: chaque région y reçoit sa COP. Ce que vous avez décidé sera alors proposé à la reprise, ici.", Action: ui.Link{Label: "Revenir au bureau", Href: x.home()}}}}
	return d.show(w, r, status, x, v)
}

// conflict is what somebody chose when another person had chosen meanwhile.
type conflict struct{ stored, typed renewal.Proposal }

func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, x where, p renewal.Proposal, wrong error, met *conflict) error {
	n := p.Goes()
	title := french.Integer(n) + nb + french.Plural(n, "chose prête à reprendre", "choses prêtes à reprendre")
	if n == 0 {
		title = "rien de plus à reprendre"
		if len(p.Items) == 0 {
			title = "rien à reprendre"
		}
		waiting := 0
		for _, k := range p.Kinds() {
			_, _, _, waits := p.Count(k)
			waiting += waits
		}
		if waiting > 0 {
			title = french.Integer(waiting) + nb + french.Plural(waiting, "chose attend un choix", "choses attendent un choix")
		}
	}
	v := sections.View{Heading: ui.Heading{Overline: "Bureau de la COP " + p.To.Cycle, Title: x.place() + nb + ": " + title, Scope: []string{"de la " + called(p.From, p.To) + ", à la COP " + p.To.Cycle, "réservé à l’équipe"},
		Lead: "Jalon propose, vous choisissez, puis un seul geste reprend. La COP " + p.From.Cycle + " ne change pas\u00a0: ses actions, ses relevés et ses éditions restent à leurs adresses."}}
	if q := r.URL.Query().Get("repris"); q != "" {
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: "La reprise est faite", Text: "Le reçu est plus bas. Ce qui reste peut être repris plus tard\u00a0: rien n’est jamais repris deux fois.", Links: []ui.Link{whereItWent(p.To)}})
	}
	choices := x.choices(p)
	var fault *renewal.Fault
	switch {
	case errors.As(wrong, &fault):
		v.Notices = append(v.Notices, beside(&choices, fault)...)
	case met != nil:
		v.Conflict = differences(met.stored, met.typed)
		if len(v.Conflict.Rows) == 0 {
			v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
		}
	case wrong != nil:
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été repris", Text: apperr.Message(wrong)})
	}
	v.Parts = append(v.Parts, x.picker(p), counts(p))
	if p.To.Parent == "" {
		v.Parts = append(v.Parts, levers(p))
	}
	if a := aims(p); len(a.Tables) > 0 {
		v.Parts = append(v.Parts, a)
	}
	if len(choices.Groups) > 0 {
		v.Parts = append(v.Parts, sections.Part{ID: "choisir", Title: "Ce qui est repris", Lead: "Tout est coché d’avance, sauf ce que vous avez décoché. Enregistrer ne reprend rien encore.", Forms: []sections.Form{choices}}, x.apply(p, met == nil && fault == nil))
	}
	more, err := d.departments(r, p)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, more...)
	receipt, err := d.receipt(r, p.To)
	if err != nil {
		return err
	}
	if len(receipt.Tables) > 0 {
		v.Parts = append(v.Parts, receipt)
	}
	v.Parts = append(v.Parts, sections.Part{ID: "roles", Title: "Qui garde ses droits", Lead: "Un rôle donné sur " + map[bool]string{true: "le département", false: "la région"}[p.To.Parent != ""] + " vaut pour chacune de ses COP\u00a0: l’équipe, les deux têtes et les organismes n’ont pas à être inscrits de nouveau. Qui conduit la nouvelle COP se dit dans ses réglages\u00a0; une délégation est à redonner, elle vaut pour une COP.",
		Links: append([]ui.Link{{Label: "Les réglages de la COP " + p.To.Cycle, Href: p.To.Path() + "/bureau/reglages"}}, archives("Archives de la "+called(p.From, p.To), p.From)...)})
	return d.show(w, r, status, x, v)
}

// picker chooses which COP begins from which.
func (x where) picker(p renewal.Proposal) sections.Part {
	var to, from [][2]string
	if x.dept != "" {
		to = [][2]string{{x.to.Cycle, "COP " + x.to.Cycle}}
	}
	for _, c := range x.all {
		if x.dept == "" && c.Cycle > x.all[len(x.all)-1].Cycle {
			to = append(to, [2]string{c.Cycle, "COP " + c.Cycle})
		}
	}
	for _, c := range x.earlier {
		from = append(from, [2]string{asked(x.to, c), wording.Upper(called(c, x.to))})
	}
	return sections.Part{ID: "cop", Fold: "Choisir une autre COP", Forms: []sections.Form{{ID: "autre", Action: x.path(), Get: true, Submit: "Voir", Secondary: true, Fields: []ui.Field{
		sections.Choose("cycle", "La nouvelle COP", p.To.Cycle, "", to), sections.Choose("de", "Celle qu’elle reprend", asked(p.To, p.From), "", from)}}}}
}

// counts is what there is, by kind.
func counts(p renewal.Proposal) sections.Part {
	t := ui.Table{ID: "compte", Caption: "Ce qui peut être repris de la COP " + p.From.Cycle, CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Quoi", Wide: true}, {Label: "En tout", Number: true}, {Label: "Prêts", Number: true}, {Label: "Attendent un choix", Number: true}, {Label: "Déjà repris", Number: true}}}
	for _, k := range p.Kinds() {
		all, goes, done, waits := p.Count(k)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: wording.Upper(k.Name()), Sub: about(k)}, {Text: french.Integer(all)}, {Text: french.Integer(goes)}, {Text: french.Integer(waits)}, {Text: french.Integer(done)}}})
	}
	part := sections.Part{ID: "en-bref", Title: "En bref", Tables: []ui.Table{t}}
	if p.NoCoverage != "" {
		part.Lead = p.NoCoverage
	}
	return part
}

func about(k renewal.Kind) string {
	switch k {
	case renewal.Actions:
		return "retenues, ni terminées ni abandonnées"
	case renewal.Priorities:
		return "adoptées par le département"
	case renewal.Obstacles:
		return "retenus dans la région, que personne n’a levés"
	case renewal.Objectives:
		return "partagés, pas encore atteints par ce qui est fait"
	case renewal.Subjects:
		return "proposés par la COP d’avant"
	}
	return "à inviter de nouveau"
}

// levers is what each lever becomes.
func levers(p renewal.Proposal) sections.Part {
	part := sections.Part{ID: "leviers", Title: "Ce que deviennent les leviers", Lead: "Du référentiel «\u00a0" + p.FromCycle.Framework + "\u00a0» à celui de la COP " + p.To.Cycle + ", «\u00a0" + p.ToCycle.Framework + "\u00a0». Un levier est ce sur quoi une action agit\u00a0: rénover, covoiturer, planter."}
	if len(p.Levers) == 0 {
		part.Empty = ui.Empty{Title: "Aucun levier n’est en jeu", Text: "Aucune action ni aucun objectif à reprendre n’en nomme un."}
		return part
	}
	t := ui.Table{ID: "passage", Caption: "Leviers de la COP " + p.From.Cycle, CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Correspondance"}, {Label: "Devient"}, {Label: "Ce qui en dépend"}}}
	for _, l := range p.Levers {
		becomes := ui.Cell{Missing: "À trancher plus bas."}
		switch l.Settled.Way {
		case renewal.ToLever:
			becomes = ui.Cell{Text: leverName(p, l.Settled.To)}
			if l.ByHand {
				becomes.Sub = "choisi par l’équipe"
			}
		case renewal.ToCross:
			becomes = ui.Cell{Text: "actions transversales", Sub: "choisi par l’équipe"}
		case renewal.Behind:
			becomes = ui.Cell{Text: "reste dans la COP " + p.From.Cycle, Sub: l.Settled.Reason}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: named(l)}, {Text: l.Way.Name(), Sub: strings.Join(l.Why, " ")}, becomes, {Text: depends(l)}}})
	}
	part.Tables = []ui.Table{t}
	return part
}

// named is a lever by the name that no other one has.
func named(l renewal.LeverLine) string { return cmp.Or(l.From.ShortName, l.From.Name) }

// depends says what a lever holds.
func depends(l renewal.LeverLine) string {
	var words []string
	if l.Actions > 0 {
		words = append(words, french.Integer(l.Actions)+nb+french.Plural(l.Actions, "action", "actions"))
	}
	if l.Aims > 0 {
		words = append(words, french.Integer(l.Aims)+nb+french.Plural(l.Aims, "objectif", "objectifs"))
	}
	if len(words) == 0 {
		return "levier secondaire d’une action"
	}
	return french.List(words)
}

// aims are the objectives that are not reached, each with its figures.
func aims(p renewal.Proposal) (part sections.Part) {
	t := ui.Table{ID: "objectifs-tableau", Caption: "Objectifs partagés que ce qui est fait n’atteint pas", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Objectif partagé, par an en 2030", Number: true}, {Label: "Fait depuis 2019", Number: true}}}
	for _, x := range p.Of(renewal.Objectives) {
		row := []ui.Cell{{Text: x.Title}}
		for i, f := range x.Figures {
			cell := ui.Cell{Text: f.Text, Missing: f.Missing, Name: []string{"objectif partagé, ", "fait depuis 2019, "}[i] + x.Title}
			if f.Key != "" {
				cell.Explain = wording.FigurePath(f.Key)
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	if len(t.Rows) == 0 {
		return part
	}
	return sections.Part{ID: "objectifs", Title: "Objectifs pas encore atteints", Lead: "En tonnes de CO₂e de moins par an en 2030 qu’en 2019. Ils sont repris pour la discussion seulement.", Tables: []ui.Table{t}}
}

func leverName(p renewal.Proposal, code string) string {
	for _, l := range p.Options() {
		if l.Code == code {
			return l.ShortName
		}
	}
	return code
}

// choices is the form of what the team chooses.
func (x where) choices(p renewal.Proposal) sections.Form {
	f := sections.Form{ID: "choix", Action: x.here(p.From.ID), Rev: strconv.FormatInt(p.Renewal.Rev, 10), Submit: "Enregistrer les choix", Secondary: true, Do: "choose"}
	if slices.ContainsFunc(p.Levers, func(l renewal.LeverLine) bool { return l.Open() && l.Actions+l.Aims > 0 }) {
		f.Groups = append(f.Groups, sections.Group{Title: "Tous les leviers encore à trancher", Lead: "Pour aller vite\u00a0: ce choix vaut pour chaque levier que vous laissez «\u00a0à trancher\u00a0» plus bas.", Fields: []ui.Field{
			sections.Choose("rest", "Ce que deviennent leurs actions", "", "à trancher un par un", [][2]string{{renewal.ToCross, "elles deviennent transversales, sans tonnes à elles"}, {renewal.Behind, "elles restent dans la COP " + p.From.Cycle}}),
			{ID: "rest-why", Label: "Pourquoi elles restent", Help: "Demandé quand elles restent dans la COP " + p.From.Cycle + "."}}})
	}
	for _, l := range p.Levers {
		if l.Actions+l.Aims == 0 && !l.ByHand {
			continue // a secondary lever: nothing waits for it
		}
		if to, ok := l.Only(); ok && l.Way != framework.Split && !l.ByHand && l.Settled.To == to.Code {
			continue // the crosswalk alone says it
		}
		g := sections.Group{Title: "Levier «\u00a0" + named(l) + "\u00a0»" + nb + ": " + l.Way.Name(), Lead: wording.Upper(depends(l)) + "."}
		choice := ui.Field{ID: "way." + l.From.Code, Label: "Ce que deviennent ses actions", Type: "select", Options: []ui.Option{{Label: "à trancher"}, {Value: renewal.ToCross, Label: "elles deviennent transversales, sans tonnes à elles", Selected: l.Settled.Way == renewal.ToCross},
			{Value: renewal.Behind, Label: "elles restent dans la COP " + p.From.Cycle, Selected: l.Settled.Way == renewal.Behind}}}
		for _, o := range ordered(p.Options(), l.To) {
			choice.Options = append(choice.Options, ui.Option{Value: "lever:" + o.Code, Label: "levier\u00a0: " + o.ShortName, Selected: l.Settled.Way == renewal.ToLever && l.Settled.To == o.Code})
		}
		g.Fields = []ui.Field{choice, {ID: "why." + l.From.Code, Label: "Pourquoi elles restent", Value: l.Settled.Reason, Help: "Demandé quand elles restent dans la COP " + p.From.Cycle + "."}}
		f.Groups = append(f.Groups, g)
	}
	themes := action.FirstThemes()
	if slices.ContainsFunc(p.Levers, func(l renewal.LeverLine) bool { return l.ByHand || l.Open() }) {
		f.Groups = append(f.Groups, sections.Group{Title: "Thème des actions qui deviennent transversales", Fields: []ui.Field{sections.Choose("theme", "Thème transversal", p.Renewal.Choices.Theme, "pas encore dit", themes)}})
	}
	var seen []string
	for _, k := range p.Kinds() {
		box := ui.Field{ID: "take-" + string(k), Name: "take", Label: "À reprendre", Type: "checkbox"}
		for _, i := range p.Of(k) {
			if i.Done {
				continue
			}
			seen = append(seen, i.Key())
			box.Options = append(box.Options, ui.Option{Value: i.Key(), Label: i.Title, Help: wording.Upper(cmp.Or(i.Lack, i.Note)), Selected: i.Taken})
		}
		if len(box.Options) > 0 {
			f.Groups = append(f.Groups, sections.Group{Title: wording.Upper(k.Name()), Lead: lead(k), Fields: []ui.Field{box}})
		}
	}
	f.Hidden = [][2]string{{"seen", strings.Join(seen, " ")}}
	return f
}

func lead(k renewal.Kind) string {
	switch k {
	case renewal.Actions:
		return "Chacune devient une action proposée de la nouvelle COP, à qualifier\u00a0: porteur, lieux, calendrier et budget repris\u00a0; grille, débat et pièces jointes restent à l’ancienne."
	case renewal.Priorities:
		return "Chacune devient une priorité en rédaction de la nouvelle COP, avec les seize champs de sa fiche\u00a0: vous la relisez, puis le département l’adopte de nouveau."
	case renewal.Obstacles:
		return "Le registre des freins est celui de la région\u00a0: la nouvelle COP garde la liste de ceux qu’elle reprend."
	case renewal.Objectives:
		return "Listés pour la discussion\u00a0: aucun n’est partagé tant que les deux têtes ne l’ont pas validé."
	case renewal.Subjects:
		return "Ce que la COP d’avant demande à celle-ci d’ouvrir."
	}
	return "Gardés comme liste d’invitation\u00a0: Jalon n’écrit à personne."
}

// ordered puts what the crosswalk proposes before the other levers.
func ordered(all, first []framework.Lever) []framework.Lever {
	out := slices.Clone(first)
	for _, l := range all {
		if !slices.ContainsFunc(first, func(f framework.Lever) bool { return f.Code == l.Code }) {
			out = append(out, l)
		}
	}
	return out
}

// apply is the one act of the team.
func (x where) apply(p renewal.Proposal, ready bool) sections.Part {
	part := sections.Part{ID: "reprendre", Title: "Reprendre"}
	n := p.Goes()
	switch {
	case n == 0:
		part.Lead = "Rien n’est prêt\u00a0: tout ce qui est choisi est déjà repris, ou attend un choix ci-dessus."
		return part
	case !ready:
		part.Lead = "Enregistrez d’abord vos choix."
		return part
	}
	var words []string
	for _, k := range p.Kinds() {
		if _, goes, _, _ := p.Count(k); goes > 0 {
			words = append(words, french.Integer(goes)+nb+french.Plural(goes, k.One(), k.Name()))
		}
	}
	part.Lead = "D’après les choix enregistrés, la COP " + p.To.Cycle + " reprendra " + french.List(words) + ". Les deux têtes retiendront elles-mêmes ce qu’elles gardent\u00a0: ceci n’est pas une validation."
	part.Forms = []sections.Form{{ID: "appliquer", Action: x.here(p.From.ID), Rev: strconv.FormatInt(p.Renewal.Rev, 10), Do: "apply", Submit: "Reprendre dans la COP " + p.To.Cycle, Hidden: [][2]string{{"digest", p.Digest()}}}}
	return part
}

// beside writes a fault beside its field.
func beside(f *sections.Form, fault *renewal.Fault) []ui.Alert {
	for i := range f.Groups {
		for j := range f.Groups[i].Fields {
			if f.Groups[i].Fields[j].ID == fault.Field {
				f.Groups[i].Fields[j].Error = fault.Message
				return nil
			}
		}
	}
	return []ui.Alert{{State: "warning", Title: "Rien n’a été enregistré", Text: fault.Message}}
}

// differences are the choices of two people, side by side.
func differences(stored, typed renewal.Proposal) ui.Table {
	t := ui.Table{ID: "deux-versions", Caption: "Deux versions des choix", Columns: []ui.Column{{Label: "Quoi", Wide: true}, {Label: "Ce qui est enregistré"}, {Label: "Ce que vous avez choisi"}}}
	taken := func(x renewal.Item) string {
		if x.Taken {
			return "à reprendre"
		}
		return "laissé"
	}
	for i, x := range stored.Items {
		if i < len(typed.Items) && typed.Items[i].Key() == x.Key() && typed.Items[i].Taken != x.Taken && !x.Done {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Title}, {Text: taken(x)}, {Text: taken(typed.Items[i])}}})
		}
	}
	way := func(p renewal.Proposal, l renewal.LeverLine) string {
		switch l.Settled.Way {
		case renewal.ToLever:
			return leverName(p, l.Settled.To)
		case renewal.ToCross:
			return "transversales"
		case renewal.Behind:
			return "restent\u00a0: " + l.Settled.Reason
		}
		return "à trancher"
	}
	for i, l := range stored.Levers {
		if i < len(typed.Levers) && typed.Levers[i].From.Code == l.From.Code && typed.Levers[i].Settled != l.Settled {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: "Levier «\u00a0" + l.From.Name + "\u00a0»"}, {Text: way(stored, l)}, {Text: way(typed, typed.Levers[i])}}})
		}
	}
	return t
}

// receipt is what was carried.
func (d Deps) receipt(r *http.Request, c cop.COP) (part sections.Part, err error) {
	all, err := renewal.CarriedTo(r.Context(), d.Q, c.ID)
	if err != nil || len(all) == 0 {
		return part, err
	}
	t := ui.Table{ID: "recu", Caption: "Ce qui a été repris", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Quoi", Wide: true}, {Label: "Sorte"}, {Label: "Ce qui a changé"}, {Label: "Le"}}}
	for _, k := range renewal.Kinds() {
		for _, x := range all {
			if x.Kind != k {
				continue
			}
			cell := ui.Cell{Text: x.Title}
			switch {
			case x.Made != "" && x.Kind == renewal.Priorities:
				cell.Href = c.Path() + "/bureau/adaptation/" + x.Made
			case x.Made != "":
				cell.Href = wording.ActionPath(x.Made)
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{cell, {Text: k.One()}, {Text: wording.Upper(x.Note)}, {Text: french.Date(x.At.In(c.Location()))}}})
		}
	}
	return sections.Part{ID: "repris", Title: "Reçu" + nb + ": " + counted(all), Tables: []ui.Table{t}}, nil
}
