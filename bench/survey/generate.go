// Package survey makes the national load of the questionnaire, the same bytes
// each time, and measures what has to bear it.
package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing/fstest"
	"time"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/territory"
)

// Load says how much is made. The zero value of a field is that of the nation.
type Load struct {
	Authorities int    // 40 000: the real ones, then invented communes
	Levers      int    // sections of two rows on two scales, 50: 200 closed answers
	DraftEvery  int    // one response in so many also has its answers as drafts, 25
	Open        int    // the last so many responses are only invited, with a writer's seat: 0
	Started     bool   // the open ones are filled, and wait for their validation
	Cycle       string // cop.First
	Day         time.Time
}

func (l Load) orNation() Load {
	or := func(v *int, n int) {
		if *v == 0 {
			*v = n
		}
	}
	or(&l.Authorities, 40_000)
	or(&l.Levers, 50)
	or(&l.DraftEvery, 25)
	if l.Cycle == "" {
		l.Cycle = cop.First
	}
	if l.Day.IsZero() {
		l.Day = time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	}
	return l
}

// FormCode is the code of the generated questionnaire.
const FormCode = "charge-2025"

// Form is a questionnaire in which everyone is asked the same: for each lever a
// matrix of two rows on the two scales, what blocks, what is needed, a text.
func (l Load) Form() questionnaire.Form {
	l = l.orNation()
	score := func(v float64) *float64 { return &v }
	f := questionnaire.Form{Code: FormCode, Version: 1, Title: "Questionnaire de charge", Framework: "2025-03", Scales: []questionnaire.Scale{
		{Code: questionnaire.Relevance, Label: "Pertinence", Options: []questionnaire.Option{{Code: "0", Label: "pas pertinente", Score: score(0)}, {Code: "1", Label: "peu pertinente", Score: score(1. / 3)}, {Code: "2", Label: "pertinente", Score: score(2. / 3)}, {Code: "3", Label: "très pertinente", Score: score(1)}}},
		{Code: questionnaire.Mobilisation, Label: "Mobilisation", Options: []questionnaire.Option{{Code: "non-concerne", Label: "non concerné"}, {Code: "rien", Label: "rien d’engagé", Score: score(0)}, {Code: "reflexion", Label: "en réflexion", Score: score(1. / 3)}, {Code: "engage", Label: "engagé", Score: score(2. / 3)}, {Code: "deploye", Label: "déployé", Score: score(1)}}},
	}}
	for i := range l.Levers {
		id := fmt.Sprintf("levier%02d", i+1)
		s := questionnaire.Section{ID: id, Title: fmt.Sprintf("Levier %d", i+1), Lever: "l25-" + id, Theme: "se-deplacer", Skippable: true}
		rated := &questionnaire.Condition{Rated: id + "-actions"}
		s.Questions = []questionnaire.Question{
			{ID: id + "-actions", Type: questionnaire.Matrix, Label: "Actions", Columns: []string{questionnaire.Relevance, questionnaire.Mobilisation}, Rows: []questionnaire.Row{
				{ID: id + "-a", Label: fmt.Sprintf("Première action type du levier %d", i+1), Step: questionnaire.Steps()[i%5]},
				{ID: id + "-b", Label: fmt.Sprintf("Seconde action type du levier %d", i+1), Step: questionnaire.Steps()[(i+2)%5]}}},
			{ID: id + "-freins", Type: questionnaire.Choices, Label: "Ce qui freine", Role: questionnaire.RoleObstacles, When: rated, Options: []questionnaire.Option{{Code: "cout", Label: "coût"}, {Code: "regles", Label: "règles"}, {Code: "foncier", Label: "foncier"}}},
			{ID: id + "-besoins", Type: questionnaire.Choices, Label: "Ce dont vous avez besoin", Role: questionnaire.RoleNeeds, When: rated, Options: []questionnaire.Option{{Code: "ingenierie", Label: "ingénierie"}, {Code: "financement", Label: "financement"}, {Code: "juridique", Label: "appui juridique"}, {Code: "donnees", Label: "données"}}},
			{ID: id + "-commentaire", Type: questionnaire.Text, Label: "Commentaire", Role: questionnaire.RoleComment, Length: 4000},
		}
		f.Sections = append(f.Sections, s)
	}
	return f
}

// Publish publishes the generated form by the path of the template that comes
// with the program: it gets its slots as any other.
func (l Load) Publish(ctx context.Context, room *survey.Room) (f questionnaire.Form, err error) {
	f = l.Form()
	doc, err := json.Marshal(f)
	if err != nil {
		return f, err
	}
	return f, room.Load(ctx, fstest.MapFS{"questionnaire-national.json": {Data: doc}})
}

// subject is an authority of the load.
type subject struct {
	org  account.Organisation
	kind questionnaire.Kind
	size string
}

// subjects are the authorities of the country, then as many invented communes as
// it takes.
func (l Load) subjects() ([]subject, error) {
	tree, err := territory.Embedded()
	if err != nil {
		return nil, err
	}
	all, _, err := account.Reference(tree, data.FS)
	if err != nil {
		return nil, err
	}
	var out []subject
	for _, o := range all {
		if len(o.Capacities) == 0 || len(out) == l.Authorities {
			continue
		}
		s := subject{org: o, kind: questionnaire.KindOf(o.Capacities), size: "s3"}
		if ref, err := territory.ParseRef(o.Territory); err == nil {
			if x, err := tree.Lookup(ref); err == nil {
				s.size = survey.SizeOf(x.Population)
			}
		}
		out = append(out, s)
	}
	for i := len(out); i < l.Authorities; i++ {
		model := out[i*7%len(out)]
		name := fmt.Sprintf("Commune inventée %d", i)
		model.org.ID, model.org.Name, model.org.Origin, model.org.SIREN, model.org.Capacities = fmt.Sprintf("charge-%06d", i), name, account.FromTeam, "", []string{"commune"}
		model.org.Kind, model.org.Territory, model.kind = account.OrgCommune, "", questionnaire.Commune
		out = append(out, model)
	}
	return out, nil
}

// ResponseID is the id of the response of the nth authority.
func ResponseID(n int) string { return fmt.Sprintf("0197c000-0000-7000-8000-%012d", n) }

// SeatID is the id of the writer's seat of the nth authority, when its response
// is open.
func SeatID(n int) string { return fmt.Sprintf("0197c001-0000-7000-8000-%012d", n) }

// CampaignID is the id of the campaign of a region.
func CampaignID(region string) string { return "charge-r" + region }

// Answer is what the nth authority says of a cell: one in twelve is not
// answered, the others lean to what their lever and their size make likely. It
// is the place of the option, or questionnaire.None.
func Answer(n, cell, options int) byte {
	x := uint64(n)*0x9e3779b97f4a7c15 ^ uint64(cell)*0xbf58476d1ce4e5b9
	x ^= x >> 31
	x *= 0x94d049bb133111eb
	x ^= x >> 29
	lean := uint64(cell/4) % uint64(options)
	if x%3 == 0 {
		return byte(lean)
	}
	return byte(x >> 8 % uint64(options))
}

// Answers are those of the nth authority to a form: each closed cell of a matrix
// has one, and one authority in a hundred comments a lever.
func Answers(f questionnaire.Form, n int) questionnaire.Answers {
	a := questionnaire.Answers{}
	for i, c := range f.Cells() {
		switch {
		case c.Row != "":
			a[c.Key] = c.Options[Answer(n, i, len(c.Options))].Code
		case c.Type == questionnaire.Text && (n+i)%100 == 0:
			a[c.Key] = fmt.Sprintf("Nous manquons d’ingénierie sur ce sujet ; la collectivité %d a commencé en 2024.", n)
		}
	}
	return a
}

// Fill writes the load into a database that is migrated: the form, a campaign in
// each region, a response of each authority, its version and its packed answers.
// Organisations that are there already are kept.
func (l Load) Fill(ctx context.Context, room *survey.Room) (f questionnaire.Form, err error) {
	l = l.orNation()
	if f, err = l.Publish(ctx, room); err != nil {
		return f, err
	}
	slots, err := survey.Slots(ctx, room.DB)
	if err != nil {
		return f, err
	}
	all, err := l.subjects()
	if err != nil {
		return f, err
	}
	if err := l.campaigns(ctx, room.DB, all); err != nil {
		return f, err
	}
	const chunk = 500
	for from := 0; from < len(all); from += chunk {
		b := batch{load: l, form: f, slots: slots}
		for n := from; n < min(from+chunk, len(all)); n++ {
			b.add(n, all[n])
		}
		if err := b.write(ctx, room.DB); err != nil {
			return f, err
		}
	}
	return f, nil
}

func (l Load) campaigns(ctx context.Context, d *db.DB, all []subject) error {
	var regions []string
	for _, s := range all {
		if !slices.Contains(regions, s.org.Region) {
			regions = append(regions, s.org.Region)
		}
	}
	slices.Sort(regions)
	at := l.Day.UnixMilli()
	var rows [][]any
	for _, r := range regions {
		rows = append(rows, []any{CampaignID(r), 1, cop.RegionID(l.Cycle, r), r, l.Cycle, FormCode, 1, true, "2026-03-01", "2026-12-31", string(survey.CampaignNearly), "2026-06-01", "", "", 3, 14, 0.5, 0.5, "", at})
	}
	_, err := db.Insert(ctx, d, "campaign", []string{"id", "rev", "cop_id", "region", "cycle", "form", "form_version", "communes", "opens_on", "closes_on", "state", "marked_on", "message", "contact", "remind_max", "remind_every", "relevance", "mobilisation", "published_on", "at"}, rows, "ON CONFLICT DO NOTHING")
	return err
}

// batch is what one short transaction writes.
type batch struct {
	load                                             Load
	form                                             questionnaire.Form
	slots                                            questionnaire.Slots
	orgs, responses, versions, answers, drafts, seat [][]any
}

func (b *batch) add(n int, s subject) {
	l, o := b.load, s.org
	day := l.Day.Add(time.Duration(n%90) * 24 * time.Hour)
	at := day.UnixMilli()
	b.orgs = append(b.orgs, []any{o.ID, 1, o.Name, french.Fold(o.Name), french.SortKey(o.Name), string(o.Kind), o.Label, strings.Join(o.Capacities, "|"), o.Territory, o.SIREN, o.Region, o.Department, "", o.Origin, account.OrgActive, at})
	id := ResponseID(n)
	open := n >= l.Authorities-l.Open
	state, seq, asked := survey.Done, 1, b.form.Rows()
	if open {
		state, seq = survey.Invited, 0
		if l.Started {
			state = survey.Started
		}
		b.seat = append(b.seat, []any{SeatID(n), id, string(policy.Writer), "Charge", "charge@exemple.fr", "", "", "", "charge-" + strconv.Itoa(n), "", "charge", at})
	}
	done := []any{at, at, at, at, at}
	if open {
		done = []any{at, nil, nil, nil, nil}
	}
	b.responses = append(b.responses, append([]any{id, 1, CampaignID(o.Region), o.ID, cop.RegionID(l.Cycle, o.Region), o.Region, o.Department, string(s.kind), s.size, strings.Join(o.Capacities, " "), o.Kind == account.OrgMetropole, true,
		o.Name, french.SortKey(o.Name), string(state), 1, seq, asked, asked * seq, 0, asked * 2 * seq, false, 0, ""}, done...))
	a := Answers(b.form, n)
	if open {
		if l.Started {
			b.draft(id, n, a, at)
		}
		return
	}
	packed := b.form.Pack(b.slots, a)
	b.versions = append(b.versions, []any{id, 1, FormCode, 1, packed, Doc(b.form, id, o, s.kind, day, a, SeatID(n)), "", SeatID(n), at, ""})
	b.answers = append(b.answers, []any{id, l.Cycle, o.Region, o.Department, o.ID, string(s.kind), s.size, 1, at, packed})
	if n%l.DraftEvery == 0 {
		b.draft(id, n, a, at)
	}
}

func (b *batch) draft(id string, n int, a questionnaire.Answers, at int64) {
	for key, value := range a {
		b.drafts = append(b.drafts, []any{id, key, value, "declared", "", "", SeatID(n), at, 1})
	}
}

// Doc is the document of a validated version.
func Doc(f questionnaire.Form, id string, o account.Organisation, kind questionnaire.Kind, at time.Time, a questionnaire.Answers, by string) string {
	v := survey.Frozen{Response: id, Authority: o.ID, Name: o.Name, Kind: string(kind), Form: f.Code, FormVersion: int64(f.Version), Seq: 1, At: at, By: by, Asked: f.Rows(), Rated: f.Rows()}
	for _, c := range f.Cells() {
		if value := a[c.Key]; value != "" {
			v.Answers = append(v.Answers, survey.FrozenCell{Key: c.Key, Value: value, Class: "declared", By: by})
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts are always written
	}
	return string(text)
}

func (b *batch) write(ctx context.Context, d *db.DB) error {
	return db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
		for _, t := range []struct {
			table, columns, tail string
			rows                 [][]any
		}{
			{"organisation", "id rev name name_fold sort_key kind label capacities territory siren region department contact origin state at", "ON CONFLICT DO NOTHING", b.orgs},
			{"response", "id rev campaign_id authority cop_id region department kind size capacities metropole counted name sort_key state form_version seq rows_asked rows_rated prefilled answered silent reminders reason invited_at opened_at started_at submitted_at validated_at", "", b.responses},
			{"response_version", "response_id seq form form_version packed doc sha256 by at reason", "", b.versions},
			{"answer", "response_id cycle region department authority kind size seq at packed", "", b.answers},
			{"draft", "response_id question value class source reason by at rev", "", b.drafts},
			{"response_seat", "id response_id role name email title account sections token_hash code_hash by at", "", b.seat},
		} {
			if _, err := db.Insert(ctx, tx, t.table, strings.Fields(t.columns), t.rows, t.tail); err != nil {
				return fmt.Errorf("%s: %w", t.table, err)
			}
		}
		return nil
	})
}
