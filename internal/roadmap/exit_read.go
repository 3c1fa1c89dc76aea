package roadmap

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// councils are the authorities of every region, read once for a version of the model.
type councils struct {
	mu       sync.Mutex
	version  string
	counted  map[string][]territory.Authority // by region, those of the rule, by name
	communes map[string][]string              // by region, codes
}

func (c *councils) of(m *panorama.Model) (counted map[string][]territory.Authority, communes map[string][]string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counted != nil && c.version == m.Version() {
		return c.counted, c.communes, nil
	}
	all, err := m.Tree().Authorities()
	if err != nil {
		return nil, nil, err
	}
	counted, communes = map[string][]territory.Authority{}, map[string][]string{}
	for a := range all.All() {
		if a.Has(territory.AsRegion) || a.Has(territory.AsDepartment) || a.Has(territory.AsGroup) {
			counted[a.Home] = append(counted[a.Home], a)
		}
		if a.Has(territory.AsCommune) {
			communes[a.Home] = append(communes[a.Home], a.Code)
		}
	}
	for _, list := range counted {
		slices.SortFunc(list, func(a, b territory.Authority) int {
			return cmp.Or(cmp.Compare(french.SortKey(a.Name), french.SortKey(b.Name)), cmp.Compare(a.Code, b.Code))
		})
	}
	c.version, c.counted, c.communes = m.Version(), counted, communes
	return counted, communes, nil
}

// pair is a COP and something of it.
type pair struct{ cop, x string }

func pairs(ctx context.Context, q db.Q, text, cycle, region string) (map[pair]bool, error) {
	rows, err := q.Query(ctx, text, cycle, region)
	list, err := db.Collect(rows, err, func(r *db.Rows) (p pair, err error) { return p, r.Scan(&p.cop, &p.x) })
	out := make(map[pair]bool, len(list))
	for _, p := range list {
		out[p] = true
	}
	return out, err
}

// inRegion is a lever of a region.
type inRegion struct{ region, lever string }

// sharedBy is the cycle whose COP shared the objective of each lever that is in force in a
// cycle.
func sharedBy(ctx context.Context, q db.Q, cycle, region string) (map[inRegion]string, error) {
	type line struct {
		at inRegion
		in string
	}
	rows, err := q.Query(ctx, sharedSQL, cycle, region)
	list, err := db.Collect(rows, err, func(r *db.Rows) (l line, err error) { return l, r.Scan(&l.at.region, &l.at.lever, &l.in) })
	out := make(map[inRegion]string, len(list))
	for _, l := range list {
		out[l.at] = l.in
	}
	return out, err
}

// In each of them, an empty region is every region of the cycle.
const (
	// What a region shared stays in force until it shares another, whatever its COP: in a
	// cycle count those of the cycles before it, and of none after.
	sharedSQL = `SELECT o.region, o.lever, MAX(o.cycle) FROM objective o WHERE o.cycle <= $1 AND (CAST($2 AS TEXT) = '' OR o.region = $2) AND o.scale = 'region' AND o.shared_rev > 0 AND o.shared_kg IS NOT NULL
		GROUP BY o.region, o.lever`

	answeredSQL = `SELECT r.cop_id, r.authority FROM campaign c JOIN response r ON r.campaign_id = c.id WHERE c.cycle = $1 AND (CAST($2 AS TEXT) = '' OR c.region = $2) AND r.seq > 0`

	cameSQL = `SELECT DISTINCT COALESCE(c.parent, c.id), p.org FROM cop c JOIN meeting m ON m.cop_id = c.id JOIN meeting_presence p ON p.meeting_id = m.id
		WHERE c.cycle = $1 AND (CAST($2 AS TEXT) = '' OR c.region = $2) AND m.state = 'held' AND p.gone_at IS NULL AND p.org <> ''`

	wroteSQL = `SELECT DISTINCT COALESCE(c.parent, c.id), v.org FROM cop c JOIN debate_post p ON p.cop_id = c.id JOIN debate_voice v ON v.id = p.voice_id
		WHERE c.cycle = $1 AND (CAST($2 AS TEXT) = '' OR c.region = $2) AND p.kind = 'contribution' AND p.state = 'published' AND p.speaker IN ('organisme', 'groupe') AND v.org <> ''`

	servedSQL = `SELECT a.cop_id, a.id, l.lever, CASE WHEN a.holder <> '' AND a.ends <> '' THEN 1 ELSE 0 END FROM action a JOIN action_lever l ON l.action_id = a.id
		WHERE a.cycle = $1 AND (CAST($2 AS TEXT) = '' OR a.region = $2) AND a.state = 'retained' AND a.status <> 'abandoned' AND a.kind = 'sectoral' ORDER BY a.cop_id, a.id`

	crossSQL = `SELECT a.cop_id, a.cross_theme, COUNT(*), COUNT(CASE WHEN a.holder <> '' AND a.ends <> '' THEN 1 END) FROM action a
		WHERE a.cycle = $1 AND (CAST($2 AS TEXT) = '' OR a.region = $2) AND a.state = 'retained' AND a.status <> 'abandoned' AND a.kind = 'cross' GROUP BY a.cop_id, a.cross_theme`
)

// sameSubject are the cross-cutting themes of actions that a subject of themes answers
// to, where both lists do not use the same word.
var sameSubject = map[string]string{"emploi": "emploi-competences", "education": "sensibilisation", "financement": "achats"}

// Of is where one COP stands. The panorama is read before: not within a transaction.
func (m *Room) Of(ctx context.Context, q db.Q, model *panorama.Model, c cop.COP) (x Exit, err error) {
	defer apperr.Wrap(&err, "roadmap.Of(%s)", c.ID)
	all, err := m.read(ctx, q, model, []cop.COP{c}, c.Cycle, c.Region)
	if err != nil {
		return x, err
	}
	if len(all) == 0 {
		return x, apperr.NotFoundf("Cette COP n’a pas de région.")
	}
	return all[0], nil
}

// InCycle is where the COPs of the regions stand in a cycle, in the order of their
// territories. It costs a number of statements that does not depend on how many there
// are, nor on what they hold.
func (m *Room) InCycle(ctx context.Context, q db.Q, model *panorama.Model, cycle string) (_ []Exit, err error) {
	defer apperr.Wrap(&err, "roadmap.InCycle(%s)", cycle)
	cops, err := cop.InCycle(ctx, q, cycle)
	if err != nil {
		return nil, err
	}
	return m.read(ctx, q, model, cops, cycle, "")
}

func (m *Room) read(ctx context.Context, q db.Q, model *panorama.Model, cops []cop.COP, cycle, region string) (out []Exit, err error) {
	shared, err := sharedBy(ctx, q, cycle, region)
	if err != nil {
		return nil, err
	}
	var took [3]map[pair]bool
	for i, text := range []string{answeredSQL, cameSQL, wroteSQL} {
		if took[i], err = pairs(ctx, q, text, cycle, region); err != nil {
			return nil, err
		}
	}
	themes, err := themesOf(ctx, q, cycle, region)
	if err != nil {
		return nil, err
	}
	next, err := handedIn(ctx, q, cycle, region)
	if err != nil {
		return nil, err
	}
	editions := map[composition.Kind]map[string][]composition.Edition{}
	for _, k := range []composition.Kind{composition.Diagnosis, composition.Roadmap} {
		list, err := composition.PublishedIn(ctx, q, k, cycle)
		if err != nil {
			return nil, err
		}
		editions[k] = map[string][]composition.Edition{}
		for _, e := range list {
			editions[k][e.COP] = append(editions[k][e.COP], e)
		}
	}
	counted, communes, err := m.councils.of(model)
	if err != nil {
		return nil, err
	}
	now := m.Now()
	for _, c := range cops {
		if c.Parent != "" {
			continue
		}
		at, err := model.Tree().Region(c.Region)
		if err != nil {
			return nil, err
		}
		p, err := model.Of(territory.Ref{Scale: territory.RegionS, Code: c.Region})
		if err != nil {
			return nil, err
		}
		x := Exit{COP: c, Region: at, Day: c.DayAt(now), Published: editions[composition.Diagnosis][c.ID], Roadmap: editions[composition.Roadmap][c.ID],
			Themes: themes[c.ID], Subjects: next.subjects[c.ID], Arrangements: next.arrangements[c.ID], Close: next.closes[c.ID]}
		for _, l := range p.Lines {
			lever := Lever{l.Lever.Code, l.Lever.Name}
			x.Levers = append(x.Levers, lever)
			switch in := shared[inRegion{c.Region, lever.Code}]; in {
			case "":
				x.Missing = append(x.Missing, lever)
			case c.Cycle:
			default:
				x.keep(in)
			}
		}
		x.Participation = participationOf(c.ID, counted[c.Region], communes[c.Region], took)
		out = append(out, x)
	}
	return out, nil
}

func participationOf(copID string, counted []territory.Authority, communes []string, took [3]map[pair]bool) (p Participation) {
	for _, a := range counted {
		x := Authority{a, took[0][pair{copID, a.Code}], took[1][pair{copID, a.Code}], took[2][pair{copID, a.Code}]}
		p.Counted = append(p.Counted, x)
		p.Total.add(x.Took())
		for _, of := range []struct {
			capacity territory.Capacity
			share    *Share
		}{{territory.AsRegion, &p.Regions}, {territory.AsDepartment, &p.Departments}, {territory.AsGroup, &p.EPCI}} {
			if a.Has(of.capacity) {
				of.share.add(x.Took())
			}
		}
		for _, of := range []struct {
			did bool
			n   *int
		}{{x.Answered, &p.Answered}, {x.Came, &p.Came}, {x.Wrote, &p.Wrote}} {
			if of.did {
				*of.n++
			}
		}
	}
	for _, code := range communes {
		at := pair{copID, code}
		p.Communes.add(took[0][at] || took[1][at] || took[2][at])
	}
	return p
}

// themesOf are the themes that both heads put first, by COP, with the actions that serve
// them.
func themesOf(ctx context.Context, q db.Q, cycle, region string) (map[string][]ThemeCover, error) {
	all, err := diagnosis.ThemesOfCycle(ctx, q, cycle)
	if err != nil {
		return nil, err
	}
	type serving struct {
		cop, action, lever string
		whole              int64
	}
	rows, err := q.Query(ctx, servedSQL, cycle, region)
	sectoral, err := db.Collect(rows, err, func(r *db.Rows) (x serving, err error) {
		return x, r.Scan(&x.cop, &x.action, &x.lever, &x.whole)
	})
	if err != nil {
		return nil, err
	}
	of := map[pair][]serving{} // by COP and lever
	for _, x := range sectoral {
		of[pair{x.cop, x.lever}] = append(of[pair{x.cop, x.lever}], x)
	}
	type line struct {
		cop, key       string
		actions, whole int64
	}
	rows, err = q.Query(ctx, crossSQL, cycle, region)
	cross, err := db.Collect(rows, err, func(r *db.Rows) (x line, err error) { return x, r.Scan(&x.cop, &x.key, &x.actions, &x.whole) })
	if err != nil {
		return nil, err
	}
	out := map[string][]ThemeCover{}
	for _, t := range all {
		if !t.Priority || region != "" && t.Region != region {
			continue
		}
		x := ThemeCover{Theme: t}
		once := map[string]bool{} // an action counts once for a theme, whatever the number of its levers there
		for _, lever := range t.Levers {
			for _, s := range of[pair{t.COP, lever}] {
				if !once[s.action] {
					once[s.action] = true
					x.Actions, x.Whole = x.Actions+1, x.Whole+s.whole
				}
			}
		}
		for _, s := range cross {
			if s.cop == t.COP && t.Kind == diagnosis.Cross && s.key != "" && (s.key == t.Subject || s.key == sameSubject[t.Subject] || s.key == strings.ReplaceAll(french.Fold(t.Name), " ", "-")) {
				x.Actions, x.Whole = x.Actions+s.actions, x.Whole+s.whole
			}
		}
		out[t.COP] = append(out[t.COP], x)
	}
	return out, nil
}

// handed is what the COPs of a cycle leave to the next one, by COP.
type handed struct {
	subjects     map[string][]Subject
	arrangements map[string][]Arrangement
	closes       map[string]Close
}

const ofCycle = ` JOIN cop c ON c.id = x.cop_id WHERE c.cycle = $1 AND (CAST($2 AS TEXT) = '' OR c.region = $2)`

func handedIn(ctx context.Context, q db.Q, cycle, region string) (h handed, err error) {
	h = handed{map[string][]Subject{}, map[string][]Arrangement{}, map[string]Close{}}
	rows, err := q.Query(ctx, `SELECT x.id, x.rev, x.cop_id, x.title, x.text, x.part, x.state FROM roadmap_subject x`+ofCycle+` AND x.state = 'kept' ORDER BY x.cop_id, x.id`, cycle, region)
	subjects, err := db.Collect(rows, err, func(r *db.Rows) (Subject, error) { return scanSubject(r) })
	if err != nil {
		return h, err
	}
	for _, s := range subjects {
		h.subjects[s.COP] = append(h.subjects[s.COP], s)
	}
	rows, err = q.Query(ctx, `SELECT `+arrangementColumns+` FROM roadmap_arrangement x`+ofCycle+` AND x.state = 'kept' ORDER BY x.cop_id, x.next_on, x.id`, cycle, region)
	arrangements, err := db.Collect(rows, err, func(r *db.Rows) (Arrangement, error) { return scanArrangement(r) })
	if err != nil {
		return h, err
	}
	for _, a := range arrangements {
		h.arrangements[a.COP] = append(h.arrangements[a.COP], a)
	}
	rows, err = q.Query(ctx, `SELECT `+closeColumns+` FROM roadmap_close x`+ofCycle+` AND x.state <> 'withdrawn' ORDER BY x.cop_id`, cycle, region)
	closes, err := db.Collect(rows, err, func(r *db.Rows) (Close, error) { return scanClose(r) })
	for _, x := range closes {
		h.closes[x.COP] = x
	}
	return h, err
}
