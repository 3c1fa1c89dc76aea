package aid_test

import (
	"fmt"
	"testing"

	"jalon/internal/support/aid"
	"jalon/internal/territory"
)

// catalogue is a shelf of many aids, made here: four in ten serve one of six levers.
func catalogue(n int, tree *territory.Tree) *aid.Shelf {
	levers := []string{"gestion-haies", "biogaz", "covoiturage", "residentiel-gaz", "production-industrielle", "reseaux-chaleur"}
	audiences, places := aid.Audiences(), []string{"nation", "region:44", "region:53", "department:67", "epci:246700488"}
	all := make([]aid.Aid, n)
	for i := range all {
		all[i] = aid.Aid{ID: fmt.Sprintf("%08d", i), Rev: 1, State: aid.Published, Checked: "2026-03-01", Facts: aid.Facts{Source: aid.Source, SourceID: fmt.Sprint(i), Name: fmt.Sprintf("Aide numéro %d pour la transition", i), Holders: []string{"ADEME"}, Types: []string{aid.Types()[i%8][0]},
			Audiences: []string{audiences[i%12][0], audiences[(i+1)%12][0]}, Moments: []string{aid.Moments()[i%3][0]}, Territories: []string{places[i%5]}, Closes: fmt.Sprintf("2026-%02d-15", i%12+1), Pays: []string{"investment"}}}
		if i%10 < 4 {
			all[i].Serves = []aid.Serve{{Lever: levers[i%6]}, {Lever: levers[(i+1)%6], Suggested: true}}
		} else {
			all[i].Serves = []aid.Serve{{Lever: "autre"}}
		}
	}
	return aid.NewShelf(1, all, tree, func(string) []string { return nil })
}

const many = 20_000

func BenchmarkMatch(b *testing.B) {
	tree, err := territory.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	s := catalogue(many, tree)
	money := int64(100)
	for name, w := range map[string]aid.Want{"two levers": {Levers: []string{"gestion-haies", "biogaz"}, Step: "study", Holder: "epci", Places: []string{"epci:246700488", "department:67"}, Starts: "2026-06", Invest: &money}, "any lever": {Holder: "commune", Places: []string{"commune:67482"}}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if m := s.Match(w, "2026-03-02", tree); m.AllFits+m.AllPart+m.AllMiss == 0 {
					b.Fatal("nothing fits")
				}
			}
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	tree, err := territory.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	s := catalogue(many, tree)
	for b.Loop() {
		if len(s.Search(aid.Filter{Words: "transition 19", Audience: "farmer", Place: "commune:67482"}, "2026-03-02", tree)) == 0 {
			b.Fatal("nothing found")
		}
	}
}

func BenchmarkShelf(b *testing.B) {
	tree, err := territory.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		catalogue(many, tree)
	}
}
