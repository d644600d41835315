"""The least that a Typer program can be: what the start of `crm` is compared with (B)."""

from __future__ import annotations

import sys

import typer

app = typer.Typer(rich_markup_mode=None)


@app.command()
def main(version: bool = typer.Option(False, "--version")) -> None:
    """Print a version."""
    if version:
        sys.stdout.write("bare 1.0\n")


if __name__ == "__main__":
    app()
