"""Which process of a source may write to a store; the fences of its sources are shut for an undo."""

from etl.store.fences.fence import FencingToken, NotedUndo, StoreFence, sources_lock

__all__ = ["FencingToken", "NotedUndo", "StoreFence", "sources_lock"]
