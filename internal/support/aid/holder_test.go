package aid

import (
	"slices"
	"testing"

	"jalon/internal/account"
)

// Every kind of organisation that carries an action is one that aids speak of.
func TestEveryKindOfHolderIsAnAudience(t *testing.T) {
	for _, k := range account.OrgKinds() {
		a := audienceOf(k)
		if !slices.ContainsFunc(Audiences(), func(x [2]string) bool { return x[0] == a }) {
			t.Errorf("%s is %q for aids", k, a)
		}
	}
}
