"""What the engine runs: platforms are asked about connected accounts, at start and every hour."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from asgiref.sync import async_to_sync, sync_to_async
from celery import shared_task

from vigie.people import operations, queries
from vigie.people.keys import AccountKeys
from vigie.people.models import ConnectedAccount
from vigie.ports import Identity, PortError
from vigie.runtime import clock, engine

AT_ONE_GO = timedelta(seconds=20)
RETRY_S = 60.0
"""When a platform that gave no answer is asked again."""


def is_due(now: datetime) -> bool:
    """Return whether a platform is to be asked about an account."""
    return queries.connections_due(now).exists()


@shared_task(name=operations.CHECK)
def check_connections() -> None:
    """Ask platforms about the accounts that are due; after a while, with a message to itself."""
    until = clock.now() + AT_ONE_GO
    while account := operations.claim_check(clock.now()):
        async_to_sync(check)(account.pk)
        if clock.now() > until:
            engine.wake(operations.CHECK)
            return


async def check(account_id: int) -> None:
    """Write down what its platform says of an account: in order, allows too little, revoked, or no answer."""
    try:
        identity = await _identity(AccountKeys(account_id))
    except PortError as trouble:
        if not trouble.permanent:  # what is for good was written down where it was found
            again_at = clock.now() + timedelta(seconds=trouble.retry_after_s or RETRY_S)
            await _write(account_id, partial(operations.postpone_check, reason=str(trouble), check_at=again_at))
    else:
        await _write(account_id, partial(operations.record_check, identity=identity, now=clock.now()))


async def _identity(keys: AccountKeys) -> Identity:
    """Return what the platform says of an account. A token that it refuses is renewed once; then all is lost."""
    token = await keys.token()
    try:
        return await keys.validate(token)
    except PortError as refused:
        if not refused.permanent:
            raise
    token = await keys.renew(token)
    try:
        return await keys.validate(token)
    except PortError as refused:
        if refused.permanent:
            await keys.give_up(token, str(refused))
        raise


async def _write(account_id: int, write: Callable[[ConnectedAccount], None]) -> None:
    if account := await sync_to_async(queries.find_connection)(account_id):
        await sync_to_async(write)(account)
