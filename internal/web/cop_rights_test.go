package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
	"jalon/internal/web"
)

// copNeed is what the table of rights must allow for a page of a COP, in the
// order in which it is asked.
type copNeed struct {
	verb policy.Verb
	kind policy.Kind
	part string
}

var (
	readDesk = copNeed{policy.Read, policy.Desk, ""}
	editCOP  = copNeed{policy.Edit, policy.COP, ""}
)

// needs says for each private route of a COP what its reader must hold.
var needs = map[string][]copNeed{
	"desk": {readDesk}, "desk-event": {readDesk, {policy.Create, policy.StageEvent, ""}}, "desk-tick": {readDesk, editCOP},
	"events": {readDesk}, "event": {readDesk, {policy.Create, policy.StageEvent, ""}}, "event-change": {readDesk, {policy.Create, policy.StageEvent, ""}},
	"meetings": {readDesk}, "meeting-add": {readDesk, {policy.Create, policy.Meeting, ""}}, "meeting-new": {{policy.Read, policy.Meeting, cop.Internal}, {policy.Create, policy.Meeting, ""}}, "meeting-plan": {{policy.Read, policy.Meeting, cop.Internal}, {policy.Create, policy.Meeting, ""}}, "news": {readDesk}, "news-add": {readDesk, {policy.Create, policy.News, cop.Draft}},
	"documents": {readDesk, {policy.Read, policy.Document, cop.Internal}}, "document-add": {readDesk, {policy.Create, policy.Document, cop.Internal}},
	"document-edit": {readDesk, {policy.Edit, policy.Document, cop.Internal}}, "document-save": {readDesk, {policy.Edit, policy.Document, cop.Internal}},
	"document-withdraw": {readDesk, {policy.Edit, policy.Document, cop.Internal}},
	"priorities":        {readDesk, {policy.Read, policy.Priority, ""}}, "priority-add": {readDesk, {policy.Create, policy.Priority, ""}},
	"priority": {readDesk, {policy.Read, policy.Priority, ""}}, "priority-change": {readDesk, {policy.Edit, policy.Priority, ""}},
	"cop-departments": {readDesk}, "cop-department-open": {readDesk, editCOP}, "template": {readDesk}, "template-save": {readDesk, editCOP},
	"cop-settings": {readDesk, editCOP}, "cop-save": {readDesk, editCOP},
	"cop-journal": {readDesk, {policy.Read, policy.Journal, ""}}, "cop-journal-csv": {readDesk, {policy.Export, policy.Journal, ""}},
	"renewal-desk": {readDesk, {policy.Judge, policy.Action, ""}}, "renewal-act": {readDesk, {policy.Judge, policy.Action, ""}},
	"adaptation-desk": {readDesk, {policy.Read, policy.Priority, ""}}, "adaptation-new": {readDesk, {policy.Read, policy.Priority, ""}, {policy.Create, policy.Priority, ""}}, "adaptation-add": {readDesk, {policy.Create, policy.Priority, ""}},
	"adaptation-edit": {readDesk, {policy.Read, policy.Priority, ""}}, "adaptation-save": {readDesk, {policy.Edit, policy.Priority, ""}},
	"adaptation-import": {readDesk, {policy.Read, policy.Priority, ""}, {policy.Create, policy.Priority, ""}}, "adaptation-send": {readDesk, {policy.Create, policy.Priority, ""}}, "adaptation-apply": {readDesk, {policy.Create, policy.Priority, ""}},
	"feed-change": {readDesk, {policy.Read, policy.Meeting, cop.Internal}}, "desk-delegate": {readDesk, {policy.Create, policy.Delegation, ""}},
}

// forms are what a refused POST sends: complete, so that a right alone refuses
// it.
var forms = map[string]url.Values{
	"desk-event": {"stage": {"preparation"}, "mark": {"done"}, "day": {"2026-02-01"}}, "desk-tick": {"key": {"preparation/panorama"}, "done": {"1"}},
	"event-change": {"do": {"retract"}, "reason": {"erreur"}}, "news-add": {"title": {"T"}, "text": {"T"}},
	"meeting-plan": {"title": {"T"}, "kind": {"atelier"}, "stage": {"debat"}, "day": {"2026-03-20"}, "part": {"internal"}}, "meeting-add": {"title": {"T"}, "kind": {"atelier"}, "stage": {"debat"}, "day": {"2026-03-20"}, "part": {"public"}}, "document-withdraw": {"rev": {"1"}, "reason": {"erreur"}},
	"priority-add": {"title": {"T"}}, "priority-change": {"do": {"edit"}, "rev": {"1"}, "title": {"Volé"}}, "cop-department-open": {"department": {"68"}, "heads": {"one"}},
	"template-save": {"rev": {"0"}, "stages": {"preparation"}}, "cop-save": {"do": {"cop"}, "rev": {"1"}, "name": {"Volé"}, "patience": {"30"}}, "feed-change": {"do": {"new"}},
	"renewal-act":    {"do": {"choose"}, "rev": {"0"}},
	"adaptation-add": {"title": {"Volé"}}, "adaptation-save": {"rev": {"1"}, "title": {"Volé"}}, "adaptation-send": {}, "adaptation-apply": {"run": {"absent"}, "rev": {"1"}},
	"desk-delegate": {"person": {"x"}, "reach": {"all"}, "from": {"2026-03-01"}, "to": {"2026-03-31"}, "decision": {"arrêté"}},
}

// rowsOf counts the rows of some tables, and of the journal.
func (s *site) rowsOf(tables []string) string {
	s.t.Helper()
	parts := make([]string, 0, len(tables)+1)
	for _, x := range append(slices.Clone(tables), "journal") {
		parts = append(parts, "(SELECT COUNT(*) FROM "+x+")")
	}
	var n int64
	if err := s.d.QueryRow(s.t.Context(), "SELECT "+strings.Join(parts, " + ")).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return strconv.FormatInt(n, 10)
}

// Each role opens the private pages of a region's COP and of a département's as
// the table of rights says, and no other; what is refused writes nothing.
func TestRightsOnEachPageOfACOP(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ctx := t.Context()
		boss := policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
		m, err := s.store.Model(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.cops.OpenCycle(ctx, boss, "2025", m.Tree()); err != nil {
			t.Fatal(err)
		}
		dept, err := m.Tree().Dept("67")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.cops.OpenDepartment(ctx, boss, "2025-r44", dept, true); err != nil {
			t.Fatal(err)
		}
		// What the addresses with an id name, in each of the two COPs.
		ids := map[string]map[string]string{}
		for _, id := range []string{"2025-r44", "2025-d67"} {
			writer := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: id}}}
			e, _, err := s.cops.AddEvent(ctx, writer, id, cop.NewEvent{Stage: cop.Preparation, Mark: cop.Opened, Day: "2026-01-01"})
			if err != nil {
				t.Fatal(err)
			}
			x, err := s.cops.AddDocument(ctx, writer, id, cop.NewDocument{Title: "T", Kind: cop.DecisionDoc, Stage: cop.Launch, Day: "2026-01-01", Part: cop.Internal}, bytes.NewReader(pdf), blob.Claim{Name: "a.pdf"})
			if err != nil {
				t.Fatal(err)
			}
			ids[id] = map[string]string{"event": e.ID, "event-change": e.ID, "document-edit": x.ID, "document-save": x.ID, "document-withdraw": x.ID}
		}
		writer := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: "2025-d67"}}}
		x, err := s.cops.AddPriority(ctx, writer, "2025-d67", cop.NewPriority{Title: "T"})
		if err != nil {
			t.Fatal(err)
		}
		ids["2025-d67"]["priority"], ids["2025-d67"]["priority-change"] = x.ID, x.ID
		ids["2025-d67"]["adaptation-edit"], ids["2025-d67"]["adaptation-save"] = x.ID, x.ID
		var tables []string
		for _, x := range cop.Tables() {
			if x.Name != "cop_visit" { // reading the desk notes the visit
				tables = append(tables, x.Name)
			}
		}

		type who struct {
			role        policy.Role
			kind, scope string
		}
		var all []who
		for _, role := range policy.Roles() {
			switch role {
			case policy.Operator:
			case policy.NationalAdmin, policy.NationalReader:
				all = append(all, who{role, "nation", ""})
			default:
				all = append(all, who{role, "region", "44"}, who{role, "department", "67"}, who{role, "region", "53"})
			}
		}
		seen := map[string]bool{}
		for _, w := range all {
			email := string(w.role) + w.scope + "@exemple.fr"
			c, base := s.signIn(email, w.role, w.kind, w.scope)
			g, err := s.accounts.Appoint(ctx, email, "", w.role, w.kind, w.scope, "")
			if err != nil {
				t.Fatal(err)
			}
			actor, err := s.accounts.Actor(ctx, g.Account)
			if err != nil {
				t.Fatal(err)
			}
			for _, rt := range web.Routes() {
				rest, private := strings.CutPrefix(rt.Pattern, "/regions/{slug}/cycles/{cycle}/")
				id := "2025-r44"
				if !private {
					rest, private = strings.CutPrefix(rt.Pattern, "/departements/{code}/cycles/{cycle}/")
					id = "2025-d67"
				}
				if !private || rest == "calendrier.ics" || rest == "archive" || !rt.SignIn {
					continue
				}
				wants, known := needs[rt.Name]
				if _, twin := foreseenLike(rt.Name); !known && twin {
					continue // TestEveryRoleAtThePagesOfALaterCycle walks it
				}
				if !known {
					// What names an act, a meeting or news needs one: their own tests read it.
					if !slices.Contains([]string{"desk-act", "meeting-save", "news-change", "adaptation-draft-sheets", "adaptation-draft-file", "adaptation-columns", "adaptation-map", "adaptation-preview", "adaptation-verdicts"}, rt.Name) {
						t.Errorf("the walk does not know %s", rt.Name)
					}
					continue
				}
				if strings.Contains(rest, "{id}") && ids[id][rt.Name] == "" || id == "2025-d67" && strings.HasPrefix(rt.Name, "cop-department") {
					continue
				}
				of, err := cop.Find(ctx, d, id)
				if err != nil {
					t.Fatal(err)
				}
				want := http.StatusOK
				for _, n := range wants {
					thing := of.Thing(n.kind)
					thing.Part = n.part
					if err := policy.Check(actor, n.verb, thing); err != nil && want == http.StatusOK {
						want = apperr.Status(err)
					}
				}
				seen[rt.Name] = true
				address := base + of.Path() + "/" + strings.ReplaceAll(rest, "{id}", ids[id][rt.Name])
				if rt.Method == http.MethodGet {
					if p := s.visit(c, address, nil); p.StatusCode != want {
						t.Errorf("%s of %s reads %s: %s, want %d", w.role, w.scope, strings.TrimPrefix(address, base), p.Status, want)
					}
					continue
				}
				if want == http.StatusOK {
					continue // what it then does is in the tests of each page
				}
				before := s.rowsOf(tables)
				var p page
				if rt.Name == "document-add" || rt.Name == "document-save" {
					p = s.send(c, address, url.Values{"rev": {"1"}, "title": {"Volé"}, "kind": {"decision"}, "stage": {"lancement"}, "day": {"2026-02-27"}, "part": {"internal"}}, "a.pdf", bytes.NewReader(pdf))
				} else {
					p = s.visit(c, address, forms[rt.Name])
				}
				if p.StatusCode != want && p.StatusCode != http.StatusNotFound && p.StatusCode != http.StatusForbidden {
					t.Errorf("%s of %s posts to %s: %s, want %d", w.role, w.scope, strings.TrimPrefix(address, base), p.Status, want)
				}
				if after := s.rowsOf(tables); after != before {
					t.Errorf("%s of %s posted to %s, was answered %s, and something was written: %s then %s", w.role, w.scope, strings.TrimPrefix(address, base), p.Status, before, after)
				}
			}
			want := http.StatusNotFound
			if w.role == policy.NationalAdmin {
				want = http.StatusOK
			}
			for _, path := range []string{"/national/cycles", "/national/cycles/2025"} {
				if p := s.visit(c, base+path, nil); p.StatusCode != want {
					t.Errorf("%s at %s: %s, want %d", w.role, path, p.Status, want)
				}
			}
			if want == http.StatusOK {
				continue
			}
			before := s.rowsOf(tables)
			for path, form := range map[string]url.Values{"/national/cycles": {"code": {"2029"}, "name": {"V"}, "subject": {"V"}, "framework": {"2026"}, "axes": {"eau"}, "like": {"2026"}}, "/national/cycles/2025": {"rev": {"1"}, "name": {"V"}},
				"/national/cycles/2026/ouvrir": {}, "/national/cycles/2025/modele": {"rev": {"1"}, "stages": {"preparation"}}} {
				if p := s.visit(c, base+path, form); p.StatusCode != http.StatusNotFound {
					t.Errorf("%s posts to %s: %s", w.role, path, p.Status)
				}
			}
			if after := s.rowsOf(tables); after != before {
				t.Errorf("%s changed a cycle: %s then %s", w.role, before, after)
			}
		}
		for name := range needs {
			if !seen[name] {
				t.Errorf("no role tried %s", name)
			}
		}
	})
}
