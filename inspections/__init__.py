"""From a plan to a published result; the order of the files is the order of the journey."""
