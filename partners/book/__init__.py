"""The account manager's workspace: tasks, notes, meetings, health, what is overdue, and handing a book over."""
