"""What the person can set from outside: the environment or an `.env` file."""

from __future__ import annotations

import difflib
import logging
import os
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from scicot.words.errors import InvalidConfig

LauncherName = Literal["local", "slurm", "ray", "none"]
LOCAL = "local"  # what a run's row says of its launcher unless it was packed
PARCEL = "parcel"  # the launcher of a run that was packed: nothing here starts it
LEAST_MEMORY_MB = 500  # that a training run may be held to
ENV_FILE = ".env"
PREFIX = "SCICOT_"
OTHER_NAMES = ("SCICOT_ACTOR",)  # read where they are used, not here
# the hub's and the trackers' keys, which their own clients read
OTHERS_KEYS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "WANDB_API_KEY", "MLFLOW_TRACKING_TOKEN")
_NAMES = re.compile(r"^\s*(?:export\s+)?(\w+)\s*=", re.MULTILINE)
_OURS = re.compile(r"SCICOT|OPENAI", re.IGNORECASE)
_QUOTED = re.compile(r"^\s*(?:export\s+)?\w+\s*=\s*([\"'])", re.MULTILINE)
log = logging.getLogger(__name__)


class Settings(BaseSettings):
    """Where things live and which keys are at hand.

    Read from `SCICOT_*` variables and an `.env` file in the working folder; the teacher's key is
    `OPENAI_API_KEY`, as the openai client has it.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_ignore_empty=True,  # `SCICOT_HOME=` sets nothing, least of all this folder
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    home: Path = Path("~/.scicot")
    """The folder of the database and the artifacts."""
    database_url: str | None = None
    """Another database, as an SQLAlchemy URL; empty: `scicot.db` in the home folder."""
    artifacts: str = ""
    """Where stages and checkpoints are kept: a folder, in place of `artifacts` in the home folder,
    or an fsspec URL such as s3://bucket/folder, from which every machine fetches them."""
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    """The key of teachers named `openai:MODEL`."""
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    """Another address for them than OpenAI's own."""
    teacher_api_key: SecretStr | None = None
    """The key of teachers given by URL."""
    teacher_api_host: str = ""
    """The hosts that key may be sent to, parted by commas; empty: this machine alone."""
    teacher_deadline: float | None = Field(default=None, gt=0)
    """Seconds after which a whole call to a teacher is given up."""
    teacher_retry_seconds: float = Field(default=0.5, gt=0)
    """Seconds before the second attempt at a call; doubled before each further one."""
    teacher_poll_seconds: float = Field(default=30.0, gt=0)
    """Seconds between two looks at a batch."""
    allow_private_teachers: bool = False
    """Whether a teacher's address may lie in a private network."""
    launcher: LauncherName = "local"
    """Where new training runs go: this machine, a Slurm or Ray cluster; `none`: whoever likes
    starts `scicot run-worker ID`."""
    sign_in: bool = False
    """Whether everybody signs in with OIDC; `secrets.toml` in the home folder says where."""
    allowed_hosts: str = ""
    """The names that people reach the app by, parted by commas, beside this machine's own."""
    first_admin: str = ""
    """The e-mail address of who may give the others their roles."""
    daily_backups: int = Field(default=0, ge=0)
    """How many daily backups the app keeps; 0: it makes none."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where students train and answer; `auto`: on the GPU where there is one."""
    training_slots: int = Field(default=1, ge=1)
    """How many runs may train or answer at the same time, sharing GPUs where there are fewer;
    unset: one, or one for each GPU."""
    threads: int | None = Field(default=None, ge=1)
    """Threads that a student computes on; empty: as many as are free."""
    training_memory_mb: int | None = Field(default=None, ge=LEAST_MEMORY_MB)
    """Megabytes that a training run should hold; empty: its share of three quarters of all.

    With less room long texts are computed twice, and fewer threads have batches of their own."""
    opened_students_mb: int = Field(default=300, ge=1)
    """Megabytes of weights that What if keeps ready; the student asked longest ago goes first."""
    student_folders: str = ""
    """Folders that local students may lie in, parted as in PATH; empty: any of this machine."""
    packed_student: Path | None = None
    """The folder that stands for any student; `scicot work` sets it to what a parcel brought."""

    @field_validator("openai_base_url", "database_url", mode="before")
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return (value.strip() or None) if isinstance(value, str) else value

    @field_validator("home", mode="before")
    @classmethod
    def _is_a_path(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if value[:1] in "\"'" or re.match(r"\w{2,}://", value):
            raise ValueError("a folder's path was expected, without quotes and without ://")
        return value.strip()

    @field_validator("artifacts")
    @classmethod
    def _is_a_place_without_keys(cls, value: str) -> str:
        place = value.strip()
        if place[:1] in "\"'" and place:
            raise ValueError("a folder or a URL was expected, without quotes")
        # a URL within another one (zip://a::https://b) has a host of its own; a key may be signed
        # into what follows the question mark
        hosts = [part.partition("/")[0] for part in place.split("://")[1:]]
        if any("@" in host for host in hosts) or (hosts and "?" in place):
            raise ValueError(
                "keys do not belong into the URL; the storage's own variables hold them"
            )
        if "://" in place:
            return place.rstrip("/")
        try:  # whole, so that a worker that starts in another folder means the same
            return str(Path(place).expanduser().resolve()) if place else ""
        except (RuntimeError, OSError):
            raise ValueError("it is no folder of this machine") from None

    @property
    def teacher_api_hosts(self) -> tuple[str, ...]:
        """The hosts, with or without a port, that SCICOT_TEACHER_API_KEY may be sent to."""
        named = (part.strip().lower() for part in self.teacher_api_host.split(","))
        return tuple(host.split("://")[-1].split("/")[0] for host in named if host)

    @property
    def home_folder(self) -> Path:
        """The folder of the database and the artifacts, absolute."""
        try:
            return self.home.expanduser().resolve()
        except (RuntimeError, ValueError, OSError):
            raise InvalidConfig(
                f"SCICOT_HOME is '{self.home}', which is no folder of this machine. "
                "Set it to a folder that this account may write to."
            ) from None

    @property
    def resolved_database_url(self) -> str:
        """The SQLAlchemy URL in use: the one set, or the SQLite file under the home folder."""
        return self.database_url or f"sqlite:///{self.home_folder / 'scicot.db'}"

    def as_environment(self) -> dict[str, str]:
        """Return what was set, as variables: a worker reads the same, wherever it starts."""
        values = {}
        for name in self.model_fields_set:
            value = getattr(self, name)
            if value is not None:
                alias = type(self).model_fields[name].validation_alias
                secret = value.get_secret_value() if isinstance(value, SecretStr) else value
                values[str(alias or f"{PREFIX}{name.upper()}")] = str(secret)
        return values

    @property
    def known_secrets(self) -> tuple[str, ...]:
        """The keys at hand: they stand in no table, log, error or backup."""
        keys = (self.openai_api_key, self.teacher_api_key)
        ours = [key.get_secret_value() for key in keys if key]
        others = [os.environ.get(name, "") for name in OTHERS_KEYS]
        return tuple(key for secret in (*ours, *others) if (key := secret.strip()))

    @property
    def student_folder_list(self) -> list[Path]:
        """The folders that local students may lie in; empty when any may be used."""
        return [
            Path(folder).expanduser() for folder in self.student_folders.split(os.pathsep) if folder
        ]

    @property
    def artifacts_folder(self) -> Path:
        """Where stages, checkpoints, models and logs are on this machine."""
        if self.artifacts and self.artifacts_url is None:
            return Path(self.artifacts)
        return self.home_folder / "artifacts"

    @property
    def artifacts_url(self) -> str | None:
        """Where stages and checkpoints are for all machines, None where that is the folder here."""
        return self.artifacts if "://" in self.artifacts else None


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process, read once; raises InvalidConfig naming what is wrong."""
    in_file = _read_env_file(Path(ENV_FILE))
    _check_names([*os.environ, *in_file])
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)
        said = "; ".join(f"{_variable(entry['loc'])}: {entry['msg']}" for entry in wrong)
        raise InvalidConfig(
            f"A setting cannot be used: {said}. Correct it in the environment or in .env."
        ) from None  # the error's own text repeats the values


def _variable(place: tuple[int | str, ...]) -> str:
    name = str(place[0]) if place else "a setting"
    return name if name.isupper() else f"{PREFIX}{name.upper()}"


def _read_env_file(path: Path) -> Iterable[str]:
    """Return the names that the file sets; raises InvalidConfig where it is no UTF-8."""
    if not path.is_file():
        return ()
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if content and (not text or "\0" in text):  # UTF-16 without a mark is UTF-8 full of noughts
        is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff") or "\0" in text
        kind = "UTF-16" if is_wide else "not UTF-8"
        raise InvalidConfig(
            f"The file {path.name} of this folder is {kind} and cannot be read. Save it as UTF-8."
        )
    for number, line in enumerate(text.splitlines(), start=1):
        said = line.partition("#")[0]
        # meant to set one of ours in another way: `set X=1`, `$env:X = 1`, `X: 1`, JSON
        if _OURS.search(said.partition("=")[0]) and not _NAMES.match(line):
            raise InvalidConfig(
                f"Line {number} of {path.name} sets nothing. Write NAME=VALUE with underscores, "
                "without `set`, `$env:` or a colon."
            )
    for quoted in _QUOTED.finditer(text):
        if text.find(quoted[1], quoted.end()) < 0:
            number = text.count("\n", 0, quoted.end()) + 1
            raise InvalidConfig(f"Line {number} of {path.name} opens a quote that is never closed.")
    return _NAMES.findall(text)


def _check_names(names: Sequence[str]) -> None:
    """Raise InvalidConfig for a SCICOT_ name that is nearly one of ours; warn of any other."""
    fields = Settings.model_fields.items()
    known = [str(field.validation_alias or f"{PREFIX}{name.upper()}") for name, field in fields]
    known += OTHER_NAMES
    if "OPENAI_API_KEY" not in names:
        for name in difflib.get_close_matches("OPENAI_API_KEY", names, n=1, cutoff=0.8):
            log.warning("%s is not read here; the key's name is OPENAI_API_KEY", name)
    for name in sorted(set(names)):
        if not name.upper().startswith(PREFIX) or name.upper() in known:
            continue
        near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.8)
        if near:
            raise InvalidConfig(
                f"{name} is no setting. Was {near[0]} meant? Correct it or take it out."
            )
        log.warning("%s is no setting of Sci-CoT and does nothing", name)
