"""The questions of a check-in as forms: two pages for the patient, one for staff on the phone."""
