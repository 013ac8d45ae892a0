"""Whatever a test has done, the rows it leaves are what the trail last said of them."""

import pytest


def as_told(problems):
    """A fixture for every test of a room: its `problems` at the end are none, unless the test puts a row where no
    action leads (the fixture `misplaced`)."""

    @pytest.fixture(autouse=True)
    def rows_are_as_told(db, request):
        yield
        assert "misplaced" in request.fixturenames or list(problems()) == []

    return rows_are_as_told
