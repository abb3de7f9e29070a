import pathlib
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "stories"))
from coalition import Coalition  # noqa: E402


@pytest.fixture(scope="session")
def coalition():
    with tempfile.TemporaryDirectory(prefix="bices-perf-") as folder:
        world = Coalition(folder, 19443)
        world.start("--empty")
        yield world
        world.stop()
