package exchange_test

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"strings"
	"testing"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/figure"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// corsica is a small input: one key for each commune of Corse.
func corsica(t testing.TB) (*panorama.Model, []series.Observation) {
	t.Helper()
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	fw, err := framework.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	var observed []series.Observation
	for i, c := range tree.Communes() {
		if c.Region == "94" {
			v := float64(i%7) + 1
			observed = append(observed, series.Observation{Series: "cle/parc-thermique", Territory: "commune:" + c.Code, Year: 2021,
				Edition: "0199-run", Value: &v, Unit: "véhicules", Class: figure.Provider, Source: "essai"})
		}
	}
	m, err := panorama.FromObservations(tree, fw, data.FS, observed)
	if err != nil {
		t.Fatal(err)
	}
	return m, observed
}

func TestBundleRecomputesFromItselfAlone(t *testing.T) {
	m, observed := corsica(t)
	var a, b bytes.Buffer
	first, err := exchange.WriteBundle(&a, m, data.FS, observed)
	if err != nil {
		t.Fatal(err)
	}
	for i := range observed {
		observed[i].Edition = "0200-another-installation"
	}
	second, err := exchange.WriteBundle(&b, m, data.FS, observed)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) || first.Version != second.Version {
		t.Error("the same inputs gave two bundles")
	}
	rep, err := exchange.ReadBundle("lot.zip", bytes.NewReader(a.Bytes()), int64(a.Len()))
	if err != nil || len(rep.Differences) != 0 {
		t.Fatalf("%v %v", rep.Differences, err)
	}
	t.Logf("%d bytes, %d rows", a.Len(), rep.Rows)

	for _, tt := range []struct {
		name   string
		change func(path string, text []byte) []byte // nil removes the part
		says   string
	}{
		{"one result altered", replace("results/epci.csv", ";estimated;", ";computed;"), "results/epci.csv"},
		{"a part gone", replace("inputs/territories.tsv", "", ""), "inputs/territories.tsv"},
		{"an input altered", replace("inputs/tables/objectives-regional.csv", "966.1408", "966.1409"), "objectives-regional.csv"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			altered := rewrite(t, a.Bytes(), tt.change)
			_, err := exchange.ReadBundle("lot.zip", bytes.NewReader(altered), int64(len(altered)))
			if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), tt.says) {
				t.Errorf("got %v, want the name %s", err, tt.says)
			}
		})
	}
	t.Run("truncated", func(t *testing.T) {
		cut := a.Bytes()[:a.Len()/2]
		if _, err := exchange.ReadBundle("lot.zip", bytes.NewReader(cut), int64(len(cut))); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a part added", func(t *testing.T) {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		copyParts(t, w, a.Bytes(), func(_ string, text []byte) []byte { return text })
		f, err := w.Create("results/more.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := exchange.ReadBundle("lot.zip", bytes.NewReader(out.Bytes()), int64(out.Len())); !strings.Contains(apperr.Message(err), "results/more.csv") {
			t.Errorf("got %v", err)
		}
	})
}

// TestBundleTellsADifferentResult makes a bundle whose manifest is right and
// whose results are not what its inputs give.
func TestBundleTellsADifferentResult(t *testing.T) {
	m, observed := corsica(t)
	var a bytes.Buffer
	if _, err := exchange.WriteBundle(&a, m, data.FS, observed[1:]); err != nil { // the results know one commune more
		t.Fatal(err)
	}
	rep, err := exchange.ReadBundle("lot.zip", bytes.NewReader(a.Bytes()), int64(a.Len()))
	if err != nil || len(rep.Differences) == 0 || !strings.Contains(rep.Differences[0], "version") {
		t.Errorf("got %v, %v; want differences", rep.Differences, err)
	}
}

func replace(path, from, to string) func(string, []byte) []byte {
	return func(p string, text []byte) []byte {
		if p != path {
			return text
		}
		if from == "" {
			return nil
		}
		return bytes.Replace(text, []byte(from), []byte(to), 1)
	}
}

func rewrite(t *testing.T, archive []byte, change func(string, []byte) []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	copyParts(t, w, archive, change)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func copyParts(t *testing.T, w *zip.Writer, archive []byte, change func(string, []byte) []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if text = change(f.Name, text); text == nil {
			continue
		}
		part, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(text); err != nil {
			t.Fatal(err)
		}
	}
}

func tables() fs.FS { return data.FS }
