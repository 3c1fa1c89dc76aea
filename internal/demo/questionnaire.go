package demo

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// surveyed are the regions whose campaign is played: one that is nearly done, one
// that runs, one that is closed. Communes are invited in the last alone: their
// 5 000 answers would make the demonstration slow to make.
var surveyed = []struct {
	region   string
	communes bool
	share    int // percent of authorities that answered
	few      int // the same in the small one: as few as show every state
	mark     survey.Act
}{
	{"44", false, 68, 8, survey.Nearly},
	{"53", false, 41, 5, ""},
	{"04", true, 92, 25, survey.CloseIt},
}

// asked reports whether the questionnaire of a region was sent.
func asked(region string) bool {
	for _, x := range surveyed {
		if x.region == region {
			return true
		}
	}
	return false
}

// questionnaires sends the questionnaire in three regions, and has most of their
// authorities answer it.
func questionnaires(s *Script) {
	biggest := s.largest()
	for _, x := range surveyed {
		if s.Size == Small {
			x.share = x.few
		}
		team, campaign := s.Head(policy.Team, x.region), new(survey.Campaign)
		s.As(team, s.At(88), "campaign of "+x.region, func(ctx context.Context, a policy.Actor) (err error) {
			in := survey.DefaultInput()
			in.Communes, in.ClosesOn = x.communes, s.Date(-21)
			in.Message = "Vos réponses nourrissent le diagnostic que l’État et la Région partagent avec vous. Trente minutes suffisent, en plusieurs fois si vous voulez."
			*campaign, err = s.Survey.Create(ctx, a, cop.RegionID(cop.First, x.region), in)
			return err
		})
		s.As(team, s.At(86), "contacts of "+x.region, func(ctx context.Context, a policy.Actor) error {
			ids, err := s.listed(ctx, `SELECT id FROM response WHERE campaign_id = $1 AND kind <> 'commune' ORDER BY id`, campaign.ID)
			for i, id := range ids {
				if err == nil && i%3 > 0 { // the others are written to by letter
					err = s.Survey.AddContact(ctx, a, id, "climat-"+id[len(id)-8:]+"@demo.invalid", "Service du climat", "")
				}
			}
			return err
		})
		s.As(team, s.At(84), "opening of the campaign of "+x.region, func(ctx context.Context, a policy.Actor) (err error) {
			if *campaign, err = s.Survey.Turn(ctx, a, campaign.ID, campaign.Rev, survey.OpenIt, "", ""); err != nil {
				return err
			}
			if err := s.Survey.Invite(ctx, campaign.ID); err != nil {
				return err
			}
			return s.post(ctx, a, campaign.ID)
		})
		for week := range 11 {
			random := rand.New(rand.NewPCG(s.seed, uint64(len(x.region)*1000+week))) //nolint:gosec // the same each time is what is wanted
			s.Scene(s.At(80-7*week), "answers of "+x.region, func(ctx context.Context) error {
				return s.answers(ctx, random, campaign.ID, x.share*(week+1)/11)
			})
		}
		largest := "epci-" + biggest[x.region].SIREN
		writer, validator := s.Head(policy.Writer, largest), s.Head(policy.Validator, largest)
		s.As(writer, s.At(4), "answer of "+largest, func(ctx context.Context, a policy.Actor) error {
			return s.prepare(ctx, a, writer, validator, campaign.ID, largest, x.mark != survey.CloseIt)
		})
		if x.mark != "" {
			s.As(team, s.At(9), "mark of the campaign of "+x.region, func(ctx context.Context, a policy.Actor) (err error) {
				c, err := survey.FindCampaign(ctx, s.db, campaign.ID)
				if err == nil {
					_, err = s.Survey.Turn(ctx, a, c.ID, c.Rev, x.mark, "", "")
				}
				return err
			})
		}
	}
}

// post says that the letters of those who have no address were posted.
func (s *Script) post(ctx context.Context, a policy.Actor, campaign string) error {
	ids, err := s.listed(ctx, `SELECT id FROM response WHERE campaign_id = $1 AND state = 'listed' ORDER BY id`, campaign)
	for len(ids) > 0 && err == nil {
		n := min(len(ids), 250)
		_, err = s.Survey.MarkPosted(ctx, a, campaign, ids[:n])
		ids = ids[n:]
	}
	return err
}

func (s *Script) listed(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := s.db.Query(ctx, query, args...)
	return db.Strings(rows, err)
}

// answers has authorities answer until a percentage of the campaign is validated.
func (s *Script) answers(ctx context.Context, random *rand.Rand, campaign string, percent int) error {
	var all, done int
	if err := s.db.QueryRow(ctx, `SELECT COUNT(*), COUNT(CASE WHEN seq > 0 THEN 1 END) FROM response WHERE campaign_id = $1`, campaign).Scan(&all, &done); err != nil {
		return err
	}
	ids, err := s.listed(ctx, `SELECT id FROM response WHERE campaign_id = $1 AND state = 'invited' ORDER BY id`, campaign)
	if err != nil {
		return err
	}
	random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	for _, id := range ids[:max(0, min(len(ids), (all*percent+50)/100-done))] {
		if err := s.answer(ctx, random, id); err != nil {
			return err
		}
	}
	return nil
}

// answer is one authority's: somebody writes, the elected person validates.
func (s *Script) answer(ctx context.Context, random *rand.Rand, response string) error {
	var seats []survey.Seat
	r, err := survey.FindResponse(ctx, s.db, response)
	if err != nil || slices.Contains(s.staffed, r.Authority) {
		return err // somebody whom a visitor may be answers there
	}
	err = db.Tx(ctx, s.db, func(ctx context.Context, tx db.Q) error {
		seats, _, err = s.Survey.NewSeats(ctx, tx, []survey.Seat{{Response: response, Role: survey.Writes, Name: "Service du climat"}, {Response: response, Role: survey.Validates, Name: "Exécutif", Title: "au nom de la collectivité"}})
		return err
	})
	if err != nil {
		return err
	}
	desk, err := s.Survey.Open(ctx, s.db, seats[0], response)
	if err != nil {
		return err
	}
	if _, err := s.Survey.Save(ctx, s.db, seats[0], response, replies(random, desk, 100)); err != nil {
		return err
	}
	if desk, err = s.Survey.Open(ctx, s.db, seats[1], response); err != nil {
		return err
	}
	_, err = s.Survey.Validate(ctx, s.db, seats[1], response, desk.Stamp)
	return err
}

// prepare is the answer of an authority that visitors act for: written in part,
// and where the campaign still runs given to its validator in the first region.
func (s *Script) prepare(ctx context.Context, a policy.Actor, writer, validator *Person, campaign, authority string, runs bool) error {
	if !runs {
		return nil
	}
	r, err := survey.ResponseOf(ctx, s.db, campaign, authority)
	if err != nil {
		return err
	}
	seat, err := survey.AccountSeat(a, writer.Name, r)
	if err != nil {
		return err
	}
	desk, err := s.Survey.Open(ctx, s.db, seat, r.ID)
	if err != nil {
		return err
	}
	whole := r.Region == "44"
	part := 55
	if whole {
		part = 100
	}
	if _, err := s.Survey.Save(ctx, s.db, seat, r.ID, replies(s.rand("prepare "+authority), desk, part)); err != nil || !whole {
		return err
	}
	if _, err := s.Survey.NameValidator(ctx, s.db, seat, r.ID, survey.Person{Name: validator.Name, Email: validator.Email}, "vice-présidence"); err != nil {
		return err
	}
	return s.Survey.Submit(ctx, s.db, seat, r.ID)
}

// strengths and remarks are what some authorities write; none is that of a real
// one.
var (
	strengths = []string{"Un conseiller en énergie partagé suit les bâtiments de toutes nos communes.", "La cuisine centrale achète ses légumes à des maraîchers du territoire.", "Un service de vélos à louer au mois, complet depuis l’ouverture.",
		"Les haies des chemins sont replantées avec les agriculteurs et les écoles.", "La régie mesure les fuites du réseau d’eau chaque nuit et les répare dans la semaine."}
	remarks = []string{"Nous manquons d’ingénierie pour monter les dossiers.", "Les aides changent chaque année, il est difficile de s’engager.", "La compétence est partagée avec le syndicat d’énergie.", "Nous attendons l’étude de la région.", "Le foncier est rare et cher."}
)

// replies answers a part, in percent, of the levers of a response: each lever is
// more or less relevant and engaged everywhere, and each authority more or less
// keen.
func replies(random *rand.Rand, desk survey.Desk, part int) []survey.Change {
	var out []survey.Change
	form := desk.Form()
	keen := random.NormFloat64() * 0.6
	set := func(key, value string) {
		out = append(out, survey.Change{Key: key, Value: value, Rev: desk.Drafts[key].Rev, Reason: "corrigé en mairie", Confirm: true})
	}
	for _, c := range form.Cells() {
		if d, ok := desk.Drafts[c.Key]; ok && d.Source != "" {
			set(c.Key, d.Value) // what was known already is right
		}
	}
	for i, section := range form.Sections {
		if i*100 >= part*len(form.Sections) {
			break
		}
		h := 0
		for _, c := range section.ID {
			h = h*31 + int(c)
		}
		relevant, engaged := 1.2+float64(h%17)/10, 0.6+float64(h/17%23)/10
		if section.Skippable && random.IntN(14) == 0 {
			set(section.Skip(), questionnaire.Skipped)
			continue
		}
		for _, q := range section.Questions {
			switch {
			case q.Type == questionnaire.Matrix:
				for _, row := range q.Rows {
					if random.IntN(12) == 0 {
						set(row.ID+"."+questionnaire.Mobilisation, "non-concerne")
						continue
					}
					set(row.ID+"."+questionnaire.Relevance, form.Scale(questionnaire.Relevance).Options[level(relevant+keen/2+random.NormFloat64()*0.7, 3)].Code)
					set(row.ID+"."+questionnaire.Mobilisation, form.Scale(questionnaire.Mobilisation).Options[1+level(engaged+keen+random.NormFloat64()*0.7, 3)].Code)
				}
			case q.Role == questionnaire.RoleObstacles || q.Role == questionnaire.RoleNeeds:
				var ticked []string
				for k, o := range q.Options {
					if random.IntN(4+(h+k)%4) == 0 {
						ticked = append(ticked, o.Code)
					}
				}
				if len(ticked) > 0 {
					set(q.ID, strings.Join(ticked, " "))
				}
			case q.Role == questionnaire.RoleStrength && random.IntN(90) == 0:
				set(q.ID, Pick(random, strengths...))
			case q.Role == questionnaire.RoleComment && random.IntN(60) == 0:
				set(q.ID, Pick(random, remarks...))
			case q.Type == questionnaire.Choice && q.Required && desk.Drafts[q.ID].Value == "":
				set(q.ID, q.Options[random.IntN(len(q.Options))].Code)
			}
		}
	}
	return out
}

func level(x float64, most int) int { return max(0, min(most, int(x+0.5))) }
