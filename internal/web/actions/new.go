package actions

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// proposal is an action that somebody begins to write.
type proposal struct {
	writing
	seats []seat
	from  origin // what it comes from, empty for nothing
}

// proposing reads the page of a region where an action is proposed, for who may.
func (d Deps) proposing(r *http.Request) (p proposal, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return p, err
	}
	region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
	if err != nil {
		return p, err
	}
	c, _, err := cop.Among(r.Context(), d.Q, region.Code, shell.Cycle(r))
	if err != nil {
		return p, err
	}
	if p.writing, err = d.writingAt(r, c, region.Code); err != nil {
		return p, err
	}
	if p.seats, err = p.writing.seats(); err != nil {
		return p, err
	}
	p.from, err = p.origin(r.URL.Query())
	return p, err
}

// origin is what an address says that the action comes from. One that somebody may not
// read, or that is gone, is none.
func (p proposal) origin(q url.Values) (o origin, err error) {
	switch {
	case q.Get("contribution") != "":
		o, err = p.ofContribution(shell.Clean(q.Get("contribution")))
	case q.Get("decision") != "":
		o, err = p.ofDecision(shell.Clean(q.Get("decision")))
	}
	if k := apperr.KindOf(err); err != nil && (k == apperr.NotFound || k == apperr.Forbidden) {
		return origin{}, nil
	}
	return o, err
}

// first are the fields as the page offers them: what the origin says, and what is known
// of whoever writes.
func (p proposal) first(q url.Values) url.Values {
	v := url.Values{"kind": {string(action.Sectoral)}, "title": {wording.Clip(p.from.title, action.LongestTitle)}, "summary": {p.from.text}, "lever": {p.from.lever}, "step": {""}}
	if l := q.Get("levier"); l != "" {
		v.Set("lever", l)
	}
	if !p.knows(v.Get("lever")) {
		v.Del("lever")
	}
	if s := q.Get("etape"); slices.ContainsFunc(action.Steps(), func(x [2]string) bool { return x[0] == s }) {
		v.Set("step", s)
	}
	place := p.from.place
	s := p.seats[0]
	switch {
	case s.org.ID != "":
		v.Set("holder", s.org.Name)
		if place == "" {
			place = s.org.Territory
		}
	case s.department != "":
		place = "department:" + s.department
	}
	if place != "" {
		if _, err := p.onePlace(place); err == nil {
			v.Set("places", p.placeLine(action.Place{Territory: place}))
		}
	}
	return v
}

func (d Deps) newAction(rw http.ResponseWriter, r *http.Request) error {
	p, err := d.proposing(r)
	if err != nil {
		return err
	}
	return p.showNew(rw, http.StatusOK, p.first(r.URL.Query()), nil, nil)
}

func (p proposal) fields(v url.Values) []ui.Field {
	out := about(p.writing, v)
	step := pick(v, "step", "Type d’étape", "pas encore dit", options(action.Steps()))
	places := area(v, "places", "Territoires", placesHelp, 2)
	holder := text(v, "holder", "Porteur", "L’organisme qui répond de l’action\u00a0: son nom, ou son SIREN.")
	if p.seats[0].org.ID != "" {
		own := ui.Field{ID: "holder", Label: "Porteur", Type: "select", Required: true, Help: "L’organisme pour lequel vous écrivez. Vous direz ensuite qui d’autre porte l’action."}
		for _, s := range p.seats {
			own.Options = append(own.Options, ui.Option{Value: s.org.Name, Label: s.org.Name, Selected: s.org.Name == v.Get("holder")})
		}
		holder = own
	}
	return append(out, places, step, holder)
}

// showNew draws the page where an action is proposed; near are actions that look like
// what was typed.
func (p proposal) showNew(rw http.ResponseWriter, status int, v url.Values, bad faults, near []action.Action) error {
	address := wording.ProposePath(p.cop, "", "")
	if q := p.r.URL.RawQuery; q != "" {
		address += "?" + q
	}
	f := sections.Form{ID: "nouvelle", Action: address, Submit: "Enregistrer le brouillon", Fields: p.fields(v)}
	if len(near) > 0 {
		f.Hidden, f.Submit = [][2]string{{"near", "1"}}, "Mon action est autre\u00a0: enregistrer le brouillon"
	}
	view := sections.View{Heading: ui.Heading{Overline: p.cop.Name, Title: "Proposer une action", Scope: []string{p.region.Name, "cycle " + p.cop.Cycle, "brouillon d’abord"},
		Lead: "Une page pour commencer. L’action est gardée en brouillon, à son adresse\u00a0: vous la complétez quand vous voulez, puis vous la proposez à l’équipe de la COP."}}
	view.Notices = bad.beside(&f)
	if p.from.href != "" {
		view.Notices = append(view.Notices, ui.Alert{State: "info", Title: "L’action sera liée à " + p.from.name, Text: "Le formulaire est rempli d’après elle\u00a0: changez tout ce qui doit l’être.", Links: []ui.Link{{Label: "La relire", Href: p.from.href}}})
	}
	if len(near) > 0 {
		a := ui.Alert{State: "warning", Title: "Une action proche existe peut-être déjà", Text: "Rien n’est encore enregistré. Si c’est la même, complétez-la plutôt\u00a0; sinon, enregistrez la vôtre."}
		for _, x := range near {
			a.Links = append(a.Links, ui.Link{Label: number(x.Seq) + ", " + x.Title + " (" + wording.ActionBadge(x) + ")", Href: wording.ActionPath(x.ID)})
		}
		view.Notices = append(view.Notices, a)
	}
	view.Parts = []sections.Part{{Forms: []sections.Form{f}}}
	return p.show(rw, status, view, ui.Link{Label: "Proposer une action"})
}

// create keeps a draft, once what looks like it was shown.
func (d Deps) create(rw http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	p, err := d.proposing(r)
	if err != nil {
		return err
	}
	v, bad := typed(r), faults{}
	x, err := p.read(v, bad)
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return p.showNew(rw, http.StatusBadRequest, v, bad, nil)
	}
	if v.Get("near") == "" {
		var places []string
		for _, at := range x.Places {
			places = append(places, at.Territory)
		}
		near, err := action.Alike(r.Context(), d.Q, p.who, p.cop, p.tree(), x.Title, x.Central(), places)
		if err != nil {
			return err
		}
		if len(near) > 0 {
			return p.showNew(rw, http.StatusOK, v, nil, near)
		}
	}
	kept, err := d.Room.Add(r.Context(), d.Q, p.who, p.cop, x)
	if err != nil {
		if !shell.Beside(err) {
			return err
		}
		bad.refuse(err, sections.Form{Fields: p.fields(v)})
		return p.showNew(rw, statusOf(err), v, bad, nil)
	}
	if p.from.end.ID != "" {
		if err := d.Room.Link(r.Context(), p.who, kept.ID, p.from.end); err != nil {
			return err
		}
	}
	return shell.SeeOther(rw, r, wording.ActionPath(kept.ID)+"/modifier?fait=brouillon")
}

// read makes the action of a form.
func (p proposal) read(v url.Values, bad faults) (x action.Action, err error) {
	p.readAbout(v, &x, bad)
	if strings.TrimSpace(x.Title) == "" {
		bad.add("title", "Donnez un titre à l’action.")
	}
	if x.Kind != action.Sectoral && x.Kind != action.CrossCutting {
		bad.add("kind", "Dites si l’action est sectorielle ou transversale.")
	}
	x.Step = v.Get("step")
	if x.Places, err = p.readPlaces(v.Get("places")); err != nil {
		bad.add("places", sentence(err))
	}
	if p.seats[0].org.ID != "" {
		x.Holder = partyOf(p.seats[0].org)
		for _, s := range p.seats {
			if s.org.Name == v.Get("holder") {
				x.Holder = partyOf(s.org)
			}
		}
	} else if x.Holder, err = p.party(v.Get("holder")); err != nil {
		return x, err
	}
	if d := p.seats[0].department; d != "" && len(bad) == 0 && !policy.Can(p.who, policy.Create, x.Thing(p.cop)) {
		bad.add("places", "Vous proposez des actions pour votre département\u00a0: écrivez son nom, ou son code "+d+". Vous préciserez les communes dans le résumé.")
	}
	return x, nil
}
