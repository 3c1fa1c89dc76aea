// Package campaigns serves the sending of the questionnaire: the team's page where
// it follows who answers and reminds the others, the pages of one authority, of
// contacts and of letters, and the response rates that anyone reads.
package campaigns

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *survey.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"campaign-public": d.public, "campaign-nation": d.nation, "campaign-nation-csv": d.nationCSV, "campaign-stop": d.stop, "campaign-stop-now": d.stopNow,
		"campaign-desk": d.desk, "campaign-live": d.live, "campaign-csv": d.csv, "campaign-settings": d.settings, "campaign-save": d.save, "campaign-turn": d.turn,
		"campaign-recipients": d.recipients, "campaign-remind": d.remind, "campaign-letters": d.letters, "campaign-one": d.one, "campaign-one-change": d.change,
		"campaign-contacts": d.contacts, "campaign-contacts-stage": d.stage, "campaign-contacts-model": d.model, "campaign-contacts-run": d.run,
		"campaign-contacts-verdicts": d.verdicts, "campaign-contacts-apply": d.apply,
	}
}

const nb = french.NoBreak

// place is the region of an address, its COP and its campaign, when it has one.
type place struct {
	territory.Region
	tree     *territory.Tree
	cop      cop.COP
	campaign survey.Campaign
	has      bool
}

func (x place) page() string { return "/regions/" + x.Slug }
func (x place) base() string { return x.page() + "/bureau/questionnaire" }

// seen is the region of a public page.
func (d Deps) seen(r *http.Request) (x place, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	x.tree = m.Tree()
	if x.Region, err = x.tree.RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	if x.cop, err = cop.OfRegion(r.Context(), d.Q, x.Code); err != nil {
		return x, err
	}
	x.campaign, err = survey.CampaignOf(r.Context(), d.Q, x.cop.ID)
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return x, nil
	}
	x.has = err == nil
	return x, err
}

var errUnknown = apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")

// followed is the region of a page of those who follow its campaign: over the
// region, or one of its départements. Nobody else knows the page.
func (d Deps) followed(r *http.Request) (place, error) {
	x, err := d.seen(r)
	if err != nil {
		return x, err
	}
	a := shell.Actor(r)
	if policy.Can(a, policy.Read, policy.Thing{Kind: policy.Campaign, COPs: []string{x.cop.ID}}) {
		return x, nil
	}
	for _, dept := range x.tree.Departments() {
		if dept.Region == x.Code && policy.Can(a, policy.Read, policy.Thing{Kind: policy.Campaign, Department: dept.Code}) {
			return x, nil
		}
	}
	return x, errUnknown
}

// running is followed, for pages that are about a campaign that is there.
func (d Deps) running(r *http.Request) (place, error) {
	x, err := d.followed(r)
	if err == nil && !x.has {
		err = apperr.NotFoundf("Cette COP n’a pas encore de campagne de questionnaire. Préparez-la d’abord depuis le bureau.")
	}
	return x, err
}

// led is for those who may change the campaign.
func (d Deps) led(r *http.Request) (place, error) {
	x, err := d.followed(r)
	if err != nil {
		return x, err
	}
	return x, policy.Check(shell.Actor(r), policy.Edit, policy.Thing{Kind: policy.Campaign, COPs: []string{x.cop.ID}})
}

// ledRunning is led, of a campaign that is there.
func (d Deps) ledRunning(r *http.Request) (place, error) {
	x, err := d.led(r)
	if err == nil && !x.has {
		err = apperr.NotFoundf("Cette COP n’a pas encore de campagne de questionnaire. Préparez-la d’abord depuis le bureau.")
	}
	return x, err
}

func (x place) mayEdit(a policy.Actor) bool {
	return policy.Can(a, policy.Edit, policy.Thing{Kind: policy.Campaign, COPs: []string{x.cop.ID}})
}

// tabs are the pages of the campaign that the reader may open.
func (x place) tabs(r *http.Request, here string) []ui.Link {
	out := []ui.Link{{Label: "Bureau", Href: x.page() + "/bureau"}, {Label: "Suivi", Href: x.base()}}
	if x.mayEdit(shell.Actor(r)) {
		if x.has {
			out = append(out, ui.Link{Label: "Contacts", Href: x.base() + "/contacts"})
		}
		out = append(out, ui.Link{Label: "Réglages", Href: x.base() + "/reglages"}, ui.Link{Label: "Textes libres", Href: x.base() + "/textes"}, ui.Link{Label: "Données ouvertes", Href: x.base() + "/donnees"})
	}
	out = append(out, ui.Link{Label: "Page publique", Href: x.page() + "/questionnaire"})
	for i := range out {
		out[i].Current = out[i].Href == here
	}
	return out
}

// view is every page of this package: parts that are empty are not drawn.
type view struct {
	Heading  ui.Heading
	Tabs     []ui.Link
	Pages    ui.Pages
	Done     string
	Notices  []ui.Alert
	Keys     []ui.KeyFigure
	Live     string // where the key figures are asked again
	Acts     []formView
	Facts    [][2]string
	Links    []ui.Link
	Before   []part // above the list
	Parts    []part
	Maps     []ui.Map
	Curve    curve
	Filters  []ui.Field
	FilterTo string
	List     listView
	Empty    ui.Empty
	Forms    []formView
	Foot     ui.Source
}

// part is a titled table with the words before it.
type part struct {
	ID, Title string
	Lead      []string
	Table     ui.Table
	Links     []ui.Link
}

// formView is a form; Buttons are values of «do» with their labels.
type formView struct {
	ID, Title, Action, Rev, Submit string
	Lead                           string
	Fields                         []ui.Field
	Hidden                         [][2]string
	Buttons                        [][2]string
	Files                          bool
}

func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, v view, private bool, trail ...ui.Link) error {
	if v.Done == "" {
		v.Done = said(r.URL.Query().Get("fait"))
	}
	page := d.Shell.Page(r, v.Heading.Title, strings.Join(append([]string{v.Heading.Title}, v.Heading.Scope...), ", ")+".", trail...)
	page.Live = v.Live != ""
	if private {
		page.NoIndex, page.Canonical = true, ""
	}
	return d.Shell.RenderStatus(w, r, status, page, onePage(v))
}

// said is what the page says after an act, by the word of its address.
func said(word string) string {
	if word == "" {
		return ""
	}
	sent, reminded := strings.CutPrefix(word, "relances-")
	if n, err := strconv.Atoi(sent); err == nil && reminded && n >= 0 {
		return french.Integer(n) + nb + french.Plural(n, "relance part", "relances partent") + " dans les minutes qui viennent."
	}
	if text, ok := map[string]string{"ouverte": "La campagne est ouverte" + nb + ": les invitations partent dans les minutes qui viennent.", "aucun": "Les destinataires étaient déjà à jour."}[word]; ok {
		return text
	}
	return "C’est enregistré."
}

func (x place) trail(more ...ui.Link) []ui.Link {
	return wording.RegionTrail(x.Region, more...)
}

func (x place) desk(more ...ui.Link) []ui.Link {
	return x.trail(append([]ui.Link{{Label: "Bureau", Href: x.page() + "/bureau"}, {Label: "Questionnaire", Href: x.base()}}, more...)...)
}

// errForm says that a form was sent without what it holds.
var errForm = apperr.Invalidf("Le formulaire est incomplet. Rechargez la page et recommencez" + nb + ": rien n’a été enregistré.")

func rev(r *http.Request) (int64, error) {
	n, err := strconv.ParseInt(shell.Typed(r, "rev"), 10, 64)
	if err != nil {
		return 0, errForm
	}
	return n, nil
}

func revText(n int64) string { return strconv.FormatInt(n, 10) }

// wrongIn puts an error beside the field that it names, or the first.
func wrongIn(fields []ui.Field, err error) {
	if err == nil || len(fields) == 0 {
		return
	}
	at := 0
	var f *survey.Fault
	if errors.As(err, &f) {
		for i := range fields {
			if fields[i].ID == f.Field {
				at = i
			}
		}
	}
	fields[at].Error = apperr.Message(err)
}

func choose(id, label, value, none string, options [][2]string) ui.Field {
	f := ui.Field{ID: id, Label: label, Type: "select", Required: none == ""}
	if none != "" {
		f.Options = append(f.Options, ui.Option{Label: none})
	}
	for _, o := range options {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: o[0] == value})
	}
	return f
}

// percent is a rate as a page writes it, «–» when there is nothing to divide by.
func percent(r survey.Rate) string {
	if !r.Known() {
		return "–"
	}
	return french.Number(100*r.Ratio(), decimals(r)) + nb + "%"
}

// decimals keeps one figure after the comma where it says something.
func decimals(r survey.Rate) int {
	if r.Authorities < 100 {
		return 0
	}
	return 1
}

func outOf(r survey.Rate) string {
	return french.Integer(r.Answers) + " sur " + french.Integer(r.Authorities)
}

// rateCell is a rate that leads to where it comes from.
func rateCell(r survey.Rate, key, name, missing string) ui.Cell {
	if !r.Known() {
		return ui.Cell{Missing: missing}
	}
	return ui.Cell{Text: percent(r), Explain: "/chiffres/" + key, Name: name, Exact: outOf(r), Sub: outOf(r)}
}

const noneOfThem = "aucune collectivité de ce type n’est destinataire"

// fresh answers 304 when the reader already has what these parts make, and says
// under which name to keep it otherwise. The page may be asked for at any moment.
func fresh(w http.ResponseWriter, r *http.Request, control string, parts ...any) bool {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, r.Host, r.URL.RequestURI(), parts) // a hash never fails
	tag := `W/"` + strconv.FormatUint(h.Sum64(), 36) + `"`
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", control)
	for one := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(one), "W/") == strings.TrimPrefix(tag, "W/") {
			w.Header().Add("Vary", "Accept-Encoding")
			w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}

// next is the address of the page after, with the filters of this one.
func next(r *http.Request, cursor string) string {
	if cursor == "" {
		return ""
	}
	q := url.Values{}
	for k, v := range r.URL.Query() {
		if k != "fait" && len(v) > 0 && v[0] != "" {
			q.Set(k, v[0])
		}
	}
	q.Set("suite", cursor)
	return r.URL.Path + "?" + q.Encode()
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return french.Date(t)
}
