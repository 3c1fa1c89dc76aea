package web_test

import (
	"net/http"
	"testing"

	"jalon/internal/testkit"
)

// A level of authentication that is asked is required.
func TestLevelsOfAuthentication(t *testing.T) {
	f := newFederated(t, testkit.DB(t))
	f.invited("anne.martin@exemple.fr")
	f.accounts.Provider.ACR = []string{"eidas2", "eidas3"}
	for acr, says := range map[string]string{"": ".fr-alert", "eidas1": ".fr-alert", "eidas2": "#sessions"} {
		p := anne
		p.ACR = acr
		f.op.SignsIn(p, "")
		if got := f.visit(f.tab(false), f.base+"/connexion/oidc", nil); len(got.texts(says)) == 0 {
			t.Errorf("level %q: %s", acr, got.Status)
		}
	}
}

// A site without provider has none of its addresses.
func TestWithoutProvider(t *testing.T) {
	s := newSite(t, testkit.DB(t))
	for _, path := range []string{"/connexion/oidc", "/connexion/oidc/retour?code=x&state=y"} {
		if p := s.get(path); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, p.Status)
		}
	}
	if p := s.get("/connexion"); len(p.texts("#fournisseur")) != 0 {
		t.Error("a button leads nowhere")
	}
}
