"""Saving on leaving: edits are kept before another file is opened, which is said and can be taken back."""

from collections.abc import Callable
from functools import partial

from evalstudio.core.errors import EvalStudioError
from evalstudio.ui.kit.form_fields import exact_text
from evalstudio.ui.kit.text import tr
from evalstudio.ui.pages.evaluations.evaluation_editor import EvaluationEditor
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.undo import Done


def save_and_tell(session: Session, editor: EvaluationEditor, save: Callable[[], None]) -> None:
    """Saves the edits of the open file with `save`, and offers to take that back."""
    reference, name, before, after = (
        editor.reference,
        editor.path.name,
        editor.file_text,
        exact_text(editor.text),
    )
    save()
    if editor.is_dirty or editor.is_example or before == after:
        return

    async def put(text: str) -> bool:
        try:
            editor.take_text(reference, text)
        except EvalStudioError as error:
            session.tell(str(error), "error", key="evaluation")
            return False
        return True

    session.tell_done(
        tr("The changes of {name} are saved.").format(name=name),
        Done(tr("save of {name}").format(name=name), partial(put, before), partial(put, after)),
        key="saved",
    )
