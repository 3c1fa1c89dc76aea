package opendata_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"

	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/testkit"
	"jalon/internal/web/opendata"
	"jalon/internal/web/sheets"
	"jalon/internal/web/shell"
	"jalon/internal/web/texts"
)

var (
	team     = policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "44")}}}
	bretagne = policy.Actor{Person: "ailleurs", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "53")}}}
	expert   = policy.Actor{Person: "experte", Grants: []policy.Grant{{Role: policy.Expert, COP: cop.RegionID(cop.First, "44")}}}
)

// serve answers the pages of these rooms to one actor.
func (m *rooms) serve(a policy.Actor, cookie string) http.Handler {
	frame := &shell.Shell{BaseURL: "https://jalon.example", Now: m.survey.Now}
	all := map[string]shell.Handler{}
	for _, hs := range []map[string]shell.Handler{opendata.Handlers(opendata.Deps{Shell: frame, Model: m.model, Q: m.d, Room: m.open}), texts.Handlers(texts.Deps{Shell: frame, Model: m.model, Q: m.d, Room: m.survey}),
		sheets.Handlers(sheets.Deps{Shell: frame, Model: m.model, Q: m.d, Room: m.survey, Knowledge: m.known})} {
		for name, h := range hs {
			all[name] = h
		}
	}
	mux := http.NewServeMux()
	for pattern, name := range map[string]string{"GET /regions/{slug}/bureau/questionnaire/textes": "survey-texts", "POST /regions/{slug}/bureau/questionnaire/textes": "survey-texts-review",
		"GET /regions/{slug}/bureau/questionnaire/donnees": "open-desk", "POST /regions/{slug}/bureau/questionnaire/donnees": "open-publish", "POST /regions/{slug}/bureau/questionnaire/donnees/accords": "open-consent",
		"GET /donnees/questionnaire": "open-list", "GET /donnees/questionnaire/{cycle}/{slug}/{edition}": "open-edition", "GET /donnees/questionnaire/{cycle}/{slug}/{edition}/{file}": "open-file", "GET /reponses/{id}/fiche": "sheet"} {
		h := all[name]
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r = r.WithContext(shell.With(r.Context(), shell.Who{Account: a.Person, Actor: a}))
			if cookie != "" {
				r.AddCookie(&http.Cookie{Name: "jalon_sieges", Value: cookie})
			}
			if err := h(w, r); err != nil {
				http.Error(w, apperr.Message(err), apperr.Status(err))
			}
		})
	}
	return mux
}

func ask(h http.Handler, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if form != nil {
		r = httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func holds(t *testing.T, w *httptest.ResponseRecorder, status int, words ...string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("%d, want %d: %.300s", w.Code, status, w.Body)
	}
	text := strings.ReplaceAll(w.Body.String(), "\u00a0", " ")
	for _, x := range words {
		if !strings.Contains(text, x) {
			t.Errorf("%q is not in the page", x)
		}
	}
}

const desk = "/regions/grand-est/bureau/questionnaire"

func TestOpenDataFromDeskToFiles(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := newRooms(t, d)
		h := m.serve(team, "")
		holds(t, ask(h, desk+"/donnees", nil), 200, "Pas encore de campagne")
		holds(t, ask(h, desk+"/textes", nil), 200, "Pas encore de campagne")
		holds(t, ask(h, "/donnees/questionnaire", nil), 200, "Rien à télécharger")
		ids := m.fill(t, 120)
		for who, want := range map[string]struct {
			a    policy.Actor
			code int
		}{"nobody": {policy.Actor{}, 404}, "another region": {bretagne, 404}, "an expert": {expert, 404}} {
			for _, page := range []string{"/donnees", "/textes"} {
				if w := ask(m.serve(want.a, ""), desk+page, nil); w.Code != want.code {
					t.Errorf("%s at %s: %d", who, page, w.Code)
				}
			}
			if w := ask(m.serve(want.a, ""), desk+"/donnees", url.Values{"edition": {"1"}}); w.Code != want.code {
				t.Errorf("%s publishes: %d", who, w.Code)
			}
		}
		holds(t, ask(h, desk+"/donnees", nil), 200, "Publier l’édition 1", "régions et départements", "Département de l’Aube", "communes")
		holds(t, ask(h, desk+"/donnees", url.Values{"edition": {"7"}}), 409, "Rien n’a été publié")
		// A consent with no document comes back as it was typed; one written is kept.
		aube := ids["departement-10"] + ":0"
		holds(t, ask(h, desk+"/donnees/accords", url.Values{"response": {aube}, "state": {"given"}, "day": {"2026-12-01"}, "document": {" "}}), 400, "Nommez le document", `value="2026-12-01"`)
		holds(t, ask(h, desk+"/donnees/accords", url.Values{"response": {aube}, "state": {"given"}, "day": {"2026-12-01"}, "document": {"Courrier n° 12"}}), 303)
		holds(t, ask(h, desk+"/donnees", nil), 200, "Courrier n° 12", "publiée seule")
		holds(t, ask(h, desk+"/donnees", url.Values{"edition": {"1"}}), 303)
		holds(t, ask(h, desk+"/donnees", nil), 200, "Rien d’assez nouveau", "1 édition publiée")
		holds(t, ask(m.serve(policy.Actor{}, ""), "/donnees/questionnaire", nil), 200, "1 édition publiée", "Grand Est")
		at := "/donnees/questionnaire/" + cop.First + "/grand-est/1"
		public := m.serve(policy.Actor{}, "")
		w := ask(public, at, nil)
		holds(t, w, 200, "édition 1", "reponses.csv", "lisez-moi.md", "https://jalon.example"+at, "Qui est compté avec qui")
		for _, wrong := range []string{"/2", "/x", "/1/secret.csv", "/1/..%2f"} {
			if w := ask(public, strings.TrimSuffix(at, "/1")+wrong, nil); w.Code != 404 {
				t.Errorf("%s: %d", wrong, w.Code)
			}
		}
		for _, name := range []string{"groupes", "reponses", "questions", "modalites"} {
			for _, ext := range []string{".csv", ".json", ".xlsx"} {
				f := ask(public, at+"/"+name+ext, nil)
				sum := sha256.Sum256(f.Body.Bytes())
				if f.Code != 200 || !strings.Contains(w.Body.String(), hex.EncodeToString(sum[:])) {
					t.Errorf("%s%s: %d, digest not on the page", name, ext, f.Code)
				}
				if ext == ".json" && !json.Valid(f.Body.Bytes()) {
					t.Errorf("%s.json is not JSON", name)
				}
				if _, err := zip.NewReader(bytes.NewReader(f.Body.Bytes()), int64(f.Body.Len())); ext == ".xlsx" && err != nil {
					t.Errorf("%s.xlsx: %v", name, err)
				}
			}
		}
		readBack(t, public, at)
	})
}

// readBack reads the answers as anyone would: every group has five respondents or
// consented, choices add up to them, and nobody's name or words are in a file.
func readBack(t *testing.T, public http.Handler, at string) {
	t.Helper()
	read := func(name string) (rows [][]string) {
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(ask(public, at+"/"+name, nil).Body.Bytes(), []byte("\xef\xbb\xbf"))))
		r.Comma = ';'
		rows, err := r.ReadAll()
		if err != nil || len(rows) < 2 {
			t.Fatalf("%s: %d rows, %v", name, len(rows), err)
		}
		return rows[1:]
	}
	size := map[string]int{}
	for _, row := range read("groupes.csv") {
		n, err := strconv.Atoi(row[6])
		if err != nil || n < 5 && row[1] != "accord" {
			t.Errorf("%v", row)
		}
		size[row[0]] = n
	}
	many := map[string]bool{}
	for _, row := range read("questions.csv") {
		many[row[0]] = row[7] == "plusieurs"
	}
	sum := map[[2]string]int{}
	for _, row := range read("reponses.csv") {
		n, err := strconv.Atoi(row[3])
		if err != nil || n < 0 || row[4] != strconv.Itoa(size[row[0]]) {
			t.Fatalf("%v", row)
		}
		sum[[2]string{row[0], row[1]}] += n
	}
	for key, n := range sum {
		if n != size[key[0]] && !many[key[1]] {
			t.Errorf("%v adds up to %d of %d", key, n, size[key[0]])
		}
	}
	for _, name := range []string{"groupes.csv", "reponses.csv", "questions.csv", "modalites.csv", "lisez-moi.md"} {
		body := ask(public, at+"/"+name, nil).Body.String()
		for _, secret := range []string{"r0001", "Strasbourg", "Martin", "citerne", "epci-2", "commune-"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s tells %q", name, secret)
			}
		}
	}
	notes := strings.ReplaceAll(ask(public, at+"/lisez-moi.md", nil).Body.String(), "\u00a0", " ")
	for _, want := range []string{"au moins 5 répondants", "Licence Ouverte 2.0", "`compte_depuis`", "Ce qui n’est pas publié", "un à quatre"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes do not say %q", want)
		}
	}
}

var readingOf = regexp.MustCompile(`name="texte" value="([^"]+)"`)

func TestTextsAreReadThenReviewed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := newRooms(t, d)
		m.fill(t, 60)
		h := m.serve(team, "")
		w := ask(h, desk+"/textes", nil)
		holds(t, w, 200, "textes libres", "Par thème", "publiable", "dit presque pareil par")
		holds(t, ask(h, desk+"/textes?vue=themes", nil), 200, "Mots du thème", "pas un classement")
		holds(t, ask(h, desk+"/textes?vue=semblables", nil), 200, "textes semblables")
		holds(t, ask(h, desk+"/textes?q=Martin", nil), 200, "peut-être une donnée personnelle", "06 12 34 56 78", "Mme Martin")
		holds(t, ask(h, desk+"/textes?q=introuvable", nil), 200, "Aucun texte à cette adresse")
		holds(t, ask(h, desk+"/textes?etat=magie", nil), 400)
		for _, odd := range []string{"?suite=999999", "?theme=99", "?groupe=-3", "?vue=x&q=%00%ff", "?levier=inconnu", "?q=" + strings.Repeat("a", 5000)} {
			if w := ask(h, desk+"/textes"+odd, nil); w.Code != 200 {
				t.Errorf("%.40s: %d", odd, w.Code)
			}
		}
		all := readingOf.FindAllStringSubmatch(w.Body.String(), -1)
		if len(all) != 30 {
			t.Fatalf("%d texts on the page", len(all))
		}
		one := strings.Split(all[0][1], ":")[0]
		form := url.Values{"texte": {all[0][1], all[1][1]}, "etat-" + one: {string(survey.Publishable)}}
		holds(t, ask(h, desk+"/textes", url.Values{"texte": {all[0][1]}}), 400, "aucun texte")
		holds(t, ask(h, desk+"/textes", url.Values{"texte": {one + ":x:unread"}, "etat-" + one: {"publishable"}}), 400)
		for name, a := range map[string]policy.Actor{"nobody": {}, "another region": bretagne, "an expert": expert} {
			if w := ask(m.serve(a, ""), desk+"/textes", form); w.Code != 404 {
				t.Errorf("reviewed by %s: %d", name, w.Code)
			}
		}
		holds(t, ask(h, desk+"/textes?etat=unread", form), 303)
		holds(t, ask(h, desk+"/textes", form), 409, "Rien n’a été enregistré")
		if p, err := survey.PublishableTexts(t.Context(), d, "c44"); err != nil || len(p) != 1 || p[0].ID != one {
			t.Errorf("%+v %v", p, err)
		}
	})
}

func TestOwnSheet(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := newRooms(t, d)
		ids := m.fill(t, 60)
		var id, code string
		for c, x := range ids {
			if strings.HasPrefix(c, "epci-") && (id == "" || x < id) {
				id, code = x, c
			}
		}
		writer := policy.Actor{Person: "redacteur", Grants: []policy.Grant{{Role: policy.Writer, Org: code}}}
		other := policy.Actor{Person: "voisin", Grants: []policy.Grant{{Role: policy.Writer, Org: "epci-000000000"}}}
		for name, c := range map[string]struct {
			a    policy.Actor
			want int
		}{"its writer": {writer, 200}, "the team": {team, 200}, "nobody": {policy.Actor{}, 404}, "a neighbour": {other, 404}, "another region": {bretagne, 404}, "an expert": {expert, 404}} {
			if w := ask(m.serve(c.a, ""), "/reponses/"+id+"/fiche", nil); w.Code != c.want {
				t.Errorf("%s: %d", name, w.Code)
			}
		}
		w := ask(m.serve(writer, ""), "/reponses/"+id+"/fiche", nil)
		holds(t, w, 200, "version 1, validée le", "collectivités semblables", "/chiffres/panorama/", "Covoiturage", "Chercher une aide par levier", "points forts", "Revenir à votre réponse")
		if n := strings.Count(ask(m.serve(team, ""), "/reponses/"+id+"/fiche", nil).Body.String(), "Revenir à votre réponse"); n != 0 {
			t.Error("the team is led to a table where it does not sit")
		}
		// Whoever holds a link sits by a cookie, at the table of one response, until the
		// seat is ended.
		if _, err := db.Insert(t.Context(), d, "response_seat", strings.Fields("id response_id role name email title account sections token_hash code_hash by at"),
			[][]any{{"siege", id, "writer", "Élise", "elise@exemple.fr", "", "", "", "x", "", "", 0}}, ""); err != nil {
			t.Fatal(err)
		}
		seated := m.serve(policy.Actor{}, m.survey.Cookie([]string{"siege"}))
		holds(t, ask(seated, "/reponses/"+id+"/fiche", nil), 200, "Revenir à votre réponse")
		if w := ask(seated, "/reponses/"+ids["departement-10"]+"/fiche", nil); w.Code != 404 {
			t.Errorf("the seat of another response: %d", w.Code)
		}
		if w := ask(m.serve(policy.Actor{}, "forgé"), "/reponses/"+id+"/fiche", nil); w.Code != 404 {
			t.Errorf("a forged cookie: %d", w.Code)
		}
		if _, err := d.Exec(t.Context(), `UPDATE response_seat SET ended_at = 1 WHERE id = $1`, "siege"); err != nil {
			t.Fatal(err)
		}
		if w := ask(seated, "/reponses/"+id+"/fiche", nil); w.Code != 404 {
			t.Errorf("an ended seat: %d", w.Code)
		}
		// The Région is alone of its kind: no comparison, and the page says why.
		holds(t, ask(m.serve(team, ""), "/reponses/"+ids["region-44"]+"/fiche", nil), 200, "Moins de cinq collectivités semblables")
		// What is drafted and not validated yet is said to be so.
		for _, x := range []string{`UPDATE response SET seq = 0, state = 'started' WHERE id = $1`, `DELETE FROM answer WHERE response_id = $1`} {
			if _, err := d.Exec(t.Context(), x, id); err != nil {
				t.Fatal(err)
			}
		}
		holds(t, ask(m.serve(writer, ""), "/reponses/"+id+"/fiche", nil), 200, "pas encore validée")
		if w := ask(m.serve(writer, ""), "/reponses/inconnue/fiche", nil); w.Code != 404 {
			t.Errorf("unknown: %d", w.Code)
		}
	})
}
