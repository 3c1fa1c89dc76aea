package account

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// MaxInvitations is how many rows one file of invitations may hold: what one
// short transaction applies.
const MaxInvitations = 10_000

// InviteCell is one cell of a file of invitations, with its place.
type InviteCell struct {
	Text   string
	Col    int
	Column string
}

// InviteRow is one row as it was read; Err is what makes it unreadable.
type InviteRow struct {
	Line                          int
	Email, Name, Role, Org, Title InviteCell
	Err                           error
}

// Invite is one row that can be applied, as it is staged. Raw is the row as it
// was written, for whoever mends a refused one.
type Invite struct {
	Line      int         `json:"line"`
	Email     string      `json:"email,omitempty"`
	Name      string      `json:"name,omitempty"`
	Role      policy.Role `json:"role,omitempty"`
	ScopeKind string      `json:"scope_kind,omitempty"`
	Scope     string      `json:"scope,omitempty"`
	Org       string      `json:"org,omitempty"`
	OrgName   string      `json:"org_name,omitempty"`
	Title     string      `json:"title,omitempty"`
	Raw       [5]string   `json:"raw"`
}

// inviteFault refuses a cell, with its place.
type inviteFault struct {
	line   int
	cell   InviteCell
	reason string
}

// Error is the sentence a user reads.
func (f *inviteFault) Error() string { return f.reason }

// Unwrap makes a refused cell an invalid input.
func (f *inviteFault) Unwrap() error { return apperr.Invalidf("%s", f.reason) }

// Verdict gives the place and the reason apart, as intake lists them.
func (f *inviteFault) Verdict() (line, col int, reason string) {
	reason = f.reason
	if f.cell.Column != "" {
		reason = "«\u00a0" + f.cell.Column + "\u00a0»\u00a0: " + reason
	}
	if f.cell.Text != "" {
		reason += " (lu\u00a0: «\u00a0" + f.cell.Text + "\u00a0»)"
	}
	return f.line, f.cell.Col, reason
}

func (r InviteRow) fault(c InviteCell, format string, args ...any) error {
	return &inviteFault{r.Line, c, fmt.Sprintf(format, args...)}
}

// roleWords are the words under which a role may be written in a file, folded.
var roleWords = map[string]policy.Role{
	"redaction": policy.Writer, "redacteur": policy.Writer, "redactrice": policy.Writer, "writer": policy.Writer, "authority writer": policy.Writer,
	"validation": policy.Validator, "validateur": policy.Validator, "validatrice": policy.Validator, "validator": policy.Validator, "authority validator": policy.Validator,
	"equipe": policy.Team, "team": policy.Team, "expert": policy.Expert, "experte": policy.Expert,
	"animateur": policy.Facilitator, "animatrice": policy.Facilitator, "animation": policy.Facilitator, "facilitator": policy.Facilitator,
	"participant": policy.Participant, "participante": policy.Participant,
	"pilote departemental": policy.DepartmentLead, "pilotage departemental": policy.DepartmentLead, "department lead": policy.DepartmentLead,
}

// ParseRole reads a role by its French name, its code, or a word that means
// nothing else.
func ParseRole(text string) (policy.Role, bool) {
	word := french.Fold(text)
	if r, ok := roleWords[word]; ok {
		return r, true
	}
	for _, r := range policy.Roles() {
		if word == french.Fold(r.Name()) || word == french.Fold(string(r)) {
			return r, true
		}
	}
	return "", false
}

// InviteScope is where an inviter invites: the COP of a region, a département,
// the nation. Roles that are not over an organisation hold there.
type InviteScope struct {
	Kind, Code string // nation, region:44, department:67
	Region     string // whose COP invites; empty for the nation
}

const inviteKind = "invitations/"

// RunKind is the kind of the runs of a scope, for intake.
func (s InviteScope) RunKind() string { return inviteKind + s.Kind + ":" + s.Code }

// ScopeOf reads back the scope of a run; it reports false for what is no run of
// invitations.
func (m *Room) ScopeOf(ctx context.Context, run intake.Run) (InviteScope, bool) {
	text, ok := strings.CutPrefix(run.Kind, inviteKind)
	kind, code, cut := strings.Cut(text, ":")
	if !ok || !cut {
		return InviteScope{}, false
	}
	s, err := m.scopeAt(ctx, kind, code)
	return s, err == nil
}

func (m *Room) scopeAt(ctx context.Context, kind, code string) (InviteScope, error) {
	s := InviteScope{Kind: kind, Code: code}
	switch kind {
	case "nation":
		return s, nil
	case "region":
		s.Region = code
		return s, nil
	case "department":
		tree, err := m.Tree(ctx)
		if err != nil {
			return s, err
		}
		d, err := tree.Dept(code)
		s.Region = d.Region
		return s, err
	}
	return s, apperr.Invalidf("Choisissez la COP au nom de laquelle vous invitez.")
}

// InviteAt checks that an actor may invite in a scope.
func (m *Room) InviteAt(ctx context.Context, q db.Q, by policy.Actor, kind, code string) (s InviteScope, err error) {
	defer apperr.Wrap(&err, "account.InviteAt(%s:%s)", kind, code)
	if policy.Where(by, policy.Create, policy.Invitation).None() {
		return s, policy.Check(policy.Actor{}, policy.Read, policy.Thing{Kind: policy.Invitation})
	}
	if s, err = m.scopeAt(ctx, kind, code); err != nil {
		return s, apperr.New(apperr.Invalid, err, "Choisissez la COP au nom de laquelle vous invitez.")
	}
	return s, m.mayInvite(ctx, q, by, s)
}

// mayInvite judges an inviter in a scope.
func (m *Room) mayInvite(ctx context.Context, q db.Q, by policy.Actor, s InviteScope) (err error) {
	t := policy.Thing{Kind: policy.Invitation}
	if s.Kind == "department" {
		t.Department = s.Code
	}
	if s.Region != "" {
		if t.COPs, err = m.COPsOf(ctx, q, s.Region); err != nil {
			return err
		}
	}
	if !policy.Can(by, policy.Create, t) {
		return apperr.New(apperr.Forbidden, nil, "Votre rôle ne permet pas d’inviter au nom de cette COP. Rien n’a été enregistré.")
	}
	return nil
}

// referee judges rows for one inviter, remembering what it looked up.
type referee struct {
	m     *Room
	tree  *territory.Tree
	by    policy.Actor
	scope InviteScope
	cops  map[string][]string
	seen  map[string]int // what the file already gives, by line
	names map[string]string
}

func (m *Room) referee(tree *territory.Tree, by policy.Actor, s InviteScope) *referee {
	return &referee{m: m, tree: tree, by: by, scope: s, cops: map[string][]string{}, seen: map[string]int{}, names: map[string]string{}}
}

func (j *referee) thing(ctx context.Context, q db.Q, o Organisation, kind policy.Kind) (policy.Thing, error) {
	if _, known := j.cops[o.Region]; !known && o.Region != "" {
		cops, err := j.m.COPsOf(ctx, q, o.Region)
		if err != nil {
			return policy.Thing{}, err
		}
		j.cops[o.Region] = cops
	}
	return policy.Thing{Kind: kind, COPs: j.cops[o.Region], Department: o.Department, Org: o.ID}, nil
}

// may says why an inviter may not do what a row asks, "" when they may.
func (j *referee) may(ctx context.Context, q db.Q, in Invite, o Organisation) (why string, err error) {
	if in.Org != "" {
		t, err := j.thing(ctx, q, o, policy.Membership)
		if err != nil {
			return "", err
		}
		if !policy.Can(j.by, policy.Create, t) {
			return "cet organisme n’est pas de votre périmètre", nil
		}
	}
	if in.Role == "" {
		return "", nil
	}
	const above = "votre rôle ne permet pas de donner celui-ci ici"
	if in.ScopeKind == "organisation" {
		t, err := j.thing(ctx, q, o, policy.RoleGrant)
		if err != nil || policy.MayGrant(j.by, policy.Grant{Role: in.Role, Org: o.ID}, t) {
			return "", err
		}
		return above, nil
	}
	key := "may/" + string(in.Role) + "/" + in.ScopeKind + ":" + in.Scope
	if _, known := j.names[key]; !known {
		j.names[key] = ""
		if err := j.m.mayGrant(ctx, q, j.tree, j.by, in.Role, in.ScopeKind, in.Scope); apperr.KindOf(err) == apperr.Forbidden || apperr.KindOf(err) == apperr.Invalid {
			j.names[key] = above
		} else if err != nil {
			return "", err
		}
	}
	return j.names[key], nil
}

const judged = 500

// Judge gives each row its verdict: nothing is written. Rows are looked up by
// 500, so that 5 000 cost a few dozen statements.
func (m *Room) Judge(ctx context.Context, q db.Q, by policy.Actor, s InviteScope, rows iter.Seq2[InviteRow, error]) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		tree, err := m.Tree(ctx)
		if err != nil {
			yield(intake.Row{}, err)
			return
		}
		j := m.referee(tree, by, s)
		held := make([]InviteRow, 0, judged)
		flush := func() bool {
			out, err := j.batch(ctx, q, held)
			held = held[:0]
			if err != nil {
				yield(intake.Row{}, err)
				return false
			}
			for _, r := range out {
				if !yield(r, nil) {
					return false
				}
			}
			return true
		}
		for r, err := range rows {
			if err != nil {
				if flush() {
					yield(intake.Row{}, err)
				}
				return
			}
			if held = append(held, r); len(held) == judged && !flush() {
				return
			}
		}
		flush()
	}
}

func (j *referee) batch(ctx context.Context, q db.Q, rows []InviteRow) ([]intake.Row, error) {
	var codes []string
	for _, r := range rows {
		if r.Err == nil && r.Org.Text != "" {
			codes = append(codes, r.Org.Text)
		}
	}
	orgs, err := resolve(ctx, q, codes)
	if err != nil {
		return nil, err
	}
	out := make([]intake.Row, len(rows))
	for i, r := range rows {
		in, warning, err := j.row(ctx, q, r, orgs)
		in.Raw = [5]string{r.Email.Text, r.Name.Text, r.Role.Text, r.Org.Text, r.Title.Text}
		switch {
		case err != nil && apperr.KindOf(err) != apperr.Invalid:
			return nil, err
		case err != nil:
			out[i] = intake.Refuse(r.Line, err)
			out[i].Data = Invite{Line: r.Line, Raw: in.Raw}
		case warning != "":
			out[i] = intake.Warn(r.Line, in, warning)
		default:
			out[i] = intake.Accept(r.Line, in)
		}
	}
	return out, nil
}

func (j *referee) row(ctx context.Context, q db.Q, r InviteRow, orgs map[string][]Organisation) (in Invite, warning string, err error) {
	if r.Err != nil {
		return in, "", r.Err
	}
	in = Invite{Line: r.Line, Name: r.Name.Text, Title: r.Title.Text}
	if in.Email, err = Address(r.Email.Text); err != nil {
		return in, "", r.fault(r.Email, "ce n’est pas une adresse électronique")
	}
	for _, c := range []InviteCell{r.Name, r.Title} {
		if utf8.RuneCountInString(c.Text) > 200 {
			return in, "", r.fault(c, "200 caractères au plus")
		}
	}
	if r.Role.Text != "" {
		role, known := ParseRole(r.Role.Text)
		if !known {
			return in, "", r.fault(r.Role, "rôle inconnu\u00a0: rédaction, validation, équipe, expert, animation, participant ou pilotage départemental sont attendus")
		}
		in.Role, in.ScopeKind, in.Scope = role, j.scope.Kind, j.scope.Code
	}
	var o Organisation
	if r.Org.Text != "" {
		if o, err = only(r, orgs[r.Org.Text]); err != nil {
			return in, "", err
		}
		in.Org, in.OrgName = o.ID, o.Name
	}
	switch over := in.Role == policy.Writer || in.Role == policy.Validator; {
	case in.Role == "" && in.Org == "":
		return in, "", r.fault(r.Role, "ni rôle ni organisme\u00a0: écrivez au moins l’un des deux")
	case over && in.Org == "":
		return in, "", r.fault(r.Org, "ce rôle s’exerce pour une collectivité ou un organisme\u00a0: écrivez son code ou son SIREN")
	case over:
		in.ScopeKind, in.Scope = "organisation", in.Org
	}
	why, err := j.may(ctx, q, in, o)
	if err != nil {
		return in, "", err
	}
	if why != "" {
		cell := r.Role
		if in.Role == "" || strings.HasPrefix(why, "cet organisme") {
			cell = r.Org
		}
		return in, "", r.fault(cell, "%s", why)
	}
	return in, j.twice(in), nil
}

// twice tells what the file already says of the same person.
func (j *referee) twice(in Invite) string {
	key := in.Email + "|" + string(in.Role) + "|" + in.ScopeKind + ":" + in.Scope + "|" + in.Org
	if line, known := j.seen[key]; known {
		return fmt.Sprintf("déjà à la ligne\u00a0%d\u00a0: cette ligne n’ajoute rien", line)
	}
	j.seen[key] = in.Line
	if name, known := j.names[in.Email]; known && in.Name != "" && name != in.Name {
		return "le nom diffère d’une autre ligne pour la même adresse\u00a0: le premier est gardé"
	} else if !known && in.Name != "" {
		j.names[in.Email] = in.Name
	}
	return ""
}

func only(r InviteRow, found []Organisation) (Organisation, error) {
	active := slices.DeleteFunc(slices.Clone(found), func(o Organisation) bool { return o.State != OrgActive })
	switch {
	case len(active) == 1:
		return active[0], nil
	case len(active) > 1:
		return Organisation{}, r.fault(r.Org, "plusieurs organismes ont ce code (%s, %s)\u00a0: écrivez le code complet de celui que vous voulez, tel que sa page le montre", active[0].ID, active[1].ID)
	case len(found) > 0:
		return Organisation{}, r.fault(r.Org, "cet organisme n’existe plus (%s)", found[0].Name)
	case len(r.Org.Text) <= 3:
		return Organisation{}, r.fault(r.Org, "code trop court pour ne désigner qu’un organisme\u00a0: écrivez par exemple region-44 ou departement-67")
	}
	return Organisation{}, r.fault(r.Org, "aucun organisme n’a ce code\u00a0: un SIREN, un code INSEE de commune ou un code de Jalon (region-44, commune-67482) est attendu")
}

// resolve finds the organisations that codes designate: their own code, a
// SIREN, an INSEE code of commune, a territory.
func resolve(ctx context.Context, q db.Q, codes []string) (map[string][]Organisation, error) {
	slices.Sort(codes)
	codes = slices.Compact(codes)
	out := make(map[string][]Organisation, len(codes))
	if len(codes) == 0 {
		return out, nil
	}
	asked := map[string][]string{} // what is looked for → the codes as written
	var ids, sirens, lands []string
	ask := func(list *[]string, mark, key, text string) {
		*list = append(*list, key)
		asked[mark+key] = append(asked[mark+key], text)
	}
	for _, text := range codes {
		bare := strings.ReplaceAll(strings.ReplaceAll(text, " ", ""), "\u00a0", "")
		switch {
		case french.ValidSIREN(bare):
			ask(&sirens, "s", bare, text)
		case len(bare) == 5:
			ask(&ids, "i", "commune-"+strings.ToUpper(bare), text)
		case strings.Contains(text, ":"):
			ask(&lands, "t", text, text)
		default:
			ask(&ids, "i", text, text)
		}
	}
	b := &binder{}
	var any []string
	for _, s := range []struct {
		column string
		values []string
	}{{"o.id", ids}, {"o.siren", sirens}, {"o.territory", lands}} {
		if len(s.values) > 0 {
			any = append(any, s.column+" IN "+b.in(s.values))
		}
	}
	rows, err := q.Query(ctx, `SELECT `+orgColumns+` FROM organisation o WHERE `+strings.Join(any, " OR ")+` ORDER BY o.id`, b.args...)
	found, err := db.Collect(rows, err, func(r *db.Rows) (Organisation, error) { return scanOrg(r) })
	if err != nil {
		return nil, err
	}
	for _, o := range found {
		for _, key := range []string{"i" + o.ID, "s" + o.SIREN, "t" + o.Territory} {
			for _, text := range asked[key] {
				out[text] = append(out[text], o)
			}
		}
	}
	return out, nil
}
