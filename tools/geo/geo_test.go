package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two squares that share the border x = 2, drawn with useless points on it.
const neighbours = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"B"},"geometry":{"type":"Polygon","coordinates":[[[2,46],[3,46],[3,47],[2,47],[2.001,46.7],[2.2,46.5],[2,46.3],[2,46]]]}},
{"type":"Feature","properties":{"code":"A"},"geometry":{"type":"MultiPolygon","coordinates":[[[[1,46],[2,46],[2,46.3],[2.2,46.5],[2.001,46.7],[2,47],[1,47],[1,46]]],[[[0,46],[0.01,46],[0.01,46.01],[0,46]]]]}}]}`

func generate(t *testing.T, geojson string) ([][]string, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "in.geojson")
	if err := os.WriteFile(name, []byte(geojson), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(name, 2, 60, &out); err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows, nil
}

func TestNeighboursStillTouch(t *testing.T) {
	rows, err := generate(t, neighbours)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[1][0] != "A" || rows[2][0] != "B" {
		t.Fatalf("rows %v, want A and B in order", rows)
	}
	a, b := vertices(t, rows[1][4]), vertices(t, rows[2][4])
	shared := 0
	for p := range a {
		if b[p] {
			shared++
		}
	}
	if shared < 3 {
		t.Errorf("%d shared points in %s and %s, want both ends and the bend", shared, rows[1][4], rows[2][4])
	}
	if strings.Count(rows[1][4], "M") != 1 {
		t.Errorf("an islet of 1 km² is still drawn: %s", rows[1][4])
	}
}

func TestBadInputIsAnError(t *testing.T) {
	for _, in := range []string{
		`{`,
		`{"features":[{"properties":{"code":"A"},"geometry":{"type":"Point","coordinates":[1,2]}}]}`,
		`{"features":[{"properties":{"code":"A"},"geometry":{"type":"Polygon","coordinates":[[[1,2],[1,3]]]}}]}`,
	} {
		if _, err := generate(t, in); err == nil {
			t.Errorf("%s was accepted", in)
		}
	}
}

// vertices reads the absolute points of a path.
func vertices(t *testing.T, path string) map[[2]int]bool {
	t.Helper()
	out := map[[2]int]bool{}
	at, steps, _ := strings.Cut(strings.Trim(path, "Mz"), "l")
	fields := strings.Fields(strings.ReplaceAll(at+" "+steps, "-", " -"))
	x, y := 0, 0
	for i := 0; i+1 < len(fields); i += 2 {
		x, y = x+atoi(t, fields[i]), y+atoi(t, fields[i+1])
		out[[2]int{x, y}] = true
	}
	return out
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	v, sign := 0, 1
	for i, c := range s {
		switch {
		case i == 0 && c == '-':
			sign = -1
		case c >= '0' && c <= '9':
			v = v*10 + int(c-'0')
		default:
			t.Fatalf("%q is not a number", s)
		}
	}
	return sign * v
}
