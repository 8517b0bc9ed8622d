-- See analyze_golden: what follows, in this run and the next, looks for the few links of a batch's owners.
analyze {{ store_schema | ident }}.{{ golden_link | ident }} (_owner, _target, _target_bo)
