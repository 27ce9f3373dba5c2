"""Invitations: institutions by their credit codes, staff by their roles; and the page of a link."""

from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from stdnum.cn import uscc

from core import invitations
from core.accounts import AccountDraft, get_user
from core.errors import NotFound
from core.invitations import Invitation
from core.memberships import Seat
from core.messages import notify
from core.privacy import mask_email
from core.regions import region_of
from core.roles import Permission, Role, Scope, ScopeKind
from web.auth import Door, door, me, now, rules, visitor
from web.database import session
from web.entrance import browsers
from web.entrance.links import link_token, nonce, post_letter
from web.entrance.onward import home
from web.entrance.seats import SEAT_FIELDS, need_to_give, region_code, seat_asked_for
from web.forms import UNPROCESSABLE, FormFault, Problems, secret, text

bp = Blueprint("invitations", __name__)

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Sent:
    """An invitation with its link, to be shown this once."""

    invitation: Invitation
    link: str
    mailed: bool


def _permission(role: Role) -> Permission:
    """What it takes to invite to a role."""
    institution = role is Role.INSTITUTION
    return Permission.INSTITUTIONS_INVITE if institution else Permission.STAFF_INVITE


def _may_take_back(invitation: Invitation) -> bool:
    return me().may(_permission(invitation.role), invitation.place)


# -- sending -----------------------------------------------------------------------------------


def _page(faults: dict[str, str] | None = None) -> str:
    mine = me()
    scopes = mine.scopes(Permission.INSTITUTIONS_INVITE)
    found = invitations.open_invitations(session(), scopes, now())
    return render_template(
        "invitations/index.html",
        me=mine,
        invitations=[invitation for invitation in found if _may_take_back(invitation)],
        mask_email=mask_email,
        may_invite_staff=mine.may(Permission.STAFF_INVITE),
        roles=[(role.value, role.label) for role in Role if role is not Role.INSTITUTION],
        own_region=_own_region(),
        faults=faults or {},
        typed={name: text(name, 40_000) for name in ("codes", "email", "note", *SEAT_FIELDS)},
        most=MOST_AT_ONCE,
        lasts=invitations.LASTS.days,
    )


def _own_region() -> str:
    """The region of who asks, to begin with; nothing for the whole nation."""
    standing = me().standing
    if standing is None or standing.scope.kind is not ScopeKind.REGION:
        return ""
    return region_of(standing.scope.key).name


@bp.get("/invitations")
@door(Permission.INSTITUTIONS_INVITE)
def index() -> ResponseReturnValue:
    """Invitations that wait, and the forms for new ones."""
    return _page()


@bp.post("/invitations/institutions")
@door(Permission.INSTITUTIONS_INVITE)
def invite_institutions() -> ResponseReturnValue:
    """Invite institutions, one to a line: credit code, and an e-mail address if it is known."""
    sent: list[Sent] = []
    with Problems() as problems:
        region = region_code(text("region", 40))
        sent = [_invite_institution(code, email, region) for code, email in _lines()]
    if problems.found:
        return _page(problems.found), UNPROCESSABLE
    return render_template("invitations/sent.html", sent=sent)


def _lines() -> list[tuple[str, str]]:
    """Code and address of every line; all faulty lines are told at once."""
    lines = [
        line.replace("，", " ").replace(",", " ").split()
        for line in request.form.get("codes", "")[:100_000].splitlines()
    ]
    rows = [(number, parts) for number, parts in enumerate(lines, start=1) if parts]
    if not 0 < len(rows) <= MOST_AT_ONCE:
        raise FormFault(field="codes", words=f"请填写 1 至 {MOST_AT_ONCE} 个代码，每行一个。")
    if faults := [
        f"第 {number} 行：{words}" for number, parts in rows if (words := _line_fault(parts))
    ]:
        raise FormFault(field="codes", words="".join(faults[:20]))
    codes = [invitations.credit_code(parts[0]) for _, parts in rows]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise FormFault(field="codes", words=f"有重复的代码：{'、'.join(twice[:5])}。")
    return [(code, [*parts, ""][1]) for code, (_, parts) in zip(codes, rows, strict=True)]


def _line_fault(parts: list[str]) -> str:
    if len(parts) > 2:
        return "每行只写代码和邮箱。"
    if not uscc.is_valid(parts[0]):
        return f"“{parts[0][:40]}”不是有效的统一社会信用代码。"
    return "" if len(parts) == 1 or "@" in parts[1] else f"“{parts[1][:40]}”不像邮箱地址。"


def _invite_institution(code: str, email: str, region: str) -> Sent:
    seat = Seat(Role.INSTITUTION, Scope(ScopeKind.INSTITUTION, code), region)
    return _invite(seat, email, Permission.INSTITUTIONS_INVITE)


def _invite(seat: Seat, email: str, permission: Permission) -> Sent:
    need_to_give(seat, permission)
    once = nonce()
    token = link_token(once)
    sent = invitations.invite(
        session(), seat, token, me().actor, now(), email=email, note=text("note")
    )
    mailed = bool(email) and post_letter(sent.key, once, me().actor, now())
    return Sent(sent, _link(token), mailed)


def _link(token: str) -> str:
    public: str = current_app.extensions["settings"].public_url or request.host_url.rstrip("/")
    return public + url_for("invitations.show", token=token)


@bp.post("/invitations/staff")
@door(Permission.STAFF_INVITE)
def invite_staff() -> ResponseReturnValue:
    """Invite a colleague to a role."""
    with Problems() as problems:
        seat = seat_asked_for()
        sent = _invite(seat, text("email", 254), _permission(seat.role))
    if problems.found:
        return _page(problems.found), UNPROCESSABLE
    return render_template("invitations/sent.html", sent=[sent])


@bp.post("/invitations/<int:invitation_id>/revoke")
@door(Permission.INSTITUTIONS_INVITE)
def revoke(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back; its link opens nothing from then on."""
    invitation = session().get(Invitation, invitation_id)
    if invitation is None or not _may_take_back(invitation):
        raise NotFound(noun="invitation", id=invitation_id)
    invitations.revoke(session(), invitation_id, me().actor, now())
    flash("邀请已撤回，链接立即失效。", "ok")
    return redirect(url_for("invitations.index"), 303)


# -- the page of a link ------------------------------------------------------------------------


def _link_page(token: str, faults: dict[str, str] | None = None) -> str:
    invitation = invitations.find(session(), token, now())
    return render_template(
        "invitations/accept.html",
        invitation=invitation,
        token=token,
        visitor=visitor(),
        faults=faults or {},
        typed={name: text(name) for name in ("login_name", "display_name", "phone", "email")},
        rules=rules().passwords,
    )


@bp.get("/invitations/links/<token>")
@door(Door.PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """To what somebody is invited, and the two ways to accept."""
    return _link_page(token)


@bp.post("/invitations/links/<token>/new")
@door(Door.PUBLIC)
def take_new(token: str) -> ResponseReturnValue:
    """Open an account with a password of one's own, and take the seat with it."""
    with Problems() as problems:
        # whoever has used the link before is told so first
        invitation = invitations.find(session(), token, now())
        names = ("login_name", "display_name", "phone", "email")
        draft = AccountDraft.model_validate({name: text(name) for name in names})
        if secret("fresh") != secret("again"):
            raise FormFault(field="again", words="两次输入的密码不一致。")
        user = invitations.accept_with_new_account(
            session(), token, draft, secret("fresh"), now(), rules()
        )
        _tell_inviter(session(), invitation, user.display_name)
    if problems.found:
        return _link_page(token, problems.found), UNPROCESSABLE
    answer = browsers.forget(redirect(url_for("login.page"), 303))
    flash("账号已开通，请用刚才设置的登录名和密码登录。", "ok")
    return answer


@bp.post("/invitations/links/<token>/own")
@door(Door.SIGNED_IN)
def take_own(token: str) -> ResponseReturnValue:
    """Take the seat with the account in which one is logged in."""
    mine = me()
    with Problems() as problems:
        invitation = invitations.find(session(), token, now())
        invitations.accept_with_own_account(session(), token, mine.user.key, now())
        _tell_inviter(session(), invitation, mine.user.display_name)
    if problems.found:
        return _link_page(token, problems.found), UNPROCESSABLE
    flash("已接受邀请。有多个身份时，请在“我的账号”中选择以哪个身份办理。", "ok")
    return redirect(home(), 303)


def _tell_inviter(session: Session, invitation: Invitation, name: str) -> None:
    if invitation.invited_by is not None:
        notify(
            session, [get_user(session, invitation.invited_by).key], "invitation_accepted", now(),
            params={"key": invitation.scope_key, "name": name},
            noun="invitation", noun_id=invitation.key,
        )  # fmt: skip
