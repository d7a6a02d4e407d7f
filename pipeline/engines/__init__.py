"""Where shards run: in line, in processes. Every engine calls the same function with the same shards."""
