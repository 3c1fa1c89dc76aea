package places

// searchTitle is the h1 of the search.
func searchTitle(q string) string {
	if q == "" {
		return "Chercher un territoire"
	}
	return "Territoires qui répondent à «\u00a0" + q + "\u00a0»"
}
