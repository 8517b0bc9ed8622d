"""The views that readers use: moved to another version in one transaction, with their grants."""

from etl.outputs.versions.views.view_moves import ViewLoss, ViewMove
from etl.outputs.versions.views.views import lacks_views, losses, move_views

__all__ = ["ViewLoss", "ViewMove", "lacks_views", "losses", "move_views"]
