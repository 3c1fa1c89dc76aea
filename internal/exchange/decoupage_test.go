package exchange

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
)

// smallDecoupage is a package of three communes: one in an EPCI, one that took
// another over, one overseas.
func smallDecoupage() map[string]string {
	return map[string]string{
		"package.json":           `{"name":"@etalab/decoupage-administratif","version":"6.0.0"}`,
		"README.md":              "| Année | Version |\n|---|---|\n| 2026  | 6.0.0     | x |\n| 2025 | 5.3.0 | y |\n",
		"data/regions.json":      `[{"code":"44","nom":"Grand Est","zone":"metro"},{"code":"988","nom":"Nouvelle-Calédonie","zone":"com"}]`,
		"data/departements.json": `[{"code":"67","region":"44","nom":"Bas-Rhin","zone":"metro"},{"code":"988","region":"988","nom":"Nouvelle-Calédonie","zone":"com"}]`,
		"data/epci.json":         `[{"code":"246700488","nom":"Eurométropole de Strasbourg","type":"METRO","membres":[{"code":"67482"}]}]`,
		"data/communes.json": `[
{"code":"67482","nom":"Strasbourg","departement":"67","region":"44","zone":"metro","type":"commune-actuelle","siren":"216704825","codesPostaux":["67100","67000"],"population":293771},
{"code":"67004","nom":"Sommerau","departement":"67","region":"44","zone":"metro","type":"commune-actuelle","siren":"200056216","codesPostaux":["67310"],"population":0,"anciensCodes":["67004","67009"]},
{"code":"67009","nom":"L'Allenwiller \"vieux\"","departement":"67","region":"44","type":"commune-deleguee","chefLieu":"67004"},
{"code":"98818","nom":"Nouméa","departement":"988","region":"988","zone":"com","type":"commune-actuelle"}
]`,
	}
}

func mapFS(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func tgz(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	tw := tar.NewWriter(zw)
	for name, text := range files {
		if err := tw.WriteHeader(&tar.Header{Name: "package/" + name, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecoupageTable(t *testing.T) {
	want := strings.Join([]string{
		"E\t6.0.0\t2026\t2023\t\tInsee, DGCL et La Poste, d’après @etalab/decoupage-administratif 6.0.0, Licence Ouverte 2.0",
		"R\t44\tGrand Est\tmetro",
		"O\t988\tNouvelle-Calédonie",
		"D\t67\tBas-Rhin\t44",
		"G\t246700488\tMETRO\tEurométropole de Strasbourg",
		"C\t67004\tSommerau\t67\t\t\t0\t200056216\t67310",
		"C\t67482\tStrasbourg\t67\t246700488\t\t293771\t=\t67000,67100",
		"C\t98818\tNouméa\t988\t\t\t-\t\t",
		"F\t67009\tD\t67004\tL’Allenwiller «\u00a0vieux\u00a0»",
		"",
	}, "\n")
	dir, err := ReadDecoupageDir(mapFS(smallDecoupage()), DecoupageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	archive, err := ReadDecoupageArchive("x.tgz", bytes.NewReader(tgz(t, smallDecoupage())), DecoupageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*Decoupage{dir, archive} {
		var b bytes.Buffer
		if err := d.WriteTable(&b); err != nil {
			t.Fatal(err)
		}
		_, rows, _ := strings.Cut(b.String(), "\nE")
		if diff := cmp.Diff(want, "E"+rows); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDecoupageRefuses(t *testing.T) {
	communes := smallDecoupage()["data/communes.json"]
	for name, c := range map[string]struct{ file, text, says string }{
		"no communes":       {"data/communes.json", "", "ne contient pas data/communes.json"},
		"no version":        {"package.json", `{}`, "package.json"},
		"broken JSON":       {"data/communes.json", strings.Replace(communes, `"nom":"Sommerau"`, `"nom":Sommerau`, 1), "communes.json, ligne\u00a03"},
		"wrong type":        {"data/communes.json", strings.Replace(communes, `"population":0`, `"population":"0"`, 1), "communes.json, ligne\u00a03"},
		"negative":          {"data/communes.json", strings.Replace(communes, `"population":0`, `"population":-1`, 1), "population impossible"},
		"cut short":         {"data/communes.json", communes[:len(communes)-3], "communes.json, ligne"},
		"object":            {"data/communes.json", `{}`, "liste JSON"},
		"bad code":          {"data/communes.json", strings.Replace(communes, `"67004"`, `"6700X"`, 1), "code invalide"},
		"tab in name":       {"data/communes.json", strings.Replace(communes, "Sommerau", `Som\tmerau`, 1), "nom vide"},
		"twice":             {"data/communes.json", strings.Replace(communes, `{"code":"67004"`, `{"code":"67482"`, 1), "commune en double (déjà ligne\u00a02)"},
		"unknown dept":      {"data/communes.json", strings.Replace(communes, `"departement":"67"`, `"departement":"68"`, 1), "département inconnu"},
		"orphan former":     {"data/communes.json", strings.Replace(communes, `"chefLieu":"67004"`, `"chefLieu":"67999"`, 1), "commune inconnue"},
		"unknown member":    {"data/epci.json", `[{"code":"246700488","nom":"x","type":"CC","membres":[{"code":"67999"}]}]`, "epci.json, ligne\u00a01"},
		"unknown kind":      {"data/epci.json", `[{"code":"246700488","nom":"x","type":"SAN","membres":[{"code":"67482"}]}]`, "nature"},
		"two groups":        {"data/epci.json", `[{"code":"246700488","nom":"x","type":"CC","membres":[{"code":"67482"}]},{"code":"246700489","nom":"y","type":"CC","membres":[{"code":"67482"}]}]`, "déjà membre"},
		"unknown year":      {"README.md", "x", "--year"},
		"no member at all":  {"data/epci.json", `[{"code":"246700488","nom":"x","type":"CC"}]`, "sans membre"},
		"postcode":          {"data/communes.json", strings.Replace(communes, `"67310"`, `"6731"`, 1), "code postal"},
		"unknown territory": {"data/departements.json", `[{"code":"67","region":"45","nom":"Bas-Rhin"}]`, "région inconnue"},
	} {
		files := smallDecoupage()
		if files[c.file] = c.text; c.text == "" {
			delete(files, c.file)
		}
		_, err := ReadDecoupageDir(mapFS(files), DecoupageOptions{})
		if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestDecoupageArchiveIsHostile(t *testing.T) {
	whole := tgz(t, smallDecoupage())
	bomb := smallDecoupage()
	bomb["data/communes.json"] = "[" + strings.Repeat(" ", 8<<20)
	for name, c := range map[string]struct {
		data []byte
		kind apperr.Kind
	}{
		"not gzip": {[]byte("hello"), apperr.Invalid},
		"cut":      {whole[:len(whole)/2], apperr.Invalid},
		"empty":    {tgz(t, nil), apperr.Invalid},
		"bomb":     {tgz(t, bomb), apperr.TooLarge},
	} {
		if _, err := ReadDecoupageArchive("x.tgz", bytes.NewReader(c.data), DecoupageOptions{}); apperr.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	small := DecoupageOptions{Limits: Limits{Size: 100}}
	if _, err := ReadDecoupageArchive("x.tgz", bytes.NewReader(whole), small); apperr.KindOf(err) != apperr.TooLarge {
		t.Errorf("size: %v", err)
	}
}

func FuzzDecoupageCommunes(f *testing.F) {
	f.Add(smallDecoupage()["data/communes.json"])
	f.Add("[{}]")
	f.Fuzz(func(t *testing.T, communes string) {
		files := smallDecoupage()
		files["data/communes.json"] = communes
		d, err := ReadDecoupageDir(mapFS(files), DecoupageOptions{})
		if err != nil {
			if k := apperr.KindOf(err); k != apperr.Invalid && k != apperr.TooLarge {
				t.Fatalf("kind %v: %v", k, err)
			}
			return
		}
		var b bytes.Buffer
		if err := d.WriteTable(&b); err != nil {
			t.Fatal(err)
		}
	})
}

// The embedded table is what the generator gives from the published package,
// when `make territories` has put it in .cache. Bytes are compared opened:
// compilers deflate differently.
func TestEmbeddedTableIsReproduced(t *testing.T) {
	found, err := filepath.Glob("../../.cache/etalab-decoupage-administratif-6.0.0.tgz")
	if err != nil || len(found) == 0 {
		t.Skip("the package is not in .cache (make territories fetches it): the embedded table is not compared with it")
	}
	f, err := os.Open(found[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := ReadDecoupageArchive("x.tgz", f, DecoupageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got, want bytes.Buffer
	if err := d.WriteTable(&got); err != nil {
		t.Fatal(err)
	}
	packed, err := os.Open("../../data/territories/2026.tsv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	zr, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := want.ReadFrom(zr); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Error("the embedded table differs from the package: run make territories")
	}
}
