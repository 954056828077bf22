"""The default policy and its engine, built once: judging changes neither."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moderator.policy.check import flagged
from moderator.policy.document import Document, load
from moderator.policy.engine import Engine


@pytest.fixture(scope="session")
def document() -> Document:
    return load()


@pytest.fixture(scope="session")
def engine(document: Document) -> Engine:
    return Engine(document)


@pytest.fixture(scope="session")
def flags(engine: Engine) -> Callable[[str], set[str]]:
    """The clauses that an officer would be asked to act on."""
    return lambda text: {finding.clause for finding in flagged(engine, text)}
