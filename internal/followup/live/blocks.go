package live

import (
	"context"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

const kilotonnes = "ktCO₂e par an"

func howMany(n int64, one, many string) string {
	return french.Integer(n) + nb + french.Plural(n, one, many)
}

func actions(n int64) string { return howMany(n, "action", "actions") }

func (r *reading) key(lever string, p outcome.Part) string {
	return outcome.KeyOn(lever, territory.Ref{Scale: territory.RegionS, Code: r.Region.Code}, p, r.day)
}

// heard says how many of the actions that go on gave news.
func heard(fresh, going int64) string {
	switch {
	case going == 0:
		return "aucune action n’est en cours"
	case going == 1 && fresh == 1:
		return "la seule action en cours a donné des nouvelles"
	case going == 1:
		return "la seule action en cours n’a pas donné de nouvelles"
	case fresh == 0:
		return "aucune des " + french.Integer(going) + " actions en cours n’a donné de nouvelles"
	case fresh == 1:
		return "une des " + french.Integer(going) + " actions en cours a donné des nouvelles"
	}
	return french.Integer(fresh) + " des " + french.Integer(going) + " actions en cours ont donné des nouvelles"
}

func statuses(ctx context.Context, r *reading) (composition.Made, error) {
	o, err := r.come(ctx)
	if err != nil || o.Actions == 0 {
		return lacking("Aucune action n’est retenue", "Aucune action retenue à cette date\u00a0: il n’y a pas encore d’avancement à dire."), err
	}
	m := composition.Made{Title: french.Upper(heard(o.Fresh, o.Awaited)) + " dans l’année, " + howMany(o.Statuses["done"], "action est terminée", "actions sont terminées"), Notes: []string{r.until()}}
	m.Blocks = append(m.Blocks, document.KeyFigures{Figures: []document.KeyFigure{
		{Label: "Actions retenues", Value: french.Integer(o.Actions), Meaning: "dont " + french.Integer(o.Awaited) + " en cours", Class: figure.Computed.Label(), Figure: r.key(outcome.All, outcome.RetainedIs)},
		{Label: "Avec un point de moins d’un an", Value: french.Integer(o.Fresh), Meaning: "parmi celles en cours", Class: figure.Computed.Label(), Figure: r.key(outcome.All, outcome.FreshIs)},
		{Label: "Terminées", Value: french.Integer(o.Statuses["done"]), Class: figure.Computed.Label(), Figure: r.key(outcome.All, outcome.StatusIs)},
		{Label: "En retard ou bloquées", Value: french.Integer(o.Troubled()), Class: figure.Computed.Label(), Figure: r.key(outcome.All, outcome.TroubledIs)}}})
	t := document.Table{ID: "statuts", Caption: "Les actions par statut", Columns: []document.Column{{Label: "Statut"}, {Label: "Actions", Number: true}}}
	for _, s := range append(action.Statuses(), [2]string{"", "statut non dit à cette date"}) {
		if n := o.Statuses[s[0]]; n > 0 {
			t.Rows = append(t.Rows, []document.Cell{{Text: french.Upper(s[1])}, {Text: french.Integer(n)}})
		}
	}
	a := document.Table{ID: "nouvelles", Caption: "De quand datent les nouvelles", Columns: []document.Column{{Label: "Dernier point d’avancement"}, {Label: "Actions", Number: true}}}
	for i, name := range outcome.AgeNames() {
		a.Rows = append(a.Rows, []document.Cell{{Text: french.Upper(name)}, {Text: french.Integer(o.Ages[i])}})
	}
	m.Blocks = append(m.Blocks, t, a)
	return m, nil
}

// list is a table of actions that a choice keeps.
func (r *reading) list(ctx context.Context, id, caption string, columns []document.Column, keep func(outcome.Item) ([]document.Cell, bool)) (t document.Table, n int64, err error) {
	all, err := r.named(ctx)
	const shown = 40
	t = document.Table{ID: id, Caption: caption, Columns: append([]document.Column{{Label: "N°", Number: true}, {Label: "Action"}, {Label: "Porteur"}}, columns...)}
	for _, x := range all {
		cells, ok := keep(x)
		if !ok {
			continue
		}
		if n++; n > shown {
			continue
		}
		holder := document.Cell{Text: x.Holder}
		if x.Holder == "" {
			holder = document.Cell{Missing: "aucun porteur n’est nommé"}
		}
		t.Rows = append(t.Rows, append([]document.Cell{{Text: french.Integer(x.Seq)}, {Text: x.Title, Href: "/actions/" + x.ID}, holder}, cells...))
	}
	if n > shown {
		t.Note = "Les " + french.Integer(shown) + " premières. Toutes se lisent sur la page des actions."
	}
	return t, n, err
}

func (r *reading) last(x outcome.Item) document.Cell {
	if x.Said == "" {
		return document.Cell{Missing: "personne n’en a parlé"}
	}
	return document.Cell{Text: french.Day(x.Said)}
}

func troubled(ctx context.Context, r *reading) (composition.Made, error) {
	t, n, err := r.list(ctx, "en-difficulte", "Les actions en retard ou bloquées", []document.Column{{Label: "Statut"}, {Label: "Ce qui bloque"}, {Label: "Dit le"}}, func(x outcome.Item) ([]document.Cell, bool) {
		why := document.Cell{Text: cut(x.Blocked)}
		if x.Blocked == "" {
			why = document.Cell{Missing: "le porteur ne l’a pas dit"}
		}
		return []document.Cell{{Text: action.Named(action.Statuses(), x.Status)}, why, r.last(x)}, x.Status == "late" || x.Status == "blocked"
	})
	if err != nil {
		return composition.Made{}, err
	}
	m := composition.Made{Title: howMany(n, "action est en retard ou bloquée", "actions sont en retard ou bloquées"), Notes: []string{r.until()}}
	if n == 0 {
		m.Title = "Aucune action n’est dite en retard ni bloquée"
		m.Blocks = []document.Block{document.Text{Spans: document.Plain("Personne n’a dit de retard ni de blocage à cette date. Le silence n’est pas une preuve\u00a0: voyez de quand datent les nouvelles.")}}
		return m, nil
	}
	m.Blocks = []document.Block{t}
	return m, nil
}

func cut(text string) string {
	if r := []rune(text); len(r) > 220 {
		return string(r[:219]) + "…"
	}
	return text
}

func silent(ctx context.Context, r *reading) (composition.Made, error) {
	year, err := strconv.Atoi(r.day[:4])
	if err != nil {
		return composition.Made{}, err
	}
	since := strconv.Itoa(year-1) + r.day[4:]
	t, n, err := r.list(ctx, "silencieuses", "Les actions en cours sans nouvelles depuis un an", []document.Column{{Label: "Dernier point"}}, func(x outcome.Item) ([]document.Cell, bool) {
		return []document.Cell{r.last(x)}, x.Said <= since && x.Status != "done" && x.Status != "abandoned"
	})
	if err != nil || n == 0 {
		return lacking("Toutes les actions en cours ont donné des nouvelles", "Aucune action en cours n’est restée un an sans point d’avancement, ou aucune n’est retenue."), err
	}
	return composition.Made{Title: howMany(n, "action en cours est restée", "actions en cours sont restées") + " sans nouvelles depuis un an", Blocks: []document.Block{t}, Notes: []string{r.until()}}, nil
}

func decimals(o *outcome.Outcome) int {
	switch kg := max(o.Cover.Planned.Central, o.Total.Due.Kg); {
	case kg >= 5_000*panorama.KgPerKt:
		return 1
	case kg >= 100*panorama.KgPerKt:
		return 2
	}
	return 3
}

func three(ctx context.Context, r *reading) (composition.Made, error) {
	o, err := r.come(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	d := decimals(o)
	kt := func(kg panorama.Kg) string { return french.Kt(int64(kg), d) }
	t := document.Table{ID: "trois-lectures", Caption: "Prévu, dit fait, observé", Note: outcome.ThreeRule, Columns: []document.Column{{Label: "Levier"}, {Label: "Attendu en 2030", Unit: kilotonnes, Number: true}, {Label: "Prévu à ce jour", Unit: kilotonnes, Number: true}, {Label: "Déclaré", Unit: kilotonnes, Number: true}, {Label: "Estimé", Unit: kilotonnes, Number: true}, {Label: "Mesuré", Unit: kilotonnes, Number: true}, {Label: "Observé par l’indicateur", Unit: kilotonnes, Number: true}}}
	for _, l := range o.Levers {
		if l.Quantified == 0 && len(l.Said) == 0 && !l.Planned.Any() {
			continue
		}
		code := l.Line.Lever.Code
		row := r.threeOf(o, document.Cell{Text: l.Line.Lever.ShortName, Href: "/leviers/" + code}, code, l.Numbers, d)
		if seen := &row[len(row)-1]; l.Done.Kg.Known {
			seen.Text += " (" + strconv.Itoa(l.Done.Year) + ")"
		} else {
			seen.Missing = l.Done.Kg.Reason
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) > 0 {
		t.Rows = append(t.Rows, r.threeOf(o, document.Cell{Text: "Tous les leviers"}, outcome.All, o.Total, d))
	}
	if len(t.Rows) == 0 {
		return lacking("Aucune action ne porte encore sur un levier", "Aucune action retenue ne porte sur un levier à cette date."), nil
	}
	m := composition.Made{Title: "Sur ce qui est prévu à ce jour, ce que les porteurs disent fait, et ce que l’indicateur observe", Blocks: []document.Block{t}, Notes: append(r.held(), outcome.DueRule)}
	if s := o.Total.Said[followup.Declared]; s.Actions > 0 && o.Total.Due.Actions > 0 {
		m.Title = kt(o.Total.Due.Kg) + nb + "kt par an étaient prévues à ce jour, " + kt(s.Kg) + nb + "kt sont déclarées faites par " + actions(s.Actions)
	}
	if o.Total.Silent > 0 {
		m.Notes = append(m.Notes, actions(o.Total.Silent)+" dont aucune quantité n’a été dite\u00a0: ce n’est pas un zéro.")
	}
	return m, nil
}

// threeOf is the line of a lever, or of all of them.
func (r *reading) threeOf(o *outcome.Outcome, name document.Cell, code string, n outcome.Numbers, d int) []document.Cell {
	cell := func(kg panorama.Kg, known bool, part outcome.Part, why string) document.Cell {
		if !known {
			return document.Cell{Missing: why}
		}
		return document.Cell{Text: french.Kt(int64(kg), d), Figure: r.key(code, part)}
	}
	expected, known := o.Expected(code)
	row := []document.Cell{name, cell(expected, known, outcome.PlannedIs, "aucune action retenue et chiffrée, ou toutes supposées déjà dans l’observé"), cell(n.Due.Kg, n.Due.Actions > 0, outcome.DueIs, "aucune action chiffrée et datée")}
	for _, c := range outcome.Classes() {
		said, ok := n.Said[c]
		row = append(row, cell(said.Kg, ok, outcome.PartOf(c), "aucun porteur n’a dit de quantité de cette sorte"))
	}
	seen, known := o.Seen(code)
	return append(row, cell(seen, known, outcome.SeenIs, "aucun levier n’a d’indicateur observé"))
}

func way(ctx context.Context, r *reading) (composition.Made, error) {
	o, err := r.come(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	c := outcome.BurnUp("chemin-2030", o.Years, o.Objective())
	if c.Drawing.W == 0 {
		return lacking("Le chemin jusqu’en 2030 n’est pas encore dessiné", "Aucune action chiffrée et datée, et aucune quantité dite."), nil
	}
	return composition.Made{Title: "Le chemin jusqu’en 2030", Blocks: []document.Block{c}, Notes: r.held()}, nil
}

func gaps(ctx context.Context, r *reading) (composition.Made, error) {
	o, err := r.come(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	d := decimals(o)
	t := document.Table{ID: "ecarts", Caption: "D’où viennent les écarts", Note: outcome.GapRule, Columns: []document.Column{{Label: "Levier"}, {Label: "Dit"}, {Label: "Prévu, au ratio", Unit: kilotonnes, Number: true}, {Label: "Fait", Unit: kilotonnes, Number: true}, {Label: "Écart", Unit: kilotonnes, Number: true}, {Label: "Délai", Unit: kilotonnes, Number: true}, {Label: "Volume", Unit: kilotonnes, Number: true}, {Label: "Facteur", Unit: kilotonnes, Number: true}}}
	for _, l := range o.Levers {
		for _, c := range outcome.Classes() {
			g, ok := l.Gaps[c]
			if !ok {
				continue
			}
			row := []document.Cell{{Text: l.Line.Lever.ShortName}, {Text: c.Name() + ", " + actions(g.Actions)}}
			for i, kg := range []panorama.Kg{g.Due, g.Done, g.Done - g.Due, g.Delay, g.Volume, g.Factor} {
				x := document.Cell{Text: french.Kt(int64(kg), d)}
				if i == 2 {
					x.Figure = r.key(l.Line.Lever.Code, outcome.GapOf(c))
				}
				row = append(row, x)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	if len(t.Rows) == 0 {
		return lacking("Aucun écart ne s’explique encore", "Un écart s’explique quand une action datée a dit une quantité\u00a0: il n’y en a pas à cette date."), nil
	}
	return composition.Made{Title: "Délai, volume, facteur\u00a0: d’où viennent les écarts", Blocks: []document.Block{t}, Notes: r.held()}, nil
}

func alerts(ctx context.Context, r *reading) (composition.Made, error) {
	c, err := cop.Find(ctx, r.DB, r.COP)
	if err != nil {
		return composition.Made{}, err
	}
	before, err := c.EndOf(r.eve())
	if err != nil {
		return composition.Made{}, err
	}
	end, err := c.EndOf(r.day)
	if err != nil {
		return composition.Made{}, err
	}
	of, err := followup.AlertsDuring(ctx, r.DB, r.COP, before, end)
	if err != nil {
		return composition.Made{}, err
	}
	var all followup.AlertsOfPeriod
	for _, n := range of {
		all.Before, all.Raised, all.Answered, all.Gone = all.Before+n.Before, all.Raised+n.Raised, all.Answered+n.Answered, all.Gone+n.Gone
	}
	if all.All() == 0 {
		return lacking("Aucune alerte dans l’année", "Aucune alerte ne durait au début de l’année, et les règles du suivi n’en ont pas levé "+r.inYear()+"."), nil
	}
	number := func(label string) document.Column { return document.Column{Label: label, Number: true} }
	t := document.Table{ID: "alertes", Caption: "Les alertes de l’année, par règle", Columns: []document.Column{{Label: "Règle"}, number("Déjà là le " + french.Day(r.from)), number("Levées dans l’année"), number("Avec une réponse de l’équipe"), number("Cause disparue"), number("Encore là le " + french.Day(r.day))}}
	line := func(name string, n followup.AlertsOfPeriod) {
		row := []document.Cell{{Text: name}}
		for _, v := range []int64{n.Before, n.Raised, n.Answered, n.Gone, n.All() - n.Gone} {
			row = append(row, document.Cell{Text: french.Integer(v)})
		}
		t.Rows = append(t.Rows, row)
	}
	for _, rule := range followup.AlertRules() {
		if n, ok := of[rule.Code]; ok {
			line(rule.Name, n)
		}
	}
	line("Ensemble", all)
	return composition.Made{Title: howMany(all.Raised, "alerte levée", "alertes levées") + " dans l’année, " + french.Integer(all.Answered) + " avec une réponse de l’équipe sur " + french.Integer(all.All()), Blocks: []document.Block{t},
		Notes: []string{"Alertes, réponses et fins\u00a0: jusqu’au " + french.Day(r.day) + "\u00a0; ce qui s’est passé depuis n’y est pas."}}, nil
}
