-- Foreign keys along the person key (scale rule 5); across people the functions check and the proof reconciles.
ALTER TABLE gongji.account ADD CONSTRAINT account_of_person FOREIGN KEY (person) REFERENCES gongji.person (id);
ALTER TABLE gongji.enrollment ADD CONSTRAINT enrollment_of_person FOREIGN KEY (person) REFERENCES gongji.person (id);
ALTER TABLE gongji.contribution ADD CONSTRAINT contribution_of_person FOREIGN KEY (person) REFERENCES gongji.person (id);
ALTER TABLE gongji.ledger_entry ADD CONSTRAINT ledger_entry_of_person FOREIGN KEY (person) REFERENCES gongji.person (id);
ALTER TABLE gongji.binding ADD CONSTRAINT binding_of_person FOREIGN KEY (beneficiary) REFERENCES gongji.person (id);
ALTER TABLE gongji.binding_by_grantor ADD CONSTRAINT binding_by_grantor_of_person FOREIGN KEY (grantor) REFERENCES gongji.person (id);
ALTER TABLE gongji.payment ADD CONSTRAINT payment_of_person FOREIGN KEY (insured) REFERENCES gongji.person (id);
