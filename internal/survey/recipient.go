package survey

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/territory"
)

// populations gives the inhabitants of an authority, -1 when they are unknown. It
// reads the tree and nothing else, so that it may be asked within a transaction.
func (m *Room) populations(ctx context.Context) (func(authority string) int64, error) {
	tree, err := m.Tree(ctx)
	if err != nil {
		return nil, err
	}
	all, err := tree.Authorities()
	if err != nil {
		return nil, err
	}
	communes := tree.Communes()
	return func(code string) int64 {
		a, err := all.Find(code)
		if err != nil {
			return -1
		}
		at, err := all.CommunesOf(a)
		if err != nil || len(at) == 0 {
			return -1
		}
		total := int64(0)
		for _, i := range at {
			if communes[i].Population < 0 {
				return -1
			}
			total += communes[i].Population
		}
		return total
	}, nil
}

// Brought is what bringing recipients up to the territories in force changed.
type Brought struct {
	Added   int // new authorities
	Changed int // another name, kind, size
	Removed int // gone, and never written to
	Kept    int // gone, and kept with what they said, out of the rate
}

// None reports whether nothing changed.
func (b Brought) None() bool { return b == Brought{} }

// recipient is an authority as its row of response holds it.
type recipient struct {
	authority, department, kind, size, capacities, name, sortKey string
	metropole                                                    bool
}

// heldRecipient is what is there already of an authority.
type heldRecipient struct {
	recipient
	id, state, origin string
	region            string // where its organisation is now
	active, counted   bool
}

// bring makes the recipients of a campaign those that the territories in force
// have, within its transaction: what is new is added, what changed is mended, what
// is gone is removed when nobody wrote to it, and kept with its reason otherwise.
// Those that the team added stay.
func (m *Room) bring(ctx context.Context, tx db.Q, c Campaign, people func(string) int64) (out Brought, err error) {
	wanted, err := authoritiesOf(ctx, tx, c, people)
	if err != nil {
		return out, err
	}
	held, err := heldOf(ctx, tx, c.ID)
	if err != nil {
		return out, err
	}
	var fresh [][]any
	for _, w := range wanted {
		h, known := held[w.authority]
		delete(held, w.authority)
		switch {
		case !known:
			id, err := m.IDs.New()
			if err != nil {
				return out, err
			}
			fresh = append(fresh, responseValues(id, c, w, true))
		case h.recipient != w || !h.counted:
			out.Changed++
			if _, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1, department = $2, kind = $3, size = $4, capacities = $5, metropole = $6, name = $7, sort_key = $8, counted = TRUE,
				reason = CASE WHEN counted THEN reason ELSE '' END WHERE id = $1`, h.id, w.department, w.kind, w.size, w.capacities, w.metropole, w.name, w.sortKey); err != nil {
				return out, err
			}
			// What it answered counts where it counts: left behind, it would be an answer of a
			// group that invited nobody.
			if _, err := tx.Exec(ctx, `UPDATE answer SET department = $2, kind = $3, size = $4 WHERE response_id = $1`, h.id, w.department, w.kind, w.size); err != nil {
				return out, err
			}
		}
	}
	out.Added = len(fresh)
	if _, err := db.Insert(ctx, tx, "response", responseWritten, fresh, ""); err != nil {
		return out, err
	}
	return out, dropGone(ctx, tx, c, held, &out)
}

// dropGone settles the recipients that are no authority of the region any more.
func dropGone(ctx context.Context, tx db.Q, c Campaign, held map[string]heldRecipient, out *Brought) error {
	var gone []string
	for _, h := range held {
		left := h.region != c.Region || !h.active
		switch {
		case h.origin == "team":
		case h.state == string(Listed):
			gone = append(gone, h.id)
		case !left || !h.counted: // communes that are not invited any more: who was answers still
		default:
			out.Kept++
			why := "Cette collectivité n’existe plus dans le découpage en vigueur (fusion, dissolution)\u00a0: ce qu’elle a écrit est conservé, hors du taux. Celle qui lui succède répond pour elle-même."
			if h.active {
				why = "Le siège de cette collectivité est passé dans une autre région\u00a0: ce qu’elle a écrit ici est conservé, hors du taux."
			}
			if _, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1, counted = FALSE, silent = TRUE, reason = $2 WHERE id = $1`, h.id, why); err != nil {
				return err
			}
		}
	}
	slices.Sort(gone)
	out.Removed = len(gone)
	for part := range slices.Chunk(gone, 500) {
		var b binder
		in := b.in(part)
		for _, text := range []string{`DELETE FROM response_contact WHERE response_id IN `, `DELETE FROM response_seat WHERE response_id IN `, `DELETE FROM response WHERE id IN `} {
			if _, err := tx.Exec(ctx, text+in, b.args...); err != nil {
				return err
			}
		}
	}
	return nil
}

var responseWritten = strings.Fields(`id rev campaign_id authority cop_id region department kind size capacities metropole counted name sort_key state
	form_version seq rows_asked rows_rated prefilled answered silent reminders reason`)

func responseValues(id string, c Campaign, w recipient, counted bool) []any {
	return []any{id, 1, c.ID, w.authority, c.COP, c.Region, w.department, w.kind, w.size, w.capacities, w.metropole, counted, w.name, w.sortKey, string(Listed),
		c.FormVersion, 0, 0, 0, 0, 0, false, 0, ""}
}

// authoritiesOf lists the authorities whose seat is in the region of a campaign;
// communes only when they are invited, unless they are something else too.
func authoritiesOf(ctx context.Context, q db.Q, c Campaign, people func(string) int64) ([]recipient, error) {
	rows, err := q.Query(ctx, `SELECT o.id, o.name, o.sort_key, o.kind, o.capacities, o.department FROM organisation o
		 WHERE o.region = $1 AND o.origin = 'tree' AND o.state = 'active' ORDER BY o.id`, c.Region)
	list, err := db.Collect(rows, err, func(r *db.Rows) (w recipient, err error) {
		var orgKind, capacities string
		err = r.Scan(&w.authority, &w.name, &w.sortKey, &orgKind, &capacities, &w.department)
		each := strings.Split(capacities, "|")
		w.capacities, w.metropole, w.kind = strings.Join(each, " "), orgKind == "metropole", string(questionnaire.KindOf(each))
		return w, err
	})
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(w recipient) bool { return !c.Communes && w.capacities == string(territory.AsCommune) })
	for i := range list {
		if n := people(list[i].authority); n >= 0 {
			list[i].size = SizeOf(n)
		}
	}
	return list, nil
}

func heldOf(ctx context.Context, q db.Q, campaign string) (map[string]heldRecipient, error) {
	rows, err := q.Query(ctx, `SELECT r.id, r.state, r.counted, r.authority, r.department, r.kind, r.size, r.capacities, r.name, r.sort_key, r.metropole,
		       COALESCE(o.origin, ''), COALESCE(o.region, ''), COALESCE(o.state, '') FROM response r LEFT JOIN organisation o ON o.id = r.authority WHERE r.campaign_id = $1`, campaign)
	out := map[string]heldRecipient{}
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var h heldRecipient
		var state string
		err := r.Scan(&h.id, &h.state, &h.counted, &h.authority, &h.department, &h.kind, &h.size, &h.capacities, &h.name, &h.sortKey, &h.metropole, &h.origin, &h.region, &state)
		h.active = state == "active"
		out[h.authority] = h
		return struct{}{}, err
	})
	return out, err
}

// Refresh brings the recipients up to the territories in force.
func (m *Room) Refresh(ctx context.Context, a policy.Actor, id string) (out Brought, err error) {
	defer apperr.Wrap(&err, "survey.Refresh(%s)", id)
	if err := m.mayCampaign(ctx, a, policy.Edit, id); err != nil {
		return out, err
	}
	return m.refresh(ctx, a.Person, id)
}

// errNothing undoes a refresh that changed nothing: no version is kept of it.
var errNothing = apperr.Conflictf("Rien n’a changé.")

func (m *Room) refresh(ctx context.Context, by, id string) (out Brought, err error) {
	people, err := m.populations(ctx)
	if err != nil {
		return out, err
	}
	err = m.changing(ctx, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE campaign SET rev = rev + 1 WHERE id = $1`, id); err != nil {
			return err
		}
		c, err := FindCampaign(ctx, tx, id)
		if err != nil {
			return err
		}
		if out, err = m.bring(ctx, tx, c, people); err != nil {
			return err
		}
		if out.None() {
			return errNothing
		}
		if err := m.inviteLater(ctx, tx, c); err != nil {
			return err
		}
		return m.keepCampaign(ctx, tx, by, "refresh", "destinataires remis au découpage en vigueur", c)
	})
	if err == errNothing { //nolint:errorlint // our own value, never wrapped
		err = nil
	}
	return out, err
}

// AddOutside invites an organisation of the region that is no authority of the
// tree: a PETR, a pays, a PNR, a syndicat. It answers, and is out of the rate.
func (m *Room) AddOutside(ctx context.Context, a policy.Actor, id, org, reason string) (r Response, err error) {
	defer apperr.Wrap(&err, "survey.AddOutside(%s, %s)", id, org)
	if err := m.mayCampaign(ctx, a, policy.Edit, id); err != nil {
		return r, err
	}
	if reason = strings.TrimSpace(reason); utf8.RuneCountInString(reason) > 500 {
		return r, &Fault{"reason", "Dites la raison en 500 caractères au plus."}
	}
	err = m.changing(ctx, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE campaign SET rev = rev WHERE id = $1`, id); err != nil {
			return err
		}
		c, err := FindCampaign(ctx, tx, id)
		if err != nil {
			return err
		}
		var w recipient
		var region, origin, state string
		err = tx.QueryRow(ctx, `SELECT o.id, o.name, o.sort_key, o.department, o.region, o.origin, o.state FROM organisation o WHERE o.id = $1`, strings.TrimSpace(org)).
			Scan(&w.authority, &w.name, &w.sortKey, &w.department, &region, &origin, &state)
		if err = db.OrNotFound(err, "org"); apperr.KindOf(err) == apperr.NotFound {
			return &Fault{"organisation", "Cet organisme n’existe pas. Créez-le d’abord dans la liste des organismes, puis recopiez son code."}
		}
		switch {
		case err != nil:
			return err
		case state != "active":
			return &Fault{"organisation", "Cet organisme n’existe plus."}
		case origin == "tree":
			return &Fault{"organisation", w.name + " est une collectivité\u00a0: elle est destinataire là où est son siège, sans qu’on l’ajoute."}
		case region != c.Region:
			return &Fault{"organisation", w.name + " n’a pas son siège dans cette région\u00a0: la COP de son siège l’invite."}
		case c.State == CampaignClosed:
			return apperr.Conflictf("La campagne est close\u00a0: rouvrez-la avant d’ajouter un destinataire. Rien n’a été enregistré.")
		}
		w.kind = string(questionnaire.KindOf(nil))
		rid, err := m.IDs.New()
		if err != nil {
			return err
		}
		n, err := db.Insert(ctx, tx, "response", responseWritten, [][]any{responseValues(rid, c, w, false)}, "ON CONFLICT (campaign_id, authority) DO NOTHING")
		if err != nil {
			return err
		}
		if r, err = ResponseOf(ctx, tx, id, w.authority); err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("%s est déjà destinataire de cette campagne. Rien n’a été changé.", w.name)
		}
		if reason != "" {
			if _, err := tx.Exec(ctx, `UPDATE response SET reason = $2 WHERE id = $1`, r.ID, reason); err != nil {
				return err
			}
		}
		return m.told(ctx, tx, a.Person, "add", r)
	})
	return r, err
}

// told writes a row of the journal about a response.
func (m *Room) told(ctx context.Context, tx db.Q, by, verb string, r Response) error {
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: verb, Kind: "response", Subject: r.ID, Rev: r.Rev, COP: r.COP})
	return err
}

// Elsewhere is an authority that decides in this region too and answers where its
// seat is.
type Elsewhere struct {
	Response string
	Name     string
	Region   string // of its seat, where it counts
	State    State
}

// AnsweringElsewhere lists the authorities that touch a region and answer in
// another, with where they stand there.
func AnsweringElsewhere(ctx context.Context, q db.Q, c Campaign) ([]Elsewhere, error) {
	rows, err := q.Query(ctx, `SELECT COALESCE(r.id, ''), o.name, o.region, COALESCE(r.state, '') FROM organisation_reach x JOIN organisation o ON o.id = x.organisation AND o.state = 'active'
		  LEFT JOIN campaign k ON k.region = o.region AND k.cycle = $2 LEFT JOIN response r ON r.campaign_id = k.id AND r.authority = o.id
		 WHERE x.scale = 'region' AND x.code = $1 ORDER BY o.sort_key, o.id LIMIT 200`, c.Region, c.Cycle)
	return db.Collect(rows, err, func(r *db.Rows) (e Elsewhere, err error) {
		err = r.Scan(&e.Response, &e.Name, &e.Region, &e.State)
		return e, err
	})
}
