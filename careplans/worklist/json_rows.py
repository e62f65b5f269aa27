"""Rows of another table as one JSON value beside a row: how a page of many parts stays within its ten queries.

For parts that are only shown. What is acted upon is read as objects.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.db.models import JSONField, QuerySet, Subquery
from django.db.models.functions import JSONObject


class JsonRows(Subquery):
    """``JsonRows(queryset, name="field", …)``: a list of objects, in the order of the queryset.

    Values arrive as JSON knows them: dates as text, ids as text, truth as 0 or 1 on SQLite.
    """

    template = "(SELECT COALESCE(JSONB_AGG(_rows.line), '[]') FROM (%(subquery)s) _rows)"
    output_field = JSONField()

    def __init__(self, queryset: QuerySet[Any], **fields: str) -> None:
        super().__init__(queryset.annotate(line=JSONObject(**fields)).values("line"))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite forgets between two queries that a text is JSON, so it is told once more."""
        template = "(SELECT JSON_GROUP_ARRAY(JSON(_rows.line)) FROM (%(subquery)s) _rows)"
        return self.as_sql(compiler, connection, template=template, **context)


def rows_in(value: list[dict[str, Any]] | str | None) -> list[dict[str, Any]]:
    """The rows, whether the driver has read the JSON already or not."""
    return json.loads(value) if isinstance(value, str) else (value or [])


def moment(text: str) -> datetime:
    """A moment as either database writes it; without an offset it is UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
