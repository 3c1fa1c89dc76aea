package updates

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/exchange"
	"jalon/internal/followup"
	"jalon/internal/french"
	"jalon/internal/plan"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// typed are the words of a form of an update, by the names of its fields: those that
// somebody sent, or those that its last word gives.
type typed map[string]string

// prefilled are the words of the last update: what a holder changes, rather than types.
func prefilled(x action.Action, u followup.Update) typed {
	t := typed{"status": u.Status, "blocked": u.Blocked, "next": u.Next, "next_by": u.NextBy}
	if t["status"] == "" {
		t["status"] = x.Status
	}
	if u.Progress != nil {
		t["progress"] = strconv.FormatInt(*u.Progress, 10)
	}
	if u.Spent != nil {
		t["spent"] = strings.TrimSuffix(action.Euros(*u.Spent), nb+"€")
	}
	for _, q := range u.Quantities {
		field := followup.FieldOf(q.Lever)
		if q.Quantity != nil {
			t[field] = plan.Exact(*q.Quantity)
		}
		t[field+"-unit"], t[field+"-class"], t[field+"-source"] = q.Unit, string(q.Class), q.Source
	}
	return t
}

// levers are those whose quantity the form asks for: what the action was planned to bring,
// else what it is about.
func levers(x action.Action) (out []string) {
	for _, p := range x.Impacts {
		if p.Class == action.Quantified && !slices.Contains(out, p.Lever) {
			out = append(out, p.Lever)
		}
	}
	if len(out) == 0 && x.Kind == action.Sectoral {
		out = slices.Clone(x.Levers[:min(1, len(x.Levers))])
	}
	return out
}

// fields are those of the short form: done so far, blocked by, next step.
func fields(x action.Action, t typed, lever func(string) string) (first, more []ui.Field, groups []sections.Group) {
	first = []ui.Field{
		{ID: "progress", Label: "Avancement", Value: t["progress"], Unit: "%", Help: "De 0 (rien n’est commencé) à 100 (tout est fait), à peu près.", Attributes: map[string]any{"inputmode": "numeric"}},
		sections.Choose("status", "Où en est l’action", t["status"], "je ne sais pas", action.Statuses()),
		{ID: "blocked", Label: "Ce qui bloque", Type: "textarea", Rows: 2, Value: t["blocked"], Help: "Laissez vide si rien ne bloque. Tout le monde peut lire ce texte."},
		{ID: "next", Label: "Prochaine étape", Type: "textarea", Rows: 2, Value: t["next"]},
		{ID: "next_by", Label: "Pour quand", Type: "date", Value: t["next_by"]},
	}
	for _, code := range levers(x) {
		field := followup.FieldOf(code)
		q := ui.Field{ID: field, Label: "Fait depuis le début", Type: "number", Value: t[field]}
		unit := ui.Field{ID: field + "-unit", Label: "Unité", Value: t[field+"-unit"], Help: "Par exemple km, logements, tonnes."}
		g := sections.Group{Title: lever(code)}
		for _, p := range x.Impacts {
			if p.Lever == code && p.Unit != "" {
				q.Unit, g.Hidden = p.Unit, [][2]string{{field + "-unit", p.Unit}}
				if p.Quantity != nil {
					q.Help = "L’action prévoit " + plan.Exact(*p.Quantity) + nb + p.Unit + " d’ici 2030. Laissez vide si vous ne savez pas" + nb + ": ce n’est pas un zéro."
				}
			}
		}
		var classes [][2]string
		for _, c := range followup.Classes() {
			classes = append(classes, [2]string{c[0], c[1] + nb + ": " + c[2]})
		}
		g.Fields = []ui.Field{q}
		if len(g.Hidden) == 0 {
			g.Fields = append(g.Fields, unit)
		}
		value := t[field+"-class"]
		if value == "" {
			value = string(followup.Declared)
		}
		g.Fields = append(g.Fields, sections.Choose(field+"-class", "Comment on le sait", value, "", classes), ui.Field{ID: field + "-source", Label: "Source", Value: t[field+"-source"], Help: "Nécessaire si c’est observé, sauf si vous joignez une pièce."})
		groups = append(groups, g)
	}
	more = []ui.Field{
		{ID: "spent", Label: "Dépensé depuis le début", Type: "number", Unit: "€", Value: t["spent"], Help: "Toutes sources ensemble."},
		{ID: "evidence", Label: "Lien vers une pièce", Value: t["evidence"], Help: "Une page, une photo, un compte rendu" + nb + ": une adresse https://…", Autocomplete: "off"},
		{ID: "file", Label: "Ou un fichier", Type: "file", Help: "25" + nb + "Mo au plus. L’équipe de la COP et le porteur l’ouvrent."},
		{ID: "note", Label: "Autre chose à dire", Type: "textarea", Rows: 2, Value: t["note"]},
	}
	return first, more, groups
}

// formOf is the form of an update.
func formOf(x action.Action, t typed, lever func(string) string, address string, seen int64) sections.Form {
	first, more, groups := fields(x, t, lever)
	groups = append(groups, sections.Group{Title: "Si vous le savez", Fields: more})
	return sections.Form{ID: "point", Action: address, Submit: "Enregistrer ce point", File: true, Fields: first, Groups: groups, Hidden: [][2]string{{"seen", strconv.FormatInt(seen, 10)}, {"do", "say"}}}
}

// confirming adds to a form the box that says that an unusual quantity is right.
func confirming(f *sections.Form, why error) bool {
	var ask *followup.Unconfirmed
	if !errors.As(why, &ask) {
		return false
	}
	f.Fields = append(f.Fields, ui.Field{ID: "confirm", Label: "À confirmer", Type: "checkbox", Error: ask.Message, Options: []ui.Option{{Value: "1", Label: "Oui, j’ai vérifié, c’est bien cela"}}})
	return true
}

// sentForm is a form of an update as it was sent.
type sentForm struct {
	typed
	update followup.Update
	field  string // of what could not be read
	err    error
}

func (s *sentForm) wrong(field string, err error) {
	if s.err == nil {
		s.field, s.err = field, err
	}
}

// chooseAgain says beside its field that a file that came with a refused form is not kept:
// no page can choose it again in the place of who sent it.
func (s sentForm) chooseAgain(f *sections.Form) {
	if len(s.update.Files) == 0 {
		return
	}
	for i := range f.Groups {
		for j := range f.Groups[i].Fields {
			if x := &f.Groups[i].Fields[j]; x.ID == "file" {
				x.Help = "Votre fichier «\u00a0" + s.update.Files[0].Name + "\u00a0» n’a pas été gardé\u00a0: choisissez-le à nouveau. " + x.Help
			}
		}
	}
}

const memory = 1 << 20 // of a form, before its file goes to the disk

// read reads a form of an update. What could not be read is told beside its field; close
// the staged files in any case.
func read(r *http.Request) (s sentForm, closing func(), err error) {
	s.typed, closing = typed{}, func() {}
	if err := r.ParseMultipartForm(memory); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return s, closing, apperr.New(apperr.TooLarge, err, "Ce fichier dépasse 25\u00a0Mo. Rien n’a été enregistré\u00a0: revenez en arrière, votre texte y est encore, et donnez plutôt un lien.")
		}
		return s, closing, apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	for name, v := range r.PostForm {
		if len(v) > 0 {
			s.typed[name] = shell.Clean(v[0])
		}
	}
	u := &s.update
	u.Status, u.Blocked, u.Next, u.NextBy, u.Note, u.SaidBy, u.Day = s.typed["status"], s.typed["blocked"], s.typed["next"], s.typed["next_by"], s.typed["note"], s.typed["said_by"], s.typed["day"]
	u.Unchanged, u.Confirmed = s.typed["do"] == "unchanged", s.typed["confirm"] == "1"
	if n, err := strconv.ParseInt(s.typed["seen"], 10, 64); err == nil {
		u.Seen = &n
	}
	if u.Unchanged {
		u.Said = followup.Said{Unchanged: true, Note: u.Note}
		return s, closing, nil
	}
	if v := strings.TrimSuffix(strings.TrimSpace(s.typed["progress"]), "%"); strings.TrimSpace(v) != "" {
		n, err := exchange.ParseNumber(strings.TrimSpace(v), exchange.CommaDecimal)
		if err != nil || n < -1_000 || n > 1_000 {
			s.wrong("progress", apperr.Invalidf("Écrivez un nombre de 0 à 100."))
		} else {
			p := int64(n + 0.5)
			u.Progress = &p
		}
	}
	if v := s.typed["spent"]; v != "" {
		n, err := exchange.ParseEuros(v, exchange.CommaDecimal)
		if err != nil {
			s.wrong("spent", apperr.Invalidf("Écrivez un montant en euros, comme 21\u202f667,50 ou 1,2\u00a0M€."))
		} else {
			u.Spent = &n
		}
	}
	s.quantities()
	if v := s.typed["evidence"]; v != "" {
		u.Evidence = []string{v}
	}
	closing = s.files(r)
	return s, closing, nil
}

func (s *sentForm) quantities() {
	var names []string
	for name := range s.typed {
		if lever, ok := strings.CutPrefix(name, followup.FieldOf("")); ok && strings.HasSuffix(lever, "-class") {
			names = append(names, strings.TrimSuffix(name, "-class"))
		}
	}
	slices.Sort(names)
	for _, field := range names {
		if s.typed[field] == "" {
			continue
		}
		n, err := exchange.ParseNumber(s.typed[field], exchange.CommaDecimal)
		if err != nil {
			s.wrong(field, apperr.Invalidf("Écrivez un nombre, comme 1\u202f234,5."))
			continue
		}
		s.update.Quantities = append(s.update.Quantities, followup.Quantity{Lever: strings.TrimPrefix(field, followup.FieldOf("")), Quantity: &n, Unit: s.typed[field+"-unit"], Class: followup.Class(s.typed[field+"-class"]), Source: s.typed[field+"-source"]})
	}
}

func (s *sentForm) files(r *http.Request) (closing func()) {
	closing = func() {}
	if r.MultipartForm == nil {
		return closing
	}
	all := slices.DeleteFunc(slices.Clone(r.MultipartForm.File["file"]), func(h *multipart.FileHeader) bool { return h.Filename == "" })
	if len(all) == 0 {
		return closing
	}
	f, err := all[0].Open()
	if err != nil {
		s.wrong("file", apperr.New(apperr.Invalid, err, "Ce fichier n’a pas pu être lu. Choisissez-le à nouveau."))
		return closing
	}
	defer func() { _ = f.Close() }()
	name := shell.Clean(all[0].Filename)
	staged, err := blob.Stage(r.Context(), "", io.Reader(f), blob.Claim{Name: name, Type: all[0].Header.Get("Content-Type")})
	if err != nil {
		s.wrong("file", err)
		return closing
	}
	s.update.Files = []followup.File{{Name: name, Blob: staged}}
	return func() { _ = staged.Close() }
}

// refuse puts a refusal beside its field, in the form that comes back filled.
func refuse(f *sections.Form, field string, err error) []ui.Alert {
	var fault *action.Fault
	if errors.As(err, &fault) && field == "" {
		field = fault.Field
	}
	if confirming(f, err) {
		return nil
	}
	if len(sections.Wrong(f.Fields, field, err)) == 0 {
		return nil
	}
	for i := range f.Groups {
		if len(sections.Wrong(f.Groups[i].Fields, field, err)) == 0 {
			return nil
		}
	}
	return []ui.Alert{{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(err)}}
}

// told is an update in words, for receipts, sheets and lists.
func told(u followup.Update, lever func(string) string) (out [][2]string) {
	add := func(label, text string) {
		if text != "" {
			out = append(out, [2]string{label, text})
		}
	}
	if u.Unchanged {
		add("Depuis la dernière fois", "rien n’a changé")
	}
	if u.Progress != nil {
		add("Avancement", strconv.FormatInt(*u.Progress, 10)+nb+"%")
	}
	if u.Status != "" {
		add("Où en est l’action", action.Named(action.Statuses(), u.Status))
	}
	for _, q := range u.Quantities {
		if q.Quantity == nil {
			continue
		}
		text := plan.Exact(*q.Quantity) + nb + q.Unit + ", " + q.Class.Name()
		if q.Source != "" {
			text += " (" + q.Source + ")"
		}
		add("Fait depuis le début, "+lever(q.Lever), text)
	}
	if u.Spent != nil {
		add("Dépensé depuis le début", action.Euros(*u.Spent))
	}
	add("Ce qui bloque", u.Blocked)
	next := u.Next
	if u.NextBy != "" {
		next = strings.TrimPrefix(strings.TrimSuffix(next, ".")+", pour le "+french.Day(u.NextBy), ", ")
	}
	add("Prochaine étape", next)
	for _, e := range u.Evidence {
		if followup.IsFile(e) {
			add("Pièce", "un fichier, que l’équipe ouvre")
		} else {
			add("Pièce", e)
		}
	}
	add("Remarque", u.Note)
	return out
}
