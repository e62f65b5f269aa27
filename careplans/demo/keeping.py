"""How the demo's editor and reviewer keep the library: one thing of each kind that its pages and the worklist can show."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from careplans.demo.world import World
from careplans.library.comments import comment_on
from careplans.library.copies import copy_component
from careplans.library.dose import RepetitionsDose
from careplans.library.edit_component import content_of, save_component
from careplans.library.models import Component, ComponentVersion, ReviewState
from careplans.library.recall import recall_component
from careplans.library.review import approve_version, send_back, start_version, submit_for_review
from careplans.library.translation_approvals import approve_translation
from careplans.library.translations import sha_of, words_of
from careplans.library.whole import ENGLISH

# A story's plan holds it (stories/acute.yaml); nobody else's.
RECALLED = "heat-wrap-desk"
COPY_OF_BREAKS = "ergo-breaks-drivers"
SPANISH = "es"
DECIDES_AFTER = timedelta(minutes=50)


class Keeping:
    """``began`` is when the clinic began; what follows later stands on the agenda of the world."""

    def __init__(self, world: World, began: datetime) -> None:
        self.world, self.began = world, began

    def begin(self) -> None:
        """The clinic's own copies at once, so that plans can hold them, and the rest in its time."""
        self._copies(self.began + timedelta(hours=10))
        self._at(6, time(11, 20), self._goes_on)
        self._at(5, time(9, 40), self._approve_spanish)
        self._at(4, time(10, 15), self._send_back)
        self._at(1, time(16, 30), self._submit)
        self.world.agenda.at(self.world.now - timedelta(hours=5), self._recall)

    def _copies(self, now: datetime) -> None:
        self._copy(
            "heat-wrap",
            RECALLED,
            "Heat wrap from our front desk",
            "The self-heating wrap that the front desk hands out, one a day. Worn under clothes while the patient stays "
            "active, over a thin shirt at the first time. Check the skin at review.",
            now,
        )
        self._copy(
            "ergo-breaks",
            COPY_OF_BREAKS,
            "Breaks for people who drive all day",
            "For taxi, bus and delivery drivers. Agree on stops that the route has anyway: loading, refuelling, the end of "
            "a line. Two minutes standing and walking are enough if they come often.",
            now + timedelta(hours=1),
        )

    def _copy(self, of: str, code: str, title: str, clinician_text: str, now: datetime) -> None:
        by = self.world.staff.editor
        draft = copy_component(of=self._approved(of), code=code, title=title, by=by, now=now)
        self._write(draft, now, clinician_text=clinician_text)
        self._approve(draft, now)

    def _goes_on(self, now: datetime) -> None:
        """The original of the copy for drivers says something new, which is offered to the copy."""
        ours = self._approved("ergo-breaks")
        more = f"{ours.clinician_text} Ask first what the workplace allows, and begin with what is possible there."
        draft = start_version(of=ours, by=self.world.staff.editor, now=now)
        self._write(draft, now, clinician_text=more)
        self._approve(draft, now)

    def _approve_spanish(self, now: datetime) -> None:
        version = self._approved("ex-walking")
        said = words_of(version)
        approve_translation(
            version=version,
            language=SPANISH,
            sha256=sha_of(said[ENGLISH], said[SPANISH]),
            has_compared=True,
            by=self.world.staff.reviewer,
            now=now,
        )

    def _send_back(self, now: datetime) -> None:
        draft = start_version(of=self._approved("ex-bridge"), by=self.world.staff.editor, now=now)
        longer = RepetitionsDose(
            kind="repetitions", sets=2, reps=10, hold_seconds=10, times_a_day=1, days_a_week=5
        )
        self._write(draft, now, dose=longer)
        self._submit_draft(draft, now + timedelta(minutes=12))
        why = (
            "Where do the 10 seconds come from? No source here names a hold that long, and many of our patients get a cramp "
            "behind the thigh after 5. Please go back to 3 to 5 seconds, or name the source."
        )
        reviewer = self.world.staff.reviewer
        send_back(version=self._newest("ex-bridge"), comment=why, by=reviewer, now=now + DECIDES_AFTER)
        comment_on(
            version=self._newest("ex-bridge"),
            text="From a course I was on. I will look for a source this week, else I go back to 5 seconds.",
            by=self.world.staff.editor,
            now=now + DECIDES_AFTER + timedelta(minutes=30),
        )

    def _submit(self, now: datetime) -> None:
        ours = self._approved("ex-cat-camel")
        draft = start_version(of=ours, by=self.world.staff.editor, now=now)
        cautions = (
            *ours.cautions,
            "Where kneeling hurts, such as after a new knee: standing, hands on a table",
        )
        self._write(draft, now, cautions=cautions)
        self._submit_draft(draft, now + timedelta(minutes=10))

    def _recall(self, now: datetime) -> None:
        recall_component(
            component=Component.objects.get(clinic=self.world.clinic, code=RECALLED),
            reason=(
                "The maker recalls this wrap: in some packs it grew too hot, and two people were burned. Call the patient: "
                "take it off, look at the skin, bring the packs back. A warm pack for 15 to 20 minutes can stand in."
            ),
            by=self.world.staff.reviewer,
            now=now,
        )

    def _write(self, draft: ComponentVersion, now: datetime, **says: Any) -> None:
        content = replace(content_of(draft), **says)
        by = self.world.staff.editor
        save_component(version=draft, content=content, revision=draft.revision, by=by, now=now)

    def _submit_draft(self, draft: ComponentVersion, now: datetime) -> None:
        draft.refresh_from_db()
        submit_for_review(version=draft, by=self.world.staff.editor, now=now)

    def _approve(self, draft: ComponentVersion, now: datetime) -> None:
        self._submit_draft(draft, now + timedelta(minutes=10))
        draft.refresh_from_db()
        approve_version(version=draft, by=self.world.staff.reviewer, now=now + DECIDES_AFTER)

    def _approved(self, code: str) -> ComponentVersion:
        return self._versions(code).get(state=ReviewState.APPROVED)

    def _newest(self, code: str) -> ComponentVersion:
        return self._versions(code).latest("number")

    def _versions(self, code: str) -> QuerySet[ComponentVersion]:
        return (
            ComponentVersion.objects.of(self.world.clinic)
            .filter(component__code=code)
            .select_related("component")
        )

    def _at(self, ago: int, at: time, action: Any) -> None:
        self.world.agenda.at(self.world.moment(self.world.weekday(ago), at), action)
