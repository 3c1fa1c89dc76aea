package dashboards

import (
	"net/http"
	"slices"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// place is the region of an address and its COP.
type place struct {
	territory.Region
	tree *territory.Tree
	cop  cop.COP
	all  []cop.COP // of the region, one each cycle
}

// live is the follow-up to this day, that of the whole region.
func (x place) live() string { return cop.RegionPath(x.Slug, cop.First) + "/suivi" }

// reads reports whether an actor reads what the COP prepares: over the region, or one of
// its départements.
func (x place) reads(a policy.Actor) bool {
	if policy.Can(a, policy.Read, policy.Thing{Kind: policy.FollowUp, COPs: []string{x.cop.ID}}) {
		return true
	}
	return slices.ContainsFunc(x.tree.Departments(), func(d territory.Dept) bool {
		return d.Region == x.Code && policy.Can(a, policy.Read, policy.Thing{Kind: policy.FollowUp, Department: d.Code})
	})
}

func (d Deps) at(r *http.Request) (x place, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	x.tree = m.Tree()
	if x.Region, err = x.tree.RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	x.cop, x.all, err = cop.Among(r.Context(), d.Q, x.Code, shell.Cycle(r))
	return x, err
}

// reviews lists the reviews that both heads published, for anyone.
func (d Deps) reviews(w http.ResponseWriter, r *http.Request) error {
	x, err := d.at(r)
	if err != nil {
		return err
	}
	all, err := composition.PublishedOfKind(r.Context(), d.Q, composition.Review, x.cop.ID)
	if err != nil {
		return err
	}
	base := x.cop.Path()
	years := map[string]bool{}
	t := ui.Table{ID: "revues", Caption: "Les revues publiées", Stack: true, Columns: []ui.Column{{Label: "Année"}, {Label: "Publiée le"}, {Label: "Édition", Number: true}}}
	for _, e := range all {
		years[e.Term] = true
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: "Revue " + e.Term, Href: base + composition.Review.Path(e.Term) + "/editions/" + strconv.FormatInt(e.Seq, 10)}, {Text: french.Day(e.PublishedOn)}, {Text: french.Integer(e.Seq)}}})
	}
	v := sections.View{Heading: ui.Heading{Overline: "Suivi de la feuille de route", Title: x.Name + nb + ": " + howMany(int64(len(years)), "revue annuelle publiée", "revues annuelles publiées")}, Tabs: wording.InCycles(wording.COPTabs(x.cop, x.Region, wording.TabFollowUp), policy.Actor{}, x.cop, x.all, "/suivi/revues")}
	p := sections.Part{Lead: "Chaque année, la COP dit où en sont ses actions au 31 décembre" + nb + ": ce qui avance, ce qui bloque, ce qu’elle apprend. Les deux têtes valident la revue, qui ne change plus.", Tables: []ui.Table{t},
		Links: []ui.Link{{Label: "Le suivi, à ce jour", Href: x.live()}}}
	if len(all) == 0 {
		v.Heading.Title = x.Name + nb + ": aucune revue annuelle n’est publiée"
		p.Tables, p.Empty = nil, ui.Empty{Title: "Pas encore de revue", Text: "La première paraîtra ici quand les deux têtes l’auront validée."}
	}
	v.Parts = []sections.Part{p}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, wording.COPTrail(x.cop, x.Region, ui.Link{Label: "Suivi", Href: x.live()}, ui.Link{Label: "Revues"})...)
}

// reviewsDesk lists the reviews of a COP for its team, and where the next is prepared.
func (d Deps) reviewsDesk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.at(r)
	if err != nil {
		return err
	}
	thing := policy.Thing{Kind: policy.FollowUp, COPs: []string{x.cop.ID}}
	if !x.reads(shell.Actor(r)) {
		return apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	begun, err := composition.Terms(r.Context(), d.Q, composition.Review, x.cop.ID)
	if err != nil {
		return err
	}
	all, err := composition.EditionsOfKind(r.Context(), d.Q, composition.Review, x.cop.ID)
	if err != nil {
		return err
	}
	last := map[string]composition.Edition{} // by year, the newest
	for _, e := range all {
		if _, ok := last[e.Term]; !ok {
			last[e.Term] = e
		}
	}
	desk := x.cop.Path() + "/bureau"
	t := ui.Table{ID: "revues", Caption: "Les revues de cette COP", Stack: true, Columns: []ui.Column{{Label: "Année"}, {Label: "Dernière édition"}}}
	for _, term := range begun {
		state := "En préparation"
		if e, ok := last[term]; ok {
			state = "Édition n°" + nb + french.Integer(e.Seq) + ", " + e.State.Name()
			if e.PublishedOn != "" {
				state += " le " + french.Day(e.PublishedOn)
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: "Revue " + term, Href: desk + composition.Review.Path(term)}, {Text: state}}})
	}
	v := sections.View{Heading: ui.Heading{Overline: "Bureau de la COP", Title: x.Name + nb + ": " + howMany(int64(len(begun)), "revue annuelle commencée", "revues annuelles commencées"), Scope: []string{"réservé à la COP"}},
		Tabs: wording.InCycles(ui.Pages{Tabs: []ui.Link{{Label: wording.TabCOP, Href: x.cop.Path()}, {Label: "Bureau", Href: desk}, {Label: "Revues annuelles", Href: desk + "/suivi/revues", Current: true}}}, shell.Actor(r), x.cop, x.all, "")}
	p := sections.Part{Lead: "Une revue parle des points d’avancement qui disent un jour jusqu’au 31 décembre de son année\u00a0: ce qui est dit d’un jour d’après n’y entre pas, même si la revue se prépare plus tard.", Tables: []ui.Table{t}}
	if len(begun) == 0 {
		v.Heading.Title, p.Tables = x.Name+nb+": aucune revue annuelle n’est commencée", nil
	}
	if policy.Can(shell.Actor(r), policy.Edit, thing) {
		now, _ := strconv.Atoi(x.cop.DayAt(d.Now())[:4])
		for _, year := range []string{strconv.Itoa(now - 1), strconv.Itoa(now)} {
			if !slices.Contains(begun, year) {
				p.Links = append(p.Links, ui.Link{Label: "Préparer la revue " + year, Href: desk + composition.Review.Path(year)})
			}
		}
	}
	v.Parts = []sections.Part{p}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, true, wording.COPTrail(x.cop, x.Region, ui.Link{Label: "Bureau", Href: desk}, ui.Link{Label: "Revues annuelles"})...)
}

// reviewOfEdition leads from an act, which names an edition, to its review.
func (d Deps) reviewOfEdition(w http.ResponseWriter, r *http.Request) error {
	x, err := d.at(r)
	if err != nil {
		return err
	}
	none := apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	if !x.reads(shell.Actor(r)) {
		return none
	}
	e, err := composition.FindEdition(r.Context(), d.Q, r.PathValue("id"))
	if err != nil || e.COP != x.cop.ID || e.Kind != composition.Review {
		return none
	}
	return shell.SeeOther(w, r, x.cop.Path()+"/bureau"+e.Kind.Path(e.Term)+"/editions/"+e.ID)
}
