-- See analyze_golden: later statements, in this run and the next, look up the few links of a batch's owners.
analyze (skip_locked) {{ store_schema | ident }}.{{ golden_link | ident }} (_owner, _target, _target_bo)
