"""Sign-ins: from where a user is signed in; ending one of these sign-ins, or all others."""

from datetime import datetime

from etl.web.identity.devices import device_of
from etl.web.identity.own_sign_ins import OwnSignIns
from etl.web.problems import not_found
from etl.web.requests import ActionRequest, Done, Id, Model, PageRequest
from etl.web.texts.sentence import sentence_of


class SignInItem(Model):
    """A sign-in that lasts. `device`: what the browser says that it is; `is_current`: the one that asks."""

    id: Id
    device: str
    address: str
    signed_in_at: datetime
    last_seen_at: datetime
    is_current: bool


class SignIns(Model):
    """`is_kept`: the viewer has signed in here; who is known otherwise has no sign-ins."""

    items: tuple[SignInItem, ...]
    is_kept: bool


def page(request: PageRequest) -> SignIns:
    """The viewer's own, the one that asks first, then those used last."""
    found = request.sign_ins.all() if request.sign_ins else []
    return SignIns(
        items=tuple(
            SignInItem(
                id=one.id,
                device=device_of(one.user_agent),
                address=one.address,
                signed_in_at=one.signed_in_at,
                last_seen_at=one.last_seen_at,
                is_current=one.is_current,
            )
            for one in found
        ),
        is_kept=request.sign_ins is not None,
    )


def end(request: ActionRequest) -> Done:
    """Ends one of the viewer's own sign-ins."""
    text = request.path["sign_in"]
    is_number = text.isascii() and text.isdecimal() and len(text) < 19
    if not is_number or not _own(request).end(int(text)):
        raise not_found(sentence_of("sentence.no_sign_in"))
    return Done("/sign-ins", sentence_of("sentence.sign_in_ended"), {"ended": 1})


def end_others(request: ActionRequest) -> Done:
    """Ends all of the viewer's own sign-ins but the one that asks."""
    ended = _own(request).end_others()
    return Done("/sign-ins", sentence_of("sentence.sign_ins_ended", n=ended), {"ended": ended})


def _own(request: ActionRequest) -> OwnSignIns:
    if request.sign_ins is None:
        raise not_found(sentence_of("sentence.no_sign_in"))
    return request.sign_ins
