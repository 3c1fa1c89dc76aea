package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"jalon/internal/db"
	"jalon/internal/territory"
)

// A message about what only the sender knows names the flag that says it; one
// about the file itself names none.
func TestMessagesNameTheFlagThatMends(t *testing.T) {
	dir := t.TempDir()
	head := "territory;key;year;value;source"
	for _, tt := range []struct {
		name, text string
		says, not  []string
	}{
		{"unknown column", head + ";quoi\n67482;parc-thermique;2021;1;x;y\n", []string{`--map "quoi=CHAMP"`, `"quoi=-"`, "key, reason, source, territory, unit, value, year"}, []string{"--skip-rows", "--encoding"}},
		{"title rows", "Parc de l’année\n\n" + head + "\n67482;parc-thermique;2021;1;x\n", []string{`--map "Parc de l’année=CHAMP"`, "--skip-rows NOMBRE"}, []string{"--encoding"}},
		{"Windows-1252 in the header", "territoire;cl\xe9;ann\xe9e;valeur;source\n", []string{"--encoding windows-1252"}, []string{"--map", "--skip-rows"}},
		{"Windows-1252 far below", head + "\n67482;parc-thermique;2021;1;x\n67001;parc-thermique;2021;1;\xe9t\xe9\n", []string{"ligne\u00a03, colonne\u00a05", "--encoding windows-1252"}, []string{"--map"}},
		{"a wrong value", head + "\n67482;parc-thermique;2021;douze;x\n", []string{"pas un nombre"}, []string{"--map", "--encoding", "--skip-rows"}},
		{"nothing", "", []string{"le fichier est vide"}, []string{"--"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := jalon(t, dir, "import", "keys", write(t, dir, "f.csv", tt.text))
			if s.code != 2 {
				t.Errorf("exit %d", s.code)
			}
			for _, says := range tt.says {
				if !strings.Contains(s.err, says) {
					t.Errorf("%q does not say %q", s.err, says)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(s.err, not) {
					t.Errorf("%q says %q", s.err, not)
				}
			}
		})
	}
	for _, flags := range [][]string{{"--map", "quoi=-"}, {"--skip-rows", "1"}} {
		path := write(t, dir, "mended.csv", map[string]string{
			"--map":       head + ";quoi\n67482;parc-thermique;2021;1;x;y\n",
			"--skip-rows": "Titre\n\n" + head + "\n67482;parc-thermique;2021;1;x\n",
		}[flags[0]])
		if s := jalon(t, dir, append([]string{"import", "keys", path}, flags...)...); s.code != 0 {
			t.Errorf("%v: %+v", flags, s)
		}
	}
}

// Two gigabytes, and a workbook that opens into a thousand times its size:
// refused, in French, without being read into memory.
func TestHugeFilesCostNoMemory(t *testing.T) {
	dir := t.TempDir()
	huge := filepath.Join(dir, "deux-gigas.csv")
	if err := os.WriteFile(huge, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(huge, 2<<30); err != nil {
		t.Fatal(err)
	}
	bomb := bombOf(t, dir, 256<<20)
	for path, says := range map[string]string{huge: "dépasse 256\u00a0Mo", bomb: "une fois décompressé"} {
		c := program(dir, "import", "keys", path, "--apply")
		var errs bytes.Buffer
		c.Stderr = &errs
		if err := c.Run(); c.ProcessState.ExitCode() != 2 || !strings.Contains(errs.String(), says) {
			t.Errorf("%s: %v, %s", filepath.Base(path), err, &errs)
		}
		usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
		const most = 100 << 10 // KiB; about 28 MiB measured, the program itself
		if !ok || usage.Maxrss > most {
			t.Errorf("%s: %d KiB of memory", filepath.Base(path), usage.Maxrss)
		}
	}
}

// bombOf makes a workbook whose sheet opens into size bytes of nothing.
func bombOf(t *testing.T, dir string, size int) string {
	t.Helper()
	path := filepath.Join(dir, "bombe.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	parts := []struct{ name, text string }{
		{"[Content_Types].xml", "<Types/>"},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
	}
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p.text)); err != nil {
			t.Fatal(err)
		}
	}
	sheet, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	nothing := make([]byte, 1<<20)
	for range size / len(nothing) {
		if _, err := sheet.Write(nothing); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// largeKey is a whole key: a row for each commune of the 18 regions.
func largeKey(t *testing.T, dir string) (path string, rows int) {
	t.Helper()
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("territory;key;year;value;source\n")
	for _, region := range tree.Regions() {
		idx, err := tree.CommunesOf(territory.Ref{Scale: territory.RegionS, Code: region.Code})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range idx {
			rows++
			fmt.Fprintf(&b, "%s;parc-thermique;2021;%d;essai\n", tree.Communes()[i].Code, rows%97+1)
		}
	}
	return write(t, dir, "grande-cle.csv", b.String()), rows
}

// unchanged says that the panorama holds nothing of the key, then that the same
// file, imported again, brings all of it.
func unchanged(t *testing.T, dir, path string, rows int) {
	t.Helper()
	line := func() string {
		s := jalon(t, dir, "panorama", "--territory", "commune:2A004", "--format", "csv")
		_, after, _ := strings.Cut(s.out, "\nvoitures-electriques;")
		return after
	}
	if s := jalon(t, dir, "verify"); s.code != 0 || !strings.Contains(s.out, "Aucun écart inconnu") {
		t.Errorf("verify: %+v", s)
	}
	if l := line(); !strings.Contains(l, ";missing;") {
		t.Errorf("half an import shows: %.200s", l)
	}
	if s := jalon(t, dir, "import", "keys", path, "--apply"); s.code != 0 || !strings.Contains(s.out, "Import appliqué") {
		t.Fatalf("again: %+v", s)
	}
	if l := line(); !strings.Contains(l, ";parc-thermique;computed;") {
		t.Errorf("the key divides nothing: %.200s", l)
	}
	if s := jalon(t, dir, "verify"); s.code != 0 {
		t.Errorf("verify: %+v", s)
	}
	var published int
	d := openData(t, dir)
	if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM observation o JOIN published_edition e ON e.id = o.edition`).Scan(&published); err != nil || published != rows {
		t.Errorf("%d of %d rows, %v", published, rows, err)
	}
}

func openData(t *testing.T, dir string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), filepath.Join(dir, "data", "jalon.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestAnImportKilledMidwayLeavesNothingHalfWritten(t *testing.T) {
	dir := t.TempDir()
	path, rows := largeKey(t, dir)
	if s := jalon(t, dir, "migrate"); s.code != 0 {
		t.Fatalf("%+v", s)
	}
	d := openData(t, dir)
	c := program(dir, "import", "keys", path, "--apply")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for staged := 0; staged < 2000; {
		select {
		case err := <-ended:
			t.Fatalf("it ended by itself after %d rows: %v", staged, err)
		default:
		}
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM import_row`).Scan(&staged); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Process.Kill(); err != nil { // SIGKILL
		t.Fatal(err)
	}
	if err := <-ended; err == nil || c.ProcessState.ExitCode() != -1 {
		t.Fatalf("it ended by itself: %v", err)
	}
	staged := 0
	if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM import_row`).Scan(&staged); err != nil || staged >= rows {
		t.Fatalf("killed too late: %d rows of %d, %v", staged, rows, err)
	}
	unchanged(t, dir, path, rows)
}

// A disk that refuses to grow a file answers as a full one does.
func TestAnImportOnAFullDiskLeavesNothingHalfWritten(t *testing.T) {
	dir := t.TempDir()
	path, rows := largeKey(t, dir)
	if s := jalon(t, dir, "migrate"); s.code != 0 {
		t.Fatalf("%+v", s)
	}
	const blocks = (4 << 20) / 512 // what ulimit counts in
	starved := program(dir, "import", "keys", path, "--apply")
	c := exec.Command("sh", append([]string{"-c", "ulimit -f " + strconv.Itoa(blocks) + ` && exec "$@"`, "sh"}, starved.Args...)...)
	c.Dir, c.Env = starved.Dir, starved.Env
	var errs bytes.Buffer
	c.Stderr = &errs
	if err := c.Run(); c.ProcessState.ExitCode() != 1 || !strings.Contains(errs.String(), "Le disque est plein") {
		t.Fatalf("%v: %s", err, &errs)
	}
	unchanged(t, dir, path, rows)
}
