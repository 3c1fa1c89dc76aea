package mail

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jalon/internal/apperr"
)

func invitation() Letter {
	return Letter{
		Subject:  "Votre accès à la COP Bretagne",
		Greeting: "Bonjour Anne Martin,",
		Blocks: []Block{
			Para("Vous êtes invitée à rejoindre l’équipe de la COP Bretagne."),
			Heading("Pour entrer"),
			Link("Ouvrir Jalon", "https://jalon.exemple.fr/entrer?jeton=a&suite=b"),
			Code("1234 5678"),
			List("préparer", "débattre"),
			Quote("Bruno <Petit>", "Bienvenue !\n<script>alert(1)</script>"),
		},
		Reason: "Vous recevez ce message parce que Bruno Petit vous a invitée.",
	}
}

func TestTextAndHTMLSayTheSame(t *testing.T) {
	text, html := invitation().Text(), invitation().HTML()
	for _, want := range []string{"Bonjour Anne Martin,", "Pour entrer", "Ouvrir Jalon", "1234 5678", "préparer", "débattre", "Bienvenue !", "a écrit", "parce que Bruno Petit"} {
		if !strings.Contains(text, want) || !strings.Contains(html, want) {
			t.Errorf("%q: text %v, HTML %v", want, strings.Contains(text, want), strings.Contains(html, want))
		}
	}
	for _, want := range []string{"Ouvrir Jalon\u00a0:\nhttps://jalon.exemple.fr/entrer?jeton=a&suite=b\n", "> Bienvenue !\n> <script>", "\n\n-- \nVous recevez"} {
		if !strings.Contains(text, want) {
			t.Errorf("text without %q:\n%s", want, text)
		}
	}
	for _, want := range []string{`href="https://jalon.exemple.fr/entrer?jeton=a&amp;suite=b"`, "&lt;script&gt;", "Bruno &lt;Petit&gt;", `<html lang="fr">`} {
		if !strings.Contains(html, want) {
			t.Errorf("HTML without %q:\n%s", want, html)
		}
	}
}

func TestALetterIsChecked(t *testing.T) {
	for name, l := range map[string]Letter{
		"no subject": {Subject: " ", Blocks: []Block{Para("a")}},
		"no text":    {Subject: "a"},
		"script":     {Subject: "a", Blocks: []Block{Link("a", "javascript:alert(1)")}},
		"relative":   {Subject: "a", Blocks: []Block{Link("a", "/entrer")}},
		"two lines":  {Subject: "a", Blocks: []Block{Link("a", "https://a.fr/\nb")}},
		"password":   {Subject: "a", Blocks: []Block{Link("a", "https://jalon.exemple.fr@mal.example/")}},
	} {
		if l.check() == nil {
			t.Error(name, "was taken")
		}
	}
}

func TestParseAddress(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{" Anne.Martin@Region-Bretagne.FR ", "anne.martin@region-bretagne.fr"},
		{"dreal+cop@ecologie.gouv.fr", "dreal+cop@ecologie.gouv.fr"},
		{"", ""}, {"anne", ""}, {"anne@", ""}, {"anne@localhost", ""}, {"@exemple.fr", ""},
		{"Anne <anne@exemple.fr>", ""}, {"<anne@exemple.fr>", ""}, {"anne@exemple.fr, bruno@exemple.fr", ""},
		{"anne@exemple.fr\r\nBcc: bruno@exemple.fr", ""}, {"anne@exemple.fr\x00", ""}, {`"a b"@exemple.fr`, ""},
		{"hélène@exemple.fr", ""}, {"anne@[127.0.0.1]", ""}, {"anne@-exemple.fr", ""}, {"anne@exemple..fr", ""},
		{strings.Repeat("a", 65) + "@exemple.fr", ""}, {"anne (comment)@exemple.fr", ""},
	} {
		got, err := ParseAddress(c.text)
		if got != c.want || (c.want == "") != (apperr.KindOf(err) == apperr.Invalid && err != nil) {
			t.Errorf("ParseAddress(%q) = %q, %v", c.text, got, err)
		}
	}
}

func TestACleanTextIsOneLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := clean(rapid.String().Draw(t, "text"))
		if strings.ContainsAny(s, "\r\n\x00\u2028\u202e") || s != clean(s) || strings.TrimSpace(s) != s && !strings.Contains(s, "\u00a0") && strings.Trim(s, " ") != s {
			t.Fatalf("%q", s)
		}
	})
}

func FuzzParseReport(f *testing.F) {
	f.Add(report("failed", "5.1.1", "anne@exemple.fr", "id"))
	f.Add("Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\r\n\r\n--b--")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseReport(strings.NewReader(text))
		for _, r := range list {
			if a, aerr := ParseAddress(r.Email); aerr != nil || a != r.Email {
				t.Error(r.Email, aerr)
			}
		}
		if err != nil && len(list) > 0 {
			t.Error("both", err)
		}
	})
}

// report is a delivery report as servers write it.
func report(action, status, email, id string) string {
	return strings.ReplaceAll(`From: MAILER-DAEMON@exemple.fr
To: jalon@exemple.fr
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Sorry.
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.exemple.fr

Final-Recipient: rfc822; `+email+`
Action: `+action+`
Status: `+status+`
Diagnostic-Code: smtp; 550 no such user

--b1
Content-Type: text/rfc822-headers

From: "COP Bretagne" <jalon@exemple.fr>
Message-ID: <`+id+`@exemple.fr>

--b1--
`, "\n", "\r\n")
}
