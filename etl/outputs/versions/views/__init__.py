"""The views that readers use: moved to another version in one transaction, with their grants."""

from etl.outputs.versions.views.view_moves import ViewMove
from etl.outputs.versions.views.views import lacks_views, move_views

__all__ = ["ViewMove", "lacks_views", "move_views"]
