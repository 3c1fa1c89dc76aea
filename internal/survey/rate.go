package survey

import (
	"context"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/territory"
)

// RateRow is some authorities that are alike: where they count, what they are, and
// how many they are, so that a nation is read as a few hundred rows.
type RateRow struct {
	Campaign, Region, Department string
	Mark                         CampaignState // of the campaign
	Communes                     bool          // the campaign invites communes
	Capacities                   []string
	Metropole, Counted, Silent   bool
	State                        State
	Answered                     bool // validated at least once: a correction under way takes nothing back
	N                            int64
}

// Rate is answers out of authorities.
type Rate struct{ Answers, Authorities int64 }

// Known reports whether there is anything to divide by: no authority is no rate.
func (r Rate) Known() bool { return r.Authorities > 0 }

// Ratio is between 0 and 1.
func (r Rate) Ratio() float64 {
	if !r.Known() {
		return 0
	}
	return float64(r.Answers) / float64(r.Authorities)
}

func (r *Rate) add(x RateRow) {
	r.Authorities += x.N
	if x.Answered {
		r.Answers += x.N
	}
}

// RateSet is what is said of one territory. An authority with two capacities is in
// each of the two rates, and once in Total.
type RateSet struct {
	Total       Rate // régions + départements + EPCI
	Regions     Rate
	Departments Rate
	Groups      Rate // EPCI
	Metropoles  Rate // of the EPCI
	EPT         Rate // apart: they lie inside the métropole du Grand Paris, outside the rate
	Communes    Rate // apart, outside the rate; none where they are not invited
	Outside     Rate // those that the team added, outside the rate
	States      map[State]int64
}

// All is everyone who was asked, whatever they are: what a team follows.
func (s RateSet) All() int64 {
	n := int64(0)
	for _, x := range s.States {
		n += x
	}
	return n
}

func (s *RateSet) add(x RateRow) {
	if s.States == nil {
		s.States = map[State]int64{}
	}
	s.States[x.State] += x.N
	if !x.Counted {
		if len(x.Capacities) == 0 {
			s.Outside.add(x)
		}
		return
	}
	has := func(c territory.Capacity) bool { return slices.Contains(x.Capacities, string(c)) }
	if has(territory.AsRegion) {
		s.Regions.add(x)
	}
	if has(territory.AsDepartment) {
		s.Departments.add(x)
	}
	if has(territory.AsGroup) {
		s.Groups.add(x)
		if x.Metropole {
			s.Metropoles.add(x)
		}
	}
	if has(territory.AsEPT) {
		s.EPT.add(x)
	}
	if has(territory.AsCommune) && x.Communes {
		s.Communes.add(x)
	}
	if has(territory.AsRegion) || has(territory.AsDepartment) || has(territory.AsGroup) {
		s.Total.add(x)
	}
}

// Rates is the rates of a cycle: of each région, of each département, and of the
// nation, which holds the régions whose campaign its team has marked «presque
// finalisée» or «close», and no other.
type Rates struct {
	Nation      RateSet
	All         RateSet // every région, marked or not
	Regions     map[string]RateSet
	Departments map[string]RateSet // by code; "" is who has none
	Marked      []string           // régions that the nation counts
}

// RatesOf is the whole of the rule, from rows alone.
func RatesOf(rows []RateRow) Rates {
	out := Rates{Regions: map[string]RateSet{}, Departments: map[string]RateSet{}}
	for _, x := range rows {
		out.All.add(x)
		if x.Mark.Marked() {
			out.Nation.add(x)
			if !slices.Contains(out.Marked, x.Region) {
				out.Marked = append(out.Marked, x.Region)
			}
		}
		s := out.Regions[x.Region]
		s.add(x)
		out.Regions[x.Region] = s
		s = out.Departments[x.Department]
		s.add(x)
		out.Departments[x.Department] = s
	}
	slices.Sort(out.Marked)
	return out
}

// RateRows reads the rows of a cycle, or of one campaign, in one statement.
func RateRows(ctx context.Context, q db.Q, cycle, campaign string) (_ []RateRow, err error) {
	defer apperr.Wrap(&err, "survey.RateRows")
	var b binder
	where := "c.id = "
	if campaign == "" {
		where, campaign = "c.cycle = ", cycle
	}
	where += b.bind(campaign)
	// What is grouped by is kept short: sorting it is what this costs.
	rows, err := q.Query(ctx, `SELECT c.id, c.region, g.department, c.state, c.communes, g.capacities, g.metropole, g.counted, g.silent, g.state, g.answered, g.n
		  FROM campaign c JOIN (SELECT r.campaign_id, r.department, r.capacities, r.state, r.metropole, r.counted, r.silent, CASE WHEN r.seq > 0 THEN 1 ELSE 0 END AS answered, COUNT(*) AS n
		          FROM response r WHERE r.campaign_id IN (SELECT c.id FROM campaign c WHERE `+where+`)
		         GROUP BY r.campaign_id, r.department, r.capacities, r.state, r.metropole, r.counted, r.silent, CASE WHEN r.seq > 0 THEN 1 ELSE 0 END) g ON g.campaign_id = c.id
		 ORDER BY c.id, g.department, g.capacities, g.state, g.metropole, g.counted, g.silent, g.answered`, b.args...)
	return db.Collect(rows, err, func(r *db.Rows) (x RateRow, err error) {
		var capacities string
		var answered int64
		err = r.Scan(&x.Campaign, &x.Region, &x.Department, &x.Mark, &x.Communes, &capacities, &x.Metropole, &x.Counted, &x.Silent, &x.State, &answered, &x.N)
		x.Capacities, x.Answered = split(capacities), answered == 1
		return x, err
	})
}
