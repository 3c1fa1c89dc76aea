package moderation

// Reason is why a text is not published, as anyone reads it in the rules.
type Reason struct {
	Code, Name, Text string
}

// PersonalData is the reason that masking answers.
const PersonalData = "personnelles"

var reasons = []Reason{
	{"hors-sujet", "Hors sujet", "Le texte ne parle ni de transition écologique dans la région, ni de ce qui est mis en débat."},
	{"illicite", "Propos illicites", "Injure, menace, diffamation, discrimination, incitation à la haine ou à la violence, atteinte à la vie privée\u00a0: ce que la loi interdit."},
	{PersonalData, "Données personnelles", "Le texte nomme une personne privée, ou donne une adresse, un téléphone, un courriel. Quand le reste se comprend sans elles, ces passages sont masqués et le texte est publié."},
	{"publicite", "Publicité", "Le texte vante un produit, un service ou un candidat, ou renvoie vers un site marchand."},
	{"doublon", "Doublon", "Le même texte est déjà publié, ou quelqu’un l’a envoyé plusieurs fois."},
	{"illisible", "Illisible", "Le texte ne se comprend pas\u00a0: lettres au hasard, phrase coupée, langue que l’équipe ne lit pas."},
	{"droits", "Texte d’autrui", "Le texte ou le fichier est repris de quelqu’un d’autre sans son accord."},
}

// Reasons lists them in the order of the rules.
func Reasons() []Reason { return reasons }

// ReasonName is the French name of a reason, empty for an unknown one.
func ReasonName(code string) string {
	for _, r := range reasons {
		if r.Code == code {
			return r.Name
		}
	}
	return ""
}
