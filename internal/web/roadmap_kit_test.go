package web_test

import (
	"jalon/internal/composition"
	roadmap "jalon/internal/roadmap/live"
)

// roadmapBlocks are the live blocks of roadmaps, over those that stand for the blocks of
// a diagnosis.
func (s *site) roadmapBlocks() composition.Catalogue {
	return roadmap.New(roadmap.Sources{DB: s.q, Model: s.store.Model, Coverage: s.act.Coverage, Told: shelf{composition.Diagnosis}})
}
