package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"jalon/internal/db"
)

// How the archive of a region's COP treats a table.
const (
	ofCOP    = "cop"    // the rows of the COP: all of them travel, and must find nothing of it where they go
	ofRegion = "region" // the rows of the region that its cycles share, and those that the others cite
	cited    = "cited"  // the rows that what travels names
	alike    = "alike"  // what gives the others their meaning: it has to be the same there
	leftOut  = "out"    // nothing, for a reason that the archive gives
)

// inclusion is what becomes of one table.
type inclusion struct {
	Table db.Table
	How   string
	Why   string // of leftOut
	// Column holds a key of Parent, whose column Key it is, for a table that hangs
	// from another. A root has none.
	Column, Parent, Key string
	own                 string // ofCOP: "cop_id", or "id" for the COP itself
	columns             []string
}

// staysHome is what no archive of a COP takes, and why (shown, hence in French).
var staysHome = map[string]string{
	"action_view":        "les vues qu’une personne garde pour elle",
	"adaptation_warming": "les trajectoires de réchauffement, que l’opérateur importe avec leur source",
	"aid_alert":          "les alertes que des personnes ont demandées à ce site",
	"aid_report":         "les signalements sur les aides, qui ne sont pas propres à une COP",
	"account_version":    "les adresses des personnes, au fil de leurs changements",
	"api_key":            "les clés d’accès, qui n’ouvrent que ce site",
	"board_visit":        "les visites de chacun",
	"calendar_feed":      "les agendas personnels et leurs adresses secrètes",
	"contribution_draft": "les brouillons de contributions, que leurs auteurs n’ont pas envoyés",
	"cop_visit":          "les visites de chacun",
	"data_version":       "les versions des données de cette installation",
	"declared_figure":    "les chiffres déclarés du tableau national", "declared_figure_version": "les chiffres déclarés du tableau national",
	"demo":                 "la marque d’une démonstration, que le manifeste porte",
	"export":               "les exports faits ici",
	"renewal_crosswalk":    "les correspondances entre référentiels, que l’administration nationale tient",
	"follow":               "les abonnements, accordés à ce site",
	"funded_project":       "les projets financés, réimportés de leur source publique",
	"identity":             "les liens des comptes avec leur fournisseur d’identité",
	"import_row":           "les lignes des fichiers importés ici",
	"import_run":           "les imports faits ici",
	"invitation":           "les invitations envoyées d’ici",
	"letter_reader":        "les abonnements à la lettre, accordés à ce site",
	"meeting_invite":       "les adresses des personnes invitées",
	"membership":           "l’appartenance des personnes aux organismes, à redonner sur place",
	"metric_night":         "les relevés de nuit du tableau national",
	"notice":               "les préférences de chacun",
	"observation":          "les séries et les clés, réimportées de leurs sources publiques",
	"organisation_edition": "l’édition des organismes de référence de cette installation",
	"persona":              "les personnages d’une démonstration",
	"published_edition":    "les éditions des séries, réimportées de leurs sources publiques",
	"response_contact":     "les adresses des collectivités à inviter",
	"role_grant":           "les rôles des personnes, à redonner sur place",
	"territory_edition":    "le découpage du territoire, qui vient avec le programme ou s’importe", "territory_row": "le découpage du territoire, qui vient avec le programme ou s’importe",
	"transfer": "les transmissions de comptes",
}

// nationWide are the roots of scope nation whose rows travel when something names
// them, by the column that names them; a table with a column «region» is found by
// itself, and its rows of the region travel too.
var nationWide = map[string]string{
	"account": cited, "aid": cited, "blob": cited, "organisation": cited, "perimeter": cited, "obstacle_group": cited,
	"cycle": cited, "cycle_template": cited, "survey_slot": alike,
}

// frozenAlike are tables that hang from a root and must be the same where they are
// already: answers are read through them.
var frozenAlike = map[string]bool{"questionnaire_form": true}

// hangs says how a table hangs from another where its columns do not show it.
var hangs = map[string][3]string{ // column, parent, key of the parent
	"act_consent":          {"act", "act", "id"},
	"action_import_part":   {"import_id", "action_import", "id"},
	"cop_template":         {"id", "cop", "id"},
	"cycle_template":       {"id", "cycle", "code"},
	"open_file":            {"edition_id", "open_edition", "id"},
	"open_member":          {"edition_id", "open_edition", "id"},
	"survey_return_form":   {"return_id", "survey_return", "id"},
	"moderation_mark":      {"post_id", "debate_post", "id"},
	"contribution_file":    {"post_id", "debate_post", "id"},
	"debate_statement":     {"post_id", "debate_post", "id"},
	"contribution_united":  {"relation_id", "contribution_relation", "id"},
	"debate_theme_run":     {"grouping_id", "debate_grouping", "id"},
	"debate_theme_text":    {"grouping_id", "debate_grouping", "id"},
	"debate_pulse":         {"debate", "debate_question", "num"},
	"debate_voter":         {"debate", "debate_question", "num"},
	"debate_vote":          {"debate", "debate_question", "num"},
	"debate_result":        {"debate", "debate_question", "num"},
	"blob_chunk":           {"sha256", "blob", "sha256"},
	"perimeter_member":     {"perimeter", "perimeter", "id"},
	"organisation_reach":   {"organisation", "organisation", "id"},
	"plan_objective":       {"plan", "plan", "id"},
	"knowledge_lever":      {"item", "knowledge_item", "id"},
	"knowledge_word":       {"item", "knowledge_item", "id"},
	"note_file":            {"note", "note", "id"},
	"questionnaire_form":   {"code", "questionnaire", "code"},
	"measure_version":      {"id", "measure", "id"},
	"organisation_version": {"id", "organisation", "id"},
}

// inclusions sorts the tables by what an archive of a COP does of each, and names
// those that nothing says how to read: an archive that passed one over in silence
// would not be whole, so that none is made.
//
// A table of scope COP is found by its column cop_id, or hangs from one that is: by
// its name (x_version), by its first column (x_id), or by hangs.
func inclusions(ctx context.Context, q db.Q, tables []db.Table) (all []inclusion, unsaid []string, err error) {
	columns := map[string][]string{}
	scope := map[string]db.Scope{}
	order := map[string][]string{}
	for _, t := range tables {
		cols, err := db.Columns(ctx, q, t.Name)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range cols {
			columns[t.Name] = append(columns[t.Name], c.Name)
		}
		scope[t.Name], order[t.Name] = t.Scope, t.Order
	}
	parent := func(t db.Table) (column, parent, key string, ok bool) {
		if h, ok := hangs[t.Name]; ok {
			return h[0], h[1], h[2], true
		}
		if base, found := strings.CutSuffix(t.Name, "_version"); found && order[base] != nil {
			return t.Order[0], base, order[base][0], true
		}
		for _, c := range columns[t.Name] {
			if base, found := strings.CutSuffix(c, "_id"); found && scope[base] == t.Scope && base != t.Name {
				return c, base, order[base][0], true
			}
		}
		return "", "", "", false
	}
	how := map[string]string{}
	for _, t := range tables {
		x := inclusion{Table: t, columns: columns[t.Name]}
		column, from, key, hung := parent(t)
		switch why, stays := staysHome[t.Name]; {
		case stays:
			x.How, x.Why = leftOut, why
		case t.Scope == db.Local:
			x.How, x.Why = leftOut, "propre à cette installation"
		case t.Scope == db.COP && t.Name == "cop":
			x.How, x.own = ofCOP, "id"
		case t.Scope == db.COP && slices.Contains(columns[t.Name], "cop_id"):
			x.How, x.own = ofCOP, "cop_id"
		case t.Scope == db.COP && hung && scope[from] == db.COP && staysHome[from] == "":
			x.How, x.Column, x.Parent, x.Key = ofCOP, column, from, key
		case t.Scope == db.COP:
		case hung && how[from] != "" && how[from] != leftOut:
			x.How, x.Column, x.Parent, x.Key = how[from], column, from, key
			if frozenAlike[t.Name] {
				x.How = alike
			}
		case hung && how[from] == leftOut:
			x.How, x.Why = leftOut, staysHome[from]
		case nationWide[t.Name] != "":
			x.How = nationWide[t.Name]
		case t.Scope == db.Nation && slices.Contains(columns[t.Name], "region") && len(t.Order) == 1:
			x.How = ofRegion
		}
		if x.How == "" {
			unsaid = append(unsaid, fmt.Sprintf("%s (%s): nothing says how an archive of a COP reads it; give it a cop_id, say in hangs what it hangs from, or in staysHome why it stays", t.Name, t.Scope))
			continue
		}
		how[t.Name] = x.How
		all = append(all, x)
	}
	return all, unsaid, nil
}

// theCOPs are those of a region in a cycle, its départements' with it.
const theCOPs = "SELECT id FROM cop WHERE cycle = $1 AND region = $2"

// condition keeps the rows of the COPs of $1, the cycle, and $2, the region.
func condition(x inclusion, by map[string]inclusion) string {
	if x.own != "" {
		return x.own + " IN (" + theCOPs + ")"
	}
	return x.Column + " IN (SELECT " + x.Key + " FROM " + x.Parent + " WHERE " + condition(by[x.Parent], by) + ")"
}
