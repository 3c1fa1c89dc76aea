package actions

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/debate"
	"jalon/internal/debate/minutes"
	"jalon/internal/french"
	"jalon/internal/link"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

func tiesPart() part {
	return part{code: "liens", name: "Liens",
		lead: "Les autres actions de la COP dont celle-ci dépend, dont elle fait partie ou qu’elle recoupe, et ce du débat qui l’a fait naître.",
		values: func(w writing, x action.Action) url.Values {
			v := url.Values{}
			for i, r := range x.Relations {
				v.Set(at("relations", i, "kind"), r.Kind)
				v.Set(at("relations", i, "other"), w.numberOf(r.Other))
			}
			return v
		},
		groups: func(_ writing, v url.Values) []sections.Group {
			out := repeated(v, "relations", "Lien avec une action", func(at func(string) string) []ui.Field {
				return []ui.Field{pick(v, at("kind"), "Cette action", "aucun lien", options(action.Relations())), text(v, at("other"), "Numéro de l’autre action", "Son numéro dans la COP, comme 12.")}
			})
			add := text(v, "add", "Ajouter une contribution ou une décision", "Collez l’adresse de sa page.")
			return append(out, sections.Group{Title: "Lien avec le débat", Fields: []ui.Field{add}})
		},
		read: readTies, after: writing.tie, more: tiedTo}
}

// numberOf is the number of an action of the COP as a form writes it, empty when the
// reader may not know it: what a person cannot read stays as it is.
func (w writing) numberOf(id string) string {
	x, _, err := action.Find(w.r.Context(), w.d.Q, w.who, id)
	if err != nil {
		return "id " + id
	}
	return strconv.FormatInt(x.Seq, 10)
}

func readTies(w writing, v url.Values, x *action.Action, bad faults) error {
	x.Relations = nil
	for i := range rows(v, "relations") {
		kind, other := v.Get(at("relations", i, "kind")), v.Get(at("relations", i, "other"))
		switch {
		case kind == "" && other == "":
			continue
		case other == "":
			bad.add(at("relations", i, "other"), "Écrivez le numéro de l’autre action, ou choisissez «\u00a0aucun lien\u00a0».")
			continue
		case kind == "":
			bad.add(at("relations", i, "kind"), "Dites comment les deux actions se tiennent, ou videz le numéro.")
			continue
		}
		id, kept := strings.CutPrefix(other, "id ")
		if !kept || !slices.ContainsFunc(w.x.Relations, func(r action.Relation) bool { return r.Other == id }) {
			var err error
			if id, err = w.byNumber(other); err != nil {
				if apperr.KindOf(err) != apperr.NotFound {
					return err
				}
				bad.add(at("relations", i, "other"), "Aucune action de cette COP que vous lisez ne porte le numéro «\u00a0"+other+"\u00a0».")
				continue
			}
		}
		x.Relations = append(x.Relations, action.Relation{Kind: kind, Other: id})
	}
	if add := v.Get("add"); add != "" {
		if _, err := w.readEnd(add); err != nil {
			if !shell.Beside(err) && apperr.KindOf(err) != apperr.NotFound {
				return err
			}
			bad.add("add", apperr.Message(err))
		}
	}
	return nil
}

// tie links an action to what the form names, and ends the links that it gives up.
func (w writing) tie(v url.Values) error {
	if add := v.Get("add"); add != "" {
		to, err := w.readEnd(add)
		if err != nil {
			return err
		}
		if err := w.d.Room.Link(w.r.Context(), w.who, w.x.ID, to.end); err != nil {
			return err
		}
	}
	for _, l := range v["unlink"] {
		kind, id, _ := strings.Cut(l, "/")
		if err := w.d.Room.Unlink(w.r.Context(), w.who, w.x.ID, link.End{Kind: kind, ID: id}); err != nil {
			return err
		}
	}
	return nil
}

// byNumber finds an action of the COP that somebody may read.
func (w writing) byNumber(text string) (string, error) {
	n, err := strconv.ParseInt(strings.TrimLeft(strings.ToLower(text), "n°\u00a0 "), 10, 64)
	if err != nil {
		return "", apperr.NotFoundf("Ce n’est pas un numéro.")
	}
	x, err := action.Numbered(w.r.Context(), w.d.Q, w.who, w.cop, n)
	return x.ID, err
}

// origin is a thing of the debate that an action comes from.
type origin struct {
	end                                   link.End
	name, title, text, lever, place, href string
}

// readEnd reads the address of a contribution or of a decision of the COP.
func (w writing) readEnd(address string) (origin, error) {
	u, err := url.Parse(address)
	if err != nil {
		return origin{}, apperr.Invalidf("Ce n’est pas une adresse\u00a0: collez celle de la page d’une contribution ou d’une décision.")
	}
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	for i, s := range path[:len(path)-1] {
		switch s {
		case "contributions":
			return w.ofContribution(path[i+1])
		case "decisions":
			return w.ofDecision(path[i+1])
		}
	}
	return origin{}, apperr.Invalidf("Cette adresse n’est pas celle d’une contribution ni d’une décision\u00a0: collez celle de sa page.")
}

// ofContribution reads a contribution of the COP that somebody may read.
func (w writing) ofContribution(id string) (o origin, err error) {
	p, err := debate.FindPost(w.r.Context(), w.d.Q, id)
	if err == nil && (p.COP != w.cop.ID || !policy.Can(w.who, policy.Read, p.Thing(w.cop, ""))) {
		err = apperr.NotFoundf("Cette contribution n’existe pas dans cette COP, ou n’est pas publiée.")
	}
	return origin{end: link.End{Kind: link.Contribution, ID: p.ID}, name: "la contribution «\u00a0" + p.Title + "\u00a0»", title: p.Title, text: p.Text, lever: p.Lever, place: p.Territory, href: "/regions/" + w.region.Slug + "/contributions/" + p.ID}, err
}

// ofDecision reads a decision of the COP that somebody may read.
func (w writing) ofDecision(id string) (o origin, err error) {
	x, _, c, err := minutes.FindDecision(w.r.Context(), w.d.Q, w.who, id)
	if err == nil && c.ID != w.cop.ID {
		err = apperr.NotFoundf("Cette décision n’est pas de cette COP.")
	}
	o = origin{end: link.End{Kind: link.Decision, ID: x.ID}, name: "la décision «\u00a0" + x.Sentence + "\u00a0»", title: x.Sentence, href: "/reunions/" + x.Meeting + "/decisions"} // one alone is for who leads the meeting
	o.text = "Décision du " + french.Day(x.Day) + "\u00a0: " + x.Sentence
	if len(x.Levers) > 0 {
		o.lever = x.Levers[0]
	}
	return o, err
}

// tiedTo lists what an action is linked to, as far as somebody may read it.
func tiedTo(w writing) ([]sections.Part, error) {
	all, err := w.d.Room.Ties(w.r.Context(), w.d.Q, w.who, w.cop, w.x.ID)
	if err != nil {
		return nil, err
	}
	p := sections.Part{ID: "lies", Title: "Liée aujourd’hui à"}
	for _, t := range all {
		p.Links = append(p.Links, ui.Link{Label: t.Name() + french.NoBreak + ": n°" + french.NoBreak + french.Integer(t.Row.Seq) + ", " + t.Row.Title, Href: "/actions/" + t.Row.ID})
	}
	links, err := link.From(w.r.Context(), w.d.Q, link.End{Kind: link.Action, ID: w.x.ID})
	if err != nil {
		return nil, err
	}
	drop := ui.Field{ID: "unlink", Label: "Liens à retirer", Type: "checkbox"}
	for _, l := range links {
		o, err := w.ofEnd(l.To)
		if err != nil && apperr.KindOf(err) != apperr.NotFound && apperr.KindOf(err) != apperr.Forbidden {
			return nil, err
		}
		if err != nil || o.href == "" {
			continue // of another room, or not for this reader
		}
		p.Links = append(p.Links, ui.Link{Label: o.name, Href: o.href})
		drop.Options = append(drop.Options, ui.Option{Value: l.To.Kind + "/" + l.To.ID, Label: french.Upper(o.name)})
	}
	if len(p.Links) == 0 {
		return nil, nil
	}
	if len(drop.Options) > 0 {
		v := tiesPart().values(w, w.x)
		f := sections.Form{ID: "retirer", Action: w.base() + "/liens", Rev: strconv.FormatInt(w.x.Rev, 10), Submit: "Retirer ces liens", Secondary: true, Fields: []ui.Field{drop}}
		for name, values := range v { // the relations stay as they are
			for _, s := range values {
				f.Hidden = append(f.Hidden, [2]string{name, s})
			}
		}
		slices.SortFunc(f.Hidden, func(a, b [2]string) int { return cmp.Compare(a[0], b[0]) })
		if w.x.State == action.Retained {
			f.Fields = append(f.Fields, ui.Field{ID: "unlink-reason", Name: "reason", Label: "Raison", Required: true})
		}
		p.Forms, p.Fold = []sections.Form{f}, "Retirer un lien avec le débat"
	}
	return []sections.Part{p}, nil
}

func (w writing) ofEnd(e link.End) (origin, error) {
	switch e.Kind {
	case link.Contribution:
		return w.ofContribution(e.ID)
	case link.Decision:
		return w.ofDecision(e.ID)
	}
	return origin{}, nil
}

func visibilityPart() part {
	return part{code: "visibilite", name: "Ce qui n’est pas publié",
		lead: "L’action devient publique quand elle a été débattue. Ce que vous cochez ici reste lu de qui l’écrit et de l’équipe de la COP seulement.",
		values: func(_ writing, x action.Action) url.Values {
			return url.Values{"hidden": slices.Sorted(slices.Values(x.Hidden))}
		},
		groups: func(_ writing, v url.Values) []sections.Group {
			f := ui.Field{ID: "hidden", Label: "Ne pas publier", Type: "checkbox", Help: "L’adresse électronique du contact et les noms des tâches ne sont jamais publiés. Ce qu’elle apporte devient public quand la COP la retient\u00a0: la couverture le compte."}
			for _, o := range action.Groups() {
				f.Options = append(f.Options, ui.Option{Value: o[0], Label: french.Upper(o[1]), Selected: slices.Contains(v["hidden"], o[0])})
			}
			return []sections.Group{{Fields: []ui.Field{f}}}
		},
		read: func(_ writing, v url.Values, x *action.Action, _ faults) error {
			x.Hidden = nil
			for _, h := range v["hidden"] {
				if h != "" && !slices.Contains(x.Hidden, h) {
					x.Hidden = append(x.Hidden, h)
				}
			}
			return nil
		}}
}

func documentsPart() part {
	return part{code: "documents", name: "Documents",
		lead: "Vingt documents au plus, de 25\u00a0Mo chacun. Un document retiré reste dans l’historique.",
		values: func(_ writing, x action.Action) url.Values {
			v := url.Values{}
			for _, f := range x.Files {
				v.Add("files", f.ID)
			}
			return v
		},
		groups: func(w writing, v url.Values) []sections.Group {
			fields := []ui.Field{{ID: "file", Label: "Document à joindre", Type: "file"}, text(v, "title", "Titre du document", "Sans titre, le nom du fichier.")}
			if len(w.x.Files) > 0 {
				drop := ui.Field{ID: "drop", Label: "Ou retirer un document", Type: "radio", Help: "Un à la fois."}
				drop.Options = append(drop.Options, ui.Option{Value: "", Label: "N’en retirer aucun", Selected: v.Get("drop") == ""})
				for _, f := range w.x.Files {
					drop.Options = append(drop.Options, ui.Option{Value: f.ID, Label: cmp.Or(f.Title, f.Name), Selected: v.Get("drop") == f.ID})
				}
				fields = append(fields, drop)
			}
			return []sections.Group{{Fields: fields}}
		}}
}

// saveFile joins a document, or takes one off.
func (w writing) saveFile(rw http.ResponseWriter, p part, v url.Values) (err error) {
	bad, ctx := faults{}, w.r.Context()
	if w.x.State == action.Retained && v.Get("reason") == "" {
		err = &action.Fault{Field: "reason", Message: "Cette action est retenue\u00a0: dites pourquoi vous la changez."}
	} else if id := v.Get("drop"); id != "" {
		_, err = w.d.Room.Detach(ctx, w.who, w.x.ID, w.x.Rev, id, v.Get("reason"))
	} else {
		err = w.attach(v)
	}
	if err == nil {
		return shell.SeeOther(rw, w.r, w.base()+"/"+p.code+"?fait=partie")
	}
	if !shell.Beside(err) {
		return err
	}
	bad.refuse(err, w.form(p, v))
	if text, ok := bad[""]; ok && apperr.KindOf(err) != apperr.Conflict {
		delete(bad, "")
		bad.add("file", text)
	}
	return w.showPart(rw, statusOf(err), p, v, bad, nil)
}

func (w writing) attach(v url.Values) (err error) {
	if w.r.MultipartForm == nil || len(w.r.MultipartForm.File["file"]) == 0 || w.r.MultipartForm.File["file"][0].Filename == "" {
		return &action.Fault{Field: "file", Message: "Choisissez un document à joindre."}
	}
	head := w.r.MultipartForm.File["file"][0]
	f, err := head.Open()
	if err != nil {
		return err
	}
	_, err = w.d.Room.Attach(w.r.Context(), w.who, w.x.ID, w.x.Rev, v.Get("title"), f, blob.Claim{Name: shell.Clean(head.Filename), Type: head.Header.Get("Content-Type")})
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
