"""`python -m indexer eval DIR` and `related DIR`: measure the ranking on a judged set, without a wiki or a server."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import click

from indexer.documents import MODES, Mode
from indexer.encoder import CachedEncoder, Encoder, load_encoder
from indexer.errors import HindsightIndexError
from indexer.evaluation import build, evaluate, read_set
from indexer.evaluation_related import drafts_of, evaluate_related, strangers_of
from indexer.search import Searcher
from indexer.settings import IndexSettings


@click.group()
def main() -> None:
    """Measure the search index."""


@main.command("eval")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--modes", default=",".join(MODES), help="which ways to search: keyword, semantic, hybrid")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
@click.option("--model", default="bundled", help="sentence-transformers model: bundled, a name or a path")
@click.option("--index", type=click.Path(path_type=Path), help="keep the index there and use it again")
def evaluate_set(directory: Path, modes: str, as_json: bool, model: str, index: Path | None) -> None:
    """Measure the ranking on a BEIR folder: corpus.jsonl, queries.jsonl, qrels/test.tsv."""
    chosen: list[Mode] = [mode for mode in MODES if mode in modes.split(",")]
    if not chosen or set(modes.split(",")) - set(MODES):
        raise click.UsageError(f"--modes takes a comma-separated choice of {', '.join(MODES)}")
    try:
        judged = read_set(directory)
        encoder: Encoder | None = None
        if chosen != ["keyword"]:
            encoder = CachedEncoder(load_encoder(IndexSettings(Path("unused"), model)))
        with tempfile.TemporaryDirectory(prefix="hindsight-eval-") as scratch:
            settings = build(judged, index or Path(scratch), encoder)
            figures = evaluate(judged, settings, encoder, chosen)
    except HindsightIndexError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(figures))
        return
    click.echo(f"{figures['set']}: {figures['docs']} documents, {figures['queries']} queries")
    for mode, row in figures["modes"].items():
        click.echo(f"  {mode:9}" + "".join(f"  {name} {value:g}" for name, value in row.items()))


@main.command("related")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--whole", is_flag=True, help="drafts are whole texts, not their first halves")
@click.option(
    "--strangers", type=click.Path(path_type=Path), multiple=True,
    help="a BEIR folder about something else, whose questions are to find nothing; may be given again",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
@click.option("--model", default="bundled", help="sentence-transformers model: bundled, a name or a path")
@click.option("--index", type=click.Path(path_type=Path), help="keep the index there and use it again")
def related_set(
    directory: Path, whole: bool, strangers: tuple[Path, ...], as_json: bool, model: str, index: Path | None
) -> None:
    """Measure related past experiences: each query of a BEIR folder is a half-written draft of its own document."""
    try:
        judged = read_set(directory)
        drafts = {"drafts": drafts_of(judged, whole)}
        for other in map(read_set, strangers):
            drafts[f"strangers of {other.name}"] = strangers_of(other.queries.values())
        encoder = CachedEncoder(load_encoder(IndexSettings(Path("unused"), model)))
        with tempfile.TemporaryDirectory(prefix="hindsight-eval-") as scratch:
            searcher = Searcher(build(judged, index or Path(scratch), encoder), encoder)
            figures = {name: evaluate_related(searcher, some) for name, some in drafts.items()}
    except HindsightIndexError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps({"set": judged.name, **figures}))
        return
    for part, row in figures.items():
        click.echo(f"{judged.name}, {part}" + "".join(f"  {name} {value:g}" for name, value in row.items()))


if __name__ == "__main__":
    main(prog_name="python -m indexer")
