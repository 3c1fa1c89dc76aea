package demo

import (
	"context"
	"slices"
	"strconv"
	"time"

	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/diagnosis"
	"jalon/internal/document"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/territory"
	printed "jalon/internal/web/paper"
)

// words are the texts of a team, one for each part of a diagnosis.
type words map[composition.Part]string

var textsOf = map[string]words{
	"44": {
		composition.Opening: "Ce diagnostic réunit ce que nous savons : ce qui est proposé à la région, ce qui bouge déjà, ce que les collectivités nous ont répondu. Il ne décide de rien. Il dit **d’où nous partons**, pour que chaque groupe de travail débatte des mêmes chiffres.\n\n" +
			"Il a été préparé par l’équipe de la COP, relu par le comité technique, et validé par les deux têtes. Ce qui manque y est écrit.",
		composition.Aims: "L’industrie porte plus d’un quart de ce qui est proposé, et se joue sur quelques sites. Le reste se répartit entre des leviers que **tout le monde** tient un peu : se chauffer, se déplacer, cultiver.\n\n" +
			"Vingt objectifs sont partagés. Quatre restent en discussion ; deux désaccords sont écrits à côté des valeurs, et y resteront.",
		composition.Dynamics: "Ce qui se mesure ne va pas partout au pas voulu. Nous retenons trois choses :\n\n- là où une série existe, le rythme manque plus souvent que la direction ;\n- plusieurs leviers n’ont pas de série régionale : nous le disons plutôt que d’estimer ;\n- un ralentissement d’une année n’est pas une tendance.",
		composition.Answers: "Les collectivités disent utiles des actions qu’elles n’ont pas commencées : c’est là que l’accompagnement compte. Les freins cités changent d’un levier à l’autre : les tableaux les donnent un par un.\n\n" +
			"Toutes n’ont pas répondu : ces résultats parlent de celles qui l’ont fait.",
		composition.Strengths: "Des intercommunalités avancent sans attendre. Nous cherchons ce qui se reproduit ailleurs, avec quels moyens, et en combien de temps.",
		composition.Priorities: "Quatre thèmes passent d’abord. Les scores ont éclairé le choix, ils ne l’ont pas fait : les métiers n’ont pas de score, et la mobilité passe devant un thème mieux noté, parce que les habitants l’ont demandée.\n\n" +
			"Les groupes de travail ouvrent sur ces thèmes ; les autres suivront.",
	},
	"04": {
		composition.Opening:    "Une île ne part pas du même point. Ce document dit ce qui est proposé à La Réunion sur **ses propres leviers**, et ce que nous en savons aujourd’hui.",
		composition.Aims:       "Le mix électrique porte l’essentiel. Ce qui relève de l’avion et du bateau reste en discussion : la continuité territoriale n’est pas un luxe.",
		composition.Dynamics:   "Peu de séries existent à notre échelle. Nous préférons une page courte à des chiffres empruntés à l’Hexagone.",
		composition.Answers:    "La plupart des communes ont répondu : ce qu’elles disent se lit levier par levier.",
		composition.Strengths:  "Le solaire sur les toits et les chauffe-eau sont l’acquis le mieux partagé.",
		composition.Priorities: "Deux thèmes passent d’abord : l’électricité, et ce qu’une île doit savoir faire seule.",
	},
	"53": {
		composition.Opening: "Première version, pour le comité technique : merci d’annoter.",
		composition.Aims:    "À compléter quand les objectifs seront partagés. Les chiffres ci-dessous sont ceux du panorama.",
	},
}

// diagnoses composes three: one that both heads published, one that waits for the
// préfet's delegate, one that is a draft.
func diagnoses(s *Script) {
	s.composed(composition.Diagnosis, "44", 25, textsOf["44"])
	act := s.frozen(composition.Diagnosis, "44", s.At(4))
	s.word(s.Head(policy.StateChair, "44"), 3, "diagnosis of 44", act)
	s.word(s.Head(policy.RegionChair, "44"), 2, "diagnosis of 44", act)

	s.composed(composition.Diagnosis, "04", 20, textsOf["04"])
	act = s.frozen(composition.Diagnosis, "04", s.At(3))
	s.word(s.Head(policy.RegionChair, "04"), 2, "diagnosis of 04", act)
	r, err := s.Tree.Region("04")
	if err == nil {
		s.delegate(r)
	}

	s.composed(composition.Diagnosis, "53", 14, textsOf["53"])
}

// delegate has the préfet leave the diagnosis to a member of the team, whom visitors
// may be.
func (s *Script) delegate(r territory.Region) {
	prefect := s.Head(policy.StateChair, r.Code)
	helper := s.Invent(policy.Team, "region", r.Code, r.Name, 35, prefect)
	s.As(prefect, s.At(2), "delegation of the diagnosis in "+r.Slug, func(ctx context.Context, a policy.Actor) error {
		_, err := s.COPs.Delegate(ctx, a, cop.Delegation{COP: copOf(r), Person: helper.id, Reach: "kind", Target: string(cop.DiagnosisAct), From: s.Date(2), To: s.Date(-30),
			Decision: fr("arrêté de délégation n° ") + s.Day(2).Format("2006") + "-" + r.Code + "9"})
		s.moved()
		return err
	})
	s.Show(helper, r.Code, "/regions/"+r.Slug+"/bureau/diagnostic/publication")
}

// composed begins a document from the usual plan; the team then writes its texts, one a
// day.
func (s *Script) composed(k composition.Kind, code string, ago int, texts words) {
	s.composedFor(k, code, "", ago, texts)
}

// composedFor is composed for a term.
func (s *Script) composedFor(k composition.Kind, code, term string, ago int, texts words) {
	id, team, list := cop.RegionID(cop.First, code), s.Holding(policy.Team, code)[:2], s.Blocks[k].List()
	s.As(team[0], s.At(ago), k.Name()+" of "+code, func(ctx context.Context, a policy.Actor) error {
		_, err := s.Told.Composed.Begin(ctx, a, k, id, term, list, true)
		return err
	})
	for i, p := range k.Parts() {
		part := composition.Part(p[0])
		text := texts[part]
		if text == "" {
			continue
		}
		s.As(team[i%2], s.At(max(2, ago-1-i)), "text of the "+k.Name()+" of "+code, func(ctx context.Context, a policy.Actor) error {
			d, err := composition.Of(ctx, s.db, k, id, term)
			if err != nil {
				return err
			}
			blocks, err := composition.Blocks(ctx, s.db, d)
			if err != nil {
				return err
			}
			at := slices.IndexFunc(blocks, func(b composition.Block) bool { return b.Part == part && b.Live == "" })
			b := blocks[at]
			b.Text = fr(text)
			_, err = s.Told.Composed.SaveBlock(ctx, a, list, b, "première écriture")
			return err
		})
	}
}

// frozen has the team propose the edition of its draft. It holds no PDF: what prints
// one takes longer than all the rest of the demonstration.
func (s *Script) frozen(k composition.Kind, code string, at time.Time) (act func() string) {
	return s.frozenFor(k, code, "", at)
}

// frozenFor is frozen for a term.
func (s *Script) frozenFor(k composition.Kind, code, term string, at time.Time) (act func() string) {
	id, kept := cop.RegionID(cop.First, code), new(composition.Edition)
	s.As(s.Head(policy.Team, code), at, "edition of the "+k.Name()+" of "+code, func(ctx context.Context, a policy.Actor) error {
		r, err := s.Tree.Region(code)
		if err != nil {
			return err
		}
		c, err := cop.Find(ctx, s.db, id)
		if err != nil {
			return err
		}
		d, err := composition.Of(ctx, s.db, k, id, term)
		if err != nil {
			return err
		}
		*kept, err = s.Told.Composed.ProposeEdition(ctx, a, d.Rev, k, term, composition.Place{COP: id, Cycle: c.Cycle, Region: r, Day: c.DayAt(s.clock), Term: term}, composition.Press{
			Catalogue: s.Blocks[k], Explain: s.explain, Together: diagnosis.Together, Draw: page, Sheet: func(seq int64) composition.Sheet {
				at := "/regions/" + r.Slug + k.Path(term) + "/editions/" + strconv.FormatInt(seq, 10)
				return composition.Sheet{Author: "COP régionale de la région " + r.Name, Demo: true, Version: "édition n°" + french.NoBreak + strconv.FormatInt(seq, 10), Address: s.Accounts.BaseURL + at, FigureBase: at + "/chiffres/"}
			}})
		return err
	})
	return func() string { return kept.Act }
}

// page draws an edition as the web does.
func page(ctx context.Context, d document.Document) ([]document.File, error) {
	body, err := printed.Standalone(ctx, d)
	files := []document.File{{Path: document.PagePart, Body: body}}
	if err != nil || d.Kind != string(composition.Roadmap) {
		return files, err
	}
	book, err := exchange.RoadmapBook(d)
	return append(files, document.File{Path: exchange.TablesPart, Body: book}), err
}
