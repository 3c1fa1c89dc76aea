package measures

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/support"
	"jalon/internal/territory"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// desk is who writes at an address: the nation, or the team of a region.
type desk struct {
	territory.Region // empty for the nation
	fw               *framework.Framework
	sharing          support.Sharing
}

func (x desk) nation() bool { return x.Code == "" }

func (x desk) base() string {
	if x.nation() {
		return "/national/mesures"
	}
	return "/regions/" + x.Slug + "/bureau/mesures"
}

func (x desk) trail(last ...ui.Link) []ui.Link {
	here := ui.Link{Label: title, Href: x.base()}
	if x.nation() {
		return append([]ui.Link{{Label: "Accueil", Href: "/"}, {Label: "National", Href: "/national"}, here}, last...)
	}
	return wording.RegionTrail(x.Region, append([]ui.Link{{Label: "Bureau", Href: "/regions/" + x.Slug + "/bureau"}, here}, last...)...)
}

func (x desk) has(lever string) bool {
	_, err := x.fw.Lever(lever)
	return err == nil
}

func (x desk) name(lever string) string {
	if l, err := x.fw.Lever(lever); err == nil {
		return l.Name
	}
	return lever
}

// levers are those under which one writes: the ones that hold content of their own.
func (x desk) levers() [][2]string {
	var out [][2]string
	for _, version := range []string{framework.March2025, framework.Overseas, framework.Adaptation} {
		for _, l := range x.fw.Levers(version) {
			if own := x.sharing.Of(l.Code); len(own) > 0 && !slices.Contains(own, l.Code) {
				continue // it reads the content of others: that is where one writes
			}
			name := l.Name
			switch version {
			case framework.Overseas:
				name += ", outre-mer"
			case framework.Adaptation:
				name += ", adaptation"
			}
			out = append(out, [2]string{l.Code, name})
		}
	}
	return out
}

// at is the desk of an address, for who may do a verb there.
func (d Deps) at(r *http.Request, v policy.Verb) (x desk, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	x.fw = m.Framework()
	if slug := r.PathValue("slug"); slug != "" {
		if x.Region, err = m.Tree().RegionBySlug(slug); err != nil {
			return x, err
		}
	}
	t, err := support.Thing(r.Context(), d.Q, x.Code)
	if err != nil {
		return x, err
	}
	if err := policy.Check(shell.Actor(r), v, t); err != nil {
		return x, err
	}
	x.sharing, err = d.Share(r.Context())
	return x, err
}

func (d Deps) fields(x desk, y support.Measure) []ui.Field {
	if y.Reviewed == "" {
		y.Reviewed = d.Now().UTC().Format(time.DateOnly)
	}
	audience := ui.Field{ID: "audience", Label: "Publics", Type: "checkbox", Help: "Qui peut mener cette action. Rien de coché\u00a0: tout le monde."}
	for _, a := range support.Audiences() {
		audience.Options = append(audience.Options, ui.Option{Value: a[0], Label: a[1], Selected: slices.Contains(y.Audience, a[0])})
	}
	levers := x.levers()
	if y.Lever != "" && !slices.ContainsFunc(levers, func(l [2]string) bool { return l[0] == y.Lever }) && x.has(y.Lever) {
		levers = append(levers, [2]string{y.Lever, x.name(y.Lever)})
	}
	return []ui.Field{sections.Choose("lever", "Levier", y.Lever, "", levers), sections.Choose("step", "Étape", y.Step, "", action.Steps()), sections.Choose("kind", "Ce que c’est", string(y.Kind), "", support.Kinds()),
		{ID: "text", Label: "Texte", Type: "textarea", Rows: 3, Required: true, Value: y.Text, Help: "Une phrase qui commence par un verbe, sans chiffre ni seuil\u00a0; pour une ressource, son titre."}, audience,
		{ID: "publisher", Label: "Éditeur", Value: y.Publisher, Help: "Pour une ressource\u00a0: qui la publie."}, {ID: "link", Label: "Lien", Value: y.Link, Help: "Une adresse https://… que vous avez lue."},
		{ID: "reviewed", Label: "Relu le", Type: "date", Required: true, Value: y.Reviewed, Help: "Après douze mois, la mesure se dit «\u00a0à revoir\u00a0»."}}
}

func read(r *http.Request, x desk) support.Measure {
	return support.Measure{Region: x.Code, Lever: shell.Typed(r, "lever"), Step: shell.Typed(r, "step"), Kind: support.Kind(shell.Typed(r, "kind")), Text: shell.Typed(r, "text"), Audience: sections.Values(r, "audience"),
		Publisher: shell.Typed(r, "publisher"), Link: shell.Typed(r, "link"), Reviewed: shell.Typed(r, "reviewed"), State: support.Active}
}

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.at(r, policy.Edit)
	if err != nil {
		return err
	}
	return d.showDesk(w, r, http.StatusOK, x, support.Measure{Lever: shell.Clean(r.URL.Query().Get("levier")), Kind: support.Action}, nil)
}

func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, x desk, typed support.Measure, wrong error) error {
	lever, only := shell.Clean(r.URL.Query().Get("levier")), shell.Clean(r.URL.Query().Get("voir"))
	all, err := support.Written(r.Context(), d.Q, x.Code, "")
	if err != nil {
		return err
	}
	var review, withdrawn int
	t := ui.Table{ID: "ecrites", Caption: "Ce qui est écrit", CaptionHidden: true, Columns: []ui.Column{{Label: "Texte", Wide: true}, {Label: "Levier"}, {Label: "Étape"}, {Label: "Ce que c’est"}, {Label: "Relu le"}}}
	for _, y := range all {
		old := y.State == support.Active && y.ToReview(d.Now())
		if old {
			review++
		}
		if y.State == support.Withdrawn {
			withdrawn++
		}
		if lever != "" && y.Lever != lever || only == "a-revoir" && !old || only == "retirees" && y.State != support.Withdrawn || only == "" && lever == "" && x.nation() {
			continue
		}
		day := ui.Cell{Text: french.Day(y.Reviewed)}
		if old {
			day.Sub = "à revoir"
		}
		what := ui.Cell{Text: y.Kind.Name()}
		if y.State == support.Withdrawn {
			what.Sub = "retirée"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: y.Text, Href: x.base() + "/" + url.PathEscape(y.ID), Sub: y.For()}, {Text: x.name(y.Lever)}, {Text: action.Named(action.Steps(), y.Step)}, what, day}})
	}
	v := sections.View{Heading: ui.Heading{Overline: title + ", bureau", Title: "Ce que la région " + x.Name + " ajoute aux leviers", Scope: []string{"réservé à l’équipe de la COP"}}}
	lead := "Le fonds national se lit pour chaque levier. Vos ajouts y paraissent sous le nom de la région, quand un lecteur la choisit."
	if x.nation() {
		v.Heading.Title, v.Heading.Scope = "Le fonds national des actions usuelles", []string{"réservé à l’administration nationale"}
		lead = "Ce fonds est livré avec Jalon\u00a0: ce que vous changez ou retirez ne revient pas à la mise à jour suivante. Choisissez un levier pour lire ce qui est écrit."
	}
	if len(all) == 0 {
		lead += " Vous n’avez encore rien ajouté."
	} else {
		lead += " " + french.Integer(len(all)) + nb + french.Plural(len(all), "mesure écrite", "mesures écrites") + ", dont " + french.Integer(review) + nb + "à revoir et " + french.Integer(withdrawn) + nb + french.Plural(withdrawn, "retirée", "retirées") + "."
	}
	filter := []ui.Field{sections.Choose("levier", "Levier", lever, "tous", x.levers()), sections.Choose("voir", "Voir", only, "tout", [][2]string{{"a-revoir", "à revoir"}, {"retirees", "retirées"}})}
	part := sections.Part{ID: "liste", Title: "Ce qui est écrit", Lead: lead, Links: []ui.Link{{Label: "Lire l’index public", Href: "/mesures"}}}
	if x.has(lever) {
		part.Links = append([]ui.Link{{Label: "Lire la page publique de ce levier", Href: path(lever, x.Slug)}}, part.Links...)
	}
	parts := []sections.Part{part}
	if len(all) > 0 {
		parts[0].Forms = []sections.Form{{ID: "filtrer", Action: x.base(), Submit: "Afficher", Get: true, Secondary: true, Fields: filter}}
	}
	if len(t.Rows) > 0 {
		parts = append(parts, sections.Part{Tables: []ui.Table{t}})
	} else if len(all) > 0 {
		parts = append(parts, sections.Part{Empty: ui.Empty{Title: "Rien à montrer avec ce choix", Text: "Choisissez un levier, ou ajoutez une mesure ci-dessous."}})
	}
	fields := d.fields(x, typed)
	v.Notices = wrongIn(fields, wrong)
	add := sections.Part{ID: "ajouter", Title: "Ajouter une action, une ressource", Forms: []sections.Form{{ID: "mesure", Action: x.base(), Submit: "Ajouter", Fields: fields}}}
	v.Parts = append(parts, add)
	if wrong != nil {
		v.Parts = append([]sections.Part{add}, parts...)
	}
	return sections.Show(d.Shell, w, r, status, v, true, x.trail()...)
}

func (d Deps) add(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.at(r, policy.Create)
	if err != nil {
		return err
	}
	typed := read(r, x)
	if _, err = d.Room.Add(r.Context(), shell.Actor(r), typed, x.has); err != nil && shell.Beside(err) {
		return d.showDesk(w, r, apperr.Status(err), x, typed, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"?levier="+url.QueryEscape(typed.Lever)+"&fait=1")
}

// found is the measure of an address, which is of this desk.
func (d Deps) found(r *http.Request) (x desk, y support.Measure, err error) {
	if x, err = d.at(r, policy.Edit); err != nil {
		return x, y, err
	}
	if y, err = support.Find(r.Context(), d.Q, r.PathValue("id")); err == nil && y.Region != x.Code {
		err = noRegion()
	}
	return x, y, err
}

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	x, y, err := d.found(r)
	if err != nil {
		return err
	}
	return d.showOne(w, r, http.StatusOK, x, y, y, nil)
}

func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, x desk, kept, shown support.Measure, wrong error) error {
	past, err := support.History(r.Context(), d.Q, kept.ID)
	if err != nil {
		return err
	}
	v := sections.View{Heading: ui.Heading{Overline: title + ", bureau", Title: wording.Clip(kept.Text, 120), Scope: []string{x.name(kept.Lever), action.Named(action.Steps(), kept.Step), kept.Kind.Name()}}}
	with := func(y support.Measure) []ui.Field {
		return append(d.fields(x, y), sections.Choose("state", "État", y.State, "", [][2]string{{support.Active, "montrée"}, {support.Withdrawn, "retirée\u00a0: elle ne se lit plus, son histoire reste"}}))
	}
	fields := with(shown)
	if wrong != nil && apperr.KindOf(wrong) == apperr.Conflict {
		v.Conflict = ui.TwoVersions(with(kept), fields)
	} else {
		v.Notices = append(v.Notices, wrongIn(fields, wrong)...)
	}
	reason := ui.Field{ID: "reason", Label: "Pourquoi", Value: shell.Typed(r, "reason"), Help: "Nécessaire pour retirer. Reste dans l’histoire de la mesure."}
	all := append(fields, reason)
	if f := all[len(all)-1:]; wrong != nil && apperr.KindOf(wrong) != apperr.Conflict {
		if left := wrongIn(f, wrong); len(left) == 0 {
			v.Notices = nil
		}
	}
	t := ui.Table{ID: "versions", Caption: "Versions", CaptionHidden: true, Columns: []ui.Column{{Label: "Version", Number: true}, {Label: "Le"}, {Label: "Texte", Wide: true}, {Label: "État"}, {Label: "Pourquoi"}}}
	for _, p := range past {
		state := "montrée"
		if p.Measure.State == support.Withdrawn {
			state = "retirée"
		}
		why := ui.Cell{Text: p.Reason}
		if p.Reason == "" {
			why = ui.Cell{Missing: "aucune raison donnée"}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Integer(p.Rev)}, {Text: french.Date(p.At)}, {Text: p.Measure.Text, Sub: p.Measure.For()}, {Text: state}, why}})
	}
	v.Parts = []sections.Part{{ID: "changer", Title: "Changer ou retirer cette mesure", Forms: []sections.Form{{ID: "mesure", Action: x.base() + "/" + url.PathEscape(kept.ID), Rev: strconv.FormatInt(kept.Rev, 10), Fields: all, Submit: "Enregistrer"}}, Links: []ui.Link{{Label: "La page publique de ce levier", Href: path(kept.Lever, x.Slug)}}},
		{ID: "histoire", Title: "Son histoire", Tables: []ui.Table{t}}}
	return sections.Show(d.Shell, w, r, status, v, true, x.trail(ui.Link{Label: wording.Clip(kept.Text, 60)})...)
}

func (d Deps) save(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, kept, err := d.found(r)
	if err != nil {
		return err
	}
	typed := read(r, x)
	typed.ID, typed.State = kept.ID, shell.Typed(r, "state")
	if typed.Rev, err = shell.Rev(r); err != nil {
		return err
	}
	reason := strings.Join(strings.Fields(shell.Typed(r, "reason")), " ")
	if _, err = d.Room.Change(r.Context(), shell.Actor(r), typed, wording.Clip(reason, 500), x.has); err != nil && shell.Beside(err) {
		return d.showOne(w, r, apperr.Status(err), x, kept, typed, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/"+url.PathEscape(kept.ID)+"?fait=1")
}
