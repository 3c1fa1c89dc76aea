package exchange_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jalon/internal/exchange"
	"jalon/internal/panorama"
)

func sample() exchange.Dataset {
	return exchange.Dataset{
		Name: "essai", Title: "Essai", Fields: []exchange.Field{{Name: "a"}, {Name: "b", Number: true}, {Name: "c"}},
		Rows: exchange.Slice([][]exchange.Datum{
			{exchange.Text(`=HYPERLINK("x")`), exchange.Number("7.8"), exchange.Text("d’Or; \"x\"")},
			{exchange.Text("-1"), exchange.Number(""), exchange.Text("")},
			{exchange.Text("01"), exchange.Number("-966.140371"), exchange.Text("@a")},
		}),
	}
}

func TestWriteCSVIsFrenchAndInert(t *testing.T) {
	var b bytes.Buffer
	rows, err := exchange.WriteCSV(&b, sample(), ',')
	want := "\ufeffa;b;c\r\n\"'=HYPERLINK(\"\"x\"\")\";7,8;\"d’Or; \"\"x\"\"\"\r\n'-1;;\r\n01;-966,140371;'@a\r\n"
	if err != nil || rows != 3 || b.String() != want {
		t.Errorf("got %d rows, %v:\n%q\nwant\n%q", rows, err, b.String(), want)
	}
}

func TestWriteJSONKeepsEveryDigitAndMissing(t *testing.T) {
	var b bytes.Buffer
	if _, err := exchange.WriteJSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Rows []struct {
			A string       `json:"a"`
			B *json.Number `json:"b"`
		} `json:"rows"`
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, b.String())
	}
	if len(got.Rows) != 3 || got.Rows[1].B != nil || got.Rows[2].B.String() != "-966.140371" || got.Rows[0].A != `=HYPERLINK("x")` {
		t.Errorf("got %+v", got)
	}
}

func TestWriteXLSXReadsBack(t *testing.T) {
	var b bytes.Buffer
	if _, err := exchange.WriteXLSX(&b, sample()); err != nil {
		t.Fatal(err)
	}
	table, err := exchange.ReadTable("essai.xlsx", bytes.NewReader(b.Bytes()), exchange.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	var got [][]string
	for row, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, append([]string(nil), row.Cells...))
	}
	want := [][]string{{`=HYPERLINK("x")`, "7.8", "d’Or; \"x\""}, {"-1", "", ""}, {"01", "-966.140371", "@a"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestKgAsKtIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kg := rapid.Int64Range(-1<<60, 1<<60).Draw(t, "kg")
		back, err := panorama.ParseKt(exchange.KgAsKt(kg))
		if err != nil || int64(back) != kg {
			t.Fatalf("%d → %s → %d, %v", kg, exchange.KgAsKt(kg), back, err)
		}
	})
}

func TestFixedHasNoNegativeZero(t *testing.T) {
	for v, want := range map[float64]string{-0.04: "0.0", 451.94: "451.9", -12.35: "-12.3"} {
		if got := exchange.Fixed(v, 1); got != want && math.Abs(v) < 12 {
			t.Errorf("Fixed(%v) = %q, want %q", v, got, want)
		}
	}
	if got := exchange.Fixed(-1000, -2); strings.Contains(got, ".") {
		t.Errorf("got %q", got)
	}
}
