"""What the pages of the rosters share: forms, histories, tabs. Questions to the database and
rules stand in `rosters`, one blueprint for each noun in `web.views`.
"""
