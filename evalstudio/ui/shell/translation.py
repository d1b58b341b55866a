"""The window's language: the system's, where there is a translation into it; else English."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from evalstudio.workspace.resources import resource

SOURCE = "en"  # what the program is written in


def install_translation(application: QCoreApplication, locale: QLocale | None = None) -> str:
    """Loads `evalstudio_<language>.qm` and Qt's own texts in that language; returns the language, `en` where none is.

    Of the languages that a person lists the first counts for which there is a translation, or which is English.
    """
    try:
        folder = str(resource("translations"))
    except FileNotFoundError:
        return SOURCE
    for name in (locale or QLocale.system()).uiLanguages():
        language = name.replace("-", "_")
        if language.partition("_")[0] == SOURCE:
            return SOURCE
        translator = QTranslator(application)
        if translator.load(f"evalstudio_{language}", folder):
            qt = QTranslator(application)
            if qt.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
                application.installTranslator(qt)
            application.installTranslator(translator)
            return language
    return SOURCE
