"""What one check is computed from is the same asked for alone as read among all."""

from __future__ import annotations

from datetime import datetime

from actions.inputs import Knowledge, check_inputs, inputs_of
from models import Prior
from models.database import Database
from models.prior import priors
from models.worklist import lines


def test_each_is_told_its_own_last_year_and_nobody_elses(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        owed = lines(session, table="10.1.1") + lines(session, table="10.5")
        for line in owed[:-1]:
            session.add(Prior(assignment_id=line.id, rows_blob=f"rows {line.id}", loaded_at=morning))
        session.flush()
        among_all = Knowledge(session, ["10.1.1", "10.5"])
        for line in owed:
            alone = inputs_of(session, line)
            assert alone.prior == among_all.of_upload(line.id, line.table.code).prior
            assert check_inputs(session, line).prior == alone.prior
        assert check_inputs(session, owed[0]).prior == f"rows {owed[0].id}"
        assert inputs_of(session, owed[-1]).prior is None


def test_of_one_assignment_no_other_priors_are_read(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        one, other, *_ = lines(session, department="学务部")
        for line in (one, other):
            session.add(Prior(assignment_id=line.id, rows_blob=f"rows {line.id}", loaded_at=morning))
        session.flush()
        assert priors(session, one.id) == {one.id: f"rows {one.id}"}
        assert set(priors(session)) == {one.id, other.id}
