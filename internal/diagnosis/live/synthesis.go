package live

// synthesis is what it comes to: scores of levers, families, themes put first.
func synthesis() []block { return nil }
