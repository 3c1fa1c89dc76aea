package answers

import (
	"net/http"
	"slices"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/survey"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// contentsView is the table of contents of a response.
type contentsView struct {
	Heading  ui.Heading
	Notices  []ui.Alert
	Facts    [][2]string
	Percent  int
	Progress string
	Resume   ui.Link
	Groups   []group
	Acts     []actForm
	Links    []ui.Link
	Versions []ui.Link
}

// group is the parts of one theme.
type group struct {
	ID, Title string
	Parts     []partView
}

// partView is one part, with where it stands in words.
type partView struct {
	Title, Href, State, Mark string // Mark is a class: todo, going, done, skipped
	Notes                    []string
}

// actForm is one act on the whole response.
type actForm struct {
	ID, Title, Lead, Do, Submit, Action string
	Fields                              []ui.Field
	Open                                bool // shown at once, because it comes back with an error
}

func (d Deps) contents(w http.ResponseWriter, r *http.Request, t table) error {
	return d.contentsPage(w, r, t, "", "", nil)
}

func (d Deps) contentsPage(w http.ResponseWriter, r *http.Request, t table, do, reason string, wrong error) error {
	parts := t.Parts(t.Seats)
	prefilled, answered := t.PrefilledShare()
	v := contentsView{Heading: ui.Heading{Overline: t.Form().Title, Title: t.Response.Name, Scope: []string{t.Response.State.Name(), t.Response.Kind.Name()}}}
	if t.Campaign.ClosesOn != "" && t.Campaign.State.Takes() {
		v.Heading.Scope = append(v.Heading.Scope, "jusqu’au "+french.Day(t.Campaign.ClosesOn))
	}
	g := t.Progress
	done := 0
	for _, p := range parts {
		if p.Done {
			done++
		}
	}
	if len(parts) > 0 {
		v.Percent = 100 * done / len(parts)
	}
	v.Progress = french.Integer(done) + " " + french.Plural(done, "partie terminée", "parties terminées") + " sur " + french.Integer(len(parts)) + ", " + french.Integer(g.Rated) + " " + french.Plural(g.Rated, "action évaluée", "actions évaluées") + " sur " + french.Integer(g.Rows)
	ok, why := t.writable()
	if ok && g.Minutes > 0 {
		v.Progress += "\u00a0; il reste environ " + strconv.Itoa(g.Minutes) + "\u00a0minutes"
	}
	if !ok {
		v.Notices = append(v.Notices, why)
	}
	if t.Response.Reason != "" {
		switch {
		case !t.Response.Counted && t.Response.Silent: // gone from the tree, or moved
			v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Votre collectivité a changé", Text: t.Response.Reason})
		case t.Response.State == survey.Refused:
			v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Raison donnée", Text: t.Response.Reason})
		case t.Response.State == survey.Started:
			v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "La personne qui valide demande une précision", Text: "«\u00a0" + t.Response.Reason + "\u00a0»"})
		}
	}
	if answered > 0 && prefilled > 0 {
		v.Facts = append(v.Facts, [2]string{"Déjà rempli pour vous", french.Integer(prefilled) + " réponses sur " + french.Integer(answered) + " (" + french.Percent(float64(prefilled)/float64(answered), 2) + "), à confirmer ou à corriger"})
	}
	if n := t.Response.Reminders; n > 0 && ok {
		v.Facts = append(v.Facts, [2]string{"Relances reçues", french.Integer(n)})
	}
	v.Resume = t.resume(parts)
	if !ok {
		v.Resume = ui.Link{}
	}
	v.Groups = t.groups(parts)
	v.Acts = t.acts(do, reason, wrong)
	v.Links = []ui.Link{{Label: "Qui fait quoi", Href: t.path + "/equipe", Note: "confier une partie, nommer la personne qui valide"}, {Label: "Relire et imprimer", Href: t.path + "/relire"},
		{Label: "Répondre hors ligne", Href: t.path + "/formulaire", Note: "dans un classeur à redéposer, ou sur papier"},
		{Label: "Votre fiche", Href: t.path + "/fiche", Note: "vos réponses à côté de collectivités semblables, et le panorama de vos leviers"}}
	if t.Seat.Role == survey.Validates && ok || t.Seat.Role == survey.Validates && t.Response.State == survey.Submitted {
		v.Links = append(v.Links, ui.Link{Label: "Valider", Href: t.path + "/valider"})
	}
	versions, err := survey.Versions(r.Context(), d.Q, t.Response.ID)
	if err != nil {
		return err
	}
	for _, x := range versions {
		label := "Version " + french.Integer(x.Seq) + ", validée le " + french.Date(x.At.In(t.zone))
		v.Versions = append(v.Versions, ui.Link{Label: label, Href: t.path + "/versions/" + strconv.FormatInt(x.Seq, 10), Note: x.Reason})
	}
	return d.Shell.RenderStatus(w, r, statusOf(wrong), d.frame(r, t, "Sommaire"), contentsPage(v))
}

// resume is where one was: the part that this person wrote in last if it is not
// done, else the first that is not.
func (t table) resume(parts []survey.Part) ui.Link {
	words := "Commencer"
	to := func(i int) ui.Link {
		return ui.Link{Label: words + "\u00a0: " + parts[i].Section.Title, Href: t.path + "/" + parts[i].Section.ID}
	}
	var last survey.Draft
	for _, x := range t.Drafts {
		if x.By == t.Seat.ID && (x.At.After(last.At) || x.At.Equal(last.At) && x.Key > last.Key) {
			last = x
		}
	}
	if last.Key != "" {
		words = "Reprendre où j’en étais"
	}
	if c, ok := t.Path.Cell(last.Key); ok {
		for i, p := range parts {
			if p.Section.ID == c.Section && !p.Done {
				return to(i)
			}
		}
	}
	for i, p := range parts {
		if !p.Done && t.Seat.Writer(p.Section.ID) {
			return to(i)
		}
	}
	return ui.Link{}
}

// groups puts the parts under their themes, in the order of the form.
func (t table) groups(parts []survey.Part) []group {
	var out []group
	if t.Seat.Role == survey.Colleague {
		own := group{ID: "confie", Title: "Ce qui vous est confié"}
		parts = slices.DeleteFunc(slices.Clone(parts), func(p survey.Part) bool {
			mine := t.Seat.Writer(p.Section.ID)
			if mine {
				own.Parts = append(own.Parts, t.part(p))
			}
			return mine
		})
		out = append(out, own)
	}
	for _, p := range parts {
		id, title := p.Section.Theme, t.theme(p.Section.Theme)
		if id == "" {
			if id, title = "debut", "Pour commencer"; len(out) > 1 || len(out) == 1 && out[0].ID != id {
				id, title = "fin", "Pour finir"
			}
		}
		at := -1
		for i := range out {
			if out[i].ID == id {
				at = i
			}
		}
		if at < 0 {
			out = append(out, group{ID: id, Title: title})
			at = len(out) - 1
		}
		out[at].Parts = append(out[at].Parts, t.part(p))
	}
	return out
}

func (t table) theme(code string) string {
	for _, x := range t.FW.Themes() {
		if x.Code == framework.Theme(code) {
			return x.Name
		}
	}
	return ""
}

func (t table) part(p survey.Part) partView {
	x := partView{Title: p.Section.Title, Href: t.path + "/" + p.Section.ID, State: "à faire", Mark: "todo"}
	switch {
	case p.Skipped:
		x.State, x.Mark = "pas notre compétence", "skipped"
		x.Notes = append(x.Notes, "passée par "+t.who(p.SkippedBy))
	case p.Done:
		x.State, x.Mark = "terminée", "done"
	case p.Answered > p.Prefilled || p.Rated > 0 || p.Seen:
		x.State, x.Mark = "en cours", "going"
	}
	if p.Asked > 0 && !p.Skipped {
		x.Notes = append(x.Notes, french.Integer(p.Rated)+" "+french.Plural(p.Rated, "action évaluée", "actions évaluées")+" sur "+french.Integer(p.Asked))
	}
	if p.ToConfirm > 0 {
		x.Notes = append(x.Notes, french.Integer(p.ToConfirm)+" "+french.Plural(p.ToConfirm, "réponse préremplie à confirmer", "réponses préremplies à confirmer"))
	}
	if p.Unsettled > 0 {
		x.Notes = append(x.Notes, french.Integer(p.Unsettled)+" "+french.Plural(p.Unsettled, "point à régler", "points à régler"))
	}
	for _, c := range p.Colleagues {
		name := c.Known()
		if c.ID == t.Seat.ID {
			name = "vous"
		}
		x.Notes = append(x.Notes, "confiée à "+name)
	}
	if p.LastBy != "" && !p.Skipped {
		x.Notes = append(x.Notes, "écrite par "+t.who(p.LastBy))
	}
	return x
}

// acts are what may be done to the whole response in its state.
func (t table) acts(do, reason string, wrong error) []actForm {
	field := func(label, help string) []ui.Field {
		return []ui.Field{{ID: "raison", Label: label, Help: help, Type: "textarea", Required: true, Rows: 3}}
	}
	var out []actForm
	add := func(a actForm) {
		a.Action = t.path
		if a.Do == do && wrong != nil {
			a.Open = true
			if len(a.Fields) > 0 {
				a.Fields[0].Value = reason
				a.Fields = beside(a.Fields, wrong)
			} else {
				a.Lead = apperr.Message(wrong)
			}
		}
		out = append(out, a)
	}
	alone := t.Seat.Role != survey.Colleague
	takes := t.Campaign.State.Takes()
	switch t.Response.State {
	case survey.Submitted:
		if takes && alone {
			add(actForm{ID: "reprendre", Title: "Reprendre la main", Do: "take-back", Submit: "Reprendre la réponse", Lead: "La réponse redevient modifiable\u00a0; il faudra la renvoyer pour validation."})
		}
	case survey.Done:
		if takes && alone {
			add(actForm{ID: "corriger", Title: "Corriger la réponse", Do: "correct", Submit: "Ouvrir une correction", Fields: field("Pourquoi la corriger\u00a0?", "La version validée reste lisible, et compte tant que la nouvelle n’est pas validée.")})
		}
	case survey.Refused:
		if takes && alone {
			add(actForm{ID: "repondre", Title: "Répondre finalement", Do: "resume", Submit: "Reprendre la réponse", Lead: "Ce qui était écrit est gardé."})
		}
	default:
		if takes && alone {
			add(actForm{ID: "refuser", Title: "Nous ne répondrons pas", Do: "decline", Submit: "Dire que nous ne répondrons pas", Fields: field("Pourquoi\u00a0?", "L’équipe de la COP lit cette raison et ne vous relance plus. Vous pouvez changer d’avis jusqu’à la clôture.")})
		}
	}
	return out
}

// act does one act on the whole response.
func (d Deps) act(w http.ResponseWriter, r *http.Request, t table) error {
	if err := readForm(r); err != nil {
		return err
	}
	ctx, do, reason, id := r.Context(), shell.Typed(r, "do"), shell.Typed(r, "raison"), t.Response.ID
	back := t.path
	var err error
	switch do {
	case "submit":
		if err = d.Room.Submit(ctx, d.Q, t.Seat, id); err != nil && shell.Beside(err) {
			return d.reviewPage(w, r, t, err)
		}
	case "take-back":
		err = d.Room.TakeBack(ctx, d.Q, t.Seat, id)
	case "decline":
		err = d.Room.Decline(ctx, d.Q, t.Seat, id, reason)
	case "resume":
		err = d.Room.Resume(ctx, d.Q, t.Seat, id)
	case "correct":
		err = d.Room.Correct(ctx, d.Q, t.Seat, id, reason)
	default:
		err = apperr.Invalidf("Ce bouton n’existe plus. Rechargez la page\u00a0: rien n’a été enregistré.")
	}
	if err != nil {
		if !shell.Beside(err) {
			return err
		}
		return d.contentsPage(w, r, t, do, reason, err)
	}
	return shell.SeeOther(w, r, back)
}
