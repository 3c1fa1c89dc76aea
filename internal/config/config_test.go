package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
)

func TestLoad(t *testing.T) {
	theme := t.TempDir()
	for name, c := range map[string]struct {
		environ []string
		want    Config
	}{
		"nothing set": {nil, Config{
			Addr: "localhost:8080", DB: filepath.Join("jalon-data", "jalon.db"), DataDir: "./jalon-data",
			BaseURL: "http://localhost:8080", RetentionMail: 90, RetentionJobs: 40,
		}},
		"all set": {[]string{
			"JALON_ADDR=0.0.0.0:80", "JALON_DB=postgres://u@h/d", "JALON_DATA_DIR=/srv/jalon",
			"JALON_BASE_URL=https://jalon.exemple.fr/", "JALON_THEME_DIR=" + theme, "JALON_METRICS_ADDR=localhost:9090",
			"HOME=/root", "JALON_TEST_PG=postgres://ignored",
		}, Config{
			Addr: "0.0.0.0:80", DB: "postgres://u@h/d", DataDir: "/srv/jalon",
			BaseURL: "https://jalon.exemple.fr", ThemeDir: theme, MetricsAddr: "localhost:9090", RetentionMail: 90, RetentionJobs: 40,
		}},
		"listening everywhere is no address for a link": {[]string{"JALON_ADDR=:8080", "JALON_DATA_DIR=d"}, Config{
			Addr: ":8080", DB: filepath.Join("d", "jalon.db"), DataDir: "d", BaseURL: "http://localhost:8080", RetentionMail: 90, RetentionJobs: 40,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Load(c.environ)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
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
