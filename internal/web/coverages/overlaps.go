package coverages

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// desk is the COP whose overlaps somebody may settle.
type desk struct {
	model  *panorama.Model
	region territory.Region
	cop    cop.COP
	all    []cop.COP // of the region, one each cycle
	path   string
}

func (d Deps) deskOf(r *http.Request) (x desk, err error) {
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, err
	}
	if x.region, err = x.model.Tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	if x.cop, x.all, err = cop.Among(r.Context(), d.Q, x.region.Code, shell.Cycle(r)); err != nil {
		return x, err
	}
	x.path = wording.RegisterPath(x.cop) + "/recoupements"
	if !policy.Can(shell.Actor(r), policy.Judge, x.cop.Thing(policy.Action)) {
		return x, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	return x, nil
}

// typed is what somebody wrote of two actions, with what is wrong in it.
type typed struct {
	pair, counts, part, reason, verdict string
	wrong                               error
	now                                 action.Overlap // on a conflict, what stands
}

func (d Deps) overlaps(w http.ResponseWriter, r *http.Request) error {
	x, err := d.deskOf(r)
	if err != nil {
		return err
	}
	return d.showOverlaps(w, r, http.StatusOK, x, typed{})
}

func (d Deps) showOverlaps(w http.ResponseWriter, r *http.Request, status int, x desk, t typed) error {
	near, err := action.NearOf(r.Context(), d.Q, x.model.Tree(), x.cop.ID)
	if err != nil {
		return err
	}
	settled, err := action.Overlaps(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	by := map[string]action.Overlap{}
	for _, o := range settled {
		by[o.Pair()] = o
	}
	beyond, err := action.NearAcross(r.Context(), d.Q, x.model.Tree(), x.cop.ID)
	if err != nil {
		return err
	}
	other, pairs, err := d.beyond(r, x, beyond, t)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		delete(by, p)
	}
	open := section{ID: "a-trancher", Title: "À trancher"}
	done := section{ID: "tranches", Title: "Déjà tranchés"}
	for _, n := range near {
		o, ok := by[n.Pair()]
		f := x.form(n, o, t)
		if ok {
			done.Forms = append(done.Forms, f)
			delete(by, n.Pair())
			continue
		}
		open.Forms = append(open.Forms, f)
	}
	if len(open.Forms) == 0 {
		open.Lead = []string{"Aucune paire d’actions qualifiées, débattues ou retenues ne ressemble à un même objet déclaré deux fois."}
	}
	if len(by) > 0 {
		done.Lead = append(done.Lead, french.Integer(len(by))+nb+french.Plural(len(by), "paire tranchée ne se ressemble plus", "paires tranchées ne se ressemblent plus")+" (action changée ou abandonnée)"+nb+": ce qui a été dit reste, et joue tant que l’action qui compte en entier est retenue.")
	}
	if len(done.Forms)+len(done.Lead) == 0 {
		done.Lead = []string{"Rien encore."}
	}
	v := view{Heading: ui.Heading{Overline: "Bureau de la COP, actions", Title: x.region.Name + nb + ": " + french.Integer(len(open.Forms)) + nb + french.Plural(len(open.Forms), "recoupement à trancher", "recoupements à trancher"), Scope: []string{"réservé à l’équipe"}},
		Pages:    wording.InCycles(wording.RegisterTabs(shell.Actor(r), x.cop, "", wording.RegisterOverlaps), shell.Actor(r), x.cop, x.all, ""),
		Intro:    []string{action.OverlapRule, "Jalon propose les paires d’un même levier, sur des territoires emboîtés, dont l’objet ou la quantité se ressemblent. Il ne réduit rien de lui-même."},
		Sections: []section{open, other, done}, Foot: ui.Source{Text: "registre des actions de la COP.", Sources: []ui.Link{{Label: "La couverture de la région", Href: cop.RegionPath(x.region.Slug, cop.First) + "/couverture"}}}}
	if r.URL.Query().Get("fait") == "1" {
		v.Notices = append(v.Notices, ui.Alert{State: "success", Title: "C’est enregistré", Text: "La couverture tient compte de ce que vous avez dit."})
	}
	if t.wrong != nil {
		a := ui.Alert{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(t.wrong)}
		if t.now.ID != "" {
			a.Text += " Ce qui est écrit\u00a0: «\u00a0" + t.now.Reason + "\u00a0», " + partText(t.now.Part) + " de la seconde action comptée. Ce que vous avez écrit est resté dans le formulaire."
		}
		v.Notices = append(v.Notices, a)
	}
	page := d.Shell.Page(r, v.Heading.Title, "", wording.COPTrail(x.cop, x.region, ui.Link{Label: "Bureau", Href: x.cop.Path() + "/bureau"}, ui.Link{Label: "Recoupements"})...)
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, coveragePage(v))
}

// beyond are the pairs with actions of other COPs, and their names: a region counts its
// own whole, and says which of them gives way in the sum of the nation.
func (d Deps) beyond(r *http.Request, x desk, near []action.Near, t typed) (s section, pairs []string, err error) {
	s = section{ID: "autres-regions", Title: "Avec d’autres régions", Lead: []string{coverage.TwiceRule, "Ce que vous dites ici ne change rien à la couverture de votre région" + nb + ": seule la somme nationale en tient compte. L’action qui compte en entier est celle de l’autre région" + nb + "; si c’est la vôtre, c’est à l’autre équipe de le dire."}}
	said, err := action.OverlapsAcross(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return s, nil, err
	}
	by := map[string]action.Overlap{}
	for _, o := range said {
		by[o.Pair()] = o
	}
	for _, n := range near {
		o := by[n.Pair()]
		pairs = append(pairs, n.Pair())
		if o.ID != "" && o.Other != n.A.ID {
			s.List = append(s.List, n.A.Title+" / "+n.B.Title+nb+": l’autre équipe a dit que la vôtre compte en entier («"+nb+o.Reason+nb+"»).")
			continue
		}
		f := x.form(n, o, t)
		f.Title += " (" + x.regionOf(n.B.Region) + ")"
		f.Fields[1].Options = f.Fields[1].Options[1:]
		f.Fields[1].Help = "L’action de l’autre région. La vôtre s’efface dans la somme nationale, pour la part qui ne compte plus."
		f.Fields[2].Label = "Part de la vôtre qui compte encore dans la nation"
		s.Forms = append(s.Forms, f)
	}
	if len(near) == 0 {
		s.List = []string{"Aucune action retenue ailleurs, sur un lieu commun, ne ressemble à l’une des vôtres."}
	}
	return s, pairs, nil
}

func (x desk) regionOf(code string) string {
	if r, err := x.model.Tree().Region(code); err == nil {
		return r.Name
	}
	return code
}

func partText(part int64) string { return french.Number(float64(part)/100, 0) + nb + "%" }

func (x desk) form(n action.Near, o action.Overlap, t typed) form {
	id := "r" + n.A.ID + n.B.ID
	lever := n.Lever
	if l, err := x.model.Framework().Lever(n.Lever); err == nil {
		lever = l.Name
	}
	f := form{Title: lever + nb + ": " + n.A.Title + " / " + n.B.Title, Action: x.path, Submit: "Enregistrer", Hidden: [][2]string{{"levier", n.Lever}, {"a", n.A.ID}, {"b", n.B.ID}, {"rev", strconv.FormatInt(o.Rev, 10)}, {"id", o.ID}}}
	counts, part, reason, verdict, wrong := n.A.ID, "0", "", "", error(nil)
	if o.ID != "" {
		counts, part, reason, verdict = o.Counts, french.Number(float64(o.Part)/100, 0), o.Reason, o.State
	}
	if t.pair == n.Pair() {
		counts, part, reason, verdict, wrong = t.counts, t.part, t.reason, t.verdict, t.wrong
	}
	in := func(a action.Action) string {
		return a.Title + " (n°" + nb + french.Integer(a.Seq) + ", " + a.State.Name() + quantityOf(a, n.Lever) + ")"
	}
	f.Fields = []ui.Field{
		{ID: id + "-verdict", Name: "verdict", Label: "Est-ce le même objet" + nb + "?", Type: "radio", Help: "Parce que " + strings.Join(n.Why, ", et ") + ".", Options: []ui.Option{{Value: action.Confirmed, Label: "Oui, au moins en partie", Selected: verdict == action.Confirmed}, {Value: action.Dismissed, Label: "Non, ce sont deux objets", Selected: verdict == action.Dismissed}}},
		{ID: id + "-compte", Name: "compte", Label: "Celle qui compte en entier", Type: "select", Options: []ui.Option{{Value: n.A.ID, Label: in(n.A), Selected: counts == n.A.ID}, {Value: n.B.ID, Label: in(n.B), Selected: counts == n.B.ID}}},
		{ID: id + "-part", Name: "part", Label: "Part de l’autre qui compte encore", Type: "number", Unit: "%", Value: part, Help: "0 si tout y est déjà\u00a0; 25 si un quart n’y est pas."},
		{ID: id + "-raison", Name: "raison", Label: "Pourquoi", Value: reason, Required: true, Help: "Gardé avec la décision."},
	}
	var fault *action.Fault
	if errors.As(wrong, &fault) {
		at := map[string]int{"state": 0, "counts": 1, "other": 1, "part": 2, "reason": 3}[fault.Field]
		f.Fields[at].Error = fault.Message
	}
	return f
}

func quantityOf(a action.Action, lever string) string {
	for _, p := range a.Impacts {
		if p.Lever == lever && p.Quantity != nil {
			return ", " + french.Significant(*p.Quantity, 5) + nb + p.Unit
		}
	}
	return ""
}

// settle writes what the team says; a form that fails comes back filled.
func (d Deps) settle(w http.ResponseWriter, r *http.Request) error {
	x, err := d.deskOf(r)
	if err != nil {
		return err
	}
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	get := func(name string) string {
		return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(r.PostForm.Get(name), "\x00", ""), ""))
	}
	a, b := get("a"), get("b")
	in := action.Overlap{ID: get("id"), Lever: get("levier"), Counts: get("compte"), Other: a, State: get("verdict"), Reason: get("raison")}
	if in.Counts == a {
		in.Other = b
	}
	t := typed{pair: action.Overlap{Lever: in.Lever, Counts: a, Other: b}.Pair(), counts: in.Counts, part: get("part"), reason: in.Reason, verdict: in.State}
	if in.Counts != a && in.Counts != b {
		return apperr.Invalidf("Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	in.Rev, _ = strconv.ParseInt(get("rev"), 10, 64)
	part, err := panorama.ReadLevel(t.part)
	if err == nil && (part < 0 || part >= 100) {
		err = &action.Fault{Field: "part", Message: "La part de l’autre action qui compte encore va de 0 à moins de 100\u00a0%."}
	} else if err != nil {
		err = &action.Fault{Field: "part", Message: apperr.Message(err)}
	}
	if err == nil {
		in.Part = int64(panorama.RoundTo(part*100, 0))
		t.now, err = d.Room.SettleOverlap(r.Context(), d.Q, shell.Actor(r), in)
	}
	if kind := apperr.KindOf(err); err != nil && (kind == apperr.Invalid || kind == apperr.Conflict) {
		t.wrong = err
		if kind != apperr.Conflict {
			t.now = action.Overlap{}
		}
		return d.showOverlaps(w, r, apperr.Status(err), x, t)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.path+"?fait=1")
}
