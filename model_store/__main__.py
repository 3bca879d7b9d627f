"""Starts the commands of the model store."""

from model_store.cli.command_line import run
from model_store.cli.commands import main
from model_store.errors import StoreError

if __name__ == "__main__":
    run(main, "python -m model_store", StoreError)
