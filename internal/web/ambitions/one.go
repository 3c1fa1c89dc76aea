package ambitions

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/ambition"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// asked is the debate of an address.
type asked struct {
	where
	d    ambition.Debate
	line panorama.Line
	unit string // of the level, empty when kt alone can be written
	why  string
}

func (d Deps) asked(r *http.Request) (x asked, err error) {
	if x.where, err = d.seen(r); err != nil {
		return x, err
	}
	if x.d, err = ambition.Find(r.Context(), d.Q, shell.Actor(r), x.cop, r.PathValue("levier")); err != nil {
		return x, err
	}
	var ok bool
	if x.line, ok = x.place.Line(x.d.Lever); !ok {
		return x, apperr.NotFoundf("Ce levier n’est pas de ceux de ce territoire.")
	}
	_, x.unit, x.why = x.place.Unit(x.line)
	return x, nil
}

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	x, err := d.asked(r)
	if err != nil {
		return err
	}
	return d.showOne(w, r, http.StatusOK, x, ambition.New{Measure: objective.InKt, As: debate.Person}, nil)
}

// own is the voice of whoever reads, empty for none.
func (d Deps) own(r *http.Request, x asked) (v debate.Voice, err error) {
	who := shell.Of(r)
	if who.Actor.Person != "" {
		v, err = debate.VoiceOf(r.Context(), d.Q, x.cop.ID, who.Actor.Person)
	} else if who.Voice != "" {
		if v, err = debate.FindVoice(r.Context(), d.Q, who.Voice); err == nil && (v.COP != x.cop.ID || !v.Confirmed()) {
			v = debate.Voice{}
		}
	}
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return debate.Voice{}, nil
	}
	return v, err
}

func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, x asked, typed ambition.New, wrong error) error {
	ctx := r.Context()
	list, err := ambition.Answers(ctx, d.Q, x.d.ID)
	if err != nil {
		return err
	}
	s := ambition.SpreadOf(list)
	beside, marks, err := d.beside(r, x, s)
	if err != nil {
		return err
	}
	conditions, err := ambition.Conditions(ctx, d.Q, x.d.ID)
	if err != nil {
		return err
	}
	me, err := d.own(r, x)
	if err != nil {
		return err
	}
	today := x.today(d.Now())
	v := sections.View{Heading: ui.Heading{Overline: x.Name + ", jusqu’où aller en 2030", Title: x.line.Lever.Name + nb + ": " + Median(s), Scope: []string{taking(x.d, today), "objectif indicatif, non contraignant"}},
		Tabs: wording.RegionTabs(x.Region, wording.TabDebate), Foot: ui.Source{Text: "réponses des participants, une par adresse confirmée" + nb + "; panorama de l’État, juillet 2024.", Print: true}}
	if r.URL.Query().Get("courriel") == "1" {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Ouvrez le courriel que Jalon vous envoie", Text: "Votre réponse est gardée. Elle comptera quand vous aurez suivi le lien, dans les 7\u00a0jours."})
	}
	open := x.d.State == ambition.Open && x.d.When(today) == ambition.Now
	ask := sections.Part{ID: "question", Title: "La question", Lead: "Jusqu’où ce levier (un type d’action qui réduit les émissions) peut-il aller ici d’ici 2030" + nb + "?", Markdown: x.d.Text}
	if open {
		ask.Links = []ui.Link{{Label: "Donner ma réponse", Href: "#repondre"}}
	}
	v.Parts = append(v.Parts, ask)
	v.Parts = append(v.Parts, SpreadPart("reponses", "Ce que les participants disent atteignable", s, marks), beside)
	v.Parts[len(v.Parts)-2].Links = append(v.Parts[len(v.Parts)-2].Links, ui.Link{Label: "Télécharger cette répartition (CSV)", Href: x.list() + "/" + x.d.Lever + "/reponses.csv"})
	v.Parts = append(v.Parts, d.conditionPart(conditions, len(list)))
	if p := parties(list); len(p.Tables) > 0 {
		v.Parts = append(v.Parts, p)
	}
	mine, err := d.mine(r, x, me)
	if err != nil {
		return err
	}
	if mine.Title != "" {
		v.Parts = append(v.Parts, mine)
	}
	if open || wrong != nil {
		form := sections.Part{ID: "repondre", Title: "Votre réponse", Lead: "Une réponse par adresse\u00a0: la dernière compte, les autres restent dans votre histoire. En votre nom, seul votre nombre compte, avec votre collège. Au nom d’un organisme dont votre compte est membre, la réponse est signée."}
		fields := x.fields(shell.Of(r).SignedIn(), me, typed, conditions)
		v.Notices = append(v.Notices, wrongIn(fields, wrong)...)
		form.Forms = []sections.Form{{ID: "reponse", Action: x.list() + "/" + x.d.Lever, Fields: fields, Submit: "Donner ma réponse", Do: "give", Trap: true}}
		v.Parts = append(v.Parts, form)
	}
	if policy.Can(shell.Actor(r), policy.Edit, x.cop.Thing(policy.Debate)) {
		v.Parts = append(v.Parts, sections.Part{Links: []ui.Link{{Label: "Changer les dates ou le texte, au bureau", Href: x.desk() + "/" + x.d.Lever}, {Label: "La page de l’objectif de ce levier", Href: x.base() + "/bureau/objectifs/region/" + x.d.Lever}}})
	}
	return sections.Show(d.Shell, w, r, status, v, false, trail(x.where, ui.Link{Label: title, Href: x.list()}, ui.Link{Label: x.line.Lever.ShortName})...)
}

func (x asked) fields(signed bool, me debate.Voice, t ambition.New, conditions []ambition.Shared) []ui.Field {
	measures := [][2]string{{string(objective.InKt), "kt de CO₂e évitées par an en 2030, par rapport à 2019"}}
	help := "Les kt seulement. " + x.why
	if x.unit != "" {
		measures, help = append(measures, [2]string{string(objective.InLevel), "l’unité du levier en 2030" + nb + ": " + x.unit}), "L’autre mesure se calcule par le ratio du panorama de l’État."
	}
	measure := sections.Choose("measure", "Vous répondez en", string(t.Measure), "", measures)
	measure.Help = help
	as := ui.Field{ID: "as", Label: "Vous parlez", Type: "radio"}
	for _, code := range []string{debate.Person, debate.Organisation} {
		as.Options = append(as.Options, ui.Option{Value: code, Label: debate.SpeakerName(code), Selected: t.As == code})
	}
	college := t.Speaker.College
	if college == "" {
		college = me.College
	}
	out := []ui.Field{measure, {ID: "low", Label: "Ce que vous tenez pour atteignable en 2030", Type: "number", Required: true, Value: t.Low, Help: "Par exemple 1\u202f234,5. Pour une fourchette, le plus petit nombre ici."},
		{ID: "high", Label: "Jusqu’à", Type: "number", Value: t.High, Help: "Le plus grand nombre d’une fourchette."}}
	out = append(out, ui.Field{ID: "condition", Label: "À quelle condition", Type: "textarea", Rows: 3, Value: t.Condition, Help: "Une condition, en quelques phrases. Elle est lue par la modération avant d’être publiée\u00a0; votre nombre compte sans attendre."})
	if len(conditions) > 0 {
		f := ui.Field{ID: "conditions", Label: "Celles d’autres participants que vous faites aussi vôtres (facultatif)", Type: "checkbox"}
		for _, c := range conditions {
			f.Options = append(f.Options, ui.Option{Value: c.ID, Label: c.Text, Selected: slices.Contains(t.Conditions, c.ID)})
		}
		out = append(out, f)
	}
	out = append(out, as, ui.Field{ID: "organisme", Label: "Organisme", Value: t.Speaker.OrgName, Help: "Si vous répondez pour lui."}, sections.Choose("college", "D’où vous parlez", string(college), "choisissez un collège", collegeOptions()))
	out[len(out)-1].Required = true
	if !signed && me.ID == "" {
		out = append(out, ui.Field{ID: "email", Label: "Votre adresse électronique", Type: "email", Autocomplete: "email", Required: true, Value: t.Speaker.Email, Help: "Un lien vous est envoyé pour la confirmer. Elle n’est jamais publiée."})
	}
	return out
}

// mine is what the reader said there, the last first.
func (d Deps) mine(r *http.Request, x asked, me debate.Voice) (p sections.Part, err error) {
	if me.ID == "" {
		return p, nil
	}
	list, err := ambition.Own(r.Context(), d.Q, x.d.ID, me.ID)
	if err != nil || len(list) == 0 {
		return p, err
	}
	p = sections.Part{ID: "la-mienne", Title: "Ce que vous avez répondu"}
	t := ui.Table{ID: "mes-reponses", Stack: true, Caption: "Vos réponses, la dernière d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Le"}, {Label: "Réponse", Wide: true}, {Label: "Elle"}}}
	counts := false
	for _, y := range list {
		counts = counts || y.State == ambition.Counted
		t.Rows = append(t.Rows, ui.Row{Current: y.State == ambition.Counted, Cells: []ui.Cell{{Text: french.Date(y.At)}, {Text: said(y)}, {Text: map[string]string{ambition.Counted: "compte", ambition.Replaced: "est remplacée", ambition.Unconfirmed: "attend votre adresse", ambition.Taken: "est retirée"}[y.State]}}})
	}
	p.Tables = []ui.Table{t}
	if counts {
		p.Fold, p.Forms = "Retirer ma réponse", []sections.Form{{ID: "retirer", Action: x.list() + "/" + x.d.Lever, Do: "withdraw", Submit: "Retirer ma réponse", Secondary: true}}
	}
	return p, nil
}

// said writes an answer as it was typed.
func said(a ambition.Answer) string {
	unit := "ktCO₂e par an"
	if a.Measure == objective.InLevel {
		unit = a.Low.Unit
	}
	if a.Range() {
		return "de " + a.TypedLow + " à " + a.TypedHigh + nb + unit
	}
	return a.TypedLow + nb + unit
}

func (d Deps) conditionPart(list []ambition.Shared, all int) sections.Part {
	p := sections.Part{ID: "conditions", Title: "À quelles conditions"}
	if len(list) == 0 {
		p.Empty = ui.Empty{Title: "Aucune condition n’est publiée pour l’instant", Text: "Celles des participants paraissent ici après modération."}
		return p
	}
	t := ui.Table{ID: "liste-conditions", Caption: "Les conditions, celles que le plus de réponses font d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Condition", Wide: true}, {Label: "Réponses qui la font", Number: true}}}
	for _, c := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Text}, {Text: french.Integer(c.Answers) + " sur " + french.Integer(all)}}})
	}
	p.Tables = []ui.Table{t}
	return p
}

// parties are the organisations that answered, for those whose account is a member.
func parties(list []ambition.Answer) sections.Part {
	p := sections.Part{ID: "organismes", Title: "Les organismes qui ont répondu"}
	t := ui.Table{ID: "liste-organismes", Caption: "Réponses signées", CaptionHidden: true, Columns: []ui.Column{{Label: "Organisme", Wide: true}, {Label: "Collège"}, {Label: "Réponse"}, {Label: "Le"}}}
	for _, y := range list {
		if y.Org != "" {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: y.Party}, {Text: y.College.Name()}, {Text: said(y)}, {Text: french.Date(y.At)}}})
		}
	}
	if len(t.Rows) > 0 {
		p.Tables = []ui.Table{t}
	}
	return p
}

// beside is what the answers are held against: what the State offers, what plans aim
// at, what the COP shared.
func (d Deps) beside(r *http.Request, x asked, s ambition.Spread) (p sections.Part, marks []ui.SpreadMark, err error) {
	p = sections.Part{ID: "repere", Title: "À côté de quoi les lire"}
	t := ui.Table{ID: "reperes", Caption: "Les repères", CaptionHidden: true, Columns: []ui.Column{{Label: "Qui le dit", Wide: true}, {Label: "Valeur", Unit: wording.Kilotonnes, Number: true}, {Label: "Dans l’unité du levier", Number: true}}}
	row := func(who, href string, v objective.Value, mark string) {
		kt, level := ui.Cell{Missing: v.Kg.Reason}, ui.Cell{Missing: v.Level.Reason}
		if v.Kg.Known {
			kt = ui.Cell{Text: french.Number(v.Kg.Kg.Kt(), 2)}
		}
		if v.Level.Known {
			level = ui.Cell{Text: v.LevelText()}
		}
		if kt.Text == "" && kt.Missing == "" {
			kt.Missing = "pas de valeur en tonnes"
		}
		if level.Text == "" && level.Missing == "" {
			level.Missing = "pas d’équivalence publiée pour ce levier"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: who, Href: href}, kt, level}})
		switch {
		case mark != "" && s.InKt && v.Kg.Known:
			marks = append(marks, ui.SpreadMark{Text: mark + nb + ": " + number(v.Kg.Kg.Kt()) + nb + "kt", At: v.Kg.Kg.Kt()})
		case mark != "" && !s.InKt && v.Level.Known:
			marks = append(marks, ui.SpreadMark{Text: mark + nb + ": " + v.LevelText(), At: v.Level.V})
		}
	}
	row("Proposé par l’État", x.base()+"/panorama", x.place.Offered(x.line), "Trait"+nb+": proposé par l’État")
	c, err := plan.Read(r.Context(), d.Q, x.model, x.Code, nil)
	if err != nil {
		return p, nil, err
	}
	for _, l := range c.Lines {
		if l.Line.Lever.Code != x.d.Lever {
			continue
		}
		for _, e := range l.Regional {
			v := objective.Value{Kg: panorama.Amount{Reason: e.Effort.Kt.Reason}, Level: panorama.Value{V: e.Effort.Level.V, Known: e.Effort.Level.Known, Reason: e.Effort.Level.Reason}, Unit: e.Effort.Unit}
			if e.Effort.Kt.Known {
				v.Kg = panorama.Amount{Kg: panorama.Kg(e.Effort.Kt.V * float64(panorama.KgPerKt)), Known: true}
			}
			row("Visé par un plan\u00a0: "+e.Plan.Name, x.base()+"/plans", v, "")
		}
	}
	o, found, err := objective.Of(r.Context(), d.Q, x.place, x.d.Lever)
	if err != nil {
		return p, nil, err
	}
	onTable := policy.Can(shell.Actor(r), policy.Read, x.place.Thing(false))
	if reading, ok := o.Now(onTable); ok && found {
		row("La COP\u00a0: "+reading.State.Name(), x.base()+"/objectifs", reading.Value, "")
	}
	p.Tables = []ui.Table{t}
	return p, marks, nil
}

func number(v float64) string {
	if v >= 100 || v <= -100 {
		return french.Number(v, 0)
	}
	return french.Number(v, 1)
}

// give takes an answer, or takes it back.
func (d Deps) give(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.asked(r)
	if err != nil {
		return err
	}
	here := x.list() + "/" + x.d.Lever
	who := shell.Of(r)
	if r.PostForm.Get("do") == "withdraw" {
		me, err := d.own(r, x)
		if err == nil {
			err = d.Room.TakeBack(r.Context(), who.Actor, x.d, me.ID)
		}
		if err != nil && shell.Beside(err) {
			return d.showOne(w, r, apperr.Status(err), x, ambition.New{Measure: objective.InKt, As: debate.Person}, err)
		}
		if err != nil {
			return err
		}
		return shell.SeeOther(w, r, here+"?fait=1")
	}
	if strings.TrimSpace(r.PostForm.Get(sections.TrapField)) != "" {
		return shell.SeeOther(w, r, here+"?courriel=1") // a robot believes that it was heard
	}
	typed := ambition.New{Measure: objective.Measure(shell.Typed(r, "measure")), Low: shell.Typed(r, "low"), High: shell.Typed(r, "high"), Condition: shell.Typed(r, "condition"), Conditions: sections.Values(r, "conditions"), As: shell.Typed(r, "as"),
		Speaker: debate.Speaker{Email: shell.Typed(r, "email"), OrgName: shell.Typed(r, "organisme"), College: debate.College(shell.Typed(r, "college")), Voice: who.Voice}, Machine: shell.Machine(r, d.Trusted)}
	given, err := d.Room.Give(r.Context(), who.Actor, x.cop, x.d, x.place, typed)
	if err != nil && shell.Beside(err) {
		return d.showOne(w, r, apperr.Status(err), x, typed, err)
	}
	if err != nil {
		return err
	}
	if given.State == ambition.Unconfirmed {
		return shell.SeeOther(w, r, here+"?courriel=1")
	}
	return shell.SeeOther(w, r, here+"?fait=1")
}

// csv gives how the answers are spread, and those that are signed.
func (d Deps) csv(w http.ResponseWriter, r *http.Request) error {
	x, err := d.asked(r)
	if err != nil {
		return err
	}
	list, err := ambition.Answers(r.Context(), d.Q, x.d.ID)
	if err != nil {
		return err
	}
	s := ambition.SpreadOf(list)
	set := exchange.Dataset{Name: "ambition-" + x.Slug + "-" + x.d.Lever}
	for _, name := range []string{"college", "reponses", "minimum", "premier_quartile", "mediane", "troisieme_quartile", "maximum", "unite"} {
		set.Fields = append(set.Fields, exchange.Field{Name: name})
	}
	set.Rows = func(yield func([]exchange.Datum, error) bool) {
		for _, g := range groups(s) {
			row := []exchange.Datum{exchange.Text(g.Name), exchange.Integer(g.N)}
			for _, n := range []float64{g.Min, g.Q1, g.Median, g.Q3, g.Max} {
				row = append(row, exchange.Number(strconv.FormatFloat(n, 'f', -1, 64)))
			}
			if !yield(append(row, exchange.Text(s.Unit)), nil) {
				return
			}
		}
	}
	var body bytes.Buffer
	if _, err := exchange.WriteCSV(&body, set, ','); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+set.Name+`.csv"`)
	_, err = w.Write(body.Bytes())
	return err
}

// groups are the groups of a spread that are shown: all, then each college that has
// enough answers.
func groups(s ambition.Spread) []ambition.Group {
	if !s.Shown {
		return nil
	}
	return append([]ambition.Group{s.All}, s.By...)
}

// Median is the finding of a spread.
func Median(s ambition.Spread) string {
	if !s.Shown {
		return answers(s.All.N) + ", " + "trop peu pour une médiane"
	}
	return "la moitié des " + answers(s.All.N) + " va au-delà de " + number(s.All.Median) + nb + s.Unit
}

// SpreadPart draws how answers are spread, by college, with its rules.
func SpreadPart(id, title string, s ambition.Spread, marks []ui.SpreadMark) sections.Part {
	p := sections.Part{ID: id, Title: title}
	if !s.Shown {
		p.Empty = ui.Empty{Title: "Il faut " + french.Integer(ambition.Fewest) + " réponses pour montrer une répartition", Text: french.Upper(answers(s.All.N)) + " à ce jour. En montrer moins dirait qui a répondu quoi."}
		return p
	}
	rules := []string{"Le point est la médiane\u00a0: la moitié des réponses est au-dessus. La barre épaisse va du premier au troisième quart, la fine de la plus basse à la plus haute borne."}
	if s.Ranges > 0 {
		rules = append(rules, french.Integer(s.Ranges)+nb+french.Plural(s.Ranges, "réponse est une fourchette\u00a0: elle compte", "réponses sont des fourchettes\u00a0: elles comptent")+" par leur milieu dans la médiane et les quarts, par leurs bornes dans la plus basse et la plus haute.")
	}
	if s.Apart > 0 {
		rules = append(rules, french.Integer(s.Apart)+nb+french.Plural(s.Apart, "réponse ne se lit", "réponses ne se lisent")+" que dans l’ensemble\u00a0: leur collège en compte moins de "+french.Integer(ambition.Fewest)+".")
	}
	if s.Unknown > 0 {
		rules = append(rules, french.Integer(s.Unknown)+nb+french.Plural(s.Unknown, "réponse n’a", "réponses n’ont")+" pas de valeur dans cette unité, et n’"+french.Plural(s.Unknown, "est", "y sont")+" pas.")
	}
	c := ui.Spreads{ID: id + "-dessin", Title: "Par collège", Description: "En " + s.Unit + ", en 2030.", TableHref: "#" + id + "-tableau", Marks: marks}
	t := ui.Table{ID: id + "-tableau", Caption: "Répartition des réponses, en " + s.Unit, Columns: []ui.Column{{Label: "Collège", Wide: true}, {Label: "Réponses", Number: true}, {Label: "La plus basse", Number: true}, {Label: "Premier quart", Number: true}, {Label: "Médiane", Number: true}, {Label: "Troisième quart", Number: true}, {Label: "La plus haute", Number: true}}}
	for _, g := range groups(s) {
		c.Rows = append(c.Rows, ui.Spread{Name: g.Name + " (" + french.Integer(g.N) + ")", Text: "médiane " + number(g.Median), Min: g.Min, Q1: g.Q1, Median: g.Median, Q3: g.Q3, Max: g.Max})
		t.Rows = append(t.Rows, ui.Row{Current: g.Code == "", Cells: []ui.Cell{{Text: g.Name}, {Text: french.Integer(g.N)}, {Text: number(g.Min)}, {Text: number(g.Q1)}, {Text: number(g.Median)}, {Text: number(g.Q3)}, {Text: number(g.Max)}}})
	}
	p.List, p.Bodies, p.Tables = rules, []templ.Component{ui.SpreadChart(c)}, []ui.Table{t}
	return p
}
