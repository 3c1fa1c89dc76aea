package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// binary is the program itself, built once: what a person runs.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "jalon-cli-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "jalon")
	build := exec.Command("go", "build", "-ldflags", "-X main.version=essai", "-o", binary, ".")
	build.Stderr = os.Stderr
	status := 1
	if err := build.Run(); err == nil {
		status = m.Run()
	}
	if err := os.RemoveAll(dir); err != nil {
		status = 1
	}
	os.Exit(status)
}

// said is what one run of the program wrote.
type said struct {
	out, err string
	code     int
}

// jalon runs the program in a folder, its data in the folder's «data».
func jalon(t *testing.T, dir string, args ...string) said {
	t.Helper()
	c := program(dir, args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return said{out.String(), errs.String(), c.ProcessState.ExitCode()}
}

func program(dir string, args ...string) *exec.Cmd {
	c := exec.Command(binary, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "JALON_DATA_DIR="+filepath.Join(dir, "data"), "JALON_DB=", "JALON_ADDR=127.0.0.1:0", "JALON_BASE_URL=", "JALON_METRICS_ADDR=")
	return c
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEachCommandHasItsHelp(t *testing.T) {
	dir := t.TempDir()
	if s := jalon(t, dir); s.code != 2 || !strings.Contains(s.out, "panorama") {
		t.Errorf("no command: %+v", s)
	}
	for _, c := range commands() {
		if s := jalon(t, dir, c.name, "--help"); s.code != 0 || !strings.Contains(s.out, "Usage\u00a0: jalon "+c.name) {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
	if s := jalon(t, dir, "serve", "--help"); !strings.Contains(s.out, "JALON_METRICS_ADDR") || !strings.Contains(s.out, "JALON_THEME_DIR") {
		t.Errorf("serve lists its variables: %s", s.out)
	}
	if s := jalon(t, dir, "version"); s.out != "jalon essai\n" {
		t.Errorf("got %q", s.out)
	}
	for _, args := range [][]string{{"rien"}, {"panorama"}, {"panorama", "--rien"}, {"panorama", "--territory", "region:44", "--format", "pdf"},
		{"panorama", "--territory", "region:99"}, {"panorama", "--territory", "Strasbourg"}, {"import", "keys"}, {"import", "rien", "x"}, {"import", "keys", "rien.csv"},
		{"load", "rien.zip"}, {"verify", "--bundle", "rien.zip"}, {"backup", "b.db"}, {"dump", "b.zip"}} {
		if s := jalon(t, t.TempDir(), args...); s.code != 2 || s.err == "" {
			t.Errorf("%v: exit %d, said %q", args, s.code, s.err)
		}
	}
}

const columns = "lever,name,sector,objective_kt,share,key,provenance,equivalent_2019,equivalent_2030,equivalent_change,equivalent_unit,version"

func TestPanoramaOfGrandEst(t *testing.T) {
	dir := t.TempDir()
	s := jalon(t, dir, "panorama", "--territory", "region:44", "--format", "csv", "--decimal", "point")
	if s.code != 0 || !strings.Contains(s.err, "22\u202f116") || !strings.Contains(s.err, "21\u202f01") {
		t.Fatalf("%+v", s)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.out, "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || strings.Join(rows[0], ",") != columns || len(rows) != 31 {
		t.Fatalf("%v %v, %d rows", rows[0], err, len(rows))
	}
	want := map[string][3]string{"voitures-electriques": {"966.14", "7.8", "459.7"}, "residentiel-fioul": {"1083.", "367.4", "89.7"}}
	for _, row := range rows[1:] {
		if w, ok := want[row[0]]; ok && (!strings.HasPrefix(row[3], w[0]) || row[7] != w[1] || row[8] != w[2]) {
			t.Errorf("%v, want %v", row, w)
		}
	}
	if s := jalon(t, dir, "panorama", "--territory", "region:44", "--format", "csv"); !strings.Contains(s.out, ";966,14") {
		t.Errorf("French decimals: %.300s", s.out)
	}
	var doc struct {
		Rows []map[string]any `json:"rows"`
	}
	j := jalon(t, dir, "panorama", "--territory", "commune:67482", "--format", "json")
	if err := json.Unmarshal([]byte(j.out), &doc); err != nil || len(doc.Rows) != 30 {
		t.Fatalf("%v, %d rows", err, len(doc.Rows))
	}
	for _, row := range doc.Rows {
		if len(row) != 12 || (row["provenance"] == "missing") != (row["objective_kt"] == nil) {
			t.Errorf("missing is not null: %v", row)
		}
	}
	for _, ref := range []string{"nation", "department:67", "department:974", "epci:246700488"} {
		if s := jalon(t, dir, "panorama", "--territory", ref); s.code != 0 || !strings.Contains(s.out, "non contraignant") {
			t.Errorf("%s: %+v", ref, s)
		}
	}
	x := jalon(t, dir, "panorama", "--territory", "region:44", "--format", "xlsx", "--output", "p.xlsx")
	if b, err := os.ReadFile(filepath.Join(dir, "p.xlsx")); x.code != 0 || err != nil || !bytes.HasPrefix(b, []byte("PK")) {
		t.Errorf("%+v %v", x, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "data")); !errors.Is(err, os.ErrNotExist) {
		t.Error("reading made a database")
	}
}

// From a file to a figure, to a bundle that recomputes it, to another database.
func TestAFileGoesAllTheWay(t *testing.T) {
	dir := t.TempDir()
	bad := write(t, dir, "mauvais.csv", "territory;key;year;value;source\n67482;parc-thermique;2021;-3;x\n")
	if s := jalon(t, dir, "import", "keys", bad, "--apply"); s.code != 2 || !strings.Contains(s.err, "mauvais.csv, ligne\u00a02, colonne\u00a04") {
		t.Errorf("%+v", s)
	}
	good := write(t, dir, "perimetres.csv", "type;nom;siren;code;du;au\nCRTE;Essai;246700488;67482;2024-01-01;\n")
	if s := jalon(t, dir, "import", "perimeters", good); s.code != 0 || !strings.Contains(s.out, "rien n’a été enregistré") {
		t.Errorf("%+v", s)
	}
	if s := jalon(t, dir, "import", "perimeters", good, "--apply"); s.code != 0 || !strings.Contains(s.out, "Import appliqué") {
		t.Errorf("%+v", s)
	}
	if s := jalon(t, dir, "import", "perimeters", good, "--apply"); s.code != 2 || !strings.Contains(s.err, "déjà été importé") {
		t.Errorf("%+v", s)
	}
	if s := jalon(t, dir, "verify"); s.code != 0 || !strings.Contains(s.out, "Aucun écart inconnu") || !strings.Contains(s.out, "14 sur 30") {
		t.Errorf("%+v", s)
	}
	files := jalon(t, dir, "export")
	lines := strings.Fields(files.out)
	if files.code != 0 || len(lines) < 20 {
		t.Fatalf("%+v", files)
	}
	bundle := lines[len(lines)-1]
	for _, name := range []string{bundle, "sources.csv"} {
		if s := jalon(t, dir, "export", name); s.code != 0 {
			t.Fatalf("%+v", s)
		}
		if _, err := os.Stat(filepath.Join(dir, name+".sha256")); err != nil {
			t.Error(err)
		}
	}
	if s := jalon(t, dir, "verify", "--bundle", bundle); s.code != 0 || !strings.Contains(s.out, "Aucune différence") {
		t.Errorf("%+v", s)
	}
	if s := jalon(t, dir, "dump", "tout.zip"); s.code != 0 {
		t.Fatalf("%+v", s)
	}
	if s := jalon(t, dir, "backup", "copie.db"); s.code != 0 {
		t.Errorf("%+v", s)
	}
	elsewhere := t.TempDir()
	if s := jalon(t, elsewhere, "load", filepath.Join(dir, "tout.zip")); s.code != 0 {
		t.Errorf("%+v", s)
	}
	if s := jalon(t, elsewhere, "load", filepath.Join(dir, "tout.zip")); s.code == 0 {
		t.Errorf("loaded twice: %+v", s)
	}
}

// A backup is restored elsewhere, never over anything, and the COP of a region goes to
// another installation: what a person types, and what they read.
func TestABackupAndACOPGoElsewhere(t *testing.T) {
	dir := t.TempDir()
	serves(t, dir) // COPs are written by a first start
	backup, cop := filepath.Join(dir, "sauvegarde.db"), filepath.Join(dir, "grand-est.zip")
	if s := jalon(t, dir, "backup", backup); s.code != 0 {
		t.Fatalf("%+v", s)
	}
	there := t.TempDir()
	if s := jalon(t, there, "restore", backup); s.code != 0 || !strings.Contains(s.out, "Sauvegarde reprise et relue") || !strings.Contains(s.out, "aucun écart inconnu") {
		t.Errorf("%+v", s)
	}
	if s := jalon(t, there, "restore", backup); s.code != 2 || !strings.Contains(s.err, "existe déjà") {
		t.Errorf("twice: %+v", s)
	}
	if s := jalon(t, there, "export", "cop", cop); s.code != 2 || !strings.Contains(s.err, "--region") {
		t.Errorf("without a region: %+v", s)
	}
	if s := jalon(t, there, "export", "cop", cop, "--region", "44"); s.code != 0 || !strings.Contains(s.out, "Empreinte du manifeste") {
		t.Fatalf("%+v", s)
	}
	elsewhere := t.TempDir()
	serves(t, elsewhere) // the COP is there, and holds what the program seeds
	for _, step := range []struct{ flag, says string }{{"", "Essai à blanc"}, {"--apply", "Importée"}, {"--apply", "déjà importée"}} {
		args := []string{"import", "cop", cop}
		if step.flag != "" {
			args = append(args, step.flag)
		}
		if s := jalon(t, elsewhere, args...); s.code != 0 || !strings.Contains(s.out, step.says) {
			t.Errorf("%v: %+v", args, s)
		}
	}
	serves(t, elsewhere)
	if s := jalon(t, elsewhere, "verify"); s.code != 0 {
		t.Errorf("after the import: %+v", s)
	}
	if s := jalon(t, elsewhere, "import", "cop", backup); s.code != 2 || !strings.Contains(s.err, "Rien n’a été importé") {
		t.Errorf("what is no archive: %+v", s)
	}
}

// serves starts the program once in a folder, and stops it.
func serves(t *testing.T, dir string) {
	t.Helper()
	c := program(dir, "serve")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), "http://") {
			break
		}
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

// The program serves, says where, and stops when asked to.
func TestServeAnswersAndStops(t *testing.T) {
	dir := t.TempDir()
	c := program(dir, "serve")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	address := ""
	for lines := bufio.NewScanner(out); address == "" && lines.Scan(); {
		if i := strings.Index(lines.Text(), "http://"); i >= 0 {
			address = lines.Text()[i:]
		}
	}
	client := &http.Client{Timeout: 20 * time.Second}
	for _, path := range []string{"/sante", "/donnees", "/api/v1/panorama/region:44"} {
		r, err := client.Get(address + path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if err := r.Body.Close(); err != nil || r.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %v", path, r.StatusCode, err)
		}
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("stopped with %v", err)
		}
	case <-ctx.Done():
		t.Error("does not stop")
		_ = c.Process.Kill() // the test has failed already
	}
}
