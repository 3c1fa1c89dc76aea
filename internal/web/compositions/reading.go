package compositions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/exchange"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/paper"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// partNames are what the files of an edition are, for a person.
var partNames = map[string]string{document.SlidesPart: "Diaporama (PPTX)", document.TextPart: "Texte (ODT)", document.PDFPart: "PDF", document.PagePart: "Page (HTML)", exchange.TablesPart: "Tableaux (XLSX)", document.DocumentPart: "Données et explications (JSON)"}

// frozen is an edition with where it is read.
type frozen struct {
	place
	composition.Edition
	pub  document.Publication
	base string // address of its page
	desk bool   // read at the desk, whatever its state
}

// read is a published edition, by its number.
func (d Deps) read(r *http.Request) (f frozen, err error) {
	if f.place, err = d.seen(r); err != nil {
		return f, err
	}
	list, err := composition.ReadEditions(r.Context(), d.Q, f.kind, f.cop.ID, f.term)
	if err != nil {
		return f, err
	}
	for _, e := range list {
		if strconv.FormatInt(e.Seq, 10) == r.PathValue("n") {
			f.Edition, f.base = e, f.public()+"/editions/"+r.PathValue("n")
			f.pub, err = document.Find(r.Context(), d.Q, e.Publication)
			return f, err
		}
	}
	return f, apperr.NotFoundf("Cette édition n’existe pas, ou elle n’est pas publiée. La page des éditions donne celles que l’on peut lire.")
}

// readAtDesk is an edition by its id, for who reads the draft: what both heads
// validate.
func (d Deps) readAtDesk(r *http.Request) (f frozen, err error) {
	if f.place, err = d.working(r); err != nil {
		return f, err
	}
	f.desk = true
	if f.Edition, err = composition.FindEdition(r.Context(), d.Q, r.PathValue("id")); err != nil {
		return f, err
	}
	if f.Edition.COP != f.cop.ID {
		return f, apperr.NotFoundf("Cette édition n’est pas de cette région.")
	}
	f.base = f.place.base() + "/editions/" + f.Edition.ID
	f.pub, err = document.Find(r.Context(), d.Q, f.Publication)
	return f, err
}

func (f frozen) file(path string) string {
	if f.desk {
		return f.base + "/fichiers/" + path
	}
	return f.base + "/" + path
}

func (f frozen) trail(last ...ui.Link) []ui.Link {
	if f.desk {
		return trail(f.place, append([]ui.Link{f.here(f.place.base()), {Label: "Publication", Href: f.place.base() + "/publication"}}, last...)...)
	}
	return trail(f.place, append([]ui.Link{f.here(f.top()), {Label: "Éditions", Href: f.public() + "/editions"}}, last...)...)
}

// validated says who validated an edition, and when.
func (d Deps) validated(ctx context.Context, c cop.COP, zone *time.Location, e composition.Edition) (out [][2]string, err error) {
	act, err := cop.FindAct(ctx, d.Q, e.Act)
	if err != nil {
		return nil, err
	}
	for _, w := range act.Consents {
		out = append(out, [2]string{wording.Upper(c.Head(w.Side)), "validation enregistrée le " + french.Date(w.At.In(zone))})
	}
	if act.State == cop.ActAlone {
		out = append(out, [2]string{"Publiée par une seule tête", "l’autre était sollicitée depuis le " + french.Date(act.At.In(zone)) + ". Raison donnée" + nb + ": " + act.Reason})
	}
	return out, nil
}

func (d Deps) edition(w http.ResponseWriter, r *http.Request) error {
	f, err := d.read(r)
	if err != nil {
		return err
	}
	return d.showEdition(w, r, f)
}

// published is when an edition was, and whether it was withdrawn since.
func published(e composition.Edition) ui.Cell {
	c := ui.Cell{Text: french.Day(e.PublishedOn)}
	if e.Retired() {
		c.Sub = "retirée le " + french.Day(e.EndedOn)
	}
	return c
}

func (d Deps) proposed(w http.ResponseWriter, r *http.Request) error {
	f, err := d.readAtDesk(r)
	if err != nil {
		return err
	}
	return d.showEdition(w, r, f)
}

// showEdition is the document as it was frozen, with its files, who validated it,
// and whether a later one was published.
func (d Deps) showEdition(w http.ResponseWriter, r *http.Request, f frozen) error {
	ctx := r.Context()
	kept, err := d.body(r, f)
	if err != nil {
		return err
	}
	v := paperView{Doc: kept.Document, Digest: f.SHA256}
	if f.desk {
		v.Tabs, v.Doc.FigureBase = f.tabs(shell.Actor(r), tabPublish), f.base+"/chiffres/"
	} else {
		v.Tabs = f.publicTabs()
	}
	switch f.State {
	case composition.EditionProposed:
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Édition proposée, non publiée", Text: "Seule la COP la lit. Chaque tête la valide depuis le bureau\u00a0; ce qu’elle lit ici est ce qui paraîtra, mot pour mot.", Links: []ui.Link{{Label: "Aller au bureau", Href: f.page() + "/bureau#acte-" + f.Act}}})
	case composition.EditionWithdrawn:
		if f.Retired() {
			v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Édition retirée le " + french.Day(f.EndedOn), Text: "Raison donnée" + nb + ": " + f.EndedWhy + " Elle reste lisible, avec ses fichiers, pour mémoire."})
			break
		}
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Édition retirée avant d’être publiée", Text: "Elle reste gardée pour mémoire, et seule la COP la lit."})
	case composition.EditionPublished:
		list, err := composition.PublishedEditions(ctx, d.Q, f.kind, f.cop.ID, f.term)
		if err != nil {
			return err
		}
		if last := list[0]; last.Seq > f.Seq {
			v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Une édition plus récente a été publiée le " + french.Day(last.PublishedOn), Text: "Celle-ci reste telle qu’elle était au " + french.Day(f.Day) + ".",
				Links: []ui.Link{{Label: "Lire l’édition n°" + nb + french.Integer(last.Seq), Href: f.public() + "/editions/" + strconv.FormatInt(last.Seq, 10)}}})
		}
	}
	if v.Facts, err = d.facts(r, f, kept); err != nil {
		return err
	}
	v.Files = f.files()
	if f.PublishedOn != "" {
		_, heard, links, err := d.heard(r, f.place, f.ID)
		if err != nil {
			return err
		}
		v.Facts, v.Links = append(v.Facts, heard...), append(v.Links, links...)
	}
	if d.More != nil && f.PublishedOn != "" {
		v.Links = append(v.Links, d.More(f.public()+"/editions/"+strconv.FormatInt(f.Seq, 10))...)
		if f.kind == composition.Roadmap && !f.desk {
			v.Links = append(v.Links, ui.Link{Label: "En affiche, sur une feuille A3", Href: f.base + "/affiche"})
		}
	}
	if !f.desk {
		v.Back = []ui.Link{{Label: "Toutes les éditions", Href: f.public() + "/editions"}, {Label: "Ce que l’on sait de la région, à jour", Href: f.top()}}
	}
	page := d.Shell.Page(r, v.Doc.Title, v.Doc.Title+", édition n°"+nb+french.Integer(f.Seq)+", situation au "+french.Day(f.Day)+".", f.trail(ui.Link{Label: "Édition n°" + nb + french.Integer(f.Seq)})...)
	if f.desk {
		page.NoIndex, page.Canonical = true, ""
	}
	page.Styles = append(page.Styles, paper.Stylesheet())
	return d.Shell.Render(w, r, page, paperPage(v))
}

// facts say what an edition is, and who validated it.
func (d Deps) facts(r *http.Request, f frozen, kept document.Frozen) ([][2]string, error) {
	out := [][2]string{{"Édition", "n°" + nb + french.Integer(f.Seq) + ", situation au " + french.Day(f.Day)}}
	if f.PublishedOn != "" {
		out = append(out, [2]string{"Publiée le", french.Day(f.PublishedOn)})
	}
	if f.Why != "" {
		out = append(out, [2]string{"Pourquoi cette édition suit la précédente", f.Why})
	}
	said, err := d.validated(r.Context(), f.cop, f.cop.Location(), f.Edition)
	if err != nil {
		return nil, err
	}
	return append(append(out, said...), [2]string{"Chiffres expliqués", french.Integer(len(kept.Explanations)) + " sur " + french.Integer(len(kept.Explanations)+len(kept.Unexplained)) + ", chacun tel qu’il était au " + french.Day(f.Day)}), nil
}

// files are those of an edition, with their digests.
func (f frozen) files() ui.Table {
	t := ui.Table{ID: "fichiers", Caption: "Les fichiers de l’édition, tels qu’ils ont été figés", Columns: []ui.Column{{Label: "Fichier"}, {Label: "Taille", Unit: "Ko", Number: true}, {Label: "Empreinte SHA-256", Wide: true}}}
	for _, e := range f.pub.Manifest {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: partNames[e.Path], Href: f.file(e.Path)}, {Text: french.Number(float64(e.Size)/1024, 0)}, {Text: e.SHA256}}})
	}
	return t
}

// editions lists what a region published.
func (d Deps) editions(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	list, err := composition.ReadEditions(r.Context(), d.Q, x.kind, x.cop.ID, x.term)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: x.words().Shared, Title: x.Name + nb + ": aucun" + x.words().E() + " " + x.words().Bare + " publié" + x.words().E() + " pour l’instant", Scope: []string{"cycle " + x.cop.Cycle, "chaque édition reste telle que les deux têtes l’ont validée"}}, Tabs: x.publicTabs()}
	if n := len(list); n > 0 {
		v.Heading.Title = x.Name + nb + ": " + french.Integer(n) + nb + french.Plural(n, "édition ", "éditions ") + x.words().OfShared
		t := ui.Table{ID: "editions", Caption: "Les éditions publiées, la dernière d’abord", Columns: []ui.Column{{Label: "Édition"}, {Label: "Situation au"}, {Label: "Publiée le"}, {Label: "Empreinte SHA-256", Wide: true}}}
		for _, e := range list {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: "n°" + nb + french.Integer(e.Seq), Href: x.public() + "/editions/" + strconv.FormatInt(e.Seq, 10)}, {Text: french.Day(e.Day)}, published(e), {Text: e.SHA256}}})
		}
		v.Tables = []section{{ID: "liste", Title: "Les éditions", Table: t}}
	} else {
		v.Empty = &ui.Empty{Title: wording.Upper(x.words().The) + " se prépare", Text: wording.Upper(map[bool]string{true: "elle", false: "il"}[x.words().Feminine]) + " paraîtra ici quand les deux têtes de la COP l’auront validé" + x.words().E() + ". Ce que l’on sait déjà de la région se lit dès maintenant.", Action: ui.Link{Label: "Ce que l’on sait de la région", Href: x.top()}}
	}
	page := d.Shell.Page(r, v.Heading.Title, "Les éditions "+x.words().OfShared+", région "+x.Name+".", trail(x, x.here(x.top()), ui.Link{Label: "Éditions"})...)
	return d.Shell.Render(w, r, page, deskPage(v))
}

func (d Deps) editionFile(w http.ResponseWriter, r *http.Request) error {
	f, err := d.read(r)
	if err != nil {
		return err
	}
	return d.send(w, r, f)
}

func (d Deps) proposedFile(w http.ResponseWriter, r *http.Request) error {
	f, err := d.readAtDesk(r)
	if err != nil {
		return err
	}
	if !policy.Can(shell.Actor(r), policy.Export, f.thing()) && f.State != composition.EditionPublished {
		return apperr.New(apperr.Forbidden, nil, "Votre rôle permet de lire cette édition, pas d’en emporter les fichiers tant qu’elle n’est pas publiée. Demandez-les à l’équipe de la COP.")
	}
	return d.send(w, r, f)
}

// send gives a file as it was frozen, byte for byte.
func (d Deps) send(w http.ResponseWriter, r *http.Request, f frozen) error {
	path := r.PathValue("fichier")
	body, err := document.Open(r.Context(), d.Q, f.pub, path)
	if err != nil {
		return err
	}
	var sum [sha256.Size]byte
	for _, e := range f.pub.Manifest {
		if e.Path == path {
			if _, err := hex.Decode(sum[:], []byte(e.SHA256)); err != nil {
				return err
			}
		}
	}
	_, ext, _ := strings.Cut(path, ".")
	d.head(w.Header(), f.kind.File(f.term)+"-"+f.Slug+"-edition-"+strconv.FormatInt(f.Seq, 10)+"-"+f.Day+"."+ext, ext, sum)
	http.ServeContent(w, r, "", time.Time{}, body)
	return nil
}

func (d Deps) editionFigure(w http.ResponseWriter, r *http.Request) error {
	f, err := d.read(r)
	if err != nil {
		return err
	}
	return d.explained(w, r, f)
}

func (d Deps) proposedFigure(w http.ResponseWriter, r *http.Request) error {
	f, err := d.readAtDesk(r)
	if err != nil {
		return err
	}
	return d.explained(w, r, f)
}

// explained is the explanation of a figure as it was when the edition was frozen.
func (d Deps) explained(w http.ResponseWriter, r *http.Request, f frozen) error {
	kept, err := document.Load(r.Context(), d.Q, f.pub)
	if err != nil {
		return err
	}
	key := r.PathValue("key")
	for _, u := range kept.Unexplained {
		if u.Key == key {
			return apperr.NotFoundf("L’explication de ce chiffre n’a pas pu être gardée avec l’édition\u00a0: %s", u.Reason)
		}
	}
	here := explanations(kept)
	found, ok := here[key]
	if !ok {
		return apperr.NotFoundf("Cette édition ne montre pas ce chiffre. Son explication du jour est peut-être à l’adresse %s.", wording.FigurePath(key))
	}
	note := ui.Alert{State: "info", Title: "Explication gardée avec l’édition n°" + nb + french.Integer(f.Seq) + ", situation au " + french.Day(f.Day), Text: "Elle reste telle qu’elle était ce jour-là, même si les données ont changé depuis.",
		Links: []ui.Link{{Label: "Revenir à l’édition", Href: f.base}, {Label: "Le même chiffre aujourd’hui", Href: wording.FigurePath(key)}}}
	return d.Figure(w, r, found, note, func(term string) string {
		if _, ok := here[term]; ok {
			return f.base + "/chiffres/" + term
		}
		return wording.FigurePath(term)
	}, f.trail(ui.Link{Label: "Édition n°" + nb + french.Integer(f.Seq), Href: f.base}, ui.Link{Label: "D’où vient ce chiffre\u00a0?"}))
}

// explanations are those that a document keeps, by the keys that it shows: they
// stand in the order of its figures, but for those that nobody explained.
func explanations(f document.Frozen) map[string]figure.Explanation {
	bare := map[string]bool{}
	for _, u := range f.Unexplained {
		bare[u.Key] = true
	}
	out, i := map[string]figure.Explanation{}, 0
	for _, key := range f.Document.Figures() {
		if !bare[key] && i < len(f.Explanations) {
			out[key] = f.Explanations[i]
			i++
		}
	}
	return out
}
