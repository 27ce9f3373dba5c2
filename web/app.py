"""The Flask application: one function that puts the rooms of the page together."""

from datetime import timedelta

from flask import Flask, Response
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from core.entrance import RULES, Rules
from web import auth, database, errors, frame, numbers
from web.demo import DemoRoster, example_plans
from web.entrance import browsers, limits, single_sign_on
from web.operation import logs
from web.papers import serving
from web.rosters import import_uploads, tabs
from web.settings import Settings
from web.trials.apart import Auditors
from web.trials.desk import Desk
from web.trials.inputs import Offer
from web.views import (
    account,
    api,
    belongings,
    bulk_changes,
    ceremonies,
    components,
    declarations,
    delegations,
    demo,
    department_teams,
    departments,
    draws,
    experts,
    hall,
    hand_overs,
    health,
    home,
    import_reviews,
    indicators,
    inspectors,
    institutions,
    invitations,
    items,
    jobs,
    joint_items,
    leaves,
    login,
    mappings,
    memberships,
    messages,
    my_visits,
    plan_reviews,
    plans,
    public_draws,
    public_plans,
    public_teams,
    quality,
    recusal_requests,
    relations,
    risk,
    roster_changes,
    roster_exports,
    roster_imports,
    saved_views,
    signatures,
    successions,
    team_board,
    team_changes,
    team_draws,
    team_figures,
    team_notices,
    team_rules,
    trail,
    users,
    verify,
    visit_notices,
    visit_papers,
    visit_proof,
    witnesses,
    workbench,
)
from web.views import settings as settings_page
from web.words import accounts as words_accounts
from web.words import draws as words

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    # the address of a trial is its key: no other site may learn it
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

FORM_BYTES = 64 * 1024
"""Text fields and the frame around the files of an upload."""


PUBLIC_ROOMS = (witnesses, draws, verify, demo, health)
"""Whoever draws a trial or verifies a certificate has no account and gets no cookie: their forms
change nothing of ours and bear no token; a form on another site is refused by `auth` anyway."""

ROOMS = (
    login, account, delegations, invitations, users, memberships, hand_overs,
    home, messages, jobs, trail, settings_page, components,
    roster_imports, import_reviews,
    inspectors, leaves, experts, departments, relations, items, joint_items, mappings,
    declarations,
    institutions, belongings, successions, bulk_changes, saved_views, roster_exports,
    roster_changes, quality, risk, indicators,
    ceremonies, signatures, hall, team_board, team_rules, team_draws, team_changes, team_figures,
    plans, plan_reviews, workbench,
    visit_papers, visit_proof, team_notices, visit_notices, my_visits, recusal_requests,
    department_teams,
    public_draws, public_plans, public_teams, api,
)  # fmt: skip


def create_app(settings: Settings, clock: auth.Clock = auth.clock, rules: Rules = RULES) -> Flask:
    """The service.

    Parameters
    ----------
    clock, rules : of the entrance; others than the real ones only in tests.

    Raises
    ------
    RouteWithoutDoor
        If somebody has added a route and not said who may come in.
    """
    app = Flask(__name__)
    numbers.install(app)
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["MAX_CONTENT_LENGTH"] = settings.most_upload_bytes + FORM_BYTES
    app.config["MAX_FORM_PARTS"] = 20
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(minutes=10)
    app.extensions["desk"] = Desk(settings)
    app.extensions["auditors"] = Auditors(settings.workers, settings.audit_seconds)
    roster = DemoRoster(settings.demo) if settings.demo else None
    app.extensions["offer"] = Offer(roster, example_plans())
    _install_words(app, settings)
    app.extensions["settings"] = settings
    serving.install(app, settings)
    database.install(app, settings.database)
    logs.install(app)
    browsers.install(app, secure=settings.secure)
    auth.install(app, clock, rules, free=settings.demo is not None)
    frame.install(app)
    tabs.install(app)
    single_sign_on.install(app, settings)
    _guard_forms(app)
    for room in (*PUBLIC_ROOMS, *ROOMS):
        app.register_blueprint(room.bp)
    errors.install(app)
    limits.install(app, enabled=settings.demo is None)
    app.after_request(_protect)
    if settings.proxies:
        trusted = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted
        )
    auth.close_doors(app)
    import_uploads.install(app)
    return app


def _guard_forms(app: Flask) -> None:
    """Every form that changes something bears a token of the browser that asked for it."""
    # a form is as old as its log-in may be; without a referrer there is none to compare
    app.config |= {"WTF_CSRF_TIME_LIMIT": None, "WTF_CSRF_SSL_STRICT": False}
    forms = CSRFProtect(app)
    for room in PUBLIC_ROOMS:
        forms.exempt(room.bp)


def _install_words(app: Flask, settings: Settings) -> None:
    app.jinja_env.filters |= {
        "percent": words.percent,
        "chance": words.chance_words,
        "size": words.size_words,
        "grouped": words.grouped,
        "summary": words.plan_summary,
        "scope": words_accounts.scope_words,
        "region": words_accounts.region_words,
        "browser": words_accounts.browser_words,
    }
    app.jinja_env.globals |= {
        "demo_service": settings.demo is not None,
        "most_megabytes": settings.most_upload_bytes >> 20,
        "keep_minutes": round(settings.keep_seconds / 60),
    }
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
