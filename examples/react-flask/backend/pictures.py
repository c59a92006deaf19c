"""What is known of the pictures, in MariaDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pymysql
from pymysql.cursors import Cursor, DictCursor

COLUMNS = "id, object_key, title, type, size, uploaded_at"


class AlreadyKnown(Exception):
    """There is a picture with this key."""


@dataclass(frozen=True)
class Picture:
    id: int
    object_key: str
    title: str
    type: str
    size: int
    uploaded_at: datetime  # UTC, without a zone

    @property
    def way(self) -> str:
        """How it came: 'flask' or 'browser'."""
        return self.object_key.partition("/")[0]


class Pictures:
    """The table of schema.sql. Each call has a connection and a transaction of its own."""

    def __init__(self, socket: str, user: str, database: str) -> None:
        self._settings = {
            "unix_socket": socket,
            "user": user,  # whom the socket knows by the process; there is no password
            "database": database,
            "charset": "utf8mb4",
            "init_command": "SET time_zone = '+00:00'",
            "cursorclass": DictCursor,
        }

    def newest_first(self, limit: int = 200) -> list[Picture]:
        with self._transaction() as cursor:
            cursor.execute(f"SELECT {COLUMNS} FROM pictures ORDER BY id DESC LIMIT %s", (limit,))
            return [Picture(**row) for row in cursor.fetchall()]

    def find(self, picture_id: int) -> Picture | None:
        with self._transaction() as cursor:
            cursor.execute(f"SELECT {COLUMNS} FROM pictures WHERE id = %s", (picture_id,))
            row = cursor.fetchone()
            return Picture(**row) if row else None

    def add(self, object_key: str, title: str, content_type: str, size: int) -> Picture:
        try:
            with self._transaction() as cursor:
                cursor.execute(
                    "INSERT INTO pictures (object_key, title, type, size) VALUES (%s, %s, %s, %s)",
                    (object_key, title, content_type, size),
                )
                cursor.execute(f"SELECT {COLUMNS} FROM pictures WHERE id = LAST_INSERT_ID()")
                return Picture(**cursor.fetchone())
        except pymysql.err.IntegrityError as error:
            raise AlreadyKnown(object_key) from error

    def remove(self, picture_id: int) -> None:
        with self._transaction() as cursor:
            cursor.execute("DELETE FROM pictures WHERE id = %s", (picture_id,))

    @contextmanager
    def _transaction(self) -> Iterator[Cursor]:
        connection = pymysql.connect(**self._settings)
        try:
            with connection.cursor() as cursor:
                yield cursor
            connection.commit()
        finally:
            connection.close()  # takes back what was not committed
