package live

import (
	"context"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/composition"
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
		{Label: "Actions retenues", Value: french.Integer(o.Actions), Meaning: "dont " + french.Integer(o.Awaited) + " en cours", Class: figure.Computed.Label()},
		{Label: "Avec un point de moins d’un an", Value: french.Integer(o.Fresh), Meaning: "parmi celles en cours", Class: figure.Computed.Label(), Figure: r.key(outcome.All, outcome.FreshIs)},
		{Label: "Terminées", Value: french.Integer(o.Statuses["done"]), Class: figure.Computed.Label(), Figure: r.key(outcome.All, outcome.StatusIs)}}})
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

func finished(ctx context.Context, r *reading) (composition.Made, error) {
	t, n, err := r.list(ctx, "terminees", "Les actions terminées", []document.Column{{Label: "Dernier point"}}, func(x outcome.Item) ([]document.Cell, bool) {
		return []document.Cell{r.last(x)}, x.Status == "done"
	})
	if err != nil || n == 0 {
		return lacking("Aucune action n’est terminée", "Aucune action retenue n’est terminée à cette date."), err
	}
	return composition.Made{Title: howMany(n, "action est terminée", "actions sont terminées") + "\u00a0: de quoi apprendre", Blocks: []document.Block{t}, Notes: []string{r.until()}}, nil
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
		row := []document.Cell{{Text: l.Line.Lever.ShortName, Href: "/leviers/" + code}, {Missing: "aucune action retenue et chiffrée, ou toutes supposées déjà dans l’observé"}, {Missing: "aucune action chiffrée et datée"}}
		if l.Planned.Actions > 0 {
			row[1] = document.Cell{Text: kt(l.Planned.Kg.Central)}
		}
		if l.Due.Actions > 0 {
			row[2] = document.Cell{Text: kt(l.Due.Kg), Figure: r.key(code, outcome.DueIs)}
		}
		for _, c := range outcome.Classes() {
			s, ok := l.Said[c]
			if !ok {
				row = append(row, document.Cell{Missing: "aucun porteur n’a dit de quantité de cette sorte"})
				continue
			}
			row = append(row, document.Cell{Text: kt(s.Kg), Figure: r.key(code, outcome.PartOf(c))})
		}
		seen := document.Cell{Missing: l.Done.Kg.Reason}
		if l.Done.Kg.Known {
			seen = document.Cell{Text: kt(l.Done.Kg.Kg) + " (" + strconv.Itoa(l.Done.Year) + ")"}
		}
		t.Rows = append(t.Rows, append(row, seen))
	}
	if len(t.Rows) == 0 {
		return lacking("Aucune action ne porte encore sur un levier", "Aucune action retenue ne porte sur un levier à cette date."), nil
	}
	m := composition.Made{Title: "Sur ce qui est prévu à ce jour, ce que les porteurs disent fait, et ce que l’indicateur observe", Blocks: []document.Block{t}, Notes: []string{r.until(), outcome.DueRule}}
	if s := o.Total.Said[followup.Declared]; s.Actions > 0 && o.Total.Due.Actions > 0 {
		m.Title = kt(o.Total.Due.Kg) + nb + "kt par an étaient prévues à ce jour, " + kt(s.Kg) + nb + "kt sont déclarées faites par " + actions(s.Actions)
	}
	if o.Total.Silent > 0 {
		m.Notes = append(m.Notes, actions(o.Total.Silent)+" dont aucune quantité n’a été dite\u00a0: ce n’est pas un zéro.")
	}
	return m, nil
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
	return composition.Made{Title: "Le chemin jusqu’en 2030", Blocks: []document.Block{c}, Notes: []string{r.until()}}, nil
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
	return composition.Made{Title: "Délai, volume, facteur\u00a0: d’où viennent les écarts", Blocks: []document.Block{t}, Notes: []string{r.until()}}, nil
}

func alerts(ctx context.Context, r *reading) (composition.Made, error) {
	live, gone, err := followup.Alerts(ctx, r.DB, r.COP)
	if err != nil {
		return composition.Made{}, err
	}
	of := map[string][3]int64{} // by rule: raised by the day, answered, cause gone
	var raised, answered int64
	for _, a := range append(live, gone...) {
		if a.RaisedAt.Format("2006-01-02") > r.day {
			continue
		}
		n := of[a.Rule]
		n[0]++
		raised++
		if !a.AnsweredAt.IsZero() && a.AnsweredAt.Format("2006-01-02") <= r.day {
			n[1]++
			answered++
		}
		if !a.Live {
			n[2]++
		}
		of[a.Rule] = n
	}
	if raised == 0 {
		return lacking("Aucune alerte n’a été levée", "Aucune règle du suivi n’avait levé d’alerte à cette date."), nil
	}
	t := document.Table{ID: "alertes", Caption: "Les alertes, par règle", Columns: []document.Column{{Label: "Règle"}, {Label: "Levées", Number: true}, {Label: "Avec une réponse de l’équipe", Number: true}, {Label: "Dont la cause a disparu depuis", Number: true}}}
	for _, rule := range followup.AlertRules() {
		if n, ok := of[rule.Code]; ok {
			t.Rows = append(t.Rows, []document.Cell{{Text: rule.Name}, {Text: french.Integer(n[0])}, {Text: french.Integer(n[1])}, {Text: french.Integer(n[2])}})
		}
	}
	return composition.Made{Title: howMany(raised, "alerte a été levée", "alertes ont été levées") + ", " + french.Integer(answered) + " avec une réponse", Blocks: []document.Block{t}, Notes: []string{"Les cent dernières dont la cause a disparu, et toutes celles qui durent."}}, nil
}
