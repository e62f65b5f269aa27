"""What stands on the pages of a handout, as plain values for the template. Reads only the frozen plan document."""

from careplans.handouts.presenters.page import HandoutPage, handout_page

__all__ = ["HandoutPage", "handout_page"]
