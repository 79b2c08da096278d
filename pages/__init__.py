"""The screens: one file a page, drawn from rows, with no work of their own."""
