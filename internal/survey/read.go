package survey

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/questionnaire"
)

const campaignColumns = `c.id, c.rev, c.cop_id, c.region, c.cycle, c.form, c.form_version, c.communes, c.opens_on, c.closes_on, c.state, c.marked_on, c.message, c.contact,
	c.remind_max, c.remind_every, c.relevance, c.mobilisation, c.published_on, c.at`

type scanner interface{ Scan(...any) error }

func scanCampaign(r scanner) (c Campaign, err error) {
	var at int64
	err = r.Scan(&c.ID, &c.Rev, &c.COP, &c.Region, &c.Cycle, &c.Form, &c.FormVersion, &c.Communes, &c.OpensOn, &c.ClosesOn, &c.State, &c.MarkedOn, &c.Message, &c.Contact,
		&c.RemindMax, &c.RemindEvery, &c.Relevance, &c.Mobilisation, &c.PublishedOn, &at)
	c.At = time.UnixMilli(at).UTC()
	return c, err
}

// FindCampaign returns a campaign by its id.
func FindCampaign(ctx context.Context, q db.Q, id string) (Campaign, error) {
	c, err := scanCampaign(q.QueryRow(ctx, `SELECT `+campaignColumns+` FROM campaign c WHERE c.id = $1`, id))
	return c, db.OrNotFound(err, "Cette campagne n’existe pas.")
}

// CampaignOf returns the campaign of a COP; NotFound when it has none yet.
func CampaignOf(ctx context.Context, q db.Q, cop string) (Campaign, error) {
	c, err := scanCampaign(q.QueryRow(ctx, `SELECT `+campaignColumns+` FROM campaign c WHERE c.cop_id = $1`, cop))
	return c, db.OrNotFound(err, "Cette COP n’a pas encore de campagne de questionnaire.")
}

// Campaigns lists the campaigns of a cycle.
func Campaigns(ctx context.Context, q db.Q, cycle string) ([]Campaign, error) {
	rows, err := q.Query(ctx, `SELECT `+campaignColumns+` FROM campaign c WHERE c.cycle = $1 ORDER BY c.region, c.id`, cycle)
	return db.Collect(rows, err, func(r *db.Rows) (Campaign, error) { return scanCampaign(r) })
}

const responseColumns = `r.id, r.rev, r.campaign_id, r.authority, r.cop_id, r.region, r.department, r.kind, r.size, r.capacities, r.metropole, r.counted, r.name, r.sort_key, r.state,
	r.form_version, r.seq, r.rows_asked, r.rows_rated, r.prefilled, r.answered, r.silent, r.reminders, r.reminded_at, r.invited_at, r.opened_at, r.started_at, r.submitted_at, r.validated_at, r.reason`

func scanResponse(s scanner) (r Response, err error) {
	var capacities string
	var times [6]*int64
	err = s.Scan(&r.ID, &r.Rev, &r.Campaign, &r.Authority, &r.COP, &r.Region, &r.Department, &r.Kind, &r.Size, &capacities, &r.Metropole, &r.Counted, &r.Name, &r.SortKey, &r.State,
		&r.FormVersion, &r.Seq, &r.Asked, &r.Rated, &r.Prefilled, &r.Answered, &r.Silent, &r.Reminders, &times[0], &times[1], &times[2], &times[3], &times[4], &times[5], &r.Reason)
	r.Capacities = split(capacities)
	for i, to := range []*time.Time{&r.RemindedAt, &r.InvitedAt, &r.OpenedAt, &r.StartedAt, &r.SubmittedAt, &r.ValidatedAt} {
		if times[i] != nil {
			*to = time.UnixMilli(*times[i]).UTC()
		}
	}
	return r, err
}

// FindResponse returns a response by its id.
func FindResponse(ctx context.Context, q db.Q, id string) (Response, error) {
	r, err := scanResponse(q.QueryRow(ctx, `SELECT `+responseColumns+` FROM response r WHERE r.id = $1`, id))
	return r, db.OrNotFound(err, "Cette réponse n’existe pas.")
}

// ResponseOf returns the response of an authority to a campaign.
func ResponseOf(ctx context.Context, q db.Q, campaign, authority string) (Response, error) {
	r, err := scanResponse(q.QueryRow(ctx, `SELECT `+responseColumns+` FROM response r WHERE r.campaign_id = $1 AND r.authority = $2`, campaign, authority))
	return r, db.OrNotFound(err, "Cette collectivité n’est pas destinataire de cette campagne.")
}

// ResponsesOf lists the responses of an authority, the newest campaign first.
func ResponsesOf(ctx context.Context, q db.Q, authority string) ([]Response, error) {
	rows, err := q.Query(ctx, `SELECT `+responseColumns+` FROM response r WHERE r.authority = $1 ORDER BY r.id DESC`, authority)
	return db.Collect(rows, err, func(r *db.Rows) (Response, error) { return scanResponse(r) })
}

// FormAt returns a published version of a questionnaire, whole. It never changes
// once published, so it may be kept by (code, version).
func FormAt(ctx context.Context, q db.Q, code string, version int64) (f questionnaire.Form, err error) {
	var doc string
	err = q.QueryRow(ctx, `SELECT doc FROM questionnaire_form WHERE code = $1 AND version = $2`, code, version).Scan(&doc)
	if err := db.OrNotFound(err, "Cette version du questionnaire n’existe pas."); err != nil {
		return f, err
	}
	if err := json.Unmarshal([]byte(doc), &f); err != nil {
		return f, apperr.New(apperr.Unavailable, err, "Le questionnaire enregistré ne peut pas être lu. Rien n’a été perdu\u00a0: prévenez l’opérateur.")
	}
	return f, nil
}

// Slots reads the place of every closed answer.
func Slots(ctx context.Context, q db.Q) (questionnaire.Slots, error) {
	rows, err := q.Query(ctx, `SELECT slot_key, n FROM survey_slot`)
	out := questionnaire.Slots{}
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var key string
		var n int
		err := r.Scan(&key, &n)
		out[key] = n
		return struct{}{}, err
	})
	return out, err
}

// Drafts reads the answers being written.
func Drafts(ctx context.Context, q db.Q, response string) ([]Draft, error) {
	rows, err := q.Query(ctx, `SELECT question, value, class, source, reason, by, at, rev FROM draft WHERE response_id = $1 ORDER BY question`, response)
	return db.Collect(rows, err, func(r *db.Rows) (d Draft, err error) {
		var at int64
		err = r.Scan(&d.Key, &d.Value, &d.Class, &d.Source, &d.Reason, &d.By, &at, &d.Rev)
		d.At = time.UnixMilli(at).UTC()
		return d, err
	})
}

// Draft is one cell being answered.
type Draft struct {
	Key, Value    string
	Class, Source string
	Reason        string // of a correction to what came prefilled
	By            string // a seat's id, or «account:…»
	At            time.Time
	Rev           int64
}

// AnswersOf are the drafts as answers.
func AnswersOf(drafts []Draft) questionnaire.Answers {
	out := make(questionnaire.Answers, len(drafts))
	for _, d := range drafts {
		out[d.Key] = d.Value
	}
	return out
}
