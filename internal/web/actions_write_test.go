package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/link"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

const strasbourg = "epci-246700488"

// written reads an action as it is kept.
func (s *site) written(id string) action.Action {
	s.t.Helper()
	c, err := cop.OfRegion(s.t.Context(), s.d, "44")
	if err != nil {
		s.t.Fatal(err)
	}
	x, _, err := action.Find(s.t.Context(), s.d, policy.Actor{Person: "lit", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return x
}

// proposed has somebody of an authority propose an action, and returns it.
func (s *site) proposed(c *http.Client, base, query string, more url.Values) action.Action {
	s.t.Helper()
	f := url.Values{"title": {"Planter des haies champêtres"}, "summary": {"Avec les agriculteurs."}, "kind": {"sectoral"}, "lever": {"gestion-haies"}, "places": {"Eurométropole de Strasbourg"}}
	for k, v := range more {
		f[k] = v
	}
	p := s.visit(c, base+"/regions/grand-est/actions/nouvelle"+query, f)
	at := strings.Split(p.Request.URL.Path, "/")
	if p.StatusCode != http.StatusOK || len(at) < 4 || at[3] != "modifier" {
		s.t.Fatalf("proposed: %s at %s: %s", p.Status, p.Request.URL, p.text("main"))
	}
	return s.written(at[2])
}

// rev is the revision of a form of a page.
func formRev(p page) string {
	_, after, _ := strings.Cut(p.body, `name="rev" value="`)
	rev, _, _ := strings.Cut(after, `"`)
	return rev
}

// Somebody of an authority proposes an action in one page, from a contribution: the form
// is filled, the draft is linked to it, and each part is written on its own page.
func TestAnActionIsProposedAndWritten(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.seedOrganisations()
		c, err := cop.OfRegion(t.Context(), s.d, "44")
		if err != nil {
			t.Fatal(err)
		}
		post := s.contributed(c.ID, "44", "Des haies partout")
		writer, base := s.signIn("epci@exemple.fr", policy.Writer, "organisation", strasbourg)
		from := base + "/regions/grand-est/contributions/" + post.ID
		if p := s.visit(writer, from, nil); !strings.Contains(p.body, `href="/regions/grand-est/actions/nouvelle?contribution=`+post.ID+`"`) {
			t.Errorf("nothing leads from a contribution to an action: %s", p.text("main"))
		}
		p := s.visit(writer, base+"/regions/grand-est/actions/nouvelle?contribution="+post.ID+"&levier=gestion-haies&etape=study", nil)
		for _, want := range []string{"Des haies partout", "sera liée à", "Eurométropole de Strasbourg", `value="study" selected`, `value="gestion-haies" selected`} {
			if !strings.Contains(p.body, want) {
				t.Errorf("the form does not say %q: %s", want, p.Status)
			}
		}
		x := s.proposed(writer, base, "?contribution="+post.ID, url.Values{"step": {"study"}})
		if x.State != action.Draft || x.Holder.Org != strasbourg || x.Theme == "" || x.Step != "study" || len(x.Places) != 1 || x.Places[0].Territory != "epci:246700488" {
			t.Errorf("kept as %+v", x)
		}
		ends, err := link.From(t.Context(), s.d, link.End{Kind: link.Action, ID: x.ID})
		if err != nil || len(ends) != 1 || ends[0].To.ID != post.ID {
			t.Errorf("linked to %v %v", ends, err)
		}
		if p := s.visit(writer, base+"/actions/"+x.ID+"/modifier", nil); !strings.Contains(p.text("#parties"), "un contact") || !strings.Contains(p.body, "/actions/"+x.ID+"/grille") {
			t.Errorf("progress: %s", p.text("main"))
		}
		other := s.proposed(writer, base, "", url.Values{"title": {"Former les élus au vélo"}, "kind": {"cross"}, "lever": {""}, "cross": {"sante"}})
		at := base + "/actions/" + x.ID + "/modifier/"
		save := func(part string, f url.Values) page {
			t.Helper()
			f.Set("rev", formRev(s.visit(writer, at+part, nil)))
			return s.visit(writer, at+part, f)
		}
		for part, f := range map[string]url.Values{
			"presentation":        {"title": {"Planter 40 km de haies"}, "summary": {"Avec la chambre."}, "kind": {"sectoral"}, "lever": {"gestion-haies"}},
			"leviers-territoires": {"places": {"Bas-Rhin ; 60 %\n68 ; 40"}, "levers": {"covoiturage"}},
			"porteurs":            {"holder": {"Eurométropole de Strasbourg"}, "contact": {"Mme Muller"}, "email": {"m@exemple.fr"}, "partners.0.name": {"Chambre d’agriculture"}, "partners.0.state": {"co-holder"}, "partners.0.role": {"Anime"}},
			"calendrier":          {"starts": {"03/2026"}, "ends": {"2029"}, "phase": {"study"}, "status": {"late"}, "status_reason": {"Marché infructueux."}},
			"apports":             {"impacts.gestion-haies.class": {"quantified"}, "impacts.gestion-haies.quantity": {"40,5"}, "impacts.gestion-haies.low": {"30"}, "impacts.gestion-haies.high": {"50"}, "impacts.gestion-haies.unit": {"km"}, "impacts.gestion-haies.gross": {"1"}, "impacts.gestion-haies.ramp": {"2028 ; 50 %"}},
			"budget":              {"invest": {"1,2 M€"}, "fte": {"0,5"}, "funding.0.funder": {"Région"}, "funding.0.amount": {"200 000,50"}, "funding.0.state": {"granted"}, "funding.1.funder": {"Agence de l’eau"}, "funding.1.amount": {"100 k€"}, "funding.1.state": {"asked"}},
			"indicateurs":         {"indicators.0.name": {"Haies plantées"}, "indicators.0.unit": {"km"}, "indicators.0.target": {"40"}, "indicators.0.year": {"2030"}, "indicators.0.values": {"14/03/2026 ; 2,5 ; comptage\n2025 ; 1"}},
			"taches":              {"tasks.0.title": {"Choisir les parcelles"}, "tasks.0.who": {"Mme Muller"}, "tasks.0.due": {"2026-06"}},
			"freins":              {"obstacles.0.text": {"Les plants manquent."}},
			"liens":               {"relations.0.kind": {"depends"}, "relations.0.other": {strconv.FormatInt(other.Seq, 10)}},
			"visibilite":          {"hidden": {"budget", "contact"}},
		} {
			if p := save(part, f); p.StatusCode != http.StatusOK || !strings.Contains(p.Request.URL.RawQuery, "fait=partie") || !strings.Contains(p.text("main"), "C’est enregistré") {
				t.Errorf("%s: %s %s", part, p.Status, p.text("main"))
			}
		}
		x = s.written(x.ID)
		if x.Title != "Planter 40 km de haies" || len(x.Levers) != 2 || *x.Places[0].Share != 6000 || x.Places[1].Territory != "department:68" || len(x.CoHolders) != 1 || x.Holder.Org != strasbourg ||
			x.Starts != "2026-03" || x.StatusOn == "" || x.Impacts[0].Kg == nil || !x.Impacts[0].Gross || len(x.Impacts[0].Ramp) != 1 || *x.Budget.Invest != 120_000_000 || *x.Budget.FTE != 50 || *x.Funding[0].Amount != 20_000_050 ||
			len(x.Indicators[0].Values) != 2 || x.Indicators[0].Values[0].Day != "2025" || x.Tasks[0].Due != "2026-06" || x.Met[0].Text == "" || len(x.Relations) != 1 || len(x.Hidden) != 2 {
			t.Errorf("written: %+v", x)
		}
		back := s.visit(writer, at+"liens", nil).filled("#retirer")
		back.Set("unlink", link.Contribution+"/"+post.ID)
		if p := s.visit(writer, at+"liens", back); strings.Contains(p.body, from[len(base):]) || len(s.written(x.ID).Relations) != 1 {
			t.Errorf("given up: %s", p.text("main"))
		}
		again := s.visit(writer, at+"liens", nil).filled("#formulaire")
		again.Set("add", from)
		if p := s.visit(writer, at+"liens", again); !strings.Contains(p.body, from[len(base):]) || len(s.written(x.ID).Relations) != 1 {
			t.Errorf("linked by its address: %s", p.text("main"))
		}
		if p := s.visit(writer, at+"budget", nil); !strings.Contains(p.text("#reste"), "999 999,50") || !strings.Contains(p.text("#reste"), "100 000") {
			t.Errorf("the gap: %s", p.text("#reste"))
		}
		if p := s.visit(writer, at+"apports", nil); !strings.Contains(p.text("#calcul"), "CO₂e") || !strings.Contains(p.text("#calcul"), "Quantité brute") {
			t.Errorf("computed: %s", p.text("#calcul"))
		}
		// What is shown is read back as itself: saving twice changes nothing but the revision.
		for _, part := range []string{"presentation", "leviers-territoires", "porteurs", "calendrier", "apports", "budget", "indicateurs", "taches", "freins", "liens", "visibilite"} {
			before := s.written(x.ID)
			p := s.visit(writer, at+part, nil)
			if q := s.visit(writer, at+part, p.filled("#formulaire")); !strings.Contains(q.Request.URL.RawQuery, "fait=partie") {
				t.Errorf("%s sent again: %s", part, q.text("main"))
			}
			if diff := action.Diff(before, s.written(x.ID), action.Words{}); len(diff) > 0 {
				t.Errorf("%s sent as it is shown changes %v", part, diff)
			}
		}
	})
}

// Two people write two parts: both are kept. They write the same one: the second reads
// both versions, with what they typed, and keeps theirs by sending it again.
func TestTwoWritersOfAnAction(t *testing.T) {
	s := sqlite(t)
	s.seedOrganisations()
	writer, base := s.signIn("epci@exemple.fr", policy.Writer, "organisation", strasbourg)
	team, teamBase := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
	x := s.proposed(writer, base, "", nil)
	mine, theirs := base+"/actions/"+x.ID+"/modifier/", teamBase+"/actions/"+x.ID+"/modifier/"
	if p := s.visit(team, theirs+"calendrier", url.Values{"rev": {"1"}, "starts": {"2026"}}); !strings.Contains(p.Request.URL.RawQuery, "fait=partie") {
		t.Fatalf("the team: %s", p.text("main"))
	}
	if p := s.visit(writer, mine+"freins", url.Values{"rev": {"1"}, "obstacles.0.text": {"Les plants manquent."}}); !strings.Contains(p.Request.URL.RawQuery, "fait=partie") {
		t.Errorf("another part: %s %s", p.Status, p.text("main"))
	}
	if x = s.written(x.ID); x.Starts != "2026" || len(x.Met) != 1 || x.Rev != 3 {
		t.Errorf("both are kept: %+v", x)
	}
	p := s.visit(writer, mine+"calendrier", url.Values{"rev": {"1"}, "starts": {"2027"}, "ends": {"2029"}})
	if p.StatusCode != http.StatusConflict || !strings.Contains(p.text("#deux-versions"), "2026") || !strings.Contains(p.text("#deux-versions"), "2027") || formRev(p) != "3" || p.filled("#formulaire").Get("ends") != "2029" {
		t.Errorf("the same part: %s %s", p.Status, p.text("main"))
	}
	s.visit(writer, mine+"calendrier", p.filled("#formulaire"))
	if x = s.written(x.ID); x.Starts != "2027" || x.Ends != "2029" || len(x.Met) != 1 {
		t.Errorf("sent again: %+v", x)
	}
	p = s.visit(writer, base+"/actions/"+x.ID+"/versions/2/reprendre", url.Values{"rev": {"3"}})
	if p.StatusCode != http.StatusConflict || !strings.Contains(p.text("#deux-versions"), "2027") {
		t.Errorf("an old page restores: %s %s", p.Status, p.text("main"))
	}
	s.visit(writer, base+"/actions/"+x.ID+"/versions/2/reprendre", url.Values{"rev": {"4"}})
	if x = s.written(x.ID); x.Starts != "2026" || len(x.Met) != 0 || x.Rev != 5 {
		t.Errorf("restored: %+v", x)
	}
}

// Two people send eight parts each at the same instant: of each part one is kept, and the
// other person reads both versions; nothing of the other parts is lost.
func TestPartsOfAnActionAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.seedOrganisations()
		writer, base := s.signIn("epci@exemple.fr", policy.Writer, "organisation", strasbourg)
		team, teamBase := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		x := s.proposed(writer, base, "", nil)
		fields := map[string]string{"calendrier": "starts", "porteurs": "referent", "budget": "note", "indicateurs": "indicators.0.name", "taches": "tasks.0.title", "freins": "obstacles.0.text", "leviers-territoires": "places", "apports": "impacts.gestion-haies.how"}
		type sent struct {
			part   string
			status int
		}
		out := make(chan sent, 2*len(fields))
		send := func(c *http.Client, base, part, value string) {
			f := url.Values{"rev": {"1"}, fields[part]: {value}}
			if part == "apports" {
				f.Set("impacts.gestion-haies.class", "qualitative")
			}
			res, err := c.PostForm(base+"/actions/"+x.ID+"/modifier/"+part, f)
			if err != nil {
				out <- sent{part, 0}
				return
			}
			out <- sent{part, res.StatusCode}
			_ = res.Body.Close()
		}
		for part := range fields {
			mine, theirs := "ceci dit par l’un", "ceci dit par l’autre"
			switch part {
			case "calendrier":
				mine, theirs = "2026", "2027"
			case "leviers-territoires":
				mine, theirs = "67", "68"
			}
			go send(writer, base, part, mine)
			go send(team, teamBase, part, theirs)
		}
		kept, told := map[string]int{}, map[string]int{}
		for range 2 * len(fields) {
			switch r := <-out; r.status {
			case http.StatusOK:
				kept[r.part]++
			case http.StatusConflict:
				told[r.part]++
			default:
				t.Errorf("%s: %d", r.part, r.status)
			}
		}
		for part := range fields {
			if kept[part] != 1 || told[part] != 1 {
				t.Errorf("%s: kept %d, told %d", part, kept[part], told[part])
			}
		}
		x = s.written(x.ID)
		if x.Rev != int64(1+len(fields)) || x.Starts == "" || x.Referent == "" || x.Budget.Note == "" || len(x.Indicators) != 1 || len(x.Tasks) != 1 || len(x.Met) != 1 || len(x.Impacts) != 1 || len(x.Places) != 1 {
			t.Errorf("kept: %+v", x)
		}
	})
}

// What a form may not say is said beside its field, and all that was typed comes back.
func TestBadInputOfAnAction(t *testing.T) {
	s := sqlite(t)
	s.seedOrganisations()
	writer, base := s.signIn("epci@exemple.fr", policy.Writer, "organisation", strasbourg)
	x := s.proposed(writer, base, "", nil)
	other := s.proposed(writer, base, "", url.Values{"title": {"Acheter des plants locaux"}, "near": {"1"}})
	if p := s.visit(writer, base+"/actions/"+other.ID+"/modifier/liens", url.Values{"rev": {"1"}, "relations.0.kind": {"depends"}, "relations.0.other": {strconv.FormatInt(x.Seq, 10)}}); !strings.Contains(p.Request.URL.RawQuery, "fait=partie") {
		t.Fatalf("tied: %s", p.text("main"))
	}
	haies := func(f url.Values) url.Values {
		out := url.Values{"impacts.gestion-haies.class": {"quantified"}}
		for k, v := range f {
			out["impacts.gestion-haies."+k] = v
		}
		return out
	}
	for name, c := range map[string]struct {
		part, field, says string
		form              url.Values
	}{
		"unit unknown":      {"apports", "impacts.gestion-haies.unit", "unités acceptées", haies(url.Values{"quantity": {"12"}, "unit": {"parsecs"}})},
		"above objective":   {"apports", "impacts.gestion-haies.confirmed", "plus que tout l’objectif", haies(url.Values{"quantity": {"9000"}, "unit": {"km"}})},
		"low above central": {"apports", "impacts.gestion-haies.low", "dépasse", haies(url.Values{"quantity": {"12"}, "low": {"13"}, "unit": {"km"}})},
		"factor no source":  {"apports", "impacts.gestion-haies.source", "source", haies(url.Values{"quantity": {"12"}, "unit": {"plants"}, "factor": {"3"}})},
		"not a ramp":        {"apports", "impacts.gestion-haies.ramp", "se lit mal", haies(url.Values{"quantity": {"12"}, "unit": {"km"}, "ramp": {"bientôt"}})},
		"shares":            {"leviers-territoires", "places", "et non 100", url.Values{"places": {"67 ; 60 %\n68 ; 30 %"}}},
		"two of a name":     {"leviers-territoires", "places", "«", url.Values{"places": {"Saint-Maurice"}}},
		"far away":          {"leviers-territoires", "places", "n’est pas dans la région", url.Values{"places": {"commune:29232"}}},
		"no such lever":     {"leviers-territoires", "levers", "n’existe pas", url.Values{"levers": {"teleportation"}}},
		"end before start":  {"calendrier", "ends", "avant le début", url.Values{"starts": {"2028"}, "ends": {"2026"}}},
		"not a date":        {"calendrier", "starts", "date", url.Values{"starts": {"31/02/2026"}}},
		"late, no reason":   {"calendrier", "status_reason", "Dites pourquoi", url.Values{"status": {"late"}}},
		"foreign amount":    {"budget", "invest", "Écrivez un montant", url.Values{"invest": {"$1,234,567.00.00"}}},
		"negative amount":   {"budget", "funding.0.amount", "négatif", url.Values{"funding.0.funder": {"Région"}, "funding.0.amount": {"-5"}, "funding.0.state": {"asked"}}},
		"nobody funds":      {"budget", "funding.1.funder", "Nommez", url.Values{"funding.1.amount": {"5"}, "funding.1.state": {"asked"}}},
		"circular":          {"liens", "relations.0.kind", "tournent en rond", url.Values{"relations.0.kind": {"depends"}, "relations.0.other": {strconv.FormatInt(other.Seq, 10)}}},
		"no such number":    {"liens", "relations.0.other", "ne porte le numéro", url.Values{"relations.0.kind": {"part"}, "relations.0.other": {"9999"}}},
		"elsewhere":         {"liens", "add", "adresse", url.Values{"add": {"https://exemple.fr/"}}},
		"half an indicator": {"indicateurs", "indicators.0.name", "Nommez", url.Values{"indicators.0.target": {"5"}}},
		"no value":          {"indicateurs", "indicators.0.values", "se lit mal", url.Values{"indicators.0.name": {"Haies"}, "indicators.0.values": {"hier ; beaucoup"}}},
		"no title":          {"presentation", "title", "Donnez un titre", url.Values{"kind": {"sectoral"}, "lever": {"gestion-haies"}}},
		"no theme":          {"presentation", "cross", "Choisissez le thème", url.Values{"title": {"x"}, "kind": {"cross"}}},
		"nothing joined":    {"documents", "file", "Choisissez un document", url.Values{}},
		"hidden of nothing": {"visibilite", "hidden", "Choisissez", url.Values{"hidden": {"tout"}}},
	} {
		t.Run(name, func(t *testing.T) {
			before := s.written(x.ID)
			c.form.Set("rev", "1")
			p := s.visit(writer, base+"/actions/"+x.ID+"/modifier/"+c.part, c.form)
			if got := p.texts(`[id="` + c.field + `-erreur"]`); p.StatusCode != http.StatusBadRequest || len(got) != 1 || !strings.Contains(got[0], c.says) {
				t.Errorf("%s beside %s: %v\n%s", p.Status, c.field, got, p.text("main"))
			}
			back := p.filled("#formulaire")
			for k, v := range c.form {
				if k != "rev" && k != "hidden" && k != "levers" && back.Get(k) != v[0] {
					t.Errorf("%s came back as %q, typed %q", k, back.Get(k), v[0])
				}
			}
			if after := s.written(x.ID); after.Rev != before.Rev {
				t.Errorf("refused, and wrote")
			}
		})
	}
	f := haies(url.Values{"quantity": {"9000"}, "unit": {"km"}, "confirmed": {"1"}})
	f.Set("rev", "1")
	if p := s.visit(writer, base+"/actions/"+x.ID+"/modifier/apports", f); !strings.Contains(p.Request.URL.RawQuery, "fait=partie") || !s.written(x.ID).Impacts[0].Above {
		t.Errorf("confirmed: %s %s", p.Status, p.text("main"))
	}
}

// Only who may write an action opens its forms; one that is near is shown before a draft
// is kept; a retained one asks why.
func TestWhoWritesAnAction(t *testing.T) {
	s := sqlite(t)
	s.seedOrganisations()
	writer, base := s.signIn("epci@exemple.fr", policy.Writer, "organisation", strasbourg)
	x := s.proposed(writer, base, "", nil)
	stranger, strangeBase := s.signIn("ailleurs@exemple.fr", policy.Team, "region", "53")
	farOrg, farBase := s.signIn("guyane@exemple.fr", policy.Writer, "organisation", orgs["guyane"])
	const propose = "/regions/grand-est/actions/nouvelle"
	for _, path := range []string{propose, "/actions/" + x.ID + "/modifier", "/actions/" + x.ID + "/modifier/budget"} {
		if p := s.visit(stranger, strangeBase+path, nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("the team of another region at %s: %s", path, p.Status)
		}
		if p := s.visit(farOrg, farBase+path, nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("an organisation of another region at %s: %s", path, p.Status)
		}
		anyone, anyBase := s.browser()
		if p := s.visit(anyone, anyBase+path, nil); p.Request.URL.Path != "/connexion" {
			t.Errorf("anyone at %s is at %s", path, p.Request.URL)
		}
	}
	if p := s.visit(stranger, strangeBase+"/actions/"+x.ID+"/modifier/freins", url.Values{"rev": {"1"}, "obstacles.0.text": {"x"}}); p.StatusCode != http.StatusNotFound || s.written(x.ID).Rev != 1 {
		t.Errorf("the team of another region writes: %s", p.Status)
	}
	near := url.Values{"title": {"Planter des haies champêtres"}, "kind": {"sectoral"}, "lever": {"gestion-haies"}, "places": {"67"}}
	p := s.visit(writer, base+propose, near)
	if p.StatusCode != http.StatusOK || p.Request.URL.Path != propose || !strings.Contains(p.text("main"), "Une action proche") || !strings.Contains(p.body, "/actions/"+x.ID) {
		t.Errorf("near: %s %s", p.Status, p.text("main"))
	}
	if p = s.visit(writer, base+propose, p.filled("#nouvelle")); !strings.HasSuffix(p.Request.URL.Path, "/modifier") {
		t.Errorf("kept all the same: %s %s", p.Request.URL, p.text("main"))
	}
	file := func(rev string) page {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		part, err := w.CreateFormFile("file", "plan.txt")
		if err == nil {
			_, err = part.Write([]byte("Un plan."))
		}
		for k, v := range map[string]string{"rev": rev, "title": "Le plan"} {
			if err == nil {
				err = w.WriteField(k, v)
			}
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		res, err := writer.Post(base+"/actions/"+x.ID+"/modifier/documents", w.FormDataContentType(), &body)
		if err != nil {
			t.Fatal(err)
		}
		return s.read(res)
	}
	if p := file("1"); !strings.Contains(p.Request.URL.RawQuery, "fait=partie") || len(s.written(x.ID).Files) != 1 {
		t.Fatalf("a document: %s %s", p.Status, p.text("main"))
	}
	if p := s.visit(writer, base+"/actions/"+x.ID+"/modifier/documents", url.Values{"rev": {"2"}, "drop": {s.written(x.ID).Files[0].ID}}); !strings.Contains(p.Request.URL.RawQuery, "fait=partie") || len(s.written(x.ID).Files) != 0 {
		t.Errorf("taken off: %s %s", p.Status, p.text("main"))
	}
	// A lever of another list, that an import brought, is not lost by a form of this one.
	imported := s.written(x.ID)
	imported.Levers = append(imported.Levers, "l25-velo")
	c, err := cop.OfRegion(t.Context(), s.d, "44")
	if err == nil {
		_, err = s.register.Save(t.Context(), s.d, policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}, imported, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"presentation", "leviers-territoires"} {
		at := base + "/actions/" + x.ID + "/modifier/" + part
		if p := s.visit(writer, at, s.visit(writer, at, nil).filled("#formulaire")); !strings.Contains(p.Request.URL.RawQuery, "fait=partie") || len(s.written(x.ID).Levers) != 2 {
			t.Errorf("%s: %v %s", part, s.written(x.ID).Levers, p.text("main"))
		}
	}
	if _, err := s.d.Exec(t.Context(), `UPDATE action SET state = 'qualified' WHERE id = $1`, x.ID); err != nil {
		t.Fatal(err)
	}
	if p := s.visit(writer, base+"/actions/"+x.ID+"/modifier/freins", url.Values{"rev": {formRev(s.visit(writer, base+"/actions/"+x.ID+"/modifier/freins", nil))}, "obstacles.0.text": {"Trop tard."}}); p.StatusCode != http.StatusForbidden || !strings.Contains(p.text("main"), "Elle seule la change") || p.filled("#formulaire").Get("obstacles.0.text") != "Trop tard." {
		t.Errorf("once the team qualified it: %s %s", p.Status, p.text("main"))
	}
	kept := s.retained("Restaurer le bocage", "gestion-haies", "2026", "km", 12, "department:67")
	team, teamBase := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
	at := teamBase + "/actions/" + kept.ID + "/modifier/freins"
	f := s.visit(team, at, nil).filled("#formulaire")
	f.Set("obstacles.0.text", "Les plants manquent.")
	if p := s.visit(team, at, f); p.StatusCode != http.StatusBadRequest || len(p.texts("#reason-erreur")) != 1 {
		t.Errorf("a retained action changed without a reason: %s %s", p.Status, p.text("main"))
	}
	f.Set("reason", "Dit en comité.")
	if p := s.visit(team, at, f); !strings.Contains(p.Request.URL.RawQuery, "fait=partie") {
		t.Errorf("with its reason: %s", p.text("main"))
	}
}
