package cop

import (
	"slices"
	"strings"

	"jalon/internal/journal"
)

// sentences are what the acts of the journal did, by verb and kind.
var sentences = map[string]string{
	"open cop": "a ouvert la COP", "create calendar_feed": "a ouvert son calendrier privé", "end calendar_feed": "a fermé son calendrier privé", "edit cop": "a modifié la présentation de la COP", "edit cop_template": "a adapté le modèle de la COP",
	"create stage_event": "a enregistré un événement d’étape", "withdraw stage_event": "a retiré un événement d’étape",
	"propose validation": "a proposé une validation", "consent validation": "a validé un acte", "go-alone validation": "a poursuivi sans l’autre tête",
	"withdraw validation": "a retiré une proposition", "create delegation": "a donné une délégation", "end delegation": "a mis fin à une délégation",
	"create office": "a indiqué qui conduit la COP", "end office": "a mis fin à une fonction", "create meeting": "a ajouté une réunion", "edit meeting": "a modifié une réunion",
	"create news": "a rédigé une actualité", "edit news": "a modifié une actualité", "publish news": "a publié une actualité", "unpublish news": "a retiré une actualité",
	"registration meeting": "a réglé les inscriptions d’une réunion", "invite meeting": "a invité à une réunion", "door meeting": "a ouvert le code d’entrée d’une réunion", "count meeting": "a compté les présents d’une réunion",
	"create document": "a déposé un document", "edit document": "a modifié un document", "withdraw document": "a retiré un document", "refuse document": "a présenté un fichier qui a été refusé",
	"create priority": "a rédigé une priorité", "edit priority": "a modifié une priorité", "propose priority": "a proposé une priorité à l’adoption", "answer priority": "a répondu à une priorité d’un département",
	"tick check":          "a mis à jour la liste de l’étape",
	"create organisation": "a ajouté un organisme", "edit organisation": "a modifié un organisme", "create membership": "a rattaché une personne à un organisme",
	"edit membership": "a modifié un rattachement", "end membership": "a mis fin à un rattachement", "apply invitation": "a envoyé des invitations",
	"refuse invitation": "a présenté un fichier d’invitations qui a été refusé", "transfer account": "a transmis les rôles d’une personne", "transfer delegation": "a transmis une délégation",

	"create account": "a ouvert un compte", "edit account": "a modifié son profil", "erase account": "a effacé un compte", "refuse account": "a présenté un lien ou un code de connexion qui a été refusé",
	"sign-in session": "s’est connecté", "sign-out session": "a fermé une session", "give role_grant": "a donné un rôle", "end role_grant": "a mis fin à un rôle",
	"bind identity": "a lié son compte à son fournisseur d’identité", "unbind identity": "a délié son compte de son fournisseur d’identité",
	"create cycle": "a créé un cycle", "edit cycle": "a modifié un cycle", "edit cycle_template": "a modifié le modèle d’un cycle",
	"create plan": "a enregistré un plan", "edit plan": "a modifié un plan", "create plan_objective": "a saisi l’objectif d’un plan", "edit plan_objective": "a modifié l’objectif d’un plan",
	"create campaign": "a préparé la campagne du questionnaire", "edit campaign": "a modifié les réglages du questionnaire", "open campaign": "a ouvert la campagne du questionnaire", "nearly campaign": "a marqué la campagne du questionnaire presque finalisée",
	"close campaign": "a clos la campagne du questionnaire", "reopen campaign": "a rouvert la campagne du questionnaire", "refresh campaign": "a remis les destinataires du questionnaire au découpage en vigueur", "import campaign": "a importé des contacts du questionnaire",
	"remind campaign": "a relancé des destinataires du questionnaire", "add response": "a ajouté un destinataire du questionnaire hors du découpage", "contact response": "a changé les adresses d’un destinataire du questionnaire",
	"silence response": "a dit à qui ne plus écrire pour le questionnaire", "refuse response": "a noté ou retiré le refus d’un destinataire du questionnaire", "resend response": "a renvoyé le lien du questionnaire",
	"renew response": "a remplacé le lien du questionnaire", "post response": "a posté la lettre du questionnaire", "sit-down response": "a ouvert le questionnaire",
	"validate response": "a validé la réponse d’une collectivité", "share response": "a confié des parties du questionnaire", "end-seat response": "a retiré son accès au questionnaire", "review survey_text": "a relu un texte libre du questionnaire",
	"consent open_consent": "a donné ou retiré son accord à l’ouverture des données du questionnaire", "publish open_edition": "a publié une édition des données ouvertes du questionnaire",
	"create obstacle": "a enregistré un frein", "answer obstacle": "a répondu à un frein", "take_up practice": "s’est inspiré d’une bonne pratique", "let_go practice": "ne s’inspire plus d’une bonne pratique",
	"ask note": "a demandé une note d’expertise", "create note": "a apporté une note d’expertise", "write note": "a écrit une note d’expertise", "attach note": "a joint un fichier à une note d’expertise", "publish note": "a publié une note d’expertise", "withdraw note": "a retiré une note d’expertise",
	"create declared_figure": "a déclaré un chiffre", "edit declared_figure": "a corrigé un chiffre déclaré", "import plan": "a importé des plans", "freeze report": "a figé une publication",
	"publish restitution": "a validé le dernier la publication de la restitution",
	"create objective":    "a mis un objectif sur la table", "edit objective": "a changé un objectif sur la table", "withdraw objective": "a retiré un objectif de la table",
	"create objective_dissent": "a noté un désaccord sur un objectif", "lift objective_dissent": "a levé un désaccord sur un objectif",
	"propose objective_sharing": "a proposé de partager des objectifs", "publish objective_sharing": "a validé le dernier le partage d’objectifs", "withdraw objective_sharing": "a retiré un partage d’objectifs",
	"create diagnosis_theme": "a ajouté un thème de la région", "edit diagnosis_theme": "a modifié un thème de la région", "withdraw diagnosis_theme": "a retiré un thème de la liste", "restore diagnosis_theme": "a remis un thème dans la liste",
	"move diagnosis_theme": "a changé l’ordre des thèmes", "choose diagnosis_theme": "a validé le dernier la place d’un thème parmi les priorités", "edit diagnosis_weights": "a changé les poids des critères des scores",
	"propose diagnosis_choice": "a proposé un choix de thèmes prioritaires", "choose diagnosis_choice": "a validé le dernier un choix de thèmes prioritaires",
	"create roadmap": "a commencé la feuille de route", "edit roadmap": "a changé le titre de la feuille de route", "propose roadmap": "a proposé une édition de la feuille de route", "publish roadmap": "a validé le dernier l’adoption de la feuille de route",
	"withdraw roadmap":     "a retiré une édition publiée de la feuille de route",
	"create roadmap_block": "a ajouté un bloc à la feuille de route", "edit roadmap_block": "a modifié un bloc de la feuille de route", "move roadmap_block": "a déplacé un bloc de la feuille de route",
	"withdraw roadmap_block": "a retiré un bloc de la feuille de route", "restore roadmap_block": "a repris un bloc retiré de la feuille de route",
	"create review": "a commencé la revue annuelle", "edit review": "a changé le titre de la revue annuelle", "propose review": "a proposé une édition de la revue annuelle", "publish review": "a validé le dernier la publication de la revue annuelle",
	"create review_block": "a ajouté un bloc à la revue annuelle", "edit review_block": "a modifié un bloc de la revue annuelle", "move review_block": "a déplacé un bloc de la revue annuelle",
	"withdraw review_block": "a retiré un bloc de la revue annuelle", "restore review_block": "a repris un bloc retiré de la revue annuelle",
	"create diagnosis": "a commencé le diagnostic partagé", "edit diagnosis": "a changé le titre du diagnostic partagé", "propose diagnosis": "a proposé une édition du diagnostic partagé",
	"publish diagnosis": "a validé le dernier la publication du diagnostic partagé", "create diagnosis_block": "a ajouté un bloc au diagnostic partagé", "edit diagnosis_block": "a modifié un bloc du diagnostic partagé",
	"move diagnosis_block": "a déplacé un bloc du diagnostic partagé", "withdraw diagnosis_block": "a retiré un bloc du diagnostic partagé", "restore diagnosis_block": "a repris un bloc retiré du diagnostic partagé",

	"attach action": "a joint un document à une action", "detach action": "a retiré un document d’une action",
	"create action": "a inscrit une action", "edit action": "a modifié une action", "assess action": "a évalué une action par la grille de la COP", "propose action": "a proposé une action", "advise action": "a donné l’avis de l’équipe sur une action",
	"qualify action": "a qualifié une action", "pool action": "a placé une action au vivier", "debate action": "a noté une action débattue", "withdraw action": "a retiré une action", "retaining action": "a inscrit une action sur une liste à retenir",
	"retain action": "a validé le dernier une action, qui est retenue", "merge action": "a fusionné une action avec une autre", "unmerge action": "a séparé deux actions fusionnées", "dismiss action_pair": "a dit que deux actions proches sont distinctes",
	"propose action_listing": "a proposé une liste d’actions à retenir", "publish action_listing": "a validé le dernier une liste d’actions", "withdraw action_listing": "a retiré une liste d’actions à retenir", "edit action_cross": "a modifié la liste des thèmes transversaux",
	"confirm action_overlap": "a dit que deux actions déclarent le même objet", "dismiss action_overlap": "a dit que deux actions n’ont pas le même objet",
	"create aid": "a ajouté une aide", "edit aid": "a modifié une aide", "chain aid": "a relié deux éditions d’une aide", "close aid": "a clos une édition d’une aide", "import aid": "a importé des aides", "report aid": "a signalé une erreur dans une aide", "judge aid_report": "a répondu à un signalement sur une aide",
	"create need": "a noté un besoin sans aide", "answer need": "a répondu à un besoin sans aide", "send need": "a fait remonter un besoin avec un frein", "create aid_alert": "a enregistré une alerte sur les aides", "end aid_alert": "a mis fin à une alerte sur les aides",
	"create api_key": "a créé une clé d’accès pour un programme", "end api_key": "a mis fin à une clé d’accès",
	"create measure": "a ajouté une mesure d’accompagnement", "edit measure": "a modifié une mesure d’accompagnement", "withdraw measure": "a retiré une mesure d’accompagnement", "restore measure": "a repris une mesure d’accompagnement retirée",
	"import action": "a importé un fichier d’actions",

	"deposit post": "a déposé un texte dans le débat", "waiting post": "a remis un texte en attente de modération", "published post": "a publié un texte du débat", "refused post": "a refusé un texte du débat",
	"hidden post": "a masqué un texte du débat", "merged post": "a fusionné un texte du débat", "withdrawn post": "a retiré un texte du débat", "edit post": "a modifié un texte du débat",
	"report post": "a signalé un texte du débat", "appeal post": "a fait un recours contre un refus", "uphold post": "a maintenu un refus après un recours", "trap post": "a rempli un champ que les personnes ne voient pas\u00a0: rien n’a été gardé",
	"refuse post": "a atteint le nombre de dépôts permis en une heure\u00a0: la suite n’a pas été gardée", "edit moderation_setting": "a changé le délai ou le seuil de la modération",
	"receive instruction": "a reçu une contribution à étudier", "assign instruction": "a confié l’étude d’une contribution", "advise instruction": "a rendu un avis sur une contribution", "answer instruction": "a répondu à une contribution",
	"merge instruction": "a fusionné une contribution avec une autre", "unmerge instruction": "a séparé deux contributions fusionnées", "split instruction": "a scindé une contribution",
	"create group": "a créé un groupe de travail", "edit group": "a modifié un groupe de travail", "close group": "a clos un groupe de travail", "reopen group": "a rouvert un groupe de travail",
	"seat group_member": "a inscrit un membre d’un groupe de travail", "edit group_member": "a modifié un membre d’un groupe de travail", "leave group_member": "a noté le départ d’un membre d’un groupe de travail", "forget group_member": "a effacé les données d’un membre d’un groupe de travail",
	"open ambition": "a mis un levier en débat", "edit ambition": "a modifié le débat sur un levier", "answer ambition": "a répondu au débat sur un levier", "confirm ambition": "a confirmé une réponse au débat sur un levier", "withdraw ambition": "a retiré une réponse au débat sur un levier",
	"create consultation": "a préparé une consultation", "edit consultation": "a modifié une consultation", "write consultation": "a modifié le texte d’une consultation", "publish consultation": "a publié une version du texte d’une consultation", "judge amendment": "a répondu à un amendement",
	"add letter": "a rédigé une lettre du débat", "edit letter": "a modifié une lettre du débat", "test letter": "s’est envoyé une lettre pour essai", "send letter": "a envoyé une lettre du débat", "follow letter_reader": "s’est abonné à la lettre", "unfollow letter_reader": "s’est désabonné de la lettre",
	"follow follow": "a suivi un sujet du débat", "unfollow follow": "a cessé de suivre un sujet du débat",
	"edit voice": "a changé ce que le débat lui envoie", "silence voice": "a demandé que le débat ne lui écrive plus", "erase voice": "a fait effacer ce qui était laissé à son adresse dans le débat",
	"rename debate_theme": "a renommé un thème des contributions",
	"seed post":           "a écrit une affirmation d’un débat", "create question": "a préparé un débat sur une question", "edit question": "a modifié un débat sur une question", "open question": "a ouvert un débat sur une question",
	"close question": "a fermé un débat sur une question", "conclude question": "a conclu un débat sur une question",

	"create ballot": "a préparé un vote en séance", "edit ballot": "a modifié la question d’un vote", "open ballot": "a ouvert un vote en séance", "close ballot": "a clos un vote en séance", "show ballot": "a montré ou caché les résultats d’un vote",
	"void ballot": "a annulé un vote en séance", "raise ballot": "a noté des mains levées", "print ballot": "a tiré des bulletins de vote", "exceed ballot": "a clos un vote qui compte plus de voix que de présents",
	"create agenda": "a ajouté un point à un ordre du jour", "edit agenda": "a modifié un point d’un ordre du jour", "withdraw agenda": "a retiré un point d’un ordre du jour", "write minutes-text": "a écrit dans un compte rendu",
	"proposed minutes": "a proposé un compte rendu à l’approbation", "draft minutes": "a repris la rédaction d’un compte rendu", "approve minutes": "a approuvé un compte rendu",
	"create decision": "a noté une décision de réunion", "edit decision": "a modifié une décision de réunion", "taken decision": "a remis une décision de réunion en cours", "applied decision": "a noté une décision appliquée", "dropped decision": "a noté une décision abandonnée",
	"create task": "a confié une tâche de réunion", "done task": "a noté une tâche faite", "dropped task": "a abandonné une tâche de réunion", "open task": "a remis une tâche à faire",
	"create meeting-file": "a déposé un document de réunion", "withdraw meeting-file": "a retiré un document de réunion",
	"say update": "a dit où en est une action", "create followup_round": "a préparé un tour de suivi", "edit followup_round": "a modifié un tour de suivi", "open followup_round": "a ouvert un tour de suivi", "close followup_round": "a fermé un tour de suivi",
	"refuse followup_ask": "a dit ne pas être la bonne personne pour une action", "edit followup_rule": "a changé les réglages du suivi", "answer followup_alert": "a répondu à une alerte du suivi",
}

// kindNames are the kinds of things that the journal speaks of.
var kindNames = map[string]string{
	"cop": "la COP", "calendar_feed": "calendriers privés", "cop_template": "modèle de la COP", "stage_event": "événements d’étape", "validation": "validations", "delegation": "délégations",
	"office": "qui conduit la COP", "meeting": "réunions", "news": "actualités", "document": "documents", "priority": "priorités", "check": "liste de l’étape", "organisation": "organismes",
	"membership": "rattachements", "invitation": "invitations", "account": "comptes", "session": "connexions", "role_grant": "rôles", "identity": "fournisseurs d’identité", "cycle": "cycles",
	"cycle_template": "modèles des cycles", "plan": "plans", "plan_objective": "objectifs des plans", "campaign": "campagnes du questionnaire", "response": "réponses au questionnaire", "restitution": "restitutions",
	"objective": "objectifs", "objective_dissent": "désaccords sur les objectifs", "objective_sharing": "partages d’objectifs",
	"diagnosis_theme": "thèmes de la région", "diagnosis_weights": "poids des scores", "diagnosis_choice": "choix des thèmes prioritaires",
	"diagnosis": "diagnostic partagé", "diagnosis_block": "blocs du diagnostic partagé", "roadmap": "feuille de route", "roadmap_block": "blocs de la feuille de route", "review": "revue annuelle", "review_block": "blocs de la revue annuelle",
	"action": "actions", "action_listing": "relevés de décisions", "action_pair": "actions proches", "action_cross": "thèmes transversaux", "post": "textes du débat", "debate_theme": "thèmes des contributions", "question": "débats sur une question",
	"action_overlap": "recoupements d’actions",
	"api_key":        "clés d’accès de programmes",
	"measure":        "mesures d’accompagnement",
	"aid":            "aides", "aid_report": "signalements sur les aides", "need": "besoins sans aide", "aid_alert": "alertes sur les aides",
	"moderation_setting": "réglages de la modération", "instruction": "étude des contributions", "group": "groupes de travail", "group_member": "membres des groupes de travail", "ambition": "débats sur les leviers",
	"consultation": "consultations", "amendment": "amendements", "letter": "lettres du débat", "letter_reader": "abonnements à la lettre", "follow": "abonnements du débat", "voice": "adresses du débat",
	"obstacle": "freins", "practice": "bonnes pratiques", "note": "notes d’expertise", "declared_figure": "chiffres déclarés", "report": "publications", "open_consent": "accords d’ouverture des données", "open_edition": "éditions des données ouvertes", "survey_text": "textes libres du questionnaire",
	"ballot": "votes en séance", "agenda": "ordres du jour", "minutes": "comptes rendus", "minutes-text": "textes des comptes rendus", "decision": "décisions des réunions", "task": "tâches des réunions", "meeting-file": "documents des réunions",
	"update": "points d’avancement", "followup_round": "tours de suivi", "followup_ask": "demandes de point d’avancement", "followup_rule": "réglages du suivi", "followup_alert": "alertes du suivi",
}

// JournalKind is a kind of thing that the journal speaks of.
type JournalKind struct{ Code, Name string }

// JournalKinds lists the kinds that a reader may choose among, in French order.
func JournalKinds() []JournalKind {
	out := make([]JournalKind, 0, len(kindNames))
	for code, name := range kindNames {
		out = append(out, JournalKind{code, name})
	}
	slices.SortFunc(out, func(a, b JournalKind) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// unknown is what is said of an act that has no sentence, of a newer version for example.
const unknown = "a fait une modification"

// Sentence says in French what an act of the journal did.
func Sentence(e journal.Entry) string {
	if s := sentences[e.Verb+" "+e.Kind]; s != "" {
		return s
	}
	return unknown
}
