package textmining

import "testing"

func BenchmarkThemes(b *testing.B) {
	for name, texts := range map[string][]string{"labelled words": national(b, 100_000), "wide vocabulary": crowd(100_000, 1)} {
		var former [][]int
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				themes, rest := Read(texts).Themes(Grouping{})
				b.ReportMetric(float64(len(themes)), "themes")
				b.ReportMetric(float64(len(rest)), "rest")
				for _, t := range themes {
					former = append(former, t.Members)
				}
			}
		})
		b.Run(name+", again", func(b *testing.B) {
			for b.Loop() {
				Read(texts).Themes(Grouping{Former: former[:20]})
			}
		})
	}
}
