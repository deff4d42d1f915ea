"""The web server: gunicorn with threads, because a request mostly waits for the database."""

from __future__ import annotations

from config.environment import load_or_exit

_environment = load_or_exit()

bind = (
    f"[{_environment.host}]:{_environment.port}"
    if ":" in _environment.host
    else f"{_environment.host}:{_environment.port}"
)
worker_class = "gthread"
workers = _environment.web_workers
threads = 8
preload_app = True  # the code is imported once; nothing is connected before the fork
proc_name = "holdfast-web"
timeout = 30  # seconds without a sign of life until a worker is replaced
graceful_timeout = 5  # seconds for requests under way when stopping
keepalive = 15
accesslog = None
errorlog = "-"
loglevel = _environment.log_level.lower()
control_socket_disable = True
# Whether a request came over HTTPS is judged by Django alone, from TRUSTED_PROXY_HOPS.
secure_scheme_headers: dict[str, str] = {}
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
