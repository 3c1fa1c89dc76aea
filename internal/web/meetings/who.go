package meetings

import (
	"cmp"
	"net/http"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/french"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// asTyped keeps a name as somebody typed it, when none of those proposed is right.
const asTyped = "tel-quel"

// person is what somebody said of themselves in a form: name, organisation, commune,
// college. Org and Territory are found from what was typed.
type person struct {
	name, orgText, placeText string
	org, territory           string
	college                  debate.College
	orgs                     []account.Organisation // to choose from
	places                   []territory.Hit
	err                      string // beside the field that errOn names
	errOn                    string
}

// read finds the organisation and the commune that were typed. Several may fit: the
// form then comes back with them to choose from, and open tells it.
func (d Deps) read(r *http.Request, c cop.COP) (p person, open bool, err error) {
	p = person{name: shell.Typed(r, "name"), orgText: debate.Line(shell.Typed(r, "org_name")), placeText: debate.Line(shell.Typed(r, "commune")), college: debate.College(shell.Typed(r, "college"))}
	if p.orgText != "" {
		if err := debate.Long("le nom de l’organisme", p.orgText, 200); err != nil {
			p.err, p.errOn = apperr.Message(err), "org_name"
			return p, true, nil
		}
		found, err := account.Named(r.Context(), d.Q, c.Region, p.orgText, 8)
		if err != nil {
			return p, false, err
		}
		chosen := shell.Typed(r, "org")
		switch exact := sameName(found, p.orgText); {
		case len(exact) == 1:
			p.org, p.orgText = exact[0].ID, exact[0].Name
		case chosen == asTyped || len(found) == 0:
		default:
			for _, o := range found {
				if o.ID == chosen {
					p.org, p.orgText = o.ID, o.Name
				}
			}
			if p.org == "" {
				p.orgs, open = found, true
			}
		}
	}
	if p.placeText != "" {
		m, err := d.Model(r.Context())
		if err != nil {
			return p, false, err
		}
		open = d.readPlace(r, m.Tree(), c, &p) || open
	}
	return p, open, nil
}

func sameName(all []account.Organisation, text string) (out []account.Organisation) {
	for _, o := range all {
		if french.Fold(o.Name) == french.Fold(text) {
			out = append(out, o)
		}
	}
	return out
}

// readPlace finds the commune that was typed, those of the region first.
func (d Deps) readPlace(r *http.Request, tree *territory.Tree, c cop.COP, p *person) (open bool) {
	hits := tree.SearchScale(p.placeText, 40, territory.CommuneS)
	var near, exact []territory.Hit
	for _, h := range hits {
		if x, err := tree.Commune(h.Territory.Ref.Code); err == nil && x.Region == c.Region {
			near = append(near, h)
			if french.Fold(h.Territory.Name) == french.Fold(p.placeText) || h.Territory.Ref.Code == p.placeText {
				exact = append(exact, h)
			}
		}
	}
	all := near
	if len(all) == 0 {
		all = hits
	}
	chosen := shell.Typed(r, "place")
	for _, h := range all {
		if h.Territory.Ref.String() == chosen {
			exact = []territory.Hit{h}
		}
	}
	switch {
	case len(exact) == 1:
		p.territory, p.placeText = exact[0].Territory.Ref.String(), exact[0].Territory.Name
	case len(all) == 1:
		p.territory, p.placeText = all[0].Territory.Ref.String(), all[0].Territory.Name
	case len(all) == 0:
		p.err, p.errOn, open = "Aucune commune ne porte ce nom ni ce code\u00a0: vérifiez-le, ou laissez le champ vide.", "commune", true
	default:
		p.places, open = all[:min(len(all), 8)], true
	}
	return open
}

// fields are the questions about a person, filled, with what there is to choose from.
func (p person) fields(prefix string) []ui.Field {
	id := func(s string) string { return prefix + s }
	wrong := func(on string) string {
		if p.errOn == on {
			return p.err
		}
		return ""
	}
	out := []ui.Field{{ID: id("name"), Name: "name", Label: "Prénom et nom", Required: true, Value: p.name, Autocomplete: "name", Error: wrong("name")},
		{ID: id("org_name"), Name: "org_name", Label: "Organisme", Value: p.orgText, Autocomplete: "organization", Error: wrong("org_name"), Help: "Commune, intercommunalité, entreprise, association… Vide si vous venez en votre nom."}}
	if len(p.orgs) > 0 {
		f := ui.Field{ID: id("org"), Name: "org", Label: "Est-ce l’un de ces organismes\u00a0?", Type: "radio"}
		for _, o := range p.orgs {
			f.Options = append(f.Options, ui.Option{Value: o.ID, Label: o.Name, Help: french.Upper(cmp.Or(o.Label, o.Kind.Name()))})
		}
		f.Options = append(f.Options, ui.Option{Value: asTyped, Label: "Aucun\u00a0: garder «\u00a0" + p.orgText + "\u00a0»"})
		out = append(out, f)
	}
	out = append(out, ui.Field{ID: id("commune"), Name: "commune", Label: "Commune", Value: p.placeText, Error: wrong("commune"), Help: "Son nom ou son code. Elle sert à dire d’où l’on est venu, sans nommer personne."})
	if len(p.places) > 0 {
		f := ui.Field{ID: id("place"), Name: "place", Label: "Laquelle de ces communes\u00a0?", Type: "radio"}
		for _, h := range p.places {
			f.Options = append(f.Options, ui.Option{Value: h.Territory.Ref.String(), Label: h.Territory.Name, Help: strings.TrimSpace(h.Place)})
		}
		out = append(out, f)
	}
	college := ui.Field{ID: id("college"), Name: "college", Label: "Vous parlez plutôt pour", Type: "select", Options: []ui.Option{{Label: "je préfère ne pas le dire"}}}
	for _, c := range debate.Colleges() {
		college.Options = append(college.Options, ui.Option{Value: string(c), Label: c.Name(), Selected: c == p.college})
	}
	return append(out, college)
}

// ownEmail is the address of whoever signed in, "" of nobody.
func (d Deps) ownEmail(r *http.Request) (string, error) {
	if !shell.Of(r).SignedIn() {
		return "", nil
	}
	x, err := account.Find(r.Context(), d.Q, shell.Of(r).Account)
	return x.Email, err
}
