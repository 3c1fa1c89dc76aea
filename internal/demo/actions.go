package demo

import (
	"context"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/debate/contribution"
	"jalon/internal/link"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// plot is an action of the script, from its line to what became of it.
type plot struct {
	region, fate, brings, places string
	x                            action.Action // as it is kept since
}

// actions fill the registers of three regions: what is proposed, assessed, decided,
// debated; one list that both heads retained and one that waits for an answer.
func actions(s *Script) {
	lines := strings.Split(strings.TrimSpace(actionsPublic), "\n")
	if s.Size == Full {
		lines = append(lines, strings.Split(strings.TrimSpace(actionsEast), "\n")...)
	}
	var all []*plot
	for _, line := range lines {
		all = append(all, s.plotted("44", line))
	}
	all = append(all, crossCutting())
	s.registered("44", all)
	s.helped(all)
	for _, region := range []string{"04", "53"} {
		var few []*plot
		for _, line := range strings.Split(strings.TrimSpace(actionsElsewhere[region]), "\n") {
			few = append(few, s.plotted(region, line))
		}
		s.registered(region, few)
	}
}

// plotted reads a line of actionsEast.
func (s *Script) plotted(region, line string) *plot {
	part := strings.Split(line, "|")
	p := &plot{region: region, places: part[1], fate: part[2], brings: fr(part[6])}
	starts, ends, _ := strings.Cut(part[4], "-")
	p.x = action.Action{State: action.Proposed, Kind: action.Sectoral, Title: fr(part[9]), Summary: fr(part[10]), Levers: strings.Split(part[0], ","), Step: part[3], Starts: starts, Ends: ends, Status: part[5],
		Phase: map[string]string{"coming": "study", "blocked": "study"}[part[5]], Holder: action.Party{Name: fr(part[8])}}
	if p.x.Phase == "" {
		p.x.Phase = "operation"
	}
	if part[8] == "@@" {
		g := s.largest()[region]
		p.x.Holder = action.Party{Org: "epci-" + g.SIREN, Name: g.Name, Kind: "epci"}
	}
	if keur, err := strconv.ParseFloat(strings.ReplaceAll(part[7], ",", "."), 64); err == nil {
		cents := int64(keur*100_000 + 0.5)
		p.x.Budget = action.Budget{Invest: &cents, Note: "Montant écrit pour la démonstration."}
		part := func(percent int64) *int64 { v := cents / 100 * percent; return &v }
		p.x.Funding = []action.Funding{{Funder: fr("Région (montant inventé)"), Amount: part(30), State: "granted"}, {Funder: fr("Fonds vert (montant inventé)"), Amount: part(20), State: "asked"}}
		if strings.HasPrefix(p.x.Title, "Aider l’agriculture") { // its budget is public, and nobody said who pays what
			p.x.Budget.Note, p.x.Funding = "Budget publié par la Région.", nil
		}
	}
	if p.fate == "R" {
		reachable(&p.x)
	}
	s.detailed(&p.x)
	return p
}

// crossCutting serves several levers, and no tonne is counted for it.
func crossCutting() *plot {
	levers := []string{"residentiel-sobriete-isolation", "residentiel-fioul", "tertiaire-sobriete-isolation"}
	return &plot{region: "44", places: "r", fate: "R", x: action.Action{State: action.Proposed, Kind: action.CrossCutting, Cross: "emploi-competences", Title: fr("Former 3 000 artisans à la rénovation d’ensemble"),
		Summary: fr("Des formations de trois jours, dans chaque bassin d’emploi, sur des chantiers réels."), Levers: levers, Step: "awareness", Starts: "2025", Ends: "2029", Status: "going", Phase: "operation",
		Holder: action.Party{Name: fr("Fédération des artisans du bâti (inventée)")}, Partners: []action.Party{{Name: fr("Campus des métiers (inventé)"), Role: "accueille les formations"}}}}
}

// placed reads the places of a plot: those of another edition of the tree are those of
// the whole region.
func (s *Script) placed(p *plot) (out []action.Place) {
	for _, at := range strings.Split(p.places, ",") {
		ref := "region:" + p.region
		name, group := strings.CutPrefix(at, "@")
		switch c, ok := named(s.Tree, p.region, name); {
		case len(at) == 3 && at[0] == 'd':
			ref = "department:" + at[1:]
		case ok && group && c.EPCI != "":
			ref = "epci:" + c.EPCI
		case ok:
			ref = "commune:" + c.Code
		}
		out = append(out, action.Place{Territory: ref})
	}
	return out
}

// impact is what a plot brings to its central lever, computed as the form does.
func (s *Script) impact(ctx context.Context, p *plot) ([]action.Impact, error) {
	if p.x.Kind == action.CrossCutting {
		return nil, nil
	}
	at, err := s.place(ctx, p.region, territory.Ref{Scale: territory.RegionS, Code: p.region})
	if err != nil {
		return nil, err
	}
	line, ok := at.Line(p.x.Central())
	if !ok {
		return nil, nil // another edition of the framework
	}
	p.x.Theme = string(line.Lever.Theme)
	in := action.Impact{Lever: p.x.Central(), Class: action.Unassessed, By: fr("Équipe de la COP (démonstration)"), On: s.clock.Format("2006-01-02")}
	text, gross := strings.CutSuffix(p.brings, "*")
	switch {
	case text == "":
	case text[0] == '~':
		in.Class, in.How = action.Qualitative, text[len("~"):]
	case text[0] == '=':
		quantity, how, _ := strings.Cut(text[1:], " ")
		in.Class, in.Quantity, in.Unit, in.How = action.Quantified, decimal(quantity), "ktCO₂e", how
	default:
		quantity, unit, _ := strings.Cut(text, " ")
		in.Class, in.Quantity, in.Unit, in.Gross, in.Object = action.Quantified, decimal(quantity), unit, gross, p.x.Title
		if !gross { // what the COP published has no range
			in.Low, in.High = decimal(quantity), decimal(quantity)
			*in.Low, *in.High = *in.Low*0.8, *in.High*1.1
			if *in.Low > *in.High {
				in.Low, in.High = in.High, in.Low
			}
		}
	}
	in, _, err = action.Compute(in, line, action.Against{Objective: line.Objective, Whole: p.places == "r"})
	return []action.Impact{in}, err
}

func decimal(text string) *float64 {
	v, _ := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
	return &v
}

// registered plays the register of a region.
func (s *Script) registered(region string, all []*plot) {
	team := s.Holding(policy.Team, region)[:2]
	g := s.largest()[region]
	for i, p := range all {
		by := team[i%2]
		if p.x.Holder.Org == "epci-"+g.SIREN {
			by = s.Head(policy.Writer, p.x.Holder.Org)
		}
		s.in(by, region, 96-i%24, "action “"+p.x.Title+"”", func(ctx context.Context, a policy.Actor, c cop.COP) (err error) {
			p.x.Places = s.placed(p)
			if p.x.Impacts, err = s.impact(ctx, p); err != nil {
				return err
			}
			p.x.Grid.Self = assessed(i, p)
			p.x.Grid.Self.By, p.x.Grid.Self.On = by.Name, s.clock.Format("2006-01-02")
			p.x, err = s.Actions.Add(ctx, s.db, a, c, p.x)
			return err
		})
		if p.fate == "P" {
			continue
		}
		s.judged(team, i, p)
		if strings.Contains("BRW", p.fate) {
			s.in(team[0], region, 16-i%2, "action debated", func(ctx context.Context, a policy.Actor, _ cop.COP) (err error) {
				in := action.Turned{ID: p.x.ID, Rev: p.x.Rev, To: action.Debated, By: team[0].Name, Debate: action.Debate{On: s.Date(17), Reason: "Lue et discutée en séance, sans opposition."}}
				if f := s.forum[region]; f != nil && f.meetings["pleniere"] != nil && f.meetings["pleniere"].Day < s.Date(16) {
					in.Debate = action.Debate{Meeting: f.meetings["pleniere"].ID}
				}
				p.x, err = s.Actions.Move(ctx, s.db, a, in)
				return err
			})
		}
	}
	s.listing(region, "Premières actions de la COP", all, "R", 13, false)
	s.listing(region, "Actions de printemps", all, "W", 4, true)
}

// judged is what the team said of an action, and what was decided.
func (s *Script) judged(team []*Person, i int, p *plot) {
	s.in(team[1], p.region, 66-i%8, "opinion on an action", func(ctx context.Context, a policy.Actor, _ cop.COP) (err error) {
		in := *assessed(i, p)
		in.Verdict, in.Reason, in.By = "favourable", "Le porteur est prêt, et l’action peut être reprise ailleurs.", team[1].Name
		if strings.HasPrefix(p.fate, "V") {
			in.Verdict, in.Reason = "reserved", "Utile, mais trop locale pour structurer la COP à ce stade."
		} else if i%7 == 3 {
			in.Verdict, in.Reason = "reserved", fr("Favorable si le financement est confirmé avant le chantier : à relire dans six mois.")
		}
		p.x, err = s.Actions.Assess(ctx, s.db, a, p.x.ID, p.x.Rev, action.OpinionTurn, in)
		return err
	})
	s.in(team[0], p.region, 56-i%8, "decision on an action", func(ctx context.Context, a policy.Actor, _ cop.COP) (err error) {
		in, pool := *assessed(i, p), ""
		in.Verdict, in.Reason, in.By = string(action.Qualified), "Nouvelle et structurante au sens de la grille.", team[0].Name
		if strings.HasPrefix(p.fate, "V") {
			in.Verdict, in.Reason = string(action.Pool), "Elle ne mobilise encore qu’un acteur."
			_, pool, _ = strings.Cut(p.fate, ":")
		}
		p.x, err = s.Actions.Decide(ctx, s.db, a, p.x.ID, p.x.Rev, in, pool)
		return err
	})
}

// assessed is a reading of the grid, whole.
func assessed(i int, p *plot) *action.Assessment {
	a := &action.Assessment{Met: map[string]bool{"lever": true, "potential": true, "actors": true}, Why: map[string]string{
		"lever":     "L’action vise d’abord ce levier, et le reste en découle.",
		"potential": []string{"Elle peut être reprise dans tous les territoires semblables de la région.", "L’apport attendu se compare à l’objectif du levier.", "Peu d’autres actions touchent ce levier ici."}[i%3],
		"actors":    []string{"Collectivités, entreprises et associations s’y engagent par écrit.", "Plusieurs intercommunalités partagent les moyens.", "Une filière entière est autour de la table."}[i%3]}}
	a.Met[[]string{"actors.actors", "actors.territories", "actors.deployment"}[i%3]] = true
	switch i % 3 {
	case 0:
		a.Met["born"], a.Why["born"] = true, "Elle est née dans un groupe de travail de la COP."
	case 1:
		a.Met["study"], a.Why["study"] = true, fr("L’étude est en cours : rien n’est lancé.")
	default:
		a.Met["amplified"], a.Met["amplified.method"], a.Why["amplified"] = true, true, "Elle existait pour quelques communes, et passe à toutes celles qui le veulent."
	}
	if p.x.Kind == action.CrossCutting {
		a.Levers = p.x.Levers
	}
	if strings.HasPrefix(p.fate, "V") {
		a.Met["actors"], a.Why["actors"] = false, "Un seul acteur la porte à ce jour."
	}
	return a
}

// listing gives both heads the actions of a fate: the préfet proposes, the elected head
// follows, or has not answered.
func (s *Script) listing(region, title string, all []*plot, fate string, ago int, waits bool) {
	kept := new(action.Listing)
	n := 0
	for _, p := range all {
		if p.fate == fate {
			n++
		}
	}
	if n == 0 {
		return
	}
	s.in(s.Head(policy.StateChair, region), region, ago, "list of actions", func(ctx context.Context, a policy.Actor, c cop.COP) (err error) {
		var picks []action.Pick
		for _, p := range all {
			if p.fate == fate {
				picks = append(picks, action.Pick{ID: p.x.ID, Rev: p.x.Rev})
			}
		}
		*kept, err = s.Actions.ProposeListing(ctx, a, c, title, picks)
		return err
	})
	if !waits {
		s.word(s.Head(policy.RegionChair, region), ago-2, "list of actions", func() string { return kept.Act })
	}
}

// answering are the contributions that actions came from, by titles.
var answering = [][2]string{
	{"Planter 4 000 km de haies", "Arrêter d’arracher avant de planter"}, {"Planter 4 000 km de haies", "Compter les haies perdues, pas seulement les plantées"},
	{"Vélo, covoiturage et transport à la demande", "Un plan vélo qui relie les bourgs, pas seulement les villes"}, {"Vélo, covoiturage et transport à la demande", "Un arrêt de covoiturage au rond-point"},
	{"Accompagner la décarbonation des sites industriels", "Publier ce que chaque grand site a décidé"}, {"Un fonds de garantie pour la rénovation des copropriétés", "Rénover les copropriétés des années soixante par grappes"},
	{"Des élevages à l’herbe qui tiennent aux aléas", "Payer le lait d’herbe à son prix"}, {"Des bornes de recharge à moins de vingt minutes", "Des bornes là où les gens dorment"},
	{"Un conseiller qui vient à la maison", "Un conseiller qui vient à la maison, pas un numéro"}, {"Finir la piste de la gare au lycée", "Une piste continue entre la gare et le lycée"},
}

// helped links actions of Grand Est to what was asked for and decided, and says what
// help is missing.
func (s *Script) helped(all []*plot) {
	f := s.forum["44"]
	if f == nil {
		return
	}
	by := map[string]*plot{}
	for _, p := range all {
		by[p.x.Title] = p
	}
	team := s.Holding(policy.Team, "44")[:2]
	s.in(team[0], "44", 8, "actions linked", func(ctx context.Context, a policy.Actor, c cop.COP) error {
		for _, t := range answering {
			p, d := by[fr(t[0])], f.posts[fr(t[1])]
			if p == nil || d == nil || d.post.ID == "" {
				continue
			}
			if x, err := contribution.FindInstruction(ctx, s.db, d.post.ID); err != nil || x.Post == "" {
				continue // merged or refused since
			}
			if err := s.Actions.Link(ctx, a, p.x.ID, link.End{Kind: link.Contribution, ID: d.post.ID}); err != nil {
				return err
			}
		}
		decided, err := s.listed(ctx, `SELECT id FROM decision WHERE cop_id = $1 AND id >= $2 ORDER BY id`, c.ID, "")
		p := by["Vélo, covoiturage et transport à la demande"]
		for i, id := range decided {
			if err == nil && i < 2 {
				err = s.Actions.Link(ctx, a, p.x.ID, link.End{Kind: link.Decision, ID: id})
			}
		}
		return err
	})
	s.wanting(by)
}
