package territory

import (
	"strings"
	"testing"
)

func TestGrammar(t *testing.T) {
	tree := embedded(t)
	for ref, want := range map[string][2]string{
		"nation":         {"de la France", "en France"},
		"region:44":      {"du Grand Est", "dans le Grand Est"},
		"region:11":      {"de l’Île-de-France", "en Île-de-France"},
		"region:53":      {"de la Bretagne", "en Bretagne"},
		"region:04":      {"de La Réunion", "à La Réunion"},
		"region:52":      {"des Pays de la Loire", "dans les Pays de la Loire"},
		"department:67":  {"du Bas-Rhin", "dans le Bas-Rhin"},
		"department:76":  {"de la Seine-Maritime", "en Seine-Maritime"},
		"department:88":  {"des Vosges", "dans les Vosges"},
		"department:01":  {"de l’Ain", "dans l’Ain"},
		"department:974": {"de La Réunion", "à La Réunion"},
		"department:35":  {"d’Ille-et-Vilaine", "en Ille-et-Vilaine"},
		"department:95":  {"du Val-d’Oise", "dans le Val-d’Oise"},
		"commune:67482":  {"de Strasbourg", "à Strasbourg"},
		"commune:01004":  {"d’Ambérieu-en-Bugey", "à Ambérieu-en-Bugey"},
		"commune:76351":  {"du Havre", "au Havre"},
		"commune:85194":  {"des Sables-d’Olonne", "aux Sables-d’Olonne"},
		"commune:94038":  {"de L’Haÿ-les-Roses", "à L’Haÿ-les-Roses"},
		"commune:76758":  {"d’Yvetot", "à Yvetot"},
		"epci:246700488": {"de l’Eurométropole de Strasbourg", "dans l’Eurométropole de Strasbourg"},
		"epci:200067213": {"de la CU du Grand Reims", "dans la CU du Grand Reims"},
		"epci:200046977": {"de la Métropole de Lyon", "dans la Métropole de Lyon"},
		"epci:243500139": {"de Rennes Métropole", "dans Rennes Métropole"},
		"ept:200057867":  {"de l’EPT Plaine Commune", "dans l’EPT Plaine Commune"},
	} {
		r, _ := ParseRef(ref)
		x, err := tree.Lookup(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{x.Of(), x.In()}; got != want {
			t.Errorf("%s: %q, want %q", ref, got, want)
		}
	}
	unknown := Territory{Ref: Ref{Perimeter, "x"}, Name: "Pays de Bray"}
	if got := unknown.Of(); got != "de «\u00a0Pays de Bray\u00a0»" {
		t.Error(got)
	}
}

// No region or département falls back on guillemets.
func TestGrammarIsComplete(t *testing.T) {
	tree := embedded(t)
	var refs []Ref
	for _, r := range tree.Regions() {
		refs = append(refs, Ref{RegionS, r.Code})
	}
	for _, d := range tree.Departments() {
		refs = append(refs, Ref{Department, d.Code})
	}
	for _, r := range refs {
		x, err := tree.Lookup(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(x.Of()+x.In(), "«") {
			t.Errorf("%s: %s, %s", r, x.Of(), x.In())
		}
	}
}
