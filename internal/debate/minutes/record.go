package minutes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/ballot"
	"jalon/internal/debate/meeting"
	"jalon/internal/document"
	"jalon/internal/french"
)

const nb = french.NoBreak

// Said is everything that a meeting says, read from one snapshot.
type Said struct {
	Meeting   cop.Meeting
	COP       cop.COP
	Minutes   Minutes
	Agenda    []Item
	Sections  map[string]Section
	Decisions []Decision
	Tasks     []Task
	Votes     []Vote
	Came      []meeting.OrgCount
	Present   int64 // people there, when Counted
	Counted   bool
}

// Vote is a ballot with its result.
type Vote struct {
	ballot.Ballot
	ballot.Result
}

// Read reads what a meeting says. The caller read the meeting under its rights.
func (m *Room) Read(ctx context.Context, q db.Q, x cop.Meeting, c cop.COP) (s Said, err error) {
	defer apperr.Wrap(&err, "minutes.Read(%s)", x.ID)
	s = Said{Meeting: x, COP: c}
	err = db.Snapshot(ctx, q, func(ctx context.Context, q db.Q) (err error) {
		if s.Minutes, err = Of(ctx, q, x); err != nil {
			return err
		}
		if s.Agenda, err = Agenda(ctx, q, x); err != nil {
			return err
		}
		if s.Sections, err = Sections(ctx, q, x.ID); err != nil {
			return err
		}
		if s.Decisions, err = Decisions(ctx, q, x.ID); err != nil {
			return err
		}
		if s.Tasks, err = Tasks(ctx, q, x.ID); err != nil {
			return err
		}
		votes, err := ballot.OfMeeting(ctx, q, x.ID)
		if err != nil {
			return err
		}
		for _, b := range votes {
			if b.State != ballot.Closed && b.State != ballot.Void {
				continue
			}
			v := Vote{Ballot: b}
			if b.State == ballot.Closed {
				if v.Result, err = ballot.Tally(ctx, q, b); err != nil {
					return err
				}
			}
			s.Votes = append(s.Votes, v)
		}
		if m.Ballots != nil {
			if s.Present, s.Counted, err = m.Ballots.There(ctx, q, x); err != nil {
				return err
			}
		}
		s.Came, err = meeting.ByOrganisation(ctx, q, x.ID)
		return err
	})
	return s, err
}

// Press is what a record is made with, besides what the meeting says.
type Press struct {
	Lever   func(code string) string // the name of a lever
	Person  func(id string) string   // the name of an account
	Day     string                   // as of
	Author  string
	Address string
	Demo    bool
	Seq     int64  // of the version
	By      string // who approves it, empty for a draft
	Draw    func(ctx context.Context, d document.Document) ([]document.File, error)
}

// Record composes the record of a meeting from all that was noted: it is there before
// anybody writes a text.
func Record(s Said, p Press) document.Document {
	x := s.Meeting
	when := french.Day(x.Day)
	if x.Start != "" {
		when += ", de " + x.Start
		if x.End != "" {
			when += " à " + x.End
		}
	}
	d := document.Document{Kind: "releve-de-reunion", Title: "Compte rendu" + nb + ": " + x.Title, Subtitle: s.COP.Name, Day: p.Day, Author: p.Author, Demo: p.Demo, Address: p.Address,
		Scope: []string{x.Kind.Name(), when}, Version: french.Integer(p.Seq)}
	if x.Place != "" {
		d.Scope = append(d.Scope, x.Place)
	}
	if p.By == "" {
		d.Mark = "Projet, non approuvé"
	}
	add := func(part document.Part) { d.Parts = append(d.Parts, part) }
	add(document.Part{ID: "ordre-du-jour", Title: "Ordre du jour", Blocks: orSay(s.agenda(p), "Aucun ordre du jour n’a été enregistré.")})
	add(s.presence())
	add(document.Part{ID: "decisions", Title: s.finding(), Blocks: orSay(s.decisions(p), "Aucune décision n’a été enregistrée.")})
	if len(s.Votes) > 0 {
		var blocks []document.Block
		for i, v := range s.Votes {
			blocks = append(blocks, v.blocks(i)...)
		}
		add(document.Part{ID: "votes", Title: french.Integer(len(s.Votes)) + nb + french.Plural(len(s.Votes), "vote en séance", "votes en séance"), Blocks: blocks,
			Notes: []string{"Une voix par appareil, ou par bulletin quand le vote en demande un. Les mains levées sont comptées à part et ne s’ajoutent pas aux voix."}})
	}
	for _, t := range s.texts() {
		add(document.Part{ID: t.id, Title: t.title, Blocks: document.Markdown(t.text)})
	}
	add(document.Part{ID: "taches", Title: "Suites à donner", Blocks: orSay(s.tasks(), "Aucune tâche n’a été confiée.")})
	if p.By != "" {
		why := ""
		if s.Minutes.Reason != "" && p.Seq > 1 {
			why = " Raison de cette nouvelle version" + nb + ": " + s.Minutes.Reason + "."
		}
		sum := contentSum(d)
		add(document.Part{ID: "approbation", Title: "Approuvé par " + p.By, Blocks: []document.Block{
			document.Para("Ce compte rendu, version " + french.Integer(p.Seq) + ", a été approuvé le " + french.Day(p.Day) + " par " + p.By + "." + why + " Cette approbation est enregistrée par Jalon\u00a0; elle n’est pas une signature électronique."),
			document.Para("Empreinte du contenu (SHA-256)" + nb + ": " + sum)},
			Notes: []string{"L’empreinte est celle des parties qui précèdent. Les fichiers figés (page, texte, PDF) ont chacun la leur, donnée sur la page du compte rendu."}})
	}
	return d
}

// orSay says that there is nothing, in its place: a record has nothing to come.
func orSay(blocks []document.Block, nothing string) []document.Block {
	if len(blocks) > 0 {
		return blocks
	}
	return []document.Block{document.Para(nothing)}
}

// contentSum is the digest of what a record says, printed at its end.
func contentSum(d document.Document) string {
	body, err := json.Marshal(d.Parts)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

func (s Said) finding() string {
	n := len(s.Decisions)
	if n == 0 {
		return "Décisions"
	}
	return french.Integer(n) + nb + french.Plural(n, "décision", "décisions")
}

func names(codes []string, name func(string) string) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = name(c)
	}
	return strings.Join(out, ", ")
}

func (s Said) agenda(p Press) []document.Block {
	t := document.Table{ID: "points", Caption: "Les points de l’ordre du jour", Columns: []document.Column{{Label: "Heure"}, {Label: "Point"}, {Label: "Présenté par"}, {Label: "Durée prévue", Unit: "min", Number: true}, {Label: "Leviers"}}}
	for _, i := range s.Agenda {
		row := []document.Cell{{Text: i.At}, {Text: i.Title}, {Text: i.Presenter}, {Text: french.Integer(i.Planned)}, {Text: names(i.Levers, p.Lever)}}
		if i.At == "" {
			row[0] = document.Cell{Missing: "l’heure de début, ou la durée d’un point qui précède, n’est pas dite"}
		}
		if i.Planned == 0 {
			row[3] = document.Cell{Missing: "durée non dite"}
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []document.Block{t}
}

func (s Said) presence() document.Part {
	part := document.Part{ID: "presents", Title: "Présents"}
	if !s.Counted {
		part.Blocks = []document.Block{document.Para("Personne n’a compté les présents.")}
	} else {
		part.Title = french.Integer(s.Present) + nb + french.Plural(s.Present, "personne présente", "personnes présentes")
		part.Blocks = []document.Block{document.Para("Nombre de places occupées dans la salle, compté ou déclaré.")}
	}
	if len(s.Came) > 0 {
		t := document.Table{ID: "organismes", Caption: "Présents par organisme", Columns: []document.Column{{Label: "Organisme"}, {Label: "Collège"}, {Label: "Personnes", Number: true}}}
		for _, c := range s.Came {
			org := c.Organisation
			if org == "" {
				org = "en leur nom propre"
			}
			college := document.Cell{Text: c.College.Name()}
			if college.Text == "" {
				college = document.Cell{Missing: "collège non dit"}
			}
			t.Rows = append(t.Rows, []document.Cell{{Text: org}, college, {Text: french.Integer(c.People)}})
		}
		part.Blocks = append(part.Blocks, t)
	}
	return part
}

func (s Said) decisions(p Press) []document.Block {
	l := document.List{Ordered: true}
	for _, x := range s.Decisions {
		about := Word(Kinds, x.Kind) + ", " + Word(Reaches, x.Reached)
		if len(x.Levers) > 0 {
			about += ". Leviers" + nb + ": " + names(x.Levers, p.Lever)
		}
		if x.State != "taken" {
			about += ". " + french.Upper(Word(States, x.State))
			if x.Reason != "" {
				about += nb + ": " + x.Reason
			}
		}
		l.Items = append(l.Items, []document.Span{{Text: x.Sentence, Bold: true}, {Text: " – " + about + "."}})
	}
	if len(l.Items) == 0 {
		return nil
	}
	return []document.Block{l}
}

func (v Vote) blocks(n int) []document.Block {
	if v.State == ballot.Void {
		return []document.Block{document.Para("Vote annulé" + nb + ": «" + nb + v.Question + nb + "». Raison" + nb + ": " + v.Reason + ".")}
	}
	said := french.Integer(v.Result.Voices) + nb + "voix"
	if v.Present != nil && *v.Present > 0 {
		said += " sur " + french.Integer(*v.Present) + nb + french.Plural(*v.Present, "personne présente", "personnes présentes") + " (" + french.Number(float64(v.Result.Voices)*100/float64(*v.Present), 0) + nb + "%)"
	} else {
		said += "\u00a0; le nombre de présents n’est pas connu, la participation non plus"
	}
	if v.Slips {
		said += ". Vote à bulletins, un par personne inscrite"
	}
	t := document.Table{ID: "vote-" + french.Integer(n+1), Caption: v.Question, Columns: []document.Column{{Label: "Réponse"}, {Label: "Voix", Number: true}, {Label: "Part", Unit: "% des voix", Number: true}}, Note: said + "."}
	if v.Hands != nil {
		t.Columns = append(t.Columns, document.Column{Label: "À main levée, à part", Number: true})
	}
	for i, o := range v.Options {
		row := []document.Cell{{Text: o}, {Text: french.Integer(v.Counts[i])}, {Missing: "aucune voix reçue"}}
		if v.Result.Voices > 0 {
			row[2] = document.Cell{Text: french.Number(float64(v.Counts[i])*100/float64(v.Result.Voices), 0)}
		}
		if v.Hands != nil {
			row = append(row, document.Cell{Text: french.Integer(v.Hands[i])})
		}
		t.Rows = append(t.Rows, row)
	}
	return []document.Block{t}
}

type text struct{ id, title, text string }

// texts are what was written, in the order of the agenda; what stood under a point that
// was taken off comes last.
func (s Said) texts() (out []text) {
	put := func(id, key, title string) {
		if t := s.Sections[key].Text; t != "" {
			out = append(out, text{id, title, t})
		}
	}
	put("texte-ouverture", Opening, "Ouverture")
	known := map[string]bool{Opening: true, Closing: true}
	for _, i := range s.Agenda {
		known[i.ID] = true
		put("point-"+french.Integer(i.Place), i.ID, i.Title)
	}
	put("texte-conclusion", Closing, "Conclusion")
	for _, key := range slices.Sorted(maps.Keys(s.Sections)) {
		if !known[key] {
			put("retire-"+key, key, "Point retiré de l’ordre du jour")
		}
	}
	return out
}

func (s Said) tasks() []document.Block {
	t := document.Table{ID: "suites", Caption: "Qui fait quoi, pour quand", Columns: []document.Column{{Label: "Tâche"}, {Label: "Qui"}, {Label: "Échéance"}, {Label: "État"}}}
	for _, x := range s.Tasks {
		due := document.Cell{Missing: "sans échéance"}
		if x.Due != "" {
			due = document.Cell{Text: french.Day(x.Due)}
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: x.What}, {Text: x.Who()}, due, {Text: Word(TaskStates, x.State)}})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []document.Block{t}
}
