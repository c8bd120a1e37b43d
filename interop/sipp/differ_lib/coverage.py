def report(found): return 0
