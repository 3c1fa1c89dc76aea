package live

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/series"
)

// kilos writes a value in kt.
func kilos(f plan.Figure, key string) document.Cell {
	if !f.Known {
		return absent(f.Reason)
	}
	return keyed(french.Number(f.V, 1), key)
}

// gap writes a difference in kt, its sign always there.
func gap(f plan.Figure, key string) document.Cell {
	c := kilos(f, key)
	if f.Known && f.V > 0 && c.Text != french.Number(0, 1) {
		c.Text = "+" + c.Text
	}
	return c
}

// massOf writes kilotonnes for a sentence.
func massOf(kt float64) string { return panorama.Kg(kt * panorama.KgPerKt).Text() }

// lessOrMore says how far under or over something a difference is.
func lessOrMore(kt float64) string {
	switch kg := panorama.Kg(kt * panorama.KgPerKt); {
	case kg < 0:
		return (-kg).Text() + " de moins"
	case kg > 0:
		return kg.Text() + " de plus"
	}
	return "autant"
}

// inForce are the own planning documents of the region that are in force.
func inForce(x plans) []plan.Plan {
	var out []plan.Plan
	for _, p := range x.Plans {
		if p.Kind.Regional() && p.State.Holds() {
			out = append(out, p)
		}
	}
	return out
}

func regionalPlans(ctx context.Context, r *reading, params map[string]string) (composition.Made, error) {
	x, err := r.plans(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	documents, err := plan.Documents(r.Region.Code)
	if err != nil {
		return composition.Made{}, err
	}
	notes := []string{plan.Expected(documents), "Objectifs tels que saisis ou importés par l’équipe de la COP, ramenés par Jalon à une baisse annuelle en 2030 par rapport à 2019."}
	held := inForce(x)
	if len(held) == 0 {
		return none("Aucun document régional n’est encore enregistré en face du panorama", "L’équipe de la COP enregistre le document de la Région et ses objectifs dans les plans\u00a0: la comparaison, levier par levier, paraîtra ici.", notes[0]), nil
	}
	var names []string
	for _, p := range held {
		names = append(names, citedAs(p))
	}
	notes = append(notes, "En vigueur\u00a0: "+strings.Join(names, "\u00a0; ")+".")
	all := params["leviers"] == "tous"
	t := document.Table{ID: "document-regional", Caption: "Ce que vise le document de la Région, face au panorama", Columns: []document.Column{{Label: "Levier"}, {Label: "Panorama", Unit: kilotonnes, Number: true},
		{Label: "Document régional", Unit: kilotonnes, Number: true}, {Label: "Écart", Unit: kt, Number: true}, {Label: "Document"}}}
	below, under, sum := 0, 0.0, 0.0
	for i := range x.Lines {
		l := &x.Lines[i]
		if l.Gap.Known {
			sum += l.Gap.V
			if l.Gap.V < 0 {
				below++
				under += l.Gap.V
			}
		} else if !all {
			continue
		}
		side := l.Regional[0]
		t.Rows = append(t.Rows, []document.Cell{leverCell(l.Line.Lever), mass(l.Line.Objective, l.Line.FigureKey), kilos(side.Effort.Kt, ""), gap(l.Gap, plan.Key(l.Line.Lever.Code, r.Region.Code)), documentCell(side)})
	}
	if x.Compared == 0 && !all {
		return none("Le document régional ne se compare encore au panorama sur aucun levier", "Ses objectifs ne sont pas encore saisis, ou ne disent rien que l’on puisse ramener en tonnes\u00a0: la page des plans donne la raison, levier par levier.", notes...), nil
	}
	t.Note = "Écart\u00a0: document régional moins panorama. Seuls les leviers qui se comparent sont additionnés."
	title := "Le document régional se compare au panorama sur " + french.Integer(x.Compared) + " des " + howMany(len(x.Lines), "levier", "leviers")
	if x.Compared > 0 {
		title += ", et y vise " + lessOrMore(sum)
	}
	return composition.Made{Title: title, Notes: notes, Blocks: []document.Block{document.KeyFigures{Figures: []document.KeyFigure{
		{Label: "Leviers comparables", Value: french.Integer(x.Compared), Unit: "sur " + french.Integer(len(x.Lines)), Meaning: "le document y donne un objectif que l’on sait ramener en tonnes", Class: figure.Computed.Label()},
		{Label: "En dessous du panorama", Value: french.Integer(below), Unit: french.Plural(below, "levier", "leviers"), Meaning: "soit " + massOf(-under) + " par an à discuter", Class: figure.Computed.Label()},
	}}, t}}, nil
}

// documentCell names a document, and the years that it really counts.
func documentCell(s plan.Side) document.Cell {
	if !s.Speaks {
		return absent("le document ne fixe pas d’objectif pour ce levier")
	}
	if s.Effort.Base != "" {
		return word(s.Plan.Kind.Name() + ", " + s.Effort.Base)
	}
	return word(s.Plan.Kind.Name())
}

// citedAs is a plan as a source.
func citedAs(p plan.Plan) string {
	s := p.Name
	if !strings.HasPrefix(s, p.Kind.Name()) {
		s = p.Kind.Name() + ", " + s
	}
	if p.Adopted != "" {
		s += ", adopté le " + french.Day(p.Adopted)
	}
	return s
}

func climatePlans(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	x, err := r.plans(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	kept := 0
	for _, p := range x.Plans {
		if p.Kind.Climate() && p.State.Holds() {
			kept++
		}
	}
	notes := []string{plan.Rule, "Plans tels que saisis ou importés par l’équipe de la COP."}
	switch {
	case kept == 0:
		return none("Aucun plan climat de territoire n’est encore enregistré", "L’équipe de la COP enregistre les PCAET de ses territoires et leurs objectifs dans les plans\u00a0: leur somme paraîtra ici, levier par levier.", notes[0]), nil
	case x.Summed == 0:
		return none(upper(howMany(kept, "plan climat est enregistré", "plans climat sont enregistrés"))+", mais rien ne s’additionne encore", "Leurs objectifs ne sont pas saisis, ou ne disent rien que l’on puisse ramener en tonnes\u00a0: la page des plans donne la raison, levier par levier.", notes...), nil
	}
	t := document.Table{ID: "plans-climat", Caption: "La somme des plans climat, levier par levier", Columns: []document.Column{{Label: "Levier"}, {Label: "Panorama", Unit: kilotonnes, Number: true},
		{Label: "Plans climat", Unit: kilotonnes, Number: true}, {Label: "Population couverte", Unit: "%", Number: true}, {Label: "Plans comptés", Number: true}}}
	widest, counted := 0.0, map[string]bool{}
	for i := range x.Lines {
		l := &x.Lines[i]
		if !l.Sum.Kt.Known {
			continue
		}
		for _, c := range l.Sum.Counted {
			counted[c.Plan.ID] = true
		}
		people := absent("la population de la région n’est pas connue")
		if l.Sum.Population > 0 {
			part := 100 * float64(l.Sum.Covered) / float64(l.Sum.Population)
			widest, people = max(widest, part), word(french.Number(part, 1))
		}
		amount := kilos(l.Sum.Kt, "")
		if l.Sum.Estimated {
			amount.Text += " (estimation)"
		}
		t.Rows = append(t.Rows, []document.Cell{leverCell(l.Line.Lever), mass(l.Line.Objective, l.Line.FigureKey), amount, people, word(french.Integer(len(l.Sum.Counted)))})
	}
	t.Note = "Une somme ne se compare au panorama que si les plans couvrent toute la population. Estimation\u00a0: un plan ne compte là que pour une part de son territoire, au prorata de la population."
	return composition.Made{Title: "Les plans climat s’additionnent sur " + french.Integer(x.Summed) + " des " + howMany(len(x.Lines), "levier", "leviers") + ", pour " + french.Number(widest, 1) + nbsp + "% de la population au plus",
		Notes: notes, Blocks: []document.Block{document.KeyFigures{Figures: []document.KeyFigure{
			{Label: "Plans climat en vigueur", Value: french.Integer(kept), Meaning: french.Integer(len(counted)) + " ont un objectif qui s’additionne", Class: figure.Declared.Label()},
			{Label: "Leviers additionnés", Value: french.Integer(x.Summed), Unit: "sur " + french.Integer(len(x.Lines)), Meaning: "chaque commune y compte une fois", Class: figure.Computed.Label()}}}, t}}, nil
}

// natureAims sets what the region aims at beside the nation's targets.
func natureAims(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	x, err := r.plans(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	fw := r.model.Framework()
	t := document.Table{ID: "axes-cibles", Caption: "Ce qui est visé sur les autres axes", Columns: []document.Column{{Label: "Sujet"}, {Label: "Axe"}, {Label: "Cible nationale"}, {Label: "Cible de la région"}}}
	own, sources := 0, []string{}
	for _, s := range subjects(fw, r.Book.Nature) {
		mine := absent("la région n’a pas saisi de cible pour ce sujet, et Jalon n’en calcule pas")
		if text, source := x.aims.For(s.Lever, s.Name); text != "" {
			own++
			mine = word(text + " (" + source + ")")
		}
		nation, source := nationalAim(fw, s.Axis)
		if source != "" && !slices.Contains(sources, r.Book.SourceTitle(source)) {
			sources = append(sources, r.Book.SourceTitle(source))
		}
		t.Rows = append(t.Rows, []document.Cell{word(s.Name), word(s.axis), nation, mine})
	}
	t.Note = "Ces cibles sont nationales et chacune a son unité\u00a0: elles ne s’additionnent pas, et aucune répartition entre régions n’est publiée."
	title := french.Integer(len(t.Rows)) + nbsp + "sujets de biodiversité et de ressources\u00a0: la région a sa propre cible pour " + french.Integer(own)
	if own == 0 {
		title = french.Integer(len(t.Rows)) + nbsp + "sujets de biodiversité et de ressources, et pas encore de cible propre à la région"
	}
	return composition.Made{Title: title, Blocks: []document.Block{t}, Notes: append([]string{"Cibles nationales\u00a0: " + strings.Join(sources, "\u00a0; ") + "."}, "Cibles de la région\u00a0: objectifs de ses plans en vigueur, tels que l’équipe de la COP les a saisis.")}, nil
}

// subject is a line of the panorama of biodiversity and resources, with the name of
// its axis.
type subject struct {
	series.Axis
	axis string
}

// subjects are the lines in the order of the axes.
func subjects(fw *framework.Framework, lines []series.Axis) []subject {
	var out []subject
	for _, a := range fw.Axes() {
		for _, x := range lines {
			if x.Axis == a.Code {
				out = append(out, subject{x, a.Name})
			}
		}
	}
	return out
}

// nationalAim is the nation's target of a subject, and its source.
func nationalAim(fw *framework.Framework, x series.Axis) (document.Cell, string) {
	targets := fw.Targets(x.Lever)
	i := slices.IndexFunc(targets, func(n framework.Target) bool { return n.Target == x.Target })
	if i < 0 {
		return absent("aucune cible nationale n’est publiée dans une unité qu’une région puisse lire"), ""
	}
	return word(strings.TrimSuffix(targets[i].Text, ".")), targets[i].Source
}

// years writes a span of years.
func years(from, to int) string { return "de " + strconv.Itoa(from) + " à " + strconv.Itoa(to) }
