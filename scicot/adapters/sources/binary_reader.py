"""The child process that opens Parquet, Arrow and Excel files and writes their rows as JSON lines.

Run as `python -m scicot.adapters.sources.binary_reader KIND PATH`. It limits itself before it
opens anything: a file whose footer lies, or one that grows a thousandfold, ends this process and
no other. The first line says what was read; an error is a line {"error": sentence}.
"""

from __future__ import annotations

import json
import math
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

MEMORY = 3 * 2**30  # of address space: pyarrow alone reserves about one GiB
SECONDS = 120  # of processor time
ROWS_A_BATCH = 500


def parquet_rows(path: str) -> Iterator[Any]:
    """Yield what was read, then each row."""
    import pyarrow.parquet as parquet

    file = parquet.ParquetFile(path, memory_map=True, thrift_string_size_limit=2**27)
    yield {"read": f"Parquet, {file.metadata.num_rows} rows"}
    for batch in file.iter_batches(batch_size=ROWS_A_BATCH, use_threads=False):
        yield from batch.to_pylist()


def arrow_rows(path: str) -> Iterator[Any]:
    """Yield what was read, then each row, of Arrow's file form or of its stream form."""
    import pyarrow

    with pyarrow.memory_map(path) as source:
        if source.read(6) == b"ARROW1":
            source.seek(0)
            file = pyarrow.ipc.open_file(source)
            batches = (file.get_batch(place) for place in range(file.num_record_batches))
        else:
            source.seek(0)
            batches = iter(pyarrow.ipc.open_stream(source))
        yield {"read": "Arrow"}
        for batch in batches:
            for start in range(0, batch.num_rows, ROWS_A_BATCH):
                yield from batch.slice(start, ROWS_A_BATCH).to_pylist()


def excel_rows(path: str) -> Iterator[Any]:
    """Yield what was read, then the cells of each row of the first sheet that holds any."""
    import openpyxl

    # by handle: given a name, openpyxl goes by its ending
    file = open(path, "rb")  # noqa: SIM115  (open for as long as the process reads)
    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if _holds_cells(sheet)]
    if not sheets:
        yield {"error": "it holds no sheet with cells"}
        return
    others = [sheet.title for sheet in sheets[1:]]
    unread = f" (not read: {', '.join(others)})" if others else ""
    yield {"read": f"Excel, sheet '{sheets[0].title}'{unread}"}
    for row in sheets[0].iter_rows(values_only=True):
        yield list(row)


def _holds_cells(sheet: Any) -> bool:
    rows = sheet.iter_rows(values_only=True, max_row=50)
    return any(cell is not None for row in rows for cell in row)


READERS = {"parquet": parquet_rows, "arrow": arrow_rows, "xlsx": excel_rows}


def plain(value: Any) -> Any:
    """Return the value as JSON has it: bytes by their number, moments as text, NaN as nothing."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        whole = math.isfinite(value) and value == int(value)
        return int(value) if whole else value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return {"bytes": len(value)}
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value if isinstance(value, str | int | bool | None) else str(value)


def main() -> None:
    """Write the rows of the file named on the command line."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    kind, path = sys.argv[1:]
    try:
        for row in READERS[kind](path):
            sys.stdout.write(json.dumps(plain(row), ensure_ascii=True) + "\n")
    except MemoryError:
        sys.stdout.write(json.dumps({"error": "it needs more memory than is allowed"}) + "\n")
    except BrokenPipeError:
        sys.exit(0)  # the parent has read enough
    except Exception as error:  # whatever a library says of a damaged file is told, not raised
        sentence = " ".join(str(error).split())[:200] or type(error).__name__
        sys.stdout.write(json.dumps({"error": sentence}) + "\n")


if __name__ == "__main__":
    main()
