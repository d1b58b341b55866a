"""Error hierarchy that EvalStudio raises for what a person can fix; `str(error)` is one clear sentence.

```
EvalStudioError
+-- DatasetError       a dataset, or a selection of its samples
+-- EvaluationError    an evaluation's definition: a field, a template, an evaluator
+-- ModelError         a model that can't be reached, found or used
+-- LimitError         a limit or a strategy
+-- StoreError         the workspace or its database
+-- RunError           a run that can't be started, changed or resumed
+-- SettingsError      a setting, or the file of settings
+-- RequirementError   something that this machine lacks: a version, an extra, a library
```
"""

from evalstudio.core.errors import (
    DatasetError,
    EvalStudioError,
    EvaluationError,
    LimitError,
    ModelError,
    RequirementError,
    RunError,
    SettingsError,
    StoreError,
)

__all__ = [
    "DatasetError",
    "EvalStudioError",
    "EvaluationError",
    "LimitError",
    "ModelError",
    "RequirementError",
    "RunError",
    "SettingsError",
    "StoreError",
]
