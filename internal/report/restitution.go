package report

import (
	"strings"
	"time"

	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/questionnaire"
	"jalon/internal/restitution"
	"jalon/internal/survey"
	"jalon/internal/territory"
)

// The kinds of documents that are made of the answers to a questionnaire.
const (
	KindDepartmentAnswers = "restitution-departement"
	KindAnswersStudy      = "etude-reponses"
)

// Answered is what a document on answers is asked for.
type Answered struct {
	View restitution.View
	// Around is what the same reader may read of the region of a département, nil
	// for nothing: who leads a département reads their own as it stands, the region
	// as anyone does.
	Around  *restitution.View
	Tree    *territory.Tree
	Now     time.Time
	Address string
	Author  string
	Demo    bool
}

// answers writes the parts of a document from a group of authorities.
type answers struct {
	Answered
	group  restitution.Group
	key    string
	sorted []Sorted
}

// DepartmentAnswers is the restitution of a département, for those who debate there.
func DepartmentAnswers(in Answered, department territory.Dept) (doc document.Document, err error) {
	b := answers{Answered: in, key: string(restitution.ByDepartment) + ":" + department.Code}
	if b.group, err = in.View.Group(b.key); err != nil {
		return doc, err
	}
	b.sorted = SortLevers(b.group, in.View.Thresholds())
	day := in.View.Day(in.Now)
	doc = document.Document{Kind: KindDepartmentAnswers, Title: department.Name + nb + ": " + FamiliesFound(b.sorted), Subtitle: "Restitution du questionnaire aux collectivités", Day: day, Author: in.Author, Demo: in.Demo, Address: in.Address,
		Scope: []string{b.said(), "interprétation proposée par Jalon, à débattre"}}
	doc.Parts = []document.Part{b.who(department), b.quadrant(), b.families(), b.beside(), b.implemented(12), b.stopped(), b.method()}
	doc.Version = in.View.Cycle + "-" + day
	return doc, nil
}

func (b answers) said() string {
	out := "synthèse au "
	if b.View.Partial() {
		out = "synthèse partielle au "
	}
	return out + french.Day(b.View.Day(b.Now)) + ", " + counted(b.group.Answers, "réponse", "réponses") + " sur " + french.Integer(b.group.Population)
}

func (b answers) figure(measure, about string) string { return b.View.FigureKey(b.key, measure, about) }

func percent(n, of int) string {
	if of == 0 {
		return "–"
	}
	return french.Number(100*float64(n)/float64(of), 0)
}

// who is how many answered. By type only for the teams: of a département, the
// groups are too small to be published.
func (b answers) who(d territory.Dept) document.Part {
	p := document.Part{ID: "qui-a-repondu", Title: counted(b.group.Answers, "collectivité a répondu", "collectivités ont répondu") + " sur " + french.Integer(b.group.Population) + ", soit " + percent(b.group.Answers, b.group.Population) + nb + "%",
		Notes: []string{"Réponses validées par un élu ou son délégué. Une collectivité à deux compétences répond et compte une fois."}}
	p.Blocks = append(p.Blocks, document.KeyFigures{Figures: []document.KeyFigure{
		{Label: "Taux de réponse", Value: percent(b.group.Answers, b.group.Population), Unit: "%", Meaning: french.Integer(b.group.Answers) + " réponses validées sur " + french.Integer(b.group.Population) + " destinataires", Class: "calculé par Jalon", Figure: b.figure(restitution.MeasureAnswers, "")},
		{Label: "Leviers classés", Value: french.Integer(len(b.sorted) - CountFamilies(b.sorted)[restitution.Unsorted]), Meaning: "sur " + counted(len(b.sorted), "levier demandé", "leviers demandés") + " aux collectivités du département"},
	}})
	if b.View.Public {
		p.Notes = append(p.Notes, "Communes et intercommunalités du département\u00a0: la réponse du conseil départemental est lue avec celles de la région et des autres départements, pour ne désigner personne. Le détail par type n’est pas publié à cette échelle.")
		return p
	}
	t := document.Table{ID: "taux", Caption: "Réponses par type de collectivité", Columns: []document.Column{{Label: "Type"}, {Label: "Réponses", Number: true}, {Label: "Destinataires", Number: true}, {Label: "Taux", Unit: "%", Number: true}}}
	for _, g := range b.View.By(restitution.Filter{Department: d.Code}, restitution.ByKind) {
		t.Rows = append(t.Rows, []document.Cell{cell(g.Name(restitution.ByKind, b.Tree)), cell(french.Integer(g.Answers)), cell(french.Integer(g.Population)), cell(percent(g.Answers, g.Population))})
	}
	p.Blocks = append(p.Blocks, t)
	return p
}

func (b answers) quadrant() document.Part {
	c := Quadrant(b.sorted, b.View.Thresholds(), nil)
	p := document.Part{ID: "carte-des-leviers", Title: "Où chaque levier se place" + nb + ": " + FamiliesFound(b.sorted), Notes: []string{"Lecture proposée par Jalon\u00a0: elle ouvre le débat, elle ne le conclut pas."}}
	if len(c.Drawing.Shapes) == 0 {
		p.Missing = "Il faut cinq collectivités au moins qui aient noté un levier pour le placer."
		return p
	}
	p.Blocks = []document.Block{c}
	return p
}

// scored is a score with its interval and its explanation.
func (b answers) scored(l restitution.LeverOf, a restitution.Axis) document.Cell {
	if why := l.Reason(a); why != "" {
		return blank(why)
	}
	s := l.Scores[a]
	return document.Cell{Text: s.Percent() + " (" + s.Between() + ")", Figure: b.figure(a.Name(), l.Lever.Code)}
}

func (b answers) families() document.Part {
	p := document.Part{ID: "familles", Title: "Trois familles, trois sortes de débat", Notes: []string{"Score sur 100, et entre parenthèses son intervalle de confiance à 95" + nb + "%. Un classement est fragile quand cet intervalle contient un seuil."}}
	for _, f := range restitution.Families() {
		t := document.Table{ID: "famille-" + string(f), Caption: strings.ToUpper(f.Name()[:2]) + f.Name()[2:] + nb + ": " + f.Means(), Columns: []document.Column{{Label: "Levier"}, {Label: "Pertinence", Number: true}, {Label: "Mobilisation", Number: true}, {Label: "Ont noté", Number: true}, {Label: "Classement"}}}
		for _, s := range b.sorted {
			if s.Family != f {
				continue
			}
			name := s.Lever.Title
			if s.Number > 0 {
				name = french.Integer(s.Number) + ". " + name
			}
			firm := "ferme"
			if s.Stability.Fragile {
				firm = "fragile"
			}
			t.Rows = append(t.Rows, []document.Cell{cell(name), b.scored(s.LeverOf, restitution.Relevance), b.scored(s.LeverOf, restitution.Mobilisation), cell(french.Integer(s.Scores[restitution.Relevance].N) + " sur " + french.Integer(s.Population)), cell(firm)})
		}
		if len(t.Rows) == 0 {
			continue
		}
		t.Note = "À débattre" + nb + ": " + strings.Join(f.Debate(), " ; ") + "."
		t.Note = strings.ReplaceAll(t.Note, " ;", nb+";")
		p.Blocks = append(p.Blocks, t)
	}
	if n := CountFamilies(b.sorted)[restitution.Unsorted]; n > 0 {
		p.Blocks = append(p.Blocks, document.Para(counted(n, "levier n’est pas classé", "leviers ne sont pas classés")+nb+": moins de cinq collectivités les ont notés."))
	}
	return p
}

// beside sets the département beside its region.
func (b answers) beside() document.Part {
	around := func(string) (restitution.LeverOf, bool) { return restitution.LeverOf{}, false }
	if b.Around != nil {
		whole := b.Around.Whole()
		around = func(lever string) (restitution.LeverOf, bool) {
			i, ok := b.Around.Layout.Lever(lever)
			if !ok {
				return restitution.LeverOf{}, false
			}
			return whole.Lever(i), true
		}
	}
	t := document.Table{ID: "leviers", Caption: "Chaque levier, ici et dans la région", Columns: []document.Column{{Label: "Levier"}, {Label: "Pertinence ici", Unit: "sur 100", Number: true}, {Label: "Région", Unit: "sur 100", Number: true}, {Label: "Mobilisation ici", Unit: "sur 100", Number: true}, {Label: "Région", Unit: "sur 100", Number: true}}}
	plain := func(l restitution.LeverOf, a restitution.Axis) document.Cell {
		if why := l.Reason(a); why != "" {
			return blank(why)
		}
		return cell(l.Scores[a].Percent())
	}
	apart, name := 0.0, ""
	for _, s := range b.sorted {
		r, ok := around(s.Lever.Code)
		there := func(a restitution.Axis) document.Cell {
			if !ok {
				return blank("la restitution de la région n’est pas encore publiée")
			}
			return plain(r, a)
		}
		t.Rows = append(t.Rows, []document.Cell{cell(s.Lever.Title), plain(s.LeverOf, restitution.Relevance), there(restitution.Relevance), plain(s.LeverOf, restitution.Mobilisation), there(restitution.Mobilisation)})
		here, region := s.Scores[restitution.Mobilisation], r.Scores[restitution.Mobilisation]
		if gap := here.Value - region.Value; here.Known && region.Known && gap > apart {
			apart, name = gap, s.Lever.Title
		}
	}
	p := document.Part{ID: "leviers", Title: "Levier par levier, le département à côté de sa région", Blocks: []document.Block{t},
		Notes: []string{"La région contient le département. Un écart plus petit que l’intervalle de confiance ne dit rien."}}
	if name != "" && apart >= 0.05 {
		p.Title = "C’est sur " + quoted(name) + " que les collectivités d’ici sont le plus en avance sur la région"
	}
	return p
}

func (b answers) implemented(most int) document.Part {
	t := document.Table{ID: "actions", Caption: "Les actions les plus engagées", Columns: []document.Column{{Label: "Action"}, {Label: "Levier"}, {Label: "Engagée ou déployée", Unit: "%", Number: true}, {Label: "Collectivités", Number: true}}}
	p := document.Part{ID: "actions", Title: "Les actions les plus engagées", Notes: []string{"Part des collectivités qui ont engagé ou déployé l’action, parmi celles qu’elle concerne\u00a0; cinq au moins."}}
	for i, r := range b.group.Implemented() {
		if i == most {
			break
		}
		n, of := r.Engaged()
		if i == 0 {
			p.Title = "L’action la plus engagée" + nb + ": " + quoted(r.Row.Label) + ", pour " + percent(n, of) + nb + "% de celles qu’elle concerne"
		}
		t.Rows = append(t.Rows, []document.Cell{cell(r.Row.Label), cell(r.Lever.Title), {Text: percent(n, of), Figure: b.figure(restitution.MeasureEngaged, r.Row.ID)}, cell(french.Integer(n) + " sur " + french.Integer(of))})
	}
	if len(t.Rows) == 0 {
		p.Missing = "Aucune action n’a encore été notée par cinq collectivités concernées."
		return p
	}
	p.Blocks = []document.Block{t}
	return p
}

// stopped is what blocks and what is missing.
func (b answers) stopped() document.Part {
	t := document.Table{ID: "freins-besoins", Caption: "Le frein et le besoin les plus cités", Columns: []document.Column{{Label: "Levier"}, {Label: "Frein"}, {Label: "Cité par", Number: true}, {Label: "Besoin"}, {Label: "Cité par", Number: true}}}
	first := func(all []restitution.Ticked, n int) []document.Cell {
		if n < restitution.Fewest || len(all) == 0 {
			why := "moins de cinq collectivités ont répondu à cette question"
			return []document.Cell{blank(why), blank(why)}
		}
		top := Top(all)
		if len(top) == 0 {
			return []document.Cell{cell("aucun"), cell(french.Integer(0) + " sur " + french.Integer(n))}
		}
		labels := make([]string, len(top))
		for i, o := range top {
			labels[i] = o.Label
		}
		return []document.Cell{cell(strings.Join(labels, ", ")), cell(french.Integer(top[0].N) + nb + "sur" + nb + french.Integer(n))}
	}
	total := map[string]int{}
	for _, s := range b.sorted {
		i, ok := b.View.Layout.Lever(s.Lever.Code)
		if !ok {
			continue
		}
		obstacles, n := b.group.Obstacles(i)
		needs, m := b.group.Needs(i)
		for _, o := range needs {
			total[o.Label] += o.N
		}
		t.Rows = append(t.Rows, append(append([]document.Cell{cell(s.Lever.Title)}, first(obstacles, n)...), first(needs, m)...))
	}
	p := document.Part{ID: "freins-besoins", Title: "Ce qui freine, et ce qui manque", Blocks: []document.Block{t}, Notes: []string{"Question posée une fois par levier, à celles qui en ont noté une action. Plusieurs réponses possibles."}}
	best := ""
	for label, n := range total {
		if n > total[best] || n == total[best] && label < best {
			best = label
		}
	}
	if best != "" && b.group.Answers >= restitution.Fewest {
		p.Title = "Ce qui manque le plus souvent" + nb + ": " + best
	}
	return p
}

// method says in words how the numbers were made.
func (b answers) method() document.Part {
	th := b.View.Thresholds()
	return document.Part{ID: "methode", Title: "Comment ces chiffres sont faits", Blocks: []document.Block{document.List{Items: MethodItems(th)}},
		Notes: []string{"Règles de Jalon, écrites avant les réponses. Les seuils sont réglables par la région."}}
}

// MethodItems are the rules of the scores, in words.
func MethodItems(th restitution.Thresholds) [][]document.Span {
	return [][]document.Span{
		item("Score d’un levier", "moyenne, sur les collectivités à qui il a été demandé et qui ont noté au moins une de ses actions, de la moyenne de leurs notes. Une grande collectivité ne pèse pas plus qu’une petite."),
		item("Notes", "pertinence de 0 à 3, divisée par 3\u00a0; mobilisation rien 0, en réflexion 1, engagé 2, déployé 3, divisée par 3. Les scores sont écrits sur 100."),
		item("Laissés de côté, et comptés", quoted("non concerné")+", les blancs, et les leviers passés par "+quoted("pas notre compétence")+"."),
		item("Familles", "à amplifier"+nb+": pertinence d’au moins "+french.Number(th.Relevance*100, 0)+" et mobilisation d’au moins "+french.Number(th.Mobilisation*100, 0)+"\u00a0; à débloquer"+nb+": même pertinence, mobilisation plus basse\u00a0; à clarifier"+nb+": pertinence plus basse, quelle que soit la mobilisation."),
		item("Intervalle de confiance à 95"+nb+"%", "score ± t × écart type ÷ √n × √((N − n) ÷ (N − 1)), avec n les collectivités qui ont noté, N celles à qui le levier a été demandé, t la valeur de Student à n − 1 degrés de liberté. Quand toutes ont répondu, il est nul. Celles qui répondent ne sont pas tirées au sort\u00a0: il ne dit rien de celles qui se taisent pour une raison."),
		item("Petits nombres", "aucun score sous cinq collectivités. Dans ce qui est publié, un groupe de moins de cinq réponses est réuni à un autre, et ce qui permettrait d’en déduire moins de cinq par différence n’est pas montré."),
	}
}

// AnswersStudy is the cross-region study of the nation.
func AnswersStudy(in Answered) document.Document {
	b := answers{Answered: in, key: restitution.All, group: in.View.Whole()}
	b.sorted = SortLevers(b.group, in.View.Thresholds())
	day := in.View.Day(in.Now)
	doc := document.Document{Kind: KindAnswersStudy, Title: "Ce que répondent les collectivités" + nb + ": " + FamiliesFound(b.sorted), Subtitle: "Étude d’ensemble des questionnaires des COP régionales", Day: day, Author: in.Author, Demo: in.Demo, Address: in.Address,
		Scope: []string{NationScope(in.View, in.Tree, in.Now), "interprétation proposée par Jalon, à débattre"}, Version: in.View.Cycle + "-" + day}
	doc.Parts = []document.Part{b.regions(), b.comparable(), b.quadrant(), b.families(), b.kinds(), b.implemented(15), b.stopped(), b.method()}
	return doc
}

// NationScope says what the study is made of: how many answers, of how many
// regions, and which are not in it.
func NationScope(v restitution.View, tree *territory.Tree, now time.Time) string {
	overseas, in := false, 0
	for _, g := range v.By(restitution.Filter{}, restitution.ByRegion) {
		if g.Answers == 0 {
			continue
		}
		in++
		if r, err := tree.Region(g.Codes[0]); err == nil && r.Overseas {
			overseas = true
		}
	}
	out := v.Scope(now) + ", " + counted(in, "région", "régions") + " sur " + french.Integer(len(tree.Regions()))
	if !overseas {
		out += ", hors outre-mer"
	}
	return out
}

// FewAnswers reports whether a region has too few answers to be read like another:
// under a third of those to whom the questionnaire was put, or under thirty.
func FewAnswers(g restitution.Group) bool { return g.Answers < 30 || 3*g.Answers < g.Population }

func (b answers) regions() document.Part {
	t := document.Table{ID: "regions", Caption: "Les réponses par région", Columns: []document.Column{{Label: "Région"}, {Label: "Campagne"}, {Label: "Réponses", Number: true}, {Label: "Destinataires", Number: true}, {Label: "Taux", Unit: "%", Number: true}, {Label: "Lecture"}}}
	for _, g := range b.View.Cut(restitution.ByRegion) {
		state, read := "–", ""
		if c, ok := b.View.Campaigns[g.Codes[0]]; ok && len(g.Codes) == 1 {
			state = c.State.Name()
		}
		if FewAnswers(g) {
			read = "peu de réponses"
		}
		t.Rows = append(t.Rows, []document.Cell{cell(g.Name(restitution.ByRegion, b.Tree)), cell(state), cell(french.Integer(g.Answers)), cell(french.Integer(g.Population)), cell(percent(g.Answers, g.Population)), cell(read)})
	}
	t.Note = "Une collectivité compte une fois, dans la région de son siège, même quand son territoire en touche deux."
	return document.Part{ID: "regions", Title: counted(b.group.Answers, "collectivité a répondu", "collectivités ont répondu") + ", soit " + percent(b.group.Answers, b.group.Population) + nb + "% de celles que les régions ont interrogées", Blocks: []document.Block{t},
		Notes: []string{"Peu de réponses" + nb + ": moins de trente, ou moins d’un tiers des destinataires. Ces régions comptent dans l’ensemble, mais leurs écarts aux autres ne se lisent pas."}}
}

// Comparable says what compares between regions, and what is partial.
func Comparable(v restitution.View, tree *territory.Tree) [][]document.Span {
	var partial, variant, without, outside []string
	for _, g := range v.By(restitution.Filter{}, restitution.ByRegion) {
		c, ok := v.Campaigns[g.Codes[0]]
		if !ok {
			continue
		}
		name := g.Name(restitution.ByRegion, tree)
		if c.State != survey.CampaignClosed {
			partial = append(partial, name)
		}
		if strings.Count(c.Form, "-") > 1 { // national-2025-44
			variant = append(variant, name)
		}
		if !c.Communes {
			without = append(without, name)
		}
	}
	for _, r := range tree.Regions() {
		if _, ok := v.Campaigns[r.Code]; !ok {
			outside = append(outside, r.Name)
		}
	}
	out := [][]document.Span{item("Se compare", "les leviers du questionnaire national, aux mêmes seuils pour toutes les régions ("+french.Number(100*v.Thresholds().Relevance, 0)+" et "+french.Number(100*v.Thresholds().Mobilisation, 0)+"), quels que soient ceux qu’une région a réglés pour elle.")}
	add := func(head, text string, names []string) {
		if len(names) > 0 {
			out = append(out, item(head, french.List(names)+". "+text))
		}
	}
	add("Partiel", "La campagne n’y est pas close\u00a0: leurs chiffres bougeront.", partial)
	add("Adapté", "Leur questionnaire a ses propres actions, qui comptent sous leur levier.", variant)
	add("Sans les communes", "Les communes n’y ont pas été invitées\u00a0: comparez type par type.", without)
	add("Absent", "Pas de campagne dans ce cycle, ou rien de publié.", outside)
	return out
}

func (b answers) comparable() document.Part {
	return document.Part{ID: "comparable", Title: "Ce qui se compare, et ce qui est partiel", Blocks: []document.Block{document.List{Items: Comparable(b.View, b.Tree)}}}
}

// kinds is each lever as each type of authority sees it.
func (b answers) kinds() document.Part {
	groups := b.View.Cut(restitution.ByKind)
	t := document.Table{ID: "types", Caption: "Pertinence et mobilisation par type de collectivité", Columns: []document.Column{{Label: "Levier"}}}
	for _, g := range groups {
		t.Columns = append(t.Columns, document.Column{Label: g.Name(restitution.ByKind, b.Tree), Unit: "pertinence / mobilisation", Number: true})
	}
	for _, s := range b.sorted {
		i, ok := b.View.Layout.Lever(s.Lever.Code)
		if !ok {
			continue
		}
		row := []document.Cell{cell(s.Lever.Title)}
		for _, g := range groups {
			l := g.Lever(i)
			if why := l.Reason(restitution.Relevance); why != "" {
				row = append(row, blank(why))
				continue
			}
			text := l.Scores[restitution.Relevance].Percent() + " / "
			if m := l.Scores[restitution.Mobilisation]; m.Known {
				text += m.Percent()
			} else {
				text += "–"
			}
			row = append(row, cell(text))
		}
		t.Rows = append(t.Rows, row)
	}
	return document.Part{ID: "types", Title: "Communes, intercommunalités, départements et régions ne voient pas les mêmes leviers", Blocks: []document.Block{t},
		Notes: []string{"Chaque type n’est interrogé que sur ce qui est de son ressort (" + strings.ToLower(restitution.KindName(questionnaire.Commune)) + nb + ": un chemin plus court)."}}
}
