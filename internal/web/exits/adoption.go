package exits

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Links lead to what else there is of an edition, from the address of its page.
func Links(edition string) []ui.Link {
	return []ui.Link{{Label: "Qui l’a adoptée, preuves et engagements", Href: edition + "/adoption"}, {Label: "Ce qui change depuis l’édition précédente", Href: edition + "/ecarts"}, {Label: "L’archive qui prouve l’adoption (ZIP)", Href: edition + "/archive.zip"}}
}

// edition is an edition of a roadmap that anyone reads, and the one before it.
type edition struct {
	place
	composition.Edition
	before *composition.Edition
}

func (e edition) page() string {
	return e.place.page() + "/feuille-de-route/editions/" + strconv.FormatInt(e.Seq, 10)
}

func (e edition) desk() string {
	return e.bureau() + "/feuille-de-route/adoption/" + strconv.FormatInt(e.Seq, 10)
}

func (e edition) name() string { return "édition n°" + nb + french.Integer(e.Seq) }

func (d Deps) edition(r *http.Request, x place) (e edition, err error) {
	list, err := composition.ReadEditions(r.Context(), d.Q, composition.Roadmap, x.cop.ID, "")
	if err != nil {
		return e, err
	}
	for i, one := range list {
		if strconv.FormatInt(one.Seq, 10) == r.PathValue("n") {
			e = edition{place: x, Edition: one}
			if i+1 < len(list) {
				e.before = &list[i+1]
			}
			return e, nil
		}
	}
	return e, apperr.NotFoundf("Cette édition n’existe pas, ou elle n’est pas adoptée. La page des éditions donne celles que l’on peut lire.")
}

// readEdition is the edition of a public address.
func (d Deps) readEdition(r *http.Request) (e edition, err error) {
	x, err := d.seen(r)
	if err != nil {
		return e, err
	}
	return d.edition(r, x)
}

// deskEdition is the same for who reads the draft of the roadmap.
func (d Deps) deskEdition(r *http.Request) (e edition, err error) {
	x, err := d.working(r)
	if err != nil {
		return e, err
	}
	return d.edition(r, x)
}

func (e edition) trail(last ...ui.Link) []ui.Link {
	return trail(e.place, append([]ui.Link{{Label: "Feuille de route", Href: e.place.page() + "/feuille-de-route"}, {Label: wording.Upper(e.name()), Href: e.page()}}, last...)...)
}

func (d Deps) adoption(w http.ResponseWriter, r *http.Request) error {
	e, err := d.readEdition(r)
	if err != nil {
		return err
	}
	v, err := d.adoptionView(r.Context(), e)
	if err != nil {
		return err
	}
	v.Tabs = e.publicTabs("/feuille-de-route")
	return d.show(w, r, http.StatusOK, v, false, e.trail(ui.Link{Label: "Adoption"})...)
}

// adoptionView says who adopted an edition, what proves it, who committed to it.
func (d Deps) adoptionView(ctx context.Context, e edition) (v sections.View, err error) {
	var a roadmap.Adoption
	var evidence []roadmap.Evidence
	var given []roadmap.Commitment
	var packed roadmap.Packed
	if err = db.Snapshot(ctx, d.Q, func(ctx context.Context, q db.Q) (err error) {
		if a, err = roadmap.AdoptionOf(ctx, q, e.cop, e.Edition); err != nil {
			return err
		}
		if evidence, err = roadmap.EvidenceOf(ctx, q, e.ID); err != nil {
			return err
		}
		if given, err = roadmap.Commitments(ctx, q, e.ID); err != nil {
			return err
		}
		packed, err = roadmap.Pack(ctx, q, e.cop, e.Edition)
		return err
	}); err != nil {
		return v, err
	}
	v = sections.View{Heading: ui.Heading{Overline: "Adoption de la feuille de route", Title: e.place.Name + nb + ": " + e.name() + ", adoptée le " + french.Day(e.PublishedOn), Scope: []string{"cycle " + e.Cycle, "situation au " + french.Day(e.Day)},
		Lead: "Une validation enregistrée dit qui a validé quoi, et quand. Ce n’est pas une signature\u00a0: le document signé, quand il existe, est joint plus bas."}}
	if e.Retired() {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Édition retirée le " + french.Day(e.EndedOn), Text: "Raison donnée" + nb + ": " + e.EndedWhy + " Elle reste lisible, avec ses fichiers, pour mémoire."})
	}
	t := ui.Table{ID: "validees", Caption: "Les validations enregistrées", Stack: true, Columns: []ui.Column{{Label: "Pour"}, {Label: "Par", Wide: true}, {Label: "Le"}, {Label: "Empreinte validée (SHA-256)", Wide: true}}}
	for _, x := range a.Validations {
		who := ui.Cell{Text: x.Name, Sub: x.Office}
		switch {
		case x.Name == "" && x.Office != "":
			who = ui.Cell{Text: x.Office}
		case x.Name == "":
			who = ui.Cell{Missing: "le compte qui a validé est effacé"}
		}
		if x.Delegation != "" {
			who.Sub += ", par délégation (" + x.Delegation + ")"
		}
		at, err := time.Parse(time.RFC3339, x.At)
		if err != nil {
			return v, err
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: wording.Upper(x.Head), Sub: "validation enregistrée"}, who, {Text: french.Date(at.In(e.cop.Location()))}, {Text: x.SHA256}}})
	}
	p := sections.Part{ID: "validations", Title: "Les deux têtes", Tables: []ui.Table{t}}
	if a.State == "alone" {
		p.Facts = append(p.Facts, [2]string{"Adoptée par une seule tête", "Raison donnée" + nb + ": " + a.Reason})
	}
	if e.Why != "" {
		p.Facts = append(p.Facts, [2]string{"Pourquoi cette édition suit la précédente", e.Why})
	}
	v.Parts = append(v.Parts, p, evidencePart(e, evidence), givenPart(given),
		sections.Part{ID: "prouver", Title: "Vérifier soi-même", Lead: "L’archive contient le document figé dans chaque format, son manifeste, les validations, les engagements et la liste des preuves. La commande «\u00a0jalon verify --roadmap FICHIER\u00a0» la relit hors ligne, et dit ce qui ne correspond pas.",
			Facts: [][2]string{{"Empreinte du manifeste, que les têtes ont validée", e.SHA256}, {"Sceau de l’archive d’aujourd’hui", packed.Seal()}}, Links: []ui.Link{{Label: "L’archive (ZIP)", Href: e.page() + "/archive.zip"}, {Label: "Lire l’édition", Href: e.page()}, {Label: "Ce qui change depuis l’édition précédente", Href: e.page() + "/ecarts"}}})
	return v, nil
}

func evidencePart(e edition, list []roadmap.Evidence) sections.Part {
	p := sections.Part{ID: "preuves", Title: "Les preuves jointes"}
	t := ui.Table{ID: "preuves-jointes", Caption: "Les documents joints après l’adoption", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Document", Wide: true}, {Label: "De"}, {Label: "Joint le"}, {Label: "Taille", Unit: "Ko", Number: true}, {Label: "Empreinte SHA-256", Wide: true}}}
	for _, x := range list {
		name := ui.Cell{Text: x.Title, Sub: x.FileName, Href: e.page() + "/preuves/" + x.ID}
		if x.State != roadmap.Kept {
			name = ui.Cell{Text: x.Title, Sub: "retiré\u00a0: " + x.Reason}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{name, {Text: roadmap.SideName(x.Side)}, {Text: french.Date(x.At.In(e.cop.Location()))}, {Text: french.Number(float64(x.Size)/1024, 0)}, {Text: x.SHA256}}})
	}
	if len(t.Rows) > 0 {
		p.Tables = []ui.Table{t}
	} else {
		p.Empty = ui.Empty{Title: "Aucun document joint", Text: "Le PDF ou la lettre signés, quand ils existent, se joignent ici après l’adoption."}
	}
	return p
}

func givenPart(list []roadmap.Commitment) sections.Part {
	p := sections.Part{ID: "engagements", Title: "Ce que les organismes ont validé", Lead: "Chaque organisme valide sa propre part d’une action, et elle seule."}
	t := ui.Table{ID: "engagements-donnes", Caption: "Les engagements des organismes", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Organisme", Wide: true}, {Label: "Action", Wide: true}, {Label: "Son rôle"}, {Label: "Le"}}}
	for _, x := range list {
		role := ""
		for _, o := range roadmap.Roles() {
			if o[0] == x.Role {
				role = o[1]
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.OrgName, Sub: x.Words}, {Text: x.Title, Href: "/actions/" + x.Action}, {Text: role}, {Text: french.Date(x.At)}}})
	}
	if len(t.Rows) > 0 {
		p.Tables = []ui.Table{t}
	} else {
		p.Empty = ui.Empty{Title: "Aucun organisme n’a encore validé sa part", Text: "Porteurs et partenaires le font depuis la page de leur organisme."}
	}
	return p
}

func (d Deps) archive(w http.ResponseWriter, r *http.Request) error {
	e, err := d.readEdition(r)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if err := db.Snapshot(r.Context(), d.Q, func(ctx context.Context, q db.Q) error {
		p, err := roadmap.Pack(ctx, q, e.cop, e.Edition)
		if err != nil {
			return err
		}
		body.Reset()
		return p.Write(ctx, q, &body)
	}); err != nil {
		return err
	}
	name := "feuille-de-route-" + e.Slug + "-edition-" + strconv.FormatInt(e.Seq, 10) + ".zip"
	if d.Shell.Demo {
		name = shell.DemoName(name)
	}
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body.Bytes()))
	return nil
}

func (d Deps) evidence(w http.ResponseWriter, r *http.Request) error {
	e, err := d.readEdition(r)
	if err != nil {
		return err
	}
	x, body, err := roadmap.OpenEvidence(r.Context(), d.Q, e.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", x.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": x.FileName}))
	http.ServeContent(w, r, "", x.At, body)
	return nil
}

func (d Deps) adoptionDesk(w http.ResponseWriter, r *http.Request) error {
	e, err := d.deskEdition(r)
	if err != nil {
		return err
	}
	return d.showAdoption(w, r, e, "", nil)
}

// showAdoption is the desk of an adopted edition; on is the form that came back.
func (d Deps) showAdoption(w http.ResponseWriter, r *http.Request, e edition, on string, wrong error) error {
	v, err := d.adoptionView(r.Context(), e)
	if err != nil {
		return err
	}
	v.Tabs = e.tabs(shell.Actor(r))
	status := http.StatusOK
	if wrong != nil {
		status = apperr.Status(wrong)
	}
	came := func(form, name string) string {
		if on != form || r.MultipartForm == nil && r.PostForm == nil {
			return ""
		}
		return shell.Typed(r, name)
	}
	a := shell.Actor(r)
	if policy.Can(a, policy.Edit, e.thing(policy.Roadmap)) {
		f := []ui.Field{{ID: "title", Label: "Ce qu’est ce document", Required: true, Value: came("join", "title"), Help: "«\u00a0Lettre signée du préfet\u00a0», «\u00a0Délibération du conseil régional\u00a0»…"},
			sections.Choose("side", "De qui il vient", came("join", "side"), "Choisissez", roadmap.Sides()),
			{ID: "file", Label: "Le fichier", Type: "file", Required: true, Accept: ".pdf,.png,.jpg,.jpeg", Help: "PDF, PNG ou JPEG, 25" + nb + "Mo au plus. Il est public, et garde sa propre empreinte."}}
		if on == "join" {
			if name := sentFile(r); name != "" {
				f[2].Help = "Votre fichier «" + nb + name + nb + "» n’a pas été gardé" + nb + ": choisissez-le à nouveau. " + f[2].Help
			}
			v.Notices = append(wrongIn(f, wrong), v.Notices...)
		}
		v.Parts = append(v.Parts, sections.Part{ID: "joindre", Title: "Joindre une preuve", Forms: []sections.Form{{ID: "preuve", Action: e.desk() + "/preuves", Fields: f, File: true, Submit: "Joindre"}}})
		list, err := roadmap.EvidenceOf(r.Context(), d.Q, e.ID)
		if err != nil {
			return err
		}
		var kept [][2]string
		for _, x := range list {
			if x.State == roadmap.Kept {
				kept = append(kept, [2]string{x.ID, x.Title})
			}
		}
		if len(kept) > 0 {
			f := []ui.Field{sections.Choose("id", "La preuve", came("unjoin", "id"), "Choisissez", kept), {ID: "reason", Label: "Pourquoi la retirer", Required: true, Value: came("unjoin", "reason")}}
			if on == "unjoin" {
				v.Notices = append(wrongIn(f, wrong), v.Notices...)
			}
			v.Parts = append(v.Parts, sections.Part{ID: "retirer-preuve", Title: "Retirer une preuve", Fold: "Une preuve jointe par erreur", Open: on == "unjoin", Forms: []sections.Form{{ID: "deposer", Action: e.desk(), Do: "unjoin", Fields: f, Secondary: true, Submit: "Retirer cette preuve"}}})
		}
	}
	if policy.Can(a, policy.Propose, e.thing(policy.Roadmap)) && e.State == composition.EditionPublished {
		f := []ui.Field{{ID: "why", Label: "Pourquoi cette édition est retirée", Type: "textarea", Rows: 3, Required: true, Value: came("retire", "why"), Help: "Sa page dira quand et pourquoi. Ses fichiers restent, et rien de ce que les têtes ont validé ne change."}}
		if on == "retire" {
			var x *composition.Refusal
			field := ""
			if errors.As(wrong, &x) {
				field = x.Field
			}
			v.Notices = append(sections.Wrong(f, field, wrong), v.Notices...)
		}
		v.Parts = append(v.Parts, sections.Part{ID: "retirer", Title: "Retirer cette édition", Fold: "Elle contient une erreur, ou n’est plus la bonne", Open: on == "retire", Forms: []sections.Form{{ID: "retrait", Action: e.desk(), Do: "retire", Fields: f, Secondary: true, Submit: "Retirer l’édition"}}})
	} else if on == "retire" && wrong != nil {
		v.Notices = append(sections.Wrong(nil, "", wrong), v.Notices...)
	}
	v.Parts = append(v.Parts, sections.Part{Links: []ui.Link{{Label: "La page que chacun lit", Href: e.page() + "/adoption"}}})
	return d.show(w, r, status, v, true, trail(e.place, ui.Link{Label: "Bureau", Href: e.bureau()}, ui.Link{Label: "Feuille de route", Href: e.bureau() + "/feuille-de-route"}, ui.Link{Label: "Adoption, " + e.name()})...)
}

// sentFile is the name of the file that came with a form.
func sentFile(r *http.Request) string {
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 {
		return ""
	}
	return shell.Clean(r.MultipartForm.File["file"][0].Filename)
}

func (d Deps) join(w http.ResponseWriter, r *http.Request) (err error) {
	e, err := d.deskEdition(r) // before what was sent: who may not know the page learns nothing
	if err != nil {
		return err
	}
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return apperr.New(apperr.TooLarge, err, "Cet envoi est trop lourd\u00a0: un document pèse 25\u00a0Mo au plus. Rien n’a été enregistré.")
		}
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	defer func() { err = errors.Join(err, r.MultipartForm.RemoveAll()) }()
	file, header, ferr := r.FormFile("file")
	var wrong error
	if ferr != nil {
		wrong = &roadmap.Fault{Field: "file", Message: "Choisissez le fichier à joindre."}
	} else {
		defer func() { err = errors.Join(err, file.Close()) }()
		_, wrong = d.Room.Join(r.Context(), shell.Actor(r), e.Edition, roadmap.Evidence{Side: shell.Typed(r, "side"), Title: shell.Typed(r, "title"), FileName: header.Filename}, file, header.Header.Get("Content-Type"))
	}
	return d.turned(w, r, e, "join", wrong)
}

func (d Deps) turned(w http.ResponseWriter, r *http.Request, e edition, on string, wrong error) error {
	switch {
	case wrong == nil:
		return shell.SeeOther(w, r, e.desk()+"?fait=1")
	case shell.Beside(wrong):
		return d.showAdoption(w, r, e, on, wrong)
	}
	return wrong
}

func (d Deps) turnAdoption(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	e, err := d.deskEdition(r)
	if err != nil {
		return err
	}
	on := shell.Typed(r, "do")
	switch on {
	case "unjoin":
		err = d.Room.Unjoin(r.Context(), shell.Actor(r), shell.Typed(r, "id"), shell.Typed(r, "reason"))
	case "retire":
		_, err = d.Room.Composed.Retire(r.Context(), shell.Actor(r), e.ID, shell.Typed(r, "why"))
	default:
		err = apperr.Invalidf("Ce bouton n’existe pas. Rechargez la page et recommencez.")
	}
	return d.turned(w, r, e, on, err)
}
