package exchange

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/french"
	"jalon/internal/questionnaire"
	"jalon/internal/restitution"
	surveys "jalon/internal/survey"
)

// OpenDataFiles writes the files of an edition of open data: four tables in three
// formats each, and what must be known to read them.
func OpenDataFiles(d restitution.OpenData) ([]restitution.OpenFile, error) {
	var out []restitution.OpenFile
	sets := OpenDataTables(d)
	for _, x := range sets {
		for _, format := range []struct {
			ext   string
			write func(*bytes.Buffer) (int64, error)
		}{{".csv", func(b *bytes.Buffer) (int64, error) { return WriteCSV(b, x, ',') }},
			{".json", func(b *bytes.Buffer) (int64, error) { return WriteJSON(b, x) }},
			{".xlsx", func(b *bytes.Buffer) (int64, error) { return WriteXLSX(b, x) }}} {
			var b bytes.Buffer
			rows, err := format.write(&b)
			if err != nil {
				return nil, err
			}
			out = append(out, restitution.OpenFile{Name: x.Name + format.ext, Title: x.Title, Rows: rows, Body: b.Bytes()})
		}
	}
	return append(out, restitution.OpenFile{Name: "lisez-moi.md", Title: "Ce qu’il faut savoir", Body: []byte(OpenDataNotes(d, sets))}), nil
}

const noAnswer, noAnswerLabel = "sans-reponse", "sans réponse (ou question passée)"

// OpenDataTables are the tables of an edition: groups, answers, questions, options.
func OpenDataTables(d restitution.OpenData) []Dataset {
	source := "Jalon, questionnaire aux collectivités «\u00a0" + d.Form.Title + "\u00a0», région " + d.Edition.Region + ", " + d.Edition.Number() + " du " + french.Day(d.Edition.Day) + ". Licence Ouverte 2.0."
	groups := Dataset{Name: "groupes", Title: "Groupes de collectivités et totaux", Source: source, Note: "Un groupe compte au moins cinq répondants. Un total additionne des groupes entiers.",
		Fields: []Field{{Name: "groupe", Label: "Identifiant du groupe, le même dans toutes les tables"}, {Name: "niveau", Label: "groupe, total, ou accord (une collectivité qui a accepté par écrit d’être publiée seule)"},
			{Name: "type", Label: "Type de collectivités"}, {Name: "departements", Label: "Codes des départements réunis", Missing: "toute la région"}, {Name: "tailles", Label: "Classes de population réunies", Missing: "toutes les tailles"},
			{Name: "libelle", Label: "Le groupe en mots"}, {Name: "repondants", Label: "Collectivités dont la réponse est comptée", Number: true}, {Name: "compte_depuis", Label: "Édition depuis laquelle ces chiffres n’ont pas changé", Number: true},
			{Name: "additionne", Label: "Groupes additionnés, pour un total", Missing: "ce n’est pas un total"}}}
	answers := Dataset{Name: "reponses", Title: "Nombre de réponses par groupe, question et modalité", Source: source,
		Note: "Chaque collectivité du groupe est comptée dans chaque question posée à son type\u00a0: les modalités d’une question à choix unique, avec «\u00a0sans-reponse\u00a0», font le total des répondants. Une question à plusieurs choix peut dépasser ce total.",
		Fields: []Field{{Name: "groupe", Label: "Identifiant du groupe"}, {Name: "question", Label: "Identifiant de la question (table «\u00a0questions\u00a0»)"}, {Name: "modalite", Label: "Code de la modalité (table «\u00a0modalites\u00a0»)"},
			{Name: "nombre", Label: "Collectivités qui ont donné cette réponse", Number: true}, {Name: "repondants", Label: "Collectivités du groupe", Number: true}}}
	questions := Dataset{Name: "questions", Title: "Questions du questionnaire qui sont publiées", Source: source, Note: "Les textes libres, les nombres, les dates, les fichiers et l’identité de qui répond ne sont jamais publiés.",
		Fields: []Field{{Name: "question", Label: "Identifiant, le même d’une version et d’une région à l’autre"}, {Name: "section", Label: "Partie du questionnaire"}, {Name: "levier", Label: "Code du levier", Missing: "pas un levier"}, {Name: "thematique", Label: "Thématique", Missing: "aucune"},
			{Name: "libelle", Label: "Ce qui est demandé"}, {Name: "echelle", Label: "Échelle\u00a0: pertinence ou mobilisation", Missing: "question sans échelle"}, {Name: "etape", Label: "Type d’étape de l’action", Missing: "pas une action"},
			{Name: "choix", Label: "unique ou plusieurs"}, {Name: "types", Label: "Types de collectivités à qui elle est posée"}}}
	options := Dataset{Name: "modalites", Title: "Modalités de chaque question", Source: source, Note: "Le score, de 0 à 1, est celui des synthèses de Jalon\u00a0; une modalité sans score n’y entre pas.",
		Fields: []Field{{Name: "question", Label: "Identifiant de la question"}, {Name: "modalite", Label: "Code"}, {Name: "libelle", Label: "Libellé"}, {Name: "score", Label: "Score de 0 à 1", Number: true, Missing: "n’entre dans aucun score"}}}
	var g, a, q, o [][]Datum
	for _, x := range d.Groups {
		g = append(g, []Datum{Text(x.Group.Key), Text(levelOf(x)), Text(kindName(x.Group.Kind)), Text(strings.Join(x.Group.Departments, " ")), Text(sizes(x)), Text(GroupLabel(x, nil)), Integer(x.Respondents), Integer(x.Since), Text(strings.Join(x.Total, " "))})
		for n, c := range d.Cells {
			for i, count := range x.Counts[n] {
				code := noAnswer
				if i < len(c.Options) {
					code = c.Options[i].Code
				}
				a = append(a, []Datum{Text(x.Group.Key), Text(c.Key), Text(code), Integer(count), Integer(x.Respondents)})
			}
		}
	}
	asked := map[string][]string{}
	for _, k := range questionnaire.Kinds() {
		for _, c := range d.Form.Path(k).Cells() {
			asked[c.Key] = append(asked[c.Key], k.Name())
		}
	}
	for _, c := range d.Cells {
		choice := "unique"
		if c.Many {
			choice = "plusieurs"
		}
		q = append(q, []Datum{Text(c.Key), Text(c.Section.Title), Text(c.Section.Lever), Text(c.Section.Theme), Text(c.Label), Text(c.Column), Text(c.Step.Name()), Text(choice), Text(strings.Join(asked[c.Key], ", "))})
		for _, x := range c.Options {
			score := Datum{Number: true}
			if x.Score != nil {
				score.Text = Fixed(*x.Score, 4)
			}
			o = append(o, []Datum{Text(c.Key), Text(x.Code), Text(x.Label), score})
		}
		o = append(o, []Datum{Text(c.Key), Text(noAnswer), Text(noAnswerLabel), {Number: true}})
	}
	groups.Rows, answers.Rows, questions.Rows, options.Rows = Slice(g), Slice(a), Slice(q), Slice(o)
	return []Dataset{groups, answers, questions, options}
}

func levelOf(x restitution.OpenCounts) string {
	switch {
	case x.Group.Alone != "":
		return "accord"
	case len(x.Total) > 0:
		return "total"
	}
	return "groupe"
}

// kindName is the French name of a kind of groups.
func kindName(kind string) string {
	if kind == restitution.Heads {
		return "régions et départements"
	}
	return questionnaire.Kind(kind).Name()
}

func sizes(x restitution.OpenCounts) string {
	if len(x.Group.Sizes) == len(surveys.Sizes()) {
		return ""
	}
	return strings.Join(x.Group.Sizes, " ")
}

// GroupLabel says a group in words; name tells the name of a département, nil for
// its code.
func GroupLabel(x restitution.OpenCounts, name func(code string) string) string {
	if x.Group.Alone != "" {
		return x.Group.Name + " (publiée seule, avec son accord écrit)"
	}
	out := cmp.Or(map[string]string{"commune": "communes", "epci": "intercommunalités"}[x.Group.Kind], kindName(x.Group.Kind))
	if n := len(x.Group.Departments); n > 0 {
		places := slices.Clone(x.Group.Departments)
		for i, code := range places {
			if name != nil {
				places[i] = name(code)
			}
		}
		if name == nil {
			out += ", " + french.Plural(n, "département ", "départements ") + french.List(places)
		} else {
			out += ", " + french.List(places)
		}
	}
	if words := sizeWords(x.Group.Sizes); words != "" {
		out += ", " + words
	}
	return out
}

// sizeWords says classes of population, those that follow one another as one; it is
// empty for all of them.
func sizeWords(codes []string) string {
	all := surveys.Sizes()
	if len(codes) == 0 || len(codes) == len(all) {
		return ""
	}
	in := func(i int) bool { return i >= 0 && i < len(all) && slices.Contains(codes, all[i].Code) }
	var parts []string
	for i := range all {
		if !in(i) || in(i-1) {
			continue
		}
		last := i
		for in(last + 1) {
			last++
		}
		switch {
		case last == i:
			parts = append(parts, all[i].Name)
		case i == 0:
			parts = append(parts, "moins de "+french.Integer(all[last].Most+1)+" habitants")
		case last == len(all)-1:
			parts = append(parts, french.Integer(all[i-1].Most+1)+" habitants et plus")
		default:
			parts = append(parts, french.Integer(all[i-1].Most+1)+" à "+french.Integer(all[last].Most)+" habitants")
		}
	}
	return strings.Join(parts, " ou ")
}

// OpenDataNotes is the file that says how the tables were made.
func OpenDataNotes(d restitution.OpenData, sets []Dataset) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n\n", args...) }
	e := d.Edition
	p("# Questionnaire aux collectivités, région %s, %s", e.Region, e.Number())
	p("Édition arrêtée le %s. Elle ne changera plus\u00a0: une correction fait une nouvelle édition. Source\u00a0: Jalon. Licence\u00a0: Licence Ouverte 2.0 (Etalab).", french.Day(e.Day))
	p("Questionnaire\u00a0: %s, version %d («\u00a0%s\u00a0»). %s, dans %d groupes et totaux.", e.Form, e.FormVersion, d.Form.Title, french.Integer(e.Respondents)+" "+french.Plural(e.Respondents, "réponse validée est comptée", "réponses validées sont comptées"), len(d.Groups))
	p("## Ce qui protège les répondants")
	p("1. Un groupe croise un type de collectivités, un ou plusieurs départements et une ou plusieurs classes de population. Il compte toujours au moins %d répondants.", restitution.Least)
	p("2. Un département de moins de %d répondants est réuni au plus petit des autres, jusqu’à %d\u00a0; dans chaque ensemble, les classes de population sont réunies de la même façon. À égalité, l’ordre des codes décide.", restitution.Least, restitution.Least)
	p("3. La région et les départements forment un seul groupe. L’un d’eux n’est publié seul qu’avec son accord écrit, enregistré avec sa date.")
	p("4. Un total additionne des groupes entiers\u00a0: le soustraire d’un autre ne laisse jamais de un à quatre répondants.")
	p("5. Les groupes ne changent plus d’une édition à l’autre. Un groupe ne prend ses nouvelles réponses que si au moins %d collectivités ont répondu ou corrigé depuis chacune des éditions précédentes\u00a0; sinon il garde ses chiffres («\u00a0compte_depuis\u00a0»).", restitution.Least)
	p("6. Dans un groupe, toutes les réponses peuvent être les mêmes\u00a0: la règle protège qui a répondu quoi, elle ne cache pas une opinion unanime.")
	p("## Ce qui n’est pas publié")
	p("Les textes libres, nombres, dates, fichiers et fiches action\u00a0; qui a rempli le questionnaire\u00a0; les destinataires ajoutés par l’équipe hors des collectivités (PETR, syndicats…).")
	if len(e.Kept.Out) > 0 {
		var names []string
		for _, k := range e.Kept.Out {
			names = append(names, kindName(k))
		}
		p("Types de collectivités où moins de %d ont répondu, absents de cette édition\u00a0: %s.", restitution.Least, strings.Join(names, ", "))
	}
	if len(e.Kept.Groups) > 0 {
		p("%s %s les chiffres d’une édition précédente\u00a0: trop peu de changements.", french.Integer(len(e.Kept.Groups)), french.Plural(len(e.Kept.Groups), "groupe garde", "groupes gardent"))
	}
	p("## Classes de population")
	for _, s := range surveys.Sizes() {
		fmt.Fprintf(&b, "- `%s`\u00a0: %s\n", s.Code, s.Name)
	}
	b.WriteString("\n")
	for _, x := range sets {
		p("## Table «\u00a0%s\u00a0»\u00a0: %s", x.Name, x.Title)
		p("%s", x.Note)
		for _, f := range x.Fields {
			kind := "texte"
			if f.Number {
				kind = "nombre"
			}
			missing := ""
			if f.Missing != "" {
				missing = " Vide\u00a0: " + f.Missing + "."
			}
			fmt.Fprintf(&b, "- `%s` (%s)\u00a0: %s.%s\n", f.Name, kind, f.Label, missing)
		}
		b.WriteString("\n")
	}
	p("Les CSV sont en UTF-8 avec BOM, séparés par «\u00a0;\u00a0», à virgule décimale. Les empreintes SHA-256 de tous les fichiers sont sur la page de l’édition.")
	return strings.TrimSpace(b.String()) + "\n"
}

// OpenDataName is the name of a file of an edition once it is downloaded.
func OpenDataName(e restitution.OpenEdition, file string) string {
	return "questionnaire-" + e.Region + "-edition-" + strconv.FormatInt(e.Seq, 10) + "-" + file
}
