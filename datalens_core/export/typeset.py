"""Sets `report.typ` of a folder as `report.pdf`; run as a program by `pdf.py`.

Typst keeps what it has laid out for the next time, some 100 MB a document: this process ends with
it. It may read nothing but the folder and fonts.
"""

import resource
import sys
import warnings
from pathlib import Path

MEMORY = 4 << 30
CPU_SECONDS = 150


def main(folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    import typst

    warnings.simplefilter("ignore")
    report, pdf, fonts = folder / "report.typ", folder / "report.pdf", folder / "fonts"
    try:
        # Accessible, and an archive's format; both refuse characters that no font has.
        typst.compile(report, pdf, root=folder, font_paths=[fonts], pdf_standards=["a-2a", "ua-1"])
    except typst.TypstError:
        undrawn = {"undrawn": "yes"}
        typst.compile(report, pdf, root=folder, font_paths=[fonts], sys_inputs=undrawn)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
