"""Numbers in addresses: as large as a row can have, so that no database meets a larger one."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

MOST_NUMBER = 2**31 - 1


class RowNumber(IntegerConverter):
    """The `int` of our routes; beyond it there is no such page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=MOST_NUMBER)


def install(app: Flask) -> None:
    """Let `<int:…>` mean the number of a row; before the first route is added."""
    app.url_map.converters["int"] = RowNumber
