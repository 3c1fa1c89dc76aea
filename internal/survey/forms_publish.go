package survey

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
)

// FormVersion is a published version.
type FormVersion struct {
	Version    int64
	At         time.Time
	By, Reason string
	SHA256     string
}

// FormVersions lists the published versions of a questionnaire, the last first.
func FormVersions(ctx context.Context, q db.Q, code string) ([]FormVersion, error) {
	rows, err := q.Query(ctx, `SELECT version, at, by, reason, sha256 FROM questionnaire_form WHERE code = $1 ORDER BY version DESC LIMIT 200`, code)
	return db.Collect(rows, err, func(r *db.Rows) (v FormVersion, err error) {
		var at int64
		err = r.Scan(&v.Version, &at, &v.By, &v.Reason, &v.SHA256)
		v.At = time.UnixMilli(at).UTC()
		return v, err
	})
}

// Readiness is what stands between a draft and its publication.
type Readiness struct {
	Faults  questionnaire.Faults
	Effects []questionnaire.Effect // on answers to the version before; those refused are faults too
	Changes []questionnaire.Change // since the version before, or since the template of a first variant
}

// Ready examines a draft: what forbids its publication, what it changes, what it
// does to the answers given.
func Ready(ctx context.Context, q db.Q, x Questionnaire) (r Readiness, err error) {
	if err := questionnaire.Validate(x.Form); err != nil {
		if !errors.As(err, &r.Faults) {
			return r, err
		}
	}
	var before *questionnaire.Form
	if x.Form.Base != nil {
		base, err := FormAt(ctx, q, x.Form.Base.Code, int64(x.Form.Base.Version))
		if err != nil {
			return r, err
		}
		r.Faults = append(r.Faults, questionnaire.VariantFaults(base, x.Form, x.Region)...)
		before = &base
	} else {
		r.Faults = append(r.Faults, questionnaire.NationalFaults(x.Form)...)
	}
	if x.Version > 0 {
		last, err := FormAt(ctx, q, x.Code, x.Version)
		if err != nil {
			return r, err
		}
		r.Effects = questionnaire.Compatible(last, x.Form)
		for _, f := range questionnaire.Refusals(r.Effects) {
			if !slices.Contains(r.Faults, f) {
				r.Faults = append(r.Faults, f)
			}
		}
		before = &last
	}
	if before != nil {
		r.Changes = questionnaire.Diff(*before, x.Form)
	}
	return r, nil
}

// PublishForm freezes the draft of a questionnaire as its next version. The reason
// is a sentence that everyone reads; a variant begins by it what it says it
// changed.
func (m *Room) PublishForm(ctx context.Context, q db.Q, a policy.Actor, code string, rev int64, reason string) (x Questionnaire, err error) {
	defer apperr.Wrap(&err, "survey.PublishForm(%s)", code)
	reason = strings.TrimSpace(reason)
	if reason == "" || utf8.RuneCountInString(reason) > 2000 {
		return x, apperr.Invalidf("Dites en une phrase pourquoi cette version\u00a0: tout le monde la lira. Rien n’a été publié.")
	}
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if x, err = lockForm(ctx, tx, a, code, rev); err != nil {
			return err
		}
		ready, err := Ready(ctx, tx, x)
		if err != nil {
			return err
		}
		if len(ready.Faults) > 0 {
			return ready.Faults
		}
		if x.Version > 0 && len(ready.Changes) == 0 {
			return apperr.Invalidf("Rien n’a changé depuis la version %s. Rien n’a été publié.", strconv.FormatInt(x.Version, 10))
		}
		if b := x.Form.Base; b != nil {
			base, err := FormAt(ctx, tx, b.Code, int64(b.Version))
			if err != nil {
				return err
			}
			x.Form = questionnaire.Vary(base, x.Form, reason)
		}
		x.Version++
		x.Form.Version, x.Draft = int(x.Version), false
		if err := m.writeForm(ctx, tx, &x, a.Person, "publish", reason); err != nil {
			return err
		}
		return m.publish(ctx, tx, x.Form, a.Person, reason)
	})
	return x, err
}

// MakeVariant starts the questionnaire of a region for a cycle from a published
// version of a national template.
func (m *Room) MakeVariant(ctx context.Context, q db.Q, a policy.Actor, base string, version int64, region, cycle string) (x Questionnaire, err error) {
	defer apperr.Wrap(&err, "survey.MakeVariant(%s, %s)", base, region)
	x = Questionnaire{Code: base + "-" + region, Region: region, Cycle: cycle, Rev: 1, Draft: true, At: m.Now().UTC().Truncate(time.Millisecond)}
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if err := checkForm(ctx, tx, a, policy.Create, x); err != nil {
			return err
		}
		from, err := FormAt(ctx, tx, base, version)
		if err != nil {
			return err
		}
		if from.Base != nil {
			return apperr.Invalidf("Une variante part d’un modèle national. Rien n’a été créé.")
		}
		x.Form = questionnaire.Variant(from, x.Code)
		x.Title = x.Form.Title
		doc, err := json.Marshal(x.Form)
		if err != nil {
			return err
		}
		n, err := db.Insert(ctx, tx, "questionnaire", strings.Fields("code rev region cycle title version doc state at"),
			[][]any{{x.Code, x.Rev, x.Region, x.Cycle, x.Title, 0, string(doc), "draft", x.At.UnixMilli()}}, "ON CONFLICT DO NOTHING")
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("La région a déjà sa variante de ce questionnaire\u00a0: modifiez-la. Rien n’a été créé.")
		}
		if err := m.keepForm(ctx, tx, x, a.Person, "Variante du modèle national, version "+strconv.FormatInt(version, 10)+"."); err != nil {
			return err
		}
		_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "create", Kind: string(policy.Questionnaire), Subject: x.Code, Rev: x.Rev, COP: cop.RegionID(cycle, region)})
		return err
	})
	return x, err
}

// Newer is the template of a variant when a version came after the one that it
// starts from, with the variant as it would be then and where the region's words
// would stand against the template's; nil when there is none.
type Newer struct {
	Version int64
	Form    questionnaire.Form
	Kept    []string
}

// NewerTemplate looks for what a variant could follow.
func NewerTemplate(ctx context.Context, q db.Q, x Questionnaire) (*Newer, error) {
	b := x.Form.Base
	if b == nil {
		return nil, nil
	}
	template, err := FindQuestionnaire(ctx, q, b.Code)
	if err != nil || template.Version <= int64(b.Version) {
		return nil, err
	}
	old, err := FormAt(ctx, q, b.Code, int64(b.Version))
	if err != nil {
		return nil, err
	}
	next, err := FormAt(ctx, q, b.Code, template.Version)
	if err != nil {
		return nil, err
	}
	n := &Newer{Version: template.Version}
	n.Form, n.Kept = questionnaire.Update(old, next, x.Form)
	return n, nil
}

// FollowTemplate brings the last version of its template into the draft of a
// variant; what the region changed stays.
func (m *Room) FollowTemplate(ctx context.Context, q db.Q, a policy.Actor, code string, rev int64) (x Questionnaire, err error) {
	defer apperr.Wrap(&err, "survey.FollowTemplate(%s)", code)
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		if x, err = lockForm(ctx, tx, a, code, rev); err != nil {
			return err
		}
		n, err := NewerTemplate(ctx, tx, x)
		if err != nil {
			return err
		}
		if n == nil {
			return apperr.Invalidf("Cette variante suit déjà la dernière version de son modèle. Rien n’a changé.")
		}
		x.Form, x.Draft = n.Form, true
		return m.writeForm(ctx, tx, &x, a.Person, "edit", "reprise du modèle national, version "+strconv.FormatInt(n.Version, 10))
	})
	return x, err
}
