"""From an input to articles: reading, column breaks, splitting, issue date and region."""
