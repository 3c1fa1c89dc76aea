package demos

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const onePage = 25

type mailsView struct {
	Heading ui.Heading
	Views   []ui.Link
	Table   ui.Table
	Empty   bool
	Pager   ui.Pager
}

var stateNames = map[mail.State]string{mail.Waiting: "attend le récapitulatif du jour", mail.Grouped: "réuni dans un récapitulatif", mail.Queued: "en attente d’envoi",
	mail.Sent: "envoyé", mail.Bounced: "adresse inconnue du serveur", mail.Failed: "refusé", mail.Expired: "périmé avant l’envoi"}

func stateOf(m mail.Kept, demo bool) string {
	name := stateNames[m.State]
	if demo && m.State == mail.Queued {
		name = "retenu par la démonstration"
	}
	return name
}

// clock is a moment in Paris, as the rest of the national pages.
func clock(t time.Time) string {
	if zone, err := time.LoadLocation("Europe/Paris"); err == nil {
		t = t.In(zone)
	}
	return french.Date(t) + ", " + t.Format("15:04")
}

// mails lists those that would have left, newest first.
func (d Deps) mails(w http.ResponseWriter, r *http.Request) error {
	who, q := shell.Of(r), r.URL.Query()
	var f mail.Filter
	base := shell.DemoPath + "/courriels"
	v := mailsView{Heading: ui.Heading{Title: "Les courriels que Jalon aurait envoyés", Lead: "Dans une démonstration aucun courriel ne part, même si un serveur d’envoi est réglé. " +
		"Chacun se lit ici, par toute personne qui ouvre cette page\u00a0: n’y écrivez pas de vraie adresse."}}
	if who.Account != "" {
		mine := q.Get("pour") == "moi"
		if mine {
			f.Person = who.Account
		}
		v.Views = []ui.Link{{Label: "Tous", Href: base, Current: !mine}, {Label: "Pour " + who.Name, Href: base + "?pour=moi", Current: mine}}
	}
	page, err := d.Outbox.List(r.Context(), d.Q, f, q.Get("apres"), onePage)
	if err != nil {
		return err
	}
	v.Table = ui.Table{ID: "courriels", Caption: "Courriels, du plus récent au plus ancien", Columns: []ui.Column{{Label: "Objet", Wide: true}, {Label: "À"}, {Label: "Quand"}, {Label: "État"}}}
	for _, m := range page.Mails {
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: subject(m), Href: base + "/" + m.ID}, {Text: m.To.Name, Sub: m.To.Email}, {Text: clock(m.At)}, {Text: stateOf(m, true)}}})
	}
	v.Empty = len(page.Mails) == 0
	if page.Next != "" {
		next := url.Values{"apres": {page.Next}}
		if f.Person != "" {
			next.Set("pour", "moi")
		}
		v.Pager.Next = base + "?" + next.Encode()
	}
	return d.Shell.Render(w, r, d.page(r, "Les courriels de la démonstration", home, ui.Link{Label: "Courriels"}), mailsPage(v))
}

// subject is that of a mail; what is past its time is emptied.
func subject(m mail.Kept) string {
	if m.Letter.Subject == "" {
		return "Courriel effacé après sa durée de conservation"
	}
	return m.Letter.Subject
}

type mailView struct {
	Title   string
	Lines   [][2]string
	Links   []ui.Link
	Text    string
	Framed  string // address of the letter as a page
	Emptied bool
}

// mail shows one mail: its text, what it links to, and its page in a frame that
// runs nothing.
func (d Deps) mail(w http.ResponseWriter, r *http.Request) error {
	m, err := mail.Find(r.Context(), d.Q, r.PathValue("id"))
	if err != nil {
		return err
	}
	from := m.FromName
	if from == "" {
		from = "Jalon"
	}
	v := mailView{Title: subject(m), Framed: shell.DemoPath + "/courriels/" + m.ID + "/html", Emptied: len(m.Letter.Blocks) == 0,
		Lines: [][2]string{{"De", from}, {"À", strings.TrimSpace(m.To.Name + " <" + m.To.Email + ">")}, {"Mis à l’envoi", clock(m.At)}, {"État", stateOf(m, true)}}}
	if m.ReplyTo != "" {
		v.Lines = append(v.Lines, [2]string{"Réponse à", m.ReplyTo})
	}
	if m.Error != "" {
		v.Lines = append(v.Lines, [2]string{"Erreur", m.Error})
	}
	if !v.Emptied {
		v.Text = m.Letter.Text()
	}
	for _, b := range m.Letter.Blocks {
		if path, ours := d.here(b.URL, r); b.Kind == "link" && ours {
			v.Links = append(v.Links, ui.Link{Label: b.Text, Href: path})
		}
	}
	// The frame is our own page, which its own policy keeps from doing anything.
	w.Header().Set("Content-Security-Policy", ui.ContentSecurityPolicy+"; frame-src 'self'")
	return d.Shell.Render(w, r, d.page(r, subject(m), home, ui.Link{Label: "Courriels", Href: shell.DemoPath + "/courriels"}, ui.Link{Label: subject(m)}), mailPage(v))
}

// here is the path of an address of this site: links of a letter bear its public
// address, which is not always the one that the reader came by.
func (d Deps) here(address string, r *http.Request) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", false
	}
	base, err := url.Parse(d.Shell.BaseURL)
	return u.RequestURI(), u.Host == r.Host || err == nil && u.Host == base.Host
}

// html is the letter as mail readers draw it: no script, no request, no form,
// no cookie, whatever it holds.
func (d Deps) html(w http.ResponseWriter, r *http.Request) error {
	m, err := mail.Find(r.Context(), d.Q, r.PathValue("id"))
	if err != nil {
		return err
	}
	if len(m.Letter.Blocks) == 0 {
		return apperr.NotFoundf("Ce courriel a été effacé après sa durée de conservation.")
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = w.Write([]byte(m.Letter.HTML()))
	return err
}

// states lists what became of mails, to whoever may know: never what they say.
func (d Deps) states(w http.ResponseWriter, r *http.Request) error {
	if !policy.Where(shell.Actor(r), policy.Read, policy.Mail).All || d.Outbox == nil {
		return policy.Check(policy.Actor{}, policy.Read, policy.Thing{Kind: policy.Mail})
	}
	counts, err := mail.Counts(r.Context(), d.Q)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	f := mail.Filter{State: mail.State(q.Get("etat"))}
	if f.State != "" && stateNames[f.State] == "" {
		return apperr.Invalidf("Cet état n’existe pas\u00a0: choisissez-en un dans la liste.")
	}
	page, err := d.Outbox.List(r.Context(), d.Q, f, q.Get("apres"), onePage)
	if err != nil {
		return err
	}
	const base = "/operateur/courriels"
	v := mailsView{Heading: ui.Heading{Title: "Les courriels et leur état", Lead: "Qui devait recevoir un courriel, et ce qu’il est devenu. Ce que disent les courriels n’est pas montré."},
		Views: []ui.Link{{Label: "Tous", Href: base, Current: f.State == ""}}, Empty: len(page.Mails) == 0}
	for _, s := range []mail.State{mail.Queued, mail.Waiting, mail.Grouped, mail.Sent, mail.Failed, mail.Bounced, mail.Expired} {
		if n := counts[s]; n > 0 || s == f.State {
			name := stateNames[s]
			v.Views = append(v.Views, ui.Link{Label: strings.ToUpper(name[:1]) + name[1:] + " (" + french.Integer(n) + ")", Href: base + "?etat=" + string(s), Current: s == f.State})
		}
	}
	v.Table = ui.Table{ID: "courriels", Caption: "Courriels, du plus récent au plus ancien", Columns: []ui.Column{{Label: "À"}, {Label: "Quand"}, {Label: "État"}, {Label: "Erreur", Wide: true}}}
	for _, m := range page.Mails {
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: m.To.Email}, {Text: clock(m.At)}, {Text: stateOf(m, d.Shell.Demo)}, {Text: m.Error}}})
	}
	if page.Next != "" {
		next := url.Values{"apres": {page.Next}}
		if f.State != "" {
			next.Set("etat", string(f.State))
		}
		v.Pager.Next = base + "?" + next.Encode()
	}
	v.Pager.Summary = strconv.Itoa(len(page.Mails)) + french.Plural(len(page.Mails), " courriel sur cette page", " courriels sur cette page")
	return d.Shell.Render(w, r, d.page(r, "Les courriels", ui.Link{Label: "Opérateur", Href: "/operateur"}, ui.Link{Label: "Courriels"}), mailsPage(v))
}
