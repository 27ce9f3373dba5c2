"""What the pages of the second random share: its rules as a form, its board, its charts."""
