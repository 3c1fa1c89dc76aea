package diagnosis

// ThemeKind is what a theme gathers.
type ThemeKind string

// The kinds: a set of levers, or a subject that cuts across them.
const (
	OfLevers ThemeKind = "levers"
	Cross    ThemeKind = "cross"
)

// Theme is a theme of a region's own list.
type Theme struct {
	ID       string    `json:"id"`
	Rev      int64     `json:"-"`
	COP      string    `json:"cop"`
	Region   string    `json:"region"`
	Cycle    string    `json:"cycle"`
	Position int64     `json:"position"`
	Name     string    `json:"name"`
	Text     string    `json:"text"` // markdown
	Kind     ThemeKind `json:"kind"`
	Subject  string    `json:"subject"` // code of Subjects, for a cross theme
	Maps     []string  `json:"maps"`    // codes of the six themes
	Levers   []string  `json:"levers"`  // codes; a cross theme may name some too
	State    string    `json:"state"`   // kept, withdrawn
	// Priority tells that both heads put it first; Why is their reason, Choice the
	// choice that said so.
	Priority bool   `json:"priority"`
	Why      string `json:"why"`
	Choice   string `json:"choice"`
}

// Subjects lists the subjects that cut across levers, with their French names.
func Subjects() [][2]string {
	return [][2]string{{"emploi", "Emploi et compétences"}, {"transition-juste", "Transition juste"}, {"sante", "Santé et environnement"}, {"tourisme", "Tourisme"},
		{"education", "Éducation et sensibilisation"}, {"financement", "Financement"}, {"eau", "Eau"}, {"biodiversite", "Biodiversité"}, {"adaptation", "Adaptation au changement climatique"},
		{"numerique", "Numérique"}, {"outre-mer", "Insularité et outre-mer"}, {"autre", "Autre sujet"}}
}
