package survey

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

// authorities is how many the benchmarks ask: 40 000, or what SURVEY_AUTHORITIES
// says.
func authorities(b testing.TB) int {
	text := os.Getenv("SURVEY_AUTHORITIES")
	if text == "" {
		return 40_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// national is somebody who may export everything.
var national = policy.Actor{Person: "bench", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}

// exporting is the survey room with what an export needs.
func exporting(d *db.DB) *survey.Room {
	room := roomOn(d)
	room.Queue = jobs.New(room.IDs, room.Now)
	room.Journal = journal.New(room.IDs, room.Now, db.NewCursors([]byte("bench")))
	room.Writers = exchange.SurveyWriters()
	return room
}

// export asks for one and has it made, as the worker of a server does.
func export(b testing.TB, room *survey.Room, what survey.ExportKind) survey.Export {
	b.Helper()
	ctx := context.Background()
	e, err := room.AskExport(ctx, national, "", survey.Scope{Cycle: cop.First}, what, false)
	if err != nil {
		b.Fatal(err)
	}
	c := jobs.Config{DB: room.DB, Queue: room.Queue, Handlers: map[string]jobs.Handler{}}
	room.RegisterPapers(&c)
	if _, err := jobs.NewWorker(c).Drain(ctx); err != nil {
		b.Fatal(err)
	}
	if e, err = survey.FindExport(ctx, room.DB, e.ID); err != nil || e.State != survey.ExportReady {
		b.Fatalf("%+v %v", e, err)
	}
	return e
}

// childVar names the database of a process that only exports, so that its memory
// is that of an export and of nothing else.
const childVar = "SURVEY_BENCH_DB"

// TestExportChild is that process.
func TestExportChild(t *testing.T) {
	dsn := os.Getenv(childVar)
	if dsn == "" {
		t.Skip("run by BenchmarkExport")
	}
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	what := survey.ExportKind(os.Getenv("SURVEY_BENCH_WHAT"))
	start := time.Now()
	e := export(t, exporting(d), what)
	took := time.Since(start)
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("MEASURE %d %d %d %d %d\n", took.Milliseconds(), e.Rows, use.Maxrss, e.Size, e.Kept)
}

// BenchmarkExport makes each export of the whole load, as the background job does
// (one snapshot, compressed, kept in the database), in a process of its own, and
// says what it took.
func BenchmarkExport(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			dsn := emptyOf(b, engine)
			d, err := db.Open(context.Background(), dsn)
			if err != nil {
				b.Fatal(err)
			}
			if err := d.Migrate(context.Background()); err != nil {
				b.Fatal(err)
			}
			if _, err := (Load{Authorities: authorities(b)}).Fill(context.Background(), roomOn(d)); err != nil {
				b.Fatal(err)
			}
			if err := d.Close(); err != nil {
				b.Fatal(err)
			}
			for _, what := range survey.ExportKinds() {
				b.Run(string(what), func(b *testing.B) {
					for b.Loop() {
						child := exec.Command(os.Args[0], "-test.run", "^TestExportChild$")
						child.Env = append(os.Environ(), childVar+"="+dsn, "SURVEY_BENCH_WHAT="+string(what))
						out, err := child.CombinedOutput()
						if err != nil {
							b.Fatalf("%v\n%s", err, out)
						}
						_, line, _ := strings.Cut(string(out), "MEASURE ")
						var ms, rows, rss, size, kept float64
						if _, err := fmt.Sscan(line, &ms, &rows, &rss, &size, &kept); err != nil {
							b.Fatalf("%v\n%s", err, out)
						}
						b.ReportMetric(ms/1000, "s")
						b.ReportMetric(rows/ms*1000, "rows/s")
						b.ReportMetric(rss/1024, "MB-peak")
						b.ReportMetric(size/(1<<20), "MB-file")
						b.ReportMetric(kept/(1<<20), "MB-kept")
					}
				})
			}
		})
	}
}

// emptyOf is the address of a database that nothing has migrated, production's
// settings on SQLite.
func emptyOf(b testing.TB, engine db.Engine) string {
	if engine == db.PostgreSQL {
		return testkit.Postgres(b)
	}
	return filepath.Join(b.TempDir(), "jalon.db")
}

// BenchmarkWide compares what writes a workbook of one authority a row: our own
// XML, and the streaming writer of the general library. The second is what the
// first has to be worth.
func BenchmarkWide(b *testing.B) {
	d := testkit.Open(b, db.SQLite)
	n := min(authorities(b), 4000)
	f, err := Load{Authorities: n}.Fill(context.Background(), roomOn(d))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("own", func(b *testing.B) {
		room := exporting(d)
		for b.Loop() {
			export(b, room, survey.ExportWide)
		}
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "authorities/s")
	})
	b.Run("excelize", func(b *testing.B) {
		for b.Loop() {
			x := excelize.NewFile()
			s, err := x.NewStreamWriter("Sheet1")
			if err != nil {
				b.Fatal(err)
			}
			cells := f.Cells()
			row := make([]any, len(cells))
			for i := range n {
				for j, c := range cells {
					row[j] = nil
					if c.Row != "" {
						row[j] = c.Options[Answer(i, j, len(c.Options))].Label
					}
				}
				if err := s.SetRow("A"+strconv.Itoa(i+1), row); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.Flush(); err != nil {
				b.Fatal(err)
			}
			if err := x.Write(io.Discard); err != nil {
				b.Fatal(err)
			}
			if err := x.Close(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "authorities/s")
	})
}
