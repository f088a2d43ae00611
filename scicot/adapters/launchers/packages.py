"""The packages that clusters need, which are optional: absent, or there in part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from scicot.words.errors import LauncherError
from scicot.words.launching import ClusterName

PACKAGES: Mapping[ClusterName, str] = {"slurm": "submitit", "ray": "ray"}


@contextmanager
def whole_package(name: ClusterName) -> Iterator[None]:
    """Raise LauncherError where the cluster's package, or one that it needs, cannot be imported."""
    try:
        yield
    except ImportError as error:
        raise LauncherError(
            f"The package {PACKAGES[name]} of the {name} launcher cannot be used here: {error}. "
            f"Install it anew with `pip install -r requirements-{name}.txt`, or let the run go on "
            "this machine."
        ) from error
