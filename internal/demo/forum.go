package demo

import (
	"context"
	"slices"
	"strings"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/group"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// forum is what the debate of a region holds, for the steps that come after.
type forum struct {
	region   territory.Region
	voices   []*voice
	groups   map[string]*group.Group
	meetings map[string]*cop.Meeting
	posts    map[string]*deposit
	keeper   *Person // facilitates a group, and nothing else
}

// voice is somebody invented who speaks in the debate by an address, without an
// account.
type voice struct {
	id, name, email string
	woman           bool
	college         debate.College
	org             string // invented, and its name says so
	commune         territory.Commune
}

func (v *voice) ref() string { return "commune:" + v.commune.Code }

// speaker is how a voice is known by what its browser keeps.
func (v *voice) speaker() debate.Speaker {
	return debate.Speaker{Name: v.name, OrgName: v.org, College: v.college, Territory: v.ref(), Voice: v.id}
}

// forums are the regions that debate, and how many voices each has.
var forums = []struct {
	region string
	voices int
}{{"44", 260}, {"04", 50}, {"53", 50}}

// bodies are invented organisations, by college: none is meant.
var bodies = map[debate.College][]string{
	debate.Economic:     {"Scierie du Haut-Vallon (inventée)", "Fédération des artisans du bâti (inventée)", "Transports Lambertin (inventé)", "Coopérative des Collines (inventée)", "Papeterie des Trois-Fontaines (inventée)", "Fonderie de la Plaine (inventée)", "Union des commerces du centre (inventée)"},
	debate.Associations: {"Les Roues libres (association inventée)", "Plaines et haies (association inventée)", "Toits partagés (association inventée)", "Collectif Rivières (inventé)", "Récup’ et compagnie (association inventée)", "Entraide des villages (association inventée)", "Usagers du train du quotidien (association inventée)"},
	debate.Experts:      {"Observatoire du bocage (inventé)", "Laboratoire Climat et territoires (inventé)", "Bureau d’études Méandre (inventé)"},
	debate.State:        {"Service déconcentré (inventé)"},
}

var colleges = []debate.College{debate.Citizens, debate.Citizens, debate.Citizens, debate.Authorities, debate.Authorities, debate.Authorities, debate.Associations, debate.Associations, debate.Economic, debate.Economic, debate.Experts, debate.State}

// voices brings those who speak: by sets of rows, as if each had confirmed an address.
// Most asked for no mail, for those would be past the time that mails are kept.
func voices(s *Script) {
	s.forum = map[string]*forum{}
	for _, x := range forums {
		r, err := s.Tree.Region(x.region)
		if err != nil {
			continue // another edition of the tree
		}
		f := &forum{region: r, groups: map[string]*group.Group{}, meetings: map[string]*cop.Meeting{}, posts: map[string]*deposit{}}
		s.forum[x.region] = f
		var places []territory.Commune
		var people []int // of those before, and of each
		sum := 0
		for _, c := range s.Tree.Communes() {
			if c.Region == r.Code && c.Population > 2500 {
				sum += int(min(c.Population, 25_000)) // large towns speak less than they weigh
				places, people = append(places, c), append(people, sum)
			}
		}
		for range x.voices {
			name, woman := s.name()
			v := &voice{name: name, woman: woman, email: s.address(name), college: Pick(s.Random, colleges...)}
			if all := bodies[v.college]; len(all) > 0 {
				v.org = Pick(s.Random, all...)
			}
			n, _ := slices.BinarySearch(people, 1+s.Random.IntN(sum))
			v.commune = places[n]
			f.voices = append(f.voices, v)
		}
		s.Scene(s.At(opened-40), "voices of "+r.Slug, func(ctx context.Context) error { return s.speak(ctx, f) })
	}
}

func (s *Script) speak(ctx context.Context, f *forum) error {
	return db.Tx(ctx, s.db, func(ctx context.Context, tx db.Q) error {
		var rows [][]any
		now := s.clock.UnixMilli()
		for i, v := range f.voices {
			id, err := s.COPs.IDs.New()
			if err != nil {
				return err
			}
			v.id = id
			notify := debate.TellNone
			if i%25 == 0 {
				notify = debate.TellDigest
			}
			rows = append(rows, []any{id, int64(1), copOf(f.region), v.email, v.name, "", "", v.org, string(v.college), v.ref(), debate.VoiceConfirmed, notify, now, now})
		}
		_, err := db.Insert(ctx, tx, "debate_voice", strings.Fields("id rev cop_id email name account org org_name college territory state notify at confirmed_at"), rows, "")
		return err
	})
}

// in does something in the COP of a region as somebody, with that COP as it is then.
func (s *Script) in(p *Person, region string, ago int, what string, do func(ctx context.Context, a policy.Actor, c cop.COP) error) {
	s.inAt(p, region, s.At(ago), what, do)
}

func (s *Script) inAt(p *Person, region string, at time.Time, what string, do func(ctx context.Context, a policy.Actor, c cop.COP) error) {
	s.As(p, at, what+" in "+region, func(ctx context.Context, a policy.Actor) error {
		c, err := cop.Find(ctx, s.db, cop.RegionID(cop.First, region))
		if err != nil {
			return err
		}
		return do(ctx, a, c)
	})
}

// said does something as a voice, whom no account names.
func (s *Script) said(region string, at time.Time, what string, do func(ctx context.Context, c cop.COP) error) {
	s.Scene(at, what+" in "+region, func(ctx context.Context) error {
		c, err := cop.Find(ctx, s.db, cop.RegionID(cop.First, region))
		if err != nil {
			return err
		}
		return do(ctx, c)
	})
}
