package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jalon/data"
	"jalon/internal/framework"
	"jalon/internal/series"
)

// public is where the files of the publishers stand, when they do.
func public(t *testing.T) string {
	t.Helper()
	from := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(filepath.Join(from, "indicateurs", "irpe")); os.IsNotExist(err) {
		t.Skip("the public series are not beside this checkout: the tables are not made again from them")
	}
	return from
}

// The tables are what the generator makes of the public files, byte for byte.
func TestTheTablesAreMadeAgain(t *testing.T) {
	from := public(t)
	for name, made := range map[string]func() ([]byte, error){
		series.ReferenceTable:     func() ([]byte, error) { return Reference(from) },
		"indicators-national.csv": func() ([]byte, error) { return Nationals(filepath.Join(from, "referentiel", "indicateurs-2026.csv")) },
	} {
		want, err := made()
		if err != nil {
			t.Fatal(err)
		}
		got, err := data.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the public files give: go run ./tools/series -from FOLDER", name)
		}
	}
}

// Every answer of the hub and every series of the baromètre has its line in the
// catalogue; what a line names exists.
func TestTheCatalogueIsWhole(t *testing.T) {
	c, err := series.LoadCatalogue(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	fw, err := framework.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	hub, barometer, axes := 0, 0, map[string]bool{}
	for _, a := range fw.Axes() {
		axes[a.Code] = true
	}
	for _, i := range c.All() {
		if i.Hub > 0 {
			hub++
		}
		if i.Barometer != "" {
			barometer++
		}
		if _, err := fw.Source(i.Source); err != nil {
			t.Errorf("%s: source %q", i.Code, i.Source)
		}
		if !strings.HasSuffix(i.Counts, ".") || i.Producer == "" {
			t.Errorf("%s: what it counts is no sentence, or nobody makes it", i.Code)
		}
		for _, l := range i.Levers {
			if _, err := fw.Lever(l); err != nil {
				t.Errorf("%s: lever %q", i.Code, l)
			}
		}
		for _, a := range i.Axes {
			if !axes[a] {
				t.Errorf("%s: axis %q", i.Code, a)
			}
		}
		// Only levels that the panorama words are units of a target.
		if i.TargetUnit != "" {
			found := false
			for _, l := range fw.Levers(framework.National) {
				found = found || strings.EqualFold(l.Unit, i.TargetUnit)
			}
			if !found {
				t.Errorf("%s: no lever is in %q", i.Code, i.TargetUnit)
			}
		}
	}
	if hub != 29 || barometer != 23 {
		t.Errorf("%d answers of the hub and %d series of the baromètre in the catalogue; want 29 and 23", hub, barometer)
	}
	targets, tied := 0, 0
	for _, n := range c.Nationals() {
		if n.Target != nil {
			targets++
			if _, err := fw.Source(n.Aim); err != nil {
				t.Errorf("%s: source of its target %q", n.Code, n.Aim)
			}
		}
		if len(n.Levers) > 0 {
			tied++
		}
		for _, l := range n.Levers {
			if _, err := fw.Lever(l); err != nil {
				t.Errorf("%s: lever %q", n.Code, l)
			}
		}
	}
	if targets != 207 {
		t.Errorf("%d national targets, want 207", targets)
	}
	t.Logf("%d national indicators, %d with a target, %d tied to a lever", len(c.Nationals()), targets, tied)
	// A target that the sentences of targets-national.csv also hold is the same.
	for _, x := range []struct{ code, lever, target string }{
		{"part-bio", "t26-agriculture-biologique-hve", "Surface agricole en agriculture biologique"},
		{"dma-par-habitant", "l25-prevention-dechets", "Déchets ménagers et assimilés"},
		{"protection-forte", "t26-protection-forte", "Part du territoire en protection forte"},
	} {
		ind, err := c.Find(x.code)
		if err != nil {
			t.Fatal(err)
		}
		n, _ := c.National(ind.National)
		same := false
		for _, s := range fw.Targets(x.lever) {
			same = same || s.Target == x.target && n.Target != nil && s.Value == number(*n.Target)
		}
		if !same {
			t.Errorf("%s: the two tables of targets differ (%+v)", x.code, n.Target)
		}
	}
	nature, err := series.LoadNature(data.FS, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range nature {
		if !axes[a.Axis] {
			t.Errorf("%s: axis %q", a.Code, a.Axis)
		}
		if _, err := fw.Lever(a.Lever); err != nil {
			t.Errorf("%s: lever %q", a.Code, a.Lever)
		}
		found := a.Target == ""
		for _, s := range fw.Targets(a.Lever) {
			found = found || s.Target == a.Target
		}
		if !found {
			t.Errorf("%s: no target %q", a.Code, a.Target)
		}
	}
}
