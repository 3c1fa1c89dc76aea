package live

// opening is what opens a diagnosis: the COP, its stage, the method.
func opening() []block { return nil }
