package app

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"jalon/internal/account"
	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

const (
	herName  = "Zéphyrine Quatrebarbes"
	herEmail = "zephyrine.q@exemple.fr"
)

// known is a person who left traces in every room.
type known struct {
	*testing.T
	core *Core
	rooms
	her, chair policy.Actor
	act        cop.Act
	session    string
}

func (k *known) must(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

func (k *known) appoint(email, name string, role policy.Role, kind, scope string) policy.Actor {
	k.Helper()
	g, err := k.accounts.Appoint(k.Context(), email, name, role, kind, scope, "ici")
	k.must(err)
	a, err := k.accounts.Actor(k.Context(), g.Account)
	k.must(err)
	return a
}

func someone(t *testing.T, d *db.DB) *known {
	t.Helper()
	ctx := t.Context()
	k := &known{T: t, core: coreOn(d)}
	k.core.Config.BaseURL = "https://jalon.example"
	m, err := k.core.Model(ctx)
	k.must(err)
	k.rooms, err = k.core.openRooms(ctx)
	k.must(err)
	k.must(k.cops.Load(ctx, k.core.tables, m.Tree()))
	k.her = k.appoint(herEmail, herName, policy.RegionChair, "region", "03")
	k.chair = k.appoint("prefet@exemple.fr", "Camille Durand", policy.StateChair, "region", "03")
	admin := k.appoint("nation@exemple.fr", "Nadia N", policy.NationalAdmin, "nation", "")

	// Signed in by mail and by a provider.
	k.must(k.accounts.AskLink(ctx, herEmail, "192.0.2.1", "/mon-espace"))
	a, err := account.Find(ctx, d, k.her.Person)
	k.must(err)
	link, err := k.accounts.Link(ctx, a, "")
	k.must(err)
	s, err := k.accounts.Confirm(ctx, strings.SplitN(link, "jeton=", 2)[1], "Firefox")
	k.must(err)
	seen, err := k.accounts.Seen(ctx, s.Cookie)
	k.must(err)
	k.session = seen.Session
	for _, x := range [][2]string{
		{`UPDATE session SET id_token = $1 WHERE account = $2`, "jeton de " + herEmail},
		{`INSERT INTO identity (issuer, sub, account, at) VALUES ('https://op.exemple.fr', $1, $2, 1)`, "sub-de-" + herEmail},
	} {
		_, err := d.Exec(ctx, x[0], x[1], k.her.Person)
		k.must(err)
	}
	_, err = k.accounts.SaveProfile(ctx, k.her, a.Rev, herName, map[account.Notice]string{account.Tasks: account.Digest, account.News: account.Digest, account.Reminders: account.None})
	k.must(err)
	// She gives a role, acts, delegates, heads a side, looks at the desk.
	_, err = k.accounts.Give(ctx, k.her, "equipe@exemple.fr", "Équipe É", policy.Team, "region", "03", "Guyane")
	k.must(err)
	id := cop.RegionID(cop.First, "03")
	_, k.act, err = k.cops.AddEvent(ctx, k.chair, id, cop.NewEvent{Stage: cop.Launch, Mark: cop.Opened, Day: "2026-02-01"})
	k.must(err)
	_, err = k.cops.Consent(ctx, k.her, k.act.ID)
	k.must(err)
	_, err = k.cops.Delegate(ctx, k.her, cop.Delegation{COP: id, Person: admin.Person, Reach: "all", From: "2026-02-01", To: "2026-12-31", Decision: "arrêté 12"})
	k.must(err)
	_, err = k.cops.Visit(ctx, k.her, id)
	k.must(err)
	_, err = k.cops.SetOffice(ctx, k.chair, cop.Office{COP: id, Side: cop.RegionSide, Person: k.her.Person, Title: "présidente de l’assemblée", From: "2026-01-02"}, "élection")
	k.must(err)
	// She belongs to an organisation that is reached by her address, and a file
	// invited her.
	o, err := k.accounts.CreateOrganisation(ctx, admin, account.OrgInput{Name: "Association d’essai", Kind: "association", Region: "03", Contact: herEmail})
	k.must(err)
	_, err = k.accounts.SaveOrganisation(ctx, admin, o.ID, o.Rev, account.OrgInput{Name: "Association d’essai renommée", Kind: "association", Region: "03", Contact: herEmail})
	k.must(err)
	_, _, err = k.accounts.Attach(ctx, admin, o.ID, herEmail, "", "bureau de Zéphyrine Quatrebarbes", true)
	k.must(err)
	for _, text := range []string{`INSERT INTO import_run (id, kind, file_name, sha256, state, rows, errors, at, by, rev) VALUES ('run', 'invitations/x', 'f.csv', 'x', 'applied', 1, 0, 1, 'x', 1)`,
		`INSERT INTO import_row (run, line, data, verdict) VALUES ('run', 2, '{"email":"` + herEmail + `"}', 'ok')`} {
		_, err = d.Exec(ctx, text)
		k.must(err)
	}
	// What she leaves in the debate of her region.
	home, err := cop.Find(ctx, d, id)
	k.must(err)
	_, _, err = k.debate.Shared.Deposit(ctx, k.her, home, debate.Post{Kind: debate.Contribution, Title: "Des pirogues électriques", Text: "Une borne à chaque dégrad.", Speaker: debate.Person, Signed: herName},
		debate.Speaker{Name: herName, College: debate.Citizens}, "votre contribution", nil)
	k.must(err)
	// An action that she carries, and a view of the register that she keeps.
	x, err := k.action.Register.Add(ctx, d, k.her, home, action.Action{Kind: action.Sectoral, Title: "Des pirogues électriques", Contact: herName, Email: strings.ToUpper(herEmail), Referent: herName,
		Summary: "Écrivez à " + herEmail + ".", Tasks: []action.Task{{ID: "1", Title: "Équiper les dégrads", Who: herName}}})
	k.must(err)
	_, err = k.action.Register.Save(ctx, d, k.her, x, "")
	k.must(err)
	k.must(k.action.Register.SaveView(ctx, k.her, home, action.View{Name: "Celles de Zéphyrine Quatrebarbes", Query: "etat=debattue"}))
	// Mails: in a digest to come, to others about her, bounced.
	_, err = k.accounts.Notify(ctx, d, k.her.Person, account.News, nil, mail.Mail{Dedup: "news/1", Letter: mail.Letter{Subject: "Une nouvelle", Blocks: []mail.Block{mail.Para("x")}}})
	k.must(err)
	for dedup, text := range map[string]string{"about/1": "Écrivez à " + herEmail, "about/2": "Un mot de " + herName + "."} {
		_, err = k.outbox.Enqueue(ctx, d, mail.Mail{Dedup: dedup, To: mail.Address{Email: "autre@exemple.fr"}, ReplyTo: herEmail, Letter: mail.Letter{Subject: "À propos", Blocks: []mail.Block{mail.Para(text)}}})
		k.must(err)
	}
	_, err = d.Exec(ctx, `INSERT INTO mail_bounce (email, at, times, code, detail) VALUES ($1, 1, 1, '550', $2)`, herEmail, herEmail+" inconnue")
	k.must(err)
	_, err = d.Exec(ctx, `UPDATE job SET error = $1 WHERE dedup IN (SELECT 'mail:' || id FROM mail_outbox WHERE person = $2)`, "refused: "+herEmail, k.her.Person)
	k.must(err)
	return k
}

// found lists the texts of every table that hold one of the words.
func (k *known) found(words ...string) (where []string) {
	k.Helper()
	d := k.core.DB
	tables, err := db.LiveTables(k.Context(), d)
	k.must(err)
	texts := 0
	for _, table := range tables {
		columns, err := db.Columns(k.Context(), d, table)
		k.must(err)
		for _, c := range columns {
			if c.Type != db.Text {
				continue
			}
			rows, err := d.Query(k.Context(), `SELECT COALESCE(`+c.Name+`, '') FROM `+table)
			all, err := db.Strings(rows, err)
			k.must(err)
			texts += len(all)
			for _, text := range all {
				for _, w := range words {
					if strings.Contains(strings.ToLower(text), strings.ToLower(w)) {
						where = append(where, table+"."+c.Name+": "+text)
					}
				}
			}
		}
	}
	if texts < 1000 {
		k.Errorf("only %d texts were read", texts)
	}
	return where
}

// Nothing that tells who an erased person was stays, in any text of any table;
// what committed a COP does.
func TestNothingStaysOfAnErasedPerson(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if _, err := d.Exec(ctx, `CREATE TABLE later (id TEXT NOT NULL PRIMARY KEY, who TEXT NOT NULL, note TEXT NOT NULL)`); err != nil {
			t.Fatal(err)
		}
		k := someone(t, d)
		// A room that comes later lists its table, and does nothing more.
		k.accounts.Tables = append(k.accounts.Tables, db.Table{Name: "later", Order: []string{"id"}, Scope: db.COP, Personal: []string{"who"}})
		_, err := d.Exec(ctx, `INSERT INTO later (id, who, note) VALUES ('1', $1, 'une note sur tout le monde')`, herEmail)
		k.must(err)
		if before := k.found(herEmail, herName, "Quatrebarbes"); len(before) < 12 {
			t.Fatalf("she left only %d traces: %q", len(before), before)
		}
		token, err := k.accounts.AskErase(ctx, k.her, k.session, account.ErasePhrase)
		k.must(err)
		k.must(k.accounts.EraseSelf(ctx, k.her, k.session, token))
		for _, where := range k.found(herEmail, herName, "Quatrebarbes", "zephyrine") {
			t.Errorf("it stays in %s", where)
		}
		a, err := account.Find(ctx, d, k.her.Person)
		if err != nil || a.Name != "personne effacée" {
			t.Errorf("%+v %v", a, err)
		}
		act, err := cop.FindAct(ctx, d, k.act.ID)
		if err != nil || act.State != cop.ActRecorded || !slices.ContainsFunc(act.Consents, func(c cop.Consent) bool { return c.Person == k.her.Person }) {
			t.Errorf("the act: %+v %v", act, err)
		}
		offices, err := cop.Offices(ctx, d, act.COP)
		if err != nil || len(offices) == 0 || offices[0].Title != "présidente de l’assemblée" {
			t.Errorf("offices: %+v %v", offices, err)
		}
		for text, n := range map[string]int64{`SELECT COUNT(*) FROM session WHERE account = $1`: 0, `SELECT COUNT(*) FROM role_grant WHERE account = $1 AND ended_at IS NULL`: 0,
			`SELECT COUNT(*) FROM delegation WHERE giver = $1 AND ended_at IS NULL`: 0, `SELECT COUNT(*) FROM journal WHERE actor = $1 AND verb = 'erase'`: 1} {
			var got int64
			if err := d.QueryRow(ctx, text, k.her.Person).Scan(&got); err != nil || got != n {
				t.Errorf("%s: %d, want %d: %v", text, got, n, err)
			}
		}
		// The others are as they were.
		if names := k.found("prefet@exemple.fr", "Camille Durand"); len(names) == 0 {
			t.Error("somebody else was erased too")
		}
	})
}

// One takes away all that is about oneself, what one did, no key, and nothing of
// others.
func TestOnesOwnData(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := someone(t, d)
		data, err := k.accounts.Export(t.Context(), k.her)
		k.must(err)
		held := map[string]int{}
		for _, x := range data.Tables {
			held[x.Table] += len(x.Rows)
		}
		for _, name := range []string{"account", "account_version", "identity", "notice", "sign_in", "session", "role_grant", "mail_outbox", "mail_bounce", "journal", "act_consent", "delegation", "office", "cop_visit", "membership", "debate_voice", "debate_post", "action", "action_version", "action_view"} {
			if held[name] == 0 {
				t.Errorf("nothing of %s", name)
			}
		}
		body, err := json.Marshal(data)
		k.must(err)
		text := string(body)
		for _, must := range []string{herEmail, herName, "sub-de-" + herEmail, "présidente de l’assemblée", "Firefox", "Des pirogues électriques", "Une borne à chaque dégrad."} {
			if !strings.Contains(text, must) {
				t.Errorf("%q is not in it", must)
			}
		}
		for _, never := range []string{"prefet@exemple.fr", "Camille Durand", "equipe@exemple.fr", "autre@exemple.fr", "token_hash", "code_hash", "jeton de", "id_token", "unsubscribe"} {
			if strings.Contains(text, never) {
				t.Errorf("%q is in it: %s", never, text[max(0, strings.Index(text, never)-300):][:600])
			}
		}
		// Each personal column of each room is read: a row found by the test's own eye.
		var n int64
		k.must(d.QueryRow(context.WithoutCancel(t.Context()), `SELECT COUNT(*) FROM journal WHERE actor = $1`, k.her.Person).Scan(&n))
		if int64(held["journal"]) != n {
			t.Errorf("%d acts of the journal, want %d", held["journal"], n)
		}
		if _, err := k.accounts.Export(t.Context(), policy.Actor{}); err == nil {
			t.Error("nobody took data away")
		}
	})
}
