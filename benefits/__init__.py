"""What the law grants: categories, dated rates and bases, each with its legal source."""
