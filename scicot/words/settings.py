"""What the person can set from outside: the environment or an `.env` file."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

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
    training_slots: int = Field(default=1, ge=1)
    threads: int | None = Field(default=None, ge=1)
    student_folders: str = ""  # parted by os.pathsep; empty: any folder of this machine

    @property
    def home_folder(self) -> Path:
        """The folder of the database and the artifacts, absolute."""
        return self.home.expanduser().resolve()

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
    """Return the settings of this process, read once."""
    return Settings()
