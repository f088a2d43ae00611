"""What the person can set from outside: the environment or an `.env` file."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from scicot.words.errors import InvalidConfig

LauncherName = Literal["local", "none"]


class Settings(BaseSettings):
    """Where things live and which keys are at hand.

    Read from `SCICOT_*` variables and an `.env` file in the working folder; the teacher's key is
    `OPENAI_API_KEY`, as the openai client has it.
    """

    model_config = SettingsConfigDict(
        env_prefix="SCICOT_", env_file=".env", extra="ignore", frozen=True
    )

    home: Path = Path("~/.scicot")
    database_url: str | None = None
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    teacher_api_key: SecretStr | None = None  # for teachers given by URL
    teacher_deadline: float | None = Field(default=None, gt=0)  # seconds for one whole call
    teacher_retry_seconds: float = Field(default=0.5, gt=0)  # before the second attempt; doubles
    teacher_poll_seconds: float = Field(default=30.0, gt=0)  # between looks at a batch
    allow_private_teachers: bool = False  # may a teacher's address lie in a private network?
    launcher: LauncherName = "local"  # none: whoever likes starts `run-worker ID`
    daily_backups: int = Field(default=0, ge=0)  # how many the app keeps, one a day; 0: none
    training_slots: int = Field(default=1, ge=1)
    threads: int | None = Field(default=None, ge=1)
    student_folders: str = ""  # parted by os.pathsep; empty: any folder of this machine

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

    @property
    def student_folder_list(self) -> list[Path]:
        """The folders that local students may lie in; empty when any may be used."""
        return [Path(one).expanduser() for one in self.student_folders.split(os.pathsep) if one]

    @property
    def artifacts_folder(self) -> Path:
        """Where stages, checkpoints, models and logs are kept."""
        return self.home_folder / "artifacts"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process, read once; raises InvalidConfig, which names them."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)
        said = "; ".join(f"{_variable(entry['loc'])}: {entry['msg']}" for entry in wrong)
        raise InvalidConfig(
            f"A setting cannot be used: {said}. Correct it in the environment or in .env."
        ) from None  # the error's own text repeats the values
    except UnicodeDecodeError as error:
        raise InvalidConfig(
            "The file .env in this folder is not UTF-8. Save it as UTF-8, then try again."
        ) from error


def _variable(place: tuple[int | str, ...]) -> str:
    name = str(place[0]) if place else "a setting"
    return name if name.isupper() else f"SCICOT_{name.upper()}"
