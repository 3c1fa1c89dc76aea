package blob

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

var now = time.Date(2024, 5, 27, 8, 0, 0, 0, time.UTC)

// pdf is a file of n bytes that is a PDF as far as anyone looks.
func pdf(n int) []byte {
	b := make([]byte, max(n, 5))
	random := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = random.Read(b)
	copy(b, "%PDF-1.7\n")
	return b
}

func archive(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		name, body, _ := strings.Cut(f, "=")
		e, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(e, body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func count(t testing.TB, d *db.DB, table string) (n int) {
	t.Helper()
	var k int64
	if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM `+table).Scan(&k); err != nil {
		t.Fatal(err)
	}
	return int(k)
}

func TestAFileComesBackByteForByte(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		for _, size := range []int{5, 9, ChunkSize - 1, ChunkSize, ChunkSize + 1, 3 * ChunkSize, 5*ChunkSize + 17} {
			body := pdf(size)
			b, err := Put(t.Context(), d, now, iotest.HalfReader(bytes.NewReader(body)), Claim{Name: "note.pdf", Type: "application/pdf"})
			if err != nil {
				t.Fatal(size, err)
			}
			digest := sha256.Sum256(body)
			want := Blob{SHA256: hex.EncodeToString(digest[:]), Size: int64(size), Type: "application/pdf", At: now}
			if diff := cmp.Diff(want, b); diff != "" {
				t.Error(diff)
			}
			r, err := Open(t.Context(), d, b.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			if err := iotest.TestReader(r, body); err != nil {
				t.Errorf("%d bytes: %v", size, err)
			}
			if err := Verify(t.Context(), d, b.SHA256); err != nil {
				t.Error(err)
			}
		}
		if n := count(t, d, "blob_chunk"); n != 4*1+2+3+6 {
			t.Errorf("%d chunks", n)
		}
		list, err := List(t.Context(), d, "", 3)
		if err != nil || len(list) != 3 {
			t.Fatal(list, err)
		}
		if rest, err := List(t.Context(), d, list[2].SHA256, 10); err != nil || len(rest) != 4 {
			t.Error(rest, err)
		}
	})
}

func TestAFileIsServedByRanges(t *testing.T) {
	d := testkit.DB(t)
	body := pdf(2*ChunkSize + 100)
	b, err := Put(t.Context(), d, now, bytes.NewReader(body), Claim{Name: "note.pdf"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), d, b.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	req.Header.Set("Range", "bytes=262140-262149")
	http.ServeContent(rec, req, "note.pdf", now, r)
	if rec.Code != http.StatusPartialContent || !bytes.Equal(rec.Body.Bytes(), body[262140:262150]) {
		t.Error(rec.Code, rec.Body.Len())
	}
}

func TestTheSameBytesAreKeptOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		body := pdf(ChunkSize + 1)
		var g errgroup.Group
		for i := range 8 {
			g.Go(func() error {
				_, err := Put(t.Context(), d, now.Add(time.Duration(i)*time.Hour), bytes.NewReader(body), Claim{Name: "note.pdf"})
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if count(t, d, "blob") != 1 || count(t, d, "blob_chunk") != 2 {
			t.Error(count(t, d, "blob"), count(t, d, "blob_chunk"))
		}
		list, err := List(t.Context(), d, "", 2)
		if err != nil || len(list) != 1 || !list[0].At.Equal(now.Add(7*time.Hour)) {
			t.Fatal(list, err)
		}
		sha := list[0].SHA256
		if gone, err := Remove(t.Context(), d, sha, now.Add(7*time.Hour)); gone || err != nil {
			t.Error("a file just brought back was removed:", err)
		}
		if gone, err := Remove(t.Context(), d, sha, now.Add(8*time.Hour)); !gone || err != nil {
			t.Error(gone, err)
		}
		if n := count(t, d, "blob_chunk"); n != 0 {
			t.Errorf("%d chunks of a removed file", n)
		}
		if _, err := Open(t.Context(), d, sha); apperr.KindOf(err) != apperr.NotFound {
			t.Error(err)
		}
	})
}

func TestAHalfWrittenFileLeavesNothing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		s, err := Stage(t.Context(), dir, bytes.NewReader(pdf(3*ChunkSize)), Claim{Name: "note.pdf"})
		if err != nil {
			t.Fatal(err)
		}
		undone := errors.New("undone")
		if err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
			if _, err := s.Store(ctx, tx, now); err != nil {
				return err
			}
			return undone
		}); !errors.Is(err, undone) {
			t.Error(err)
		}
		// The disk loses what was received before it is kept.
		if err := s.file.Truncate(ChunkSize + 1); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Store(t.Context(), d, now); err == nil {
			t.Error("a file cut short was kept")
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if count(t, d, "blob") != 0 || count(t, d, "blob_chunk") != 0 {
			t.Error(count(t, d, "blob"), count(t, d, "blob_chunk"))
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Error(left, err)
		}
	})
}

func TestAnUploadThatStopsIsRefused(t *testing.T) {
	stopped, cancel := context.WithCancel(t.Context())
	for name, r := range map[string]io.Reader{
		"connection lost": io.MultiReader(bytes.NewReader(pdf(1000)), iotest.ErrReader(io.ErrUnexpectedEOF)),
		"request ended":   io.MultiReader(bytes.NewReader(pdf(1000)), readerFunc(func([]byte) (int, error) { cancel(); return 0, nil })),
	} {
		dir := t.TempDir()
		if _, err := Stage(stopped, dir, r, Claim{Name: "note.pdf"}); apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), "interrompu") {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Error(name, left, err)
		}
		stopped, cancel = context.WithCancel(t.Context())
	}
	cancel()
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// endless is an upload that never ends.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.read == 0 {
		p = p[:copy(p, "%PDF-1.7\n")]
	}
	e.read += int64(len(p))
	return len(p), nil
}

func TestAFileTooLargeIsRefusedWithoutBeingRead(t *testing.T) {
	e := &endless{}
	_, err := Stage(t.Context(), "", e, Claim{Name: "note.pdf"})
	if apperr.KindOf(err) != apperr.TooLarge || !strings.Contains(apperr.Message(err), "25\u00a0Mo") {
		t.Error(err)
	}
	if e.read > MaxSize+1<<20 {
		t.Errorf("%d bytes were read", e.read)
	}
	s, err := Stage(t.Context(), "", bytes.NewReader(pdf(MaxSize)), Claim{Name: "note.pdf"})
	if err != nil {
		t.Fatal("the largest file:", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatABackupLostIsTold(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		b, err := Put(t.Context(), d, now, bytes.NewReader(pdf(2*ChunkSize)), Claim{Name: "note.pdf"})
		if err != nil {
			t.Fatal(err)
		}
		damage := func(query string, args ...any) {
			if _, err := d.Exec(t.Context(), query, args...); err != nil {
				t.Fatal(err)
			}
			if err := Verify(t.Context(), d, b.SHA256); err == nil {
				t.Error("not seen:", query)
			}
		}
		damage(`UPDATE blob_chunk SET data = $1 WHERE n = 1`, make([]byte, ChunkSize))
		damage(`UPDATE blob_chunk SET data = $1 WHERE n = 1`, make([]byte, 10))
		damage(`DELETE FROM blob_chunk WHERE n = 1`)
	})
}

func BenchmarkPutAndRead(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			d := testkit.Open(b, engine)
			body := pdf(MaxSize)
			b.SetBytes(MaxSize)
			for i := 0; b.Loop(); i++ {
				body[100]++ // another file each time
				kept, err := Put(b.Context(), d, now, bytes.NewReader(body), Claim{Name: "note.pdf"})
				if err != nil {
					b.Fatal(err)
				}
				r, err := Open(b.Context(), d, kept.SHA256)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, r); err != nil {
					b.Fatal(err)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapSys)/(1<<20), "MiB-heap")
		})
	}
}
