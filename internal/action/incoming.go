package action

import (
	"cmp"
	"hash/maphash"
	"strconv"
	"strings"
	"unicode/utf8"

	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Received is a row of a file before anything is known of it. Words are as the file
// writes them; amounts and dates were read.
type Received struct {
	Line           int
	Format, Prefix string // of the file, of the origins it makes
	ID             string
	Title, Summary string
	Notes          [][2]string // what has no field of its own: its header, its words
	Kind           string
	Levers         []string
	Measure        string // of the programme that funds it
	Programme      string
	Places         []string
	Holder, SIREN  string
	CoHolders      []string
	Partners       []string
	Contact, Email string
	Referent       string
	Step           string
	Starts, Ends   string
	Phase, Status  string
	Pool           string
	Budget         Budget
	Funding        []Funding
	Indicators     []Indicator
	Tasks          []Task
	// Sub is the title of a part of the action of the rows before.
	Sub string
	// Given are the fields that the file has, filled or not.
	Given []string
}

// What a row will do when its file is applied.
const (
	DoAdd    = "add"
	DoUpdate = "update"
	DoLeave  = "leave"
	DoTask   = "task" // a part of the action before it
)

// Incomer is a row that was understood.
type Incomer struct {
	Do     string   `json:"do"`
	Action Action   `json:"action"`
	Given  []string `json:"given,omitempty"`
	ID     string   `json:"id,omitempty"`  // of the action that is there
	Rev    int64    `json:"rev,omitempty"` // of it, when it was read
	// Warning is what must be known before it is applied, in French.
	Warning string `json:"-"`
}

// Known is an action that is there, as an import looks for it.
type Known struct {
	ID    string
	Rev   int64
	Seq   int64
	State State
}

// Choices are what a person decides for a whole file.
type Choices struct {
	State  State  `json:"state"`  // of what is new: Draft, Proposed or Pool
	Pool   string `json:"pool"`   // status of the vivier, when it is Pool
	Update bool   `json:"update"` // what is there already takes the values of the file
}

// Incoming judges the rows of a file of one COP, in their order.
type Incoming struct {
	Choices Choices
	Region  string
	// Party finds an organisation of the accounts by its SIREN.
	Party func(siren string) (Party, bool)
	// Suggest reads a financed project as a lever, by the table of the questionnaire.
	Suggest func(programme, measure, title string) (lever string, ok bool)

	tree    *territory.Tree
	frame   *framework.Framework
	levers  map[string][]string // folded name → codes
	places  map[string][]string // folded name → references
	origins map[string]Known
	ids     map[string]string // id of an action → its origin, or the id itself
	titles  map[string]int64  // folded title → number
	seen    map[uint64]int32  // digest of an origin → its line: a file of 100 000 rows keeps no text of them
	seed    maphash.Seed
	last    bool // the row before was kept
}

// NewIncoming starts the judgement of a file for a region whose actions are known.
func NewIncoming(m *panorama.Model, region string, c Choices) *Incoming {
	in := &Incoming{Choices: c, Region: region, tree: m.Tree(), frame: m.Framework(), levers: map[string][]string{}, places: map[string][]string{}, origins: map[string]Known{}, ids: map[string]string{}, titles: map[string]int64{}, seen: map[uint64]int32{}, seed: maphash.MakeSeed(),
		Party: func(string) (Party, bool) { return Party{}, false }, Suggest: func(string, string, string) (string, bool) { return "", false }}
	in.readLevers()
	in.readPlaces()
	return in
}

// Has tells of an action that is there.
func (in *Incoming) Has(origin, title string, k Known) {
	if origin != "" {
		in.origins[origin] = k
	}
	in.ids[k.ID] = cmp.Or(origin, k.ID)
	in.origins[cmp.Or(origin, k.ID)] = k
	in.titles[french.Fold(title)] = k.Seq
}

// Row judges one row; a *Fault names the field that is wrong.
func (in *Incoming) Row(r Received) (out Incomer, err error) {
	if r.Title == "" && r.Sub != "" {
		if !in.last {
			return out, fault("sub", "cette sous-action n’est sous aucune action\u00a0: la ligne au-dessus est refusée ou laissée")
		}
		return Incomer{Do: DoTask, Action: Action{Title: r.Sub, Tasks: []Task{{Title: clipped(r.Sub, LongestTitle), Who: r.Contact, Due: r.Ends}}}}, nil
	}
	in.last = false
	x := Action{Kind: Sectoral, Title: strings.Join(strings.Fields(r.Title), " "), Summary: strings.TrimSpace(r.Summary), CoHolders: parties(r.CoHolders), Partners: parties(r.Partners), Contact: strings.Join(strings.Fields(r.Contact), " "), Email: r.Email, Referent: r.Referent,
		Starts: r.Starts, Ends: r.Ends, Budget: r.Budget, Funding: r.Funding, Indicators: r.Indicators, Tasks: r.Tasks}
	var remarks []string
	if utf8.RuneCountInString(x.Title) > LongestTitle {
		x.Summary = strings.TrimSpace(x.Title + "\n\n" + x.Summary)
		x.Title = clipped(x.Title, LongestTitle)
		remarks = append(remarks, "titre coupé à "+strconv.Itoa(LongestTitle)+" caractères, gardé entier dans le résumé")
	}
	if r.Sub != "" {
		x.Tasks = append(x.Tasks, Task{Title: clipped(r.Sub, LongestTitle), Due: r.Ends})
	}
	for _, n := range r.Notes {
		x.Summary = strings.TrimSpace(x.Summary + "\n\n" + n[0] + "\u00a0: " + n[1])
	}
	if f := french.Fold(r.Kind); f == "transversale" || f == "transversal" || f == string(CrossCutting) {
		x.Kind = CrossCutting
	} else if f != "" && f != "sectorielle" && f != "sectoriel" && f != string(Sectoral) {
		return out, fault("kind", "écrivez «\u00a0sectorielle\u00a0» ou «\u00a0transversale\u00a0»")
	}
	if err := in.words(&x, r); err != nil {
		return out, err
	}
	elsewhere, err := in.where(&x, r.Places)
	if err != nil {
		return out, err
	}
	if elsewhere {
		x.Title = clipped(x.Title, LongestTitle)
		return Incomer{Do: DoLeave, Action: Action{Title: x.Title}, Warning: "laissée de côté\u00a0: elle a lieu dans une autre région"}, nil
	}
	if len(x.Levers) == 0 && r.Measure != "" {
		if code, ok := in.Suggest(r.Programme, r.Measure, r.Title); ok {
			x.Levers = []string{in.ours(code, framework.National)}
			remarks = append(remarks, "levier suggéré par l’intitulé de la mesure, à vérifier")
		} else {
			remarks = append(remarks, "aucun levier\u00a0: l’intitulé de la mesure n’en désigne pas")
		}
	}
	if err := in.holder(&x, r); err != nil {
		return out, err
	}
	if x.Starts != "" && x.Ends != "" && firstDay(x.Ends, true) < firstDay(x.Starts, false) {
		return out, fault("ends", "la fin précède le début ("+x.Starts+")")
	}
	if err := x.check(); err != nil {
		return out, err
	}
	return in.place(x, r, remarks)
}

// mark stands for an origin; two of a file share one by chance once in a billion files.
func (in *Incoming) mark(origin string) uint64 { return maphash.String(in.seed, origin) }

// place says what becomes of a row: new, there already, or given twice.
func (in *Incoming) place(x Action, r Received, remarks []string) (out Incomer, err error) {
	origin := x.origin(r)
	if own, ok := in.ids[r.ID]; ok && r.ID != "" {
		origin = own
	}
	if at, twice := in.seen[in.mark(origin)]; twice {
		if r.Format != "fonds-vert" {
			return out, fault("id", "même action qu’à la ligne\u00a0"+french.Integer(at)+"\u00a0: gardez l’une des deux, ou donnez-leur des identifiants différents")
		}
		// A request may hold several projects: they are told apart by all they say.
		origin += ":" + digest(x.Title, strings.Join(r.Places, " "), r.SIREN)
		if _, again := in.seen[in.mark(origin)]; again {
			origin += ":" + strconv.Itoa(r.Line)
		}
	}
	in.seen[in.mark(origin)] = int32(r.Line)
	x.Origin, in.last = origin, true
	out = Incomer{Do: DoAdd, Action: x, Given: r.Given}
	k, there := in.origins[origin]
	switch {
	case !there:
		x.State, x.PoolState = in.Choices.State, ""
		if r.Pool != "" || x.State == Pool {
			x.State, x.PoolState = Pool, cmp.Or(x.poolOf(r.Pool), in.Choices.Pool, "a_travailler")
		}
		out.Action = x
		if n, same := in.titles[french.Fold(x.Title)]; same {
			remarks = append(remarks, "l’action n°\u00a0"+strconv.FormatInt(n, 10)+" porte déjà ce titre\u00a0: est-ce la même\u00a0?")
		}
	case !in.Choices.Update:
		out.Do, out.ID, out.Given = DoLeave, k.ID, nil
		remarks = append(remarks, "déjà là (n°\u00a0"+strconv.FormatInt(k.Seq, 10)+")\u00a0: laissée comme elle est")
	case !k.State.open():
		out.Do, out.ID, out.Given = DoLeave, k.ID, nil
		remarks = append(remarks, "déjà là (n°\u00a0"+strconv.FormatInt(k.Seq, 10)+") et "+k.State.Name()+"\u00a0: laissée, corrigez-la sur sa page")
	default:
		out.Do, out.ID, out.Rev = DoUpdate, k.ID, k.Rev
		remarks = append(remarks, "déjà là (n°\u00a0"+strconv.FormatInt(k.Seq, 10)+")\u00a0: sera mise à jour")
	}
	out.Warning = strings.Join(remarks, "\u00a0; ")
	return out, nil
}
