package answers

import (
	"errors"
	"mime"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
)

func enctype(files bool) templ.Attributes {
	if !files {
		return nil
	}
	return templ.Attributes{"enctype": "multipart/form-data"}
}

// textBody bounds what a form without files sends.
const textBody = 1 << 20

// readSection reads the form of a part, with its files when it has some.
func readSection(w http.ResponseWriter, r *http.Request) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "multipart/form-data" {
		r.Body = http.MaxBytesReader(w, r.Body, textBody)
		return readForm(r)
	}
	return shell.ReadUpload(r, "Cet envoi est trop lourd\u00a0: un fichier pèse 25\u00a0Mo au plus. Rien n’a été enregistré\u00a0: revenez en arrière, votre navigateur garde ce que vous avez écrit.")
}

// attach keeps the files of a part. One that is refused says why beside its
// question; the rest of the form is kept already.
func (d Deps) attach(r *http.Request, t table, s questionnaire.Section, state map[string]seenCell) ([]survey.Outcome, error) {
	if r.MultipartForm == nil {
		return nil, nil
	}
	var out []survey.Outcome
	for _, c := range t.Form().CellsOf(s) {
		files := r.MultipartForm.File["fichier."+c.Key]
		if c.Type != questionnaire.File || len(files) == 0 || files[0].Size == 0 && files[0].Filename == "" {
			continue
		}
		f, err := files[0].Open()
		if err != nil {
			return nil, err
		}
		o, err := d.Room.Attach(r.Context(), d.Q, t.Seat, t.Response.ID, survey.Change{Key: c.Key, Rev: state[c.Key].Rev}, f, blob.Claim{Name: files[0].Filename, Type: files[0].Header.Get("Content-Type")})
		err = errors.Join(err, f.Close())
		if err != nil {
			if !shell.Beside(err) {
				return nil, err
			}
			o = survey.Outcome{Verdict: survey.Rejected, Message: apperr.Message(err), Draft: survey.Draft{Key: c.Key}}
		}
		out = append(out, o)
	}
	return out, nil
}

func (d Deps) file(w http.ResponseWriter, r *http.Request, t table) error {
	name, b, reader, err := t.OpenFile(r.Context(), d.Q, r.PathValue("key"))
	if err != nil {
		return err
	}
	if d.Shell.Demo {
		name = shell.DemoName(name)
	}
	h := w.Header()
	h.Set("Content-Type", b.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	http.ServeContent(w, r, "", time.Time{}, reader)
	return nil
}
