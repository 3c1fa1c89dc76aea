package answers

import (
	"net/http"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// teamView is who sits at the table.
type teamView struct {
	Heading  ui.Heading
	Done     ui.Alert
	Wrong    ui.Alert
	Action   string
	People   []person
	May      bool
	Share    []ui.Field
	Elect    []ui.Field
	Contents string
}

type person struct {
	ID, Name, Email, Role string
	Notes                 []string
	MayEnd                bool
	Me                    bool
}

func (d Deps) team(w http.ResponseWriter, r *http.Request, t table) error {
	return d.teamPage(w, r, t, "", nil)
}

func (d Deps) teamPage(w http.ResponseWriter, r *http.Request, t table, do string, wrong error) error {
	v := teamView{Heading: ui.Heading{Overline: t.Response.Name, Title: "Qui fait quoi", Lead: "Une réponse peut s’écrire à plusieurs, en même temps. Confiez une partie à un collègue, nommez la personne élue qui valide\u00a0: chacun reçoit son propre lien."},
		Action: t.path + "/equipe", Contents: t.path, May: t.Seat.Role != survey.Colleague && t.Campaign.State.Takes()}
	switch r.URL.Query().Get("fait") {
	case "confiee":
		v.Done = ui.Alert{State: "success", Title: "C’est confié", Text: "Un courriel vient de partir, avec un lien et un code."}
	case "nommee":
		v.Done = ui.Alert{State: "success", Title: "La personne qui valide est nommée", Text: "Un courriel vient de partir à son adresse, avec un lien et un code\u00a0: c’est par ce lien qu’elle valide. Si c’est vous, ouvrez ce courriel.", Links: []ui.Link{{Label: "Relire et envoyer pour validation", Href: t.path + "/relire"}}}
	case "ferme":
		v.Done = ui.Alert{State: "success", Title: "L’accès est fermé", Text: "Ce que cette personne a écrit est gardé."}
	}
	for _, s := range t.Seats {
		if !s.EndedAt.IsZero() || s.Email == "" && s.Name == "" {
			continue
		}
		x := person{ID: s.ID, Name: s.Known(), Email: s.Email, Role: s.Role.Name(), Me: s.ID == t.Seat.ID}
		if s.Title != "" {
			x.Notes = append(x.Notes, s.Title)
		}
		for _, id := range s.Sections {
			if sec, ok := t.Form().Section(id); ok {
				x.Notes = append(x.Notes, sec.Title)
			}
		}
		if s.OpenedAt.IsZero() {
			x.Notes = append(x.Notes, "n’a pas encore ouvert son lien")
		} else {
			x.Notes = append(x.Notes, "venue le "+french.Date(s.OpenedAt.In(t.zone)))
		}
		n := 0
		for _, k := range t.Drafts {
			if k.By == s.ID && k.Value != "" {
				n++
			}
		}
		if n > 0 {
			x.Notes = append(x.Notes, french.Integer(n)+" "+french.Plural(n, "réponse écrite", "réponses écrites"))
		}
		x.MayEnd = v.May && !x.Me && (s.Role != survey.Writes || strings.HasPrefix(s.By, "seat:"))
		v.People = append(v.People, x)
	}
	if v.May {
		v.Share, v.Elect = t.shareFields(r), electFields(r)
		switch do {
		case "share":
			v.Share = beside(v.Share, wrong)
		case "elect":
			v.Elect = beside(v.Elect, wrong)
		}
	}
	if wrong != nil && (do == "end" || !v.May) {
		v.Wrong = ui.Alert{State: "error", Title: "Rien n’a changé", Text: apperr.Message(wrong)}
	}
	return d.Shell.RenderStatus(w, r, statusOf(wrong), d.frame(r, t, "Qui fait quoi", ui.Link{Label: "Qui fait quoi"}), teamPage(v))
}

// typed is what a form sent, for when it comes back; an id has the name of its field.
func typed(r *http.Request, do, name string) string {
	if r.PostForm == nil || shell.Typed(r, "do") != do {
		return ""
	}
	return shell.Typed(r, name)
}

func (t table) shareFields(r *http.Request) []ui.Field {
	given := []string{}
	if r.PostForm != nil && shell.Typed(r, "do") == "share" {
		given = r.PostForm["parties"]
	}
	parts := ui.Field{ID: "parties", Label: "Parties à confier", Type: "checkbox", Required: true}
	for _, p := range t.Parts(nil) {
		help := ""
		if p.Asked > 0 {
			help = french.Integer(p.Asked) + " " + french.Plural(p.Asked, "action", "actions") + ", " + french.Integer(p.Rated) + " " + french.Plural(p.Rated, "évaluée", "évaluées")
		}
		parts.Options = append(parts.Options, ui.Option{Value: p.Section.ID, Label: p.Section.Title, Help: help, Selected: slices.Contains(given, p.Section.ID)})
	}
	return []ui.Field{{ID: "nom", Label: "Nom du collègue", Required: true, Value: typed(r, "share", "nom"), Autocomplete: "off"},
		{ID: "mel", Label: "Son adresse électronique", Type: "email", Required: true, Value: typed(r, "share", "mel"), Autocomplete: "off"}, parts}
}

func electFields(r *http.Request) []ui.Field {
	return []ui.Field{{ID: "valideur-nom", Name: "nom", Label: "Nom de la personne qui valide", Required: true, Value: typed(r, "elect", "nom"), Autocomplete: "off", Help: "Une personne élue, ou qui a reçu délégation. Si vous répondez et validez vous-même, donnez votre nom."},
		{ID: "fonction", Label: "Sa fonction", Required: true, Value: typed(r, "elect", "fonction"), Help: "Exemple\u00a0: maire, vice-présidente au climat."},
		{ID: "valideur-mel", Name: "mel", Label: "Son adresse électronique", Type: "email", Required: true, Value: typed(r, "elect", "mel"), Autocomplete: "off", Help: "Le lien de validation part à cette adresse, et ne sert qu’à cette personne."}}
}

func (d Deps) teamSave(w http.ResponseWriter, r *http.Request, t table) error {
	if err := readForm(r); err != nil {
		return err
	}
	ctx, do, id := r.Context(), shell.Typed(r, "do"), t.Response.ID
	p := survey.Person{Name: shell.Typed(r, "nom"), Email: shell.Typed(r, "mel")}
	var err error
	done := "confiee"
	switch do {
	case "share":
		_, err = d.Room.Share(ctx, d.Q, t.Seat, id, p, r.PostForm["parties"])
	case "elect":
		_, err = d.Room.NameValidator(ctx, d.Q, t.Seat, id, p, shell.Typed(r, "fonction"))
		done = "nommee"
	case "end":
		err, done = d.Room.EndSeat(ctx, d.Q, t.Seat, id, shell.Typed(r, "acces")), "ferme"
	default:
		err = apperr.Invalidf("Ce bouton n’existe plus. Rechargez la page\u00a0: rien n’a été enregistré.")
	}
	if err != nil {
		if !shell.Beside(err) {
			return err
		}
		return d.teamPage(w, r, t, do, err)
	}
	return shell.SeeOther(w, r, t.path+"/equipe?fait="+done+"#contenu") // the anchor of the form would hide what was done
}
