package papers

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// fileName is what a form is called: the name of the authority, in letters that
// every system takes.
func fileName(r survey.Response) string {
	name := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, french.Fold(r.Name))
	return "questionnaire-" + strings.Trim(name, "-") + "-" + r.ID[max(0, len(r.ID)-6):] + ".xlsx"
}

// workbook sends the form of an authority, filled with what is answered already.
func (d Deps) workbook(w http.ResponseWriter, r *http.Request) error {
	t, err := d.seated(r)
	if err != nil {
		return err
	}
	p, err := d.Room.PaperOf(r.Context(), d.Q, t.ID)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := d.Room.WriteForm(&b, p); err != nil {
		return err
	}
	return d.attach(w, fileName(t.Response), typeXLSX, b.Bytes())
}

func (d Deps) attach(w http.ResponseWriter, name, media string, body []byte) error {
	if d.Shell.Demo {
		name = shell.DemoName(name)
	}
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	return err
}

// workbooks sends the forms of a campaign together, as they are made.
func (d Deps) workbooks(w http.ResponseWriter, r *http.Request) error {
	x, err := d.working(r)
	if err != nil {
		return err
	}
	if !x.has {
		return shell.SeeOther(w, r, x.base()+"/formulaires") // which says that there is no campaign yet
	}
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="formulaires-`+x.Slug+`.zip"`)
	out := zip.NewWriter(w)
	sent := false
	err = d.Room.EachPaper(r.Context(), d.Q, x.campaign.ID, func(p survey.PaperForm) error {
		if !policy.Can(shell.Actor(r), policy.Create, p.Response.Thing()) {
			return nil
		}
		sent = true
		// A workbook is dense already.
		part, err := out.CreateHeader(&zip.FileHeader{Name: fileName(p.Response), Method: zip.Store})
		if err != nil {
			return err
		}
		return d.Room.WriteForm(part, p)
	})
	if err == nil {
		err = out.Close()
	}
	if err != nil && sent {
		panic(http.ErrAbortHandler) // what was begun must not look whole
	}
	return err
}

// working is the place of those who enter answers for others.
func (d Deps) working(r *http.Request) (place, error) {
	x, err := d.at(r)
	if err != nil {
		return x, err
	}
	if all, some := x.departments(shell.Actor(r), policy.Create); !all && len(some) == 0 {
		return x, errUnknown
	}
	return x, nil
}

func fileField(wrong error, several bool) ui.Field {
	f := ui.Field{ID: "files", Label: "Formulaire rempli (XLSX)", Type: "file", Required: true, Accept: ".xlsx,.zip,application/zip," + typeXLSX, Help: "Le classeur téléchargé depuis cette page, enregistré en XLSX, 8" + nb + "Mo au plus."}
	if several {
		f.Label, f.Help, f.Attributes = "Formulaires remplis", "Un ou plusieurs classeurs XLSX, ou une archive ZIP qui en contient"+nb+": 5"+nb+"000 formulaires et 120"+nb+"Mo au plus.", map[string]any{"multiple": true}
	}
	if wrong != nil {
		f.Error = apperr.Message(wrong)
	}
	return f
}

// form is the page of an authority where its workbook leaves and comes back.
func (d Deps) form(w http.ResponseWriter, r *http.Request) error {
	return d.showForm(w, r, http.StatusOK, nil)
}

func (d Deps) showForm(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	t, err := d.seated(r)
	if err != nil {
		return err
	}
	list, err := survey.Returns(r.Context(), d.Q, t.Region, t.ID, 20)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Questionnaire", Title: "Répondre hors ligne, dans un classeur ou sur papier", Scope: []string{t.Name},
		Lead: "Téléchargez le formulaire de votre collectivité, remplissez-le où vous voulez, puis déposez-le ici" + nb + ": vous relisez ce qui sera repris avant que rien ne soit enregistré."},
		Links: []ui.Link{{Label: "Télécharger le formulaire (XLSX), rempli de vos réponses actuelles", Href: t.path + "/formulaire.xlsx"}, {Label: "Imprimer le questionnaire", Href: t.path + "/imprimer"}},
		Forms: []formView{{ID: "deposer", Title: "Déposer le formulaire rempli", Action: t.path + "/formulaire", Submit: "Lire le formulaire", Files: true, Fields: []ui.Field{fileField(wrong, false)},
			Lead: "Une case laissée vide ne change rien. Une réponse changée en ligne entre-temps est gardée, et vous est signalée."}},
		Tables: []titled{{ID: "depots", Title: "Formulaires déposés", Table: d.returns(list, t.path+"/formulaire"), Empty: "Aucun formulaire n’a encore été déposé."}}}
	if !t.team {
		v.Links = append(v.Links, ui.Link{Label: "Revenir à la réponse en ligne", Href: t.path})
	}
	return d.show(w, r, status, v, t.trail(ui.Link{Label: "Hors ligne"})...)
}

var returnStates = map[survey.ReturnState]string{survey.ReturnReading: "lecture en cours", survey.ReturnRead: "à relire", survey.ReturnApplying: "enregistrement en cours", survey.ReturnApplied: "enregistré comme brouillon"}

func (d Deps) returns(list []survey.Return, base string) ui.Table {
	t := ui.Table{ID: "retours", Caption: "Formulaires déposés", CaptionHidden: true, Columns: []ui.Column{{Label: "Dépôt"}, {Label: "Formulaires", Number: true}, {Label: "État", Wide: true}}}
	for _, x := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Date(x.At) + " à " + x.At.Format("15:04"), Href: base + "/" + x.ID}, {Text: french.Integer(x.Forms)}, {Text: returnStates[x.State]}}})
	}
	return t
}

// send takes the workbook of one authority.
func (d Deps) send(w http.ResponseWriter, r *http.Request) error {
	t, err := d.seated(r)
	if err != nil {
		return err
	}
	ret, err := d.take(r, t.seat.Actor(t.Response), t.Region, t.COP, t.ID)
	if err != nil && beside(err) {
		return d.showForm(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, t.path+"/formulaire/"+ret.ID)
}

// take keeps the files of a request as a return, and has it read.
func (d Deps) take(r *http.Request, a policy.Actor, region, copID, response string) (ret survey.Return, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return ret, apperr.New(apperr.Invalid, err, "Aucun fichier n’a été reçu. Choisissez un ou plusieurs formulaires.")
	}
	started := false
	add := func(files ...survey.FormSent) error {
		if !started {
			if ret, err = d.Room.StartReturn(r.Context(), a, region, copID, response, ""); err != nil {
				return err
			}
			started = true
		}
		return d.Room.AddForms(r.Context(), &ret, files)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return ret, apperr.New(apperr.Invalid, err, "L’envoi s’est interrompu avant la fin. Rien n’a été lu"+nb+": recommencez.")
		}
		if part.FileName() == "" {
			continue
		}
		if err := d.sent(part, add); err != nil {
			return ret, err
		}
	}
	return ret, d.Room.Reading(r.Context(), a, ret)
}

// sent adds a file, or each workbook of an archive: one that is too large is kept
// as its name alone, for its verdict to say so.
func (d Deps) sent(part *multipart.Part, add func(...survey.FormSent) error) error {
	const most = 120 << 20
	body, err := io.ReadAll(io.LimitReader(part, most+1))
	if err != nil {
		return apperr.New(apperr.Invalid, err, "L’envoi s’est interrompu avant la fin. Rien n’a été lu"+nb+": recommencez.")
	}
	name := shell.Clean(path.Base(strings.ReplaceAll(part.FileName(), `\`, "/")))
	if len(body) > most {
		return apperr.New(apperr.TooLarge, nil, "«\u00a0%s\u00a0» dépasse 120\u00a0Mo. Rien n’a été lu\u00a0: envoyez les formulaires en plusieurs fois.", name)
	}
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || holdsWorkbook(archive) { // a workbook is an archive too
		return add(survey.FormSent{Name: name, Data: body[:min(len(body), survey.MaxFormBytes+1)]})
	}
	if len(archive.File) > survey.MaxReturnForms {
		return apperr.New(apperr.TooLarge, nil, "L’archive «\u00a0%s\u00a0» contient plus de %d fichiers. Rien n’a été lu\u00a0: envoyez les formulaires en plusieurs fois.", name, survey.MaxReturnForms)
	}
	var files []survey.FormSent
	left := int64(1 << 30)
	for _, f := range archive.File {
		base := path.Base(f.Name)
		if f.FileInfo().IsDir() || strings.HasPrefix(base, ".") || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		from, err := f.Open()
		if err != nil {
			return apperr.New(apperr.Invalid, err, "L’archive «\u00a0%s\u00a0» est abîmée. Rien n’a été lu\u00a0: refaites-la et envoyez-la de nouveau.", name)
		}
		data, err := io.ReadAll(io.LimitReader(from, survey.MaxFormBytes+1))
		_ = from.Close()
		if err != nil {
			return apperr.New(apperr.Invalid, err, "L’archive «\u00a0%s\u00a0» est abîmée. Rien n’a été lu\u00a0: refaites-la et envoyez-la de nouveau.", name)
		}
		if left -= int64(len(data)); left < 0 {
			return apperr.New(apperr.TooLarge, nil, "Une fois décompressée, l’archive «\u00a0%s\u00a0» dépasserait 1\u00a0024\u00a0Mo. Rien n’a été lu.", name)
		}
		if files = append(files, survey.FormSent{Name: shell.Clean(base), Data: data}); len(files) == 50 {
			if err := add(files...); err != nil {
				return err
			}
			files = files[:0]
		}
	}
	if len(files) == 0 {
		return nil
	}
	return add(files...)
}

func holdsWorkbook(z *zip.Reader) bool {
	for _, f := range z.File {
		if f.Name == "[Content_Types].xml" {
			return true
		}
	}
	return false
}

// read shows what one form would change, before anything is.
func (d Deps) read(w http.ResponseWriter, r *http.Request) error {
	t, err := d.seated(r)
	if err != nil {
		return err
	}
	ret, err := survey.FindReturn(r.Context(), d.Q, r.PathValue("retour"))
	if err != nil || ret.Response != t.ID {
		return errUnknown
	}
	return d.showReturn(w, r, ret, t.path+"/formulaire", nil, t.path, t.trail(ui.Link{Label: "Hors ligne", Href: t.path + "/formulaire"}, ui.Link{Label: "Dépôt"})...)
}

func (d Deps) apply(w http.ResponseWriter, r *http.Request) error {
	t, err := d.seated(r)
	if err != nil {
		return err
	}
	ret, err := survey.FindReturn(r.Context(), d.Q, r.PathValue("retour"))
	if err != nil || ret.Response != t.ID {
		return errUnknown
	}
	return d.applied(w, r, t.seat.Actor(t.Response), ret, t.path+"/formulaire/"+ret.ID)
}

func (d Deps) applied(w http.ResponseWriter, r *http.Request, a policy.Actor, ret survey.Return, back string) error {
	rev, err := strconv.ParseInt(typed(r, "rev"), 10, 64)
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	if err := d.Room.Apply(r.Context(), a, ret.ID, rev); err != nil {
		return err
	}
	return shell.SeeOther(w, r, back)
}
