package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
)

func TestLoad(t *testing.T) {
	theme := t.TempDir()
	const scopes = "openid given_name usual_name email"
	for name, c := range map[string]struct {
		environ []string
		want    Config
	}{
		"nothing set": {nil, Config{
			Addr: "localhost:8080", DB: filepath.Join("jalon-data", "jalon.db"), DataDir: "./jalon-data",
			BaseURL: "http://localhost:8080", RetentionMail: 90, RetentionJobs: 40, RetentionAccounts: 1095, RetentionSignIn: 7, OIDCScopes: scopes, OIDCName: "ProConnect",
		}},
		"all set": {[]string{
			"JALON_ADDR=0.0.0.0:80", "JALON_DB=postgres://u@h/d", "JALON_DATA_DIR=/srv/jalon",
			"JALON_BASE_URL=https://jalon.exemple.fr/", "JALON_THEME_DIR=" + theme, "JALON_METRICS_ADDR=localhost:9090",
			"HOME=/root", "JALON_TEST_PG=postgres://ignored",
		}, Config{
			Addr: "0.0.0.0:80", DB: "postgres://u@h/d", DataDir: "/srv/jalon",
			BaseURL: "https://jalon.exemple.fr", ThemeDir: theme, MetricsAddr: "localhost:9090", RetentionMail: 90, RetentionJobs: 40, RetentionAccounts: 1095, RetentionSignIn: 7, OIDCScopes: scopes, OIDCName: "ProConnect",
		}},
		"listening everywhere is no address for a link": {[]string{"JALON_ADDR=:8080", "JALON_DATA_DIR=d"}, Config{
			Addr: ":8080", DB: filepath.Join("d", "jalon.db"), DataDir: "d", BaseURL: "http://localhost:8080", RetentionMail: 90, RetentionJobs: 40, RetentionAccounts: 1095, RetentionSignIn: 7, OIDCScopes: scopes, OIDCName: "ProConnect",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Load(c.environ)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLoadNamesEveryWrongVariable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load([]string{
		"JALON_ADDR=8080", "JALON_METRICS_ADDR=localhost:99999", "JALON_BASE_URL=jalon.exemple.fr",
		"JALON_DATA_DIR=" + file, "JALON_THEME_DIR=" + file,
	})
	if apperr.KindOf(err) != apperr.Invalid {
		t.Fatal(err)
	}
	for _, name := range []string{"JALON_ADDR", "JALON_METRICS_ADDR", "JALON_BASE_URL", "JALON_DATA_DIR", "JALON_THEME_DIR"} {
		if !strings.Contains(apperr.Message(err), name) {
			t.Errorf("%s is not named in\n%s", name, apperr.Message(err))
		}
	}
	c, err := Load([]string{"JALON_PORT=tcp://10.0.0.1", "JALON_ADRESSE=x"})
	if diff := cmp.Diff([]string{"JALON_ADRESSE", "JALON_PORT"}, c.Unknown); diff != "" || err != nil {
		t.Errorf("misspelled variables: %v %s", err, diff)
	}
	if _, err := Load([]string{"JALON_METRICS_ADDR=localhost:8080"}); apperr.KindOf(err) != apperr.Invalid {
		t.Errorf("metrics on the public address: %v", err)
	}
}

func TestEveryOptionIsDocumented(t *testing.T) {
	for _, o := range Options() {
		if !strings.HasPrefix(o.Name, "JALON_") || o.Help == "" || o.Default == "" {
			t.Errorf("%+v", o)
		}
		if !strings.Contains(Help(), o.Name) || !strings.Contains(Help(), o.Default) {
			t.Errorf("%s is not in the help", o.Name)
		}
	}
}

func TestIdentity(t *testing.T) {
	c, err := Load([]string{"JALON_OIDC_ISSUER=https://pc.exemple.fr/api/v2", "JALON_OIDC_CLIENT_ID=jalon", "JALON_TRUSTED_PROXY=10.0.0.0/8, 192.0.2.7,2001:db8::/32", "JALON_RETENTION_ACCOUNTS=0"})
	if err != nil || !c.OIDC() || len(c.TrustedProxies) != 3 || c.TrustedProxies[1].String() != "192.0.2.7/32" || len(c.Scopes()) != 4 {
		t.Fatalf("%+v %v", c, err)
	}
	for environ, name := range map[string]string{
		"JALON_OIDC_CLIENT_ID=jalon":              "JALON_OIDC_ISSUER",
		"JALON_OIDC_ISSUER=https://pc.exemple.fr": "JALON_OIDC_CLIENT_ID",
		"JALON_OIDC_ISSUER=http://pc.exemple.fr":  "JALON_OIDC_ISSUER",
		"JALON_OIDC_EMAIL_TRUSTED=oui":            "JALON_OIDC_EMAIL_TRUSTED doit être true ou false",
		"JALON_TRUSTED_PROXY=10.0.0.0/8,front":    "JALON_TRUSTED_PROXY",
		"JALON_RETENTION_ACCOUNTS=30":             "JALON_RETENTION_ACCOUNTS",
		"JALON_RETENTION_ACCOUNTS=-1":             "JALON_RETENTION_ACCOUNTS",
		"JALON_RETENTION_SIGNIN=0":                "JALON_RETENTION_SIGNIN",
		"JALON_RETENTION_SIGNIN=demain":           "JALON_RETENTION_SIGNIN",
	} {
		if _, err := Load([]string{environ}); apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), name) {
			t.Errorf("%s: %v", environ, err)
		}
	}
	if _, err := Load([]string{"JALON_OIDC_ISSUER=https://pc.exemple.fr", "JALON_OIDC_CLIENT_ID=j", "JALON_OIDC_SCOPES=email"}); err == nil {
		t.Error("without openid it is not OpenID Connect")
	}
}
