// Package people measures the pages of those who sign in, on a database that
// holds as many people and acts as the country would.
package people

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/app"
	"jalon/internal/config"
	"jalon/internal/db"
)

const (
	accounts = 100_000
	acts     = 1_000_000
	// organisations are the 36 752 real ones, which the program brings itself at its
	// first start, and as many associations and firms as make 40 000.
	organisations = 40_000
)

// fill writes people and acts by the thousand, as sums of what years would bring.
func fill(b *testing.B, a *app.App) {
	b.Helper()
	ctx := context.Background()
	const chunk = 1000
	for from := 0; from < accounts; from += chunk {
		people, roles := make([][]any, 0, chunk), make([][]any, 0, chunk)
		for i := from; i < from+chunk; i++ {
			id := fmt.Sprintf("0190-%08d", i)
			people = append(people, []any{id, 1, fmt.Sprintf("personne%d@exemple.fr", i), "Personne", "digest", "active", 1})
			kind, scope := "group", fmt.Sprint(i%400)
			if i%2 == 0 { // half take part in their region as a whole
				kind, scope = "region", []string{"11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94", "01", "02", "03", "04", "06"}[i%18]
			}
			roles = append(roles, []any{id, id, "participant", kind, scope, "", 1})
		}
		if err := db.Tx(ctx, a.DB, func(ctx context.Context, tx db.Q) error {
			if _, err := db.Insert(ctx, tx, "account", []string{"id", "rev", "email", "name", "notify", "state", "created_at"}, people, ""); err != nil {
				return err
			}
			_, err := db.Insert(ctx, tx, "role_grant", []string{"id", "account", "role", "scope_kind", "scope", "granted_by", "at"}, roles, "")
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
	organise(b, a)
	for from := 0; from < acts; from += 10 * chunk {
		if err := db.Tx(ctx, a.DB, func(ctx context.Context, tx db.Q) error {
			rows := make([][]any, 0, 10*chunk)
			for i := from; i < from+10*chunk; i++ {
				rows = append(rows, []any{fmt.Sprintf("0190-%010d", i), int64(i), fmt.Sprintf("0190-%08d", i%accounts), "", "edit", "meeting", "x", 1, fmt.Sprintf("2023-24-r%02d", 11+i%80)})
			}
			_, err := db.Insert(ctx, tx, "journal", []string{"id", "at", "actor", "acting_for", "verb", "kind", "subject", "rev", "cop_id"}, rows, "")
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
}

// organise completes the organisations and gives one to each person.
func organise(b *testing.B, a *app.App) {
	b.Helper()
	ctx := context.Background()
	rows, err := a.DB.Query(ctx, `SELECT id FROM organisation ORDER BY id`)
	ids, err := db.Strings(rows, err)
	if err != nil || len(ids) < 36_000 {
		b.Fatalf("%d organisations came with the program (%v)", len(ids), err)
	}
	b.Logf("%d organisations came with the program", len(ids))
	var made, members [][]any
	for i := len(ids); i < organisations; i++ {
		id, name := fmt.Sprintf("0191-%06d", i), fmt.Sprintf("association %d", i)
		made = append(made, []any{id, 1, name, name, name, "association", "association", "", "", "", "44", "67", "", "team", "active", 1})
		ids = append(ids, id)
	}
	for i := range accounts {
		members = append(members, []any{fmt.Sprintf("0192-%08d", i), 1, fmt.Sprintf("0190-%08d", i), ids[i%len(ids)], "", false, "", 1})
	}
	if err := db.Tx(ctx, a.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "organisation", []string{"id", "rev", "name", "name_fold", "sort_key", "kind", "label", "capacities", "territory", "siren", "region", "department", "contact", "origin", "state", "at"}, made, ""); err != nil {
			return err
		}
		_, err := db.Insert(ctx, tx, "membership", []string{"id", "rev", "account", "organisation", "title", "contact", "added_by", "at"}, members, "")
		return err
	}); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkSignedIn(b *testing.B) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	dir := b.TempDir()
	a, err := app.New(ctx, config.Config{Addr: "127.0.0.1:0", DB: "file:" + dir + "/jalon.db?sync=off", DataDir: dir})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	fill(b, a)
	link, err := a.AddUser(ctx, app.UserRequest{Email: "equipe@exemple.fr", Name: "Anne", Role: "team", Scope: "region:44"})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(a.Handler())
	defer server.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	_, token, _ := strings.Cut(link, "jeton=")
	res, err := c.PostForm(server.URL+"/connexion/confirmer", url.Values{"jeton": {token}})
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatal(err, res)
	}
	_ = res.Body.Close()
	at, err := url.Parse(server.URL)
	if err != nil {
		b.Fatal(err)
	}
	cookie := jar.Cookies(at)[0]
	for _, path := range []string{"/national", "/national?jour=2024-05-27&tri=depuis", "/national/frise", "/national/indicateurs/cop/personnes-comptees", "/national/mouvements?du=2024-05-27", "/regions/grand-est/bureau", "/mon-espace", "/regions", "/roles", "/organisations?q=strasbourg"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, nil)
				r.AddCookie(cookie)
				w := httptest.NewRecorder()
				a.Handler().ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatalf("%s: %d", path, w.Code)
				}
			}
		})
	}
	ask := func(b *testing.B, r *http.Request, want int) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		if w.Code != want {
			b.Fatalf("%s: %d, want %d", r.URL.Path, w.Code, want)
		}
		return w
	}
	// From the link of a mail to the desk: the link is confirmed, the session read,
	// the page drawn. Making the link is not counted.
	b.Run("sign-in to desk", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			link, err := a.UserLink(ctx, "equipe@exemple.fr")
			if err != nil {
				b.Fatal(err)
			}
			_, token, _ := strings.Cut(link, "jeton=")
			b.StartTimer()
			r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/connexion/confirmer", strings.NewReader(url.Values{"jeton": {token}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			in := ask(b, r, http.StatusSeeOther)
			r = httptest.NewRequest(http.MethodGet, "http://127.0.0.1/regions/grand-est/bureau", nil)
			r.AddCookie(in.Result().Cookies()[0])
			ask(b, r, http.StatusOK)
		}
	})
}
