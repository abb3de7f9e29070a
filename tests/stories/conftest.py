import pathlib
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from coalition import Coalition  # noqa: E402


@pytest.fixture(scope="session")
def coalition():
    with tempfile.TemporaryDirectory(prefix="bices-stories-") as folder:
        world = Coalition(folder)
        world.start("--empty")
        yield world
        world.stop()


@pytest.fixture
def word():
    """Makes words that stand nowhere else."""
    import random
    number = random.SystemRandom()
    return lambda prefix="w": prefix + "".join(number.choice("bcdfghjkmnpqrstvwxz") for _ in range(12))
