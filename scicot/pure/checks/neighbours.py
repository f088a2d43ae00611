"""Which rationales say nearly the same: MinHash over word triples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from datasketch import MinHash, MinHashLSH

from scicot.pure.checks.finding import words_of

TRIPLE = 3
PERMUTATIONS = 64
ALIKE = 0.8  # Jaccard of word triples


def sketch(text: str) -> MinHash:
    """Return the MinHash of a text's word triples; equal words, equal sketch."""
    words = words_of(text)
    made = MinHash(num_perm=PERMUTATIONS)
    triples = {" ".join(words[n : n + TRIPLE]) for n in range(max(1, len(words) - TRIPLE + 1))}
    made.update_batch([triple.encode("utf-8", "surrogatepass") for triple in triples])
    return made


def find_near_duplicates(texts: Mapping[int, str]) -> Iterator[tuple[int, int, float]]:
    """Yield (id, the first id that says nearly the same, similarity) for each later duplicate."""
    index = MinHashLSH(threshold=ALIKE, num_perm=PERMUTATIONS)
    sketches: dict[int, MinHash] = {}
    for one, text in texts.items():
        made = sketch(text)
        alike = sorted(
            other for other in index.query(made) if sketches[other].jaccard(made) >= ALIKE
        )
        if alike:
            yield one, alike[0], sketches[alike[0]].jaccard(made)
        else:
            sketches[one] = made
            index.insert(one, made)
