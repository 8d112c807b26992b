"""The pages, one subject a file."""

from web.pages import (
    assignment,
    dashboard,
    extensions,
    files,
    form,
    grid,
    mailbox,
    many,
    mine,
    notices,
    people,
    plan,
    rehearsal,
    reports,
    reviews,
    sign_in,
    summary,
    work,
)

ROUTERS = tuple(
    part.router
    for part in (
        sign_in,
        mine,
        assignment,
        work,
        grid,
        form,
        files,
        many,
        reviews,
        extensions,
        dashboard,
        plan,
        reports,
        summary,
        people,
        mailbox,
        notices,
        rehearsal,
    )
)
