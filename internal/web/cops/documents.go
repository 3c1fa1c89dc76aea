package cops

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// documentLine is a document as lists show it.
type documentLine struct {
	ID, Title, About  string
	Internal, MayEdit bool
}

type documentsView struct {
	workView
	Documents []documentLine
}

// documentView is a document and its versions.
type documentView struct {
	workView
	Document documentLine
	Rev      string
	Conflict ui.Table
	Versions ui.Table
	Evidence string
}

func documentOf(x cop.Document) documentLine {
	return documentLine{ID: x.ID, Title: x.Title, Internal: x.Part != policy.Public,
		About: strings.Join([]string{x.Kind.Name(), french.Day(x.Day), fileKind(x.FileName) + ", " + size(x.Size)}, " – ")}
}

func fileKind(name string) string {
	i := strings.LastIndexByte(name, '.')
	return strings.ToUpper(name[i+1:])
}

// size writes a number of bytes as people read it.
func size(n int64) string {
	switch {
	case n < 1000:
		return french.Integer(n) + nb + french.Plural(n, "octet", "octets")
	case n < 1_000_000:
		return french.Integer((n+500)/1000) + nb + "Ko"
	}
	return french.Number(float64(n)/1e6, 1) + nb + "Mo"
}

func (d Deps) documents(w http.ResponseWriter, r *http.Request) error {
	return d.showDocuments(w, r, http.StatusOK, cop.NewDocument{Part: cop.Internal, Day: ""}, "", "")
}

// showDocuments draws the list and the form; on names the field that an error
// is about.
func (d Deps) showDocuments(w http.ResponseWriter, r *http.Request, status int, typed cop.NewDocument, on, wrong string) error {
	c, where, err := d.find(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	if err := policy.Check(a, policy.Read, partOf(c.Thing(policy.Document), cop.Internal)); err != nil {
		return err
	}
	list, err := d.Room.Documents(r.Context(), d.Q, a, c, r.URL.Query().Get("apres"), workPage)
	if err != nil {
		return err
	}
	v := documentsView{workView: workView{Heading: ui.Heading{Overline: "Documents", Title: where + nb + ": les documents de la COP", Scope: []string{"cycle " + c.Cycle, "25" + nb + "Mo par fichier", "les documents publics paraissent sur la page de la COP"}},
		Tabs: tabs(r, c, "/bureau/documents"), Done: r.URL.Query().Get("fait") == "1", Action: c.Path() + "/bureau/documents",
		MayAdd: policy.Can(a, policy.Create, c.Thing(policy.Document)), Fields: documentFields(typed, on, wrong, true)}}
	if typed.Day == "" {
		v.Fields[3].Value = d.now(c)
	}
	for _, x := range list.Rows {
		line := documentOf(x)
		line.MayEdit = policy.Can(a, policy.Edit, x.Thing(c))
		v.Documents = append(v.Documents, line)
	}
	if len(list.Rows) == 0 {
		v.Empty = &ui.Empty{Title: "Aucun document pour l’instant", Text: "Déposez ci-dessous un document de la COP" + nb + ": décision, diagnostic, compte rendu, feuille de route."}
	}
	if list.Next != "" {
		v.Pager.Next = v.Action + "?apres=" + list.Next
	}
	return d.private(w, r, status, v.Heading, documentsPage(v), trail(c, where, ui.Link{Label: "Documents"})...)
}

func partOf(t policy.Thing, part string) policy.Thing {
	t.Part = part
	return t
}

// documentFields are the questions about a document. The file comes last: what
// is said of it is read before its bytes, which are never all in memory.
func documentFields(x cop.NewDocument, on, wrong string, fresh bool) []ui.Field {
	kind := ui.Field{ID: "kind", Label: "Type de document", Type: "select", Required: true}
	for _, k := range cop.DocumentKinds() {
		kind.Options = append(kind.Options, ui.Option{Value: string(k), Label: k.Name(), Selected: x.Kind == k})
	}
	stage := ui.Field{ID: "stage", Label: "Étape", Type: "select", Required: true}
	for _, s := range cop.Stages() {
		stage.Options = append(stage.Options, ui.Option{Value: string(s), Label: s.Name(), Selected: x.Stage == s})
	}
	part := ui.Field{ID: "part", Label: "Qui le lit", Type: "select", Required: true, Options: []ui.Option{
		{Value: cop.Internal, Label: "les personnes de la COP", Selected: x.Part == cop.Internal}, {Value: policy.Public, Label: "tout le monde", Selected: x.Part == policy.Public}}}
	file := ui.Field{ID: "file", Label: "Fichier", Type: "file", Required: fresh, Error: only(on == "file", wrong),
		Help: "PDF, image, bureautique (ODT, ODS, ODP, DOCX, XLSX, PPTX), texte, CSV, JSON ou ZIP, 25" + nb + "Mo au plus. Le fichier doit être ce que dit son nom."}
	if !fresh {
		file.Label, file.Help = "Nouveau fichier", "Il remplace le précédent, qui reste dans les versions. "+file.Help
	}
	return []ui.Field{{ID: "title", Label: "Titre", Required: true, Value: x.Title, Error: only(on == "title", wrong)}, kind, stage,
		{ID: "day", Label: "Date du document", Type: "date", Required: true, Value: x.Day}, part, file}
}

// upload is what a form with a file sends, its fields first.
type upload struct {
	cop.NewDocument
	reason string
	rev    int64
	file   io.Reader // nil when none was chosen
	claim  blob.Claim
}

const (
	fieldBytes   = 64 << 10
	uploadWithin = 5 * time.Minute
)

// receive reads the fields of a form and stops at its file, whose bytes the room
// then reads as they come.
func receive(w http.ResponseWriter, r *http.Request) (u upload, err error) {
	bad := func(err error) error {
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu, ou l’envoi s’est interrompu. Rien n’a été enregistré"+nb+": rechargez la page et recommencez.")
	}
	// A region's line may be slow: a file has longer than a page.
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return u, err
	}
	form, err := r.MultipartReader()
	if err != nil {
		return u, bad(err)
	}
	for range 20 {
		p, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err != nil {
			return u, bad(err)
		}
		if p.FormName() == "file" {
			u.setFile(p)
			return u, nil
		}
		b, err := io.ReadAll(io.LimitReader(p, fieldBytes+1))
		if err != nil || len(b) > fieldBytes {
			return u, bad(err)
		}
		if err := u.set(p.FormName(), strings.TrimSpace(string(b))); err != nil {
			return u, bad(err)
		}
	}
	return u, bad(errors.New("more than 20 parts"))
}

func (u *upload) setFile(p *multipart.Part) {
	if p.FileName() != "" {
		u.file, u.claim = p, blob.Claim{Name: p.FileName(), Type: p.Header.Get("Content-Type")}
	}
}

func (u *upload) set(name, text string) (err error) {
	switch name {
	case "title":
		u.Title = text
	case "kind":
		u.Kind = cop.DocumentKind(text)
	case "stage":
		u.Stage = cop.Stage(text)
	case "day":
		u.Day = text
	case "part":
		u.Part = text
	case "reason":
		u.reason = text
	case "rev":
		u.rev, err = strconv.ParseInt(text, 10, 64)
	}
	return err
}

// refused says beside which field an error of a document stands, and lets the
// sender finish, without which their browser would never read the answer.
func refused(r *http.Request, err error) (on string, again bool) {
	kind := apperr.KindOf(err)
	if kind != apperr.Invalid && kind != apperr.Conflict && kind != apperr.Forbidden && kind != apperr.TooLarge {
		return "", false
	}
	_, _ = io.Copy(io.Discard, r.Body) // bounded by the route
	if m := apperr.Message(err); kind == apperr.TooLarge || strings.HasPrefix(m, "«") || strings.HasPrefix(m, "L’envoi de") || strings.HasPrefix(m, "Choisissez le fichier") {
		return "file", true
	}
	return "title", true
}

func (d Deps) addDocument(w http.ResponseWriter, r *http.Request) error {
	c, _, err := d.find(r)
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		return err
	}
	u, err := receive(w, r)
	if err == nil && u.file == nil {
		err = apperr.Invalidf("Choisissez le fichier à déposer.")
	}
	if err == nil {
		_, err = d.Room.AddDocument(r.Context(), shell.Actor(r), c.ID, u.NewDocument, u.file, u.claim)
	}
	if err != nil {
		if on, again := refused(r, err); again {
			return d.showDocuments(w, r, apperr.Status(err), u.NewDocument, on, apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/documents?fait=1")
}

// mine returns a document of the COP that the address names.
func (d Deps) mine(r *http.Request) (x cop.Document, c cop.COP, where string, err error) {
	if c, where, err = d.find(r); err != nil {
		return x, c, where, err
	}
	x, of, err := cop.FindDocument(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"))
	if err != nil && apperr.KindOf(err) != apperr.NotFound {
		return x, c, where, err
	}
	if err != nil || of.ID != c.ID {
		return x, c, where, apperr.New(apperr.NotFound, err, "Ce document n’existe pas dans cette COP.")
	}
	return x, c, where, policy.Check(shell.Actor(r), policy.Edit, partOf(x.Thing(c), cop.Internal))
}

func (d Deps) document(w http.ResponseWriter, r *http.Request) error {
	return d.showDocument(w, r, http.StatusOK, nil, "", "")
}

// showDocument draws a document with its form; typed is what came back.
func (d Deps) showDocument(w http.ResponseWriter, r *http.Request, status int, typed *cop.NewDocument, on, wrong string) error {
	x, c, where, err := d.mine(r)
	if err != nil {
		return err
	}
	kept := cop.NewDocument{Title: x.Title, Kind: x.Kind, Stage: x.Stage, Day: x.Day, Part: x.Part}
	show := kept
	if typed != nil {
		show = *typed
	}
	v := documentView{Document: documentOf(x), Rev: strconv.FormatInt(x.Rev, 10), Evidence: "/documents/" + x.ID}
	v.workView = workView{Heading: ui.Heading{Overline: "Document", Title: x.Title, Scope: []string{v.Document.About}}, Tabs: tabs(r, c, "/bureau/documents"),
		Done: r.URL.Query().Get("fait") == "1", Action: c.Path() + "/bureau/documents/" + x.ID, MayAdd: x.State == cop.Kept}
	v.Fields = documentFields(show, on, wrong, false)
	last := len(v.Fields) - 1
	v.Fields = append(v.Fields[:last:last], ui.Field{ID: "reason", Label: "Ce qui change, et pourquoi", Value: ""}, v.Fields[last])
	if status == http.StatusConflict {
		v.Conflict = both("Ce qui est enregistré, et ce que vous avez écrit", [][3]string{{"Titre", kept.Title, show.Title}, {"Type", kept.Kind.Name(), show.Kind.Name()},
			{"Étape", kept.Stage.Name(), show.Stage.Name()}, {"Date", french.Day(kept.Day), french.Day(show.Day)}, {"Qui le lit", readers(kept.Part), readers(show.Part)}})
	}
	all, err := cop.DocumentVersions(r.Context(), d.Q, shell.Actor(r), x.ID)
	if err != nil {
		return err
	}
	people, err := d.names(r, c)
	if err != nil {
		return err
	}
	v.Versions = ui.Table{ID: "versions", Caption: "Les versions du document, de la plus récente à la première", Columns: []ui.Column{{Label: "Version"}, {Label: "Le"}, {Label: "Par"}, {Label: "Fichier", Wide: true}, {Label: "Ce qui change", Wide: true}}}
	for _, one := range all {
		if err := d.know(r, people, one.By); err != nil {
			return err
		}
		v.Versions.Rows = append(v.Versions.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Integer(one.Rev)}, {Text: french.Date(one.At.In(c.Location()))}, {Text: whoIs(people, one.By)},
			{Text: one.Body.FileName, Sub: size(one.Body.Size), Href: "/documents/" + x.ID + "?version=" + strconv.FormatInt(one.Rev, 10)}, {Text: one.Reason}}})
	}
	return d.private(w, r, status, v.Heading, documentPage(v), trail(c, where, ui.Link{Label: "Documents", Href: c.Path() + "/bureau/documents"}, ui.Link{Label: x.Title})...)
}

func readers(part string) string {
	if part == policy.Public {
		return "tout le monde"
	}
	return "les personnes de la COP"
}

// both is the table of a conflict: what is kept beside what was written, where
// they differ.
func both(caption string, fields [][3]string) ui.Table {
	t := ui.Table{ID: "deux-versions", Caption: caption, Columns: []ui.Column{{Label: "Champ"}, {Label: "Enregistré", Wide: true}, {Label: "Le vôtre", Wide: true}}}
	for _, x := range fields {
		if x[1] != x[2] {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x[0]}, {Text: x[1]}, {Text: x[2]}}})
		}
	}
	if len(t.Rows) == 0 {
		t.Rows = []ui.Row{{Cells: []ui.Cell{{Text: "Le contenu"}, {Text: "les mêmes valeurs"}, {Text: "les mêmes valeurs"}}}}
	}
	return t
}

func (d Deps) saveDocument(w http.ResponseWriter, r *http.Request) error {
	x, c, _, err := d.mine(r)
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		return err
	}
	u, err := receive(w, r)
	if err == nil {
		_, err = d.Room.SaveDocument(r.Context(), shell.Actor(r), x.ID, u.rev, u.NewDocument, u.file, u.claim, u.reason)
	}
	if err != nil {
		if on, again := refused(r, err); again {
			return d.showDocument(w, r, apperr.Status(err), &u.NewDocument, on, apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/documents/"+x.ID+"?fait=1")
}

func (d Deps) withdrawDocument(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	x, c, _, err := d.mine(r)
	if err != nil {
		return err
	}
	rev, err := revOf(r)
	if err != nil {
		return err
	}
	if err := d.Room.WithdrawDocument(r.Context(), shell.Actor(r), x.ID, rev, strings.TrimSpace(r.PostForm.Get("reason"))); err != nil {
		if beside(err) {
			return d.showDocument(w, r, apperr.Status(err), nil, "title", apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/documents?fait=1")
}

// revOf is the revision that a form was made from.
func revOf(r *http.Request) (int64, error) {
	rev, err := strconv.ParseInt(r.PostForm.Get("rev"), 10, 64)
	if err != nil {
		return 0, apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	return rev, nil
}

// whoIs names the author of a version.
func whoIs(people map[string]string, id string) string {
	switch {
	case people[id] != "":
		return people[id]
	case id == cop.Seed || id == "":
		return "Jalon"
	}
	return "une personne dont le compte est effacé"
}
