package compositions

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// shown is a block as the document will show it.
type shown struct {
	Doc  document.Document
	Part document.Part
}

// found is the block of an address, for who reads the draft.
func (d Deps) found(r *http.Request) (x place, b composition.Block, t composition.Composition, err error) {
	if x, err = d.working(r); err != nil {
		return x, b, t, err
	}
	b, t, err = composition.FindBlock(r.Context(), d.Q, r.PathValue("id"))
	if err == nil && t.COP != x.cop.ID {
		err = apperr.NotFoundf("Ce bloc n’est pas de cette région.")
	}
	return x, b, t, err
}

func (d Deps) block(w http.ResponseWriter, r *http.Request) error {
	x, b, t, err := d.found(r)
	if err != nil {
		return err
	}
	return d.showBlock(w, r, x, b, t, http.StatusOK, nil, nil)
}

// fields are the questions about a block.
func (d Deps) fields(b composition.Block) []ui.Field {
	title := ui.Field{ID: "titre", Label: "Titre", Value: b.Title, Help: "Il paraît au-dessus du texte. Sans titre, le texte suit le bloc précédent."}
	text := ui.Field{ID: "texte", Label: "Texte", Type: "textarea", Rows: 12, Value: b.Text,
		Help: "Une ligne vide sépare deux paragraphes. «\u00a0- \u00a0» commence une liste, **gras**, *italique*, [un lien](https://…), «\u00a0>\u00a0» met une remarque à part."}
	if b.Live == "" {
		return []ui.Field{title, text}
	}
	title.Help = "Vide, le titre dit ce que montrent les données du jour."
	text.Label, text.Rows = "Vos mots, au-dessus du bloc", 6
	out := []ui.Field{title, text}
	for _, l := range d.Catalogue.List() {
		if l.Code != b.Live {
			continue
		}
		for _, o := range l.Options {
			f := ui.Field{ID: "option-" + o.Name, Label: o.Label, Value: b.Params[o.Name]}
			if len(o.Values) > 0 {
				f.Type, f.Required = "select", true
				for i, x := range o.Values {
					f.Options = append(f.Options, ui.Option{Value: x[0], Label: x[1], Selected: x[0] == f.Value || f.Value == "" && i == 0})
				}
			}
			out = append(out, f)
		}
	}
	return out
}

func (d Deps) showBlock(w http.ResponseWriter, r *http.Request, x place, b composition.Block, t composition.Composition, status int, typed *composition.Block, wrong error) error {
	list := d.Catalogue.List()
	name := composition.BlockName(list, b)
	v := view{Heading: ui.Heading{Overline: "Bloc " + x.words().Of, Title: name, Scope: []string{kindOf(list, b), "partie «\u00a0" + x.kind.PartName(b.Part) + "\u00a0»"}}, Tabs: x.tabs(shell.Actor(r), tabCompose)}
	for _, l := range list {
		if l.Code == b.Live {
			v.Heading.Lead = l.Help
		}
	}
	may := policy.Can(shell.Actor(r), policy.Edit, x.thing())
	here := x.base() + "/blocs/" + b.ID
	number := strconv.FormatInt(b.Rev, 10)
	if b.State != composition.BlockKept {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Ce bloc est retiré", Text: "Il n’est plus dans le document\u00a0; ses mots et ses versions sont gardés."})
	} else if err := d.drawn(r, x, b, t, &v); err != nil {
		return err
	}
	if wrong != nil && typed == nil {
		v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
	}
	if may {
		read := b
		if typed != nil {
			read = *typed
			read.Live = b.Live
		}
		fields := append(d.fields(read), ui.Field{ID: "reason", Label: "Ce qui change, et pourquoi", Value: shell.Typed(r, "reason")})
		if typed != nil {
			if status == http.StatusConflict {
				v.Conflict = ui.TwoVersions(d.fields(b), fields)
			}
			if len(v.Conflict.Rows) == 0 { // no field is wrong where two versions differ: the page says so above
				wrongIn(fields, wrong)
			}
		}
		v.Forms = append(v.Forms, formView{ID: "ecrire", Title: "Écrire", Action: here, Rev: number, Fields: fields, Submit: "Enregistrer"})
		if b.State == composition.BlockKept {
			to := ui.Field{ID: "partie", Label: "Partie", Type: "select", Required: true}
			for _, p := range x.kind.Parts() {
				to.Options = append(to.Options, ui.Option{Value: p[0], Label: p[1], Selected: p[0] == string(b.Part)})
			}
			v.Forms = append(v.Forms, formView{ID: "deplacer", Title: "Déplacer dans une autre partie", Folded: true, Action: here + "/place", Rev: number, Hidden: [][2]string{{"do", string(composition.StepPart)}}, Fields: []ui.Field{to}, Submit: "Déplacer", Second: true},
				formView{ID: "retirer", Title: "Retirer du document", Folded: true, Lead: "Rien ne s’efface\u00a0: le bloc se reprend à tout moment, en bas de la page «\u00a0Composer\u00a0».", Action: here + "/place", Rev: number, Hidden: [][2]string{{"do", string(composition.StepWithdraw)}},
					Fields: []ui.Field{{ID: "raison-retrait", Name: "reason", Label: "Pourquoi"}}, Submit: "Retirer ce bloc", Second: true})
		} else {
			v.Forms = append(v.Forms, formView{ID: "reprendre", Title: "Reprendre ce bloc", Action: here + "/place", Rev: number, Hidden: [][2]string{{"do", string(composition.StepRestore)}}, Submit: "Remettre dans le document", Second: true})
		}
	}
	past, err := composition.BlockHistory(r.Context(), d.Q, b.ID)
	if err != nil {
		return err
	}
	h := ui.Table{ID: "versions", Caption: "Chaque version, la dernière d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Version"}, {Label: "Le"}, {Label: "Par"}, {Label: "Ce que dit le bloc", Wide: true}, {Label: "Pourquoi", Wide: true}}}
	names, err := d.names(r, past)
	if err != nil {
		return err
	}
	for _, p := range past {
		h.Rows = append(h.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Integer(p.Rev)}, {Text: french.Date(p.At.In(x.cop.Location()))}, {Text: names[p.By]}, {Text: saidIn(x, list, p.Block)}, why(p.Reason, "aucune raison donnée")}})
	}
	v.Tables = append(v.Tables, section{ID: "histoire", Title: "Ses versions", Table: h})
	return d.show(w, r, status, v, trail(x, x.here(x.base()), ui.Link{Label: wording.Clip(name, 60)})...)
}

// why is a cell of words that may not have been given.
func why(words, none string) ui.Cell {
	if words == "" {
		return ui.Cell{Missing: none}
	}
	return ui.Cell{Text: words}
}

// drawn makes one block as the document will show it.
func (d Deps) drawn(r *http.Request, x place, b composition.Block, t composition.Composition, v *view) error {
	one, err := d.compose(r, x, draft{Composition: t, blocks: []composition.Block{b}, begun: true})
	if err != nil {
		return err
	}
	for _, p := range one.Document.Parts {
		p.Chapter = ""
		doc := one.Document
		v.Shown = &shown{doc, p}
	}
	for _, g := range one.Lacks {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Ce bloc ne montre rien pour l’instant", Text: g.Reason})
		v.Shown = nil
	}
	return nil
}

// saidIn is what a block said at a version.
func saidIn(x place, list []composition.Live, b composition.Block) string {
	out := []string{composition.BlockName(list, b)}
	if b.Text != "" {
		out = append(out, wording.Clip(strings.Join(strings.Fields(b.Text), " "), 160))
	}
	for _, l := range list {
		for _, o := range l.Options {
			if v := b.Params[o.Name]; l.Code == b.Live && v != "" {
				out = append(out, o.Label+nb+": "+valueName(o, v))
			}
		}
	}
	out = append(out, "partie «\u00a0"+x.kind.PartName(b.Part)+"\u00a0»")
	if b.State != composition.BlockKept {
		out = append(out, "retiré")
	}
	return strings.Join(out, " – ")
}

func valueName(o composition.Option, value string) string {
	for _, x := range o.Values {
		if x[0] == value {
			return x[1]
		}
	}
	return value
}

// names are who did something, in one statement: who gave no name, or whose account
// was erased, is told by no address.
func (d Deps) names(r *http.Request, past []composition.BlockPast) (map[string]string, error) {
	ids := make([]string, len(past))
	for i, p := range past {
		ids[i] = p.By
	}
	slices.Sort(ids)
	out, err := account.Called(r.Context(), d.Q, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		switch {
		case id == cop.Seed || id == "":
			out[id] = "Jalon"
		case out[id] == "":
			out[id] = "une personne qui n’a pas dit son nom"
		}
	}
	return out, nil
}

func (d Deps) save(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, b, t, err := d.found(r)
	if err != nil {
		return err
	}
	n, err := shell.Rev(r)
	if err != nil {
		return err
	}
	in := composition.Block{ID: b.ID, Rev: n, Part: b.Part, Title: shell.Typed(r, "titre"), Text: text(r, "texte"), Params: map[string]string{}, State: b.State}
	for name := range r.PostForm {
		if option, ok := strings.CutPrefix(name, "option-"); ok {
			in.Params[option] = shell.Typed(r, name)
		}
	}
	_, err = d.Room.SaveBlock(r.Context(), shell.Actor(r), d.Catalogue.List(), in, shell.Typed(r, "reason"))
	if err != nil && shell.Beside(err) {
		if b, t, ferr := composition.FindBlock(r.Context(), d.Q, b.ID); ferr == nil {
			return d.showBlock(w, r, x, b, t, apperr.Status(err), &in, err)
		}
		return d.showBlock(w, r, x, b, t, apperr.Status(err), &in, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/blocs/"+b.ID+"?fait=1")
}

// text is a field of several lines: its breaks are kept.
func text(r *http.Request, name string) string {
	return strings.ReplaceAll(shell.Typed(r, name), "\r\n", "\n")
}

func (d Deps) move(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, b, _, err := d.found(r)
	if err != nil {
		return err
	}
	n, err := shell.Rev(r)
	if err != nil {
		return err
	}
	_, err = d.Room.PlaceBlock(r.Context(), shell.Actor(r), b.ID, n, composition.Step(shell.Typed(r, "do")), composition.Part(shell.Typed(r, "partie")), shell.Typed(r, "reason"))
	if err != nil && shell.Beside(err) {
		return d.showDesk(w, r, x, apperr.Status(err), nil, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"?fait=1#bloc-"+b.ID)
}
