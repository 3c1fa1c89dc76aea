package aid

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Alert is a search that somebody follows by mail.
type Alert struct {
	ID, Email, Person, Query, Rhythm, State string
	At, Told                                time.Time
}

// Rhythms are how often an alert writes, with their French names.
func Rhythms() [][2]string {
	return [][2]string{{"weekly", "une fois par semaine"}, {"daily", "une fois par jour"}}
}

const (
	alertConfirm, alertStop = "aid-alert-confirm", "aid-alert-stop"
	mostAlerts              = 10
	soon                    = 30 // days before an aid closes, when it is told
	tellAlerts              = "aid.alerts"
	checkLinks              = "aid.links"
)

// Follow keeps a search to be told by mail. Who is signed in is known; any other address
// gets a link to confirm: nothing is sent before. The answer is the same either way.
func (m *Room) Follow(ctx context.Context, a policy.Actor, machine, email string, f Filter, rhythm string) (sure bool, err error) {
	defer apperr.Wrap(&err, "aid.Follow")
	if err := f.Check(); err != nil {
		return false, err
	}
	if !known(Rhythms(), rhythm) {
		return false, fault("rhythm", "Choisissez un rythme de la liste.")
	}
	if a.Person != "" {
		p, err := account.Find(ctx, m.DB, a.Person)
		if err != nil {
			return false, err
		}
		email, sure = p.Email, true
	} else if email, err = mail.ParseAddress(email); err != nil {
		return false, fault("email", "Cette adresse ne se lit pas\u00a0: vérifiez-la, par exemple prenom.nom@commune.fr.")
	}
	email, f.Owner = strings.ToLower(email), ""
	id, err := m.IDs.New()
	if err != nil {
		return false, err
	}
	return sure, db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		return m.follow(ctx, tx, a, machine, email, f, rhythm, id, sure)
	})
}

func (m *Room) follow(ctx context.Context, tx db.Q, a policy.Actor, machine, email string, f Filter, rhythm, id string, sure bool) error {
	now := m.Now()
	var near, own int64
	// The row of the name is taken first, so that two requests at once are counted one after the other.
	if _, err := db.Bump(ctx, tx, "aid-alerts", now); err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(CASE WHEN ip = $1 AND at > $2 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN email = $3 AND state <> 'ended' THEN 1 ELSE 0 END), 0) AS BIGINT)
		  FROM aid_alert WHERE ip = $1 AND at > $2 OR email = $3`, machine, now.Add(-time.Hour).UnixMilli(), email).Scan(&near, &own); err != nil {
		return err
	}
	switch {
	case near >= perHour:
		return apperr.New(apperr.TooMany, nil, "Beaucoup d’alertes viennent d’être demandées de votre réseau\u00a0: réessayez dans une heure.")
	case own >= mostAlerts && sure:
		return apperr.Conflictf("Vous suivez déjà %d recherches\u00a0: arrêtez-en une d’abord.", mostAlerts)
	case own >= mostAlerts:
		return nil // whoever types an address learns nothing of it
	}
	state := "waiting"
	if sure {
		state = "on"
	}
	var kept, is string
	if err := tx.QueryRow(ctx, `
		INSERT INTO aid_alert (id, email, person, query, rhythm, state, ip, at, told) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
		ON CONFLICT (email, query) DO UPDATE SET state = CASE WHEN aid_alert.state = 'on' OR excluded.state = 'on' THEN 'on' ELSE 'waiting' END,
		   rhythm = CASE WHEN excluded.state = 'on' THEN excluded.rhythm ELSE aid_alert.rhythm END, ip = excluded.ip, at = excluded.at
		RETURNING id, state`, id, email, a.Person, f.Query(), rhythm, state, machine, now.UnixMilli()).Scan(&kept, &is); err != nil {
		return err
	}
	if sure {
		_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "create", Kind: "aid_alert", Subject: kept})
		return err
	}
	if is == "on" {
		return nil
	}
	_, err := m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: "aid-alert/" + kept + "/" + now.UTC().Format(time.DateOnly), To: mail.Address{Email: email}, Secret: true, Letter: mail.Letter{
		Subject: "Confirmez votre alerte sur les aides", Greeting: "Bonjour,", Blocks: []mail.Block{
			mail.Para("Quelqu’un a demandé à suivre à cette adresse une recherche d’aides dans Jalon. Si c’est vous, confirmez\u00a0; sinon, ne faites rien\u00a0: aucun autre message ne partira."),
			mail.Link("Confirmer l’alerte", m.BaseURL+"/alertes-aides/"+m.Cursors.Seal(alertConfirm, kept))},
		Reason: "Vous recevez ce message parce que cette adresse a été donnée sur la page des aides de Jalon."}})
	return err
}

// AlertOf reads the alert that the link of a mail names; confirm tells which link it is.
func (m *Room) AlertOf(ctx context.Context, q db.Q, sealed string) (x Alert, confirm bool, err error) {
	defer apperr.Wrap(&err, "aid.AlertOf")
	id, err := m.Cursors.Open(alertConfirm, sealed, 1)
	if confirm = err == nil; !confirm {
		if id, err = m.Cursors.Open(alertStop, sealed, 1); err != nil {
			return x, false, apperr.NotFoundf("Ce lien n’est pas valable, ou ne l’est plus.")
		}
	}
	var at, told int64
	err = q.QueryRow(ctx, `SELECT id, email, person, query, rhythm, state, at, told FROM aid_alert WHERE id = $1`, id[0]).Scan(&x.ID, &x.Email, &x.Person, &x.Query, &x.Rhythm, &x.State, &at, &told)
	x.At, x.Told = time.UnixMilli(at).UTC(), time.UnixMilli(told).UTC()
	return x, confirm, db.OrNotFound(err, "Cette alerte n’existe plus.")
}

// Turn does what the link of a mail is for: begins the alert, or ends it. Twice is once.
func (m *Room) Turn(ctx context.Context, sealed string) (x Alert, confirm bool, err error) {
	defer apperr.Wrap(&err, "aid.Turn")
	if x, confirm, err = m.AlertOf(ctx, m.DB, sealed); err != nil {
		return x, confirm, err
	}
	text, verb := `UPDATE aid_alert SET state = 'ended' WHERE id = $1 AND state <> 'ended'`, "end"
	if confirm {
		// An alert that was ended does not begin again by the link that began it.
		text, verb = `UPDATE aid_alert SET state = 'on' WHERE id = $1 AND state = 'waiting'`, "create"
	}
	return x, confirm, db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, text, x.ID)
		if err != nil || n == 0 {
			return err
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: x.Person, Verb: verb, Kind: "aid_alert", Subject: x.ID})
		return err
	})
}

// RegisterJobs gives the worker what this room does in the background; links tells whether
// the operator lets it ask the addresses of aids.
func (m *Room) RegisterJobs(c *jobs.Config, links bool) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		paris = time.UTC
	}
	c.Handlers[tellAlerts] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error { _, err := m.TellAlerts(ctx); return err }}
	c.Periodic = append(c.Periodic, jobs.Periodic{Name: tellAlerts, Last: jobs.Daily(6, 30, paris)})
	c.Handlers[checkLinks] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error {
		if !links {
			return nil
		}
		_, err := m.CheckLinks(ctx, Checker{})
		return err
	}}
	if links {
		c.Periodic = append(c.Periodic, jobs.Periodic{Name: checkLinks, Last: jobs.Daily(3, 10, paris)})
	}
}

// TellAlerts writes to those whose search has something new since they were last told: an
// aid that came in or opened, one that closes soon. One mail an alert, none when there is
// nothing. It returns how many mails were put on their way.
func (m *Room) TellAlerts(ctx context.Context) (sent int, err error) {
	defer apperr.Wrap(&err, "aid.TellAlerts")
	now := m.Now()
	tree, err := m.Tree(ctx)
	if err != nil {
		return 0, err
	}
	shelf, err := m.Shelf(ctx)
	if err != nil {
		return 0, err
	}
	const margin = time.Hour // a daily alert told at 6.31 is due at 6.30 the next day
	for after := ""; ; {
		rows, err := m.DB.Query(ctx, `SELECT id, email, person, query, rhythm, told FROM aid_alert WHERE state = 'on' AND id > $1 AND (rhythm = 'daily' AND told <= $2 OR rhythm = 'weekly' AND told <= $3) ORDER BY id LIMIT 200`,
			after, now.Add(margin-24*time.Hour).UnixMilli(), now.Add(margin-7*24*time.Hour).UnixMilli())
		list, err := db.Collect(rows, err, func(r *db.Rows) (x Alert, err error) {
			var told int64
			err = r.Scan(&x.ID, &x.Email, &x.Person, &x.Query, &x.Rhythm, &told)
			x.Told = time.UnixMilli(told).UTC()
			return x, err
		})
		if err != nil || len(list) == 0 {
			return sent, err
		}
		for _, x := range list {
			after = x.ID
			v, err := url.ParseQuery(x.Query)
			if err != nil {
				return sent, err
			}
			fresh, closing := shelf.since(ReadQuery(v), x.Told, now, m.Today(), tree)
			told, err := m.tell(ctx, x, fresh, closing, now)
			if err != nil {
				return sent, err
			}
			sent += told
		}
	}
}

// tell puts one mail on its way and remembers up to when it told, together.
func (m *Room) tell(ctx context.Context, x Alert, fresh, closing []Aid, now time.Time) (sent int, err error) {
	return sent, db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE aid_alert SET told = $3 WHERE id = $1 AND told = $2 AND state = 'on'`, x.ID, x.Told.UnixMilli(), now.UnixMilli())
		if err != nil || n == 0 || len(fresh)+len(closing) == 0 {
			return err
		}
		stop := m.BaseURL + "/alertes-aides/" + m.Cursors.Seal(alertStop, x.ID)
		l := mail.Letter{Subject: "Aides\u00a0: du nouveau dans votre recherche", Greeting: "Bonjour,", Reason: "Vous recevez ce message parce que vous suivez cette recherche, " + Named(Rhythms(), x.Rhythm) + "."}
		for _, part := range []struct {
			title string
			list  []Aid
		}{{"Nouvelles aides, ou qui viennent d’ouvrir", fresh}, {"Aides qui ferment bientôt", closing}} {
			if len(part.list) == 0 {
				continue
			}
			l.Blocks = append(l.Blocks, mail.Heading(part.title), mail.List(lines(part.list)...))
		}
		l.Blocks = append(l.Blocks, mail.Link("Voir la recherche", m.BaseURL+"/aides?"+x.Query), mail.Link("Ne plus recevoir cette alerte", stop))
		m1 := mail.Mail{Dedup: "aid-alert/" + x.ID + "/told/" + strconv.FormatInt(now.UnixMilli(), 10), To: mail.Address{Email: x.Email}, Person: x.Person, Letter: l}
		if strings.HasPrefix(stop, "https://") {
			m1.Unsubscribe = stop
		}
		_, err = m.Outbox.Enqueue(ctx, tx, m1)
		sent = 1
		return err
	})
}

func lines(list []Aid) []string {
	const most = 20
	var out []string
	for _, x := range list[:min(len(list), most)] {
		line := x.Name
		if h := x.Holder(); h != "" {
			line += ", " + h
		}
		if x.Closes != "" && x.Recurrence != "ongoing" {
			line += ", jusqu’au " + french.Day(x.Closes)
		}
		out = append(out, line)
	}
	if more := len(list) - most; more > 0 {
		out = append(out, "et "+french.Integer(more)+"\u00a0"+french.Plural(more, "autre", "autres"))
	}
	return out
}

// since are the aids of a search that came in, or opened, after an instant, and those that
// began since to be within 30 days of closing.
func (s *Shelf) since(f Filter, told, now time.Time, today string, tree *territory.Tree) (fresh, closing []Aid) {
	f.Over = false
	from, to := told.Format(time.DateOnly), now.Format(time.DateOnly)
	limit, was := now.AddDate(0, 0, soon).Format(time.DateOnly), told.AddDate(0, 0, soon).Format(time.DateOnly)
	for _, i := range s.Search(f, today, tree) {
		switch x := s.Aids[i]; {
		case x.Rev == 1 && x.Changed.After(told), x.Opens > from && x.Opens <= to:
			fresh = append(fresh, x)
		case x.Recurrence != "ongoing" && x.Closes > was && x.Closes <= limit:
			closing = append(closing, x)
		}
	}
	return fresh, closing
}
