package questions

import (
	"net/http"
	"strconv"

	"jalon/internal/debate/question"
	"jalon/internal/web/ui"
)

// method says in plain words how groups of opinion are found, with the formulas.
func (d Deps) method(w http.ResponseWriter, r *http.Request) error {
	v := view{Heading: ui.Heading{Overline: "Méthode", Title: "Comment les groupes d’opinion sont calculés", Scope: []string{"calcul fait par Jalon lui-même", "aucun vote n’est confié à un autre service"},
		Lead: "Chacun répond à des affirmations par «" + nb + "d’accord" + nb + "», «" + nb + "pas d’accord" + nb + "» ou «" + nb + "je passe" + nb + "». Jalon cherche qui répond de façon semblable, ce que chaque ensemble de personnes tient, ce que tous partagent et ce qui divise."}}
	part := func(id, title, lead string, list ...string) {
		v.Parts = append(v.Parts, part{ID: id, Title: title, Lead: lead, List: list})
	}
	part("tableau", "1. Un tableau de réponses", "Une ligne par personne, une colonne par affirmation\u00a0: +1 d’accord, −1 pas d’accord, 0 je passe, vide sans réponse. Passer est une réponse\u00a0; ne pas avoir répondu n’en est pas une.",
		"Une affirmation entre dans le calcul des groupes à partir de 5 réponses, une personne à partir de 7 réponses (ou toutes, s’il y a moins d’affirmations). Les autres comptent quand même dans les résultats de chaque affirmation.",
		"Une case vide prend la moyenne de sa colonne\u00a0: elle ne tire la personne d’aucun côté.")
	part("carte", "2. Une carte", "On cherche les directions selon lesquelles les réponses diffèrent le plus (analyse en composantes principales). La carte montre les deux premières.",
		"Place d’une personne = Σ (réponse − moyenne de l’affirmation) × poids de l’affirmation, le tout multiplié par √(nombre d’affirmations ÷ nombre de réponses de la personne), pour que celle qui a peu répondu ne passe pas pour modérée.",
		"Les axes n’ont pas de nom\u00a0: ce sont les affirmations les plus clivantes qui leur donnent un sens.")
	part("groupes", "3. Des groupes", "Les personnes proches sur ces directions sont réunies (méthode des k-moyennes), en 2 à 5 groupes.",
		"Le nombre de groupes est celui dont la silhouette est la plus haute\u00a0: de combien chacun est plus proche de son groupe que du groupe voisin, (b − a) ÷ max(a, b), en moyenne, où a est la distance moyenne à son groupe et b au plus proche des autres.",
		"Chacun est ensuite rangé dans le groupe dont les réponses ressemblent le plus aux siennes.",
		"Aucun groupe de moins de "+strconv.Itoa(question.LeastGroup)+nb+"personnes n’est fait. D’un calcul au suivant, un groupe garde sa lettre, et leur nombre ne change que s’il y a clairement mieux.")
	part("surete", "4. De quoi on est sûr", "Trois mesures, chacune comparée à ce qu’elle vaudrait s’il n’y avait pas de groupes.",
		"Structure\u00a0: ce que dit la première direction, divisé par ce qu’elle dirait si les réponses à chaque affirmation étaient redistribuées au hasard entre ceux qui y ont répondu. 1 veut dire rien.",
		"Écart\u00a0: la silhouette des groupes, moins celle d’autant de groupes taillés dans un nuage sans coupure.",
		"Stabilité\u00a0: la ressemblance (indice de Rand ajusté) avec les groupes que donnerait la moitié des affirmations. 1 veut dire les mêmes.",
		"Groupes sûrs\u00a0: structure d’au moins 1,3, écart d’au moins 0,12, stabilité d’au moins 0,60. Assez sûrs\u00a0: 1,15, 0,09 et 0,35. Incertains en dessous, et la page dit pourquoi.")
	part("partage", "5. Ce qui est partagé, ce qui distingue, ce qui divise", "Chaque part est donnée avec les bornes entre lesquelles elle se trouve 19"+nb+"fois sur 20 (intervalle de Wilson).",
		"Part lissée = (réponses d’un côté + 1) ÷ (réponses + 2)\u00a0: quelques réponses ne disent pas grand-chose.",
		"Partagé\u00a0: plus de la moitié de chaque groupe est du même côté\u00a0; l’ordre suit le produit des parts lissées des groupes, qu’un seul groupe en désaccord suffit à faire tomber.",
		"Distingue un groupe\u00a0: la plupart de ses membres sont d’un côté, nettement plus que les autres (test de deux proportions, 5"+nb+"% de fausses marques au plus sur l’ensemble).",
		"Divise\u00a0: l’écart entre deux groupes, compté au moins (intervalle de Newcombe).")
	part("cacher", "6. Ce qui n’est pas montré", "Pour que personne ne soit reconnu\u00a0:",
		"rien d’autre que des comptes sous "+strconv.Itoa(question.LeastPeople)+nb+"personnes\u00a0;",
		"aucune part sous "+strconv.Itoa(question.LeastAnswers)+nb+"réponses\u00a0;",
		"par département et par collège, aucun nombre sous "+strconv.Itoa(question.LeastPlace)+nb+"personnes, et aucun qui permettrait d’en retrouver un par soustraction\u00a0;",
		"dans le fichier des votes, ni nom, ni adresse, ni département, ni collège, ni date\u00a0; l’ordre des personnes ne dit pas quand elles sont venues.")
	part("ordre", "7. Dans quel ordre les affirmations sont posées", "Chacun a son ordre, tiré au sort\u00a0: les affirmations les moins répondues et celles qui distinguent le plus ont plus de chances de venir tôt.",
		"Poids = [(1 − part de «\u00a0je passe\u00a0») × (1 + force sur la carte) × part d’accord × (1 + 8 × 2^(−réponses ÷ 5))]².")
	part("refaire", "8. Refaire le calcul", "Le fichier JSON de chaque débat contient les votes, les paramètres, le tirage (graine) et l’état laissé par le calcul précédent\u00a0: avec le code source de Jalon, il redonne les chiffres montrés, au dernier chiffre.",
		"Les nombres par département, par collège et par jour y sont tels que montrés, mais ne peuvent pas être refaits\u00a0: le fichier ne contient rien de ce que chaque personne a dit d’elle.")
	part("limites", "9. Ce que ces groupes ne disent pas", "Qui répond n’est pas un échantillon\u00a0: les groupes disent ce que pensent celles et ceux qui sont venus. Les affirmations posées font les groupes\u00a0: une question oubliée ne peut séparer personne.")
	v.Foot = ui.Source{Text: "règles de Jalon, inspirées de Polis.", Print: true}
	return d.show(w, r, http.StatusOK, v, false, ui.Link{Label: "Méthode", Href: "/methode"}, ui.Link{Label: "Groupes d’opinion"})
}
