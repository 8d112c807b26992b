"""The rule of every route, written down a second time: whoever changes one changes it here too."""

from __future__ import annotations

WRITTEN = {
    "public": """
GET /activate/{secret}
POST /activate/{secret}
GET /healthz
POST /language/{language}
GET /metrics
GET /readyz
GET /sign-in
POST /sign-in
POST /sign-out
""",
    "calendar": """
GET /calendar/{secret}.ics
HEAD /calendar/{secret}.ics
""",
    "receipt": """
GET /receipts/{secret}
POST /receipts/{secret}
""",
    "rehearsal": """
POST /rehearsal/clock
GET /rehearsal/sign-in
POST /rehearsal/sign-in/{person_id}
""",
    "signed_in": """
GET /
POST /additions/{addition_id}/promise
POST /additions/{addition_id}/refuse
POST /additions/{addition_id}/reopen
POST /additions/{addition_id}/withdraw
GET /api/v1/assignments
GET /api/v1/assignments/{assignment_id}
POST /api/v1/assignments/{assignment_id}/attest
GET /api/v1/assignments/{assignment_id}/draft
PATCH /api/v1/assignments/{assignment_id}/draft
POST /api/v1/assignments/{assignment_id}/draft
POST /api/v1/assignments/{assignment_id}/draft/check
POST /api/v1/assignments/{assignment_id}/draft/discard
POST /api/v1/assignments/{assignment_id}/draft/keep
POST /api/v1/assignments/{assignment_id}/draft/submit
GET /api/v1/assignments/{assignment_id}/explanations
POST /api/v1/assignments/{assignment_id}/explanations
GET /api/v1/assignments/{assignment_id}/findings
GET /api/v1/assignments/{assignment_id}/history
POST /api/v1/assignments/{assignment_id}/nil
POST /api/v1/assignments/{assignment_id}/review
POST /api/v1/assignments/{assignment_id}/submit
GET /api/v1/assignments/{assignment_id}/template
POST /api/v1/assignments/{assignment_id}/withdraw
POST /api/v1/uploads
GET /assignments/{assignment_id}
POST /assignments/{assignment_id}/additions
GET /assignments/{assignment_id}/annotated
POST /assignments/{assignment_id}/attest
GET /assignments/{assignment_id}/changes
GET /assignments/{assignment_id}/columns
GET /assignments/{assignment_id}/data
POST /assignments/{assignment_id}/explain
POST /assignments/{assignment_id}/explanations/accept
POST /assignments/{assignment_id}/explanations/{explanation_id}/judge
POST /assignments/{assignment_id}/explanations/{explanation_id}/take
POST /assignments/{assignment_id}/extension
POST /assignments/{assignment_id}/extension/withdraw
GET /assignments/{assignment_id}/fill
POST /assignments/{assignment_id}/fill
GET /assignments/{assignment_id}/findings
GET /assignments/{assignment_id}/many
POST /assignments/{assignment_id}/mend
POST /assignments/{assignment_id}/merge
POST /assignments/{assignment_id}/nil
POST /assignments/{assignment_id}/questions
POST /questions/{question_id}/answer
POST /assignments/{assignment_id}/remarks
POST /assignments/{assignment_id}/remarks/{remark_id}/cross-out
POST /assignments/{assignment_id}/review
POST /assignments/{assignment_id}/sheets
POST /assignments/{assignment_id}/submit
GET /assignments/{assignment_id}/template
POST /assignments/{assignment_id}/upload
GET /assignments/{assignment_id}/versions/{number}
POST /assignments/{assignment_id}/withdraw
GET /mailbox
GET /mailbox/{name}
GET /mailbox/{name}/files/{filename}
GET /mailbox/{name}/html
GET /confirmations/{department_id}
GET /mine
POST /mine/calendar
POST /mine/calendar/revoke
POST /mine/digest-hour
GET /plan
GET /reviews
POST /reviews/nil
GET /templates
POST /uploads
GET /uploads/{token}
POST /uploads/{token}/check
POST /uploads/{token}/{number}
""",
    "overseer": """
GET /api/v1/progress
GET /api/v1/summary
GET /confirmations
GET /dashboard
GET /releases
GET /reports
GET /reports/now.{form}
GET /reports/{report_id}/{name}
GET /summary
GET /summary/download
""",
    "office": """
GET /api/v1/announcement
POST /api/v1/assignments/{assignment_id}/exempt
POST /api/v1/assignments/{assignment_id}/verdict
POST /api/v1/incidents/{incident_id}/resolve
GET /api/v1/notices
POST /assignments/{assignment_id}/exempt
GET /assignments/{assignment_id}/extend
POST /assignments/{assignment_id}/extend
POST /assignments/{assignment_id}/hold
POST /assignments/{assignment_id}/lift-hold
POST /assignments/{assignment_id}/recheck
POST /assignments/{assignment_id}/verdict
GET /calls
GET /calls/today
POST /calls/{person_id}
GET /extensions
POST /extensions/{extension_id}/refuse
POST /extensions/{extension_id}/revoke
GET /foresight
POST /foresight
GET /foresight/course.csv
GET /foresight/{name}
GET /foresight/{name}/mails/{mail_id}
GET /foresight/{name}/mails/{mail_id}/files/{filename}
GET /foresight/{name}/mails/{mail_id}/html
GET /notices
POST /notices/incidents/{incident_id}
GET /notices/mails/{mail_id}
POST /notices/mails/{mail_id}
POST /notices/mails/{mail_id}/again
GET /notices/mails/{mail_id}/html
POST /notices/pause
POST /notices/resume
POST /notices/test
GET /notices/today
GET /people
POST /people
POST /people/activations
POST /people/import
GET /people/people.xlsx
GET /people/template.xlsx
GET /people/{staff_no}
POST /people/{staff_no}/activation
POST /people/{staff_no}/take-out
POST /people/{staff_no}/deputies/{number}/end
GET /people/{staff_no}/hand-over
POST /people/{staff_no}/hand-over
POST /plan/apply
GET /plan/files/{name}
GET /plan/next-year
GET /plan/next-year/{name}
GET /plan/notice.docx
GET /questions
POST /plan/prefill
GET /plan/prefill/{token}
POST /plan/prefill/{token}
POST /plan/preview
GET /plan/versions/{number}/{name}
POST /plan/versions/{number}/preview
GET /plan/settings
POST /plan/settings
GET /verdicts
POST /verdicts
POST /verdicts/preview
POST /releases
POST /releases/{release_id}/revoke
GET /reports/circular.docx
GET /templates/department
""",
}


def written(rule: str) -> list[tuple[str, str]]:
    """Path and method of every route of this rule."""
    routes = (line.split() for line in WRITTEN[rule].split("\n") if line)
    return [(path, method) for method, path in routes]
