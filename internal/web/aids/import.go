package aids

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
	"jalon/internal/support/aid"
	"jalon/internal/web/preview"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const importPath = nationalPath + "/importer"

func (d Deps) importForm(w http.ResponseWriter, r *http.Request) error {
	o, err := d.nation(r)
	if err != nil {
		return err
	}
	return d.showImport(w, r, http.StatusOK, o, nil)
}

func (d Deps) importTabs() []ui.Link {
	tabs := owner{}.tabs()
	tabs[0].Current, tabs[1].Current = false, true
	return tabs
}

func (d Deps) showImport(w http.ResponseWriter, r *http.Request, status int, o owner, wrong error) error {
	f := []ui.Field{{ID: "file", Label: "Fichier JSON ou CSV", Type: "file", Accept: ".json,.jsonl,.csv,.xlsx", Required: true, Help: "Les champs de l’API d’Aides-territoires (id, name, financers, aid_types…)\u00a0; dans un tableau, les listes se séparent par «\u00a0|\u00a0». 50" + nb + "000 aides au plus."},
		{ID: "again", Label: "Déjà importé", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "Reprendre ce fichier même s’il a déjà été importé", Selected: r.PostForm.Get("again") == "1", Help: "Rien n’est doublé\u00a0; les aides sont marquées vérifiées aujourd’hui."}}}}
	wrongIn(f, wrong)
	v := view{Heading: ui.Heading{Overline: "Tableau national", Title: "Importer des aides", Scope: []string{"réservé à l’administration nationale"},
		Lead: "Chaque aide reçoit d’abord son verdict\u00a0: rien n’est enregistré avant que vous l’ayez relu, et une seule ligne refusée retient tout le fichier. Ce que des personnes ont ajouté dans Jalon (leviers, éditions) n’est jamais changé par un import."},
		Tabs: d.importTabs(), Forms: []formView{{ID: "fichier", Title: "Le fichier", Action: importPath, Fields: f, Files: true, Buttons: [][2]string{{"stage", "Lire le fichier"}}}},
		Texts: []text{{"api", "Depuis l’API", "L’opérateur de l’installation importe aussi directement depuis l’API, avec son jeton\u00a0:\n\n    jalon import aids --api " + aid.Site + "/api --apply"}}}
	return d.show(w, r, status, v, true, o.trail(ui.Link{Label: "Importer"})...)
}

// stage reads a file and leads to its preview: nothing of it is in the catalogue yet.
func (d Deps) stage(w http.ResponseWriter, r *http.Request) error {
	o, err := d.nation(r)
	if err != nil {
		return err
	}
	var run intake.Run
	if err = shell.ReadUpload(r, "Le fichier est trop gros pour cette page. Rien n’a été enregistré\u00a0: découpez-le, ou importez-le par la commande jalon import aids."); err == nil {
		run, err = d.readFile(r)
	}
	if err != nil && (shell.Beside(err) || apperr.KindOf(err) == apperr.TooLarge) {
		return d.showImport(w, r, apperr.Status(err), o, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, importPath+"/"+run.ID)
}

func (d Deps) readFile(r *http.Request) (run intake.Run, err error) {
	file, header, err := r.FormFile("file")
	if err != nil {
		return run, apperr.New(apperr.Invalid, err, "Choisissez un fichier qui contient au moins une aide.")
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return run, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return run, err
	}
	rows, done, err := exchange.ReadAids(header.Filename, file, nil, exchange.Options{Limits: exchange.UploadLimits()})
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, done()) }()
	return d.Aid.Stage(r.Context(), d.Q, intake.File{Name: header.Filename, SHA256: hex.EncodeToString(sum.Sum(nil)), By: shell.Actor(r).Person, Again: r.PostForm.Get("again") == "1"}, rows)
}

func (d Deps) run(w http.ResponseWriter, r *http.Request) error {
	return d.showRun(w, r, http.StatusOK, nil)
}

func (d Deps) showRun(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	o, err := d.nation(r)
	if err != nil {
		return err
	}
	run, err := intake.Find(r.Context(), d.Q, r.PathValue("id"))
	if err == nil && run.Kind != aid.RunKind {
		err = apperr.NotFoundf("Cet import n’existe pas.")
	}
	if err != nil {
		return err
	}
	here := importPath + "/" + run.ID
	p := preview.Run{Run: run, Here: here, Overline: "Aides", Scope: []string{"France"}, Tabs: d.importTabs(), TabsName: "Aides", Columns: []ui.Column{{Label: "Aide", Wide: true}, {Label: "Porteur"}}, Fields: []string{"aide", "porteur"}, Texts: told,
		Cells: func(data json.RawMessage) []ui.Cell {
			t := told(data)
			return []ui.Cell{{Text: t[0]}, {Text: t[1]}}
		},
		Nothing: "Rien n’a été enregistré", Wrong: wrong, Staged: ui.Alert{State: "info", Title: "Rien n’est encore enregistré", Text: "Relisez les verdicts, puis enregistrez. Ce qui est déjà au catalogue n’est pas doublé."},
		Applied: ui.Alert{State: "success", Title: "Aides enregistrées", Text: "Enregistrées le " + french.Date(run.AppliedAt) + "."},
		Act:     here, Form: "enregistrer", Button: "Enregistrer " + french.Integer(run.Rows) + nb + french.Plural(run.Rows, "aide", "aides"), Links: []ui.Link{{Label: "Importer un autre fichier", Href: importPath}}}
	v, err := p.Read(r.Context(), d.Q, d.Aid.Cursors, r)
	if err != nil {
		return err
	}
	page := d.Shell.Page(r, v.Heading.Title, "", o.trail(ui.Link{Label: "Importer", Href: importPath}, ui.Link{Label: "Aperçu"})...)
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, preview.Page(v))
}

func told(data json.RawMessage) []string {
	var x aid.Told
	if json.Unmarshal(data, &x) != nil || x.Name == "" {
		return []string{"", ""}
	}
	return []string{x.Name, x.Holder}
}

// apply makes a file real, all of it or nothing.
func (d Deps) apply(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	if _, err := d.nation(r); err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	run, err := intake.Find(r.Context(), d.Q, r.PathValue("id"))
	if err != nil {
		return err
	}
	run.Rev = rev
	_, _, err = d.Aid.Apply(r.Context(), d.Q, shell.Actor(r), run, true)
	if shell.Beside(err) {
		return d.showRun(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, back(importPath+"/"+run.ID, "import"))
}
