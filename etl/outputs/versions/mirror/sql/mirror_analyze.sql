-- See analyze_out.
analyze {{ schema | ident }}.{{ golden | ident }}
