package answers

import (
	"slices"
	"testing"

	"jalon/data"
	"jalon/internal/questionnaire"
)

// The pages of a response share their addresses with its parts: a part of one of
// these names could not be reached.
func TestNoPartHasTheAddressOfAPage(t *testing.T) {
	doc, err := data.FS.ReadFile("questionnaire-national.json")
	if err != nil {
		t.Fatal(err)
	}
	f, err := questionnaire.Read(doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range f.Sections {
		if slices.Contains([]string{"cellules", "equipe", "relire", "valider", "versions", "fichiers", "fiche"}, s.ID) {
			t.Errorf("the part %q has the address of a page", s.ID)
		}
	}
}
