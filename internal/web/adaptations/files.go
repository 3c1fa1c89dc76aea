package adaptations

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"

	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/document"
	"jalon/internal/exchange"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const (
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeCSV  = "text/csv; charset=utf-8"
	typeODT  = "application/vnd.oasis.opendocument.text"
	typePDF  = "application/pdf"
)

// files are the forms in which a list can be taken away.
func (d Deps) files() [][2]string {
	out := [][2]string{{"priorites.xlsx", "La table de l’État, 16 colonnes (XLSX)"}, {"priorites.csv", "La table de l’État, 16 colonnes (CSV)"}, {"fiches.odt", "Les fiches, une par page (ODT)"}}
	if d.PDF != nil {
		out = append(out, [2]string{"fiches.pdf", "Les fiches, une par page (PDF)"})
	}
	return out
}

// papers are the forms in which one fiche can be taken away.
func (d Deps) papers(at string) []ui.Link {
	out := []ui.Link{{Label: "Cette fiche, sur une page (ODT)", Href: at + "/fiche.odt"}}
	if d.PDF != nil {
		out = append(out, ui.Link{Label: "Cette fiche, sur une page (PDF)", Href: at + "/fiche.pdf"})
	}
	return out
}

// file gives away what a COP adopted.
func (d Deps) file(w http.ResponseWriter, r *http.Request) error {
	p, err := d.at(r)
	if err != nil {
		return err
	}
	list, err := d.adopted(r, p)
	if err != nil {
		return err
	}
	return d.give(w, r, p, list, p.public())
}

// draftFile gives away all that a desk reads.
func (d Deps) draftFile(w http.ResponseWriter, r *http.Request) error {
	p, err := d.atDesk(r)
	if err != nil {
		return err
	}
	list, err := d.seen(r, p)
	if err != nil {
		return err
	}
	return d.give(w, r, p, list, p.desk())
}

// oneFile gives away one fiche.
func (d Deps) oneFile(w http.ResponseWriter, r *http.Request) error {
	p, x, err := d.publicOne(r)
	if err != nil {
		return err
	}
	return d.paper(w, r, d.document(p, []adaptation.Priority{x}, x.Title, path(x)), "fiche")
}

func (d Deps) give(w http.ResponseWriter, r *http.Request, p place, list []adaptation.Priority, from string) error {
	switch name := r.PathValue("fichier"); name {
	case "priorites.csv", "priorites.xlsx":
		return d.table(w, r, p, list, name)
	case "fiches.odt", "fiches.pdf":
		if len(list) == 0 {
			return apperr.NotFoundf("Il n’y a pas encore de fiche à emporter.")
		}
		return d.paper(w, r, d.document(p, list, p.where+nb+": fiches des priorités d’adaptation", from+"/fiches"), "fiches")
	}
	return apperr.NotFoundf("Ce fichier n’existe pas.")
}

// table writes the State's table.
func (d Deps) table(w http.ResponseWriter, _ *http.Request, p place, list []adaptation.Priority, name string) (err error) {
	set := exchange.WriteAdaptation("priorites", "Priorités d’adaptation", list, p.frame, p.regionName, p.deptName)
	var b bytes.Buffer
	media := typeCSV
	if name == "priorites.csv" {
		_, err = exchange.WriteCSV(&b, set, ',')
	} else {
		media = typeXLSX
		_, err = exchange.WriteXLSX(&b, set)
	}
	if err != nil {
		return err
	}
	return d.attach(w, name, media, b.Bytes())
}

// paper writes a document as its address asks.
func (d Deps) paper(w http.ResponseWriter, r *http.Request, doc document.Document, name string) (err error) {
	var body []byte
	media := typeODT
	switch r.PathValue("fichier") {
	case name + ".odt":
		var b bytes.Buffer
		err = document.WriteODT(&b, doc)
		body, name = b.Bytes(), name+".odt"
	case name + ".pdf":
		if d.PDF == nil {
			return apperr.New(apperr.Unavailable, errors.New("no browser"), "Le PDF demande un navigateur que cette installation n’a pas. Prenez le texte (ODT), ou imprimez la page.")
		}
		media, name = typePDF, name+".pdf"
		body, err = d.PDF(r.Context(), doc)
	default:
		err = apperr.NotFoundf("Cette fiche n’existe pas sous cette forme.")
	}
	if err != nil {
		return err
	}
	return d.attach(w, name, media, body)
}

func (d Deps) attach(w http.ResponseWriter, name, media string, body []byte) error {
	if d.Shell.Demo {
		name = shell.DemoName(name)
	}
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever left does not need to hear that they left
	return nil
}
