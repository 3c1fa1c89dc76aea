package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
)

func TestParseSMTP(t *testing.T) {
	for _, c := range []struct {
		text string
		want SMTP // zero: refused
	}{
		{"smtp://smtp.exemple.fr", SMTP{Host: "smtp.exemple.fr", Port: 587, TLS: StartTLS}},
		{"smtp://jalon:a%40b@smtp.exemple.fr:2525/", SMTP{Host: "smtp.exemple.fr", Port: 2525, TLS: StartTLS, User: "jalon", Password: "a@b"}},
		{"smtps://jalon:secret@smtp.exemple.fr", SMTP{Host: "smtp.exemple.fr", Port: 465, TLS: FullTLS, User: "jalon", Password: "secret"}},
		{"smtp://relais?tls=none", SMTP{Host: "relais", Port: 25, TLS: Plain}},
		{"smtp://[::1]:1025?tls=none", SMTP{Host: "::1", Port: 1025, TLS: Plain}},
		{"smtp://jalon:secret@127.0.0.1:1025?tls=none", SMTP{Host: "127.0.0.1", Port: 1025, TLS: Plain, User: "jalon", Password: "secret"}},
		{"smtp://jalon:secret@smtp.exemple.fr?tls=none", SMTP{}},
		{"smtps://smtp.exemple.fr?tls=none", SMTP{}},
		{"smtp://smtp.exemple.fr?tls=no", SMTP{}},
		{"smtp://smtp.exemple.fr?verify=0", SMTP{}},
		{"smtp://smtp.exemple.fr:0", SMTP{}},
		{"smtp://smtp.exemple.fr:70000", SMTP{}},
		{"smtp://smtp.exemple.fr/boite", SMTP{}},
		{"smtp://jalon@smtp.exemple.fr", SMTP{}},
		{"smtp://", SMTP{}},
		{"smtp.exemple.fr:587", SMTP{}},
		{"https://smtp.exemple.fr", SMTP{}},
		{"smtp://jalon:secret@smtp exemple.fr", SMTP{}},
	} {
		got, err := ParseSMTP(c.text)
		if diff := cmp.Diff(c.want, got); diff != "" || (c.want == SMTP{}) != (err != nil) {
			t.Error(c.text, err, diff)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Error("shows the password:", err)
		}
	}
}

func TestMailSettings(t *testing.T) {
	c, err := Load([]string{"JALON_SMTP_URL=smtps://jalon:secret@smtp.exemple.fr", "JALON_MAIL_FROM=ne-pas-repondre@exemple.fr", "JALON_RETENTION_MAIL=30"})
	if err != nil {
		t.Fatal(err)
	}
	if c.SMTP == nil || c.SMTP.Host != "smtp.exemple.fr" || c.RetentionMail != 30 || c.RetentionJobs != 40 {
		t.Errorf("%+v", c)
	}
	for name, environ := range map[string][]string{
		"JALON_SMTP_URL":       {"JALON_SMTP_URL=smtp://jalon:secret@smtp.exemple.fr?tls=none", "JALON_MAIL_FROM=jalon@exemple.fr"},
		"JALON_MAIL_FROM":      {"JALON_SMTP_URL=smtp://smtp.exemple.fr"},
		"JALON_RETENTION_MAIL": {"JALON_RETENTION_MAIL=0"},
		"JALON_RETENTION_JOBS": {"JALON_RETENTION_JOBS=3"},
	} {
		_, err := Load(environ)
		if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), name) || strings.Contains(apperr.Message(err), "secret") {
			t.Error(name, err)
		}
	}
	if _, err := Load([]string{"JALON_RETENTION_MAIL=trois mois"}); apperr.Message(err) != "La configuration ne se lit pas\u00a0: JALON_RETENTION_MAIL doit être un nombre entier." {
		t.Error(apperr.Message(err))
	}
	if _, err := Load([]string{"JALON_MAIL_FROM=Jalon <jalon@exemple.fr>"}); apperr.KindOf(err) != apperr.Invalid {
		t.Error("a sender with a name:", err)
	}
}

func FuzzParseSMTP(f *testing.F) {
	f.Add("smtp://jalon:a%40b@smtp.exemple.fr:2525/")
	f.Add("smtp://[::1]:1025?tls=none")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSMTP(text)
		if err == nil && (s.Host == "" || s.Port < 1 || s.Port > 65535) {
			t.Errorf("%q is %+v", text, s)
		}
	})
}
