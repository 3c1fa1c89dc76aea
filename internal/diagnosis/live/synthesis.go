package live

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/report"
	"jalon/internal/restitution"
	"jalon/internal/series"
)

// synthesis is what it comes to: scores of levers, families, themes put first.
func synthesis() []block {
	s := composition.Priorities
	cards := usually(s, "cartes", "La carte d’identité des plus grands leviers", "Objectif, rythme, réponses, frein, besoin et point fort de chacun des plus grands leviers de la région.", identities)
	cards.Options = []composition.Option{{Name: "nombre", Label: "Nombre de leviers", Values: [][2]string{{"5", "les 5 plus grands"}, {"3", "les 3 plus grands"}, {"8", "les 8 plus grands"}, {"12", "les 12 plus grands"}}}}
	return slices.Concat([]block{
		usually(s, "leviers", "Levier par levier, ce qui bloque et ce qui marche", "Objectif, rythme, famille, frein et points forts de chaque levier, en un tableau.", crossed),
		cards,
		usually(s, "debat", "Ce qui est à débattre", "Les sujets que chaque famille de leviers appelle, avec ses leviers les plus grands. De la restitution publiée.", ofAnswers("Ce bloc dira ce que chaque famille de leviers donne à débattre.", toDebate)),
	}, themed())
}

// portrait is what is known of a lever of the panorama.
type portrait struct {
	panorama.LeverTrend
	codes  []string
	told   []report.Sorted // levers of the questionnaire that it is, or that it holds
	strong []knowledge.Item
	stops  []knowledge.Item
	shared objective.Reading // what both heads shared; its state says whether they did
	key    string            // of what they shared
}

// agreed is the objective that both heads shared.
func (p portrait) agreed() document.Cell {
	v := p.shared.Value
	switch {
	case p.shared.State != objective.Shared:
		return absent("les deux têtes n’ont pas partagé d’objectif pour ce levier")
	case v.Kg.Known:
		return keyed(french.Kt(int64(v.Kg.Kg), 1), p.key)
	case v.Level.Known:
		return word(french.Significant(v.Level.V, 3) + " (" + v.Unit + ")")
	}
	return absent(orElse(v.Kg.Reason, "sans valeur"))
}

// withAgreed ends a table of levers with what both heads shared, when they shared
// something.
func withAgreed(t *document.Table, all []portrait) {
	if !slices.ContainsFunc(all, func(x portrait) bool { return x.shared.State == objective.Shared }) {
		return
	}
	t.Columns = append(t.Columns, numberColumn("Partagé", "ktCO₂e par an"))
	for i := range t.Rows {
		t.Rows[i] = append(t.Rows[i], all[i].agreed())
	}
}

// family is that of the levers of the questionnaire, when they are of one.
func (p portrait) family() document.Cell {
	var names []string
	for _, s := range p.told {
		if n := s.Family.Name(); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return absent("aucun levier du questionnaire ne lui correspond")
	}
	return word(strings.Join(names, "\u00a0; "))
}

// portraits are the levers of the region, the largest objective first.
func (r *reading) portraits(ctx context.Context) ([]portrait, *published, error) {
	all, err := r.trends(ctx)
	if err != nil {
		return nil, nil, err
	}
	p, err := r.told(ctx)
	if err != nil {
		return nil, nil, err
	}
	strong, err := r.strengths(ctx)
	if err != nil {
		return nil, nil, err
	}
	stops, err := r.obstacles(ctx)
	if err != nil {
		return nil, nil, err
	}
	agreed, err := r.objectives(ctx)
	if err != nil {
		return nil, nil, err
	}
	out := make([]portrait, 0, len(all))
	for _, t := range all {
		x := portrait{LeverTrend: t, codes: r.same(t.Line.Lever.Code), shared: agreed.by[t.Line.Lever.Code], key: r.sharedKey(*t.Line)}
		if p.None == "" {
			for _, s := range p.Sorted() {
				if slices.Contains(x.codes, s.Lever.Code) {
					x.told = append(x.told, s)
				}
			}
		}
		for _, y := range strong {
			if touches(y, x.codes) {
				x.strong = append(x.strong, y)
			}
		}
		for _, y := range stops.list {
			if touches(y, x.codes) {
				x.stops = append(x.stops, y)
			}
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b portrait) int {
		x, y := a.Line.Objective, b.Line.Objective
		if x.Known != y.Known {
			return cmp.Compare(known(y), known(x))
		}
		return cmp.Compare(y.Kg, x.Kg)
	})
	return out, p, nil
}

func known(a panorama.Amount) int {
	if a.Known {
		return 1
	}
	return 0
}

// paceCell is the verdict on a lever, with the series that it is given on.
func (p portrait) paceCell(ref string) document.Cell {
	v := p.Verdict()
	if !v.Given() {
		return absent(strings.TrimSuffix(p.Reason, "."))
	}
	return keyed(v.Label(), "serie/"+p.Trends[p.Main].Curve.Indicator.Code+"/"+ref+"/rythme")
}

// blocks is what blocks a lever: what the region retained, else what authorities
// ticked most.
func (p portrait) blocks(r *reading, t *published) document.Cell {
	if len(p.stops) > 0 {
		c := hrefCell(short(p.stops[0].Title, 110), r.base()+"/freins/"+p.stops[0].ID)
		if n := len(p.stops) - 1; n > 0 {
			c.Text += " (et " + howMany(n, "autre", "autres") + ")"
		}
		return c
	}
	return p.asked(t, restitution.Group.Obstacles, "aucun frein retenu")
}

// asked is what authorities ticked most on a lever of the questionnaire.
func (p portrait) asked(t *published, of func(restitution.Group, int) ([]restitution.Ticked, int), none string) document.Cell {
	for _, s := range p.told {
		if i, ok := t.View.Layout.Lever(s.Lever.Code); ok {
			if all, n := of(t.Group(), i); n >= restitution.Fewest {
				return tops(all, n)
			}
		}
	}
	if t.None != "" {
		return absent(none + ", et la restitution n’est pas publiée")
	}
	return absent(none + ", ni coché par cinq collectivités")
}

func (p portrait) works(r *reading) document.Cell {
	if len(p.strong) == 0 {
		return absent("aucun point fort retenu sur ce levier")
	}
	c := hrefCell(short(p.strong[0].Title, 110), r.base()+"/points-forts/"+p.strong[0].ID)
	if n := len(p.strong) - 1; n > 0 {
		c.Text += " (et " + howMany(n, "autre", "autres") + ")"
	}
	return c
}

// synthesisNotes say what the levers are read from.
func (r *reading) synthesisNotes(p *published) []string {
	out := []string{"Objectif" + nbsp + ": panorama de l’État, indicatif et non contraignant. Rythme" + nbsp + ": série publiée qui mesure le mieux le levier, face à la cible de la région, au " + french.Day(r.Day) + ".",
		"Frein" + nbsp + ": retenu par l’équipe de la COP, sinon le plus coché par les collectivités. Point fort" + nbsp + ": retenu par l’équipe."}
	if p.None != "" {
		return append(out, p.None)
	}
	return append(out, p.editionNote(), "Correspondance entre les leviers du panorama et ceux du questionnaire établie par Jalon.")
}

// crossed is one table, a lever a row.
func crossed(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	all, p, err := r.portraits(ctx)
	if err != nil {
		return unless(err, "")
	}
	t := document.Table{ID: "leviers-synthese", Caption: "Les leviers, du plus grand objectif au plus petit", Columns: []document.Column{textColumn("Levier"), textColumn("Rythme"), textColumn("Famille"), textColumn("Ce qui bloque"), textColumn("Ce qui marche"), numberColumn("Objectif", "ktCO₂e par an")}}
	late, both := 0, 0
	for _, x := range all {
		v := x.Verdict()
		if v == series.Behind || v == series.Wrong {
			late++
			if slices.ContainsFunc(x.told, func(s report.Sorted) bool { return s.Family == restitution.Unblock }) {
				both++
			}
		}
		family := x.family()
		if p.None != "" {
			family = absent("la restitution n’est pas publiée")
		}
		t.Rows = append(t.Rows, []document.Cell{hrefCell(x.Line.Lever.ShortName, "/leviers/"+x.Line.Lever.Code), x.paceCell(r.ref().String()), family, x.blocks(r, p), x.works(r), mass(x.Line.Objective, x.Line.FigureKey)})
	}
	if len(t.Rows) == 0 {
		return lacking("Le panorama ne donne aucun levier pour cette région.", ""), nil
	}
	withAgreed(&t, all)
	judged, _ := panorama.Given(trendsOf(all))
	title := "Aucun des " + howMany(len(all), "levier", "leviers") + " ne peut encore être jugé, faute de cible dans l’unité des séries"
	if judged > 0 {
		title = howMany(late, "levier va", "leviers vont") + " trop lentement, sur " + french.Integer(judged) + " que l’on peut juger et " + french.Integer(len(all)) + " en tout"
		if late == 0 {
			title = "Aucun des " + howMany(judged, "levier", "leviers") + " que l’on peut juger ne va trop lentement, sur " + french.Integer(len(all)) + " en tout"
		}
	}
	if both > 0 {
		title += "\u00a0; " + french.Integer(both) + " " + french.Plural(both, "est à débloquer", "sont à débloquer") + " selon les collectivités"
	}
	return composition.Made{Title: title, Blocks: []document.Block{t}, Notes: r.synthesisNotes(p)}, nil
}

func trendsOf(all []portrait) []panorama.LeverTrend {
	out := make([]panorama.LeverTrend, len(all))
	for i := range all {
		out[i] = all[i].LeverTrend
	}
	return out
}

// identities is a card for each of the largest levers.
func identities(ctx context.Context, r *reading, params map[string]string) (composition.Made, error) {
	all, p, err := r.portraits(ctx)
	if err != nil {
		return unless(err, "")
	}
	n, err := strconv.Atoi(params["nombre"])
	if err != nil {
		n = 5
	}
	all = slices.DeleteFunc(all, func(x portrait) bool { return !x.Line.Objective.Known || x.Line.Objective.Kg <= 0 })
	all = all[:min(n, len(all))]
	if len(all) == 0 {
		return lacking("Le panorama ne donne d’objectif à aucun levier de cette région.", ""), nil
	}
	land, err := r.panorama()
	if err != nil {
		return composition.Made{}, err
	}
	out := composition.Made{Notes: r.synthesisNotes(p)}
	sum := panorama.Kg(0)
	for i, x := range all {
		sum += x.Line.Objective.Kg
		out.Blocks = append(out.Blocks, r.card(i+1, x, p, land))
	}
	out.Title = "Les " + howMany(len(all), "plus grand levier", "plus grands leviers")
	if len(all) == 1 {
		out.Title = "Le plus grand levier"
	}
	if land.Total.Kg > 0 {
		out.Title += " " + french.Plural(len(all), "porte ", "portent ") + french.Number(100*float64(sum)/float64(land.Total.Kg), 0) + nbsp + "% de l’objectif de la région"
	}
	return out, nil
}

func (r *reading) card(n int, x portrait, p *published, land panorama.Panorama) document.Table {
	l := x.Line
	t := document.Table{ID: "carte-" + l.Lever.Code, Caption: french.Integer(n) + ". " + l.Lever.ShortName, Columns: []document.Column{textColumn("Question"), textColumn("Réponse")}}
	add := func(what string, c document.Cell) { t.Rows = append(t.Rows, []document.Cell{word(what), c}) }
	aim := keyed(l.Objective.Kg.Text(), l.FigureKey)
	if land.Total.Kg > 0 {
		aim.Text += " par an, soit " + french.Number(100*float64(l.Objective.Kg)/float64(land.Total.Kg), 1) + nbsp + "% de l’objectif de la région"
	}
	add("Objectif pour 2030, indicatif", aim)
	if x.shared.State == objective.Shared {
		agreed := x.agreed()
		if x.shared.Value.Kg.Known {
			agreed.Text = x.shared.Value.Kg.Kg.Text() + " par an"
		}
		agreed.Text += ", depuis le " + french.Day(x.shared.On)
		add("Objectif partagé par les deux têtes", agreed)
	}
	add("En clair", orWhy(l.Equiv.Text(), orElse(l.Equiv.Reason, "pas d’équivalent physique")))
	pace := x.paceCell(r.ref().String())
	if x.Main >= 0 && x.Verdict().Given() {
		pace.Text += " (" + x.Trends[x.Main].Curve.Indicator.Name + ")"
	}
	add("Rythme observé", pace)
	switch {
	case p.None != "":
		add("Ce qu’en disent les collectivités", absent("la restitution n’est pas publiée"))
	case len(x.told) == 0:
		add("Ce qu’en disent les collectivités", absent("aucun levier du questionnaire ne lui correspond"))
	}
	for _, s := range x.told {
		name := ""
		if len(x.told) > 1 {
			name = ", " + s.Lever.Title
		}
		add("Pertinence perçue"+name, p.Score(s.LeverOf, restitution.Relevance))
		add("Mobilisation"+name, p.Score(s.LeverOf, restitution.Mobilisation))
		family := word(s.Family.Name())
		if s.Stability.Fragile {
			family.Text += ", classement fragile"
		}
		add("Famille"+name, family)
	}
	add("Ce qui bloque", x.blocks(r, p))
	add("Ce qui manque", x.asked(p, restitution.Group.Needs, "aucun besoin connu"))
	add("Ce qui marche", x.works(r))
	return t
}

func orElse(s, other string) string { return cmp.Or(s, other) }

// toDebate are the subjects that each family leads to.
func toDebate(ctx context.Context, r *reading, p *published, _ map[string]string) (composition.Made, error) {
	all, err := r.trends(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	n := report.CountFamilies(p.Sorted())
	out := composition.Made{Title: upper(report.FamiliesFound(p.Sorted())) + nbsp + ": autant de débats différents", Notes: []string{p.editionNote(), "Lecture proposée par Jalon\u00a0: elle ouvre le débat, elle ne le conclut pas.", "Entre parenthèses, l’objectif de la région quand le levier en a un."}}
	for _, f := range restitution.Families() {
		if n[f] == 0 {
			continue
		}
		var subjects [][]document.Span
		for _, subject := range f.Debate() {
			subjects = append(subjects, document.Plain(upper(subject)+"."))
		}
		out.Blocks = append(out.Blocks, document.Text{Spans: []document.Span{{Text: upper(f.Name()), Bold: true}, {Text: ", " + f.Means() + nbsp + ": " + r.largestOf(p.Sorted(), f, all) + ". À débattre" + nbsp + ":"}}}, document.List{Items: subjects})
	}
	if len(out.Blocks) == 0 {
		return lacking("Aucun levier n’est dans une famille\u00a0: moins de cinq collectivités les ont notés.", ""), nil
	}
	return out, nil
}

// largestOf names the levers of a family, the largest objective first.
func (r *reading) largestOf(sorted []report.Sorted, f restitution.Family, all []panorama.LeverTrend) string {
	type sized struct {
		name string
		kg   panorama.Kg
		text string
	}
	var list []sized
	for _, s := range sorted {
		if s.Family != f {
			continue
		}
		x := sized{name: s.Lever.Title}
		if via, err := r.model.Framework().ObjectiveVia(s.Lever.Code); err == nil && len(via) > 0 {
			for _, v := range via {
				for i := range all {
					if l := all[i].Line; l.Lever.Code == v.Code && l.Objective.Known {
						x.kg += l.Objective.Kg
					}
				}
			}
			if x.kg > 0 {
				x.text = " (" + x.kg.Text() + ")"
			}
		}
		list = append(list, x)
	}
	slices.SortStableFunc(list, func(a, b sized) int { return cmp.Compare(b.kg, a.kg) })
	var out []string
	for _, x := range list[:min(6, len(list))] {
		out = append(out, x.name+x.text)
	}
	text := strings.Join(out, ", ")
	if k := len(list) - 6; k > 0 {
		text += " et " + howMany(k, "autre", "autres")
	}
	return text
}
