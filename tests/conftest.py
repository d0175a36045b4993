"""Fixtures that several test folders share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.live import LiveServer
from tests.past import make_past, ready_made

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from wiki.config import Config


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast ones first: unit, then browser, then integration; within a folder the order stays.

    What shares the real past, which is made once in a run, runs alone.
    """
    order = {"unit": 0, "browser": 1, "integration": 2}
    items.sort(key=lambda item: order.get(item.path.parent.name, 2))
    for item in items:
        if "past" in getattr(item, "fixturenames", ()):
            item.add_marker("alone")


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> Iterator[None]:
    """Nearly every test makes an application of its own, and compiling its templates took most of their time."""
    from flask import Flask

    from tests.templates import CompiledTemplates

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": CompiledTemplates()})
        yield


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of a temporary instance with the small deterministic encoder."""
    from wiki.config import load_config

    return load_config({}, instance=tmp_path / "instance", model="hash", testing=True)


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared instance without content, made once: what a new one is copied from."""
    from wiki.composition import prepare_instance
    from wiki.config import load_config

    instance = tmp_path_factory.mktemp("blank") / "instance"
    prepare_instance(load_config({}, instance=instance, model="hash", testing=True), seed=False)
    return instance


@pytest.fixture
def app(config: Config, blank: Path) -> Iterator[Flask]:
    """The whole application on a temporary instance, in this process."""
    from wiki import close_app, create_app

    shutil.copytree(blank, config.instance, symlinks=True, dirs_exist_ok=True)
    application = create_app(config)
    yield application
    close_app(application)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without an account."""
    return app.test_client()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveServer]:
    """A real server in its own processes, with the small encoder."""
    server = LiveServer(tmp_path / "instance").start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance of tests/past.py. A test that serves it takes a copy (`past_copy`)."""
    return ready_made() or make_past(tmp_path_factory.mktemp("past"))


@pytest.fixture
def past_copy(past: Path, tmp_path: Path) -> Iterator[LiveServer]:
    """A server on a copy of that instance, with the real encoder."""
    shutil.copytree(past, tmp_path / "instance", symlinks=True)
    server = LiveServer(tmp_path / "instance", model="bundled").start()
    yield server
    server.stop()
