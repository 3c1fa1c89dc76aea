package papers

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// exporting is where exports are asked for: a region, or the nation when the
// address has none.
type exporting struct {
	place
	nation      bool
	all         bool
	departments []string
}

func (d Deps) exporting(r *http.Request) (x exporting, err error) {
	a := shell.Actor(r)
	if r.PathValue("slug") == "" && r.PathValue("code") == "" {
		x.nation, x.all = true, true
		if !policy.Where(a, policy.Export, policy.Response).All {
			return x, errUnknown
		}
		return x, nil
	}
	if x.place, err = d.at(r); err != nil {
		return x, err
	}
	if x.all, x.departments = x.place.departments(a, policy.Export); !x.all && len(x.departments) == 0 {
		return x, errUnknown
	}
	return x, nil
}

func (x exporting) here() string {
	if x.nation {
		return "/national/questionnaire/exports"
	}
	return x.base() + "/exports"
}

func (d Deps) exports(w http.ResponseWriter, r *http.Request) error {
	return d.showExports(w, r, http.StatusOK, nil)
}

func (d Deps) showExports(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	x, err := d.exporting(r)
	if err != nil {
		return err
	}
	who := "France"
	if !x.nation {
		who = x.Name
	}
	const perPage = 50
	after := r.URL.Query().Get("apres")
	department := ""
	if !x.all {
		department = x.departments[0]
	}
	list, err := survey.Exports(r.Context(), d.Q, x.Code, department, after, perPage+1)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Questionnaire", Title: who + nb + ": emporter les réponses validées", Scope: []string{"réservé à celles et ceux qui y ont droit", "noms des collectivités compris"},
		Lead: "Chaque fichier est fait d’un seul instantané des réponses validées. Il est gardé sept jours" + nb + "; sa trace reste, avec son empreinte."},
		Foot: ui.Source{Text: "réponses validées par les collectivités. Une question sans réponse est absente ou vide, jamais zéro."}}
	if !x.nation {
		v.Tabs = x.tabs(x.here())
	}
	what := ui.Field{ID: "what", Label: "Fichier", Type: "select", Required: true}
	for _, k := range survey.ExportKinds() {
		what.Options = append(what.Options, ui.Option{Value: string(k), Label: k.Name(), Selected: typed(r, "what") == string(k)})
	}
	if wrong != nil {
		what.Error = apperr.Message(wrong)
	}
	fields := []ui.Field{what}
	if !x.nation {
		where := ui.Field{ID: "department", Label: "Territoire", Type: "select", Required: true}
		if x.all {
			where.Options = append(where.Options, ui.Option{Label: "toute la région"})
		}
		for _, dept := range x.tree.Departments() {
			if dept.Region == x.Code && (x.all || contains(x.departments, dept.Code)) {
				where.Options = append(where.Options, ui.Option{Value: dept.Code, Label: dept.Name, Selected: typed(r, "department") == dept.Code})
			}
		}
		fields = append(fields, where)
	}
	fields = append(fields, ui.Field{ID: "texts", Label: "Textes libres", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "Joindre les textes libres et les noms de fichiers", Selected: typed(r, "texts") == "1",
		Help: "Ils peuvent nommer des personnes" + nb + ": ne les publiez pas sans relecture."}}})
	v.Forms = []formView{{ID: "demander", Title: "Demander un fichier", Action: x.here(), Submit: "Préparer le fichier", Fields: fields, Lead: "Un petit fichier est prêt aussitôt. Un grand se prépare pendant que vous faites autre chose" + nb + ": revenez sur cette page."}}
	t := ui.Table{ID: "liste", Caption: "Exports demandés", CaptionHidden: true, Columns: []ui.Column{{Label: "Fichier", Wide: true}, {Label: "Contenu"}, {Label: "Demandé"}, {Label: "État"}, {Label: "Lignes", Number: true}, {Label: "SHA-256", Wide: true}}}
	names, err := d.names(r, list)
	if err != nil {
		return err
	}
	for i, e := range list {
		if i == perPage {
			v.Pager.Next = x.here() + "?apres=" + list[i-1].ID
			break
		}
		t.Rows = append(t.Rows, d.exportRow(x, e, names[e.By]))
	}
	v.Tables = []titled{{ID: "exports", Title: "Fichiers demandés", Table: t, Empty: "Aucun fichier n’a encore été demandé ici."}}
	trail := []ui.Link{{Label: "France", Href: "/national"}, {Label: "Exports du questionnaire"}}
	if !x.nation {
		trail = x.trail(ui.Link{Label: "Exports"})
	}
	return d.show(w, r, status, v, trail...)
}

func (d Deps) exportRow(x exporting, e survey.Export, by string) ui.Row {
	cells := []ui.Cell{{Text: e.File}, {Text: e.What.Name(), Sub: e.Filter()}, {Text: french.Date(e.At), Sub: by}, {}, {Missing: "pas encore produit"}, {Missing: "pas encore produit"}}
	switch e.State {
	case survey.ExportReady:
		cells[0].Href = x.here() + "/" + e.ID + "~" + e.File
		cells[3] = ui.Cell{Text: "prêt", Sub: size(e.Size) + ", données " + e.DataVersion}
	case survey.ExportWaiting:
		cells[3] = ui.Cell{Text: "en attente", Sub: "rechargez la page dans un instant"}
	case survey.ExportRunning:
		cells[3] = ui.Cell{Text: "en préparation", Sub: "rechargez la page dans un instant"}
		if e.Silent(d.Now()) {
			cells[3] = ui.Cell{Text: "interrompu", Sub: "sans nouvelles depuis plus de trois minutes" + nb + ": demandez-le de nouveau"}
		}
	case survey.ExportFailed:
		cells[3] = ui.Cell{Text: "échec", Sub: e.Reason}
		cells[4].Missing, cells[5].Missing = "le fichier n’a pas été produit", "le fichier n’a pas été produit"
	case survey.ExportExpired:
		cells[3] = ui.Cell{Text: "plus gardé", Sub: "les fichiers le sont sept jours"}
	}
	if e.SHA256 != "" {
		cells[4] = ui.Cell{Text: french.Integer(e.Rows)}
		cells[5] = ui.Cell{Text: e.SHA256, Href: x.here() + "/" + e.ID + "~" + e.File + ".sha256"}
		if e.State == survey.ExportExpired {
			cells[5].Href = ""
		}
	}
	return ui.Row{Cells: cells}
}

func size(n int64) string {
	if n < 1<<20 {
		return french.Integer((n+1023)>>10) + nb + "Ko"
	}
	return french.Integer((n+1<<19)>>20) + nb + "Mo"
}

// names are those of who asked, told by the accounts that still have one.
func (d Deps) names(r *http.Request, list []survey.Export) (map[string]string, error) {
	out := map[string]string{}
	for _, e := range list {
		if _, known := out[e.By]; known {
			continue
		}
		name := ""
		err := d.Q.QueryRow(r.Context(), `SELECT name FROM account WHERE id = $1`, e.By).Scan(&name)
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return nil, err
		}
		out[e.By] = name
	}
	return out, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (d Deps) ask(w http.ResponseWriter, r *http.Request) error {
	x, err := d.exporting(r)
	if err != nil {
		return err
	}
	s := survey.Scope{Cycle: cop.First}
	if !x.nation {
		s = survey.Scope{Cycle: x.cop.Cycle, Region: x.Code, Department: typed(r, "department")}
		if s.Department == "" && !x.all {
			s.Department = x.departments[0]
		}
	}
	if _, err := d.Room.AskExport(r.Context(), shell.Actor(r), x.cop.ID, s, survey.ExportKind(typed(r, "what")), typed(r, "texts") == "1"); err != nil {
		if beside(err) {
			return d.showExports(w, r, apperr.Status(err), err)
		}
		return err
	}
	return shell.SeeOther(w, r, x.here())
}

// file sends an export whole, with its length and its digest, or its digest alone.
func (d Deps) file(w http.ResponseWriter, r *http.Request) error {
	x, err := d.exporting(r)
	if err != nil {
		return err
	}
	id, file, _ := strings.Cut(r.PathValue("fichier"), "~")
	e, err := survey.FindExport(r.Context(), d.Q, id)
	if err != nil {
		return err
	}
	name, digest := strings.CutSuffix(file, ".sha256")
	if e.Scope.Region != x.Code || name != e.File || !survey.MayExport(shell.Actor(r), x.cop.ID, e.Scope) {
		return errUnknown
	}
	from, err := survey.OpenExport(r.Context(), d.Q, e)
	if err != nil {
		return err
	}
	saved := e.File
	if d.Shell.Demo {
		saved = shell.DemoName(saved)
	}
	h := w.Header()
	if digest {
		text := e.SHA256 + "  " + saved + "\n"
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(text)))
		_, err := io.WriteString(w, text)
		return err
	}
	h.Set("Content-Type", mediaType(e.File))
	h.Set("Content-Disposition", `attachment; filename="`+saved+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"`+e.SHA256+`"`)
	if raw, err := hex.DecodeString(e.SHA256); err == nil {
		h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(raw)+":")
	}
	h.Set("X-Data-Version", e.DataVersion)
	if e.Encoding == "gzip" {
		zip, err := gzip.NewReader(from)
		if err != nil {
			return err
		}
		from = zip
	}
	h.Set("Content-Length", strconv.FormatInt(e.Size, 10))
	if r.Method == http.MethodHead {
		return nil
	}
	if n, err := io.Copy(w, from); err != nil && n == 0 {
		h.Del("Content-Length")
		return err
	} else if err != nil || n != e.Size {
		panic(http.ErrAbortHandler) // what was begun must not look whole
	}
	return nil
}

func mediaType(file string) string {
	switch file[strings.LastIndexByte(file, '.')+1:] {
	case "csv":
		return "text/csv; charset=utf-8; header=present"
	case "json":
		return "application/json; charset=utf-8"
	}
	return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
}
