"""My account: who I am, my password, my second factor, where I am logged in, as whom I work."""

import os

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import accounts, delegations, entrance, identities, logins
from core import second_factor as factor
from core.accounts import Contact
from core.entrance import Refused, Step
from core.logins import Ending
from web.auth import Door, door, me, now, rules, visit
from web.database import session
from web.entrance import browsers
from web.entrance.onward import onward
from web.entrance.qr import qr_code
from web.entrance.refusals import refusal_words
from web.entrance.seals import seal
from web.forms import UNPROCESSABLE, FormFault, Problems, number, secret, text
from web.letters import tell
from web.views.login import mean_to_tie

bp = Blueprint("account", __name__)

SERVICE = "双随机抽查平台"


def _page(faults: dict[str, str] | None = None) -> str:
    mine, user_id = me(), me().user.key
    return render_template(
        "account/show.html",
        me=mine,
        faults=faults or {},
        logins=logins.open_logins(session(), user_id, now(), rules().logins),
        identities=identities.identities_of(session(), user_id),
        lendings=delegations.delegations_of(session(), user_id, now()),
        has_factor=factor.is_set_up(session(), user_id),
        codes_left=factor.recovery_codes_left(session(), user_id),
        password_until=_password_until(),
    )


def _password_until() -> object:
    changed = me().user.password_changed_at
    return changed + rules().passwords.max_age if changed else None


@bp.get("/account")
@door(Door.SIGNED_IN)
def show() -> ResponseReturnValue:
    """Everything about one's own account."""
    return _page()


@bp.post("/account/contact")
@door(Door.SIGNED_IN)
def change_contact() -> ResponseReturnValue:
    """A new name, phone or e-mail address of one's own."""
    with Problems() as problems:
        contact = Contact.model_validate(
            {name: text(name) for name in ("display_name", "phone", "email")}
        )
        accounts.change_contact(session(), me().user.key, contact, me().actor, now())
    if problems.found:
        return _page(problems.found), UNPROCESSABLE
    flash("联系方式已保存。", "ok")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("account.show"), 303)


# -- password ----------------------------------------------------------------------------------


def _password_page(faults: dict[str, str] | None = None) -> str:
    forced = me().step is Step.CHANGE_PASSWORD
    return render_template(
        "account/password.html", faults=faults or {}, forced=forced, rules=rules().passwords
    )


@bp.get("/account/password")
@door(Door.SIGNED_IN)
def password() -> ResponseReturnValue:
    """The form for a new password; nothing else opens while one is due."""
    return _password_page()


@bp.post("/account/password")
@door(Door.SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """A new password; the other log-ins end, this one gets another token."""
    token, refusal = browsers.fresh_token(), None
    with Problems() as problems:
        refusal = entrance.change_password(
            session(), me().login, secret("present"), _fresh(), visit(), token, now(), rules()
        )
    if problems.found:
        return _password_page(problems.found), UNPROCESSABLE
    if isinstance(refusal, Refused):
        return _refused(refusal, "account.password")
    answer = browsers.keep(redirect(onward(), 303), token)
    flash("密码已修改，其他浏览器上的登录已全部退出。", "ok")
    _tell("password_changed")
    return answer


def _fresh() -> str:
    fresh = secret("fresh")
    if fresh != secret("again"):
        raise FormFault(field="again", words="两次输入的新密码不一致。")
    return fresh


def _refused(refusal: Refused, endpoint: str) -> ResponseReturnValue:
    flash(refusal_words(refusal, now()), "bad")
    return redirect(url_for(endpoint), 303)


def _tell(kind: str) -> None:
    # ASVS 2.2.3: whoever did not do it himself should learn of it
    tell([me().user.key], kind, noun="account", noun_id=me().user.key)


# -- second factor -----------------------------------------------------------------------------


def _factor_page(faults: dict[str, str] | None = None) -> str:
    user = me().user
    secret = factor.secret_in_progress(session(), user.key, seal())
    address = factor.provisioning_uri(secret, user.login_name, SERVICE) if secret else ""
    return render_template(
        "account/second_factor.html",
        faults=faults or {},
        forced=me().step is Step.SET_UP_SECOND_FACTOR,
        has_factor=factor.is_set_up(session(), user.key),
        codes_left=factor.recovery_codes_left(session(), user.key),
        secret=secret,
        qr=qr_code(address) if address else "",
    )


@bp.get("/account/second-factor")
@door(Door.SIGNED_IN)
def second_factor() -> ResponseReturnValue:
    """Set the second factor up, step by step; or what there is."""
    return _factor_page()


@bp.post("/account/second-factor")
@door(Door.SIGNED_IN)
def begin_second_factor() -> ResponseReturnValue:
    """A secret for the app."""
    factor.begin(session(), me().user.key, seal(), os.urandom, now())
    return redirect(url_for("account.second_factor"), 303)


@bp.post("/account/second-factor/confirm")
@door(Door.SIGNED_IN)
def confirm_second_factor() -> ResponseReturnValue:
    """The first code of the app; the answer shows the recovery codes, this once."""
    codes = factor.new_recovery_codes(os.urandom)
    mine = me()
    with Problems() as problems:
        factor.confirm(session(), mine.user.key, text("code", 20), seal(), codes, mine.actor, now())
    if problems.found:
        return _factor_page(problems.found), UNPROCESSABLE
    logins.end_all(
        session(), mine.user.key, Ending.SECOND_FACTOR_CHANGED, mine.actor, now(),
        but=mine.login.key,
    )  # fmt: skip
    _tell("second_factor_set_up")
    return _codes_page(codes)


def _codes_page(codes: list[str]) -> ResponseReturnValue:
    return render_template("account/recovery_codes.html", codes=codes, onward=onward())


@bp.post("/account/recovery-codes")
@door(Door.SIGNED_IN)
def replace_recovery_codes() -> ResponseReturnValue:
    """New recovery codes, shown this once; the old ones are void."""
    if refusal := _prove():
        return _refused(refusal, "account.second_factor")
    codes = factor.new_recovery_codes(os.urandom)
    factor.replace_recovery_codes(session(), me().user.key, codes, me().actor, now())
    return _codes_page(codes)


@bp.post("/account/second-factor/remove")
@door(Door.SIGNED_IN)
def remove_second_factor() -> ResponseReturnValue:
    """Take one's own second factor away, for another phone; the other log-ins end."""
    if refusal := _prove():
        return _refused(refusal, "account.second_factor")
    mine = me()
    entrance.remove_second_factor(session(), mine.user.key, mine.actor, now(), but=mine.login.key)
    _tell("second_factor_removed")
    flash("已移除双因素认证。", "ok")
    return redirect(url_for("account.second_factor"), 303)


def _prove() -> Refused | None:
    return entrance.prove(session(), me().login, secret("present"), visit(), now(), rules())


# -- log-ins and identities --------------------------------------------------------------------


@bp.post("/account/logins/<int:login_id>/end")
@door(Door.SIGNED_IN)
def end_login(login_id: int) -> ResponseReturnValue:
    """Log another browser of one's own out."""
    logins.revoke(session(), me().user.key, login_id, me().actor, now())
    flash("这个登录已下线。", "ok")
    return _back()


@bp.post("/account/logins/end-others")
@door(Door.SIGNED_IN)
def end_other_logins() -> ResponseReturnValue:
    """Log all other browsers out."""
    mine = me()
    ended = logins.end_all(
        session(), mine.user.key, Ending.REVOKED, mine.actor, now(), but=mine.login.key
    )
    flash(f"已下线 {ended} 个其他登录。", "ok")
    return _back()


@bp.post("/account/identities")
@door(Door.SIGNED_IN)
def tie_identity() -> ResponseReturnValue:
    """The way to the provider, and back with an identity that opens this account from then on."""
    mean_to_tie()
    return render_template("account/tie.html")


@bp.post("/account/identities/<int:identity_id>/untie")
@door(Door.SIGNED_IN)
def untie_identity(identity_id: int) -> ResponseReturnValue:
    """Take an identity of one's own away."""
    if me().user.external:
        abort(403)  # nothing else would let him in
    identities.untie(session(), me().user.key, identity_id, me().actor, now())
    flash("已取消关联。", "ok")
    return _back()


@bp.post("/account/standing")
@door(Door.SIGNED_IN)
def choose_standing() -> ResponseReturnValue:
    """Go on in another standing; other rights, hence another token."""
    token = browsers.fresh_token()
    standing = delegations.choose(
        session(), me().login, number("membership_id") or 0, number("delegation_id"), token, now()
    )
    answer = browsers.keep(redirect(onward(), 303), token)
    flash(f"现在以“{standing.role.label}”身份办理。", "ok")
    return answer
