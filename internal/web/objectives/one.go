package objectives

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// typedValue is a value as a form gives it.
type typedValue struct{ measure, value, reason string }

// back is what came back of a form of the page of a lever: which form, what was
// typed in it, and why it was refused.
type back struct {
	form  string // value, withdraw, dissent, or the id of the dissent to lift
	value typedValue
	// dissent is typed in fields of its own; reason is that of a withdrawal or of a
	// dissent that is lifted.
	dissent objective.NewDissent
	reason  string
	err     error
}

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	return d.showOne(w, r, http.StatusOK, back{})
}

// lever is the page of a lever in a place, with what is on the table.
type lever struct {
	where
	line     panorama.Line
	o        objective.Objective
	found    bool
	dissents []objective.Dissent
	unit     string // of its level, empty when kt alone can be written
	why      string // there is no unit
}

func (d Deps) lever(r *http.Request) (x lever, err error) {
	if x.where, err = d.find(r); err != nil {
		return x, err
	}
	var ok bool
	if x.line, ok = x.place.Line(r.PathValue("levier")); !ok {
		return x, apperr.NotFoundf("Ce levier n’est pas de ceux de ce territoire.")
	}
	_, x.unit, x.why = x.place.Unit(x.line)
	if x.o, x.found, err = objective.Of(r.Context(), d.Q, x.place, x.line.Lever.Code); err != nil || !x.found {
		return x, err
	}
	x.dissents, err = objective.DissentsOf(r.Context(), d.Q, x.o.ID)
	return x, err
}

func (x lever) stands() bool {
	return x.found && (x.o.State == objective.Discussed || x.o.State == objective.Shared || x.o.State == objective.Sharing)
}

func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, b back) error {
	a := shell.Actor(r)
	x, err := d.lever(r)
	if err != nil {
		return err
	}
	here := x.where.lever(x.line.Lever.Code)
	v := view{Heading: ui.Heading{Overline: x.name(), Title: x.line.Lever.Name + nb + ": " + standing(x), Scope: x.scope()}, Tabs: d.tabs(r, x.where), Here: here}
	if b.err != nil {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(b.err)})
	}
	if x.o.State == objective.Sharing {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Le partage de cet objectif attend la validation des deux têtes", Text: "Il ne change pas tant que la liste est ouverte.", Links: []ui.Link{{Label: "Lire la liste", Href: x.base() + "/partages/" + x.o.Sharing}}})
	}
	past, err := d.history(r, x)
	if err != nil {
		return err
	}
	docs, err := d.documents(r, x.where)
	if err != nil {
		return err
	}
	v.Steps, v.Next = x.steps(), x.next(a)
	v.Table = x.values(docs)
	v.Top = []section{x.held()}
	if d.Reachable != nil && x.place.Ref().Scale == territory.RegionS {
		said, err := d.Reachable(r.Context(), x.cop, x.line.Lever.Code)
		if err != nil {
			return err
		}
		if said.Title != "" {
			v.Top = append(v.Top, section{ID: said.ID, Title: said.Title, Texts: said.Texts, Table: said.Table, Links: said.links(here)})
		}
	}
	if x.may(a, policy.Edit) {
		kept := x.fields(x.kept())
		f := formView{ID: "valeur", Title: "Mettre une valeur sur la table", Action: here, Do: "put", Rev: strconv.FormatInt(x.o.Rev, 10), Submit: "Enregistrer cette valeur", Fields: x.fields(prefilled(r, x.kept()))}
		if x.stands() {
			f.Title = "Changer la valeur"
		}
		if b.form == "value" {
			f.Fields = x.fields(b.value)
			wrongIn(f.Fields, b.err)
			f.Fields = append(f.Fields, confirmation(b.err)...)
			if apperr.KindOf(b.err) == apperr.Conflict {
				v.Moved = both(kept, f.Fields)
			}
		}
		if x.o.State != objective.Sharing || b.form == "value" {
			v.Forms = append(v.Forms, f)
		}
		v.Forms = append(v.Forms, x.others(here, b)...)
	}
	if !objective.Subject(x.line.Lever.Code) {
		v.Sections = append(v.Sections, x.known())
	}
	v.Sections = append(v.Sections, past)
	v.Foot = ui.Source{Text: "panorama de l’État, juillet 2024" + nb + "; valeurs écrites par la COP.", Print: true}
	way := []ui.Link{{Label: x.line.Lever.ShortName}}
	if x.desk() != x.base() {
		way = append([]ui.Link{{Label: x.name(), Href: x.desk()}}, way...)
	}
	return d.private(w, r, status, x.where, v, way...)
}

func (x lever) scope() []string {
	if objective.Subject(x.line.Lever.Code) {
		return []string{"objectif indicatif, non contraignant", "biodiversité et ressources, hors de toute somme"}
	}
	return []string{"objectif indicatif, non contraignant", "de 2019 à 2030, en kt de CO₂e par an"}
}

// short writes a value for a title.
func short(v objective.Value) string {
	if !v.Kg.Known {
		return v.LevelText()
	}
	return v.Kg.Kg.Less() + " par an"
}

// values sets side by side what is offered, what plans say, what is on the table
// and what is in force.
func (x lever) values(docs map[string]plan.Line) ui.Table {
	decimals := 2
	t := ui.Table{ID: "valeurs", Caption: "Ce levier dans ce territoire", Columns: []ui.Column{{Label: "Qui le dit"}, {Label: "Valeur", Unit: wording.Kilotonnes, Number: true}, {Label: "Depuis"}, {Label: "Pourquoi", Wide: true}}}
	offered := objective.Line{Line: x.line, Offered: x.place.Offered(x.line)}
	t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: "Proposé par l’État"}, offeredCell(offered, decimals), {Text: french.Month(x.place.Panorama.Edition)}, {Text: x.line.Origin()}}})
	if aim := x.place.Aim(x.line.Lever.Code); aim != "" {
		t.Rows = []ui.Row{{Cells: []ui.Cell{{Text: "Cible nationale"}, {Missing: x.line.Objective.Reason}, {}, {Text: aim}}}}
	}
	if docs != nil && !objective.Subject(x.line.Lever.Code) {
		c := documentCell(docs[x.line.Lever.Code], decimals)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: "Document de la Région"}, c, {}, {Text: "Lire la comparaison", Href: "/regions/" + x.region.Slug + "/plans"}}})
	}
	if x.o.SharedRev > 0 {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: "Partagé, en vigueur"}, x.sharedWhy(valueCell(x.o.SharedValue, decimals), x.line.Lever.Code, x.line.Lever.ShortName), {Text: french.Day(x.o.SharedOn)}, {Text: "validé par les deux têtes de la COP"}}})
	}
	if o, ok := x.before[x.line.Lever.Code]; ok {
		row := []ui.Cell{{Text: "Partagé par la COP " + o.Cycle, Sub: "toujours en vigueur"}, x.sharedIn(valueCell(o.SharedValue, decimals), o, x.line.Lever.ShortName), {Text: french.Day(o.SharedOn)}, {Text: "validé par les deux têtes de la COP " + o.Cycle}}
		if x.o.SharedRev > 0 {
			row[0].Sub = "une autre valeur est en vigueur"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	if x.o.State == objective.Discussed || x.o.State == objective.Sharing {
		why := ui.Cell{Text: x.o.Reason}
		if x.o.Above {
			why.Sub = "au-delà de ce que l’on sait des émissions de ce levier, confirmé par son auteur"
		}
		t.Rows = append(t.Rows, ui.Row{Current: true, Cells: []ui.Cell{{Text: "Sur la table", Sub: x.o.State.Name()}, valueCell(x.o.Value, decimals), {Text: french.Date(x.o.At)}, why}})
	}
	return t
}

func (x lever) held() section {
	s := section{ID: "desaccords", Title: "Qui ne tient pas cette valeur"}
	for _, y := range x.dissents {
		line := y.Who() + ", le " + french.Day(y.Day) + ", " + holds(y.Holds()) + ". «\u00a0" + y.Text + "\u00a0»"
		if y.State == objective.DissentLifted {
			line += " – levé le " + french.Date(y.At) + " (raison dans l’histoire)"
		}
		s.Texts = append(s.Texts, line)
	}
	if len(s.Texts) == 0 {
		s.Texts = []string{"Aucun désaccord n’est noté. Un désaccord se note à côté de la valeur, par partie, avec ce que cette partie tient à la place\u00a0; il reste dans l’histoire quand il est levé."}
	}
	return s
}

// known says what the value can be compared with.
func (x lever) known() section {
	s := section{ID: "plafond", Title: "Ce que l’on sait des émissions de ce levier"}
	v := x.place.Offered(x.line)
	if reading, ok := x.o.Now(true); ok && x.found {
		v = reading.Value
	}
	c := x.place.Ceiling(x.line, v)
	s.Texts = append(append(s.Texts, c.Beyond...), c.Read...)
	if c.Nothing {
		s.Texts = append(s.Texts, "Rien n’est connu des émissions totales de ce levier dans ce territoire\u00a0: aucun point de départ publié ne les borne, et elles n’ont pas été importées. Jalon ne peut donc pas dire si une valeur les dépasse.")
	}
	return s
}

func (x lever) kept() typedValue {
	t := typedValue{measure: string(objective.InKt)}
	if x.stands() {
		return typedValue{string(x.o.Measure), x.o.Typed, x.o.Reason}
	}
	if x.line.Objective.Known {
		t.value = panorama.FieldObjective(x.line.Objective.Kg)
	}
	return t
}

func (x lever) measures() [][2]string {
	if objective.Subject(x.line.Lever.Code) {
		return [][2]string{{string(objective.InLevel), "le niveau de 2030, en " + x.unit}}
	}
	out := [][2]string{{string(objective.InKt), "kt de CO₂e évitées par an en 2030, par rapport à 2019"}}
	if x.unit != "" {
		out = append(out, [2]string{string(objective.InLevel), "l’unité du levier en 2030" + nb + ": " + x.unit})
	}
	return out
}

func (x lever) fields(t typedValue) []ui.Field {
	measure := choose("measure", "", "Vous écrivez", t.measure, x.measures())
	if objective.Subject(x.line.Lever.Code) {
		measure.Help = "Ce sujet ne se compte pas en tonnes de CO₂\u00a0: il n’entre dans aucune somme."
	} else if x.unit == "" {
		measure.Help = "Les kt seulement. " + x.why
	} else {
		measure.Help = "L’autre mesure se calcule par le ratio du panorama\u00a0; ce que vous écrivez est gardé tel quel."
	}
	help := "Par exemple 1\u202f234,5."
	if !objective.Subject(x.line.Lever.Code) {
		help += " Un nombre négatif de kt dit que les émissions augmentent\u00a0: c’est possible."
	}
	return []ui.Field{measure, {ID: "value", Label: "Valeur", Type: "number", Required: true, Value: t.value, Help: help},
		{ID: "reason", Label: "Pourquoi cette valeur", Type: "textarea", Required: true, Value: t.reason, Help: "La raison reste à côté de la valeur, avec votre nom et la date."}}
}

// confirmation is the box of a value above what is known, with what is known.
func confirmation(err error) []ui.Field {
	var u *objective.Unconfirmed
	if !errors.As(err, &u) {
		return nil
	}
	f := ui.Field{ID: "confirm", Type: "checkbox", Label: "Cette valeur dépasse ce que l’on sait", Error: "Corrigez la valeur, ou cochez la case pour la confirmer."}
	for _, s := range u.Ceiling.Beyond {
		f.Help += s + " "
	}
	f.Options = []ui.Option{{Value: "1", Label: "Je confirme cette valeur"}}
	return []ui.Field{f}
}

// others are the forms beside that of the value.
func (x lever) others(here string, b back) (out []formView) {
	rev := strconv.FormatInt(x.o.Rev, 10)
	if x.o.State == objective.Discussed || b.form == "withdraw" {
		f := formView{ID: "retirer", Title: "Retirer la valeur", Intro: "La valeur quitte la table et reste dans l’histoire.", Action: here, Do: "withdraw", Rev: rev, Submit: "Retirer la valeur", Secondary: true, Folded: b.form != "withdraw",
			Fields: []ui.Field{{ID: "withdraw-reason", Label: "Pourquoi la retirer", Type: "textarea", Required: true}}}
		if x.o.SharedRev > 0 {
			f.Intro = "La valeur quitte la table\u00a0; celle que les deux têtes ont partagée reste en vigueur."
		}
		if slices.ContainsFunc(x.dissents, func(y objective.Dissent) bool { return y.State == objective.DissentHeld }) {
			f.Intro += " Les désaccords notés contre elle sont levés avec elle."
		}
		if b.form == "withdraw" {
			f.Fields[0].Value = b.reason
			wrongIn(f.Fields, b.err)
		}
		out = append(out, f)
	}
	offered := !x.stands() && x.line.Objective.Known
	if offered || x.o.State == objective.Discussed || x.o.State == objective.Shared || b.form == "dissent" {
		f := formView{ID: "noter", Title: "Noter un désaccord", Action: here + "/desaccords", Do: "add", Submit: "Noter ce désaccord", Secondary: true, Folded: b.form != "dissent", Fields: x.dissentFields(b.dissent)}
		if offered {
			f.Title, f.Subject = "Noter un désaccord sur ce que l’État propose", dissentOfOffered
			f.Intro = "Personne n’a encore mis de valeur sur la table\u00a0: celle que l’État propose y sera mise, comme valeur discutée, pour que ce désaccord se lise à côté d’elle."
		}
		if b.form == "dissent" {
			wrongIn(f.Fields, b.err)
		}
		out = append(out, f)
	}
	for _, y := range x.dissents {
		if y.State != objective.DissentHeld || x.o.State == objective.Sharing && b.form != y.ID {
			continue
		}
		f := formView{ID: "lever-" + y.ID, Title: "Lever le désaccord" + nb + ": " + y.Who(), Action: here + "/desaccords", Do: "lift", Rev: strconv.FormatInt(y.Rev, 10), Subject: y.ID, Submit: "Lever ce désaccord", Secondary: true, Folded: b.form != y.ID,
			Fields: []ui.Field{{ID: "lift-" + y.ID, Name: "lift-reason", Label: "Pourquoi il est levé", Type: "textarea", Required: true}}}
		if b.form == y.ID {
			f.Fields[0].Value = b.reason
			wrongIn(f.Fields, b.err)
		}
		out = append(out, f)
	}
	return out
}

// dissentOfOffered says in the form that the dissent is about what the State offers.
const dissentOfOffered = "propose"

func (x lever) dissentFields(t objective.NewDissent) []ui.Field {
	party := choose("party", "", "De quelle partie", t.Party, objective.Parties())
	measure := choose("dissent-measure", "measure", "Ce qu’elle tient s’écrit", string(t.Measure), x.measures())
	value := ui.Field{ID: "dissent-value", Name: "value", Label: "Ce qu’elle tient à la place", Type: "number", Value: t.Typed, Help: "Laissez vide si elle ne propose pas d’autre valeur."}
	return []ui.Field{party, {ID: "name", Label: "Qui", Required: true, Value: t.Name, Help: "Un organisme, un collège, un élu dans ses fonctions."}, measure, value,
		{ID: "text", Label: "Ce qu’elle en dit", Type: "textarea", Required: true, Value: t.Text}, {ID: "day", Label: "Dit le", Type: "date", Value: t.Day, Help: "Aujourd’hui si vous laissez vide."}}
}

// history is every version with what changed since the one before.
func (d Deps) history(r *http.Request, x lever) (section, error) {
	s := section{ID: "histoire", Title: "Son histoire"}
	if !x.found {
		s.Texts = []string{"Personne n’a encore écrit de valeur."}
		return s, nil
	}
	past, err := objective.Versions(r.Context(), d.Q, x.o.ID)
	if err != nil {
		return s, err
	}
	var ids []string
	for _, v := range past {
		ids = append(ids, v.By)
	}
	people, err := d.names(r, ids...)
	if err != nil {
		return s, err
	}
	t := ui.Table{ID: "versions", Caption: "Chaque version, la dernière d’abord, avec ce qui a changé", Columns: []ui.Column{{Label: "Version"}, {Label: "Le"}, {Label: "Qui"}, {Label: "Ce qui a changé", Wide: true}, {Label: "Pourquoi", Wide: true}}}
	for i, v := range past {
		before := objective.Past{}
		if i+1 < len(past) {
			before = past[i+1]
		}
		changed := ""
		for _, c := range objective.Diff(before, v) {
			if changed != "" {
				changed += "\u00a0; "
			}
			changed += c.What + nb + ": " + said(c.From) + " → " + said(c.To)
		}
		if changed == "" {
			changed = "rien d’autre que la raison"
		}
		who := ui.Cell{Text: people[v.By]}
		if who.Text == "" {
			who.Missing = "cette personne n’a plus de compte, ou n’a pas dit son nom"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.FormatInt(v.Rev, 10)}, {Text: french.Date(v.At)}, who, {Text: changed}, {Text: v.Reason}}})
	}
	s.Table = t
	return s, nil
}

func said(text string) string {
	if text == "" {
		return "rien"
	}
	return text
}

// both is the table of what is kept and what was typed, where they differ.
func both(kept, typed []ui.Field) ui.Table {
	t := ui.Table{ID: "deux-versions", Caption: "Ce qui est enregistré, et ce que vous avez écrit", Columns: []ui.Column{{Label: "Champ"}, {Label: "Enregistré", Wide: true}, {Label: "Le vôtre", Wide: true}}}
	value := func(f ui.Field) string {
		for _, o := range f.Options {
			if o.Selected {
				return o.Label
			}
		}
		return f.Value
	}
	for i := range kept {
		if a, b := value(kept[i]), value(typed[i]); a != b {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: kept[i].Label}, {Text: said(a)}, {Text: said(b)}}})
		}
	}
	return t
}
