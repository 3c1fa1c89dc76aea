package diagnosis

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// ThemeFault refuses one field of a form of this room.
type ThemeFault struct{ Field, Message string }

// ThemeFaults are all that is refused of a form, so that it is mended at once.
type ThemeFaults []ThemeFault

// Error is the first sentence that a user reads.
func (f ThemeFaults) Error() string { return f[0].Message }

// Unwrap makes them an invalid input.
func (f ThemeFaults) Unwrap() error { return apperr.Invalidf("%s", f[0].Message) }

func (f *ThemeFaults) add(field, message string) { *f = append(*f, ThemeFault{field, message}) }

func (f *ThemeFaults) text(field, label, text string, most int, needed bool) {
	switch n := utf8.RuneCountInString(text); {
	case needed && strings.TrimSpace(text) == "":
		f.add(field, "Remplissez «\u00a0"+label+"\u00a0».")
	case n > most:
		f.add(field, "«\u00a0"+label+"\u00a0» compte "+strconv.Itoa(n)+" caractères, pour "+strconv.Itoa(most)+" au plus\u00a0: raccourcissez-le. Votre texte est resté dans le formulaire.")
	}
}

func (f ThemeFaults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

func themeText(field, label, text string, most int, needed bool) error {
	var f ThemeFaults
	f.text(field, label, text, most, needed)
	return f.err()
}

func errThemeMoved(what string) error {
	return apperr.Conflictf("Quelqu’un d’autre a modifié %s pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.", what)
}

// ThemeInput is what a person writes of a theme.
type ThemeInput struct {
	Name, Text string
	Kind       ThemeKind
	Subject    string
	Maps       []string
	Levers     []string
}

// tidy keeps each code once, in order.
func (in ThemeInput) tidy() ThemeInput {
	in.Maps = slices.Compact(slices.Sorted(slices.Values(in.Maps)))
	in.Levers = slices.Compact(slices.Sorted(slices.Values(in.Levers)))
	in.Name, in.Text = strings.TrimSpace(in.Name), strings.TrimSpace(in.Text)
	if in.Kind == OfLevers {
		in.Subject = ""
	}
	return in
}

func (in ThemeInput) check(m *panorama.Model, exist map[string]bool) error {
	var f ThemeFaults
	f.text("name", "Nom du thème", in.Name, 120, true)
	f.text("text", "Ce que recouvre le thème", in.Text, 5_000, false)
	switch {
	case in.Kind != OfLevers && in.Kind != Cross:
		f.add("kind", "Dites si le thème rassemble des leviers, ou s’il les traverse.")
	case in.Kind == Cross && !slices.ContainsFunc(Subjects(), func(s [2]string) bool { return s[0] == in.Subject }):
		f.add("subject", "Choisissez le sujet dans la liste.")
	}
	if len(in.Maps) == 0 {
		f.add("maps", "Rattachez le thème à l’un au moins des six thèmes du plan\u00a0: c’est par eux que la nation lit toutes les régions ensemble.")
	}
	for _, code := range in.Maps {
		if !slices.ContainsFunc(m.Framework().Themes(), func(t framework.ThemeInfo) bool { return string(t.Code) == code }) {
			f.add("maps", "Choisissez dans la liste des six thèmes du plan.")
			break
		}
	}
	var gone []string
	for _, code := range in.Levers {
		if !exist[code] {
			gone = append(gone, code)
		}
	}
	switch {
	case len(gone) > 0:
		f.add("levers", "Le panorama de la région n’a pas (ou n’a plus) ce levier\u00a0: "+strings.Join(gone, ", ")+". Décochez-le\u00a0; le reste de votre saisie est conservé.")
	case in.Kind == OfLevers && len(in.Levers) == 0:
		f.add("levers", "Un thème de leviers en rassemble un au moins. Cochez-en un, faites-en un sujet transversal, ou retirez le thème de la liste.")
	}
	return f.err()
}

// Lines are the levers of a region that a theme may gather: those of its panorama.
func (m *Room) Lines(ctx context.Context, region string) ([]panorama.Line, error) {
	model, err := m.Model(ctx)
	if err != nil {
		return nil, err
	}
	p, err := model.Of(territory.Ref{Scale: territory.RegionS, Code: region})
	return p.Lines, err
}

// Exist tells which levers the panorama of a region holds.
func (m *Room) Exist(ctx context.Context, region string) (map[string]bool, error) {
	lines, err := m.Lines(ctx, region)
	out := map[string]bool{}
	for _, l := range lines {
		out[l.Lever.Code] = true
	}
	return out, err
}
