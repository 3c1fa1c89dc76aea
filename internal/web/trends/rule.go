package trends

import "jalon/internal/series"

// rankRule is which territories are set side by side.
func rankRule() string { return series.RankRule }
