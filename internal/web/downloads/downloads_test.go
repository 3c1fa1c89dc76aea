package downloads_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/figure"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/web/downloads"
	"jalon/internal/web/shell"
)

func storeOn(t *testing.T, d *db.DB) *downloads.Store {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }
	models := panorama.NewStore(d, data.FS, func(context.Context) (*territory.Tree, error) { return territory.Embedded() })
	return &downloads.Store{Q: d, Tables: data.FS, Model: models.Model, NewID: db.NewIDs(now, rand.Reader).New, Now: now, Dir: t.TempDir()}
}

func serve(s *downloads.Store) http.Handler {
	handlers := downloads.Handlers(downloads.Deps{Shell: &shell.Shell{}, Store: s})
	mux := http.NewServeMux()
	for pattern, name := range map[string]string{"GET /donnees": "data", "GET /donnees/{file}": "data-file"} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := handlers[name](w, r); err != nil {
				http.Error(w, apperr.Message(err), apperr.Status(err))
			}
		})
	}
	return mux
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestEveryFileIsWholeAndItsDigestIsRight(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := storeOn(t, d)
		h := serve(s)
		names, err := s.Names(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		made := 0
		for _, name := range names {
			if strings.HasPrefix(name, "panorama-communes") || strings.HasPrefix(name, "panorama-epci") || strings.HasSuffix(name, ".zip") {
				continue // large: their content is held by the tests of exchange
			}
			made++
			w := get(h, "/donnees/"+name)
			sum := sha256.Sum256(w.Body.Bytes())
			digest := hex.EncodeToString(sum[:])
			if w.Code != 200 || w.Header().Get("ETag") != `"`+digest+`"` || w.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len()) {
				t.Errorf("%s: %d, %v", name, w.Code, w.Header())
			}
			if beside := get(h, "/donnees/"+name+".sha256").Body.String(); beside != digest+"  "+name+"\n" {
				t.Errorf("%s: beside it %q", name, beside)
			}
			if strings.HasSuffix(name, ".csv") && !bytes.HasPrefix(w.Body.Bytes(), []byte("\ufeff")) {
				t.Errorf("%s: no BOM", name)
			}
		}
		recent, err := s.Recent(context.Background(), 500)
		if err != nil || len(recent) != made {
			t.Errorf("%d files recorded, %d made, %v", len(recent), made, err)
		}
		page := get(h, "/donnees")
		if page.Code != 200 || !strings.Contains(page.Body.String(), recent[0].SHA256) || !strings.Contains(page.Body.String(), "/donnees/codebook.csv") {
			t.Errorf("the page: %d", page.Code)
		}
	})
}

func TestWhatIsNotThereSaysWhereToLook(t *testing.T) {
	h := serve(storeOn(t, testkit.DB(t)))
	for path, says := range map[string]string{
		"/donnees/rien.csv":                      "La page",
		"/donnees/sources":                       "La page",
		"/donnees/sources.exe":                   "La page",
		"/donnees/jalon-panorama-r1-vieux-0.zip": "n’est plus celui",
	} {
		if w := get(h, path); w.Code != 404 || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestManyReadersMakeOneFile(t *testing.T) {
	d := testkit.DB(t)
	s := storeOn(t, d)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := s.File(context.Background(), "panorama-regions.csv"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if recent, err := s.Recent(context.Background(), 50); err != nil || len(recent) != 1 {
		t.Errorf("made %d times, %v", len(recent), err)
	}
}

func TestNewDataMakeNewFilesAndABundleThatHoldsThem(t *testing.T) {
	ctx := context.Background()
	d := testkit.DB(t)
	s := storeOn(t, d)
	before, err := s.File(ctx, "donnees-importees.csv")
	if err != nil || before.Rows != 0 {
		t.Fatalf("%+v %v", before, err)
	}
	v := 1.5
	err = db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
		if err := series.Write(ctx, tx, []series.Observation{{Series: "cle/parc-thermique", Territory: "commune:67482", Year: 2021, Edition: "1", Value: &v,
			Class: figure.Provider, Source: "=essai", Unit: "véhicules"}}); err != nil {
			return err
		}
		if err := series.Publish(ctx, tx, "1", time.UnixMilli(1)); err != nil {
			return err
		}
		_, err := db.Bump(ctx, tx, panorama.DataVersion, time.UnixMilli(1))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	after, err := s.File(ctx, "donnees-importees.csv")
	if err != nil || after.Rows != 1 || after.Version == before.Version {
		t.Errorf("%+v %v", after, err)
	}
	h := serve(s)
	if text := get(h, "/donnees/donnees-importees.csv").Body.String(); !strings.Contains(text, ";1,5;") || !strings.Contains(text, ";'=essai;") {
		t.Errorf("got %s", text)
	}
	w := get(h, "/donnees/"+exchange.BundleName(after.Version))
	z, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("inputs/observations.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil || !strings.Contains(string(text), `"commune:67482"`) {
		t.Errorf("%s %v", text, err)
	}
}
