package demo

import (
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/french"
)

// Names are of the commonest, drawn apart: a person of this name may exist, none
// is meant.
var (
	women = strings.Fields("Anne Claire Sophie Nadia Hélène Camille Fatou Julie Léa Inès Margaux Élodie Aïcha Céline Delphine Sarah Maëlle Yasmine Chloé Isabelle Véronique Laure Agathe Mélanie Salomé Rachel Odile Karima Noémie Pauline")
	men   = strings.Fields("Paul Karim Thomas Julien Nicolas Hugo Antoine Mathieu Yann Samuel Olivier Rémi Loïc Bastien Malik Étienne Gaël Victor Adrien Denis Cédric Moussa Fabien Jérôme Sylvain Guillaume Tristan Amine Bruno Romain")
	last  = strings.Fields("Martin Bernard Moreau Lefèvre Girard Roussel Fontaine Chevalier Marchand Dupuis Lemoine Renaud Gauthier Perrin Colin Bertrand Picard Vasseur Carpentier Leclercq Benoît Prévost Charpentier Boulanger Meunier Barbier Jacquet Tessier Delmas Vidal Costa Haddad Diallo Nguyen Traoré Benali Rivière Payet Hoarau Lacroix Guérin Le_Goff Kermarrec Muller Schmitt Weber Ferrand Astier Bonnet Sabatier")
)

// name invents somebody; woman says how their titles agree.
func (s *Script) name() (name string, woman bool) {
	woman = s.Random.IntN(2) == 0
	first := men
	if woman {
		first = women
	}
	return Pick(s.Random, first...) + " " + strings.ReplaceAll(Pick(s.Random, last...), "_", " "), woman
}

// address is one that no mail can reach, and that nobody else of the
// demonstration has.
func (s *Script) address(name string) string {
	local := strings.ReplaceAll(french.Fold(name), " ", ".")
	for i := 1; ; i++ {
		email := local
		if i > 1 {
			email += strconv.Itoa(i)
		}
		if email += "@" + account.DemoDomain; !s.names[email] {
			s.names[email] = true
			return email
		}
	}
}

// fr puts the spaces that French typography keeps together.
func fr(text string) string {
	return strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", " ?", "\u00a0?", " !", "\u00a0!", "« ", "«\u00a0", " »", "\u00a0»", "n° ", "n°\u00a0").Replace(text)
}
