"""Without LLM_BASE_URL a worker pays nothing for the model."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]
_LOADED = """
import sys
from pathlib import Path
from app import create_app
from tests.rig import Service

class Nowhere:
    addresses = ("http://127.0.0.1:9",)

service = Service(Nowhere(), "role", "secret", "http://127.0.0.1:9")
create_app(service.settings(Path(sys.argv[1]), {}))
print(sorted({{"openai", "httpx2", "pydantic"}} & sys.modules.keys()))
"""


def loaded(directory: Path, changes: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", _LOADED.format(changes), str(directory)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_its_packages_are_loaded_only_where_a_model_is_set(tmp_path: Path) -> None:
    told = "llm_base_url='http://127.0.0.1:9/v1', llm_model='small'"
    assert loaded(tmp_path, told).split() != ["[]"]
    assert loaded(tmp_path, "").split() == ["[]"]
