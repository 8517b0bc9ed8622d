"""The one table of routes and roles: every page and every action of the console. Who is not in it, gets no further."""

from typing import Final

from etl.web.pages import (
    action,
    audit,
    checks,
    companies,
    config,
    contract,
    correcting,
    errors,
    fill,
    freshness,
    history,
    instance,
    kafka,
    keys,
    now,
    out,
    running,
    runs,
    schedule,
    speed,
    switch,
    undo,
    waiting,
)
from etl.web.roles import ACTING, ALL, FRESHNESS, INSIDE, OPERATORS, WITH_ROWS
from etl.web.route import Action, Download, Route

ROUTES: Final = (
    Route("/", companies.page, ALL, "companies.html"),
    Route("/keys", keys.page, ALL, "keys.html"),
    Route("/c/{company}/now", now.page, ALL, "now.html", live=now.live),
    Route("/c/{company}/freshness", freshness.page, FRESHNESS, "freshness.html"),
    Route("/c/{company}/runs", runs.runs_page, INSIDE, "runs.html"),
    Route("/c/{company}/runs/{run}", runs.run_page, INSIDE, "run.html"),
    Route("/c/{company}/runs/{run}/undo", undo.page, OPERATORS, "undo.html"),
    Route("/c/{company}/errors", errors.errors_page, WITH_ROWS, "errors.html"),
    Route("/c/{company}/errors/{error}", errors.error_page, WITH_ROWS, "error.html"),
    Route("/c/{company}/waiting", waiting.page, WITH_ROWS, "waiting.html"),
    Route("/c/{company}/instance", instance.page, WITH_ROWS, "instance.html"),
    Route("/c/{company}/instance/history", history.page, INSIDE, "history.html"),
    Route("/c/{company}/out", out.page, INSIDE, "out.html"),
    Route("/c/{company}/out/rollback", switch.rollback_page, OPERATORS, "switch.html"),
    Route("/c/{company}/out/{version}/switch", switch.page, OPERATORS, "switch.html"),
    Route("/c/{company}/kafka", kafka.page, INSIDE, "kafka.html"),
    Route("/c/{company}/kafka/letters/{letter}", kafka.letter_page, OPERATORS, "letter.html"),
    Route("/c/{company}/speed", speed.page, INSIDE, "speed.html"),
    Route("/c/{company}/schedule", schedule.page, INSIDE, "schedule.html"),
    Route("/c/{company}/checks", checks.page, INSIDE, "checks.html"),
    Route("/c/{company}/config", config.page, OPERATORS, "config.html"),
    Route("/c/{company}/audit", audit.page, OPERATORS, "audit.html"),
    Route("/c/{company}/contract", contract.page, WITH_ROWS, "contract.html"),
    Route("/c/{company}/fill", fill.fill_page, ACTING, "fill.html"),
    Route("/c/{company}/fill/{upload}", fill.upload_page, ACTING, "upload.html"),
    Route("/c/{company}/actions/{action}", action.page, ALL, "action.html"),
)

DOWNLOADS: Final[tuple[Download, ...]] = (
    Download("/c/{company}/contract/files/{path:path}", contract.file, WITH_ROWS),
    Download("/c/{company}/fill/{upload}/rejects.xlsx", fill.rejects_book, ACTING),
    Download("/c/{company}/fill/{upload}/rejects/{number}.csv", fill.rejects_csv, ACTING),
    Download("/c/{company}/errors/{error}/row/{column}.txt", errors.whole_value, WITH_ROWS),
    Download("/c/{company}/speed/runs.csv", speed.file, INSIDE),
)

ACTIONS: Final[tuple[Action, ...]] = (
    Action("/c/{company}/run/start", "run.start", running.start, OPERATORS),
    Action("/c/{company}/run/accept", "run.accept", running.accept, OPERATORS),
    Action("/c/{company}/errors/retry", "errors.retry", errors.retry, ACTING),
    Action("/c/{company}/errors/{error}/correct", "errors.correct", correcting.correct, ACTING),
    Action("/c/{company}/fill", "fill.upload", fill.receive, ACTING, frozenset({"received"}), takes_file=True),
    Action("/c/{company}/fill/hand-over", "fill.hand_over", fill.hand_over, ACTING),
    Action("/c/{company}/fill/{upload}/check", "fill.check", fill.check_again, ACTING),
    Action("/c/{company}/fill/{upload}/cancel", "fill.cancel", fill.cancel, ACTING),
    Action("/c/{company}/fill/{upload}/load", "fill.load", fill.load, ACTING),
    Action("/c/{company}/fill/{upload}/remove", "fill.remove", fill.remove, ACTING),
    Action("/c/{company}/runs/{run}/undo/preview", "undo.preview", undo.preview, OPERATORS),
    Action("/c/{company}/runs/{run}/undo", "undo", undo.take_back, OPERATORS),
    Action("/c/{company}/out/build", "out.build", out.build, OPERATORS),
    Action("/c/{company}/out/rollback", "out.rollback", out.roll_back, OPERATORS),
    Action("/c/{company}/out/{version}/switch", "out.switch", out.switch, OPERATORS),
    Action("/c/{company}/out/{version}/retire", "out.retire", out.retire, OPERATORS),
    Action("/c/{company}/kafka/resend", "kafka.resend", kafka.resend, OPERATORS),
    Action("/c/{company}/checks/again", "checks.again", checks.again, OPERATORS),
)
