"""What is stored: one noun a file; the state machine; the only queries."""

from models.assignment import Assignment, Event, FollowUp
from models.campaign import Campaign, DataTable, Department, PlanVersion
from models.notice import Mail, Notice, Report
from models.person import AccessToken, ActivationLink, FailedSignIn, Grant, Person, SignIn
from models.system import ClockSetting, Heartbeat, Incident, Mark, Stamp
from models.version import CheckRun, StoredFinding, Version

__all__ = [
    "AccessToken",
    "ActivationLink",
    "Assignment",
    "Campaign",
    "CheckRun",
    "ClockSetting",
    "DataTable",
    "Department",
    "Event",
    "FailedSignIn",
    "FollowUp",
    "Grant",
    "Heartbeat",
    "Incident",
    "Mail",
    "Mark",
    "Notice",
    "Person",
    "PlanVersion",
    "Report",
    "SignIn",
    "Stamp",
    "StoredFinding",
    "Version",
]
