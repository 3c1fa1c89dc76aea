package contributions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/debate"
	"jalon/internal/debate/contribution"
	"jalon/internal/french"
	"jalon/internal/territory"
	"jalon/internal/textmining"
	"jalon/internal/web/shell"
)

// sent is the form as it came, to be read and, when something is wrong, shown again.
type sent struct {
	contribution.Draft
	do      string // deposer, brouillon, jeter
	seen    bool   // the near ones were shown
	agreed  string // the digest of what may be personal, that its author agreed to show
	trap    string
	opened  string
	chosen  string            // the territory picked among several of the same name
	token   string            // of the draft that it goes on with
	wrong   map[string]string // by field
	choices []territory.Hit   // several places of the name that was typed
}

const (
	trapField  = "site"  // people do not see it
	fieldBytes = 1 << 20 // of one field: a text that is too long comes back whole
	formWithin = 4 * fieldBytes
)

// receive reads the fields of the form, and keeps its files: those of a form that
// comes back are still there, as no browser sends them again.
func (d Deps) receive(w http.ResponseWriter, r *http.Request, x place) (s sent, err error) {
	s.wrong = map[string]string{}
	s.Machine, s.Voice = shell.Machine(r, d.Trusted), shell.Of(r).Voice
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		if err := shell.ReadForm(r); err != nil {
			return s, err
		}
		for name, values := range r.PostForm {
			for _, v := range values {
				d.set(&s, x, name, shell.Clean(v))
			}
		}
		return s, nil
	}
	bad := func(err error) error {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return err
		}
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu, ou l’envoi s’est interrompu. Rien n’a été déposé"+nb+": revenez à la page précédente, votre texte y est encore, et recommencez.")
	}
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(5 * time.Minute)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return s, err
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return s, bad(err)
	}
	read := 0
	for range 60 {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return s, bad(err)
		}
		if p.FormName() == "fichiers" {
			if name := shell.Clean(p.FileName()); name != "" {
				if err := d.keep(r.Context(), &s, p, blob.Claim{Name: name, Type: p.Header.Get("Content-Type"), Only: contribution.Types()}); err != nil {
					return s, err
				}
			}
			continue
		}
		b, err := io.ReadAll(io.LimitReader(p, fieldBytes+1))
		if read += len(b); err != nil || len(b) > fieldBytes || read > formWithin {
			return s, bad(err)
		}
		d.set(&s, x, p.FormName(), shell.Clean(string(b)))
	}
	return s, bad(errors.New("more than 60 parts"))
}

// keep keeps one file, or says beside the field why not: the others stay.
func (d Deps) keep(ctx context.Context, s *sent, r io.Reader, c blob.Claim) error {
	if len(s.Files) >= contribution.MostFiles {
		s.wrong["fichiers"] = "Trois fichiers au plus" + nb + ": «" + nb + c.Name + nb + "» n’est pas gardé."
		return nil
	}
	over, err := d.Room.Accounts.Tried(ctx, "contribution-file|"+s.Machine, 30)
	if err != nil {
		return err
	}
	if over {
		s.wrong["fichiers"] = "Beaucoup de fichiers sont arrivés d’ici depuis une heure" + nb + ": déposez votre texte seul, ou attendez une heure."
		return nil
	}
	staged, err := blob.Stage(ctx, "", io.LimitReader(r, contribution.LargeFile+1), c)
	if err == nil {
		defer func() { _ = staged.Close() }()
		if staged.Size > contribution.LargeFile {
			err = apperr.New(apperr.TooLarge, nil, "«"+nb+"%s"+nb+"» dépasse 10"+nb+"Mo"+nb+": allégez-le, ou donnez une adresse où il se lit.", c.Name)
		}
	}
	if err != nil {
		if !shell.Beside(err) {
			return err
		}
		s.wrong["fichiers"] = strings.ReplaceAll(apperr.Message(err), "Rien n’a été enregistré", "Le reste du formulaire est gardé")
		return nil
	}
	b, err := d.Room.Upload(ctx, staged)
	if err != nil {
		return err
	}
	s.Files = append(s.Files, contribution.File{SHA256: b.SHA256, FileName: debate.Line(c.Name), Size: b.Size, Type: b.Type})
	return nil
}

// fileToken names a file that is kept, in a form that comes back.
func (d Deps) fileToken(x place, f contribution.File) string {
	return d.Room.Cursors.Seal("file"+x.cop.ID, f.SHA256, f.FileName, strconv.FormatInt(f.Size, 10), f.Type)
}

func (d Deps) set(s *sent, x place, name, text string) {
	switch name {
	case "titre":
		s.Title = text
	case "texte":
		s.Text = text
	case "theme":
		s.Theme = text
	case "levier":
		s.Lever = text
	case "lieu":
		s.Place = text
	case "lieu-choix":
		s.chosen = text
	case "parole":
		s.Speaker = text
	case "organismes":
		s.Orgs = text
	case "nom":
		s.Name = text
	case "signer":
		s.Unnamed = text == "lieu"
	case "courriel":
		s.Email = text
	case "accord":
		s.Consent = text == "oui"
	case "garde":
		if p, err := d.Room.Cursors.Open("file"+x.cop.ID, text, 4); err == nil && len(p) == 4 && len(s.Files) < contribution.MostFiles {
			size, _ := strconv.ParseInt(p[2], 10, 64)
			s.Files = append(s.Files, contribution.File{SHA256: p[0], FileName: p[1], Size: size, Type: p[3]})
		}
	case "do":
		s.do = text
	case "vu":
		s.seen = text == "1"
	case "su":
		s.agreed = text
	case "brouillon":
		s.token = text
	case "ouvert":
		s.opened = text
		if p, err := d.Room.Cursors.Open("opened", text, 1); err == nil && len(p) == 1 {
			if ms, err := strconv.ParseInt(p[0], 10, 64); err == nil {
				s.Elapsed = max(d.Now().Sub(time.UnixMilli(ms)), time.Millisecond)
			}
		}
	case trapField:
		s.trap = text
	}
}

// locate finds the territory that was typed: the region when nothing was. Several of
// the same name come back to be chosen among.
func (s *sent) locate(x place) {
	whole := "region:" + x.Code
	typed := debate.Line(s.Place)
	if typed == "" || french.Fold(typed) == french.Fold(x.Name) {
		s.Territory = whole
		return
	}
	if s.chosen != "" && contribution.Within(x.tree, x.Code, s.chosen) == nil {
		s.Territory = s.chosen
		return
	}
	var here []territory.Hit
	for _, h := range x.tree.SearchScale(typed, 200, territory.CommuneS, territory.Department, territory.EPCI) {
		if contribution.Within(x.tree, x.Code, h.Territory.Ref.String()) == nil {
			here = append(here, h)
		}
	}
	var same []territory.Hit
	for _, h := range here {
		if french.Fold(h.Territory.Name) == french.Fold(typed) || h.Territory.Ref.Code == typed {
			same = append(same, h)
		}
	}
	switch {
	case len(same) == 1:
		s.Territory = same[0].Territory.Ref.String()
	case len(same) == 0 && len(here) == 1:
		s.Territory = here[0].Territory.Ref.String()
	case len(here) == 0:
		s.wrong["lieu"] = "Aucune commune, intercommunalité ou département de la région ne porte ce nom. Vérifiez-le, ou laissez vide" + nb + ": votre contribution vaut alors pour toute la région."
	default:
		if len(same) > 1 {
			here = same
		}
		s.choices = here[:min(len(here), 12)]
		s.wrong["lieu"] = "Plusieurs territoires de la région portent ce nom" + nb + ": choisissez ci-dessous."
	}
}

// digest tells one list of what may be personal from another.
func digest(all []textmining.Warning) string {
	if len(all) == 0 {
		return ""
	}
	var b bytes.Buffer
	for _, w := range all {
		b.WriteString(w.What + "|" + w.Text + "\n")
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:8])
}
