"""The environment: defaults that are safe, wrong values told in one sentence."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest

from config import environment
from config.environment import ConfigurationError, load

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

WRONG = [
    # variable, value: what somebody may well write
    ("PORT", "abc"),
    ("PORT", "0"),
    ("PORT", "99999"),
    ("PORT", "-1"),
    ("PORT", "8000.5"),
    ("PORT", "٨٠٠٠"),
    ("HOST", "my host"),
    ("BASE_URL", "id.example.org"),
    ("BASE_URL", "ftp://id.example.org"),
    ("BASE_URL", "https://id.example.org/path"),
    ("BASE_URL", "https://id.example.org:port"),
    ("BASE_URL", "https://user@id.example.org"),
    ("ALLOWED_HOSTS", "https://id.example.org"),
    ("DATABASE_URL", "mysql://root@localhost/holdfast"),
    ("DATABASE_URL", "holdfast"),
    ("DATABASE_URL", "postgresql://localhost:five/holdfast"),
    ("DATABASE_URL", "postgresql://localhost"),
    ("CELERY_BROKER_URL", "localhost"),
    ("CELERY_BROKER_URL", "carrier-pigeon://loft"),
    ("SECRET_KEY", "short"),
    ("SEAL_KEYS", "no-key"),
    ("SEAL_KEYS", "k1:not base64!"),
    ("SEAL_KEYS", "k1:c2hvcnQ="),
    ("SEAL_KEYS", f"k1:{GOOD_KEY},k1:{GOOD_KEY}"),
    ("SEAL_KEYS", f"bad id:{GOOD_KEY}"),
    ("PUSH_KEY", "not base64!"),
    ("PUSH_KEY", GOOD_KEY[:20]),
    ("PUSH_KEY", "A" * 43),  # nought is no private key
    ("PUSH_KEY", "_" * 43),  # beyond the order of the curve
    ("AUDIT_KEYS", "not base64!"),
    ("AUDIT_KEYS", GOOD_KEY[:20]),
    ("AUDIT_KEYS", f"{GOOD_KEY},"),
    ("PUSH_CONTACT", "ops@example.org"),
    ("PUSH_CONTACT", "http://example.org"),
    ("PUSH_CONTACT", "mailto:a b@example.org"),
    ("DEMO", "perhaps"),
    ("DEBUG", "maybe"),
    ("WEBHOOK_ALLOWED_NETWORKS", "10.0.0.0/99"),
    ("WEBHOOK_ALLOWED_NETWORKS", "10.0.0.1/8"),
    ("TRUSTED_PROXY_HOPS", "many"),
    ("WEB_WORKERS", "0"),
    ("LOG_LEVEL", "LOUD"),
    ("EMAIL_URL", "mail.example.org"),
    ("EMAIL_URL", "smtp://"),
    ("EMAIL_URL", "smtp://mail.example.org:port"),
    ("EMAIL_URL", "postmark://mail.example.org"),
    ("EMAIL_FROM", "nobody"),
    ("EMAIL_FROM", "a@b.example\r\nBcc: c@d.example"),
    ("SMS_URL", "https://api.twilio.com"),
    ("SMS_URL", "twilio://account@"),
    ("SMS_URL", "twilio://account:token@"),
    ("SMS_URL", "twilio+http://account:token@gateway.example.org?from=%2B351910000000"),
    ("SMS_AN_HOUR", "0"),
    ("CHANNEL_SLOTS", "1000"),
    ("STATE_DIR", "/proc/holdfast"),
]


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No variable set but a state directory of the test's own, and no `.env`."""
    for name in environment.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ENV_FILE", "")
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    return monkeypatch


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_refused_by_name(clean: pytest.MonkeyPatch, name: str, value: str) -> None:
    clean.setenv(name, value)
    with pytest.raises(ConfigurationError) as refusal:
        load()
    assert refusal.value.name == name
    sentence = str(refusal.value)
    assert sentence.startswith(f"{name} ")
    assert "\n" not in sentence


@pytest.mark.parametrize("command", ["check", "migrate", "run"])
@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "abc"), ("DATABASE_URL", "mysql://x:hunter2secret@h/y"), ("SEAL_KEYS", "k1:zzz")],
)
def test_commands_say_one_sentence_and_leave_with_2(
    command: str, name: str, value: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENV_FILE": "", "STATE_DIR": str(tmp_path), name: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(rf"holdfast: {name} [^\n]+\n", done.stderr)
    assert "hunter2secret" not in done.stderr


def test_a_database_out_of_reach_is_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "ENV_FILE": "",
            "STATE_DIR": str(tmp_path),
            "DATABASE_URL": "postgresql://holdfast:hunter2secret@127.0.0.1:1/holdfast",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert re.fullmatch(r"holdfast: the database 'holdfast' at 127.0.0.1:1 [^\n]+\n", done.stderr)
    assert "hunter2secret" not in done.stderr


def test_the_defaults_are_for_one_machine(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = load()
    assert (found.host, found.port) == ("127.0.0.1", 8000)
    assert found.base_url == "http://127.0.0.1:8000"
    assert set(found.allowed_hosts) == {"127.0.0.1", "localhost", "[::1]"}
    assert found.database is None
    assert found.demo is True
    assert found.debug is False
    assert found.secure is False
    assert found.trusted_proxy_hops == 0
    assert found.state_dir == tmp_path


def test_a_database_of_your_own_means_no_demo(clean: pytest.MonkeyPatch) -> None:
    clean.setenv("DATABASE_URL", "postgresql://h:p%40ss@db.example.org:5433/hold?sslmode=require")
    found = load()
    assert found.demo is False
    assert found.database is not None
    assert found.database["HOST"] == "db.example.org"
    assert found.database["PASSWORD"] == "p@ss"
    assert found.database["OPTIONS"] == {"sslmode": "require"}


def test_values_are_typed(clean: pytest.MonkeyPatch) -> None:
    clean.setenv("BASE_URL", "https://id.example.org/")
    clean.setenv("WEBHOOK_ALLOWED_NETWORKS", " 10.1.0.0/16, fd00::/8 ,")
    clean.setenv("SEAL_KEYS", f"new:{GOOD_KEY}, old:{GOOD_KEY}")
    clean.setenv("DEMO", "No")
    found = load()
    assert found.base_url == "https://id.example.org"
    assert found.secure is True
    assert "id.example.org" in found.allowed_hosts
    assert found.webhook_allowed_networks == (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
    assert list(found.seal_keys) == ["new", "old"]
    assert found.seal_keys["new"] == bytes(range(32))
    assert found.demo is False


def test_generated_secrets_are_kept_and_private(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first, second = load(), load()
    assert first.secret_key == second.secret_key
    assert first.seal_keys == second.seal_keys
    assert first.push_key == second.push_key
    for name in ("secret_key", "seal_keys", "push_key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_the_env_file_is_read_and_the_process_goes_before_it(
    clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "settings.env"
    file.write_text("PORT=8123\nWEB_WORKERS=3\n")
    clean.setenv("ENV_FILE", str(file))
    clean.setenv("WEB_WORKERS", "4")
    found = load()
    clean.delenv("PORT")  # the file's values were put into the environment
    assert (found.port, found.web_workers) == (8123, 4)


def test_the_example_lists_exactly_what_is_read() -> None:
    listed = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(environment.VARIABLES)
    readers = [ROOT / "config" / name for name in ("environment.py", "reaching.py", "recording.py")]
    read = re.findall(r"""raw, "([A-Z_]+)\"""", "".join(path.read_text() for path in readers))
    assert set(read) | {"ENV_FILE"} == set(environment.VARIABLES)


def test_addresses_of_channels_are_taken_apart(clean: pytest.MonkeyPatch) -> None:
    found = load()
    assert found.mail is not None
    assert found.texts is not None
    assert (found.mail.way, found.texts.way) == ("file", "file")
    clean.setenv("EMAIL_URL", "smtp+starttls://hold:hunter2%40@mail.example.org")
    clean.setenv("EMAIL_FROM", "Holdfast <id@example.org>")
    clean.setenv("SMS_URL", "twilio://AC1:hunter2@?from=%2B351910000000")
    found = load()
    assert found.mail is not None
    assert found.texts is not None
    assert dict(found.mail.options) == {
        "host": "mail.example.org",
        "port": 587,
        "username": "hold",
        "password": "hunter2@",
        "use_tls": True,
        "use_ssl": False,
    }
    assert found.mail_from == "Holdfast <id@example.org>"
    assert found.texts.options["base"] == "https://api.twilio.com"
    assert found.texts.options["sender"] == "+351910000000"
    assert "hunter2" not in repr(found)
    clean.setenv("EMAIL_URL", "mailgun://hunter2@mg.example.org")
    service = load().mail
    assert service is not None
    assert service.options["backend"] == "anymail.backends.mailgun.EmailBackend"
    assert service.options["sender_domain"] == "mg.example.org"


def test_codes_are_written_into_files_with_demo_data_only(clean: pytest.MonkeyPatch) -> None:
    clean.setenv("DEMO", "false")
    found = load()
    assert (found.mail, found.texts) == (None, None)
    for name in ("EMAIL_URL", "SMS_URL"):
        clean.setenv(name, "file:")
        with pytest.raises(ConfigurationError) as refusal:
            load()
        assert refusal.value.name == name
        clean.delenv(name)
