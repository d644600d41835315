"""`crm notify` and the mail server: encrypted, as who we are, and no password is told."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.cli.test_notify import Mailbox, configure, free_port
from tests.conftest import Crm, Run

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")

PASSWORD = "hunter2 čebela"
ASCII = "correct-horse"

Serve = Callable[..., int]
"""Starts a server, returns its port: `serve(tls="starttls", name="localhost")`."""


class Server(Mailbox):
    """A mailbox behind a login; it tells whoever fails what was sent, as some servers do."""

    def __init__(self) -> None:
        super().__init__()
        self.logins: list[bytes] = []

    def authenticate(self, server: Any, session: Any, envelope: Any, way: Any, given: Any) -> Any:
        assert isinstance(given, LoginPassword)
        self.logins.append(given.password)
        right = given.password in (PASSWORD.encode(), ASCII.encode())
        said = f"535 5.7.8 wrong: {given.password.decode()}".encode("ascii", "replace").decode()
        return AuthResult(success=right, handled=False, message=None if right else said)


@pytest.fixture
def box() -> Server:
    return Server()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """The certificates' issuer, whom we trust."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made


@pytest.fixture
def serve(shop: Path, box: Server, authority: trustme.CA) -> Iterator[Serve]:
    running: list[Controller] = []

    def start(
        *, tls: str = "starttls", name: str = "localhost", issuer: trustme.CA | None = None
    ) -> int:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (issuer or authority).issue_cert(name).configure_cert(context)
        ways: dict[str, dict[str, Any]] = {
            "starttls": {"tls_context": context, "require_starttls": True},
            "tls": {"ssl_context": context, "auth_require_tls": False},
            "none": {"auth_require_tls": False},
        }
        port = free_port()
        controller = Controller(
            box,
            hostname="127.0.0.1",
            port=port,
            authenticator=box.authenticate,
            auth_required=True,
            **ways[tls],
        )
        controller.start()
        running.append(controller)
        return port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(f"{ASCII}\nsecond line\n")
    path.chmod(0o600)
    return path


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is told that ever is."""
    monkeypatch.setenv("CRM_DEBUG", "1")


def silent(done: Run) -> Run:
    """That it tells no password, and keeps its head."""
    for text in (done.out, done.err):
        assert ASCII not in text
        assert "hunter2" not in text
        assert "internal error" not in text
    return done


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_encrypted_and_logged_in(
    crm: Crm, serve: Serve, box: Server, tmp_path: Path, secret: Path, tls: str
) -> None:
    port = serve(tls=tls)
    smtp = f"host: localhost, port: {port}, tls: {tls}, user: crm, password_file: {secret}"
    configure(tmp_path, smtp)
    assert silent(crm("notify", "--within", "7d")).code == 0
    assert [to for to, _ in box.mails] == [["petra@lan.example"], ["marko@lan.example"]]
    assert set(box.logins) == {ASCII.encode()}


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["issuer", "name"])
def test_a_server_that_cannot_prove_its_name_gets_nothing(
    crm: Crm, serve: Serve, box: Server, tmp_path: Path, secret: Path, tls: str, wrong: str
) -> None:
    if wrong == "issuer":
        port = serve(tls=tls, issuer=trustme.CA())
    else:
        port = serve(tls=tls, name="mail.other.example")
    configure(
        tmp_path, f"host: localhost, port: {port}, tls: {tls}, user: a, password_file: {secret}"
    )
    done = silent(crm("notify"))
    assert done.code == 7
    assert "localhost has no valid certificate for localhost" in done.err
    assert (box.mails, box.logins) == ([], [])


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_without_encryption_there_nothing_is_sent(
    crm: Crm, serve: Serve, box: Server, tmp_path: Path, secret: Path, way: str
) -> None:
    port = serve(tls="none")
    configure(
        tmp_path, f"host: localhost, port: {port}, tls: {way}, user: a, password_file: {secret}"
    )
    done = silent(crm("notify"))
    assert done.code == 7
    assert (box.mails, box.logins) == ([], [])


def test_a_wrong_password_is_told_without_it(
    crm: Crm, serve: Serve, box: Server, tmp_path: Path, secret: Path
) -> None:
    port = serve()
    for wrong in (f"not {ASCII}", "not hunter2 čebela"):
        secret.write_text(wrong)
        smtp = f"host: localhost, port: {port}, user: crm, password_file: {secret}"
        configure(tmp_path, smtp)
        done = silent(crm("notify", "--owner", "petra"))
        assert done.code == 7
        assert "localhost rejected the password of crm" in done.err
        assert box.logins[-1] == wrong.encode()
    assert box.mails == []
    secret.write_text(ASCII)
    assert crm("notify", "--owner", "petra").code == 0
    assert len(box.mails) == 1


def test_letters_beyond_ascii(
    crm: Crm, serve: Serve, box: Server, tmp_path: Path, secret: Path
) -> None:
    secret.write_text(PASSWORD, encoding="utf-8")
    port = serve()
    configure(tmp_path, f"host: localhost, port: {port}, user: crm, password_file: {secret}")
    assert silent(crm("notify")).code == 0
    assert len(box.mails) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620])
def test_a_file_that_others_may_read_or_write_is_refused(
    crm: Crm, serve: Serve, box: Server, tmp_path: Path, secret: Path, mode: int
) -> None:
    port = serve()
    configure(tmp_path, f"host: localhost, port: {port}, user: crm, password_file: {secret}")
    secret.chmod(mode)
    done = silent(crm("notify"))
    assert done.code == 6
    assert f"chmod 600 {secret}" in done.err
    assert (box.mails, box.logins) == ([], [])
    link = tmp_path / "link"
    link.symlink_to(secret)
    configure(tmp_path, f"host: localhost, port: {port}, user: crm, password_file: {link}")
    assert silent(crm("notify")).code == 6


def test_a_file_in_the_directory_or_none_is_refused(
    crm: Crm, serve: Serve, shop: Path, tmp_path: Path
) -> None:
    port = serve()
    inside = shop / "secret"
    inside.write_text(ASCII)
    inside.chmod(0o600)
    for path, code in ((inside, 6), (tmp_path / "nothing", 7)):
        smtp = f"host: localhost, port: {port}, user: crm, password_file: {path}"
        configure(tmp_path, smtp)
        assert silent(crm("notify")).code == code


def test_from_a_command_that_is_asked_once(
    crm: Crm, serve: Serve, box: Server, tmp_path: Path
) -> None:
    script = tmp_path / "give"
    script.write_text(f"#!/bin/sh\necho asked >> {tmp_path}/asked\necho '{ASCII}'\necho more\n")
    script.chmod(0o700)
    port = serve()
    configure(tmp_path, f"host: localhost, port: {port}, user: crm, password_command: {script}")
    assert silent(crm("notify", "--within", "7d")).code == 0
    assert len(box.mails) == 2
    assert (tmp_path / "asked").read_text() == "asked\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (f"sh -c 'echo {ASCII}; echo {ASCII} >&2; exit 3'", "password_command ended with 3"),
        (f"nowhere-{ASCII}", "password_command cannot be run"),
        (f"sh -c 'echo {ASCII}", "password_command cannot be run"),
        ("true", "password_command gave no password"),
    ],
)
def test_a_command_that_fails_tells_nothing(
    crm: Crm, serve: Serve, box: Server, tmp_path: Path, command: str, said: str
) -> None:
    port = serve()
    configure(tmp_path, f'host: localhost, port: {port}, user: crm, password_command: "{command}"')
    done = silent(crm("notify"))
    assert done.code == 2
    assert said in done.err
    assert box.mails == []


def keyring(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str, str], str | None]) -> None:
    module = ModuleType("keyring")
    module.get_password = answer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)


def test_from_a_keyring(
    crm: Crm, serve: Serve, box: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = serve()
    configure(tmp_path, f"host: localhost, port: {port}, user: crm, keyring: mail")
    monkeypatch.setitem(sys.modules, "keyring", None)
    missing = silent(crm("notify"))
    assert (missing.code, "pip install keyring" in missing.err) == (2, True)

    def locked(service: str, user: str) -> str:
        raise RuntimeError(f"locked, and it was {ASCII}")

    keyring(monkeypatch, locked)
    failed = silent(crm("notify"))
    assert (failed.code, "the keyring cannot be read" in failed.err) == (2, True)

    known = {("mail", "crm"): ASCII}
    keyring(monkeypatch, lambda service, user: known.get((service, user)))
    assert silent(crm("notify")).code == 0
    assert len(box.mails) == 1
    known.clear()
    unknown = silent(crm("notify", "--today", "2026-11-21"))
    assert (unknown.code, "keyring set mail crm" in unknown.err) == (2, True)


def test_a_password_in_the_configuration_is_refused(
    crm: Crm, serve: Serve, box: Server, tmp_path: Path
) -> None:
    port = serve()
    configure(tmp_path, f"host: localhost, port: {port}, user: crm, password: {ASCII}")
    assert silent(crm("notify")).code == 6
    smtp = f"host: localhost, port: {port}, user: crm, keyring: a, password_command: b"
    configure(tmp_path, smtp)
    assert silent(crm("notify")).code == 2
    configure(tmp_path, f"host: localhost, port: {port}, user: crm")
    assert silent(crm("notify")).code == 2
    assert (box.mails, box.logins) == ([], [])
