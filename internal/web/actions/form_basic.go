package actions

import (
	"net/url"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
)

// kinds are those of actions, as a form names them.
func kinds() [][2]string {
	return [][2]string{{string(action.Sectoral), "Sectorielle\u00a0: elle sert un levier, et peut-être d’autres"}, {string(action.CrossCutting), "Transversale\u00a0: elle sert un thème, sans levier central ni tonnes attribuées"}}
}

func radio(v url.Values, id, label, help string, options [][2]string) ui.Field {
	f := ui.Field{ID: id, Label: label, Type: "radio", Help: help, Required: true}
	for _, o := range options {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: v.Get(id) == o[0]})
	}
	return f
}

// about are the fields of what an action is: those of the page that proposes it, and of
// its first part.
func about(w writing, v url.Values) []ui.Field {
	lever := pick(v, "lever", "Levier central", "aucun", w.leverOptions(w.x.Levers...))
	lever.Help = "Demandé pour une action sectorielle\u00a0: celui qu’elle sert d’abord. Les autres se disent plus loin."
	cross := pick(v, "cross", "Thème transversal", "aucun", w.crossOptions(v.Get("cross")))
	cross.Help = "Demandé pour une action transversale\u00a0: l’un des thèmes de la région."
	return []ui.Field{
		required(text(v, "title", "Titre", "Ce que l’action fait, en une ligne\u00a0: «\u00a0Planter 40 km de haies avec les agriculteurs\u00a0».")),
		area(v, "summary", "Résumé", "Quoi, avec qui, pourquoi maintenant. Quelques phrases suffisent pour commencer.", 5),
		radio(v, "kind", "Nature de l’action", "", kinds()), lever, cross,
	}
}

// readAbout writes them in an action.
func (w writing) readAbout(v url.Values, x *action.Action, bad faults) {
	kept := x.Central()
	x.Title, x.Summary, x.Kind = v.Get("title"), v.Get("summary"), action.Kind(v.Get("kind"))
	lever, cross := v.Get("lever"), v.Get("cross")
	switch {
	case x.Kind == action.Sectoral && lever == "":
		bad.add("lever", "Choisissez le levier central, ou dites que l’action est transversale.")
	case lever != "" && !slices.Contains(x.Levers, lever) && !w.knows(lever):
		bad.add("lever", "Ce levier n’existe pas dans la région\u00a0: choisissez dans la liste.")
	case x.Kind == action.CrossCutting && cross == "":
		bad.add("cross", "Choisissez le thème transversal que sert l’action.")
	case cross != "" && !slices.ContainsFunc(w.crossOptions(x.Cross), func(o [2]string) bool { return o[0] == cross }):
		bad.add("cross", "Ce thème n’est pas dans la liste de la région.")
	}
	others := slices.DeleteFunc(slices.Clone(x.Levers), func(l string) bool { return l == kept || l == lever })
	x.Cross, x.Theme = "", ""
	if x.Kind == action.CrossCutting {
		x.Cross = cross
		if kept != "" { // a lever that was central is still one that it serves
			others = append([]string{kept}, others...)
		}
		x.Levers = others
		return
	}
	x.Levers = others
	if lever != "" {
		x.Levers, x.Theme = append([]string{lever}, others...), w.leverTheme(lever)
	}
}

func presentationPart() part {
	return part{code: "presentation", name: "Présentation", fills: []string{"un résumé"},
		values: func(_ writing, x action.Action) url.Values {
			return url.Values{"title": {x.Title}, "summary": {x.Summary}, "kind": {string(x.Kind)}, "lever": {x.Central()}, "cross": {x.Cross}}
		},
		groups: func(w writing, v url.Values) []sections.Group { return []sections.Group{{Fields: about(w, v)}} },
		read: func(w writing, v url.Values, x *action.Action, bad faults) error {
			w.readAbout(v, x, bad)
			return nil
		}}
}

const placesHelp = "Un par ligne\u00a0: un nom, un code INSEE ou un SIREN. Pour dire la part de l’action dans chacun, ajoutez un point-virgule et un pourcentage\u00a0: «\u00a0Metz\u00a0; 25\u00a0%\u00a0». Les parts font 100\u00a0%, ou ne se disent pas."

func territoriesPart() part {
	return part{code: "leviers-territoires", name: "Leviers et territoires", fills: []string{"un levier", "un territoire"},
		values: func(w writing, x action.Action) url.Values {
			others := slices.DeleteFunc(slices.Clone(x.Levers), func(l string) bool { return l == x.Central() })
			return url.Values{"levers": others, "places": {w.placeLines(x.Places)}}
		},
		groups: func(w writing, v url.Values) []sections.Group {
			levers := ui.Field{ID: "levers", Label: "Les autres leviers que l’action sert", Type: "checkbox", Help: "Douze au plus, le levier central compris."}
			if w.x.Kind == action.CrossCutting {
				levers.Label, levers.Help = "Les leviers que l’action sert", "Une action transversale en sert plusieurs\u00a0; aucune tonne ne leur est attribuée."
			}
			for _, o := range w.leverOptions(w.x.Levers...) {
				if o[0] != w.x.Central() {
					levers.Options = append(levers.Options, ui.Option{Value: o[0], Label: o[1], Selected: slices.Contains(v["levers"], o[0])})
				}
			}
			return []sections.Group{{Fields: []ui.Field{area(v, "places", "Territoires", placesHelp, 6), levers}}}
		},
		read: func(w writing, v url.Values, x *action.Action, bad faults) error {
			var err error
			if x.Places, err = w.readPlaces(v.Get("places")); err != nil {
				bad.add("places", sentence(err))
			}
			var levers []string
			if c := x.Central(); c != "" {
				levers = append(levers, c)
			}
			for _, l := range v["levers"] {
				if l == "" || slices.Contains(levers, l) {
					continue
				}
				if !w.knows(l) && !slices.Contains(x.Levers, l) {
					bad.add("levers", "Ce levier n’existe pas dans la région\u00a0: choisissez dans la liste.")
				}
				levers = append(levers, l)
			}
			x.Levers = levers
			return nil
		}}
}

// roles of the organisations of an action.
const (
	coHolder = "co-holder"
	partner  = "partner"
)

func holdersPart() part {
	return part{code: "porteurs", name: "Porteurs et contact", fills: []string{"un porteur", "un contact"},
		values: func(_ writing, x action.Action) url.Values {
			v := url.Values{"holder": {x.Holder.Name}, "contact": {x.Contact}, "email": {x.Email}, "referent": {x.Referent}}
			i := 0
			for _, list := range []struct {
				as  string
				all []action.Party
			}{{coHolder, x.CoHolders}, {partner, x.Partners}} {
				for _, p := range list.all {
					v[at("partners", i, "name")], v[at("partners", i, "state")], v[at("partners", i, "role")] = []string{p.Name}, []string{list.as}, []string{p.Role}
					i++
				}
			}
			return v
		},
		groups: func(_ writing, v url.Values) []sections.Group {
			out := []sections.Group{{Fields: []ui.Field{
				text(v, "holder", "Porteur", "L’organisme qui répond de l’action\u00a0: son nom, ou son SIREN."),
				text(v, "contact", "Contact", "Le nom ou le service à joindre."),
				{ID: "email", Label: "Adresse électronique du contact", Type: "email", Value: v.Get("email"), Help: "Jamais publiée."},
				text(v, "referent", "Élu référent", "")}}}
			return append(out, repeated(v, "partners", "Autre organisme", func(at func(string) string) []ui.Field {
				as := pick(v, at("state"), "Il est", "", [][2]string{{partner, "partenaire"}, {coHolder, "co-porteur"}})
				as.Required = false
				return []ui.Field{text(v, at("name"), "Nom", "Ou SIREN. Videz ce champ pour retirer l’organisme."), as, text(v, at("role"), "Son rôle", "«\u00a0Apporte le foncier\u00a0», «\u00a0anime les ateliers\u00a0»…")}
			})...)
		},
		read: func(w writing, v url.Values, x *action.Action, bad faults) (err error) {
			known := append(append([]action.Party{x.Holder}, x.CoHolders...), x.Partners...)
			if x.Holder, err = w.party(v.Get("holder"), known...); err != nil {
				return err
			}
			x.Holder.Role = ""
			x.Contact, x.Email, x.Referent, x.CoHolders, x.Partners = v.Get("contact"), v.Get("email"), v.Get("referent"), nil, nil
			if x.Email != "" && (!strings.Contains(x.Email, "@") || strings.ContainsAny(x.Email, " \n")) {
				bad.add("email", "Cette adresse n’est pas complète\u00a0: écrivez nom@exemple.fr.")
			}
			for _, i := range filled(v, "partners", "name", "role") {
				if v.Get(at("partners", i, "name")) == "" {
					bad.add(at("partners", i, "name"), "Nommez cet organisme, ou videz aussi son rôle.")
					continue
				}
				p, err := w.party(v.Get(at("partners", i, "name")), known...)
				if err != nil {
					return err
				}
				p.Role = v.Get(at("partners", i, "role"))
				if v.Get(at("partners", i, "state")) == coHolder {
					x.CoHolders = append(x.CoHolders, p)
				} else {
					x.Partners = append(x.Partners, p)
				}
			}
			return nil
		}}
}

func calendarPart() part {
	const help = "Une année, un mois ou un jour\u00a0: 2026, 03/2026 ou 14/03/2026."
	return part{code: "calendrier", name: "Calendrier et avancement", fills: []string{"des dates", "où en est le projet"},
		values: func(_ writing, x action.Action) url.Values {
			return url.Values{"step": {x.Step}, "starts": {x.Starts}, "ends": {x.Ends}, "phase": {x.Phase}, "status": {x.Status}, "status_reason": {x.StatusReason}, "status_on": {x.StatusOn}}
		},
		groups: func(_ writing, v url.Values) []sections.Group {
			on := text(v, "status_on", "Statut dit le", "Laissez vide pour aujourd’hui.")
			return []sections.Group{{Fields: []ui.Field{text(v, "starts", "Début", help), text(v, "ends", "Fin", help),
				pick(v, "step", "Type d’étape", "pas encore dit", options(action.Steps())), pick(v, "phase", "Phase du projet", "pas encore dite", options(action.Phases())),
				pick(v, "status", "Statut", "pas encore dit", options(action.Statuses())),
				area(v, "status_reason", "Raison du statut", "Demandée quand l’action est en retard, en pause, bloquée ou abandonnée.", 2), on}}}
		},
		read: func(_ writing, v url.Values, x *action.Action, bad faults) error {
			was := *x
			x.Step, x.Phase, x.Status, x.StatusReason = v.Get("step"), v.Get("phase"), v.Get("status"), v.Get("status_reason")
			x.Starts, x.Ends, x.StatusOn = readWhen(v, "starts", bad), readWhen(v, "ends", bad), readWhen(v, "status_on", bad)
			if x.Status != was.Status && x.StatusOn == was.StatusOn {
				x.StatusOn = "" // the day of the status that was: the register gives today
			}
			return nil
		}}
}
