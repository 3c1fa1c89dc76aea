package app

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/config"
	"jalon/internal/db"
	"jalon/internal/testkit"
	"jalon/internal/web"
)

const (
	eastCycle = "2023-24"
	eastCOP   = "2023-24-r44"
)

// partsOf reads the files of an archive.
func partsOf(t *testing.T, path string) map[string][]byte {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	all := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// zipped writes an archive of parts, as somebody who alters one would.
func zipped(t *testing.T, parts map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "altered.zip")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// countsOf are the rows of each part of the COP itself.
func countsOf(m RegionManifest) map[string]int64 {
	out := map[string]int64{}
	for _, t := range m.Tables {
		if t.How == ofCOP {
			out[t.Name] = t.Rows
		}
	}
	return out
}

// digestsOf are the digests of the parts that travel unmasked.
func digestsOf(m RegionManifest) map[string]string {
	masked := map[string]bool{}
	for _, column := range m.Masked {
		table, _, _ := strings.Cut(column, ".")
		masked[table] = true
	}
	out := map[string]string{}
	for _, t := range m.Tables {
		if t.How == ofCOP && !masked[t.Name] {
			out[t.Name] = t.SHA256
		}
	}
	return out
}

// volatile is what two installations say otherwise of the same page: scripts, and the
// COPs of other cycles, which are archives of their own.
var volatile = regexp.MustCompile(`(?s)<script.*?</script>|<nav class="switch".*?</nav>|<section class="section" id="(?:autres-cop|par-cop)">.*?</section>|<div class="fr-alert fr-alert--info"><p class="fr-alert__title">(?:<svg.*?</svg>)?\s*(?:<span[^>]*>[^<]*</span>)?\s*Cette COP est suivie par la COP 2025.*?</div>|<li><a class="fr-link" href="[^"]*\?cycle=2025">.*?</li>`)

// The COP of Grand Est leaves a demonstration on SQLite for an empty site on
// PostgreSQL, then that one for an empty SQLite: the same rows by table, the same
// bytes where nothing is masked, the same public pages, and no address of anybody.
func TestTheCOPOfARegionMovesToAnotherInstallation(t *testing.T) {
	ctx := t.Context()
	from := demonstration(t, config.Config{})
	dir := t.TempDir()
	path := filepath.Join(dir, "grand-est.zip")
	sent, err := from.ExportCOP(ctx, "44", eastCycle, path)
	if err != nil {
		t.Fatal(err)
	}
	counts := countsOf(sent)
	for _, table := range []string{"cop", "cop_event", "objective", "action", "action_version", "debate_post", "debate_vote", "response", "response_version", "publication_file", "journal", "link"} {
		if counts[table] == 0 {
			t.Errorf("no row of %s", table)
		}
	}
	// Every row of the COP that the source holds: counted by another way than the export.
	for _, x := range Tables() {
		if x.Scope != db.COP || staysHome[x.Name] != "" {
			continue
		}
		columns, err := db.Columns(ctx, from.DB, x.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range columns {
			var n int64
			if c.Name == "cop_id" {
				if err := from.DB.QueryRow(ctx, "SELECT COUNT(*) FROM "+x.Name+" WHERE cop_id = $1", eastCOP).Scan(&n); err != nil || n != counts[x.Name] {
					t.Errorf("%s: %d rows travel, of %d, %v", x.Name, counts[x.Name], n, err)
				}
			}
		}
	}
	addressesStayHome(t, from.DB, partsOf(t, path))
	inventedStaysOut(t, path)

	for _, engine := range []db.Engine{db.PostgreSQL, db.SQLite} {
		t.Run(string(engine), func(t *testing.T) {
			dsn := filepath.Join(t.TempDir(), "jalon.db")
			if engine == db.PostgreSQL {
				dsn = testkit.Postgres(t)
			}
			cfg := config.Config{Addr: "127.0.0.1:0", DataDir: t.TempDir(), DB: dsn}
			c, err := Open(ctx, cfg, WithSeeds(few))
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			}()
			if o, err := c.ImportCOP(ctx, path, false); err != nil || o.Applied || rowsIn(t, c.DB, "cop") != 0 {
				t.Fatalf("a dry run: %+v %v", o.Applied, err)
			}
			o, err := c.ImportCOP(ctx, path, true)
			if err != nil || !o.Applied || o.Manifest.Digest != sent.Digest {
				t.Fatalf("%+v %v", o.Applied, err)
			}
			if o, err := c.ImportCOP(ctx, path, true); err != nil || o.Applied || !o.Already {
				t.Errorf("the same archive again: %+v %v", o.Already, err)
			}
			again := filepath.Join(dir, string(engine)+".zip")
			back, err := c.ExportCOP(ctx, "44", eastCycle, again)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(counts, countsOf(back)); diff != "" {
				t.Errorf("rows by table: %s", diff)
			}
			if diff := cmp.Diff(digestsOf(sent), digestsOf(back)); diff != "" {
				t.Errorf("what is not masked: %s", diff)
			}
			path = again // the next engine takes it from this one
			if _, err := c.ImportCOP(ctx, zipped(t, partsOf(t, again)), true); apperr.KindOf(err) != apperr.Conflict || !strings.Contains(apperr.Message(err), "existe déjà ici") {
				t.Errorf("another archive of a COP that is here: %v", err)
			}
			samePages(t, from, site(t, cfg))
			sent = back
		})
	}
}

// Invented data do not enter a site that has real ones.
func inventedStaysOut(t *testing.T, path string) {
	t.Helper()
	d := testkit.Open(t, db.SQLite)
	k := someone(t, d)
	if _, err := k.core.ImportCOP(t.Context(), path, true); apperr.KindOf(err) != apperr.Conflict || !strings.Contains(apperr.Message(err), "inventées") || rowsIn(t, d, "demo") != 0 {
		t.Errorf("%v", err)
	}
}

// addressesStayHome looks for the addresses of people in all that travels.
func addressesStayHome(t *testing.T, d *db.DB, parts map[string][]byte) {
	t.Helper()
	var people []string
	for _, x := range Tables() {
		columns, err := db.Columns(t.Context(), d, x.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range columns {
			if !strings.Contains(c.Name, "email") {
				continue
			}
			some, err := db.Strings(d.Query(t.Context(), "SELECT DISTINCT "+c.Name+" FROM "+x.Name+" WHERE "+c.Name+" <> ''"))
			if err != nil {
				t.Fatal(err)
			}
			people = append(people, some...)
		}
	}
	slices.Sort(people)
	if people = slices.Compact(people); len(people) < 100 {
		t.Fatalf("%d addresses", len(people))
	}
	for name, body := range parts {
		for _, address := range people {
			if bytes.Contains(body, []byte(address)) {
				t.Errorf("%s holds %s", name, address)
			}
		}
	}
	if !bytes.Contains(parts["tables/account.ndjson"], []byte(`"state":"archive"`)) || bytes.Contains(parts["tables/account.ndjson"], []byte(`"state":"active"`)) {
		t.Error("somebody could sign in by an account of the archive")
	}
}

// farAway are pages of the region that show other regions too, which are not in the
// archive, or when this installation computed something.
var farAway = regexp.MustCompile(`/(restitution|diagnostic|territoires|comparer|cycles/2025)`)

var inside = regexp.MustCompile(`href="(/regions/grand-est(?:/[^"#]*)?)"`)

// samePages follows the links of the COP's pages on both sites, as a visitor would.
func samePages(t *testing.T, a, b *App) {
	t.Helper()
	const most = 120
	seen := map[string]bool{}
	var list []string
	add := func(path string) {
		path = html.UnescapeString(path)
		if !seen[path] && len(list) < most && !farAway.MatchString(path) && !strings.Contains(path, "/bureau") {
			seen[path] = true
			list = append(list, path)
		}
	}
	for _, rt := range web.Routes() {
		if strings.HasPrefix(rt.Sample, "/regions/grand-est") && rt.Cache != web.Private {
			add(rt.Sample)
		}
	}
	pages, kinds := 0, map[string]bool{}
	for i := 0; i < len(list); i++ {
		one, two := ask(a, list[i]), ask(b, list[i])
		if one.StatusCode != two.StatusCode {
			t.Errorf("%s: %d there, %d here", list[i], one.StatusCode, two.StatusCode)
			continue
		}
		if one.StatusCode != http.StatusOK || !strings.HasPrefix(one.Header.Get("Content-Type"), "text/html") {
			continue
		}
		x, y := volatile.ReplaceAllString(body(t, one), ""), volatile.ReplaceAllString(body(t, two), "")
		if x != y {
			t.Errorf("%s is not the same page: %s", list[i], apart(x, y))
		}
		pages++
		kinds[strings.SplitN(strings.TrimPrefix(list[i], "/regions/grand-est/"), "/", 2)[0]] = true
		for _, m := range inside.FindAllStringSubmatch(x, -1) {
			add(m[1])
		}
	}
	if pages < 60 || len(kinds) < 12 {
		t.Errorf("only %d pages of %d kinds", pages, len(kinds))
	}
}

// apart shows where two texts part.
func apart(x, y string) string {
	i := 0
	for i < len(x) && i < len(y) && x[i] == y[i] {
		i++
	}
	cut := func(s string) string { return strings.ToValidUTF8(s[max(0, min(i-80, len(s))):min(len(s), i+160)], "") }
	return "\n  there: " + cut(x) + "\n  here:  " + cut(y)
}

// What somebody alters is refused before anything is written, whichever part it is.
func TestAnAlteredArchiveOfACOPIsRefused(t *testing.T) {
	ctx := t.Context()
	d := testkit.Open(t, db.SQLite)
	k := someone(t, d)
	path := filepath.Join(t.TempDir(), "guyane.zip")
	if _, err := k.core.ExportCOP(ctx, "03", eastCycle, path); err != nil {
		t.Fatal(err)
	}
	if _, err := k.core.ExportCOP(ctx, "99", eastCycle, path); apperr.KindOf(err) != apperr.Invalid {
		t.Errorf("a region that does not exist: %v", err)
	}
	altered := func(change func(parts map[string][]byte)) string {
		parts := partsOf(t, path)
		change(parts)
		return zipped(t, parts)
	}
	manifest := func(parts map[string][]byte, change func(m map[string]any)) {
		var m map[string]any
		if err := json.Unmarshal(parts["manifest.json"], &m); err != nil {
			t.Fatal(err)
		}
		change(m)
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		parts["manifest.json"] = body
	}
	replace := func(name, old, new string) func(map[string][]byte) {
		return func(p map[string][]byte) {
			if !bytes.Contains(p[name], []byte(old)) {
				t.Fatalf("%s does not hold %s", name, old)
			}
			p[name] = bytes.Replace(p[name], []byte(old), []byte(new), 1)
		}
	}
	to := testkit.Open(t, db.PostgreSQL)
	c := coreOn(to)
	for name, file := range map[string]string{
		"a value":     altered(replace("tables/cop.ndjson", `"region":"03"`, `"region":"04"`)),
		"a row less":  altered(func(p map[string][]byte) { p["tables/journal.ndjson"] = nil; p["tables/cop_version.ndjson"] = nil }),
		"a part less": altered(func(p map[string][]byte) { delete(p, "tables/cop.ndjson") }),
		"a table less": altered(func(p map[string][]byte) {
			manifest(p, func(m map[string]any) { m["tables"] = m["tables"].([]any)[1:] })
		}),
		"a file more":    altered(func(p map[string][]byte) { p["tables/session.ndjson"] = []byte("{}\n") }),
		"no manifest":    altered(func(p map[string][]byte) { delete(p, "manifest.json") }),
		"another COP":    altered(func(p map[string][]byte) { manifest(p, func(m map[string]any) { m["cops"] = []string{"2023-24-r11"} }) }),
		"another format": altered(func(p map[string][]byte) { manifest(p, func(m map[string]any) { m["schema"] = 1 }) }),
		"another file":   altered(func(p map[string][]byte) { manifest(p, func(m map[string]any) { m["product"] = "jalon" }) }),
	} {
		if _, err := c.ImportCOP(ctx, file, true); apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), "Rien n’a été") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := rowsIn(t, to, "cop") + rowsIn(t, to, "account"); n != 0 {
		t.Errorf("%d rows were written", n)
	}
	// Whole, it comes in.
	if o, err := c.ImportCOP(ctx, path, true); err != nil || !o.Applied || rowsIn(t, to, "cop") != 1 {
		t.Errorf("%+v %v", o, err)
	}
}
