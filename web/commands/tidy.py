"""`spotcheck tidy`: what may be forgotten is forgotten; a running service does it by itself."""

import time
from datetime import timedelta

import click

from core import attempts, files, jobs, logins
from core.database import connect, unit_of_work
from web.commands import surroundings
from web.operation import logs
from web.settings import Settings

EVERY = timedelta(hours=6)


@click.command()
def tidy() -> None:
    """清理到期的登录记录、作业记录和无人引用的文件；服务运行时会自动进行。"""
    settings = surroundings.settings()
    with surroundings.refusals(), surroundings.ready_database(settings):
        done = tidy_up(settings)
    click.echo("、".join(f"{WORDS[name]} {number:,}" for name, number in done.items()))


WORDS = {
    "timed_out": "结束超时登录",
    "logins": "删除到期登录记录",
    "attempts": "删除到期登录尝试",
    "jobs": "删除到期作业",
    "files": "清理文件",
}


def tidy_up(settings: Settings) -> dict[str, int]:
    """Do it once; gives how much of each. What the law wants kept is kept (`core.attempts`)."""
    engine, now = connect(settings.database), surroundings.now()
    done = {}
    with unit_of_work(engine) as session:
        done["timed_out"] = logins.end_timed_out(session, now)
        done["logins"] = logins.forget_old(session, now)
        done["attempts"] = attempts.forget_old(session, now)
        done["jobs"] = jobs.forget_ended(session, now - jobs.KEEP)
    # by itself: it walks through a folder, which may take a while
    with unit_of_work(engine) as session:
        done["files"] = files.clean_up(session, surroundings.store(settings), now)
    engine.dispose()
    return done


def keep_tidy(settings: Settings) -> None:
    """Do it again and again, until the process is ended."""
    while True:
        logs.say("tidied", **tidy_up(settings))
        time.sleep(EVERY.total_seconds())
