package group

import (
	"context"
	"slices"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

const memberColumns = `x.id, x.rev, x.cop_id, x.group_id, x.account, x.email, x.name, x.org, x.org_name, x.college, x.title, x.seat, x.department, x.shown, x.from_day, x.until_day, x.at`

func scanMember(r interface{ Scan(...any) error }) (x Member, err error) {
	var at int64
	err = r.Scan(&x.ID, &x.Rev, &x.COP, &x.Group, &x.Account, &x.Email, &x.Name, &x.Org, &x.OrgName, &x.College, &x.Title, &x.Seat, &x.Department, &x.Shown, &x.From, &x.Until, &at)
	x.At = time.UnixMilli(at).UTC()
	return x, err
}

// Members lists who sits, or sat, in a group, by organisation then by name.
func Members(ctx context.Context, q db.Q, groupID string) (_ []Member, err error) {
	defer apperr.Wrap(&err, "group.Members(%s)", groupID)
	rows, err := q.Query(ctx, `SELECT `+memberColumns+` FROM working_group_member x WHERE x.group_id = $1 ORDER BY x.org_name, x.name, x.id`, groupID)
	return db.Collect(rows, err, func(r *db.Rows) (Member, error) { return scanMember(r) })
}

// MembersOf lists who sits in the groups of a COP on a day: their invitations and
// their balance are read from it.
func MembersOf(ctx context.Context, q db.Q, copID, day string) (_ []Member, err error) {
	defer apperr.Wrap(&err, "group.MembersOf(%s)", copID)
	rows, err := q.Query(ctx, `SELECT `+memberColumns+` FROM working_group_member x JOIN working_group g ON g.id = x.group_id AND g.state = 'active'
		WHERE x.cop_id = $1 AND (x.from_day = '' OR x.from_day <= $2) AND (x.until_day = '' OR x.until_day >= $2) ORDER BY x.group_id, x.id`, copID, day)
	return db.Collect(rows, err, func(r *db.Rows) (Member, error) { return scanMember(r) })
}

// tidy cleans what was typed of a member, and refuses what one may not be.
func (x *Member) tidy() (err error) {
	x.Name, x.OrgName, x.Title = debate.Line(x.Name), debate.Line(x.OrgName), debate.Line(x.Title)
	for _, t := range []struct {
		field, what, text string
		most              int
	}{{"name", "le nom", x.Name, 100}, {"organisme", "l’organisme", x.OrgName, 200}, {"title", "la fonction", x.Title, 150}} {
		if err := debate.Long(t.what, t.text, t.most); err != nil {
			return &Fault{t.field, err}
		}
	}
	switch {
	case x.Name == "" && x.OrgName == "" && x.Email == "":
		return fault("organisme", "Nommez un organisme, une personne, ou les deux.")
	case x.Name == "" && x.OrgName == "":
		return fault("name", "Donnez le nom de la personne, ou l’organisme qu’elle représente.")
	case x.College.Name() == "":
		return fault("college", "Choisissez le collège dans la liste\u00a0: l’organisme ne le dit pas.")
	case x.Seat != Holder && x.Seat != Substitute:
		return fault("seat", "Choisissez titulaire ou suppléant.")
	}
	if x.Email != "" {
		if x.Email, err = account.Address(x.Email); err != nil {
			return &Fault{"email", err}
		}
	}
	for _, d := range [][2]string{{"from", x.From}, {"until", x.Until}} {
		if d[1] == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, d[1]); err != nil {
			return fault(d[0], "Écrivez la date comme 2026-06-30, ou laissez ce champ vide.")
		}
	}
	if x.From != "" && x.Until != "" && x.Until < x.From {
		return fault("until", "Cette date de fin vient avant la date d’arrivée.")
	}
	return nil
}

// Located fills what the organisation that somebody named says: its id, its college
// and its département, when they were not given. More than one of that name is an
// error that lists them.
func (m *Room) Located(ctx context.Context, q db.Q, region string, x Member) (Member, error) {
	asked := x.Org
	if asked == "" {
		asked = x.OrgName
	}
	found, err := account.NamedLike(ctx, q, region, asked)
	if err != nil {
		return x, err
	}
	if x.Org == "" && len(found) > 1 {
		var list []string
		for _, o := range found {
			list = append(list, o.ID+" ("+o.Kind.Name()+", "+o.Department+")")
		}
		return x, fault("organisme", "Plusieurs organismes portent ce nom. Écrivez plutôt l’un de ces codes\u00a0: %s.", strings.Join(list, ", "))
	}
	if len(found) == 1 {
		o := found[0]
		x.Org, x.OrgName = o.ID, o.Name
		if x.College == "" {
			x.College = debate.CollegeOf(o.Kind)
		}
		if x.Department == "" {
			x.Department = o.Department
		}
	} else {
		x.Org = "" // only typed
	}
	if x.OrgName == "" && x.College == "" {
		x.College = debate.Citizens
	}
	return x, nil
}

// AddMembers seats people in groups, all of them or none: one that may not, and nobody
// is. It says which one by its place in the list.
func (m *Room) AddMembers(ctx context.Context, a policy.Actor, list []Member) (err error) {
	defer apperr.Wrap(&err, "group.AddMembers(%d)", len(list))
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		groups := map[string]Group{}
		var rows [][]any
		for i := range list {
			x := &list[i]
			if _, ok := groups[x.Group]; !ok {
				g, c, err := Works(ctx, tx, a, x.Group)
				if err != nil {
					return err
				}
				if err := policy.Check(a, policy.Edit, g.desk(c)); err != nil {
					return err
				}
				if g.State != Active {
					return apperr.Invalidf("Le groupe «\u00a0%s\u00a0» est clos\u00a0: personne n’y entre plus.", g.Name)
				}
				groups[x.Group] = g
			}
			x.COP = groups[x.Group].COP
			if err := x.tidy(); err != nil {
				return err
			}
			var err error
			if x.ID, err = m.IDs.New(); err != nil {
				return err
			}
			x.Rev, x.At = 1, m.Now()
			if x.Email != "" {
				if who, err := account.FindByEmail(ctx, tx, x.Email); err == nil {
					x.Account = who.ID
				} else if apperr.KindOf(err) != apperr.NotFound {
					return err
				}
			}
			rows = append(rows, []any{x.ID, x.Rev, x.COP, x.Group, x.Account, x.Email, x.Name, x.Org, x.OrgName, string(x.College), x.Title, x.Seat, x.Department, x.Shown, x.From, x.Until, x.At.UnixMilli()})
		}
		n, err := db.Insert(ctx, tx, "working_group_member", strings.Fields(`id rev cop_id group_id account email name org org_name college title seat department shown from_day until_day at`), rows, "ON CONFLICT DO NOTHING")
		if err == nil && n != int64(len(rows)) {
			err = fault("email", "Une de ces adresses siège déjà dans ce groupe. Rien n’a été enregistré.")
		}
		if err != nil {
			return err
		}
		for _, x := range list {
			if err := m.record(ctx, tx, a, "seat", "group_member", x.ID, x.Rev, x.COP); err != nil {
				return err
			}
		}
		return nil
	})
}

// FindMember returns a member by their id.
func FindMember(ctx context.Context, q db.Q, id string) (Member, error) {
	x, err := scanMember(q.QueryRow(ctx, `SELECT `+memberColumns+` FROM working_group_member x WHERE x.id = $1`, id))
	return x, db.OrNotFound(err, "Ce membre n’existe pas dans ce groupe.")
}

// SaveMember changes a member that was read at revision in.Rev: what they were before
// stays in nobody's history but that of the group, as a change with its author.
func (m *Room) SaveMember(ctx context.Context, a policy.Actor, in Member) (x Member, err error) {
	return m.changeMember(ctx, a, in.ID, in.Rev, "edit", func(x *Member) error {
		was := *x
		*x = in
		x.COP, x.Group, x.At, x.Account = was.COP, was.Group, was.At, was.Account
		if x.Email != was.Email {
			x.Account = ""
		}
		return x.tidy()
	})
}

// Leave ends the seat of a member on a day.
func (m *Room) Leave(ctx context.Context, a policy.Actor, id string, rev int64, day string) (Member, error) {
	return m.changeMember(ctx, a, id, rev, "leave", func(x *Member) error {
		if x.Until = day; day == "" {
			return fault("until", "Dites quel jour cette personne quitte le groupe.")
		}
		return x.tidy()
	})
}

// Forget takes out of a group what tells who a person is, when they ask: the seat and
// its organisation stay in the counts.
func (m *Room) Forget(ctx context.Context, a policy.Actor, id string, rev int64) (Member, error) {
	return m.changeMember(ctx, a, id, rev, "forget", func(x *Member) error {
		x.Name, x.Email, x.Account, x.Title, x.Shown = account.ErasedName, "", "", "", false
		return nil
	})
}

func (m *Room) changeMember(ctx context.Context, a policy.Actor, id string, rev int64, verb string, do func(*Member) error) (x Member, err error) {
	defer apperr.Wrap(&err, "group.%s member(%s)", verb, id)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE working_group_member SET rev = rev + 1 WHERE id = $1 AND rev = $2`, id, rev)
		if err != nil {
			return err
		}
		if x, err = FindMember(ctx, tx, id); err != nil {
			return err
		}
		g, c, err := Works(ctx, tx, a, x.Group)
		if err != nil {
			return err
		}
		if err := policy.Check(a, policy.Edit, g.desk(c)); err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un d’autre a modifié ce membre pendant votre saisie. Rien n’a été enregistré\u00a0: relisez sa ligne ci-dessous, puis recommencez.")
		}
		now := x.Rev
		if err := do(&x); err != nil {
			return err
		}
		var same int64
		if x.Rev = now; x.Email != "" && x.Until == "" {
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM working_group_member WHERE group_id = $1 AND email = $2 AND until_day = '' AND id <> $3`, x.Group, x.Email, x.ID).Scan(&same); err != nil {
				return err
			}
		}
		if same > 0 {
			return fault("email", "Cette adresse siège déjà dans ce groupe. Rien n’a été enregistré.")
		}
		if _, err := tx.Exec(ctx, `UPDATE working_group_member SET account = $2, email = $3, name = $4, org = $5, org_name = $6, college = $7, title = $8, seat = $9, department = $10, shown = $11, from_day = $12, until_day = $13 WHERE id = $1`,
			x.ID, x.Account, x.Email, x.Name, x.Org, x.OrgName, string(x.College), x.Title, x.Seat, x.Department, x.Shown, x.From, x.Until); err != nil {
			return err
		}
		return m.record(ctx, tx, a, verb, "group_member", x.ID, x.Rev, x.COP)
	})
	return x, err
}

// Erase empties what groups hold of an account that is erased.
func (m *Room) Erase(ctx context.Context, tx db.Q, id string) error {
	return m.empty(ctx, tx, "account", id)
}

// EraseAddress is Erase for the seats that were given to an address alone.
func (m *Room) EraseAddress(ctx context.Context, tx db.Q, email string) error {
	return m.empty(ctx, tx, "email", email)
}

func (m *Room) empty(ctx context.Context, tx db.Q, column, value string) (err error) {
	defer apperr.Wrap(&err, "group.Erase")
	if value == "" {
		return nil
	}
	n, err := tx.Exec(ctx, `UPDATE working_group_member SET rev = rev + 1, name = $2, email = '', account = '', title = '', shown = FALSE WHERE `+column+` = $1`, value, account.ErasedName)
	if err == nil && n > 0 {
		_, err = db.Bump(ctx, tx, Version, m.Now())
	}
	return err
}

// Share is a part of those who sit: a college, a département.
type Share struct {
	Code, Name string
	Members    int
}

// Balance is who sits in one or more groups, by college and by département. Substitutes
// sit with the one whom they replace, and are not counted.
type Balance struct {
	Members     int
	Colleges    []Share // each of them, those that have nobody too
	Departments []Share // each of those that the groups are about
	Elsewhere   int     // of a département that is not one of them
	Unknown     int     // whose département nobody said, which is not zero anywhere
	Substitutes int
}

// BalanceOf counts members on a day, over the départements given as code and name.
func BalanceOf(members []Member, day string, departments [][2]string) Balance {
	var b Balance
	for _, c := range debate.Colleges() {
		b.Colleges = append(b.Colleges, Share{Code: string(c), Name: c.Name()})
	}
	for _, d := range departments {
		b.Departments = append(b.Departments, Share{Code: d[0], Name: d[1]})
	}
	for _, x := range members {
		if !x.Sits(day) {
			continue
		}
		if x.Seat == Substitute {
			b.Substitutes++
			continue
		}
		b.Members++
		if i := slices.IndexFunc(b.Colleges, func(s Share) bool { return s.Code == string(x.College) }); i >= 0 {
			b.Colleges[i].Members++
		}
		switch i := slices.IndexFunc(b.Departments, func(s Share) bool { return s.Code == x.Department }); {
		case x.Department == "":
			b.Unknown++
		case i < 0:
			b.Elsewhere++
		default:
			b.Departments[i].Members++
		}
	}
	return b
}

// Nobody lists the names of the shares that have nobody.
func Nobody(list []Share) []string {
	var out []string
	for _, s := range list {
		if s.Members == 0 {
			out = append(out, s.Name)
		}
	}
	return out
}

// Today is the day in the COP of a group.
func (m *Room) Today(c cop.COP) string { return c.DayAt(m.Now()) }
