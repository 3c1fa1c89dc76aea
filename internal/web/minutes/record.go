package minutes

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate/minutes"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/paper"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// reads says whether a reader sees minutes that are not approved: who writes them
// does, and once they are proposed who reads what is internal to the meeting.
func (x place) reads(a policy.Actor, s minutes.State) bool {
	inside := x.meeting
	inside.Part = cop.Internal
	return x.may || s == minutes.Proposed && policy.Can(a, policy.Read, inside.Thing(x.cop))
}

// press is what a record is made with.
func (d Deps) press(r *http.Request, x place, seq int64) (minutes.Press, error) {
	name, err := d.names(r.Context(), shell.Actor(r).Person)
	if err != nil {
		return minutes.Press{}, err
	}
	return minutes.Press{Lever: x.lever, Person: name, Day: x.cop.DayAt(d.Now()), Author: x.cop.SenderName(), Address: d.Shell.Site(r) + x.path(wording.MeetingMinutes), Demo: d.Shell.Demo, Seq: seq, Draw: d.draw}, nil
}

// draw gives the page of a record and its PDF, when there is what prints it.
func (d Deps) draw(ctx context.Context, doc document.Document) ([]document.File, error) {
	page, err := paper.Standalone(ctx, doc)
	if err != nil {
		return nil, err
	}
	files := []document.File{{Path: document.PagePart, Body: page}}
	if d.PDF == nil {
		return files, nil
	}
	sheet, err := d.PDF(ctx, doc)
	if err != nil {
		return nil, err
	}
	return append(files, document.File{Path: document.PDFPart, Body: sheet}), nil
}

func (d Deps) minutes(w http.ResponseWriter, r *http.Request) error {
	return d.showMinutes(w, r, http.StatusOK, nil)
}

// showMinutes draws the record as it composes itself from what was noted, or the
// version that was approved last, and what the reader may do of it.
func (d Deps) showMinutes(w http.ResponseWriter, r *http.Request, status int, bad error) error {
	ctx := r.Context()
	x, err := d.meeting(r)
	if err != nil {
		return err
	}
	s, err := d.Room.Read(ctx, d.Q, x.meeting, x.cop)
	if err != nil {
		return err
	}
	editions, err := minutes.Editions(ctx, d.Q, x.meeting.ID)
	if err != nil {
		return err
	}
	state := s.Minutes.State
	v := view{Heading: x.heading("Compte rendu", wording.OfMeeting("Le compte rendu", x.meeting), state.Name()), Notices: wrong(bad)}
	draft := state != minutes.Approved && x.reads(shell.Actor(r), state)
	switch {
	case draft:
		p, err := d.press(r, x, int64(len(editions))+1)
		if err != nil {
			return err
		}
		v.Body, v.Paper = paper.Body(minutes.Record(s, p)), true
		v.Lead = "Le compte rendu se compose de lui-même avec ce qui est noté\u00a0: ordre du jour, présents, décisions, votes, tâches. Les textes s’y ajoutent."
		if x.may {
			v.Links = append(v.Links, ui.Link{Label: "Télécharger le projet (ODT)", Href: x.path(wording.MeetingMinutes) + "/projet/compte-rendu.odt"})
			if d.PDF != nil {
				v.Links = append(v.Links, ui.Link{Label: "Télécharger le projet (PDF)", Href: x.path(wording.MeetingMinutes) + "/projet/compte-rendu.pdf"})
			}
		}
	case len(editions) > 0:
		pub, err := document.Find(ctx, d.Q, editions[0].Publication)
		if err != nil {
			return err
		}
		frozen, err := document.Load(ctx, d.Q, pub)
		if err != nil {
			return err
		}
		v.Body, v.Paper = paper.Body(frozen.Document), true
	default:
		v.Empty = &ui.Empty{Title: "Le compte rendu n’est pas encore approuvé", Text: "Il paraîtra ici une fois approuvé. Les décisions se lisent déjà sur leur page."}
	}
	if len(editions) > 0 {
		if v.Table, err = d.editionTable(r, x, editions); err != nil {
			return err
		}
	}
	if x.may {
		v.Forms = x.minutesForms(s, editions)
		if state != minutes.Approved {
			v.Lines = x.textLines(s)
		}
	}
	p := d.Shell.Page(r, v.Heading.Title, v.Heading.Title+".", wording.MeetingTrail(x.meeting, x.cop, ui.Link{Label: "Compte rendu"})...)
	p.Styles = append(p.Styles, paper.Stylesheet())
	if x.meeting.Part != policy.Public || draft {
		p.NoIndex, p.Canonical = true, ""
	}
	v.Tabs, v.Done = wording.MeetingTabs(x.meeting, wording.MeetingMinutes), r.URL.Query().Get("fait") == "1" && bad == nil
	return d.Shell.RenderStatus(w, r, status, p, onePage(v))
}

// editionTable lists the approved versions, with their files and what both heads said.
func (d Deps) editionTable(r *http.Request, x place, editions []minutes.Edition) (ui.Table, error) {
	t := ui.Table{ID: "versions", Caption: "Les versions approuvées, la dernière d’abord", Columns: []ui.Column{{Label: "Version"}, {Label: "Approuvée le"}, {Label: "Par"}, {Label: "Pourquoi", Wide: true}, {Label: "Validation des deux têtes", Wide: true}, {Label: "Texte"}, {Label: "PDF"}, {Label: "Empreinte (SHA-256)", Wide: true}}}
	var ids []string
	for _, e := range editions {
		ids = append(ids, e.By)
	}
	name, err := d.names(r.Context(), ids...)
	if err != nil {
		return t, err
	}
	for _, e := range editions {
		heads := "non demandée"
		if e.Act != "" {
			act, err := cop.FindAct(r.Context(), d.Q, e.Act)
			if err != nil {
				return t, err
			}
			heads = "demandée le " + french.Date(act.At.In(x.cop.Location()))
			for _, c := range act.Consents {
				heads += " – " + wording.Upper(x.cop.Head(c.Side)) + nb + ": validation enregistrée le " + french.Date(c.At.In(x.cop.Location()))
			}
			if act.State == cop.ActWithdrawn {
				heads = "demande retirée"
			}
		}
		at := x.path(wording.MeetingMinutes) + "/versions/" + strconv.FormatInt(e.Seq, 10)
		pdf := ui.Cell{Missing: "cette installation n’a pas de quoi produire un PDF"}
		if d.PDF != nil {
			pdf = ui.Cell{Text: "PDF", Href: at + "/" + document.PDFPart}
		}
		why := e.Reason
		if why == "" {
			why = "première version"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Integer(e.Seq), Href: at + "/" + document.PagePart}, {Text: french.Date(e.At.In(x.cop.Location()))}, {Text: name(e.By)}, {Text: why}, {Text: heads}, {Text: "ODT", Href: at + "/" + document.TextPart}, pdf, {Text: e.SHA256}}})
	}
	return t, nil
}

// minutesForms are what may be done of minutes where they stand.
func (x place) minutesForms(s minutes.Said, editions []minutes.Edition) (out []formView) {
	to, n := x.path(wording.MeetingMinutes), rev(s.Minutes.Rev)
	switch s.Minutes.State {
	case minutes.Draft:
		out = append(out, formView{ID: "proposer", Title: "Proposer à l’approbation", Lead: "Les personnes de la COP et du groupe le lisent alors. Il peut encore être complété.", Action: to, Rev: n, Buttons: [][2]string{{"propose", "Proposer le compte rendu"}}})
	case minutes.Proposed:
		out = append(out, formView{ID: "approuver", Title: "Approuver", Lead: "Approuver fige le compte rendu tel que vous le lisez ci-dessus, à votre nom, avec son empreinte. Ce n’est pas une signature électronique. Une correction fera une nouvelle version, avec sa raison.", Action: to, Rev: n, Buttons: [][2]string{{"approve", "Approuver le compte rendu"}, {"withdraw", "Revenir au projet"}}})
	case minutes.Approved:
		out = append(out, formView{ID: "corriger", Title: "Corriger un compte rendu approuvé", Lead: "La version approuvée reste lisible, telle quelle.", Action: to, Rev: n, Fields: []ui.Field{{ID: "reason", Label: "Raison de la nouvelle version", Required: true}}, Buttons: [][2]string{{"reopen", "Ouvrir une nouvelle version"}}, Folded: true})
		if len(editions) > 0 && editions[0].Act == "" {
			out = append(out, formView{ID: "valider", Title: "Demander la validation des deux têtes", Lead: "Quand le compte rendu engage la COP\u00a0: chaque tête enregistre sa validation au bureau, sur cette version et son empreinte.", Action: to, Rev: strconv.FormatInt(editions[0].Seq, 10), Buttons: [][2]string{{"heads", "Demander aux deux têtes"}}, Folded: true})
		}
	}
	return out
}

// textLines lead to each text, written or not.
func (x place) textLines(s minutes.Said) (out []lineView) {
	add := func(key, title string) {
		l := lineView{ID: "texte-" + key, Title: title, Href: x.path(wording.MeetingMinutes) + "/textes/" + key, About: "à écrire"}
		if t := s.Sections[key]; t.Text != "" {
			l.About = "écrit, version" + nb + rev(t.Rev)
		}
		out = append(out, l)
	}
	add(minutes.Opening, "Ouverture")
	for _, i := range s.Agenda {
		add(i.ID, i.Title)
	}
	add(minutes.Closing, "Conclusion")
	return out
}

func (d Deps) text(w http.ResponseWriter, r *http.Request) error {
	return d.showText(w, r, http.StatusOK, nil, nil)
}

// showText draws one text with its form; typed is what came back.
func (d Deps) showText(w http.ResponseWriter, r *http.Request, status int, typed *string, bad error) error {
	x, err := d.led(r)
	if err != nil {
		return err
	}
	key := r.PathValue("texte")
	title := map[string]string{minutes.Opening: "Ouverture", minutes.Closing: "Conclusion"}[key]
	items, err := minutes.Agenda(r.Context(), d.Q, x.meeting)
	if err != nil {
		return err
	}
	for _, i := range items {
		if i.ID == key {
			title = i.Title
		}
	}
	if title == "" {
		return apperr.NotFoundf("Ce point n’est pas, ou n’est plus, à l’ordre du jour de cette réunion.")
	}
	all, err := minutes.Sections(r.Context(), d.Q, x.meeting.ID)
	if err != nil {
		return err
	}
	now := all[key]
	field := ui.Field{ID: "text", Label: "Texte", Type: "textarea", Rows: 16, Value: now.Text, Help: "Une ligne vide sépare deux paragraphes. **gras**, une liste par des lignes qui commencent par un tiret. Enregistrez souvent\u00a0: chaque texte s’écrit sans gêner les autres."}
	v := view{Heading: x.heading("Texte du compte rendu", title), Notices: wrong(bad)}
	if typed != nil {
		kept := field
		field.Value = *typed
		if status == http.StatusConflict {
			v.Conflict = ui.TwoVersions([]ui.Field{kept}, []ui.Field{field})
		}
	}
	v.Forms = []formView{{ID: "ecrire", Title: "Écrire", Action: x.path(wording.MeetingMinutes) + "/textes/" + key, Rev: rev(now.Rev), Fields: []ui.Field{field}, Buttons: [][2]string{{"stay", "Enregistrer et continuer"}, {"leave", "Enregistrer et revenir"}}}}
	if now.Text != "" {
		v.Body = shell.Markdown(now.Text)
		name, err := d.names(r.Context(), now.By)
		if err != nil {
			return err
		}
		v.Lead = "Enregistré le " + french.Date(now.At.In(x.cop.Location())) + " à " + now.At.In(x.cop.Location()).Format("15:04") + " par " + name(now.By) + "."
	}
	return d.show(w, r, status, x, wording.MeetingMinutes, v, ui.Link{Label: "Compte rendu", Href: x.path(wording.MeetingMinutes)}, ui.Link{Label: title})
}

func (d Deps) write(w http.ResponseWriter, r *http.Request) error {
	x, n, err := d.sent(r)
	if err != nil {
		return err
	}
	text := shell.Typed(r, "text")
	if err := d.Room.Write(r.Context(), shell.Actor(r), x.meeting.ID, r.PathValue("texte"), n, text); err != nil {
		if shell.Beside(err) {
			return d.showText(w, r, apperr.Status(err), &text, err)
		}
		return err
	}
	to := x.path(wording.MeetingMinutes)
	if shell.Typed(r, "do") == "stay" {
		to += "/textes/" + r.PathValue("texte")
	}
	return shell.SeeOther(w, r, to+"?fait=1")
}

func (d Deps) turn(w http.ResponseWriter, r *http.Request) error {
	x, n, err := d.sent(r)
	if err != nil {
		return err
	}
	ctx, a, id := r.Context(), shell.Actor(r), x.meeting.ID
	switch shell.Typed(r, "do") {
	case "propose":
		err = d.Room.Propose(ctx, a, id, n)
	case "withdraw":
		err = d.Room.Withdraw(ctx, a, id, n)
	case "reopen":
		err = d.Room.Reopen(ctx, a, id, n, shell.Typed(r, "reason"))
	case "heads":
		err = d.Room.AskHeads(ctx, a, id, n)
	case "approve":
		var p minutes.Press
		if p, err = d.press(r, x, 0); err == nil {
			_, err = d.Room.Approve(ctx, a, id, n, p)
		}
	default:
		err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if err != nil && shell.Beside(err) {
		return d.showMinutes(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.path(wording.MeetingMinutes)+"?fait=1")
}

// draftFile is the record as it stands, marked as a draft.
func (d Deps) draftFile(w http.ResponseWriter, r *http.Request) error {
	x, err := d.led(r)
	if err != nil {
		return err
	}
	s, err := d.Room.Read(r.Context(), d.Q, x.meeting, x.cop)
	if err != nil {
		return err
	}
	editions, err := minutes.Editions(r.Context(), d.Q, x.meeting.ID)
	if err != nil {
		return err
	}
	p, err := d.press(r, x, int64(len(editions))+1)
	if err != nil {
		return err
	}
	doc := minutes.Record(s, p)
	var body []byte
	kind := "application/vnd.oasis.opendocument.text"
	switch r.PathValue("fichier") {
	case "compte-rendu.odt":
		var b bytes.Buffer
		err = document.WriteODT(&b, doc)
		body = b.Bytes()
	case "compte-rendu.pdf":
		kind = "application/pdf"
		if d.PDF == nil {
			return apperr.New(apperr.Unavailable, nil, "Le PDF demande un navigateur que cette installation n’a pas. Prenez le texte (ODT), ou imprimez la page.")
		}
		body, err = d.PDF(r.Context(), doc)
	default:
		err = apperr.NotFoundf("Le projet n’existe pas sous cette forme.")
	}
	if err != nil {
		return err
	}
	attach(w, "projet-"+r.PathValue("fichier"), kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever left does not need to hear that they left
	return nil
}

// file is a file of an approved version, as it was frozen.
func (d Deps) file(w http.ResponseWriter, r *http.Request) error {
	x, err := d.meeting(r)
	if err != nil {
		return err
	}
	editions, err := minutes.Editions(r.Context(), d.Q, x.meeting.ID)
	if err != nil {
		return err
	}
	for _, e := range editions {
		if strconv.FormatInt(e.Seq, 10) != r.PathValue("n") {
			continue
		}
		pub, err := document.Find(r.Context(), d.Q, e.Publication)
		if err != nil {
			return err
		}
		body, err := document.Open(r.Context(), d.Q, pub, r.PathValue("fichier"))
		if err != nil {
			return err
		}
		name := "compte-rendu-" + x.meeting.Day + "-v" + r.PathValue("n") + "-" + r.PathValue("fichier")
		if pub.Demo {
			name = shell.DemoName(name)
		}
		attach(w, name, body.Blob().Type)
		http.ServeContent(w, r, "", e.At, body)
		return nil
	}
	return apperr.NotFoundf("Cette version du compte rendu n’existe pas.")
}
