"""Reaching a scheduler, and saying in one line why it cannot be reached."""

import asyncio
import contextlib
import os
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from distributed import Client
from distributed.security import Security

from autograder.errors import UserError

PATIENCE = 60.0
"""Seconds for which a run waits when there is no scheduler, or no worker."""

_CONNECT_SECONDS = 10.0
_CLOSE_SECONDS = 5.0


@dataclass(frozen=True)
class Outlook:
    """What may be expected where there is no worker: if it `waits` one will come, if it `is_over` none will."""

    what: str
    waits: bool = False
    is_over: bool = False


@dataclass(frozen=True)
class Place:
    """A scheduler, for how many seconds to wait when nobody is there who grades, and what else tells of that."""

    address: str
    patience: float
    security: Security | None = None
    outlook: Callable[[], Awaitable[Outlook]] | None = None


async def require_somebody_listens(address: str) -> None:
    """Finds at once what would otherwise be tried again and again."""
    parts = urlsplit(address)
    try:
        is_complete = parts.scheme in ("tcp", "tls") and bool(parts.hostname) and parts.port is not None
    except ValueError:
        is_complete = False
    if not is_complete:
        raise UserError(
            f"{address} is no address of a Dask scheduler. Write tcp://host:8786, tls://host:8786 or slurm."
        )
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    except TimeoutError:
        raise _nobody(address, f"no answer within {_CONNECT_SECONDS:.0f} s") from None
    except OSError as error:
        number = error.errno or 0  # those of host names are negative
        raise _nobody(address, os.strerror(number) if number > 0 else error.strerror or str(error)) from error
    writer.close()


async def connect(place: Place) -> Client:
    """A client of the scheduler. Raises `UserError`."""
    address, security = place.address, place.security or _security(place.address)
    client = Client(
        address, asynchronous=True, set_as_default=False, security=security, timeout=_CONNECT_SECONDS, name="autograder"
    )
    try:
        async with asyncio.timeout(_CONNECT_SECONDS + 2):
            connected: Client = await client
            return connected
    except asyncio.CancelledError:
        await close(client)
        raise
    except Exception as error:
        await close(client)
        if root := _root_of(error, ssl.SSLError):
            raise UserError(
                f"{address} and this machine do not trust each other ({root}). See docs/cluster.md."
            ) from error
        if root := _root_of(error, ConnectionRefusedError):
            raise _nobody(address, str(root)) from error
        raise UserError(
            f"What listens at {address} does not answer as a Dask scheduler of this version ({type(error).__name__}). "
            "Correct --scheduler, or install the same version of distributed here and there."
        ) from error


async def close(client: Client) -> None:
    """Leaves; the scheduler forgets what this client had wanted. Raises nothing, whoever is gone."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(_CLOSE_SECONDS):
            await client.close()


def _security(address: str) -> Security:
    """As Dask is configured. Raises `UserError`."""
    try:
        security = Security()
        has_certificate = security.get_connection_args("client")["ssl_context"] is not None
    except (OSError, ssl.SSLError, ValueError) as error:
        raise UserError(f"The certificates that Dask is configured with cannot be used: {error}.") from error
    if address.startswith("tls:") and not has_certificate:
        raise UserError(
            f"{address} needs certificates. Say where they lie in Dask's configuration, distributed.comm.tls: "
            "see docs/cluster.md."
        )
    return security


def _nobody(address: str, reason: str) -> UserError:
    return UserError(f"Nobody listens at {address}: {reason}. Start “dask scheduler” there, or correct --scheduler.")


def _root_of(error: BaseException | None, kind: type[BaseException]) -> BaseException | None:
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error
