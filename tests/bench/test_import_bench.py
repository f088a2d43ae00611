from scicot.bench.imports import bench_import


def test_the_import_bench_finds_the_pairs_it_made() -> None:
    result = bench_import(1500, 20)
    assert result["cpu_seconds"] > 0 < result["seconds"]
    assert result["pairs"] >= 1
    assert result["more_pairs"] >= 20  # each of the few stands in the first set too
