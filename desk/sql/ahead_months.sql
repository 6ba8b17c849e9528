-- The months looked ahead to: what rates.sql calls asked. Inputs: first_month, last_month.
SELECT month::date AS month
FROM generate_series(%(first_month)s::date, %(last_month)s::date, interval '1 month') AS month
