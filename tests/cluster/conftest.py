"""What came of each test of the launchers is kept beside its seconds, for the docs' table."""

from __future__ import annotations

import pytest

from tests.cluster.line import keep_figure


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.failed:
        name = report.nodeid.rsplit("::", 1)[-1]
        keep_figure({"test": name, "passed": report.passed})
