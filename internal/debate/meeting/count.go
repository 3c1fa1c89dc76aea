package meeting

import (
	"context"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/territory"
)

// Came is how many different people came to the meetings of a COP and of those of its
// départements, by the lists of presence.
type Came struct {
	COP    string // of the region
	People int64  // different people
	Lists  int64  // meetings with a list
}

const heldIn = `
	  FROM meeting_presence p JOIN meeting m ON m.id = p.meeting_id JOIN cop c ON c.id = m.cop_id
	 WHERE c.cycle = $1 AND m.state = 'held' AND m.day <= $2 AND p.gone_at IS NULL`

// CameAt counts people once, whatever the number of meetings that they came to: by
// their voice or else by their name with their organisation or commune.
func CameAt(ctx context.Context, q db.Q, cycle, on string) (_ []Came, err error) {
	defer apperr.Wrap(&err, "meeting.CameAt(%s, %s)", cycle, on)
	rows, err := q.Query(ctx, `SELECT COALESCE(c.parent, c.id), COUNT(DISTINCT p.who), COUNT(DISTINCT p.meeting_id)`+heldIn+` GROUP BY COALESCE(c.parent, c.id) ORDER BY 1`, cycle, on)
	return db.Collect(rows, err, func(r *db.Rows) (x Came, err error) {
		err = r.Scan(&x.COP, &x.People, &x.Lists)
		return x, err
	})
}

// Spoken is an authority in whose name somebody came, at a meeting of a region's COP.
type Spoken struct{ COP, Authority string }

// SpokenAt lists the authorities in whose name somebody came, once for each COP.
func SpokenAt(ctx context.Context, q db.Q, cycle, on string) (_ []Spoken, err error) {
	defer apperr.Wrap(&err, "meeting.SpokenAt(%s, %s)", cycle, on)
	rows, err := q.Query(ctx, `SELECT DISTINCT COALESCE(c.parent, c.id), p.authority`+heldIn+` AND p.authority <> '' ORDER BY 1, 2`, cycle, on)
	return db.Collect(rows, err, func(r *db.Rows) (x Spoken, err error) {
		err = r.Scan(&x.COP, &x.Authority)
		return x, err
	})
}

// homesAt lists the communes from which somebody came.
func homesAt(ctx context.Context, q db.Q, cycle, on string) (_ []Spoken, err error) {
	rows, err := q.Query(ctx, `SELECT DISTINCT COALESCE(c.parent, c.id), p.territory`+heldIn+` AND p.territory <> '' ORDER BY 1, 2`, cycle, on)
	return db.Collect(rows, err, func(r *db.Rows) (x Spoken, err error) {
		err = r.Scan(&x.COP, &x.Authority)
		return x, err
	})
}

// Share is a part of a whole.
type Share struct{ Part, Whole int64 }

// Place is what came of a région or a département. An EPCI counts in each département
// where it has a commune, and once in the région.
type Place struct {
	Communes Share // that sent somebody
	EPCI     Share
	Homes    int64 // communes where people live who came
}

// Participation is who came to the meetings of a COP.
type Participation struct {
	Seats   int64 // filled, at the meetings where people were counted
	SeatsAt int64 // those meetings; zero: nothing was counted
	People  int64 // different people, on the lists
	Lists   int64 // meetings with a list; zero: no list, and nobody knows
	Region  Place
	Depts   map[string]Place
}

// ParticipationOf reads who came to the meetings of a COP until a day, in four
// statements whatever their number.
func ParticipationOf(ctx context.Context, q db.Q, tree *territory.Tree, c cop.COP, on string) (p Participation, err error) {
	defer apperr.Wrap(&err, "meeting.ParticipationOf(%s)", c.ID)
	sums, err := cop.MobilisationAt(ctx, q, c.Cycle, on)
	if err != nil {
		return p, err
	}
	for _, x := range sums {
		if x.COP == c.ID {
			p.Seats, p.SeatsAt = p.Seats+x.Counted, p.SeatsAt+x.CountedAt
		}
	}
	came, err := CameAt(ctx, q, c.Cycle, on)
	if err != nil {
		return p, err
	}
	for _, x := range came {
		if x.COP == c.ID {
			p.People, p.Lists = x.People, x.Lists
		}
	}
	spoken, err := SpokenAt(ctx, q, c.Cycle, on)
	if err != nil {
		return p, err
	}
	homes, err := homesAt(ctx, q, c.Cycle, on)
	if err != nil {
		return p, err
	}
	p.Region, p.Depts = places(tree, c, spoken, homes)
	return p, nil
}

// places counts the communes and the EPCI of a region that came, by département.
func places(tree *territory.Tree, c cop.COP, spoken, homes []Spoken) (region Place, depts map[string]Place) {
	sent, lived := map[string]bool{}, map[string]bool{}
	for _, x := range spoken {
		if x.COP == c.ID {
			sent[x.Authority] = true
		}
	}
	for _, x := range homes {
		if x.COP == c.ID {
			lived[x.Authority] = true
		}
	}
	depts = map[string]Place{}
	epci := map[string]map[string]bool{} // the départements of each
	for _, x := range tree.Communes() {
		if x.Region != c.Region {
			continue
		}
		d, ref := depts[x.Dept], "commune:"+x.Code
		d.Communes.Whole, region.Communes.Whole = d.Communes.Whole+1, region.Communes.Whole+1
		if sent[ref] {
			d.Communes.Part, region.Communes.Part = d.Communes.Part+1, region.Communes.Part+1
		}
		if lived[ref] {
			d.Homes, region.Homes = d.Homes+1, region.Homes+1
		}
		depts[x.Dept] = d
		if x.EPCI != "" {
			if epci[x.EPCI] == nil {
				epci[x.EPCI] = map[string]bool{}
			}
			epci[x.EPCI][x.Dept] = true
		}
	}
	for siren, in := range epci {
		came := sent["epci:"+siren]
		region.EPCI.add(came)
		for code := range in {
			d := depts[code]
			d.EPCI.add(came)
			depts[code] = d
		}
	}
	return region, depts
}

func (s *Share) add(in bool) {
	s.Whole++
	if in {
		s.Part++
	}
}

// RegionCounts are the parts of the communes and of the EPCI of each region that came,
// by its COP, for those whose meetings have a list.
func RegionCounts(ctx context.Context, q db.Q, tree *territory.Tree, cycle, on string) (out map[string]Participation, err error) {
	defer apperr.Wrap(&err, "meeting.RegionCounts(%s)", cycle)
	came, err := CameAt(ctx, q, cycle, on)
	if err != nil || len(came) == 0 {
		return nil, err
	}
	spoken, err := SpokenAt(ctx, q, cycle, on)
	if err != nil {
		return nil, err
	}
	out = map[string]Participation{}
	for _, x := range came {
		region := x.COP[strings.LastIndex(x.COP, "-r")+2:] // cop.RegionID
		p := Participation{People: x.People, Lists: x.Lists}
		p.Region, _ = places(tree, cop.COP{ID: x.COP, Region: region}, spoken, nil)
		out[x.COP] = p
	}
	return out, nil
}
