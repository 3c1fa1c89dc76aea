package restitutions

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/report"
	"jalon/internal/restitution"
	"jalon/internal/territory"
	"jalon/internal/web/paper"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// documentView is a document and how to take it away.
type documentView struct {
	Doc   document.Document
	Files []ui.Link
	Back  ui.Link
}

var fileTypes = map[string]string{"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "odt": "application/vnd.oasis.opendocument.text", "pdf": "application/pdf"}

// departmentDoc is the restitution of a département: as it stands for whoever
// conducts the COP or leads the département, the published edition for anyone.
func (d Deps) departmentDoc(r *http.Request) (doc document.Document, x reading, dept territory.Dept, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return doc, x, dept, err
	}
	if dept, err = m.Tree().Dept(r.PathValue("code")); err != nil {
		return doc, x, dept, err
	}
	region, err := m.Tree().Region(dept.Region)
	if err != nil {
		return doc, x, dept, err
	}
	x = reading{region: region, m: m, tree: m.Tree(), base: "/regions/" + region.Slug + "/restitution", asked: r.URL.Query()}
	cycle := x.asked.Get("cycle")
	if cycle == "" {
		if cycle, err = restitution.LatestCycle(r.Context(), d.Q, region.Code, cop.First); err != nil {
			return doc, x, dept, err
		}
	}
	x.View, err = d.Room.ForDepartment(r.Context(), shell.Actor(r), cycle, region.Code, dept.Code, x.asked.Get("vue") == "publique")
	if err != nil {
		return doc, x, dept, err
	}
	around := &x.View
	if !x.Public {
		switch v, err := d.Room.For(r.Context(), shell.Actor(r), cycle, region.Code, false); {
		case err == nil:
			around = &v
		case apperr.KindOf(err) == apperr.NotFound:
			around = nil
		default:
			return doc, x, dept, err
		}
	}
	author := "Équipe de la COP " + region.Name
	if x.Public {
		author = "COP " + region.Name + ", restitution publiée"
	}
	doc, err = report.DepartmentAnswers(report.Answered{View: x.View, Around: around, Tree: m.Tree(), Now: d.Now(), Address: d.Shell.Site(r) + "/departements/" + dept.Code + "/restitution" + x.query(), Author: author, Demo: d.Shell.Demo}, dept)
	return doc, x, dept, err
}

func (d Deps) department(w http.ResponseWriter, r *http.Request) error {
	doc, x, dept, err := d.departmentDoc(r)
	if apperr.KindOf(err) == apperr.NotFound && dept.Code != "" && x.region.Code != "" {
		x.empty = apperr.Message(err)
		v := view{Heading: ui.Heading{Overline: "Restitution du questionnaire", Title: dept.Name + nb + ": le dossier de restitution n’est pas encore là"},
			Empty: ui.Empty{Title: "Rien à lire ici pour l’instant", Text: x.empty, Action: ui.Link{Label: "La restitution de la région", Href: x.base}}}
		return d.show(w, r, x, v, departmentTrail(x, dept)...)
	}
	if err != nil {
		return err
	}
	return d.showDocument(w, r, x, doc, "/departements/"+dept.Code+"/restitution/", "restitution-"+dept.Code, ui.Link{Label: "La restitution de la région", Href: x.base + x.query()}, departmentTrail(x, dept)...)
}

func departmentTrail(x reading, dept territory.Dept) []ui.Link {
	return x.trail(ui.Link{Label: "Restitution", Href: x.base + x.query()}, ui.Link{Label: dept.Name})
}

func (d Deps) departmentFile(w http.ResponseWriter, r *http.Request) error {
	doc, x, dept, err := d.departmentDoc(r)
	if err == nil {
		err = x.mayTake(shell.Actor(r), dept.Code)
	}
	if err != nil {
		return err
	}
	return d.file(w, r, doc, "restitution-"+dept.Code)
}

// studyDoc is the study of the nation.
func (d Deps) studyDoc(r *http.Request) (doc document.Document, x reading, err error) {
	if x, err = d.nation(r); err != nil {
		return doc, x, err
	}
	if x.empty != "" || len(x.Campaigns) == 0 {
		return doc, x, apperr.NotFoundf("Aucune région n’a encore publié sa restitution\u00a0: l’étude se fera de celles qui le feront.")
	}
	author := "Équipe nationale de la planification écologique"
	if x.Public {
		author = "Jalon, d’après les restitutions publiées par les COP"
	}
	return report.AnswersStudy(report.Answered{View: x.View, Tree: x.tree, Now: d.Now(), Address: d.Shell.Site(r) + x.base + "/etude" + x.query(), Author: author, Demo: d.Shell.Demo}), x, nil
}

func (d Deps) study(w http.ResponseWriter, r *http.Request) error {
	doc, x, err := d.studyDoc(r)
	if err != nil {
		return err
	}
	return d.showDocument(w, r, x, doc, x.base+"/etude/", "etude-reponses", ui.Link{Label: "La restitution nationale", Href: x.base + x.query()}, x.trail(ui.Link{Label: "Restitution nationale", Href: x.base + x.query()}, ui.Link{Label: "Étude"})...)
}

func (d Deps) studyFile(w http.ResponseWriter, r *http.Request) error {
	doc, x, err := d.studyDoc(r)
	if err == nil {
		err = x.mayTake(shell.Actor(r), "")
	}
	if err != nil {
		return err
	}
	return d.file(w, r, doc, "etude-reponses")
}

func (d Deps) showDocument(w http.ResponseWriter, r *http.Request, x reading, doc document.Document, dir, name string, back ui.Link, trail ...ui.Link) error {
	v := documentView{Doc: doc, Back: back}
	for _, f := range [][2]string{{"pptx", "Diaporama"}, {"odt", "Texte"}, {"pdf", "PDF"}} {
		if f[0] != "pdf" || d.PDF != nil {
			v.Files = append(v.Files, ui.Link{Label: f[1], Href: dir + name + "." + f[0] + x.query(), Note: strings.ToUpper(f[0])})
		}
	}
	page := d.Shell.Page(r, doc.Title, doc.Subtitle+".", trail...)
	page.Styles = append(page.Styles, paper.Stylesheet())
	if !x.Public {
		page.NoIndex, page.Canonical = true, ""
	}
	return d.Shell.Render(w, r, page, documentPage(v))
}

// file sends a document in the format that its name asks: made whole, then sent
// with its length and its digest.
func (d Deps) file(w http.ResponseWriter, r *http.Request, doc document.Document, name string) error {
	base, ext, _ := strings.Cut(r.PathValue("fichier"), ".")
	kind := fileTypes[ext]
	if base != name || kind == "" {
		return apperr.NotFoundf("Ce fichier n’existe pas. La page du document donne ceux que l’on peut emporter.")
	}
	var b bytes.Buffer
	var err error
	switch {
	case ext == "pptx":
		err = document.WritePPTX(&b, doc)
	case ext == "odt":
		err = document.WriteODT(&b, doc)
	case d.PDF == nil:
		err = apperr.New(apperr.Unavailable, nil, "Le PDF demande un navigateur que cette installation n’a pas. Prenez le texte (ODT), ou imprimez la page.")
	default:
		var text []byte
		if text, err = d.PDF(r.Context(), doc); err == nil {
			b.Write(text)
		}
	}
	if err != nil {
		return err
	}
	file := name + "-" + doc.Day + "." + ext
	if d.Shell.Demo {
		file = shell.DemoName(file)
	}
	sum := sha256.Sum256(b.Bytes())
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	h.Set("Content-Disposition", `attachment; filename="`+file+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
	_, err = w.Write(b.Bytes())
	return err
}
