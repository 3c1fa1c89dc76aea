// Package opendata serves the open data of questionnaires: the numbered editions
// that anyone downloads, and the page where a team makes one.
package opendata

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/restitution"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Room  *restitution.OpenRoom
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"open-list": d.list, "open-edition": d.edition, "open-file": d.file, "open-desk": d.desk, "open-publish": d.publish, "open-consent": d.consent}
}

const (
	nb   = french.NoBreak
	home = "/donnees/questionnaire"
)

// Address is the permanent address of an edition.
func Address(e restitution.OpenEdition, slug string) string {
	return home + "/" + e.Cycle + "/" + slug + "/" + strconv.FormatInt(e.Seq, 10)
}

type view struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Done    bool
	Notices []ui.Alert
	Facts   [][2]string
	Tables  []tableView
	Empty   ui.Empty
	Forms   []formView
	Rules   bool
	Foot    ui.Source
}

type tableView struct {
	ID, Title, Lead string
	Table           ui.Table
}

type formView struct {
	ID, Title, Lead, Action, Submit string
	Hidden                          [][2]string
	Fields                          []ui.Field
}

// list is every edition of every region, the last one first.
func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	all, err := restitution.OpenEditions(r.Context(), d.Q, "")
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Données ouvertes", Title: "Réponses au questionnaire" + nb + ": aucune édition publiée pour l’instant", Scope: []string{"anonymisées par groupes d’au moins cinq collectivités", "Licence Ouverte 2.0"},
		Lead: "Chaque région publie des éditions numérotées, qui ne changent plus une fois publiées. Une édition a une adresse permanente, et chaque fichier son empreinte."}, Rules: true,
		Foot: ui.Source{Text: "réponses validées des collectivités au questionnaire de leur COP.", Sources: []ui.Link{{Label: "Toutes les données", Href: "/donnees"}}, Print: true}}
	if len(all) == 0 {
		v.Empty = ui.Empty{Title: "Rien à télécharger pour l’instant", Text: "Une région publie sa première édition une fois sa restitution publiée par ses deux co-animateurs."}
	} else {
		v.Heading.Title = "Réponses au questionnaire" + nb + ": " + french.Integer(len(all)) + " " + french.Plural(len(all), "édition publiée", "éditions publiées")
		t := ui.Table{ID: "editions", Caption: "Éditions publiées, la dernière de chaque région d’abord", Columns: []ui.Column{{Label: "Région"}, {Label: "Cycle"}, {Label: "Édition"}, {Label: "Arrêtée le"}, {Label: "Réponses", Number: true}, {Label: "Groupes", Number: true}, {Label: "Empreinte", Wide: true}}}
		slices.Reverse(all)
		for _, e := range all {
			region, err := m.Tree().Region(e.Region)
			if err != nil {
				return err
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: region.Name}, {Text: e.Cycle}, {Text: e.Number(), Href: Address(e, region.Slug)}, {Text: french.Day(e.Day)}, {Text: french.Integer(e.Respondents)}, {Text: french.Integer(len(e.Groups))}, {Text: e.SHA256[:16] + "…", Exact: e.SHA256}}})
		}
		v.Tables = []tableView{{ID: "liste", Title: "Les éditions", Table: t}}
	}
	page := d.Shell.Page(r, v.Heading.Title, "Éditions numérotées et anonymisées des réponses au questionnaire aux collectivités.", ui.Link{Label: "Données", Href: "/donnees"}, ui.Link{Label: "Questionnaire"})
	return d.Shell.Render(w, r, page, openPage(v))
}

// at finds the edition of an address.
func (d Deps) at(r *http.Request) (e restitution.OpenEdition, name, slug string, all []restitution.OpenEdition, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return e, "", "", nil, err
	}
	region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
	if err != nil {
		return e, "", "", nil, err
	}
	none := apperr.NotFoundf("Cette édition n’existe pas.")
	n, err := strconv.ParseInt(r.PathValue("edition"), 10, 64)
	if err != nil {
		return e, "", "", nil, none
	}
	c, err := cop.FindIn(r.Context(), d.Q, r.PathValue("cycle"), "region:"+region.Code)
	if err != nil {
		return e, "", "", nil, none
	}
	campaign, err := survey.CampaignOf(r.Context(), d.Q, c.ID)
	if err != nil {
		return e, "", "", nil, none
	}
	if all, err = restitution.OpenEditions(r.Context(), d.Q, campaign.ID); err != nil {
		return e, "", "", nil, err
	}
	i := slices.IndexFunc(all, func(e restitution.OpenEdition) bool { return e.Seq == n })
	if i < 0 {
		return e, "", "", nil, none
	}
	return all[i], region.Name, region.Slug, all, nil
}

func (d Deps) edition(w http.ResponseWriter, r *http.Request) error {
	e, name, slug, all, err := d.at(r)
	if err != nil {
		return err
	}
	here := Address(e, slug)
	v := view{Heading: ui.Heading{Overline: "Données ouvertes du questionnaire", Title: name + ", " + e.Number() + nb + ": " + french.Integer(e.Respondents) + " " + french.Plural(e.Respondents, "réponse comptée", "réponses comptées"),
		Scope: []string{"arrêtée le " + french.Day(e.Day), "cycle " + e.Cycle, "Licence Ouverte 2.0"}}, Rules: true,
		Foot: ui.Source{Text: "Jalon, réponses validées au questionnaire " + e.Form + ", version " + strconv.FormatInt(e.FormVersion, 10) + ".", Print: true, Share: d.Shell.Absolute(here)}}
	if last := all[len(all)-1]; last.Seq != e.Seq {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Une édition plus récente existe", Text: "Celle-ci reste à cette adresse et ne change plus.", Links: []ui.Link{{Label: "Lire l’" + last.Number(), Href: Address(last, slug)}}})
	}
	v.Facts = [][2]string{{"Adresse permanente", d.Shell.Absolute(here)}, {"Groupes publiés", french.Integer(len(e.Groups))}, {"Empreinte de l’édition (SHA-256 de la liste des fichiers)", e.SHA256}}
	if n := len(e.Kept.Groups); n > 0 {
		v.Facts = append(v.Facts, [2]string{"Groupes sans changement suffisant", french.Integer(n) + " gardent les chiffres d’une édition précédente"})
	}
	for _, kind := range e.Kept.Out {
		v.Facts = append(v.Facts, [2]string{"Non publié", exchange.GroupLabel(restitution.OpenCounts{Group: restitution.OpenGroup{Kind: kind}}, nil) + nb + ": moins de cinq réponses"})
	}
	t := ui.Table{ID: "fichiers", Caption: "Fichiers de l’édition", Columns: []ui.Column{{Label: "Fichier"}, {Label: "Contenu", Wide: true}, {Label: "Lignes", Number: true}, {Label: "Taille", Number: true, Unit: "ko"}, {Label: "Empreinte SHA-256", Wide: true}}}
	for _, f := range e.Files {
		rows := ui.Cell{Text: french.Integer(f.Rows)}
		if f.Rows == 0 {
			rows = ui.Cell{Missing: "ce fichier est un texte"}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: f.Name, Href: here + "/" + f.Name}, {Text: f.Title}, rows, {Text: french.Number(float64(f.Size)/1000, 1)}, {Text: f.SHA256}}})
	}
	v.Tables = append(v.Tables, tableView{ID: "telecharger", Title: "Télécharger", Lead: "Commencez par «" + nb + "lisez-moi.md" + nb + "»" + nb + ": il décrit chaque colonne et ce qui n’est pas publié.", Table: t}, groupsTable(e, d.names(r.Context())))
	page := d.Shell.Page(r, v.Heading.Title, v.Heading.Title+".", ui.Link{Label: "Données", Href: "/donnees"}, ui.Link{Label: "Questionnaire", Href: home}, ui.Link{Label: name + ", " + e.Number()})
	return d.Shell.Render(w, r, page, openPage(v))
}

func groupsTable(e restitution.OpenEdition, name func(string) string) tableView {
	t := ui.Table{ID: "groupes", Caption: "Groupes publiés", Columns: []ui.Column{{Label: "Groupe", Wide: true}, {Label: "Identifiant", Wide: true}}}
	for _, g := range e.Groups {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: exchange.GroupLabel(restitution.OpenCounts{Group: g}, name)}, {Text: g.Key}}})
	}
	return tableView{ID: "groupes-publies", Title: "Qui est compté avec qui", Table: t}
}

// file sends a file of an edition: its bytes never change.
func (d Deps) file(w http.ResponseWriter, r *http.Request) (err error) {
	e, _, _, _, err := d.at(r)
	if err != nil {
		return err
	}
	name, digestOnly := strings.CutSuffix(r.PathValue("file"), ".sha256")
	body, f, err := restitution.OpenPart(r.Context(), d.Q, e, name)
	if err != nil {
		return err
	}
	saved := exchange.OpenDataName(e, f.Name)
	if d.Shell.Demo {
		saved = shell.DemoName(saved)
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=86400")
	h.Set("Access-Control-Allow-Origin", "*")
	if digestOnly {
		text := f.SHA256 + "  " + saved + "\n"
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(text)))
		_, err := w.Write([]byte(text))
		return err
	}
	h.Set("Content-Type", map[bool]string{true: "text/markdown; charset=utf-8"}[strings.HasSuffix(f.Name, ".md")])
	for ext, kind := range map[string]string{".csv": "text/csv; charset=utf-8", ".json": "application/json", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"} {
		if strings.HasSuffix(f.Name, ext) {
			h.Set("Content-Type", kind)
		}
	}
	h.Set("Content-Disposition", `attachment; filename="`+saved+`"`)
	h.Set("ETag", `"`+f.SHA256+`"`)
	http.ServeContent(w, r, "", e.At, body)
	return nil
}

// names tells the name of a département.
func (d Deps) names(ctx context.Context) func(code string) string {
	m, err := d.Model(ctx)
	return func(code string) string {
		if err == nil {
			if x, err := m.Tree().Dept(code); err == nil {
				return x.Name
			}
		}
		return code
	}
}

// where is the COP of a desk, and its campaign.
type where struct {
	cop      cop.COP
	name     string
	slug     string
	campaign survey.Campaign
	none     bool
}

func (d Deps) find(r *http.Request) (x where, err error) {
	ctx := r.Context()
	m, err := d.Model(ctx)
	if err != nil {
		return x, err
	}
	var territory string
	if code := r.PathValue("code"); code != "" {
		dept, err := m.Tree().Dept(code)
		if err != nil {
			return x, err
		}
		x.name, territory = dept.Name, "department:"+dept.Code
	} else {
		region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
		if err != nil {
			return x, err
		}
		x.name, x.slug, territory = region.Name, region.Slug, "region:"+region.Code
	}
	if x.cop, err = cop.FindIn(ctx, d.Q, cmp.Or(r.PathValue("cycle"), cop.First), territory); err != nil {
		return x, err
	}
	// Who does not know the desk does not know this page.
	if err := policy.Check(shell.Actor(r), policy.Read, x.cop.Thing(policy.Desk)); err != nil {
		return x, err
	}
	if err := policy.Check(shell.Actor(r), policy.Edit, policy.Thing{Kind: policy.Campaign, COPs: []string{x.cop.ID}}); err != nil {
		return x, err
	}
	x.campaign, err = survey.CampaignOf(ctx, d.Q, x.cop.ID)
	if apperr.KindOf(err) == apperr.NotFound {
		x.none, err = true, nil
	}
	return x, err
}

// beside reports whether an error belongs beside a form.
func beside(err error) bool {
	switch apperr.KindOf(err) {
	case apperr.Invalid, apperr.Conflict:
		return true
	}
	return false
}

var errForm = errors.New("opendata: the form cannot be read")
