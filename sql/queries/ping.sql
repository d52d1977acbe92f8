-- repeatable: asks nothing; readiness.
SELECT 1
