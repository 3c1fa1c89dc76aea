package plans

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/intake"
	"jalon/internal/plan"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// importView is the page that takes a file of plans, before anything is read.
type importView struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Base    string
	Fields  []ui.Field
}

func (d Deps) importPage(r *http.Request, region territory.Region, title string, trail ...ui.Link) ui.Page {
	all := []ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Les COP régionales", Href: "/regions"}, {Label: region.Name, Href: "/regions/" + region.Slug}, {Label: "Plans", Href: base(region)}}
	page := d.Shell.Page(r, title, "", append(all, trail...)...)
	page.NoIndex, page.Canonical = true, ""
	return page
}

func (d Deps) importForm(w http.ResponseWriter, r *http.Request) error {
	region, err := d.region(r)
	if err != nil {
		return err
	}
	return d.showImport(w, r, http.StatusOK, region, nil)
}

func (d Deps) showImport(w http.ResponseWriter, r *http.Request, status int, region territory.Region, wrong error) error {
	v := importView{Heading: ui.Heading{Overline: "Plans", Title: region.Name + nb + ": importer des plans", Scope: []string{"réservé à l’équipe"},
		Lead: "Une ligne par objectif. Chaque ligne reçoit d’abord son verdict" + nb + ": rien n’est enregistré avant que vous l’ayez relu, et une seule ligne refusée retient tout le fichier."},
		Tabs: deskTabs(region), Base: base(region) + "/import",
		Fields: []ui.Field{{ID: "file", Label: "Fichier CSV ou XLSX", Type: "file", Accept: ".csv,.xlsx,text/csv", Required: true, Help: "Les colonnes du modèle, dans n’importe quel ordre. 25" + nb + "Mo et 10" + nb + "000 lignes au plus."},
			{ID: "encoding", Label: "Encodage du fichier", Type: "select", Options: []ui.Option{{Label: "UTF-8, ou classeur"}, {Value: string(exchange.Windows1252), Label: "Windows-1252 (ancien Excel)", Selected: r.PostForm.Get("encoding") == string(exchange.Windows1252)}}},
			{ID: "again", Label: "Déjà importé", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "Reprendre ce fichier même s’il a déjà été importé", Selected: r.PostForm.Get("again") == "1", Help: "Ce qui est déjà enregistré ne l’est pas deux fois" + nb + "; une valeur changée depuis redevient celle du fichier."}}}}}
	if wrong != nil {
		v.Fields[0].Error = apperr.Message(wrong)
	}
	return d.Shell.RenderStatus(w, r, status, d.importPage(r, region, v.Heading.Title, ui.Link{Label: "Importer"}), importFormPage(v))
}

// stage reads a file and leads to its preview: nothing of it is a plan yet.
func (d Deps) stage(w http.ResponseWriter, r *http.Request) error {
	region, err := d.region(r)
	if err != nil {
		return err
	}
	var run intake.Run
	if err = shell.ReadUpload(r, shell.TooLongATable); err == nil {
		run, err = d.readFile(r, region)
	}
	if refused(err) {
		return d.showImport(w, r, apperr.Status(err), region, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, base(region)+"/import/"+run.ID)
}

func refused(err error) bool {
	return err != nil && (beside(err) || apperr.KindOf(err) == apperr.TooLarge)
}

// readFile opens the file and stages each row with its verdict.
func (d Deps) readFile(r *http.Request, region territory.Region) (run intake.Run, err error) {
	ctx, a := r.Context(), shell.Actor(r)
	file, header, err := r.FormFile("file")
	if err != nil || header.Size == 0 {
		return run, errors.Join(apperr.Invalidf("Choisissez un fichier qui contient au moins une ligne."), closed(file))
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return run, err
	}
	table, err := exchange.ReadTableWith(header.Filename, file, exchange.Options{Limits: exchange.PlanLimits(), Encoding: exchange.Encoding(r.PostForm.Get("encoding"))})
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	rows, err := exchange.ReadPlans(table, nil)
	if err != nil {
		return run, err
	}
	m, err := d.Model(ctx)
	if err != nil {
		return run, err
	}
	may, err := plan.Referee(ctx, d.Q, a, region.Code)
	if err != nil {
		return run, err
	}
	judge := plan.NewIncoming(m, plan.Place(ctx, d.Q, m.Tree()))
	f := intake.File{Kind: plan.RunKind(region.Code), Name: header.Filename, SHA256: hex.EncodeToString(sum.Sum(nil)), By: a.Person, Again: r.PostForm.Get("again") == "1"}
	return d.Room.Intake.Stage(ctx, d.Q, f, exchange.JudgePlans(rows, judge, may, nil), nil)
}

func closed(c io.Closer) error {
	if c == nil {
		return nil
	}
	return c.Close()
}

// model is a file to fill: its headers, and two examples of the region.
func (d Deps) model(w http.ResponseWriter, r *http.Request) error {
	region, err := d.region(r)
	if err != nil {
		return err
	}
	set := exchange.Dataset{Name: "plans-modele"}
	for _, name := range []string{"type", "territoire", "nom", "adoption", "début", "fin", "lien", "statut", "levier", "indicateur", "mesure", "année de départ", "valeur de départ", "année visée", "valeur visée", "unité", "page", "source"} {
		set.Fields = append(set.Fields, exchange.Field{Name: name})
	}
	documents, err := plan.Documents(region.Code)
	if err != nil {
		return err
	}
	own := documents[0].Kind
	var rows [][]exchange.Datum
	for _, cells := range [][]string{
		{own.Name(), "region:" + region.Code, "Exemple à remplacer", "2020-01-24", "2019", "2050", "https://exemple.fr/document", "en vigueur", "gestion-haies", "", "gain", "2019", "", "2030", "4000", "km", "112", "délibération du 24 janvier 2020"},
		{own.Name(), "region:" + region.Code, "Exemple à remplacer", "2020-01-24", "2019", "2050", "https://exemple.fr/document", "en vigueur", "", "Part d’énergie renouvelable", "niveau", "2019", "20", "2030", "40", "%", "84", "délibération du 24 janvier 2020"},
	} {
		var row []exchange.Datum
		for _, c := range cells {
			row = append(row, exchange.Text(c))
		}
		rows = append(rows, row)
	}
	set.Rows = exchange.Slice(rows)
	return sendCSV(w, set)
}

func sendCSV(w http.ResponseWriter, set exchange.Dataset) error {
	var body bytes.Buffer
	if _, err := exchange.WriteCSV(&body, set, ','); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+set.Name+`.csv"`)
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	_, err := w.Write(body.Bytes())
	return err
}
