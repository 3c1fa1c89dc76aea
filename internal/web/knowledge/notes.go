package knowledge

import (
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// subjectFields are the place and the subject of a note.
func subjectFields(x where, n knowledge.Note) []ui.Field {
	place := n.Territory
	if place == "" {
		place = "region:" + x.Code
	}
	return []ui.Field{{ID: "title", Label: "Titre", Required: true, Value: n.Title}, {ID: "territory", Label: "Territoire", Value: place, Help: "Le SIREN d’une intercommunalité, ou une référence comme region:" + x.Code + "."},
		choose("lever", "Levier", n.Lever, "aucun\u00a0: une thématique", leverOptions(x.fw)), choose("theme", "Thématique", ownTheme(x.fw, n.Lever, n.Theme), "celle du levier", knowledge.Themes())}
}

func noteFields(x where, n knowledge.Note) []ui.Field {
	return append(subjectFields(x, n), ui.Field{ID: "findings", Label: "Constats", Type: "textarea", Rows: 8, Required: true, Value: n.Findings}, ui.Field{ID: "sources", Label: "Sources", Type: "textarea", Rows: 3, Required: true, Value: n.Sources},
		ui.Field{ID: "limits", Label: "Limites", Type: "textarea", Rows: 3, Required: true, Value: n.Limits, Help: "Ce que ces constats ne disent pas."},
		ui.Field{ID: "series", Label: "Séries proposées", Type: "textarea", Rows: 2, Value: n.Series, Help: "Leur nom et leur adresse."},
		ui.Field{ID: "signature", Label: "Signature", Required: true, Value: n.Signature, Help: "Le service qui signe la note\u00a0; elle sera publique."}, ui.Field{ID: "day", Label: "Date de la note", Type: "date", Required: true, Value: n.Day})
}

// readNote reads the subject and the words of a note.
func (d Deps) readNote(r *http.Request, x where) (n knowledge.Note, err error) {
	n = knowledge.Note{Region: x.Code, Org: x.org, Title: shell.Typed(r, "title"), Territory: shell.Typed(r, "territory"), Lever: shell.Typed(r, "lever"), Theme: shell.Typed(r, "theme"), Findings: shell.Typed(r, "findings"), Sources: shell.Typed(r, "sources"), Limits: shell.Typed(r, "limits"),
		Series: shell.Typed(r, "series"), Signature: shell.Typed(r, "signature"), Day: shell.Typed(r, "day"), AskedOf: shell.Typed(r, "asked_of"), Due: shell.Typed(r, "due")}
	if err := knownLever(x.fw, "lever", n.Lever); err != nil {
		return n, err
	}
	if l, err := x.fw.Lever(n.Lever); err == nil && n.Theme == "" {
		n.Theme = string(l.Theme)
	}
	n.Territory, _, n.Department, err = d.locate(r, x, n.Territory)
	return n, err
}

func noteAbout(x where, n knowledge.Note) string {
	if n.Lever == "" {
		return about(x.fw, nil, n.Theme)
	}
	return about(x.fw, []string{n.Lever}, n.Theme)
}

func noteView(x where, n knowledge.Note, files []knowledge.File, base string) (facts [][2]string, texts []text, links []ui.Link) {
	for _, f := range [][2]string{{"Territoire", placeName(x.tree, n.Territory)}, {"Levier ou thématique", noteAbout(x, n)}, {"Signée", n.Signature}, {"Date", dayOf(n.Day)}, {"Demandée à", n.AskedOf}, {"Attendue le", dayOf(n.Due)}} {
		if f[1] != "" {
			facts = append(facts, f)
		}
	}
	for _, s := range []text{{"les-constats", "Constats", n.Findings}, {"les-sources", "Sources", n.Sources}, {"les-limites", "Limites", n.Limits}, {"les-series", "Séries proposées", n.Series}} {
		if s.Markdown != "" {
			texts = append(texts, s)
		}
	}
	for _, f := range files {
		links = append(links, ui.Link{Label: f.FileName + " (" + french.Integer((f.Size+1023)/1024) + nb + "Ko)", Href: base + "/fichiers/" + strconv.FormatInt(f.N, 10)})
	}
	return facts, texts, links
}

// notes lists the published notes of a region.
func (d Deps) notes(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	list, err := knowledge.PublishedNotes(r.Context(), d.Q, x.Code)
	if err != nil {
		return err
	}
	here := x.base() + "/notes"
	v := view{Heading: ui.Heading{Overline: "Notes d’expertise", Title: x.Name + nb + ": " + counted(int64(len(list)), false, "note d’expertise", "notes d’expertise"), Scope: []string{"publiées par l’équipe de la COP"}}, Tabs: tabs(x, false, here), ListTitle: "Les notes",
		Empty: ui.Empty{Title: "Aucune note n’est encore publiée", Text: "L’équipe de la COP les demande aux services, aux opérateurs et aux observatoires, puis les publie ici."},
		Links: []ui.Link{{Label: "Demander ou écrire une note (réservé à ceux qui travaillent pour la région)", Href: x.base() + "/bureau/notes"}}, Foot: ui.Source{Text: "notes signées, chacune avec ses sources et ses limites.", Print: true}}
	v.List = ui.Table{ID: "toutes", Caption: "Les notes publiées", Columns: []ui.Column{{Label: "Note", Wide: true}, {Label: "Signée"}, {Label: "Levier ou thématique"}, {Label: "Territoire"}, {Label: "Date"}}}
	for _, n := range list {
		v.List.Rows = append(v.List.Rows, ui.Row{Cells: []ui.Cell{{Text: n.Title, Href: here + "/" + n.ID}, {Text: n.Signature}, {Text: noteAbout(x, n)}, {Text: placeName(x.tree, n.Territory)}, {Text: dayOf(n.Day)}}})
	}
	return d.show(w, r, http.StatusOK, v, false, trail(x, ui.Link{Label: "Notes d’expertise"})...)
}

func (d Deps) note(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	n, err := knowledge.PublishedNote(r.Context(), d.Q, r.PathValue("id"))
	if err == nil && n.Region != x.Code {
		err = apperr.NotFoundf("Cette note n’est pas de cette région.")
	}
	if err != nil {
		return err
	}
	files, err := knowledge.FilesOf(r.Context(), d.Q, n.ID, n.Rev)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Note d’expertise", Title: n.Title, Scope: []string{n.Signature, dayOf(n.Day)}}, Tabs: tabs(x, false, x.base()+"/notes"), Foot: ui.Source{Text: n.Signature + ", version " + strconv.FormatInt(n.Rev, 10) + " de la note.", Print: true}}
	v.Facts, v.Texts, v.Links = noteView(x, n, files, x.base()+"/notes/"+n.ID)
	return d.show(w, r, http.StatusOK, v, false, trail(x, ui.Link{Label: "Notes d’expertise", Href: x.base() + "/notes"}, ui.Link{Label: wording.Clip(n.Title, 60)})...)
}

// noteFile sends a file of a note, always to be kept rather than shown.
func (d Deps) noteFile(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	k, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return apperr.NotFoundf("Ce fichier n’existe pas, ou n’est pas publié.")
	}
	f, reader, err := knowledge.OpenFile(r.Context(), d.Q, shell.Actor(r), x.Code, r.PathValue("id"), k)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.FileName}))
	http.ServeContent(w, r, "", time.Time{}, reader)
	return nil
}

func (d Deps) noteDesk(w http.ResponseWriter, r *http.Request) error {
	return d.showNoteDesk(w, r, http.StatusOK, knowledge.Note{}, "", nil)
}

// showNoteDesk lists the notes that one works on; did is the form that came back.
func (d Deps) showNoteDesk(w http.ResponseWriter, r *http.Request, status int, typed knowledge.Note, did string, wrong error) error {
	x, err := d.working(r, policy.Note)
	if err != nil {
		return err
	}
	list, err := d.Room.Notes(r.Context(), d.Q, shell.Actor(r), x.Code, r.URL.Query().Get("suite"), perPage)
	if err != nil {
		return err
	}
	here := x.base() + "/bureau/notes"
	v := view{Heading: ui.Heading{Overline: "Notes d’expertise", Title: x.Name + nb + ": notes d’expertise", Scope: []string{"réservé à ceux qui travaillent pour la région"}}, Tabs: tabs(x, true, here), ListTitle: "Les notes",
		Empty: ui.Empty{Title: "Aucune note n’est encore demandée ni écrite", Text: "L’équipe demande une note pour une date\u00a0; un service l’écrit\u00a0; l’équipe la publie."}, Pager: ui.Pager{Next: next(r, list.Next)}}
	v.List = ui.Table{ID: "toutes", Caption: "Les notes demandées et écrites", Columns: []ui.Column{{Label: "Note", Wide: true}, {Label: "État"}, {Label: "Demandée à, ou signée"}, {Label: "Attendue le"}, {Label: "Levier ou thématique"}}}
	today := d.Now().Format(time.DateOnly)
	for _, n := range list.Rows {
		who, due := n.Signature, ui.Cell{Missing: "personne n’a fixé de date"}
		if who == "" {
			who = n.AskedOf
		}
		if n.Due != "" {
			due = ui.Cell{Text: dayOf(n.Due)}
			if n.Late(today) {
				due.Sub = "en retard"
			}
		}
		v.List.Rows = append(v.List.Rows, ui.Row{Cells: []ui.Cell{{Text: n.Title, Href: here + "/" + n.ID}, {Text: n.State.Name()}, {Text: who}, due, {Text: noteAbout(x, n)}}})
	}
	ask, bring := knowledge.Note{}, knowledge.Note{}
	if did == "ask" {
		ask = typed
	} else {
		bring = typed
	}
	team, err := knowledge.MayJudgeNote(r.Context(), d.Q, shell.Actor(r), knowledge.Note{Region: x.Code})
	if err != nil {
		return err
	}
	if team {
		fields := append(subjectFields(x, ask), ui.Field{ID: "asked_of", Label: "Demandée à", Required: true, Value: ask.AskedOf, Help: "Un service de l’État, un opérateur, un observatoire, une direction de collectivité."}, ui.Field{ID: "due", Label: "Attendue le", Type: "date", Required: true, Value: ask.Due})
		for i := range fields { // two forms on one page: each field keeps an anchor of its own
			fields[i].Name, fields[i].ID = fields[i].ID, "demande-"+fields[i].ID
		}
		if did == "ask" {
			wrongIn(fields, wrong)
		}
		v.Forms = append(v.Forms, formView{ID: "demander", Title: "Demander une note", Action: here, Hidden: [][2]string{{"do", "ask"}}, Submit: "Demander", Fields: fields})
	}
	fields := noteFields(x, bring)
	if did != "ask" {
		wrongIn(fields, wrong)
	}
	v.Forms = append(v.Forms, formView{ID: "ecrire", Title: "Écrire une note", Action: here, Submit: "Proposer la note", Fields: fields, Lead: "L’équipe de la COP la publie. Les fichiers s’ajoutent ensuite, depuis la page de la note."})
	return d.show(w, r, status, v, true, trail(x, ui.Link{Label: "Notes d’expertise", Href: here})...)
}

func (d Deps) noteAdd(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.working(r, policy.Note)
	if err != nil {
		return err
	}
	do := shell.Typed(r, "do")
	n, err := d.readNote(r, x)
	switch {
	case err != nil:
	case do == "ask":
		n, err = d.Room.Ask(r.Context(), d.Q, shell.Actor(r), n)
	default:
		n, err = d.Room.Bring(r.Context(), d.Q, shell.Actor(r), n)
	}
	if err != nil && beside(err) {
		return d.showNoteDesk(w, r, apperr.Status(err), n, do, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/bureau/notes/"+n.ID+"?fait=1")
}

func (d Deps) findNote(r *http.Request) (x where, n knowledge.Note, err error) {
	if x, err = d.working(r, policy.Note); err != nil {
		return x, n, err
	}
	n, err = knowledge.FindNote(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"))
	if err == nil && n.Region != x.Code {
		err = apperr.NotFoundf("Cette note n’est pas de cette région.")
	}
	return x, n, err
}

func (d Deps) noteOne(w http.ResponseWriter, r *http.Request) error {
	x, n, err := d.findNote(r)
	if err != nil {
		return err
	}
	return d.showNote(w, r, http.StatusOK, x, n, nil, nil)
}

func (d Deps) showNote(w http.ResponseWriter, r *http.Request, status int, x where, n knowledge.Note, typed *knowledge.Note, wrong error) error {
	ctx, a := r.Context(), shell.Actor(r)
	here := x.base() + "/bureau/notes/" + n.ID
	v := view{Heading: ui.Heading{Overline: "Note d’expertise", Title: n.Title, Scope: []string{n.State.Name(), placeName(x.tree, n.Territory)}}, Tabs: tabs(x, true, x.base()+"/bureau/notes")}
	files, err := knowledge.FilesOf(ctx, d.Q, n.ID, n.Rev)
	if err != nil {
		return err
	}
	v.Facts, v.Texts, v.Links = noteView(x, n, files, x.base()+"/notes/"+n.ID)
	switch {
	case n.State == knowledge.Withdrawn:
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Note retirée", Text: n.Said})
	case n.Published > 0 && n.State == knowledge.Written:
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Une nouvelle version attend d’être publiée", Text: "La version publiée reste lue jusque-là.", Links: []ui.Link{{Label: "Lire la version publiée", Href: x.base() + "/notes/" + n.ID}}})
	}
	past, err := knowledge.NoteHistory(ctx, d.Q, n.ID)
	if err != nil {
		return err
	}
	h := ui.Table{ID: "versions", Caption: "Chaque version, la dernière d’abord", Columns: []ui.Column{{Label: "Version"}, {Label: "Le"}, {Label: "Titre", Wide: true}, {Label: "État"}}}
	for _, y := range past {
		h.Rows = append(h.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.FormatInt(y.Rev, 10)}, {Text: french.Date(y.At)}, {Text: y.Title}, {Text: y.State.Name()}}})
	}
	v.Tables = []titled{{ID: "histoire", Title: "Son histoire", Table: h}}
	number := strconv.FormatInt(n.Rev, 10)
	team, err := knowledge.MayJudgeNote(ctx, d.Q, a, n)
	if err != nil {
		return err
	}
	if wrong != nil && typed == nil {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
	}
	if team && n.State != knowledge.Withdrawn {
		f := formView{ID: "decider", Title: "Ce que l’équipe en fait", Action: here + "/suite", Rev: number, Fields: []ui.Field{{ID: "reason", Label: "Pourquoi", Value: shell.Typed(r, "reason"), Help: "Nécessaire pour retirer la note."}}}
		if n.State == knowledge.Written {
			f.Buttons = append(f.Buttons, [2]string{"publish", "Publier"})
		}
		f.Buttons = append(f.Buttons, [2]string{"withdraw", "Retirer"})
		v.Forms = append(v.Forms, f)
	}
	write, err := knowledge.MayWriteNote(ctx, d.Q, a, n)
	if err != nil {
		return err
	}
	if write && n.State != knowledge.Withdrawn {
		shown := n
		if typed != nil {
			shown = *typed
		}
		fields := noteFields(x, shown)
		if typed != nil {
			wrongIn(fields, wrong)
			if status == http.StatusConflict {
				v.Conflict = ui.TwoVersions(noteFields(x, n), fields)
			}
		}
		v.Forms = append(v.Forms, formView{ID: "ecrire", Title: "Écrire la note", Action: here, Rev: number, Submit: "Enregistrer", Fields: fields},
			formView{ID: "joindre", Title: "Joindre un fichier", Action: here, Files: true, Submit: "Joindre", Fields: []ui.Field{{ID: "fichier", Label: "Fichier", Type: "file", Required: true, Help: "25" + nb + "Mo au plus. Il se lit avec la note, une fois publiée."}}})
	}
	return d.show(w, r, status, v, true, trail(x, ui.Link{Label: "Notes d’expertise", Href: x.base() + "/bureau/notes"}, ui.Link{Label: wording.Clip(n.Title, 60)})...)
}

func (d Deps) noteSave(w http.ResponseWriter, r *http.Request) error {
	x, was, err := d.findNote(r)
	if err != nil {
		return err
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		return d.attach(w, r, x, was)
	}
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	number, err := shell.Rev(r)
	if err != nil {
		return err
	}
	n, err := d.readNote(r, x)
	n.ID, n.Rev = was.ID, number
	if err == nil {
		_, err = d.Room.Write(r.Context(), d.Q, shell.Actor(r), n, "saisie")
	}
	if err != nil && beside(err) {
		return d.showNote(w, r, apperr.Status(err), x, was, &n, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/bureau/notes/"+was.ID+"?fait=1")
}

// attach reads the file of a form as it comes, without keeping it in memory.
func (d Deps) attach(w http.ResponseWriter, r *http.Request, x where, n knowledge.Note) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	err = apperr.Invalidf("Choisissez un fichier. Rien n’a été enregistré.")
	for {
		part, perr := parts.NextPart()
		if perr == io.EOF {
			break
		}
		if perr != nil {
			return apperr.New(apperr.Invalid, perr, "L’envoi s’est interrompu. Rien n’a été enregistré\u00a0: recommencez.")
		}
		if part.FormName() == "fichier" && part.FileName() != "" {
			_, err = d.Room.Attach(r.Context(), shell.Actor(r), n.ID, part, blob.Claim{Name: shell.Clean(part.FileName()), Type: part.Header.Get("Content-Type")})
			break
		}
	}
	if err != nil && beside(err) {
		return d.showNote(w, r, apperr.Status(err), x, n, nil, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/bureau/notes/"+n.ID+"?fait=1")
}

func (d Deps) noteJudge(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, was, err := d.findNote(r)
	if err != nil {
		return err
	}
	number, err := shell.Rev(r)
	if err != nil {
		return err
	}
	if shell.Typed(r, "do") == "publish" {
		_, err = d.Room.Publish(r.Context(), d.Q, shell.Actor(r), was.ID, number)
	} else {
		_, err = d.Room.Withdraw(r.Context(), d.Q, shell.Actor(r), was.ID, number, shell.Typed(r, "reason"))
	}
	if err != nil && beside(err) {
		return d.showNote(w, r, apperr.Status(err), x, was, nil, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/bureau/notes/"+was.ID+"?fait=1")
}
