"""`--launcher` and `--ask`: where a command's runs go."""

from __future__ import annotations

from collections.abc import Sequence

from scicot.cli.output import current_actor
from scicot.services.launching.launches import choose_options
from scicot.services.runs.launched import Chosen
from scicot.services.workspace import Workspace
from scicot.words.errors import InvalidConfig
from scicot.words.launching import CLUSTERS
from scicot.words.settings import LOCAL


def choose_launcher(
    workspace: Workspace, launcher: str | None, ask: Sequence[str] | None
) -> Chosen | None:
    """Return the cluster that is named, or that the settings name; None for this machine.

    Raises InvalidConfig for another word, and for fields where no cluster is meant.
    """
    wanted = launcher or workspace.settings.launcher
    name = next((known for known in CLUSTERS if known == wanted), None)
    if name is None:
        if launcher not in (None, LOCAL):
            raise InvalidConfig(f"--launcher: '{launcher}' is none. Use local, slurm or ray.")
        if ask:
            raise InvalidConfig("--ask is for a cluster: add --launcher slurm or --launcher ray.")
        return None
    given = {}
    for pair in ask or ():
        field, separator, value = pair.partition("=")
        if not separator:
            raise InvalidConfig(f"--ask {pair}: write it as FIELD=VALUE, for instance gpus=1.")
        given[field.strip()] = None if value.strip() == "none" else value.strip()
    return Chosen(name, choose_options(workspace, current_actor().name, name, given))
