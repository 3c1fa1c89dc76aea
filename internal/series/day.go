package series

import (
	"strconv"
	"strings"
)

// YearRule is how a date becomes a year, in the words that pages show.
const YearRule = "Une date donne l’année qu’elle porte\u00a0: le hub date une année de son 1er janvier, le baromètre de son 31 décembre. " +
	"Un fichier qui porterait, pour le même territoire, un 31 décembre et le 1er janvier qui le suit est refusé\u00a0: on ne saurait pas si c’est un état ou deux années. " +
	"Quand une année a plusieurs dates, la dernière compte\u00a0; une année dont la dernière date est avant décembre est incomplète\u00a0: elle est dessinée, et n’entre dans aucun rythme."

// YearOf is the year that a day («2022-12-31») stands for.
func YearOf(day string) int {
	y, _, _ := strings.Cut(day, "-")
	n, err := strconv.Atoi(y)
	if err != nil {
		return 0
	}
	return n
}

// Partial says whether a year measured on this day was not over: any day but the
// first of January, by which the hub names a whole year, and those of December.
func Partial(day string) bool {
	return len(day) == 10 && day[4:] != "-01-01" && day[5:7] != "12"
}

// Touching says whether two days are the last of a year and the first of the
// next: one state of things or two years, nobody can tell.
func Touching(a, b string) bool {
	if a > b {
		a, b = b, a
	}
	return strings.HasSuffix(a, "-12-31") && strings.HasSuffix(b, "-01-01") && YearOf(b) == YearOf(a)+1
}
