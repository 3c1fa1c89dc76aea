package exchange_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
)

const hubAnswer = `{"cubeName":"c","measureName":"c.id_1","timeDimension":"c.date_mesure","measureMeta":{"unite":"ha","libelle_indicateur":"Essai"},"data":[
 {"c.libelle_region":"Grand Est","c.geocode_region":"44","c.mode":"Vélo","c.date_mesure.year":"2022-01-01T00:00:00.000","c.id_1":"12.5","c.date_mesure":"2022-01-01T00:00:00.000"},
 {"c.geocode_region":"01","c.date_mesure":"2022-01-01","c.id_1":null},
 {"c.geocode_departement":"2A","c.geocode_region":"94","c.date_mesure":"2021-12-31T00:00:00.000","c.id_1":3}]}`

func TestReadHub(t *testing.T) {
	s, err := exchange.ReadHub("essai.json", strings.NewReader(hubAnswer))
	if err != nil || s.Cube != "c" || s.Measure != "id_1" || s.Unit != "ha" || len(s.Rows) != 3 {
		t.Fatalf("%+v %v", s, err)
	}
	a, b, c := s.Rows[0], s.Rows[1], s.Rows[2]
	if a.Scale != exchange.HubRegion || a.Place != "44" || a.Day != "2022-01-01" || a.Value == nil || *a.Value != 12.5 || a.Dims["mode"] != "Vélo" || a.Name != "Grand Est" {
		t.Errorf("%+v", a)
	}
	if b.Value != nil || b.Err != nil || b.Place != "01" {
		t.Errorf("a missing value: %+v", b)
	}
	if c.Scale != exchange.HubDepartment || c.Place != "2A" || c.Day != "2021-12-31" {
		t.Errorf("the finest scale: %+v", c)
	}
	if _, err := exchange.ReadHubOf("x", strings.NewReader(hubAnswer), "c.id_2"); err == nil {
		t.Error("an answer about another measure is taken")
	}
	bare := `{"query":{"measures":["c.id_1"]},"data":[{"c.geocode_region":"44","c.date_mesure.year":"2022-01-01T00:00:00.000","c.id_1":1}]}`
	if s, err := exchange.ReadHub("x", strings.NewReader(bare)); err != nil || s.Rows[0].Day != "2022-01-01" || s.Rows[0].Err != nil {
		t.Errorf("an answer of the API: %+v %v", s, err)
	}
}

func TestWhatIsNoAnswerOfTheHub(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"half":              {hubAnswer[:200], "s’arrête au milieu"},
		"empty":             {"", "vide"},
		"not JSON":          {"<html>", "pas une réponse"},
		"an error":          {`{"error":"Continue wait"}`, "répond une erreur"},
		"no measure":        {`{"data":[]}`, "ne nomme pas"},
		"no data":           {`{"measureName":"c.x"}`, "data"},
		"no row":            {`{"measureName":"c.x","data":[]}`, "aucune valeur"},
		"a list of numbers": {`{"measureName":"c.x","data":[1]}`, "pas un objet"},
		"something else":    {`{"measureName":"c.x","data":3}`, "pas une liste"},
		"another cube":      {`{"cubeName":"d","measureName":"c.x","data":[{}]}`, "pas du cube"},
	} {
		if _, err := exchange.ReadHub("f", strings.NewReader(c.text)); err == nil || !strings.Contains(apperr.Message(err), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct{ row, want string }{
		"no place":     {`{"c.date_mesure":"2022-01-01","c.x":1}`, "code de territoire"},
		"no date":      {`{"c.geocode_region":"44","c.x":1}`, "date"},
		"wrong date":   {`{"c.geocode_region":"44","c.date_mesure":"2022","c.x":1}`, "date"},
		"an hour":      {`{"c.geocode_region":"44","c.date_mesure":"2022-12-31T23:00:00.000","c.x":1}`, "heure"},
		"another year": {`{"c.geocode_region":"44","c.date_mesure":"2022-12-31","c.date_mesure.year":"2023-01-01T00:00:00.000","c.x":1}`, "année"},
		"a word":       {`{"c.geocode_region":"44","c.date_mesure":"2022-01-01","c.x":"secret"}`, "valeur"},
		"an object":    {`{"c.geocode_region":"44","c.date_mesure":"2022-01-01","c.x":{}}`, "valeur simple"},
	} {
		s, err := exchange.ReadHub("f", strings.NewReader(`{"measureName":"c.x","data":[`+c.row+`]}`))
		if err != nil || s.Rows[0].Err == nil || !strings.Contains(s.Rows[0].Err.Error(), c.want) {
			t.Errorf("%s: %+v %v", name, s.Rows, err)
		}
	}
}

func TestInflate(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(bytes.Repeat([]byte("a;b\n"), 1000)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	name, r, err := exchange.Inflate("f.csv.gz", bytes.NewReader(whole), exchange.Limits{})
	if err != nil || name != "f.csv" {
		t.Fatal(name, err)
	}
	if text, err := io.ReadAll(r); err != nil || len(text) != 4000 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	for name, c := range map[string]struct {
		body []byte
		l    exchange.Limits
	}{"cut": {whole[:len(whole)-9], exchange.Limits{}}, "too long": {whole, exchange.Limits{Expanded: 100}}, "damaged": {[]byte("\x1f\x8bxx"), exchange.Limits{}}} {
		_, r, err := exchange.Inflate("f.csv.gz", bytes.NewReader(c.body), c.l)
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if err == nil || apperr.KindOf(err) == apperr.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	if name, r, err := exchange.Inflate("f.csv", strings.NewReader("x"), exchange.Limits{}); err != nil || name != "f.csv" {
		t.Error("a file that is not compressed", name, r, err)
	}
}

// opened reads a text as a table.
func opened(t testing.TB, text string) *exchange.Table {
	t.Helper()
	table, err := exchange.ReadTable("f.csv", strings.NewReader(text), exchange.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = table.Close() })
	return table
}

func TestReadSeriesAndBarometer(t *testing.T) {
	rows, err := exchange.ReadSeries(opened(t, "territoire;série;date;valeur;unité;source;année cible\nregion:44;part-bio;31/12/2023;7,5;%;Agence Bio;\nregion:44;part-bio;2023;7,5;%;Agence Bio;\n;part-bio;2023-12-31;7,5;%;x;\nregion:44;part-bio;2023-12-31;;%;x;\nregion:44;part-bio;2023-12-31;1;%;x;2030\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []exchange.SeriesRow
	for r, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	if len(got) != 5 || got[0].Err != nil || got[0].Day != "2023-12-31" || *got[0].Quantity.Value != 7.5 || got[1].Err == nil || got[2].Err == nil || got[3].Err == nil || got[4].Aim != 2030 {
		t.Errorf("%+v", got)
	}
	b, err := exchange.ReadBarometer(opened(t, "level,code,indicator,label,date,value,unit,source\ndepartement,2A,IND-1,x,2024-10-01,3.5,,DITP\nregion,44,IND-1,x,octobre,3,,DITP\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for r, err := range b {
		if err != nil || (r.Err != nil) != (n == 1) {
			t.Errorf("%+v %v", r, err)
		}
		n++
	}
}

func TestReadNational(t *testing.T) {
	rows, err := exchange.ReadNational(opened(t, "ID,Indicateur,Sous-niveau (graphique),Unité,Sources,Levier,Source de la cible,IRPE ids,2023,2024,cible_2030,Autre\nx,Bus,,pourcents,SDES,\"\"\"Un, deux\"\", Trois\",SNBC,\"453, 454\",\"8,3\",\"1\u202f000\",33,\ny,Car,,pourcents,SDES,,SNBC,,n.d.,,,\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []exchange.NationalRow
	for r, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	if len(got) != 2 || got[0].Err != nil || got[1].Err == nil {
		t.Fatalf("%+v", got)
	}
	a := got[0]
	if len(a.Levers) != 2 || a.Levers[0] != "Un, deux" || len(a.HubIDs) != 2 || a.Values[2023].Value != 8.3 || a.Values[2024].Value != 1000 || a.Targets[2030].Value != 33 {
		t.Errorf("%+v", a)
	}
	if _, err := exchange.ReadNational(opened(t, "Indicateur,Unité,Sources,Levier,Source de la cible\nx,y,z,t,u\n"), nil); err == nil {
		t.Error("a list without years is taken")
	}
}

// FuzzHub holds that no answer stops the reader otherwise than by a message.
func FuzzHub(f *testing.F) {
	f.Add(hubAnswer)
	f.Add(hubAnswer[:100])
	f.Add(`{"measureName":"c.x","data":[{"c.geocode_region":"44","c.date_mesure":"2022-01-01","c.x":1e999}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := exchange.ReadHub("f.json", strings.NewReader(text))
		if err != nil && apperr.KindOf(err) == apperr.Internal {
			t.Errorf("%v", err)
		}
		for _, r := range s.Rows {
			if r.Err == nil && (r.Scale == "" || len(r.Day) != 10) {
				t.Errorf("%+v", r)
			}
		}
	})
}

// fuzzTable reads a text by one of the readers of series, to its end.
func fuzzTable[T any](t *testing.T, text string, read func(*exchange.Table) (func(func(T, error) bool), error)) {
	table, err := exchange.ReadTable("f.csv", strings.NewReader(text), exchange.Limits{})
	if err != nil {
		if apperr.KindOf(err) == apperr.Internal {
			t.Errorf("%v", err)
		}
		return
	}
	defer func() { _ = table.Close() }()
	rows, err := read(table)
	if err == nil {
		rows(func(_ T, e error) bool { err = e; return e == nil })
	}
	if err != nil && apperr.KindOf(err) == apperr.Internal {
		t.Errorf("%v", err)
	}
}

// FuzzSeries holds the same for a generic file.
func FuzzSeries(f *testing.F) {
	f.Add("territory,series,year,value,unit,source\nregion:44,part-bio,2023,7.5,%,x\n")
	f.Add("territory;series;date;value;unit;source\nregion:44;part-bio;31/12/2023;7,5;%;x\n")
	f.Fuzz(func(t *testing.T, text string) {
		fuzzTable(t, text, func(table *exchange.Table) (func(func(exchange.SeriesRow, error) bool), error) {
			rows, err := exchange.ReadSeries(table, nil)
			return rows, err
		})
	})
}

// FuzzBarometer holds the same for the baromètre.
func FuzzBarometer(f *testing.F) {
	f.Add("level,code,indicator,label,date,value,unit,source\ndepartement,2A,IND-1,x,2024-10-01,3.5,,DITP\n")
	f.Fuzz(func(t *testing.T, text string) {
		fuzzTable(t, text, func(table *exchange.Table) (func(func(exchange.BarometerRow, error) bool), error) {
			rows, err := exchange.ReadBarometer(table, nil)
			return rows, err
		})
	})
}

// FuzzNational holds the same for the national referential.
func FuzzNational(f *testing.F) {
	f.Add("Indicateur,Unité,Sources,Levier,Source de la cible,2023,cible_2030\nx,y,z,\"\"\"a, b\"\"\",u,1,2\n")
	f.Fuzz(func(t *testing.T, text string) {
		fuzzTable(t, text, func(table *exchange.Table) (func(func(exchange.NationalRow, error) bool), error) {
			rows, err := exchange.ReadNational(table, nil)
			return rows, err
		})
	})
}

// Every answer that the State keeps is read whole.
func TestEveryPublicAnswerIsRead(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "indicateurs", "irpe", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the answers of the hub are not beside this checkout")
	}
	if len(files) != 29 {
		t.Errorf("%d answers", len(files))
	}
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := exchange.ReadHub(filepath.Base(path), f)
		if cerr := f.Close(); err != nil || cerr != nil {
			t.Errorf("%s: %v %v", path, err, cerr)
		}
		for _, r := range s.Rows {
			if r.Err != nil {
				t.Errorf("%s, element %d: %v", path, r.Line, r.Err)
			}
		}
	}
}
