"""Coming in and going out: name and password, the code, single sign-on."""

from dataclasses import asdict

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from core import entrance, identities, logins
from core.entrance import Refused, Step
from core.errors import Conflict
from web.auth import Door, door, me, now, rules, visit
from web.database import begin_writing, session
from web.entrance import browsers
from web.entrance.onward import home, is_local, onward, remember
from web.entrance.refusals import refusal_words
from web.entrance.seals import seal
from web.entrance.single_sign_on import Provider, SignOnFailed, Trip, fresh_trip
from web.entrance.single_sign_on import provider as provider_here
from web.errors import SignedOut
from web.forms import secret, text

bp = Blueprint("login", __name__)


class NotTied(Conflict):
    """The provider's person has no account here."""

    code = "not_tied"


@bp.get("/login")
@door(Door.PUBLIC)
def page() -> ResponseReturnValue:
    """The form: name and password."""
    wanted = request.args.get("next", "")
    return render_template("login/page.html", next=wanted if is_local(wanted) else "")


@bp.post("/login")
@door(Door.PUBLIC)
def enter() -> ResponseReturnValue:
    """Try to enter; what comes of it is kept either way."""
    token = browsers.fresh_token()
    answer = entrance.log_in(
        session(), text("login_name"), secret("password"), visit(), token, now(), rules()
    )
    wanted = text("next", 2000)
    if isinstance(answer, Refused):
        return _refused(answer, url_for("login.page", next=wanted or None))
    return _entered(token, wanted)


def _entered(token: str, wanted: str) -> ResponseReturnValue:
    # the doors lead to the code or a new password first, if there is need
    answer = browsers.keep(redirect(wanted if is_local(wanted) else home(), 303), token)
    remember(wanted)
    return answer


def _refused(refusal: Refused, back: str) -> ResponseReturnValue:
    flash(refusal_words(refusal, now()), "bad")
    return redirect(back, 303)


@bp.get("/login/code")
@door(Door.SIGNED_IN)
def code() -> ResponseReturnValue:
    """The form: the code of the second factor."""
    if me().step is not Step.GIVE_CODE:
        return redirect(home(), 303)
    return render_template("login/code.html")


@bp.post("/login/code")
@door(Door.SIGNED_IN)
def give_code() -> ResponseReturnValue:
    """Pass the second factor; the browser gets another token."""
    token = browsers.fresh_token()
    answer = entrance.give_code(
        session(), me().login, text("code", 40), seal(), visit(), token, now(), rules()
    )
    if isinstance(answer, Refused):
        return _refused(answer, url_for("login.code"))
    wanted = onward()
    return browsers.keep(redirect(wanted, 303), token)


@bp.post("/logout")
@door(Door.SIGNED_IN)
def log_out() -> ResponseReturnValue:
    """Leave."""
    logins.log_out(session(), me().login, me().actor, now())
    answer = browsers.forget(redirect(url_for("login.page"), 303))
    flash("您已退出登录。", "ok")
    return answer


# -- single sign-on ----------------------------------------------------------------------------

TRIP, TYING = "trip", "tying"


@bp.get("/login/sso")
@door(Door.PUBLIC)
def single_sign_on() -> ResponseReturnValue:
    """To the provider; a link, because a form may not lead to another host (CSP form-action)."""
    provider, trip = provider_here() or abort(404), fresh_trip()
    remember(request.args.get("next", ""))
    browser[TRIP] = asdict(trip)
    return redirect(provider.address(trip, _back()), 302)


def mean_to_tie() -> None:
    """Let the next trip to the provider tie an identity to this account.

    Only by a form with its token: whoever could lead somebody here by a link, while the
    provider knows the browser under another's name, would open the account to that other.
    """
    browser[TYING] = True


def _back() -> str:
    public: str = current_app.extensions["settings"].public_url or request.host_url.rstrip("/")
    return public + url_for("login.single_sign_on_end")


@bp.get("/login/sso/back")
@door(Door.PUBLIC)
def single_sign_on_end() -> ResponseReturnValue:
    """Back from the provider, with an answer that is used up by looking at it."""
    provider, kept, tying = provider_here(), browser.pop(TRIP, None), browser.pop(TYING, False)
    if provider is None or kept is None:
        raise SignOnFailed
    subject = provider.subject(request.args, Trip(**kept), _back(), now())
    begin_writing()
    return _tie(provider, subject) if tying else _enter_as(provider, subject)


def _tie(provider: Provider, subject: str) -> ResponseReturnValue:
    if me().step is not Step.NOTHING:
        raise SignedOut
    identities.tie(session(), me().user.key, provider.oidc.issuer, subject, me().actor, now())
    flash("已关联，下次可以用单点登录进入。", "ok")
    return redirect(url_for("account.show"), 303)


def _enter_as(provider: Provider, subject: str) -> ResponseReturnValue:
    user = identities.user_of(session(), provider.oidc.issuer, subject)
    if user is None:
        raise NotTied
    token = browsers.fresh_token()
    answer = entrance.log_in_external(session(), user.key, visit(), token, now())
    if isinstance(answer, Refused):
        return _refused(answer, url_for("login.page"))
    return _entered(token, onward())
