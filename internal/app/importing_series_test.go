package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/hub"
	"jalon/internal/testkit"
)

// hubFile is an answer of the hub kept in a file: rows of region, day and value.
func hubFile(t *testing.T, dir, name, measure, unit string, rows ...[3]string) string {
	t.Helper()
	cube, _, _ := strings.Cut(measure, ".")
	var all []string
	for _, r := range rows {
		all = append(all, fmt.Sprintf(`{"%[1]s.geocode_region":"%[3]s","%[1]s.date_mesure":"%[4]s","%[2]s":%[5]s}`, cube, measure, r[0], r[1], r[2]))
	}
	path := filepath.Join(dir, name)
	text := fmt.Sprintf(`{"measureName":%q,"measureMeta":{"unite":%q},"data":[%s]}`, measure, unit, strings.Join(all, ","))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const enaf = "conso_enaf_com.id_611"

// Several files are one import and one edition: one bad row in one of them, and
// nothing of the others is kept.
func TestAFolderOfSeriesIsAllOrNothing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, c, dir := context.Background(), coreOn(d), t.TempDir()
		hubFile(t, dir, "a.json", enaf, "ha", [3]string{"44", "2022-01-01", "1100"}, [3]string{"44", "2023-01-01", "1000"}, [3]string{"99", "2023-01-01", "5"})
		bad := hubFile(t, dir, "b.json", "surface_bio_dpt.id_23", "%", [3]string{"44", "2023-01-01", "107.5"})
		o, err := c.Import(ctx, ImportRequest{Kind: "series-hub", Path: dir, Apply: true})
		if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(o.String(), "Refusée\u00a0: b.json, élément\u00a01") || !strings.Contains(o.String(), "100\u00a0%") {
			t.Fatalf("%v\n%s", err, o)
		}
		if n := rowsIn(t, d, "observation") + rowsIn(t, d, "published_edition"); n != 0 {
			t.Errorf("%d rows of a refused import", n)
		}
		if err := os.Remove(bad); err != nil {
			t.Fatal(err)
		}
		hubFile(t, dir, "b.json", "surface_bio_dpt.id_23", "%", [3]string{"44", "2023-01-01", "7.5"})
		if o, err = c.Import(ctx, ImportRequest{Kind: "series-hub", Path: dir}); err != nil || !strings.Contains(o.String(), "rien n’a été enregistré") {
			t.Fatalf("dry run: %v\n%s", err, o)
		}
		if n := rowsIn(t, d, "observation"); n != 0 {
			t.Errorf("a dry run keeps %d rows", n)
		}
		if o, err = c.Import(ctx, ImportRequest{Kind: "series-hub", Path: dir, Apply: true}); err != nil || !o.Applied || !strings.Contains(o.String(), "2\u00a0séries, 1\u00a0territoire") || !strings.Contains(o.String(), "«\u00a099\u00a0»") {
			t.Fatalf("%v\n%s", err, o)
		}
		if n := rowsIn(t, d, "observation"); n != 3 {
			t.Errorf("%d rows, want 3", n)
		}
		if _, err := c.Import(ctx, ImportRequest{Kind: "series-hub", Path: dir, Apply: true}); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("the same folder twice: %v", err)
		}
		book, err := c.Book()
		if err != nil {
			t.Fatal(err)
		}
		ind, err := book.Catalogue.Find("conso-enaf")
		if err != nil {
			t.Fatal(err)
		}
		c2, err := book.ReadOne(ctx, d, ind, "region:44")
		if err != nil || len(c2.Points) != 2 || c2.Edition == "" || len(c2.Revisions) == 0 {
			t.Errorf("%+v %v", c2, err)
		}
	})
}

func TestBadSeriesFiles(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, c, dir := context.Background(), coreOn(d), t.TempDir()
		half := hubFile(t, dir, "demi.json", enaf, "ha", [3]string{"44", "2022-01-01", "1100"})
		text, err := os.ReadFile(half)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(half, text[:len(text)-20], 0o600); err != nil {
			t.Fatal(err)
		}
		head := "territory;series;year;value;unit;source;target_year\n"
		for name, r := range map[string]struct{ kind, path, says string }{
			"half a JSON":          {"series-hub", half, "s’arrête au milieu"},
			"another unit":         {"series-hub", hubFile(t, dir, "unite.json", enaf, "km²", [3]string{"44", "2022-01-01", "1100"}), "unité"},
			"unknown measure":      {"series-hub", hubFile(t, dir, "mesure.json", "rien.id_0", "ha", [3]string{"44", "2022-01-01", "1100"}), "catalogue"},
			"unknown region":       {"series-hub", hubFile(t, dir, "region.json", enaf, "ha", [3]string{"67", "2022-01-01", "1100"}), "67"},
			"a year twice":         {"series-hub", hubFile(t, dir, "double.json", enaf, "ha", [3]string{"44", "2022-01-01", "1100"}, [3]string{"44", "2022-01-01", "1200"}), "en double"},
			"two days that touch":  {"series-hub", hubFile(t, dir, "jours.json", enaf, "ha", [3]string{"44", "2021-12-31", "1100"}, [3]string{"44", "2022-01-01", "1200"}), "se touchent"},
			"a thousand times":     {"series-hub", hubFile(t, dir, "mille.json", enaf, "ha", [3]string{"44", "2019-01-01", "1423537"}, [3]string{"44", "2020-01-01", "1322936"}), "mille fois"},
			"negative":             {"series", file(t, "s.csv", head+"region:44;conso-enaf;2022;-3;ha;x;\n"), "négative"},
			"aim before its base":  {"series", file(t, "s.csv", head+"region:44;conso-enaf;2022;3;ha;x;2021\n"), "après l’année de départ"},
			"no such territory":    {"series", file(t, "s.csv", head+"Grand Est;conso-enaf;2022;3;ha;x;\n"), "ne désigne pas"},
			"columns are missing":  {"series", file(t, "s.csv", "territory;value\nregion:44;3\n"), "colonnes manquantes"},
			"not the baromètre":    {"series-barometer", file(t, "b.csv", "a;b\n1;2\n"), "colonnes manquantes"},
			"unknown in baromètre": {"series-barometer", file(t, "b.csv", "level,code,indicator,label,date,value,unit,source\nregion,44,IND-0,x,2024-01-01,1,,DITP\n"), "inconnue"},
			"a level of no scale":  {"series-barometer", file(t, "b.csv", "level,code,indicator,label,date,value,unit,source\ncanton,44,IND-316,x,2024-01-01,1,,DITP\n"), "échelle"},
			"no file":              {"series-hub", filepath.Join(dir, "absent.json"), "ne peut pas être lu"},
			"an empty folder":      {"series-hub", t.TempDir(), "aucun fichier"},
		} {
			o, err := c.Import(ctx, ImportRequest{Kind: r.kind, Path: r.path, Apply: true})
			if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(o.String()+apperr.Message(err), r.says) {
				t.Errorf("%s: %v\n%s", name, err, o)
			}
		}
		if n := rowsIn(t, d, "observation") + rowsIn(t, d, "published_edition"); n != 0 {
			t.Errorf("%d rows of refused imports", n)
		}
	})
}

// The hub that fails changes nothing: what was known stays, with its date; when it
// answers again, its answer is a new edition.
func TestTheLastGoodStateStays(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, c := context.Background(), coreOn(d)
		mode := "good"
		served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			query := r.URL.Query().Get("query")
			switch {
			case mode == "down":
				w.WriteHeader(http.StatusInternalServerError)
			case strings.Contains(query, enaf) && strings.Contains(query, "geocode_region"):
				_, _ = io.WriteString(w, `{"data":[{"conso_enaf_com.geocode_region":"44","conso_enaf_com.date_mesure":"2024-01-01T00:00:00.000","conso_enaf_com.date_mesure.year":"2024-01-01T00:00:00.000","conso_enaf_com.id_611":"1050"}]}`)
			default:
				_, _ = io.WriteString(w, `{"error":"unknown measure"}`)
			}
		}))
		t.Cleanup(served.Close)
		c.hub = &hub.Client{URL: served.URL, Wait: func(context.Context, time.Duration) error { return nil }}
		read := func() (string, int) {
			book, err := c.Book()
			if err != nil {
				t.Fatal(err)
			}
			curves, err := book.Read(ctx, d, "region:44")
			if err != nil {
				t.Fatal(err)
			}
			last, _ := curves["conso-enaf"].Last()
			return curves["conso-enaf"].Label, last.Year
		}
		mode = "down"
		o, err := c.Import(ctx, ImportRequest{Kind: "series-hub", FromHub: true, Apply: true})
		if apperr.KindOf(err) != apperr.Unavailable || !strings.Contains(apperr.Message(err), "restent affichées") {
			t.Fatalf("%v\n%s", err, o)
		}
		if label, year := read(); year != 2023 || !strings.Contains(label, "22 août 2026") {
			t.Errorf("after a failure: %s, %d", label, year)
		}
		mode = "good"
		o, err = c.Import(ctx, ImportRequest{Kind: "series-hub", FromHub: true, Apply: true})
		if err != nil || !o.Applied {
			t.Fatalf("%v\n%s", err, o)
		}
		if label, year := read(); year != 2024 || !strings.Contains(label, "interrogé le 1er") {
			t.Errorf("after a good answer: %s, %d", label, year)
		}
		mode = "down"
		if _, err := c.Import(ctx, ImportRequest{Kind: "series-hub", FromHub: true, Apply: true}); err == nil {
			t.Error("a hub that is down is imported")
		}
		if label, year := read(); year != 2024 || !strings.Contains(label, "interrogé le 1er") {
			t.Errorf("after another failure: %s, %d", label, year)
		}
	})
}
