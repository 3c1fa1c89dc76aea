// Package textmining reads short free texts in French together: the stems that
// they are searched by, those that say almost the same, the themes that they make,
// and what in them may name a person. It is pure, and the same texts in the same
// order give the same answer.
package textmining

import (
	"slices"
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/french"

	jalon "jalon/internal/french"
)

// silent are the words that say nothing of what a text is about, folded.
var silent = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`a afin ai ainsi alors apres au aucun aucune aujourd aussi autre autres aux avait avant avec avoir avons beaucoup bien c car ce ceci cela celle celles celui
		ces cet cette ceux chaque chez comme comment contre d dans de deja depuis des dire dit doit doivent donc dont du elle elles en encore enfin ensuite entre es est et etaient etait etant
		ete etre eu eux fait faire falloir faudrait faut font grace h hors hui il ils j je jusqu l la le les leur leurs lors lui m ma mais mal malgre me meme memes mes moins mon n ne ni non nos
		notamment notre nous on ont or ou oui par parce parfois pas peu peut peuvent plus plutot plusieurs pour pourquoi pourrait pouvoir pres puis qu quand quant que quel quelle quelles
		quelque quelques quels qui quoi rien s sa sans se sera seraient serait ses seulement si soit son sont sous souvent suis sur surtout t ta tant te tel telle tellement telles tels tes
		toujours tous tout toute toutes tres trop tu un une va vers veut via voir vos votre voulons vous y
		annee annees ans an jour jours exemple cas chose choses niveau place mise mettre mis grand grande petit petite bon bonne nouveau nouvelle nouveaux nombreux nombreuses
		deux trois quatre cinq six sept huit neuf dix vingt cent mille demi moitie tiers quart
		commune communes communal communale collectivite collectivites territoire territoires habitants local locale locaux
		propose proposer proposons proposition propositions souhaite souhaitons souhaiterais voudrais voudrions aimerais aimerions pense pensons idee idees
		action actions projet projets manque manquons besoin besoins frein freins etc`) {
		m[w] = true
	}
	return m
}()

// irregular are the stems that the rules of French stemming leave apart, folded.
var irregular = map[string]string{
	"travaux": "travail", "eaux": "eau", "velos": "velo", "yeux": "oeil", "baux": "bail", "coraux": "corail", "vitraux": "vitrail",
	"haies": "haie", "haie": "haie", "bus": "bus", "cars": "car", "car": "car", "elus": "elu", "elu": "elu", "elue": "elu", "elues": "elu",
	"sols": "sol", "sol": "sol", "gaz": "gaz", "bois": "bois", "prix": "prix", "pays": "pays", "logis": "logis", "toits": "toit", "toit": "toit",
	"aide": "aide", "aides": "aide", "aider": "aide", "foncier": "foncier", "fonciere": "foncier", "foncieres": "foncier", "fonciers": "foncier",
	"eolien": "eolien", "eolienne": "eolien", "eoliennes": "eolien", "eoliens": "eolien", "batiment": "batiment", "batiments": "batiment",
}

// Stemmer finds stems, and remembers those of the words it met. It is not for two
// goroutines at once.
type Stemmer struct{ known map[string]string }

// NewStemmer makes a Stemmer.
func NewStemmer() *Stemmer { return &Stemmer{known: map[string]string{}} }

// of is the stem of a word in small letters, folded.
func (s *Stemmer) of(word string) string {
	if out, ok := s.known[word]; ok {
		return out
	}
	folded := jalon.Fold(word)
	out, ok := irregular[folded]
	if !ok {
		env := snowballstem.NewEnv(word)
		french.Stem(env)
		out = jalon.Fold(env.Current())
	}
	if len(s.known) < 200_000 { // a hostile file may hold as many words as it likes
		s.known[word] = out
	}
	return out
}

// words are the words of a text in small letters, those that say nothing left out.
func words(text string) []string {
	all := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.DeleteFunc(all, func(w string) bool { return len(w) < 2 || len(w) > 60 || silent[jalon.Fold(w)] })
}

// Stems lists the stems of a text in its order, each as often as it comes.
func (s *Stemmer) Stems(text string) []string {
	all := words(text)
	for i, w := range all {
		all[i] = s.of(w)
	}
	return all
}

// Index lists the distinct stems that a text is found by, sorted: those of its
// words, and those of its words written without accents, as many type them.
func (s *Stemmer) Index(text string) []string {
	var out []string
	for _, w := range words(text) {
		out = append(out, s.of(w), s.of(jalon.Fold(w)))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Query is a search: each word must be found, by one of its stems.
type Query [][]string

// Query reads what somebody searches.
func (s *Stemmer) Query(text string) Query {
	var q Query
	for _, w := range words(text) {
		q = append(q, []string{s.of(w), s.of(jalon.Fold(w))})
	}
	return q
}

// Finds reports whether an Index holds every word of the search.
func (q Query) Finds(index []string) bool {
	return !slices.ContainsFunc(q, func(any []string) bool {
		return !slices.ContainsFunc(any, func(stem string) bool { _, ok := slices.BinarySearch(index, stem); return ok })
	})
}
