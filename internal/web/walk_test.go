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
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/web"
)

// need is what the table of rights asks of whoever sends a request to a route.
type need struct {
	kind policy.Kind
	// do is what lets an actor use the route: of a form that one may read and not
	// send, the answer is «forbidden».
	do policy.Verb
	// over says what the address is about.
	over over
	// path is the address of a route that is about no COP.
	path string
	// made is the fixture that {id} names.
	made string
	// answer is what whoever may reads gets, 200 when zero.
	answer int
	// form is what a person would send, at a revision that is no more: whoever may
	// gets a conflict, and nothing changes from one role to the next.
	form url.Values
}

// over is what an address is about, which a role has to reach.
type over int

const (
	open      over = iota // anyone, signed in or not
	someone               // whoever signed in, for themselves
	theCOP                // the COP of the address
	somewhere             // whoever holds the right over anything at all
	nation                // whoever holds it over the nation
	admins                // the same, of pages that nobody else knows
	giver                 // whoever may give a role somewhere
	theOrg                // the organisation of the address
	thePerson             // somebody who holds a role over the region
	nobody                // what does not exist: everyone is told so
	itsRegion             // whoever holds it over the region's COPs or one of its départements; nobody else knows the page
	itsPlan               // a plan of the whole region, which its départements read on the same pages
)

// foreseen is every route: one that is not here fails the test.
var foreseen = map[string]need{
	"desk":             {kind: policy.Desk, do: policy.Read, over: theCOP},
	"desk-event":       {kind: policy.StageEvent, do: policy.Create, over: theCOP},
	"desk-act":         {kind: policy.Validation, do: policy.Consent, over: theCOP, made: "act", form: url.Values{"do": {"alone"}, "reason": {"parce que"}}},
	"desk-delegate":    {kind: policy.Delegation, do: policy.Create, over: theCOP},
	"desk-tick":        {kind: policy.COP, do: policy.Edit, over: theCOP},
	"meetings":         {kind: policy.Meeting, do: policy.Read, over: theCOP},
	"meeting-add":      {kind: policy.Meeting, do: policy.Create, over: theCOP},
	"meeting-save":     {kind: policy.Meeting, do: policy.Edit, over: theCOP, made: "meeting", form: url.Values{"do": {"cancel"}}},
	"news":             {kind: policy.Desk, do: policy.Read, over: theCOP}, // lists those that one may read
	"news-add":         {kind: policy.News, do: policy.Create, over: theCOP},
	"news-change":      {kind: policy.News, do: policy.Edit, over: theCOP, made: "news", form: url.Values{"do": {"publish"}}},
	"cop-settings":     {kind: policy.COP, do: policy.Edit, over: theCOP},
	"cop-save":         {kind: policy.COP, do: policy.Edit, over: theCOP},
	"cop-journal":      {kind: policy.Journal, do: policy.Read, over: theCOP},
	"cop-journal-csv":  {kind: policy.Journal, do: policy.Export, over: theCOP},
	"board":            {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national"},
	"board-csv":        {kind: policy.Board, do: policy.Export, over: somewhere, path: "/national/tableau.csv"},
	"board-figure":     {kind: policy.Board, do: policy.Read, over: somewhere, path: "/chiffres/national/cop/reunions-tenues/nation/2024-05-27"},
	"board-moves":      {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/mouvements?du=2024-05-27"},
	"board-timeline":   {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/frise"},
	"metrics":          {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/indicateurs"},
	"metric":           {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/indicateurs/cop/reunions-tenues"},
	"metric-csv":       {kind: policy.Board, do: policy.Export, over: somewhere, path: "/national/indicateurs/cop/etape/valeurs.csv"},
	"declared":         {kind: policy.Metric, do: policy.Read, over: nation, path: "/national/chiffres-declares"},
	"declared-add":     {kind: policy.Metric, do: policy.Create, over: nation, path: "/national/chiffres-declares", form: url.Values{"value": {"1"}}},
	"declared-one":     {kind: policy.Metric, do: policy.Read, over: nation, path: "/national/chiffres-declares/2024-05-27-groupes-de-travail"},
	"declared-save":    {kind: policy.Metric, do: policy.Edit, over: nation, path: "/national/chiffres-declares/2024-05-27-groupes-de-travail", form: url.Values{"value": {"1"}}},
	"api-board":        {kind: policy.Board, do: policy.Export, over: somewhere, path: "/api/v1/board"},
	"api-metrics":      {kind: policy.Board, do: policy.Read, over: somewhere, path: "/api/v1/metrics"},
	"api-board-figure": {kind: policy.Board, do: policy.Read, over: somewhere, path: "/api/v1/figures/national/cop/reunions-tenues/nation/2024-05-27"},
	"self":             {over: someone, path: "/mon-espace"},
	"self-save":        {over: someone, path: "/mon-espace"},
	"session-close":    {over: someone, path: "/mon-espace/sessions/inconnue/fermer"},
	"roles":            {over: giver, path: "/roles"},
	"role-give":        {over: giver, path: "/roles"},

	"plan-desk":     {kind: policy.Plan, do: policy.Create, over: itsRegion},
	"plan-add":      {kind: policy.Plan, do: policy.Create, over: itsRegion},
	"plan":          {kind: policy.Plan, do: policy.Create, over: itsRegion, made: "plan"},
	"plan-save":     {kind: policy.Plan, do: policy.Edit, over: itsPlan, made: "plan", form: url.Values{"source": {"x"}, "name": {"x"}, "kind": {"sraddet"}, "state": {"in_force"}}},
	"plan-aim":      {kind: policy.Plan, do: policy.Create, over: itsRegion, made: "plan"},
	"plan-aim-save": {kind: policy.Plan, do: policy.Edit, over: itsPlan, made: "plan", form: url.Values{"do": {"withdraw"}}},

	"plan-import":   {kind: policy.Plan, do: policy.Create, over: itsRegion},
	"plan-stage":    {kind: policy.Plan, do: policy.Create, over: itsRegion},
	"plan-model":    {kind: policy.Plan, do: policy.Create, over: itsRegion},
	"plan-preview":  {over: nobody}, // its own tests read who sees a run
	"plan-verdicts": {over: nobody},
	"plan-apply":    {over: nobody, form: url.Values{"run": {"inconnu"}, "rev": {"1"}}},

	"department-desk": {over: someone, path: "/departements/2A/bureau"}, // leads to the desk, or says that there is none
	"cycles":          {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/cycles"},
	"cycle-add":       {kind: policy.Cycle, do: policy.Create, over: admins, path: "/national/cycles"},
	"cycle":           {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/cycles/2025"},
	"cycle-save":      {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/cycles/2025"},
	"cycle-open":      {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/cycles/9999/ouvrir"},
	"cycle-template":  {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/cycles/2025/modele"},

	"national-documents":   {kind: policy.Report, do: policy.Read, over: somewhere, path: "/national/documents"},
	"document-freeze-form": {kind: policy.Report, do: policy.Create, over: nation, path: "/national/documents/figer?document=point-d-etape&jour=2024-05-27"},
	"document-freeze":      {kind: policy.Report, do: policy.Create, over: nation, path: "/national/documents/figer"},
	"report":               {kind: policy.Report, do: policy.Read, over: somewhere, path: "/national/point-d-etape?jour=2024-05-27"},
	"report-pptx":          {kind: policy.Report, do: policy.Export, over: somewhere, path: "/national/point-d-etape.pptx?jour=2024-05-27"},
	"report-odt":           {kind: policy.Report, do: policy.Export, over: somewhere, path: "/national/point-d-etape.odt?jour=2024-05-27"},
	"report-pdf":           {kind: policy.Report, do: policy.Export, over: somewhere, path: "/national/point-d-etape.pdf?jour=demain", answer: http.StatusBadRequest},
	"publication":          {over: nobody, path: "/national/publications/inconnue"},
	"publication-file":     {over: nobody, path: "/national/publications/inconnue/document.pptx"},

	"mails": {kind: policy.Mail, do: policy.Read, over: admins, path: "/operateur/courriels"},

	"own-data":      {over: someone, path: "/mon-espace/mes-donnees"},
	"own-data-json": {over: someone, path: "/mon-espace/mes-donnees.json"},
	"erase":         {over: someone, path: "/mon-espace/effacement"},
	"erase-ask":     {over: someone, path: "/mon-espace/effacement"},
	"erase-confirm": {over: nobody, path: "/mon-espace/effacement/confirmer"}, // without the first step
	"oidc-bind":     {over: nobody, path: "/mon-espace/identite/lier"},        // no provider here
	"oidc-unbind":   {over: someone, path: "/mon-espace/identite/delier"},

	"organisations":        {kind: policy.Organisation, do: policy.Read, over: somewhere, path: "/organisations"},
	"organisation-create":  {kind: policy.Organisation, do: policy.Create, over: somewhere, path: "/organisations"},
	"organisation-new":     {kind: policy.Organisation, do: policy.Create, over: somewhere, path: "/organisations/nouvelle"},
	"organisation":         {kind: policy.Organisation, do: policy.Read, over: theOrg, made: "org"},
	"organisation-edit":    {kind: policy.Organisation, do: policy.Edit, over: theOrg, made: "org"},
	"organisation-save":    {kind: policy.Organisation, do: policy.Edit, over: theOrg, made: "org"},
	"member-add":           {kind: policy.Membership, do: policy.Create, over: theOrg, made: "org"},
	"member-save":          {kind: policy.Membership, do: policy.Edit, over: theOrg, made: "org", form: url.Values{"do": {"save"}}},
	"transfer":             {kind: policy.RoleGrant, do: policy.Transfer, over: thePerson, made: "person"},
	"transfer-do":          {kind: policy.RoleGrant, do: policy.Transfer, over: thePerson, made: "person"},
	"invitations":          {kind: policy.Invitation, do: policy.Create, over: somewhere, path: "/invitations"},
	"invitations-stage":    {kind: policy.Invitation, do: policy.Create, over: somewhere, path: "/invitations"},
	"invitations-model":    {kind: policy.Invitation, do: policy.Create, over: somewhere, path: "/invitations/modele.csv"},
	"invitations-run":      {over: nobody, path: "/invitations/inconnue"}, // its own tests read who sees a run
	"invitations-verdicts": {over: nobody, path: "/invitations/inconnue/verdicts.csv"},
	"invitations-send":     {over: nobody, path: "/invitations/inconnue/envoyer"},

	"role-end": {over: someone, path: "/roles/inconnu/fin"},
}

var (
	codes       = map[string]string{"guyane": "03", "bretagne": "53"} // the two regions of the walk
	departments = map[string]string{"guyane": "973", "bretagne": "35"}
	orgs        = map[string]string{"guyane": "commune-97302", "bretagne": "commune-35238"}
)

// openRoutes answer everybody the same, or judge by something else than a role:
// the operator's own cookie, a mail's secret.
var openRoutes = strings.Fields(`plans plans-csv demo demo-enter demo-mails demo-mail demo-mail-html studies study cop department-cop document-file feed home search territories regions region calendar region-panorama department department-panorama epci epci-panorama
	commune commune-panorama perimeter-panorama nation-panorama compare simulators simulator simulator-csv levers lever figure method glossary legal privacy
	accessibility perimeters perimeter perimeter-new perimeter-create perimeter-edit perimeter-save perimeter-remove sign-in sign-in-ask sign-in-confirm
	sign-in-use sign-in-code sign-out oidc-start oidc-return sign-out-return stop stop-now operator operator-enter operator-leave data data-file api-openapi api-territories api-territory api-children api-levers
	api-lever api-panorama api-figure api-series api-series-one api-trends api-plans region-trends region-trend region-trend-csv region-nature department-trends department-trend department-trend-csv health robots favicon`)

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
				path = strings.NewReplacer("{slug}", slug, "{id}", made[slug+"/"+n.made], "{objectif}", made[slug+"/aim"], "{member}", made[slug+"/member"]).Replace(rt.Pattern)
			} else if slug != "guyane" {
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
		out[slug+"/org"], out[slug+"/member"], out[slug+"/person"] = orgs[slug], x.ID, g.Account
		p, err := s.plans.Add(ctx, s.d, team, plan.Plan{Kind: plan.SRADDET, Territory: "region:" + code, Region: code, Name: "Schéma", State: plan.InForce, Source: "essai"})
		if err != nil {
			s.t.Fatal(err)
		}
		aim, err := s.plans.AddObjective(ctx, s.d, team, plan.Objective{Plan: p.ID, Lever: "biogaz", BaseYear: 2019, TargetYear: 2030, Target: 1, Unit: "TWh", Written: "1"})
		if err != nil {
			s.t.Fatal(err)
		}
		out[slug+"/plan"], out[slug+"/aim"] = p.ID, aim.ID
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
