package compositions

import (
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// view is every page of the desk of a diagnosis: parts that are empty are not drawn.
type view struct {
	Heading   ui.Heading
	Tabs      ui.Pages
	Done      bool
	Notices   []ui.Alert
	Start     string // where the diagnosis is begun, empty once it is
	Empty     *ui.Empty
	Links     []ui.Link
	Jumps     []ui.Link
	Next      string    // what is to be done now
	Todo      []ui.Link // the blocks to complete
	Facts     [][2]string
	Conflict  ui.Table
	Parts     []partView
	Withdrawn []blockLine
	Menu      []menuPart
	Shown     *shown
	Before    []section // what is read before the forms
	Tables    []section
	Forms     []formView
}

type section struct {
	ID, Title, Lead string
	Table           ui.Table
}

type formView struct {
	ID, Title, Lead, Action, Rev, Submit string
	Second                               bool // its button is a secondary one
	Folded                               bool
	Fields                               []ui.Field
	Hidden                               [][2]string
}

// partView is a part of the diagnosis as it is composed.
type partView struct {
	ID, Name, Add string
	Blocks        []blockLine
}

// blockLine is a block in the composer.
type blockLine struct {
	ID, Title, Kind, Finding, Holds, Missing, Own string
	Rev, Href, Place                              string
	First, Last, MayWrite                         bool
}

// desk is the composer: the parts in order, each with its blocks.
func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.working(r)
	if err != nil {
		return err
	}
	return d.showDesk(w, r, x, http.StatusOK, nil, nil)
}

// showDesk draws the composer; typed is the title that came back with an error.
func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, x place, status int, typed *string, wrong error) error {
	t, err := d.draft(r.Context(), x)
	if err != nil {
		return err
	}
	may := policy.Can(shell.Actor(r), policy.Edit, x.thing())
	v := view{Heading: ui.Heading{Overline: x.words().Shared, Title: x.Name + nb + ": " + x.words().The + " n’est pas commencé" + x.words().E(), Scope: []string{"cycle " + x.cop.Cycle, "projet, réservé à la COP"}}, Tabs: x.tabs(shell.Actor(r), tabCompose)}
	if wrong != nil && typed == nil {
		v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
	}
	if !t.begun {
		v.Tabs.Parts = nil
		v.Empty = &ui.Empty{Title: "Rien n’est encore composé", Text: "Le document se compose de blocs vivants, que Jalon tient à jour (chiffres, graphiques, tableaux), et de vos textes. Il reste un projet que seule la COP lit, jusqu’à ce que les deux têtes le publient."}
		if may {
			v.Start = x.base()
		}
		return d.show(w, r, status, v, trail(x, ui.Link{Label: "Bureau", Href: x.page() + "/bureau"}, x.here(""))...)
	}
	made, err := d.compose(r, x, t)
	if err != nil {
		return err
	}
	kept := composition.Kept(t.blocks)
	v.Heading.Title = x.Name + nb + ": " + french.Integer(len(kept)) + nb + french.Plural(len(kept), "bloc dans ", "blocs dans ") + x.words().The
	if n := len(made.Lacks); n > 0 {
		v.Heading.Title += ", dont " + french.Integer(n) + " à compléter"
	}
	v.Heading.Lead = "Le document suit cet ordre. Chacun écrit dans le bloc qu’il veut\u00a0: deux personnes ne se gênent que si elles modifient le même bloc."
	v.Links = d.draftFiles(r, x)
	list := d.Catalogue.List()
	gaps := map[string]string{}
	texts := 0
	for _, g := range made.Lacks {
		gaps[g.Block.ID] = g.Reason
		v.Todo = append(v.Todo, ui.Link{Label: composition.BlockName(list, g.Block) + ", " + x.kind.PartName(g.Block.Part), Href: "#bloc-" + g.Block.ID})
		if g.Block.Live == "" {
			texts++
		}
	}
	if may {
		v.Next = nextOf(texts, len(made.Lacks)-texts)
	}
	for _, p := range x.kind.Parts() {
		v.Jumps = append(v.Jumps, ui.Link{Label: p[1] + jumpNote(p[0], kept, gaps), Href: "#" + p[0]})
	}
	for _, p := range x.kind.Parts() {
		part := partView{ID: p[0], Name: p[1]}
		if may {
			part.Add = x.base() + "/ajouter?partie=" + p[0]
		}
		for _, b := range t.blocks {
			if string(b.Part) != p[0] {
				continue
			}
			line := lineOf(x, list, b, made.Made[b.ID], gaps[b.ID])
			line.MayWrite = may
			if b.State != composition.BlockKept {
				line.Kind += ", " + strings.ToLower(p[1])
				v.Withdrawn = append(v.Withdrawn, line)
				continue
			}
			line.First = len(part.Blocks) == 0
			part.Blocks = append(part.Blocks, line)
		}
		if n := len(part.Blocks); n > 0 {
			part.Blocks[n-1].Last = true
		}
		v.Parts = append(v.Parts, part)
	}
	if may {
		f := ui.Field{ID: "titre", Label: "Titre du document", Value: t.Title, Help: "Vide, ce sera «\u00a0" + composition.Title(composition.Composition{Kind: x.kind, Term: x.term}, x.Name) + "\u00a0»."}
		if typed != nil {
			f.Value, f.Error = *typed, apperr.Message(wrong)
		}
		v.Forms = append(v.Forms, formView{ID: "le-titre", Title: "Le titre", Action: x.base(), Hidden: [][2]string{{"do", "title"}, {"was", t.Title}}, Fields: []ui.Field{f}, Submit: "Enregistrer le titre", Second: true})
	}
	return d.show(w, r, status, v, trail(x, ui.Link{Label: "Bureau", Href: x.page() + "/bureau"}, x.here(""))...)
}

// nextOf says what remains before a diagnosis is proposed: texts that the team
// writes, live blocks that wait for data.
func nextOf(texts, live int) string {
	wait := ""
	if live > 0 {
		wait = french.Integer(live) + nb + french.Plural(live, "bloc vivant attend des données et le dira", "blocs vivants attendent des données et le diront") + " à sa place dans le document."
		if live > 1 {
			wait = strings.Replace(wait, "à sa place", "à leur place", 1)
		}
	}
	switch {
	case texts > 0:
		return strings.TrimSpace("Écrivez " + french.Plural(texts, "le texte qui manque", "les "+french.Integer(texts)+" textes qui manquent") + ", ou retirez-" + french.Plural(texts, "le", "les") + ". " + wait)
	case live > 0:
		return wait + " Relisez l’aperçu, puis proposez l’édition aux deux têtes depuis «\u00a0Publication\u00a0»."
	}
	return "Rien ne manque. Relisez l’aperçu, puis proposez l’édition aux deux têtes depuis «\u00a0Publication\u00a0»."
}

// jumpNote counts the blocks of a part, and those to complete.
func jumpNote(part string, kept []composition.Block, gaps map[string]string) string {
	n, open := 0, 0
	for _, b := range kept {
		if string(b.Part) != part {
			continue
		}
		n++
		if gaps[b.ID] != "" {
			open++
		}
	}
	out := " (" + french.Integer(n) + nb + french.Plural(n, "bloc", "blocs")
	if open > 0 {
		out += ", " + french.Integer(open) + " à compléter"
	}
	return out + ")"
}

func lineOf(x place, list []composition.Live, b composition.Block, made composition.Made, gap string) blockLine {
	at := x.base() + "/blocs/" + b.ID
	l := blockLine{ID: b.ID, Title: composition.BlockName(list, b), Kind: kindOf(list, b), Missing: gap, Rev: strconv.FormatInt(b.Rev, 10), Href: at, Place: at + "/place"}
	l.Own = wording.Clip(strings.Join(strings.Fields(plainOf(document.Markdown(b.Text))), " "), 220)
	if b.Live != "" && gap == "" && b.State == composition.BlockKept {
		l.Finding, l.Holds = made.Title, holds(made.Blocks)
	}
	return l
}

// kindOf says what a block is.
func kindOf(list []composition.Live, b composition.Block) string {
	if b.Live == "" {
		return "Texte de l’équipe"
	}
	name := composition.BlockName(list, composition.Block{Live: b.Live})
	if name == composition.BlockName(list, b) {
		return "Bloc vivant"
	}
	return "Bloc vivant" + nb + ": " + name
}

// holds counts what a live block makes.
func holds(blocks []document.Block) string {
	counts := map[string]int{}
	rows := 0
	for _, b := range blocks {
		switch b := b.(type) {
		case document.KeyFigures:
			counts["figure"] += len(b.Figures)
		case document.Table:
			counts["table"]++
			rows += len(b.Rows)
		case document.Chart:
			counts["chart"]++
		default:
			counts["text"]++
		}
	}
	var out []string
	for _, x := range [][3]string{{"figure", "chiffre clé", "chiffres clés"}, {"chart", "graphique", "graphiques"}, {"table", "tableau", "tableaux"}, {"text", "paragraphe", "paragraphes"}} {
		if n := counts[x[0]]; n > 0 {
			s := french.Integer(n) + nb + french.Plural(n, x[1], x[2])
			if x[0] == "table" {
				s += " (" + french.Integer(rows) + nb + french.Plural(rows, "ligne", "lignes") + ")"
			}
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

// plainOf is the words of blocks.
func plainOf(blocks []document.Block) string {
	var b strings.Builder
	add := func(spans []document.Span) {
		for _, s := range spans {
			b.WriteString(s.Text)
		}
		b.WriteString(" ")
	}
	for _, x := range blocks {
		switch x := x.(type) {
		case document.Text:
			add(x.Spans)
		case document.List:
			for _, it := range x.Items {
				add(it)
			}
		case document.Quote:
			add(x.Spans)
		}
	}
	return b.String()
}

// begin opens the diagnosis, or gives it its title.
func (d Deps) begin(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.working(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	var typed *string
	switch do := shell.Typed(r, "do"); do {
	case "plan", "vide":
		_, err = d.Room.Begin(r.Context(), a, x.kind, x.cop.ID, x.term, d.Catalogue.List(), do == "plan")
	case "title":
		title := shell.Typed(r, "titre")
		typed = &title
		var t composition.Composition
		if t, err = composition.Of(r.Context(), d.Q, x.kind, x.cop.ID, x.term); err == nil {
			_, err = d.Room.Rename(r.Context(), a, t.ID, shell.Typed(r, "was"), title)
		}
	default:
		if err = policy.Check(a, policy.Edit, x.thing()); err == nil {
			err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
		}
	}
	if err != nil && shell.Beside(err) {
		return d.showDesk(w, r, x, apperr.Status(err), typed, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"?fait=1")
}

// menuPart is what may be added from the catalogue, in one part of it.
type menuPart struct {
	ID, Name, Action, To string
	Blocks               []menuLine
}

type menuLine struct {
	Code, Name, Help string
	There            bool // it is in the diagnosis already
}

// menu is the catalogue: what may be added to a part.
func (d Deps) menu(w http.ResponseWriter, r *http.Request) error {
	x, err := d.writing(r)
	if err != nil {
		return err
	}
	to := composition.Part(r.URL.Query().Get("partie"))
	if x.kind.PartName(to) == "" {
		to = composition.Part(x.kind.Parts()[0][0])
	}
	t, err := d.draft(r.Context(), x)
	if err != nil {
		return err
	}
	if !t.begun {
		return shell.SeeOther(w, r, x.base())
	}
	there := map[string]bool{}
	for _, b := range composition.Kept(t.blocks) {
		there[b.Live] = true
	}
	v := view{Heading: ui.Heading{Overline: x.words().Shared, Title: "Ajouter à la partie «\u00a0" + x.kind.PartName(to) + "\u00a0»", Scope: []string{"le bloc prend la dernière place de la partie, et se déplace ensuite"}}, Tabs: x.tabs(shell.Actor(r), tabCompose)}
	first := menuPart{ID: "texte", Name: "Vos mots", Action: x.base() + "/blocs", To: string(to), Blocks: []menuLine{{Name: "Un texte de l’équipe", Help: "Des paragraphes, des listes, des liens, que l’équipe écrit."}}}
	v.Menu = []menuPart{first}
	// The part that the reader comes from is read first.
	for _, mine := range []bool{true, false} {
		for _, p := range x.kind.Parts() {
			if (p[0] == string(to)) != mine {
				continue
			}
			part := menuPart{ID: p[0], Name: "Blocs vivants" + nb + ": " + strings.ToLower(p[1][:1]) + p[1][1:], Action: first.Action, To: first.To}
			for _, l := range d.Catalogue.List() {
				if string(l.Part) == p[0] {
					part.Blocks = append(part.Blocks, menuLine{l.Code, l.Name, l.Help, there[l.Code]})
				}
			}
			if len(part.Blocks) > 0 {
				v.Menu = append(v.Menu, part)
			}
		}
	}
	return d.show(w, r, http.StatusOK, v, trail(x, x.here(x.base()), ui.Link{Label: "Ajouter un bloc"})...)
}

// writing is working, for those who write the draft.
func (d Deps) writing(r *http.Request) (place, error) {
	x, err := d.working(r)
	if err != nil {
		return x, err
	}
	if err := policy.Check(shell.Actor(r), policy.Edit, x.thing()); err != nil {
		return x, apperr.New(apperr.Forbidden, err, "Votre rôle permet de lire ce projet, pas de l’écrire. Adressez-vous à l’équipe de la COP.")
	}
	return x, nil
}

func (d Deps) add(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.writing(r)
	if err != nil {
		return err
	}
	t, err := composition.Of(r.Context(), d.Q, x.kind, x.cop.ID, x.term)
	if err != nil {
		return err
	}
	b, err := d.Room.AddBlock(r.Context(), shell.Actor(r), t, d.Catalogue.List(), composition.Block{Part: composition.Part(shell.Typed(r, "partie")), Live: shell.Typed(r, "live")})
	if err != nil && shell.Beside(err) {
		return d.showDesk(w, r, x, apperr.Status(err), nil, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.base()+"/blocs/"+b.ID+"?fait=1")
}
