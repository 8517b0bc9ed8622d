"""Which of the uploads that wait a viewer sees, and whose loads it may cancel."""

from etl.web.filling.loads import RunningLoad
from etl.web.filling.upload import Upload
from etl.web.problems import not_found
from etl.web.requests import ActionRequest, PageRequest, Viewer
from etl.web.roles import Role


def upload_of(request: PageRequest | ActionRequest) -> Upload:
    """The upload of the path; for a partner only its own."""
    upload = request.uploads.spool.find(request.company, request.path["upload"])
    owner = owner_of(request.viewer)
    if owner is not None and upload.owner != owner:
        raise not_found()
    return upload


def owner_of(viewer: Viewer) -> str | None:
    """Whose uploads the viewer sees; None: all."""
    return None if viewer.role is Role.OPERATOR else viewer.name


def may_cancel(viewer: Viewer, running: RunningLoad | None) -> bool:
    """The one who has begun it, and operators."""
    return running is not None and (viewer.role is Role.OPERATOR or viewer.name == running.begun_by)
