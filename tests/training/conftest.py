"""A server whose data folder is the test's own."""

from __future__ import annotations

import pytest

from tests.training.served import registry


@pytest.fixture
def runs(tmp_path):
    made = registry(tmp_path)
    yield made
    made.close()
