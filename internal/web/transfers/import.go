package transfers

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// importView is the page that takes a file, before anything is read.
type importView struct {
	Heading ui.Heading
	Tabs    ui.Pages
	Base    string
	Fields  []ui.Field
	Formats ui.Table
}

func (d Deps) importForm(w http.ResponseWriter, r *http.Request) error {
	p, err := d.desk(r)
	if err != nil {
		return err
	}
	return d.showImport(w, r, http.StatusOK, p, nil)
}

func (d Deps) showImport(w http.ResponseWriter, r *http.Request, status int, p place, wrong error) error {
	chosen := func(name, value, otherwise string) bool {
		v := r.PostForm.Get(name)
		if v == "" {
			v = otherwise
		}
		return v == value
	}
	v := importView{Heading: ui.Heading{Overline: "Actions", Title: p.region.Name + nb + ": importer des actions", Scope: []string{"réservé à l’équipe"},
		Lead: "Une ligne par action. Chaque ligne reçoit d’abord son verdict" + nb + ": rien n’est enregistré avant que vous l’ayez relu, et une seule ligne refusée retient tout le fichier."},
		Tabs: p.tabs(shell.Actor(r), "in"), Base: p.imports(),
		Fields: []ui.Field{
			{ID: "file", Label: "Fichier XLSX ou CSV", Type: "file", Accept: ".csv,.xlsx,text/csv", Required: true, Help: strconv.Itoa(exchange.ActionMiB) + nb + "Mo et " + french.Integer(exchange.ActionRows) + nb + "lignes au plus. Les colonnes peuvent être celles d’un autre outil" + nb + ": vous direz à la page suivante ce qu’elles contiennent."},
			{ID: "sheet", Label: "Feuille du classeur", Value: r.PostForm.Get("sheet"), Help: "Vide" + nb + ": la première visible."},
			{ID: "state", Label: "Les actions nouvelles entrent comme", Type: "select", Options: []ui.Option{
				{Value: "proposed", Label: "proposées", Selected: chosen("state", "proposed", "proposed")}, {Value: "draft", Label: "brouillons", Selected: chosen("state", "draft", "proposed")},
				{Value: "a_travailler", Label: "au vivier, à travailler", Selected: chosen("state", "a_travailler", "proposed")}, {Value: "a_remonter", Label: "au vivier, à remonter", Selected: chosen("state", "a_remonter", "proposed")},
				{Value: "hors_cop_mais_crte", Label: "au vivier, hors COP mais CRTE", Selected: chosen("state", "hors_cop_mais_crte", "proposed")}, {Value: "non_remonte", Label: "au vivier, non remontées", Selected: chosen("state", "non_remonte", "proposed")}}},
			{ID: "update", Label: "Les actions déjà là", Type: "radio", Options: []ui.Option{{Value: "0", Label: "Les laisser comme elles sont", Selected: chosen("update", "0", "0")},
				{Value: "1", Label: "Leur donner les valeurs du fichier", Selected: chosen("update", "1", "0"), Help: "Une cellule vide n’efface rien. Ce qui est retenu, fusionné ou retiré ne change pas."}}},
			{ID: "encoding", Label: "Encodage du fichier", Type: "select", Options: []ui.Option{{Label: "UTF-8, ou classeur"}, {Value: string(exchange.Windows1252), Label: "Windows-1252 (ancien Excel)", Selected: r.PostForm.Get("encoding") == string(exchange.Windows1252)}}},
			{ID: "again", Label: "Déjà importé", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "Reprendre ce fichier même s’il a déjà été importé", Selected: r.PostForm.Get("again") == "1", Help: "Une action déjà là n’est pas enregistrée deux fois."}}},
		},
		Formats: ui.Table{ID: "formats", Caption: "Fichiers reconnus d’eux-mêmes", Columns: []ui.Column{{Label: "Fichier", Wide: true}, {Label: "Où ses colonnes ont été lues", Wide: true}}}}
	for _, f := range exchange.ActionFormats() {
		v.Formats.Rows = append(v.Formats.Rows, ui.Row{Cells: []ui.Cell{{Text: f.Name}, {Text: f.Document, Href: f.Link}}})
	}
	if wrong != nil {
		v.Fields[0].Error = apperr.Message(wrong)
		if v.Fields[0].Error == "" {
			v.Fields[0].Error = wrong.Error()
		}
	}
	return d.Shell.RenderStatus(w, r, status, d.page(r, p, v.Heading.Title, ui.Link{Label: "Importer des actions"}), importPage(v))
}

// uploadWithin is how long a file of the largest size may take to come.
const uploadWithin = 5 * time.Minute

// send keeps the file and leads to its preview, or to the meaning of its columns.
func (d Deps) send(w http.ResponseWriter, r *http.Request) error {
	p, err := d.desk(r)
	if err != nil {
		return err
	}
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	err = r.ParseMultipartForm(1 << 20)
	if errors.Is(err, http.ErrNotMultipart) {
		err = r.ParseForm()
	}
	if r.MultipartForm != nil {
		defer func() { _ = r.MultipartForm.RemoveAll() }()
	}
	var large *http.MaxBytesError
	to := ""
	switch {
	case errors.As(err, &large):
		err = apperr.New(apperr.TooLarge, err, "Le fichier dépasse %d\u00a0Mo. Rien n’a été enregistré\u00a0: découpez-le, ou retirez les colonnes inutiles.", exchange.ActionMiB)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		err = apperr.New(apperr.Unavailable, err, "Le disque du serveur est plein\u00a0: ce fichier n’a pas pu être reçu, rien n’a été enregistré. Prévenez l’exploitant, puis envoyez-le de nouveau.")
	case err != nil:
		err = apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	default:
		to, err = d.keep(r, p)
	}
	if err != nil && beside(err) {
		return d.showImport(w, r, apperr.Status(err), p, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, to)
}

// keep reads the head of a file; one whose columns are all known is judged at once.
func (d Deps) keep(r *http.Request, p place) (to string, err error) {
	ctx, a := r.Context(), shell.Actor(r)
	file, header, err := r.FormFile("file")
	if err != nil || header.Size == 0 {
		if file != nil {
			err = file.Close()
		}
		return "", errors.Join(apperr.Invalidf("Choisissez un fichier qui contient au moins une ligne."), err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	u := action.Upload{Name: header.Filename, Chosen: action.Chosen{Encoding: r.PostForm.Get("encoding"), Sheet: get(r, "sheet"), Again: r.PostForm.Get("again") == "1"}}
	u.Chosen.Update = r.PostForm.Get("update") == "1"
	switch state := r.PostForm.Get("state"); state {
	case string(action.Draft):
		u.Chosen.State = action.Draft
	case "a_travailler", "a_remonter", "hors_cop_mais_crte", "non_remonte":
		u.Chosen.State, u.Chosen.Pool = action.Pool, state
	default:
		u.Chosen.State = action.Proposed
	}
	// What cannot be opened is refused before it is kept.
	f, err := open(u, file, header.Size, nil)
	if err != nil {
		return "", err
	}
	u.Header = f.Header
	if err := f.Close(); err != nil {
		return "", err
	}
	if u.Said, err = action.Remembered(ctx, d.Q, p.cop.ID, exchange.OwnHeaders(u.Header)); err != nil {
		return "", err
	}
	if u, err = d.Room.Keep(ctx, a, p.cop, p.departments, u, file); err != nil {
		return "", err
	}
	return d.stage(r, p, u)
}

type readerAt interface {
	ReadAt(p []byte, off int64) (int, error)
}

func open(u action.Upload, file readerAt, size int64, said [][2]string) (*exchange.ActionFile, error) {
	return exchange.OpenActions(u.Name, file, size, exchange.Options{Limits: exchange.ActionLimits(), Encoding: exchange.Encoding(u.Chosen.Encoding), Sheet: u.Chosen.Sheet}, said)
}

// stage judges a file whose columns are decided, else leads to where they are.
func (d Deps) stage(r *http.Request, p place, u action.Upload) (to string, err error) {
	ctx := r.Context()
	body, err := u.Read(ctx, d.Q)
	if err != nil {
		return "", err
	}
	f, err := open(u, body, body.Size(), u.Said)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if f.Undecided() || f.Twice() != "" {
		return p.imports() + "/" + u.ID + "/colonnes", nil
	}
	if u.Run != "" { // what was staged with other columns is not to be applied beside it
		old, err := action.FindRun(ctx, d.Q, shell.Actor(r), p.cop.ID, u.Run)
		if err != nil {
			return "", err
		}
		if old.State == intake.Staged {
			if err := d.Room.Intake.Abandon(ctx, d.Q, old); err != nil {
				return "", err
			}
		}
	}
	run, err := exchange.StageActions(ctx, d.Room, p.model, shell.Actor(r), p.cop, f, u)
	if err != nil {
		return "", err
	}
	u.Run, u.Header = run.ID, f.Header
	return p.imports() + "/" + run.ID, d.Room.Describe(ctx, u)
}

// columnsView is the page where a person says what each column holds.
type columnsView struct {
	Heading ui.Heading
	Tabs    ui.Pages
	Act     string
	Wrong   ui.Alert
	Fields  []ui.Field
}

func (d Deps) columns(w http.ResponseWriter, r *http.Request) error {
	p, err := d.desk(r)
	if err != nil {
		return err
	}
	u, err := action.FindUpload(r.Context(), d.Q, shell.Actor(r), p.cop.ID, r.PathValue("run"))
	if err != nil {
		return err
	}
	return d.showColumns(w, r, http.StatusOK, p, u, nil)
}

func (d Deps) showColumns(w http.ResponseWriter, r *http.Request, status int, p place, u action.Upload, wrong error) error {
	body, err := u.Read(r.Context(), d.Q)
	if err != nil {
		return err
	}
	f, err := open(u, body, body.Size(), u.Said)
	if err != nil {
		return err
	}
	samples, serr := f.Samples(3)
	if err := f.Close(); err != nil {
		return err
	}
	if serr != nil && apperr.KindOf(serr) == apperr.Internal {
		return serr
	}
	v := columnsView{Heading: ui.Heading{Overline: "Actions", Title: "Que contient chaque colonne" + nb + "?", Scope: []string{u.Name, p.region.Name, f.Format.Name},
		Lead: "Jalon ne devine pas" + nb + ": il propose d’après l’en-tête, vous décidez. Votre choix vaudra pour le prochain fichier qui a les mêmes colonnes."}, Tabs: p.tabs(shell.Actor(r), "in"), Act: p.imports() + "/" + u.ID + "/colonnes"}
	if wrong != nil {
		v.Wrong = ui.Alert{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)}
	}
	known := map[string]string{}
	for _, x := range f.Format.Known() {
		known[x[1]] = x[0]
	}
	for i, h := range f.Header {
		key, help := f.Columns[i], ""
		if posted := r.PostForm.Get("c" + strconv.Itoa(i)); posted != "" {
			key = posted
		}
		if key == "" {
			if key = exchange.SuggestField(h); key != "" {
				help = "Proposé d’après l’en-tête. "
			}
		}
		if len(samples[i]) > 0 {
			help += "Par exemple" + nb + ": «" + nb + strings.Join(samples[i], nb+"», «"+nb) + nb + "»."
		} else {
			help += "Colonne vide sur les premières lignes."
		}
		field := ui.Field{ID: "c" + strconv.Itoa(i), Label: "«" + nb + heading(h, i) + nb + "»", Type: "select", Required: true, Help: help, Options: []ui.Option{{Value: exchange.Ignored, Label: "ne pas reprendre", Selected: key == exchange.Ignored || key == ""}}}
		for _, x := range exchange.ActionFields() {
			field.Options = append(field.Options, ui.Option{Value: x.Key, Label: x.Label, Selected: key == x.Key})
		}
		if own, ok := known[key]; ok && !isField(key) && key != exchange.Ignored {
			field.Options = append(field.Options, ui.Option{Value: key, Label: own, Selected: true})
		}
		v.Fields = append(v.Fields, field)
	}
	return d.Shell.RenderStatus(w, r, status, d.page(r, p, v.Heading.Title, ui.Link{Label: "Importer des actions", Href: p.imports()}, ui.Link{Label: "Colonnes"}), columnsPage(v))
}

func heading(h string, i int) string {
	if h == "" {
		return "colonne " + strconv.Itoa(i+1)
	}
	return h
}

func isField(key string) bool {
	for _, x := range exchange.ActionFields() {
		if x.Key == key {
			return true
		}
	}
	return false
}

// mapColumns keeps what a person said of the columns, for this file and the next ones
// that have the same, and judges the rows.
func (d Deps) mapColumns(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	p, err := d.desk(r)
	if err != nil {
		return err
	}
	ctx, a := r.Context(), shell.Actor(r)
	u, err := action.FindUpload(ctx, d.Q, a, p.cop.ID, r.PathValue("run"))
	if err != nil {
		return err
	}
	var said [][2]string
	titled := false
	for i, h := range u.Header {
		key := get(r, "c"+strconv.Itoa(i))
		if key == "" {
			key = exchange.Ignored
		}
		titled = titled || key == "title"
		said = append(said, [2]string{h, key})
	}
	u.Said = said
	to := ""
	switch twice := exchange.FieldTwice(said); {
	case !titled:
		err = apperr.Invalidf("Dites quelle colonne contient le titre des actions\u00a0: sans titre, aucune ligne ne peut être lue.")
	case twice != "":
		err = apperr.Invalidf("Deux colonnes contiennent «\u00a0%s\u00a0»\u00a0: gardez-en une, ou ajoutez l’autre au résumé.", twice)
	default:
		if err = d.Room.Remember(ctx, a, p.cop.ID, exchange.OwnHeaders(u.Header), said); err == nil {
			to, err = d.stage(r, p, u)
		}
	}
	if err != nil && beside(err) {
		return d.showColumns(w, r, apperr.Status(err), p, u, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, to)
}

// model is a workbook to fill: its headers, and two examples of the region.
func (d Deps) model(w http.ResponseWriter, r *http.Request) error {
	p, err := d.desk(r)
	if err != nil {
		return err
	}
	n := func(v int64) *int64 { return &v }
	names, err := d.names(r.Context(), d.Q, p)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	set := exchange.ActionsDataset("actions-modele", "Modèle à remplir", "Remplacez les deux exemples. Les colonnes que vous ne remplissez pas peuvent rester vides.", func(yield func(action.Action, error) bool) {
		_ = yield(action.Action{Kind: action.Sectoral, Title: "Exemple à remplacer" + nb + ": planter des haies", Summary: "Ce que l’action fait, en quelques phrases.", Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "department:" + p.departments[0]}}, Holder: action.Party{Name: "Nom du porteur"},
			Starts: "2026-03", Ends: "2030", Phase: "study", Status: "going", Budget: action.Budget{Invest: n(1_200_000_00)}, Funding: []action.Funding{{Funder: "Agence de l’eau", Amount: n(300_000_00), State: "asked"}}, Indicators: []action.Indicator{{Name: "Haies plantées", Unit: "km"}}}, nil) &&
			yield(action.Action{Kind: action.CrossCutting, Title: "Exemple à remplacer" + nb + ": former les élus", Holder: action.Party{Name: "Nom du porteur"}, Places: []action.Place{{Territory: "region:" + p.region.Code}}, Starts: "2026", Phase: "idea"}, nil)
	}, names)
	if _, err := exchange.WriteXLSX(&body, set); err != nil {
		return err
	}
	return attach(w, "actions-modele.xlsx", typeXLSX, &body)
}

const typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func attach(w http.ResponseWriter, name, media string, body *bytes.Buffer) error {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	_, err := w.Write(body.Bytes())
	return err
}

// errorsIn reads the refused rows of a run, a thousand at a time.
func errorsIn(d Deps, r *http.Request, run string) func(yield func(intake.Line, error) bool) {
	return func(yield func(intake.Line, error) bool) {
		for after := 0; ; {
			lines, err := intake.Verdicts(r.Context(), d.Q, run, intake.Error, after, 1000)
			if err != nil {
				yield(intake.Line{}, err)
				return
			}
			for _, l := range lines {
				after = l.Line
				if !yield(l, nil) {
					return
				}
			}
			if len(lines) < 1000 {
				return
			}
		}
	}
}
