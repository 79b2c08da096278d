"""The Studio: a brief before there is a run, then the run in whatever state it is.

The address says which (`?run=`), the database says in what state; nothing else is
remembered, so a reload, another tab and another browser show the same.
"""

from core.models import Status
from pages.components.shell import guard, run_from_address
from pages.components.words import ACTIVE
from pages.states.ended import ended
from pages.states.home import home
from pages.states.plan import plan
from pages.states.review import review
from pages.states.running import judging_an_edit, running

guard()
run = run_from_address()
if run is None:
    home()
elif run.status in ACTIVE and judging_an_edit(run):
    review(run, working=True)
elif run.status in ACTIVE:
    running(run)
elif run.status == Status.PLAN:
    plan(run)
elif run.status in {Status.REVIEW, Status.GATE, Status.PUBLISHED, Status.FINISHED}:
    review(run)
else:
    ended(run)
