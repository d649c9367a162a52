"""What bench/compare, bench/counters and bench/disconnect share."""
