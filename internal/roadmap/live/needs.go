package live

import (
	"context"
	"slices"

	"jalon/internal/action"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/support/aid"
)

// lacking is what is missing still: money, aids, what only the nation can lift.
func lacking() []block {
	n := composition.Needs
	return []block{
		{Live: composition.Live{Code: "besoins/financement", Part: n, Name: "Ce qui reste à financer", Usual: true,
			Help: "Les budgets et les financements que les actions retenues publient, et ce qui manque entre les deux."}, make: unfunded},
		{Live: composition.Live{Code: "besoins/aides", Part: n, Name: "Les besoins d’aide sans réponse", Usual: true,
			Help: "Combien de fois une aide a été cherchée sans être trouvée, par levier. Jamais par qui\u00a0: les besoins eux-mêmes ne sont pas publics."}, make: unanswered},
		{Live: composition.Live{Code: "besoins/freins-nationaux", Part: n, Name: "Les freins remontés à l’échelon national", Usual: true,
			Help: "Les freins que la région ne lève pas seule, et ce que l’échelon national y répond."}, make: sentUp},
	}
}

func unfunded(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	all, err := r.actions(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(all) == 0 {
		return noAction(), nil
	}
	var invest, granted, hoped, gap int64
	var wanting []retained
	said, hidden := 0, 0
	for _, x := range all {
		switch {
		case x.abandoned():
			continue
		case hides(x.Action, "budget") || hides(x.Action, "funding"):
			hidden++
			continue
		case x.Budget.Invest == nil:
			continue
		}
		said++
		left, asked := x.Gap()
		invest, granted, hoped = invest+*x.Budget.Invest, granted+*x.Budget.Invest-*left, hoped+asked
		if *left > 0 {
			gap += *left
			wanting = append(wanting, x)
		}
	}
	if said == 0 {
		return composition.Made{Missing: "Aucune action retenue ne publie à la fois son budget et son financement. Ce qui reste à trouver se lira ici dès que l’une le fera."}, nil
	}
	slices.SortStableFunc(wanting, func(a, b retained) int {
		x, _ := a.Gap()
		y, _ := b.Gap()
		return int(min(1, max(-1, *y-*x)))
	})
	const shown = 15
	t := document.Table{ID: "a-financer", Caption: "Les actions auxquelles il manque le plus", Columns: []document.Column{document.Heading("N°"), document.Heading("Action"), document.Heading("Porteur"), document.Heading("Investissement"), document.Heading("Reste à trouver")}}
	for _, x := range wanting[:min(shown, len(wanting))] {
		left, _ := x.Gap()
		t.Rows = append(t.Rows, []document.Cell{document.Word(french.Integer(x.Seq)), document.Linked(x.Title, "/actions/"+x.ID), document.WordOr(x.Holder.Name, "aucun porteur n’est nommé"), document.Word(action.Euros(*x.Budget.Invest)), document.Word(action.Euros(*left))})
	}
	if len(wanting) > shown {
		t.Note = "Les " + french.Integer(shown) + " premières sur " + french.Integer(len(wanting)) + "."
	}
	figures := []document.KeyFigure{amount("Investissement annoncé", invest, "par "+howMany(said, "action", "actions")+" qui le publient", r.key(Funded+"-budget")),
		amount("Accordé ou versé", granted, "ce qui est demandé ou envisagé n’est pas compté", r.key(Funded+"-accorde")),
		amount("Reste à trouver", gap, "pour "+howMany(len(wanting), "action", "actions"), r.key(Funded+"-reste"))}
	made := composition.Made{Title: "Tout l’investissement annoncé est financé", Blocks: []document.Block{document.KeyFigures{Figures: figures}}, Notes: []string{"Budgets et plans de financement publiés par les actions, au " + french.Day(r.Day) + ". " + french.Upper(howMany(len(all)-said, "action", "actions")) + " sans budget publié, ou abandonnées, n’y " + french.Plural(len(all)-said, "est", "sont") + " pas."}}
	if gap > 0 {
		v, unit := euros(gap)
		made.Title = "Il reste " + v + nbsp + unit + " à trouver pour " + howMany(len(wanting), "action", "actions")
		made.Blocks = append(made.Blocks, t)
	}
	if hoped > 0 {
		v, unit := euros(hoped)
		made.Notes = append(made.Notes, "Sont demandés ou envisagés, sans être accordés"+nbsp+": "+v+nbsp+unit+".")
	}
	if hidden > 0 {
		made.Notes = append(made.Notes, french.Upper(howMany(hidden, "action garde", "actions gardent"))+" pour elles leur budget ou leur financement.")
	}
	return made, nil
}

func amount(label string, cents int64, meaning, key string) document.KeyFigure {
	v, unit := euros(cents)
	return document.KeyFigure{Label: label, Value: v, Unit: unit, Meaning: meaning, Class: "déclaré", Figure: key}
}

// fewPlaces is how many territories must have spoken of a lever for it to be told apart.
const fewPlaces = 3

func unanswered(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	sums, err := aid.Unanswered(ctx, r.DB, r.COP)
	if err != nil {
		return composition.Made{}, err
	}
	if len(sums) == 0 {
		return composition.Made{Missing: "Personne n’a dit avoir cherché une aide sans la trouver. Les besoins qui resteront sans réponse seront comptés ici, par levier."}, nil
	}
	t := document.Table{ID: "besoins-aides", Caption: "Les besoins d’aide sans réponse, par levier", Columns: []document.Column{document.Heading("Levier"), document.NumberHeading("Besoins sans réponse", "")}}
	var all, rest int64
	for _, s := range sums {
		all += s.Open
		if s.Places < fewPlaces {
			rest += s.Open
			continue
		}
		t.Rows = append(t.Rows, []document.Cell{document.Linked(r.leverNames([]string{s.Lever}), "/leviers/"+s.Lever+"/actions"), document.Word(french.Integer(s.Open))})
	}
	if rest > 0 {
		t.Rows = append(t.Rows, []document.Cell{document.Word("Leviers dont un ou deux territoires seulement ont parlé"), document.Word(french.Integer(rest))})
	}
	return composition.Made{Title: french.Upper(howMany(int(all), "besoin d’aide attend une réponse", "besoins d’aide attendent une réponse")), Blocks: []document.Block{t},
		Notes: []string{"Compte des besoins que les porteurs ont signalés à la COP, au " + french.Day(r.Day) + ". Leur texte et leur auteur ne sont lus que par l’équipe."}}, nil
}

// sentUp are the obstacles that went up to the nation.
func sentUp(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	all, err := r.stops(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(all.list) == 0 {
		return composition.Made{Missing: "Aucun frein de la région n’est remonté à l’échelon national. Ceux qu’elle fera remonter se liront ici, avec leur réponse."}, nil
	}
	t := document.Table{ID: "freins-nationaux", Caption: "Les freins remontés, et leur réponse", Columns: []document.Column{document.Heading("Frein"), document.Heading("Nature"), document.Heading("Statut"), document.Heading("Réponse de l’échelon national")}}
	said := 0
	for _, x := range all.list {
		status, text := document.Word(knowledge.Named(knowledge.Statuses(), knowledge.Waiting)), document.Absent("l’échelon national n’a pas encore répondu")
		if g := all.answers[x.Group]; g.ID != "" && g.Status != knowledge.Waiting {
			said++
			status, text = document.Word(knowledge.Named(knowledge.Statuses(), g.Status)), document.WordOr(french.Short(g.Answer, 260), "sans commentaire")
			if text.Text != "" && g.Day != "" {
				text.Text += " (" + french.Day(g.Day) + ")"
			}
		}
		t.Rows = append(t.Rows, []document.Cell{document.Linked(x.Title, r.base()+"/freins/"+x.ID), document.WordOr(knowledge.Named(knowledge.Natures(), x.Nature), "non précisée"), status, text})
	}
	return composition.Made{Title: french.Upper(howMany(len(all.list), "frein est remonté", "freins sont remontés")) + " à l’échelon national, " + answeredTo(said), Blocks: []document.Block{t},
		Notes: []string{"Freins retenus par l’équipe de la COP et remontés à l’échelon national, au " + french.Day(r.Day) + "."}}, nil
}

// hides reports whether an action keeps a group of fields from its public page.
func hides(x action.Action, group string) bool { return slices.Contains(x.Hidden, group) }

// answeredTo says how many the nation answered.
func answeredTo(n int) string {
	if n == 0 {
		return "qui n’a encore répondu à aucun"
	}
	return "qui a répondu à " + french.Integer(n)
}
