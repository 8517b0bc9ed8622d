-- See analyze_golden: what follows, in this run and the next, looks for the few links of a batch's owners.
analyze store_demo.link_NaturalClaim_Natural (_owner, _target, _target_bo)