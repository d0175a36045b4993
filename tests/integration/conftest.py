"""Fixtures that several files of this folder share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask

    from tests.integration.reviews_world import Team


@pytest.fixture
def five(app: Flask) -> Team:
    """Five people in a review that gathers."""
    from tests.integration.reviews_world import team

    return team(app)
