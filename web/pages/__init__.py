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
    releases,
    reports,
    reviews,
    sign_in,
    summary,
    together,
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
        together,
        reviews,
        extensions,
        dashboard,
        plan,
        reports,
        summary,
        people,
        mailbox,
        notices,
        releases,
        rehearsal,
    )
)
