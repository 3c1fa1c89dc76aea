package french

import "testing"

func TestValidSIREN(t *testing.T) {
	for siren, want := range map[string]bool{
		"200052264": true, "246700488": true, "217500016": true,
		"200052265": false, "20005226": false, "2000522644": false, "20005226x": false, "": false,
	} {
		if got := ValidSIREN(siren); got != want {
			t.Errorf("ValidSIREN(%q) = %v", siren, got)
		}
	}
}

func TestCommuneSIREN(t *testing.T) {
	for code, want := range map[string]string{"01001": "210100012", "67482": "216704825", "75056": "217500560", "2A004": ""} {
		if got := CommuneSIREN(code); got != want {
			t.Errorf("CommuneSIREN(%q) = %q, want %q", code, got, want)
		}
	}
}
