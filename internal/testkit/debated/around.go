package debated

import (
	"context"
	"fmt"
	"strings"
	"time"

	"jalon/internal/db"
	"jalon/internal/debate"
)

// Around says how much there is around the contributions of a debate: what waits for
// moderators and what they decided, the study of contributions, meetings with their
// decisions, groups, one debate on a question and one consultation.
type Around struct {
	COP           string
	Contributions []string // those that Fill wrote: each was moderated, and is studied
	Waiting       int      // contributions that wait for a moderator
	Reports       int      // published contributions that readers reported
	Meetings      int      // two decisions and one task in each
	Groups        int
	Seats         int // of people, in each group
	Questions     int
	Statements    int // of each question
	Amendments    int // to the articles of one consultation
	From          time.Time
	Today         string
}

// The ids of what Surround writes, for addresses.
const (
	Meeting      = "reunion-000000"
	Group        = "groupe-000000"
	Question     = "01980000-0000-7000-8000-000000000000"
	Consultation = "consultation-essai"
	Article      = "article-00"
)

// articles is how many articles the consultation has.
const articles = 40

// Surround writes it.
func Surround(ctx context.Context, d *db.DB, s Around) error {
	start := s.From.UnixMilli()
	for _, t := range s.tables(start) {
		for from := 0; from < t.n; from += 1000 {
			var rows [][]any
			for i := from; i < min(t.n, from+1000); i++ {
				rows = append(rows, t.row(i))
			}
			if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
				_, err := db.Insert(ctx, tx, t.name, strings.Fields(t.columns), rows, "")
				return err
			}); err != nil {
				return err
			}
		}
	}
	if d.Engine() == db.PostgreSQL {
		_, err := d.Exec(ctx, `ANALYZE`)
		return err
	}
	return nil
}

type table struct {
	name, columns string
	n             int
	row           func(i int) []any
}

const postColumns = "id rev cop_id kind parent voice_id state title text speaker signed theme lever territory at published_at supports comments"

func (s Around) tables(start int64) []table {
	post := func(id string, kind debate.Kind, parent string, state debate.PostState, title, text string, at, supports int64) []any {
		published := at
		if state != debate.PostPublished {
			published = 0
		}
		return []any{id, int64(3), s.COP, string(kind), parent, "", string(state), title, text, debate.Person, "une voix", "", "", "region:44", at, published, supports, int64(0)}
	}
	waits := func(i int) string { return fmt.Sprintf("attente-%08d", i) }
	at := func(i int) int64 { return start + int64(i)*1000 }
	said := strings.Repeat("Il faudrait créer un abri à vélos près de la gare. ", 6)
	day := func(i int) string {
		t, _ := time.Parse(time.DateOnly, s.Today)
		return t.AddDate(0, 0, i*37%400-200).Format(time.DateOnly)
	}
	held := func(i int) string {
		if day(i) < s.Today {
			return "held"
		}
		return "planned"
	}
	meeting := func(i int) string { return fmt.Sprintf("reunion-%06d", i) }
	group := func(i int) string { return fmt.Sprintf("groupe-%06d", i) }
	question := func(i int) string { return fmt.Sprintf("01980000-0000-7000-8000-%012d", i) }
	states := []string{"unassigned", "studied", "advised", "answered", "answered"}
	verdicts := []string{"retained", "partly", "not-retained", "out-of-scope"}
	verdict := func(i int) string {
		if states[i%5] == "answered" {
			return verdicts[i%4]
		}
		return ""
	}
	n := len(s.Contributions)
	return []table{
		{"debate_post", postColumns, s.Waiting, func(i int) []any {
			return post(waits(i), debate.Contribution, "", debate.PostWaiting, "Un abri à vélos", said, at(i), 0)
		}},
		{"debate_post_version", "id rev at by reason body", s.Waiting, func(i int) []any { return []any{waits(i), int64(1), at(i), "", "", "{}"} }},
		{"moderation_act", "id cop_id post_id kind rev was verb reason note masked waited late month appeal by at", n, func(i int) []any {
			return []any{fmt.Sprintf("acte-%08d", i), s.COP, s.Contributions[i], string(debate.Contribution), int64(2), "waiting", "publish", "", "", int64(i % 50 / 49), int64(3_600_000 + i*7919%90_000_000), int64(i % 30 / 29), fmt.Sprintf("2026-%02d", 1+i*12/max(n, 1)), "", "moderateur", at(i)}
		}},
		{"moderation_report", "id cop_id post_id reporter voice_id reason note at act_id", min(s.Reports, n), func(i int) []any {
			return []any{fmt.Sprintf("signal-%08d", i), s.COP, s.Contributions[i], "lecteur", "", "hors-sujet", "", at(i), ""}
		}},
		{"contribution_instruction", "post_id rev cop_id state group_id assignee due verdict reason department published_at answered_at took", n, func(i int) []any {
			took := int64(0)
			if verdict(i) != "" {
				took = int64(86_400_000 + i*7919%900_000_000)
			}
			return []any{s.Contributions[i], int64(1), s.COP, states[i%5], group(i % max(s.Groups, 1)), "", "", verdict(i), "", []string{"", "67", "68"}[i%3], at(i), took, took}
		}},
		{"meeting", "id rev cop_id kind stage title day start_at end_at place part attendance counted note state group_id department join_url", s.Meetings, func(i int) []any {
			return []any{meeting(i), int64(1), s.COP, "groupe", "debat", fmt.Sprintf("Réunion n° %d", i), day(i), "", "", "Salle", "public", int64(30), true, "", held(i), group(i % max(s.Groups, 1)), []string{"", "67"}[i%2], ""}
		}},
		{"meeting_version", "id rev at by reason body", s.Meetings, func(i int) []any { return []any{meeting(i), int64(1), start, "", "", "{}"} }},
		{"meeting_entry", "meeting_id rev cop_id mode capacity opens_on closes_on words reminders taken waiting line door heads colleges", s.Meetings, func(i int) []any {
			return []any{meeting(i), int64(1), s.COP, "open", int64(100), "", "", "", "", int64(0), int64(0), int64(0), "", nil, ""}
		}},
		{"decision", "id rev cop_id meeting_id item_id sentence kind reached ballot_id state reason", 2 * s.Meetings, func(i int) []any {
			return []any{fmt.Sprintf("decision-%08d", i), int64(1), s.COP, meeting(i / 2), "", "Un abri à vélos est demandé près de chaque gare.", "decision", "consensus", "", "taken", ""}
		}},
		{"meeting_task", "id rev cop_id meeting_id what account holder org due state ended_on reason", s.Meetings, func(i int) []any {
			return []any{fmt.Sprintf("tache-%08d", i), int64(1), s.COP, meeting(i), "Écrire aux gares", "", "Anne Martin", "", day(i), "open", "", ""}
		}},
		{"working_group", "id rev cop_id parent kind name name_fold mandate expected until_day rule themes levers departments perimeters secretariat contact part state closed_on closed_reason at", s.Groups, func(i int) []any {
			name := fmt.Sprintf("Groupe n° %d", i)
			return []any{group(i), int64(1), s.COP, "", "", name, name, "Proposer des actions.", "Une liste.", "", "", "se-deplacer", "", "", "", "", "", "public", "active", "", "", start}
		}},
		{"working_group_member", "id rev cop_id group_id account email name org org_name college title seat department shown from_day until_day at", s.Groups * s.Seats, func(i int) []any {
			return []any{fmt.Sprintf("siege-%08d", i), int64(1), s.COP, group(i / s.Seats), "", "", fmt.Sprintf("Camille Durand %d", i), "", "", "citoyens", "", "member", "", true, "", "", start}
		}},
		{"debate_question", "id rev num cop_id state title question text opens_on closes_on theme levers group_id proposals asks_territory asks_college conclusion statements created_at opened_at closed_at", s.Questions, func(i int) []any {
			return []any{question(i), int64(1), int64(i + 1), s.COP, "open", fmt.Sprintf("Débat n° %d", i), "Comment se déplacer\u00a0?", "", "", "", "se-deplacer", "", "", "anyone", false, false, "", int64(s.Statements), start, start, int64(0)}
		}},
		{"debate_pulse", "debate from_at until_at ticks voters due", s.Questions, func(i int) []any {
			return []any{int64(i + 1), start, int64(1) << 50, int64(0), int64(0), int64(0)}
		}},
		{"debate_post", postColumns, s.Questions * s.Statements, func(i int) []any {
			state := debate.PostPublished
			if i%20 == 19 {
				state = debate.PostWaiting
			}
			return post(fmt.Sprintf("affirmation-%08d", i), debate.Statement, question(i/s.Statements), state, "", fmt.Sprintf("Il faut plus de pistes cyclables (%d).", i), at(i), 0)
		}},
		{"debate_statement", "post_id debate n seeded", s.Questions * s.Statements, func(i int) []any {
			return []any{fmt.Sprintf("affirmation-%08d", i), int64(i/s.Statements + 1), int64(i%s.Statements + 1), true}
		}},
		{"consultation", "id rev cop_id state title presentation opens_on closes_on version at", min(s.Amendments, 1), func(int) []any {
			return []any{Consultation, int64(2), s.COP, "open", "Projet de feuille de route", "", s.Today, "2099-12-31", int64(1), start}
		}},
		{"consultation_text", "consultation_id version at sha256 note", min(s.Amendments, 1), func(int) []any { return []any{Consultation, int64(1), start, strings.Repeat("0", 64), ""} }},
		{"consultation_article", "consultation_id version origin seq title text", min(s.Amendments, articles), func(i int) []any {
			return []any{Consultation, int64(1), fmt.Sprintf("article-%02d", i), int64(i), fmt.Sprintf("Action n° %d", i), said}
		}},
		{"debate_post", postColumns, s.Amendments, func(i int) []any {
			return post(fmt.Sprintf("amendement-%08d", i), debate.Amendment, fmt.Sprintf("article-%02d", i*i%articles), debate.PostPublished, "Article", "Plus clair.\n\n— Texte proposé —\n\n"+strings.Replace(said, "gare", "mairie", 1), at(i), int64(i*31%97))
		}},
		{"amendment", "post_id rev cop_id consultation_id origin version form verdict reason judged_at", s.Amendments, func(i int) []any {
			return []any{fmt.Sprintf("amendement-%08d", i), int64(1), s.COP, Consultation, fmt.Sprintf("article-%02d", i*i%articles), int64(1), "rewrite", "", "", int64(0)}
		}},
	}
}
