"""Pages for what no run can repair: values that are pinned, instances that are joined, split or erased.

Each counts or lists first, and acts on what was seen. They know nothing of HTTP.
"""
