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
	"jalon/internal/french"
	"jalon/internal/link"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

func tiesPart() part {
	return part{code: "liens", name: "Liens",
		lead: "Les autres actions de la COP dont celle-ci dépend, dont elle fait partie ou qu’elle recoupe\u00a0; ce du débat qui l’a fait naître\u00a0; les plans, les réponses au questionnaire et les bonnes pratiques auxquels elle se rattache.",
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
			add := text(v, "add", "Adresse de la page à lier", "Celle d’une contribution, d’une décision, d’un plan, de la fiche d’une collectivité, d’un point fort, d’une bonne pratique ou d’un frein.")
			return append(out, sections.Group{Title: "Lien avec autre chose", Fields: []ui.Field{add}})
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
		o, err := w.readEnd(add)
		switch {
		case err == nil && o.end.Kind == link.Obstacle: // the action says it met it
			if !slices.ContainsFunc(x.Met, func(m action.Met) bool { return m.Item == o.end.ID }) {
				x.Met = append(slices.Clone(x.Met), action.Met{Item: o.end.ID})
			}
		case err != nil && !shell.Beside(err) && apperr.KindOf(err) != apperr.NotFound:
			return err
		case err != nil:
			bad.add("add", apperr.Message(err))
		}
	}
	for _, picked := range v["pick"] {
		if picked == "" {
			continue
		}
		if _, err := w.picked(picked); err != nil {
			if !shell.Beside(err) && apperr.KindOf(err) != apperr.NotFound {
				return err
			}
			bad.add("", apperr.Message(err))
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
		if to.end.Kind != link.Obstacle { // those are in the action itself
			if err := w.d.Room.Link(w.r.Context(), w.who, w.x.ID, to.end); err != nil {
				return err
			}
		}
	}
	for _, picked := range v["pick"] {
		if picked == "" {
			continue
		}
		to, err := w.picked(picked)
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
