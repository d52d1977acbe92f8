-- Missed years paid for together with a later premium (P-03).

ALTER TABLE gongji.quote ADD COLUMN repair_years integer[];
COMMENT ON COLUMN gongji.quote.repair_years IS 'Missed years to be paid for as well; NULL: none';

ALTER TABLE gongji.payment ADD COLUMN repair_years integer[];
ALTER TABLE gongji.payment ADD COLUMN repair jsonb;
ALTER TABLE gongji.payment ADD CONSTRAINT payment_repair_is_whole CHECK (num_nulls(repair_years, repair) <> 1);
COMMENT ON COLUMN gongji.payment.repair_years IS
    'Missed years paid for as well; NULL: none. While the payment is a succeeded one they count as enrolled, as its benefit_year does: nothing is copied, nothing has to be undone';
COMMENT ON COLUMN gongji.payment.repair IS '{standard_fen, amount_fen, rule, legal_basis}: what of payable_fen is for repair_years';

ALTER TYPE gongji.coverage ADD ATTRIBUTE repaired_years integer;
COMMENT ON TYPE gongji.coverage IS
    'State of the enrollment windows (not_open, open, late, closed) and what paying now buys; why: in_window, late, gap, gap_repaired, newborn, newborn_next_month, exempt; repaired_years: NULL for none';

ALTER TYPE gongji.premium_item ADD ATTRIBUTE repair_years integer[];

CREATE INDEX payment_repairing ON gongji.payment (insured) WHERE repair_years IS NOT NULL;
COMMENT ON INDEX gongji.payment_repairing IS 'The few payments that repaired missed years, so that the many are not looked through for them';
