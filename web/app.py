"""The Flask application: one function that puts the rooms of the page together."""

from datetime import timedelta

from flask import Flask, Response

from web import auth, errors, words
from web.apart import Auditors
from web.demo import DemoRoster, example_plans
from web.inputs import Offer
from web.settings import Settings
from web.trials import Desk
from web.views import demo, draws, verify

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


def create_app(settings: Settings) -> Flask:
    """The service.

    Raises
    ------
    RouteWithoutDoor
        If somebody has added a route and not said who may come in.
    """
    app = Flask(__name__)
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["MAX_CONTENT_LENGTH"] = settings.most_upload_bytes + FORM_BYTES
    app.config["MAX_FORM_PARTS"] = 20
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(minutes=10)
    app.extensions["desk"] = Desk(settings)
    app.extensions["auditors"] = Auditors(settings.workers, settings.audit_seconds)
    roster = DemoRoster(settings.demo) if settings.demo else None
    app.extensions["offer"] = Offer(roster, example_plans())
    _install_words(app, settings)
    for room in (draws, verify, demo):
        app.register_blueprint(room.bp)
    errors.install(app)
    app.after_request(_protect)
    auth.close_doors(app)
    return app


def _install_words(app: Flask, settings: Settings) -> None:
    app.jinja_env.filters |= {
        "percent": words.percent,
        "size": words.size_words,
        "grouped": words.grouped,
        "summary": words.plan_summary,
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
