package shell

import (
	"net/http/httptest"
	"testing"
)

func TestBackStaysHere(t *testing.T) {
	for path, want := range map[string]string{
		"/regions/grand-est/bureau?onglet=a": "/regions/grand-est/bureau?onglet=a",
		"":                                   "/mon-espace",
		"https://ailleurs.example/":          "/mon-espace",
		"//ailleurs.example/x":               "/mon-espace",
		`/\ailleurs.example`:                 "/mon-espace",
		"javascript:alert(1)":                "/mon-espace",
		"regions":                            "/mon-espace",
		"/a\nSet-Cookie: x":                  "/mon-espace",
	} {
		if got := Back(path); got != want {
			t.Errorf("Back(%q) = %q, want %q", path, got, want)
		}
	}
	r := httptest.NewRequest("GET", "/national?jour=2024-05-27", nil)
	if got := SignIn(r); got != "/connexion?suite=%2Fnational%3Fjour%3D2024-05-27" {
		t.Error(got)
	}
}
