package restitution

import (
	"context"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// View is a restitution as somebody may read it: as it stands for those who
// conduct it, the published edition for anyone, in which nothing is told of fewer
// than five.
type View struct {
	*Board
	Cycle, Region string // region empty for the nation
	Public        bool
	On            string // the past day that it is read at, empty for what there is now
}

// For is what an actor may read of a region in a cycle, or of the nation. published
// asks for what anyone reads.
func (m *Room) For(ctx context.Context, a policy.Actor, cycle, region string, published bool) (v View, err error) {
	return m.ForDepartment(ctx, a, cycle, region, "", published)
}

// ForDepartment is For of what is told of one département: those who lead it read
// that much as it stands.
func (m *Room) ForDepartment(ctx context.Context, a policy.Actor, cycle, region, department string, published bool) (v View, err error) {
	v = View{Cycle: cycle, Region: region}
	thing := policy.Thing{Kind: policy.Restitution}
	if region != "" {
		campaigns, err := survey.Campaigns(ctx, m.DB, cycle)
		if err != nil {
			return v, err
		}
		i := slices.IndexFunc(campaigns, func(c survey.Campaign) bool { return c.Region == region })
		if i < 0 {
			return v, apperr.NotFoundf("Cette région n’a pas encore de questionnaire dans ce cycle\u00a0: il n’y a rien à restituer.")
		}
		thing = Thing(campaigns[i])
		thing.Department = department
	}
	if !published && policy.Can(a, policy.Read, thing) {
		v.Board, err = m.Read(ctx, cycle, region)
		return v, err
	}
	v.Public = true
	if v.Board, err = m.Published(ctx, cycle, region); err == nil && len(v.Editions) == 0 {
		err = apperr.NotFoundf("Cette restitution n’est pas encore publiée\u00a0: elle le sera quand les deux têtes de la COP l’auront validée.")
	}
	return v, err
}

// Past is what the nation's regions had published by the end of a day, as anyone
// reads it: an edition that came later changes nothing in it.
func (m *Room) Past(ctx context.Context, cycle, day string) (v View, err error) {
	return m.past(ctx, cycle, "", day)
}

func (m *Room) past(ctx context.Context, cycle, region, day string) (v View, err error) {
	v = View{Cycle: cycle, Region: region, Public: true, On: day}
	v.Board, err = m.publishedBy(ctx, cycle, region, day)
	return v, err
}

// Kept is a public view of a region whose figures lead to what was published then:
// whoever asks, a team too, reads the edition and not what came after.
func (v View) Kept() View {
	if e, ok := v.Editions[v.Region]; ok && v.Public {
		v.On = e.PublishedOn
	}
	return v
}

// Whole is everything that the view holds.
func (v View) Whole() Group {
	return v.cuts.keep(cutKey{"", v.Public}, func() []Group { return []Group{v.guard(v.Of(Filter{}))} })[0]
}

// Cut is the whole by a dimension. In public, small groups are merged, and what
// would let fewer than five be found by difference is not told.
func (v View) Cut(d Dimension) []Group {
	return v.cuts.keep(cutKey{d, v.Public}, func() []Group { return v.make(d) })
}

func (v View) make(d Dimension) []Group {
	switch {
	case !v.Public && d == BySize:
		return v.By(Filter{Kind: questionnaire.Group}, d)
	case !v.Public:
		return v.By(Filter{}, d)
	case v.Region != "":
		return v.protected(Filter{}, d)
	}
	return v.across(d)
}

// protected are the groups of one region as anyone reads them.
func (v View) protected(f Filter, d Dimension) []Group {
	whole := f
	if d == BySize {
		if !alone(Protect(v.By(f, ByKind)), string(questionnaire.Group)) {
			return nil // EPCI are merged with others: their sizes would tell them apart
		}
		whole.Kind = questionnaire.Group
	}
	of := d.of
	if d == ByDepartment {
		of = local
	}
	all := Protect(v.by(whole, d, of))
	conceal(all, func(g Group, lever, what int) int { return g.behind(lever, what) })
	return all
}

// local is the département of communes and EPCI alone. In public the council of a
// département, and the region itself, are read together: left in their places,
// what is missing from the sum of the départements would be the region's answer.
func local(s stratum) string {
	if s.kind == questionnaire.Commune || s.kind == questionnaire.Group {
		return s.department
	}
	return ""
}

// alone reports whether a code is a group by itself.
func alone(all []Group, code string) bool {
	return slices.ContainsFunc(all, func(g Group) bool { return len(g.Codes) == 1 && g.Codes[0] == code })
}

// guard hides, of a whole, the levers that one to four authorities rated; of the
// nation, also those that would tell what a region hides.
func (v View) guard(g Group) Group {
	if !v.Public {
		return g
	}
	one := []Group{g}
	conceal(one, func(g Group, lever, what int) int { return g.behind(lever, what) })
	if v.Region == "" {
		parts := v.wholes()
		conceal(one, func(_ Group, lever, what int) int { return untold(parts, lever, what) })
	}
	return one[0]
}

// Group finds the group of an address: «tous», or a dimension and its codes.
func (v View) Group(key string) (Group, error) {
	if key == "" || key == All {
		return v.Whole(), nil
	}
	d, code, _ := strings.Cut(key, ":")
	switch Dimension(d) {
	case ByRegion, ByDepartment, ByKind, BySize:
		for _, g := range v.Cut(Dimension(d)) {
			if strings.Join(g.Codes, "+") == code {
				return g, nil
			}
		}
	}
	return Group{}, apperr.NotFoundf("Ce groupe de collectivités n’est pas dans cette restitution, ou compte moins de cinq réponses.")
}

// All is the key of the whole.
const All = "tous"

// Key is how a group of a dimension is written in an address.
func (g Group) Key(d Dimension) string {
	if d == "" || len(g.Codes) == 0 {
		return All
	}
	return string(d) + ":" + strings.Join(g.Codes, "+")
}

// Thresholds are those of the campaign of a region; of the nation, those that Jalon
// proposes, the same for all so that regions compare.
func (v View) Thresholds() Thresholds {
	if c, ok := v.Campaigns[v.Region]; ok && v.Region != "" {
		return Thresholds{c.Relevance, c.Mobilisation}
	}
	return Proposed()
}

// Partial reports whether answers are still awaited somewhere.
func (v View) Partial() bool {
	for _, c := range v.Campaigns {
		if c.State != survey.CampaignClosed {
			return true
		}
	}
	return len(v.Campaigns) == 0
}

// Day is the day that the view speaks of: that of the edition, the oldest of
// several, or today.
func (v View) Day(today time.Time) string {
	day := ""
	for _, e := range v.Editions {
		if day == "" || e.Day < day {
			day = e.Day
		}
	}
	if day == "" {
		return today.Format(time.DateOnly)
	}
	return day
}

// Scope says what the view is made of: «synthèse partielle au 3 mars 2026, 45
// réponses sur 60».
func (v View) Scope(today time.Time) string {
	whole := v.Whole()
	out := "synthèse au "
	if v.Partial() {
		out = "synthèse partielle au "
	}
	return out + french.Day(v.Day(today)) + ", " + french.Integer(whole.Answers) + nb + french.Plural(whole.Answers, "réponse", "réponses") + " sur " + french.Integer(whole.Population)
}
