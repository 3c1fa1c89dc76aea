package cops

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// settingsView is what a COP says of itself, and who heads it.
type settingsView struct {
	workView
	Rev       string
	Conflict  ui.Table     // the version that is kept, when somebody was first
	Offices   []officeLine // who heads the COP
	Past      []officeLine // who did
	Give      []ui.Field
	MayOffice bool
}

// officeLine is somebody who heads the COP, or did.
type officeLine struct {
	ID, Text string
	MayEnd   bool
}

// officeText says who heads a side, and between which days.
func officeText(c cop.COP, o cop.Office) string {
	text := c.Head(o.Side) + nb + ": " + strings.TrimPrefix(o.Name+", ", ", ") + o.Title
	if o.To == "" {
		text += ", depuis le " + french.Day(o.From)
	} else {
		text += ", du " + french.Day(o.From) + " au " + french.Day(o.To)
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func (d Deps) settings(w http.ResponseWriter, r *http.Request) error {
	return d.showSettings(w, r, http.StatusOK, nil, "", "")
}

// showSettings draws the forms; typed is what came back, nil for what is kept.
func (d Deps) showSettings(w http.ResponseWriter, r *http.Request, status int, typed *cop.Change, on, wrong string) error {
	c, name, err := d.find(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	if err := policy.Check(a, policy.Edit, c.Thing(policy.COP)); err != nil {
		return err
	}
	kept := cop.Change{Name: c.Name, Presentation: c.Presentation, Contact: c.Contact, Patience: c.Patience}
	show := kept
	if typed != nil {
		show = *typed
	}
	base := c.Path() + "/bureau"
	v := settingsView{Rev: strconv.FormatInt(c.Rev, 10), MayOffice: policy.Can(a, policy.Create, c.Thing(policy.RoleGrant))}
	v.workView = workView{Heading: ui.Heading{Overline: "Réglages", Title: name + nb + ": la COP et ses deux têtes"}, Tabs: tabs(r, c, "/bureau/reglages"),
		Done: r.URL.Query().Get("fait") == "1", Action: base + "/reglages", Fields: []ui.Field{
			{ID: "name", Label: "Nom de la COP", Required: true, Value: show.Name, Error: only(on == "cop", wrong)},
			{ID: "presentation", Label: "Présentation publique", Type: "textarea", Rows: 10, Value: show.Presentation, Help: "Une ligne vide sépare les paragraphes, «\u00a0-\u00a0» commence une liste, [mot](https://…) fait un lien."},
			{ID: "contact", Label: "Contact public", Value: show.Contact, Help: "Une adresse ou un service, tel qu’il paraîtra."},
			{ID: "patience", Label: "Jours d’attente avant qu’une tête puisse poursuivre seule", Required: true, Unit: "jours", Value: strconv.FormatInt(show.Patience, 10), Help: "De 1 à 365."}}}
	if typed != nil && status == http.StatusConflict {
		v.Conflict = both("Ce qui est enregistré, et ce que vous avez écrit", [][3]string{{"Nom", kept.Name, show.Name}, {"Présentation", kept.Presentation, show.Presentation}, {"Contact", kept.Contact, show.Contact},
			{"Jours d’attente", strconv.FormatInt(kept.Patience, 10), strconv.FormatInt(show.Patience, 10)}})
	}
	offices, err := cop.Offices(r.Context(), d.Q, c.ID)
	if err != nil {
		return err
	}
	for _, o := range offices {
		line := officeLine{ID: o.ID, Text: officeText(c, o)}
		if line.MayEnd = v.MayOffice && o.To == ""; o.To == "" {
			v.Offices = append(v.Offices, line)
		} else {
			v.Past = append(v.Past, line)
		}
	}
	elected, err := d.electedTitle(r, c)
	if err != nil {
		return err
	}
	hint := "Pour la Région\u00a0: " + elected + ". Pour l’État\u00a0: préfet ou préfète de région."
	if c.Department() != "" {
		hint = "Pour l’État\u00a0: préfet ou préfète de département. Pour le Département\u00a0: la présidence du conseil départemental."
	}
	f := r.PostForm
	side := ui.Field{ID: "side", Label: "Tête", Type: "select", Required: true, Error: only(on == "office", wrong), Options: []ui.Option{
		{Value: string(cop.StateSide), Label: c.Head(cop.StateSide), Selected: f.Get("side") == string(cop.StateSide)}}}
	if c.Both {
		side.Options = append(side.Options, ui.Option{Value: string(cop.RegionSide), Label: c.Head(cop.RegionSide), Selected: f.Get("side") == string(cop.RegionSide)})
	}
	v.Give = []ui.Field{side, {ID: "holder", Label: "Nom de la personne", Value: f.Get("holder")},
		{ID: "title", Label: "Sa fonction", Required: true, Value: f.Get("title"), Help: hint},
		{ID: "from", Label: "Depuis le", Type: "date", Required: true, Value: f.Get("from")}}
	return d.private(w, r, status, v.Heading, settingsPage(v), trail(c, name, ui.Link{Label: "Réglages"})...)
}

// electedTitle is what the elected head of a region is called: a collectivity
// is not everywhere headed by a «président du conseil régional».
func (d Deps) electedTitle(r *http.Request, c cop.COP) (string, error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return "", err
	}
	all, err := m.Tree().Authorities()
	if err != nil {
		return "", err
	}
	head, err := all.ElectedHead(c.Region)
	return head.ElectedTitle, err
}

func (d Deps) saveSettings(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	if f.Get("do") == "office-end" {
		err := d.Room.EndOffice(r.Context(), shell.Actor(r), c.ID, f.Get("office"), f.Get("to"), "réglages de la COP")
		if err != nil && beside(err) {
			return d.showSettings(w, r, apperr.Status(err), nil, "office", apperr.Message(err))
		}
		if err != nil {
			return err
		}
		return shell.SeeOther(w, r, c.Path()+"/bureau/reglages?fait=1")
	}
	if f.Get("do") == "office" {
		_, err := d.Room.SetOffice(r.Context(), shell.Actor(r), cop.Office{COP: c.ID, Side: cop.Side(f.Get("side")), Name: strings.TrimSpace(f.Get("holder")),
			Title: strings.TrimSpace(f.Get("title")), From: f.Get("from")}, "réglages de la COP")
		if err != nil && beside(err) {
			return d.showSettings(w, r, apperr.Status(err), nil, "office", apperr.Message(err))
		}
		if err != nil {
			return err
		}
		return shell.SeeOther(w, r, c.Path()+"/bureau/reglages?fait=1")
	}
	rev, err := strconv.ParseInt(f.Get("rev"), 10, 64)
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	patience, err := strconv.ParseInt(strings.TrimSpace(f.Get("patience")), 10, 64)
	in := cop.Change{Name: strings.TrimSpace(f.Get("name")), Presentation: f.Get("presentation"), Contact: strings.TrimSpace(f.Get("contact")), Patience: patience, Reason: "réglages de la COP"}
	if err != nil {
		return d.showSettings(w, r, http.StatusBadRequest, &in, "cop", "Le nombre de jours s’écrit en chiffres, de 1 à 365.")
	}
	if _, err := d.Room.Save(r.Context(), shell.Actor(r), c.ID, rev, in); err != nil {
		if beside(err) {
			return d.showSettings(w, r, apperr.Status(err), &in, "cop", apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/reglages?fait=1")
}
