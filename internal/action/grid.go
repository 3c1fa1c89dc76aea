package action

// Grid is the grid of the COP action, from the founding document: a new dimension, one
// criterion at least, and structuring, all three. What somebody says of it has three
// turns: who proposes assesses it, the team gives its opinion, then it is decided.
type Grid struct {
	Self     *Assessment `json:"self,omitempty"`
	Opinion  *Assessment `json:"opinion,omitempty"`
	Decision *Assessment `json:"decision,omitempty"`
}

// Assessment is one reading of the grid. Met and Why are by code of Criteria.
type Assessment struct {
	Met     map[string]bool   `json:"met"`
	Why     map[string]string `json:"why,omitempty"`
	Verdict string            `json:"verdict,omitempty"` // opinion: favourable, reserved, unfavourable; decision: qualified, pool
	Reason  string            `json:"reason,omitempty"`
	Person  string            `json:"person,omitempty"` // account
	By      string            `json:"by,omitempty"`     // name, as shown
	On      string            `json:"on,omitempty"`     // day
}
