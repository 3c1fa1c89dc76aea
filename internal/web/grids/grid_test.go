package grids

import (
	"slices"
	"testing"

	"jalon/internal/action"
)

// Who only reads what is public reads the decision alone, and nothing of a grid that its
// action keeps.
func TestAGridIsReadAsItsActionPublishesIt(t *testing.T) {
	said := &action.Assessment{Met: map[string]bool{"born": true}, Reason: "Née de la COP.", By: "Anne Costa"}
	a := action.Action{State: action.Retained, Grid: action.Grid{Self: said, Opinion: said, Decision: said}}
	if got := turns(a.Public(), false); !slices.Equal(got, []action.Turn{action.DecisionTurn}) {
		t.Errorf("%v", got)
	}
	if a.Public().Grid.Decision.By != "" {
		t.Error("who decided is named to anyone")
	}
	a.Hidden = []string{"grid"}
	if got := turns(a.Public(), false); len(got) != 0 {
		t.Errorf("a hidden grid shows %v", got)
	}
	if got := turns(a, true); len(got) != 3 {
		t.Errorf("who works on it reads %v", got)
	}
}
