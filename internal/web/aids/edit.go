package aids

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/support/aid"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const nationalPath = "/national/aides"

// owner is whose aids a page keeps: those of a region, or those of the nation.
type owner struct {
	region territory.Region // zero for the nation
	cop    cop.COP
	model  *panorama.Model
	base   string
}

func (d Deps) nation(r *http.Request) (o owner, err error) {
	o.base = nationalPath
	if err := policy.Check(shell.Actor(r), policy.Judge, aid.Aid{}.Thing(nil)); err != nil {
		return o, err
	}
	o.model, err = d.Model(r.Context())
	return o, err
}

// team is the region of an address, for who keeps its aids; nobody else knows the page.
func (d Deps) team(r *http.Request) (o owner, err error) {
	if o, err = d.regionOf(r); err != nil {
		return o, err
	}
	if !policy.Can(shell.Actor(r), policy.Edit, aid.Aid{Owner: o.region.Code}.Thing([]string{o.cop.ID})) {
		return o, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	o.base = "/regions/" + o.region.Slug + "/bureau/aides"
	return o, nil
}

func (d Deps) regionOf(r *http.Request) (o owner, err error) {
	if o.model, err = d.Model(r.Context()); err != nil {
		return o, err
	}
	if o.region, err = o.model.Tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return o, err
	}
	o.cop, err = cop.OfRegion(r.Context(), d.Q, o.region.Code)
	return o, err
}

func (o owner) trail(last ...ui.Link) []ui.Link {
	if o.region.Code == "" {
		return append([]ui.Link{{Label: "Tableau national", Href: "/national"}, {Label: "Aides", Href: nationalPath}}, last...)
	}
	return wording.RegionTrail(o.region, append([]ui.Link{{Label: "Aides de la région", Href: o.base}}, last...)...)
}

func (o owner) tabs() []ui.Link {
	if o.region.Code == "" {
		return []ui.Link{{Label: "Aides", Href: nationalPath, Current: true}, {Label: "Importer", Href: nationalPath + "/importer"}, {Label: "Besoins sans aide", Href: "/national/besoins"}}
	}
	desk := "/regions/" + o.region.Slug + "/bureau"
	return []ui.Link{{Label: "Bureau", Href: desk}, {Label: "Aides de la région", Href: desk + "/aides", Current: true}, {Label: "Besoins sans aide", Href: desk + "/besoins"}}
}

func lines(text string) (out []string) {
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// serveFields are five levers with their steps: two lists are enough for most, the others
// stay hidden until they are needed.
func serveFields(m *panorama.Model, list []aid.Serve) []ui.Field {
	var said []aid.Serve
	for _, s := range list {
		if !s.Suggested {
			said = append(said, s)
		}
	}
	var out []ui.Field
	for i := range max(2, min(len(said)+1, mostServes)) {
		n := strconv.Itoa(i + 1)
		s := aid.Serve{}
		if i < len(said) {
			s = said[i]
		}
		lever := choose("lever"+n, "Levier servi, "+n, s.Lever, "aucun", leverOptions(m.Framework()))
		if i == 0 {
			lever.ID, lever.Name = "serves", "lever1"
		}
		out = append(out, lever, ticks("steps"+n, "Étapes de l’action servies, levier "+n, s.Steps, action.Steps()))
	}
	return out
}

const mostServes = 8

// fields are those of an aid; of an imported one, only what is ours.
func fields(m *panorama.Model, x aid.Aid) []ui.Field {
	var out []ui.Field
	if !x.Imported() {
		place := ""
		if len(x.Territories) > 0 {
			place = strings.Join(x.Territories, " ")
		}
		out = append(out, ui.Field{ID: "name", Label: "Nom", Required: true, Value: x.Name, Help: "Un verbe d’abord\u00a0: «\u00a0Planter des haies\u00a0»."},
			ui.Field{ID: "holders", Label: "Porteurs", Type: "textarea", Rows: 2, Value: strings.Join(x.Holders, "\n"), Help: "Qui finance ou accompagne, un par ligne."}, choose("holder_kind", "Nature du porteur", x.HolderKind, "non dite", aid.HolderKinds()),
			ticks("types", "Type de soutien", x.Types, aid.Types()), ticks("audiences", "Pour qui", x.Audiences, aid.Audiences()), ticks("moments", "Étapes du projet", x.Moments, aid.Moments()), ticks("pays", "Dépenses couvertes", x.Pays, aid.Destinations()),
			ui.Field{ID: "territories", Label: "Où elle est ouverte", Value: place, Help: "Un territoire, ou plusieurs références séparées par des espaces, par exemple region:44 ou department:67. «\u00a0nation\u00a0» pour toute la France."},
			ui.Field{ID: "opens", Label: "Ouverture", Type: "date", Value: x.Opens}, ui.Field{ID: "closes", Label: "Clôture", Type: "date", Value: x.Closes}, choose("recurrence", "Récurrence", x.Recurrence, "non dite", aid.Recurrences()),
			ui.Field{ID: "rate_min", Label: "Taux le plus bas", Type: "number", Unit: "%", Value: number(x.RateMin)}, ui.Field{ID: "rate_max", Label: "Taux le plus haut", Type: "number", Unit: "%", Value: number(x.RateMax)}, ui.Field{ID: "rate_note", Label: "Précision sur le taux", Value: x.RateNote},
			ui.Field{ID: "description", Label: "Description", Type: "textarea", Rows: 6, Value: x.Description}, ui.Field{ID: "eligibility", Label: "Conditions", Type: "textarea", Rows: 4, Value: x.Eligibility},
			ui.Field{ID: "contact", Label: "Contact", Type: "textarea", Rows: 2, Value: x.Contact, Help: "Un service plutôt qu’une personne\u00a0: cette page est publique."},
			ui.Field{ID: "origin", Label: "Adresse pour en savoir plus", Value: x.Origin, Help: "https://…"}, ui.Field{ID: "apply", Label: "Adresse pour candidater", Value: x.Apply, Help: "https://…"},
			ui.Field{ID: "source", Label: "Où cette aide a été lue", Value: x.Source}, ui.Field{ID: "address", Label: "Adresse de cette source", Value: x.Address}, ui.Field{ID: "read_on", Label: "Lue le", Type: "date", Value: x.ReadOn})
	}
	out = append(out, serveFields(m, x.Serves)...)
	out = append(out, ui.Field{ID: "generic", Label: "Aide générique dont celle-ci est la version locale", Value: x.Generic, Help: "Son identifiant, à la fin de l’adresse de sa page."}, ui.Field{ID: "local", Label: "Particularités locales", Type: "textarea", Rows: 3, Value: x.Local},
		ticks("kept", "Ce que ses versions locales reprennent d’elle", x.Kept, aid.Sanctuaries()), ui.Field{ID: "previous", Label: "Édition précédente", Value: x.Previous, Help: "Son identifiant, à la fin de l’adresse de sa page."})
	if x.ID != "" {
		out = append(out, choose("state", "État", string(x.State), "", [][2]string{{string(aid.Published), "publiée"}, {string(aid.Closed), "close"}, {string(aid.Withdrawn), "retirée"}}), ui.Field{ID: "reason", Label: "Pourquoi ce changement", Value: ""})
	}
	return out
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// read reads the form of an aid over what it was.
func read(r *http.Request, m *panorama.Model, x aid.Aid) (aid.Aid, error) {
	get := func(name string) string { return shell.Typed(r, name) }
	var wrong error
	if !x.Imported() {
		x.Name, x.Holders, x.HolderKind, x.Opens, x.Closes, x.Recurrence, x.RateNote = get("name"), lines(get("holders")), get("holder_kind"), get("opens"), get("closes"), get("recurrence"), get("rate_note")
		x.Types, x.Audiences, x.Moments, x.Pays = r.PostForm["types"], r.PostForm["audiences"], r.PostForm["moments"], r.PostForm["pays"]
		x.Description, x.Eligibility, x.Contact, x.Origin, x.Apply, x.Source, x.Address, x.ReadOn = get("description"), get("eligibility"), get("contact"), get("origin"), get("apply"), get("source"), get("address"), get("read_on")
		x.Territories = strings.Fields(get("territories"))
		for i, t := range x.Territories {
			place, ok := placeOf(m.Tree(), t)
			if !strings.Contains(t, ":") && t != "nation" && len(x.Territories) > 1 || !ok {
				if place, ok = placeOf(m.Tree(), get("territories")); ok { // a name of several words
					x.Territories = []string{place}
					break
				}
				wrong = &aid.Fault{Field: "territories", Message: "«\u00a0" + t + "\u00a0» ne désigne pas un territoire connu."}
				break
			}
			x.Territories[i] = place
		}
		for _, n := range []struct {
			name string
			to   **int64
		}{{"rate_min", &x.RateMin}, {"rate_max", &x.RateMax}} {
			*n.to = nil
			if text := get(n.name); text != "" {
				v, err := strconv.ParseInt(text, 10, 64)
				if err != nil {
					wrong = &aid.Fault{Field: n.name, Message: "Écrivez un nombre entier, de 0 à 100."}
					continue
				}
				*n.to = &v
			}
		}
	}
	x.Serves = nil
	for i := range mostServes {
		n := strconv.Itoa(i + 1)
		code := get("lever" + n)
		if code == "" {
			continue
		}
		if _, err := m.Framework().Lever(code); err != nil {
			wrong = &aid.Fault{Field: "serves", Message: "Choisissez un levier de la liste."}
			continue
		}
		s := aid.Serve{Lever: code}
		for _, step := range r.PostForm["steps"+n] {
			if action.Named(action.Steps(), step) != step {
				s.Steps = append(s.Steps, step)
			}
		}
		x.Serves = append(x.Serves, s)
	}
	x.Generic, x.Local, x.Kept, x.Previous = tail(get("generic")), get("local"), r.PostForm["kept"], tail(get("previous"))
	if s := aid.State(get("state")); s.Name() != "" {
		x.State = s
	}
	return x, wrong
}

// tail is the end of an address, or the id itself.
func tail(text string) string { return text[strings.LastIndex(text, "/")+1:] }

// showOwn draws the aids that a region, or the nation, keeps, and the form of a new one.
func (d Deps) showOwn(w http.ResponseWriter, r *http.Request, status int, o owner, typed *aid.Aid, wrong error) error {
	ctx := r.Context()
	shelf, err := d.Aid.Shelf(ctx)
	if err != nil {
		return err
	}
	today := d.Aid.Today()
	blank := aid.Aid{Owner: o.region.Code}
	blank.ReadOn = today
	v := view{Tabs: o.tabs(), ListTitle: "Les aides"}
	if o.region.Code != "" {
		blank.Territories, blank.HolderKind = []string{"region:" + o.region.Code}, "region"
		p, err := d.Aid.List(ctx, aid.Filter{Owner: o.region.Code, Over: true}, r.URL.Query().Get("suite"), perPage)
		if err != nil {
			return err
		}
		v.Heading = ui.Heading{Overline: "Bureau de la COP, " + o.region.Name, Title: french.Integer(p.Total) + nb + french.Plural(p.Total, "aide ajoutée", "aides ajoutées") + " par la région", Scope: []string{"réservé à l’équipe", "publiées dans le catalogue"}}
		v.List, v.Next = rows(o.model, p.Aids, today, o.base), nextPage(r, p.Next)
	} else if err := d.nationalView(r, o, shelf, today, &v); err != nil {
		return err
	}
	x := blank
	if typed != nil {
		x = *typed
	}
	f := fields(o.model, x)
	wrongIn(f, wrong)
	v.Forms = append(v.Forms, formView{ID: "ajouter", Title: "Ajouter une aide", Lead: "N’écrivez que ce que vous avez lu\u00a0: un lien, un taux ou une date absents valent mieux que supposés.", Action: o.base, Fields: f, Buttons: [][2]string{{"add", "Ajouter l’aide"}}})
	return d.show(w, r, status, v, true, o.trail()...)
}

func (d Deps) nationalView(r *http.Request, o owner, shelf *aid.Shelf, today string, v *view) error {
	ctx := r.Context()
	f, _, err := readFilter(r, o.model.Tree())
	if err != nil {
		return err
	}
	if len(r.URL.Query()) == 0 {
		f.Over = true
	}
	p, err := d.Aid.List(ctx, f, r.URL.Query().Get("suite"), perPage)
	if err != nil {
		return err
	}
	reports, err := aid.Reports(ctx, d.Q, shell.Actor(r), perPage)
	if err != nil {
		return err
	}
	v.Heading = ui.Heading{Overline: "Tableau national", Title: "Le catalogue tient " + french.Integer(len(shelf.Aids)) + nb + french.Plural(len(shelf.Aids), "aide", "aides"), Scope: []string{"réservé à l’administration nationale"}}
	v.Filters, v.FilterTo, v.List, v.Next = filters(o.model, f), nationalPath, rows(o.model, p.Aids, today, nationalPath), nextPage(r, p.Next)
	for _, x := range reports {
		v.Forms = append(v.Forms, formView{ID: "signalement-" + x.ID, Title: "Signalement sur «\u00a0" + wording.Clip(x.Name, 80) + "\u00a0»", Lead: french.Date(x.At) + nb + ": «\u00a0" + x.Text + "\u00a0» Corrigez l’aide sur sa page, puis fermez le signalement.", Action: nationalPath + "/signalements/" + x.ID, Rev: strconv.FormatInt(x.Rev, 10),
			Fields: []ui.Field{{ID: "answer-" + x.ID, Name: "answer", Label: "Ce qui a été fait"}}, Buttons: [][2]string{{"done", "Corrigé"}, {"aside", "Sans suite"}}})
	}
	for _, pair := range shelf.LikelyAll(10) {
		v.Forms = append(v.Forms, formView{ID: "edition-" + pair[0].ID, Title: "Édition suivante de «\u00a0" + wording.Clip(pair[1].Name, 80) + "\u00a0»", Lead: "Même source, même porteur, même nom aux années près\u00a0: «\u00a0" + pair[0].Name + "\u00a0» en est peut-être l’édition suivante. La précédente sera close, et ses leviers repris.",
			Action: nationalPath + "/" + pair[0].ID, Rev: strconv.FormatInt(pair[0].Rev, 10), Hidden: [][2]string{{"previous", pair[1].ID}}, Buttons: [][2]string{{"chain", "Confirmer"}}})
	}
	return nil
}

func (d Deps) national(w http.ResponseWriter, r *http.Request) error {
	o, err := d.nation(r)
	if err != nil {
		return err
	}
	return d.showOwn(w, r, http.StatusOK, o, nil, nil)
}

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	o, err := d.team(r)
	if err != nil {
		return err
	}
	return d.showOwn(w, r, http.StatusOK, o, nil, nil)
}

func (d Deps) nationalAdd(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	o, err := d.nation(r)
	if err != nil {
		return err
	}
	return d.add(w, r, o)
}

func (d Deps) deskAdd(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	o, err := d.team(r)
	if err != nil {
		return err
	}
	return d.add(w, r, o)
}

func (d Deps) add(w http.ResponseWriter, r *http.Request, o owner) error {
	x, err := read(r, o.model, aid.Aid{Owner: o.region.Code})
	if err == nil {
		var made aid.Aid
		if made, err = d.Aid.Add(r.Context(), d.Q, shell.Actor(r), x); err == nil {
			return shell.SeeOther(w, r, back(o.base+"/"+made.ID, "1"))
		}
	}
	if shell.Beside(err) {
		return d.showOwn(w, r, apperr.Status(err), o, &x, err)
	}
	return err
}

// showOne draws the page where an aid is kept.
func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, o owner, typed *aid.Aid, wrong error) error {
	ctx := r.Context()
	x, err := d.owned(r, o)
	if err != nil {
		return err
	}
	shown := x
	if typed != nil {
		shown = *typed
	}
	f := fields(o.model, shown)
	wrongIn(f, wrong)
	v := view{Heading: ui.Heading{Overline: "Aide", Title: x.Name, Scope: scope(x, d.Aid.Today())}, Tabs: o.tabs(), Links: []ui.Link{{Label: "Voir la page publique", Href: x.Path()}}}
	if typed != nil && status == http.StatusConflict {
		v.Conflict = ui.TwoVersions(fields(o.model, x), fields(o.model, shown))
	}
	lead := ""
	if x.Imported() {
		lead = "Cette aide vient de " + x.Source + "\u00a0: ce qu’elle dit se corrige là-bas, et un prochain import le reprendra. Ici, dites quels leviers elle sert."
	}
	v.Forms = []formView{{ID: "modifier", Title: "Modifier", Lead: lead, Action: o.base + "/" + x.ID, Rev: strconv.FormatInt(x.Rev, 10), Fields: f, Buttons: [][2]string{{"save", "Enregistrer"}}}}
	past, err := aid.History(ctx, d.Q, x.ID)
	if err != nil {
		return err
	}
	t := titled{ID: "historique", Title: "Ses versions", Table: ui.Table{ID: "versions", Caption: "Ses versions", CaptionHidden: true, Columns: []ui.Column{{Label: "Version"}, {Label: "Date"}, {Label: "Nom", Wide: true}, {Label: "Pourquoi"}}}}
	for _, p := range past {
		t.Table.Rows = append(t.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.FormatInt(p.Rev, 10)}, {Text: french.Date(p.At)}, {Text: p.Aid.Name}, cell(p.Reason, "personne ne l’a dit")}})
	}
	v.Tables = append(v.Tables, t)
	return d.show(w, r, status, v, true, o.trail(ui.Link{Label: wording.Clip(x.Name, 60)})...)
}

// owned is an aid that a page may keep: the nation keeps all, a region its own.
func (d Deps) owned(r *http.Request, o owner) (aid.Aid, error) {
	x, err := aid.Find(r.Context(), d.Q, r.PathValue("id"))
	if err == nil && o.region.Code != "" && x.Owner != o.region.Code {
		err = apperr.NotFoundf("Cette aide n’est pas de celles de la région.")
	}
	return x, err
}

func (d Deps) nationalOne(w http.ResponseWriter, r *http.Request) error {
	o, err := d.nation(r)
	if err != nil {
		return err
	}
	return d.showOne(w, r, http.StatusOK, o, nil, nil)
}

func (d Deps) deskOne(w http.ResponseWriter, r *http.Request) error {
	o, err := d.team(r)
	if err != nil {
		return err
	}
	return d.showOne(w, r, http.StatusOK, o, nil, nil)
}

func (d Deps) nationalSave(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	o, err := d.nation(r)
	if err != nil {
		return err
	}
	return d.save(w, r, o)
}

func (d Deps) deskSave(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	o, err := d.team(r)
	if err != nil {
		return err
	}
	return d.save(w, r, o)
}

func (d Deps) save(w http.ResponseWriter, r *http.Request, o owner) error {
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	was, err := d.owned(r, o)
	if err != nil {
		return err
	}
	if shell.Typed(r, "do") == "chain" {
		if _, err := d.Aid.Chain(r.Context(), d.Q, shell.Actor(r), was.ID, rev, shell.Typed(r, "previous")); err != nil {
			return err
		}
		return shell.SeeOther(w, r, back(o.base+"/"+was.ID, "1"))
	}
	x, err := read(r, o.model, was)
	x.Rev = rev
	if err == nil {
		if _, err = d.Aid.Save(r.Context(), d.Q, shell.Actor(r), x, shell.Typed(r, "reason")); err == nil {
			return shell.SeeOther(w, r, back(o.base+"/"+was.ID, "1"))
		}
	}
	if shell.Beside(err) {
		return d.showOne(w, r, apperr.Status(err), o, &x, err)
	}
	return err
}
