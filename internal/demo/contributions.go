package demo

import (
	"context"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/contribution"
	"jalon/internal/debate/moderation"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// deposit is a contribution of the script.
type deposit struct {
	theme, lever, commune, org string
	unnamed                    bool
	supports, ago              int
	fate, title, text, reason  string
	by                         *voice
	post                       debate.Post // once it is there
}

// parsed reads a line of contributionsEast.
func parsed(line string) *deposit {
	part := strings.Split(line, "|")
	theme, lever, _ := strings.Cut(part[0], " ")
	d := &deposit{theme: theme, lever: lever, fate: part[3], title: fr(part[4]), text: fr(part[5])}
	if len(part) > 6 {
		d.reason = fr(part[6])
	}
	d.commune, d.org, _ = strings.Cut(part[1], "@")
	d.commune, d.unnamed = strings.CutSuffix(d.commune, "*")
	d.supports, _ = strconv.Atoi(part[2])
	return d
}

// studying is the group that studies what is written on a theme.
var studying = map[string]map[string]string{
	"44": {"se-deplacer": "mobilite", "se-loger": "batiment", "produire": "industrie", "se-nourrir": "agriculture", "preserver": "nature", "consommer": "dechets"},
	"04": {"se-deplacer": "mobilite", "produire": "energie", "se-loger": "energie"},
	"53": {"se-deplacer": "mobilite", "se-nourrir": "agriculture"},
}

// contributions are left, moderated, studied and answered; those of the last days wait.
func contributions(s *Script) {
	for _, x := range forums {
		f := s.forum[x.region]
		if f == nil {
			continue
		}
		lines := contributionsMore[x.region]
		if x.region == "44" {
			lines = contributionsEast
		}
		all := strings.Split(strings.TrimSpace(lines), "\n")
		for i, line := range all {
			d := parsed(line)
			d.ago = 128 - i*37%len(all)*118/len(all) // in another order than they are written
			s.contribution(f, d)
		}
		if x.region == "44" {
			s.moderated(f)
			s.answered(f)
		}
	}
}

// leave puts a contribution in the queue of moderators.
func (s *Script) leave(f *forum, d *deposit) {
	f.posts[d.title] = d
	d.by = Pick(s.Random, f.voices...)
	for d.by.college == debate.Authorities || d.by.college == debate.State {
		d.by = Pick(s.Random, f.voices...) // no authority says what is invented
	}
	s.said(f.region.Code, s.At(d.ago), "contribution “"+d.title+"”", func(ctx context.Context, c cop.COP) (err error) {
		at, ok := named(s.Tree, f.region.Code, d.commune)
		if !ok {
			at = d.by.commune // another edition of the tree
		}
		in := contribution.Draft{Title: d.title, Text: d.text, Theme: d.theme, Lever: d.lever, Territory: "commune:" + at.Code, Place: at.Name, Speaker: debate.Person, Name: d.by.name,
			College: string(d.by.college), Consent: true, Unnamed: d.unnamed, Voice: d.by.id, Machine: "demo-" + d.by.id}
		if d.org != "" {
			in.Speaker, in.Orgs = debate.Organisation, d.org
		}
		d.post, _, err = s.Debate.Contribution.Leave(ctx, policy.Actor{}, c, in)
		return err
	})
}

func named(tree *territory.Tree, region, name string) (territory.Commune, bool) {
	for _, c := range tree.Communes() {
		if c.Region == region && c.Name == name {
			return c, true
		}
	}
	return territory.Commune{}, false
}

// contribution is one that is published, with what became of it.
func (s *Script) contribution(f *forum, d *deposit) {
	region := f.region.Code
	team := s.Holding(policy.Team, region)[:2]
	s.leave(f, d)
	s.in(Pick(s.Random, team...), region, d.ago-1, "moderation", func(ctx context.Context, a policy.Actor, _ cop.COP) (err error) {
		d.post, err = s.Debate.Moderation.Decide(ctx, a, d.post.ID, d.post.Rev, moderation.Decision{Verb: moderation.Publish})
		return err
	})
	s.supported(f, d)
	g := f.groups[studying[region][d.theme]]
	if d.fate == "" || g == nil {
		return
	}
	study := func(ctx context.Context) (contribution.Instruction, error) {
		return contribution.FindInstruction(ctx, s.db, d.post.ID)
	}
	when := max(d.ago-2-d.ago/4, 5)
	s.in(team[0], region, when, "given to a group", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		x, err := study(ctx)
		if err == nil {
			_, err = s.Debate.Contribution.Assign(ctx, a, x.Post, x.Rev, contribution.Holder{Group: g.ID, Due: s.Date(when - 30)})
		}
		return err
	})
	verdict := map[string]contribution.Study{"R": contribution.Retained, "P": contribution.PartRetain, "N": contribution.NotRetained, "O": contribution.OutOfScope, "a": contribution.PartRetain}[d.fate]
	if verdict == "" {
		return
	}
	if d.fate == "a" || len(d.title)%3 == 0 {
		text := fr("Utile et faisable à l’échelle d’un bassin de vie, à condition qu’une collectivité volontaire la porte. Le coût reste à dire.")
		if d.fate == "N" || d.fate == "O" {
			text = fr("Le constat est partagé, mais ce n’est pas à la COP d’en décider : le groupe propose de le répondre clairement.")
		}
		s.in(team[1], region, max(when-3, 4), "opinion", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
			x, err := study(ctx)
			if err == nil {
				_, err = s.Debate.Contribution.Opine(ctx, a, x.Post, x.Rev, verdict, text)
			}
			return err
		})
	}
	if d.reason == "" {
		return
	}
	s.in(team[0], region, max(when-10-len(d.title)%9, 3), "answer", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
		x, err := study(ctx)
		if err == nil {
			_, err = s.Debate.Contribution.Answer(ctx, a, x.Post, x.Rev, verdict, french.Upper(strings.TrimPrefix(d.reason, strings.SplitN(d.reason, "\u00a0: ", 2)[0]+"\u00a0: ")))
		}
		return err
	})
}

// supported adds the supports of a contribution: by sets of rows, for nothing but
// counters follows from them.
func (s *Script) supported(f *forum, d *deposit) {
	who := s.Random.Perm(len(f.voices))[:min(d.supports, len(f.voices))]
	s.Scene(s.At(max(d.ago-3, 2)), "supports", func(ctx context.Context) error {
		if len(who) == 0 {
			return nil
		}
		return db.Tx(ctx, s.db, func(ctx context.Context, tx db.Q) error {
			var rows [][]any
			for _, i := range who {
				rows = append(rows, []any{d.post.ID, f.voices[i].id, copOf(f.region), s.clock.UnixMilli()})
			}
			n, err := db.Insert(ctx, tx, "debate_support", []string{"post_id", "voice_id", "cop_id", "at"}, rows, "")
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE debate_post SET supports = supports + $2 WHERE id = $1`, d.post.ID, n); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `UPDATE contribution SET seq = seq + 1, changed_at = $2 WHERE post_id = $1`, d.post.ID, s.clock.UnixMilli())
			return err
		})
	})
}

// moderated is what moderators refused, what they merged, what readers reported, and
// what waits for them today.
func (s *Script) moderated(f *forum) {
	region := f.region.Code
	team := s.Holding(policy.Team, region)[:2]
	for i, x := range refused {
		d := parsed(x.line)
		d.ago = 48 - 8*i
		s.leave(f, d)
		last := i == len(refused)-1
		s.in(team[i%2], region, d.ago-1, "refusal", func(ctx context.Context, a policy.Actor, _ cop.COP) (err error) {
			d.post, err = s.Debate.Moderation.Decide(ctx, a, d.post.ID, d.post.Rev, moderation.Decision{Verb: moderation.Refuse, Reason: x.reason, Note: fr(x.note)})
			return err
		})
		if last { // its author says why it is of the debate: another moderator will tell
			s.said(region, s.At(3), "appeal", func(ctx context.Context, _ cop.COP) error {
				acts, err := moderation.ActsOn(ctx, s.db, d.post.ID)
				if err != nil || len(acts) == 0 {
					return err
				}
				token := strings.TrimPrefix(s.Debate.Moderation.AppealPath(acts[0].ID), "/recours/")
				_, err = s.Debate.Moderation.Appeal(ctx, token, fr("Mon texte parle bien de la transition : il demande que la répartition des éoliennes soit publique. Je ne vois pas en quoi il est hors sujet."))
				return err
			})
		}
	}
	for i, line := range queued {
		d := parsed(line)
		d.ago = 1 + i%4
		s.leave(f, d)
	}
	for i, title := range []string{"Plus une seule éolienne dans le canton", "Moins de prospectus, pour de vrai"} {
		s.said(region, s.At(2+i), "report", func(ctx context.Context, _ cop.COP) error {
			d := f.posts[title]
			_, _, err := s.Debate.Moderation.Report(ctx, policy.Actor{}, d.post.ID, moderation.ReportIn{Reason: []string{"hors-sujet", "doublon"}[i], Note: fr("Cela a déjà été dit dix fois."), Machine: "demo-report-" + strconv.Itoa(i)})
			return err
		})
	}
	for _, x := range [][2]string{{"Des cars qui acceptent les vélos toute l’année", "Un plan vélo qui relie les bourgs, pas seulement les villes"}, {"Un atelier de réemploi des charpentes", "Une ressourcerie par bassin de vie"}} {
		s.in(team[1], region, 6, "merge", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
			from, into := f.posts[fr(x[0])], f.posts[fr(x[1])]
			study, err := contribution.FindInstruction(ctx, s.db, from.post.ID)
			if err == nil {
				_, err = s.Debate.Contribution.Merge(ctx, a, from.post.ID, study.Rev, into.post.ID, fr("Les deux textes demandent la même chose : ils sont lus et répondus ensemble."))
			}
			return err
		})
	}
}

// answered adds comments and their answers, and groups what was written by its words.
func (s *Script) answered(f *forum) {
	region := f.region.Code
	team := s.Holding(policy.Team, region)[:2]
	for i, x := range comments {
		first, d := new(debate.Post), f.posts[fr(x[0])]
		for j, text := range x[1:] {
			v, at := f.voices[(i*17+j*5)%len(f.voices)], min(26-i-3*j, d.ago-2-2*j)
			if v.college == debate.Authorities || v.college == debate.State {
				v = f.voices[0]
			}
			said := new(debate.Post)
			s.said(region, s.At(at), "comment", func(ctx context.Context, c cop.COP) error {
				r := contribution.Reply{To: first.ID, Text: fr(text), Name: v.name, Voice: v.id, Machine: "demo-" + v.id}
				p, _, err := s.Debate.Contribution.Comment(ctx, policy.Actor{}, c, d.post.ID, r)
				*said = p
				return err
			})
			s.in(team[j%2], region, at-1, "moderation of a comment", func(ctx context.Context, a policy.Actor, _ cop.COP) error {
				p, err := s.Debate.Moderation.Decide(ctx, a, said.ID, said.Rev, moderation.Decision{Verb: moderation.Publish})
				if j == 0 {
					*first = p
				}
				return err
			})
		}
	}
	s.in(team[0], region, 4, "themes", func(ctx context.Context, a policy.Actor, c cop.COP) error {
		if err := s.Debate.Contribution.Regroup(ctx, c.ID); err != nil {
			return err
		}
		t, err := contribution.ThemesOf(ctx, s.db, c)
		if err != nil {
			return err
		}
		return s.rename(ctx, a, c, t)
	})
}

// titles are what the team calls a theme that speaks of something.
var titles = [][2]string{{"haie", "Garder et entretenir les haies"}, {"velo", "Aller à vélo jusqu’à la gare"}, {"train", "Les trains et les cars, aux bonnes heures"}, {"eolien", "Des éoliennes, où et pour qui"}, {"toit", "Le soleil sur les toits"}, {"covoitur", "Partager les voitures"}, {"cantine", "Ce que l’on mange à la cantine"}, {"foret", "La forêt qui change"}, {"chauff", "Se chauffer autrement"}}

// rename names two themes after what they speak of.
func (s *Script) rename(ctx context.Context, a policy.Actor, c cop.COP, t contribution.Themes) error {
	done, used := 0, map[string]bool{}
	for _, x := range t.Themes {
		for _, y := range titles {
			if done < 2 && !used[y[1]] && strings.Contains(french.Fold(strings.Join(x.Words[:min(2, len(x.Words))], " ")), french.Fold(y[0])) {
				if err := s.Debate.Contribution.RenameTheme(ctx, a, c, x.ID, x.Rev, y[1]); err != nil && apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				done, used[y[1]] = done+1, true
				break
			}
		}
	}
	return nil
}
