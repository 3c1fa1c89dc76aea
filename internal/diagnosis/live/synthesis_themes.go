package live

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/chart"
	"jalon/internal/composition"
	"jalon/internal/diagnosis"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/panorama"
)

// themed are the blocks of scores and themes.
func themed() []block {
	s := composition.Priorities
	return []block{
		usually(s, "scores", "Les scores des leviers", "Le score de chaque levier, son rang, et de combien ce rang bouge quand les poids bougent. Ce que chacun peut lire, au jour du document.", scores),
		usually(s, "choix", "Le choix des thèmes prioritaires", "La liste des thèmes de la région, ceux que les deux têtes mettent en premier, et pourquoi. Tel qu’il a été arrêté.", choice),
		usually(s, "themes", "Les thèmes prioritaires, un par un", "Les leviers de chaque thème mis en premier, leur objectif, ce qui bloque et ce qui marche.", firstThemes),
	}
}

// outOfHundred writes a part.
func outOfHundred(v float64) string { return french.Number(100*v, 0) }

// outOfOne writes a score as the pages of scores and its explanation do.
func outOfOne(v float64) string { return french.Number(v, 2) }

// scores are those of the levers, with how far their ranks depend on the weights.
func scores(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	const coming = "Ce bloc classera les leviers selon des critères déclarés, et dira ce que vaut ce classement."
	s, err := r.Diagnosis.ScoresOf(ctx, r.COP, true)
	if apperr.KindOf(err) == apperr.NotFound {
		return lacking(apperr.Message(err), coming), nil
	}
	if err != nil {
		return composition.Made{}, err
	}
	c, err := r.conference(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	t := document.Table{ID: "scores", Caption: "Les leviers, du score le plus haut au plus bas", Columns: []document.Column{textColumn("Levier"), numberColumn("Rang", ""), numberColumn("Rang quand les poids bougent", ""), numberColumn("Score", "de 0 à 1"), numberColumn("Repose sur", "% des poids"), numberColumn("Score selon ce que l’on ignore", "")}}
	var bars []chart.Bar
	var names []string
	firm := 0
	for _, x := range s.Levers {
		name := r.leverNames([]string{x.Lever})
		if !x.Known {
			why := absent("aucun critère pondéré n’est connu pour ce levier")
			t.Rows = append(t.Rows, []document.Cell{hrefCell(name, "/leviers/"+x.Lever), why, why, why, why, why})
			continue
		}
		t.Rows = append(t.Rows, []document.Cell{hrefCell(name, "/leviers/"+x.Lever), word(french.Integer(x.Rank)), word("de " + french.Integer(x.Low) + " à " + french.Integer(x.High)), keyed(outOfOne(x.Score), diagnosis.ScoreKey(x.Lever, r.Region.Code, c.Cycle)), word(outOfHundred(x.Standing)), word("de " + outOfOne(x.Least) + " à " + outOfOne(x.Most))})
		if len(bars) < 10 {
			bars = append(bars, chart.Bar{Label: name, Text: outOfOne(x.Score), Value: math.Round(1000*x.Score) / 1000})
		}
		if len(names) < 3 {
			names = append(names, guillemets(name))
		}
		if x.High <= diagnosis.TopOf {
			firm++
		}
	}
	if len(bars) == 0 {
		return lacking("Aucun critère n’est connu pour les leviers de cette région.", coming), nil
	}
	drawn := document.Chart{ID: "scores", Title: "Les " + howMany(len(bars), "premier levier", "premiers leviers") + ", selon leur score de 0 à 1", Description: "Barres horizontales depuis zéro\u00a0; le tableau donne tous les leviers, leur rang et de combien il bouge.", Drawing: chart.Bars(bars, chart.Target{}), Table: t}
	title := upper(french.List(names)) + " ont les scores les plus hauts"
	if len(names) == 1 {
		title = names[0] + " a le seul score connu"
	}
	switch {
	case s.Levers[0].Standing < 0.5:
		// A score that stands on little is no finding: the title says on how little.
		title += ", mais le premier ne repose que sur " + outOfHundred(s.Levers[0].Standing) + nbsp + "% des poids"
	case firm > 0:
		title += "\u00a0; " + howMany(firm, "levier reste parmi les cinq premiers", "leviers restent parmi les cinq premiers") + " quand les poids bougent"
	default:
		title += "\u00a0; aucun levier ne reste parmi les cinq premiers quand les poids bougent"
	}
	out := composition.Made{Title: title, Blocks: []document.Block{drawn},
		Notes: []string{"Un score éclaire le choix des thèmes\u00a0; il ne choisit pas. Un critère inconnu n’est pas compté zéro\u00a0: son poids est partagé entre les autres, et «\u00a0repose sur\u00a0» dit ce qu’il en reste. La dernière colonne donne le score si tout ce que l’on ignore valait 0, puis 1.",
			"Critères et poids réglés par l’équipe de la COP, au " + french.Day(s.Day) + "\u00a0: " + weights(s.Weights) + ".", diagnosis.DrawsRule}}
	if s.Answers != "" {
		out.Notes = append(out.Notes, "Questionnaire"+nbsp+": "+strings.TrimSuffix(s.Answers, ".")+".")
	}
	return out, nil
}

// weights says the part of each criterion.
func weights(w diagnosis.Weights) string {
	var out []string
	for _, c := range diagnosis.Criteria() {
		first, size := utf8.DecodeRuneInString(c.Name)
		text := strings.ToLower(string(first)) + c.Name[size:] + " " + outOfHundred(w.Share(c.Code)) + nbsp + "%"
		if w.Turned[c.Code] {
			text += " (sens retourné)"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// mapped names the six themes that a theme answers to.
func (r *reading) mapped(t diagnosis.Theme) string {
	var out []string
	for _, code := range t.Maps {
		out = append(out, knowledge.Named(knowledge.Themes(), code))
	}
	return strings.Join(out, ", ")
}

const comingThemes = "Ils se liront ici quand les deux têtes de la COP les auront arrêtés, avec leur raison."

// choice is the list of themes, and those that both heads put first; before they
// did, the list alone.
func choice(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	c, ok, err := diagnosis.LastChoice(ctx, r.DB, r.COP)
	if err != nil {
		return composition.Made{}, err
	}
	if !ok {
		return r.listed(ctx)
	}
	chosen := c.Body.Chosen()
	first := document.Table{ID: "themes-premiers", Caption: "Les thèmes mis en premier", Columns: []document.Column{textColumn("Thème"), textColumn("Pourquoi, selon les deux têtes"), textColumn("Score et rang ce jour-là")}}
	others := document.Table{ID: "themes-autres", Caption: "Les autres thèmes de la région", Columns: []document.Column{textColumn("Thème"), textColumn("Répond à"), textColumn("Score et rang ce jour-là")}}
	for _, t := range c.Body.Themes {
		score := absent(t.Score.Reason)
		if t.Score.Known {
			score = word(outOfOne(t.Score.Score) + " sur 1, rang " + french.Integer(t.Score.Rank))
		}
		if !t.Chosen {
			others.Rows = append(others.Rows, []document.Cell{word(t.Theme.Name), orWhy(r.mapped(t.Theme), "rattaché à aucun des six thèmes"), score})
			continue
		}
		why := t.Why
		if t.Against != "" {
			why += " Choisi bien que " + french.List(quotedAll(t.Above)) + french.Plural(len(t.Above), " ait", " aient") + " un score plus haut\u00a0: " + t.Against
		}
		first.Rows = append(first.Rows, []document.Cell{word(t.Theme.Name), orWhy(why, "aucune raison n’est écrite"), score})
	}
	out := composition.Made{Title: howMany(len(chosen), "thème est mis en premier", "thèmes sont mis en premier") + " parmi les " + french.Integer(len(c.Body.Themes)) + " de la région", Blocks: []document.Block{first},
		Notes: []string{"Choix validé par les deux têtes de la COP le " + french.Day(c.EndedOn) + ", avec les scores du " + french.Day(c.Body.Day) + ". Empreinte SHA-256 du choix" + nbsp + ": " + c.SHA256[:min(16, len(c.SHA256))] + "…", c.Body.ThemeRule}}
	if len(others.Rows) > 0 {
		out.Blocks = append(out.Blocks, others)
	}
	return out, nil
}

func quotedAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = guillemets(n)
	}
	return out
}

// listed is the list of themes while nothing is put first.
func (r *reading) listed(ctx context.Context) (composition.Made, error) {
	all, err := diagnosis.Themes(ctx, r.DB, r.COP)
	if err != nil {
		return composition.Made{}, err
	}
	if len(all) == 0 {
		return lacking("La région n’a pas encore écrit sa liste de thèmes.", comingThemes), nil
	}
	t := document.Table{ID: "themes", Caption: "Les thèmes de la région", Columns: []document.Column{textColumn("Thème"), textColumn("Répond à"), textColumn("Leviers")}}
	for _, x := range all {
		t.Rows = append(t.Rows, []document.Cell{word(x.Name), orWhy(r.mapped(x), "rattaché à aucun des six thèmes"), orWhy(r.leverNames(x.Levers), "sujet transversal, sans levier nommé")})
	}
	return composition.Made{Title: howMany(len(all), "thème est sur la table", "thèmes sont sur la table") + "\u00a0; les deux têtes n’en ont encore mis aucun en premier", Blocks: []document.Block{t},
		Notes: []string{"Liste de thèmes de l’équipe de la COP, au " + french.Day(r.Day) + ". " + comingThemes}}, nil
}

func (r *reading) leverNames(codes []string) string {
	var out []string
	for _, code := range codes {
		if l, err := r.model.Framework().Lever(code); err == nil {
			out = append(out, l.ShortName)
		}
	}
	return strings.Join(out, ", ")
}

// firstThemes are the themes put first, each with what is known of its levers.
func firstThemes(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	c, ok, err := diagnosis.LastChoice(ctx, r.DB, r.COP)
	if err != nil {
		return composition.Made{}, err
	}
	chosen := c.Body.Chosen()
	if !ok || len(chosen) == 0 {
		return lacking("Les deux têtes de la COP n’ont encore mis aucun thème en premier.", comingThemes), nil
	}
	all, p, err := r.portraits(ctx)
	if err != nil {
		return unless(err, comingThemes)
	}
	land, err := r.panorama()
	if err != nil {
		return composition.Made{}, err
	}
	strong, err := r.strengths(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	stops, err := r.obstacles(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	out := composition.Made{Notes: append([]string{"Thèmes mis en premier par les deux têtes de la COP le " + french.Day(c.EndedOn) + "."}, r.synthesisNotes(p)...)}
	sum, counted := panorama.Kg(0), map[string]bool{}
	for _, x := range chosen {
		codes := []string{}
		for _, l := range x.Theme.Levers {
			codes = append(codes, r.same(l)...)
		}
		about := func(k knowledge.Item) bool {
			return touches(k, codes) || len(x.Theme.Levers) == 0 && slices.Contains(x.Theme.Maps, r.theme(k))
		}
		t := document.Table{ID: "theme-" + x.Theme.ID, Caption: x.Theme.Name, Columns: []document.Column{textColumn("Levier"), textColumn("Rythme"), textColumn("Famille"), textColumn("Ce qui bloque"), numberColumn("Objectif", "ktCO₂e par an")}}
		var own []portrait
		for _, y := range all {
			if !slices.Contains(x.Theme.Levers, y.Line.Lever.Code) {
				continue
			}
			if o := y.Line.Objective; o.Known && !counted[y.Line.Lever.Code] {
				counted[y.Line.Lever.Code], sum = true, sum+o.Kg
			}
			family := y.family()
			if p.None != "" {
				family = absent("la restitution n’est pas publiée")
			}
			own = append(own, y)
			t.Rows = append(t.Rows, []document.Cell{hrefCell(y.Line.Lever.ShortName, "/leviers/"+y.Line.Lever.Code), y.paceCell(r.ref().String()), family, y.blocks(r, p), mass(y.Line.Objective, y.Line.FigureKey)})
		}
		withAgreed(&t, own)
		said := []document.Span{{Text: x.Theme.Name, Bold: true}, {Text: nbsp + ": " + strings.TrimSuffix(strings.TrimSpace(x.Why), ".") + "."}}
		said = append(said, firstAbout(" Frein"+nbsp+": ", stops.list, about, r.base()+"/freins/")...)
		said = append(said, firstAbout(" Point fort"+nbsp+": ", strong, about, r.base()+"/points-forts/")...)
		out.Blocks = append(out.Blocks, document.Text{Spans: said})
		if len(t.Rows) > 0 {
			out.Blocks = append(out.Blocks, t)
		}
	}
	out.Title = howMany(len(chosen), "thème est mis en premier", "thèmes sont mis en premier")
	if sum > 0 && land.Total.Kg > 0 {
		out.Title += "\u00a0; " + french.Plural(len(chosen), "ses", "leurs") + " leviers portent " + french.Number(100*float64(sum)/float64(land.Total.Kg), 0) + nbsp + "% de l’objectif de la région"
	}
	return out, nil
}

// firstAbout names the first item that is about a theme, with a link to its page.
func firstAbout(what string, list []knowledge.Item, about func(knowledge.Item) bool, page string) []document.Span {
	i := slices.IndexFunc(list, about)
	if i < 0 {
		return []document.Span{{Text: what + "aucun n’est retenu."}}
	}
	return []document.Span{{Text: what}, {Text: short(list[i].Title, 140), Href: page + list[i].ID}, {Text: "."}}
}
