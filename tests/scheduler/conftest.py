"""Fixtures of the scheduler's tests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from scheduler_harness import Harness  # tests are not a package


@pytest.fixture
def harness() -> Harness:
    """Two executors with two slots each, on two hosts."""
    h = Harness()
    h.executor("e1")
    h.executor("e2")
    return h


@pytest.fixture
def make_harness() -> Callable[..., Harness]:
    """Harness with given configuration and no executors."""
    return Harness
