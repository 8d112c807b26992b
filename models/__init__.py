"""What is stored: one noun a file; the state machine; the only queries."""

from models.addition import Addition
from models.assignment import Assignment, Event, FollowUp
from models.campaign import Campaign, DataTable, Department, PlanVersion
from models.cell_remark import CellRemark
from models.definition import DefinitionEdition
from models.draft import Draft, DraftRow
from models.explanation import Explanation
from models.extension import Extension
from models.hold import Hold
from models.kept import Change
from models.notice import Mail, Notice, Post, Report
from models.pause import Pause
from models.person import AccessToken, ActivationLink, CalendarFeed, FailedSignIn, Grant, Person, SignIn
from models.prior import Prior
from models.question import Question
from models.receipt import Answer, Receipt
from models.refusal import Refusal
from models.release import Release
from models.system import ClockSetting, Heartbeat, Incident, Mark, Stamp
from models.typical_case import TypicalCase
from models.version import CheckRun, StoredFinding, Version

__all__ = [
    "AccessToken",
    "ActivationLink",
    "Addition",
    "Answer",
    "Assignment",
    "CalendarFeed",
    "Campaign",
    "CellRemark",
    "Change",
    "CheckRun",
    "ClockSetting",
    "DataTable",
    "DefinitionEdition",
    "Department",
    "Draft",
    "DraftRow",
    "Event",
    "Explanation",
    "Extension",
    "FailedSignIn",
    "FollowUp",
    "Grant",
    "Heartbeat",
    "Hold",
    "Incident",
    "Mail",
    "Mark",
    "Notice",
    "Pause",
    "Person",
    "PlanVersion",
    "Post",
    "Prior",
    "Question",
    "Receipt",
    "Refusal",
    "Release",
    "Report",
    "SignIn",
    "Stamp",
    "StoredFinding",
    "TypicalCase",
    "Version",
]
