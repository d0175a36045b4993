"""`python -m wiki` as a person types it: processes of their own, output, exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import ROOT
from wiki.cli.base import other_owner
from wiki.config import load_config

PASSWORD = "correct horse battery\n"


def wiki(
    *arguments: str, given: str | bytes = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "wiki", *arguments],
        cwd=ROOT,
        env={**os.environ, "HINDSIGHT_MODEL": "hash", **(env or {})},
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def at(tmp_path: Path) -> str:
    return str(tmp_path / "instance")


def refused(done: subprocess.CompletedProcess[str], code: int = 1) -> str:
    """The one sentence of a command that could not do what it was asked."""
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().count("\n") == 0, done.stderr
    return done.stderr.strip()


def test_accounts_teams_and_tokens_on_an_instance_that_did_not_exist(at: str) -> None:
    made = wiki("--instance", at, "user", "create", "ada", "--role", "author", given=PASSWORD)
    assert made.returncode == 0, made.stderr
    assert (Path(at) / "content.git" / "HEAD").exists()
    assert (Path(at) / "people.db").exists()
    assert wiki("team", "create", "ops", "--name", "Operations", "--instance", at).returncode == 0
    assert wiki("team", "--instance", at, "add-member", "ops", "ada").returncode == 0
    assert "ops  Operations  1" in wiki("team", "list", "--instance", at).stdout
    token = wiki("token", "create", "ada", "--scope", "write", "--instance", at)
    assert token.returncode == 0
    assert token.stdout.count("\n") == 1
    assert len(token.stdout.strip()) >= 32
    assert " " not in token.stdout.strip()
    listed = wiki("user", "list", "--instance", at).stdout
    assert "ada  author  teams: ops" in listed
    assert wiki("user", "deactivate", "ada", "--instance", at).returncode == 0
    assert "switched off" in wiki("user", "list", "--instance", at).stdout
    assert "switched off" in refused(wiki("token", "create", "ada", "--instance", at))


def test_every_refusal_is_one_sentence(at: str, tmp_path: Path) -> None:
    assert wiki("user", "create", "ada", "--instance", at, given=PASSWORD).returncode == 0
    assert "taken" in refused(wiki("user", "create", "ADA", "--instance", at, given=PASSWORD))
    refused(wiki("user", "create", "eve", "--instance", at, given="short\n"))
    refused(wiki("user", "create", "eve", "--instance", at, given=""))
    refused(wiki("user", "create", "eve", "--instance", at, given=b"\xff\xfe\n"))
    refused(wiki("token", "create", "nobody", "--instance", at))
    refused(wiki("team", "add-member", "nowhere", "ada", "--instance", at))
    refused(wiki("import", str(tmp_path / "nothing.csv"), "--instance", at))
    refused(wiki("import", str(ROOT / "pyproject.toml"), "--instance", at))
    refused(wiki("restore", str(ROOT / "pyproject.toml"), "--instance", at))
    refused(wiki("export", str(ROOT), "--instance", at))
    refused(wiki("user", "list", "--instance", at, env={"PORT": "x"}))
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    refused(wiki("user", "list", "--instance", str(blocked / "below")))


def test_asked_wrongly_ends_with_two(at: str) -> None:
    wrong = (["nonsense"], ["user", "create"], ["token", "create", "ada", "--scope", "all"], ["serve", "--port", "x"])
    for arguments in wrong:
        done = wiki(*arguments, "--instance", at)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_the_environment_names_the_instance_too(at: str) -> None:
    assert wiki("user", "list", env={"HINDSIGHT_INSTANCE": at}).returncode == 0
    assert (Path(at) / "people.db").exists()


def test_every_setting_is_printed_and_passwords_are_not(at: str) -> None:
    from wiki.config import SETTINGS

    url = "postgresql://u:verysecret@localhost/x"
    shown = wiki("settings", "--instance", at, env={"HINDSIGHT_DATABASE_URL": url}).stdout
    for setting in SETTINGS:
        assert f"{setting.env}=" in shown
    assert at in shown
    assert "verysecret" not in shown


def test_every_command_has_help_and_takes_the_instance() -> None:
    done = wiki("--help")
    for command in ("serve", "user", "token", "import", "export", "backup", "restore", "index", "seed", "settings"):
        assert command in done.stdout
        assert "--instance" in wiki(command, "--help").stdout


def test_no_command_but_the_indexer_loads_torch(at: str) -> None:
    code = (
        "import sys; from wiki.cli import main; "
        f"main(['index', 'status', '--instance', {at!r}]); "
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60, capture_output=True)


def test_root_leaves_an_instance_of_somebody_else_alone(at: str) -> None:
    """What root writes into it, the server could not change afterwards."""
    assert wiki("--instance", at, "user", "create", "ada", "--role", "author", given=PASSWORD).returncode == 0
    config = load_config({}, instance=Path(at))
    if os.geteuid() == 0:
        assert other_owner(config, 0) is None
        os.chown(config.content_path, 65534, -1)
        said = refused(wiki("--instance", at, "backup", str(Path(at).with_name("backup.tar"))))
        assert "belongs to the user" in said
        assert "sudo -u" in said
    assert other_owner(config, 0) is not None
    assert other_owner(config, config.content_path.stat().st_uid) is None
