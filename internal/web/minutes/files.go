package minutes

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/cop"
	"jalon/internal/debate/minutes"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func (d Deps) files(w http.ResponseWriter, r *http.Request) error {
	return d.showFiles(w, r, http.StatusOK, minutes.FileInput{}, "", nil)
}

// showFiles draws the list and the form; on names the field, or the file, that an
// error is about.
func (d Deps) showFiles(w http.ResponseWriter, r *http.Request, status int, in minutes.FileInput, on string, bad error) error {
	x, err := d.meeting(r)
	if err != nil {
		return err
	}
	list, err := minutes.Files(r.Context(), d.Q, shell.Actor(r), x.meeting, x.cop)
	if err != nil {
		return err
	}
	v := view{Heading: x.heading("Documents", wording.OfMeeting("Les documents", x.meeting))}
	for _, f := range list {
		who := "interne"
		if f.Part == policy.Public && x.meeting.Part == policy.Public {
			who = "public"
		}
		l := lineView{ID: f.ID, Title: f.Title, Href: x.path(wording.MeetingFiles) + "/" + f.ID, About: join(strings.ToUpper(f.FileName[strings.LastIndexByte(f.FileName, '.')+1:]), size(f.Size), who)}
		if x.may {
			reason := ui.Field{ID: "raison-" + f.ID, Name: "reason", Label: "Raison du retrait", Required: true}
			if on == f.ID {
				reason.Error = apperr.Message(bad)
			}
			l.Forms = []formView{{ID: "retirer-" + f.ID, Title: "Retirer", Action: l.Href, Fields: []ui.Field{reason}, Buttons: [][2]string{{"withdraw", "Retirer le document"}}, Folded: on != f.ID}}
		}
		v.Lines = append(v.Lines, l)
	}
	if len(list) == 0 {
		v.Empty = &ui.Empty{Title: "Aucun document pour l’instant", Text: "Les supports et les notes de la réunion paraîtront ici."}
	}
	if x.may {
		items, err := minutes.Agenda(r.Context(), d.Q, x.meeting)
		if err != nil {
			return err
		}
		point := ui.Field{ID: "item", Label: "Point de l’ordre du jour", Type: "select", Options: []ui.Option{{Label: "aucun en particulier"}}}
		for _, i := range items {
			point.Options = append(point.Options, ui.Option{Value: i.ID, Label: i.Title, Selected: i.ID == in.Item})
		}
		file := ui.Field{ID: "file", Label: "Fichier", Type: "file", Required: true, Help: "PDF, image, bureautique, texte, CSV, JSON ou ZIP, 25" + nb + "Mo au plus. Le fichier doit être ce que dit son nom."}
		if on == "file" {
			file.Error = apperr.Message(bad)
		}
		v.Forms = []formView{{ID: "ajouter", Title: "Déposer un document", Action: x.path(wording.MeetingFiles), Files: true, Buttons: [][2]string{{"add", "Déposer le document"}}, Fields: []ui.Field{
			{ID: "title", Label: "Titre", Value: in.Title, Help: "Le nom du fichier si vous laissez vide."}, selected("part", "Qui le lit", [][2]string{{policy.Public, "qui lit la réunion"}, {cop.Internal, "les personnes de la COP et du groupe"}}, in.Part), point, file}}}
	}
	return d.show(w, r, status, x, wording.MeetingFiles, v, ui.Link{Label: "Documents"})
}

// size writes a number of bytes as people read it.
func size(n int64) string {
	if n < 1_000_000 {
		return french.Integer(max(1, (n+500)/1000)) + nb + "Ko"
	}
	return french.Number(float64(n)/1e6, 1) + nb + "Mo"
}

const (
	fieldBytes   = 64 << 10
	uploadWithin = 5 * time.Minute
)

// receive reads the fields of a form and stops at its file, which comes last: the room
// reads its bytes as they come.
func receive(w http.ResponseWriter, r *http.Request) (in minutes.FileInput, file *multipart.Part, err error) {
	bad := func(err error) error {
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu, ou l’envoi s’est interrompu. Rien n’a été enregistré"+nb+": rechargez la page et recommencez.")
	}
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return in, nil, err
	}
	form, err := r.MultipartReader()
	if err != nil {
		return in, nil, bad(err)
	}
	for range 10 {
		p, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return in, nil, nil
		}
		if err != nil {
			return in, nil, bad(err)
		}
		if p.FormName() == "file" {
			if p.FileName() == "" {
				return in, nil, nil
			}
			return in, p, nil
		}
		b, err := io.ReadAll(io.LimitReader(p, fieldBytes+1))
		if err != nil || len(b) > fieldBytes {
			return in, nil, bad(err)
		}
		switch text := shell.Clean(string(b)); p.FormName() {
		case "title":
			in.Title = text
		case "item":
			in.Item = text
		case "part":
			in.Part = text
		}
	}
	return in, nil, bad(errors.New("more than 10 parts"))
}

func (d Deps) addFile(w http.ResponseWriter, r *http.Request) error {
	x, err := d.led(r)
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body) // without it the sender never reads the answer
		return err
	}
	in, file, err := receive(w, r)
	if err == nil && file == nil {
		err = apperr.Invalidf("Choisissez le fichier à déposer.")
	}
	if err == nil {
		_, err = d.Room.AddFile(r.Context(), shell.Actor(r), x.meeting.ID, in, file, blob.Claim{Name: file.FileName(), Type: file.Header.Get("Content-Type")})
	}
	if err != nil && shell.Beside(err) {
		_, _ = io.Copy(io.Discard, r.Body) // bounded by the route
		return d.showFiles(w, r, apperr.Status(err), in, "file", err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.path(wording.MeetingFiles)+"?fait=1")
}

func (d Deps) openFile(w http.ResponseWriter, r *http.Request) error {
	f, body, err := minutes.OpenFile(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"), r.PathValue("document"))
	if err != nil {
		return err
	}
	attach(w, f.FileName, f.Type)
	http.ServeContent(w, r, "", body.Blob().At, body)
	return nil
}

// attach names a file that is sent, always to be kept and never to be run.
func attach(w http.ResponseWriter, name, kind string) {
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": name})
	if disposition == "" {
		disposition = "attachment"
	}
	h.Set("Content-Disposition", disposition)
}

func (d Deps) withdrawFile(w http.ResponseWriter, r *http.Request) error {
	x, _, err := d.sent(r)
	if err != nil {
		return err
	}
	if err := d.Room.WithdrawFile(r.Context(), shell.Actor(r), x.meeting.ID, r.PathValue("document"), shell.Typed(r, "reason")); err != nil {
		if shell.Beside(err) {
			return d.showFiles(w, r, apperr.Status(err), minutes.FileInput{}, r.PathValue("document"), err)
		}
		return err
	}
	return shell.SeeOther(w, r, x.path(wording.MeetingFiles)+"?fait=1")
}
