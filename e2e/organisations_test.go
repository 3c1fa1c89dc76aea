package e2e

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"jalon/internal/app"
	"jalon/internal/config"
	"jalon/internal/testkit"
)

// startWithMail gives a program of the test's own whose mails leave to a real
// server.
func startWithMail(t *testing.T, opts ...app.Option) (*app.App, *testkit.Mailpit) {
	t.Helper()
	pit := testkit.StartMailpit(t)
	host, port, err := net.SplitHostPort(pit.SMTP)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	dir := t.TempDir()
	a, err := app.New(ctx, config.Config{Addr: "127.0.0.1:0", DB: filepath.Join(dir, "jalon.db"), DataDir: dir, MailFrom: "jalon@exemple.fr", SMTP: &config.SMTP{Host: host, Port: n, TLS: config.Plain}}, opts...)
	if err != nil {
		end()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		end()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a, pit
}

// mailTo waits for the last mail of an address that holds some words.
func mailTo(t *testing.T, pit *testkit.Mailpit, email, words string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		all := pit.Received(t)
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].To[0].Address == email && strings.Contains(all[i].Text, words) {
				return all[i].Text
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("no mail to %s that says %q", email, words)
		case <-tick.C:
		}
	}
}

var signInLink = regexp.MustCompile(`https?://[^/\s]+(/connexion/confirmer\?jeton=\S+)`)

// A team sends a file of six rows of which two are bad, reads why, mends them
// there, sends; who is invited reads the mail, signs in and finds their
// organisation.
func TestATeamInvitesByFile(t *testing.T) {
	t.Parallel()
	a, pit := startWithMail(t)
	team := signIn(t, a, "equipe.alsace@exemple.fr", "team", "region:44")
	team.Follow(`main a[href="/organisations"]`)
	both(team)
	team.Fill("#nom", "strasbourg")
	team.Follow("main form button[type=submit]")
	team.Follow(`#organismes a[href="/organisations/commune-67482"]`)
	both(team)
	for _, path := range []string{"/organisations/nouvelle", "/organisations/commune-67482/modifier", "/roles?organisme=commune-67482"} {
		team.Visit(path)
		both(team)
	}
	team.Visit("/mon-espace")
	team.Follow(`main a[href="/invitations"]`)
	both(team)
	file := filepath.Join(t.TempDir(), "invitations.csv")
	rows := "email;nom;role;organisme;fonction\nmaire@exemple.fr;Anne Martin;validation;67482;maire\nagent@exemple.fr;Paul Durand;rédaction;67482;agente climat\n" +
		"epci@exemple.fr;;rédaction;246700488;\ndreal@exemple.fr;;;dreal-44;cheffe de projet\npas une adresse;;participant;;\nrennes@exemple.fr;;rédaction;35238;\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	team.Upload("#file", file)
	team.Follow("main form button[type=submit]")
	if text := team.Text("main"); !strings.Contains(text, "2\u00a0lignes sont refusées") || !strings.Contains(text, "ce n’est pas une adresse électronique") {
		t.Fatalf("the preview: %s", text)
	}
	both(team)
	team.Follow(`main a[href^="/invitations?reprendre="]`)
	both(team)
	mended := strings.ReplaceAll(strings.ReplaceAll(Eval[string](team, `document.querySelector("#lines").value`), "pas une adresse", "habitante@exemple.fr"), "35238", "commune-68224")
	Eval[bool](team, `(document.querySelector("#lines").value = `+strconv.Quote(mended)+`, true)`)
	team.Follow("main form button[type=submit]")
	if text := team.Text("main"); !strings.Contains(text, "Envoyer 6\u00a0invitations") {
		t.Fatalf("the preview: %s", text)
	}
	both(team)
	team.Follow(`main form[action$="/envoyer"] button`)
	if text := team.Text("main"); !strings.Contains(text, "Invitations envoyées") {
		t.Fatalf("sent: %s", text)
	}
	both(team)

	text := mailTo(t, pit, "maire@exemple.fr", "vous invite sur Jalon")
	if !strings.Contains(text, "La COP régionale Grand Est") || !strings.Contains(text, "Strasbourg") || !strings.Contains(text, "/connexion") {
		t.Errorf("the invitation:\n%s", text)
	}
	maire := Open(t, a.URL())
	maire.Visit("/connexion")
	maire.Fill("#email", "maire@exemple.fr")
	maire.Follow("main form button")
	link := signInLink.FindStringSubmatch(mailTo(t, pit, "maire@exemple.fr", "/connexion/confirmer"))
	if link == nil {
		t.Fatal("no link in the mail")
	}
	maire.Visit(link[1])
	maire.Follow("main form button")
	if text := maire.Text("#organismes"); !strings.Contains(text, "Strasbourg") || !strings.Contains(text, "maire") {
		t.Errorf("one's own space: %s", text)
	}
	both(maire)
	maire.Visit("/organisations/commune-67482")
	both(maire)

	team.Visit("/organisations/commune-67482")
	team.Follow(`#personnes a[href$="/transfert"]`)
	both(team)
	team.Fill("#email", "suite@exemple.fr")
	team.Fill("#reason", "fin de mandat")
	team.Follow("main form button[type=submit]")
	both(team)
	mailTo(t, pit, "suite@exemple.fr", "Vous reprenez sur Jalon")
}
