package web_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/ambition"
	"jalon/internal/debate/group"
	"jalon/internal/debate/question"
	"jalon/internal/diagnosis"
	"jalon/internal/knowledge"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/web"
)

// walker is somebody with one role, and what policy says of them.
type walker struct {
	role  policy.Role
	scope string
	actor policy.Actor
	c     *http.Client
	base  string
}

// Every role sends a request to every route, at home and in another region: it
// gets what the table of rights foresees, and what is refused writes nothing.
func TestEveryRoleAtEveryRoute(t *testing.T) {
	s := sqlite(t)
	made := s.fixtures()
	walkers := s.walkers()
	for _, rt := range web.Routes() {
		if slices.Contains(openRoutes, rt.Name) {
			if rt.SignIn {
				t.Errorf("%s asks for a person, and the walk takes it for open", rt.Name)
			}
			continue
		}
		n, ok := foreseen[rt.Name]
		if !ok {
			n, ok = foreseenActions[rt.Name]
		}
		if !ok {
			n, ok = foreseenFollow[rt.Name]
		}
		if strings.Contains(rt.Pattern, "/cycles/{cycle}/") || !ok && needs[rt.Name] != nil {
			continue // TestRightsOnEachPageOfACOP walks these, in two more COPs
		}
		if !ok {
			t.Errorf("%s %s (%s): the table of the walk does not foresee it", rt.Method, rt.Pattern, rt.Name)
			continue
		}
		for _, slug := range []string{"guyane", "bretagne"} {
			path := n.path
			if path == "" {
				path = strings.NewReplacer("{slug}", slug, "{annee}", "2026", "{id}", made[slug+"/"+n.made], "{objectif}", made[slug+"/aim"], "{member}", made[slug+"/member"], "{autre}", made[slug+"/other-action"], "{fichier}", cmp.Or(made[slug+"/file-"+rt.Name], "{fichier}"), "{key...}", "panorama/2024-07/total/region:"+codes[slug],
					"{territoire}", "region", "{levier}", made[slug+"/lever"], "{n}", made[slug+"/list"], "{vote}", made[slug+"/vote"], "{point}", made[slug+"/point"], "{texte}", "ouverture", "{decision}", made[slug+"/decision"], "{tache}", made[slug+"/task"], "{document}", made[slug+"/meeting-file"]).Replace(rt.Pattern)
			} else if path = strings.ReplaceAll(path, "{id}", made[slug+"/"+n.made]); slug != "guyane" {
				continue
			}
			t.Run(rt.Name+" "+slug, func(t *testing.T) {
				s.walkAlone(t, rt, path)
				for _, w := range walkers {
					s.walk(t, rt, n, w, path, slug)
				}
			})
		}
	}
	for _, name := range openRoutes {
		if !slices.ContainsFunc(web.Routes(), func(rt web.Route) bool { return rt.Name == name }) {
			t.Errorf("%s is no route any more", name)
		}
	}
}

// walkAlone sends the request of somebody who did not sign in.
func (s *site) walkAlone(t *testing.T, rt web.Route, path string) {
	t.Helper()
	if !rt.SignIn {
		return
	}
	want := http.StatusSeeOther
	if rt.Method == http.MethodPost {
		want = http.StatusForbidden
	}
	r := httptest.NewRequest(rt.Method, "http://jalon.example"+path, nil)
	if p := s.do(r); p.StatusCode != want || want == http.StatusSeeOther && !strings.HasPrefix(p.Header.Get("Location"), "/connexion?suite=") {
		t.Errorf("nobody: %s to %s, want %d", p.Status, p.Header.Get("Location"), want)
	}
}

func (s *site) walk(t *testing.T, rt web.Route, n need, w walker, path, slug string) {
	t.Helper()
	before := s.rows(t)
	var form url.Values
	if rt.Method == http.MethodPost {
		form = url.Values{"rev": {"0"}}
		maps.Copy(form, n.form)
	}
	p := s.visit(w.c, w.base+path, form)
	may, reads := n.allows(w.actor, slug)
	switch {
	case may && rt.Method == http.MethodGet && p.StatusCode != cmp.Or(n.answer, http.StatusOK) && p.StatusCode != http.StatusSeeOther:
		t.Errorf("%s at %s: %s, the table allows it", w.role, path, p.Status)
	case may && (p.StatusCode == http.StatusForbidden || p.StatusCode >= 500):
		t.Errorf("%s sends to %s: %s, the table allows it", w.role, path, p.Status)
	case !may && p.StatusCode != http.StatusNotFound && (p.StatusCode != http.StatusForbidden || !reads):
		t.Errorf("%s at %s: %s, the table refuses it (reads: %v)", w.role, path, p.Status, reads)
	}
	if after := s.rows(t); !may && after != before {
		t.Errorf("%s at %s was refused, and wrote: %s → %s", w.role, path, before, after)
	}
}

// allows is what policy says, with the thing that the address is about.
func (n need) allows(a policy.Actor, slug string) (may, reads bool) {
	switch n.over {
	case someone:
		return true, true
	case giver:
		return len(policy.Gives(a)) > 0, false
	case somewhere:
		return !policy.Where(a, n.do, n.kind).None(), !policy.Where(a, policy.Read, n.kind).None()
	case theOrg:
		t := policy.Thing{Kind: n.kind, COPs: []string{cop.RegionID(cop.First, codes[slug])}, Department: departments[slug], Org: orgs[slug]}
		read := t
		read.Kind = policy.Organisation
		return policy.Can(a, n.do, t), policy.Can(a, policy.Read, read)
	case thePerson:
		return policy.Can(a, n.do, policy.Thing{Kind: n.kind, COPs: []string{cop.RegionID(cop.First, codes[slug])}}), false
	case nobody:
		return false, true
	case admins:
		return policy.Can(a, n.do, policy.Thing{Kind: n.kind}), false
	case nation:
		return policy.Can(a, n.do, policy.Thing{Kind: n.kind}), policy.Can(a, policy.Read, policy.Thing{Kind: n.kind})
	case itsRegion, itsPlan:
		may = policy.Can(a, n.do, policy.Thing{Kind: n.kind, COPs: []string{cop.RegionID(cop.First, codes[slug])}})
		around := may || policy.Can(a, n.do, policy.Thing{Kind: n.kind, Department: map[string]string{"guyane": "973"}[slug]})
		if n.over == itsPlan {
			return may, around
		}
		return around, false
	case itsDraft:
		home, dept := policy.Thing{Kind: n.kind, COPs: []string{cop.RegionID(cop.First, codes[slug])}}, policy.Thing{Kind: n.kind, Department: map[string]string{"guyane": "973"}[slug]}
		reads = policy.Can(a, policy.Read, home) || policy.Can(a, policy.Read, dept)
		return policy.Can(a, n.do, home) || n.do == policy.Read && reads, reads
	case itsMeeting, itsNewMeeting:
		thing := policy.Thing{Kind: n.kind, COPs: []string{cop.RegionID(cop.First, codes[slug])}}
		return policy.Can(a, n.do, thing), n.over == itsMeeting || policy.Can(a, policy.Read, thing)
	case itsNote:
		thing := policy.Thing{Kind: n.kind, COPs: []string{cop.RegionID(cop.First, codes[slug])}}
		return policy.Can(a, n.do, thing), policy.Can(a, policy.Read, thing)
	case itsCampaign, itsAnswers:
		home := policy.Thing{Kind: policy.Campaign, COPs: []string{cop.RegionID(cop.First, codes[slug])}}
		dept := policy.Thing{Kind: policy.Campaign, Department: map[string]string{"guyane": "973"}[slug]}
		reads = policy.Can(a, policy.Read, home) || policy.Can(a, policy.Read, dept)
		if n.over == itsCampaign {
			return policy.Can(a, n.do, home), reads
		}
		home.Kind, dept.Kind = n.kind, n.kind
		return reads && (policy.Can(a, n.do, home) || policy.Can(a, n.do, dept)), reads
	case itsDesk, itsItem:
		cops := []string{cop.RegionID(cop.First, codes[slug])}
		home := map[string]policy.Thing{"guyane": {Kind: n.kind, COPs: cops, Department: "973", Org: orgs["guyane"]}, "bretagne": {Kind: n.kind, COPs: cops}}[slug]
		around := policy.Can(a, policy.Create, home)
		if n.over == itsDesk {
			return around, false
		}
		return policy.Can(a, n.do, policy.Thing{Kind: n.kind, COPs: cops}), around
	case theCOP:
		// A page of the desk belongs to the desk: whoever does not open that does
		// not know that it exists.
		cops := []string{cop.RegionID(cop.First, codes[slug])}
		desk := policy.Can(a, policy.Read, policy.Thing{Kind: policy.Desk, COPs: cops})
		return desk && policy.Can(a, n.do, policy.Thing{Kind: n.kind, COPs: cops}), desk
	}
	return true, true
}

// walkers signs somebody in for each role, over Guyane when it is a role of a
// place.
func (s *site) walkers() []walker {
	s.t.Helper()
	var out []walker
	for _, role := range policy.Roles() {
		kind, scope := "region", "03"
		switch role {
		case policy.Operator:
			continue // no account holds it: its own tests read what it opens
		case policy.NationalAdmin, policy.NationalReader:
			kind, scope = "nation", ""
		case policy.DepartmentLead:
			kind, scope = "department", "973"
		case policy.Writer, policy.Validator:
			kind, scope = "organisation", orgs["guyane"]
		case policy.Participant:
			kind, scope = "group", "un-groupe"
		}
		email := "marche." + string(role) + "@exemple.fr"
		c, base := s.signIn(email, role, kind, scope)
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		g, err := s.accounts.Appoint(s.t.Context(), email, "", role, kind, scope, "")
		if err != nil {
			s.t.Fatal(err)
		}
		actor, err := s.accounts.Actor(s.t.Context(), g.Account)
		if err != nil {
			s.t.Fatal(err)
		}
		out = append(out, walker{role: role, scope: scope, actor: actor, c: c, base: base})
	}
	return out
}

// fixtures makes one thing of each kind in each of the two regions, by their
// own team.
func (s *site) fixtures() map[string]string {
	s.t.Helper()
	s.seedOrganisations()
	out := map[string]string{}
	for slug, code := range codes {
		id := cop.RegionID(cop.First, code)
		team := policy.Actor{Person: "fixture", Grants: []policy.Grant{{Role: policy.Team, COP: id}}}
		ctx := s.t.Context()
		_, act, err := s.cops.AddEvent(ctx, team, id, cop.NewEvent{Stage: cop.Launch, Mark: cop.Opened, Day: "2026-02-20"})
		if err != nil || act.ID == "" {
			s.t.Fatalf("%v %v", act, err)
		}
		meeting, err := s.cops.AddMeeting(ctx, team, cop.Meeting{COP: id, Kind: cop.Plenary, Stage: cop.Launch, Title: "Plénière", Day: "2026-02-27", Part: policy.Public, State: cop.Planned})
		if err != nil {
			s.t.Fatal(err)
		}
		news, err := s.cops.AddNews(ctx, team, id, "Nouvelle", "Un texte.")
		if err != nil {
			s.t.Fatal(err)
		}
		x, _, err := s.accounts.Attach(ctx, policy.Actor{Person: "fixture", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}, orgs[slug], "membre."+slug+"@exemple.fr", "", "", false)
		if err != nil {
			s.t.Fatal(err)
		}
		g, err := s.accounts.Appoint(ctx, "collegue."+slug+"@exemple.fr", "", policy.Expert, "region", code, "")
		if err != nil {
			s.t.Fatal(err)
		}
		s.debateFixtures(slug, id, team, out)
		s.actionFixtures(id, slug, team, out)
		out[slug+"/org"], out[slug+"/member"], out[slug+"/person"] = orgs[slug], x.ID, g.Account
		everyone := survey.DefaultInput()
		everyone.Communes = true
		asked, err := s.survey.Create(ctx, team, id, everyone)
		if err != nil {
			s.t.Fatal(err)
		}
		sent, err := survey.ResponseOf(ctx, s.d, asked.ID, orgs[slug])
		if err != nil {
			s.t.Fatal(err)
		}
		out[slug+"/response"] = sent.ID
		p, err := s.plans.Add(ctx, s.d, team, plan.Plan{Kind: plan.SRADDET, Territory: "region:" + code, Region: code, Name: "Schéma", State: plan.InForce, Source: "essai"})
		if err != nil {
			s.t.Fatal(err)
		}
		aim, err := s.plans.AddObjective(ctx, s.d, team, plan.Objective{Plan: p.ID, Lever: "biogaz", BaseYear: 2019, TargetYear: 2030, Target: 1, Unit: "TWh", Written: "1"})
		if err != nil {
			s.t.Fatal(err)
		}
		out[slug+"/plan"], out[slug+"/aim"] = p.ID, aim.ID
		out[slug+"/lever"], out[slug+"/list"] = s.sharing(team, code)
		for kind, x := range map[string]knowledge.Item{"strength": {Kind: knowledge.Strength, Title: "Haies"}, "obstacle": {Kind: knowledge.Obstacle, Title: "Permis", Nature: "norme", Level: "national", Evidence: "trois projets"}} {
			x.Region, x.Territory, x.Scale, x.Organisation, x.Text, x.Theme = code, "region:"+code, "region", "Service", "Un texte.", "preserver"
			if x, err = s.known.Add(ctx, s.d, team, x); err != nil {
				s.t.Fatal(err)
			}
			if x, err = s.known.Judge(ctx, s.d, team, x.ID, 1, knowledge.Retain, ""); err != nil {
				s.t.Fatal(err)
			}
			if kind == "obstacle" {
				if x, err = s.known.Escalate(ctx, s.d, team, x.ID, 2, "hors de portée"); err != nil {
					s.t.Fatal(err)
				}
				out[slug+"/group"] = x.Group
			}
			out[slug+"/"+kind] = x.ID
		}
		note, err := s.known.Ask(ctx, s.d, team, knowledge.Note{Region: code, Territory: "region:" + code, Theme: "preserver", Title: "Note", AskedOf: "DREAL", Due: "2026-04-01"})
		if err != nil {
			s.t.Fatal(err)
		}
		out[slug+"/note"] = note.ID
		lever := map[string]string{"guyane": "om-dechets", "bretagne": "biogaz"}[slug]
		theme, err := s.diagnose.AddTheme(ctx, team, id, diagnosis.ThemeInput{Name: "Thème", Kind: diagnosis.OfLevers, Maps: []string{"produire"}, Levers: []string{lever}})
		if err != nil {
			s.t.Fatal(err)
		}
		out[slug+"/theme"] = theme.ID
		s.helped(team, id, code, slug, out)
		asking, err := s.debate.Question.Create(ctx, team, cop.COP{ID: id}, question.Input{Title: "Débat", Question: "Que faire ?", Proposals: question.Nobody})
		if err != nil {
			s.t.Fatal(err)
		}
		out[slug+"/question"] = asking.ID
		working, err := s.debate.Group.Add(ctx, team, group.Group{COP: id, Name: "Groupe", Mandate: "Un mandat.", Part: policy.Public})
		if err != nil {
			s.t.Fatal(err)
		}
		out[slug+"/working-group"] = working.ID
		where, err := cop.Find(ctx, s.d, id)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.debate.Ambition.Begin(ctx, team, where, ambition.Debate{Lever: out[slug+"/lever"], Opens: "2026-03-01", Closes: "2026-03-31"}); err != nil {
			s.t.Fatal(err)
		}
		s.composed(team, id, code, slug, out)
		out[slug+"/post"] = s.contributed(id, code, "Plus de trains").ID
		s.said(team, meeting.ID, slug, out)
		out[slug+"/act"], out[slug+"/meeting"], out[slug+"/news"] = act.ID, meeting.ID, news.ID
	}
	return out
}

// rows counts what is in the database, but for what reading itself writes: when
// somebody was last seen, and where.
func (s *site) rows(t *testing.T) string {
	t.Helper()
	ctx := context.Background()
	tables, err := db.LiveTables(ctx, s.d)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range tables {
		if strings.HasSuffix(name, "_visit") || name == "session" || name == "attempt" {
			continue
		}
		var n int64
		if err := s.d.QueryRow(ctx, `SELECT COUNT(*) FROM `+name).Scan(&n); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %d ", name, n)
	}
	return b.String()
}
