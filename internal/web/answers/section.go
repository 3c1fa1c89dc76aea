package answers

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// seenCell is a cell as the page was drawn with it: what the next save is held to.
type seenCell struct {
	Rev   int64  `json:"r"`
	Value string `json:"v"`
}

// sectionView is the page of one part.
type sectionView struct {
	Heading   ui.Heading
	Notices   []ui.Alert
	Faults    []ui.Link
	Action    string // of the form without script
	Cells     string // where cells are saved one by one
	Backup    string // names what the browser keeps while the line is down
	Spec      string
	State     string // JSON of seenCell by key
	Status    string
	Disabled  bool
	Files     bool // asks for one
	Skip      *cellView
	Skipped   bool
	ID        string
	Hints     []hintView // on the part as a whole: what its territory is invited to
	Questions []questionView
	ToConfirm int
	Previous  ui.Link
	Next      string // what follows, in words
	Contents  string
}

type questionView struct {
	ID, Label, Help, Type string
	Hidden                bool
	Scales                [][2]string // of a matrix: what each asks, in words
	Rows                  []rowView
	Cell                  cellView
	Hints                 []hintView
}

type rowView struct {
	ID, Label, Help, Step string
	Cells                 []cellView
	Hints                 []hintView
}

// cellView is one thing to answer, with what there is to say of it.
type cellView struct {
	Key, Label, Help, Type, Unit, Value string
	Options                             []ui.Option
	Sheet                               []ui.Field
	Say                                 string // French
	Kind                                string // of Say: conflict, refused, confirm, prefilled, corrected, by
	Confirm                             string // what ticking says; "" when there is nothing to confirm
	Theirs                              bool   // the other value may be taken
	Reason                              string
	AskReason                           bool
	Required                            bool
	Length                              int
	File                                string // where the file that answers is
}

type hintView struct{ Text, Source, Link, Key, Value, Label string }

func (d Deps) section(w http.ResponseWriter, r *http.Request, t table) error {
	return d.sectionPage(w, r, t, nil, 0)
}

// sectionPage draws a part. outcomes are those of the save that it answers to: what
// was refused, or conflicts, comes back as it was typed.
func (d Deps) sectionPage(w http.ResponseWriter, r *http.Request, t table, outcomes map[string]survey.Outcome, status int) error {
	s, ok := t.Form().Section(r.PathValue("section"))
	if !ok || !t.Path.Graph.Given(t.Answers).Shows(s.ID) {
		return apperr.NotFoundf("Cette partie n’est pas de votre questionnaire. Revenez au sommaire de la réponse.")
	}
	hints, err := d.Room.Hints(r.Context(), d.Q, t.Response, t.Form())
	if err != nil {
		return err
	}
	v := sectionView{ID: s.ID, Action: t.path + "/" + s.ID, Cells: t.path + "/cellules", Backup: t.Response.ID + "/" + s.ID, Contents: t.path}
	open, why := t.writable()
	if !open {
		v.Notices = append(v.Notices, why)
	} else if !t.Seat.Writer(s.ID) {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Cette partie n’est pas la vôtre", Text: "Vous pouvez la lire. Les parties qui vous sont confiées sont marquées au sommaire."})
	}
	v.Disabled = !open || !t.Seat.Writer(s.ID)
	parts := t.Parts(t.Seats)
	i := slices.IndexFunc(parts, func(p survey.Part) bool { return p.Section.ID == s.ID })
	v.Heading = ui.Heading{Overline: t.theme(s.Theme), Title: s.Title, Lead: s.Help, Scope: []string{t.Response.Name}}
	if i >= 0 {
		v.Heading.Scope = append(v.Heading.Scope, "partie "+strconv.Itoa(i+1)+" sur "+strconv.Itoa(len(parts)))
		for _, c := range parts[i].Colleagues {
			if c.ID != t.Seat.ID {
				v.Heading.Scope = append(v.Heading.Scope, "confiée à "+c.Known())
			}
		}
		v.ToConfirm = parts[i].ToConfirm
		if i > 0 {
			v.Previous = ui.Link{Label: parts[i-1].Section.Title, Href: t.path + "/" + parts[i-1].Section.ID}
		}
	}
	v.Next = cmp.Or(t.next(parts, s.ID).Label, "relire la réponse")
	if m := t.Progress.Minutes; m > 0 && open && t.Seat.Role != survey.Colleague { // of the whole response
		v.Heading.Scope = append(v.Heading.Scope, "environ "+strconv.Itoa(m)+"\u00a0minutes pour le reste")
	}
	if x, ok := t.Last(); ok {
		v.Status = "Dernier enregistrement le " + french.Date(x.At.In(t.zone)) + " à " + x.At.In(t.zone).Format("15:04")
		if d.clock(t, x.At) == x.At.In(t.zone).Format("15:04") {
			v.Status = "Enregistré à " + d.clock(t, x.At)
		}
	}
	for _, x := range questionnaire.CheckSums(t.Form(), t.Answers) {
		if c, ok := t.Path.Cell(x.Keys[0]); ok && c.Section == s.ID {
			v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Un total est à revoir", Text: x.Message})
		}
	}
	state := map[string]seenCell{}
	given := t.Path.Graph.Given(t.Answers)
	cellAt := func(c questionnaire.Cell, q questionnaire.Question) cellView {
		x := d.cell(t, c, q, outcomes)
		if k, ok := t.Drafts[c.Key]; ok {
			state[c.Key] = seenCell{k.Rev, k.Value}
		}
		if x.Say != "" && (x.Kind == "refused" || x.Kind == "conflict") {
			v.Faults = append(v.Faults, ui.Link{Label: x.Label + "\u00a0: " + x.Say, Href: "#c-" + c.Key})
		}
		return x
	}
	if s.Skippable {
		c, _ := t.Path.Cell(s.Skip())
		x := cellAt(c, questionnaire.Question{})
		v.Skip, v.Skipped = &x, t.Answers[s.Skip()] == questionnaire.Skipped
	}
	if k, ok := t.Drafts[s.Seen()]; ok {
		state[s.Seen()] = seenCell{k.Rev, k.Value}
	}
	v.Hints = t.hints(hints, s.ID, v.Disabled)
	for _, q := range s.Questions {
		v.Files = v.Files || q.Type == questionnaire.File
		x := questionView{ID: q.ID, Label: q.Label, Help: q.Help, Type: string(q.Type), Hidden: !given.Shows(q.ID), Hints: t.hints(hints, q.ID, v.Disabled)}
		if q.Type == questionnaire.Matrix {
			for _, code := range q.Columns {
				if scale := t.Form().Scale(code); scale.Help != "" {
					x.Scales = append(x.Scales, [2]string{scale.Label, scale.Help})
				}
			}
			for _, row := range q.Rows {
				y := rowView{ID: row.ID, Label: row.Label, Help: row.Help, Step: row.Step.Name()}
				for _, col := range q.Columns {
					c, _ := t.Path.Cell(row.ID + "." + col)
					y.Cells = append(y.Cells, cellAt(c, q))
					y.Hints = append(y.Hints, t.hints(hints, c.Key, v.Disabled)...)
				}
				x.Rows = append(x.Rows, y)
			}
		} else {
			c, _ := t.Path.Cell(q.ID)
			x.Cell = cellAt(c, q)
		}
		v.Questions = append(v.Questions, x)
	}
	spec, err := json.Marshal(t.Path.Graph.Spec(t.Answers, s.ID))
	if err != nil {
		return err
	}
	kept, err := json.Marshal(state)
	if err != nil {
		return err
	}
	v.Spec, v.State = string(spec), string(kept)
	page := d.frame(r, t, s.Title, ui.Link{Label: s.Title})
	if !v.Disabled {
		page.Scripts = append(page.Scripts, d.asset("questionnaire.js"), d.asset("answers.js"))
	}
	return d.Shell.RenderStatus(w, r, max(status, http.StatusOK), page, sectionPage(v))
}

func (d Deps) asset(name string) string {
	if d.Shell.Asset == nil {
		return "/static/" + name
	}
	return d.Shell.Asset(name)
}

// next is the part after one, the last leads to reading over.
func (t table) next(parts []survey.Part, id string) ui.Link {
	for i, p := range parts {
		if p.Section.ID != id {
			continue
		}
		for _, q := range parts[i+1:] {
			if t.Seat.Writer(q.Section.ID) {
				return ui.Link{Label: q.Section.Title, Href: t.path + "/" + q.Section.ID}
			}
		}
	}
	return ui.Link{}
}

// sectionSave keeps what the form of a part sends: what differs from what the page
// was drawn with, and nothing else.
func (d Deps) sectionSave(w http.ResponseWriter, r *http.Request, t table) error {
	if err := readSection(w, r); err != nil {
		return err
	}
	s, ok := t.Form().Section(r.PathValue("section"))
	if !ok {
		return apperr.NotFoundf("Cette partie n’est pas de votre questionnaire. Revenez au sommaire de la réponse.")
	}
	state := map[string]seenCell{}
	if err := json.Unmarshal([]byte(r.PostForm.Get("etat")), &state); err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Revenez en arrière, votre navigateur garde ce que vous avez écrit, puis rechargez la page.")
	}
	do := shell.Typed(r, "do")
	changes, err := t.changes(r.PostForm, s, state, do)
	if err != nil {
		return err
	}
	out, err := d.Room.Save(r.Context(), d.Q, t.Seat, t.Response.ID, changes)
	if err != nil {
		return err
	}
	files, err := d.attach(r, t, s, state)
	if err != nil {
		return err
	}
	out.Outcomes = append(out.Outcomes, files...)
	outcomes, status := map[string]survey.Outcome{}, 0
	for _, o := range out.Outcomes {
		outcomes[o.Key] = o
		switch o.Verdict {
		case survey.Clash:
			status = http.StatusConflict
		case survey.Rejected:
			status = max(status, http.StatusBadRequest)
		case survey.ToSay:
			if status == 0 {
				status = http.StatusOK
			}
		}
	}
	if status == 0 {
		to := t.path + "/" + s.ID
		if do == "next" {
			after, err := d.open(r) // which parts are asked may have changed
			if err != nil {
				return err
			}
			to = cmp.Or(after.next(after.Parts(nil), s.ID).Href, t.path+"/relire")
		}
		return shell.SeeOther(w, r, to)
	}
	after, err := d.open(r)
	if err != nil {
		return err
	}
	return d.sectionPage(w, r, after, outcomes, status)
}

// changes are the cells of a part that a form left otherwise than its page was
// drawn.
func (t table) changes(form map[string][]string, s questionnaire.Section, state map[string]seenCell, do string) ([]survey.Change, error) {
	verb, arg, _ := strings.Cut(do, ":")
	set := map[string]string{}
	if verb == "hint" {
		if key, value, ok := strings.Cut(arg, "="); ok {
			set[key] = value
		}
	}
	one := func(name string) string {
		if v := form[name]; len(v) > 0 {
			return strings.ReplaceAll(shell.Clean(v[0]), "\r\n", "\n")
		}
		return ""
	}
	var out []survey.Change
	var err error
	for _, c := range t.Form().CellsOf(s) {
		was := state[c.Key]
		value := one(c.Key)
		switch c.Type {
		case questionnaire.Choice, questionnaire.Choices:
			value = shell.Clean(strings.Join(form[c.Key], " "))
		case questionnaire.Sheet:
			fields := map[string]string{}
			for _, f := range questionnaire.SheetFields() {
				fields[f.Name] = one(c.Key + ":" + f.Name)
			}
			if value, err = makeSheet(fields); err != nil {
				return nil, err
			}
		case questionnaire.File:
			if value = was.Value; slices.Contains(form["retirer"], c.Key) {
				value = ""
			}
		}
		if x, ok := set[c.Key]; ok {
			value = x
		}
		if verb == "theirs" && arg == c.Key {
			continue
		}
		change := survey.Change{Key: c.Key, Value: value, Rev: was.Rev, Reason: one("reason." + c.Key), Confirm: slices.Contains(form["confirm"], c.Key) || do == "confirm-all" && t.Drafts[c.Key].ToConfirm()}
		if value != display(c.Type, was.Value) || change.Confirm || change.Reason != "" && change.Reason != t.Drafts[c.Key].Reason {
			out = append(out, change)
		}
	}
	if do == "next" && state[s.Seen()].Value == "" {
		out = append(out, survey.Change{Key: s.Seen(), Value: questionnaire.Gone, Rev: state[s.Seen()].Rev})
	}
	return out, nil
}

// display writes a kept value as a control shows it.
func display(kind questionnaire.Type, value string) string {
	if kind == questionnaire.Number {
		return strings.Replace(value, ".", ",", 1)
	}
	return value
}

// hints are what is known beside a cell; rights are already those of the page.
func (t table) hints(all map[string][]survey.Hint, key string, disabled bool) (out []hintView) {
	for _, h := range all[key] {
		if k := t.Drafts[key]; h.Fill && k.Source != "" && !k.Corrected() {
			continue // said by the answer itself
		}
		if h.Fill && h.Value != "" {
			c, _ := t.Path.Cell(key)
			h.Text = "Valeur connue\u00a0: " + said(c, h.Value) + "."
		}
		x := hintView{Text: h.Text, Source: h.Source, Link: h.Link}
		if c, ok := t.Path.Cell(key); ok && h.Value != "" && !disabled && t.Answers[key] != h.Value {
			x.Key, x.Value, x.Label = key, h.Value, "Répondre «\u00a0"+said(c, h.Value)+"\u00a0»"
			if c.Column == questionnaire.Mobilisation {
				x.Label = "Compter comme «\u00a0" + said(c, h.Value) + "\u00a0»"
			}
		}
		out = append(out, x)
	}
	return out
}
