// Command geo turns a GeoJSON of regions or départements into the small table
// of outlines that the maps draw: projected, simplified along shared borders so
// that neighbours still touch, and rounded to whole units.
//
// From the root of the project:
//
//	go run ./tools/geo -tolerance 1.8 regions-1000m.geojson > data/geo/regions.csv
//	go run ./tools/geo -tolerance 1.6 -smallest 15 departements-1000m.geojson > data/geo/departements.csv
//
// The input is «contours administratifs» of Etalab (Licence Ouverte), made from
// ADMIN EXPRESS of IGN; each feature has the properties code and nom.
package main

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"
)

type feature struct {
	Properties struct {
		Code   string `json:"code"`
		Region string `json:"region"`
	} `json:"properties"`
	Geometry struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

func main() {
	tolerance := flag.Float64("tolerance", 3, "simplification, in km")
	smallest := flag.Float64("smallest", 60, "islands under this area in km² are left out, the largest piece excepted")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: geo [-tolerance km] [-smallest km²] file.geojson")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *tolerance, *smallest, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "geo:", err)
		os.Exit(1)
	}
}

func run(name string, tolerance, smallest float64, w io.Writer) error {
	raw, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var in struct{ Features []feature }
	if err := json.Unmarshal(raw, &in); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	sort.Slice(in.Features, func(a, b int) bool {
		return in.Features[a].Properties.Code < in.Features[b].Properties.Code
	})
	shapes := make([]shape, len(in.Features))
	for i, f := range in.Features {
		if shapes[i], err = project(f); err != nil {
			return fmt.Errorf("%s: %s: %w", name, f.Properties.Code, err)
		}
	}
	fit(shapes)
	shapes = simplify(shapes, tolerance, smallest)

	out := csv.NewWriter(w)
	if err := out.Write([]string{"code", "frame", "label_x", "label_y", "path"}); err != nil {
		return err
	}
	for _, s := range shapes {
		at := s.inside()
		for _, f := range frames() { // overseas, the name goes under the outline
			if f.name == s.frame {
				at = point{f.x + f.w/2, f.y + f.h - 12}
			}
		}
		err := out.Write([]string{s.code, s.frame, strconv.Itoa(round(at.x)), strconv.Itoa(round(at.y)), s.path()})
		if err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
