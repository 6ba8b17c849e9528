"""Made-up people and officers for demonstrations, tests and benchmarks; nothing here describes anyone real."""
