"""Run before the window's main: empty modules in the place of Qt's OpenGL bindings, 10 MB that no chart of ours uses.

pyqtgraph imports them by name at its start, and asks later only whether a widget is one of theirs.
"""

import sys
import types

for name in ("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"):
    module = types.ModuleType(name)
    module.QOpenGLWidget = type("QOpenGLWidget", (), {})  # type: ignore[attr-defined]
    sys.modules[name] = module
