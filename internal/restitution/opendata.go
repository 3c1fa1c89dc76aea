package restitution

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// openTables lists the tables of open data.
func openTables() []db.Table {
	return []db.Table{
		{Name: "open_edition", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "open_file", Order: []string{"edition_id", "path"}, Scope: db.COP},
		{Name: "open_member", Order: []string{"edition_id", "grp", "response_id"}, Scope: db.COP},
		{Name: "open_consent", Order: []string{"response_id"}, Scope: db.COP},
		{Name: "open_consent_version", Order: []string{"response_id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
	}
}

// OpenRoom makes and keeps editions of open data. Time and ids are given.
type OpenRoom struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
	// Departments lists the départements of a region, by their codes.
	Departments func(ctx context.Context, region string) ([]string, error)
	// Write makes the files of an edition: CSV, JSON, XLSX and its codebook.
	Write func(d OpenData) ([]OpenFile, error)
}

// OpenFile is one file of an edition.
type OpenFile struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Rows   int64  `json:"rows"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Body   []byte `json:"-"`
}

// OpenEdition is a numbered edition: it never changes.
type OpenEdition struct {
	ID          string      `json:"-"`
	Campaign    string      `json:"-"`
	COP         string      `json:"-"`
	Region      string      `json:"region"`
	Seq         int64       `json:"edition"`
	Day         string      `json:"day"`
	Form        string      `json:"form"`
	FormVersion int64       `json:"form_version"`
	Cycle       string      `json:"cycle"`
	Respondents int         `json:"respondents"`
	Groups      []OpenGroup `json:"groups"`
	Kept        Kept        `json:"kept"`
	Files       []OpenFile  `json:"files"`
	SHA256      string      `json:"-"` // of the list of files
	At          time.Time   `json:"-"`
}

// OpenData is what the files of an edition are written from.
type OpenData struct {
	Edition OpenEdition
	Form    questionnaire.Form
	Groups  []OpenCounts // groups, then totals
	Cells   []OpenCell
}

// OpenCell is a closed answer that the tables count.
type OpenCell struct {
	Key     string
	Section questionnaire.Section
	Label   string // of the row or of the question
	Column  string // scale, empty for a question
	Step    questionnaire.Step
	Many    bool // several options may be ticked
	Options []questionnaire.Option
}

// OpenCounts are the answers of a group, or of a total of several.
type OpenCounts struct {
	Group       OpenGroup
	Total       []string // groups that it adds up, for a total
	Respondents int
	Since       int64 // the edition that it was last counted in
	// Counts holds for each cell, in the order of OpenData.Cells, how many gave each
	// option, then how many none; nil for a cell that nobody in the group is asked.
	Counts [][]int
}

const openColumns = `e.id, e.campaign_id, e.cop_id, e.region, e.seq, e.day, e.doc, e.sha256, e.at`

func scanOpen(r interface{ Scan(...any) error }) (e OpenEdition, err error) {
	var doc string
	var at int64
	var id, campaign, cop, sum string
	var seq int64
	if err := r.Scan(&id, &campaign, &cop, &e.Region, &seq, &e.Day, &doc, &sum, &at); err != nil {
		return e, err
	}
	err = json.Unmarshal([]byte(doc), &e)
	e.ID, e.Campaign, e.COP, e.Seq, e.SHA256, e.At = id, campaign, cop, seq, sum, time.UnixMilli(at).UTC()
	return e, err
}

// OpenEditions lists the editions of a campaign, the first one first, or those of every
// campaign when it is empty.
func OpenEditions(ctx context.Context, q db.Q, campaign string) (_ []OpenEdition, err error) {
	defer apperr.Wrap(&err, "restitution.OpenEditions(%s)", campaign)
	rows, err := q.Query(ctx, `SELECT `+openColumns+` FROM open_edition e WHERE $1 = '' OR e.campaign_id = $1 ORDER BY e.region, e.campaign_id, e.seq`, campaign)
	return db.Collect(rows, err, func(r *db.Rows) (OpenEdition, error) { return scanOpen(r) })
}

// OpenPart reads a file of an edition.
func OpenPart(ctx context.Context, q db.Q, e OpenEdition, name string) (_ *blob.Reader, f OpenFile, err error) {
	defer apperr.Wrap(&err, "restitution.OpenPart(%s, %q)", e.ID, name)
	i := slices.IndexFunc(e.Files, func(f OpenFile) bool { return f.Name == name })
	if i < 0 {
		return nil, f, apperr.NotFoundf("Cette édition n’a pas de fichier de ce nom.")
	}
	r, err := blob.Open(ctx, q, e.Files[i].SHA256)
	return r, e.Files[i], err
}

// respondents reads the last validated answers of a campaign, those of authorities
// alone: two statements.
func respondents(ctx context.Context, q db.Q, campaign string) ([]Respondent, error) {
	rows, err := q.Query(ctx, `SELECT a.response_id, r.name, a.kind, a.size, a.department, a.seq, a.packed, CASE WHEN k.state = 'given' THEN 1 ELSE 0 END
		FROM answer a JOIN response r ON r.id = a.response_id LEFT JOIN open_consent k ON k.response_id = r.id WHERE r.campaign_id = $1 AND r.counted = $2 ORDER BY a.response_id`, campaign, true)
	return db.Collect(rows, err, func(r *db.Rows) (x Respondent, err error) {
		var consent int64
		err = r.Scan(&x.Response, &x.Name, &x.Kind, &x.Size, &x.Department, &x.Seq, &x.Packed, &consent)
		x.Consent = consent == 1
		return x, err
	})
}

// contents reads who stood in each group of some editions.
func contents(ctx context.Context, q db.Q, editions []OpenEdition) ([]Content, error) {
	var out []Content
	for _, e := range editions {
		rows, err := q.Query(ctx, `SELECT m.response_id, m.grp, m.seq, m.digest FROM open_member m WHERE m.edition_id = $1 ORDER BY m.grp, m.response_id`, e.ID)
		held, err := db.Collect(rows, err, func(r *db.Rows) (h Held, err error) { return h, r.Scan(&h.Response, &h.Group, &h.Seq, &h.Digest) })
		if err != nil {
			return nil, err
		}
		out = append(out, Content{Groups: e.Groups, Held: held})
	}
	return out, nil
}

// Prepared is an edition that would be made now.
type Prepared struct {
	Data    OpenData
	content Content
	former  int64 // number of the last edition that it was held against
	same    bool  // as that edition
}

// Prepare says what the next edition of a campaign would publish, for who may make
// it. It writes nothing.
func (m *OpenRoom) Prepare(ctx context.Context, q db.Q, a policy.Actor, c survey.Campaign) (p Prepared, err error) {
	defer apperr.Wrap(&err, "restitution.Prepare(%s)", c.ID)
	if err := policy.Check(a, policy.Edit, c.Thing()); err != nil {
		return p, err
	}
	departments, err := m.Departments(ctx, c.Region)
	if err != nil {
		return p, err
	}
	editions, err := OpenEditions(ctx, q, c.ID)
	if err != nil {
		return p, err
	}
	former, err := contents(ctx, q, editions)
	if err != nil {
		return p, err
	}
	all, err := respondents(ctx, q, c.ID)
	if err != nil {
		return p, err
	}
	form, err := survey.FormAt(ctx, q, c.Form, c.FormVersion)
	if err != nil {
		return p, err
	}
	slots, err := survey.Slots(ctx, q)
	if err != nil {
		return p, err
	}
	var sizes []string
	for _, s := range survey.Sizes() {
		sizes = append(sizes, s.Code)
	}
	var kept Kept
	p.content, kept = NextEdition(former, all, departments, sizes)
	if len(editions) > 0 {
		p.former = editions[len(editions)-1].Seq
		p.same = p.content.says(former[len(former)-1])
	}
	packed, err := m.packed(ctx, q, editions, all, p.content)
	if err != nil {
		return p, err
	}
	p.Data = OpenData{Form: form, Edition: OpenEdition{Campaign: c.ID, COP: c.COP, Region: c.Region, Cycle: c.Cycle, Seq: p.former + 1, Day: m.Now().UTC().Format(time.DateOnly), Form: c.Form, FormVersion: c.FormVersion,
		Groups: p.content.Groups, Kept: kept}}
	p.Data.count(slots, p.content, packed, editions)
	return p, nil
}

// packed are the answers that an edition counts, by response: the last ones, and
// those of the edition before where a group keeps what it said.
func (m *OpenRoom) packed(ctx context.Context, q db.Q, editions []OpenEdition, all []Respondent, c Content) (map[Held][]byte, error) {
	out := map[Held][]byte{}
	for _, r := range all {
		out[Held{Response: r.Response, Seq: r.Seq}] = r.Packed
	}
	if len(editions) == 0 || !slices.ContainsFunc(c.Held, func(h Held) bool { _, ok := out[Held{Response: h.Response, Seq: h.Seq}]; return !ok }) {
		return out, nil
	}
	rows, err := q.Query(ctx, `SELECT v.response_id, v.seq, v.packed FROM open_member m JOIN response_version v ON v.response_id = m.response_id AND v.seq = m.seq WHERE m.edition_id = $1`, editions[len(editions)-1].ID)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var h Held
		var packed []byte
		err := r.Scan(&h.Response, &h.Seq, &packed)
		out[Held{Response: h.Response, Seq: h.Seq}] = packed
		return struct{}{}, err
	})
	return out, err
}

// Publish makes the next edition. It may be made once the two heads have published
// the restitution. Two at once: the second is told, and nothing of it is kept.
func (m *OpenRoom) Publish(ctx context.Context, q db.Q, a policy.Actor, c survey.Campaign) (e OpenEdition, err error) {
	defer apperr.Wrap(&err, "restitution.Publish(%s)", c.ID)
	if err := policy.Check(a, policy.Edit, c.Thing()); err != nil {
		return e, err
	}
	if c.PublishedOn == "" {
		return e, apperr.Conflictf("La restitution n’est pas encore publiée\u00a0: les deux co-animateurs la publient d’abord. Rien n’a été enregistré.")
	}
	p, err := m.Prepare(ctx, q, a, c)
	if err != nil {
		return e, err
	}
	if len(p.content.Groups) == 0 {
		return e, apperr.Conflictf("Trop peu de collectivités ont répondu\u00a0: aucun groupe n’atteint cinq répondants. Rien n’a été publié.")
	}
	if p.same {
		return e, apperr.Conflictf("Rien n’est assez nouveau\u00a0: dans aucun groupe, cinq collectivités n’ont répondu ou corrigé depuis la dernière édition. Rien n’a été publié.")
	}
	files, err := m.Write(p.Data)
	if err != nil {
		return e, err
	}
	e = p.Data.Edition
	var staged []*blob.Staged
	defer func() {
		for _, s := range staged {
			err = errors.Join(err, s.Close())
		}
	}()
	var manifest bytes.Buffer
	for _, f := range files {
		s, err := blob.Stage(ctx, "", bytes.NewReader(f.Body), blob.Claim{Name: f.Name, Made: true})
		if err != nil {
			return e, err
		}
		staged = append(staged, s)
		f.Size, f.SHA256, f.Body = s.Size, s.SHA256, nil
		e.Files = append(e.Files, f)
		manifest.WriteString(f.SHA256 + "  " + f.Name + "\n")
	}
	sum := sha256.Sum256(manifest.Bytes())
	e.SHA256, e.At = hex.EncodeToString(sum[:]), m.Now().UTC().Truncate(time.Millisecond)
	doc, err := json.Marshal(e)
	if err != nil {
		return e, err
	}
	if e.ID, err = m.IDs.New(); err != nil {
		return e, err
	}
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		// The number is what two editions made at once meet on.
		n, err := db.Insert(ctx, tx, "open_edition", strings.Fields("id campaign_id cop_id region seq day doc sha256 by at"),
			[][]any{{e.ID, e.Campaign, e.COP, e.Region, e.Seq, e.Day, string(doc), e.SHA256, a.Person, e.At.UnixMilli()}}, "ON CONFLICT DO NOTHING")
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un d’autre vient de publier l’édition %d. Rien n’a été enregistré\u00a0: rechargez la page.", e.Seq)
		}
		for i, s := range staged {
			if _, err := s.Store(ctx, tx, m.Now()); err != nil {
				return err
			}
			if _, err := db.Insert(ctx, tx, "open_file", strings.Fields("edition_id path size sha256"), [][]any{{e.ID, e.Files[i].Name, e.Files[i].Size, e.Files[i].SHA256}}, ""); err != nil {
				return err
			}
		}
		var rows [][]any
		for _, h := range p.content.Held {
			rows = append(rows, []any{e.ID, h.Group, h.Response, h.Seq, h.Digest})
		}
		if _, err := db.Insert(ctx, tx, "open_member", strings.Fields("edition_id grp response_id seq digest"), rows, ""); err != nil {
			return err
		}
		if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "publish", Kind: "open_edition", Subject: e.ID, Rev: e.Seq, COP: e.COP}); err != nil {
			return err
		}
		_, err = db.Bump(ctx, tx, survey.Version, m.Now())
		return err
	})
	return e, err
}

// Same reports whether an edition made now would say what the last one says.
func (p Prepared) Same() bool { return p.same }

// says reports whether two editions count the same answers in the same groups.
func (c Content) says(other Content) bool {
	sorted := func(c Content) []Held {
		return slices.SortedFunc(slices.Values(c.Held), func(a, b Held) int {
			return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Response, b.Response))
		})
	}
	return slices.EqualFunc(sorted(c), sorted(other), func(a, b Held) bool { return a.Group == b.Group && a.Response == b.Response && a.Digest == b.Digest })
}

// Number is what an edition is called: «édition 2».
func (e OpenEdition) Number() string { return "édition " + strconv.FormatInt(e.Seq, 10) }
