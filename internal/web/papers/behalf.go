package papers

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/french"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// behalf is the page where a team keeps the paper of an authority, types what it
// says and, when it is signed, validates on the strength of it.
func (d Deps) behalf(w http.ResponseWriter, r *http.Request) error {
	return d.showBehalf(w, r, http.StatusOK, nil)
}

func (d Deps) showBehalf(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	t, err := d.forTeam(r)
	if err != nil {
		return err
	}
	papers, err := survey.PapersOf(r.Context(), d.Q, t.ID)
	if err != nil {
		return err
	}
	here := t.path + "/papier"
	v := view{Heading: ui.Heading{Overline: "Réponse papier", Title: t.Name + nb + ": saisir une réponse reçue sur papier", Scope: []string{"réservé à l’équipe", "réponse " + t.State.Name()},
		Lead: "Gardez d’abord l’image du papier reçu. Vous saisissez ensuite ce qu’il dit" + nb + ": chaque réponse porte sa source, et le journal garde que vous avez agi pour le compte de la collectivité."},
		Links: []ui.Link{{Label: "Imprimer le questionnaire de cette collectivité", Href: t.path + "/imprimer?vierge=1"}, {Label: "Formulaire XLSX de cette collectivité", Href: t.path + "/formulaire"}}}
	list := ui.Table{ID: "t-papiers", Caption: "Papiers reçus", CaptionHidden: true, Columns: []ui.Column{{Label: "Papier", Wide: true}, {Label: "Reçu"}, {Label: "Signé par", Wide: true}}}
	signed := false
	for _, p := range papers {
		who := ui.Cell{Missing: "papier non signé"}
		if p.SignedBy != "" {
			who, signed = ui.Cell{Text: p.SignedBy, Sub: p.Title}, signed || p.Title != ""
		}
		list.Rows = append(list.Rows, ui.Row{Cells: []ui.Cell{{Text: p.File, Href: here + "/image/" + p.ID}, {Text: french.Day(p.ReceivedOn)}, who}})
	}
	v.Tables = []titled{{ID: "papiers", Title: "Papiers reçus", Table: list, Empty: "Aucun papier n’est encore gardé pour cette collectivité."}}
	if len(papers) > 0 {
		if err := d.parts(r, t, &v); err != nil {
			return err
		}
	}
	add := []ui.Field{{ID: "scan", Label: "Image du papier", Type: "file", Required: true, Accept: ".pdf,.jpg,.jpeg,.png", Help: "PDF, JPEG ou PNG, 25" + nb + "Mo au plus."},
		{ID: "received_on", Label: "Reçu le", Type: "date", Required: true, Value: or(r.PostFormValue("received_on"), d.Now().Format(time.DateOnly))},
		{ID: "signed_by", Label: "Nom de la personne qui a signé", Value: r.PostFormValue("signed_by"), Help: "Vide si le papier n’est pas signé" + nb + ": il pourra être saisi, pas validé."},
		{ID: "title", Label: "Qualité de cette personne", Value: r.PostFormValue("title"), Help: "Par exemple" + nb + ": maire, présidente, vice-président délégué."}}
	fault(add, wrong)
	v.Forms = append(v.Forms, formView{ID: "garder", Title: "Garder un papier reçu", Action: here, Submit: "Garder ce papier", Files: true, Fields: add})
	if signed {
		desk, err := d.Room.Open(r.Context(), d.Q, t.seat, t.ID)
		if err != nil {
			return err
		}
		if left := len(desk.Blockers()); left > 0 {
			v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: french.Integer(int64(left)) + nb + french.Plural(left, "réponse attend une confirmation", "réponses attendent une confirmation"), Text: "Ouvrez les parties plus haut et complétez-les avant de valider."})
		} else if t.State != survey.Done && t.State != survey.Refused && desk.Progress.Rated > 0 {
			v.Forms = append(v.Forms, formView{ID: "valider", Title: "Valider sur la foi du papier signé", Action: here + "/valider", Submit: "Valider cette réponse", Hidden: [][2]string{{"vu", desk.Stamp}},
				Fields: []ui.Field{{ID: "sure", Label: "Conformité", Type: "checkbox", Required: true, Options: []ui.Option{{Value: "1", Label: "J’ai vérifié que la saisie est conforme au papier signé"}}}},
				Lead:   french.Integer(int64(desk.Progress.Rated)) + nb + "lignes sur " + french.Integer(int64(desk.Progress.Rows)) + " sont remplies. La réponse comptera, au nom de la personne qui a signé."})
		}
	}
	return d.show(w, r, status, v, t.trail()...)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// fault puts an error beside its field, the first when it is about the whole.
func fault(fields []ui.Field, wrong error) {
	if wrong == nil {
		return
	}
	var f *survey.Fault
	at := 0
	if errors.As(wrong, &f) {
		for i := range fields {
			if fields[i].ID == f.Field {
				at = i
			}
		}
	}
	fields[at].Error = apperr.Message(wrong)
}

// parts lists what is to be typed.
func (d Deps) parts(r *http.Request, t table, v *view) error {
	p, err := d.Room.PaperOf(r.Context(), d.Q, t.ID)
	if err != nil {
		return err
	}
	list := ui.Table{ID: "t-parties", Caption: "Parties du questionnaire", CaptionHidden: true, Columns: []ui.Column{{Label: "Partie", Wide: true}, {Label: "Réponses saisies", Number: true}}}
	for _, s := range p.Form.Sections {
		n := 0
		for _, c := range p.Form.CellsOf(s) {
			if p.Drafts[c.Key].Value != "" {
				n++
			}
		}
		list.Rows = append(list.Rows, ui.Row{Cells: []ui.Cell{{Text: s.Title, Href: t.path + "/papier/" + s.ID}, {Text: french.Integer(int64(n))}}})
	}
	v.Tables = append(v.Tables, titled{ID: "parties", Title: "Saisir, partie par partie", Table: list})
	return nil
}

// behalfAdd keeps a paper.
func (d Deps) behalfAdd(w http.ResponseWriter, r *http.Request) error {
	t, err := d.forTeam(r)
	if err != nil {
		return err
	}
	if err = shell.ReadUpload(r, "Cette image est trop lourde\u00a0: 25\u00a0Mo au plus. Rien n’a été enregistré\u00a0: photographiez le papier en plus petit."); err == nil {
		err = d.keepScan(r, t)
	}
	if err != nil && beside(err) {
		return d.showBehalf(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, t.path+"/papier?fait=1")
}

func (d Deps) keepScan(r *http.Request, t table) (err error) {
	file, head, err := r.FormFile("scan")
	if err != nil {
		return &survey.Fault{Field: "scan", Message: "Choisissez l’image du papier reçu. Rien n’a été enregistré."}
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	staged, err := blob.Stage(r.Context(), "", file, blob.Claim{Name: head.Filename, Type: head.Header.Get("Content-Type"), Only: []string{"application/pdf", "image/jpeg", "image/png"}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, staged.Close()) }()
	_, err = d.Room.AddPaper(r.Context(), shell.Actor(r), survey.Paper{Response: t.ID, File: shell.Clean(head.Filename), ReceivedOn: typed(r, "received_on"), SignedBy: typed(r, "signed_by"), Title: typed(r, "title")}, staged)
	return err
}

// scan sends the image of a paper, to be kept rather than shown.
func (d Deps) scan(w http.ResponseWriter, r *http.Request) error {
	t, err := d.forTeam(r)
	if err != nil {
		return err
	}
	papers, err := survey.PapersOf(r.Context(), d.Q, t.ID)
	if err != nil {
		return err
	}
	for _, p := range papers {
		if p.ID != r.PathValue("papier") {
			continue
		}
		from, err := blob.Open(r.Context(), d.Q, p.SHA256)
		if err != nil {
			return err
		}
		h := w.Header()
		h.Set("Content-Type", from.Blob().Type)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": p.File}))
		http.ServeContent(w, r, "", time.Time{}, from)
		return nil
	}
	return errUnknown
}

// entry is one part of the questionnaire, typed from the paper.
func (d Deps) entry(w http.ResponseWriter, r *http.Request) error {
	return d.showEntry(w, r, http.StatusOK, nil, nil)
}

func (d Deps) showEntry(w http.ResponseWriter, r *http.Request, status int, outcomes []survey.Outcome, wrong error) error {
	t, err := d.forTeam(r)
	if err != nil {
		return err
	}
	p, err := d.Room.PaperOf(r.Context(), d.Q, t.ID)
	if err != nil {
		return err
	}
	s, ok := p.Form.Section(r.PathValue("section"))
	if !ok {
		return errUnknown
	}
	here := t.path + "/papier/" + s.ID
	f := formView{ID: "saisie", Title: s.Title, Action: here, Submit: "Enregistrer cette partie", Lead: s.Help}
	of := map[string]survey.Outcome{}
	for _, o := range outcomes {
		of[o.Key] = o
	}
	for i, c := range p.Form.CellsOf(s) {
		if c.Type == questionnaire.File || c.Type == questionnaire.Sheet {
			continue
		}
		field := entryField(p.Form, s, c, "c"+strconv.Itoa(i), p.Drafts[c.Key].Value)
		if o, ok := of[c.Key]; ok && (o.Verdict == survey.Rejected || o.Verdict == survey.Clash) {
			field = entryField(p.Form, s, c, "c"+strconv.Itoa(i), o.Mine) // what was typed stays
			field.Error = o.Message
		}
		f.Fields = append(f.Fields, field)
		f.Hidden = append(f.Hidden, [2]string{"rev-" + c.Key, strconv.FormatInt(p.Drafts[c.Key].Rev, 10)})
	}
	v := view{Heading: ui.Heading{Overline: "Réponse papier", Title: t.Name + nb + ": " + s.Title, Scope: []string{"réservé à l’équipe"}}, Forms: []formView{f}, Links: []ui.Link{{Label: "Revenir aux papiers de cette collectivité", Href: t.path + "/papier"}}}
	if wrong != nil {
		v.Notices = []ui.Alert{{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)}}
	}
	return d.show(w, r, status, v, t.trail(ui.Link{Label: s.Title})...)
}

// entryField is the field of a cell.
func entryField(f questionnaire.Form, s questionnaire.Section, c questionnaire.Cell, id, value string) ui.Field {
	out := ui.Field{ID: id, Name: "v-" + c.Key, Value: value}
	var q questionnaire.Question
	for _, x := range s.Questions {
		if x.ID == c.Question {
			q = x
		}
	}
	out.Label, out.Unit = q.Label, q.Unit
	for _, row := range q.Rows {
		if row.ID == c.Row {
			out.Label = row.Label + nb + ": " + strings.ToLower(f.Scale(c.Column).Label)
		}
	}
	if c.Flag {
		out.Label = "Pas notre compétence"
	}
	switch c.Type {
	case questionnaire.Choice:
		out.Type = "select"
		out.Options = []ui.Option{{Label: "sans réponse"}}
		for _, o := range c.Options {
			out.Options = append(out.Options, ui.Option{Value: o.Code, Label: o.Label, Selected: o.Code == value})
		}
	case questionnaire.Choices:
		out.Type = "checkbox"
		for _, o := range c.Options {
			out.Options = append(out.Options, ui.Option{Value: o.Code, Label: o.Label, Selected: strings.Contains(" "+value+" ", " "+o.Code+" ")})
		}
	case questionnaire.Number:
		out.Type, out.Value = "number", strings.Replace(value, ".", ",", 1)
	case questionnaire.Date:
		out.Type = "date"
	case questionnaire.Text:
		out.Type, out.Rows = "textarea", 4
	}
	return out
}

// entrySave keeps what was typed of a part.
func (d Deps) entrySave(w http.ResponseWriter, r *http.Request) error {
	t, err := d.forTeam(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	p, err := d.Room.PaperOf(r.Context(), d.Q, t.ID)
	if err != nil {
		return err
	}
	s, ok := p.Form.Section(r.PathValue("section"))
	if !ok {
		return errUnknown
	}
	papers, err := survey.PapersOf(r.Context(), d.Q, t.ID)
	if err != nil {
		return err
	}
	if len(papers) == 0 {
		return d.showEntry(w, r, http.StatusBadRequest, nil, apperr.Invalidf("Gardez d’abord l’image du papier reçu. Rien n’a été enregistré."))
	}
	var changes []survey.Change
	for _, c := range p.Form.CellsOf(s) {
		rev, err := strconv.ParseInt(r.PostForm.Get("rev-"+c.Key), 10, 64)
		if err != nil {
			continue
		}
		var given []string
		for _, x := range r.PostForm["v-"+c.Key] {
			if x = shell.Clean(x); x != "" {
				given = append(given, x)
			}
		}
		value := strings.Join(given, " ")
		if value == "" && p.Drafts[c.Key].Value == "" {
			continue
		}
		changes = append(changes, survey.Change{Key: c.Key, Value: value, Rev: rev, Confirm: true})
	}
	saved, err := d.Room.SaveFor(r.Context(), shell.Actor(r), t.ID, papers[0], changes)
	if err != nil && beside(err) {
		return d.showEntry(w, r, apperr.Status(err), nil, err)
	}
	if err != nil {
		return err
	}
	for _, o := range saved.Outcomes {
		if o.Verdict == survey.Rejected || o.Verdict == survey.Clash {
			return d.showEntry(w, r, http.StatusConflict, saved.Outcomes, nil)
		}
	}
	return shell.SeeOther(w, r, t.path+"/papier?fait=1")
}

// behalfValidate freezes a version on the strength of a signed paper.
func (d Deps) behalfValidate(w http.ResponseWriter, r *http.Request) error {
	t, err := d.forTeam(r)
	if err != nil {
		return err
	}
	papers, err := survey.PapersOf(r.Context(), d.Q, t.ID)
	if err != nil {
		return err
	}
	if typed(r, "sure") != "1" {
		return d.showBehalf(w, r, http.StatusBadRequest, apperr.Invalidf("Cochez que la saisie est conforme au papier signé. Rien n’a été validé."))
	}
	var paper survey.Paper
	for _, p := range papers {
		if p.SignedBy != "" && p.Title != "" {
			paper = p
			break
		}
	}
	_, err = d.Room.ValidateFor(r.Context(), shell.Actor(r), t.ID, paper, typed(r, "vu"))
	if err != nil && beside(err) {
		return d.showBehalf(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, t.path+"/papier?fait=1")
}
