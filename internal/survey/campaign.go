package survey

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// CampaignInput is what a team gives of its campaign: all that it sees in the
// form.
type CampaignInput struct {
	Form                    string
	FormVersion             int64
	Communes                bool
	OpensOn, ClosesOn       string
	Message, Contact        string
	RemindMax, RemindEvery  int64
	Relevance, Mobilisation float64
	Reason                  string
}

// InputOf is a campaign as its form shows it.
func InputOf(c Campaign) CampaignInput {
	return CampaignInput{Form: c.Form, FormVersion: c.FormVersion, Communes: c.Communes, OpensOn: c.OpensOn, ClosesOn: c.ClosesOn, Message: c.Message, Contact: c.Contact,
		RemindMax: c.RemindMax, RemindEvery: c.RemindEvery, Relevance: c.Relevance, Mobilisation: c.Mobilisation}
}

// DefaultInput is what a new campaign proposes.
func DefaultInput() CampaignInput {
	return CampaignInput{Form: National, FormVersion: 1, RemindMax: 3, RemindEvery: 14, Relevance: 0.5, Mobilisation: 0.5}
}

func (in *CampaignInput) check() error {
	for _, s := range []*string{&in.Form, &in.OpensOn, &in.ClosesOn, &in.Message, &in.Contact, &in.Reason} {
		*s = strings.TrimSpace(*s)
	}
	share := func(v float64) bool { return !math.IsNaN(v) && v > 0 && v < 1 }
	switch {
	case in.Form == "" || in.FormVersion < 1:
		return &Fault{"form", "Choisissez le questionnaire et sa version."}
	case in.OpensOn != "" && !isDay(in.OpensOn):
		return &Fault{"opens_on", "Écrivez la date d’ouverture sous la forme 2026-01-15."}
	case in.ClosesOn != "" && !isDay(in.ClosesOn):
		return &Fault{"closes_on", "Écrivez la date de clôture sous la forme 2026-03-31."}
	case in.OpensOn != "" && in.ClosesOn != "" && in.ClosesOn < in.OpensOn:
		return &Fault{"closes_on", "La clôture vient après l’ouverture."}
	case utf8.RuneCountInString(in.Message) > 4000:
		return &Fault{"message", "Gardez le message à 4\u00a0000 caractères au plus."}
	case utf8.RuneCountInString(in.Contact) > 300:
		return &Fault{"contact", "Gardez le contact à 300 caractères au plus."}
	case in.RemindMax < 0 || in.RemindMax > 6:
		return &Fault{"remind_max", "De 0 à 6 relances par destinataire."}
	case in.RemindEvery < 3 || in.RemindEvery > 90:
		return &Fault{"remind_every", "De 3 à 90 jours entre deux courriels."}
	case !share(in.Relevance):
		return &Fault{"relevance", "Le seuil de pertinence est entre 0 et 1, comme 0,5."}
	case !share(in.Mobilisation):
		return &Fault{"mobilisation", "Le seuil de mobilisation est entre 0 et 1, comme 0,5."}
	case utf8.RuneCountInString(in.Reason) > 500:
		return &Fault{"reason", "Dites la raison en 500 caractères au plus."}
	}
	return nil
}

func isDay(text string) bool {
	t, err := time.Parse(time.DateOnly, text)
	return err == nil && t.Year() > 2000 && t.Year() < 2100
}

// formOf checks that a campaign may ask this version: one that was published, for
// the nation or for its own region.
func formOf(ctx context.Context, q db.Q, code string, version int64, region string) error {
	var owner string
	err := q.QueryRow(ctx, `SELECT n.region FROM questionnaire_form f JOIN questionnaire n ON n.code = f.code WHERE f.code = $1 AND f.version = $2`, code, version).Scan(&owner)
	if err = db.OrNotFound(err, "form"); apperr.KindOf(err) == apperr.NotFound || err == nil && owner != "" && owner != region {
		return &Fault{"form", "Cette version du questionnaire n’est pas publiée, ou elle est d’une autre région. Choisissez-en une dans la liste."}
	}
	return err
}

// PublishedForm is a version that a campaign may ask.
type PublishedForm struct {
	Code, Title, Region string
	Version             int64
	At                  time.Time
}

// PublishedForms lists what a region may ask, its own variants first, the last
// version first.
func PublishedForms(ctx context.Context, q db.Q, region string) ([]PublishedForm, error) {
	rows, err := q.Query(ctx, `SELECT f.code, n.title, n.region, f.version, f.at FROM questionnaire_form f JOIN questionnaire n ON n.code = f.code
		 WHERE n.region = '' OR n.region = $1 ORDER BY n.region DESC, f.code, f.version DESC LIMIT 100`, region)
	return db.Collect(rows, err, func(r *db.Rows) (f PublishedForm, err error) {
		var at int64
		err = r.Scan(&f.Code, &f.Title, &f.Region, &f.Version, &at)
		f.At = time.UnixMilli(at).UTC()
		return f, err
	})
}

// Create makes the campaign of a COP with its recipients, the authorities whose
// seat is in the region. A COP has one: of two made at once, one is told.
func (m *Room) Create(ctx context.Context, a policy.Actor, copID string, in CampaignInput) (c Campaign, err error) {
	defer apperr.Wrap(&err, "survey.Create(%s)", copID)
	home, err := cop.Find(ctx, m.DB, copID)
	if err != nil {
		return c, err
	}
	if err := policy.Check(a, policy.Create, policy.Thing{Kind: policy.Campaign, COPs: []string{copID}}); err != nil {
		return c, err
	}
	if home.Parent != "" {
		return c, apperr.Invalidf("La campagne est celle de la région\u00a0: une COP départementale n’en a pas.")
	}
	if err := in.check(); err != nil {
		return c, err
	}
	c = Campaign{COP: copID, Region: home.Region, Cycle: home.Cycle, Rev: 1, State: CampaignDraft, At: m.Now().UTC().Truncate(time.Millisecond)}
	in.into(&c)
	if c.ID, err = m.IDs.New(); err != nil {
		return c, err
	}
	people, err := m.populations(ctx)
	if err != nil {
		return c, err
	}
	err = m.changing(ctx, func(ctx context.Context, tx db.Q) error {
		if err := formOf(ctx, tx, c.Form, c.FormVersion, c.Region); err != nil {
			return err
		}
		n, err := db.Insert(ctx, tx, "campaign", strings.Fields(`id rev cop_id region cycle form form_version communes opens_on closes_on state marked_on message contact
			remind_max remind_every relevance mobilisation published_on at`), [][]any{{c.ID, c.Rev, c.COP, c.Region, c.Cycle, c.Form, c.FormVersion, c.Communes, c.OpensOn, c.ClosesOn, string(c.State),
			"", c.Message, c.Contact, c.RemindMax, c.RemindEvery, c.Relevance, c.Mobilisation, "", c.At.UnixMilli()}}, "ON CONFLICT (cop_id) DO NOTHING")
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Cette COP a déjà une campagne\u00a0: quelqu’un vient de la créer. Rien n’a été enregistré\u00a0; rechargez la page pour la voir.")
		}
		if _, err := m.bring(ctx, tx, c, people); err != nil {
			return err
		}
		return m.keepCampaign(ctx, tx, a.Person, "create", in.Reason, c)
	})
	return c, err
}

func (in CampaignInput) into(c *Campaign) {
	c.Form, c.FormVersion, c.Communes, c.OpensOn, c.ClosesOn, c.Message, c.Contact = in.Form, in.FormVersion, in.Communes, in.OpensOn, in.ClosesOn, in.Message, in.Contact
	c.RemindMax, c.RemindEvery, c.Relevance, c.Mobilisation = in.RemindMax, in.RemindEvery, in.Relevance, in.Mobilisation
}

// SaveCampaign edits a campaign as it was at a revision. A version of the form that
// changes while it runs keeps every answer: cells keep their keys.
func (m *Room) SaveCampaign(ctx context.Context, a policy.Actor, id string, rev int64, in CampaignInput) (c Campaign, err error) {
	defer apperr.Wrap(&err, "survey.Save(%s)", id)
	if err := m.mayCampaign(ctx, a, policy.Edit, id); err != nil {
		return c, err
	}
	if err := in.check(); err != nil {
		return c, err
	}
	people, err := m.populations(ctx)
	if err != nil {
		return c, err
	}
	err = m.changing(ctx, func(ctx context.Context, tx db.Q) error {
		if c, err = m.hold(ctx, tx, id, rev); err != nil {
			return err
		}
		was := c
		if c.Form != in.Form || c.FormVersion != in.FormVersion {
			if err := formOf(ctx, tx, in.Form, in.FormVersion, c.Region); err != nil {
				return err
			}
		}
		if c.State != CampaignDraft && was.Form != in.Form {
			return &Fault{"form", "La campagne est ouverte\u00a0: choisissez une autre version du même questionnaire, pas un autre questionnaire."}
		}
		in.into(&c)
		if _, err := tx.Exec(ctx, `
			UPDATE campaign SET form = $2, form_version = $3, communes = $4, opens_on = $5, closes_on = $6, message = $7, contact = $8, remind_max = $9, remind_every = $10, relevance = $11, mobilisation = $12
			 WHERE id = $1`, c.ID, c.Form, c.FormVersion, c.Communes, c.OpensOn, c.ClosesOn, c.Message, c.Contact, c.RemindMax, c.RemindEvery, c.Relevance, c.Mobilisation); err != nil {
			return err
		}
		if was.FormVersion != c.FormVersion || was.Form != c.Form {
			// Those who have not validated follow the new version; who has keeps theirs
			// until they correct it.
			if _, err := tx.Exec(ctx, `UPDATE response SET form_version = $2, rev = rev + 1 WHERE campaign_id = $1 AND state <> 'validated'`, c.ID, c.FormVersion); err != nil {
				return err
			}
		}
		if was.Communes != c.Communes {
			if _, err := m.bring(ctx, tx, c, people); err != nil {
				return err
			}
			if err := m.inviteLater(ctx, tx, c); err != nil {
				return err
			}
		}
		return m.keepCampaign(ctx, tx, a.Person, "edit", in.Reason, c)
	})
	return c, err
}

// Act is a change of state of a campaign.
type Act string

// The acts. Open sends the invitations; Reopen goes back to taking answers.
const (
	OpenIt   Act = "open"
	Nearly   Act = "nearly"
	CloseIt  Act = "close"
	ReopenIt Act = "reopen"
)

// Name is the French name of an act.
func (x Act) Name() string {
	return map[Act]string{OpenIt: "Ouvrir la campagne et envoyer les invitations", Nearly: "Marquer «\u00a0presque finalisée\u00a0»", CloseIt: "Clore la campagne", ReopenIt: "Rouvrir la campagne"}[x]
}

// ActsFrom lists what may follow a state.
func ActsFrom(s CampaignState) []Act {
	switch s {
	case CampaignDraft:
		return []Act{OpenIt}
	case CampaignOpen:
		return []Act{Nearly, CloseIt}
	case CampaignNearly:
		return []Act{CloseIt, ReopenIt}
	case CampaignClosed:
		return []Act{ReopenIt}
	}
	return nil
}

// Turn opens, marks, closes or reopens a campaign. It is done once, whoever else
// does it at the same moment; day is the day of the mark, today when empty.
func (m *Room) Turn(ctx context.Context, a policy.Actor, id string, rev int64, act Act, day, reason string) (c Campaign, err error) {
	defer apperr.Wrap(&err, "survey.Turn(%s, %s)", id, act)
	if err := m.mayCampaign(ctx, a, policy.Edit, id); err != nil {
		return c, err
	}
	reason = strings.TrimSpace(reason)
	today := m.Now().UTC().Format(time.DateOnly)
	if day == "" {
		day = today
	}
	switch {
	case act == ReopenIt && reason == "":
		return c, &Fault{"reason", "Dites pourquoi la campagne est rouverte\u00a0: la raison est gardée dans le journal."}
	case utf8.RuneCountInString(reason) > 500:
		return c, &Fault{"reason", "Dites la raison en 500 caractères au plus."}
	case !isDay(day) || day > today:
		return c, &Fault{"day", "La date du marquage est celle d’aujourd’hui, ou d’un jour passé."}
	}
	err = m.changing(ctx, func(ctx context.Context, tx db.Q) error {
		if c, err = m.hold(ctx, tx, id, rev); err != nil {
			return err
		}
		allowed := false
		for _, x := range ActsFrom(c.State) {
			allowed = allowed || x == act
		}
		if !allowed {
			return apperr.Conflictf("La campagne est «\u00a0%s\u00a0»\u00a0: cet acte ne s’y applique pas. Rien n’a été changé\u00a0; rechargez la page.", c.State.Name())
		}
		switch act {
		case OpenIt:
			c.State = CampaignOpen
			if c.OpensOn == "" || c.OpensOn > today {
				c.OpensOn = today
			}
		case ReopenIt:
			c.State, c.MarkedOn = CampaignOpen, ""
			if c.ClosesOn != "" && c.ClosesOn < today {
				c.ClosesOn = "" // it would be late from the first day
			}
		case Nearly:
			c.State, c.MarkedOn = CampaignNearly, day
		case CloseIt:
			c.State, c.MarkedOn = CampaignClosed, day
		}
		if _, err := tx.Exec(ctx, `UPDATE campaign SET state = $2, marked_on = $3, opens_on = $4, closes_on = $5 WHERE id = $1`, c.ID, string(c.State), c.MarkedOn, c.OpensOn, c.ClosesOn); err != nil {
			return err
		}
		if act == OpenIt || act == ReopenIt {
			if err := m.inviteLater(ctx, tx, c); err != nil {
				return err
			}
		}
		return m.keepCampaign(ctx, tx, a.Person, string(act), reason, c)
	})
	return c, err
}

func (m *Room) mayCampaign(ctx context.Context, a policy.Actor, v policy.Verb, id string) error {
	c, err := FindCampaign(ctx, m.DB, id)
	if err != nil {
		return err
	}
	return policy.Check(a, v, c.Thing())
}

// hold takes the row of a campaign as it was at a revision, until the transaction
// ends.
func (m *Room) hold(ctx context.Context, tx db.Q, id string, rev int64) (Campaign, error) {
	n, err := tx.Exec(ctx, `UPDATE campaign SET rev = rev + 1 WHERE id = $1 AND rev = $2`, id, rev)
	if err != nil {
		return Campaign{}, err
	}
	c, err := FindCampaign(ctx, tx, id)
	if err == nil && n == 0 {
		err = apperr.Conflictf("Quelqu’un d’autre a changé la campagne pendant votre saisie. Rien n’a été enregistré\u00a0: relisez-la, puis recommencez.")
	}
	return c, err
}

// keepCampaign writes the version of a campaign and its row of the journal.
func (m *Room) keepCampaign(ctx context.Context, tx db.Q, by, verb, reason string, c Campaign) error {
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "campaign_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{c.ID, c.Rev, m.Now().UnixMilli(), by, reason, string(body)}}, ""); err != nil {
		return err
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: verb, Kind: "campaign", Subject: c.ID, Rev: c.Rev, COP: c.COP})
	return err
}

// changing runs what changes what public pages show of campaigns, and says so
// last: two changes never wait for each other both ways.
func (m *Room) changing(ctx context.Context, do func(ctx context.Context, tx db.Q) error) error {
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if err := do(ctx, tx); err != nil {
			return err
		}
		_, err := db.Bump(ctx, tx, Version, m.Now())
		return err
	})
}

// CampaignPast is one version of a campaign.
type CampaignPast struct {
	Rev        int64
	At         time.Time
	By, Reason string
	Campaign   Campaign
}

// CampaignHistory lists the versions of a campaign, the last first.
func CampaignHistory(ctx context.Context, q db.Q, id string) ([]CampaignPast, error) {
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body FROM campaign_version WHERE id = $1 ORDER BY rev DESC LIMIT 50`, id)
	return db.Collect(rows, err, func(r *db.Rows) (p CampaignPast, err error) {
		var at int64
		var body string
		if err := r.Scan(&p.Rev, &at, &p.By, &p.Reason, &body); err != nil {
			return p, err
		}
		p.At = time.UnixMilli(at).UTC()
		return p, json.Unmarshal([]byte(body), &p.Campaign)
	})
}

// inviteLater puts the job that invites who is listed, when the campaign takes
// answers: once for each state of the campaign.
func (m *Room) inviteLater(ctx context.Context, tx db.Q, c Campaign) error {
	if !c.State.Takes() {
		return nil
	}
	_, err := m.Queue.Enqueue(ctx, tx, inviteKind, inviteArgs{Campaign: c.ID}, jobs.Opts{Dedup: inviteKind + ":" + c.ID + ":" + itoa(c.Rev)})
	return err
}

// stateIn reads the state that a campaign had in one of its versions.
func stateIn(body string) (CampaignState, error) {
	var c Campaign
	err := json.Unmarshal([]byte(body), &c)
	return c.State, err
}
