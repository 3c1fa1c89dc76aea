package live

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/report"
	"jalon/internal/restitution"
	"jalon/internal/series"
)

// answered is what the nation says of an obstacle.
func (s *stops) answered(x knowledge.Item) (status, text document.Cell) {
	if !x.Escalated() && x.Group == "" {
		return absent("il n’est pas remonté à l’échelon national"), absent("il n’est pas remonté à l’échelon national")
	}
	g := s.answers[x.Group]
	if g.ID == "" || g.Status == knowledge.Waiting {
		return word(knowledge.Named(knowledge.Statuses(), knowledge.Waiting)), absent("l’échelon national n’a pas encore répondu")
	}
	said := short(g.Answer, 220)
	if said != "" && g.Day != "" {
		said += " (" + french.Day(g.Day) + ")"
	}
	return word(knowledge.Named(knowledge.Statuses(), g.Status)), orWhy(said, "sans commentaire")
}

// retained are the obstacles of the region, with what the nation answers.
func retained(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	all, err := r.obstacles(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(all.list) == 0 {
		return lacking("L’équipe de la COP n’a encore retenu aucun frein.", "Ceux qu’elle retiendra se liront ici, avec la réponse de l’échelon national quand ils y remontent."), nil
	}
	up, said, lately := 0, 0, 0
	from, to := r.Period()
	t := document.Table{ID: "freins-retenus", Caption: "Les freins retenus", Columns: []document.Column{textColumn("Frein"), textColumn("Levier ou thématique"), textColumn("Nature"), textColumn("Se lève à l’échelon"), textColumn("Statut"), textColumn("Réponse de l’échelon national")}}
	list := slices.Clone(all.list)
	slices.SortStableFunc(list, func(a, b knowledge.Item) int { return rankOf(b) - rankOf(a) })
	const shown = 25
	for i, x := range list {
		status, text := all.answered(x)
		if x.Group != "" {
			up++
			if g := all.answers[x.Group]; g.ID != "" && g.Status != knowledge.Waiting {
				said++
				if from != "" && g.Day >= from && g.Day <= to {
					lately++
				}
			}
		}
		if i >= shown {
			continue
		}
		t.Rows = append(t.Rows, []document.Cell{hrefCell(x.Title, r.base()+"/freins/"+x.ID), word(r.about(x)), orWhy(knowledge.Named(knowledge.Natures(), x.Nature), "non précisée"), orWhy(knowledge.Named(knowledge.Levels(), x.Level), "non précisé"), status, text})
	}
	if len(list) > shown {
		t.Note = "Les " + french.Integer(shown) + " premiers\u00a0: ceux qui sont remontés, puis les plus récents. Tous se lisent sur la page des freins."
	}
	n := french.Integer(len(list))
	if all.more {
		n = "plus de " + n
	}
	out := composition.Made{Title: upper(n) + nbsp + french.Plural(len(list), "frein est retenu", "freins sont retenus"), Blocks: []document.Block{t}, Notes: []string{"Freins retenus par l’équipe de la COP parmi ceux que les parties ont signalés, au " + french.Day(to) + "."}}
	if up == 0 {
		out.Title += ", aucun n’est remonté à l’échelon national"
	} else {
		out.Title += ", dont " + french.Integer(up) + " à l’échelon national, qui a répondu à " + french.Integer(said)
		if lately > 0 {
			out.Title += ", dont " + french.Integer(lately) + " dans l’année"
		}
	}
	return out, nil
}

// rankOf puts first what went up to the nation.
func rankOf(x knowledge.Item) int {
	if x.Group != "" {
		return 1
	}
	return 0
}

// verdicts in the order of columns, with their heads.
var verdicts = []series.Verdict{series.Wrong, series.Behind, series.OnTrack, series.Ahead}

// besidePace crosses the families with what series say of the pace.
func besidePace(ctx context.Context, r *reading, p *published, _ map[string]string) (composition.Made, error) {
	all, err := r.trends(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	counts := map[restitution.Family]map[string]int{}
	late := map[restitution.Family][]string{}
	judged, behind := 0, 0
	for _, s := range p.Sorted() {
		if s.Family == restitution.Unsorted {
			continue
		}
		if counts[s.Family] == nil {
			counts[s.Family] = map[string]int{}
		}
		_, v := verdictOf(all, r.same(s.Lever.Code))
		if !v.Given() {
			counts[s.Family][""]++
			continue
		}
		judged++
		counts[s.Family][string(v)]++
		if v == series.Behind || v == series.Wrong {
			late[s.Family] = append(late[s.Family], s.Lever.Title)
			behind++
		}
	}
	if len(counts) == 0 {
		return lacking("Aucun levier n’est dans une famille\u00a0: moins de cinq collectivités les ont notés.", ""), nil
	}
	if judged == 0 {
		why := "Aucun levier du questionnaire n’a de verdict\u00a0: pas de série publiée et de cible de la région dans la même unité."
		if r.Region.Overseas {
			why = "Les leviers du questionnaire n’ont pas de correspondance établie avec les leviers propres à l’outre-mer\u00a0: leur rythme ne se juge pas ici."
		}
		return lacking(why, ""), nil
	}
	t := document.Table{ID: "pertinence-rythme", Caption: "Nombre de leviers, par famille et par verdict", Columns: []document.Column{textColumn("Famille"), textColumn("En retard ou à contre-sens")}}
	for _, v := range verdicts {
		t.Columns = append(t.Columns, numberColumn(upper(v.Label()), ""))
	}
	t.Columns = append(t.Columns, numberColumn("Sans verdict", ""))
	for _, f := range restitution.Families() {
		names := absent("aucun")
		if n := len(late[f]); n > 0 {
			names = word(strings.Join(late[f][:min(4, n)], ", "))
			if n > 4 {
				names.Text += " et " + howMany(n-4, "autre", "autres")
			}
		}
		row := []document.Cell{word(upper(f.Name()) + nbsp + ": " + f.Means()), names}
		for _, v := range verdicts {
			row = append(row, word(french.Integer(counts[f][string(v)])))
		}
		t.Rows = append(t.Rows, append(row, word(french.Integer(counts[f][""]))))
	}
	title := howMany(behind, "levier du questionnaire va", "leviers du questionnaire vont") + " trop lentement sur " + french.Integer(judged) + " que l’on peut juger"
	if n := len(late[restitution.Unblock]); n > 0 {
		title += ", dont " + french.Integer(n) + " que les collectivités jugent " + french.Plural(n, "pertinent mais peu engagé", "pertinents mais peu engagés")
	} else if behind == 0 {
		title = "Aucun des " + howMany(judged, "levier", "leviers") + " que l’on peut juger ne va trop lentement"
	}
	return composition.Made{Title: title, Blocks: []document.Block{t}, Notes: []string{p.editionNote(),
		"Rythme" + nbsp + ": série publiée qui mesure le mieux le levier, face à la cible de la région, au " + french.Day(r.Day) + ". Correspondance des leviers entre les listes établie par Jalon.",
		"Ce que les collectivités disent et ce que les séries mesurent restent à part" + nbsp + ": l’un n’explique pas l’autre."}}, nil
}

// tops names what was most ticked on a lever, and how many did; why there is none
// else.
func tops(all []restitution.Ticked, n int) document.Cell {
	if n < restitution.Fewest {
		return absent("moins de cinq collectivités ont répondu à cette question")
	}
	top := report.Top(all)
	if len(top) == 0 {
		return word("aucun")
	}
	labels := make([]string, len(top))
	for i, o := range top {
		labels[i] = o.Label
	}
	return word(strings.Join(labels, ", ") + " (" + french.Integer(top[0].N) + " sur " + french.Integer(n) + ")")
}
