// Package reports serves what the national team publishes: the point d’étape of
// any day, for those who may read it, and the three studies, for anyone; as a
// page, a deck, a text and a PDF, then frozen as they stood.
package reports

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/report"
	"jalon/internal/restitution"
	"jalon/internal/territory"
	"jalon/internal/web/paper"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const nb = french.NoBreak

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	DB    *db.DB
	Now   func() time.Time
	Store *Store
	// Room freezes documents.
	Room *report.Room
	// Restitution reads what the regions had published of the answers by a day.
	Restitution func(ctx context.Context, cycle, day string) (restitution.View, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"report": d.page(pointEtape), "report-pptx": d.file(pointEtape, "pptx"), "report-odt": d.file(pointEtape, "odt"), "report-pdf": d.file(pointEtape, "pdf"),
		"studies": d.studies, "study": d.study, "national-documents": d.list,
		"document-freeze-form": d.freezeForm, "document-freeze": d.freeze, "publication": d.publication, "publication-file": d.publicationFile,
	}
}

// kind is one of the documents: how it is called, who reads it, how it is made.
type kind struct {
	Code     string // in addresses and in the names of files
	Name     string
	Says     string // one sentence on the list
	Path     string
	Dated    bool // reads the COPs, hence a day and a cycle
	Regional bool // may be made for one region
	Public   bool
	make     func(ctx context.Context, d Deps, m *panorama.Model, in ask) (document.Document, error)
}

var pointEtape = kind{Code: "point-d-etape", Name: "Point d’étape des COP", Path: "/national/point-d-etape", Dated: true,
	Says: "L’état des COP à une date, du lancement aux suites annoncées.",
	make: func(ctx context.Context, d Deps, m *panorama.Model, in ask) (document.Document, error) {
		return report.National(ctx, d.DB, m, in.Edition)
	}}

// theStudies are the three, in the order of the stages that they go with.
var theStudies = []kind{
	{Code: "guide-du-panorama", Name: "Guide du panorama des leviers", Path: "/etudes/guide-du-panorama", Regional: true, Public: true,
		Says: "Au lancement\u00a0: lire les objectifs de la France ou d’une région, leur méthode et leurs limites.",
		make: func(ctx context.Context, _ Deps, m *panorama.Model, in ask) (document.Document, error) {
			return report.Guide(ctx, m, in.Region.Code, in.Edition)
		}},
	{Code: "retour-des-questionnaires", Name: "Retour des questionnaires", Path: "/etudes/retour-des-questionnaires", Dated: true, Public: true,
		Says: "Au diagnostic\u00a0: ce qui est demandé aux collectivités et comment le lire\u00a0; puis ce qu’elles répondent, dès les premières réponses.",
		make: func(ctx context.Context, d Deps, m *panorama.Model, in ask) (document.Document, error) {
			return report.SurveyStudy(ctx, d.DB, m, in.Edition)
		}},
	{Code: "actions-et-mesures", Name: "Actions et mesures d’accompagnement", Path: "/etudes/actions-et-mesures", Dated: true, Regional: true, Public: true,
		Says: "Au débat\u00a0: pour chaque levier, quoi faire et combien cela compte\u00a0; aides à venir.",
		make: func(ctx context.Context, d Deps, m *panorama.Model, in ask) (document.Document, error) {
			return report.MeasureStudy(ctx, d.DB, m, in.Region.Code, in.Edition)
		}},
}

// byCode finds a document.
func byCode(code string) (kind, error) {
	if code == pointEtape.Code {
		return pointEtape, nil
	}
	for _, k := range theStudies {
		if k.Code == code {
			return k, nil
		}
	}
	return kind{}, apperr.NotFoundf("Cette étude n’existe pas. La page «\u00a0Études\u00a0» liste les trois.")
}

// nation is the whole country in a list of regions: a browser refuses an empty
// choice where one is required.
const nation = "france"

// ask is which edition of a document is wanted.
type ask struct {
	report.Edition
	Region territory.Region // zero for the nation
}

// query is the same as an address.
func (a ask) query(k kind) string {
	q := url.Values{}
	q.Set("jour", a.Day)
	if k.Dated {
		q.Set("cycle", a.Cycle)
	}
	if k.Regional && a.Region.Slug != "" {
		q.Set("region", a.Region.Slug)
	}
	return "?" + q.Encode()
}

// fileName is how a file of it is called once saved.
func (a ask) fileName(k kind, ext string) string {
	name := k.Code
	if k.Regional && a.Region.Slug != "" {
		name += "-" + a.Region.Slug
	}
	if k.Dated && a.Cycle != cop.First {
		name += "-cop-" + a.Cycle
	}
	return name + "-" + a.Day + "." + ext
}

// today is the day it is in Paris: these documents speak of the whole country.
func (d Deps) today() string {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		zone = time.UTC
	}
	return d.Now().In(zone).Format(time.DateOnly)
}

// read reads an address, or a form, into what is asked.
func (d Deps) read(r *http.Request, m *panorama.Model, k kind, v url.Values) (a ask, err error) {
	a.Cycle = v.Get("cycle")
	if a.Cycle == "" {
		a.Cycle = cop.First
	}
	if a.Day, err = report.CheckDay(v.Get("jour"), d.today()); err != nil {
		return a, err
	}
	if slug := v.Get("region"); slug != "" && slug != nation && k.Regional {
		if a.Region, err = m.Tree().RegionBySlug(slug); err != nil {
			return a, err
		}
	}
	a.Author = "Équipe nationale de la planification écologique"
	if k.Public {
		a.Author = "Jalon, d’après les données publiées par le SGPE"
	}
	a.Demo, a.Restitution = d.Shell.Demo, d.Restitution
	a.Address = d.Shell.Site(r) + k.Path + a.query(k)
	return a, nil
}

// mayRead admits whoever holds a role that reads reports, wherever they hold
// it: a region compares itself with the others. Studies are for anyone.
func mayRead(r *http.Request, k kind) error {
	a := shell.Actor(r)
	if k.Public || !policy.Where(a, policy.Read, policy.Report).None() {
		return nil
	}
	return policy.Check(a, policy.Read, policy.Thing{Kind: policy.Report})
}

// mayExport admits those who may take the whole away.
func mayExport(r *http.Request, k kind) error {
	if err := mayRead(r, k); err != nil {
		return err
	}
	if canExport(r, k) {
		return nil
	}
	return apperr.New(apperr.Forbidden, nil, "Votre rôle permet de lire le point d’étape, pas d’en emporter le fichier. Imprimez la page, ou demandez le fichier à l’équipe nationale.")
}

func canExport(r *http.Request, k kind) bool {
	return k.Public || !policy.Where(shell.Actor(r), policy.Export, policy.Report).None()
}

// written makes the document that a request asks for.
func (d Deps) written(r *http.Request, k kind) (document.Document, ask, error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return document.Document{}, ask{}, err
	}
	a, err := d.read(r, m, k, r.URL.Query())
	if err != nil {
		return document.Document{}, a, err
	}
	doc, err := k.make(r.Context(), d, m, a)
	return doc, a, err
}

// page serves a document as a page.
func (d Deps) page(k kind) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := mayRead(r, k); err != nil {
			return err
		}
		doc, a, err := d.written(r, k)
		if err != nil {
			return err
		}
		v := documentView{Doc: doc}
		if canExport(r, k) {
			for _, f := range formats {
				v.Files = append(v.Files, ui.Link{Label: f.Label, Href: k.Path + "." + f.Ext + a.query(k), Note: f.Note})
			}
		}
		if v.Choose, err = d.chooser(r.Context(), k, a); err != nil {
			return err
		}
		v.Action = k.Path
		if policy.Can(shell.Actor(r), policy.Create, policy.Thing{Kind: policy.Report}) {
			v.Freeze = "/national/documents/figer" + a.query(k) + "&document=" + k.Code
		}
		page := d.Shell.Page(r, doc.Title, k.Says, d.trail(k)...)
		page.Styles = append(page.Styles, paper.Stylesheet())
		if !k.Public {
			page.NoIndex, page.Canonical = true, ""
		}
		return d.Shell.Render(w, r, page, documentPage(v))
	}
}

func (d Deps) trail(k kind) []ui.Link {
	if k.Public {
		return []ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Études", Href: "/etudes"}, {Label: k.Name}}
	}
	return []ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Documents", Href: "/national/documents"}, {Label: k.Name}}
}

// study serves a study under its address: the page, or with an ending, a file.
func (d Deps) study(w http.ResponseWriter, r *http.Request) error {
	code, ext, isFile := strings.Cut(r.PathValue("etude"), ".")
	k, err := byCode(code)
	if err != nil || !k.Public {
		return apperr.New(apperr.NotFound, err, "Cette étude n’existe pas. La page «\u00a0Études\u00a0» liste les trois.")
	}
	if !isFile {
		return d.page(k)(w, r)
	}
	return d.file(k, ext)(w, r)
}
