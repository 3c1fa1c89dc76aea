// Package debated makes up debates of any size, for tests and benchmarks of what
// reads them: the same size and seed make the same ones.
package debated

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/textmining"
)

// Size says how much of a debate there is.
type Size struct {
	Contributions, Comments, Supports, Voices int
	// COP and Region say whose; Places are the territories that are spoken of.
	COP    string
	Places []string
	Levers []string
	// From is the day of the first deposit; the others follow over a hundred days.
	From time.Time
	Seed uint64
}

// Often is a word that one text in five holds.
const Often = "vélos"

var themes = []string{"se-deplacer", "se-loger", "produire", "se-nourrir", "preserver", "consommer"}

var words = map[string][]string{
	"se-deplacer": strings.Fields("piste cyclable train gare autobus covoiturage voiture marche trottoir route vitesse parking navette horaires tarif abonnement borne recharge tramway correspondance"),
	"se-loger":    strings.Fields("isolation toiture chaudière chauffage pompe copropriété locataire loyer façade fenêtre rénovation artisan diagnostic confort été ventilation facture passoire logement immeuble"),
	"produire":    strings.Fields("usine chaleur fatale hydrogène électricité solaire panneaux éolienne biogaz méthaniseur réseau industrie atelier formation emploi machine zone artisanale friche énergie"),
	"se-nourrir":  strings.Fields("cantine repas légumes viande agriculteur maraîcher marché terres sols élevage lait céréales haies irrigation engrais semences bio circuits courts gaspillage"),
	"preserver":   strings.Fields("forêt rivière zone humide arbres ombre nappe biodiversité prairie oiseaux abeilles littoral pluie sécheresse canicule ruissellement plantation parc jardin étang"),
	"consommer":   strings.Fields("déchets emballage réparation vrac consigne tri compost ressourcerie textile numérique achat occasion location partage prêt bibliothèque outils obsolescence durée usage"),
}

var joints = strings.Fields("créer ouvrir développer soutenir interdire financer expérimenter simplifier généraliser protéger école mairie entreprise association jeunes retraités village centre quartier vallée hiver matin dimanche vacances budget règle contrat aide prime conseil réunion enquête carte plan étude calendrier")

var syllables = strings.Fields("ba co di fu ga lo mi no pa ri so ta vu zé clé tran gri plo bran ster")

// text makes a title and a text of about fifty words on a theme.
func text(r *rand.Rand, theme string, i int) (title, body string) {
	own := words[theme]
	pick := func() string {
		switch n := r.IntN(20); {
		case n < 9:
			return own[int(float64(len(own))*r.Float64()*r.Float64())]
		case n < 17:
			return joints[int(float64(len(joints))*r.Float64()*r.Float64())]
		case n < 19: // rarer ones, some thousands
			return syllables[r.IntN(20)] + syllables[r.IntN(20)] + syllables[r.IntN(20)]
		default:
			return syllables[r.IntN(20)] + syllables[r.IntN(20)] + syllables[r.IntN(20)] + syllables[r.IntN(20)]
		}
	}
	say := func(n int) string {
		var all []string
		for range n {
			all = append(all, pick())
		}
		return strings.Join(all, " ")
	}
	title = fmt.Sprintf("%s %s n° %d", strings.ToUpper(own[r.IntN(len(own))]), say(3), i)
	body = "Il faudrait " + say(20) + ".\n\nPourquoi : " + say(25) + "."
	if r.IntN(5) == 0 {
		body += " Et des " + Often + "."
	}
	return title, body
}

// Fill writes a debate: published contributions, comments on some of them, voices and
// their supports. It tells the ids of the contributions, the oldest first.
func Fill(ctx context.Context, d *db.DB, s Size) ([]string, error) {
	r := rand.New(rand.NewPCG(s.Seed, 1)) //nolint:gosec // the same each time is what is wanted
	start := s.From.UnixMilli()
	step := int64(100*24*time.Hour/time.Millisecond) / int64(max(s.Contributions, 1))
	id := func(kind string, i int) string {
		return fmt.Sprintf("%012x-7%s-%012d", start+int64(i)*step, kind, i)
	}
	voice := func(i int) string { return fmt.Sprintf("voix-%s-%08d", s.COP, i) }
	supports := make([]int64, s.Contributions)
	var pairs [][2]int
	seen := map[[2]int]bool{}
	for len(pairs) < s.Supports && len(pairs) < s.Contributions*s.Voices {
		x := [2]int{int(float64(s.Contributions) * r.Float64() * r.Float64()), r.IntN(s.Voices)} // some are liked more
		if !seen[x] {
			seen[x] = true
			pairs, supports[x[0]] = append(pairs, x), supports[x[0]]+1
		}
	}
	comments := make([]int64, s.Contributions)
	about := make([]int, s.Comments)
	for i := range about {
		about[i] = r.IntN(s.Contributions)
		comments[about[i]]++
	}
	stemmer := textmining.NewStemmer()
	postColumns := strings.Fields(postColumns)
	ids := make([]string, 0, s.Contributions)
	in := func(from, n int, table, columns string, row func(i int) []any) error {
		rows := make([][]any, 0, n)
		for i := from; i < from+n; i++ {
			rows = append(rows, row(i))
		}
		return db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			_, err := db.Insert(ctx, tx, table, strings.Fields(columns), rows, "")
			return err
		})
	}
	chunks := func(n int, do func(from, n int) error) error {
		const chunk = 1000
		for from := 0; from < n; from += chunk {
			if err := do(from, min(chunk, n-from)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := chunks(s.Voices, func(from, n int) error {
		return in(from, n, "debate_voice", "id rev cop_id email name account org org_name college territory state notify at", func(i int) []any {
			return []any{voice(i), int64(1), s.COP, fmt.Sprintf("voix%d@exemple.fr", i), "", "", "", "", string(debate.Citizens), "", debate.VoiceConfirmed, debate.TellNone, start}
		})
	}); err != nil {
		return nil, err
	}
	err := chunks(s.Contributions, func(from, n int) error {
		var posts, more [][]any
		for i := from; i < from+n; i++ {
			theme := themes[r.IntN(len(themes))]
			title, body := text(r, theme, i)
			at := start + int64(i)*step
			lever := ""
			if len(s.Levers) > 0 && r.IntN(3) > 0 {
				lever = s.Levers[r.IntN(len(s.Levers))]
			}
			speaker, signed, orgs, study := debate.Person, "une habitante ou un habitant", "", ""
			if r.IntN(10) == 0 {
				speaker, signed, orgs = debate.Organisation, "Association "+fmt.Sprint(i%300), "Association "+fmt.Sprint(i%300)
			}
			if r.IntN(4) == 0 {
				study = []string{"assigned", "retained", "partly", "not-retained", "out-of-scope"}[r.IntN(5)]
			}
			posts = append(posts, []any{id("c", i), int64(3), s.COP, string(debate.Contribution), "", voice(r.IntN(max(s.Voices, 1))), string(debate.PostPublished), title, body, speaker, signed, theme, lever, s.Places[r.IntN(len(s.Places))], at, at + 3_600_000, supports[i], comments[i]})
			all := stemmer.Index(title + "\n" + body)
			more = append(more, []any{id("c", i), s.COP, int64(3), at + 3_600_000, strings.Join(all, " "), study, "", orgs, "", at})
			ids = append(ids, id("c", i))
		}
		return db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			if _, err := db.Insert(ctx, tx, "debate_post", postColumns, posts, ""); err != nil {
				return err
			}
			_, err := db.Insert(ctx, tx, "contribution", strings.Fields("post_id cop_id seq changed_at stems study merged_into orgs marks consent_at"), more, "")
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	if err := chunks(s.Comments, func(from, n int) error {
		if err := in(from, n, "debate_post", strings.Join(postColumns, " "), func(i int) []any {
			at := start + int64(i)*7_000
			return []any{id("d", i), int64(3), s.COP, string(debate.Comment), ids[about[i]], voice(r.IntN(max(s.Voices, 1))), string(debate.PostPublished), "", "Je suis d’accord, " + joints[r.IntN(len(joints))] + " compte aussi.", debate.Person, "une voix", "", "", "", at, at, int64(0), int64(0)}
		}); err != nil {
			return err
		}
		return in(from, n, "contribution_comment", "post_id cop_id contribution reply_to", func(i int) []any { return []any{id("d", i), s.COP, ids[about[i]], ""} })
	}); err != nil {
		return nil, err
	}
	err = chunks(len(pairs), func(from, n int) error {
		return in(from, n, "debate_support", "post_id voice_id cop_id at", func(i int) []any {
			return []any{ids[pairs[i][0]], voice(pairs[i][1]), s.COP, start}
		})
	})
	if err == nil && d.Engine() == db.PostgreSQL {
		_, err = d.Exec(ctx, `ANALYZE`)
	}
	return ids, err
}
