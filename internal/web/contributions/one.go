package contributions

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/contribution"
	"jalon/internal/debate/follow"
	"jalon/internal/french"
	"jalon/internal/link"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// oneView is the page of a contribution.
type oneView struct {
	Heading  ui.Heading
	Tabs     ui.Pages
	Notices  []ui.Alert
	Facts    []fact
	Text     []string // paragraphs
	Files    []ui.Link
	Support  supportView
	Steps    []contribution.Step
	Merged   []ui.Link
	Threads  []threadView
	Comments int64
	Pager    ui.Pager
	Form     *commentForm
	Report   string
	Foot     ui.Source
}

type fact struct{ Name, Text, Href string }

type supportView struct {
	Action string // empty when it cannot be supported
	Count  string
	Mine   bool
	Email  *ui.Field // asked of whoever is not known
}

type threadView struct {
	ID, Signed, Day string
	Text            []string
	Gone            bool
	Replies         []threadView
	Answer          string // address of the form that answers it
}

type commentForm struct {
	Action, To, Answered string
	Fields               []ui.Field
	Rules                string
}

// paragraphs cuts a text where its author left an empty line.
func paragraphs(text string) []string { return strings.Split(text, "\n\n") }

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	c, err := d.Room.Find(r.Context(), d.Q, shell.Actor(r), x.cop, r.PathValue("id"), shell.Of(r).Voice)
	if err != nil {
		return err
	}
	return d.showOne(w, r, http.StatusOK, x, c, contribution.Reply{To: shell.Clean(r.URL.Query().Get("repondre")), Name: shell.Of(r).Name}, "", nil)
}

// done are what an address says was done.
var done = map[string]ui.Alert{
	"soutien":       {State: "success", Title: "Votre soutien est compté"},
	"retire":        {State: "success", Title: "Votre soutien est retiré"},
	"soutien-mail":  {State: "info", Title: "Confirmez votre adresse pour que votre soutien compte", Text: "Un message vient de partir à l’adresse que vous avez donnée. Son lien est valable 7" + nb + "jours."},
	"commentaire":   {State: "success", Title: "Votre commentaire est bien reçu", Text: "Un modérateur le lit avant qu’il soit affiché."},
	"commentaire-m": {State: "info", Title: "Confirmez votre adresse pour que votre commentaire soit lu", Text: "Un message vient de partir à l’adresse que vous avez donnée. Son lien est valable 7" + nb + "jours."},
}

// showOne draws a contribution, with the comment that somebody types on it.
func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, x place, c contribution.Whole, reply contribution.Reply, email string, wrong error) error {
	here := x.base() + "/" + c.ID
	v := oneView{Heading: ui.Heading{Overline: "Contribution", Title: c.Title, Scope: []string{c.Signed, x.said(c)}}, Tabs: wording.RegionTabs(x.Region, "Débat"), Text: paragraphs(c.Text), Comments: c.Comments,
		Foot: ui.Source{Text: "contribution publiée, sous Licence Ouverte" + nb + "2.0.", Print: true, Share: d.Shell.Absolute(here)}}
	if n, ok := done[r.URL.Query().Get("fait")]; ok && wrong == nil {
		v.Notices = append(v.Notices, n)
	}
	switch c.State {
	case debate.PostPublished:
	case debate.PostMerged:
		n := ui.Alert{State: "info", Title: "Cette contribution se lit avec une autre", Text: "Elles disent la même chose" + nb + ": elles sont étudiées ensemble, et leurs soutiens se comptent ensemble."}
		if c.Into.ID != "" {
			n.Links = []ui.Link{{Label: c.Into.Title, Href: x.base() + "/" + c.Into.ID}}
		} else {
			n.Text += " L’autre n’est plus affichée en ce moment" + nb + ": elle est relue par la modération."
		}
		v.Notices = append(v.Notices, n)
	default:
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Cette contribution n’est pas publiée" + nb + ": " + c.State.Name(), Text: "Seuls son auteur et les modérateurs la lisent."})
	}
	v.Facts = x.facts(c)
	for _, f := range c.Files {
		v.Files = append(v.Files, ui.Link{Label: f.FileName + " (" + weight(f.Size) + ")", Href: here + "/fichiers/" + strconv.FormatInt(f.N, 10)})
	}
	for _, p := range c.Merged {
		v.Merged = append(v.Merged, ui.Link{Label: p.Title + " – " + p.Signed, Href: x.base() + "/" + p.ID})
	}
	var err error
	if v.Steps, err = d.steps(r, x, c); err != nil {
		return err
	}
	if c.State == debate.PostPublished {
		if wording.Proposes(shell.Actor(r), x.cop) {
			v.Facts = append(v.Facts, fact{Name: "Agir", Text: "En faire une action", Href: wording.ProposePath(x.cop, "contribution", c.ID)})
		}
		for _, f := range []struct {
			kind     follow.Kind
			id, what string
		}{{follow.Contribution, c.ID, "cette contribution"}, {follow.Lever, c.Lever, "son levier"}} {
			if f.id != "" {
				l := wording.FollowLink(x.cop, f.kind, f.id, f.what, here)
				v.Facts = append(v.Facts, fact{Name: "Être prévenu", Text: l.Label, Href: l.Href})
			}
		}
		v.Report = here + "/signaler"
		v.Support = supportView{Action: here + "/soutenir", Count: supports(c.Supports), Mine: c.Supported}
		if who := shell.Of(r); !who.SignedIn() && who.Voice == "" {
			v.Support.Email = &ui.Field{ID: "soutien-courriel", Name: "courriel", Label: "Votre adresse électronique", Type: "email", Required: true, Autocomplete: "email", Help: "Un message demande de la confirmer, une seule fois pour 30" + nb + "jours sur ce navigateur. Elle n’est jamais publiée."}
			if r.URL.Path == v.Support.Action {
				v.Support.Email.Value = email
				if wrong != nil {
					v.Support.Email.Error = apperr.Message(wrong)
				}
			}
		}
	}
	if err := d.comments(r, x, c, &v, reply, wrong); err != nil {
		return err
	}
	page := d.Shell.Page(r, c.Title, excerpt(c.Text), x.trail(ui.Link{Label: wording.Clip(c.Title, 60)})...)
	page.NoIndex = c.State != debate.PostPublished
	return d.Shell.RenderStatus(w, r, status, page, onePage(v))
}

func (x place) said(c contribution.Whole) string {
	if c.PublishedAt.IsZero() {
		return "déposée le " + x.dayOf(c.At)
	}
	return "publiée le " + x.dayOf(c.PublishedAt)
}

func (x place) facts(c contribution.Whole) []fact {
	out := []fact{{Name: "Qui parle", Text: c.Signed}}
	if c.Speaker != debate.Person {
		out[0].Name = debate.SpeakerName(c.Speaker)
		out[0].Name = french.Upper(out[0].Name)
	}
	if l, err := x.fw.Lever(c.Lever); err == nil {
		out = append(out, fact{Name: "Levier", Text: l.Name, Href: wording.LeverPath(l.Code)})
	} else {
		out = append(out, fact{Name: "Levier", Text: "son auteur ne sait pas lequel"})
	}
	if name := x.themeName(c.Theme); name != "" {
		out = append(out, fact{Name: "Thématique", Text: name, Href: x.base() + "?theme=" + c.Theme})
	}
	at := fact{Name: "Territoire", Text: x.placeName(c.Territory)}
	if ref, err := territory.ParseRef(c.Territory); err == nil {
		if t, err := x.tree.Lookup(ref); err == nil {
			at.Href = wording.PanoramaPath(t)
		}
	}
	out = append(out, at)
	if !c.At.IsZero() {
		out = append(out, fact{Name: "Déposée le", Text: x.dayOf(c.At)})
	}
	if c.Study != contribution.Unstudied {
		out = append(out, fact{Name: "Suite donnée", Text: c.Study.Name()})
	}
	return out
}

// steps tell what became of a contribution: what this room knows, then what its study
// says, then the decisions and the actions that it led to.
func (d Deps) steps(r *http.Request, x place, c contribution.Whole) ([]contribution.Step, error) {
	out := []contribution.Step{{At: x.dayOf(c.At), What: "Déposée"}}
	if c.PublishedAt.IsZero() {
		return out, nil
	}
	published := contribution.Step{At: x.dayOf(c.PublishedAt), What: "Publiée après lecture par un modérateur"}
	if d.Room.Steps != nil {
		more, err := d.Room.Steps(r.Context(), d.Q, c.ID)
		if err != nil {
			return nil, err
		}
		if len(more) == 0 || more[0].What != "Publiée." { // its study tells it too
			out = append(out, published)
		} else {
			more[0].What = published.What
		}
		out = append(out, more...)
	} else if out = append(out, published); c.Study != contribution.Unstudied {
		out = append(out, contribution.Step{What: french.Upper(c.Study.Name())})
	}
	if d.Room.Title != nil {
		end := link.End{Kind: link.Contribution, ID: c.ID}
		to, err := link.To(r.Context(), d.Q, end)
		if err != nil {
			return nil, err
		}
		from, err := link.From(r.Context(), d.Q, end)
		if err != nil {
			return nil, err
		}
		for _, l := range append(to, from...) {
			other := l.From
			if other == end {
				other = l.To
			}
			title, href, err := d.Room.Title(r.Context(), d.Q, other.Kind, other.ID)
			if err != nil {
				return nil, err
			}
			if title != "" {
				out = append(out, contribution.Step{At: x.dayOf(l.At), What: linked(other.Kind), Label: title, Href: href})
			}
		}
	}
	if len(out) == 2 {
		out = append(out, contribution.Step{What: "À venir" + nb + ": l’équipe de la COP l’étudie, et dit ici ce qu’elle en retient, avec sa raison."})
	}
	return out, nil
}

// linked says how a thing is linked to a contribution.
func linked(kind string) string {
	switch kind {
	case link.Decision:
		return "Une décision de réunion y répond"
	case link.Action:
		return "Une action y donne suite"
	case link.Meeting:
		return "Une réunion en a parlé"
	case link.Group:
		return "Un groupe de travail l’étudie"
	}
	return "En lien"
}

func (d Deps) comments(r *http.Request, x place, c contribution.Whole, v *oneView, reply contribution.Reply, wrong error) error {
	here := x.base() + "/" + c.ID
	list, next, err := d.Room.Comments(r.Context(), d.Q, c.ID, r.URL.Query().Get("commentaires"), 50)
	if err != nil {
		return err
	}
	if next != "" {
		v.Pager.Next = here + "?commentaires=" + next + "#commentaires"
	}
	answered := ""
	draw := func(p debate.Post) threadView {
		t := threadView{ID: "c-" + p.ID, Signed: p.Signed, Day: x.dayOf(p.PublishedAt), Text: paragraphs(p.Text), Gone: !p.Read()}
		if c.State == debate.PostPublished && p.Read() {
			t.Answer = here + "?repondre=" + p.ID + "#commenter"
		}
		if p.ID == reply.To {
			answered = p.Signed
		}
		return t
	}
	for _, thread := range list {
		t := draw(thread.Post)
		for _, p := range thread.Replies {
			t.Replies = append(t.Replies, draw(p))
		}
		v.Threads = append(v.Threads, t)
	}
	if c.State != debate.PostPublished {
		return nil
	}
	f := &commentForm{Action: here + "/commentaires", To: reply.To, Answered: answered, Rules: x.base() + "/regles"}
	f.Fields = []ui.Field{{ID: "commentaire", Label: "Votre commentaire", Type: "textarea", Rows: 4, Required: true, Value: reply.Text, Help: "2" + french.NarrowSpace + "000" + nb + "caractères au plus. Il est publié après lecture par un modérateur."},
		{ID: "signature", Label: "Signé", Required: true, Value: reply.Name, Autocomplete: "name", Help: "Le nom qui est affiché."}}
	if who := shell.Of(r); !who.SignedIn() && who.Voice == "" {
		f.Fields = append(f.Fields, ui.Field{ID: "courriel", Label: "Adresse électronique", Type: "email", Required: true, Value: reply.Email, Autocomplete: "email", Help: "Pour confirmer que c’est vous. Elle n’est jamais publiée."})
	}
	if wrong != nil && r.URL.Path == f.Action {
		at := "commentaire"
		var fault *contribution.Fault
		if errors.As(wrong, &fault) {
			at = fault.Field
		} else if apperr.KindOf(wrong) == apperr.Invalid && len(f.Fields) == 3 {
			at = "courriel"
		}
		for i := range f.Fields {
			if f.Fields[i].ID == at {
				f.Fields[i].Error = apperr.Message(wrong)
			}
		}
	}
	v.Form = f
	return nil
}

// support adds the support of whoever sends the form, or takes it back.
func (d Deps) support(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	who, id := shell.Of(r), r.PathValue("id")
	here := x.base() + "/" + id
	if shell.Typed(r, "do") == "retirer" {
		if err := d.Room.Unsupport(r.Context(), shell.Actor(r), x.cop, id, who.Voice); err != nil {
			return err
		}
		return shell.SeeOther(w, r, here+"?fait=retire#soutenir")
	}
	if shell.Typed(r, trapField) != "" {
		if err := d.Room.Caught(r.Context(), x.cop, shell.Machine(r, d.Trusted)); err != nil {
			return err
		}
		return shell.SeeOther(w, r, here+"?fait=soutien-mail#soutenir")
	}
	email := shell.Typed(r, "courriel")
	sure, _, err := d.Room.Support(r.Context(), shell.Actor(r), x.cop, id, debate.Speaker{Email: email, Voice: who.Voice}, shell.Machine(r, d.Trusted))
	if err != nil && shell.Beside(err) {
		c, ferr := d.Room.Find(r.Context(), d.Q, shell.Actor(r), x.cop, id, who.Voice)
		if ferr != nil {
			return ferr
		}
		return d.showOne(w, r, apperr.Status(err), x, c, contribution.Reply{Name: who.Name}, email, err)
	}
	if err != nil {
		return err
	}
	if !sure {
		return shell.SeeOther(w, r, here+"?fait=soutien-mail#soutenir")
	}
	return shell.SeeOther(w, r, here+"?fait=soutien#soutenir")
}

func (d Deps) comment(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	who, id := shell.Of(r), r.PathValue("id")
	here := x.base() + "/" + id
	reply := contribution.Reply{To: shell.Typed(r, "a"), Text: shell.Typed(r, "commentaire"), Name: shell.Typed(r, "signature"), Email: shell.Typed(r, "courriel"), Voice: who.Voice, Machine: shell.Machine(r, d.Trusted)}
	if shell.Typed(r, trapField) != "" {
		if err := d.Room.Caught(r.Context(), x.cop, reply.Machine); err != nil {
			return err
		}
		return shell.SeeOther(w, r, here+"?fait=commentaire#commentaires")
	}
	p, _, err := d.Room.Comment(r.Context(), shell.Actor(r), x.cop, id, reply)
	if err != nil && (shell.Beside(err) || apperr.KindOf(err) == apperr.NotFound && reply.To != "") {
		c, ferr := d.Room.Find(r.Context(), d.Q, shell.Actor(r), x.cop, id, who.Voice)
		if ferr != nil {
			return ferr
		}
		return d.showOne(w, r, apperr.Status(err), x, c, reply, "", err)
	}
	if err != nil {
		return err
	}
	if p.State == debate.PostUnconfirmed {
		return shell.SeeOther(w, r, here+"?fait=commentaire-m#commentaires")
	}
	return shell.SeeOther(w, r, here+"?fait=commentaire#commentaires")
}

// file sends a file of a contribution, always to be kept rather than shown.
func (d Deps) file(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return apperr.NotFoundf("Ce fichier n’existe pas, ou n’est pas publié.")
	}
	f, body, err := d.Room.OpenFile(r.Context(), d.Q, shell.Actor(r), x.cop, r.PathValue("id"), shell.Of(r).Voice, n)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.FileName}))
	http.ServeContent(w, r, "", time.Time{}, body)
	return nil
}
