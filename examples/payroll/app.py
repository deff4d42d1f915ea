"""Builds the Flask application: its parts, its security, its error pages."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from flask import Flask, Response, abort, render_template, request, session
from werkzeug.exceptions import HTTPException

from examples.payroll import views
from examples.payroll.client import Holdfast, HoldfastProblem
from examples.payroll.settings import Settings
from examples.payroll.store import Store
from examples.payroll.webhook import MAX_BODY
from examples.payroll.words import moment, status_tone, status_word

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready to be served. Settings come from the environment if not given."""
    settings = settings or Settings.from_environment()
    store = Store(settings.state)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=store.session_key(),
        # Cookies do not tell ports apart, and Holdfast may live on the same host.
        SESSION_COOKIE_NAME="payroll_session",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=MAX_BODY,
    )
    app.extensions["settings"] = settings
    app.extensions["store"] = store
    app.extensions["holdfast"] = Holdfast(
        settings.holdfast_url, settings.client_id, settings.client_secret
    )
    app.jinja_env.filters.update(moment=moment, status_word=status_word, status_tone=status_tone)
    app.context_processor(lambda: {"csrf_token": csrf_token, "settings": settings})
    app.before_request(check_csrf)
    app.after_request(secure)
    app.register_error_handler(HoldfastProblem, show_problem)
    app.register_error_handler(HTTPException, show_error)
    app.register_blueprint(views.pages)
    return app


def csrf_token() -> str:
    """The token that every form of this session carries."""
    return str(session.setdefault("csrf", secrets.token_urlsafe(24)))


def check_csrf() -> None:
    """Refuse a form that this session did not render. A webhook is signed instead."""
    if request.method != "POST" or request.endpoint == "pages.holdfast_webhook":
        return
    given, own = request.form.get("csrf", ""), session.get("csrf", "")
    if not own or not secrets.compare_digest(given.encode(), own.encode()):
        abort(400, "This form is too old. Go back, reload the page and try again.")


def secure(response: Response) -> Response:
    """Headers for every answer; pages about somebody's pay are kept nowhere."""
    response.headers.update(HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def show_problem(problem: HoldfastProblem) -> tuple[str, int]:
    """Holdfast refused or does not answer: said in words, with its stable code."""
    status = problem.status if problem.is_final and problem.status else 503
    return render_template("problem.html", problem=problem), status


def show_error(error: HTTPException) -> tuple[str, int]:
    """Our own refusals (404, 413, a form too old …)."""
    status = error.code or 500
    title = HTTPStatus(status).phrase
    return render_template("error.html", title=title, detail=error.description), status
