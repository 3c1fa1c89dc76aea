package panorama

import (
	"testing"
	"time"
)

func TestLastRunReadsTheTimeOfAnImportInItsID(t *testing.T) {
	in := Inputs{
		Keys:       []KeyValue{{Edition: "01933d7e-8c00-7000-8000-000000000000"}, {Edition: "essai"}},
		Objectives: []ImportedObjective{{Run: "0192a0b4-1400-7abc-8def-000000000000"}},
		Emissions:  []Emission{{Run: "ffffffff-ffff-4fff-8fff-ffffffffffff"}}, // not of time
	}
	if got, want := lastRun(in), time.UnixMilli(0x01933d7e8c00).UTC(); !got.Equal(want) {
		t.Errorf("last run at %v, want %v", got, want)
	}
	if got := lastRun(Inputs{}); !got.IsZero() {
		t.Errorf("nothing imported, yet changed at %v", got)
	}
}
