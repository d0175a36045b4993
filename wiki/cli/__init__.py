"""`python -m wiki ...`: everything that is done to an instance from a terminal.

A command loads only what it needs: the parts are imported inside the commands, so that `--help` is instant and no
command but `index` touches the encoder.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from wiki.cli.base import Group
from wiki.cli.content import export_command, import_command, judgements_command, seed_command
from wiki.cli.index import index_group
from wiki.cli.people import team_group, token_group, user_group
from wiki.cli.reminding import remind_command
from wiki.cli.safekeeping import backup_command, restore_command
from wiki.cli.serving import serve_command, settings_command


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.pass_context
def cli(context: click.Context) -> None:
    """Hindsight: the wiki that remembers what an organization has been through."""
    context.ensure_object(dict)


for _command in (
    serve_command, user_group, team_group, token_group, import_command, export_command, backup_command,
    restore_command, index_group, judgements_command, remind_command, seed_command, settings_command,
):  # fmt: skip
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it did what was asked, 1 when it could not, 2 when it was asked wrongly, 130 on Ctrl+C.

    Refusals of the parts below are sentences for people and end up on standard error without a traceback; anything
    else is a fault of the program and keeps its traceback.
    """
    try:
        result = cli.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except click.exceptions.Abort:
        return _fail("Stopped.", 130)
    except click.UsageError as error:
        error.show()
        return 2
    except click.ClickException as error:
        return _fail(error.format_message(), error.exit_code)
    except KeyboardInterrupt:
        return _fail("Stopped.", 130)
    except BrokenPipeError:
        return 1
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        return _fail(sentence, 1)
    return result if isinstance(result, int) else 0


def _fail(message: str, code: int) -> int:
    click.echo(message, err=True)
    return code


def _sentence(error: Exception) -> str | None:
    """The sentence of an error that the parts below foresee, None for any other."""
    from wiki.config import ConfigError

    if isinstance(error, ConfigError):
        return str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}"
    from indexer.errors import HindsightIndexError
    from wiki.backup import BackupError
    from wiki.content import ContentError
    from wiki.entries import EntryError
    from wiki.importing import ImportProblem
    from wiki.library import LibraryError
    from wiki.people import PeopleError

    known = (BackupError, HindsightIndexError, ContentError, EntryError, ImportProblem, LibraryError, PeopleError)
    if isinstance(error, known):
        return str(error)
    return _database_sentence(error)


def _database_sentence(error: Exception) -> str | None:
    sqlalchemy = sys.modules.get("sqlalchemy.exc")
    if sqlalchemy is not None and isinstance(error, sqlalchemy.OperationalError):
        return f"The people database cannot be used: {error.orig}"
    return None
