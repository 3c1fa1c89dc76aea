// Package invitations serves the form by which a team invites many people, the
// preview of a file row by row, and its sending, all or nothing.
package invitations

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/intake"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const (
	nb       = "\u00a0"
	pageSize = 100
	mendable = 200 // rows that come back to the form to be mended there
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Room  *account.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"invitations": d.form, "invitations-stage": d.stage, "invitations-model": d.model, "invitations-run": d.preview,
		"invitations-verdicts": d.verdicts, "invitations-send": d.send}
}

type formView struct {
	Fields []ui.Field
	Error  string
}

func (d Deps) page(r *http.Request, title string, trail ...ui.Link) ui.Page {
	p := d.Shell.Page(r, title, "", append([]ui.Link{{Label: "Mon espace", Href: "/mon-espace"}, {Label: "Invitations", Href: "/invitations"}}, trail...)...)
	p.NoIndex, p.Canonical = true, ""
	return p
}

// scopes are where an actor may invite, as value and name.
func (d Deps) scopes(ctx context.Context, a policy.Actor) (out [][2]string, err error) {
	if policy.Where(a, policy.Create, policy.Invitation).None() {
		return nil, policy.Check(policy.Actor{}, policy.Read, policy.Thing{Kind: policy.Invitation})
	}
	m, err := d.Model(ctx)
	if err != nil {
		return nil, err
	}
	add := func(kind, code, name string) error {
		_, err := d.Room.InviteAt(ctx, d.Room.DB, a, kind, code)
		if err == nil {
			out = append(out, [2]string{kind + ":" + code, name})
		} else if k := apperr.KindOf(err); k != apperr.Forbidden && k != apperr.NotFound {
			return err
		}
		return nil
	}
	if a.Is(policy.NationalAdmin) {
		if err := add("nation", "", "toute la France"); err != nil {
			return nil, err
		}
		for _, x := range m.Tree().Regions() {
			out = append(out, [2]string{"region:" + x.Code, "COP régionale " + x.Name})
		}
		return out, nil
	}
	held, err := account.Roles(ctx, d.Room.DB, a.Person)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, g := range held {
		key := g.ScopeKind + ":" + g.Scope
		if seen[key] {
			continue
		}
		seen[key] = true
		switch g.ScopeKind {
		case "region":
			x, err := m.Tree().Region(g.Scope)
			if err != nil {
				return nil, err
			}
			if err := add(g.ScopeKind, g.Scope, "COP régionale "+x.Name); err != nil {
				return nil, err
			}
		case "department":
			x, err := m.Tree().Dept(g.Scope)
			if err != nil {
				return nil, err
			}
			if err := add(g.ScopeKind, g.Scope, "département, "+x.Name); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (d Deps) form(w http.ResponseWriter, r *http.Request) error {
	text, scope := "", ""
	if id := r.URL.Query().Get("reprendre"); id != "" {
		run, s, err := d.Room.FindRun(r.Context(), d.Room.DB, shell.Actor(r), id)
		if err != nil {
			return err
		}
		lines, err := intake.Verdicts(r.Context(), d.Room.DB, run.ID, "", 0, mendable)
		if err != nil {
			return err
		}
		text, scope = typedAgain(lines), s.Kind+":"+s.Code
	}
	return d.showForm(w, r, http.StatusOK, scope, text, nil)
}

// typedAgain writes rows as they were, to be mended by hand.
func typedAgain(lines []intake.Line) string {
	var b strings.Builder
	b.WriteString(strings.Join(exchange.InvitationColumns(), ";") + "\n")
	for _, l := range lines {
		var in account.Invite
		if json.Unmarshal(l.Data, &in) != nil {
			continue
		}
		for i, cell := range in.Raw {
			if i > 0 {
				b.WriteByte(';')
			}
			if strings.ContainsAny(cell, `;"`) {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			b.WriteString(cell)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (d Deps) showForm(w http.ResponseWriter, r *http.Request, status int, scope, text string, wrong error) error {
	scopes, err := d.scopes(r.Context(), shell.Actor(r))
	if err != nil {
		return err
	}
	where := ui.Field{ID: "scope", Label: "Au nom de", Type: "select", Required: true, Help: "Les rôles d’équipe, d’expertise et de participation s’exercent là\u00a0; ceux de rédaction et de validation, pour l’organisme de la ligne."}
	for _, s := range scopes {
		where.Options = append(where.Options, ui.Option{Value: s[0], Label: s[1], Selected: s[0] == scope})
	}
	v := formView{Fields: []ui.Field{where,
		{ID: "file", Label: "Fichier CSV ou XLSX", Type: "file", Accept: ".csv,.xlsx,text/csv", Help: "Colonnes\u00a0: email, nom, role, organisme, fonction. 25\u00a0Mo et 10\u00a0000 lignes au plus."},
		{ID: "encoding", Label: "Encodage du fichier", Type: "select", Options: []ui.Option{{Label: "UTF-8, ou classeur"}, {Value: string(exchange.Windows1252), Label: "Windows-1252 (ancien Excel)"}}},
		{ID: "lines", Label: "Ou quelques lignes", Type: "textarea", Rows: 8, Value: text, Help: "Une personne par ligne\u00a0: anne.martin@exemple.fr;Anne Martin;validation;67482;maire. L’organisme est un code INSEE de commune, un SIREN, ou le code que sa page montre."},
		{ID: "again", Label: "Déjà envoyé", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "Reprendre ce fichier même s’il a déjà été envoyé", Help: "Ce que les personnes ont déjà n’est pas redonné, et personne n’est prévenu deux fois."}}}}}
	if wrong != nil {
		at := 1
		if text != "" {
			at = 3
		}
		v.Fields[at].Error = apperr.Message(wrong)
	}
	return d.Shell.RenderStatus(w, r, status, d.page(r, "Inviter des personnes"), formPage(v))
}

// stage reads the file or the lines and leads to the preview. What cannot even
// be read leaves one row of the journal and nothing else.
func (d Deps) stage(w http.ResponseWriter, r *http.Request) error {
	a := shell.Actor(r)
	if policy.Where(a, policy.Create, policy.Invitation).None() {
		return policy.Check(policy.Actor{}, policy.Read, policy.Thing{Kind: policy.Invitation})
	}
	err := shell.ReadUpload(r, shell.TooLongATable)
	switch {
	case apperr.KindOf(err) == apperr.TooLarge:
		if jerr := d.Room.RefuseFile(r.Context(), a, account.InviteScope{Kind: "nation"}); jerr != nil {
			return jerr
		}
		return d.showForm(w, r, apperr.Status(err), "", "", err)
	case err != nil:
		return err
	}
	text := strings.ToValidUTF8(strings.ReplaceAll(r.PostForm.Get("lines"), "\x00", ""), "")
	scope := r.PostForm.Get("scope")
	kind, code, _ := strings.Cut(scope, ":")
	s, err := d.Room.InviteAt(r.Context(), d.Room.DB, a, kind, code)
	var run intake.Run
	if err == nil {
		run, err = d.read(r, a, s, text)
		if shell.Beside(err) {
			if jerr := d.Room.RefuseFile(r.Context(), a, s); jerr != nil {
				return jerr
			}
		}
	}
	if shell.Beside(err) {
		return d.showForm(w, r, apperr.Status(err), scope, text, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/invitations/"+run.ID)
}

// read opens the file, or the lines when there is none, and stages each row with
// its verdict.
func (d Deps) read(r *http.Request, a policy.Actor, s account.InviteScope, text string) (run intake.Run, err error) {
	var table *exchange.Table
	name, sum := "lignes saisies", sha256.Sum256([]byte(text))
	file, header, ferr := r.FormFile("file")
	switch {
	case ferr == nil && header.Size > 0:
		defer func() { err = errors.Join(err, file.Close()) }()
		h := sha256.New()
		if _, err := io.Copy(h, file); err != nil {
			return run, err
		}
		copy(sum[:], h.Sum(nil))
		name = header.Filename
		table, err = exchange.ReadTableWith(name, file, exchange.Options{Limits: exchange.InvitationLimits(), Encoding: exchange.Encoding(r.PostForm.Get("encoding"))})
	case strings.TrimSpace(text) == "":
		return run, apperr.Invalidf("Choisissez un fichier, ou écrivez au moins une ligne.")
	default:
		table, err = exchange.TypedInvitations(text)
	}
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	rows, err := exchange.ReadInvitations(table, nil)
	if err != nil {
		return run, err
	}
	f := intake.File{Kind: s.RunKind(), Name: name, SHA256: hex.EncodeToString(sum[:]), By: a.Person, Again: r.PostForm.Get("again") == "1"}
	return d.Room.Intake.Stage(r.Context(), d.Room.DB, f, d.Room.Judge(r.Context(), d.Room.DB, a, s, rows), nil)
}

// model is a file to fill: its headers and one example.
func (d Deps) model(w http.ResponseWriter, r *http.Request) error {
	if policy.Where(shell.Actor(r), policy.Create, policy.Invitation).None() {
		return policy.Check(policy.Actor{}, policy.Read, policy.Thing{Kind: policy.Invitation})
	}
	set := exchange.Dataset{Name: "invitations"}
	var row []exchange.Datum
	for i, c := range exchange.InvitationColumns() {
		set.Fields = append(set.Fields, exchange.Field{Name: c})
		row = append(row, exchange.Text([]string{"anne.martin@exemple.fr", "Anne Martin", "validation", "67482", "maire"}[i]))
	}
	set.Rows = exchange.Slice([][]exchange.Datum{row})
	return sendCSV(w, "invitations-modele", set)
}

func sendCSV(w http.ResponseWriter, name string, set exchange.Dataset) error {
	var body bytes.Buffer
	if _, err := exchange.WriteCSV(&body, set, ','); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	_, err := w.Write(body.Bytes())
	return err
}
