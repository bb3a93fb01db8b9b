"""What `make bench` runs: ratios inside one run, on the shipped code path (real HTTP, real forms of the edition, full sync)."""
