"""Interface language: the system's, if there is a translation for it, otherwise English."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from evalstudio.workspace.resources import resource

SOURCE = "en"  # the language of the program's texts


def install_translation(application: QCoreApplication, locale: QLocale | None = None) -> str:
    """Loads `evalstudio_<language>.qm` and Qt's own texts in that language; returns the language, `en` if there is none.

    The first preferred language counts that has a translation or is English.
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
