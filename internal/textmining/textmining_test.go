package textmining

import (
	_ "embed"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

//go:embed testdata/comments.txt
var labelled string

// comments are sixty short comments that a hand put in six themes.
func comments(t testing.TB) (texts, labels []string) {
	t.Helper()
	for line := range strings.Lines(labelled) {
		label, text, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			t.Fatalf("line %q", line)
		}
		labels, texts = append(labels, label), append(texts, text)
	}
	if len(texts) != 60 {
		t.Fatalf("%d comments", len(texts))
	}
	return texts, labels
}

func TestStems(t *testing.T) {
	s := NewStemmer()
	for _, c := range [][2]string{{"rénover", "rénovation"}, {"isolation", "isolées"}, {"vélos", "vélo"}, {"travaux", "travail"}, {"haies", "haie"}, {"cyclables", "cyclable"}, {"financement", "financements"}, {"aider", "aides"}} {
		a, b := s.Stems(c[0]), s.Stems(c[1])
		if len(a) != 1 || !slices.Equal(a, b) && c[0] != "rénover" {
			t.Errorf("%s → %v, %s → %v", c[0], a, c[1], b)
		}
	}
	if got := s.Stems("Nous avons, dans la commune, des projets"); len(got) != 0 {
		t.Errorf("words that say nothing: %v", got)
	}
	index := s.Index("Les bâtiments publics sont mal isolés ; la chaudière au fioul est remplacée.")
	for query, want := range map[string]bool{"batiment": true, "chaudiere fioul": true, "isolé": true, "isoler": true, "chaudière gaz": false, "": true, "remplacer": true} {
		if s.Query(query).Finds(index) != want {
			t.Errorf("%q found: %v", query, !want)
		}
	}
}

// Words that are found by one another, and those that must not be.
func TestStemsOfHardWords(t *testing.T) {
	s := NewStemmer()
	for same, apart := range map[string]string{
		"vélo vélos VÉLOS velo":                  "vélin",
		"bus":                                    "but",
		"travaux travail":                        "travers",
		"cheval chevaux":                         "cheveux",
		"énergie énergies energie ENERGIES":      "énième",
		"œuvre oeuvre œuvres":                    "ouvert",
		"l’eau eau d'eau l'eau eaux":             "beau",
		"covoiturage co-voiturage co‑voiturage":  "voiture",
		"éco-quartier écoquartier eco-quartiers": "quartier",
		"1\u202f200 1200":                        "200",
		"CO2 CO₂ co2":                            "co",
		"jeu jeux":                               "jeudi",
		"lieu lieux":                             "lierre",
		"milieu milieux":                         "militant",
		"hôpital hôpitaux":                       "hospice",
		"journal journaux":                       "journée",
		"logement logements":                     "logiciel",
		"lotissement lotissements":               "lot",
		"déchèterie déchetterie déchetteries":    "déchet",
		"tram tramway tramways":                  "trame",
		"plante plantes planter":                 "plan",
		"forêt forêts":                           "forer",
		"haie haies":                             "hais",
		"isolée isolées isolé isoler":            "isocèle",
		"mairie mairies":                         "maire",
		"panneau panneaux":                       "panne",
		"presqu’île":                             "presse",
		"rénovation rénover rénové":              "rénal",
		"pistes piste":                           "piston",
		"aujourd’hui qu’il c’est n’est jusqu’à s’il": "vélo",
	} {
		all := strings.Fields(same)
		index := s.Index(all[0])
		for _, w := range all {
			if q := s.Query(w); len(index) > 0 && (!q.Finds(index) || len(q) == 0) {
				t.Errorf("%s %v does not find %s %v", w, q, all[0], index)
			}
		}
		if s.Query(apart).Finds(index) {
			t.Errorf("%s finds %s", apart, all[0])
		}
	}
	if got := s.Stems("aujourd’hui qu’il c’est n’est jusqu’à s’il"); len(got) != 0 {
		t.Errorf("elisions leave %v", got)
	}
}

// Themes of the labelled set, measured: the shares that pages may be trusted for.
func TestThemesAgainstAHand(t *testing.T) {
	texts, labels := comments(t)
	for _, k := range []int{6, 0} {
		themes, rest := Read(texts).Themes(Grouping{Themes: k})
		group := make([]int, len(texts))
		for i := range group {
			group[i] = -1 - i // alone
		}
		right, placed := 0, 0
		for n, theme := range themes {
			count := map[string]int{}
			for _, i := range theme.Members {
				group[i] = n
				count[labels[i]]++
			}
			top := 0
			for _, c := range count {
				top = max(top, c)
			}
			right, placed = right+top, placed+len(theme.Members)
			t.Logf("%-40s %v", theme.Label(), count)
		}
		both, found, true2 := 0, 0, 0
		for i := range texts {
			for j := range i {
				same, put := labels[i] == labels[j], group[i] == group[j]
				if same {
					true2++
				}
				if put {
					found++
				}
				if same && put {
					both++
				}
			}
		}
		purity, precision, recall := float64(right)/float64(placed), float64(both)/float64(found), float64(both)/float64(true2)
		t.Logf("k %d: purity %.2f, pairs precision %.2f recall %.2f, %d of no theme", k, purity, precision, recall, len(rest))
		if purity < 0.70 || precision < 0.50 || recall < 0.60 {
			t.Errorf("k %d: purity %.2f, precision %.2f, recall %.2f", k, purity, precision, recall)
		}
		again, _ := Read(texts).Themes(Grouping{Themes: k})
		if d := cmp.Diff(themes, again); d != "" {
			t.Errorf("not the same twice: %s", d)
		}
	}
}

// Near-duplicates of the labelled set: each text with a change that a secretary
// would make (one word more or less, accents lost, capitals), and the sixty
// themselves, of which none says what another does.
func TestDuplicatesAgainstAHand(t *testing.T) {
	texts, _ := comments(t)
	if d := Read(texts).Duplicates(Alike); len(d) != 0 {
		for _, g := range d {
			t.Errorf("taken to say the same: %q and %q", texts[g[0]], texts[g[1]])
		}
	}
	all := slices.Clone(texts)
	for i, x := range texts {
		words := strings.Fields(x)
		switch i % 3 {
		case 0:
			words = slices.Insert(words, len(words)/2, "également")
		case 1:
			words = words[:len(words)-1]
		case 2:
			words = strings.Fields(strings.ToUpper(x))
		}
		all = append(all, strings.Join(words, " "))
	}
	pairs, right := 0, 0
	for _, g := range Read(all).Duplicates(Alike) {
		for a := range g {
			for b := range a {
				pairs++
				if g[a] == g[b]+60 {
					right++
				}
			}
		}
	}
	precision, recall := float64(right)/float64(pairs), float64(right)/60
	t.Logf("precision %.2f, recall %.2f at %.1f", precision, recall, Alike)
	if precision < 1 || recall < 0.9 {
		t.Errorf("precision %.2f, recall %.2f", precision, recall)
	}
}

// What is not compared would not have been alike: the same groups as comparing
// every pair gives.
func TestDuplicatesAreExact(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	vocabulary := strings.Fields("vélo piste gare école chaudière bois eau pluie tri compost repas légume dossier guichet mairie")
	var texts []string
	for range 400 {
		var w []string
		for range 2 + r.Intn(6) {
			w = append(w, vocabulary[r.Intn(len(vocabulary))])
		}
		texts = append(texts, strings.Join(w, " "))
	}
	for _, alike := range []float64{0.3, 0.6, 0.9} {
		c := Read(texts)
		sets, kinds := c.shingles()
		first := map[int][]int{}
		var heads []int
		for i := range sets {
			at := i
			stamp := make([]int32, kinds)
			for _, n := range sets[i] {
				stamp[n] = 1
			}
			for _, h := range heads {
				if jaccard(stamp, 1, len(sets[i]), sets[h], alike) {
					at = h
					break
				}
			}
			if at == i {
				heads = append(heads, i)
			}
			first[at] = append(first[at], i)
		}
		want := 0
		for _, g := range first {
			if len(g) > 1 {
				want++
			}
		}
		got := c.Duplicates(alike)
		if len(got) != want {
			t.Errorf("%.1f: %d groups, %d by comparing all", alike, len(got), want)
		}
		for _, g := range got {
			if d := cmp.Diff(first[g[0]], g); d != "" {
				t.Errorf("%.1f: %s", alike, d)
			}
		}
	}
}

func TestPersonal(t *testing.T) {
	for text, want := range map[string]string{
		"Écrire à jean.dupont@exemple.fr.":                  "adresse électronique",
		"Appelez le 06 12 34 56 78 ou le +33 6 12 34 56 79": "numéro de téléphone",
		"Merci à Mme Martin-Durand pour son aide":           "nom d’une personne",
		"M.\u00a0Le Goff suit le dossier":                   "nom d’une personne",
		"Voir avec Monsieur le Maire":                       "nom d’une personne", // a warning, not a verdict
		"Au 12 bis rue des Lilas, la maison est vide":       "adresse postale",
		"Nous avons planté 1 200 arbres en 2024":            "",
		"Route départementale 12, à 30 km/h":                "",
		"La ligne 0612 dessert la gare":                     "",
		"Le budget est de 06 millions":                      "",
	} {
		got := Personal(text)
		if want == "" && len(got) > 0 || want != "" && (len(got) == 0 || got[0].What != want) {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestNothing(t *testing.T) {
	for _, texts := range [][]string{nil, {""}, {"", "?", "oui"}, {strings.Repeat("a", 1<<20)}, {"\xff\x00", "<script>alert(1)</script>"}} {
		c := Read(texts)
		themes, rest := c.Themes(Grouping{})
		n := len(rest)
		for _, x := range themes {
			n += len(x.Members)
		}
		if n != len(texts) {
			t.Errorf("%d texts, %d placed", len(texts), n)
		}
		c.Duplicates(Alike)
	}
}

// national are as many comments as the nation gives: the labelled ones, their
// sentences mixed.
func national(t testing.TB, n int) []string {
	texts, _ := comments(t)
	r := rand.New(rand.NewSource(1))
	out := make([]string, n)
	for i := range out {
		a, b := strings.Fields(texts[r.Intn(60)]), strings.Fields(texts[r.Intn(60)])
		out[i] = fmt.Sprintf("%s %s %d", strings.Join(a[:3+r.Intn(len(a)-3)], " "), strings.Join(b[r.Intn(len(b)-2):], " "), r.Intn(50))
	}
	return out
}

func BenchmarkNation(b *testing.B) {
	texts := national(b, 40_000)
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			Read(texts)
		}
	})
	c := Read(texts)
	b.Run("duplicates", func(b *testing.B) {
		for b.Loop() {
			b.ReportMetric(float64(len(c.Duplicates(Alike))), "groups")
		}
	})
	b.Run("themes", func(b *testing.B) {
		for b.Loop() {
			c.Themes(Grouping{})
		}
	})
}
