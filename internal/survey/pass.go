package survey

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/knowledge"
	"jalon/internal/questionnaire"
	"jalon/internal/territory"
)

// Origin names what a question of a response gave: the same one is corrected,
// never doubled.
func Origin(response, question string) string { return originOf(response) + question }

func originOf(response string) string { return "answer/" + response + "/" }

// PassOn hands what a validated version says to the room of strong points and
// obstacles, and keeps its free texts to be read by the team. Give it the
// transaction of the job. The same version twice changes nothing; a later one
// corrects, and takes back what it does not say any more; an earlier one that
// comes after it is passed over.
func (m *Room) PassOn(know *knowledge.Room) func(ctx context.Context, tx db.Q, v Validated) error {
	return func(ctx context.Context, tx db.Q, v Validated) (err error) {
		defer apperr.Wrap(&err, "survey.PassOn(%s, %d)", v.Response.ID, v.Seq)
		return db.Tx(ctx, tx, func(ctx context.Context, tx db.Q) error {
			// Locks the response until the job ends: two versions come one after the other.
			n, err := tx.Exec(ctx, `UPDATE response SET rev = rev WHERE id = $1 AND seq <= $2`, v.Response.ID, v.Seq)
			if err != nil || n == 0 {
				return err
			}
			if err := m.keepTexts(ctx, tx, v); err != nil {
				return err
			}
			held, err := knowledge.Origins(ctx, tx, originOf(v.Response.ID))
			if err != nil {
				return err
			}
			by := "" // nobody signed in: the seat of who validated is in the version
			said := map[string]bool{}
			for _, x := range Known(v) {
				origin := Origin(v.Response.ID, x.Question)
				said[origin] = true
				if _, _, err := know.Propose(ctx, tx, origin, by, x.Item); err != nil {
					return err
				}
			}
			for _, origin := range held {
				if said[origin] {
					continue
				}
				if _, err := know.Retract(ctx, tx, origin, by); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// Given is what one question gives to the room of strong points and obstacles.
type Given struct {
	Question string
	Item     knowledge.Item
}

// PassedFrom is the source of what comes from answers, as its pages say it.
const PassedFrom = "Réponse au questionnaire" //nolint:gosec // a sentence, no secret

// Known reads strong points, obstacles and needs in a validated version. It is
// pure: the same answers give the same items, whatever the version.
func Known(v Validated) []Given {
	var out []Given
	for _, s := range v.Form.Sections {
		if s.Lever == "" && s.Theme == "" {
			continue
		}
		comment := ""
		for _, q := range s.Questions {
			if q.Role == questionnaire.RoleComment {
				comment = strings.TrimSpace(v.Answers[q.ID])
			}
		}
		for _, q := range s.Questions {
			value := strings.TrimSpace(v.Answers[q.ID])
			if value == "" {
				continue
			}
			x := item(v.Response, s)
			switch q.Role {
			case questionnaire.RoleStrength:
				x.Kind, x.Title, x.Text = knowledge.Strength, headline(value), cut(value, 10_000)
			case questionnaire.RoleObstacles, questionnaire.RoleNeeds:
				labels, natures := ticked(q, value)
				if len(labels) == 0 {
					continue
				}
				what := "freins"
				if q.Role == questionnaire.RoleNeeds {
					what = "besoins"
				}
				x.Kind, x.Nature, x.Ticked = knowledge.Obstacle, natures[0], true
				x.Level = levelOf(natures[0])
				x.Title = cut(s.Title+"\u00a0: "+what+" cochés ("+strings.Join(labels, ", ")+")", 200)
				x.Text = "À la question «\u00a0" + q.Label + "\u00a0», sur le levier «\u00a0" + s.Title + "\u00a0», la collectivité a coché\u00a0:\n\n- " + strings.Join(labels, "\n- ") +
					"\n\nLe questionnaire ne demande pas qui peut lever un frein\u00a0: la nature et le niveau sont proposés par Jalon, d’après la première case cochée. L’équipe les corrige."
				if x.Evidence = cut(comment, 2_000); comment == "" {
					x.Evidence = "Coché dans le questionnaire, sans commentaire."
				}
			default:
				continue
			}
			out = append(out, Given{q.ID, x})
		}
	}
	return out
}

// item is what every item of a response says of where it comes from.
func item(r Response, s questionnaire.Section) knowledge.Item {
	x := knowledge.Item{Region: r.Region, Org: r.Authority, Organisation: cut(r.Name, 200), Theme: s.Theme, Source: PassedFrom}
	place := PlaceOf(r)
	x.Territory, x.Scale = place.String(), string(place.Scale)
	if place.Scale != territory.RegionS {
		x.Department = r.Department
	}
	if s.Lever != "" {
		x.Levers = []string{s.Lever}
	}
	return x
}

// PlaceOf is the territory that an authority speaks of, by its code. One that
// serves several (Alsace), or that is of no tree (a syndicat), speaks of its region.
func PlaceOf(r Response) territory.Ref {
	for _, p := range []struct {
		prefix string
		scale  territory.Scale
	}{{"commune-", territory.CommuneS}, {"epci-", territory.EPCI}, {"ept-", territory.EPT}, {"departement-", territory.Department}} {
		if code, ok := strings.CutPrefix(r.Authority, p.prefix); ok {
			if ref, err := territory.ParseRef(string(p.scale) + ":" + code); err == nil {
				return ref
			}
		}
	}
	return territory.Ref{Scale: territory.RegionS, Code: r.Region}
}

// ticked are the labels of the options that were ticked, and the natures of
// obstacles that they are of, in the order of the question.
func ticked(q questionnaire.Question, value string) (labels, natures []string) {
	codes := strings.Fields(value)
	for _, o := range q.Options {
		if !slices.Contains(codes, o.Code) {
			continue
		}
		labels = append(labels, o.Label)
		nature := o.Code
		if !slices.ContainsFunc(knowledge.Natures(), func(n [2]string) bool { return n[0] == nature }) {
			nature = "ingenierie" // of what is none of them: advice, most often
		}
		if o.Code == "juridique" {
			nature = "norme"
		}
		natures = append(natures, nature)
	}
	return labels, natures
}

// levelOf proposes where an obstacle can be lifted: the law is the nation's, the
// rest is first looked for in the region.
func levelOf(nature string) string {
	if nature == "norme" {
		return "national"
	}
	return "regional"
}

// headline is the first sentence of a text, as its title.
func headline(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	line = strings.TrimSpace(line)
	if end := strings.IndexAny(line, ".!?"); end > 20 {
		line = line[:end]
	}
	return cut(line, 120)
}

// cut keeps the first characters of a text.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	r := []rune(text)[:most-1]
	return strings.TrimRight(string(r), " ") + "…"
}
