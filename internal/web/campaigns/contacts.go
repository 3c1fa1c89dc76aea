package campaigns

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/survey"
	"jalon/internal/web/preview"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// contacts is the form that takes a file of addresses.
func (d Deps) contacts(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ledRunning(r)
	if err != nil {
		return err
	}
	return d.showContacts(w, r, http.StatusOK, x, nil)
}

func (d Deps) showContacts(w http.ResponseWriter, r *http.Request, status int, x place, wrong error) error {
	fields := []ui.Field{{ID: "file", Label: "Fichier CSV ou XLSX", Type: "file", Accept: ".csv,.xlsx,text/csv", Required: true, Help: "Colonnes" + nb + ": collectivité (code INSEE, SIREN, code de l’organisme ou nom exact), email, nom, fonction. La première feuille d’un classeur est lue. 25" + nb + "Mo et 20" + nb + "000 lignes au plus."},
		{ID: "encoding", Label: "Encodage du fichier", Type: "select", Options: []ui.Option{{Label: "UTF-8, ou classeur"}, {Value: string(exchange.Windows1252), Label: "Windows-1252 (ancien Excel)", Selected: r.PostForm.Get("encoding") == string(exchange.Windows1252)}}},
		{ID: "again", Label: "Déjà importé", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "Reprendre ce fichier même s’il a déjà été importé", Selected: r.PostForm.Get("again") == "1", Help: "Une adresse déjà connue n’est pas doublée."}}}}
	if wrong != nil {
		fields[0].Error = apperr.Message(wrong)
	}
	v := view{Heading: ui.Heading{Overline: "Questionnaire", Title: x.Name + nb + ": importer des contacts", Scope: []string{"réservé à l’équipe"},
		Lead: "Une adresse par ligne" + nb + "; plusieurs lignes pour une collectivité qui a plusieurs adresses. Chaque ligne reçoit d’abord son verdict, et une seule ligne refusée retient tout le fichier."}, Tabs: x.tabs(r, x.base()+"/contacts"),
		Links: []ui.Link{{Label: "Télécharger le modèle à remplir (CSV)", Href: x.base() + "/contacts/modele.csv"}},
		Forms: []formView{{ID: "fichier", Title: "Le fichier", Action: x.base() + "/contacts", Fields: fields, Submit: "Voir l’aperçu", Files: true}}}
	if x.campaign.State.Takes() {
		v.Notices = []ui.Alert{{State: "info", Title: "La campagne est ouverte", Text: "Dès l’enregistrement, les collectivités qui attendaient une adresse reçoivent leur invitation."}}
	}
	return d.show(w, r, status, v, true, x.desk(ui.Link{Label: "Contacts"})...)
}

// stage reads a file and leads to its preview: nothing of it is kept as a contact.
func (d Deps) stage(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ledRunning(r)
	if err != nil {
		return err
	}
	var run intake.Run
	if err = shell.ReadUpload(r, shell.TooLongATable); err == nil {
		run, err = d.readFile(r, x)
	}
	if shell.Beside(err) {
		return d.showContacts(w, r, apperr.Status(err), x, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/contacts/"+run.ID)
}

func (d Deps) readFile(r *http.Request, x place) (run intake.Run, err error) {
	file, header, err := r.FormFile("file")
	if err != nil {
		return run, apperr.New(apperr.Invalid, err, "Choisissez un fichier qui contient au moins une ligne.")
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if header.Size == 0 {
		return run, apperr.Invalidf("Ce fichier est vide. Choisissez un fichier qui contient au moins une ligne.")
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return run, err
	}
	table, err := exchange.ReadTableWith(header.Filename, file, exchange.Options{Limits: exchange.ContactLimits(), Encoding: exchange.Encoding(r.PostForm.Get("encoding"))})
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	rows, err := exchange.ReadContacts(table, nil)
	if err != nil {
		return run, err
	}
	f := intake.File{Kind: survey.ContactsRun(x.campaign.ID), Name: header.Filename, SHA256: hex.EncodeToString(sum.Sum(nil)), By: shell.Actor(r).Person, Again: r.PostForm.Get("again") == "1"}
	return d.Room.Intake.Stage(r.Context(), d.Q, f, d.Room.JudgeContacts(r.Context(), d.Q, x.campaign.ID, rows), nil)
}

// fileOf is a file of contacts as the shared page shows it.
func (d Deps) fileOf(r *http.Request, x place, wrong error) (preview.Run, error) {
	run, err := d.Room.FindContactsRun(r.Context(), shell.Actor(r), x.campaign.ID, r.PathValue("run"))
	here := x.base() + "/contacts/" + run.ID
	return preview.Run{Run: run, Here: here, Overline: "Contacts", Scope: []string{x.Name}, Tabs: x.tabs(r, x.base()+"/contacts"), TabsName: "Campagne", Wrong: wrong, Nothing: "Rien n’a été enregistré",
		Columns: []ui.Column{{Label: "Collectivité"}, {Label: "Adresse"}, {Label: "Nom"}}, Fields: []string{"collectivité", "email", "nom", "fonction"}, Texts: textsOf,
		Cells: func(data json.RawMessage) []ui.Cell {
			t := textsOf(data)
			return []ui.Cell{{Text: t[0]}, {Text: t[1]}, {Text: t[2], Sub: t[3]}}
		},
		Staged:  ui.Alert{State: "info", Title: "Rien n’est encore enregistré", Text: "Relisez les lignes, puis enregistrez. Une adresse déjà connue n’est pas doublée" + nb + "; celle qui a demandé à ne plus rien recevoir reste muette."},
		Applied: ui.Alert{State: "success", Title: "Contacts enregistrés", Text: "Enregistrés le " + french.Date(run.AppliedAt) + "."},
		Act:     here + "/enregistrer", Form: "enregistrer", Button: "Enregistrer " + french.Integer(run.Rows) + nb + french.Plural(run.Rows, "contact", "contacts"),
		Links: []ui.Link{{Label: "Importer un autre fichier", Href: x.base() + "/contacts"}}}, err
}

// textsOf is a row as it is listed: the authority as it was found, or as it was
// written.
func textsOf(data json.RawMessage) []string {
	var in survey.IncomingContact
	if json.Unmarshal(data, &in) != nil {
		return make([]string, 4)
	}
	name := in.Authority
	if name == "" {
		name = in.Raw
	}
	return []string{name, in.Email, in.Name, in.Title}
}

func (d Deps) run(w http.ResponseWriter, r *http.Request) error {
	return d.showRun(w, r, http.StatusOK, nil)
}

func (d Deps) showRun(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	x, err := d.ledRunning(r)
	if err != nil {
		return err
	}
	run, err := d.fileOf(r, x, wrong)
	if err != nil {
		return err
	}
	v, err := run.Read(r.Context(), d.Q, d.Room.Cursors, r)
	if err != nil {
		return err
	}
	page := d.Shell.Page(r, v.Heading.Title, "", x.desk(ui.Link{Label: "Contacts", Href: x.base() + "/contacts"}, ui.Link{Label: "Aperçu"})...)
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, preview.Page(v))
}

func (d Deps) verdicts(w http.ResponseWriter, r *http.Request) error {
	x, err := d.ledRunning(r)
	if err != nil {
		return err
	}
	run, err := d.fileOf(r, x, nil)
	if err != nil {
		return err
	}
	return run.CSV(r.Context(), d.Q, w, "contacts-verdicts")
}

// apply makes a file real, all of it or nothing.
func (d Deps) apply(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.ledRunning(r)
	if err != nil {
		return err
	}
	n, err := rev(r)
	if err != nil {
		return err
	}
	_, err = d.Room.ApplyContacts(r.Context(), shell.Actor(r), x.campaign.ID, r.PathValue("run"), n)
	if shell.Beside(err) {
		return d.showRun(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/contacts/"+r.PathValue("run"))
}

// model is a file to fill: its headers and two examples.
func (d Deps) model(w http.ResponseWriter, r *http.Request) error {
	if _, err := d.led(r); err != nil {
		return err
	}
	set := exchange.Dataset{Name: "contacts-modele"}
	for _, c := range exchange.ContactColumns() {
		set.Fields = append(set.Fields, exchange.Field{Name: c})
	}
	var rows [][]exchange.Datum
	for _, cells := range [][]string{{"67482", "mairie@exemple.fr", "Anne Martin", "directrice générale des services"}, {"246700488", "climat@exemple.fr", "", "service climat"}} {
		var row []exchange.Datum
		for _, c := range cells {
			row = append(row, exchange.Text(c))
		}
		rows = append(rows, row)
	}
	set.Rows = exchange.Slice(rows)
	return preview.SendCSV(w, set)
}
