package restitution

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return append([]db.Table{{Name: "restitution", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}}}, openTables()...)
}

// EditionState is where an edition stands.
type EditionState string

// The states of an edition.
const (
	EditionProposed  EditionState = "proposed"
	EditionPublished EditionState = "published"
	EditionWithdrawn EditionState = "withdrawn"
)

// Edition is a restitution that was frozen, to be published by both heads.
type Edition struct {
	ID, Campaign, COP, Region, Cycle string
	Seq                              int64
	State                            EditionState
	Day                              string // of its answers
	PublishedOn                      string
	Answers                          int
	Act, By                          string
	At                               time.Time
	SHA256                           string
}

const editionColumns = `e.id, e.campaign_id, e.seq, e.cop_id, e.region, e.cycle, e.state, e.day, e.published_on, e.answers, e.act, e.by, e.at, e.sha256`

func scanEdition(r interface{ Scan(...any) error }, more ...any) (e Edition, err error) {
	var at int64
	err = r.Scan(append([]any{&e.ID, &e.Campaign, &e.Seq, &e.COP, &e.Region, &e.Cycle, &e.State, &e.Day, &e.PublishedOn, &e.Answers, &e.Act, &e.By, &at, &e.SHA256}, more...)...)
	e.At = time.UnixMilli(at).UTC()
	return e, err
}

// Editions lists those of a campaign, the newest first.
func Editions(ctx context.Context, q db.Q, campaign string) ([]Edition, error) {
	rows, err := q.Query(ctx, `SELECT `+editionColumns+` FROM restitution e WHERE e.campaign_id = $1 ORDER BY e.seq DESC`, campaign)
	return db.Collect(rows, err, func(r *db.Rows) (Edition, error) { return scanEdition(r) })
}

// frozen is the body of an edition.
type frozen struct {
	Form         string         `json:"form"`
	Version      int64          `json:"version"`
	State        string         `json:"state"` // of the campaign
	Relevance    float64        `json:"relevance"`
	Mobilisation float64        `json:"mobilisation"`
	Communes     bool           `json:"communes"`
	Outside      int            `json:"outside"`
	People       []frozenPeople `json:"people"`
	Answers      []frozenAnswer `json:"answers"`
}

type frozenPeople struct {
	Department string `json:"d"`
	Kind       string `json:"k"`
	Size       string `json:"s"`
	N          int    `json:"n"`
}

type frozenAnswer struct {
	Department string `json:"d"`
	Kind       string `json:"k"`
	Size       string `json:"s"`
	Packed     []byte `json:"p"`
}

// freeze reads the answers of a campaign as they are now. Nothing in what it
// returns says whose an answer is, nor when it came.
func freeze(ctx context.Context, q db.Q, c survey.Campaign) (frozen, error) {
	out := frozen{Form: c.Form, Version: c.FormVersion, State: string(c.State), Relevance: c.Relevance, Mobilisation: c.Mobilisation, Communes: c.Communes}
	people, outside, _, err := populations(ctx, q, []survey.Campaign{c})
	if err != nil {
		return out, err
	}
	k := &kept{scope: scope{c.Cycle, c.Region}}
	n, err := k.since(ctx, q, 0)
	if err != nil {
		return out, err
	}
	for id, x := range n.answers {
		if _, ok := outside[id]; ok {
			out.Outside++
			continue
		}
		out.Answers = append(out.Answers, frozenAnswer{x.department, string(x.kind), x.size, x.packed})
	}
	slices.SortFunc(out.Answers, func(a, b frozenAnswer) int {
		return cmp.Or(cmp.Compare(a.Department, b.Department), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Size, b.Size), bytes.Compare(a.Packed, b.Packed))
	})
	for s, n := range people {
		out.People = append(out.People, frozenPeople{s.department, string(s.kind), s.size, n})
	}
	slices.SortFunc(out.People, func(a, b frozenPeople) int {
		return cmp.Or(cmp.Compare(a.Department, b.Department), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Size, b.Size))
	})
	return out, nil
}

// pack is the body of an edition and its digest, which is that of its text: what
// compresses it may change.
func (f frozen) pack() (body []byte, sum string, err error) {
	text, err := json.Marshal(f)
	if err != nil {
		return nil, "", err
	}
	digest := sha256.Sum256(text)
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(text); err != nil {
		return nil, "", err
	}
	err = w.Close()
	return b.Bytes(), hex.EncodeToString(digest[:]), err
}

func unpack(body []byte) (f frozen, err error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return f, err
	}
	text, err := io.ReadAll(io.LimitReader(r, 256<<20))
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(text, &f)
}

// Published is the board of what regions published: the last edition of each in
// the cycle, or of one region. It has no campaign when there is none.
func (m *Room) Published(ctx context.Context, cycle, region string) (_ *Board, err error) {
	return m.publishedBy(ctx, cycle, region, "")
}

// publishedBy is Published as it was at the end of a day, when there is one.
func (m *Room) publishedBy(ctx context.Context, cycle, region, day string) (_ *Board, err error) {
	defer apperr.Wrap(&err, "restitution.Published(%s, %s, %s)", cycle, region, day)
	text, args := `SELECT `+editionColumns+` FROM restitution e WHERE e.cycle = $1 AND e.state = 'published'`, []any{cycle}
	if region != "" {
		text, args = text+` AND e.region = $2`, append(args, region)
	}
	if day != "" {
		args = append(args, day)
		text += fmt.Sprintf(` AND e.published_on <= $%d`, len(args))
	}
	rows, err := m.DB.Query(ctx, text+` ORDER BY e.region, e.seq`, args...)
	all, err := db.Collect(rows, err, func(r *db.Rows) (Edition, error) { return scanEdition(r) })
	if err != nil {
		return nil, err
	}
	last := map[string]Edition{}
	for _, e := range all {
		last[e.Region] = e
	}
	var chosen []Edition
	for _, e := range last {
		chosen = append(chosen, e)
	}
	return m.board(ctx, chosen)
}

// Preview is the board of one edition, whatever its state.
func (m *Room) Preview(ctx context.Context, id string) (_ *Board, _ Edition, err error) {
	defer apperr.Wrap(&err, "restitution.Preview(%s)", id)
	e, err := findEdition(ctx, m.DB, id)
	if err != nil {
		return nil, e, err
	}
	b, err := m.board(ctx, []Edition{e})
	return b, e, err
}

func findEdition(ctx context.Context, q db.Q, id string) (Edition, error) {
	e, err := scanEdition(q.QueryRow(ctx, `SELECT `+editionColumns+` FROM restitution e WHERE e.id = $1`, id))
	return e, db.OrNotFound(err, "Cette édition de la restitution n’existe pas.")
}

// board reads editions once: they never change.
func (m *Room) board(ctx context.Context, chosen []Edition) (*Board, error) {
	slices.SortFunc(chosen, func(a, b Edition) int { return cmp.Compare(a.Region, b.Region) })
	forms, version, err := m.published(ctx, m.DB)
	if err != nil {
		return nil, err
	}
	key := version
	for _, e := range chosen {
		key += e.ID + " "
	}
	m.editions.Lock()
	defer m.editions.Unlock()
	if b := m.editions.boards[key]; b != nil {
		out := *b
		out.Editions = map[string]Edition{} // their state may have changed
		for _, e := range chosen {
			out.Editions[e.Region] = e
		}
		return &out, nil
	}
	slots, err := survey.Slots(ctx, m.DB)
	if err != nil {
		return nil, err
	}
	b := &Board{Layout: NewLayout(forms, slots), Campaigns: map[string]survey.Campaign{}, Outside: map[string]int{}, Last: map[string]int64{}, Editions: map[string]Edition{}, cuts: newCuts()}
	cells := map[stratum]*cell{}
	for _, e := range chosen {
		var body []byte
		if err := m.DB.QueryRow(ctx, `SELECT body FROM restitution WHERE id = $1`, e.ID).Scan(&body); err != nil {
			return nil, err
		}
		f, err := unpack(body)
		if err != nil {
			return nil, apperr.New(apperr.Unavailable, err, "L’édition gardée ne peut pas être lue. Prévenez l’opérateur\u00a0: rien d’autre n’est perdu.")
		}
		b.add(cells, e, f)
	}
	slices.SortFunc(b.cells, func(x, y *cell) int { return order(x.stratum, y.stratum) })
	if m.editions.boards == nil || len(m.editions.boards) > 64 {
		m.editions.boards = map[string]*Board{}
	}
	m.editions.boards[key] = b
	return b, nil
}

func (b *Board) add(cells map[stratum]*cell, e Edition, f frozen) {
	at := func(department, kind, size string) *cell {
		s := stratum{e.Region, department, questionnaire.Kind(kind), size}
		if cells[s] == nil {
			cells[s] = &cell{stratum: s, path: b.Layout.path(f.Form, f.Version, s.kind), tally: b.Layout.tally()}
			b.cells = append(b.cells, cells[s])
		}
		return cells[s]
	}
	for _, p := range f.People {
		at(p.Department, p.Kind, p.Size).population = p.N
	}
	for _, a := range f.Answers {
		c := at(a.Department, a.Kind, a.Size)
		b.Layout.count(&c.tally, c.path, a.Packed, 1)
	}
	b.Editions[e.Region], b.Outside[e.Region], b.Last[e.Region] = e, f.Outside, e.At.UnixMilli()
	b.Campaigns[e.Region] = survey.Campaign{ID: e.Campaign, COP: e.COP, Region: e.Region, Cycle: e.Cycle, Form: f.Form, FormVersion: f.Version, State: survey.CampaignState(f.State),
		Relevance: f.Relevance, Mobilisation: f.Mobilisation, Communes: f.Communes, PublishedOn: e.PublishedOn}
}

// moved names the groups of which one to four answers differ between two
// editions: publishing both would tell what those said. An answer that was
// corrected is one that went and one that came, so what counts is the larger of the
// two numbers: three corrections are three authorities, not six. Councils of
// départements and the region are read together, and apart from their département,
// as they are published.
func moved(before, after frozen) (few []string, changed int) {
	type key struct{ department, kind, size, packed string }
	of := func(a frozenAnswer) key { return key{a.Department, a.Kind, a.Size, string(a.Packed)} }
	balance := map[key]int{}
	for _, a := range after.Answers {
		balance[of(a)]++
	}
	for _, a := range before.Answers {
		balance[of(a)]--
	}
	groups := map[string]*[2]int{} // came, went
	add := func(group string, n int) {
		if groups[group] == nil {
			groups[group] = new([2]int)
		}
		if n > 0 {
			groups[group][0] += n
		} else {
			groups[group][1] -= n
		}
	}
	for k, n := range balance {
		if n == 0 {
			continue
		}
		changed += max(n, -n)
		kind := questionnaire.Kind(k.kind)
		if kind == questionnaire.Region || kind == questionnaire.Department {
			add("la région et les départements", n)
			continue
		}
		add("le type "+k.kind, n)
		add("le département "+k.department, n)
		if kind == questionnaire.Group {
			add("la taille "+k.size, n)
		}
	}
	for g, n := range groups {
		if m := max(n[0], n[1]); m > 0 && m < Fewest {
			few = append(few, g)
		}
	}
	slices.Sort(few)
	return few, changed
}
