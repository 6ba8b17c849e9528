"""What officers fill in on the pages that cross apps."""
