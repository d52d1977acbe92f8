-- Windows, waiting period and newborns, as 国办发〔2024〕38号 and the areas' rows have them (P-01 to P-04, P-26).
CREATE OR REPLACE FUNCTION gongji.premium_coverage(p_rules gongji.policy_rules, p_standard gongji.premium_standard, p_person_class text, p_birth_date date,
                                                   p_enrolled_years integer[], p_missed_years integer[], p_repaired_years integer, p_today date) RETURNS gongji.coverage
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_coverage gongji.coverage;
    v_window jsonb;
    v_windows CONSTANT jsonb := p_standard.windows;
    v_waiting jsonb := coalesce(p_rules.waiting, '{}');
    v_year integer;
    v_variable integer;
BEGIN
    v_coverage.ends_on := p_standard.benefit_to;
    v_coverage.waiting_months := 0;
    v_coverage.missed_years := 0;

    -- A newborn paid within so many days is covered from birth, whatever the windows say.
    IF p_birth_date <= p_today AND p_today - p_birth_date <= coalesce(p_rules.newborn_days, -1) AND p_birth_date <= p_standard.benefit_to THEN
        v_coverage.state := 'open';
        v_coverage.starts_on := greatest(p_birth_date, p_standard.benefit_from);
        v_coverage.why := 'newborn';
        RETURN v_coverage;
    END IF;

    v_coverage.state := 'not_open';
    FOR n IN 0 .. jsonb_array_length(v_windows) - 1 LOOP
        v_window := v_windows -> n;
        CONTINUE WHEN v_window ->> 'person_class' <> p_person_class; -- of a class without windows of its own: the general ones
        IF p_today BETWEEN (v_window ->> 'from')::date AND (v_window ->> 'to')::date THEN
            v_coverage.state := 'open';
            EXIT;
        ELSIF p_today > (v_window ->> 'to')::date THEN
            IF p_today <= coalesce((v_window ->> 'late_until')::date, p_standard.benefit_to) THEN
                v_coverage.state := 'late';
            ELSIF v_coverage.state = 'not_open' THEN
                v_coverage.state := 'closed';
            END IF;
        ELSIF v_coverage.state = 'closed' THEN
            v_coverage.state := 'not_open';
        END IF;
    END LOOP;

    -- Paid later: in the year of birth and, while still of that class, in the next.
    IF p_rules.newborn_late = 'next_month'
       AND p_standard.benefit_year - extract(year FROM p_birth_date) IN (0, CASE p_person_class WHEN 'newborn' THEN 1 ELSE 0 END) THEN
        v_coverage.starts_on := greatest((date_trunc('month', p_today) + interval '1 month')::date, p_standard.benefit_from);
        v_coverage.why := 'newborn_next_month';
        RETURN v_coverage;
    END IF;

    FOR v_year IN REVERSE p_standard.benefit_year - 1 .. greatest(coalesce((v_waiting ->> 'epoch_year')::integer, 0), extract(year FROM p_birth_date)::integer) LOOP
        EXIT WHEN v_year = ANY (p_enrolled_years);
        EXIT WHEN v_year <> ALL (p_missed_years) AND NOT coalesce(v_year > ANY (p_enrolled_years), false);
        v_coverage.missed_years := v_coverage.missed_years + 1;
    END LOOP;

    IF v_coverage.state <> 'late' AND v_coverage.missed_years = 0 THEN
        v_coverage.starts_on := p_standard.benefit_from;
        v_coverage.why := 'in_window';
        RETURN v_coverage;
    END IF;

    v_coverage.repaired_years := nullif(p_repaired_years, 0);
    IF v_waiting -> 'exempt_classes' ? p_person_class THEN
        v_coverage.why := 'exempt';
    ELSE
        v_variable := coalesce((v_waiting ->> 'months_per_gap_year')::integer, 0)
                      * (v_coverage.missed_years - coalesce((v_waiting ->> 'free_gap_years')::integer, 0));
        IF p_repaired_years > 0 THEN
            v_variable := v_variable - p_repaired_years * coalesce((v_waiting ->> 'repair_months_per_year')::integer, 0);
        END IF;
        v_coverage.waiting_months := coalesce((v_waiting ->> 'fixed_months')::integer, 0) + greatest(0, v_variable);
        IF v_coverage.missed_years >= (v_waiting ->> 'floor_gap_years')::integer THEN
            v_coverage.waiting_months := greatest(v_coverage.waiting_months, (v_waiting ->> 'floor_months')::integer);
        END IF;
        v_coverage.why := CASE WHEN p_repaired_years > 0 THEN 'gap_repaired' WHEN v_coverage.missed_years > 0 THEN 'gap' ELSE 'late' END;
    END IF;
    v_coverage.starts_on := (greatest(p_today, p_standard.benefit_from) + make_interval(months => v_coverage.waiting_months))::date;
    RETURN v_coverage;
END
$$;
COMMENT ON FUNCTION gongji.premium_coverage(gongji.policy_rules, gongji.premium_standard, text, date, integer[], integer[], integer, date) IS
    'Whether a premium may be paid on a day and what cover it buys. Missed years: consecutive years just before the paid one, not before the policy''s epoch or the birth year, marked not enrolled, or without a row after an earlier enrolled year; no history is no gap. p_repaired_years: how many of them are paid for now, which shortens the variable part; NULL is none. Whole-month arithmetic, last day of a shorter month';
