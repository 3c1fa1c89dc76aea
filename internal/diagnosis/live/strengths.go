package live

// strengths is what works: strong points and good practices.
func strengths() []block { return nil }
