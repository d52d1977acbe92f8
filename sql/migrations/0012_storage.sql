-- Rules are read by every decision and written once: kept as they are, beside their row, since unpacking them cost a fifth of a balance read.
ALTER TABLE gongji.policy_effective SET (toast_tuple_target = 8160);
ALTER TABLE gongji.policy_effective ALTER COLUMN rules SET STORAGE EXTERNAL;
ALTER TABLE gongji.policy_effective ALTER COLUMN origins SET STORAGE EXTERNAL;

-- An answer is claimed short and stored long: room on the page lets the update stay there, without a second index entry.
ALTER TABLE gongji.idempotency_key SET (fillfactor = 25);

-- Entries and events are asked for by person through other keys; led by their number these indexes grow at one end, however many people there are.
ALTER TABLE gongji.ledger_entry DROP CONSTRAINT ledger_entry_key, ADD CONSTRAINT ledger_entry_key PRIMARY KEY (id, person);
ALTER TABLE gongji.outbox DROP CONSTRAINT outbox_key, ADD CONSTRAINT outbox_key PRIMARY KEY (id, person);

-- Who a payment is for was locked, account and all, before it was written; looking again cost each payment a lock and a page more. verify proves it.
ALTER TABLE gongji.payment DROP CONSTRAINT payment_of_person;
