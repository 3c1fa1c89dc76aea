package questionnaires

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/questionnaire"
	"jalon/internal/web/ui"
)

// fault refuses one field, so that the form says in which one it stands.
type fault struct{ field, message string }

func (f *fault) Error() string { return f.message }
func (f *fault) Unwrap() error { return apperr.Invalidf("%s", f.message) }

func choose(id, label, value string, options [][2]string) ui.Field {
	f := ui.Field{ID: id, Label: label, Type: "select", Required: true}
	for _, o := range options {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: o[0] == value})
	}
	return f
}

func box(id, label, help string, on bool) ui.Field {
	return ui.Field{ID: id, Label: label, Type: "checkbox", Options: []ui.Option{{Value: "1", Label: help, Selected: on}}}
}

func kindField(kinds []questionnaire.Kind) ui.Field {
	f := ui.Field{ID: "for", Label: "Posée à", Type: "checkbox", Help: "À toutes les collectivités quand rien n’est coché."}
	for _, k := range questionnaire.Kinds() {
		f.Options = append(f.Options, ui.Option{Value: string(k), Label: k.Name(), Selected: slices.Contains(kinds, k)})
	}
	return f
}

// whenFields ask when a thing is posed: in words for the usual cases, as the JSON
// of the document for the others.
func whenFields(c *questionnaire.Condition) []ui.Field {
	how, of, in, doc := "", "", "", ""
	switch {
	case c == nil:
	case c.Rated != "":
		how, of = "rated", c.Rated
	case c.Key != "":
		how, of, in = "key", c.Key, strings.Join(c.In, " ")
	default:
		how = "json"
		if b, err := json.Marshal(c); err == nil {
			doc = string(b)
		}
	}
	return []ui.Field{
		choose("when", "Quand", how, [][2]string{{"", "toujours"}, {"rated", "dès qu’une ligne d’une grille est évaluée"}, {"key", "selon une autre réponse"}, {"json", "condition composée, écrite en JSON"}}),
		{ID: "when_of", Label: "De quelle grille, ou de quelle réponse", Value: of, Help: "Son identifiant" + nb + ": celui d’une question, ou «" + nb + "ligne.échelle" + nb + "»."},
		{ID: "when_in", Label: "Parmi ces réponses", Value: in, Help: "Les codes, une espace entre deux. Vide" + nb + ": dès qu’il y a une réponse."},
		{ID: "when_json", Label: "Condition composée", Type: "textarea", Value: doc, Rows: 3, Help: "Par exemple {\"any\":[{\"rated\":\"velo-actions\"},{\"key\":\"plan\",\"in\":[\"oui\"]}]}."},
	}
}

func readWhen(p url.Values) (*questionnaire.Condition, error) {
	of := clean(p.Get("when_of"))
	switch p.Get("when") {
	case "":
		return nil, nil
	case "rated":
		if of == "" {
			return nil, &fault{"when_of", "Dites de quelle grille."}
		}
		return &questionnaire.Condition{Rated: of}, nil
	case "key":
		if of == "" {
			return nil, &fault{"when_of", "Dites de quelle réponse."}
		}
		return &questionnaire.Condition{Key: of, In: strings.Fields(clean(p.Get("when_in")))}, nil
	}
	var c questionnaire.Condition
	text := clean(p.Get("when_json"))
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.DisallowUnknownFields()
	if len(text) > 20_000 || dec.Decode(&c) != nil || dec.More() {
		return nil, &fault{"when_json", "Cette condition ne peut pas être lue" + nb + ": écrivez-la comme dans le document."}
	}
	return &c, nil
}

func formFields(f questionnaire.Form) []ui.Field {
	row, other := "", ""
	if f.Pace != nil && f.Pace.Row > 0 {
		row = strconv.Itoa(f.Pace.Row)
	}
	if f.Pace != nil && f.Pace.Other > 0 {
		other = strconv.Itoa(f.Pace.Other)
	}
	out := []ui.Field{{ID: "title", Label: "Titre", Required: true, Value: f.Title}, {ID: "intro", Label: "Présentation", Type: "textarea", Rows: 4, Value: f.Intro, Help: "Ce qu’une collectivité lit avant de commencer. En Markdown."},
		{ID: "pace_row", Label: "Temps par ligne", Unit: "s", Type: "number", Value: row, Help: "20 secondes quand rien n’est écrit."}, {ID: "pace_other", Label: "Temps par autre question", Unit: "s", Type: "number", Value: other, Help: "12 secondes quand rien n’est écrit."}}
	for _, s := range f.Scales {
		out = append(out, ui.Field{ID: "scale-" + s.Code + "-label", Label: "Échelle «" + nb + s.Code + nb + "»" + nb + ": nom", Required: true, Value: s.Label},
			ui.Field{ID: "scale-" + s.Code + "-options", Label: "Échelle «" + nb + s.Code + nb + "»" + nb + ": réponses", Type: "textarea", Rows: len(s.Options) + 1, Required: true, Value: questionnaire.OptionsText(s.Options),
				Help: "Une par ligne" + nb + ": code | texte | valeur de 0 à 1, sans valeur pour ce qui se laisse de côté. Renommez, ou ajoutez à la fin" + nb + ": l’ordre ne change pas."})
	}
	return out
}

func sectionFields(m *panorama.Model, f questionnaire.Form, s questionnaire.Section) []ui.Field {
	levers := [][2]string{{"", "aucun"}}
	for _, l := range m.Framework().Levers(f.Framework) {
		levers = append(levers, [2]string{l.Code, l.Name})
	}
	if s.Lever != "" && !slices.ContainsFunc(levers, func(l [2]string) bool { return l[0] == s.Lever }) {
		levers = append(levers, [2]string{s.Lever, s.Lever})
	}
	themes := [][2]string{{"", "aucune"}}
	for _, t := range m.Framework().Themes() {
		themes = append(themes, [2]string{string(t.Code), t.Name})
	}
	return append([]ui.Field{{ID: "title", Label: "Titre", Required: true, Value: s.Title}, {ID: "help", Label: "Aide", Type: "textarea", Value: s.Help}, choose("lever", "Levier", s.Lever, levers), choose("theme", "Thématique", s.Theme, themes),
		box("skippable", "Compétence", "la section se passe d’un geste, «"+nb+"pas notre compétence"+nb+"»", s.Skippable), kindField(s.For)}, whenFields(s.When)...)
}

func bound(v *float64) string {
	if v == nil {
		return ""
	}
	return french.Significant(*v, 15)
}

func questionFields(f questionnaire.Form, at string, q questionnaire.Question) []ui.Field {
	types, sections := [][2]string{}, [][2]string{}
	for _, t := range questionnaire.Types() {
		types = append(types, [2]string{string(t), t.Name()})
	}
	for _, s := range f.Sections {
		sections = append(sections, [2]string{s.ID, s.Title})
	}
	columns := ui.Field{ID: "columns", Label: "Échelles d’une grille", Type: "checkbox"}
	for _, s := range f.Scales {
		columns.Options = append(columns.Options, ui.Option{Value: s.Code, Label: s.Label, Selected: slices.Contains(q.Columns, s.Code)})
	}
	length := ""
	if q.Length > 0 {
		length = strconv.Itoa(q.Length)
	}
	out := []ui.Field{{ID: "label", Label: "Question", Required: true, Value: q.Label}, {ID: "help", Label: "Aide", Type: "textarea", Value: q.Help}, choose("type", "Type de réponse", string(q.Type), types),
		choose("role", "À quoi servent les réponses", q.Role, [][2]string{{"", "à la restitution seule"}, {questionnaire.RoleObstacles, "aux freins de la région"}, {questionnaire.RoleNeeds, "aux besoins"}, {questionnaire.RoleStrength, "aux points forts à partager"}, {questionnaire.RoleComment, "commentaire libre"}}),
		box("required", "Attendue", "la section n’est pas terminée sans cette réponse", q.Required), kindField(q.For)}
	out = append(out, whenFields(q.When)...)
	return append(out, ui.Field{ID: "options", Label: "Réponses possibles, pour un choix", Type: "textarea", Rows: 5, Value: questionnaire.OptionsText(q.Options), Help: "Une par ligne" + nb + ": code | texte. Un texte seul reçoit un code. Ajoutez à la fin" + nb + ": l’ordre de ce qui est publié ne change pas."},
		columns, ui.Field{ID: "unit", Label: "Unité, pour un nombre", Value: q.Unit}, ui.Field{ID: "min", Label: "Minimum admis", Type: "number", Value: bound(q.Min)}, ui.Field{ID: "max", Label: "Maximum admis", Type: "number", Value: bound(q.Max)},
		ui.Field{ID: "usual_min", Label: "Minimum habituel", Type: "number", Value: bound(q.UsualMin), Help: "En dessous, Jalon demande de confirmer."}, ui.Field{ID: "usual_max", Label: "Maximum habituel", Type: "number", Value: bound(q.UsualMax)},
		ui.Field{ID: "sum", Label: "Groupe de nombres qui font 100 ensemble", Value: q.Sum, Help: "Un même mot pour chacun des nombres du groupe."}, ui.Field{ID: "length", Label: "Longueur d’un texte", Type: "number", Unit: "caractères", Value: length, Help: "4" + nb + "000 quand rien n’est écrit."},
		choose("to", "Section", at, sections))
}

func rowFields(f questionnaire.Form, at string, x questionnaire.Row) []ui.Field {
	steps, grids := [][2]string{}, [][2]string{}
	for _, s := range questionnaire.Steps() {
		steps = append(steps, [2]string{string(s), s.Name()})
	}
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			if q.Type == questionnaire.Matrix {
				grids = append(grids, [2]string{q.ID, s.Title + nb + ": " + q.Label})
			}
		}
	}
	return []ui.Field{{ID: "label", Label: "Action", Required: true, Value: x.Label}, {ID: "help", Label: "Aide", Type: "textarea", Value: x.Help}, choose("step", "Nature", string(x.Step), steps), kindField(x.For), choose("to", "Grille", at, grids)}
}

// refill puts back what was typed in each field.
func refill(fields []ui.Field, p url.Values) {
	for i := range fields {
		f := &fields[i]
		name := f.Name
		if name == "" {
			name = f.ID
		}
		typed := p[name]
		if f.Type == "select" || f.Type == "checkbox" || f.Type == "radio" {
			for k := range f.Options {
				f.Options[k].Selected = slices.Contains(typed, f.Options[k].Value)
			}
		} else if len(typed) > 0 {
			f.Value = typed[0]
		}
	}
}

// wrongIn puts the message of an error beside its field, the first one when it is
// about the whole.
func wrongIn(fields []ui.Field, field string, err error) {
	if err == nil || len(fields) == 0 {
		return
	}
	for i := range fields {
		if fields[i].ID == field || fields[i].Name == field {
			fields[i].Error = apperr.Message(err)
			return
		}
	}
	fields[0].Error = apperr.Message(err)
}

// anchored gives the fields of one of several forms of a page ids of their own.
func anchored(prefix string, fields []ui.Field) []ui.Field {
	for i := range fields {
		fields[i].Name, fields[i].ID = fields[i].ID, prefix+fields[i].ID
	}
	return fields
}

func readKinds(p url.Values) []questionnaire.Kind {
	var out []questionnaire.Kind
	for _, k := range questionnaire.Kinds() {
		if slices.Contains(p["for"], string(k)) {
			out = append(out, k)
		}
	}
	if len(out) == len(questionnaire.Kinds()) {
		return nil
	}
	return out
}

func whole(p url.Values, name string) (int, error) {
	text := clean(p.Get(name))
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, &fault{name, "Écrivez un nombre entier, ou rien."}
	}
	return n, nil
}

func readBound(p url.Values, name string) (*float64, error) {
	text := clean(p.Get(name))
	if text == "" {
		return nil, nil
	}
	v, err := questionnaire.ParseNumber(text)
	if err != nil {
		return nil, &fault{name, apperr.Message(err)}
	}
	return &v, nil
}

// readEdit reads an act of the editor from its form.
func readEdit(r *http.Request, k desk) (e questionnaire.Edit, err error) {
	p := r.PostForm
	e = questionnaire.Edit{What: p.Get("what"), Do: p.Get("do"), Section: p.Get("section"), Question: p.Get("question"), Row: p.Get("row"), To: p.Get("to")}
	if e.Do == "preview" {
		e.Do = "save"
		if p.Get("adding") == "1" {
			e.Do = "add"
		}
	}
	word := map[string]string{"add": "ajout", "save": "modification", "up": "déplacement", "down": "déplacement", "remove": "retrait"}[e.Do]
	thing := map[string]string{"form": "du titre ou des réglages", "section": "d’une section", "question": "d’une question", "row": "d’une ligne"}[e.What]
	if word == "" || thing == "" {
		return e, apperr.Invalidf("Ce geste n’existe pas. Rechargez la page et recommencez.")
	}
	e.Label = word + " " + thing
	if e.Do != "add" && e.Do != "save" {
		return e, nil
	}
	switch e.What {
	case "form":
		e.Form, err = readWhole(p, k.x.Form)
	case "section":
		e.Part = questionnaire.Section{ID: k.x.Form.FreeID(k.prefix, p.Get("title")), Title: clean(p.Get("title")), Help: clean(p.Get("help")), Lever: p.Get("lever"), Theme: p.Get("theme"), Skippable: p.Get("skippable") == "1", For: readKinds(p)}
		e.Part.When, err = readWhen(p)
		if e.Part.Title == "" {
			err = &fault{"title", "Donnez un titre à la section."}
		}
	case "question":
		e.Ask, err = readQuestion(p, k)
	case "row":
		e.Line = questionnaire.Row{ID: k.x.Form.FreeID(k.prefix, p.Get("label")), Label: clean(p.Get("label")), Help: clean(p.Get("help")), Step: questionnaire.Step(p.Get("step")), For: readKinds(p)}
		if e.Do == "add" {
			e.Question, e.To = cmpOr(e.To, e.Question), ""
		}
		if e.Line.Label == "" {
			err = &fault{"label", "Écrivez l’action."}
		}
	}
	return e, err
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func readWhole(p url.Values, was questionnaire.Form) (f questionnaire.Form, err error) {
	f.Title, f.Intro = clean(p.Get("title")), clean(p.Get("intro"))
	if f.Title == "" {
		return f, &fault{"title", "Donnez un titre au questionnaire."}
	}
	pace := questionnaire.Pace{}
	if pace.Row, err = whole(p, "pace_row"); err != nil {
		return f, err
	}
	if pace.Other, err = whole(p, "pace_other"); err != nil {
		return f, err
	}
	if pace != (questionnaire.Pace{}) {
		f.Pace = &pace
	}
	for _, s := range was.Scales {
		name := "scale-" + s.Code + "-"
		if p.Has(name + "options") {
			s.Label = clean(p.Get(name + "label"))
			if s.Options, err = questionnaire.ParseOptions(clean(p.Get(name + "options"))); err != nil {
				return f, &fault{name + "options", apperr.Message(err)}
			}
		}
		f.Scales = append(f.Scales, s)
	}
	return f, nil
}

func readQuestion(p url.Values, k desk) (q questionnaire.Question, err error) {
	q = questionnaire.Question{ID: k.x.Form.FreeID(k.prefix, p.Get("label")), Type: questionnaire.Type(p.Get("type")), Label: clean(p.Get("label")), Help: clean(p.Get("help")), Role: p.Get("role"), Required: p.Get("required") == "1", For: readKinds(p)}
	if q.Label == "" {
		return q, &fault{"label", "Écrivez la question."}
	}
	if q.When, err = readWhen(p); err != nil {
		return q, err
	}
	switch q.Type {
	case questionnaire.Choice, questionnaire.Choices:
		if q.Options, err = questionnaire.ParseOptions(clean(p.Get("options"))); err != nil {
			return q, &fault{"options", apperr.Message(err)}
		}
		if len(q.Options) == 0 {
			return q, &fault{"options", "Écrivez les réponses possibles, une par ligne."}
		}
	case questionnaire.Matrix:
		for _, s := range k.x.Form.Scales {
			if slices.Contains(p["columns"], s.Code) {
				q.Columns = append(q.Columns, s.Code)
			}
		}
		if len(q.Columns) == 0 {
			return q, &fault{"columns", "Cochez au moins une échelle."}
		}
	case questionnaire.Number:
		q.Unit, q.Sum = clean(p.Get("unit")), clean(p.Get("sum"))
		for name, to := range map[string]**float64{"min": &q.Min, "max": &q.Max, "usual_min": &q.UsualMin, "usual_max": &q.UsualMax} {
			if *to, err = readBound(p, name); err != nil {
				return q, err
			}
		}
	case questionnaire.Text:
		if q.Length, err = whole(p, "length"); err != nil {
			return q, err
		}
	}
	return q, nil
}
