package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// shelf stands for the catalogue of live blocks, whose own tests read what it makes.
type shelf struct{ kind composition.Kind }

// List is the same for each kind of document, in a part that it has.
func (s shelf) List() []composition.Live {
	list := []composition.Live{
		{Code: "cibles/panorama", Part: composition.Aims, Name: "Le panorama", Help: "Ce que propose l’État.", Usual: true, Options: []composition.Option{{Name: "nombre", Label: "Combien de leviers", Values: [][2]string{{"dix", "les dix premiers"}, {"tous", "tous"}}}}},
		{Code: "dynamiques/ventes", Part: composition.Dynamics, Name: "Les ventes", Usual: true},
		{Code: "synthese/chiffres", Part: composition.Priorities, Name: "Les chiffres de la synthèse", Usual: true},
	}
	if s.kind != composition.Diagnosis {
		for i := range list {
			list[i].Part = composition.Preface
		}
	}
	return list
}

func (shelf) Open(_ context.Context, at composition.Place) (composition.Reading, error) {
	return reading{at}, nil
}

type reading struct{ at composition.Place }

func (x reading) Make(_ context.Context, code string, params map[string]string) (composition.Made, error) {
	total := "panorama/2024-07/total/region:" + x.at.Region.Code
	switch code {
	case "cibles/panorama":
		return composition.Made{Title: "L’effort proposé, " + params["nombre"], Notes: []string{"Source\u00a0: État."}, Blocks: []document.Block{
			document.Text{Spans: []document.Span{{Text: "Au total, "}, {Text: "22,1\u00a0Mt", Figure: total}, {Text: "."}}},
			document.Table{ID: "t", Caption: "Le total", Columns: []document.Column{{Label: "Quoi"}, {Label: "kt", Number: true}}, Rows: [][]document.Cell{{{Text: "Total"}, {Text: "22", Figure: total}}}}}}, nil
	case "dynamiques/ventes":
		return composition.Made{Missing: "La série des ventes a été retirée le 1er\u00a0mars\u00a02026."}, nil
	case "synthese/chiffres":
		return composition.Made{Title: "Deux chiffres", Blocks: []document.Block{document.KeyFigures{Figures: []document.KeyFigure{{Label: "Objectif proposé", Value: "22,1", Unit: "Mt", Figure: total}, {Label: "Sans explication", Value: "3", Figure: "panorama/2024-07/inconnu/region:44"}}}}}, nil
	}
	return composition.Made{}, composition.ErrUnknown
}

// composed begins the diagnosis of a region and proposes an edition, for the walk.
func (s *site) composed(team policy.Actor, id, code, slug string, out map[string]string) {
	s.t.Helper()
	for _, k := range composition.Kinds() {
		term, prefix := "", k.Name()+"-"
		switch k {
		case composition.Diagnosis:
			prefix = ""
		case composition.Review:
			term = "2026"
		}
		s.composedOf(k, term, prefix, team, id, code, slug, out)
	}
}

func (s *site) composedOf(k composition.Kind, term, prefix string, team policy.Actor, id, code, slug string, out map[string]string) {
	s.t.Helper()
	ctx := s.t.Context()
	root, err := s.composing.Begin(ctx, team, k, id, term, shelf{k}.List(), true)
	if err != nil {
		s.t.Fatal(err)
	}
	blocks, err := composition.Blocks(ctx, s.d, root)
	if err != nil {
		s.t.Fatal(err)
	}
	at := composition.Place{COP: id, Cycle: cop.First, Day: "2026-03-02"}
	at.Region.Code, at.Region.Slug, at.Region.Name = code, slug, slug
	e, err := s.composing.ProposeEdition(ctx, team, root.Rev, k, term, at, composition.Press{Catalogue: shelf{k},
		Explain: func(_ context.Context, key string) (figure.Explanation, error) {
			return figure.Explanation{Figure: figure.Figure{Key: key, Value: 1, Class: figure.Computed}, Title: key}, nil
		},
		Draw: func(context.Context, document.Document) ([]document.File, error) { return nil, nil }, Sheet: func(int64) composition.Sheet { return composition.Sheet{} }})
	if err != nil {
		s.t.Fatal(err)
	}
	out[slug+"/"+prefix+"block"], out[slug+"/"+prefix+"edition"] = blocks[0].ID, e.ID
	out[slug+"/file-"+k.Name()+"-draft-file"], out[slug+"/file-"+k.Name()+"-proposed-file"] = "projet-"+k.File(term)+"-"+slug+".odt", document.TextPart
}

var blockPath = regexp.MustCompile(`/bureau/diagnostic/blocs/[0-9a-f-]+`)

// The team composes, two of them write the same block, both heads publish what was
// frozen, and everybody reads it, each figure as it was that day.
func TestADiagnosisFromItsFirstPageToItsEdition(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		desk, public := "/regions/grand-est/bureau/diagnostic", "/regions/grand-est/diagnostic"
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		at := func(path string) page { return s.visit(team, base+path, nil) }
		send := func(path string, form url.Values) page { return s.visit(team, base+path, form) }

		p := at(desk)
		checkPage(t, desk, p)
		p.has("main button", "Composer à partir du plan proposé")
		p.has("main button", "Commencer par une page vide")
		p = send(desk, url.Values{"do": {"plan"}})
		checkPage(t, desk, p)
		if got := p.texts("main section h2"); strings.Join(got[:6], "|") != "Ouverture|Cibles et objectifs|Dynamiques en cours|Ce que disent les collectivités|Points forts du territoire|Synthèse et thèmes prioritaires" {
			t.Errorf("the parts: %q", got)
		}
		p.has("h1", "9 blocs dans le diagnostic, dont 7 à compléter")
		p.has(".act", "La série des ventes a été retirée le 1er mars 2026.")
		p.has(".act", "1 tableau (1 ligne), 1 paragraphe")
		send(desk, url.Values{"do": {"vide"}}).has(".fr-alert--error", "a déjà commencé")

		// A text is written; a second person had the page open.
		opening := blockPath.FindString(p.attr("#ouverture .act a", "href")[0])
		one := at("/regions/grand-est" + opening)
		checkPage(t, opening, one)
		typed := url.Values{"rev": {"1"}, "titre": {"Pourquoi"}, "texte": {"Nous **voulons** voir.\r\n\r\n- un\r\n- deux\r\n\r\n<script>x</script>"}, "reason": {"première version"}}
		one = send("/regions/grand-est"+opening, typed)
		one.has("#apercu strong", "voulons")
		one.has("#apercu li", "deux")
		one.has("#versions td", "première version")
		if strings.Contains(one.body, "<script>x") {
			t.Error("a script went through")
		}
		typed.Set("texte", "Autre chose.")
		late := send("/regions/grand-est"+opening, typed)
		checkPage(t, "the conflict", late)
		if late.StatusCode != http.StatusConflict {
			t.Errorf("the second writer: %s", late.Status)
		}
		late.has("#deux-versions td", "Nous **voulons** voir.")
		late.has("#deux-versions td", "Autre chose.")
		late.has("textarea", "Autre chose.")
		long := send("/regions/grand-est"+opening, url.Values{"rev": {"2"}, "titre": {strings.Repeat("é", 201)}, "texte": {"gardé"}})
		long.has(".fr-error-text", "200 caractères")
		long.has("textarea", "gardé")

		// A live block is added, given a choice, moved, withdrawn and brought back.
		p = at(desk + "/ajouter?partie=synthese")
		checkPage(t, "the catalogue", p)
		p.has(".act", "Déjà dans le diagnostic")
		p = send(desk+"/blocs", url.Values{"partie": {"synthese"}, "live": {"cibles/panorama"}})
		added := p.Request.URL.Path
		p = send(added, url.Values{"rev": {"1"}, "titre": {""}, "texte": {""}, "option-nombre": {"tous"}})
		p.has("#apercu", "L’effort proposé, tous")
		p = send(added+"/place", url.Values{"rev": {"2"}, "do": {"up"}})
		if got := p.texts("#synthese h3"); len(got) != 3 || got[1] != "Le panorama" {
			t.Errorf("moved: %q", got)
		}
		p = send(added+"/place", url.Values{"rev": {"3"}, "do": {"withdraw"}, "reason": {"en double"}})
		p.has("#retires h3", "Le panorama")
		send(added+"/place", url.Values{"rev": {"1"}, "do": {"restore"}}).has(".fr-alert--error", "Quelqu’un d’autre a modifié ou déplacé ce bloc")
		send(added+"/place", url.Values{"rev": {"4"}, "do": {"part"}, "partie": {"cibles"}})
		send(desk, url.Values{"do": {"title"}, "was": {""}, "titre": {"Notre diagnostic"}}).has(".fr-alert--success", "enregistré")

		p = at(desk + "/apercu")
		checkPage(t, "the preview", p)
		p.has("h1", "Notre diagnostic")
		p.has(".paper-demo", "Projet, non publié")
		for ext, kind := range map[string]string{"odt": "opendocument.text", "pptx": "presentationml"} {
			p = at(desk + "/fichiers/projet-diagnostic-grand-est." + ext)
			if p.StatusCode != http.StatusOK || !strings.Contains(p.Header.Get("Content-Type"), kind) {
				t.Errorf("%s: %s %s", ext, p.Status, p.Header.Get("Content-Type"))
			}
		}
		if p = at(desk + "/fichiers/projet-diagnostic-grand-est.pdf"); p.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a PDF without a browser: %s", p.Status)
		}

		// What is missing is said before the act.
		p = at(desk + "/publication")
		checkPage(t, "the publication", p)
		p.has("#manques td", "La série des ventes a été retirée")
		p.has("#chiffres th", "panorama/2024-07/inconnu/region:44")
		number := p.attr("input[name=rev]", "value")[0]
		send(desk+"/publication", url.Values{"rev": {"1"}}).has(".fr-alert--error", "Le projet a changé")
		p = send(desk+"/publication", url.Values{"rev": {number}})
		p.has(".fr-alert--info", "L’édition n° 1 attend la validation des deux têtes")
		send(desk+"/publication", url.Values{"rev": {number}}).has(".fr-alert--error", "attend déjà")
		list, err := composition.Editions(t.Context(), d, composition.Diagnosis, cop.RegionID(cop.First, "44"), "")
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}

		// The heads read it first; the public does not know it.
		prefet, _ := s.signIn("prefet@exemple.fr", policy.StateChair, "region", "44")
		chair, _ := s.signIn("presidente@exemple.fr", policy.RegionChair, "region", "44")
		read := s.visit(prefet, base+"/regions/grand-est/bureau", nil).attr("#acte-"+list[0].Act+" a", "href")
		if len(read) != 1 {
			t.Fatalf("the act leads to %q", read)
		}
		proposed := s.visit(prefet, base+read[0], nil)
		checkPage(t, "the edition that waits", proposed)
		proposed.has("main", "Édition proposée, non publiée")
		proposed.has("main", "22,1 Mt")
		key := "/chiffres/panorama/2024-07/total/region:44"
		s.visit(prefet, base+read[0]+key, nil).has("main", "Explication gardée avec l’édition n° 1")
		for _, path := range []string{read[0], public + "/editions/1", public + "/editions/1/document.odt", public + "/editions/1" + key} {
			if got := s.get(path); got.StatusCode != http.StatusNotFound && got.StatusCode != http.StatusSeeOther {
				t.Errorf("anyone reads %s: %s", path, got.Status)
			}
		}
		s.get(public+"/editions").has(".empty", "Le diagnostic se prépare")
		if got := s.get(public); len(got.texts("#partage")) > 0 {
			t.Error("the hub shows what waits")
		}
		for _, c := range []*http.Client{prefet, chair} {
			if p = s.visit(c, base+"/regions/grand-est/bureau/actes/"+list[0].Act, url.Values{"do": {"consent"}}); p.StatusCode != http.StatusOK {
				t.Fatal(p.Status)
			}
		}

		// Everybody reads it, with its files byte for byte.
		p = s.get(public)
		checkPage(t, "the hub", p)
		p.has("#partage", "Édition n° 1, situation au 2 mars 2026, publiée le 2 mars 2026.")
		p.has("#partage", "validation enregistrée le 2 mars 2026")
		p.has("#partage", "Objectif proposé")
		p.has("#partage a", "Lire le diagnostic partagé")
		if got := s.get("/api/v1/diagnoses/region:44"); !strings.Contains(got.body, `"number":1,"title":"Notre diagnostic"`) || !strings.Contains(got.body, list[0].SHA256) || strings.Count(got.body, `"path":"/regions/grand-est/diagnostic/editions/1/`) != 4 {
			t.Errorf("a program reads %s", got.body)
		}
		p = s.get(public + "/editions")
		checkPage(t, "the editions", p)
		p.has("#editions th", "n° 1")
		p = s.get(public + "/editions/1")
		checkPage(t, "the edition", p)
		p.has("main", "La série des ventes a été retirée")
		p.has("#edition", list[0].SHA256)
		if strings.Contains(p.body, `href="/chiffres/`) {
			t.Error("a figure leads to today’s explanation")
		}
		pub, err := document.Find(t.Context(), d, list[0].Publication)
		if err != nil || len(pub.Manifest) != 4 {
			t.Fatal(pub, err)
		}
		for _, e := range pub.Manifest {
			got := s.get(public + "/editions/1/" + e.Path)
			sum := sha256.Sum256([]byte(got.body))
			if got.StatusCode != http.StatusOK || hex.EncodeToString(sum[:]) != e.SHA256 {
				t.Errorf("%s: %s, other bytes", e.Path, got.Status)
			}
			r, err := document.Open(t.Context(), d, pub, e.Path)
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(r); err != nil || string(body) != got.body {
				t.Errorf("%s: not what was frozen, %v", e.Path, err)
			}
		}
		for path, want := range map[string]int{"/editions/2": 404, "/editions/1/autre.odt": 404, "/editions/1/chiffres/panorama/2024-07/inconnu/region:44": 404, "/editions/1/chiffres/autre": 404, "/editions/01": 404} {
			if got := s.get(public + path); got.StatusCode != want {
				t.Errorf("%s: %s", path, got.Status)
			}
		}
		p = s.get(public + "/editions/1" + key)
		p.has("main", "situation au 2 mars 2026")

		// The draft goes on, and the edition stays.
		send(added+"/place", url.Values{"rev": {"5"}, "do": {"restore"}})
		before := s.get(public + "/editions/1").body
		p = at(desk + "/publication")
		send(desk+"/publication", url.Values{"rev": {p.attr("input[name=rev]", "value")[0]}}).has(".fr-alert--info", "L’édition n° 2 attend")
		if s.get(public+"/editions/1").body != before {
			t.Error("the page of an edition changed")
		}
	})
}
