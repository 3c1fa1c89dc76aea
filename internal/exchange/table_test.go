package exchange

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
)

type readRow struct {
	Line  int
	Cells []string
	Fault string
}

func readAll(t *testing.T, table *Table) ([]readRow, error) {
	t.Helper()
	var rows []readRow
	for row, err := range table.Rows() {
		if err != nil {
			return rows, err
		}
		r := readRow{Line: row.Line, Cells: append([]string{}, row.Cells...)}
		if row.Fault != nil {
			r.Fault = row.Fault.Error()
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func TestReadCSV(t *testing.T) {
	for _, c := range []struct {
		name, in string
		o        Options
		header   []string
		encoding Encoding
		rows     []readRow
	}{
		{
			name:   "semicolons, BOM, CRLF, quotes over two lines, blank line",
			in:     "\xef\xbb\xbfcode;nom\r\n01;\"L'\"\"Ain\"\"\"\r\n\r\n2A;\"a\nb\"\r\n971;Guadeloupe",
			header: []string{"code", "nom"}, encoding: UTF8BOM,
			rows: []readRow{
				{Line: 2, Cells: []string{"01", `L'"Ain"`}},
				{Line: 4, Cells: []string{"2A", "a\nb"}},
				{Line: 6, Cells: []string{"971", "Guadeloupe"}},
			},
		},
		{
			name: "commas in a quoted header do not count", in: "\"a,b\";c\n1;2\n",
			header: []string{"a,b", "c"}, encoding: UTF8, rows: []readRow{{Line: 2, Cells: []string{"1", "2"}}},
		},
		{
			name: "tabs and old line ends", in: "a\tb\r1\t2\r",
			header: []string{"a", "b"}, encoding: UTF8, rows: []readRow{{Line: 2, Cells: []string{"1", "2"}}},
		},
		{
			name: "short rows are padded, empty tails dropped", in: "a,b,\n1\n1,2,\n",
			header: []string{"a", "b"}, encoding: UTF8,
			rows: []readRow{{Line: 2, Cells: []string{"1", ""}}, {Line: 3, Cells: []string{"1", "2"}}},
		},
		{
			name: "a cell without header is the row's fault", in: "a;b\n1;2;3\n4;5\n",
			header: []string{"a", "b"}, encoding: UTF8,
			rows: []readRow{
				{Line: 2, Cells: []string{"1", "2"}, Fault: "f.csv, ligne\u00a02, colonne\u00a03\u00a0: cellule sans en-tête\u00a0: la ligne a 3 cellules, l’en-tête 2 (lu\u00a0: «\u00a03\u00a0»)"},
				{Line: 3, Cells: []string{"4", "5"}},
			},
		},
		{
			name: "title lines are skipped when declared", in: "Population 2020\n\nnote;;\na;b\n1;2\n", o: Options{SkipRows: 2},
			header: []string{"a", "b"}, encoding: UTF8, rows: []readRow{{Line: 5, Cells: []string{"1", "2"}}},
		},
		{
			name: "a cell too long is the row's fault and the next is read", in: "a;b\n123456;2\n3;4\n", o: Options{Limits: Limits{Cell: 4}},
			header: []string{"a", "b"}, encoding: UTF8,
			rows: []readRow{
				{Line: 2, Cells: []string{"1234", "2"}, Fault: "f.csv, ligne\u00a02, colonne\u00a01\u00a0: cellule de plus de 4 octets (lu\u00a0: «\u00a01234\u00a0»)"},
				{Line: 3, Cells: []string{"3", "4"}},
			},
		},
		{
			name: "Windows-1252 when the sender says so", in: "nom;prix\n\xc9vry;5 \x80\n", o: Options{Encoding: Windows1252},
			header: []string{"nom", "prix"}, encoding: Windows1252, rows: []readRow{{Line: 2, Cells: []string{"Évry", "5 €"}}},
		},
		{
			name: "declared Windows-1252 but UTF-8 in truth", in: "nom\nÉvry\n", o: Options{Encoding: Windows1252},
			header: []string{"nom"}, encoding: UTF8, rows: []readRow{{Line: 2, Cells: []string{"Évry"}}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, err := ReadTableWith("f.csv", strings.NewReader(c.in), c.o)
			if err != nil {
				t.Fatal(err)
			}
			defer table.Close()
			rows, err := readAll(t, table)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.header, table.Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.rows, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if table.Encoding != c.encoding {
				t.Errorf("encoding %q, want %q", table.Encoding, c.encoding)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, in string
		o        Options
		kind     apperr.Kind
		message  string // part of it
	}{
		{name: "empty", in: "", kind: apperr.Invalid, message: "le fichier est vide"},
		{name: "only blank lines", in: "\n\n;;\n", kind: apperr.Invalid, message: "aucune ligne d’en-tête"},
		{name: "Windows-1252", in: "code;nom\n01;Ain\n74;Haute-Savo\xefe\n", kind: apperr.Invalid,
			message: "f.csv, ligne\u00a03, colonne\u00a02\u00a0: le fichier n’est pas en UTF-8, il semble enregistré en Windows-1252"},
		{name: "neither encoding", in: "a;b\n1;\x81\xff\n", kind: apperr.Invalid, message: "ligne\u00a02, colonne\u00a02\u00a0: texte illisible"},
		{name: "NUL", in: "a;b\n1;x\x00y\n", kind: apperr.Invalid, message: "ligne\u00a02, colonne\u00a02\u00a0: caractère nul"},
		{name: "NUL in Windows-1252", in: "a;b\n\xe9;x\x00y\n", o: Options{Encoding: Windows1252}, kind: apperr.Invalid, message: "ligne\u00a02, colonne\u00a02\u00a0: caractère nul"},
		{name: "quote never closed", in: "a;b\n1;\"x\n2;3\n", kind: apperr.Invalid, message: "ligne\u00a02, colonne\u00a02\u00a0: guillemet ouvert ici et jamais fermé"},
		{name: "text after a quote", in: "a;b\n\"x\"y;2\n", kind: apperr.Invalid, message: "ligne\u00a02, colonne\u00a01\u00a0: texte après un guillemet"},
		{name: "PDF", in: "%PDF-1.7 …", kind: apperr.Invalid, message: "ce fichier est un PDF"},
		{name: "UTF-16", in: "\xff\xfea\x00;\x00", kind: apperr.Invalid, message: "UTF-16"},
		{name: "rows", in: "a\n1\n2\n3\n", o: Options{Limits: Limits{Rows: 3}}, kind: apperr.TooLarge, message: "ligne\u00a04\u00a0: le fichier compte plus de 3 lignes"},
		{name: "size", in: "a\n" + strings.Repeat("x", 2<<20), o: Options{Limits: Limits{Size: 1 << 20}}, kind: apperr.TooLarge, message: "dépasse 1\u00a0Mo"},
		{name: "cut archive", in: "PK\x03\x04 and nothing", kind: apperr.Invalid, message: "abîmé"},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, err := ReadTableWith("f.csv", strings.NewReader(c.in), c.o)
			if err == nil {
				_, err = readAll(t, table)
				if err := table.Close(); err != nil {
					t.Error(err)
				}
			}
			if err == nil {
				t.Fatal("accepted")
			}
			if got := apperr.KindOf(err); got != c.kind {
				t.Errorf("kind %d, want %d", got, c.kind)
			}
			if got := apperr.Message(err); !strings.Contains(got, c.message) {
				t.Errorf("message %q does not say %q", got, c.message)
			}
		})
	}
}

func TestColumns(t *testing.T) {
	synonyms := Synonyms{"territory": {"Territoire", "Code INSEE"}, "value": {"Valeur"}, "year": {"Année"}}
	read := func(t *testing.T, in string, m Mapping) (*Columns, error) {
		t.Helper()
		table, err := ReadTable("f.csv", strings.NewReader(in), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = table.Close() })
		return table.Columns(synonyms, m)
	}
	t.Run("case, accents and punctuation do not count", func(t *testing.T) {
		c, err := read(t, "CODE_INSEE;valeur;annee\n", nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Require("territory", "value", "year"); err != nil {
			t.Error(err)
		}
	})
	t.Run("what is not known is asked, never guessed", func(t *testing.T) {
		c, err := read(t, "Code INSEE;Val.;\n", nil)
		if err != nil {
			t.Fatal(err)
		}
		var m *MappingError
		if err := c.Require("territory", "value"); !errors.As(err, &m) || apperr.KindOf(err) != apperr.Invalid {
			t.Fatalf("got %v", err)
		}
		if diff := cmp.Diff(&MappingError{File: "f.csv", Line: 1, Unknown: []string{"Val."}, Missing: []string{"Valeur"}, Fields: []string{"territory", "value", "year"}}, m); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a person's mapping settles it", func(t *testing.T) {
		c, err := read(t, "Code INSEE;Val.;Note\n", Mapping{"Val.": "value", "note": Ignored})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Require("territory", "value"); err != nil {
			t.Error(err)
		}
	})
	t.Run("two headers for one column", func(t *testing.T) {
		if _, err := read(t, "Code INSEE;Territoire\n", nil); err == nil || !strings.Contains(err.Error(), "a déjà ce sens") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a mapping to nothing known", func(t *testing.T) {
		if _, err := read(t, "a;b\n", Mapping{"a": "nope"}); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("got %v", err)
		}
	})
}

func TestCells(t *testing.T) {
	table, err := ReadTable("f.csv", strings.NewReader("territoire;valeur;année\n01;1\u00a0234,5;2020\n;-2;20\n"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	c, err := table.Columns(Synonyms{"territory": {"Territoire"}, "value": {"Valeur"}, "year": {"Année"}, "note": nil}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	say := func(_ any, err error) {
		if err != nil {
			got = append(got, err.Error())
		}
	}
	for row, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		say(c.Cell(row, "territory").Required())
		say(c.Cell(row, "value").NonNegative())
		say(c.Cell(row, "year").Year())
		if !c.Cell(row, "note").Empty() {
			t.Error("a column that the file has not is empty")
		}
	}
	want := []string{
		"f.csv, ligne\u00a03, colonne\u00a01 («\u00a0territoire\u00a0»)\u00a0: cette cellule doit être remplie",
		"f.csv, ligne\u00a03, colonne\u00a02 («\u00a0valeur\u00a0»)\u00a0: ce nombre ne peut pas être négatif (lu\u00a0: «\u00a0-2\u00a0»)",
		"f.csv, ligne\u00a03, colonne\u00a03 («\u00a0année\u00a0»)\u00a0: une année à quatre chiffres est attendue (lu\u00a0: «\u00a020\u00a0»)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// endless is a file that never ends, of which few bytes may be asked.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "1;2\n"[(e.read+int64(i))%4]
	}
	e.read += int64(len(p))
	return len(p), nil
}

func heapDuring(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestTwoGigabytesAreRefusedBeforeReading(t *testing.T) {
	path := filepath.Join(t.TempDir(), "grand.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(2 << 30); err != nil { // sparse
		t.Fatal(err)
	}
	spent := heapDuring(func() {
		if _, err := ReadTable("grand.csv", f, Limits{}); apperr.KindOf(err) != apperr.TooLarge {
			t.Errorf("got %v", err)
		}
	})
	if spent > 1<<20 {
		t.Errorf("refusing it took %d bytes of memory", spent)
	}
}

func TestEndlessReaderStopsAtTheLimit(t *testing.T) {
	before, err := filepath.Glob(filepath.Join(os.TempDir(), "jalon-import-*"))
	if err != nil {
		t.Fatal(err)
	}
	source := &endless{}
	if _, err := ReadTable("flux.csv", source, Limits{Size: 4 << 20}); apperr.KindOf(err) != apperr.TooLarge {
		t.Errorf("got %v", err)
	}
	if source.read > 5<<20 {
		t.Errorf("%d bytes were read past a limit of 4 MiB", source.read)
	}
	if after, err := filepath.Glob(filepath.Join(os.TempDir(), "jalon-import-*")); err != nil || len(after) > len(before) {
		t.Errorf("temporary copies left: %v, %v", after, err)
	}
}

// A million rows cost no more memory at once than ten.
func TestLargeFileIsReadInFlatMemory(t *testing.T) {
	source := io.LimitReader(&endless{}, 4*300_000)
	table, err := ReadTable("long.csv", source, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	var at, peak runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&at)
	rows := 0
	for _, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		if rows++; rows%100_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&peak)
			if peak.HeapAlloc > at.HeapAlloc+(1<<20) {
				t.Fatalf("heap grew from %d to %d after %d rows", at.HeapAlloc, peak.HeapAlloc, rows)
			}
		}
	}
	if rows != 299_999 {
		t.Errorf("%d rows", rows)
	}
}

func FuzzReadTable(f *testing.F) {
	for _, s := range []string{"a;b\n1;2\n", "\xef\xbb\xbfa,b\r\n\"x\"\"\",2", "a\tb\n\"", "PK\x03\x04", "\xe9;\x80\n", "a\n\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, e := range []Encoding{"", Windows1252} {
			table, err := ReadTableWith("f", bytes.NewReader(in), Options{Encoding: e, Limits: Limits{Cell: 64, Columns: 8, Rows: 1000, Expanded: 1 << 20}})
			if err != nil {
				if apperr.KindOf(err) == apperr.Internal {
					t.Fatalf("a bad file is the sender's, not ours: %v", err)
				}
				continue
			}
			line := table.Line
			for row, err := range table.Rows() {
				if err != nil {
					if apperr.KindOf(err) == apperr.Internal {
						t.Fatalf("a bad file is the sender's, not ours: %v", err)
					}
					break
				}
				if row.Line <= line || len(row.Cells) != len(table.Header) {
					t.Fatalf("line %d after %d, %d cells under %d headers", row.Line, line, len(row.Cells), len(table.Header))
				}
				line = row.Line
			}
			if err := table.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
