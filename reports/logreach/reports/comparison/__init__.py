"""Two assessments side by side: as text, JSON, a workbook and a Navigator layer."""
