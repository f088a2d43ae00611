"""Known vulnerabilities in what the lock pins: `python -m tests.audit`; offline it says so.

Exit 1 when a package has one that is not waived here with its reason.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
WAIVED: dict[str, str] = {}  # id of the vulnerability -> why it does not reach us
PATIENCE_SECONDS = 120.0


def main() -> int:
    """Ask the public databases of vulnerabilities, and return the exit code."""
    words = ["-m", "pip_audit", "-r", str(LOCK), "--no-deps", "--disable-pip", "-f", "json"]
    try:
        done = subprocess.run(
            [sys.executable, *words, "--progress-spinner", "off"],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
        packages = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        print("Vulnerabilities were not looked up: no answer in time.")
        return 0
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"Vulnerabilities were not looked up: {last[:200]}")
        return 0
    known = [
        f"{package['name']} {package.get('version')}: {found['id']}"
        for package in packages
        for found in package.get("vulns", ())
        if found["id"] not in WAIVED
    ]
    print("\n".join(known) or f"{len(packages)} packages, no known vulnerability.")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main())
