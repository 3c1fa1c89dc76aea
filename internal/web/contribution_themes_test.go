package web_test

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// grouped publishes the labelled texts of the mining in Grand Est and groups them;
// one more waits for a moderator.
func (s *site) grouped() {
	s.t.Helper()
	text, err := os.ReadFile("../textmining/testdata/comments.txt")
	if err != nil {
		s.t.Fatal(err)
	}
	var rows [][]any
	add := func(said, state string) {
		id, err := s.ids.New()
		if err != nil {
			s.t.Fatal(err)
		}
		ms := s.now.UnixMilli()
		rows = append(rows, []any{id, int64(1), cop.RegionID(cop.First, "44"), "contribution", "", "", state, strings.Join(strings.Fields(said)[:5], " "), said, "person", "Anne M.", "", "", "region:44", ms, ms, int64(0), int64(0)})
	}
	for line := range strings.Lines(string(text)) {
		_, said, _ := strings.Cut(strings.TrimSpace(line), "\t")
		add(said, "published")
	}
	add("Un texte qui attend encore sa modération secrète.", "waiting")
	if _, err := db.Insert(s.t.Context(), s.d, "debate_post", []string{"id", "rev", "cop_id", "kind", "parent", "voice_id", "state", "title", "text", "speaker", "signed", "theme", "lever", "territory", "at", "published_at", "supports", "comments"}, rows, ""); err != nil {
		s.t.Fatal(err)
	}
	if err := s.debate.Contribution.Regroup(s.t.Context(), cop.RegionID(cop.First, "44")); err != nil {
		s.t.Fatal(err)
	}
}

func TestContributionsByTheme(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		const public, desk = "/regions/grand-est/contributions/themes", "/regions/grand-est/bureau/contributions/themes"
		if p := s.get(public); p.StatusCode != http.StatusOK || !strings.Contains(p.body, "ne sont pas encore regroupées") {
			t.Errorf("before any grouping: %s", p.Status)
		}
		s.grouped()
		p := s.get(public)
		if p.StatusCode != http.StatusOK || !strings.Contains(p.body, "60\u00a0contributions en 6\u00a0thèmes") || !strings.Contains(p.body, "Personne n’a relu ce classement") || strings.Contains(p.body, "secrète") || strings.Contains(p.body, "Renommer") {
			t.Errorf("themes: %s %.600s", p.Status, p.body)
		}
		checkPage(t, "themes", p)
		c, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		if p := s.visit(c, base+public, nil); !strings.Contains(p.body, "Renommer les thèmes") {
			t.Errorf("the team is not led to its desk: %s", p.Status)
		}
		p = s.visit(c, base+desk, nil)
		checkPage(t, "the desk", p)
		ids, revs := p.attr("form input[name=theme]", "value"), p.attr("form input[name=rev]", "value")
		if len(ids) != 6 || len(revs) != 6 {
			t.Fatalf("desk: %s, %v %v", p.Status, ids, revs)
		}
		first := ids[0]
		form := url.Values{"theme": {first}, "rev": {revs[0]}, "nom": {"Rouler <autrement>"}}
		if p := s.visit(c, base+desk, form); p.StatusCode != http.StatusOK || !strings.Contains(p.body, "Le nom est enregistré") {
			t.Errorf("renamed: %s", p.Status)
		}
		if p := s.get(public); !strings.Contains(p.body, "Rouler &lt;autrement&gt;") {
			t.Error("the name is not shown")
		}
		if p := s.get(public + "?theme=" + first); p.StatusCode != http.StatusOK || !strings.Contains(p.body, "Rouler &lt;autrement&gt;") || !strings.Contains(p.body, "Mots qui marquent ce thème") {
			t.Errorf("one theme: %s", p.Status)
		}
		// The second of two reads both names, and nothing is lost.
		form.Set("nom", "Un autre nom")
		if p := s.visit(c, base+desk, form); p.StatusCode != http.StatusConflict || !strings.Contains(p.body, "Un autre nom") || !strings.Contains(p.body, "Rouler &lt;autrement&gt;") || !strings.Contains(p.body, "Le vôtre") {
			t.Errorf("conflict: %s", p.Status)
		}
		form.Set("rev", "2")
		form.Set("nom", strings.Repeat("é", 90))
		if p := s.visit(c, base+desk, form); p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, strings.Repeat("é", 90)) {
			t.Errorf("too long: %s", p.Status)
		}
		form.Set("theme", "absent")
		form.Set("nom", "Perdu ?")
		if p := s.visit(c, base+desk, form); p.StatusCode != http.StatusNotFound || !strings.Contains(p.body, "Perdu ?") {
			t.Errorf("a theme that is no more: %s", p.Status)
		}
		for _, bad := range []string{"?theme=absent", "?theme=" + first + "&suite=nimporte"} {
			if p := s.get(public + bad); p.StatusCode < 400 || p.StatusCode >= 500 {
				t.Errorf("%s: %s", bad, p.Status)
			}
		}
	})
}
