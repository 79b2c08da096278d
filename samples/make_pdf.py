"""Build the two binary sample documents: one PDF and one Word file.

Run from anywhere:  python samples/make_pdf.py
Both documents are invented for demonstration; their text is in this file.
The output is the same, byte for byte, on every run with the same library versions.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from pathlib import Path

from docx import Document
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import ListFlowable, ListItem, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

LIBRARY = Path(__file__).resolve().parent / "library"

# A document is a list of blocks: ("h1" | "h2" | "p", text), ("list", [text, ...]) or ("table", [[cell, ...], ...]).

SURVEY = {
    "path": LIBRARY / "heat-pumps" / "old-house-survey-guide.pdf",
    "title": "Surveying an old house for a heat pump: a guide for owners",
    "author": "Elspeth Rowntry-Vale",
    "site": "Solid Wall Surveyors",
    "date": dt.date(2025, 9, 25),
    "url": "https://solidwallsurveyors.example/guides/old-house-heat-pump-survey.pdf",
    "blocks": [
        (
            "p",
            "A careful survey is the cheapest part of a heat pump project and the part that decides most about "
            "its success. A heat pump survey of an old house measures the heat loss of every room, the output of "
            "every radiator, the pipes, the electricity supply and the place for the outdoor unit. A survey of a "
            "terraced house costs between £150 and £350 in 2025.",
        ),
        ("h2", "1. What heat loss means"),
        (
            "p",
            "Heat loss is the heat that a house loses on the coldest day for which the heating is designed. Heat "
            "leaves an old house through walls, windows, the roof, the floor and moving air. The heat loss of a "
            "house is stated in kilowatts and decides the size of the heat pump.",
        ),
        (
            "p",
            "A mid-terrace house from the 1890s with solid brick walls usually has a heat loss of 6 to 9 "
            "kilowatts. An end-terrace house of the same age usually has a heat loss of 8 to 11 kilowatts. A "
            "detached stone house often has a heat loss of 12 to 18 kilowatts.",
        ),
        (
            "table",
            [
                ["Part of an uninsulated terraced house", "Share of heat loss"],
                ["Outside walls", "36 per cent"],
                ["Moving air and draughts", "22 per cent"],
                ["Windows and doors", "18 per cent"],
                ["Roof", "14 per cent"],
                ["Ground floor", "10 per cent"],
            ],
        ),
        (
            "p",
            "Outside walls account for about 36 per cent of the heat loss of an uninsulated terraced house. "
            "Draughts account for about 22 per cent of the heat loss, and sealing them is the least expensive "
            "improvement.",
        ),
        ("h2", "2. Why old walls are often better than tables say"),
        (
            "p",
            "Standard tables assume that a solid brick wall of 23 centimetres loses 2.1 watts per square metre and "
            "degree. Measurements on 52 solid brick walls in 2023 and 2024 found an average of 1.5 watts per "
            "square metre and degree. A survey that uses only the standard table can therefore choose a heat pump "
            "that is too large.",
        ),
        (
            "p",
            "Plaster, air gaps and dry bricks explain most of the difference between tables and measurements. Damp "
            "walls lose clearly more heat than dry walls, so leaking gutters should be repaired before the survey.",
        ),
        ("h2", "3. What the surveyor measures"),
        (
            "list",
            [
                "The surveyor measures the length, width and height of every heated room.",
                "The surveyor notes the type and thickness of each outside wall and the type of each window.",
                "The surveyor records the size and type of every radiator to calculate its output at 45 °C.",
                "The surveyor checks the diameter of the heating pipes at several places.",
                "The surveyor reads the main fuse and looks for space in the consumer unit.",
                "The surveyor compares the gas use of the last two years with the calculated heat demand.",
            ],
        ),
        (
            "p",
            "Past gas use is a valuable check on a heat loss calculation. A terraced house that uses 14,000 "
            "kilowatt-hours of gas a year rarely needs a heat pump of more than 9 kilowatts. A calculated heat "
            "loss that is far above the value from gas bills should be examined again.",
        ),
        ("h2", "4. Sizing the heat pump"),
        (
            "p",
            "The output of the heat pump at the design temperature should match the heat loss of the house within "
            "about 10 per cent. An oversized heat pump costs more, starts and stops more often and is noisier. An "
            "undersized heat pump relies on the backup electric heater during cold weeks.",
        ),
        (
            "p",
            "The design temperature is the outdoor temperature that is undercut on only a few days in an average "
            "year. Many lowland towns in mild climates use a design temperature of about minus 3 °C. An exposed "
            "house in the hills may need a design temperature of minus 6 °C or lower.",
        ),
        ("h2", "5. Place, power and water"),
        (
            "p",
            "The surveyor should propose at least two places for the outdoor unit and calculate the noise for each "
            "place. The pipe run between the outdoor unit and the cylinder should be shorter than 15 metres. Each "
            "additional 10 metres of outdoor pipe lowers the efficiency of a heat pump by about 1 per cent even "
            "with good insulation.",
        ),
        (
            "p",
            "A heat pump of 8 kilowatts draws about 3 kilowatts of electricity on a cold day. A single-phase "
            "supply with a fuse of 80 or 100 amperes is normally sufficient for a heat pump and an electric "
            "cooker.",
        ),
        ("h2", "6. Reading the survey report"),
        (
            "p",
            "A good report states the heat loss of each room, the design flow temperature and the radiators to be "
            "replaced. A good report also estimates the seasonal performance factor and the yearly electricity use. "
            "An owner should not accept a quotation that contains only the brand and the price of the heat pump.",
        ),
        (
            "list",
            [
                "A report with one heat loss figure for the whole house does not show which rooms will be cold.",
                "A design flow temperature above 50 °C needs a clear reason in the report.",
                "The report should say what happens to the old boiler, the tanks and the chimney.",
            ],
        ),
        ("h2", "7. Limits of a survey"),
        (
            "p",
            "A survey cannot see inside every wall or under every floor. Air leakage in particular is an estimate "
            "unless a fan test is made, which costs about £200. An honest surveyor states an uncertainty of 10 to "
            "20 per cent for the heat loss of an old house.",
        ),
    ],
}

EMPLOYER = {
    "path": LIBRARY / "sleep" / "employer-guide-to-night-work.docx",
    "title": "Better night shifts: a guide for small employers",
    "author": "Gilbert Amory and Ruta Fenwright",
    "site": "Roster Review",
    "date": dt.date(2025, 11, 11),
    "url": "https://rosterreview.example/guides/small-employers",
    "blocks": [
        (
            "p",
            "A small employer can make night shifts safer with a fair roster, planned breaks, good light and a safe "
            "way home. Most of the measures in this guide cost less than £50 per worker in a year. Tired workers "
            "make more mistakes, have more accidents and leave sooner.",
        ),
        ("h1", "The size of the problem"),
        (
            "p",
            "Night workers sleep one to two hours less after a night shift than day workers sleep at night. In a "
            "survey of 230 small employers in 2025, 61 per cent had never asked their night workers about sleep. "
            "Only 18 per cent of the surveyed employers allowed a nap during the night shift.",
        ),
        (
            "p",
            "Fatigue is not a question of attitude. A tired person cannot judge his or her own alertness reliably, "
            "so the employer must plan for tiredness.",
        ),
        ("h1", "Plan the roster"),
        (
            "list",
            [
                "An employer should limit night shifts in a row to three.",
                "An employer should leave at least 11 hours between two shifts.",
                "An employer should rotate shifts forward from early to late to night.",
                "An employer should publish the roster at least four weeks in advance.",
                "An employer should plan two full nights off after a run of night shifts.",
            ],
        ),
        (
            "p",
            "Forward rotation suits the body clock because most people find it easier to go to bed later than "
            "earlier. A worker who swaps a shift should never end up with less than 11 hours of rest.",
        ),
        ("h1", "Plan breaks and naps"),
        (
            "p",
            "A break of 15 minutes every two to three hours reduces errors in the second half of the night. A nap of "
            "20 minutes between 02:00 and 04:00 improves alertness for the following two to three hours. The worker "
            "needs about 15 minutes to become fully alert again before returning to safety-critical work.",
        ),
        (
            "p",
            "A quiet room with a reclining chair, a blanket and an alarm clock is sufficient for naps. A written "
            "nap rule prevents arguments about who may nap and when.",
        ),
        ("h1", "Light, temperature and food"),
        (
            "table",
            [
                ["Measure", "Typical cost", "Benefit"],
                ["Brighter lamps in the break room", "£240 once", "Less sleepiness before 03:00"],
                ["Reclining chair for naps", "£180 once", "Better alertness before dawn"],
                ["Refrigerator and microwave oven", "£210 once", "Lighter meals at night"],
                ["Taxi fund for very tired workers", "£30 per worker and year", "Fewer crashes on the way home"],
            ],
        ),
        (
            "p",
            "Bright light in the first half of the night shift reduces sleepiness. A workroom at 20 °C to 22 °C "
            "keeps people more alert than an overheated room. Night workers digest large meals poorly, so a place "
            "to warm a light meal is more useful than a vending machine with sweets.",
        ),
        ("h1", "Place difficult tasks well"),
        (
            "p",
            "The hours between 03:00 and 06:00 carry the highest risk of errors. Dull monitoring tasks are "
            "especially risky before dawn because nothing keeps the worker alert. An employer should move complex, "
            "dangerous or very monotonous tasks to the first half of the night shift.",
        ),
        (
            "p",
            "A second person should check critical steps after 03:00. In a printing works with 38 night workers, "
            "double checks after 03:00 reduced spoiled print runs from 19 to 12 in one year.",
        ),
        ("h1", "A safe way home"),
        (
            "p",
            "A worker who has been awake for 17 hours should be treated as unfit to drive. Overtime directly after a "
            "night shift should be forbidden. An employer should pay for a taxi when a worker says that driving "
            "would be unsafe, and no worker should be criticised for asking.",
        ),
        ("h1", "Health checks and fair choices"),
        (
            "p",
            "Night workers should be offered a health check before they begin night work and at regular intervals "
            "afterwards. Pregnant workers and workers with epilepsy, insulin treatment or severe insomnia need an "
            "individual assessment by a doctor. An employer should offer day work where a doctor advises against "
            "nights.",
        ),
        ("h1", "Check what works"),
        (
            "p",
            "An employer should record errors, near misses, sick leave and resignations before and after each "
            "change. A small firm cannot expect statistical proof, but a steady trend over a year is a useful "
            "guide. Workers should see the results and be asked for the next idea.",
        ),
    ],
}


class _NumberedCanvas(Canvas):
    """A canvas that knows the number of pages when it writes the footers."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._pages: list[dict] = []

    def showPage(self):  # noqa: N802 (the library's own name)
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        for page in self._pages:
            self.__dict__.update(page)
            self.setFont("Helvetica", 8)
            self.setFillGray(0.4)
            self.drawCentredString(A5[0] / 2, 10 * mm, f"Page {self._pageNumber} of {len(self._pages)}")
            super().showPage()
        super().save()


def build_pdf(doc: dict) -> None:
    midday = dt.datetime.combine(doc["date"], dt.time(12), tzinfo=dt.UTC)
    os.environ["SOURCE_DATE_EPOCH"] = str(int(midday.timestamp()))  # the date the file itself carries
    body = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14, alignment=TA_LEFT, spaceAfter=6)
    h1 = ParagraphStyle("h1", parent=body, fontName="Helvetica-Bold", fontSize=17, leading=21, spaceAfter=8)
    h2 = ParagraphStyle("h2", parent=body, fontName="Helvetica-Bold", fontSize=12, leading=15, spaceBefore=8)
    small = ParagraphStyle("small", parent=body, fontSize=8.5, leading=11, textColor=colors.grey)
    flow: list = [
        Paragraph(doc["title"], h1),
        Paragraph(f"{doc['author']}, {doc['site']}, {doc['date']:%d %B %Y}.", small),
        Spacer(1, 8 * mm),
    ]
    for kind, content in doc["blocks"]:
        if kind == "p":
            flow.append(Paragraph(content, body))
        elif kind == "list":
            items = [ListItem(Paragraph(text, body)) for text in content]
            flow.append(ListFlowable(items, bulletType="bullet", bulletFontSize=7, leftIndent=12))
        elif kind == "table":
            table = Table(content, hAlign="LEFT", colWidths=[72 * mm, 38 * mm])
            table.setStyle(
                TableStyle(
                    [
                        ("FONT", (0, 0), (-1, -1), "Helvetica", 9),
                        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 9),
                        ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
                        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
                    ]
                )
            )
            flow += [table, Spacer(1, 4 * mm)]
        else:
            flow.append(Paragraph(content, h2))
    flow += [Spacer(1, 6 * mm), Paragraph(doc["url"], small)]
    SimpleDocTemplate(
        str(doc["path"]),
        pagesize=A5,
        lang="en-GB",
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=18 * mm,
        bottomMargin=20 * mm,
        title=doc["title"],
        author=doc["author"],
        subject=f"{doc['site']}, {doc['date']:%Y-%m-%d}",
        keywords=doc["url"],
    ).build(flow, canvasmaker=_NumberedCanvas)


def build_docx(doc: dict) -> None:
    word = Document()
    props = word.core_properties
    stamp = dt.datetime.combine(doc["date"], dt.time(9, 0))
    props.title, props.author, props.last_modified_by = doc["title"], doc["author"], doc["author"]
    props.subject, props.keywords, props.comments = doc["site"], doc["url"], ""
    props.created = props.modified = stamp
    props.language = "en-GB"
    word.add_heading(doc["title"], level=0)
    word.add_paragraph(f"{doc['author']} | {doc['site']} | {doc['date']:%d %B %Y} | {doc['url']}")
    for kind, content in doc["blocks"]:
        if kind == "p":
            word.add_paragraph(content)
        elif kind == "list":
            for text in content:
                word.add_paragraph(text, style="List Bullet")
        elif kind == "table":
            table = word.add_table(rows=0, cols=len(content[0]))
            table.style = "Table Grid"
            for row in content:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        else:
            word.add_heading(content, level=int(kind[1]))
    raw = io.BytesIO()
    word.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(doc["path"], "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():  # fixed times inside the file keep the build reproducible
            entry = zipfile.ZipInfo(item.filename, date_time=stamp.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(item))


if __name__ == "__main__":
    build_pdf(SURVEY)
    build_docx(EMPLOYER)
    for made in (SURVEY, EMPLOYER):
        print(made["path"].relative_to(LIBRARY.parent), made["path"].stat().st_size, "bytes")
