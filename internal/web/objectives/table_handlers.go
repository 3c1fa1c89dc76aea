package objectives

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const nb = french.NoBreak

// tableHandlers are the pages where a COP puts its objectives on the table,
// discusses and shares them, and where anyone reads those that it shared.
func (d Deps) tableHandlers() map[string]shell.Handler {
	return map[string]shell.Handler{
		"objectives": d.public, "objectives-csv": d.publicCSV, "objectives-list": d.publicList,
		"objective-desk": d.desk, "objective-place": d.desk, "objective-share": d.share, "objective-list": d.pendingList,
		"objective": d.one, "objective-put": d.put, "objective-dissent": d.dissent,
	}
}

// where is the table that an address names: that of the COP of a region, for the
// region or a territory of it.
type where struct {
	region territory.Region
	cop    cop.COP
	all    []cop.COP // of the region, the newest first
	model  *panorama.Model
	place  objective.Place
	// before is what earlier COPs of the region shared there, by lever: in force until
	// this one shares its own.
	before map[string]objective.Objective
}

// public is the address of what both heads shared, base that of the table.
func (x where) public() string { return x.cop.Path() + "/objectifs" }
func (x where) base() string   { return x.cop.Path() + "/bureau/objectifs" }

// desk is the address of the table of the place.
func (x where) desk() string {
	if x.place.Ref().Scale == territory.RegionS {
		return x.base()
	}
	return x.base() + "/" + placeWord(x.place.Ref())
}

func (x where) lever(code string) string {
	return x.base() + "/" + placeWord(x.place.Ref()) + "/" + code
}

func (x where) name() string { return x.place.Panorama.Territory.Name }

// onTable reports whether a reader knows what is discussed there.
func (x where) onTable(a policy.Actor) bool { return policy.Can(a, policy.Read, x.place.Thing(false)) }

func (x where) may(a policy.Actor, v policy.Verb) bool { return policy.Can(a, v, x.place.Thing(false)) }

// placeWord is a territory in an address: «region», «departement-67»,
// «perimetre-…».
func placeWord(ref territory.Ref) string {
	switch ref.Scale {
	case territory.Department:
		return "departement-" + ref.Code
	case territory.Perimeter:
		return "perimetre-" + ref.Code
	}
	return "region"
}

// placeRef reads placeWord, for the COP of a region.
func placeRef(word string, region territory.Region) (territory.Ref, error) {
	if word == "" || word == "region" {
		return territory.Ref{Scale: territory.RegionS, Code: region.Code}, nil
	}
	if code, ok := strings.CutPrefix(word, "departement-"); ok {
		return territory.Ref{Scale: territory.Department, Code: code}, nil
	}
	if id, ok := strings.CutPrefix(word, "perimetre-"); ok {
		return territory.Ref{Scale: territory.Perimeter, Code: id}, nil
	}
	return territory.Ref{}, apperr.NotFoundf("Cette page n’existe pas\u00a0: après «\u00a0objectifs\u00a0», une adresse nomme la région, un département ou un périmètre.")
}

// which reads the table of an address, for anyone.
func (d Deps) which(r *http.Request) (x where, err error) {
	ctx := r.Context()
	if x.model, err = d.Model(ctx); err != nil {
		return x, err
	}
	if x.region, err = x.model.Tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	if x.cop, x.all, err = cop.Among(ctx, d.Q, x.region.Code, shell.Cycle(r)); err != nil {
		return x, err
	}
	ref, err := placeRef(r.PathValue("territoire"), x.region)
	if err != nil {
		return x, err
	}
	if x.place, err = objective.PlaceOf(ctx, d.Q, x.model, x.cop, ref); err != nil {
		return x, err
	}
	x.place = x.place.WithSubjects(d.Book)
	if x.cop.Cycle != cop.First {
		x.before, err = objective.Before(ctx, d.Q, x.place.Ref().String(), x.cop.Cycle)
	}
	return x, err
}

// find is which, for who reads what is discussed there.
func (d Deps) find(r *http.Request) (where, error) {
	x, err := d.which(r)
	if err != nil {
		return x, err
	}
	return x, policy.Check(shell.Actor(r), policy.Read, x.place.Thing(false))
}

// names are those of some accounts, empty for whoever was erased: one statement,
// however many they are.
func (d Deps) names(r *http.Request, ids ...string) (map[string]string, error) {
	slices.Sort(ids)
	return account.Called(r.Context(), d.Q, slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" }))
}

// private draws a page that nobody indexes.
func (d Deps) private(w http.ResponseWriter, r *http.Request, status int, x where, v view, more ...ui.Link) error {
	way := d.trail(x, append([]ui.Link{{Label: "Objectifs", Href: x.base()}}, more...)...)
	page := d.Shell.Page(r, v.Heading.Title, "", way...)
	page.NoIndex, page.Canonical = true, ""
	v.Done = r.URL.Query().Get("fait") == "1"
	v.Cycles = wording.Cycles(shell.Actor(r), x.cop, x.all, strings.TrimPrefix(cmp.Or(v.Here, x.base()), x.cop.Path()))
	return d.Shell.RenderStatus(w, r, status, page, tablePage(v))
}

func (d Deps) tabs(r *http.Request, x where) []ui.Link {
	home := x.cop.Path()
	out := []ui.Link{{Label: "La COP", Href: home}}
	if policy.Can(shell.Actor(r), policy.Read, x.cop.Thing(policy.Desk)) {
		out = append(out, ui.Link{Label: "Bureau", Href: home + "/bureau"})
	}
	return append(out, ui.Link{Label: "Objectifs sur la table", Href: x.base(), Current: true}, ui.Link{Label: "Objectifs partagés", Href: home + "/objectifs"}, ui.Link{Label: "Bouclage", Href: home + "/objectifs/bouclage"})
}

func revOf(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	return n, nil
}

// wrongIn puts the message of a fault beside its field, and reports whether it is
// about one.
func wrongIn(fields []ui.Field, err error) bool {
	var f *objective.Fault
	if !errors.As(err, &f) {
		return false
	}
	for i := range fields {
		if fields[i].ID == f.Field || fields[i].Name == f.Field {
			fields[i].Error = f.Message
			return true
		}
	}
	return false
}

func choose(id, name, label, value string, options [][2]string) ui.Field {
	f := ui.Field{ID: id, Name: name, Label: label, Type: "select", Required: true}
	for _, o := range options {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: o[0] == value})
	}
	return f
}
