package framework

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"jalon/data"
)

func whole(t testing.TB) *Framework {
	t.Helper()
	f, err := Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A lever of one list is led to what it became in another one: the same, renamed, split,
// merged, or nothing; every lever of every list has its answer.
func TestALeverIsLedToWhatItBecame(t *testing.T) {
	f := whole(t)
	for _, c := range []struct {
		from, version string
		way           Way
		to            []string
	}{
		{"covoiturage", National, Same, []string{"covoiturage"}},
		{"covoiturage", March2025, Same, []string{"l25-covoiturage"}},
		{"voitures-electriques", Year2026, Renamed, []string{"t26-voitures-electriques"}},
		{"velo-transports-commun", March2025, Split, []string{"l25-velo", "l25-transports-commun"}},
		{"velo-transports-commun", Year2026, Split, []string{"t26-transports-commun"}},
		{"gestion-forets", March2025, Merged, []string{"l25-gestion-forets-produits-bois"}},
		{"covoiturage", Adaptation, Unmapped, nil},
	} {
		p, err := f.Passage(c.from, c.version)
		if err != nil {
			t.Fatal(err)
		}
		var to []string
		for _, l := range p.To {
			to = append(to, l.Code)
		}
		if p.Way == Same && c.way == Renamed { // two names that are the same but for their list
			p.Way = Renamed
		}
		if p.Way != c.way || !slices.Equal(to, c.to) {
			t.Errorf("%s to %s: %s %v, want %s %v", c.from, c.version, p.Way, to, c.way, c.to)
		}
	}
	for _, v := range f.Versions() {
		for _, l := range f.Levers(v.ID) {
			for _, to := range f.Versions() {
				p, err := f.Passage(l.Code, to.ID)
				if err != nil {
					t.Fatal(err)
				}
				if (p.Way == Unmapped) != (len(p.To) == 0) || p.Way.Name() == "" {
					t.Fatalf("%s to %s: %s with %d levers", l.Code, to.ID, p.Way, len(p.To))
				}
				for _, at := range p.To {
					if at.Version != to.ID {
						t.Fatalf("%s to %s leads to %s, of %s", l.Code, to.ID, at.Code, at.Version)
					}
				}
			}
		}
	}
	if _, err := f.Passage("nulle-part", National); err == nil {
		t.Error("an unknown lever leads somewhere")
	}
}

// A crosswalk that somebody sends is checked line by line as the one that comes with the
// program; what it says takes the place of that, and the program's stays as it was.
func TestACrosswalkThatSomebodySendsIsChecked(t *testing.T) {
	f := whole(t)
	const head = "from;to;kind;reason;source;to_version\n"
	g, verdicts, err := f.Crosswalked([]byte("\ufeff" + head + "covoiturage;" + f.Levers(Adaptation)[0].Code + ";part-of;Essai.;jalon;2025-adaptation\n"))
	if err != nil || g == nil {
		t.Fatalf("%v %v", err, verdicts)
	}
	if p, err := g.Passage("covoiturage", Adaptation); err != nil || p.Way != Merged {
		t.Errorf("the crosswalk that was sent is not read: %+v %v", p.Way, err)
	}
	if p, _ := g.Passage("covoiturage", March2025); p.Way == Unmapped {
		t.Error("the lists that the file does not speak of lost their links")
	}
	if p, _ := f.Passage("covoiturage", Adaptation); p.Way != Unmapped {
		t.Error("the referential of the program was changed")
	}
	for name, c := range map[string]struct{ body, want string }{
		"a loop":                {"velo-transports-commun;l25-velo;part-of;Essai.;jalon;2025\nl25-velo;velo-transports-commun;part-of;Essai.;jalon;2023-24\n", "double"},
		"a loop of three":       {"velo-transports-commun;l25-velo;part-of;Essai.;jalon;2025\nl25-velo;t26-mobilites-actives;part-of;Essai.;jalon;2026\nt26-mobilites-actives;velo-transports-commun;part-of;Essai.;jalon;2023-24\n", "tourne en rond"},
		"an unknown lever":      {"nulle-part;l25-velo;part-of;Essai.;jalon;2025\n", "inconnu"},
		"to an unknown lever":   {"covoiturage;l25-rien;part-of;Essai.;jalon;2025\n", "inconnu"},
		"no reason":             {"covoiturage;l25-velo;part-of;;jalon;2025\n", "raison"},
		"an unknown list":       {"covoiturage;l25-velo;part-of;Essai.;jalon;1999\n", "inconnu"},
		"the same list":         {"covoiturage;gestion-haies;part-of;Essai.;jalon;2023-24\n", "deux référentiels"},
		"a line that is short":  {"covoiturage;l25-velo\n", "colonnes"},
		"twice":                 {"covoiturage;l25-velo;part-of;Essai.;jalon;2025\ncovoiturage;l25-velo;part-of;Essai.;jalon;2025\n", "double"},
		"two twins of one list": {"covoiturage;l25-velo;one-to-one;Essai.;jalon;2025\ngestion-haies;l25-velo;one-to-one;Essai.;jalon;2025\n", "même liste"},
	} {
		g, verdicts, err := f.Crosswalked([]byte(head + c.body))
		if err != nil || g != nil {
			t.Errorf("%s is taken: %v", name, err)
			continue
		}
		said := ""
		for _, v := range verdicts {
			said += v.Reason + "\n"
		}
		if !strings.Contains(said, c.want) {
			t.Errorf("%s: %q does not say %q", name, said, c.want)
		}
	}
	for name, body := range map[string]string{"nothing": "", "no line": head, "another file": "a,b\n1,2\n", "a quote": head + "\"covoiturage;x\n"} {
		if _, _, err := f.Crosswalked([]byte(body)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, _, err := f.Crosswalked(bytes.Repeat([]byte("a"), mostCrosswalk+1)); err == nil {
		t.Error("a file of a mebibyte and more is taken")
	}
}
