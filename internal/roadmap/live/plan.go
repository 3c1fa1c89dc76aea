package live

import (
	"cmp"
	"context"
	"slices"

	"jalon/internal/action"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
)

// planned is the plan of action: by theme, by département, one sheet each.
func planned() []block {
	p := composition.Plan
	return []block{
		{Live: composition.Live{Code: "plan/premieres", Part: p, Name: "Les actions qui apportent le plus", Usual: true,
			Help:    "Les plus grandes actions retenues, par ce qu’elles éviteraient en 2030.",
			Options: []composition.Option{{Name: "nombre", Label: "Nombre d’actions", Values: [][2]string{{"10", "les 10 premières"}, {"5", "les 5 premières"}, {"20", "les 20 premières"}}}}}, make: largest},
		{Live: composition.Live{Code: "plan/themes", Part: p, Name: "Le plan par thème", Usual: true,
			Help:    "Les thèmes de la région, ceux que les deux têtes ont mis en premier d’abord, chacun avec ses actions retenues.",
			Options: []composition.Option{{Name: "vue", Label: "Regrouper par", Values: [][2]string{{"region", "les thèmes de la région"}, {"plan", "les six thématiques de la planification écologique"}}}}}, make: byTheme},
		{Live: composition.Live{Code: "plan/departements", Part: p, Name: "Le plan par département", Usual: true,
			Help: "Les actions de chaque département, et celles qui portent sur toute la région."}, make: byDepartment},
		{Live: composition.Live{Code: "plan/fiches", Part: p, Name: "Les fiches des actions", Usual: true,
			Help: "Une fiche par action retenue\u00a0: porteur, leviers, apport, dates, budget, financement, partenaires. Ce que l’action ne publie pas n’y est pas."}, make: sheets},
	}
}

const comingActions = "Elles paraîtront ici dès que les deux têtes auront validé un relevé d’actions retenues."

func noAction() composition.Made {
	return composition.Made{Missing: "Aucune action n’est encore retenue. " + comingActions}
}

// tableOf is a list of actions as a table.
func (r *reading) tableOf(id, caption string, list []retained) document.Table {
	t := document.Table{ID: id, Caption: caption, Columns: []document.Column{document.Heading("N°"), document.Heading("Action"), document.Heading("Porteur"), document.Heading("Levier principal"), document.Heading("Dates"), document.NumberHeading("Apport en 2030", kilotonnes)}}
	for _, x := range list {
		lever := document.Absent("aucun levier n’est dit")
		if c := x.Central(); c != "" {
			lever = document.Linked(r.leverNames([]string{c}), "/leviers/"+c)
		} else if len(x.Levers) > 0 {
			lever = document.Word(r.leverNames(x.Levers))
		}
		title := x.Title
		if x.abandoned() {
			title += " (abandonnée depuis)"
		}
		t.Rows = append(t.Rows, []document.Cell{document.Word(french.Integer(x.Seq)), document.Linked(title, "/actions/"+x.ID), document.WordOr(x.Holder.Name, "aucun porteur n’est nommé"), lever, dates(x.Action), r.brings(x)})
	}
	return t
}

func largest(ctx context.Context, r *reading, params map[string]string) (composition.Made, error) {
	all, err := r.actions(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(all) == 0 {
		return noAction(), nil
	}
	list := slices.DeleteFunc(slices.Clone(all), func(x retained) bool { return !x.known || x.abandoned() || x.sum.Central <= 0 })
	if len(list) == 0 {
		return composition.Made{Missing: "Aucune action retenue n’est encore chiffrée en tonnes\u00a0: leurs fiches disent ce qu’elles apportent autrement."}, nil
	}
	slices.SortStableFunc(list, func(a, b retained) int { return cmp.Compare(b.sum.Central, a.sum.Central) })
	sum, _ := total(all)
	n := map[string]int{"5": 5, "10": 10, "20": 20}[params["nombre"]]
	list = list[:min(n, len(list))]
	head, _ := total(list)
	made := composition.Made{Title: "Une action est chiffrée" + nbsp + ": " + head.Central.Text() + " par an en 2030", Blocks: []document.Block{r.tableOf("premieres-actions", "Les plus grandes actions, par ce qu’elles éviteraient en 2030", list)},
		Notes: []string{"Apport déclaré par les porteurs et leurs appuis, par an en 2030 par rapport à 2019. Une grande action n’est pas une meilleure action\u00a0: le plan tient par l’ensemble."}}
	if len(list) > 1 {
		made.Title = french.Upper(howMany(len(list), "action porte", "actions portent")) + " " + head.Central.Text() + " par an en 2030"
		if sum.Central > 0 {
			made.Title += ", soit " + french.Number(100*float64(head.Central)/float64(sum.Central), 0) + nbsp + "% de ce que les actions retenues apporteraient"
		}
	}
	return made, nil
}

func howMany(n int, one, many string) string { return french.Many(n, one, many) }

// fewRows is how many rows a list may have and still stand in a deck.
const fewRows = 60

func byTheme(ctx context.Context, r *reading, params map[string]string) (composition.Made, error) {
	all, err := r.actions(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(all) == 0 {
		return noAction(), nil
	}
	list, err := r.families(ctx, params["vue"] == "plan")
	if err != nil {
		return composition.Made{}, err
	}
	slices.SortStableFunc(list, func(a, b family) int {
		switch {
		case a.first == b.first:
			return 0
		case a.first:
			return -1
		}
		return 1
	})
	head := document.Table{ID: "plan-themes", Caption: "Les thèmes, et ce que leurs actions apporteraient", Columns: []document.Column{document.Heading("Thème"), document.NumberHeading("Actions", ""), document.NumberHeading("Porteurs", ""), document.NumberHeading("Apport en 2030", kilotonnes), document.Heading("Actions chiffrées")}}
	var blocks []document.Block
	first, served, bare := 0, 0, []string{}
	for i, f := range list {
		if f.first {
			first++
			if len(f.list) > 0 {
				served++
			} else {
				bare = append(bare, french.Quoted(f.name))
			}
		}
		head.Rows = append(head.Rows, r.themeRow(f))
		if f.reason != "" {
			blocks = append(blocks, document.Text{Spans: []document.Span{{Text: f.name, Bold: true}, {Text: nbsp + ": mis en premier. " + f.reason}}})
		}
		if len(f.list) == 0 {
			continue
		}
		t := r.tableOf("theme-"+french.Integer(i+1), f.name, f.list)
		t.Detail = len(all) > fewRows
		blocks = append(blocks, t)
	}
	made := composition.Made{Title: french.Upper(howMany(len(all), "action est retenue", "actions sont retenues")) + ", dans " + howMany(len(list), "thème", "thèmes"), Blocks: append([]document.Block{head}, blocks...),
		Notes: []string{"Une action est rangée dans un seul thème\u00a0: le premier de la liste qui porte son levier principal, sinon un autre de ses leviers. Une action abandonnée depuis reste dans la liste, et n’est dans aucune somme.", "Apport\u00a0: par an en 2030 par rapport à 2019, doubles déclarations comptées une fois. Ce qui n’est pas chiffré n’est pas compté zéro."}}
	switch {
	case first > 0 && len(bare) == 0:
		made.Title += "\u00a0; chaque thème mis en premier en a au moins une"
	case first > 0:
		made.Title += "\u00a0; " + french.Integer(served) + " des " + howMany(first, "thème mis en premier", "thèmes mis en premier") + " " + french.Plural(served, "en a", "en ont")
		made.Notes = append(made.Notes, "Sans action retenue à ce jour"+nbsp+": "+french.List(bare)+".")
	}
	return made, nil
}

func (r *reading) themeRow(f family) []document.Cell {
	holders := map[string]bool{}
	for _, x := range f.list {
		if x.Holder.Name != "" {
			holders[x.Holder.Name] = true
		}
	}
	sum, counted := total(f.list)
	name := f.name
	if f.first {
		name += " (mis en premier)"
	}
	if len(f.list) == 0 {
		const none = "aucune action n’y est retenue"
		return []document.Cell{document.Word(name), document.Absent(none), document.Absent(none), document.Absent(none), document.Absent(none)}
	}
	brings := document.Absent("aucune de ses actions n’est chiffrée en tonnes")
	if counted > 0 {
		brings = document.Word(french.Kt(int64(sum.Central), 1))
	}
	return []document.Cell{document.Word(name), document.Word(french.Integer(len(f.list))), document.Word(french.Integer(len(holders))), brings, document.Word(french.Integer(counted) + " sur " + french.Integer(len(f.list)))}
}

func byDepartment(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	all, err := r.actions(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(all) == 0 {
		return noAction(), nil
	}
	at, err := r.wheres(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	by := map[string][]retained{}
	var whole []retained
	for _, x := range all {
		in := map[string]bool{}
		for _, p := range x.Places {
			for _, d := range at[p.Territory].departments {
				in[d] = true
			}
		}
		for d := range in {
			by[d] = append(by[d], x)
		}
		if len(in) == 0 {
			whole = append(whole, x)
		}
	}
	head := document.Table{ID: "plan-departements", Caption: "Les actions de chaque département", Columns: []document.Column{document.Heading("Département"), document.NumberHeading("Actions", ""), document.Heading("Dont à lui seul"), document.Heading("Ce qu’elles couvrent")}}
	var blocks []document.Block
	n, bare := 0, 0
	for _, d := range r.model.Tree().Departments() {
		if d.Region != r.Region.Code {
			continue
		}
		n++
		own := slices.DeleteFunc(slices.Clone(by[d.Code]), func(x retained) bool { return !alone(x.Action, at) })
		count := document.Absent("aucune action retenue n’y est située")
		if len(by[d.Code]) > 0 {
			count = document.Word(french.Integer(len(by[d.Code])))
			t := r.tableOf("departement-"+d.Code, d.Name, by[d.Code])
			t.Detail = true
			blocks = append(blocks, t)
		} else {
			bare++
		}
		head.Rows = append(head.Rows, []document.Cell{document.Word(d.Name), count, document.WordOr(map[bool]string{true: french.Integer(len(own))}[len(own) > 0], "aucune n’est à lui seul"), document.Linked("sa couverture, levier par levier", "/departements/"+d.Code+"/couverture")})
	}
	if len(whole) > 0 {
		head.Rows = append(head.Rows, []document.Cell{document.Word("Toute la région"), document.Word(french.Integer(len(whole))), document.Absent("elles portent sur toute la région"), document.Linked("la couverture de la région", r.base()+"/couverture")})
		t := r.tableOf("toute-la-region", "Toute la région", whole)
		t.Detail = true
		blocks = append(blocks, t)
	}
	made := composition.Made{Title: "Chaque département a au moins une action retenue", Blocks: append([]document.Block{head}, blocks...),
		Notes: []string{"Une action sur plusieurs départements est écrite dans chacun\u00a0: les colonnes ne s’additionnent pas. Une action sur toute la région est à part."}}
	switch {
	case n == 1:
		made.Title = "Les actions retenues, dans le département et dans toute la région"
	case bare > 0:
		made.Title = french.Upper(howMany(n-bare, "département a", "départements ont")) + " au moins une action retenue, sur " + french.Integer(n)
	}
	return made, nil
}

// alone reports whether an action is in one département alone.
func alone(x action.Action, at map[string]where) bool {
	one := ""
	for _, p := range x.Places {
		for _, d := range at[p.Territory].departments {
			if one != "" && one != d {
				return false
			}
			one = d
		}
		if len(at[p.Territory].departments) == 0 {
			return false
		}
	}
	return one != ""
}
