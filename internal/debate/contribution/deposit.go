package contribution

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/moderation"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/textmining"
)

// File is a file of a contribution, kept already.
type File struct {
	N        int64
	SHA256   string
	FileName string
	Size     int64
	Type     string
}

// Types are the types of files that a contribution may bring.
func Types() []string {
	return []string{"application/pdf", "application/vnd.oasis.opendocument.text", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "image/jpeg", "image/png"}
}

// Draft is a contribution as its form holds it.
type Draft struct {
	Title     string        `json:"title"`
	Text      string        `json:"text"`
	Theme     string        `json:"theme"`
	Lever     string        `json:"lever"` // empty: not known
	Territory string        `json:"territory"`
	Place     string        `json:"place"` // as typed
	Speaker   string        `json:"speaker"`
	Orgs      string        `json:"orgs"` // one a line
	Name      string        `json:"name"`
	Email     string        `json:"email"`
	Unnamed   bool          `json:"unnamed"` // signed by the place alone
	College   string        `json:"college"`
	Consent   bool          `json:"-"` // given each time
	Files     []File        `json:"files"`
	Machine   string        `json:"-"`
	Voice     string        `json:"-"`
	Elapsed   time.Duration `json:"-"` // since the form was shown; zero when unknown
}

// quick is under how long a form was filled by no hand: its contribution is marked for
// moderators, never refused.
const quick = 8 * time.Second

// Warnings are what in a draft may be personal, and would be read by everybody.
func (d Draft) Warnings() []textmining.Warning {
	return textmining.Personal(d.Title + "\n" + d.Text)
}

func (d *Draft) tidy() {
	d.Title, d.Text, d.Name, d.Email = debate.Line(d.Title), debate.Tidy(d.Text), debate.Line(d.Name), strings.TrimSpace(d.Email)
	var orgs []string
	for line := range strings.Lines(debate.Tidy(d.Orgs)) {
		if line = debate.Line(line); line != "" && !slices.Contains(orgs, line) {
			orgs = append(orgs, line)
		}
	}
	d.Orgs = strings.Join(orgs, "\n")
}

// Check says what is wrong in each field: all of it at once.
func (d Draft) Check(fw *framework.Framework, tree *territory.Tree, region string) (wrong []*Fault) {
	d.tidy()
	add := func(field string, err error) {
		if err != nil {
			wrong = append(wrong, &Fault{field, apperr.Message(err)})
		}
	}
	say := func(field, message string) { wrong = append(wrong, &Fault{field, message}) }
	if n := utf8.RuneCountInString(d.Title); n < 5 {
		say("titre", "Écrivez un titre de quelques mots.")
	}
	add("titre", debate.Long("le titre", d.Title, LongTitle))
	if n := utf8.RuneCountInString(d.Text); n < ShortText {
		say("texte", "Le texte compte "+french.Integer(n)+" "+french.Plural(n, "caractère", "caractères")+", 30 au moins"+nb+": dites en une phrase ou deux ce que vous proposez.")
	}
	add("texte", debate.Long("le texte", d.Text, LongText))
	if !slices.ContainsFunc(fw.Themes(), func(t framework.ThemeInfo) bool { return string(t.Code) == d.Theme }) && (d.Theme != "" || d.Lever == "") {
		say("theme", "Choisissez une thématique, ou un levier.")
	}
	if _, err := fw.Lever(d.Lever); d.Lever != "" && err != nil {
		say("levier", "Choisissez un levier de la liste, ou «"+nb+"je ne sais pas"+nb+"».")
	}
	if err := Within(tree, region, d.Territory); err != nil {
		say("lieu", apperr.Message(err))
	}
	switch {
	case debate.SpeakerName(d.Speaker) == "":
		say("parole", "Dites en quel nom vous écrivez.")
	case d.Speaker != debate.Person && d.Orgs == "":
		say("organismes", "Écrivez le nom de l’organisme.")
	case d.Speaker == debate.Organised && !strings.Contains(d.Orgs, "\n"):
		say("organismes", "Écrivez le nom de deux organismes au moins, un par ligne.")
	case d.Speaker == debate.Organisation && strings.Contains(d.Orgs, "\n"):
		say("organismes", "Plusieurs lignes"+nb+": choisissez «"+nb+"au nom de plusieurs organismes"+nb+"», ou gardez un seul nom.")
	}
	add("organismes", debate.Long("la liste des organismes", d.Orgs, 1000))
	if d.Speaker == debate.Person && !d.Unnamed && d.Name == "" {
		say("nom", "Écrivez le nom qui signera, ou choisissez de signer sans votre nom.")
	}
	add("nom", debate.Long("le nom", d.Name, 100))
	if len(d.Files) > MostFiles {
		say("fichiers", "Trois fichiers au plus"+nb+": décochez ceux dont vous vous passez.")
	}
	if !d.Consent {
		say("accord", "Cochez cette case pour que votre texte puisse être publié.")
	}
	return wrong
}

const nb = french.NoBreak

// Within refuses a territory that is not of a region: the region itself, one of its
// départements, EPCI or communes.
func Within(tree *territory.Tree, region, text string) error {
	ref, err := territory.ParseRef(text)
	if err == nil && ref.Scale == territory.RegionS && ref.Code == region {
		return nil
	}
	if err == nil && (ref.Scale == territory.Department || ref.Scale == territory.EPCI || ref.Scale == territory.CommuneS) {
		parents, perr := tree.Parents(ref)
		if err = perr; err == nil && slices.Contains(parents, territory.Ref{Scale: territory.RegionS, Code: region}) {
			return nil
		}
	}
	return apperr.Invalidf("Ce territoire n’est pas de la région. Écrivez le nom d’une commune, d’une intercommunalité ou d’un département de la région, ou laissez vide.")
}

// Signature is what stands under a contribution.
func (d Draft) Signature(tree *territory.Tree) string {
	if d.Speaker != debate.Person {
		return french.List(strings.Split(d.Orgs, "\n"))
	}
	if !d.Unnamed {
		return d.Name
	}
	ref, err := territory.ParseRef(d.Territory)
	if err == nil && ref.Scale == territory.CommuneS {
		if x, err := tree.Commune(ref.Code); err == nil {
			return "une habitante ou un habitant (" + x.Name + ")"
		}
	}
	return "une habitante ou un habitant"
}

// busy counts what comes from one machine and one voice in an hour, in transactions
// of their own, and refuses beyond; the journal holds the first refusal of each hour.
func (m *Room) busy(ctx context.Context, c cop.COP, what, machine, who string, most int64) error {
	for _, x := range []struct {
		name string
		most int64
	}{{what + "|" + machine, most}, {what + "|" + strings.ToLower(who), most / 2}} {
		if strings.HasSuffix(x.name, "|") {
			continue
		}
		over, err := m.Accounts.Tried(ctx, x.name, x.most)
		if err != nil {
			return err
		}
		if !over {
			continue
		}
		if again, err := m.Accounts.Tried(ctx, "journal|"+x.name, 1); err != nil {
			return err
		} else if !again {
			err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
				_, err := m.Journal.Record(ctx, tx, journal.Entry{Verb: "refuse", Kind: "post", Subject: c.ID, COP: c.ID})
				return err
			})
			if err != nil {
				return err
			}
		}
		return apperr.New(apperr.TooMany, nil, "Beaucoup d’envois sont arrivés d’ici depuis une heure. Rien n’est déposé, et rien n’est perdu"+nb+": gardez cette page ouverte, ou gardez un brouillon, et renvoyez dans une heure.")
	}
	return nil
}

// Caught writes that the field which people do not see was filled: nothing is kept of
// what was sent.
func (m *Room) Caught(ctx context.Context, c cop.COP, machine string) (err error) {
	defer apperr.Wrap(&err, "contribution.Caught")
	again, err := m.Accounts.Tried(ctx, "journal|trap|"+machine, 1)
	if err != nil || again {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		_, err := m.Journal.Record(ctx, tx, journal.Entry{Verb: "trap", Kind: "post", Subject: c.ID, COP: c.ID})
		return err
	})
}

// Leave deposits a contribution: it waits for a moderator, or for its address to be
// confirmed. Check said before that nothing is wrong in it.
func (m *Room) Leave(ctx context.Context, a policy.Actor, c cop.COP, d Draft) (p debate.Post, v debate.Voice, err error) {
	defer apperr.Wrap(&err, "contribution.Leave")
	tree, err := m.Tree(ctx)
	if err != nil {
		return p, v, err
	}
	who := d.Email
	if a.Person != "" {
		who = a.Person
	} else if who == "" {
		who = d.Voice
	}
	if err := m.busy(ctx, c, "contribution", d.Machine, who, perMachine); err != nil {
		return p, v, err
	}
	marks := moderation.Noticed(d.Title + "\n" + d.Text) // as they were typed
	d.tidy()
	if d.Elapsed > 0 && d.Elapsed < quick {
		marks = append(marks, "quick")
	}
	if len(d.Warnings()) > 0 {
		marks = append(marks, "personal")
	}
	in := debate.Post{Kind: debate.Contribution, Title: d.Title, Text: d.Text, Speaker: d.Speaker, Signed: d.Signature(tree), Theme: d.Theme, Lever: d.Lever, Territory: d.Territory}
	org, _, _ := strings.Cut(d.Orgs, "\n")
	s := debate.Speaker{Email: d.Email, Name: d.Name, OrgName: org, College: debate.College(d.College), Voice: d.Voice}
	return m.Deposit(ctx, a, c, in, s, "votre contribution «"+nb+d.Title+nb+"»", func(ctx context.Context, tx db.Q, p debate.Post, _ debate.Voice) error {
		now := m.Now().UnixMilli()
		if _, err := db.Insert(ctx, tx, "contribution", strings.Fields("post_id cop_id seq changed_at stems study merged_into orgs marks consent_at"),
			[][]any{{p.ID, c.ID, int64(1), now, "", "", "", d.Orgs, strings.Join(marks, " "), now}}, ""); err != nil {
			return err
		}
		if err := moderation.Mark(ctx, tx, p.ID, slices.Clone(marks)...); err != nil {
			return err
		}
		var rows [][]any
		for i, f := range d.Files {
			rows = append(rows, []any{p.ID, int64(i + 1), f.SHA256, f.FileName, f.Size, f.Type})
		}
		if len(rows) == 0 {
			return nil
		}
		_, err := db.Insert(ctx, tx, "contribution_file", strings.Fields("post_id n sha256 file_name size type"), rows, "")
		return err
	})
}

// stemsOf are the words that a text is found by, as its row keeps them.
func stemsOf(title, text string) string {
	all := textmining.NewStemmer().Index(title + "\n" + text)
	return strings.Join(all[:min(len(all), mostStems)], " ")
}
