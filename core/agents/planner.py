"""The planner: topic -> questions in the order to answer them, one section each.

It looks before it plans: a first search shows what there is to write about, so that the
plan asks what the sources can answer.
"""

from core.agents.fence import fenced, one_line
from core.agents.state import RunState, Update
from core.events import Kind
from core.language.tasks import PlanAnswer, PlanInput, Task
from core.models import Hit, Plan, Question, Step
from core.runtime import Context

SAMPLES = 10
SAMPLE_CHARACTERS = 20_000
PROMPT_CHARACTERS = 400


def plan(state: RunState, context: Context) -> Update:
    """Make or remake the plan; emits `planned`."""
    brief = context.brief
    previous = context.store.plans.newest(context.run_id) if state.feedback else None
    task_input = PlanInput(
        topic=brief.topic, audience=brief.audience, tone=brief.tone, words=brief.words,
        feedback=state.feedback, previous=previous, samples=_first_look(context),
    )  # fmt: skip
    answer = context.ask(
        Task(
            name="plan", role="planner", system=SYSTEM, user=_prompt(task_input), input=task_input,
            answer=PlanAnswer, max_tokens=900,
        )
    )  # fmt: skip
    made = context.store.plans.add(
        Plan(
            run_id=context.run_id, title=answer.title.strip() or brief.topic, why=answer.why,
            questions=tuple(
                Question(
                    section=q.section.strip(), text=q.question.strip(),
                    queries=tuple(query.strip() for query in q.queries if query.strip()) or (q.question,),
                )
                for q in answer.questions
            ),
        )
    )  # fmt: skip
    context.store.runs.set(context.run_id, attempt=context.attempt, title=made.title)
    context.emit(
        Kind.PLANNED, Step.PLAN, plan_id=made.id, version=made.version, title=made.title,
        questions=len(made.questions),
    )  # fmt: skip
    return {"plan_id": made.id, "feedback": ""}


def _first_look(context: Context) -> tuple[tuple[str, str], ...]:
    """`(title, text)` of what a search for the bare topic brings up."""
    found = context.searcher.search([context.brief.topic], limit=SAMPLES)
    for engine, error in found.failures.items():
        context.emit(Kind.ENGINE_DOWN, Step.PLAN, engine=engine, message=error.message, remedy=error.remedy)
    return tuple((hit.title, _sample(hit, context)) for hit in found.hits)


def _sample(hit: Hit, context: Context) -> str:
    """What the hit says: the passage that was found, then the document's text where it is held."""
    held = context.store.sources.snapshot(hit.snapshot_id).text if hit.snapshot_id is not None else ""
    return f"{hit.snippet}\n\n{held[:SAMPLE_CHARACTERS]}".strip()


def _prompt(task: PlanInput) -> str:
    lines = [f"- {one_line(title)}: {one_line(text)[:PROMPT_CHARACTERS]}" for title, text in task.samples]
    changes = ""
    if task.previous:
        outline = "\n".join(f"{q.section}: {q.text}" for q in task.previous.questions)
        changes = CHANGES.format(outline=outline, feedback=task.feedback)
    return PROMPT.format(
        topic=task.topic, audience=task.audience, tone=task.tone, words=task.words,
        sections=max(3, min(6, round(task.words / 220))), samples=fenced(lines), changes=changes,
    )  # fmt: skip


SYSTEM = "You plan well-sourced articles. You ask questions that sources can answer. You answer in JSON only."

PROMPT = """\
{samples}

Plan an article.
Topic: {topic}
Reader: {audience}. Tone: {tone}. Length: about {words} words, so {sections} questions, one section each.
Each question must be answerable from sources, must not overlap another, and the order must carry a reader
from what it is to what follows from it. Give each 1 to 3 short search queries. The language of the article
is the language of the topic. Headings: 2 to 5 words, no colons.
{changes}"""

CHANGES = """
The plan so far:
{outline}
The person who ordered the article wants it changed: {feedback}
Keep what they did not ask to change."""
